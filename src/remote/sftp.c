#include "remote/sftp.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "remote/channel.h"

enum {
    SPOKEN = 3,
    WINDOW = 8 * 1024 * 1024, /* bytes the server may send before we have read any */
    SSH_PACKET = 32 * 1024,   /* the library takes no larger ones */
    MOST_PACKET = 320 * 1024, /* OpenSSH sends no more than 256 KiB */
    USUAL_DATA = 32 * 1024,   /* bytes that every server reads or writes at once */
    MOST_DATA = 255 * 1024,
    IN_ROOM = 2 * MOST_PACKET,
    OUT_ROOM = 1024 * 1024,
    BULK_ROOM = OUT_ROOM / 2,                   /* where writing stops: the rest is for all else */
    SMALL = 2 * CHANNEL_PATH + 2 * SFTP_HANDLE, /* more than any request without data has */
    PENDING = 1024,                             /* requests without an answer */
    BULK_PENDING = PENDING - 256,
    SOME = 8,
    AT_A_TIME = 16, /* packets of the library */
};

/* More of SFTP's numbers. */
enum {
    INIT = 1,
    HELLO = 2,
    STATUS = 101,
    HANDLE = 102,
    DATA = 103,
    NAME = 104,
    ATTRS = 105,
    EXTENDED_REPLY = 201
};
enum { READ_IT = 1, WRITE_IT = 2, CREATE_IT = 8, TRUNCATE_IT = 16 };
enum { HAS_SIZE = 1, HAS_OWNER = 2, HAS_MODE = 4, HAS_TIMES = 8 };
enum { HAS_MORE = 0x80000000 };

struct pending {
    bool is_used;
    enum sftp_call call;
    uint32_t id, len;
    uint64_t offset;
    void *whom; /* NULL: this module itself, asking for limits */
};

enum state { CLOSED, OPENED, QUIET, STARTED, READY };

struct sftp {
    LIBSSH2_SESSION *session;
    LIBSSH2_CHANNEL *channel;
    enum state state;
    const char *why;
    bool has_fsync, has_posix_rename;
    uint32_t most_read, most_write;
    struct pending pending[PENDING]; /* an id is in the place that is its remainder */
    uint32_t id;                     /* the next one */
    unsigned flying;
    size_t out_from, out_len, in_from, in_len; /* `from` of `len` is done with */
    unsigned char out[OUT_ROOM], in[IN_ROOM];
};

/* --- the channel */

struct sftp *sftp_new(LIBSSH2_SESSION *session)
{
    struct sftp *sftp = malloc(sizeof(*sftp));

    if (sftp == NULL)
        return NULL;
    memset(sftp, 0, offsetof(struct sftp, out));
    sftp->session = session;
    sftp->most_read = sftp->most_write = USUAL_DATA;
    return sftp;
}

void sftp_free(struct sftp *sftp)
{
    free(sftp);
}

static enum sftp_result lose(struct sftp *sftp, const char *why)
{
    sftp->why = why;
    return SFTP_LOST;
}

/* By what the library says. */
static enum sftp_result result_of(struct sftp *sftp, int error)
{
    char *text = NULL;

    switch (error) {
    case LIBSSH2_ERROR_EAGAIN: return SFTP_AGAIN;
    case LIBSSH2_ERROR_CHANNEL_FAILURE:
    case LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED:
        if (sftp->state < STARTED)
            return SFTP_REFUSED;
        break;
    default: break;
    }
    (void)libssh2_session_last_error(sftp->session, &text, NULL, 0);
    return lose(sftp, text != NULL && text[0] != '\0' ? text : "no reason given");
}

enum sftp_result sftp_open(struct sftp *sftp)
{
    unsigned char *at = sftp->out;
    int error;

    switch (sftp->state) {
    case CLOSED:
        sftp->channel = libssh2_channel_open_ex(sftp->session, "session", 7, WINDOW, SSH_PACKET, NULL, 0);
        if (sftp->channel == NULL)
            return result_of(sftp, libssh2_session_last_errno(sftp->session));
        sftp->state = OPENED;
        return SFTP_ON;
    case OPENED:
        /* What the server says on its standard error is nothing to us. */
        error = libssh2_channel_handle_extended_data2(sftp->channel, LIBSSH2_CHANNEL_EXTENDED_DATA_IGNORE);
        if (error != 0)
            return result_of(sftp, error);
        sftp->state = QUIET;
        return SFTP_ON;
    case QUIET:
        error = libssh2_channel_process_startup(sftp->channel, "subsystem", 9, "sftp", 4);
        if (error != 0)
            return result_of(sftp, error);
        at = packet_put_number(at, 5, 4);
        at = packet_put_number(at, INIT, 1);
        at = packet_put_number(at, SPOKEN, 4);
        sftp->out_len = (size_t)(at - sftp->out);
        sftp->state = STARTED;
        return SFTP_ON;
    default: return SFTP_ON;
    }
}

