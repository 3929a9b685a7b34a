/*
 * canon-ledger: records into the ledger, out of it to whoever wants them, and found again.
 */
#include <stdlib.h>
#include <unistd.h>

#include "cli/ledger_verbs.h"
#include "cli/process.h"
#include "ledger/consumer.h"

enum { MAX_RECORD_MIB = 3 * 1024 };

static const char *const direction_words[] = {
    [CONSUMER_BY_NAME] = "name", [CONSUMER_IN] = "in", [CONSUMER_OUT] = "out", NULL};

static const struct option_row rows[] = {
    {.letter = 'l',
     .name = "ledger",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct ledger_settings, ledger),
     .help = "the ledger (default $CROSSDOCK_LEDGER)"},
    {.name = "tee",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct ledger_settings, tee),
     .help = "post: pass on to standard output what was new, once it is committed"},
    {.name = "loose",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct ledger_settings, loose),
     .help = "post: take records that no batch record closes, too, each for itself"},
    {.name = "max-record",
     .argument = "MIB",
     .kind = OPTION_COUNT,
     .most = MAX_RECORD_MIB,
     .offset = offsetof(struct ledger_settings, max_record),
     .help = "post: refuse records of more than MIB mebibytes (default 256)"},
    {.name = "kind",
     .argument = "KIND,...",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct ledger_settings, kinds),
     .help = "take: documents of these kinds alone (default: all but rejects)"},
    {.name = "limit",
     .argument = "N",
     .kind = OPTION_COUNT,
     .most = INT64_MAX,
     .offset = offsetof(struct ledger_settings, limit),
     .help = "take: N documents at most"},
    {.letter = 'p',
     .name = "partner",
     .argument = "NAME",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct ledger_settings, partner),
     .help = "take: documents of partner NAME alone, those that go out unless --direction says otherwise; "
             "replay: translate for NAME"},
    {.name = "direction",
     .argument = "name|in|out",
     .kind = OPTION_WORD,
     .words = direction_words,
     .offset = offsetof(struct ledger_settings, direction),
     .help = "take: what came in, or what goes out (default: by the consumer's name)"},
    {.name = "lease",
     .argument = "SECONDS",
     .kind = OPTION_COUNT,
     .most = 31536000,
     .offset = offsetof(struct ledger_settings, lease),
     .help = "take: how long the pipeline has for receipts, while it lives (default 3600)"},
    {.name = "again",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct ledger_settings, again),
     .help = "take: also what another pipeline took and has no receipt; it must be dead"},
    {.name = "close",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct ledger_settings, close),
     .help = "take: print a batch record behind the documents, for canon2edi --closed"},
    {.name = "consumer",
     .argument = "NAME",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct ledger_settings, consumer),
     .help = "release, dead dismiss: for this consumer alone, who refused it"},
    {.name = "reason",
     .argument = "TEXT",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct ledger_settings, reason),
     .help = "release, dead dismiss, replay, numbers reset or waive: why; it stays in the log"},
    {.letter = 'm',
     .name = "map",
     .argument = "MAP",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct ledger_settings, map),
     .help = "replay: have erp2canon read the file with MAP (default: as it was read)"},
    {.name = "offer",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct ledger_settings, offer),
     .help = "replay: offer what changed also to those who had it"},
    {.name = "acknowledge",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct ledger_settings, acknowledge),
     .help = "replay: answer the partner once more"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct ledger_settings, json),
     .help = "replay: print a JSON object a document"},
    {.name = "overdue",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct ledger_settings, overdue),
     .help = "acks: theirs, that should be here"},
    {.name = "late",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct ledger_settings, late),
     .help = "acks: theirs, that came late"},
    {.name = "orphan",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct ledger_settings, orphan),
     .help = "acks: theirs, of what was never sent"},
    {.name = "duplicate",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct ledger_settings, duplicate),
     .help = "acks: theirs, a second one"},
    {.name = "rejected",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct ledger_settings, rejected),
     .help = "acks: our documents that they rejected, or accepted with errors"},
    {.name = "count",
     .argument = "N",
     .kind = OPTION_COUNT,
     .most = 1000000,
     .offset = offsetof(struct ledger_settings, count),
     .help = "numbers next: N numbers, a line each"},
    {.name = "to",
     .argument = "N",
     .kind = OPTION_COUNT,
     .most = 999999999,
     .offset = offsetof(struct ledger_settings, to),
     .help = "numbers reset: the next number is N"},
    {.name = "last",
     .argument = "N",
     .kind = OPTION_COUNT,
     .most = INT64_MAX,
     .offset = offsetof(struct ledger_settings, last),
     .help = "events: the last N alone"},
    {.name = "follow",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct ledger_settings, follow),
     .help = "events: wait for further ones, until the pipe closes"},
    {.name = "grace",
     .argument = "SECONDS",
     .kind = OPTION_COUNT,
     .most = 31536000,
     .offset = offsetof(struct ledger_settings, grace),
     .help = "sweep: say nothing of files that are not posted and younger"},
    {.name = "days",
     .argument = "N",
     .kind = OPTION_COUNT,
     .most = 36500,
     .offset = offsetof(struct ledger_settings, days),
     .help = "retain: keep bytes for N days, and longer while they are not finished"},
    {.name = "refused-days",
     .argument = "N",
     .kind = OPTION_COUNT,
     .most = 36500,
     .offset = offsetof(struct ledger_settings, refused_days),
     .help = "retain: for N days those of which something was rejected, held or refused"},
    {.letter = 'o',
     .name = "output",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct ledger_settings, output),
     .help = "metrics: into FILE, which changes in one step"},
    {.letter = 'n',
     .name = "dry-run",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct ledger_settings, dry_run),
     .help = "replay, retain: change nothing, and print what would be"},
    {.name = "test",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct ledger_settings, test),
     .help = "create: a ledger for tests, which takes test data"},
    {.name = "full",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct ledger_settings, full),
     .help = "check: hold each index to its table as well, which takes longer"},
    OPTIONS_FOLDER,
    OPTIONS_COMMON,
};

