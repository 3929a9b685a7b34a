#include "map/write.h"

#include <stdio.h>
#include <stdlib.h>

#include "map/inherit.h"
#include "map/write_bound.h"

enum {
    SCRATCH_CEILING = 64 * 1024 * 1024, /* bytes */
    ARENA_CEILING = 64 * 1024 * 1024,
    PATH_CEILING = 1024,
    MAX_TOLD = 64,                      /* values of a document that are told once */
};

/* --- telling what is wrong */

/* "lines[2].ship_to.name" */
static void add_path(struct buffer *into, const struct write_frame *frame)
{
    if (frame == NULL)
        return;
    add_path(into, frame->up);
    if (into->len > 0)
        buffer_add_byte(into, '.');
    buffer_add_string(into, frame->field->name);
    if (frame->in_list)
        buffer_add_format(into, "[%u]", frame->index);
}

void write_tell(struct map_writer *writer, enum complaint complaint, const struct write_frame *frame,
                const struct map_target *target, const char *what, struct bytes value, const char *expected)
{
    const bool warns = complaint_info(complaint)->severity == SEVERITY_WARN;
    struct finding finding = {.complaint = complaint,
                              .severity = warns ? SEVERITY_WARN : SEVERITY_ERROR,
                              .value = value,
                              .expected = expected};
    struct map_mark mark = target != NULL ? target->mark : (struct map_mark){NULL, 0, 0};
    struct buffer detail;
    char origin[512];

    buffer_init(&detail, PATH_CEILING);
    add_path(&detail, frame);
    if (what != NULL)
        buffer_add_format(&detail, "%s%s", detail.len > 0 ? " " : "", what);
    buffer_add_byte(&detail, '\0');
    finding.place = writer->write->place;
    finding.detail = detail.failed ? what : detail.at;
    if (mark.file != NULL) {
        snprintf(origin, sizeof(origin), "%s:%u:%u", mark.file, mark.line, mark.column);
        finding.origin = origin;
    }
    writer->write->tell(writer->write->whom, &finding);
    writer->refused |= !warns;
    buffer_release(&detail);
}

/* The way to a target's field, from the rule's object or from the root; frames live in `frames`. */
static const struct write_frame *frame_of(const struct map_writer *writer, const struct map_target *target,
                                          struct write_frame frames[MAP_MAX_PATH])
{
    const struct write_frame *frame = target->from_root ? NULL : writer->frame;

    for (unsigned i = 0; i < target->path_len; i++) {
        frames[i] = (struct write_frame){.up = frame, .field = target->path[i]};
        frame = &frames[i];
    }
    return frame;
}

static bool told_before(struct map_writer *writer, const struct map_target *target, struct bytes value)
{
    struct told *told = writer->told;

    while (told != NULL && (told->value != value.at || told->field != target->field))
        told = told->next;
    if (told != NULL)
        return true;
    told = writer->n_told < MAX_TOLD ? arena_zalloc(&writer->scratch, 1, sizeof(*told)) : NULL;
    if (told != NULL) {
        writer->n_told++;
        *told = (struct told){writer->told, value.at, target->field};
        writer->told = told;
    }
    return false;
}

static void tell_fault(void *to, const struct unit_fault *fault)
{
    struct map_writer *writer = to;
    const struct bound_rule *bound = writer->rule != NULL ? &writer->rules[writer->rule->index] : NULL;
    const struct map_target *target = NULL;
    struct write_frame frames[MAP_MAX_PATH];
    const struct write_frame *frame = NULL;
    struct bytes value = {NULL, 0};
    char what[256];

    if (fault->slot < 0) {
        write_tell(writer, WRITE_DOCUMENT, NULL, NULL, fault->what, value, fault->expected);
        return;
    }
    for (unsigned i = 0; i < bound->n_assigns && target == NULL; i++)
        if (bound->assigns[i].slot == fault->slot)
            target = bound->assigns[i].target;
    value = writer->values[fault->slot].text;
    if (target != NULL) {
        if (told_before(writer, target, value))
            return;
        frame = frame_of(writer, target, frames);
    }
    snprintf(what, sizeof(what), "in column %.*s of %s: %s", BYTES_ARG(fault->column), writer->rule->tag,
             fault->what);
    write_tell(writer, WRITE_MISFIT, frame, target, what, value, fault->expected);
}

