/* What a replay says; it is printed when the transaction is over, for whoever reads may be slow. */
#include "canon/sink.h"
#include "ledger/replay_step.h"
#include "ledger/sql.h"

enum { TEXT_CEILING = 256 * 1024 * 1024 };

static void flush(struct canon_sink *sink)
{
    struct waiting *waiting = (struct waiting *)(void *)sink;

    buffer_add(waiting->text, waiting->window, (size_t)(sink->at - waiting->window));
    sink->failed = sink->failed || waiting->text->failed;
    sink->at = waiting->window;
}

void replay_paper_init(struct replay *replay)
{
    buffer_init(&replay->text, TEXT_CEILING);
    replay->waiting.text = &replay->text;
    replay->waiting.sink = (struct canon_sink){
        .at = replay->waiting.window, .end = replay->waiting.window + REPLAY_WINDOW, .flush = flush};
}

void replay_settle(struct replay *replay, bool kept)
{
    flush(&replay->waiting.sink);
    if (kept) {
        replay->kept_text = replay->text.len;
        replay->kept = replay->counts;
    } else if (!replay->text.failed) {
        replay->text.len = replay->kept_text;
        replay->counts = replay->kept;
    }
}

void replay_print(struct replay *replay)
{
    if (replay->text.failed)
        report_say(ledger_report(replay->ledger), TECHNICAL_MEMORY, NULL, "for what differs");
    canon_sink_add(replay->settings.out, buffer_view(&replay->text));
    buffer_clear(&replay->text);
    replay->kept_text = 0;
}

static struct canon_sink *paper(struct step *step)
{
    return &step->replay->waiting.sink;
}

static void put_text(struct canon_sink *out, struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];

        canon_sink_add(out, c < 0x20 || c == 0x7f ? BYTES(" ") : (struct bytes){&text.at[i], 1});
    }
}

void replay_put_head(struct step *step, const char *what)
{
    static const char select[] = "SELECT number FROM document WHERE document_id = ?";
    struct ledger *ledger = step->replay->ledger;
    const struct canon_record *record = step->record;
    struct canon_sink *out = paper(step);
    sqlite3_stmt *statement = sql_begin(ledger, select);
    struct bytes number;

    sql_number(statement, 1, step->old);
    number = sql_row(ledger, statement) ? sql_get_text(statement, 0) : (struct bytes){NULL, 0};
    if (step->replay->settings.json) {
        canon_sink_format(out, "{\"change\":\"%s\",\"kind\":\"%s\",\"id\":\"%s\"", what, record->kind->name,
                          record->id);
        canon_sink_member(out, "partner", record->partner);
        canon_sink_member(out, "number", number);
        if (strcmp(step->old_id, record->id) != 0)
            canon_sink_member(out, "replaces", bytes_of(step->old_id));
        canon_sink_add(out, BYTES(",\"fields\":["));
    } else {
        canon_sink_format(out, "%s\t%s\t%s\t", what, record->id, record->kind->name);
        put_text(out, record->partner);
        canon_sink_add(out, BYTES("\t"));
        put_text(out, number);
        if (strcmp(step->old_id, record->id) != 0)
            canon_sink_format(out, "\t%s", step->old_id);
        canon_sink_add(out, BYTES("\n"));
    }
    sql_end(statement);
}

void replay_put_foot(struct step *step)
{
    if (step->replay->settings.json)
        canon_sink_add(paper(step), BYTES("]}\n"));
}

static void put_json_field(struct step *step, const char *path, struct bytes was, struct bytes became)
{
    struct canon_sink *out = paper(step);

    canon_sink_format(out, "%s{\"path\":", step->n_fields > 1 ? "," : "");
    canon_sink_string(out, bytes_of(path));
    if (was.at != NULL) {
        canon_sink_add(out, BYTES(",\"old\":"));
        canon_sink_string(out, was);
    }
    if (became.at != NULL) {
        canon_sink_add(out, BYTES(",\"new\":"));
        canon_sink_string(out, became);
    }
    canon_sink_add(out, BYTES("}"));
}

void replay_put_field(void *whom, const char *path, struct bytes was, struct bytes became)
{
    struct step *step = whom;
    struct canon_sink *out = paper(step);

    step->n_fields++;
    if (step->replay->settings.json) {
        put_json_field(step, path, was, became);
        return;
    }
    canon_sink_format(out, "  %s %s: ", was.at == NULL ? "+" : became.at == NULL ? "-" : "*", path);
    put_text(out, was);
    if (was.at != NULL && became.at != NULL)
        canon_sink_add(out, BYTES(" -> "));
    put_text(out, became);
    canon_sink_add(out, BYTES("\n"));
}
