#include "random_record.h"

#include <stdlib.h>

struct mixer {
    struct random *random;
    struct arena *arena;
    uint32_t drop, other, anew; /* of 10,000 fields */
};

static bool happens(struct mixer *mixer, uint32_t of_10000)
{
    return random_below(mixer->random, 10000) < of_10000;
}

static bool is_left_out(const struct canon_field *field)
{
    static const char raw[] = "_raw";

    return strcmp(field->name, "extra") == 0 ||
           (field->name_len > sizeof(raw) - 1 &&
            strcmp(field->name + field->name_len - (sizeof(raw) - 1), raw) == 0);
}

/* What the levels of a shipment are tied together with: from one record, all of it. */
static bool is_tie(const struct canon_field *field)
{
    static const char *const names[] = {"level_id", "parent_level_id", "package_id", "level_code"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(field->name, names[i]) == 0)
            return true;
    return false;
}

/* A value of the field's type; NULL: the types of codes are not for us to choose. */
static const char *value_anew(struct mixer *mixer, const struct canon_field *field)
{
    struct random *random = mixer->random;

    switch ((enum canon_type)field->type) {
    case CANON_DECIMAL:
        return arena_format(mixer->arena, "%s%u.%0*u", random_chance(random, 5) ? "-" : "",
                            random_below(random, 3000), (int)(1 + random_below(random, 2)),
                            1 + random_below(random, 9));
    case CANON_INTEGER: return arena_format(mixer->arena, "%u", random_below(random, 1000));
    case CANON_DATE:
        return arena_format(mixer->arena, "%u-%02u-%02u", 2000 + random_below(random, 40),
                            1 + random_below(random, 12), 1 + random_below(random, 28));
    case CANON_TIME:
        return arena_format(mixer->arena, random_chance(random, 50) ? "%02u:%02u" : "%02u:%02u:%02u",
                            random_below(random, 24), random_below(random, 60), random_below(random, 60));
    case CANON_STRING: return arena_format(mixer->arena, "Drawn %u", random_below(random, 100000));
    default: return NULL;
    }
}

static struct canon_object *mix(struct mixer *mixer, const struct canon_object *a,
                                const struct canon_object *b, unsigned depth);

/* Elements of `a`, some of them, each with fields of the element of `b` in its place. */
static struct canon_list *mix_lists(struct mixer *mixer, const struct canon_list *a,
                                    const struct canon_list *b, unsigned depth)
{
    struct canon_list *made = arena_zalloc(mixer->arena, 1, sizeof(*made));
    const struct canon_object *other = b != NULL ? b->first : NULL;

    for (const struct canon_object *each = a->first; each != NULL && made != NULL; each = each->next) {
        if (depth > 1 || !happens(mixer, mixer->drop)) {
            struct canon_object *object = mix(mixer, each, other, depth);

            if (object == NULL)
                return NULL;
            if (object->first.count > 0)
                canon_list_add(made, object);
        }
        other = other != NULL ? other->next : NULL;
    }
    return made;
}

static bool mix_value(struct mixer *mixer, const struct canon_field *field, const struct canon_value *a,
                      const struct canon_value *b, struct canon_object *into, unsigned depth)
{
    struct canon_value *made, value = a != NULL ? *a : *b;
    const char *anew = NULL;

    if (value.held == CANON_HELD_OBJECT)
        value.object = mix(mixer, a != NULL ? a->object : b->object,
                           a != NULL && b != NULL ? b->object : NULL, depth + 1);
    else if (value.held == CANON_HELD_LIST)
        value.list = mix_lists(mixer, a != NULL ? a->list : b->list, a != NULL && b != NULL ? b->list : NULL,
                               depth + 1);
    else if (a != NULL && b != NULL && !is_tie(field) && happens(mixer, mixer->other))
        value = *b;
    if (value.held == CANON_HELD_TEXT && !is_tie(field) && happens(mixer, mixer->anew))
        anew = value_anew(mixer, field);
    if (anew != NULL) {
        value.text = anew;
        value.len = (uint32_t)strlen(anew);
    }
    if (value.text == NULL)
        return false;
    if ((value.held == CANON_HELD_OBJECT && value.object->first.count == 0) ||
        (value.held == CANON_HELD_LIST && value.list->first == NULL))
        return true;
    made = canon_add(mixer->arena, into, field);
    if (made == NULL)
        return false;
    *made = value;
    return true;
}

