#include "remote/serve.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include "remote/folder.h"
#include "remote/ssh.h"

bool serve_moves(int socket, int64_t *last)
{
    struct timespec now;
    struct channel_message message = {.what = CHANNEL_MOVES};

    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec == *last)
        return true;
    *last = now.tv_sec;
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
