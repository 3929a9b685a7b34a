#include "standard/check.h"

#include "base/decimal.h"
#include "standard/check_plan.h"
#include "standard/types.h"

static enum check_kind kind_of(const struct standard_element *element)
{
    switch (element->type) {
    case STANDARD_AN: return CHECK_TEXT;
    case STANDARD_ID: return element->codes != NULL && !element->codes->open ? CHECK_CODE : CHECK_TEXT;
    case STANDARD_DT: return CHECK_DATE;
    case STANDARD_TM: return CHECK_TIME;
    case STANDARD_R: return CHECK_REAL;
    case STANDARD_N: return CHECK_INTEGER;
    default: return CHECK_FREE;
    }
}

static bool make_row(struct check_row *row, const struct standard_field *field, struct arena *arena);

static struct check_row *make_rows(const struct standard_field *fields, unsigned n, struct arena *arena)
{
    struct check_row *rows = arena_zalloc(arena, n + 1u, sizeof(*rows));

    for (unsigned i = 0; rows != NULL && i < n; i++)
        if (!make_row(&rows[i], &fields[i], arena))
            return NULL;
    return rows;
}

static bool make_row(struct check_row *row, const struct standard_field *field, struct arena *arena)
{
    if (field->need == STANDARD_UNUSED) {
        row->kind = CHECK_CAREFUL;
    } else if (field->composite != NULL) {
        const struct standard_composite *composite = field->composite;

        row->kind = CHECK_COMPOSITE;
        row->plain = (composite->mandatory & ~UINT64_C(1)) == 0 && composite->n_conditions == 0 &&
                     composite->n_fields > 0;
        row->parts = make_rows(composite->fields, composite->n_fields, arena);
        return row->parts != NULL;
    } else if (field->element == NULL) {
        row->kind = CHECK_FREE;
    } else {
        const struct standard_element *element = field->element;
        uint16_t max = element->max != 0 ? element->max : UINT16_MAX;

        row->kind = kind_of(element);
        row->codes = element->codes;
        row->min = element->min;
        row->span = max > element->min ? (uint16_t)(max - element->min) : 0;
    }
    return true;
}

static bool wants_care(const struct rules *rules)
{
    static const uint16_t policies[] = {POLICY_TRAILING_SEPARATORS, POLICY_LEADING_BLANKS,
                                        POLICY_TRAILING_BLANKS,     POLICY_LEADING_ZEROS,
                                        POLICY_TRAILING_ZEROS,      POLICY_EXTENDED_SET};

    for (unsigned i = 0; i < sizeof(policies) / sizeof(policies[0]); i++)
        if (rules->severity[policies[i]] != SEVERITY_OFF)
            return true;
    return false;
}

static struct check_plan *make_plan(const struct standard_segment *segment, const struct rules *rules,
                                    struct arena *arena)
{
    struct check_plan *plan = arena_zalloc(arena, 1, sizeof(*plan));
    struct check_condition *conditions = arena_zalloc(arena, segment->n_conditions + 1u, sizeof(*conditions));

    if (plan == NULL || conditions == NULL)
        return NULL;
    plan->segment = segment;
    plan->mandatory = segment->mandatory;
    plan->beyond = segment->n_fields < 64 ? ~UINT64_C(0) << segment->n_fields : 0;
    plan->careful = wants_care(rules);
    plan->conditions = conditions;
    plan->rows = make_rows(segment->fields, segment->n_fields, arena);
    if (plan->rows == NULL)
        return NULL;
    for (unsigned i = 0; i < 2; i++) {
        plan->shapes[i].steps = arena_zalloc(arena, segment->n_fields + 1u, sizeof(*plan->shapes[i].steps));
        if (plan->shapes[i].steps == NULL)
            return NULL;
    }
    for (unsigned i = 0; i < segment->n_conditions; i++) {
        const struct standard_condition *condition = &segment->conditions[i];
        uint64_t low = condition->fields & -condition->fields;

        if (condition->kind == 'P' && condition->fields == (low | low << 1) && !(plan->pairs & low))
            plan->pairs |= low;
        else
            conditions[plan->n_conditions++] = (struct check_condition){
                condition->kind,
                condition->fields &
                    ~(condition->kind == 'C' || condition->kind == 'L' ? condition->first : 0),
                condition->first};
    }
    return plan;
}

bool check_init(struct check *check, const struct standard_set *set, const struct rules *rules,
                struct arena *arena)
{
    *check = (struct check){.set = set, .rules = rules, .arena = arena};
    check->plans = arena_zalloc(arena, set->n_positions, sizeof(check->plans[0]));
    return check->plans != NULL;
}

