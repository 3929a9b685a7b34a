#include "remote/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "remote/filter.h"
#include "remote/landing.h"
#include "remote/look.h"
#include "remote/name.h"
#include "remote/settle.h"

enum {
    AT_ONCE = LANDING_AT_ONCE,         /* files between two commits */
    BYTES_AT_ONCE = 256 * 1024 * 1024, /* the same; a larger file goes alone */
};

/* A file on its way. */
struct flight {
    const struct look_file *file;
    const char *path; /* there */
    struct transfer transfer;
    struct landing landing;
    char sha256[65], target[LANDING_NAME];
    bool good; /* up to here */
};

struct fetching {
    struct poll *poll;
    const struct mailbox_fetch *fetch;
    int folder; /* here */
    struct sha256 *sha256;
    uint64_t taken; /* files of this poll */
};

static void fail_here(struct fetching *f, const char *path, int error)
{
    f->poll->counts.failed++;
    report_say(f->poll->report, TECHNICAL_WRITE, f->fetch->into, "%s: %s", path, file_error(error));
}

/* --- what is known */

static struct transfer transfer_of(const struct fetching *f, const struct look_file *file)
{
    return (struct transfer){.partner = bytes_of(f->poll->partner->name),
                             .direction = TRANSFER_IN,
                             .folder = file->folder,
                             .name = file->name,
                             .size = (int64_t)file->size,
                             .mtime = file->mtime};
}

/* What stays there, or could not be deleted, is not fetched to see that it is the same. */
static bool is_known(const struct fetching *f, const struct look_file *file)
{
    struct transfer like = transfer_of(f, file), found;

    if (f->poll->ledger == NULL || !transfer_find(f->poll->ledger, &like, f->poll->arena, &found) ||
        found.state < TRANSFER_KEPT || found.size != like.size || found.mtime != like.mtime)
        return false;
    return f->fetch->after == MAILBOX_LEAVE || found.state == TRANSFER_KEPT;
}

static void drop_known(struct fetching *f, struct look *look, bool show)
{
    size_t kept = 0;

    for (size_t i = 0; i < look->n; i++) {
        const struct look_file *file = &look->files[i];
        bool known = is_known(f, file);

        if (show)
            f->poll->show(f->poll->whom, &(struct poll_line){known ? "known" : "ready", file->folder,
                                                             file->name, file->size, file->mtime});
        if (known)
            f->poll->counts.known++;
        else
            look->files[kept++] = *file;
    }
    look->n = kept;
}

/* --- the steps */

static bool claim(struct fetching *f, struct flight *flights, size_t n)
{
    struct ledger *ledger = f->poll->ledger;

    if (!ledger_begin(ledger))
        return false;
    for (size_t i = 0; i < n; i++) {
        struct flight *flight = &flights[i];
        struct transfer found;

        flight->transfer = transfer_of(f, flight->file);
        if (transfer_find(ledger, &flight->transfer, f->poll->arena, &found) &&
            found.state == TRANSFER_CLAIMED) {
            bool same = found.size == flight->transfer.size && found.mtime == flight->transfer.mtime;

            flight->transfer.row = found.row;
            /* Bytes of what it was before are of no use. */
            flight->good = same;
            if (!same)
                (void)transfer_save(ledger, &flight->transfer);
        } else {
            (void)transfer_add(ledger, &flight->transfer);
            flight->good = true;
        }
    }
    return ledger_commit(ledger);
}

