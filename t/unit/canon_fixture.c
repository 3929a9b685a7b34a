/* canon_fixture: what the tests of canon share; see canon_fixture.h. */
#include "canon_fixture.h"

struct schema *the_schema;
struct arena the_arena;
static struct buffer the_text;

int open_schema(void **state)
{
    const char *source = getenv("CROSSDOCK_SOURCE");
    char folder[4096], *why;

    (void)state;
    snprintf(folder, sizeof(folder), "%s/maps/canon", source != NULL ? source : ".");
    the_schema = schema_open(folder, &why);
    if (the_schema == NULL) {
        print_error("%s\n", why);
        free(why);
        return -1;
    }
    arena_init(&the_arena, 1 << 16, 256u << 20);
    buffer_init(&the_text, 256u << 20);
    return 0;
}

int close_schema(void **state)
{
    (void)state;
    schema_close(the_schema);
    arena_release(&the_arena);
    buffer_release(&the_text);
    return 0;
}

int begin_test(void **state)
{
    (void)state;
    arena_reset(&the_arena);
    return 0;
}

/* A sink whose window is kept in the_text when it is full. */
struct keeping_sink {
    struct canon_sink sink; /* first: flush gets a pointer to it */
    char *window;
    size_t size;
};

static void keep(struct canon_sink *sink)
{
    struct keeping_sink *keeping = (struct keeping_sink *)sink;

    buffer_add(&the_text, keeping->window, (size_t)(sink->at - keeping->window));
    sink->at = keeping->window;
}

static void begin_sink(struct keeping_sink *keeping, size_t window)
{
    /* Of its own size from malloc, so that a sanitizer sees what is written behind it. */
    keeping->size = window > CANON_SINK_LEAST ? window : CANON_SINK_LEAST;
    keeping->window = malloc(keeping->size);
    assert_non_null(keeping->window);
    keeping->sink = (struct canon_sink){
        .at = keeping->window, .end = keeping->window + keeping->size, .flush = keep};
    buffer_clear(&the_text);
}

static struct bytes end_sink(struct keeping_sink *keeping)
{
    keep(&keeping->sink);
    free(keeping->window);
    assert_false(keeping->sink.failed);
    assert_false(the_text.failed);
    return buffer_view(&the_text);
}

struct bytes written(const struct canon_record *record, size_t window)
{
    struct keeping_sink keeping;

    begin_sink(&keeping, window);
    canon_write(&keeping.sink, record);
    return end_sink(&keeping);
}

struct bytes written_string(const char *text, size_t len)
{
    struct keeping_sink keeping;

    begin_sink(&keeping, 0);
    canon_write_string(&keeping.sink, text, len);
    return end_sink(&keeping);
}

const struct canon_kind *kind_of(const char *name)
{
    const struct canon_kind *kind = schema_kind(the_schema, bytes_of(name));

    if (kind == NULL)
        fail_msg("kind %s: %s", name, schema_error(the_schema) != NULL ? schema_error(the_schema) : "none");
    return kind;
}

const struct canon_field *field_of(const struct canon_block *block, const char *name)
{
    const struct canon_field *field = canon_block_field(block, bytes_of(name));

    if (field == NULL)
        fail_msg("%s has no field %s", block->name, name);
    return field;
}

void set(struct canon_object *object, const char *name, const char *text)
{
    canon_add_text(&the_arena, object, field_of(object->block, name), text, strlen(text), false);
}

uint64_t random_next(struct random *random)
{
    random->state ^= random->state << 13;
    random->state ^= random->state >> 7;
    random->state ^= random->state << 17;
    return random->state;
}

unsigned random_below(struct random *random, unsigned n)
{
    return (unsigned)(random_next(random) >> 33) % n;
}

unsigned rounds(unsigned quick)
{
    return getenv("CROSSDOCK_SLOW") != NULL ? 20 * quick : quick;
}

/* Characters of one to four bytes, and all that JSON escapes; no NUL. */
static struct bytes random_text(struct random *random)
{
    static const char *const characters[] = {"a",
                                             "Z",
                                             "7",
                                             " ",
                                             "*",
                                             "~",
                                             "\"",
                                             "\\",
                                             "/",
                                             "\b",
                                             "\t",
                                             "\n",
                                             "\f",
                                             "\r",
                                             "\x01",
                                             "\x1F",
                                             "\x7F",
                                             "\xC3\xA9",
                                             "\xE2\x82\xAC",
                                             "\xE2\x80\xA8",
                                             "\xEF\xBB\xBF",
                                             "\xF0\x9F\x98\x80"};
    unsigned plain = random_below(random, 3) > 0; /* most texts are */
    unsigned n = 1 + random_below(random, random_below(random, 30) == 0 ? 3000 : 40);
    char *at = arena_text(&the_arena, 4 * (size_t)n);
    size_t len = 0;

