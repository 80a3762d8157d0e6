/* Packed values: their bytes, and reading every kind of them in place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "sample.h"

static bloop_builder first, second;

static int set_up(void **state)
{
    (void)state;
    bl_builder_use(&first, NULL, 0);
    bl_builder_use(&second, NULL, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    bl_builder_free(&first);
    bl_builder_free(&second);
    return 0;
}

static bloop_value get(bloop_value map, const char *name)
{
    return bloop_item_get(map, name, strlen(name));
}

static bloop_value string_value(bloop_builder *builder, const char *text)
{
    bloop_builder_reset(builder);
    bloop_build_string(builder, text, strlen(text));
    return sample_finish(builder);
}

static bloop_value number_value(bloop_builder *builder, const char *text)
{
    bloop_builder_reset(builder);
    bloop_build_number(builder, sample_number(text));
    return sample_finish(builder);
}

/* The store's files hold this: it may never change. */
static void bytes_are_as_documented(void **state)
{
    (void)state;
    static const uint8_t expected[] = {
        10, 64, 0,   0,   0,   4,    0,  0,    0,                      /* M, of 64 bytes with 4 entries: */
        1,  0,  'b', 0,   2,   1,                                      /* "b": true */
        1,  0,  'l', 0,   9,   8,    0,  0,    0,    2,    0, 0, 0,    /* "l": a list of two, */
        1,                                                             /* NULL */
        5,  1,  0,   0,   0,   0xFF, 0,                                /* and a binary */
        1,  0,  'n', 0,   3,   4,    62, 0xF1, 0xCC, 0xFF,             /* "n": -13.5 */
        2,  0,  's', 's', 0,   6,    13, 0,    0,    0,    2, 0, 0, 0, /* "ss": a set of two, */
        1,  0,  0,   0,   'a', 0,                                      /* "a" */
        2,  0,  0,   0,   'a', 'b',  0,                                /* and "ab" */
    };
    bloop_build_begin(&first, BLOOP_TAG_M);
    bloop_build_name(&first, "ss", 2);
    bloop_build_begin(&first, BLOOP_TAG_SS);
    bloop_build_string(&first, "ab", 2);
    bloop_build_string(&first, "a", 1);
    bloop_build_end(&first);
    bloop_build_name(&first, "l", 1);
    bloop_build_begin(&first, BLOOP_TAG_L);
    bloop_build_null(&first);
    bloop_build_binary(&first, "\xFF", 1);
    bloop_build_end(&first);
    bloop_build_name(&first, "b", 1);
    bloop_build_bool(&first, true);
    bloop_build_name(&first, "n", 1);
    bloop_build_number(&first, sample_number("-13.50"));
    bloop_build_end(&first);
    bloop_value value = sample_finish(&first);
    assert_int_equal(value.size, sizeof expected);
    assert_memory_equal(value.data, expected, sizeof expected);
}

static void order_does_not_matter(void **state)
{
    (void)state;
    sample_item(&first);
    sample_item_reordered(&second);
    bloop_value a = sample_finish(&first), b = sample_finish(&second);
    assert_true(bloop_value_equal(a, b));
    assert_int_equal(bloop_value_check(a.data, a.size), BLOOP_OK);
}

static void an_item_is_walked_in_order_of_names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bloop_tag tag;
    } expected[] = { { "a", BLOOP_TAG_N },          { "bins", BLOOP_TAG_BS },    { "bytes", BLOOP_TAG_B },
                     { "flag", BLOOP_TAG_BOOL },    { "list", BLOOP_TAG_L },     { "map", BLOOP_TAG_M },
                     { "nothing", BLOOP_TAG_NULL }, { "numbers", BLOOP_TAG_NS }, { "strings", BLOOP_TAG_SS },
                     { "text", BLOOP_TAG_S } };
    sample_item(&first);
    bloop_walk walk = bloop_value_walk(sample_finish(&first));
    for (size_t i = 0; i < BL_COUNT_OF(expected); i++) {
        assert_true(bloop_walk_next(&walk));
        assert_int_equal(walk.name.size, strlen(expected[i].name));
        assert_string_equal(walk.name.data, expected[i].name);
        assert_int_equal(bloop_value_tag(walk.value), expected[i].tag);
        assert_int_equal(bloop_value_check(walk.value.data, walk.value.size), BLOOP_OK);
    }
    assert_false(bloop_walk_next(&walk));
    assert_false(bloop_walk_next(&walk));
}

