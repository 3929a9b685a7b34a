/*
 * record: one canonical document in memory: an envelope and a tree of objects.
 *
 * Everything a record holds lives in its arena or in bytes that outlive it (an input window, a map, a
 * schema).  Fields are appended in any order and each at most once (lists: many times); writers ask in the
 * schema's order.  Text is UTF-8, not yet escaped; decimals, dates and times are in canonical form already.
 *
 * Appending is the hot path of reading, so failure (arena at its ceiling) is sticky in arena->failed and
 * asked for once a segment, not at each call.
 */
#ifndef CROSSDOCK_CANON_RECORD_H
#define CROSSDOCK_CANON_RECORD_H

#include "base/arena.h"
#include "canon/schema.h"

struct canon_object;
struct canon_list;

/* How a value is held.  The field's schema type says what it means. */
enum canon_held { CANON_HELD_TEXT = 1, CANON_HELD_OBJECT, CANON_HELD_LIST };

/* What is known of a text, for the writer.  Others than these are looked through byte by byte. */
enum canon_plain {
    CANON_PLAIN = 1, /* needs no JSON escaping (digits, codes) */
    CANON_WIDE,      /* nor that, it is not empty, its field is written in quotes, and 16 bytes may be read
                        behind it */
};

struct canon_value {
    union {
        const char *text;
        struct canon_object *object;
        struct canon_list *list;
    };
    union {
        struct {
            uint32_t len;   /* of text */
            uint16_t field; /* index in the object's block */
            uint8_t held;   /* enum canon_held */
            uint8_t plain;  /* enum canon_plain */
        };
        uint64_t about; /* all four: what is made with one store is quickly read again */
    };
};

/* A text value; `about` is that of a value like it without a length. */
static inline void canon_set_text(struct canon_value *value, uint64_t about, const char *text, uint32_t len)
{
    value->text = text;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    value->about = about | len;
#else
    value->about = about | (uint64_t)len << 32;
#endif
}

/* Values of an object stand in runs; a run is lengthened in place while it is the newest thing in the
 * arena. */
struct canon_run {
    struct canon_run *next;
    uint32_t count;
    uint32_t room; /* values it has memory for */
    struct canon_value values[];
};

struct canon_object {
    struct canon_object *next;            /* in a list */
    const struct canon_block *block;      /* NULL: an element of a list of texts, one value at field 0 */
    uint64_t held[CANON_MAX_FIELDS / 64]; /* a bit a field: it is there */
    struct canon_run *last;
    struct canon_run first; /* must stay the last member */
};

struct canon_spilled;

struct canon_list {
    struct canon_object *first, *last; /* of those in memory */
    struct canon_spilled *spilled;     /* what stands before them, in a file (canon/spill.h); or NULL */
    uint32_t count;                    /* of all */
};

enum canon_direction { CANON_IN, CANON_OUT };

/* Of a canon_source, as it is written: what stands before its offset, between length and set, and behind. */
struct canon_source_text {
    struct bytes begin, middle, end;
};

/* DESIGN: source of a record.  Views; whatever is unknown stays {NULL, 0}. */
struct canon_source {
    struct bytes format, file;
    uint64_t offset, length;
    struct bytes sender, receiver;         /* "01:006927180" */
    struct bytes app_sender, app_receiver; /* GS02, GS03 */
    struct bytes interchange, group, set, type, release, map;
    struct bytes created; /* ISA09/10 as a datetime */
    bool test;
    bool has_offset;
    const struct canon_source_text *text; /* canon_source_render made it of this source, or NULL */
};

struct canon_record {
    const struct canon_kind *kind;
    char id[33]; /* 32 hex and NUL; "" when there is none yet */
    struct bytes partner;
    enum canon_direction direction;
    struct canon_source source;
    struct canon_object *body;
    struct arena *arena; /* not owned */
};

/* Begins an empty record of this kind; resets nothing: the arena is the caller's to reset. */
bool canon_record_init(struct canon_record *record, const struct canon_kind *kind, struct arena *arena);

struct canon_object *canon_object_new(struct arena *arena, const struct canon_block *block);

/* The slow half of canon_add: a run with room for one more. */
struct canon_run *canon_grow(struct arena *arena, struct canon_object *object);

/* The same, with room for `n` values. */
struct canon_run *canon_grow_by(struct arena *arena, struct canon_object *object, uint32_t n);

/* Values of a run stand in the schema's order, so that writers need not sort them: makes room before `end`
 * where a value of this field belongs.  Mostly that is the end. */
static inline struct canon_value *canon_place(const struct canon_value *first, struct canon_value *end,
                                              uint16_t field)
{
    while (end > first && end[-1].field > field) {
        *end = end[-1];
        end--;
    }
    return end;
}

/* Appends a value, to be filled in.  The caller sees to it that the field is not set yet.  NULL when the
 * arena failed, also earlier (object is NULL then). */