/* The plan for a position, made when it is first wanted; positions that share a segment share its plan. */
static struct check_plan *find_plan(struct check *check, uint16_t position)
{
    const struct standard_segment *segment = check->set->positions[position].segment;

    for (uint16_t i = 0; i < check->set->n_positions; i++)
        if (check->plans[i] != NULL && check->plans[i]->segment == segment)
            return check->plans[position] = check->plans[i];
    return check->plans[position] = make_plan(segment, check->rules, check->arena);
}

static inline bool is_long_enough(const struct check_step *step, size_t len)
{
    return len - step->min <= step->span;
}

/* A day that every month has, in a year that has one: most dates. */
static inline bool is_common_date(const char *at)
{
    uint64_t word = digits_load8(at), pairs = digits_pairs(word);

    return digits_others(word) == 0 && (pairs >> 32 & 0xff) - 1 < 12 && (pairs >> 48) - 1 < 28 &&
           (pairs & 0xffffffff) != 0;
}

/* bytes_key of a value; 0 when it is longer than 8 bytes. */
static inline uint64_t key_of(struct bytes value, bool wide)
{
    if (value.len > 8)
        return 0;
    return wide ? bytes_key_wide(value.at, value.len) : bytes_key(value.at, value.len);
}

/* (No NUL, for that is an odd byte.) */
static inline bool is_code(struct check_step *step, uint64_t key)
{
    if (key == step->known[0] || key == step->known[1])
        return true;
    if (key == 0 || !dictionary_has_key(step->codes, key))
        return false;
    step->known[1] = step->known[0];
    step->known[0] = key;
    return true;
}

/* What can be told of a value at once.  WELL: nothing is wrong with it; PROVEN: as segment_view.proven,
 * too. */
enum verdict { DOUBTFUL = 0, WELL, PROVEN };

static __attribute__((noinline)) enum verdict judge_slowly(const struct check_step *step, struct bytes value)
{
    size_t digits;

    if (step->kind == CHECK_REAL)
        return types_real(value.at, value.len, &digits) && is_long_enough(step, digits) ? WELL : DOUBTFUL;
    if (step->kind == CHECK_INTEGER)
        return types_integer(value.at, value.len, &digits) && is_long_enough(step, digits) ? WELL : DOUBTFUL;
    if (!is_long_enough(step, value.len))
        return DOUBTFUL;
    if (step->kind == CHECK_TIME)
        return types_time(value.at, value.len) ? WELL : DOUBTFUL;
    return types_date(value.at, value.len) ? WELL : DOUBTFUL;
}

static inline enum verdict judge(const struct check_step *step, struct bytes value, bool wide)
{
    size_t digits;

    if (step->kind == CHECK_REAL && value.len <= 8 &&
        decimal_is_short(key_of(value, wide), value.len, &digits))
        return is_long_enough(step, digits) ? PROVEN : DOUBTFUL;
    if (step->kind == CHECK_DATE && value.len == 8 && is_long_enough(step, 8) && is_common_date(value.at))
        return PROVEN;
    return judge_slowly(step, value);
}

static inline bool is_broken(const struct check_condition *condition, uint64_t present)
{
    uint64_t there = present & condition->fields;

    switch (condition->kind) {
    case 'P': return there != 0 && there != condition->fields;
    case 'R': return there == 0;
    case 'E': return (there & (there - 1)) != 0;
    case 'C': return (present & condition->first) != 0 && there != condition->fields;
    case 'L': return (present & condition->first) != 0 && there == 0;
    default: return false;
    }
}

/* Whether the elements that are there may be there, together. */
static bool may_stand(const struct check_plan *plan, uint64_t present)
{
    if ((plan->mandatory & ~present) | (present & plan->beyond) | ((present ^ present >> 1) & plan->pairs))
        return false;
    for (unsigned i = 0; i < plan->n_conditions; i++)
        if (is_broken(&plan->conditions[i], present))
            return false;
    return true;
}

/* The steps of one group: of texts (0), of codes (1), of the rest (2). */
static unsigned group_of(const struct check_row *row)
{
    return row->kind == CHECK_TEXT ? 0 : row->kind == CHECK_CODE ? 1 : 2;
}

/* The shape of these elements, none of them compound.  NULL: some of them want care. */
static struct check_shape *learn(struct check_plan *plan, uint64_t present)
{
    struct check_shape *shape = &plan->shapes[plan->older];
    struct check_step *ends[3];
    struct check_step *step = shape->steps;

