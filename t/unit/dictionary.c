/* The X12 dictionary: what the image says is what the tables say, and a damaged image harms nobody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "standard/dictionary.h"
#include "standard/image.h"

#define FILE_MAX ((size_t)64 << 20)

static struct dictionary *dictionary;
static struct buffer image;

/* --- what the tests share ------------------------------------------------------------------------- */

static void path_make(char path[512], const char *variable, const char *name)
{
    const char *folder = getenv(variable);

    assert_true((size_t)snprintf(path, 512, "%s/%s", folder != NULL ? folder : ".", name) < 512);
}

static void file_read(struct buffer *content, const char *path)
{
    char block[1 << 16];
    size_t got;
    FILE *file = fopen(path, "rb");

    if (file == NULL)
        fail_msg("%s cannot be read", path);
    buffer_init(content, FILE_MAX);
    while ((got = fread(block, 1, sizeof(block), file)) > 0)
        buffer_add(content, block, got);
    fclose(file);
    assert_false(content->failed);
}

static void table_read(struct buffer *content, const char *release, const char *name)
{
    char path[512], below[256];

    assert_true((size_t)snprintf(below, sizeof(below), "maps/x12/%s%s%s", release,
                                 *release != '\0' ? "/" : "", name) < sizeof(below));
    path_make(path, "CROSSDOCK_SOURCE", below);
    file_read(content, path);
}

/* Takes the next row of a table; the heading is one too. */
static bool row_next(struct bytes *rest, struct bytes cells[8], unsigned n)
{
    struct bytes line;

    if (!bytes_split(rest, '\n', &line) || line.len == 0)
        return false;
    for (unsigned i = 0; i < n; i++) {
        if (!bytes_split(&line, '\t', &cells[i]))
            fail_msg("fewer than %u cells", n);
    }
    return true;
}

static const char *release_of(const char *text)
{
    bool exact;

    return dictionary_release(dictionary, bytes_of(text), &exact);
}

static const struct standard_codes *codes_of(const char *release, const char *element)
{
    const struct standard_element *found = dictionary_element(dictionary, release, bytes_of(element));

    assert_non_null(found);
    return found->codes;
}

static bool has(const struct standard_codes *codes, const char *code)
{
    return dictionary_has_code(codes, code, strlen(code));
}

static int setup(void **state)
{
    char path[512];
    const char *why = "";

    (void)state;
    path_make(path, "CROSSDOCK_BUILD", "maps/x12.image");
    dictionary = dictionary_open(path, &why);
    if (dictionary == NULL) {
        print_error("%s: %s\n", path, why);
        return -1;
    }
    file_read(&image, path);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    dictionary_close(dictionary);
    buffer_release(&image);
    return 0;
}

/* --- releases ------------------------------------------------------------------------------------- */

