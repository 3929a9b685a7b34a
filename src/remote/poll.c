#include "remote/poll.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "remote/fetch.h"
#include "remote/send.h"

enum { PATH_CEILING = 4096, DETAIL = 1024, ARENA_CHUNK = 256 * 1024, ARENA_CEILING = 1024 * 1024 * 1024 };

char *poll_path(struct poll *poll, struct bytes folder, const char *before, struct bytes name,
                const char *after)
{
    bool slash = folder.len > 0 && folder.at[folder.len - 1] == '/';

    return arena_format(poll->arena, "%.*s%s%s%.*s%s", BYTES_ARG(folder), slash ? "" : "/", before,
                        BYTES_ARG(name), after);
}

/* "acme:/out/850.edi": where it is. */
static void place_of(const struct poll *poll, const char *path, char into[PATH_CEILING])
{
    (void)snprintf(into, PATH_CEILING, "%s%s%s", poll->partner->name, path[0] != '\0' ? ":" : "", path);
}

void poll_tell(struct poll *poll, enum complaint complaint, const char *path, const char *format, ...)
{
    char detail[DETAIL], place[PATH_CEILING];
    struct finding finding = {.complaint = complaint, .detail = detail};
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(detail, sizeof(detail), format, arguments);
    va_end(arguments);
    place_of(poll, path, place);
    finding.place.file = place;
    report_add(poll->report, &finding);
}

/* The connection or the server as a whole; FAILED: only this file. */
static enum complaint complaint_of(enum channel_error error, enum complaint otherwise)
{
    switch (error) {
    case CHANNEL_LOST: return REMOTE_LOST;
    case CHANNEL_UNREACHABLE: return REMOTE_UNREACHABLE;
    case CHANNEL_KEY: return REMOTE_KEY;
    case CHANNEL_ALGORITHMS: return REMOTE_ALGORITHMS;
    case CHANNEL_LOGIN: return REMOTE_LOGIN;
    case CHANNEL_SETTINGS: return REMOTE_SETTINGS;
    case CHANNEL_SLOW:
    case CHANNEL_TIME: return REMOTE_SLOW;
    case CHANNEL_TOO_MANY: return REMOTE_TOO_MANY;
    case CHANNEL_CHANGED: return REMOTE_CHANGED;
    default: return otherwise;
    }
}

void poll_fail(struct poll *poll, enum complaint complaint, const char *path, const struct job *job)
{
    char place[PATH_CEILING];
    struct finding finding = {.complaint = complaint_of(job->error, complaint), .detail = job->text};
    bool again = job->error == CHANNEL_LOST || job->error == CHANNEL_UNREACHABLE ||
                 job->error == CHANNEL_SLOW;

    place_of(poll, path, place);
    finding.place.file = place;
    if (again || job->error == CHANNEL_TIME) {
        /* Told once, however many files were under way. */
        if (poll->lost)
            return;
        poll->lost = true;
    }
    if (again && !poll->last_try) {
        finding.severity = SEVERITY_WARN;
        finding.consequence = "it is tried again";
    }
    report_add(poll->report, &finding);
}

/* --- how far it has come */

static void take_moves(void *whom, uint64_t bytes)
{
    struct poll *poll = whom;

    poll->so_far.under_way += bytes;
    poll->so_far.name = (struct bytes){NULL, 0};
    poll->progress(poll->whom, &poll->so_far);
}

void poll_expect(struct poll *poll, uint64_t files, uint64_t bytes)
{
    poll->so_far.files += files;
    poll->so_far.bytes += bytes;
}

void poll_done(struct poll *poll, struct bytes name, uint64_t bytes, bool moved)
{
    struct poll_progress *progress = &poll->so_far;

    progress->files_done++;
    progress->bytes_done += bytes;
    progress->under_way -= progress->under_way < bytes ? progress->under_way : bytes;
    progress->name = moved ? name : (struct bytes){NULL, 0};
    if (poll->progress != NULL)
        poll->progress(poll->whom, progress);
}

/* --- a poll */

