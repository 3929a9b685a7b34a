/*
 * flat_in: files of rows and records, or of documents of JSON and XML, to canonical records, by one map.
 *
 * Each file is read once, a row at a time; a document's rows go into its record as they come, and the record
 * is written when the document is over and nothing was wrong.  A bad one never harms its neighbours; where
 * it cannot be told whose row a broken one is, all that it may belong to are rejected.  Every document is
 * counted exactly once: read = translated + rejected + ignored.
 */
#ifndef CROSSDOCK_TRANSLATE_FLAT_IN_H
#define CROSSDOCK_TRANSLATE_FLAT_IN_H

#include "partner/partner_file.h"
#include "translate/inbound.h"
#include "wire/tree.h"

struct flat_in_settings {
    const char *map;
    const char *partner;   /* whose the documents are; NULL: the layout's column says, or nobody knows */
    const struct xref_sources *xrefs; /* the partner's, or NULL */
    struct bytes file_name; /* the pattern of the files' names; at NULL: the layout's */
    const char *charset;   /* of the files; NULL: the layout's, else `usual_charset` */
    const char *usual_charset; /* NULL: UTF-8 */
    bool incoming;         /* from a partner: direction "in"; else from our own system: "out" */
    int unmapped;          /* enum unmapped */
    bool check;            /* emit no documents: only look at them */
    bool rejects, batch;   /* emit reject records; a batch record at the end of each file */
    uint64_t max_row;      /* bytes of a row or record */
    uint64_t max_document; /* bytes of all its rows */
    tree_read_function *read_xml; /* wire/xml_read.h; NULL: no XML */
};

enum { FLAT_IN_MAX_ROW = 1024 * 1024, FLAT_IN_MAX_DOCUMENT = 256 * 1024 * 1024 }; /* bytes, by default */

struct flat_in;

/* NULL when the map, the schema or the charset cannot be had: told to the report. */
struct flat_in *flat_in_open(const struct flat_in_settings *settings, struct search *search,
                             struct report *report, struct canon_sink *out);
void flat_in_close(struct flat_in *in);

/* Translates what `fd` gives; `name` is for messages, `base` (without folders) for source.file.  False when
 * the run must stop (out of memory, the output failed). */
bool flat_in_file(struct flat_in *in, int fd, const char *name, const char *base);

/* Of the latest file; `units` are its rows and records, interchanges and groups it has none. */
const struct inbound_counts *flat_in_file_counts(const struct flat_in *in);

/* At the end: what the map did not read. */
void flat_in_finish(struct flat_in *in);

#endif
