/* The drawings of reconcile's page. */
#include "base/date.h"
#include "report/review_page.h"

/* --- ages: a bar an age, in parts by severity */

enum { AGE_WIDTH = 400, AGE_STEP = 30, AGE_BAR = 18, AGE_LEFT = 132, AGE_ROOM = 220 };

static const char *const severity_classes[] = {"info", "warn", "error"};
enum { SEVERITIES = sizeof(severity_classes) / sizeof(severity_classes[0]) };

static unsigned severity_row(enum severity severity)
{
    return severity == SEVERITY_ERROR ? 2 : severity == SEVERITY_WARN ? 1 : 0;
}

void review_put_ages(struct buffer *out, const struct review *review)
{
    size_t counts[REVIEW_AGES][SEVERITIES] = {{0}}, sums[REVIEW_AGES] = {0}, most = 1;

    for (size_t i = 0; i < review->n_findings; i++) {
        const struct review_finding *finding = &review->findings[i];
        unsigned age = review_age(finding->age);

        if (finding->state != REVIEW_NEW && finding->state != REVIEW_OPEN)
            continue;
        counts[age][severity_row(finding->severity)]++;
        if (++sums[age] > most)
            most = sums[age];
    }
    buffer_add_format(
        out, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"New and open findings by age\">\n",
        AGE_WIDTH, REVIEW_AGES * AGE_STEP);
    for (int age = 0; age < REVIEW_AGES; age++) {
        int x = AGE_LEFT, y = age * AGE_STEP + (AGE_STEP - AGE_BAR) / 2;

        buffer_add_format(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", AGE_LEFT - 8,
                          y + 13, review_age_names[age]);
        for (int severity = SEVERITIES - 1; severity >= 0; severity--) {
            size_t count = counts[age][severity];
            int width = (int)(count * AGE_ROOM / most);

            if (count == 0)
                continue;
            width = width < 2 ? 2 : width;
            buffer_add_format(out,
                              "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\">"
                              "<title>%zu %s, %s</title></rect>\n",
                              severity_classes[severity], x, y, width, AGE_BAR, count,
                              severity_classes[severity], review_age_names[age]);
            x += width;
        }
        buffer_add_format(out, "<text x=\"%d\" y=\"%d\">%zu</text>\n", x + 6, y + 13, sums[age]);
    }
    buffer_add_string(out, "</svg>\n");
}

/* --- days: a column a day, what was open with what was new on top, and below the line what was cleared */

enum {
    DAY_WIDTH = 400,
    DAY_LEFT = 34,
    DAY_STEP = 12,
    DAY_BAR = 9,
    DAY_TOP = 14,
    DAY_UP = 110,  /* y for the most that was open */
    DAY_DOWN = 40, /* likewise cleared */
    DAY_AXIS = DAY_TOP + DAY_UP,
    DAY_HEIGHT = DAY_AXIS + DAY_DOWN + 20
};

static bool number_of(struct bytes date, int64_t *out)
{
    struct date day;

    if (!date_parse_iso(date, &day))
        return false;
    *out = date_days(day);
    return true;
}

/* Upwards or downwards from y; at least so high that it is seen. */
static int put_column(struct buffer *out, const char *class, int x, int y, int64_t count, int64_t most,
                      int room)
{
    int height = (int)(count * room / most);

    if (count == 0)
        return 0;
    height = height < 2 ? 2 : height;
    buffer_add_format(out, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n", class, x,
                      class[0] == 'c' ? y : y - height, DAY_BAR, height);
    return height;
}

void review_put_days(struct buffer *out, const struct review *review)
{
    int64_t up = 1, down = 1, last = 0, day;

    for (size_t i = 0; i < review->n_days; i++) {
        const struct review_day *at = &review->days[i];

        up = at->fresh + at->open > up ? at->fresh + at->open : up;
        down = at->cleared > down ? at->cleared : down;
    }
    if (review->n_days == 0 || !number_of((struct bytes){review->at.at, DATE_TEXT}, &last)) {
        buffer_add_string(out, "<p>This is the first day.</p>\n");
        return;
    }
    buffer_add_format(
        out,
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"New, open and cleared findings of the "
        "last %d days\">\n<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#94a3b8\"/>\n"
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%lld</text>\n"
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">0</text>\n",
        DAY_WIDTH, DAY_HEIGHT, REVIEW_DAYS, DAY_LEFT, DAY_AXIS, DAY_LEFT + REVIEW_DAYS * DAY_STEP, DAY_AXIS,
        DAY_LEFT - 6, DAY_TOP + 8, (long long)up, DAY_LEFT - 6, DAY_AXIS + 4);
    for (size_t i = 0; i < review->n_days; i++) {
        const struct review_day *at = &review->days[i];
        int x, height;

        if (!number_of(at->date, &day) || last - day >= REVIEW_DAYS)
            continue;
        x = DAY_LEFT + (int)(REVIEW_DAYS - 1 - (last - day)) * DAY_STEP + (DAY_STEP - DAY_BAR) / 2;
        buffer_add_format(out, "<g><title>%.*s: %lld new, %lld open, %lld cleared</title>\n",
                          BYTES_ARG(at->date), (long long)at->fresh, (long long)at->open,
                          (long long)at->cleared);
        height = put_column(out, "open", x, DAY_AXIS, at->open, up, DAY_UP);
        (void)put_column(out, "new", x, DAY_AXIS - height, at->fresh, up, DAY_UP);
        (void)put_column(out, "cleared", x, DAY_AXIS, at->cleared, down > up ? down : up, DAY_DOWN);
        buffer_add_string(out, "</g>\n");
    }
    buffer_add_format(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%.*s</text>\n</svg>\n",
                      DAY_LEFT + REVIEW_DAYS * DAY_STEP, DAY_HEIGHT - 4, DATE_TEXT, review->at.at);
}
