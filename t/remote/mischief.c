/*
 * mischief: an SFTP server (version 3) that serves the files it finds, and does harm where it is told to.
 *
 *   mischief [RULE...]     as a subsystem of sshd: it speaks on its standard input and output
 *
 * A rule is CALL[@N[+]]=HARM: at the N-th such call (the first), or from that one on.  CALL is a word of
 * `calls`, HARM one of `harms`; the lists say what they do.  What is not harmed is served as it should be.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PACKET = 512 * 1024,
    HANDLES = 64,
    RULES = 16,
    NAMES = 50, /* in a reply */
    DATA = 256 * 1024,
    SHORT = 1000,
};

enum call {
    INIT,
    REALPATH,
    OPENDIR,
    READDIR,
    OPEN,
    FSTAT,
    LSTAT,
    READ,
    WRITE,
    CLOSE,
    RENAME,
    FSYNC,
    REMOVE,
    ANY
};

static const char *const calls[] = {"init", "realpath", "opendir", "readdir", "open",  "fstat",  "lstat",
                                    "read", "write",    "close",   "rename",  "fsync", "remove", "any"};

enum harm {
    NONE,
    /* to the connection */
    DIE,    /* ends in place of a reply */
    TORN,   /* ends within the reply */
    SILENT, /* never says anything again */
    STUCK,  /* the same, within the reply */
    DRIP,   /* a byte a second, from now on */
    HUGE,   /* says that 2 GiB follow */
    EMPTY,  /* a packet of nothing */
    NOISE,  /* bytes that are no packet */
    OTHER,  /* a reply to another request */
    KIND,   /* a reply that does not belong to such a request */
    /* said in place of doing it */
    GONE,
    DENIED,
    FAILURE,
    FULL,
    UNSUPPORTED,
    /* to the file, before it is done */
    GROW,
    SHRINK,
    VANISH,
    TOUCH,
    /* to what is told of it */
    LARGER,
    SMALLER,
    ENORMOUS,
    BARE,
    SHORT_READ,
    LONG_READ,
    NO_DATA,
    EARLY_END,
    /* to a list */
    BAD_NAMES,
    ENDLESS,
    NAMELESS,
    TWICE,
    MISCOUNTED,
    /* to the order of things */
    SWAPPED, /* the reply comes behind the next one */
    FEW,     /* no more than two files are open */
    PLAIN,   /* no extensions */
};

static const char *const harms[] = {[NONE] = "none",
                                    [DIE] = "die",
                                    [TORN] = "torn",
                                    [SILENT] = "silent",
                                    [STUCK] = "stuck",
                                    [DRIP] = "drip",
                                    [HUGE] = "huge",
                                    [EMPTY] = "empty",
                                    [NOISE] = "noise",
                                    [OTHER] = "other",
                                    [KIND] = "kind",
                                    [GONE] = "gone",
                                    [DENIED] = "denied",
                                    [FAILURE] = "failure",
                                    [FULL] = "full",
                                    [UNSUPPORTED] = "unsupported",
                                    [GROW] = "grow",
                                    [SHRINK] = "shrink",
                                    [VANISH] = "vanish",
                                    [TOUCH] = "touch",
                                    [LARGER] = "larger",
                                    [SMALLER] = "smaller",
                                    [ENORMOUS] = "enormous",
                                    [BARE] = "bare",
                                    [SHORT_READ] = "short",
                                    [LONG_READ] = "long",
                                    [NO_DATA] = "nodata",
                                    [EARLY_END] = "end",
                                    [BAD_NAMES] = "names",
                                    [ENDLESS] = "endless",
                                    [NAMELESS] = "nameless",
                                    [TWICE] = "twice",
                                    [MISCOUNTED] = "miscounted",
                                    [SWAPPED] = "swapped",
                                    [FEW] = "few",
                                    [PLAIN] = "plain"};

struct rule {
    enum call call;
    enum harm harm;
    unsigned long from;
    bool on;
};

struct handle {
    int fd; /* -1: free, or a folder */
    DIR *folder;
    char path[PATH_MAX];
};

struct packet {
    size_t len, at; /* `at`: what was read of it */
    unsigned char bytes[PACKET];
};

struct server {
    struct rule rules[RULES];
    unsigned n;
    unsigned long counts[ANY + 1];
    struct handle handles[HANDLES];
    struct packet in, out, held; /* held: a reply that comes behind the next one */
    bool drips;
};

