/* Reading one item: copied, in place, projected. */
#include "contract.h"

static const char stored[] = "{id: \"a\", n: 1, m: {k: {j: \"x\"}, l: [1, 2, 3]}, s: {\"u\", \"v\"}}";

typedef struct seen {
    unsigned calls;
    uint8_t bytes[512];
    size_t size;
    bloop_status answer;
} seen;

static bloop_status look(void *context, bloop_item item)
{
    seen *s = context;
    s->calls++;
    assert_true(item.size <= sizeof s->bytes);
    memcpy(s->bytes, item.data, item.size);
    s->size = item.size;
    return s->answer;
}

static void given_item(contract *c)
{
    given_table(c, "things", "id:S", NULL);
    put(c, stored);
}

static void copies(void **state)
{
    contract *c = *state;
    given_item(c);
    expect_item(c, "{id: \"a\"}", stored);
    expect_item(c, "{id: \"b\"}", NULL);
}

static void hands_over_in_place(void **state)
{
    contract *c = *state;
    seen s = { 0 };
    bloop_get_result result;
    given_item(c);
    bloop_get_request request = {
        .table = "things", .key = notation_value(&c->n, "{id: \"a\"}"), .receive = look, .context = &s
    };
    expect_ok(bloop_get_item(c->backend, &request, &result));
    assert_true(result.found);
    assert_null(result.item.data);
    assert_int_equal(s.calls, 1);
    same_value(c, (bloop_value){ s.bytes, s.size }, notation_value(&c->n, stored), "the item", __LINE__);
    bloop_result_free(&result.memory);
    request.key = notation_value(&c->n, "{id: \"b\"}");
    expect_ok(bloop_get_item(c->backend, &request, &result));
    assert_false(result.found);
    assert_int_equal(s.calls, 1);
    bloop_result_free(&result.memory);
    s.answer = BLOOP_INVALID_VALUE;
    request.key = notation_value(&c->n, "{id: \"a\"}");
    assert_int_equal(bloop_get_item(c->backend, &request, &result), BLOOP_INVALID_VALUE);
    assert_false(result.found);
}

static void projects(void **state)
{
    static const struct {
        const char *paths, *item;
    } rows[] = {
        { "n", "{n: 1}" },
        { "id, m.k", "{id: \"a\", m: {k: {j: \"x\"}}}" },
        { "m.l[2], m.l[0]", "{m: {l: [1, 3]}}" },
        { "zz", "{}" },
        { "m.zz, n.a", "{}" },
    };
    contract *c = *state;
    given_item(c);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        seen s = { 0 };
        bloop_get_result result;
        bloop_get_request request = { .table = "things",
                                      .key = notation_value(&c->n, "{id: \"a\"}"),
                                      .projection = notation_projection(&c->n, rows[i].paths) };
        bloop_value wanted = notation_value(&c->n, rows[i].item);
        expect_ok(bloop_get_item(c->backend, &request, &result));
        assert_true(result.found);
        same_value(c, result.item, wanted, rows[i].paths, __LINE__);
        bloop_result_free(&result.memory);
        request.receive = look;
        request.context = &s;
        expect_ok(bloop_get_item(c->backend, &request, &result));
        same_value(c, (bloop_value){ s.bytes, s.size }, wanted, rows[i].paths, __LINE__);
        bloop_result_free(&result.memory);
    }
}

static void refuses_bad_requests(void **state)
{
    contract *c = *state;
    bloop_get_result result;
    given_item(c);
    bloop_get_request request = { .table = "absent", .key = notation_value(&c->n, "{id: \"a\"}") };
    expect_fails(bloop_get_item(c->backend, &request, &result), BLOOP_TABLE_NOT_FOUND, "Requested resource not found");
    request = (bloop_get_request){ .table = "things", .key = notation_value(&c->n, "{id: 1}") };
    expect_fails(bloop_get_item(c->backend, &request, &result), BLOOP_VALIDATION,
                 "The provided key element does not match the schema");
    request.key = notation_value(&c->n, "{id: \"a\", n: 1}");
    expect_fails(bloop_get_item(c->backend, &request, &result), BLOOP_VALIDATION,
                 "The provided key element does not match the schema");
    request.key = notation_value(&c->n, "{id: \"a\"}");
    request.projection = notation_projection(&c->n, "n, id[0]");
    expect_fails(bloop_get_item(c->backend, &request, &result), BLOOP_VALIDATION,
                 "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: id");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(copies),
    cmocka_unit_test(hands_over_in_place),
    cmocka_unit_test(projects),
    cmocka_unit_test(refuses_bad_requests),
};
const contract_part contract_reads = { "reads", tests, sizeof tests / sizeof tests[0] };
