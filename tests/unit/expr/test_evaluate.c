/* Conditions against items. Expectations: the table in src/expr/README.md, whose sources it names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/notation.h"

typedef struct evaluation {
    const char *item;
    const char *condition;
    bool met;
} evaluation;

static void check_cases(const evaluation *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        notation n = { 0 };
        bloop_value item = notation_value(&n, cases[i].item);
        const bloop_expr *condition = notation_condition(&n, cases[i].condition);
        if (bloop_expr_check(condition) != BLOOP_OK)
            fail_msg("%s: %s", cases[i].condition, bloop_last_error()->message);
        bool met = !cases[i].met;
        assert_int_equal(bloop_expr_evaluate(condition, item, &met), BLOOP_OK);
        if (met != cases[i].met)
            fail_msg("%s is %s for %s", cases[i].condition, met ? "true" : "false", cases[i].item);
        notation_free(&n);
    }
}

static void comparisons(void **state)
{
    (void)state;
    static const evaluation cases[] = {
        { "{a: 1}", "a = 1", true },
        { "{a: 1}", "a = 1.0", true },
        { "{a: 1}", "a = 2", false },
        { "{a: 1}", "a = \"1\"", false },
        { "{a: \"x\"}", "a = x\"78\"", false },
        { "{a: {\"x\", \"y\"}}", "a = {\"y\", \"x\"}", true },
        { "{a: {1, 2}}", "a = {2.0, 1}", true },
        { "{a: {1, 2}}", "a = {1}", false },
        { "{a: [1, {b: {2}}]}", "a = [1, {b: {2}}]", true },
        { "{a: [1, 2]}", "a = [2, 1]", false },
        { "{a: {c: 1, b: 2}}", "a = {b: 2, c: 1}", true },
        { "{a: {}}", "a = {}", true },
        { "{a: null}", "a = null", true },
        { "{a: true}", "a = true", true },
        { "{a: true}", "a = false", false },
        { "{a: 1, b: 1}", "a = b", true },
        { "{a: 1}", "a <> 2", true },
        { "{a: 1}", "a <> 1", false },
        { "{a: 1}", "a <> \"1\"", true },
        { "{a: \"b\"}", "a < \"c\"", true },
        { "{a: \"b\"}", "a < \"ba\"", true },
        { "{a: \"Z\"}", "a < \"a\"", true },
        { "{a: \"z\"}", "a < \"é\"", true },
        { "{a: 9}", "a < 10", true },
        { "{a: \"9\"}", "a < \"10\"", false },
        { "{a: -2}", "a < -1", true },
        { "{a: x\"ff\"}", "a > x\"7f\"", true },
        { "{a: 3}", "a <= 3", true },
        { "{a: 3}", "a >= 3", true },
        { "{a: 3}", "a > 3", false },
        { "{a: 3}", "3 >= a", true },
        { "{a: 3}", "a > \"2\"", false },
        { "{a: [1]}", "a > 0", false },
        { "{a: [1], b: [0]}", "a > b", false },
        { "{a: true, b: false}", "a > b", false },
        { "{a: null, b: null}", "a <= b", false },
    };
    check_cases(cases, BL_COUNT_OF(cases));
}

static void missing_operands(void **state)
{
    (void)state;
    static const char *const items[] = { "{a: 1}", NULL };
    static const struct {
        const char *condition;
        bool met;
    } cases[] = {
        { "q = 1", false },
        { "q = z", false },
        { "q <> 1", true },
        { "q <> z", true },
        { "q < 1", false },
        { "q <= z", false },
        { "q > 1", false },
        { "1 >= q", false },
        { "q BETWEEN 1 AND 2", false },
        { "1 BETWEEN q AND 2", false },
        { "1 BETWEEN 0 AND q", false },
        { "q IN (1, z)", false },
        { "begins_with(q, \"a\")", false },
        { "begins_with(\"a\", q)", false },
        { "contains(q, 1)", false },
        { "contains([1], q)", false },
        { "attribute_type(q, \"N\")", false },
        { "size(q) = 0", false },
        { "size(q) <> 0", true },
        { "attribute_exists(q)", false },
        { "attribute_not_exists(q)", true },
        { "attribute_exists(q.r[3])", false },
        { "NOT q = 1", true },
    };
    for (size_t i = 0; i < BL_COUNT_OF(items); i++) {
        for (size_t k = 0; k < BL_COUNT_OF(cases); k++) {
            evaluation one = { items[i], cases[k].condition, cases[k].met };
            check_cases(&one, 1);
        }
    }
}

static void ranges_and_lists(void **state)
{
    (void)state;
    static const evaluation cases[] = {
        { "{a: 5}", "a BETWEEN 5 AND 5", true },
        { "{a: 5}", "a BETWEEN 1 AND 4.99", false },
        { "{a: 5}", "a BETWEEN 5.01 AND 9", false },
        { "{a: \"m\"}", "a BETWEEN \"a\" AND \"z\"", true },
        { "{a: x\"05\"}", "a BETWEEN x\"00\" AND x\"0500\"", true },
        { "{a: 5}", "a BETWEEN \"1\" AND \"9\"", false },
        { "{a: 5, low: 1, high: 9}", "a BETWEEN low AND high", true },
        { "{a: 5, low: 9, high: 1}", "a BETWEEN low AND high", false },
        { "{a: 5, low: \"1\", high: 9}", "a BETWEEN low AND high", false },
        { "{a: [5], low: [1], high: [9]}", "a BETWEEN low AND high", false },
        { "{a: 5}", "a IN (1, \"5\", 5)", true },
        { "{a: 5}", "a IN (\"5\", {5}, [5])", false },
        { "{a: {5}}", "a IN ({5}, 5)", true },
        { "{a: 5, b: 5}", "a IN (b)", true },
        { "{a: {b: [1]}}", "a IN ({b: [1]})", true },
    };
    check_cases(cases, BL_COUNT_OF(cases));
}

static void functions(void **state)
{
    (void)state;
    static const evaluation cases[] = {
        { "{a: \"hello\"}", "begins_with(a, \"he\")", true },
        { "{a: \"hello\"}", "begins_with(a, \"\")", true },
        { "{a: \"he\"}", "begins_with(a, \"hello\")", false },
        { "{a: x\"0102\"}", "begins_with(a, x\"01\")", true },
        { "{a: x\"0102\"}", "begins_with(a, \"\\u0001\")", false },
        { "{a: 12, b: \"1\"}", "begins_with(a, b)", false },
        { "{a: [1], b: [1]}", "begins_with(a, b)", false },
        { "{a: \"he\"}", "begins_with(\"hello\", a)", true },
        { "{a: \"hello\"}", "contains(a, \"ell\")", true },
        { "{a: \"hello\"}", "contains(a, \"\")", true },
        { "{a: \"hello\"}", "contains(a, \"elk\")", false },
        { "{a: \"a1b\"}", "contains(a, 1)", false },
        { "{a: x\"010203\"}", "contains(a, x\"0203\")", true },
        { "{a: x\"010203\"}", "contains(a, x\"0201\")", false },
        { "{a: {\"x\", \"y\"}}", "contains(a, \"y\")", true },
        { "{a: {\"x\", \"y\"}}", "contains(a, \"\")", false },
        { "{a: {\"xy\"}}", "contains(a, \"x\")", false },
        { "{a: {1, 2}}", "contains(a, 2.0)", true },
        { "{a: {1, 2}}", "contains(a, \"2\")", false },
        { "{a: {1, 2}}", "contains(a, 3)", false },
        { "{a: {x\"01\"}}", "contains(a, x\"01\")", true },
        { "{a: {x\"01\"}}", "contains(a, \"\\u0001\")", false },
        { "{a: [1, {2}, [3, 4], null]}", "contains(a, {2})", true },
        { "{a: [1, {2}, [3, 4], null]}", "contains(a, [3, 4])", true },
        { "{a: [1, {2}, [3, 4], null]}", "contains(a, null)", true },
        { "{a: [1, {2}, [3, 4], null]}", "contains(a, [4, 3])", false },
        { "{a: {b: 1}}", "contains(a, \"b\")", false },
        { "{a: 12}", "contains(a, 1)", false },
        { "{a: 12}", "attribute_exists(a)", true },
        { "{a: null}", "attribute_exists(a)", true },
        { "{a: {b: [7]}}", "attribute_exists(a.b[0])", true },
        { "{a: {b: [7]}}", "attribute_exists(a.b[1])", false },
        { "{a: {b: [7]}}", "attribute_exists(a[0])", false },
        { "{a: {b: [7]}}", "attribute_exists(a.b.c)", false },
        { "{a: {b: [7]}}", "attribute_not_exists(a.c)", true },
    };
    check_cases(cases, BL_COUNT_OF(cases));
}

static const struct {
    const char *tag, *value, *size;
} types[] = {
    { "S", "\"grüße\"", "5" },       { "S", "\"a😀b\"", "4" },     { "N", "12", NULL },
    { "B", "x\"0102ff\"", "3" },     { "BOOL", "true", NULL },    { "NULL", "null", NULL },
    { "SS", "{\"a\", \"b\"}", "2" }, { "NS", "{1, 2, 3}", "3" },  { "BS", "{x\"00\"}", "1" },
    { "L", "[1, [2]]", "2" },        { "M", "{b: {c: 1}}", "1" },
};

static void attribute_types(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(types); i++) {
        for (size_t k = 0; k < BL_COUNT_OF(types); k++) {
            char item[64], condition[64];
            snprintf(item, sizeof item, "{a: %s}", types[i].value);
            snprintf(condition, sizeof condition, "attribute_type(a, \"%s\")", types[k].tag);
            evaluation one = { item, condition, strcmp(types[i].tag, types[k].tag) == 0 };
            check_cases(&one, 1);
        }
    }
}

/* The service counts UTF-16 units of a string; N, BOOL and NULL have no size, which is unequal to any number. */
static void sizes(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(types); i++) {
        char item[64], condition[64];
        snprintf(item, sizeof item, "{a: %s}", types[i].value);
        snprintf(condition, sizeof condition, "size(a) = %s", types[i].size ? types[i].size : "1");
        check_cases(&(evaluation){ item, condition, types[i].size != NULL }, 1);
        check_cases(&(evaluation){ item, "size(a) >= 0", types[i].size != NULL }, 1);
        check_cases(&(evaluation){ item, "size(a) <> 77", true }, 1);
    }
    static const evaluation cases[] = {
        { "{a: \"abc\", b: 3}", "size(a) = b", true },
        { "{a: \"abc\", b: 3}", "b IN (1, size(a))", true },
        { "{a: \"abc\"}", "size(a) = \"3\"", false },
        { "{a: \"abc\"}", "size(a) BETWEEN 3 AND 4", true },
        { "{a: [3], b: \"abc\"}", "contains(a, size(b))", true },
        { "{a: {b: [1, 2]}}", "size(a.b) = 2", true },
        { "{a: \"\"}", "size(a) = 0", true },
    };
    check_cases(cases, BL_COUNT_OF(cases));
}

