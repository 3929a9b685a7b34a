/*
 * The laws of writing and reading over records drawn from the schema and a map, for every map that is not of
 * X12: CSV, fixed width, IDocs, XML and JSON.
 *
 *   record -> file -> record   what is not refused comes back: every value at its place; numbers as numbers,
 *                              for a column may have decimals of its own, and words without what they were
 *   file -> record -> file     what was read is written again, byte for byte
 *   record -> file -> record   once more, with what the file made of it: the same
 *
 * CROSSDOCK_DOCUMENTS says how many a map (200; 10,000 with CROSSDOCK_SLOW), CROSSDOCK_SEED which,
 * CROSSDOCK_MAP of which map alone; seed and number are printed.  Records go into one file by the fifty; of a
 * file that breaks a law each is tried alone, and the first that breaks it is printed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "canon/check.h"
#include "canon/compare.h"
#include "canon/read.h"
#include "canon/write.h"
#include "map/layout.h"
#include "map/layout_tree.h"
#include "random_body.h"
#include "translate/flat_in.h"
#include "translate/outbound.h"
#include "wire/xml_read.h"

static const struct {
    const char *map;
    const char *file; /* the name that a file must have */
} maps[] = {
    {"erp-orders-csv", NULL},
    {"erp-orders-fixed", NULL},
    {"erp-orders-xml", NULL},
    {"erp-acks-csv", NULL},
    {"erp-acks-fixed", NULL},
    {"erp-shipments-csv", NULL},
    {"erp-shipments-fixed", NULL},
    {"erp-invoices-csv", NULL},
    {"erp-invoices-fixed", NULL},
    {"snapshot-orders-csv", NULL},
    {"snapshot-orders-fixed", NULL},
    {"snapshot-stock-csv", NULL},
    {"snapshot-stock-fixed", NULL},
    {"shopify-orders", NULL},
    {"3pl/carlisle-orders", NULL},
    {"3pl/cdr-order-lines", "od.txt"},
    {"3pl/dropstream-orders", NULL},
    {"3pl/landmark-shipped", NULL},
    {"3pl/orderlogix-shipped", NULL},
    {"3pl/shipped-fixed", NULL},
    {"3pl/shipwire-orders", NULL},
    {"3pl/stock-fixed", NULL},
    {"3pl/wd40-received", NULL},
    {"3pl/xpress-received", NULL},
    {"netsuite-orders", NULL},
    {"netsuite-shipments", NULL},
    {"tryton-orders", NULL},
    {"tryton-shipments", NULL},
    {"idoc-orders", NULL},
    {"idoc-orders-xml", NULL},
    {"idoc-purchase-orders", NULL},
    {"idoc-purchase-orders-xml", NULL},
    {"idoc-order-changes", NULL},
    {"idoc-order-changes-xml", NULL},
    {"idoc-order-acks", NULL},
    {"idoc-order-acks-xml", NULL},
    {"idoc-vendor-order-acks", NULL},
    {"idoc-vendor-order-acks-xml", NULL},
    {"idoc-shipments", NULL},
    {"idoc-shipments-xml", NULL},
    {"idoc-shipment-orders", NULL},
    {"idoc-shipment-orders-xml", NULL},
    {"idoc-shipment-confirmations", NULL},
    {"idoc-shipment-confirmations-xml", NULL},
    {"idoc-invoices", NULL},
    {"idoc-invoices-xml", NULL},
    {"idoc-vendor-invoices", NULL},
    {"idoc-vendor-invoices-xml", NULL},
};

enum { BATCH = 50 };

static struct search search;
static struct schema *schema;
static uint64_t seed;
static uint32_t documents;
static bool show_refused;

static const char *folder_of(const char *variable)
{
    const char *folder = getenv(variable);

    return folder != NULL ? folder : ".";
}

static uint64_t number_of(const char *variable, uint64_t otherwise)
{
    const char *text = getenv(variable);
    uint64_t number;

    return text != NULL && bytes_to_count(bytes_of(text), UINT32_MAX, &number) ? number : otherwise;
}

