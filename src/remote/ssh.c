#include "remote/ssh.h"

#include <limits.h>
#include <poll.h>
#include <stdlib.h>

#include "remote/answer.h"
#include "remote/login.h"
#include "remote/serve.h"

enum {
    A_CHANNEL = 24, /* files at a time */
    WAIT = 1000,    /* milliseconds */
};

typedef enum sftp_result sftp_step(struct sftp *sftp);

struct ssh {
    int parent;
    const struct mailbox *mailbox;
    struct login login;
    struct lane lanes[MAILBOX_MAX_CHANNELS];
    unsigned n, wanted;   /* channels that are open; that may be */
    struct sftp *opening; /* another one; NULL: none */
    struct task tasks[CHANNEL_AT_ONCE];
    unsigned width;
    /* Who left a packet half out: it must go on before any other begins.  NULL: nobody. */
    sftp_step *half;
    struct sftp *half_of;
    struct serve_moves moved;
    bool gone; /* the parent */
    const char *lost;
};

/* A step of a channel.  Whether it got anywhere. */
static bool step(struct ssh *ssh, sftp_step *take, struct sftp *sftp, enum sftp_result *result)
{
    *result = take(sftp);
    ssh->half = NULL;
    if ((libssh2_session_block_directions(ssh->login.session) & LIBSSH2_SESSION_BLOCK_OUTBOUND) != 0 &&
        (*result == SFTP_AGAIN || *result == SFTP_ON)) {
        ssh->half = take;
        ssh->half_of = sftp;
    }
    if (*result == SFTP_LOST)
        ssh->lost = sftp_why(sftp);
    return *result == SFTP_ON || *result == SFTP_REFUSED;
}

/* --- channels */

/* How many bytes of files an answer brings, or acknowledges. */
static uint64_t moved_by(const struct sftp_answer *answer)
{
    return answer->call == SFTP_READ ? answer->bytes.len : answer->call == SFTP_WRITE ? answer->len : 0;
}

/* Its answers, to those who asked. */
static void hear(struct ssh *ssh, struct sftp *sftp)
{
    struct sftp_answer answer;
    enum sftp_result result = SFTP_AGAIN;

    while (!ssh->gone && (result = sftp_next(sftp, &answer)) == SFTP_ON)
        ssh->gone = !answer_take(answer.whom, &answer, ssh->parent) ||
                    !serve_moves(ssh->parent, &ssh->moved, moved_by(&answer));
    if (result == SFTP_LOST)
        ssh->lost = sftp_why(sftp);
}

static bool step_in(struct ssh *ssh, struct sftp *sftp)
{
    enum sftp_result result;
    bool progress = step(ssh, sftp_read, sftp, &result);

    if (progress)
        hear(ssh, sftp);
    return progress;
}

/* Some steps of one channel, until one leaves a packet half out. */
static bool work_channel(struct ssh *ssh, struct sftp *sftp)
{
    enum sftp_result result;
    bool progress = step(ssh, sftp_write, sftp, &result);

    while (ssh->half == NULL && ssh->lost == NULL && step_in(ssh, sftp))
        progress = true;
    return progress;
}

/* Goes on with the one that is opening.  When there is none of that name, there are no more to be had. */
static bool go_on_opening(struct ssh *ssh)
{
    enum sftp_result result = SFTP_ON;
    bool progress;

    if (sftp_is_open(ssh->opening))
        progress = work_channel(ssh, ssh->opening);
    else
        progress = step(ssh, sftp_open, ssh->opening, &result);
    if (result == SFTP_REFUSED) {
        sftp_free(ssh->opening);
        ssh->opening = NULL;
        ssh->wanted = ssh->n;
    } else if (sftp_is_ready(ssh->opening)) {
        ssh->lanes[ssh->n++] = (struct lane){.sftp = ssh->opening, .most_handles = UINT_MAX};
        ssh->opening = NULL;
    }
    return progress;
}

static bool has_requests(const struct ssh *ssh)
{
    struct pollfd ready = {.fd = ssh->parent, .events = POLLIN};

    return poll(&ready, 1, 0) == 1;
}

static struct lane *idlest(struct ssh *ssh)
{
    struct lane *lane = &ssh->lanes[0];

    for (unsigned i = 1; i < ssh->n; i++)
        if (ssh->lanes[i].tasks < lane->tasks)
            lane = &ssh->lanes[i];
    return lane;
}

/* Opening one costs the server a process, and some ways there and back: only when there is more to do than
 * the others do, one at a time, while they work.  As many as the server grants. */
static bool open_another(struct ssh *ssh)
{
    if (ssh->opening != NULL)
        return go_on_opening(ssh);
    if (ssh->n < ssh->wanted && idlest(ssh)->tasks >= A_CHANNEL && has_requests(ssh))
        ssh->opening = sftp_new(ssh->login.session);
    return false;
}

/* --- tasks */

static struct task *idle_task(struct ssh *ssh)
{
    for (unsigned i = 0; i < ssh->width; i++)
        if (ssh->tasks[i].lane == NULL)
            return &ssh->tasks[i];
    return NULL;
}

static bool is_idle(const struct ssh *ssh)
{
    for (unsigned i = 0; i < ssh->n; i++)
        if (ssh->lanes[i].tasks > 0)
            return false;
    return ssh->opening == NULL;
}

static bool wants_requests(struct ssh *ssh)
{
    return idle_task(ssh) != NULL && (idlest(ssh)->tasks < A_CHANNEL || ssh->n == ssh->wanted);
}

