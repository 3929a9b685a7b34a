/*
 * guide_settings: the keys of a guide's file.  Private to the guide's modules.
 */
#ifndef CROSSDOCK_STANDARD_GUIDE_SETTINGS_H
#define CROSSDOCK_STANDARD_GUIDE_SETTINGS_H

#include "conf/settings.h"
#include "standard/guide_overlay.h"

/* A number the file does not give. */
#define GUIDE_UNSAID UINT64_MAX

struct guide_file {
    const char *guide, *title, *set, *release;
    const struct yaml_node *segments, *elements, *add;
};
extern const struct settings guide_file_settings;

struct guide_conditions {
    struct settings_texts drop, add;
};

struct guide_segment {
    int need; /* enum standard_need; -1: not given */
    uint64_t max;
    const struct yaml_node *elements;
    struct guide_conditions conditions;
    const char *segment, *name, *before, *after; /* of an added one alone */
};
extern const struct settings guide_segment_settings; /* in its place */
extern const struct settings guide_added_settings;   /* the partner's own */

struct guide_element {
    int need;
    uint64_t min, max, repeat;
    const struct yaml_node *codes, *more_codes;
    const char *type, *name;
};
extern const struct settings guide_element_settings;

/* A guide's file being read. */
struct guide_reading {
    struct guide *guide;
    struct arena *arena;
    struct report *report;
    bool good;
    /* The code list made last, and of what: a data element that stands in many places has one list. */
    const struct standard_codes *codes, *codes_base;
    const struct yaml_node *codes_only, *codes_more;
};

/* Tells what is wrong at a node, or at its key. */
void guide_refuse(struct guide_reading *reading, const struct yaml_node *node, bool at_key,
                  enum complaint complaint, const char *hint, const char *text);

/* Reads `node` by a table; false when that fails. */
bool guide_settings_read(struct guide_reading *reading, const struct yaml_node *node,
                         const struct settings *settings, void *values);

/* A word alone stands for {need: word}.  False when it is another word. */
bool guide_word_read(struct guide_reading *reading, const struct yaml_node *node, int *need, bool *is_word);

/* What the file says of the elements of one segment, of its conditions, and of a data element everywhere. */
void guide_elements_read(struct guide_reading *reading, const struct yaml_node *elements,
                         struct overlay_segment *segment);
void guide_conditions_read(struct guide_reading *reading, const struct yaml_node *node,
                           struct overlay_segment *segment, const struct guide_conditions *values);
void guide_everywhere_read(struct guide_reading *reading, const struct yaml_node *elements);

#endif