    plan->older ^= 1;
    shape->passed = 0;
    if (!may_stand(plan, present))
        return NULL;
    for (unsigned group = 0; group < 3; group++) {
        for (uint64_t bits = present; bits != 0; bits &= bits - 1) {
            const unsigned n = (unsigned)__builtin_ctzll(bits);
            const struct check_row *row = &plan->rows[n];

            if (row->kind == CHECK_COMPOSITE && row->plain)
                row = row->parts;
            if (row->kind == CHECK_CAREFUL || row->kind == CHECK_COMPOSITE)
                return NULL;
            if (row->kind != CHECK_FREE && group_of(row) == group)
                *step++ = (struct check_step){.codes = row->codes,
                                              .known = {CHECK_NO_CODE, CHECK_NO_CODE},
                                              .min = row->min,
                                              .span = row->span,
                                              .kind = row->kind,
                                              .element = (uint8_t)n};
        }
        ends[group] = step;
    }
    shape->texts = ends[0];
    shape->codes = ends[1];
    shape->end = ends[2];
    shape->passed = present;
    return shape;
}

/* The shape of a plain segment, or NULL. */
static inline struct check_shape *find_shape(struct check_plan *plan, uint64_t present)
{
    if (present == 0)
        return NULL;
    if (plan->shapes[0].passed == present)
        return &plan->shapes[0];
    return plan->shapes[1].passed == present ? &plan->shapes[1] : NULL;
}

static inline bool is_text(const struct check_step *step, struct bytes value)
{
    return is_long_enough(step, value.len) && value.at[0] != ' ';
}

/* What is no text: from `step` on, which is a code's or a number's.  Sets view->proven. */
static inline bool are_others(const struct check_shape *shape, struct check_step *step,
                              struct segment_view *view)
{
    const bool wide = view->wide;
    uint64_t proven = 0;
    bool doubtful = false;

    for (; step < shape->codes; step++)
        doubtful |= !is_code(step, key_of(view->element[step->element], wide));
    for (; step < shape->end; step++) {
        enum verdict verdict = judge(step, view->element[step->element], wide);

        doubtful |= verdict == DOUBTFUL;
        proven |= (uint64_t)(verdict == PROVEN) << step->element;
    }
    view->proven = proven;
    return !doubtful;
}

/* A segment of which the quick look could not tell that it is well. */
static __attribute__((noinline)) bool check_again(struct check *check, uint16_t position,
                                                  struct segment_view *view, struct faults *faults)
{
    struct check_plan *plan = check->plans[position];
    struct check_shape *shape = NULL;

    if (plan == NULL) {
        plan = find_plan(check, position);
        if (plan == NULL)
            return true; /* the arena failed, and its owner will see it */
    }
    if (view->plain && view->present != 0 && !plan->careful) {
        shape = find_shape(plan, view->present);
        if (shape == NULL)
            shape = learn(plan, view->present);
    }
    if (shape != NULL) {
        bool well = true;

        for (const struct check_step *step = shape->steps; step < shape->texts; step++)
            well = well && is_text(step, view->element[step->element]);
        if (are_others(shape, shape->texts, view) && well)
            return true;
    }
    return check_carefully(plan, &check->set->positions[position], view, faults);
}

/* One that is well up to `step`. */
static __attribute__((noinline)) bool check_rest(struct check *check, uint16_t position,
                                                 struct segment_view *view, struct faults *faults,
                                                 const struct check_shape *shape, struct check_step *step)
{
    return are_others(shape, step, view) ||
           check_carefully(check->plans[position], &check->set->positions[position], view, faults);
}

/* (It calls nothing but at its end, and so has no registers to save: most segments ask no more of it.) */
bool check_segment(struct check *check, uint16_t position, struct segment_view *view, struct faults *faults)
{
    struct check_plan *plan = check->plans[position];
    struct check_shape *shape;
    struct check_step *step;

    view->proven = 0;
    if (plan == NULL || !view->plain || !view->wide)
        return check_again(check, position, view, faults);
    shape = find_shape(plan, view->present);
    if (shape == NULL)
        return check_again(check, position, view, faults);
    for (step = shape->steps; step < shape->texts; step++)
        if (!is_text(step, view->element[step->element]))
            return check_again(check, position, view, faults);
    for (; step < shape->codes; step++) {
        const uint64_t key = key_of(view->element[step->element], true);

        if (key != step->known[0] && key != step->known[1])
            return check_rest(check, position, view, faults, shape, step);
    }
    return step == shape->end || check_rest(check, position, view, faults, shape, step);
}

bool check_loose(const struct standard_segment *segment, const struct segment_view *view,
                 struct faults *faults)
{
    struct check_plan *plan = make_plan(segment, faults->rules, faults->arena);

    return plan == NULL || check_carefully(plan, NULL, view, faults);
}
