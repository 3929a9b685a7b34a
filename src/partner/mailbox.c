#include "partner/mailbox.h"

enum { GLOB_CEILING = 2048 };

struct names_values {
    struct settings_texts names;
    const char *pattern;
};

struct fetch_values {
    struct mailbox_fetch fetch;
    struct names_values which;
    int after;
};

struct send_values {
    struct mailbox_send send;
    struct names_values which;
    int after;
};

struct mailbox_values {
    struct mailbox mailbox;
    const struct yaml_node *fetch, *send;
};

static const char *const after_words[] = {
    [MAILBOX_LEAVE] = "leave", [MAILBOX_DELETE] = "delete", [MAILBOX_MOVE] = "move", NULL};

#define ROW(type, member, row_kind) .offset = offsetof(struct type, member), .kind = row_kind

#define NAMES_ROWS(type)                                                                       \
    {.key = "names",                                                                           \
     ROW(type, which.names, SETTINGS_TEXTS),                                                   \
     .argument = "[GLOB, ...]",                                                                \
     .sentence = "Names of files that are meant, with *, ? and [...]."},                       \
    {                                                                                          \
        .key = "pattern", ROW(type, which.pattern, SETTINGS_TEXT), .most = PATTERN_MAX_LENGTH, \
        .argument = "PATTERN", .sentence = "The same as a regular expression, of whole names." \
    }

static const struct settings_row fetch_rows[] = {
    {.key = "from",
     ROW(fetch_values, fetch.from, SETTINGS_TEXTS),
     .least = 1,
     .most = 64,
     .required = true,
     .argument = "FOLDER | [FOLDER, ...]",
     .sentence = "Folders there."},
    {.key = "into",
     ROW(fetch_values, fetch.into, SETTINGS_TEXT),
     .required = true,
     .argument = "FOLDER",
     .sentence = "The folder here that gets the files."},
    NAMES_ROWS(fetch_values),
    {.key = "after",
     ROW(fetch_values, after, SETTINGS_WORD),
     .words = after_words,
     .fallback = "leave",
     .sentence = "What becomes of the file there once it is safe here."},
    {.key = "move_to",
     ROW(fetch_values, fetch.move_to, SETTINGS_TEXT),
     .argument = "FOLDER",
     .sentence = "The folder there that it is moved to."},
    {.key = "unready",
     ROW(fetch_values, fetch.unready, SETTINGS_TEXTS),
     .argument = "[SUFFIX, ...]",
     .sentence = "Ends of names that are still being written."},
    {.key = "marker",
     ROW(fetch_values, fetch.marker, SETTINGS_TEXT),
     .argument = "SUFFIX",
     .sentence = "A file is ready once another one of its name and this suffix is there."},
    {.key = "decrypt",
     ROW(fetch_values, fetch.decrypt, SETTINGS_TEXTS),
     .least = 1,
     .most = 32,
     .argument = "[COMMAND, ARGUMENT, ...]",
     .sentence = "What decrypts a file, from its standard input to its standard output."},
    {.key = "stable",
     ROW(fetch_values, fetch.stable, SETTINGS_DURATION),
     .most = 3600,
     .sentence = "The time between two looks at sizes and times, which must agree; 0: one look."},
};
static const struct settings fetch_settings = {SETTINGS_ROWS(fetch_rows)};

static const struct settings_row send_rows[] = {
    {.key = "from",
     ROW(send_values, send.from, SETTINGS_TEXT),
     .required = true,
     .argument = "FOLDER",
     .sentence = "The folder here whose files are sent."},
    {.key = "to",
     ROW(send_values, send.to, SETTINGS_TEXT),
     .required = true,
     .argument = "FOLDER",
     .sentence = "The folder there."},
    NAMES_ROWS(send_values),
    {.key = "after",
     ROW(send_values, after, SETTINGS_WORD),
     .words = after_words,
     .fallback = "leave",
     .sentence = "What becomes of the file here once it is there."},
    {.key = "move_to",
     ROW(send_values, send.move_to, SETTINGS_TEXT),
     .argument = "FOLDER",
     .sentence = "The folder here that it is moved to."},
    {.key = "encrypt",
     ROW(send_values, send.encrypt, SETTINGS_TEXTS),
     .least = 1,
     .most = 32,
     .argument = "[COMMAND, ARGUMENT, ...]",
     .sentence = "What encrypts a file, from its standard input to its standard output."},
    {.key = "replace",
     ROW(send_values, send.replace, SETTINGS_FLAG),
     .sentence = "A file of the same name there is replaced."},
};
static const struct settings send_settings = {SETTINGS_ROWS(send_rows)};

