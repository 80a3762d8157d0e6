/* See every_operation.h. */
#include "every_operation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static bloop_status count_item(void *context, size_t index, bloop_item item)
{
    assert_int_equal(index, 0);
    assert_int_equal(bloop_value_tag(item), BLOOP_TAG_M);
    ++*(size_t *)context;
    return BLOOP_OK;
}

static bloop_status get(bloop_backend *backend)
{
    bloop_get_result result;
    bloop_builder *builder = bloop_builder_new();
    const bloop_get_request request = { .table = "things", .key = store_key(builder, "a") };
    bloop_status status = bloop_get_item(backend, &request, &result);
    assert_int_equal(result.found, status == BLOOP_OK);
    bloop_result_free(&result.memory);
    bloop_builder_free(builder);
    return status;
}

static bloop_status batch_get(bloop_backend *backend)
{
    size_t found = 0;
    bloop_batch_get_result result;
    bloop_builder *builder = bloop_builder_new();
    const bloop_batch_get_key key = { "things", store_key(builder, "a") };
    const bloop_batch_get_request request = { .keys = &key, .count = 1, .receive = count_item, .context = &found };
    bloop_status status = bloop_batch_get_item(backend, &request, &result);
    assert_int_equal(found, status == BLOOP_OK);
    assert_int_equal(result.unprocessed_count, 0);
    bloop_result_free(&result.memory);
    bloop_builder_free(builder);
    return status;
}

static bloop_status scan(bloop_backend *backend)
{
    bloop_search_result result;
    const bloop_search_request request = { .kind = BLOOP_SEARCH_SCAN, .table = "things" };
    bloop_status status = bloop_search_page(backend, &request, &result);
    assert_int_equal(result.count > 0, status == BLOOP_OK);
    bloop_result_free(&result.memory);
    return status;
}

static bloop_status describe(bloop_backend *backend)
{
    bloop_table_result result;
    bloop_status status = bloop_describe_table(backend, "things", &result);
    assert_int_equal(result.table.definition.global_index_count, status == BLOOP_OK ? 2 : 0);
    bloop_result_free(&result.memory);
    return status;
}

static bloop_status list(bloop_backend *backend)
{
    bloop_list_tables_result result;
    bloop_status status = bloop_list_tables(backend, NULL, &result);
    assert_int_equal(result.count, status == BLOOP_OK ? 1 : 0);
    bloop_result_free(&result.memory);
    return status;
}

/* Two writes of a kind, each of which is told the status. */
static bloop_status write_two(bloop_backend *backend, bloop_write_kind kind)
{
    bloop_write_result results[2];
    bloop_builder *one = bloop_builder_new(), *two = bloop_builder_new();
    bool put = kind == BLOOP_WRITE_PUT;
    const bloop_write_request requests[] = {
        { .kind = kind, .table = "things", .item = put ? store_item(one, "a", 5, "g") : store_key(one, "a") },
        { .kind = kind, .table = "things", .item = put ? store_item(two, "b", 5, "g") : store_key(two, "b") },
    };
    bloop_status status = bloop_write_items(backend, requests, 2, 0, results);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(results[i].status, status);
        assert_true((results[i].message && *results[i].message) == (status != BLOOP_OK));
        bloop_result_free(&results[i].memory);
    }
    bloop_builder_free(one);
    bloop_builder_free(two);
    return status;
}

static bloop_status put(bloop_backend *backend)
{
    return write_two(backend, BLOOP_WRITE_PUT);
}

static bloop_status update(bloop_backend *backend)
{
    return write_two(backend, BLOOP_WRITE_UPDATE);
}

static bloop_status erase(bloop_backend *backend)
{
    return write_two(backend, BLOOP_WRITE_DELETE);
}

static bloop_status batch_write(bloop_backend *backend)
{
    bloop_batch_write_result result;
    bloop_builder *builder = bloop_builder_new();
    const bloop_write_request request = { .kind = BLOOP_WRITE_PUT,
                                          .table = "things",
                                          .item = store_item(builder, "c", 5, NULL) };
    bloop_status status =
        bloop_batch_write_item(backend, &(bloop_batch_write_request){ .writes = &request, .count = 1 }, &result);
    assert_int_equal(result.unprocessed_count, 0);
    bloop_result_free(&result.memory);
    bloop_builder_free(builder);
    return status;
}

static bloop_status create_table(bloop_backend *backend)
{
    const bloop_attribute_definition attribute = { "id", BLOOP_TAG_S };
    const bloop_table_definition table = { .name = "others",
                                           .hash_key = "id",
                                           .attributes = &attribute,
                                           .attribute_count = 1,
                                           .billing = BLOOP_BILLING_PAY_PER_REQUEST };
    return bloop_create_table(backend, &table, NULL);
}

static bloop_status update_table(bloop_backend *backend)
{
    const bloop_update_table_request request = { .table = "things", .delete_index = "by_n" };
    return bloop_update_table(backend, &request, NULL);
}

static bloop_status delete_table(bloop_backend *backend)
{
    return bloop_delete_table(backend, "things", NULL);
}

const store_operation store_operations[] = {
    { "get_item", false, get },
    { "batch_get_item", false, batch_get },
    { "search_page", false, scan },
    { "describe_table", false, describe },
    { "list_tables", false, list },
    { "write_items: put", true, put },
    { "write_items: update", true, update },
    { "write_items: delete", true, erase },
    { "batch_write_item", true, batch_write },
    { "create_table", true, create_table },
    { "update_table", true, update_table },
    { "delete_table", true, delete_table },
};
const size_t store_operation_count = sizeof store_operations / sizeof store_operations[0];
