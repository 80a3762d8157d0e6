/* Requests as a client sends them: expressions with placeholders, and every operation's members. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/notation.h"
#include "wire/wire.h"

/* A condition in the tests' notation, and what it is as a Scan's filter. */
typedef struct condition_case {
    const char *condition, *text, *names, *values;
} condition_case;

static void expect_body(const bl_wire_request *request, const char *expected)
{
    bl_buffer out = { 0 };
    bl_wire_write_request(&out, request);
    assert_int_equal(out.status, BLOOP_OK);
    bl_buffer_byte(&out, 0);
    assert_string_equal((const char *)out.data, expected);
    bl_buffer_free(&out);
}

static void renders_conditions(void **state)
{
    static const condition_case cases[] = {
        { "a = 1", "#n0 = :v0", "\"#n0\":\"a\"", "\":v0\":{\"N\":\"1\"}" },
        { "a = 1 AND a <> 1", "#n0 = :v0 AND #n0 <> :v0", "\"#n0\":\"a\"", "\":v0\":{\"N\":\"1\"}" },
        { "a.b[3].a < \"x\"", "#n0.#n1[3].#n0 < :v0", "\"#n0\":\"a\",\"#n1\":\"b\"", "\":v0\":{\"S\":\"x\"}" },
        { "(a = 1 OR b = 2) AND NOT c = 3", "(#n0 = :v0 OR #n1 = :v1) AND NOT #n2 = :v2",
          "\"#n0\":\"a\",\"#n1\":\"b\",\"#n2\":\"c\"",
          "\":v0\":{\"N\":\"1\"},\":v1\":{\"N\":\"2\"},\":v2\":{\"N\":\"3\"}" },
        { "a = 1 OR b = 2 AND c = 3", "#n0 = :v0 OR #n1 = :v1 AND #n2 = :v2",
          "\"#n0\":\"a\",\"#n1\":\"b\",\"#n2\":\"c\"",
          "\":v0\":{\"N\":\"1\"},\":v1\":{\"N\":\"2\"},\":v2\":{\"N\":\"3\"}" },
        { "NOT (a = 1 AND b = 1)", "NOT (#n0 = :v0 AND #n1 = :v0)", "\"#n0\":\"a\",\"#n1\":\"b\"",
          "\":v0\":{\"N\":\"1\"}" },
        { "NOT (NOT a = 1)", "NOT NOT #n0 = :v0", "\"#n0\":\"a\"", "\":v0\":{\"N\":\"1\"}" },
        { "a BETWEEN 1 AND 2 AND b IN (1, 2, 3)", "#n0 BETWEEN :v0 AND :v1 AND #n1 IN (:v0, :v1, :v2)",
          "\"#n0\":\"a\",\"#n1\":\"b\"", "\":v0\":{\"N\":\"1\"},\":v1\":{\"N\":\"2\"},\":v2\":{\"N\":\"3\"}" },
        { "attribute_type(a, \"SS\") AND contains(b, size(a)) OR begins_with(c, \"x\")",
          "attribute_type(#n0, :v0) AND contains(#n1, size(#n0)) OR begins_with(#n2, :v1)",
          "\"#n0\":\"a\",\"#n1\":\"b\",\"#n2\":\"c\"", "\":v0\":{\"S\":\"SS\"},\":v1\":{\"S\":\"x\"}" },
    };
    char expected[1024];
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        notation n = { 0 };
        bl_wire_request request = { .operation = BL_WIRE_SCAN };
        request.as.search = (bloop_search_request){ .kind = BLOOP_SEARCH_SCAN,
                                                    .table = "t",
                                                    .filter = notation_condition(&n, cases[i].condition) };
        snprintf(expected, sizeof expected,
                 "{\"TableName\":\"t\",\"FilterExpression\":\"%s\",\"ExpressionAttributeNames\":{%s},"
                 "\"ExpressionAttributeValues\":{%s}}",
                 cases[i].text, cases[i].names, cases[i].values);
        expect_body(&request, expected);
        notation_free(&n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(renders_conditions),
    };
    return cmocka_run_group_tests_name("wire/render", tests, NULL, NULL);
}
