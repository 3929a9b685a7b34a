/*
 * Clean sets, broken in one place each in every way the checks know of: one finding each, with the right code
 * in the 997.  The mutations are generated from the sets and their definitions.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "standard_fixture.h"

/* Each with optional segments, loops that repeat, and loops in loops; no totals, which balance.c breaks. */
static const struct {
    const char *id, *text;
} sets[] = {
    {"850",
     "ST*850*0001~BEG*00*SA*4500012345**20241120~CUR*BY*USD~REF*DP*042~REF*IA*77~PER*BD*JANE*TE*5550100~"
     "FOB*CC~ITD*01*3*2**30**31~DTM*002*20241215~TD5*O*2*UPSN*M*GROUND~N9*ZZ*NOTE~MSG*HANDLE WITH CARE~"
     "N1*ST*DC 6021*92*6021~N3*1 MAIN ST~N4*DALLAS*TX*75201*US~N1*BT*ACCOUNTS*92*01~N4*DALLAS*TX*75201~"
     "PO1*1*24*EA*12.5**UP*000123456789*VN*CT-1001~PID*F****BLUE WIDGET~PO4*12*1*EA~REF*LI*1~"
     "DTM*010*20241201~SCH*12*EA***002*20241215~N1*ST*STORE*92*17~PO1*2*10*CA*3~PID*F****RED WIDGET~"
     "AMT*1*30~CTT*2~SE*29*0001~"},
    {"855",
     "ST*855*0001~BAK*00*AC*4500012345*20241120~REF*VN*1~DTM*002*20241215~N1*ST*DC*92*6021~N3*1 MAIN ST~"
     "N4*DALLAS*TX*75201~PO1*1*24*EA*12.5**UP*000123456789~PID*F****BLUE~ACK*IA*24*EA*067*20241210~"
     "PO1*2*10*CA*3~ACK*IQ*8*CA*067*20241210~ACK*IB*2*CA*067*20241220~CTT*2~SE*15*0001~"},
    {"856",
     "ST*856*0001~BSN*00*S1001*20241120*1253~DTM*011*20241120~HL*1**S~TD1*CTN25*2****G*50*LB~"
     "TD5*O*2*UPSN*M*GROUND~REF*BM*77~N1*SF*PLANT*92*01~N3*1 ROAD~N4*AUSTIN*TX*78701~N1*ST*DC*92*6021~"
     "HL*2*1*O~PRF*4500012345~HL*3*2*P~MAN*GM*00012345678901234567~HL*4*3*I~LIN**UP*000123456789~SN1**12*EA~"
     "PID*F****BLUE~HL*5*3*I~LIN**UP*000123456790~SN1**5*EA~CTT*5~SE*24*0001~"},
    {"810",
     "ST*810*0001~BIG*20241120*INV1001*20241101*4500012345~NTE*GEN*THANKS~CUR*SE*USD~REF*VN*1~"
     "N1*RI*US*92*01~N3*1 ROAD~N4*AUSTIN*TX*78701~ITD*01*3*2**30**31~DTM*011*20241119~FOB*CC~"
     "IT1*1*24*EA*12.5**UP*000123456789~PID*F****BLUE~IT1*2*10*CA*3~PID*F****RED~TDS*33000~CAD*M***UPSN~"
     "SAC*N*D240~CTT*2~SE*20*0001~"},
    {"940",
     "ST*940*0001~W05*N*4500012345~N1*ST*DC*92*6021~N3*1 MAIN ST~N4*DALLAS*TX*75201~N1*DE*US*92*01~N9*CO*1~"
     "G62*10*20241120~NTE*WHI*FRAGILE~W66*PP*M~LX*1~W01*24*EA**VN*CT-1001~G69*BLUE WIDGET~LX*2~"
     "W01*10*CA**VN*CT-1002~W76*34~SE*17*0001~"},
    {"945",
     "ST*945*0001~W06*F*4500012345*20241120*S1001~N1*ST*DC*92*6021~N3*1 MAIN ST~N4*DALLAS*TX*75201~N9*CO*1~"
     "G62*11*20241120~W27*M*UPSN~LX*1~MAN*GM*00012345678901234567~W12*CC*24*24*0*EA**VN*CT-1001~"
     "G69*BLUE WIDGET~LX*2~W12*CC*10*10*0*CA**VN*CT-1002~W03*34~SE*16*0001~"},
    {"997",
     "ST*997*0001~AK1*PO*101~AK2*850*0001~AK5*A~AK2*850*0002~AK3*PO1*14**8~AK4*3*355*7*CS~AK3*CTT*20**3~"
     "AK5*R*5~AK9*P*2*2*1~SE*11*0001~"},
};

