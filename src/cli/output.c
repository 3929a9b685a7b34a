#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum { WINDOW_SIZE = 256 * 1024, PIPE_SIZE = 1024 * 1024 };

/* The signals that end a program are held back as long as a line is out in part: whoever reads a pipe whose
 * writer was interrupted gets whole records. */
static void hold_signals(struct output *output)
{
    sigset_t ending;

    if (output->holding)
        return;
    sigemptyset(&ending);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGHUP);
    output->holding = sigprocmask(SIG_BLOCK, &ending, &output->before) == 0;
}

static void release_signals(struct output *output)
{
    if (output->holding)
        (void)sigprocmask(SIG_SETMASK, &output->before, NULL);
    output->holding = false;
}

/* Writes the first `len` bytes of the window, and moves up what is behind them. */
static void hand_over(struct output *output, size_t len)
{
    size_t rest = (size_t)(output->sink.at - output->window) - len;

    if (output->error != 0 || len == 0) {
        output->sink.at = output->window;
        return;
    }
    hold_signals(output);
    output->error = file_write(output->fd, output->window, len);
    if (output->error != 0) {
        output->sink.failed = true;
        rest = 0;
    } else {
        output->written += len;
    }
    if (output->error != 0 || output->window[len - 1] == '\n')
        release_signals(output);
    memmove(output->window, output->window + len, rest);
    output->sink.at = output->window + rest;
}

static void hand_over_all(struct output *output)
{
    hand_over(output, (size_t)(output->sink.at - output->window));
}

/* Whole lines, unless the last one needs the room. */
static void flush_sink(struct canon_sink *sink)
{
    struct output *output = (struct output *)sink;
    size_t len = (size_t)(sink->at - output->window);
    const char *line_end = memrchr(output->window, '\n', len);

    if (line_end != NULL && (size_t)(sink->at - line_end) + CANON_SINK_LEAST <= output->size)
        len = (size_t)(line_end + 1 - output->window);
    hand_over(output, len);
}

bool output_init(struct output *output, int fd, const char *name, struct report *report)
{
    struct stat about;

    memset(output, 0, sizeof(*output));
    output->fd = fd;
    output->name = name;
    output->size = WINDOW_SIZE;
    output->window = malloc(output->size);
    if (output->window == NULL) {
        report_say(report, TECHNICAL_MEMORY, NULL, "no memory to write %s", name);
        return false;
    }
    output->sink = (struct canon_sink){output->window, output->window + output->size, false, flush_sink};
    /* A pipe of 64 KiB halves the speed of the least filter; an unprivileged process may ask for 1 MiB. */
    if (fstat(fd, &about) == 0 && S_ISFIFO(about.st_mode))
        (void)fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE);
    return true;
}

void output_add(struct output *output, const char *at, size_t len)
{
    while (len > 0) {
        size_t room = (size_t)(output->sink.end - output->sink.at);
        size_t part = len < room ? len : room;

        memcpy(output->sink.at, at, part);
        output->sink.at += part;
        at += part;
        len -= part;
        if (len > 0)
            hand_over_all(output);
    }
}

bool output_flush(struct output *output)
{
    hand_over_all(output);
    return output->error == 0;
}

bool output_finish(struct output *output, struct report *report)
{
    if (output->window == NULL)
        return false;
    hand_over_all(output);
    release_signals(output);
    if (close(output->fd) != 0 && output->error == 0)
        output->error = errno;
    free(output->window);
    output->window = NULL;
    if (output->error == EPIPE)
        report->failed = true; /* quiet, but not done */
    else if (output->error != 0)
        report_say(report, TECHNICAL_WRITE, output->name, "%s", file_error(output->error));
    return output->error == 0;
}

static void write_line(void *to, const char *at, size_t len)
{
    (void)to;
    (void)file_write(STDERR_FILENO, at, len); /* where could a failure be told? */
}

void output_report(struct report *report)
{
    report->write = write_line;
    report->to = NULL;
}
