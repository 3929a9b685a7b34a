#include "map/xref_rows.h"

/* --- lookups */

static uint64_t hash_more(uint64_t hash, struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.at[i]) * 1099511628211ULL;
    return (hash ^ 0xff) * 1099511628211ULL; /* "ab","c" is not "a","bc" */
}

static uint32_t slot_of(uint32_t n_slots, struct bytes a, struct bytes b)
{
    uint64_t hash = hash_more(hash_more(14695981039346656037ULL, a), b);

    return (uint32_t)(hash ^ hash >> 32) & (n_slots - 1);
}

struct xref_row *xref_by_theirs(const struct xref *xref, struct bytes theirs, struct bytes unit)
{
    if (!xref->units)
        unit = (struct bytes){NULL, 0};
    for (uint32_t slot = slot_of(xref->n_slots, theirs, unit); xref->by_theirs[slot] != 0;
         slot = (slot + 1) & (xref->n_slots - 1)) {
        struct xref_row *row = &xref->rows[xref->by_theirs[slot] - 1];

        if (bytes_equal(row->theirs, theirs) && (!xref->units || bytes_equal(row->ours, unit)))
            return row;
    }
    return NULL;
}

/* What a row is known by on our side: of units, the item, so that its first row is found. */
static struct bytes ours_of(const struct xref *xref, const struct xref_row *row)
{
    return xref->units ? row->theirs : row->ours;
}

struct xref_row *xref_by_ours(const struct xref *xref, struct bytes ours)
{
    for (uint32_t slot = slot_of(xref->n_slots, ours, (struct bytes){NULL, 0}); xref->by_ours[slot] != 0;
         slot = (slot + 1) & (xref->n_slots - 1)) {
        struct xref_row *row = &xref->rows[xref->by_ours[slot] - 1];

        if (bytes_equal(ours_of(xref, row), ours))
            return row;
    }
    return NULL;
}

static void put_in(uint32_t *slots, uint32_t n_slots, uint32_t slot, uint32_t row)
{
    while (slots[slot] != 0)
        slot = (slot + 1) & (n_slots - 1);
    slots[slot] = row + 1;
}

void xref_index(struct xref *xref, uint32_t row, bool with_ours)
{
    const struct xref_row *at = &xref->rows[row];
    struct bytes unit = xref->units ? at->ours : (struct bytes){NULL, 0};

    put_in(xref->by_theirs, xref->n_slots, slot_of(xref->n_slots, at->theirs, unit), row);
    if (with_ours)
        put_in(xref->by_ours, xref->n_slots,
               slot_of(xref->n_slots, ours_of(xref, at), (struct bytes){NULL, 0}), row);
}

/* Remembers what had no row. */
static void miss(struct xref *xref, struct bytes theirs, struct bytes ours)
{
    uint32_t slot = slot_of(XREF_MISS_SLOTS, theirs, ours);

    for (; xref->misses[slot] != NULL; slot = (slot + 1) & (XREF_MISS_SLOTS - 1)) {
        struct xref_miss *known = xref->misses[slot];

        if (bytes_equal(known->theirs, theirs) && bytes_equal(known->ours, ours) &&
            (known->theirs.at == NULL) == (theirs.at == NULL)) {
            known->count++;
            return;
        }
    }
    if (xref->n_misses == XREF_MAX_MISSES || theirs.len > XREF_MAX_CELL || ours.len > XREF_MAX_CELL)
        return;
    xref->misses[slot] = arena_zalloc(xref->arena, 1, sizeof(struct xref_miss));
    if (xref->misses[slot] == NULL)
        return;
    if (theirs.at != NULL)
        xref->misses[slot]->theirs = arena_copy(xref->arena, theirs);
    if (ours.at != NULL)
        xref->misses[slot]->ours = arena_copy(xref->arena, ours);
    xref->misses[slot]->count = 1;
    *xref->last_miss = xref->misses[slot];
    xref->last_miss = &xref->misses[slot]->next;
    xref->n_misses++;
}

struct bytes xref_ours(struct xref *xref, struct bytes theirs)
{
    struct xref_row *row = xref->units ? NULL : xref_by_theirs(xref, theirs, (struct bytes){NULL, 0});

