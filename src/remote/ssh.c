#include "remote/ssh.h"

#include <errno.h>
#include <fcntl.h>
#include <libssh2_sftp.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "remote/login.h"
#include "remote/serve.h"

enum {
    LEAST_BLOCK = 32 * 1024,      /* a small file is slow with a large one */
    MOST_BLOCK = 4 * 1024 * 1024, /* a large file on a long way is slow with a small one */
    TIMID_BLOCK = 4 * 1024,       /* for servers that answer with less than was asked for */
    WRITE_BACK = 8 * 1024 * 1024,
    HEAD = 64 * 1024,     /* of what is there already: must be the same */
    NOBODYS = 0x40000000, /* attributes that no server sends */
    NAME = 4096,          /* a smaller one loses names in libssh2 1.10 */
    WAIT = 1000,          /* milliseconds */
};

/* Where a request is. */
enum stage { IDLE, BEGIN, OPENED, HEADING, MOVING, FLUSHING, MEASURING, CLOSING, REOPENING };

struct slot {
    LIBSSH2_SFTP *sftp;
    LIBSSH2_SFTP_HANDLE *handle;
    struct channel_message message;
    int fd;
    enum stage stage;
    uint64_t at, names; /* bytes moved; names listed */
    uint64_t written;   /* GET: bytes that are on their way to the disk */
    char *block;        /* PUT: bytes of the file from `base` on, which the server may not have yet */
    uint64_t base;
    size_t filled;
    bool timid, asked; /* asked: the library waits for an answer */
};

struct ssh {
    int parent;
    const struct mailbox *mailbox;
    struct login login;
    struct slot slots[MAILBOX_MAX_CHANNELS];
    unsigned n, wanted; /* channels that are open; that may be */
    bool opening;       /* another one */
    char *block;
    int64_t moved;
    bool lost;
};

enum step { AGAIN, ON, DONE };

/* --- errors */

static bool must_wait(const struct ssh *ssh)
{
    return libssh2_session_last_errno(ssh->login.session) == LIBSSH2_ERROR_EAGAIN;
}

static enum step fail(struct ssh *ssh, struct slot *slot, const char *doing)
{
    static const struct {
        unsigned long code;
        enum channel_error error;
        const char *text;
    } known[] = {
        {LIBSSH2_FX_OK, CHANNEL_REFUSED, "the server's answer makes no sense"},
        {LIBSSH2_FX_NO_SUCH_FILE, CHANNEL_GONE, "there is none"},
        {LIBSSH2_FX_NO_SUCH_PATH, CHANNEL_GONE, "there is none"},
        {LIBSSH2_FX_PERMISSION_DENIED, CHANNEL_DENIED, "not allowed"},
        {LIBSSH2_FX_FILE_ALREADY_EXISTS, CHANNEL_THERE, "there is one"},
        {LIBSSH2_FX_FAILURE, CHANNEL_REFUSED, "the server refused, and gives no reason (is its disk full?)"},
        {LIBSSH2_FX_NO_SPACE_ON_FILESYSTEM, CHANNEL_REFUSED, "its disk is full"},
        {LIBSSH2_FX_QUOTA_EXCEEDED, CHANNEL_REFUSED, "its quota is used up"},
    };
    char *text = NULL;
    int error = libssh2_session_last_error(ssh->login.session, &text, NULL, 0);
    unsigned long code = libssh2_sftp_last_error(slot->sftp);

    slot->stage = CLOSING;
    if (error != LIBSSH2_ERROR_SFTP_PROTOCOL) {
        ssh->lost = true;
        channel_fail(&slot->message, CHANNEL_LOST, "%s: %s", doing, text != NULL ? text : "no reason given");
        return DONE;
    }
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (known[i].code == code) {
            channel_fail(&slot->message, known[i].error, "%s: %s", doing, known[i].text);
            return ON;
        }
    channel_fail(&slot->message, CHANNEL_REFUSED, "%s: SFTP error %lu", doing, code);
    return ON;
}

static enum step fail_here(struct slot *slot, const char *doing, int error)
{
    channel_fail(&slot->message, CHANNEL_HERE, "%s: %s", doing, file_error(error));
    slot->stage = CLOSING;
    return ON;
}