static int open_all(void **state)
{
    char path[4096];
    char *wrong = NULL;

    (void)state;
    if (!search_init(&search, folder_of("CROSSDOCK_SOURCE")))
        return -1;
    snprintf(path, sizeof(path), "%s/maps/canon", folder_of("CROSSDOCK_SOURCE"));
    schema = schema_open(path, &wrong);
    free(wrong);
    seed = number_of("CROSSDOCK_SEED", 5);
    documents = (uint32_t)number_of("CROSSDOCK_DOCUMENTS", getenv("CROSSDOCK_SLOW") != NULL ? 10000 : 200);
    show_refused = getenv("CROSSDOCK_REFUSED") != NULL;
    return schema != NULL ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    schema_close(schema);
    search_release(&search);
    return 0;
}

/* --- one map under test */

struct sink {
    struct canon_sink sink; /* first */
    struct buffer into;
    char window[2 * CANON_SINK_LEAST];
};

struct trial {
    const char *map, *file;
    struct map *loaded;
    struct report report; /* of the map's loading, and the reader's */
    struct buffer told;   /* by the reports, since the last file */
    struct flat_in_settings settings;
    struct flat_in *reader;
    struct random_body drawer;
    struct arena life, drawn, read;
    bool blanks_go;      /* of a text's ends: the format has no quotes for them */
    struct sink out, in; /* what is written, what is read */
    struct buffer first, second;
    struct buffer reason;
    uint32_t written, refused;
};

static void flush_sink(struct canon_sink *sink)
{
    struct sink *out = (struct sink *)sink;

    buffer_add(&out->into, out->window, (size_t)(sink->at - out->window));
    sink->at = out->window;
}

static void sink_init(struct sink *sink)
{
    buffer_init(&sink->into, (size_t)1 << 28);
    sink->sink = (struct canon_sink){
        .at = sink->window, .end = sink->window + sizeof(sink->window), .flush = flush_sink};
}

static struct bytes sink_view(struct sink *sink)
{
    flush_sink(&sink->sink);
    (void)buffer_reserve(&sink->into, 64);
    return buffer_view(&sink->into);
}

static void hear(void *to, const char *at, size_t len)
{
    buffer_add(to, at, len);
}

static void say(struct trial *trial, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct trial *trial, const char *format, ...)
{
    char text[2048];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    buffer_add_string(&trial->reason, text);
}

/* Writes the records to one file in trial->out; good[i]: it was not refused. */
static uint32_t write_records(struct trial *trial, const struct canon_record *records, uint32_t n,
                              bool good[])
{
    struct outbound_settings settings = {
        .map = trial->map, .strict = true, .unmapped = OUTBOUND_ERROR, .temporary = ".", .schema = schema};
    struct report report;
    struct outbound *outbound;
    uint64_t written = 0;

    report_init(&report, "write");
    report.write = hear;
    report.to = &trial->told;
    report.print_limit = 0;
    buffer_clear(&trial->told);
    buffer_clear(&trial->out.into);
    outbound = outbound_open(&settings, &search, &report, &trial->out.sink);
    assert_non_null(outbound);
    for (uint32_t i = 0; i < n; i++) {
        struct outbound_place place = {.file = "records", .line = i + 1};

        assert_true(outbound_record(outbound, &place, &records[i]));
        good[i] = outbound_counts(outbound)->written > written;
        written = outbound_counts(outbound)->written;
    }
    assert_true(outbound_finish(outbound));
    outbound_close(outbound);
    report_release(&report);
    return (uint32_t)written;
}

/* Reads the file into records, as many as were written.  False: told. */
static bool read_records(struct trial *trial, struct bytes file, struct canon_record *records, uint32_t n)
{
    int fd = memfd_create("file", MFD_CLOEXEC);
    struct bytes lines, line;
    uint32_t k = 0;

    assert_true(fd >= 0);
    assert_int_equal(file_write(fd, file.at, file.len), 0);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    buffer_clear(&trial->told);
    buffer_clear(&trial->in.into);
    trial->report.printed = 0;
    assert_true(flat_in_file(trial->reader, fd, trial->file, trial->file));
    close(fd);
    lines = arena_copy(&trial->read, sink_view(&trial->in));
    while (bytes_split(&lines, '\n', &line)) {
        struct canon_read_error error;

        if (line.len == 0)
            continue;
        if (k == n) {
            say(trial, "  more is read than was written\n");
            return false;
        }
        if (!canon_read(&records[k++], schema, line, &trial->read, &error)) {
            say(trial, "  the record that was read is none: %s: %s\n", error.path, error.what);
            return false;
        }
    }
    if (k < n || trial->told.len > 0)
        say(trial, "  %u written, %u read: %.*s\n", n, k,
            (int)(trial->told.len < 1500 ? trial->told.len : 1500), trial->told.at);
    return k == n && trial->told.len == 0;
}

