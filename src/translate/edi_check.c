#include "translate/edi_check.h"

#include "translate/set_cut.h"

void edi_check_set(struct work *work, const struct x12_style *style, bool utf8, struct bytes set,
                   struct faults *faults)
{
    struct set_cut cut;

    walk_begin(&work->walk);
    balance_begin(&work->balance);
    set_cut_begin(&cut, set, style, utf8);
    if (!set_cut_next(&cut)) /* ST */
        return;
    while (set_cut_next(&cut)) {
        uint16_t position = walk_step(&work->walk, &cut.view, faults);

        if (cut.rest.len <= strlen(style->suffix) || position == WALK_LOST)
            continue; /* SE, whose count is ours */
        (void)check_segment(&work->check, position, &cut.view, faults);
        balance_feed(&work->balance, position, &cut.view, faults);
    }
    balance_end(&work->balance, faults);
}
