/*
 * model: the dictionary's sources, read and found consistent; what the image is written from.
 *
 * Everything lives in the arena.  Sets, segments, composites and elements of a release stand in the order of
 * their ids' bytes, codes in the order of theirs; "index" means a place in these orders.
 */
#ifndef CROSSDOCK_COMPILE_MODEL_H
#define CROSSDOCK_COMPILE_MODEL_H

#include "compile/table.h"
#include "standard/image.h"

struct model_code {
    struct bytes code, meaning;
    uint64_t key;
    uint8_t releases; /* as in standard_code_slot */
    unsigned line;
};

struct model_list {
    struct bytes element;
    uint64_t key;
    bool open;        /* said in open.tsv */
    uint8_t releases; /* bit n: the release at n takes some code of it */
    uint8_t own;      /* bit n: the release at n has a column of its own, and the list is known for it */
    size_t n_codes;
    struct model_code *codes;
};

struct model_element {
    struct bytes id, name;
    uint64_t key;
    uint8_t type, decimals;
    uint16_t min, max;
    const struct model_list *list; /* NULL: none in this release */
    unsigned line;
};

struct model_field {
    bool is_composite;
    uint8_t need;
    uint16_t what; /* index of an element or a composite; IMAGE_UNKNOWN */
    uint16_t repeat_max;
};

struct model_condition {
    char kind;
    uint64_t fields, first;
    struct bytes note;
};

/* A segment or a composite. */
struct model_unit {
    struct bytes id, name;
    uint64_t key;
    size_t n_fields, n_conditions;
    struct model_field *fields;
    struct model_condition *conditions;
    unsigned line;
};

struct model_position {
    struct bytes loop, path;
    uint32_t max_use;
    uint16_t segment, parent, last;
    uint8_t area, need;
    bool starts_loop;
};

struct model_set {
    struct bytes id, group, name;
    uint64_t key;
    size_t n_positions;
    struct model_position *positions;
    unsigned line;
};

struct model_release {
    const char *name;
    size_t n_elements, n_composites, n_segments, n_sets;
    struct model_element *elements;
    struct model_unit *composites, *segments;
    struct model_set *sets;
};

struct model {
    unsigned n_releases;
    struct model_release releases[IMAGE_RELEASES_MAX];
    size_t n_lists;
    struct model_list *lists;
};

/* Reads the tables under `folder`.  The model is of use only when no problem was added. */
void model_read(struct model *model, struct arena *arena, struct problems *problems, const char *folder);

/* For the modules that read its parts. */

/* An id of 1 to 8 capital letters and digits. */
bool model_is_id(struct bytes id);

/* Index of `id` among `count` things of `size` bytes in the order of their keys; the key is at `key_offset`.
 * `count` when it is not there. */
size_t model_find(const void *things, size_t count, size_t size, size_t key_offset, struct bytes id);

void model_read_codes(struct model *model, struct arena *arena, struct problems *problems,
                      const char *folder);
void model_read_elements(struct model *model, struct model_release *release, struct arena *arena,
                         struct problems *problems, const char *folder);
void model_read_units(struct model_release *release, struct arena *arena, struct problems *problems,
                      const char *folder, bool composites);
void model_read_sets(struct model *model, struct model_release *release, struct arena *arena,
                     struct problems *problems, const char *folder);

#endif
