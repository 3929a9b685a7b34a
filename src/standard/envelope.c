#include "standard/envelope.h"

#include "standard/types.h"

enum { ISA_ELEMENTS = 16, GS_ELEMENTS = 8 };

static struct bytes at(const struct segment_view *view, unsigned element)
{
    return element <= view->n_elements ? view->element[element - 1] : (struct bytes){NULL, 0};
}

static bool all_digits(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!types_digit(text.at[i]))
            return false;
    return text.len > 0;
}

static bool is_alphanumeric(char c)
{
    return types_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool all_blank(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] != ' ')
            return false;
    return true;
}

static struct fault *tell(struct faults *faults, enum complaint complaint, const struct segment_view *view,
                          unsigned element, const char *expected)
{
    struct fault *fault = fault_add_element(faults, complaint, view, element);

    if (fault != NULL && expected != NULL)
        fault->expected = expected;
    return fault;
}

/* --- ISA and IEA */

/* What each element of the ISA may hold, as text; NULL: it may not be `value`. */
static bool isa_is_right(unsigned element, struct bytes value, bool repeats)
{
    switch (element) {
    case 1: /* I01 */ return value.len == 2 && value.at[0] == '0' && value.at[1] >= '0' && value.at[1] <= '8';
    case 3: /* I03 */ return bytes_are(value, "00") || bytes_are(value, "01");
    case 2: /* I02, I04: blanks where the qualifier says 00, and seldom looked at */
    case 4: return value.len == 10;
    case 5: /* I05: codes of registries; letters and digits whatever the list has */
    case 7: return value.len == 2 && is_alphanumeric(value.at[0]) && is_alphanumeric(value.at[1]);
    case 6: /* I06, I07 */
    case 8: return value.len == 15 && !all_blank(value);
    case 9: /* I08 */ return value.len == 6 && types_date(value.at, value.len);
    case 10: /* I09 */ return value.len == 4 && types_time(value.at, value.len);
    case 11: /* I10: the standard, U; I65 from 00402: the repetition separator, where many still send U */
        return value.len == 1 && (value.at[0] == 'U' || (repeats && !is_alphanumeric(value.at[0])));
    case 12: /* I11: 00 and the release, as in 00401 */
        return value.len == 5 && all_digits(value) && value.at[0] == '0';
    case 13: /* I12 */ return value.len == 9 && all_digits(value);
    case 14: /* I13: 2 and 3 of later lists ask for acknowledgments of other kinds */
        return value.len == 1 && value.at[0] >= '0' && value.at[0] <= '3';
    case 15: /* I14 */ return value.len == 1 && memchr("PTI", value.at[0], 3) != NULL;
    case 16: /* I15 */ return value.len == 1;
    default: return true;
    }
}

static const char *const isa_expected[ISA_ELEMENTS] = {
    "00 to 08",
    "10 characters",
    "00 or 01",
    "10 characters",
    "a qualifier of two characters",
    "15 characters, padded with blanks",
    "a qualifier of two characters",
    "15 characters, padded with blanks",
    "YYMMDD",
    "HHMM",
    "U, or from 00402 on a repetition separator",
    "a version such as 00401",
    "nine digits",
    "0 or 1",
    "P or T",
    "one character",
};

static bool can_separate(char c)
{
    return !is_alphanumeric(c) && c != ' ' && c != '\0';
}

/* I11 began with 00200 (1987) and has come to 008: other numbers are none, or slips. */
static bool is_version(struct bytes value)
{
    return bytes_compare(value, BYTES("00200")) >= 0 && bytes_compare(value, BYTES("00900")) < 0;
}

