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
};

/* --- stages */

void task_enter(struct task *task, enum task_stage stage)
{
    task->stage = stage;
    task->asked = false;
}

/* To its end, with what the message says.  A burst comes to it by itself. */
void task_finish(struct task *task)
{
    if (task->stage != TASK_BURST)
        task_enter(task, task->handle_len > 0 ? TASK_CLOSE : TASK_END);
}

void task_fail(struct task *task, enum channel_error error, const char *doing, const char *why)
{
    channel_fail(&task->message, error, "%s: %s", doing, why);
    task_finish(task);
}

void task_fail_here(struct task *task, const char *doing, int error)
{
    task_fail(task, CHANNEL_HERE, doing, file_error(error));
}

void task_changed(struct task *task, const char *how)
{
    channel_fail(&task->message, CHANNEL_CHANGED, "%s", how);
    task_finish(task);
}

/* The server said no. */
void task_refused(struct task *task, uint32_t status, const char *doing)
{
    static const struct {
        uint32_t status;
        enum channel_error error;
        const char *text;
    } known[] = {
        {SFTP_OK, CHANNEL_REFUSED, TASK_NONSENSE},
        {SFTP_EOF, CHANNEL_REFUSED, TASK_NONSENSE},
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
            task_fail(task, known[i].error, doing, known[i].text);
            return;
        }
    channel_fail(&task->message, CHANNEL_REFUSED, "%s: SFTP error %lu", doing, (unsigned long)status);
    task_finish(task);
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
    task_enter(task, first[message->what]);
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

static bool is_small(const struct task *task)
{
    const struct channel_message *message = &task->message;

    if (message->what == CHANNEL_PUT)
        return message->size <= sftp_most_write(task->lane->sftp);
    return message->what == CHANNEL_GET && !task->careful && message->offset == 0 &&
           message->size <= TASK_HEAD_BYTES && message->size <= sftp_most_read(task->lane->sftp);
}

/* All of it is to be moved, or fetched from `at` on. */
void task_begin_moving(struct task *task, uint64_t at)
{
    task->at = task->next = at;
    if (task->message.what == CHANNEL_GET && ftruncate(task->fd, (off_t)at) != 0) {
        task_fail_here(task, "writing it", errno);
        return;
    }
    if (task->message.what == CHANNEL_GET && at == 0 && task->sha256 == NULL)
        task->sha256 = sha256_open();
    if (task->sha256 != NULL)
        sha256_begin(task->sha256);
    task_enter(task, is_small(task) ? TASK_BURST : TASK_MOVE);
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
    task_fail(task, CHANNEL_REFUSED, "renaming it",
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

uint64_t task_head(const struct task *task)
{
    return task->message.offset < TASK_HEAD_BYTES ? task->message.offset : TASK_HEAD_BYTES;
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
        task_fail_here(task, "reading it", errno != 0 ? errno : FILE_CHANGED);
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
        task_enter(task, TASK_CLOSE); /* its file here cannot be read */
        return;
    }
    if (put && sftp_has_fsync(sftp))
        task->flying += sftp_ask_fsync(sftp, task, handle);
    task->flying += sftp_ask_handle(sftp, task, SFTP_FSTAT, handle);
    task->flying += sftp_ask_handle(sftp, task, SFTP_CLOSE, handle);
    task->asked = true;
}

void task_note_hash(struct task *task)
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
    task_note_hash(task);
    task_enter(task, what == CHANNEL_PUT && sftp_has_fsync(task->lane->sftp) ? TASK_FLUSH : TASK_MEASURE);
}

void task_go(struct task *task)
{
    pass_by(task);
    if (task->stage == TASK_MOVE) {
        move(task);
    } else if (task->stage == TASK_HEAD) {
        if (task->flying == 0)
            (void)read_on(task, task_head(task), 1);
    } else if (task->stage == TASK_BURST) {
        if (!task->asked)
            burst(task);
    } else if (!task->asked && task->stage != TASK_END && ask(task)) {
        task->asked = true;
        task->flying++;
    }
}
