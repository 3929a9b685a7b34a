/*
 * edi_check: a transaction set of our own, checked as a partner's would be: its bytes are read again,
 * segment by segment, and walked, checked and balanced.
 */
#ifndef CROSSDOCK_TRANSLATE_EDI_CHECK_H
#define CROSSDOCK_TRANSLATE_EDI_CHECK_H

#include "translate/work.h"
#include "wire/x12_write.h"

/* `set` is from ST to SE; 8 bytes behind it may be read.  What is wrong is added to `faults`, which were
 * begun for the work's walk; their views are in `set`. */
void edi_check_set(struct work *work, const struct x12_style *style, bool utf8, struct bytes set,
                   struct faults *faults);

#endif