void envelope_check_isa(const struct segment_view *isa, char element, char terminator, struct faults *faults)
{
    bool repeats = bytes_compare(at(isa, 12), BYTES("00402")) >= 0;
    char component = at(isa, ISA_ELEMENTS).len == 1 ? at(isa, ISA_ELEMENTS).at[0] : isa->component;
    char repetition = repeats && at(isa, 11).len == 1 && at(isa, 11).at[0] != 'U' ? at(isa, 11).at[0] : '\0';
    struct fault *fault;

    for (unsigned i = 1; i <= ISA_ELEMENTS; i++) {
        struct bytes value = at(isa, i);

        if (isa_is_right(i, value, repeats)) {
            if (i == 12 && !is_version(value))
                tell(faults, ISA_VERSION, isa, i, "a version such as 00401 or 00501");
            continue;
        }
        fault = tell(faults, ISA_ELEMENT, isa, i, isa_expected[i - 1]);
        if (fault != NULL)
            fault->detail = arena_format(faults->arena, "ISA%02u, length %zu", i, value.len);
        if (i == 11)
            repetition = '\0';
    }
    if (isa->n_elements > ISA_ELEMENTS) {
        fault = tell(faults, ISA_ELEMENT, isa, ISA_ELEMENTS + 1, "16 elements");
        if (fault != NULL)
            fault->detail = arena_format(faults->arena, "%u elements", isa->n_elements);
    }
    if (!can_separate(element))
        tell(faults, ISA_SEPARATOR, isa, 0, "an element separator that is no letter, digit or blank");
    if (!can_separate(component) || component == element)
        tell(faults, ISA_SEPARATOR, isa, 16,
             "a component separator that is no letter, digit or blank, used for nothing else");
    else if (repetition != '\0' && (repetition == component || repetition == element ||
                                    repetition == terminator || repetition == ' '))
        tell(faults, ISA_SEPARATOR, isa, 11, "a repetition separator used for nothing else");
    if (!can_separate(terminator) || terminator == component || terminator == element)
        tell(faults, ISA_SEPARATOR, isa, ENVELOPE_TERMINATOR,
             "a terminator that is no letter, digit or blank, used for nothing else");
}

/* Whether both are the same number, whatever zeros lead; when one is no number, the same text. */
static bool same_number(struct bytes a, struct bytes b)
{
    if (!all_digits(a) || !all_digits(b))
        return bytes_equal(a, b);
    for (; a.len > 1 && a.at[0] == '0'; a.at++)
        a.len--;
    for (; b.len > 1 && b.at[0] == '0'; b.at++)
        b.len--;
    return bytes_equal(a, b);
}

static void check_count(const struct segment_view *view, enum complaint complaint, uint32_t counted,
                        struct faults *faults)
{
    uint64_t stated;
    struct fault *fault;

    if (bytes_to_count(at(view, 1), UINT32_MAX, &stated) && stated == counted)
        return;
    fault = tell(faults, complaint, view, 1, NULL);
    if (fault != NULL)
        fault->expected = arena_format(faults->arena, "%u", counted);
}

static void check_control(const struct segment_view *view, enum complaint complaint, struct bytes control,
                          bool as_number, struct faults *faults)
{
    struct bytes stated = at(view, 2);
    struct fault *fault;

    if (as_number ? same_number(stated, control) : bytes_equal(stated, control))
        return;
    fault = tell(faults, complaint, view, 2, NULL);
    if (fault != NULL)
        fault->expected = arena_copy(faults->arena, control).at;
}

void envelope_check_iea(const struct segment_view *iea, struct bytes control, uint32_t groups,
                        struct faults *faults)
{
    check_count(iea, IEA_COUNT, groups, faults);
    check_control(iea, IEA_CONTROL, control, true, faults);
}

/* --- GS and GE */

static bool gs_is_right(unsigned element, struct bytes value)
{
    switch (element) {
    case 2: /* 142, 124 */
    case 3: return value.len >= 2 && value.len <= 15 && !all_blank(value);
    case 4: /* 373; six digits before 004010 */ return types_date(value.at, value.len);
    case 5: /* 337 */ return types_time(value.at, value.len);
    case 6: /* 28 */ return value.len <= 9 && all_digits(value);
    case 7: /* 455 */ return bytes_are(value, "X") || bytes_are(value, "T");
    default: return true;
    }
}

const char *envelope_check_gs(const struct segment_view *gs, struct dictionary *dictionary,
                              struct faults *faults)
{
    static const char *const expected[GS_ELEMENTS + 1] = {
        [2] = "2 to 15 characters", [3] = "2 to 15 characters", [4] = "CCYYMMDD",
        [5] = "HHMM or HHMMSS",     [6] = "1 to 9 digits",      [7] = "X or T",
    };
    struct bytes id = at(gs, 1), version = at(gs, 8);
    const struct standard_element *element;
    const char *release;
    bool exact = true;
    struct fault *fault;

