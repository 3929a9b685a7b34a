/*
 * guide: what a partner's implementation guide makes of a set of the standard.
 *
 * A guide is a YAML file below guides/ (crossdock-guide(5)) that says what is different: segments required
 * or not used, fewer or more repeats, elements required or not used, other lengths, fewer or more codes,
 * segments and elements of the partner's own.  Laid over a set of the dictionary it gives another set, which
 * the walk, the checks, the balances and the maps take in its place; the dictionary's is not touched.
 */
#ifndef CROSSDOCK_STANDARD_GUIDE_H
#define CROSSDOCK_STANDARD_GUIDE_H

#include "base/arena.h"
#include "conf/search.h"
#include "conf/yaml.h"
#include "diag/report.h"
#include "standard/dictionary.h"

struct guide;

/* Finds guides/NAME.yaml and lays it over `set`.  The guide and its set live in `arena`.  NULL when something
 * is wrong, told to the report with file, line and column. */
struct guide *guide_load(const char *name, struct search *search, struct dictionary *dictionary,
                         const struct standard_set *set, struct arena *arena, struct report *report);

/* The same from a file's tree. */
struct guide *guide_read(const struct yaml_node *root, struct dictionary *dictionary,
                         const struct standard_set *set, struct arena *arena, struct report *report);

const struct standard_set *guide_set(const struct guide *guide);

/* Where the guide lays down what was broken: `rule` is a position, field or condition of its set, `complaint`
 * what was found.  "guides/acme-850.yaml:41"; NULL: the rule is the standard's own. */
const char *guide_origin(const struct guide *guide, const void *rule, enum complaint complaint);

#endif
