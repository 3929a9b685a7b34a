/*
 * journey_reading: what was read of the ledger on the way from number to number: each document once.  For the
 * modules of journeys alone.
 *
 * Everything lives in the arena; failure of it or of the ledger is sticky, and told by reading_failed.
 */
#ifndef CROSSDOCK_LEDGER_JOURNEY_READING_H
#define CROSSDOCK_LEDGER_JOURNEY_READING_H

#include "ledger/journey_number.h"

struct sqlite3_stmt;

/* A number, by its value, or a document, by its ordinal's bytes. */
struct met_entry {
    struct met_entry *next; /* that waits */
    struct bytes value;
    unsigned sorts;                    /* of a number: as which it was met */
    unsigned fresh;                    /* of those: not followed yet */
    bool is_member;                    /* of a document */
    struct journey_document *document; /* NULL: of no journey */
};

/* Slots are a power of two. */
struct met {
    struct met_entry **slots;
    size_t n_slots, n;
};

struct reading {
    struct ledger *ledger;
    struct arena *arena;
    struct met numbers, documents;
    struct bytes shared; /* the least number that too many documents share; at NULL: none */
};

/* The entry of this value, or NULL. */
struct met_entry *met_find(const struct met *met, struct bytes value);

/* The entry of this value, made when there is none.  NULL: no memory. */
struct met_entry *met_enter(struct met *met, struct arena *arena, struct bytes value);

/* The document's, which is read when it is asked for first. */
struct met_entry *reading_document(struct reading *reading, int64_t ordinal);

/* A statement whose rows are the documents that have a number: ordinal, and the number's name. */
struct sqlite3_stmt *reading_by_value(struct reading *reading, struct bytes value);

/* More than JOURNEY_MAX_SHARED documents have the number: a constant that somebody sends. */
bool reading_is_shared(struct reading *reading, struct bytes value);

/* Tells a lack of memory. */
bool reading_failed(struct reading *reading);

#endif
