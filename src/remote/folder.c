#include "remote/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "remote/serve.h"

enum { BLOCK = 1024 * 1024 };

struct folder {
    int socket, top;
    struct serve_moves moved;
    char *block;
};

/* The folder that a path lies in, opened part by part, and the last part.  -1: errno. */
static int open_parent(const struct folder *folder, const char *path, char name[NAME_MAX + 1])
{
    struct bytes rest = bytes_of(path), part, next = {NULL, 0};
    int at = fcntl(folder->top, F_DUPFD_CLOEXEC, 0);

    (void)snprintf(name, NAME_MAX + 1, ".");
    while (at >= 0 && bytes_split(&rest, '/', &part)) {
        if (part.len == 0 || bytes_are(part, "."))
            continue;
        if (bytes_are(part, "..") || part.len > NAME_MAX) {
            close(at);
            errno = bytes_are(part, "..") ? EACCES : ENAMETOOLONG;
            return -1;
        }
        if (next.at != NULL) {
            int inner = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            int error = errno;

            close(at);
            at = inner;
            errno = error;
        }
        next = part;
        memcpy(name, part.at, part.len);
        name[part.len] = '\0';
    }
    return at;
}

static void describe(struct channel_message *message, const struct stat *about)
{
    message->size = (uint64_t)about->st_size;
    message->mtime = about->st_mtim.tv_sec;
    message->kind = S_ISREG(about->st_mode)   ? CHANNEL_FILE
                    : S_ISDIR(about->st_mode) ? CHANNEL_FOLDER
                    : S_ISLNK(about->st_mode) ? CHANNEL_LINK
                                              : CHANNEL_SPECIAL;
}

static void list(struct folder *folder, struct channel_message *message, int parent, const char *name)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *names = fd >= 0 ? fdopendir(fd) : NULL;
    const struct dirent *entry;
    uint64_t n = 0;

    if (names == NULL) {
        channel_fail_errno(message, errno, "opening the folder");
        if (fd >= 0)
            close(fd);
        return;
    }
    for (errno = 0; (entry = readdir(names)) != NULL; errno = 0) {
        struct channel_message out = {.what = CHANNEL_ENTRY, .number = message->number};
        struct stat about;
        size_t len = strlen(entry->d_name);

        if (n++ >= message->limit) {
            channel_fail(message, CHANNEL_TOO_MANY, "more than %llu names",
                         (unsigned long long)message->limit);
            break;
        }
        if (len >= sizeof(out.path) || fstatat(fd, entry->d_name, &about, AT_SYMLINK_NOFOLLOW) != 0)
            continue; /* it went away meanwhile */
        memcpy(out.path, entry->d_name, len);
        out.path_len = (uint32_t)len;
        describe(&out, &about);
        if (!channel_send(folder->socket, &out, -1))
            break;
    }
    if (entry == NULL && errno != 0)
        channel_fail_errno(message, errno, "reading the folder");
    closedir(names);
}

static void look(struct channel_message *message, int parent, const char *name)
{
    struct stat about;

    if (fstatat(parent, name, &about, AT_SYMLINK_NOFOLLOW) != 0)
        channel_fail_errno(message, errno, "looking at it");
    else
        describe(message, &about);
}

/* Whether the file that is open is still the one that was listed. */
static bool is_as_listed(struct channel_message *message, int fd)
{
    struct stat about;

    if (fstat(fd, &about) != 0)
        channel_fail_errno(message, errno, "looking at it");
    else if (!S_ISREG(about.st_mode) || (uint64_t)about.st_size != message->size ||
             about.st_mtim.tv_sec != message->mtime)
        channel_fail(message, CHANNEL_CHANGED, "it has %llu bytes, not %llu, or another time",
                     (unsigned long long)about.st_size, (unsigned long long)message->size);
    else
        return true;
    return false;
}

/* All bytes of one file, which are `size`, into another.  `here`: which of the two is ours. */
static bool copy(struct folder *folder, struct channel_message *message, int from, int into, bool get)
{
    uint64_t left = message->size;

    while (left > 0) {
        size_t want = left < BLOCK ? (size_t)left : BLOCK, got;
        int error = file_read(from, folder->block, want, &got);

        if (error != 0 && get)
            channel_fail_errno(message, error, "reading it");
        else if (error != 0)
            channel_fail(message, CHANNEL_HERE, "reading it: %s", file_error(error));
        else if (got < want)
            channel_fail(message, CHANNEL_CHANGED, "it became shorter");
        else if ((error = file_write(into, folder->block, got)) != 0 && get)
            channel_fail(message, CHANNEL_HERE, "writing it: %s", file_error(error));
        else if (error != 0)
            channel_fail_errno(message, error, "writing it");
        else if (serve_moves(folder->socket, &folder->moved, got)) {
            left -= got;
            continue;
        }
        return false;
    }
    return true;
}

