#include "translate/work.h"

#include <stdio.h>

#include "map/x12_check.h"

struct work_map {
    struct work_map *next;
    const char *name;
    const struct partner *partner; /* NULL: whoever's, as it uses no cross-reference */
    struct map *map;               /* NULL: there is none of that name */
    bool checked;    /* by the standard */
};

/* A map by name, read once; once a partner, when it uses cross-references.  False: a configuration error that
 * was told. */
static bool map_named(struct workshop *shop, const struct partner *partner, const char *name, bool must_exist,
                      struct map **out)
{
    struct work_map *known = shop->maps;

    while (known != NULL && (strcmp(known->name, name) != 0 ||
                             (known->partner != NULL && known->partner != partner)))
        known = known->next;
    if (known == NULL) {
        known = arena_zalloc(shop->arena, 1, sizeof(*known));
        if (known == NULL)
            return false;
        known->name = name;
        if (must_exist ||
            search_find(shop->search, arena_format(shop->arena, "maps/%s.yaml", name)) != NULL) {
            known->map = map_load_for(name, &partner->xrefs, shop->search, shop->schema, shop->report);
            if (known->map == NULL)
                return false;
            known->partner = known->map->xrefs != NULL ? partner : NULL;
        }
        known->next = shop->maps;
        shop->maps = known;
    }
    *out = known->map;
    return true;
}

/* Whether the map says what the standard knows; looked at once. */
static bool map_fits(struct workshop *shop, const struct map *map, const struct standard_set *set)
{
    struct work_map *known = shop->maps;

    while (known->map != map)
        known = known->next;
    if (!known->checked && !x12_check_map(map, set, shop->dictionary, shop->report))
        return false;
    known->checked = true;
    return true;
}

static bool choose_map(struct workshop *shop, struct work *work)
{
    const char *name = work->document->map;
    struct map *map = NULL;

    if (shop->map != NULL) {
        if (!map_named(shop, work->partner, shop->map, true, &map))
            return false;
        if (map->set[0] != '\0' && bytes_are(work->set_id, map->set) && strcmp(map->format, "x12") == 0)
            name = shop->map;
        else
            map = NULL;
    }
    if (map == NULL) {
        if (name != NULL) {
            if (search_find(shop->search, arena_format(shop->arena, "maps/%s.yaml", name)) == NULL) {
                report_say(shop->report, PARTNER_MAP_MISSING, work->partner->file,
                           "%s, for %.*s: maps/%s.yaml is in none of %s", name, BYTES_ARG(work->set_id), name,
                           search_folders_text(shop->search));
                return false;
            }
            if (!map_named(shop, work->partner, name, true, &map))
                return false;
        } else if (search_name_is_good(work->set_id)) {
            if (!map_named(shop, work->partner,
                           arena_format(shop->arena, "x12-%.*s", BYTES_ARG(work->set_id)), false, &map))
                return false;
        }
    }
    if (map == NULL || work->set == NULL)
        return true;
    if (strcmp(map->format, "x12") != 0 || !bytes_are(work->set_id, map->set)) {
        report_say(shop->report, SETTING_VALUE, map->layout_mark.file, "the map %s reads %s %s, not X12 %.*s",
                   map->name, map->format, map->set, BYTES_ARG(work->set_id));
        return false;
    }
    if (!map_fits(shop, map, work->set))
        return false;
    work->binding = x12_binding_open(map, work->set);
    work->kind = map->kind;
    work->is_ack = strcmp(map->kind->name, "functional_ack") == 0;
    return work->binding != NULL;
}

/* One that was made already, or NULL. */
static struct work *made(struct workshop *shop, const struct partner *partner, const char *release,
                         struct bytes set_id)
{
    struct work *work = shop->works, *before = NULL;

    for (; work != NULL; before = work, work = work->next)
        if (work->partner == partner && work->release == release && bytes_equal(work->set_id, set_id)) {
            if (before != NULL) { /* to the front: the next set is most likely of the same kind */
                before->next = work->next;
                work->next = shop->works;
                shop->works = work;
            }
            return work;
        }
    return NULL;
}

struct work *workshop_work(struct workshop *shop, const struct partner *partner, const char *release,
                           struct bytes set_id)
{
    const struct partner_document *document;
    const struct standard_set *set;
    struct work *work = made(shop, partner, release, set_id);

    if (work != NULL)
        return work;
    document = partner_document(partner, set_id);
    set = dictionary_set(shop->dictionary, release, set_id);
    if (set == NULL && document == &partner->defaults) {
        /* All sets that nobody knows are one: a file can name any number of them. */
        set_id = (struct bytes){"", 0};
        work = made(shop, partner, release, set_id);
        if (work != NULL)
            return work;
    }
    work = arena_zalloc(shop->arena, 1, sizeof(*work));
    if (work == NULL)
        return NULL;
    work->partner = partner;
    work->release = release;
    work->set_id = arena_copy(shop->arena, set_id);
    work->document = document;
    work->set = set;
    if (work->set != NULL && work->document->guide != NULL) {
        struct guide *guide = guide_load(work->document->guide, shop->search, shop->dictionary, work->set,
                                         shop->arena, shop->report);

        if (guide == NULL)
            return NULL;
        work->guide = guide;
        work->set = guide_set(guide);
    }
    if (work->set != NULL && (!walk_init(&work->walk, work->set, shop->dictionary, shop->arena) ||
                              !check_init(&work->check, work->set, &work->document->rules, shop->arena) ||
                              !balance_init(&work->balance, work->set, shop->arena)))
        return NULL;
    if (!choose_map(shop, work))
        return NULL;
    work->next = shop->works;
    shop->works = work;
    return work;
}

void workshop_tell_unread(struct workshop *shop, int unmapped)
{
    for (struct work *work = shop->works; work != NULL; work = work->next) {
        enum unmapped policy = unmapped >= 0 ? (enum unmapped)unmapped : work->document->unmapped;
        const struct x12_unread *rows;
        size_t n = 0;

        if (work->binding == NULL || policy == UNMAPPED_IGNORE)
            continue;
        rows = x12_binding_unread(work->binding, &n);
        for (size_t i = 0; i < n; i++) {
            const struct standard_position *position = rows[i].position;
            const char *name = position->segment->name;
            char element[8] = "";
            struct finding finding = {.complaint = MAP_UNREAD};

            if (rows[i].element > 0) {
                const struct standard_segment *segment = position->segment;

                snprintf(element, sizeof(element), "%02u", rows[i].element);
                if (rows[i].element <= segment->n_fields) {
                    const struct standard_field *field = &segment->fields[rows[i].element - 1];

                    name = field->element != NULL ? field->element->name : field->composite->name;
                }
            }
            finding.severity = policy == UNMAPPED_WARN    ? SEVERITY_WARN
                               : policy == UNMAPPED_ERROR ? SEVERITY_ERROR
                                                          : SEVERITY_INFO;
            finding.detail = arena_format(shop->arena, "%s%s%s%s %s, %llu time%s, by map %s", position->path,
                                          position->path[0] != '\0' && !position->starts_loop ? "/" : "",
                                          position->starts_loop ? "" : position->segment->id, element, name,
                                          (unsigned long long)rows[i].count, rows[i].count == 1 ? "" : "s",
                                          x12_binding_map(work->binding)->name);
            report_add(shop->report, &finding);
        }
    }
}

void workshop_release(struct workshop *shop)
{
    for (struct work *work = shop->works; work != NULL; work = work->next)
        x12_binding_close(work->binding);
    for (struct work_map *map = shop->maps; map != NULL; map = map->next)
        map_close(map->map);
    *shop = (struct workshop){0};
}
