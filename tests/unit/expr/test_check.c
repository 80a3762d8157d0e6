/* What is refused before any item is looked at, with the service's words. Sources of the words: architect/dynalite's
   test/updateItem.js and test/query.js, nubo-db's conformance suite, scylladb's test/alternator. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "expr/expr.h"
#include "support/fail_alloc.h"
#include "support/notation.h"

#define TYPES_SET    "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}"
#define OPERAND_TYPE "Incorrect operand type for operator or function; operator or function: "
#define DISTINCT \
    "The first operand must be distinct from the remaining operands for this operator or function; operator: "

typedef struct refusal {
    const char *text;
    const char *message; /* without "Invalid …Expression: "; NULL: accepted */
} refusal;

static void expect_status(const char *text, bloop_status status, const char *parameter, const char *message)
{
    if (!message) {
        if (status != BLOOP_OK)
            fail_msg("%s: %s", text, bloop_last_error()->message);
        return;
    }
    char whole[1024];
    snprintf(whole, sizeof whole, "Invalid %s: %s", parameter, message);
    if (status != BLOOP_VALIDATION)
        fail_msg("%s gives status %d", text, (int)status);
    assert_string_equal(bloop_last_error()->message, whole);
}

static const refusal condition_cases[] = {
    { "a = 1", NULL },
    { "a = b AND size(a) > 3 OR NOT contains(a, size(b))", NULL },
    { "a.b = a.c", NULL },
    { "a = a", DISTINCT "=, first operand: [a]" },
    { "a.b[2] < a.b[2]", DISTINCT "<, first operand: [a, b, [2]]" },
    { "contains(a, a)", DISTINCT "contains, first operand: [a]" },
    { "begins_with(a, a)", DISTINCT "begins_with, first operand: [a]" },
    { "a IN (1, a)", DISTINCT "IN, first operand: [a]" },
    { "a BETWEEN b AND a", DISTINCT "BETWEEN, first operand: [a]" },
    { "a < [1]", OPERAND_TYPE "<, operand type: L" },
    { "[1] >= a", OPERAND_TYPE ">=, operand type: L" },
    { "a > {\"x\"}", OPERAND_TYPE ">, operand type: SS" },
    { "a <= true", OPERAND_TYPE "<=, operand type: BOOL" },
    { "a <= null", OPERAND_TYPE "<=, operand type: NULL" },
    { "a = {\"x\"}", NULL },
    { "a <> null", NULL },
    { "a IN ([1], {k: 1})", NULL },
    { "a BETWEEN [1] AND [2]", OPERAND_TYPE "BETWEEN, operand type: L" },
    { "a BETWEEN 2 AND 1", "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
                           "lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}" },
    { "a BETWEEN 2 AND \"dog\"", "The BETWEEN operator requires same data type for lower and upper bounds; lower "
                                 "bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {S:dog}" },
    { "a BETWEEN x\"ff\" AND x\"00\"",
      "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: "
      "AttributeValue: {B:/w==}, upper bound operand: AttributeValue: {B:AA==}" },
    { "a BETWEEN 2 AND b", NULL },
    { "begins_with(a, 2)", OPERAND_TYPE "begins_with, operand type: N" },
    { "begins_with({\"x\"}, a)", OPERAND_TYPE "begins_with, operand type: SS" },
    { "begins_with(a, size(b))", OPERAND_TYPE "begins_with, operand type: N" },
    { "begins_with(\"x\", a)", NULL },
    { "size(1) = 1", OPERAND_TYPE "size, operand type: N" },
    { "size(true) = 1", OPERAND_TYPE "size, operand type: BOOL" },
    { "size(null) = 1", OPERAND_TYPE "size, operand type: NULL" },
    { "size(size(a)) = 1", OPERAND_TYPE "size, operand type: N" },
    { "size({}) = 1", NULL },
    { "attribute_exists(1)", "Operator or function requires a document path; operator or function: attribute_exists" },
    { "attribute_not_exists(size(a))",
      "Operator or function requires a document path; operator or function: attribute_not_exists" },
    { "attribute_type(1, \"N\")", NULL },
    { "attribute_type(size(a), \"N\")", NULL },
    { "attribute_type(1, \"DOG\")",
      "Invalid attribute type name found; type: DOG, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}" },
    { "attribute_type(a, 1)", OPERAND_TYPE "attribute_type, operand type: N" },
    { "attribute_type(a, b)", OPERAND_TYPE "attribute_type, operand type: " TYPES_SET },
    { "attribute_type(a, \"DOG\")",
      "Invalid attribute type name found; type: DOG, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}" },
    { "attribute_exists(a, b)", "Incorrect number of operands for operator or function; operator or function: "
                                "attribute_exists, number of operands: 2" },
    { "contains(a)", "Incorrect number of operands for operator or function; operator or function: contains, number "
                     "of operands: 1" },
    { "size(a)", "The function is not allowed to be used this way in an expression; function: size" },
    { "size(attribute_exists(a)) = 1",
      "The function is not allowed to be used this way in an expression; function: attribute_exists" },
    { "if_not_exists(a, b) = 1", "The function is not allowed in a condition expression; function: if_not_exists" },
    { "a = list_append(b, c)", "The function is not allowed in a condition expression; function: list_append" },
    { "a = b + 1", "The function is not allowed in a condition expression; function: +" },
    { "a", "The function is not allowed to be used this way in an expression; function: (operand)" },
    { "a[2147483647] = 1", NULL },
    { "a[2147483648] = 1", "List index is not within the allowable range; index: [2147483648]" },
};