/* SFTP's numbers: draft-ietf-secsh-filexfer-02. */
enum {
    FXP_INIT = 1,
    FXP_VERSION,
    FXP_OPEN,
    FXP_CLOSE,
    FXP_READ,
    FXP_WRITE,
    FXP_LSTAT,
    FXP_FSTAT,
    FXP_OPENDIR = 11,
    FXP_READDIR,
    FXP_REMOVE,
    FXP_REALPATH = 16,
    FXP_STAT,
    FXP_RENAME,
    FXP_STATUS = 101,
    FXP_HANDLE,
    FXP_DATA,
    FXP_NAME,
    FXP_ATTRS,
    FXP_EXTENDED = 200,
    FX_OK = 0,
    FX_EOF,
    FX_GONE,
    FX_DENIED,
    FX_FAILURE,
    FX_UNSUPPORTED = 8,
    FX_FULL = 14,
    FXF_WRITE = 2,
    FXF_CREAT = 8,
    FXF_TRUNC = 16,
    FXF_EXCL = 32,
};

/* --- bytes */

static void die(const char *why)
{
    fprintf(stderr, "mischief: %s\n", why);
    exit(1);
}

static void get_all(unsigned char *into, size_t n)
{
    while (n > 0) {
        ssize_t got = read(STDIN_FILENO, into, n);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            exit(0);
        into += got;
        n -= (size_t)got;
    }
}

static void put_all(struct server *server, const unsigned char *from, size_t n)
{
    while (n > 0) {
        ssize_t put = write(STDOUT_FILENO, from, server->drips ? 1 : n);

        if (put < 0)
            exit(0);
        from += put;
        n -= (size_t)put;
        if (server->drips)
            sleep(1);
    }
}

/* Until the connection ends: nobody is left behind. */
static void sleep_for_ever(void)
{
    struct pollfd asking = {.fd = STDIN_FILENO};

    (void)poll(&asking, 1, 120 * 1000);
    exit(0);
}

static void add(struct packet *packet, const void *bytes, size_t n)
{
    if (n > PACKET - packet->len)
        die("a reply that is too large");
    memcpy(packet->bytes + packet->len, bytes, n);
    packet->len += n;
}

static void add_number(struct packet *packet, uint64_t number, unsigned bytes)
{
    while (bytes-- > 0)
        add(packet, &(unsigned char){(unsigned char)(number >> (8 * bytes))}, 1);
}

static void add_text(struct packet *packet, const char *text, size_t n)
{
    add_number(packet, n, 4);
    add(packet, text, n);
}

static uint64_t take_number(struct packet *packet, unsigned bytes)
{
    uint64_t number = 0;

    if (bytes > packet->len - packet->at)
        die("a request that is cut");
    while (bytes-- > 0)
        number = number << 8 | packet->bytes[packet->at++];
    return number;
}

/* Its bytes, in the packet; *n is how many. */
static const char *take_text(struct packet *packet, size_t *n)
{
    const char *text;

    *n = (size_t)take_number(packet, 4);
    if (*n > packet->len - packet->at)
        die("a request that is cut");
    text = (const char *)packet->bytes + packet->at;
    packet->at += *n;
    return text;
}

static void take_path(struct packet *packet, char into[PATH_MAX])
{
    size_t n;
    const char *text = take_text(packet, &n);

    if (n >= PATH_MAX)
        die("a path that is too long");
    memcpy(into, text, n);
    into[n] = '\0';
}

static struct handle *take_handle(struct server *server)
{
    size_t n;
    const char *text = take_text(&server->in, &n);

    if (n != 1 || (unsigned char)text[0] >= HANDLES)
        die("no handle of ours");
    return &server->handles[(unsigned char)text[0]];
}

/* --- replies */

static void begin(struct server *server, unsigned kind, uint64_t id)
{
    server->out.len = 0;
    add_number(&server->out, 0, 4); /* its length, later */
    add_number(&server->out, kind, 1);
    add_number(&server->out, id, 4);
}

static void say_status(struct server *server, uint64_t id, unsigned status)
{
    begin(server, FXP_STATUS, id);
    add_number(&server->out, status, 4);
    add_text(&server->out, "", 0);
    add_text(&server->out, "", 0);
}

