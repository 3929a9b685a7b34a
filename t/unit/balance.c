/* Totals and levels: what a set says of itself against what it holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "standard_fixture.h"

static struct dictionary *dictionary;
static struct fixture_checks checks;

static int setup(void **state)
{
    (void)state;
    dictionary = fixture_dictionary();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    dictionary_close(dictionary);
    return 0;
}

struct row {
    const char *text, *found;
};

static void hold(const char *set, const char *head, const struct row *rows, size_t n)
{
    char text[4096];

    fixture_checks_init(&checks, dictionary, "004010", set);
    for (size_t i = 0; i < n; i++) {
        int len = snprintf(text, sizeof(text), "ST*%s*0001~%s%sSE*9*0001~", set, head, rows[i].text);
        const char *found = fixture_checks_run(&checks, text, (size_t)len);

        if (strcmp(found, rows[i].found) != 0)
            fail_msg("%s: found \"%s\", not \"%s\"", rows[i].text, found, rows[i].found);
    }
    fixture_checks_release(&checks);
}

#define HOLD(set, head, rows) hold(set, head, rows, sizeof(rows) / sizeof((rows)[0]))

static void orders(void **state)
{
    static const struct row rows[] = {
        {"PO1*1*10*EA*5~PO1*2*20*EA*5~CTT*2~", ""},
        {"PO1*1*10*EA*5~PO1*2*20*EA*5~CTT*2*30~", ""},
        {"PO1*1*10*EA*5~PO1*2*20*EA*5~CTT*02*030~", ""},
        {"PO1*1*10*EA*5~PO1*2*20*EA*5~CTT*3~", "S2401 CTT 5.1"},
        {"PO1*1*10*EA*5~PO1*2*20*EA*5~CTT*2*31~", "S2402 CTT 5.2"},
        {"PO1*1*10.5*EA*5~PO1*2*20*EA*5~CTT*2*30.5~", ""},
        {"PO1*1*10.5*EA*5~PO1*2*20*EA*5~CTT*2*30.50~", ""},
        /* of the digits, as element 347 has it */
        {"PO1*1*10.5*EA*5~PO1*2*20*EA*5~CTT*2*125~", ""},
        {"PO1*1*10.5*EA*5~PO1*2*20*EA*5~CTT*2*124~", "S2402 CTT 5.2"},
        {"PO1*1*999999999*EA*5~PO1*2*1*EA*5~CTT*2*1000000000~", ""},
        /* one line lost disturbs both totals, and is told once */
        {"PO1*1*10*EA*5~CTT*2*30~", "S2401 CTT 4.1"},
        /* a set that is out of order anyway, or whose numbers are none */
        {"PO1*1*10*EA*5~PO2*2*20*EA*5~CTT*2*30~", "S2101 PO2 4"},
        {"PO1*1*x*EA*5~PO1*2*20*EA*5~CTT*2*30~", "S2206 PO1 3.2"},
        {"PO1*1***5~PO1*2*20*EA*5~CTT*2*20~", ""},
        {"PO1*1*10*EA*5~CTT*one~", "S2206 CTT 4.1"},
        {"PO1*1*10*EA*5~", ""},
    };

    (void)state;
    HOLD("850", "BEG*00*SA*1**20241120~", rows);
}

static void invoices(void **state)
{
    static const struct row rows[] = {
        {"IT1*1*10*EA*5.25~TDS*5250~CTT*1~", ""},
        {"IT1*1*10*EA*5.25~IT1*2*3*EA*1~TDS*5550~", ""},
        {"IT1*1*10*EA*5.25~TDS*5251~", "S2403 TDS 4.1"},
        /* prices in cents and in parts of them, for one and for a hundred, of whole pieces and of others */
        {"IT1*1*4*EA*.05~IT1*2*4*EA*.125~IT1*3*200*EA*7.5*HP~IT1*4*2.5*EA*2~IT1*5*1*EA*100.~TDS*12070~", ""},
        {"IT1*1*4*EA*.05~IT1*2*4*EA*.125~IT1*3*200*EA*7.5*HP~IT1*4*2.5*EA*2~IT1*5*1*EA*100.~TDS*12075~",
         "S2403 TDS 8.1"},
        /* lines rounded to cents each, or not */
        {"IT1*1*3*EA*.333~IT1*2*3*EA*.333~TDS*200~", ""},
        {"IT1*1*3*EA*.333~IT1*2*3*EA*.333~TDS*199~", ""},
        {"IT1*1*3*EA*.333~IT1*2*3*EA*.333~TDS*198~", "S2403 TDS 5.1"},
        {"IT1*1*3*EA*.333~IT1*2*3*EA*.333~TDS*202~", "S2403 TDS 5.1"},
        /* charges, allowances, taxes */
        {"IT1*1*10*EA*5~TDS*5500~SAC*C*D240***500~", ""},
        {"IT1*1*10*EA*5~TDS*4500~SAC*A*C310***500~", ""},
        {"IT1*1*10*EA*5~TDS*5000~SAC*N*C310***500~", ""},
        {"IT1*1*10*EA*5~TDS*5000~SAC*C*D240***500~", "S2403 TDS 4.1"},
        {"IT1*1*10*EA*5~TDS*5350~TXI*ST*3.50~", ""},
        {"IT1*1*10*EA*5~TDS*5000~SAC*A*C310****1*10~", ""}, /* ten percent of what? */
        /* those of a line may be in its price */
        {"IT1*1*10*EA*5~SAC*C*D240***500~TDS*5500~", ""},
        {"IT1*1*10*EA*5~SAC*C*D240***500~TDS*5000~", ""},
        {"IT1*1*10*EA*5~SAC*C*D240***500~TDS*5100~", "S2403 TDS 5.1"},
        /* the price's basis */
        {"IT1*1*200*EA*5*HP~TDS*1000~", ""},
        {"IT1*1*2000*EA*5*TP~TDS*1000~", ""},
        {"IT1*1*12*EA*5*PD~TDS*99~", ""},
        {"IT1*1*-2*EA*5~TDS*-1000~", ""},
    };

    (void)state;
    HOLD("810", "BIG*20241120*1~", rows);
}