static void get(struct folder *folder, struct channel_message *message, int parent, const char *name,
                int into)
{
    int from = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (from < 0) {
        channel_fail_errno(message, errno, "opening it");
        return;
    }
    /* Copying is quick: it begins anew, whatever there is of it. */
    if (ftruncate(into, 0) != 0 || lseek(into, 0, SEEK_SET) != 0)
        channel_fail(message, CHANNEL_HERE, "writing it: %s", file_error(errno));
    else if (is_as_listed(message, from) && copy(folder, message, from, into, true))
        (void)is_as_listed(message, from);
    close(from);
}

static void put(struct folder *folder, struct channel_message *message, int parent, const char *name,
                int from)
{
    int into, error = 0;

    if (unlinkat(parent, name, 0) != 0 && errno != ENOENT) {
        channel_fail_errno(message, errno, "replacing what was left there");
        return;
    }
    into = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (into < 0) {
        channel_fail_errno(message, errno, "creating it");
        return;
    }
    if (copy(folder, message, from, into, false)) {
        if (fsync(into) != 0)
            error = errno;
        if (close(into) != 0 && error == 0)
            error = errno;
        into = -1;
        if (error == 0 && fsync(parent) != 0)
            error = errno;
        if (error != 0)
            channel_fail_errno(message, error, "writing it");
    }
    if (into >= 0)
        close(into);
    if (message->error != CHANNEL_OK)
        (void)unlinkat(parent, name, 0);
}

static void rename_to(struct folder *folder, struct channel_message *message, int parent, const char *name)
{
    char to[NAME_MAX + 1];
    int other = open_parent(folder, message->to, to), error = 0;

    if (other < 0) {
        channel_fail_errno(message, errno, "opening the folder it goes to");
        return;
    }
    if (renameat2(parent, name, other, to, message->what == CHANNEL_REPLACE ? 0 : RENAME_NOREPLACE) != 0)
        error = errno;
    /* File systems without that flag: a second name, then the first one away. */
    if (message->what == CHANNEL_RENAME && (error == EINVAL || error == ENOSYS)) {
        error = linkat(parent, name, other, to, 0) != 0 ? errno : 0;
        if (error == 0)
            (void)unlinkat(parent, name, 0);
    }
    if (error == 0 && (fsync(other) != 0 || fsync(parent) != 0))
        error = errno;
    if (error != 0)
        channel_fail_errno(message, error, "renaming it");
    close(other);
}

static void answer(struct folder *folder, struct channel_message *message, int fd)
{
    char name[NAME_MAX + 1];
    int parent = open_parent(folder, message->path, name);

    message->error = CHANNEL_OK;
    if (parent < 0) {
        channel_fail_errno(message, errno, "opening its folder");
        return;
    }
    switch (message->what) {
    case CHANNEL_LIST: list(folder, message, parent, name); break;
    case CHANNEL_LOOK: look(message, parent, name); break;
    case CHANNEL_GET: get(folder, message, parent, name, fd); break;
    case CHANNEL_PUT: put(folder, message, parent, name, fd); break;
    case CHANNEL_RENAME:
    case CHANNEL_REPLACE: rename_to(folder, message, parent, name); break;
    case CHANNEL_REMOVE:
        if (unlinkat(parent, name, 0) != 0 || fsync(parent) != 0)
            channel_fail_errno(message, errno, "deleting it");
        break;
    default: channel_fail(message, CHANNEL_REFUSED, "no such request"); break;
    }
    close(parent);
}

static void serve(struct folder *folder)
{
    for (;;) {
        struct pollfd ready = {.fd = folder->socket, .events = POLLIN};
        struct channel_message message;
        int fd;

        (void)poll(&ready, 1, -1);
        switch (channel_receive(folder->socket, &message, &fd)) {
        case CHANNEL_NOTHING_YET: continue;
        case CHANNEL_ENDED: return;
        case CHANNEL_GOT: break;
        }
        answer(folder, &message, fd);
        if (fd >= 0)
            close(fd);
        message.what = CHANNEL_REPLY;
        if (!channel_send(folder->socket, &message, -1))
            return;
    }
}

void folder_serve(int socket, const struct mailbox *mailbox)
{
    struct folder folder = {.socket = socket, .block = malloc(BLOCK)};
    struct channel_message ready = {.what = CHANNEL_READY, .size = 1};

    folder.top = open(mailbox->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder.top < 0)
        channel_fail(&ready, CHANNEL_UNREACHABLE, "%s: %s", mailbox->dir, file_error(errno));
    else if (folder.block == NULL)
        channel_fail(&ready, CHANNEL_UNREACHABLE, "out of memory");
    if (channel_send(socket, &ready, -1) && ready.error == CHANNEL_OK)
        serve(&folder);
    if (folder.top >= 0)
        close(folder.top);
    free(folder.block);
}
