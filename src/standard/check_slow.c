/*
 * The second, careful pass of the checks: what exactly is wrong with a segment.
 */
#include "standard/check_plan.h"
#include "standard/types.h"

/* The element (or component, or repetition) under examination. */
struct part {
    const struct check_plan *plan;
    const struct standard_position *position;
    const struct segment_view *view;
    struct faults *faults;
    unsigned element, component, repeat;
    bool clean; /* so far */
};

static bool is_on(const struct faults *faults, enum complaint complaint)
{
    return rules_of(faults->rules, complaint) != SEVERITY_OFF;
}

/* A fault of the part; NULL when there is nothing to fill in. */
static struct fault *tell(struct part *part, enum complaint complaint, const struct standard_field *field,
                          struct bytes value)
{
    struct fault *fault;

    if (!is_on(part->faults, complaint))
        return NULL;
    part->clean = false;
    fault = fault_add(part->faults, complaint, part->view);
    if (fault == NULL)
        return NULL;
    fault->element = (uint8_t)part->element;
    fault->component = (uint8_t)part->component;
    fault->repeat = (uint16_t)part->repeat;
    fault->standard = part->plan->segment;
    fault->field = field;
    if (value.len > 0)
        fault->value = value;
    if (part->position != NULL)
        fault_place(part->faults, fault, part->position);
    fault_blame(part->faults, fault, field);
    return fault;
}

/* Too short or too long; false when the length is right. */
static bool tell_length(struct part *part, const struct standard_field *field, struct bytes value, size_t len)
{
    const struct standard_element *element = field->element;
    struct fault *fault;

    if (len < element->min)
        fault = tell(part, ELEMENT_TOO_SHORT, field, value);
    else if (element->max != 0 && len > element->max)
        fault = tell(part, ELEMENT_TOO_LONG, field, value);
    else
        return false;
    if (fault != NULL)
        fault->detail = arena_format(part->faults->arena, "length %zu", len);
    return true;
}

static size_t characters(const struct part *part, struct bytes value)
{
    return part->view->utf8 ? types_characters(value.at, value.len) : value.len;
}

static void check_text(struct part *part, const struct standard_field *field, struct bytes value)
{
    size_t blanks = 0, len = characters(part, value);

    while (blanks < value.len && value.at[blanks] == ' ')
        blanks++;
    if (blanks == value.len) {
        tell(part, ELEMENT_BLANK, field, value);
        return;
    }
    if (tell_length(part, field, value, len))
        return;
    if (blanks > 0 && tell(part, POLICY_LEADING_BLANKS, field, value) != NULL)
        return;
    if (value.at[value.len - 1] == ' ' && len > field->element->min)
        tell(part, POLICY_TRAILING_BLANKS, field, value);
}

static void check_code(struct part *part, const struct standard_field *field, struct bytes value)
{
    if (dictionary_has_code(field->element->codes, value.at, value.len))
        return;
    if (!tell_length(part, field, value, characters(part, value)))
        tell(part, ELEMENT_CODE, field, value);
}

static void check_number(struct part *part, const struct standard_field *field, struct bytes value)
{
    const struct standard_element *element = field->element;
    bool real = element->type == STANDARD_R;
    size_t digits, first;
    struct bytes number = value;

    while (number.len > 0 && number.at[0] == ' ')
        number = (struct bytes){number.at + 1, number.len - 1};
    while (number.len > 0 && number.at[number.len - 1] == ' ')
        number.len--;
    if (number.len == 0) {
        tell(part, ELEMENT_BLANK, field, value);
        return;
    }
    if (!(real ? types_real(number.at, number.len, &digits)
               : types_integer(number.at, number.len, &digits))) {
        tell(part, ELEMENT_NUMBER, field, value);
        return;
    }
    if (tell_length(part, field, value, digits))
        return;
    if (number.len < value.len && tell(part, POLICY_BLANKS_IN_NUMBER, field, value) != NULL)
        return;
    first = number.at[0] == '-';
    if (digits > element->min && number.len > first + 1 && number.at[first] == '0' &&
        types_digit(number.at[first + 1]) && tell(part, POLICY_LEADING_ZEROS, field, value) != NULL)
        return;
    if (real && memchr(number.at, '.', number.len) != NULL && memchr(number.at, 'E', number.len) == NULL &&
        (number.at[number.len - 1] == '.' || (number.at[number.len - 1] == '0' && digits > element->min)))
        tell(part, POLICY_TRAILING_ZEROS, field, value);
}

