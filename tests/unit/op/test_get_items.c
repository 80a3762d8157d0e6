/* Many reads in one call, over a backend that answers for some keys of a request only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "op/op.h"
#include "sample.h"

#define KEYS 250

/* Answers for `answers` keys of each request, from the end, and leaves the rest; fails at the `fail_at`th. */
typedef struct sparing {
    bloop_backend base;
    size_t answers;
    unsigned requests, fail_at;
    size_t largest;
    bool consistent_cats; /* the options of table cats came with every request that has keys of it */
} sparing;

typedef struct received {
    unsigned times[KEYS];
    const bloop_batch_get_key *keys;
    bool right;
} received;

/* Half a unit of the table for each key that it answers for, and one of an index for each table of a request. */
static void tell_capacity(const bloop_batch_get_request *request, size_t left, bloop_batch_get_result *out)
{
    static const bloop_index_capacity index = { .index = "by_name", .units = 1 };
    static const char *const names[] = { "cats", "dogs" };
    bloop_consumed_capacity *told = bloop_result_alloc(&out->memory, 2 * sizeof *told);
    assert_non_null(told);
    for (size_t t = 0; t < 2; t++) {
        double units = 0;
        for (size_t i = left; i < request->count; i++)
            units += strcmp(request->keys[i].table, names[t]) == 0 ? 0.5 : 0;
        if (units > 0)
            told[out->capacity_count++] = (bloop_consumed_capacity){ .table = names[t],
                                                                     .units = units + 1,
                                                                     .divided = true,
                                                                     .table_units = units,
                                                                     .indexes = &index,
                                                                     .index_count = 1 };
    }
    out->capacity = told;
}

static bloop_status batch_get_item(bloop_backend *backend, const bloop_batch_get_request *request,
                                   bloop_batch_get_result *out)
{
    sparing *s = (sparing *)backend;
    if (++s->requests == s->fail_at)
        return bloop_backend_fail(BLOOP_NETWORK, "as told");
    if (request->count > s->largest)
        s->largest = request->count;
    bool cats = strcmp(request->keys[0].table, "cats") == 0;
    s->consistent_cats &= !cats || (request->table_count == 1 && request->tables[0].consistent);
    size_t left = request->count > s->answers ? request->count - s->answers : 0;
    size_t *unprocessed = bloop_result_alloc(&out->memory, (left + 1) * sizeof *unprocessed);
    assert_non_null(unprocessed);
    for (size_t i = 0; i < left; i++)
        unprocessed[i] = i;
    for (size_t i = left; i < request->count; i++)
        assert_int_equal(request->receive(request->context, i, request->keys[i].key), BLOOP_OK);
    out->unprocessed = unprocessed;
    out->unprocessed_count = left;
    if (request->capacity)
        tell_capacity(request, left, out);
    return BLOOP_OK;
}

static bloop_status receive(void *context, size_t index, bloop_item item)
{
    received *r = context;
    r->times[index]++;
    r->right = r->right && item.data == r->keys[index].key.data;
    return BLOOP_OK;
}

static void make_keys(bl_arena *memory, bloop_batch_get_key keys[KEYS])
{
    for (int i = 0; i < KEYS; i++) {
        char text[32];
        snprintf(text, sizeof text, "id:S:%d", i);
        keys[i] = (bloop_batch_get_key){ i < KEYS / 2 ? "cats" : "dogs", sample_item(memory, text) };
    }
}

static sparing new_sparing(size_t answers)
{
    static const bloop_backend_operations operations = { .name = "sparing", .batch_get_item = batch_get_item };
    return (sparing){ .base.operations = &operations, .answers = answers, .consistent_cats = true };
}

static void every_key_once(void **state)
{
    (void)state;
    bl_arena memory = { 0 };
    bloop_batch_get_key keys[KEYS];
    make_keys(&memory, keys);
    static const struct {
        size_t answers;
        unsigned requests;
    } rows[] = { { 100, 3 }, { 60, 4 }, { 1000, 3 } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        sparing s = new_sparing(rows[i].answers);
        received r = { .keys = keys, .right = true };
        bloop_batch_get_request request = { .keys = keys, .count = KEYS, .receive = receive, .context = &r };
        request.tables = &(bloop_batch_table){ .table = "cats", .consistent = true };
        request.table_count = 1;
        bloop_batch_get_result result;
        assert_int_equal(bloop_get_items(&s.base, &request, 4, &result), BLOOP_OK);
        assert_int_equal(result.unprocessed_count, 0);
        bloop_result_free(&result.memory);
        for (size_t k = 0; k < KEYS; k++)
            assert_int_equal(r.times[k], 1);
        assert_true(r.right && s.consistent_cats);
        assert_true(s.requests >= rows[i].requests);
        assert_int_equal(s.largest, 100);
    }
    bl_arena_free(&memory);
}