static void get(struct fetching *f, struct flight *flights, size_t n)
{
    struct job jobs[AT_ONCE];
    struct flight *flying[AT_ONCE];
    size_t m = 0;

    for (size_t i = 0; i < n; i++) {
        struct flight *flight = &flights[i];
        uint64_t have = 0;
        int error = landing_open(&flight->landing, f->folder, flight->file->name, flight->transfer.row,
                                 &have);

        if (error == 0 && !flight->good && ftruncate(flight->landing.fd, 0) != 0)
            error = errno;
        /* What is there may be decrypted already. */
        if (!flight->good || have > flight->file->size || f->fetch->decrypt.n > 0)
            have = 0;
        flight->good = false;
        if (error != 0) {
            fail_here(f, flight->path, error);
            continue;
        }
        flying[m] = flight;
        jobs[m++] = (struct job){.what = CHANNEL_GET,
                                 .path = flight->path,
                                 .fd = flight->landing.fd,
                                 .offset = have,
                                 .size = flight->file->size,
                                 .mtime = flight->file->mtime};
    }
    (void)worker_do(&f->poll->worker, jobs, m);
    for (size_t i = 0; i < m; i++) {
        flying[i]->good = jobs[i].error == CHANNEL_OK;
        memcpy(flying[i]->sha256, jobs[i].sha256, sizeof(flying[i]->sha256));
        if (flying[i]->good)
            continue;
        f->poll->counts.failed++;
        if (jobs[i].error == CHANNEL_HERE)
            report_say(f->poll->report, TECHNICAL_WRITE, f->fetch->into, "%s: %s", flying[i]->path,
                       jobs[i].text);
        else
            poll_fail(f->poll, REMOTE_FAILED, flying[i]->path, &jobs[i]);
        /* What was changed there begins anew; what was cut is continued. */
        if (jobs[i].error == CHANNEL_CHANGED || jobs[i].error == CHANNEL_GONE)
            landing_drop(&flying[i]->landing);
    }
}

/* After a flush that failed nobody knows what is on the disk. */
static void give_up(struct fetching *f, struct flight *flight, int error)
{
    fail_here(f, flight->path, error);
    landing_drop(&flight->landing);
    flight->good = false;
}

/* What was fetched is encrypted: what it is takes its place.  False: told. */
static bool decrypt(struct fetching *f, struct flight *flight)
{
    char why[FILTER_TEXT];
    int fd, error = landing_replace(&flight->landing, &fd);
    enum filter_result result;

    if (error == 0) {
        result = filter_run(&f->fetch->decrypt, flight->landing.fd, fd, f->poll->worker.until, why);
        error = landing_replaced(&flight->landing, fd, result == FILTER_DONE);
        if (result != FILTER_DONE) {
            f->poll->counts.failed++;
            poll_tell(f->poll, filter_complaint(result), flight->path, "%s", why);
            flight->good = false;
            return false;
        }
    }
    if (error != 0)
        give_up(f, flight, error);
    return error == 0;
}

static void seal(struct fetching *f, struct flight *flights, size_t n)
{
    struct landing *landings[AT_ONCE];
    struct flight *which[AT_ONCE];
    int errors[AT_ONCE];
    size_t m = 0;

    for (size_t i = 0; i < n; i++) {
        struct flight *flight = &flights[i];
        int error;

        if (!flight->good)
            continue;
        error = landing_check(&flight->landing, flight->file->size, f->sha256, flight->sha256);
        if (error != 0) {
            give_up(f, flight, error);
            continue;
        }
        if (f->fetch->decrypt.n > 0 && !decrypt(f, flight))
            continue;
        which[m] = flight;
        landings[m++] = &flight->landing;
    }
    landing_seal(landings, m, errors);
    for (size_t i = 0; i < m; i++)
        if (errors[i] != 0)
            give_up(f, which[i], errors[i]);
}

/* What it is called here, if that is free. */
static struct bytes name_here(const struct fetching *f, struct bytes name)
{
    return f->fetch->decrypt.n > 0 ? name_decrypted(name) : name;
}

/* Has the same content come under this name before? */
static bool came_before(struct fetching *f, struct flight *flight)
{
    struct transfer earlier;

    return transfer_find(f->poll->ledger, &flight->transfer, f->poll->arena, &earlier) &&
           earlier.state >= TRANSFER_KEPT;
}

