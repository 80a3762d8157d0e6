/* Updates applied to items. Expectations come from the developer guide ("Update expressions") and, where a case names a
   surprise, from public suites that run against Amazon DynamoDB (src/expr/README.md). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "expr/expr.h"
#include "support/fail_alloc.h"
#include "support/notation.h"

#define WRONG_TYPE   "An operand in the update expression has an incorrect data type"
#define NO_ATTRIBUTE "The provided expression refers to an attribute that does not exist in the item"
#define OVERFLOW     "Number overflow. Attempting to store a number with magnitude larger than supported range"
#define BAD_PATH     "The document path provided in the update expression is invalid for update"

typedef struct application {
    const char *old; /* NULL: no item; it then starts with the key {id: 7} */
    const char *update;
    const char *result; /* NULL: refused */
    const char *message;
} application;

static void apply_one(const application *c)
{
    notation n = { 0 };
    bloop_value old = notation_value(&n, c->old), key = notation_value(&n, "{id: 7}");
    const bloop_update *update = notation_update(&n, c->update);
    if (bloop_update_check(update) != BLOOP_OK)
        fail_msg("%s: %s", c->update, bloop_last_error()->message);
    bloop_builder *out = bloop_builder_new();
    bloop_status status = bloop_update_apply(update, old, key, out);
    if (!c->result) {
        if (status != BLOOP_VALIDATION)
            fail_msg("%s on %s gives status %d", c->update, c->old ? c->old : "nothing", (int)status);
        assert_string_equal(bloop_last_error()->message, c->message);
    } else {
        if (status != BLOOP_OK)
            fail_msg("%s on %s: %s", c->update, c->old ? c->old : "nothing", bloop_last_error()->message);
        bloop_value result;
        assert_int_equal(bloop_builder_value(out, &result), BLOOP_OK);
        assert_int_equal(bloop_value_check(result.data, result.size), BLOOP_OK);
        if (!bloop_value_equal(result, notation_value(&n, c->result)))
            fail_msg("%s on %s gives %s", c->update, c->old ? c->old : "nothing", notation_print(&n, result));
    }
    bloop_builder_free(out);
    notation_free(&n);
}

static void apply_cases(const application *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        apply_one(&cases[i]);
}

static void set(void **state)
{
    (void)state;
    static const application cases[] = {
        { "{a: 1}", "SET a = 2", "{a: 2}", NULL },
        { "{a: 1}", "SET b = {\"x\"}", "{a: 1, b: {\"x\"}}", NULL },
        { "{b: 1, d: 2}", "SET e = 5, c = 4, a = 3", "{a: 3, b: 1, c: 4, d: 2, e: 5}", NULL },
        { "{b: 1, d: 2}", "SET a = 3, b = 9, c = 4 REMOVE d", "{a: 3, b: 9, c: 4}", NULL },
        { NULL, "SET a = 1", "{id: 7, a: 1}", NULL },
        { NULL, "SET a = id", "{id: 7, a: 7}", NULL },
        { "{a: 1, b: 2}", "SET a = b, b = a", "{a: 2, b: 1}", NULL },
        { "{a: 1}", "SET b = a REMOVE a", "{b: 1}", NULL },
        { "{a: {b: [1, 2]}}", "SET c = a.b[1]", "{a: {b: [1, 2]}, c: 2}", NULL },
        { "{a: 1}", "SET a = z", NULL, NO_ATTRIBUTE },
        { "{a: [1]}", "SET b = a[1]", NULL, NO_ATTRIBUTE },
        { NULL, "SET a = a", NULL, NO_ATTRIBUTE },
        { "{a: 1}", "SET `é.b` = 2", "{a: 1, `é.b`: 2}", NULL },
    };
    apply_cases(cases, BL_COUNT_OF(cases));
}

