/*
 * tree_input: the bytes of a file that xml_read and json_read look at: read in blocks, in UTF-8, kept from
 * where a document begins, and with the line and character that it stands at.  For those two alone.
 */
#ifndef CROSSDOCK_WIRE_TREE_INPUT_H
#define CROSSDOCK_WIRE_TREE_INPUT_H

#include "base/charset.h"
#include "wire/tree.h"

struct tree_input {
    int fd;
    const struct tree_taker *taker;
    const struct charset *charset; /* of one byte a character; NULL: the file is in UTF-8 */
    struct arena arena;            /* for decoding */
    struct buffer text;            /* what is kept, in UTF-8 */
    struct tree_mark begin;        /* of the text; its offset is in UTF-8 */
    uint64_t added;                /* bytes that decoding added, before the text */
    struct tree_mark near;         /* of a place in the text that was asked for, and that place */
    size_t near_at;
    uint64_t bytes; /* read of the file */
    bool ended, blank;
    int error;
};

enum { TREE_BLOCK = 64 * 1024 };

/* `ceiling`: bytes of text that may be kept. */
void tree_input_init(struct tree_input *input, int fd, const struct tree_taker *taker, size_t ceiling);
void tree_input_release(struct tree_input *input);

/* Reads a block, appended to the text.  False: `error`, or (text.failed) no memory.  At the end of the file
 * `ended`, and nothing is appended. */
bool tree_input_more(struct tree_input *input);

/* What was read so far turns out to be in this charset: decodes it, and all that comes. */
bool tree_input_decode(struct tree_input *input, const struct charset *charset);

/* Passes over bytes at the front. */
void tree_input_drop(struct tree_input *input, size_t len);

/* The file's form broke: hands all that is left from `at` on to who takes the rest.  False as above. */
bool tree_input_rest(struct tree_input *input, size_t at);
/* It is another: reads on to its end, for who looks at the blocks. */
bool tree_input_pass(struct tree_input *input);

/* The place of a byte of the text, its offset in the file's own bytes. */
struct tree_mark tree_input_mark(struct tree_input *input, size_t at);

/* A complaint about what stands at `at`, of which `value` is shown (at NULL: nothing). */
void tree_input_trouble(struct tree_input *input, size_t at, struct tree_trouble *trouble, const char *what,
                        struct bytes value, const char *expected);

#endif
