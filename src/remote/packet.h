/*
 * packet: the numbers and texts that SFTP's packets are made of (draft-ietf-secsh-filexfer-02, section 3).
 *
 * Reading: what is not there reads as 0, as an empty text, and makes the packet `bad`, which is asked once at
 * the end.  Writing: the caller has seen to the room.
 */
#ifndef CROSSDOCK_REMOTE_PACKET_H
#define CROSSDOCK_REMOTE_PACKET_H

#include "base/bytes.h"

struct packet {
    const unsigned char *at; /* what is left of it; not its own */
    size_t len;
    bool bad;
};

/* `bytes`: 1, 4 or 8, the highest first. */
uint64_t packet_number(struct packet *packet, unsigned bytes);

/* A text with its length before it; it lies in the packet, and may hold anything. */
struct bytes packet_text(struct packet *packet);

/* Both return where the next thing goes. */
unsigned char *packet_put_number(unsigned char *into, uint64_t number, unsigned bytes);
unsigned char *packet_put_text(unsigned char *into, struct bytes text);

#endif
