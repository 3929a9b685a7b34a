#include "report/review_page.h"

#include <stdlib.h>

#include "base/base64.h"
#include "base/hash.h"
#include "report/page_parts.h"
#include "report/review_show.h"
#include "report/trace_show.h"

enum { MAX_ROWS = 5000 /* of a table: a browser must still be able to sort them */ };

static void put(struct buffer *out, const char *text)
{
    buffer_add_string(out, text);
}

/* Foreign text, as an attribute's value as well. */
static void put_foreign(struct buffer *out, struct bytes text)
{
    if (review_is_formula(text))
        put(out, "&#39;");
    trace_put_markup(out, text);
}

static void put_text(struct buffer *out, const char *text)
{
    put_foreign(out, bytes_of(text));
}

/* --- head */

/* The script's hash, so that no other runs (Content Security Policy 3, 2.3.1). */
static bool put_head(struct buffer *out, const struct review *review)
{
    struct sha256 *hash = sha256_open();
    char hex[65], raw[32];
    struct bytes text;

    if (hash == NULL)
        return false;
    sha256_begin(hash);
    sha256_add(hash, review_js, strlen(review_js));
    sha256_hex(hash, hex);
    sha256_close(hash);
    for (unsigned i = 0; i < sizeof(raw); i++) {
        const char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};

        raw[i] = (char)strtoul(pair, NULL, 16);
    }
    text = base64_encode(review->arena, (struct bytes){raw, sizeof(raw)});
    buffer_add_format(out,
                      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
                      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#39;; "
                      "style-src &#39;unsafe-inline&#39;; script-src &#39;sha256-%.*s&#39;\"/>\n"
                      "<title>%s %s: reconciliation</title>\n<style>\n",
                      BYTES_ARG(text), review->verdict, review_local_text(review, review->now));
    put(out, review_css);
    put(out, "</style>\n</head>\n<body>\n");
    return text.at != NULL;
}

/* --- verdict */

static void put_tile(struct buffer *out, const char *class, const char *what, const char *value)
{
    buffer_add_format(out, "<li class=\"%s\"><b>", class);
    put_text(out, value);
    buffer_add_format(out, "</b> %s</li>\n", what);
}

static void put_count(struct buffer *out, const char *class, const char *what, int64_t count)
{
    buffer_add_format(out, "<li class=\"%s\"><b>%lld</b> %s</li>\n", class, (long long)count, what);
}

static void put_verdict(struct buffer *out, const struct review *review)
{
    size_t n = review->counts[REVIEW_NEW] + review->counts[REVIEW_OPEN];

    buffer_add_format(out, "<header class=\"verdict %s\">\n<h1>%s: reconciliation of %s</h1>\n",
                      review->verdict, review->verdict, review_local_text(review, review->now));
    if (n == 0)
        put(out, "<p>Everything that was compared agrees.</p>\n");
    else
        buffer_add_format(out, "<p>%zu finding%s new, %zu open from before.</p>\n",
                          review->counts[REVIEW_NEW], review->counts[REVIEW_NEW] == 1 ? " is" : "s are",
                          review->counts[REVIEW_OPEN]);
    if (!review->inputs_good)
        put(out,
            "<p class=\"incomplete\">The <a href=\"#inputs\">inputs</a> are not complete, so this report is "
            "not either.</p>\n");
    put(out, "</header>\n<ul class=\"tiles\">\n");
    put_count(out, "", "new", (int64_t)review->counts[REVIEW_NEW]);
    put_count(out, "", "open", (int64_t)review->counts[REVIEW_OPEN]);
    put_count(out, "", "cleared", (int64_t)review->counts[REVIEW_CLEARED]);
    put_count(out, review->unaccounted != 0 ? "bad" : "", "unaccounted for", review->unaccounted);
    put_tile(out, "", "at risk", review_risk_text(review));
    put(out, "</ul>\n");
}

/* --- drawings */

static void put_charts(struct buffer *out, const struct review *review)
{
    put(out, "<div class=\"charts\">\n<figure>\n<figcaption>How old it is, in working days</figcaption>\n");
    review_put_ages(out, review);
    put(out,
        "<p class=\"legend\"><i class=\"error\"></i>error<i class=\"warn\"></i>warning<i class=\"info\"></i>"
        "information</p>\n</figure>\n<figure>\n<figcaption>The last 30 days</figcaption>\n");
    review_put_days(out, review);
    if (review->n_days > 0)
        put(out, "<p class=\"legend\"><i class=\"new\"></i>new<i class=\"open\"></i>open"
                 "<i class=\"cleared\"></i>cleared</p>\n");
    put(out, "</figure>\n</div>\n");
}

