#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct arena_chunk {
    struct arena_chunk *older;
    size_t size; /* bytes behind this header */
};

void arena_init(struct arena *arena, size_t chunk_size, size_t ceiling)
{
    *arena = (struct arena){.chunk_size = chunk_size, .ceiling = ceiling};
}

void arena_release(struct arena *arena)
{
    while (arena->chunks != NULL) {
        struct arena_chunk *older = arena->chunks->older;

        free(arena->chunks);
        arena->chunks = older;
    }
    arena->top = arena->end = NULL;
    arena->held = 0;
}

void arena_reset(struct arena *arena)
{
    struct arena_chunk *keep = NULL;

    while (arena->chunks != NULL) {
        struct arena_chunk *chunk = arena->chunks;

        arena->chunks = chunk->older;
        if (keep == NULL && chunk->size == arena->chunk_size) {
            keep = chunk;
        } else {
            arena->held -= chunk->size;
            free(chunk);
        }
    }
    arena->failed = false;
    arena->chunks = keep;
    arena->top = arena->end = NULL;
    if (keep != NULL) {
        keep->older = NULL;
        arena->top = (char *)(keep + 1);
        arena->end = arena->top + keep->size;
    }
}

void *arena_refill(struct arena *arena, size_t size)
{
    size_t want = size > arena->chunk_size ? size : arena->chunk_size;
    struct arena_chunk *chunk;

    if (arena->failed)
        return NULL;
    if (want > arena->ceiling || arena->held > arena->ceiling - want ||
        (chunk = malloc(sizeof(*chunk) + want + ARENA_SLACK)) == NULL) {
        arena->failed = true;
        return NULL;
    }
    chunk->older = arena->chunks;
    chunk->size = want;
    arena->chunks = chunk;
    arena->held += want;
    arena->top = (char *)(chunk + 1) + size;
    arena->end = (char *)(chunk + 1) + want;
    return chunk + 1;
}

void *arena_zalloc(struct arena *arena, size_t count, size_t size)
{
    size_t total;
    char *at;

    if (__builtin_mul_overflow(count, size, &total) || total > SIZE_MAX - 16) {
        arena->failed = true;
        return NULL;
    }
    at = arena_alloc(arena, total + 8);
    if (at == NULL)
        return NULL;
    at = (char *)(((uintptr_t)at + 15) & ~(uintptr_t)15);
    memset(at, 0, total);
    return at;
}

struct bytes arena_copy(struct arena *arena, struct bytes from)
{
    char *at = arena_text(arena, from.len + 1);

    if (at == NULL)
        return (struct bytes){NULL, 0};
    if (from.len > 0)
        memcpy(at, from.at, from.len);
    at[from.len] = '\0';
    return (struct bytes){at, from.len};
}

struct bytes arena_join(struct arena *arena, struct bytes first, const char *between, struct bytes second)
{
    const struct bytes parts[] = {first, bytes_of(between), second};
    size_t len = first.len + parts[1].len + second.len;
    char *text = arena_text(arena, len + 1), *at = text;

    if (text == NULL)
        return (struct bytes){NULL, 0};
    for (unsigned i = 0; i < 3; i++) {
        if (parts[i].len > 0)
            memcpy(at, parts[i].at, parts[i].len);
        at += parts[i].len;
    }
    *at = '\0';
    return (struct bytes){text, len};
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    char *at = NULL;
    int len;

    va_start(args, format);
    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, args);
    if (len >= 0)
        at = arena_text(arena, (size_t)len + 1);
    if (at != NULL)
        vsnprintf(at, (size_t)len + 1, format, again);
    va_end(again);
    va_end(args);
    return at;
}
