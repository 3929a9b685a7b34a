#include "map/draft.h"

enum { MAX_BASES = 8, MAX_PART_DEPTH = 16 };

/* Parts by name, expanded once. */
struct part {
    struct part *next;
    const struct yaml_node *source; /* the list; key: its name */
    struct draft_node *nodes;
    bool expanding, expanded;
};

struct drafting {
    struct arena *arena;
    struct report *report;
    struct part *parts; /* of the file being read, before those of its base */
    uint64_t told;      /* usage errors of the report, before */
};

static uint64_t errors_told(const struct report *report)
{
    return report->counts[SEVERITY_ERROR][CLASS_USAGE];
}

/* Whether something of this map was wrong.  What is wrong is passed over, so that one run tells all of it; a
 * list may be empty: then nothing is what it gives, and no failure. */
static bool has_failed(const struct drafting *d)
{
    return errors_told(d->report) != d->told || d->arena->failed;
}

static struct draft_node *expand_list(struct drafting *d, const struct yaml_node *list);

static struct draft_node *expand_part(struct drafting *d, const struct yaml_node *name)
{
    struct part *part = d->parts;

    while (part != NULL && !bytes_equal(part->source->key, name->text))
        part = part->next;
    if (part == NULL) {
        yaml_complain(d->report, name, false, SETTING_VALUE, NULL, "there is no part named \"%.80s\"",
                      name->text.at);
        return NULL;
    }
    if (part->expanding) {
        yaml_complain(d->report, name, false, SETTING_VALUE, NULL, "the part \"%.80s\" contains itself",
                      name->text.at);
        return NULL;
    }
    if (!part->expanded) {
        part->expanding = true;
        part->nodes = expand_list(d, part->source);
        part->expanding = false;
        part->expanded = true;
    }
    return part->nodes;
}

static void append_node(struct draft_node **first, struct draft_node *node)
{
    while (*first != NULL)
        first = &(*first)->next;
    *first = node;
}

static struct draft_rule *expand_rule(struct drafting *d, const struct yaml_node *source)
{
    struct draft_rule *rule = arena_zalloc(d->arena, 1, sizeof(*rule));
    struct draft_entry **last;

    if (rule == NULL)
        return NULL;
    if (source->kind != YAML_MAP) {
        yaml_complain(d->report, source, true, SETTING_TYPE, NULL,
                      "a rule is a mapping: {\"01\": field, ...}");
        return NULL;
    }
    rule->where = source;
    last = &rule->entries;
    for (const struct yaml_node *child = source->first; child != NULL; child = child->next) {
        if (bytes_are(child->key, "when")) {
            rule->when = child;
        } else if (bytes_are(child->key, "then")) {
            rule->then = child->kind == YAML_SCALAR ? expand_part(d, child) : expand_list(d, child);
        } else if (bytes_are(child->key, "drop")) {
            if (!yaml_bool(child, &rule->dropped))
                yaml_complain(d->report, child, false, SETTING_TYPE, NULL, "drop is yes or no");
        } else {
            *last = arena_zalloc(d->arena, 1, sizeof(**last));
            if (*last == NULL)
                return NULL;
            (*last)->value = child;
            last = &(*last)->next;
        }
    }
    return rule;
}

/* A node: one key, the tag, with a rule or a list of rules. */
static struct draft_node *expand_node(struct drafting *d, const struct yaml_node *source)
{
    struct draft_node *node = arena_zalloc(d->arena, 1, sizeof(*node));
    const struct yaml_node *body = source->first;
    struct draft_rule **last;

    if (node == NULL)
        return NULL;
    if (source->kind != YAML_MAP || source->n != 1) {
        yaml_complain(d->report, source->n > 1 ? source->first->next : source, source->n > 1, SETTING_TYPE,
                      NULL, "a node has one key, its tag: - REF: {...}");
        return NULL;
    }
    node->tag = body->key.at;
    last = &node->rules;
    if (body->kind == YAML_LIST) {
        for (const struct yaml_node *child = body->first; child != NULL; child = child->next) {
            *last = expand_rule(d, child);
            if (*last != NULL)
                last = &(*last)->next;
        }
    } else {
        *last = expand_rule(d, body);
    }
    return node;
}

/* A list of nodes and names of parts.  A list that is one part's name alone shares that part's nodes. */
static struct draft_node *expand_list(struct drafting *d, const struct yaml_node *list)
{
    struct draft_node *nodes = NULL;

