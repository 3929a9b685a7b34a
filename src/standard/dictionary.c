#include "standard/dictionary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "standard/image.h"

/*
 * The image is trusted in nothing but that it is as long as it says: sections are checked on opening, rows
 * when they are used.  What a damaged row names outside its section becomes "" or an unknown element; a set
 * whose structure is broken is not there.
 */

#define CHUNK ((size_t)64 << 10)
/* Everything of every release, built, is some 20 MB; more would be a damaged image. */
#define CEILING ((size_t)256 << 20)

/* What was built of a release, by row; NULL: not yet. */
struct built {
    struct standard_set **sets;
    struct standard_segment **segments;
    struct standard_composite **composites;
    struct standard_element **elements;
};

struct dictionary {
    const void *image;
    size_t size;   /* bytes */
    void *mapping; /* to give back; NULL: the image is the caller's */
    const char *strings;
    uint32_t strings_size;
    const void *at[IMAGE_SECTIONS];
    uint32_t rows[IMAGE_SECTIONS];
    const struct image_release *releases;
    unsigned n_releases;
    struct built built[IMAGE_RELEASES_MAX];
    struct arena arena;
};

static const uint32_t row_sizes[IMAGE_SECTIONS] = {
    [IMAGE_STRINGS] = 1,
    [IMAGE_RELEASES] = sizeof(struct image_release),
    [IMAGE_SETS] = sizeof(struct image_set),
    [IMAGE_POSITIONS] = sizeof(struct image_position),
    [IMAGE_SEGMENTS] = sizeof(struct image_unit),
    [IMAGE_COMPOSITES] = sizeof(struct image_unit),
    [IMAGE_FIELDS] = sizeof(struct image_field),
    [IMAGE_CONDITIONS] = sizeof(struct image_condition),
    [IMAGE_ELEMENTS] = sizeof(struct image_element),
    [IMAGE_LISTS] = sizeof(struct image_list),
    [IMAGE_SLOTS] = sizeof(struct standard_code_slot),
    [IMAGE_ORDERS] = sizeof(uint16_t),
};

/* --- opening -------------------------------------------------------------------------------------- */

static bool span_within(struct image_span span, uint32_t rows)
{
    return span.first <= rows && span.count <= rows - span.first;
}

/* NULL, or what is wrong. */
static const char *sections_read(struct dictionary *d)
{
    const struct image_header *header = d->image;

    if (d->size < sizeof(*header) || memcmp(header->magic, IMAGE_MAGIC, sizeof(header->magic)) != 0)
        return "not an X12 dictionary image";
    if (header->order != IMAGE_ORDER)
        return "an X12 dictionary image of a machine of another byte order";
    if (header->layout != IMAGE_LAYOUT)
        return "an X12 dictionary image of another version of crossdock";
    if (header->size != d->size)
        return "an X12 dictionary image that is not whole";
    for (unsigned i = 0; i < IMAGE_SECTIONS; i++) {
        uint64_t offset = header->sections[i].offset, rows = header->sections[i].rows;

        if (header->sections[i].row_size != row_sizes[i] || offset % 8 != 0 || offset > d->size ||
            rows * row_sizes[i] > d->size - offset)
            return "a damaged X12 dictionary image";
        d->at[i] = (const char *)d->image + offset;
        d->rows[i] = (uint32_t)rows;
    }
    d->strings = d->at[IMAGE_STRINGS];
    d->strings_size = d->rows[IMAGE_STRINGS];
    d->releases = d->at[IMAGE_RELEASES];
    d->n_releases = d->rows[IMAGE_RELEASES];
    if (d->strings_size == 0 || d->strings[0] != '\0' || d->strings[d->strings_size - 1] != '\0' ||
        d->n_releases == 0 || d->n_releases > IMAGE_RELEASES_MAX)
        return "a damaged X12 dictionary image";
    for (unsigned i = 0; i < d->n_releases; i++) {
        const struct image_release *release = &d->releases[i];

        if (!span_within(release->sets, d->rows[IMAGE_SETS]) ||
            !span_within(release->segments, d->rows[IMAGE_SEGMENTS]) ||
            !span_within(release->composites, d->rows[IMAGE_COMPOSITES]) ||
            !span_within(release->elements, d->rows[IMAGE_ELEMENTS]))
            return "a damaged X12 dictionary image";
    }
    return NULL;
}

