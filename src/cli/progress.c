#include "cli/progress.h"

#include <inttypes.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"

enum { REDRAW = 200, A_LINE = 5000 }; /* milliseconds between two */

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* It is there for people: when it cannot be written, nothing is lost. */
static void say(const char *at, size_t len)
{
    (void)file_write(STDERR_FILENO, at, len);
}

/* From the beginning of the line, to its end. */
static void wipe(struct progress *progress)
{
    if (progress->drawn)
        say("\r\033[K", 4);
    progress->drawn = false;
}

static void write_finding(void *to, const char *at, size_t len)
{
    struct progress *progress = to;

    wipe(progress);
    progress->write(progress->to, at, len);
}

void progress_begin(struct progress *progress, struct report *report, bool redraws)
{
    *progress = (struct progress){.report = report,
                                  .write = report->write,
                                  .to = report->to,
                                  .began = now(),
                                  .redraws = redraws && isatty(STDERR_FILENO) == 1};
    progress->last = progress->began;
    report->write = write_finding;
    report->to = progress;
}

/* "12.3 MB": tenths, by integers. */
static void add_amount(struct buffer *line, uint64_t bytes)
{
    static const char *const units[] = {"kB", "MB", "GB", "TB"};
    uint64_t unit = 1000;
    size_t i = 0;

    if (bytes < unit) {
        buffer_add_format(line, "%" PRIu64 " B", bytes);
        return;
    }
    while (i < 3 && bytes / unit >= 1000) {
        unit *= 1000;
        i++;
    }
    buffer_add_format(line, "%" PRIu64 ".%" PRIu64 " %s", bytes / unit, bytes % unit * 10 / unit, units[i]);
}

static void add_step(struct buffer *line, const struct progress_step *step, int64_t taken)
{
    uint64_t done = step->bytes_done < step->bytes ? step->bytes_done : step->bytes,
             rate = taken > 0 ? done * 1000 / (uint64_t)taken : 0;

    buffer_add_format(line, "%s: %" PRIu64 " of %" PRIu64 " files", step->what, step->things_done,
                      step->things);
    if (step->bytes > 0) {
        buffer_add_format(line, ", %u %% of ",
                          done == step->bytes ? 100U : (unsigned)(done / (step->bytes / 100 + 1)));
        add_amount(line, step->bytes);
    }
    if (rate > 0) {
        buffer_add_string(line, ", ");
        add_amount(line, rate);
        buffer_add_string(line, "/s");
    }
    if (rate > 0 && done < step->bytes)
        buffer_add_format(line, ", %" PRIu64 " s left", (step->bytes - done) / rate + 1);
}

void progress_show(struct progress *progress, const struct progress_step *step)
{
    int64_t time = now();
    struct buffer line;
    bool is_done = step->name.at != NULL && !progress->redraws;

    if (!is_done && time - progress->last < (progress->redraws ? REDRAW : A_LINE))
        return;
    progress->last = time;
    buffer_init(&line, 4096);
    if (progress->redraws)
        buffer_add_string(&line, "\r");
    add_step(&line, step, time - progress->began);
    if (is_done) {
        buffer_add_string(&line, ": ");
        report_quote(&line, step->name, 255);
    }
    buffer_add_string(&line, progress->redraws ? "\033[K" : "\n");
    if (!line.failed)
        say(line.at, line.len);
    progress->drawn = progress->redraws;
    buffer_release(&line);
}

void progress_end(struct progress *progress)
{
    wipe(progress);
    progress->report->write = progress->write;
    progress->report->to = progress->to;
}
