/* The builder: limits, depth, sorting, storage, and memory that runs out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sample.h"
#include "support/fail_alloc.h"

#define BEGIN(tag)   bloop_build_begin(builder, BLOOP_TAG_##tag)
#define END()        bloop_build_end(builder)
#define NAME(text)   bloop_build_name(builder, text, strlen(text))
#define STRING(text) bloop_build_string(builder, text, strlen(text))

static void lengths_have_limits(void **state)
{
    (void)state;
    size_t longest = UINT16_MAX;
    bloop_value out;
    bloop_builder *builder = bloop_builder_new();
    char *name = malloc(longest + 1);
    assert_non_null(builder);
    assert_non_null(name);
    memset(name, 'n', longest + 1);
    BEGIN(M);
    bloop_build_name(builder, name, longest);
    bloop_build_null(builder);
    END();
    out = sample_finish(builder);
    assert_int_equal(bloop_value_tag(bloop_item_get(out, name, longest)), BLOOP_TAG_NULL);
    assert_int_equal(bloop_value_check(out.data, out.size), BLOOP_OK);

    bloop_builder_reset(builder);
    BEGIN(M);
    bloop_build_name(builder, name, longest + 1);
    assert_int_equal(bloop_builder_value(builder, &out), BLOOP_INVALID_VALUE);
    assert_string_equal(bloop_last_error()->message, "Attribute name is too large, must be less than 65536 bytes");

    bloop_builder_reset(builder);
    bloop_build_binary(builder, name, (size_t)UINT32_MAX);
    assert_int_equal(bloop_builder_value(builder, &out), BLOOP_INVALID_VALUE);
    free(name);
    bloop_builder_free(builder);
}

/* A root is level 0, as an item is; what lies at level 32 may still be an empty container or a set. */
static void values_nest_to_32_levels(void **state)
{
    (void)state;
    bloop_builder *builder = bloop_builder_new(), *outer = bloop_builder_new();
    bloop_value value, out;
    assert_non_null(builder);
    assert_non_null(outer);
    sample_nested(builder, BLOOP_MAX_DEPTH);
    value = sample_finish(builder);
    assert_int_equal(bl_value_depth(value), BLOOP_MAX_DEPTH + 1);
    assert_int_equal(bloop_value_check(value.data, value.size), BLOOP_OK);
    bloop_build_begin(outer, BLOOP_TAG_L);
    bloop_build_value(outer, value);
    assert_int_equal(bloop_builder_value(outer, &out), BLOOP_INVALID_VALUE);

    bloop_builder_reset(builder);
    sample_nested(builder, BLOOP_MAX_DEPTH + 1);
    assert_int_equal(bloop_builder_value(builder, &out), BLOOP_INVALID_VALUE);
    assert_string_equal(bloop_last_error()->message, "Nesting Levels have exceeded supported limits: Attributes in the "
                                                     "item have nested levels beyond supported limit");

    bloop_builder_reset(builder);
    for (int i = 0; i < BLOOP_MAX_DEPTH; i++)
        BEGIN(L);
    BEGIN(SS);
    STRING("deep");
    END();
    BEGIN(M);
    END();
    for (int i = 0; i < BLOOP_MAX_DEPTH; i++)
        END();
    value = sample_finish(builder);
    assert_int_equal(bloop_value_check(value.data, value.size), BLOOP_OK);
    bloop_builder_free(builder);
    bloop_builder_free(outer);
}

/* As the conformance suite has it from the service: 31 maps around a string are stored, 32 are not. */
static void an_item_nests_as_deep_as_the_service_says(void **state)
{
    (void)state;
    bloop_builder *builder = bloop_builder_new();
    assert_non_null(builder);
    for (int depth = 31; depth <= 32; depth++) {
        bloop_value item = { NULL, 0 };
        bloop_builder_reset(builder);
        for (int i = 0; i < 1 + depth; i++) {
            BEGIN(M);
            NAME("n");
        }
        STRING("leaf");
        for (int i = 0; i < 1 + depth; i++)
            END();
        bloop_status status = bloop_builder_value(builder, &item);
        assert_int_equal(status, depth == 31 ? BLOOP_OK : BLOOP_INVALID_VALUE);
        if (status == BLOOP_OK)
            assert_int_equal(bl_value_depth(bloop_item_get(item, "n", 1)), BLOOP_MAX_DEPTH);
    }
    bloop_builder_free(builder);
}

