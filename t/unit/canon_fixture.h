/* canon_fixture: the real tables, a sink that keeps what it gets, and random records. */
#ifndef CROSSDOCK_T_CANON_FIXTURE_H
#define CROSSDOCK_T_CANON_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "canon/read.h"
#include "canon/write.h"

extern struct schema *the_schema; /* maps/canon of the sources */
extern struct arena the_arena;    /* reset before each test */

int open_schema(void **state);  /* group setup */
int close_schema(void **state); /* group teardown */
int begin_test(void **state);   /* test setup */

/* The line of a record, with its newline, written through a window of this many bytes (0: the least that is
 * allowed).  Valid until the next call. */
struct bytes written(const struct canon_record *record, size_t window);

/* Text of our own as a JSON string. */
struct bytes written_string(const char *text, size_t len);

const struct canon_kind *kind_of(const char *name);
const struct canon_field *field_of(const struct canon_block *block, const char *name);

/* Sets a text field by its name. */
void set(struct canon_object *object, const char *name, const char *text);

/* xorshift: the same numbers on every machine. */
struct random {
    uint64_t state;
};
uint64_t random_next(struct random *random);
unsigned random_below(struct random *random, unsigned n);

/* A record of this kind in the_arena: fields of every type, in any order, texts of any characters. */
void random_record(struct random *random, const struct canon_kind *kind, struct canon_record *record);

/* How often a loop of random tests goes round: CROSSDOCK_SLOW makes it 20 times as often. */
unsigned rounds(unsigned quick);

#endif