static void attributes_are_found_by_name(void **state)
{
    (void)state;
    sample_item(&first);
    bloop_value item = sample_finish(&first);
    assert_true(bloop_value_bool(get(item, "flag")));
    assert_string_equal(bloop_value_bytes(get(item, "text")).data, "caf\xC3\xA9");
    assert_int_equal(bloop_value_bytes(get(item, "bytes")).size, 3);
    assert_memory_equal(bloop_value_bytes(get(item, "bytes")).data, "\x00\xFF\x80", 4);
    assert_int_equal(bloop_number_compare(bloop_value_number(get(item, "a")), sample_number("-12.5")), 0);
    assert_true(bloop_value_bool(get(get(item, "map"), "")));
    assert_int_equal(bloop_value_tag(get(get(item, "map"), "y")), BLOOP_TAG_NULL);
    static const char *const missing[] = { "", "A", "aa", "b", "lis", "lists", "texts", "zzz", "fla" };
    for (size_t i = 0; i < BL_COUNT_OF(missing); i++)
        assert_null(get(item, missing[i]).data);
    assert_null(get(get(item, "list"), "a").data);
    assert_null(get((bloop_value){ NULL, 0 }, "a").data);
}

static void lists_are_indexed(void **state)
{
    (void)state;
    sample_item(&first);
    bloop_value list = get(sample_finish(&first), "list");
    assert_int_equal(bloop_value_count(list), 3);
    assert_int_equal(bloop_value_tag(bloop_list_get(list, 0)), BLOOP_TAG_S);
    assert_int_equal(bloop_value_tag(bloop_list_get(list, 1)), BLOOP_TAG_SS);
    assert_int_equal(bloop_value_tag(bloop_list_get(list, 2)), BLOOP_TAG_L);
    assert_int_equal(bloop_value_count(bloop_list_get(list, 2)), 0);
    assert_null(bloop_list_get(list, 3).data);
    assert_null(bloop_list_get(list, UINT32_MAX).data);
    assert_null(bloop_list_get(bloop_list_get(list, 1), 0).data);
}

static void sets_are_sorted(void **state)
{
    (void)state;
    static const char *const strings[] = { "", "a", "ab", "b" };
    static const char *const numbers[] = { "-1000", "0", "0.5", "10" };
    sample_item(&first);
    bloop_value item = sample_finish(&first);
    bloop_walk walk = bloop_value_walk(get(item, "strings"));
    for (size_t i = 0; i < BL_COUNT_OF(strings); i++) {
        assert_true(bloop_walk_next(&walk));
        assert_string_equal(walk.bytes.data, strings[i]);
        assert_int_equal(walk.bytes.size, strlen(strings[i]));
    }
    assert_false(bloop_walk_next(&walk));
    walk = bloop_value_walk(get(item, "numbers"));
    for (size_t i = 0; i < BL_COUNT_OF(numbers); i++) {
        assert_true(bloop_walk_next(&walk));
        assert_int_equal(bloop_number_compare(bloop_walk_number(&walk), sample_number(numbers[i])), 0);
    }
    assert_false(bloop_walk_next(&walk));
    walk = bloop_value_walk(get(item, "bins"));
    assert_true(bloop_walk_next(&walk));
    assert_memory_equal(walk.bytes.data, "\x00\x01\x00", 3);
    assert_int_equal(bloop_walk_number(&walk).low, 0);
}

static void the_wrong_question_gets_an_empty_answer(void **state)
{
    (void)state;
    bloop_value text = string_value(&first, "1"), number = number_value(&second, "1"), none = { NULL, 0 };
    assert_false(bloop_value_bool(number));
    assert_null(bloop_value_bytes(number).data);
    assert_int_equal(bloop_value_number(text).low, 0);
    assert_int_equal(bloop_value_count(text), 0);
    bloop_walk walk = bloop_value_walk(text);
    assert_false(bloop_walk_next(&walk));
    assert_int_equal(bloop_value_tag(none), BLOOP_TAG_NONE);
    assert_int_equal(bloop_value_count(none), 0);
    assert_null(bloop_value_bytes(none).data);
    assert_false(bloop_value_bool(none));
    assert_int_equal(bloop_value_number(none).low, 0);
    assert_true(bloop_value_equal(none, none));
    assert_false(bloop_value_equal(none, text));
    assert_false(bloop_value_equal(text, none));
}

