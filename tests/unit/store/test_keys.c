/* The order and the injectivity of keys, over chosen and random values. */
#include "store/keys_private.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/trial.h"
#include "value/value.h"

static const uint8_t secret[16] = "a secret of ours";

static bl_key_schema schema_of(bloop_tag range)
{
    return (bl_key_schema){ { "h", 1, BLOOP_TAG_S }, { "r", 1, range } };
}

/* An item whose range key is a copy of `range`. */
static bloop_item make(bloop_builder *builder, bloop_value range)
{
    bloop_item item;
    bloop_builder_reset(builder);
    bloop_build_begin(builder, BLOOP_TAG_M);
    bloop_put_string(builder, "h", "hash");
    bloop_build_name(builder, "r", 1);
    bloop_build_value(builder, range);
    bloop_build_end(builder);
    assert_int_equal(bloop_builder_value(builder, &item), BLOOP_OK);
    return item;
}

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

static int compare_keys(const bl_key *a, const bl_key *b)
{
    int order = memcmp(a->bytes, b->bytes, a->size < b->size ? a->size : b->size);
    return order ? sign(order) : (a->size > b->size) - (a->size < b->size);
}

/* The keys of two range values are ordered as the values are, and neither begins the other unless they are equal. */
static void expect_order(bloop_value a, bloop_value b)
{
    bl_key left, right;
    int order = 0;
    bl_key_schema schema = schema_of(bloop_value_tag(a));
    bloop_builder *builder = bloop_builder_new();
    assert_int_equal(bl_key_of_item(&left, secret, 7, &schema, make(builder, a)), BLOOP_OK);
    assert_int_equal(bl_key_of_item(&right, secret, 7, &schema, make(builder, b)), BLOOP_OK);
    bloop_builder_free(builder);
    assert_true(bloop_value_compare(a, b, &order));
    assert_int_equal(compare_keys(&left, &right), sign(order));
    size_t common = left.size < right.size ? left.size : right.size;
    if (order != 0)
        assert_int_not_equal(memcmp(left.bytes, right.bytes, common), 0);
}

/* Bytes that are often 0, 1, 2 or 255, so that escapes and prefixes are common. */
static size_t random_bytes(trial_random *random, uint8_t *out, size_t most)
{
    static const uint8_t edges[] = { 0, 1, 2, 0x7F, 0x80, 0xFF };
    size_t size = 1 + trial_below(random, most);
    for (size_t i = 0; i < size; i++)
        out[i] = trial_chance(random, 80) ? edges[trial_below(random, sizeof edges)] : (uint8_t)trial_next(random);
    return size;
}

static bloop_value packed_binary(bloop_builder *builder, const uint8_t *bytes, size_t size)
{
    bloop_value value;
    bloop_builder_reset(builder);
    bloop_build_binary(builder, bytes, size);
    assert_int_equal(bloop_builder_value(builder, &value), BLOOP_OK);
    return value;
}

static void orders_binaries(void **state)
{
    (void)state;
    uint8_t left[64], right[64];
    bloop_builder *a = bloop_builder_new(), *b = bloop_builder_new();
    trial_random random = trial_stream(1);
    for (int i = 0; i < 20000; i++) {
        size_t left_size = random_bytes(&random, left, 6), right_size = random_bytes(&random, right, 6);
        /* every third pair: one begins the other */
        if (i % 3 == 0) {
            memcpy(right, left, left_size);
            right_size = left_size + random_bytes(&random, right + left_size, 4);
        }
        expect_order(packed_binary(a, left, left_size), packed_binary(b, right, right_size));
    }
    bloop_builder_free(a);
    bloop_builder_free(b);
}

static bloop_value packed_number(bloop_builder *builder, trial_random *random)
{
    bloop_value value;
    bloop_number number = { .low = trial_next(random) >> trial_below(random, 64),
                            .high = trial_chance(random, 20) ? trial_next(random) >> 12 : 0,
                            .exponent = (int16_t)((int)trial_below(random, 60) - 30),
                            .negative = trial_chance(random, 50) };
    bloop_builder_reset(builder);
    bloop_build_number(builder, number);
    if (bloop_builder_value(builder, &value) == BLOOP_OK)
        return value;
    bloop_builder_reset(builder);
    bloop_build_int64(builder, (int64_t)trial_below(random, 100) - 50);
    assert_int_equal(bloop_builder_value(builder, &value), BLOOP_OK);
    return value;
}

