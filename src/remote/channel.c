#include "remote/channel.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"

/* Room for one descriptor, aligned as the kernel wants it. */
union control {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
};

static ssize_t give(int socket, const struct channel_message *message, int fd, int flags)
{
    struct channel_message copy = *message;
    struct iovec part = {.iov_base = &copy, .iov_len = sizeof(copy)};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
    union control control = {.room = {0}};
    ssize_t sent;

    if (fd >= 0) {
        control.header = (struct cmsghdr){
            .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
        header.msg_control = &control;
        header.msg_controllen = sizeof(control.room);
    }
    do
        sent = sendmsg(socket, &header, MSG_NOSIGNAL | flags);
    while (sent < 0 && errno == EINTR);
    return sent;
}

bool channel_send(int socket, const struct channel_message *message, int fd)
{
    return give(socket, message, fd, 0) == (ssize_t)sizeof(*message);
}

enum channel_got channel_offer(int socket, const struct channel_message *message, int fd)
{
    ssize_t sent = give(socket, message, fd, MSG_DONTWAIT);

    if (sent < 0 && (errno == EAGAIN || errno == ENOBUFS))
        return CHANNEL_NOTHING_YET;
    return sent == (ssize_t)sizeof(*message) ? CHANNEL_GOT : CHANNEL_ENDED;
}

static int descriptor_of(struct msghdr *header)
{
    int fd = -1;

    for (struct cmsghdr *at = CMSG_FIRSTHDR(header); at != NULL; at = CMSG_NXTHDR(header, at))
        if (at->cmsg_level == SOL_SOCKET && at->cmsg_type == SCM_RIGHTS &&
            at->cmsg_len == CMSG_LEN(sizeof(int)))
            memcpy(&fd, CMSG_DATA(at), sizeof(fd));
    return fd;
}

enum channel_got channel_receive(int socket, struct channel_message *message, int *fd)
{
    struct iovec part = {.iov_base = message, .iov_len = sizeof(*message)};
    union control control = {.room = {0}};
    struct msghdr header = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control.room)};
    ssize_t got;

    *fd = -1;
    do
        got = recvmsg(socket, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got < 0 && errno == EAGAIN)
        return CHANNEL_NOTHING_YET;
    if (got > 0)
        *fd = descriptor_of(&header);
    if (got != (ssize_t)sizeof(*message) || (unsigned)message->what >= CHANNEL_KINDS ||
        (unsigned)message->error >= CHANNEL_ERRORS || message->path_len >= CHANNEL_PATH) {
        if (*fd >= 0)
            close(*fd);
        *fd = -1;
        return CHANNEL_ENDED;
    }
    message->path[message->path_len] = '\0';
    message->to[CHANNEL_PATH - 1] = '\0';
    message->text[CHANNEL_TEXT - 1] = '\0';
    message->sha256[sizeof(message->sha256) - 1] = '\0';
    return CHANNEL_GOT;
}

void channel_fail(struct channel_message *message, enum channel_error error, const char *format, ...)
{
    va_list arguments;

    message->error = error;
    va_start(arguments, format);
    (void)vsnprintf(message->text, sizeof(message->text), format, arguments);
    va_end(arguments);
}

void channel_fail_errno(struct channel_message *message, int error, const char *doing)
{
    enum channel_error kind = error == ENOENT || error == ENOTDIR                   ? CHANNEL_GONE
                              : error == EEXIST                                     ? CHANNEL_THERE
                              : error == EACCES || error == EPERM || error == EROFS ? CHANNEL_DENIED
                                                                                    : CHANNEL_REFUSED;

    channel_fail(message, kind, "%s: %s", doing, file_error(error));
}
