/*
 * worker: the process that speaks with a server, seen from the poll.
 *
 * The library for SSH can wait, or spin, for ever; so it lives in a process of its own that is killed when
 * nothing happens for the mailbox's timeout, or when the poll's time is over.  The poll goes on: what was
 * under way has failed, and a new worker may be started.
 */
#ifndef CROSSDOCK_REMOTE_WORKER_H
#define CROSSDOCK_REMOTE_WORKER_H

#include <sys/types.h>

#include "partner/mailbox.h"
#include "remote/channel.h"

/* Starts a process that runs serve(socket, what) and ends with it, with no other open file than the socket
 * and the standard ones.  The process, or -1 (errno); *socket is the other end.  A tool's: only tools end
 * processes. */
typedef pid_t worker_launch(void (*serve)(int socket, const void *what), const void *what, int *socket);

struct worker {
    const struct mailbox *mailbox;
    worker_launch *launch;
    int64_t until; /* when the poll's time is over: milliseconds of CLOCK_MONOTONIC */
    int socket;    /* -1: there is no worker */
    pid_t process;
    unsigned width;                            /* requests at a time */
    uint64_t bytes;                            /* moved by this process until now */
    void (*moves)(void *whom, uint64_t bytes); /* is told of bytes as they move; NULL: nobody */
    void *whom;
};

/* Something to be done, and what came of it. */
struct job {
    enum channel_what what; /* GET, PUT, LOOK, RENAME, REMOVE */
    const char *path, *to;
    int fd;
    uint64_t offset, size;
    int64_t mtime;
    enum channel_kind kind;
    enum channel_error error;
    char sha256[65]; /* of what GET got, or empty */
    char text[CHANNEL_TEXT];
};

void worker_init(struct worker *worker, const struct mailbox *mailbox, worker_launch *launch);

/* Starts it, and waits until it is let in.  False: *job says why, and there is none. */
bool worker_start(struct worker *worker, struct job *answer);
void worker_stop(struct worker *worker);
bool worker_time_is_over(const struct worker *worker);

/* Does them all, several at a time.  False when the worker was lost: those that were not answered have an
 * error that says how. */
bool worker_do(struct worker *worker, struct job *jobs, size_t n);

/* The names of a folder, each given to `take`, as they came. */
bool worker_list(struct worker *worker, const char *folder, struct job *answer,
                 void (*take)(void *whom, const struct channel_message *entry), void *whom);

#endif
