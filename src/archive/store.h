/*
 * store: the bytes of files as they came, each content once, by their SHA-256, compressed (zstd).
 *
 * A folder; the content whose SHA-256 is abcd... lies in ab/abcd....zst, which zstd -d reads without us.  A
 * file appears whole under its name or not at all (base/publish.h), and is never changed.  What is read is
 * held to its name first, so nobody gets a damaged copy.  Errors as in base/file.h.
 */
#ifndef CROSSDOCK_ARCHIVE_STORE_H
#define CROSSDOCK_ARCHIVE_STORE_H

#include "base/bytes.h"

enum { STORE_HEX = 64 }; /* characters of a SHA-256 */

struct store;

struct store_item {
    char sha256[STORE_HEX + 1];
    uint64_t size;   /* bytes, as they came */
    uint64_t packed; /* bytes, as they are kept */
};

/* The folder, which is made for its owner alone when `make` says so (its parent must be there).  NULL: *error
 * (ENOENT: there is none). */
struct store *store_open(const char *folder, bool make, int *error);
void store_close(struct store *store);

/* What the item of a regular file would be called: its SHA-256 and size; `packed` is 0. The file is read from
 * its beginning. */
int store_name(struct store *store, int fd, struct store_item *item);

/* Keeps the bytes of the file that was named so, unless they are kept already; then they are on the disk.
 * FILE_CHANGED: they are not what store_name saw. */
int store_add(struct store *store, int fd, struct store_item *item);

/* Whether it is kept, and how many bytes it takes; ENOENT: it is not. */
int store_find(struct store *store, struct store_item *item);

/* Gives its bytes to `take` (false: to stop), once they were held to its name and size; take NULL: only that.
 * FILE_DAMAGED: they are not what they should be. */
int store_read(struct store *store, const struct store_item *item,
               bool (*take)(void *whom, struct bytes piece), void *whom);

/* Removes it; there being none is no error. */
int store_remove(struct store *store, const char *sha256);

/* Calls `take` with each name there is that looks like an item's; false: to stop. */
int store_each(struct store *store, bool (*take)(void *whom, const char *sha256), void *whom);

#endif
