/*
 * arena: memory that is given out in order and taken back all at once.
 *
 * The owner calls arena_init and arena_release; everything handed out lives until arena_reset or
 * arena_release.  A ceiling bounds what hostile input can make us hold.  When the ceiling or the
 * machine's memory is reached the arena is `failed` (sticky until reset) and hands out NULL.
 */
#ifndef CROSSDOCK_BASE_ARENA_H
#define CROSSDOCK_BASE_ARENA_H

#include "base/bytes.h"

/* So many bytes behind anything handed out may be read (what they are is anybody's guess), and behind what
 * was handed out last, written: short texts are copied in blocks. */
enum { ARENA_SLACK = 32 };

struct arena_chunk;

struct arena {
    char *top;                 /* next free byte of the current chunk */
    char *end;                 /* end of the current chunk */
    struct arena_chunk *chunks; /* newest first */
    size_t chunk_size;         /* bytes, of an ordinary chunk */
    size_t held;               /* bytes, in all chunks */
    size_t ceiling;            /* bytes, `held` never exceeds it */
    bool failed;
};

void arena_init(struct arena *arena, size_t chunk_size, size_t ceiling);
void arena_release(struct arena *arena);

/* Takes everything back; keeps one chunk for the next use. */
void arena_reset(struct arena *arena);

/* The slow half of arena_alloc. */
void *arena_refill(struct arena *arena, size_t size);

/* `size` bytes, not cleared, aligned to 8.  NULL when the arena failed. */
static inline void *arena_alloc(struct arena *arena, size_t size)
{
    char *at = (char *)(((uintptr_t)arena->top + 7) & ~(uintptr_t)7);

    if (at != NULL && at <= arena->end && size <= (size_t)(arena->end - at)) {
        arena->top = at + size;
        return at;
    }
    return arena_refill(arena, size);
}

/* Cleared, and aligned to 16 (for what holds an __int128): `count` things of `size` bytes, the product
 * checked. */
void *arena_zalloc(struct arena *arena, size_t count, size_t size);

/* `size` bytes for text, not aligned. */
static inline char *arena_text(struct arena *arena, size_t size)
{
    if (size <= (size_t)(arena->end - arena->top)) {
        char *at = arena->top;

        arena->top += size;
        return at;
    }
    return arena_refill(arena, size);
}

/* Lengthens in place what was handed out last and ends at `end`.  False when that cannot be. */
static inline bool arena_extend(struct arena *arena, const void *end, size_t more)
{
    if (arena->top != (const char *)end || more > (size_t)(arena->end - arena->top))
        return false;
    arena->top += more;
    return true;
}

/* A copy in the arena, with a NUL behind it.  {NULL, 0} when the arena failed. */
struct bytes arena_copy(struct arena *arena, struct bytes from);

/* Two texts and what stands between them, likewise. */
struct bytes arena_join(struct arena *arena, struct bytes first, const char *between, struct bytes second);

/* Formatted text in the arena, NUL-terminated; NULL when the arena failed. */
char *arena_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
