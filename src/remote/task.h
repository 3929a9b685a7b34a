/*
 * task: a request of the poll's, done by requests of SFTP, any number of which are under way at once.
 *
 * A task goes from stage to stage; each stage but those that move bytes is one question and its answer.  What
 * fits into one packet is asked at once: a small file takes two ways there and back.
 * task_go asks what can be asked; answer_take (remote/answer.h) hears an answer.  Neither waits.
 *
 * What is fetched is written in the order of its bytes, without a gap: a file that was cut off holds a
 * beginning of the original, whatever was under way.  An answer with fewer bytes than asked for, or out of
 * its turn, has the ones behind it thrown away, and asked for again.
 */
#ifndef CROSSDOCK_REMOTE_TASK_H
#define CROSSDOCK_REMOTE_TASK_H

#include "base/hash.h"
#include "remote/channel.h"
#include "remote/sftp.h"

/* A channel and what is done on it. */
struct lane {
    struct sftp *sftp;
    unsigned tasks;
    unsigned handles, most_handles; /* open; that the server lets be open, as far as we know */
};

enum task_stage {
    TASK_LOOK,
    TASK_LOOK_TO, /* RENAME: whether there is one of that name */
    TASK_RENAME,
    TASK_REMOVE,
    TASK_OPEN,
    TASK_MEASURE_FIRST, /* GET: before a large one is fetched */
    TASK_HEAD,          /* GET: whether what is here is its beginning */
    TASK_MOVE,
    TASK_BURST, /* a small one: all that follows the opening is asked at once */
    TASK_FLUSH,
    TASK_MEASURE,
    TASK_CLOSE,
    TASK_END,
};

struct task {
    struct lane *lane; /* NULL: there is none */
    struct channel_message message;
    int fd; /* its own */
    enum task_stage stage;
    bool asked;      /* the stage's question is on its way */
    unsigned flying; /* questions without an answer */
    char handle[SFTP_HANDLE];
    size_t handle_len;     /* 0: none is open */
    uint64_t at;           /* bytes that have come, or that the server has; names listed */
    uint64_t next;         /* the first byte that was not asked for, or not sent, yet */
    uint64_t written;      /* GET: bytes that are on their way to the disk */
    uint32_t most;         /* bytes to be asked for at once */
    bool back;             /* GET: what is under way is thrown away, then it goes on at `at` */
    bool ended;            /* LIST: there are no more names */
    bool careful;          /* no burst: the server answers short */
    struct sha256 *sha256; /* GET: of what has come so far; NULL: some of it was here before */
};

/* `message` is a request; the descriptor becomes the task's. */
void task_begin(struct task *task, struct lane *lane, const struct channel_message *message, int fd);

void task_go(struct task *task);

/* The message is the reply: send it, then task_release. */
bool task_is_done(const struct task *task);
void task_release(struct task *task);

/* For answer.c: the ways on.  All but the first two end it, once its file is closed. */
void task_enter(struct task *task, enum task_stage stage);
void task_begin_moving(struct task *task, uint64_t at); /* all of it, or GET: what is behind `at` */
void task_finish(struct task *task);                    /* with what the message says */
void task_fail(struct task *task, enum channel_error error, const char *doing, const char *why);
void task_fail_here(struct task *task, const char *doing, int error);
void task_changed(struct task *task, const char *how);
void task_refused(struct task *task, uint32_t status, const char *doing); /* the server said no */

#define TASK_NONSENSE "the server's answer makes no sense"

enum { TASK_HEAD_BYTES = 64 * 1024 }; /* GET: of what is here already, that must be the same there, at most */

uint64_t task_head(const struct task *task); /* how many of these there are */
void task_note_hash(struct task *task);      /* GET: all has come */

#endif
