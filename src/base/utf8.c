#include "base/utf8.h"

static bool is_tail(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

unsigned utf8_character(const char *at, size_t len, uint32_t *point)
{
    const unsigned char *c = (const unsigned char *)at;
    uint32_t value;

    if (len == 0)
        return 0;
    if (c[0] < 0x80) {
        *point = c[0];
        return 1;
    }
    if (c[0] < 0xe0) {
        if (c[0] < 0xc2 || len < 2 || !is_tail(at[1]))
            return 0;
        *point = (uint32_t)(c[0] & 0x1f) << 6 | (c[1] & 0x3f);
        return 2;
    }
    if (c[0] < 0xf0) {
        if (len < 3 || !is_tail(at[1]) || !is_tail(at[2]))
            return 0;
        value = (uint32_t)(c[0] & 0x0f) << 12 | (uint32_t)(c[1] & 0x3f) << 6 | (c[2] & 0x3f);
        if (value < 0x800 || (value >= 0xd800 && value <= 0xdfff))
            return 0;
        *point = value;
        return 3;
    }
    if (c[0] > 0xf4 || len < 4 || !is_tail(at[1]) || !is_tail(at[2]) || !is_tail(at[3]))
        return 0;
    value = (uint32_t)(c[0] & 0x07) << 18 | (uint32_t)(c[1] & 0x3f) << 12 | (uint32_t)(c[2] & 0x3f) << 6 |
            (c[3] & 0x3f);
    if (value < 0x10000 || value > 0x10ffff)
        return 0;
    *point = value;
    return 4;
}

unsigned utf8_put(char to[4], uint32_t point)
{
    if (point < 0x80) {
        to[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        to[0] = (char)(0xc0 | point >> 6);
        to[1] = (char)(0x80 | (point & 0x3f));
        return 2;
    }
    if (point < 0x10000) {
        to[0] = (char)(0xe0 | point >> 12);
        to[1] = (char)(0x80 | (point >> 6 & 0x3f));
        to[2] = (char)(0x80 | (point & 0x3f));
        return 3;
    }
    to[0] = (char)(0xf0 | point >> 18);
    to[1] = (char)(0x80 | (point >> 12 & 0x3f));
    to[2] = (char)(0x80 | (point >> 6 & 0x3f));
    to[3] = (char)(0x80 | (point & 0x3f));
    return 4;
}

size_t utf8_ascii_prefix(const char *at, size_t len)
{
    size_t i = 0;

    for (; i + 8 <= len; i += 8) {
        uint64_t eight;

        memcpy(&eight, at + i, 8);
        if (eight & UINT64_C(0x8080808080808080))
            break;
    }
    while (i < len && (unsigned char)at[i] < 0x80)
        i++;
    return i;
}

size_t utf8_valid_prefix(const char *at, size_t len)
{
    size_t i = utf8_ascii_prefix(at, len);

    while (i < len) {
        uint32_t point;
        unsigned step = utf8_character(at + i, len - i, &point);

        if (step == 0)
            return i;
        i += step;
        if (step == 1)
            i += utf8_ascii_prefix(at + i, len - i);
    }
    return len;
}