static void arithmetic(void **state)
{
    (void)state;
    static const application cases[] = {
        { "{a: 1}", "SET a = a + 2", "{a: 3}", NULL },
        { "{a: 1}", "SET a = 5 - a", "{a: 4}", NULL },
        { "{a: 1, b: 0.1}", "SET a = a + b, b = a - b", "{a: 1.1, b: 0.9}", NULL },
        { "{a: 1}", "SET b = if_not_exists(b, 10) + a", "{a: 1, b: 11}", NULL },
        { "{a: 1}", "SET b = a - if_not_exists(a, 10)", "{a: 1, b: 0}", NULL },
        { NULL, "SET b = id + id", "{id: 7, b: 14}", NULL },
        { "{a: \"x\"}", "SET a = a + 1", NULL, WRONG_TYPE },
        { "{a: 1, b: {1}}", "SET a = a - b", NULL, WRONG_TYPE },
        { "{a: 1}", "SET a = z + 1", NULL, NO_ATTRIBUTE },
        { "{a: \"x\"}", "SET a = a + z", NULL, WRONG_TYPE },
        { "{a: [1]}", "SET b = if_not_exists(a, 1) + 1", NULL, WRONG_TYPE },
        { "{a: 9.9999999999999999999999999999999999999e125}", "SET a = a + a", NULL, OVERFLOW },
        { "{a: 1e125}", "SET a = a + 1", NULL, OVERFLOW },
        { "{a: 1e50}", "SET b = a - 1", NULL, OVERFLOW },
        { "{a: 1e50}", "ADD a 1", NULL, OVERFLOW },
    };
    apply_cases(cases, BL_COUNT_OF(cases));
}

static void functions(void **state)
{
    (void)state;
    static const application cases[] = {
        { "{a: 1}", "SET a = if_not_exists(a, 5), b = if_not_exists(b, 6)", "{a: 1, b: 6}", NULL },
        { "{a: 1}", "SET b = if_not_exists(a, 5)", "{a: 1, b: 1}", NULL },
        { "{a: 1}", "SET b = if_not_exists(c, a)", "{a: 1, b: 1}", NULL },
        { "{a: 1}", "SET b = if_not_exists(c, if_not_exists(d, a))", "{a: 1, b: 1}", NULL },
        { "{a: 1}", "SET b = if_not_exists(c, d)", NULL, NO_ATTRIBUTE },
        { "{a: [1]}", "SET a = list_append(a, [2, {3}])", "{a: [1, 2, {3}]}", NULL },
        { "{a: [1]}", "SET a = list_append([0], a)", "{a: [0, 1]}", NULL },
        { "{a: [1]}", "SET b = list_append(a, a)", "{a: [1], b: [1, 1]}", NULL },
        { "{a: []}", "SET a = list_append(a, [])", "{a: []}", NULL },
        { NULL, "SET a = list_append(if_not_exists(a, []), [1])", "{id: 7, a: [1]}", NULL },
        { "{a: [1]}", "SET b = list_append(if_not_exists(z, a), [3])", "{a: [1], b: [1, 3]}", NULL },
        { "{a: [1]}", "SET b = list_append(if_not_exists(z, y), [3])", NULL, NO_ATTRIBUTE },
        { "{a: [1]}", "SET a = list_append(z, a)", NULL, NO_ATTRIBUTE },
        { "{a: {1}}", "SET a = list_append(a, [1])", NULL, WRONG_TYPE },
        { "{a: \"x\"}", "SET a = list_append([1], a)", NULL, WRONG_TYPE },
        { "{d: {1}}", "SET e = list_append(d, if_not_exists(f, []))", NULL, WRONG_TYPE },
    };
    apply_cases(cases, BL_COUNT_OF(cases));
}

static void remove_attributes(void **state)
{
    (void)state;
    static const application cases[] = {
        { "{a: 1, b: 2, c: 3}", "REMOVE b", "{a: 1, c: 3}", NULL },
        { "{a: 1}", "REMOVE a", "{}", NULL },
        { "{a: 1}", "REMOVE z", "{a: 1}", NULL },
        { "{a: {b: 1}}", "REMOVE a.b", "{a: {}}", NULL },
        { "{a: {b: 1}}", "REMOVE a.c", "{a: {b: 1}}", NULL },
        { "{a: [1]}", "REMOVE a[0]", "{a: []}", NULL },
        { "{a: [1]}", "REMOVE a[7]", "{a: [1]}", NULL },
        { "{a: [0, 1, 2, 3]}", "REMOVE a[0], a[2]", "{a: [1, 3]}", NULL },
        { "{a: 1}", "REMOVE b.c", NULL, BAD_PATH },
        { "{a: 1}", "REMOVE a.c", NULL, BAD_PATH },
        { "{a: 1}", "REMOVE a[0]", NULL, BAD_PATH },
        { "{a: {b: 1}}", "REMOVE a[0]", NULL, BAD_PATH },
        /* no item: silently nothing */
        { NULL, "REMOVE x", "{id: 7}", NULL },
        { NULL, "REMOVE x.y, z[0] SET a = 1", "{id: 7, a: 1}", NULL },
    };
    apply_cases(cases, BL_COUNT_OF(cases));
}

