/* Batches of reads and writes, and many writes in one call. */
#include "contract.h"

#include <stdio.h>

enum { MOST = 101 };

typedef struct taken {
    contract *c;
    size_t calls;
    bool got[MOST];
    bloop_value wanted[MOST];
} taken;

static bloop_status take(void *context, size_t index, bloop_item item)
{
    taken *t = context;
    t->calls++;
    assert_true(index < MOST);
    assert_false(t->got[index]);
    t->got[index] = true;
    if (t->wanted[index].data)
        same_value(t->c, item, t->wanted[index], "an item of the batch", (int)index);
    return BLOOP_OK;
}

static bloop_value numbered(contract *c, const char *format, size_t i)
{
    char text[128];
    snprintf(text, sizeof text, format, (int)i);
    return notation_value(&c->n, text);
}

static void reads_across_tables(void **state)
{
    contract *c = *state;
    given_table(c, "things", "id:S", NULL);
    given_table(c, "others", "id:N", "rank:S");
    put(c, "{id: \"a\", n: 1}");
    expect_write(c, .kind = BLOOP_WRITE_PUT, .table = "others", .item = "{id: 7, rank: \"r\", n: 2, m: 3}");
    const bloop_batch_get_key keys[] = {
        { "things", notation_value(&c->n, "{id: \"a\"}") },
        { "others", notation_value(&c->n, "{id: 7, rank: \"q\"}") },
        { "others", notation_value(&c->n, "{id: 7, rank: \"r\"}") },
        { "things", notation_value(&c->n, "{id: \"b\"}") },
    };
    const bloop_batch_table options[] = { { .table = "others", .projection = notation_projection(&c->n, "m") } };
    taken t = {
        .c = c, .wanted = { notation_value(&c->n, "{id: \"a\", n: 1}"), { NULL, 0 }, notation_value(&c->n, "{m: 3}") }
    };
    const bloop_batch_get_request request = {
        .keys = keys, .count = 4, .tables = options, .table_count = 1, .receive = take, .context = &t
    };
    bloop_batch_get_result result;
    expect_ok(bloop_batch_get_item(c->backend, &request, &result));
    assert_int_equal(t.calls, 2);
    assert_true(t.got[0] && t.got[2]);
    assert_int_equal(result.unprocessed_count, 0);
    bloop_result_free(&result.memory);
}

static void refuses_bad_reads(void **state)
{
    contract *c = *state;
    bloop_batch_get_result result;
    bloop_batch_get_key keys[MOST];
    taken t = { .c = c };
    given_table(c, "things", "id:S", NULL);
    put(c, "{id: \"1\"}");
    for (size_t i = 0; i < MOST; i++)
        keys[i] = (bloop_batch_get_key){ "things", numbered(c, "{id: \"%d\"}", i) };
    bloop_batch_get_request request = { .keys = keys, .count = MOST, .receive = take, .context = &t };
    expect_fails(
        bloop_batch_get_item(c->backend, &request, &result), BLOOP_VALIDATION,
        "1 validation error detected: Value at 'RequestItems.things.member.Keys' failed to satisfy constraint: "
        "Member must have length less than or equal to 100");
    request.count = 0;
    expect_fails(bloop_batch_get_item(c->backend, &request, &result), BLOOP_VALIDATION,
                 "The requestItems parameter is required for BatchGetItem");
    request.count = 3;
    keys[2] = keys[0];
    expect_fails(bloop_batch_get_item(c->backend, &request, &result), BLOOP_VALIDATION,
                 "Provided list of item keys contains duplicates");
    keys[2].table = "absent";
    expect_fails(bloop_batch_get_item(c->backend, &request, &result), BLOOP_TABLE_NOT_FOUND,
                 "Requested resource not found");
    keys[2] = (bloop_batch_get_key){ "things", notation_value(&c->n, "{id: 1}") };
    expect_fails(bloop_batch_get_item(c->backend, &request, &result), BLOOP_VALIDATION,
                 "The provided key element does not match the schema");
    request.count = 1;
    request.tables = &(bloop_batch_table){ .table = "things", .projection = notation_projection(&c->n, "n, id.x") };
    request.table_count = 1;
    expect_fails(bloop_batch_get_item(c->backend, &request, &result), BLOOP_VALIDATION,
                 "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: id");
    request.table_count = 0;
    assert_int_equal(t.calls, 0);
    request.keys = keys + 1;
    expect_ok(bloop_batch_get_item(c->backend, &request, &result));
    assert_int_equal(t.calls, 1);
    bloop_result_free(&result.memory);
}

