/* A partner's guide, laid over the orders of 004010: another set, or refused with a word. */
#include "standard/guide.h"
#include "fuzz.h"
#include "standard/check.h"
#include "standard/walk.h"

const char *const fuzz_seeds[] = {"t/fuzz/seeds/guide", NULL};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dictionary *dictionary = fuzz_dictionary();
    const struct standard_set *set = dictionary_set(dictionary, "004010", BYTES("850"));
    const struct guide *guide;
    struct report report;
    struct arena arena;

    fuzz_report(&report);
    arena_init(&arena, 64 * 1024, 256 << 20);
    (void)fuzz_file("guides/fuzz.yaml", (struct bytes){(const char *)data, size});
    guide = guide_load("fuzz", fuzz_search(), dictionary, set, &arena, &report);
    if ((guide == NULL) != (report_status(&report) != 0))
        fuzz_fail("%s, and exit status %d", guide == NULL ? "refused" : "taken", report_status(&report));
    if (guide != NULL) {
        struct walk walk;

        if (guide_set(guide)->n_positions == 0 || !walk_init(&walk, guide_set(guide), dictionary, &arena))
            fuzz_fail("a set that cannot be walked");
    }
    arena_release(&arena);
    report_release(&report);
    return 0;
}
