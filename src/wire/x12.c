#include "wire/x12.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "wire/x12_scan.h"

/*
 * The window is a list of chunks, oldest first.  Segments are contiguous: when one would straddle the end of
 * a chunk, its beginning is carried over to the next.  A chunk that nothing needs any more goes to the spare
 * list or is used again in place.
 */
enum {
    CHUNK_SIZE = 256 * 1024, /* bytes read at a time, at most: fits in the second-level cache */
    SCAN_BLOCK = 16 * 1024,  /* bytes scanned ahead of the segments */
    SCAN_WORDS = SCAN_BLOCK / 64,
    SLACK = 128,      /* readable bytes behind the data, for the scan and for whole-word loads */
    ISA_LENGTH = 106, /* bytes, with the terminator (X12.5) */
    ISA_HEAD = 104,   /* of them, up to the separator of ISA16 */
    ISA_ELEMENTS = 16,
    ISA_REACH = 400, /* an ISA, however damaged, ends within so many bytes */
    PIECE = 60,      /* bytes of junk to show */
};

struct chunk {
    struct chunk *next;
    uint64_t base; /* file offset of data[0] */
    size_t size;   /* bytes of room */
    size_t len;    /* bytes filled */
    char data[];
};

enum mode { OUTSIDE, INSIDE, FRAGMENT };

typedef enum x12_event x12_step(struct x12_reader *reader, struct x12_segment *segment);
static x12_step *next_best(void);

struct x12_reader {
    int fd;
    struct x12_limits limits;
    struct chunk *oldest, *current;
    struct chunk *spare;
    size_t pos;      /* in current: next unread byte */
    size_t kept;     /* in oldest: first byte still needed */
    uint64_t forgot; /* file offset of pos at the last x12_forget: what is held begins there */
    bool ended;      /* read() said end of file */
    int error;       /* errno of a failed read */
    bool no_memory;
    enum mode mode;
    bool started;     /* the first bytes were looked at */
    bool told_length; /* X12_ISA_LENGTH was told for the ISA at pos */
    bool unwrap;      /* line breaks inside segments are no data */
    uint32_t line;    /* of pos, from 1 */
    struct x12_delimiters delimiters;
    struct x12_wanted wanted;
    x12_scan *scan;
    x12_step *next;            /* x12_next */
    size_t scan_from, scanned; /* in current: from where to where the words below tell of it */
    size_t plain;              /* of these bytes, in how many a segment may begin and be taken without ado */
    struct x12_trouble trouble;
    void (*tap)(void *whom, const char *at, size_t len);
    void *tap_whom;
    struct arena scratch;
    char detail[160];
    char piece[PIECE];
    uint64_t separators[SCAN_WORDS + 1], stops[SCAN_WORDS + 1]; /* x12_scan; behind that, 0 */
};

struct x12_limits x12_limits_default(void)
{
    return (struct x12_limits){.segment = 64 * 1024, .held = (uint64_t)1 << 30};
}

static struct chunk *chunk_new(struct x12_reader *reader, size_t size, uint64_t base)
{
    struct chunk *chunk = reader->spare;

    if (chunk != NULL && chunk->size >= size) {
        reader->spare = NULL;
    } else {
        chunk = malloc(sizeof(*chunk) + size + SLACK);
        if (chunk == NULL) {
            reader->no_memory = true;
            return NULL;
        }
        chunk->size = size;
    }
    chunk->next = NULL;
    chunk->base = base;
    chunk->len = 0;
    memset(chunk->data + chunk->size, 0, SLACK);
    return chunk;
}

static void chunk_drop(struct x12_reader *reader, struct chunk *chunk)
{
    if (reader->spare == NULL && chunk->size == CHUNK_SIZE)
        reader->spare = chunk;
    else
        free(chunk);
}

struct x12_reader *x12_open(int fd, struct x12_limits limits)
{
    struct x12_reader *reader = calloc(1, sizeof(*reader));

    if (reader == NULL)
        return NULL;
    reader->fd = fd;
    reader->limits = limits;
    reader->scan = x12_scan_best();
    reader->next = next_best();
    reader->line = 1;
    arena_init(&reader->scratch, 64 * 1024, (size_t)limits.held + 1024 * 1024);
    reader->current = reader->oldest = chunk_new(reader, CHUNK_SIZE, 0);
    if (reader->current == NULL) {
        free(reader);
        return NULL;
    }
    return reader;
}

void x12_close(struct x12_reader *reader)
{
    if (reader == NULL)
        return;
    while (reader->oldest != NULL) {
        struct chunk *next = reader->oldest->next;

        free(reader->oldest);
        reader->oldest = next;
    }
    free(reader->spare);
    arena_release(&reader->scratch);
    free(reader);
}

const struct x12_trouble *x12_trouble(const struct x12_reader *reader)
{
    return &reader->trouble;
}

const struct x12_delimiters *x12_delimiters(const struct x12_reader *reader)
{
    return &reader->delimiters;
}

uint64_t x12_offset(const struct x12_reader *reader)
{
    return reader->current->base + reader->pos;
}

struct arena *x12_scratch(struct x12_reader *reader)
{
    return &reader->scratch;
}