/* --- the laws */

static bool same_number(struct bytes a, struct bytes b)
{
    struct bytes *both[] = {&a, &b};

    for (unsigned i = 0; i < 2; i++)
        if (memchr(both[i]->at, '.', both[i]->len) != NULL) {
            while (both[i]->at[both[i]->len - 1] == '0')
                both[i]->len--;
            both[i]->len -= both[i]->at[both[i]->len - 1] == '.';
        }
    return bytes_equal(a, b);
}

struct comparing {
    struct trial *trial;
    bool exact;
};

static bool looks_like_a_number(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (strchr("-.0123456789", text.at[i]) == NULL)
            return false;
    return text.len > 0;
}

/* A total of the document, which the file states whether the record does or not. */
static bool has_total(const struct map_node *nodes, uint32_t n_nodes, const char *name)
{
    for (uint32_t i = 0; i < n_nodes; i++)
        for (uint32_t k = 0; k < nodes[i].n_rules; k++) {
            const struct map_rule *rule = &nodes[i].rules[k];

            for (uint32_t a = 0; a < rule->n_assigns; a++)
                if (rule->assigns[a].target.compute != MAP_COMPUTE_NOTHING &&
                    rule->assigns[a].target.field != NULL &&
                    strcmp(rule->assigns[a].target.field->name, name) == 0)
                    return true;
            if (has_total(rule->nodes, rule->n_nodes, name))
                return true;
        }
    return false;
}

/* What the form of a column has no place for, or says in addition: seconds; a day's beginning. */
static bool moment_differs(const char *path, struct bytes was, struct bytes became)
{
    const char *name = strrchr(path, '.') != NULL ? strrchr(path, '.') + 1 : path;
    struct bytes shorter = was.len < became.len ? was : became, longer = was.len < became.len ? became : was;

    if (strstr(name, "time") == NULL && strcmp(name, "snapshot_at") != 0)
        return false;
    if (was.at == NULL)
        return bytes_are(became, "00:00") || bytes_are(became, "00:00:00");
    return shorter.len >= 5 && longer.len == shorter.len + 3 && longer.at[shorter.len] == ':' &&
           memcmp(shorter.at, longer.at, shorter.len) == 0;
}

static void field_differs(void *whom, const char *path, struct bytes was, struct bytes became)
{
    struct comparing *comparing = whom;

    if (!comparing->exact && was.at != NULL && became.at != NULL && looks_like_a_number(was) &&
        looks_like_a_number(became) && same_number(was, became))
        return;
    if (!comparing->exact && was.at == NULL &&
        has_total(comparing->trial->loaded->nodes, comparing->trial->loaded->n_nodes, path))
        return;
    if (!comparing->exact && moment_differs(path, was, became))
        return;
    if (!comparing->exact && comparing->trial->blanks_go && bytes_equal(bytes_trim(was), bytes_trim(became)))
        return;
    say(comparing->trial, "  %s: %s was \"%.*s\", is \"%.*s\"\n",
        comparing->exact ? "record -> file -> record, again" : "record -> file -> record", path,
        BYTES_ARG(was), BYTES_ARG(became));
}

static void say_difference(struct trial *trial, struct bytes a, struct bytes b)
{
    size_t at = 0, from;

    while (at < a.len && at < b.len && a.at[at] == b.at[at])
        at++;
    from = at > 100 ? at - 100 : 0;
    say(trial, "  file -> record -> file: the file was\n%.*s\n  and is\n%.*s\n",
        (int)(a.len - from < 220 ? a.len - from : 220), a.at + from,
        (int)(b.len - from < 220 ? b.len - from : 220), b.at + from);
}

