/*
 * timeline: what happened to a document, as the view document_timeline tells it, and its record.
 */
#ifndef CROSSDOCK_LEDGER_TIMELINE_H
#define CROSSDOCK_LEDGER_TIMELINE_H

#include "base/arena.h"
#include "ledger/ledger.h"

/* Missing texts are {NULL, 0}.  crossdock-ledger(5) says what each is. */
struct timeline_row {
    struct bytes at, what, kind, direction, partner, number, id, state, file, consumer;
    struct bytes interchange, group, set, text;
};

/* Between the two all that is asked is of one state of the ledger, whoever writes meanwhile.  False: told. */
bool timeline_begin(struct ledger *ledger);
void timeline_end(struct ledger *ledger);

/* Its rows in the arena, the one that says it was posted first, then by time; how many.  0: there is no such
 * document, or told. */
size_t timeline_read(struct ledger *ledger, struct arena *arena, int64_t document,
                     const struct timeline_row **rows);

/* Its record, a line without its end, in the arena; at NULL: told, or there is none. */
struct bytes timeline_record(struct ledger *ledger, struct arena *arena, int64_t document);

#endif
