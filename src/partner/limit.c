#include "partner/limit.h"

#include <stdlib.h>

#include "conf/settings.h"
#include "partner/limit_words.h"

enum { MAX_HOLIDAYS = 1000, MAX_CLASSES = 200, MAX_ITEMS = 1000 };

const char *const limit_names[LIMITS] = {
    [LIMIT_PRICE] = "price",
    [LIMIT_AMOUNT] = "amount",
    [LIMIT_QUANTITY] = "quantity",
    [LIMIT_CONFIRMED] = "confirmed",
    [LIMIT_NOTICE] = "notice",
    [LIMIT_INVOICED] = "invoiced",
    [LIMIT_RECEIVED] = "received",
    [LIMIT_STOCK] = "stock",
    [LIMIT_VOLUME] = "volume",
    [LIMIT_GAP] = "gap",
    [LIMIT_ACK_DUE] = "ack-due",
    [LIMIT_OUR_ACK_DUE] = "our-ack-due",
    [LIMIT_POST_DUE] = "post-due",
    [LIMIT_ANSWER_DUE] = "answer-due",
    [LIMIT_RELEASE_DUE] = "release-due",
    [LIMIT_CONFIRM_DUE] = "confirm-due",
    [LIMIT_NOTICE_DUE] = "notice-due",
    [LIMIT_INVOICE_DUE] = "invoice-due",
    [LIMIT_RECEIPT_DUE] = "receipt-due",
    [LIMIT_PROMISE] = "promise",
    [LIMIT_SNAPSHOT_AGE] = "snapshot-age",
    [LIMIT_EXCEPTION_AGE] = "exception-age",
    [LIMIT_WARNING] = "warning",
};

/* What holds when nobody says anything: an amount and a percentage in hundredths; hours. */
#define WITHIN(word, amount, percent)                                                 \
    {                                                                                 \
        .text = word, .origin = "built in", .less = {amount, 2}, .more = {amount, 2}, \
        .less_percent = {percent, 2}, .more_percent = {                               \
            percent,                                                                  \
            2                                                                         \
        }                                                                             \
    }
#define HOURS(word, hours)                                                           \
    {                                                                                \
        .text = word, .origin = "built in", .is_time = true, .seconds = (hours)*3600 \
    }
static const struct limit_kind built_in_kinds[] = {
    {"shipment",
     {.at = {[LIMIT_ACK_DUE] = HOURS("4h", 4)}}}, /* the buyer needs it before the goods are there */
};
static const struct limits
    built_in =
        {
            .kinds = built_in_kinds,
            .n_kinds = 1,
            .layer = {.at =
                          {
                              [LIMIT_PRICE] = WITHIN("0.01 0.5%", 1, 50),
                              [LIMIT_AMOUNT] = WITHIN("1.00 0.1%", 100, 10),
                              [LIMIT_QUANTITY] = WITHIN("0", 0, 0),
                              [LIMIT_CONFIRMED] = WITHIN("0", 0, 0),
                              [LIMIT_NOTICE] = WITHIN("0", 0, 0),
                              [LIMIT_INVOICED] = WITHIN("0", 0, 0),
                              [LIMIT_RECEIVED] = WITHIN("0", 0, 0),
                              [LIMIT_STOCK] = WITHIN("0", 0, 0),
                              [LIMIT_VOLUME] = WITHIN("5 70%", 500, 7000),
                              [LIMIT_GAP] = WITHIN("0", 0, 0),
                              [LIMIT_ACK_DUE] = HOURS("24h", 24),
                              [LIMIT_OUR_ACK_DUE] = HOURS("24h", 24),
                              [LIMIT_POST_DUE] = HOURS("4h", 4),
                              [LIMIT_ANSWER_DUE] = HOURS("24h", 24),
                              [LIMIT_RELEASE_DUE] = HOURS("24h", 24),
                              [LIMIT_CONFIRM_DUE] = HOURS("2h", 2),
                              [LIMIT_NOTICE_DUE] = HOURS("1h", 1),
                              [LIMIT_INVOICE_DUE] = HOURS("3d", 72),
                              [LIMIT_RECEIPT_DUE] = HOURS("1d", 24),
                              [LIMIT_PROMISE] = HOURS("0", 0),
                              [LIMIT_SNAPSHOT_AGE] = HOURS("26h", 26),
                              [LIMIT_EXCEPTION_AGE] = HOURS("2d", 48),
                              [LIMIT_WARNING] = HOURS("4h", 4),
                          }},
};

const struct limits *limits_built_in(void)
{
    return &built_in;
}