void x12_forget(struct x12_reader *reader)
{
    while (reader->oldest != reader->current) {
        struct chunk *next = reader->oldest->next;

        chunk_drop(reader, reader->oldest);
        reader->oldest = next;
    }
    reader->kept = reader->pos;
    reader->forgot = x12_offset(reader);
    if (reader->scratch.chunks != NULL)
        arena_reset(&reader->scratch);
}

bool x12_pieces(const struct x12_reader *reader, uint64_t from, uint64_t to,
                bool (*take)(void *to_whom, struct bytes piece), void *to_whom)
{
    for (const struct chunk *chunk = reader->oldest; chunk != NULL && from < to; chunk = chunk->next) {
        uint64_t end = chunk->base + chunk->len;
        size_t len;

        if (from < chunk->base)
            from = chunk->base;
        if (from >= end)
            continue;
        len = (size_t)((to < end ? to : end) - from);
        if (len > 0 && !take(to_whom, (struct bytes){chunk->data + (from - chunk->base), len}))
            return false;
        from += len;
    }
    return true;
}

/* What was scanned is of no use any more: another chunk, or other delimiters. */
static void scan_drop(struct x12_reader *reader)
{
    reader->scan_from = reader->scanned = reader->pos;
    reader->plain = 0;
}

static inline bool may_grow(const struct x12_reader *reader)
{
    return !reader->ended && reader->error == 0 && !reader->no_memory;
}

enum fill { FILL_MORE, FILL_MOVED, FILL_NOTHING };

/* Reads once into the current chunk; where that is full, carries what stands from `pos` on over to a fresh
 * one (or to the front of this one) first: then indexes have moved. */
static enum fill fill(struct x12_reader *reader)
{
    struct chunk *chunk = reader->current;
    enum fill done = FILL_MORE;
    ssize_t got;

    if (!may_grow(reader))
        return FILL_NOTHING;
    if (chunk->len == chunk->size) {
        size_t carried = chunk->len - reader->pos;
        size_t size = carried > CHUNK_SIZE / 2 ? carried * 2 : CHUNK_SIZE;
        struct chunk *fresh;

        if (reader->oldest == chunk && reader->kept >= reader->pos && carried <= CHUNK_SIZE / 2) {
            memmove(chunk->data, chunk->data + reader->pos, carried);
            chunk->base += reader->pos;
            chunk->len = carried;
            reader->kept = 0;
        } else {
            fresh = chunk_new(reader, size, chunk->base + reader->pos);
            if (fresh == NULL)
                return FILL_NOTHING;
            memcpy(fresh->data, chunk->data + reader->pos, carried);
            fresh->len = carried;
            chunk->len = reader->pos;
            chunk->next = fresh;
            reader->current = fresh;
            if (reader->oldest == chunk && reader->kept >= chunk->len) {
                reader->oldest = fresh;
                reader->kept = 0;
                chunk_drop(reader, chunk);
            }
        }
        chunk = reader->current;
        reader->pos = 0;
        scan_drop(reader);
        done = FILL_MOVED;
    }
    do
        got = read(reader->fd, chunk->data + chunk->len, chunk->size - chunk->len);
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        reader->error = errno;
        return done == FILL_MOVED ? done : FILL_NOTHING;
    }
    if (got == 0) {
        reader->ended = true;
        return done == FILL_MOVED ? done : FILL_NOTHING;
    }
    if (reader->tap != NULL)
        reader->tap(reader->tap_whom, chunk->data + chunk->len, (size_t)got);
    chunk->len += (size_t)got;
    return done;
}

/* Sees to it that `want` bytes stand from pos on, if the file has them. */
static size_t reach(struct x12_reader *reader, size_t want)
{
    while (reader->current->len - reader->pos < want && fill(reader) != FILL_NOTHING)
        ;
    return reader->current->len - reader->pos;
}

/* While much is passed over: when the chunk is full, goes on in a fresh one and lets go of what stands
 * between `from` and pos.  What was held before `from` stays. */
static bool let_go(struct x12_reader *reader, uint64_t from)
{
    struct chunk *chunk = reader->current, *before = reader->oldest, *fresh;
    size_t carried = chunk->len - reader->pos;

    if (chunk->len < chunk->size)
        return true;
    fresh = chunk_new(reader, carried > CHUNK_SIZE / 2 ? carried * 2 : CHUNK_SIZE, chunk->base + reader->pos);
    if (fresh == NULL)
        return false;
    memcpy(fresh->data, chunk->data + reader->pos, carried);
    fresh->len = carried;
    if (chunk->base < from) {
        chunk->len = (size_t)(from - chunk->base);
        chunk->next = fresh;
    } else if (chunk == reader->oldest) {
        reader->oldest = fresh;
        reader->kept = 0;
        chunk_drop(reader, chunk);
    } else {
        while (before->next != chunk)
            before = before->next;
        before->next = fresh;
        chunk_drop(reader, chunk);
    }
    reader->current = fresh;
    reader->pos = 0;
    scan_drop(reader);
    return true;
}

/* Scans the next block.  FILL_MOVED: the segment begun must be begun again. */
static enum fill scan_more(struct x12_reader *reader)
{
    size_t len;

