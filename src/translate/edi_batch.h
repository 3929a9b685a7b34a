/*
 * edi_batch: finished transaction sets to interchanges: gathered by partner, identities and functional
 * group, put into envelopes with true counts and numbers of their own, and delivered.
 *
 * An interchange holds one functional group (or TA1s, and no group).  Control numbers are taken when it is
 * complete, just before it goes out, by the steps of edi_journal.h.  With a folder each interchange is a file
 * that appears whole, and each document in it gets a receipt; else they go to `out`, one behind the other.
 */
#ifndef CROSSDOCK_TRANSLATE_EDI_BATCH_H
#define CROSSDOCK_TRANSLATE_EDI_BATCH_H

#include "base/calendar.h"
#include "canon/write.h"
#include "diag/report.h"
#include "partner/partner.h"
#include "translate/edi_journal.h"
#include "wire/x12_write.h"

struct edi_batches;

struct edi_batch_settings {
    const char *folder;      /* NULL: everything to `out` */
    const struct edi_journal *journal; /* NULL: nothing will be put into a batch */
    uint64_t max_sets;       /* of an interchange; 0: no bound */
    uint64_t max_bytes;      /* of an interchange's sets */
    struct bytes date, time; /* CCYYMMDD, HHMM */
    struct canon_sink *out;
    struct report *report;
};

/* Whom an interchange is from and for, and what it holds.  Two documents travel together when all is equal.
 * */
struct edi_address {
    const char *partner;
    struct bytes from, to;         /* "ZZ:CROSSDOCK" */
    struct bytes app_from, app_to; /* GS02, GS03 */
    struct bytes group;            /* GS01; empty: TA1 */
    struct bytes set;              /* ST01, for the file's name */
    struct bytes release;          /* GS08 */
    struct bytes agency;           /* GS07 */
    struct bytes version;          /* ISA12 */
    bool test, ack_requested;
    bool ack_expected;                 /* of the group, a 997 or 999 */
    uint64_t ack_seconds;              /* working time, until it, or a TA1, must be here; 0: no limit */
    const struct calendar *calendar;   /* of the partner, for that */
    struct x12_style style;
};

/* NULL: told. */
struct edi_batches *edi_batches_open(const struct edi_batch_settings *settings);
void edi_batches_close(struct edi_batches *batches);

/* Whether a run before this one kept the document for this partner in an interchange, which then goes out as
 * it was kept; EDI_KEPT: it has its receipt, or is among those of this run that wait. */
enum edi_found edi_batches_again(struct edi_batches *batches, const char *partner,
                                 const struct canon_record *record, bool *in_this_run);

struct edi_batch;

/* The batch that the next document of this address goes into; its full predecessor was delivered.  Views are
 * copied.  NULL: delivery or memory failed, told. */
struct edi_batch *edi_batches_for(struct edi_batches *batches, const struct edi_address *address);

/* Which set of its group it will be, from 1. */
uint32_t edi_batch_next(const struct edi_batch *batch);

/* Puts a set, from ST to SE, or a TA1, into it.  False: told. */
bool edi_batch_add(struct edi_batches *batches, struct edi_batch *batch, const struct canon_record *record,
                   struct bytes set);

/* Delivers what is left.  False: told. */
bool edi_batches_finish(struct edi_batches *batches);

/* Documents that were put into batches and never delivered. */
uint64_t edi_batches_lost(const struct edi_batches *batches);

#endif
