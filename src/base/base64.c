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