static void say_errno(struct server *server, uint64_t id, int error)
{
    say_status(server, id,
               error == 0                            ? FX_OK
               : error == ENOENT || error == ENOTDIR ? FX_GONE
               : error == EACCES || error == EPERM   ? FX_DENIED
                                                     : FX_FAILURE);
}

static void add_attributes(struct packet *packet, const struct stat *about, enum harm harm)
{
    uint64_t size = (uint64_t)about->st_size;

    if (harm == BARE) {
        add_number(packet, 0, 4);
        return;
    }
    add_number(packet, 1 | 2 | 4 | 8, 4);
    add_number(packet,
               harm == LARGER     ? size + 1
               : harm == SMALLER  ? size - (size > 0)
               : harm == ENORMOUS ? UINT64_MAX - 1
                                  : size,
               8);
    add_number(packet, about->st_uid, 4);
    add_number(packet, about->st_gid, 4);
    add_number(packet, about->st_mode, 4);
    add_number(packet, (uint64_t)about->st_atime, 4);
    add_number(packet, (uint64_t)about->st_mtime, 4);
}

/* What was held back goes now. */
static void let_go(struct server *server)
{
    put_all(server, server->held.bytes, server->held.len);
    server->held.len = 0;
}

static void send_reply(struct server *server, enum harm harm)
{
    struct packet *out = &server->out;
    unsigned char noise[64];
    size_t len = out->len - 4;

    if (harm == HUGE)
        len = 0x7fffffff;
    if (harm == EMPTY)
        len = 0;
    for (unsigned i = 0; i < 4; i++)
        out->bytes[i] = (unsigned char)(len >> (24 - 8 * i));
    if (harm == OTHER)
        out->bytes[8] ^= 0x55;
    if (harm == KIND)
        out->bytes[4] = out->bytes[4] == FXP_ATTRS ? FXP_NAME : FXP_ATTRS;
    if (harm == NOISE) {
        for (size_t i = 0; i < sizeof(noise); i++)
            noise[i] = (unsigned char)(i * 37 + 11);
        put_all(server, noise, sizeof(noise));
        return;
    }
    if (harm == DIE)
        exit(0);
    if (harm == SILENT)
        sleep_for_ever();
    if (harm == DRIP)
        server->drips = true;
    if (harm == TORN || harm == STUCK) {
        put_all(server, out->bytes, out->len / 2);
        if (harm == STUCK)
            sleep_for_ever();
        exit(0);
    }
    if (harm == SWAPPED && server->held.len == 0) {
        server->held = *out;
        return;
    }
    put_all(server, out->bytes, harm == EMPTY ? 4 : out->len);
    let_go(server);
}

/* --- harm to files */

static void harm_file(const char *path, enum harm harm)
{
    struct stat about;
    int fd;

    switch (harm) {
    case GROW:
        fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
        if (fd < 0 || write(fd, "more", 4) != 4)
            die("it does not grow");
        close(fd);
        break;
    case SHRINK:
        if (stat(path, &about) != 0 || truncate(path, about.st_size / 2) != 0)
            die("it does not shrink");
        break;
    case VANISH: (void)unlink(path); break;
    case TOUCH:
        if (utimensat(AT_FDCWD, path, (struct timespec[]){{.tv_sec = 1}, {.tv_sec = 1}}, 0) != 0)
            die("it is not touched");
        break;
    default: break;
    }
}

static enum harm harm_of(struct server *server, enum call call)
{
    unsigned long n = ++server->counts[call], all = ++server->counts[ANY];

    for (unsigned i = 0; i < server->n; i++) {
        const struct rule *rule = &server->rules[i];
        unsigned long count = rule->call == ANY ? all : n;

        if ((rule->call == call || rule->call == ANY) &&
            (count == rule->from || (rule->on && count > rule->from)))
            return rule->harm;
    }
    return NONE;
}

/* --- calls */