static const struct tool_verb texts[] = {
    {"create", "", "make the ledger"},
    {"migrate", "", "bring it to the version of this program"},
    {"post", "[FILE]...", "commit records: those of a file together, with the batch record that closes it"},
    {"take", "CONSUMER", "print the documents that CONSUMER has not had yet"},
    {"done", "CONSUMER [FILE]...", "take the receipts of translators for what CONSUMER took"},
    {"release", "ID...", "let a document go on that is held, or that a consumer refused"},
    {"dead list", "", "list what waits for somebody: held, rejected, refused"},
    {"dead show", "ID...", "list all that was ever wrong with a document"},
    {"dead export", "ID", "print the bytes that were rejected, as they came"},
    {"dead dismiss", "ID...", "put it aside for good; wants --reason"},
    {"dead replay", "ID...", "the same as replay"},
    {"replay", "[ID]...",
     "translate documents again, show what differs, and keep it; without ID those of standard input"},
    {"acks", "", "list the acknowledgments that we owe, and those that we expect"},
    {"numbers list", "", "list the series of control numbers, and the last number of each"},
    {"numbers next", "SERIES", "print the next number of SERIES, which is used then"},
    {"numbers reset", "SERIES", "let SERIES go on with --to; wants --reason"},
    {"numbers gaps", "", "list the control numbers that are missing among those that came or were sent"},
    {"numbers waive", "SERIES FIRST [LAST]", "wait no more for the numbers of a gap; wants --reason"},
    {"numbers reused", "", "list the group numbers that came again in another interchange"},
    {"events", "", "print the log"},
    {"archive list", "[NUMBER]...", "list the bytes in the archive: of documents with NUMBER, or all"},
    {"archive add", "FILE...", "put the bytes of FILE into the archive"},
    {"archive show", "ID", "print bytes as they came: by their SHA-256, or by a document of them"},
    {"archive check", "", "see whether all that is archived is there, and whole"},
    {"sweep", "DIR...", "move files that are posted whole from DIR to the archive, and name the others"},
    {"retain", "", "remove what is archived longer than --days, and finished"},
    {"backup", "FILE", "copy the ledger to FILE, whole, while others write"},
    {"show", "ID...", "print the record with this id, or with the only id that begins so"},
    {"find", "NUMBER...", "list the documents that have this business number, or this id"},
    {"metrics", "", "print numbers about it, as Prometheus reads them"},
    {"check", "", "see whether all adds up, and whether the database is whole"},
};

