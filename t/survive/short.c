/*
 * short: preloaded, reads and writes take at most SHORT_BYTES bytes, and every third is interrupted first.
 *
 * Both are what POSIX allows a system call to do at any time, and what it does on a busy day.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

/* How much of `len` is let through; -1: interrupted. */
static ssize_t allowed(size_t len)
{
    static __thread unsigned calls;
    const char *text = getenv("SHORT_BYTES");
    size_t most = text != NULL ? strtoul(text, NULL, 10) : 0;

    if (most == 0)
        return (ssize_t)len;
    if (++calls % 3 == 0) {
        errno = EINTR;
        return -1;
    }
    return (ssize_t)(len < most ? len : most);
}

#define SHORTENED(result, name, parameters, arguments)                 \
    result name parameters;                                            \
    result name parameters                                             \
    {                                                                  \
        static result(*real) parameters;                               \
        ssize_t let = allowed(len);                                    \
                                                                       \
        if (real == NULL)                                              \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                 \
        if (let < 0)                                                   \
            return -1;                                                 \
        len = (size_t)let;                                             \
        return real arguments;                                         \
    }

SHORTENED(ssize_t, read, (int fd, void *at, size_t len), (fd, at, len))
SHORTENED(ssize_t, write, (int fd, const void *at, size_t len), (fd, at, len))
SHORTENED(ssize_t, pread, (int fd, void *at, size_t len, off_t from), (fd, at, len, from))
SHORTENED(ssize_t, pwrite, (int fd, const void *at, size_t len, off_t from), (fd, at, len, from))
SHORTENED(ssize_t, pread64, (int fd, void *at, size_t len, off64_t from), (fd, at, len, from))
SHORTENED(ssize_t, pwrite64, (int fd, const void *at, size_t len, off64_t from), (fd, at, len, from))
