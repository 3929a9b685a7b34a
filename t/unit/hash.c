/* Digests agree with their published values, however the input is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"

static void sha256_agrees_with_its_standard(void **state)
{
    struct sha256 *sha256 = sha256_open();
    char hex[65];

    (void)state;
    assert_non_null(sha256);
    sha256_hex(sha256, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha256_begin(sha256);
    sha256_add(sha256, "abc", 3);
    sha256_hex(sha256, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256_begin(sha256);
    sha256_add(sha256, "abcdbcdecdefdefgefghfghighijhijk", 32);
    sha256_add(sha256, "ijkljklmklmnlmnomnopnopq", 24);
    sha256_hex(sha256, hex);
    assert_string_equal(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    sha256_close(sha256);
    sha256_close(NULL);
}

/* Ids in ledgers hang on these digits: they may never change. */
static void hash_is_xxh3_of_128_bits(void **state)
{
    struct hash *hash = hash_open();
    char hex[33];

    (void)state;
    assert_non_null(hash);
    hash_hex(hash, hex);
    assert_string_equal(hex, "99aa06d3014798d86001c324468d497f");
    hash_begin(hash);
    hash_add(hash, "abc", 3);
    hash_add(hash, NULL, 0);
    hash_hex(hash, hex);
    assert_string_equal(hex, "06b05ab6733a618578af5f94892f3950");
    hash_close(hash);
}

static void cuts_do_not_matter(void **state)
{
    struct hash *hash = hash_open();
    char bytes[3000], whole[33], cut[33];

    (void)state;
    assert_non_null(hash);
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)(i * 7 + i / 255);
    hash_add(hash, bytes, sizeof(bytes));
    hash_hex(hash, whole);
    for (size_t step = 1; step < sizeof(bytes); step += step / 2 + 1) {
        hash_begin(hash);
        for (size_t i = 0; i < sizeof(bytes); i += step)
            hash_add(hash, bytes + i, i + step <= sizeof(bytes) ? step : sizeof(bytes) - i);
        hash_hex(hash, cut);
        assert_string_equal(cut, whole);
    }
    hash_close(hash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_agrees_with_its_standard),
        cmocka_unit_test(hash_is_xxh3_of_128_bits),
        cmocka_unit_test(cuts_do_not_matter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
