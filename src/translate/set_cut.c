#include "translate/set_cut.h"

/* What a byte means for the segment that it stands in. */
enum {
    KIND_ELEMENT = 1,    /* it ends an element, */
    KIND_TERMINATOR = 2, /* a segment */
    KIND_ENDS = KIND_ELEMENT | KIND_TERMINATOR,
    KIND_COMPOUND = 4, /* it parts components or repetitions */
    KIND_ODD = 8,
    KIND_QUOTE = 16, /* JSON escapes it */
};

void set_cut_begin(struct set_cut *cut, struct bytes set, const struct x12_style *style, bool utf8)
{
    const struct x12_delimiters *delimiters = &style->delimiters;

    cut->rest = set;
    cut->ends = delimiters->terminator != '\n';
    cut->view = (struct segment_view){.element = cut->elements,
                                      .utf8 = utf8,
                                      .wide = true,
                                      .component = delimiters->component,
                                      .repetition = delimiters->repetition};
    memset(cut->kinds, KIND_ODD, 0x20);
    memset(cut->kinds + 0x20, 0, 0x7f - 0x20);
    memset(cut->kinds + 0x7f, KIND_ODD, sizeof(cut->kinds) - 0x7f);
    cut->kinds['"'] = cut->kinds['\\'] = KIND_QUOTE;
    if (delimiters->repetition != '\0')
        cut->kinds[(unsigned char)delimiters->repetition] |= KIND_COMPOUND;
    cut->kinds[(unsigned char)delimiters->component] |= KIND_COMPOUND;
    cut->kinds[(unsigned char)delimiters->element] = KIND_ELEMENT;
    cut->kinds[(unsigned char)delimiters->terminator] = KIND_TERMINATOR;
}

/* The text up to the end of an element or segment.  What stands in it is added to *seen, its end as well, if
 * it has one. */
static inline struct bytes cut_text(const struct set_cut *cut, const char **at, const char *end,
                                    unsigned *seen)
{
    const char *from = *at, *to = from;
    unsigned kinds = 0;

    while (to < end && !((kinds |= cut->kinds[(unsigned char)*to]) & KIND_ENDS))
        to++;
    *seen = kinds;
    *at = to < end ? to + 1 : to;
    return (struct bytes){from, (size_t)(to - from)};
}

bool set_cut_next(struct set_cut *cut)
{
    struct segment_view *view = &cut->view;
    const char *at = cut->rest.at, *end = at + cut->rest.len;
    unsigned seen, all;
    uint32_t n = 0;

    while (at < end && (*at == '\r' || *at == '\n') && cut->ends)
        at++;
    if (at == end)
        return false;
    view->ordinal++;
    view->present = view->compound = 0;
    view->id = cut_text(cut, &at, end, &seen);
    view->key = view->id.len <= 8 ? bytes_key(view->id.at, view->id.len) : 0;
    for (all = seen; seen & KIND_ELEMENT; n++) {
        const struct bytes part = cut_text(cut, &at, end, &seen);

        all |= seen;
        if (n >= X12_MAX_ELEMENTS)
            continue;
        cut->elements[n] = part;
        view->present |= (uint64_t)(part.len > 0) << n;
        view->compound |= (uint64_t)((seen & KIND_COMPOUND) != 0) << n;
    }
    view->n_elements = n;
    view->odd = (all & KIND_ODD) != 0;
    view->plain = (all & (KIND_ODD | KIND_QUOTE | KIND_COMPOUND)) == 0 && n <= X12_MAX_ELEMENTS;
    cut->rest = (struct bytes){at, (size_t)(end - at)};
    return true;
}
