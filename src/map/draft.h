/*
 * draft: a map file's tree as written: tags, rules and entries, parts expanded and overlays laid over their
 * base, but no field looked up yet.  Private to the map room.
 */
#ifndef CROSSDOCK_MAP_DRAFT_H
#define CROSSDOCK_MAP_DRAFT_H

#include "base/arena.h"
#include "base/hash.h"
#include "conf/search.h"
#include "conf/yaml.h"
#include "map/xref.h"

/* Any key of a rule that is not when, then, drop: at, each, pairs and the element keys. */
struct draft_entry {
    struct draft_entry *next;
    const struct yaml_node *value; /* its key is value->key */
};

struct draft_rule {
    struct draft_rule *next;
    const struct yaml_node *where; /* the rule's mapping */
    const struct yaml_node *when;  /* or NULL */
    struct draft_entry *entries;   /* in the file's order */
    struct draft_node *then;       /* or NULL; a part's nodes are shared */
    bool dropped;
};

struct draft_node {
    struct draft_node *next;
    const char *tag;
    struct draft_rule *rules;
};

struct draft {
    const struct yaml_node *top;                                    /* of the file itself */
    const struct yaml_node *format, *set, *record, *title, *layout, *lossy; /* of the file, else its base's */
    struct draft_node *nodes;
    struct draft_tables {
        struct draft_tables *next;
        const struct yaml_node *table; /* key: its name */
    } * tables;                        /* the file's before its base's */
    struct draft_xrefs {
        struct draft_xrefs *next;
        struct xref_sources sources;
    } * xrefs; /* as tables */
};

/* Reads maps/NAME.yaml and its bases; false when that failed and was told.  Adds every file's bytes to
 * `hash`.  `missing`: the complaint for a map that is not there. */
bool draft_load(struct draft *draft, const char *name, struct search *search, struct arena *arena,
                struct hash *hash, struct report *report);

#endif
