#include "remote/look.h"

#include <stdlib.h>

#include "remote/name.h"

/* What a listing gave, before it is sorted out. */
struct entry {
    struct look_file file;
    enum channel_kind kind;
    struct entry *next;
};

struct gathering {
    struct poll *poll;
    struct bytes folder;
    struct entry *entries; /* newest first */
    size_t n;
};

static void gather(void *whom, const struct channel_message *message)
{
    struct gathering *gathering = whom;
    struct arena *arena = gathering->poll->arena;
    struct entry *entry = arena_zalloc(arena, 1, sizeof(*entry));
    struct bytes name = {message->path, message->path_len};

    if (entry == NULL)
        return; /* the arena says so */
    *entry = (struct entry){{gathering->folder, arena_copy(arena, name), message->size, message->mtime},
                            message->kind,
                            gathering->entries};
    gathering->entries = entry;
    gathering->n++;
}

static int by_name(const void *a, const void *b)
{
    return bytes_compare((*(const struct entry *const *)a)->file.name,
                         (*(const struct entry *const *)b)->file.name);
}

/* The listing as a sorted array; NULL: told. */
static struct entry **list(struct poll *poll, struct bytes folder, size_t *n)
{
    struct gathering gathering = {.poll = poll, .folder = folder};
    const char *path = arena_copy(poll->arena, folder).at;
    struct entry **sorted;
    struct job answer;
    size_t i = 0;

    if (path == NULL)
        return NULL;
    if (!worker_list(&poll->worker, path, &answer, gather, &gathering)) {
        poll_fail(poll, REMOTE_FAILED, path, &answer);
        return NULL;
    }
    sorted = arena_zalloc(poll->arena, gathering.n + 1, sizeof(struct entry *));
    if (sorted == NULL || poll->arena->failed)
        return NULL;
    for (struct entry *entry = gathering.entries; entry != NULL; entry = entry->next)
        sorted[i++] = entry;
    qsort(sorted, gathering.n, sizeof(*sorted), by_name);
    *n = gathering.n;
    return sorted;
}

static bool ends_with(struct bytes name, struct bytes end)
{
    return name.len > end.len && memcmp(name.at + name.len - end.len, end.at, end.len) == 0;
}

static bool is_listed(struct entry *const *sorted, size_t n, struct bytes name)
{
    struct entry like = {.file.name = name}, *key = &like;

    return bsearch(&key, sorted, n, sizeof(*sorted), by_name) != NULL;
}

static bool is_ready(const struct poll *poll, struct entry *const *sorted, size_t n, struct bytes name)
{
    const struct mailbox_fetch *fetch = &poll->partner->mailbox.fetch;
    struct bytes marker;

    for (uint32_t i = 0; i < fetch->unready.n; i++)
        if (ends_with(name, fetch->unready.at[i]))
            return false;
    if (fetch->marker == NULL)
        return true;
    marker = bytes_of(arena_format(poll->arena, "%.*s%s", BYTES_ARG(name), fetch->marker));
    return marker.at != NULL && is_listed(sorted, n, marker);
}

enum sort { READY, UNREADY, OTHER, BAD_NAME, BAD_KIND, TOO_LARGE, BAD_MATCH };

static enum sort sort_of(const struct poll *poll, struct entry *const *sorted, size_t n, size_t i,
                         const char **why)
{
    const struct mailbox *mailbox = &poll->partner->mailbox;
    const struct entry *entry = sorted[i];
    struct bytes name = entry->file.name;

    if (entry->kind == CHANNEL_FOLDER || name_is_hidden(name))
        return OTHER;
    if (!name_is_good(name) || (i > 0 && bytes_equal(sorted[i - 1]->file.name, name)))
        return BAD_NAME;
    if (mailbox->fetch.marker != NULL && ends_with(name, bytes_of(mailbox->fetch.marker)))
        return OTHER;
    switch (mailbox_means(&mailbox->fetch.names, name, why)) {
    case PATTERN_NO: return OTHER;
    case PATTERN_FAILED: return BAD_MATCH;
    case PATTERN_YES: break;
    }
    if (entry->kind != CHANNEL_FILE)
        return BAD_KIND;
    if (entry->file.size > mailbox->max_size * 1024 * 1024)
        return TOO_LARGE;
    return is_ready(poll, sorted, n, name) ? READY : UNREADY;
}

