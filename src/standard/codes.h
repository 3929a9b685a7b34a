/*
 * codes: a code list made at run time, looked into like one of the dictionary's (dictionary_has_code and its
 * sisters).
 */
#ifndef CROSSDOCK_STANDARD_CODES_H
#define CROSSDOCK_STANDARD_CODES_H

#include "base/arena.h"
#include "standard/dictionary.h"

struct codes_entry {
    struct bytes code;    /* 1 to 8 bytes, no NUL; a second entry with the same code is passed over */
    struct bytes meaning; /* may be empty */
};

/* The list lives in the arena.  NULL: no memory, too many codes, or a code of the wrong length. */
const struct standard_codes *codes_make(struct arena *arena, const struct codes_entry *entries, unsigned n);

#endif
