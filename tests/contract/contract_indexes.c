/* What indexes count, as items come, change and go; indexes that are made and deleted later. */
#include "contract.h"

#include <stdio.h>

static const bloop_attribute_definition attributes[] = {
    { "id", BLOOP_TAG_S }, { "rank", BLOOP_TAG_N }, { "group", BLOOP_TAG_S }, { "when", BLOOP_TAG_N }
};
static const char *const included[] = { "note" };
static const bloop_index_definition global_indexes[] = {
    { .name = "all", .hash_key = "group" },
    { .name = "keys", .hash_key = "group", .range_key = "when", .projection = BLOOP_PROJECT_KEYS_ONLY },
    { .name = "some",
      .hash_key = "when",
      .projection = BLOOP_PROJECT_INCLUDE,
      .include = included,
      .include_count = 1 },
};
static const bloop_index_definition local_indexes[] = {
    { .name = "local", .hash_key = "id", .range_key = "when", .projection = BLOOP_PROJECT_KEYS_ONLY },
};

static void given_indexes(contract *c)
{
    const bloop_table_definition table = { .name = "things",
                                           .hash_key = "id",
                                           .range_key = "rank",
                                           .attributes = attributes,
                                           .attribute_count = 4,
                                           .global_indexes = global_indexes,
                                           .global_index_count = 3,
                                           .local_indexes = local_indexes,
                                           .local_index_count = 1,
                                           .billing = BLOOP_BILLING_PAY_PER_REQUEST };
    expect_ok(bloop_create_table(c->backend, &table, NULL));
}

static void update(contract *c, const char *text)
{
    expect_write(c, .kind = BLOOP_WRITE_UPDATE, .item = "{id: \"a\", rank: 1}", .update = text);
}

static void counts_entries(void **state)
{
    contract *c = *state;
    given_indexes(c);
    /* id 3, rank 6 bytes: every entry has these */
    put(c, "{id: \"a\", rank: 1, note: \"12345\"}");
    expect_counts(c, "things", "all", 0, 0);
    expect_counts(c, "things", "some", 0, 0);
    update(c, "SET group = \"g\"");
    expect_counts(c, "things", "all", 1, 9 + 9 + 6);
    expect_counts(c, "things", "keys", 0, 0);
    update(c, "SET when = 7");
    expect_counts(c, "things", "all", 1, 9 + 9 + 6 + 6);
    expect_counts(c, "things", "keys", 1, 9 + 6 + 6);
    expect_counts(c, "things", "some", 1, 9 + 6 + 9);
    expect_counts(c, "things", "local", 1, 9 + 6);
    update(c, "SET note = \"1\", other = true");
    expect_counts(c, "things", "all", 1, 9 + 5 + 6 + 6 + 6);
    expect_counts(c, "things", "keys", 1, 9 + 6 + 6);
    expect_counts(c, "things", "some", 1, 9 + 6 + 5);
    update(c, "SET when = 8, group = \"hh\"");
    expect_counts(c, "things", "keys", 1, 9 + 7 + 6);
    expect_counts(c, "things", "local", 1, 9 + 6);
    put(c, "{id: \"b\", rank: 1, when: 8}");
    expect_counts(c, "things", "some", 2, 9 + 6 + 5 + 9 + 6);
    expect_counts(c, "things", "all", 1, 9 + 5 + 7 + 6 + 6);
    update(c, "REMOVE when");
    expect_counts(c, "things", "keys", 0, 0);
    expect_counts(c, "things", "some", 1, 9 + 6);
    erase(c, "{id: \"a\", rank: 1}");
    erase(c, "{id: \"b\", rank: 1}");
    static const char *const names[] = { "all", "keys", "some", "local" };
    for (size_t i = 0; i < 4; i++)
        expect_counts(c, "things", names[i], 0, 0);
    expect_counts(c, "things", NULL, 0, 0);
}

static void checks_key_types(void **state)
{
    contract *c = *state;
    given_indexes(c);
    put(c, "{id: \"a\", rank: 1, n: 1, e: \"\"}");
    expect_write(c, .kind = BLOOP_WRITE_PUT, .item = "{id: \"b\", rank: 1, group: 5}", .status = BLOOP_VALIDATION,
                 .message = "One or more parameter values were invalid: Type mismatch for Index Key group Expected: S "
                            "Actual: N IndexName: all");
    expect_write(c, .kind = BLOOP_WRITE_PUT, .item = "{id: \"b\", rank: 1, group: \"\"}", .status = BLOOP_VALIDATION,
                 .message =
                     "One or more parameter values are not valid. A value specified for a secondary index key is "
                     "not supported. The AttributeValue for a key attribute cannot contain an empty string value. "
                     "IndexName: all, IndexKey: group");
    expect_write(c, .kind = BLOOP_WRITE_UPDATE, .item = "{id: \"a\", rank: 1}", .update = "SET group = 5",
                 .status = BLOOP_VALIDATION,
                 .message = "One or more parameter values were invalid: Type mismatch for Index Key group Expected: S "
                            "Actual: N IndexName: all");
    expect_write(c, .kind = BLOOP_WRITE_UPDATE, .item = "{id: \"a\", rank: 1}", .update = "SET group = n",
                 .status = BLOOP_VALIDATION,
                 .message = "The update expression attempted to update the secondary index key to unsupported type");
    expect_write(c, .kind = BLOOP_WRITE_UPDATE, .item = "{id: \"a\", rank: 1}", .update = "SET group = e",
                 .status = BLOOP_VALIDATION,
                 .message =
                     "One or more parameter values are not valid. The update expression attempted to update a "
                     "secondary index key to a value that is not supported. The AttributeValue for a key attribute "
                     "cannot contain an empty string value.");
    expect_item(c, "{id: \"a\", rank: 1}", "{id: \"a\", rank: 1, n: 1, e: \"\"}");
    expect_counts(c, "things", "all", 0, 0);
}