/* 16 MB at most come in one response: 43 items of 390,000 bytes and a little, of 60 asked for. */
static void leaves_out_what_is_too_much(void **state)
{
    enum { ITEMS = 60, SIZE = 390000 };
    contract *c = *state;
    static char text[SIZE];
    memset(text, 'x', sizeof text);
    bloop_batch_get_key keys[ITEMS];
    bloop_builder *builder = bloop_builder_new();
    taken t = { .c = c };
    given_table(c, "things", "id:S", NULL);
    for (size_t i = 0; i < ITEMS; i++) {
        char id[8];
        snprintf(id, sizeof id, "%02d", (int)i);
        bloop_builder_reset(builder);
        bloop_build_begin(builder, BLOOP_TAG_M);
        bloop_put_string(builder, "id", id);
        bloop_build_name(builder, "text", 4);
        bloop_build_string(builder, text, SIZE);
        bloop_build_end(builder);
        bloop_item item;
        expect_ok(bloop_builder_value(builder, &item));
        put_value(c, item);
        keys[i] = (bloop_batch_get_key){ "things", numbered(c, "{id: \"%02d\"}", i) };
    }
    bloop_builder_free(builder);
    bloop_batch_get_result result;
    const bloop_batch_get_request request = { .keys = keys, .count = ITEMS, .receive = take, .context = &t };
    expect_ok(bloop_batch_get_item(c->backend, &request, &result));
    assert_int_equal(t.calls, 16 * 1024 * 1024 / (SIZE + 8));
    assert_int_equal(t.calls + result.unprocessed_count, ITEMS);
    for (size_t i = 0; i < result.unprocessed_count; i++)
        assert_false(t.got[result.unprocessed[i]]);
    bloop_result_free(&result.memory);
}

static void writes_batches(void **state)
{
    contract *c = *state;
    bloop_batch_write_result result;
    bloop_write_request requests[26];
    given_table(c, "things", "id:S", NULL);
    put(c, "{id: \"24\", n: 1}");
    for (size_t i = 0; i < 26; i++)
        requests[i] =
            (bloop_write_request){ .kind = BLOOP_WRITE_PUT, .table = "things", .item = numbered(c, "{id: \"%d\"}", i) };
    requests[24].kind = BLOOP_WRITE_DELETE;
    expect_ok(
        bloop_batch_write_item(c->backend, &(bloop_batch_write_request){ .writes = requests, .count = 25 }, &result));
    assert_int_equal(result.unprocessed_count, 0);
    bloop_result_free(&result.memory);
    expect_counts(c, "things", NULL, 24, 10 * 3 + 14 * 4);
    expect_item(c, "{id: \"24\"}", NULL);
    assert_int_equal(
        bloop_batch_write_item(c->backend, &(bloop_batch_write_request){ .writes = requests, .count = 26 }, &result),
        BLOOP_VALIDATION);
}

