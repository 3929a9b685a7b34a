#include "base/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

enum kind { KIND_UTF8, KIND_TABLE, KIND_ICONV };

enum { UNDEFINED = 0 /* in a table: no character; NUL itself is ASCII */ };

struct charset {
    const char *name;
    enum kind kind;
    uint16_t high[128];     /* KIND_TABLE: characters of bytes 0x80 to 0xff */
    iconv_t handle;         /* KIND_ICONV */
    struct charset *opened; /* itself, when it is to be freed */
};

#define ROW8(first) \
    (first), (first) + 1, (first) + 2, (first) + 3, (first) + 4, (first) + 5, (first) + 6, (first) + 7
#define ROW32(first) ROW8(first), ROW8((first) + 8), ROW8((first) + 16), ROW8((first) + 24)

static const struct charset utf8 = {.name = "utf-8", .kind = KIND_UTF8};
static const struct charset us_ascii = {.name = "us-ascii", .kind = KIND_TABLE};
static const struct charset iso_8859_1 = {
    .name = "iso-8859-1",
    .kind = KIND_TABLE,
    .high = {ROW32(0x80), ROW32(0xa0), ROW32(0xc0), ROW32(0xe0)},
};
static const struct charset windows_1252 = {
    .name = "windows-1252",
    .kind = KIND_TABLE,
    .high = {0x20ac, UNDEFINED, 0x201a,    0x0192, 0x201e,    0x2026,      0x2020,      0x2021,     0x02c6,
             0x2030, 0x0160,    0x2039,    0x0152, UNDEFINED, 0x017d,      UNDEFINED,   UNDEFINED,  0x2018,
             0x2019, 0x201c,    0x201d,    0x2022, 0x2013,    0x2014,      0x02dc,      0x2122,     0x0161,
             0x203a, 0x0153,    UNDEFINED, 0x017e, 0x0178,    ROW32(0xa0), ROW32(0xc0), ROW32(0xe0)},
};

static const struct {
    const char *name;
    const struct charset *charset;
} built_in[] = {
    {"utf-8", &utf8},
    {"utf8", &utf8},
    {"us-ascii", &us_ascii},
    {"ascii", &us_ascii},
    {"iso-8859-1", &iso_8859_1},
    {"iso8859-1", &iso_8859_1},
    {"latin1", &iso_8859_1},
    {"latin-1", &iso_8859_1},
    {"windows-1252", &windows_1252},
    {"cp1252", &windows_1252},
    {"cp-1252", &windows_1252},
};

/* --- opening */

static bool same_name(struct bytes name, const char *known)
{
    if (name.len != strlen(known))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];

        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (c != known[i])
            return false;
    }
    return true;
}

/* Slashes begin iconv's own commands ("//IGNORE"). */
static bool is_plain_name(struct bytes name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];

        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
              c == '_' || c == ':' || c == '.' || c == '+'))
            return false;
    }
    return name.len > 0 && name.len < 40;
}

/* What one byte alone is: its character, UNDEFINED, or -1 when it only begins one. */
static int32_t ask(iconv_t handle, unsigned char byte)
{
    char in = (char)byte, utf[16], *from = &in, *to = utf;
    size_t from_len = 1, to_len = sizeof(utf);
    uint32_t point;
    size_t len;

    iconv(handle, NULL, NULL, NULL, NULL);
    if (iconv(handle, &from, &from_len, &to, &to_len) == (size_t)-1)
        return errno == EINVAL ? -1 : UNDEFINED;
    /* Some hold the character back until they see what follows. */
    if (iconv(handle, NULL, NULL, &to, &to_len) == (size_t)-1)
        return -1;
    len = sizeof(utf) - to_len;
    if (utf8_character(utf, len, &point) != len || point > UINT16_MAX)
        return -1;
    return (int32_t)point;
}

/* False when ASCII is not in its place. */
static bool learn(struct charset *charset)
{
    for (unsigned c = 0x20; c < 0x7f; c++)
        if (ask(charset->handle, (unsigned char)c) != (int32_t)c)
            return false;
    charset->kind = KIND_TABLE;
    for (unsigned c = 0x80; c < 0x100; c++) {
        int32_t point = ask(charset->handle, (unsigned char)c);

        if (point < 0)
            charset->kind = KIND_ICONV;
        else
            charset->high[c - 0x80] = (uint16_t)point;
    }
    return true;
}

const struct charset *charset_open(struct bytes name)
{
    struct charset *charset;
    char *copy;
    bool learnt;

    for (size_t i = 0; i < sizeof(built_in) / sizeof(built_in[0]); i++)
        if (same_name(name, built_in[i].name))
            return built_in[i].charset;
    if (!is_plain_name(name) || (charset = calloc(1, sizeof(*charset) + name.len + 1)) == NULL)
        return NULL;
    copy = (char *)(charset + 1);
    memcpy(copy, name.at, name.len);
    charset->name = copy;
    charset->opened = charset;
    charset->handle = iconv_open("UTF-8", copy);
    if (charset->handle == (iconv_t)-1) {
        free(charset);
        return NULL;
    }
    learnt = learn(charset);
    if (!learnt || charset->kind == KIND_TABLE)
        iconv_close(charset->handle);
    if (!learnt) {
        free(charset);
        return NULL;
    }
    return charset;
}

