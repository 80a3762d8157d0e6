/* Expression text that is accepted: the trees it becomes, and which placeholders it uses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "expr/expr.h"
#include "support/fail_alloc.h"
#include "support/notation.h"

typedef struct golden {
    const char *text, *tree; /* as bloop_expr_print and bloop_update_print have it */
} golden;

static bloop_slice slice(const char *text)
{
    return (bloop_slice){ text, strlen(text) };
}

typedef struct request {
    notation n;
    bloop_name_placeholder names[3];
    bloop_value_placeholder values[4];
    bloop_placeholders placeholders;
} request;

static void make_request(request *r)
{
    *r = (request){ .n = { .whole = NULL } };
    r->names[0] = (bloop_name_placeholder){ slice("#a"), slice("a") };
    r->names[1] = (bloop_name_placeholder){ slice("#odd"), slice("o d.d") };
    r->names[2] = (bloop_name_placeholder){ slice("#0_"), slice("SET") };
    r->values[0] = (bloop_value_placeholder){ slice(":n"), notation_value(&r->n, "1") };
    r->values[1] = (bloop_value_placeholder){ slice(":s"), notation_value(&r->n, "\"x\"") };
    r->values[2] = (bloop_value_placeholder){ slice(":1"), notation_value(&r->n, "[2]") };
    r->values[3] = (bloop_value_placeholder){ slice(":ss"), notation_value(&r->n, "{\"y\"}") };
    r->placeholders = (bloop_placeholders){ r->names, 3, r->values, 4 };
}

static const golden condition_cases[] = {
    { "a=:n", "a = 1" },
    { " #a\t<>\r\n:s ", "a <> \"x\"" },
    { "a<b AND c<=d aNd e>f and g>=:n", "(a < b AND c <= d AND e > f AND g >= 1)" },
    { "a=:n OR b=:n AND NOT c=:n OR d=:n", "(a = 1 OR (b = 1 AND (NOT c = 1)) OR d = 1)" },
    { "(a=:n OR b=:n) AND c=:n", "((a = 1 OR b = 1) AND c = 1)" },
    { "a=:n AND (b=:n AND c=:n)", "(a = 1 AND (b = 1 AND c = 1))" },
    { "NOT a=:n AND b=:n", "((NOT a = 1) AND b = 1)" },
    { "NOT NOT (a=:n)", "(NOT (NOT a = 1))" },
    { "not(a=:n)or(not b=:n)", "((NOT a = 1) OR (NOT b = 1))" },
    { "(a) = (:n)", "a = 1" },
    { "(a = :n)", "a = 1" },
    { "((a) = :n)", "a = 1" },
    { "((a = :n) AND (b = :n))", "(a = 1 AND b = 1)" },
    { "(a.b).c[0] = :n", "a.b.c[0] = 1" },
    { "((a.b).c).d = (((a.b).d)[1])", "a.b.c.d = a.b.d[1]" },
    { "(size(a)) > :n AND (attribute_exists(b))", "(size(a) > 1 AND attribute_exists(b))" },
    { "size (a) > :n", "size(a) > 1" },
    { "a BETWEEN :n AND :n AND b = :n", "(a BETWEEN 1 AND 1 AND b = 1)" },
    { "(a)between(b.c.d)and(c)", "a BETWEEN b.c.d AND c" },
    { "size(a) BETWEEN size(b) AND :n", "size(a) BETWEEN size(b) AND 1" },
    { "NOT a IN (:n)", "(NOT a IN (1))" },
    { "a IN(:n,(:s),b , size(c))", "a IN (1, \"x\", b, size(c))" },
    { "(a) IN (b)", "a IN (b)" },
    { "attribute_not_exists(#odd.#0_[12].a1_B)", "attribute_not_exists(`o d.d`.SET[12].a1_B)" },
    { "attribute_type((a), :s)", NULL },
    { "begins_with(a, :s) AND contains(a, b)", "(begins_with(a, \"x\") AND contains(a, b))" },
    { "a [ 0 ] . b = :1", "a[0].b = [2]" },
    { "a[2147483647] = :n", "a[2147483647] = 1" },
    { "inx = :n AND orb = :n AND nota = :n", "(inx = 1 AND orb = 1 AND nota = 1)" },
    { "contains(contains, begins_with)", "contains(contains, begins_with)" },
    { ":n = a", "1 = a" },
    { ":n = :n", "1 = 1" },
};

