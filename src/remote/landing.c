#include "remote/landing.h"

#include <aio.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "remote/name.h"

enum {
    LOCK_TRIES = 100, /* for the worker of one who was killed: it dies a moment later */
    LOCK_PAUSE = 20,  /* milliseconds */
    MAX_NAMES = 9999,
    BLOCK = 64 * 1024,
};

static int part_name(char into[LANDING_NAME], struct bytes name, int64_t row)
{
    int len = snprintf(into, LANDING_NAME, ".%.*s.%" PRId64 ".part", BYTES_ARG(name), row);

    return len > 0 && len < LANDING_NAME && name_is_good(name) ? 0 : FILE_BAD_NAME;
}

static int lock(int fd)
{
    struct timespec pause = {.tv_nsec = LOCK_PAUSE * 1000000L};

    for (int i = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; i++) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return 0; /* no locks there: the poll's own has to do */
        if (i == LOCK_TRIES)
            return EBUSY;
        (void)nanosleep(&pause, NULL);
    }
    return 0;
}

int landing_open(struct landing *landing, int folder, struct bytes name, int64_t row, uint64_t *have)
{
    struct stat about;
    int error;

    *landing = (struct landing){.folder = folder, .fd = -1};
    error = part_name(landing->part, name, row);
    if (error != 0)
        return error;
    landing->fd = openat(folder, landing->part, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
                         S_IRUSR | S_IWUSR);
    if (landing->fd < 0)
        return errno;
    error = lock(landing->fd);
    if (error == 0 && fstat(landing->fd, &about) != 0)
        error = errno;
    if (error == 0 && (!S_ISREG(about.st_mode) || about.st_nlink != 1 || about.st_uid != geteuid()))
        error = FILE_NOT_REGULAR;
    if (error != 0) {
        landing_close(landing);
        return error;
    }
    *have = (uint64_t)about.st_size;
    return 0;
}

static int flush(int fd)
{
    while (fsync(fd) != 0)
        if (errno != EINTR)
            return errno;
    return 0;
}

static int hash(const struct landing *landing, uint64_t size, struct sha256 *sha256, char hex[65])
{
    char block[BLOCK];
    uint64_t at = 0;
    size_t got;
    int error;

    if (lseek(landing->fd, 0, SEEK_SET) != 0)
        return errno;
    sha256_begin(sha256);
    do {
        error = file_read(landing->fd, block, sizeof(block), &got);
        sha256_add(sha256, block, got);
        at += got;
    } while (error == 0 && got == sizeof(block) && at <= size);
    if (error != 0)
        return error;
    if (at != size)
        return FILE_CHANGED;
    sha256_hex(sha256, hex);
    return 0;
}

int landing_check(const struct landing *landing, uint64_t size, struct sha256 *sha256, char hex[65])
{
    struct stat about;

    if (hex[0] == '\0')
        return hash(landing, size, sha256, hex);
    if (fstat(landing->fd, &about) != 0)
        return errno;
    return (uint64_t)about.st_size == size ? 0 : FILE_CHANGED;
}

static int other_name(const struct landing *landing, char into[LANDING_NAME])
{
    int len = snprintf(into, LANDING_NAME, "%.*s~.part", (int)strlen(landing->part) - 5, landing->part);

    return len > 0 && len < LANDING_NAME ? 0 : FILE_BAD_NAME;
}

int landing_replace(const struct landing *landing, int *fd)
{
    char other[LANDING_NAME];
    int error = other_name(landing, other);

    if (error != 0)
        return error;
    /* Who was killed may have left one, into which somebody may still write. */
    (void)unlinkat(landing->folder, other, 0);
    *fd = openat(landing->folder, other, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                 S_IRUSR | S_IWUSR);
    return *fd < 0 ? errno : 0;
}

int landing_replaced(struct landing *landing, int fd, bool good)
{
    char other[LANDING_NAME];
    int error = other_name(landing, other);

    if (error == 0 && good && renameat(landing->folder, other, landing->folder, landing->part) != 0)
        error = errno;
    if (error == 0 && good) {
        close(landing->fd);
        landing->fd = fd;
        return 0;
    }
    (void)unlinkat(landing->folder, other, 0);
    close(fd);
    return error;
}

void landing_seal(struct landing *const *landings, size_t n, int *errors)
{
    struct aiocb flushes[LANDING_AT_ONCE];

    for (size_t i = 0; i < n; i++) {
        flushes[i] = (struct aiocb){.aio_fildes = landings[i]->fd,
                                    .aio_sigevent = {.sigev_notify = SIGEV_NONE}};
        errors[i] = aio_fsync(O_SYNC, &flushes[i]) == 0 ? EINPROGRESS : errno;
    }
    for (size_t i = 0; i < n; i++) {
        const struct aiocb *one[] = {&flushes[i]};

        if (errors[i] == EINPROGRESS) {
            while ((errors[i] = aio_error(&flushes[i])) == EINPROGRESS)
                (void)aio_suspend(one, 1, NULL);
            (void)aio_return(&flushes[i]);
        }
        /* There was no room for it, or it was interrupted: by itself. */
        if (errors[i] == EAGAIN || errors[i] == EINTR || errors[i] == ENOSYS)
            errors[i] = flush(landings[i]->fd);
    }
}

void landing_close(struct landing *landing)
{
    if (landing->fd >= 0)
        close(landing->fd);
    landing->fd = -1;
}

void landing_drop(struct landing *landing)
{
    if (landing->fd >= 0)
        (void)unlinkat(landing->folder, landing->part, 0);
    landing_close(landing);
}

int landing_name(int folder, struct bytes name, int64_t row, const char *target)
{
    char part[LANDING_NAME];
    int error = part_name(part, name, row);

    if (error != 0)
        return error;
    if (renameat2(folder, part, folder, target, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
    /* A file system without that flag: a second name, then the first one away. */
    if (linkat(folder, part, folder, target, 0) != 0)
        return errno;
    return unlinkat(folder, part, 0) == 0 ? 0 : errno;
}

int landing_flush(int folder)
{
    return flush(folder);
}

int landing_choose(int folder, struct bytes name, char target[LANDING_NAME])
{
    struct stat about;
    size_t stem = name.len;

    if (!name_is_good(name))
        return FILE_BAD_NAME;
    for (size_t i = name.len; i-- > 1;)
        if (name.at[i] == '.') {
            stem = i;
            break;
        }
    for (unsigned n = 1; n <= MAX_NAMES; n++) {
        if (n == 1)
            (void)snprintf(target, LANDING_NAME, "%.*s", BYTES_ARG(name));
        else
            (void)snprintf(target, LANDING_NAME, "%.*s~%u%.*s", (int)stem, name.at, n, (int)(name.len - stem),
                           name.at + stem);
        if (fstatat(folder, target, &about, AT_SYMLINK_NOFOLLOW) != 0)
            return errno == ENOENT ? 0 : errno;
    }
    return EEXIST;
}
