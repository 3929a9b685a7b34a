#include "standard/guide.h"

#include <stddef.h>

struct guide {
    const void *const *rules;
    const char *const *origins;
    unsigned n;
};

const char *guide_origin(const struct guide *guide, const void *rule)
{
    for (unsigned i = 0; i < guide->n; i++)
        if (guide->rules[i] == rule)
            return guide->origins[i];
    return NULL;
}