static void take_requests(struct ssh *ssh)
{
    while (wants_requests(ssh)) {
        struct channel_message message;
        int fd;

        switch (channel_receive(ssh->parent, &message, &fd)) {
        case CHANNEL_NOTHING_YET: return;
        case CHANNEL_ENDED: ssh->gone = true; return;
        case CHANNEL_GOT: break;
        }
        task_begin(idle_task(ssh), idlest(ssh), &message, fd);
    }
}

static void reply(struct ssh *ssh, struct task *task)
{
    task->message.what = CHANNEL_REPLY;
    ssh->gone = !channel_send(ssh->parent, &task->message, -1) || ssh->gone;
    task_release(task);
}

/* Each asks for what it can. */
static void go_on(struct ssh *ssh)
{
    for (unsigned i = 0; i < ssh->width; i++) {
        struct task *task = &ssh->tasks[i];

        if (task->lane == NULL)
            continue;
        task_go(task);
        if (task_is_done(task))
            reply(ssh, task);
    }
}

/* --- the worker */

static void wait_for_more(struct ssh *ssh)
{
    struct pollfd ready[2] = {{.fd = ssh->parent}, {.fd = ssh->login.socket}};
    int blocks = libssh2_session_block_directions(ssh->login.session);
    bool idle = is_idle(ssh);

    ready[0].events = ssh->half == NULL && wants_requests(ssh) ? POLLIN : 0;
    if (ssh->half != NULL)
        ready[1].events = (short)(POLLOUT | ((blocks & LIBSSH2_SESSION_BLOCK_INBOUND) != 0 ? POLLIN : 0));
    else
        ready[1].events = idle ? 0 : POLLIN;
    (void)poll(ready, 2, idle ? -1 : WAIT);
    if ((ready[0].revents & (POLLHUP | POLLERR)) != 0 && (ready[0].revents & POLLIN) == 0)
        ssh->gone = true;
}

static bool work_once(struct ssh *ssh)
{
    enum sftp_result result;
    bool progress = false;

    if (ssh->half == sftp_read)
        return step_in(ssh, ssh->half_of);
    if (ssh->half == sftp_open)
        return go_on_opening(ssh);
    if (ssh->half != NULL)
        return step(ssh, ssh->half, ssh->half_of, &result);
    take_requests(ssh);
    go_on(ssh);
    for (unsigned i = 0; i < ssh->n && ssh->half == NULL && ssh->lost == NULL; i++)
        progress |= work_channel(ssh, ssh->lanes[i].sftp);
    if (ssh->half == NULL && ssh->lost == NULL)
        progress |= open_another(ssh);
    return progress;
}

/* Who waits for an answer hears that there will be none. */
static void tell_lost(struct ssh *ssh)
{
    for (unsigned i = 0; i < ssh->width; i++)
        if (ssh->tasks[i].lane != NULL) {
            channel_fail(&ssh->tasks[i].message, CHANNEL_LOST, "%s", ssh->lost);
            reply(ssh, &ssh->tasks[i]);
            return;
        }
}

static void work(struct ssh *ssh)
{
    while (!ssh->gone && ssh->lost == NULL)
        if (!work_once(ssh) && !ssh->gone && ssh->lost == NULL)
            wait_for_more(ssh);
    if (ssh->lost != NULL)
        tell_lost(ssh);
}

/* The first channel: without it there is nothing. */
static bool open_first(struct ssh *ssh, struct channel_message *message)
{
    libssh2_session_set_blocking(ssh->login.session, 0);
    ssh->opening = sftp_new(ssh->login.session);
    ssh->wanted = 1;
    while (ssh->opening != NULL && ssh->lost == NULL && !ssh->gone)
        if (!work_once(ssh))
            wait_for_more(ssh);
    if (ssh->n == 0)
        channel_fail(message, CHANNEL_UNREACHABLE, "the server has no SFTP for %s: %s", ssh->mailbox->user,
                     ssh->lost != NULL ? ssh->lost : login_why(&ssh->login));
    return ssh->n > 0;
}

static void serve(struct ssh *ssh)
{
    struct channel_message ready = {.what = CHANNEL_READY};
    unsigned channels = (unsigned)ssh->mailbox->channels;

    if (login_open(&ssh->login, ssh->mailbox, &ready) && open_first(ssh, &ready)) {
        ssh->wanted = channels;
        ssh->width = channels * A_CHANNEL < CHANNEL_AT_ONCE ? channels * A_CHANNEL : CHANNEL_AT_ONCE;
        ready.size = ssh->width;
    }
    if (channel_send(ssh->parent, &ready, -1) && ready.error == CHANNEL_OK)
        work(ssh);
}

void ssh_serve(int socket, const struct mailbox *mailbox)
{
    struct ssh *ssh = calloc(1, sizeof(*ssh));
    struct channel_message ready = {.what = CHANNEL_READY};

    if (ssh == NULL) {
        channel_fail(&ready, CHANNEL_UNREACHABLE, "out of memory");
        (void)channel_send(socket, &ready, -1);
        return;
    }
    ssh->parent = socket;
    ssh->mailbox = mailbox;
    serve(ssh);
    for (unsigned i = 0; i < ssh->n; i++)
        sftp_free(ssh->lanes[i].sftp);
    if (ssh->opening != NULL)
        sftp_free(ssh->opening);
    free(ssh);
}

const char *ssh_library(void)
{
    return "libssh2 " LIBSSH2_VERSION;
}
