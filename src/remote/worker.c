#include "remote/worker.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "remote/serve.h"

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

void worker_init(struct worker *worker, const struct mailbox *mailbox, worker_launch *launch)
{
    *worker = (struct worker){.mailbox = mailbox,
                              .launch = launch,
                              .until = now() + (int64_t)mailbox->time * 1000,
                              .socket = -1,
                              .process = -1};
}

void worker_stop(struct worker *worker)
{
    if (worker->socket < 0)
        return;
    close(worker->socket);
    /* It has nothing to tidy up: the server sees the connection end. */
    (void)kill(worker->process, SIGKILL);
    while (waitpid(worker->process, NULL, 0) < 0 && errno == EINTR)
        ;
    worker->socket = -1;
    worker->process = -1;
}

bool worker_time_is_over(const struct worker *worker)
{
    return now() >= worker->until;
}

/* Waits for the next message, `timeout` at most.  Not OK: the worker is gone. */
static enum channel_error wait_for(struct worker *worker, struct channel_message *message)
{
    int64_t stalled = now() + (int64_t)worker->mailbox->timeout * 1000;

    for (;;) {
        struct pollfd ready = {.fd = worker->socket, .events = POLLIN};
        int64_t left = (stalled < worker->until ? stalled : worker->until) - now();
        int fd, n;

        if (left <= 0)
            return stalled < worker->until ? CHANNEL_SLOW : CHANNEL_TIME;
        n = poll(&ready, 1, (int)(left < 60000 ? left : 60000));
        if (n <= 0)
            continue;
        switch (channel_receive(worker->socket, message, &fd)) {
        case CHANNEL_GOT:
            if (fd >= 0)
                close(fd);
            if (message->what != CHANNEL_MOVES)
                return CHANNEL_OK;
            if (worker->moves != NULL && message->size >= worker->bytes)
                worker->moves(worker->whom, message->size - worker->bytes);
            worker->bytes = message->size;
            stalled = now() + (int64_t)worker->mailbox->timeout * 1000;
            break;
        case CHANNEL_NOTHING_YET: break;
        case CHANNEL_ENDED: return CHANNEL_LOST;
        }
    }
}

static void fail(struct job *job, const struct worker *worker, enum channel_error error)
{
    job->error = error;
    if (error == CHANNEL_SLOW)
        (void)snprintf(job->text, sizeof(job->text), "nothing came for %llu s",
                       (unsigned long long)worker->mailbox->timeout);
    else if (error == CHANNEL_TIME)
        (void)snprintf(job->text, sizeof(job->text), "a poll may take %llu s",
                       (unsigned long long)worker->mailbox->time);
    else
        (void)snprintf(job->text, sizeof(job->text), "the connection was lost");
}

/* A reply into its job. */
static void take_reply(struct job *job, const struct channel_message *message)
{
    job->error = message->error;
    job->size = message->size;
    job->mtime = message->mtime;
    job->kind = message->kind;
    memcpy(job->sha256, message->sha256, sizeof(job->sha256));
    memcpy(job->text, message->text, sizeof(job->text));
}

bool worker_start(struct worker *worker, struct job *answer)
{
    struct channel_message message;
    enum channel_error error;

    if (worker->socket >= 0)
        return true;
    worker->bytes = 0;
    worker->process = worker->launch(serve_mailbox, worker->mailbox, &worker->socket);
    if (worker->process < 0) {
        answer->error = CHANNEL_UNREACHABLE;
        (void)snprintf(answer->text, sizeof(answer->text), "no process for it: %s", file_error(errno));
        worker->socket = -1;
        return false;
    }
    error = wait_for(worker, &message);
    if (error == CHANNEL_OK && message.what == CHANNEL_READY && message.error == CHANNEL_OK) {
        worker->width = message.size < 1                 ? 1
                        : message.size > CHANNEL_AT_ONCE ? CHANNEL_AT_ONCE
                                                         : (unsigned)message.size;
        return true;
    }
    if (error != CHANNEL_OK)
        fail(answer, worker, error);
    else
        take_reply(answer, &message);
    if (answer->error == CHANNEL_OK)
        answer->error = CHANNEL_LOST;
    worker_stop(worker);
    return false;
}

