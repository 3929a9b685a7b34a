/*
 * envelope: the rules of ISA, GS, ST and their trailers (X12.5, X12.6), one segment at a time.
 *
 * Whoever reads the file knows what encloses what; here is only whether a header or trailer is right by
 * itself and agrees with the numbers and counts given.  The faults go to the list of the envelope they
 * concern: interchange (TA105), group (AK905) or set (AK502).  A missing trailer is the reader's to tell:
 * fault_add with IEA_MISSING, GE_MISSING or SE_MISSING, and the view of the segment that came instead.
 *
 * ST and SE are judged here whole: check_segment would say some of it again.
 */
#ifndef CROSSDOCK_STANDARD_ENVELOPE_H
#define CROSSDOCK_STANDARD_ENVELOPE_H

#include "base/arena.h"
#include "standard/dictionary.h"
#include "standard/fault.h"
#include "standard/keymap.h"
#include "standard/view.h"

/* Numbers a fault of ISA_SEPARATOR has for an element: the terminator is none. */
enum { ENVELOPE_TERMINATOR = 17 };

/* The view has the component separator in use; `element` and `terminator` are the other two. */
void envelope_check_isa(const struct segment_view *isa, char element, char terminator, struct faults *faults);

/* `control` is ISA13; `groups` how many GS came.  Leading zeros do not count in either (N0). */
void envelope_check_iea(const struct segment_view *iea, struct bytes control, uint32_t groups,
                        struct faults *faults);

/* The release of the dictionary to check the sets by, or NULL when GS08 names none. */
const char *envelope_check_gs(const struct segment_view *gs, struct dictionary *dictionary,
                              struct faults *faults);

/* `control` is GS06; `sets` how many ST came. */
void envelope_check_ge(const struct segment_view *ge, struct bytes control, uint32_t sets,
                       struct faults *faults);

/* `set` is what ST01 names in the release (NULL: nothing); `group` and `release` are GS01 and GS08. */
void envelope_check_st(const struct segment_view *st, const struct standard_set *set, struct bytes group,
                       struct bytes release, struct faults *faults);

/* `control` is ST02; the view's ordinal tells how many segments came. */
void envelope_check_se(const struct segment_view *se, struct bytes control, struct faults *faults);

/*
 * Control numbers seen in an envelope, to find the one that comes twice.  Numbers that count up, as nearly
 * all do, take no memory.  The others are kept in the arena; when that fails, later duplicates go unseen.
 */
enum { ENVELOPE_RUNS = 4 };

struct envelope_run {
    uint64_t first, last; /* numbers without a gap between */
    uint32_t len;         /* digits of each; 0: unused */
};

struct envelope_seen {
    struct envelope_run runs[ENVELOPE_RUNS];
    struct keymap others;
};

void envelope_seen_begin(struct envelope_seen *seen, struct arena *arena);

/* False when the number (as text) was added before. */
bool envelope_seen_add(struct envelope_seen *seen, struct bytes number);

#endif
