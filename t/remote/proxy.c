/*
 * proxy: stands between a client and a server, and makes the way worse.
 *
 *   proxy [OPTION...] PORT     to that port of 127.0.0.1; prints its own, and serves until it is killed
 *
 *   --delay=MS     each byte takes that long, either way
 *   --cut=N        the connection ends when N bytes went through, both ways together
 *   --rate=N       bytes a second, either way
 *   --banner=N     N bytes of lines before the server's first
 *   --mute         takes connections, and says nothing
 *
 * A process a connection.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 256 * 1024, CEILING = 64 * 1024 * 1024 };

struct settings {
    double delay; /* milliseconds */
    uint64_t cut, rate, banner;
    bool mute;
};

/* Bytes on their way, since `time`. */
struct piece {
    struct piece *next;
    double time; /* when they may arrive */
    size_t at, len;
    char bytes[];
};

struct way {
    int from, to;
    struct piece *first, *last;
    size_t under_way;
    double next; /* --rate: when the next bytes may go */
    bool ended, told;
};

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1000 + (double)time.tv_nsec / 1e6;
}

static void give_up(const char *what)
{
    perror(what);
    exit(3);
}

static void enter(struct way *way, const char *bytes, size_t len, double time)
{
    struct piece *piece = malloc(sizeof(*piece) + len);

    if (piece == NULL)
        give_up("proxy: memory");
    *piece = (struct piece){.time = time, .len = len};
    memcpy(piece->bytes, bytes, len);
    if (way->last != NULL)
        way->last->next = piece;
    else
        way->first = piece;
    way->last = piece;
    way->under_way += len;
}

/* Takes what the sender has. */
static void take(struct way *way, const struct settings *settings, uint64_t *through)
{
    char block[BLOCK];
    ssize_t got = read(way->from, block, sizeof(block));

    if (got <= 0) {
        way->ended = got == 0 || (errno != EAGAIN && errno != EINTR);
        return;
    }
    /* What goes before the cut arrives. */
    if (settings->cut > 0 && (uint64_t)got > settings->cut - *through)
        got = (ssize_t)(settings->cut - *through);
    *through += (uint64_t)got;
    enter(way, block, (size_t)got, now() + settings->delay);
}

/* Gives what is due.  False: the receiver is gone. */
static bool give(struct way *way, const struct settings *settings)
{
    while (way->first != NULL && way->first->time <= now() && way->next <= now()) {
        struct piece *piece = way->first;
        size_t len = piece->len - piece->at;
        ssize_t put;

        if (settings->rate > 0 && len > settings->rate / 20 + 1)
            len = settings->rate / 20 + 1;
        put = write(way->to, piece->bytes + piece->at, len);
        if (put < 0)
            return errno == EAGAIN || errno == EINTR;
        if (settings->rate > 0)
            way->next = now() + (double)put * 1000 / (double)settings->rate;
        piece->at += (size_t)put;
        way->under_way -= (size_t)put;
        if (piece->at < piece->len)
            continue;
        way->first = piece->next;
        if (way->first == NULL)
            way->last = NULL;
        free(piece);
    }
    if (way->ended && way->first == NULL && !way->told) {
        (void)shutdown(way->to, SHUT_WR);
        way->told = true;
    }
    return true;
}

/* How long until something is due: milliseconds, -1 for ever. */
static int pause_of(const struct way ways[2])
{
    double least = -1;

    for (int i = 0; i < 2; i++) {
        double due;

        if (ways[i].first == NULL)
            continue;
        due = ways[i].first->time > ways[i].next ? ways[i].first->time : ways[i].next;
        due = due > now() ? due - now() : 0;
        if (least < 0 || due < least)
            least = due;
    }
    return least < 0 ? -1 : (int)least + 1;
}

static void join(int client, int server, const struct settings *settings)
{
    struct way ways[2] = {{.from = client, .to = server}, {.from = server, .to = client}};
    uint64_t through = 0;

    for (uint64_t left = settings->banner; left > 0;) {
        char line[100];
        size_t len = left < sizeof(line) ? (size_t)left : sizeof(line);

        memset(line, 'x', sizeof(line));
        line[len - 1] = '\n';
        enter(&ways[1], line, len, now());
        left -= len;
    }
    for (int i = 0; i < 2; i++) {
        int one = 1;

        (void)setsockopt(ways[i].from, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        (void)fcntl(ways[i].from, F_SETFL, O_NONBLOCK);
    }
    for (;;) {
        bool cut = settings->cut > 0 && through == settings->cut;
        struct pollfd polled[2] = {{.fd = client}, {.fd = server}};

        if ((ways[0].told && ways[1].told) || (cut && ways[0].first == NULL && ways[1].first == NULL))
            return;
        for (int i = 0; i < 2; i++) {
            if (!ways[i].ended && !cut && ways[i].under_way < CEILING)
                polled[i].events |= POLLIN;
            if (ways[i].first != NULL && ways[i].first->time <= now() && ways[i].next <= now())
                polled[1 - i].events |= POLLOUT;
        }
        for (int i = 0; i < 2; i++)
            if (polled[i].events == 0)
                polled[i].fd = -1; /* it may say again and again that it has ended */
        (void)poll(polled, 2, pause_of(ways));
        for (int i = 0; i < 2; i++) {
            if ((polled[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !ways[i].ended && !cut)
                take(&ways[i], settings, &through);
            cut = settings->cut > 0 && through == settings->cut;
            if (!give(&ways[i], settings))
                return;
        }
    }
}

static int reach(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static int listen_somewhere(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t len = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) != 0 || listen(fd, 64) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        give_up("proxy: listening");
    printf("%u\n", (unsigned)ntohs(address.sin_port));
    if (fflush(stdout) != 0)
        give_up("proxy: telling the port");
    return fd;
}

static void serve(int listening, uint16_t port, const struct settings *settings)
{
    for (;;) {
        int client = accept(listening, NULL, NULL), server;

        if (client < 0)
            continue;
        if (fork() == 0) {
            (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (settings->mute)
                pause();
            server = reach(port);
            if (server >= 0)
                join(client, server, settings);
            _exit(0);
        }
        close(client);
    }
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"delay", required_argument, NULL, 'd'}, {"cut", required_argument, NULL, 'c'},
        {"rate", required_argument, NULL, 'r'},  {"banner", required_argument, NULL, 'b'},
        {"mute", no_argument, NULL, 'm'},        {NULL, 0, NULL, 0}};
    struct settings settings = {.delay = 0};
    int letter;

    while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1)
        switch (letter) {
        case 'd': settings.delay = strtod(optarg, NULL); break;
        case 'c': settings.cut = strtoull(optarg, NULL, 10); break;
        case 'r': settings.rate = strtoull(optarg, NULL, 10); break;
        case 'b': settings.banner = strtoull(optarg, NULL, 10); break;
        case 'm': settings.mute = true; break;
        default: return 2;
        }
    if (optind + 1 != argc)
        return 2;
    signal(SIGCHLD, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    serve(listen_somewhere(), (uint16_t)strtoul(argv[optind], NULL, 10), &settings);
}
