#include "remote/answer.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    LEAST_READ = 512,
    WRITE_BACK = 8 * 1024 * 1024,
};

static void describe(struct channel_message *message, const struct sftp_about *about)
{
    message->size = about->size;
    message->mtime = about->mtime;
    message->kind = S_ISREG(about->mode)   ? CHANNEL_FILE
                    : S_ISDIR(about->mode) ? CHANNEL_FOLDER
                    : S_ISLNK(about->mode) ? CHANNEL_LINK
                                           : CHANNEL_SPECIAL;
}

static void take_handle(struct task *task, const struct sftp_answer *answer)
{
    struct lane *lane = task->lane;
    const struct channel_message *message = &task->message;

    if (answer->is_status) {
        lane->handles--;
        if (answer->status == SFTP_FAILURE && lane->handles > 0) {
            lane->most_handles = lane->handles;
            task_enter(task, TASK_OPEN);
        } else {
            task_refused(task, answer->status, "opening it");
        }
        return;
    }
    memcpy(task->handle, answer->bytes.at, answer->bytes.len);
    task->handle_len = answer->bytes.len;
    /* A small one is only looked at when it is here. */
    if (message->what == CHANNEL_GET && (message->offset > 0 || message->size > TASK_HEAD_BYTES))
        task_enter(task, TASK_MEASURE_FIRST);
    else
        task_begin_moving(task, 0);
}

/* The file must be what was listed, before and after. */
static void measure(struct task *task, const struct sftp_answer *answer)
{
    const struct channel_message *message = &task->message;

    if (answer->is_status)
        task_refused(task, answer->status, "looking at it");
    else if (answer->about.size != message->size ||
             (message->what == CHANNEL_GET && answer->about.mtime != message->mtime))
        task_changed(task, "it has another size or time by now");
    else if (task->stage != TASK_MEASURE_FIRST)
        task_finish(task);
    else if (message->offset > 0)
        task_enter(task, TASK_HEAD);
    else
        task_begin_moving(task, 0);
}

/* The head of a part that is here already, against the file's. */
static void compare_head(struct task *task, const struct sftp_answer *answer)
{
    char here[TASK_HEAD_BYTES];
    size_t len = answer->bytes.len;

    if (pread(task->fd, here, len, (off_t)task->at) != (ssize_t)len ||
        memcmp(here, answer->bytes.at, len) != 0) {
        task_begin_moving(task, 0); /* another file: from its beginning */
        return;
    }
    task->at += len;
    task->next = task->at;
    if (task->at == task_head(task))
        task_begin_moving(task, task->message.offset);
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
            task_fail_here(task, "writing it", put == 0 ? EIO : errno);
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
        task_changed(task, "it became shorter");
    } else if (answer->is_status || len == 0 || len > answer->len) {
        if (answer->is_status)
            task_refused(task, answer->status, "reading it");
        else
            task_fail(task, CHANNEL_REFUSED, "reading it", TASK_NONSENSE);
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
        task_refused(task, answer->status, "writing it");
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
        task_refused(task, answer->status, "listing it");
        return true;
    }
    task->ended |= answer->is_status;
    while (sftp_name(answer, &name, &about)) {
        if (task->at++ >= task->message.limit) {
            channel_fail(&task->message, CHANNEL_TOO_MANY, "more than %llu names",
                         (unsigned long long)task->message.limit);
            task_finish(task);
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
        task_fail(task, CHANNEL_LOST, "listing it", TASK_NONSENSE);
    else if (task->ended)
        task_finish(task);
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
        task_refused(task, answer->status, to ? "looking for one of its name" : "looking at it");
        if (!to || task->message.error != CHANNEL_GONE)
            return;
        task->message.error = CHANNEL_OK;
        task_enter(task, TASK_RENAME);
    } else if (to) {
        /* Some servers rename onto what is there.  OpenSSH's refuses by itself. */
        channel_fail(&task->message, CHANNEL_THERE, "there is one");
        task_finish(task);
    } else {
        describe(&task->message, &answer->about);
        task_finish(task);
    }
}

static void take_close(struct task *task, const struct sftp_answer *answer)
{
    task->lane->handles--;
    task->handle_len = 0;
    /* For a file that was written, closing may tell that it was not; what was read is read. */
    if (answer->status != SFTP_OK && task->message.error == CHANNEL_OK && task->message.what == CHANNEL_PUT)
        task_refused(task, answer->status, "closing it");
    task_finish(task);
}

static void take_flushed(struct task *task, const struct sftp_answer *answer)
{
    if (answer->status != SFTP_OK && answer->status != SFTP_UNSUPPORTED)
        task_refused(task, answer->status, "flushing it");
    else if (task->stage == TASK_FLUSH)
        task_enter(task, TASK_MEASURE);
}

/* The last of its answers decides: whatever order they come in, one that is bad is not passed over. */
static void end_burst(struct task *task)
{
    bool good = task->message.error == CHANNEL_OK;

    if (good && task->careful) {
        task_enter(task, TASK_OPEN);
        return;
    }
    if (good && task->at != task->message.size)
        channel_fail(&task->message, CHANNEL_REFUSED, "%s", TASK_NONSENSE);
    else if (good)
        task_note_hash(task);
    task_enter(task, TASK_END);
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

bool answer_take(struct task *task, struct sftp_answer *answer, int parent)
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
        task_refused(task, answer->status, task->stage == TASK_REMOVE ? "deleting it" : "renaming it");
    else
        task_finish(task);
    return true;
}
