#include "tree_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

static struct bytes input;
static size_t piece;

ssize_t __real_read(int fd, void *at, size_t len);
ssize_t __wrap_read(int fd, void *at, size_t len);
ssize_t __wrap_read(int fd, void *at, size_t len)
{
    size_t got = input.len < piece ? input.len : piece;

    if (fd != TREE_FD)
        return __real_read(fd, at, len);
    got = got < len ? got : len;
    memcpy(at, input.at, got);
    input.at += got;
    input.len -= got;
    return (ssize_t)got;
}

struct dump {
    char text[256 * 1024];
    size_t len;
};

static void put(struct dump *dump, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct dump *dump, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    dump->len += (size_t)vsnprintf(dump->text + dump->len, sizeof(dump->text) - dump->len, format, arguments);
    va_end(arguments);
    assert_true(dump->len < sizeof(dump->text));
}

static void put_node(struct dump *dump, const struct tree_node *node)
{
    put(dump, "%s%.*s", node->kind == TREE_ATTRIBUTE ? "@" : "", BYTES_ARG(node->name));
    if (node->text.at != NULL)
        put(dump, "=\"%.*s\"", BYTES_ARG(node->text));
    if (node->first == NULL)
        return;
    put(dump, "(");
    for (const struct tree_node *child = node->first; child != NULL; child = child->next) {
        assert_ptr_equal(child->up, node);
        put_node(dump, child);
        put(dump, child->next != NULL ? " " : ")");
    }
}

static void put_trouble(struct dump *dump, const struct tree_trouble *trouble)
{
    if (trouble->what[0] != '\0')
        put(dump, " ! %u:%u %s: %s", trouble->line, trouble->column, trouble->path, trouble->what);
}

static bool take_document(void *whom, const struct tree_document *document)
{
    static const char *const extents[] = {"", "cut ", "behind "};

    put(whom, "%llu+%llu %u:%u %s", (unsigned long long)document->begin.offset,
        (unsigned long long)document->length, document->begin.line, document->begin.column,
        extents[document->extent]);
    if (document->too_large)
        put(whom, "too large");
    else if (document->trouble.what[0] == '\0')
        put_node(whom, document->top);
    put_trouble(whom, &document->trouble);
    put(whom, "\n");
    return true;
}

static void take_rest(void *whom, const char *at, size_t len)
{
    put(whom, "%.*s", (int)len, at);
}

static void take_stray(void *whom, struct bytes name)
{
    put(whom, "stray %.*s\n", BYTES_ARG(name));
}

const char *tree_read_text(tree_read_function *read_tree, const struct tree_layout *layout, struct bytes text,
                           size_t step)
{
    static const char *const events[] = {"end", "broken", "refused", "error", "memory", "stopped"};
    static struct dump dump;
    const struct tree_taker taker = {
        .document = take_document, .rest = take_rest, .stray = take_stray, .whom = &dump};
    struct tree_names *names = tree_names_open();
    struct tree_reading reading;

    assert_non_null(names);
    dump.len = 0;
    input = text;
    piece = step;
    reading = read_tree(layout, names, TREE_FD, TREE_CEILING, &taker);
    put(&dump, "%s", events[reading.event]);
    if (reading.event == TREE_REFUSED)
        put_trouble(&dump, &reading.trouble);
    tree_names_close(names);
    return dump.text;
}

void tree_check(tree_read_function *read_tree, const struct tree_layout *layout, const char *text,
                const char *want)
{
    for (size_t step = 1; step < 40; step++)
        assert_string_equal(tree_read_text(read_tree, layout, bytes_of(text), step), want);
    assert_string_equal(tree_read_text(read_tree, layout, bytes_of(text), 65536), want);
}

/* The documents of `got` that end before `at` are those of `want`. */
static void check_before(const char *got, const char *want, size_t at)
{
    unsigned long long offset, length;
    const char *line = want;

    while (sscanf(line, "%llu+%llu", &offset, &length) == 2 && offset + length < at) {
        const char *next = strchr(line, '\n') + 1;

        assert_int_equal(strncmp(got + (line - want), line, (size_t)(next - line)), 0);
        line = next;
    }
}

unsigned tree_mutate(tree_read_function *read_tree, const struct tree_layout *layout, const char *text,
                     const char *bytes)
{
    static char good[64 * 1024], whole[64 * 1024], changed[8192];
    const size_t len = strlen(text), many = strlen(bytes);
    unsigned count = 0;

    assert_true(len + 2 < sizeof(changed));
    snprintf(good, sizeof(good), "%s", tree_read_text(read_tree, layout, bytes_of(text), 65536));
    for (size_t at = 0; at < len; at++)
        for (size_t how = 0; how <= 2 * many; how++) {
            bool insert = how >= many;
            size_t size = at;

            /* A byte instead of one, one more, one less. */
            memcpy(changed, text, at);
            if (how < 2 * many)
                changed[size++] = bytes[how % many];
            memcpy(changed + size, text + at + (insert && how < 2 * many ? 0 : 1),
                   len - at - (insert && how < 2 * many ? 0 : 1));
            size += len - at - (insert && how < 2 * many ? 0 : 1);
            snprintf(whole, sizeof(whole), "%s",
                     tree_read_text(read_tree, layout, (struct bytes){changed, size}, 65536));
            check_before(whole, good, at);
            assert_string_equal(tree_read_text(read_tree, layout, (struct bytes){changed, size}, 3), whole);
            count++;
        }
    /* Cut off. */
    for (size_t at = 0; at < len; at++, count++) {
        snprintf(whole, sizeof(whole), "%s",
                 tree_read_text(read_tree, layout, (struct bytes){text, at}, 65536));
        check_before(whole, good, at);
        assert_string_equal(tree_read_text(read_tree, layout, (struct bytes){text, at}, 3), whole);
    }
    return count;
}
