#include "remote/packet.h"

uint64_t packet_number(struct packet *packet, unsigned bytes)
{
    uint64_t number = 0;

    if (packet->bad || packet->len < bytes) {
        packet->bad = true;
        return 0;
    }
    for (unsigned i = 0; i < bytes; i++)
        number = number << 8 | packet->at[i];
    packet->at += bytes;
    packet->len -= bytes;
    return number;
}

struct bytes packet_text(struct packet *packet)
{
    uint64_t len = packet_number(packet, 4);
    struct bytes text = {(const char *)packet->at, (size_t)len};

    if (packet->bad || len > packet->len) {
        packet->bad = true;
        return (struct bytes){"", 0};
    }
    packet->at += len;
    packet->len -= (size_t)len;
    return text;
}

unsigned char *packet_put_number(unsigned char *into, uint64_t number, unsigned bytes)
{
    while (bytes-- > 0)
        *into++ = (unsigned char)(number >> (8 * bytes));
    return into;
}

unsigned char *packet_put_text(unsigned char *into, struct bytes text)
{
    into = packet_put_number(into, text.len, 4);
    if (text.len > 0)
        memcpy(into, text.at, text.len);
    return into + text.len;
}
