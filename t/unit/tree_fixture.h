/*
 * tree_fixture: what the tests of xml_read and json_read share: bytes that come in pieces, and what was read
 * as text.
 */
#ifndef CROSSDOCK_T_TREE_FIXTURE_H
#define CROSSDOCK_T_TREE_FIXTURE_H

#include "wire/tree.h"

enum { TREE_FD = -2, TREE_CEILING = 4096 };

/* What is read of the text, `step` bytes at a time.  A line a document:
 *
 *   OFFSET+LENGTH LINE:COLUMN NAME(@ATTRIBUTE="..."CHILD="TEXT"(...)) ! LINE:COLUMN PATH: what is wrong
 *
 * "stray NAME", and at the end the event, with its trouble.  "cut" or "behind" is before the name of what is
 * not whole; on the next line is its text, and the event right after that. */
const char *tree_read_text(tree_read_function *read, const struct tree_layout *layout, struct bytes text,
                           size_t step);

/* Holds the text to be read as `want`, whatever the pieces. */
void tree_check(tree_read_function *read, const struct tree_layout *layout, const char *text,
                const char *want);

/* Changes the text in every place in several ways: each is read the same in pieces and whole, and documents
 * that end before the place, as many as they are, as they were.  How many changes. */
unsigned tree_mutate(tree_read_function *read, const struct tree_layout *layout, const char *text,
                     const char *bytes);

#endif