/* --- what a rule takes */

static bool test_has(const struct map_test *test, struct bytes value)
{
    for (uint32_t i = 0; i < test->n_values; i++)
        if (bytes_equal(test->values[i], value))
            return true;
    return false;
}

/* Tests on fields that the rule writes itself hold for this object. */
static bool tests_hold(struct map_writer *writer, const struct map_rule *rule,
                       const struct canon_object *context)
{
    const struct bound_rule *bound = &writer->rules[rule->index];

    for (unsigned i = 0; i < bound->n_tests; i++) {
        const struct bound_test *test = &bound->tests[i];

        if (test->target != NULL) {
            struct write_value value = write_value_of(writer, test->target, context);

            if (!test_has(test->test, value.value.text))
                return false;
        }
    }
    return true;
}

static bool same_path(const struct map_rule *a, const struct map_rule *b)
{
    if (!a->each || !b->each || a->enter_len != b->enter_len)
        return false;
    for (unsigned i = 0; i < a->enter_len; i++)
        if (a->enter[i] != b->enter[i])
            return false;
    return true;
}

/* An element of a list belongs to the first alternative of `rule` that takes it, as in reading.
 * NULL: none. */
static const struct map_rule *taker(struct map_writer *writer, const struct map_node *node,
                                    const struct map_rule *rule, const struct canon_object *element)
{
    for (uint32_t i = 0; i < node->n_rules; i++)
        if (same_path(&node->rules[i], rule) && writer->rules[node->rules[i].index].tag >= 0 &&
            tests_hold(writer, &node->rules[i], element))
            return &node->rules[i];
    return NULL;
}

/* An earlier alternative is of the same list: it wrote the list for all of them, in its order. */
static bool written_before(const struct map_node *node, const struct map_rule *rule)
{
    for (const struct map_rule *earlier = node->rules; earlier != rule; earlier++)
        if (same_path(earlier, rule))
            return true;
    return false;
}

static bool nodes_have_content(struct map_writer *writer, const struct map_node *nodes, uint32_t count,
                               const struct canon_object *context);

static const struct canon_list *groups_list(const struct map_writer *writer,
                                            const struct bound_groups *groups,
                                            const struct canon_object *context)
{
    const struct canon_value *value = canon_get(groups->map->from_root ? writer->root : context,
                                                groups->map->list);

    return value != NULL && value->held == CANON_HELD_LIST ? value->list : NULL;
}

static bool rule_has_content(struct map_writer *writer, const struct map_rule *rule,
                             const struct canon_object *context)
{
    const struct bound_rule *bound = &writer->rules[rule->index];

    for (unsigned i = 0; i < bound->n_assigns; i++)
        if (!(bound->own && bound->assigns[i].target->from_root) &&
            write_value_of(writer, bound->assigns[i].target, context).from_record)
            return true;
    for (const struct bound_groups *groups = bound->groups; groups != NULL; groups = groups->next)
        if (groups_list(writer, groups, context) != NULL)
            return true;
    return nodes_have_content(writer, rule->nodes, rule->n_nodes, context);
}

static const struct canon_list *list_at(const struct map_rule *rule, const struct canon_object *context)
{
    const struct canon_object *object = write_reach(context, rule->enter, rule->enter_len - 1U);
    const struct canon_value *value;

    value = object != NULL ? canon_get(object, rule->enter[rule->enter_len - 1]) : NULL;
    return value != NULL && value->held == CANON_HELD_LIST ? value->list : NULL;
}

