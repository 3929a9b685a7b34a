#include "remote/send.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "remote/filter.h"
#include "remote/name.h"

enum { AT_ONCE = 256, BLOCK = 64 * 1024 };

/* A file on its way. */
struct flight {
    struct bytes name;
    char sha256[65];
    int fd;
    int put_fd; /* what is sent: itself, or what it became by encryption */
    uint64_t put_size;
    struct transfer transfer;
    const char *part, *path; /* there */
    bool good;               /* up to here */
};

struct sending {
    struct poll *poll;
    const struct mailbox_send *send;
    int folder; /* here */
    struct sha256 *sha256;
    struct bytes *names; /* sorted */
    size_t n;
};

static void fail_here(struct sending *s, struct bytes name, int error)
{
    s->poll->counts.failed++;
    report_say(s->poll->report, TECHNICAL_READ, s->send->from, "%.*s: %s", BYTES_ARG(name),
               file_error(error));
}

/* --- what is here */

static int compare(const void *a, const void *b)
{
    return bytes_compare(*(const struct bytes *)a, *(const struct bytes *)b);
}

static bool is_meant(struct sending *s, struct bytes name)
{
    const char *why = "";

    if (name_is_hidden(name))
        return false;
    switch (mailbox_means(&s->send->names, name, &why)) {
    case PATTERN_NO: return false;
    case PATTERN_FAILED:
        poll_tell(s->poll, REMOTE_NAME, s->send->from, "\"%.*s\": the pattern failed: %s", BYTES_ARG(name),
                  why);
        s->poll->counts.refused++;
        return false;
    case PATTERN_YES: break;
    }
    if (name_is_good(name))
        return true;
    poll_tell(s->poll, REMOTE_NAME, s->send->from, "\"%.*s\"", BYTES_ARG(name));
    s->poll->counts.refused++;
    return false;
}

/* The names in the folder here that are meant, sorted. */
static bool list(struct sending *s)
{
    DIR *names = opendir(s->send->from);
    const struct dirent *entry;
    size_t room = 0;

    if (names == NULL) {
        fail_here(s, BYTES("the folder"), errno);
        return false;
    }
    s->folder = fcntl(dirfd(names), F_DUPFD_CLOEXEC, 0);
    for (errno = 0; (entry = readdir(names)) != NULL; errno = 0) {
        struct bytes name = bytes_of(entry->d_name);

        if (!is_meant(s, name))
            continue;
        if (s->n == room) {
            struct bytes *more = arena_zalloc(s->poll->arena, room = room * 2 + 64, sizeof(*more));

            if (more == NULL)
                break;
            if (s->n > 0)
                memcpy(more, s->names, s->n * sizeof(*more));
            s->names = more;
        }
        s->names[s->n++] = arena_copy(s->poll->arena, name);
    }
    if (entry == NULL && errno != 0)
        fail_here(s, BYTES("the folder"), errno);
    closedir(names);
    if (s->n > 0)
        qsort(s->names, s->n, sizeof(*s->names), compare);
    return s->folder >= 0 && !s->poll->arena->failed;
}

