/*
 * sent: the interchanges that went out, under which numbers, with which documents.
 *
 * As a journal of translate/edi_journal.h it counts control numbers in the transaction that records what they
 * are used for.  A row begins as "sending" and holds the bytes of the file; when the file is there it is
 * "sent", and the bytes are let go.  Of each document the row waits for the receipt: until the command "done"
 * has it, the document is not put into another interchange for the same partner, so a pipe that is killed
 * anywhere between them and run again sends the same file, under the same numbers, once.
 *
 *     begin   lock, BEGIN, numbers        killed: nothing happened
 *     keep    sending, COMMIT             killed: the next run publishes what is kept
 *     (publish)                           killed: the next run publishes it again, with itself
 *     sent                                killed: the next run gives the receipts
 *     done                                killed: the next run gives the receipts
 *
 * Series are called "ISA SENDER RECEIVER" and "GS SENDER RECEIVER CODE", identities as in "01:555010101".
 */
#ifndef CROSSDOCK_LEDGER_SENT_H
#define CROSSDOCK_LEDGER_SENT_H

#include "base/buffer.h"
#include "ledger/ledger.h"
#include "translate/edi_journal.h"

struct sent_journal {
    struct ledger *ledger;
    int64_t row;        /* kept or found last */
    struct buffer kept; /* what was found */
};

void sent_journal_init(struct sent_journal *journal, struct ledger *ledger);
void sent_journal_release(struct sent_journal *journal);

/* It, for whoever writes interchanges; both must outlive that. */
struct edi_journal sent_journal_edi(struct sent_journal *journal);

/* A receipt of the document was taken, with the SHA-256 of the file: within a write transaction. */
bool sent_settle(struct ledger *ledger, struct bytes id, struct bytes sha256);

#endif
