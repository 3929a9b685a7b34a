#include "remote/filter.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

enum { MAX_PAUSE = 60000 };

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* 0 or the error. */
static int start(char *const *arguments, int in, int out, int err, pid_t *child)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t usual;
    int error;

    /* What the tools ignore kills programs that do not expect it. */
    (void)sigemptyset(&usual);
    (void)sigaddset(&usual, SIGPIPE);
    (void)sigaddset(&usual, SIGXFSZ);
    (void)posix_spawnattr_init(&attributes);
    (void)posix_spawnattr_setsigdefault(&attributes, &usual);
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    (void)posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    (void)posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
    error = posix_spawnp(child, arguments[0], &actions, &attributes, arguments, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)posix_spawnattr_destroy(&attributes);
    return error;
}

/* Its status, as of waitpid; killed when its time is over. */
static int end(pid_t child, int64_t until)
{
    int fd = pidfd_open(child, 0), status = -1;
    struct pollfd ended = {.fd = fd, .events = POLLIN};

    while (fd >= 0) {
        int64_t left = until - now();

        if (left <= 0) {
            (void)kill(child, SIGKILL);
            break;
        }
        if (poll(&ended, 1, (int)(left < MAX_PAUSE ? left : MAX_PAUSE)) > 0)
            break;
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (fd >= 0)
        close(fd);
    return status;
}

/* The end of what it said, in one line. */
static void add_last_words(int err, char why[FILTER_TEXT])
{
    size_t len = strlen(why), room = FILTER_TEXT - len - 3;
    off_t said = lseek(err, 0, SEEK_END);
    ssize_t got;

    if (said <= 0)
        return;
    (void)snprintf(why + len, FILTER_TEXT - len, ": ");
    got = pread(err, why + len + 2, room, said > (off_t)room ? said - (off_t)room : 0);
    while (got > 0 && (why[len + 1 + (size_t)got] == '\n' || why[len + 1 + (size_t)got] == '\0'))
        got--;
    why[len + 2 + (size_t)(got > 0 ? got : 0)] = '\0';
    for (char *at = why + len; *at != '\0'; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = ' ';
}

enum filter_result filter_run(const struct settings_texts *command, int in, int out, int64_t until,
                              char why[FILTER_TEXT])
{
    char **arguments = calloc(command->n + 1U, sizeof(char *));
    int err = memfd_create("said", MFD_CLOEXEC), error = arguments == NULL || err < 0 ? ENOMEM : 0,
        status = 0;
    pid_t child;

    for (uint32_t i = 0; error == 0 && i < command->n; i++) {
        arguments[i] = strndup(command->at[i].at, command->at[i].len);
        error = arguments[i] == NULL ? ENOMEM : 0;
    }
    if (error == 0 && lseek(in, 0, SEEK_SET) != 0)
        error = errno;
    if (error == 0)
        error = start(arguments, in, out, err, &child);
    if (error == 0)
        status = end(child, until);
    if (error != 0)
        (void)snprintf(why, FILTER_TEXT, "%.*s: %s", BYTES_ARG(command->at[0]), file_error(error));
    else if (status != 0 && WIFEXITED(status))
        (void)snprintf(why, FILTER_TEXT, "%.*s ended with status %d", BYTES_ARG(command->at[0]),
                       WEXITSTATUS(status));
    else if (status != 0)
        (void)snprintf(why, FILTER_TEXT, "%.*s was killed%s", BYTES_ARG(command->at[0]),
                       now() >= until ? ": the time of the poll is over" : "");
    if (error == 0 && status != 0)
        add_last_words(err, why);
    for (uint32_t i = 0; arguments != NULL && i < command->n; i++)
        free(arguments[i]);
    free(arguments);
    if (err >= 0)
        close(err);
    return error == 0 && status == 0         ? FILTER_DONE
           : error == 0 && WIFEXITED(status) ? FILTER_REFUSED
                                             : FILTER_BROKEN;
}
