/* check: what a record lacks; see check.h. */
#include "canon/check.h"

#include <stdio.h>

enum { MAX_PATH = 256 };

struct check {
    enum canon_need need;
    void (*tell)(void *to, const char *path, const struct canon_field *field);
    void *to;
    size_t n;
};

/* The way to an object, outermost last. */
struct way {
    const struct way *up;
    const struct canon_field *field; /* NULL: the record itself */
    unsigned index;                  /* of an element of a list */
};

static bool says_something(const struct canon_value *value)
{
    switch ((enum canon_held)value->held) {
    case CANON_HELD_TEXT: return value->len > 0;
    case CANON_HELD_LIST: return value->list->count > 0;
    case CANON_HELD_OBJECT: break;
    }
    return true;
}

/* "lines[2].uom", cut at the path's room; its length. */
static size_t print_way(const struct way *way, char path[MAX_PATH])
{
    size_t at = way->up != NULL ? print_way(way->up, path) : 0;
    int n = 0;

    if (way->field == NULL)
        return at;
    if (way->field->is_list)
        n = snprintf(path + at, MAX_PATH - at, "%s%s[%u]", at > 0 ? "." : "", way->field->name, way->index);
    else
        n = snprintf(path + at, MAX_PATH - at, "%s%s", at > 0 ? "." : "", way->field->name);
    return n < 0 || (size_t)n >= MAX_PATH - at ? MAX_PATH - 1 : at + (size_t)n;
}

static void tell(struct check *check, const struct way *way, const struct canon_field *field)
{
    char path[MAX_PATH];
    size_t at = print_way(way, path);

    snprintf(path + at, MAX_PATH - at, "%s%s", at > 0 ? "." : "", field->name);
    check->n++;
    check->tell(check->to, path, field);
}

static void check_object(struct check *check, const struct canon_object *object, const struct way *way);

static void check_below(struct check *check, const struct canon_object *object,
                        const struct canon_field *field, const struct way *up)
{
    const struct canon_value *value = canon_get(object, field);
    struct way way = {.up = up, .field = field};

    if (value == NULL)
        return;
    if (value->held == CANON_HELD_OBJECT)
        check_object(check, value->object, &way);
    else if (value->held == CANON_HELD_LIST)
        for (const struct canon_object *element = value->list->first; element != NULL;
             element = element->next, way.index++)
            check_object(check, element, &way);
}

/* Most objects: nothing of what is needed is missing or empty, and there is no object in it. */
static bool is_whole(const struct canon_object *object, const uint64_t *needed)
{
    const struct canon_block *block = object->block;

    for (unsigned word = 0; word < CANON_MAX_FIELDS / 64; word++)
        if ((needed[word] & ~object->held[word]) != 0 || (block->blocks[word] & object->held[word]) != 0)
            return false;
    for (const struct canon_run *run = &object->first; run != NULL; run = run->next)
        for (uint32_t i = 0; i < run->count; i++)
            if (!says_something(&run->values[i]))
                return false;
    return true;
}

/* As deep as blocks nest.  In the schema's order: what it lacks, and what those lack that it has. */
static void check_object(struct check *check, const struct canon_object *object, const struct way *way)
{
    const struct canon_block *block = object->block;
    const uint64_t *needed = check->need >= CANON_REQUIRED ? block->required : block->wanted;

    if (is_whole(object, needed))
        return;
    for (unsigned word = 0; word < CANON_MAX_FIELDS / 64; word++) {
        uint64_t look = needed[word] | (block->blocks[word] & object->held[word]);

        for (; look != 0; look &= look - 1) {
            const unsigned i = (unsigned)__builtin_ctzll(look);
            const struct canon_field *field = &block->fields[word * 64 + i];

            if (needed[word] >> i & 1) {
                const struct canon_value *value = canon_get(object, field);

                if (value == NULL || !says_something(value)) {
                    tell(check, way, field);
                    continue;
                }
            }
            if (block->blocks[word] >> i & 1)
                check_below(check, object, field, way);
        }
    }
}

size_t canon_check_needs(const struct canon_record *record, enum canon_need need,
                         void (*tell_lack)(void *to, const char *path, const struct canon_field *field),
                         void *to)
{
    struct check check = {.need = need, .tell = tell_lack, .to = to};
    const struct way root = {.up = NULL};

    check_object(&check, record->body, &root);
    return check.n;
}
