/* Records that wait in a file: the bytes are those of a record that never did. */
#include "canon_fixture.h"

#include <errno.h>

#include "canon/spill.h"

/* Fills a record at the ends of its lists, as whoever reads a file does, and spills now and then. */
struct filler {
    struct random random;
    struct canon_record record;
    struct canon_spill *spill; /* NULL: never */
    unsigned spilled;
    unsigned left; /* values to make */
    struct canon_object **open[CANON_MAX_NEST];
    unsigned n_open;
};

static void spill_perhaps(struct filler *filler)
{
    /* The random numbers are the same, whether it is done or not. */
    if (random_below(&filler->random, 40) != 0 || filler->spill == NULL)
        return;
    assert_true(canon_spill(filler->spill, &filler->record, filler->open, filler->n_open, NULL));
    filler->spilled++;
}

/* Short words, of which few differ: keys meet themselves again. */
static void add_text(struct filler *filler, struct canon_object *object, const struct canon_field *field)
{
    static const char *const words[] = {"4500012345", "1Z\"999", "a", "12", "\xC3\xA9\xE2\x82\xAC", "SCM-77"};
    const char *word = words[random_below(&filler->random, sizeof(words) / sizeof(*words))];
    unsigned n = random_below(&filler->random, 4) != 0 ? 1 : random_below(&filler->random, 200);
    const char *text = field->type == CANON_BOOLEAN   ? "true"
                       : field->type == CANON_INTEGER ? "12"
                                                      : arena_format(filler->record.arena, "%s%u", word, n);

    if (field->is_list)
        canon_append_text(filler->record.arena, object, field, text, strlen(text));
    else if (canon_get(object, field) == NULL)
        canon_add_text(filler->record.arena, object, field, text, strlen(text), false);
}

static void fill(struct filler *filler, struct canon_object *object)
{
    const struct canon_block *block = object->block;
    unsigned lists = 1 + random_below(&filler->random, 30);

    filler->open[filler->n_open++] = &object;
    for (unsigned i = 0; i < lists && filler->left > 0; i++) {
        const struct canon_field *field = &block->fields[random_below(&filler->random, block->n_fields)];
        struct canon_object *child;

        filler->left--;
        spill_perhaps(filler);
        if (field->type != CANON_OBJECT) {
            add_text(filler, object, field);
            continue;
        }
        if (filler->n_open == CANON_MAX_NEST)
            continue;
        child = field->is_list ? canon_append(filler->record.arena, object, field)
                               : canon_enter(filler->record.arena, object, field);
        assert_non_null(child);
        fill(filler, child);
    }
    filler->n_open--;
}

/* The record of these random numbers. */
static char *line_of(const char *kind, uint64_t seed, struct canon_spill *spill, unsigned *spilled)
{
    struct filler filler = {.random = {seed}, .spill = spill, .left = 1200};
    struct arena arena;
    struct bytes line;
    char *copy;

    arena_init(&arena, 4096, 256u << 20);
    assert_true(canon_record_init(&filler.record, kind_of(kind), &arena));
    while (filler.left > 0)
        fill(&filler, filler.record.body);
    line = written(&filler.record, 0);
    copy = strndup(line.at, line.len);
    assert_non_null(copy);
    if (spilled != NULL)
        *spilled += filler.spilled;
    if (spill != NULL)
        canon_spill_clear(spill);
    arena_release(&arena);
    return copy;
}

static void the_same_bytes(void **state)
{
    static const char *const kinds[] = {"order",   "shipment", "invoice",        "status_event",
                                        "payment", "receipt",  "functional_ack", "snapshot"};
    struct canon_spill spill;
    unsigned spilled = 0;

    (void)state;
    canon_spill_init(&spill, getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
    for (unsigned round = 1; round <= rounds(40); round++)
        for (unsigned k = 0; k < sizeof(kinds) / sizeof(*kinds); k++) {
            char *want = line_of(kinds[k], round * 7919 + k, NULL, NULL);
            char *got = line_of(kinds[k], round * 7919 + k, &spill, &spilled);

            if (strcmp(got, want) != 0)
                fail_msg("%s, round %u:\ngot  %s\nwant %s", kinds[k], round, got, want);
            free(got);
            free(want);
        }
    canon_spill_release(&spill);
    assert_true(spilled > 1000); /* else this was no test */
}

/* What a spilled list leaves in memory does not grow with it. */
static void memory_stays(void **state)
{
    struct canon_spill spill;
    struct canon_record record;
    struct arena arena;
    const struct canon_field *lines;
    size_t most = 0;

    (void)state;
    canon_spill_init(&spill, "/tmp");
    arena_init(&arena, 4096, 256u << 20);
    assert_true(canon_record_init(&record, kind_of("order"), &arena));
    lines = field_of(record.body->block, "lines");
    for (unsigned i = 0; i < 100000; i++) {
        struct canon_object *line = canon_append(&arena, record.body, lines);

        canon_add_text(&arena, line, field_of(line->block, "quantity"), "12", 2, true);
        if (arena.held > 65536)
            assert_true(canon_spill(&spill, &record, NULL, 0, NULL));
        most = arena.held + spill.arena.held > most ? arena.held + spill.arena.held : most;
    }
    assert_true(most < 200000);
    assert_int_equal(written(&record, 0).len, strlen("{\"canon\":1,\"kind\":\"order\",\"direction\":\"in\","
                                                     "\"lines\":[]}\n") +
                                                  100000 * strlen("{\"quantity\":\"12\"},") - 1);
    canon_spill_release(&spill);
    arena_release(&arena);
}

static void no_folder(void **state)
{
    struct canon_spill spill;
    struct canon_record record;

    (void)state;
    canon_spill_init(&spill, "/nonexistent");
    assert_true(canon_record_init(&record, kind_of("order"), &the_arena));
    set(record.body, "order_number", "1");
    assert_false(canon_spill(&spill, &record, NULL, 0, NULL));
    assert_int_equal(spill.file.error, ENOENT);
    canon_spill_clear(&spill);
    canon_spill_release(&spill);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_bytes),
        cmocka_unit_test(memory_stays),
        cmocka_unit_test_setup(no_folder, begin_test),
    };

    return cmocka_run_group_tests(tests, open_schema, close_schema);
}
