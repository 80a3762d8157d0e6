/* Consumed capacity and item collection metrics. What an index costs a write was measured on Amazon DynamoDB by others
   (nubo-db/dynoxide); the rest is from the developer guide, and from architect/dynalite's suite, which runs against it. */
#include "contract.h"

#include <stdio.h>
#include <string.h>

enum { LONGEST = 64 * 1024 };

/* As text: "" for none, "3" for a total, "3 = 1, gsi 1, lsi 1 (local)" when it is divided. Of one thread. */
static const char *as_text(const bloop_consumed_capacity *capacity)
{
    static char text[256];
    text[0] = '\0';
    if (!capacity)
        return text;
    int length = snprintf(text, sizeof text, "%g", capacity->units);
    if (capacity->divided)
        length += snprintf(text + length, sizeof text - (size_t)length, " = %g", capacity->table_units);
    for (size_t i = 0; i < capacity->index_count; i++)
        length += snprintf(text + length, sizeof text - (size_t)length, ", %s %g%s", capacity->indexes[i].index,
                           capacity->indexes[i].units, capacity->indexes[i].local ? " (local)" : "");
    return text;
}

static void same_text(const char *got, const char *wanted, int line)
{
    if (strcmp(got, wanted) != 0)
        fail_msg("line %d: \"%s\", not \"%s\"", line, got, wanted);
}

/* The table of the measurements: "gsi" holds proj besides the keys, "lsi" everything. */
static void given_measured(contract *c)
{
    static const char *const proj = "proj";
    const bloop_attribute_definition attributes[] = {
        { "pk", BLOOP_TAG_S }, { "sk", BLOOP_TAG_S }, { "g", BLOOP_TAG_S }, { "l", BLOOP_TAG_S }
    };
    const bloop_index_definition gsi = {
        .name = "gsi", .hash_key = "g", .projection = BLOOP_PROJECT_INCLUDE, .include = &proj, .include_count = 1
    };
    const bloop_index_definition lsi[] = {
        { .name = "lsi", .hash_key = "pk", .range_key = "l" },
        { .name = "keys", .hash_key = "pk", .range_key = "note", .projection = BLOOP_PROJECT_KEYS_ONLY },
    };
    const bloop_attribute_definition with_note[] = {
        attributes[0], attributes[1], attributes[2], attributes[3], { "note", BLOOP_TAG_N }
    };
    const bloop_table_definition table = { .name = "measured",
                                           .hash_key = "pk",
                                           .range_key = "sk",
                                           .attributes = with_note,
                                           .attribute_count = 5,
                                           .global_indexes = &gsi,
                                           .global_index_count = 1,
                                           .local_indexes = lsi,
                                           .local_index_count = 2,
                                           .billing = BLOOP_BILLING_PAY_PER_REQUEST };
    expect_ok(bloop_create_table(c->backend, &table, NULL));
}

/* An item: keys of indexes that it has, and how long two strings are. */
typedef struct shape {
    const char *g, *l;
    size_t proj, other;
} shape;

static bloop_item build(bloop_builder *builder, const shape *s)
{
    static char filler[LONGEST];
    bloop_item item = { NULL, 0 };
    memset(filler, 'x', sizeof filler);
    bloop_builder_reset(builder);
    bloop_build_begin(builder, BLOOP_TAG_M);
    bloop_put_string(builder, "pk", "a");
    bloop_put_string(builder, "sk", "1");
    if (s->g)
        bloop_put_string(builder, "g", s->g);
    if (s->l)
        bloop_put_string(builder, "l", s->l);
    bloop_build_name(builder, "proj", 4);
    bloop_build_string(builder, filler, s->proj);
    bloop_build_name(builder, "other", 5);
    bloop_build_string(builder, filler, s->other);
    bloop_build_end(builder);
    assert_int_equal(bloop_builder_value(builder, &item), BLOOP_OK);
    return item;
}

static void expect_cost(contract *c, bloop_write_kind kind, const char *table, bloop_item item,
                        bloop_capacity_detail detail, const char *wanted, int line)
{
    bloop_write_result result;
    const bloop_write_request request = { .kind = kind, .table = table, .item = item, .capacity = detail };
    contract_expect_fails(bloop_write_item(c->backend, &request, &result), BLOOP_OK, NULL, line);
    same_text(as_text(result.capacity), wanted, line);
    if (result.capacity)
        same_text(result.capacity->table, table, line);
    bloop_result_free(&result.memory);
}

