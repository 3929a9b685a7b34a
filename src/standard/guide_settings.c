#include "standard/guide_settings.h"

static const char *const needs[] = {"optional", "required", "unused", NULL}; /* as enum standard_need */

#define ROW(in, name, what, must, from, to, takes, says)                                       \
    {                                                                                          \
        .key = #name, .kind = (what), .offset = offsetof(struct in, name), .required = (must), \
        .least = (from), .most = (to), .argument = (takes), .sentence = (says)                 \
    }

static const struct settings_row file_rows[] = {
    ROW(guide_file, guide, SETTINGS_TEXT, true, 1, 255, "NAME",
        "The guide's name: that of its file, without .yaml."),
    ROW(guide_file, title, SETTINGS_TEXT, false, 0, 1000, "TEXT",
        "What it is, for people: the partner's paper and its date."),
    ROW(guide_file, set, SETTINGS_TEXT, true, 3, 3, "SET", "The transaction set it narrows."),
    ROW(guide_file, release, SETTINGS_TEXT, false, 6, 6, "RELEASE",
        "The release it was written for; using it with another is an error.  Without it: any."),
    ROW(guide_file, segments, SETTINGS_ANY, false, 0, 0, "{PLACE: ..., ...}",
        "What is different about segments, by their places."),
    ROW(guide_file, elements, SETTINGS_ANY, false, 0, 0, "{NUMBER: ..., ...}",
        "What is different about data elements, wherever they stand."),
    ROW(guide_file, add, SETTINGS_ANY, false, 0, 0, "[{...}, ...]",
        "Segments that the standard's set does not have."),
};
const struct settings guide_file_settings = {SETTINGS_ROWS(file_rows)};

static const struct settings_row condition_rows[] = {
    ROW(guide_conditions, drop, SETTINGS_TEXTS, false, 0, 64, "[NOTE, ...]",
        "Conditions of the standard that the partner does not keep, such as P0203."),
    ROW(guide_conditions, add, SETTINGS_TEXTS, false, 0, 64, "[NOTE, ...]",
        "Conditions of the partner's own, written alike."),
};
static const struct settings condition_settings = {SETTINGS_ROWS(condition_rows)};

/* clang-format off */
#define SEGMENT_ROWS                                                                                         \
    {.key = "need", .kind = SETTINGS_WORD, .offset = offsetof(struct guide_segment, need), .words = needs,   \
     .sentence = "Whether it must be there."},                                                               \
    ROW(guide_segment, max, SETTINGS_COUNT, false, 0, UINT32_MAX, NULL,                                      \
        "How often it may be there; 0 is no limit."),                                                        \
    ROW(guide_segment, elements, SETTINGS_ANY, false, 0, 0, "{ELEMENT: ..., ...}",                           \
        "What is different about its elements, by their two digits; components are 05-02."),                 \
    {.key = "conditions", .kind = SETTINGS_MAPPING, .inner = &condition_settings,                            \
     .offset = offsetof(struct guide_segment, conditions),                                                   \
     .sentence = "What is different about its relational conditions."}
/* clang-format on */

static const struct settings_row segment_rows[] = {SEGMENT_ROWS};
const struct settings guide_segment_settings = {SETTINGS_ROWS(segment_rows)};

static const struct settings_row added_rows[] = {
    ROW(guide_segment, segment, SETTINGS_TEXT, true, 2, 3, "ID",
        "Its identifier.  One the standard knows is taken from there."),
    ROW(guide_segment, name, SETTINGS_TEXT, false, 0, 100, "TEXT", "Its name, for messages."),
    ROW(guide_segment, before, SETTINGS_TEXT, false, 0, 100, "PLACE",
        "It stands before this place, in the same loop."),
    ROW(guide_segment, after, SETTINGS_TEXT, false, 0, 100, "PLACE",
        "It stands after this place; after a loop's first segment it is in the loop."),
    SEGMENT_ROWS,
};
const struct settings guide_added_settings = {SETTINGS_ROWS(added_rows)};

static const struct settings_row element_rows[] = {
    {.key = "need",
     .kind = SETTINGS_WORD,
     .offset = offsetof(struct guide_element, need),
     .words = needs,
     .sentence = "Whether it must be there."},
    ROW(guide_element, min, SETTINGS_COUNT, false, 0, UINT16_MAX, NULL, "Its least length."),
    ROW(guide_element, max, SETTINGS_COUNT, false, 1, UINT16_MAX, NULL, "Its greatest length."),
    ROW(guide_element, repeat, SETTINGS_COUNT, false, 1, UINT16_MAX, NULL, "How often it may be repeated."),
    ROW(guide_element, codes, SETTINGS_ANY, false, 0, 0, "[CODE, ...] | {CODE: MEANING, ...}",
        "The codes it takes, and no others."),
    ROW(guide_element, more_codes, SETTINGS_ANY, false, 0, 0, "[CODE, ...] | {CODE: MEANING, ...}",
        "Codes it takes besides the standard's."),
    ROW(guide_element, type, SETTINGS_TEXT, false, 1, 2, "AN | ID | DT | TM | R | B | N0 ... N9",
        "Another data type."),
    ROW(guide_element, name, SETTINGS_TEXT, false, 0, 100, "TEXT", "Another name, for messages."),
};
const struct settings guide_element_settings = {SETTINGS_ROWS(element_rows)};

void guide_refuse(struct guide_reading *reading, const struct yaml_node *node, bool at_key,
                  enum complaint complaint, const char *hint, const char *text)
{
    yaml_complain(reading->report, node, at_key, complaint, hint, "%s", text != NULL ? text : "");
    reading->good = false;
}

bool guide_settings_read(struct guide_reading *reading, const struct yaml_node *node,
                         const struct settings *settings, void *values)
{
    if (settings_read(settings, node, values, reading->arena, reading->report))
        return true;
    reading->good = false;
    return false;
}

bool guide_word_read(struct guide_reading *reading, const struct yaml_node *node, int *need, bool *is_word)
{
    *is_word = node->kind == YAML_SCALAR;
    if (!*is_word)
        return true;
    for (int i = 0; needs[i] != NULL; i++)
        if (bytes_are(node->text, needs[i])) {
            *need = i;
            return true;
        }
    guide_refuse(reading, node, false, SETTING_VALUE, NULL, "optional, required, unused, or a mapping");
    return false;
}
