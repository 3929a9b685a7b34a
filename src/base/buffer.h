/*
 * buffer: bytes that grow, up to a ceiling its owner must choose.
 *
 * The owner calls buffer_init and buffer_release.  Failure (ceiling or memory) is sticky: later
 * additions do nothing, and whoever uses the content asks buffer.failed first.
 */
#ifndef CROSSDOCK_BASE_BUFFER_H
#define CROSSDOCK_BASE_BUFFER_H

#include "base/bytes.h"

struct buffer {
    char *at;
    size_t len;
    size_t room;    /* bytes allocated */
    size_t ceiling; /* bytes, `room` never exceeds it */
    bool failed;
};

void buffer_init(struct buffer *buffer, size_t ceiling);
void buffer_release(struct buffer *buffer);

/* Makes room for `more` bytes behind the content: the slow half. */
bool buffer_grow(struct buffer *buffer, size_t more);

static inline bool buffer_reserve(struct buffer *buffer, size_t more)
{
    if (more <= buffer->room - buffer->len)
        return true;
    return buffer_grow(buffer, more);
}

static inline void buffer_add(struct buffer *buffer, const char *at, size_t len)
{
    if (len > 0 && buffer_reserve(buffer, len)) {
        memcpy(buffer->at + buffer->len, at, len);
        buffer->len += len;
    }
}

static inline void buffer_add_byte(struct buffer *buffer, char c)
{
    if (buffer_reserve(buffer, 1))
        buffer->at[buffer->len++] = c;
}

static inline void buffer_add_bytes(struct buffer *buffer, struct bytes view)
{
    buffer_add(buffer, view.at, view.len);
}

static inline void buffer_add_string(struct buffer *buffer, const char *string)
{
    buffer_add(buffer, string, strlen(string));
}

void buffer_add_format(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Empties it and forgives a failure; keeps the memory. */
static inline void buffer_clear(struct buffer *buffer)
{
    buffer->len = 0;
    buffer->failed = false;
}

static inline struct bytes buffer_view(const struct buffer *buffer)
{
    return (struct bytes){buffer->at, buffer->len};
}

#endif
