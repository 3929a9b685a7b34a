#include "diag/report.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"
#include "diag/report_form.h"

enum { LINE_CEILING = 64 * 1024, PRINT_LIMIT = 100 };

void report_init(struct report *report, const char *tool)
{
    *report = (struct report){
        .format = REPORT_TEXT, .threshold = SEVERITY_WARN, .print_limit = PRINT_LIMIT, .tool = tool};
    buffer_init(&report->line, LINE_CEILING);
}

void report_release(struct report *report)
{
    buffer_release(&report->line);
}

static void count(struct report *report, enum severity severity, enum complaint_class class)
{
    report->counts[severity][class]++;
    if (severity < SEVERITY_ERROR)
        return;
    if (class == CLASS_BUSINESS)
        report->refused = true;
    else if (class == CLASS_TECHNICAL)
        report->failed = true;
    else
        report->misused = true;
}

/* Whether it is to be printed; business findings use up the bound. */
static bool admit(struct report *report, enum severity severity, enum complaint_class class)
{
    if (severity < report->threshold || report->write == NULL)
        return false;
    if (class != CLASS_BUSINESS)
        return true;
    if (report->print_limit != 0 && report->printed >= report->print_limit) {
        report->suppressed++;
        return false;
    }
    report->printed++;
    return true;
}

static void hand_over(struct report *report)
{
    if (!report->line.failed)
        report->write(report->to, report->line.at, report->line.len);
}

/* What can be said of a finding when there is no memory to say it all. */
static void print_code(struct report *report, const struct complaint_info *info, enum severity severity)
{
    char line[256];
    int len = snprintf(line, sizeof(line),
                       report->format == REPORT_JSON
                           ? "{\"tool\":\"%s\",\"code\":\"%s\",\"severity\":\"%s\"}\n"
                           : "%s: %s %s\n",
                       report->tool, info->code, severity_name(severity));

    if (len > 0 && (size_t)len < sizeof(line))
        report->write(report->to, line, (size_t)len);
}

void report_add(struct report *report, const struct finding *finding)
{
    const struct complaint_info *info = complaint_info(finding->complaint);
    enum severity severity = finding->severity != SEVERITY_OFF ? finding->severity : info->severity;

    if (severity == SEVERITY_OFF)
        return;
    count(report, severity, info->class);
    if (!admit(report, severity, info->class))
        return;
    buffer_clear(&report->line);
    if (report->format == REPORT_JSON)
        report_form_json(&report->line, report->tool, finding, severity);
    else
        report_form_text(&report->line, report->tool, finding, severity);
    if (report->line.failed)
        print_code(report, info, severity);
    else
        hand_over(report);
}

void report_say(struct report *report, enum complaint complaint, const char *file, const char *format, ...)
{
    char detail[2048];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(detail, sizeof(detail), format, arguments);
    va_end(arguments);
    report_add(report, &(struct finding){.complaint = complaint, .place.file = file, .detail = detail});
}

void report_close(struct report *report)
{
    if (report->suppressed == 0 || report->write == NULL)
        return;
    buffer_clear(&report->line);
    if (report->format == REPORT_JSON)
        buffer_add_format(&report->line, "{\"tool\":\"%s\",\"not_printed\":%u}\n", report->tool,
                          report->suppressed);
    else
        buffer_add_format(&report->line, "%s: %u more finding%s not printed (--max-findings)\n", report->tool,
                          report->suppressed, report->suppressed == 1 ? "" : "s");
    hand_over(report);
    report->suppressed = 0;
}

int report_status(const struct report *report)
{
    return report->misused ? 2 : report->failed ? 3 : report->refused ? 1 : 0;
}

/* --- foreign bytes */

/* Controls, and what is not seen or changes how its neighbours look: marks of direction, zero width, line
 * separators, tags, interlinear marks, what is no character at all. */
static bool is_hidden(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0xad || point == 0x61c ||
           point == 0x180e || (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2060 && point <= 0x206f) || point == 0xfeff || (point >= 0xfff0 && point <= 0xfffb) ||
           (point & 0xfffe) == 0xfffe || (point >= 0xe0000 && point <= 0xe0fff);
}

/* Where to cut so that no character is torn. */
static size_t cut_at(struct bytes text, size_t max)
{
    size_t back;
    uint32_t point;

    if (text.len <= max)
        return text.len;
    for (back = 1; back <= 3 && back <= max; back++) {
        unsigned step = utf8_character(text.at + max - back, text.len - (max - back), &point);

        if (step > back)
            return max - back;
        if (step != 0)
            break;
    }
    return max;
}

static void add_safe(struct buffer *into, struct bytes text, size_t max, bool quoted)
{
    static const char digits[] = "0123456789abcdef";
    size_t end = cut_at(text, max), i = 0;

    while (i < end) {
        uint32_t point;
        unsigned step = utf8_character(text.at + i, text.len - i, &point);

        if (step != 0 && !is_hidden(point)) {
            if (quoted && (point == '\\' || point == '"'))
                buffer_add_byte(into, '\\');
            buffer_add(into, text.at + i, step);
            i += step;
            continue;
        }
        for (unsigned n = step != 0 ? step : 1; n > 0; n--, i++) {
            unsigned char c = (unsigned char)text.at[i];

            buffer_add(into, "\\x", 2);
            buffer_add_byte(into, digits[c >> 4]);
            buffer_add_byte(into, digits[c & 15]);
        }
    }
    if (end < text.len)
        buffer_add(into, "...", 3);
}

void report_quote(struct buffer *into, struct bytes foreign, size_t max)
{
    add_safe(into, foreign, max, true);
}

void report_plain(struct buffer *into, struct bytes text, size_t max)
{
    add_safe(into, text, max, false);
}
