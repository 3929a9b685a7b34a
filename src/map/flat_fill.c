#include "map/flat_fill.h"

#include "map/inherit.h"
#include "map/total.h"
#include "map/flat_bound.h"

/* --- what no rule reads */

static void keep(struct flat_fill *fill, struct bytes tag, struct bytes column, struct bytes cell, int slot)
{
    const struct flat_binding *binding = fill->binding;
    struct arena *arena = fill->record->arena;
    struct canon_object *object;
    const struct canon_field *const fields[] = {binding->keep_at, binding->keep_ordinal, binding->keep_tag,
                                                binding->keep_element, binding->keep_value};
    struct bytes values[5] = {tag, bytes_of(arena_format(arena, "%u", fill->ordinal)), tag, column};

    if (binding->keep == NULL || !flat_value_utf8(fill, slot, cell, &values[4]))
        return;
    object = canon_append(arena, fill->record->body, binding->keep);
    for (unsigned i = 0; i < 5 && object != NULL; i++) {
        struct bytes text = arena_copy(arena, values[i]);

        if (fields[i] != NULL && text.len > 0)
            canon_add_text(arena, object, fields[i], text.at, text.len, false);
    }
}

void flat_unread_cell(struct flat_fill *fill, const struct flat_unit *unit, unsigned slot)
{
    struct flat_binding *binding = fill->binding;
    const struct flat_record *record = &binding->layout->records[unit->tag];
    struct bytes column;

    fill->unread++;
    if (slot < record->n_columns) {
        binding->unread[unit->tag][slot]++;
        column = record->columns[slot].heading;
    } else {
        struct flat_heading *heading = &binding->headings[binding->extra[slot - record->n_columns]];

        heading->count++;
        column = heading->name;
    }
    if (fill->keep_unread)
        keep(fill, record->tag, column, unit->cells[slot], (int)slot);
}

/* No rule takes the unit. */
static void unread_unit(struct flat_fill *fill, const struct flat_unit *unit)
{
    struct flat_binding *binding = fill->binding;
    const struct flat_record *record = &binding->layout->records[unit->tag];
    struct bytes tag = record->tag;

    fill->unread++;
    if (record == binding->layout->other) {
        tag = unit->cells[record->type];
        binding->headings[flat_heading_of(binding, tag)].count++;
    } else {
        binding->unread[unit->tag][record->n_columns]++;
    }
    for (unsigned i = 0; i < record->n_columns && fill->keep_unread; i++)
        if (unit->cells[i].at != NULL && record->type != (int)i && !record->columns[i].skip)
            keep(fill, tag, record->columns[i].heading, unit->cells[i], (int)i);
}

/* --- what a rule takes */

static bool passes(const struct flat_bound_rule *rule, const struct flat_unit *unit)
{
    for (unsigned i = 0; i < rule->n_tests; i++) {
        const struct map_test *test = rule->tests[i].map;
        struct bytes cell = unit->cells[rule->tests[i].slot];
        bool holds = false;

        for (uint32_t v = 0; v < test->n_values && !holds; v++)
            holds = bytes_equal(test->values[v], cell);
        if (!holds)
            return false;
    }
    return true;
}

/* The rule that takes this unit in this frame, or NULL. */
static struct flat_bound_rule *choose(const struct flat_frame *frame, const struct flat_unit *unit)
{
    for (uint32_t i = 0; i < frame->n_nodes; i++) {
        if (frame->nodes[i].tag != unit->tag)
            continue;
        for (uint32_t j = 0; j < frame->nodes[i].n_rules; j++) {
            struct flat_bound_rule *rule = &frame->nodes[i].rules[j];

            if (!rule->map->each && rule->groups == NULL && rule->taken_in == frame->serial)
                continue;
            if (passes(rule, unit))
                return rule;
        }
    }
    return NULL;
}

/* A new object of the rule's list, with as much room as the one before it came to need. */
static struct canon_object *append(struct flat_fill *fill, struct flat_bound_rule *rule,
                                   struct canon_object *object, const struct canon_field *field)
{
    static const uint64_t none[CANON_MAX_FIELDS / 64];
    const uint64_t document = fill->binding->serials;

