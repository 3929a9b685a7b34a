/*
 * scanner: the tokens of JSON (RFC 8259), strictly.
 *
 * A scanner walks over one text that its owner keeps.  Each scanner_ function either takes a token and moves
 * on, or notes what is wrong and where, and returns false.
 */
#ifndef CROSSDOCK_BASE_SCANNER_H
#define CROSSDOCK_BASE_SCANNER_H

#include "base/arena.h"
#include "base/text.h"

struct scanner {
    const char *begin, *at, *end;
    struct arena *arena; /* for texts that had escapes */
    const char *what;    /* what is wrong, NULL while nothing is; static */
    const char *where;
    bool memory; /* the arena failed */
};

/* A text: a view of the line, or, when it had escapes, of the arena. */
struct scanner_text {
    const char *at;
    size_t len;
    bool plain; /* no byte of it needs an escape */
};

bool scanner_fail(struct scanner *scanner, const char *where, const char *what);

static inline void scanner_blanks(struct scanner *scanner)
{
    while (scanner->at < scanner->end &&
           (*scanner->at == ' ' || *scanner->at == '\t' || *scanner->at == '\r' || *scanner->at == '\n'))
        scanner->at++;
}

/* Whether the next byte is this one. */
static inline bool scanner_sees(const struct scanner *scanner, char c)
{
    return scanner->at < scanner->end && *scanner->at == c;
}

/* Takes this byte, and the blanks before and behind it. */
static inline bool scanner_take(struct scanner *scanner, char c, const char *what)
{
    scanner_blanks(scanner);
    if (!scanner_sees(scanner, c))
        return scanner_fail(scanner, scanner->at, what);
    scanner->at++;
    scanner_blanks(scanner);
    return true;
}

/* The slow part of scanner_string: the tail of the line, escapes, characters beyond ASCII, errors. */
bool scanner_string_rest(struct scanner *scanner, const char *begin, const char *at, unsigned high,
                         struct scanner_text *text);

/* A string, scanner->at being at its opening quote.  Not U+0000: our records have no use for it, and C has
 * none. */
static inline bool scanner_string(struct scanner *scanner, struct scanner_text *text)
{
    const char *begin = scanner->at + 1, *at = begin;
    unsigned high = 0, marks;

    while (scanner->end - at >= 16) {
        unsigned high16;

        marks = text_marks16(at, &high16);
        if (marks != 0) {
            unsigned n = (unsigned)__builtin_ctz(marks);

            high |= high16 & ((1u << n) - 1);
            at += n;
            break;
        }
        high |= high16;
        at += 16;
    }
    if (high != 0 || scanner->end - at < 1 || *at != '"')
        return scanner_string_rest(scanner, begin, at, high, text);
    *text = (struct scanner_text){begin, (size_t)(at - begin), true};
    scanner->at = at + 1;
    return true;
}

/* An integer (without point and exponent), as text. */
bool scanner_integer(struct scanner *scanner, struct scanner_text *text);

/* A number of any length, as text: nothing is reckoned. */
bool scanner_number(struct scanner *scanner, struct scanner_text *text);

/* null. */
bool scanner_null(struct scanner *scanner);

/* true or false, as text. */
bool scanner_boolean(struct scanner *scanner, struct scanner_text *text);

/* Passes over a value, whatever it is: objects and lists nest SCANNER_MAX_PASSED deep. */
enum { SCANNER_MAX_PASSED = 64 };
bool scanner_pass(struct scanner *scanner);

/* Looks ahead, without judging, for the text of a member of the outermost object, which begins the line.
 * False: not found. */
bool scanner_find_member(const struct scanner *scanner, const char *name, struct bytes *text);

#endif
