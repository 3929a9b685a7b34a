#include "conf/settings.h"

#include <stdio.h>

/* What is being read. */
struct reading {
    struct arena *arena;
    struct report *report;
    bool good;
};

/* --- complaints */

static void tell(struct reading *reading, const struct finding *finding)
{
    report_add(reading->report, finding);
    reading->good = false;
}

static struct place place_of(const struct yaml_node *node)
{
    return (struct place){.file = node->file, .line = node->line, .column = node->column};
}

/* The value of a key is wrong. */
static void refuse(struct reading *reading, const struct settings_row *row, const struct yaml_node *node,
                   enum complaint complaint, const char *expected)
{
    struct finding finding = {
        .complaint = complaint, .place = place_of(node), .detail = row->key, .expected = expected};

    if (node->kind == YAML_SCALAR)
        finding.value = node->text;
    tell(reading, &finding);
}

const char *settings_nearest(const struct settings *settings, struct bytes key)
{
    unsigned limit = (unsigned)(key.len / 3 + 2);
    const char *best = NULL;

    for (unsigned i = 0; i < settings->n; i++) {
        unsigned distance = bytes_distance(key, bytes_of(settings->rows[i].key), limit);

        if (distance < limit) {
            limit = distance;
            best = settings->rows[i].key;
        }
    }
    return best;
}

static const char *list_words(struct arena *arena, const char *const *words)
{
    const char *list = "";

    for (unsigned i = 0; words[i] != NULL && list != NULL; i++)
        list = arena_format(arena, "%s%s%s", list, i > 0 ? ", " : "", words[i]);
    return list;
}

static const char *list_keys(struct arena *arena, const struct settings *settings)
{
    const char *list = "";

    for (unsigned i = 0; i < settings->n && list != NULL; i++)
        list = arena_format(arena, "%s%s%s", list, i > 0 ? ", " : "", settings->rows[i].key);
    return list;
}

static void refuse_key(struct reading *reading, const struct settings *settings, const struct yaml_node *node)
{
    const char *nearest = settings_nearest(settings, node->key);
    struct finding finding = {
        .complaint = SETTING_UNKNOWN,
        .place = {.file = node->file, .line = node->key_line, .column = node->key_column},
        .value = node->key,
    };

    if (nearest != NULL)
        finding.hint = arena_format(reading->arena, "did you mean %s?", nearest);
    else
        finding.expected = arena_format(reading->arena, "one of %s", list_keys(reading->arena, settings));
    tell(reading, &finding);
}

/* --- values */

/* Whether a size or number is within the row's bounds; told when it is not. */
static bool within(struct reading *reading, const struct settings_row *row, const struct yaml_node *node,
                   uint64_t value, const char *unit)
{
    const char *expected;

    if (value >= row->least && (row->most == 0 || value <= row->most))
        return true;
    if (row->most == 0)
        expected = arena_format(reading->arena, "%llu%s or more", (unsigned long long)row->least, unit);
    else
        expected = arena_format(reading->arena, "%llu to %llu%s", (unsigned long long)row->least,
                                (unsigned long long)row->most, unit);
    refuse(reading, row, node, SETTING_RANGE, expected);
    return false;
}