    if (rule->list_in != document || rule->list_of != object) {
        rule->list = canon_list(fill->record->arena, object, field);
        rule->list_of = object;
        rule->list_in = document;
    }
    return rule->list != NULL
               ? canon_list_append_wide(fill->record->arena, rule->list, field->block, rule->room, none)
               : NULL;
}

static const struct flat_bound_node *node_of(const struct flat_frame *frame, int tag)
{
    for (uint32_t i = 0; i < frame->n_nodes; i++)
        if (frame->nodes[i].tag == tag)
            return &frame->nodes[i];
    return NULL;
}

/* The record that begins a document is none that the map is of: which column says so. */
static void tell_other(struct flat_fill *fill, const struct flat_unit *unit,
                       const struct flat_bound_rule *rule)
{
    for (unsigned i = 0; i < rule->n_tests; i++) {
        const struct map_test *test = rule->tests[i].map;
        const struct bytes cell = unit->cells[rule->tests[i].slot];
        bool holds = false;

        for (uint32_t v = 0; v < test->n_values && !holds; v++)
            holds = bytes_equal(test->values[v], cell);
        if (!holds) {
            flat_complain(fill, READ_OTHER_DOCUMENT, (int)rule->tests[i].slot, cell, NULL,
                          arena_format(fill->record->arena, "%.*s%s", BYTES_ARG(test->values[0]),
                                       test->n_values > 1 ? ", or another that the map tests for" : ""));
            return;
        }
    }
}

/* What the type's column says: by what a record is known. */
static void misplaced(struct flat_fill *fill, const struct flat_unit *unit, const char *what,
                      const char *expected)
{
    const int type = fill->binding->layout->records[unit->tag].type;

    flat_complain(fill, READ_MISPLACED, type, type >= 0 ? unit->cells[type] : (struct bytes){NULL, 0}, what,
                  expected);
}

/* No rule takes the unit; `frame` is the innermost that has rules of its tag, or NULL.  What stands inside of
 * it is not read either. */
static void pass_over(struct flat_fill *fill, const struct flat_unit *unit, struct flat_frame *frame)
{
    const struct flat_binding *binding = fill->binding;
    const struct flat_record *records = binding->layout->records;
    const struct flat_bound_node *node = frame != NULL ? node_of(frame, unit->tag) : NULL;
    const struct flat_bound_rule *rule = node != NULL && node->n_rules > 0 ? &node->rules[0] : NULL;
    const int around = binding->inside[unit->tag];

    unread_unit(fill, unit);
    if (frame == NULL && around >= 0) {
        misplaced(fill, unit, "no record before it is one that it belongs to",
                  arena_format(fill->record->arena, "%.*s before it", BYTES_ARG(records[around].tag)));
        return;
    }
    if (rule == NULL || frame->object == NULL)
        return;
    if (fill->ordinal == 1 && binding->layout->begins == unit->tag)
        tell_other(fill, unit, rule);
    for (uint32_t i = 0; i < node->n_rules; i++)
        if (node->rules[i].n_tests == 0)
            misplaced(fill, unit, "there is one already", "one");
    fill->frame = frame;
    if (rule->n_nodes > 0 && frame + 1 < fill->frames + FLAT_DEPTH)
        *++fill->frame = (struct flat_frame){.nodes = rule->nodes, .n_nodes = rule->n_nodes};
}

static struct canon_object *enter(struct flat_fill *fill, struct flat_bound_rule *rule,
                                  struct canon_object *object)
{
    const struct map_rule *map = rule->map;
    struct arena *arena = fill->record->arena;
    unsigned last = map->enter_len > 0 ? map->enter_len - 1u : 0;

    for (unsigned i = 0; i < last && object != NULL; i++)
        object = canon_enter(arena, object, map->enter[i]);
    if (object == NULL || map->enter_len == 0)
        return object;
    if (map->each)
        return append(fill, rule, object, map->enter[last]);
    object = canon_enter(arena, object, map->enter[last]);
    flat_make_room(arena, object, rule->room);
    return object;
}

/* --- totals */