/* Whether the records obey the laws, in one file; how many are written. */
static bool holds(struct trial *trial, const struct canon_record *records, uint32_t n, uint32_t *n_written)
{
    static struct canon_record kept[BATCH], once[BATCH], twice[BATCH];
    static bool good[BATCH];
    struct comparing comparing = {.trial = trial};
    uint32_t k = 0;

    buffer_clear(&trial->reason);
    arena_reset(&trial->read);
    *n_written = write_records(trial, records, n, good);
    if (show_refused)
        printf("%.*s", (int)trial->told.len, trial->told.at);
    buffer_clear(&trial->first);
    buffer_add_bytes(&trial->first, sink_view(&trial->out));
    for (uint32_t i = 0; i < n; i++)
        if (good[i])
            kept[k++] = records[i];
    if (k == 0)
        return true;
    if (!read_records(trial, buffer_view(&trial->first), once, k))
        return false;
    for (uint32_t i = 0; i < k; i++)
        (void)canon_compare(&kept[i], &once[i], true, field_differs, &comparing);
    if (trial->reason.len > 0)
        return false;
    if (write_records(trial, once, k, good) < k) {
        say(trial, "  what was read is refused: %.*s", (int)trial->told.len, trial->told.at);
        return false;
    }
    buffer_clear(&trial->second);
    buffer_add_bytes(&trial->second, sink_view(&trial->out));
    if (!trial->blanks_go && !bytes_equal(buffer_view(&trial->first), buffer_view(&trial->second))) {
        say_difference(trial, buffer_view(&trial->first), buffer_view(&trial->second));
        return false;
    }
    if (!read_records(trial, buffer_view(&trial->second), twice, k))
        return false;
    comparing.exact = true;
    for (uint32_t i = 0; i < k; i++)
        (void)canon_compare(&once[i], &twice[i], false, field_differs, &comparing);
    if (trial->reason.len > 0 || !trial->blanks_go)
        return trial->reason.len == 0;
    if (write_records(trial, twice, k, good) < k ||
        !bytes_equal(buffer_view(&trial->second), sink_view(&trial->out)))
        say_difference(trial, buffer_view(&trial->second), sink_view(&trial->out));
    return trial->reason.len == 0;
}

static void print_block(const char *name, struct bytes text)
{
    struct bytes line;

    printf("# %s\n", name);
    while (bytes_split(&text, '\n', &line))
        printf("#   %.*s\n", BYTES_ARG(line));
}

static void print_failure(struct trial *trial, const struct canon_record *records, uint32_t n,
                          uint32_t number, uint64_t state)
{
    uint32_t written, at = n;

    for (uint32_t i = 0; i < n && at == n; i++)
        if (!holds(trial, &records[i], 1, &written))
            at = i;
    if (at == n) /* each alone is all right */
        (void)holds(trial, records, n, &written);
    printf("# map %s, seed %llu, %s %u (state %llu)\n", trial->map, (unsigned long long)seed,
           at < n ? "record" : "records from", number + (at < n ? at : 0), (unsigned long long)state);
    print_block("what is wrong", buffer_view(&trial->reason));
    print_block("the file", buffer_view(&trial->first));
    if (at < n) {
        buffer_clear(&trial->in.into);
        canon_write(&trial->in.sink, &records[at]);
        print_block("the record", sink_view(&trial->in));
    }
}

/* Several values in one cell are freed of blanks each. */
static bool has_split(const struct flat_layout *layout)
{
    for (unsigned r = 0; r < layout->n_records; r++)
        for (unsigned i = 0; i < layout->records[r].n_columns; i++)
            if (layout->records[r].columns[i].split.at != NULL)
                return true;
    return false;
}

