/*
 * compile-x12: the tables of the X12 dictionary to the flat image that the tools map into memory.
 *
 * The build runs it; it is not installed.  Exit status: 0, or 2 when the tables are not consistent, and 3
 * when the image could not be written.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "compile/emit.h"

#define ARENA_MAX ((size_t)1 << 30)
#define IMAGE_MAX ((size_t)256 << 20)

static bool write_whole(int fd, struct bytes content)
{
    while (content.len > 0) {
        ssize_t written = write(fd, content.at, content.len);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        content.at += written;
        content.len -= (size_t)written;
    }
    return true;
}

/* Under a temporary name, then renamed: who finds the file finds all of it. */
static int image_write(struct arena *arena, const char *path, struct bytes image)
{
    const char *temporary = arena_format(arena, "%s.%ld", path, (long)getpid());
    int fd = temporary != NULL ? open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : -1;
    bool written;

    if (fd < 0) {
        fprintf(stderr, "compile-x12: %s: %s\n", path, strerror(errno));
        return 3;
    }
    written = write_whole(fd, image);
    if (close(fd) != 0 || !written || rename(temporary, path) != 0) {
        fprintf(stderr, "compile-x12: %s: %s\n", path, strerror(errno));
        unlink(temporary);
        return 3;
    }
    return 0;
}

static int compile(struct arena *arena, const char *folder, const char *path)
{
    struct problems problems;
    struct model model;
    struct buffer image;
    int status = 2;

    problems_init(&problems);
    buffer_init(&image, IMAGE_MAX);
    model_read(&model, arena, &problems, folder);
    if (problems.count > 0) {
        fwrite(problems.text.at, 1, problems.text.len, stderr);
        fprintf(stderr, "compile-x12: %u problems; %s was not written\n", problems.count, path);
    } else if (!emit_image(&model, arena, &image)) {
        fprintf(stderr, "compile-x12: %s: out of memory, or too large for the image's layout\n", path);
        status = 3;
    } else {
        status = image_write(arena, path, buffer_view(&image));
    }
    buffer_release(&image);
    problems_release(&problems);
    return status;
}

int main(int argc, char **argv)
{
    struct arena arena;
    int status;

    if (argc != 3) {
        fprintf(stderr, "usage: compile-x12 FOLDER IMAGE\n");
        return 2;
    }
    arena_init(&arena, (size_t)1 << 20, ARENA_MAX);
    status = compile(&arena, argv[1], argv[2]);
    arena_release(&arena);
    return status;
}