static void notices(void **state)
{
    static const struct row rows[] = {
        {"HL*1**S*1~HL*2*1*O*1~PRF*1~HL*3*2*I*0~LIN**UP*1~SN1**5*EA~CTT*3*5~", ""},
        {"HL*1**S~HL*2*1*O~PRF*1~HL*3*2*I~LIN**UP*1~SN1**5*EA~CTT*1~", "S2401 CTT 9.1"},
        {"HL*1**S~HL*2*1*O~PRF*1~HL*3*2*I~LIN**UP*1~SN1**5*EA~CTT*3*6~", "S2402 CTT 9.2"},
        {"HL*1**S~HL*1*1*O~", "S2405 HL 4.1"},
        {"HL*1**S~HL*2*9*O~", "S2406 HL 4.2"},
        {"HL*1**S~HL*2*2*O~", "S2406 HL 4.2"},
        {"HL*1**S*1~HL*2*9*O*0~", "S2406 HL 4.2"},
        {"HL*1**S*0~HL*2*1*O*0~", "S2407 HL 3.4"},
        {"HL*1**S*1~HL*2*1*O*1~", "S2407 HL 4.4"},
        /* numbers that are names */
        {"HL*A**S*1~HL*B*A*O*1~HL*C*B*I*0~HL*10*B*I~HL*6*A*O~HL*7*6*I~", ""},
        {"HL*A**S*1~HL*B*A*O~HL*B*A*O~", "S2405 HL 5.1"},
        {"HL*2**S*1~HL*1*2*O~HL*3*1*I~", ""},
        {"HL*01**S*1~HL*02*01*O~HL*03*02*I~", ""},
        {"HL*01**S*1~HL*02*1*O~", "S2406 HL 4.2"},
    };

    (void)state;
    HOLD("856", "BSN*00*S1*20241120*1200~", rows);
}

static void warehouse(void **state)
{
    static const struct row order[] = {
        {"N1*ST*X~G62*10*20241120~LX*1~W01*5*EA**VN*1~LX*2~W01*7*EA**VN*2~W76*12~", ""},
        {"N1*ST*X~G62*10*20241120~LX*1~W01*5*EA**VN*1~LX*2~W01*7*EA**VN*2~W76*13~", "S2404 W76 9.1"},
    };
    static const struct row advice[] = {
        {"N1*ST*X~G62*10*20241120~LX*1~W12*CC*5*5*0*EA**VN*1~LX*2~W12*CC*7*6*1*EA**VN*2~W03*11~", ""},
        {"N1*ST*X~G62*10*20241120~LX*1~W12*CC*5*5*0*EA**VN*1~LX*2~W12*CC*7*6*1*EA**VN*2~W03*12~",
         "S2404 W03 9.1"},
    };

    (void)state;
    HOLD("940", "W05*N*1~", order);
    HOLD("945", "W06*N*1*20241120~", advice);
}

/* Many levels whose numbers count down. */
static void many(void **state)
{
    enum { LEVELS = 20000 };
    struct buffer text;

    (void)state;
    buffer_init(&text, 1 << 22);
    fixture_checks_init(&checks, dictionary, "004010", "856");
    buffer_add_string(&text, "ST*856*0001~BSN*00*S1*20241120*1200~HL*20001**S*1~");
    for (unsigned i = LEVELS; i > 0; i--)
        buffer_add_format(&text, "HL*%u*%u*I~", i, i + 1);
    buffer_add_string(&text, "SE*9*0001~");
    assert_string_equal(fixture_checks_run(&checks, text.at, text.len), "");
    fixture_checks_release(&checks);
    buffer_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders),    cmocka_unit_test(invoices), cmocka_unit_test(notices),
        cmocka_unit_test(warehouse), cmocka_unit_test(many),
    };

    return cmocka_run_group_tests_name("balance", tests, setup, teardown);
}
