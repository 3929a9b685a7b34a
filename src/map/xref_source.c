#include "conf/settings.h"
#include "map/xref.h"

enum { MAX_SOURCES = 100 };

static const char *const miss_words[] = {[MAP_MISS_KEEP] = "keep",
                                         [MAP_MISS_WARN] = "warn",
                                         [MAP_MISS_ERROR] = "error",
                                         [MAP_MISS_DEFAULT] = "default",
                                         NULL};

bool map_miss_read(const struct yaml_node *node, enum map_miss *miss, struct report *report)
{
    for (int i = MAP_MISS_KEEP; miss_words[i] != NULL; i++)
        if (node->kind == YAML_SCALAR && bytes_are(node->text, miss_words[i])) {
            *miss = (enum map_miss)i;
            return true;
        }
    yaml_complain(report, node, false, SETTING_VALUE, NULL, "miss is keep, warn, error or default");
    return false;
}

#define ROW(member, row_kind) .offset = offsetof(struct xref_source, member), .kind = row_kind

static const struct settings_row source_rows[] = {
    {.key = "file",
     ROW(file, SETTINGS_TEXT),
     .required = true,
     .most = 255,
     .argument = "PATH",
     .sentence = "A file, .csv or .tsv, below the folders that are searched."},
    {.key = "theirs",
     ROW(theirs, SETTINGS_TEXT),
     .most = 255,
     .argument = "COLUMN",
     .sentence = "The column with what stands in the partner's files."},
    {.key = "ours",
     ROW(ours, SETTINGS_TEXT),
     .most = 255,
     .argument = "COLUMN",
     .sentence = "The column with what stands in records."},
    {.key = "item",
     ROW(item, SETTINGS_TEXT),
     .most = 255,
     .argument = "COLUMN",
     .sentence = "Of units by item: the column with the item."},
    {.key = "unit", ROW(unit, SETTINGS_TEXT), .most = 255, .argument = "COLUMN", .sentence = "Its unit."},
    {.key = "contains",
     ROW(contains, SETTINGS_TEXT),
     .most = 255,
     .argument = "COLUMN",
     .sentence = "How many of the base unit one of them holds."},
    {.key = "base",
     ROW(base, SETTINGS_TEXT),
     .most = 255,
     .argument = "COLUMN",
     .sentence = "The base unit; without it, EA."},
    {.key = "miss",
     ROW(miss_said, SETTINGS_ANY),
     .argument = "keep | warn | error | default",
     .sentence = "What becomes of a value that has no row."},
    {.key = "shared", ROW(shared, SETTINGS_FLAG), .sentence = "Several of theirs may stand for one of ours."},
};
static const struct settings source_settings = {SETTINGS_ROWS(source_rows)};

static bool has_suffix(const char *file, const char *suffix)
{
    size_t len = strlen(file), end = strlen(suffix);

    return len > end && strcmp(file + len - end, suffix) == 0;
}

/* Rows are pairs, or units by item, and the file says by its name how columns are parted. */
static bool check_source(const struct xref_source *source, struct report *report)
{
    const struct yaml_node *node = source->node, *file = yaml_get(node, "file");
    bool pairs = source->theirs != NULL && source->ours != NULL;
    bool units = source->item != NULL && source->unit != NULL && source->contains != NULL;

    if (!has_suffix(source->file, ".csv") && !has_suffix(source->file, ".tsv")) {
        yaml_complain(report, file, false, SETTING_VALUE, NULL, "the name of the file ends in .csv or .tsv");
        return false;
    }
    if (!search_name_is_good(bytes_of(source->file))) {
        yaml_complain(report, file, false, CONFIG_NAME, NULL, "\"%.80s\"", source->file);
        return false;
    }
    if (pairs == units ||
        (pairs && (source->item != NULL || source->unit != NULL || source->contains != NULL ||
                   source->base != NULL)) ||
        (units && (source->theirs != NULL || source->ours != NULL))) {
        yaml_complain(report, node, true, SETTING_MISSING, NULL,
                      "a cross-reference names the columns theirs and ours, or item, unit and contains");
        return false;
    }
    return true;
}

bool xref_sources_read(struct xref_sources *sources, const struct yaml_node *node, struct arena *arena,
                       struct report *report)
{
    struct xref_source *list;
    bool good = true;

    *sources = (struct xref_sources){0};
    if (node == NULL || yaml_is_null(node))
        return true;
    if (node->kind != YAML_MAP) {
        yaml_complain(
            report, node, true, SETTING_TYPE, NULL,
            "a mapping is expected here: {stores: {file: xrefs/stores.csv, theirs: store, ours: id}}");
        return false;
    }
    if (node->n > MAX_SOURCES) {
        yaml_complain(report, node, true, SETTING_RANGE, NULL, "at most %d cross-references", MAX_SOURCES);
        return false;
    }
    list = arena_zalloc(arena, node->n + 1, sizeof(*list));
    if (list == NULL)
        return false;
    sources->at = list;
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
        struct xref_source source = {.name = child->key.at, .node = child};
        source.miss = MAP_MISS_ERROR;
        if (settings_read(&source_settings, child, &source, arena, report) && check_source(&source, report) &&
            (source.miss_said == NULL || map_miss_read(source.miss_said, &source.miss, report)))
            list[sources->n++] = source;
        else
            good = false;
    }
    return good;
}

const struct xref_source *xref_source_named(const struct xref_sources *sources, struct bytes name)
{
    for (uint32_t i = 0; sources != NULL && i < sources->n; i++)
        if (bytes_are(name, sources->at[i].name))
            return &sources->at[i];
    return NULL;
}