static void orders_numbers(void **state)
{
    (void)state;
    bloop_builder *a = bloop_builder_new(), *b = bloop_builder_new();
    trial_random random = trial_stream(2);
    for (int i = 0; i < 20000; i++)
        expect_order(packed_number(a, &random), packed_number(b, &random));
    bloop_builder_free(a);
    bloop_builder_free(b);
}

static bloop_item two(bloop_builder *builder, const char *index_range, size_t index_size, const char *range,
                      size_t size)
{
    bloop_item item;
    bloop_builder_reset(builder);
    bloop_build_begin(builder, BLOOP_TAG_M);
    bloop_put_string(builder, "h", "hash");
    bloop_build_name(builder, "i", 1);
    bloop_build_binary(builder, index_range, index_size);
    bloop_build_name(builder, "r", 1);
    bloop_build_binary(builder, range, size);
    bloop_build_end(builder);
    assert_int_equal(bloop_builder_value(builder, &item), BLOOP_OK);
    return item;
}

/* In an index, what follows the index's range key does not mix with it: entries are ordered by that key first. */
static void separates_parts(void **state)
{
    (void)state;
    static const char *const parts[] = { "a", "a\0b", "ab", "\xFF", "b" };
    static const size_t sizes[] = { 1, 3, 2, 1, 1 };
    const bl_key_schema schema = schema_of(BLOOP_TAG_B);
    const bl_key_schema index = { { "h", 1, BLOOP_TAG_S }, { "i", 1, BLOOP_TAG_B } };
    bloop_builder *builder = bloop_builder_new();
    bl_key keys[25], item_key;
    for (size_t i = 0; i < 25; i++) {
        /* in the order that is expected: a, a\0b, ab, b, \xFF */
        static const size_t order[] = { 0, 1, 2, 4, 3 };
        size_t outer = order[i / 5], inner = order[i % 5];
        bloop_item item = two(builder, parts[outer], sizes[outer], parts[inner], sizes[inner]);
        assert_int_equal(bl_key_of_item(&item_key, secret, 1, &schema, item), BLOOP_OK);
        assert_true(bl_key_is_in(&index, item));
        bl_key_of_entry(&keys[i], secret, 2, &index, item, &item_key);
        if (i > 0)
            assert_true(compare_keys(&keys[i - 1], &keys[i]) < 0);
    }
    bloop_builder_free(builder);
}

static void fits_the_longest(void **state)
{
    (void)state;
    static char zeros[1024];
    const bl_key_schema schema = schema_of(BLOOP_TAG_B);
    const bl_key_schema index = { { "h", 1, BLOOP_TAG_S }, { "i", 1, BLOOP_TAG_B } };
    bl_key key, entry;
    bloop_builder *builder = bloop_builder_new();
    bloop_item item = two(builder, zeros, sizeof zeros, zeros, sizeof zeros);
    assert_int_equal(bl_key_of_item(&key, secret, 1, &schema, item), BLOOP_OK);
    assert_int_equal(key.size, 5 + 16 + 2 * 1024 + 1);
    bl_key_of_entry(&entry, secret, 2, &index, item, &key);
    assert_int_equal(entry.size, 5 + 2 * (16 + 2 * 1024 + 1));
    bloop_builder_free(builder);
}

/* What comes from a damaged file may lack its keys, or have them of any type and size. */
static void refuses_items_without_keys(void **state)
{
    (void)state;
    static char bytes[1025];
    bl_key key;
    const bl_key_schema schema = schema_of(BLOOP_TAG_B);
    const bl_key_schema numeric = schema_of(BLOOP_TAG_N);
    bloop_builder *builder = bloop_builder_new();
    assert_int_equal(bl_key_of_item(&key, secret, 1, &schema, two(builder, "i", 1, bytes, 1025)), BLOOP_CORRUPT);
    assert_int_equal(bl_key_of_item(&key, secret, 1, &schema, two(builder, "i", 1, bytes, 0)), BLOOP_CORRUPT);
    assert_int_equal(bl_key_of_item(&key, secret, 1, &numeric, two(builder, "i", 1, "1", 1)), BLOOP_CORRUPT);
    assert_false(bl_key_is_in(&schema, (bloop_item){ NULL, 0 }));
    bloop_builder_free(builder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_binaries),
        cmocka_unit_test(orders_numbers),
        cmocka_unit_test(separates_parts),
        cmocka_unit_test(fits_the_longest),
        cmocka_unit_test(refuses_items_without_keys),
    };
    return cmocka_run_group_tests_name("store/keys", tests, NULL, NULL);
}