static const struct settings_row mailbox_rows[] = {
    {.key = "dir",
     ROW(mailbox_values, mailbox.dir, SETTINGS_TEXT),
     .argument = "FOLDER",
     .sentence = "The mailbox is a folder of this machine."},
    {.key = "host",
     ROW(mailbox_values, mailbox.host, SETTINGS_TEXT),
     .most = 255,
     .argument = "NAME",
     .sentence = "The mailbox is on this server, by SFTP."},
    {.key = "port",
     ROW(mailbox_values, mailbox.port, SETTINGS_COUNT),
     .least = 1,
     .most = 65535,
     .fallback = "22",
     .sentence = "Its port."},
    {.key = "user", ROW(mailbox_values, mailbox.user, SETTINGS_TEXT), .sentence = "Our name there."},
    {.key = "key",
     ROW(mailbox_values, mailbox.key, SETTINGS_TEXT),
     .argument = "FILE",
     .sentence = "Our private key, ed25519 or ECDSA."},
    {.key = "agent", ROW(mailbox_values, mailbox.agent, SETTINGS_FLAG), .sentence = "The keys of the agent."},
    {.key = "password_command",
     ROW(mailbox_values, mailbox.password_command, SETTINGS_TEXT),
     .most = 4096,
     .argument = "COMMAND",
     .sentence = "What the shell runs to get the password, or the passphrase of key: its first line."},
    {.key = "known_hosts",
     ROW(mailbox_values, mailbox.known_hosts, SETTINGS_TEXT),
     .argument = "FILE",
     .sentence = "A file of OpenSSH with the server's key."},
    {.key = "fingerprint",
     ROW(mailbox_values, mailbox.fingerprints, SETTINGS_TEXTS),
     .most = 16,
     .argument = "SHA256:...",
     .sentence = "The fingerprint of the server's key, in place of known_hosts."},
    {.key = "channels",
     ROW(mailbox_values, mailbox.channels, SETTINGS_COUNT),
     .least = 1,
     .most = MAILBOX_MAX_CHANNELS,
     .fallback = "10",
     .sentence = "Channels of SFTP on the connection; on each, several files are under way."},
    {.key = "timeout",
     ROW(mailbox_values, mailbox.timeout, SETTINGS_DURATION),
     .least = 1,
     .most = 3600,
     .fallback = "60s",
     .sentence = "How long nothing may happen."},
    {.key = "time",
     ROW(mailbox_values, mailbox.time, SETTINGS_DURATION),
     .least = 1,
     .most = 86400,
     .fallback = "1h",
     .sentence = "How long a poll may take."},
    {.key = "max_files",
     ROW(mailbox_values, mailbox.max_files, SETTINGS_COUNT),
     .least = 1,
     .most = 1000000,
     .fallback = "10000",
     .sentence = "Files that one poll takes; the next one takes more."},
    {.key = "max_size",
     ROW(mailbox_values, mailbox.max_size, SETTINGS_COUNT),
     .least = 1,
     .most = 1048576,
     .fallback = "1024",
     .argument = "MIB",
     .sentence = "The largest file that is taken, in MiB."},
    {.key = "max_list",
     ROW(mailbox_values, mailbox.max_list, SETTINGS_COUNT),
     .least = 1,
     .most = 1000000,
     .fallback = "100000",
     .sentence = "The most names that a folder may have."},
    {.key = "retries",
     ROW(mailbox_values, mailbox.retries, SETTINGS_COUNT),
     .most = 20,
     .fallback = "2",
     .sentence = "How often it is tried again when the connection fails."},
    {.key = "back_off",
     ROW(mailbox_values, mailbox.back_off, SETTINGS_DURATION),
     .most = 600,
     .fallback = "5s",
     .sentence = "How long the first such wait is; each further one is twice as long."},
    {.key = "fetch",
     ROW(mailbox_values, fetch, SETTINGS_ANY),
     .argument = "{KEY: VALUE, ...}",
     .sentence = "What is fetched."},
    {.key = "send",
     ROW(mailbox_values, send, SETTINGS_ANY),
     .argument = "{KEY: VALUE, ...}",
     .sentence = "What is sent."},
};
static const struct settings mailbox_settings = {SETTINGS_ROWS(mailbox_rows)};