static void numbers_up_to_the_limits_are_stored(void **state)
{
    (void)state;
    static const bloop_number numbers[] = { { 0, 123456789, 117, true },
                                            { 0, 1, 125, false },
                                            { 0, 10, -131, false },
                                            { 0, 999999999999999999, 108, false },
                                            { 0, 999999999999999999, -147, true } };
    bloop_builder *builder = bloop_builder_new();
    assert_non_null(builder);
    for (size_t i = 0; i < BL_COUNT_OF(numbers); i++) {
        bloop_builder_reset(builder);
        bloop_build_number(builder, numbers[i]);
        bloop_value value = sample_finish(builder);
        assert_int_equal(bloop_value_check(value.data, value.size), BLOOP_OK);
        assert_int_equal(bloop_number_compare(bloop_value_number(value), numbers[i]), 0);
    }
    bloop_builder_free(builder);
}

static void copies_are_the_same(void **state)
{
    (void)state;
    bloop_builder *builder = bloop_builder_new(), *copier = bloop_builder_new();
    assert_non_null(builder);
    assert_non_null(copier);
    sample_item(builder);
    bloop_value item = sample_finish(builder);
    bloop_build_value(copier, item);
    assert_true(bloop_value_equal(sample_finish(copier), item));
    bloop_builder_reset(copier);
    bloop_walk walk = bloop_value_walk(item);
    bloop_build_begin(copier, BLOOP_TAG_M);
    while (bloop_walk_next(&walk)) {
        bloop_build_name(copier, walk.name.data, walk.name.size);
        bl_build_packed(copier, walk.value.data, walk.value.size);
    }
    bloop_build_end(copier);
    assert_true(bloop_value_equal(sample_finish(copier), item));
    bloop_builder_free(builder);
    bloop_builder_free(copier);
}

static void known_names_are_taken_as_they_are(void **state)
{
    (void)state;
    bloop_builder known = { 0 }, named = { 0 };
    bloop_builder *builder = &named;
    bloop_value out;
    BEGIN(M);
    bloop_put_int64(builder, "a", 1);
    bloop_put_int64(builder, "bc", 2);
    bloop_put_int64(builder, "d", 3);
    END();
    builder = &known;
    BEGIN(M);
    bl_build_known_name(builder, (const uint8_t *)"\1\0a", 4);
    bloop_build_int64(builder, 1);
    bl_build_known_name(builder, (const uint8_t *)"\2\0bc", 5);
    bloop_build_int64(builder, 2);
    bloop_put_int64(builder, "d", 3);
    END();
    assert_true(bloop_value_equal(sample_finish(&known), sample_finish(&named)));

    bloop_builder_reset(builder);
    BEGIN(M);
    bl_build_known_name(builder, (const uint8_t *)"\1\0a", 4);
    bl_build_known_name(builder, (const uint8_t *)"\1\0b", 4);
    assert_int_equal(bloop_builder_value(builder, &out), BLOOP_INVALID_ARGUMENT);

    bloop_builder_reset(builder);
    BEGIN(M);
    bl_build_known_name(builder, (const uint8_t *)"\1\0x", 4);
    bloop_build_null(builder);
    bloop_put_int64(builder, "a", 1);
    END();
    bloop_value sorted = sample_finish(builder);
    assert_int_equal(bloop_value_check(sorted.data, sorted.size), BLOOP_OK);
    bl_builder_free(&known);
    bl_builder_free(&named);
}

/* Elements in a scrambled order, so that all runs of the sort are merged; `repeated` is given a second time. */
static bloop_status build_scrambled(bloop_builder *builder, bloop_tag tag, uint32_t count, uint32_t repeated)
{
    bloop_value out;
    bloop_build_begin(builder, tag);
    for (uint32_t i = 0; i < count; i++) {
        char text[16];
        uint32_t number = (uint32_t)((uint64_t)i * 7919 % count);
        snprintf(text, sizeof text, "%05u", (unsigned)(i == count - 1 ? repeated : number));
        if (tag == BLOOP_TAG_M)
            bloop_build_name(builder, text, 5);
        if (tag == BLOOP_TAG_SS)
            STRING(text);
        else
            bloop_build_int64(builder, i == count - 1 ? repeated : number);
    }
    bloop_build_end(builder);
    return bloop_builder_value(builder, &out);
}