static void names_what_is_left(void **state)
{
    (void)state;
    bl_arena memory = { 0 };
    bloop_batch_get_key keys[KEYS];
    make_keys(&memory, keys);
    sparing s = new_sparing(100);
    s.fail_at = 2;
    received r = { .keys = keys, .right = true };
    bloop_batch_get_request request = { .keys = keys, .count = KEYS, .receive = receive, .context = &r };
    bloop_batch_get_result result;
    assert_int_equal(bloop_get_items(&s.base, &request, 0, &result), BLOOP_NETWORK);
    assert_string_equal(bloop_last_error()->message, "as told");
    assert_int_equal(result.unprocessed_count, KEYS - 100);
    for (size_t i = 0; i < result.unprocessed_count; i++) {
        assert_int_equal(r.times[result.unprocessed[i]], 0);
        r.times[result.unprocessed[i]] = 1;
    }
    for (size_t k = 0; k < KEYS; k++)
        assert_int_equal(r.times[k], 1);
    bloop_result_free(&result.memory);
    bl_arena_free(&memory);
}

/* The second request of the three is of both tables. */
static void capacity_is_added_up(void **state)
{
    (void)state;
    static const struct {
        unsigned fail_at;
        double cats, dogs, requests_of_cats, requests_of_dogs;
    } rows[] = { { 0, 62.5, 62.5, 2, 2 }, { 3, 62.5, 37.5, 2, 1 } };
    bl_arena memory = { 0 };
    bloop_batch_get_key keys[KEYS];
    make_keys(&memory, keys);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        sparing s = new_sparing(100);
        s.fail_at = rows[i].fail_at;
        received r = { .keys = keys };
        bloop_batch_get_request request = { .keys = keys, .count = KEYS, .receive = receive, .context = &r };
        request.capacity = BLOOP_CAPACITY_INDEXES;
        bloop_batch_get_result result;
        assert_int_equal(bloop_get_items(&s.base, &request, 0, &result), s.fail_at ? BLOOP_NETWORK : BLOOP_OK);
        assert_int_equal(result.capacity_count, 2);
        assert_string_equal(result.capacity[0].table, "cats");
        assert_string_equal(result.capacity[1].table, "dogs");
        assert_true(result.capacity[0].divided && result.capacity[0].table_units == rows[i].cats);
        assert_true(result.capacity[0].units == rows[i].cats + rows[i].requests_of_cats);
        assert_true(result.capacity[1].table_units == rows[i].dogs);
        assert_int_equal(result.capacity[1].index_count, 1);
        assert_string_equal(result.capacity[1].indexes[0].index, "by_name");
        assert_true(result.capacity[1].indexes[0].units == rows[i].requests_of_dogs);
        bloop_result_free(&result.memory);
    }
    bl_arena_free(&memory);
}

static void gives_up_in_the_end(void **state)
{
    (void)state;
    bl_arena memory = { 0 };
    bloop_batch_get_key keys[KEYS];
    make_keys(&memory, keys);
    sparing s = new_sparing(0);
    received r = { .keys = keys };
    bloop_batch_get_request request = { .keys = keys, .count = 2, .receive = receive, .context = &r };
    bloop_batch_get_result result;
    assert_int_equal(bloop_get_items(&s.base, &request, 0, &result), BLOOP_THROTTLED);
    assert_string_equal(bloop_last_error()->message, "2 keys were left unprocessed, 10 times in a row");
    assert_int_equal(result.unprocessed_count, 2);
    assert_int_equal(s.requests, BL_BACKOFF_TRIES);
    assert_int_equal(bl_op_stalled(1, 10), BLOOP_THROTTLED);
    assert_string_equal(bloop_last_error()->message, "1 key was left unprocessed, 10 times in a row");
    bloop_result_free(&result.memory);
    bl_arena_free(&memory);
}

static void refuses(void **state)
{
    (void)state;
    bl_arena memory = { 0 };
    bloop_batch_get_key keys[KEYS];
    make_keys(&memory, keys);
    sparing s = new_sparing(100);
    received r = { .keys = keys };
    bloop_batch_get_request request = { .keys = keys, .count = KEYS, .receive = receive, .context = &r };
    bloop_batch_get_result result;
    assert_int_equal(bloop_get_items(&s.base, &request, 0, NULL), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_get_items(&s.base, NULL, 0, &result), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_get_items(NULL, &request, 0, &result), BLOOP_INVALID_ARGUMENT);
    keys[KEYS - 1].table = "";
    assert_int_equal(bloop_get_items(&s.base, &request, 0, &result), BLOOP_VALIDATION);
    keys[KEYS - 1] = keys[KEYS - 2];
    assert_int_equal(bloop_get_items(&s.base, &request, 0, &result), BLOOP_VALIDATION);
    assert_int_equal(s.requests, 0);
    request.count = 0;
    assert_int_equal(bloop_get_items(&s.base, &request, 0, &result), BLOOP_OK);
    bl_arena_free(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_once),
        cmocka_unit_test(names_what_is_left),
        cmocka_unit_test(capacity_is_added_up),
        cmocka_unit_test(gives_up_in_the_end),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests_name("op/get_items", tests, NULL, NULL);
}