    if (reader->scanned == reader->current->len) {
        enum fill filled = fill(reader);

        if (filled != FILL_MORE)
            return filled;
    }
    len = reader->current->len - reader->scanned;
    if (len > SCAN_BLOCK)
        len = SCAN_BLOCK;
    reader->scan(reader->current->data + reader->scanned, len, &reader->wanted, reader->separators,
                 reader->stops);
    reader->separators[(len + 63) / 64] = reader->stops[(len + 63) / 64] = 0;
    reader->scan_from = reader->scanned;
    reader->scanned += len;
    reader->plain = 0;
    if (reader->mode == INSIDE && reader->limits.segment >= 64 &&
        reader->current->base + reader->scanned - reader->forgot <= reader->limits.held)
        reader->plain = len;
    return FILL_MORE;
}

/* In current, from `at` on: where the first byte is that must be looked at; `scanned` when none was found. */
static size_t next_wanted(const struct x12_reader *reader, size_t at)
{
    const size_t end = reader->scanned - reader->scan_from;
    size_t place = at - reader->scan_from;

    while (place < end) {
        const uint64_t found = (reader->separators[place / 64] | reader->stops[place / 64]) >> place % 64;

        if (found != 0)
            return reader->scan_from + place + (size_t)__builtin_ctzll(found);
        place = place / 64 * 64 + 64;
    }
    return reader->scanned;
}

static void advance(struct x12_reader *reader, size_t count)
{
    const char *at = reader->current->data + reader->pos;

    for (size_t i = 0; i < count; i++)
        reader->line += at[i] == '\n';
    reader->pos += count;
    scan_drop(reader);
}

static inline bool is_line_break(char c)
{
    return c == '\n' || c == '\r';
}

static inline bool is_blank(char c)
{
    return is_line_break(c) || c == ' ' || c == '\t';
}

/* What pads a file's end and is worth no word. */
static inline bool is_filler(char c)
{
    return is_blank(c) || c == '\0' || c == 0x1a;
}

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static void set_delimiters(struct x12_reader *reader, struct x12_delimiters delimiters)
{
    const char separators[4] = {delimiters.element, delimiters.terminator, delimiters.component,
                                delimiters.repetition};

    reader->delimiters = delimiters;
    reader->unwrap = !is_line_break(delimiters.terminator);
    x12_scan_want(&reader->wanted, separators);
    scan_drop(reader);
}

/* "ISA" and then something that can separate elements. */
static bool is_isa(const char *at, size_t len)
{
    return len >= 4 && memcmp(at, "ISA", 3) == 0 && !is_alnum(at[3]) && !is_blank(at[3]) && at[3] != '\0';
}

static enum x12_event trouble(struct x12_reader *reader, enum x12_event event, uint64_t offset, uint32_t line,
                              uint64_t length, struct bytes piece)
{
    if (piece.len > PIECE)
        piece.len = PIECE;
    if (piece.len > 0)
        memmove(reader->piece, piece.at, piece.len);
    reader->trouble = (struct x12_trouble){.offset = offset,
                                           .length = length,
                                           .line = line,
                                           .piece = {reader->piece, piece.len},
                                           .error = reader->error};
    return event;
}

/* The end of the input: by itself, by a failed read, or for want of memory. */
static enum x12_event end_of(struct x12_reader *reader)
{
    enum x12_event event = reader->no_memory ? X12_NO_MEMORY : reader->error != 0 ? X12_READ_ERROR : X12_END;

    return trouble(reader, event, x12_offset(reader), reader->line, 0, (struct bytes){NULL, 0});
}

/* Skips to the next ISA or the end.  Junk of nothing but blanks, NUL and Ctrl-Z is not worth a word. */
static enum x12_event skip_to_isa(struct x12_reader *reader, enum x12_event event, const char *detail)
{
    uint64_t from = x12_offset(reader), junk = 0;
    uint32_t line = reader->line;
    char piece[PIECE];
    size_t piece_len = 0;
    bool first = true; /* a bad ISA itself is skipped, not found again */

    for (;;) {
        size_t have = let_go(reader, from) ? reach(reader, 4) : 0;
        const char *at = reader->current->data + reader->pos;
        size_t n = 0;

        if (have == 0)
            break;
        while (n < have) {
            const char *found;

            if (!(first && event == X12_BAD_ISA) && is_isa(at + n, have - n))
                break;
            first = false;
            if (have - n < 4 && at[n] == 'I' && may_grow(reader))
                break; /* perhaps an ISA that is not all here yet */
            found = memchr(at + n + 1, 'I', have - n - 1);
            n = found != NULL ? (size_t)(found - at) : have;
        }
        for (size_t i = 0; i < n; i++)
            if (!is_filler(at[i])) {
                junk++;
                if (piece_len < PIECE && (piece_len > 0 || junk == 1))
                    piece[piece_len++] = at[i];
            } else if (piece_len > 0 && piece_len < PIECE) {
                piece[piece_len++] = at[i];
            }
        advance(reader, n);
        if (n < have && is_isa(at + n, have - n))
            break;
    }
    reader->mode = OUTSIDE;
    reader->plain = 0;
    if (junk == 0 && event == X12_JUNK)
        return X12_END; /* nothing to tell: the caller goes on */
    (void)trouble(reader, event, from, line, x12_offset(reader) - from, (struct bytes){piece, piece_len});
    reader->trouble.detail = detail;
    return event;
}

static const unsigned char isa_widths[ISA_ELEMENTS] = {2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1};

/* The terminator of an ISA before which a line was broken; the line end itself, where that is one: a segment
 * cannot begin with a mark. */
