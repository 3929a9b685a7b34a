#include "standard/balance.h"

#include "base/digits.h"
#include "standard/types.h"

/* What a segment is to the balances; one can be several things. */
enum {
    ROLE_LINE = 1 << 0,     /* counted by CTT01 */
    ROLE_QUANTITY = 1 << 1, /* has a quantity that is summed */
    ROLE_COUNT = 1 << 2,    /* CTT */
    ROLE_TOTAL = 1 << 3,    /* states the sum of the quantities */
    ROLE_SUM = 1 << 4,      /* TDS */
    ROLE_PRICE = 1 << 5,    /* a line with a price: quantity times price is summed */
    ROLE_CHARGE = 1 << 6,   /* SAC, TXI */
    ROLE_LEVEL = 1 << 7,    /* HL */
};

/* The semantic notes of the sets' CTT (and of W76, W03, W14), as a table. */
struct balance_rule {
    const char *set;
    const char *line;     /* segment that CTT01 counts; NULL: none */
    const char *quantity; /* segment and element that CTT02 or `total` sums; NULL: none */
    uint8_t quantity_element;
    const char *total; /* segment whose first element states the sum; NULL: none */
};

static const struct balance_rule rules[] = {
    {"810", "IT1", "IT1", 2, NULL}, {"830", "LIN", "FST", 1, NULL}, {"832", "LIN", NULL, 0, NULL},
    {"840", "PO1", "PO1", 2, NULL}, {"843", "PO1", "PO1", 2, NULL}, {"846", "LIN", NULL, 0, NULL},
    {"850", "PO1", "PO1", 2, NULL}, {"852", "LIN", NULL, 0, NULL},  {"855", "PO1", "PO1", 2, NULL},
    {"856", "HL", "SN1", 2, NULL},  {"860", "POC", "POC", 3, NULL}, {"861", "RCD", "RCD", 2, NULL},
    {"862", "LIN", "FST", 1, NULL}, {"865", "POC", "POC", 3, NULL}, {"940", NULL, "W01", 1, "W76"},
    {"943", NULL, "W04", 1, "W03"}, {"944", NULL, "W07", 1, "W14"}, {"945", NULL, "W12", 3, "W03"},
};

/* Element 347: the sum is taken of the digits, without point and sign, and cut on the left at its length. */
#define HASH_MODULUS UINT64_C(10000000000)

static bool is(const char *a, const char *b)
{
    return b != NULL && strcmp(a, b) == 0;
}

