/*
 * stage: the lines of files until they are committed: in memory, and beyond a bound in a file without a name.
 */
#ifndef CROSSDOCK_LEDGER_STAGE_H
#define CROSSDOCK_LEDGER_STAGE_H

#include "base/buffer.h"
#include "base/spool.h"

struct stage {
    struct buffer memory;
    struct spool spool;
    const char *folder; /* for the spool */
    void *map;
    size_t mapped;
};

void stage_init(struct stage *stage, const char *folder);
void stage_release(struct stage *stage);

/* A line without its end.  0 or the error (base/file.h). */
int stage_add(struct stage *stage, struct bytes line);
uint64_t stage_length(const struct stage *stage);

/* All of it, a '\n' behind each line, until the next call of any other function.  0 or the error. */
int stage_view(struct stage *stage, struct bytes *out);
void stage_clear(struct stage *stage);

#endif
