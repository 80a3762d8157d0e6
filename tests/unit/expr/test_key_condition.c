/* Key conditions, taken apart. The refusals' words are the service's: see the source. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "expr/expr.h"
#include "support/notation.h"

#define INVALID        "Invalid KeyConditionExpression: "
#define OPERATOR(name) INVALID "Invalid operator used in KeyConditionExpression: " name
#define FIRST(name)                                              \
    INVALID "Invalid condition in KeyConditionExpression: " name \
            " operator must have the key attribute as its first operand"
#define NESTED   INVALID "KeyConditionExpressions cannot contain nested operations"
#define MULTIPLE INVALID "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition"
#define DEEP     INVALID "KeyConditionExpressions cannot have conditions on nested attributes"
#define NO_KEY   INVALID "Invalid condition in KeyConditionExpression: No key attribute specified"
#define TWICE    INVALID "KeyConditionExpressions must only contain one condition per key"

static void expect_term(notation *n, const bl_key_term *term, const char *name, bloop_expr_kind kind, const char *low)
{
    assert_int_equal(term->name.size, strlen(name));
    assert_memory_equal(term->name.data, name, term->name.size);
    assert_int_equal(term->kind, kind);
    assert_true(bloop_value_equal(term->low, notation_value(n, low)));
}

static void splits(void **state)
{
    static const struct {
        const char *text;
        uint32_t count;
        const char *name, *low;
        bloop_expr_kind kind;
    } rows[] = {
        { "a = 1", 1, "a", "1", BLOOP_EXPR_EQ },
        { "1 = a", 1, "a", "1", BLOOP_EXPR_EQ },
        { "a < 1", 1, "a", "1", BLOOP_EXPR_LT },
        { "1 < a", 1, "a", "1", BLOOP_EXPR_GT },
        { "1 <= a", 1, "a", "1", BLOOP_EXPR_GE },
        { "1 > a", 1, "a", "1", BLOOP_EXPR_LT },
        { "1 >= a", 1, "a", "1", BLOOP_EXPR_LE },
        { "begins_with(a, \"x\")", 1, "a", "\"x\"", BLOOP_EXPR_BEGINS_WITH },
        { "a BETWEEN 1 AND 2", 1, "a", "1", BLOOP_EXPR_BETWEEN },
        { "a = 1 AND b > 2", 2, "a", "1", BLOOP_EXPR_EQ },
        { "a > 1 AND ab = 2", 2, "a", "1", BLOOP_EXPR_GT },
    };
    notation n = { .whole = NULL };
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(rows); i++) {
        bl_key_condition split;
        const bloop_expr *condition = notation_condition(&n, rows[i].text);
        assert_int_equal(bl_expr_check(condition, "KeyConditionExpression"), BLOOP_OK);
        assert_int_equal(bl_key_condition_split(condition, &split), BLOOP_OK);
        assert_int_equal(split.count, rows[i].count);
        expect_term(&n, &split.terms[0], rows[i].name, rows[i].kind, rows[i].low);
    }
    bl_key_condition split;
    assert_int_equal(bl_key_condition_split(notation_condition(&n, "h = 1 AND r BETWEEN 2 AND 3"), &split), BLOOP_OK);
    expect_term(&n, &split.terms[1], "r", BLOOP_EXPR_BETWEEN, "2");
    assert_true(bloop_value_equal(split.terms[1].high, notation_value(&n, "3")));
    const bloop_expr *four = notation_condition(&n, "a = 1 AND b = 1 AND c = 1 AND d = 1");
    assert_int_equal(bl_key_condition_split(four, &split), BLOOP_OK);
    assert_int_equal(split.count, 4); /* more than any table has: counted only */
    expect_term(&n, &split.terms[1], "b", BLOOP_EXPR_EQ, "1");
    notation_free(&n);
}

static void refuses(void **state)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        { "(a > b AND size(b) > c) OR a > c", OPERATOR("OR") },
        { "a IN (b, size(c), d)", OPERATOR("IN") },
        { "attribute_exists(a)", OPERATOR("attribute_exists") },
        { "attribute_not_exists(a)", OPERATOR("attribute_not_exists") },
        { "attribute_type(a, \"S\")", OPERATOR("attribute_type") },
        { "contains(a.d, b)", OPERATOR("contains") },
        { "NOT a > b", OPERATOR("NOT") },
        { "a <> b", OPERATOR("<>") },
        { "a = 1 AND b <> 2", OPERATOR("<>") },
        { "\"1\" BETWEEN size(b) AND size(a) AND b > \"1\"", FIRST("BETWEEN") },
        { "begins_with(\"1\", b) AND a > \"1\"", FIRST("begins_with") },
        { "size(b) > a AND a.b > b AND b > c", NESTED },
        { "a > size(b.d)", NESTED },
        { "a BETWEEN size(b) AND size(a)", NESTED },
        { "b > a.b", MULTIPLE },
        { "b BETWEEN c[1] AND d", MULTIPLE },
        { "a BETWEEN b AND size(a)", MULTIPLE },
        { "begins_with(a, b)", MULTIPLE },
        { "b.d > a AND c.d > e.f", DEEP },
        { "a.d > c", DEEP },
        { "b[0] > a", DEEP },
        { "1 > 2 AND a < 1", NO_KEY },
        { "b > 1 AND b < 1 AND c = 1 AND d = 1", TWICE },
        { "(a > 1 AND b > 1) AND (b > 1 AND c > 1)", TWICE },
    };
    notation n = { .whole = NULL };
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(rows); i++) {
        bl_key_condition split = { .count = 77 };
        const bloop_expr *condition = notation_condition(&n, rows[i].text);
        assert_int_equal(bl_expr_check(condition, "KeyConditionExpression"), BLOOP_OK);
        assert_int_equal(bl_key_condition_split(condition, &split), BLOOP_VALIDATION);
        assert_string_equal(bloop_last_error()->message, rows[i].message);
        assert_int_equal(split.count, 77);
    }
    notation_free(&n);
}

