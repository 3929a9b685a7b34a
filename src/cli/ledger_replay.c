/* ledger_replay: documents translated again, by whoever is in front of us in the pipe or by a child. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/publish.h"
#include "cli/ledger_verbs.h"
#include "cli/process.h"
#include "cli/records.h"
#include "ledger/archived.h"
#include "ledger/lookup.h"
#include "ledger/post.h"
#include "ledger/query.h"

enum { RECORD_MIB = 256, MAX_ARGUMENTS = 16, MAX_PATH = 4096, MAX_NAME = 256 };

static bool take_line(void *whom, const struct outbound_place *place, struct bytes line)
{
    return post_line(whom, place->file, place->line, line);
}

static void take_long(void *whom, const struct outbound_place *place, struct bytes beginning, uint64_t length,
                      uint64_t most)
{
    (void)beginning;
    post_lost_line(whom, place->file, place->line, length, most);
}

static void feed(struct ledger_run *run, struct replay *replay, char *const *names, int n)
{
    struct post_settings how = {.replay = replay, .temporary = process_temporary()};
    struct post *post = post_open(run->ledger, run->search, &how);
    struct records_taker taker = {
        .whom = post, .max_record = (size_t)RECORD_MIB << 20, .line = take_line, .too_long = take_long};
    struct input_list inputs;

    if (post == NULL)
        return;
    input_list_init(&inputs, names, n);
    records_feed(&taker, &inputs, run->report);
    (void)post_finish(post);
    post_close(post);
}

/* --- a child that translates */

/* A file that is translated again. */
struct again {
    struct ledger_run *run;
    char sha256[STORE_HEX + 1];
    char id[33];         /* of a document of it */
    char name[MAX_NAME]; /* "" when it came by a pipe */
    char map[MAX_NAME];  /* of erp2canon; "": edi2canon finds it */
    bool is_in;
    char folder[MAX_PATH]; /* for its bytes, and what becomes of them */
    char bytes[MAX_PATH + MAX_NAME], records[MAX_PATH + MAX_NAME];
};

static bool fail(struct again *again, const char *what, int error)
{
    report_say(again->run->report, TECHNICAL_WRITE, again->folder, "%s: %s", what, file_error(error));
    return false;
}

static void take_text(char *into, struct bytes text, char end)
{
    const char *stop = memchr(text.at != NULL ? text.at : "", end, text.len);
    size_t len = stop != NULL ? (size_t)(stop - text.at) : text.len;

    (void)snprintf(into, MAX_NAME, "%.*s", (int)(len < MAX_NAME ? len : MAX_NAME - 1),
                   len > 0 ? text.at : "");
}

/* What was known of it when it was translated first.  False: told. */
static bool find_origin(struct again *again, int64_t document)
{
    static const char select[] =
        "SELECT d.id, d.file, d.map, d.direction, r.line ->> '$.source.format', d.file_sha256"
        " FROM documents d JOIN records r ON r.ordinal = d.ordinal WHERE d.ordinal = CAST(?1 AS INTEGER)";
    const struct ledger_settings *settings = again->run->settings;
    struct ledger *ledger = again->run->ledger;
    char row[24];
    struct bytes value;
    struct query *query;
    bool found, has_file = false;

    value = (struct bytes){row, (size_t)snprintf(row, sizeof(row), "%" PRId64, document)};
    query = query_ask(ledger, select, &value, 1);
    found = query_row(ledger, query);
    if (found) {
        has_file = query_text(query, 1).at != NULL;
        (void)snprintf(again->id, sizeof(again->id), "%.*s", BYTES_ARG(query_text(query, 0)));
        take_text(again->name, query_text(query, 1), '\n');
        (void)snprintf(again->sha256, sizeof(again->sha256), "%.*s", BYTES_ARG(query_text(query, 5)));
        again->is_in = bytes_are(query_text(query, 3), "in");
        if (settings->map != NULL)
            take_text(again->map, bytes_of(settings->map), '\n');
        else if (!again->is_in && !bytes_are(query_text(query, 4), "x12"))
            take_text(again->map, query_text(query, 2), '@');
    }
    query_end(query);
    if (found && !has_file)
        report_say(again->run->report, LEDGER_NOT_REPLAYED, ledger_path(ledger), "%s came in no file",
                   again->id);
    return found && has_file && !ledger_failed(ledger);
}

