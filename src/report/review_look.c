#include "report/review_look.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/spool.h"

enum { MAX_JOBS = 16, CEILING_BITS = 32 /* of what a process hands over: 4 GiB */ };
static const size_t arena_chunk = (size_t)256 * 1024;

void look_release(struct look *look)
{
    free(look->waits);
}

static bool add_wait(struct look *look, struct bytes number, int64_t wake)
{
    if (look->n == look->room) {
        size_t room = look->room == 0 ? 256 : look->room * 2;
        struct look_wait *more = realloc(look->waits, room * sizeof(*more));

        if (more == NULL) {
            report_say(ledger_report(look->compare->ledger), TECHNICAL_MEMORY,
                       ledger_path(look->compare->ledger), "deadlines");
            return false;
        }
        look->waits = more;
        look->room = room;
    }
    look->waits[look->n++] = (struct look_wait){number, wake};
    return true;
}

bool look_at_group(void *to, const struct survey_group *group)
{
    struct look *look = to;
    struct compare *compare = look->compare;

    compare->scope = arena_copy(compare->arena, group->number);
    if (compare->scope.at == NULL || !compare_group(compare, group))
        return false;
    return (compare->wake == INT64_MAX && !look->every) || add_wait(look, compare->scope, compare->wake);
}

/* --- what a process hands over: counts, findings, deadlines */

static void put_number(struct buffer *out, int64_t number)
{
    buffer_add(out, (const char *)&number, sizeof(number));
}

static void put_text(struct buffer *out, struct bytes text)
{
    put_number(out, text.at != NULL ? (int64_t)text.len : -1);
    buffer_add_bytes(out, text);
}

static bool hand_over(const struct look *look, struct spool *spool)
{
    const struct compare *compare = look->compare;
    struct buffer out;
    bool good;

    buffer_init(&out, (size_t)1 << CEILING_BITS);
    put_number(&out, compare->orders);
    put_number(&out, (int64_t)compare->n);
    for (size_t i = 0; i < compare->n; i++) {
        put_number(&out, compare->findings[i].rule);
        put_number(&out, compare->findings[i].tolerated);
        for (unsigned j = 0; j < MISMATCH_SAID; j++)
            put_text(&out, compare->findings[i].mismatch.field[j]);
    }
    put_number(&out, (int64_t)look->n);
    for (size_t i = 0; i < look->n; i++) {
        put_text(&out, look->waits[i].number);
        put_number(&out, look->waits[i].wake);
    }
    good = !out.failed && spool_add(spool, out.at, out.len) == 0;
    buffer_release(&out);
    return good;
}

static bool get_number(struct bytes *rest, int64_t *out)
{
    if (rest->len < sizeof(*out))
        return false;
    memcpy(out, rest->at, sizeof(*out));
    *rest = (struct bytes){rest->at + sizeof(*out), rest->len - sizeof(*out)};
    return true;
}

static bool get_text(struct bytes *rest, struct bytes *out)
{
    int64_t len = -1;

    *out = (struct bytes){NULL, 0};
    if (!get_number(rest, &len) || len < 0)
        return len == -1;
    if ((uint64_t)len > rest->len)
        return false;
    *out = (struct bytes){rest->at, (size_t)len};
    *rest = (struct bytes){rest->at + len, rest->len - (size_t)len};
    return true;
}

static bool take_finding(struct compare *compare, struct bytes *rest)
{
    struct compare_finding finding = {.rule = RULES};
    int64_t rule, tolerated;

    if (!get_number(rest, &rule) || !get_number(rest, &tolerated) || rule < 0 || rule >= RULES)
        return false;
    finding.rule = (enum rule)rule;
    finding.tolerated = tolerated != 0;
    for (unsigned i = 0; i < MISMATCH_SAID; i++)
        if (!get_text(rest, &finding.mismatch.field[i]))
            return false;
    return compare_add(compare, &finding);
}

