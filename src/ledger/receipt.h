/*
 * receipt: what a translator says about a document it was to deliver, one line of JSON (canon2erp(1), FILES).
 */
#ifndef CROSSDOCK_LEDGER_RECEIPT_H
#define CROSSDOCK_LEDGER_RECEIPT_H

#include "base/arena.h"

struct receipt {
    struct bytes id, status, file, sha256; /* views into the line or the arena */
    bool is_refused;
    struct bytes reasons; /* "M3501: ...; M3502: ..." in the arena */
};

/* NULL, or what is wrong with it (static). */
const char *receipt_read(struct receipt *receipt, struct bytes line, struct arena *arena);

#endif
