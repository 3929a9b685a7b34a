#include "standard/dictionary_build.h"

/* The places for what will be built of a release.  NULL: out of memory. */
static struct dictionary_built *release_built(struct dictionary *d, unsigned r)
{
    struct dictionary_built *built = &d->built[r];
    const struct image_release *release = &d->releases[r];

    if (built->sets == NULL) {
        built->segments = arena_zalloc(&d->arena, release->segments.count + 1u, sizeof(void *));
        built->composites = arena_zalloc(&d->arena, release->composites.count + 1u, sizeof(void *));
        built->elements = arena_zalloc(&d->arena, release->elements.count + 1u, sizeof(void *));
        if (built->segments != NULL && built->composites != NULL && built->elements != NULL)
            built->sets = arena_zalloc(&d->arena, release->sets.count + 1u, sizeof(void *));
    }
    return built->sets != NULL ? built : NULL;
}

static const struct standard_element unknown_element = {.id = "?", .name = ""};

/* NULL when there is no such list, it is damaged, or memory is short: then anything goes. */
static const struct standard_codes *codes_build(struct dictionary *d, unsigned r, uint32_t n, bool open)
{
    const struct image_list *list;
    struct standard_codes *codes;

    if (n >= d->rows[IMAGE_LISTS])
        return NULL;
    list = (const struct image_list *)d->at[IMAGE_LISTS] + n;
    if (list->slots.count < 2 || (list->slots.count & (list->slots.count - 1)) != 0 ||
        !image_span_within(list->slots, d->rows[IMAGE_SLOTS]) ||
        !image_span_within(list->orders, d->rows[IMAGE_ORDERS]) || list->orders.count > UINT16_MAX)
        return NULL;
    codes = arena_alloc(&d->arena, sizeof(*codes));
    if (codes == NULL)
        return NULL;
    *codes = (struct standard_codes){
        .slots = (const struct standard_code_slot *)d->at[IMAGE_SLOTS] + list->slots.first,
        .n_slots = list->slots.count,
        .probes = list->probes,
        .shift = (uint8_t)(64 - __builtin_ctz(list->slots.count)),
        .release = (uint8_t)(1u << r),
        .open = open,
        .n_order = (uint16_t)list->orders.count,
        .order = (const uint16_t *)d->at[IMAGE_ORDERS] + list->orders.first,
        .strings = d->strings,
        .strings_size = d->strings_size,
    };
    return codes;
}

const struct standard_element *dictionary_build_element(struct dictionary *d, unsigned r, uint32_t n)
{
    struct dictionary_built *built = release_built(d, r);
    const struct image_element *row;
    struct standard_element *element;

    if (built == NULL || n >= d->releases[r].elements.count)
        return &unknown_element;
    if (built->elements[n] != NULL)
        return built->elements[n];
    row = (const struct image_element *)d->at[IMAGE_ELEMENTS] + d->releases[r].elements.first + n;
    element = arena_alloc(&d->arena, sizeof(*element));
    if (element == NULL)
        return &unknown_element;
    *element = (struct standard_element){
        .id = dictionary_string(d, row->id),
        .name = dictionary_string(d, row->name),
        .type = row->type <= STANDARD_B ? row->type : 0,
        .decimals = row->decimals <= 9 ? row->decimals : 9,
        .min = row->min,
        .max = row->max,
        .codes = codes_build(d, r, row->list, row->open != 0),
    };
    built->elements[n] = element;
    return element;
}

/* What segments and composites have in common. */
struct unit_parts {
    struct standard_field *fields;
    struct standard_condition *conditions;
    uint64_t mandatory;
};

static const struct standard_composite *composite_build(struct dictionary *d, unsigned r, uint32_t n);

