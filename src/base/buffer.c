#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buffer_init(struct buffer *buffer, size_t ceiling)
{
    *buffer = (struct buffer){.ceiling = ceiling};
}

void buffer_release(struct buffer *buffer)
{
    free(buffer->at);
    *buffer = (struct buffer){.ceiling = buffer->ceiling};
}

bool buffer_grow(struct buffer *buffer, size_t more)
{
    size_t want = buffer->room < 256 ? 256 : buffer->room;
    char *at;

    if (buffer->failed || more > buffer->ceiling || buffer->len > buffer->ceiling - more) {
        buffer->failed = true;
        return false;
    }
    while (want < buffer->len + more)
        want *= 2;
    if (want > buffer->ceiling)
        want = buffer->ceiling;
    at = realloc(buffer->at, want);
    if (at == NULL) {
        buffer->failed = true;
        return false;
    }
    buffer->at = at;
    buffer->room = want;
    return true;
}

void buffer_add_format(struct buffer *buffer, const char *format, ...)
{
    va_list args, again;
    int len;

    va_start(args, format);
    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, args);
    if (len < 0)
        buffer->failed = true;
    else if (buffer_reserve(buffer, (size_t)len + 1)) {
        vsnprintf(buffer->at + buffer->len, (size_t)len + 1, format, again);
        buffer->len += (size_t)len;
    }
    va_end(again);
    va_end(args);
}
