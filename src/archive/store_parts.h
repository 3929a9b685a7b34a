/*
 * store_parts: what the two halves of the store share: names and packing (store.c), unpacking (unpack.c).
 */
#ifndef CROSSDOCK_ARCHIVE_STORE_PARTS_H
#define CROSSDOCK_ARCHIVE_STORE_PARTS_H

#include <zstd.h>

#include "archive/store.h"
#include "base/hash.h"

enum { STORE_WINDOW_LOG = 23 }; /* of zstd: no frame of ours asks for more than 8 MiB to be unpacked */

struct store {
    char *folder; /* its path */
    int fd;       /* the folder */
    struct sha256 *sha256;
    ZSTD_CCtx *pack;
    ZSTD_DCtx *unpack;
    char *in, *out; /* ZSTD_CStreamInSize and ZSTD_CStreamOutSize or those of D, whichever is more */
    size_t in_size, out_size;
};

/* "ab/abcd....zst" */
struct store_path {
    char text[STORE_HEX + 8];
};

void store_path(const char *sha256, struct store_path *path);

/* 64 lower-case hexadecimal digits. */
bool store_is_hex(const char *text);

#endif
