/*
 * delivery: where written documents go: one stream, a file each, or one file for all of them.
 *
 * Files appear whole under a name that is a function of the document, so that writing it again replaces it
 * with itself; a receipt, one line of JSON, says that it is there or that it was refused.  Names are made of
 * what cannot lead out of the folder, whatever the document says.
 */
#ifndef CROSSDOCK_TRANSLATE_DELIVERY_H
#define CROSSDOCK_TRANSLATE_DELIVERY_H

#include "canon/write.h"
#include "diag/report.h"
#include "map/write.h"

struct delivery;

struct delivery_settings {
    const char *folder;       /* NULL: everything to `out` as one file */
    bool single;
    const char *temporary;    /* the folder for temporary files */
    struct map_writer *writer;
    struct canon_sink *out;   /* documents, or receipts */
    struct report *report;
};

/* NULL: told to the report. */
struct delivery *delivery_open(const struct delivery_settings *settings);
void delivery_close(struct delivery *delivery);

enum delivered {
    DELIVERED,
    DELIVERY_REFUSED, /* the document does not fit: told by write->tell */
    DELIVERY_FAILED,  /* an output failed: told to the report; the run must stop */
};

enum delivered delivery_document(struct delivery *delivery, const struct map_write *write);

/* The receipt of a refused document, where there are receipts; `reasons`: [{"code":...,"text":...}]. */
void delivery_refuse(struct delivery *delivery, const struct canon_record *record, struct bytes reasons);

/* Ends the file of all.  False when that failed. */
bool delivery_finish(struct delivery *delivery);

#endif