/* --- findings */

static void put_attribute(struct buffer *out, const char *name, struct bytes value)
{
    buffer_add_format(out, " data-%s=\"", name);
    put_foreign(out, value);
    put(out, "\"");
}

static void put_small(struct buffer *out, const char *before, struct bytes text, const char *after)
{
    if (text.len == 0)
        return;
    put(out, before);
    put_foreign(out, text);
    put(out, after);
}

static void put_what(struct buffer *out, const struct review_finding *finding)
{
    const struct bytes *field = finding->mismatch.field;

    put(out, "<td>");
    put_foreign(out, field[MISMATCH_TEXT]);
    if (field[MISMATCH_EXPECTED].len > 0 || field[MISMATCH_FOUND].len > 0) {
        put(out, "<small>expected <b>");
        put_foreign(out, field[MISMATCH_EXPECTED]);
        put(out, "</b>, found <b>");
        put_foreign(out, field[MISMATCH_FOUND]);
        put(out, "</b>");
        put_small(out, ", difference ", field[MISMATCH_DIFFERENCE], "");
        put(out, "</small>");
    }
    if (field[MISMATCH_LIMIT].len > 0) {
        put_small(out, "<small>limit ", field[MISMATCH_LIMIT], "");
        put_small(out, ", ", field[MISMATCH_ORIGIN], "");
        put(out, "</small>");
    }
    if (finding->state == REVIEW_NEW || finding->state == REVIEW_OPEN)
        buffer_add_format(out, "<small>%s</small>", rule_info(finding->rule)->action);
    put(out, "</td>\n");
}

static void put_keys(struct buffer *out, const struct review *review, const struct review_finding *finding,
                     const struct review_link *link)
{
    bool linked = link != NULL && link->name[0] != '\0';

    put(out, "<td class=\"keys\">");
    if (linked)
        buffer_add_format(out, "<a href=\"%s\">", link->name);
    put(out, "<bdi>");
    put_text(out, review_keys_text(review, finding));
    put(out, linked ? "</bdi></a></td>\n" : "</bdi></td>\n");
}

static void put_finding(struct buffer *out, const struct review *review, const struct review_finding *finding,
                        const struct review_links *links)
{
    const struct rule_info *info = rule_info(finding->rule);
    const struct bytes *field = finding->mismatch.field;
    const char *severity = severity_name(finding->severity);

    buffer_add_format(out, "<tr data-state=\"%s\" data-severity=\"%s\" data-class=\"%s\" data-code=\"%s\"",
                      review_state_names[finding->state], severity, complaint_class_name(info->class),
                      info->code);
    put_attribute(out, "partner", field[MISMATCH_PARTNER]);
    put_attribute(out, "order", field[MISMATCH_ORDER]);
    buffer_add_format(
        out,
        "><td><a class=\"code\" href=\"#%s\">%s</a> <span class=\"mark %s\">%s</span>"
        "<small>%s</small></td>\n<td class=\"n\" data-what=\"age\" data-key=\"%u\">%u d<small>%s"
        "</small></td>\n<td%s>",
        info->code, info->code, severity, severity, complaint_class_name(info->class), finding->age,
        finding->age, review_state_names[finding->state],
        field[MISMATCH_PARTNER].len > 0 ? " data-what=\"partner\"" : "");
    if (field[MISMATCH_PARTNER].len > 0)
        put_foreign(out, field[MISMATCH_PARTNER]);
    put(out, "</td>\n");
    put_keys(out, review, finding, review_link_of(links, finding));
    put_what(out, finding);
    put(out, field[MISMATCH_AMOUNT].len > 0 ? "<td class=\"n\" data-what=\"at risk\"" : "<td class=\"n\"");
    put_attribute(out, "key", field[MISMATCH_AMOUNT]);
    put(out, ">");
    if (field[MISMATCH_AMOUNT].len > 0)
        put_foreign(out, field[MISMATCH_AMOUNT]);
    put_small(out, " ", field[MISMATCH_CURRENCY], "");
    put(out, "</td>\n<td>");
    put_foreign(out, field[MISMATCH_OWNER]);
    put_small(out, "<small>", field[MISMATCH_COMMENT], "</small>");
    put(out, "<small><code>");
    put_foreign(out, field[MISMATCH_ID]);
    put(out, "</code></small></td></tr>\n");
}

static bool is_active(const struct review_finding *finding)
{
    return finding->state == REVIEW_NEW || finding->state == REVIEW_OPEN;
}