static struct canon_object *mix(struct mixer *mixer, const struct canon_object *a,
                                const struct canon_object *b, unsigned depth)
{
    struct canon_object *made = canon_object_new(mixer->arena, a->block);

    if (made == NULL)
        return NULL;
    if (a->block == NULL) {
        made->first.values[0] = a->first.values[0];
        made->first.count = 1;
        return made;
    }
    for (uint16_t i = 0; i < a->block->n_fields; i++) {
        const struct canon_field *field = &a->block->fields[i];
        const struct canon_value *x = canon_get(a, field), *y = b != NULL ? canon_get(b, field) : NULL;

        if ((x == NULL && y == NULL) || is_left_out(field) ||
            (x == NULL && (is_tie(field) || !happens(mixer, mixer->other))) ||
            (!is_tie(field) && field->need != CANON_REQUIRED && happens(mixer, mixer->drop)))
            continue;
        if (!mix_value(mixer, field, x, y, made, depth))
            return NULL;
    }
    return made;
}

bool random_record_mix(struct random *random, struct arena *arena, const struct canon_record *a,
                       const struct canon_record *b, struct canon_record *made)
{
    /* A few changes a record: of many, one is sure to be what nobody can write. */
    struct mixer mixer = {.random = random,
                          .arena = arena,
                          .drop = random_below(random, 100),
                          .other = random_below(random, 200),
                          .anew = random_below(random, 200)};

    *made = *a;
    made->arena = arena;
    made->body = mix(&mixer, a->body, b->body, 0);
    return made->body != NULL;
}

/* --- comparing */

struct values {
    struct arena *arena;
    struct bytes *at;
    size_t n, room;
};

/* "1.50" is "1.5": X12 may have implied decimals. */
static struct bytes plain(const struct canon_field *field, const struct canon_value *value)
{
    struct bytes text = {value->text, value->len};

    if (field->type != CANON_DECIMAL || memchr(text.at, '.', text.len) == NULL)
        return text;
    while (text.at[text.len - 1] == '0')
        text.len--;
    text.len -= text.at[text.len - 1] == '.';
    return text;
}

static void add_value(struct values *values, struct bytes text)
{
    if (values->n == values->room) {
        struct bytes *more = arena_zalloc(values->arena, values->room * 2 + 64, sizeof(*more));

        if (more == NULL)
            return;
        if (values->n > 0)
            memcpy(more, values->at, values->n * sizeof(*more));
        values->at = more;
        values->room = values->room * 2 + 64;
    }
    values->at[values->n++] = text;
}

static void gather(struct values *values, const struct canon_object *object, bool codes)
{
    for (const struct canon_run *run = &object->first; run != NULL && object->block != NULL; run = run->next)
        for (uint32_t i = 0; i < run->count; i++) {
            const struct canon_value *value = &run->values[i];
            const struct canon_field *field = &object->block->fields[value->field];

            if (is_left_out(field) || (!codes && field->type == CANON_CODE))
                continue;
            if (value->held == CANON_HELD_OBJECT)
                gather(values, value->object, codes);
            else if (value->held == CANON_HELD_TEXT)
                add_value(values, plain(field, value));
            for (const struct canon_object *each = value->held == CANON_HELD_LIST ? value->list->first : NULL;
                 each != NULL; each = each->next)
                if (each->block != NULL)
                    gather(values, each, codes);
                else
                    add_value(values, plain(field, &each->first.values[0]));
        }
}

static int by_bytes(const void *a, const void *b)
{
    return bytes_compare(*(const struct bytes *)a, *(const struct bytes *)b);
}

struct bytes random_record_missing(struct arena *arena, const struct canon_record *was,
                                   const struct canon_record *became)
{
    struct values x = {.arena = arena}, y = {.arena = arena};
    size_t k = 0;

    gather(&x, was->body, false);
    gather(&y, became->body, true);
    if (x.n > 0)
        qsort(x.at, x.n, sizeof(*x.at), by_bytes);
    if (y.n > 0)
        qsort(y.at, y.n, sizeof(*y.at), by_bytes);
    for (size_t i = 0; i < x.n; i++, k++) {
        while (k < y.n && bytes_compare(y.at[k], x.at[i]) < 0)
            k++;
        if (k == y.n || !bytes_equal(y.at[k], x.at[i]))
            return x.at[i];
    }
    return (struct bytes){NULL, 0};
}
