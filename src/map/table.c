#include "map/table.h"

#include "base/file.h"
#include "conf/search.h"

enum { MAX_ROWS = 1000000, MAX_FILE = 64 * 1024 * 1024 };

static uint32_t hash_of(struct bytes text)
{
    uint64_t hash = 14695981039346656037ULL;

    if (text.len > 0 && text.len <= 8)
        return map_table_key_hash(bytes_key(text.at, text.len));
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.at[i]) * 1099511628211ULL;
    return (uint32_t)(hash ^ hash >> 32);
}

static const struct map_row *find(const struct map_table *table, const uint32_t *slots, struct bytes text,
                                  bool word)
{
    uint32_t slot = hash_of(text) & (table->n_slots - 1);

    while (slots[slot] != 0) {
        const struct map_row *row = &table->rows[slots[slot] - 1];

        if (bytes_equal(word ? row->word : row->code, text))
            return row;
        slot = (slot + 1) & (table->n_slots - 1);
    }
    return NULL;
}

const struct map_row *map_table_long_code(const struct map_table *table, struct bytes code)
{
    return find(table, table->by_code, code, false);
}

const struct map_row *map_table_word(const struct map_table *table, struct bytes word)
{
    return find(table, table->by_word, word, true);
}

static bool index_rows(struct map_table *table, struct arena *arena, struct bytes *twice)
{
    uint32_t *by_code, *by_word;

    table->n_slots = 16;
    while (table->n_slots < table->n_rows * 2)
        table->n_slots *= 2;
    by_code = arena_zalloc(arena, table->n_slots, sizeof(*by_code));
    by_word = arena_zalloc(arena, table->n_slots, sizeof(*by_word));
    if (by_code == NULL || by_word == NULL)
        return false;
    table->by_code = by_code;
    table->by_word = by_word;
    for (uint32_t i = 0; i < table->n_rows; i++) {
        uint32_t slot;

        if (map_table_code(table, table->rows[i].code) != NULL) {
            *twice = table->rows[i].code;
            return false;
        }
        slot = hash_of(table->rows[i].code) & (table->n_slots - 1);
        while (by_code[slot] != 0)
            slot = (slot + 1) & (table->n_slots - 1);
        by_code[slot] = i + 1;
        if (map_table_word(table, table->rows[i].word) != NULL)
            continue;
        slot = hash_of(table->rows[i].word) & (table->n_slots - 1);
        while (by_word[slot] != 0)
            slot = (slot + 1) & (table->n_slots - 1);
        by_word[slot] = i + 1;
    }
    return true;
}

static struct map_row row_of(struct bytes code, struct bytes word)
{
    bool plain = word.len > 0;

    for (size_t i = 0; i < word.len; i++)
        plain = plain && (unsigned char)word.at[i] >= 0x20 && word.at[i] != '"' && word.at[i] != '\\';
    return (struct map_row){code, word, code.len <= 8 ? bytes_key(code.at, code.len) : 0,
                            bytes_equal(code, word), plain};
}

/* Two columns between tabs; blank lines and # comments do not count. */
static bool rows_of_file(struct map_table *table, const struct yaml_node *named, struct search *search,
                         struct arena *arena, struct report *report)
{
    const char *path = search_find(search, arena_format(arena, "maps/%s", named->text.at));
    struct bytes text, rest, line;
    struct map_row *rows;
    uint32_t n = 0, number = 0;
    int error;

    if (path == NULL) {
        yaml_complain(report, named, false, SETTING_VALUE, NULL,
                      "maps/%.120s is in none of the folders searched", named->text.at);
        return false;
    }
    error = file_read_whole(path, MAX_FILE, arena, &text, NULL);
    if (error != 0) {
        report_say(report, search_complaint(error), path, "%s", file_error(error));
        return false;
    }
    for (size_t i = 0; i < text.len; i++)
        n += text.at[i] == '\n';
    rows = arena_alloc(arena, ((size_t)n + 1) * sizeof(*rows));
    if (rows == NULL)
        return false;
    rest = text;
    n = 0;
    while (bytes_split(&rest, '\n', &line)) {
        struct bytes code;

        number++;
        line = bytes_trim_end(line);
        if (line.len == 0 || line.at[0] == '#')
            continue;
        if (!bytes_split(&line, '\t', &code) || line.at == NULL || code.len == 0 || line.len == 0) {
            report_say(report, SETTING_VALUE, path, "line %u: code, tab and word are expected", number);
            return false;
        }
        rows[n++] = row_of(code, line);
    }
    table->rows = rows;
    table->n_rows = n;
    return true;
}

static bool rows_of_mapping(struct map_table *table, const struct yaml_node *source, struct arena *arena,
                            struct report *report)
{
    struct map_row *rows = arena_alloc(arena, (source->n + 1) * sizeof(*rows));
    uint32_t n = 0;

    if (rows == NULL)
        return false;
    for (const struct yaml_node *child = source->first; child != NULL; child = child->next) {
        if (child->kind != YAML_SCALAR || child->text.len == 0) {
            yaml_complain(report, child, true, SETTING_TYPE, NULL, "a table is {code: word, ...}");
            return false;
        }
        rows[n++] = row_of(child->key, child->text);
    }
    table->rows = rows;
    table->n_rows = n;
    return true;
}

const struct map_table *map_table_load(const struct yaml_node *source, struct search *search,
                                       struct arena *arena, struct report *report)
{
    struct map_table *table = arena_zalloc(arena, 1, sizeof(*table));
    const struct yaml_node *file = yaml_get(source, "file");
    struct bytes twice = {NULL, 0};
    bool good;

    if (table == NULL)
        return NULL;
    table->name = source->key.at;
    if (source->kind != YAML_MAP) {
        yaml_complain(report, source, true, SETTING_TYPE, NULL,
                      "a table is {code: word, ...} or {file: NAME}");
        return NULL;
    }
    good = file != NULL && source->n == 1 && file->kind == YAML_SCALAR
               ? rows_of_file(table, file, search, arena, report)
               : rows_of_mapping(table, source, arena, report);
    if (!good)
        return NULL;
    if (!index_rows(table, arena, &twice)) {
        if (twice.at != NULL)
            yaml_complain(report, source, true, SETTING_VALUE, NULL, "the code \"%.*s\" stands twice",
                          BYTES_ARG(twice));
        return NULL;
    }
    return table;
}