static void state(struct flat_fill *fill, const struct flat_op *op, const struct flat_unit *unit,
                  struct bytes cell)
{
    struct flat_stated *stated = &fill->stated[fill->n_stated];
    struct arena *arena = fill->record->arena;
    struct bytes number;

    if (fill->n_stated == FLAT_MAX_STATED ||
        number_form_read(&op->column->number, cell, arena, &number) != NULL)
        return; /* no number: its own field's conversion says so */
    *stated = (struct flat_stated){.target = op->target,
                                   .value = arena_copy(arena, number),
                                   .column = op->column->heading,
                                   .tag = fill->binding->layout->records[unit->tag].tag};
    fill->place(fill->whom, op->slot, &stated->line, &stated->place);
    fill->n_stated++;
}

static void compare(struct flat_fill *fill, const struct flat_stated *stated)
{
    struct flat_complaint told = {.complaint = READ_TOTAL_DIFFERS,
                                  .slot = -1,
                                  .value = stated->value,
                                  .line = stated->line,
                                  .place = stated->place,
                                  .column = stated->column,
                                  .tag = stated->tag};
    struct decimal total, one;
    char text[DECIMAL_TEXT];

    if (!map_total(fill->record->body, stated->target, &total) || !decimal_parse(stated->value, &one)) {
        told.what = "there are more digits than can be reckoned with";
    } else {
        if (decimal_compare(total, one) == 0)
            return;
        decimal_print(total, text);
        told.expected = arena_format(fill->record->arena, "%s, by the document's own lines", text);
    }
    fill->complain(fill->whom, &told);
}

/* --- units */

/* A field of the document's own was set by this unit. */
static inline void note_unit(struct flat_fill *fill, const struct canon_object *object,
                             const struct canon_field *field)
{
    if (object == fill->record->body)
        fill->set_by[field->index] = fill->ordinal;
}

/* Of the first `same` columns it is known that they hold what they held in the unit before, which this rule
 * took too. */
static void read_ops(struct flat_fill *fill, struct flat_bound_rule *rule, const struct flat_unit *unit,
                     struct canon_object *object, unsigned same)
{
    const uint64_t document = fill->binding->serials;
    unsigned n_old = same > 0 && rule->n_old_columns <= same ? rule->n_old : 0;
    unsigned n_old_columns = n_old > 0 ? rule->n_old_columns : 0;
    struct canon_object *into = object; /* that the latest simple op entered */
    uint16_t place = 0;

    for (unsigned i = n_old; i < rule->n_ops; i++) {
        struct flat_op *op = &rule->ops[i];
        struct bytes cell = unit->cells[op->slot];

        /* Most columns of the document as a whole say what they said in the row before. */
        if (op->slot < same && (cell.at == NULL || (op->seen_in == document && !op->total))) {
            if (i == n_old) {
                n_old++;
                n_old_columns = op->slot >= n_old_columns ? op->slot + 1 : n_old_columns;
            }
            continue;
        }
        if (cell.at == NULL)
            continue;
        if (op->simple && unit->plain) {
            if (op->place != place) {
                into = flat_op_object(fill, object, op);
                place = op->place;
            }
            if (into != NULL && !flat_has(into, op->field)) {
                flat_set_simple(fill, into, op, cell);
                note_unit(fill, into, op->field);
                continue;
            }
        }
        if (op->total)
            state(fill, op, unit, cell);
        if (op->seen_in == document && bytes_equal(op->seen, cell))
            continue;
        if (op->field != NULL && !flat_set(fill, object, op, cell))
            flat_unread_cell(fill, unit, op->slot);
    }
    rule->n_old = n_old;
    rule->n_old_columns = n_old_columns;
    for (unsigned i = 0; i < rule->n_ops && rule->defaults; i++)
        if (rule->ops[i].target->fallback.at != NULL && rule->ops[i].field != NULL &&
            unit->cells[rule->ops[i].slot].at == NULL)
            flat_set_default(fill, object, &rule->ops[i]);
}

