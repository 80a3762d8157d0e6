/* How several broken constraints are told together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <bloop/error.h>
#include <string.h>

#include "op/op.h"

#define MEMBER                                                                                                     \
    "Value 'spoon' at 'queryFilter.aVeryLongNameOfAnAttributeThatSomebodyCompares.member.comparisonOperator' "     \
    "failed to satisfy constraint: Member must satisfy enum value set: [IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, " \
    "GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS]"

static void break_constraints(bl_violations *v, size_t count)
{
    v->count = 0, v->length = 0;
    for (size_t i = 0; i < count; i++)
        bl_violation_in_words(v, "%s", MEMBER);
}

/* Ten are told, as the service does, and whole. */
static void test_ten_long_ones_are_told_whole(void **state)
{
    (void)state;
    static const char beginning[] = "10 validation errors detected: ";
    bl_violations v;
    break_constraints(&v, 12);
    assert_int_equal(bl_violations_end(&v), BLOOP_VALIDATION);
    const char *message = bloop_last_error()->message;
    assert_int_equal(strlen(message), strlen(beginning) + 10 * strlen(MEMBER) + 9 * strlen("; "));
    assert_memory_equal(message, beginning, strlen(beginning));
    assert_string_equal(message + strlen(message) - strlen(MEMBER), MEMBER);
}

static void test_one_is_one_error(void **state)
{
    (void)state;
    bl_violations v;
    break_constraints(&v, 1);
    assert_int_equal(bl_violations_end(&v), BLOOP_VALIDATION);
    assert_string_equal(bloop_last_error()->message, "1 validation error detected: " MEMBER);
}

static void test_none_is_no_error(void **state)
{
    (void)state;
    bl_violations v;
    break_constraints(&v, 0);
    assert_int_equal(bl_violations_end(&v), BLOOP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ten_long_ones_are_told_whole),
        cmocka_unit_test(test_one_is_one_error),
        cmocka_unit_test(test_none_is_no_error),
    };
    return cmocka_run_group_tests_name("op/violations", tests, NULL, NULL);
}
