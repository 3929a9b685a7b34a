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
        return canon_tables_complain(tables, name, 0, "%s", strerror(errno));
    }
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > TABLE_CEILING) {
        close(fd);
        return canon_tables_complain(tables, name, 0, "not a file of at most %d bytes", TABLE_CEILING);
    }
    *text = arena_text(&tables->arena, (size_t)status.st_size + 1);
    while (*text != NULL && got < (size_t)status.st_size) {
        ssize_t n = read(fd, *text + got, (size_t)status.st_size - got);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            int why = errno;

            close(fd);
            return canon_tables_complain(tables, name, 0, "%s", strerror(why));
        }
        if (n == 0)
            break;
        got += (size_t)n;
    }
    close(fd);
    if (*text == NULL)
        return canon_tables_complain(tables, name, 0, "out of memory");
    if (memchr(*text, '\0', got) != NULL)
        return canon_tables_complain(tables, name, 0, "not a text: it has a NUL byte");
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
static struct table *add_table(struct tables *tables, const struct section *section, bool kind)
{
    struct table *table = arena_zalloc(&tables->arena, 1, sizeof(*table));
    struct bytes name = arena_copy(&tables->arena, section->name);
    bool good;

    if (table == NULL || name.at == NULL) {
        canon_tables_complain(tables, section->file, 0, "out of memory");
        return NULL;
    }
    table->block.name = name.at;
    table->block.meaning = "";
    table->file = section->file;
    table->depth = 1;
    if (kind) {
        table->kind = arena_zalloc(&tables->arena, 1, sizeof(struct canon_kind));
        if (table->kind == NULL) {
            canon_tables_complain(tables, section->file, 0, "out of memory");
            return NULL;
        }
        table->kind->name = name.at;
        table->kind->body = &table->block;
    }
    if (tables->n == MAX_TABLES) {
        canon_tables_complain(tables, section->file, 0, "more than %d tables", MAX_TABLES);
        return NULL;
    }
    if (tables->last != NULL)
        tables->last->next = table;
    else
        tables->first = table;
    tables->last = table;
    tables->n++;
    tables->nest++;
    good = canon_table_parse(tables, table, section->text, section->len, section->line);
    tables->nest--;
    table->whole = good;
    return good ? table : NULL;
}

static const struct section *find_section(const struct tables *tables, const char *file, struct bytes name)
{
    for (const struct section *section = tables->sections; section != NULL; section = section->next)
        if (bytes_equal(section->name, name) &&
            (file == NULL || strcmp(section->file, BLOCKS) == 0 || strcmp(section->file, file) == 0))
            return section;
    return NULL;
}

/* Finds where blocks begin in a file's text.  *len becomes that of what stands before the first. */
static bool find_sections(struct tables *tables, const char *file, char *text, size_t *len)
{
    static const char mark[] = "block\t";
    enum { MARK = sizeof(mark) - 1 };
    char *end = text + *len;
    struct section *last = NULL;
    unsigned line = 1;

    for (char *at = text; at < end; line++) {
        char *stop = memchr(at, '\n', (size_t)(end - at));

        if (end - at > MARK && memcmp(at, mark, MARK) == 0) {
            struct section *section = arena_alloc(&tables->arena, sizeof(*section));
            struct bytes name = {at + MARK, 0};

            while (name.at + name.len < end && name.at[name.len] != '\t' && name.at[name.len] != '\n')
                name.len++;
            if (section == NULL)
                return canon_tables_complain(tables, file, line, "out of memory");
            if (find_section(tables, NULL, name) != NULL)
                return canon_tables_complain(tables, file, line, "block %.*s stands twice",
                                             (int)(name.len < 64 ? name.len : 64), name.at);
            *section = (struct section){
                .next = tables->sections,
                .name = name,
                .file = file,
                .text = at,
                .len = (size_t)(end - at),
                .line = line,
            };
            tables->sections = section;
            if (last != NULL)
                last->len = (size_t)(at - last->text) - 1;
            else
                *len = (size_t)(at - text);
            last = section;
        }
        at = stop != NULL ? stop + 1 : end;
    }
    return true;
}

/* blocks.tsv, once. */
static void find_shared(struct tables *tables)
{
    char *text = NULL;
    size_t len = 0;

    if (tables->has_shared)
        return;
    tables->has_shared = true;
    if (slurp(tables, BLOCKS, &text, &len))
        find_sections(tables, BLOCKS, text, &len);
}

struct table *canon_tables_block(struct tables *tables, const char *file, struct bytes name)
{
    const struct section *section;
    struct table *table;

    find_shared(tables);
    if (tables->error != NULL)
        return NULL;
    section = find_section(tables, file, name);
    if (section == NULL)
        return NULL;
    table = loaded(tables, name, false);
    return table != NULL ? table : add_table(tables, section, false);
}

static struct table *tables_kind(struct tables *tables, struct bytes name)
{
    struct section section = {.name = name, .line = 1};
    char file[CANON_MAX_NAME + 1];
    struct table *table;

    if (tables->error != NULL || !canon_table_is_name(name) || bytes_are(name, BLOCKS))
        return NULL;
    table = loaded(tables, name, true);
    if (table != NULL)
        return table;
    find_shared(tables);
    /* Whatever name a record brings: one that is no kind's leaves nothing behind. */
    memcpy(file, name.at, name.len);
    file[name.len] = '\0';
    if (!slurp(tables, file, &section.text, &section.len))
        return NULL;
    section.file = arena_copy(&tables->arena, name).at;
    if (section.file == NULL) {
        canon_tables_complain(tables, file, 0, "out of memory");
        return NULL;
    }
    if (!find_sections(tables, section.file, section.text, &section.len))
        return NULL;
    return add_table(tables, &section, true);
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
    const struct table *table = canon_tables_block(schema->tables, NULL, name);

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
        return canon_tables_complain(tables, "*", 0, "%s", strerror(errno));
    }
    while ((entry = readdir(dir)) != NULL) {
        struct bytes name = bytes_of(entry->d_name);

        if (name.len > 4 && memcmp(name.at + name.len - 4, ".tsv", 4) == 0) {
            name.len -= 4;
            tables_kind(tables, name);
        }
    }
    closedir(dir);
    for (const struct section *section = tables->sections; section != NULL; section = section->next)
        canon_tables_block(tables, NULL, section->name);
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
            canon_tables_complain(tables, "*", 0, "out of memory");
            return NULL;
        }
        for (const struct table *table = tables->first; table != NULL; table = table->next)
            if (table->kind != NULL)
                tables->sorted[tables->n_sorted++] = table->kind;
        qsort(tables->sorted, tables->n_sorted, sizeof(const struct canon_kind *), by_name);
    }
    return n < tables->n_sorted ? tables->sorted[n] : NULL;
}
