/*
 * layout_bind: what a layout names outside the map's file (map/bind.h).  The layout itself is read by the
 * engines, when they know what they need of it.
 */
#include "map/bind.h"

#include "base/file.h"
#include "base/hash.h"

enum { MAX_TABLE = 4 * 1024 * 1024 }; /* bytes */

static bool complain(struct binder *b, const struct yaml_node *at, const char *what)
{
    yaml_complain(b->report, at, false, SETTING_TYPE, NULL, "%s", what);
    return false;
}

/* table: {file: PATH, ...}; its bytes are part of what the map is. */
static bool read_table(struct binder *b, const struct yaml_node *table)
{
    const struct yaml_node *file = yaml_get(table, "file");
    const char *path;
    int error;

    if (file == NULL || file->kind != YAML_SCALAR)
        return complain(b, table, "table: takes file: the name of a table of records, under maps/");
    path = search_find(b->search, arena_format(b->arena, "maps/%s", file->text.at));
    error = path != NULL ? file_read_whole(path, MAX_TABLE, b->arena, &b->map->layout_table, NULL) : 0;
    if (path == NULL || error != 0) {
        yaml_complain(b->report, file, false, SETTING_VALUE, NULL, "maps/%.120s %s", file->text.at,
                      path == NULL ? "is in none of the folders searched" : file_error(error));
        return false;
    }
    b->map->layout_table_path = arena_copy(b->arena, bytes_of(path)).at;
    hash_add(b->hash, b->map->layout_table.at, b->map->layout_table.len);
    return true;
}

/* partner: {column: NAME, table: TABLE, miss: ...} */
static bool read_partner(struct binder *b, const struct yaml_node *partner)
{
    for (const struct yaml_node *child = partner->first; child != NULL; child = child->next) {
        if (bytes_are(child->key, "table") && child->kind == YAML_SCALAR) {
            if ((b->map->partners = bind_table(b, child)) == NULL)
                return false;
        } else if (bytes_are(child->key, "miss")) {
            if (!map_miss_read(child, &b->map->partners_miss, b->report))
                return false;
        } else if (!bytes_are(child->key, "column") || child->kind != YAML_SCALAR) {
            yaml_complain(b->report, child, true, SETTING_UNKNOWN, "partner: knows column, table and miss",
                          "\"%.80s\"", child->key.at);
            return false;
        }
    }
    if (b->map->partners_miss == MAP_MISS_WARN || b->map->partners_miss == MAP_MISS_DEFAULT)
        return complain(b, partner, "miss: of a partner is keep or error");
    return yaml_get(partner, "column") != NULL ||
           complain(b, partner, "partner: takes a column, or column: and table:");
}

bool bind_layout(struct binder *b)
{
    const struct yaml_node *layout = b->map->layout;
    const struct yaml_node *table = yaml_get(layout, "table"), *partner = yaml_get(layout, "partner");

    if (table != NULL && !read_table(b, table))
        return false;
    return partner == NULL || partner->kind != YAML_MAP || read_partner(b, partner);
}
