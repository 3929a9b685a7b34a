/*
 * What a fault says to people: made only when somebody listens.
 */
#include <stdio.h>

#include "standard/fault.h"
#include "standard/guide.h"

static const char *lengths(const struct standard_element *element, struct arena *arena)
{
    bool number = element->type == STANDARD_N || element->type == STANDARD_R;
    const char *unit = number ? "digits" : "characters";

    if (element->max == 0)
        return arena_format(arena, "at least %u %s", element->min, unit);
    if (element->min == element->max)
        return arena_format(arena, "%u %s", element->min, unit);
    return arena_format(arena, "%u to %u %s", element->min, element->max, unit);
}

static const char *number(const struct standard_element *element, struct arena *arena)
{
    if (element->type == STANDARD_R)
        return "digits, with a point where there are decimals";
    if (element->decimals == 0)
        return "digits alone";
    return arena_format(arena, "digits alone, the last %u of them decimals", element->decimals);
}

static const char *date(const struct standard_element *element)
{
    if (element->max == 6)
        return "YYMMDD";
    return element->min == 8 ? "CCYYMMDD" : "CCYYMMDD or YYMMDD";
}

/* "03, 04 and 06": the elements whose bits are set. */
static const char *list(uint64_t bits, const char *last, struct arena *arena)
{
    struct buffer made;
    struct bytes copy = {NULL, 0};

    buffer_init(&made, 4096);
    while (bits != 0) {
        buffer_add_format(&made, "%02d", __builtin_ctzll(bits) + 1);
        bits &= bits - 1;
        if (bits != 0)
            buffer_add_string(&made, (bits & (bits - 1)) != 0 ? ", " : last);
    }
    if (!made.failed)
        copy = arena_copy(arena, buffer_view(&made));
    buffer_release(&made);
    return copy.at != NULL ? copy.at : "";
}

static const char *condition(const struct standard_condition *broken, struct arena *arena)
{
    uint64_t rest = broken->fields & ~broken->first;

    switch (broken->kind) {
    case 'P':
        return arena_format(arena, "all or none of %s (%s)", list(broken->fields, " and ", arena),
                            broken->note);
    case 'R':
        return arena_format(arena, "at least one of %s (%s)", list(broken->fields, " and ", arena),
                            broken->note);
    case 'E':
        return arena_format(arena, "at most one of %s (%s)", list(broken->fields, " and ", arena),
                            broken->note);
    case 'C':
        return arena_format(arena, "%s, because %s is there (%s)", list(rest, " and ", arena),
                            list(broken->first, "", arena), broken->note);
    default:
        return arena_format(arena, "%s, because %s is there (%s)", list(rest, " or ", arena),
                            list(broken->first, "", arena), broken->note);
    }
}

static const char *expected(const struct fault *fault, struct arena *arena)
{
    const struct standard_field *field = fault->field;
    const struct standard_element *element = field != NULL ? field->element : NULL;
    char text[256];

    if (fault->condition != NULL)
        return condition(fault->condition, arena);
    switch (fault->complaint) {
    case ELEMENT_TOO_SHORT:
    case ELEMENT_TOO_LONG: return element != NULL ? lengths(element, arena) : NULL;
    case ELEMENT_NUMBER: return element != NULL ? number(element, arena) : NULL;
    case ELEMENT_DATE: return element != NULL ? date(element) : NULL;
    case ELEMENT_TIME: return "HHMM, HHMMSS, or HHMMSS with decimals";
    case ELEMENT_CODE:
        if (element == NULL || element->codes == NULL)
            return NULL;
        return arena_format(arena, "one of %s", dictionary_codes_text(element->codes, text, sizeof(text)));
    case ELEMENT_TOO_MANY:
        return fault->standard != NULL ? arena_format(arena, "at most %u elements", fault->standard->n_fields)
                                       : NULL;
    case COMPONENT_TOO_MANY:
        if (field == NULL || field->composite == NULL)
            return NULL;
        return arena_format(arena, "at most %u components", field->composite->n_fields);
    case REPEAT_TOO_MANY:
        if (field == NULL || field->repeat_max <= 1)
            return "a single value";
        return arena_format(arena, "at most %u repetitions", field->repeat_max);
    default: return NULL;
    }
}

