/* schema: tables of kinds and blocks, read when they are asked for; see schema.h and maps/canon/README. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "canon/table.h"

enum {
    TABLE_CEILING = 1 << 20,   /* bytes of one table: a hundred times the longest */
    SCHEMA_CEILING = 64 << 20, /* bytes of all of them, read and rendered */
    MAX_TABLES = 512,
};

/* The file of all blocks. */
static const char BLOCKS[] = "blocks";

/* A schema never changes to whoever looks at it; its tables grow behind this pointer. */
struct schema {
    struct tables *tables;
};

/* A whole file as text in the arena, with room for a NUL.  False: there is none, or tables->error. */
static bool slurp(struct tables *tables, const char *name, char **text, size_t *len)
{
    char file[CANON_MAX_NAME + sizeof(".tsv")];
    struct stat status;
    size_t got = 0;
    int fd;

    snprintf(file, sizeof(file), "%s.tsv", name);
    fd = openat(tables->folder, file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        if (errno == ENOENT)
            return false;
        return tables_complain(tables, name, 0, "%s", strerror(errno));
    }
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > TABLE_CEILING) {
        close(fd);
        return tables_complain(tables, name, 0, "not a file of at most %d bytes", TABLE_CEILING);
    }
    *text = arena_text(&tables->arena, (size_t)status.st_size + 1);
    while (*text != NULL && got < (size_t)status.st_size) {
        ssize_t n = read(fd, *text + got, (size_t)status.st_size - got);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            int why = errno;

            close(fd);
            return tables_complain(tables, name, 0, "%s", strerror(why));
        }
        if (n == 0)
            break;
        got += (size_t)n;
    }
    close(fd);
    if (*text == NULL)
        return tables_complain(tables, name, 0, "out of memory");
    if (memchr(*text, '\0', got) != NULL)
        return tables_complain(tables, name, 0, "not a text: it has a NUL byte");
    *len = got;
    return true;
}

static struct table *loaded(const struct tables *tables, struct bytes name, bool kind)
{
    for (struct table *table = tables->first; table != NULL; table = table->next)
        if ((table->kind != NULL) == kind && bytes_are(name, table->block.name))
            return table;
    return NULL;
}

/* Adds a table to those that were read, and reads it.  NULL: tables->error. */
static struct table *add_table(struct tables *tables, struct bytes name, bool kind, struct section text)
{
    struct table *table = arena_zalloc(&tables->arena, 1, sizeof(*table));
    struct bytes copy = arena_copy(&tables->arena, name);
    bool good;

    if (table == NULL || copy.at == NULL) {
        tables_complain(tables, BLOCKS, 0, "out of memory");
        return NULL;
    }
    table->block.name = copy.at;
    table->block.meaning = "";
    table->file = kind ? copy.at : BLOCKS;
    table->depth = 1;
    if (kind) {
        table->kind = arena_zalloc(&tables->arena, 1, sizeof(struct canon_kind));
        if (table->kind == NULL) {
            tables_complain(tables, table->file, 0, "out of memory");
            return NULL;
        }
        table->kind->name = copy.at;
        table->kind->body = &table->block;
    }
    if (tables->n == MAX_TABLES) {
        tables_complain(tables, table->file, 0, "more than %d tables", MAX_TABLES);
        return NULL;
    }
    if (tables->last != NULL)
        tables->last->next = table;
    else
        tables->first = table;
    tables->last = table;
    tables->n++;
    tables->nest++;
    good = table_parse(tables, table, text.text, text.len, text.line);
    tables->nest--;
    table->whole = good;
    return good ? table : NULL;
}

/* At least one, and at least as often as lines begin with the mark. */
static size_t count_marks(const char *text, size_t len, const char *mark)
{
    const char *end = text + len;
    size_t n = 1;

    for (const char *at = text; (at = memmem(at, (size_t)(end - at), mark, strlen(mark))) != NULL; at++)
        n++;
    return n;
}

/* Finds where each block's table begins.  False: tables->error, or there are no blocks. */
static bool find_sections(struct tables *tables)
{
    static const char mark[] = "block\t";
    enum { MARK = sizeof(mark) - 1 };
    char *text = NULL, *end;
    size_t len = 0;
    unsigned line = 1;

    if (tables->has_sections)
        return tables->n_sections > 0;
    tables->has_sections = true;
    if (!slurp(tables, BLOCKS, &text, &len))
        return false;
    end = text + len;
    tables->sections = arena_zalloc(&tables->arena, count_marks(text, len, mark), sizeof(*tables->sections));
    if (tables->sections == NULL)
        return tables_complain(tables, BLOCKS, 0, "out of memory");
    for (char *at = text; at < end; line++) {
        char *stop = memchr(at, '\n', (size_t)(end - at));

        if (end - at > MARK && memcmp(at, mark, MARK) == 0) {
            struct section *section = &tables->sections[tables->n_sections];
            char *name = at + MARK, *name_end = name;

            while (name_end < end && *name_end != '\t' && *name_end != '\n')
                name_end++;
            *section = (struct section){{name, (size_t)(name_end - name)}, at, (size_t)(end - at), line};
            if (tables->n_sections > 0)
                section[-1].len = (size_t)(at - 1 - section[-1].text);
            tables->n_sections++;
        }
        at = stop != NULL ? stop + 1 : end;
    }
    for (unsigned i = 1; i < tables->n_sections; i++)
        for (unsigned j = 0; j < i; j++)
            if (bytes_equal(tables->sections[i].name, tables->sections[j].name))
                return tables_complain(tables, BLOCKS, tables->sections[i].line, "block %.*s stands twice",
                                       BYTES_ARG(tables->sections[i].name));
    return tables->n_sections > 0;
}