static bloop_update_table_request creation(const bloop_index_definition *index)
{
    return (bloop_update_table_request){
        .table = "things", .attributes = attributes + 2, .attribute_count = 2, .create_index = index
    };
}

static void creates_and_deletes_later(void **state)
{
    enum { ITEMS = 1300 };
    contract *c = *state;
    bloop_table_result result;
    given_table(c, "things", "id:S", "rank:N");
    for (int i = 0; i < ITEMS; i++) {
        char item[96];
        snprintf(item, sizeof item,
                 i % 2 ? "{id: \"%04d\", rank: 1}" : "{id: \"%04d\", rank: 1, group: \"g\", when: 2}", i);
        put(c, item);
    }
    put(c, "{id: \"odd\", rank: 1, group: 3, when: 2}"); /* not of the index's type: it stays outside */
    bloop_update_table_request request = creation(&global_indexes[1]);
    expect_ok(bloop_update_table(c->backend, &request, &result));
    assert_int_equal(result.table.definition.global_index_count, 1);
    assert_int_equal(result.table.definition.attribute_count, 4);
    assert_int_equal(result.table.global_states[0].status, BLOOP_TABLE_ACTIVE);
    assert_false(result.table.global_states[0].backfilling);
    assert_int_equal(result.table.global_states[0].item_count, ITEMS / 2);
    bloop_result_free(&result.memory);
    expect_fails(bloop_update_table(c->backend, &request, NULL), BLOOP_VALIDATION,
                 "Attempting to create an index which already exists");
    erase(c, "{id: \"0000\", rank: 1}");
    expect_counts(c, "things", "keys", ITEMS / 2 - 1, (ITEMS / 2 - 1) * (6 + 6 + 6 + 6));
    request = (bloop_update_table_request){ .table = "things", .delete_index = "absent" };
    expect_fails(bloop_update_table(c->backend, &request, NULL), BLOOP_TABLE_NOT_FOUND,
                 "Requested resource not found: Index absent for table things");
    request.delete_index = "keys";
    expect_ok(bloop_update_table(c->backend, &request, &result));
    assert_int_equal(result.table.definition.global_index_count, 0);
    assert_int_equal(result.table.definition.attribute_count, 2);
    bloop_result_free(&result.memory);
    request = creation(&global_indexes[0]);
    expect_ok(bloop_update_table(c->backend, &request, NULL));
    expect_counts(c, "things", "all", ITEMS / 2 - 1, (ITEMS / 2 - 1) * (6 + 6 + 6 + 6));
}

/* An item that is older than an index, and has a value that the index can't take, is outside it; and what an update makes
   of an item must suit every index, so that it can only be read, deleted, put anew, or mended (M. Borgmeier, "How to
   accidentally create read-only DynamoDB items", 2024, an experiment on Amazon DynamoDB). */
static void keeps_items_that_no_index_can_take(void **state)
{
    contract *c = *state;
    const char *key = "{id: \"odd\", rank: 1}";
    given_table(c, "things", "id:S", "rank:N");
    put(c, "{id: \"odd\", rank: 1, group: 3, n: 1}");
    put(c, "{id: \"two\", rank: 1, group: 3}");
    bloop_update_table_request request = creation(&global_indexes[0]);
    expect_ok(bloop_update_table(c->backend, &request, NULL));
    expect_counts(c, "things", "all", 0, 0);
    expect_write(c, .kind = BLOOP_WRITE_UPDATE, .item = key, .update = "SET n = 2", .status = BLOOP_VALIDATION,
                 .message = "The update expression attempted to update the secondary index key to unsupported type");
    expect_item(c, key, "{id: \"odd\", rank: 1, group: 3, n: 1}");
    expect_write(c, .kind = BLOOP_WRITE_UPDATE, .item = key, .update = "SET n = 2 REMOVE group");
    expect_counts(c, "things", "all", 0, 0);
    expect_write(c, .kind = BLOOP_WRITE_UPDATE, .item = key, .update = "SET group = \"g\"");
    expect_counts(c, "things", "all", 1, 6 + 5 + 6 + 3);
    erase(c, "{id: \"two\", rank: 1}");
    expect_item(c, "{id: \"two\", rank: 1}", NULL);
}

static void refuses_indexes_without_types(void **state)
{
    contract *c = *state;
    given_table(c, "things", "id:S", "rank:N");
    bloop_update_table_request request = creation(&global_indexes[0]);
    request.attribute_count = 0;
    assert_int_equal(bloop_update_table(c->backend, &request, NULL), BLOOP_VALIDATION);
    const bloop_attribute_definition conflicting[] = { { "group", BLOOP_TAG_S }, { "rank", BLOOP_TAG_S } };
    const bloop_index_definition index = { .name = "odd", .hash_key = "group", .range_key = "rank" };
    request = (bloop_update_table_request){
        .table = "things", .attributes = conflicting, .attribute_count = 2, .create_index = &index
    };
    assert_int_equal(bloop_update_table(c->backend, &request, NULL), BLOOP_VALIDATION);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(counts_entries),
    cmocka_unit_test(checks_key_types),
    cmocka_unit_test(creates_and_deletes_later),
    cmocka_unit_test(keeps_items_that_no_index_can_take),
    cmocka_unit_test(refuses_indexes_without_types),
};
const contract_part contract_indexes = { "indexes", tests, sizeof tests / sizeof tests[0] };
