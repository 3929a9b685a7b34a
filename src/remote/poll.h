/*
 * poll: a partner's mailbox worked once: what is there is fetched, or what is here is sent.
 *
 * How the modules of this room fit, from the ground up; each uses those above it in this list alone:
 *   name             which names may become names of files here
 *   channel          messages between the poll and its worker
 *   packet, sftp     a channel on which SFTP is spoken
 *   task, answer     a message's request, by SFTP's requests, and what comes of them
 *   hosts, login     a connection to the right server, that lets us in
 *   folder, ssh, serve  the worker: it does what the messages ask, in a folder or on a server
 *   worker           the worker as the poll sees it: started, asked, killed when nothing comes
 *   landing          a file here, until it has its name
 *   filter           a command that encrypts or decrypts a file
 *   poll             what a poll has; how things are told
 *   look             what is there, and what of it is ready
 *   outbox           files of ours that are to be sent
 *   fetch, send      the two ways
 *
 * One poll of a partner at a time: a lock beside the ledger is held meanwhile.  It is safe to be killed
 * anywhere: ledger/transfer.h says how.
 */
#ifndef CROSSDOCK_REMOTE_POLL_H
#define CROSSDOCK_REMOTE_POLL_H

#include "base/arena.h"
#include "ledger/transfer.h"
#include "partner/partner.h"
#include "remote/worker.h"

struct poll_counts {
    uint64_t listed;  /* names that were meant */
    uint64_t moved;   /* files that were fetched, or sent */
    uint64_t known;   /* that had been before */
    uint64_t waiting; /* not ready, or over a limit of this poll */
    uint64_t refused; /* names and kinds that are not taken */
    uint64_t failed;
    uint64_t bytes; /* of those that moved */
};

/* What would be done, or what is there: for -n and --list. */
struct poll_line {
    const char *what; /* "ready", "known", "unready", "refused", "other"; "fetch", "send" */
    struct bytes folder, name;
    uint64_t size;
    int64_t mtime; /* seconds since 1970 */
};

/* How far it has come. */
struct poll_progress {
    uint64_t files, files_done; /* that were found to be moved; that were seen to, whatever became of them */
    uint64_t bytes, bytes_done;
    uint64_t under_way; /* bytes of files that are not done */
    struct bytes name;  /* of the file that was moved just now; at NULL: bytes are on their way */
};

struct poll {
    const struct partner *partner;
    struct ledger *ledger; /* NULL: looking alone */
    struct report *report;
    struct arena *arena; /* for the length of one try */
    struct arena store;
    struct worker worker;
    struct poll_counts counts;
    bool dry;      /* show what would be done */
    bool last_try; /* a lost connection is an error */
    bool lost;     /* the connection was lost, or never there: it may be tried again */
    void (*show)(void *whom, const struct poll_line *line);
    void (*progress)(void *whom, const struct poll_progress *progress); /* NULL: nobody wants to know */
    void *whom;
    struct poll_progress so_far;
};

/* Which of its ways. */
enum poll_way { POLL_FETCH, POLL_SEND, POLL_LIST };

/* All of it: the lock, the tries, the counts.  `ledger`: the path of the ledger, NULL for a list without one.
 * What goes wrong is told.  Fields of `poll` that are the caller's: partner, report, dry, show, progress,
 * whom. */
void poll_run(struct poll *poll, enum poll_way way, const char *ledger, worker_launch *launch);

/* For the modules of this room.  Both tell what became of a file or folder there; poll_fail notes whether the
 * connection was lost. */
void poll_fail(struct poll *poll, enum complaint complaint, const char *path, const struct job *job);
void poll_tell(struct poll *poll, enum complaint complaint, const char *path, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* More is to be moved than was known; a file was seen to, and moved or not. */
void poll_expect(struct poll *poll, uint64_t files, uint64_t bytes);
void poll_done(struct poll *poll, struct bytes name, uint64_t bytes, bool moved);

/* "FOLDER/NAME" in the arena; NULL: no memory. */
char *poll_path(struct poll *poll, struct bytes folder, const char *before, struct bytes name,
                const char *after);

#endif
