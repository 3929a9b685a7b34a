/* JSON: whatever the pieces that read() gives, the same documents; and all of erp2canon on them. */
#include "wire/json_read.h"
#include "fuzz_tree.h"

const char *const fuzz_seeds[] = {"t/fuzz/seeds/json", "samples/json", NULL};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct tree_layout layouts[] = {{.json = true, .root = "orders", .document = "order"},
                                                 {.json = true, .document = "order"},
                                                 {.json = true, .lines = true, .document = "order"}};
    struct bytes bytes = {(const char *)data, size};

    for (unsigned i = 0; i < sizeof(layouts) / sizeof(*layouts); i++)
        fuzz_tree_read(json_read, &layouts[i], bytes);
    fuzz_tree_translate("shopify-orders", bytes);
    return 0;
}