/* One at a time: 1; somebody else has it: 0; -1: told. */
static int lock(const struct poll *poll, const char *ledger, int *fd)
{
    char path[PATH_CEILING];
    int len = snprintf(path, sizeof(path), "%s-poll-%s", ledger, poll->partner->name);

    if (len < 0 || (size_t)len >= sizeof(path)) {
        report_say(poll->report, LEDGER_UNUSABLE, ledger, "%s", file_error(ENAMETOOLONG));
        return -1;
    }
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (*fd >= 0 && flock(*fd, LOCK_EX | LOCK_NB) == 0)
        return 1;
    if (*fd >= 0 && errno == EWOULDBLOCK) {
        report_say(poll->report, REMOTE_BUSY, NULL, "%s", poll->partner->name);
        return 0;
    }
    report_say(poll->report, TECHNICAL_WRITE, path, "%s", file_error(errno));
    return -1;
}

static bool connect_to(struct poll *poll)
{
    struct job answer = {.error = CHANNEL_OK};

    if (worker_start(&poll->worker, &answer))
        return true;
    poll_fail(poll, REMOTE_FAILED, "", &answer);
    return false;
}

static void try_once(struct poll *poll, enum poll_way way, const char *path)
{
    /* A worker started before the ledger is open inherits nothing of it. */
    if (!connect_to(poll))
        return;
    if (poll->ledger == NULL && path != NULL) {
        poll->ledger = ledger_open(path, poll->dry || way == POLL_LIST ? LEDGER_READ : LEDGER_WRITE,
                                   poll->report);
        if (poll->ledger == NULL)
            return;
    }
    if (way == POLL_SEND)
        send_files(poll);
    else
        fetch_files(poll, way == POLL_LIST);
}

static void tell_counts(struct poll *poll, enum poll_way way)
{
    const struct poll_counts *counts = &poll->counts;

    poll_tell(poll, REMOTE_COUNTS, "",
              "found %" PRIu64 ", %s %" PRIu64 " (%" PRIu64 " bytes), known %" PRIu64 ", waiting %" PRIu64
              ", refused %" PRIu64 ", failed %" PRIu64,
              counts->listed, way == POLL_SEND ? "sent" : "fetched", counts->moved, counts->bytes,
              counts->known, counts->waiting, counts->refused, counts->failed);
}

static void run_tries(struct poll *poll, enum poll_way way, const char *path)
{
    const struct mailbox *mailbox = &poll->partner->mailbox;
    uint64_t pause = mailbox->back_off;

    for (uint64_t i = 0; i <= mailbox->retries; i++, pause *= 2) {
        struct timespec time = {.tv_sec = (time_t)pause};
        uint64_t moved = poll->counts.moved, bytes = poll->counts.bytes;

        if (i > 0 && pause > 0)
            (void)nanosleep(&time, NULL);
        poll->counts = (struct poll_counts){.moved = moved, .bytes = bytes};
        poll->last_try = i == mailbox->retries;
        poll->lost = false;
        poll->so_far = (struct poll_progress){.files = 0};
        arena_reset(poll->arena);
        try_once(poll, way, path);
        if (poll->arena->failed)
            report_say(poll->report, TECHNICAL_MEMORY, NULL, "for the names of %s", poll->partner->name);
        if (!poll->lost || worker_time_is_over(&poll->worker))
            break;
    }
    if (way != POLL_LIST && !poll->dry)
        tell_counts(poll, way);
}

void poll_run(struct poll *poll, enum poll_way way, const char *ledger, worker_launch *launch)
{
    int fd = -1;

    if (ledger != NULL && !poll->dry && way != POLL_LIST && lock(poll, ledger, &fd) <= 0) {
        if (fd >= 0)
            close(fd);
        return;
    }
    arena_init(&poll->store, ARENA_CHUNK, ARENA_CEILING);
    poll->arena = &poll->store;
    worker_init(&poll->worker, &poll->partner->mailbox, launch);
    if (poll->progress != NULL) {
        poll->worker.moves = take_moves;
        poll->worker.whom = poll;
    }
    run_tries(poll, way, ledger);
    worker_stop(&poll->worker);
    ledger_close(poll->ledger);
    arena_release(&poll->store);
    if (fd >= 0)
        close(fd);
}
