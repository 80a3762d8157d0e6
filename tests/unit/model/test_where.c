/* Conditions as text: the same trees as the functions make, values by column types, and messages that tell the place. */
#include <stdio.h>

#include "sample.h"
#include "support/fail_alloc.h"

BLOOP_MAP(Place, key(String, street, .dynamo_name = "s"), key(Integer, number), key(Dynamic, extra));
BLOOP_MODEL(Person,
    column(UUID,        id, .hash_key = true),
    column(String,      name),
    column(String,      email, .dynamo_name = "e"),
    column(String,      _hidden),
    column(Integer,     status),
    column(Integer,     set),
    column(Boolean,     in),
    column(Number,      balance),
    column(Binary,      photo),
    column(DateTime,    since),
    column(Set(String), tags),
    column(Map(Place), home),
    column(List(Map(Place)), former),
    column(Dynamic,     extra));

#define ID "6d8b54a2-fa07-47e1-9305-717699459293"

#define assert_where(condition, expected) check_where(condition, expected, __FILE__, __LINE__)
static void check_where(bloop_condition *condition, const char *expected, const char *file, int line)
{
    char text[600];
    if (bloop_condition_status(condition) != BLOOP_OK)
        print_error("%s\n", bloop_last_error()->message);
    bloop_condition_print(condition, text, sizeof text);
    bloop_condition_free(condition);
    _assert_string_equal(text, expected, file, line);
}

#define assert_refused(condition, status, message) check_refused(condition, status, message, __FILE__, __LINE__)
static void check_refused(bloop_condition *condition, bloop_status status, const char *message, const char *file,
                          int line)
{
    assert_non_null(condition);
    _assert_int_equal(bloop_condition_status(condition), status, file, line);
    sample_check_error(status, message, file, line);
    bloop_condition_free(condition);
}

static void test_operators(void **state)
{
    (void)state;
    assert_where(bloop_where(Person, "email = ? and begins_with(name, ?)", "a@b.c", "Ad"),
                 "(e = \"a@b.c\" AND begins_with(name, \"Ad\"))");
    assert_where(bloop_where(Person, "status <> ? or not (status < ? and balance >= ?)", 1, 2, 3),
                 "(status <> 1 OR (NOT (status < 2 AND balance >= 3)))");
    assert_where(bloop_where(Person, "status BETWEEN ? AND ? AND name IN (?, ?, email)", 1, 9, "x", "y"),
                 "(status BETWEEN 1 AND 9 AND name IN (\"x\", \"y\", e))");
    assert_where(bloop_where(Person, "attribute_exists(home.street) OR attribute_not_exists(former[0])"),
                 "(attribute_exists(home.s) OR attribute_not_exists(former[0]))");
    assert_where(bloop_where(Person, "contains(tags, ?) AND contains(name, ?)", "staff", "da"),
                 "(contains(tags, \"staff\") AND contains(name, \"da\"))");
    assert_where(
        bloop_where(Person, "size(tags) > ? and status = size(former) and size(home.street) in (?, ?)", 2, 3, 4),
        "(size(tags) > 2 AND status = size(former) AND size(home.s) IN (3, 4))");
    assert_where(bloop_where(Person, "attribute_type(extra, ?) and attribute_type(name, ?)", "L", BLOOP_TAG_NULL),
                 "(attribute_type(extra, \"L\") AND attribute_type(name, \"NULL\"))");
    assert_where(bloop_where(Person, "((name = email))"), "name = e");
}

static void test_values_that_come_first(void **state)
{
    (void)state;
    assert_where(bloop_where(Person, "? < status", 3), "status > 3");
    assert_where(bloop_where(Person, "? <= size(name)", 3), "size(name) >= 3");
    assert_where(bloop_where(Person, "? > status OR ? >= balance OR ? = name OR ? <> name", 1, 2, "x", "y"),
                 "(status < 1 OR balance <= 2 OR name = \"x\" OR name <> \"y\")");
}