static bool note_whole(struct fetching *f, struct flight *flights, size_t n)
{
    struct ledger *ledger = f->poll->ledger;

    if (!ledger_begin(ledger))
        return false;
    for (size_t i = 0; i < n; i++) {
        struct flight *flight = &flights[i];
        int error;

        if (!flight->good)
            continue;
        flight->transfer.sha256 = bytes_of(flight->sha256);
        if (came_before(f, flight)) {
            f->poll->counts.known++;
            poll_tell(f->poll, REMOTE_KNOWN, flight->path, "SHA-256 %s", flight->sha256);
            landing_drop(&flight->landing);
            flight->transfer.state = TRANSFER_KEPT;
        } else {
            error = landing_choose(f->folder, name_here(f, flight->file->name), flight->target);
            if (error != 0) {
                fail_here(f, flight->path, error);
                flight->good = false;
                continue;
            }
            flight->transfer.target = bytes_of(flight->target);
            flight->transfer.state = TRANSFER_WHOLE;
        }
        (void)transfer_save(ledger, &flight->transfer);
    }
    return ledger_commit(ledger);
}

/* Gives one that is noted as whole its name, another one when that was taken meanwhile.  0 or the error. */
static int name_it(struct fetching *f, struct transfer *transfer, char target[LANDING_NAME])
{
    for (;;) {
        int error = landing_name(f->folder, transfer->name, transfer->row, target);

        if (error != EEXIST)
            return error;
        error = landing_choose(f->folder, name_here(f, transfer->name), target);
        if (error != 0)
            return error;
        transfer->target = bytes_of(target);
        if (!ledger_begin(f->poll->ledger))
            return ECANCELED;
        (void)transfer_save(f->poll->ledger, transfer);
        if (!ledger_commit(f->poll->ledger))
            return ECANCELED;
    }
}

static void name_all(struct fetching *f, struct flight *flights, size_t n)
{
    int error;

    for (size_t i = 0; i < n; i++) {
        struct flight *flight = &flights[i];

        if (!flight->good || flight->transfer.state != TRANSFER_WHOLE)
            continue;
        error = name_it(f, &flight->transfer, flight->target);
        landing_close(&flight->landing);
        if (error == 0)
            continue;
        fail_here(f, flight->path, error);
        flight->good = false;
    }
    error = landing_flush(f->folder);
    if (error == 0)
        return;
    fail_here(f, "its folder", error);
    for (size_t i = 0; i < n; i++)
        flights[i].good = false;
}

static bool note_kept(struct fetching *f, struct flight *flights, size_t n)
{
    struct ledger *ledger = f->poll->ledger;

    if (!ledger_begin(ledger))
        return false;
    for (size_t i = 0; i < n; i++) {
        struct flight *flight = &flights[i];

        if (!flight->good)
            continue;
        flight->transfer.state = f->fetch->after == MAILBOX_LEAVE ? TRANSFER_DONE : TRANSFER_KEPT;
        (void)transfer_save(ledger, &flight->transfer);
    }
    if (!ledger_commit(ledger))
        return false;
    for (size_t i = 0; i < n; i++) {
        struct flight *flight = &flights[i];

        if (!flight->good || flight->transfer.target.at == NULL)
            continue;
        f->poll->counts.moved++;
        f->poll->counts.bytes += flight->file->size;
        poll_tell(f->poll, REMOTE_FETCHED, flight->path, "into %s/%s", f->fetch->into, flight->target);
    }
    return true;
}

/* False: the poll cannot go on. */
static bool fetch_some(struct fetching *f, struct flight *flights, size_t n)
{
    struct transfer *kept[AT_ONCE];
    size_t m = 0;
    bool good = claim(f, flights, n);

    if (good) {
        get(f, flights, n);
        seal(f, flights, n);
        good = note_whole(f, flights, n);
    }
    if (good) {
        name_all(f, flights, n);
        good = note_kept(f, flights, n);
    }
    for (size_t i = 0; i < n; i++) {
        landing_close(&flights[i].landing);
        if (good && flights[i].good && flights[i].transfer.state == TRANSFER_KEPT)
            kept[m++] = &flights[i].transfer;
    }
    good = good && settle_originals(f->poll, kept, m);
    for (size_t i = 0; i < n; i++)
        poll_done(f->poll, flights[i].file->name, flights[i].file->size, good && flights[i].good);
    return good && !f->poll->lost;
}

