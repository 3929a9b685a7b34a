#include "conf/yaml.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <yaml.h>

#include "base/file.h"
#include "base/utf8.h"
#include "conf/search.h"

enum { FEW_KEYS = 16 /* compared each with each; more are sorted */ };

/* A list or map that is not closed yet. */
struct level {
    struct yaml_node *node;
    struct yaml_node *key; /* of a map: the key whose value comes next, or NULL */
};

struct loader {
    const char *file;
    struct arena *arena;
    struct report *report;
    yaml_parser_t parser;
    uint32_t nodes;
    struct yaml_node *root;
    unsigned depth;
    struct level levels[YAML_MAX_DEPTH];
};

/* --- complaints */

static bool complain_at(struct report *report, const char *file, uint32_t line, uint32_t column,
                        enum complaint complaint, const char *detail, const char *hint)
{
    struct finding finding = {
        .complaint = complaint,
        .place = {.file = file, .line = line, .column = column},
        .detail = detail,
        .hint = hint,
    };

    report_add(report, &finding);
    return false;
}

void yaml_complain(struct report *report, const struct yaml_node *node, bool at_key, enum complaint complaint,
                   const char *hint, const char *format, ...)
{
    char detail[512];
    va_list args;

    va_start(args, format);
    vsnprintf(detail, sizeof(detail), format, args);
    va_end(args);
    at_key = at_key && node->key.at != NULL;
    complain_at(report, node->file, at_key ? node->key_line : node->line,
                at_key ? node->key_column : node->column, complaint, detail, hint);
}

static bool refuse(struct loader *loader, const yaml_mark_t *mark, enum complaint complaint,
                   const char *detail)
{
    return complain_at(loader->report, loader->file, (uint32_t)mark->line + 1, (uint32_t)mark->column + 1,
                       complaint, detail, NULL);
}

/* libyaml's own words: what it met, and what it was about. */
static bool refuse_syntax(struct loader *loader)
{
    const yaml_parser_t *parser = &loader->parser;
    char detail[256];

    if (parser->error == YAML_MEMORY_ERROR) {
        report_say(loader->report, TECHNICAL_MEMORY, loader->file, "while reading it");
        return false;
    }
    if (parser->context != NULL)
        snprintf(detail, sizeof(detail), "%s, %s that begins in line %zu",
                 parser->problem != NULL ? parser->problem : "not complete", parser->context,
                 parser->context_mark.line + 1);
    else
        snprintf(detail, sizeof(detail), "%s", parser->problem != NULL ? parser->problem : "not complete");
    return refuse(loader, &parser->problem_mark, CONFIG_SYNTAX, detail);
}

/* --- the tree */

static bool refuse_duplicate(struct loader *loader, const struct yaml_node *first,
                             const struct yaml_node *second)
{
    char detail[200];

    snprintf(detail, sizeof(detail), "\"%.80s\", first in line %u", second->key.at, first->key_line);
    return complain_at(loader->report, loader->file, second->key_line, second->key_column, CONFIG_DUPLICATE,
                       detail, NULL);
}

static int in_file_order(const struct yaml_node *a, const struct yaml_node *b)
{
    if (a->key_line != b->key_line)
        return a->key_line < b->key_line ? -1 : 1;
    return a->key_column < b->key_column ? -1 : a->key_column > b->key_column;
}

static int by_key(const void *a, const void *b)
{
    const struct yaml_node *left = *(const struct yaml_node *const *)a;
    const struct yaml_node *right = *(const struct yaml_node *const *)b;
    int order = bytes_compare(left->key, right->key);

    return order != 0 ? order : in_file_order(left, right);
}

static bool check_many_keys(struct loader *loader, const struct yaml_node *map)
{
    const struct yaml_node **sorted = arena_zalloc(loader->arena, map->n, sizeof(*sorted));
    const struct yaml_node *first = NULL, *second = NULL;
    size_t n = 0;

    if (sorted == NULL)
        return false;
    for (const struct yaml_node *child = map->first; child != NULL; child = child->next)
        sorted[n++] = child;
    qsort(sorted, n, sizeof(*sorted), by_key);
    for (size_t i = 1; i < n; i++) {
        if (bytes_equal(sorted[i - 1]->key, sorted[i]->key) &&
            (second == NULL || in_file_order(sorted[i], second) < 0)) {
            first = sorted[i - 1];
            second = sorted[i];
        }
    }
    return second == NULL || refuse_duplicate(loader, first, second);
}

static bool check_keys(struct loader *loader, const struct yaml_node *map)
{
    if (map->n > FEW_KEYS)
        return check_many_keys(loader, map);
    for (const struct yaml_node *second = map->first; second != NULL; second = second->next)
        for (const struct yaml_node *first = map->first; first != second; first = first->next)
            if (bytes_equal(first->key, second->key))
                return refuse_duplicate(loader, first, second);
    return true;
}

