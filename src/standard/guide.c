#include "standard/guide.h"

#include "standard/guide_overlay.h"

static unsigned aspect_of(enum complaint complaint)
{
    switch (complaint) {
    case SEGMENT_MISSING:
    case LOOP_MISSING:
    case SEGMENT_UNUSED:
    case ELEMENT_MISSING:
    case ELEMENT_UNUSED: return GUIDE_NEED;
    case SEGMENT_TOO_MANY:
    case LOOP_TOO_MANY:
    case REPEAT_TOO_MANY: return GUIDE_MAX;
    case ELEMENT_TOO_SHORT: return GUIDE_LEAST;
    case ELEMENT_TOO_LONG: return GUIDE_MOST;
    case ELEMENT_CODE: return GUIDE_CODES;
    case ELEMENT_NUMBER:
    case ELEMENT_DATE:
    case ELEMENT_TIME: return GUIDE_TYPE;
    case CONDITION_PAIRED:
    case CONDITION_REQUIRED:
    case CONDITION_EXCLUSION:
    case CONDITION_CONDITIONAL:
    case CONDITION_LIST: return GUIDE_CONDITION;
    default: return 0;
    }
}

const char *guide_origin(const struct guide *guide, const void *rule, enum complaint complaint)
{
    unsigned aspect = aspect_of(complaint);

    for (const struct guide_rule *row = guide->rules; row != NULL; row = row->next)
        if (row->rule == rule && (row->aspect & aspect))
            return row->origin;
    return NULL;
}

const struct standard_set *guide_set(const struct guide *guide)
{
    return &guide->set;
}

struct guide *guide_load(const char *name, struct search *search, struct dictionary *dictionary,
                         const struct standard_set *set, struct arena *arena, struct report *report)
{
    const char *file = arena_format(arena, "guides/%s.yaml", name);
    const char *path = file != NULL ? search_find(search, file) : NULL;
    const struct yaml_node *root;

    if (path == NULL) {
        const char *near = search_nearest(search, "guides", ".yaml", bytes_of(name));

        report_say(report, GUIDE_UNKNOWN, NULL, "%s%s%s%s", name, near != NULL ? "; did you mean " : "",
                   near != NULL ? near : "", near != NULL ? "?" : "");
        return NULL;
    }
    root = yaml_load(path, arena, report, NULL);
    return root != NULL ? guide_read(root, dictionary, set, arena, report) : NULL;
}
