/*
 * edi_out_parts: records on their way to partners, from the inside.  Private to edi_out.c (records, and whom
 * they go to), edi_out_set.c (a record as a transaction set) and edi_out_open.c (the run).
 */
#ifndef CROSSDOCK_TRANSLATE_EDI_OUT_PARTS_H
#define CROSSDOCK_TRANSLATE_EDI_OUT_PARTS_H

#include "map/x12_put.h"
#include "translate/edi_address.h"
#include "translate/edi_files.h"
#include "translate/edi_out.h"
#include "translate/receipt.h"
#include "translate/work.h"

struct known_partner {
    struct known_partner *next;
    struct bytes name;
    const struct partner *partner; /* NULL: there is none, or its file is wrong: told */
};

struct known_putter {
    struct known_putter *next;
    const struct work *work;
    struct x12_putter *putter;
};

/* A path that was not written, over all records. */
struct unwritten {
    struct unwritten *next;
    const char *path;
    uint64_t count;
};

struct edi_out {
    struct edi_out_settings settings;
    struct report *report;
    struct canon_sink *out;
    struct dictionary *dictionary;
    struct schema *schema;
    struct partners *partners;
    struct workshop shop;
    struct edi_batches *batches;
    struct edi_files *files;
    const void *stream; /* what is written to standard output: batches, or the writer of other files */
    struct arena life;  /* the run */
    struct arena arena; /* one record */
    struct buffer set;  /* its set */
    struct refusal refusal;
    struct known_partner *known;
    struct known_putter *putters;
    struct unwritten *unwritten, **last_unwritten;
    struct bytes map_set; /* of -m, when it is of X12 */
    const struct canon_kind *map_kind;
    struct outbound_counts counts;

    /* the record at hand */
    struct place place;
    const struct canon_record *record;
    struct canon_record line; /* of the line at hand */
    uint64_t unclosed;        /* lines that came behind the last batch record */
    bool bad;                 /* something of it was left unwritten, and may not be */
};

/* What a record goes out as. */
struct edi_job {
    const struct partner *partner;
    const struct partner_document *document;
    const struct partner_send *send;
    struct work *work;
    struct x12_putter *putter;
    struct edi_address address;
    struct bytes set;
};

/* A finding about the record at hand. */
void edi_out_tell(struct edi_out *edi, enum complaint complaint, const char *detail, struct bytes value,
                  const char *expected, const char *origin);

/* NULL: there is none, or its file is wrong, which is told; or edi->life failed. */
const struct partner *edi_out_partner(struct edi_out *edi, struct bytes name);

/* The text of a field; at NULL: it has none. */
struct bytes edi_out_text(const struct canon_object *object, const char *name);

/* --- edi_out_set.c */

/* The record as a set, in edi->set.  False: refused, told; or edi->arena failed. */
bool edi_out_write_set(struct edi_out *edi, struct edi_job *job, struct canon_record *record,
                       const struct edi_batch *batch);

/* What no map line wrote, of all records. */
void edi_out_tell_unwritten(struct edi_out *edi);

#endif
