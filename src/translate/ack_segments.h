/*
 * ack_segments: what an acknowledgment says, as the segments of X12: for the analyst's preview, and for the
 * acknowledgment's identity.  Of ack alone: what is sent is written by a map.
 */
#ifndef CROSSDOCK_TRANSLATE_ACK_SEGMENTS_H
#define CROSSDOCK_TRANSLATE_ACK_SEGMENTS_H

#include "standard/verdict.h"

/* CTX01 where the other element of a broken condition is named. */
#define ACK_SITUATION "SITUATIONAL TRIGGER"

/* Takes one segment, without its terminator; printable ASCII. */
struct ack_taker {
    void (*take)(void *whom, struct bytes segment);
    void *whom;
};

/* From ST to SE, which have no number yet: that is given out when it is sent. */
void ack_segments_group(const struct ack_group *ack, const struct ack_taker *to);

/* The TA1. */
void ack_segments_interchange(const struct ack_interchange *ack, const struct ack_taker *to);

#endif
