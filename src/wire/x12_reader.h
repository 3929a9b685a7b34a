/*
 * x12_reader: what the files of the X12 reader share; see x12.h.
 *
 *   x12_window   bytes: chunks of the file, and what the scan told of them
 *   x12_isa      the ISA, the delimiters it brings, and the way to the next one
 *   x12_segment  one segment, whatever is in it
 *   x12          what comes next; and most segments, which need no care
 */
#ifndef CROSSDOCK_WIRE_X12_READER_H
#define CROSSDOCK_WIRE_X12_READER_H

#include "wire/x12.h"
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
    uint64_t traits; /* segment_view.traits of a plain segment with these delimiters */
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

/* --- x12_window.c */

/* The first chunk.  False: no memory. */
bool x12_window_open(struct x12_reader *reader);
void x12_window_close(struct x12_reader *reader);

/* What was scanned is of no use any more: another chunk, or other delimiters. */
void x12_window_drop(struct x12_reader *reader);

static inline bool may_grow(const struct x12_reader *reader)
{
    return !reader->ended && reader->error == 0 && !reader->no_memory;
}

enum fill { FILL_MORE, FILL_MOVED, FILL_NOTHING };

/* Reads once into the current chunk; where that is full, carries what stands from `pos` on over to a fresh
 * one (or to the front of this one) first: then indexes have moved. */
enum fill x12_window_fill(struct x12_reader *reader);

/* Sees to it that `want` bytes stand from pos on, if the file has them. */
size_t x12_window_reach(struct x12_reader *reader, size_t want);

/* While much is passed over: when the chunk is full, goes on in a fresh one and lets go of what stands
 * between `from` and pos.  What was held before `from` stays. */
bool x12_window_let_go(struct x12_reader *reader, uint64_t from);

/* Scans the next block.  FILL_MOVED: the segment begun must be begun again. */
enum fill x12_window_scan(struct x12_reader *reader);

/* Passes over so many bytes, and counts their lines. */
void x12_window_advance(struct x12_reader *reader, size_t count);

/* In current, from `at` on: where the first byte is that must be looked at; `scanned` when none was found. */
static inline size_t next_wanted(const struct x12_reader *reader, size_t at)
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

/* --- x12_isa.c */

/* These are in force from pos on. */
void x12_isa_delimiters(struct x12_reader *reader, struct x12_delimiters delimiters);

/* "ISA" and then something that can separate elements. */
bool x12_isa_begins(const char *at, size_t len);

/* Skips to the next ISA or the end.  Junk of nothing but blanks, NUL and Ctrl-Z is not worth a word. */
enum x12_event x12_isa_skip_to(struct x12_reader *reader, enum x12_event event, const char *detail);

/*
 * Reads the delimiters of the ISA at pos.  Its fields have fixed widths, so that the 106th byte is the
 * terminator; but hands and editors change widths, and 80-column files break it in two, so it is read by its
 * separators and the widths are compared afterwards.
 */
enum x12_event x12_isa_read(struct x12_reader *reader);

/* Where an ISA begins within other data, from `at` on, or 0: files that were put together, the first of which
 * broke off in the middle of a segment.  Only one with all its widths counts. */
size_t x12_isa_within(struct bytes data, size_t at);

/* Delimiters of a fragment: the byte behind the first id separates; the commonest terminators are tried. */
struct x12_delimiters x12_isa_guess(struct x12_reader *reader);

/* --- x12_segment.c */

/*
 * The segment at pos, whatever is in it: the delimiters are known and pos stands on its first byte. */
enum x12_event x12_segment_read(struct x12_reader *reader, struct x12_segment *segment);

/* segment_view.key: the window, and scratch, may be read beyond the id. */
static inline uint64_t key_of(struct bytes id)
{
    return id.len <= 8 ? bytes_key_wide(id.at, id.len) : 0;
}

/* --- x12.c */

/* The event, with what x12_trouble says of it: a copy of the piece, as much as is shown. */
enum x12_event x12_tell(struct x12_reader *reader, enum x12_event event, uint64_t offset, uint32_t line,
                        uint64_t length, struct bytes piece);

/* The end of the input: by itself, by a failed read, or for want of memory. */
enum x12_event x12_tell_end(struct x12_reader *reader);

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

static inline bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

#endif