static void conditions(void **state)
{
    (void)state;
    request r;
    make_request(&r);
    for (size_t i = 0; i < BL_COUNT_OF(condition_cases); i++) {
        const golden *c = &condition_cases[i];
        bloop_expr_text *text = bloop_expr_text_new(&r.placeholders);
        const bloop_expr *tree = NULL;
        bloop_status status = bloop_parse_condition(text, "FilterExpression", slice(c->text), &tree);
        if ((status == BLOOP_OK) != (c->tree != NULL))
            fail_msg("%s: %s", c->text, bloop_last_error()->message);
        char printed[256];
        bloop_expr_print(tree, printed, sizeof printed);
        if (c->tree)
            assert_string_equal(printed, c->tree);
        assert_int_equal(status == BLOOP_OK ? bloop_expr_text_position(text) : 0, 0);
        bloop_expr_text_free(text);
    }
    notation_free(&r.n);
}

static const golden update_cases[] = {
    { "SET a=:n", "SET a = 1" },
    { "set #a = b + :n, c = (d - (e)) Remove f,g[0].h add i :n, j :ss DELETE k :ss",
      "SET a = b + 1, c = d - e REMOVE f, g[0].h ADD i 1, j {\"y\"} DELETE k {\"y\"}" },
    { "DELETE k :ss SET a = if_not_exists(a, :n) + :n", "SET a = if_not_exists(a, 1) + 1 DELETE k {\"y\"}" },
    { "SET a = list_append(if_not_exists(a, :1), (:1))", "SET a = list_append(if_not_exists(a, [2]), [2])" },
    { "SET a = ((b) + (c))", "SET a = b + c" },
    { "SET #0_.setx = addy", "SET SET.setx = addy" },
    { "REMOVE removes", "REMOVE removes" },
    { "SET a=:n+b", "SET a = 1 + b" },
    { "SET a = b[1] - :n", "SET a = b[1] - 1" },
};

static void updates(void **state)
{
    (void)state;
    request r;
    make_request(&r);
    for (size_t i = 0; i < BL_COUNT_OF(update_cases); i++) {
        bloop_expr_text *text = bloop_expr_text_new(&r.placeholders);
        bloop_update update = { NULL, 0 };
        char printed[256];
        if (bloop_parse_update(text, slice(update_cases[i].text), &update) != BLOOP_OK)
            fail_msg("%s: %s", update_cases[i].text, bloop_last_error()->message);
        bloop_update_print(&update, printed, sizeof printed);
        assert_string_equal(printed, update_cases[i].tree);
        bloop_expr_text_free(text);
    }
    notation_free(&r.n);
}

static void projections(void **state)
{
    (void)state;
    request r;
    make_request(&r);
    bloop_expr_text *text = bloop_expr_text_new(&r.placeholders);
    bloop_projection_paths paths = { NULL, 0 };
    assert_int_equal(bloop_parse_projection(text, slice("b, #a.c ,#odd[1]"), &paths), BLOOP_OK);
    assert_int_equal(paths.count, 3);
    assert_int_equal(paths.paths[0].count, 1);
    assert_int_equal(paths.paths[1].count, 2);
    assert_memory_equal(paths.paths[1].steps[0].name.data, "a", 1);
    assert_memory_equal(paths.paths[1].steps[1].name.data, "c", 1);
    assert_int_equal(paths.paths[2].steps[0].name.size, 5);
    assert_null(paths.paths[2].steps[1].name.data);
    assert_int_equal(paths.paths[2].steps[1].index, 1);
    bloop_expr_text_free(text);
    notation_free(&r.n);
}

/* Any of them does; a failed parse counts, too, for what it had read. */
static void unused_placeholders(void **state)
{
    (void)state;
    request r;
    make_request(&r);
    bloop_expr_text *text = bloop_expr_text_new(&r.placeholders);
    const bloop_expr *tree = NULL;
    bloop_update update = { NULL, 0 };
    assert_int_equal(bloop_expr_text_finish(text), BLOOP_VALIDATION);
    assert_string_equal(bloop_last_error()->message,
                        "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #odd, #0_}");
    assert_int_equal(bloop_parse_condition(text, "ConditionExpression", slice("#a = :n AND #odd = :1"), &tree),
                     BLOOP_OK);
    assert_int_equal(bloop_expr_text_finish(text), BLOOP_VALIDATION);
    assert_string_equal(bloop_last_error()->message,
                        "Value provided in ExpressionAttributeNames unused in expressions: keys: {#0_}");
    assert_int_equal(bloop_parse_update(text, slice("SET a.#0_ = :1"), &update), BLOOP_OK);
    assert_int_equal(bloop_expr_text_finish(text), BLOOP_VALIDATION);
    assert_string_equal(bloop_last_error()->message,
                        "Value provided in ExpressionAttributeValues unused in expressions: keys: {:s, :ss}");
    assert_int_equal(bloop_parse_condition(text, "ConditionExpression", slice("x IN (:s, :ss)"), &tree), BLOOP_OK);
    assert_int_equal(bloop_expr_text_finish(text), BLOOP_OK);
    bloop_expr_text_free(text);
    notation_free(&r.n);
}

