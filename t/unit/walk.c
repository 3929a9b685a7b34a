/* Where segments stand: order, requirement, limits, and one fault for one cause. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "standard/walk.h"
#include "standard_fixture.h"

/* Much like the 850 of 004010. */
static const char order[] =
    "ST BEG CUR? REF?* PER?:3 (SAC?:25 CUR?) ITD?* DTM?:10 PID?:200 (N9?:1000 DTM?* MSG?:1000)"
    " (N1?:200 N2?:2 N3?:2 N4?* REF?:12 PER?*)"
    " (PO1:100000 CUR? PO4?* REF?* (PID?:1000 MEA?:10) IT8? DTM?:10 (SCH?:200 TD5?:12 REF?*)"
    " (N1?:200 N2?:2 N3?:2 N4? DTM? (LDT?* MAN?:10)) (LM?* LQ*))"
    " (CTT? AMT?) SE";

/* Much like the 856, and a loop that is mandatory, with a mandatory member. */
static const char notice[] =
    "ST BSN DTM?:10 (HL:200000 LIN? SN1? PRF? REF?* MAN?* (N1?:200 N2?:2 N3?:2 N4?)) CTT? SE";

/* Sibling loops of one name, and places of one id that follow each other. */
static const char twins[] = "ST B2 (N1 N3?) (N1 N3?) REF?:1 NTE?:2 NTE?:1 (LX* N7) (LX?:2 L5) L3 SE";

struct run {
    struct fixture_set made;
    struct arena arena, arena_of_faults;
    struct rules rules;
    struct faults faults;
    struct walk walk;
    struct fixture_view view;
    char found[2048];
    char path[64];
};

static struct run run;

static const char *walk_over(const char *set, const char *text)
{
    uint32_t ordinal = 1;

    arena_init(&run.arena, 65536, 1 << 24);
    arena_init(&run.arena_of_faults, 65536, 1 << 24);
    fixture_set_make(&run.made, set);
    rules_init(&run.rules);
    faults_init(&run.faults, &run.arena_of_faults, &run.rules);
    assert_true(walk_init(&run.walk, &run.made.set, NULL, &run.arena));
    /* twice: what the first time finds out, the second takes from the table */
    for (int again = 0; again < 2; again++) {
        char found[sizeof(run.found)];

        arena_reset(&run.arena_of_faults);
        faults_begin(&run.faults, &run.walk, NULL);
        walk_begin(&run.walk);
        ordinal = 1;
        for (const char *at = text; *at != '\0';) {
            size_t len = strcspn(at, " ");

            fixture_view_make(&run.view, at, len, ordinal++);
            if (ordinal > 2)
                walk_step(&run.walk, &run.view.view, &run.faults);
            at += len;
            at += strspn(at, " ");
        }
        fixture_faults(&run.faults, found, sizeof(found));
        if (again)
            assert_string_equal(run.found, found);
        memcpy(run.found, found, sizeof(found));
    }
    arena_release(&run.arena);
    arena_release(&run.arena_of_faults);
    return run.found;
}

#define FINDS(set, text, faults) assert_string_equal(walk_over(set, text), faults)

static void clean(void **state)
{
    (void)state;
    FINDS(order, "ST BEG PO1 SE", "");
    FINDS(order,
          "ST BEG CUR REF REF PER SAC CUR SAC DTM N9 MSG MSG N9 N1 N3 N4 N1 N3 N4 REF PER PO1 PID PID PO1 "
          "PO4 PID MEA SCH TD5 N1 N4 DTM LDT MAN LDT LM LQ LQ LM LQ PO1 LM LQ CTT AMT SE",
          "");
    FINDS(notice, "ST BSN HL HL PRF HL MAN MAN HL LIN SN1 N1 N3 N4 N1 HL SE", "");
    FINDS(twins, "ST B2 N1 N1 N3 REF NTE NTE NTE LX N7 L3 SE", "");
}

