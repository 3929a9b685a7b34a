/* Writing records: the bytes that come out, whatever the order, the characters and the window. */
#include "canon_fixture.h"

#include <sys/mman.h>
#include <unistd.h>

#include "canon/id.h"

static void writes(const struct canon_record *record, const char *want)
{
    struct bytes line = written(record, 0);

    if (!bytes_are(line, want))
        fail_msg("\ngot  %.*s\nwant %s", BYTES_ARG(line), want);
}

/* The order that DESIGN's readers know, its fields set in the order an 850 has them. */
static void make_order(struct canon_record *record)
{
    struct canon_object *body, *party, *line, *reference;

    assert_true(canon_record_init(record, kind_of("order"), &the_arena));
    memcpy(record->id, "3f0c9a5e1b7d24680f1e2d3c4b5a6978", 33);
    record->partner = BYTES("acme");
    record->source = (struct canon_source){
        .format = BYTES("x12"),
        .file = BYTES("850.edi"),
        .offset = 212,
        .length = 1180,
        .has_offset = true,
        .sender = BYTES("01:006927180"),
        .receiver = BYTES("ZZ:CROSSDOCK"),
        .app_sender = BYTES("6927180"),
        .interchange = BYTES("000000101"),
        .group = BYTES("101"),
        .set = BYTES("0001"),
        .type = BYTES("850"),
        .release = BYTES("004010"),
        .created = BYTES("2026-11-20T10:15"),
        .map = BYTES("acme/850@9b1f"),
    };
    body = record->body;
    set(body, "purpose_code", "original");
    set(body, "order_type_code", "SA");
    set(body, "order_number", "4500012345");
    set(body, "order_date", "2026-11-20");
    party = canon_enter(&the_arena, body, field_of(body->block, "ship_to"));
    set(party, "name", "DC 6021");
    set(party, "id_scheme", "92");
    set(party, "id", "6021");
    set(party, "city", "Dallas");
    line = canon_append(&the_arena, body, field_of(body->block, "lines"));
    set(line, "line_number", "1");
    set(line, "unit_price", "12.50");
    set(line, "quantity", "24");
    reference = canon_append(&the_arena, line, field_of(line->block, "references"));
    set(reference, "type_code", "LI");
    set(reference, "value", "1");
    set(line, "uom", "EA");
    canon_append_text(&the_arena, line, field_of(line->block, "item_id_order"), "UP", 2);
    canon_append_text(&the_arena, line, field_of(line->block, "item_id_order"), "", 0);
    set(body, "line_count", "1");
    assert_ptr_equal(canon_enter(&the_arena, body, field_of(body->block, "ship_to")), party);
    set(party, "country", "US");
}

static void an_order(void **state)
{
    struct canon_record record;

    (void)state;
    make_order(&record);
    writes(
        &record,
        "{\"canon\":1,\"kind\":\"order\",\"id\":\"3f0c9a5e1b7d24680f1e2d3c4b5a6978\",\"partner\":\"acme\","
        "\"direction\":\"in\",\"keys\":{\"order_number\":\"4500012345\"},"
        "\"source\":{\"format\":\"x12\",\"file\":\"850.edi\",\"offset\":212,\"length\":1180,"
        "\"sender\":\"01:006927180\",\"receiver\":\"ZZ:CROSSDOCK\",\"app_sender\":\"6927180\","
        "\"interchange\":\"000000101\",\"group\":\"101\",\"set\":\"0001\",\"type\":\"850\","
        "\"release\":\"004010\",\"created\":\"2026-11-20T10:15\",\"test\":false,\"map\":\"acme/850@9b1f\"},"
        "\"order_number\":\"4500012345\",\"purpose_code\":\"original\",\"order_type_code\":\"SA\","
        "\"order_date\":\"2026-11-20\","
        "\"ship_to\":{\"id\":\"6021\",\"id_scheme\":\"92\",\"name\":\"DC 6021\",\"city\":\"Dallas\","
        "\"country\":\"US\"},"
        "\"lines\":[{\"line_number\":\"1\",\"quantity\":\"24\",\"uom\":\"EA\",\"unit_price\":\"12.50\","
        "\"item_id_order\":[\"UP\",\"\"],\"references\":[{\"type_code\":\"LI\",\"value\":\"1\"}]}],"
        "\"line_count\":1}\n");
}

