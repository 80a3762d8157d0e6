/* Sets, lists and maps, in each other, and setting what is inside of them. */
#include "sample.h"

BLOOP_SET(Scores, Integer);
BLOOP_LIST(Weeks, Named(Scores));
BLOOP_LIST(Matrix, Named(Weeks));
BLOOP_MAP(Node, key(String, name), key(List(Map(Node)), children));

BLOOP_MODEL(Collections,
    column(Integer, id, .hash_key = true),
    column(Set(String), strings),
    column(Set(Integer), integers),
    column(Set(Binary), binaries),
    column(Set(UUID), uuids),
    column(Set(Timestamp), times),
    column(List(Boolean), flags),
    column(List(Set(Integer)), exams),
    column(List(Named(Weeks)), weeks),
    column(Named(Matrix), matrix),
    column(List(Dynamic), anything),
    column(Map(Node), tree),
    column(Map(Address), home));

static struct Collections *loaded(const char *json)
{
    struct Collections *object = bloop_new(Collections);
    if (bl_object_load(&object->bloop_object_, sample_item(json), NULL) != BLOOP_OK)
        fail_msg("%s", bloop_last_error()->message);
    return object;
}

static void refuses(const char *json, const char *message)
{
    struct Collections *object = bloop_new(Collections);
    assert_int_equal(bl_object_load(&object->bloop_object_, sample_item(json), NULL), BLOOP_INVALID_VALUE);
    assert_error(BLOOP_INVALID_VALUE, message);
    bloop_free(object);
}

static const char *stored(const struct Collections *object, const bloop_column *column)
{
    return sample_text(bloop_object_packed(object, column));
}

static void test_sets_round_trip(void **state)
{
    (void)state;
    struct Collections *object = bloop_new(Collections);
    bloop_set(object, strings, { (const char *[]){ "b", "a", "" }, 3 });
    bloop_set(object, integers, { (int64_t[]){ 10, -2, 9 }, 3 });
    bloop_set(object, binaries, { (bloop_bytes[]){ { "\1", 1 }, { "\0", 1 } }, 2 });
    bloop_set(object, times, { (bloop_datetime[]){ { .microseconds = 5000000 }, { .microseconds = 1000000 } }, 2 });
    assert_string_equal(stored(object, &Collections.strings), "{\"SS\":[\"\",\"a\",\"b\"]}");
    assert_string_equal(stored(object, &Collections.integers), "{\"NS\":[\"-2\",\"9\",\"10\"]}");
    assert_string_equal(stored(object, &Collections.binaries), "{\"BS\":[\"AA==\",\"AQ==\"]}");
    assert_string_equal(stored(object, &Collections.times), "{\"NS\":[\"1\",\"5\"]}");
    assert_int_equal(object->integers.count, 3);
    assert_true(object->integers.items[0] == -2 && object->integers.items[2] == 10);
    assert_string_equal(object->strings.items[2], "b");
    assert_true(object->times.items[1].microseconds == 5000000);
    bloop_free(object);
}

static void test_set_refusals(void **state)
{
    (void)state;
    struct Collections *object = bloop_new(Collections);
    assert_int_equal(bloop_set(object, strings, { (const char *[]){ "a", "b", "a" }, 3 }), BLOOP_INVALID_VALUE);
    assert_true(strncmp(bloop_last_error()->message, "Collections.strings", 19) == 0);
    assert_int_equal(bloop_set(object, strings, { (const char *[]){ "a", NULL }, 2 }), BLOOP_INVALID_VALUE);
    assert_error(BLOOP_INVALID_VALUE, "Collections.strings[1]: NULL is no String (bloop_unset takes a value away)");
    assert_int_equal(bloop_set(object, strings, { NULL, 2 }), BLOOP_INVALID_VALUE);
    assert_error(BLOOP_INVALID_VALUE, "Collections.strings: NULL with a count of 2 is no Set");
    assert_int_equal(bloop_state(object, strings), BLOOP_MISSING);
    bloop_free(object);
    refuses("{\"uuids\":{\"SS\":[\"x\"]}}",
            "Collections.uuids[0]: \"x\" is no UUID: that has 8-4-4-4-12 hexadecimal digits");
    refuses("{\"strings\":{\"L\":[]}}",
            "Collections.strings: the stored value is of type L, but Set(String) is stored as SS");
    refuses("{\"integers\":{\"NS\":[\"1\",\"1e30\"]}}",
            "Collections.integers[1]: the stored number 1000000000000000000000000000000 does not fit an Integer, which "
            "has 64 bits");
}

