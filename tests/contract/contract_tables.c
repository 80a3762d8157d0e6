/* Tables: created, described, listed, changed, deleted. */
#include "contract.h"

#include <stdio.h>

static const bloop_attribute_definition attributes[] = {
    { "id", BLOOP_TAG_S }, { "rank", BLOOP_TAG_N }, { "group", BLOOP_TAG_S }, { "when", BLOOP_TAG_B }
};
static const char *const included[] = { "note", "count" };
static const bloop_index_definition global_indexes[] = {
    { .name = "by_group", .hash_key = "group", .range_key = "rank", .throughput = { 3, 4 } },
    { .name = "by_when",
      .hash_key = "when",
      .projection = BLOOP_PROJECT_INCLUDE,
      .include = included,
      .include_count = 2,
      .throughput = { 5, 6 } },
};
static const bloop_index_definition local_indexes[] = {
    { .name = "local_group", .hash_key = "id", .range_key = "group", .projection = BLOOP_PROJECT_KEYS_ONLY },
};
static const bloop_table_definition full = {
    .name = "things",
    .hash_key = "id",
    .range_key = "rank",
    .attributes = attributes,
    .attribute_count = 4,
    .global_indexes = global_indexes,
    .global_index_count = 2,
    .local_indexes = local_indexes,
    .local_index_count = 1,
    .billing = BLOOP_BILLING_PROVISIONED,
    .throughput = { 1, 2 },
    .stream = BLOOP_VIEW_NEW_AND_OLD_IMAGES,
};

static void expect_index(const bloop_index_definition *got, const bloop_index_definition *wanted)
{
    assert_string_equal(got->name, wanted->name);
    assert_string_equal(got->hash_key, wanted->hash_key);
    assert_int_equal(!got->range_key, !wanted->range_key);
    if (wanted->range_key)
        assert_string_equal(got->range_key, wanted->range_key);
    assert_int_equal(got->projection, wanted->projection);
    assert_int_equal(got->include_count, wanted->include_count);
    for (size_t i = 0; i < wanted->include_count; i++)
        assert_string_equal(got->include[i], wanted->include[i]);
    assert_int_equal(got->throughput.read_units, wanted->throughput.read_units);
    assert_int_equal(got->throughput.write_units, wanted->throughput.write_units);
}

/* In any order: servers differ in it. */
static void expect_attribute(const bloop_table_definition *got, const bloop_attribute_definition *wanted)
{
    size_t i = 0;
    while (i < got->attribute_count && strcmp(got->attributes[i].name, wanted->name) != 0)
        i++;
    assert_true(i < got->attribute_count);
    assert_int_equal(got->attributes[i].type, wanted->type);
}

static void expect_full(const bloop_table_description *t)
{
    const bloop_table_definition *d = &t->definition;
    assert_string_equal(d->name, "things");
    assert_string_equal(d->hash_key, "id");
    assert_string_equal(d->range_key, "rank");
    assert_int_equal(d->attribute_count, 4);
    for (size_t i = 0; i < 4; i++)
        expect_attribute(d, &attributes[i]);
    assert_int_equal(d->global_index_count, 2);
    assert_int_equal(d->local_index_count, 1);
    for (size_t i = 0; i < 2; i++)
        expect_index(&d->global_indexes[i], &global_indexes[i]);
    expect_index(&d->local_indexes[0], &local_indexes[0]);
    assert_int_equal(d->billing, BLOOP_BILLING_PROVISIONED);
    assert_int_equal(d->throughput.read_units, 1);
    assert_int_equal(d->throughput.write_units, 2);
    assert_int_equal(d->stream, BLOOP_VIEW_NEW_AND_OLD_IMAGES);
    assert_false(d->deletion_protection);
    assert_int_equal(t->status, BLOOP_TABLE_ACTIVE);
    assert_int_equal(t->global_states[1].status, BLOOP_TABLE_ACTIVE);
    assert_false(t->global_states[1].backfilling);
}

static void describes_what_was_created(void **state)
{
    contract *c = *state;
    bloop_table_result created, described;
    int64_t before = bl_now_microseconds();
    expect_ok(bloop_create_table(c->backend, &full, &created));
    expect_full(&created.table);
    expect_ok(bloop_describe_table(c->backend, "things", &described));
    expect_full(&described.table);
    assert_true(described.table.created_at_microseconds >= before - 1000000);
    assert_true(described.table.created_at_microseconds <= bl_now_microseconds() + 1000000);
    uint8_t uuid[16];
    assert_int_equal(strlen(described.table.id), 36);
    assert_true(bl_uuid_parse(described.table.id, 36, uuid));
    assert_string_equal(described.table.id, created.table.id);
    assert_int_equal(strncmp(described.table.arn, "arn:aws:dynamodb:", 17), 0);
    assert_string_equal(strrchr(described.table.arn, ':'), ":table/things");
    char stream[256];
    snprintf(stream, sizeof stream, "%s/stream/%s", described.table.arn, described.table.stream_label);
    assert_string_equal(described.table.stream_arn, stream);
    bloop_result_free(&created.memory);
    bloop_result_free(&described.memory);
}

