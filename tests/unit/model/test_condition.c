/* Conditions: the trees that builders make, failures that can't be lost, and numbers that are consumed once. */
#include <pthread.h>

#include "sample.h"

typedef enum Color { red = 1, green, blue } Color;

static bloop_status load_color(const bloop_type *type, const bloop_stored *stored, void *value, bloop_memory *memory)
{
    (void)type, (void)memory;
    *(Color *)value = stored->as.text.data[0] == 'r' ? red : green;
    return BLOOP_OK;
}

static bloop_status dump_color(const bloop_type *type, const void *value, bloop_stored *stored, bloop_memory *memory)
{
    (void)type, (void)memory;
    Color color = *(const Color *)value;
    if (color == blue)
        return bloop_type_fail(BLOOP_INVALID_VALUE, "blue is no color");
    stored->as.text = color == red ? (bloop_slice){ "red", 3 } : (bloop_slice){ "green", 5 };
    return BLOOP_OK;
}
BLOOP_TYPE(Color, Color, .backing = BLOOP_TAG_S, .load = load_color, .dump = dump_color);
BLOOP_TYPE(Small, int8_t, .backing = BLOOP_TAG_N, .like = &bloop_type_Integer);

BLOOP_MAP(Item, key(String, name, .dynamo_name = "n"), key(Number, price), key(Dynamic, extra));

BLOOP_MODEL(Receipt,
    column(UUID,        id, .hash_key = true),
    column(String,      text),
    column(Text,        slice),
    column(Binary,      binary),
    column(Boolean,     flag),
    column(Number,      number),
    column(Integer,     integer),
    column(Double,      real),
    column(DateTime,    date, .dynamo_name = "d"),
    column(Timestamp,   stamp),
    column(Dynamic,     dynamic),
    column(Set(String), strings),
    column(Set(Integer), integers),
    column(List(Number), numbers),
    column(List(Map(Item)), items),
    column(Map(Item),   item),
    column(Named(Color), color));

#define ID "6d8b54a2-fa07-47e1-9305-717699459293"

/* Checks the tree, as text, and consumes the condition. */
#define assert_condition(condition, expected) check_condition(condition, expected, __FILE__, __LINE__)
static void check_condition(bloop_condition *condition, const char *expected, const char *file, int line)
{
    char text[600];
    bl_taken taken;
    if (bl_condition_take(condition, &taken) != BLOOP_OK)
        print_error("%s:%d: %s\n", file, line, bloop_last_error()->message);
    assert_ptr_not_equal(taken.memory, NULL);
    bloop_expr_print(taken.expr, text, sizeof text);
    _assert_int_equal(taken.expr ? bloop_expr_check(taken.expr) : BLOOP_OK, BLOOP_OK, file, line);
    bl_taken_free(&taken);
    _assert_string_equal(text, expected, file, line);
}

#define assert_fails(condition, status, message) check_fails(condition, status, message, __FILE__, __LINE__)
static void check_fails(bloop_condition *condition, bloop_status status, const char *message, const char *file,
                        int line)
{
    bl_taken taken;
    assert_non_null(condition);
    _assert_int_equal(bl_condition_take(condition, &taken), status, file, line);
    sample_check_error(status, message, file, line);
    assert_null(taken.memory);
}

