/* The code lists: codes.tsv and open.tsv. */
#include <stdlib.h>

#include "compile/model.h"

enum { ELEMENT, CODE, FIRST_RELEASE };

/* Letters of a release's column. */
enum { HAS = 'Y', HAS_NOT = 'N', NOT_KNOWN = '?' };

struct code_row {
    const struct table_row *row;
    uint64_t list, code; /* ranks */
};

static int code_row_compare(const void *a, const void *b)
{
    const struct code_row *x = a, *y = b;

    if (x->list != y->list)
        return x->list < y->list ? -1 : 1;
    if (x->code != y->code)
        return x->code < y->code ? -1 : 1;
    return x->row->line < y->row->line ? -1 : x->row->line > y->row->line;
}

/* A code has 1 to 8 printable ASCII characters and no blank. */
static bool is_code(struct bytes code)
{
    for (size_t i = 0; i < code.len; i++) {
        if (code.at[i] <= ' ' || code.at[i] > '~')
            return false;
    }
    return code.len >= 1 && code.len <= 8;
}

static bool row_check(const struct table *table, struct problems *problems, const struct table_row *row)
{
    bool somewhere = false;

    if (!model_is_id(row->cells[ELEMENT])) {
        problem_add(problems, table->path, row->line, "'%.*s' is no element id",
                    BYTES_ARG(row->cells[ELEMENT]));
        return false;
    }
    if (!is_code(row->cells[CODE])) {
        problem_add(problems, table->path, row->line, "'%.*s' is no code: 1 to 8 characters without blanks",
                    BYTES_ARG(row->cells[CODE]));
        return false;
    }
    for (unsigned i = FIRST_RELEASE; i < table->n_columns - 1; i++) {
        struct bytes cell = row->cells[i];

        if (cell.len != 1 || memchr("YN?", cell.at[0], 3) == NULL) {
            problem_add(problems, table->path, row->line, "%.*s: '%.*s' is none of Y, N and ?",
                        BYTES_ARG(table->columns[i]), BYTES_ARG(cell));
            return false;
        }
        somewhere |= cell.at[0] != HAS_NOT;
    }
    if (!somewhere)
        problem_add(problems, table->path, row->line, "no release has this code");
    return true;
}

static unsigned column_of(const struct table *table, const char *release)
{
    for (unsigned i = FIRST_RELEASE; i < table->n_columns - 1; i++) {
        if (bytes_are(table->columns[i], release))
            return i;
    }
    return 0;
}

/* Which releases take which code of the list: a release with a column of its own, in which the list is known,
 * takes those that are not N there; any other takes them all. */
static void releases_mark(const struct model *model, const struct table *table, struct model_list *list,
                          const struct code_row *rows)
{
    for (unsigned r = 0; r < model->n_releases; r++) {
        unsigned column = column_of(table, model->releases[r].name);
        uint8_t bit = (uint8_t)(1u << r);

        for (size_t i = 0; column != 0 && i < list->n_codes; i++) {
            if (rows[i].row->cells[column].at[0] != NOT_KNOWN)
                list->own |= bit;
        }
        for (size_t i = 0; i < list->n_codes; i++) {
            if ((list->own & bit) == 0 || rows[i].row->cells[column].at[0] != HAS_NOT)
                list->codes[i].releases |= bit;
            list->releases |= list->codes[i].releases;
        }
    }
}

static bool heading_check(const struct model *model, const struct table *table, struct problems *problems)
{
    if (table->n_columns < FIRST_RELEASE + 2 || !bytes_are(table->columns[ELEMENT], "element") ||
        !bytes_are(table->columns[CODE], "code") ||
        !bytes_are(table->columns[table->n_columns - 1], "meaning")) {
        problem_add(problems, table->path, 1, "the columns must be: element code RELEASE... meaning");
        return false;
    }
    for (unsigned i = FIRST_RELEASE; i < table->n_columns - 1; i++) {
        bool known = bytes_are(table->columns[i], "later");

        for (unsigned r = 0; r < model->n_releases; r++)
            known |= bytes_are(table->columns[i], model->releases[r].name);
        if (!known)
            problem_add(problems, table->path, 1, "column '%.*s' is neither a release we have nor 'later'",
                        BYTES_ARG(table->columns[i]));
    }
    return true;
}