enum sftp_result sftp_write(struct sftp *sftp)
{
    enum sftp_result result = SFTP_AGAIN;

    for (unsigned i = 0; i < AT_A_TIME && sftp->out_from < sftp->out_len; i++) {
        ssize_t wrote = libssh2_channel_write(sftp->channel, (const char *)sftp->out + sftp->out_from,
                                              sftp->out_len - sftp->out_from);

        if (wrote < 0 && wrote != LIBSSH2_ERROR_EAGAIN)
            return result_of(sftp, (int)wrote);
        if (wrote <= 0)
            return result;
        sftp->out_from += (size_t)wrote;
        result = SFTP_ON;
    }
    if (sftp->out_from == sftp->out_len)
        sftp->out_from = sftp->out_len = 0;
    return result;
}

enum sftp_result sftp_read(struct sftp *sftp)
{
    ssize_t got;

    if (sftp->in_from == sftp->in_len)
        sftp->in_from = sftp->in_len = 0;
    if (IN_ROOM - sftp->in_len < MOST_PACKET && sftp->in_from > 0) {
        sftp->in_len -= sftp->in_from;
        memmove(sftp->in, sftp->in + sftp->in_from, sftp->in_len);
        sftp->in_from = 0;
    }
    got = libssh2_channel_read(sftp->channel, (char *)sftp->in + sftp->in_len, IN_ROOM - sftp->in_len);
    if (got < 0)
        return result_of(sftp, (int)got);
    if (got == 0)
        return libssh2_channel_eof(sftp->channel) == 0 ? SFTP_AGAIN : lose(sftp, "the server ended SFTP");
    sftp->in_len += (size_t)got;
    return SFTP_ON;
}

bool sftp_is_open(const struct sftp *sftp)
{
    return sftp->state >= STARTED;
}

bool sftp_is_ready(const struct sftp *sftp)
{
    return sftp->state == READY;
}

const char *sftp_why(const struct sftp *sftp)
{
    return sftp->why;
}

bool sftp_has_fsync(const struct sftp *sftp)
{
    return sftp->has_fsync;
}

bool sftp_has_posix_rename(const struct sftp *sftp)
{
    return sftp->has_posix_rename;
}

uint32_t sftp_most_read(const struct sftp *sftp)
{
    return sftp->most_read;
}

uint32_t sftp_most_write(const struct sftp *sftp)
{
    return sftp->most_write;
}

/* --- requests */

bool sftp_has_room(const struct sftp *sftp)
{
    for (uint32_t i = 0; i < SOME; i++)
        if (sftp->pending[(sftp->id + i) % PENDING].is_used)
            return false;
    return sftp->out_len <= BULK_ROOM - SMALL && sftp->flying < BULK_PENDING;
}

/* Where one goes, behind its length, kind and id; NULL: no room.  It counts once end_request is called. */
static unsigned char *begin_request(struct sftp *sftp, enum sftp_call call, bool bulk)
{
    size_t room = (bulk ? BULK_ROOM : OUT_ROOM) - SMALL;

    if (sftp->out_from > 0 && sftp->out_len > OUT_ROOM / 4) {
        sftp->out_len -= sftp->out_from;
        memmove(sftp->out, sftp->out + sftp->out_from, sftp->out_len);
        sftp->out_from = 0;
    }
    if (sftp->out_len > room || sftp->flying >= (bulk ? BULK_PENDING : PENDING) ||
        sftp->pending[sftp->id % PENDING].is_used)
        return NULL;
    return packet_put_number(packet_put_number(sftp->out + sftp->out_len + 4, call, 1), sftp->id, 4);
}

static void end_request(struct sftp *sftp, void *whom, enum sftp_call call, const unsigned char *end)
{
    unsigned char *begin = sftp->out + sftp->out_len;

    (void)packet_put_number(begin, (uint64_t)(end - begin) - 4, 4);
    sftp->out_len += (size_t)(end - begin);
    sftp->pending[sftp->id % PENDING] = (struct pending){
        .is_used = true, .call = call, .id = sftp->id, .whom = whom};
    sftp->id++;
    sftp->flying++;
}

/* The one that was just ended. */
static void note_range(struct sftp *sftp, uint64_t offset, uint32_t len)
{
    struct pending *pending = &sftp->pending[(sftp->id - 1) % PENDING];

    pending->offset = offset;
    pending->len = len;
}

bool sftp_ask_path(struct sftp *sftp, void *whom, enum sftp_call call, const char *path)
{
    unsigned char *at = begin_request(sftp, call, false);

    if (at != NULL)
        end_request(sftp, whom, call, packet_put_text(at, bytes_of(path)));
    return at != NULL;
}