static void test_values_by_column_type(void **state)
{
    (void)state;
    const char *mutable_text = "m";
    unsigned char small = 200;
    bool flag = true;
    assert_condition(bloop_eq(Receipt.id, sample_uuid(ID)), "id = \"" ID "\"");
    assert_condition(bloop_eq(Receipt.text, "x"), "text = \"x\"");
    assert_condition(bloop_ne(Receipt.text, mutable_text), "text <> \"m\"");
    assert_condition(bloop_eq(Receipt.text, ((bloop_slice){ "slice", 2 })), "text = \"sl\"");
    assert_condition(bloop_lt(Receipt.slice, "x"), "slice < \"x\"");
    assert_condition(bloop_eq(Receipt.binary, ((bloop_bytes){ "\1", 1 })), "binary = x\"01\"");
    assert_condition(bloop_eq(Receipt.flag, true), "flag = true");
    assert_condition(bloop_eq(Receipt.flag, flag), "flag = true");
    assert_condition(bloop_ne(Receipt.flag, 0), "flag <> false");
    assert_condition(bloop_ge(Receipt.number, 10), "number >= 10");
    assert_condition(bloop_ge(Receipt.number, 0.1), "number >= 0.1");
    assert_condition(bloop_le(Receipt.number, UINT64_MAX), "number <= 18446744073709551615");
    assert_condition(bloop_gt(Receipt.number, sample_number("1e-5")), "number > 0.00001");
    assert_condition(bloop_eq(Receipt.integer, 7.5), "integer = 7");
    assert_condition(bloop_eq(Receipt.integer, small), "integer = 200");
    assert_condition(bloop_eq(Receipt.integer, INT64_MIN), "integer = -9223372036854775808");
    assert_condition(bloop_eq(Receipt.real, 3), "real = 3");
    assert_condition(bloop_lt(Receipt.date, sample_datetime("2016-08-09T03:16:25+02:00")),
                     "d < \"2016-08-09T01:16:25.000000+00:00\"");
    assert_condition(bloop_lt(Receipt.stamp, sample_datetime("1970-01-01T00:01:00.5Z")), "stamp < 60");
    assert_condition(bloop_eq(Receipt.color, green), "color = \"green\"");
    assert_condition(bloop_eq(Receipt.color, bloop_as(Named(Color), red)), "color = \"red\"");
}

static void test_documents_and_dynamic_values(void **state)
{
    (void)state;
    assert_condition(bloop_eq(Receipt.dynamic, 3), "dynamic = 3");
    assert_condition(bloop_gt(Receipt.dynamic, "x"), "dynamic > \"x\"");
    assert_condition(bloop_eq(Receipt.dynamic, sample_uuid(ID)), "dynamic = \"" ID "\"");
    assert_condition(bloop_eq(Receipt.dynamic, sample_value("{\"L\":[{\"N\":\"1\"}]}")), "dynamic = [1]");
    assert_condition(bloop_eq(Receipt.strings, ((bloop_set_of_String){ (const char *[]){ "b", "a" }, 2 })),
                     "strings = {\"a\", \"b\"}");
    assert_condition(bloop_eq(Receipt.numbers, ((bloop_list_of_Number){ &(bloop_number){ .low = 5 }, 1 })),
                     "numbers = [5]");
    assert_condition(bloop_eq(Receipt.item, bloop_as(Map(Item), bloop_map(Item, set(name, "n")))), "item = {n: \"n\"}");
    assert_condition(bloop_eq(Receipt.text, bloop_as(Text, { "ab", 1 })), "text = \"a\"");
    assert_condition(bloop_eq(Receipt.number, bloop_as(Integer, -5)), "number = -5");
    assert_fails(bloop_eq(Receipt.integer, bloop_as(Named(Small), -5)), BLOOP_UNKNOWN_TYPE,
                 "Receipt.integer: the type Small has other C values than Integer, which it is like");
}

static void test_operators(void **state)
{
    (void)state;
    assert_condition(bloop_begins_with(Receipt.text, "deli:"), "begins_with(text, \"deli:\")");
    assert_condition(bloop_begins_with(Receipt.date, "2016-"), "begins_with(d, \"2016-\")");
    assert_condition(bloop_begins_with(Receipt.id, "6d8b"), "begins_with(id, \"6d8b\")");
    assert_condition(bloop_contains(Receipt.text, "x"), "contains(text, \"x\")");
    assert_condition(bloop_contains(Receipt.strings, "x"), "contains(strings, \"x\")");
    assert_condition(bloop_contains(Receipt.integers, 3), "contains(integers, 3)");
    assert_condition(bloop_contains(Receipt.numbers, 3), "contains(numbers, 3)");
    assert_condition(bloop_between(Receipt.integer, 1, 5), "integer BETWEEN 1 AND 5");
    assert_condition(bloop_in(Receipt.text, "a", "b", "c"), "text IN (\"a\", \"b\", \"c\")");
    assert_condition(bloop_in(Receipt.integer, 1), "integer IN (1)");
}

