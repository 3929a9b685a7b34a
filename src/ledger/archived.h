/*
 * archived: which bytes the archive keeps, beside the ledger in FILE-archive, and what they have to do with.
 *
 * Bytes are put into the archive first (archive/store.h) and noted then; they are noted as going before they
 * are removed.  So whatever is noted as kept is there, and what a killed run leaves is neither lost nor in
 * the way: the next one of the same kind completes it.
 */
#ifndef CROSSDOCK_LEDGER_ARCHIVED_H
#define CROSSDOCK_LEDGER_ARCHIVED_H

#include "archive/store.h"
#include "canon/write.h"
#include "ledger/ledger.h"

/* The archive of this ledger, made when it is not there yet and `make` says so.  NULL: told. */
struct store *archived_open(struct ledger *ledger, bool make);

/* Notes what was added, within a write transaction; `file` is its row, 0: it was not posted.  What somebody
 * removed in the meantime is added again from `fd` (-1: there is none to add it from).  False: told. */
bool archived_note(struct ledger *ledger, struct store *store, struct store_item *item, struct bytes name,
                   int64_t file, int fd);

/* Puts the file into the archive.  Prints "SHA256<tab>NAME".  False: told. */
bool archived_add(struct ledger *ledger, struct store *store, const char *path, struct canon_sink *out);

/* A line for each content, or for each with a document of this business number: SHA-256, name, bytes, bytes
 * in the archive, state, when it was archived, with tabs between.  False: told, or there is none (told). */
bool archived_list(struct ledger *ledger, struct bytes number, struct canon_sink *out);

/* What a person means: the beginning of a SHA-256, or the id of a document, that of the file it came in.
 * `name`, when not NULL, gets the name.  False: told. */
bool archived_find(struct ledger *ledger, struct bytes what, struct store_item *item, char name[256]);

/* Prints the bytes, once they are known to be whole.  False: told. */
bool archived_show(struct ledger *ledger, struct store *store, struct bytes what, struct canon_sink *out);

/* Reads everything that is kept, and tells what is missing or damaged, and what is there without being noted.
 * Prints sums.  False: something is wrong. */
bool archived_check(struct ledger *ledger, struct store *store, struct canon_sink *out);

/* Tells an error of the archive.  Always false. */
bool archived_fail(struct ledger *ledger, const char *what, int error);

#endif