static void conditions(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(condition_cases); i++) {
        notation n = { 0 };
        expect_status(condition_cases[i].text, bloop_expr_check(notation_condition(&n, condition_cases[i].text)),
                      "ConditionExpression", condition_cases[i].message);
        notation_free(&n);
    }
}

static void parameter_is_named(void **state)
{
    (void)state;
    notation n = { 0 };
    expect_status("a = a", bl_expr_check(notation_condition(&n, "a = a"), "FilterExpression"), "FilterExpression",
                  DISTINCT "=, first operand: [a]");
    notation_free(&n);
}

static void long_in(void **state)
{
    (void)state;
    char text[1024] = "a IN (0";
    for (int i = 1; i < 100; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), ", %d", i);
    char more[1040];
    snprintf(more, sizeof more, "%s, 100)", text);
    strcat(text, ")");
    notation n = { 0 };
    expect_status(text, bloop_expr_check(notation_condition(&n, text)), "ConditionExpression", NULL);
    expect_status(more, bloop_expr_check(notation_condition(&n, more)), "ConditionExpression",
                  "The IN operator is provided with too many operands; number of operands: 101");
    notation_free(&n);
}

/* The developer guide's limit is 300 operators and functions; the service stops counting at the first beyond it. */
static void number_of_operators(void **state)
{
    (void)state;
    static const char *const too_many = "The expression contains too many operators; operator count: 301";
    char text[4096] = "a = 1";
    for (int i = 1; i < 150; i++) /* 150 comparisons and 149 ANDs */
        strcat(text, " AND a = 1");
    char more[4200];
    snprintf(more, sizeof more, "NOT %s", text);
    notation n = { 0 };
    expect_status(text, bloop_expr_check(notation_condition(&n, text)), "ConditionExpression", NULL);
    expect_status(more, bloop_expr_check(notation_condition(&n, more)), "ConditionExpression", NULL);
    snprintf(more, sizeof more, "NOT NOT %s", text);
    expect_status(more, bloop_expr_check(notation_condition(&n, more)), "ConditionExpression", too_many);
    notation_free(&n);
}

