#include "ledger/post.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/file.h"
#include "canon/read.h"
#include "canon/sink.h"
#include "ledger/batch.h"
#include "ledger/policy.h"
#include "ledger/stage.h"

enum {
    COMMIT_ABOVE = 4 * 1024 * 1024, /* bytes of whole files that wait */
    MAX_WAITING = 4096,             /* files that wait */
    RECORD_CHUNK = 256 * 1024,
    BATCH_CHUNK = 4096,
    LOOSE_LINES = 1000, /* lines without a batch that share a transaction */
    MAX_FRESH = 256 * 1024 * 1024,
};
static const size_t record_ceiling = (size_t)4 * 1024 * 1024 * 1024;

/* A file whose lines are staged. */
struct waiting {
    uint64_t end;   /* in the stage */
    uint64_t line;  /* of the input, its first */
    bool is_broken; /* a line of it was lost */
};

struct post {
    struct ledger *ledger;
    struct post_settings settings;
    struct schema *schema;
    struct policies policies;
    bool test_ledger;
    struct arena arena;
    struct stage stage;
    struct waiting files[MAX_WAITING];
    unsigned n_files;
    uint64_t open_lines; /* staged behind the last whole file */
    uint64_t first_line;
    bool open_broken;
    const char *input;
    struct buffer fresh; /* of struct bytes: new lines, for the tee */
    struct post_counts counts;
};

struct post *post_open(struct ledger *ledger, struct search *search, const struct post_settings *settings)
{
    struct post *post = calloc(1, sizeof(*post));
    struct report *report = ledger_report(ledger);
    const char *folder = search_find_folder(search, "maps/canon");
    char *why = NULL;

    if (post == NULL) {
        report_say(report, TECHNICAL_MEMORY, NULL, "at the start");
        return NULL;
    }
    post->ledger = ledger;
    post->settings = *settings;
    post->test_ledger = ledger_is_test(ledger);
    arena_init(&post->arena, RECORD_CHUNK, record_ceiling);
    stage_init(&post->stage, settings->temporary);
    buffer_init(&post->fresh, MAX_FRESH);
    (void)policies_init(&post->policies, search, report);
    if (folder == NULL)
        report_say(report, TECHNICAL_SCHEMA, NULL, "there is no maps/canon in %s",
                   search_folders_text(search));
    else if ((post->schema = schema_open(folder, &why)) == NULL)
        report_say(report, TECHNICAL_SCHEMA, folder, "%s", why != NULL ? why : "no memory");
    free(why);
    if (post->schema != NULL && post->policies.partners != NULL)
        return post;
    post_close(post);
    return NULL;
}

void post_close(struct post *post)
{
    if (post == NULL)
        return;
    buffer_release(&post->fresh);
    stage_release(&post->stage);
    arena_release(&post->arena);
    policies_release(&post->policies);
    schema_close(post->schema);
    free(post);
}

const struct post_counts *post_counts(const struct post *post)
{
    return &post->counts;
}

static bool bad_line(struct post *post, uint64_t number, const struct canon_read_error *error)
{
    char detail[256], hint[128];
    struct finding finding = {
        .complaint = error->memory ? TECHNICAL_MEMORY : CANON_BAD_RECORD,
        .place = {.file = post->input, .line = (uint32_t)number, .column = (uint32_t)error->offset + 1},
        .detail = detail,
        .consequence = "the file it belongs to was not posted",
    };

    if (error->schema) {
        report_say(ledger_report(post->ledger), TECHNICAL_SCHEMA, NULL, "%s", schema_error(post->schema));
        return false;
    }
    (void)snprintf(detail, sizeof(detail), "%s%s%s", error->path, error->path[0] != '\0' ? ": " : "",
                   error->what);
    if (error->nearest != NULL) {
        (void)snprintf(hint, sizeof(hint), "did you mean %s?", error->nearest);
        finding.hint = hint;
    }
    report_add(ledger_report(post->ledger), &finding);
    return false;
}

static bool read_line(struct post *post, struct canon_record *record, uint64_t number, struct bytes line)
{
    struct canon_read_error error = {0};

    if (!canon_read(record, post->schema, line, &post->arena, &error))
        return bad_line(post, number, &error);
    if (strlen(record->id) == 32)
        return true;
    error = (struct canon_read_error){.what = "it has no id"};
    return bad_line(post, number, &error);
}

