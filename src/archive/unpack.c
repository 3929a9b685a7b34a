/* What is kept, unpacked; nobody gets any of it before all of it was held to its name. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/store.h"
#include "archive/store_parts.h"
#include "base/file.h"

struct unpacking {
    struct store *store;
    const struct store_item *item;
    uint64_t size;
    bool (*take)(void *whom, struct bytes piece);
    void *whom;
    bool stopped;
};

/* One piece of the packed file.  *frame: of zstd, 0 when it is over. */
static int unpack_piece(struct unpacking *u, size_t got, size_t *frame)
{
    ZSTD_inBuffer in = {u->store->in, got, 0};

    while (!u->stopped) {
        ZSTD_outBuffer out = {u->store->out, u->store->out_size, 0};

        *frame = ZSTD_decompressStream(u->store->unpack, &out, &in);
        if (ZSTD_isError(*frame))
            return FILE_DAMAGED;
        u->size += out.pos;
        if (u->size > u->item->size)
            return FILE_DAMAGED;
        sha256_add(u->store->sha256, u->store->out, out.pos);
        if (u->take != NULL && out.pos > 0)
            u->stopped = !u->take(u->whom, (struct bytes){u->store->out, out.pos});
        if (*frame == 0)
            return in.pos == in.size ? 0 : FILE_DAMAGED;
        if (in.pos == in.size && out.pos < out.size)
            return 0;
    }
    return 0;
}

static int unpack(struct unpacking *u, int fd)
{
    char hex[STORE_HEX + 1];
    size_t got = u->store->in_size, frame = 1;
    int error = lseek(fd, 0, SEEK_SET) == 0 ? 0 : errno;

    (void)ZSTD_DCtx_reset(u->store->unpack, ZSTD_reset_session_and_parameters);
    (void)ZSTD_DCtx_setParameter(u->store->unpack, ZSTD_d_windowLogMax, STORE_WINDOW_LOG);
    sha256_begin(u->store->sha256);
    while (error == 0 && !u->stopped && got == u->store->in_size) {
        error = file_read(fd, u->store->in, u->store->in_size, &got);
        if (error == 0 && got > 0)
            error = unpack_piece(u, got, &frame);
    }
    sha256_hex(u->store->sha256, hex);
    if (error != 0 || u->stopped)
        return error;
    return frame == 0 && u->size == u->item->size && strcmp(hex, u->item->sha256) == 0 ? 0 : FILE_DAMAGED;
}

int store_read(struct store *store, const struct store_item *item,
               bool (*take)(void *whom, struct bytes piece), void *whom)
{
    struct unpacking u = {.store = store, .item = item};
    struct store_path path;
    struct stat about;
    int fd, error;

    store_path(item->sha256, &path);
    fd = openat(store->fd, path.text, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return errno;
    error = fstat(fd, &about) != 0 ? errno : S_ISREG(about.st_mode) ? 0 : FILE_NOT_REGULAR;
    if (error == 0)
        error = unpack(&u, fd);
    if (error == 0 && take != NULL) {
        u = (struct unpacking){.store = store, .item = item, .take = take, .whom = whom};
        error = unpack(&u, fd);
    }
    close(fd);
    return error;
}
