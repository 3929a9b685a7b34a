#include "cli/input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum { PIPE_SIZE = 1024 * 1024 };

void input_list_init(struct input_list *list, char *const *names, int count)
{
    static char standard[] = "-";
    static char *const none[] = {standard};

    list->names = count > 0 ? names : none;
    list->count = count > 0 ? count : 1;
    list->next = 0;
}

static void complain(const struct input *input, const char *detail, const char *consequence,
                     struct report *report)
{
    struct finding finding = {.complaint = TECHNICAL_READ, .place = {.file = input->name}, .detail = detail,
                              .consequence = consequence};

    report_add(report, &finding);
}

bool input_open(struct input *input, const char *name, struct report *report)
{
    static const char passed_over[] = "passed over, the other inputs go on";
    struct stat about;
    const char *slash;

    *input = (struct input){.fd = -1, .name = name};
    if (strcmp(name, "-") == 0) {
        input->fd = STDIN_FILENO;
        input->name = "(standard input)";
        input->base = "";
        input->is_stdin = true;
    } else {
        slash = strrchr(name, '/');
        input->base = slash != NULL ? slash + 1 : name;
        do
            input->fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        while (input->fd < 0 && errno == EINTR);
        if (input->fd < 0) {
            complain(input, file_error(errno), passed_over, report);
            return false;
        }
    }
    if (fstat(input->fd, &about) != 0) {
        complain(input, file_error(errno), passed_over, report);
        input_close(input);
        return false;
    }
    if (S_ISDIR(about.st_mode)) {
        complain(input, "it is a directory", passed_over, report);
        input_close(input);
        return false;
    }
    if (S_ISREG(about.st_mode)) {
        input->is_regular = true;
        input->size = (uint64_t)about.st_size;
        (void)posix_fadvise(input->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    } else if (S_ISFIFO(about.st_mode)) {
        (void)fcntl(input->fd, F_SETPIPE_SZ, PIPE_SIZE);
    }
    return true;
}

bool input_next(struct input_list *list, struct input *input, struct report *report)
{
    while (list->next < list->count)
        if (input_open(input, list->names[list->next++], report))
            return true;
    return false;
}

void input_close(struct input *input)
{
    if (input->fd >= 0 && !input->is_stdin)
        close(input->fd);
    input->fd = -1;
}

void input_complain(const struct input *input, uint64_t offset, int error, struct report *report)
{
    struct finding finding = {.complaint = TECHNICAL_READ,
                              .place = {.file = input->name, .offset = offset, .has_offset = true},
                              .detail = file_error(error),
                              .consequence = "what came before it was translated"};

    report_add(report, &finding);
}
