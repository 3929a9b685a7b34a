#include "translate/control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/publish.h"
#include "translate/edi_batch.h"

enum { FILE_CEILING = 64 * 1024 * 1024 };

static bool failed(struct report *report, const char *path, enum complaint complaint, int error)
{
    report_say(report, complaint, path, "control numbers: %s", file_error(error));
    return false;
}

static int lock(const char *path, struct arena *arena, int *fd)
{
    const char *name = arena_format(arena, "%s.lock", path);

    *fd = name != NULL ? open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666) : -1;
    if (*fd < 0)
        return name != NULL ? errno : ENOMEM;
    while (flock(*fd, LOCK_EX) != 0)
        if (errno != EINTR)
            return errno;
    return 0;
}

/* Counts one up in the text; what follows of it goes to `into`.  False: a line is none. */
static bool count_up(struct bytes text, struct bytes sender, struct bytes receiver, struct bytes group,
                     uint32_t *out, struct buffer *into)
{
    struct bytes line;
    bool found = false;

    while (bytes_split(&text, '\n', &line)) {
        struct bytes rest = line, field[4];
        uint64_t number;
        unsigned n = 0;

        if (line.len == 0)
            continue;
        while (n < 4 && bytes_split(&rest, '\t', &field[n]))
            n++;
        if (n != 4 || rest.at != NULL || !bytes_to_count(field[3], CONTROL_MAX, &number))
            return false;
        if (bytes_equal(field[0], sender) && bytes_equal(field[1], receiver) &&
            bytes_equal(field[2], group)) {
            if (found || number == CONTROL_MAX)
                return false;
            found = true;
            *out = (uint32_t)++number;
        }
        buffer_add_format(into, "%.*s\t%.*s\t%.*s\t%u\n", BYTES_ARG(field[0]), BYTES_ARG(field[1]),
                          BYTES_ARG(field[2]), (unsigned)number);
    }
    if (!found) {
        *out = 1;
        buffer_add_format(into, "%.*s\t%.*s\t%.*s\t1\n", BYTES_ARG(sender), BYTES_ARG(receiver),
                          BYTES_ARG(group));
    }
    return !into->failed;
}

static bool write_down(const char *path, struct bytes content, struct arena *arena, struct report *report)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    struct bytes folder = slash == path ? BYTES("/")
                                        : (struct bytes){path, slash ? (size_t)(slash - path) : 0};
    const char *in = slash != NULL ? arena_copy(arena, folder).at : ".";
    int error = in != NULL ? publish_file(in, bytes_of(name), content, PUBLISH_REPLACE) : ENOMEM;

    return error == 0 || failed(report, path, TECHNICAL_WRITE, error);
}

static bool take_locked(const char *path, struct bytes sender, struct bytes receiver, struct bytes group,
                        struct control_numbers *out, struct arena *arena, struct report *report)
{
    struct bytes text = {"", 0};
    struct buffer first, second;
    int error = file_read_whole(path, FILE_CEILING, arena, &text, NULL);
    bool good;

    if (error != 0 && error != ENOENT)
        return failed(report, path, TECHNICAL_READ, error);
    buffer_init(&first, FILE_CEILING);
    buffer_init(&second, FILE_CEILING);
    good = count_up(text, sender, receiver, BYTES("ISA"), &out->interchange, &first) &&
           (group.len == 0 || count_up(buffer_view(&first), sender, receiver, group, &out->group, &second));
    if (!good)
        report_say(report, TECHNICAL_READ, path,
                   "control numbers: a line is none, or the numbers of %.*s and %.*s are used up",
                   BYTES_ARG(sender), BYTES_ARG(receiver));
    else
        good = write_down(path, buffer_view(group.len == 0 ? &first : &second), arena, report);
    buffer_release(&second);
    buffer_release(&first);
    return good;
}

/* The next numbers; `group` (GS01) empty: none is wanted. */
static bool take(const char *path, struct bytes sender, struct bytes receiver, struct bytes group,
                 struct control_numbers *out, struct report *report)
{
    struct arena arena;
    int fd = -1, error;
    bool good;

    *out = (struct control_numbers){0, 0};
    arena_init(&arena, 64 * 1024, 2 * (size_t)FILE_CEILING);
    error = lock(path, &arena, &fd);
    good = error == 0 ? take_locked(path, sender, receiver, group, out, &arena, report)
                      : failed(report, path, TECHNICAL_WRITE, error);
    if (fd >= 0)
        close(fd); /* ends the lock */
    arena_release(&arena);
    return good;
}

/* --- as a journal */

static enum edi_found find(void *whom, struct bytes partner, const char *id, struct edi_kept *out)
{
    (void)whom;
    (void)partner;
    (void)id;
    (void)out;
    return EDI_NEW;
}

static bool begin(void *whom, const struct edi_address *address, struct control_numbers *out)
{
    const struct control_file *file = whom;

    return take(file->path, address->from, address->to, address->group, out, file->report);
}

static bool keep(void *whom, const struct edi_interchange *interchange)
{
    (void)whom;
    (void)interchange;
    return true;
}

static void drop(void *whom)
{
    (void)whom;
}

static bool sent(void *whom, struct bytes path)
{
    (void)whom;
    (void)path;
    return true;
}

struct edi_journal control_journal(struct control_file *file)
{
    return (struct edi_journal){
        .whom = file, .find = find, .begin = begin, .keep = keep, .drop = drop, .sent = sent};
}
