/*
 * split: what erp2canon is held against: rows of a CSV, or records of fixed width, as JSON arrays, nothing
 * looked up and nothing checked.
 *
 *   bench/split < FILE                  cells between commas, quoted as RFC 4180 has it
 *   bench/split H:1,22,30 D:1,22 < FILE   lines known by their first character, columns of these widths
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WINDOW = 1 << 20, MOST = 1 << 16, COLUMNS = 256 };

struct shape {
    char type;
    unsigned n;
    unsigned widths[COLUMNS];
};

static char in[WINDOW + 1], out[2 * WINDOW + 2 * MOST];
static size_t out_len;

static void flush(void)
{
    for (size_t done = 0; done < out_len;) {
        ssize_t put = write(1, out + done, out_len - done);

        if (put <= 0)
            exit(3);
        done += (size_t)put;
    }
    out_len = 0;
}

static void put_cell(const char *at, size_t len)
{
    out[out_len++] = '"';
    for (size_t i = 0; i < len; i++) {
        if (at[i] == '"' || at[i] == '\\')
            out[out_len++] = '\\';
        out[out_len++] = at[i];
    }
    out[out_len++] = '"';
    out[out_len++] = ',';
}

/* The cell's end: its separator or line end. */
static const char *csv_cell(const char *at, const char *end)
{
    const char *start = at;

    if (at < end && *at == '"') {
        start = ++at;
        while (at < end && !(*at == '"' && at[1] != '"'))
            at += *at == '"' ? 2 : 1;
        put_cell(start, (size_t)(at - start));
        return at + 1;
    }
    while (at < end && *at != ',')
        at++;
    put_cell(start, (size_t)(at - start));
    return at;
}

static void row(const char *at, const char *end, const struct shape *shapes, int n_shapes)
{
    out[out_len++] = '[';
    if (n_shapes == 0) {
        while ((at = csv_cell(at, end)) < end)
            at++;
    } else {
        int i = 0;

        while (i + 1 < n_shapes && shapes[i].type != *at)
            i++;
        for (unsigned c = 0; c < shapes[i].n; c++) {
            size_t width = shapes[i].widths[c], left = (size_t)(end - at);
            size_t len = width < left ? width : left, all = len;

            while (len > 0 && at[len - 1] == ' ')
                len--;
            put_cell(at, len);
            at += all;
        }
    }
    out[out_len - 1] = ']';
    out[out_len++] = '\n';
    if (out_len > 2 * WINDOW)
        flush();
}

int main(int argc, char **argv)
{
    static struct shape shapes[8];
    size_t len = 0;
    ssize_t got;

    for (int i = 1; i < argc && i <= 8; i++) {
        shapes[i - 1].type = argv[i][0];
        for (char *at = argv[i] + 1; *at != '\0' && shapes[i - 1].n < COLUMNS;)
            shapes[i - 1].widths[shapes[i - 1].n++] = (unsigned)strtoul(at + 1, &at, 10);
    }
    while ((got = read(0, in + len, WINDOW - len)) > 0) {
        const char *at = in, *end;

        len += (size_t)got;
        while ((end = memchr(at, '\n', len - (size_t)(at - in))) != NULL) {
            row(at, end > at && end[-1] == '\r' ? end - 1 : end, shapes, argc - 1);
            at = end + 1;
        }
        len -= (size_t)(at - in);
        memmove(in, at, len);
        if (len == WINDOW)
            return 3;
    }
    flush();
    return got < 0 ? 3 : 0;
}
