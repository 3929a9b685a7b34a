#include "partner/limit_words.h"

static bool is_map(const struct yaml_node *node, const char *like, struct report *report)
{
    if (node->kind != YAML_MAP)
        yaml_complain(report, node, true, SETTING_TYPE, NULL, "expected a mapping: %s", like);
    return node->kind == YAML_MAP;
}

bool limit_read_severities(struct limits *limits, const struct yaml_node *node, struct arena *arena,
                           struct report *report)
{
    struct limit_severity *all;

    if (node == NULL)
        return true;
    if (!is_map(node, "{POA-PRICE: error, CTL-DUP: off}", report))
        return false;
    all = arena_zalloc(arena, node->n + 1, sizeof(*all));
    limits->severities = all;
    for (const struct yaml_node *child = node->first; child != NULL && all != NULL; child = child->next) {
        struct limit_severity *one = &all[limits->n_severities++];

        one->code = child->key;
        one->node = child;
        if (child->kind != YAML_SCALAR || !severity_parse(child->text, &one->severity)) {
            yaml_complain(report, child, false, SETTING_VALUE, NULL,
                          "a severity is error, warn, info, or off");
            return false;
        }
    }
    return all != NULL;
}

bool limit_read_statuses(struct limits *limits, const struct yaml_node *node, struct arena *arena,
                         struct report *report)
{
    struct limit_status *all;

    if (node == NULL)
        return true;
    if (!is_map(node, "{good: available, \"QH\": hold}", report))
        return false;
    all = arena_zalloc(arena, node->n + 1, sizeof(*all));
    limits->statuses = all;
    for (const struct yaml_node *child = node->first; child != NULL && all != NULL; child = child->next) {
        if (child->kind != YAML_SCALAR || child->text.len == 0) {
            yaml_complain(report, child, false, SETTING_VALUE, NULL,
                          "a status is called by a word, such as available, hold or damaged");
            return false;
        }
        all[limits->n_statuses++] = (struct limit_status){child->key, child->text};
    }
    return all != NULL;
}

/* --- what was said */

bool limits_severity(const struct limits *limits, struct bytes code, enum severity *out)
{
    for (; limits != NULL; limits = limits->above)
        for (uint32_t i = 0; i < limits->n_severities; i++)
            if (bytes_equal(limits->severities[i].code, code)) {
                *out = limits->severities[i].severity;
                return true;
            }
    return false;
}

struct bytes limits_status(const struct limits *limits, struct bytes code)
{
    for (; limits != NULL && code.at != NULL; limits = limits->above)
        for (uint32_t i = 0; i < limits->n_statuses; i++)
            if (bytes_equal(limits->statuses[i].code, code))
                return limits->statuses[i].means;
    return (struct bytes){NULL, 0};
}
