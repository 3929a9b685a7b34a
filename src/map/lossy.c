#include "map/lossy.h"

bool map_lossy_read(const struct yaml_node *node, struct arena *arena, struct report *report,
                    const struct map_lossy **lossy, uint32_t *n)
{
    struct map_lossy *made;

    *n = 0;
    *lossy = NULL;
    if (node == NULL || yaml_is_null(node))
        return true;
    if (node->kind != YAML_MAP) {
        yaml_complain(report, node, true, SETTING_TYPE, NULL, "lossy: is a mapping {SEGMENT: WHY}");
        return false;
    }
    made = arena_zalloc(arena, node->n + 1, sizeof(*made));
    if (made == NULL)
        return false;
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
        if (child->kind != YAML_SCALAR || child->text.len == 0) {
            yaml_complain(report, child, true, SETTING_TYPE, NULL, "why %.20s does not come back as it was",
                          child->key.at);
            return false;
        }
        made[(*n)++] = (struct map_lossy){child->key, child->text.at};
    }
    *lossy = made;
    return true;
}

const struct map_lossy *map_lossy_of(const struct map_lossy *lossy, uint32_t n, struct bytes segment)
{
    for (uint32_t i = 0; i < n; i++)
        if (bytes_equal(lossy[i].segment, segment))
            return &lossy[i];
    return NULL;
}
