#include "remote/task.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum {
    AHEAD = 8 * 1024 * 1024, /* bytes of a file that are asked for before they come */
    A_TURN = 8,              /* requests of a file before another one's */
    LIST_AHEAD = 4,
    LEAST_READ = 512,
    WRITE_BACK = 8 * 1024 * 1024,
    HEAD = 64 * 1024, /* of what is there already: must be the same */
};

static const char nonsense[] = "the server's answer makes no sense";

/* --- stages */

static void enter(struct task *task, enum task_stage stage)
{
    task->stage = stage;
    task->asked = false;
}

/* To its end, with what the message says.  A burst comes to it by itself. */
static void finish(struct task *task)
{
    if (task->stage != TASK_BURST)
        enter(task, task->handle_len > 0 ? TASK_CLOSE : TASK_END);
}

static void fail(struct task *task, enum channel_error error, const char *doing, const char *why)
{
    channel_fail(&task->message, error, "%s: %s", doing, why);
    finish(task);
}

static void fail_here(struct task *task, const char *doing, int error)
{
    fail(task, CHANNEL_HERE, doing, file_error(error));
}

static void changed(struct task *task, const char *how)
{
    channel_fail(&task->message, CHANNEL_CHANGED, "%s", how);
    finish(task);
}

/* The server said no. */
static void refused(struct task *task, uint32_t status, const char *doing)
{
    static const struct {
        uint32_t status;
        enum channel_error error;
        const char *text;
    } known[] = {
        {SFTP_OK, CHANNEL_REFUSED, nonsense},
        {SFTP_EOF, CHANNEL_REFUSED, nonsense},
        {SFTP_NO_SUCH_FILE, CHANNEL_GONE, "there is none"},
        {SFTP_NO_SUCH_PATH, CHANNEL_GONE, "there is none"},
        {SFTP_PERMISSION_DENIED, CHANNEL_DENIED, "not allowed"},
        {SFTP_FILE_ALREADY_EXISTS, CHANNEL_THERE, "there is one"},
        {SFTP_FAILURE, CHANNEL_REFUSED, "the server refused, and gives no reason (is its disk full?)"},
        {SFTP_UNSUPPORTED, CHANNEL_REFUSED, "the server cannot do that"},
        {SFTP_NO_SPACE, CHANNEL_REFUSED, "its disk is full"},
        {SFTP_QUOTA_EXCEEDED, CHANNEL_REFUSED, "its quota is used up"},
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (known[i].status == status) {
            fail(task, known[i].error, doing, known[i].text);
            return;
        }
    channel_fail(&task->message, CHANNEL_REFUSED, "%s: SFTP error %lu", doing, (unsigned long)status);
    finish(task);
}

void task_begin(struct task *task, struct lane *lane, const struct channel_message *message, int fd)
{
    static const enum task_stage first[CHANNEL_KINDS] = {
        [CHANNEL_LIST] = TASK_OPEN,     [CHANNEL_LOOK] = TASK_LOOK,      [CHANNEL_GET] = TASK_OPEN,
        [CHANNEL_PUT] = TASK_OPEN,      [CHANNEL_RENAME] = TASK_LOOK_TO, [CHANNEL_REPLACE] = TASK_RENAME,
        [CHANNEL_REMOVE] = TASK_REMOVE,
    };

    *task = (struct task){.lane = lane, .message = *message, .fd = fd, .most = UINT32_MAX};
    task->message.error = CHANNEL_OK;
    lane->tasks++;
    enter(task, first[message->what]);
}

void task_release(struct task *task)
{
    if (task->fd >= 0)
        close(task->fd);
    sha256_close(task->sha256);
    task->lane->tasks--;
    *task = (struct task){.lane = NULL, .fd = -1};
}

bool task_is_done(const struct task *task)
{
    return task->stage == TASK_END && task->flying == 0;
}

/* --- what is asked */

static struct bytes handle_of(const struct task *task)
{
    return (struct bytes){task->handle, task->handle_len};
}

/* Some servers let few files be open: one that is refused while others are waits for those. */
static bool ask_open(struct task *task)
{
    struct lane *lane = task->lane;
    const char *path = task->message.path;
    bool good;

    if (lane->handles >= lane->most_handles)
        return false;
    if (task->message.what == CHANNEL_LIST)
        good = sftp_ask_path(lane->sftp, task, SFTP_OPENDIR, path);
    else
        good = sftp_ask_open(lane->sftp, task, path, task->message.what == CHANNEL_PUT);
    lane->handles += good;
    return good;
}

static bool ask_rename(struct task *task)
{
    const struct channel_message *message = &task->message;
    bool onto = message->what == CHANNEL_REPLACE;

    if (!onto || sftp_has_posix_rename(task->lane->sftp))
        return sftp_ask_rename(task->lane->sftp, task, message->path, message->to, onto);
    fail(task, CHANNEL_REFUSED, "renaming it",
         "the server has no posix-rename, without which nothing can be replaced safely");
    return false;
}

/* The question of a stage that has one. */
static bool ask(struct task *task)
{
    struct sftp *sftp = task->lane->sftp;

    switch (task->stage) {
    case TASK_LOOK: return sftp_ask_path(sftp, task, SFTP_LSTAT, task->message.path);
    case TASK_LOOK_TO: return sftp_ask_path(sftp, task, SFTP_LSTAT, task->message.to);
    case TASK_RENAME: return ask_rename(task);
    case TASK_REMOVE: return sftp_ask_path(sftp, task, SFTP_REMOVE, task->message.path);
    case TASK_OPEN: return ask_open(task);
    case TASK_MEASURE_FIRST:
    case TASK_MEASURE: return sftp_ask_handle(sftp, task, SFTP_FSTAT, handle_of(task));
    case TASK_FLUSH: return sftp_ask_fsync(sftp, task, handle_of(task));
    case TASK_CLOSE: return sftp_ask_handle(sftp, task, SFTP_CLOSE, handle_of(task));
    default: return false;
    }
}

static uint64_t head_of(const struct task *task)
{
    return task->message.offset < HEAD ? task->message.offset : HEAD;
}

static bool read_on(struct task *task, uint64_t end, uint64_t ahead)
{
    uint32_t most = sftp_most_read(task->lane->sftp);
    uint64_t want = end - task->next;

    if (task->next == end || task->next - task->at >= ahead)
        return false;
    if (most > task->most)
        most = task->most;
    if (want > most)
        want = most;
    if (!sftp_ask_read(task->lane->sftp, task, handle_of(task), task->next, (uint32_t)want))
        return false;
    task->next += want;
    task->flying++;
    return true;
}

static bool write_on(struct task *task)
{
    ssize_t sent;

    if (task->next == task->message.size)
        return false;
    sent = sftp_ask_write(task->lane->sftp, task, handle_of(task), task->fd, task->next,
                          task->message.size - task->next);
    if (sent < 0)
        fail_here(task, "reading it", errno != 0 ? errno : FILE_CHANGED);
    if (sent <= 0)
        return false;
    task->next += (uint64_t)sent;
    task->flying++;
    return true;
}

/* As much as there is room for, and no more than lets others have a turn. */
static void move(struct task *task)
{
    bool more = true;

    switch (task->message.what) {
    case CHANNEL_GET:
        if (task->back && task->flying > 0)
            return;
        if (task->back)
            task->next = task->at;
        task->back = false;
        for (unsigned i = 0; more && i < A_TURN; i++)
            more = read_on(task, task->message.size, AHEAD);
        break;
    case CHANNEL_PUT:
        for (unsigned i = 0; more && i < A_TURN; i++)
            more = write_on(task);
        break;
    default:
        while (!task->ended && task->flying < LIST_AHEAD &&
               sftp_ask_handle(task->lane->sftp, task, SFTP_READDIR, handle_of(task)))
            task->flying++;
        break;
    }
}

/* All of a small file, in what is one packet of the connection's. */
static void burst(struct task *task)
{
    struct sftp *sftp = task->lane->sftp;
    struct bytes handle = handle_of(task);
    uint64_t size = task->message.size;
    bool put = task->message.what == CHANNEL_PUT;

    if (!sftp_has_room(sftp))
        return;
    if (size > 0 && !(put ? write_on(task) : read_on(task, size, AHEAD))) {
        enter(task, TASK_CLOSE); /* its file here cannot be read */
        return;
    }
    if (put && sftp_has_fsync(sftp))
        task->flying += sftp_ask_fsync(sftp, task, handle);
    task->flying += sftp_ask_handle(sftp, task, SFTP_FSTAT, handle);
    task->flying += sftp_ask_handle(sftp, task, SFTP_CLOSE, handle);
    task->asked = true;
}

static void note_hash(struct task *task)
{
    if (task->sha256 != NULL)
        sha256_hex(task->sha256, task->message.sha256);
}

/* Bytes that are all there need not be waited for. */
static void pass_by(struct task *task)
{
    enum channel_what what = task->message.what;

    if (task->stage != TASK_MOVE || what == CHANNEL_LIST || task->at < task->message.size)
        return;
    note_hash(task);
    enter(task, what == CHANNEL_PUT && sftp_has_fsync(task->lane->sftp) ? TASK_FLUSH : TASK_MEASURE);
}

void task_go(struct task *task)
{
    pass_by(task);
    if (task->stage == TASK_MOVE) {
        move(task);
    } else if (task->stage == TASK_HEAD) {
        if (task->flying == 0)
            (void)read_on(task, head_of(task), 1);
    } else if (task->stage == TASK_BURST) {
        if (!task->asked)
            burst(task);
    } else if (!task->asked && task->stage != TASK_END && ask(task)) {
        task->asked = true;
        task->flying++;
    }
}

/* --- what is answered */

static void describe(struct channel_message *message, const struct sftp_about *about)
{
    message->size = about->size;
    message->mtime = about->mtime;
    message->kind = S_ISREG(about->mode)   ? CHANNEL_FILE
                    : S_ISDIR(about->mode) ? CHANNEL_FOLDER
                    : S_ISLNK(about->mode) ? CHANNEL_LINK
                                           : CHANNEL_SPECIAL;
}

static bool is_small(const struct task *task)
{
    const struct channel_message *message = &task->message;

    if (message->what == CHANNEL_PUT)
        return message->size <= sftp_most_write(task->lane->sftp);
    return message->what == CHANNEL_GET && !task->careful && message->offset == 0 && message->size <= HEAD &&
           message->size <= sftp_most_read(task->lane->sftp);
}

/* All of it is to be moved, or fetched from `at` on. */
static void begin_moving(struct task *task, uint64_t at)
{
    task->at = task->next = at;
    if (task->message.what == CHANNEL_GET && ftruncate(task->fd, (off_t)at) != 0) {
        fail_here(task, "writing it", errno);
        return;
    }
    if (task->message.what == CHANNEL_GET && at == 0 && task->sha256 == NULL)
        task->sha256 = sha256_open();
    if (task->sha256 != NULL)
        sha256_begin(task->sha256);
    enter(task, is_small(task) ? TASK_BURST : TASK_MOVE);
}

static void take_handle(struct task *task, const struct sftp_answer *answer)
{
    struct lane *lane = task->lane;
    const struct channel_message *message = &task->message;

    if (answer->is_status) {
        lane->handles--;
        if (answer->status == SFTP_FAILURE && lane->handles > 0) {
            lane->most_handles = lane->handles;
            enter(task, TASK_OPEN);
        } else {
            refused(task, answer->status, "opening it");
        }
        return;
    }
    memcpy(task->handle, answer->bytes.at, answer->bytes.len);
    task->handle_len = answer->bytes.len;
    /* A small one is only looked at when it is here. */
    if (message->what == CHANNEL_GET && (message->offset > 0 || message->size > HEAD))
        enter(task, TASK_MEASURE_FIRST);
    else
        begin_moving(task, 0);
}

/* The file must be what was listed, before and after. */
static void measure(struct task *task, const struct sftp_answer *answer)
{
    const struct channel_message *message = &task->message;

    if (answer->is_status)
        refused(task, answer->status, "looking at it");
    else if (answer->about.size != message->size ||
             (message->what == CHANNEL_GET && answer->about.mtime != message->mtime))
        changed(task, "it has another size or time by now");
    else if (task->stage != TASK_MEASURE_FIRST)
        finish(task);
    else if (message->offset > 0)
        enter(task, TASK_HEAD);
    else
        begin_moving(task, 0);
}

/* The head of a part that is here already, against the file's. */
static void compare_head(struct task *task, const struct sftp_answer *answer)
{
    char here[HEAD];
    size_t len = answer->bytes.len;

    if (pread(task->fd, here, len, (off_t)task->at) != (ssize_t)len ||
        memcmp(here, answer->bytes.at, len) != 0) {
        begin_moving(task, 0); /* another file: from its beginning */
        return;
    }
    task->at += len;
    task->next = task->at;
    if (task->at == head_of(task))
        begin_moving(task, task->message.offset);
}

/* It is to be flushed in the end: the disk begins while the rest comes, and others do. */
static void write_back(struct task *task)
{
    if (task->at - task->written < WRITE_BACK)
        return;
    (void)sync_file_range(task->fd, (off_t)task->written, (off_t)(task->at - task->written),
                          SYNC_FILE_RANGE_WRITE);
    task->written = task->at;
}

static void keep(struct task *task, struct bytes data)
{
    while (data.len > 0) {
        ssize_t put = pwrite(task->fd, data.at, data.len, (off_t)task->at);

        if (put <= 0 && errno != EINTR) {
            fail_here(task, "writing it", put == 0 ? EIO : errno);
            return;
        }
        if (put <= 0)
            continue;
        if (task->sha256 != NULL)
            sha256_add(task->sha256, data.at, (size_t)put);
        data.at += put;
        data.len -= (size_t)put;
        task->at += (uint64_t)put;
    }
    write_back(task);
}

static void take_data(struct task *task, const struct sftp_answer *answer)
{
    size_t len = answer->bytes.len;

    if (answer->offset != task->at) {
        task->back = true; /* out of its turn: once more */
        return;
    }
    if (answer->is_status && answer->status == SFTP_EOF) {
        changed(task, "it became shorter");
    } else if (answer->is_status || len == 0 || len > answer->len) {
        if (answer->is_status)
            refused(task, answer->status, "reading it");
        else
            fail(task, CHANNEL_REFUSED, "reading it", nonsense);
    } else if (task->stage == TASK_HEAD) {
        compare_head(task, answer);
    } else if (task->stage == TASK_BURST && len < answer->len) {
        task->careful = true;
    } else {
        if (len < answer->len) {
            task->most = len < LEAST_READ ? LEAST_READ : (uint32_t)len;
            task->back = task->flying > 0;
            task->next = task->back ? task->next : task->at + len;
        }
        keep(task, answer->bytes);
    }
}

static void take_written(struct task *task, const struct sftp_answer *answer)
{
    if (answer->status != SFTP_OK)
        refused(task, answer->status, "writing it");
    else
        task->at += answer->len;
}

/* False: nobody is there any more. */
static bool take_names(struct task *task, struct sftp_answer *answer, int parent)
{
    struct channel_message entry = {.what = CHANNEL_ENTRY, .number = task->message.number};
    struct sftp_about about;
    struct bytes name;

    if (answer->is_status && answer->status != SFTP_EOF) {
        refused(task, answer->status, "listing it");
        return true;
    }
    task->ended |= answer->is_status;
    while (sftp_name(answer, &name, &about)) {
        if (task->at++ >= task->message.limit) {
            channel_fail(&task->message, CHANNEL_TOO_MANY, "more than %llu names",
                         (unsigned long long)task->message.limit);
            finish(task);
            return true;
        }
        /* What does not fit is no name of ours: its beginning will be refused for its length. */
        entry.path_len = (uint32_t)(name.len < CHANNEL_PATH ? name.len : CHANNEL_PATH - 1);
        if (entry.path_len > 0)
            memcpy(entry.path, name.at, entry.path_len);
        describe(&entry, &about);
        if (!channel_send(parent, &entry, -1))
            return false;
    }
    if (answer->rest.bad)
        fail(task, CHANNEL_LOST, "listing it", nonsense);
    else if (task->ended)
        finish(task);
    return true;
}

/* Bytes or names; those that come when it has failed already are of no use. */
static bool take_moved(struct task *task, struct sftp_answer *answer, int parent)
{
    if (task->stage != TASK_MOVE && task->stage != TASK_HEAD)
        return true;
    if (answer->call == SFTP_READDIR)
        return take_names(task, answer, parent);
    if (answer->call == SFTP_READ)
        take_data(task, answer);
    else
        take_written(task, answer);
    return true;
}

static void take_look(struct task *task, const struct sftp_answer *answer)
{
    bool to = task->stage == TASK_LOOK_TO;

    if (answer->is_status) {
        refused(task, answer->status, to ? "looking for one of its name" : "looking at it");
        if (!to || task->message.error != CHANNEL_GONE)
            return;
        task->message.error = CHANNEL_OK;
        enter(task, TASK_RENAME);
    } else if (to) {
        /* Some servers rename onto what is there.  OpenSSH's refuses by itself. */
        channel_fail(&task->message, CHANNEL_THERE, "there is one");
        finish(task);
    } else {
        describe(&task->message, &answer->about);
        finish(task);
    }
}

static void take_close(struct task *task, const struct sftp_answer *answer)
{
    task->lane->handles--;
    task->handle_len = 0;
    /* For a file that was written, closing may tell that it was not; what was read is read. */
    if (answer->status != SFTP_OK && task->message.error == CHANNEL_OK && task->message.what == CHANNEL_PUT)
        refused(task, answer->status, "closing it");
    finish(task);
}

static void take_flushed(struct task *task, const struct sftp_answer *answer)
{
    if (answer->status != SFTP_OK && answer->status != SFTP_UNSUPPORTED)
        refused(task, answer->status, "flushing it");
    else if (task->stage == TASK_FLUSH)
        enter(task, TASK_MEASURE);
}

/* The last of its answers decides: whatever order they come in, one that is bad is not passed over. */
static void end_burst(struct task *task)
{
    bool good = task->message.error == CHANNEL_OK;

    if (good && task->careful) {
        enter(task, TASK_OPEN);
        return;
    }
    if (good && task->at != task->message.size)
        channel_fail(&task->message, CHANNEL_REFUSED, "%s", nonsense);
    else if (good)
        note_hash(task);
    enter(task, TASK_END);
}

static void take_burst(struct task *task, struct sftp_answer *answer)
{
    if (answer->call == SFTP_CLOSE)
        take_close(task, answer);
    else if (task->message.error != CHANNEL_OK || task->careful)
        ; /* nothing that comes now matters */
    else if (answer->call == SFTP_READ)
        take_data(task, answer);
    else if (answer->call == SFTP_WRITE)
        take_written(task, answer);
    else if (answer->call == SFTP_FSTAT)
        measure(task, answer);
    else
        take_flushed(task, answer);
    if (task->flying == 0)
        end_burst(task);
}

bool task_take(struct task *task, struct sftp_answer *answer, int parent)
{
    task->flying--;
    if (task->stage == TASK_BURST) {
        take_burst(task, answer);
        return true;
    }
    switch (answer->call) {
    case SFTP_OPEN:
    case SFTP_OPENDIR: take_handle(task, answer); return true;
    case SFTP_FSTAT: measure(task, answer); return true;
    case SFTP_LSTAT: take_look(task, answer); return true;
    case SFTP_CLOSE: take_close(task, answer); return true;
    case SFTP_READ:
    case SFTP_WRITE:
    case SFTP_READDIR: return take_moved(task, answer, parent);
    default: break;
    }
    /* A word, and it is done. */
    if (task->stage == TASK_FLUSH)
        take_flushed(task, answer);
    else if (answer->status != SFTP_OK)
        refused(task, answer->status, task->stage == TASK_REMOVE ? "deleting it" : "renaming it");
    else
        finish(task);
    return true;
}
