/*
 * look: what lies in a folder of a mailbox, and what of it is meant, good and ready.
 */
#ifndef CROSSDOCK_REMOTE_LOOK_H
#define CROSSDOCK_REMOTE_LOOK_H

#include "remote/poll.h"

/* A file there that may be fetched. */
struct look_file {
    struct bytes folder, name;
    uint64_t size;
    int64_t mtime;
};

struct look {
    struct look_file *files; /* by name, each once */
    size_t n;
};

/* Looks through one folder of `fetch`.  What is meant but not taken (a name that is no name, a link) is told.
 * `show`: every name to poll->show, with nothing told.  False: told.  Everything is in the poll's arena. */
bool look_at(struct poll *poll, struct bytes folder, bool show, struct look *look);

/* Keeps those that a second look, which this one waits for, finds as they were. */
bool look_again(struct poll *poll, struct bytes folder, struct look *look);

#endif