static bool add_piece(void *whom, struct bytes piece)
{
    struct publish *publish = whom;

    publish_add(publish, piece.at, piece.len);
    return publish->error == 0;
}

/* The bytes as they came, under the name that they had.  False: told. */
static bool fetch(struct again *again)
{
    struct bytes name = again->name[0] != '\0' ? bytes_of(again->name) : BYTES("standard-input");
    struct store *store = archived_open(again->run->ledger, false);
    struct store_item item;
    struct publish publish;
    int error;

    if (store == NULL || !archived_find(again->run->ledger, bytes_of(again->id), &item, NULL)) {
        store_close(store);
        return false;
    }
    error = publish_open(&publish, again->folder, name);
    if (error == 0) {
        error = store_read(store, &item, add_piece, &publish);
        if (error == 0)
            error = publish_close(&publish, PUBLISH_NEW);
        else
            publish_abandon(&publish);
    }
    store_close(store);
    return error == 0 || archived_fail(again->run->ledger, item.sha256, error);
}

/* The translator beside this program.  False: told. */
static bool find_program(struct again *again, const char *name, char path[MAX_PATH])
{
    ssize_t len = readlink("/proc/self/exe", path, MAX_PATH - 32);
    char *slash;

    if (len <= 0)
        return fail(again, name, errno);
    path[len] = '\0';
    slash = strrchr(path, '/');
    (void)snprintf(slash + 1, 32, "%s", name);
    return true;
}

static int spawn(struct again *again, char *const *arguments, pid_t *child)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t usual;
    int error;

    /* What we ignore others expect. */
    (void)sigemptyset(&usual);
    (void)sigaddset(&usual, SIGPIPE);
    (void)sigaddset(&usual, SIGXFSZ);
    (void)posix_spawnattr_init(&attributes);
    (void)posix_spawnattr_setsigdefault(&attributes, &usual);
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawn_file_actions_addopen(&actions, STDIN_FILENO,
                                           again->name[0] == '\0' ? again->bytes : "/dev/null", O_RDONLY, 0);
    (void)posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, again->records,
                                           O_WRONLY | O_CREAT | O_EXCL, 0600);
    error = posix_spawn(child, arguments[0], &actions, &attributes, arguments, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)posix_spawnattr_destroy(&attributes);
    return error;
}

