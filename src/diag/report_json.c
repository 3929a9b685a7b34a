#include "base/utf8.h"
#include "diag/report_form.h"

/* A JSON string.  Bytes that are no UTF-8 become U+FFFD; "value_hex" then has them as they are. */
static void add_string(struct buffer *into, struct bytes text, size_t max)
{
    size_t len = text.len < max ? text.len : max;
    uint32_t point;

    /* Never through the middle of a character. */
    while (len > 0 && len < text.len && ((unsigned char)text.at[len] & 0xc0) == 0x80 && text.len - len < 4)
        len--;
    buffer_add_byte(into, '"');
    for (size_t i = 0; i < len;) {
        unsigned step = utf8_character(text.at + i, text.len - i, &point);

        if (step == 0) {
            buffer_add(into, "\xef\xbf\xbd", 3);
            i++;
            continue;
        }
        if (point == '"' || point == '\\') {
            buffer_add_byte(into, '\\');
            buffer_add_byte(into, (char)point);
        } else if (point < 0x20 || (point >= 0x7f && point < 0xa0)) {
            buffer_add_format(into, "\\u%04x", (unsigned)point);
        } else {
            buffer_add(into, text.at + i, step);
        }
        i += step;
    }
    buffer_add_byte(into, '"');
}

static void add_name(struct buffer *into, const char *name)
{
    buffer_add_byte(into, into->len == 0 ? '{' : ',');
    buffer_add_format(into, "\"%s\":", name);
}

static void add_bytes(struct buffer *into, const char *name, struct bytes text)
{
    if (text.len > 0) {
        add_name(into, name);
        add_string(into, text, REPORT_TEXT_MAX);
    }
}

static void add_text(struct buffer *into, const char *name, const char *text)
{
    add_bytes(into, name, bytes_of(text));
}

static void add_count(struct buffer *into, const char *name, uint64_t count)
{
    if (count > 0) {
        add_name(into, name);
        buffer_add_format(into, "%llu", (unsigned long long)count);
    }
}

static void add_place(struct buffer *into, const struct place *place)
{
    char room[128];
    struct buffer element = {.at = room, .room = sizeof(room), .ceiling = sizeof(room)};

    add_text(into, "file", place->file);
    if (place->has_offset) {
        add_name(into, "offset");
        buffer_add_format(into, "%llu", (unsigned long long)place->offset);
    }
    add_count(into, "line", place->line);
    add_count(into, "column", place->column);
    add_text(into, "partner", place->partner);
    add_bytes(into, "interchange", bytes_trim(place->interchange));
    add_bytes(into, "group", bytes_trim(place->group));
    add_bytes(into, "set", bytes_trim(place->set));
    add_bytes(into, "set_id", bytes_trim(place->set_id));
    add_bytes(into, "key", bytes_trim(place->key));
    add_count(into, "ordinal", place->ordinal);
    add_bytes(into, "segment", place->segment);
    add_bytes(into, "loop", place->loop);
    add_count(into, "element", place->element);
    add_count(into, "component", place->component);
    add_count(into, "repeat", place->repeat);
    report_form_element(&element, place);
    if (!element.failed)
        add_bytes(into, "reference", buffer_view(&element));
    add_text(into, "element_id", place->element_id);
    add_text(into, "element_name", place->element_name);
}

static void add_value(struct buffer *into, struct bytes value)
{
    size_t shown = value.len < REPORT_VALUE_MAX ? value.len : REPORT_VALUE_MAX;

    if (value.at == NULL)
        return;
    add_name(into, "value");
    add_string(into, value, REPORT_VALUE_MAX);
    add_name(into, "value_length");
    buffer_add_format(into, "%zu", value.len);
    if (!utf8_valid(value.at, value.len)) {
        add_name(into, "value_hex");
        buffer_add_byte(into, '"');
        for (size_t i = 0; i < shown; i++)
            buffer_add_format(into, "%02x", (unsigned)(unsigned char)value.at[i]);
        buffer_add_byte(into, '"');
    }
}

void report_form_json(struct buffer *into, const char *tool, const struct finding *finding,
                      enum severity severity)
{
    const struct complaint_info *info = complaint_info(finding->complaint);

    add_text(into, "tool", tool);
    add_text(into, "code", info->code);
    add_text(into, "rule", info->rule);
    add_text(into, "severity", severity_name(severity));
    add_text(into, "class", complaint_class_name(info->class));
    add_place(into, &finding->place);
    add_text(into, "summary", info->summary);
    add_text(into, "detail", finding->detail);
    add_value(into, finding->value);
    add_text(into, "expected", finding->expected);
    add_text(into, "origin", finding->origin);
    add_text(into, "consequence", finding->consequence);
    add_text(into, "hint", finding->hint);
    add_count(into, "more", finding->more);
    buffer_add_string(into, "}\n");
}
