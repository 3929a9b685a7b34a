/*
 * edi_out: canonical records to the X12 interchanges that trading partners get.
 *
 * A line is a record; its partner's file says what it goes out as.  A record that cannot become a valid set
 * is refused with all that is wrong with it, by the names of its fields, and the others go.  Every line is
 * counted exactly once: read = written + refused + ignored, and those that a technical failure kept from
 * being written.
 */
#ifndef CROSSDOCK_TRANSLATE_EDI_OUT_H
#define CROSSDOCK_TRANSLATE_EDI_OUT_H

#include "canon/write.h"
#include "conf/search.h"
#include "diag/report.h"
#include "translate/edi_journal.h"
#include "translate/outbound.h"

struct edi_out_settings {
    const char *partner; /* -p: whoever the records say they are for; NULL: as they say */
    const char *map;    /* -m: this map, and the records of its kind alone; NULL: the partner's, or x12-SET */
    const char *folder; /* an interchange a file, and receipts to `out`; NULL: interchanges to `out` */
    const char *temporary; /* the folder for temporary files */
    const struct edi_journal *journal; /* of control numbers; NULL: none; it must outlive the edi_out */
    const char *time;    /* "2026-11-24T09:30", of the envelopes */
    bool strict;         /* records that are no documents for partners are refused, not passed over */
    bool closed;         /* what no batch record closes is not delivered: the program before broke off */
    bool relay;          /* what came as X12 goes out as it came: set, release and identities of its source */
    bool test;           /* everything goes out as test data */
    int unmapped;        /* enum outbound_unmapped */
    uint64_t max_sets, max_bytes;
};

struct edi_out;

/* NULL: told. */
struct edi_out *edi_out_open(const struct edi_out_settings *settings, struct search *search,
                             struct report *report, struct canon_sink *out);
void edi_out_close(struct edi_out *edi);

/* One line.  False when the run must stop. */
bool edi_out_line(struct edi_out *edi, const struct outbound_place *place, struct bytes line);
void edi_out_too_long(struct edi_out *edi, const struct outbound_place *place, struct bytes beginning,
                      uint64_t length, uint64_t most);

/* The end: delivers what is left, tells what no map line wrote. */
bool edi_out_finish(struct edi_out *edi);

const struct outbound_counts *edi_out_counts(const struct edi_out *edi);

#endif