static void nested_paths(void **state)
{
    (void)state;
    static const application cases[] = {
        { "{a: {b: 3, c: 4}, d: 5}", "SET a.c = 7", "{a: {b: 3, c: 7}, d: 5}", NULL },
        { "{a: {b: 3}}", "SET a.a = 1, a.c = 2", "{a: {a: 1, b: 3, c: 2}}", NULL },
        { "{a: [\"one\", \"two\", \"three\"]}", "SET a[1] = \"2\"", "{a: [\"one\", \"2\", \"three\"]}", NULL },
        { "{a: {b: 3, c: [\"hi\", {x: {y: [3, 5, 7]}}]}}", "SET a.c[1].x.y[1] = 9",
          "{a: {b: 3, c: [\"hi\", {x: {y: [3, 9, 7]}}]}}", NULL },
        { "{a: {b: 3, c: [\"hi\", {x: {y: [3, 5, 7]}, q: 2}]}}", "REMOVE a.c[1].x.y[1], a.c[1].q",
          "{a: {b: 3, c: [\"hi\", {x: {y: [3, 7]}}]}}", NULL },
        { "{a: {x: 3, y: 4, c: {y: 3}}, b: {x: 1, y: 2}}", "SET a.b = 10, a.c.d = \"dog\", b.x = 17 REMOVE a.x, b.y",
          "{a: {y: 4, b: 10, c: {y: 3, d: \"dog\"}}, b: {x: 17}}", NULL },
        /* indexes are those of the old list */
        { "{a: [2, 3, 4, 5, 6, 7]}", "REMOVE a[1] SET a[3] = 17", "{a: [2, 4, 17, 6, 7]}", NULL },
        { "{a: [2, 3, 4, 5, 6, 7]}", "SET a[3] = 17 REMOVE a[1]", "{a: [2, 4, 17, 6, 7]}", NULL },
        /* beyond the end: appended in the order of the indexes */
        { "{a: [1]}", "SET a[7] = 2", "{a: [1, 2]}", NULL },
        { "{a: [0]}", "SET a[84] = 1, a[37] = 2, a[17] = 3, a[50] = 4", "{a: [0, 3, 2, 4, 1]}", NULL },
        { "{a: [0, 1]}", "SET a[9] = 2 REMOVE a[0], a[8]", "{a: [1, 2]}", NULL },
        { "{a: []}", "SET a[0] = 1", "{a: [1]}", NULL },
        { "{a: \"x\", b: [1]}", "SET a.c = 7", NULL, BAD_PATH },
        { "{a: \"x\", b: [1]}", "SET b.c = 7", NULL, BAD_PATH },
        { "{a: \"x\", b: [1]}", "SET c.c = 7", NULL, BAD_PATH },
        { "{a: \"x\", b: [1]}", "SET a[0] = 7", NULL, BAD_PATH },
        { "{a: \"x\", b: [1]}", "SET b[3].c = 7", NULL, BAD_PATH },
        { "{a: {b: 1}}", "SET a[1] = 1", NULL, BAD_PATH },
        { NULL, "SET c.c = 7", NULL, BAD_PATH },
        { NULL, "SET c[0] = 7", NULL, BAD_PATH },
        /* operands come before paths, whatever the order of the actions */
        { "{a: 1}", "SET q.x = 1, b = z", NULL, NO_ATTRIBUTE },
        { "{a: 1}", "REMOVE q.x SET b = z", NULL, NO_ATTRIBUTE },
    };
    apply_cases(cases, BL_COUNT_OF(cases));
}

