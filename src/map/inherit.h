/*
 * inherit: fields of a rule's object that say what the object around it says: the unit of a line in each of
 * its schedules.  Files that are no X12 alone.
 */
#ifndef CROSSDOCK_MAP_INHERIT_H
#define CROSSDOCK_MAP_INHERIT_H

#include "canon/record.h"
#include "map/bind.h"

struct map_inherit {
    struct map_target target;       /* a field of the rule's object */
    const struct canon_field *from; /* of the object around it */
};

/* inherit: {FIELD: FIELD OF THE OBJECT AROUND, ...}.  False: told. */
bool inherit_bind(struct binder *b, struct map_rule *rule, const struct yaml_node *source,
                  const struct canon_block *around);

/* Gives the object what it does not say itself; `around` is filled already. */
void inherit_read(const struct map_rule *rule, struct arena *arena, const struct canon_object *around,
                  struct canon_object *object);

/* A field that does not say what the object around says, and what that is (at NULL: nothing);
 * NULL: all do. */
const struct map_target *inherit_other(const struct map_rule *rule, const struct canon_object *around,
                                       const struct canon_object *object, struct bytes *value,
                                       struct bytes *expected);

#endif
