/*
 * x12_write: segments to bytes (X12.5 interchange control, X12.6 application control structure).
 *
 * X12 has no way to escape a separator: text that holds one is refused, or the character is replaced, as the
 * style says.  Empty elements and components at the end are left out.  Everything goes to `out`, whose owner
 * asks out->failed.
 */
#ifndef CROSSDOCK_WIRE_X12_WRITE_H
#define CROSSDOCK_WIRE_X12_WRITE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "wire/x12.h"

struct x12_style {
    struct x12_delimiters delimiters;
    char suffix[3];   /* behind each terminator: "", "\n", "\r\n" */
    char replacement; /* of a delimiter in a text; 0: the text is refused */
};

/* * > ~, no repetitions, no line ends. */
extern const struct x12_style x12_style_default;

/* NULL, or why such an interchange could not be read again (static): two delimiters are one character, or
 * one is a letter, a digit or a blank, or stands in texts by its nature. */
const char *x12_style_fault(const struct x12_style *style);

struct x12_writer {
    struct x12_style style;
    struct buffer *out;
    bool special[256]; /* bytes that may not stand in a text */
};

void x12_writer_init(struct x12_writer *writer, const struct x12_style *style);

enum x12_clean {
    X12_CLEAN,
    X12_MENDED, /* a copy in the arena, with replacements */
    X12_DIRTY,  /* refused; *byte tells what stands in it */
};

/* Whether text can be written.  *out is what is written of it. */
enum x12_clean x12_writer_clean(const struct x12_writer *writer, struct arena *arena, struct bytes text,
                                struct bytes *out, unsigned char *byte);

/* Clean components as one element, in the arena; {NULL, 0} when all are empty or the arena failed. */
struct bytes x12_writer_join(const struct x12_writer *writer, struct arena *arena, const struct bytes *parts,
                             unsigned n);

/* A segment of clean elements. */
void x12_writer_segment(struct x12_writer *writer, struct bytes id, const struct bytes *elements, unsigned n);

/* An ISA: 16 elements, filled with blanks to their fixed lengths; ISA11 (in its old sense) and ISA16 are the
 * writer's own.  False: one is too long or holds a delimiter. */
bool x12_writer_isa(struct x12_writer *writer, const struct bytes isa[16]);

#endif
