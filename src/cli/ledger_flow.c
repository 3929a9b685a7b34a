/* ledger_flow: documents into the ledger, and out of it to consumers. */
#include <inttypes.h>
#include <stdlib.h>

#include "cli/ledger_verbs.h"
#include "cli/process.h"
#include "cli/records.h"
#include "ledger/post.h"
#include "ledger/settle.h"
#include "ledger/take.h"

enum { DEFAULT_RECORD_MIB = 256, DEFAULT_LEASE = 3600, RECEIPT_BYTES = 1024 * 1024 };

static bool take_line(void *whom, const struct outbound_place *place, struct bytes line)
{
    return post_line(whom, place->file, place->line, line);
}

static void take_long(void *whom, const struct outbound_place *place, struct bytes beginning, uint64_t length,
                      uint64_t most)
{
    (void)beginning;
    post_lost_line(whom, place->file, place->line, length, most);
}

static void tell_counts(const struct post_counts *counts, struct report *report)
{
    report_say(report, COUNTS, NULL,
               "posted %" PRIu64 " file%s, %" PRIu64 " known; documents: new %" PRIu64 " + held %" PRIu64
               " + duplicate %" PRIu64 " + refused %" PRIu64 "; rejects %" PRIu64,
               counts->files, counts->files == 1 ? "" : "s", counts->files_again,
               counts->outcomes[DOCUMENT_NEW], counts->outcomes[DOCUMENT_HELD],
               counts->outcomes[DOCUMENT_DUPLICATE], counts->outcomes[DOCUMENT_REFUSED], counts->rejects);
}

void ledger_post(struct ledger_run *run)
{
    const struct ledger_settings *settings = run->settings;
    struct post_settings how = {.loose = settings->loose,
                                .tee = settings->tee ? &run->out.sink : NULL,
                                .temporary = process_temporary()};
    struct post *post = post_open(run->ledger, run->search, &how);
    uint64_t mib = settings->max_record != 0 ? settings->max_record : DEFAULT_RECORD_MIB;
    struct records_taker taker = {
        .whom = post, .max_record = (size_t)mib << 20, .line = take_line, .too_long = take_long};
    struct input_list inputs;

    if (post == NULL)
        return;
    input_list_init(&inputs, run->operands, run->n);
    records_feed(&taker, &inputs, run->report);
    (void)post_finish(post);
    tell_counts(post_counts(post), run->report);
    post_close(post);
}

/* --- take */

/* False: told. */
static bool read_kinds(struct ledger_run *run, const struct schema *schema, struct take_settings *how)
{
    struct bytes rest = bytes_of(run->settings->kinds), kind;

    while (bytes_split(&rest, ',', &kind)) {
        if (schema_kind(schema, kind) == NULL && schema_error(schema) != NULL) {
            report_say(run->report, TECHNICAL_SCHEMA, NULL, "%s", schema_error(schema));
            return false;
        }
        if (schema_kind(schema, kind) == NULL) {
            options_complain(run->tool, run->report, USAGE_VALUE, "--kind: there is no kind \"%.*s\"",
                             BYTES_ARG(kind));
            return false;
        }
        if (how->n_kinds == TAKE_MAX_KINDS) {
            options_complain(run->tool, run->report, USAGE_VALUE, "--kind: more than %d", TAKE_MAX_KINDS);
            return false;
        }
        how->kinds[how->n_kinds++] = kind;
    }
    return true;
}

struct schema *ledger_schema(struct ledger_run *run)
{
    const char *folder = search_find_folder(run->search, "maps/canon");
    char *why = NULL;
    struct schema *schema = folder != NULL ? schema_open(folder, &why) : NULL;

    if (schema == NULL)
        report_say(run->report, TECHNICAL_SCHEMA, folder, "%s", why != NULL ? why : "there is no maps/canon");
    free(why);
    return schema;
}

static bool choose_kinds(struct ledger_run *run, struct take_settings *how)
{
    struct schema *schema;
    bool good;

    if (run->settings->kinds == NULL)
        return true;
    schema = ledger_schema(run);
    good = schema != NULL && read_kinds(run, schema, how);
    schema_close(schema);
    return good;
}

void ledger_take(struct ledger_run *run)
{
    const struct ledger_settings *settings = run->settings;
    struct take_settings how = {
        .consumer = {.name = run->operands[0],
                     .partner = settings->partner,
                     .direction = (enum consumer_direction)settings->direction},
        .limit = settings->limit,
        .lease = settings->lease != 0 ? settings->lease : DEFAULT_LEASE,
        .again = settings->again,
        .close = settings->close,
    };
    uint64_t taken = 0;

    if (!choose_kinds(run, &how))
        return;
    (void)take_run(run->ledger, run->search, &how, &run->out.sink, &taken);
    report_say(run->report, COUNTS, NULL, "%s took %" PRIu64, how.consumer.name, taken);
}

/* --- done */

static bool take_receipt(void *whom, const struct outbound_place *place, struct bytes line)
{
    return settle_line(whom, place->file, place->line, line);
}

static void take_long_receipt(void *whom, const struct outbound_place *place, struct bytes beginning,
                              uint64_t length, uint64_t most)
{
    (void)length;
    (void)most;
    (void)settle_line(whom, place->file, place->line, beginning);
}

void ledger_done(struct ledger_run *run)
{
    struct settle *settle = settle_open(run->ledger, run->operands[0]);
    struct records_taker taker = {
        .whom = settle, .max_record = RECEIPT_BYTES, .line = take_receipt, .too_long = take_long_receipt};
    const struct settle_counts *counts;
    struct input_list inputs;

    if (settle == NULL)
        return;
    input_list_init(&inputs, run->operands + 1, run->n - 1);
    records_feed(&taker, &inputs, run->report);
    (void)settle_finish(settle);
    counts = settle_counts(settle);
    report_say(run->report, COUNTS, NULL, "%s: written %" PRIu64 ", refused %" PRIu64 ", known %" PRIu64,
               run->operands[0], counts->written, counts->refused, counts->repeated);
    settle_close(settle);
}

void ledger_release(struct ledger_run *run)
{
    for (int i = 0; i < run->n && !ledger_failed(run->ledger); i++)
        (void)settle_release(run->ledger, bytes_of(run->operands[i]), run->settings->consumer,
                             bytes_of(run->settings->reason));
}
