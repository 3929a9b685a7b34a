/*
 * What a guide's file says of elements: codes, types, lengths, need, conditions.
 */
#include "standard/guide_settings.h"

/* --- codes */

enum { CODES_MAX = 8000 };

static bool add_code(struct guide_reading *reading, struct codes_entry *entries, unsigned *n,
                     const struct yaml_node *node, const struct standard_codes *base)
{
    struct bytes code = node->key.at != NULL ? node->key : node->text;
    const char *meaning = base != NULL ? dictionary_code_meaning(base, code) : NULL;

    if ((node->key.at == NULL && node->kind != YAML_SCALAR) || code.len < 1 || code.len > 8) {
        guide_refuse(reading, node, false, SETTING_VALUE, NULL, "a code has 1 to 8 characters");
        return false;
    }
    if (*n >= CODES_MAX) {
        guide_refuse(reading, node, false, SETTING_RANGE, NULL, "too many codes");
        return false;
    }
    entries[*n].code = code;
    entries[*n].meaning = bytes_of(meaning != NULL ? meaning : "");
    if (node->key.at != NULL && node->kind == YAML_SCALAR && !yaml_is_null(node))
        entries[*n].meaning = node->text;
    (*n)++;
    return true;
}

/* The element's codes as the guide has them: only those of `only`, or the standard's and those of `more`. */
static const struct standard_codes *read_codes(struct guide_reading *reading,
                                               const struct standard_codes *base,
                                               const struct yaml_node *only, const struct yaml_node *more)
{
    const struct yaml_node *lists[] = {only, more};
    struct codes_entry *entries;
    const struct standard_codes *codes;
    unsigned n = 0, room = base != NULL ? base->n_order : 0;

    for (unsigned i = 0; i < 2; i++) {
        if (lists[i] != NULL && lists[i]->kind == YAML_SCALAR)
            guide_refuse(reading, lists[i], false, SETTING_TYPE, NULL,
                         "codes are a list, or a mapping of codes to meanings");
        room += lists[i] != NULL ? lists[i]->n : 0;
    }
    if (reading->codes != NULL && reading->codes_base == base && reading->codes_only == only &&
        reading->codes_more == more)
        return reading->codes;
    entries = arena_alloc(reading->arena, (room + 1u) * sizeof(*entries));
    if (entries == NULL || !reading->good)
        return NULL;
    if (only == NULL && base != NULL) {
        for (unsigned i = 0; i < base->n_order && n < CODES_MAX; i++) {
            const char *meaning;
            char code[9];
            bool taken;

            if (!dictionary_code_at(base, i, code, &meaning, &taken) || !taken)
                continue;
            entries[n].code = arena_copy(reading->arena, bytes_of(code));
            entries[n++].meaning = bytes_of(meaning);
        }
    }
    for (unsigned i = 0; i < 2; i++)
        for (const struct yaml_node *node = lists[i] != NULL ? lists[i]->first : NULL; node != NULL;
             node = node->next)
            if (!add_code(reading, entries, &n, node, base))
                return NULL;
    codes = codes_make(reading->arena, entries, n);
    if (codes == NULL)
        reading->good = false;
    reading->codes = codes;
    reading->codes_base = base;
    reading->codes_only = only;
    reading->codes_more = more;
    return codes;
}

/* --- elements */

static bool parse_type(struct bytes text, struct standard_element *element)
{
    static const struct {
        char name[3];
        uint8_t type;
    } types[] = {{"AN", STANDARD_AN}, {"ID", STANDARD_ID}, {"DT", STANDARD_DT},
                 {"TM", STANDARD_TM}, {"R", STANDARD_R},   {"B", STANDARD_B}};

    if (text.len == 2 && text.at[0] == 'N' && text.at[1] >= '0' && text.at[1] <= '9') {
        element->type = STANDARD_N;
        element->decimals = (uint8_t)(text.at[1] - '0');
        return true;
    }
    for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (bytes_are(text, types[i].name)) {
            element->type = types[i].type;
            return true;
        }
    return false;
}

static bool read_element(struct guide_reading *reading, const struct yaml_node *node,
                         struct guide_element *values)
{
    bool is_word;

    *values = (struct guide_element){
        .need = -1, .min = GUIDE_UNSAID, .max = GUIDE_UNSAID, .repeat = GUIDE_UNSAID};
    if (!guide_word_read(reading, node, &values->need, &is_word))
        return false;
    return is_word || guide_settings_read(reading, node, &guide_element_settings, values);
}

/* Changes what `field` holds; the need is its segment's to change. */
static void change_element(struct guide_reading *reading, const struct yaml_node *node,
                           struct standard_field *field, const struct guide_element *values)
{
    struct standard_element *element;
    bool deep = values->min != GUIDE_UNSAID || values->max != GUIDE_UNSAID || values->codes != NULL ||
                values->more_codes != NULL || values->type != NULL || values->name != NULL;