static void the_least(void **state)
{
    struct canon_record record;
    struct canon_object *body;

    (void)state;
    assert_true(canon_record_init(&record, kind_of("order"), &the_arena));
    record.direction = CANON_OUT;
    writes(&record, "{\"canon\":1,\"kind\":\"order\",\"direction\":\"out\"}\n");

    /* Nothing is written of what says nothing; an element of a list keeps its place. */
    body = record.body;
    set(body, "order_number", "");
    canon_enter(&the_arena, body, field_of(body->block, "ship_to"));
    canon_enter(&the_arena, canon_enter(&the_arena, body, field_of(body->block, "exchange")),
                field_of(schema_block(the_schema, BYTES("exchange")), "date"));
    writes(&record, "{\"canon\":1,\"kind\":\"order\",\"direction\":\"out\"}\n");
    canon_append(&the_arena, body, field_of(body->block, "lines"));
    record.source.test = true;
    writes(&record, "{\"canon\":1,\"kind\":\"order\",\"direction\":\"out\",\"source\":{\"test\":true},"
                    "\"lines\":[{}]}\n");
}

static void keys_through_lists(void **state)
{
    static const char *const numbers[] = {"PO1", "PO2", "PO1", "PO3", "PO2"};
    struct canon_record record;
    struct canon_object *body;
    struct bytes line;

    (void)state;
    assert_true(canon_record_init(&record, kind_of("shipment"), &the_arena));
    body = record.body;
    set(body, "shipment_id", "S1");
    for (unsigned i = 0; i < 5; i++)
        set(canon_append(&the_arena, body, field_of(body->block, "orders")), "order_number", numbers[i]);
    set(canon_append(&the_arena, body, field_of(body->block, "lines")), "order_number", "PO4");
    set(body, "bill_of_lading", "B\"1");
    line = written(&record, 0);
    assert_non_null(memmem(line.at, line.len,
                           "\"keys\":{\"shipment_id\":\"S1\","
                           "\"order_number\":[\"PO1\",\"PO2\",\"PO3\",\"PO4\"],"
                           "\"bill_of_lading\":\"B\\\"1\"},",
                           88));
}

/* What a JSON string of a text should be, a byte at a time. */
static size_t expected(const char *text, size_t len, char *to)
{
    char *at = to;

    *at++ = '"';
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        const char *letter = c < 0x20 ? strchr("\bb\tt\nn\ff\rr", c) : NULL;

        if (c == '"' || c == '\\')
            at += snprintf(at, 8, "\\%c", c);
        else if (letter != NULL && c != 0)
            at += snprintf(at, 8, "\\%c", letter[1]);
        else if (c < 0x20)
            at += snprintf(at, 8, "\\u%04x", c);
        else
            *at++ = (char)c;
    }
    *at++ = '"';
    return (size_t)(at - to);
}

/* Every byte at every place of texts of every length up to 80, at the end of a page and alone. */
static void every_byte_at_every_place(void **state)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    static const unsigned char bytes[] = {0x01, 0x08, 0x09, 0x0A, 0x0C, 0x0D, 0x1F, '"',  '\\', '!',
                                          ' ',  '#',  '[',  ']',  0x7F, 0x80, 0xFF, 0xA2, 0xDC, 0x00};
    char want[1024];

    (void)state;
    assert_ptr_not_equal(pages, MAP_FAILED);
    assert_int_equal(mprotect(pages + page, page, PROT_NONE), 0);
    for (size_t len = 0; len <= 80; len++)
        for (size_t at = 0; at < (len > 0 ? len : 1); at++)
            for (size_t b = 0; b < sizeof(bytes); b++) {
                char *text = pages + page - len;
                size_t want_len;
                struct bytes got;

                memset(text, 'x', len);
                if (len > 0)
                    text[at] = (char)bytes[b];
                want_len = expected(text, len, want);
                got = written_string(text, len);
                if (!bytes_equal(got, (struct bytes){want, want_len}))
                    fail_msg("len %zu, byte %02x at %zu: %.*s", len, bytes[b], at, BYTES_ARG(got));
            }
    munmap(pages, 2 * page);
}

/* Long texts, any mixture, through windows of any size. */
static void long_texts(void **state)
{
    struct random random = {88172645463325252u};
    size_t room = 300000;
    char *text = malloc(room), *want = malloc(6 * room + 2);

    (void)state;
    for (unsigned round = 0; round < rounds(30); round++) {
        size_t len = random_below(&random, (unsigned)room);
        unsigned every = 1 + random_below(&random, 2000);
        struct bytes got;

        for (size_t i = 0; i < len; i++)
            text[i] = random_below(&random, every) == 0 ? (char)random_below(&random, 256) : 'y';
        got = written_string(text, len);
        assert_true(bytes_equal(got, (struct bytes){want, expected(text, len, want)}));
    }
    free(text);
    free(want);
}