/* More than are looked for one by one; equal ones are the first of them. */
static void many_placeholders(void **state)
{
    (void)state;
    enum { MANY = 3000 };
    static char keys[MANY][8];
    static bloop_name_placeholder names[MANY + 1];
    for (int i = 0; i < MANY; i++) {
        snprintf(keys[i], sizeof keys[i], "#k%d", (i * 7919) % MANY);
        names[i] = (bloop_name_placeholder){ slice(keys[i]), slice(keys[i] + 1) };
    }
    names[MANY] = (bloop_name_placeholder){ slice("#k17"), slice("second") };
    bloop_placeholders placeholders = { names, MANY + 1, NULL, 0 };
    bloop_expr_text *text = bloop_expr_text_new(&placeholders);
    const bloop_expr *tree = NULL;
    char printed[64];
    assert_int_equal(bloop_parse_condition(text, "ConditionExpression", slice("#k17 = #k2999"), &tree), BLOOP_OK);
    bloop_expr_print(tree, printed, sizeof printed);
    assert_string_equal(printed, "k17 = k2999");
    assert_int_equal(bloop_parse_condition(text, "ConditionExpression", slice("#k3000 = #k2999"), &tree),
                     BLOOP_VALIDATION);
    assert_int_equal(bloop_expr_text_finish(text), BLOOP_VALIDATION);
    bloop_expr_text_free(text);
}

typedef struct key_case {
    bloop_name_placeholder name;
    const char *message;
} key_case;

static void placeholders_themselves(void **state)
{
    (void)state;
    static char long_key[] =
        "#234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901"
        "234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901"
        "2345678901234567890123456789012345678901234567890123456789012345678901234567890";
    assert_true(sizeof long_key - 1 > 256);
    const key_case cases[] = {
        { { { "#a", 2 }, { "a", 1 } }, NULL },
        { { { "#_", 2 }, { "a", 1 } }, NULL },
        { { { "a", 1 }, { "a", 1 } }, "ExpressionAttributeNames contains invalid key: Syntax error; key: \"a\"" },
        { { { ":a", 2 }, { "a", 1 } }, "ExpressionAttributeNames contains invalid key: Syntax error; key: \":a\"" },
        { { { "#a b", 4 }, { "a", 1 } }, "ExpressionAttributeNames contains invalid key: Syntax error; key: \"#a b\"" },
        { { { " #a", 3 }, { "a", 1 } }, "ExpressionAttributeNames contains invalid key: Syntax error; key: \" #a\"" },
        { { { "#", 1 }, { "a", 1 } }, "ExpressionAttributeNames contains invalid key: Syntax error; key: \"#\"" },
        { { { "", 0 }, { "a", 1 } },
          "ExpressionAttributeNames contains invalid key: The expression attribute map contains an empty key;" },
        { { { "#a", 2 }, { "", 0 } },
          "ExpressionAttributeNames contains invalid value: Empty attribute name for key #a" },
        { { { long_key, 255 }, { "a", 1 } }, NULL },
        { { { long_key, 256 }, { "a", 1 } },
          "ExpressionAttributeNames contains invalid key: The expression attribute map contains a key that is too long; "
          "size of key: 256" },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        bloop_placeholders placeholders = { &cases[i].name, 1, NULL, 0 };
        bloop_status status = bloop_placeholders_check(&placeholders);
        assert_int_equal(status, cases[i].message ? BLOOP_VALIDATION : BLOOP_OK);
        if (cases[i].message)
            assert_string_equal(bloop_last_error()->message, cases[i].message);
    }
}

