/* check: what a record lacks; see check.h. */
#include "canon/check.h"

#include <stdio.h>

enum { MAX_PATH = 256 };

struct check {
    enum canon_need need;
    void (*tell)(void *to, const char *path, const struct canon_field *field);
    void *to;
    size_t n;
    char path[MAX_PATH];
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

/* Appends a name to the path, behind a dot, and says where the path ended. */
static size_t extend(struct check *check, size_t at, const char *name)
{
    int n = snprintf(check->path + at, MAX_PATH - at, "%s%s", at > 0 ? "." : "", name);

    return n < 0 || (size_t)n >= MAX_PATH - at ? MAX_PATH - 1 : at + (size_t)n;
}

/* As deep as blocks nest. */
static void check_object(struct check *check, const struct canon_object *object, size_t at)
{
    for (unsigned i = 0; i < object->block->n_fields; i++) {
        const struct canon_field *field = &object->block->fields[i];
        const struct canon_value *value = NULL;
        size_t end;

        if (field->need < check->need && field->type != CANON_OBJECT)
            continue;
        value = canon_get(object, field);
        if (value == NULL || !says_something(value)) {
            if (field->need >= check->need) {
                extend(check, at, field->name);
                check->n++;
                check->tell(check->to, check->path, field);
            }
            continue;
        }
        if (field->type != CANON_OBJECT)
            continue;
        end = extend(check, at, field->name);
        if (value->held == CANON_HELD_OBJECT) {
            check_object(check, value->object, end);
        } else {
            const struct canon_object *element = value->list->first;

            for (unsigned n = 0; element != NULL; n++, element = element->next) {
                int len = snprintf(check->path + end, MAX_PATH - end, "[%u]", n);

                check_object(check, element,
                             len < 0 || (size_t)len >= MAX_PATH - end ? MAX_PATH - 1 : end + (size_t)len);
            }
        }
    }
    check->path[at] = '\0';
}

size_t canon_check_needs(const struct canon_record *record, enum canon_need need,
                         void (*tell)(void *to, const char *path, const struct canon_field *field), void *to)
{
    struct check check = {.need = need, .tell = tell, .to = to};

    check_object(&check, record->body, 0);
    return check.n;
}