static char behind_line_end(const char *at, size_t len)
{
    size_t n = 0;

    while (n < len && is_line_break(at[n]))
        n++;
    return n < len && (unsigned char)at[n] < 0x80 && !is_alnum(at[n]) && !is_filler(at[n]) ? at[n] : at[0];
}

/*
 * Reads the delimiters of the ISA at pos.  Its fields have fixed widths, so that the 106th byte is the
 * terminator; but hands and editors change widths, and 80-column files break it in two, so it is read by its
 * separators and the widths are compared afterwards.
 */
static enum x12_event read_isa(struct x12_reader *reader)
{
    size_t reached = reach(reader, ISA_REACH), at = 4, begun = 4;
    /* Not what happens to be here beyond that: a pipe and a file are read the same. */
    const size_t have = reached < ISA_REACH ? reached : ISA_REACH;
    const char *data = reader->current->data + reader->pos;
    char separator = data[3], version[6] = "";
    unsigned n = 0;
    size_t widths[ISA_ELEMENTS], breaks = 0, version_len = 0;
    struct x12_delimiters delimiters = {.element = separator};
    bool wrapped = false;
    unsigned on_first_line = 0; /* elements, when the ISA is broken by a line end */

    for (; at < have && n < ISA_ELEMENTS - 1; at++) {
        if (data[at] == separator) {
            widths[n++] = at - begun - breaks;
            begun = at + 1;
            breaks = 0;
        } else if (is_line_break(data[at])) {
            if (!wrapped)
                on_first_line = n + 1;
            breaks++;
            wrapped = true;
        } else if (n == 11 && version_len < 5) {
            version[version_len++] = data[at];
        } else if (n == 10) {
            delimiters.repetition = data[at];
        }
    }
    while (n == ISA_ELEMENTS - 1 && at < have && is_line_break(data[at]))
        at++;
    if (n < ISA_ELEMENTS - 1 || at + 1 >= have) {
        if (reader->ended && have < ISA_LENGTH)
            snprintf(reader->detail, sizeof(reader->detail), "the file ends %zu bytes into it", have);
        else
            snprintf(reader->detail, sizeof(reader->detail), "%u element separators '%c' found, 16 expected",
                     n + 1, separator);
        return skip_to_isa(reader, X12_BAD_ISA, reader->detail);
    }
    delimiters.component = data[at];
    delimiters.terminator = data[at + 1];
    if (is_line_break(delimiters.terminator))
        delimiters.terminator = behind_line_end(data + at + 1, have - at - 1);
    if (is_alnum(delimiters.terminator) || delimiters.terminator == separator ||
        delimiters.component == separator || delimiters.component == delimiters.terminator ||
        is_alnum(delimiters.component)) {
        if (wrapped)
            snprintf(reader->detail, sizeof(reader->detail), "its line holds %u elements, 16 expected",
                     on_first_line);
        else
            snprintf(reader->detail, sizeof(reader->detail),
                     "ISA16 must be the component separator and the next byte the terminator; found \"%c%c\"",
                     data[at] >= ' ' && data[at] <= '~' ? data[at] : '?',
                     data[at + 1] >= ' ' && data[at + 1] <= '~' ? data[at + 1] : '?');
        return skip_to_isa(reader, X12_BAD_ISA, reader->detail);
    }
    /* ISA11 was the standards identifier up to 00401, whatever stands in it (X12.5; ISA12 decides). */
    if (version_len < 5 || memcmp(version, "00402", 5) < 0 || is_alnum(delimiters.repetition) ||
        is_blank(delimiters.repetition) || delimiters.repetition == separator ||
        delimiters.repetition == delimiters.component || delimiters.repetition == delimiters.terminator)
        delimiters.repetition = 0;
    if (is_blank(delimiters.component)) /* told by whoever checks the ISA; so nothing separates components */
        delimiters.component = separator;
    set_delimiters(reader, delimiters);
    reader->mode = INSIDE;
    for (n = 0; n < ISA_ELEMENTS - 1; n++)
        if (widths[n] != isa_widths[n]) {
            (void)trouble(reader, X12_ISA_LENGTH, x12_offset(reader), reader->line, at + 2,
                          (struct bytes){data, at + 2});
            snprintf(reader->detail, sizeof(reader->detail), "ISA%02u is %zu characters long, expected %u",
                     n + 1, widths[n], isa_widths[n]);
            reader->trouble.detail = reader->detail;
            return X12_ISA_LENGTH;
        }
    return X12_SEGMENT;
}

/* segment_view.key: the window, and scratch, may be read beyond the id. */
static inline uint64_t key_of(struct bytes id)
{
    return id.len <= 8 ? bytes_key_wide(id.at, id.len) : 0;
}

