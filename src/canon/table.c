/* table: one table of maps/canon, from its text to a block or a kind; the form is in maps/canon/README. */
#include "canon/table.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"

enum {
    MAX_KEYS = 16, /* of a kind; identity fields likewise */
    COLUMNS = 8,
};

/* A table while it is read. */
struct reading {
    struct tables *tables;
    struct table *table;
    unsigned line;
    struct canon_field *fields;
    unsigned n_fields;
    struct bytes keys[MAX_KEYS], identity[MAX_KEYS];
    unsigned n_keys, n_identity;
    unsigned keys_line, identity_line;
};

static const char *const columns[COLUMNS] = {"field", "type",    "need", "meaning",
                                             "x12",   "edifact", "ubl",  "idoc"};

/* Names a kind cannot give to its fields: the envelope's. */
static const char *const envelope[] = {"canon", "kind", "id", "partner", "direction", "keys", "source"};

static const struct {
    const char *name;
    enum canon_type type;
} types[] = {
    {"string", CANON_STRING}, {"code", CANON_CODE},       {"decimal", CANON_DECIMAL},
    {"money", CANON_DECIMAL}, {"integer", CANON_INTEGER}, {"boolean", CANON_BOOLEAN},
    {"date", CANON_DATE},     {"time", CANON_TIME},       {"datetime", CANON_DATETIME},
};

const char *canon_type_name(enum canon_type type)
{
    if (type == CANON_OBJECT)
        return "object";
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        if (types[i].type == type)
            return types[i].name;
    return "";
}

bool canon_tables_complain(struct tables *tables, const char *file, unsigned line, const char *format, ...)
{
    struct buffer text;
    va_list args;
    char what[256];

    if (tables->error != NULL)
        return false;
    va_start(args, format);
    vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    buffer_init(&text, 8192);
    if (line > 0)
        buffer_add_format(&text, "%s/%s.tsv:%u: %s", tables->path, file, line, what);
    else
        buffer_add_format(&text, "%s/%s.tsv: %s", tables->path, file, what);
    buffer_add_byte(&text, '\0');
    if (text.failed) {
        buffer_release(&text);
        tables->error = strdup("the tables of the canonical vocabulary: out of memory");
    } else {
        tables->error = text.at;
    }
    return false;
}

/* The same, for the line being read. */
#define complain(r, ...) canon_tables_complain((r)->tables, (r)->table->file, (r)->line, __VA_ARGS__)

bool canon_table_is_name(struct bytes name)
{
    if (name.len == 0 || name.len > CANON_MAX_NAME || name.at[0] < 'a' || name.at[0] > 'z')
        return false;
    for (size_t i = 1; i < name.len; i++) {
        char c = name.at[i];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
            return false;
    }
    return true;
}

/* The next cell of a line, its end marked with NUL in place; the last when *rest becomes NULL. */
static struct bytes cell(char **rest, char *end)
{
    char *at = *rest;
    char *tab = memchr(at, '\t', (size_t)(end - at));

    if (tab == NULL) {
        *rest = NULL;
        tab = end;
    } else {
        *rest = tab + 1;
    }
    *tab = '\0';
    return (struct bytes){at, (size_t)(tab - at)};
}

static bool read_type(struct reading *r, struct canon_field *field, struct bytes type)
{
    const struct table *block;

    if (type.len > 0 && type.at[type.len - 1] == '*') {
        field->is_list = true;
        type.len--;
    }
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        if (bytes_are(type, types[i].name)) {
            field->type = (uint8_t)types[i].type;
            field->type_name = types[i].name;
            return true;
        }
    if (!canon_table_is_name(type))
        return complain(r, "\"%.*s\" is no type and no name of a block", (int)(type.len < 64 ? type.len : 64),
                        type.at);
    if (r->tables->nest >= CANON_MAX_NEST)
        return complain(r, "blocks nest more than %d deep", CANON_MAX_NEST);
    block = canon_tables_block(r->tables, r->table->file, type);
    if (block == NULL)
        return complain(r, "\"%.*s\" is no type, and no block of this file or of blocks.tsv",
                        BYTES_ARG(type));
    if (!block->whole)
        return complain(r, "block %s contains itself", block->block.name);
    if (block->depth >= CANON_MAX_NEST)
        return complain(r, "blocks nest more than %d deep", CANON_MAX_NEST);
    if (r->table->depth <= block->depth)
        r->table->depth = block->depth + 1;
    field->type = CANON_OBJECT;
    field->type_name = block->block.name;
    field->block = &block->block;
    return true;
}

