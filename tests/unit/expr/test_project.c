/* Projections, and the part of an item that an update touches. Expectations: scylladb's test_projection_expression.py and
   test_returnvalues.py, which run against Amazon DynamoDB. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/fail_alloc.h"
#include "support/notation.h"

typedef struct projection_case {
    const char *item, *paths, *result;
} projection_case;

static const char *const document = "{p: 1, a: {b: [2, 4, {x: \"hi\", y: \"yo\"}], c: 5}, b: \"hello\"}";

static void expect_result(notation *n, const projection_case *c, bloop_status status, bloop_builder *out)
{
    if (status != BLOOP_OK)
        fail_msg("%s of %s: %s", c->paths, c->item, bloop_last_error()->message);
    bloop_value result;
    assert_int_equal(bloop_builder_value(out, &result), BLOOP_OK);
    assert_int_equal(bloop_value_check(result.data, result.size), BLOOP_OK);
    if (!bloop_value_equal(result, notation_value(n, c->result)))
        fail_msg("%s of %s gives %s", c->paths, c->item, notation_print(n, result));
    bloop_builder_free(out);
}

static void projections(void **state)
{
    (void)state;
    const projection_case cases[] = {
        { document, "a", "{a: {b: [2, 4, {x: \"hi\", y: \"yo\"}], c: 5}}" },
        { document, "b, p", "{b: \"hello\", p: 1}" },
        { document, "p, b", "{b: \"hello\", p: 1}" },
        { document, "A, aa, b, c, q", "{b: \"hello\"}" },
        { document, "x", "{}" },
        { document, "a.b", "{a: {b: [2, 4, {x: \"hi\", y: \"yo\"}]}}" },
        { document, "a.b[0]", "{a: {b: [2]}}" },
        { document, "a.b[2]", "{a: {b: [{x: \"hi\", y: \"yo\"}]}}" },
        { document, "a.b[2].y", "{a: {b: [{y: \"yo\"}]}}" },
        { document, "a.b[2].y, a.b[0]", "{a: {b: [2, {y: \"yo\"}]}}" },
        { document, "a.b[2].y, a.b[2].x", "{a: {b: [{x: \"hi\", y: \"yo\"}]}}" },
        { document, "a.b[1], a.b[0]", "{a: {b: [2, 4]}}" },
        { document, "a.b[0], a.c", "{a: {b: [2], c: 5}}" },
        { document, "b, a.c", "{a: {c: 5}, b: \"hello\"}" },
        { document, "a.x, a.b[0], x, a.b[3].x", "{a: {b: [2]}}" },
        /* what is not there leaves no trace, nor do paths through the wrong kind of value */
        { document, "a.b[3]", "{}" },
        { document, "a.x.y", "{}" },
        { document, "a.b.x", "{}" },
        { document, "a[0]", "{}" },
        { document, "a.b[0].x", "{}" },
        { document, "a.b[0][0], b.c", "{}" },
        { "{}", "a, b.c", "{}" },
        { NULL, "a", "{}" },
        { NULL, "a.b", "{}" },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        notation n = { 0 };
        const bloop_projection_paths *projection = notation_projection(&n, cases[i].paths);
        assert_int_equal(bloop_projection_check(projection), BLOOP_OK);
        bloop_builder *out = bloop_builder_new();
        bloop_status status = bloop_projection_apply(projection, notation_value(&n, cases[i].item), out);
        expect_result(&n, &cases[i], status, out);
        notation_free(&n);
    }
}

static void touched(void **state)
{
    (void)state;
    static const projection_case cases[] = {
        { "{p: 1, a: \"hi\", b: \"dog\"}", "SET b = 1, c = 2", "{b: \"dog\"}" },
        { "{p: 1, a: \"hi\", b: \"dog\"}", "REMOVE b SET a = 1", "{a: \"hi\", b: \"dog\"}" },
        { "{p: 1}", "SET b = 1", "{}" },
        { "{a: {b: \"hi\", c: [1, 2, 3]}}", "SET a.c[1] = 8, a.b = 1", "{a: {b: \"hi\", c: [2]}}" },
        { "{a: {c: [1, 3, 3]}}", "REMOVE a.c[1], a.c[3]", "{a: {c: [3]}}" },
        { "{a: {c: [1, 3]}}", "SET a.c[100] = 1", "{}" },
        { "{a: {1}, b: 2}", "ADD a {2}, b 1", "{a: {1}, b: 2}" },
        { "{a: 1}", "", "{}" },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        notation n = { 0 };
        bloop_builder *out = bloop_builder_new();
        bloop_status status =
            bloop_update_touched(notation_update(&n, cases[i].paths), notation_value(&n, cases[i].item), out);
        expect_result(&n, &cases[i], status, out);
        notation_free(&n);
    }
}

typedef struct running {
    const bloop_projection_paths *projection;
    bloop_value item;
} running;

static bloop_status run(void *context)
{
    running *r = context;
    bloop_builder *out = bloop_builder_new();
    bloop_status status = out ? bloop_projection_apply(r->projection, r->item, out) : BLOOP_NO_MEMORY;
    bloop_builder_free(out);
    return status;
}

static void every_allocation_fails(void **state)
{
    (void)state;
    char text[1024] = "z.y";
    for (int i = 0; i < 80; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), ", a%d", i);
    notation n = { 0 };
    running r = { notation_projection(&n, text), notation_value(&n, "{a7: 1, a12: {\"x\"}, z: {y: 1}}") };
    assert_true(fail_alloc_every(run, &r) >= 3);
    notation_free(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(projections),
        cmocka_unit_test(touched),
        cmocka_unit_test(every_allocation_fails),
    };
    return cmocka_run_group_tests_name("expr/project", tests, NULL, NULL);
}
