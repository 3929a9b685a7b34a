#include "remote/outbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "remote/name.h"

enum { BLOCK = 64 * 1024 };

void outbox_fail(struct outbox *outbox, struct bytes name, int error)
{
    outbox->poll->counts.failed++;
    report_say(outbox->poll->report, TECHNICAL_READ, outbox->send->from, "%.*s: %s", BYTES_ARG(name),
               file_error(error));
}

/* --- what is here */

static int compare(const void *a, const void *b)
{
    return bytes_compare(*(const struct bytes *)a, *(const struct bytes *)b);
}

static bool is_meant(struct outbox *outbox, struct bytes name)
{
    const char *why = "";

    if (name_is_hidden(name))
        return false;
    switch (mailbox_means(&outbox->send->names, name, &why)) {
    case PATTERN_NO: return false;
    case PATTERN_FAILED:
        poll_tell(outbox->poll, REMOTE_NAME, outbox->send->from, "\"%.*s\": the pattern failed: %s",
                  BYTES_ARG(name), why);
        outbox->poll->counts.refused++;
        return false;
    case PATTERN_YES: break;
    }
    if (name_is_good(name))
        return true;
    poll_tell(outbox->poll, REMOTE_NAME, outbox->send->from, "\"%.*s\"", BYTES_ARG(name));
    outbox->poll->counts.refused++;
    return false;
}

/* The names in the folder here that are meant, sorted. */
static bool list(struct outbox *outbox)
{
    DIR *names = opendir(outbox->send->from);
    const struct dirent *entry;
    size_t room = 0;

    if (names == NULL) {
        outbox_fail(outbox, BYTES("the folder"), errno);
        return false;
    }
    outbox->folder = fcntl(dirfd(names), F_DUPFD_CLOEXEC, 0);
    for (errno = 0; (entry = readdir(names)) != NULL; errno = 0) {
        struct bytes name = bytes_of(entry->d_name);

        if (!is_meant(outbox, name))
            continue;
        if (outbox->n == room) {
            struct bytes *more = arena_zalloc(outbox->poll->arena, room = room * 2 + 64, sizeof(*more));

            if (more == NULL)
                break;
            if (outbox->n > 0)
                memcpy(more, outbox->names, outbox->n * sizeof(*more));
            outbox->names = more;
        }
        outbox->names[outbox->n++] = arena_copy(outbox->poll->arena, name);
    }
    if (entry == NULL && errno != 0)
        outbox_fail(outbox, BYTES("the folder"), errno);
    closedir(names);
    if (outbox->n > 0)
        qsort(outbox->names, outbox->n, sizeof(*outbox->names), compare);
    return outbox->folder >= 0 && !outbox->poll->arena->failed;
}

/* Opens it and hashes it; *fd stays open.  0 or the error. */
static int look_at_file(struct outbox *outbox, struct outgoing *file)
{
    char block[BLOCK];
    struct stat about;
    uint64_t len = 0;
    size_t got;
    int error;

    file->fd = openat(outbox->folder, file->name.at, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file->fd < 0)
        return errno;
    if (fstat(file->fd, &about) != 0)
        return errno;
    if (!S_ISREG(about.st_mode))
        return S_ISDIR(about.st_mode) ? EISDIR : FILE_NOT_REGULAR;
    sha256_begin(outbox->sha256);
    do {
        error = file_read(file->fd, block, sizeof(block), &got);
        sha256_add(outbox->sha256, block, got);
        len += got;
    } while (error == 0 && got == sizeof(block));
    if (error == 0 && len != (uint64_t)about.st_size)
        error = FILE_CHANGED;
    sha256_hex(outbox->sha256, file->sha256);
    if (error == 0 && lseek(file->fd, 0, SEEK_SET) != 0)
        error = errno;
    file->transfer = (struct transfer){.partner = bytes_of(outbox->poll->partner->name),
                                       .direction = TRANSFER_OUT,
                                       .folder = bytes_of(outbox->send->from),
                                       .name = file->name,
                                       .size = about.st_size,
                                       .mtime = about.st_mtim.tv_sec,
                                       .sha256 = bytes_of(file->sha256)};
    return error;
}

bool outbox_take(struct outbox *outbox, struct bytes name, struct outgoing *file)
{
    int error;

    *file = (struct outgoing){.name = name, .fd = -1};
    error = look_at_file(outbox, file);
    if (error == 0)
        return true;
    if (error == ELOOP || error == FILE_NOT_REGULAR) {
        poll_tell(outbox->poll, REMOTE_KIND, outbox->send->from, "%.*s", BYTES_ARG(name));
        outbox->poll->counts.refused++;
    } else if (error != EISDIR) {
        outbox_fail(outbox, name, error);
    }
    return false;
}

bool outbox_is_as_it_was(const struct outgoing *file)
{
    struct stat about;

    return fstat(file->fd, &about) == 0 && about.st_size == file->transfer.size &&
           about.st_mtim.tv_sec == file->transfer.mtime;
}

void outbox_expect(const struct outbox *outbox, uint64_t most)
{
    struct stat about;

    for (size_t i = 0; i < outbox->n && i < most && outbox->poll->progress != NULL; i++)
        if (fstatat(outbox->folder, outbox->names[i].at, &about, AT_SYMLINK_NOFOLLOW) == 0)
            poll_expect(outbox->poll, 1, (uint64_t)about.st_size);
}

/* --- what becomes of the file here */

void outbox_settle(struct outbox *outbox, const struct outgoing *file)
{
    char target[NAME_MAX + 1];
    int other, error = 0;

    if (outbox->send->after == MAILBOX_DELETE) {
        error = unlinkat(outbox->folder, file->name.at, 0) != 0 ? errno : 0;
    } else if (outbox->send->after == MAILBOX_MOVE) {
        other = open(outbox->send->move_to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        error = other < 0 ? errno : 0;
        (void)snprintf(target, sizeof(target), "%s", file->name.at);
        if (other >= 0 && renameat2(outbox->folder, file->name.at, other, target, RENAME_NOREPLACE) != 0)
            error = errno;
        if (error == EEXIST) {
            /* Another one of that name was sent before. */
            (void)snprintf(target, sizeof(target), "%s~%lld", file->name.at, (long long)file->transfer.row);
            error = renameat2(outbox->folder, file->name.at, other, target, RENAME_NOREPLACE) != 0 ? errno
                                                                                                   : 0;
        }
        if (other >= 0)
            close(other);
    }
    if (error != 0)
        outbox_fail(outbox, file->name, error);
}

/* --- all of it */

bool outbox_open(struct outbox *outbox, struct poll *poll)
{
    *outbox = (struct outbox){
        .poll = poll, .send = &poll->partner->mailbox.send, .folder = -1, .sha256 = sha256_open()};
    if (outbox->sha256 == NULL)
        report_say(poll->report, TECHNICAL_MEMORY, NULL, "for hashing");
    return outbox->sha256 != NULL && list(outbox);
}

void outbox_close(struct outbox *outbox)
{
    if (outbox->folder >= 0)
        close(outbox->folder);
    sha256_close(outbox->sha256);
}
