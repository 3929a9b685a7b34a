/*
 * edi_files: what partners get as other files than X12: a writer for each map that is in use.
 */
#ifndef CROSSDOCK_TRANSLATE_EDI_FILES_H
#define CROSSDOCK_TRANSLATE_EDI_FILES_H

#include "partner/partner.h"
#include "translate/outbound.h"

struct edi_files;

/* `common` is what all writers have: folder, unmapped, schema; it is copied.  NULL: out of memory. */
struct edi_files *edi_files_open(const struct outbound_settings *common, struct search *search,
                                 struct report *report, struct canon_sink *out);
void edi_files_close(struct edi_files *files);

/* The writer of the map for the partner; both live longer.  NULL: told. */
struct outbound *edi_files_writer(struct edi_files *files, const struct partner *partner, const char *map);

/* The end, once for each; what became of it is added to `counts`.  False when an output failed. */
bool edi_files_finish(struct edi_files *files, struct outbound_counts *counts);

#endif
