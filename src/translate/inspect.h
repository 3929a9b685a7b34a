/*
 * inspect: maps, partners and guides held to their grammars, to the standard, and to each other.
 *
 * Everything that is wrong is told to the report with file:line:column; a file that is wrong does not keep
 * the others from being looked at.
 */
#ifndef CROSSDOCK_TRANSLATE_INSPECT_H
#define CROSSDOCK_TRANSLATE_INSPECT_H

#include "conf/search.h"
#include "map/map.h"
#include "standard/dictionary.h"

struct inspect;

/* NULL: told. */
struct inspect *inspect_open(struct search *search, struct report *report);
void inspect_close(struct inspect *inspect);

/* A map by its name.  It belongs to the inspect; NULL: something is wrong with it, or it has no tree and is
 * only there for others. */
const struct map *inspect_map(struct inspect *inspect, const char *name);

/* A partner by name, and the maps, guides and cross-references that its file names. */
void inspect_partner(struct inspect *inspect, const char *name);

void inspect_guide(struct inspect *inspect, const char *name);

/* Every map in maps/ and maps/PARTNER/, every partner and every guide that is found. */
void inspect_all(struct inspect *inspect);

/* The set of a map of X12: in the release asked for, or, with NULL, in 004010, or the first that has it.
 * NULL: there is none. */
const struct standard_set *inspect_set(struct inspect *inspect, const struct map *map, const char *release);

#endif