/* DynamoDB has no empty set: it is stored as nothing, alone, as a key of a map, and as an element. */
static void test_empty_set_is_absent(void **state)
{
    (void)state;
    struct Collections *object = bloop_new(Collections);
    bloop_set(object, strings, { (const char *[]){ "a" }, 1 });
    assert_int_equal(bloop_set(object, strings, { NULL, 0 }), BLOOP_OK);
    assert_int_equal(bloop_state(object, strings), BLOOP_NONE);
    bloop_set(object, home, bloop_map(Address, set(number, 1), set(tags, { NULL, 0 })));
    assert_string_equal(stored(object, &Collections.home), "{\"M\":{\"house-number\":{\"N\":\"1\"}}}");
    assert_false(bloop_has(object, home.tags));
    bloop_set(object, exams, { (bloop_set_of_Integer[]){ { NULL, 0 }, { (int64_t[]){ 7 }, 1 } }, 2 });
    assert_string_equal(stored(object, &Collections.exams), "{\"L\":[{\"NS\":[\"7\"]}]}");
    assert_int_equal(object->exams.count, 1);
    bloop_free(object);
}

static void test_empty_lists_and_maps_are_stored(void **state)
{
    (void)state;
    struct Collections *object = bloop_new(Collections);
    assert_int_equal(bloop_set(object, flags, { NULL, 0 }), BLOOP_OK);
    assert_int_equal(bloop_set(object, home, { 0 }), BLOOP_OK);
    assert_true(bloop_has(object, flags) && bloop_has(object, home));
    assert_string_equal(stored(object, &Collections.flags), "{\"L\":[]}");
    assert_string_equal(stored(object, &Collections.home), "{\"M\":{}}");
    bloop_free(object);
}

static void test_lists_in_lists(void **state)
{
    (void)state;
    const char *json = "{\"matrix\":{\"L\":[{\"L\":[{\"NS\":[\"1\",\"2\"]},{\"NS\":[\"3\"]}]},{\"L\":[]}]}}";
    struct Collections *object = loaded(json);
    assert_int_equal(object->matrix.count, 2);
    assert_int_equal(object->matrix.items[0].items[1].count, 1);
    assert_true(object->matrix.items[0].items[0].items[1] == 2);
    assert_int_equal(object->matrix.items[1].count, 0);
    assert_int_equal(bloop_set(object, matrix, object->matrix), BLOOP_OK);
    assert_string_equal(stored(object, &Collections.matrix),
                        "{\"L\":[{\"L\":[{\"NS\":[\"1\",\"2\"]},{\"NS\":[\"3\"]}]},{\"L\":[]}]}");
    assert_int_equal(bloop_append(object, matrix.items[1], { (int64_t[]){ 4, 5 }, 2 }), BLOOP_OK);
    assert_int_equal(bloop_set(object, matrix.items[0].items[1].items[0], 9), BLOOP_OK);
    assert_string_equal(stored(object, &Collections.matrix),
                        "{\"L\":[{\"L\":[{\"NS\":[\"1\",\"2\"]},{\"NS\":[\"9\"]}]},{\"L\":[{\"NS\":[\"4\",\"5\"]}]}]}");
    bloop_free(object);
}