static bool read_field(struct reading *r, char *at, char *end)
{
    struct bytes cells[COLUMNS];
    struct canon_field *field;
    unsigned n = 0;

    while (at != NULL && n < COLUMNS)
        cells[n++] = cell(&at, end);
    if (at != NULL)
        return complain(r, "more than %d cells", COLUMNS);
    if (n < 3)
        return complain(r, "expected a name, a type and a need, parted by tabs");
    while (n < COLUMNS)
        cells[n++] = (struct bytes){"", 0};
    if (!canon_table_is_name(cells[0]))
        return complain(r,
                        "\"%.*s\" is no field name (lower case, digits, underscore; "
                        "at most %d)",
                        (int)(cells[0].len < 80 ? cells[0].len : 80), cells[0].at, CANON_MAX_NAME);
    if (r->n_fields == CANON_MAX_FIELDS)
        return complain(r, "more than %d fields", CANON_MAX_FIELDS);
    if (r->table->kind != NULL)
        for (size_t i = 0; i < sizeof(envelope) / sizeof(*envelope); i++)
            if (bytes_are(cells[0], envelope[i]))
                return complain(r, "%s belongs to the envelope", envelope[i]);

    field = &r->fields[r->n_fields];
    *field = (struct canon_field){
        .name = cells[0].at,
        .name_len = (uint8_t)cells[0].len,
        .index = (uint16_t)r->n_fields,
        .meaning = cells[3].at,
        .x12 = cells[4].at,
        .edifact = cells[5].at,
        .ubl = cells[6].at,
        .idoc = cells[7].at,
    };
    if (bytes_are(cells[2], "M"))
        field->need = CANON_REQUIRED;
    else if (bytes_are(cells[2], "R"))
        field->need = CANON_EXPECTED;
    else if (bytes_are(cells[2], "O"))
        field->need = CANON_OPTIONAL;
    else
        return complain(r, "need is M, R or O, not \"%.20s\"", cells[2].at);
    if (!read_type(r, field, cells[1]))
        return false;
    r->n_fields++;
    return true;
}

/* A line "keys" or "identity": remembered until the fields are known. */
static bool read_names(struct reading *r, char *at, char *end, struct bytes *names, unsigned *n,
                       const char *what)
{
    if (r->table->kind == NULL)
        return complain(r, "only a kind has %s", what);
    if (*n > 0)
        return complain(r, "%s is said twice", what);
    while (at != NULL) {
        if (*n == MAX_KEYS)
            return complain(r, "more than %d names", MAX_KEYS);
        names[(*n)++] = cell(&at, end);
    }
    return true;
}

/* The first line: "kind" or "block", the table's name, what it is. */
static bool read_head(struct reading *r, char *at, char *end)
{
    const char *expected = r->table->kind != NULL ? "kind" : "block";
    struct bytes word = cell(&at, end);
    struct bytes name = {"", 0}, meaning = {"", 0};

    if (at != NULL)
        name = cell(&at, end);
    if (at != NULL)
        meaning = cell(&at, end);
    if (!bytes_are(word, expected) || !bytes_are(name, r->table->block.name))
        return complain(r, "expected \"%s\", \"%s\" and what it is, parted by tabs", expected,
                        r->table->block.name);
    r->table->block.meaning = meaning.at;
    return true;
}

