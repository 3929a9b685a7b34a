#include "compile/table.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

/* Far above any table of ours; a larger file is not one. */
#define FILE_MAX ((size_t)64 << 20)
#define PROBLEMS_MAX ((size_t)1 << 20)

void problems_init(struct problems *problems)
{
    buffer_init(&problems->text, PROBLEMS_MAX);
    problems->count = 0;
}

void problems_release(struct problems *problems)
{
    buffer_release(&problems->text);
}

void problem_add(struct problems *problems, const char *path, unsigned line, const char *format, ...)
{
    char what[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(what, sizeof(what), format, arguments);
    va_end(arguments);
    if (line > 0)
        buffer_add_format(&problems->text, "%s:%u: %s\n", path, line, what);
    else
        buffer_add_format(&problems->text, "%s: %s\n", path, what);
    problems->count++;
}

/* The whole file, or {NULL, 0} with the problem told. */
static struct bytes file_read(struct arena *arena, struct problems *problems, const char *path)
{
    struct buffer content;
    struct bytes copy = {NULL, 0};
    char block[1 << 16];
    size_t got;
    FILE *file = fopen(path, "rb");

    if (file == NULL) {
        problem_add(problems, path, 0, "%s", strerror(errno));
        return copy;
    }
    buffer_init(&content, FILE_MAX);
    while ((got = fread(block, 1, sizeof(block), file)) > 0)
        buffer_add(&content, block, got);
    if (ferror(file))
        problem_add(problems, path, 0, "%s", strerror(errno));
    else if (content.failed)
        problem_add(problems, path, 0, "is too large for a table");
    else
        copy = arena_copy(arena, buffer_view(&content));
    fclose(file);
    buffer_release(&content);
    return copy;
}

/* The cells of a line.  How many there are, which may be more than TABLE_CELLS_MAX. */
static unsigned cells_split(struct bytes line, struct bytes cells[TABLE_CELLS_MAX])
{
    unsigned n = 0;
    struct bytes cell;

    while (bytes_split(&line, '\t', &cell)) {
        if (n < TABLE_CELLS_MAX)
            cells[n] = cell;
        n++;
    }
    return n;
}

static bool is_for_people(struct bytes line)
{
    return line.len == 0 || line.at[0] == '#';
}

/* A cell has no blanks at its ends, where they would not be seen, and no control characters. */
static bool cell_check(struct problems *problems, const char *path, unsigned line, struct bytes column,
                       struct bytes cell)
{
    if (bytes_trim(cell).len != cell.len) {
        problem_add(problems, path, line, "%.*s: blanks at the end or the beginning", BYTES_ARG(column));
        return false;
    }
    for (size_t i = 0; i < cell.len; i++) {
        if ((unsigned char)cell.at[i] < ' ' || cell.at[i] == 0x7f) {
            problem_add(problems, path, line, "%.*s: a control character", BYTES_ARG(column));
            return false;
        }
    }
    return true;
}

static bool row_read(struct table *table, struct problems *problems, struct bytes text, struct table_row *row)
{
    unsigned n = cells_split(text, row->cells);
    bool good = true;

    if (n != table->n_columns) {
        problem_add(problems, table->path, row->line, "%u cells where the heading has %u", n,
                    table->n_columns);
        return false;
    }
    for (unsigned i = 0; i < n; i++)
        good &= cell_check(problems, table->path, row->line, table->columns[i], row->cells[i]);
    return good;
}

bool table_read(struct table *table, struct arena *arena, struct problems *problems, const char *folder,
                const char *name)
{
    struct bytes rest, line;
    size_t lines = 1;
    unsigned number = 0;

    *table = (struct table){.path = arena_format(arena, "%s/%s", folder, name)};
    if (table->path == NULL) {
        problem_add(problems, name, 0, "out of memory");
        return false;
    }
    rest = file_read(arena, problems, table->path);
    if (rest.at == NULL)
        return false;
    for (size_t i = 0; i < rest.len; i++)
        lines += rest.at[i] == '\n';
    table->rows = arena_zalloc(arena, lines, sizeof(*table->rows));
    if (table->rows == NULL) {
        problem_add(problems, table->path, 0, "out of memory");
        return false;
    }
    while (bytes_split(&rest, '\n', &line)) {
        struct table_row *row = &table->rows[table->n_rows];

        number++;
        if (is_for_people(line))
            continue;
        if (table->n_columns == 0) {
            table->n_columns = cells_split(line, table->columns);
            if (table->n_columns > TABLE_CELLS_MAX)
                break;
            continue;
        }
        row->line = number;
        table->n_rows += row_read(table, problems, line, row);
    }
    if (table->n_columns == 0 || table->n_columns > TABLE_CELLS_MAX) {
        problem_add(problems, table->path, number, "no heading of 1 to %d column names", TABLE_CELLS_MAX);
        return false;
    }
    return true;
}

bool table_read_columns(struct table *table, struct arena *arena, struct problems *problems,
                        const char *folder, const char *name, const char *columns)
{
    struct bytes rest = bytes_of(columns), wanted;
    unsigned n = 0;

    if (!table_read(table, arena, problems, folder, name))
        return false;
    while (bytes_split(&rest, ' ', &wanted)) {
        if (n >= table->n_columns || !bytes_equal(table->columns[n], wanted))
            break;
        n++;
        wanted.len = 0;
    }
    if (wanted.len > 0 || n != table->n_columns) {
        problem_add(problems, table->path, 1, "the columns must be: %s", columns);
        return false;
    }
    return true;
}