/* One part of a tolerance: 0.01, 0.5%, -2%, +1. */
static bool parse_part(struct bytes part, struct limit_value *value)
{
    bool percent = part.len > 0 && part.at[part.len - 1] == '%';
    char sign = part.len > 0 && (part.at[0] == '-' || part.at[0] == '+') ? part.at[0] : '\0';
    struct decimal decimal;

    part.at += sign != '\0';
    part.len -= (size_t)(sign != '\0') + percent;
    if (part.len == 0 || part.at[0] < '0' || part.at[0] > '9' || !decimal_parse(part, &decimal))
        return false;
    if (sign != '+')
        *(percent ? &value->less_percent : &value->less) = decimal;
    if (sign != '-')
        *(percent ? &value->more_percent : &value->more) = decimal;
    return true;
}

static bool parse(struct bytes text, bool is_time, struct limit_value *value)
{
    struct bytes part;

    *value = (struct limit_value){.is_time = is_time, .text = text.at};
    if (bytes_are(text, "none")) {
        value->none = true;
        return true;
    }
    if (is_time)
        return settings_duration(text, &value->seconds);
    while (bytes_split(&text, ' ', &part))
        if (!parse_part(part, value))
            return false;
    return true;
}

/* --- from files */

static bool read_limit(struct limit_layer *layer, const struct yaml_node *node, struct arena *arena,
                       struct report *report)
{
    enum limit limit = 0;

    while (limit < LIMITS && !bytes_are(node->key, limit_names[limit]))
        limit++;
    if (limit == LIMITS) {
        yaml_complain(report, node, true, SETTING_UNKNOWN, "crossdock-partner(5) lists the limits",
                      "there is no limit \"%.80s\"", node->key.at);
        return false;
    }
    if (node->kind != YAML_SCALAR ||
        !parse(node->text, built_in.layer.at[limit].is_time, &layer->at[limit])) {
        yaml_complain(report, node, false, SETTING_VALUE, NULL,
                      built_in.layer.at[limit].is_time
                          ? "a time is such as 90m, 24h, 3d, or none"
                          : "a tolerance is such as 0.01, 0.5%%, \"-1 +2%%\", or none");
        return false;
    }
    layer->at[limit].origin = arena_format(arena, "%s:%u", node->file, node->line);
    return layer->at[limit].origin != NULL;
}

static bool read_layer(struct limit_layer *layer, const struct yaml_node *node, struct arena *arena,
                       struct report *report)
{
    bool good = true;

    if (node == NULL)
        return true;
    if (node->kind != YAML_MAP) {
        yaml_complain(report, node, true, SETTING_TYPE, NULL, "expected a mapping: {price: 0.01 0.5%%}");
        return false;
    }
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next)
        good = read_limit(layer, child, arena, report) && good;
    return good;
}

static bool read_kinds(struct limits *limits, const struct yaml_node *node, struct arena *arena,
                       struct report *report)
{
    struct limit_kind *kinds;
    bool good = true;

    if (node == NULL)
        return true;
    if (node->kind != YAML_MAP) {
        yaml_complain(report, node, true, SETTING_TYPE, NULL, "expected a mapping: {invoice: {price: 0}}");
        return false;
    }
    kinds = arena_zalloc(arena, node->n + 1, sizeof(*kinds));
    limits->kinds = kinds;
    for (const struct yaml_node *child = node->first; child != NULL && kinds != NULL; child = child->next) {
        struct limit_kind *kind = &kinds[limits->n_kinds++];

        kind->kind = child->key.at;
        good = read_layer(&kind->layer, child, arena, report) && good;
    }
    return good && kinds != NULL;
}

struct class_values {
    const char *name;
    struct settings_texts items;
    const struct yaml_node *limits;
};

static const struct settings_row class_rows[] = {
    {.key = "name",
     .kind = SETTINGS_TEXT,
     .offset = offsetof(struct class_values, name),
     .required = true,
     .argument = "NAME",
     .sentence = "What the lines are called."},
    {.key = "items",
     .kind = SETTINGS_TEXTS,
     .offset = offsetof(struct class_values, items),
     .required = true,
     .least = 1,
     .most = MAX_ITEMS,
     .argument = "[PATTERN, ...]",
     .sentence = "Item numbers; one that ends or begins with * stands for all that begin or end so."},
    {.key = "limits",
     .kind = SETTINGS_ANY,
     .offset = offsetof(struct class_values, limits),
     .argument = "{LIMIT: VALUE, ...}",
     .sentence = "What holds for these lines."},
};
static const struct settings class_settings = {SETTINGS_ROWS(class_rows)};