/* What bl_expr_check says with this parameter's name. */
static void bounds_are_ordered(void **state)
{
    notation n = { .whole = NULL };
    (void)state;
    assert_int_equal(bl_expr_check(notation_condition(&n, "a BETWEEN \"b\" AND \"a\""), "KeyConditionExpression"),
                     BLOOP_VALIDATION);
    assert_string_equal(bloop_last_error()->message,
                        "Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be greater than "
                        "or equal to lower bound; lower bound operand: AttributeValue: {S:b}, upper bound operand: "
                        "AttributeValue: {S:a}");
    assert_int_equal(bl_expr_check(notation_condition(&n, "a BETWEEN 1 AND \"a\""), "KeyConditionExpression"),
                     BLOOP_VALIDATION);
    assert_string_equal(bloop_last_error()->message,
                        "Invalid KeyConditionExpression: The BETWEEN operator requires same data type for lower and "
                        "upper bounds; lower bound operand: AttributeValue: {N:1}, upper bound operand: "
                        "AttributeValue: {S:a}");
    notation_free(&n);
}

static void terms_are_met(void **state)
{
    static const struct {
        const char *text, *value;
        bool met;
    } rows[] = {
        { "a = 1", "1", true },
        { "a = 1", "2", false },
        { "a = 1", "\"1\"", false },
        { "a < 1", "0", true },
        { "a < 1", "1", false },
        { "a <= 1", "1", true },
        { "a > \"a\"", "\"b\"", true },
        { "a > \"a\"", "\"a\"", false },
        { "a >= \"a\"", "\"a\"", true },
        { "a BETWEEN 1 AND 3", "1", true },
        { "a BETWEEN 1 AND 3", "3", true },
        { "a BETWEEN 1 AND 3", "3.5", false },
        { "a BETWEEN 1 AND 3", "0.5", false },
        { "begins_with(a, \"ab\")", "\"ab\"", true },
        { "begins_with(a, \"ab\")", "\"abc\"", true },
        { "begins_with(a, \"ab\")", "\"a\"", false },
        { "begins_with(a, \"ab\")", "x\"6162\"", false },
    };
    notation n = { .whole = NULL };
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(rows); i++) {
        bl_key_condition split;
        assert_int_equal(bl_key_condition_split(notation_condition(&n, rows[i].text), &split), BLOOP_OK);
        if (bl_key_term_met(&split.terms[0], notation_value(&n, rows[i].value)) != rows[i].met)
            fail_msg("%s of %s is not %d", rows[i].text, rows[i].value, rows[i].met);
    }
    notation_free(&n);
}

typedef struct seen {
    char text[64];
    bloop_status answer;
} seen;

static bloop_status note(void *context, const bloop_path *path)
{
    seen *s = context;
    strncat(s->text, path->steps[0].name.data, path->steps[0].name.size);
    strcat(s->text, path->count > 1 ? ". " : " ");
    return s->answer;
}

static void finds_paths(void **state)
{
    seen s = { .text = "" };
    notation n = { .whole = NULL };
    (void)state;
    assert_int_equal(bl_expr_each_path(NULL, note, &s), BLOOP_OK);
    assert_int_equal(
        bl_expr_each_path(notation_condition(&n, "a = 1 AND (size(b.c) > d OR NOT begins_with(e, \"x\"))"), note, &s),
        BLOOP_OK);
    assert_string_equal(s.text, "a b. d e ");
    s = (seen){ .answer = BLOOP_NO_MEMORY };
    assert_int_equal(bl_expr_each_path(notation_condition(&n, "a = b"), note, &s), BLOOP_NO_MEMORY);
    assert_string_equal(s.text, "a ");
    notation_free(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits),        cmocka_unit_test(refuses),     cmocka_unit_test(bounds_are_ordered),
        cmocka_unit_test(terms_are_met), cmocka_unit_test(finds_paths),
    };
    return cmocka_run_group_tests_name("expr/key_condition", tests, NULL, NULL);
}
