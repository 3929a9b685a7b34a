#include "conf/yaml.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

struct loader {
    const char *file;
    struct arena *arena;
    struct report *report;
    yaml_parser_t parser;
    uint32_t nodes;
};

static void complain_at(struct report *report, const char *file, uint32_t line, uint32_t column,
                        enum complaint complaint, const char *detail, const char *hint)
{
    struct finding finding = {
        .complaint = complaint,
        .place = {.file = file, .line = line, .column = column},
        .detail = detail,
        .hint = hint,
    };

    report_add(report, &finding);
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
    complain_at(report, node->file, at_key ? node->key_line : node->line, at_key ? node->key_column : node->column,
                complaint, detail, hint);
}

static bool refuse(struct loader *loader, const yaml_mark_t *mark, enum complaint complaint, const char *detail)
{
    complain_at(loader->report, loader->file, (uint32_t)mark->line + 1, (uint32_t)mark->column + 1, complaint, detail,
                NULL);
    return false;
}

static bool refuse_syntax(struct loader *loader)
{
    char detail[256];

    snprintf(detail, sizeof(detail), "%s%s%s", loader->parser.problem != NULL ? loader->parser.problem : "not YAML",
             loader->parser.context != NULL ? ", " : "", loader->parser.context != NULL ? loader->parser.context : "");
    return refuse(loader, &loader->parser.problem_mark, CONFIG_SYNTAX, detail);
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

static struct yaml_node *scalar_node(struct loader *loader, const yaml_event_t *event)
{
    struct yaml_node *node;

    if (event->data.scalar.anchor != NULL || (event->data.scalar.tag != NULL)) {
        refuse(loader, &event->start_mark, CONFIG_FEATURE, "anchors and tags are not used here");
        return NULL;
    }
    node = new_node(loader, event, YAML_SCALAR);
    if (node == NULL)
        return NULL;
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node->text = arena_copy(loader->arena, (struct bytes){(const char *)event->data.scalar.value, event->data.scalar.length});
    if (node->text.len > 0 && memchr(node->text.at, '\0', node->text.len) != NULL) {
        refuse(loader, &event->start_mark, CONFIG_ENCODING, "a NUL byte");
        return NULL;
    }
    return node;
}

static void append(struct yaml_node *parent, struct yaml_node *child)
{
    if (parent->last != NULL)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
    parent->n++;
}

/* Takes the next event; sets *key_of to the scalar's own when it is a map's key. */
static bool parse_event(struct loader *loader, yaml_event_t *event)
{
    if (!yaml_parser_parse(&loader->parser, event))
        return refuse_syntax(loader);
    return true;
}

/* Builds the tree without recursion: `open` is the path from the root. */
static struct yaml_node *load_tree(struct loader *loader)
{
    struct yaml_node *open[YAML_MAX_DEPTH], *root = NULL;
    struct yaml_node *key[YAML_MAX_DEPTH]; /* the key read, whose value comes next; of maps */
    unsigned depth = 0;

    for (;;) {
        yaml_event_t event;
        struct yaml_node *node = NULL;
        bool good = true, done = false, opens = false;

        if (!parse_event(loader, &event))
            return NULL;
        switch (event.type) {
        case YAML_SCALAR_EVENT:
            node = scalar_node(loader, &event);
            good = node != NULL;
            break;
        case YAML_SEQUENCE_START_EVENT:
        case YAML_MAPPING_START_EVENT:
            if (event.type == YAML_SEQUENCE_START_EVENT ? event.data.sequence_start.anchor != NULL || event.data.sequence_start.tag != NULL
                                                        : event.data.mapping_start.anchor != NULL || event.data.mapping_start.tag != NULL)
                good = refuse(loader, &event.start_mark, CONFIG_FEATURE, "anchors and tags are not used here");
            else if (depth == YAML_MAX_DEPTH)
                good = refuse(loader, &event.start_mark, CONFIG_TOO_DEEP, "nested more than 64 deep");
            else
                node = new_node(loader, &event, event.type == YAML_SEQUENCE_START_EVENT ? YAML_LIST : YAML_MAP);
            good = good && node != NULL;
            opens = true;
            break;
        case YAML_SEQUENCE_END_EVENT:
        case YAML_MAPPING_END_EVENT:
            depth--;
            break;
        case YAML_ALIAS_EVENT:
            good = refuse(loader, &event.start_mark, CONFIG_FEATURE, "aliases are not used here");
            break;
        case YAML_DOCUMENT_START_EVENT:
            if (root != NULL)
                good = refuse(loader, &event.start_mark, CONFIG_FEATURE, "a second document");
            break;
        case YAML_STREAM_END_EVENT:
            done = true;
            break;
        default:
            break;
        }
        if (good && node != NULL) {
            if (depth == 0) {
                root = node;
            } else if (open[depth - 1]->kind == YAML_LIST) {
                append(open[depth - 1], node);
            } else if (key[depth - 1] == NULL) {
                if (node->kind != YAML_SCALAR) {
                    good = refuse(loader, &event.start_mark, CONFIG_FEATURE, "a key must be a plain word");
                } else {
                    for (const struct yaml_node *other = open[depth - 1]->first; other != NULL && good; other = other->next)
                        if (bytes_equal(other->key, node->text)) {
                            char detail[160];

                            snprintf(detail, sizeof(detail), "the key \"%.80s\" stands twice, first in line %u", node->text.at,
                                     other->key_line);
                            good = refuse(loader, &event.start_mark, CONFIG_DUPLICATE, detail);
                        }
                    key[depth - 1] = node;
                }
                opens = false;
            } else {
                node->key = key[depth - 1]->text;
                node->key_line = key[depth - 1]->line;
                node->key_column = key[depth - 1]->column;
                append(open[depth - 1], node);
                key[depth - 1] = NULL;
            }
            if (good && opens) {
                open[depth] = node;
                key[depth++] = NULL;
            }
        }
        yaml_event_delete(&event);
        if (!good)
            return NULL;
        if (done)
            break;
    }
    if (root == NULL) {
        root = arena_zalloc(loader->arena, 1, sizeof(*root));
        if (root != NULL) {
            root->kind = YAML_MAP;
            root->file = loader->file;
            root->line = root->column = 1;
        }
    }
    return root;
}

static bool read_file(struct loader *loader, struct bytes *content)
{
    int fd = open(loader->file, O_RDONLY | O_CLOEXEC);
    struct stat status;
    char *at;
    size_t len = 0;

    if (fd < 0 || fstat(fd, &status) < 0) {
        report_say(loader->report, CONFIG_UNREADABLE, loader->file, "%s", strerror(errno));
    } else if (!S_ISREG(status.st_mode)) {
        report_say(loader->report, CONFIG_UNREADABLE, loader->file, "not a regular file");
    } else if (status.st_size > YAML_MAX_BYTES) {
        report_say(loader->report, CONFIG_TOO_LARGE, loader->file, "larger than 1 MiB");
    } else if ((at = arena_text(loader->arena, (size_t)status.st_size + 1)) == NULL) {
        report_say(loader->report, TECHNICAL_MEMORY, loader->file, "while reading it");
    } else {
        ssize_t got;

        while ((got = read(fd, at + len, (size_t)status.st_size - len)) != 0)
            if (got > 0)
                len += (size_t)got;
            else if (errno != EINTR)
                break;
        if (got < 0) {
            report_say(loader->report, CONFIG_UNREADABLE, loader->file, "%s", strerror(errno));
        } else {
            at[len] = '\0';
            *content = (struct bytes){at, len};
            close(fd);
            return true;
        }
    }
    if (fd >= 0)
        close(fd);
    return false;
}

struct yaml_node *yaml_load(const char *path, struct arena *arena, struct report *report, struct bytes *content)
{
    struct loader loader = {.arena = arena, .report = report};
    struct bytes text;
    struct yaml_node *root;

    loader.file = arena_copy(arena, bytes_of(path)).at;
    if (loader.file == NULL || !yaml_parser_initialize(&loader.parser)) {
        report_say(report, TECHNICAL_MEMORY, path, "while reading it");
        return NULL;
    }
    if (!read_file(&loader, &text)) {
        yaml_parser_delete(&loader.parser);
        return NULL;
    }
    yaml_parser_set_input_string(&loader.parser, (const unsigned char *)text.at, text.len);
    yaml_parser_set_encoding(&loader.parser, YAML_UTF8_ENCODING);
    root = load_tree(&loader);
    yaml_parser_delete(&loader.parser);
    if (arena->failed)
        report_say(report, TECHNICAL_MEMORY, path, "while reading it");
    if (content != NULL)
        *content = text;
    return arena->failed ? NULL : root;
}

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
