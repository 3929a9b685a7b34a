/*
 * yaml: a YAML file as a tree whose every node knows its line and column.
 *
 * A subset on purpose (RELIABILITY, libyaml): one document, no anchors, aliases or tags, no duplicate keys,
 * bounded depth, nodes and size: a configuration file must not be able to make us hold or walk more than it
 * shows.  Keys are scalars.  The tree lives in the arena given.
 */
#ifndef CROSSDOCK_CONF_YAML_H
#define CROSSDOCK_CONF_YAML_H

#include "base/arena.h"
#include "diag/report.h"

enum yaml_kind { YAML_SCALAR = 1, YAML_LIST, YAML_MAP };

struct yaml_node {
    enum yaml_kind kind;
    bool quoted;           /* a scalar in quotes: never null, true or a number */
    uint32_t line, column; /* from 1 */
    const char *file;
    struct bytes text; /* of a scalar, NUL-terminated */
    struct bytes key;  /* when it is a value in a map, NUL-terminated */
    uint32_t key_line, key_column;
    uint32_t n;                     /* children */
    struct yaml_node *first, *last; /* children, in the file's order */
    struct yaml_node *next;         /* sibling */
};

enum {
    YAML_MAX_DEPTH = 64,
    YAML_MAX_NODES = 100000,
    YAML_MAX_BYTES = 1024 * 1024,
};

/* Reads the file.  NULL when that fails: told to the report (configuration errors with file:line:column).
 * An empty file gives an empty map. `content`: where not NULL, gets the file's bytes (in the arena). */
struct yaml_node *yaml_load(const char *path, struct arena *arena, struct report *report,
                            struct bytes *content);

/* The value of a key in a map; NULL when there is none, or when `node` is NULL or no map. */
struct yaml_node *yaml_get(const struct yaml_node *node, const char *key);

/* An unquoted scalar that is empty, ~ or null. */
bool yaml_is_null(const struct yaml_node *node);

/* A scalar that is true/false, yes/no, on/off (unquoted). */
bool yaml_bool(const struct yaml_node *node, bool *out);

/* Tells a configuration error at a node (its key when `at_key`). */
void yaml_complain(struct report *report, const struct yaml_node *node, bool at_key, enum complaint complaint,
                   const char *hint, const char *format, ...) __attribute__((format(printf, 6, 7)));

#endif