/* Each row is a put over the one before. */
static void puts_cost_what_changes(void **state)
{
    static const struct {
        shape put;
        const char *cost;
    } rows[] = {
        { { "g", "l", 1, 1 }, "3 = 1, gsi 1, lsi 1 (local)" },
        { { "g", "l", 1, 1 }, "1 = 1" },
        { { "g", "l", 1, 2 }, "2 = 1, lsi 1 (local)" },
        { { "h", "l", 1, 2 }, "4 = 1, gsi 2, lsi 1 (local)" },
        { { "h", "l", 1500, 2 }, "6 = 2, gsi 2, lsi 2 (local)" },
        { { "g", "l", 1500, 2 }, "8 = 2, gsi 4, lsi 2 (local)" },
        { { "g", "m", 1500, 2 }, "6 = 2, lsi 4 (local)" },
        { { "g", NULL, 1500, 2 }, "4 = 2, lsi 2 (local)" },
        { { "g", NULL, 1, 3000 }, "5 = 3, gsi 2" },
        { { NULL, NULL, 1, 1 }, "4 = 3, gsi 1" },
        { { NULL, NULL, 1, 2 }, "1 = 1" },
        { { NULL, "l", 1, 5000 }, "10 = 5, lsi 5 (local)" },
    };
    contract *c = *state;
    bloop_builder *builder = bloop_builder_new();
    given_measured(c);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_cost(c, BLOOP_WRITE_PUT, "measured", build(builder, &rows[i].put), BLOOP_CAPACITY_INDEXES, rows[i].cost,
                    (int)i);
    bloop_builder_free(builder);
}

static void deletes_and_updates_cost_what_was_there(void **state)
{
    contract *c = *state;
    bloop_builder *builder = bloop_builder_new();
    given_measured(c);
    const bloop_item key = notation_value(&c->n, "{pk: \"a\", sk: \"1\"}");
    const bloop_item item = build(builder, &(shape){ "g", NULL, 3000, 1 });
    expect_cost(c, BLOOP_WRITE_PUT, "measured", item, BLOOP_CAPACITY_TOTAL, "6", __LINE__);
    expect_cost(c, BLOOP_WRITE_PUT, "measured", item, BLOOP_CAPACITY_NONE, "", __LINE__);
    bloop_write_request update = { .kind = BLOOP_WRITE_UPDATE,
                                   .table = "measured",
                                   .item = key,
                                   .update = notation_update(&c->n, "REMOVE g"),
                                   .capacity = BLOOP_CAPACITY_INDEXES };
    bloop_write_result result;
    expect_ok(bloop_write_item(c->backend, &update, &result));
    same_text(as_text(result.capacity), "6 = 3, gsi 3", __LINE__);
    bloop_result_free(&result.memory);
    expect_cost(c, BLOOP_WRITE_DELETE, "measured", key, BLOOP_CAPACITY_INDEXES, "3 = 3", __LINE__);
    expect_cost(c, BLOOP_WRITE_DELETE, "measured", key, BLOOP_CAPACITY_INDEXES, "1 = 1", __LINE__);
    /* Removes what is not there, and makes no item. */
    expect_ok(bloop_write_item(c->backend, &update, &result));
    same_text(as_text(result.capacity), "1 = 1", __LINE__);
    bloop_result_free(&result.memory);
    update.condition = notation_condition(&c->n, "pk = \"b\"");
    assert_int_equal(bloop_write_item(c->backend, &update, &result), BLOOP_CONSTRAINT_VIOLATION);
    assert_null(result.capacity);
    bloop_result_free(&result.memory);
    bloop_builder_free(builder);
}

/* {id, text}: as many bytes as asked for. */
static bloop_item sized(bloop_builder *builder, const char *id, size_t size)
{
    static char filler[LONGEST];
    bloop_item item = { NULL, 0 };
    memset(filler, 'x', sizeof filler);
    bloop_builder_reset(builder);
    bloop_build_begin(builder, BLOOP_TAG_M);
    bloop_put_string(builder, "id", id);
    bloop_build_name(builder, "text", 4);
    bloop_build_string(builder, filler, size - 2 - strlen(id) - 4);
    bloop_build_end(builder);
    assert_int_equal(bloop_builder_value(builder, &item), BLOOP_OK);
    return item;
}