/* Opens it and hashes it; *fd stays open.  0 or the error. */
static int look_at_file(struct sending *s, struct flight *flight)
{
    char block[BLOCK];
    struct stat about;
    uint64_t len = 0;
    size_t got;
    int error;

    flight->fd = openat(s->folder, flight->name.at, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (flight->fd < 0)
        return errno;
    if (fstat(flight->fd, &about) != 0)
        return errno;
    if (!S_ISREG(about.st_mode))
        return S_ISDIR(about.st_mode) ? EISDIR : FILE_NOT_REGULAR;
    sha256_begin(s->sha256);
    do {
        error = file_read(flight->fd, block, sizeof(block), &got);
        sha256_add(s->sha256, block, got);
        len += got;
    } while (error == 0 && got == sizeof(block));
    if (error == 0 && len != (uint64_t)about.st_size)
        error = FILE_CHANGED;
    sha256_hex(s->sha256, flight->sha256);
    if (error == 0 && lseek(flight->fd, 0, SEEK_SET) != 0)
        error = errno;
    flight->transfer = (struct transfer){.partner = bytes_of(s->poll->partner->name),
                                         .direction = TRANSFER_OUT,
                                         .folder = bytes_of(s->send->from),
                                         .name = flight->name,
                                         .size = about.st_size,
                                         .mtime = about.st_mtim.tv_sec,
                                         .sha256 = bytes_of(flight->sha256)};
    return error;
}

/* "TO/.NAME.ROW.part": what comes later under the same name does not meet it. */
static char *part_path(struct sending *s, const struct transfer *transfer)
{
    char end[40];

    (void)snprintf(end, sizeof(end), ".%lld.part", (long long)transfer->row);
    return poll_path(s->poll, bytes_of(s->send->to), ".", transfer->name, end);
}

/* --- what becomes of the file here */

static void settle(struct sending *s, const struct flight *flight)
{
    char target[NAME_MAX + 1];
    int other, error = 0;

    if (s->send->after == MAILBOX_DELETE) {
        error = unlinkat(s->folder, flight->name.at, 0) != 0 ? errno : 0;
    } else if (s->send->after == MAILBOX_MOVE) {
        other = open(s->send->move_to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        error = other < 0 ? errno : 0;
        (void)snprintf(target, sizeof(target), "%s", flight->name.at);
        if (other >= 0 && renameat2(s->folder, flight->name.at, other, target, RENAME_NOREPLACE) != 0)
            error = errno;
        if (error == EEXIST) {
            /* Another one of that name was sent before. */
            (void)snprintf(target, sizeof(target), "%s~%lld", flight->name.at,
                           (long long)flight->transfer.row);
            error = renameat2(s->folder, flight->name.at, other, target, RENAME_NOREPLACE) != 0 ? errno : 0;
        }
        if (other >= 0)
            close(other);
    }
    if (error != 0)
        fail_here(s, flight->name, error);
}

/* --- the steps */

/* Was this file sent before?  Where what is there is replaced: was it the last of its name? */
static bool was_sent(struct sending *s, const struct transfer *transfer, struct transfer *found)
{
    struct transfer like = *transfer;

    if (!s->send->replace)
        return transfer_find(s->poll->ledger, transfer, s->poll->arena, found);
    like.sha256 = (struct bytes){NULL, 0};
    return transfer_find(s->poll->ledger, &like, s->poll->arena, found) &&
           bytes_equal(found->sha256, transfer->sha256);
}

/* Claims what was not sent yet; what was, is settled. */
static bool claim(struct sending *s, struct flight *flights, size_t n)
{
    struct ledger *ledger = s->poll->ledger;

    if (!ledger_begin(ledger))
        return false;
    for (size_t i = 0; i < n; i++) {
        struct flight *flight = &flights[i];
        struct transfer found;

        if (!flight->good)
            continue;
        if (!was_sent(s, &flight->transfer, &found)) {
            (void)transfer_add(ledger, &flight->transfer);
        } else {
            flight->transfer.row = found.row;
            flight->transfer.state = found.state;
        }
    }
    if (!ledger_commit(ledger))
        return false;
    for (size_t i = 0; i < n; i++) {
        struct flight *flight = &flights[i];

        if (!flight->good)
            continue;
        flight->part = part_path(s, &flight->transfer);
        if (flight->transfer.state == TRANSFER_CLAIMED && flight->part != NULL)
            continue;
        flight->good = false;
        if (flight->transfer.state != TRANSFER_DONE)
            continue; /* under its temporary name, and told already */
        s->poll->counts.known++;
        settle(s, flight);
    }
    return true;
}

/* What it becomes by encryption, in a file without a name.  False: told. */
static bool encrypt(struct sending *s, struct flight *flight)
{
    char why[FILTER_TEXT];
    struct stat about;
    enum filter_result result = FILTER_DONE;
    int fd = openat(s->folder, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);

    flight->put_fd = fd;
    if (fd < 0) {
        fail_here(s, flight->name, errno);
    } else if ((result = filter_run(&s->send->encrypt, flight->fd, fd, s->poll->worker.until, why)) !=
               FILTER_DONE) {
        s->poll->counts.failed++;
        poll_tell(s->poll, filter_complaint(result), flight->path, "%.*s: %s", BYTES_ARG(flight->name), why);
    } else if (fstat(fd, &about) != 0 || lseek(fd, 0, SEEK_SET) != 0) {
        fail_here(s, flight->name, errno);
    } else {
        flight->put_size = (uint64_t)about.st_size;
        return true;
    }
    return false;
}

/* What is to be put there. */
static void prepare(struct sending *s, struct flight *flights, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct flight *flight = &flights[i];

        if (!flight->good)
            continue;
        flight->put_fd = flight->fd;
        flight->put_size = (uint64_t)flight->transfer.size;
        if (s->send->encrypt.n > 0)
            flight->good = encrypt(s, flight);
    }
}

static bool is_as_it_was(const struct flight *flight)
{
    struct stat about;

    return fstat(flight->fd, &about) == 0 && about.st_size == flight->transfer.size &&
           about.st_mtim.tv_sec == flight->transfer.mtime;
}

static void put(struct sending *s, struct flight *flights, size_t n)
{
    struct job jobs[AT_ONCE];
    struct flight *flying[AT_ONCE];
    size_t m = 0;

    for (size_t i = 0; i < n; i++) {
        if (!flights[i].good)
            continue;
        flying[m] = &flights[i];
        jobs[m++] = (struct job){.what = CHANNEL_PUT,
                                 .path = flights[i].part,
                                 .fd = flights[i].put_fd,
                                 .size = flights[i].put_size};
    }
    (void)worker_do(&s->poll->worker, jobs, m);
    for (size_t i = 0; i < m; i++) {
        if (jobs[i].error == CHANNEL_OK && is_as_it_was(flying[i]))
            continue;
        flying[i]->good = false;
        if (jobs[i].error == CHANNEL_OK) {
            fail_here(s, flying[i]->name, FILE_CHANGED);
        } else if (jobs[i].error == CHANNEL_CHANGED) {
            s->poll->counts.failed++;
            poll_tell(s->poll, REMOTE_FAILED, flying[i]->path, "what arrived there has another size");
        } else {
            s->poll->counts.failed++;
            poll_fail(s->poll, REMOTE_FAILED, flying[i]->path, &jobs[i]);
        }
    }
}

static bool note(struct sending *s, struct flight *flights, size_t n, enum transfer_state state)
{
    struct ledger *ledger = s->poll->ledger;

    if (!ledger_begin(ledger))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!flights[i].good)
            continue;
        flights[i].transfer.state = state;
        flights[i].transfer.target = flights[i].name;
        (void)transfer_save(ledger, &flights[i].transfer);
    }
    return ledger_commit(ledger);
}

