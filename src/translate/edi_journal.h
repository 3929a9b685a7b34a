/*
 * edi_journal: who counts the control numbers of interchanges, and may remember what was sent under them.
 *
 * An interchange goes out in three steps:
 *
 *   begin   chooses its numbers; whatever is locked stays locked until keep or drop
 *   keep    makes durable that the numbers are used; one that remembers also keeps the documents, the file's
 *           name and its bytes
 *   sent    the file is there, under its name and whole
 *
 * So no number is used twice, wherever a run is killed.  With one that remembers, a later run asks `find` for
 * each document: what was kept goes out as it was kept, with the same numbers and bytes, and what was sent is
 * not sent again.  Either way the document gets its receipt.  That ends when the receipt was taken: then the
 * same document can be sent anew, under new numbers.
 *
 * Two there are: a file of numbers (translate/control.h), which forgets, and the ledger (ledger/sent.h).
 */
#ifndef CROSSDOCK_TRANSLATE_EDI_JOURNAL_H
#define CROSSDOCK_TRANSLATE_EDI_JOURNAL_H

#include "base/bytes.h"

struct edi_address;

enum { CONTROL_MAX = 999999999 }; /* ISA13 and GS06 have nine digits */

struct control_numbers {
    uint32_t interchange, group; /* group 0: none */
};

/* A document in an interchange: the n-th has the set number n. */
struct edi_set {
    struct edi_set *next;
    struct edi_set *same; /* another one that waits, in a table of them */
    const char *kind;
    struct bytes partner; /* of the record */
    char id[33];
};

/* An interchange as it goes out. */
struct edi_interchange {
    const struct edi_address *address;
    struct control_numbers numbers;
    uint32_t n;
    const struct edi_set *first;
    struct bytes name, path; /* of the file; path: as receipts name it */
    struct bytes content;
    const char *sha256;
};

/* One that was kept; views until the next find or begin. */
struct edi_kept {
    bool sent;
    struct bytes name, path, sha256;
    uint64_t size;
    struct bytes content; /* of one that was not sent */
};

enum edi_found { EDI_NEW, EDI_KEPT, EDI_LOST /* told: the journal failed */ };

/* All but find tell what is wrong, and are false then. */
struct edi_journal {
    void *whom;
    bool remembers;
    enum edi_found (*find)(void *whom, struct bytes partner, const char *id, struct edi_kept *out);
    bool (*begin)(void *whom, const struct edi_address *address, struct control_numbers *out);
    bool (*keep)(void *whom, const struct edi_interchange *interchange);
    void (*drop)(void *whom);

    /* Of the one that was kept or found last; `path`: where it is. */
    bool (*sent)(void *whom, struct bytes path);
};

#endif
