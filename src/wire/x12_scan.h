/*
 * x12_scan: where the bytes are that an X12 reader must look at.
 *
 * The fastest scan the processor has (AVX2, SSE2, or plain C), chosen once.
 */
#ifndef CROSSDOCK_WIRE_X12_SCAN_H
#define CROSSDOCK_WIRE_X12_SCAN_H

#include "base/bytes.h"

/* Writes the indexes in [from, to) of data whose byte is one of the four `wanted` ones, or is a control byte
 * (below 0x20), or is above 0x7e; in order; returns how many.  `marks` must hold to - from + 8 entries;
 * data must be readable up to 64 bytes beyond `to`. */
typedef size_t x12_scan(const char *data, size_t from, size_t to, const char wanted[4], uint32_t *marks);

x12_scan *x12_scan_best(void);

#endif
