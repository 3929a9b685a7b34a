/*
 * lint: what in a map is right by the grammar and cannot be meant: rules that never match, two lines for one
 * place, codes that the standard does not list, tables and parts that nobody uses.
 *
 * All are warnings with file:line:column.  A map that does not load has been told of by map_load.
 */
#ifndef CROSSDOCK_MAP_LINT_H
#define CROSSDOCK_MAP_LINT_H

#include "map/map.h"
#include "standard/dictionary.h"

struct lint; /* what was told is told once, whichever map shows it again */

/* NULL: out of memory. */
struct lint *lint_open(struct dictionary *dictionary, struct report *report);
void lint_close(struct lint *lint);

/* The map's rules; codes where it is a map of X12. */
void lint_rules(struct lint *lint, const struct map *map);

/* What maps/NAME.yaml defines and neither it nor its bases use; a file without a tree is there for others,
 * and not looked at.  And whether it calls itself NAME. */
void lint_names(struct lint *lint, const char *name, struct search *search);

/* Whether the file or a base of it has a tree; false: it is only there for maps that name it as their base.
 * True when it cannot be read: map_load says why. */
bool lint_has_tree(const char *name, struct search *search);

/* One more, once a place. */
void lint_tell(struct lint *lint, const struct map_mark *mark, enum complaint complaint, const char *detail,
               const char *hint);

#endif