/* A size is a number, and stands where a column may. */
static void test_sizes(void **state)
{
    (void)state;
    assert_condition(bloop_gt(bloop_size(Receipt.strings), 3), "size(strings) > 3");
    assert_condition(bloop_lt(bloop_size(Receipt.text), 2.5), "size(text) < 2.5");
    assert_condition(bloop_between(bloop_size(Receipt.binary), 1, 2), "size(binary) BETWEEN 1 AND 2");
    assert_condition(bloop_in(bloop_size(Receipt.items), 0, 1), "size(items) IN (0, 1)");
    assert_condition(bloop_eq(bloop_size(bloop_at(Receipt.items, 0, "name")), 5), "size(items[0].n) = 5");
    assert_condition(bloop_eq(Receipt.integer, bloop_size(Receipt.numbers)), "integer = size(numbers)");
    assert_condition(bloop_ne(bloop_size(Receipt.text), bloop_size(Receipt.slice)), "size(text) <> size(slice)");
    assert_condition(bloop_ge(bloop_size(bloop_at(Receipt.dynamic, "a", 3)), Receipt.integer),
                     "size(dynamic.a[3]) >= integer");
    assert_fails(bloop_gt(bloop_size(Receipt.number), 3), BLOOP_INVALID_COMPARISON_OPERATOR,
                 "size(Receipt.number): Number, which is stored as N, has no size");
    assert_fails(bloop_gt(Receipt.integer, bloop_size(Receipt.flag)), BLOOP_INVALID_COMPARISON_OPERATOR,
                 "Receipt.integer: size(Receipt.flag): Boolean, which is stored as BOOL, has no size");
    assert_fails(bloop_gt(bloop_size(Receipt.text), "3"), BLOOP_INVALID_CONDITION,
                 "size(Receipt.text): \"3\" is no Number");
    assert_fails(bloop_is(bloop_size(Receipt.text), bloop_none), BLOOP_INVALID_CONDITION,
                 "size(Receipt.text): a size can't be compared with none");
    assert_fails(bloop_begins_with(bloop_size(Receipt.text), "3"), BLOOP_INVALID_COMPARISON_OPERATOR,
                 "size(Receipt.text): Number, which is stored as N, does not have the operator begins_with");
    assert_fails(bloop_gt(bloop_size(bloop_size(Receipt.text)), 3), BLOOP_INVALID_CONDITION, "a size has no size");
    assert_fails(bloop_gt(bloop_size(bloop_at(Receipt.item, "nmae")), 3), BLOOP_INVALID_CONDITION,
                 "Receipt.item: Item has no key nmae");
}

static void test_attribute_types(void **state)
{
    (void)state;
    assert_condition(bloop_is_type(Receipt.dynamic, BLOOP_TAG_L), "attribute_type(dynamic, \"L\")");
    assert_condition(bloop_is_type(bloop_at(Receipt.items, 0), BLOOP_TAG_NULL), "attribute_type(items[0], \"NULL\")");
    assert_condition(bloop_not(bloop_is_type(Receipt.text, BLOOP_TAG_S)), "(NOT attribute_type(text, \"S\"))");
    assert_fails(bloop_is_type(Receipt.text, BLOOP_TAG_NONE), BLOOP_INVALID_CONDITION,
                 "Receipt.text: there is no such type: 0");
    assert_fails(bloop_is_type(Receipt.text, (bloop_tag)99), BLOOP_INVALID_CONDITION,
                 "Receipt.text: there is no such type: 99");
    assert_fails(bloop_is_type(bloop_size(Receipt.text), BLOOP_TAG_N), BLOOP_INVALID_CONDITION,
                 "size(Receipt.text): a size is no attribute with a type");
}

/* None means that the attribute does not exist; so does a value that is stored as nothing. */
static void test_none(void **state)
{
    (void)state;
    bloop_set_of_String empty = { NULL, 0 };
    assert_condition(bloop_eq(Receipt.text, bloop_none), "attribute_not_exists(text)");
    assert_condition(bloop_is(Receipt.date, bloop_none), "attribute_not_exists(d)");
    assert_condition(bloop_is_not(Receipt.text, bloop_none), "attribute_exists(text)");
    assert_condition(bloop_ne(Receipt.strings, empty), "attribute_exists(strings)");
    assert_fails(bloop_lt(Receipt.text, bloop_none), BLOOP_INVALID_CONDITION,
                 "Receipt.text: the operator < can't be used with none");
    assert_fails(bloop_between(Receipt.text, "a", bloop_none), BLOOP_INVALID_CONDITION,
                 "Receipt.text: the operator between can't be used with none");
    assert_fails(bloop_in(Receipt.text, bloop_none), BLOOP_INVALID_CONDITION,
                 "Receipt.text: the operator in can't be used with none");
}