static bool fetch_folder(struct fetching *f, const struct look *look)
{
    struct flight *flights = arena_zalloc(f->poll->arena, AT_ONCE, sizeof(*flights));
    bool good = flights != NULL;
    size_t next = 0;

    for (size_t i = 0; i < look->n && f->taken + i < f->poll->partner->mailbox.max_files; i++)
        poll_expect(f->poll, 1, look->files[i].size);
    while (good && next < look->n) {
        uint64_t bytes = 0;
        size_t n = 0;

        for (; n < AT_ONCE && next < look->n && f->taken < f->poll->partner->mailbox.max_files; n++) {
            const struct look_file *file = &look->files[next];

            if (n > 0 && bytes + file->size > BYTES_AT_ONCE)
                break;
            bytes += file->size;
            flights[n] = (struct flight){.file = file,
                                         .path = poll_path(f->poll, file->folder, "", file->name, ""),
                                         .landing = {.fd = -1}};
            if (flights[n].path == NULL)
                return false;
            next++;
            f->taken++;
        }
        if (n == 0) {
            poll_tell(f->poll, REMOTE_MORE, look->files[next].folder.at, "%zu files", look->n - next);
            f->poll->counts.waiting += look->n - next;
            return true;
        }
        good = fetch_some(f, flights, n);
    }
    return good;
}

/* --- after one who was killed */

static bool name_whole(void *whom, struct transfer *transfer)
{
    struct fetching *f = whom;
    char target[LANDING_NAME];
    int error;

    (void)snprintf(target, sizeof(target), "%.*s", BYTES_ARG(transfer->target));
    error = name_it(f, transfer, target);
    if (error == 0 || error == ENOENT) /* ENOENT: it has its name, or had it until somebody took it on */
        error = landing_flush(f->folder);
    if (error != 0) {
        fail_here(f, target, error);
        return true;
    }
    transfer->state = TRANSFER_KEPT;
    f->poll->counts.moved++;
    f->poll->counts.bytes += (uint64_t)transfer->size;
    return ledger_begin(f->poll->ledger) && transfer_save(f->poll->ledger, transfer) &&
           ledger_commit(f->poll->ledger);
}

static bool settle_kept(void *whom, struct transfer *transfer)
{
    struct fetching *f = whom;

    return settle_originals(f->poll, &transfer, 1) && !f->poll->lost;
}

static bool recover(struct fetching *f)
{
    struct bytes partner = bytes_of(f->poll->partner->name);

    return transfer_each(f->poll->ledger, partner, TRANSFER_IN, TRANSFER_WHOLE, f->poll->arena, name_whole,
                         f) &&
           transfer_each(f->poll->ledger, partner, TRANSFER_IN, TRANSFER_KEPT, f->poll->arena, settle_kept,
                         f);
}

/* --- all of it */

static bool open_here(struct fetching *f)
{
    f->folder = open(f->fetch->into, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    f->sha256 = sha256_open();
    if (f->folder < 0)
        report_say(f->poll->report, TECHNICAL_WRITE, f->fetch->into, "%s", file_error(errno));
    else if (f->sha256 == NULL)
        report_say(f->poll->report, TECHNICAL_MEMORY, NULL, "for hashing");
    return f->folder >= 0 && f->sha256 != NULL;
}

static bool fetch_from(struct fetching *f, struct bytes folder, bool show)
{
    struct look look;

    if (!look_at(f->poll, folder, show && !f->poll->dry, &look))
        return false;
    drop_known(f, &look, show && !f->poll->dry);
    if (show && !f->poll->dry)
        return true;
    if (!look_again(f->poll, folder, &look))
        return false;
    if (!f->poll->dry)
        return fetch_folder(f, &look);
    for (size_t i = 0; i < look.n; i++)
        f->poll->show(f->poll->whom, &(struct poll_line){"fetch", folder, look.files[i].name,
                                                         look.files[i].size, look.files[i].mtime});
    return true;
}

void fetch_files(struct poll *poll, bool show)
{
    struct fetching f = {.poll = poll, .fetch = &poll->partner->mailbox.fetch, .folder = -1};
    bool looking = show || poll->dry;

    if (looking || (open_here(&f) && recover(&f)))
        for (uint32_t i = 0; i < f.fetch->from.n; i++)
            if (!fetch_from(&f, f.fetch->from.at[i], show) && poll->lost)
                break;
    if (f.folder >= 0)
        close(f.folder);
    sha256_close(f.sha256);
}
