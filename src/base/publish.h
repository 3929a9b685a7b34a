/*
 * publish: a file that appears under its name whole, durable, or not at all.
 *
 * It is written beside its place as ".NAME.part" (mode 0600, locked, never through a link), flushed to the
 * disk, renamed, and its folder flushed; every call is checked.  Whoever is killed on the way leaves at
 * most the part file, which the next one of the same name takes over; while a living process holds it, the
 * name is EBUSY. Errors are those of base/file.h.
 */
#ifndef CROSSDOCK_BASE_PUBLISH_H
#define CROSSDOCK_BASE_PUBLISH_H

#include "base/file.h"

enum { PUBLISH_MAX_NAME = 240 }; /* bytes: with "." and ".part" it stays a file name everywhere */

enum publish_mode {
    PUBLISH_NEW,     /* EEXIST when the name is taken */
    PUBLISH_REPLACE, /* a file of that name is replaced, in one step */
};

struct publish {
    int folder, fd; /* -1: not open */
    int error;      /* the first one */
    char name[PUBLISH_MAX_NAME + 1];
    char part[PUBLISH_MAX_NAME + 8];
};

/* One file in one folder: no slash, no control byte, no leading dot, not too long. */
bool publish_name_is_good(struct bytes name);

/* 0, or the error; then there is nothing to close. */
int publish_open(struct publish *publish, const char *folder, struct bytes name);

void publish_add(struct publish *publish, const void *at, size_t len);

/* Makes it appear.  0, or the first error since publish_open; then the part file is gone (as far as that
 * could be done) and whatever bore the name before is untouched.  One exception: if only the last step
 * failed, flushing the folder, the file has its name and may lose it when power fails; writing it again
 * mends that. */
int publish_close(struct publish *publish, enum publish_mode mode);

/* Throws it away. */
void publish_abandon(struct publish *publish);

/* All of that at once. */
int publish_file(const char *folder, struct bytes name, struct bytes content, enum publish_mode mode);

#endif
