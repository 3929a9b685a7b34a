/*
 * mailbox: where a partner's files are fetched and left: the block `remote` of a partner file.
 *
 * A server reached by SFTP (host:), or a folder of this machine (dir:).  crossdock-partner(5) says the keys.
 */
#ifndef CROSSDOCK_PARTNER_MAILBOX_H
#define CROSSDOCK_PARTNER_MAILBOX_H

#include "base/pattern.h"
#include "conf/settings.h"

enum mailbox_after { MAILBOX_LEAVE, MAILBOX_DELETE, MAILBOX_MOVE };

enum {
    MAILBOX_MAX_FOLDER = 700, /* bytes of a folder's path */
    MAILBOX_MAX_CHANNELS = 16,
};

/* Which files of a folder are meant: a pattern, or one of some globs made patterns; none: all. */
struct mailbox_names {
    uint32_t n;
    struct pattern **patterns;
};

struct mailbox_fetch {
    struct settings_texts from; /* folders there; none: nothing is fetched */
    const char *into;           /* a folder here */
    struct mailbox_names names;
    enum mailbox_after after;
    const char *move_to;           /* a folder there */
    struct settings_texts unready; /* ends of names that are being written: ".part" */
    const char *marker;            /* ".done": NAME is ready once NAME.done is there; NULL: no such thing */
    struct settings_texts decrypt; /* a command and its arguments; none: it is taken as it is */
    uint64_t stable;               /* seconds between two looks that must agree; 0: one look */
};

struct mailbox_send {
    const char *from, *to; /* folders here and there; NULL: nothing is sent */
    struct mailbox_names names;
    enum mailbox_after after; /* what becomes of the file here */
    struct settings_texts encrypt;
    const char *move_to;
    bool replace; /* what is there under the same name */
};

struct mailbox {
    const char *dir;  /* a folder of this machine; NULL: a server */
    const char *host; /* NULL: the partner has no mailbox, or a folder */
    uint64_t port;
    const char *user, *key, *password_command, *known_hosts;
    struct settings_texts fingerprints; /* "SHA256:..." */
    bool agent;
    uint64_t channels;                      /* of SFTP, on one connection */
    uint64_t timeout, time;                 /* seconds: without any progress, of a whole poll */
    uint64_t max_files, max_size, max_list; /* a poll; MiB of one; names in a folder */
    uint64_t retries, back_off;             /* seconds before the second try, doubled each time */
    struct mailbox_fetch fetch;
    struct mailbox_send send;
};

/* Reads the block; `node` NULL: the partner has none.  False: every mistake was told.  What it holds lives in
 * the arena and the tree, but for the patterns: mailbox_close, also after a failure. */
bool mailbox_read(struct mailbox *mailbox, const struct yaml_node *node, struct arena *arena,
                  struct report *report);
void mailbox_close(const struct mailbox *mailbox);

static inline bool mailbox_is_there(const struct mailbox *mailbox)
{
    return mailbox->dir != NULL || mailbox->host != NULL;
}

/* PATTERN_FAILED: *why says what happened. */
enum pattern_result mailbox_means(const struct mailbox_names *names, struct bytes name, const char **why);

#endif
