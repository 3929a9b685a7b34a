/*
 * Which rule writes an object, where several can: the one whose segment began as the record says that one
 * did.  The order of a set (x12_order.h) has the beginnings of all its segments.
 */
#include <stdlib.h>

#include "map/x12_order.h"
#include "map/x12_put_bound.h"

struct put_wanted {
    uint32_t n;
    struct beginning {
        struct bytes text;
        uint32_t taken; /* of the first of equal ones: how many are written */
    } * sorted;
};

static int compare(const void *a, const void *b)
{
    return bytes_compare(((const struct beginning *)a)->text, ((const struct beginning *)b)->text);
}

struct put_wanted *put_wanted_of(struct x12_put *put, const struct canon_list *order)
{
    struct put_wanted *wanted = arena_zalloc(put->arena, 1, sizeof(*wanted));

    if (wanted == NULL)
        return NULL;
    wanted->sorted = arena_zalloc(put->arena, order->count + 1, sizeof(*wanted->sorted));
    if (wanted->sorted == NULL)
        return NULL;
    for (const struct canon_object *each = order->first; each != NULL; each = each->next) {
        struct bytes text = {each->first.values[0].text, each->first.values[0].len};

        while (text.len > 0 && text.at[0] == '.')
            text = (struct bytes){text.at + 1, text.len - 1};
        wanted->sorted[wanted->n++].text = text;
    }
    qsort(wanted->sorted, wanted->n, sizeof(*wanted->sorted), compare);
    return wanted;
}

/* How the segment that the rule would write of the object begins. */
static struct bytes beginning(struct putting *putting, const struct x12_bound_rule *rule,
                              struct canon_object *object, char text[X12_ORDER_TEXT])
{
    const struct put_rule *made = put_rule_of(putting->putter, rule);
    struct bytes elements[X12_MAX_ELEMENTS] = {{NULL, 0}};
    unsigned n = 0;

    for (uint32_t i = 0; i < made->n_fixed; i++)
        if (made->fixed[i].component <= 1 && made->fixed[i].target == NULL)
            elements[made->fixed[i].element] = made->fixed[i].text;
    for (uint32_t i = 0; i < rule->n_ops; i++)
        if (rule->ops[i].component <= 1)
            elements[rule->ops[i].element] = put_text(putting, rule, i, object, false);
    for (unsigned e = 0; e < X12_MAX_ELEMENTS; e++)
        if (elements[e].len > 0)
            n = e + 1;
    return (struct bytes){text, x12_order_text(text, bytes_of(made->position->segment->id), elements, n,
                                               &putting->put->writer->style.delimiters)};
}

bool put_is_wanted(struct putting *putting, const struct x12_bound_rule *rule, struct canon_object *object,
                   bool take)
{
    struct put_wanted *wanted = putting->wanted;
    char text[X12_ORDER_TEXT];
    struct beginning key = {.text = beginning(putting, rule, object, text)};
    uint32_t low = 0, high = wanted->n, i;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (compare(&wanted->sorted[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    i = low < wanted->n ? low + wanted->sorted[low].taken : wanted->n;
    if (i >= wanted->n || compare(&wanted->sorted[i], &key) != 0)
        return false;
    wanted->sorted[low].taken += take;
    return true;
}
