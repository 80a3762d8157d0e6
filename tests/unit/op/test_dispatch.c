/* What reaches a backend, and what comes back: results emptied on failure, good writes among bad ones, missing operations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "sample.h"
#include "support/fail_alloc.h"

static const char *last_message(void)
{
    return bloop_last_error()->message;
}

static bloop_status receive_any(void *context, size_t index, bloop_item item)
{
    (void)context;
    (void)index;
    (void)item;
    return BLOOP_OK;
}

static const bloop_table_definition table = {
    .name = "cats",
    .hash_key = "id",
    .attributes = (const bloop_attribute_definition[]){ { "id", BLOOP_TAG_S } },
    .attribute_count = 1,
    .billing = BLOOP_BILLING_PAY_PER_REQUEST,
};

/* Calls every operation once; returns the first status that is not `expected`, else `expected`. */
static bloop_status call_all(bloop_backend *backend, bloop_item key, bloop_status expected)
{
    bloop_table_result t = { 0 };
    bloop_list_tables_result l = { 0 };
    bloop_get_result g = { 0 };
    bloop_batch_get_result bg = { 0 };
    bloop_write_result w = { 0 };
    bloop_batch_write_result bw = { 0 };
    bloop_update_table_request update = { .table = "cats", .set_stream = true };
    bloop_get_request get = { .table = "cats", .key = key };
    bloop_batch_get_request batch = { .keys = &(bloop_batch_get_key){ "cats", key },
                                      .count = 1,
                                      .receive = receive_any };
    bloop_write_request write = { .kind = BLOOP_WRITE_DELETE, .table = "cats", .item = key };
    bloop_status statuses[] = {
        bloop_create_table(backend, &table, NULL),
        bloop_describe_table(backend, "cats", &t),
        bloop_list_tables(backend, NULL, &l),
        bloop_update_table(backend, &update, NULL),
        bloop_delete_table(backend, "cats", NULL),
        bloop_get_item(backend, &get, &g),
        bloop_batch_get_item(backend, &batch, &bg),
        bloop_write_item(backend, &write, &w),
        bloop_batch_write_item(backend, &(bloop_batch_write_request){ .writes = &write, .count = 1 }, &bw),
    };
    bool empty = !t.memory.blocks && !t.table.definition.name && !l.memory.blocks && !g.memory.blocks && !g.found &&
                 !bg.memory.blocks && !bg.unprocessed_count && !bw.memory.blocks && !bw.unprocessed_count;
    assert_int_equal(empty, expected != BLOOP_OK);
    assert_int_equal(w.status, expected);
    bloop_result_free(&t.memory);
    bloop_result_free(&l.memory);
    bloop_result_free(&g.memory);
    bloop_result_free(&bg.memory);
    bloop_result_free(&w.memory);
    bloop_result_free(&bw.memory);
    for (size_t i = 0; i < BL_COUNT_OF(statuses); i++) {
        if (statuses[i] != expected)
            return statuses[i];
    }
    return expected;
}

static void every_operation(void **state)
{
    (void)state;
    bl_arena memory = { 0 };
    bloop_item key = sample_item(&memory, "id:S:x");
    sample_backend sample = sample_backend_new();
    assert_int_equal(call_all(&sample.base, key, BLOOP_OK), BLOOP_OK);
    assert_int_equal(sample.calls, 9);
    sample.status = BLOOP_THROTTLED;
    assert_int_equal(call_all(&sample.base, key, BLOOP_THROTTLED), BLOOP_THROTTLED);
    assert_string_equal(last_message(), "as told");
    bloop_backend_close(&sample.base);
    assert_true(sample.closed);
    bloop_backend_close(NULL);
    bl_arena_free(&memory);
}

/* A backend that leaves more unprocessed than it was asked for is not believed. */
static void too_much_unprocessed(void **state)
{
    (void)state;
    bl_arena memory = { 0 };
    bloop_item key = sample_item(&memory, "id:S:x");
    sample_backend sample = sample_backend_new();
    sample.excess = 1;
    bloop_batch_get_request batch = { .keys = &(bloop_batch_get_key){ "cats", key },
                                      .count = 1,
                                      .receive = receive_any };
    bloop_batch_get_result got = { 0 };
    assert_int_equal(bloop_batch_get_item(&sample.base, &batch, &got), BLOOP_INTERNAL);
    assert_int_equal(got.unprocessed_count, 0);
    bloop_write_request write = { .kind = BLOOP_WRITE_DELETE, .table = "cats", .item = key };
    bloop_batch_write_result written = { 0 };
    assert_int_equal(
        bloop_batch_write_item(&sample.base, &(bloop_batch_write_request){ .writes = &write, .count = 1 }, &written),
        BLOOP_INTERNAL);
    assert_int_equal(written.unprocessed_count, 0);
    bl_arena_free(&memory);
}

