/*
 * canon: how fast canonical records are written and read, beside jansson.
 *
 *   canon MAPS [MEGABYTES]      MAPS: the folder maps/canon
 *
 * Makes orders of ten lines as edi2canon makes them (names, dates, decimals, parties), writes them, reads
 * what was written, and says megabytes a second of JSON for each.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "canon/read.h"
#include "canon/write.h"

enum { LINES = 10, ROUNDS = 5, WINDOW = 1 << 16 };

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static const struct canon_field *field(const struct canon_block *block, const char *name)
{
    const struct canon_field *found = canon_block_field(block, bytes_of(name));

    if (found == NULL) {
        fprintf(stderr, "canon: no field %s in %s\n", name, block->name);
        exit(2);
    }
    return found;
}

static void set(struct arena *arena, struct canon_object *object, const char *name, const char *text)
{
    canon_add_text(arena, object, field(object->block, name), text, strlen(text), false);
}

static void set_party(struct arena *arena, struct canon_object *body, const char *role, const char *name)
{
    struct canon_object *party = canon_enter(arena, body, field(body->block, role));

    set(arena, party, "name", name);
    set(arena, party, "id_scheme", "92");
    set(arena, party, "id", "6021");
    set(arena, party, "address1", "500 Dock Rd");
    set(arena, party, "city", "Dallas");
    set(arena, party, "region", "TX");
    set(arena, party, "postal_code", "75201");
    set(arena, party, "country", "US");
}

static void set_reference(struct arena *arena, struct canon_object *object, const char *type,
                          const char *value)
{
    struct canon_object *reference = canon_append(arena, object, field(object->block, "references"));

    set(arena, reference, "type_code", type);
    set(arena, reference, "value", value);
}

static void make_order(struct canon_record *record)
{
    static const char *const numbers[LINES] = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"};
    struct arena *arena = record->arena;
    struct canon_object *body = record->body;
    const struct canon_field *lines = field(body->block, "lines");

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
        .interchange = BYTES("000000101"),
        .group = BYTES("101"),
        .set = BYTES("0001"),
        .type = BYTES("850"),
        .release = BYTES("004010"),
        .map = BYTES("acme/850@9b1f0c2d"),
    };
    set(arena, body, "purpose_code", "original");
    set(arena, body, "order_type_code", "SA");
    set(arena, body, "order_number", "4500012345");
    set(arena, body, "order_date", "2026-11-20");
    set(arena, body, "currency", "USD");
    set_reference(arena, body, "ZZ", "PROMO WEEK 47");
    set(arena, body, "department_code", "012");
    set(arena, body, "requested_ship_date", "2026-11-27");
    set(arena, body, "cancel_after_date", "2026-12-04");
    set_party(arena, body, "buyer", "Contoso Stores Inc");
    set_party(arena, body, "ship_to", "DC 6021 \"north\"");
    for (unsigned i = 0; i < LINES; i++) {
        struct canon_object *line = canon_append(arena, body, lines);

        set(arena, line, "line_number", numbers[i]);
        set(arena, line, "quantity", "24");
        set(arena, line, "uom", "EA");
        set(arena, line, "unit_price", "12.50");
        set(arena, line, "gtin", "00012345678905");
        set(arena, line, "buyer_item_id", "CT-1001");
        set(arena, line, "seller_item_id", "WID-1");
        set(arena, line, "description", "WIDGET, STEEL, 10 CM, GALVANIZED");
        set_reference(arena, line, "LI", numbers[i]);
    }
    set(arena, body, "line_count", "10");
}

static size_t emptied; /* bytes that went through the window */

static void drop(struct canon_sink *sink)
{
    static char window[WINDOW];

    if (sink->at != NULL)
        emptied += (size_t)(sink->at - window);
    sink->at = window;
    sink->end = window + sizeof(window);
}

static void say(const char *what, double seconds, size_t bytes)
{
    printf("%-16s %7.1f MB/s\n", what, (double)bytes / seconds / 1e6);
}

int main(int argc, char **argv)
{
    size_t want = (argc > 2 ? strtoul(argv[2], NULL, 10) : 100) << 20;
    struct canon_sink sink = {.flush = drop};
    struct canon_read_error error;
    struct canon_record record;
    struct schema *schema;
    struct arena arena;
    struct bytes line;
    double best[4] = {1e9, 1e9, 1e9, 1e9};
    char *why;
    size_t times;

    if (argc < 2) {
        fprintf(stderr, "usage: canon MAPS [MEGABYTES]\n");
        return 2;
    }
    schema = schema_open(argv[1], &why);
    if (schema == NULL || schema_kind(schema, BYTES("order")) == NULL) {
        fprintf(stderr, "canon: %s\n", schema == NULL ? why : schema_error(schema));
        return 2;
    }
    arena_init(&arena, 1 << 20, 64 << 20);
    if (!canon_record_init(&record, schema_kind(schema, BYTES("order")), &arena))
        return 3;
    make_order(&record);
    drop(&sink);
    canon_write(&sink, &record);
    line.len = (size_t)(sink.at - (sink.end - WINDOW)) - 1;
    line.at = memcpy(malloc(line.len), sink.end - WINDOW, line.len);
    times = want / line.len;
    printf("a record of %zu bytes, %zu times\n", line.len, times);

    for (int round = 0; round < ROUNDS; round++) {
        double begin = now();

        for (size_t i = 0; i < times; i++)
            canon_write(&sink, &record);
        best[0] = now() - begin < best[0] ? now() - begin : best[0];

        begin = now();
        for (size_t i = 0; i < times; i++) {
            struct canon_record copy;

            arena_reset(&arena);
            if (!canon_read(&copy, schema, line, &arena, &error)) {
                fprintf(stderr, "canon: %s: %s\n", error.path, error.what);
                return 1;
            }
        }
        best[1] = now() - begin < best[1] ? now() - begin : best[1];
        arena_reset(&arena);
        canon_record_init(&record, schema_kind(schema, BYTES("order")), &arena);
        make_order(&record);
    }
    for (int round = 0; round < ROUNDS; round++) {
        json_t *json = json_loadb(line.at, line.len, JSON_REJECT_DUPLICATES, NULL);
        size_t some = times / 8 + 1;
        double begin = now();

        for (size_t i = 0; i < some; i++)
            free(json_dumps(json, JSON_COMPACT));
        best[2] = now() - begin < best[2] ? now() - begin : best[2];
        json_decref(json);
        begin = now();
        for (size_t i = 0; i < some; i++)
            json_decref(json_loadb(line.at, line.len, JSON_REJECT_DUPLICATES, NULL));
        best[3] = now() - begin < best[3] ? now() - begin : best[3];
    }
    say("canon write", best[0], times * line.len);
    say("canon read", best[1], times * line.len);
    say("jansson write", best[2], (times / 8 + 1) * line.len);
    say("jansson read", best[3], (times / 8 + 1) * line.len);
    arena_release(&arena);
    schema_close(schema);
    return 0;
}
