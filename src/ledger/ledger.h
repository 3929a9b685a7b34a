/*
 * ledger: the SQLite database that remembers every document, opened by the rules that keep it whole.
 *
 * How the modules of this room fit, from the ground up; each uses those above it in this list alone:
 *   ledger, sql      opening, locking, transactions; prepared statements (sqlite3.h is seen in sql.h alone)
 *   migration        the tables and views, in steps that are never changed once released
 *   event, exception the log of what happened; what a person must look at
 *   duplicate        whether new content meets numbers that were used
 *   acknowledgment   what partners say of what we sent
 *   document         a record with its keys, put in; lookup finds it again
 *   batch            a file, and what became of all that was in it
 *   stage, post      lines from a pipe to whole files, a transaction for several
 *   check            everything adds up
 *   lease, consumer  whether whoever took something is still at it; who takes what
 *   take             what a consumer has not had yet
 *   transfer         a file between a partner's mailbox and this machine
 *   number, sent     control numbers; the interchanges that went out under them
 *   receipt, settle  what became of it; documents set free again
 *   dead             what waits for somebody
 *   log, backup      the events; a copy
 *   metrics          numbers about it, for a monitoring system
 *   archived, sweep, retain   the bytes of files, kept beside the ledger; files out of an inbox; how long
 * A module of another matter (journeys, say) adds a step to migration.c and a pair of files.
 *
 * WAL with synchronous=FULL: what was committed survives a power cut.  SQLite before 3.51.3 can damage a WAL
 * when one process commits while another checkpoints, so one flock (on FILE-lock) is held around every write
 * transaction and every checkpoint, and nothing checkpoints by itself.  Readers take no lock.
 *
 * Failure is sticky: the first thing that goes wrong is told to the report (technical), whatever follows does
 * nothing, and ledger_commit rolls back.  A handle that failed is good for ledger_close alone.
 *
 * What later rooms may lean on: the headers but sql.h, and the views of crossdock-ledger(5).
 * The tables behind the views may change with any version; the views change by addition alone.
 */
#ifndef CROSSDOCK_LEDGER_LEDGER_H
#define CROSSDOCK_LEDGER_LEDGER_H

#include "diag/report.h"

struct ledger;

enum ledger_mode {
    LEDGER_READ,   /* it must be there; written by nobody through this handle */
    LEDGER_WRITE,  /* it must be there; an older schema is brought up to date first */
    LEDGER_CREATE, /* it is made, and must not be there yet */
};

/* NULL: told.  `path` and `report` must outlive the ledger. */
struct ledger *ledger_open(const char *path, enum ledger_mode mode, struct report *report);
void ledger_close(struct ledger *ledger);

/* Takes the lock, waiting for whoever has it, and begins a write transaction.  False: told. */
bool ledger_begin(struct ledger *ledger);

/* Durable when this returns true.  Otherwise told, and nothing of the transaction is there. */
bool ledger_commit(struct ledger *ledger);
void ledger_rollback(struct ledger *ledger);

/* Begins what can be undone within a transaction, and ends it either way. */
bool ledger_mark(struct ledger *ledger);
bool ledger_settle(struct ledger *ledger, bool keep);

bool ledger_failed(const struct ledger *ledger);
struct report *ledger_report(const struct ledger *ledger);
const char *ledger_path(const struct ledger *ledger);

/* A ledger for tests takes test interchanges (ISA15 T); one for production refuses them.  Can be said while
 * nothing is in it; false: told. */
bool ledger_is_test(struct ledger *ledger);
bool ledger_make_test(struct ledger *ledger);

/* The version of its tables. */
int ledger_version(struct ledger *ledger);

/* "SQLite 3.40.1". */
const char *ledger_library(void);

#endif
