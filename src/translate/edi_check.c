#include "translate/edi_check.h"

struct cut {
    struct segment_view view;
    struct bytes elements[X12_MAX_ELEMENTS];
};

/* Takes the next segment off the front; false at the end. */
static bool next_segment(struct bytes *rest, const struct x12_style *style, struct cut *cut)
{
    const struct x12_delimiters *delimiters = &style->delimiters;
    struct bytes segment, part;
    uint32_t n = 0;

    while (rest->len > 0 && (rest->at[0] == '\r' || rest->at[0] == '\n') && delimiters->terminator != '\n') {
        rest->at++;
        rest->len--;
    }
    if (rest->len == 0 || !bytes_split(rest, delimiters->terminator, &segment))
        return false;
    cut->view = (struct segment_view){.element = cut->elements,
                                      .ordinal = cut->view.ordinal + 1,
                                      .utf8 = cut->view.utf8,
                                      .component = delimiters->component,
                                      .repetition = delimiters->repetition};
    for (size_t i = 0; i < segment.len && !cut->view.odd; i++)
        cut->view.odd = (unsigned char)segment.at[i] > 0x7e || (unsigned char)segment.at[i] < 0x20;
    (void)bytes_split(&segment, delimiters->element, &cut->view.id);
    cut->view.key = cut->view.id.len <= 8 ? bytes_key(cut->view.id.at, cut->view.id.len) : 0;
    while (bytes_split(&segment, delimiters->element, &part)) {
        if (n < X12_MAX_ELEMENTS) {
            cut->elements[n] = part;
            if (part.len > 0)
                cut->view.present |= (uint64_t)1 << n;
            if (part.len > 0 && (memchr(part.at, delimiters->component, part.len) != NULL ||
                                 (delimiters->repetition != '\0' &&
                                  memchr(part.at, delimiters->repetition, part.len) != NULL)))
                cut->view.compound |= (uint64_t)1 << n;
        }
        n++;
    }
    cut->view.n_elements = n;
    return true;
}

void edi_check_set(struct work *work, const struct x12_style *style, bool utf8, struct bytes set,
                   struct faults *faults)
{
    struct cut cut = {.view = {.utf8 = utf8}};

    walk_begin(&work->walk);
    balance_begin(&work->balance);
    if (!next_segment(&set, style, &cut)) /* ST */
        return;
    while (next_segment(&set, style, &cut)) {
        uint16_t position = walk_step(&work->walk, &cut.view, faults);

        if (set.len <= strlen(style->suffix) || position == WALK_LOST)
            continue; /* SE, whose count is ours */
        (void)check_segment(&work->check, position, &cut.view, faults);
        balance_feed(&work->balance, position, &cut.view, faults);
    }
    balance_end(&work->balance, faults);
}