static enum step changed(struct slot *slot, const char *how)
{
    channel_fail(&slot->message, CHANNEL_CHANGED, "%s", how);
    slot->stage = CLOSING;
    return ON;
}

/* --- requests that are one call, or two */

static void describe(struct channel_message *message, const LIBSSH2_SFTP_ATTRIBUTES *about)
{
    unsigned long type = (about->flags & LIBSSH2_SFTP_ATTR_PERMISSIONS) != 0
                             ? about->permissions & LIBSSH2_SFTP_S_IFMT
                             : 0;

    message->size = (about->flags & LIBSSH2_SFTP_ATTR_SIZE) != 0 ? about->filesize : 0;
    message->mtime = (about->flags & LIBSSH2_SFTP_ATTR_ACMODTIME) != 0 ? (int64_t)about->mtime : 0;
    message->kind = type == LIBSSH2_SFTP_S_IFREG   ? CHANNEL_FILE
                    : type == LIBSSH2_SFTP_S_IFDIR ? CHANNEL_FOLDER
                    : type == LIBSSH2_SFTP_S_IFLNK ? CHANNEL_LINK
                                                   : CHANNEL_SPECIAL;
}

static enum step look(struct ssh *ssh, struct slot *slot)
{
    LIBSSH2_SFTP_ATTRIBUTES about;

    if (libssh2_sftp_lstat(slot->sftp, slot->message.path, &about) == 0)
        describe(&slot->message, &about);
    else if (must_wait(ssh))
        return AGAIN;
    else
        (void)fail(ssh, slot, "looking at it");
    return DONE;
}

/* Some servers rename onto what is there: it is looked at first.  OpenSSH's refuses by itself. */
static enum step rename_to(struct ssh *ssh, struct slot *slot)
{
    LIBSSH2_SFTP_ATTRIBUTES about;
    struct channel_message *message = &slot->message;

    if (slot->stage == BEGIN) {
        if (libssh2_sftp_lstat(slot->sftp, message->to, &about) == 0) {
            channel_fail(message, CHANNEL_THERE, "there is one");
            return DONE;
        }
        if (must_wait(ssh))
            return AGAIN;
        (void)fail(ssh, slot, "looking for one of its name");
        if (message->error != CHANNEL_GONE)
            return DONE;
        message->error = CHANNEL_OK;
        slot->stage = MOVING;
    }
    if (libssh2_sftp_rename_ex(slot->sftp, message->path, (unsigned)strlen(message->path), message->to,
                               (unsigned)strlen(message->to), 0) == 0)
        return DONE;
    if (must_wait(ssh))
        return AGAIN;
    (void)fail(ssh, slot, "renaming it");
    return DONE;
}

static enum step remove_it(struct ssh *ssh, struct slot *slot)
{
    if (libssh2_sftp_unlink(slot->sftp, slot->message.path) == 0)
        return DONE;
    if (must_wait(ssh))
        return AGAIN;
    (void)fail(ssh, slot, "deleting it");
    return DONE;
}

/* --- requests with a handle */

static enum step open_it(struct ssh *ssh, struct slot *slot)
{
    struct channel_message *message = &slot->message;
    unsigned long flags = message->what == CHANNEL_PUT
                              ? LIBSSH2_FXF_WRITE | LIBSSH2_FXF_CREAT | LIBSSH2_FXF_TRUNC
                              : LIBSSH2_FXF_READ;

    slot->handle = libssh2_sftp_open_ex(
        slot->sftp, message->path, (unsigned)strlen(message->path), flags, 0600,
        message->what == CHANNEL_LIST ? LIBSSH2_SFTP_OPENDIR : LIBSSH2_SFTP_OPENFILE);
    if (slot->handle == NULL)
        return must_wait(ssh) ? AGAIN : fail(ssh, slot, "opening it");
    slot->stage = message->what == CHANNEL_GET ? OPENED : MOVING;
    /* A small one is only looked at when it is here. */
    if (slot->stage == OPENED && message->offset == 0 && message->size <= HEAD) {
        if (ftruncate(slot->fd, 0) != 0)
            return fail_here(slot, "writing it", errno);
        slot->stage = MOVING;
    }
    return ON;
}

