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
#include "translate/edi_journal.h"

struct control_file {
    const char *path;
    struct report *report;
};

/* The journal that counts in this file; both must outlive it. */
struct edi_journal control_journal(struct control_file *file);

#endif
