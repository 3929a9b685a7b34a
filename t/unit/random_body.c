#include "random_body.h"

#include "map/convert.h"
#include "map/inherit.h"

enum { SOME = 12, UNBOUNDED = 40 };

static bool chance(struct random_body *drawer, uint32_t percent)
{
    return random_chance(&drawer->random, percent);
}

static uint32_t below(struct random_body *drawer, uint32_t n)
{
    return random_below(&drawer->random, n);
}

/* --- values */

static struct bytes digits(struct random_body *drawer, unsigned most)
{
    unsigned n = 1 + below(drawer, most > 0 && most < 9 ? most : 9);
    char *text = arena_text(drawer->arena, n);

    for (unsigned i = 0; text != NULL && i < n; i++)
        text[i] = (char)('0' + below(drawer, 10));
    if (text != NULL && n > 1 && text[0] == '0' && !chance(drawer, 10))
        text[0] = '7';
    return (struct bytes){text, n};
}

static struct bytes integer(struct random_body *drawer, unsigned most)
{
    struct bytes number = digits(drawer, most);

    while (number.len > 1 && number.at[0] == '0')
        number.at++, number.len--;
    return number;
}

/* Characters that formats quote, escape, pad or encode are among them. */
static struct bytes text(struct random_body *drawer, const struct flat_column *column)
{
    static const char *const rare[] = {" ",
                                       ",",
                                       ";",
                                       "|",
                                       "\"",
                                       "'",
                                       "\\",
                                       "<",
                                       "&",
                                       ">",
                                       "{",
                                       "0",
                                       "-",
                                       ".",
                                       "\303\251",
                                       "\342\202\254",
                                       "\360\237\223\246",
                                       "/",
                                       "#"};
    unsigned width = column != NULL ? column->width : 0, most = width == 0 ? UNBOUNDED : width, n;
    struct buffer made;
    struct bytes copy;

    if (most > SOME && !chance(drawer, 10))
        most = SOME;
    n = 1 + below(drawer, most);
    if (width > 0 && chance(drawer, 1))
        n = width + (column->cut ? 0 : below(drawer, 2));
    if (below(drawer, 2000) == 0)
        return BYTES(" \ttabs\t");
    buffer_init(&made, 64 * 1024);
    for (unsigned i = 0; i < n; i++)
        if (chance(drawer, 8) && ((i > 0 && i + 1 < n) || chance(drawer, 5)))
            buffer_add_string(&made, rare[below(drawer, sizeof(rare) / sizeof(rare[0]))]);
        else
            buffer_add_byte(&made, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij0123456789"[below(drawer, 46)]);
    copy = arena_copy(drawer->arena, buffer_view(&made));
    buffer_release(&made);
    return bytes_trim(copy).len > 0 ? copy : BYTES("x");
}

/* As reading pads it. */
static struct bytes padded(struct random_body *drawer, unsigned n)
{
    struct bytes number = digits(drawer, 9);

    return bytes_of(arena_format(drawer->arena, "%0*u%.*s", (int)(n - number.len), 0u, BYTES_ARG(number)));
}

static struct bytes code(struct random_body *drawer, unsigned width)
{
    unsigned n = 1 + below(drawer, width > 0 && width < 3 ? width : 3);
    char *made = arena_text(drawer->arena, n);

    for (unsigned i = 0; made != NULL && i < n; i++)
        made[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[below(drawer, 36)];
    return (struct bytes){made, n};
}

static struct bytes decimal(struct random_body *drawer, const struct flat_column *column)
{
    const struct number_form *form = column != NULL ? &column->number : NULL;
    unsigned scale = form != NULL && form->scaled ? form->decimals : 4, width = 9;
    const char *sign = "";

    if (column != NULL && column->width > 0)
        width = column->width > scale + 2 ? column->width - scale - 2 : 1;
    if (width > 9)
        width = 9;
    if (!chance(drawer, 1))
        scale = below(drawer, scale + 1);
    else
        scale++;
    if (chance(drawer, form == NULL || form->sign != NUMBER_SIGN_NONE ? 10 : 1))
        sign = "-";
    {
        struct bytes whole = integer(drawer, width);
        struct bytes rest = digits(drawer, scale);

        if (scale == 0 && bytes_are(whole, "0"))
            sign = "";
        return bytes_of(scale > 0 ? arena_format(drawer->arena, "%s%.*s.%.*s1", sign, BYTES_ARG(whole),
                                                 (int)(rest.len - 1), rest.at)
                                  : arena_format(drawer->arena, "%s%.*s", sign, BYTES_ARG(whole)));
    }
}

static struct bytes date(struct random_body *drawer)
{
    return bytes_of(arena_format(drawer->arena, "%u-%02u-%02u", 1990 + below(drawer, 60),
                                 1 + below(drawer, 12), 1 + below(drawer, 28)));
}

/* Few have seconds, fractions of them, or a zone: most columns have no place for these. */
static struct bytes time_of(struct random_body *drawer, bool zone)
{
    const char *made = arena_format(drawer->arena, "%02u:%02u", below(drawer, 24), below(drawer, 60));