static bool nodes_have_content(struct map_writer *writer, const struct map_node *nodes, uint32_t count,
                               const struct canon_object *context)
{
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t j = 0; j < nodes[i].n_rules; j++) {
            const struct map_rule *rule = &nodes[i].rules[j];
            const struct canon_object *object = context;

            if (writer->rules[rule->index].tag < 0)
                continue;
            if (rule->each) {
                if (list_at(rule, context) != NULL)
                    return true;
                continue;
            }
            if (rule->enter_len > 0)
                object = write_reach(context, rule->enter, rule->enter_len);
            if (object != NULL && rule_has_content(writer, rule, object))
                return true;
        }
    }
    return false;
}

/* --- the walk */

static void write_nodes(struct map_writer *writer, const struct map_node *nodes, uint32_t count,
                        const struct canon_object *context);

static void tell_missed(struct map_writer *writer, const struct map_target *target, struct bytes value)
{
    struct write_frame frames[MAP_MAX_PATH];
    char what[128];

    if (target->compute == MAP_SUM) {
        write_tell(writer, WRITE_DOCUMENT, frame_of(writer, target, frames), target,
                   "is a sum with more digits than can be reckoned with", value, NULL);
    } else if (!told_before(writer, target, value)) {
        snprintf(what, sizeof(what), "in table %s", target->table->name);
        write_tell(writer, WRITE_NO_CODE, frame_of(writer, target, frames), target, what, value, NULL);
    }
}

static void tell_converter(struct map_writer *writer, const struct map_target *target,
                           const struct canon_object *context, const struct convert_fault *fault)
{
    const struct canon_object *object = write_reach(target->from_root ? writer->root : context, target->path,
                                                    target->path_len - 1U);
    const struct canon_value *value = object != NULL ? canon_get(object, target->field) : NULL;
    struct write_frame frames[MAP_MAX_PATH];
    struct bytes text = {NULL, 0};

    if (value != NULL && value->held == CANON_HELD_TEXT)
        text = (struct bytes){value->text, value->len};
    if (!told_before(writer, target, text))
        write_tell(writer, fault->complaint, frame_of(writer, target, frames), target, fault->what, text,
                   fault->expected);
}

static void take_assign(struct map_writer *writer, const struct bound_assign *assign,
                        const struct canon_object *context)
{
    struct write_value value = write_value_of(writer, assign->target, context);

    if (value.fault.is)
        tell_converter(writer, assign->target, context, &value.fault);
    if (value.missed)
        tell_missed(writer, assign->target, value.value.text);
    else if (value.value.text.at != NULL)
        writer->values[assign->slot] = value.value;
}

/* --- groups: the objects of a list, side by side */

static void tell_group(struct map_writer *writer, const struct bound_groups *groups, const char *what,
                       struct bytes value, const char *expected)
{
    struct write_frame frame = {.up = writer->frame, .field = groups->map->list};

    write_tell(writer, WRITE_MISFIT, &frame, NULL, what, value, expected);
}

/* Whether the object has all that the groups set. */
static bool is_of(const struct bound_groups *groups, const struct canon_object *object)
{
    for (uint32_t i = 0; i < groups->map->n_set; i++) {
        const struct canon_value *value = canon_get(object, groups->map->set[i].target.field);

        if (value == NULL || value->held != CANON_HELD_TEXT ||
            !bytes_equal((struct bytes){value->text, value->len}, groups->map->set[i].key))
            return false;
    }
    return true;
}

/* Objects of the list that none of the rule's groups has a place for: told with the first of the list's. */
static void tell_others(struct map_writer *writer, const struct bound_groups *all,
                        const struct bound_groups *groups, const struct canon_list *list)
{
    for (const struct bound_groups *before = all; before != groups; before = before->next)
        if (before->map->list == groups->map->list)
            return;
    for (const struct canon_object *object = list->first; object != NULL; object = object->next) {
        const struct bound_groups *one = all;

        while (one != NULL && !(one->map->list == groups->map->list && is_of(one, object)))
            one = one->next;
        if (one == NULL)
            tell_group(writer, groups, "has an object that no groups of the rule have a place for",
                       (struct bytes){NULL, 0}, NULL);
    }
}

