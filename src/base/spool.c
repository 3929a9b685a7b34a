#include "base/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"

int spool_open(struct spool *spool, const char *folder)
{
    char path[4096];
    int length;

    *spool = (struct spool){.fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, S_IRUSR | S_IWUSR)};
    if (spool->fd >= 0)
        return 0;
    spool->error = errno;
    /* Not every file system knows files without a name (and an old kernel takes O_TMPFILE for a folder to be
     * written): one with a name loses it at once. */
    if (spool->error != EOPNOTSUPP && spool->error != EISDIR && spool->error != EINVAL)
        return spool->error;
    length = snprintf(path, sizeof(path), "%s/crossdock-XXXXXX", folder);
    if (length < 0 || (size_t)length >= sizeof(path))
        return spool->error = ENAMETOOLONG;
    spool->fd = mkostemp(path, O_CLOEXEC);
    spool->error = spool->fd < 0 || unlink(path) != 0 ? errno : 0;
    if (spool->error != 0)
        spool_close(spool);
    return spool->error;
}

void spool_close(struct spool *spool)
{
    if (spool->fd >= 0)
        (void)close(spool->fd);
    spool->fd = -1;
}

int spool_add(struct spool *spool, const void *at, size_t len)
{
    const char *from = at;

    while (len > 0 && spool->error == 0) {
        ssize_t put = pwrite(spool->fd, from, len, (off_t)spool->len);

        if (put > 0) {
            from += put;
            len -= (size_t)put;
            spool->len += (uint64_t)put;
        } else if (put == 0) {
            spool->error = EIO;
        } else if (errno != EINTR) {
            spool->error = errno;
        }
    }
    return spool->error;
}

int spool_read(struct spool *spool, uint64_t from, void *at, size_t len)
{
    char *to = at;

    while (len > 0 && spool->error == 0) {
        ssize_t got = pread(spool->fd, to, len, (off_t)from);

        if (got > 0) {
            to += got;
            len -= (size_t)got;
            from += (uint64_t)got;
        } else if (got == 0) {
            spool->error = EIO;
        } else if (errno != EINTR) {
            spool->error = errno;
        }
    }
    return spool->error;
}

void spool_clear(struct spool *spool)
{
    if (spool->len > 0 && ftruncate(spool->fd, 0) != 0)
        spool->error = errno;
    else
        spool->error = 0;
    spool->len = 0;
}