/* One value of an element that has no components. */
static void check_value(struct part *part, const struct standard_field *field, struct bytes value)
{
    if (field->need == STANDARD_UNUSED) {
        tell(part, ELEMENT_UNUSED, field, value);
        return;
    }
    if (field->element == NULL || field->element->type == 0 || field->element->type == STANDARD_B)
        return;
    if (part->view->odd && types_control(value.at, value.len) < value.len) {
        struct fault *fault = tell(part, ELEMENT_CHARACTER, field, value);

        if (fault != NULL)
            fault->detail = arena_format(part->faults->arena, "byte 0x%02x",
                                         (unsigned char)value.at[types_control(value.at, value.len)]);
        return;
    }
    switch (field->element->type) {
    case STANDARD_R:
    case STANDARD_N: check_number(part, field, value); return;
    case STANDARD_DT:
        if (!tell_length(part, field, value, value.len) && !types_date(value.at, value.len))
            tell(part, ELEMENT_DATE, field, value);
        return;
    case STANDARD_TM:
        if (!tell_length(part, field, value, value.len) && !types_time(value.at, value.len))
            tell(part, ELEMENT_TIME, field, value);
        return;
    case STANDARD_ID:
        if (field->element->codes != NULL && !field->element->codes->open) {
            check_code(part, field, value);
            return;
        }
        break;
    default: break;
    }
    check_text(part, field, value);
    if (!part->clean)
        return;
    if (is_on(part->faults, POLICY_NOT_ASCII) && types_beyond_ascii(value.at, value.len) < value.len)
        tell(part, POLICY_NOT_ASCII, field, value);
    else if (is_on(part->faults, POLICY_EXTENDED_SET) && types_beyond_basic(value.at, value.len) < value.len)
        tell(part, POLICY_EXTENDED_SET, field, value);
}

static enum complaint complaint_of(char kind)
{
    switch (kind) {
    case 'P': return CONDITION_PAIRED;
    case 'R': return CONDITION_REQUIRED;
    case 'E': return CONDITION_EXCLUSION;
    case 'C': return CONDITION_CONDITIONAL;
    default: return CONDITION_LIST;
    }
}

static unsigned lowest(uint64_t bits)
{
    return (unsigned)__builtin_ctzll(bits) + 1;
}

/* The relational conditions of a segment or composite.  `reported` are the bits of what is known to be
 * missing: no condition needs to say so again.  *at is the element or component number to set. */
static void check_conditions(struct part *part, const struct standard_condition *conditions, unsigned n,
                             const struct standard_field *fields, unsigned n_fields, uint64_t present,
                             uint64_t reported, unsigned *at)
{
    /* First those that name the very element (P, C, E), then those that leave a choice (R, L): one that the
     * first kind reports missing need not be reported by the second. */
    for (unsigned k = 0; k < 2 * n; k++) {
        const struct standard_condition *condition = &conditions[k % n];
        uint64_t all = condition->fields | condition->first, rest = all & ~condition->first;
        uint64_t there = present & all, culprit = 0, other = 0;
        struct fault *fault;

        if ((condition->kind == 'R' || condition->kind == 'L') != (k >= n))
            continue;
        switch (condition->kind) {
        case 'P':
            if (there != 0 && there != all) {
                culprit = all & ~present;
                other = there;
            }
            break;
        case 'R':
            if (there == 0)
                culprit = all;
            break;
        case 'E':
            if ((there & (there - 1)) != 0) {
                culprit = there & (there - 1);
                other = there;
            }
            break;
        case 'C':
            if ((present & condition->first) && (present & rest) != rest) {
                culprit = rest & ~present;
                other = condition->first;
            }
            break;
        case 'L':
            if ((present & condition->first) && (present & rest) == 0) {
                culprit = rest;
                other = condition->first;
            }
            break;
        default: break;
        }
        if (culprit == 0 || (condition->kind != 'E' && (culprit & reported)))
            continue;
        *at = lowest(culprit);
        if (*at > n_fields)
            continue;
        fault = tell(part, complaint_of(condition->kind), &fields[*at - 1], (struct bytes){NULL, 0});
        if (fault != NULL) {
            fault->condition = condition;
            fault_blame(part->faults, fault, condition);
            fault->other = other != 0 ? (uint8_t)lowest(other) : 0;
            if (condition->kind == 'E' && part->component == 0 && *at <= part->view->n_elements)
                fault->value = part->view->element[*at - 1];
        }
        if (condition->kind != 'E')
            reported |= culprit & -culprit;
    }
}

/* As bytes_split, also when the interchange has no component separator. */
static bool next_component(char separator, struct bytes *rest, struct bytes *component)
{
    if (separator != '\0')
        return bytes_split(rest, separator, component);
    *component = *rest;
    *rest = (struct bytes){NULL, 0};
    return component->at != NULL;
}