/* All in one slot. */
static void join_group(struct map_writer *writer, const struct bound_groups *groups,
                       const struct canon_list *list)
{
    struct buffer joined;

    buffer_init(&joined, SCRATCH_CEILING);
    for (const struct canon_object *object = list->first; object != NULL; object = object->next) {
        struct bytes text = write_value_of(writer, &groups->map->fields[0], object).value.text;

        if (text.at == NULL || !is_of(groups, object))
            continue;
        if (memmem(text.at, text.len, groups->split.at, groups->split.len) != NULL)
            tell_group(writer, groups, "holds what stands between the values of the column", text, NULL);
        if (joined.len > 0)
            buffer_add_bytes(&joined, groups->split);
        buffer_add_bytes(&joined, text);
    }
    if (joined.len > 0)
        writer->values[groups->from] = (struct unit_value){
            arena_copy(&writer->scratch, buffer_view(&joined)), UNIT_TEXT};
    buffer_release(&joined);
}

/* A group of slots for each. */
static void spread_group(struct map_writer *writer, const struct bound_groups *groups,
                         const struct canon_list *list)
{
    int slot = groups->from;

    for (const struct canon_object *object = list->first; object != NULL; object = object->next) {
        if (!is_of(groups, object))
            continue;
        if (slot > groups->to) {
            tell_group(writer, groups, "has more objects than the unit has places for",
                       (struct bytes){NULL, 0}, NULL);
            return;
        }
        for (uint32_t i = 0; i < groups->map->n_fields; i++, slot++) {
            struct bound_assign assign = {.target = &groups->map->fields[i], .slot = slot};

            take_assign(writer, &assign, object);
        }
    }
}

/* `all`: of the rule, the first one. */
static void take_groups(struct map_writer *writer, const struct bound_groups *all,
                        const struct bound_groups *groups, const struct canon_object *context)
{
    const struct canon_list *list = groups_list(writer, groups, context);

    if (list == NULL || list->first == NULL)
        return;
    for (uint32_t i = 0; i < groups->map->n_also; i++)
        if (groups->also[i] >= 0)
            writer->values[groups->also[i]] =
                write_value_of(writer, &groups->map->also[i].target, list->first).value;
    if (groups->map->n_set > 0)
        tell_others(writer, all, groups, list);
    if (groups->split.at != NULL)
        join_group(writer, groups, list);
    else
        spread_group(writer, groups, list);
}

/* What the file has no place for must be what reading would say of it. */
static void check_set(struct map_writer *writer, const struct map_rule *rule,
                      const struct canon_object *context)
{
    for (uint32_t i = 0; i < rule->n_set; i++) {
        const struct map_target *target = &rule->set[i].target;
        struct bytes value = write_value_of(writer, target, context).value.text;
        struct write_frame frames[MAP_MAX_PATH];
        char expected[128];

        if (value.at == NULL || bytes_equal(value, rule->set[i].key))
            continue;
        snprintf(expected, sizeof(expected), "%.*s", BYTES_ARG(rule->set[i].key));
        write_tell(writer, WRITE_MISFIT, frame_of(writer, target, frames), target,
                   "has no place in the file, which always means another", value, expected);
    }
}

/* Reading gives the object what the one around it says. */
static void check_inherited(struct map_writer *writer, const struct map_rule *rule,
                            const struct canon_object *around, const struct canon_object *object)
{
    struct write_frame frames[MAP_MAX_PATH];
    struct bytes value, other;
    const struct map_target *target = inherit_other(rule, around, object, &value, &other);
    char expected[128];

    if (target == NULL)
        return;
    snprintf(expected, sizeof(expected), "%.*s", BYTES_ARG(other));
    write_tell(writer, WRITE_MISFIT, frame_of(writer, target, frames), target,
               "has no place in the file, which has one for all of the object around", value,
               other.at != NULL ? expected : NULL);
}