static void missing(void **state)
{
    (void)state;
    FINDS(order, "ST REF PO1 SE", "S2105 BEG 2");
    FINDS(order, "ST BEG REF CTT SE", "S2106 PO1 4");
    FINDS(order, "ST BEG REF SE", "S2106 PO1 4");
    FINDS(order, "ST SE", "S2105 BEG 2; S2106 PO1 2");
    FINDS(order, "ST BEG PO1 LM LM LQ SE", "S2105 LQ 5");
    FINDS(order, "ST BEG PO1 LM PO1 LM LQ PO1 LM SE", "S2105 LQ 5; S2105 LQ 10");
    FINDS(order, "ST BEG PO1 LM LQ PO1 SE", "");
    FINDS(twins, "ST B2 N1 LX N7 L3 SE", "S2106 N1 4");
    FINDS(twins, "ST B2 N1 N1 LX N7 LX L3 SE", "S2105 N7 8");
}

static void too_many(void **state)
{
    (void)state;
    FINDS(order, "ST BEG BEG PO1 SE", "S2107 BEG 3");
    FINDS(order, "ST BEG PER PER PER PER PER PO1 SE", "S2107 PER 6 +1");
    FINDS(order, "ST BEG PO1 IT8 IT8 PO1 IT8 SE", "S2107 IT8 5");
    FINDS(order, "ST BEG PO1 IT8 IT8 PO1 IT8 IT8 SE", "S2107 IT8 5; S2107 IT8 8");
    FINDS(order, "ST BEG PO1 CTT CTT SE", "S2108 CTT 5");
    FINDS(order, "ST BEG N1 N3 N3 N3 N4 PO1 SE", "S2107 N3 6");
    /* the surplus goes to a later place with the same id while there is one */
    FINDS(twins, "ST B2 N1 N1 N1 NTE NTE NTE NTE LX N7 L3 SE", "S2108 N1 5; S2107 NTE 9");
    FINDS(notice, "ST BSN HL LIN LIN SN1 SE", "S2107 LIN 5");
}

static void unknown(void **state)
{
    (void)state;
    FINDS(order, "ST BEG ZZZ REF PO1 SE", "S2101 ZZZ 3");
    FINDS(order, "ST BEG zzz REF PO1 SE", "S2102 zzz 3");
    FINDS(order, "ST BEG LONGER REF PO1 SE", "S2102 LONGER 3");
    FINDS(order, "ST BEG MUCHTOOLONG REF PO1 SE", "S2102 MUCHTOOLONG 3");
    FINDS(order, "ST BEG R REF PO1 SE", "S2102 R 3");
    /* what is misspelt is not missing as well */
    FINDS(order, "ST BGE REF PO1 SE", "S2101 BGE 2");
    FINDS(order, "ST BEG P01 PO4 PID CTT SE", "S2101 P01 3");
    /* and explains the members of the loop it would have begun */
    FINDS(order, "ST BEG NI N3 N4 PO1 SE", "S2101 NI 3");
    FINDS(order, "ST BEG N1 N3 N4 NI N3 N4 PO1 SE", "S2101 NI 6");
    FINDS(order, "ST BEG N1 N4 NI N3 N4 PO1 SE", "S2101 NI 5");
    FINDS(order, "ST BEG PO1 PID PO2 PO4 PID SE", "S2101 PO2 5");
    FINDS(order, "ST BEG PO1 XX LQ SE", "S2101 XX 4");
    /* but not two of them */
    FINDS(order, "ST BGE P01 PID SE", "S2101 BGE 2; S2101 P01 3");
    FINDS(order, "ST ZZZ SE", "S2101 ZZZ 2; S2106 PO1 3");
}