/* What every object has, where the unit says nothing else. */
static void set_fields(struct flat_fill *fill, const struct map_assign *set, uint32_t n,
                       struct canon_object *object)
{
    for (uint32_t i = 0; i < n; i++) {
        struct canon_object *into = flat_target_object(fill, object, &set[i].target);

        if (into != NULL && canon_get(into, set[i].target.field) == NULL)
            canon_add_text(fill->record->arena, into, set[i].target.field, set[i].key.at, set[i].key.len,
                           false);
    }
}

static void read_group(struct flat_fill *fill, struct flat_groups *groups, const struct flat_unit *unit,
                       struct canon_object *object, const struct bytes *cells, unsigned first)
{
    struct canon_object *each = canon_append(fill->record->arena, object, groups->map->list);

    for (unsigned i = 0; i < groups->step && each != NULL; i++)
        if (cells[i].at != NULL) {
            struct flat_op op = groups->ops[i];

            op.slot = first + i;
            (void)flat_set(fill, each, &op, cells[i]);
        }
    for (unsigned i = 0; i < groups->n_also && each != NULL; i++) {
        struct flat_op *also = &groups->also[i];
        struct bytes cell = also->slot == first ? cells[0] : unit->cells[also->slot];

        if (cell.at != NULL)
            (void)flat_set(fill, each, also, cell);
    }
    if (each != NULL)
        set_fields(fill, groups->map->set, groups->map->n_set, each);
}

/* Cells of the document as a whole stand in each of its rows, and say the same in each.  False: they were
 * read already. */
static bool is_first(struct flat_fill *fill, struct flat_groups *groups, const struct flat_unit *unit)
{
    bool first = groups->seen_in != fill->binding->serials;

    groups->seen_in = fill->binding->serials;
    for (unsigned slot = groups->from; slot <= groups->to; slot++) {
        struct bytes cell = unit->cells[slot], *seen = &groups->seen[slot - groups->from];

        if (first)
            *seen = cell.at != NULL ? arena_copy(fill->record->arena, cell) : cell;
        else if (cell.at != NULL && !bytes_equal(cell, *seen))
            flat_complain(fill, READ_ROWS_DIFFER, (int)slot, cell, NULL,
                          arena_format(fill->record->arena, "%.*s", BYTES_ARG(*seen)));
    }
    return first;
}

static void read_groups(struct flat_fill *fill, struct flat_groups *groups, const struct flat_unit *unit,
                        struct canon_object *object)
{
    const struct bytes split = groups->ops[0].column->split;
    struct bytes rest = unit->cells[groups->from];

    if (groups->map->from_root) {
        if (!is_first(fill, groups, unit))
            return;
        object = fill->record->body;
    }
    if (split.at != NULL) {
        while (rest.at != NULL) {
            const char *end = memmem(rest.at, rest.len, split.at, split.len);
            struct bytes part = {rest.at, end != NULL ? (size_t)(end - rest.at) : rest.len};

            rest = end != NULL ? (struct bytes){end + split.len, rest.len - part.len - split.len}
                               : (struct bytes){NULL, 0};
            part = bytes_trim(part);
            if (part.len > 0)
                read_group(fill, groups, unit, object, &part, groups->from);
        }
        return;
    }
    for (unsigned slot = groups->from; slot <= groups->to; slot += groups->step) {
        bool some = false;

        for (unsigned i = 0; i < groups->step && !some; i++)
            some = unit->cells[slot + i].at != NULL;
        if (some)
            read_group(fill, groups, unit, object, &unit->cells[slot], slot);
    }
}

/* What the layout says of columns, whoever reads them. */
static void check_columns(struct flat_fill *fill, const struct flat_bound_rule *rule,
                          const struct flat_unit *unit)
{
    const struct flat_record *record = &fill->binding->layout->records[unit->tag];

    for (unsigned i = 0; i < rule->n_required; i++)
        if (unit->cells[rule->required[i]].at == NULL)
            flat_complain(fill, READ_NO_VALUE, (int)rule->required[i], (struct bytes){NULL, 0}, NULL,
                          "a value");
    for (unsigned i = 0; i < rule->n_constants; i++) {
        const struct flat_column *column = &record->columns[rule->constants[i]];
        struct bytes cell = unit->cells[rule->constants[i]];

        if (!bytes_equal(cell, column->constant) && !(cell.at == NULL && column->once))
            flat_complain(fill, READ_NOT_CONSTANT, (int)rule->constants[i], cell, NULL,
                          arena_format(fill->record->arena, "%.*s", BYTES_ARG(column->constant)));
    }
}

