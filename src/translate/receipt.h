/*
 * receipt: one line of JSON for each document that was to be delivered: it is in a file, or it was refused;
 * and the reasons of a refusal, gathered while its findings are told.
 */
#ifndef CROSSDOCK_TRANSLATE_RECEIPT_H
#define CROSSDOCK_TRANSLATE_RECEIPT_H

#include "canon/write.h"
#include "diag/report.h"

void receipt_written(struct canon_sink *sink, const char *id, const char *kind, struct bytes partner,
                     struct bytes file, const char *sha256, uint64_t size);

/* `reasons`: as refusal_reasons gives them. */
void receipt_refused(struct canon_sink *sink, const struct canon_record *record, struct bytes reasons);

/* Appends the path that a receipt names: the folder as it was given, unless that is no text, and the name. */
void receipt_path(struct buffer *path, const char *folder, struct bytes name);

/* Why one record is refused. */
struct refusal {
    struct report *report;
    bool kept;             /* reasons are wanted */
    struct buffer reasons; /* as JSON */
    unsigned n;
};

void refusal_init(struct refusal *refusal, struct report *report, bool kept);
void refusal_release(struct refusal *refusal);
void refusal_begin(struct refusal *refusal);

/* Every finding goes to the report, and the first ones into the receipt. */
void refusal_tell(struct refusal *refusal, const struct finding *finding);

/* [{"code":...,"text":...}], until the next refusal_begin. */
struct bytes refusal_reasons(struct refusal *refusal);

#endif
