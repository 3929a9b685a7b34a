/* A partner file: taken, or refused with a word; and found by the identities it names. */
#include "partner/partner.h"
#include "fuzz.h"

const char *const fuzz_seeds[] = {"t/fuzz/seeds/partner", "partners", NULL};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct partner *partner, *found = NULL, *nearest = NULL;
    struct partners *partners;
    struct report report;

    fuzz_report(&report);
    (void)fuzz_file("partners/fuzz.yaml", (struct bytes){(const char *)data, size});
    partners = partners_open(fuzz_search(), &report);
    if (partners == NULL)
        fuzz_fail("no memory");
    partner = partners_named(partners, BYTES("fuzz"));
    if ((partner == NULL) != (report_status(&report) != 0))
        fuzz_fail("%s, and exit status %d", partner == NULL ? "refused" : "taken", report_status(&report));
    if (partner != NULL) {
        if (partner_document(partner, BYTES("850")) == NULL)
            fuzz_fail("nothing applies to an order");
        (void)partners_match(partners, BYTES("ZZ"), BYTES("FUZZ           "), BYTES("FUZZ"), &found,
                             &nearest);
        if (found == NULL)
            fuzz_fail("nobody was found");
    }
    partners_close(partners);
    report_release(&report);
    return 0;
}
