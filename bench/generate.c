/*
 * generate: documents by the megabyte, for measuring.
 *
 *   generate [--seed=N] [--compact] [--document=850|856|810 | --single-set] MEGABYTES > orders.edi
 *
 * X12, release 004010, * ~ > as delimiters and a line end after each segment (none with --compact). An
 * interchange holds one group of 50 documents: orders of 10 lines; or ship notices of an order in 5 cartons,
 * each with its SSCC and two items with their lots; or invoices of 10 lines with terms, a charge and a tax.
 * --single-set writes all into one order instead, with lines of about 1 KB, because the standard allows
 * 100,000 lines in one.
 *
 * All is valid: control numbers, counts, hash totals, check digits, codes and lengths. The same arguments
 * give the same bytes. At least so many megabytes (of 1,000,000 bytes) come out, up to the end of an
 * interchange.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    SETS = 50,   /* an interchange */
    LINES = 10,  /* an order, or an invoice */
    CARTONS = 5, /* a ship notice */
    BUFFER = 256 << 10,
    ROOM = 16 << 10, /* a line of an order never needs more */
};

struct generator;
struct document {
    const char *set, *group; /* ST01, GS01 */
    void (*write)(struct generator *generator, unsigned number);
};

struct generator {
    const struct document *document;
    char *buffer;
    size_t used;
    uint64_t flushed; /* bytes written before what is in the buffer */
    uint64_t random;
    bool compact;
    unsigned segments; /* since ST, ST included */
    unsigned order;    /* documents so far */
    unsigned interchange;
};

/* --- output: a segment is a run of add_* between begin and end */

static void flush(struct generator *generator)
{
    const char *bytes = generator->buffer;
    size_t left = generator->used;
    while (left > 0) {
        ssize_t n = write(STDOUT_FILENO, bytes, left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            if (errno != EPIPE)
                perror("generate");
            exit(3);
        }
        bytes += n;
        left -= (size_t)n;
    }
    generator->flushed += generator->used;
    generator->used = 0;
}

static void make_room(struct generator *generator)
{
    if (generator->used > BUFFER - ROOM)
        flush(generator);
}

static void add(struct generator *generator, const char *text)
{
    size_t length = strlen(text);
    memcpy(generator->buffer + generator->used, text, length);
    generator->used += length;
}

static void end(struct generator *generator)
{
    add(generator, generator->compact ? "~" : "~\n");
    generator->segments++;
}

/* A whole segment of fixed text. */
static void segment(struct generator *generator, const char *text)
{
    add(generator, text);
    end(generator);
}

