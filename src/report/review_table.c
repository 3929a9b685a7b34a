/* Findings as rows and as JSON: the columns are those of the view findings. */
#include "canon/sink.h"
#include "report/review_show.h"
#include "report/trace_show.h"

/* Columns in their order; what is not a field of the mismatch has a name of its own. */
static const struct column {
    const char *name;
    int field; /* enum mismatch_field, or one of those below */
} columns[] = {
    {"id", MISMATCH_ID},
    {"code", MISMATCH_CODE},
    {"class", -1},
    {"severity", MISMATCH_SEVERITY},
    {"state", MISMATCH_STATE},
    {"age_days", -2},
    {"partner", MISMATCH_PARTNER},
    {"order_number", MISMATCH_ORDER},
    {"line_number", MISMATCH_LINE},
    {"item", MISMATCH_ITEM},
    {"document", MISMATCH_DOCUMENT},
    {"number", MISMATCH_NUMBER},
    {"expected", MISMATCH_EXPECTED},
    {"found", MISMATCH_FOUND},
    {"difference", MISMATCH_DIFFERENCE},
    {"limit", MISMATCH_LIMIT},
    {"limit_origin", MISMATCH_ORIGIN},
    {"amount", MISMATCH_AMOUNT},
    {"currency", MISMATCH_CURRENCY},
    {"due_at", MISMATCH_DUE},
    {"text", MISMATCH_TEXT},
    {"first_seen", MISMATCH_FIRST},
    {"last_seen", MISMATCH_LAST},
    {"cleared_at", MISMATCH_CLEARED},
    {"runs", -3},
    {"owner", MISMATCH_OWNER},
    {"comment", MISMATCH_COMMENT},
    {"action", -4},
};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static struct bytes cell(const struct review *review, const struct review_finding *finding, unsigned column)
{
    const struct rule_info *info = rule_info(finding->rule);

    switch (columns[column].field) {
    case -1: return bytes_of(complaint_class_name(info->class));
    case -2: return bytes_of(arena_format(review->arena, "%u", finding->age));
    case -3: return bytes_of(arena_format(review->arena, "%lld", (long long)finding->mismatch.runs));
    case -4: return bytes_of(info->action);
    case MISMATCH_STATE: return bytes_of(review_state_names[finding->state]);
    default: return finding->mismatch.field[columns[column].field];
    }
}

static bool is_number(struct bytes text)
{
    struct decimal number;

    return decimal_parse(text, &number);
}

bool review_is_formula(struct bytes text)
{
    return text.len > 0 && strchr("=+-@\t\r", text.at[0]) != NULL && !is_number(text);
}

/* A cell that a spreadsheet would take for a formula begins with an apostrophe. */
static void put_cell(struct canon_sink *out, const struct review *review, struct bytes text, bool tab)
{
    struct bytes shown = bytes_of(trace_plain(review->arena, text));
    bool risky = review_is_formula(shown), quoted = false;

    for (size_t i = 0; i < shown.len && !tab; i++)
        quoted = quoted || shown.at[i] == ',' || shown.at[i] == '"';
    if (quoted)
        canon_sink_add(out, BYTES("\""));
    if (risky)
        canon_sink_add(out, BYTES("'"));
    for (size_t i = 0; i < shown.len; i++) {
        if (shown.at[i] == '"' && quoted)
            canon_sink_add(out, BYTES("\""));
        canon_sink_add(out, (struct bytes){shown.at + i, 1});
    }
    if (quoted)
        canon_sink_add(out, BYTES("\""));
}

void review_put_table(struct canon_sink *out, const struct review *review, bool tab)
{
    const char *mark = tab ? "\t" : ",";

    for (unsigned i = 0; i < COLUMNS; i++)
        canon_sink_format(out, "%s%s", i > 0 ? mark : "", columns[i].name);
    canon_sink_add(out, BYTES("\n"));
    for (size_t i = 0; i < review->n_findings; i++) {
        for (unsigned j = 0; j < COLUMNS; j++) {
            canon_sink_add(out, j > 0 ? bytes_of(mark) : BYTES(""));
            put_cell(out, review, cell(review, &review->findings[i], j), tab);
        }
        canon_sink_add(out, BYTES("\n"));
    }
}

