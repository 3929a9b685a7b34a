#include "translate/ack_segments.h"

#include <stdio.h>

/* Room for the longest: an AK4, whose parts are all bounded. */
enum { SEGMENT_MAX = 512, TEXT_MAX = 99 };

struct segment {
    char at[SEGMENT_MAX];
    size_t len;
    size_t used; /* up to the last element that says something: what trails is not written */
    const struct ack_taker *to;
    uint32_t *count;
};

static void add(struct segment *segment, const char *at, size_t len)
{
    if (len <= sizeof(segment->at) - segment->len) {
        memcpy(segment->at + segment->len, at, len);
        segment->len += len;
    }
}

static void begin(struct segment *segment, const char *id)
{
    segment->len = 0;
    add(segment, id, strlen(id));
    segment->used = segment->len;
}

static void end(struct segment *segment)
{
    (*segment->count)++;
    segment->to->take(segment->to->whom, (struct bytes){segment->at, segment->used});
}

static bool is_sendable(char c)
{
    return c >= ' ' && c <= '~' && c != '*' && c != ':' && c != '^' && c != '~';
}

/* An element that must be there: what cannot stand in it becomes a question mark.  Blanks at its end are no
 * part of a value (X12.6). */
static void add_text(struct segment *segment, struct bytes text)
{
    size_t len;

    text = bytes_trim_end(text);
    len = text.len < TEXT_MAX ? text.len : TEXT_MAX;
    add(segment, "*", 1);
    for (size_t i = 0; i < len; i++)
        add(segment, is_sendable(text.at[i]) ? &text.at[i] : "?", 1);
    if (len > 0)
        segment->used = segment->len;
}

/* One that may be left out: it is, when not all of it can be sent. */
static void add_copy(struct segment *segment, struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_sendable(text.at[i]))
            text = (struct bytes){NULL, 0};
    add_text(segment, text);
}

static void add_word(struct segment *segment, const char *word)
{
    add_text(segment, bytes_of(word));
}

static void add_letter(struct segment *segment, char letter)
{
    add_text(segment, (struct bytes){&letter, 1});
}

static void add_count(struct segment *segment, uint32_t count)
{
    char text[16];

    snprintf(text, sizeof(text), "%u", count);
    add_word(segment, text);
}

static void add_codes(struct segment *segment, const char *const *codes, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        add_word(segment, codes[i]);
}

/* C030: the element, its component, and, where it can be said, its repetition. */
static void add_position(struct segment *segment, unsigned element, unsigned component, unsigned repeat)
{
    char text[40];
    int len = snprintf(text, sizeof(text), "*%u", element);

    if (component > 0)
        len += snprintf(text + len, sizeof(text) - (size_t)len, ":%u", component);
    if (repeat > 0)
        len += snprintf(text + len, sizeof(text) - (size_t)len, "%s:%u", component > 0 ? "" : ":", repeat);
    add(segment, text, (size_t)len);
    segment->used = segment->len;
}

static void element_in_error(struct segment *line, bool is_999, const struct ack_segment *segment,
                             const struct ack_element *element)
{
    begin(line, is_999 ? "IK4" : "AK4");
    add_position(line, element->element, element->component, element->repeat);
    add_word(line, element->element_id);
    add_word(line, element->code);
    add_copy(line, element->value);
    end(line);
    if (element->trigger != 0) {
        begin(line, "CTX");
        add_word(line, ACK_SITUATION);
        add_text(line, segment->id);
        add_count(line, segment->ordinal);
        add_word(line, segment->loop);
        add_position(line, element->trigger, 0, 0);
        end(line);
    }
}

static void one_set(struct segment *line, bool is_999, const struct ack_set *set)
{
    begin(line, "AK2");
    add_text(line, set->type);
    add_text(line, set->control);
    add_text(line, set->convention);
    end(line);
    for (const struct ack_segment *segment = set->segments; segment != NULL; segment = segment->next) {
        begin(line, is_999 ? "IK3" : "AK3");
        add_text(line, segment->id);
        add_count(line, segment->ordinal);
        add_word(line, segment->loop);
        add_word(line, segment->code);
        end(line);
        for (const struct ack_element *element = segment->elements; element != NULL; element = element->next)
            element_in_error(line, is_999, segment, element);
    }
    begin(line, is_999 ? "IK5" : "AK5");
    add_letter(line, set->verdict);
    add_codes(line, set->codes, set->n_codes);
    end(line);
}

void ack_segments_group(const struct ack_group *ack, const struct ack_taker *to)
{
    bool is_999 = ack->form == ACK_999;
    uint32_t count = 0;
    uint64_t included = ack->received;
    struct segment line = {.to = to, .count = &count};

    begin(&line, "ST");
    add_word(&line, is_999 ? "999" : "997");
    end(&line);
    begin(&line, "AK1");
    add_text(&line, ack->id);
    add_text(&line, ack->control);
    if (ack->late)
        add_text(&line, ack->release);
    end(&line);
    for (const struct ack_set *set = ack->first; set != NULL; set = set->next)
        one_set(&line, is_999, set);
    begin(&line, "AK9");
    add_letter(&line, ack->verdict);
    (void)bytes_to_count(ack->included, UINT32_MAX, &included);
    add_count(&line, (uint32_t)included);
    add_count(&line, ack->received);
    add_count(&line, ack->accepted);
    add_codes(&line, ack->codes, ack->n_codes);
    end(&line);
    begin(&line, "SE");
    add_count(&line, count + 1);
    end(&line);
}

void ack_segments_interchange(const struct ack_interchange *ack, const struct ack_taker *to)
{
    uint32_t count = 0;
    struct segment line = {.to = to, .count = &count};

    begin(&line, "TA1");
    add_text(&line, ack->control);
    add_text(&line, ack->date);
    add_text(&line, ack->time);
    add_letter(&line, ack->verdict);
    add_word(&line, ack->code);
    end(&line);
}