static void test_columns_and_paths(void **state)
{
    (void)state;
    char key[] = "key";
    assert_condition(bloop_lt(Receipt.date, Receipt.text), "d < text");
    assert_condition(bloop_begins_with(bloop_at(Receipt.items, 0, "name"), "salami"),
                     "begins_with(items[0].n, \"salami\")");
    assert_condition(bloop_gt(bloop_at(Receipt.item, "price"), 3), "item.price > 3");
    assert_condition(bloop_eq(bloop_at(Receipt.numbers, 2), bloop_at(Receipt.item, "price")),
                     "numbers[2] = item.price");
    bloop_condition *condition = bloop_eq(bloop_at(Receipt.dynamic, key, 1, "z"), true);
    memset(key, '?', sizeof key - 1);
    assert_condition(condition, "dynamic.key[1].z = 1"); /* in C, true is an int */
    assert_condition(bloop_is(bloop_at(Receipt.item, "extra", 0), bloop_none), "attribute_not_exists(item.extra[0])");
    assert_fails(bloop_eq(bloop_at(Receipt.dynamic, -1), 1), BLOOP_INVALID_CONDITION,
                 "Receipt.dynamic: the index of an element must be 0 to 4294967294");
    assert_fails(bloop_eq(bloop_at(Receipt.items, 0, "weight"), 1), BLOOP_INVALID_CONDITION,
                 "Receipt.items[0]: Item has no key weight");
    assert_fails(bloop_eq(bloop_at(Receipt.items, "name"), 1), BLOOP_INVALID_CONDITION,
                 "Receipt.items: List(Item) has no key name");
    assert_fails(bloop_eq(bloop_at(Receipt.text, 0), "x"), BLOOP_INVALID_CONDITION,
                 "Receipt.text: String has no elements to take [0] of");
    assert_fails(bloop_eq(bloop_at(Receipt.items, 0, "price"), "x"), BLOOP_INVALID_CONDITION,
                 "Receipt.items[0].price: \"x\" is no Number");
}