/* A chain that shares its nodes stands for 2^40 comparisons. */
static void shared_nodes_are_counted(void **state)
{
    (void)state;
    enum { LEVELS = 40 };
    notation n = { 0 };
    const bloop_expr *leaf = notation_condition(&n, "a = 1"), *args[LEVELS][2];
    bloop_expr nodes[LEVELS];
    for (int i = 0; i < LEVELS; i++) {
        args[i][0] = args[i][1] = i ? &nodes[i - 1] : leaf;
        nodes[i] = (bloop_expr){ .kind = BLOOP_EXPR_AND, .count = 2, .args = args[i] };
    }
    expect_status("shared", bloop_expr_check(&nodes[LEVELS - 1]), "ConditionExpression",
                  "The expression contains too many operators; operator count: 301");
    notation_free(&n);
}

static void trees_that_no_text_has(void **state)
{
    (void)state;
    static const bloop_step unnamed = { { NULL, 0 }, 3 }, empty_name = { { "", 0 }, 0 }, named = { { "a", 1 }, 0 };
    static const bloop_step deep[33] = { { { "a", 1 }, 0 } };
    const bloop_expr no_path = { .kind = BLOOP_EXPR_PATH },
                     index = { .kind = BLOOP_EXPR_PATH, .path = { &unnamed, 1 } },
                     blank = { .kind = BLOOP_EXPR_PATH, .path = { &empty_name, 1 } },
                     too_deep = { .kind = BLOOP_EXPR_PATH, .path = { deep, 33 } },
                     path = { .kind = BLOOP_EXPR_PATH, .path = { &named, 1 } }, no_value = { .kind = BLOOP_EXPR_VALUE },
                     empty = { 0 }, wild = { .kind = (bloop_expr_kind)99 };
    const struct {
        const bloop_expr *argument;
        const char *message;
    } cases[] = {
        { &path, NULL },
        { &no_path, "The document path has no element(s);" },
        { &index, "The document path does not start with a map element;" },
        { &too_deep, "The document path has too many nesting levels; nesting levels: 33" },
        { &no_value, "the expression has a value that is none" },
        { &empty, "The expression can not be empty;" },
        { &wild, "the expression has a node of no kind" },
        { NULL, "the expression has a node of no kind" },
    };
    notation n = { 0 };
    const bloop_expr *one = notation_condition(&n, "1 = b")->args[0];
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        const bloop_expr *args[] = { cases[i].argument, one };
        bloop_expr condition = { .kind = BLOOP_EXPR_EQ, .count = 2, .args = args };
        expect_status("tree", bloop_expr_check(&condition), "ConditionExpression", cases[i].message);
    }
    const bloop_expr *blanks[] = { &blank, one };
    bloop_expr compared = { .kind = BLOOP_EXPR_EQ, .count = 2, .args = blanks };
    assert_int_equal(bloop_expr_check(&compared), BLOOP_VALIDATION);
    assert_string_equal(bloop_last_error()->message, "Empty attribute name");
    bloop_expr without = { .kind = BLOOP_EXPR_EQ, .count = 2 };
    expect_status(
        "tree", bloop_expr_check(&without), "ConditionExpression",
        "Incorrect number of operands for operator or function; operator or function: =, number of operands: 2");
    expect_status("tree", bloop_expr_check(&empty), "", NULL);
    expect_status("tree", bloop_expr_check(NULL), "", NULL);
    notation_free(&n);
}