static void test_values_by_column_type(void **state)
{
    (void)state;
    assert_where(bloop_where(Person, "id = ?", sample_uuid(ID)), "id = \"" ID "\"");
    assert_where(bloop_where(Person, "`in` = ?", true), "in = true");
    assert_where(bloop_where(Person, "status = ?", 7.5), "status = 7");
    assert_where(bloop_where(Person, "balance = ?", 7.5), "balance = 7.5");
    assert_where(bloop_where(Person, "photo = ?", ((bloop_bytes){ "\1", 1 })), "photo = x\"01\"");
    assert_where(bloop_where(Person, "since < ?", sample_datetime("2016-08-09T03:16:25+02:00")),
                 "since < \"2016-08-09T01:16:25.000000+00:00\"");
    assert_where(bloop_where(Person, "tags = ?", ((bloop_set_of_String){ (const char *[]){ "b", "a" }, 2 })),
                 "tags = {\"a\", \"b\"}");
    assert_where(bloop_where(Person, "home = ?", bloop_as(Map(Place), bloop_map(Place, set(number, 7)))),
                 "home = {number: 7}");
    assert_where(bloop_where(Person, "email = ? or name <> ?", bloop_none, bloop_none),
                 "(attribute_not_exists(e) OR attribute_exists(name))");
    assert_where(bloop_where(Person, "email = ?", Person.name), "e = name");
    assert_where(bloop_where(Person, "size(tags) < ?", 2.5), "size(tags) < 2.5");
}

/* Names are the model's, reserved or not; what a Map knows is known by its own name, what Dynamic holds by any. */
static void test_names(void **state)
{
    (void)state;
    assert_where(bloop_where(Person, "status = ? and set = ? and _hidden = ?", 1, 2, "x"),
                 "(status = 1 AND set = 2 AND _hidden = \"x\")");
    assert_where(bloop_where(Person, "home.number = ? and home.extra.`a b`[3] = ?", 1, "x"),
                 "(home.number = 1 AND home.extra.`a b`[3] = \"x\")");
    assert_where(bloop_where(Person, "home.s = ?", "x"), "home.s = \"x\"");
    assert_where(bloop_where(Person, "former[1].street = former[0].street"), "former[1].s = former[0].s");
    assert_where(bloop_where(Person, "extra.anything[0] = ?", 1), "extra.anything[0] = 1");
}

static void test_in_combinations(void **state)
{
    (void)state;
    bloop_condition *text = bloop_where(Person, "name = ?", "x");
    bloop_condition *copy = bloop_condition_copy(text);
    assert_where(bloop_and(text, bloop_not(copy)), "(name = \"x\" AND (NOT name = \"x\"))");
    bloop_operand values[] = { { .kind = BLOOP_OPERAND_SIGNED, .as.integer = 4 } };
    assert_where(bloop_condition_where(bloop_model_of(Person), "status = ?", values, 1), "status = 4");
    assert_where(bloop_condition_where(bloop_model_of(Person), "name = email", NULL, 0), "name = e");
}

