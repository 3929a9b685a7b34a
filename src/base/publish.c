#include "base/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

enum { TRIES = 16 }; /* at a part file that others take away under our hands */

bool publish_name_is_good(struct bytes name)
{
    if (name.len == 0 || name.len > PUBLISH_MAX_NAME || name.at[0] == '.')
        return false;
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.at[i] < 0x20 || name.at[i] == 0x7f || name.at[i] == '/')
            return false;
    return true;
}

/* Whether the name in the folder still means the file that is open. */
static bool is_still(const struct publish *publish, int fd)
{
    struct stat mine, there;

    return fstat(fd, &mine) == 0 &&
           fstatat(publish->folder, publish->part, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
           mine.st_dev == there.st_dev && mine.st_ino == there.st_ino;
}

/* Removes a part file whose writer is dead: its lock died with it.  0 when it may be tried again. */
static int take_away(struct publish *publish)
{
    int fd = openat(publish->folder, publish->part, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK), error = 0;

    if (fd < 0)
        return errno == ENOENT ? 0 : errno;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        error = errno == EWOULDBLOCK ? EBUSY : errno;
    else if (is_still(publish, fd) && unlinkat(publish->folder, publish->part, 0) != 0 && errno != ENOENT)
        error = errno;
    close(fd);
    return error;
}

/* Creates the part file and holds its lock. */
static int create(struct publish *publish)
{
    for (int i = 0; i < TRIES; i++) {
        int error = 0;

        publish->fd = openat(publish->folder, publish->part,
                             O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
        if (publish->fd >= 0) {
            /* Another one may have taken it for dead before the lock was on it.  Where there are no locks,
             * O_EXCL alone has to do. */
            if (flock(publish->fd, LOCK_EX | LOCK_NB) == 0 ? is_still(publish, publish->fd)
                                                           : errno != EWOULDBLOCK)
                return 0;
            close(publish->fd);
            publish->fd = -1;
            continue;
        }
        if (errno != EEXIST)
            return errno;
        error = take_away(publish);
        if (error != 0)
            return error;
    }
    return EBUSY;
}

int publish_open(struct publish *publish, const char *folder, struct bytes name)
{
    *publish = (struct publish){.folder = -1, .fd = -1};
    if (!publish_name_is_good(name))
        return publish->error = FILE_BAD_NAME;
    memcpy(publish->name, name.at, name.len);
    snprintf(publish->part, sizeof(publish->part), ".%s.part", publish->name);
    publish->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (publish->folder < 0)
        return publish->error = errno;
    publish->error = create(publish);
    if (publish->error != 0) {
        close(publish->folder);
        publish->folder = -1;
    }
    return publish->error;
}

void publish_add(struct publish *publish, const void *at, size_t len)
{
    if (publish->error == 0)
        publish->error = publish->fd >= 0 ? file_write(publish->fd, at, len) : EBADF;
}

static int flush(int fd)
{
    while (fsync(fd) != 0)
        if (errno != EINTR)
            return errno;
    return 0;
}

/* Gives it its name. */
static int name_it(const struct publish *publish, enum publish_mode mode)
{
    if (mode == PUBLISH_REPLACE)
        return renameat(publish->folder, publish->part, publish->folder, publish->name) == 0 ? 0 : errno;
    if (renameat2(publish->folder, publish->part, publish->folder, publish->name, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
    /* A file system without that flag: a second name, then the first one away. */
    if (linkat(publish->folder, publish->part, publish->folder, publish->name, 0) != 0)
        return errno;
    unlinkat(publish->folder, publish->part, 0);
    return 0;
}

static void release(struct publish *publish)
{
    if (publish->fd >= 0)
        close(publish->fd);
    if (publish->folder >= 0)
        close(publish->folder);
    publish->fd = publish->folder = -1;
}

int publish_close(struct publish *publish, enum publish_mode mode)
{
    int fd = publish->fd, locked;

    if (fd < 0)
        return publish->error != 0 ? publish->error : EBADF;
    if (publish->error == 0)
        publish->error = flush(fd);
    /* Closing tells the last errors of some file systems, but ends the lock: a second handle keeps it until
     * the file has its name. */
    locked = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (locked < 0 && publish->error == 0)
        publish->error = errno;
    publish->fd = locked;
    if (close(fd) != 0 && errno != EINTR && publish->error == 0)
        publish->error = errno;
    if (publish->error == 0)
        publish->error = name_it(publish, mode);
    if (publish->error != 0)
        unlinkat(publish->folder, publish->part, 0);
    else
        publish->error = flush(publish->folder);
    release(publish);
    return publish->error;
}

void publish_abandon(struct publish *publish)
{
    if (publish->fd >= 0)
        unlinkat(publish->folder, publish->part, 0);
    release(publish);
}

int publish_file(const char *folder, struct bytes name, struct bytes content, enum publish_mode mode)
{
    struct publish publish;
    int error = publish_open(&publish, folder, name);

    if (error != 0)
        return error;
    publish_add(&publish, content.at, content.len);
    return publish_close(&publish, mode);
}
