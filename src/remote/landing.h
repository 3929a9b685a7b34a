/*
 * landing: a file that is being fetched, until it has its name here.
 *
 * It grows as ".NAME.ROW.part" beside its place, ROW being its transfer's: whoever comes after one that was
 * killed finds it by that.  Mode 0600, locked while somebody writes it, never through a link.
 * Errors are those of base/file.h.
 */
#ifndef CROSSDOCK_REMOTE_LANDING_H
#define CROSSDOCK_REMOTE_LANDING_H

#include "base/bytes.h"
#include "base/hash.h"

enum { LANDING_NAME = 256, LANDING_AT_ONCE = 256 };

struct landing {
    int folder; /* not its own */
    int fd;     /* -1: not open */
    char part[LANDING_NAME];
};

/* Opens the part file, or makes it; *have is how many bytes are in it.  0 or the error. */
int landing_open(struct landing *landing, int folder, struct bytes name, int64_t row, uint64_t *have);

/* All of it was written: it must have `size` bytes; tells its SHA-256 if it is empty yet.  0 or the error. */
int landing_check(const struct landing *landing, uint64_t size, struct sha256 *sha256, char hex[65]);

/* Another file in its place, empty and open for writing, until landing_replaced: *fd.  0 or the error. */
int landing_replace(const struct landing *landing, int *fd);

/* It is written: it takes the place, or with good false goes away.  0 or the error. */
int landing_replaced(struct landing *landing, int fd, bool good);

/* Makes some durable, all at a time, which is much faster than one by one.  errors[i]: 0 or the error of
 * landings[i]; LANDING_AT_ONCE at most. */
void landing_seal(struct landing *const *landings, size_t n, int *errors);

/* Closes it: it stays, for whoever goes on with it, or not. */
void landing_close(struct landing *landing);
void landing_drop(struct landing *landing);

/* Gives what was sealed (also by one who was killed since) its name.  0; EEXIST when the name is taken;
 * ENOENT: there is none.  The folder must be flushed afterwards: landing_flush. */
int landing_name(int folder, struct bytes name, int64_t row, const char *target);
int landing_flush(int folder);

/* A name for it that is free in the folder: NAME, or NAME~2 before its suffix, and so on. */
int landing_choose(int folder, struct bytes name, char target[LANDING_NAME]);

#endif
