/*
 * spool: a temporary file without a name, for what is too large to be held in memory.
 *
 * Nobody else can open it, and it is gone with the process, however that ends.  Bytes are added at the end
 * and read back from anywhere.  The owner calls spool_open and spool_close.  Errors as in base/file.h,
 * kept in `error`: after one, nothing is added until spool_clear.
 */
#ifndef CROSSDOCK_BASE_SPOOL_H
#define CROSSDOCK_BASE_SPOOL_H

#include "base/bytes.h"

struct spool {
    int fd;       /* -1: not open */
    uint64_t len; /* bytes */
    int error;
};

/* In this folder.  0 or the error. */
int spool_open(struct spool *spool, const char *folder);
void spool_close(struct spool *spool);

int spool_add(struct spool *spool, const void *at, size_t len);

/* `len` bytes from this place on; all of them were added. */
int spool_read(struct spool *spool, uint64_t from, void *at, size_t len);

/* Takes everything back: the disk has its room again. */
void spool_clear(struct spool *spool);

#endif
