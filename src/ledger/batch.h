/*
 * batch: a file in the ledger, as the batch record that closed it says, and what became of its documents.
 *
 * The same bytes under the same name are the same file: a run that was repeated.  When they were translated
 * to something else since (a map was mended), the file gets another run: what is new is added, and what does
 * not come any more, such as the reject of a set that now is an order, is replaced.
 */
#ifndef CROSSDOCK_LEDGER_BATCH_H
#define CROSSDOCK_LEDGER_BATCH_H

#include "canon/record.h"
#include "ledger/ledger.h"

/* read = translated + held + rejected + duplicate + ignored, as the translator counted. */
struct batch {
    struct bytes sha256, name, format; /* views into the record */
    int64_t bytes, read, translated, held, rejected, duplicate, ignored;
    bool is_complete;
};

void batch_of(struct batch *batch, const struct canon_record *record);
bool batch_adds_up(const struct batch *batch);

/* The file; 0: it is not there.  `arrivals`: of how many records it consists. */
int64_t batch_find(struct ledger *ledger, const struct batch *batch, int64_t *arrivals);

/* Both within a write transaction: a new file, and a further run of one; *run is its number from 1.  0: the
 * ledger failed. */
int64_t batch_add(struct ledger *ledger, const struct batch *batch);
bool batch_anew(struct ledger *ledger, int64_t file, const struct batch *batch, int64_t *run);

/* All its documents were added: counts them. */
bool batch_close(struct ledger *ledger, int64_t file, int64_t run, const struct batch *batch);

#endif