static struct dictionary *dictionary;
static struct fixture_checks checks;
static struct buffer text;
static unsigned mutations;

/* The set under test, cut into segments, and where the clean ones stand. */
static struct {
    const char *id;
    struct bytes segments[64];
    uint16_t places[64];
    unsigned n;
} clean;

static int setup(void **state)
{
    (void)state;
    dictionary = fixture_dictionary();
    buffer_init(&text, 1 << 16);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    print_message("# %u mutations\n", mutations);
    buffer_release(&text);
    dictionary_close(dictionary);
    return 0;
}

static void open_set(unsigned n)
{
    struct bytes rest = bytes_of(sets[n].text), part;
    const char *found;

    clean.id = sets[n].id;
    clean.n = 0;
    fixture_checks_init(&checks, dictionary, "004010", sets[n].id);
    found = fixture_checks_run(&checks, rest.at, rest.len);
    if (*found != '\0')
        fail_msg("%s is not clean: %s", sets[n].id, found);
    faults_begin(&checks.faults, &checks.walk, NULL);
    walk_begin(&checks.walk);
    while (bytes_split(&rest, '~', &part) && part.len > 0) {
        clean.segments[clean.n] = part;
        fixture_view_make(&checks.view, part.at, part.len, clean.n + 1);
        clean.places[clean.n] = clean.n > 0 ? walk_step(&checks.walk, &checks.view.view, &checks.faults) : 0;
        clean.n++;
    }
}

static void close_set(void)
{
    fixture_checks_release(&checks);
}

static const struct standard_position *place_of(unsigned segment)
{
    return &checks.walk.set->positions[clean.places[segment]];
}

static void add_segment(struct bytes segment)
{
    buffer_add_bytes(&text, segment);
    buffer_add_byte(&text, '~');
}

/* Runs `text`; fails unless it has exactly one fault, with this code in AK304 or AK403. */
static const struct fault *one_fault(const char *what, struct bytes where, const char *ak304,
                                     const char *ak403)
{
    const char *found = fixture_checks_run(&checks, text.at, text.len);
    const struct fault *fault = checks.faults.first;
    const char *code;

    mutations++;
    assert_false(text.failed);
    if (fault == NULL || fault->next != NULL)
        fail_msg("%s, %s at %.*s: \"%s\"\n%.*s", clean.id, what, BYTES_ARG(where), found,
                 BYTES_ARG(buffer_view(&text)));
    code = fault_segment_code(fault, ACK_997_EARLY);
    if (ak304 != NULL && (code == NULL || strcmp(code, ak304) != 0))
        fail_msg("%s, %s at %.*s: \"%s\", AK304 %s, not %s", clean.id, what, BYTES_ARG(where), found, code,
                 ak304);
    code = fault_element_code(fault, ACK_997_EARLY);
    if (ak403 != NULL && (code == NULL || strcmp(code, ak403) != 0))
        fail_msg("%s, %s at %.*s: \"%s\", AK403 %s, not %s", clean.id, what, BYTES_ARG(where), found, code,
                 ak403);
    return fault;
}

/* --- segments */

static void strangers(void **state)
{
    (void)state;
    for (unsigned s = 0; s < sizeof(sets) / sizeof(sets[0]); s++) {
        open_set(s);
        for (unsigned at = 1; at < clean.n; at++) {
            static const struct {
                const char *segment, *ak304;
            } rows[] = {{"QQQ*1", "1"}, {"qq*1", "1"}, {"QQQQ*1", "1"}, {"ISR*AA", "6"}};

            for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
                const struct fault *fault;

                buffer_clear(&text);
                for (unsigned i = 0; i < clean.n; i++) {
                    if (i == at)
                        add_segment(bytes_of(rows[r].segment));
                    add_segment(clean.segments[i]);
                }
                fault = one_fault("a stranger", clean.segments[at], rows[r].ak304, NULL);
                assert_int_equal(fault->ordinal, at + 1);
            }
        }
        close_set();
    }
}

/* Whether the set has the id at `at` with its second letter replaced. */
static bool has_id(const char *at, char second)
{
    char id[4] = {at[0], second, at[2] != '*' ? at[2] : '\0', '\0'};

    for (uint16_t i = 0; i < checks.walk.set->n_positions; i++)
        if (strcmp(checks.walk.set->positions[i].segment->id, id) == 0)
            return true;
    return false;
}