/* The file's bytes, read only.  NULL, or what is wrong. */
static const char *image_map(struct dictionary *d, const char *path)
{
    struct stat status;
    const char *wrong = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return strerror(errno);
    if (fstat(fd, &status) != 0) {
        wrong = strerror(errno);
    } else if (!S_ISREG(status.st_mode)) {
        wrong = "not a file";
    } else if (status.st_size < (off_t)sizeof(struct image_header) || status.st_size > (off_t)UINT32_MAX) {
        wrong = "not an X12 dictionary image";
    } else {
        void *map = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);

        if (map == MAP_FAILED) {
            wrong = strerror(errno);
        } else {
            d->image = d->mapping = map;
            d->size = (size_t)status.st_size;
        }
    }
    close(fd);
    return wrong;
}

static struct dictionary *open_either(const char *path, const void *image, size_t size, const char **why)
{
    struct dictionary *d = calloc(1, sizeof(*d));
    const char *wrong = NULL;

    if (d == NULL) {
        *why = strerror(ENOMEM);
        return NULL;
    }
    arena_init(&d->arena, CHUNK, CEILING);
    d->image = image;
    d->size = size;
    if (path != NULL)
        wrong = image_map(d, path);
    if (wrong == NULL)
        wrong = sections_read(d);
    if (wrong != NULL) {
        *why = wrong;
        dictionary_close(d);
        return NULL;
    }
    return d;
}

struct dictionary *dictionary_open(const char *path, const char **why)
{
    return open_either(path, NULL, 0, why);
}

struct dictionary *dictionary_open_image(const void *image, size_t size, const char **why)
{
    return open_either(NULL, image, size, why);
}

void dictionary_close(struct dictionary *d)
{
    if (d == NULL)
        return;
    if (d->mapping != NULL)
        munmap(d->mapping, d->size);
    arena_release(&d->arena);
    free(d);
}

static const char *string_at(const struct dictionary *d, uint32_t offset)
{
    return offset < d->strings_size ? d->strings + offset : "";
}

/* --- releases ------------------------------------------------------------------------------------- */

const char *dictionary_release_at(const struct dictionary *d, unsigned n)
{
    return n < d->n_releases ? string_at(d, d->releases[n].name) : NULL;
}

/* Six digits of `text`: of ISA12's five ("00401"), and of a careless "4010", the missing ones are added. */
static bool release_digits(struct bytes text, char digits[7])
{
    size_t n = 0;

    text = bytes_trim(text);
    while (n < text.len && n < 6 && text.at[n] >= '0' && text.at[n] <= '9')
        n++;
    if (n == 6)
        memcpy(digits, text.at, 6);
    else if (n == 5)
        snprintf(digits, 7, "%.5s0", text.at);
    else if (n == 4)
        snprintf(digits, 7, "00%.4s", text.at);
    else
        return false;
    digits[6] = '\0';
    return true;
}

const char *dictionary_release(const struct dictionary *d, struct bytes text, bool *exact)
{
    char digits[7];
    const char *best = NULL;

    *exact = false;
    if (!release_digits(text, digits))
        return NULL;
    for (unsigned i = 0; i < d->n_releases; i++) {
        const char *name = dictionary_release_at(d, i);
        int order = strcmp(name, digits);

        if (best == NULL || order <= 0)
            best = name;
        if (order == 0)
            *exact = true;
    }
    return best;
}

/* n_releases when we do not have it. */
static unsigned release_index(const struct dictionary *d, const char *release)
{
    unsigned i;

    if (release == NULL)
        return d->n_releases;
    /* Nearly always it is the very string that dictionary_release gave. */
    for (i = 0; i < d->n_releases; i++) {
        if (string_at(d, d->releases[i].name) == release)
            return i;
    }
    for (i = 0; i < d->n_releases; i++) {
        if (strcmp(string_at(d, d->releases[i].name), release) == 0)
            break;
    }
    return i;
}

/* The places for what will be built of a release.  NULL: out of memory. */
static struct built *release_built(struct dictionary *d, unsigned r)
{
    struct built *built = &d->built[r];
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

/* --- building ------------------------------------------------------------------------------------- */

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
        !span_within(list->slots, d->rows[IMAGE_SLOTS]) ||
        !span_within(list->orders, d->rows[IMAGE_ORDERS]) || list->orders.count > UINT16_MAX)
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