#define REPLAY_OPTIONS " dry-run json offer acknowledge reason map partner "

/* The other half of a verb, in the same order. */
static const struct verb {
    enum ledger_mode mode;
    int least, most;     /* operands */
    const char *options; /* those of the table that it takes, a blank around each */
    void (*run)(struct ledger_run *run);
} verbs[] = {
    {LEDGER_CREATE, 0, 0, " test ", ledger_create},
    {LEDGER_WRITE, 0, 0, "", ledger_migrate},
    {LEDGER_WRITE, 0, INT32_MAX, " tee loose max-record ", ledger_post},
    {LEDGER_WRITE, 1, 1, " kind limit partner direction lease again close ", ledger_take},
    {LEDGER_WRITE, 1, INT32_MAX, "", ledger_done},
    {LEDGER_WRITE, 1, INT32_MAX, " consumer reason ", ledger_release},
    {LEDGER_READ, 0, 0, "", ledger_dead_list},
    {LEDGER_READ, 1, INT32_MAX, "", ledger_dead_show},
    {LEDGER_READ, 1, 1, "", ledger_dead_export},
    {LEDGER_WRITE, 1, INT32_MAX, " consumer reason ", ledger_dead_dismiss},
    {LEDGER_WRITE, 1, INT32_MAX, REPLAY_OPTIONS, ledger_replay},
    {LEDGER_WRITE, 0, INT32_MAX, REPLAY_OPTIONS, ledger_replay},
    {LEDGER_READ, 0, 0, " overdue late orphan duplicate rejected ", ledger_acks},
    {LEDGER_READ, 0, 0, "", ledger_numbers_list},
    {LEDGER_WRITE, 1, 1, " count ", ledger_numbers_next},
    {LEDGER_WRITE, 1, 1, " to reason ", ledger_numbers_reset},
    {LEDGER_READ, 0, 0, "", ledger_numbers_gaps},
    {LEDGER_WRITE, 2, 3, " reason ", ledger_numbers_waive},
    {LEDGER_READ, 0, 0, "", ledger_numbers_reused},
    {LEDGER_READ, 0, 0, " last follow ", ledger_events},
    {LEDGER_READ, 0, INT32_MAX, "", ledger_archive_list},
    {LEDGER_WRITE, 1, INT32_MAX, "", ledger_archive_add},
    {LEDGER_READ, 1, 1, "", ledger_archive_show},
    {LEDGER_READ, 0, 0, "", ledger_archive_check},
    {LEDGER_WRITE, 1, INT32_MAX, " grace ", ledger_sweep},
    {LEDGER_WRITE, 0, 0, " days refused-days dry-run ", ledger_retain},
    {LEDGER_READ, 1, 1, "", ledger_backup},
    {LEDGER_READ, 1, INT32_MAX, "", ledger_show},
    {LEDGER_READ, 1, INT32_MAX, "", ledger_find},
    {LEDGER_READ, 0, 0, " output ", ledger_metrics},
    {LEDGER_READ, 0, 0, " full ", ledger_check},
};
enum { N_VERBS = sizeof(texts) / sizeof(texts[0]) };
_Static_assert(N_VERBS == sizeof(verbs) / sizeof(verbs[0]), "a verb and its text");

static const char *(*const libraries[])(void) = {ledger_library, NULL};

static const struct tool tool = {
    .name = "canon-ledger",
    .operands = "COMMAND [ARGUMENT]...",
    .purpose = "Keeps canonical records in a ledger: each document once, found again by its numbers, offered "
               "to each consumer once.",
    .rows = rows,
    .n_rows = sizeof(rows) / sizeof(rows[0]),
    .verbs = texts,
    .n_verbs = N_VERBS,
    .statuses = {"done, or there was nothing to do",
                 "done, and somebody must look: documents are held or refused, or nothing was found",
                 STATUS_MISUSED, STATUS_FAILED},
    .see_also = "canon-ledger(1), crossdock-ledger(5), crossdock-canon(5), crossdock(7)",
    .libraries = libraries,
};

static bool is_set(const struct option_row *row, const struct ledger_settings *settings)
{
    const char *place = (const char *)settings + row->offset;

    switch (row->kind) {
    case OPTION_FLAG: return *(const bool *)(const void *)place;
    case OPTION_TEXT: return *(const char *const *)(const void *)place != NULL;
    case OPTION_COUNT: return *(const uint64_t *)(const void *)place != 0;
    case OPTION_WORD: return *(const int *)(const void *)place != 0;
    default: return false;
    }
}

