/* Searches of an index that is being made or removed: they see all of it or are told that it can't be read, never a part. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <pthread.h>
#include <cmocka.h>

#include "store/commit_private.h"
#include "store/maintain_private.h"
#include "store_fixture.h"
#include "support/stores.h"
#include "support/trial.h"

/* More than are filled in one transaction. */
enum { ITEMS = 700, SEARCHERS = 3 };

static const char *const no_index = "The table does not have the specified index: late";
/* As the service says it; clients wait when they read it. */
static const char *const backfilling = "Cannot read from backfilling global secondary index: late";

static const bloop_attribute_definition group_attribute = { "group", BLOOP_TAG_S };
static const bloop_index_definition late = {
    .name = "late", .hash_key = "group", .range_key = NULL, .projection = BLOOP_PROJECT_KEYS_ONLY
};

static bloop_status query(bloop_backend *backend, const char *index, bloop_search_result *out)
{
    static const bloop_step step = { .name = { "group", 5 } };
    static const bloop_expr path = { .kind = BLOOP_EXPR_PATH, .path = { &step, 1 } };
    bloop_builder *builder = bloop_builder_new();
    bloop_expr value = { .kind = BLOOP_EXPR_VALUE };
    const bloop_expr *args[] = { &path, &value };
    const bloop_expr condition = { .kind = BLOOP_EXPR_EQ, .count = 2, .args = args };
    trial_check(builder, "out of memory");
    bloop_build_string(builder, "all", 3);
    trial_check(bloop_builder_value(builder, &value.value) == BLOOP_OK, "no value");
    const bloop_search_request request = {
        .kind = BLOOP_SEARCH_QUERY, .table = "things", .index = index, .key_condition = &condition
    };
    bloop_status status = bloop_search_page(backend, &request, out);
    bloop_builder_free(builder);
    return status;
}

static bloop_status scan(bloop_backend *backend, const char *index, bloop_search_result *out)
{
    const bloop_search_request request = { .kind = BLOOP_SEARCH_SCAN, .table = "things", .index = index };
    return bloop_search_page(backend, &request, out);
}

static bloop_backend *given_items(void)
{
    bloop_backend *backend = stores_open(&(bloop_store_options){ .path = NULL });
    stores_ok(store_make_table(backend, BLOOP_TAG_S));
    for (int i = 0; i < ITEMS; i++) {
        char id[16];
        (void)snprintf(id, sizeof id, "%d", i);
        stores_ok(store_put(backend, id, i, "all"));
    }
    return backend;
}

/* What creating an index commits first; its filling is left to others, as a process that dies does. */
static bloop_status begin_index(bl_change *change, void *context)
{
    bl_table *old, *new;
    bloop_index_definition indexes[3] = { [2] = late };
    (void)context;
    stores_ok(bl_table_read(&change->txn, "things", &old));
    bloop_table_definition definition = old->about.definition;
    memcpy(indexes, definition.global_indexes, 2 * sizeof *indexes);
    definition.global_indexes = indexes;
    definition.global_index_count = 3;
    stores_ok(bl_table_change(old, &definition, &change->facts.next_id, &new));
    change->changed = change->catalog_changed = true;
    bloop_status status = bl_table_write(&change->txn, new);
    bl_table_release(new);
    bl_table_release(old);
    return status;
}

static void expect_backfilling(bloop_status status)
{
    assert_int_equal(status, BLOOP_VALIDATION);
    assert_string_equal(bloop_last_error()->message, backfilling);
}

static void an_index_being_filled_is_not_read(void **state)
{
    bloop_search_result page = { 0 };
    bloop_table_result told = { 0 };
    bloop_backend *backend = given_items();
    bl_store *store = ((bl_backend *)backend)->store;
    (void)state;
    stores_ok(bl_commit_alone(store, begin_index, NULL));
    expect_backfilling(query(backend, "late", &page));
    expect_backfilling(scan(backend, "late", &page));
    assert_null(page.memory.blocks);
    stores_ok(bloop_describe_table(backend, "things", &told));
    assert_true(told.table.global_states[2].backfilling);
    assert_int_equal(told.table.global_states[2].status, BLOOP_TABLE_CREATING);
    bloop_result_free(&told.memory);
    /* Others can be, and what is written meanwhile is found later. */
    stores_ok(query(backend, "by_group", &page));
    assert_int_equal(page.count, ITEMS);
    bloop_result_free(&page.memory);
    stores_ok(store_put(backend, "more", 1, "all"));
    stores_ok(bl_fill_indexes(store, "things"));
    stores_ok(query(backend, "late", &page));
    assert_int_equal(page.count, ITEMS + 1);
    bloop_result_free(&page.memory);
    stores_ok(scan(backend, "late", &page));
    assert_int_equal(page.count, ITEMS + 1);
    bloop_result_free(&page.memory);
    bloop_backend_close(backend);
}