static enum step list(struct ssh *ssh, struct slot *slot)
{
    struct channel_message entry = {.what = CHANNEL_ENTRY, .number = slot->message.number};
    LIBSSH2_SFTP_ATTRIBUTES about = {.flags = NOBODYS};
    char name[NAME];
    ssize_t len = libssh2_sftp_readdir(slot->handle, name, sizeof(name), &about);

    if (len == LIBSSH2_ERROR_EAGAIN)
        return AGAIN;
    if (len < 0)
        return fail(ssh, slot, "listing it");
    /* An empty name looks like the end, but has attributes. */
    if (len == 0 && about.flags == NOBODYS) {
        slot->stage = CLOSING;
        return ON;
    }
    if (slot->names++ >= slot->message.limit) {
        channel_fail(&slot->message, CHANNEL_TOO_MANY, "more than %llu names",
                     (unsigned long long)slot->message.limit);
        slot->stage = CLOSING;
        return ON;
    }
    /* What does not fit is no name of ours: its beginning will be refused for its length. */
    entry.path_len = (uint32_t)(len < CHANNEL_PATH ? len : CHANNEL_PATH - 1);
    memcpy(entry.path, name, entry.path_len);
    describe(&entry, &about);
    if (!channel_send(ssh->parent, &entry, -1))
        ssh->lost = true;
    return ssh->lost ? DONE : ON;
}

/* The file must be what was listed, before and after. */
static enum step measure(struct ssh *ssh, struct slot *slot, enum stage next)
{
    const struct channel_message *message = &slot->message;
    struct channel_message found = {.size = 0};
    LIBSSH2_SFTP_ATTRIBUTES about;

    if (libssh2_sftp_fstat_ex(slot->handle, &about, 0) != 0)
        return must_wait(ssh) ? AGAIN : fail(ssh, slot, "looking at it");
    describe(&found, &about);
    if (found.size != message->size || (message->what == CHANNEL_GET && found.mtime != message->mtime))
        return changed(slot, "it has another size or time by now");
    slot->stage = next;
    return ON;
}

static size_t block_size(const struct slot *slot)
{
    uint64_t left = slot->message.size - slot->at;
    size_t size = slot->timid                        ? TIMID_BLOCK
                  : slot->message.size < LEAST_BLOCK ? LEAST_BLOCK
                  : slot->message.size > MOST_BLOCK  ? MOST_BLOCK
                                                     : (size_t)slot->message.size;

    return left < size ? (size_t)left : size;
}

/* The head of a part that is here already, against the file's. */
static enum step compare_head(struct ssh *ssh, struct slot *slot)
{
    char here[HEAD];
    size_t want = slot->message.offset < HEAD ? (size_t)slot->message.offset : HEAD;
    ssize_t got;

    if (slot->at < want) {
        got = libssh2_sftp_read(slot->handle, ssh->block, want - slot->at);
        if (got == LIBSSH2_ERROR_EAGAIN)
            return AGAIN;
        if (got < 0)
            return fail(ssh, slot, "reading it");
        if (got == 0)
            return changed(slot, "it became shorter");
        if (pread(slot->fd, here, (size_t)got, (off_t)slot->at) != got ||
            memcmp(here, ssh->block, (size_t)got) != 0) {
            slot->message.offset = 0; /* another file: from its beginning */
            slot->at = want;
        } else {
            slot->at += (uint64_t)got;
        }
        if (slot->at < want)
            return ON;
    }
    slot->at = slot->message.offset;
    if (ftruncate(slot->fd, (off_t)slot->at) != 0)
        return fail_here(slot, "writing it", errno);
    libssh2_sftp_seek64(slot->handle, slot->at);
    slot->stage = MOVING;
    return ON;
}

/* It is to be flushed in the end: the disk begins while the rest comes, and others do. */
static void write_back(struct slot *slot)
{
    if (slot->at - slot->written < WRITE_BACK && slot->at < slot->message.size)
        return;
    (void)sync_file_range(slot->fd, (off_t)slot->written, (off_t)(slot->at - slot->written),
                          SYNC_FILE_RANGE_WRITE);
    slot->written = slot->at;
}

