#include <stdio.h>

#include "map/bind.h"

static bool complain(struct binder *b, const struct yaml_node *at, enum complaint complaint, const char *what)
{
    yaml_complain(b->report, at, false, complaint, NULL, "%s", what);
    return false;
}

static bool unit_field(struct binder *b, const struct map_rule *rule, const struct yaml_node *units,
                       const char *key, const struct canon_field **field)
{
    const struct yaml_node *said = yaml_get(units, key);

    *field = bind_field_named(b, said != NULL ? said : units, rule->context,
                              said != NULL ? said->text : bytes_of(key));
    if (*field == NULL)
        return false;
    if ((*field)->is_list || (*field)->type == CANON_OBJECT ||
        (strstr(key, "quantity") != NULL && (*field)->type != CANON_DECIMAL))
        return complain(b, said != NULL ? said : units, SETTING_VALUE,
                        "units are of fields with one value, quantities of decimals");
    return true;
}

static bool bind_items(struct binder *b, const struct map_rule *rule, struct map_units *units,
                       const struct yaml_node *value)
{
    const struct yaml_node *from = value != NULL && value->kind == YAML_LIST ? value->first : value;

    for (; from != NULL; from = value->kind == YAML_LIST ? from->next : NULL) {
        const struct canon_field *field = from->kind == YAML_SCALAR
                                              ? bind_field_named(b, from, rule->context, from->text)
                                              : NULL;

        if (field == NULL || units->n_items == MAP_MAX_ITEMS)
            return complain(b, from, SETTING_VALUE,
                            "item is a field, or up to 8 in the order they are looked up");
        units->items[units->n_items++] = field;
    }
    return true;
}

bool bind_units(struct binder *b, struct map_rule *rule, const struct yaml_node *value)
{
    static const char *const keys[] = {"xref", "miss",          "item",    "quantity",
                                       "uom",  "base_quantity", "base_uom"};
    const struct yaml_node *xref = yaml_get(value, "xref"), *miss = yaml_get(value, "miss");
    struct map_units *units = arena_zalloc(b->arena, 1, sizeof(*units));
    char raw[CANON_MAX_NAME + 8];

    if (units == NULL)
        return false;
    rule->units = units;
    units->mark = bind_mark(value, true);
    for (const struct yaml_node *child = value->first; child != NULL; child = child->next) {
        unsigned i = 0;

        while (i < sizeof(keys) / sizeof(keys[0]) && !bytes_are(child->key, keys[i]))
            i++;
        if (i == sizeof(keys) / sizeof(keys[0])) {
            yaml_complain(b->report, child, true, SETTING_UNKNOWN,
                          "units knows xref, miss, item, quantity, uom, base_quantity and base_uom",
                          "\"%.80s\"", child->key.at);
            return false;
        }
    }
    if (value->kind != YAML_MAP || xref == NULL || yaml_get(value, "item") == NULL)
        return complain(b, value, SETTING_MISSING, "units is {xref: NAME, item: FIELD, ...}");
    units->xref = bind_xref(b, xref, true);
    if (units->xref == NULL || (miss != NULL && !map_miss_read(miss, &units->miss, b->report)))
        return false;
    if (units->miss == MAP_MISS_DEFAULT)
        return complain(b, miss, SETTING_VALUE, "units have no default");
    if (!bind_items(b, rule, units, yaml_get(value, "item")) ||
        !unit_field(b, rule, value, "quantity", &units->quantity) ||
        !unit_field(b, rule, value, "uom", &units->uom) ||
        !unit_field(b, rule, value, "base_quantity", &units->base_quantity) ||
        !unit_field(b, rule, value, "base_uom", &units->base_uom))
        return false;
    snprintf(raw, sizeof(raw), "%s_raw", units->uom->name);
    units->uom_raw = canon_block_field(rule->context, bytes_of(raw));
    return true;
}