static void missing_operations(void **state)
{
    (void)state;
    bl_arena memory = { 0 };
    bloop_item key = sample_item(&memory, "id:S:x");
    const bloop_backend_operations none = { .name = "bare" };
    bloop_backend bare = { &none };
    assert_int_equal(call_all(&bare, key, BLOOP_UNSUPPORTED_OPERATION), BLOOP_UNSUPPORTED_OPERATION);
    assert_string_equal(last_message(), "the backend bare does not have the operation batch_write_item");
    bloop_backend_close(&bare);
    assert_int_equal(call_all(NULL, key, BLOOP_INVALID_ARGUMENT), BLOOP_INVALID_ARGUMENT);
    bl_arena_free(&memory);
}

static void null_requests(void **state)
{
    (void)state;
    sample_backend sample = sample_backend_new();
    bloop_get_result g;
    bloop_batch_get_result bg;
    bloop_write_result w;
    bloop_batch_write_result bw;
    bloop_get_request get = { .table = "cats" };
    assert_int_equal(bloop_create_table(&sample.base, NULL, NULL), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_update_table(&sample.base, NULL, NULL), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_list_tables(&sample.base, NULL, NULL), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_get_item(&sample.base, NULL, &g), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_get_item(&sample.base, &get, NULL), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_batch_get_item(&sample.base, NULL, &bg), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_write_item(&sample.base, NULL, &w), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(w.status, BLOOP_INVALID_ARGUMENT);
    bloop_result_free(&w.memory);
    assert_int_equal(bloop_write_items(&sample.base, NULL, 1, 0, NULL), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_write_items(&sample.base, NULL, 0, 0, NULL), BLOOP_OK);
    assert_int_equal(
        bloop_batch_write_item(&sample.base, &(bloop_batch_write_request){ .writes = NULL, .count = 3 }, &bw),
        BLOOP_INVALID_ARGUMENT);
    assert_int_equal(sample.calls, 0);
}

static void values_need_a_place(void **state)
{
    (void)state;
    bl_arena memory = { 0 };
    sample_backend sample = sample_backend_new();
    bloop_write_request write = { .table = "cats", .item = sample_item(&memory, "id:S:x") };
    assert_int_equal(bloop_write_item(&sample.base, &write, NULL), BLOOP_OK);
    write.return_values = BLOOP_RETURN_ALL_OLD;
    assert_int_equal(bloop_write_item(&sample.base, &write, NULL), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(sample.calls, 1);
    bl_arena_free(&memory);
}

typedef struct write_case {
    const char *tables[4];
    const char *expected; /* of each: '.' success, 'v' refused here, 'n' table not found */
    bloop_status whole;
    const char *reached; /* the backend */
} write_case;

static void writes_fail_by_themselves(void **state)
{
    (void)state;
    static const write_case cases[] = {
        { { "a", "b", "c", "d" }, "....", BLOOP_OK, "a b c d " },
        { { "a", "!", "c", "d" }, ".v..", BLOOP_VALIDATION, "a c d " },
        { { "!", "b", "!", "d" }, "v.v.", BLOOP_VALIDATION, "b d " },
        { { "a", "bad", "!", "d" }, ".nv.", BLOOP_TABLE_NOT_FOUND, "a bad d " },
        { { "a", "!", "bad", "bad" }, ".vnn", BLOOP_VALIDATION, "a bad bad " },
        { { "!", "!", "!", "!" }, "vvvv", BLOOP_VALIDATION, "" },
    };
    static const char *const refused = "1 validation error detected: Value '!' at 'tableName' failed to satisfy "
                                       "constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+";
    bl_arena memory = { 0 };
    bloop_item key = sample_item(&memory, "id:S:x");
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        sample_backend sample = sample_backend_new();
        bloop_write_request requests[4];
        bloop_write_result results[4];
        for (size_t k = 0; k < 4; k++)
            requests[k] = (bloop_write_request){ .table = cases[i].tables[k], .item = key };
        assert_int_equal(bloop_write_items(&sample.base, requests, 4, 0, results), cases[i].whole);
        assert_string_equal(sample.names, cases[i].reached);
        for (size_t k = 0; k < 4; k++) {
            char outcome = cases[i].expected[k];
            const char *message = outcome == '.' ? NULL : outcome == 'v' ? refused : "as told";
            assert_int_equal(results[k].status, outcome == '.'   ? BLOOP_OK
                                                : outcome == 'v' ? BLOOP_VALIDATION
                                                                 : BLOOP_TABLE_NOT_FOUND);
            if (message)
                assert_string_equal(results[k].message, message);
            else
                assert_null(results[k].message);
            if (message && results[k].status == cases[i].whole)
                assert_string_equal(last_message(), message);
            bloop_result_free(&results[k].memory);
        }
    }
    bl_arena_free(&memory);
}

/* A backend that fails as a whole has failed each write. */
static void silent_failure(void **state)
{
    (void)state;
    bl_arena memory = { 0 };
    sample_backend sample = sample_backend_new();
    sample.status = BLOOP_NETWORK;
    sample.silent = true;
    bloop_write_request requests[2];
    bloop_write_result results[2];
    for (size_t i = 0; i < 2; i++)
        requests[i] = (bloop_write_request){ .table = "cats", .item = sample_item(&memory, "id:S:x") };
    assert_int_equal(bloop_write_items(&sample.base, requests, 2, 0, results), BLOOP_NETWORK);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(results[i].status, BLOOP_NETWORK);
        assert_string_equal(results[i].message, "as told");
        bloop_result_free(&results[i].memory);
    }
    bl_arena_free(&memory);
}