static void misspelt(void **state)
{
    (void)state;
    for (unsigned s = 0; s < sizeof(sets) / sizeof(sets[0]); s++) {
        open_set(s);
        for (unsigned at = 1; at + 1 < clean.n; at++) {
            const struct fault *fault;

            buffer_clear(&text);
            for (unsigned i = 0; i < clean.n; i++) {
                size_t begin = text.len;

                add_segment(clean.segments[i]);
                if (i == at)
                    text.at[begin + 1] = has_id(text.at + begin, 'Q') ? 'J' : 'Q';
            }
            fault = one_fault("misspelt", clean.segments[at], NULL, NULL);
            assert_int_equal(fault->ordinal, at + 1);
        }
        close_set();
    }
}

/* A mandatory segment or loop that is left out. */
static void left_out(void **state)
{
    unsigned n = 0;

    (void)state;
    for (unsigned s = 0; s < sizeof(sets) / sizeof(sets[0]); s++) {
        open_set(s);
        for (unsigned at = 1; at + 1 < clean.n; at++) {
            const struct standard_position *place = place_of(at);
            const struct fault *fault;
            unsigned same = 0;

            for (unsigned i = 0; i < clean.n; i++)
                same += clean.places[i] == clean.places[at];
            /* of a loop that repeats only the first is mandatory; when it goes, the second takes its place */
            if (place->need != STANDARD_MANDATORY || (same > 1 && place->starts_loop))
                continue;
            buffer_clear(&text);
            for (unsigned i = 0; i < clean.n; i++)
                if (i != at)
                    add_segment(clean.segments[i]);
            fault = one_fault("left out", clean.segments[at], "3", NULL);
            assert_true(fault->ordinal >= at + 1);
            assert_true(bytes_are(fault->segment, place->segment->id));
            n++;
        }
        close_set();
    }
    assert_true(n >= 12);
}

static void twice(void **state)
{
    (void)state;
    for (unsigned s = 0; s < sizeof(sets) / sizeof(sets[0]); s++) {
        open_set(s);
        for (unsigned at = 1; at + 1 < clean.n; at++) {
            const struct standard_position *place = place_of(at);

            if (place->max_use != 1)
                continue;
            buffer_clear(&text);
            for (unsigned i = 0; i < clean.n; i++) {
                add_segment(clean.segments[i]);
                if (i == at)
                    add_segment(clean.segments[i]);
            }
            one_fault("twice", clean.segments[at], place->starts_loop ? "4" : "5", NULL);
        }
        close_set();
    }
}

/* A segment moved to where it does not belong makes one finding, or none where it may stand. */
static void moved(void **state)
{
    unsigned found_one = 0;

    (void)state;
    for (unsigned s = 0; s < sizeof(sets) / sizeof(sets[0]); s++) {
        open_set(s);
        for (unsigned from = 1; from + 1 < clean.n; from++) {
            unsigned same = 0;

            for (unsigned i = 0; i < clean.n; i++)
                same += clean.places[i] == clean.places[from];
            /* a loop's first segment takes its loop apart, one of several leaves one iteration for another */
            if (place_of(from)->starts_loop || same > 1)
                continue;
            for (unsigned to = 1; to + 1 < clean.n; to++) {
                const char *found;

                buffer_clear(&text);
                for (unsigned i = 0; i < clean.n; i++) {
                    if (i == to && to < from)
                        add_segment(clean.segments[from]);
                    if (i != from)
                        add_segment(clean.segments[i]);
                    if (i == to && to > from)
                        add_segment(clean.segments[from]);
                }
                found = fixture_checks_run(&checks, text.at, text.len);
                mutations++;
                /* two segments of one id are one too many, on both sides of where they should stand */
                if (checks.faults.n > 1 &&
                    !(checks.faults.n == 2 && checks.faults.last->complaint == SEGMENT_TOO_MANY &&
                      bytes_are(checks.faults.last->segment, place_of(from)->segment->id)))
                    fail_msg("%s, %.*s moved to %.*s: \"%s\"\n%.*s", clean.id,
                             BYTES_ARG(clean.segments[from]), BYTES_ARG(clean.segments[to]), found,
                             BYTES_ARG(buffer_view(&text)));
                found_one += checks.faults.n;
            }
        }
        close_set();
    }
    assert_true(found_one > 500);
}

/* --- elements */

/* Puts `value` in place of element `n` of a segment. */
static void with_element(unsigned segment, unsigned n, struct bytes value)
{
    buffer_clear(&text);
    for (unsigned i = 0; i < clean.n; i++) {
        struct bytes rest = clean.segments[i], part;
        unsigned at = 0;

        if (i != segment) {
            add_segment(clean.segments[i]);
            continue;
        }
        while (bytes_split(&rest, '*', &part) || at <= n) {
            if (at > 0)
                buffer_add_byte(&text, '*');
            if (at == n)
                buffer_add_bytes(&text, value);
            else if (part.at != NULL)
                buffer_add_bytes(&text, part);
            at++;
            if (rest.at == NULL)
                part = (struct bytes){NULL, 0};
        }
        buffer_add_byte(&text, '~');
    }
}

