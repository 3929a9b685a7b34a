/*
 * backup: a copy of the ledger, whole, while others write.
 */
#ifndef CROSSDOCK_LEDGER_BACKUP_H
#define CROSSDOCK_LEDGER_BACKUP_H

#include "ledger/ledger.h"

/* Copies what is committed to the file `to`, which must not be there yet: it appears under its name when it
 * is whole and on the disk.  A copy is a ledger: -l takes it.  False: told. */
bool backup_make(struct ledger *ledger, const char *to);

#endif