/* The same bytes, whatever the window, however the record was put together. */
static void windows_do_not_matter(void **state)
{
    struct random random = {0x2545F4914F6CDD1Du};

    (void)state;
    for (unsigned round = 0; round < rounds(200); round++) {
        const struct canon_kind *kind = schema_kind_at(the_schema, round % 17);
        struct canon_record record;
        struct bytes line;
        char *first;
        size_t len;

        arena_reset(&the_arena);
        random_record(&random, kind, &record);
        line = written(&record, 1 << 20);
        len = line.len;
        first = memcpy(malloc(len), line.at, len);
        line = written(&record, CANON_SINK_LEAST + random_below(&random, 3000));
        assert_int_equal(line.len, len);
        assert_memory_equal(line.at, first, len);
        assert_null(memchr(line.at, '\n', line.len - 1));
        free(first);
    }
}

/* An arena at its ceiling: appending does nothing, at any moment, and breaks nothing. */
static void a_full_arena_breaks_nothing(void **state)
{
    (void)state;
    for (size_t ceiling = 256; ceiling < 20000; ceiling += 24) {
        struct canon_record record;
        struct arena small;

        arena_init(&small, 128, ceiling);
        if (canon_record_init(&record, kind_of("order"), &small)) {
            const struct canon_block *body = record.body->block;

            for (unsigned i = 0; i < 100; i++) {
                struct canon_object *line = canon_append(&small, record.body, field_of(body, "lines"));
                const struct canon_block *block = field_of(body, "lines")->block;
                struct canon_object *party = canon_enter(&small, line, field_of(block, "ship_to"));

                canon_add_text(&small, line, field_of(block, "quantity"), "1", 1, true);
                canon_append_text(&small, line, field_of(block, "item_id_order"), "UP", 2);
                if (party != NULL)
                    canon_add_text(&small, party, field_of(party->block, "name"), "n", 1, true);
            }
            assert_true(written(&record, 0).len > 0);
            assert_true(small.failed);
        }
        arena_release(&small);
    }
}

static void id_of(struct canon_id *id, const char *partner, enum canon_direction direction, const char *kind,
                  const char *segment, char out[33])
{
    canon_id_begin(id, bytes_of(partner), direction, kind);
    canon_id_add(id, BYTES("ST*850*0001"));
    canon_id_add(id, bytes_of(segment));
    canon_id_end(id, out);
}

static void ids(void **state)
{
    static const struct {
        const char *partner;
        enum canon_direction direction;
        const char *kind, *segment;
    } rows[] = {
        {"acme", CANON_IN, "order", "BEG*00*SA*1**20261120"},
        {"acme", CANON_IN, "order", "BEG*00*SA*2**20261120"},
        {"acmf", CANON_IN, "order", "BEG*00*SA*1**20261120"},
        {"acme", CANON_OUT, "order", "BEG*00*SA*1**20261120"},
        {"acme", CANON_IN, "order_ack", "BEG*00*SA*1**20261120"},
        {"a-name-so-long-that-nobody-would-give-it-to-a-partner-but-a-test-does", CANON_IN, "order", "BEG"},
        {"", CANON_IN, "order", "BEG*00*SA*1**20261120"},
    };
    enum { ROWS = sizeof(rows) / sizeof(*rows) };
    char first[ROWS][33], again[33];
    struct canon_id id;

    (void)state;
    for (unsigned i = 0; i < ROWS; i++) {
        assert_true(canon_id_init(&id));
        id_of(&id, rows[i].partner, rows[i].direction, rows[i].kind, rows[i].segment, first[i]);
        canon_id_release(&id);
        assert_int_equal(strlen(first[i]), 32);
        assert_int_equal(strspn(first[i], "0123456789abcdef"), 32);
        for (unsigned j = 0; j < i; j++)
            assert_string_not_equal(first[i], first[j]);
    }
    /* One after another, in any order, they are the same. */
    assert_true(canon_id_init(&id));
    for (unsigned i = 0; i < ROWS; i++)
        for (unsigned j = 0; j < 2 * ROWS; j++) {
            const unsigned n = j % 2 == 0 ? i : j / 2;

            id_of(&id, rows[n].partner, rows[n].direction, rows[n].kind, rows[n].segment, again);
            assert_string_equal(again, first[n]);
        }
    /* Another cutting is another id. */
    canon_id_begin(&id, BYTES("acme"), CANON_IN, "order");
    canon_id_add(&id, BYTES("ST*850*0001B"));
    canon_id_add(&id, BYTES("EG*00*SA*1**20261120"));
    canon_id_end(&id, again);
    assert_string_not_equal(again, first[0]);
    canon_id_release(&id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_order, begin_test),
        cmocka_unit_test_setup(the_least, begin_test),
        cmocka_unit_test_setup(keys_through_lists, begin_test),
        cmocka_unit_test(every_byte_at_every_place),
        cmocka_unit_test(long_texts),
        cmocka_unit_test_setup(windows_do_not_matter, begin_test),
        cmocka_unit_test_setup(a_full_arena_breaks_nothing, begin_test),
        cmocka_unit_test(ids),
    };

    return cmocka_run_group_tests(tests, open_schema, close_schema);
}
