/*
 * charset: the bytes of a partner's texts to UTF-8.
 *
 * ASCII must stand in its usual place (delimiters and digits are read before anybody asks about letters),
 * so UTF-16, UTF-7 and EBCDIC are no charsets here.  US-ASCII, UTF-8, ISO-8859-1 and Windows-1252 are built
 * in and const; any other name that iconv(3) knows is asked once for each byte when it is opened, and if
 * one byte is not always one character (Shift_JIS, GB18030), again for each text.  Only that last kind must
 * not be shared between threads.
 */
#ifndef CROSSDOCK_BASE_CHARSET_H
#define CROSSDOCK_BASE_CHARSET_H

#include "base/arena.h"
#include "base/utf8.h"

/* What to do with bytes that are no character of the charset. */
enum charset_policy {
    CHARSET_ERROR,   /* refuse the text */
    CHARSET_KEEP,    /* each byte is the ISO-8859-1 character of that number */
    CHARSET_REPLACE, /* each byte is U+FFFD */
};

enum charset_result {
    CHARSET_GOOD,   /* every byte was a character */
    CHARSET_MENDED, /* some were kept or replaced */
    CHARSET_BAD,    /* refused; the output is untouched */
};

struct charset;

/* By name, letter case ignored: the built-in ones with their common aliases (utf8, ascii, latin1, cp1252
 * ...), or one of iconv's.  NULL: nobody knows the name, or its ASCII is not ASCII, or no memory. */
const struct charset *charset_open(struct bytes name);
void charset_close(const struct charset *charset); /* NULL and built-in ones too */

/* As it should be written: "iso-8859-1". */
const char *charset_name(const struct charset *charset);

/* Whether each byte is one character, whatever stands beside it.  (UTF-8 is not, ASCII is.) */
bool charset_is_single(const struct charset *charset);

/* The slow half of charset_decode. */
enum charset_result charset_decode_bytes(const struct charset *charset, enum charset_policy policy,
                                         struct bytes text, struct arena *arena, struct bytes *out);

/* `text` in UTF-8: a view of it where it is that already, else in the arena (if the arena failed, *out is
 * {NULL, 0}). */
static inline enum charset_result charset_decode(const struct charset *charset, enum charset_policy policy,
                                                 struct bytes text, struct arena *arena, struct bytes *out)
{
    if (utf8_ascii_prefix(text.at, text.len) == text.len) {
        *out = text;
        return CHARSET_GOOD;
    }
    return charset_decode_bytes(charset, policy, text, arena, out);
}

/* UTF-8 text in the charset, in the arena where it differs.  A character it does not have becomes
 * `replacement`; with 0 for that, or of a charset that is iconv's alone, false. */
bool charset_encode(const struct charset *charset, char replacement, struct bytes text, struct arena *arena,
                    struct bytes *out);

/* As utf8_valid, under the name one looks for here. */
static inline bool charset_is_utf8(const char *at, size_t len)
{
    return utf8_valid(at, len);
}

#endif