static void out_of_order(void **state)
{
    (void)state;
    FINDS(order, "ST REF BEG PO1 SE", "S2104 REF 2");
    FINDS(order, "ST REF REF BEG PO1 SE", "S2104 BEG 4");
    FINDS(order, "ST CTT BEG REF PO1 SE", "S2104 CTT 2");
    FINDS(order, "ST CTT AMT BEG REF PO1 SE", "S2104 BEG 4");
    FINDS(order, "ST BEG REF CUR PO1 SE", "S2104 CUR 4");
    FINDS(order, "ST BEG N1 CUR N3 N4 PO1 SE", "S2104 CUR 4");
    FINDS(order, "ST BEG N1 N4 N3 REF PO1 SE", "S2104 N3 5");
    FINDS(order, "ST BEG N1 SAC CUR N3 N4 PO1 SE", "S2104 SAC 4");
    FINDS(order, "ST BEG PO1 CTT PO1 PID SCH TD5 PO1 PID SE", "S2104 PO1 5");
    FINDS(order, "ST BEG PO1 N1 N4 PO4 SE", "S2104 PO4 6");
    FINDS(order, "ST BEG PO1 CTT PID MEA SE", "S2104 PID 5");
    FINDS(notice, "ST BSN HL SN1 LIN HL SE", "S2104 LIN 5");
}

static void start_absent(void **state)
{
    (void)state;
    FINDS(order, "ST BEG PO4 PID CTT SE", "S2106 PO1 3");
    FINDS(order, "ST BEG N3 N4 PO1 SE", "S2104 N3 3");
    FINDS(order, "ST BEG N1 N3 N3 N4 N3 N4 PO1 SE", "S2104 N3 7");
    FINDS(order, "ST BEG PO1 N4 DTM LDT SE", "S2104 N4 4");
    FINDS(order, "ST BEG PO1 MAN SE", "S2104 MAN 4");
    FINDS(order, "ST BEG MAN CTT SE", "S2106 PO1 3");
    FINDS(notice, "ST BSN LIN SN1 HL LIN SE", "S2106 HL 3");
    FINDS(notice, "ST BSN HL LIN SN1 LIN SN1 HL SE", "S2104 LIN 6");
}

static void places(void **state)
{
    static const char text[] = "ST BEG N1 N3 N1 N3 PO1 PO1 SCH SCH TD5";
    char path[64], expected[128];

    (void)state;
    FINDS(order, text, "");
    /* the set and its counts are the run's own memory, the tables are gone with the arena: begin again */
    arena_init(&run.arena, 65536, 1 << 24);
    arena_init(&run.arena_of_faults, 65536, 1 << 24);
    assert_true(walk_init(&run.walk, &run.made.set, NULL, &run.arena));
    faults_begin(&run.faults, &run.walk, NULL);
    walk_begin(&run.walk);
    for (const char *at = text + 3; *at != '\0';) {
        size_t len = strcspn(at, " ");
        uint16_t place;

        fixture_view_make(&run.view, at, len, 2);
        place = walk_step(&run.walk, &run.view.view, &run.faults);
        assert_int_not_equal(place, WALK_LOST);
        assert_true(bytes_are(run.view.view.id, run.made.positions[place].segment->id));
        at += len;
        at += strspn(at, " ");
    }
    walk_path(&run.walk, run.walk.at, path, sizeof(path));
    assert_string_equal(path, "PO1[2]/SCH[2]");
    walk_path(&run.walk, run.walk.at, path, 8);
    assert_string_equal(path, "PO1[2]");
    walk_path(&run.walk, 0, path, sizeof(path));
    assert_string_equal(path, "");
    walk_expected(&run.walk, expected, sizeof(expected));
    assert_string_equal(expected, "TD5, REF, SCH, N1, LM, PO1, CTT, SE");

    fixture_view_make(&run.view, "XX", 2, 9);
    assert_int_equal(walk_step(&run.walk, &run.view.view, &run.faults), WALK_LOST);
    assert_string_equal(run.faults.last->expected, "TD5, REF, SCH, N1, LM, PO1, CTT, SE");
    fixture_view_make(&run.view, "P01", 3, 9);
    walk_step(&run.walk, &run.view.view, &run.faults);
    assert_string_equal(run.faults.last->hint, "is PO1 meant?");
    arena_release(&run.arena);
    arena_release(&run.arena_of_faults);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clean),   cmocka_unit_test(missing),      cmocka_unit_test(too_many),
        cmocka_unit_test(unknown), cmocka_unit_test(out_of_order), cmocka_unit_test(start_absent),
        cmocka_unit_test(places),
    };

    return cmocka_run_group_tests_name("walk", tests, NULL, NULL);
}