/* --- names */

/* A glob as a regular expression: all but *, ? and [...] stands for itself. */
static void translate(struct bytes glob, struct buffer *into)
{
    size_t open = 0; /* behind the bracket that is open */

    for (size_t i = 0; i < glob.len; i++) {
        char c = glob.at[i];

        if (open > 0) {
            if (c == '!' && i == open)
                buffer_add_byte(into, '^');
            else if (c == ']' && i > open) {
                buffer_add_byte(into, c);
                open = 0;
            } else {
                if (strchr("[]\\^", c) != NULL)
                    buffer_add_byte(into, '\\');
                buffer_add_byte(into, c);
            }
        } else if (c == '*') {
            buffer_add_string(into, ".*");
        } else if (c == '?') {
            buffer_add_byte(into, '.');
        } else if (c == '[' && memchr(glob.at + i, ']', glob.len - i) != NULL) {
            buffer_add_byte(into, c);
            open = i + 1;
        } else {
            if (strchr("[](){}|^$+.\\", c) != NULL)
                buffer_add_byte(into, '\\');
            buffer_add_byte(into, c);
        }
    }
}

static bool add_pattern(struct mailbox_names *names, struct bytes text, const struct yaml_node *at,
                        struct report *report)
{
    struct pattern_mistake mistake;
    struct pattern *pattern = pattern_open(text, true, &mistake);

    if (pattern == NULL) {
        yaml_complain(report, at, false, SETTING_VALUE, NULL, "no pattern: %s, at character %zu",
                      mistake.text, mistake.offset + 1);
        return false;
    }
    names->patterns[names->n++] = pattern;
    return true;
}

static bool take_names(struct mailbox_names *names, const struct names_values *values,
                       const struct yaml_node *node, struct arena *arena, struct report *report)
{
    bool good = true;
    struct buffer text;

    names->patterns = arena_zalloc(arena, values->names.n + 1U, sizeof(struct pattern *));
    if (names->patterns == NULL)
        return false;
    buffer_init(&text, GLOB_CEILING);
    for (uint32_t i = 0; i < values->names.n; i++) {
        buffer_clear(&text);
        translate(values->names.at[i], &text);
        if (text.failed)
            yaml_complain(report, yaml_get(node, "names"), false, SETTING_VALUE, NULL, "too long a name");
        good = !text.failed && add_pattern(names, buffer_view(&text), yaml_get(node, "names"), report) &&
               good;
    }
    buffer_release(&text);
    if (values->pattern != NULL)
        good = add_pattern(names, bytes_of(values->pattern), yaml_get(node, "pattern"), report) && good;
    return good;
}

enum pattern_result mailbox_means(const struct mailbox_names *names, struct bytes name, const char **why)
{
    for (uint32_t i = 0; i < names->n; i++) {
        enum pattern_result result = pattern_match(names->patterns[i], name, NULL);

        if (result == PATTERN_FAILED)
            *why = pattern_why(names->patterns[i]);
        if (result != PATTERN_NO)
            return result;
    }
    return names->n == 0 ? PATTERN_YES : PATTERN_NO;
}

/* --- the block */

static bool folder_is_good(struct bytes folder, const struct yaml_node *node, struct report *report)
{
    if (folder.len > 0 && folder.len <= MAILBOX_MAX_FOLDER)
        return true;
    yaml_complain(report, node, false, SETTING_RANGE, NULL, "a folder has 1 to %d bytes", MAILBOX_MAX_FOLDER);
    return false;
}