static void sizes_are_rounded_up(void **state)
{
    static const struct {
        size_t size;
        const char *write, *eventual, *consistent;
    } rows[] = {
        { 100, "1", "0.5", "1" }, { 1024, "1", "0.5", "1" }, { 1025, "2", "0.5", "1" }, { 4096, "4", "0.5", "1" },
        { 4097, "5", "1", "2" },  { 8192, "8", "1", "2" },   { 8193, "9", "1.5", "3" },
    };
    contract *c = *state;
    bloop_builder *builder = bloop_builder_new();
    given_table(c, "things", "id:S", NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char id[2] = { (char)('a' + i), '\0' };
        expect_cost(c, BLOOP_WRITE_PUT, "things", sized(builder, id, rows[i].size), BLOOP_CAPACITY_TOTAL, rows[i].write,
                    (int)i);
        for (int consistent = 0; consistent < 2; consistent++) {
            char text[32];
            bloop_get_result result;
            snprintf(text, sizeof text, "{id: \"%s\"}", id);
            const bloop_get_request request = { .table = "things",
                                                .key = notation_value(&c->n, text),
                                                .consistent = consistent,
                                                .projection = notation_projection(&c->n, "id"),
                                                .capacity = BLOOP_CAPACITY_TOTAL };
            expect_ok(bloop_get_item(c->backend, &request, &result));
            same_text(as_text(result.capacity), consistent ? rows[i].consistent : rows[i].eventual, (int)i);
            same_text(result.capacity->table, "things", (int)i);
            bloop_result_free(&result.memory);
        }
    }
    bloop_builder_free(builder);
}

static void missing_items_cost_the_least(void **state)
{
    contract *c = *state;
    bloop_get_result result;
    given_table(c, "things", "id:S", NULL);
    bloop_get_request request = { .table = "things", .key = notation_value(&c->n, "{id: \"a\"}") };
    expect_ok(bloop_get_item(c->backend, &request, &result));
    assert_null(result.capacity);
    bloop_result_free(&result.memory);
    request.capacity = BLOOP_CAPACITY_TOTAL;
    expect_ok(bloop_get_item(c->backend, &request, &result));
    assert_false(result.found);
    same_text(as_text(result.capacity), "0.5", __LINE__);
    bloop_result_free(&result.memory);
    request.capacity = BLOOP_CAPACITY_INDEXES;
    request.consistent = true;
    expect_ok(bloop_get_item(c->backend, &request, &result));
    same_text(as_text(result.capacity), "1 = 1", __LINE__);
    bloop_result_free(&result.memory);
}

static bloop_status ignore(void *context, size_t index, bloop_item item)
{
    (void)context;
    (void)index;
    (void)item;
    return BLOOP_OK;
}

static const bloop_consumed_capacity *of_table(const bloop_consumed_capacity *capacity, size_t count, const char *table)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(capacity[i].table, table) == 0)
            return &capacity[i];
    return NULL;
}

static void batches_of_reads_cost_by_table(void **state)
{
    contract *c = *state;
    bloop_builder *builder = bloop_builder_new();
    bloop_batch_get_result result;
    given_table(c, "things", "id:S", NULL);
    given_table(c, "others", "id:S", NULL);
    expect_cost(c, BLOOP_WRITE_PUT, "things", sized(builder, "a", 4097), BLOOP_CAPACITY_NONE, "", __LINE__);
    expect_cost(c, BLOOP_WRITE_PUT, "others", sized(builder, "a", 4097), BLOOP_CAPACITY_NONE, "", __LINE__);
    const bloop_value a = notation_value(&c->n, "{id: \"a\"}"), b = notation_value(&c->n, "{id: \"b\"}");
    const bloop_batch_get_key keys[] = { { "things", a }, { "others", a }, { "things", b }, { "others", b } };
    const bloop_batch_table options[] = { { .table = "others", .consistent = true } };
    bloop_batch_get_request request = {
        .keys = keys,
        .count = 4,
        .tables = options,
        .table_count = 1,
        .receive = ignore,
    };
    expect_ok(bloop_batch_get_item(c->backend, &request, &result));
    assert_int_equal(result.capacity_count, 0);
    bloop_result_free(&result.memory);
    request.capacity = BLOOP_CAPACITY_INDEXES;
    expect_ok(bloop_batch_get_item(c->backend, &request, &result));
    assert_int_equal(result.capacity_count, 2);
    same_text(as_text(of_table(result.capacity, 2, "things")), "1.5 = 1.5", __LINE__);
    same_text(as_text(of_table(result.capacity, 2, "others")), "3 = 3", __LINE__);
    bloop_result_free(&result.memory);
    bloop_builder_free(builder);
}