static enum call call_of(unsigned kind, const struct server *server)
{
    static const struct {
        unsigned kind;
        enum call call;
    } table[] = {{FXP_OPEN, OPEN},       {FXP_CLOSE, CLOSE},       {FXP_READ, READ},
                 {FXP_WRITE, WRITE},     {FXP_LSTAT, LSTAT},       {FXP_STAT, LSTAT},
                 {FXP_FSTAT, FSTAT},     {FXP_OPENDIR, OPENDIR},   {FXP_REMOVE, REMOVE},
                 {FXP_READDIR, READDIR}, {FXP_REALPATH, REALPATH}, {FXP_RENAME, RENAME}};

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (table[i].kind == kind)
            return table[i].call;
    if (kind == FXP_EXTENDED && server->in.len > 27 &&
        memcmp(server->in.bytes + 9, "posix-rename@openssh.com", 24) == 0)
        return RENAME;
    return kind == FXP_EXTENDED ? FSYNC : ANY;
}

static void say_handle(struct server *server, uint64_t id, const char *path, int fd, DIR *folder)
{
    for (unsigned i = 0; i < HANDLES; i++) {
        struct handle *handle = &server->handles[i];

        if (handle->fd >= 0 || handle->folder != NULL)
            continue;
        handle->fd = fd;
        handle->folder = folder;
        (void)snprintf(handle->path, sizeof(handle->path), "%s", path);
        begin(server, FXP_HANDLE, id);
        add_text(&server->out, (char[]){(char)i}, 1);
        return;
    }
    die("too many handles");
}

static void open_file(struct server *server, uint64_t id, enum harm harm)
{
    char path[PATH_MAX];
    uint64_t flags;
    unsigned open_now = 0;
    int fd;

    take_path(&server->in, path);
    flags = take_number(&server->in, 4);
    harm_file(path, harm);
    for (unsigned i = 0; i < HANDLES; i++)
        open_now += server->handles[i].fd >= 0;
    if (harm == FEW && open_now >= 2) {
        say_status(server, id, FX_FAILURE);
        return;
    }
    fd = open(path,
              ((flags & FXF_WRITE) != 0 ? O_WRONLY : O_RDONLY) | ((flags & FXF_CREAT) != 0 ? O_CREAT : 0) |
                  ((flags & FXF_TRUNC) != 0 ? O_TRUNC : 0) | ((flags & FXF_EXCL) != 0 ? O_EXCL : 0) |
                  O_CLOEXEC,
              0600);
    if (fd < 0)
        say_errno(server, id, errno);
    else
        say_handle(server, id, path, fd, NULL);
}

static void open_folder(struct server *server, uint64_t id)
{
    char path[PATH_MAX];
    DIR *folder;

    take_path(&server->in, path);
    folder = opendir(path);
    if (folder == NULL)
        say_errno(server, id, errno);
    else
        say_handle(server, id, path, -1, folder);
}

static void add_name(struct packet *out, const char *name, size_t len, const struct stat *about,
                     enum harm harm)
{
    add_text(out, name, len);
    add_text(out, "", 0);
    add_attributes(out, about, harm);
}

/* Names that are none. */
static unsigned add_bad_names(struct packet *out)
{
    static const struct {
        const char *name;
        size_t len;
    } names[] = {{"..", 2},
                 {"../../escaped.edi", 17},
                 {"/tmp/absolute.edi", 17},
                 {"sub/dir.edi", 11},
                 {"a\0b.edi", 7},
                 {"nl\nname.edi", 11},
                 {"\033]0;pwn\007.edi", 12},
                 {"-rf.edi", 7},
                 {"back\\slash.edi", 14},
                 {"\xff\xfe.edi", 6}};
    struct stat about = {.st_mode = S_IFREG | 0600, .st_size = 5};
    char large[300];
    unsigned n = sizeof(names) / sizeof(names[0]);

    memset(large, 'X', sizeof(large));
    memcpy(large + sizeof(large) - 4, ".edi", 4);
    for (unsigned i = 0; i < n; i++)
        add_name(out, names[i].name, names[i].len, &about, NONE);
    add_name(out, large, sizeof(large), &about, NONE);
    return n + 1;
}

