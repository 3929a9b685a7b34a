/*
 * flat_fill: the read engine for flat files: rows and records (wire/flat_read.h) to a canonical record, as a
 * map says; the write engine (write.h) turned round.
 *
 * A unit is taken by the first rule of its tag that it passes, in the innermost loop that has one; fields are
 * set with the rules of crossdock-map(5).  A column that stands in every row of a document must say the same
 * in each; totals are compared at the end; whatever no rule reads is counted.  Values are copied to the
 * record's arena.
 */
#ifndef CROSSDOCK_MAP_FLAT_FILL_H
#define CROSSDOCK_MAP_FLAT_FILL_H

#include "base/charset.h"
#include "canon/record.h"
#include "map/map.h"
#include "wire/flat_read.h"

struct flat_binding;

/* The map's layout, and every key of its rules looked up in it.  `file_name`: the pattern of the files'
 * names, in place of the layout's; at NULL: that.  Both must outlive it.  NULL: told to the report
 * (configuration). */
struct flat_binding *flat_binding_open(const struct map *map, struct bytes file_name, struct report *report);
void flat_binding_close(struct flat_binding *binding);
const struct flat_layout *flat_binding_layout(const struct flat_binding *binding);
const struct map *flat_binding_map(const struct flat_binding *binding);

/* Something that cannot become what the record needs.  Called within flat_fill_unit and flat_fill_end; what
 * has no column has slot -1. */
struct flat_complaint {
    enum complaint complaint;
    int slot;
    struct bytes value;
    const char *what;     /* or NULL */
    const char *expected; /* or NULL */
    uint64_t line;        /* of an earlier unit; 0: of the one at hand */
    uint32_t place;
    struct bytes column;  /* its name */
    struct bytes tag;
};

enum { FLAT_DEPTH = MAP_MAX_NEST + 1, FLAT_MAX_STATED = 16 };

struct flat_bound_rule;

struct flat_frame {
    const struct flat_bound_node *nodes;
    uint32_t n_nodes;
    struct canon_object *object; /* NULL: of a unit that no rule took, and so of those inside it */
    uint64_t serial;
};

/* A total that a unit stated, to be compared when the document is whole. */
struct flat_stated {
    const struct map_target *target;
    struct bytes value;
    uint32_t line, place;
    struct bytes column, tag;
};

/* The unit before, whose text may go on in this one. */
struct flat_gone_on {
    struct flat_bound_rule *rule; /* that took it; NULL: none did */
    struct canon_object *object;
    int tag;
    size_t room; /* bytes of the text that is made longer; 0: it is the rule's */
};

struct flat_fill {
    struct flat_binding *binding;
    struct canon_record *record;
    void (*place)(void *whom, unsigned slot, uint32_t *line, uint32_t *place); /* of the unit's column */
    const struct charset *charset;
    bool keep_unread;
    void (*complain)(void *whom, const struct flat_complaint *complaint);
    void *whom;

    uint64_t unread; /* values of this document that no rule read */
    bool plain;      /* the unit at hand: flat_unit.plain */
    bool clean;      /* nothing was told of this document */
    const struct flat_bound_rule *latest; /* the rule that took the unit before, in this document */
    struct flat_gone_on gone_on;
    struct flat_frame frames[FLAT_DEPTH], *frame;
    uint64_t serial;
    struct flat_stated stated[FLAT_MAX_STATED];
    unsigned n_stated;
    uint32_t ordinal; /* of the unit in its document, from 1 */
    uint32_t set_by[CANON_MAX_FIELDS]; /* of the body: the unit that set it */
};

void flat_fill_begin(struct flat_fill *fill, struct flat_binding *binding, struct canon_record *record);
void flat_fill_unit(struct flat_fill *fill, const struct flat_unit *unit);
void flat_fill_end(struct flat_fill *fill);

/* Whether the document has a record of that number. */
bool flat_fill_saw(const struct flat_fill *fill, unsigned tag);

/* A file begins: what its name says, which must live as long as the file is read.  False: the name is not of
 * the pattern. */
bool flat_binding_name(struct flat_binding *binding, struct bytes name);
struct bytes flat_binding_pattern(const struct flat_binding *binding);

/* The latest headings that the layout does not know: counts begin anew, names are kept (a file begins). */
bool flat_binding_headings(struct flat_binding *binding, const struct flat_reader *reader);

/* What stands beside documents: counted with records of a type that the layout does not know. */
void flat_binding_stray(struct flat_binding *binding, struct bytes name);

/* What no rule read, over all documents: each column with its record's tag, and how often. */
void flat_binding_each_unread(const struct flat_binding *binding,
                              void (*take)(void *whom, struct bytes tag, struct bytes column, uint64_t count),
                              void *whom);

#endif