static void batches_of_writes_cost_by_table(void **state)
{
    contract *c = *state;
    bloop_batch_write_result result;
    bloop_builder *builders[3];
    for (size_t i = 0; i < 3; i++)
        builders[i] = bloop_builder_new();
    given_measured(c);
    given_table(c, "things", "id:S", NULL);
    const bloop_write_request writes[] = {
        { .table = "measured", .item = build(builders[0], &(shape){ "g", "l", 1, 1 }) },
        { .table = "things", .item = sized(builders[1], "a", 2000), .capacity = BLOOP_CAPACITY_TOTAL },
        { .table = "measured", .item = notation_value(&c->n, "{pk: \"b\", sk: \"1\", g: \"g\", note: 1}") },
        { .table = "measured", .item = notation_value(&c->n, "{pk: \"b\", sk: \"2\"}") },
        { .kind = BLOOP_WRITE_DELETE, .table = "things", .item = notation_value(&c->n, "{id: \"b\"}") },
    };
    bloop_batch_write_request request = { .writes = writes, .count = 5, .capacity = BLOOP_CAPACITY_INDEXES };
    expect_ok(bloop_batch_write_item(c->backend, &request, &result));
    assert_int_equal(result.capacity_count, 2);
    const bloop_consumed_capacity *measured = of_table(result.capacity, 2, "measured");
    assert_non_null(measured);
    assert_true(measured->units == 7 && measured->table_units == 3 && measured->index_count == 3);
    same_text(as_text(of_table(result.capacity, 2, "things")), "3 = 3", __LINE__);
    bloop_result_free(&result.memory);
    request.capacity = BLOOP_CAPACITY_NONE;
    expect_ok(bloop_batch_write_item(c->backend, &request, &result));
    assert_int_equal(result.capacity_count, 0);
    bloop_result_free(&result.memory);
    for (size_t i = 0; i < 3; i++)
        bloop_builder_free(builders[i]);
}

static void expect_search_cost(contract *c, const bloop_search_request *request, const char *wanted, int line)
{
    bloop_search_result result;
    bloop_search_request asked = *request;
    asked.capacity = BLOOP_CAPACITY_INDEXES;
    contract_expect_fails(bloop_search_page(c->backend, &asked, &result), BLOOP_OK, NULL, line);
    same_text(as_text(result.capacity), wanted, line);
    bloop_result_free(&result.memory);
    asked.capacity = BLOOP_CAPACITY_NONE;
    contract_expect_fails(bloop_search_page(c->backend, &asked, &result), BLOOP_OK, NULL, line);
    assert_null(result.capacity);
    bloop_result_free(&result.memory);
}