static bool read_classes(struct limits *limits, const struct yaml_node *node, struct arena *arena,
                         struct report *report)
{
    bool good = true;

    if (node == NULL)
        return true;
    if (node->kind != YAML_LIST || node->n > MAX_CLASSES) {
        yaml_complain(report, node, true, SETTING_TYPE, NULL,
                      "expected a list of at most %d: [{name: bulk, items: [\"B-*\"], limits: {...}}]",
                      MAX_CLASSES);
        return false;
    }
    limits->classes = arena_zalloc(arena, node->n + 1, sizeof(*limits->classes));
    for (const struct yaml_node *child = node->first; child != NULL && limits->classes != NULL;
         child = child->next) {
        struct class_values values = {.name = NULL};
        struct limit_class *class = &limits->classes[limits->n_classes];

        if (!settings_read(&class_settings, child, &values, arena, report)) {
            good = false;
            continue;
        }
        class->name = values.name;
        class->n_items = values.items.n;
        class->items = values.items.at;
        good = read_layer(&class->layer, values.limits, arena, report) && good;
        limits->n_classes++;
    }
    return good && limits->classes != NULL;
}

struct limits_values {
    const char *zone;
    struct settings_texts workdays, holidays;
    const struct yaml_node *limits, *documents, *classes, *severities, *statuses;
};

#define ROW(member, row_kind) .offset = offsetof(struct limits_values, member), .kind = row_kind
static const struct settings_row limits_rows[] = {
    {.key = "zone",
     ROW(zone, SETTINGS_TEXT),
     .most = 64,
     .argument = "ZONE",
     .sentence = "Where its clocks are, such as America/Chicago."},
    {.key = "workdays",
     ROW(workdays, SETTINGS_TEXTS),
     .least = 1,
     .most = 7,
     .argument = "[DAY, ...]",
     .sentence = "mon, tue, wed, thu, fri, sat, sun."},
    {.key = "holidays",
     ROW(holidays, SETTINGS_TEXTS),
     .most = MAX_HOLIDAYS,
     .argument = "[DATE, ...]",
     .sentence = "Days on which nobody works."},
    {.key = "limits",
     ROW(limits, SETTINGS_ANY),
     .argument = "{LIMIT: VALUE, ...}",
     .sentence = "How far things may differ, and until when they must be there."},
    {.key = "documents",
     ROW(documents, SETTINGS_ANY),
     .argument = "{KIND: {LIMIT: VALUE, ...}, ...}",
     .sentence = "What is different for one kind of document."},
    {.key = "classes",
     ROW(classes, SETTINGS_ANY),
     .argument = "[{name: NAME, items: [PATTERN, ...], limits: {...}}, ...]",
     .sentence = "What is different for some items."},
    {.key = "severities",
     ROW(severities, SETTINGS_ANY),
     .argument = "{CODE: SEVERITY, ...}",
     .sentence = "How grave findings are: error, warn, info, or off."},
    {.key = "statuses",
     ROW(statuses, SETTINGS_ANY),
     .argument = "{STATUS: WORD, ...}",
     .sentence = "What statuses of stock are called by all."},
};
static const struct settings limits_settings = {SETTINGS_ROWS(limits_rows)};

static int by_day(const void *a, const void *b)
{
    int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;

    return (left > right) - (left < right);
}

static bool read_days(struct limits *limits, const struct limits_values *values, const struct yaml_node *node,
                      struct arena *arena, struct report *report)
{
    static const char names[7][4] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
    int32_t *holidays = arena_zalloc(arena, values->holidays.n + 1, sizeof(*holidays));
    struct calendar *calendar = &limits->calendar;

    if (values->workdays.n > 0)
        calendar->workdays = 0;
    for (uint32_t i = 0; i < values->workdays.n; i++) {
        unsigned day = 0;

        while (day < 7 && !bytes_are(values->workdays.at[i], names[day]))
            day++;
        if (day == 7) {
            yaml_complain(report, yaml_get(node, "workdays"), false, SETTING_VALUE, NULL,
                          "days are mon, tue, wed, thu, fri, sat, sun");
            return false;
        }
        calendar->workdays |= (uint8_t)(1u << day);
    }
    for (uint32_t i = 0; i < values->holidays.n && holidays != NULL; i++) {
        struct date date;

        if (!date_parse_iso(values->holidays.at[i], &date)) {
            yaml_complain(report, yaml_get(node, "holidays"), false, SETTING_VALUE, NULL,
                          "holidays are dates, YYYY-MM-DD");
            return false;
        }
        holidays[i] = date_days(date);
    }
    if (holidays != NULL && values->holidays.n > 0) {
        qsort(holidays, values->holidays.n, sizeof(*holidays), by_day);
        calendar->holidays = holidays;
        calendar->n_holidays = values->holidays.n;
    }
    return holidays != NULL;
}