static bool take_over(struct look *look, struct spool *spool)
{
    struct stat about;
    struct bytes rest;
    int64_t orders, n, wake;
    char *all;
    bool good;

    if (fstat(spool->fd, &about) != 0 ||
        (all = arena_text(look->compare->arena, (size_t)about.st_size + 1)) == NULL ||
        spool_read(spool, 0, all, (size_t)about.st_size) != 0)
        return false;
    rest = (struct bytes){all, (size_t)about.st_size};
    good = get_number(&rest, &orders) && get_number(&rest, &n);
    for (int64_t i = 0; good && i < n; i++)
        good = take_finding(look->compare, &rest);
    good = good && get_number(&rest, &n);
    for (int64_t i = 0; good && i < n; i++) {
        struct bytes number;

        good = get_text(&rest, &number) && get_number(&rest, &wake) && add_wait(look, number, wake);
    }
    if (good)
        look->compare->orders += orders;
    return good;
}

/* --- processes */

struct share {
    struct bytes from, until; /* of numbers */
    struct spool spool;
    const struct look *look;
    const struct survey *survey;
    pid_t parent, process; /* 0: none */
};

/* In a process of its own, with a connection of its own: SQLite's do not pass through fork. */
static int work(void *whom)
{
    struct share *share = whom;
    const struct survey *survey = share->survey;
    const struct compare *parent = share->look->compare;
    struct ledger *ledger = ledger_open(ledger_path(parent->ledger), LEDGER_READ,
                                        ledger_report(parent->ledger));
    struct survey *own = ledger != NULL ? survey_of(survey, ledger) : NULL;
    struct compare compare;
    struct look look = {.compare = &compare};
    struct arena arena;

    if (own == NULL)
        return 1;
    arena_init(&arena, arena_chunk, parent->arena->ceiling);
    if (!compare_open(&compare, ledger, parent->schema, parent->search, parent->settings, &arena,
                      parent->now))
        return 1;
    compare.systems = parent->systems;
    return survey_range(own, share->from, share->until, look_at_group, &look) && !compare.failed &&
                   hand_over(&look, &share->spool)
               ? 0
               : 1;
}

/* It does not outlive whoever waits for it. */
static int work_apart(void *whom)
{
    const struct share *share = whom;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    return getppid() == share->parent ? work(whom) : 1;
}

static bool begin(struct share *share)
{
    const struct compare *compare = share->look->compare;
    const char *folder = getenv("TMPDIR");
    int error = spool_open(&share->spool, folder != NULL && folder[0] != '\0' ? folder : "/tmp");

    share->parent = getpid();
    if (error == 0 && (share->process = compare->settings->apart(work_apart, share)) < 0) {
        share->process = 0;
        error = errno;
    }
    if (error != 0)
        report_say(ledger_report(compare->ledger), TECHNICAL_MEMORY, ledger_path(compare->ledger),
                   "a further process: %s", file_error(error));
    return error == 0;
}

static bool end(struct look *look, struct share *share)
{
    int status = 1;

    if (share->process == 0)
        return false;
    while (waitpid(share->process, &status, 0) < 0 && errno == EINTR)
        ;
    if (status == 0 && take_over(look, &share->spool))
        return true;
    report_say(ledger_report(look->compare->ledger), LEDGER_FAILED, ledger_path(look->compare->ledger),
               "a process that looked at a part of the orders ended before it was done");
    return false;
}

bool look_at_all_orders(struct look *look, struct survey *survey, unsigned jobs)
{
    static const struct bytes none = {NULL, 0};
    struct share shares[MAX_JOBS] = {{.process = 0}};
    struct bytes bounds[MAX_JOBS];
    size_t n, begun = 0;
    bool good = true;

    if (look->compare->settings->apart == NULL)
        jobs = 1;
    n = survey_shares(survey, look->compare->arena, jobs < MAX_JOBS ? jobs : MAX_JOBS, bounds);
    for (size_t i = 0; i < n && good; i++) {
        shares[i] = (struct share){.from = bounds[i],
                                   .until = i + 1 < n ? bounds[i + 1] : none,
                                   .spool = {.fd = -1},
                                   .look = look,
                                   .survey = survey};
        good = begin(&shares[i]);
        begun++;
    }
    good = good && survey_range(survey, none, n > 0 ? bounds[0] : none, look_at_group, look);
    for (size_t i = 0; i < begun; i++) {
        good = end(look, &shares[i]) && good;
        spool_close(&shares[i].spool);
    }
    return good;
}
