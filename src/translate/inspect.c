#include "translate/inspect.h"

#include <stdlib.h>

#include "base/file.h"
#include "canon/schema.h"
#include "conf/yaml.h"
#include "map/flat_fill.h"
#include "map/layout_tree.h"
#include "map/lint.h"
#include "map/tree_fill.h"
#include "map/write.h"
#include "map/x12_check.h"
#include "partner/partner.h"
#include "standard/guide.h"

/* A map or guide that was looked at. */
struct looked_at {
    struct looked_at *next;
    const char *name;
    struct map *map; /* NULL: a guide, or a map that has something wrong */
};

struct inspect {
    struct search *search;
    struct report *report;
    struct dictionary *dictionary;
    struct schema *schema;
    struct partners *partners;
    struct lint *lint;
    struct arena arena;
    struct looked_at *maps, *guides;
};

/* ---- opening ---- */

struct inspect *inspect_open(struct search *search, struct report *report)
{
    struct inspect *inspect = calloc(1, sizeof(*inspect));
    const char *path, *why = NULL;
    char *schema_why = NULL;

    if (inspect == NULL) {
        report_say(report, TECHNICAL_MEMORY, NULL, "at the start");
        return NULL;
    }
    inspect->search = search;
    inspect->report = report;
    arena_init(&inspect->arena, 64 * 1024, (size_t)1 << 30);
    path = search_find(search, "maps/x12.image");
    if (path == NULL || (inspect->dictionary = dictionary_open(path, &why)) == NULL) {
        report_say(report, TECHNICAL_DICTIONARY, path,
                   path == NULL ? "maps/x12.image is in none of the folders searched" : "%s", why);
        inspect_close(inspect);
        return NULL;
    }
    path = search_find_folder(search, "maps/canon");
    if (path == NULL || (inspect->schema = schema_open(path, &schema_why)) == NULL) {
        report_say(report, TECHNICAL_SCHEMA, path, "%s",
                   schema_why != NULL ? schema_why : "maps/canon is in none of the folders searched");
        free(schema_why);
        inspect_close(inspect);
        return NULL;
    }
    inspect->partners = partners_open(search, report);
    inspect->lint = lint_open(inspect->dictionary, report);
    if (inspect->partners == NULL || inspect->lint == NULL) {
        report_say(report, TECHNICAL_MEMORY, NULL, "at the start");
        inspect_close(inspect);
        return NULL;
    }
    return inspect;
}

void inspect_close(struct inspect *inspect)
{
    if (inspect == NULL)
        return;
    for (struct looked_at *at = inspect->maps; at != NULL; at = at->next)
        map_close(at->map);
    lint_close(inspect->lint);
    partners_close(inspect->partners);
    schema_close(inspect->schema);
    dictionary_close(inspect->dictionary);
    arena_release(&inspect->arena);
    free(inspect);
}

/* Looked at already, or now noted: *known says which.  NULL: out of memory. */
static struct looked_at *note(struct inspect *inspect, struct looked_at **list, const char *name, bool *known)
{
    struct looked_at *at = *list;

    while (at != NULL && strcmp(at->name, name) != 0)
        at = at->next;
    *known = at != NULL;
    if (at != NULL)
        return at;
    at = arena_zalloc(&inspect->arena, 1, sizeof(*at));
    if (at == NULL || (at->name = arena_copy(&inspect->arena, bytes_of(name)).at) == NULL)
        return NULL;
    at->next = *list;
    *list = at;
    return at;
}

/* The set in the release that most files have, or the first that knows it. */
static const struct standard_set *any_set(struct inspect *inspect, struct bytes id, const char *wanted)
{
    const struct standard_set *set = dictionary_set(inspect->dictionary, wanted != NULL ? wanted : "004010",
                                                    id);
    const char *release;

    for (unsigned n = 0;
         set == NULL && wanted == NULL && (release = dictionary_release_at(inspect->dictionary, n)) != NULL;
         n++)
        set = dictionary_set(inspect->dictionary, release, id);
    return set;
}

const struct standard_set *inspect_set(struct inspect *inspect, const struct map *map, const char *release)
{
    bool exact;

    if (release != NULL && dictionary_release(inspect->dictionary, bytes_of(release), &exact) == NULL)
        return NULL;
    return any_set(inspect, bytes_of(map->set),
                   release != NULL ? dictionary_release(inspect->dictionary, bytes_of(release), &exact)
                                   : NULL);
}