static struct job naming(const struct sending *s, const char *part, const char *path)
{
    enum channel_what what = s->send->replace ? CHANNEL_REPLACE : CHANNEL_RENAME;

    return (struct job){.what = what, .path = part, .to = path, .fd = -1};
}

static void name_there(struct sending *s, struct flight *flights, size_t n)
{
    struct job jobs[AT_ONCE];
    struct flight *flying[AT_ONCE];
    size_t m = 0;

    for (size_t i = 0; i < n; i++) {
        if (!flights[i].good)
            continue;
        flying[m] = &flights[i];
        jobs[m++] = naming(s, flights[i].part, flights[i].path);
    }
    (void)worker_do(&s->poll->worker, jobs, m);
    for (size_t i = 0; i < m; i++) {
        if (jobs[i].error == CHANNEL_OK)
            continue;
        flying[i]->good = false;
        s->poll->counts.failed++;
        poll_fail(s->poll, jobs[i].error == CHANNEL_THERE ? REMOTE_TAKEN : REMOTE_FAILED, flying[i]->path,
                  &jobs[i]);
    }
}

static void finish(struct sending *s, const struct flight *flights, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!flights[i].good)
            continue;
        s->poll->counts.moved++;
        s->poll->counts.bytes += (uint64_t)flights[i].transfer.size;
        poll_tell(s->poll, REMOTE_SENT, flights[i].path, "SHA-256 %s", flights[i].sha256);
        settle(s, &flights[i]);
    }
}

/* False: the poll cannot go on. */
static bool send_some(struct sending *s, struct flight *flights, size_t n)
{
    int fds[2 * AT_ONCE];
    bool good = claim(s, flights, n);

    if (good) {
        prepare(s, flights, n);
        put(s, flights, n);
        good = note(s, flights, n, TRANSFER_WHOLE);
    }
    if (good) {
        name_there(s, flights, n);
        good = note(s, flights, n, TRANSFER_DONE);
    }
    if (good)
        finish(s, flights, n);
    for (size_t i = 0; i < n; i++) {
        poll_done(s->poll, flights[i].name, (uint64_t)flights[i].transfer.size, good && flights[i].good);
        fds[2 * i] = flights[i].fd;
        fds[2 * i + 1] = flights[i].put_fd != flights[i].fd ? flights[i].put_fd : -1;
    }
    file_close_all(fds, 2 * n);
    return good && !s->poll->lost;
}

static bool begin(struct sending *s, struct flight *flight, struct bytes name)
{
    struct bytes to = bytes_of(s->send->to);
    int error;

    *flight = (struct flight){
        .name = name, .fd = -1, .put_fd = -1, .path = poll_path(s->poll, to, "", name, "")};
    if (flight->path == NULL)
        return false;
    error = look_at_file(s, flight);
    flight->good = error == 0;
    if (error == ELOOP || error == FILE_NOT_REGULAR) {
        poll_tell(s->poll, REMOTE_KIND, s->send->from, "%.*s", BYTES_ARG(name));
        s->poll->counts.refused++;
    } else if (error != 0 && error != EISDIR) {
        fail_here(s, name, error);
    }
    if (flight->good)
        s->poll->counts.listed++;
    return true;
}

/* For who wants to know how far it has come. */
static void expect(struct sending *s, uint64_t most)
{
    struct stat about;

    for (size_t i = 0; i < s->n && i < most && s->poll->progress != NULL; i++)
        if (fstatat(s->folder, s->names[i].at, &about, AT_SYMLINK_NOFOLLOW) == 0)
            poll_expect(s->poll, 1, (uint64_t)about.st_size);
}