static void strings_and_numbers_are_ordered(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        int order;
    } texts[] = { { "a", "b", -1 }, { "a", "ab", -1 }, { "b", "ab", 1 },
                  { "", "a", -1 },  { "x", "x", 0 },   { "\xC3\xA9", "z", 1 } },
      numbers[] = {
          { "9", "10", -1 }, { "-9", "-10", 1 }, { "0", "1E-130", -1 }, { "0", "-1E-130", 1 }, { "1.0", "1", 0 }
      };
    int order = 0;
    for (size_t i = 0; i < BL_COUNT_OF(texts); i++) {
        assert_true(bloop_value_compare(string_value(&first, texts[i].a), string_value(&second, texts[i].b), &order));
        assert_int_equal((order > 0) - (order < 0), texts[i].order);
    }
    for (size_t i = 0; i < BL_COUNT_OF(numbers); i++) {
        assert_true(
            bloop_value_compare(number_value(&first, numbers[i].a), number_value(&second, numbers[i].b), &order));
        assert_int_equal((order > 0) - (order < 0), numbers[i].order);
    }
    assert_false(bloop_value_compare(string_value(&first, "1"), number_value(&second, "1"), &order));
    bloop_builder_reset(&second);
    sample_item(&second);
    bloop_value flag = get(sample_finish(&second), "flag");
    assert_false(bloop_value_compare(flag, flag, &order));
}

static void tags_have_names(void **state)
{
    (void)state;
    for (bloop_tag tag = BLOOP_TAG_NULL; tag < BLOOP_TAG_COUNT; tag++) {
        const char *name = bloop_tag_name(tag);
        assert_int_equal(bloop_tag_of_name(name, strlen(name)), tag);
    }
    assert_string_equal(bloop_tag_name(BLOOP_TAG_BOOL), "BOOL");
    assert_string_equal(bloop_tag_name(BLOOP_TAG_NONE), "?");
    assert_string_equal(bloop_tag_name((bloop_tag)200), "?");
    assert_int_equal(bloop_tag_of_name("?", 1), BLOOP_TAG_NONE);
    assert_int_equal(bloop_tag_of_name("s", 1), BLOOP_TAG_NONE);
    assert_int_equal(bloop_tag_of_name("SS", 1), BLOOP_TAG_S);
    assert_int_equal(bloop_tag_of_name("", 0), BLOOP_TAG_NONE);
}

/* The guide's rules by hand: names, and each value as the comment says. */
static void sizes_are_as_the_service_counts_them(void **state)
{
    (void)state;
    static const struct {
        const char *number;
        size_t size;
    } numbers[] = { { "0", 1 },
                    { "1", 2 },
                    { "99", 2 },
                    { "100", 2 },
                    { "101", 3 },
                    { "-1", 3 },
                    { "-1E-130", 3 },
                    { "1.5", 3 },
                    { "12.5", 3 },
                    { "12345", 4 },
                    { "1E125", 2 },
                    { "1.234", 4 },
                    { "12345678901234567890123456789012345678", 20 },
                    { "-12345678901234567890123456789012345678", 21 },
                    { "-1234567890123456789.0123456789012345678", 21 },
                    { "1234567890123456789.0123456789012345678", 21 } };
    for (size_t i = 0; i < BL_COUNT_OF(numbers); i++)
        assert_int_equal(bloop_value_size(number_value(&first, numbers[i].number)), numbers[i].size);
    assert_int_equal(bloop_value_size(string_value(&first, "caf\xC3\xA9")), 5);
    assert_int_equal(bloop_value_size((bloop_value){ NULL, 0 }), 0);
    bloop_builder_reset(&second);
    sample_item(&second);
    bloop_value item = sample_finish(&second);
    assert_int_equal(bloop_value_size(get(item, "nothing")), 1);
    assert_int_equal(bloop_value_size(get(item, "flag")), 1);
    assert_int_equal(bloop_value_size(get(item, "bytes")), 3);
    assert_int_equal(bloop_value_size(get(item, "strings")), 4);
    assert_int_equal(bloop_value_size(get(item, "bins")), 3);
    assert_int_equal(bloop_value_size(get(item, "numbers")), 3 + 1 + 2 + 2);                /* -1000, 0, 0.5, 10 */
    assert_int_equal(bloop_value_size(get(item, "list")), 3 + (1 + 5) + (1 + 4) + (1 + 3)); /* text, strings, [] */
    assert_int_equal(bloop_value_size(get(item, "map")), 3 + (1 + 1 + 1) + (1 + 1 + 4) + (1 + 0 + 1));
    size_t names = strlen("abinsbytesflaglistmapnothingnumbersstringstext");
    assert_int_equal(bloop_item_size(item), names + 4 + 3 + 3 + 1 + 18 + 14 + 1 + 8 + 4 + 5);
}