bool sftp_ask_open(struct sftp *sftp, void *whom, const char *path, bool write)
{
    unsigned char *at = begin_request(sftp, SFTP_OPEN, false);

    if (at == NULL)
        return false;
    at = packet_put_text(at, bytes_of(path));
    at = packet_put_number(at, write ? WRITE_IT | CREATE_IT | TRUNCATE_IT : READ_IT, 4);
    at = packet_put_number(at, write ? HAS_MODE : 0, 4);
    if (write)
        at = packet_put_number(at, 0600, 4);
    end_request(sftp, whom, SFTP_OPEN, at);
    return true;
}

bool sftp_ask_handle(struct sftp *sftp, void *whom, enum sftp_call call, struct bytes handle)
{
    unsigned char *at = begin_request(sftp, call, false);

    if (at != NULL)
        end_request(sftp, whom, call, packet_put_text(at, handle));
    return at != NULL;
}

bool sftp_ask_fsync(struct sftp *sftp, void *whom, struct bytes handle)
{
    unsigned char *at = begin_request(sftp, SFTP_EXTENDED, false);

    if (at == NULL)
        return false;
    at = packet_put_text(at, BYTES("fsync@openssh.com"));
    end_request(sftp, whom, SFTP_EXTENDED, packet_put_text(at, handle));
    return true;
}

bool sftp_ask_rename(struct sftp *sftp, void *whom, const char *path, const char *to, bool onto)
{
    enum sftp_call call = onto ? SFTP_EXTENDED : SFTP_RENAME;
    unsigned char *at = begin_request(sftp, call, false);

    if (at == NULL)
        return false;
    if (onto)
        at = packet_put_text(at, BYTES("posix-rename@openssh.com"));
    at = packet_put_text(at, bytes_of(path));
    end_request(sftp, whom, call, packet_put_text(at, bytes_of(to)));
    return true;
}

bool sftp_ask_read(struct sftp *sftp, void *whom, struct bytes handle, uint64_t offset, uint32_t len)
{
    unsigned char *at = begin_request(sftp, SFTP_READ, true);

    if (at == NULL)
        return false;
    at = packet_put_text(at, handle);
    at = packet_put_number(at, offset, 8);
    end_request(sftp, whom, SFTP_READ, packet_put_number(at, len, 4));
    note_range(sftp, offset, len);
    return true;
}

ssize_t sftp_ask_write(struct sftp *sftp, void *whom, struct bytes handle, int fd, uint64_t offset,
                       uint64_t len)
{
    size_t want = len < sftp->most_write ? (size_t)len : sftp->most_write;
    unsigned char *at = begin_request(sftp, SFTP_WRITE, true);
    ssize_t got;

    if (at == NULL)
        return 0;
    at = packet_put_text(at, handle);
    at = packet_put_number(at, offset, 8);
    do
        got = pread(fd, at + 4, want, (off_t)offset);
    while (got < 0 && errno == EINTR);
    if (got <= 0) {
        errno = got == 0 ? 0 : errno;
        return -1;
    }
    at = packet_put_number(at, (uint64_t)got, 4);
    end_request(sftp, whom, SFTP_WRITE, at + got);
    note_range(sftp, offset, (uint32_t)got);
    return got;
}

/* --- answers */

static struct sftp_about take_about(struct packet *packet)
{
    uint32_t flags = (uint32_t)packet_number(packet, 4);
    struct sftp_about about = {.size = 0};

    if ((flags & HAS_SIZE) != 0)
        about.size = packet_number(packet, 8);
    if ((flags & HAS_OWNER) != 0)
        (void)packet_number(packet, 8);
    if ((flags & HAS_MODE) != 0)
        about.mode = (uint32_t)packet_number(packet, 4);
    if ((flags & HAS_TIMES) != 0)
        about.mtime = (uint32_t)(packet_number(packet, 8) & UINT32_MAX);
    if ((flags & HAS_MORE) != 0)
        for (uint64_t n = packet_number(packet, 4); n > 0 && !packet->bad; n--) {
            (void)packet_text(packet);
            (void)packet_text(packet);
        }
    return about;
}

bool sftp_name(struct sftp_answer *answer, struct bytes *name, struct sftp_about *about)
{
    if (answer->names == 0)
        return false;
    answer->names--;
    *name = packet_text(&answer->rest);
    (void)packet_text(&answer->rest); /* the same for people, as of ls -l */
    *about = take_about(&answer->rest);
    return !answer->rest.bad;
}