/* Whatever is wrong with one of them, nothing is written. */
static void refuses_bad_batches(void **state)
{
    static const char schema[] = "The provided key element does not match the schema";
    static const struct {
        bloop_write_kind kind;
        const char *table, *item;
        bloop_status status;
        const char *message;
    } rows[] = {
        { BLOOP_WRITE_DELETE, "things", "{id: \"0\"}", BLOOP_VALIDATION,
          "Provided list of item keys contains duplicates" },
        { BLOOP_WRITE_PUT, "things", "{id: \"0\", n: 1}", BLOOP_VALIDATION,
          "Provided list of item keys contains duplicates" },
        { BLOOP_WRITE_PUT, "absent", "{id: \"5\"}", BLOOP_TABLE_NOT_FOUND, "Requested resource not found" },
        { BLOOP_WRITE_PUT, "things", "{n: 1}", BLOOP_VALIDATION, schema },
        { BLOOP_WRITE_PUT, "things", "{id: 1}", BLOOP_VALIDATION, schema },
        { BLOOP_WRITE_DELETE, "things", "{id: \"5\", n: 1}", BLOOP_VALIDATION, schema },
    };
    contract *c = *state;
    given_table(c, "things", "id:S", NULL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bloop_batch_write_result result;
        const bloop_write_request requests[] = {
            { .kind = BLOOP_WRITE_PUT, .table = "things", .item = notation_value(&c->n, "{id: \"0\"}") },
            { .kind = rows[i].kind, .table = rows[i].table, .item = notation_value(&c->n, rows[i].item) },
        };
        contract_expect_fails(
            bloop_batch_write_item(c->backend, &(bloop_batch_write_request){ .writes = requests, .count = 2 }, &result),
            rows[i].status, rows[i].message, (int)i);
    }
    expect_counts(c, "things", NULL, 0, 0);
    bloop_batch_write_result result;
    expect_fails(
        bloop_batch_write_item(c->backend, &(bloop_batch_write_request){ .writes = NULL, .count = 0 }, &result),
        BLOOP_VALIDATION, "The requestItems parameter is required for BatchWriteItem");
}

/* Each of many writes succeeds or fails by itself, and sees those before it. */
static void writes_many(void **state)
{
    contract *c = *state;
    given_table(c, "things", "id:S", NULL);
    const bloop_write_request requests[] = {
        { .kind = BLOOP_WRITE_PUT, .table = "things", .item = notation_value(&c->n, "{id: \"a\", n: 1}") },
        { .kind = BLOOP_WRITE_UPDATE,
          .table = "things",
          .item = notation_value(&c->n, "{id: \"a\"}"),
          .update = notation_update(&c->n, "SET n = n + 1"),
          .condition = notation_condition(&c->n, "n = 1"),
          .return_values = BLOOP_RETURN_ALL_NEW },
        { .kind = BLOOP_WRITE_PUT,
          .table = "things",
          .item = notation_value(&c->n, "{id: \"a\"}"),
          .condition = notation_condition(&c->n, "n = 1"),
          .return_old_on_failure = true },
        { .kind = BLOOP_WRITE_PUT, .table = "absent", .item = notation_value(&c->n, "{id: \"a\"}") },
        { .kind = BLOOP_WRITE_PUT, .table = "things", .item = notation_value(&c->n, "{id: 1}") },
        { .kind = BLOOP_WRITE_PUT, .table = "things", .item = notation_value(&c->n, "{id: \"z\"}") },
    };
    static const bloop_status statuses[] = {
        BLOOP_OK, BLOOP_OK, BLOOP_CONSTRAINT_VIOLATION, BLOOP_TABLE_NOT_FOUND, BLOOP_VALIDATION, BLOOP_OK
    };
    bloop_write_result results[6];
    expect_fails(bloop_write_items(c->backend, requests, 6, 0, results), BLOOP_CONSTRAINT_VIOLATION,
                 "The conditional request failed");
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(results[i].status, statuses[i]);
    same_value(c, results[1].attributes, notation_value(&c->n, "{id: \"a\", n: 2}"), "all new", __LINE__);
    same_value(c, results[2].attributes, notation_value(&c->n, "{id: \"a\", n: 2}"), "all old", __LINE__);
    assert_string_equal(results[3].message, "Requested resource not found");
    for (size_t i = 0; i < 6; i++)
        bloop_result_free(&results[i].memory);
    expect_item(c, "{id: \"a\"}", "{id: \"a\", n: 2}");
    expect_item(c, "{id: \"z\"}", "{id: \"z\"}");
    expect_counts(c, "things", NULL, 2, 3 + 3 + 3);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(reads_across_tables),         cmocka_unit_test(refuses_bad_reads),
    cmocka_unit_test(leaves_out_what_is_too_much), cmocka_unit_test(writes_batches),
    cmocka_unit_test(refuses_bad_batches),         cmocka_unit_test(writes_many),
};
const contract_part contract_batches = { "batches", tests, sizeof tests / sizeof tests[0] };