static struct place place_of(struct post *post, const struct canon_record *record)
{
    const struct canon_source *source = &record->source;
    struct place place = {
        .file = source->file.len > 0 ? arena_copy(&post->arena, source->file).at : post->input,
        .partner = record->partner.len > 0 ? arena_copy(&post->arena, record->partner).at : NULL,
        .interchange = source->interchange,
        .group = source->group,
        .set = source->set,
        .set_id = source->type,
        .offset = source->offset,
        .has_offset = source->has_offset,
    };

    return place;
}

/* What becomes of the documents of one file, until it is settled. */
struct outcomes {
    uint64_t n[DOCUMENT_OUTCOMES], rejects;
};

/* One record within the transaction. */
static bool add_record(struct post *post, int64_t file, int64_t run, uint64_t number, struct bytes line,
                       struct outcomes *outcomes)
{
    struct document_context context = {
        .file = file, .run = run, .test_ledger = post->test_ledger, .arena = &post->arena};
    struct canon_record record;
    enum document_outcome outcome;

    arena_reset(&post->arena);
    if (!read_line(post, &record, number, line))
        return false;
    context.policy = policies_find(&post->policies, record.partner, &post->arena);
    if (context.policy == NULL)
        return false;
    context.place = place_of(post, &record);
    if (post->settings.replay != NULL)
        return replay_record(post->settings.replay, &context, post->schema, &record, line);
    outcome = document_add(post->ledger, &context, &record, line);
    if (document_is_counted(&record))
        outcomes->n[outcome]++;
    else if (outcome == DOCUMENT_NEW && document_is_reject(&record))
        outcomes->rejects++;
    if (outcome == DOCUMENT_NEW && post->settings.tee != NULL)
        buffer_add(&post->fresh, (const char *)&line, sizeof(line));
    return !ledger_failed(post->ledger);
}

static void add_up(struct post_counts *counts, const struct outcomes *outcomes)
{
    for (unsigned i = 0; i < DOCUMENT_OUTCOMES; i++)
        counts->outcomes[i] += outcomes->n[i];
    counts->rejects += outcomes->rejects;
}

static bool not_whole(struct post *post, enum complaint complaint, uint64_t line, const char *detail)
{
    struct finding finding = {
        .complaint = complaint, .place = {.file = post->input, .line = (uint32_t)line}, .detail = detail};

    report_add(ledger_report(post->ledger), &finding);
    return false;
}

/* The lines of a file, all but the batch record that ends it. */
struct file_lines {
    struct bytes all, last;
    uint64_t number; /* of the input, the first */
};

static struct file_lines lines_of(const struct waiting *file, struct bytes lines)
{
    struct file_lines out = {.all = lines, .last = {NULL, 0}, .number = file->line};
    const char *end = lines.at + lines.len - 1, *start;

    /* Every line of the stage ends with '\n', and the last is not empty. */
    start = lines.len > 1 ? memrchr(lines.at, '\n', lines.len - 1) : NULL;
    start = start != NULL ? start + 1 : lines.at;
    out.last = (struct bytes){start, (size_t)(end - start)};
    out.all.len = (size_t)(start - lines.at);
    return out;
}

/* Whether each record came with this file before; then there is nothing to do. */
static bool is_repeated(struct post *post, int64_t file, int64_t arrivals, const struct file_lines *lines)
{
    struct bytes rest = lines->all, line;
    uint64_t number = lines->number;
    int64_t n = 0;

    for (; bytes_split(&rest, '\n', &line); number++) {
        struct canon_record record;

        if (line.len == 0)
            continue;
        n++;
        arena_reset(&post->arena);
        if (!read_line(post, &record, number, line) || !document_came_in(post->ledger, file, record.id))
            return false;
    }
    return n == arrivals;
}

static bool add_lines(struct post *post, int64_t file, int64_t run, const struct file_lines *lines,
                      struct outcomes *outcomes)
{
    struct bytes rest = lines->all, line;
    uint64_t number = lines->number;

