#include "base/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

struct bytes base64_encode(struct arena *arena, struct bytes from)
{
    size_t len = (from.len + 2) / 3 * 4;
    char *made = arena_text(arena, len), *to = made;

    if (made == NULL)
        return (struct bytes){NULL, 0};
    for (size_t at = 0; at < from.len; at += 3) {
        unsigned n = from.len - at < 3 ? (unsigned)(from.len - at) : 3, bits = 0;

        for (unsigned i = 0; i < 3; i++)
            bits = bits << 8 | (i < n ? (unsigned char)from.at[at + i] : 0u);
        *to++ = alphabet[bits >> 18 & 63];
        *to++ = alphabet[bits >> 12 & 63];
        *to++ = n > 1 ? alphabet[bits >> 6 & 63] : '=';
        *to++ = n > 2 ? alphabet[bits & 63] : '=';
    }
    return (struct bytes){made, len};
}

/* The six bits of a character; above 63: it is none. */
static unsigned value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (unsigned)(c - 'A');
    if (c >= 'a' && c <= 'z')
        return (unsigned)(c - 'a') + 26;
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0') + 52;
    return c == '+' ? 62 : c == '/' ? 63 : 64;
}

bool base64_decode(struct arena *arena, struct bytes from, struct bytes *out)
{
    size_t pad = 0, len;
    char *to;

    if (from.len % 4 != 0)
        return false;
    while (pad < 2 && pad < from.len && from.at[from.len - 1 - pad] == '=')
        pad++;
    len = from.len / 4 * 3 - pad;
    to = arena_text(arena, from.len / 4 * 3 + 1);
    if (to == NULL)
        return false;
    *out = (struct bytes){to, len};
    for (size_t i = 0; i < from.len; i += 4) {
        unsigned bits = 0;

        for (size_t j = i; j < i + 4; j++) {
            unsigned value = j < from.len - pad ? value_of(from.at[j]) : 0;

            if (value > 63)
                return false;
            bits = bits << 6 | value;
        }
        *to++ = (char)(bits >> 16);
        *to++ = (char)(bits >> 8);
        *to++ = (char)bits;
    }
    return true;
}