static void add(void **state)
{
    (void)state;
    static const application cases[] = {
        { "{a: 3}", "ADD a 4", "{a: 7}", NULL },
        { "{a: 3}", "ADD a -3", "{a: 0}", NULL },
        { "{a: 3}", "ADD b 4", "{a: 3, b: 4}", NULL },
        { NULL, "ADD b 4", "{id: 7, b: 4}", NULL },
        { NULL, "ADD b {\"x\"}", "{id: 7, b: {\"x\"}}", NULL },
        { "{a: {\"b\", \"d\"}}", "ADD a {\"a\", \"b\", \"c\", \"e\"}", "{a: {\"a\", \"b\", \"c\", \"d\", \"e\"}}",
          NULL },
        { "{a: {2}}", "ADD a {1, 2.0, 3}", "{a: {1, 2, 3}}", NULL },
        { "{a: {x\"02\"}}", "ADD a {x\"01\", x\"0200\"}", "{a: {x\"01\", x\"02\", x\"0200\"}}", NULL },
        { "{a: {n: 1, s: {\"x\"}}}", "ADD a.n 2, a.s {\"y\"}, a.m 5", "{a: {n: 3, m: 5, s: {\"x\", \"y\"}}}", NULL },
        { "{a: [1, {2}]}", "ADD a[0] 2, a[1] {3}, a[9] 4", "{a: [3, {2, 3}, 4]}", NULL },
        { "{a: \"x\"}", "ADD a 1", NULL, WRONG_TYPE },
        { "{a: [1]}", "ADD a {1}", NULL, WRONG_TYPE },
        { "{a: {\"x\"}}", "ADD a {1}", NULL, WRONG_TYPE },
        { "{a: {1}}", "ADD a 1", NULL, WRONG_TYPE },
        { "{a: 1}", "ADD b.c 1", NULL, BAD_PATH },
        { "{a: 1e125}", "ADD a 9.9e125", NULL,
          "Number overflow. Attempting to store a number with magnitude larger than supported range" },
    };
    apply_cases(cases, BL_COUNT_OF(cases));
}

static void delete_elements(void **state)
{
    (void)state;
    static const application cases[] = {
        { "{a: {\"a\", \"b\", \"c\"}}", "DELETE a {\"b\", \"z\"}", "{a: {\"a\", \"c\"}}", NULL },
        { "{a: {1, 2, 3}}", "DELETE a {3, 1}", "{a: {2}}", NULL },
        { "{a: {x\"01\", x\"0101\"}}", "DELETE a {x\"01\"}", "{a: {x\"0101\"}}", NULL },
        { "{a: {\"x\"}, b: 1}", "DELETE a {\"x\"}", "{b: 1}", NULL },
        { "{a: {\"x\"}, b: 1}", "DELETE a {\"w\", \"x\", \"y\"}", "{b: 1}", NULL },
        { "{a: {\"x\"}}", "DELETE a {\"y\"}", "{a: {\"x\"}}", NULL },
        { "{b: 1}", "DELETE a {\"x\"}", "{b: 1}", NULL },
        { NULL, "DELETE a {\"x\"}", "{id: 7}", NULL },
        { "{a: {s: {\"x\"}}}", "DELETE a.s {\"x\"}", "{a: {}}", NULL },
        { "{a: [{1}, {1, 2}, 3]}", "DELETE a[0] {1}, a[1] {1}", "{a: [{2}, 3]}", NULL },
        { "{a: {\"x\"}}", "DELETE a {1}", NULL, WRONG_TYPE },
        { "{a: [1]}", "DELETE a {1}", NULL, WRONG_TYPE },
        { "{a: 1}", "DELETE b.c {1}", NULL, BAD_PATH },
    };
    apply_cases(cases, BL_COUNT_OF(cases));
}

static void nothing_to_do(void **state)
{
    (void)state;
    static const application cases[] = {
        { "{a: 1}", "", "{a: 1}", NULL },
        { NULL, "", "{id: 7}", NULL },
    };
    apply_cases(cases, BL_COUNT_OF(cases));
    notation n = { 0 };
    bloop_value key = notation_value(&n, "{id: 7}"), result;
    bloop_builder *out = bloop_builder_new();
    assert_int_equal(bloop_update_apply(NULL, (bloop_item){ NULL, 0 }, key, out), BLOOP_OK);
    assert_int_equal(bloop_builder_value(out, &result), BLOOP_OK);
    assert_true(bloop_value_equal(result, key));
    bloop_builder_free(out);
    notation_free(&n);
}

static void creates(void **state)
{
    (void)state;
    static const struct {
        const char *update;
        bool creates;
    } cases[] = {
        { "", true },          { "SET a = 1", true },     { "ADD a 1", true },
        { "REMOVE a", false }, { "DELETE a {1}", false }, { "REMOVE a SET b = 1", true },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        notation n = { 0 };
        assert_int_equal(bl_update_creates(notation_update(&n, cases[i].update)), cases[i].creates);
        notation_free(&n);
    }
    assert_true(bl_update_creates(NULL));
}