/* What it can do, once it says hello.  Its limits are asked for; until they are known the usual ones hold. */
static bool greet(struct sftp *sftp, struct packet *packet)
{
    bool has_limits = false;
    unsigned char *at;

    if (packet_number(packet, 1) != HELLO || packet_number(packet, 4) != SPOKEN)
        return false;
    while (packet->len > 0 && !packet->bad) {
        struct bytes name = packet_text(packet), version = packet_text(packet);

        sftp->has_fsync |= bytes_are(name, "fsync@openssh.com") && bytes_are(version, "1");
        sftp->has_posix_rename |= bytes_are(name, "posix-rename@openssh.com") && bytes_are(version, "1");
        has_limits |= bytes_are(name, "limits@openssh.com") && bytes_are(version, "1");
    }
    if (packet->bad)
        return false;
    sftp->state = READY;
    at = has_limits ? begin_request(sftp, SFTP_EXTENDED, false) : NULL;
    if (at != NULL)
        end_request(sftp, NULL, SFTP_EXTENDED, packet_put_text(at, BYTES("limits@openssh.com")));
    return true;
}

static uint32_t limit_of(uint64_t most, uint32_t otherwise)
{
    return most == 0 ? otherwise : most < MOST_DATA ? (uint32_t)most : MOST_DATA;
}

static bool take_limits(struct sftp *sftp, struct packet *packet, unsigned kind)
{
    uint64_t most_packet, most_read, most_write;

    if (kind == STATUS)
        return true;
    most_packet = packet_number(packet, 8);
    most_read = packet_number(packet, 8);
    most_write = packet_number(packet, 8);
    if (packet->bad)
        return false;
    sftp->most_read = limit_of(most_read, USUAL_DATA);
    /* What goes out must fit into a packet of the server's. */
    if (most_packet == 0 || most_packet >= most_write + SMALL)
        sftp->most_write = limit_of(most_write, USUAL_DATA);
    return true;
}

static unsigned kind_wanted(enum sftp_call call)
{
    switch (call) {
    case SFTP_OPEN:
    case SFTP_OPENDIR: return HANDLE;
    case SFTP_READ: return DATA;
    case SFTP_READDIR: return NAME;
    case SFTP_LSTAT:
    case SFTP_FSTAT: return ATTRS;
    default: return STATUS;
    }
}

/* The question that it answers; NULL: none. */
static struct pending *question(struct sftp *sftp, struct packet *packet, unsigned *kind)
{
    struct pending *pending;
    uint32_t id;

    *kind = (unsigned)packet_number(packet, 1);
    id = (uint32_t)packet_number(packet, 4);
    pending = &sftp->pending[id % PENDING];
    if (packet->bad || !pending->is_used || pending->id != id)
        return NULL;
    if (pending->whom == NULL ? *kind != EXTENDED_REPLY && *kind != STATUS
                              : *kind != STATUS && *kind != kind_wanted(pending->call))
        return NULL;
    pending->is_used = false;
    sftp->flying--;
    return pending;
}

/* False: nonsense. */
static bool take_answer(struct sftp *sftp, struct packet *packet, struct sftp_answer *answer)
{
    unsigned kind;
    const struct pending *pending = question(sftp, packet, &kind);

    if (pending == NULL)
        return false;
    *answer = (struct sftp_answer){.whom = pending->whom,
                                   .call = pending->call,
                                   .offset = pending->offset,
                                   .len = pending->len,
                                   .is_status = kind == STATUS};
    if (pending->whom == NULL)
        return take_limits(sftp, packet, kind);
    switch (kind) {
    case STATUS: answer->status = (uint32_t)packet_number(packet, 4); break;
    case HANDLE:
        answer->bytes = packet_text(packet);
        return !packet->bad && answer->bytes.len > 0 && answer->bytes.len <= SFTP_HANDLE;
    case DATA: answer->bytes = packet_text(packet); break;
    case ATTRS: answer->about = take_about(packet); break;
    default:
        answer->names = (uint32_t)packet_number(packet, 4);
        answer->rest = *packet;
        break;
    }
    return !packet->bad;
}

enum sftp_result sftp_next(struct sftp *sftp, struct sftp_answer *answer)
{
    for (;;) {
        struct packet packet = {sftp->in + sftp->in_from, sftp->in_len - sftp->in_from, false};
        uint64_t len = packet_number(&packet, 4);

        if (packet.bad)
            return SFTP_AGAIN;
        if (len == 0 || len > MOST_PACKET - 4)
            return lose(
                sftp, sftp->state == READY
                          ? "the server's answer makes no sense"
                          : "what the server says is not SFTP (does a login script of it print something?)");
        if (packet.len < len)
            return SFTP_AGAIN;
        packet.len = (size_t)len;
        sftp->in_from += (size_t)len + 4;
        if (sftp->state != READY) {
            if (!greet(sftp, &packet))
                return lose(sftp, "the server does not speak SFTP, version 3");
            continue;
        }
        if (!take_answer(sftp, &packet, answer))
            return lose(sftp, "the server's answer makes no sense");
        if (answer->whom != NULL)
            return SFTP_ON;
    }
}
