/* Every allocation of the store's operations failed in turn: a status each time, nothing lost, and a sound file. */
#include "store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <stdio.h>
#include <unistd.h>
#include <cmocka.h>

#include "support/fail_alloc.h"
#include "support/stores.h"

static bloop_builder *key, *changed, *other;
static bloop_value amount;

static bloop_status ignore(void *context, size_t index, bloop_item item)
{
    (void)context;
    (void)index;
    (void)item;
    return BLOOP_OK;
}

static bloop_status update_and_read(bloop_backend *backend)
{
    static const bloop_step step = { { "n", 1 }, 0 };
    const bloop_path path = { &step, 1 };
    const bloop_projection_paths projection = { &path, 1 };
    const bloop_action action = { BLOOP_ACTION_ADD, path, { .kind = BLOOP_EXPR_VALUE, .value = amount } };
    const bloop_update update = { &action, 1 };
    const bloop_item id = store_key(key, "a");
    bloop_write_result written;
    const bloop_write_request write = { .kind = BLOOP_WRITE_UPDATE,
                                        .table = "things",
                                        .item = id,
                                        .update = &update,
                                        .return_values = BLOOP_RETURN_UPDATED_NEW,
                                        .capacity = BLOOP_CAPACITY_INDEXES };
    bloop_status status = bloop_write_item(backend, &write, &written);
    bloop_result_free(&written.memory);
    if (status != BLOOP_OK)
        return status;
    bloop_get_result got;
    const bloop_get_request get = {
        .table = "things", .key = id, .projection = &projection, .capacity = BLOOP_CAPACITY_INDEXES
    };
    status = bloop_get_item(backend, &get, &got);
    if (status != BLOOP_OK)
        return status;
    bloop_result_free(&got.memory);
    bloop_batch_get_result batch;
    const bloop_batch_get_key keys[] = { { "things", id } };
    const bloop_batch_get_request request = {
        .keys = keys, .count = 1, .receive = ignore, .capacity = BLOOP_CAPACITY_TOTAL
    };
    status = bloop_batch_get_item(backend, &request, &batch);
    if (status != BLOOP_OK)
        return status;
    bloop_result_free(&batch.memory);
    bloop_search_result page;
    const bloop_search_request search = {
        .kind = BLOOP_SEARCH_SCAN, .table = "things", .index = "by_n", .capacity = BLOOP_CAPACITY_INDEXES
    };
    status = bloop_search_page(backend, &search, &page);
    if (status == BLOOP_OK)
        bloop_result_free(&page.memory);
    return status;
}

static bloop_status write_batch(bloop_backend *backend)
{
    bloop_batch_write_result result;
    const bloop_write_request writes[] = {
        { .kind = BLOOP_WRITE_PUT, .table = "things", .item = store_item(changed, "b", 2, "g") },
        { .kind = BLOOP_WRITE_DELETE, .table = "things", .item = store_key(other, "a") },
    };
    bloop_status status =
        bloop_batch_write_item(backend, &(bloop_batch_write_request){ .writes = writes, .count = 2 }, &result);
    if (status == BLOOP_OK)
        bloop_result_free(&result.memory);
    return status;
}

static bloop_status change_tables(bloop_backend *backend)
{
    bloop_table_result table;
    bloop_list_tables_result list;
    const bloop_attribute_definition attribute = { "other", BLOOP_TAG_S };
    const bloop_index_definition index = { .name = "by_other", .hash_key = "other" };
    const bloop_update_table_request create = {
        .table = "things", .attributes = &attribute, .attribute_count = 1, .create_index = &index
    };
    const bloop_update_table_request delete = { .table = "things", .delete_index = "by_n" };
    bloop_status status = bloop_update_table(backend, &create, NULL);
    if (status == BLOOP_OK)
        status = bloop_update_table(backend, &delete, &table);
    if (status != BLOOP_OK)
        return status;
    bloop_result_free(&table.memory);
    status = bloop_list_tables(backend, NULL, &list);
    if (status != BLOOP_OK)
        return status;
    bloop_result_free(&list.memory);
    return bloop_delete_table(backend, "things", NULL);
}

static bloop_status everything(const char *path)
{
    bloop_backend *backend = store_open(path);
    if (!backend)
        return bloop_last_error()->status;
    bloop_status status = store_make_table(backend, BLOOP_TAG_S);
    const bloop_write_request put = { .kind = BLOOP_WRITE_PUT,
                                      .table = "things",
                                      .item = store_item(changed, "a", 1, "g") };
    if (status == BLOOP_OK)
        status = bloop_write_item(backend, &put, NULL);
    if (status == BLOOP_OK)
        status = update_and_read(backend);
    if (status == BLOOP_OK)
        status = write_batch(backend);
    if (status == BLOOP_OK)
        status = change_tables(backend);
    bloop_backend_close(backend);
    return status;
}

/* A failure is made up for where a group is run again one by one, and where what is already gone is removed later. */
static void fails_each_allocation(void **state)
{
    const env_folder *folder = *state;
    key = bloop_builder_new();
    changed = bloop_builder_new();
    other = bloop_builder_new();
    bloop_builder *number = bloop_builder_new();
    bloop_build_int64(number, 1);
    assert_ok(bloop_builder_value(number, &amount));
    assert_ok(everything(folder->path)); /* so that builders have their memory */
    size_t refused = 0, tolerated = 0;
    for (size_t at = 0;; at++) {
        (void)unlink(folder->path);
        fail_alloc_begin(at, FAIL_ALLOC_ONE);
        bloop_status status = everything(folder->path);
        fail_alloc_report report = fail_alloc_end();
        assert_int_equal(report.leaks, 0);
        if (report.failures == 0) {
            assert_ok(status);
            break;
        }
        if (status != BLOOP_OK && status != BLOOP_NO_MEMORY)
            fail_msg("allocation %zu: %s: %s", at, bloop_status_name(status), bloop_last_error()->message);
        *(status == BLOOP_OK ? &tolerated : &refused) += 1;
        if (access(folder->path, F_OK) == 0)
            (void)stores_check(folder->path);
    }
    assert_true(refused > 40);
    print_message("%zu refused, %zu made up for\n", refused, tolerated);
    assert_true(tolerated < refused / 4);
    bloop_builder_free(number);
    bloop_builder_free(key);
    bloop_builder_free(changed);
    bloop_builder_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(fails_each_allocation, env_folder_make, env_folder_remove),
    };
    return cmocka_run_group_tests_name("store/allocations", tests, NULL, NULL);
}