static enum channel_got ask(const struct worker *worker, const struct job *job, uint32_t number,
                            uint64_t limit)
{
    struct channel_message message = {.what = job->what,
                                      .number = number,
                                      .offset = job->offset,
                                      .size = job->size,
                                      .mtime = job->mtime,
                                      .limit = limit};
    size_t len = strlen(job->path), to_len = job->to != NULL ? strlen(job->to) : 0;

    if (len >= sizeof(message.path) || to_len >= sizeof(message.to))
        return CHANNEL_ENDED;
    memcpy(message.path, job->path, len);
    message.path_len = (uint32_t)len;
    if (to_len > 0)
        memcpy(message.to, job->to, to_len);
    return channel_offer(worker->socket, &message,
                         job->what == CHANNEL_GET || job->what == CHANNEL_PUT ? job->fd : -1);
}

bool worker_do(struct worker *worker, struct job *jobs, size_t n)
{
    size_t asked = 0, answered = 0;
    enum channel_error error = worker->socket >= 0 ? CHANNEL_OK : CHANNEL_LOST;

    for (size_t i = 0; i < n; i++)
        jobs[i].error = CHANNEL_ERRORS; /* not answered yet */
    while (answered < n && error == CHANNEL_OK) {
        struct channel_message message;

        if (asked < n && asked - answered < worker->width) {
            enum channel_got got = ask(worker, &jobs[asked], (uint32_t)asked, 0);

            asked += got == CHANNEL_GOT;
            if (got == CHANNEL_GOT)
                continue;
            if (got == CHANNEL_ENDED || asked == answered)
                break;
        }
        error = wait_for(worker, &message);
        if (error != CHANNEL_OK)
            break;
        if (message.what != CHANNEL_REPLY || message.number >= asked ||
            jobs[message.number].error != CHANNEL_ERRORS) {
            error = CHANNEL_LOST;
            break;
        }
        take_reply(&jobs[message.number], &message);
        answered++;
        if (message.error == CHANNEL_LOST)
            error = CHANNEL_LOST;
    }
    if (answered == n && error == CHANNEL_OK)
        return true;
    error = error == CHANNEL_OK ? CHANNEL_LOST : error;
    worker_stop(worker);
    for (size_t i = 0; i < n; i++)
        if (jobs[i].error == CHANNEL_ERRORS)
            fail(&jobs[i], worker, error);
    return false;
}

bool worker_list(struct worker *worker, const char *folder, struct job *answer,
                 void (*take)(void *whom, const struct channel_message *entry), void *whom)
{
    struct channel_message message = {.what = CHANNEL_REPLY};
    enum channel_error error = CHANNEL_LOST;
    uint64_t names = 0;

    *answer = (struct job){.what = CHANNEL_LIST, .path = folder, .fd = -1};
    if (worker->socket >= 0 && ask(worker, answer, 0, worker->mailbox->max_list) == CHANNEL_GOT)
        while ((error = wait_for(worker, &message)) == CHANNEL_OK && message.what == CHANNEL_ENTRY &&
               names++ <= worker->mailbox->max_list)
            take(whom, &message);
    if (error == CHANNEL_OK && message.what == CHANNEL_REPLY && message.error != CHANNEL_LOST) {
        take_reply(answer, &message);
        return answer->error == CHANNEL_OK;
    }
    if (error == CHANNEL_OK && message.what == CHANNEL_REPLY)
        take_reply(answer, &message);
    else
        fail(answer, worker, error == CHANNEL_OK ? CHANNEL_LOST : error);
    worker_stop(worker);
    return false;
}
