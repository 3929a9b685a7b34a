/*
 * file: a file read whole, and the words for what went wrong with one.
 *
 * Errors are ints: 0 is well, positive ones are errno's, negative ones are our own.
 */
#ifndef CROSSDOCK_BASE_FILE_H
#define CROSSDOCK_BASE_FILE_H

#include <sys/stat.h>

#include "base/arena.h"

enum {
    FILE_TOO_LARGE = -1,   /* larger than the ceiling */
    FILE_NOT_REGULAR = -2, /* a device, a pipe, a socket (a folder is EISDIR) */
    FILE_CHANGED = -3,     /* it became longer or shorter while it was read */
    FILE_BAD_NAME = -4,    /* no name of a single file */
    FILE_DAMAGED = -5,     /* its content is not what it was when it was written */
};

/* "No such file or directory": for messages, whatever the locale; never NULL. */
const char *file_error(int error);

/* Whether the machine failed (a disk's error, no memory, too many open files), and the next try may do
 * better; false: the file itself is missing, of the wrong kind, too large or not for us. */
bool file_error_is_technical(int error);

/* The whole of a regular file of at most `ceiling` bytes, in the arena, with a NUL behind it.  `about`,
 * where not NULL, gets its owner and mode.  Never waits for somebody to open the other end of a pipe.  0 or
 * the error. */
int file_read_whole(const char *path, size_t ceiling, struct arena *arena, struct bytes *out,
                    struct stat *about);

/* Up to `len` bytes into `at`, as many as there are: *got is less at the end alone.  0 or the error. */
int file_read(int fd, void *at, size_t len, size_t *got);

/* All of it, in as many pieces as it takes.  0 or the error. */
int file_write(int fd, const void *at, size_t len);

/* Closes them, several at a time: the last close of one that was deleted waits for the disk.  -1: none. */
void file_close_all(const int *fds, size_t n);

#endif
