#include "remote/settle.h"

#include <inttypes.h>

/* One of them, and whether it is done. */
struct original {
    struct transfer *transfer;
    const char *path;
    bool is_there, done;
};

static void look(struct poll *poll, struct original *originals, size_t n)
{
    struct job jobs[SETTLE_AT_ONCE];

    for (size_t i = 0; i < n; i++)
        jobs[i] = (struct job){.what = CHANNEL_LOOK, .path = originals[i].path, .fd = -1};
    (void)worker_do(&poll->worker, jobs, n);
    for (size_t i = 0; i < n; i++) {
        const struct transfer *transfer = originals[i].transfer;

        if (jobs[i].error == CHANNEL_OK) {
            /* Another file by now: that one is fetched for itself. */
            originals[i].is_there = jobs[i].kind == CHANNEL_FILE &&
                                    jobs[i].size == (uint64_t)transfer->size &&
                                    jobs[i].mtime == transfer->mtime;
            originals[i].done = !originals[i].is_there;
        } else if (jobs[i].error == CHANNEL_GONE) {
            originals[i].done = true;
        } else {
            poll_fail(poll, REMOTE_NOT_SETTLED, originals[i].path, &jobs[i]);
        }
    }
}

/* The marker goes first: alone it would make the next file of that name ready too early. */
static void remove_markers(struct poll *poll, struct original *originals, size_t n)
{
    const char *marker = poll->partner->mailbox.fetch.marker;
    struct job jobs[SETTLE_AT_ONCE];
    size_t which[SETTLE_AT_ONCE], m = 0;

    for (size_t i = 0; i < n && marker != NULL; i++) {
        const struct transfer *transfer = originals[i].transfer;
        const char *path = poll_path(poll, transfer->folder, "", transfer->name, marker);

        if (!originals[i].is_there || path == NULL)
            continue;
        which[m] = i;
        jobs[m++] = (struct job){.what = CHANNEL_REMOVE, .path = path, .fd = -1};
    }
    (void)worker_do(&poll->worker, jobs, m);
    for (size_t i = 0; i < m; i++)
        if (jobs[i].error != CHANNEL_OK && jobs[i].error != CHANNEL_GONE) {
            poll_fail(poll, REMOTE_NOT_SETTLED, jobs[i].path, &jobs[i]);
            originals[which[i]].is_there = false;
        }
}

/* Where it is moved to: under its name, or with the number of its transfer when that is taken. */
static const char *moved_path(struct poll *poll, const struct transfer *transfer, bool again)
{
    struct bytes folder = bytes_of(poll->partner->mailbox.fetch.move_to);
    char number[32] = "";

    if (again)
        (void)snprintf(number, sizeof(number), "~%" PRId64, transfer->row);
    return poll_path(poll, folder, "", transfer->name, number);
}

static void act(struct poll *poll, struct original *originals, size_t n, bool again)
{
    bool move = poll->partner->mailbox.fetch.after == MAILBOX_MOVE;
    struct job jobs[SETTLE_AT_ONCE];
    size_t which[SETTLE_AT_ONCE], m = 0, taken = 0;

    for (size_t i = 0; i < n; i++) {
        if (!originals[i].is_there || originals[i].done)
            continue;
        jobs[m] = (struct job){.what = move ? CHANNEL_RENAME : CHANNEL_REMOVE,
                               .path = originals[i].path,
                               .to = move ? moved_path(poll, originals[i].transfer, again) : NULL,
                               .fd = -1};
        if (move && jobs[m].to == NULL)
            continue;
        which[m++] = i;
    }
    (void)worker_do(&poll->worker, jobs, m);
    for (size_t i = 0; i < m; i++) {
        struct original *original = &originals[which[i]];

        /* It was there a moment ago: when renaming finds nothing, that may be the folder it goes to. */
        original->done = jobs[i].error == CHANNEL_OK || (jobs[i].error == CHANNEL_GONE && !move);
        if (jobs[i].error == CHANNEL_THERE && !again) {
            taken++;
            continue;
        }
        original->is_there = false;
        if (!original->done)
            poll_fail(poll, REMOTE_NOT_SETTLED, original->path, &jobs[i]);
    }
    if (taken > 0)
        act(poll, originals, n, true);
}

bool settle_originals(struct poll *poll, struct transfer *const *transfers, size_t n)
{
    struct original originals[SETTLE_AT_ONCE];

    if (n == 0)
        return true;
    for (size_t i = 0; i < n; i++) {
        originals[i] = (struct original){transfers[i],
                                         poll_path(poll, transfers[i]->folder, "", transfers[i]->name, ""),
                                         false, poll->partner->mailbox.fetch.after == MAILBOX_LEAVE};
        if (originals[i].path == NULL)
            return false;
    }
    if (poll->partner->mailbox.fetch.after != MAILBOX_LEAVE) {
        look(poll, originals, n);
        remove_markers(poll, originals, n);
        act(poll, originals, n, false);
    }
    if (!ledger_begin(poll->ledger))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!originals[i].done)
            continue;
        transfers[i]->state = TRANSFER_DONE;
        (void)transfer_save(poll->ledger, transfers[i]);
    }
    return ledger_commit(poll->ledger);
}