static enum step get(struct ssh *ssh, struct slot *slot)
{
    ssize_t got;
    size_t done = 0;

    if (slot->at == slot->message.size) {
        slot->stage = MEASURING;
        return ON;
    }
    if (slot->timid && !slot->asked)
        libssh2_sftp_seek64(slot->handle, slot->at);
    got = libssh2_sftp_read(slot->handle, ssh->block, block_size(slot));
    slot->asked = got == LIBSSH2_ERROR_EAGAIN;
    if (got == LIBSSH2_ERROR_EAGAIN)
        return AGAIN;
    if (got < 0 && !slot->timid &&
        libssh2_session_last_errno(ssh->login.session) == LIBSSH2_ERROR_SFTP_PROTOCOL) {
        /* Answers shorter than what was asked for confuse the library: once more, with one small request at a
         * time, each from where the one before has come to. */
        slot->timid = true;
        slot->stage = REOPENING;
        return ON;
    }
    if (got < 0)
        return fail(ssh, slot, "reading it");
    if (got == 0)
        return changed(slot, "it became shorter");
    while (done < (size_t)got) {
        ssize_t put = pwrite(slot->fd, ssh->block + done, (size_t)got - done, (off_t)(slot->at + done));

        if (put < 0 && errno != EINTR)
            return fail_here(slot, "writing it", errno);
        if (put == 0)
            return fail_here(slot, "writing it", EIO);
        done += put > 0 ? (size_t)put : 0;
    }
    slot->at += (uint64_t)got;
    write_back(slot);
    ssh->lost = !serve_moves(ssh->parent, &ssh->moved) || ssh->lost;
    return ON;
}

/* The library wants the same bytes again until the server has them: they are kept, from `at` on.  0 or the
 * error. */
static int fill(struct slot *slot)
{
    uint64_t size = slot->message.size, left = size - slot->at;
    size_t room = size < MOST_BLOCK ? (size_t)size : MOST_BLOCK,
           kept = (size_t)(slot->base + slot->filled - slot->at);

    if (slot->block == NULL)
        slot->block = malloc(room);
    if (slot->block == NULL)
        return ENOMEM;
    if (kept == left || kept > room / 2)
        return 0;
    memmove(slot->block, slot->block + (slot->at - slot->base), kept);
    slot->base = slot->at;
    slot->filled = kept;
    while (slot->filled < room && slot->filled < left) {
        size_t want = left - slot->filled < room - slot->filled ? (size_t)left - slot->filled
                                                                : room - slot->filled;
        ssize_t got = pread(slot->fd, slot->block + slot->filled, want, (off_t)(slot->base + slot->filled));

        if (got < 0 && errno != EINTR)
            return errno;
        if (got == 0)
            return FILE_CHANGED;
        slot->filled += got > 0 ? (size_t)got : 0;
    }
    return 0;
}

static enum step put(struct ssh *ssh, struct slot *slot)
{
    size_t before;
    ssize_t took;
    int error;

    if (slot->at == slot->message.size) {
        slot->stage = FLUSHING;
        return ON;
    }
    error = fill(slot);
    if (error != 0)
        return fail_here(slot, "reading it", error);
    before = (size_t)(slot->at - slot->base);
    took = libssh2_sftp_write(slot->handle, slot->block + before, slot->filled - before);
    if (took == LIBSSH2_ERROR_EAGAIN)
        return AGAIN;
    if (took < 0)
        return fail(ssh, slot, "writing it");
    slot->at += (uint64_t)took;
    ssh->lost = !serve_moves(ssh->parent, &ssh->moved) || ssh->lost;
    return ON;
}

/* Where the server can: not all do. */
static enum step flush(struct ssh *ssh, struct slot *slot)
{
    int error = libssh2_sftp_fsync(slot->handle);

    if (error == LIBSSH2_ERROR_EAGAIN)
        return AGAIN;
    if (error != 0 && libssh2_sftp_last_error(slot->sftp) != LIBSSH2_FX_OP_UNSUPPORTED)
        return fail(ssh, slot, "flushing it");
    slot->stage = MEASURING;
    return ON;
}

