#include "remote/serve.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include "remote/folder.h"
#include "remote/ssh.h"

enum { PAUSE = 250 };

bool serve_moves(int socket, struct serve_moves *moves, uint64_t bytes)
{
    struct timespec now;
    struct channel_message message = {.what = CHANNEL_MOVES};
    int64_t time;

    moves->bytes += bytes;

    clock_gettime(CLOCK_MONOTONIC, &now);
    time = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    if (time - moves->last < PAUSE)
        return true;
    moves->last = time;
    message.size = moves->bytes;
    return channel_send(socket, &message, -1);
}

void serve_mailbox(int socket, const void *what)
{
    const struct mailbox *mailbox = what;
    struct rlimit none = {0, 0};

    /* It may come to hold keys and passwords: nobody looks into it, and it leaves no core. */
    (void)prctl(PR_SET_DUMPABLE, 0);
    (void)setrlimit(RLIMIT_CORE, &none);
    if (mailbox->dir != NULL)
        folder_serve(socket, mailbox);
    else
        ssh_serve(socket, mailbox);
}