/* A code that was misspelt in a way that is easily seen. */
static const char *code_hint(const struct fault *fault, struct arena *arena)
{
    const struct standard_element *element = fault->field != NULL ? fault->field->element : NULL;
    struct bytes value = bytes_trim(fault->value);
    char code[8];

    if (element == NULL || element->codes == NULL || value.len == 0 || value.len > sizeof(code))
        return NULL;
    for (size_t i = 0; i < value.len; i++)
        code[i] = value.at[i] >= 'a' && value.at[i] <= 'z' ? (char)(value.at[i] - 'a' + 'A') : value.at[i];
    if (!dictionary_has_code(element->codes, code, value.len))
        return NULL;
    return arena_format(arena, "is %.*s meant?", (int)value.len, code);
}

static bool all_digits(const char *text)
{
    return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

/* What the acknowledgment will say, as its segments. */
static const char *answer(const struct fault *fault, enum ack_form form, struct arena *arena)
{
    char kind = form == ACK_999 ? 'I' : 'A';
    const char *segment = fault_segment_code(fault, form), *element = fault_element_code(fault, form), *code;
    struct buffer made;
    struct bytes copy = {NULL, 0};

    buffer_init(&made, 4096);
    if (segment != NULL) {
        buffer_add_format(&made, "%s: %cK3*", form == ACK_999 ? "999" : "997", kind);
        report_quote(&made, fault->segment, 8);
        buffer_add_format(&made, "*%u**%s", fault->ordinal, segment);
        if (element != NULL) {
            const struct standard_element *standard = fault->field != NULL ? fault->field->element : NULL;

            buffer_add_format(&made, ", %cK4*%u", kind, fault->element);
            if (fault->component != 0)
                buffer_add_format(&made, ":%u", fault->component);
            buffer_add_format(&made, "*%s*%s",
                              standard != NULL && all_digits(standard->id) ? standard->id : "", element);
            if (fault->value.len > 0 && fault->complaint != ELEMENT_CHARACTER) {
                buffer_add_byte(&made, '*');
                report_quote(&made, fault->value, 99);
            }
        }
    } else if ((code = fault_set_code(fault, form)) != NULL) {
        buffer_add_format(&made, "%s: %cK502 is %s", form == ACK_999 ? "999" : "997", kind, code);
    } else if ((code = fault_group_code(fault, form)) != NULL) {
        buffer_add_format(&made, "%s: AK905 is %s", form == ACK_999 ? "999" : "997", code);
    } else if ((code = fault_interchange_code(fault)) != NULL) {
        buffer_add_format(&made, "TA1: TA105 is %s", code);
    }
    if (!made.failed && made.len > 0)
        copy = arena_copy(arena, buffer_view(&made));
    buffer_release(&made);
    return copy.at;
}

void fault_finding(const struct fault *fault, const struct fault_context *context, struct arena *arena,
                   struct finding *out)
{
    const struct standard_field *field = fault->field;
    const char *origin = NULL;

    memset(out, 0, sizeof(*out));
    out->complaint = (enum complaint)fault->complaint;
    out->severity = (enum severity)fault->severity;
    out->value = fault->value;
    out->detail = fault->detail;
    out->expected = fault->expected != NULL ? fault->expected : expected(fault, arena);
    out->hint = fault->hint;
    if (fault->more > 0)
        out->detail = arena_format(arena, "%s%s%u more of the same",
                                   fault->detail != NULL ? fault->detail : "",
                                   fault->detail != NULL ? "; " : "", fault->more);
    if (out->hint == NULL && fault->complaint == ELEMENT_CODE)
        out->hint = code_hint(fault, arena);
    if (context->guide != NULL && fault->rule != NULL)
        origin = guide_origin(context->guide, fault->rule, (enum complaint)fault->complaint);
    out->origin = origin != NULL ? origin : context->standard;
    if (context->acknowledged && fault->severity >= SEVERITY_WARN)
        out->consequence = answer(fault, context->form, arena);

    out->place.offset = fault->offset;
    out->place.has_offset = true;
    out->place.line = fault->line;
    out->place.ordinal = fault->ordinal;
    out->place.segment = fault->segment;
    out->place.loop = bytes_of(fault->loop);
    out->place.element = fault->element;
    out->place.component = fault->component;
    out->place.repeat = fault->repeat;
    if (field != NULL && field->element != NULL) {
        out->place.element_id = field->element->id;
        out->place.element_name = field->element->name;
    } else if (field != NULL && field->composite != NULL) {
        out->place.element_id = field->composite->id;
        out->place.element_name = field->composite->name;
    }
}