static void refuses_what_is_there_or_is_not(void **state)
{
    contract *c = *state;
    bloop_table_result result;
    given_table(c, "things", "id:S", NULL);
    given_table(c, "Things", "id:N", NULL); /* names differ by case */
    expect_fails(bloop_create_table(c->backend, &full, NULL), BLOOP_TABLE_IN_USE, "Table already exists: things");
    expect_fails(bloop_describe_table(c->backend, "other", &result), BLOOP_TABLE_NOT_FOUND,
                 "Requested resource not found: Table: other not found");
    expect_fails(bloop_delete_table(c->backend, "other", &result), BLOOP_TABLE_NOT_FOUND,
                 "Requested resource not found: Table: other not found");
    const bloop_update_table_request update = { .table = "other", .set_deletion_protection = true };
    expect_fails(bloop_update_table(c->backend, &update, &result), BLOOP_TABLE_NOT_FOUND,
                 "Requested resource not found: Table: other not found");
    assert_null(result.memory.blocks);
}

static void deletes_with_all_items(void **state)
{
    contract *c = *state;
    bloop_table_result result;
    given_table(c, "things", "id:S", NULL);
    for (int i = 0; i < 1500; i++) {
        char item[64];
        snprintf(item, sizeof item, "{id: \"%d\"}", i);
        put(c, item);
    }
    expect_counts(c, "things", NULL, 1500, 10 + 90 * 2 + 900 * 3 + 500 * 4 + 1500 * 2);
    expect_ok(bloop_delete_table(c->backend, "things", &result));
    assert_int_equal(result.table.status, BLOOP_TABLE_DELETING);
    assert_int_equal(result.table.item_count, 1500);
    bloop_result_free(&result.memory);
    expect_write(c, .kind = BLOOP_WRITE_PUT, .item = "{id: \"1\"}", .status = BLOOP_TABLE_NOT_FOUND,
                 .message = "Requested resource not found");
    given_table(c, "things", "id:S", NULL);
    expect_item(c, "{id: \"1\"}", NULL);
    expect_counts(c, "things", NULL, 0, 0);
}

static void protects_from_deletion(void **state)
{
    contract *c = *state;
    bloop_table_result result;
    given_table(c, "things", "id:S", NULL);
    bloop_update_table_request update = { .table = "things",
                                          .set_deletion_protection = true,
                                          .deletion_protection = true };
    expect_ok(bloop_update_table(c->backend, &update, &result));
    assert_true(result.table.definition.deletion_protection);
    bloop_result_free(&result.memory);
    expect_fails(
        bloop_delete_table(c->backend, "things", NULL), BLOOP_VALIDATION,
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection "
        "first.");
    update.deletion_protection = false;
    expect_ok(bloop_update_table(c->backend, &update, NULL));
    expect_ok(bloop_delete_table(c->backend, "things", NULL));
}

static void expect_list(contract *c, const char *start, int32_t limit, const char *names, const char *last)
{
    char got[256] = "";
    bloop_list_tables_result result;
    const bloop_list_tables_request request = { .exclusive_start = start, .limit = limit };
    expect_ok(bloop_list_tables(c->backend, &request, &result));
    for (size_t i = 0; i < result.count; i++) {
        strcat(got, result.names[i]);
        strcat(got, " ");
    }
    assert_string_equal(got, names);
    assert_int_equal(!last, !result.last);
    if (last)
        assert_string_equal(result.last, last);
    bloop_result_free(&result.memory);
}

static void lists_in_byte_order(void **state)
{
    contract *c = *state;
    expect_list(c, NULL, 0, "", NULL);
    const char *const names[] = { "bbb", "Bbb", "b.b", "bb-", "bbbb", "b_b" };
    for (size_t i = 0; i < 6; i++)
        given_table(c, names[i], "id:S", NULL);
    expect_list(c, NULL, 0, "Bbb b.b b_b bb- bbb bbbb ", NULL);
    expect_list(c, NULL, 6, "Bbb b.b b_b bb- bbb bbbb ", NULL);
    expect_list(c, NULL, 2, "Bbb b.b ", "b.b");
    expect_list(c, "b.b", 3, "b_b bb- bbb ", "bbb");
    expect_list(c, "bbb", 3, "bbbb ", NULL);
    expect_list(c, "bbz", 3, "", NULL);
    expect_list(c, "aaa", 1, "b.b ", "b.b");
}