/* ---- maps ---- */

/* What reading asks of a map of XML or JSON, and writing does not. */
static bool reads_trees(struct inspect *inspect, const struct map *map)
{
    struct tree_binding *binding = tree_binding_open(map, inspect->report);

    tree_binding_close(binding);
    return binding != NULL;
}

/* What the format says of the map. */
static bool fits_format(struct inspect *inspect, const struct map *map)
{
    struct finding finding = {.complaint = SETTING_VALUE, .place = map_place(map->layout_mark)};
    const struct standard_set *set;
    struct map_writer *writer;

    if (strcmp(map->format, "x12") == 0) {
        set = any_set(inspect, bytes_of(map->set), NULL);
        if (set != NULL)
            return x12_check_map(map, set, inspect->dictionary, inspect->report);
        finding.detail = arena_format(&inspect->arena, "no release has a transaction set \"%s\"", map->set);
        report_add(inspect->report, &finding);
        return false;
    }
    writer = map_writer_open(map, inspect->report);
    map_writer_close(writer);
    return writer != NULL && (!layout_is_tree(map) || reads_trees(inspect, map));
}

/* `partner`: whose cross-references it may use; NULL: nobody's. */
static const struct map *check_map(struct inspect *inspect, const char *name, const struct partner *partner)
{
    bool known;
    struct looked_at *at = note(inspect, &inspect->maps, name, &known);

    if (at == NULL || known)
        return at != NULL ? at->map : NULL;
    if (!lint_has_tree(name, inspect->search))
        return NULL;
    at->map = map_load_for(at->name, partner != NULL ? &partner->xrefs : NULL, inspect->search,
                           inspect->schema, inspect->report);
    if (at->map == NULL)
        return NULL;
    if (fits_format(inspect, at->map))
        lint_rules(inspect->lint, at->map);
    lint_names(inspect->lint, at->name, inspect->search);
    return at->map;
}

/* A map PARTNER/NAME is that partner's, where there is one. */
const struct map *inspect_map(struct inspect *inspect, const char *name)
{
    struct bytes rest = bytes_of(name), first = {NULL, 0};
    const struct partner *partner = NULL;

    (void)bytes_split(&rest, '/', &first);
    if (rest.at != NULL && search_name_is_good(first) &&
        search_find(inspect->search, arena_format(&inspect->arena, "partners/%.*s.yaml", BYTES_ARG(first))) !=
            NULL)
        partner = partners_named(inspect->partners, arena_copy(&inspect->arena, first));
    return check_map(inspect, name, partner);
}

/* ---- guides ---- */

void inspect_guide(struct inspect *inspect, const char *name)
{
    const char *path = search_find(inspect->search, arena_format(&inspect->arena, "guides/%s.yaml", name));
    const struct yaml_node *top, *set, *release;
    const struct standard_set *standard;
    bool known;

    if (note(inspect, &inspect->guides, name, &known) == NULL || known)
        return;
    if (path == NULL) {
        const char *nearest = search_nearest(inspect->search, "guides", ".yaml", bytes_of(name));

        report_say(inspect->report, GUIDE_UNKNOWN, NULL, "guides/%.80s.yaml%s%s", name,
                   nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "");
        return;
    }
    top = yaml_load(path, &inspect->arena, inspect->report, NULL);
    if (top == NULL)
        return;
    set = yaml_get(top, "set");
    release = yaml_get(top, "release");
    standard = set != NULL && set->kind == YAML_SCALAR
                   ? any_set(inspect, set->text,
                             release != NULL && release->kind == YAML_SCALAR ? release->text.at : NULL)
                   : NULL;
    if (standard != NULL)
        (void)guide_load(name, inspect->search, inspect->dictionary, standard, &inspect->arena,
                         inspect->report);
    else if (set != NULL && set->kind == YAML_SCALAR)
        yaml_complain(inspect->report, set, false, SETTING_VALUE, NULL,
                      "there is no X12 %.20s in release %.20s", set->text.at,
                      release != NULL && release->kind == YAML_SCALAR ? release->text.at : "any");
    else
        yaml_complain(inspect->report, set != NULL ? set : top, false, SETTING_MISSING, NULL,
                      "set: which transaction set it narrows");
}