/* How many there are of these. */
static size_t put_table(struct buffer *out, const struct review *review, const struct review_links *links,
                        bool active)
{
    size_t n = 0;

    put(out, "<div class=\"wide\"><table class=\"findings\">\n<thead><tr><th>what</th><th class=\"n\" "
             "data-kind=\"number\">age</th><th>partner</th><th>about</th><th>in words</th><th class=\"n\" "
             "data-kind=\"number\">at risk</th><th>who, id</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < review->n_findings; i++)
        if (is_active(&review->findings[i]) == active && n++ < MAX_ROWS)
            put_finding(out, review, &review->findings[i], links);
    put(out, "</tbody>\n</table></div>\n");
    if (n > MAX_ROWS)
        buffer_add_format(out, "<p>%zu more are not shown here: <code>reconcile --csv</code> has all.</p>\n",
                          n - MAX_ROWS);
    return n;
}

static void put_choice(struct buffer *out, const char *name, const char *all, const char *const *values,
                       size_t n)
{
    buffer_add_format(out, "<select name=\"%s\" aria-label=\"%s\"><option value=\"\">%s</option>", name, name,
                      all);
    for (size_t i = 0; i < n; i++)
        buffer_add_format(out, "<option>%s</option>", values[i]);
    put(out, "</select>\n");
}

static int by_text(const void *a, const void *b)
{
    return bytes_compare(*(const struct bytes *)a, *(const struct bytes *)b);
}

/* Each partner that something is said of, once. */
static void put_partners(struct buffer *out, const struct review *review)
{
    struct bytes *partners = arena_zalloc(review->arena, review->n_findings, sizeof(*partners));

    if (partners == NULL)
        return;
    for (size_t i = 0; i < review->n_findings; i++)
        partners[i] = review->findings[i].mismatch.field[MISMATCH_PARTNER];
    qsort(partners, review->n_findings, sizeof(*partners), by_text);
    put(out, "<select name=\"partner\" aria-label=\"partner\"><option value=\"\">any partner</option>");
    for (size_t i = 0; i < review->n_findings; i++) {
        if (partners[i].len == 0 || (i > 0 && bytes_equal(partners[i - 1], partners[i])))
            continue;
        put(out, "<option>");
        put_foreign(out, partners[i]);
        put(out, "</option>");
    }
    put(out, "</select>\n");
}

static bool occurs(const struct review *review, enum rule rule)
{
    for (size_t i = 0; i < review->n_findings; i++)
        if (review->findings[i].rule == rule)
            return true;
    return false;
}

static void put_filter(struct buffer *out, const struct review *review)
{
    static const char *const severities[] = {"error", "warn", "info"}, *const classes[] = {"business",
                                                                                           "technical"};
    const char *codes[RULES];
    size_t n = 0;

    for (enum rule rule = 0; rule < RULES; rule++)
        if (occurs(review, rule))
            codes[n++] = rule_info(rule)->code;
    put(out, "<form class=\"filter\" hidden=\"hidden\">\n<input type=\"search\" name=\"text\" "
             "placeholder=\"words, numbers\" aria-label=\"words\"/>\n");
    put_choice(out, "state", "any state", review_state_names, REVIEW_STATES);
    put_choice(out, "severity", "any severity", severities, 3);
    put_choice(out, "class", "any class", classes, 2);
    put_choice(out, "code", "any code", codes, n);
    put_partners(out, review);
    put(out, "<output></output>\n</form>\n");
}

/* Each order that something is said of, once. */
static void put_numbers(struct buffer *out, const struct review_links *links)
{
    struct bytes last = {NULL, 0};

    if (links->n == 0)
        return;
    put(out, "<details>\n<summary>Order numbers, to paste elsewhere</summary>\n<pre class=\"numbers\">");
    for (size_t i = 0; i < links->n; i++) {
        if (i > 0 && bytes_equal(last, links->at[i].order))
            continue;
        last = links->at[i].order;
        put(out, i > 0 ? "\n" : "");
        put_foreign(out, last);
    }
    put(out, "</pre>\n</details>\n");
}

static void put_findings(struct buffer *out, const struct review *review, const struct review_links *links)
{
    size_t active = review->counts[REVIEW_NEW] + review->counts[REVIEW_OPEN],
           rest = review->n_findings - active;

    put(out, "<h2>New and open</h2>\n");
    if (review->n_findings > 0)
        put_filter(out, review);
    if (active == 0)
        put(out, "<p class=\"whole\">No exceptions.</p>\n");
    else
        (void)put_table(out, review, links, true);
    put_numbers(out, links);
    if (rest == 0)
        return;
    buffer_add_format(out, "<details>\n<summary>Cleared %zu, waived %zu, within tolerance %zu</summary>\n",
                      review->counts[REVIEW_CLEARED], review->counts[REVIEW_WAIVED],
                      review->counts[REVIEW_TOLERATED]);
    (void)put_table(out, review, links, false);
    put(out, "</details>\n");
}

/* --- inputs and totals */

static void put_sources(struct buffer *out, const struct review *review)
{
    put(out, "<h2 id=\"inputs\">Inputs</h2>\n");
    if (review->n_sources == 0) {
        put(out, "<p>Nothing came yet.</p>\n");
        return;
    }
    put(out,
        "<div class=\"wide\"><table>\n<thead><tr><th>from</th><th>newest</th><th class=\"n\">records</th>"
        "<th></th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < review->n_sources; i++) {
        const struct review_source *source = &review->sources[i];
        int64_t moment;

        buffer_add_format(out, "<tr><td>%s ", source->what);
        put_foreign(out, source->name.len > 0 ? source->name : BYTES("nobody known"));
        put(out, "</td><td>");
        put_text(out, moment_parse(source->newest, &zone_utc, &moment) ? review_local_text(review, moment)
                                                                       : "never");
        buffer_add_format(out, "</td><td class=\"n\">%lld</td><td class=\"%s\">", (long long)source->count,
                          source->is_old ? "bad" : "");
        if (source->is_old)
            put_text(out, source->why != NULL ? source->why : "too old");
        if (source->is_old && source->limit != NULL) {
            put(out, " (limit ");
            put_text(out, source->limit->text);
            put(out, ", ");
            put_text(out, source->limit->origin);
            put(out, ")");
        }
        put(out, "</td></tr>\n");
    }
    put(out, "</tbody>\n</table></div>\n");
}

static void put_controls(struct buffer *out, const struct review *review)
{
    static const char *const names[] = {"read",         "translated", "held",        "rejected",
                                        "duplicate",    "ignored",    "unaccounted", "sent",
                                        "acknowledged", "pending",    "refused"};

    if (review->n_controls == 0)
        return;
    put(out, "<h2>Control totals</h2>\n<div class=\"wide\"><table>\n<thead><tr><th>partner</th>");
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        buffer_add_format(out, "<th class=\"n\">%s</th>", names[i]);
    put(out, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < review->n_controls; i++) {
        const struct review_control *c = &review->controls[i];
        const int64_t counts[] = {c->read,
                                  c->translated,
                                  c->held,
                                  c->rejected,
                                  c->duplicate,
                                  c->ignored,
                                  c->read - c->translated - c->held - c->rejected - c->duplicate - c->ignored,
                                  c->sent,
                                  c->acknowledged,
                                  c->pending,
                                  c->refused};

        put(out, "<tr><td>");
        put_foreign(out, c->partner.len > 0 ? c->partner : BYTES("nobody known"));
        put(out, "</td>");
        for (unsigned j = 0; j < sizeof(counts) / sizeof(counts[0]); j++)
            buffer_add_format(out, "<td class=\"n%s\">%lld</td>", j == 6 && counts[j] != 0 ? " bad" : "",
                              (long long)counts[j]);
        put(out, "</tr>\n");
    }
    put(out, "</tbody>\n</table></div>\n");
}

/* --- what the codes mean */

static void put_sentence(struct buffer *out, const char *label, const char *text)
{
    if (text[0] == '\0')
        return;
    buffer_add_format(out, "<dd>%s", label);
    trace_put_markup(out, bytes_of(text));
    put(out, "</dd>\n");
}

static void put_help(struct buffer *out, const struct review *review)
{
    if (review->n_findings == 0)
        return;
    put(out, "<h2>What the codes mean</h2>\n<dl>\n");
    for (enum rule rule = 0; rule < RULES; rule++) {
        const struct rule_info *info = rule_info(rule);

        if (!occurs(review, rule))
            continue;
        buffer_add_format(out, "<dt id=\"%s\">%s <small>(%s, %s)</small></dt>\n", info->code, info->code,
                          info->comparison, complaint_class_name(info->class));
        put_sentence(out, "", info->question);
        put_sentence(out, "Found: ", info->answer);
        put_sentence(out, "At risk: ", info->amount);
        put_sentence(out, "Do: ", info->action);
    }
    put(out, "</dl>\n");
}

bool review_put_page(struct buffer *out, const struct review *review, const struct review_links *links)
{
    if (!put_head(out, review))
        return false;
    put_verdict(out, review);
    put(out, "<main>\n");
    put_charts(out, review);
    put_findings(out, review, links);
    put_sources(out, review);
    put_controls(out, review);
    put_help(out, review);
    put(out, "</main>\n<script>");
    put(out, review_js);
    put(out, "</script>\n</body>\n</html>\n");
    return !out->failed;
}