static struct yaml_node *new_node(struct loader *loader, const yaml_event_t *event, enum yaml_kind kind)
{
    struct yaml_node *node;

    if (++loader->nodes > YAML_MAX_NODES) {
        refuse(loader, &event->start_mark, CONFIG_TOO_LARGE, "more than 100,000 nodes");
        return NULL;
    }
    node = arena_zalloc(loader->arena, 1, sizeof(*node));
    if (node == NULL)
        return NULL;
    node->kind = kind;
    node->file = loader->file;
    node->line = (uint32_t)event->start_mark.line + 1;
    node->column = (uint32_t)event->start_mark.column + 1;
    return node;
}

/* Hangs a node where the open list or map, or the file, expects one. */
static bool place(struct loader *loader, const yaml_event_t *event, struct yaml_node *node)
{
    struct level *level = loader->depth > 0 ? &loader->levels[loader->depth - 1] : NULL;

    if (level == NULL) {
        loader->root = node;
        return true;
    }
    if (level->node->kind == YAML_MAP && level->key == NULL) {
        if (node->kind != YAML_SCALAR)
            return refuse(loader, &event->start_mark, CONFIG_FEATURE, "a list or mapping as a key");
        level->key = node;
        return true;
    }
    if (level->node->kind == YAML_MAP) {
        node->key = level->key->text;
        node->key_line = level->key->line;
        node->key_column = level->key->column;
        level->key = NULL;
    }
    if (level->node->last != NULL)
        level->node->last->next = node;
    else
        level->node->first = node;
    level->node->last = node;
    level->node->n++;
    return true;
}

static bool take_scalar(struct loader *loader, const yaml_event_t *event)
{
    struct bytes text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    struct yaml_node *node;

    if (event->data.scalar.anchor != NULL)
        return refuse(loader, &event->start_mark, CONFIG_FEATURE, "an anchor");
    if (event->data.scalar.tag != NULL)
        return refuse(loader, &event->start_mark, CONFIG_FEATURE, "a tag");
    /* An escape can say what the bytes of the file may not. */
    if (memchr(text.at, '\0', text.len) != NULL)
        return refuse(loader, &event->start_mark, CONFIG_ENCODING, "a NUL character, written as an escape");
    node = new_node(loader, event, YAML_SCALAR);
    if (node == NULL)
        return false;
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node->text = arena_copy(loader->arena, text);
    return node->text.at != NULL && place(loader, event, node);
}

static bool open_level(struct loader *loader, const yaml_event_t *event, enum yaml_kind kind, bool anchored,
                       bool tagged)
{
    struct yaml_node *node;

    if (anchored || tagged)
        return refuse(loader, &event->start_mark, CONFIG_FEATURE, anchored ? "an anchor" : "a tag");
    if (loader->depth == YAML_MAX_DEPTH)
        return refuse(loader, &event->start_mark, CONFIG_TOO_DEEP, "more than 64 levels");
    node = new_node(loader, event, kind);
    if (node == NULL || !place(loader, event, node))
        return false;
    loader->levels[loader->depth++] = (struct level){node, NULL};
    return true;
}

static bool close_level(struct loader *loader)
{
    const struct yaml_node *node = loader->levels[--loader->depth].node;

    return node->kind != YAML_MAP || check_keys(loader, node);
}

static bool take_event(struct loader *loader, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT: return take_scalar(loader, event);
    case YAML_SEQUENCE_START_EVENT:
        return open_level(loader, event, YAML_LIST, event->data.sequence_start.anchor != NULL,
                          event->data.sequence_start.tag != NULL);
    case YAML_MAPPING_START_EVENT:
        return open_level(loader, event, YAML_MAP, event->data.mapping_start.anchor != NULL,
                          event->data.mapping_start.tag != NULL);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: return close_level(loader);
    case YAML_ALIAS_EVENT: return refuse(loader, &event->start_mark, CONFIG_FEATURE, "an alias");
    case YAML_DOCUMENT_START_EVENT:
        return loader->root == NULL ||
               refuse(loader, &event->start_mark, CONFIG_FEATURE, "a second document");
    default: return true;
    }
}

/* False: told, or out of memory. */
static bool load_tree(struct loader *loader)
{
    for (;;) {
        yaml_event_t event;
        bool good, last;

        if (!yaml_parser_parse(&loader->parser, &event))
            return refuse_syntax(loader);
        last = event.type == YAML_STREAM_END_EVENT;
        good = take_event(loader, &event);
        yaml_event_delete(&event);
        if (!good || last)
            return good;
    }
}

/* --- the file */

static bool is_text(uint32_t point)
{
    return point >= 0x20 ? point < 0x7f || point >= 0xa0 : point == '\t' || point == '\n' || point == '\r';
}