/* Four items of 300 bytes (the guide's example of a local index), and some more of another key. */
static void searches_cost_what_they_examine(void **state)
{
    contract *c = *state;
    char text[512], filler[260];
    given_measured(c);
    memset(filler, 'x', sizeof filler - 1);
    filler[sizeof filler - 1] = '\0';
    for (int i = 0; i < 20; i++) {
        snprintf(text, sizeof text, "{pk: \"%s\", sk: \"%02d\", note: %d, g: \"g\", other: \"%s\"}", i < 4 ? "a" : "b",
                 i, i, filler);
        expect_write(c, .table = "measured", .kind = BLOOP_WRITE_PUT, .item = text);
    }
    const bloop_expr *of_a = notation_condition(&c->n, "pk = \"a\""), *of_b = notation_condition(&c->n, "pk = \"b\""),
                     *of_none = notation_condition(&c->n, "pk = \"none\""),
                     *of_g = notation_condition(&c->n, "g = \"g\""),
                     *filter = notation_condition(&c->n, "other = \"no\"");
#define QUERY .kind = BLOOP_SEARCH_QUERY, .table = "measured"
    const struct {
        bloop_search_request request;
        const char *cost;
    } rows[] = {
        { { QUERY, .key_condition = of_a }, "0.5 = 0.5" },
        { { QUERY, .key_condition = of_a, .consistent = true }, "1 = 1" },
        { { QUERY, .key_condition = of_none }, "0.5 = 0.5" },
        { { QUERY, .key_condition = of_b }, "1 = 1" },
        { { QUERY, .key_condition = of_b, .filter = filter }, "1 = 1" },
        { { QUERY, .key_condition = of_b, .select = BLOOP_SELECT_COUNT }, "1 = 1" },
        { { QUERY, .key_condition = of_b, .limit = 2 }, "0.5 = 0.5" },
        { { QUERY, .key_condition = of_b, .consistent = true }, "2 = 2" },
        { { QUERY, .index = "gsi", .key_condition = of_g }, "0.5 = 0, gsi 0.5" },
        { { QUERY, .index = "keys", .key_condition = of_a }, "0.5 = 0, keys 0.5 (local)" },
        { { QUERY, .index = "keys", .key_condition = of_a, .select = BLOOP_SELECT_ALL, .consistent = true },
          "5 = 4, keys 1 (local)" },
        { { QUERY, .index = "keys", .key_condition = of_a, .select = BLOOP_SELECT_ALL }, "2.5 = 2, keys 0.5 (local)" },
        { { QUERY, .index = "lsi", .key_condition = of_a, .select = BLOOP_SELECT_ALL }, "0.5 = 0, lsi 0.5 (local)" },
        { { .kind = BLOOP_SEARCH_SCAN, .table = "measured" }, "1 = 1" },
        { { .kind = BLOOP_SEARCH_SCAN, .table = "measured", .index = "lsi" }, "0.5 = 0, lsi 0.5 (local)" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_search_cost(c, &rows[i].request, rows[i].cost, (int)i);
}

/* A page of 1 MB of items of 1,042 bytes was measured to cost 128.5. Items that a local index fetches fill a page with 4 KB
   each, beside the 4 KB that their entries come to. */
static void whole_pages(void **state)
{
    enum { ITEMS = 1100, A_CALL = 100 };
    contract *c = *state;
    static bloop_write_request requests[A_CALL];
    static bloop_write_result results[A_CALL];
    bloop_builder *builders[A_CALL];
    static char filler[1042];
    given_measured(c);
    memset(filler, 'x', sizeof filler);
    for (size_t i = 0; i < A_CALL; i++)
        builders[i] = bloop_builder_new();
    for (size_t i = 0; i < ITEMS; i++) {
        char sk[8];
        bloop_builder *builder = builders[i % A_CALL];
        snprintf(sk, sizeof sk, "%04zu", i);
        bloop_builder_reset(builder);
        bloop_build_begin(builder, BLOOP_TAG_M);
        bloop_put_string(builder, "pk", "a");
        bloop_put_string(builder, "sk", sk);
        bloop_put_int64(builder, "note", 1);
        bloop_build_name(builder, "other", 5);
        bloop_build_string(builder, filler, 1042 - (2 + 1) - (2 + 4) - (4 + 2) - 5);
        bloop_build_end(builder);
        requests[i % A_CALL] = (bloop_write_request){ .table = "measured" };
        expect_ok(bloop_builder_value(builder, &requests[i % A_CALL].item));
        if (i % A_CALL < A_CALL - 1)
            continue;
        expect_ok(bloop_write_items(c->backend, requests, A_CALL, 0, results));
        for (size_t k = 0; k < A_CALL; k++)
            bloop_result_free(&results[k].memory);
    }
    bloop_search_result result;
    bloop_search_request request = {
        .kind = BLOOP_SEARCH_SCAN, .table = "measured", .select = BLOOP_SELECT_COUNT, .capacity = BLOOP_CAPACITY_TOTAL
    };
    expect_ok(bloop_search_page(c->backend, &request, &result));
    assert_int_equal(result.count, 1007);
    same_text(as_text(result.capacity), "128.5", __LINE__);
    bloop_result_free(&result.memory);
    request.index = "keys";
    request.select = BLOOP_SELECT_ALL;
    request.capacity = BLOOP_CAPACITY_INDEXES;
    expect_ok(bloop_search_page(c->backend, &request, &result));
    assert_int_equal(result.count, 255);
    assert_non_null(result.last.data);
    same_text(as_text(result.capacity), "128 = 127.5, keys 0.5 (local)", __LINE__);
    bloop_result_free(&result.memory);
    for (size_t i = 0; i < A_CALL; i++)
        bloop_builder_free(builders[i]);
}

static void collections_have_sizes(void **state)
{
    contract *c = *state;
    bloop_write_result result;
    given_measured(c);
    given_table(c, "things", "id:S", NULL);
    bloop_write_request request = { .table = "measured", .item = notation_value(&c->n, "{pk: \"a\", sk: \"1\"}") };
    expect_ok(bloop_write_item(c->backend, &request, &result));
    assert_null(result.metrics);
    bloop_result_free(&result.memory);
    request.collection_metrics = true;
    static const bloop_write_kind kinds[] = { BLOOP_WRITE_PUT, BLOOP_WRITE_UPDATE, BLOOP_WRITE_DELETE };
    for (size_t i = 0; i < 3; i++) {
        request.kind = kinds[i];
        expect_ok(bloop_write_item(c->backend, &request, &result));
        assert_non_null(result.metrics);
        same_text(result.metrics->table, "measured", (int)i);
        same_value(c, result.metrics->key, notation_value(&c->n, "{pk: \"a\"}"), "the key of the collection", (int)i);
        assert_true(result.metrics->low_gb == 0 && result.metrics->high_gb == 1);
        bloop_result_free(&result.memory);
    }
    request = (bloop_write_request){ .table = "things",
                                     .item = notation_value(&c->n, "{id: \"a\"}"),
                                     .collection_metrics = true };
    expect_ok(bloop_write_item(c->backend, &request, &result));
    assert_null(result.metrics);
    bloop_result_free(&result.memory);
}

static void batches_tell_of_each_collection_once(void **state)
{
    contract *c = *state;
    bloop_batch_write_result result;
    bool found[2] = { false };
    given_measured(c);
    given_table(c, "things", "id:S", NULL);
    const bloop_write_request writes[] = {
        { .table = "measured", .item = notation_value(&c->n, "{pk: \"a\", sk: \"1\"}") },
        { .table = "things", .item = notation_value(&c->n, "{id: \"a\"}") },
        { .table = "measured", .item = notation_value(&c->n, "{pk: \"b\", sk: \"1\"}") },
        { .table = "measured", .item = notation_value(&c->n, "{pk: \"a\", sk: \"2\"}") },
    };
    const bloop_batch_write_request request = { .writes = writes, .count = 4, .collection_metrics = true };
    expect_ok(bloop_batch_write_item(c->backend, &request, &result));
    assert_int_equal(result.metrics_count, 2);
    for (size_t i = 0; i < 2; i++) {
        same_text(result.metrics[i].table, "measured", __LINE__);
        const bloop_value pk = bloop_item_get(result.metrics[i].key, "pk", 2);
        bool is_a = bloop_value_equal(pk, bloop_item_get(writes[0].item, "pk", 2));
        found[is_a] = true;
        assert_true(is_a || bloop_value_equal(pk, bloop_item_get(writes[2].item, "pk", 2)));
        assert_true(result.metrics[i].low_gb == 0 && result.metrics[i].high_gb == 1);
    }
    assert_true(found[0] && found[1]);
    assert_int_equal(result.capacity_count, 0);
    bloop_result_free(&result.memory);
}

#define TEST(test) cmocka_unit_test(test)

static const struct CMUnitTest tests[] = {
    TEST(puts_cost_what_changes),
    TEST(deletes_and_updates_cost_what_was_there),
    TEST(sizes_are_rounded_up),
    TEST(missing_items_cost_the_least),
    TEST(batches_of_reads_cost_by_table),
    TEST(batches_of_writes_cost_by_table),
    TEST(searches_cost_what_they_examine),
    TEST(whole_pages),
    TEST(collections_have_sizes),
    TEST(batches_tell_of_each_collection_once),
};

const contract_part contract_capacity = { "capacity", tests, sizeof tests / sizeof *tests };
