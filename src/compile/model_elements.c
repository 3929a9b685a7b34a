/* The data elements: elements.tsv. */
#include <stdlib.h>

#include "compile/model.h"

enum { ID, TYPE, MIN, MAX, NAME };

static int element_compare(const void *a, const void *b)
{
    const struct model_element *x = a, *y = b;

    if (x->key != y->key)
        return image_rank(x->key) < image_rank(y->key) ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

/* "N2" is N with two implied decimals; "?" is not known and not checked. */
static bool type_read(struct bytes text, struct model_element *element)
{
    static const char *const names[] = {
        [0] = "?", [STANDARD_AN] = "AN", [STANDARD_ID] = "ID", [STANDARD_DT] = "DT",
        [STANDARD_TM] = "TM", [STANDARD_R] = "R", [STANDARD_N] = "N", [STANDARD_B] = "B",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (bytes_are(text, names[i])) {
            element->type = (uint8_t)i;
            return true;
        }
    }
    if (text.len == 2 && text.at[0] == 'N' && text.at[1] >= '0' && text.at[1] <= '9') {
        element->type = STANDARD_N;
        element->decimals = (uint8_t)(text.at[1] - '0');
        return true;
    }
    return false;
}

static bool length_read(struct bytes text, uint16_t *length)
{
    uint64_t number = 0;

    if (text.len > 0 && !bytes_to_count(text, UINT16_MAX, &number))
        return false;
    *length = (uint16_t)number;
    return true;
}

static bool row_read(const struct table *table, struct problems *problems, const struct table_row *row,
                     struct model_element *element)
{
    *element = (struct model_element){.id = row->cells[ID], .name = row->cells[NAME], .line = row->line};
    if (!model_is_id(element->id)) {
        problem_add(problems, table->path, row->line, "'%.*s' is no element id", BYTES_ARG(element->id));
        return false;
    }
    element->key = bytes_key(element->id.at, element->id.len);
    if (!type_read(row->cells[TYPE], element))
        problem_add(problems, table->path, row->line,
                    "type '%.*s' is none of AN, ID, DT, TM, R, B, N0 to N9 and ?",
                    BYTES_ARG(row->cells[TYPE]));
    if (!length_read(row->cells[MIN], &element->min) || !length_read(row->cells[MAX], &element->max) ||
        (element->max > 0 && element->min > element->max))
        problem_add(problems, table->path, row->line, "lengths '%.*s' to '%.*s': must be ascending numbers "
                    "below 65536 (no maximum: leave it empty)", BYTES_ARG(row->cells[MIN]),
                    BYTES_ARG(row->cells[MAX]));
    return true;
}

/* Where the list is known for the release, its codes must fit the element. */
static void list_check(const struct table *table, struct problems *problems,
                       const struct model_element *element, uint8_t bit)
{
    const struct model_list *list = element->list;

    if (element->type != STANDARD_ID || (list->own & bit) == 0)
        return;
    for (size_t i = 0; i < list->n_codes; i++) {
        const struct model_code *code = &list->codes[i];

        if ((code->releases & bit) != 0 &&
            (code->code.len < element->min || (element->max > 0 && code->code.len > element->max)))
            problem_add(problems, table->path, element->line,
                        "element %.*s has %u to %u characters, and codes.tsv:%u the code %.*s",
                        BYTES_ARG(element->id), element->min, element->max, code->line,
                        BYTES_ARG(code->code));
    }
}

void model_read_elements(struct model *model, struct model_release *release, struct arena *arena,
                         struct problems *problems, const char *folder)
{
    uint8_t bit = (uint8_t)(1u << (release - model->releases));
    struct table table;

    if (!table_read_columns(&table, arena, problems, folder, "elements.tsv", "element type min max name"))
        return;
    release->elements = arena_zalloc(arena, table.n_rows + 1, sizeof(*release->elements));
    if (release->elements == NULL)
        return;
    for (size_t i = 0; i < table.n_rows; i++)
        release->n_elements += row_read(&table, problems, &table.rows[i],
                                        &release->elements[release->n_elements]);
    qsort(release->elements, release->n_elements, sizeof(*release->elements), element_compare);
    if (release->n_elements >= IMAGE_UNKNOWN)
        problem_add(problems, table.path, 0, "more than %d elements", IMAGE_UNKNOWN - 1);
    for (size_t i = 0; i < release->n_elements; i++) {
        struct model_element *element = &release->elements[i];
        size_t n = model_find(model->lists, model->n_lists, sizeof(*model->lists),
                              offsetof(struct model_list, key), element->id);

        if (i > 0 && element[-1].key == element->key)
            problem_add(problems, table.path, element->line, "element %.*s again: see line %u",
                        BYTES_ARG(element->id), element[-1].line);
        if (n == model->n_lists || (model->lists[n].releases & bit) == 0)
            continue;
        element->list = &model->lists[n];
        list_check(&table, problems, element, bit);
    }
}