    if (values->repeat != GUIDE_UNSAID) {
        field->repeat_max = (uint16_t)values->repeat;
        overlay_mark(reading->guide, field, GUIDE_MAX, node, "repeat");
    }
    if (!deep)
        return;
    element = overlay_element(reading->guide, field);
    if (element == NULL) {
        guide_refuse(reading, node, true, SETTING_VALUE, NULL,
                     "a composite has no lengths, codes or type: its components do");
        return;
    }
    if (values->type != NULL) {
        if (!parse_type(bytes_of(values->type), element))
            guide_refuse(reading, yaml_get(node, "type"), false, SETTING_VALUE, NULL,
                         "AN, ID, DT, TM, R, B or N0 to N9");
        overlay_mark(reading->guide, field, GUIDE_TYPE, node, "type");
    }
    if (values->name != NULL)
        element->name = values->name;
    if (values->min != GUIDE_UNSAID) {
        element->min = (uint16_t)values->min;
        overlay_mark(reading->guide, field, GUIDE_LEAST, node, "min");
    }
    if (values->max != GUIDE_UNSAID) {
        element->max = (uint16_t)values->max;
        overlay_mark(reading->guide, field, GUIDE_MOST, node, "max");
    }
    if (element->max != 0 && element->min > element->max)
        guide_refuse(
            reading, node, true, SETTING_RANGE, NULL,
            arena_format(reading->arena, "least length %u, greatest %u", element->min, element->max));
    if (values->codes != NULL || values->more_codes != NULL) {
        element->codes = read_codes(reading, element->codes, values->codes, values->more_codes);
        element->type = STANDARD_ID;
        overlay_mark(reading->guide, field, GUIDE_CODES,
                     values->codes != NULL ? values->codes : values->more_codes, NULL);
    }
}

/* "05" or "05-02". */
static bool parse_number(struct bytes key, unsigned *element, unsigned *component)
{
    struct bytes rest = key, part;
    uint64_t number;

    *component = 0;
    if (!bytes_split(&rest, '-', &part) || !bytes_to_count(part, 64, &number) || number == 0)
        return false;
    *element = (unsigned)number;
    if (rest.at == NULL)
        return true;
    if (!bytes_to_count(rest, 64, &number) || number == 0)
        return false;
    *component = (unsigned)number;
    return true;
}

/* An element of the partner's own, behind those of the standard. */
static struct standard_field *add_element(struct guide_reading *reading, const struct yaml_node *node,
                                          struct overlay_segment *segment, const struct guide_element *values)
{
    struct standard_element *element = arena_zalloc(reading->arena, 1, sizeof(*element));
    struct standard_field *field = overlay_add_field(reading->guide, segment);

    if (element == NULL || field == NULL) {
        reading->good = false;
        return NULL;
    }
    if (values->type == NULL)
        guide_refuse(reading, node, true, SETTING_MISSING, NULL,
                     "an element that the standard does not have needs a type");
    element->id = "";
    element->name = "";
    element->min = 1;
    field->element = element;
    return field;
}

/* Sets a field's need, in itself and in the mask of its segment or composite. */
static void set_need(struct overlay_segment *segment, struct standard_composite *composite,
                     struct standard_field *field, unsigned number, int need)
{
    uint64_t *mask = composite != NULL ? &composite->mandatory : &segment->standard.mandatory;
    uint64_t bit = UINT64_C(1) << (number - 1);

    field->need = (uint8_t)need;
    *mask = need == STANDARD_MANDATORY ? *mask | bit : *mask & ~bit;
}

void guide_elements_read(struct guide_reading *reading, const struct yaml_node *elements,
                         struct overlay_segment *segment)
{
    if (elements->kind != YAML_MAP) {
        guide_refuse(reading, elements, false, SETTING_TYPE, NULL,
                     "a mapping of element numbers, as \"02\": required");
        return;
    }
    for (const struct yaml_node *node = elements->first; node != NULL; node = node->next) {
        struct guide_element values;
        struct standard_composite *composite = NULL;
        struct standard_field *field = NULL;
        unsigned element, component;

        if (!parse_number(node->key, &element, &component)) {
            guide_refuse(reading, node, true, SETTING_VALUE, NULL,
                         "an element is named by two digits, a component as 05-02");
            continue;
        }
        if (!read_element(reading, node, &values))
            continue;
        if (element == segment->standard.n_fields + 1u && component == 0)
            field = add_element(reading, node, segment, &values);
        else
            field = overlay_field(reading->guide, segment, element, component, &composite);
        if (field == NULL) {
            guide_refuse(reading, node, true, GUIDE_PLACE, NULL,
                         arena_format(reading->arena, "%s has %u elements", segment->standard.id,
                                      segment->standard.n_fields));
            continue;
        }
        if (values.need >= 0) {
            set_need(segment, composite, field, component != 0 ? component : element, values.need);
            overlay_mark(reading->guide, field, GUIDE_NEED, node, "need");
        }
        change_element(reading, node, field, &values);
    }
}

