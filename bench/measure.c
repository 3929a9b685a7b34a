/*
 * measure: runs a command and says what it cost.
 *
 *   measure [--runs=N] COMMAND [ARGUMENT...]
 *
 * One line a run:  wall user system peak status  (seconds, seconds, seconds, kilobytes of resident memory,
 * exit status or 128 + signal). The wall time is from before exec to after exit. The command's output goes to
 * /dev/null; its input and diagnostics are ours.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static int run(const posix_spawn_file_actions_t *actions, char **command)
{
    pid_t child;
    struct rusage usage;
    int status;

    double began = seconds_now();
    int error = posix_spawnp(&child, command[0], actions, NULL, command, environ);
    if (error != 0) {
        fprintf(stderr, "measure: %s: %s\n", command[0], strerror(error));
        return 3;
    }
    while (wait4(child, &status, 0, &usage) < 0) {
        if (errno != EINTR) {
            perror("measure: wait4");
            return 3;
        }
    }
    double wall = seconds_now() - began;
    printf("%.6f %.6f %.6f %ld %d\n", wall, seconds(usage.ru_utime), seconds(usage.ru_stime), usage.ru_maxrss,
           WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return 0;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"runs", required_argument, NULL, 'r'}, {NULL, 0, NULL, 0}};
    long runs = 1;
    bool bad = false;
    int option, failed = 0;

    while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
        char *rest = NULL;
        errno = 0;
        runs = option == 'r' ? strtol(optarg, &rest, 10) : 0;
        bad = bad || runs < 1 || errno != 0 || *rest != '\0';
    }
    if (bad || optind == argc) {
        fputs("usage: measure [--runs=N] COMMAND [ARGUMENT...]\n", stderr);
        return 2;
    }
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions) != 0 ||
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) != 0)
        return 3;
    while (runs-- > 0 && failed == 0)
        failed = run(&actions, argv + optind);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}