/* Options of another verb mean that something else was wanted. */
static bool options_belong(const struct ledger_settings *settings, unsigned verb, struct report *report)
{
    char word[40];

    for (unsigned i = 0; i < tool.n_rows; i++) {
        const struct option_row *row = &rows[i];

        if (row->offset <= offsetof(struct ledger_settings, ledger) || !is_set(row, settings))
            continue;
        (void)snprintf(word, sizeof(word), " %s ", row->name);
        if (strstr(verbs[verb].options, word) == NULL) {
            options_complain(&tool, report, USAGE_TOGETHER, "--%s is not for %s", row->name,
                             texts[verb].name);
            return false;
        }
    }
    return true;
}

/* How many operands say this verb: "dead dismiss" is two, and "dead" alone is "dead list"; 0: they do not. */
static int says(const char *name, char *const *operands, int n)
{
    const char *second = strchr(name, ' ');
    size_t len = second != NULL ? (size_t)(second - name) : strlen(name);

    if (strlen(operands[0]) != len || memcmp(operands[0], name, len) != 0)
        return 0;
    if (second == NULL)
        return 1;
    if (n == 1)
        return strcmp(second, " list") == 0;
    return strcmp(operands[1], second + 1) == 0 ? 2 : 0;
}

/* The verb, and how many operands say it; N_VERBS: told. */
static unsigned choose(char *const *operands, int n, int *words, struct report *report)
{
    unsigned verb = 0;

    if (n == 0) {
        options_complain(&tool, report, USAGE_MISSING, "a command, such as post");
        return N_VERBS;
    }
    while (verb < N_VERBS && (*words = says(texts[verb].name, operands, n)) == 0)
        verb++;
    if (verb == N_VERBS)
        options_complain(&tool, report, USAGE_COMMAND, "\"%s%s%s\"", operands[0], n > 1 ? " " : "",
                         n > 1 ? operands[1] : "");
    else if (n - *words < verbs[verb].least)
        options_complain(&tool, report, USAGE_MISSING, "%s %s", texts[verb].name, texts[verb].operands);
    else if (n - *words > verbs[verb].most)
        options_complain(&tool, report, USAGE_COMMAND, "%s takes no \"%s\"", texts[verb].name,
                         operands[verbs[verb].most + *words]);
    else
        return verb;
    return N_VERBS;
}

static void do_verb(const struct verb *verb, struct ledger_run *run)
{
    run->ledger = ledger_open(run->settings->ledger, verb->mode, run->report);
    if (run->ledger == NULL)
        return;
    if (output_init(&run->out, STDOUT_FILENO, "standard output", run->report)) {
        verb->run(run);
        output_finish(&run->out, run->report);
    }
    ledger_close(run->ledger);
}

int main(int argc, char **argv)
{
    struct ledger_settings settings = {.ledger = NULL};
    struct report report;
    struct search search;
    unsigned verb;
    int first, words, status;

    process_begin();
    report_init(&report, tool.name);
    output_report(&report);
    options_default(&settings.common);
    if (options_parse(&tool, &settings, argc, argv, &report, &first) == OPTIONS_GO &&
        (verb = choose(argv + first, argc - first, &words, &report)) < N_VERBS &&
        options_belong(&settings, verb, &report)) {
        if (settings.ledger == NULL)
            settings.ledger = getenv("CROSSDOCK_LEDGER");
        if (settings.ledger == NULL || settings.ledger[0] == '\0') {
            options_complain(&tool, &report, USAGE_MISSING, "-l FILE, or CROSSDOCK_LEDGER: which ledger");
        } else if (!search_init(&search, settings.common.folder)) {
            report_say(&report, TECHNICAL_MEMORY, NULL, "at the start");
        } else {
            do_verb(&verbs[verb], &(struct ledger_run){.tool = &tool,
                                                       .settings = &settings,
                                                       .search = &search,
                                                       .report = &report,
                                                       .operands = argv + first + words,
                                                       .n = argc - first - words});
            search_release(&search);
        }
    }
    report_close(&report);
    status = report_status(&report);
    report_release(&report);
    return status;
}