/* The example of github.com/zaccharles/dynamodb-calculator, which that program calls 71 bytes. */
static void a_published_example_has_its_size(void **state)
{
    (void)state;
    bloop_build_begin(&first, BLOOP_TAG_M);
    bloop_put_string(&first, "id", "f0ba8d6c");
    bloop_put_string(&first, "fullName", "Zac Charles");
    bloop_build_name(&first, "isAdmin", 7);
    bloop_build_bool(&first, true);
    bloop_build_name(&first, "favouriteNumber", 15);
    bloop_build_number(&first, sample_number("-1E-130"));
    bloop_build_name(&first, "foods", 5);
    bloop_build_begin(&first, BLOOP_TAG_SS);
    bloop_build_string(&first, "pizza", 5);
    bloop_build_string(&first, "burger", 6);
    bloop_build_end(&first);
    bloop_build_end(&first);
    assert_int_equal(bloop_item_size(sample_finish(&first)), 71);
}

/* Measured on the service by items of exactly 400 KB: paritysuite/dynamodb-conformance, `tier3/limits/numberByteSize`. */
static void numbers_have_the_sizes_that_were_measured(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t size;
    } rows[] = {
        { "0", 1 },
        { "-0", 1 },
        { "1", 2 },
        { "12", 2 },
        { "15", 2 },
        { "123", 3 },
        { "1234", 3 },
        { "123456", 4 },
        { "0042", 2 },
        { "100", 2 },
        { "1010", 3 },
        { "0.15", 2 },
        { "1.5", 3 },
        { "1.2", 3 },
        { "1.200", 3 },
        { "1.234", 4 },
        { "100.5", 4 },
        { "-42", 3 },
        { "3.14159", 5 },
        { "0.0000001", 2 },
        { "1E125", 2 },
        { "1E-100", 2 },
        { "12345678901234567890123456789012345678", 20 },
    };
    for (size_t i = 0; i < BL_COUNT_OF(rows); i++) {
        bloop_builder_reset(&first);
        bloop_build_number(&first, sample_number(rows[i].text));
        assert_int_equal(bloop_value_size(sample_finish(&first)), rows[i].size);
    }
}

static void levels_are_counted(void **state)
{
    (void)state;
    assert_int_equal(bl_value_depth(string_value(&first, "x")), 1);
    bloop_builder_reset(&first);
    sample_item(&first);
    bloop_value item = sample_finish(&first);
    assert_int_equal(bl_value_depth(item), 3);
    assert_int_equal(bl_value_depth(get(item, "strings")), 1);
    assert_int_equal(bl_value_depth(get(item, "map")), 2);
    assert_int_equal(bl_value_depth(bloop_list_get(get(item, "list"), 2)), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(bytes_are_as_documented, set_up, tear_down),
        cmocka_unit_test_setup_teardown(order_does_not_matter, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_item_is_walked_in_order_of_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(attributes_are_found_by_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lists_are_indexed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sets_are_sorted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_wrong_question_gets_an_empty_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(strings_and_numbers_are_ordered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tags_have_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sizes_are_as_the_service_counts_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_published_example_has_its_size, set_up, tear_down),
        cmocka_unit_test_setup_teardown(numbers_have_the_sizes_that_were_measured, set_up, tear_down),
        cmocka_unit_test_setup_teardown(levels_are_counted, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("value/packed", tests, NULL, NULL);
}
