#include "map/total.h"

bool map_total(const struct canon_object *body, const struct map_target *target, struct decimal *total)
{
    const struct canon_value *value = canon_get(body, target->of_list);
    const struct canon_list *list = value != NULL && value->held == CANON_HELD_LIST ? value->list : NULL;

    *total = decimal_of_count(target->compute == MAP_COUNT && list != NULL ? list->count : 0);
    if (target->compute == MAP_COUNT || list == NULL)
        return true;
    for (const struct canon_object *object = list->first; object != NULL; object = object->next) {
        struct decimal one;

        value = canon_get(object, target->of_field);
        if (value != NULL && value->held == CANON_HELD_TEXT &&
            (!decimal_parse((struct bytes){value->text, value->len}, &one) ||
             !decimal_add(*total, one, total)))
            return false;
    }
    return true;
}
