/*
 * x12_put: the write engine for X12: x12_read turned round.
 *
 * It walks the positions of the transaction set in the standard's order and asks, at each, what the map's
 * rules there have of the record: `each` gives a segment for each object of its list, groups as many as
 * their objects need, any other rule one when the record has a value for it or for what is in its loop.
 * What a rule has written is used up, so that a field that several rules name is written once, by the first;
 * of rules that take from one list, an object is written by the first that has a place for all it holds and
 * leaves no mandatory element empty.  What is left at the end, no line of the map writes.
 *
 * A segment is text by then (dates, implied decimals, codes), but not yet in a file: it can be looked at, and
 * elements say which field of the record they came from.
 */
#ifndef CROSSDOCK_MAP_X12_PUT_H
#define CROSSDOCK_MAP_X12_PUT_H

#include "diag/report.h"
#include "map/x12_read.h"
#include "wire/x12_write.h"

struct x12_bound_rule;
struct x12_putter;

/* NULL: out of memory.  The binding must outlive it. */
struct x12_putter *x12_putter_open(const struct x12_binding *binding);
void x12_putter_close(struct x12_putter *putter);

struct x12_put_segment {
    const struct standard_position *position; /* NULL: from `extra`, and nowhere in the set */
    const struct x12_bound_rule *rule;        /* NULL: from `extra` */
    const struct canon_object *object;        /* the rule's */
    struct bytes id;
    struct bytes *elements; /* components joined; room for X12_MAX_ELEMENTS */
    uint8_t n;
};

/* Something that cannot be written.  Texts live during the call. */
struct x12_put_fault {
    enum complaint complaint;
    const char *path;           /* "lines[2].unit_price"; "" for the whole */
    struct bytes segment;       /* id; len 0: none */
    uint8_t element, component; /* from 1; 0: none */
    struct bytes value;
    const char *what, *expected; /* or NULL */
    const struct map_mark *mark; /* of the map's line, or NULL */
};

struct x12_put {
    const struct x12_writer *writer; /* for its delimiters */
    const struct charset *charset;   /* of the partner */
    struct arena *arena;             /* of the document */
    void (*tell)(void *whom, const struct x12_put_fault *fault);
    void *whom;
    /* results */
    struct x12_put_segment **segments;
    uint32_t n_segments;
    uint32_t n_faults; /* less those that are warnings by the catalogue */
};

/* The segments between ST and SE.  The record is used up.  False: something was told, or out of memory
 * (arena->failed). */
bool x12_put_record(struct x12_putter *putter, struct x12_put *put, struct canon_record *record);

/* What of the record was not written: each value's path without indices, in the record's order.  After
 * x12_put_record. */
void x12_put_each_unwritten(struct x12_put *put, const struct canon_record *record,
                            void (*take)(void *whom, const char *path, struct bytes value), void *whom);

/* The field that an element (from 1) of a segment is written from, as a path; "" when it is none of the
 * record's.  In the put's arena. */
const char *x12_put_path(struct x12_put *put, const struct canon_record *record,
                         const struct x12_put_segment *segment, unsigned element, unsigned component);

/* The fields that would give a segment at a position where none was written: "order_number, order_date"; ""
 * when no line of the map writes one. */
const char *x12_put_fields_of(struct x12_put *put, const struct x12_putter *putter,
                              const struct standard_position *position);

#endif