static void test_list_elements(void **state)
{
    (void)state;
    struct Collections *object = bloop_new(Collections);
    assert_int_equal(bloop_append(object, flags, true), BLOOP_OK);
    assert_int_equal(bloop_append(object, flags, false), BLOOP_OK);
    assert_int_equal(bloop_append(object, flags, true), BLOOP_OK);
    assert_string_equal(stored(object, &Collections.flags),
                        "{\"L\":[{\"BOOL\":true},{\"BOOL\":false},{\"BOOL\":true}]}");
    assert_int_equal(bloop_set(object, flags.items[1], true), BLOOP_OK);
    assert_int_equal(bloop_unset(object, flags.items[0]), BLOOP_OK);
    assert_string_equal(stored(object, &Collections.flags), "{\"L\":[{\"BOOL\":true},{\"BOOL\":true}]}");
    assert_true(bloop_has(object, flags.items[1]));
    assert_int_equal(bloop_set(object, flags.items[2], true), BLOOP_INVALID_ARGUMENT);
    assert_error(BLOOP_INVALID_ARGUMENT, "the field is no column of this Collections, nor a key or element in one");
    bloop_free(object);
}

static void test_set_elements(void **state)
{
    (void)state;
    struct Collections *object = bloop_new(Collections);
    assert_int_equal(bloop_append(object, strings, "b"), BLOOP_OK);
    assert_int_equal(bloop_append(object, strings, "a"), BLOOP_OK);
    assert_int_equal(bloop_append(object, strings, "a"), BLOOP_INVALID_VALUE);
    assert_string_equal(stored(object, &Collections.strings), "{\"SS\":[\"a\",\"b\"]}");
    assert_int_equal(bloop_unset(object, strings.items[0]), BLOOP_OK);
    assert_int_equal(bloop_unset(object, strings.items[0]), BLOOP_OK);
    assert_int_equal(bloop_state(object, strings), BLOOP_NONE);
    bloop_free(object);
}

static void test_map_keys(void **state)
{
    (void)state;
    struct Collections *object = bloop_new(Collections);
    assert_int_equal(bloop_state(object, home.number), BLOOP_MISSING);
    assert_int_equal(bloop_set(object, home.geo.longitude, 13.4), BLOOP_OK);
    assert_string_equal(stored(object, &Collections.home), "{\"M\":{\"geo\":{\"M\":{\"lon\":{\"N\":\"13.4\"}}}}}");
    assert_int_equal(bloop_state(object, home.geo.longitude), BLOOP_VALUE);
    assert_int_equal(bloop_state(object, home.geo.latitude), BLOOP_NONE);
    assert_int_equal(bloop_state(object, home.number), BLOOP_NONE);
    assert_int_equal(bloop_set(object, home.number, 8), BLOOP_OK);
    assert_int_equal(bloop_append(object, home.tags, "x"), BLOOP_OK);
    assert_int_equal(bloop_unset(object, home.geo), BLOOP_OK);
    assert_int_equal(bloop_unset(object, home.street), BLOOP_OK);
    assert_string_equal(stored(object, &Collections.home),
                        "{\"M\":{\"house-number\":{\"N\":\"8\"},\"tags\":{\"SS\":[\"x\"]}}}");
    assert_true(bloop_map_has(Address, object->home, number) && !bloop_map_has(Address, object->home, geo));
    assert_int_equal(bloop_set(object, home.street, "\xff"), BLOOP_INVALID_VALUE);
    assert_error(BLOOP_INVALID_VALUE, "Collections.home.street: the string \"\\xff\" is not UTF-8 at byte 0");
    assert_string_equal(stored(object, &Collections.home),
                        "{\"M\":{\"house-number\":{\"N\":\"8\"},\"tags\":{\"SS\":[\"x\"]}}}");
    assert_false(bloop_has(object, home.street));
    assert_null(object->home.street);
    bloop_free(object);
}