/* With leading zeros to `width`. */
static void add_number(struct generator *generator, uint64_t number, unsigned width)
{
    char digits[20];
    unsigned n = 0;
    do {
        digits[n++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (n < width)
        digits[n++] = '0';
    while (n > 0)
        generator->buffer[generator->used++] = digits[--n];
}

/* A price in hundredths, written with its point. */
static void add_price(struct generator *generator, unsigned hundredths)
{
    add_number(generator, hundredths / 100, 1);
    add(generator, ".");
    add_number(generator, hundredths % 100, 2);
}

/* Of the digits just added, the GS1 check digit. */
static void add_check_digit(struct generator *generator, unsigned digits)
{
    const char *from = generator->buffer + generator->used - digits;
    unsigned sum = 0;
    for (unsigned i = 0; i < digits; i++)
        sum += (unsigned)(from[i] - '0') * ((digits - i) % 2 == 1 ? 3 : 1);
    add_number(generator, (10 - sum % 10) % 10, 1);
}

static void add_gtin12(struct generator *generator, unsigned item)
{
    add(generator, "614141");
    add_number(generator, item, 5);
    add_check_digit(generator, 11);
}

static void add_gtin14(struct generator *generator, unsigned item)
{
    add(generator, "10614141");
    add_number(generator, item, 5);
    add_check_digit(generator, 13);
}

static void add_gln(struct generator *generator, unsigned place)
{
    add(generator, "9520000");
    add_number(generator, place, 5);
    add_check_digit(generator, 12);
}

/* --- chance: splitmix64 */

static unsigned chance(struct generator *generator, unsigned below)
{
    uint64_t z = generator->random += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (unsigned)((z ^ z >> 31) % below);
}

#define PICK(generator, list) ((list)[chance(generator, sizeof(list) / sizeof *(list))])

static const char *const dates[] = {"20261123", "20261124", "20261125", "20261127", "20261130",
                                    "20261201", "20261202", "20261204", "20261207", "20261211"};
static const char *const adjectives[] = {"Small",     "Large",      "Light", "Heavy-duty", "Folding",
                                         "Stainless", "Galvanised", "Oak",   "Cordless",   "Double"};
static const char *const things[] = {"claw hammer, 16 oz",
                                     "tape measure",
                                     "hand saw with spare blade",
                                     "shelf",
                                     "bucket, 12 l",
                                     "work lamp",
                                     "hinge, pair",
                                     "garden hose 15 m",
                                     "screwdriver set of 6",
                                     "cable drum"};
static const char *const cities[] = {"Dallas*TX*75201", "Reno*NV*89502",   "Columbus*OH*43215",
                                     "Tyler*TX*75702",  "Duluth*MN*55802", "Boise*ID*83702",
                                     "Lima*OH*45801",   "Macon*GA*31201"};
static const char *const streets[] = {"Harbor Road", "Market Street", "Basin Way", "Mill Road",
                                      "Summit Street"};
static const char *const units[] = {"EA", "EA", "EA", "EA", "CA", "DZ"};

/* --- segments */

static void add_quantity_and_price(struct generator *generator, unsigned line, unsigned *hash)
{
    unsigned quantity = 1 + chance(generator, 500);
    *hash += quantity;
    add(generator, "PO1*");
    add_number(generator, line, 1);
    add(generator, "*");
    add_number(generator, quantity, 1);
    add(generator, "*");
    add(generator, PICK(generator, units));
    add(generator, "*");
    add_price(generator, 10 + chance(generator, 25000));
    add(generator, "**UP*");
}

static void add_description(struct generator *generator)
{
    add(generator, "PID*F*08***");
    add(generator, PICK(generator, adjectives));
    add(generator, " ");
    add(generator, PICK(generator, things));
    end(generator);
}

static void add_date(struct generator *generator, const char *qualifier)
{
    add(generator, "DTM*");
    add(generator, qualifier);
    add(generator, "*");
    add(generator, PICK(generator, dates));
    end(generator);
}

static void add_reference(struct generator *generator, const char *qualifier, unsigned number, unsigned width)
{
    add(generator, "REF*");
    add(generator, qualifier);
    add(generator, "*");
    add_number(generator, number, width);
    end(generator);
}

static void add_address(struct generator *generator)
{
    add(generator, "N3*");
    add_number(generator, 1 + chance(generator, 9000), 1);
    add(generator, " ");
    add(generator, PICK(generator, streets));
    end(generator);
    add(generator, "N4*");
    add(generator, PICK(generator, cities));
    add(generator, "*US");
    end(generator);
}

static void begin_set(struct generator *generator, unsigned number)
{
    generator->segments = 0;
    generator->order++;
    add(generator, "ST*");
    add(generator, generator->document->set);
    add(generator, "*");
    add_number(generator, number, 4);
    end(generator);
}

static void end_set(struct generator *generator, unsigned number)
{
    add(generator, "SE*");
    add_number(generator, generator->segments + 1, 1);
    add(generator, "*");
    add_number(generator, number, 4);
    end(generator);
}

static void add_store(struct generator *generator)
{
    unsigned store = 100 + chance(generator, 900);
    add(generator, "N1*ST*ACME STORE ");
    add_number(generator, store, 4);
    add(generator, "*92*");
    add_number(generator, store, 4);
    end(generator);
}

static void header(struct generator *generator, unsigned number)
{
    begin_set(generator, number);
    add(generator, "BEG*00*SA*45");
    add_number(generator, generator->order, 8);
    add(generator, "**20261122");
    end(generator);
    add_reference(generator, "DP", 1 + chance(generator, 90), 3);
    add_reference(generator, "IA", 77130, 5);
    add_date(generator, "002");
    add_date(generator, "010");
    add(generator, "N1*BY*ACME STORES*UL*");
    add_gln(generator, 1);
    end(generator);
    add_store(generator);
    segment(generator, "N2*Receiving");
    add_address(generator);
}

static void trailer(struct generator *generator, unsigned number, unsigned lines, unsigned hash)
{
    add(generator, "CTT*");
    add_number(generator, lines, 1);
    add(generator, "*");
    add_number(generator, hash, 1);
    end(generator);
    end_set(generator, number);
}

static void order(struct generator *generator, unsigned number)
{
    unsigned hash = 0;
    header(generator, number);
    for (unsigned line = 1; line <= LINES; line++) {
        unsigned item = chance(generator, 100000);
        make_room(generator);
        add_quantity_and_price(generator, line, &hash);
        add_gtin12(generator, item);
        add(generator, "*VN*CT-");
        add_number(generator, item, 5);
        add(generator, "*IN*3");
        add_number(generator, item, 5);
        end(generator);
        add_description(generator);
    }
    trailer(generator, number, LINES, hash);
}

/* What a line says of its item: the goods' number, the seller's and the buyer's. */
static void add_item(struct generator *generator, unsigned item)
{
    add(generator, "UP*");
    add_gtin12(generator, item);
    add(generator, "*VN*CT-");
    add_number(generator, item, 5);
    add(generator, "*IN*3");
    add_number(generator, item, 5);
}

static void invoice(struct generator *generator, unsigned number)
{
    uint64_t total = 0;
    begin_set(generator, number);
    add(generator, "BIG*20261122*IN");
    add_number(generator, generator->order, 8);
    add(generator, "*20261115*45");
    add_number(generator, generator->order, 8);
    end(generator);
    add_reference(generator, "IA", 77130, 5);
    add_reference(generator, "BM", 1 + chance(generator, 1000000), 7);
    add_store(generator);
    add_address(generator);
    segment(generator, "ITD*01*3*2**10**30");
    add_date(generator, "011");
    for (unsigned line = 1; line <= LINES; line++) {
        unsigned quantity = 1 + chance(generator, 500), price = 10 + chance(generator, 25000);
        make_room(generator);
        total += (uint64_t)quantity * price;
        add(generator, "IT1*");
        add_number(generator, line, 1);
        add(generator, "*");
        add_number(generator, quantity, 1);
        add(generator, "*EA*");
        add_price(generator, price);
        add(generator, "**");
        add_item(generator, chance(generator, 100000));
        end(generator);
        add_description(generator);
    }
    add(generator, "TDS*");
    add_number(generator, total + 1250 + 4800, 1);
    end(generator);
    segment(generator, "TXI*ST*12.50");
    segment(generator, "CAD*M***NTRX*NORTHERN TRANSIT");
    segment(generator, "SAC*C*D240***4800**********Freight");
    add(generator, "CTT*");
    add_number(generator, LINES, 1);
    end(generator);
    end_set(generator, number);
}

/* HL: shipment, order, pack, item. */
static void add_level(struct generator *generator, unsigned level, unsigned parent, const char *code)
{
    add(generator, "HL*");
    add_number(generator, level, 1);
    add(generator, "*");
    if (parent > 0)
        add_number(generator, parent, 1);
    add(generator, "*");
    add(generator, code);
    end(generator);
}

static void ship_notice(struct generator *generator, unsigned number)
{
    unsigned level = 2;
    begin_set(generator, number);
    add(generator, "BSN*00*SH");
    add_number(generator, generator->order, 8);
    add(generator, "*20261122*0815*0001");
    end(generator);
    add_level(generator, 1, 0, "S");
    segment(generator, "TD1*CTN25*5****G*46.5*LB");
    segment(generator, "TD5**2*NTRX*M*NORTHERN TRANSIT");
    add_reference(generator, "BM", 1 + chance(generator, 1000000), 7);
    add_date(generator, "011");
    segment(generator, "N1*SF*TUNDRA MILLS*92*0001");
    add_store(generator);
    add_address(generator);
    add_level(generator, 2, 1, "O");
    add(generator, "PRF*45");
    add_number(generator, generator->order, 8);
    add(generator, "***20261115");
    end(generator);
    for (unsigned carton = 1; carton <= CARTONS; carton++) {
        unsigned pack = ++level;
        make_room(generator);
        add_level(generator, pack, 2, "P");
        add(generator, "MAN*GM*0000614141");
        add_number(generator, generator->order % 10000000 * 10 + carton, 9);
        add_check_digit(generator, 17);
        end(generator);
        for (unsigned i = 0; i < 2; i++) {
            add_level(generator, ++level, pack, "I");
            add(generator, "LIN**");
            add_item(generator, chance(generator, 100000));
            add(generator, "*LT*L");
            add_number(generator, chance(generator, 100000), 6);
            end(generator);
            add(generator, "SN1**");
            add_number(generator, 1 + chance(generator, 24), 1);
            add(generator, "*EA");
            end(generator);
            add_description(generator);
        }
    }
    add(generator, "CTT*");
    add_number(generator, level, 1);
    end(generator);
    end_set(generator, number);
}

static const struct document documents[] = {
    {"850", "PO", order},
    {"856", "SH", ship_notice},
    {"810", "IN", invoice},
};

static const struct document *find_document(const char *set)
{
    for (size_t i = 0; i < sizeof(documents) / sizeof(*documents); i++)
        if (strcmp(documents[i].set, set) == 0)
            return &documents[i];
    return NULL;
}

/* A line with most of what a line may have: some 1 KB. */
static void rich_line(struct generator *generator, unsigned line, unsigned *hash)
{
    unsigned item = chance(generator, 100000);
    make_room(generator);
    add_quantity_and_price(generator, line, hash);
    add_gtin12(generator, item);
    add(generator, "*UK*");
    add_gtin14(generator, item);
    add(generator, "*VN*CT-");
    add_number(generator, item, 5);
    add(generator, "*IN*3");
    add_number(generator, item, 5);
    add(generator, "*BP*AC-");
    add_number(generator, item, 5);
    end(generator);
    add_description(generator);
    segment(generator, "PID*F*75***Natural");
    segment(generator, "PO4*12*1*EA*CTN*G*9.2*KG*0.018*CR*0.4*0.3*0.15*MR");
    add_reference(generator, "MR", item, 5);
    add_reference(generator, "PD", chance(generator, 1000), 4);
    segment(generator, "SAC*A*I170***3600*1*2*****02***Trade discount");
    segment(generator,
            "SDQ*EA*92*0101*12*0102*12*0107*6*0110*6*0123*18*0140*12*0141*6*0155*12*0160*12*0172*12");
    add_date(generator, "002");
    add_date(generator, "010");
    segment(generator, "TD5*O*2*NTRX*M*NORTHERN TRANSIT");
    for (int i = 0; i < 3; i++) {
        add(generator, "SCH*");
        add_number(generator, 1 + chance(generator, 200), 1);
        add(generator, "*EA*ST*ACME DC 6021*002*");
        add(generator, PICK(generator, dates));
        end(generator);
    }
    segment(generator, "N9*L1*PACKING");
    segment(generator,
            "MSG*Price tickets on the handle, one on each piece, in the format agreed with the buyer; "
            "no ticket may cover the bar code.");
    segment(generator,
            "MSG*Pallets at most 1.6 m high, layers not mixed, the purchase order number on two sides.");
    segment(generator, "N9*L1*DELIVERY");
    segment(generator,
            "MSG*Book the dock two working days ahead; deliveries without an appointment are turned away.");
    add(generator, "N1*Z7*ACME STORE ");
    add_number(generator, 100 + chance(generator, 900), 4);
    add(generator, "*92*0101");
    end(generator);
    add_address(generator);
    segment(generator, "PER*DC*Receiving desk*TE*2145550177*EM*receiving@acme.example");
    segment(generator, "AMT*1*1008.00");
    add_reference(generator, "11", chance(generator, 100000), 5);
}

static void interchange(struct generator *generator, uint64_t size, bool single_set)
{
    unsigned number = ++generator->interchange, sets = 0;
    add(generator,
        "ISA*00*          *00*          *01*555010101      *ZZ*CROSSDOCK      *261122*0815*U*00401*");
    add_number(generator, number, 9);
    segment(generator, "*0*P*>");
    add(generator, "GS*");
    add(generator, generator->document->group);
    add(generator, "*555010101*CROSSDOCK*20261122*0815*");
    add_number(generator, number, 1);
    segment(generator, "*X*004010");
    if (single_set) {
        unsigned lines = 0, hash = 0;
        sets = 1;
        header(generator, 1);
        do
            rich_line(generator, ++lines, &hash);
        while (generator->flushed + generator->used < size);
        trailer(generator, 1, lines, hash);
        if (lines > 100000)
            fprintf(stderr, "generate: %u lines; the standard allows 100000 in a set\n", lines);
    } else {
        while (sets < SETS)
            generator->document->write(generator, ++sets);
    }
    add(generator, "GE*");
    add_number(generator, sets, 1);
    add(generator, "*");
    add_number(generator, number, 1);
    end(generator);
    add(generator, "IEA*1*");
    add_number(generator, number, 9);
    end(generator);
}

static bool parse_number(const char *text, uint64_t *number)
{
    char *rest;
    errno = 0;
    *number = strtoull(text, &rest, 10);
    return errno == 0 && rest != text && *rest == '\0' && *text != '-';
}

static int usage(void)
{
    fputs("usage: generate [--seed=N] [--compact] [--document=850|856|810 | --single-set] MEGABYTES\n",
          stderr);
    return 2;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"seed", required_argument, NULL, 's'},
        {"compact", no_argument, NULL, 'c'},
        {"document", required_argument, NULL, 'd'},
        {"single-set", no_argument, NULL, '1'},
        {NULL, 0, NULL, 0},
    };
    struct generator generator = {.document = documents, .random = 1};
    bool single_set = false;
    uint64_t megabytes;
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 's':
            if (!parse_number(optarg, &generator.random))
                return usage();
            break;
        case 'c': generator.compact = true; break;
        case '1': single_set = true; break;
        case 'd':
            generator.document = find_document(optarg);
            if (generator.document == NULL)
                return usage();
            break;
        default: return usage();
        }
    }
    if ((single_set && generator.document != documents) || argc - optind != 1 ||
        !parse_number(argv[optind], &megabytes) || megabytes > 1000000)
        return usage();
    generator.buffer = malloc(BUFFER);
    if (generator.buffer == NULL)
        return 3;
    fcntl(STDOUT_FILENO, F_SETPIPE_SZ, 1 << 20); /* fails when it is no pipe: no matter */
    do {
        make_room(&generator);
        interchange(&generator, megabytes * 1000000, single_set);
    } while (!single_set && generator.flushed + generator.used < megabytes * 1000000);
    flush(&generator);
    free(generator.buffer);
    return 0;
}
