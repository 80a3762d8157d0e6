/* bloop_value_check: each rule broken by hand, every byte of a sample flipped, and every cut and extension of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sample.h"

/* Bytes with a size, which may contain zeros. */
#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

static bloop_builder builder;

static int set_up(void **state)
{
    (void)state;
    bl_builder_use(&builder, NULL, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    bl_builder_free(&builder);
    return 0;
}

/* In a block of exactly its size, so that the sanitizer sees a read beyond it. */
static bloop_status check_copy(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, data, size);
    bloop_status status = bloop_value_check(copy, size);
    free(copy);
    return status;
}

static void each_rule_is_enforced(void **state)
{
    (void)state;
    static const struct {
        const uint8_t *data;
        size_t size;
        const char *says;
    } rows[] = {
        { BYTES(""), "no bytes" },
        { BYTES("\x00"), "byte 0: no such tag" },
        { BYTES("\x0B"), "byte 0: no such tag" },
        { BYTES("\xFF"), "byte 0: no such tag" },
        { BYTES("\x01\x01"), "byte 1: bytes after" },
        { BYTES("\x02"), "byte 0: BOOL is cut off" },
        { BYTES("\x02\x02"), "byte 0: BOOL is neither" },
        { BYTES("\x03"), "byte 1: a number is cut off" },
        { BYTES("\x03\x03\xC1\x02"), "byte 1: a number is cut off" },
        { BYTES("\x03\x00"), "byte 1: a number that is not in its one form" },
        { BYTES("\x03\x03\xC1\x01\x00"), "byte 1: a number that is not in its one form" },
        { BYTES("\x05\x00\x00\x00"), "byte 0: a size is cut off" },
        { BYTES("\x04\x01\x00\x00"), "byte 0: a size is cut off" },
        { BYTES("\x04\x01\x00\x00\x00"), "byte 5: a size beyond" },
        { BYTES("\x04\x01\x00\x00\x00x"), "byte 5: a size beyond" },
        { BYTES("\x04\xFF\xFF\xFF\xFFx"), "byte 5: a size beyond" },
        { BYTES("\x04\x01\x00\x00\x00xx"), "byte 5: no zero byte" },
        { BYTES("\x04\x01\x00\x00\x00\x80\x00"), "byte 5: text that is not UTF-8" },
        { BYTES("\x05\x01\x00\x00\x00\x80\x01"), "byte 5: no zero byte" },
        { BYTES("\x09\x00\x00\x00\x00\x00\x00\x00"), "byte 0: size and count" },
        { BYTES("\x09\x01\x00\x00\x00\x00\x00\x00\x00"), "byte 0: a size beyond" },
        { BYTES("\x09\x00\x00\x00\x00\x01\x00\x00\x00"), "byte 9: a value is missing" },
        { BYTES("\x09\x01\x00\x00\x00\x00\x00\x00\x00\x01"), "byte 9: more bytes" },
        { BYTES("\x09\x02\x00\x00\x00\x01\x00\x00\x00\x01\x01"), "byte 10: more bytes" },
        { BYTES("\x09\x01\x00\x00\x00\xFF\xFF\xFF\xFF\x01"), "byte 10: a value is missing" },
        { BYTES("\x06\x00\x00\x00\x00\x00\x00\x00\x00"), "byte 0: an empty set" },
        { BYTES("\x07\x00\x00\x00\x00\x00\x00\x00\x00"), "byte 0: an empty set" },
        { BYTES("\x06\x03\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00"), "byte 9: an element is cut off" },
        { BYTES("\x06\x05\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00x"), "byte 13: a size beyond" },
        { BYTES("\x06\x06\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\xFF\x00"), "byte 13: text that is not" },
        { BYTES("\x07\x03\x00\x00\x00\x01\x00\x00\x00\x02\x80\x01"), "byte 9: a number that is not" },
        { BYTES("\x07\x06\x00\x00\x00\x02\x00\x00\x00\x02\x80\x00\x02\x80\x00"), "byte 12: elements out of order" },
        { BYTES("\x06\x0C\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00"
                "b\x00\x01\x00\x00\x00"
                "a\x00"),
          "byte 15: elements out of order" },
        { BYTES("\x08\x0A\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"), "byte 14: elements" },
        { BYTES("\x0A\x01\x00\x00\x00\x01\x00\x00\x00\x01"), "byte 9: an element is cut off" },
        { BYTES("\x0A\x04\x00\x00\x00\x01\x00\x00\x00\x01\x00\x61\x00"), "byte 13: a value is missing" },
        { BYTES("\x0A\x05\x00\x00\x00\x01\x00\x00\x00\x01\x00\xFF\x00\x01"), "byte 11: text that is not" },
        { BYTES("\x0A\x05\x00\x00\x00\x01\x00\x00\x00\x01\x00\x61\x61\x01"), "byte 11: no zero byte" },
        { BYTES("\x0A\x0A\x00\x00\x00\x02\x00\x00\x00\x01\x00\x61\x00\x01\x01\x00\x61\x00\x01"), "byte 14: elements" },
        { BYTES("\x0A\x0A\x00\x00\x00\x02\x00\x00\x00\x01\x00\x62\x00\x01\x01\x00\x61\x00\x01"), "byte 14: elements" },
    };
    for (size_t i = 0; i < BL_COUNT_OF(rows); i++) {
        assert_int_equal(check_copy(rows[i].data, rows[i].size), BLOOP_CORRUPT);
        if (!strstr(bloop_last_error()->message, rows[i].says))
            fail_msg("row %zu: \"%s\" does not say \"%s\"", i, bloop_last_error()->message, rows[i].says);
    }
    assert_int_equal(bloop_value_check(NULL, 0), BLOOP_CORRUPT);
}