struct table *tables_block(struct tables *tables, struct bytes name)
{
    struct table *table;

    if (tables->error != NULL)
        return NULL;
    table = loaded(tables, name, false);
    if (table != NULL || !find_sections(tables))
        return table;
    for (unsigned i = 0; i < tables->n_sections; i++)
        if (bytes_equal(tables->sections[i].name, name))
            return add_table(tables, name, false, tables->sections[i]);
    return NULL;
}

static struct table *tables_kind(struct tables *tables, struct bytes name)
{
    char file[CANON_MAX_NAME + 1];
    struct section text = {.line = 1};
    struct table *table;

    if (tables->error != NULL || !table_is_name(name) || bytes_are(name, BLOCKS))
        return NULL;
    table = loaded(tables, name, true);
    if (table != NULL)
        return table;
    memcpy(file, name.at, name.len);
    file[name.len] = '\0';
    if (!slurp(tables, file, &text.text, &text.len))
        return NULL;
    return add_table(tables, name, true, text);
}

struct schema *schema_open(const char *folder, char **why)
{
    struct schema *schema = calloc(1, sizeof(*schema));
    struct tables *tables = calloc(1, sizeof(*tables));
    struct buffer text;

    *why = NULL;
    if (schema != NULL && tables != NULL) {
        schema->tables = tables;
        arena_init(&tables->arena, 64 << 10, SCHEMA_CEILING);
        tables->path = arena_copy(&tables->arena, bytes_of(folder)).at;
        tables->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (tables->path != NULL && tables->folder >= 0)
            return schema;
        buffer_init(&text, 8192);
        buffer_add_format(&text, "%s: %s", folder, strerror(errno));
        buffer_add_byte(&text, '\0');
        *why = text.at;
        arena_release(&tables->arena);
    }
    free(tables);
    free(schema);
    return NULL;
}

void schema_close(struct schema *schema)
{
    if (schema == NULL)
        return;
    close(schema->tables->folder);
    arena_release(&schema->tables->arena);
    free(schema->tables->error);
    free(schema->tables->sorted);
    free(schema->tables);
    free(schema);
}

const char *schema_error(const struct schema *schema)
{
    return schema->tables->error;
}

const struct canon_kind *schema_kind(const struct schema *schema, struct bytes name)
{
    const struct table *table = tables_kind(schema->tables, name);

    return table != NULL ? table->kind : NULL;
}

const struct canon_block *schema_block(const struct schema *schema, struct bytes name)
{
    const struct table *table = tables_block(schema->tables, name);

    return table != NULL ? &table->block : NULL;
}

static int by_name(const void *a, const void *b)
{
    const struct canon_kind *const *one = a, *const *other = b;

    return strcmp((*one)->name, (*other)->name);
}

/* Reads every table of the folder.  False: tables->error. */
static bool load_all(struct tables *tables)
{
    DIR *dir = NULL;
    int fd = openat(tables->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const struct dirent *entry;

    if (fd >= 0)
        dir = fdopendir(fd);
    if (dir == NULL) {
        if (fd >= 0)
            close(fd);
        return tables_complain(tables, "*", 0, "%s", strerror(errno));
    }
    while ((entry = readdir(dir)) != NULL) {
        struct bytes name = bytes_of(entry->d_name);

        if (name.len > 4 && memcmp(name.at + name.len - 4, ".tsv", 4) == 0) {
            name.len -= 4;
            tables_kind(tables, name);
        }
    }
    closedir(dir);
    if (find_sections(tables))
        for (unsigned i = 0; i < tables->n_sections; i++)
            tables_block(tables, tables->sections[i].name);
    return tables->error == NULL;
}

const struct canon_kind *schema_kind_at(const struct schema *schema, unsigned n)
{
    struct tables *tables = schema->tables;

    if (tables->sorted == NULL) {
        if (!load_all(tables))
            return NULL;
        tables->sorted = calloc(tables->n + 1u, sizeof(const struct canon_kind *));
        if (tables->sorted == NULL) {
            tables_complain(tables, "*", 0, "out of memory");
            return NULL;
        }
        for (const struct table *table = tables->first; table != NULL; table = table->next)
            if (table->kind != NULL)
                tables->sorted[tables->n_sorted++] = table->kind;
        qsort(tables->sorted, tables->n_sorted, sizeof(const struct canon_kind *), by_name);
    }
    return n < tables->n_sorted ? tables->sorted[n] : NULL;
}
