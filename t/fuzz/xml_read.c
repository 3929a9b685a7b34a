/* XML: whatever the pieces that read() gives, the same documents; and all of erp2canon on them. */
#include "wire/xml_read.h"
#include "fuzz_tree.h"

const char *const fuzz_seeds[] = {"t/fuzz/seeds/xml", NULL};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct tree_layout layout = {.root = "orders", .document = "order"};
    struct bytes bytes = {(const char *)data, size};

    fuzz_tree_read(xml_read, &layout, bytes);
    fuzz_tree_translate("erp-orders-xml", bytes);
    return 0;
}