static enum step close_it(struct ssh *ssh, struct slot *slot)
{
    int error = slot->handle != NULL ? libssh2_sftp_close_handle(slot->handle) : 0;

    if (error == LIBSSH2_ERROR_EAGAIN)
        return AGAIN;
    slot->handle = NULL;
    /* For a file that was written, closing may tell that it was not; what was read is read. */
    if (error != 0 && slot->message.error == CHANNEL_OK &&
        (slot->message.what == CHANNEL_PUT || error != LIBSSH2_ERROR_SFTP_PROTOCOL))
        (void)fail(ssh, slot, "closing it");
    return DONE;
}

static enum step reopen(struct slot *slot)
{
    if (libssh2_sftp_close_handle(slot->handle) == LIBSSH2_ERROR_EAGAIN)
        return AGAIN;
    slot->handle = NULL;
    slot->message.offset = slot->at;
    slot->at = 0;
    slot->stage = BEGIN;
    return ON;
}

static enum step step(struct ssh *ssh, struct slot *slot)
{
    enum channel_what what = slot->message.what;

    switch (what) {
    case CHANNEL_LOOK: return look(ssh, slot);
    case CHANNEL_RENAME: return rename_to(ssh, slot);
    case CHANNEL_REMOVE: return remove_it(ssh, slot);
    default: break;
    }
    switch (slot->stage) {
    case BEGIN: return open_it(ssh, slot);
    case OPENED: return measure(ssh, slot, HEADING);
    case HEADING: return compare_head(ssh, slot);
    case MOVING:
        return what == CHANNEL_LIST ? list(ssh, slot) : what == CHANNEL_GET ? get(ssh, slot) : put(ssh, slot);
    case FLUSHING: return flush(ssh, slot);
    case MEASURING: return measure(ssh, slot, CLOSING);
    case REOPENING: return reopen(slot);
    default: return close_it(ssh, slot);
    }
}

/* --- channels */

/* The first one: without it there is nothing. */
static bool open_first(struct ssh *ssh, struct channel_message *message)
{
    LIBSSH2_SFTP *sftp = libssh2_sftp_init(ssh->login.session);

    libssh2_session_set_blocking(ssh->login.session, 0);
    if (sftp != NULL)
        ssh->slots[ssh->n++] = (struct slot){.sftp = sftp, .fd = -1};
    else
        channel_fail(message, CHANNEL_UNREACHABLE, "the server has no SFTP for %s: %s", ssh->mailbox->user,
                     login_why(&ssh->login));
    return sftp != NULL;
}

static struct slot *idle_slot(struct ssh *ssh)
{
    for (unsigned i = 0; i < ssh->n; i++)
        if (ssh->slots[i].stage == IDLE)
            return &ssh->slots[i];
    return NULL;
}

/* A packet that is half out must go on before any other begins. */
static bool is_half_out(const struct ssh *ssh)
{
    return (libssh2_session_block_directions(ssh->login.session) & LIBSSH2_SESSION_BLOCK_OUTBOUND) != 0;
}

static bool has_requests(const struct ssh *ssh)
{
    struct pollfd ready = {.fd = ssh->parent, .events = POLLIN};

    return poll(&ready, 1, 0) == 1;
}

/* Opening one costs the server a process, and some ways there and back: only when there is more to do than
 * there are channels, one at a time, while the others work.  As many as the server grants. */
static unsigned open_another(struct ssh *ssh, struct slot **half)
{
    struct slot *next = &ssh->slots[ssh->n];
    LIBSSH2_SFTP *sftp;

    if (ssh->n >= ssh->wanted || (*half != NULL && *half != next) ||
        (!ssh->opening && (idle_slot(ssh) != NULL || !has_requests(ssh))))
        return 0;
    sftp = libssh2_sftp_init(ssh->login.session);
    ssh->opening = sftp == NULL && must_wait(ssh);
    *half = ssh->opening && is_half_out(ssh) ? next : NULL;
    if (ssh->opening)
        return 0;
    if (sftp == NULL)
        ssh->wanted = ssh->n;
    else
        ssh->slots[ssh->n++] = (struct slot){.sftp = sftp, .fd = -1};
    return 1;
}

