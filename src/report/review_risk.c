#include "report/review_risk.h"

#include <stdlib.h>

/* What an amount is of. */
enum part { PART_LINE, PART_WHOLE, PART_BESIDE };

struct money {
    struct bytes currency, partner, order, line;
    enum part part;
    enum rule rule;
    struct decimal amount;
};

static bool same_order(const struct money *a, const struct money *b)
{
    return bytes_equal(a->currency, b->currency) && bytes_equal(a->partner, b->partner) &&
           bytes_equal(a->order, b->order);
}

static bool same_line(const struct money *a, const struct money *b)
{
    return same_order(a, b) && a->part == b->part && bytes_equal(a->line, b->line);
}

static int by_order(const void *a, const void *b)
{
    const struct money *left = a, *right = b;
    int order = bytes_compare(left->currency, right->currency);

    if (order == 0)
        order = bytes_compare(left->partner, right->partner);
    if (order == 0)
        order = bytes_compare(left->order, right->order);
    if (order == 0)
        order = (left->part > right->part) - (left->part < right->part);
    if (order == 0)
        order = bytes_compare(left->line, right->line);
    return order != 0 ? order : (left->rule > right->rule) - (left->rule < right->rule);
}

static enum part part_of(const struct review_finding *finding)
{
    if (finding->rule == RULE_INV_SAC || finding->rule == RULE_INV_SUM)
        return PART_BESIDE;
    return finding->mismatch.field[MISMATCH_LINE].len > 0 ? PART_LINE : PART_WHOLE;
}

/* Of one line, or of an order as a whole: the greatest of what each code comes to.  At the next one then. */
static size_t greatest(const struct money *all, size_t n, size_t at, struct decimal *out)
{
    size_t from = at;

    *out = decimal_of_count(0);
    while (at < n && same_line(&all[at], &all[from])) {
        struct decimal sum = decimal_of_count(0);
        size_t code = at;

        for (; at < n && same_line(&all[at], &all[from]) && all[at].rule == all[code].rule; at++)
            (void)decimal_add(sum, all[at].amount, &sum);
        if (decimal_compare(sum, *out) > 0)
            *out = sum;
    }
    return at;
}

static size_t add_order(const struct money *all, size_t n, size_t at, struct decimal *total)
{
    struct decimal lines = decimal_of_count(0), whole = decimal_of_count(0), one;
    size_t from = at;

    while (at < n && same_order(&all[at], &all[from])) {
        enum part part = all[at].part;

        if (part == PART_BESIDE) {
            (void)decimal_add(*total, all[at++].amount, total);
            continue;
        }
        at = greatest(all, n, at, &one);
        if (part == PART_WHOLE)
            whole = one;
        else
            (void)decimal_add(lines, one, &lines);
    }
    (void)decimal_add(*total, decimal_compare(lines, whole) > 0 ? lines : whole, total);
    return at;
}

static size_t gather(const struct review *review, struct money *out)
{
    size_t n = 0;

    for (size_t i = 0; i < review->n_findings; i++) {
        const struct review_finding *finding = &review->findings[i];
        const struct bytes *field = finding->mismatch.field;
        struct money money = {.currency = field[MISMATCH_CURRENCY],
                              .partner = field[MISMATCH_PARTNER],
                              .order = field[MISMATCH_ORDER],
                              .line = field[MISMATCH_LINE],
                              .part = part_of(finding),
                              .rule = finding->rule};

        if ((finding->state != REVIEW_NEW && finding->state != REVIEW_OPEN) ||
            !decimal_parse(field[MISMATCH_AMOUNT], &money.amount) || decimal_sign(money.amount) == 0)
            continue;
        /* What is of no order stands for itself. */
        if (money.order.len == 0)
            money.part = PART_BESIDE;
        out[n++] = money;
    }
    return n;
}

bool review_add_risk(struct review *review)
{
    struct money *all = malloc((review->n_findings + 1) * sizeof(*all));
    size_t n = all != NULL ? gather(review, all) : 0, currencies = 0;

    if (n > 1)
        qsort(all, n, sizeof(*all), by_order);
    for (size_t i = 0; i < n; i++)
        currencies += i == 0 || !bytes_equal(all[i].currency, all[i - 1].currency);
    review->at_risk = arena_zalloc(review->arena, currencies + 1, sizeof(*review->at_risk));
    for (size_t at = 0; at < n && review->at_risk != NULL;) {
        struct review_amount *amount = &review->at_risk[review->n_at_risk];

        if (at == 0 || !bytes_equal(all[at].currency, all[at - 1].currency)) {
            *amount = (struct review_amount){all[at].currency, {0, 2}};
            review->n_at_risk++;
        } else {
            amount--;
        }
        at = add_order(all, n, at, &amount->sum);
    }
    if (all == NULL)
        review->arena->failed = true;
    free(all);
    return !review->arena->failed;
}