static inline struct canon_value *canon_add(struct arena *arena, struct canon_object *object,
                                            const struct canon_field *field)
{
    struct canon_run *run;
    struct canon_value *value;

    if (object == NULL)
        return NULL;
    run = object->last;
    if (run->count == run->room) {
        if (arena_extend(arena, &run->values[run->room], sizeof(struct canon_value)))
            run->room++;
        else if ((run = canon_grow(arena, object)) == NULL)
            return NULL;
    }
    value = canon_place(run->values, &run->values[run->count++], field->index);
    value->field = field->index;
    object->held[field->index / 64] |= (uint64_t)1 << field->index % 64;
    return value;
}

/* Room for `n` values at once, to be filled from the pointer on in the order of their fields; canon_close
 * takes the end of what was filled, puts them where they belong among the others, and gives the rest back.
 * Between the two nothing else is added to the object.  NULL: the arena failed. */
static inline struct canon_value *canon_open(struct arena *arena, struct canon_object *object, uint32_t n)
{
    enum { SPARE = 4 }; /* for the next one, which may find no room at this place */
    struct canon_run *run = object->last;
    uint32_t left = run->room - run->count;

    if (left >= n)
        return &run->values[run->count];
    n += SPARE;
    if (arena_extend(arena, &run->values[run->room], (n - left) * sizeof(struct canon_value))) {
        run->room += n - left;
        return &run->values[run->count];
    }
    run = canon_grow_by(arena, object, n);
    return run != NULL ? run->values : NULL;
}

/* Moves the values from `from` to `end`, which ascend, to where they belong among those before them. */
void canon_merge(struct canon_value *values, struct canon_value *from, struct canon_value *end);

static inline void canon_close(struct arena *arena, struct canon_object *object, struct canon_value *end)
{
    struct canon_run *run = object->last;
    struct canon_value *from = &run->values[run->count];

    if (run->count > 0 && from < end && from[-1].field > from->field)
        canon_merge(run->values, from, end);
    run->count = (uint32_t)(end - run->values);
    if (arena->top == (char *)&run->values[run->room]) {
        arena->top = (char *)end;
        run->room = run->count;
    }
}

static inline void canon_add_text(struct arena *arena, struct canon_object *object,
                                  const struct canon_field *field, const char *text, size_t len, bool plain)
{
    struct canon_value *value = canon_add(arena, object, field);

    if (value != NULL) {
        value->text = text;
        value->len = (uint32_t)len;
        value->held = CANON_HELD_TEXT;
        value->plain = plain;
    }
}

/* The value of a field, or NULL: a walk over what the object holds (short), the newest first. */
const struct canon_value *canon_get(const struct canon_object *object, const struct canon_field *field);

/* The object under a field, made when it is not there yet.  This and the next two: NULL or nothing when the
 * arena failed. */
struct canon_object *canon_enter(struct arena *arena, struct canon_object *object,
                                 const struct canon_field *field);

/* The list under a field, made when it is not there yet; and a new last element of it, an object. */
struct canon_list *canon_list(struct arena *arena, struct canon_object *object,
                              const struct canon_field *field);
struct canon_object *canon_list_append(struct arena *arena, struct canon_list *list,
                                       const struct canon_block *block);

/* The same, with room for `n` values from `first.values` on, which will be set (`held`, as in the object);
 * canon_close takes the end of them. */
static inline struct canon_object *canon_list_append_wide(struct arena *arena, struct canon_list *list,
                                                          const struct canon_block *block, uint32_t n,
                                                          const uint64_t held[])
{
    struct canon_object *object = arena_alloc(arena, sizeof(*object) + n * sizeof(struct canon_value));

    if (object == NULL)
        return NULL;
    object->next = NULL;
    object->block = block;
    for (unsigned i = 0; i < CANON_MAX_FIELDS / 64; i++)
        object->held[i] = held[i];
    object->last = &object->first;
    object->first.next = NULL;
    object->first.count = 0;
    object->first.room = n;
    if (list->last != NULL)
        list->last->next = object;
    else
        list->first = object;
    list->last = object;
    list->count++;
    return object;
}

/* An object made by canon_object_new becomes the last element. */
static inline void canon_list_add(struct canon_list *list, struct canon_object *object)
{
    if (list->last != NULL)
        list->last->next = object;
    else
        list->first = object;
    list->last = object;
    list->count++;
}

/* A new last element of the list under a field: an object of the field's block. */
struct canon_object *canon_append(struct arena *arena, struct canon_object *object,
                                  const struct canon_field *field);

/* A new last element of a list of texts.  Here, and only here, an empty text keeps its place. */
void canon_append_text(struct arena *arena, struct canon_object *object, const struct canon_field *field,
                       const char *text, size_t len);

/* Tells each distinct value of a business key, in the record's order.  (Values are held against the last
 * CANON_KEY_WINDOW told, so that a shipment of a hundred thousand parcels costs no more than their number;
 * one that comes again later than that is told again.) */
enum { CANON_KEY_WINDOW = 64 };
void canon_key_each(const struct canon_object *body, const struct canon_key *key,
                    void (*tell)(void *to, const struct canon_value *value), void *to);

#endif