static void test_refusals(void **state)
{
    (void)state;
    assert_refused(bloop_where(Person, "email == ?", "x"), BLOOP_INVALID_CONDITION,
                   "Person, \"email == ?\" at byte 7: Syntax error; token: \"=\", near: \"== ?\"");
    assert_refused(bloop_where(Person, "email = "), BLOOP_INVALID_CONDITION,
                   "Person, \"email = \" at byte 8: Syntax error; token: \"<EOF>\", near: \"=\"");
    assert_refused(bloop_where(Person, ""), BLOOP_INVALID_CONDITION,
                   "Person, \"\" at byte 0: The expression can not be empty;");
    assert_refused(bloop_where(Person, "name = :v"), BLOOP_INVALID_CONDITION,
                   "Person, \"name = :v\" at byte 7: Syntax error; token: \":\", near: \"= :v\"");
    assert_refused(bloop_where(Person, "in = ?", true), BLOOP_INVALID_CONDITION,
                   "Person, \"in = ?\" at byte 0: Syntax error; token: \"in\", near: \"in =\"");
    assert_refused(bloop_where(Person, "name = ? or emial = ?", "x", "y"), BLOOP_INVALID_CONDITION,
                   "Person, \"name = ? or emial = ?\" at byte 12: Person has no column \"emial\"");
    assert_refused(bloop_where(Person, "name = e"), BLOOP_INVALID_CONDITION,
                   "Person, \"name = e\" at byte 7: Person has no column \"e\"");
    assert_refused(bloop_where(Person, "name = ? and (email = ?)", "x"), BLOOP_INVALID_CONDITION,
                   "Person, \"name = ? and (email = ?)\" at byte 24: the text has 2 ?, and 1 values are given");
    assert_refused(bloop_where(Person, "name = email", "x"), BLOOP_INVALID_CONDITION,
                   "Person, \"name = email\" at byte 12: the text has 0 ?, and 1 values are given");
    assert_refused(bloop_where(Person, "name = ? and status = ?", "x", "y"), BLOOP_INVALID_CONDITION,
                   "Person, \"name = ? and status = ?\" at byte 13: Person.status: \"y\" is no Integer");
    assert_refused(
        bloop_where(Person, "not tags < ?", "x"), BLOOP_INVALID_COMPARISON_OPERATOR,
        "Person, \"not tags < ?\" at byte 4: Person.tags: Set(String), which is stored as SS, does not have the "
        "operator <");
    assert_refused(bloop_where(Person, "home.nmae = ?", "x"), BLOOP_INVALID_CONDITION,
                   "Person, \"home.nmae = ?\" at byte 0: Person.home: Place has no key nmae");
    assert_refused(bloop_where(Person, "Size(name) = ?", 1), BLOOP_INVALID_CONDITION,
                   "Person, \"Size(name) = ?\" at byte 0: Invalid function name; function: Size");
    assert_refused(
        bloop_where(Person, "begins_with(name)"), BLOOP_INVALID_CONDITION,
        "Person, \"begins_with(name)\" at byte 0: Incorrect number of operands for operator or function; operator "
        "or function: begins_with, number of operands: 1");
    assert_refused(
        bloop_where(Person, "size(name)"), BLOOP_INVALID_CONDITION,
        "Person, \"size(name)\" at byte 0: The function is not allowed to be used this way in an expression; "
        "function: size");
    assert_refused(bloop_where(Person, "? = ?", 1, 2), BLOOP_INVALID_CONDITION,
                   "Person, \"? = ?\" at byte 4: a column of Person has to stand here");
    assert_refused(bloop_where(Person, "contains(?, name)", "x"), BLOOP_INVALID_CONDITION,
                   "Person, \"contains(?, name)\" at byte 9: a column of Person has to stand here");
    assert_refused(bloop_where(Person, "size(?) > ?", "x", 1), BLOOP_INVALID_CONDITION,
                   "Person, \"size(?) > ?\" at byte 5: a column of Person has to stand here");
    assert_refused(
        bloop_where(Person, "attribute_type(name, ?)", "DOG"), BLOOP_INVALID_CONDITION,
        "Person, \"attribute_type(name, ?)\" at byte 21: the second argument of attribute_type is a ? for the "
        "name of a type, such as \"S\", or a bloop_tag");
    assert_refused(bloop_where(Person, "status < ?", bloop_none), BLOOP_INVALID_CONDITION,
                   "Person, \"status < ?\" at byte 0: Person.status: the operator < can't be used with none");
    assert_refused(bloop_where(Person, (const char *)NULL), BLOOP_INVALID_CONDITION,
                   "Person: the text of the condition is NULL");
    assert_refused(
        bloop_where(Person, "name = ?", bloop_size(Person.status)), BLOOP_INVALID_COMPARISON_OPERATOR,
        "Person, \"name = ?\" at byte 0: Person.name: size(Person.status): Integer, which is stored as N, has no "
        "size");
}

/* A failure is carried on like any other, and what was made before it is let go. */
static void test_failures_are_carried(void **state)
{
    (void)state;
    bloop_condition *failed =
        bloop_and(bloop_eq(Person.name, "x"), bloop_where(Person, "name = ? and nmae = ?", "x", "y"));
    assert_refused(failed, BLOOP_INVALID_CONDITION,
                   "Person, \"name = ? and nmae = ?\" at byte 13: Person has no column \"nmae\"");
    assert_refused(bloop_condition_where(bloop_model_of(Person), "name = ?", NULL, 1), BLOOP_INVALID_CONDITION,
                   "Person, \"name = ?\" at byte 0: the values are NULL");
    bloop_condition *of_nothing = bloop_condition_where(NULL, "name = ?", NULL, 0);
    assert_int_equal(bloop_condition_status(of_nothing), BLOOP_INVALID_ARGUMENT);
    bloop_condition_free(of_nothing);
}

static bloop_status make_from_text(void *context)
{
    bloop_condition *condition =
        bloop_where(Person, "(name = ? or size(tags) between ? and ?) and not home.extra.key in (?, email)",
                    (const char *)context, 1, 2, "x");
    bloop_status status = bloop_condition_status(condition);
    bloop_condition_free(condition);
    return status;
}

static void test_out_of_memory(void **state)
{
    (void)state;
    assert_int_equal(make_from_text("x"), BLOOP_OK);
    assert_true(fail_alloc_every(make_from_text, "x") > 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_operators),
        cmocka_unit_test(test_values_that_come_first),
        cmocka_unit_test(test_values_by_column_type),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_in_combinations),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_failures_are_carried),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests_name("model/where", tests, NULL, NULL);
}
