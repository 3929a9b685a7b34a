#include "wire/x12.h"

#include <stdlib.h>

#include "wire/x12_reader.h"

struct x12_limits x12_limits_default(void)
{
    return (struct x12_limits){.segment = 64 * 1024, .held = (uint64_t)1 << 30};
}

void x12_tap(struct x12_reader *reader, void (*take)(void *whom, const char *at, size_t len), void *whom)
{
    reader->tap = take;
    reader->tap_whom = whom;
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

enum x12_event x12_tell(struct x12_reader *reader, enum x12_event event, uint64_t offset, uint32_t line,
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

enum x12_event x12_tell_end(struct x12_reader *reader)
{
    enum x12_event event = reader->no_memory ? X12_NO_MEMORY : reader->error != 0 ? X12_READ_ERROR : X12_END;

    return x12_tell(reader, event, x12_offset(reader), reader->line, 0, (struct bytes){NULL, 0});
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
                x12_window_drop(reader);
            return true;
        }
        x12_window_drop(reader);
        if (x12_window_fill(reader) == FILL_NOTHING)
            return false;
    }
}

/* The first bytes: a byte order mark is no data. */
static void start(struct x12_reader *reader)
{
    reader->started = true;
    if (x12_window_reach(reader, 3) >= 3 && memcmp(reader->current->data, "\xef\xbb\xbf", 3) == 0)
        x12_window_advance(reader, 3);
}

size_t x12_peek(struct x12_reader *reader, char *into, size_t size)
{
    size_t have = 0;

    if (!reader->started)
        start(reader);
    if (skip_blanks(reader))
        have = x12_window_reach(reader, size - 1);
    if (have > size - 1)
        have = size - 1;
    memcpy(into, reader->current->data + reader->pos, have);
    into[have] = '\0';
    return have;
}

void x12_assume(struct x12_reader *reader, const struct x12_delimiters *delimiters)
{
    if (!reader->started)
        start(reader);
    (void)skip_blanks(reader);
    x12_isa_delimiters(reader, delimiters != NULL ? *delimiters : x12_isa_guess(reader));
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
        (void)x12_tell(reader, X12_TOO_LARGE, x12_offset(reader), reader->line,
                       x12_offset(reader) - reader->forgot, (struct bytes){NULL, 0});
        return X12_TOO_LARGE;
    }
    if (!skip_blanks(reader))
        return x12_tell_end(reader);
    if (reader->current->data[reader->pos] == 'I' && x12_window_reach(reader, 4) >= 4 &&
        x12_isa_begins(reader->current->data + reader->pos, 4) && !reader->told_length) {
        event = x12_isa_read(reader);
    } else if (reader->mode == OUTSIDE && !reader->told_length) {
        event = x12_isa_skip_to(reader, X12_JUNK, NULL);
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

/* The same, where the last few of the 64 may be wanting: none is there that should not be. */
static inline uint64_t window_quickly(const uint64_t *words, size_t place)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t word;

    memcpy(&word, (const char *)words + place / 8, sizeof(word));
    return word >> place % 8;
#else
    return window(words, place);
#endif
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

/* ISA or IEA: they change what may come next. */
static inline bool is_edge(const char *at)
{
    return at[0] == 'I' && (at[1] == 'S' || at[1] == 'E') && at[2] == 'A';
}

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
    return begun->place < reader->plain && *begun->base >= 'A' && *begun->base <= 'Z' &&
           !is_edge(begun->base);
}

/* What is read quickly has nothing in it but text.  First what does not depend on its end: `id` bytes of an
 * id, and the place where it stands; */
static inline void open_quickly(const struct x12_reader *reader, struct x12_segment *segment,
                                const struct begun *begun, unsigned id)
{
    const char *const base = begun->base;

    segment->view.key = bytes_key_wide(base, id);
    segment->view.id.at = segment->raw.at = base;
    segment->view.id.len = id;
    segment->view.element = segment->part + 1;
    segment->view.compound = 0;
    segment->view.offset = reader->current->base + (size_t)(base - reader->current->data);
    segment->view.line = begun->line;
    segment->view.traits = reader->traits;
    segment->quoted = segment->wrapped = segment->unterminated = false;
}