void flat_fill_begin(struct flat_fill *fill, struct flat_binding *binding, struct canon_record *record)
{
    fill->binding = binding;
    fill->record = record;
    fill->unread = 0;
    fill->n_stated = 0;
    fill->ordinal = 0;
    fill->clean = true;
    fill->latest = NULL;
    fill->gone_on = (struct flat_gone_on){.rule = NULL};
    fill->frame = fill->frames;
    binding->serials++;
    memset(fill->set_by, 0, record->kind->body->n_fields * sizeof(*fill->set_by));
    flat_make_room(record->arena, record->body, binding->room);
    fill->frames[0] = (struct flat_frame){.nodes = binding->nodes,
                                          .n_nodes = binding->n_nodes,
                                          .object = record->body,
                                          .serial = ++fill->serial};
}

void flat_fill_unit(struct flat_fill *fill, const struct flat_unit *unit)
{
    struct flat_binding *binding = fill->binding;
    const struct flat_record *record = &binding->layout->records[unit->tag];
    struct flat_frame *frame = fill->frame, *innermost = NULL;
    struct flat_bound_rule *rule = NULL;
    struct canon_object *object;
    unsigned same;

    fill->ordinal++;
    fill->plain = unit->plain;
    binding->seen_in[unit->tag] = binding->serials;
    if (record->more != NULL && flat_goes_on(fill, unit))
        return;
    fill->gone_on = (struct flat_gone_on){.rule = NULL};
    for (unsigned i = flat_inside(record); i < record->n_columns; i++)
        unit->cells[i] = binding->groups[pattern_group(binding->file_name, record->columns[i].file.at)];
    for (;; frame--) {
        if (innermost == NULL && node_of(frame, unit->tag) != NULL)
            innermost = frame;
        if (frame->object == NULL ? innermost == frame : (rule = choose(frame, unit)) != NULL)
            break;
        if (frame == fill->frames)
            break;
    }
    if (rule == NULL) {
        fill->latest = NULL;
        pass_over(fill, unit, innermost);
        return;
    }
    fill->frame = frame;
    same = fill->clean && rule == fill->latest ? unit->same : 0;
    fill->latest = rule;
    rule->taken_in = frame->serial;
    object = enter(fill, rule, frame->object);
    if (object == NULL)
        return;
    fill->gone_on = (struct flat_gone_on){.rule = rule, .object = object, .tag = unit->tag};
    check_columns(fill, rule, unit);
    read_ops(fill, rule, unit, object, same);
    set_fields(fill, rule->map->set, rule->map->n_set, object);
    inherit_read(rule->map, fill->record->arena, frame->object, object);
    for (struct flat_groups *groups = rule->groups; groups != NULL; groups = groups->next)
        read_groups(fill, groups, unit, object);
    if (rule->map->each)
        rule->room = object->last == &object->first && object->first.count > 0 ? (uint16_t)object->first.count
                                                                              : (uint16_t)(rule->room + 1u);
    for (unsigned i = 0; i < rule->n_unread; i++)
        if (unit->cells[rule->unread[i]].at != NULL)
            flat_unread_cell(fill, unit, rule->unread[i]);
    for (unsigned i = 0; i < binding->n_extra; i++)
        if (unit->cells[record->n_columns + i].at != NULL)
            flat_unread_cell(fill, unit, record->n_columns + i);
    if (rule->n_nodes > 0 && frame + 1 < fill->frames + FLAT_DEPTH)
        *++fill->frame = (struct flat_frame){
            .nodes = rule->nodes, .n_nodes = rule->n_nodes, .object = object, .serial = ++fill->serial};
}

bool flat_fill_saw(const struct flat_fill *fill, unsigned tag)
{
    return fill->binding->seen_in[tag] == fill->binding->serials;
}

void flat_fill_end(struct flat_fill *fill)
{
    for (unsigned i = 0; i < fill->n_stated; i++)
        compare(fill, &fill->stated[i]);
}