static bool read_header(struct reading *r, char *at, char *end)
{
    for (unsigned i = 0; i < COLUMNS; i++) {
        struct bytes name = at != NULL ? cell(&at, end) : (struct bytes){"", 0};

        if (!bytes_are(name, columns[i]))
            return complain(r, "column %u is \"%s\", not \"%.40s\"", i + 1, columns[i], name.at);
    }
    if (at != NULL)
        return complain(r, "more than %d columns", COLUMNS);
    return true;
}

static bool read_lines(struct reading *r, char *text, size_t len)
{
    enum { HEAD, NAMES, FIELDS } state = HEAD;
    char *end = text + len;

    for (char *at = text, *next; at < end; at = next) {
        char *stop = memchr(at, '\n', (size_t)(end - at));
        char *tab;
        struct bytes first;
        bool good;

        r->line++;
        if (stop == NULL)
            stop = end;
        next = stop + 1;
        if (stop > at && stop[-1] == '\r')
            stop--;
        if (stop == at || *at == '#')
            continue;
        *stop = '\0';
        tab = memchr(at, '\t', (size_t)(stop - at));
        first = (struct bytes){at, (size_t)((tab != NULL ? tab : stop) - at)};
        if (state == HEAD) {
            good = read_head(r, at, stop);
            state = NAMES;
        } else if (state == FIELDS) {
            good = read_field(r, at, stop);
        } else if (bytes_are(first, "keys") && tab != NULL) {
            r->keys_line = r->line;
            good = read_names(r, tab + 1, stop, r->keys, &r->n_keys, "keys");
        } else if (bytes_are(first, "identity") && tab != NULL) {
            r->identity_line = r->line;
            good = read_names(r, tab + 1, stop, r->identity, &r->n_identity, "identity");
        } else {
            good = read_header(r, at, stop);
            state = FIELDS;
        }
        if (!good)
            return false;
    }
    if (r->n_fields == 0)
        return complain(r, "a table without fields");
    return true;
}

/* A name as the writer puts it. */
_Static_assert(ARENA_SLACK >= 32, "what schema.h says of labels");
static bool render_label(struct arena *arena, const char *name, struct canon_label *label)
{
    size_t len = strlen(name);
    char *text = arena_text(arena, len + 5);

    if (text == NULL)
        return false;
    memcpy(text, ",\"", 2);
    memcpy(text + 2, name, len);
    memcpy(text + 2 + len, "\":\"", 3);
    *label = (struct canon_label){text, (uint32_t)len + 5};
    return true;
}

/* "orders.order_number" to the fields on the way. */
static bool resolve_path(struct reading *r, struct bytes text, struct canon_path *path)
{
    const struct canon_block *block = &r->table->block;
    struct bytes rest = text, name;

    path->n = 0;
    while (bytes_split(&rest, '.', &name)) {
        const struct canon_field *field = block != NULL ? canon_block_field(block, name) : NULL;

        if (field == NULL || path->n == CANON_MAX_PATH)
            return complain(r, "there is no field %.80s", text.at);
        path->step[path->n++] = field;
        block = field->block;
    }
    if (path->n == 0 || block != NULL || path->step[path->n - 1]->type == CANON_BOOLEAN)
        return complain(r, "%.80s cannot be a key: it is no text", text.at);
    return true;
}