/* A segment with line breaks in it, or one that was cut: again, from `raw`, in scratch. */
static bool read_again(struct x12_reader *reader, struct x12_segment *segment)
{
    char *clean = arena_text(&reader->scratch, segment->raw.len + SLACK);
    size_t len = 0, begun = 0;
    uint32_t n = 0;
    const struct x12_delimiters *d = &reader->delimiters;

    if (clean == NULL) {
        reader->no_memory = true;
        return false;
    }
    for (size_t i = 0; i < segment->raw.len; i++)
        if (!reader->unwrap || !is_line_break(segment->raw.at[i]))
            clean[len++] = segment->raw.at[i];
    segment->view.present = segment->view.compound = 0;
    segment->view.odd = segment->quoted = false;
    for (size_t i = 0; i <= len; i++) {
        if (i == len || clean[i] == d->element) {
            if (n == 0) {
                segment->part[0] = segment->view.id = (struct bytes){clean, i};
                segment->view.key = key_of(segment->view.id);
            } else if (n <= X12_MAX_ELEMENTS) {
                segment->part[n] = (struct bytes){clean + begun, i - begun};
                segment->view.present |= (uint64_t)(i != begun) << (n - 1);
            }
            n++;
            begun = i + 1;
        } else if (clean[i] == d->component || (d->repetition != 0 && clean[i] == d->repetition)) {
            if (n >= 1 && n <= X12_MAX_ELEMENTS)
                segment->view.compound |= (uint64_t)1 << (n - 1);
        } else if ((unsigned char)clean[i] < 0x20 || (unsigned char)clean[i] > 0x7e) {
            segment->view.odd = true;
        } else if (clean[i] == '"' || clean[i] == '\\') {
            segment->quoted = true;
        }
    }
    segment->view.n_elements = n - 1;
    segment->view.plain = !segment->view.odd && !segment->quoted && segment->view.compound == 0 &&
                          segment->view.n_elements <= X12_MAX_ELEMENTS;
    segment->wrapped = len != segment->raw.len;
    return true;
}

/* Where an ISA begins within other data, from `at` on, or 0: files that were put together, the first of which
 * broke off in the middle of a segment.  Only one with all its widths counts. */
static size_t isa_within(struct bytes data, size_t at)
{
    static const unsigned char separators[] = {6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103};
    const char *found;

    while (at < data.len && (found = memmem(data.at + at, data.len - at, "ISA", 3)) != NULL) {
        size_t left = data.len - (size_t)(found - data.at), n = 0;

        if (left < ISA_HEAD)
            break;
        while (is_isa(found, left) && n < sizeof(separators) && found[separators[n]] == found[3])
            n++;
        if (n == sizeof(separators))
            return (size_t)(found - data.at);
        at = (size_t)(found - data.at) + 1;
    }
    return 0;
}

/* A segment over the limit: thrown away, without holding it, up to the next terminator or ISA. */
static enum x12_event skip_long(struct x12_reader *reader)
{
    uint64_t from = x12_offset(reader);
    uint32_t line = reader->line;
    char piece[PIECE];
    size_t piece_len = reach(reader, PIECE);

    if (piece_len > PIECE)
        piece_len = PIECE;
    memcpy(piece, reader->current->data + reader->pos, piece_len);
    for (;;) {
        struct bytes left = {reader->current->data + reader->pos, reader->current->len - reader->pos};
        const char *end = memchr(left.at, reader->delimiters.terminator, left.len);
        size_t isa;

        if (end != NULL)
            left.len = (size_t)(end - left.at);
        isa = isa_within(left, 1);
        if (isa > 0 || end != NULL) {
            advance(reader, isa > 0 ? isa : left.len + 1);
            break;
        }
        if (left.len > ISA_HEAD) /* the last bytes may be the beginning of an ISA */
            advance(reader, left.len - ISA_HEAD);
        if (!let_go(reader, from) || fill(reader) == FILL_NOTHING) {
            advance(reader, reader->current->len - reader->pos);
            break;
        }
    }
    return trouble(reader, X12_TOO_LONG, from, line, x12_offset(reader) - from,
                   (struct bytes){piece, piece_len});
}

/* The segment at hand is the rest of one that broke off where an ISA begins: it ends there. */
static void cut_at_isa(struct x12_reader *reader, struct x12_segment *segment, size_t isa)
{
    reader->line = segment->view.line;
    reader->pos = (size_t)(segment->view.offset - reader->current->base);
    advance(reader, isa);
    segment->raw.len = isa;
    while (segment->raw.len > 0 && is_filler(segment->raw.at[segment->raw.len - 1]))
        segment->raw.len--;
    segment->unterminated = true;
}

/*
 * The segment at pos, whatever is in it: the delimiters are known and pos stands on its first byte.
 *
 * The loop runs over what the scan found.
 */
static __attribute__((noinline)) enum x12_event read_segment(struct x12_reader *reader,
                                                             struct x12_segment *segment)
{
    const struct x12_delimiters d = reader->delimiters;
    const char *data, *first, *begun, *at;
    struct bytes *part, last;
    uint32_t n, breaks;
    uint64_t present, compound;
    size_t isa, index;
    bool odd, quoted;