static void send_all(struct sending *s)
{
    struct flight *flights = arena_zalloc(s->poll->arena, AT_ONCE, sizeof(*flights));
    uint64_t most = s->poll->partner->mailbox.max_files;
    bool good = flights != NULL;

    expect(s, most);
    for (size_t next = 0; good && next < s->n;) {
        size_t n = 0;

        if (s->poll->counts.moved >= most) {
            poll_tell(s->poll, REMOTE_MORE, s->send->from, "%zu files", s->n - next);
            s->poll->counts.waiting += s->n - next;
            return;
        }
        while (good && n < AT_ONCE && next < s->n && n < most - s->poll->counts.moved)
            good = begin(s, &flights[n++], s->names[next++]);
        good = send_some(s, flights, n) && good;
    }
}

/* --- after one who was killed */

/* What is there of one that is whole: *there, and whether it still has to get its name.  False: told. */
static bool look_there(struct sending *s, const struct transfer *transfer, const char *part, const char *path,
                       bool *there, bool *named)
{
    struct job looks[] = {{.what = CHANNEL_LOOK, .path = part, .fd = -1},
                          {.what = CHANNEL_LOOK, .path = path, .fd = -1},
                          {.what = CHANNEL_LOOK, .path = s->send->to, .fd = -1}};

    /* Without the folder, that nothing is in it tells nothing. */
    (void)worker_do(&s->poll->worker, looks, 3);
    for (size_t i = 0; i < 3; i++)
        if (looks[i].error != CHANNEL_OK && (looks[i].error != CHANNEL_GONE || i == 2)) {
            s->poll->counts.failed++;
            poll_fail(s->poll, REMOTE_FAILED, path, &looks[i]);
            return false;
        }
    *named = looks[0].error == CHANNEL_GONE;
    /* Nobody knows any more how large it was when encrypted. */
    *there = looks[1].error == CHANNEL_OK &&
             (s->send->encrypt.n > 0 || looks[1].size == (uint64_t)transfer->size);
    return true;
}

/* One that is whole there: under its temporary name, or already under its own, whatever was heard of that. */
static bool name_whole(void *whom, struct transfer *transfer)
{
    struct sending *s = whom;
    const char *path = poll_path(s->poll, bytes_of(s->send->to), "", transfer->name, "");
    const char *part = part_path(s, transfer);
    struct job job = naming(s, part, path);
    bool there = false, named = false;

    if (path == NULL || part == NULL)
        return false;
    if (!look_there(s, transfer, part, path, &there, &named))
        return !s->poll->lost;
    if (!named) {
        (void)worker_do(&s->poll->worker, &job, 1);
        if (job.error != CHANNEL_OK) {
            s->poll->counts.failed++;
            poll_fail(s->poll, job.error == CHANNEL_THERE ? REMOTE_TAKEN : REMOTE_FAILED, path, &job);
            return !s->poll->lost;
        }
    } else if (!there) {
        poll_tell(s->poll, REMOTE_DOUBT, path, "%lld bytes, SHA-256 %.*s", (long long)transfer->size,
                  BYTES_ARG(transfer->sha256));
    }
    s->poll->counts.moved++;
    s->poll->counts.bytes += (uint64_t)transfer->size;
    transfer->state = TRANSFER_DONE;
    return ledger_begin(s->poll->ledger) && transfer_save(s->poll->ledger, transfer) &&
           ledger_commit(s->poll->ledger);
}

static bool recover(struct sending *s)
{
    return transfer_each(s->poll->ledger, bytes_of(s->poll->partner->name), TRANSFER_OUT, TRANSFER_WHOLE,
                         s->poll->arena, name_whole, s);
}

/* --- all of it */

/* What would be sent. */
static void show(struct sending *s)
{
    for (size_t i = 0; i < s->n && !s->poll->arena->failed; i++) {
        struct flight flight;
        struct transfer found;

        if (begin(s, &flight, s->names[i]) && flight.good && !was_sent(s, &flight.transfer, &found))
            s->poll->show(s->poll->whom,
                          &(struct poll_line){"send", flight.transfer.folder, flight.name,
                                              (uint64_t)flight.transfer.size, flight.transfer.mtime});
        if (flight.fd >= 0)
            close(flight.fd);
    }
}

void send_files(struct poll *poll)
{
    struct sending s = {.poll = poll, .send = &poll->partner->mailbox.send, .folder = -1};

    s.sha256 = sha256_open();
    if (s.sha256 == NULL) {
        report_say(poll->report, TECHNICAL_MEMORY, NULL, "for hashing");
    } else if (list(&s)) {
        if (poll->dry)
            show(&s);
        else if (recover(&s))
            send_all(&s);
    }
    if (s.folder >= 0)
        close(s.folder);
    sha256_close(s.sha256);
}
