/*
 * sink: lines of one's own for an output that takes large blocks (canon/write.h), beside records.
 */
#ifndef CROSSDOCK_CANON_SINK_H
#define CROSSDOCK_CANON_SINK_H

#include "canon/write.h"

enum { SINK_MAX_FORMAT = 4096 }; /* bytes of one canon_sink_format; the rest is cut */

void canon_sink_add(struct canon_sink *sink, struct bytes text);
void canon_sink_format(struct canon_sink *sink, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A JSON string of foreign bytes (a file's name): those that are no UTF-8 become "?". */
void canon_sink_string(struct canon_sink *sink, struct bytes text);

/* A member of an object behind another one: ,"name":"text"; nothing when the text is empty. */
void canon_sink_member(struct canon_sink *sink, const char *name, struct bytes text);

#endif
