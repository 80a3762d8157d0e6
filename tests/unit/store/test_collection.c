/* Sizes of item collections: what the walk over one adds up, what is said of a large table, and every allocation of telling
   failed in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "store/capacity_private.h"
#include "store/commit_private.h"
#include "store_fixture.h"
#include "support/fail_alloc.h"
#include "support/stores.h"

#define GIGABYTE ((uint64_t)1 << 30)

static bloop_item build(bloop_builder *builder, const char *id, int64_t rank, bool has_when)
{
    bloop_item item = { NULL, 0 };
    bloop_builder_reset(builder);
    bloop_build_begin(builder, BLOOP_TAG_M);
    bloop_put_string(builder, "id", id);
    bloop_put_int64(builder, "rank", rank);
    if (has_when)
        bloop_put_int64(builder, "when", 7);
    bloop_build_end(builder);
    assert_ok(bloop_builder_value(builder, &item));
    return item;
}

/* "posts", with a local index of keys and a global one of everything; 10 items "a", half of them in the indexes, and 3 "b". */
static bloop_backend *given_posts(const char *path)
{
    const bloop_attribute_definition attributes[] = { { "id", BLOOP_TAG_S },
                                                      { "rank", BLOOP_TAG_N },
                                                      { "when", BLOOP_TAG_N } };
    const bloop_index_definition local = {
        .name = "near", .hash_key = "id", .range_key = "when", .projection = BLOOP_PROJECT_KEYS_ONLY
    };
    const bloop_index_definition global = { .name = "far", .hash_key = "when" };
    const bloop_table_definition table = { .name = "posts",
                                           .hash_key = "id",
                                           .range_key = "rank",
                                           .attributes = attributes,
                                           .attribute_count = 3,
                                           .local_indexes = &local,
                                           .local_index_count = 1,
                                           .global_indexes = &global,
                                           .global_index_count = 1,
                                           .billing = BLOOP_BILLING_PAY_PER_REQUEST };
    bloop_backend *backend = stores_open(&(bloop_store_options){ .path = path, .durability = BLOOP_DURABLE_LATER });
    bloop_builder *builder = bloop_builder_new();
    stores_ok(bloop_create_table(backend, &table, NULL));
    for (int i = 0; i < 13; i++) {
        const bloop_write_request request = { .table = "posts", .item = build(builder, i < 10 ? "a" : "b", i, i % 2) };
        stores_ok(bloop_write_item(backend, &request, NULL));
    }
    bloop_builder_free(builder);
    return backend;
}

static bl_store *store_of(bloop_backend *backend)
{
    return ((bl_backend *)backend)->store;
}

/* Sizes by the guide: an item is id 2 + 1, rank 4 + 2 (0: 1), when 4 + 2. */
enum { SMALL = 9, FIRST = 8, LARGE = 15, OF_A = FIRST + 4 * SMALL + 5 * LARGE + 5 * LARGE };

static void a_walk_adds_up_items_and_local_entries(void **state)
{
    static const struct {
        const char *id;
        uint64_t most;
        bl_collection_size size;
    } cases[] = {
        { "a", 1000, { OF_A, OF_A } },
        { "a", 15, { OF_A, OF_A } },
        { "a", 14, { OF_A - LARGE, 5000 } },
        { "a", 2, { FIRST + LARGE, 5000 } },
        { "a", 0, { 0, 5000 } },
        { "b", 1000, { 2 * SMALL + 2 * LARGE, 2 * SMALL + 2 * LARGE } },
        { "none", 1000, { 0, 0 } },
    };
    (void)state;
    bl_txn txn;
    bl_table *table;
    bloop_backend *backend = given_posts(NULL);
    bloop_builder *builder = bloop_builder_new();
    stores_ok(bl_read_begin(store_of(backend)->env, &txn));
    stores_ok(bl_table_read(&txn, "posts", &table));
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        bl_collection_size size = { 1, 1 };
        bloop_value hash = bloop_item_get(build(builder, cases[i].id, 0, false), "id", 2);
        stores_ok(bl_collection_measure(&txn, table, hash, cases[i].most, 5000, &size));
        if (size.at_least != cases[i].size.at_least || size.at_most != cases[i].size.at_most)
            fail_msg("case %zu: from %llu to %llu", i, (unsigned long long)size.at_least,
                     (unsigned long long)size.at_most);
    }
    bl_table_release(table);
    bl_read_end(&txn);
    bloop_builder_free(builder);
    bloop_backend_close(backend);
}

static void ranges_are_whole_gigabytes(void **state)
{
    static const struct {
        bl_collection_size size;
        double low, high;
    } cases[] = {
        { { 0, 0 }, 0, 1 },
        { { 0, GIGABYTE - 1 }, 0, 1 },
        { { GIGABYTE, GIGABYTE }, 1, 2 },
        { { GIGABYTE - 1, 3 * GIGABYTE + 5 }, 0, 4 },
        { { 9 * GIGABYTE, 10 * GIGABYTE - 1 }, 9, 10 },
    };
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        bloop_collection_metrics range = { 0 };
        bl_collection_range(cases[i].size, &range);
        assert_true(range.low_gb == cases[i].low && range.high_gb == cases[i].high);
    }
}

