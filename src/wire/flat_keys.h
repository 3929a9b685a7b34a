/*
 * flat_keys: which keys a file's documents had: the latest million of them, in memory of a fixed size.
 */
#ifndef CROSSDOCK_WIRE_FLAT_KEYS_H
#define CROSSDOCK_WIRE_FLAT_KEYS_H

#include "base/bytes.h"

struct flat_keys;

struct flat_keys *flat_keys_open(void); /* NULL: out of memory */
void flat_keys_close(struct flat_keys *keys);

/* Forgets all: a file begins.  False: out of memory. */
bool flat_keys_begin(struct flat_keys *keys);

/* False: it was there before.  (By a hash of 64 bits: of files with a million keys one in ten million is
 * wronged.) */
bool flat_keys_add(struct flat_keys *keys, struct bytes key);

#endif