static void write_unit(struct map_writer *writer, const struct map_rule *rule,
                       const struct canon_object *around, const struct canon_object *context)
{
    const struct bound_rule *bound = &writer->rules[rule->index];
    struct unit_writer *units = writer->units;

    memset(writer->values, 0, writer->n_values * sizeof(*writer->values));
    check_set(writer, rule, context);
    check_inherited(writer, rule, around, context);
    for (unsigned i = 0; i < bound->n_tests; i++)
        if (bound->tests[i].test->n_values > 0 && bound->tests[i].test->values[0].len > 0)
            writer->values[bound->tests[i].slot].text = bound->tests[i].test->values[0];
    for (unsigned i = 0; i < bound->n_assigns; i++)
        take_assign(writer, &bound->assigns[i], context);
    for (const struct bound_groups *groups = bound->groups; groups != NULL; groups = groups->next)
        take_groups(writer, bound->groups, groups, context);
    writer->rule = rule;
    writer->rules[rule->index].written_in = writer->serial;
    if (!units->format->begin_unit(units, bound->tag, writer->values))
        writer->refused = true;
    write_nodes(writer, rule->nodes, rule->n_nodes, context);
    units->format->end_unit(units, bound->tag);
}

static void write_each(struct map_writer *writer, const struct map_node *node, const struct map_rule *rule,
                       const struct canon_object *context)
{
    const struct canon_list *list = list_at(rule, context);
    const struct write_frame *outer = writer->frame;
    struct write_frame frames[MAP_MAX_PATH], *last = &frames[rule->enter_len - 1];

    if (list == NULL)
        return;
    for (unsigned i = 0; i < rule->enter_len; i++)
        frames[i] = (struct write_frame){.up = i > 0 ? &frames[i - 1] : outer, .field = rule->enter[i]};
    writer->frame = last;
    last->in_list = true;
    for (const struct canon_object *element = list->first; element != NULL; element = element->next) {
        const struct map_rule *takes = taker(writer, node, rule, element);

        if (takes != NULL)
            write_unit(writer, takes, context, element);
        last->index++;
    }
    writer->frame = outer;
}

/* Whether it gave a unit. */
static bool write_at(struct map_writer *writer, const struct map_rule *rule,
                     const struct canon_object *context)
{
    const struct canon_object *object = write_reach(context, rule->enter, rule->enter_len);
    const struct write_frame *outer = writer->frame;
    struct write_frame frames[MAP_MAX_PATH];

    if (object == NULL || !tests_hold(writer, rule, object))
        return false;
    if (!writer->rules[rule->index].constant && !rule_has_content(writer, rule, object))
        return false;
    /* A rule that says nothing of the record is written for its own sake, unless it only wraps others. */
    if (writer->rules[rule->index].constant && rule->n_nodes > 0 &&
        !nodes_have_content(writer, rule->nodes, rule->n_nodes, object))
        return false;
    for (unsigned i = 0; i < rule->enter_len; i++) {
        frames[i] = (struct write_frame){.up = writer->frame, .field = rule->enter[i]};
        writer->frame = &frames[i];
    }
    write_unit(writer, rule, context, object);
    writer->frame = outer;
    return true;
}

static void write_nodes(struct map_writer *writer, const struct map_node *nodes, uint32_t count,
                        const struct canon_object *context)
{
    for (uint32_t i = 0; i < count; i++) {
        bool some = false;

        for (uint32_t j = 0; j < nodes[i].n_rules; j++) {
            const struct map_rule *rule = &nodes[i].rules[j];

            if (writer->rules[rule->index].tag < 0 || (rule->otherwise && some))
                continue;
            if (!rule->each)
                some |= write_at(writer, rule, context);
            else if (!written_before(&nodes[i], rule))
                write_each(writer, &nodes[i], rule, context);
        }
    }
}

/* --- documents and files */

struct map_writer *map_writer_open(const struct map *map, struct report *report)
{
    struct map_writer *writer = calloc(1, sizeof(*writer));

    if (writer == NULL) {
        report_say(report, TECHNICAL_MEMORY, NULL, "no memory for the map %s", map->name);
        return NULL;
    }
    writer->map = map;
    arena_init(&writer->arena, 16 * 1024, ARENA_CEILING);
    arena_init(&writer->scratch, 4096, SCRATCH_CEILING);
    if (!write_bind(writer, report)) {
        map_writer_close(writer);
        return NULL;
    }
    writer->units->fault = tell_fault;
    writer->units->to = writer;
    return writer;
}