/* A table whose counts say that it is large: its collections are looked at, and are small. */
static bloop_status tell_of_large_table(bl_change *change, void *context)
{
    bl_table *table;
    const bloop_collection_metrics *metrics = NULL;
    bloop_result_memory memory = { NULL };
    bl_count counts[3] = { { 10, 5 * GIGABYTE }, { 0, 0 }, { 0, GIGABYTE } };
    stores_ok(bl_table_read(&change->txn, "posts", &table));
    const bl_tally tally = { .table = table, .counts = counts };
    bloop_status status = bl_collection_tell(change, &tally, *(const bloop_item *)context, &memory, &metrics);
    assert_non_null(metrics);
    assert_true(metrics->low_gb == 0 && metrics->high_gb == 1);
    assert_string_equal(metrics->table, "posts");
    assert_int_equal(bloop_value_count(metrics->key), 1);
    bloop_result_free(&memory);
    bl_table_release(table);
    return status;
}

static void collections_of_large_tables_are_looked_at(void **state)
{
    (void)state;
    bloop_backend *backend = given_posts(NULL);
    bloop_builder *builder = bloop_builder_new();
    bloop_item item = build(builder, "a", 3, true);
    stores_ok(bl_commit_alone(store_of(backend), tell_of_large_table, &item));
    bloop_builder_free(builder);
    bloop_backend_close(backend);
}

/* Two puts in a batch, one alone; each wants to know everything. */
static bloop_status write_and_ask_of(bloop_backend *backend, bloop_item one, bloop_item two)
{
    bloop_write_result written;
    bloop_batch_write_result batch = { 0 };
    const bloop_write_request writes[] = { { .table = "posts", .item = one }, { .table = "posts", .item = two } };
    const bloop_batch_write_request request = {
        .writes = writes, .count = 2, .capacity = BLOOP_CAPACITY_INDEXES, .collection_metrics = true
    };
    bloop_status status = bloop_batch_write_item(backend, &request, &batch);
    /* What is written is told to be, though memory may lack to say more of it. */
    assert_true(batch.capacity_count <= 1 && batch.metrics_count <= 2);
    assert_true(status == BLOOP_OK || (batch.capacity_count == 0 && batch.metrics_count == 0));
    bloop_result_free(&batch.memory);
    if (status != BLOOP_OK)
        return status;
    const bloop_write_request single = { .kind = BLOOP_WRITE_DELETE,
                                         .table = "posts",
                                         .item = two,
                                         .capacity = BLOOP_CAPACITY_INDEXES,
                                         .collection_metrics = true };
    status = bloop_write_item(backend, &single, &written);
    assert_int_equal(written.capacity != NULL, status == BLOOP_OK);
    assert_int_equal(written.metrics != NULL, status == BLOOP_OK);
    bloop_result_free(&written.memory);
    return status;
}

static bloop_status write_and_ask(const char *path, bloop_item one, bloop_item two)
{
    bloop_backend *backend = store_open(path);
    if (!backend)
        return bloop_last_error()->status;
    bloop_status status = write_and_ask_of(backend, one, two);
    bloop_backend_close(backend);
    return status;
}

static void fails_each_allocation_of_telling(void **state)
{
    const env_folder *folder = *state;
    size_t refused = 0;
    bloop_backend_close(given_posts(folder->path));
    bloop_builder *one = bloop_builder_new(), *two = bloop_builder_new();
    bloop_item first = build(one, "a", 100, true), second = build(two, "c", 5, false);
    stores_ok(write_and_ask(folder->path, first, second));
    for (size_t at = 0;; at++) {
        fail_alloc_begin(at, FAIL_ALLOC_ONE);
        bloop_status status = write_and_ask(folder->path, first, second);
        fail_alloc_report report = fail_alloc_end();
        assert_int_equal(report.leaks, 0);
        assert_true(status == BLOOP_OK || status == BLOOP_NO_MEMORY);
        refused += status != BLOOP_OK;
        if (report.failures == 0) {
            assert_ok(status);
            break;
        }
    }
    assert_true(refused > 20);
    (void)stores_check(folder->path);
    bloop_builder_free(one);
    bloop_builder_free(two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_walk_adds_up_items_and_local_entries),
        cmocka_unit_test(ranges_are_whole_gigabytes),
        cmocka_unit_test(collections_of_large_tables_are_looked_at),
        cmocka_unit_test_setup_teardown(fails_each_allocation_of_telling, env_folder_make, env_folder_remove),
    };
    return cmocka_run_group_tests_name("store/collection", tests, NULL, NULL);
}