static void open_trial(struct trial *trial)
{
    report_init(&trial->report, "read");
    trial->report.write = hear;
    trial->report.to = &trial->told;
    arena_init(&trial->life, 64 * 1024, (size_t)1 << 28);
    arena_init(&trial->drawn, 256 * 1024, (size_t)1 << 28);
    arena_init(&trial->read, 256 * 1024, (size_t)1 << 28);
    buffer_init(&trial->told, (size_t)1 << 26);
    buffer_init(&trial->reason, (size_t)1 << 26);
    buffer_init(&trial->first, (size_t)1 << 28);
    buffer_init(&trial->second, (size_t)1 << 28);
    sink_init(&trial->out);
    sink_init(&trial->in);
    trial->loaded = map_load(trial->map, &search, schema, &trial->report);
    trial->settings = (struct flat_in_settings){.map = trial->map,
                                                .partner = "acme",
                                                .unmapped = 2,
                                                .max_row = FLAT_IN_MAX_ROW,
                                                .max_document = FLAT_IN_MAX_DOCUMENT,
                                                .read_xml = xml_read};
    trial->reader = flat_in_open(&trial->settings, &search, &trial->report, &trial->in.sink);
    if (trial->told.len > 0)
        print_block("told", buffer_view(&trial->told));
    assert_non_null(trial->loaded);
    assert_non_null(trial->reader);
    trial->drawer.map = trial->loaded;
    trial->drawer.arena = &trial->drawn;
    if (layout_is_tree(trial->loaded))
        trial->drawer.tree = layout_tree(trial->loaded, &trial->life, &trial->report);
    else
        trial->drawer.layout = layout_flat(trial->loaded, &trial->life, &trial->report);
    trial->blanks_go = trial->drawer.layout == NULL || trial->drawer.layout->quote == '\0' ||
                       has_split(trial->drawer.layout);
}

static void close_trial(struct trial *trial)
{
    flat_in_close(trial->reader);
    map_close(trial->loaded);
    buffer_release(&trial->in.into);
    buffer_release(&trial->out.into);
    buffer_release(&trial->second);
    buffer_release(&trial->first);
    buffer_release(&trial->reason);
    buffer_release(&trial->told);
    arena_release(&trial->read);
    arena_release(&trial->drawn);
    arena_release(&trial->life);
    report_release(&trial->report);
}

/* Packages and levels of shipments have keys that no flat file holds; reading asks for none. */
static void lacks(void *to, const char *path, const struct canon_field *field)
{
    (void)field;
    *(bool *)to |= strncmp(path, "packages", 8) != 0 && strncmp(path, "levels", 6) != 0;
}

/* A record that has what its kind must have: others are not read. */
static void draw(struct trial *trial, struct canon_record *record)
{
    for (unsigned tries = 0; tries < 200; tries++) {
        bool lacking = false;

        assert_true(random_body_draw(&trial->drawer, record));
        (void)canon_check_needs(record, CANON_REQUIRED, lacks, &lacking);
        if (!lacking)
            return;
    }
    fail_msg("%s: no record has what it must have", trial->map);
}

static uint32_t try_map(const char *map, const char *file)
{
    static struct trial trial;
    static struct canon_record records[BATCH];
    uint32_t failures = 0, n = 0, written;

    trial = (struct trial){.map = map, .file = file != NULL ? file : "file"};
    open_trial(&trial);
    for (const char *c = map; *c != '\0'; c++)
        trial.drawer.random.state = trial.drawer.random.state * 31 + (unsigned char)*c;
    trial.drawer.random.state += seed * 1000003;
    while (n < documents && failures < 3) {
        uint64_t state = trial.drawer.random.state;
        uint32_t k = documents - n < BATCH ? documents - n : BATCH;

        arena_reset(&trial.drawn);
        for (uint32_t i = 0; i < k; i++)
            draw(&trial, &records[i]);
        if (holds(&trial, records, k, &written)) {
            trial.written += written;
            trial.refused += k - written;
        } else {
            print_failure(&trial, records, k, n, state);
            failures++;
        }
        n += k;
    }
    printf("# %-28s %6u records, %6u written, %5u refused, %u broken\n", map, n, trial.written, trial.refused,
           failures);
    assert_true(failures > 0 || trial.written >= n / 3); /* what is refused tests nothing */
    close_trial(&trial);
    return failures;
}

static void test_laws(void **state)
{
    const char *only = getenv("CROSSDOCK_MAP");
    uint32_t failures = 0;

    (void)state;
    printf("# seed %llu, %u records a map\n", (unsigned long long)seed, documents);
    for (size_t m = 0; m < sizeof(maps) / sizeof(maps[0]); m++)
        if (only == NULL || strcmp(only, maps[m].map) == 0)
            failures += try_map(maps[m].map, maps[m].file);
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_laws)};

    return cmocka_run_group_tests(tests, open_all, close_all);
}