static const refusal update_cases[] = {
    { "", NULL },
    { "SET a = 1, b = a + 1, c = if_not_exists(c, [1]), d = list_append(d, [2]) REMOVE e ADD f 1 DELETE g {1}", NULL },
    { "ADD a \"x\"", "Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeSet: "
                     "ALLOWED_FOR_ADD_OPERAND" },
    { "ADD a.b [1]", "Incorrect operand type for operator or function; operator: ADD, operand type: LIST, typeSet: "
                     "ALLOWED_FOR_ADD_OPERAND" },
    { "ADD a {}", "Incorrect operand type for operator or function; operator: ADD, operand type: MAP, typeSet: "
                  "ALLOWED_FOR_ADD_OPERAND" },
    { "ADD a null", "Incorrect operand type for operator or function; operator: ADD, operand type: NULL, typeSet: "
                    "ALLOWED_FOR_ADD_OPERAND" },
    { "ADD a true", "Incorrect operand type for operator or function; operator: ADD, operand type: BOOLEAN, typeSet: "
                    "ALLOWED_FOR_ADD_OPERAND" },
    { "DELETE a 1", "Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER, "
                    "typeSet: ALLOWED_FOR_DELETE_OPERAND" },
    { "DELETE a x\"00\"", "Incorrect operand type for operator or function; operator: DELETE, operand type: BINARY, "
                          "typeSet: ALLOWED_FOR_DELETE_OPERAND" },
    { "ADD a b", "the operand of ADD has to be a value" },
    { "SET a = a + \"x\"", OPERAND_TYPE "+, operand type: S" },
    { "SET a = x\"00\" - a", OPERAND_TYPE "-, operand type: B" },
    { "SET a = a - {1}", OPERAND_TYPE "-, operand type: NS" },
    { "SET a = list_append(\"x\", a)", OPERAND_TYPE "list_append, operand type: S" },
    { "SET a = list_append(a, {1})", OPERAND_TYPE "list_append, operand type: NS" },
    { "SET a = if_not_exists(1, 2)",
      "Operator or function requires a document path; operator or function: if_not_exists" },
    { "SET a = if_not_exists(if_not_exists(a, b), c)",
      "Operator or function requires a document path; operator or function: if_not_exists" },
    { "SET a = list_append(list_append(a, [1]), [2])",
      "The function is not allowed to be used this way in an expression; function: list_append" },
    { "SET a = if_not_exists(a, list_append(a, [1]))",
      "The function is not allowed to be used this way in an expression; function: list_append" },
    { "SET a = if_not_exists(b.c, b.c)", DISTINCT "if_not_exists, first operand: [b, c]" },
    { "SET a = if_not_exists(b, b) + 1", DISTINCT "if_not_exists, first operand: [b]" },
    { "SET a = list_append(if_not_exists(b, b), [1])", DISTINCT "if_not_exists, first operand: [b]" },
    { "SET a = if_not_exists(b, if_not_exists(c, b))", NULL },
    { "SET a = if_not_exists(a, b + 1)",
      "The function is not allowed to be used this way in an expression; function: +" },
    { "SET a = list_append(a)", "Incorrect number of operands for operator or function; operator or function: "
                                "list_append, number of operands: 1" },
    { "SET a = size(b)", "The function is not allowed in an update expression; function: size" },
    { "SET a = contains(b, c)", "The function is not allowed in an update expression; function: contains" },
    /* paths come before operands, and those of ADD before those of SET */
    { "SET a = list_append(1, a) ADD b \"x\"", "Incorrect operand type for operator or function; operator: ADD, "
                                               "operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND" },
    { "SET a = b + \"x\" ADD a \"x\"", "Two document paths overlap with each other; must remove or rewrite one of "
                                       "these paths; path one: [a], path two: [a]" },
};

static void updates(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(update_cases); i++) {
        notation n = { 0 };
        expect_status(update_cases[i].text, bloop_update_check(notation_update(&n, update_cases[i].text)),
                      "UpdateExpression", update_cases[i].message);
        notation_free(&n);
    }
    assert_int_equal(bloop_update_check(NULL), BLOOP_OK);
}