void charset_close(const struct charset *charset)
{
    if (charset == NULL || charset->opened == NULL)
        return;
    if (charset->kind == KIND_ICONV)
        iconv_close(charset->handle);
    free(charset->opened);
}

const char *charset_name(const struct charset *charset)
{
    return charset->name;
}

bool charset_is_single(const struct charset *charset)
{
    return charset->kind == KIND_TABLE;
}

/* --- decoding */

/* Text under way. */
struct decoding {
    enum charset_policy policy;
    char *to;
    enum charset_result result;
};

/* A byte that is no character.  False: the text is refused. */
static bool mend(struct decoding *decoding, char byte)
{
    decoding->result = CHARSET_MENDED;
    if (decoding->policy == CHARSET_ERROR)
        return false;
    decoding->to += utf8_put(decoding->to, decoding->policy == CHARSET_KEEP ? (unsigned char)byte : 0xfffd);
    return true;
}

static bool decode_table(const struct charset *charset, struct bytes text, struct decoding *decoding)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];

        if (c < 0x80)
            *decoding->to++ = (char)c;
        else if (charset->high[c - 0x80] != UNDEFINED)
            decoding->to += utf8_put(decoding->to, charset->high[c - 0x80]);
        else if (!mend(decoding, text.at[i]))
            return false;
    }
    return true;
}

static bool decode_utf8(struct bytes text, struct decoding *decoding)
{
    for (size_t i = 0; i < text.len;) {
        size_t good = utf8_valid_prefix(text.at + i, text.len - i);

        memcpy(decoding->to, text.at + i, good);
        decoding->to += good;
        i += good;
        if (i < text.len && !mend(decoding, text.at[i++]))
            return false;
    }
    return true;
}

/* `room` bytes at most are written. */
static bool decode_iconv(const struct charset *charset, struct bytes text, size_t room,
                         struct decoding *decoding)
{
    char *from = (char *)(uintptr_t)text.at; /* iconv does not write there */
    size_t left = text.len, space = room;

    iconv(charset->handle, NULL, NULL, NULL, NULL);
    while (left > 0) {
        char *before;

        if (iconv(charset->handle, &from, &left, &decoding->to, &space) != (size_t)-1)
            break;
        before = decoding->to;
        if (errno == E2BIG || !mend(decoding, *from))
            return false;
        space -= (size_t)(decoding->to - before);
        from++;
        left--;
        iconv(charset->handle, NULL, NULL, NULL, NULL);
    }
    return iconv(charset->handle, NULL, NULL, &decoding->to, &space) != (size_t)-1;
}

enum charset_result charset_decode_bytes(const struct charset *charset, enum charset_policy policy,
                                         struct bytes text, struct arena *arena, struct bytes *out)
{
    struct decoding decoding = {.policy = policy, .result = CHARSET_GOOD};
    size_t room = text.len;
    bool done = false;
    char *at;

    if (charset->kind == KIND_UTF8 && utf8_valid(text.at, text.len)) {
        *out = text;
        return CHARSET_GOOD;
    }
    if (policy == CHARSET_ERROR && charset->kind == KIND_UTF8)
        return CHARSET_BAD;
    /* One byte becomes three at most, and through iconv less than four. */
    if (charset->kind == KIND_ICONV)
        room = 4 * text.len + 16;
    else
        for (size_t i = 0; i < text.len; i++)
            room += (unsigned char)text.at[i] >= 0x80 ? 2 : 0;
    at = decoding.to = arena_text(arena, room);
    if (at == NULL) {
        *out = (struct bytes){NULL, 0};
        return CHARSET_GOOD;
    }
    switch (charset->kind) {
    case KIND_UTF8: done = decode_utf8(text, &decoding); break;
    case KIND_TABLE: done = decode_table(charset, text, &decoding); break;
    case KIND_ICONV: done = decode_iconv(charset, text, room, &decoding); break;
    }
    if (!done)
        return CHARSET_BAD;
    *out = (struct bytes){at, (size_t)(decoding.to - at)};
    return decoding.result;
}

/* --- the way back */

/* The byte of a character, 0 when there is none. */
static unsigned char byte_of(const struct charset *charset, uint32_t point)
{
    if (point < 0x80)
        return (unsigned char)point;
    for (unsigned i = 0; i < 128; i++)
        if (charset->high[i] == point)
            return (unsigned char)(0x80 + i);
    return 0;
}

bool charset_encode(const struct charset *charset, char replacement, struct bytes text, struct arena *arena,
                    struct bytes *out)
{
    char *copy;
    size_t len = 0;

    *out = text;
    if (charset->kind == KIND_UTF8 || utf8_ascii_prefix(text.at, text.len) == text.len)
        return true;
    copy = arena_text(arena, text.len);
    if (charset->kind != KIND_TABLE || copy == NULL)
        return false;
    for (size_t at = 0; at < text.len;) {
        uint32_t point = 0;
        size_t used = utf8_character(text.at + at, text.len - at, &point);
        unsigned char byte = used > 0 ? byte_of(charset, point) : 0;

        if (byte == 0 && replacement == '\0')
            return false;
        copy[len++] = byte != 0 ? (char)byte : replacement;
        at += used > 0 ? used : 1;
    }
    *out = (struct bytes){copy, len};
    return true;
}
