/* Segments and composites: segments.tsv and composites.tsv, which have the same columns. */
#include <stdlib.h>

#include "compile/model.h"

enum { ID, POSITION, ELEMENT, NEED, REPEAT, CONDITIONS, NAME };

static int unit_compare(const void *a, const void *b)
{
    const struct model_unit *x = a, *y = b;

    if (x->key != y->key)
        return image_rank(x->key) < image_rank(y->key) ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

static unsigned two_digits(const char *at)
{
    return at[0] >= '0' && at[0] <= '9' && at[1] >= '0' && at[1] <= '9'
               ? (unsigned)(at[0] - '0') * 10 + (unsigned)(at[1] - '0') : 0;
}

/* "C0302": a letter and at least two positions, of two digits each. */
static bool condition_read(struct bytes note, size_t n_fields, struct model_condition *condition)
{
    *condition = (struct model_condition){.kind = note.len > 0 ? note.at[0] : '\0', .note = note};
    if (note.len < 5 || note.len % 2 == 0 || note.len >= sizeof(((struct standard_condition *)0)->note) ||
        memchr("PRECL", condition->kind, 5) == NULL)
        return false;
    for (size_t i = 1; i < note.len; i += 2) {
        unsigned position = two_digits(note.at + i);
        uint64_t bit;

        if (position == 0 || position > n_fields)
            return false;
        bit = UINT64_C(1) << (position - 1);
        if ((condition->fields & bit) != 0)
            return false;
        condition->fields |= bit;
        if (i == 1 && (condition->kind == 'C' || condition->kind == 'L'))
            condition->first = bit;
    }
    return true;
}

static void conditions_read(struct model_unit *unit, struct arena *arena, struct problems *problems,
                            const struct table *table, struct bytes text)
{
    struct bytes note;

    unit->conditions = arena_zalloc(arena, text.len / 5 + 1, sizeof(*unit->conditions));
    if (text.len == 0 || unit->conditions == NULL)
        return;
    while (bytes_split(&text, ' ', &note)) {
        if (!condition_read(note, unit->n_fields, &unit->conditions[unit->n_conditions])) {
            problem_add(problems, table->path, unit->line, "%.*s: '%.*s' is no condition on its %zu elements",
                        BYTES_ARG(unit->id), BYTES_ARG(note), unit->n_fields);
            return;
        }
        unit->n_conditions++;
    }
}

/* An element, a composite (not within a composite), or "?". */
static bool what_find(const struct model_release *release, bool in_composite, struct bytes id,
                      struct model_field *field)
{
    size_t n;

    field->what = IMAGE_UNKNOWN;
    if (bytes_are(id, "?"))
        return true;
    n = model_find(release->elements, release->n_elements, sizeof(*release->elements),
                   offsetof(struct model_element, key), id);
    if (n < release->n_elements) {
        field->what = (uint16_t)n;
        return true;
    }
    if (in_composite)
        return false;
    n = model_find(release->composites, release->n_composites, sizeof(*release->composites),
                   offsetof(struct model_unit, key), id);
    if (n == release->n_composites)
        return false;
    field->what = (uint16_t)n;
    field->is_composite = true;
    return true;
}

static void field_read(const struct model_release *release, bool in_composite, struct problems *problems,
                       const struct table *table, const struct table_row *row, struct model_field *field)
{
    uint64_t repeat = 0;

    *field = (struct model_field){0};
    if (!what_find(release, in_composite, row->cells[ELEMENT], field))
        problem_add(problems, table->path, row->line, "element '%.*s' is not in elements.tsv%s",
                    BYTES_ARG(row->cells[ELEMENT]), in_composite ? "" : " nor composites.tsv");
    if (bytes_are(row->cells[NEED], "M"))
        field->need = STANDARD_MANDATORY;
    else if (!bytes_are(row->cells[NEED], "O"))
        problem_add(problems, table->path, row->line, "need '%.*s' is neither M nor O",
                    BYTES_ARG(row->cells[NEED]));
    if (!bytes_to_count(row->cells[REPEAT], UINT16_MAX, &repeat) || repeat == 0)
        problem_add(problems, table->path, row->line, "repeat '%.*s' is no number from 1 to 65535",
                    BYTES_ARG(row->cells[REPEAT]));
    field->repeat_max = (uint16_t)repeat;
}

/* The unit whose rows begin at `rows`.  How many rows it has. */
static size_t unit_read(const struct model_release *release, bool composites, struct arena *arena,
                        struct problems *problems, const struct table *table, const struct table_row *rows,
                        size_t n_rows, struct model_unit *unit)
{
    size_t n = 0;

    *unit = (struct model_unit){.id = rows[0].cells[ID], .name = rows[0].cells[NAME], .line = rows[0].line};
    while (n < n_rows && bytes_equal(rows[n].cells[ID], unit->id))
        n++;
    if (!model_is_id(unit->id)) {
        problem_add(problems, table->path, unit->line, "'%.*s' is no id", BYTES_ARG(unit->id));
        return n;
    }
    unit->key = bytes_key(unit->id.at, unit->id.len);
    if (n > IMAGE_FIELDS_MAX) {
        problem_add(problems, table->path, unit->line, "%.*s has more than %d elements", BYTES_ARG(unit->id),
                    IMAGE_FIELDS_MAX);
        return n;
    }
    unit->fields = arena_zalloc(arena, n, sizeof(*unit->fields));
    if (unit->fields == NULL)
        return n;
    unit->n_fields = n;
    for (size_t i = 0; i < n; i++) {
        struct bytes position = rows[i].cells[POSITION];

        if (position.len != 2 || two_digits(position.at) != i + 1)
            problem_add(problems, table->path, rows[i].line, "position '%.*s' of %.*s should be %02zu",
                        BYTES_ARG(position), BYTES_ARG(unit->id), i + 1);
        if (i > 0 && (rows[i].cells[CONDITIONS].len > 0 || rows[i].cells[NAME].len > 0))
            problem_add(problems, table->path, rows[i].line,
                        "conditions and name stand on the first row of %.*s only", BYTES_ARG(unit->id));
        field_read(release, composites, problems, table, &rows[i], &unit->fields[i]);
    }
    conditions_read(unit, arena, problems, table, rows[0].cells[CONDITIONS]);
    return n;
}

void model_read_units(struct model_release *release, struct arena *arena, struct problems *problems,
                      const char *folder, bool composites)
{
    static const char *const columns[] = {
        "segment position element need repeat conditions name",
        "composite position element need repeat conditions name",
    };
    struct table table;
    struct model_unit *units;
    size_t n_units = 0;

    if (!table_read_columns(&table, arena, problems, folder, composites ? "composites.tsv" : "segments.tsv",
                            columns[composites]))
        return;
    units = arena_zalloc(arena, table.n_rows + 1, sizeof(*units));
    if (units == NULL)
        return;
    for (size_t i = 0; i < table.n_rows;)
        i += unit_read(release, composites, arena, problems, &table, &table.rows[i], table.n_rows - i,
                       &units[n_units++]);
    qsort(units, n_units, sizeof(*units), unit_compare);
    for (size_t i = 1; i < n_units; i++) {
        if (units[i].key == units[i - 1].key)
            problem_add(problems, table.path, units[i].line, "%.*s again: see line %u",
                        BYTES_ARG(units[i].id), units[i - 1].line);
    }
    if (n_units >= IMAGE_UNKNOWN)
        problem_add(problems, table.path, 0, "more than %d rows", IMAGE_UNKNOWN - 1);
    if (composites) {
        release->composites = units;
        release->n_composites = n_units;
    } else {
        release->segments = units;
        release->n_segments = n_units;
    }
}