bool settings_duration(struct bytes text, uint64_t *seconds)
{
    static const struct {
        char unit;
        uint32_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
    uint64_t count;

    if (bytes_are(text, "0")) {
        *seconds = 0;
        return true;
    }
    if (text.len < 2 || !bytes_to_count((struct bytes){text.at, text.len - 1}, UINT32_MAX, &count))
        return false;
    for (unsigned i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (text.at[text.len - 1] == units[i].unit) {
            *seconds = count * units[i].seconds;
            return true;
        }
    }
    return false;
}

static void read_text(struct reading *reading, const struct settings_row *row, const struct yaml_node *node,
                      void *value)
{
    if (within(reading, row, node, node->text.len, " bytes"))
        *(const char **)value = node->text.at;
}

static void read_flag(struct reading *reading, const struct settings_row *row, const struct yaml_node *node,
                      void *value)
{
    if (!yaml_bool(node, value))
        refuse(reading, row, node, SETTING_VALUE, "yes or no");
}

static void read_count(struct reading *reading, const struct settings_row *row, const struct yaml_node *node,
                       void *value)
{
    uint64_t count;

    if (!bytes_to_count(node->text, UINT64_MAX, &count))
        refuse(reading, row, node, SETTING_VALUE, "a whole number");
    else if (within(reading, row, node, count, ""))
        *(uint64_t *)value = count;
}

static void read_duration(struct reading *reading, const struct settings_row *row,
                          const struct yaml_node *node, void *value)
{
    uint64_t seconds;

    if (!settings_duration(node->text, &seconds))
        refuse(reading, row, node, SETTING_VALUE, "a number with s, m, h, d or w behind it, such as 24h");
    else if (within(reading, row, node, seconds, " seconds"))
        *(uint64_t *)value = seconds;
}

static void read_word(struct reading *reading, const struct settings_row *row, const struct yaml_node *node,
                      void *value)
{
    for (int i = 0; row->words[i] != NULL; i++) {
        if (bytes_are(node->text, row->words[i])) {
            *(int *)value = i;
            return;
        }
    }
    refuse(reading, row, node, SETTING_VALUE,
           arena_format(reading->arena, "one of %s", list_words(reading->arena, row->words)));
}

static void read_decimal(struct reading *reading, const struct settings_row *row,
                         const struct yaml_node *node, void *value)
{
    if (!decimal_parse(node->text, value))
        refuse(reading, row, node, SETTING_VALUE, "a decimal number of at most 38 digits, such as 0.05");
}

static void read_texts(struct reading *reading, const struct settings_row *row, const struct yaml_node *node,
                       void *value)
{
    const struct yaml_node *child = node->kind == YAML_LIST ? node->first : node;
    uint32_t n = node->kind == YAML_LIST ? node->n : 1;
    struct bytes *texts = arena_zalloc(reading->arena, n + 1, sizeof(*texts));

    if (texts == NULL || !within(reading, row, node, n, " entries"))
        return;
    for (uint32_t i = 0; i < n; i++, child = child->next) {
        if (child->kind != YAML_SCALAR) {
            refuse(reading, row, child, SETTING_TYPE, "a text");
            return;
        }
        texts[i] = child->text;
    }
    *(struct settings_texts *)value = (struct settings_texts){n, texts};
}

static void read_mapping(struct reading *reading, const struct settings *settings,
                         const struct yaml_node *node, void *values);

static void read_row(struct reading *reading, const struct settings_row *row, const struct yaml_node *node,
                     void *values)
{
    typedef void reader(struct reading *, const struct settings_row *, const struct yaml_node *, void *);
    static reader *const readers[] = {
        [SETTINGS_TEXT] = read_text,         [SETTINGS_FLAG] = read_flag, [SETTINGS_COUNT] = read_count,
        [SETTINGS_DURATION] = read_duration, [SETTINGS_WORD] = read_word, [SETTINGS_DECIMAL] = read_decimal,
    };
    void *value = (char *)values + row->offset;

    switch (row->kind) {
    case SETTINGS_ANY: *(const struct yaml_node **)value = node; break;
    case SETTINGS_MAPPING:
        if (node->kind == YAML_MAP)
            read_mapping(reading, row->inner, node, value);
        else
            refuse(reading, row, node, SETTING_TYPE, "a mapping");
        break;
    case SETTINGS_TEXTS:
        if (node->kind == YAML_MAP)
            refuse(reading, row, node, SETTING_TYPE, "a list of texts");
        else
            read_texts(reading, row, node, value);
        break;
    default:
        if (node->kind != YAML_SCALAR)
            refuse(reading, row, node, SETTING_TYPE, "a single value");
        else
            readers[row->kind](reading, row, node, value);
    }
}

/* --- tables */

static void set_defaults(struct reading *reading, const struct settings *settings, void *values)
{
    for (unsigned i = 0; i < settings->n; i++) {
        const struct settings_row *row = &settings->rows[i];

        if (row->kind == SETTINGS_MAPPING) {
            set_defaults(reading, row->inner, (char *)values + row->offset);
        } else if (row->fallback != NULL) {
            struct yaml_node node = {.kind = YAML_SCALAR, .text = bytes_of(row->fallback)};

            read_row(reading, row, &node, values);
        }
    }
}

static const struct settings_row *row_of(const struct settings *settings, struct bytes key)
{
    for (unsigned i = 0; i < settings->n; i++)
        if (bytes_are(key, settings->rows[i].key))
            return &settings->rows[i];
    return NULL;
}

static void read_mapping(struct reading *reading, const struct settings *settings,
                         const struct yaml_node *node, void *values)
{
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
        const struct settings_row *row = row_of(settings, child->key);

        if (row == NULL)
            refuse_key(reading, settings, child);
        else if (!yaml_is_null(child))
            read_row(reading, row, child, values);
    }
    for (unsigned i = 0; i < settings->n; i++) {
        const struct settings_row *row = &settings->rows[i];
        const struct yaml_node *child = row->required ? yaml_get(node, row->key) : NULL;

        if (row->required && (child == NULL || yaml_is_null(child)))
            tell(reading, &(struct finding){.complaint = SETTING_MISSING,
                                            .place = place_of(child != NULL ? child : node),
                                            .detail = row->key});
    }
}

