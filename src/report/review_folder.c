/* The folder of reconcile's pages: the report, and a page for each order it speaks of. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/publish.h"
#include "ledger/journey.h"
#include "ledger/timeline.h"
#include "report/review_page.h"
#include "report/trace_show.h"

enum { MAX_PAGES = 2000, MAX_ON_ONE = 20, CHUNK = 64 * 1024, INDEX_CEILING = 512 * 1024 * 1024 };
static const size_t order_ceiling = (size_t)64 * 1024 * 1024;
static const size_t scratch_ceiling = (size_t)512 * 1024 * 1024;

static int by_order(const void *a, const void *b)
{
    const struct review_link *one = a, *other = b;
    int order = bytes_compare(one->partner, other->partner);

    return order != 0 ? order : bytes_compare(one->order, other->order);
}

const struct review_link *review_link_of(const struct review_links *links,
                                         const struct review_finding *finding)
{
    const struct review_link wanted = {.partner = finding->mismatch.field[MISMATCH_PARTNER],
                                       .order = finding->mismatch.field[MISMATCH_ORDER]};

    if (links->n == 0)
        return NULL;
    return bsearch(&wanted, links->at, links->n, sizeof(*links->at), by_order);
}

/* The orders that something new or open is about, each once. */
static bool collect(struct review_links *links, const struct review *review)
{
    size_t n = 0;

    links->at = arena_zalloc(review->arena, review->n_findings + 1, sizeof(*links->at));
    if (links->at == NULL)
        return false;
    for (size_t i = 0; i < review->n_findings; i++) {
        const struct review_finding *finding = &review->findings[i];

        if (finding->mismatch.field[MISMATCH_ORDER].len > 0 &&
            (finding->state == REVIEW_NEW || finding->state == REVIEW_OPEN))
            links->at[n++] = (struct review_link){.partner = finding->mismatch.field[MISMATCH_PARTNER],
                                                  .order = finding->mismatch.field[MISMATCH_ORDER]};
    }
    qsort(links->at, n, sizeof(*links->at), by_order);
    for (size_t i = 0; i < n; i++)
        if (links->n == 0 || by_order(&links->at[links->n - 1], &links->at[i]) != 0)
            links->at[links->n++] = links->at[i];
    return true;
}

/* The same in every run. */
static void name_page(struct hash *hash, struct review_link *link)
{
    char hex[33];

    hash_begin(hash);
    hash_add(hash, link->partner.at, link->partner.len);
    hash_add(hash, "", 1);
    hash_add(hash, link->order.at, link->order.len);
    hash_hex(hash, hex);
    (void)snprintf(link->name, sizeof(link->name), "order-%.16s.html", hex);
}

/* Its traces: of one partner, or of all that have an order of this number.  False: told. */
static bool put_traces(struct buffer *page, struct ledger *ledger, const struct schema *schema,
                       struct arena *arena, const struct review_link *link)
{
    struct journey_orders found;
    struct trace *traces;
    size_t n;

    if (!journey_find(ledger, arena, link->order, link->partner, &found))
        return false;
    n = found.n < MAX_ON_ONE ? found.n : MAX_ON_ONE;
    if (n == 0)
        return true;
    traces = arena_zalloc(arena, n, sizeof(*traces));
    if (traces == NULL)
        return report_say(ledger_report(ledger), TECHNICAL_MEMORY, ledger_path(ledger), "a page"), false;
    for (size_t i = 0; i < n; i++)
        if (!trace_make(&traces[i], ledger, schema, arena, &found.orders[i]))
            return false;
    trace_put_page(page, traces, n);
    return true;
}

static bool write_page(struct ledger *ledger, const char *folder, const char *name, const struct buffer *page)
{
    int error;

    if (page->failed) {
        report_say(ledger_report(ledger), TECHNICAL_MEMORY, folder, "the page %s is too large", name);
        return false;
    }
    error = publish_file(folder, bytes_of(name), (struct bytes){page->at, page->len}, PUBLISH_REPLACE);
    if (error != 0)
        report_say(ledger_report(ledger), TECHNICAL_WRITE, folder, "%s: %s", name, file_error(error));
    return error == 0;
}

/* The pages of orders; those beyond MAX_PAGES have none. */
static bool write_orders(struct review_links *links, struct ledger *ledger, const struct schema *schema,
                         const char *folder)
{
    struct hash *hash = hash_open();
    struct buffer page;
    struct arena arena;
    bool good = hash != NULL && timeline_begin(ledger);

    if (!good) {
        hash_close(hash);
        return false;
    }
    arena_init(&arena, CHUNK, scratch_ceiling);
    buffer_init(&page, order_ceiling);
    for (size_t i = 0; i < links->n && i < MAX_PAGES && good; i++) {
        arena_reset(&arena);
        buffer_clear(&page);
        good = put_traces(&page, ledger, schema, &arena, &links->at[i]);
        if (!good || page.len == 0)
            continue;
        name_page(hash, &links->at[i]);
        good = write_page(ledger, folder, links->at[i].name, &page);
    }
    buffer_release(&page);
    arena_release(&arena);
    timeline_end(ledger);
    hash_close(hash);
    return good;
}

bool review_make_folder(const char *folder, struct report *report)
{
    struct stat about;
    int error = 0;

    if ((mkdir(folder, 0777) != 0 && errno != EEXIST) || stat(folder, &about) != 0)
        error = errno;
    else if (!S_ISDIR(about.st_mode))
        error = ENOTDIR;
    else if (access(folder, W_OK | X_OK) != 0)
        error = errno;
    if (error != 0)
        report_say(report, TECHNICAL_WRITE, folder, "%s; nothing was compared", file_error(error));
    return error == 0;
}

bool review_write_pages(const struct review *review, struct ledger *ledger, const struct schema *schema,
                        const char *folder)
{
    struct review_links links = {.n = 0};
    struct buffer page;
    bool good;

    if (!collect(&links, review)) {
        report_say(ledger_report(ledger), TECHNICAL_MEMORY, folder, "the list of orders");
        return false;
    }
    if (!write_orders(&links, ledger, schema, folder))
        return false;
    buffer_init(&page, INDEX_CEILING);
    if (!review_put_page(&page, review, &links))
        page.failed = true;
    good = write_page(ledger, folder, "index.html", &page);
    buffer_release(&page);
    return good;
}