/* Takes requests while there are channels for them.  False: the parent is gone. */
static bool take_requests(struct ssh *ssh)
{
    for (;;) {
        struct slot *slot = idle_slot(ssh);
        struct channel_message message;
        int fd;

        if (slot == NULL)
            return true;
        switch (channel_receive(ssh->parent, &message, &fd)) {
        case CHANNEL_NOTHING_YET: return true;
        case CHANNEL_ENDED: return false;
        case CHANNEL_GOT: break;
        }
        *slot = (struct slot){.sftp = slot->sftp, .message = message, .fd = fd, .stage = BEGIN};
        slot->message.error = CHANNEL_OK;
    }
}

static void reply(struct ssh *ssh, struct slot *slot)
{
    slot->message.what = CHANNEL_REPLY;
    if (!channel_send(ssh->parent, &slot->message, -1))
        ssh->lost = true;
    if (slot->fd >= 0)
        close(slot->fd);
    free(slot->block);
    *slot = (struct slot){.sftp = slot->sftp, .fd = -1};
}

/* Works each slot as far as it goes.  How many got anywhere. */
static unsigned work_slots(struct ssh *ssh, struct slot **half)
{
    unsigned progress = 0;

    for (unsigned i = 0; i < ssh->n && !ssh->lost; i++) {
        struct slot *slot = &ssh->slots[i];
        enum step result = ON;

        if (slot->stage == IDLE || (*half != NULL && *half != slot))
            continue;
        while (result == ON && !ssh->lost) {
            result = step(ssh, slot);
            progress += result != AGAIN;
            *half = result == AGAIN && is_half_out(ssh) ? slot : NULL;
            /* Others get their turn between blocks. */
            if (result == ON && slot->stage == MOVING && slot->message.what != CHANNEL_LIST)
                break;
        }
        if (result == DONE)
            reply(ssh, slot);
    }
    return progress;
}

static bool is_idle(const struct ssh *ssh)
{
    for (unsigned i = 0; i < ssh->n; i++)
        if (ssh->slots[i].stage != IDLE)
            return false;
    return true;
}

static void work(struct ssh *ssh)
{
    struct slot *half = NULL;

    while (!ssh->lost) {
        struct pollfd ready[2] = {{.fd = ssh->parent}, {.fd = ssh->login.socket}};
        unsigned progress;
        bool idle;

        if (half == NULL && !take_requests(ssh))
            return;
        progress = work_slots(ssh, &half);
        progress += ssh->lost ? 0 : open_another(ssh, &half);
        if (progress > 0)
            continue;
        idle = is_idle(ssh) && !ssh->opening;
        if (ssh->lost)
            return;
        ready[0].events = half == NULL && idle_slot(ssh) != NULL ? POLLIN : 0;
        ready[1].events = idle ? 0 : POLLIN;
        if (!idle && is_half_out(ssh))
            ready[1].events |= POLLOUT;
        (void)poll(ready, 2, idle ? -1 : WAIT);
        if ((ready[0].revents & (POLLHUP | POLLERR)) != 0 && (ready[0].revents & POLLIN) == 0)
            return;
    }
}

void ssh_serve(int socket, const struct mailbox *mailbox)
{
    struct ssh *ssh = calloc(1, sizeof(*ssh));
    struct channel_message ready = {.what = CHANNEL_READY};

    if (ssh == NULL)
        return;
    ssh->parent = socket;
    ssh->mailbox = mailbox;
    ssh->block = malloc(MOST_BLOCK);
    if (ssh->block == NULL)
        channel_fail(&ready, CHANNEL_UNREACHABLE, "out of memory");
    else if (login_open(&ssh->login, mailbox, &ready)) {
        (void)open_first(ssh, &ready);
        ssh->wanted = (unsigned)mailbox->channels;
        ready.size = ssh->wanted;
    }
    if (channel_send(socket, &ready, -1) && ready.error == CHANNEL_OK)
        work(ssh);
    free(ssh->block);
    free(ssh);
}

const char *ssh_library(void)
{
    return "libssh2 " LIBSSH2_VERSION;
}