/* --- conditions */

/* "P0304": a kind and two or more element numbers of two digits. */
static bool parse_condition(struct bytes note, unsigned n_fields, struct standard_condition *condition)
{
    if (note.len < 5 || note.len >= sizeof(condition->note) || note.len % 2 == 0 ||
        memchr("PRECL", note.at[0], 5) == NULL)
        return false;
    memset(condition, 0, sizeof(*condition));
    condition->kind = note.at[0];
    memcpy(condition->note, note.at, note.len);
    for (size_t i = 1; i < note.len; i += 2) {
        uint64_t number, bit;

        if (!bytes_to_count((struct bytes){note.at + i, 2}, n_fields, &number) || number == 0)
            return false;
        bit = UINT64_C(1) << (number - 1);
        if (i == 1 && (condition->kind == 'C' || condition->kind == 'L'))
            condition->first = bit;
        condition->fields |= bit;
    }
    return true;
}

void guide_conditions_read(struct guide_reading *reading, const struct yaml_node *node,
                           struct overlay_segment *segment, const struct guide_conditions *values)
{
    for (uint32_t i = 0; i < values->drop.n; i++)
        if (!overlay_drop_condition(reading->guide, segment, values->drop.at[i]))
            guide_refuse(reading, yaml_get(node, "drop"), false, GUIDE_PLACE, NULL,
                         arena_format(reading->arena, "%s has no condition %.*s", segment->standard.id,
                                      BYTES_ARG(values->drop.at[i])));
    for (uint32_t i = 0; i < values->add.n; i++) {
        struct standard_condition condition;
        const struct standard_condition *added;

        if (!parse_condition(values->add.at[i], segment->standard.n_fields, &condition)) {
            guide_refuse(reading, yaml_get(node, "add"), false, SETTING_VALUE, NULL,
                         arena_format(reading->arena,
                                      "%.*s; a condition is P, R, E, C or L and elements of %s by two digits",
                                      BYTES_ARG(values->add.at[i]), segment->standard.id));
            continue;
        }
        added = overlay_add_condition(reading->guide, segment, &condition);
        if (added != NULL)
            overlay_mark(reading->guide, added, GUIDE_CONDITION, node, "add");
    }
}

/* --- data elements wherever they stand */

static bool holds(const struct standard_field *field, struct bytes number)
{
    return field->element != NULL && bytes_are(number, field->element->id);
}

static void change_everywhere(struct guide_reading *reading, const struct yaml_node *node,
                              const struct guide_element *values)
{
    unsigned found = 0;

    for (uint16_t i = 0; i < reading->guide->set.n_positions && reading->good; i++) {
        const struct standard_segment *from = reading->guide->positions[i].segment;

        for (unsigned n = 1; n <= from->n_fields; n++) {
            const struct standard_composite *composite = from->fields[n - 1].composite;
            unsigned components = composite != NULL ? composite->n_fields : 0;

            for (unsigned c = 0; c <= components; c++) {
                struct overlay_segment *segment;
                struct standard_composite *fresh;
                struct standard_field *field;

                if (!holds(c == 0 ? &from->fields[n - 1] : &composite->fields[c - 1], node->key))
                    continue;
                segment = overlay_segment(reading->guide, i);
                field = segment != NULL ? overlay_field(reading->guide, segment, n, c, &fresh) : NULL;
                if (field == NULL) {
                    reading->good = false;
                    return;
                }
                change_element(reading, node, field, values);
                found++;
            }
        }
    }
    if (found == 0 && reading->good)
        guide_refuse(
            reading, node, true, GUIDE_PLACE, NULL,
            arena_format(reading->arena, "no segment of the set has element %.*s", BYTES_ARG(node->key)));
}

void guide_everywhere_read(struct guide_reading *reading, const struct yaml_node *elements)
{
    if (elements->kind != YAML_MAP) {
        guide_refuse(reading, elements, false, SETTING_TYPE, NULL, "a mapping of data element numbers");
        return;
    }
    for (const struct yaml_node *node = elements->first; node != NULL; node = node->next) {
        struct guide_element values;

        if (!read_element(reading, node, &values))
            continue;
        if (values.need >= 0)
            guide_refuse(reading, node, true, SETTING_VALUE, NULL,
                         "whether an element is needed is said of its segment");
        else
            change_everywhere(reading, node, &values);
    }
}