    for (; bytes_split(&rest, '\n', &line); number++)
        if (line.len > 0 && !add_record(post, file, run, number, line, outcomes))
            return false;
    return true;
}

static bool same_number(struct post *post, const struct batch *batch, const struct outcomes *outcomes,
                        uint64_t line)
{
    char detail[160];
    uint64_t n = 0;

    for (unsigned i = 0; i < DOCUMENT_OUTCOMES; i++)
        n += outcomes->n[i];
    if (n == (uint64_t)batch->translated)
        return true;
    (void)snprintf(detail, sizeof(detail),
                   "its batch record speaks of %" PRId64 " documents, and %" PRIu64 " came",
                   batch->translated, n);
    return not_whole(post, LEDGER_BATCH_DIFFERS, line, detail);
}

/* The lines of one file.  False: it cannot be, and the caller undoes it. */
static bool add_file(struct post *post, const struct waiting *waiting, struct bytes all)
{
    struct file_lines lines = lines_of(waiting, all);
    struct outcomes outcomes = {.rejects = 0};
    struct canon_record record;
    struct arena arena; /* the batch's own: the post's is emptied for each record */
    struct canon_read_error error = {0};
    struct batch batch;
    int64_t file, run = 1, arrivals = 0;
    bool good = false;

    arena_init(&arena, BATCH_CHUNK, record_ceiling);
    /* What is wrong with a line was told where it was seen. */
    if (waiting->is_broken)
        good = false;
    else if (!canon_read(&record, post->schema, lines.last, &arena, &error))
        bad_line(post, waiting->line, &error);
    else {
        batch_of(&batch, &record);
        file = batch_find(post->ledger, &batch, &arrivals);
        if (!batch_adds_up(&batch)) {
            not_whole(post, LEDGER_BATCH_DIFFERS, waiting->line,
                      "the counts of its batch record do not add up");
        } else if (post->settings.replay != NULL) {
            good = file != 0 ? add_lines(post, file, run, &lines, &outcomes)
                             : not_whole(post, LEDGER_NOT_REPLAYED, waiting->line,
                                         "the ledger has no file of this name and content");
        } else if (file != 0 && is_repeated(post, file, arrivals, &lines)) {
            post->counts.files_again++;
            good = true;
        } else {
            if (file == 0)
                file = batch_add(post->ledger, &batch);
            else
                (void)batch_anew(post->ledger, file, &batch, &run);
            good = file != 0 && add_lines(post, file, run, &lines, &outcomes) &&
                   same_number(post, &batch, &outcomes, waiting->line) &&
                   batch_close(post->ledger, file, run, &batch);
            if (good) {
                add_up(&post->counts, &outcomes);
                post->counts.files++;
            }
        }
    }
    arena_release(&arena);
    return good;
}

/* What was new goes on once it is durable. */
static void pass_on(struct post *post)
{
    struct bytes line;

    for (size_t at = 0; at + sizeof(line) <= post->fresh.len; at += sizeof(line)) {
        memcpy(&line, post->fresh.at + at, sizeof(line));
        canon_sink_add(post->settings.tee, line);
        canon_sink_add(post->settings.tee, BYTES("\n"));
    }
    buffer_clear(&post->fresh);
    if (post->settings.replay != NULL)
        replay_print(post->settings.replay);
}

static bool add_one(struct post *post, const struct waiting *file, struct bytes lines)
{
    size_t fresh = post->fresh.len;
    bool kept;

    if (!ledger_mark(post->ledger))
        return false;
    kept = add_file(post, file, lines) && !ledger_failed(post->ledger);
    if (!kept)
        post->fresh.len = fresh;
    if (post->settings.replay != NULL)
        replay_settle(post->settings.replay, kept);
    return ledger_settle(post->ledger,
                         kept && (post->settings.replay == NULL || !replay_looks(post->settings.replay)));
}

