/*
 * input: the files a tool was given, one after the other, "-" or none for standard input.
 *
 * One that cannot be opened or is a directory is reported (T7001, technical) and the others go on: the report
 * remembers the status.
 */
#ifndef CROSSDOCK_CLI_INPUT_H
#define CROSSDOCK_CLI_INPUT_H

#include "diag/report.h"

struct input {
    int fd;
    const char *name;    /* for places: the file as the user named it, "(standard input)" */
    const char *base;    /* the name without folders, for records; "" for standard input */
    bool is_stdin;
    bool is_regular;
    uint64_t size;       /* bytes, of a regular file; else 0 */
};

struct input_list {
    char *const *names; /* argv's operands */
    int count, next;
};

void input_list_init(struct input_list *list, char *const *names, int count);

/* Opens the next one that can be opened; false after the last.  The caller closes it. */
bool input_next(struct input_list *list, struct input *input, struct report *report);

bool input_open(struct input *input, const char *name, struct report *report);
void input_close(struct input *input);

/* Tells that reading failed half-way. */
void input_complain(const struct input *input, uint64_t offset, int error, struct report *report);

#endif