static void logic(void **state)
{
    (void)state;
    static const evaluation cases[] = {
        { "{t: 1}", "t = 1 AND t = 1 AND t = 1", true },
        { "{t: 1}", "t = 1 AND t = 1 AND t = 0", false },
        { "{t: 1}", "t = 0 OR t = 0 OR t = 1", true },
        { "{t: 1}", "t = 0 OR t = 0", false },
        { "{t: 1}", "t = 0 AND t = 0 OR t = 1", true },
        { "{t: 1}", "t = 0 AND (t = 0 OR t = 1)", false },
        { "{t: 1}", "NOT t = 0 AND t = 1", true },
        { "{t: 1}", "NOT (t = 0 OR t = 1)", false },
        { "{t: 1}", "NOT NOT t = 1", true },
    };
    check_cases(cases, BL_COUNT_OF(cases));
}

/* Each comparison with each pair of types: equal only to itself, ordered only with the same of S, N and B. */
static void every_pair_of_types(void **state)
{
    (void)state;
    static const char *const low[] = { "\"a\"",   "1",   "x\"01\"",   "false", "null",
                                       "{\"a\"}", "{1}", "{x\"01\"}", "[1]",   "{k: 1}" };
    static const char *const high[] = { "\"b\"",   "2",   "x\"02\"",   "true", "null",
                                        "{\"b\"}", "{2}", "{x\"02\"}", "[2]",  "{k: 2}" };
    enum { TYPES = BL_COUNT_OF(low), ORDERED = 3, NULL_TYPE = 4 };
    for (size_t i = 0; i < TYPES; i++) {
        for (size_t k = 0; k < TYPES; k++) {
            char item[96];
            snprintf(item, sizeof item, "{a: %s, b: %s, c: %s}", low[i], high[k], low[k]);
            bool same = i == k, ordered = same && i < ORDERED, one_value = same && i == NULL_TYPE;
            const evaluation cases[] = {
                { item, "a = c", same },
                { item, "a = b", one_value },
                { item, "a <> c", !same },
                { item, "a <> b", !one_value },
                { item, "a < b", ordered },
                { item, "a < c", false },
                { item, "b > a", ordered },
                { item, "a > b", false },
                { item, "a <= c", ordered },
                { item, "a <= b", ordered },
                { item, "b >= a", ordered },
                { item, "a >= b", false },
                { item, "a IN (b, c)", same },
                { item, "c BETWEEN a AND b", ordered },
                { item, "b BETWEEN a AND c", false },
            };
            check_cases(cases, BL_COUNT_OF(cases));
        }
    }
}