static void placeholders_of_no_and_of_large_size(void **state)
{
    (void)state;
    notation n = { .whole = NULL };
    bloop_name_placeholder name = { { "#a", 2 }, { "a", 1 } };
    bloop_value_placeholder value = { { "v", 1 }, notation_value(&n, "1") };
    bloop_placeholders placeholders = { &name, 0, NULL, 0 };
    assert_int_equal(bloop_placeholders_check(&placeholders), BLOOP_VALIDATION);
    assert_string_equal(bloop_last_error()->message, "ExpressionAttributeNames must not be empty");
    placeholders = (bloop_placeholders){ NULL, 0, &value, 0 };
    assert_int_equal(bloop_placeholders_check(&placeholders), BLOOP_VALIDATION);
    assert_string_equal(bloop_last_error()->message, "ExpressionAttributeValues must not be empty");
    placeholders = (bloop_placeholders){ &name, 1, &value, 1 };
    assert_int_equal(bloop_placeholders_check(&placeholders), BLOOP_VALIDATION);
    assert_string_equal(bloop_last_error()->message,
                        "ExpressionAttributeValues contains invalid key: Syntax error; key: \"v\"");
    value.placeholder = slice(":v");
    assert_int_equal(bloop_placeholders_check(&placeholders), BLOOP_OK);

    static char large[2 * 1024 * 1024];
    memset(large, 'x', sizeof large);
    bloop_builder *builder = bloop_builder_new();
    bloop_build_string(builder, large, sizeof large - 10);
    assert_int_equal(bloop_builder_value(builder, &value.value), BLOOP_OK);
    assert_int_equal(bloop_placeholders_check(&placeholders), BLOOP_OK);
    name.name = (bloop_slice){ large, 10 };
    assert_int_equal(bloop_placeholders_check(&placeholders), BLOOP_VALIDATION);
    assert_string_equal(bloop_last_error()->message,
                        "Combined size of ExpressionAttributeNames and ExpressionAttributeValues exceeds max size");
    bloop_builder_reset(builder);
    bloop_build_string(builder, large, sizeof large);
    assert_int_equal(bloop_builder_value(builder, &value.value), BLOOP_OK);
    assert_int_equal(bloop_placeholders_check(&placeholders), BLOOP_VALIDATION);
    assert_string_equal(bloop_last_error()->message, "ExpressionAttributeValues exceeds max size");
    bloop_builder_free(builder);
    notation_free(&n);
}

static void reserved_words_in_all_cases(void **state)
{
    (void)state;
    static const char *const words[] = {
        "ABORT", "abort", "Zone", "name", "TIMESTAMP", "LOCALTIMESTAMP", "ttl", "Views"
    };
    static const char *const others[] = { "abor", "aborts", "zon", "email", "localtimestampx", "a", "views_", "name1" };
    bloop_expr_text text;
    bl_expr_text_begin(&text, NULL);
    bloop_projection_paths paths;
    for (size_t i = 0; i < BL_COUNT_OF(words); i++)
        assert_int_equal(bloop_parse_projection(&text, slice(words[i]), &paths), BLOOP_VALIDATION);
    for (size_t i = 0; i < BL_COUNT_OF(others); i++)
        assert_int_equal(bloop_parse_projection(&text, slice(others[i]), &paths), BLOOP_OK);
    bl_expr_text_end(&text);
}

typedef struct parse_case {
    const bloop_placeholders *placeholders;
    bloop_slice expression;
} parse_case;

static bloop_status parse_update(void *context)
{
    const parse_case *c = context;
    bloop_expr_text text;
    bloop_update update = { NULL, 0 };
    bl_expr_text_begin(&text, c->placeholders);
    bloop_status status = bloop_parse_update(&text, c->expression, &update);
    bl_expr_text_end(&text);
    return status;
}

static bloop_status parse_filter(void *context)
{
    const parse_case *c = context;
    const bloop_expr *condition = NULL;
    bloop_expr_text *text = bloop_expr_text_new(c->placeholders);
    if (!text)
        return BLOOP_NO_MEMORY;
    bloop_status status = bloop_parse_condition(text, "FilterExpression", c->expression, &condition);
    bloop_expr_text_free(text);
    return status;
}

/* A usual request needs no memory; of a large one each allocation may fail. */
static void out_of_memory(void **state)
{
    (void)state;
    request r;
    make_request(&r);
    parse_case c = { &r.placeholders, slice("SET #a = if_not_exists(b, :n), d = list_append(d, :1) REMOVE e.f[3]") };
    assert_int_equal(fail_alloc_every(parse_update, &c), 0);
    char large[4096];
    size_t size = (size_t)snprintf(large, sizeof large, "SET x = :n");
    for (int i = 0; i < 250; i++)
        size += (size_t)snprintf(large + size, sizeof large - size, ", a%d = :n", i);
    c.expression = (bloop_slice){ large, size };
    assert_true(fail_alloc_every(parse_update, &c) > 2);
    size = (size_t)snprintf(large, sizeof large, "x = :n");
    for (int i = 0; i < 140; i++)
        size += (size_t)snprintf(large + size, sizeof large - size, " OR a.b.c.d%d = :n", i);
    c.expression = (bloop_slice){ large, size };
    assert_true(fail_alloc_every(parse_filter, &c) > 2);
    notation_free(&r.n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions),
        cmocka_unit_test(updates),
        cmocka_unit_test(projections),
        cmocka_unit_test(unused_placeholders),
        cmocka_unit_test(many_placeholders),
        cmocka_unit_test(placeholders_themselves),
        cmocka_unit_test(placeholders_of_no_and_of_large_size),
        cmocka_unit_test(reserved_words_in_all_cases),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests_name("expr/parse", tests, NULL, NULL);
}
