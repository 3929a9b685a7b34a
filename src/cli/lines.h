/*
 * lines: a file as lines, read in large blocks; the lines are views into one window.
 *
 * The window grows with the longest line up to a ceiling; a line over it is passed over and told, so that
 * what comes without a line end cannot take the machine's memory.  A last line without '\n' is a line.
 */
#ifndef CROSSDOCK_CLI_LINES_H
#define CROSSDOCK_CLI_LINES_H

#include "base/bytes.h"

enum lines_event {
    LINES_LINE,
    LINES_TOO_LONG, /* passed over: `line` shows its beginning, and `length` says how long it was */
    LINES_END,
    LINES_FAILED,   /* `error` */
    LINES_NO_MEMORY,
};

struct lines {
    int fd;              /* the caller's */
    char *window;
    size_t size, start, end; /* bytes: allocated, of the next unread byte, of the last byte read */
    size_t ceiling;      /* bytes, of one line */
    uint64_t base;       /* offset in the file of window[0] */
    uint64_t number;     /* of the line given last, from 1 */
    uint64_t offset;     /* of its first byte in the file */
    uint64_t length;     /* bytes of the line given last, without '\n' */
    int error;           /* errno */
    bool ended;
    bool open;           /* the line given last had no '\n' behind it */
};

/* False: out of memory. */
bool lines_init(struct lines *lines, int fd, size_t ceiling);
void lines_release(struct lines *lines);

/* The next line, without '\n' (a '\r' before it stays); valid until the next call. */
enum lines_event lines_next(struct lines *lines, struct bytes *line);

#endif
