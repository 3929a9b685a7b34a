#include "compile/emit.h"

#include <stdlib.h>

#define SECTION_MAX ((size_t)64 << 20)

/* Strings already in the pool, by open addressing on their text. */
struct pool {
    uint32_t *offsets; /* 0: empty */
    size_t n_slots;    /* a power of two */
    size_t n_strings;
};

#define POOL_SLOTS ((size_t)1 << 18)

struct emitter {
    struct buffer sections[IMAGE_SECTIONS];
    uint32_t rows[IMAGE_SECTIONS];
    uint32_t row_sizes[IMAGE_SECTIONS];
    struct pool pool;
    bool failed;
};

/* One row (or several) of a section; the row's size is told once, by the first. */
static void rows_add(struct emitter *emitter, enum image_section section, const void *rows, size_t size,
                     size_t count)
{
    emitter->row_sizes[section] = (uint32_t)size;
    emitter->rows[section] += (uint32_t)count;
    buffer_add(&emitter->sections[section], rows, size * count);
}

static uint64_t text_hash(struct bytes text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.at[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* The offset of `text` in the pool, where equal strings stand once. */
static uint32_t string_add(struct emitter *emitter, struct bytes text)
{
    struct buffer *strings = &emitter->sections[IMAGE_STRINGS];
    struct pool *pool = &emitter->pool;
    size_t slot = text_hash(text) & (pool->n_slots - 1);
    uint32_t offset;

    if (text.len == 0)
        return 0;
    for (; pool->offsets[slot] != 0; slot = (slot + 1) & (pool->n_slots - 1)) {
        if (bytes_equal(bytes_of(strings->at + pool->offsets[slot]), text))
            return pool->offsets[slot];
    }
    if (++pool->n_strings > pool->n_slots / 2 || !buffer_reserve(strings, text.len + 1)) {
        emitter->failed = true;
        return 0;
    }
    offset = (uint32_t)strings->len;
    buffer_add_bytes(strings, text);
    buffer_add_byte(strings, '\0');
    pool->offsets[slot] = offset;
    return offset;
}

/* Twice the codes, and to the next power of two: most codes are in the first slot looked at. */
static unsigned slots_log2(size_t n_codes)
{
    unsigned log2 = 1;

    while (((size_t)1 << log2) < n_codes + n_codes / 2)
        log2++;
    return log2;
}

static void list_add(struct emitter *emitter, struct arena *arena, const struct model_list *list)
{
    unsigned log2 = slots_log2(list->n_codes);
    uint32_t n_slots = (uint32_t)1 << log2, longest = 0;
    struct standard_code_slot *slots = arena_zalloc(arena, n_slots, sizeof(*slots));
    uint16_t *order = arena_zalloc(arena, list->n_codes, sizeof(*order));

    if (slots == NULL || order == NULL || n_slots > UINT16_MAX) {
        emitter->failed = true;
        return;
    }
    for (size_t i = 0; i < list->n_codes; i++) {
        const struct model_code *code = &list->codes[i];
        uint32_t slot = dictionary_code_hash(code->key, 64 - log2), probes = 1;

        for (; slots[slot].key != 0; slot = (slot + 1) & (n_slots - 1))
            probes++;
        slots[slot].key = code->key;
        slots[slot].meaning = string_add(emitter, code->meaning);
        slots[slot].releases = code->releases;
        order[i] = (uint16_t)slot;
        longest = probes > longest ? probes : longest;
    }
    rows_add(emitter, IMAGE_LISTS, &(struct image_list){
        .slots = {emitter->rows[IMAGE_SLOTS], n_slots},
        .orders = {emitter->rows[IMAGE_ORDERS], (uint32_t)list->n_codes},
        .probes = longest,
    }, sizeof(struct image_list), 1);
    rows_add(emitter, IMAGE_SLOTS, slots, sizeof(*slots), n_slots);
    rows_add(emitter, IMAGE_ORDERS, order, sizeof(*order), list->n_codes);
}

static void element_add(struct emitter *emitter, const struct model *model,
                        const struct model_element *element)
{
    rows_add(emitter, IMAGE_ELEMENTS, &(struct image_element){
        .key = element->key,
        .id = string_add(emitter, element->id),
        .name = string_add(emitter, element->name),
        .min = element->min,
        .max = element->max,
        .type = element->type,
        .decimals = element->decimals,
        /* Codes within an element that is text may be followed or preceded by others (103). */
        .open = element->list != NULL && (element->list->open || element->type != STANDARD_ID),
        .list = element->list != NULL ? (uint32_t)(element->list - model->lists) : IMAGE_NO_LIST,
    }, sizeof(struct image_element), 1);
}

static void unit_add(struct emitter *emitter, enum image_section section, const struct model_unit *unit)
{
    rows_add(emitter, section, &(struct image_unit){
        .key = unit->key,
        .id = string_add(emitter, unit->id),
        .name = string_add(emitter, unit->name),
        .fields = {emitter->rows[IMAGE_FIELDS], (uint32_t)unit->n_fields},
        .conditions = {emitter->rows[IMAGE_CONDITIONS], (uint32_t)unit->n_conditions},
    }, sizeof(struct image_unit), 1);
    for (size_t i = 0; i < unit->n_fields; i++) {
        rows_add(emitter, IMAGE_FIELDS, &(struct image_field){
            .what = unit->fields[i].what,
            .repeat_max = unit->fields[i].repeat_max,
            .is_composite = unit->fields[i].is_composite,
            .need = unit->fields[i].need,
        }, sizeof(struct image_field), 1);
    }
    for (size_t i = 0; i < unit->n_conditions; i++) {
        rows_add(emitter, IMAGE_CONDITIONS, &(struct image_condition){
            .fields = unit->conditions[i].fields,
            .first = unit->conditions[i].first,
            .note = string_add(emitter, unit->conditions[i].note),
            .kind = (uint8_t)unit->conditions[i].kind,
        }, sizeof(struct image_condition), 1);
    }
}

static void set_add(struct emitter *emitter, const struct model_set *set)
{
    rows_add(emitter, IMAGE_SETS, &(struct image_set){
        .key = set->key,
        .id = string_add(emitter, set->id),
        .group = string_add(emitter, set->group),
        .name = string_add(emitter, set->name),
        .positions = {emitter->rows[IMAGE_POSITIONS], (uint32_t)set->n_positions},
    }, sizeof(struct image_set), 1);
    for (size_t i = 0; i < set->n_positions; i++) {
        const struct model_position *position = &set->positions[i];

        rows_add(emitter, IMAGE_POSITIONS, &(struct image_position){
            .loop = string_add(emitter, position->loop),
            .path = string_add(emitter, position->path),
            .max_use = position->max_use,
            .segment = position->segment,
            .parent = position->parent,
            .last = position->last,
            .area = position->area,
            .need = position->need,
            .starts_loop = position->starts_loop,
        }, sizeof(struct image_position), 1);
    }
}

static void release_add(struct emitter *emitter, const struct model *model,
                        const struct model_release *release)
{
    rows_add(emitter, IMAGE_RELEASES, &(struct image_release){
        .name = string_add(emitter, bytes_of(release->name)),
        .sets = {emitter->rows[IMAGE_SETS], (uint32_t)release->n_sets},
        .segments = {emitter->rows[IMAGE_SEGMENTS], (uint32_t)release->n_segments},
        .composites = {emitter->rows[IMAGE_COMPOSITES], (uint32_t)release->n_composites},
        .elements = {emitter->rows[IMAGE_ELEMENTS], (uint32_t)release->n_elements},
    }, sizeof(struct image_release), 1);
    for (size_t i = 0; i < release->n_elements; i++)
        element_add(emitter, model, &release->elements[i]);
    for (size_t i = 0; i < release->n_composites; i++)
        unit_add(emitter, IMAGE_COMPOSITES, &release->composites[i]);
    for (size_t i = 0; i < release->n_segments; i++)
        unit_add(emitter, IMAGE_SEGMENTS, &release->segments[i]);
    for (size_t i = 0; i < release->n_sets; i++)
        set_add(emitter, &release->sets[i]);
}

static void padding_add(struct buffer *image)
{
    while (image->len % 8 != 0)
        buffer_add_byte(image, '\0');
}

/* Header and sections, one behind the other. */
static bool image_assemble(struct emitter *emitter, struct buffer *image)
{
    struct image_header header = {.magic = IMAGE_MAGIC, .layout = IMAGE_LAYOUT, .order = IMAGE_ORDER};

    emitter->row_sizes[IMAGE_STRINGS] = 1;
    emitter->rows[IMAGE_STRINGS] = (uint32_t)emitter->sections[IMAGE_STRINGS].len;
    buffer_add(image, (const char *)&header, sizeof(header));
    for (unsigned i = 0; i < IMAGE_SECTIONS; i++) {
        padding_add(image);
        header.sections[i].offset = (uint32_t)image->len;
        header.sections[i].rows = emitter->rows[i];
        header.sections[i].row_size = emitter->row_sizes[i];
        buffer_add_bytes(image, buffer_view(&emitter->sections[i]));
        emitter->failed |= emitter->sections[i].failed;
    }
    padding_add(image);
    if (emitter->failed || image->failed)
        return false;
    header.size = image->len;
    memcpy(image->at, &header, sizeof(header));
    return true;
}

bool emit_image(const struct model *model, struct arena *arena, struct buffer *image)
{
    struct emitter emitter = {.pool = {.n_slots = POOL_SLOTS}};
    bool good = false;

    for (unsigned i = 0; i < IMAGE_SECTIONS; i++)
        buffer_init(&emitter.sections[i], SECTION_MAX);
    buffer_add_byte(&emitter.sections[IMAGE_STRINGS], '\0');
    emitter.pool.offsets = arena_zalloc(arena, POOL_SLOTS, sizeof(*emitter.pool.offsets));
    if (emitter.pool.offsets != NULL) {
        for (size_t i = 0; i < model->n_lists; i++)
            list_add(&emitter, arena, &model->lists[i]);
        for (unsigned r = 0; r < model->n_releases; r++)
            release_add(&emitter, model, &model->releases[r]);
        good = image_assemble(&emitter, image);
    }
    for (unsigned i = 0; i < IMAGE_SECTIONS; i++)
        buffer_release(&emitter.sections[i]);
    return good;
}
