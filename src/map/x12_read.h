/*
 * x12_read: the read engine for X12: a map bound to a transaction set, and the walk that fills a record.
 *
 * A binding is made once for a map and a set of the standard; it knows for each position, within each rule,
 * the rules that may take a segment there.  The engine follows the set segment by segment (standard/walk.h
 * says where each stands), and writes fields into the record; it never allocates but in the record's arena.
 */
#ifndef CROSSDOCK_MAP_X12_READ_H
#define CROSSDOCK_MAP_X12_READ_H

#include "base/charset.h"
#include "canon/record.h"
#include "map/map.h"
#include "standard/dictionary.h"
#include "wire/x12.h"

struct x12_binding;
struct rule_list;

/* What of the map this set has no place for is passed over: a map serves several releases (x12_check.h finds
 * what none has).  NULL: out of memory.  The map and the set must outlive the binding. */
struct x12_binding *x12_binding_open(const struct map *map, const struct standard_set *set);
void x12_binding_close(struct x12_binding *binding);
const struct map *x12_binding_map(const struct x12_binding *binding);

/* What no rule reads, per position and element (0: the whole segment), over all sets read. */
struct x12_unread {
    const struct standard_position *position;
    uint8_t element;
    uint64_t count;
};
/* Rows in the order of the standard; the array belongs to the binding. */
const struct x12_unread *x12_binding_unread(struct x12_binding *binding, size_t *count);

/* A value that cannot become what the record needs.  Called within map_read_segment. */
struct map_complaint {
    enum complaint complaint;
    const struct map_mark *mark;
    uint8_t element, component;
    struct bytes value;
    const char *expected;
};
typedef void map_complain(void *whom, const struct map_complaint *complaint);

enum { X12_READ_DEPTH = 16 }; /* loops within loops that are followed */

struct x12_read {
    struct x12_binding *binding;
    bool keep_unread; /* unread elements go to `extra` */
    const struct charset *charset;
    enum charset_policy bad_bytes;
    map_complain *complain;
    void *whom;
    struct canon_record *record;
    uint64_t unread; /* elements not read, of the record being read */
    struct x12_order {
        struct canon_object *object; /* an entry of `extra`, not among them yet; NULL: nothing was noted */
        bool unusual;                /* writing would give another */
    } order;                         /* of the segments, where what is unread is kept: x12_order.h */
    const struct x12_delimiters *delimiters;
    struct arena *arena; /* the record's */
    /* the segment at hand, its place and its number */
    const struct x12_segment *segment;
    uint16_t position;
    uint32_t ordinal;
    uint64_t serial;
    struct x12_frame *frame; /* the innermost */
    struct x12_frame {
        uint16_t loop;                           /* position that starts it; STANDARD_NO_LOOP for the set */
        uint16_t first;                          /* position behind that */
        const struct rule_list *const *children; /* from there on; NULL: nothing reads this loop */
        struct canon_object *object;
        uint64_t serial;
        uint16_t place; /* of the latest segment that a rule took, and the rule's number; for the order */
        uint32_t rule;
    } frames[X12_READ_DEPTH];
};

/* Begins a record (canon_record_init was done). */
void x12_read_begin(struct x12_read *read, struct x12_binding *binding, struct canon_record *record,
                    const struct x12_delimiters *delimiters);

/* One segment between ST and SE at its place; `ordinal` counts ST as 1. */
void x12_read_segment(struct x12_read *read, const struct x12_segment *segment, uint16_t position,
                      uint32_t ordinal);

/* The record is whole: gives it its constants, and compares the totals that the map wants compared. */
void x12_read_whole(struct x12_read *read);

/* Behind the last segment: what of their order the record must keep is added to it. */
void x12_read_end(struct x12_read *read);

/* A segment without a place in the set: unread as a whole. */
void x12_read_stray(struct x12_read *read, const struct x12_segment *segment, uint32_t ordinal);

#endif