bool limits_read(struct limits *limits, const struct limits *above, const struct yaml_node *node,
                 struct arena *arena, struct report *report)
{
    struct limits_values values = {.zone = NULL};

    *limits = (struct limits){.above = above};
    if (node == NULL)
        return true;
    if (!settings_read(&limits_settings, node, &values, arena, report))
        return false;
    if (values.zone != NULL || values.workdays.n > 0 || values.holidays.n > 0) {
        limits->has_calendar = true;
        limits->calendar = *limits_calendar(above);
        limits->zone_name = values.zone;
        if (values.zone != NULL && !zone_find(bytes_of(values.zone), &limits->calendar.zone)) {
            yaml_complain(
                report, yaml_get(node, "zone"), false, SETTING_VALUE, NULL,
                "there is no zone \"%.64s\"; America/Chicago is one, and so is CST6CDT,M3.2.0,M11.1.0",
                values.zone);
            return false;
        }
        if (!read_days(limits, &values, node, arena, report))
            return false;
    }
    return read_layer(&limits->layer, values.limits, arena, report) &&
           read_kinds(limits, values.documents, arena, report) &&
           read_classes(limits, values.classes, arena, report) &&
           limit_read_severities(limits, values.severities, arena, report) &&
           limit_read_statuses(limits, values.statuses, arena, report);
}

/* --- what holds */

static bool fits(struct bytes pattern, struct bytes item)
{
    if (pattern.len > 0 && pattern.at[pattern.len - 1] == '*')
        return item.len >= pattern.len - 1 && memcmp(item.at, pattern.at, pattern.len - 1) == 0;
    if (pattern.len > 0 && pattern.at[0] == '*')
        return item.len >= pattern.len - 1 &&
               memcmp(item.at + item.len - (pattern.len - 1), pattern.at + 1, pattern.len - 1) == 0;
    return bytes_equal(pattern, item);
}

static const struct limit_value *find_here(const struct limits *limits, enum limit limit, struct bytes kind,
                                           struct bytes item)
{
    for (uint32_t i = 0; i < limits->n_classes && item.at != NULL; i++) {
        const struct limit_class *class = &limits->classes[i];

        if (class->layer.at[limit].text == NULL)
            continue;
        for (uint32_t j = 0; j < class->n_items; j++)
            if (fits(class->items[j], item))
                return &class->layer.at[limit];
    }
    for (uint32_t i = 0; i < limits->n_kinds && kind.at != NULL; i++)
        if (bytes_are(kind, limits->kinds[i].kind) && limits->kinds[i].layer.at[limit].text != NULL)
            return &limits->kinds[i].layer.at[limit];
    return limits->layer.at[limit].text != NULL ? &limits->layer.at[limit] : NULL;
}

const struct limit_value *limits_find(const struct limits *limits, enum limit limit, struct bytes kind,
                                      struct bytes item)
{
    const struct limit_value *value = NULL;

    for (; limits != NULL && value == NULL; limits = limits->above)
        value = find_here(limits, limit, kind, item);
    return value;
}

const struct calendar *limits_calendar(const struct limits *limits)
{
    static const struct calendar plain = {.workdays = 0x3e};

    for (; limits != NULL; limits = limits->above)
        if (limits->has_calendar)
            return &limits->calendar;
    return &plain;
}

static bool within(struct decimal difference, struct decimal amount, struct decimal percent,
                   struct decimal expected)
{
    static const struct decimal hundred = {100, 0};
    struct decimal share, scaled;

    if (decimal_compare(difference, amount) <= 0)
        return true;
    if (expected.units < 0)
        expected.units = -expected.units;
    return decimal_sign(percent) > 0 && decimal_multiply(expected, percent, &share) &&
           decimal_multiply(difference, hundred, &scaled) && decimal_compare(scaled, share) <= 0;
}

bool limit_holds(const struct limit_value *limit, struct decimal expected, struct decimal found)
{
    struct decimal difference;

    if (limit->none)
        return true;
    if (!decimal_subtract(found, expected, &difference))
        return false;
    if (difference.units >= 0)
        return within(difference, limit->more, limit->more_percent, expected);
    difference.units = -difference.units;
    return within(difference, limit->less, limit->less_percent, expected);
}
