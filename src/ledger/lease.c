#include "ledger/lease.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* A file of /proc, its first line; "?" when it cannot be read. */
static void read_line(const char *path, char *into, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, into, size - 1) : -1;

    if (fd >= 0)
        close(fd);
    into[got > 0 ? got : 0] = '\0';
    into[strcspn(into, " \n")] = '\0';
    if (into[0] == '\0')
        (void)snprintf(into, size, "?");
}

static void read_namespace(char *into, size_t size)
{
    ssize_t got = readlink("/proc/self/ns/pid", into, size - 1);

    into[got > 0 ? got : 0] = '\0';
    if (into[0] == '\0')
        (void)snprintf(into, size, "?");
}

/* The process group of the pipeline; 0: not to be known, for timeout(1) gave us one of our own. */
static pid_t group_of_pipeline(void)
{
    char path[48], name[24];

    (void)snprintf(path, sizeof(path), "/proc/%ld/comm", (long)getppid());
    read_line(path, name, sizeof(name));
    return strcmp(name, "timeout") == 0 && getpgid(getppid()) == getpgrp() ? 0 : getpgrp();
}

void lease_init(struct lease *mine)
{
    struct timespec now = {.tv_sec = 0};
    char boot[48], space[48];

    (void)clock_gettime(CLOCK_BOOTTIME, &now);
    mine->now = now.tv_sec;
    read_line("/proc/sys/kernel/random/boot_id", boot, sizeof(boot));
    read_namespace(space, sizeof(space));
    (void)snprintf(mine->owner, sizeof(mine->owner), "%s %s %ld %ld %" PRId64 ".%09ld", boot, space,
                   (long)group_of_pipeline(), (long)getpid(), (int64_t)now.tv_sec, now.tv_nsec);
}

/* The word number `n` of an owner, from 0. */
static struct bytes word_of(struct bytes owner, unsigned n)
{
    struct bytes word = {NULL, 0};

    for (unsigned i = 0; i <= n; i++)
        if (!bytes_split(&owner, ' ', &word))
            return (struct bytes){NULL, 0};
    return word;
}

static bool group_is_gone(struct bytes word)
{
    uint64_t group;

    if (!bytes_to_count(word, INT32_MAX, &group) || group <= 1)
        return false;
    return kill(-(pid_t)group, 0) != 0 && errno == ESRCH;
}

bool lease_is_over(const struct lease *mine, struct bytes owner, int64_t until)
{
    struct bytes me = bytes_of(mine->owner);

    if (until <= mine->now || !bytes_equal(word_of(owner, 0), word_of(me, 0)))
        return true;
    /* Process groups of another container are not to be seen from here. */
    return bytes_equal(word_of(owner, 1), word_of(me, 1)) && group_is_gone(word_of(owner, 2));
}

bool lease_is_mine(const struct lease *mine, struct bytes owner)
{
    return bytes_are(owner, mine->owner);
}