    segment->view.line = reader->line;
    segment->view.element = segment->part + 1;
    segment->view.component = d.component;
    segment->view.repetition = d.repetition;
    segment->view.wide = true;
again:
    reader->line = segment->view.line;
    data = reader->current->data;
    first = begun = data + reader->pos;
    index = reader->pos;
    part = segment->part;
    n = breaks = 0;
    present = compound = 0;
    last = (struct bytes){NULL, 0};
    odd = quoted = false;
    segment->unterminated = false;
    for (;;) {
        char c;

        index = next_wanted(reader, index);
        if (index == reader->scanned) {
            enum fill filled;

            /* So far that an ISA which begins within the limit would be seen. */
            if (reader->scanned - reader->pos > reader->limits.segment + ISA_LENGTH) {
                const struct bytes all = {first, reader->scanned - reader->pos};

                isa = isa_within(all, 1);
                if (isa == 0 || isa > reader->limits.segment) {
                    reader->line = segment->view.line; /* its line ends are counted as it is passed over */
                    return skip_long(reader);
                }
                at = data + reader->scanned;
                segment->unterminated = true;
                break;
            }
            filled = scan_more(reader);
            if (filled == FILL_MOVED)
                goto again;
            if (filled == FILL_MORE)
                continue;
            if (reader->error != 0 || reader->no_memory)
                return end_of(reader);
            segment->unterminated = true;
            at = data + reader->current->len;
            while (at > first && is_filler(at[-1]))
                at--;
            if (at == first) {
                reader->line = segment->view.line;
                advance(reader, reader->current->len - reader->pos);
                return end_of(reader);
            }
            break;
        }
        at = data + index++;
        c = *at;
        if (c == d.element && n < X12_MAX_ELEMENTS) {
            part->at = begun;
            part->len = (size_t)(at - begun);
            part++;
            present |= (uint64_t)(at != begun) << n;
            n++;
            begun = at + 1;
        } else if (c == d.terminator) {
            break;
        } else if (c == d.element) { /* the last element that is kept apart; beyond it they are counted */
            if (n == X12_MAX_ELEMENTS)
                last = (struct bytes){begun, (size_t)(at - begun)};
            n++;
            begun = at + 1;
        } else if (c == d.component || (c == d.repetition && c != 0)) {
            if (n >= 1 && n <= X12_MAX_ELEMENTS)
                compound |= (uint64_t)1 << (n - 1);
        } else if (is_line_break(c) && reader->unwrap) {
            breaks++;
            reader->line += c == '\n';
        } else if (c == '"' || c == '\\') {
            quoted = true;
        } else {
            odd = true;
            reader->line += c == '\n';
        }
    }
    if (n <= X12_MAX_ELEMENTS)
        last = (struct bytes){begun, (size_t)(at - begun)};
    *part = last;
    /* Bit n of `present` was for part n so far, and the id is no element. */
    present >>= 1;
    if (n >= 1)
        present |= (uint64_t)(last.len > 0) << (part - segment->part - 1);
    segment->raw = (struct bytes){first, (size_t)(at - first)};
    segment->view.id = segment->part[0];
    segment->view.key = key_of(segment->view.id);
    segment->view.offset = reader->current->base + reader->pos;
    segment->view.n_elements = n;
    segment->view.present = present;
    segment->view.compound = compound;
    segment->view.odd = odd;
    segment->quoted = quoted;
    segment->view.plain = !odd && !quoted && compound == 0 && n <= X12_MAX_ELEMENTS;
    segment->wrapped = false;
    if (segment->unterminated) {
        reader->pos = reader->scanned = reader->current->len;
    } else {
        reader->pos = (size_t)(at + 1 - data);
        reader->line += d.terminator == '\n';
    }
    if (segment->raw.len > ISA_HEAD && (isa = isa_within(segment->raw, 1)) > 0) {
        cut_at_isa(reader, segment, isa);
        if (segment->raw.len == 0)
            return x12_next(reader, segment);
    }
    if (segment->raw.len > reader->limits.segment)
        return trouble(reader, X12_TOO_LONG, segment->view.offset, segment->view.line,
                       x12_offset(reader) - segment->view.offset, segment->raw);
    if (odd && d.terminator == '\n' && at > first && segment->raw.at[segment->raw.len - 1] == '\r') {
        segment->raw.len--; /* line ends of two kinds: the ISA's line was edited elsewhere */
        breaks++;
    }
    if ((breaks > 0 || segment->unterminated) && !read_again(reader, segment))
        return X12_NO_MEMORY;
    return X12_SEGMENT;
}

/* Blanks and line ends between segments; true when there is a byte to look at behind them. */
static bool skip_blanks(struct x12_reader *reader)
{
    for (;;) {
        const struct chunk *chunk = reader->current;
        size_t pos = reader->pos, len = chunk->len;

        while (pos < len && is_blank(chunk->data[pos]) && chunk->data[pos] != reader->delimiters.element) {
            reader->line += chunk->data[pos] == '\n';
            pos++;
        }
        reader->pos = pos;
        if (pos < len) {
            if (reader->scanned < pos)
                scan_drop(reader);
            return true;
        }
        scan_drop(reader);
        if (fill(reader) == FILL_NOTHING)
            return false;
    }
}

/* The first bytes: a byte order mark is no data. */
static void start(struct x12_reader *reader)
{
    reader->started = true;
    if (reach(reader, 3) >= 3 && memcmp(reader->current->data, "\xef\xbb\xbf", 3) == 0)
        advance(reader, 3);
}

void x12_tap(struct x12_reader *reader, void (*take)(void *whom, const char *at, size_t len), void *whom)
{
    reader->tap = take;
    reader->tap_whom = whom;
}

size_t x12_peek(struct x12_reader *reader, char *into, size_t size)
{
    size_t have = 0;

    if (!reader->started)
        start(reader);
    if (skip_blanks(reader))
        have = reach(reader, size - 1);
    if (have > size - 1)
        have = size - 1;
    memcpy(into, reader->current->data + reader->pos, have);
    into[have] = '\0';
    return have;
}