typedef struct running {
    sample_backend *sample;
    const bloop_write_request *requests;
} running;

/* Two good writes around a bad one: without memory, each write still has a status. */
static bloop_status run(void *context)
{
    running *r = context;
    bloop_write_result results[3];
    bloop_status status = bloop_write_items(&r->sample->base, r->requests, 3, 0, results);
    bool told = true;
    bloop_status worst = BLOOP_OK;
    for (size_t i = 0; i < 3; i++) {
        told = told && (results[i].status == BLOOP_OK) == (results[i].message == NULL);
        if (i != 1 && results[i].status != BLOOP_OK)
            worst = results[i].status;
        bloop_result_free(&results[i].memory);
    }
    if (status == BLOOP_OK || !told || results[1].status != BLOOP_VALIDATION)
        return BLOOP_INTERNAL;
    return worst;
}

static void no_memory_for_good_writes(void **state)
{
    (void)state;
    bl_arena memory = { 0 };
    sample_backend sample = sample_backend_new();
    bloop_item key = sample_item(&memory, "id:S:x");
    bloop_write_request requests[] = { { .table = "a", .item = key },
                                       { .table = "!", .item = key },
                                       { .table = "c", .item = key } };
    running r = { &sample, requests };
    assert_int_equal(run(&r), BLOOP_OK);
    /* allocation 0 is the words of the refusal; 1 and 2 the arrays of what is left */
    for (size_t at = 1; at <= 2; at++) {
        fail_alloc_begin(at, FAIL_ALLOC_ONE);
        bloop_status status = run(&r);
        fail_alloc_report report = fail_alloc_end();
        assert_int_equal(status, BLOOP_NO_MEMORY);
        assert_int_equal(report.leaks, 0);
    }
    fail_alloc_begin(0, FAIL_ALLOC_ALL_AFTER);
    bloop_status status = run(&r);
    fail_alloc_report report = fail_alloc_end();
    assert_int_equal(status, BLOOP_NO_MEMORY);
    assert_int_equal(report.leaks, 0);
    bl_arena_free(&memory);
}

static void result_memory(void **state)
{
    (void)state;
    bloop_result_memory memory = { 0 };
    uint8_t *pieces[200];
    for (size_t i = 0; i < 200; i++) {
        size_t size = i % 20 == 19 ? 5000 : i;
        pieces[i] = bloop_result_alloc(&memory, size);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
        for (size_t k = 0; k < size; k++)
            assert_int_equal(pieces[i][k], 0);
        memset(pieces[i], (int)i + 1, size);
    }
    for (size_t i = 0; i < 200; i++) {
        for (size_t k = 0; k < (i % 20 == 19 ? 5000 : i); k++)
            assert_int_equal(pieces[i][k], (uint8_t)(i + 1));
    }
    bloop_result_free(&memory);
    assert_null(memory.blocks);
    bloop_result_free(&memory);
    bloop_result_free(NULL);
    assert_null(bloop_result_alloc(&memory, SIZE_MAX));
    assert_int_equal(bloop_last_error()->status, BLOOP_NO_MEMORY);
}

static void backend_messages(void **state)
{
    (void)state;
    assert_int_equal(bloop_backend_fail(BLOOP_NETWORK, "%s:%d", "host", 8000), BLOOP_NETWORK);
    assert_int_equal(bloop_last_error()->status, BLOOP_NETWORK);
    assert_string_equal(last_message(), "host:8000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation),     cmocka_unit_test(too_much_unprocessed),
        cmocka_unit_test(missing_operations),  cmocka_unit_test(null_requests),
        cmocka_unit_test(values_need_a_place), cmocka_unit_test(writes_fail_by_themselves),
        cmocka_unit_test(silent_failure),      cmocka_unit_test(no_memory_for_good_writes),
        cmocka_unit_test(result_memory),       cmocka_unit_test(backend_messages),
    };
    return cmocka_run_group_tests_name("op/dispatch", tests, NULL, NULL);
}
