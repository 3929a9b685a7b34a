/*
 * incoming: partners' files, of whatever form, to canonical records.
 *
 * Each file is told apart: one that begins with ISA is X12 (translate/inbound.h), whatever it is called; any
 * other is read with the map that -m names, or that the partner's file has for files of its name
 * (translate/flat_in.h); what is left is taken for X12 again, and told as what it is not.
 */
#ifndef CROSSDOCK_TRANSLATE_INCOMING_H
#define CROSSDOCK_TRANSLATE_INCOMING_H

#include "translate/flat_in.h"
#include "translate/inbound.h"

struct incoming_settings {
    struct inbound_settings x12; /* partner and map are of both; a map of another format is not for X12 */
    uint64_t max_row, max_document; /* bytes, of files that are no X12 */
};

struct incoming;

/* The settings must outlive it.  NULL: told to the report. */
struct incoming *incoming_open(struct incoming_settings *settings, struct search *search,
                               struct report *report, struct canon_sink *out);
void incoming_close(struct incoming *incoming);

/* Translates what `fd` gives; `name` is for messages, `base` (without folders; "" of standard input) for the
 * records and to choose the map.  False when the run must stop. */
bool incoming_file(struct incoming *incoming, int fd, const char *name, const char *base);

/* Of the latest file, and whether it was taken for X12. */
const struct inbound_counts *incoming_counts(const struct incoming *incoming);
bool incoming_was_x12(const struct incoming *incoming);

/* At the end: what is told once a run. */
void incoming_finish(struct incoming *incoming);

#endif