/* ---- partners ---- */

/* The map that `node` names, for `what`.  NULL: told, here or by the partner's own grammar. */
static const struct map *named_map(struct inspect *inspect, const struct partner *partner,
                                   const struct yaml_node *node, struct bytes what)
{
    if (node == NULL || node->kind != YAML_SCALAR || yaml_is_null(node))
        return NULL;
    if (!search_name_is_good(node->text) ||
        search_find(inspect->search, arena_format(&inspect->arena, "maps/%s.yaml", node->text.at)) == NULL) {
        const char *nearest = search_nearest(inspect->search, "maps", ".yaml", node->text);

        yaml_complain(inspect->report, node, false, PARTNER_MAP_MISSING,
                      nearest != NULL ? arena_format(&inspect->arena, "did you mean %s?", nearest) : NULL,
                      "maps/%.80s.yaml, for %.*s", node->text.at, BYTES_ARG(what));
        return NULL;
    }
    return check_map(inspect, node->text.at, partner);
}

/* `node` names a map for the set that is its key, or that `set` says. */
static void check_map_of(struct inspect *inspect, const struct partner *partner, const struct yaml_node *node,
                         struct bytes set)
{
    const struct map *map = named_map(inspect, partner, node, set);

    if (map != NULL && (strcmp(map->format, "x12") != 0 || !bytes_are(set, map->set)))
        yaml_complain(inspect->report, node, false, SETTING_VALUE, NULL,
                      "the map %s is for %s %s, not X12 %.*s", map->name, map->format, map->set,
                      BYTES_ARG(set));
}

/* The map of files that are no X12; of this kind of record, where one is named. */
static const struct map *check_file_map(struct inspect *inspect, const struct partner *partner,
                                        const struct yaml_node *node, struct bytes kind)
{
    const struct map *map = named_map(inspect, partner, node, kind);

    if (map == NULL)
        return NULL;
    if (strcmp(map->format, "x12") == 0) {
        yaml_complain(inspect->report, node, false, SETTING_VALUE, NULL,
                      "the map %s is for X12 %s: it belongs to maps", map->name, map->set);
        return NULL;
    }
    if (kind.at != NULL && !bytes_are(kind, map->kind->name))
        yaml_complain(inspect->report, node, false, SETTING_VALUE, NULL, "the map %s is for %s, not %.*s",
                      map->name, map->kind->name, BYTES_ARG(kind));
    return map;
}

/* Files that are no X12, those that come and those that go. */
static void check_files(struct inspect *inspect, const struct partner *partner, const struct yaml_node *top)
{
    const struct yaml_node *files = yaml_get(top, "files"), *send = yaml_get(top, "send");
    uint32_t i = 0;

    for (const struct yaml_node *at = files != NULL ? files->first : NULL;
         at != NULL && i < partner->n_feeds; at = at->next, i++) {
        const struct map *map = check_file_map(inspect, partner, yaml_get(at, "map"),
                                               (struct bytes){NULL, 0});
        struct flat_binding *binding =
            map != NULL && (strcmp(map->format, "delimited") == 0 || strcmp(map->format, "fixed") == 0)
                ? flat_binding_open(map, partner->feeds[i].name, inspect->report)
                : NULL;

        flat_binding_close(binding);
    }
    files = send != NULL ? yaml_get(send, "files") : NULL;
    for (const struct yaml_node *at = files != NULL ? files->first : NULL; at != NULL; at = at->next)
        (void)check_file_map(inspect, partner, at, at->key);
}

static void check_guide_of(struct inspect *inspect, const struct yaml_node *node, struct bytes set)
{
    const char *path;
    const struct yaml_node *top, *own;

    if (node == NULL || node->kind != YAML_SCALAR || yaml_is_null(node))
        return;
    path = search_name_is_good(node->text)
               ? search_find(inspect->search, arena_format(&inspect->arena, "guides/%s.yaml", node->text.at))
               : NULL;
    if (path == NULL) {
        const char *nearest = search_nearest(inspect->search, "guides", ".yaml", node->text);

        yaml_complain(inspect->report, node, false, GUIDE_UNKNOWN,
                      nearest != NULL ? arena_format(&inspect->arena, "did you mean %s?", nearest) : NULL,
                      "guides/%.80s.yaml, for %.*s", node->text.at, BYTES_ARG(set));
        return;
    }
    inspect_guide(inspect, node->text.at);
    top = yaml_load(path, &inspect->arena, inspect->report, NULL);
    own = yaml_get(top, "set");
    if (own != NULL && own->kind == YAML_SCALAR && !bytes_equal(own->text, set))
        yaml_complain(inspect->report, node, false, SETTING_VALUE, NULL, "the guide %s is for %s, not %.*s",
                      node->text.at, own->text.at, BYTES_ARG(set));
}

