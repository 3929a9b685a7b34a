/* Views, arenas and buffers: bounds hold, failures stick, nothing is lost on the way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buffer.h"

static void views_are_compared_trimmed_and_split(void **state)
{
    struct bytes rest = BYTES("a::b:"), part;
    uint64_t count;

    (void)state;
    assert_true(bytes_equal((struct bytes){NULL, 0}, BYTES("")));
    assert_true(bytes_are(BYTES("abc"), "abc"));
    assert_false(bytes_are(BYTES("abc"), "ab"));
    assert_true(bytes_compare(BYTES("ab"), BYTES("abc")) < 0);
    assert_true(bytes_compare(BYTES("b"), BYTES("abc")) > 0);
    assert_int_equal(bytes_compare(BYTES("\xff"), BYTES("a")) > 0, 1);
    assert_true(bytes_are(bytes_trim(BYTES(" \r\n\tx y \t")), "x y"));
    assert_true(bytes_are(bytes_trim_end(BYTES(" x ")), " x"));
    assert_int_equal(bytes_trim(BYTES("  ")).len, 0);
    assert_int_equal(bytes_trim((struct bytes){NULL, 0}).len, 0);

    assert_true(bytes_split(&rest, ':', &part) && bytes_are(part, "a"));
    assert_true(bytes_split(&rest, ':', &part) && bytes_are(part, ""));
    assert_true(bytes_split(&rest, ':', &part) && bytes_are(part, "b"));
    assert_true(bytes_split(&rest, ':', &part) && bytes_are(part, ""));
    assert_false(bytes_split(&rest, ':', &part));

    assert_true(bytes_to_count(BYTES("0042"), 99, &count) && count == 42);
    assert_true(bytes_to_count(BYTES("18446744073709551615"), UINT64_MAX, &count) && count == UINT64_MAX);
    assert_false(bytes_to_count(BYTES("18446744073709551616"), UINT64_MAX, &count));
    assert_false(bytes_to_count(BYTES("100"), 99, &count));
    assert_false(bytes_to_count(BYTES(""), 99, &count));
    assert_false(bytes_to_count(BYTES("-1"), 99, &count));
    assert_false(bytes_to_count(BYTES("1 "), 99, &count));

    assert_int_equal(bytes_distance(BYTES("kitten"), BYTES("sitting"), 5), 3);
    assert_int_equal(bytes_distance(BYTES("kitten"), BYTES("sitting"), 2), 3);
    assert_int_equal(bytes_distance(BYTES(""), BYTES("abc"), 9), 3);
    assert_int_equal(bytes_distance(BYTES("same"), BYTES("same"), 0), 0);
    assert_int_equal(bytes_key("PO1", 3), 'P' | 'O' << 8 | '1' << 16);
    assert_int_equal(bytes_key("", 0), 0);
}

static void arenas_keep_to_their_ceiling(void **state)
{
    struct arena arena;
    struct bytes copy;
    char *at, *again;

    (void)state;
    arena_init(&arena, 1000, 5000);
    at = arena_alloc(&arena, 10);
    assert_non_null(at);
    assert_int_equal((uintptr_t)at % 8, 0);
    assert_int_equal((uintptr_t)arena_alloc(&arena, 1) % 8, 0);
    assert_int_equal((uintptr_t)arena_alloc(&arena, 1) % 8, 0);
    copy = arena_copy(&arena, BYTES("text"));
    assert_string_equal(copy.at, "text");
    assert_string_equal(arena_format(&arena, "%s-%d", "x", 7), "x-7");
    at = arena_zalloc(&arena, 16, 100);
    assert_non_null(at);
    for (int i = 0; i < 1600; i++)
        assert_int_equal(at[i], 0);
    assert_null(arena_alloc(&arena, 4000));
    assert_true(arena.failed);
    assert_null(arena_alloc(&arena, 2000)); /* sticky, though it would fit */
    assert_null(arena_copy(&arena, (struct bytes){at, 1600}).at);
    arena_reset(&arena);
    assert_false(arena.failed);
    assert_non_null(arena_alloc(&arena, 4000));
    arena_reset(&arena);
    assert_null(arena_zalloc(&arena, SIZE_MAX / 2, 3)); /* the product overflows */
    arena_reset(&arena);

    at = arena_text(&arena, 10);
    assert_true(arena_extend(&arena, at + 10, 5));
    assert_false(arena_extend(&arena, at + 10, 5));
    again = arena_text(&arena, 1);
    assert_ptr_equal(again, at + 15);
    assert_false(arena_extend(&arena, again + 1, 5000));
    arena_release(&arena);
}

static void buffers_keep_to_their_ceiling(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 300);
    buffer_add_string(&buffer, "abc");
    buffer_add_byte(&buffer, '-');
    buffer_add_format(&buffer, "%05d", 42);
    buffer_add(&buffer, NULL, 0);
    assert_true(bytes_are(buffer_view(&buffer), "abc-00042"));
    for (int i = 0; i < 291; i++)
        buffer_add_byte(&buffer, 'x');
    assert_int_equal(buffer.len, 300);
    assert_false(buffer.failed);
    buffer_add_byte(&buffer, 'y');
    assert_true(buffer.failed);
    assert_int_equal(buffer.len, 300);
    buffer_clear(&buffer);
    buffer_add_format(&buffer, "%0299d", 1);
    assert_int_equal(buffer.len, 299);
    assert_false(buffer.failed);
    assert_false(buffer_reserve(&buffer, SIZE_MAX));
    buffer_release(&buffer);
    buffer_add_byte(&buffer, 'z'); /* released is empty, and may be used again */
    assert_true(bytes_are(buffer_view(&buffer), "z"));
    buffer_release(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_are_compared_trimmed_and_split),
        cmocka_unit_test(arenas_keep_to_their_ceiling),
        cmocka_unit_test(buffers_keep_to_their_ceiling),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
