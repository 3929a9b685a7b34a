/*
 * guide: what a partner's implementation guide makes of a set of the standard.  (Being written.)
 */
#ifndef CROSSDOCK_STANDARD_GUIDE_H
#define CROSSDOCK_STANDARD_GUIDE_H

struct guide;

/* Where the guide lays down `rule` (a position or field of its set): "acme.guide.yaml:41"; NULL: the rule is
 * the standard's own. */
const char *guide_origin(const struct guide *guide, const void *rule);

#endif