static void test_releases(void **state)
{
    static const struct {
        const char *text, *release;
        bool exact;
    } cases[] = {
        {"004010", "004010", true},       {"004010VICS", "004010", true}, {"005010X221A1", "005010", true},
        {"00401", "004010", true},        {"00501", "005010", true},      {"4010", "004010", true},
        {"  004010 ", "004010", true},    {"00400", "003060", false},     {"004020", "004010", false},
        {"004042VICS", "004030", false},  {"003040", "003060", false},    {"002001", "003060", false},
        {"005020", "005010", false},      {"008010", "005040", false},    {"005035", "005030", false},
        {"", NULL, false},                {"VICS", NULL, false},          {"401", NULL, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        bool exact;
        const char *release = dictionary_release(dictionary, bytes_of(cases[i].text), &exact);

        if (cases[i].release == NULL) {
            assert_null(release);
            continue;
        }
        assert_string_equal(release, cases[i].release);
        assert_int_equal(exact, cases[i].exact);
    }
    assert_string_equal(dictionary_release_at(dictionary, 0), "003060");
    assert_string_equal(dictionary_release_at(dictionary, 5), "005040");
    assert_null(dictionary_release_at(dictionary, 6));
}

static void test_absent(void **state)
{
    const char *release = release_of("004010");

    (void)state;
    assert_null(dictionary_set(dictionary, release, BYTES("999")));
    assert_null(dictionary_set(dictionary, release, BYTES("")));
    assert_null(dictionary_set(dictionary, release, BYTES("850850850")));
    assert_null(dictionary_set(dictionary, "004011", BYTES("850")));
    assert_null(dictionary_set(dictionary, NULL, BYTES("850")));
    assert_null(dictionary_segment(dictionary, release, BYTES("XYZ")));
    assert_null(dictionary_segment(dictionary, release, BYTES("po1")));
    assert_null(dictionary_element(dictionary, release, BYTES("99999")));
    assert_null(dictionary_segment_at(dictionary, release, 1000000));
    /* A release told by other text than dictionary_release's is the same release. */
    assert_ptr_equal(dictionary_set(dictionary, "004010", BYTES("850")),
                     dictionary_set(dictionary, release, BYTES("850")));
}

/* --- sets ----------------------------------------------------------------------------------------- */

static const struct standard_position *position_find(const struct standard_set *set, const char *path,
                                                     const char *segment)
{
    for (unsigned i = 0; i < set->n_positions; i++) {
        if (strcmp(set->positions[i].path, path) == 0 &&
            strcmp(set->positions[i].segment->id, segment) == 0)
            return &set->positions[i];
    }
    fail_msg("no %s in %s", segment, path);
    return NULL;
}

static void test_order(void **state)
{
    const struct standard_set *set = dictionary_set(dictionary, release_of("004010"), BYTES("850"));
    const struct standard_position *position;

    (void)state;
    assert_non_null(set);
    assert_string_equal(set->id, "850");
    assert_string_equal(set->release, "004010");
    assert_string_equal(set->group, "PO");
    assert_string_equal(set->name, "Purchase Order");
    assert_string_equal(set->positions[0].segment->id, "ST");
    assert_string_equal(set->positions[set->n_positions - 1].segment->id, "SE");

    position = position_find(set, "", "BEG");
    assert_int_equal(position->index, 1);
    assert_int_equal(position->need, STANDARD_MANDATORY);
    assert_int_equal(position->max_use, 1);
    assert_int_equal(position->parent, STANDARD_NO_LOOP);
    assert_int_equal(position->last, 1);
    assert_int_equal(position->depth, 0);
    assert_int_equal(position->area, 1);
    assert_false(position->starts_loop);
    assert_string_equal(position->loop, "");

    position = position_find(set, "PO1", "PO1");
    assert_true(position->starts_loop);
    assert_int_equal(position->need, STANDARD_MANDATORY);
    assert_int_equal(position->max_use, 100000);
    assert_int_equal(position->area, 2);
    assert_int_equal(position->depth, 1);
    assert_string_equal(set->positions[position->last + 1].segment->id, "CTT");

    position = position_find(set, "PO1/N1", "N3");
    assert_false(position->starts_loop);
    assert_int_equal(position->max_use, 2);
    assert_int_equal(position->depth, 2);
    assert_string_equal(set->positions[position->parent].segment->id, "N1");
    assert_string_equal(set->positions[set->positions[position->parent].parent].segment->id, "PO1");

    position = position_find(set, "", "REF");
    assert_int_equal(position->max_use, 0); /* no limit */

    /* A loop bounded by LS and LE is the loop that LS starts and LE ends. */
    position = position_find(set, "PO1/LS", "LS");
    assert_string_equal(set->positions[position->last].segment->id, "LE");
    assert_int_equal(set->positions[position->last].parent, position->index);
}

/* Loops nest, and paths are what the loops say. */
static void structure_check(const struct standard_set *set)
{
    for (unsigned i = 0; i < set->n_positions; i++) {
        const struct standard_position *position = &set->positions[i];
        unsigned depth = position->starts_loop;

        assert_int_equal(position->index, i);
        assert_true(position->last >= i && position->last < set->n_positions);
        assert_true(position->starts_loop || position->last == i);
        assert_int_equal(position->path[0] == '\0', position->parent == STANDARD_NO_LOOP && depth == 0);
        if (position->parent != STANDARD_NO_LOOP) {
            const struct standard_position *parent = &set->positions[position->parent];

            assert_true(parent->starts_loop && parent->index < i && parent->last >= position->last);
            assert_memory_equal(position->path, parent->path, strlen(parent->path));
            depth += parent->depth;
        }
        assert_int_equal(position->depth, depth);
        assert_int_equal(position->segment->key,
                         bytes_key(position->segment->id, strlen(position->segment->id)));
    }
}

/* Every set of every release, position by position as its table has it. */
static void test_every_set(void **state)
{
    const char *release, *id;
    unsigned sets = 0;

    (void)state;
    for (unsigned r = 0; (release = dictionary_release_at(dictionary, r)) != NULL; r++) {
        struct buffer listed;
        struct bytes rest, cells[8];
        unsigned n = 0;

        table_read(&listed, release, "sets.tsv");
        rest = buffer_view(&listed);
        row_next(&rest, cells, 2);
        for (; (id = dictionary_set_at(dictionary, release, n)) != NULL; n++) {
            const struct standard_set *set = dictionary_set(dictionary, release, bytes_of(id));
            struct buffer table;
            struct bytes rows, position[8];
            char name[32];
            unsigned i = 0;

            assert_true(row_next(&rest, cells, 2));
            assert_true(bytes_are(cells[0], id));
            assert_non_null(set);
            assert_true(bytes_are(cells[1], set->group));
            assert_true(set->name[0] != '\0');
            structure_check(set);
            snprintf(name, sizeof(name), "sets/%.16s.tsv", id);
            table_read(&table, release, name);
            rows = buffer_view(&table);
            row_next(&rows, position, 8);
            for (; row_next(&rows, position, 8); i++) {
                assert_true(i < set->n_positions);
                assert_true(bytes_are(position[2], set->positions[i].segment->id));
                assert_true(bytes_are(position[7], set->positions[i].path));
                assert_int_equal(position[5].len > 0, set->positions[i].starts_loop);
            }
            assert_int_equal(i, set->n_positions);
            buffer_release(&table);
            sets++;
        }
        assert_false(row_next(&rest, cells, 2));
        buffer_release(&listed);
    }
    assert_true(sets >= 204);
}

/* --- segments, composites, elements --------------------------------------------------------------- */

static void test_every_segment(void **state)
{
    const char *release;

    (void)state;
    for (unsigned r = 0; (release = dictionary_release_at(dictionary, r)) != NULL; r++) {
        struct buffer table;
        struct bytes rest, cells[8];
        const struct standard_segment *segment = NULL;
        unsigned i = 0, segments = 0;

        table_read(&table, release, "segments.tsv");
        rest = buffer_view(&table);
        row_next(&rest, cells, 7);
        while (row_next(&rest, cells, 7)) {
            const struct standard_field *field;

            if (segment == NULL || !bytes_are(cells[0], segment->id)) {
                assert_true(segment == NULL || i == segment->n_fields);
                segment = dictionary_segment(dictionary, release, cells[0]);
                assert_non_null(segment);
                assert_string_equal(segment->id, dictionary_segment_at(dictionary, release, segments));
                assert_true(bytes_are(cells[6], segment->name));
                i = 0;
                segments++;
            }
            field = &segment->fields[i];
            assert_true(i < segment->n_fields);
            assert_true((field->element != NULL) != (field->composite != NULL));
            assert_true(bytes_are(cells[2], field->element != NULL ? field->element->id
                                                                    : field->composite->id));
            assert_int_equal(bytes_are(cells[3], "M"), field->need == STANDARD_MANDATORY);
            assert_int_equal(bytes_are(cells[3], "M"), segment->mandatory >> i & 1);
            assert_true(field->repeat_max >= 1);
            i++;
        }
        assert_null(dictionary_segment_at(dictionary, release, segments));
        buffer_release(&table);
    }
}

static void test_segment(void **state)
{
    const char *release = release_of("004010");
    const struct standard_segment *segment = dictionary_segment(dictionary, release, BYTES("PO1"));
    const struct standard_composite *composite;

    (void)state;
    assert_int_equal(segment->n_fields, 25);
    assert_string_equal(segment->conditions[0].note, "C0302");
    assert_int_equal(segment->conditions[0].kind, 'C');
    assert_int_equal(segment->conditions[0].first, 1 << 2);
    assert_int_equal(segment->conditions[0].fields, 1 << 2 | 1 << 1);
    assert_string_equal(segment->conditions[2].note, "P0607");
    assert_int_equal(segment->conditions[2].first, 0);

    segment = dictionary_segment(dictionary, release, BYTES("ISA"));
    assert_int_equal(segment->n_fields, 16);
    assert_int_equal(segment->mandatory, 0xffff);
    assert_int_equal(dictionary_segment(dictionary, release, BYTES("ST"))->n_fields, 2);
    assert_int_equal(dictionary_segment(dictionary, "005010", BYTES("ST"))->n_fields, 3);

    segment = dictionary_segment(dictionary, release, BYTES("MEA"));
    composite = segment->fields[3].composite;
    assert_string_equal(composite->id, "C001");
    assert_string_equal(composite->fields[0].element->id, "355");
    assert_int_equal(composite->mandatory, 1);

    segment = dictionary_segment(dictionary, "005010", BYTES("EB"));
    assert_int_equal(segment->fields[2].repeat_max, 99);

    /* An element whose number is not known is not checked. */
    segment = dictionary_segment(dictionary, "005010", BYTES("ISE"));
    assert_string_equal(segment->fields[0].element->id, "?");
    assert_int_equal(segment->fields[0].element->type, 0);
    assert_null(segment->fields[0].element->codes);
}

static void test_elements(void **state)
{
    static const struct {
        const char *release, *id;
        unsigned type, decimals, min, max;
    } cases[] = {
        {"004010", "324", STANDARD_AN, 0, 1, 22}, {"004010", "353", STANDARD_ID, 0, 2, 2},
        {"004010", "373", STANDARD_DT, 0, 8, 8},  {"004010", "337", STANDARD_TM, 0, 4, 8},
        {"004010", "212", STANDARD_R, 0, 1, 17},  {"004010", "610", STANDARD_N, 2, 1, 15},
        {"004010", "354", STANDARD_N, 0, 1, 6},   {"004010", "785", STANDARD_B, 0, 1, 0},
        {"004010", "I12", STANDARD_N, 0, 9, 9},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const struct standard_element *element = dictionary_element(dictionary, cases[i].release,
                                                                    bytes_of(cases[i].id));

        assert_string_equal(element->id, cases[i].id);
        assert_true(element->name[0] != '\0');
        assert_int_equal(element->type, cases[i].type);
        assert_int_equal(element->decimals, cases[i].decimals);
        assert_int_equal(element->min, cases[i].min);
        assert_int_equal(element->max, cases[i].max);
    }
}

/* --- codes ---------------------------------------------------------------------------------------- */

static void test_codes(void **state)
{
    const struct standard_codes *codes = codes_of("004010", "353");
    char text[64];

    (void)state;
    assert_true(has(codes, "00"));
    assert_false(has(codes, "ZZZ"));
    assert_false(has(codes, ""));
    assert_false(has(codes, "0"));
    assert_false(has(codes, "000000000"));
    assert_false(dictionary_has_code(codes, "00\0", 3));
    assert_false(dictionary_has_code(codes, "\0\0", 2));
    assert_string_equal(dictionary_code_meaning(codes, BYTES("00")), "Original");
    assert_null(dictionary_code_meaning(codes, BYTES("ZZZ")));
    assert_null(dictionary_code_meaning(NULL, BYTES("00")));

    /* Each release has its own view of a list: 143's 102 came after 004010, and in 004030 all go. */
    assert_false(has(codes_of("004010", "143"), "102"));
    assert_true(has(codes_of("005010", "143"), "102"));
    assert_true(has(codes_of("004030", "143"), "102"));
    assert_string_equal(dictionary_code_meaning(codes_of("004010", "143"), BYTES("102")), "Associated Data");

    /* Open lists tell meanings and refuse nothing; and so do lists of text elements. */
    assert_true(has(codes_of("004010", "156"), "ON"));
    assert_true(has(codes_of("004010", "26"), "XK"));
    assert_true(has(codes_of("004010", "100"), "ECU"));
    assert_true(has(codes_of("004010", "103"), "CTN25"));
    assert_string_equal(dictionary_code_meaning(codes_of("004010", "26"), BYTES("DE")), "Germany");
    assert_string_equal(dictionary_code_meaning(codes_of("005010", "26"), BYTES("DEU")), "Germany");

    /* 620 is a track number in 004010 and a code in 005010. */
    assert_null(codes_of("004010", "620"));
    assert_true(has(codes_of("005010", "620"), "I9"));
    assert_null(codes_of("004010", "324"));

    assert_string_equal(dictionary_codes_text(codes_of("004010", "715"), text, sizeof(text)),
                        "A, E, M, P, R, W, X");
    dictionary_codes_text(codes_of("004010", "98"), text, sizeof(text));
    assert_non_null(strstr(text, " more"));
    for (size_t size = 0; size < sizeof(text); size++) {
        memset(text, '#', sizeof(text));
        dictionary_codes_text(codes_of("004010", "98"), text, size);
        assert_true(size == 0 || memchr(text, '\0', size) != NULL);
        assert_int_equal(text[size], '#');
    }
    dictionary_codes_text(NULL, text, sizeof(text));
    assert_string_equal(text, "");
}

/* Every row of codes.tsv is found, in the releases that have it and no other. */
static void test_every_code(void **state)
{
    struct buffer table;
    struct bytes rest, cells[8];
    unsigned checked = 0;

    (void)state;
    table_read(&table, "", "codes.tsv");
    rest = buffer_view(&table);
    row_next(&rest, cells, 6);
    while (row_next(&rest, cells, 6)) {
        static const char *const own[] = {"004010", "005010"};

        for (unsigned i = 0; i < 2; i++) {
            const struct standard_element *element = dictionary_element(dictionary, own[i], cells[0]);
            const char *meaning;

            if (element == NULL || element->codes == NULL)
                continue;
            meaning = dictionary_code_meaning(element->codes, cells[1]);
            assert_non_null(meaning);
            assert_true(bytes_are(cells[5], meaning));
            assert_int_equal(dictionary_has_code(element->codes, cells[1].at, cells[1].len),
                             element->codes->open || cells[2 + i].at[0] != 'N');
            checked++;
        }
    }
    assert_true(checked > 50000);
    buffer_release(&table);
}

/* --- damage --------------------------------------------------------------------------------------- */

static unsigned look_into_codes(const struct standard_codes *codes)
{
    static const char *const some[] = {"00", "ST", "BY", "1", "VN", "ZZ", "UPC"};
    const char *meaning;
    char code[9], text[40];
    unsigned seen = 0;
    bool taken;

    if (codes == NULL)
        return 0;
    for (size_t i = 0; i < sizeof(some) / sizeof(*some); i++) {
        seen += has(codes, some[i]);
        meaning = dictionary_code_meaning(codes, bytes_of(some[i]));
        seen += meaning != NULL && strlen(meaning) > 0;
    }
    for (unsigned n = 0; n < 5 && dictionary_code_at(codes, n, code, &meaning, &taken); n++)
        seen += strlen(code) > 0 && strlen(meaning) > 0;
    return seen + strlen(dictionary_codes_text(codes, text, sizeof(text)));
}

static unsigned look_into_fields(const struct standard_field *fields, unsigned n)
{
    unsigned seen = 0;

    for (unsigned i = 0; i < n; i++) {
        if (fields[i].composite != NULL) {
            seen += strlen(fields[i].composite->id) + strlen(fields[i].composite->name);
            seen += look_into_fields(fields[i].composite->fields, fields[i].composite->n_fields);
        } else {
            seen += strlen(fields[i].element->id) + strlen(fields[i].element->name);
            seen += look_into_codes(fields[i].element->codes);
        }
    }
    return seen;
}

/* Uses everything an image says of some sets and of all segments of one release. */
static unsigned look_into(struct dictionary *opened, unsigned salt)
{
    const char *release = dictionary_release_at(opened, salt % 6);
    const char *id;
    unsigned seen = 0;

    if (release == NULL)
        return 0;
    for (unsigned n = salt % 5; (id = dictionary_set_at(opened, release, n)) != NULL; n += 5) {
        const struct standard_set *set = dictionary_set(opened, release, bytes_of(id));

        for (unsigned i = 0; set != NULL && i < set->n_positions; i++) {
            const struct standard_position *position = &set->positions[i];

            seen += strlen(position->loop) + strlen(position->path) + strlen(position->segment->id);
            assert_true(position->last >= i && position->last < set->n_positions);
            assert_true(position->parent == STANDARD_NO_LOOP || position->parent < i);
        }
    }
    for (unsigned n = salt % 7; (id = dictionary_segment_at(opened, release, n)) != NULL; n += 7) {
        const struct standard_segment *segment = dictionary_segment(opened, release, bytes_of(id));

        if (segment == NULL)
            continue;
        seen += look_into_fields(segment->fields, segment->n_fields);
        for (unsigned i = 0; i < segment->n_conditions; i++)
            seen += strlen(segment->conditions[i].note);
    }
    return seen;
}

/* In memory of exactly its size, so that a sanitizer sees every byte beyond. */
static void damaged_use(const char *at, size_t size, unsigned salt)
{
    const char *why = NULL;
    struct dictionary *opened = dictionary_open_image(at, size, &why);

    if (opened == NULL) {
        assert_non_null(why);
        return;
    }
    look_into(opened, salt);
    dictionary_close(opened);
}

/* A small generator, the same everywhere (xorshift32; Marsaglia 2003). */
static uint32_t random_next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static unsigned rounds(unsigned quick)
{
    return getenv("CROSSDOCK_SLOW") != NULL ? quick * 20 : quick;
}

static void test_cut(void **state)
{
    uint32_t random = 1;

    (void)state;
    for (unsigned i = 0; i < rounds(60); i++) {
        size_t size = i < 30 ? i * 10 : random_next(&random) % image.len;
        char *cut = malloc(size + 1);
        const char *why = NULL;

        assert_non_null(cut);
        memcpy(cut, image.at, size);
        assert_null(dictionary_open_image(cut, size, &why));
        assert_non_null(why);
        free(cut);
    }
}

/* The header says it is whole, and the sections are not there. */
static void test_cut_and_claimed(void **state)
{
    uint32_t random = 2;

    (void)state;
    for (unsigned i = 0; i < rounds(40); i++) {
        size_t least = sizeof(struct image_header);
        size_t size = least + random_next(&random) % (image.len - least);
        char *cut = malloc(size);
        uint64_t claimed = size;

        assert_non_null(cut);
        memcpy(cut, image.at, size);
        memcpy(cut + offsetof(struct image_header, size), &claimed, sizeof(claimed));
        damaged_use(cut, size, i);
        free(cut);
    }
}

static void test_header_flipped(void **state)
{
    char *copy = malloc(image.len);

    (void)state;
    assert_non_null(copy);
    memcpy(copy, image.at, image.len);
    for (size_t at = 0; at < sizeof(struct image_header); at++) {
        for (unsigned flip = 1; flip < 256; flip = flip * 3 + 1) {
            copy[at] = (char)(image.at[at] ^ flip);
            damaged_use(copy, image.len, (unsigned)at);
        }
        copy[at] = image.at[at];
    }
    free(copy);
}

/* Many bytes of one section at once: enough that every kind of row is hit in every way. */
static void test_rows_flipped(void **state)
{
    const struct image_header *header = (const void *)image.at;
    char *copy = malloc(image.len);
    uint32_t random = 3;

    (void)state;
    assert_non_null(copy);
    for (unsigned i = 0; i < rounds(120); i++) {
        unsigned section = i % IMAGE_SECTIONS;
        size_t offset = header->sections[section].offset;
        size_t size = (size_t)header->sections[section].rows * header->sections[section].row_size;
        size_t flips = i / IMAGE_SECTIONS % 2 == 0 ? size / 16 + 1 : size / 512 + 1;

        memcpy(copy, image.at, image.len);
        while (flips-- > 0) {
            size_t at = offset + random_next(&random) % size;

            copy[at] = (char)random_next(&random);
        }
        damaged_use(copy, image.len, i);
    }
    free(copy);
}

/* Slots all taken, and none of them the code: the search ends. */
static void test_full_lists(void **state)
{
    const struct image_header *header = (const void *)image.at;
    char *copy = malloc(image.len);
    struct standard_code_slot *slots;
    struct image_list *lists;

    (void)state;
    assert_non_null(copy);
    memcpy(copy, image.at, image.len);
    slots = (void *)(copy + header->sections[IMAGE_SLOTS].offset);
    lists = (void *)(copy + header->sections[IMAGE_LISTS].offset);
    for (uint32_t i = 0; i < header->sections[IMAGE_SLOTS].rows; i++)
        slots[i].key = 1;
    for (uint32_t i = 0; i < header->sections[IMAGE_LISTS].rows; i++)
        lists[i].probes = 100000;
    damaged_use(copy, image.len, 1);
    free(copy);
}

static void test_refusals(void **state)
{
    static const char text[] = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *";
    struct image_header *header = (void *)image.at;
    const char *why = NULL;
    char path[512];

    (void)state;
    assert_null(dictionary_open("/nonexistent/x12.image", &why));
    assert_string_equal(why, "No such file or directory");
    assert_null(dictionary_open("/", &why));
    assert_string_equal(why, "not a file");
    assert_null(dictionary_open("/dev/null", &why));
    assert_string_equal(why, "not a file");
    path_make(path, "CROSSDOCK_SOURCE", "maps/x12/codes.tsv");
    assert_null(dictionary_open(path, &why));
    assert_string_equal(why, "not an X12 dictionary image");
    assert_null(dictionary_open_image(text, sizeof(text), &why));
    assert_string_equal(why, "not an X12 dictionary image");
    assert_null(dictionary_open_image(image.at, image.len - 8, &why));
    assert_string_equal(why, "an X12 dictionary image that is not whole");
    header->layout++;
    assert_null(dictionary_open_image(image.at, image.len, &why));
    assert_string_equal(why, "an X12 dictionary image of another version of crossdock");
    header->layout--;
    header->order = 0x04030201;
    assert_null(dictionary_open_image(image.at, image.len, &why));
    assert_string_equal(why, "an X12 dictionary image of a machine of another byte order");
    header->order = IMAGE_ORDER;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_releases),       cmocka_unit_test(test_absent),
        cmocka_unit_test(test_order),          cmocka_unit_test(test_every_set),
        cmocka_unit_test(test_segment),        cmocka_unit_test(test_every_segment),
        cmocka_unit_test(test_elements),       cmocka_unit_test(test_codes),
        cmocka_unit_test(test_every_code),     cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_cut),            cmocka_unit_test(test_cut_and_claimed),
        cmocka_unit_test(test_header_flipped), cmocka_unit_test(test_rows_flipped),
        cmocka_unit_test(test_full_lists),
    };

    return cmocka_run_group_tests_name("dictionary", tests, setup, teardown);
}
