#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

const char *file_error(int error)
{
    const char *text = NULL;

    switch (error) {
    case FILE_TOO_LARGE: return "the file is too large";
    case FILE_NOT_REGULAR: return "not a regular file";
    case FILE_CHANGED: return "the file changed while it was read";
    case FILE_BAD_NAME: return "not a name for a file";
    case FILE_DAMAGED: return "the content is damaged";
    default: text = strerrordesc_np(error); return text != NULL ? text : "unknown error";
    }
}

bool file_error_is_technical(int error)
{
    switch (error) {
    case FILE_TOO_LARGE:
    case FILE_NOT_REGULAR:
    case FILE_BAD_NAME:
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case EACCES:
    case EPERM:
    case ELOOP:
    case ENAMETOOLONG:
    case ENXIO:
    case ENODEV: return false;
    default: return true;
    }
}

int file_read(int fd, void *at, size_t len, size_t *got)
{
    *got = 0;
    while (*got < len) {
        ssize_t more = read(fd, (char *)at + *got, len - *got);

        if (more == 0)
            break;
        if (more > 0)
            *got += (size_t)more;
        else if (errno != EINTR)
            return errno;
    }
    return 0;
}

int file_write(int fd, const void *at, size_t len)
{
    const char *from = at;

    while (len > 0) {
        ssize_t took = write(fd, from, len);

        if (took < 0) {
            if (errno == EINTR)
                continue;
            return errno;
        }
        if (took == 0)
            return EIO;
        from += took;
        len -= (size_t)took;
    }
    return 0;
}

static int read_open(int fd, size_t ceiling, struct arena *arena, struct bytes *out, struct stat *about)
{
    size_t size, got;
    char *at;
    int error;

    if (fstat(fd, about) != 0)
        return errno;
    if (S_ISDIR(about->st_mode))
        return EISDIR;
    if (!S_ISREG(about->st_mode))
        return FILE_NOT_REGULAR;
    if ((uint64_t)about->st_size > ceiling || (uint64_t)about->st_size >= SIZE_MAX)
        return FILE_TOO_LARGE;
    size = (size_t)about->st_size;
    at = arena_text(arena, size + 1);
    if (at == NULL)
        return ENOMEM;
    /* One more than there should be, to see that there is not. */
    error = file_read(fd, at, size + 1, &got);
    if (error != 0)
        return error;
    if (got != size)
        return FILE_CHANGED;
    at[size] = '\0';
    *out = (struct bytes){at, size};
    return 0;
}

int file_read_whole(const char *path, size_t ceiling, struct arena *arena, struct bytes *out,
                    struct stat *about)
{
    struct stat own;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), error;

    if (fd < 0)
        return errno;
    error = read_open(fd, ceiling, arena, out, about != NULL ? about : &own);
    close(fd);
    return error;
}

enum { CLOSERS = 8 };

struct closer {
    pthread_t thread;
    bool runs;
    const int *fds;
    size_t first, n;
};

static void *close_some(void *what)
{
    const struct closer *closer = what;

    for (size_t i = closer->first; i < closer->n; i += CLOSERS)
        if (closer->fds[i] >= 0)
            close(closer->fds[i]);
    return NULL;
}

void file_close_all(const int *fds, size_t n)
{
    struct closer closers[CLOSERS];

    for (size_t i = 0; i < CLOSERS; i++) {
        closers[i] = (struct closer){.fds = fds, .first = i, .n = n};
        /* A few are not worth a thread; where there is none to be had, it is done here. */
        closers[i].runs = n > CLOSERS && i > 0 &&
                          pthread_create(&closers[i].thread, NULL, close_some, &closers[i]) == 0;
    }
    for (size_t i = 0; i < CLOSERS; i++)
        if (!closers[i].runs)
            (void)close_some(&closers[i]);
    for (size_t i = 0; i < CLOSERS; i++)
        if (closers[i].runs)
            (void)pthread_join(closers[i].thread, NULL);
}