/* Delimiters of a fragment: the byte behind the first id separates; the commonest terminators are tried. */
static struct x12_delimiters guess_delimiters(struct x12_reader *reader)
{
    size_t have = reach(reader, 64 * 1024), n = 0;
    const char *at = reader->current->data + reader->pos;
    struct x12_delimiters d = {.element = '*', .component = ':', .terminator = '~', .repetition = '^'};

    while (n < have && is_alnum(at[n]))
        n++;
    if (n < have)
        d.element = at[n];
    if (memchr(at, '~', have) == NULL) {
        const char *line_end = memchr(at, '\n', have);
        char before = '\0';

        if (line_end != NULL && line_end > at)
            before = line_end[-1] == '\r' && line_end - 1 > at ? line_end[-2] : line_end[-1];
        if (line_end != NULL && !is_alnum(before) && before != ' ' && before != '.' && before != ')' &&
            before != d.element)
            d.terminator = before;
        else
            d.terminator = line_end == NULL && have > 0 && !is_alnum(at[have - 1])     ? at[have - 1]
                           : line_end != NULL && line_end > at && line_end[-1] == '\r' ? '\r'
                                                                                       : '\n';
    }
    if (memchr(at, '>', have) != NULL && memchr(at, ':', have) == NULL)
        d.component = '>';
    return d;
}

void x12_assume(struct x12_reader *reader, const struct x12_delimiters *delimiters)
{
    if (!reader->started)
        start(reader);
    (void)skip_blanks(reader);
    set_delimiters(reader, delimiters != NULL ? *delimiters : guess_delimiters(reader));
    reader->mode = FRAGMENT;
}

/* Stands pos on the first byte of a segment: over blanks, junk, and an ISA's delimiters.  X12_SEGMENT: it
 * does. */
static __attribute__((noinline)) enum x12_event find_segment(struct x12_reader *reader)
{
    enum x12_event event = X12_SEGMENT;

    if (!reader->started)
        start(reader);
    if (x12_offset(reader) - reader->forgot > reader->limits.held) {
        (void)trouble(reader, X12_TOO_LARGE, x12_offset(reader), reader->line,
                      x12_offset(reader) - reader->forgot, (struct bytes){NULL, 0});
        return X12_TOO_LARGE;
    }
    if (!skip_blanks(reader))
        return end_of(reader);
    if (reader->current->data[reader->pos] == 'I' && reach(reader, 4) >= 4 &&
        is_isa(reader->current->data + reader->pos, 4) && !reader->told_length) {
        event = read_isa(reader);
    } else if (reader->mode == OUTSIDE && !reader->told_length) {
        event = skip_to_isa(reader, X12_JUNK, NULL);
        return event == X12_JUNK ? event : find_segment(reader);
    }
    reader->told_length = event == X12_ISA_LENGTH;
    return event;
}

/* 64 bits from `place` on. */
static inline uint64_t window(const uint64_t *words, size_t place)
{
    return words[place / 64] >> place % 64 | words[place / 64 + 1] << 1 << (63 - place % 64);
}

/* Of the bits of `from` at the places that `mask` has, one behind the other from bit 0 on. */
static inline uint64_t compress(uint64_t from, uint64_t mask)
{
    uint64_t to = 0;

    for (uint64_t bit = 1; mask != 0; mask &= mask - 1, bit <<= 1)
        to |= (from & mask & -mask) != 0 ? bit : 0;
    return to;
}

/* Where a segment may begin that is read quickly: at pos or behind one line end there. */
struct begun {
    const char *base;
    size_t place; /* from scan_from on */
    uint32_t line;
};

static inline bool begin(const struct x12_reader *reader, struct begun *begun)
{
    begun->base = reader->current->data + reader->pos;
    begun->place = reader->pos - reader->scan_from;
    begun->line = reader->line;
    if (begun->place >= reader->plain)
        return false;
    if (*begun->base == '\n') {
        begun->base++;
        begun->line++;
        begun->place++;
    }
    return begun->place < reader->plain && *begun->base >= 'A' && *begun->base <= 'Z' && *begun->base != 'I';
}

/* What is read quickly: `id` bytes of an id, `n` elements, and nothing in them but text. */
static inline void finish(struct x12_reader *reader, struct x12_segment *segment, const struct begun *begun,
                          unsigned id, unsigned n, uint64_t present, const char *end)
{
    const char *const base = begun->base;

    segment->view.key = bytes_key_wide(base, id);
    segment->view.id.at = segment->raw.at = base;
    segment->view.id.len = id;
    segment->raw.len = (size_t)(end - base);
    segment->view.element = segment->part + 1;
    segment->view.n_elements = n;
    segment->view.present = present;
    segment->view.compound = 0;
    segment->view.offset = reader->current->base + (size_t)(base - reader->current->data);
    segment->view.line = begun->line;
    segment->view.plain = true;
    segment->view.odd = false;
    segment->view.component = reader->delimiters.component;
    segment->view.repetition = reader->delimiters.repetition;
    segment->view.wide = true;
    segment->quoted = segment->wrapped = segment->unterminated = false;
    reader->line = begun->line + (*end == '\n');
    reader->pos = (size_t)(end + 1 - reader->current->data);
}

/* Elements that end where `ends` has a bit, from base on; the first begins at *begun, and in the end the next
 * one would.  Returns the end of the last one. */