static const struct standard_element *element_build(struct dictionary *d, unsigned r, uint32_t n)
{
    struct built *built = release_built(d, r);
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
        .id = string_at(d, row->id),
        .name = string_at(d, row->name),
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
        field->element = row->is_composite ? &unknown_element : element_build(d, r, row->what);
}

static bool condition_build(const struct dictionary *d, const struct image_condition *row, uint64_t known,
                            struct standard_condition *condition)
{
    const char *note = string_at(d, row->note);
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
        !span_within(row->fields, d->rows[IMAGE_FIELDS]) ||
        !span_within(row->conditions, d->rows[IMAGE_CONDITIONS]))
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
    struct built *built = release_built(d, r);
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
        .id = string_at(d, row->id),
        .name = string_at(d, row->name),
        .n_fields = (uint8_t)row->fields.count,
        .n_conditions = (uint8_t)row->conditions.count,
        .mandatory = parts.mandatory,
        .fields = parts.fields,
        .conditions = parts.conditions,
    };
    built->composites[n] = composite;
    return composite;
}

static const struct standard_segment *segment_build(struct dictionary *d, unsigned r, uint32_t n)
{
    struct built *built = release_built(d, r);
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
        .id = string_at(d, row->id),
        .name = string_at(d, row->name),
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

/* One position from its row.  False where loops do not nest: members lie within their loop's start and end. */
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
        .segment = segment_build(d, r, row->segment),
        .index = (uint16_t)i,
        .parent = row->parent,
        .last = row->last,
        .depth = (uint8_t)((parent != NULL ? parent->depth : 0) + (row->starts_loop != 0)),
        .area = row->area,
        .starts_loop = row->starts_loop != 0,
        .need = row->need == STANDARD_MANDATORY ? STANDARD_MANDATORY : STANDARD_OPTIONAL,
        .max_use = row->max_use,
        .loop = string_at(d, row->loop),
        .path = string_at(d, row->path),
    };
    return positions[i].segment != NULL && row->area >= 1 && row->area <= 3;
}

static const struct standard_set *set_build(struct dictionary *d, unsigned r, uint32_t n)
{
    struct built *built = release_built(d, r);
    const struct image_set *row;
    const struct image_position *rows;
    struct standard_position *positions;
    struct standard_set *set;

    if (built == NULL || n >= d->releases[r].sets.count)
        return NULL;
    if (built->sets[n] != NULL)
        return built->sets[n];
    row = (const struct image_set *)d->at[IMAGE_SETS] + d->releases[r].sets.first + n;
    if (!span_within(row->positions, d->rows[IMAGE_POSITIONS]) || row->positions.count == 0 ||
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
        .id = string_at(d, row->id),
        .release = dictionary_release_at(d, r),
        .group = string_at(d, row->group),
        .name = string_at(d, row->name),
        .n_positions = (uint16_t)row->positions.count,
        .positions = positions,
    };
    built->sets[n] = set;
    return set;
}

/* --- finding -------------------------------------------------------------------------------------- */

/* Every row that has an id begins with its key; rows are `size` bytes apart.  count when there is none. */
static uint32_t row_find(const void *rows, uint32_t count, size_t size, struct bytes id)
{
    uint32_t low = 0, high = count;
    uint64_t rank;

    if (id.len == 0 || id.len > 8)
        return count;
    rank = image_rank(bytes_key(id.at, id.len));
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        uint64_t key;

        memcpy(&key, (const char *)rows + middle * size, sizeof(key));
        if (image_rank(key) < rank)
            low = middle + 1;
        else if (image_rank(key) > rank)
            high = middle;
        else
            return middle;
    }
    return count;
}

const struct standard_set *dictionary_set(struct dictionary *d, const char *release, struct bytes set)
{
    unsigned r = release_index(d, release);
    const struct image_set *rows = d->at[IMAGE_SETS];

    if (r == d->n_releases)
        return NULL;
    return set_build(d, r, row_find(rows + d->releases[r].sets.first, d->releases[r].sets.count,
                                    sizeof(*rows), set));
}

const struct standard_segment *dictionary_segment(struct dictionary *d, const char *release,
                                                  struct bytes segment)
{
    unsigned r = release_index(d, release);
    const struct image_unit *rows = d->at[IMAGE_SEGMENTS];