static void break_element(unsigned segment, unsigned n, const struct standard_field *field,
                          struct bytes value)
{
    const struct standard_element *element = field->element;
    struct bytes where = clean.segments[segment];
    char filled[512];

#define BREAK(bad, what, code)             \
    do {                                   \
        with_element(segment, n, bad);     \
        one_fault(what, where, "8", code); \
    } while (0)
    if (field->need == STANDARD_MANDATORY &&
        memchr(where.at, '*', where.len) != memrchr(where.at, '*', where.len))
        BREAK(BYTES(""), "emptied", "1");
    if (element == NULL)
        return;
    memset(filled, '1', sizeof(filled));
    if (element->max > 0 && element->max < 400)
        BREAK(((struct bytes){filled, element->max + 1u}), "too long", "5");
    if (element->min > 1)
        BREAK(((struct bytes){filled, element->min - 1u}), "too short", "4");
    switch (element->type) {
    case STANDARD_DT:
        BREAK(element->max == 6 ? BYTES("241301") : BYTES("20241301"), "no date", "8");
        BREAK(element->max == 6 ? BYTES("24-1-1") : BYTES("2024-1-1"), "no date", "8");
        break;
    case STANDARD_TM: BREAK(BYTES("2561"), "no time", "9"); break;
    case STANDARD_N:
    case STANDARD_R:
        BREAK(BYTES("1O"), "no number", "6");
        BREAK(BYTES("1,000"), "no number", "6");
        BREAK(BYTES("-"), "no number", "6");
        memcpy(filled, value.at, value.len);
        filled[value.len] = ' ';
        BREAK(((struct bytes){filled, value.len + 1}), "blanks in a number", "6");
        break;
    case STANDARD_ID:
        if (element->codes != NULL && !element->codes->open) {
            memset(filled, '@', sizeof(filled));
            BREAK(((struct bytes){filled, element->min}), "no such code", "7");
        }
        break;
    case STANDARD_AN:
        memcpy(filled, value.at, value.len);
        filled[0] = '\t';
        BREAK(((struct bytes){filled, value.len}), "a control character", "6");
        break;
    default: break;
    }
#undef BREAK
}

static void elements(void **state)
{
    (void)state;
    for (unsigned s = 0; s < sizeof(sets) / sizeof(sets[0]); s++) {
        open_set(s);
        for (unsigned at = 1; at + 1 < clean.n; at++) {
            const struct standard_segment *segment = place_of(at)->segment;
            struct bytes rest = clean.segments[at], part;
            unsigned n = 0;

            bytes_split(&rest, '*', &part);
            while (bytes_split(&rest, '*', &part) && ++n <= segment->n_fields)
                if (part.len > 0)
                    break_element(at, n, &segment->fields[n - 1], part);
            /* one element too many */
            with_element(at, segment->n_fields + 1u, BYTES("X"));
            one_fault("an element too many", clean.segments[at], "8", "3");
            /* nothing but its id */
            buffer_clear(&text);
            for (unsigned i = 0; i < clean.n; i++)
                add_segment(i == at ? bytes_of(segment->id) : clean.segments[i]);
            one_fault("emptied", clean.segments[at], "8", NULL);
        }
        close_set();
    }
}

/* --- conditions */