/* --- JSON */

static void put_head(struct canon_sink *out, const struct review *review)
{
    canon_sink_format(out,
                      "{\"report\":\"reconcile\",\"at\":\"%s\",\"verdict\":\"%s\",\"new\":%zu,\"open\":%zu,"
                      "\"tolerated\":%zu,\"waived\":%zu,\"cleared\":%zu,\"unaccounted\":%lld,"
                      "\"inputs_complete\":%s,\"orders\":%lld,\"at_risk\":[",
                      review->at.at, review->verdict, review->counts[REVIEW_NEW], review->counts[REVIEW_OPEN],
                      review->counts[REVIEW_TOLERATED], review->counts[REVIEW_WAIVED],
                      review->counts[REVIEW_CLEARED], (long long)review->unaccounted,
                      review->inputs_good ? "true" : "false", (long long)review->orders);
    for (size_t i = 0; i < review->n_at_risk; i++) {
        char digits[DECIMAL_TEXT];

        (void)decimal_print(review->at_risk[i].sum, digits);
        canon_sink_format(out, "%s{\"amount\":\"%s\",\"currency\":", i > 0 ? "," : "", digits);
        canon_sink_string(out, review->at_risk[i].currency);
        canon_sink_add(out, BYTES("}"));
    }
    canon_sink_add(out, BYTES("],\"sources\":["));
    for (size_t i = 0; i < review->n_sources; i++) {
        const struct review_source *source = &review->sources[i];

        canon_sink_format(out, "%s{\"what\":\"%s\",\"name\":", i > 0 ? "," : "", source->what);
        canon_sink_string(out, source->name);
        canon_sink_member(out, "newest", source->newest);
        canon_sink_format(out, ",\"count\":%lld,\"is_old\":%s", (long long)source->count,
                          source->is_old ? "true" : "false");
        canon_sink_member(out, "why", bytes_of(source->why));
        canon_sink_add(out, BYTES("}"));
    }
    canon_sink_add(out, BYTES("],\"controls\":["));
    for (size_t i = 0; i < review->n_controls; i++) {
        const struct review_control *control = &review->controls[i];

        canon_sink_format(out, "%s{\"partner\":", i > 0 ? "," : "");
        canon_sink_string(out, control->partner);
        canon_sink_format(out,
                          ",\"read\":%lld,\"translated\":%lld,\"held\":%lld,\"rejected\":%lld,"
                          "\"duplicate\":%lld,\"ignored\":%lld,\"sent\":%lld,\"acknowledged\":%lld,"
                          "\"pending\":%lld,\"refused\":%lld}",
                          (long long)control->read, (long long)control->translated, (long long)control->held,
                          (long long)control->rejected, (long long)control->duplicate,
                          (long long)control->ignored, (long long)control->sent,
                          (long long)control->acknowledged, (long long)control->pending,
                          (long long)control->refused);
    }
    canon_sink_add(out, BYTES("]}\n"));
}

void review_put_json(struct canon_sink *out, const struct review *review)
{
    put_head(out, review);
    for (size_t i = 0; i < review->n_findings; i++) {
        bool any = false;

        canon_sink_add(out, BYTES("{"));
        for (unsigned j = 0; j < COLUMNS; j++) {
            struct bytes text = cell(review, &review->findings[i], j);

            if (text.len == 0)
                continue;
            canon_sink_format(out, "%s\"%s\":", any ? "," : "", columns[j].name);
            if (columns[j].field == -2 || columns[j].field == -3)
                canon_sink_add(out, text);
            else
                canon_sink_string(out, text);
            any = true;
        }
        canon_sink_add(out, BYTES("}\n"));
    }
}