    if (list->kind != YAML_LIST) {
        yaml_complain(d->report, list, true, SETTING_TYPE, NULL, "a list of nodes is expected here");
        return NULL;
    }
    if (list->n == 1 && list->first->kind == YAML_SCALAR)
        return expand_part(d, list->first);
    for (const struct yaml_node *child = list->first; child != NULL; child = child->next) {
        if (child->kind == YAML_SCALAR) {
            for (const struct draft_node *from = expand_part(d, child); from != NULL; from = from->next) {
                struct draft_node *copy = arena_alloc(d->arena, sizeof(*copy));

                if (copy == NULL)
                    return NULL;
                *copy = *from;
                copy->next = NULL;
                append_node(&nodes, copy);
            }
        } else {
            struct draft_node *node = expand_node(d, child);

            if (node != NULL)
                append_node(&nodes, node);
        }
    }
    return nodes;
}

/* ---- overlays ---- */

static bool same_value(const struct yaml_node *a, const struct yaml_node *b)
{
    const struct yaml_node *x, *y;

    if (a == NULL || b == NULL)
        return a == b;
    if (a->kind != b->kind || a->n != b->n)
        return false;
    if (a->kind == YAML_SCALAR)
        return bytes_equal(a->text, b->text);
    for (x = a->first, y = b->first; x != NULL; x = x->next, y = y->next) {
        if (a->kind == YAML_MAP) {
            const struct yaml_node *twin = yaml_get(b, x->key.at);

            if (twin == NULL || !same_value(x, twin))
                return false;
        } else if (!same_value(x, y)) {
            return false;
        }
    }
    return true;
}

static struct draft_node *lay_over(struct drafting *d, const struct draft_node *base,
                                   const struct draft_node *over);

static const struct draft_entry *entry_of(const struct draft_rule *rule, struct bytes key)
{
    for (const struct draft_entry *entry = rule->entries; entry != NULL; entry = entry->next)
        if (bytes_equal(entry->value->key, key))
            return entry;
    return NULL;
}

static struct draft_rule *merge_rule(struct drafting *d, const struct draft_rule *base,
                                     const struct draft_rule *over)
{
    struct draft_rule *rule = arena_zalloc(d->arena, 1, sizeof(*rule));
    struct draft_entry **last;

    if (rule == NULL)
        return NULL;
    rule->where = over->where;
    rule->when = base->when;
    last = &rule->entries;
    for (int round = 0; round < 2; round++)
        for (const struct draft_entry *entry = round == 0 ? base->entries : over->entries; entry != NULL;
             entry = entry->next) {
            const struct draft_entry *use = entry;

            if (round == 0 && entry_of(over, entry->value->key) != NULL)
                use = entry_of(over, entry->value->key);
            else if (round == 1 && entry_of(base, entry->value->key) != NULL)
                continue;
            if (yaml_is_null(use->value))
                continue;
            *last = arena_zalloc(d->arena, 1, sizeof(**last));
            if (*last == NULL)
                return NULL;
            (*last)->value = use->value;
            last = &(*last)->next;
        }
    rule->then = over->then == NULL ? base->then : lay_over(d, base->then, over->then);
    return rule;
}

/* The rule of `rules` that has the same `when` as `rule`, of `among`; where several have it (the second takes
 * what the first has no room for) the first belongs to the first, and so on. */
static const struct draft_rule *twin_of(const struct draft_rule *rule, const struct draft_rule *among,
                                        const struct draft_rule *rules)
{
    unsigned before = 0;

    for (; among != rule; among = among->next)
        before += same_value(among->when, rule->when);
    for (; rules != NULL; rules = rules->next)
        if (same_value(rules->when, rule->when) && before-- == 0)
            return rules;
    return NULL;
}

static const struct draft_node *node_named(const struct draft_node *nodes, const char *tag)
{
    while (nodes != NULL && strcmp(nodes->tag, tag) != 0)
        nodes = nodes->next;
    return nodes;
}

/* Whether the overlay's rule is one of the base's, in any of its nodes of that tag. */
static bool has_twin(const struct draft_rule *rule, const struct draft_rule *over,
                     const struct draft_node *base, const char *tag)
{
    for (; base != NULL; base = base->next)
        if (strcmp(base->tag, tag) == 0 && twin_of(rule, over, base->rules) != NULL)
            return true;
    return false;
}

/* The rules of one node of the base's list `nodes`: matched by `when`; new ones come first, in the first node
 * of the tag. */