static bool is_used(const struct inspect *inspect, const struct xref_source *source)
{
    for (const struct looked_at *at = inspect->maps; at != NULL; at = at->next)
        for (const struct map_xref *xref = at->map != NULL ? at->map->xrefs : NULL; xref != NULL;
             xref = xref->next)
            if (xref_source_of(xref->xref)->node == source->node)
                return true;
    return false;
}

/* Those that maps use were read with them. */
static void check_xrefs(struct inspect *inspect, const struct partner *partner)
{
    for (uint32_t i = 0; i < partner->xrefs.n; i++) {
        const struct xref_source *source = &partner->xrefs.at[i];
        struct map_mark mark = {source->node->file, source->node->key_line, source->node->key_column};

        if (is_used(inspect, source))
            continue;
        lint_tell(inspect->lint, &mark, LINT_UNUSED,
                  arena_format(&inspect->arena, "the cross-reference \"%.80s\"", source->name), NULL);
        (void)xref_load(source, inspect->search, &inspect->arena, NULL, inspect->report);
    }
}

void inspect_partner(struct inspect *inspect, const char *name)
{
    const struct partner *partner = partners_named(inspect->partners, bytes_of(name));
    const struct yaml_node *top, *maps, *documents;

    if (partner == NULL || partner->file == NULL)
        return;
    top = yaml_load(partner->file, &inspect->arena, inspect->report, NULL);
    maps = yaml_get(top, "maps");
    documents = yaml_get(top, "documents");
    for (const struct yaml_node *at = maps != NULL ? maps->first : NULL; at != NULL; at = at->next)
        check_map_of(inspect, partner, at, at->key);
    for (const struct yaml_node *at = documents != NULL ? documents->first : NULL; at != NULL;
         at = at->next) {
        const struct yaml_node *map = yaml_get(at, "map");

        if (map != NULL)
            check_map_of(inspect, partner, map, at->key);
        check_guide_of(inspect, yaml_get(at, "guide"), at->key);
    }
    check_files(inspect, partner, top);
    check_xrefs(inspect, partner);
}

/* ---- all ---- */

struct all {
    struct inspect *inspect;
    const char *prefix;
};

static void each(struct all *all, const char *folder,
                 bool (*take)(void *whom, const char *path, const char *name))
{
    int error = search_each(all->inspect->search, folder, ".yaml", take, all);

    if (error != 0)
        report_say(all->inspect->report, search_complaint(error), folder, "%s", file_error(error));
}

static bool take_map(void *whom, const char *path, const char *name)
{
    const struct all *all = whom;

    (void)path;
    (void)inspect_map(all->inspect, arena_format(&all->inspect->arena, "%s%s", all->prefix, name));
    return !all->inspect->arena.failed;
}

static bool take_partner(void *whom, const char *path, const char *name)
{
    struct all all = *(const struct all *)whom;

    (void)path;
    inspect_partner(all.inspect, name);
    all.prefix = arena_format(&all.inspect->arena, "%s/", name);
    each(&all, arena_format(&all.inspect->arena, "maps/%s", name), take_map);
    return !all.inspect->arena.failed;
}

static bool take_guide(void *whom, const char *path, const char *name)
{
    (void)path;
    inspect_guide(((const struct all *)whom)->inspect, name);
    return true;
}

void inspect_all(struct inspect *inspect)
{
    struct all all = {.inspect = inspect, .prefix = ""};

    each(&all, "partners", take_partner);
    each(&all, "maps", take_map);
    each(&all, "guides", take_guide);
    if (inspect->arena.failed)
        report_say(inspect->report, TECHNICAL_MEMORY, NULL, "for the maps");
}
