/* The text of trees: goldens, and that reading it again gives the same text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/notation.h"

typedef struct golden {
    const char *source, *text;
} golden;

static void conditions(void **state)
{
    (void)state;
    static const golden cases[] = {
        { "email = \"a@b.c\" AND attribute_exists(home.street)",
          "(email = \"a@b.c\" AND attribute_exists(home.street))" },
        { "a=1 OR b<>2 AND c<3", "(a = 1 OR (b <> 2 AND c < 3))" },
        { "NOT a <= 1", "(NOT a <= 1)" },
        { "a BETWEEN 1 AND size(b)", "a BETWEEN 1 AND size(b)" },
        { "a IN (1, \"x\", b)", "a IN (1, \"x\", b)" },
        { "begins_with(a, x\"0aFf\")", "begins_with(a, x\"0aff\")" },
        { "attribute_type(a, \"S\")", "attribute_type(a, \"S\")" },
        { "a.`b c`[12].d_1 >= -1.50", "a.`b c`[12].d_1 >= -1.5" },
        { "a = {b: [true, null, {2, 1}], `9`: {}}", "a = {`9`: {}, b: [true, null, {1, 2}]}" },
        { "a = {\"y\", \"x\"}", "a = {\"x\", \"y\"}" },
        { "a = \"q\\\" b\\\\ \\u000a\"", "a = \"q\\\" b\\\\ \\u000a\"" },
        { "`é` = \"ü\"", "`é` = \"ü\"" },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        notation n = { 0 };
        char text[256], again[256];
        assert_int_equal(bloop_expr_print(notation_condition(&n, cases[i].source), text, sizeof text),
                         strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
        bloop_expr_print(notation_condition(&n, text), again, sizeof again);
        assert_string_equal(again, text);
        notation_free(&n);
    }
}

static void updates(void **state)
{
    (void)state;
    static const golden cases[] = {
        { "", "" },
        { "SET a = 1", "SET a = 1" },
        { "DELETE d {\"x\"} ADD c 1 REMOVE b.c[0] SET a = b + 1",
          "SET a = b + 1 REMOVE b.c[0] ADD c 1 DELETE d {\"x\"}" },
        { "SET a = if_not_exists(a, 0) - 1 REMOVE q SET b = list_append(b, [1])",
          "SET a = if_not_exists(a, 0) - 1, b = list_append(b, [1]) REMOVE q" },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        notation n = { 0 };
        char text[256];
        assert_int_equal(bloop_update_print(notation_update(&n, cases[i].source), text, sizeof text),
                         strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
        notation_free(&n);
    }
}

static void no_tree(void **state)
{
    (void)state;
    char text[8] = "?";
    assert_int_equal(bloop_expr_print(NULL, text, sizeof text), 0);
    assert_string_equal(text, "");
    bloop_expr empty = { 0 };
    assert_int_equal(bloop_expr_print(&empty, text, sizeof text), 0);
    assert_int_equal(bloop_update_print(NULL, text, sizeof text), 0);
}

/* Cut at every length: always a prefix, whole characters, a zero byte, and the whole length returned. */
static void short_buffers(void **state)
{
    (void)state;
    notation n = { 0 };
    const bloop_expr *condition = notation_condition(&n, "a = \"grüße 😀\" AND b = x\"00\"");
    char whole[128], text[128];
    size_t length = bloop_expr_print(condition, whole, sizeof whole);
    assert_int_equal(bloop_expr_print(condition, NULL, 0), length);
    for (size_t size = 1; size <= length + 1; size++) {
        memset(text, 0x7F, sizeof text);
        assert_int_equal(bloop_expr_print(condition, text, size), length);
        size_t end = strlen(text);
        assert_true(end < size);
        assert_memory_equal(text, whole, end);
        assert_true(size - end <= 4);
        assert_true(bl_utf8_valid(text, end));
        assert_int_equal(text[size], 0x7F);
    }
    notation_free(&n);
}

/* Trees that were never checked: cycles, nodes without arguments. */
static void broken_trees(void **state)
{
    (void)state;
    char text[256];
    bloop_expr self = { .kind = BLOOP_EXPR_AND, .count = 2 };
    const bloop_expr *args[] = { &self, &self };
    self.args = args;
    assert_true(bloop_expr_print(&self, text, sizeof text) > 0);
    bloop_expr bare = { .kind = BLOOP_EXPR_CONTAINS, .count = 2 }, value = { .kind = BLOOP_EXPR_VALUE };
    bloop_expr_print(&bare, text, sizeof text);
    assert_string_equal(text, "contains()");
    bloop_expr_print(&value, text, sizeof text);
    assert_string_equal(text, "(none)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions),    cmocka_unit_test(updates),      cmocka_unit_test(no_tree),
        cmocka_unit_test(short_buffers), cmocka_unit_test(broken_trees),
    };
    return cmocka_run_group_tests_name("expr/print", tests, NULL, NULL);
}
