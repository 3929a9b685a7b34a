#include "base/bytes.h"

#include "base/digits.h"

int bytes_compare(struct bytes a, struct bytes b)
{
    size_t least = a.len < b.len ? a.len : b.len;
    int order = least != 0 ? memcmp(a.at, b.at, least) : 0;

    if (order != 0)
        return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct bytes bytes_trim_end(struct bytes a)
{
    while (a.len > 0 && is_blank(a.at[a.len - 1]))
        a.len--;
    return a;
}

struct bytes bytes_trim(struct bytes a)
{
    while (a.len > 0 && is_blank(a.at[0])) {
        a.at++;
        a.len--;
    }
    return bytes_trim_end(a);
}

bool bytes_split(struct bytes *rest, char mark, struct bytes *part)
{
    const char *found;

    if (rest->at == NULL)
        return false;
    found = rest->len > 0 ? memchr(rest->at, mark, rest->len) : NULL;
    if (found == NULL) {
        *part = *rest;
        *rest = (struct bytes){NULL, 0};
        return true;
    }
    *part = (struct bytes){rest->at, (size_t)(found - rest->at)};
    rest->len -= part->len + 1;
    rest->at = found + 1;
    return true;
}

bool bytes_to_count(struct bytes a, uint64_t max, uint64_t *out)
{
    uint64_t sum = 0;

    if (a.len == 0)
        return false;
    if (a.len <= 8) {
        if (!digits_short(bytes_key(a.at, a.len), a.len, &sum) || sum > max)
            return false;
        *out = sum;
        return true;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (a.at[i] < '0' || a.at[i] > '9')
            return false;
        if (__builtin_mul_overflow(sum, (uint64_t)10, &sum) ||
            __builtin_add_overflow(sum, (uint64_t)(a.at[i] - '0'), &sum) || sum > max)
            return false;
    }
    *out = sum;
    return true;
}

unsigned bytes_distance(struct bytes a, struct bytes b, unsigned limit)
{
    unsigned row[65];

    if (a.len > 64 || b.len > 64)
        return limit + 1;
    for (size_t j = 0; j <= b.len; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; i <= a.len; i++) {
        unsigned corner = row[0];

        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b.len; j++) {
            unsigned least = corner + (a.at[i - 1] != b.at[j - 1]);

            corner = row[j];
            if (row[j] + 1 < least)
                least = row[j] + 1;
            if (row[j - 1] + 1 < least)
                least = row[j - 1] + 1;
            row[j] = least;
        }
    }
    return row[b.len] <= limit ? row[b.len] : limit + 1;
}
