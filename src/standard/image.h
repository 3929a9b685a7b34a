/*
 * image: the layout of the flat file that holds the compiled dictionary.
 *
 * Private to standard/dictionary.c, which maps it, and to the compiler, which writes it.  Everything is in
 * the byte order of the machine that compiled it (`order` tells); rows have fixed sizes; a string is its
 * offset in the pool; "first" and "count" pairs name rows of another section.  Whoever changes a row raises
 * IMAGE_LAYOUT: an image of another layout is refused, and make writes a new one.
 */
#ifndef CROSSDOCK_STANDARD_IMAGE_H
#define CROSSDOCK_STANDARD_IMAGE_H

#include "standard/dictionary.h"

#define IMAGE_MAGIC "XD12DICT"
#define IMAGE_LAYOUT 1
#define IMAGE_ORDER 0x01020304
#define IMAGE_RELEASES_MAX 8 /* the bits of standard_code_slot.releases */
#define IMAGE_FIELDS_MAX 64  /* the bits of standard_segment.mandatory */

enum image_section {
    IMAGE_STRINGS, /* NUL-terminated; the first is "", the last byte is NUL */
    IMAGE_RELEASES,
    IMAGE_SETS,
    IMAGE_POSITIONS,
    IMAGE_SEGMENTS,
    IMAGE_COMPOSITES, /* struct image_unit too */
    IMAGE_FIELDS,
    IMAGE_CONDITIONS,
    IMAGE_ELEMENTS,
    IMAGE_LISTS,
    IMAGE_SLOTS, /* struct standard_code_slot: the hash tables of the lists, one behind the other */
    IMAGE_ORDERS, /* uint16_t: the slots of each list's codes, in the order of the codes */
    IMAGE_SECTIONS
};

struct image_span {
    uint32_t first, count;
};

struct image_header {
    char magic[8];
    uint32_t layout;
    uint32_t order;
    uint64_t size; /* of the whole file, bytes */
    struct {
        uint32_t offset;   /* bytes from the file's start; a multiple of 8 */
        uint32_t rows;
        uint32_t row_size; /* bytes */
        uint32_t reserved;
    } sections[IMAGE_SECTIONS];
};

/* Sets, segments, composites and elements of a release stand in the order of their ids' bytes. */
struct image_release {
    uint32_t name;
    struct image_span sets, segments, composites, elements;
};

struct image_set {
    uint64_t key; /* bytes_key of the id, as in every `key` here */
    uint32_t id, group, name;
    struct image_span positions;
    uint32_t reserved;
};

struct image_position {
    uint32_t loop, path;
    uint32_t max_use;
    uint16_t segment; /* within the release's segments */
    uint16_t parent;  /* within the set's positions, or STANDARD_NO_LOOP */
    uint16_t last;
    uint8_t area;
    uint8_t need;
    uint8_t starts_loop;
    uint8_t reserved[3];
};

struct image_unit {
    uint64_t key;
    uint32_t id, name;
    struct image_span fields, conditions;
};

#define IMAGE_UNKNOWN UINT16_MAX
struct image_field {
    uint16_t what; /* within the release's elements or composites; IMAGE_UNKNOWN: an element not known */
    uint16_t repeat_max;
    uint8_t is_composite;
    uint8_t need;
    uint8_t reserved[2];
};

struct image_condition {
    uint64_t fields, first;
    uint32_t note;
    uint8_t kind;
    uint8_t reserved[3];
};

struct image_element {
    uint64_t key;
    uint32_t id, name;
    uint16_t min, max;
    uint8_t type, decimals;
    uint8_t open; /* the list has meanings to show, and refuses nothing */
    uint8_t reserved;
    uint32_t list; /* IMAGE_NO_LIST: none in this release */
    uint32_t reserved2;
};
#define IMAGE_NO_LIST UINT32_MAX

struct image_list {
    struct image_span slots;  /* count is a power of two */
    struct image_span orders; /* count is the number of codes */
    uint32_t probes;          /* slots to look at, at most, before a code is surely not there */
    uint32_t reserved;
};

/* For sorting and searching: keys in the order of the ids' bytes. */
static inline uint64_t image_rank(uint64_t key)
{
    return __builtin_bswap64(key);
}

#endif
