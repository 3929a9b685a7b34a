/*
 * channel: messages between a poll and the worker that speaks with the server, two processes of one program.
 *
 * A message is a struct, sent whole (SOCK_SEQPACKET); a request may carry an open file along.  The worker
 * trusts its parent; the parent believes only lengths and kinds that it checks.
 */
#ifndef CROSSDOCK_REMOTE_CHANNEL_H
#define CROSSDOCK_REMOTE_CHANNEL_H

#include "base/bytes.h"

enum {
    CHANNEL_PATH = 1024,
    CHANNEL_TEXT = 400,
    CHANNEL_AT_ONCE = 240, /* requests without a reply */
};

enum channel_what {
    /* of the parent */
    CHANNEL_LIST,    /* path: an entry for each name, then a reply */
    CHANNEL_LOOK,    /* path: size, mtime and kind of what is there; links are not followed */
    CHANNEL_GET,     /* path, into the file that comes along, which has `offset` bytes of it already */
    CHANNEL_PUT,     /* the file that comes along, to path; `size` bytes */
    CHANNEL_RENAME,  /* path to `to`; never onto something that is there */
    CHANNEL_REPLACE, /* the same, in place of what may be there, which is gone in the same moment */
    CHANNEL_REMOVE,  /* path */
    /* of the worker */
    CHANNEL_ENTRY, /* path: a name, as it came */
    CHANNEL_MOVES, /* bytes are flowing: `size` until now */
    CHANNEL_REPLY,
    CHANNEL_READY, /* `size`: how many requests it does at a time */
    CHANNEL_KINDS,
};

enum channel_error {
    CHANNEL_OK,
    CHANNEL_GONE,        /* there is nothing of that name */
    CHANNEL_THERE,       /* there is something of that name */
    CHANNEL_DENIED,      /* not allowed */
    CHANNEL_REFUSED,     /* the server said no, for whatever reason */
    CHANNEL_CHANGED,     /* it is no longer what it was when it was listed */
    CHANNEL_TOO_MANY,    /* more names than the limit */
    CHANNEL_HERE,        /* the file on this side: text says what */
    CHANNEL_LOST,        /* the connection; all but this can be answered with more requests */
    CHANNEL_UNREACHABLE, /* there is none */
    CHANNEL_KEY,         /* the server's key is not the one that is expected */
    CHANNEL_ALGORITHMS,  /* no algorithm in common */
    CHANNEL_LOGIN,       /* not let in */
    CHANNEL_SETTINGS,    /* a key or known_hosts file is of no use */
    CHANNEL_SLOW,        /* nothing happened for too long */
    CHANNEL_TIME,        /* the time of the poll is over */
    CHANNEL_ERRORS,
};

enum channel_kind { CHANNEL_FILE = 1, CHANNEL_FOLDER, CHANNEL_LINK, CHANNEL_SPECIAL };

struct channel_message {
    enum channel_what what;
    uint32_t number; /* of a request; its reply has the same */
    enum channel_error error;
    enum channel_kind kind;
    uint64_t offset, size; /* bytes */
    int64_t mtime;         /* seconds since 1970, the server's clock */
    uint64_t limit;        /* LIST: names */
    uint32_t path_len;     /* an entry's name may hold a NUL */
    char path[CHANNEL_PATH];
    char to[CHANNEL_PATH];
    char sha256[65];         /* GET's reply: of all of the file; empty: nobody has looked */
    char text[CHANNEL_TEXT]; /* of an error, for people */
};

/* False: the other side is gone.  `fd` -1: none goes along. */
bool channel_send(int socket, const struct channel_message *message, int fd);

enum channel_got { CHANNEL_GOT, CHANNEL_NOTHING_YET, CHANNEL_ENDED };

/* The same, without waiting.  NOTHING_YET: there is no room, and will be none before a reply was received;
 * who waited for it in vain would make the other side wait, too. */
enum channel_got channel_offer(int socket, const struct channel_message *message, int fd);

/* *fd is -1 when none came along; else the caller's to close.  Does not wait. */
enum channel_got channel_receive(int socket, struct channel_message *message, int *fd);

/* Fills error and text. */
void channel_fail(struct channel_message *message, enum channel_error error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* By errno of the side where the original lies. */
void channel_fail_errno(struct channel_message *message, int error, const char *doing);

#endif