static void refuse(struct poll *poll, const struct entry *entry, enum sort sort, const char *why)
{
    const char *path = poll_path(poll, entry->file.folder, "", entry->file.name, "");
    struct buffer name;

    if (path == NULL)
        return;
    poll->counts.refused++;
    switch (sort) {
    case BAD_NAME:
        buffer_init(&name, 4096);
        report_quote(&name, entry->file.name, NAME_MAX_BYTES);
        buffer_add_byte(&name, '\0');
        poll_tell(poll, REMOTE_NAME, entry->file.folder.at, "\"%s\"", name.failed ? "?" : name.at);
        buffer_release(&name);
        break;
    case BAD_KIND:
        poll_tell(poll, REMOTE_KIND, path, "%s",
                  entry->kind == CHANNEL_LINK ? "a symbolic link" : "a device");
        break;
    case BAD_MATCH: poll_tell(poll, REMOTE_NAME, path, "the pattern failed: %s", why); break;
    default:
        poll_tell(poll, REMOTE_TOO_LARGE, path, "%llu bytes; max_size is %llu MiB",
                  (unsigned long long)entry->file.size, (unsigned long long)poll->partner->mailbox.max_size);
        break;
    }
}

bool look_at(struct poll *poll, struct bytes folder, bool show, struct look *look)
{
    static const char *const words[] = {
        [READY] = "ready",      [UNREADY] = "unready",   [OTHER] = "other",      [BAD_NAME] = "refused",
        [BAD_KIND] = "refused", [TOO_LARGE] = "refused", [BAD_MATCH] = "refused"};
    size_t n = 0;
    struct entry **sorted = list(poll, folder, &n);

    *look = (struct look){.files = NULL};
    if (sorted == NULL)
        return false;
    look->files = arena_zalloc(poll->arena, n + 1, sizeof(*look->files));
    if (look->files == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        const struct entry *entry = sorted[i];
        const char *why = "";
        enum sort sort = sort_of(poll, sorted, n, i, &why);

        if (show && sort != READY && !name_is_hidden(entry->file.name) && entry->kind != CHANNEL_FOLDER)
            poll->show(poll->whom, &(struct poll_line){words[sort], folder, entry->file.name,
                                                       entry->file.size, entry->file.mtime});
        if (sort == READY)
            look->files[look->n++] = entry->file;
        else if (sort == UNREADY)
            poll->counts.waiting++;
        else if (sort != OTHER && !show)
            refuse(poll, entry, sort, why);
    }
    poll->counts.listed += look->n;
    return !poll->arena->failed;
}

bool look_again(struct poll *poll, struct bytes folder, struct look *look)
{
    struct timespec pause = {.tv_sec = (time_t)poll->partner->mailbox.fetch.stable};
    struct entry **sorted;
    size_t n, kept = 0;

    if (look->n == 0 || pause.tv_sec == 0)
        return true;
    (void)nanosleep(&pause, NULL);
    sorted = list(poll, folder, &n);
    if (sorted == NULL)
        return false;
    for (size_t i = 0, j = 0; i < look->n; i++) {
        const struct look_file *file = &look->files[i];

        while (j < n && bytes_compare(sorted[j]->file.name, file->name) < 0)
            j++;
        if (j < n && bytes_equal(sorted[j]->file.name, file->name) && sorted[j]->file.size == file->size &&
            sorted[j]->file.mtime == file->mtime && sorted[j]->kind == CHANNEL_FILE)
            look->files[kept++] = *file;
        else
            poll->counts.waiting++;
    }
    look->n = kept;
    return true;
}