static void what_is_whole_passes(void **state)
{
    (void)state;
    assert_int_equal(check_copy(BYTES("\x01")), BLOOP_OK);
    assert_int_equal(check_copy(BYTES("\x04\x00\x00\x00\x00\x00")), BLOOP_OK);
    assert_int_equal(check_copy(BYTES("\x05\x01\x00\x00\x00\x80\x00")), BLOOP_OK);
    assert_int_equal(check_copy(BYTES("\x0A\x00\x00\x00\x00\x00\x00\x00\x00")), BLOOP_OK);
    assert_int_equal(check_copy(BYTES("\x0A\x04\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01")), BLOOP_OK);
    sample_item(&builder);
    bloop_value value = sample_finish(&builder);
    assert_int_equal(check_copy(value.data, value.size), BLOOP_OK);
}

/* 33 lists by hand, since the builder makes no such thing; 32 of them are fine. */
static void too_deep_is_refused(void **state)
{
    (void)state;
    enum { DEPTH = BLOOP_MAX_DEPTH + 1 };
    uint8_t data[9 * DEPTH + 1] = { 0 };
    for (uint32_t i = 0; i < DEPTH; i++) {
        uint8_t *head = data + (size_t)9 * i;
        head[0] = BLOOP_TAG_L;
        bl_store_le32(head + 1, (uint32_t)(sizeof data - (size_t)9 * (i + 1)));
        bl_store_le32(head + 5, 1);
    }
    data[sizeof data - 1] = BLOOP_TAG_NULL;
    assert_int_equal(check_copy(data, sizeof data), BLOOP_CORRUPT);
    assert_non_null(strstr(bloop_last_error()->message, "deeper"));
    assert_int_equal(check_copy(data + 9, sizeof data - 9), BLOOP_OK);
}

/* Rebuilt through the builder, a value that passes has the same bytes. */
static void rebuild(bloop_builder *into, bloop_value value)
{
    bloop_tag tag = bloop_value_tag(value);
    bloop_slice bytes = bloop_value_bytes(value);
    bloop_walk walk = bloop_value_walk(value);
    switch (tag) {
    case BLOOP_TAG_NULL: bloop_build_null(into); return;
    case BLOOP_TAG_BOOL: bloop_build_bool(into, bloop_value_bool(value)); return;
    case BLOOP_TAG_N: bloop_build_number(into, bloop_value_number(value)); return;
    case BLOOP_TAG_S: bloop_build_string(into, bytes.data, bytes.size); return;
    case BLOOP_TAG_B: bloop_build_binary(into, bytes.data, bytes.size); return;
    default: break;
    }
    bloop_build_begin(into, tag);
    while (bloop_walk_next(&walk)) {
        if (tag == BLOOP_TAG_M)
            bloop_build_name(into, walk.name.data, walk.name.size);
        if (tag == BLOOP_TAG_M || tag == BLOOP_TAG_L)
            rebuild(into, walk.value);
        else if (tag == BLOOP_TAG_SS)
            bloop_build_string(into, walk.bytes.data, walk.bytes.size);
        else if (tag == BLOOP_TAG_BS)
            bloop_build_binary(into, walk.bytes.data, walk.bytes.size);
        else
            bloop_build_number(into, bloop_walk_number(&walk));
    }
    bloop_build_end(into);
}

static void assert_refused_or_canonical(const uint8_t *data, size_t size, int *passed)
{
    bloop_builder again = { 0 };
    if (check_copy(data, size) != BLOOP_OK)
        return;
    ++*passed;
    rebuild(&again, (bloop_value){ data, size });
    assert_true(bloop_value_equal(sample_finish(&again), (bloop_value){ data, size }));
    bl_builder_free(&again);
}

static void every_flipped_byte_is_refused_or_harmless(void **state)
{
    (void)state;
    uint8_t damaged[2048];
    int passed = 0;
    sample_item(&builder);
    bloop_value value = sample_finish(&builder);
    assert_in_range(value.size, 200, sizeof damaged);
    memcpy(damaged, value.data, value.size);
    for (size_t at = 0; at < value.size; at++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            damaged[at] = (uint8_t)byte;
            assert_refused_or_canonical(damaged, value.size, &passed);
        }
        damaged[at] = value.data[at];
    }
    /* Other letters and digits are fine; sizes, tags and zero bytes are not. */
    assert_in_range(passed, 2 * (int)value.size, (int)value.size * 128);
}

static void every_cut_is_refused(void **state)
{
    (void)state;
    sample_item(&builder);
    bloop_value value = sample_finish(&builder);
    for (size_t size = 0; size < value.size; size++)
        assert_int_equal(check_copy(value.data, size), BLOOP_CORRUPT);
}

static void random_damage_is_refused_or_harmless(void **state)
{
    (void)state;
    uint8_t damaged[2048];
    uint64_t random = 7;
    int passed = 0;
    sample_item(&builder);
    bloop_value value = sample_finish(&builder);
    for (int round = 0; round < 20000; round++) {
        memcpy(damaged, value.data, value.size);
        for (int i = 0; i < 3; i++) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            damaged[(random >> 33) % value.size] ^= (uint8_t)(random >> 20 & 31);
        }
        assert_refused_or_canonical(damaged, value.size, &passed);
    }
    assert_true(passed > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_rule_is_enforced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_whole_passes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_deep_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_flipped_byte_is_refused_or_harmless, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_cut_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(random_damage_is_refused_or_harmless, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("value/check", tests, NULL, NULL);
}