    if (r == d->n_releases)
        return NULL;
    return segment_build(d, r, row_find(rows + d->releases[r].segments.first, d->releases[r].segments.count,
                                        sizeof(*rows), segment));
}

const struct standard_element *dictionary_element(struct dictionary *d, const char *release,
                                                  struct bytes element)
{
    unsigned r = release_index(d, release);
    const struct image_element *rows = d->at[IMAGE_ELEMENTS];
    uint32_t n;

    if (r == d->n_releases)
        return NULL;
    n = row_find(rows + d->releases[r].elements.first, d->releases[r].elements.count, sizeof(*rows), element);
    return n < d->releases[r].elements.count ? element_build(d, r, n) : NULL;
}

const char *dictionary_set_at(const struct dictionary *d, const char *release, unsigned n)
{
    unsigned r = release_index(d, release);

    if (r == d->n_releases || n >= d->releases[r].sets.count)
        return NULL;
    return string_at(d, ((const struct image_set *)d->at[IMAGE_SETS])[d->releases[r].sets.first + n].id);
}

const char *dictionary_segment_at(const struct dictionary *d, const char *release, unsigned n)
{
    unsigned r = release_index(d, release);

    if (r == d->n_releases || n >= d->releases[r].segments.count)
        return NULL;
    return string_at(d, ((const struct image_unit *)d->at[IMAGE_SEGMENTS])[d->releases[r].segments.first + n].id);
}

/* --- codes ---------------------------------------------------------------------------------------- */

static const struct standard_code_slot *code_find(const struct standard_codes *codes, struct bytes value)
{
    uint64_t key;
    uint32_t slot;

    if (value.len == 0 || value.len > 8 || value.at[value.len - 1] == '\0')
        return NULL;
    key = bytes_key(value.at, value.len);
    slot = dictionary_code_hash(key, codes->shift);
    for (uint32_t n = codes->probes; n > 0 && codes->slots[slot].key != 0; n--) {
        if (codes->slots[slot].key == key)
            return &codes->slots[slot];
        slot = (slot + 1) & (codes->n_slots - 1);
    }
    return NULL;
}

static const char *code_meaning(const struct standard_codes *codes, const struct standard_code_slot *slot)
{
    return slot->meaning < codes->strings_size ? codes->strings + slot->meaning : "";
}

const char *dictionary_code_meaning(const struct standard_codes *codes, struct bytes value)
{
    const struct standard_code_slot *slot = codes != NULL ? code_find(codes, value) : NULL;

    return slot != NULL ? code_meaning(codes, slot) : NULL;
}

bool dictionary_code_at(const struct standard_codes *codes, unsigned n, char code[9], const char **meaning,
                        bool *taken)
{
    const struct standard_code_slot *slot;

    if (codes == NULL || n >= codes->n_order || codes->order[n] >= codes->n_slots)
        return false;
    slot = &codes->slots[codes->order[n]];
    for (unsigned i = 0; i < 8; i++)
        code[i] = (char)(slot->key >> (8 * i));
    code[8] = '\0';
    *meaning = code_meaning(codes, slot);
    *taken = (slot->releases & codes->release) != 0;
    return true;
}

const char *dictionary_codes_text(const struct standard_codes *codes, char *into, size_t size)
{
    enum { SHOWN_MAX = 8, TAIL = 16 }; /* " and 65535 more" */
    const char *meaning;
    char code[9];
    bool taken;
    unsigned count = 0, shown = 0;
    size_t len = 0;

    if (size == 0)
        return into;
    into[0] = '\0';
    if (codes == NULL)
        return into;
    for (unsigned n = 0; dictionary_code_at(codes, n, code, &meaning, &taken); n++)
        count += taken;
    for (unsigned n = 0; dictionary_code_at(codes, n, code, &meaning, &taken) && shown < count; n++) {
        size_t more = strlen(code) + (shown > 0 ? 2 : 0);
        bool last = shown + 1 == count;

        if (!taken)
            continue;
        /* One above the bound is shown, not counted: "and 1 more" would be no shorter. */
        if ((shown >= SHOWN_MAX && !last) || len + more + (last ? 1 : TAIL) > size)
            break;
        snprintf(into + len, size - len, "%s%s", shown > 0 ? ", " : "", code);
        len += more;
        shown++;
    }
    if (shown > 0 && shown < count)
        snprintf(into + len, size - len, " and %u more", count - shown);
    return into;
}
