/*
 * outbound: canonical records to the files that a home system imports, through a map.
 *
 * A line is a record; one that is none, or that does not fit, is refused with all that is wrong with it, and
 * the others go on.  Every line is counted exactly once: read = written + refused + ignored, and those that a
 * technical failure kept from being written.
 */
#ifndef CROSSDOCK_TRANSLATE_OUTBOUND_H
#define CROSSDOCK_TRANSLATE_OUTBOUND_H

#include "canon/write.h"
#include "conf/search.h"
#include "diag/report.h"
#include "map/xref.h"

/* What becomes of fields that no line of the map writes: counted; counted and warned of; the document
 * refused. */
enum outbound_unmapped { OUTBOUND_IGNORE, OUTBOUND_WARN, OUTBOUND_ERROR };

struct outbound_settings {
    const char *map;
    bool strict;           /* records of other kinds than the map's are refused, not passed over */
    int unmapped;          /* enum outbound_unmapped */
    const char *folder;    /* one file a document in it, and receipts to `out`; NULL: documents to `out` */
    bool single;           /* one file in the folder for all */
    const char *temporary; /* the folder for temporary files */
    struct schema *schema; /* somebody else's, who keeps it; NULL: one is opened */
    const struct xref_sources *xrefs; /* of the partner whose file it is, or NULL */
};

struct outbound_counts {
    uint64_t read, written, refused, ignored;
    uint64_t failed; /* not written because an output or the memory failed: the run stopped there */
};

struct outbound;

/* NULL when the map, the schema or the folder cannot be had: told to the report. */
struct outbound *outbound_open(const struct outbound_settings *settings, struct search *search,
                               struct report *report, struct canon_sink *out);
void outbound_close(struct outbound *outbound);

/* Where a line stands. */
struct outbound_place {
    const char *file;
    uint64_t line;   /* from 1 */
    uint64_t offset; /* of its first byte in the file */
    bool is_open;    /* the input ends without a line end behind it */
};

/* Whether a line that is no record is the beginning of one: who wrote it died, and nothing is wrong with the
 * record.  It is told then. */
bool outbound_breaks_off(const struct outbound_place *place, struct bytes line, struct report *report);

/* One line.  False when the run must stop: an output failed, or the memory. */
bool outbound_line(struct outbound *outbound, const struct outbound_place *place, struct bytes line);

/* The same of a record that somebody else has read, by the same schema. */
bool outbound_record(struct outbound *outbound, const struct outbound_place *place,
                     const struct canon_record *record);

/* A line that is longer than the reader holds: refused.  `beginning` is shown. */
void outbound_too_long(struct outbound *outbound, const struct outbound_place *place, struct bytes beginning,
                       uint64_t length, uint64_t most);

/* The end: closes the file of all, tells what no map line wrote.  False when an output failed. */
bool outbound_finish(struct outbound *outbound);

const struct outbound_counts *outbound_counts(const struct outbound *outbound);

#endif
