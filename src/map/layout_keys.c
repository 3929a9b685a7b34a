#include "map/layout_keys.h"

#include <stdarg.h>
#include <stdio.h>

enum { NEAR = 2 };

void layout_keys_refuse(struct layout_keys *keys, const struct yaml_node *node, enum complaint complaint,
                        const char *format, ...)
{
    char detail[256];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(detail, sizeof(detail), format, arguments);
    va_end(arguments);
    yaml_complain(keys->report, node, false, complaint, NULL, "%s", detail);
    keys->wrong = true;
}

static bool word_at(struct bytes words, struct bytes word, unsigned *index)
{
    struct bytes one;

    for (*index = 0; bytes_split(&words, ' ', &one); ++*index)
        if (bytes_equal(one, word))
            return true;
    return false;
}

static struct bytes nearest(struct bytes words, struct bytes word)
{
    struct bytes best = {NULL, 0}, one;
    unsigned least = NEAR + 1;

    while (bytes_split(&words, ' ', &one)) {
        unsigned distance = bytes_distance(one, word, least);

        if (distance < least) {
            least = distance;
            best = one;
        }
    }
    return best;
}

void layout_keys_check(struct layout_keys *keys, const struct yaml_node *node, const char *known)
{
    unsigned index;

    if (node->kind != YAML_MAP) {
        layout_keys_refuse(keys, node, SETTING_TYPE, "keys and values are wanted here: %s", known);
        return;
    }
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
        char hint[96];
        struct bytes near;

        if (word_at(bytes_of(known), child->key, &index))
            continue;
        near = nearest(bytes_of(known), child->key);
        if (near.at != NULL)
            snprintf(hint, sizeof(hint), "did you mean %.*s?", BYTES_ARG(near));
        else
            snprintf(hint, sizeof(hint), "keys here: %s", known);
        yaml_complain(keys->report, child, true, SETTING_UNKNOWN, hint, "%.*s", BYTES_ARG(child->key));
        keys->wrong = true;
    }
}

const struct yaml_node *layout_keys_scalar(struct layout_keys *keys, const struct yaml_node *node,
                                           const char *key)
{
    const struct yaml_node *child = yaml_get(node, key);

    if (child == NULL || yaml_is_null(child))
        return NULL;
    if (child->kind != YAML_SCALAR) {
        layout_keys_refuse(keys, child, SETTING_TYPE, "%s takes one value", key);
        return NULL;
    }
    return child;
}

const char *layout_keys_text(struct layout_keys *keys, const struct yaml_node *node, const char *key,
                             const char *fallback)
{
    const struct yaml_node *child = layout_keys_scalar(keys, node, key);

    return child != NULL ? child->text.at : fallback;
}

bool layout_keys_bool(struct layout_keys *keys, const struct yaml_node *node, const char *key, bool fallback)
{
    const struct yaml_node *child = layout_keys_scalar(keys, node, key);
    bool value = fallback;

    if (child != NULL && !yaml_bool(child, &value))
        layout_keys_refuse(keys, child, SETTING_VALUE, "%s is yes or no", key);
    return value;
}

unsigned layout_keys_count(struct layout_keys *keys, const struct yaml_node *node, const char *key,
                           unsigned most, unsigned fallback)
{
    const struct yaml_node *child = layout_keys_scalar(keys, node, key);
    uint64_t value = fallback;

    if (child != NULL && !bytes_to_count(child->text, most, &value))
        layout_keys_refuse(keys, child, SETTING_RANGE, "%s is a whole number up to %u", key, most);
    return (unsigned)value;
}

char layout_keys_byte(struct layout_keys *keys, const struct yaml_node *node, const char *key, char fallback)
{
    static const char bytes[] = "\t,;| ";
    const struct yaml_node *child = layout_keys_scalar(keys, node, key);
    unsigned index;

    if (child == NULL)
        return fallback;
    if (child->text.len == 1 && (unsigned char)child->text.at[0] < 0x80)
        return child->text.at[0];
    if (word_at(BYTES("tab comma semicolon pipe blank"), child->text, &index))
        return bytes[index];
    if (bytes_are(child->text, "none") || child->text.len == 0)
        return '\0';
    layout_keys_refuse(keys, child, SETTING_VALUE,
                       "%s is one ASCII character, or tab, comma, semicolon, pipe, blank or none", key);
    return fallback;
}

unsigned layout_keys_word(struct layout_keys *keys, const struct yaml_node *node, const char *key,
                          const char *words, unsigned fallback)
{
    const struct yaml_node *child = layout_keys_scalar(keys, node, key);
    unsigned index;

    if (child == NULL)
        return fallback;
    if (word_at(bytes_of(words), child->text, &index))
        return index;
    layout_keys_refuse(keys, child, SETTING_VALUE, "%s is one of: %s", key, words);
    return fallback;
}

const struct date_form *layout_keys_date(struct layout_keys *keys, const struct yaml_node *node,
                                         const char *key)
{
    const struct yaml_node *child = layout_keys_scalar(keys, node, key);
    struct date_form *form;
    const char *what;

    if (child == NULL)
        return NULL;
    form = arena_zalloc(keys->arena, 1, sizeof(*form));
    if (form != NULL && !date_form_parse(form, child->text, &what)) {
        layout_keys_refuse(keys, child, SETTING_VALUE, "\"%.*s\" is no form of dates: %s",
                           BYTES_ARG(child->text), what);
        return NULL;
    }
    return form;
}