static void test_unknown_keys_are_ignored(void **state)
{
    (void)state;
    struct Collections *object =
        loaded("{\"home\":{\"M\":{\"a\":{\"S\":\"1\"},\"street\":{\"S\":\"s\"},\"house-number\":{\"NULL\":true}}}}");
    assert_string_equal(object->home.street, "s");
    assert_false(bloop_has(object, home.number));
    bloop_set(object, home.number, 3);
    assert_string_equal(stored(object, &Collections.home),
                        "{\"M\":{\"house-number\":{\"N\":\"3\"},\"street\":{\"S\":\"s\"}}}");
    bloop_free(object);
    refuses("{\"home\":{\"M\":{\"geo\":{\"M\":{\"lon\":{\"S\":\"x\"}}}}}}",
            "Collections.home.geo.longitude: the stored value is of type S, but Double is stored as N");
}

/* A map may hold lists of itself; a list that holds itself ends at DynamoDB's 32 levels. */
static void test_recursive_map(void **state)
{
    (void)state;
    struct Collections *object = bloop_new(Collections);
    struct Node leaf[] = { bloop_map(Node, set(name, "leaf")) };
    struct Node root = bloop_map(Node, set(name, "root"), set(children, { leaf, 1 }));
    assert_int_equal(bloop_set(object, tree, root), BLOOP_OK);
    assert_string_equal(object->tree.children.items[0].name, "leaf");
    assert_int_equal(bloop_append(object, tree.children.items[0].children, bloop_map(Node, set(name, "new"))),
                     BLOOP_OK);
    assert_string_equal(object->tree.children.items[0].children.items[0].name, "new");
    root.children.items = &root;
    assert_int_equal(bloop_set(object, tree, root), BLOOP_INVALID_VALUE);
    assert_non_null(strstr(bloop_last_error()->message, "Nesting Levels have exceeded supported limits"));
    assert_string_equal(object->tree.name, "root");
    bloop_free(object);
}

static void test_elements_refuse_null_and_other_types(void **state)
{
    (void)state;
    refuses("{\"flags\":{\"L\":[{\"BOOL\":true},{\"NULL\":true}]}}",
            "Collections.flags[1]: the stored value is of type NULL, but Boolean is stored as BOOL");
    struct Collections *object = loaded("{\"anything\":{\"L\":[{\"BOOL\":true},{\"NULL\":true}]}}");
    assert_int_equal(bloop_value_tag(object->anything.items[1]), BLOOP_TAG_NULL);
    bloop_free(object);
}

/* A value may be set to a part of itself: what is read is not what is written. */
static void test_set_from_itself(void **state)
{
    (void)state;
    struct Collections *object = bloop_new(Collections);
    bloop_set(object, strings, { (const char *[]){ "b", "a", "c" }, 3 });
    assert_int_equal(bloop_set(object, strings, { object->strings.items + 1, 2 }), BLOOP_OK);
    assert_string_equal(stored(object, &Collections.strings), "{\"SS\":[\"b\",\"c\"]}");
    bloop_free(object);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_sets_round_trip, sample_free),
        cmocka_unit_test_teardown(test_set_refusals, sample_free),
        cmocka_unit_test_teardown(test_empty_set_is_absent, sample_free),
        cmocka_unit_test_teardown(test_empty_lists_and_maps_are_stored, sample_free),
        cmocka_unit_test_teardown(test_lists_in_lists, sample_free),
        cmocka_unit_test_teardown(test_list_elements, sample_free),
        cmocka_unit_test_teardown(test_set_elements, sample_free),
        cmocka_unit_test_teardown(test_map_keys, sample_free),
        cmocka_unit_test_teardown(test_unknown_keys_are_ignored, sample_free),
        cmocka_unit_test_teardown(test_recursive_map, sample_free),
        cmocka_unit_test_teardown(test_elements_refuse_null_and_other_types, sample_free),
        cmocka_unit_test_teardown(test_set_from_itself, sample_free),
    };
    return cmocka_run_group_tests_name("model/type_collection", tests, NULL, NULL);
}