/* Paths that end in the same name are one key. */
static bool resolve_keys(struct reading *r)
{
    struct canon_kind *kind = r->table->kind;
    struct canon_key *keys = arena_zalloc(&r->tables->arena, MAX_KEYS, sizeof(*keys));
    struct canon_path *paths = arena_zalloc(&r->tables->arena, MAX_KEYS, sizeof(*paths));
    bool used[MAX_KEYS] = {false};

    if (keys == NULL || paths == NULL)
        return complain(r, "out of memory");
    r->line = r->keys_line;
    kind->keys = keys;
    for (unsigned i = 0; i < r->n_keys; i++)
        if (!resolve_path(r, r->keys[i], &paths[i]))
            return false;
    for (unsigned i = 0; i < r->n_keys; i++) {
        struct canon_key *key = &keys[kind->n_keys];
        struct canon_path *own = arena_zalloc(&r->tables->arena, MAX_KEYS, sizeof(*own));

        if (used[i])
            continue;
        if (own == NULL)
            return complain(r, "out of memory");
        key->name = paths[i].step[paths[i].n - 1]->name;
        key->paths = own;
        if (!render_label(&r->tables->arena, key->name, &key->label))
            return complain(r, "out of memory");
        for (unsigned j = i; j < r->n_keys; j++) {
            if (strcmp(paths[j].step[paths[j].n - 1]->name, key->name) != 0)
                continue;
            used[j] = true;
            own[key->n_paths++] = paths[j];
            for (unsigned s = 0; s < paths[j].n; s++)
                key->is_list |= paths[j].step[s]->is_list;
        }
        key->is_list |= key->n_paths > 1;
        kind->n_keys++;
    }
    return true;
}

static bool resolve_identity(struct reading *r)
{
    struct canon_kind *kind = r->table->kind;
    const struct canon_field **identity = arena_zalloc(&r->tables->arena, MAX_KEYS, sizeof(*identity));

    if (identity == NULL)
        return complain(r, "out of memory");
    r->line = r->identity_line;
    for (unsigned i = 0; i < r->n_identity; i++) {
        identity[i] = canon_block_field(kind->body, r->identity[i]);
        if (identity[i] == NULL || identity[i]->is_list)
            return complain(r, "there is no plain field %.80s", r->identity[i].at);
    }
    kind->identity = identity;
    kind->n_identity = r->n_identity;
    return true;
}

static unsigned count_lines(const char *text, size_t len)
{
    unsigned n = 1;

    for (const char *at = text; (at = memchr(at, '\n', (size_t)(text + len - at))) != NULL; at++)
        n++;
    return n;
}

static bool make_labels(struct reading *r)
{
    struct canon_label *labels = arena_alloc(&r->tables->arena, r->n_fields * sizeof(*labels));

    if (labels == NULL)
        return complain(r, "out of memory");
    for (unsigned i = 0; i < r->n_fields; i++)
        if (!render_label(&r->tables->arena, r->fields[i].name, &labels[i]))
            return complain(r, "out of memory");
    r->table->block.labels = labels;
    for (unsigned i = 0; i < r->n_fields; i++) {
        const struct canon_field *field = &r->fields[i];
        const uint64_t bit = (uint64_t)1 << i % 64;
        struct canon_block *block = &r->table->block;

        block->required[i / 64] |= field->need >= CANON_REQUIRED ? bit : 0;
        block->wanted[i / 64] |= field->need >= CANON_EXPECTED ? bit : 0;
        block->blocks[i / 64] |= field->type == CANON_OBJECT ? bit : 0;
    }
    return true;
}

bool canon_table_parse(struct tables *tables, struct table *table, char *text, size_t len, unsigned line)
{
    struct reading r = {.tables = tables, .table = table, .line = line - 1};
    unsigned most = count_lines(text, len);
    const char *twice;

    r.fields = arena_zalloc(&tables->arena, most < CANON_MAX_FIELDS ? most : CANON_MAX_FIELDS,
                            sizeof(*r.fields));
    if (r.fields == NULL)
        return complain(&r, "out of memory");
    if (!read_lines(&r, text, len))
        return false;
    table->block.n_fields = (uint16_t)r.n_fields;
    table->block.fields = r.fields;
    if (!make_labels(&r))
        return false;
    if (!canon_block_index(&table->block, &tables->arena, &twice))
        return twice != NULL ? complain(&r, "field %s stands twice", twice) : complain(&r, "out of memory");
    return table->kind == NULL || (resolve_keys(&r) && resolve_identity(&r));
}
