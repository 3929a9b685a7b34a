#include "cli/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { FIRST_SIZE = 256 * 1024, SHOWN = 200 };

bool lines_init(struct lines *lines, int fd, size_t ceiling)
{
    *lines = (struct lines){.fd = fd, .size = FIRST_SIZE, .ceiling = ceiling};
    if (lines->ceiling < SHOWN)
        lines->ceiling = SHOWN;
    lines->window = malloc(lines->size);
    return lines->window != NULL;
}

void lines_release(struct lines *lines)
{
    free(lines->window);
    lines->window = NULL;
}

/* More bytes behind what is there: false at the end of the file, on failure, and when the window is full. */
static bool fill(struct lines *lines)
{
    ssize_t got;

    if (lines->ended || lines->error != 0 || lines->end == lines->size)
        return false;
    do
        got = read(lines->fd, lines->window + lines->end, lines->size - lines->end);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        lines->error = errno;
    else if (got == 0)
        lines->ended = true;
    else
        lines->end += (size_t)got;
    return got > 0;
}

/* Makes room behind a line that begins at `start`.  False at the ceiling (or without memory). */
static bool widen(struct lines *lines, bool *no_memory)
{
    size_t held = lines->end - lines->start, size = lines->size * 2;
    char *window;

    if (lines->start > 0) {
        memmove(lines->window, lines->window + lines->start, held);
        lines->base += lines->start;
        lines->start = 0;
        lines->end = held;
        if (held <= lines->size / 2)
            return true;
    }
    if (held > lines->ceiling)
        return false;
    window = realloc(lines->window, size);
    if (window == NULL) {
        *no_memory = true;
        return false;
    }
    lines->window = window;
    lines->size = size;
    return true;
}

/* The line in the window is too long: passes over the rest of it, keeping its beginning to show. */
static enum lines_event pass_over(struct lines *lines, struct bytes *line)
{
    uint64_t began = lines->base + lines->start;
    char *newline = NULL;

    line->at = lines->window;
    line->len = lines->end < SHOWN ? lines->end : SHOWN;
    /* start is 0 here; what is read from now on goes behind the beginning that is shown. */
    for (;;) {
        lines->base += lines->end - line->len;
        lines->end = line->len;
        if (!fill(lines))
            break;
        newline = memchr(lines->window + line->len, '\n', lines->end - line->len);
        if (newline != NULL)
            break;
    }
    lines->start = newline != NULL ? (size_t)(newline - lines->window) + 1 : lines->end;
    lines->length = lines->base + lines->start - began - (newline != NULL ? 1 : 0);
    return lines->error != 0 ? LINES_FAILED : LINES_TOO_LONG;
}

enum lines_event lines_next(struct lines *lines, struct bytes *line)
{
    size_t looked = lines->start;
    char *newline;

    lines->number++;
    for (;;) {
        newline = memchr(lines->window + looked, '\n', lines->end - looked);
        if (newline != NULL)
            break;
        looked = lines->end;
        if (lines->end == lines->size) {
            size_t held = lines->end - lines->start;
            bool no_memory = false;

            if (!widen(lines, &no_memory)) {
                lines->offset = lines->base + lines->start;
                return no_memory ? LINES_NO_MEMORY : pass_over(lines, line);
            }
            looked = lines->start + held;
        }
        if (!fill(lines)) {
            if (lines->error != 0)
                return LINES_FAILED;
            if (lines->start == lines->end)
                return LINES_END;
            newline = lines->window + lines->end;
            break;
        }
    }
    line->at = lines->window + lines->start;
    line->len = (size_t)(newline - line->at);
    lines->offset = lines->base + lines->start;
    lines->length = line->len;
    lines->start += line->len;
    lines->open = lines->start == lines->end;
    if (lines->start < lines->end)
        lines->start++;
    if (line->len > lines->ceiling) {
        line->len = SHOWN;
        return LINES_TOO_LONG;
    }
    return LINES_LINE;
}