static inline const char *cut(const char *base, uint64_t ends, const char **begun, struct bytes **part)
{
    const char *at = base;

    for (; ends != 0; ends &= ends - 1) {
        at = base + (unsigned)__builtin_ctzll(ends);
        (*part)->at = *begun;
        (*part)->len = (size_t)(at - *begun);
        ++*part;
        *begun = at + 1;
    }
    return at;
}

/*
 * The next segment when it begins with a letter (but that of ISA and IEA), nothing is in it but elements, and
 * 64 bytes, that were scanned, hold all of it: most are so.  False: nothing was done.
 */
static inline __attribute__((always_inline)) bool
read_short_segment(struct x12_reader *reader, struct x12_segment *segment,
                   uint64_t (*pick)(uint64_t from, uint64_t mask))
{
    struct begun begun;
    struct bytes *part = segment->part + 1;
    uint64_t separators, stops, present;
    const char *next, *at;
    unsigned id, n;

    if (!begin(reader, &begun))
        return false;
    separators = window(reader->separators, begun.place);
    stops = window(reader->stops, begun.place);
    id = (unsigned)__builtin_ctzll(separators | UINT64_C(1) << 63);
    if (stops == 0 || id - 1 > 7 || stops << (63 - id) != 0)
        return false;
    stops &= -stops;
    at = begun.base + (unsigned)__builtin_ctzll(stops);
    if (*at != reader->delimiters.terminator)
        return false;
    /* An element is empty when what ends it stands right behind what ended the one before. */
    stops |= separators & (separators - 1) & (stops - 1);
    present = pick(separators << 1, stops);
    next = begun.base + id + 1;
    at = cut(begun.base, stops, &next, &part);
    n = (unsigned)(part - segment->part) - 1;
    finish(reader, segment, &begun, id, n, ~present & ~(~UINT64_C(0) << n), at);
    return true;
}

/* The same for one that 64 bytes do not hold. */
static bool read_longer_segment(struct x12_reader *reader, struct x12_segment *segment)
{
    struct begun begun;
    struct bytes *part = segment->part + 1;
    uint64_t separators, stops, ends, carry = 0, present = 0;
    const char *next, *at, *base;
    size_t place;
    unsigned id, n = 0;

    if (!begin(reader, &begun))
        return false;
    base = begun.base;
    place = begun.place;
    separators = window(reader->separators, place);
    stops = window(reader->stops, place);
    id = (unsigned)__builtin_ctzll(separators | UINT64_C(1) << 63);
    if (id - 1 > 7 || stops << (63 - id) != 0)
        return false;
    next = base + id + 1;
    ends = separators & (separators - 1);
    for (;;) {
        const uint64_t last = stops & -stops;

        if (last != 0)
            ends = (ends & (last - 1)) | last;
        present |= compress(~(separators << 1 | carry), ends) << (n & 63);
        at = cut(base, ends, &next, &part);
        n = (unsigned)(part - segment->part) - 1;
        if (n > X12_MAX_ELEMENTS)
            return false;
        if (last != 0)
            break;
        carry = separators >> 63;
        base += 64;
        place += 64;
        if (place >= reader->scanned - reader->scan_from || n == X12_MAX_ELEMENTS)
            return false;
        ends = separators = window(reader->separators, place);
        stops = window(reader->stops, place);
    }
    if (*at != reader->delimiters.terminator || (size_t)(at - begun.base) > reader->limits.segment ||
        (at - begun.base > ISA_HEAD &&
         isa_within((struct bytes){begun.base, (size_t)(at - begun.base)}, 1) > 0))
        return false;
    finish(reader, segment, &begun, id, n, present, at);
    return true;
}

static __attribute__((noinline)) enum x12_event next_slowly(struct x12_reader *reader,
                                                            struct x12_segment *segment)
{
    enum x12_event event;

    if (read_longer_segment(reader, segment))
        return X12_SEGMENT;
    event = find_segment(reader);
    if (event == X12_SEGMENT)
        event = read_segment(reader, segment);
    if (event == X12_SEGMENT && segment->view.key == bytes_key("IEA", 3) && reader->mode == INSIDE) {
        reader->mode = OUTSIDE;
        reader->plain = 0;
    }
    return event;
}

static enum x12_event next_anywhere(struct x12_reader *reader, struct x12_segment *segment)
{
    return read_short_segment(reader, segment, compress) ? X12_SEGMENT : next_slowly(reader, segment);
}

#if defined(__x86_64__)

/* compress, in one instruction. */
static inline uint64_t compress_bmi2(uint64_t from, uint64_t mask)
{
    uint64_t to;

    __asm__("pext %2, %1, %0" : "=r"(to) : "r"(from), "r"(mask));
    return to;
}

static __attribute__((target("bmi,bmi2"))) enum x12_event next_bmi2(struct x12_reader *reader,
                                                                    struct x12_segment *segment)
{
    return read_short_segment(reader, segment, compress_bmi2) ? X12_SEGMENT : next_slowly(reader, segment);
}

#endif

/* As quick as this machine can. */
static x12_step *next_best(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("bmi2"))
        return next_bmi2;
#endif
    return next_anywhere;
}

enum x12_event x12_next(struct x12_reader *reader, struct x12_segment *segment)
{
    return reader->next(reader, segment);
}
