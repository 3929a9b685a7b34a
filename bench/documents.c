/*
 * documents: canonical records for a ledger to be filled with: documents FIRST COUNT PER_FILE
 *
 * Record number n is always the same, whatever FIRST is. Each order is followed by an acknowledgment, a
 * shipment and an invoice of the same number. Forty partners count their numbers upwards, each for itself;
 * ids come in no order.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t mix(uint64_t x)
{
    x += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

static void envelope(const char *kind, uint64_t n, const char *direction, const char *keys, uint64_t per_file)
{
    uint64_t file = n / per_file;

    printf("{\"canon\":1,\"kind\":\"%s\",\"id\":\"%016" PRIx64 "%016" PRIx64 "\",\"partner\":\"p%02u\","
           "\"direction\":\"%s\",\"keys\":{%s},\"source\":{\"format\":\"x12\",\"file\":\"f%" PRIu64 ".edi\","
           "\"offset\":%" PRIu64 ",\"length\":600,\"sender\":\"ZZ:S%02u\",\"receiver\":\"ZZ:CROSSDOCK\","
           "\"interchange\":\"%09" PRIu64 "\",\"group\":\"%" PRIu64 "\",\"set\":\"%04" PRIu64
           "\",\"type\":\"850\","
           "\"release\":\"004010\",\"test\":false,\"map\":\"x12-850@000000000000\"},",
           kind, mix(2 * n), mix(2 * n + 1), (unsigned)(file % 40), direction, keys, file, n % per_file * 600,
           (unsigned)(file % 40), file / 40 + 1, file / 40 + 1, n % per_file + 1);
}

static void document(uint64_t n, uint64_t per_file)
{
    uint64_t file = n / per_file;
    uint64_t order = UINT64_C(4500000000) + file % 40 * UINT64_C(10000000000) +
                     file / 40 * (per_file / 4 + 1) + n % per_file / 4;
    char keys[160], lines[256];

    snprintf(lines, sizeof(lines),
             "{\"line_number\":\"1\",\"%s\":\"24\",\"uom\":\"EA\",\"gtin\":\"00614141010011\"},"
             "{\"line_number\":\"2\",\"%s\":\"12\",\"uom\":\"EA\",\"gtin\":\"00614141010042\"}",
             n % 4 == 3   ? "invoiced_quantity"
             : n % 4 == 2 ? "shipped_quantity"
                          : "quantity",
             n % 4 == 3   ? "invoiced_quantity"
             : n % 4 == 2 ? "shipped_quantity"
                          : "quantity");
    snprintf(keys, sizeof(keys), "\"order_number\":\"%" PRIu64 "\"", order);
    switch (n % 4) {
    case 0:
        envelope("order", n, "in", keys, per_file);
        printf("\"order_number\":\"%" PRIu64 "\",\"purpose_code\":\"original\",\"order_type_code\":\"SA\","
               "\"order_date\":\"2026-11-21\",\"lines\":[%s],\"line_count\":2}\n",
               order, lines);
        break;
    case 1:
        envelope("order_ack", n, "out", keys, per_file);
        printf("\"order_number\":\"%" PRIu64 "\",\"ack_number\":\"A%" PRIu64
               "\",\"purpose_code\":\"original\","
               "\"ack_type_code\":\"AT\",\"order_date\":\"2026-11-21\"}\n",
               order, n);
        break;
    case 2:
        snprintf(keys, sizeof(keys), "\"shipment_id\":\"S%" PRIu64 "\",\"order_number\":[\"%" PRIu64 "\"]", n,
                 order);
        envelope("shipment", n, "out", keys, per_file);
        printf("\"shipment_id\":\"S%" PRIu64
               "\",\"ship_date\":\"2026-11-23\",\"orders\":[{\"order_number\":\"%" PRIu64
               "\"}],\"lines\":[%s]}\n",
               n, order, lines);
        break;
    default:
        snprintf(keys, sizeof(keys), "\"invoice_number\":\"I%" PRIu64 "\",\"order_number\":[\"%" PRIu64 "\"]",
                 n, order);
        envelope("invoice", n, "out", keys, per_file);
        printf("\"invoice_number\":\"I%" PRIu64
               "\",\"invoice_date\":\"2026-11-24\",\"order_number\":\"%" PRIu64 "\",\"lines\":[%s]}\n",
               n, order, lines);
    }
}

static void batch(uint64_t file, uint64_t count)
{
    printf("{\"canon\":1,\"kind\":\"batch\",\"id\":\"%016" PRIx64 "%016" PRIx64 "\",\"partner\":\"\","
           "\"direction\":\"in\",\"source\":{\"format\":\"x12\",\"file\":\"f%" PRIu64
           ".edi\",\"test\":false},"
           "\"file_name\":\"f%" PRIu64 ".edi\",\"sha256\":\"%016" PRIx64 "%016" PRIx64 "%016" PRIx64
           "%016" PRIx64 "\","
           "\"byte_count\":%" PRIu64 ",\"format_code\":\"x12\",\"is_complete\":true,\"read_count\":%" PRIu64
           ",\"translated_count\":%" PRIu64 ",\"held_count\":0,\"rejected_count\":0,\"duplicate_count\":0,"
           "\"ignored_count\":0}\n",
           mix(~file), mix(~file - 1), file, file, mix(file), mix(file + 1), mix(file + 2), mix(file + 3),
           count * 600, count, count);
}

int main(int argc, char **argv)
{
    uint64_t first, count, per_file;

    if (argc != 4)
        return 2;
    first = strtoull(argv[1], NULL, 10);
    count = strtoull(argv[2], NULL, 10);
    per_file = strtoull(argv[3], NULL, 10);
    for (uint64_t n = first; n < first + count; n++) {
        document(n, per_file);
        if ((n + 1) % per_file == 0)
            batch(n / per_file, per_file);
    }
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 3;
}
