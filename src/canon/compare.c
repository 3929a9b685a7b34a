#include "canon/compare.h"

#include <stdio.h>

enum { MAX_PATH = 240 };

struct comparing {
    canon_tell_field *tell;
    void *whom;
    bool raw_is_free;
    char path[MAX_PATH + 1];
};

static struct bytes text_of(const struct canon_value *value)
{
    return value != NULL && value->held == CANON_HELD_TEXT ? (struct bytes){value->text, value->len}
                                                           : (struct bytes){NULL, 0};
}

static void compare_objects(struct comparing *c, const struct canon_object *a, const struct canon_object *b,
                            size_t len, unsigned depth);

/* A value that one side has, and maybe the other; `len`: of the path up to it. */
static void compare_values(struct comparing *c, const struct canon_value *a, const struct canon_value *b,
                           size_t len, unsigned depth)
{
    const struct canon_value *any = a != NULL ? a : b;
    const struct canon_object *x, *y;
    size_t at;

    if (any == NULL)
        return;
    if (any->held == CANON_HELD_TEXT) {
        if (a == NULL || b == NULL || !bytes_equal(text_of(a), text_of(b)))
            c->tell(c->whom, c->path, text_of(a), text_of(b));
        return;
    }
    if (any->held == CANON_HELD_OBJECT) {
        compare_objects(c, a != NULL ? a->object : NULL, b != NULL ? b->object : NULL, len, depth);
        return;
    }
    x = a != NULL ? a->list->first : NULL;
    y = b != NULL ? b->list->first : NULL;
    for (unsigned n = 0; x != NULL || y != NULL; n++) {
        const struct canon_object *here = x != NULL ? x : y;

        at = len + (size_t)snprintf(c->path + len, sizeof(c->path) - len, "[%u]", n);
        if (at > MAX_PATH)
            at = MAX_PATH;
        if (here->block == NULL)
            compare_values(c, x != NULL ? &x->first.values[0] : NULL, y != NULL ? &y->first.values[0] : NULL,
                           at, depth);
        else
            compare_objects(c, x, y, at, depth);
        x = x != NULL ? x->next : NULL;
        y = y != NULL ? y->next : NULL;
        c->path[len] = '\0';
    }
}

static bool is_passed_over(const struct comparing *c, const struct canon_block *block,
                           const struct canon_field *field, bool was_there)
{
    static const char raw[] = "_raw";
    size_t tail = sizeof(raw) - 1;

    return (strcmp(block->name, "extra") == 0 && strcmp(field->name, "ordinal") == 0) ||
           (c->raw_is_free && !was_there && field->name_len > tail &&
            strcmp(field->name + field->name_len - tail, raw) == 0);
}

static void compare_objects(struct comparing *c, const struct canon_object *a, const struct canon_object *b,
                            size_t len, unsigned depth)
{
    const struct canon_object *any = a != NULL ? a : b;
    const struct canon_block *block = any != NULL ? any->block : NULL;

    for (uint16_t i = 0; block != NULL && i < block->n_fields && depth < CANON_MAX_NEST; i++) {
        const struct canon_field *field = &block->fields[i];
        const struct canon_value *x = a != NULL ? canon_get(a, field) : NULL;
        const struct canon_value *y = b != NULL ? canon_get(b, field) : NULL;
        size_t at;

        if ((x == NULL && y == NULL) || is_passed_over(c, block, field, x != NULL))
            continue;
        at = len +
             (size_t)snprintf(c->path + len, sizeof(c->path) - len, "%s%s", len > 0 ? "." : "", field->name);
        compare_values(c, x, y, at <= MAX_PATH ? at : MAX_PATH, depth + 1);
        c->path[len] = '\0';
    }
}

bool canon_compare(const struct canon_record *was, const struct canon_record *became, bool raw_is_free,
                   canon_tell_field *tell, void *whom)
{
    struct comparing c = {.tell = tell, .whom = whom, .raw_is_free = raw_is_free};

    if (was->kind != became->kind)
        return false;
    compare_objects(&c, was->body, became->body, 0, 0);
    return true;
}