/* One repetition of a composite. */
static void check_composite(struct part *part, const struct standard_field *field, struct bytes value)
{
    const struct standard_composite *composite = field->composite;
    struct bytes rest = value, component;
    uint64_t present = 0, reported = 0;
    unsigned n = 0, filled = 0;

    if (field->need == STANDARD_UNUSED) {
        tell(part, ELEMENT_UNUSED, field, value);
        return;
    }
    while (next_component(part->view->component, &rest, &component)) {
        n++;
        if (component.len == 0)
            continue;
        filled = n;
        part->component = n;
        if (n > composite->n_fields) {
            tell(part, COMPONENT_TOO_MANY, field, component);
            break;
        }
        if (n <= 64)
            present |= UINT64_C(1) << (n - 1);
        check_value(part, &composite->fields[n - 1], component);
    }
    for (unsigned i = 1; i <= composite->n_fields && i <= 64; i++)
        if (composite->fields[i - 1].need == STANDARD_MANDATORY && !(present >> (i - 1) & 1)) {
            part->component = i;
            tell(part, ELEMENT_MISSING, &composite->fields[i - 1], (struct bytes){NULL, 0});
            reported |= UINT64_C(1) << (i - 1);
        }
    check_conditions(part, composite->conditions, composite->n_conditions, composite->fields,
                     composite->n_fields, present, reported, &part->component);
    part->component = 0;
    if (n > filled && filled > 0)
        tell(part, POLICY_TRAILING_SEPARATORS, field, value);
}

/* An element with all its repetitions. */
static void check_element(struct part *part, const struct standard_field *field, struct bytes value)
{
    bool compound = part->element <= 64 && (part->view->compound >> (part->element - 1) & 1);
    char repetition = compound ? part->view->repetition : '\0';
    struct bytes rest = value, one = value;
    unsigned most = field->repeat_max > 1 ? field->repeat_max : 1;

    if (repetition != '\0' && memchr(value.at, repetition, value.len) == NULL)
        repetition = '\0';
    if (repetition != '\0' && most == 1 && is_on(part->faults, REPEAT_TOO_MANY)) {
        tell(part, REPEAT_TOO_MANY, field, value);
        return;
    }
    if (most == 1)
        repetition = '\0';
    if (compound && repetition == '\0' && field->composite == NULL && part->view->component != '\0' &&
        memchr(value.at, part->view->component, value.len) != NULL &&
        tell(part, SEPARATOR_IN_ELEMENT, field, value) != NULL)
        return;
    while (repetition == '\0' || bytes_split(&rest, repetition, &one)) {
        if (repetition != '\0')
            part->repeat++;
        if (part->repeat > most) {
            tell(part, REPEAT_TOO_MANY, field, one);
            break;
        }
        if (one.len == 0)
            ;
        else if (field->composite != NULL)
            check_composite(part, field, one);
        else
            check_value(part, field, one);
        if (repetition == '\0')
            break;
    }
    part->repeat = 0;
}

bool check_carefully(const struct check_plan *plan, const struct standard_position *position,
                     const struct segment_view *view, struct faults *faults)
{
    const struct standard_segment *segment = plan->segment;
    struct part part = {.plan = plan, .position = position, .view = view, .faults = faults, .clean = true};
    uint64_t reported = 0;
    bool clean = true;
    unsigned last = view->present != 0 ? 64 - (unsigned)__builtin_clzll(view->present) : 0;

    if (segment->n_fields == 0 && view->present == 0)
        return true;
    if (view->present == 0) {
        tell(&part, SEGMENT_EMPTY, NULL, (struct bytes){NULL, 0});
        return part.clean;
    }
    for (unsigned n = 1; n <= segment->n_fields && n <= 64; n++) {
        const struct standard_field *field = &segment->fields[n - 1];
        uint64_t bit = UINT64_C(1) << (n - 1);

        part.element = n;
        part.component = 0;
        part.clean = true;
        if (view->present & bit) {
            check_element(&part, field, view->element[n - 1]);
        } else if (plan->mandatory & bit) {
            tell(&part, ELEMENT_MISSING, field, (struct bytes){NULL, 0});
            reported |= bit;
        }
        clean &= part.clean;
    }
    part.clean = true;
    part.component = 0;
    if (view->present & plan->beyond) {
        part.element = lowest(view->present & plan->beyond);
        tell(&part, ELEMENT_TOO_MANY, NULL, view->element[part.element - 1]);
    } else if (view->n_elements > 64) {
        part.element = 65;
        tell(&part, ELEMENT_TOO_MANY, NULL, (struct bytes){NULL, 0});
    } else if (view->n_elements > last) {
        part.element = 0;
        tell(&part, POLICY_TRAILING_SEPARATORS, NULL, (struct bytes){NULL, 0});
    }
    clean &= part.clean;
    part.clean = true;
    check_conditions(&part, segment->conditions, segment->n_conditions, segment->fields, segment->n_fields,
                     view->present, reported, &part.element);
    return clean && part.clean;
}
