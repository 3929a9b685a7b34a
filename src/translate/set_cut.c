#include "translate/set_cut.h"

bool set_cut_next(struct bytes *rest, const struct x12_style *style, struct set_cut *cut)
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
