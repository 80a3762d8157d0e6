/* The cache of descriptors: right for every snapshot, whoever changes the tables. */
#include "store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "store/store_private.h"
#include "support/trial.h"

static const char *shared_path;

static void replace_table(void *context)
{
    bloop_backend *backend = store_open(shared_path);
    trial_check(backend, "%s", bloop_last_error()->message);
    trial_check(store_n(backend, "a") == 1, "the parent's item is not there");
    trial_check(bloop_delete_table(backend, "things", NULL) == BLOOP_OK, "%s", bloop_last_error()->message);
    if (context)
        trial_check(store_make_table(backend, *(bloop_tag *)context) == BLOOP_OK, "%s", bloop_last_error()->message);
    bloop_backend_close(backend);
}

static void drop_it(void *context)
{
    (void)context;
    bloop_backend *backend = store_open(shared_path);
    trial_check(backend && bloop_delete_table(backend, "things", NULL) == BLOOP_OK, "%s", bloop_last_error()->message);
    bloop_backend_close(backend);
}

/* Another process deletes a table that is cached here, and makes another of that name. */
static void sees_other_processes(void **state)
{
    const env_folder *folder = *state;
    bloop_tag type = BLOOP_TAG_N;
    shared_path = folder->path;
    bloop_backend *backend = store_open(folder->path);
    assert_non_null(backend);
    assert_ok(store_make_table(backend, BLOOP_TAG_S));
    assert_ok(store_put(backend, "a", 1, "g"));
    assert_int_equal(store_n(backend, "a"), 1);
    trial_join(trial_fork(replace_table, &type));
    assert_fails(store_put(backend, "a", 1, "g"), BLOOP_VALIDATION, "Type mismatch for key id expected: N");
    assert_int_equal(store_n(backend, "a"), -2);
    trial_join(trial_fork(drop_it, NULL));
    assert_fails(store_put(backend, "a", 1, "g"), BLOOP_TABLE_NOT_FOUND, "not found");
    assert_ok(store_make_table(backend, BLOOP_TAG_S));
    assert_int_equal(store_n(backend, "a"), -1);
    bloop_backend_close(backend);
}

static uint32_t id_at(bl_store *store, bl_txn *txn)
{
    bl_table *table;
    assert_ok(bl_catalog_find(&store->catalog, txn, "things", &table));
    uint32_t id = table ? table->id : 0;
    bl_table_release(table);
    return id;
}

/* A reader that began before a change still sees the table as it was, and one that began after it does not. */
static void keeps_to_the_snapshot(void **state)
{
    const env_folder *folder = *state;
    bloop_backend *backend = store_open(folder->path);
    bl_store *store = ((bl_backend *)backend)->store;
    bl_txn none, first, second;
    assert_ok(bl_read_begin(store->env, &none));
    assert_ok(store_make_table(backend, BLOOP_TAG_S));
    assert_ok(bl_read_begin(store->env, &first));
    uint32_t id = id_at(store, &first);
    assert_int_not_equal(id, 0);
    assert_ok(bloop_delete_table(backend, "things", NULL));
    assert_ok(store_make_table(backend, BLOOP_TAG_S));
    assert_ok(bl_read_begin(store->env, &second));
    uint32_t other = id_at(store, &second);
    assert_true(other > id);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(id_at(store, &none), 0);
        assert_int_equal(id_at(store, &first), id);
        assert_int_equal(id_at(store, &second), other);
    }
    bl_read_end(&second);
    bl_read_end(&first);
    bl_read_end(&none);
    bloop_backend_close(backend);
}

/* As long as nobody else writes, the file is not asked for its catalog again: the cache is extended by our own commits. */
static void extends_over_own_commits(void **state)
{
    const env_folder *folder = *state;
    bloop_backend *backend = store_open(folder->path);
    bl_store *store = ((bl_backend *)backend)->store;
    bl_txn txn;
    assert_ok(store_make_table(backend, BLOOP_TAG_S));
    assert_ok(store_put(backend, "a", 1, NULL));
    uint64_t from = store->catalog.from;
    for (int64_t i = 2; i < 10; i++)
        assert_ok(store_put(backend, "a", i, NULL));
    assert_ok(bl_read_begin(store->env, &txn));
    assert_int_equal(store->catalog.upto, txn.id);
    assert_int_equal(store->catalog.from, from);
    bl_read_end(&txn);
    bloop_backend_close(backend);
}

static void holds_many_tables(void **state)
{
    const env_folder *folder = *state;
    bloop_backend *backend = store_open(folder->path);
    char name[32];
    const bloop_attribute_definition attribute = { "id", BLOOP_TAG_S };
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 200; i++) {
            bloop_table_result result;
            (void)snprintf(name, sizeof name, "table-%d", i);
            const bloop_table_definition table = { .name = name,
                                                   .hash_key = "id",
                                                   .attributes = &attribute,
                                                   .attribute_count = 1,
                                                   .billing = BLOOP_BILLING_PAY_PER_REQUEST };
            if (round == 0)
                assert_ok(bloop_create_table(backend, &table, NULL));
            assert_ok(bloop_describe_table(backend, name, &result));
            assert_string_equal(result.table.definition.name, name);
            bloop_result_free(&result.memory);
        }
    bloop_backend_close(backend);
}

/* As the service does: issue 1599 of aws-controllers-k8s/community. */
static void describes_attributes_in_the_order_of_their_names(void **state)
{
    const env_folder *folder = *state;
    bloop_backend *backend = store_open(folder->path);
    const bloop_attribute_definition attributes[] = {
        { "id", BLOOP_TAG_S }, { "externalId", BLOOP_TAG_N }, { "Zip", BLOOP_TAG_B }, { "id2", BLOOP_TAG_S }
    };
    const bloop_index_definition indexes[] = { { .name = "zips", .hash_key = "Zip" },
                                               { .name = "ids", .hash_key = "id2" } };
    const bloop_table_definition table = { .name = "table",
                                           .hash_key = "id",
                                           .range_key = "externalId",
                                           .attributes = attributes,
                                           .attribute_count = 4,
                                           .global_indexes = indexes,
                                           .global_index_count = 2,
                                           .billing = BLOOP_BILLING_PAY_PER_REQUEST };
    bloop_table_result result;
    assert_ok(bloop_create_table(backend, &table, &result));
    const int order[] = { 2, 1, 0, 3 };
    assert_int_equal(result.table.definition.attribute_count, 4);
    for (int i = 0; i < 4; i++) {
        assert_string_equal(result.table.definition.attributes[i].name, attributes[order[i]].name);
        assert_int_equal(result.table.definition.attributes[i].type, attributes[order[i]].type);
    }
    bloop_result_free(&result.memory);
    bloop_backend_close(backend);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sees_other_processes, env_folder_make, env_folder_remove),
        cmocka_unit_test_setup_teardown(keeps_to_the_snapshot, env_folder_make, env_folder_remove),
        cmocka_unit_test_setup_teardown(extends_over_own_commits, env_folder_make, env_folder_remove),
        cmocka_unit_test_setup_teardown(holds_many_tables, env_folder_make, env_folder_remove),
        cmocka_unit_test_setup_teardown(describes_attributes_in_the_order_of_their_names, env_folder_make,
                                        env_folder_remove),
    };
    return cmocka_run_group_tests_name("store/catalog", tests, NULL, NULL);
}
