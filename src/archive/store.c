#include "archive/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/store_parts.h"
#include "base/publish.h"

enum { LEVEL = 6 /* of zstd: EDI to a tenth and less, and faster than disks */ };

void store_path(const char *sha256, struct store_path *path)
{
    (void)snprintf(path->text, sizeof(path->text), "%.2s/%.64s.zst", sha256, sha256);
}

bool store_is_hex(const char *text)
{
    size_t len = strspn(text, "0123456789abcdef");

    return len == STORE_HEX && text[len] == '\0';
}

/* A folder in another, on the disk when this returns; there being one is well. */
static int make_folder(int parent, const char *name)
{
    if (mkdirat(parent, name, S_IRWXU) != 0)
        return errno == EEXIST ? 0 : errno;
    return fsync(parent) == 0 ? 0 : errno;
}

static int make_path(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *parent = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
    int fd = parent != NULL ? open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1, error = errno;

    if (fd >= 0) {
        error = make_folder(fd, slash != NULL ? slash + 1 : path);
        close(fd);
    }
    free(parent);
    return error;
}

struct store *store_open(const char *folder, bool make, int *error)
{
    struct store *store = calloc(1, sizeof(*store));

    *error = ENOMEM;
    if (store == NULL)
        return NULL;
    store->fd = -1;
    *error = make ? make_path(folder) : 0;
    if (*error == 0 && (store->fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        *error = errno;
    if (*error == 0) {
        store->folder = strdup(folder);
        store->sha256 = sha256_open();
        store->pack = ZSTD_createCCtx();
        store->unpack = ZSTD_createDCtx();
        store->in_size =
            ZSTD_CStreamInSize() > ZSTD_DStreamInSize() ? ZSTD_CStreamInSize() : ZSTD_DStreamInSize();
        store->out_size =
            ZSTD_CStreamOutSize() > ZSTD_DStreamOutSize() ? ZSTD_CStreamOutSize() : ZSTD_DStreamOutSize();
        store->in = malloc(store->in_size);
        store->out = malloc(store->out_size);
        if (store->folder != NULL && store->sha256 != NULL && store->pack != NULL && store->unpack != NULL &&
            store->in != NULL && store->out != NULL)
            return store;
        *error = ENOMEM;
    }
    store_close(store);
    return NULL;
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    if (store->fd >= 0)
        close(store->fd);
    if (store->sha256 != NULL)
        sha256_close(store->sha256);
    ZSTD_freeCCtx(store->pack);
    ZSTD_freeDCtx(store->unpack);
    free(store->folder);
    free(store->in);
    free(store->out);
    free(store);
}

int store_name(struct store *store, int fd, struct store_item *item)
{
    size_t got = store->in_size;
    int error = lseek(fd, 0, SEEK_SET) == 0 ? 0 : errno;

    *item = (struct store_item){.size = 0};
    sha256_begin(store->sha256);
    while (error == 0 && got == store->in_size) {
        error = file_read(fd, store->in, store->in_size, &got);
        sha256_add(store->sha256, store->in, got);
        item->size += got;
    }
    sha256_hex(store->sha256, item->sha256);
    return error;
}

int store_find(struct store *store, struct store_item *item)
{
    struct store_path path;
    struct stat about;

    store_path(item->sha256, &path);
    if (fstatat(store->fd, path.text, &about, AT_SYMLINK_NOFOLLOW) != 0)
        return errno;
    if (!S_ISREG(about.st_mode))
        return FILE_NOT_REGULAR;
    item->packed = (uint64_t)about.st_size;
    return 0;
}

/* A piece of the file through zstd; the last one ends the frame. */
static int pack_piece(struct store *store, struct publish *publish, size_t got, bool last)
{
    ZSTD_inBuffer in = {store->in, got, 0};
    size_t left;

    do {
        ZSTD_outBuffer out = {store->out, store->out_size, 0};

        left = ZSTD_compressStream2(store->pack, &out, &in, last ? ZSTD_e_end : ZSTD_e_continue);
        if (ZSTD_isError(left))
            return ENOMEM;
        publish_add(publish, store->out, out.pos);
    } while (publish->error == 0 && (last ? left != 0 : in.pos < in.size));
    return publish->error;
}

/* The whole file, which must still be what was named. */
static int pack(struct store *store, int fd, struct publish *publish, const struct store_item *item)
{
    char hex[STORE_HEX + 1];
    uint64_t size = 0;
    int error = lseek(fd, 0, SEEK_SET) == 0 ? 0 : errno;
    bool last = false;

    (void)ZSTD_CCtx_reset(store->pack, ZSTD_reset_session_and_parameters);
    (void)ZSTD_CCtx_setParameter(store->pack, ZSTD_c_compressionLevel, LEVEL);
    (void)ZSTD_CCtx_setParameter(store->pack, ZSTD_c_windowLog, STORE_WINDOW_LOG);
    (void)ZSTD_CCtx_setPledgedSrcSize(store->pack, item->size);
    sha256_begin(store->sha256);
    while (error == 0 && !last) {
        size_t got = 0;

        error = file_read(fd, store->in, store->in_size, &got);
        size += got;
        last = got < store->in_size;
        if (error == 0 && (size > item->size || (last && size != item->size)))
            return FILE_CHANGED;
        sha256_add(store->sha256, store->in, got);
        if (error == 0)
            error = pack_piece(store, publish, got, last);
    }
    sha256_hex(store->sha256, hex);
    return error != 0 ? error : strcmp(hex, item->sha256) == 0 ? 0 : FILE_CHANGED;
}

int store_add(struct store *store, int fd, struct store_item *item)
{
    char *folder = NULL;
    struct store_path path;
    struct publish publish;
    int error = store_find(store, item);

    if (error != ENOENT)
        return error;
    store_path(item->sha256, &path);
    if (asprintf(&folder, "%s/%.2s", store->folder, item->sha256) < 0)
        return ENOMEM;
    path.text[2] = '\0';
    error = make_folder(store->fd, path.text);
    if (error == 0)
        error = publish_open(&publish, folder, bytes_of(path.text + 3));
    free(folder);
    if (error != 0)
        return error;
    error = pack(store, fd, &publish, item);
    if (error != 0) {
        publish_abandon(&publish);
        return error;
    }
    /* What somebody else kept meanwhile has the same bytes. */
    error = publish_close(&publish, PUBLISH_REPLACE);
    return error != 0 ? error : store_find(store, item);
}

int store_remove(struct store *store, const char *sha256)
{
    struct store_path path;

    store_path(sha256, &path);
    return unlinkat(store->fd, path.text, 0) == 0 || errno == ENOENT ? 0 : errno;
}

/* The items of one folder of the store.  False: `take` wants no more, or *error. */
static bool each_in(struct store *store, const char *name, int *error,
                    bool (*take)(void *whom, const char *sha256), void *whom)
{
    int fd = openat(store->fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    const struct dirent *entry;
    bool go = dir != NULL;

    if (dir == NULL) {
        *error = errno;
        if (fd >= 0)
            close(fd);
        return false;
    }
    while (go && (errno = 0, entry = readdir(dir)) != NULL) {
        char hex[STORE_HEX + 1];
        size_t len = strlen(entry->d_name);

        if (len != STORE_HEX + 4 || strcmp(entry->d_name + STORE_HEX, ".zst") != 0)
            continue;
        memcpy(hex, entry->d_name, STORE_HEX);
        hex[STORE_HEX] = '\0';
        if (store_is_hex(hex) && memcmp(hex, name, 2) == 0)
            go = take(whom, hex);
    }
    if (go && errno != 0)
        *error = errno;
    closedir(dir);
    return go && *error == 0;
}

int store_each(struct store *store, bool (*take)(void *whom, const char *sha256), void *whom)
{
    int error = 0;

    for (unsigned i = 0; i < 256; i++) {
        char name[3];

        (void)snprintf(name, sizeof(name), "%02x", i);
        if (!each_in(store, name, &error, take, whom)) {
            if (error != ENOENT)
                return error;
            error = 0;
        }
    }
    return 0;
}
