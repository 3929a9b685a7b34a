/*
 * x12: bytes to segments, with places (X12.5 interchange control, X12.6 application control structure).
 *
 * The reader owns its input window.  A segment's views point into it (or, when bytes had to be taken out of
 * the segment, into the reader's scratch) and live until x12_forget: the caller says "forget" when a
 * transaction set is done with, so that a whole set can be kept, hashed or quarantined byte by byte, and
 * memory never grows beyond one set.
 *
 * Delimiters come from each ISA: the 4th byte separates elements, ISA16 components, and the byte after ISA16
 * ends segments; ISA11 separates repetitions when ISA12 is 00402 or later and it is not alphanumeric.
 */
#ifndef CROSSDOCK_WIRE_X12_H
#define CROSSDOCK_WIRE_X12_H

#include "base/arena.h"
#include "standard/view.h"

enum { X12_MAX_ELEMENTS = 64 }; /* kept apart by position; more are counted in n_elements all the same */

struct x12_delimiters {
    char element, component, terminator;
    char repetition; /* 0: none */
};

/* A segment as the checks see it (standard/view.h), and what only the wire knows.  view.ordinal is the
 * caller's to set. */
struct x12_segment {
    struct segment_view view; /* view.element points into `part` */
    struct bytes raw;         /* as it came, without the terminator; may hold line breaks (see `wrapped`) */
    bool quoted;              /* some element holds " or \ */
    bool wrapped;             /* line breaks inside were taken out: raw differs from the elements */
    bool unterminated;        /* the file ended, or another ISA began, before its terminator */
    struct bytes part[1 + X12_MAX_ELEMENTS + 64]; /* from 1 on the elements; more may be written */
};

/* What x12_next found. */
enum x12_event {
    X12_SEGMENT,
    X12_JUNK,       /* bytes that belong to no interchange: offset, length and a piece in x12_trouble */
    X12_BAD_ISA,    /* an ISA whose delimiters could not be read: skipped to the next ISA */
    X12_ISA_LENGTH, /* an ISA not of 106 bytes, read by its separators all the same; the segment follows */
    X12_TOO_LONG,   /* a segment over the limit: refused, skipped to the next terminator or ISA */
    X12_TOO_LARGE,  /* what is held since x12_forget went over the limit: the caller must forget */
    X12_END,
    X12_READ_ERROR, /* errno in x12_trouble */
    X12_NO_MEMORY,
};

struct x12_trouble {
    uint64_t offset, length; /* bytes */
    uint32_t line;           /* from 1 */
    struct bytes piece;      /* its beginning, to show */
    int error;               /* errno */
    const char *detail;      /* for a bad ISA: which field is of what length; static or in scratch */
};

struct x12_limits {
    size_t segment; /* bytes of one segment; default 65,536 (x12_limits_default) */
    uint64_t held;  /* bytes held since x12_forget; default 1 GiB */
};
struct x12_limits x12_limits_default(void);

struct x12_reader;

/* Reads from `fd`, which stays the caller's.  NULL: out of memory. */
struct x12_reader *x12_open(int fd, struct x12_limits limits);
void x12_close(struct x12_reader *reader);

/* Without an ISA at the start (a fragment), x12_next gives junk until one comes; this sets delimiters by
 * hand or, when NULL, has them guessed from the first segment (fragment mode of --check). */
void x12_assume(struct x12_reader *reader, const struct x12_delimiters *delimiters);

/* Gives every block that is read to `take`, in order (for a hash of the file).  Before the first x12_next. */
void x12_tap(struct x12_reader *reader, void (*take)(void *whom, const char *at, size_t len), void *whom);

/* The first bytes of the file behind a byte order mark and blanks, at most size - 1, with a NUL; how many. */
size_t x12_peek(struct x12_reader *reader, char *into, size_t size);

/* The next event.  *segment is filled for X12_SEGMENT (its address may be reused by the caller). */
enum x12_event x12_next(struct x12_reader *reader, struct x12_segment *segment);
const struct x12_trouble *x12_trouble(const struct x12_reader *reader);

/* The delimiters in force: of the latest ISA. */
const struct x12_delimiters *x12_delimiters(const struct x12_reader *reader);

/* Where the reader stands: the file offset of the next unread byte; bytes read from fd so far. */
uint64_t x12_offset(const struct x12_reader *reader);

/* Everything before the next unread segment may go: views taken so far become invalid. */
void x12_forget(struct x12_reader *reader);

/* The raw bytes held from file offset `from` up to `to` (both since x12_forget), piece by piece, in order.
 * `take` returns false to stop.  Line ends between segments are included: every byte is. */
bool x12_pieces(const struct x12_reader *reader, uint64_t from, uint64_t to,
                bool (*take)(void *to_whom, struct bytes piece), void *to_whom);

/* Takes the part of `element` before the next component (or repetition) separator; see bytes_split. */
static inline bool x12_part(struct bytes *rest, char separator, struct bytes *part)
{
    return bytes_split(rest, separator, part);
}

/* Scratch of the reader, reset at x12_forget: for values derived from a segment. */
struct arena *x12_scratch(struct x12_reader *reader);

#endif