    if (zone || chance(drawer, 40))
        made = arena_format(drawer->arena, "%s:%02u", made, below(drawer, 60));
    if (zone)
        made = arena_format(drawer->arena, "%s%s", made, chance(drawer, 50) ? "Z" : "-05:00");
    return bytes_of(made);
}

/* The zone of a time, as formats other than X12 have it. */
static bool is_zone(const struct canon_field *field)
{
    return strstr(field->name, "time_zone") != NULL;
}

static struct bytes value_of(struct random_body *drawer, const struct map_target *target,
                             const struct flat_column *column)
{
    unsigned width = column != NULL ? column->width : 0;

    if (target->table != NULL && target->table->n_rows > 0 && !chance(drawer, 1))
        return target->table->rows[below(drawer, target->table->n_rows)].word;
    switch ((enum canon_type)target->field->type) {
    case CANON_CODE:
        if (is_zone(target->field))
            return chance(drawer, 50) ? BYTES("Z") : BYTES("+01:00");
        return chance(drawer, 97) ? code(drawer, width) : text(drawer, column);
    case CANON_DECIMAL: return decimal(drawer, column);
    case CANON_INTEGER: return integer(drawer, width);
    case CANON_BOOLEAN: return chance(drawer, 50) ? BYTES("true") : BYTES("false");
    case CANON_DATE: return date(drawer);
    case CANON_TIME: return time_of(drawer, false);
    case CANON_DATETIME: {
        struct bytes day = date(drawer), hour = time_of(drawer, chance(drawer, 30));

        return bytes_of(arena_format(drawer->arena, "%.*sT%.*s", BYTES_ARG(day), BYTES_ARG(hour)));
    }
    default: return target->pad > 0 ? padded(drawer, target->pad) : text(drawer, column);
    }
}

/* --- putting them into the record */

static const struct canon_value *get(const struct canon_object *object, const struct canon_field *field)
{
    return object != NULL ? canon_get(object, field) : NULL;
}

/* Sets the field unless it is there: what is set once is what other rules say, too. */
static void put(struct random_body *drawer, struct canon_object *object, const struct canon_field *field,
                struct bytes value)
{
    if (value.len == 0)
        return;
    if (field->is_list)
        canon_append_text(drawer->arena, object, field, value.at, value.len);
    else if (get(object, field) == NULL)
        canon_add_text(drawer->arena, object, field, value.at, value.len, false);
}

static void put_target(struct random_body *drawer, struct canon_record *record, struct canon_object *object,
                       const struct map_target *target, struct bytes value)
{
    if (target->from_root)
        object = record->body;
    for (unsigned i = 0; i + 1 < target->path_len; i++)
        object = canon_enter(drawer->arena, object, target->path[i]);
    if (object != NULL)
        put(drawer, object, target->field, value);
}

static bool has_value(const struct random_body *drawer, const struct canon_record *record,
                      const struct canon_object *object, const struct map_target *target)
{
    const struct canon_value *value;

    (void)drawer;
    if (target->from_root)
        object = record->body;
    for (unsigned i = 0; i + 1 < target->path_len; i++) {
        value = get(object, target->path[i]);
        object = value != NULL ? value->object : NULL;
    }
    return get(object, target->field) != NULL;
}

static void draw_target(struct random_body *drawer, struct canon_record *record, struct canon_object *object,
                        const struct map_target *target, const struct flat_column *column)
{
    if (target->compute != MAP_COMPUTE_NOTHING || (column != NULL && column->file.at != NULL))
        return;
    for (uint32_t i = 0; target->convert != NULL && i < target->convert->n_parts; i++)
        draw_target(drawer, record, object, &target->convert->parts[i], NULL);
    if (target->field == NULL || has_value(drawer, record, object, target))
        return;
    put_target(drawer, record, object, target, value_of(drawer, target, column));
    if (target->time != NULL && chance(drawer, 90)) {
        struct map_target time = *target;

        time.field = target->time;
        put_target(drawer, record, object, &time, time_of(drawer, false));
    }
    if (target->field->is_list)
        for (unsigned n = below(drawer, 3); n > 0; n--)
            put_target(drawer, record, object, target, value_of(drawer, target, column));
}

/* --- rules */

static const struct flat_record *record_of(const struct random_body *drawer, const struct map_rule *rule)
{
    int tag = drawer->layout != NULL ? flat_record_find(drawer->layout, bytes_of(rule->tag)) : -1;

    return tag >= 0 ? &drawer->layout->records[tag] : NULL;
}

static const struct flat_column *column_of(const struct flat_record *record, struct bytes key)
{
    int slot = record != NULL ? flat_column_find(record, key) : -1;

    return slot >= 0 ? &record->columns[slot] : NULL;
}

/* A text that the layout writes as a number of JSON. */
static bool is_number(const struct random_body *drawer, struct bytes key)
{
    for (unsigned i = 0; drawer->tree != NULL && i < drawer->tree->n_members; i++) {
        struct bytes name = drawer->tree->members[i].name;

        if (drawer->tree->members[i].type == TREE_NUMBER && key.len >= name.len &&
            memcmp(key.at + key.len - name.len, name.at, name.len) == 0 &&
            (key.len == name.len || key.at[key.len - name.len - 1] == '/'))
            return true;
    }
    return false;
}

/* A test on what is kept, too: a value that passes it. */
static bool draw_tested(struct random_body *drawer, struct canon_record *record, struct canon_object *object,
                        const struct map_rule *rule, const struct map_assign *assign)
{
    for (uint32_t i = 0; i < rule->n_tests; i++) {
        const struct map_test *test = &rule->tests[i];
        struct bytes value = test->values[below(drawer, test->n_values)];
        const struct map_row *row = assign->target.table != NULL ? map_table_code(assign->target.table, value)
                                                                 : NULL;

        if (!bytes_equal(test->key, assign->key))
            continue;
        value = row != NULL ? row->word : value;
        if (value.len > 0 &&
            canon_type_holds((enum canon_type)assign->target.field->type, value.at, value.len))
            put_target(drawer, record, object, &assign->target, value);
        return true;
    }
    return false;
}

static void draw_groups(struct random_body *drawer, struct canon_record *record, struct canon_object *object,
                        const struct map_rule *rule, const struct map_groups *groups)
{
    const struct flat_record *columns = record_of(drawer, rule);
    int from = columns != NULL ? flat_column_find(columns, groups->from) : -1;
    int to = columns != NULL ? flat_column_find(columns, groups->to) : -1;
    struct canon_object *owner = groups->from_root ? record->body : object;
    uint32_t most = from >= 0 && columns->columns[from].split.at != NULL
                        ? 4
                        : (uint32_t)(to - from + 1) / (groups->n_fields > 0 ? groups->n_fields : 1);

    if (from < 0 || (groups->from_root && get(owner, groups->list) != NULL))
        return;
    for (uint32_t n = below(drawer, most + 1); n > 0; n--) {
        struct canon_object *made = canon_object_new(drawer->arena, groups->list->block);

        for (uint32_t i = 0; i < groups->n_fields && made != NULL; i++)
            if (i == 0 || chance(drawer, 70))
                draw_target(drawer, record, made, &groups->fields[i], &columns->columns[(uint32_t)from + i]);
        for (uint32_t i = 0; i < groups->n_set && made != NULL; i++)
            put_target(drawer, record, made, &groups->set[i].target, groups->set[i].key);
        if (made != NULL && made->first.count > 0)
            canon_list_add(canon_list(drawer->arena, owner, groups->list), made);
    }
}

static void draw_nodes(struct random_body *drawer, struct canon_record *record, struct canon_object *object,
                       const struct map_node *nodes, uint32_t n_nodes, unsigned depth);

/* `around`: the object that the rule's own is in. */
static void draw_unit(struct random_body *drawer, struct canon_record *record,
                      const struct canon_object *around, struct canon_object *object,
                      const struct map_rule *rule, unsigned depth)
{
    const struct flat_record *columns = record_of(drawer, rule);
    uint32_t likely = chance(drawer, 20) ? 100 : chance(drawer, 20) ? 20 : 65;

    if (depth > 0 && rule->n_set > 0)
        likely = 100; /* what it sets is of these: what kind of date it is, and the date */

    for (uint32_t i = 0; i < rule->n_assigns; i++) {
        const struct map_assign *assign = &rule->assigns[i];
        const struct flat_column *column = column_of(columns, assign->key);
        bool needed = (column != NULL && column->required) ||
                      (assign->target.field != NULL && assign->target.field->need != CANON_OPTIONAL);

        if (draw_tested(drawer, record, object, rule, assign) || (!needed && !chance(drawer, likely)))
            continue;
        if (is_number(drawer, assign->key))
            put_target(drawer, record, object, &assign->target, integer(drawer, 9));
        draw_target(drawer, record, object, &assign->target, column);
    }
    for (uint32_t i = 0; i < rule->n_set; i++)
        put_target(drawer, record, object, &rule->set[i].target, rule->set[i].key);
    for (uint32_t i = 0; i < rule->n_inherits; i++) {
        const struct canon_value *said = get(around, rule->inherits[i].from);

        if (said != NULL)
            put_target(drawer, record, object, &rule->inherits[i].target,
                       (struct bytes){said->text, said->len});
    }
    for (const struct map_groups *groups = rule->groups; groups != NULL; groups = groups->next)
        draw_groups(drawer, record, object, rule, groups);
    draw_nodes(drawer, record, object, rule->nodes, rule->n_nodes, depth + 1);
}

static void draw_rule(struct random_body *drawer, struct canon_record *record, struct canon_object *object,
                      const struct map_rule *rule, unsigned depth)
{
    unsigned steps = rule->enter_len - (rule->each ? 1 : 0);
    const struct canon_field *field;
    const struct canon_value *there;

    for (unsigned i = 0; i + (rule->each ? 0 : 1) < steps; i++)
        object = canon_enter(drawer->arena, object, rule->enter[i]);
    if (rule->enter_len == 0) {
        draw_unit(drawer, record, object, object, rule, depth);
        return;
    }
    field = rule->enter[rule->enter_len - 1];
    there = get(object, field);
    if (!rule->each && there != NULL) {
        draw_unit(drawer, record, object, there->object, rule, depth);
        return;
    }
    for (uint32_t n = rule->each ? (depth < 2 ? below(drawer, 4) : below(drawer, 3)) : 1; n > 0; n--) {
        struct canon_object *made = canon_object_new(drawer->arena, field->block);
        struct canon_value *value;

        if (made == NULL)
            return;
        draw_unit(drawer, record, object, made, rule, depth);
        if (made->first.count == 0)
            continue;
        if (rule->each)
            canon_list_add(canon_list(drawer->arena, object, field), made);
        else if ((value = canon_add(drawer->arena, object, field)) != NULL) {
            value->object = made;
            value->held = CANON_HELD_OBJECT;
        }
    }
}

/* The first line of a text is a field, the others are a list: those need the first. */
static bool comes_next(const struct map_node *node, uint32_t k, const struct canon_object *object)
{
    const struct map_rule *first = &node->rules[0];

    return k == 0 || first->n_tests > 0 || first->enter_len > 0 || first->n_assigns == 0 ||
           first->assigns[0].target.field == NULL || get(object, first->assigns[0].target.field) != NULL;
}

static void draw_nodes(struct random_body *drawer, struct canon_record *record, struct canon_object *object,
                       const struct map_node *nodes, uint32_t n_nodes, unsigned depth)
{
    for (uint32_t i = 0; i < n_nodes; i++)
        for (uint32_t k = 0; k < nodes[i].n_rules && comes_next(&nodes[i], k, object); k++)
            if (depth == 0 || nodes[i].rules[k].enter_len == 0 || chance(drawer, 80))
                draw_rule(drawer, record, object, &nodes[i].rules[k], depth);
}

bool random_body_draw(struct random_body *drawer, struct canon_record *record)
{
    if (!canon_record_init(record, drawer->map->kind, drawer->arena))
        return false;
    for (unsigned i = 0; i < 32; i++)
        record->id[i] = "0123456789abcdef"[below(drawer, 16)];
    record->id[32] = '\0';
    record->partner = BYTES("acme");
    draw_nodes(drawer, record, record->body, drawer->map->nodes, drawer->map->n_nodes, 0);
    return !drawer->arena->failed;
}
