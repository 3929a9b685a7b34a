/*
 * json: the tokens of JSON (RFC 8259), strictly.  For the canonical reader alone.
 *
 * A scanner walks over one line that its owner keeps.  Each json_ function either takes a token and moves on,
 * or notes what is wrong and where, and returns false.
 */
#ifndef CROSSDOCK_CANON_JSON_H
#define CROSSDOCK_CANON_JSON_H

#include "base/arena.h"
#include "canon/text.h"

struct json {
    const char *begin, *at, *end;
    struct arena *arena; /* for texts that had escapes */
    const char *what;    /* what is wrong, NULL while nothing is; static */
    const char *where;
    bool memory;         /* the arena failed */
};

/* A text: a view of the line, or, when it had escapes, of the arena. */
struct json_text {
    const char *at;
    size_t len;
    bool plain; /* no byte of it needs an escape */
};

bool json_fail(struct json *json, const char *where, const char *what);

static inline void json_blanks(struct json *json)
{
    while (json->at < json->end &&
           (*json->at == ' ' || *json->at == '\t' || *json->at == '\r' || *json->at == '\n'))
        json->at++;
}

/* Whether the next byte is this one. */
static inline bool json_sees(const struct json *json, char c)
{
    return json->at < json->end && *json->at == c;
}

/* Takes this byte, and the blanks before and behind it. */
static inline bool json_take(struct json *json, char c, const char *what)
{
    json_blanks(json);
    if (!json_sees(json, c))
        return json_fail(json, json->at, what);
    json->at++;
    json_blanks(json);
    return true;
}

/* The slow part of json_string: the tail of the line, escapes, characters beyond ASCII, errors. */
bool json_string_rest(struct json *json, const char *begin, const char *at, unsigned high, struct json_text *text);

/* A string, json->at being at its opening quote.  Not U+0000: our records have no use for it, and C has none. */
static inline bool json_string(struct json *json, struct json_text *text)
{
    const char *begin = json->at + 1, *at = begin;
    unsigned high = 0, marks;

    while (json->end - at >= 16) {
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
    if (high != 0 || json->end - at < 1 || *at != '"')
        return json_string_rest(json, begin, at, high, text);
    *text = (struct json_text){begin, (size_t)(at - begin), true};
    json->at = at + 1;
    return true;
}

/* An integer (without point and exponent), as text. */
bool json_integer(struct json *json, struct json_text *text);

/* true or false, as text. */
bool json_boolean(struct json *json, struct json_text *text);

/* Looks ahead, without judging, for the text of a member of the outermost object, which begins the line.
 * False: not found. */
bool json_find_member(const struct json *json, const char *name, struct bytes *text);

#endif