/* Of several faults the service tells that of the table first, then that of the index, then that of its units. */
static void units_are_judged_when_the_index_is_found(void **state)
{
    (void)state;
    bloop_backend *backend = stores_open(&(bloop_store_options){ .path = NULL });
    bloop_update_table_request update = { .table = "nothing",
                                          .update_index = "late",
                                          .index_throughput = { INT64_C(1000000000001), 1 } };
    stores_ok(store_make_table(backend, BLOOP_TAG_S));
    stores_fails(bloop_update_table(backend, &update, NULL), BLOOP_TABLE_NOT_FOUND);
    assert_string_equal(bloop_last_error()->message, "Requested resource not found: Table: nothing not found");
    update.table = "things";
    stores_fails(bloop_update_table(backend, &update, NULL), BLOOP_TABLE_NOT_FOUND);
    assert_string_equal(bloop_last_error()->message, "Requested resource not found: Index late for table things");
    update.update_index = "by_group";
    stores_fails(bloop_update_table(backend, &update, NULL), BLOOP_VALIDATION);
    assert_string_equal(bloop_last_error()->message,
                        "Given value 1000000000001 for ReadCapacityUnits is out of bounds");
    bloop_backend_close(backend);
}

typedef struct library {
    bloop_backend *backend;
    atomic_bool over;
    _Atomic size_t whole, refused; /* searches of the index that comes and goes */
} library;

static void judge(library *l, bloop_status status, bloop_search_result *page)
{
    const char *message = bloop_last_error()->message;
    if (status == BLOOP_OK) {
        trial_check(page->count == ITEMS, "an index shows %u of %d items", page->count, ITEMS);
        bloop_result_free(&page->memory);
        atomic_fetch_add(&l->whole, 1);
        return;
    }
    trial_check(status == BLOOP_VALIDATION && (strcmp(message, no_index) == 0 || strcmp(message, backfilling) == 0),
                "%s: %s", bloop_status_name(status), message);
    atomic_fetch_add(&l->refused, 1);
}

static void *search_all_the_time(void *context)
{
    library *l = context;
    while (!atomic_load(&l->over)) {
        bloop_search_result page = { 0 };
        judge(l, query(l->backend, "late", &page), &page);
        page = (bloop_search_result){ 0 };
        judge(l, scan(l->backend, "late", &page), &page);
        page = (bloop_search_result){ 0 };
        trial_check(query(l->backend, "by_group", &page) == BLOOP_OK, "%s", bloop_last_error()->message);
        trial_check(page.count == ITEMS, "an index shows %u of %d items", page.count, ITEMS);
        bloop_result_free(&page.memory);
    }
    return NULL;
}

/* Of the items in the index, and of others; the index has as many all the time. */
static void *write_all_the_time(void *context)
{
    library *l = context;
    for (int i = 0; !atomic_load(&l->over); i++) {
        char id[16];
        (void)snprintf(id, sizeof id, "%d", i % ITEMS);
        trial_check(store_add(l->backend, id, 1) == BLOOP_OK, "%s", bloop_last_error()->message);
        (void)snprintf(id, sizeof id, "other %d", i % 100);
        trial_check(store_put(l->backend, id, i, NULL) == BLOOP_OK, "%s", bloop_last_error()->message);
    }
    return NULL;
}

/* A thread may take its time before it begins. */
static void wait_for_more(const _Atomic size_t *count)
{
    size_t before = atomic_load(count);
    for (int i = 0; i < 60000 && atomic_load(count) == before; i++)
        trial_wait(1000);
    assert_true(atomic_load(count) > before);
}

static void an_index_comes_and_goes_under_searches(void **state)
{
    pthread_t threads[SEARCHERS + 1];
    library l = { .backend = given_items() };
    const bloop_update_table_request create = {
        .table = "things", .attributes = &group_attribute, .attribute_count = 1, .create_index = &late
    };
    const bloop_update_table_request delete = { .table = "things", .delete_index = "late" };
    (void)state;
    for (size_t i = 0; i <= SEARCHERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, i ? search_all_the_time : write_all_the_time, &l), 0);
    wait_for_more(&l.refused);
    size_t rounds = trial_count("BLOOP_INDEX_ROUNDS", (trial_counts){ 10, 40, 400 });
    for (size_t i = 0; i < rounds; i++) {
        bloop_table_result told = { 0 };
        bloop_search_result page = { 0 };
        stores_ok(bloop_update_table(l.backend, &create, &told));
        trial_check(told.table.definition.global_index_count == 3, "the index is not described");
        bloop_result_free(&told.memory);
        stores_ok(query(l.backend, "late", &page));
        assert_int_equal(page.count, ITEMS);
        bloop_result_free(&page.memory);
        if (i == 0)
            wait_for_more(&l.whole);
        stores_ok(bloop_update_table(l.backend, &delete, &told));
        bloop_result_free(&told.memory);
        stores_fails(query(l.backend, "late", &page), BLOOP_VALIDATION);
        assert_string_equal(bloop_last_error()->message, no_index);
    }
    atomic_store(&l.over, true);
    for (size_t i = 0; i <= SEARCHERS; i++)
        (void)pthread_join(threads[i], NULL);
    print_message("%zu searches saw the index, %zu were refused\n", l.whole, l.refused);
    bloop_backend_close(l.backend);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_index_being_filled_is_not_read),
        cmocka_unit_test(an_index_comes_and_goes_under_searches),
        cmocka_unit_test(units_are_judged_when_the_index_is_found),
    };
    (void)trial_seed();
    return cmocka_run_group_tests_name("store/index_life", tests, NULL, NULL);
}
