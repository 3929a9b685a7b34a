/* YAML, and a table of settings that reads it: a tree within its bounds, or a complaint with its place. */
#include "conf/settings.h"
#include "fuzz.h"

const char *const fuzz_seeds[] = {"t/fuzz/seeds/settings", "partners", NULL};

struct values {
    const char *text;
    struct settings_texts texts;
    bool flag;
    uint64_t count, duration;
    int word;
    struct decimal decimal;
    struct inner {
        uint64_t count;
    } inner;
    const struct yaml_node *any;
};

static const char *const words[] = {"off", "warn", "error", NULL};
static const struct settings_row inner_rows[] = {
    {.key = "count", .kind = SETTINGS_COUNT, .offset = offsetof(struct inner, count), .most = 9}};
static const struct settings inner_table = {SETTINGS_ROWS(inner_rows)};
static const struct settings_row rows[] = {
    {.key = "text", .kind = SETTINGS_TEXT, .offset = offsetof(struct values, text), .least = 1, .most = 20},
    {.key = "texts", .kind = SETTINGS_TEXTS, .offset = offsetof(struct values, texts), .most = 3},
    {.key = "flag", .kind = SETTINGS_FLAG, .offset = offsetof(struct values, flag), .fallback = "no"},
    {.key = "count", .kind = SETTINGS_COUNT, .offset = offsetof(struct values, count), .most = 1000},
    {.key = "duration", .kind = SETTINGS_DURATION, .offset = offsetof(struct values, duration)},
    {.key = "word", .kind = SETTINGS_WORD, .offset = offsetof(struct values, word), .words = words},
    {.key = "decimal", .kind = SETTINGS_DECIMAL, .offset = offsetof(struct values, decimal)},
    {.key = "inner",
     .kind = SETTINGS_MAPPING,
     .offset = offsetof(struct values, inner),
     .inner = &inner_table},
    {.key = "any", .kind = SETTINGS_ANY, .offset = offsetof(struct values, any)},
};
static const struct settings table = {SETTINGS_ROWS(rows)};

/* As deep as YAML_MAX_DEPTH. */
static unsigned count(const struct yaml_node *node, unsigned depth)
{
    unsigned n = 1, children = 0;

    if (depth > YAML_MAX_DEPTH || node->line == 0 || node->column == 0)
        fuzz_fail("a node of depth %u at %u:%u", depth, node->line, node->column);
    if (node->kind == YAML_SCALAR && node->text.at[node->text.len] != '\0')
        fuzz_fail("a scalar without its NUL");
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next, children++)
        n += count(child, depth + 1);
    if (children != node->n)
        fuzz_fail("%u children are said to be %u", children, node->n);
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes content;
    struct report report;
    struct arena arena;
    struct yaml_node *root;

    fuzz_report(&report);
    arena_init(&arena, 4096, 64 << 20);
    root = yaml_load(fuzz_file("fuzz.yaml", (struct bytes){(const char *)data, size}), &arena, &report,
                     &content);
    if ((root == NULL) != (report_status(&report) != 0))
        fuzz_fail("%s, and exit status %d", root == NULL ? "refused" : "taken", report_status(&report));
    if (root != NULL) {
        struct values values = {0};

        if (count(root, 0) > YAML_MAX_NODES + 1)
            fuzz_fail("more nodes than there may be");
        if (settings_read(&table, root, &values, &arena, &report)) {
            if (values.count > 1000 || values.inner.count > 9 || values.texts.n > 3 || values.word < 0 ||
                values.word > 2 || (values.text != NULL && strlen(values.text) > 20))
                fuzz_fail("a value out of its bounds was taken");
        } else if (!report.misused) {
            fuzz_fail("refused without a word");
        }
    }
    arena_release(&arena);
    report_release(&report);
    return 0;
}