static void field_build(struct dictionary *d, unsigned r, const struct image_field *row, bool nested,
                        struct standard_field *field)
{
    *field = (struct standard_field){
        .need = row->need == STANDARD_MANDATORY ? STANDARD_MANDATORY : STANDARD_OPTIONAL,
        .repeat_max = row->repeat_max > 0 ? row->repeat_max : 1,
    };
    if (row->is_composite && !nested)
        field->composite = composite_build(d, r, row->what);
    if (field->composite == NULL)
        field->element = row->is_composite ? &unknown_element : dictionary_build_element(d, r, row->what);
}

static bool condition_build(const struct dictionary *d, const struct image_condition *row, uint64_t known,
                            struct standard_condition *condition)
{
    const char *note = dictionary_string(d, row->note);
    size_t len = strnlen(note, sizeof(condition->note) - 1);

    *condition = (struct standard_condition){(char)row->kind, row->fields, row->first, ""};
    memcpy(condition->note, note, len);
    return row->kind != 0 && strchr("PRECL", row->kind) != NULL && row->fields != 0 &&
           (row->fields & ~known) == 0 && (row->first & ~row->fields) == 0 &&
           (row->first != 0) == (row->kind == 'C' || row->kind == 'L');
}

/* Fields and conditions of a row, checked.  False when it is damaged or memory is short. */
static bool unit_build(struct dictionary *d, unsigned r, const struct image_unit *row, bool nested,
                       struct unit_parts *parts)
{
    const struct image_field *fields = d->at[IMAGE_FIELDS];
    const struct image_condition *conditions = d->at[IMAGE_CONDITIONS];
    uint64_t known;

    *parts = (struct unit_parts){0};
    if (row->fields.count == 0 || row->fields.count > IMAGE_FIELDS_MAX || row->conditions.count > UINT8_MAX ||
        !image_span_within(row->fields, d->rows[IMAGE_FIELDS]) ||
        !image_span_within(row->conditions, d->rows[IMAGE_CONDITIONS]))
        return false;
    parts->fields = arena_zalloc(&d->arena, row->fields.count, sizeof(*parts->fields));
    parts->conditions = arena_zalloc(&d->arena, row->conditions.count + 1u, sizeof(*parts->conditions));
    if (parts->fields == NULL || parts->conditions == NULL)
        return false;
    known = UINT64_MAX >> (64 - row->fields.count);
    for (uint32_t i = 0; i < row->fields.count; i++) {
        field_build(d, r, &fields[row->fields.first + i], nested, &parts->fields[i]);
        if (parts->fields[i].need == STANDARD_MANDATORY)
            parts->mandatory |= UINT64_C(1) << i;
    }
    for (uint32_t i = 0; i < row->conditions.count; i++) {
        if (!condition_build(d, &conditions[row->conditions.first + i], known, &parts->conditions[i]))
            return false;
    }
    return true;
}

static const struct standard_composite *composite_build(struct dictionary *d, unsigned r, uint32_t n)
{
    struct dictionary_built *built = release_built(d, r);
    const struct image_unit *row;
    struct standard_composite *composite;
    struct unit_parts parts;

    if (built == NULL || n >= d->releases[r].composites.count)
        return NULL;
    if (built->composites[n] != NULL)
        return built->composites[n];
    row = (const struct image_unit *)d->at[IMAGE_COMPOSITES] + d->releases[r].composites.first + n;
    if (!unit_build(d, r, row, true, &parts))
        return NULL;
    composite = arena_alloc(&d->arena, sizeof(*composite));
    if (composite == NULL)
        return NULL;
    *composite = (struct standard_composite){
        .id = dictionary_string(d, row->id),
        .name = dictionary_string(d, row->name),
        .n_fields = (uint8_t)row->fields.count,
        .n_conditions = (uint8_t)row->conditions.count,
        .mandatory = parts.mandatory,
        .fields = parts.fields,
        .conditions = parts.conditions,
    };
    built->composites[n] = composite;
    return composite;
}

