/*
 * reject: a set that was refused, as a record: its bytes, where it stood, why; so that it can be mended and
 * replayed.
 */
#ifndef CROSSDOCK_TRANSLATE_REJECT_H
#define CROSSDOCK_TRANSLATE_REJECT_H

#include "canon/id.h"
#include "canon/write.h"
#include "standard/fault.h"
#include "wire/x12.h"

/* Bytes of a set that its record holds; of a longer one it holds the beginning, and says so. */
enum { REJECT_RAW_MAX = 64 * 1024 * 1024 };

struct reject {
    const struct canon_source *source; /* of the set: file, offset, length, control numbers */
    struct bytes partner;
    const struct faults *faults;
    const char *release;               /* of the tables */
    const struct guide *guide;         /* or NULL */
    enum ack_form form;
    const struct canon_record *record; /* as far as it was read: for its kind and key; or NULL */
    bool complete;                     /* false: the raw bytes are not all here (over a limit) */
};

/* The record is built in `arena` (not reset: the faults are in it). */
void reject_write(struct canon_sink *out, const struct schema *schema, struct canon_id *id,
                  const struct x12_reader *reader, const struct reject *reject, struct arena *arena);

/* raw, raw_encoding and what else tells of the bytes: `kept` of `length` of them, sha256 "" when not all were
 * seen. */
void reject_fill_bytes(struct arena *arena, struct canon_object *body, struct bytes kept, uint64_t length,
                       const char *sha256);

/* A value as a reason shows it: escaped and cut. */
struct bytes reject_shown(struct arena *arena, struct bytes value);

#endif