/* `move` and the folder for it belong together. */
static bool after_is_good(enum mailbox_after after, const char *move_to, const struct yaml_node *node,
                          struct report *report)
{
    if ((after == MAILBOX_MOVE) == (move_to != NULL))
        return move_to == NULL || folder_is_good(bytes_of(move_to), yaml_get(node, "move_to"), report);
    yaml_complain(report, node, true, after == MAILBOX_MOVE ? SETTING_MISSING : SETTING_VALUE, NULL,
                  after == MAILBOX_MOVE ? "move_to: the folder they are moved to"
                                        : "move_to goes with after: move");
    return false;
}

static bool read_fetch(struct mailbox_fetch *fetch, const struct yaml_node *node, struct arena *arena,
                       struct report *report)
{
    static const struct bytes unready[] = {BYTES(".part"), BYTES(".tmp"), BYTES(".filepart")};
    struct fetch_values values = {.fetch = {.unready = {sizeof(unready) / sizeof(unready[0]), unready}}};
    bool good;

    if (node == NULL)
        return true;
    if (!settings_read(&fetch_settings, node, &values, arena, report))
        return false;
    *fetch = values.fetch;
    fetch->after = (enum mailbox_after)values.after;
    good = after_is_good(fetch->after, fetch->move_to, node, report);
    for (uint32_t i = 0; i < fetch->from.n; i++)
        good = folder_is_good(fetch->from.at[i], yaml_get(node, "from"), report) && good;
    return take_names(&fetch->names, &values.which, node, arena, report) && good;
}

static bool read_send(struct mailbox_send *send, const struct yaml_node *node, struct arena *arena,
                      struct report *report)
{
    struct send_values values = {.after = 0};
    bool good;

    if (node == NULL)
        return true;
    if (!settings_read(&send_settings, node, &values, arena, report))
        return false;
    *send = values.send;
    send->after = (enum mailbox_after)values.after;
    good = after_is_good(send->after, send->move_to, node, report);
    good = folder_is_good(bytes_of(send->to), yaml_get(node, "to"), report) && good;
    return take_names(&send->names, &values.which, node, arena, report) && good;
}

static bool dir_is_good(const struct mailbox *mailbox, const struct yaml_node *node, struct report *report)
{
    if (mailbox->host == NULL)
        return folder_is_good(bytes_of(mailbox->dir), yaml_get(node, "dir"), report);
    yaml_complain(report, node, true, SETTING_VALUE, NULL, "dir and host: the mailbox is one of them");
    return false;
}

/* A server must be known, and we to it. */
static bool host_is_good(const struct mailbox *mailbox, const struct yaml_node *node, struct report *report)
{
    bool password = mailbox->key == NULL && mailbox->password_command != NULL;
    unsigned ways = (mailbox->key != NULL) + password + mailbox->agent;
    const char *missing = mailbox->host == NULL ? "host: the server, or dir: the folder, that is the mailbox"
                          : mailbox->user == NULL ? "user: our name there"
                          : ways != 1 ? "one of key, agent and password_command: how we are let in"
                          : (mailbox->known_hosts != NULL) == (mailbox->fingerprints.n > 0)
                              ? "one of known_hosts and fingerprint: which key the server must show"
                              : NULL;

    if (missing != NULL)
        yaml_complain(report, node, true, SETTING_MISSING, NULL, "%s", missing);
    return missing == NULL;
}

bool mailbox_read(struct mailbox *mailbox, const struct yaml_node *node, struct arena *arena,
                  struct report *report)
{
    struct mailbox_values values = {.fetch = NULL};
    bool good;

    *mailbox = (struct mailbox){.dir = NULL};
    if (node == NULL)
        return true;
    if (!settings_read(&mailbox_settings, node, &values, arena, report))
        return false;
    *mailbox = values.mailbox;
    good = mailbox->dir != NULL ? dir_is_good(mailbox, node, report) : host_is_good(mailbox, node, report);
    good = read_fetch(&mailbox->fetch, values.fetch, arena, report) && good;
    return read_send(&mailbox->send, values.send, arena, report) && good;
}

static void close_names(const struct mailbox_names *names)
{
    for (uint32_t i = 0; i < names->n; i++)
        pattern_close(names->patterns[i]);
}

void mailbox_close(const struct mailbox *mailbox)
{
    close_names(&mailbox->fetch.names);
    close_names(&mailbox->send.names);
}