static void read_folder(struct server *server, uint64_t id, enum harm harm)
{
    struct handle *handle = take_handle(server);
    struct packet *out = &server->out;
    const struct dirent *entry;
    unsigned n = 0;

    if (handle->folder == NULL)
        die("not a folder's handle");
    begin(server, FXP_NAME, id);
    add_number(out, 0, 4);
    if (harm == BAD_NAMES)
        n = add_bad_names(out);
    if (harm == NAMELESS) {
        struct stat about = {.st_mode = S_IFREG | 0600};

        add_name(out, "", 0, &about, NONE);
        n = 1;
    }
    if (harm == ENDLESS) {
        struct stat about = {.st_mode = S_IFREG | 0600, .st_size = 5};

        for (; n < NAMES; n++) {
            char name[32];
            int len = snprintf(name, sizeof(name), "%lu-%u.edi", server->counts[READDIR], n);

            add_name(out, name, (size_t)len, &about, NONE);
        }
    }
    while (n < NAMES && (entry = readdir(handle->folder)) != NULL) {
        char path[PATH_MAX];
        struct stat about;

        if (snprintf(path, sizeof(path), "%s/%s", handle->path, entry->d_name) >= PATH_MAX ||
            lstat(path, &about) != 0)
            continue;
        if (entry->d_name[0] != '.')
            harm_file(path, harm);
        for (int times = harm == TWICE ? 2 : 1; times > 0; times--, n++)
            add_name(out, entry->d_name, strlen(entry->d_name), &about, harm);
    }
    if (n == 0) {
        say_status(server, id, FX_EOF);
        return;
    }
    if (harm == MISCOUNTED)
        n += 1000;
    for (unsigned i = 0; i < 4; i++)
        out->bytes[9 + i] = (unsigned char)(n >> (24 - 8 * i));
}

static void look(struct server *server, uint64_t id, unsigned kind, enum harm harm)
{
    char path[PATH_MAX];
    struct stat about;
    const struct handle *handle;

    if (kind == FXP_FSTAT) {
        handle = take_handle(server);
        (void)snprintf(path, sizeof(path), "%s", handle->path);
        harm_file(path, harm);
        if (fstat(handle->fd, &about) != 0) {
            say_errno(server, id, errno);
            return;
        }
    } else {
        take_path(&server->in, path);
        harm_file(path, harm);
        if ((kind == FXP_STAT ? stat(path, &about) : lstat(path, &about)) != 0) {
            say_errno(server, id, errno);
            return;
        }
    }
    begin(server, FXP_ATTRS, id);
    add_attributes(&server->out, &about, harm);
}

static void read_file(struct server *server, uint64_t id, enum harm harm)
{
    static char block[DATA + 64];
    const struct handle *handle = take_handle(server);
    uint64_t offset = take_number(&server->in, 8);
    size_t want = (size_t)take_number(&server->in, 4);
    ssize_t got;

    harm_file(handle->path, harm);
    if (want > DATA)
        want = DATA;
    if (harm == SHORT_READ && want > SHORT)
        want = SHORT;
    got = pread(handle->fd, block, want, (off_t)offset);
    if (got < 0) {
        say_errno(server, id, errno);
    } else if (got == 0 || harm == EARLY_END) {
        say_status(server, id, FX_EOF);
    } else {
        begin(server, FXP_DATA, id);
        add_text(&server->out, block, harm == NO_DATA ? 0 : (size_t)got + (harm == LONG_READ ? 64 : 0));
    }
}

static void write_file(struct server *server, uint64_t id, enum harm harm)
{
    const struct handle *handle = take_handle(server);
    uint64_t offset = take_number(&server->in, 8);
    size_t n;
    const char *bytes = take_text(&server->in, &n);

    if (pwrite(handle->fd, bytes, n, (off_t)offset) != (ssize_t)n)
        say_errno(server, id, errno);
    else
        say_status(server, id, FX_OK);
    harm_file(handle->path, harm);
}

static void close_handle(struct server *server, uint64_t id, enum harm harm)
{
    struct handle *handle = take_handle(server);

    if (handle->folder != NULL)
        closedir(handle->folder);
    else
        close(handle->fd);
    harm_file(handle->path, harm);
    *handle = (struct handle){.fd = -1};
    say_status(server, id, FX_OK);
}

static void rename_file(struct server *server, uint64_t id, bool onto, enum harm harm)
{
    char from[PATH_MAX], to[PATH_MAX];

    take_path(&server->in, from);
    take_path(&server->in, to);
    harm_file(from, harm);
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, onto ? 0 : RENAME_NOREPLACE) != 0)
        say_errno(server, id, errno);
    else
        say_status(server, id, FX_OK);
}

static void remove_file(struct server *server, uint64_t id, enum harm harm)
{
    char path[PATH_MAX];

    take_path(&server->in, path);
    harm_file(path, harm);
    say_errno(server, id, unlink(path) != 0 ? errno : 0);
}

