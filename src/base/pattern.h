/*
 * pattern: regular expressions (PCRE2) that cannot run away.
 *
 * Patterns come from maps and partner files, subjects from strangers: a match takes at most 100,000 steps,
 * 10,000 levels and 20 MiB, whatever the pattern says.  Running into one of them is PATTERN_FAILED: an
 * error to tell, never "does not match".  Patterns and subjects are UTF-8, subjects one element or line (64
 * KiB at most). No look at the locale, no calls out of a pattern.  A pattern must not be shared between
 * threads.
 */
#ifndef CROSSDOCK_BASE_PATTERN_H
#define CROSSDOCK_BASE_PATTERN_H

#include "base/bytes.h"

enum {
    PATTERN_MAX_LENGTH = 4096, /* bytes of a pattern */
    PATTERN_MAX_SUBJECT = 64 * 1024,
    PATTERN_MAX_GROUPS = 16, /* with group 0, the whole match */
    PATTERN_MAX_NAME = 32,   /* of a group, as PCRE2 has it */
};

enum pattern_result { PATTERN_NO, PATTERN_YES, PATTERN_FAILED };

struct pattern;

/* What is wrong with a pattern, and where in it. */
struct pattern_mistake {
    size_t offset;  /* bytes */
    char text[128]; /* for people */
};

/* `whole`: the pattern must match all of a subject, not a part of it.  NULL: *mistake says why. */
struct pattern *pattern_open(struct bytes text, bool whole, struct pattern_mistake *mistake);
void pattern_close(struct pattern *pattern); /* NULL too */

/* The groups it has, and the number of one by its name; 0 when there is none of that name. */
unsigned pattern_groups(const struct pattern *pattern);
unsigned pattern_group(const struct pattern *pattern, const char *name);

/* Groups are views of the subject, {NULL, 0} for those that took no part; `groups` (NULL: not wanted) has
 * room for PATTERN_MAX_GROUPS.  PATTERN_FAILED: pattern_why says in a few words what happened. */
enum pattern_result pattern_match(struct pattern *pattern, struct bytes subject, struct bytes *groups);
const char *pattern_why(const struct pattern *pattern);

/* "PCRE2 10.42": for --version. */
const char *pattern_library(void);

#endif
