/* ledger_flow: documents into the ledger. */
#include <inttypes.h>

#include "cli/process.h"
#include "cli/records.h"
#include "ledger/post.h"
#include "tools/ledger_verbs.h"

enum { DEFAULT_RECORD_MIB = 256 };

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
