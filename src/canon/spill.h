/*
 * spill: the finished part of a large record as text in a temporary file, so that memory does not grow with
 * the record.
 *
 * A record is filled at the ends of its lists: whoever fills one holds objects open, and in each list an open
 * object can only be the last element or within it.  Every element before the last is finished, then.
 * canon_spill writes those as canonical JSON behind what the list has in the file already, keeps of them
 * what the record's keys need, and moves the rest of the tree into fresh memory.  canon_write puts a list
 * together again: the same bytes as if it had never been spilled.
 *
 * What points into the record's arena dangles after canon_spill: the caller names the pointers to objects
 * that it still needs, and they are set anew.  Texts are copied.
 */
#ifndef CROSSDOCK_CANON_SPILL_H
#define CROSSDOCK_CANON_SPILL_H

#include "base/spool.h"
#include "canon/write.h"

struct canon_spill {
    struct canon_sink sink; /* to the file; must stay the first member */
    char *window;           /* of the sink; NULL until something is spilled */
    const char *folder;     /* where the file is made, not owned */
    struct spool file;
    struct arena arena; /* what is known of the record's lists in the file, and the values of its keys */
};

/* Costs nothing until the first canon_spill.  The folder's name must outlive it. */
void canon_spill_init(struct canon_spill *spill, const char *folder);
void canon_spill_release(struct canon_spill *spill);

/* Moves what is finished of `record` to the file.  `open`: n pointers to the objects of the record that are
 * open; each is set to where its object is then.  So is *aside: an open object that is not in the record yet
 * and has no keys; NULL, or of NULL: there is none.  False: no memory (spill->file.error is 0), or the file
 * failed; the record can no longer be used. */
bool canon_spill(struct canon_spill *spill, struct canon_record *record, struct canon_object ***open,
                 unsigned n, struct canon_object **aside);

/* The record is done with: its file is empty again. */
void canon_spill_clear(struct canon_spill *spill);

/* What a list has in the file. */
struct canon_spilled;

/* '[' and those elements, with commas between them.  The sink has failed when they cannot be read; the spill
 * knows why (file.error). */
void canon_spilled_write(const struct canon_spilled *spilled, struct canon_sink *sink);

/* Of those elements, the values of keys: all of them in one object, where a field may be many times, in the
 * order of the elements.  NULL: there are none. */
const struct canon_object *canon_spilled_keys(const struct canon_spilled *spilled);

#endif