/* False: told. */
static bool translate(struct again *again)
{
    const struct ledger_settings *settings = again->run->settings;
    bool erp = again->map[0] != '\0';
    const char *const fixed[] = {"--all", "-q"};
    char path[MAX_PATH], *arguments[MAX_ARGUMENTS];
    int n = 0, status = 0, error;
    pid_t child;

    if (!find_program(again, erp ? "erp2canon" : "edi2canon", path))
        return false;
    arguments[n++] = path;
    for (unsigned i = 0; i < 2; i++)
        arguments[n++] = (char *)(uintptr_t)fixed[i];
    if (erp) {
        arguments[n++] = (char *)(uintptr_t) "-m";
        arguments[n++] = again->map;
        if (again->is_in)
            arguments[n++] = (char *)(uintptr_t) "--in";
    }
    if (settings->partner != NULL) {
        arguments[n++] = (char *)(uintptr_t) "-p";
        arguments[n++] = (char *)(uintptr_t)settings->partner;
    }
    if (settings->common.folder != NULL) {
        arguments[n++] = (char *)(uintptr_t) "-C";
        arguments[n++] = (char *)(uintptr_t)settings->common.folder;
    }
    if (again->name[0] != '\0')
        arguments[n++] = again->bytes;
    arguments[n] = NULL;
    error = spawn(again, arguments, &child);
    if (error != 0)
        return fail(again, path, error);
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return fail(again, path, errno);
    if (WIFEXITED(status) && WEXITSTATUS(status) <= 1)
        return true;
    report_say(again->run->report, LEDGER_TRANSLATOR, again->name, "%s ended with %s %d", path,
               WIFEXITED(status) ? "status" : "signal",
               WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
    return false;
}

static void replay_file(struct again *again, struct replay *replay)
{
    const char *name = again->name[0] != '\0' ? again->name : "standard-input";
    char *records[] = {again->records};

    (void)snprintf(again->folder, sizeof(again->folder), "%s/canon-ledger-XXXXXX", process_temporary());
    if (mkdtemp(again->folder) == NULL) {
        (void)fail(again, "a folder for the translator", errno);
        return;
    }
    (void)snprintf(again->bytes, sizeof(again->bytes), "%s/%s", again->folder, name);
    /* No name of a file begins so: see publish.h. */
    (void)snprintf(again->records, sizeof(again->records), "%s/.records", again->folder);
    if (fetch(again) && translate(again))
        feed(again->run, replay, records, 1);
    (void)unlink(again->bytes);
    (void)unlink(again->records);
    (void)rmdir(again->folder);
}

/* The file of each that is wanted, once. */
static void replay_wanted(struct ledger_run *run, struct replay *replay, const int64_t *wanted, int n)
{
    struct again *again = calloc((size_t)n, sizeof(*again));
    bool known;

    if (again == NULL)
        report_say(run->report, TECHNICAL_MEMORY, NULL, "for the files");
    for (int i = 0; again != NULL && i < n && !ledger_failed(run->ledger); i++) {
        again[i].run = run;
        if (!find_origin(&again[i], wanted[i]))
            continue;
        known = false;
        for (int j = 0; j < i && !known; j++)
            known = strcmp(again[j].sha256, again[i].sha256) == 0 && strcmp(again[j].map, again[i].map) == 0;
        if (!known)
            replay_file(&again[i], replay);
    }
    free(again);
    replay_finish(replay);
}

void ledger_replay(struct ledger_run *run)
{
    const struct ledger_settings *settings = run->settings;
    struct replay_settings how = {.look = settings->dry_run,
                                  .json = settings->json,
                                  .offer = settings->offer,
                                  .acknowledge = settings->acknowledge,
                                  .out = &run->out.sink};
    int64_t *wanted = calloc((size_t)run->n + 1, sizeof(*wanted));
    struct replay *replay;
    int n = 0;

    if (settings->reason == NULL && !settings->dry_run) {
        options_complain(run->tool, run->report, USAGE_MISSING,
                         "--reason: why; or -n, to see what would change");
        free(wanted);
        return;
    }
    how.reason = settings->reason != NULL ? bytes_of(settings->reason) : (struct bytes){NULL, 0};
    for (int i = 0; wanted != NULL && i < run->n; i++)
        if ((wanted[n] = lookup_document(run->ledger, bytes_of(run->operands[i]))) != 0)
            n++;
    how.wanted = wanted;
    how.n_wanted = (unsigned)n;
    replay = wanted != NULL && (run->n == 0 || n > 0) ? replay_open(run->ledger, &how) : NULL;
    if (replay != NULL && n == 0)
        feed(run, replay, NULL, 0);
    else if (replay != NULL)
        replay_wanted(run, replay, wanted, n);
    if (replay != NULL) {
        const struct replay_counts *counts = replay_counts(replay);

        report_say(run->report, COUNTS, NULL,
                   "%s %" PRIu64 ", replaced %" PRIu64 ", same %" PRIu64 ", left %" PRIu64,
                   how.look ? "would change" : "changed", counts->changed, counts->replaced, counts->same,
                   counts->left);
    }
    replay_close(replay);
    free(wanted);
}