    assert_non_null(at);
    for (unsigned i = 0; i < n; i++) {
        const char *character =
            characters[random_below(random, plain ? 6 : sizeof(characters) / sizeof(*characters))];

        memcpy(at + len, character, strlen(character));
        len += strlen(character);
    }
    return (struct bytes){at, len};
}

static struct bytes random_value(struct random *random, const struct canon_field *field)
{
    unsigned n = random_below(random, 1000000);
    const char *text = "";

    switch ((enum canon_type)field->type) {
    case CANON_STRING:
    case CANON_CODE: return random_text(random);
    case CANON_DECIMAL:
        text = arena_format(&the_arena, "%s%u%s%.*s", n % 3 == 0 ? "-" : "", n + 1, n % 2 == 0 ? "." : "",
                            n % 2 == 0 ? 1 + (int)(n % 9) : 0, "0123456789");
        break;
    case CANON_INTEGER: text = arena_format(&the_arena, "%s%u", n % 5 == 1 ? "-" : "", n); break;
    case CANON_BOOLEAN: text = n % 2 == 0 ? "true" : "false"; break;
    case CANON_DATE:
        text = arena_format(&the_arena, "%04u-%02u-%02u", 1 + n % 9999, 1 + n % 12, 1 + n % 28);
        break;
    case CANON_TIME:
        text = arena_format(&the_arena, "%02u:%02u%s", n % 24, n % 60, n % 2 ? ":59.5" : "");
        break;
    case CANON_DATETIME:
        text = arena_format(&the_arena, "2026-11-%02uT%02u:00:00%s", 1 + n % 30, n % 24,
                            n % 2 ? "+05:30" : "");
        break;
    case CANON_OBJECT: break;
    }
    return bytes_of(text);
}

static void random_object(struct random *random, struct canon_object *object, unsigned depth);

static void random_field(struct random *random, struct canon_object *object, const struct canon_field *field,
                         unsigned depth)
{
    unsigned n = field->is_list ? random_below(random, 4) : 1;

    for (unsigned i = 0; i < n; i++) {
        if (field->type == CANON_OBJECT) {
            struct canon_object *child = field->is_list ? canon_append(&the_arena, object, field)
                                                        : canon_enter(&the_arena, object, field);

            random_object(random, child, depth + 1);
        } else {
            struct bytes text = random_value(random, field);

            if (field->is_list)
                canon_append_text(&the_arena, object, field, text.at, text.len);
            else
                canon_add_text(&the_arena, object, field, text.at, text.len, false);
        }
    }
}

static void random_object(struct random *random, struct canon_object *object, unsigned depth)
{
    unsigned n = object->block->n_fields, order[CANON_MAX_FIELDS];
    unsigned want = depth == 0 ? 12 : depth < 3 ? 5 : 2;

    for (unsigned i = 0; i < n; i++)
        order[i] = i;
    /* Half of the objects have their fields in the schema's order, the others in any. */
    if (random_below(random, 2) == 0)
        for (unsigned i = n; i > 1; i--) {
            unsigned j = random_below(random, i), other = order[j];

            order[j] = order[i - 1];
            order[i - 1] = other;
        }
    for (unsigned i = 0; i < n; i++) {
        const struct canon_field *field = &object->block->fields[order[i]];

        if (random_below(random, n) < want && !(field->type == CANON_OBJECT && depth > 3))
            random_field(random, object, field, depth);
    }
}

void random_record(struct random *random, const struct canon_kind *kind, struct canon_record *record)
{
    struct canon_source *source = &record->source;

    assert_true(canon_record_init(record, kind, &the_arena));
    if (random_below(random, 8) > 0)
        snprintf(record->id, sizeof(record->id), "%016llx%016llx", (unsigned long long)random_next(random),
                 (unsigned long long)random_next(random));
    record->direction = random_below(random, 2) ? CANON_OUT : CANON_IN;
    if (random_below(random, 8) > 0)
        record->partner = random_text(random);
    if (random_below(random, 8) > 0) {
        source->format = BYTES("x12");
        source->file = random_text(random);
        source->offset = random_next(random) >> random_below(random, 64);
        source->offset &= ((uint64_t)1 << 53) - 1;
        source->length = random_below(random, 100000);
        source->has_offset = random_below(random, 2);
        source->sender = random_text(random);
        source->receiver = BYTES("ZZ:CROSSDOCK");
        source->app_sender = BYTES("ACME");
        source->interchange = BYTES("000000101");
        source->set = BYTES("0001");
        source->created = BYTES("2026-11-20T10:15");
        source->map = BYTES("acme/850@9b1f");
        source->test = random_below(random, 2);
    }
    random_object(random, record->body, 0);
    assert_false(the_arena.failed);
}