const struct standard_segment *dictionary_build_segment(struct dictionary *d, unsigned r, uint32_t n)
{
    struct dictionary_built *built = release_built(d, r);
    const struct image_unit *row;
    struct standard_segment *segment;
    struct unit_parts parts;

    if (built == NULL || n >= d->releases[r].segments.count)
        return NULL;
    if (built->segments[n] != NULL)
        return built->segments[n];
    row = (const struct image_unit *)d->at[IMAGE_SEGMENTS] + d->releases[r].segments.first + n;
    if (!unit_build(d, r, row, false, &parts))
        return NULL;
    segment = arena_alloc(&d->arena, sizeof(*segment));
    if (segment == NULL)
        return NULL;
    *segment = (struct standard_segment){
        .id = dictionary_string(d, row->id),
        .name = dictionary_string(d, row->name),
        .key = row->key,
        .n_fields = (uint8_t)row->fields.count,
        .n_conditions = (uint8_t)row->conditions.count,
        .mandatory = parts.mandatory,
        .fields = parts.fields,
        .conditions = parts.conditions,
    };
    built->segments[n] = segment;
    return segment;
}

/* One position from its row.  False where loops do not nest: a member lies between its loop's ends. */
static bool position_build(struct dictionary *d, unsigned r, const struct image_position *row, uint32_t n,
                           struct standard_position *positions, uint32_t i)
{
    const struct standard_position *parent = NULL;

    if (row->parent != STANDARD_NO_LOOP) {
        if (row->parent >= i || !positions[row->parent].starts_loop)
            return false;
        parent = &positions[row->parent];
    }
    if (row->last < i || row->last >= n || (parent != NULL && row->last > parent->last) ||
        (!row->starts_loop && row->last != i))
        return false;
    positions[i] = (struct standard_position){
        .segment = dictionary_build_segment(d, r, row->segment),
        .index = (uint16_t)i,
        .parent = row->parent,
        .last = row->last,
        .depth = (uint8_t)((parent != NULL ? parent->depth : 0) + (row->starts_loop != 0)),
        .area = row->area,
        .starts_loop = row->starts_loop != 0,
        .need = row->need == STANDARD_MANDATORY ? STANDARD_MANDATORY : STANDARD_OPTIONAL,
        .max_use = row->max_use,
        .loop = dictionary_string(d, row->loop),
        .path = dictionary_string(d, row->path),
    };
    return positions[i].segment != NULL && row->area >= 1 && row->area <= 3;
}

const struct standard_set *dictionary_build_set(struct dictionary *d, unsigned r, uint32_t n)
{
    struct dictionary_built *built = release_built(d, r);
    const struct image_set *row;
    const struct image_position *rows;
    struct standard_position *positions;
    struct standard_set *set;

    if (built == NULL || n >= d->releases[r].sets.count)
        return NULL;
    if (built->sets[n] != NULL)
        return built->sets[n];
    row = (const struct image_set *)d->at[IMAGE_SETS] + d->releases[r].sets.first + n;
    if (!image_span_within(row->positions, d->rows[IMAGE_POSITIONS]) || row->positions.count == 0 ||
        row->positions.count >= STANDARD_NO_LOOP)
        return NULL;
    rows = (const struct image_position *)d->at[IMAGE_POSITIONS] + row->positions.first;
    positions = arena_alloc(&d->arena, row->positions.count * sizeof(*positions));
    set = arena_alloc(&d->arena, sizeof(*set));
    if (positions == NULL || set == NULL)
        return NULL;
    for (uint32_t i = 0; i < row->positions.count; i++) {
        if (!position_build(d, r, &rows[i], row->positions.count, positions, i))
            return NULL;
    }
    *set = (struct standard_set){
        .id = dictionary_string(d, row->id),
        .release = dictionary_release_at(d, r),
        .group = dictionary_string(d, row->group),
        .name = dictionary_string(d, row->name),
        .n_positions = (uint16_t)row->positions.count,
        .positions = positions,
    };
    built->sets[n] = set;
    return set;
}