/* How many bytes at the front are text in UTF-8. */
static size_t text_prefix(struct bytes text)
{
    size_t i = 0;

    while (i < text.len) {
        uint32_t point;
        unsigned step;

        if ((text.at[i] >= 0x20 && text.at[i] < 0x7f) || text.at[i] == '\n') {
            i++;
            continue;
        }
        step = utf8_character(text.at + i, text.len - i, &point);
        if (step == 0 || !is_text(point))
            break;
        i += step;
    }
    return i;
}

/* libyaml would tell an offset alone, and lets some control characters pass. */
static bool check_encoding(struct loader *loader, struct bytes text)
{
    size_t bad = text_prefix(text);
    uint32_t line = 1, column = 1, point;
    char detail[64];

    if (bad == text.len)
        return true;
    for (size_t i = 0; i < bad; i += utf8_character(text.at + i, bad - i, &point)) {
        column++;
        if (text.at[i] == '\n') {
            line++;
            column = 1;
        }
    }
    if (utf8_character(text.at + bad, text.len - bad, &point) == 0)
        snprintf(detail, sizeof(detail), "the byte 0x%02x is no UTF-8 here", (unsigned char)text.at[bad]);
    else
        snprintf(detail, sizeof(detail), "the control character 0x%02x", (unsigned)point);
    return complain_at(loader->report, loader->file, line, column, CONFIG_ENCODING, detail, NULL);
}

/* Debian gives each user a group of the same number: its files may be writable for it. */
static bool check_mode(struct loader *loader, const struct stat *about)
{
    char mode[32];

    snprintf(mode, sizeof(mode), "mode %04o", (unsigned)about->st_mode & 07777);
    if (about->st_mode & S_IWOTH) {
        report_say(loader->report, CONFIG_WRITABLE, loader->file, "%s", mode);
        return false;
    }
    if ((about->st_mode & S_IWGRP) && about->st_gid != about->st_uid)
        report_say(loader->report, CONFIG_GROUP_WRITABLE, loader->file, "%s", mode);
    return true;
}

static bool read_file(struct loader *loader, struct bytes *text)
{
    struct stat about;
    int error = file_read_whole(loader->file, YAML_MAX_BYTES, loader->arena, text, &about);

    if (error == 0)
        return check_mode(loader, &about) && check_encoding(loader, *text);
    if (error == FILE_TOO_LARGE)
        report_say(loader->report, CONFIG_TOO_LARGE, loader->file, "larger than 1 MiB");
    else if (!loader->arena->failed)
        report_say(loader->report, search_complaint(error), loader->file, "%s", file_error(error));
    return false;
}

static bool load(struct loader *loader, struct bytes *text)
{
    bool good;

    if (!read_file(loader, text))
        return false;
    if (!yaml_parser_initialize(&loader->parser)) {
        report_say(loader->report, TECHNICAL_MEMORY, loader->file, "while reading it");
        return false;
    }
    yaml_parser_set_encoding(&loader->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&loader->parser, (const unsigned char *)text->at, text->len);
    good = load_tree(loader);
    yaml_parser_delete(&loader->parser);
    return good;
}

struct yaml_node *yaml_load(const char *path, struct arena *arena, struct report *report,
                            struct bytes *content)
{
    struct loader loader = {.arena = arena, .report = report, .file = arena_copy(arena, bytes_of(path)).at};
    struct bytes text = {NULL, 0};
    bool good = loader.file != NULL && load(&loader, &text);

    if (good && loader.root == NULL) {
        loader.root = arena_zalloc(arena, 1, sizeof(*loader.root));
        if (loader.root != NULL)
            *loader.root = (struct yaml_node){.kind = YAML_MAP, .file = loader.file, .line = 1, .column = 1};
    }
    if (arena->failed) {
        report_say(report, TECHNICAL_MEMORY, path, "while reading it");
        return NULL;
    }
    if (content != NULL)
        *content = text;
    return good ? loader.root : NULL;
}

/* --- looking at it */

struct yaml_node *yaml_get(const struct yaml_node *node, const char *key)
{
    if (node == NULL || node->kind != YAML_MAP)
        return NULL;
    for (struct yaml_node *child = node->first; child != NULL; child = child->next)
        if (bytes_are(child->key, key))
            return child;
    return NULL;
}

bool yaml_is_null(const struct yaml_node *node)
{
    return node->kind == YAML_SCALAR && !node->quoted &&
           (node->text.len == 0 || bytes_are(node->text, "~") || bytes_are(node->text, "null"));
}

bool yaml_bool(const struct yaml_node *node, bool *out)
{
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on"};

    if (node->kind != YAML_SCALAR || node->quoted)
        return false;
    for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (bytes_are(node->text, words[i])) {
            *out = i % 2 == 1;
            return true;
        }
    return false;
}
