#include "cli/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

void process_begin(void)
{
    /* Open the wrong way round: reading fd 0 and writing fd 1 then give EBADF, as they would if closed. */
    static const int flags[] = {O_WRONLY, O_RDONLY, O_WRONLY};

    for (int fd = 0; fd < 3; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF) {
            int opened = open("/dev/null", flags[fd]);

            /* The lowest free number is fd, as all below it are open. */
            (void)opened;
        }
    }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    umask(077);
}

pid_t process_launch(void (*serve)(int socket, const void *what), const void *what, int *socket)
{
    enum { ITS_SOCKET = 3 };
    pid_t parent = getpid(), child;
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return -1;
    child = fork();
    if (child != 0) {
        int error = errno;

        close(ends[1]);
        if (child < 0)
            close(ends[0]);
        *socket = child < 0 ? -1 : ends[0];
        errno = error;
        return child;
    }
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* It may have died before that. */
    if (getppid() != parent || dup2(ends[1], ITS_SOCKET) < 0)
        _exit(3);
    (void)close_range(ITS_SOCKET + 1, ~0U, 0);
    serve(ITS_SOCKET, what);
    _exit(0);
}

const char *process_temporary(void)
{
    const char *folder = getenv("TMPDIR");

    return folder != NULL && folder[0] != '\0' ? folder : "/tmp";
}