static struct draft_rule *merge_rules(struct drafting *d, const struct draft_node *node,
                                      const struct draft_rule *over, const struct draft_node *nodes)
{
    struct draft_rule *rules = NULL, **last = &rules;
    const struct draft_rule *base = node->rules;
    const struct draft_node *first = node_named(nodes, node->tag);

    for (const struct draft_rule *added = over; added != NULL; added = added->next) {
        if (first != node || has_twin(added, over, nodes, node->tag))
            continue;
        *last = arena_alloc(d->arena, sizeof(**last));
        if (*last == NULL)
            return NULL;
        **last = *added;
        (*last)->next = NULL;
        last = &(*last)->next;
    }
    for (const struct draft_rule *kept = base; kept != NULL; kept = kept->next) {
        const struct draft_rule *twin = twin_of(kept, base, over);

        if (twin != NULL && twin->dropped)
            continue;
        if (twin != NULL) {
            *last = merge_rule(d, kept, twin);
        } else {
            *last = arena_alloc(d->arena, sizeof(**last));
            if (*last != NULL)
                **last = *kept;
        }
        if (*last == NULL)
            return NULL;
        (*last)->next = NULL;
        last = &(*last)->next;
    }
    return rules;
}

/* The base's nodes in their order; one that is the overlay's alone behind the node before it there, where the
 * base has that one, else at the end. */
static struct draft_node *lay_over(struct drafting *d, const struct draft_node *base,
                                   const struct draft_node *over)
{
    struct draft_node *nodes = NULL, *before = NULL;

    for (const struct draft_node *from = base; from != NULL; from = from->next) {
        const struct draft_node *twin = node_named(over, from->tag);
        struct draft_node *copy = arena_alloc(d->arena, sizeof(*copy));

        if (copy == NULL)
            return NULL;
        *copy = *from;
        copy->next = NULL;
        if (twin != NULL)
            copy->rules = merge_rules(d, from, twin->rules, base);
        append_node(&nodes, copy);
    }
    for (const struct draft_node *from = over; from != NULL; from = from->next) {
        struct draft_node *twin = nodes, *copy;

        while (twin != NULL && strcmp(twin->tag, from->tag) != 0)
            twin = twin->next;
        if (twin != NULL) {
            before = twin;
            continue;
        }
        copy = arena_alloc(d->arena, sizeof(*copy));
        if (copy == NULL)
            return NULL;
        *copy = *from;
        copy->next = NULL;
        if (before == NULL) {
            append_node(&nodes, copy);
        } else {
            copy->next = before->next;
            before->next = copy;
            before = copy;
        }
    }
    return nodes;
}

