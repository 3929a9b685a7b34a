#include "remote/send.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "remote/filter.h"
#include "remote/outbox.h"

enum { AT_ONCE = 256 };

/* A file on its way. */
struct flight {
    struct outgoing file;
    int put_fd; /* what is sent: itself, or what it became by encryption */
    uint64_t put_size;
    const char *part, *path; /* there */
    bool good;               /* up to here */
};

struct sending {
    struct poll *poll;
    const struct mailbox_send *send;
    struct outbox outbox;
};

/* "TO/.NAME.ROW.part": what comes later under the same name does not meet it. */
static char *part_path(struct sending *s, const struct transfer *transfer)
{
    char end[40];

    (void)snprintf(end, sizeof(end), ".%lld.part", (long long)transfer->row);
    return poll_path(s->poll, bytes_of(s->send->to), ".", transfer->name, end);
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
        if (!was_sent(s, &flight->file.transfer, &found)) {
            (void)transfer_add(ledger, &flight->file.transfer);
        } else {
            flight->file.transfer.row = found.row;
            flight->file.transfer.state = found.state;
        }
    }
    if (!ledger_commit(ledger))
        return false;
    for (size_t i = 0; i < n; i++) {
        struct flight *flight = &flights[i];

        if (!flight->good)
            continue;
        flight->part = part_path(s, &flight->file.transfer);
        if (flight->file.transfer.state == TRANSFER_CLAIMED && flight->part != NULL)
            continue;
        flight->good = false;
        if (flight->file.transfer.state != TRANSFER_DONE)
            continue; /* under its temporary name, and told already */
        s->poll->counts.known++;
        outbox_settle(&s->outbox, &flight->file);
    }
    return true;
}

/* What it becomes by encryption, in a file without a name.  False: told. */
static bool encrypt(struct sending *s, struct flight *flight)
{
    char why[FILTER_TEXT];
    struct stat about;
    enum filter_result result = FILTER_DONE;
    int fd = openat(s->outbox.folder, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);

    flight->put_fd = fd;
    if (fd < 0) {
        outbox_fail(&s->outbox, flight->file.name, errno);
    } else if ((result = filter_run(&s->send->encrypt, flight->file.fd, fd, s->poll->worker.until, why)) !=
               FILTER_DONE) {
        s->poll->counts.failed++;
        poll_tell(s->poll, filter_complaint(result), flight->path, "%.*s: %s", BYTES_ARG(flight->file.name),
                  why);
    } else if (fstat(fd, &about) != 0 || lseek(fd, 0, SEEK_SET) != 0) {
        outbox_fail(&s->outbox, flight->file.name, errno);
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
        flight->put_fd = flight->file.fd;
        flight->put_size = (uint64_t)flight->file.transfer.size;
        if (s->send->encrypt.n > 0)
            flight->good = encrypt(s, flight);
    }
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
        if (jobs[i].error == CHANNEL_OK && outbox_is_as_it_was(&flying[i]->file))
            continue;
        flying[i]->good = false;
        if (jobs[i].error == CHANNEL_OK) {
            outbox_fail(&s->outbox, flying[i]->file.name, FILE_CHANGED);
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
        flights[i].file.transfer.state = state;
        flights[i].file.transfer.target = flights[i].file.name;
        (void)transfer_save(ledger, &flights[i].file.transfer);
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
        s->poll->counts.bytes += (uint64_t)flights[i].file.transfer.size;
        poll_tell(s->poll, REMOTE_SENT, flights[i].path, "SHA-256 %s", flights[i].file.sha256);
        outbox_settle(&s->outbox, &flights[i].file);
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
        poll_done(s->poll, flights[i].file.name, (uint64_t)flights[i].file.transfer.size,
                  good && flights[i].good);
        fds[2 * i] = flights[i].file.fd;
        fds[2 * i + 1] = flights[i].put_fd != flights[i].file.fd ? flights[i].put_fd : -1;
    }
    file_close_all(fds, 2 * n);
    return good && !s->poll->lost;
}

static bool begin(struct sending *s, struct flight *flight, struct bytes name)
{
    *flight = (struct flight){.put_fd = -1, .path = poll_path(s->poll, bytes_of(s->send->to), "", name, "")};
    flight->good = outbox_take(&s->outbox, name, &flight->file) && flight->path != NULL;
    if (flight->good)
        s->poll->counts.listed++;
    return flight->path != NULL;
}

static void send_all(struct sending *s)
{
    struct flight *flights = arena_zalloc(s->poll->arena, AT_ONCE, sizeof(*flights));
    uint64_t most = s->poll->partner->mailbox.max_files;
    bool good = flights != NULL;

    outbox_expect(&s->outbox, most);
    for (size_t next = 0; good && next < s->outbox.n;) {
        size_t n = 0;

        if (s->poll->counts.moved >= most) {
            poll_tell(s->poll, REMOTE_MORE, s->send->from, "%zu files", s->outbox.n - next);
            s->poll->counts.waiting += s->outbox.n - next;
            return;
        }
        while (good && n < AT_ONCE && next < s->outbox.n && n < most - s->poll->counts.moved)
            good = begin(s, &flights[n++], s->outbox.names[next++]);
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
    for (size_t i = 0; i < s->outbox.n && !s->poll->arena->failed; i++) {
        struct flight flight;
        struct transfer found;

        if (begin(s, &flight, s->outbox.names[i]) && flight.good &&
            !was_sent(s, &flight.file.transfer, &found))
            s->poll->show(s->poll->whom,
                          &(struct poll_line){"send", flight.file.transfer.folder, flight.file.name,
                                              (uint64_t)flight.file.transfer.size,
                                              flight.file.transfer.mtime});
        if (flight.file.fd >= 0)
            close(flight.file.fd);
    }
}

void send_files(struct poll *poll)
{
    struct sending s = {.poll = poll, .send = &poll->partner->mailbox.send};

    if (outbox_open(&s.outbox, poll)) {
        if (poll->dry)
            show(&s);
        else if (recover(&s))
            send_all(&s);
    }
    outbox_close(&s.outbox);
}
