#include "map/x12_spill.h"

#include "map/x12_bound.h"

bool x12_read_spill(struct x12_read *read, struct canon_spill *spill)
{
    const struct x12_binding *binding = read->binding;
    struct canon_object **open[X12_READ_DEPTH];
    unsigned n = 0;

    /* The objects of the loops that are open; rules only remember lists so as to find them quicker. */
    for (struct x12_frame *frame = read->frames; frame <= read->frame; frame++)
        if (frame->object != NULL)
            open[n++] = &frame->object;
    for (uint32_t i = 0; i <= binding->map->n_rules; i++)
        binding->states[i].list = NULL;
    return canon_spill(spill, read->record, open, n, &read->order.object);
}