static void no_condition_is_met(void **state)
{
    (void)state;
    bool met = false;
    assert_int_equal(bloop_expr_evaluate(NULL, (bloop_item){ NULL, 0 }, &met), BLOOP_OK);
    assert_true(met);
    met = false;
    bloop_expr empty = { 0 };
    assert_int_equal(bloop_expr_evaluate(&empty, (bloop_item){ NULL, 0 }, &met), BLOOP_OK);
    assert_true(met);
}

static void unchecked_depth_is_refused(void **state)
{
    (void)state;
    enum { DEPTH = BLOOP_EXPR_MAX_DEPTH + 5 };
    bloop_expr nodes[DEPTH];
    const bloop_expr *args[DEPTH];
    for (size_t i = 0; i < DEPTH; i++) {
        args[i] = &nodes[(i + 1) % DEPTH];
        nodes[i] = (bloop_expr){ .kind = BLOOP_EXPR_NOT, .count = 1, .args = &args[i] };
    }
    bool met = true;
    assert_int_equal(bloop_expr_evaluate(nodes, (bloop_item){ NULL, 0 }, &met), BLOOP_VALIDATION);
    assert_true(met);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparisons),
        cmocka_unit_test(missing_operands),
        cmocka_unit_test(ranges_and_lists),
        cmocka_unit_test(functions),
        cmocka_unit_test(attribute_types),
        cmocka_unit_test(sizes),
        cmocka_unit_test(logic),
        cmocka_unit_test(every_pair_of_types),
        cmocka_unit_test(no_condition_is_met),
        cmocka_unit_test(unchecked_depth_is_refused),
    };
    return cmocka_run_group_tests_name("expr/evaluate", tests, NULL, NULL);
}