    if (row == NULL) {
        miss(xref, theirs, (struct bytes){NULL, 0});
        return (struct bytes){NULL, 0};
    }
    row->used++;
    return row->ours;
}

struct bytes xref_theirs(struct xref *xref, struct bytes ours)
{
    struct xref_row *row = xref->units ? NULL : xref_by_ours(xref, ours);

    if (row == NULL) {
        miss(xref, (struct bytes){NULL, 0}, ours);
        return (struct bytes){NULL, 0};
    }
    row->used++;
    return row->theirs;
}

struct bytes xref_has_ours(const struct xref *xref, struct bytes ours)
{
    const struct xref_row *row = xref->units ? NULL : xref_by_ours(xref, ours);

    return row != NULL ? row->theirs : (struct bytes){NULL, 0};
}

struct bytes xref_has_theirs(const struct xref *xref, struct bytes theirs)
{
    const struct xref_row *row = xref->units ? NULL : xref_by_theirs(xref, theirs, (struct bytes){NULL, 0});

    return row != NULL ? row->ours : (struct bytes){NULL, 0};
}

struct bytes xref_contains(struct xref *xref, struct bytes item, struct bytes unit, struct bytes *base)
{
    struct xref_row *row = xref->units ? xref_by_theirs(xref, item, unit) : NULL;

    if (row == NULL) {
        miss(xref, item, unit);
        return (struct bytes){NULL, 0};
    }
    row->used++;
    *base = row->base;
    return row->contains;
}

struct bytes xref_base(const struct xref *xref, struct bytes item)
{
    const struct xref_row *row = xref->units ? xref_by_ours(xref, item) : NULL;

    return row != NULL ? row->base : (struct bytes){NULL, 0};
}

bool xref_has_unit(const struct xref *xref, struct bytes item, struct bytes unit)
{
    return xref->units && xref_by_theirs(xref, item, unit) != NULL;
}

struct xref *xref_empty(const char *name, bool units, struct arena *arena)
{
    struct xref_source *source = arena_zalloc(arena, 1, sizeof(*source));
    struct xref *xref = arena_zalloc(arena, 1, sizeof(*xref));

    if (source == NULL || xref == NULL)
        return NULL;
    *source = (struct xref_source){.name = name, .miss = MAP_MISS_ERROR, .item = units ? "" : NULL};
    xref->source = source;
    xref->file = name;
    xref->arena = arena;
    xref->units = units;
    xref->last_miss = &xref->first_miss;
    xref->n_slots = 1;
    xref->by_theirs = arena_zalloc(arena, 1, sizeof(*xref->by_theirs));
    xref->by_ours = arena_zalloc(arena, 1, sizeof(*xref->by_ours));
    return xref->by_theirs != NULL && xref->by_ours != NULL ? xref : NULL;
}

/* --- what is odd */

const struct xref_source *xref_source_of(const struct xref *xref)
{
    return xref->source;
}

const char *xref_file(const struct xref *xref)
{
    return xref->file;
}

uint32_t xref_rows(const struct xref *xref)
{
    return xref->n_rows;
}

void xref_each_ambiguous(const struct xref *xref, xref_take *take, void *whom)
{
    for (uint32_t i = 0; i < xref->n_rows && !xref->units; i++) {
        const struct xref_row *row = &xref->rows[i], *first = xref_by_ours(xref, row->ours);
        struct xref_note note = {row->line, first->line, row->theirs, row->ours, row->used};

        if (first != row)
            take(whom, &note);
    }
}

void xref_each_unused(const struct xref *xref, xref_take *take, void *whom)
{
    for (uint32_t i = 0; i < xref->n_rows; i++) {
        const struct xref_row *row = &xref->rows[i];
        struct xref_note note = {.line = row->line, .theirs = row->theirs, .ours = row->ours};

        if (row->used == 0)
            take(whom, &note);
    }
}

void xref_each_missing(const struct xref *xref, xref_take *take, void *whom)
{
    for (const struct xref_miss *miss = xref->first_miss; miss != NULL; miss = miss->next) {
        struct xref_note note = {.theirs = miss->theirs, .ours = miss->ours, .count = miss->count};

        take(whom, &note);
    }
}
