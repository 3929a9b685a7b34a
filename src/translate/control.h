/*
 * control: control numbers of interchanges and groups, from a file that several runs share.
 *
 * A number is written down as used, durably, before whoever asked gets it: a run that is killed leaves a gap,
 * never a number that is used twice.  ISA13 counts by sender and receiver, GS06 by those and the group.  The
 * file has a line for each: sender, receiver, group (ISA for interchanges) and the last number used, with
 * tabs between; FILE.lock beside it is locked meanwhile.
 */
#ifndef CROSSDOCK_TRANSLATE_CONTROL_H
#define CROSSDOCK_TRANSLATE_CONTROL_H

#include "diag/report.h"

enum { CONTROL_MAX = 999999999 }; /* ISA13 and GS06 have nine digits */

struct control_numbers {
    uint32_t interchange, group;
};

/* The next numbers; `group` (GS01) empty: none is wanted.  False: told (technical). */
bool control_take(const char *path, struct bytes sender, struct bytes receiver, struct bytes group,
                  struct control_numbers *out, struct report *report);

#endif
