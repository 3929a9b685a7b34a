/*
 * migration: the ledger's tables, and the steps from each version of them to the next.
 *
 * PRAGMA user_version says which version a file has; each step is one transaction with it, so a step that is
 * killed has not begun.  Steps are never changed once released: a change is a further step.
 */
#ifndef CROSSDOCK_LEDGER_MIGRATION_H
#define CROSSDOCK_LEDGER_MIGRATION_H

#include "ledger/ledger.h"

enum { LEDGER_APPLICATION = 0x43524F44 /* "CROD", for file(1) and PRAGMA application_id */ };

/* The version this program writes. */
int migration_newest(void);

/* Brings the tables up to date, under the lock.  False: told. */
bool migration_run(struct ledger *ledger);

#endif