void map_writer_close(struct map_writer *writer)
{
    if (writer == NULL)
        return;
    if (writer->units != NULL)
        writer->units->format->close(writer->units);
    arena_release(&writer->scratch);
    arena_release(&writer->arena);
    free(writer);
}

const struct unit_format *map_writer_format(const struct map_writer *writer)
{
    return writer->units->format;
}

void map_writer_begin(struct map_writer *writer, struct buffer *out)
{
    writer->units->out = out;
    writer->units->format->begin_file(writer->units);
}

void map_writer_end(struct map_writer *writer, struct buffer *out)
{
    writer->units->out = out;
    writer->units->format->end_file(writer->units);
}

bool map_writer_is_late(const struct map_writer *writer)
{
    return writer->units->late;
}

void map_writer_head(struct map_writer *writer, struct buffer *out)
{
    writer->units->out = out;
    writer->units->format->head(writer->units);
}

static void tell_too_large(struct map_writer *writer)
{
    write_tell(writer, WRITE_DOCUMENT, NULL, NULL, "it is too large", (struct bytes){NULL, 0}, NULL);
}

/* An order without lines, where each line is a row: it would be gone, and count as written. */
static void tell_nothing(struct map_writer *writer)
{
    static const char what[] = "the file would say nothing of it";

    write_tell(writer, WRITE_DOCUMENT, NULL, NULL, what, (struct bytes){NULL, 0},
               "something that the map writes");
}

/* What layouts have columns for beside the record's fields. */
static void give_envelope(struct map_writer *writer, const struct canon_record *record)
{
    const struct canon_source *source = &record->source;
    struct unit_writer *units = writer->units;
    struct bytes time = source->created, date = {NULL, 0};
    const struct map_row *row;

    units->partner = record->partner;
    if (writer->map->partners != NULL && record->partner.len > 0) {
        row = map_table_word(writer->map->partners, record->partner);
        if (row != NULL)
            units->partner = row->code;
        else if (writer->map->partners_miss == MAP_MISS_ERROR)
            write_tell(writer, WRITE_NO_CODE, NULL, NULL,
                       arena_format(&writer->scratch, "partner in table %s", writer->map->partners->name),
                       record->partner, NULL);
    }
    bytes_split(&time, 'T', &date);
    units->source[UNIT_INTERCHANGE] = source->interchange;
    units->source[UNIT_GROUP] = source->group;
    units->source[UNIT_SET] = source->set;
    units->source[UNIT_TYPE] = source->type;
    units->source[UNIT_RELEASE] = source->release;
    units->source[UNIT_CREATED_DATE] = date;
    units->source[UNIT_CREATED_TIME] = time;
    units->source[UNIT_TEST] = source->test ? BYTES("test") : (struct bytes){NULL, 0};
}

bool map_writer_document(struct map_writer *writer, struct buffer *out, const struct map_write *write)
{
    const struct unit_format *format = writer->units->format;
    size_t before = out->len;

    writer->write = write;
    writer->serial++;
    writer->root = write->record->body;
    writer->frame = NULL;
    writer->rule = NULL;
    writer->refused = false;
    writer->told = NULL;
    writer->n_told = 0;
    writer->units->out = out;
    arena_reset(&writer->scratch);
    give_envelope(writer, write->record);
    cover_count(writer);
    format->begin_document(writer->units);
    write_nodes(writer, writer->map->nodes, writer->map->n_nodes, writer->root);
    if (writer->rule == NULL && !writer->refused)
        tell_nothing(writer);
    writer->rule = NULL;
    cover_count_left(writer);
    if (out->failed || writer->scratch.failed)
        tell_too_large(writer);
    if (writer->refused)
        format->drop_document(writer->units);
    else if (!format->end_document(writer->units))
        writer->refused = true;
    else if (out->failed)
        tell_too_large(writer);
    if (writer->refused) {
        out->len = before;
        out->failed = false;
    }
    return !writer->refused;
}