/* and then the rest, but for view.present: the elements up to `part`, and what ends the last one. */
static inline void close_quickly(struct x12_reader *reader, struct x12_segment *segment,
                                 const struct bytes *part, const char *end)
{
    segment->raw.len = (size_t)(end - segment->raw.at);
    segment->view.n_elements = (uint32_t)(part - segment->part) - 1;
    reader->line = segment->view.line + (*end == '\n');
    reader->pos = (size_t)(end + 1 - reader->current->data);
}

/* Elements that end where `ends` has a bit, from base on; the first begins at `begun`.  Returns where the
 * next one would be noted. */
static inline struct bytes *cut(const char *base, uint64_t ends, const char *begun, struct bytes *part)
{
    for (; ends != 0; ends &= ends - 1) {
        const char *at = base + (unsigned)__builtin_ctzll(ends);

        part->at = begun;
        part->len = (size_t)(at - begun);
        part++;
        begun = at + 1;
    }
    return part;
}

/*
 * The next segment when it begins with a letter (but is no ISA or IEA), nothing is in it but elements, and
 * 64 bytes, that were scanned, hold all of it: most are so.  False: nothing was done.
 */
static inline __attribute__((always_inline)) bool
read_short_segment(struct x12_reader *reader, struct x12_segment *segment,
                   uint64_t (*pick)(uint64_t from, uint64_t mask))
{
    struct begun begun;
    struct bytes *part = segment->part + 1;
    uint64_t separators, stops, ends;
    unsigned id, last;

    if (!begin(reader, &begun))
        return false;
    separators = window_quickly(reader->separators, begun.place);
    stops = window_quickly(reader->stops, begun.place);
    if (stops == 0) {
        separators = window(reader->separators, begun.place);
        stops = window(reader->stops, begun.place);
    }
    if (stops == 0)
        return false;
    id = (unsigned)__builtin_ctzll(separators | UINT64_C(1) << 63);
    last = (unsigned)__builtin_ctzll(stops);
    if (id - 1 > 7 || last < id || begun.base[last] != reader->delimiters.terminator)
        return false;
    /* An element is empty when what ends it stands right behind what ended the one before. */
    ends = (separators & (separators - 1) & ((stops & -stops) - 1)) | (stops & -stops);
    open_quickly(reader, segment, &begun, id);
    segment->view.present = pick(~(separators << 1), ends);
    close_quickly(reader, segment, cut(begun.base, ends, begun.base + id + 1, part),
                  begun.base + last);
    return true;
}

/* The same for one that 64 bytes do not hold. */
static bool read_longer_segment(struct x12_reader *reader, struct x12_segment *segment)
{
    struct begun begun;
    struct bytes *part = segment->part + 1;
    uint64_t separators, stops, ends, carry = 0, present = 0;
    const char *next, *base, *end;
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
        part = cut(base, ends, next, part);
        n = (unsigned)(part - segment->part) - 1;
        if (n > X12_MAX_ELEMENTS)
            return false;
        if (last != 0)
            break;
        if (ends != 0)
            next = (part[-1].at + part[-1].len) + 1;
        carry = separators >> 63;
        base += 64;
        place += 64;
        if (place >= reader->scanned - reader->scan_from || n == X12_MAX_ELEMENTS)
            return false;
        ends = separators = window(reader->separators, place);
        stops = window(reader->stops, place);
    }
    end = (part[-1].at + part[-1].len);
    if (*end != reader->delimiters.terminator || (size_t)(end - begun.base) > reader->limits.segment ||
        (end - begun.base > ISA_HEAD &&
         x12_isa_within((struct bytes){begun.base, (size_t)(end - begun.base)}, 1) > 0))
        return false;
    open_quickly(reader, segment, &begun, id);
    segment->view.present = present;
    close_quickly(reader, segment, part, end);
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
        event = x12_segment_read(reader, segment);
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
    if (!x12_window_open(reader)) {
        free(reader);
        return NULL;
    }
    return reader;
}

void x12_close(struct x12_reader *reader)
{
    if (reader == NULL)
        return;
    x12_window_close(reader);
    arena_release(&reader->scratch);
    free(reader);
}

enum x12_event x12_next(struct x12_reader *reader, struct x12_segment *segment)
{
    return reader->next(reader, segment);
}