    release = version.len <= 12 ? dictionary_release(dictionary, version, &exact) : NULL;
    element = dictionary_element(dictionary, release != NULL ? release : "004010", BYTES("479"));
    if (id.len != 2 ||
        (element != NULL && element->codes != NULL && !dictionary_has_code(element->codes, id.at, id.len)))
        tell(faults, GROUP_UNKNOWN, gs, 1, "a code such as PO, IN or SH");
    for (unsigned i = 2; i <= 7; i++)
        if (at(gs, i).len == 0 || !gs_is_right(i, at(gs, i)))
            tell(faults, GS_ELEMENT, gs, i, expected[i]);
    if (release == NULL) {
        tell(faults, GROUP_RELEASE, gs, 8, "a release such as 004010");
    } else if (!exact) {
        fault = tell(faults, GROUP_RELEASE_NEAR, gs, 8, NULL);
        if (fault != NULL)
            fault->detail = arena_format(faults->arena, "checked by %s", release);
    }
    return release;
}

void envelope_check_ge(const struct segment_view *ge, struct bytes control, uint32_t sets,
                       struct faults *faults)
{
    check_count(ge, GE_COUNT, sets, faults);
    check_control(ge, GE_CONTROL, control, true, faults);
}

/* --- ST and SE */

void envelope_check_st(const struct segment_view *st, const struct standard_set *set, struct bytes group,
                       struct bytes release, struct faults *faults)
{
    struct bytes id = at(st, 1), control = at(st, 2), convention = at(st, 3);
    struct fault *fault;

    if (id.len != 3)
        tell(faults, ST_ID, st, 1, "a set identifier such as 850");
    else if (set == NULL)
        tell(faults, SET_UNKNOWN, st, 1, NULL);
    else if (set->group[0] != '\0' && group.len > 0 && !bytes_are(group, set->group)) {
        fault = tell(faults, ST_GROUP, st, 1, NULL);
        if (fault != NULL)
            fault->expected = arena_format(faults->arena, "GS01 %s", set->group);
    }
    if (control.len < 4 || control.len > 9 || all_blank(control))
        tell(faults, ST_CONTROL, st, 2, "4 to 9 characters");
    /* ST03 takes precedence over GS08 as to the convention, not as to the release. */
    if (convention.len > 0 &&
        (convention.len > 35 || all_blank(convention) ||
         (convention.len >= 6 && release.len >= 6 && all_digits((struct bytes){convention.at, 6}) &&
          memcmp(convention.at, release.at, 6) != 0))) {
        fault = tell(faults, ST_CONVENTION, st, 3, NULL);
        if (fault != NULL)
            fault->expected = arena_format(faults->arena, "a convention of GS08 %.*s", BYTES_ARG(release));
    }
}

void envelope_check_se(const struct segment_view *se, struct bytes control, struct faults *faults)
{
    check_count(se, SE_COUNT, se->ordinal, faults);
    check_control(se, SE_CONTROL, control, false, faults);
}

/* --- control numbers seen */

void envelope_seen_begin(struct envelope_seen *seen, struct arena *arena)
{
    memset(seen, 0, sizeof(*seen));
    keymap_begin(&seen->others, arena);
}

/* The run that has `value`, or may be prolonged or begun by it (*fresh); NULL: none. */
static struct envelope_run *find_run(struct envelope_seen *seen, uint64_t value, size_t len, bool *fresh)
{
    struct envelope_run *prolonged = NULL, *unused = NULL;

    *fresh = true;
    for (unsigned i = 0; i < ENVELOPE_RUNS; i++) {
        struct envelope_run *run = &seen->runs[i];

        if (run->len == 0)
            unused = unused != NULL ? unused : run;
        if (run->len != len)
            continue;
        if (value >= run->first && value <= run->last) {
            *fresh = false;
            return run;
        }
        if (value == run->last + 1)
            prolonged = run;
    }
    return prolonged != NULL ? prolonged : unused;
}

bool envelope_seen_add(struct envelope_seen *seen, struct bytes number)
{
    struct envelope_run *run = NULL;
    uint64_t value = 0;
    bool fresh = true;

    if (number.len == 0)
        return true;
    if (number.len < 16 && bytes_to_count(number, UINT64_MAX - 1, &value))
        run = find_run(seen, value, number.len, &fresh);
    /* What a run would take may have come before there was room for the run. */
    if (!fresh || keymap_find(&seen->others, number) != NULL)
        return false;
    if (run == NULL) {
        keymap_add(&seen->others, number, 0);
        return true;
    }
    if (run->len == 0)
        *run = (struct envelope_run){value, value, (uint32_t)number.len};
    run->last = value;
    return true;
}
