/*
 * view: a segment as the checks of the standard see it, whatever read it.
 *
 * The reader's caller fills one and reuses it; its views must live as long as the faults found in it (until
 * the set is done with).
 */
#ifndef CROSSDOCK_STANDARD_VIEW_H
#define CROSSDOCK_STANDARD_VIEW_H

#include "base/bytes.h"

struct segment_view {
    struct bytes id;
    uint64_t key;                /* bytes_key of the id; 0 when the id is longer than 8 bytes */
    const struct bytes *element; /* [0] is element 1; as many as n_elements, 64 at most */
    uint32_t n_elements;         /* found, empty ones and those beyond 64 too */
    uint32_t ordinal;            /* of the segment in its set, ST = 1 */
    uint64_t present;            /* bit n-1: element n is not empty */
    uint64_t proven;   /* bit n-1: element n is a date of eight digits, or a number in the canonical form
                                    of base/decimal.h: check_segment saw it, so nobody need look again */
    uint64_t compound; /* bit n-1: element n holds a component or repetition separator */
    uint64_t offset;   /* of its first byte in the file */
    uint32_t line;     /* of its first byte, from 1; 0 when not counted */
    union {
        struct {
            bool plain; /* not odd, no " nor \ in it, no element compound, and no more than 64 of them */
            bool odd;   /* holds a byte below 0x20 or above 0x7e */
            bool wide;  /* behind the beginning of each element 8 bytes may be read, however short it is */
            bool utf8;  /* the partner sends UTF-8: lengths count characters, not bytes */
            char component; /* separator of components, and of repetitions; 0: none */
            char repetition;
        };
        uint64_t traits; /* all of these: most segments have those of the one before */
    };
};

#endif
