/* A map: read, bound to its set and held to the standard, or refused with a word. */
#include "map/map.h"
#include "canon/schema.h"
#include "fuzz.h"
#include "map/layout.h"
#include "map/x12_check.h"
#include "map/x12_put.h"

const char *const fuzz_seeds[] = {"t/fuzz/seeds/map", "maps", NULL};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dictionary *dictionary = fuzz_dictionary();
    struct report report;
    struct map *map;

    fuzz_report(&report);
    (void)fuzz_file("maps/fuzz.yaml", (struct bytes){(const char *)data, size});
    map = map_load("fuzz", fuzz_search(), fuzz_schema(), &report);
    if ((map == NULL) != report.misused || report.failed)
        fuzz_fail("%s, and exit status %d", map == NULL ? "refused" : "taken", report_status(&report));
    if (map != NULL && strcmp(map->format, "x12") == 0) {
        const struct standard_set *set = dictionary_set(dictionary, "004010", bytes_of(map->set));

        if (set != NULL && x12_check_map(map, set, dictionary, &report)) {
            struct x12_binding *binding = x12_binding_open(map, set);
            struct x12_putter *putter = binding != NULL ? x12_putter_open(binding) : NULL;

            if (putter == NULL)
                fuzz_fail("no memory to bind it");
            x12_putter_close(putter);
            x12_binding_close(binding);
        }
    }
    map_close(map);
    report_release(&report);
    return 0;
}
