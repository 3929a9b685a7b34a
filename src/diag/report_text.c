#include "diag/report_form.h"

/* Text that may hold foreign parts, after `before` when there is any; whether there was. */
static bool add_part(struct buffer *into, const char *before, struct bytes text, const char *after)
{
    if (text.len == 0)
        return false;
    buffer_add_string(into, before);
    report_plain(into, text, REPORT_TEXT_MAX);
    buffer_add_string(into, after);
    return true;
}

static void add_value(struct buffer *into, const char *before, struct bytes value)
{
    if (value.at == NULL)
        return;
    buffer_add_string(into, before);
    buffer_add_byte(into, '"');
    report_quote(into, value, REPORT_VALUE_MAX);
    buffer_add_byte(into, '"');
    if (value.len > REPORT_VALUE_MAX)
        buffer_add_format(into, " (%zu bytes)", value.len);
}

static bool has_structure(const struct place *place)
{
    return place->has_offset || place->interchange.len > 0 || place->group.len > 0 || place->set.len > 0 ||
           place->set_id.len > 0 || place->key.len > 0 || place->segment.len > 0 || place->ordinal > 0;
}

/* "850.edi:18:4 (byte 1042)" */
static bool add_file(struct buffer *into, const char *before, const struct place *place)
{
    size_t start = into->len;

    if (place->file != NULL) {
        add_part(into, before, bytes_of(place->file), "");
        if (place->line > 0)
            buffer_add_format(into, ":%u", place->line);
        if (place->line > 0 && place->column > 0)
            buffer_add_format(into, ":%u", place->column);
    } else if (place->line > 0) {
        buffer_add_format(into, "%sline %u", before, place->line);
    }
    if (place->has_offset)
        buffer_add_format(into, "%s(byte %llu)", into->len > start ? " " : before,
                          (unsigned long long)place->offset);
    return into->len > start;
}

void report_form_element(struct buffer *into, const struct place *place)
{
    if (place->element == 0)
        return;
    if (place->segment.len == 0)
        buffer_add_format(into, "element %u", place->element);
    else {
        report_plain(into, place->segment, REPORT_VALUE_MAX);
        buffer_add_format(into, "%02u", place->element);
    }
    if (place->component > 0)
        buffer_add_format(into, "-%02u", place->component);
    if (place->repeat > 0)
        buffer_add_format(into, "[%u]", place->repeat);
}

/* summary: detail "value" -- the value only where it was not shown with its element. */
static void add_fault(struct buffer *into, const struct finding *finding, bool with_value)
{
    buffer_add_string(into, complaint_info(finding->complaint)->summary);
    if (finding->detail != NULL)
        add_part(into, ": ", bytes_of(finding->detail), "");
    if (with_value)
        add_value(into, finding->detail != NULL && finding->detail[0] != '\0' ? " " : ": ", finding->value);
    if (finding->expected != NULL)
        add_part(into, "; expected ", bytes_of(finding->expected), "");
    if (finding->origin != NULL)
        add_part(into, " (", bytes_of(finding->origin), ")");
    if (finding->more > 0)
        buffer_add_format(into, "; %u more like this", finding->more);
}

/* consequence; hint: this */
static void add_advice(struct buffer *into, const char *before, const struct finding *finding)
{
    if (finding->consequence != NULL && add_part(into, before, bytes_of(finding->consequence), ""))
        before = "; ";
    if (finding->hint != NULL && finding->hint[0] != '\0') {
        buffer_add_string(into, before);
        add_part(into, "hint: ", bytes_of(finding->hint), "");
    }
}

/* The line of a finding that stands nowhere in a document. */
static void one_line(struct buffer *into, const char *tool, const struct finding *finding,
                     enum severity severity)
{
    const struct complaint_info *info = complaint_info(finding->complaint);

    buffer_add_format(into, "%s: %s %s: ", tool, info->code, severity_name(severity));
    if (add_file(into, "", &finding->place))
        buffer_add_string(into, ": ");
    add_fault(into, finding, true);
    add_advice(into, "; ", finding);
    buffer_add_byte(into, '\n');
}

static void add_head(struct buffer *into, const struct place *place)
{
    add_file(into, " ", place);
    if (place->partner != NULL)
        add_part(into, " ", bytes_of(place->partner), "");
    add_part(into, " ISA ", bytes_trim(place->interchange), "");
    add_part(into, " GS ", bytes_trim(place->group), "");
    if (place->set.len > 0 || place->set_id.len > 0)
        buffer_add_string(into, " ST");
    add_part(into, " ", bytes_trim(place->set_id), "");
    add_part(into, " ", bytes_trim(place->set), "");
    add_part(into, " ", bytes_trim(place->key), "");
}

/* "PO1[3] segment 14: PO103 Unit of Measure (DE 355) is "CS": "; whether the value is in it. */
static bool add_where(struct buffer *into, const struct finding *finding)
{
    const struct place *place = &finding->place;
    size_t start = into->len;

    add_part(into, "", place->loop, "");
    if (place->ordinal > 0)
        buffer_add_format(into, "%ssegment %u", into->len > start ? " " : "", place->ordinal);
    if (place->element == 0) {
        add_part(into, into->len > start ? " " : "", place->segment, "");
        if (into->len > start)
            buffer_add_string(into, ": ");
        return false;
    }
    if (into->len > start)
        buffer_add_string(into, ": ");
    report_form_element(into, place);
    if (place->element_name != NULL)
        add_part(into, " ", bytes_of(place->element_name), "");
    if (place->element_id != NULL)
        add_part(into, " (DE ", bytes_of(place->element_id), ")");
    add_value(into, " is ", finding->value);
    buffer_add_string(into, ": ");
    return finding->value.at != NULL;
}

static void three_lines(struct buffer *into, const struct finding *finding, enum severity severity)
{
    size_t start;

    buffer_add_format(into, "%s %s", complaint_info(finding->complaint)->code, severity_name(severity));
    add_head(into, &finding->place);
    buffer_add_string(into, "\n  ");
    add_fault(into, finding, !add_where(into, finding));
    buffer_add_byte(into, '\n');
    start = into->len;
    add_advice(into, "  ", finding);
    if (into->len > start)
        buffer_add_byte(into, '\n');
}

void report_form_text(struct buffer *into, const char *tool, const struct finding *finding,
                      enum severity severity)
{
    if (has_structure(&finding->place))
        three_lines(into, finding, severity);
    else
        one_line(into, tool, finding, severity);
}
