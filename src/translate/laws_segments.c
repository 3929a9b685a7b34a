#include <stdlib.h>

#include "translate/laws_compare.h"
#include "wire/x12.h"

/* "0.5" is "-.5" without its zero: X12 writes none. */
static struct bytes plain_number(struct bytes text, struct arena *arena)
{
    size_t sign = text.len > 0 && text.at[0] == '-' ? 1 : 0;
    bool some = false;
    char *made;

    if (text.len < sign + 3 || text.at[sign] != '0' || text.at[sign + 1] != '.')
        return text;
    for (size_t i = sign + 2; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return text;
        some = some || text.at[i] != '0';
    }
    if (!some || (made = arena_text(arena, text.len - 1)) == NULL)
        return text;
    memcpy(made, text.at, sign);
    memcpy(made + sign, text.at + sign + 1, text.len - sign - 1);
    return (struct bytes){made, text.len - 1};
}

bool law_segment_make(struct law_segment *segment, const struct segment_view *view,
                      const struct standard_position *position, struct arena *arena)
{
    uint32_t n = view->n_elements < X12_MAX_ELEMENTS ? view->n_elements : X12_MAX_ELEMENTS;
    struct bytes *elements;

    while (n > 0 && view->element[n - 1].len == 0)
        n--;
    elements = arena_zalloc(arena, n + 1, sizeof(*elements));
    if (elements == NULL)
        return false;
    for (uint32_t i = 0; i < n; i++)
        elements[i] = plain_number(view->element[i], arena);
    *segment = (struct law_segment){
        .id = view->id, .elements = elements, .n = n, .ordinal = view->ordinal, .position = position};
    return true;
}

/* By id, then element by element: equal ones stand together. */
static int compare(const void *left, const void *right)
{
    const struct law_segment *a = *(struct law_segment *const *)left,
                             *b = *(struct law_segment *const *)right;
    int order = bytes_compare(a->id, b->id);

    for (uint32_t i = 0; order == 0 && i < a->n && i < b->n; i++)
        order = bytes_compare(a->elements[i], b->elements[i]);
    if (order == 0)
        order = a->n < b->n ? -1 : a->n > b->n;
    return order;
}

static struct law_segment **sorted(struct law_segment *segments, uint32_t n, struct arena *arena)
{
    struct law_segment **by = arena_zalloc(arena, n + 1, sizeof(struct law_segment *));

    for (uint32_t i = 0; by != NULL && i < n; i++)
        by[i] = &segments[i];
    if (by != NULL)
        qsort(by, n, sizeof(struct law_segment *), compare);
    return by;
}

static struct bytes element_of(const struct law_segment *segment, uint32_t i)
{
    return i < segment->n ? segment->elements[i] : (struct bytes){NULL, 0};
}

static uint32_t likeness(const struct law_segment *a, const struct law_segment *b)
{
    uint32_t same = 0;

    for (uint32_t i = 0; i < a->n && i < b->n; i++)
        same += a->elements[i].len > 0 && bytes_equal(a->elements[i], b->elements[i]);
    return same;
}

/* Of those left, the one that shares most with `was`; NULL: none shares anything. */
static struct law_segment *most_like(const struct law_segment *was, struct law_segment *became, uint32_t n)
{
    struct law_segment *best = NULL;
    uint32_t most = 0;

    for (uint32_t i = 0; i < n; i++) {
        uint32_t same = became[i].matched || !bytes_equal(became[i].id, was->id) ? 0
                                                                                 : likeness(was, &became[i]);

        if (same > most) {
            most = same;
            best = &became[i];
        }
    }
    return best;
}

bool law_compare_segments(struct law_segment *was, uint32_t n_was, struct law_segment *became,
                          uint32_t n_became, struct arena *arena, law_tell_segment *tell, void *whom)
{
    struct law_segment **a = sorted(was, n_was, arena), **b = sorted(became, n_became, arena);

    if (a == NULL || b == NULL)
        return false;
    for (uint32_t i = 0, k = 0; i < n_was && k < n_became;) {
        int order = compare(&a[i], &b[k]);

        if (order == 0)
            a[i]->matched = b[k]->matched = true;
        i += order <= 0;
        k += order >= 0;
    }
    for (uint32_t i = 0; i < n_was; i++) {
        struct law_segment *twin = was[i].matched ? NULL : most_like(&was[i], became, n_became);

        if (was[i].matched)
            continue;
        if (twin == NULL) {
            tell(whom, LAW_LOST, &was[i], 0, (struct bytes){NULL, 0}, (struct bytes){NULL, 0});
            continue;
        }
        twin->matched = true;
        for (uint32_t e = 0; e < was[i].n || e < twin->n; e++)
            if (!bytes_equal(element_of(&was[i], e), element_of(twin, e)))
                tell(whom, LAW_DIFFERS, &was[i], e + 1, element_of(&was[i], e), element_of(twin, e));
    }
    for (uint32_t k = 0; k < n_became; k++)
        if (!became[k].matched)
            tell(whom, LAW_NEW, &became[k], 0, (struct bytes){NULL, 0}, (struct bytes){NULL, 0});
    return true;
}