/* Every pair of these paths, in both orders: '.' apart, 'o' overlap, 'c' conflict. */
static void pairs_of_paths(void **state)
{
    (void)state;
    static const char *const paths[] = { "a", "a.b", "a.b.c", "a.b[1]", "a[1]", "a[2]", "a[1].b", "ab", "b" };
    static const char *const relation[] = {
        "ooooooo..", /* a */
        "ooooccc..", /* a.b */
        "ooocccc..", /* a.b.c */
        "oococcc..", /* a.b[1] */
        "occco.o..", /* a[1] */
        "occc.o...", /* a[2] */
        "occco.o..", /* a[1].b */
        ".......o.", /* ab */
        "........o", /* b */
    };
    for (size_t i = 0; i < BL_COUNT_OF(paths); i++) {
        for (size_t k = 0; k < BL_COUNT_OF(paths); k++) {
            char update[64], projection[64];
            snprintf(update, sizeof update, "SET %s = 1 REMOVE x, %s, y", paths[i], paths[k]);
            snprintf(projection, sizeof projection, "x, %s, y[3], %s", paths[i], paths[k]);
            notation n = { 0 };
            bloop_status statuses[2];
            char told[2] = "";
            for (int p = 0; p < 2; p++) {
                statuses[p] = p ? bloop_projection_check(notation_projection(&n, projection))
                                : bloop_update_check(notation_update(&n, update));
                const char *message = bloop_last_error()->message;
                told[p] = statuses[p] == BLOOP_OK ? '.' : strstr(message, "overlap") ? 'o' : 'c';
            }
            if (told[0] != relation[i][k] || told[1] != relation[i][k])
                fail_msg("%s and %s: %c %c, not %c", paths[i], paths[k], told[0], told[1], relation[i][k]);
            notation_free(&n);
        }
    }
}

static void clashes_are_named(void **state)
{
    (void)state;
    static const refusal cases[] = {
        { "SET d[1] = 1, d.b = 1, c[1].a = 1, c = 1",
          "Two document paths overlap with each other; must remove or rewrite "
          "one of these paths; path one: [c, [1], a], path two: [c]" },
        { "SET c[3].`[3]` = a, c[3] = a", "Two document paths overlap with each other; must remove or rewrite one of "
                                          "these paths; path one: [c, [3], [3]], path two: [c, [3]]" },
        { "REMOVE a.c SET a[1] = 1", "Two document paths conflict with each other; must remove or rewrite one of these "
                                     "paths; path one: [a, c], path two: [a, [1]]" },
        { "SET c[3].`[3]` = a, c.`[3]`[3] = 1",
          "Two document paths conflict with each other; must remove or rewrite one "
          "of these paths; path one: [c, [3], [3]], path two: [c, [3], [3]]" },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        notation n = { 0 };
        expect_status(cases[i].text, bloop_update_check(notation_update(&n, cases[i].text)), "UpdateExpression",
                      cases[i].message);
        notation_free(&n);
    }
}

static void projections(void **state)
{
    (void)state;
    static const refusal cases[] = {
        { "a, b.c, b.d[1], b.d[2]", NULL },
        { "", "The expression can not be empty;" },
        { "b, a, b", "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: "
                     "[b], path two: [b]" },
        { "a[0], a[0].b", "Two document paths overlap with each other; must remove or rewrite one of these paths; path "
                          "one: [a, [0]], path two: [a, [0], b]" },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        notation n = { 0 };
        expect_status(cases[i].text, bloop_projection_check(notation_projection(&n, cases[i].text)),
                      "ProjectionExpression", cases[i].message);
        notation_free(&n);
    }
    assert_int_equal(bloop_projection_check(NULL), BLOOP_OK);
}

static bloop_status check_many(void *context)
{
    return bloop_projection_check(context);
}

static void every_allocation_fails(void **state)
{
    (void)state;
    char text[1024] = "z";
    for (int i = 0; i < 80; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), ", a%d", i);
    notation n = { 0 };
    assert_int_equal(fail_alloc_every(check_many, (void *)notation_projection(&n, text)), 1);
    notation_free(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions),
        cmocka_unit_test(parameter_is_named),
        cmocka_unit_test(long_in),
        cmocka_unit_test(number_of_operators),
        cmocka_unit_test(shared_nodes_are_counted),
        cmocka_unit_test(trees_that_no_text_has),
        cmocka_unit_test(updates),
        cmocka_unit_test(pairs_of_paths),
        cmocka_unit_test(clashes_are_named),
        cmocka_unit_test(projections),
        cmocka_unit_test(every_allocation_fails),
    };
    return cmocka_run_group_tests_name("expr/check", tests, NULL, NULL);
}
