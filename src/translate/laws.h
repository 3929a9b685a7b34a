/*
 * laws: reading and writing held to be each other's inverse, over real documents.
 *
 * A set that was read with `extra` kept is written again and gives the same segments, in any order, but
 * for those that its map declares lossy; a record that is written is read again as it was; and nothing of a
 * record is left unwritten.  Each difference is a finding with its place: what was, and what became of it.
 */
#ifndef CROSSDOCK_TRANSLATE_LAWS_H
#define CROSSDOCK_TRANSLATE_LAWS_H

#include "canon/sink.h"
#include "conf/search.h"
#include "translate/inbound.h"
#include "translate/outbound.h"

struct laws;

struct laws_settings {
    const char *partner; /* -p, or NULL */
    const char *map;     /* -m, or NULL */
};

/* NULL: told. */
struct laws *laws_open(const struct laws_settings *settings, struct search *search, struct report *report);
void laws_close(struct laws *laws);

/* An inbound_settings.take; `whom` is the laws.  False: out of memory, told. */
bool laws_take(void *whom, const struct inbound_document *document);

/* A line that is a record.  False: the run must stop, told. */
bool laws_line(struct laws *laws, const struct outbound_place *place, struct bytes line);

void laws_too_long(struct laws *laws, const struct outbound_place *place, struct bytes beginning);

/* The end of an inbound whose documents were taken: what is known of its works is forgotten. */
void laws_end_inbound(struct laws *laws);

/* How many documents of each type were tested and came back, by map. */
void laws_write(const struct laws *laws, struct canon_sink *sink, bool json);

#endif