bool settings_read(const struct settings *settings, const struct yaml_node *node, void *values,
                   struct arena *arena, struct report *report)
{
    struct reading reading = {.arena = arena, .report = report, .good = true};

    set_defaults(&reading, settings, values);
    if (node != NULL && node->kind != YAML_MAP)
        tell(&reading,
             &(struct finding){.complaint = SETTING_TYPE, .place = place_of(node), .expected = "a mapping"});
    else if (node != NULL)
        read_mapping(&reading, settings, node, values);
    return reading.good && !arena->failed;
}

/* --- the manual */

static void add_argument(struct buffer *into, const struct settings_row *row)
{
    static const char *const names[] = {
        [SETTINGS_TEXT] = "TEXT",      [SETTINGS_TEXTS] = "LIST",      [SETTINGS_FLAG] = NULL,
        [SETTINGS_COUNT] = "N",        [SETTINGS_DURATION] = "TIME",   [SETTINGS_WORD] = NULL,
        [SETTINGS_DECIMAL] = "NUMBER", [SETTINGS_MAPPING] = "MAPPING", [SETTINGS_ANY] = "VALUE",
    };

    if (row->argument != NULL)
        buffer_add_format(into, " Ar %s", row->argument);
    else if (row->kind == SETTINGS_FLAG)
        buffer_add_string(into, " Cm yes | no");
    else if (row->kind == SETTINGS_WORD)
        for (unsigned i = 0; row->words[i] != NULL; i++)
            buffer_add_format(into, "%s %s", i == 0 ? " Cm" : " |", row->words[i]);
    else
        buffer_add_format(into, " Ar %s", names[row->kind]);
}

/* A line of mdoc for each sentence. */
static void add_sentences(struct buffer *into, const char *text)
{
    struct bytes rest = bytes_of(text);
    const char *stop;

    while (rest.len > 0) {
        stop = memmem(rest.at, rest.len, ". ", 2);
        if (stop == NULL) {
            buffer_add_bytes(into, rest);
            rest.len = 0;
        } else {
            size_t len = (size_t)(stop - rest.at) + 1;

            buffer_add(into, rest.at, len);
            rest.at += len + 1;
            rest.len -= len + 1;
        }
        buffer_add_byte(into, '\n');
    }
}

void settings_manual(const struct settings *settings, struct buffer *into)
{
    buffer_add_string(into, ".Bl -tag -width Ds\n");
    for (unsigned i = 0; i < settings->n; i++) {
        const struct settings_row *row = &settings->rows[i];

        buffer_add_format(into, ".It Ic %s :", row->key);
        add_argument(into, row);
        buffer_add_byte(into, '\n');
        add_sentences(into, row->sentence);
        if (row->required)
            buffer_add_string(into, "Required.\n");
        else if (row->fallback != NULL)
            buffer_add_format(into, "The default is\n.Ql %s .\n", row->fallback);
        if (row->kind == SETTINGS_MAPPING)
            settings_manual(row->inner, into);
    }
    buffer_add_string(into, ".El\n");
}
