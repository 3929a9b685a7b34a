#include <stdlib.h>

#include "translate/laws_compare.h"
#include "wire/x12.h"

/* "007" is "7", and "-0.5" is "-.5": X12 writes numbers without zeros in front. */
static struct bytes plain_number(struct bytes text, const struct standard_element *element,
                                 struct arena *arena)
{
    size_t sign = text.len > 0 && text.at[0] == '-' ? 1 : 0, zeros = sign, digits = 0;
    char *made;

    if (element == NULL || (element->type != STANDARD_N && element->type != STANDARD_R))
        return text;
    for (size_t i = sign; i < text.len; i++) {
        if (text.at[i] >= '0' && text.at[i] <= '9')
            digits++;
        else if (text.at[i] != '.')
            return text;
    }
    for (; digits > 1 && text.at[zeros] == '0'; digits--)
        zeros++;
    if (sign == 0 || zeros == sign)
        return (struct bytes){text.at + zeros - sign, text.len - zeros + sign};
    made = arena_text(arena, text.len - zeros + 1);
    if (made == NULL)
        return text;
    made[0] = '-';
    memcpy(made + 1, text.at + zeros, text.len - zeros);
    return (struct bytes){made, text.len - zeros + 1};
}

bool law_segment_make(struct law_segment *segment, const struct segment_view *view,
                      const struct standard_position *position, struct arena *arena)
{
    uint32_t n = view->n_elements < X12_MAX_ELEMENTS ? view->n_elements : X12_MAX_ELEMENTS;
    const struct standard_segment *standard = position != NULL ? position->segment : NULL;
    struct bytes *elements, *texts;

    while (n > 0 && view->element[n - 1].len == 0)
        n--;
    elements = arena_zalloc(arena, n + 1, sizeof(*elements));
    texts = arena_zalloc(arena, n + 1, sizeof(*texts));
    if (elements == NULL || texts == NULL)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        texts[i] = view->element[i];
        elements[i] = plain_number(
            texts[i], standard != NULL && i < standard->n_fields ? standard->fields[i].element : NULL, arena);
    }
    *segment = (struct law_segment){.id = view->id,
                                    .elements = elements,
                                    .texts = texts,
                                    .n = n,
                                    .ordinal = view->ordinal,
                                    .position = position};
    return true;
}

static int compare_segments(const struct law_segment *a, const struct law_segment *b)
{
    int order = bytes_compare(a->id, b->id);

    for (uint32_t i = 0; order == 0 && i < a->n && i < b->n; i++)
        order = bytes_compare(a->elements[i], b->elements[i]);
    if (order == 0)
        order = a->n < b->n ? -1 : a->n > b->n;
    return order;
}

/* By id, then element by element; equal ones as they stand in their list. */
static int compare(const void *left, const void *right)
{
    const struct law_segment *a = *(struct law_segment *const *)left,
                             *b = *(struct law_segment *const *)right;
    int order = compare_segments(a, b);

    return order != 0 ? order : a < b ? -1 : a > b;
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

static void pair(struct law_segment *a, struct law_segment *b)
{
    a->twin = b;
    b->twin = a;
}

static struct bytes element_of(const struct law_segment *segment, uint32_t i)
{
    return i < segment->n ? segment->elements[i] : (struct bytes){NULL, 0};
}

static struct bytes text_of(const struct law_segment *segment, uint32_t i)
{
    return i < segment->n ? segment->texts[i] : (struct bytes){NULL, 0};
}

static void tell_elements(const struct law_segment *was, law_tell_segment *tell, void *whom)
{
    const struct law_segment *became = was->twin;

    for (uint32_t e = 0; e < was->n || e < became->n; e++)
        if (!bytes_equal(element_of(was, e), element_of(became, e)))
            tell(whom, LAW_DIFFERS, was, e + 1, text_of(was, e), text_of(became, e));
        else if (!bytes_equal(text_of(was, e), text_of(became, e)))
            tell(whom, LAW_FORM, was, e + 1, text_of(was, e), text_of(became, e));
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
        uint32_t same = became[i].twin != NULL || !bytes_equal(became[i].id, was->id)
                            ? 0
                            : likeness(was, &became[i]);

        if (same > most) {
            most = same;
            best = &became[i];
        }
    }
    return best;
}

/* Those with a twin that are not among the longest run whose twins stand in the same order (the increasing
 * subsequence, by the last segment that each length can end with). */
static bool tell_moved(struct law_segment *was, uint32_t n_was, struct arena *arena, law_tell_segment *tell,
                       void *whom)
{
    uint32_t *last = arena_zalloc(arena, n_was + 1, sizeof(*last));     /* by length: index in `was` + 1 */
    uint32_t *before = arena_zalloc(arena, n_was + 1, sizeof(*before)); /* in the run; index + 1 */
    bool *kept = arena_zalloc(arena, n_was + 1, sizeof(*kept));
    uint32_t longest = 0;

    if (last == NULL || before == NULL || kept == NULL)
        return false;
    for (uint32_t i = 0; i < n_was; i++) {
        uint32_t low = 0, high = longest;

        if (was[i].twin == NULL)
            continue;
        while (low < high) {
            uint32_t middle = (low + high) / 2;

            if (was[last[middle + 1] - 1].twin < was[i].twin)
                low = middle + 1;
            else
                high = middle;
        }
        before[i] = last[low];
        last[low + 1] = i + 1;
        longest = low + 1 > longest ? low + 1 : longest;
    }
    for (uint32_t i = last[longest]; i != 0; i = before[i - 1])
        kept[i - 1] = true;
    for (uint32_t i = 0; i < n_was; i++)
        if (was[i].twin != NULL && !kept[i])
            tell(whom, LAW_MOVED, &was[i], 0, (struct bytes){NULL, 0}, (struct bytes){NULL, 0});
    return true;
}

bool law_compare_segments(struct law_segment *was, uint32_t n_was, struct law_segment *became,
                          uint32_t n_became, struct arena *arena, law_tell_segment *tell, void *whom)
{
    struct law_segment **a = sorted(was, n_was, arena), **b = sorted(became, n_became, arena);

    if (a == NULL || b == NULL)
        return false;
    for (uint32_t i = 0, k = 0; i < n_was && k < n_became;) {
        int order = compare_segments(a[i], b[k]);

        if (order == 0)
            pair(a[i], b[k]);
        i += order <= 0;
        k += order >= 0;
    }
    for (uint32_t i = 0; i < n_was; i++) {
        struct law_segment *twin = was[i].twin == NULL ? most_like(&was[i], became, n_became) : NULL;

        if (twin != NULL)
            pair(&was[i], twin);
        if (was[i].twin != NULL)
            tell_elements(&was[i], tell, whom);
        else
            tell(whom, LAW_LOST, &was[i], 0, (struct bytes){NULL, 0}, (struct bytes){NULL, 0});
    }
    for (uint32_t k = 0; k < n_became; k++)
        if (became[k].twin == NULL)
            tell(whom, LAW_NEW, &became[k], 0, (struct bytes){NULL, 0}, (struct bytes){NULL, 0});
    return tell_moved(was, n_was, arena, tell, whom);
}