static void any_number_of_elements_is_sorted(void **state)
{
    (void)state;
    static const bloop_tag tags[] = { BLOOP_TAG_SS, BLOOP_TAG_NS, BLOOP_TAG_M };
    static const uint32_t counts[] = { 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 1000, 5001 };
    bloop_builder *builder = bloop_builder_new();
    assert_non_null(builder);
    for (size_t t = 0; t < BL_COUNT_OF(tags); t++) {
        for (size_t c = 0; c < BL_COUNT_OF(counts); c++) {
            uint32_t last = (uint32_t)((uint64_t)(counts[c] - 1) * 7919 % counts[c]);
            bloop_builder_reset(builder);
            assert_int_equal(build_scrambled(builder, tags[t], counts[c], last), BLOOP_OK);
            bloop_value value = sample_finish(builder);
            assert_int_equal(bloop_value_count(value), counts[c]);
            assert_int_equal(bloop_value_check(value.data, value.size), BLOOP_OK);
            bloop_builder_reset(builder);
            assert_int_equal(build_scrambled(builder, tags[t], counts[c], last ? 0 : 1), BLOOP_INVALID_VALUE);
        }
    }
    bloop_builder_free(builder);
}

static void small_items_need_no_allocation(void **state)
{
    (void)state;
    uint8_t storage[1024];
    bloop_builder builder;
    bloop_value value = { NULL, 0 };
    fail_alloc_begin(0, FAIL_ALLOC_ALL_AFTER);
    bl_builder_use(&builder, storage, sizeof storage);
    sample_item(&builder);
    bloop_status status = bloop_builder_value(&builder, &value);
    bl_builder_free(&builder);
    assert_int_equal(fail_alloc_end().allocations, 0);
    assert_int_equal(status, BLOOP_OK);
    assert_ptr_equal(value.data, storage);
}

static void storage_that_is_too_small_is_left(void **state)
{
    (void)state;
    uint8_t storage[16];
    bloop_builder builder, expected;
    bl_builder_use(&builder, storage, sizeof storage);
    bl_builder_use(&expected, NULL, 0);
    sample_item(&builder);
    sample_item(&expected);
    assert_true(bloop_value_equal(sample_finish(&builder), sample_finish(&expected)));
    bl_builder_free(&builder);
    bl_builder_free(&expected);
}

static bloop_status run_sample(void *context)
{
    (void)context;
    bloop_value value;
    bloop_builder *builder = bloop_builder_new();
    if (!builder)
        return BLOOP_NO_MEMORY;
    sample_item(builder);
    bloop_status status = bloop_builder_value(builder, &value);
    bloop_builder_free(builder);
    return status;
}

static bloop_status run_sorting(void *context)
{
    (void)context;
    bloop_builder builder = { 0 };
    bloop_status status = build_scrambled(&builder, BLOOP_TAG_M, 300, (uint32_t)(299 * 7919 % 300));
    bl_builder_free(&builder);
    return status;
}

static void memory_may_run_out_anywhere(void **state)
{
    (void)state;
    assert_true(fail_alloc_every(run_sample, NULL) >= 3);
    assert_true(fail_alloc_every(run_sorting, NULL) >= 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_have_limits),
        cmocka_unit_test(values_nest_to_32_levels),
        cmocka_unit_test(an_item_nests_as_deep_as_the_service_says),
        cmocka_unit_test(numbers_up_to_the_limits_are_stored),
        cmocka_unit_test(copies_are_the_same),
        cmocka_unit_test(known_names_are_taken_as_they_are),
        cmocka_unit_test(any_number_of_elements_is_sorted),
        cmocka_unit_test(small_items_need_no_allocation),
        cmocka_unit_test(storage_that_is_too_small_is_left),
        cmocka_unit_test(memory_may_run_out_anywhere),
    };
    return cmocka_run_group_tests_name("value/builder", tests, NULL, NULL);
}
