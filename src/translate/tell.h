/*
 * tell: faults of a set or an envelope, completed with where they are and what happens next, to the report.
 */
#ifndef CROSSDOCK_TRANSLATE_TELL_H
#define CROSSDOCK_TRANSLATE_TELL_H

#include "canon/record.h"
#include "standard/fault.h"

struct tell {
    struct report *report;
    struct arena arena; /* for texts, reset with every call */
};

struct tell_context {
    const char *file, *partner;
    struct bytes interchange, group, set, set_id;
    const char *release; /* of the tables, or NULL */
    const struct guide *guide;
    enum ack_form form;
    bool acknowledged;                 /* an acknowledgment will be sent */
    bool rejected;                     /* the set is */
    const struct canon_record *record; /* as far as it was read: for the business key; or NULL */
};

void tell_init(struct tell *tell, struct report *report);
void tell_release(struct tell *tell);

/* "order_number 4500012345": the first business key that is read already, in the arena; or none. */
struct bytes tell_key(struct arena *arena, const struct canon_record *record);

/* Tells the faults from `first` on; `dropped` more were not kept. */
void tell_faults(struct tell *tell, const struct fault *first, uint32_t dropped,
                 const struct tell_context *context);

#endif