static void conditions(void **state)
{
    static const struct {
        const char *set, *segment, *broken, *ak403;
    } rows[] = {
        {"850", "PO1", "PO1*1*24*EA*12.5**UP", "2"},            /* P0607 */
        {"850", "PO1", "PO1*1*24*EA*12.5***000123456789", "2"}, /* P0607 */
        {"850", "PO1", "PO1*1**EA*12.5", "2"},                  /* C0302 */
        {"850", "PO1", "PO1*1*24*EA**PE", "2"},                 /* C0504 */
        {"850", "REF", "REF*DP", "2"},                          /* R0203 */
        {"850", "N1", "N1*ST", "2"},                            /* R0203 */
        {"850", "N1", "N1*ST*DC*92", "2"},                      /* P0304 */
        {"850", "DTM", "DTM*002", "2"},                         /* R020305 */
        {"850", "DTM", "DTM*002*20241215*1200**D8", "2"},       /* P0506 */
        {"850", "TD5", "TD5*O*2", "2"},                         /* R0204050612, C0203 */
        {"850", "PER", "PER*BD*JANE*TE", "2"},                  /* P0304 */
        {"850", "N4", "N4*DALLAS*TX*75201*US*CC", NULL},        /* C0605 is kept: 05 may stand alone */
        {"850", "N4", "N4*DALLAS*TX*75201*US**1", "2"},         /* C0605 */
        {"850", "CUR", "CUR*BY*USD****007*", NULL},             /* C0807 is kept */
        {"850", "CUR", "CUR*BY*USD******20241120", "2"},        /* C0807 */
        {"856", "LIN", "LIN**UP", "1"},
        {"856", "TD1", "TD1*CTN25", "2"},        /* C0102 */
        {"856", "TD1", "TD1*CTN25*2****G", "2"}, /* C0607 */
        {"856", "SN1", "SN1**12*EA**5", "2"},    /* P0506 */
        {"856", "MAN", "MAN*GM*1**GM", NULL},
        {"810", "IT1", "IT1*1*24*EA", "2"},      /* P020304 */
        {"810", "SAC", "SAC*N", "2"},            /* R0203 */
        {"855", "ACK", "ACK*IA*24", "2"},        /* P0203 */
        {"855", "ACK", "ACK*IA*24*EA*067", "2"}, /* C0405 */
        {"940", "W01", "W01*24*EA", NULL},
        {"940", "W01", "W01*24*EA**VN", "2"},         /* P0405 */
        {"945", "W12", "W12*CC*24*24*0*EA**VN", "2"}, /* P0708 */
    };
    unsigned broken = 0;

    (void)state;
    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        unsigned s = 0, at = 1;

        while (strcmp(sets[s].id, rows[r].set) != 0)
            s++;
        open_set(s);
        while (!bytes_are((struct bytes){clean.segments[at].at, strlen(rows[r].segment)}, rows[r].segment) ||
               clean.segments[at].at[strlen(rows[r].segment)] != '*')
            at++;
        buffer_clear(&text);
        for (unsigned i = 0; i < clean.n; i++)
            add_segment(i == at ? bytes_of(rows[r].broken) : clean.segments[i]);
        if (rows[r].ak403 != NULL) {
            one_fault("a condition", bytes_of(rows[r].broken), "8", rows[r].ak403);
            broken++;
        } else {
            print_message("# %s: %s\n", rows[r].broken, fixture_checks_run(&checks, text.at, text.len));
        }
        close_set();
    }
    assert_true(broken >= 20);
}

/* --- every set of the dictionary */

/* Each place of a set once, in order, stands where it should; so do the mandatory ones alone. */
static void every_set(void **state)
{
    unsigned n = 0;
    const char *release, *id;

    (void)state;
    for (unsigned r = 0; (release = dictionary_release_at(dictionary, r)) != NULL; r++)
        for (unsigned s = 0; (id = dictionary_set_at(dictionary, release, s)) != NULL; s++, n++) {
            const struct standard_set *set = dictionary_set(dictionary, release, bytes_of(id));
            bool wanted[4096] = {false};

            fixture_checks_init_set(&checks, dictionary, set);
            for (unsigned all = 0; all < 2; all++) {
                uint32_t ordinal = 1;

                faults_begin(&checks.faults, &checks.walk, NULL);
                walk_begin(&checks.walk);
                for (uint16_t i = 1; i < set->n_positions; i++) {
                    const struct standard_position *place = &set->positions[i];
                    struct segment_view view = {.id = bytes_of(place->segment->id),
                                                .key = place->segment->key};

                    wanted[i] = place->need == STANDARD_MANDATORY &&
                                (place->parent == STANDARD_NO_LOOP || wanted[place->parent]);
                    view.ordinal = ++ordinal;
                    if ((all || wanted[i]) && walk_step(&checks.walk, &view, &checks.faults) != i)
                        fail_msg("%s %s: %s at %u stands elsewhere", release, id, place->segment->id, i);
                }
                if (checks.faults.first != NULL)
                    fail_msg("%s %s: %s", release, id,
                             fixture_faults(&checks.faults, checks.found, sizeof(checks.found)));
            }
            fixture_checks_release(&checks);
        }
    assert_true(n > 150);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strangers),  cmocka_unit_test(misspelt),  cmocka_unit_test(left_out),
        cmocka_unit_test(twice),      cmocka_unit_test(moved),     cmocka_unit_test(elements),
        cmocka_unit_test(conditions), cmocka_unit_test(every_set),
    };

    return cmocka_run_group_tests_name("mutations", tests, setup, teardown);
}
