/*
 * post: lines of canonical records into the ledger, a file at a time.
 *
 * The records of a file and the batch record that closes it are committed together or not at all: a pipe
 * that breaks leaves nothing of the file, and running again posts it.  Several small files share a
 * transaction, but what is wrong with one of them leaves out that one alone.
 */
#ifndef CROSSDOCK_LEDGER_POST_H
#define CROSSDOCK_LEDGER_POST_H

#include "canon/write.h"
#include "conf/search.h"
#include "ledger/document.h"
#include "ledger/replay.h"

struct post;

struct post_settings {
    bool loose;             /* records that no batch record closes are taken too, each for itself */
    struct canon_sink *tee; /* where new documents go once they are committed, or NULL */
    struct replay *replay;  /* documents take the place of those that are there (replay.h); NULL: are added */
    const char *temporary;  /* the folder for what waits and is too large for memory */
};

struct post_counts {
    uint64_t files, files_again;          /* committed, and found committed already */
    uint64_t outcomes[DOCUMENT_OUTCOMES]; /* of documents that count */
    uint64_t rejects;                     /* new dead letters */
};

/* NULL: told. */
struct post *post_open(struct ledger *ledger, struct search *search, const struct post_settings *settings);
void post_close(struct post *post);

/* One line of `input`.  False: the run must stop. */
bool post_line(struct post *post, const char *input, uint64_t number, struct bytes line);

/* A line longer than it may be was passed over: its file cannot be posted. */
void post_lost_line(struct post *post, const char *input, uint64_t number, uint64_t length, uint64_t most);

/* Commits what is whole, and tells what is not. */
bool post_finish(struct post *post);

const struct post_counts *post_counts(const struct post *post);

#endif
