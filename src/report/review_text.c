#include "canon/sink.h"
#include "report/review_show.h"
#include "report/trace_show.h"

static void put(struct canon_sink *out, const char *text)
{
    canon_sink_add(out, bytes_of(text));
}

static const char *plain(const struct review *review, struct bytes text)
{
    return trace_plain(review->arena, text);
}

/* What people call a kind of document. */
static const char *title_of(struct bytes kind)
{
    static const char *const titles[][2] = {
        {"order", "order"},
        {"order_ack", "acknowledgment"},
        {"invoice", "invoice"},
        {"shipment", "shipment"},
        {"shipment_order", "warehouse order"},
        {"receipt", "receipt"},
        {"order_change", "change"},
        {"file", "file"},
        {"payment", "payment"},
        {"application_advice", "application advice"},
        {"functional_ack", "acknowledgment"},
        {"interchange", "ISA"},
        {"inventory", "stock report"},
    };

    for (unsigned i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
        if (bytes_are(kind, titles[i][0]))
            return titles[i][1];
    return NULL;
}

const char *review_keys_text(const struct review *review, const struct review_finding *finding)
{
    const struct bytes *field = finding->mismatch.field;
    const char *title = title_of(field[MISMATCH_DOCUMENT]), *text;
    bool same = bytes_equal(field[MISMATCH_NUMBER], field[MISMATCH_ORDER]);
    bool with_line = field[MISMATCH_LINE].len > 0;

    /* Of what is not acknowledged the group is told, whatever stands in it. */
    if (finding->rule == RULE_ACK_LATE)
        title = "group";
    /* An item stands with its line; without one it is what the document has to do with. */
    text = arena_format(review->arena, "%s%s%s%s", field[MISMATCH_ORDER].len > 0 ? "PO " : "",
                        plain(review, field[MISMATCH_ORDER]), field[MISMATCH_LINE].len > 0 ? " line " : "",
                        plain(review, field[MISMATCH_LINE]));
    if (text != NULL && with_line && field[MISMATCH_ITEM].len > 0)
        text = arena_format(review->arena, "%s %s", text, plain(review, field[MISMATCH_ITEM]));
    if (text != NULL && field[MISMATCH_NUMBER].len > 0 && !same)
        text = arena_format(review->arena, "%s%s%s%s%s", text, text[0] != '\0' ? " " : "",
                            title != NULL ? title : plain(review, field[MISMATCH_DOCUMENT]),
                            title != NULL || field[MISMATCH_DOCUMENT].len > 0 ? " " : "",
                            plain(review, field[MISMATCH_NUMBER]));
    if (text != NULL && !with_line && field[MISMATCH_ITEM].len > 0)
        text = arena_format(review->arena, "%s%s%s", text, text[0] != '\0' ? ", " : "",
                            plain(review, field[MISMATCH_ITEM]));
    return text != NULL ? text : "";
}

const char *review_local_text(const struct review *review, int64_t moment)
{
    int32_t offset = zone_offset(&review->calendar.zone, moment),
            minutes = (offset < 0 ? -offset : offset) / 60;
    char text[MOMENT_TEXT + 1];
    const char *whole;

    (void)moment_print(moment + offset, text);
    whole = arena_format(review->arena, "%.10s %.5s %c%02d%02d", text, text + 11, offset < 0 ? '-' : '+',
                         minutes / 60, minutes % 60);
    return whole != NULL ? whole : "";
}

/* --- the head */

static void put_verdict(struct canon_sink *out, const struct review *review)
{
    canon_sink_format(out, "RECON %s  %s  new %zu  open %zu  cleared %zu  unaccounted %lld  at-risk %s%s\n",
                      review_local_text(review, review->now), review->verdict, review->counts[REVIEW_NEW],
                      review->counts[REVIEW_OPEN], review->counts[REVIEW_CLEARED],
                      (long long)review->unaccounted, review_risk_text(review),
                      review->inputs_good ? "" : "  INPUTS INCOMPLETE");
}

static void put_sources(struct canon_sink *out, const struct review *review)
{
    put(out, review->inputs_good ? "\nInputs\n" : "\nInputs: not complete, so this report is not either\n");
    if (review->n_sources == 0)
        put(out, "  nothing came yet\n");
    for (size_t i = 0; i < review->n_sources; i++) {
        const struct review_source *source = &review->sources[i];
        int64_t moment;

        canon_sink_format(out, "  %s %s: %s, %lld %s", source->what,
                          source->name.len > 0 ? plain(review, source->name) : "nobody known",
                          moment_parse(source->newest, &zone_utc, &moment) ? review_local_text(review, moment)
                                                                           : "never",
                          (long long)source->count, source->count == 1 ? "record" : "records");
        if (source->is_old)
            canon_sink_format(out, "  %s", source->why != NULL ? source->why : "too old");
        if (source->is_old && source->limit != NULL)
            canon_sink_format(out, " (limit %s, %s)", source->limit->text, source->limit->origin);
        put(out, "\n");
    }
}

static void put_part(struct canon_sink *out, const char *name, int64_t count, const char *mark)
{
    if (count != 0)
        canon_sink_format(out, "%s%s %lld", mark, name, (long long)count);
}

static void put_controls(struct canon_sink *out, const struct review *review)
{
    if (review->n_controls > 0)
        put(out, "\nControl totals\n");
    for (size_t i = 0; i < review->n_controls; i++) {
        const struct review_control *control = &review->controls[i];

        canon_sink_format(out, "  %s  read %lld = translated %lld",
                          control->partner.len > 0 ? plain(review, control->partner) : "nobody known",
                          (long long)control->read, (long long)control->translated);
        put_part(out, "held", control->held, " + ");
        put_part(out, "rejected", control->rejected, " + ");
        put_part(out, "duplicate", control->duplicate, " + ");
        put_part(out, "ignored", control->ignored, " + ");
        if (control->sent > 0)
            canon_sink_format(out, "; sent %lld = acknowledged %lld", (long long)control->sent,
                              (long long)control->acknowledged);
        put_part(out, "pending", control->pending, " + ");
        put_part(out, "refused", control->refused, " + ");
        put(out, "\n");
    }
}

/* --- findings */

static void put_finding(struct canon_sink *out, const struct review *review,
                        const struct review_finding *finding)
{
    const struct rule_info *info = rule_info(finding->rule);
    const struct bytes *field = finding->mismatch.field;

    canon_sink_format(out, "%-10s %c %2ud %-8s %s: %s", info->code,
                      info->class == CLASS_TECHNICAL ? 'T' : 'B', finding->age,
                      plain(review, field[MISMATCH_PARTNER]), review_keys_text(review, finding),
                      plain(review, field[MISMATCH_TEXT]));
    if (field[MISMATCH_EXPECTED].len > 0 || field[MISMATCH_FOUND].len > 0)
        canon_sink_format(out, "; expected %s, found %s", plain(review, field[MISMATCH_EXPECTED]),
                          plain(review, field[MISMATCH_FOUND]));
    if (field[MISMATCH_DIFFERENCE].len > 0)
        canon_sink_format(out, ", difference %s", plain(review, field[MISMATCH_DIFFERENCE]));
    if (field[MISMATCH_LIMIT].len > 0)
        canon_sink_format(out, " (limit %s, %s)", plain(review, field[MISMATCH_LIMIT]),
                          plain(review, field[MISMATCH_ORIGIN]));
    if (field[MISMATCH_AMOUNT].len > 0)
        canon_sink_format(out, "; at risk %s%s%s", plain(review, field[MISMATCH_AMOUNT]),
                          field[MISMATCH_CURRENCY].len > 0 ? " " : "",
                          plain(review, field[MISMATCH_CURRENCY]));
    if (field[MISMATCH_OWNER].len > 0)
        canon_sink_format(out, "; %s looks after it", plain(review, field[MISMATCH_OWNER]));
    if (field[MISMATCH_COMMENT].len > 0)
        canon_sink_format(out, "; \"%s\"", plain(review, field[MISMATCH_COMMENT]));
    if (finding->state == REVIEW_NEW || finding->state == REVIEW_OPEN)
        canon_sink_format(out, "; %s", info->action);
    canon_sink_format(out, "  [%s]\n", plain(review, field[MISMATCH_ID]));
}

static size_t put_state(struct canon_sink *out, const struct review *review, enum review_state state,
                        const char *title)
{
    size_t n = 0;

    for (size_t i = 0; i < review->n_findings; i++) {
        const struct review_finding *finding = &review->findings[i];

        if (finding->state != state)
            continue;
        if (n++ == 0)
            canon_sink_format(out, "\n%s\n", title);
        put_finding(out, review, finding);
    }
    return n;
}

/* Open ones stand with the oldest first: a line before each age. */
static void put_open(struct canon_sink *out, const struct review *review)
{
    unsigned last = REVIEW_AGES;

    for (size_t i = 0; i < review->n_findings; i++) {
        const struct review_finding *finding = &review->findings[i];
        unsigned age = review_age(finding->age);

        if (finding->state != REVIEW_OPEN)
            continue;
        if (age != last)
            canon_sink_format(out, "\nOPEN %s: %zu\n", review_age_names[age], review->by_age[age]);
        last = age;
        put_finding(out, review, finding);
    }
}

void review_put_text(struct canon_sink *out, const struct review *review, bool more)
{
    put_verdict(out, review);
    put_sources(out, review);
    put_controls(out, review);
    if (review->counts[REVIEW_NEW] + review->counts[REVIEW_OPEN] == 0)
        put(out, "\nNo exceptions.\n");
    (void)put_state(out, review, REVIEW_NEW, "NEW");
    put_open(out, review);
    if (review->counts[REVIEW_TOLERATED] + review->counts[REVIEW_WAIVED] + review->counts[REVIEW_CLEARED] >
            0 &&
        !more)
        canon_sink_format(out, "\nWithin tolerance %zu, waived %zu, cleared %zu (-v lists them)\n",
                          review->counts[REVIEW_TOLERATED], review->counts[REVIEW_WAIVED],
                          review->counts[REVIEW_CLEARED]);
    if (!more)
        return;
    (void)put_state(out, review, REVIEW_CLEARED, "CLEARED");
    (void)put_state(out, review, REVIEW_WAIVED, "WAIVED");
    (void)put_state(out, review, REVIEW_TOLERATED, "WITHIN TOLERANCE");
}
