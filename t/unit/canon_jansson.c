/*
 * The codec held against jansson: what we write it reads as we meant it; what it refuses we refuse; what we
 * accept it accepts and reads alike.
 */
#include "canon_fixture.h"

#include <jansson.h>

static json_t *parse(const char *at, size_t len)
{
    return json_loadb(at, len, JSON_REJECT_DUPLICATES, NULL);
}

static bool same_text(const json_t *json, const struct canon_field *field, const struct canon_value *value)
{
    if (field->type == CANON_INTEGER) {
        char text[32];

        snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT, json_integer_value(json));
        return json_is_integer(json) &&
               (bytes_are((struct bytes){value->text, value->len}, text) ||
                (json_integer_value(json) == 0 && bytes_are((struct bytes){value->text, value->len}, "-0")));
    }
    if (field->type == CANON_BOOLEAN)
        return json_is_boolean(json) && json_is_true(json) == (value->len == 4);
    return json_is_string(json) && json_string_length(json) == value->len &&
           memcmp(json_string_value(json), value->text, value->len) == 0;
}

/* False with the place in `at`. */
static bool same_object(const json_t *json, const struct canon_object *object, const char **at);

static bool same_list(const json_t *json, const struct canon_field *field, const struct canon_list *list,
                      const char **at)
{
    size_t i = 0;

    if (!json_is_array(json) || json_array_size(json) != list->count)
        return false;
    for (const struct canon_object *element = list->first; element != NULL; element = element->next, i++) {
        const json_t *item = json_array_get(json, i);

        if (element->block != NULL ? !same_object(item, element, at)
                                   : !same_text(item, field, &element->first.values[0]))
            return false;
    }
    return true;
}

/* Members that say nothing are not written: `{}`, `[]`, "". */
static bool says_nothing(const struct canon_value *value)
{
    if (value->held == CANON_HELD_TEXT)
        return value->len == 0;
    if (value->held == CANON_HELD_LIST)
        return value->list->count == 0;
    for (const struct canon_run *run = &value->object->first; run != NULL; run = run->next)
        for (uint32_t i = 0; i < run->count; i++)
            if (!says_nothing(&run->values[i]))
                return false;
    return true;
}

/* How many values of the object json does not have, less those that say nothing; SIZE_MAX: one differs. */
static size_t matched(const json_t *json, const struct canon_object *object, const char **at)
{
    size_t n = 0;

    for (unsigned i = 0; i < object->block->n_fields; i++) {
        const struct canon_field *field = &object->block->fields[i];
        const struct canon_value *value = canon_get(object, field);
        const json_t *member = json_object_get(json, field->name);
        bool same;

        *at = field->name;
        if (value == NULL || says_nothing(value)) {
            /* What we read may hold `{}` or `[]`; what we write does not. */
            if (member == NULL)
                continue;
            n++;
            continue;
        }
        if (member == NULL)
            return SIZE_MAX;
        if (value->held == CANON_HELD_TEXT)
            same = same_text(member, field, value);
        else if (value->held == CANON_HELD_LIST)
            same = same_list(member, field, value->list, at);
        else
            same = same_object(member, value->object, at);
        if (!same)
            return SIZE_MAX;
        n++;
    }
    return n;
}

static bool same_object(const json_t *json, const struct canon_object *object, const char **at)
{
    return json_is_object(json) && matched(json, object, at) == json_object_size(json);
}

static bool same_member(const json_t *json, const char *name, struct bytes text)
{
    const json_t *member = json_object_get(json, name);

    if (member == NULL)
        return text.len == 0;
    return json_string_length(member) == text.len &&
           memcmp(json_string_value(member), text.at, text.len) == 0;
}

/* What json says of a record is what the record says. */
static bool same_record(const json_t *json, const struct canon_record *record, const char **at)
{
    static const char *const envelope[] = {"canon", "kind", "id", "partner", "direction", "keys", "source"};
    const json_t *source = json_object_get(json, "source");
    size_t n = 0;

    for (size_t i = 0; i < sizeof(envelope) / sizeof(*envelope); i++)
        n += json_object_get(json, envelope[i]) != NULL;
    *at = "the envelope";
    if (json_integer_value(json_object_get(json, "canon")) != 1 ||
        !same_member(json, "kind", bytes_of(record->kind->name)) ||
        !same_member(json, "id", bytes_of(record->id)) || !same_member(json, "partner", record->partner))
        return false;
    *at = "source";
    if (source != NULL &&
        (!same_member(source, "format", record->source.format) ||
         !same_member(source, "file", record->source.file) ||
         !same_member(source, "sender", record->source.sender) ||
         !same_member(source, "created", record->source.created) ||
         !same_member(source, "map", record->source.map) ||
         (json_object_get(source, "offset") != NULL &&
          (uint64_t)json_integer_value(json_object_get(source, "offset")) != record->source.offset) ||
         json_is_true(json_object_get(source, "test")) != record->source.test))
        return false;
    return matched(json, record->body, at) + n == json_object_size(json);
}

