/*
 * sftp: a channel on which SFTP is spoken, version 3 (draft-ietf-secsh-filexfer-02), with extensions of
 * OpenSSH's.
 *
 * The library's own SFTP has one request of a kind under way on a channel, is confused by answers that are
 * shorter than what was asked for, and loses names; so it is spoken here, and the library carries it.  Any
 * number of requests go out before the first answer comes, each for `whom`, to whom the answer is given.
 *
 * Nothing waits.  What the server says is held to what was asked: an answer to no question, of another kind,
 * or that ends within itself is nonsense, after which nothing on this channel can be believed.
 */
#ifndef CROSSDOCK_REMOTE_SFTP_H
#define CROSSDOCK_REMOTE_SFTP_H

#include <libssh2.h>

#include "remote/packet.h"

/* What is asked, by SFTP's numbers. */
enum sftp_call {
    SFTP_OPEN = 3,
    SFTP_CLOSE = 4,
    SFTP_READ = 5,
    SFTP_WRITE = 6,
    SFTP_LSTAT = 7,
    SFTP_FSTAT = 8,
    SFTP_OPENDIR = 11,
    SFTP_READDIR = 12,
    SFTP_REMOVE = 13,
    SFTP_RENAME = 18,
    SFTP_EXTENDED = 200, /* fsync, posix-rename, limits */
};

/* What is answered when it is no more than a word. */
enum sftp_status {
    SFTP_OK = 0,
    SFTP_EOF = 1,
    SFTP_NO_SUCH_FILE = 2,
    SFTP_PERMISSION_DENIED = 3,
    SFTP_FAILURE = 4,
    SFTP_UNSUPPORTED = 8,
    /* of later versions, which some servers mix in */
    SFTP_NO_SUCH_PATH = 10,
    SFTP_FILE_ALREADY_EXISTS = 11,
    SFTP_NO_SPACE = 14,
    SFTP_QUOTA_EXCEEDED = 15,
};

enum { SFTP_HANDLE = 256 }; /* bytes of a handle, at most */

/* What the server tells of a file; each is 0 where it does not. */
struct sftp_about {
    uint64_t size;
    uint32_t mode;  /* with the type, as of stat */
    uint32_t mtime; /* seconds since 1970 */
};

struct sftp_answer {
    void *whom;
    enum sftp_call call; /* what was asked */
    uint64_t offset;     /* READ, WRITE: where, and how many bytes */
    uint32_t len;
    bool is_status;
    uint32_t status;
    struct bytes bytes;      /* OPEN, OPENDIR: the handle; READ: data */
    struct sftp_about about; /* LSTAT, FSTAT */
    uint32_t names;          /* READDIR: how many there are in `rest`, for sftp_name */
    struct packet rest;
};

struct sftp;

enum sftp_result {
    SFTP_AGAIN,   /* nothing happens until the socket is ready */
    SFTP_ON,      /* it got somewhere */
    SFTP_REFUSED, /* of sftp_open: the server gives no such channel */
    SFTP_LOST,    /* sftp_why */
};

/* NULL: no memory. */
struct sftp *sftp_new(LIBSSH2_SESSION *session);
void sftp_free(struct sftp *sftp); /* the memory: the channel ends with the session */

/* Each a step.  One that left a packet half out (libssh2_session_block_directions) must be the next that is
 * taken on the session, whatever else there is to do. */
enum sftp_result sftp_open(struct sftp *sftp); /* until sftp_is_open */
enum sftp_result sftp_write(struct sftp *sftp);
enum sftp_result sftp_read(struct sftp *sftp);

/* The next answer that has come in full; its bytes are good until sftp_read.  ON: there is one; AGAIN: none;
 * LOST. */
enum sftp_result sftp_next(struct sftp *sftp, struct sftp_answer *answer);

/* A name of a READDIR's answer.  False: there is no more, or it is nonsense. */
bool sftp_name(struct sftp_answer *answer, struct bytes *name, struct sftp_about *about);

bool sftp_is_open(const struct sftp *sftp);  /* a channel is there: it may be written and read */
bool sftp_is_ready(const struct sftp *sftp); /* the server has said hello */
const char *sftp_why(const struct sftp *sftp);

/* What it can do. */
bool sftp_has_fsync(const struct sftp *sftp);
bool sftp_has_posix_rename(const struct sftp *sftp);
uint32_t sftp_most_read(const struct sftp *sftp); /* bytes of one request */
uint32_t sftp_most_write(const struct sftp *sftp);

/* Whether there is room for some requests, one of which moves bytes. */
bool sftp_has_room(const struct sftp *sftp);

/* Requests.  False: there is no room for it now.  Paths and handles are no longer than CHANNEL_PATH and
 * SFTP_HANDLE. */
bool sftp_ask_path(struct sftp *sftp, void *whom, enum sftp_call call,
                   const char *path); /* LSTAT, REMOVE, OPENDIR */
bool sftp_ask_open(struct sftp *sftp, void *whom, const char *path, bool write);
bool sftp_ask_handle(struct sftp *sftp, void *whom, enum sftp_call call,
                     struct bytes handle); /* CLOSE, FSTAT, READDIR */
bool sftp_ask_fsync(struct sftp *sftp, void *whom, struct bytes handle);
bool sftp_ask_read(struct sftp *sftp, void *whom, struct bytes handle, uint64_t offset, uint32_t len);

/* `onto`: what is there is replaced, at once (posix-rename@openssh.com). */
bool sftp_ask_rename(struct sftp *sftp, void *whom, const char *path, const char *to, bool onto);

/* Bytes of `fd` from `offset` on, as many as fit.  How many; 0: no room; -1: errno, 0 when the file ends. */
ssize_t sftp_ask_write(struct sftp *sftp, void *whom, struct bytes handle, int fd, uint64_t offset,
                       uint64_t len);

#endif