static void changes_capacity(void **state)
{
    contract *c = *state;
    bloop_table_result result;
    expect_ok(bloop_create_table(c->backend, &full, NULL));
    bloop_update_table_request update = { .table = "things", .set_throughput = true, .throughput = { 1, 2 } };
    expect_fails(
        bloop_update_table(c->backend, &update, NULL), BLOOP_VALIDATION,
        "The provisioned throughput for the table will not change. The requested value equals the current value. "
        "Current ReadCapacityUnits provisioned for the table: 1. Requested ReadCapacityUnits: 1. Current "
        "WriteCapacityUnits provisioned for the table: 2. Requested WriteCapacityUnits: 2. Refer to the Amazon "
        "DynamoDB Developer Guide for current limits and how to request higher limits.");
    update.throughput.read_units = 7;
    update.update_index = "by_when";
    update.index_throughput = (bloop_throughput){ 8, 9 };
    expect_ok(bloop_update_table(c->backend, &update, &result));
    assert_int_equal(result.table.definition.throughput.read_units, 7);
    assert_int_equal(result.table.definition.global_indexes[0].throughput.read_units, 3);
    assert_int_equal(result.table.definition.global_indexes[1].throughput.read_units, 8);
    bloop_result_free(&result.memory);
    update = (bloop_update_table_request){ .table = "things",
                                           .set_billing = true,
                                           .billing = BLOOP_BILLING_PAY_PER_REQUEST };
    expect_ok(bloop_update_table(c->backend, &update, &result));
    assert_int_equal(result.table.definition.billing, BLOOP_BILLING_PAY_PER_REQUEST);
    assert_int_equal(result.table.definition.throughput.read_units, 0);
    assert_int_equal(result.table.definition.global_indexes[1].throughput.write_units, 0);
    bloop_result_free(&result.memory);
    update = (bloop_update_table_request){ .table = "things", .set_throughput = true, .throughput = { 1, 1 } };
    expect_fails(bloop_update_table(c->backend, &update, NULL), BLOOP_VALIDATION,
                 "One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be "
                 "specified when BillingMode is PAY_PER_REQUEST");
    update.update_index = "nothing";
    update.set_throughput = false;
    expect_fails(bloop_update_table(c->backend, &update, NULL), BLOOP_VALIDATION, NULL);
    update.index_throughput = (bloop_throughput){ 1, 1 };
    expect_fails(bloop_update_table(c->backend, &update, NULL), BLOOP_TABLE_NOT_FOUND,
                 "Requested resource not found: Index nothing for table things");
}

static void turns_streams_on_and_off(void **state)
{
    contract *c = *state;
    bloop_table_result result;
    given_table(c, "things", "id:S", NULL);
    bloop_update_table_request update = { .table = "things", .set_stream = true };
    expect_fails(bloop_update_table(c->backend, &update, NULL), BLOOP_VALIDATION,
                 "Table has no stream to disable: TableName: things");
    update.stream = BLOOP_VIEW_KEYS_ONLY;
    expect_ok(bloop_update_table(c->backend, &update, &result));
    assert_int_equal(result.table.definition.stream, BLOOP_VIEW_KEYS_ONLY);
    assert_non_null(result.table.stream_label);
    bloop_result_free(&result.memory);
    expect_fails(bloop_update_table(c->backend, &update, NULL), BLOOP_VALIDATION,
                 "Table already has an enabled stream: TableName: things");
    update.stream = BLOOP_VIEW_NONE;
    expect_ok(bloop_update_table(c->backend, &update, &result));
    assert_null(result.table.stream_label);
    assert_null(result.table.stream_arn);
    bloop_result_free(&result.memory);
}

static void outlives_closing(void **state)
{
    contract *c = *state;
    bloop_table_result result;
    if (!c->factory->lasts)
        skip();
    expect_ok(bloop_create_table(c->backend, &full, NULL));
    put(c, "{id: \"a\", rank: 1, group: \"g\"}");
    contract_reopen(c);
    expect_ok(bloop_describe_table(c->backend, "things", &result));
    expect_full(&result.table);
    bloop_result_free(&result.memory);
    expect_item(c, "{id: \"a\", rank: 1}", "{id: \"a\", rank: 1, group: \"g\"}");
    expect_counts(c, "things", NULL, 1, 15);
    put(c, "{id: \"b\", rank: 1}");
    expect_counts(c, "things", NULL, 2, 24);
    expect_counts(c, "things", "by_group", 1, 15);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(describes_what_was_created), cmocka_unit_test(refuses_what_is_there_or_is_not),
    cmocka_unit_test(deletes_with_all_items),     cmocka_unit_test(protects_from_deletion),
    cmocka_unit_test(lists_in_byte_order),        cmocka_unit_test(changes_capacity),
    cmocka_unit_test(turns_streams_on_and_off),   cmocka_unit_test(outlives_closing),
};
const contract_part contract_tables = { "tables", tests, sizeof tests / sizeof tests[0] };
