/*
 * batch: the record that closes a file: its SHA-256, its size, and what became of its documents.
 */
#ifndef CROSSDOCK_TRANSLATE_BATCH_H
#define CROSSDOCK_TRANSLATE_BATCH_H

#include "canon/id.h"
#include "canon/write.h"
#include "translate/inbound.h"

/* `format`: of the file, "x12". */
void batch_write(struct canon_sink *out, const struct schema *schema, struct canon_id *id,
                 const char *format, const char *file, const char sha256[65],
                 const struct inbound_counts *counts, struct arena *arena);

#endif