bool balance_init(struct balance *balance, const struct standard_set *set, struct arena *arena)
{
    uint8_t *roles = arena_zalloc(arena, set->n_positions, 1);
    bool invoice = is(set->id, "810");

    *balance = (struct balance){.set = set, .roles = roles};
    if (roles == NULL)
        return false;
    for (unsigned i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
        if (is(set->id, rules[i].set))
            balance->rule = &rules[i];
    for (unsigned i = 0; i < set->n_positions; i++) {
        const char *id = set->positions[i].segment->id;

        if (is(id, "HL"))
            roles[i] |= ROLE_LEVEL;
        if (balance->rule == NULL)
            continue;
        if (is(id, balance->rule->line))
            roles[i] |= ROLE_LINE;
        if (is(id, balance->rule->quantity))
            roles[i] |= ROLE_QUANTITY;
        if (is(id, balance->rule->total))
            roles[i] |= ROLE_TOTAL;
        if (is(id, "CTT"))
            roles[i] |= ROLE_COUNT;
        if (invoice && is(id, "IT1"))
            roles[i] |= ROLE_PRICE;
        if (invoice && is(id, "TDS"))
            roles[i] |= ROLE_SUM;
        if (invoice && (is(id, "SAC") || is(id, "TXI") || is(id, "ITA")))
            roles[i] |= ROLE_CHARGE;
    }
    return true;
}

void balance_begin(struct balance *balance)
{
    balance->lines = 0;
    balance->whole = balance->hash = balance->cents = 0;
    balance->quantity = balance->amount = balance->charges = balance->line_charges = (struct decimal){0, 0};
    balance->roundings = 0;
    balance->quantity_known = balance->amount_known = true;
    balance->count.position = balance->total.position = balance->sum.position = NULL;
    levels_begin(&balance->levels);
}

static struct bytes at(const struct segment_view *view, unsigned element)
{
    return element <= view->n_elements && element <= 64 ? view->element[element - 1]
                                                        : (struct bytes){NULL, 0};
}

static __attribute__((noinline)) void add_decimal(struct balance *balance, struct bytes value)
{
    struct decimal number;

    if (!decimal_parse(value, &number) || !decimal_add(balance->quantity, number, &balance->quantity)) {
        balance->quantity_known = false;
        return;
    }
    balance->hash += (uint64_t)((number.units < 0 ? -number.units : number.units) % (__int128)HASH_MODULUS);
}

/* Nearly all quantities are small whole numbers: they come back.  (`wide`: as segment_view.) */
enum { NOT_SMALL = 100000000 };

static inline uint64_t add_quantity(struct balance *balance, struct bytes value, bool wide)
{
    uint64_t number;

    if (value.len == 0)
        return NOT_SMALL;
    if (value.len <= 8 &&
        digits_short(wide ? digits_load8(value.at) : bytes_key(value.at, value.len), value.len, &number)) {
        balance->whole += number;
        balance->hash += number;
        return number;
    }
    add_decimal(balance, value);
    return NOT_SMALL;
}

/* How many units a price is for, as a power of ten (element 639); -1: not to be told. */
static int price_basis(struct bytes code)
{
    static const struct {
        char code[3];
        int8_t power;
    } bases[] = {{"HP", 2},  {"LC", 2},  {"QH", 2},  {"RC", 2},  {"TC", 2},  {"WC", 2},
                 {"TP", 3},  {"LM", 3},  {"QS", 3},  {"RM", 3},  {"TM", 3},  {"WM", 3},
                 {"PN", 1},  {"TT", 4},  {"HT", 5},  {"LD", -1}, {"PD", -1}, {"RD", -1},
                 {"TD", -1}, {"WD", -1}, {"PS", -1}, {"TF", -1}, {"HF", -1}, {"NE", -1},
                 {"NS", -1}, {"TB", -1}, {"P1", -1}, {"NQ", -1}, {"NC", -1}};

    for (unsigned i = 0; code.len == 2 && i < sizeof(bases) / sizeof(bases[0]); i++)
        if (memcmp(code.at, bases[i].code, 2) == 0)
            return bases[i].power;
    return 0;
}

static __attribute__((noinline)) void add_amount_slowly(struct balance *balance,
                                                        const struct segment_view *view)
{
    struct decimal quantity, price, product, cents;
    int power = price_basis(at(view, 5));

    if (power < 0 || !decimal_parse(at(view, 2), &quantity) || !decimal_parse(at(view, 4), &price) ||
        price.scale + (unsigned)power > DECIMAL_MAX_SCALE) {
        balance->amount_known = false;
        return;
    }
    price.scale += (unsigned)power;
    if (!decimal_multiply(quantity, price, &product) ||
        !decimal_add(balance->amount, product, &balance->amount) ||
        (product.scale > 2 && !decimal_round(product, 2, &cents))) {
        balance->amount_known = false;
        return;
    }
    if (product.scale > 2 && decimal_compare(product, cents) != 0)
        balance->roundings++;
}

/* Digits with a point among them at most, in eight characters, and no more than two behind it, as hundredths.
 * False: something else. */
static inline bool few_cents(struct bytes text, bool wide, uint64_t *cents)
{
    static const uint8_t scales[3] = {100, 10, 1};
    uint64_t key;
    unsigned behind;

    if (text.len - 1 > 7)
        return false;
    key = wide ? bytes_key_wide(text.at, text.len) : bytes_key(text.at, text.len);
    if (!digits_decimal(key, text.len, cents, &behind) || behind > 2)
        return false;
    *cents *= scales[behind];
    return true;
}

/* Of so many pieces, or NOT_SMALL.  Nearly all prices are in cents, for one. */
static inline void add_amount(struct balance *balance, const struct segment_view *view, uint64_t pieces)
{
    uint64_t cents, sum;

    if (pieces < NOT_SMALL && (view->present & UINT64_C(1) << 4) == 0 &&
        few_cents(at(view, 4), view->wide, &cents) &&
        !__builtin_add_overflow(balance->cents, pieces * cents, &sum))
        balance->cents = sum;
    else
        add_amount_slowly(balance, view);
}

static void add_charge(struct balance *balance, const struct standard_position *position,
                       const struct segment_view *view)
{
    bool in_detail = position->area == 2;
    struct decimal *sum = in_detail ? &balance->line_charges : &balance->charges;
    struct decimal amount;
    struct bytes kind = at(view, 1);

    if (is(position->segment->id, "SAC")) {
        if (!bytes_are(kind, "A") && !bytes_are(kind, "C"))
            return;
        if (at(view, 5).len == 0) {
            if (at(view, 7).len > 0 ||
                at(view, 8).len > 0) /* a percentage or rate, whose amount is not told */
                balance->amount_known = false;
            return;
        }
        if (!decimal_parse(at(view, 5), &amount) || amount.scale != 0) {
            balance->amount_known = false;
            return;
        }
        amount.scale = 2; /* 610 is N2 */
        if (bytes_are(kind, "A"))
            amount.units = -amount.units;
    } else if (is(position->segment->id, "TXI")) {
        if (at(view, 2).len == 0 || bytes_are(at(view, 7), "O")) /* for information */
            return;
        if (!decimal_parse(at(view, 2), &amount)) {
            balance->amount_known = false;
            return;
        }
    } else { /* ITA, of early releases */
        balance->amount_known = false;
        return;
    }
    if (!decimal_add(*sum, amount, sum))
        balance->amount_known = false;
}

static void keep(struct balance_stated *stated, const struct standard_position *position,
                 const struct segment_view *view)
{
    stated->view = *view;
    stated->elements[0] = at(view, 1);
    stated->elements[1] = at(view, 2);
    stated->position = position;
}

/* All but lines and levels. */
static __attribute__((noinline)) void take_rest(struct balance *balance, uint16_t index, unsigned role,
                                                const struct segment_view *view)
{
    const struct standard_position *position = &balance->set->positions[index];

    if (role & ROLE_CHARGE)
        add_charge(balance, position, view);
    if (role & ROLE_COUNT)
        keep(&balance->count, position, view);
    if (role & ROLE_TOTAL)
        keep(&balance->total, position, view);
    if (role & ROLE_SUM)
        keep(&balance->sum, position, view);
}

void balance_take(struct balance *balance, uint16_t index, const struct segment_view *view,
                  struct faults *faults)
{
    const unsigned role = balance->roles[index];
    uint64_t quantity = NOT_SMALL;

    if (role & ROLE_LINE)
        balance->lines++;
    if (role & ROLE_QUANTITY)
        quantity = add_quantity(balance, at(view, balance->rule->quantity_element), view->wide);
    if (role & ROLE_PRICE)
        add_amount(balance, view, quantity);
    if (role & ROLE_LEVEL)
        levels_take(&balance->levels, &balance->set->positions[index], view, faults->arena);
    if (role & ~(unsigned)(ROLE_LINE | ROLE_QUANTITY | ROLE_PRICE | ROLE_LEVEL))
        take_rest(balance, index, role, view);
}

static void tell(struct balance_stated *stated, enum complaint complaint, unsigned element,
                 struct decimal counted, unsigned decimals, struct faults *faults)
{
    char text[DECIMAL_TEXT];
    struct fault *fault;

    stated->view.element = stated->elements;
    if (stated->view.n_elements > 2)
        stated->view.n_elements = 2;
    fault = fault_add_element(faults, complaint, &stated->view, element);
    if (fault == NULL)
        return;
    fault_place(faults, fault, stated->position);
    if (element <= stated->position->segment->n_fields)
        fault->field = &stated->position->segment->fields[element - 1];
    if (decimals > 0 && decimal_round(counted, decimals, &counted))
        counted.scale = 0; /* written with implied decimals */
    decimal_print(counted, text);
    fault->expected = arena_format(faults->arena, "%s", text);
}

/* False when lines are missing or too many: the other totals are wrong, too, then. */
static bool judge_count(struct balance *balance, struct faults *faults)
{
    struct decimal stated, sum;
    uint64_t number;

    if (balance->count.position == NULL)
        return true;
    if (balance->rule->line != NULL && bytes_to_count(balance->count.elements[0], UINT32_MAX, &number) &&
        number != balance->lines) {
        tell(&balance->count, BALANCE_COUNT, 1, decimal_of_count(balance->lines), 0, faults);
        return false;
    }
    if (bytes_to_count(balance->count.elements[1], UINT32_MAX, &number) && number == balance->whole &&
        balance->quantity.units == 0 && balance->quantity_known)
        return true; /* as nearly always */
    if (balance->rule->quantity == NULL || !balance->quantity_known ||
        !decimal_parse(balance->count.elements[1], &stated) ||
        !decimal_add(balance->quantity, decimal_of_count(balance->whole), &sum))
        return true;
    /* Most senders state the plain sum; the standard wants that of the digits. */
    if (decimal_compare(stated, sum) != 0 &&
        decimal_compare(stated, decimal_of_count(balance->hash % HASH_MODULUS)) != 0)
        tell(&balance->count, BALANCE_HASH, 2, sum, 0, faults);
    return true;
}

static void judge_total(struct balance *balance, struct faults *faults)
{
    struct decimal stated, sum;

    if (balance->total.position == NULL || !balance->quantity_known ||
        !decimal_parse(balance->total.elements[0], &stated) ||
        !decimal_add(balance->quantity, decimal_of_count(balance->whole), &sum))
        return;
    if (decimal_compare(stated, sum) != 0)
        tell(&balance->total, BALANCE_QUANTITY, 1, sum, 0, faults);
}

/* Whether two amounts are the same but for the lines' rounding to cents, half a cent each. */
static bool nearly(struct decimal a, struct decimal b, uint32_t roundings)
{
    struct decimal difference, allowed = {5 * (__int128)roundings, 3};

    if (!decimal_subtract(a, b, &difference))
        return false;
    if (difference.units < 0)
        difference.units = -difference.units;
    return decimal_compare(difference, allowed) <= 0;
}

static void judge_sum(struct balance *balance, struct faults *faults)
{
    struct decimal stated, amount, with_charges, with_all;

    if (balance->sum.position == NULL || !balance->amount_known || balance->lines == 0 ||
        !decimal_parse(balance->sum.elements[0], &stated) || stated.scale != 0 ||
        !decimal_add(balance->amount, (struct decimal){balance->cents, 2}, &amount) ||
        !decimal_add(amount, balance->charges, &with_charges) ||
        !decimal_add(with_charges, balance->line_charges, &with_all))
        return;
    stated.scale = 2; /* 610 is N2 */
    /* Charges of a line may be part of its price already. */
    if (!nearly(stated, with_charges, balance->roundings) && !nearly(stated, with_all, balance->roundings))
        tell(&balance->sum, BALANCE_AMOUNT, 1, with_all, 2, faults);
}

void balance_end(struct balance *balance, struct faults *faults)
{
    /* Totals and levels of a set that is wrong anyway could only say the same again. */
    if (faults->counts[SEVERITY_ERROR] > 0)
        return;
    if (judge_count(balance, faults)) {
        judge_total(balance, faults);
        judge_sum(balance, faults);
    }
    levels_judge(&balance->levels, faults);
}