/* A layout that does not say how records are built changes keys of its base's; others stand alone. */
static const struct yaml_node *lay_over_layout(struct drafting *d, const struct yaml_node *base,
                                               const struct yaml_node *over)
{
    static const char *const whole[] = {"columns", "records", "table", "document"};
    struct yaml_node *layout;

    if (base == NULL || base->kind != YAML_MAP || over->kind != YAML_MAP)
        return over;
    for (unsigned i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
        if (yaml_get(over, whole[i]) != NULL)
            return over;
    layout = arena_alloc(d->arena, sizeof(*layout));
    if (layout == NULL)
        return NULL;
    *layout = *base;
    layout->first = layout->last = NULL;
    layout->n = 0;
    for (int round = 0; round < 2; round++)
        for (const struct yaml_node *child = round == 0 ? base->first : over->first; child != NULL;
             child = child->next) {
            struct yaml_node *copy;

            if (round == 0 && yaml_get(over, child->key.at) != NULL)
                continue;
            copy = arena_alloc(d->arena, sizeof(*copy));
            if (copy == NULL)
                return NULL;
            *copy = *child;
            copy->next = NULL;
            if (layout->last != NULL)
                layout->last->next = copy;
            else
                layout->first = copy;
            layout->last = copy;
            layout->n++;
        }
    return layout;
}

/* ---- files ---- */

static const char *const top_keys[] = {"map",   "title",  "format", "set",      "record", "base", "tables",
                                       "parts", "layout", "tree",   "releases", "lossy",  "xrefs"};

/* False: it is no mapping. */
static bool check_top(struct drafting *d, const struct yaml_node *top)
{
    if (top->kind != YAML_MAP) {
        yaml_complain(d->report, top, false, SETTING_TYPE, NULL, "a map file is a mapping");
        return false;
    }
    for (const struct yaml_node *child = top->first; child != NULL; child = child->next) {
        const char *nearest = NULL;
        unsigned best = 3;
        bool known = false;

        for (unsigned i = 0; i < sizeof(top_keys) / sizeof(top_keys[0]) && !known; i++) {
            unsigned distance = bytes_distance(child->key, bytes_of(top_keys[i]), 3);

            known = distance == 0;
            if (distance < best) {
                best = distance;
                nearest = top_keys[i];
            }
        }
        if (!known) {
            yaml_complain(d->report, child, true, SETTING_UNKNOWN,
                          nearest != NULL ? arena_format(d->arena, "did you mean \"%s\"?", nearest) : NULL,
                          "\"%.80s\"", child->key.at);
        }
    }
    return true;
}

static bool add_file(struct draft *draft, struct drafting *d, const char *name, unsigned depth,
                     struct search *search, struct hash *hash, const struct yaml_node *named_at)
{
    const char *path = search_find(search, arena_format(d->arena, "maps/%s.yaml", name));
    const struct yaml_node *top, *base, *node;
    struct bytes content;
    struct draft_node *nodes = NULL;

    if (path == NULL || depth == MAX_BASES) {
        const char *nearest = path == NULL ? search_nearest(search, "maps", ".yaml", bytes_of(name)) : NULL;
        const char *hint = nearest != NULL ? arena_format(d->arena, "did you mean %s?", nearest) : NULL;

        if (named_at != NULL)
            yaml_complain(d->report, named_at, false, MAP_UNKNOWN, hint, "maps/%.80s.yaml %s", name,
                          depth == MAX_BASES ? "is too many bases deep"
                                             : "is in none of the folders searched");
        else
            report_say(d->report, MAP_UNKNOWN, NULL, "maps/%.80s.yaml is in none of %s%s%s", name,
                       search_folders_text(search), hint != NULL ? "; " : "", hint != NULL ? hint : "");
        return false;
    }
    top = yaml_load(path, d->arena, d->report, &content);
    if (top == NULL || !check_top(d, top))
        return false;
    hash_add(hash, content.at, content.len);
    if (draft->top == NULL)
        draft->top = top;
    base = yaml_get(top, "base");
    if (base != NULL && (base->kind != YAML_SCALAR || base->text.len == 0)) {
        yaml_complain(d->report, base, true, SETTING_TYPE, NULL, "base: takes the name of a map");
        return false;
    }
    if (base != NULL && !add_file(draft, d, base->text.at, depth + 1, search, hash, base))
        return false;
    node = yaml_get(top, "parts");
    if (node != NULL && node->kind != YAML_MAP && !yaml_is_null(node)) {
        yaml_complain(d->report, node, true, SETTING_TYPE, NULL, "parts: is a mapping of names");
        return false;
    }
    for (const struct yaml_node *child = node != NULL ? node->first : NULL; child != NULL;
         child = child->next) {
        struct part *part = arena_zalloc(d->arena, 1, sizeof(*part));

        if (part == NULL)
            return false;
        part->source = child;
        part->next = d->parts;
        d->parts = part;
    }
    node = yaml_get(top, "tables");
    if (node != NULL && node->kind != YAML_MAP && !yaml_is_null(node)) {
        yaml_complain(d->report, node, true, SETTING_TYPE, NULL, "tables: is a mapping of names");
        return false;
    }
    for (const struct yaml_node *child = node != NULL ? node->first : NULL; child != NULL;
         child = child->next) {
        struct draft_tables *table = arena_zalloc(d->arena, 1, sizeof(*table));

        if (table == NULL)
            return false;
        table->table = child;
        table->next = draft->tables;
        draft->tables = table;
    }
    node = yaml_get(top, "xrefs");
    if (node != NULL) {
        struct draft_xrefs *xrefs = arena_zalloc(d->arena, 1, sizeof(*xrefs));

        if (xrefs == NULL || !xref_sources_read(&xrefs->sources, node, d->arena, d->report))
            return false;
        xrefs->next = draft->xrefs;
        draft->xrefs = xrefs;
    }
    draft->format = yaml_get(top, "format") != NULL ? yaml_get(top, "format") : draft->format;
    draft->set = yaml_get(top, "set") != NULL ? yaml_get(top, "set") : draft->set;
    draft->record = yaml_get(top, "record") != NULL ? yaml_get(top, "record") : draft->record;
    draft->title = yaml_get(top, "title") != NULL ? yaml_get(top, "title") : draft->title;
    draft->lossy = yaml_get(top, "lossy") != NULL ? yaml_get(top, "lossy") : draft->lossy;
    node = yaml_get(top, "layout");
    if (node != NULL)
        draft->layout = lay_over_layout(d, draft->layout, node);
    node = yaml_get(top, "tree");
    if (node != NULL) {
        nodes = expand_list(d, node);
        if (has_failed(d))
            return false;
    }
    draft->nodes = draft->nodes == NULL ? nodes : lay_over(d, draft->nodes, nodes);
    return true;
}

bool draft_load(struct draft *draft, const char *name, struct search *search, struct arena *arena,
                struct hash *hash, struct report *report)
{
    struct drafting d = {.arena = arena, .report = report, .told = errors_told(report)};

    *draft = (struct draft){0};
    return add_file(draft, &d, name, 0, search, hash, NULL) && !has_failed(&d);
}