/* Deep documents are rebuilt to their last level, and no deeper than the service allows. */
static void deep_documents(void **state)
{
    (void)state;
    /* the item is the first level: {a: {a: … {a: 1}}} */
    char old[512] = "", path[512] = "SET ", ends[64] = "", result[512], update[600];
    for (int i = 0; i < BLOOP_MAX_DEPTH; i++) {
        strcat(old, "{a: ");
        strcat(path, i ? ".a" : "a");
        strcat(ends, "}");
    }
    snprintf(result, sizeof result, "%.400s2%s", old, ends);
    strcat(old, "1");
    strcat(old, ends);
    snprintf(update, sizeof update, "%s = 2", path);
    apply_one(&(application){ old, update, result, NULL });
    snprintf(update, sizeof update, "%s = {b: 1}", path);
    notation n = { 0 };
    bloop_builder *out = bloop_builder_new();
    bloop_status status =
        bloop_update_apply(notation_update(&n, update), notation_value(&n, old), (bloop_item){ NULL, 0 }, out);
    assert_int_equal(status, BLOOP_VALIDATION);
    bloop_builder_free(out);
    notation_free(&n);
}

/* Many actions are sorted outside the stack. */
static void many_actions(void **state)
{
    (void)state;
    char update[4096] = "SET ", result[4096] = "{";
    for (int i = 0; i < 100; i++) {
        snprintf(update + strlen(update), sizeof update - strlen(update), "%sb%02d = %d", i ? ", " : "", (i * 37) % 100,
                 (i * 37) % 100);
        snprintf(result + strlen(result), sizeof result - strlen(result), "%sb%02d: %d", i ? ", " : "", i, i);
    }
    strcat(result, ", b: 0, c: 1}");
    apply_one(&(application){ "{b: 0, b42: 9, c: 1}", update, result, NULL });
}

typedef struct running {
    const bloop_update *update;
    bloop_value old;
} running;

static bloop_status run(void *context)
{
    running *r = context;
    bloop_builder *out = bloop_builder_new();
    if (!out)
        return BLOOP_NO_MEMORY;
    bloop_status status = bloop_update_check(r->update);
    if (status == BLOOP_OK)
        status = bloop_update_apply(r->update, r->old, (bloop_item){ NULL, 0 }, out);
    bloop_builder_free(out);
    return status;
}

static void every_allocation_fails(void **state)
{
    (void)state;
    notation n = { 0 };
    char update[4096] = "SET z.y = list_append(z.y, [1]), n = n + 1";
    for (int i = 0; i < 80; i++)
        snprintf(update + strlen(update), sizeof update - strlen(update), ", c%d = \"%d\"", 99 - i, i);
    strcat(update, " REMOVE r ADD s {\"x\"} DELETE t {\"x\"}");
    running r = { notation_update(&n, update),
                  notation_value(&n, "{z: {y: [0]}, n: 1, r: 1, s: {\"y\"}, t: {\"x\", \"y\"}}") };
    assert_true(fail_alloc_every(run, &r) >= 4);
    notation_free(&n);
}

/* An object mapper's save: names in order, values only. */
static void plain_save_allocates_nothing(void **state)
{
    (void)state;
    notation n = { 0 };
    const bloop_update *update = notation_update(&n, "SET a = 1, b = \"x\", c = {\"x\"}, e = [1], f = {g: 1}");
    bloop_value old = notation_value(&n, "{a: 0, b: \"y\", d: 3, id: 7}");
    bloop_builder *out = bloop_builder_new();
    assert_int_equal(bloop_update_apply(update, old, (bloop_item){ NULL, 0 }, out), BLOOP_OK);
    bloop_builder_reset(out);
    fail_alloc_begin(0, FAIL_ALLOC_ALL_AFTER);
    bloop_status checked = bloop_update_check(update);
    bloop_status applied = bloop_update_apply(update, old, (bloop_item){ NULL, 0 }, out);
    fail_alloc_report report = fail_alloc_end();
    assert_int_equal(checked, BLOOP_OK);
    assert_int_equal(applied, BLOOP_OK);
    assert_int_equal(report.allocations, 0);
    bloop_builder_free(out);
    notation_free(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set),
        cmocka_unit_test(arithmetic),
        cmocka_unit_test(functions),
        cmocka_unit_test(remove_attributes),
        cmocka_unit_test(nested_paths),
        cmocka_unit_test(add),
        cmocka_unit_test(delete_elements),
        cmocka_unit_test(nothing_to_do),
        cmocka_unit_test(creates),
        cmocka_unit_test(deep_documents),
        cmocka_unit_test(many_actions),
        cmocka_unit_test(every_allocation_fails),
        cmocka_unit_test(plain_save_allocates_nothing),
    };
    return cmocka_run_group_tests_name("expr/update", tests, NULL, NULL);
}
