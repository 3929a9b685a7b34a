/*
 * x12_scan: where the bytes are that an X12 reader must look at.
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
};

/* To find: the four separators, control bytes (below 0x20, and 0x7f), and " and \, which JSON has to
 * escape. */
void x12_scan_want(struct x12_wanted *wanted, const char separators[4]);

/* Writes the indexes in [from, to) of data whose byte is wanted, in order; returns how many.  `marks` must
 * hold to - from + 8 entries; data must be readable up to 64 bytes beyond `to`. */
typedef size_t x12_scan(const char *data, size_t from, size_t to, const struct x12_wanted *wanted,
                        uint32_t *marks);

x12_scan *x12_scan_best(void);

#endif
