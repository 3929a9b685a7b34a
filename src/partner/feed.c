#include "partner/feed.h"

#include "conf/settings.h"

struct feed_values {
    const char *name, *map, *charset;
    int unmapped;
};

#define ROW(member, row_kind) .offset = offsetof(struct feed_values, member), .kind = row_kind

static bool read_feed(struct partner_feed *feed, const struct yaml_node *node, const char *const *unmapped,
                      struct arena *arena, struct report *report)
{
    const struct settings_row rows[] = {
        {.key = "name",
         ROW(name, SETTINGS_TEXT),
         .required = true,
         .most = PATTERN_MAX_LENGTH,
         .argument = "PATTERN",
         .sentence = "The whole name of such a file."},
        {.key = "map",
         ROW(map, SETTINGS_TEXT),
         .required = true,
         .argument = "MAP",
         .sentence = "The map that reads it."},
        {.key = "charset", ROW(charset, SETTINGS_TEXT), .sentence = "The character set of its texts."},
        {.key = "unmapped",
         ROW(unmapped, SETTINGS_WORD),
         .words = unmapped,
         .sentence = "What happens to columns that no line of the map reads."},
    };
    const struct settings settings = {SETTINGS_ROWS(rows)};
    struct feed_values values = {.unmapped = -1};
    struct pattern_mistake mistake;

    if (!settings_read(&settings, node, &values, arena, report))
        return false;
    *feed = (struct partner_feed){.name = bytes_of(values.name),
                                  .map = values.map,
                                  .charset = values.charset,
                                  .unmapped = values.unmapped};
    feed->pattern = pattern_open(feed->name, true, &mistake);
    if (feed->pattern == NULL)
        yaml_complain(report, yaml_get(node, "name"), false, SETTING_VALUE, NULL,
                      "no regular expression: %s, at character %zu", mistake.text, mistake.offset + 1);
    return feed->pattern != NULL;
}

bool partner_feeds_read(struct partner_feed **feeds, uint32_t *n, const struct yaml_node *list,
                        const char *const *unmapped, struct arena *arena, struct report *report)
{
    bool good = true;

    if (list == NULL)
        return true;
    if (list->kind != YAML_LIST) {
        yaml_complain(report, list, true, SETTING_TYPE, NULL,
                      "expected a list: - {name: 'stock_[0-9]+\\.csv', map: polar/stock}");
        return false;
    }
    *feeds = arena_zalloc(arena, list->n + 1, sizeof(**feeds));
    if (*feeds == NULL)
        return false;
    for (const struct yaml_node *child = list->first; child != NULL; child = child->next) {
        if (read_feed(&(*feeds)[*n], child, unmapped, arena, report))
            ++*n;
        else
            good = false;
    }
    return good;
}

void partner_feeds_close(const struct partner_feed *feeds, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        pattern_close(feeds[i].pattern);
}

const struct partner_feed *partner_feed_named(const struct partner_feed *feeds, uint32_t n, struct bytes name)
{
    for (uint32_t i = 0; i < n; i++)
        if (pattern_match(feeds[i].pattern, name, NULL) == PATTERN_YES)
            return &feeds[i];
    return NULL;
}