static void what_we_write_it_reads(void **state)
{
    struct random random = {0xD1B54A32D192ED03u};

    (void)state;
    for (unsigned round = 0; round < rounds(1000); round++) {
        struct canon_record any;
        const char *at = "";
        struct bytes line;
        json_t *json;

        arena_reset(&the_arena);
        random_record(&random, schema_kind_at(the_schema, round % 17), &any);
        line = written(&any, 0);
        json = parse(line.at, line.len);
        if (json == NULL)
            fail_msg("round %u: jansson refuses %.*s", round, BYTES_ARG(line));
        if (!same_record(json, &any, &at))
            fail_msg("round %u: %s differs in %.*s", round, at, BYTES_ARG(line));
        /* Every key's values are in the body. */
        json_decref(json);
    }
}

/* Breaks a line somewhere: a byte changed, put in, taken out, a piece doubled or swapped. */
static size_t mutate(struct random *random, char *line, size_t len, size_t room)
{
    static const char bytes[] = "\"\\{}[]:,0123456789.eE+-truefalsnd /u\t\n\x01\x7F\x80\xC3\xA9\xED\xA0\xFF";
    size_t at = random_below(random, (unsigned)len), n;
    char c = bytes[random_below(random, sizeof(bytes) - 1)];

    switch (random_below(random, 6)) {
    case 0: line[at] = c; return len;
    case 1:
        if (len == room)
            return len;
        memmove(line + at + 1, line + at, len - at);
        line[at] = c;
        return len + 1;
    case 2: memmove(line + at, line + at + 1, len - at - 1); return len - 1;
    case 3: /* a piece from elsewhere */
        n = random_below(random, 12);
        if (at + n <= len && len > n)
            memmove(line + at, line + random_below(random, (unsigned)(len - n)), n);
        return len;
    case 4: /* a piece twice */
        n = 1 + random_below(random, 40);
        if (at + n > len || len + n > room)
            return len;
        memmove(line + at + n, line + at, len - at);
        return len + n;
    default: /* an escape */
        if (len + 6 > room)
            return len;
        memmove(line + at + 6, line + at, len - at);
        snprintf(line + at, 6, "\\u%03x", random_below(random, 4096));
        line[at + 5] = c;
        return len + 6;
    }
}

/* A line that was tampered with. */
static void what_it_refuses_we_refuse(void **state)
{
    struct random random = {0xA0761D6478BD642Fu};
    enum { ROOM = 1 << 17 };
    char *line = malloc(ROOM), *copy = malloc(ROOM);
    unsigned accepted = 0, refused = 0;

    (void)state;
    for (unsigned round = 0; round < rounds(400); round++) {
        struct canon_record any;
        struct bytes whole;

        arena_reset(&the_arena);
        random_record(&random, schema_kind_at(the_schema, round % 17), &any);
        whole = written(&any, 0);
        if (whole.len > ROOM / 2)
            continue;
        memcpy(line, whole.at, whole.len);
        for (unsigned i = 0; i < 60; i++) {
            struct canon_read_error error;
            struct canon_record record;
            size_t len = whole.len - 1;
            const char *at = "";
            bool ours;
            json_t *json;

            memcpy(copy, line, len);
            for (unsigned n = 1 + random_below(&random, 2); n > 0; n--)
                len = mutate(&random, copy, len, ROOM);
            arena_reset(&the_arena);
            ours = canon_read(&record, the_schema, (struct bytes){copy, len}, &the_arena, &error);
            json = parse(copy, len);
            if (ours && json == NULL)
                fail_msg("round %u: we accept what jansson refuses: %.*s", round, (int)len, copy);
            if (ours && !same_record(json, &record, &at))
                fail_msg("round %u: %s differs in %.*s", round, at, (int)len, copy);
            accepted += ours;
            refused += !ours;
            json_decref(json);
        }
    }
    /* Neither side of the test is empty. */
    assert_true(accepted > 200);
    assert_true(refused > 200);
    free(line);
    free(copy);
}

/* What jansson makes of our lines, in another order, with blanks and \u escapes, is the same record to us. */
static void what_it_writes_we_read(void **state)
{
    static const size_t flags[] = {JSON_COMPACT, JSON_SORT_KEYS, JSON_ENSURE_ASCII | JSON_INDENT(3),
                                   JSON_COMPACT | JSON_SORT_KEYS | JSON_ENSURE_ASCII | JSON_ESCAPE_SLASH};
    struct random random = {0xE7037ED1A0B428DBu};

    (void)state;
    for (unsigned round = 0; round < rounds(400); round++) {
        struct canon_read_error error;
        struct canon_record any, record;
        struct bytes line, again;
        char *first, *text;
        json_t *json;

        arena_reset(&the_arena);
        random_record(&random, schema_kind_at(the_schema, round % 17), &any);
        line = written(&any, 0);
        first = memcpy(malloc(line.len), line.at, line.len);
        line.at = first;
        json = parse(line.at, line.len);
        text = json_dumps(json, flags[round % 4]);
        json_decref(json);
        if (!canon_read(&record, the_schema, bytes_of(text), &the_arena, &error))
            fail_msg("round %u: at %zu, %s: %s\n%s", round, error.offset, error.path, error.what, text);
        again = written(&record, 0);
        if (!bytes_equal(line, again))
            fail_msg("round %u:\n%.*s%.*s", round, BYTES_ARG(line), BYTES_ARG(again));
        free(text);
        free(first);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_we_write_it_reads),
        cmocka_unit_test(what_it_refuses_we_refuse),
        cmocka_unit_test(what_it_writes_we_read),
    };

    return cmocka_run_group_tests(tests, open_schema, close_schema);
}