static bool commit(struct post *post)
{
    struct bytes lines = {"", 0};
    uint64_t begin = 0;
    int error = stage_view(&post->stage, &lines);

    if (post->n_files == 0)
        return true;
    if (error != 0) {
        report_say(ledger_report(post->ledger), TECHNICAL_WRITE, post->stage.folder, "%s", file_error(error));
        return false;
    }
    if (!ledger_begin(post->ledger))
        return false;
    for (unsigned i = 0; i < post->n_files; i++) {
        struct waiting *file = &post->files[i];

        if (!add_one(post, file, (struct bytes){lines.at + begin, (size_t)(file->end - begin)}))
            break;
        begin = file->end;
    }
    if (ledger_failed(post->ledger)) {
        ledger_rollback(post->ledger);
        return false;
    }
    if (!ledger_commit(post->ledger))
        return false;
    pass_on(post);
    post->n_files = 0;
    stage_clear(&post->stage);
    return true;
}

/* Whether the line is a batch record; only those that have the word are read to see. */
static bool is_batch(struct post *post, struct bytes line)
{
    struct canon_read_error error;
    struct canon_record record;

    if (line.len == 0 || memmem(line.at, line.len, "\"batch\"", 7) == NULL)
        return false;
    arena_reset(&post->arena);
    return canon_read(&record, post->schema, line, &post->arena, &error) &&
           strcmp(record.kind->name, "batch") == 0;
}

/* Records that belong to no batch, a transaction for a number of them. */
static bool commit_loose(struct post *post)
{
    struct outcomes outcomes = {.rejects = 0};
    struct bytes lines = {"", 0}, line;
    uint64_t number = post->first_line;

    if (post->open_lines == 0)
        return true;
    if (stage_view(&post->stage, &lines) != 0 || !ledger_begin(post->ledger))
        return false;
    for (; bytes_split(&lines, '\n', &line); number++) {
        if (line.len == 0)
            continue;
        if (!ledger_mark(post->ledger) ||
            !ledger_settle(post->ledger, add_record(post, 0, 1, number, line, &outcomes)))
            break;
    }
    if (ledger_failed(post->ledger) || !ledger_commit(post->ledger)) {
        ledger_rollback(post->ledger);
        return false;
    }
    add_up(&post->counts, &outcomes);
    pass_on(post);
    post->open_lines = 0;
    stage_clear(&post->stage);
    return true;
}

bool post_line(struct post *post, const char *input, uint64_t number, struct bytes line)
{
    int error;

    post->input = input;
    if (post->open_lines++ == 0)
        post->first_line = number;
    error = stage_add(&post->stage, line);
    if (error != 0) {
        report_say(ledger_report(post->ledger), TECHNICAL_WRITE, post->stage.folder,
                   "for lines that wait for their batch record: %s", file_error(error));
        return false;
    }
    if (is_batch(post, line)) {
        post->files[post->n_files++] = (struct waiting){
            .end = stage_length(&post->stage), .line = post->first_line, .is_broken = post->open_broken};
        post->open_lines = 0;
        post->open_broken = false;
        if (post->n_files == MAX_WAITING || stage_length(&post->stage) >= COMMIT_ABOVE)
            return commit(post);
        return true;
    }
    if (post->settings.loose && post->n_files == 0 && post->open_lines >= LOOSE_LINES)
        return commit_loose(post);
    return true;
}

void post_lost_line(struct post *post, const char *input, uint64_t number, uint64_t length, uint64_t most)
{
    char detail[96];
    struct finding finding = {.complaint = CANON_LONG_RECORD,
                              .place = {.file = input, .line = (uint32_t)number},
                              .detail = detail,
                              .consequence = "the file it belongs to was not posted"};

    (void)snprintf(detail, sizeof(detail), "%" PRIu64 " bytes, of %" PRIu64 " at most", length, most);
    report_add(ledger_report(post->ledger), &finding);
    post->input = input;
    if (post->open_lines == 0)
        post->first_line = number;
    post->open_broken = true;
}

bool post_finish(struct post *post)
{
    uint64_t open = post->open_lines;

    if (post->settings.loose && post->n_files == 0)
        return commit_loose(post);
    if (!commit(post))
        return false;
    if (open > 0 || post->open_broken) {
        char detail[128];

        (void)snprintf(detail, sizeof(detail),
                       "%" PRIu64 " records came, and no batch record behind them, which --all prints", open);
        return not_whole(post, LEDGER_BATCH_MISSING, post->first_line, detail);
    }
    return true;
}
