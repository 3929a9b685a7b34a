/*
 * x12_scan: where the bytes are that an X12 reader must look at, a bit a byte.
 *
 * The fastest scan the processor has (AVX2 or plain C), chosen once.
 */
#ifndef CROSSDOCK_WIRE_X12_SCAN_H
#define CROSSDOCK_WIRE_X12_SCAN_H

#include "base/bytes.h"

/* The bytes to find, those of ASCII as a bit each: of byte hl (in hexadecimal) bit h of column l.  Bytes from
 * 0x80 are always found. */
struct x12_wanted {
    uint8_t column[16];
    char element; /* the separator of elements */
};

/* To find: the four separators (that of elements first), control bytes (below 0x20, and 0x7f), and " and \,
 * which JSON has to escape. */
void x12_scan_want(struct x12_wanted *wanted, const char separators[4]);

/* For each 64 bytes of data a word: the first byte is the lowest bit.  `separators` separate elements; at
 * `stops` stands something else that is wanted.  The data must be readable up to 63 bytes beyond `len`, the
 * bits of which stay 0. */
typedef void x12_scan(const char *data, size_t len, const struct x12_wanted *wanted, uint64_t *separators,
                      uint64_t *stops);

x12_scan *x12_scan_best(void);

#endif
