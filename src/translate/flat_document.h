/*
 * flat_document: one document of a flat file: what was found wrong with it, and the bytes it was.
 *
 * Findings are told as they come; where reject records are wanted they are kept too, with the rows' bytes.
 */
#ifndef CROSSDOCK_TRANSLATE_FLAT_DOCUMENT_H
#define CROSSDOCK_TRANSLATE_FLAT_DOCUMENT_H

#include "canon/id.h"
#include "canon/write.h"
#include "diag/report.h"
#include "base/arena.h"

struct flat_reason;

struct flat_document {
    struct arena *arena;     /* of the document: record and reasons */
    bool open;
    bool bad;                /* something refuses it */
    bool full;               /* over a bound: its rows are passed over */
    uint64_t offset, length; /* bytes, in the file */
    uint32_t line;           /* that it begins in */
    struct flat_reason *first, *last;
    uint64_t n_reasons;
    struct buffer raw;       /* its rows, when they are wanted; as far as REJECT_RAW_MAX */
};

void flat_document_init(struct flat_document *document, struct arena *arena);
void flat_document_release(struct flat_document *document);

/* Empties it; the arena is its owner's. */
void flat_document_begin(struct flat_document *document, uint64_t offset, uint32_t line);

/* Keeps a finding for the reject record; one of severity error makes the document bad. */
void flat_document_add(struct flat_document *document, const struct finding *finding);

/* What was found wrong with `held` is wrong with this one. */
void flat_document_join(struct flat_document *document, const struct flat_document *held);

/* What is known of a document besides its reasons. */
struct flat_reject {
    const struct canon_source *source;
    struct bytes partner;
    enum canon_direction direction;
    const char *level; /* "message", "record", "file" */
    const struct canon_record *record; /* as far as it was read, or NULL */
    const char *sha256; /* of all its bytes; NULL: of those that are here */
};

void flat_document_reject(const struct flat_document *document, const struct flat_reject *reject,
                          struct canon_sink *out, const struct schema *schema, struct canon_id *id);

#endif