static void say_real_path(struct server *server, uint64_t id)
{
    char path[PATH_MAX], real[PATH_MAX];
    struct stat about = {.st_mode = 0};

    take_path(&server->in, path);
    if (realpath(path, real) == NULL) {
        say_errno(server, id, errno);
        return;
    }
    begin(server, FXP_NAME, id);
    add_number(&server->out, 1, 4);
    add_name(&server->out, real, strlen(real), &about, BARE);
}

/* What is said in place of doing it; -1: it is done. */
static int status_of(enum harm harm)
{
    switch (harm) {
    case GONE: return FX_GONE;
    case DENIED: return FX_DENIED;
    case FAILURE: return FX_FAILURE;
    case FULL: return FX_FULL;
    case UNSUPPORTED: return FX_UNSUPPORTED;
    default: return -1;
    }
}

static void answer(struct server *server)
{
    unsigned kind = (unsigned)take_number(&server->in, 1);
    uint64_t id = take_number(&server->in, 4);
    enum call call = call_of(kind, server);
    enum harm harm = harm_of(server, call);
    size_t n;

    if (status_of(harm) >= 0) {
        say_status(server, id, (unsigned)status_of(harm));
        send_reply(server, harm);
        return;
    }
    switch (call) {
    case OPEN: open_file(server, id, harm); break;
    case OPENDIR: open_folder(server, id); break;
    case READDIR: read_folder(server, id, harm); break;
    case FSTAT:
    case LSTAT: look(server, id, kind, harm); break;
    case READ: read_file(server, id, harm); break;
    case WRITE: write_file(server, id, harm); break;
    case CLOSE: close_handle(server, id, harm); break;
    case REMOVE: remove_file(server, id, harm); break;
    case REALPATH: say_real_path(server, id); break;
    case RENAME:
        if (kind == FXP_EXTENDED)
            (void)take_text(&server->in, &n);
        rename_file(server, id, kind == FXP_EXTENDED, harm);
        break;
    case FSYNC: say_status(server, id, FX_OK); break;
    default: say_status(server, id, FX_UNSUPPORTED); break;
    }
    send_reply(server, harm);
}

static void take_request(struct server *server)
{
    struct packet *in = &server->in;
    struct pollfd asking = {.fd = STDIN_FILENO, .events = POLLIN};

    /* Nobody asks any more before there is an answer. */
    if (server->held.len > 0 && poll(&asking, 1, 100) == 0)
        let_go(server);
    get_all(in->bytes, 4);
    in->len = 4;
    in->at = 0;
    in->len = (size_t)take_number(in, 4);
    if (in->len > PACKET)
        die("a request that is too large");
    get_all(in->bytes, in->len);
    in->at = 0;
}

static bool read_rule(struct rule *rule, char *text)
{
    char *harm = strchr(text, '='), *at;

    if (harm == NULL)
        return false;
    *harm++ = '\0';
    *rule = (struct rule){.from = 1};
    at = strchr(text, '@');
    if (at != NULL) {
        *at++ = '\0';
        rule->from = strtoul(at, &at, 10);
        rule->on = *at == '+';
    }
    while (rule->call < ANY && strcmp(calls[rule->call], text) != 0)
        rule->call++;
    while (rule->harm < PLAIN && strcmp(harms[rule->harm], harm) != 0)
        rule->harm++;
    return strcmp(calls[rule->call], text) == 0 && strcmp(harms[rule->harm], harm) == 0;
}

int main(int argc, char **argv)
{
    struct server *server = calloc(1, sizeof(*server));
    enum harm harm;

    if (server == NULL || argc > RULES)
        die("no memory, or too many rules");
    for (int i = 1; i < argc; i++)
        if (!read_rule(&server->rules[server->n++], argv[i]))
            die("no such rule");
    for (unsigned i = 0; i < HANDLES; i++)
        server->handles[i].fd = -1;
    take_request(server);
    begin(server, FXP_VERSION, 3);
    harm = harm_of(server, INIT);
    if (harm != PLAIN) {
        add_text(&server->out, "fsync@openssh.com", 17);
        add_text(&server->out, "1", 1);
        add_text(&server->out, "posix-rename@openssh.com", 24);
        add_text(&server->out, "1", 1);
    }
    send_reply(server, harm);
    for (;;) {
        take_request(server);
        answer(server);
    }
}
