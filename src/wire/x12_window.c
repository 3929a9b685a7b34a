/* x12_window: the bytes that a reader holds; see x12_reader.h. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "wire/x12_reader.h"

static struct chunk *chunk_new(struct x12_reader *reader, size_t size, uint64_t base)
{
    struct chunk *chunk = reader->spare;

    if (chunk != NULL && chunk->size >= size) {
        reader->spare = NULL;
    } else {
        chunk = malloc(sizeof(*chunk) + size + SLACK);
        if (chunk == NULL) {
            reader->no_memory = true;
            return NULL;
        }
        chunk->size = size;
    }
    chunk->next = NULL;
    chunk->base = base;
    chunk->len = 0;
    memset(chunk->data + chunk->size, 0, SLACK);
    return chunk;
}

static void chunk_drop(struct x12_reader *reader, struct chunk *chunk)
{
    if (reader->spare == NULL && chunk->size == CHUNK_SIZE)
        reader->spare = chunk;
    else
        free(chunk);
}

bool x12_window_open(struct x12_reader *reader)
{
    reader->current = reader->oldest = chunk_new(reader, CHUNK_SIZE, 0);
    return reader->current != NULL;
}

void x12_window_close(struct x12_reader *reader)
{
    while (reader->oldest != NULL) {
        struct chunk *next = reader->oldest->next;

        free(reader->oldest);
        reader->oldest = next;
    }
    free(reader->spare);
}

void x12_forget(struct x12_reader *reader)
{
    while (reader->oldest != reader->current) {
        struct chunk *next = reader->oldest->next;

        chunk_drop(reader, reader->oldest);
        reader->oldest = next;
    }
    reader->kept = reader->pos;
    reader->forgot = x12_offset(reader);
    if (reader->scratch.chunks != NULL)
        arena_reset(&reader->scratch);
}

bool x12_pieces(const struct x12_reader *reader, uint64_t from, uint64_t to,
                bool (*take)(void *to_whom, struct bytes piece), void *to_whom)
{
    for (const struct chunk *chunk = reader->oldest; chunk != NULL && from < to; chunk = chunk->next) {
        uint64_t end = chunk->base + chunk->len;
        size_t len;

        if (from < chunk->base)
            from = chunk->base;
        if (from >= end)
            continue;
        len = (size_t)((to < end ? to : end) - from);
        if (len > 0 && !take(to_whom, (struct bytes){chunk->data + (from - chunk->base), len}))
            return false;
        from += len;
    }
    return true;
}

void x12_window_drop(struct x12_reader *reader)
{
    reader->scan_from = reader->scanned = reader->pos;
    reader->plain = 0;
}

enum fill x12_window_fill(struct x12_reader *reader)
{
    struct chunk *chunk = reader->current;
    enum fill done = FILL_MORE;
    ssize_t got;

    if (!may_grow(reader))
        return FILL_NOTHING;
    if (chunk->len == chunk->size) {
        size_t carried = chunk->len - reader->pos;
        size_t size = carried > CHUNK_SIZE / 2 ? carried * 2 : CHUNK_SIZE;
        struct chunk *fresh;

        if (reader->oldest == chunk && reader->kept >= reader->pos && carried <= CHUNK_SIZE / 2) {
            memmove(chunk->data, chunk->data + reader->pos, carried);
            chunk->base += reader->pos;
            chunk->len = carried;
            reader->kept = 0;
        } else {
            fresh = chunk_new(reader, size, chunk->base + reader->pos);
            if (fresh == NULL)
                return FILL_NOTHING;
            memcpy(fresh->data, chunk->data + reader->pos, carried);
            fresh->len = carried;
            chunk->len = reader->pos;
            chunk->next = fresh;
            reader->current = fresh;
            if (reader->oldest == chunk && reader->kept >= chunk->len) {
                reader->oldest = fresh;
                reader->kept = 0;
                chunk_drop(reader, chunk);
            }
        }
        chunk = reader->current;
        reader->pos = 0;
        x12_window_drop(reader);
        done = FILL_MOVED;
    }
    do
        got = read(reader->fd, chunk->data + chunk->len, chunk->size - chunk->len);
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        reader->error = errno;
        return done == FILL_MOVED ? done : FILL_NOTHING;
    }
    if (got == 0) {
        reader->ended = true;
        return done == FILL_MOVED ? done : FILL_NOTHING;
    }
    if (reader->tap != NULL)
        reader->tap(reader->tap_whom, chunk->data + chunk->len, (size_t)got);
    chunk->len += (size_t)got;
    return done;
}

size_t x12_window_reach(struct x12_reader *reader, size_t want)
{
    while (reader->current->len - reader->pos < want && x12_window_fill(reader) != FILL_NOTHING)
        ;
    return reader->current->len - reader->pos;
}

bool x12_window_let_go(struct x12_reader *reader, uint64_t from)
{
    struct chunk *chunk = reader->current, *before = reader->oldest, *fresh;
    size_t carried = chunk->len - reader->pos;

    if (chunk->len < chunk->size)
        return true;
    fresh = chunk_new(reader, carried > CHUNK_SIZE / 2 ? carried * 2 : CHUNK_SIZE, chunk->base + reader->pos);
    if (fresh == NULL)
        return false;
    memcpy(fresh->data, chunk->data + reader->pos, carried);
    fresh->len = carried;
    if (chunk->base < from) {
        chunk->len = (size_t)(from - chunk->base);
        chunk->next = fresh;
    } else if (chunk == reader->oldest) {
        reader->oldest = fresh;
        reader->kept = 0;
        chunk_drop(reader, chunk);
    } else {
        while (before->next != chunk)
            before = before->next;
        before->next = fresh;
        chunk_drop(reader, chunk);
    }
    reader->current = fresh;
    reader->pos = 0;
    x12_window_drop(reader);
    return true;
}

enum fill x12_window_scan(struct x12_reader *reader)
{
    size_t len;

    if (reader->scanned == reader->current->len) {
        enum fill filled = x12_window_fill(reader);

        if (filled != FILL_MORE)
            return filled;
    }
    len = reader->current->len - reader->scanned;
    if (len > SCAN_BLOCK)
        len = SCAN_BLOCK;
    reader->scan(reader->current->data + reader->scanned, len, &reader->wanted, reader->separators,
                 reader->stops);
    reader->separators[(len + 63) / 64] = reader->stops[(len + 63) / 64] = 0;
    reader->scan_from = reader->scanned;
    reader->scanned += len;
    reader->plain = 0;
    if (reader->mode == INSIDE && reader->limits.segment >= 64 &&
        reader->current->base + reader->scanned - reader->forgot <= reader->limits.held)
        reader->plain = len;
    return FILL_MORE;
}

void x12_window_advance(struct x12_reader *reader, size_t count)
{
    const char *at = reader->current->data + reader->pos;

    for (size_t i = 0; i < count; i++)
        reader->line += at[i] == '\n';
    reader->pos += count;
    x12_window_drop(reader);
}