/* Lists out of the sorted rows. */
static void lists_make(struct model *model, const struct table *table, struct arena *arena,
                       struct problems *problems, const struct code_row *rows, size_t n_rows)
{
    unsigned meaning = table->n_columns - 1;

    for (size_t first = 0, next; first < n_rows; first = next) {
        struct model_list *list = &model->lists[model->n_lists++];

        for (next = first; next < n_rows && rows[next].list == rows[first].list; next++)
            continue;
        list->element = rows[first].row->cells[ELEMENT];
        list->key = bytes_key(list->element.at, list->element.len);
        list->n_codes = next - first;
        list->codes = arena_zalloc(arena, list->n_codes, sizeof(*list->codes));
        if (list->codes == NULL)
            return;
        for (size_t i = 0; i < list->n_codes; i++) {
            const struct table_row *row = rows[first + i].row;

            list->codes[i] = (struct model_code){
                .code = row->cells[CODE],
                .meaning = row->cells[meaning],
                .key = bytes_key(row->cells[CODE].at, row->cells[CODE].len),
                .line = row->line,
            };
            if (i > 0 && list->codes[i].key == list->codes[i - 1].key)
                problem_add(problems, table->path, row->line, "code %.*s of element %.*s again: see line %u",
                            BYTES_ARG(row->cells[CODE]), BYTES_ARG(list->element), list->codes[i - 1].line);
        }
        releases_mark(model, table, list, &rows[first]);
    }
}

static void open_read(struct model *model, struct arena *arena, struct problems *problems, const char *folder)
{
    struct table table;

    if (!table_read_columns(&table, arena, problems, folder, "open.tsv", "element why"))
        return;
    for (size_t i = 0; i < table.n_rows; i++) {
        struct bytes id = table.rows[i].cells[0];
        size_t n = model_find(model->lists, model->n_lists, sizeof(*model->lists),
                              offsetof(struct model_list, key), id);

        if (n == model->n_lists)
            problem_add(problems, table.path, table.rows[i].line, "element '%.*s' has no list in codes.tsv",
                        BYTES_ARG(id));
        else if (model->lists[n].open)
            problem_add(problems, table.path, table.rows[i].line, "element %.*s again", BYTES_ARG(id));
        else
            model->lists[n].open = true;
    }
}

void model_read_codes(struct model *model, struct arena *arena, struct problems *problems, const char *folder)
{
    struct table table;
    struct code_row *rows;
    size_t n_rows = 0;

    if (!table_read(&table, arena, problems, folder, "codes.tsv") || !heading_check(model, &table, problems))
        return;
    rows = arena_zalloc(arena, table.n_rows + 1, sizeof(*rows));
    model->lists = arena_zalloc(arena, table.n_rows + 1, sizeof(*model->lists));
    if (rows == NULL || model->lists == NULL)
        return;
    for (size_t i = 0; i < table.n_rows; i++) {
        const struct table_row *row = &table.rows[i];

        if (!row_check(&table, problems, row))
            continue;
        rows[n_rows++] = (struct code_row){
            .row = row,
            .list = image_rank(bytes_key(row->cells[ELEMENT].at, row->cells[ELEMENT].len)),
            .code = image_rank(bytes_key(row->cells[CODE].at, row->cells[CODE].len)),
        };
    }
    qsort(rows, n_rows, sizeof(*rows), code_row_compare);
    lists_make(model, &table, arena, problems, rows, n_rows);
    if (!arena->failed)
        open_read(model, arena, problems, folder);
}