static void test_paths_of_paths(void **state)
{
    (void)state;
    bloop_column first = bloop_at(Receipt.items, 0);
    assert_condition(bloop_eq(bloop_at(first, "name"), "x"), "items[0].n = \"x\"");
    assert_condition(bloop_is(first, bloop_none), "attribute_not_exists(items[0])");
    assert_condition(bloop_eq(bloop_at(bloop_at(bloop_at(Receipt.dynamic, "a", 1), "b"), 2, "c"), 3),
                     "dynamic.a[1].b[2].c = 3");
    assert_condition(bloop_gt(bloop_size(bloop_at(bloop_at(Receipt.dynamic, "a"), "b")), bloop_at(first, "price")),
                     "size(dynamic.a.b) > items[0].price");
    assert_fails(bloop_eq(bloop_at(bloop_size(Receipt.items), 0), 1), BLOOP_INVALID_CONDITION,
                 "a size has neither elements nor keys");
    assert_fails(bloop_eq(Receipt.integer, bloop_at(bloop_size(Receipt.items), 0)), BLOOP_INVALID_CONDITION,
                 "Receipt.integer: a size has neither elements nor keys");
    bloop_column deep = bloop_at(Receipt.dynamic, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    bloop_column longest = bloop_at(deep, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    bloop_condition *condition = bloop_is(longest, bloop_none);
    assert_int_equal(bloop_condition_status(condition), BLOOP_OK);
    bloop_condition_free(condition);
    bloop_column longer = bloop_at(longest, 0, 0);
    assert_fails(bloop_eq(longer, 1), BLOOP_INVALID_CONDITION, "a path has at most 32 steps");
    assert_fails(bloop_eq(bloop_at(longer, 0, "a"), 1), BLOOP_INVALID_CONDITION, "a path has at most 32 steps");
}

static void test_refused_values(void **state)
{
    (void)state;
    const char *null = NULL;
    assert_fails(bloop_eq(Receipt.text, 3), BLOOP_INVALID_CONDITION, "Receipt.text: 3 is no String");
    assert_fails(bloop_eq(Receipt.text, null), BLOOP_INVALID_CONDITION, "Receipt.text: NULL is no String");
    assert_fails(bloop_eq(Receipt.text, "\xff"), BLOOP_INVALID_CONDITION,
                 "Receipt.text: the string \"\\xff\" is not UTF-8 at byte 0");
    assert_fails(bloop_eq(Receipt.flag, 2), BLOOP_INVALID_CONDITION, "Receipt.flag: 2 is no Boolean");
    assert_fails(bloop_eq(Receipt.number, "3"), BLOOP_INVALID_CONDITION, "Receipt.number: \"3\" is no Number");
    assert_fails(bloop_eq(Receipt.number, (double)1e300), BLOOP_INVALID_CONDITION,
                 "Receipt.number: 1.0000000000000001e+300 is no Number");
    assert_fails(bloop_eq(Receipt.integer, UINT64_MAX), BLOOP_INVALID_CONDITION,
                 "Receipt.integer: 18446744073709551615 is no Integer");
    assert_fails(bloop_eq(Receipt.id, ID), BLOOP_INVALID_CONDITION, "Receipt.id: \"" ID "\" is no UUID");
    assert_fails(bloop_eq(Receipt.color, blue), BLOOP_INVALID_CONDITION, "Receipt.color: blue is no color");
    assert_fails(bloop_eq(Receipt.item, 3), BLOOP_INVALID_CONDITION, "Receipt.item: 3 is no Item");
    assert_fails(bloop_eq(Receipt.strings, "x"), BLOOP_INVALID_CONDITION, "Receipt.strings: \"x\" is no Set(String)");
    assert_fails(bloop_contains(Receipt.strings, 3), BLOOP_INVALID_CONDITION, "Receipt.strings: 3 is no String");
    assert_fails(bloop_eq(Receipt.integers, ((bloop_set_of_String){ NULL, 0 })), BLOOP_INVALID_CONDITION,
                 "Receipt.integers: a collection of String is no Set(Integer)");
    assert_fails(bloop_condition_in(&Receipt.text, NULL, 0), BLOOP_INVALID_CONDITION,
                 "Receipt.text: the operator in takes 1 to 100 values, not 0");
    assert_fails(bloop_condition_compare(BLOOP_EXPR_EQ, NULL, bloop_as(Integer, 1)), BLOOP_INVALID_CONDITION,
                 "there is no column to compare");
}

static void test_operators_that_types_lack(void **state)
{
    (void)state;
    assert_fails(bloop_lt(Receipt.flag, true), BLOOP_INVALID_COMPARISON_OPERATOR,
                 "Receipt.flag: Boolean, which is stored as BOOL, does not have the operator <");
    assert_fails(bloop_begins_with(Receipt.number, 1), BLOOP_INVALID_COMPARISON_OPERATOR,
                 "Receipt.number: Number, which is stored as N, does not have the operator begins_with");
    assert_fails(bloop_between(Receipt.strings, "a", "b"), BLOOP_INVALID_COMPARISON_OPERATOR,
                 "Receipt.strings: Set(String), which is stored as SS, does not have the operator between");
    assert_fails(bloop_contains(Receipt.item, "a"), BLOOP_INVALID_COMPARISON_OPERATOR,
                 "Receipt.item: Item, which is stored as M, does not have the operator contains");
    assert_fails(bloop_condition_compare(BLOOP_EXPR_PLUS, &Receipt.number, bloop_as(Integer, 1)),
                 BLOOP_INVALID_COMPARISON_OPERATOR, "Receipt.number: there is no such operator: 20");
}

static bloop_condition *a(void)
{
    return bloop_eq(Receipt.integer, 1);
}

static bloop_condition *b(void)
{
    return bloop_eq(Receipt.integer, 2);
}

static bloop_condition *c(void)
{
    return bloop_eq(Receipt.integer, 3);
}

static void test_combinations(void **state)
{
    (void)state;
    assert_condition(bloop_and(a(), b()), "(integer = 1 AND integer = 2)");
    assert_condition(bloop_and(a(), b(), c()), "(integer = 1 AND integer = 2 AND integer = 3)");
    assert_condition(bloop_and(bloop_and(a(), b()), c()), "(integer = 1 AND integer = 2 AND integer = 3)");
    assert_condition(bloop_and(a(), bloop_and(b(), c())), "(integer = 1 AND integer = 2 AND integer = 3)");
    assert_condition(bloop_or(bloop_and(a(), b()), c()), "((integer = 1 AND integer = 2) OR integer = 3)");
    assert_condition(bloop_or(bloop_or(a(), b()), bloop_or(c(), a())),
                     "(integer = 1 OR integer = 2 OR integer = 3 OR integer = 1)");
    assert_condition(bloop_not(a()), "(NOT integer = 1)");
    assert_condition(bloop_not(bloop_not(a())), "integer = 1");
    assert_condition(bloop_not(bloop_or(a(), b())), "(NOT (integer = 1 OR integer = 2))");
    assert_condition(bloop_and(a()), "integer = 1");
}

static void test_empty_conditions(void **state)
{
    (void)state;
    assert_condition(bloop_condition_new(), "");
    assert_condition(bloop_and(bloop_condition_new(), bloop_condition_new()), "");
    assert_condition(bloop_not(bloop_condition_new()), "");
    assert_condition(bloop_and(bloop_condition_new(), a()), "integer = 1");
    assert_condition(bloop_or(a(), bloop_condition_new()), "integer = 1");
    bloop_condition *all = bloop_condition_new();
    assert_true(bloop_condition_is_empty(all));
    for (int i = 0; i < 4; i++)
        all = bloop_and(all, bloop_eq(Receipt.integer, i));
    assert_false(bloop_condition_is_empty(all));
    assert_condition(all, "(integer = 0 AND integer = 1 AND integer = 2 AND integer = 3)");
    bl_taken taken;
    assert_int_equal(bl_condition_take(NULL, &taken), BLOOP_OK);
    assert_null(taken.expr);
}

static void test_failures_are_carried(void **state)
{
    (void)state;
    const char *message = "Receipt.text: 3 is no String";
    assert_fails(bloop_and(a(), bloop_eq(Receipt.text, 3)), BLOOP_INVALID_CONDITION, message);
    assert_fails(bloop_or(bloop_eq(Receipt.text, 3), a()), BLOOP_INVALID_CONDITION, message);
    assert_fails(bloop_not(bloop_eq(Receipt.text, 3)), BLOOP_INVALID_CONDITION, message);
    assert_fails(bloop_not(bloop_and(bloop_or(a(), bloop_eq(Receipt.text, 3)), b())), BLOOP_INVALID_CONDITION, message);
    assert_fails(bloop_and(bloop_eq(Receipt.text, 3), bloop_lt(Receipt.flag, true)), BLOOP_INVALID_CONDITION, message);
    bloop_condition *failed = bloop_eq(Receipt.text, 3);
    assert_false(bloop_condition_is_empty(failed));
    assert_int_equal(bloop_condition_status(failed), BLOOP_INVALID_CONDITION);
    assert_fails(bloop_condition_copy(failed), BLOOP_INVALID_CONDITION, message);
    assert_fails(failed, BLOOP_INVALID_CONDITION, message);
}

static void test_consumed_once(void **state)
{
    (void)state;
    const char *message = "a condition is used that a call has consumed before: use bloop_condition_copy first";
    bloop_condition *one = a();
    bloop_condition *copy = bloop_condition_copy(one);
    assert_condition(one, "integer = 1");
    assert_fails(one, BLOOP_INVALID_CONDITION, message);
    assert_fails(bloop_and(b(), one), BLOOP_INVALID_CONDITION, message);
    assert_fails(bloop_not(one), BLOOP_INVALID_CONDITION, message);
    assert_fails(bloop_condition_copy(one), BLOOP_INVALID_CONDITION, message);
    assert_int_equal(bloop_condition_status(one), BLOOP_INVALID_CONDITION);
    assert_false(bloop_condition_is_empty(one));
    bloop_condition_free(one);
    bloop_condition_free(NULL);
    assert_condition(copy, "integer = 1");
    bloop_condition *twice = a();
    assert_fails(bloop_and(twice, twice), BLOOP_INVALID_CONDITION, message);
    assert_fails(bloop_or(a(), NULL), BLOOP_INVALID_CONDITION, "a condition is NULL");
    for (int i = 0; i < 1000; i++) { /* memory is used again, the number never is */
        bloop_condition *other = b();
        bloop_condition_free(other);
        assert_ptr_not_equal(other, one);
    }
    assert_int_equal(bloop_condition_status(one), BLOOP_INVALID_CONDITION);
}

static void test_copies_stand_alone(void **state)
{
    (void)state;
    bloop_condition *original =
        bloop_and(bloop_in(Receipt.text, "a", "b"), bloop_not(bloop_eq(bloop_at(Receipt.items, 3, "name"), "x")));
    bloop_condition *copy = bloop_condition_copy(original);
    bloop_condition_free(original);
    char text[100];
    bloop_condition_print(copy, text, sizeof text);
    assert_string_equal(text, "(text IN (\"a\", \"b\") AND (NOT items[3].n = \"x\"))");
    bloop_condition_free(copy);
    bloop_condition_print(copy, text, sizeof text);
    assert_string_equal(text, "<a consumed condition>");
}

static void test_depth_is_bounded(void **state)
{
    (void)state;
    bloop_condition *deep = a();
    for (int i = 0; i < 400; i++)
        deep = i % 2 ? bloop_and(deep, b()) : bloop_or(deep, c());
    assert_fails(deep, BLOOP_INVALID_CONDITION, "the condition nests more than 320 levels deep");
    bloop_condition *wide = bloop_condition_new();
    for (int i = 0; i < 3000; i++)
        wide = bloop_and(wide, a());
    assert_int_equal(bloop_condition_status(wide), BLOOP_OK);
    bloop_condition_free(wide);
}

static void *make_many(void *context)
{
    enum { MANY = 2000 };
    static _Thread_local bloop_condition *made[MANY];
    (void)context;
    for (int i = 0; i < MANY; i++)
        made[i] = bloop_eq(Receipt.integer, i);
    for (int i = 0; i < MANY; i += 3)
        bloop_condition_free(made[i]);
    for (int i = 0; i < MANY; i++) {
        char text[40], expected[40];
        bool freed = i % 3 == 0;
        snprintf(expected, sizeof expected, "integer = %d", i);
        bloop_condition_print(made[i], text, sizeof text);
        if (strcmp(text, freed ? "<a consumed condition>" : expected) != 0)
            return "wrong";
        bloop_condition_free(made[i]);
    }
    return NULL;
}

static void test_many_at_once(void **state)
{
    (void)state;
    pthread_t threads[20];
    for (size_t i = 0; i < BL_COUNT_OF(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, make_many, NULL), 0);
    for (size_t i = 0; i < BL_COUNT_OF(threads); i++) {
        void *result;
        pthread_join(threads[i], &result);
        assert_null(result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_values_by_column_type, sample_free),
        cmocka_unit_test_teardown(test_documents_and_dynamic_values, sample_free),
        cmocka_unit_test_teardown(test_operators, sample_free),
        cmocka_unit_test_teardown(test_sizes, sample_free),
        cmocka_unit_test_teardown(test_attribute_types, sample_free),
        cmocka_unit_test_teardown(test_none, sample_free),
        cmocka_unit_test_teardown(test_columns_and_paths, sample_free),
        cmocka_unit_test_teardown(test_paths_of_paths, sample_free),
        cmocka_unit_test_teardown(test_refused_values, sample_free),
        cmocka_unit_test_teardown(test_operators_that_types_lack, sample_free),
        cmocka_unit_test_teardown(test_combinations, sample_free),
        cmocka_unit_test_teardown(test_empty_conditions, sample_free),
        cmocka_unit_test_teardown(test_failures_are_carried, sample_free),
        cmocka_unit_test_teardown(test_consumed_once, sample_free),
        cmocka_unit_test_teardown(test_copies_stand_alone, sample_free),
        cmocka_unit_test_teardown(test_depth_is_bounded, sample_free),
        cmocka_unit_test_teardown(test_many_at_once, sample_free),
    };
    return cmocka_run_group_tests_name("model/condition", tests, NULL, NULL);
}
