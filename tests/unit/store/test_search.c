/* Where searches walk, against what their terms say; and files in which what they look for is damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/search_private.h"
#include "store/store_private.h"
#include "support/stores.h"

static const uint8_t secret[16] = "0123456789abcdef";

static bloop_attribute_definition attributes[] = { { "id", BLOOP_TAG_S }, { "r", BLOOP_TAG_S }, { "w", BLOOP_TAG_N } };
static const bloop_index_definition near_index = {
    .name = "near", .hash_key = "id", .range_key = "w", .projection = BLOOP_PROJECT_KEYS_ONLY
};
static const bloop_table_definition definition = { .name = "abc",
                                                   .hash_key = "id",
                                                   .range_key = "r",
                                                   .attributes = attributes,
                                                   .attribute_count = 3,
                                                   .local_indexes = &near_index,
                                                   .local_index_count = 1,
                                                   .billing = BLOOP_BILLING_PAY_PER_REQUEST };

/* Values of keys, and packed items of them. */

static bloop_value text_value(bloop_builder *builder, bloop_tag tag, const char *text, size_t size)
{
    bloop_value value;
    bloop_builder_reset(builder);
    if (tag == BLOOP_TAG_S)
        bloop_build_string(builder, text, size);
    else
        bloop_build_binary(builder, text, size);
    assert_int_equal(bloop_builder_value(builder, &value), BLOOP_OK);
    return value;
}

static bl_table table_of(bloop_tag tag)
{
    return (bl_table){ .id = 7, .key = { { "id", 2, BLOOP_TAG_S }, { "r", 1, tag } } };
}

static bl_key key_of(const bl_table *table, bloop_value hash, bloop_value range)
{
    bl_key key;
    bloop_item item;
    bloop_builder *builder = bloop_builder_new();
    bloop_build_begin(builder, BLOOP_TAG_M);
    bloop_build_name(builder, "id", 2);
    bloop_build_value(builder, hash);
    bloop_build_name(builder, "r", 1);
    bloop_build_value(builder, range);
    bloop_build_end(builder);
    assert_int_equal(bloop_builder_value(builder, &item), BLOOP_OK);
    assert_int_equal(bl_key_of_item(&key, secret, table->id, &table->key, item), BLOOP_OK);
    bloop_builder_free(builder);
    return key;
}

static bool is_inside(const bl_search_range *range, const bl_key *key)
{
    bl_bytes bytes = bl_key_bytes(key);
    return key->size >= range->prefix_size && memcmp(key->bytes, range->prefix, range->prefix_size) == 0 &&
           (!range->low.size || bl_search_compare(bytes, bl_key_bytes(&range->low)) >= 0) &&
           (!range->high.size || bl_search_compare(bytes, bl_key_bytes(&range->high)) < 0);
}

/* A value's key is in the range of a term just when the value meets the term. */
static void check_term(const bl_search *search, const bloop_value *values, size_t count)
{
    bl_search_range range;
    const bl_key_term *term = &search->plan.range;
    assert_int_equal(bl_search_range_of(search, secret, &range), BLOOP_OK);
    for (size_t v = 0; v < count; v++) {
        bl_key key = key_of(search->table, search->plan.hash, values[v]);
        bool met = term->kind == BLOOP_EXPR_EMPTY || bl_key_term_met(term, values[v]);
        if (is_inside(&range, &key) != met)
            fail_msg("kind %d: key of value %zu", (int)term->kind, v);
    }
}

static void check_terms(bloop_tag tag, const bloop_value *values, size_t count)
{
    static const bloop_expr_kind kinds[] = {
        BLOOP_EXPR_EMPTY, BLOOP_EXPR_EQ, BLOOP_EXPR_LT,      BLOOP_EXPR_LE,
        BLOOP_EXPR_GT,    BLOOP_EXPR_GE, BLOOP_EXPR_BETWEEN, BLOOP_EXPR_BEGINS_WITH
    };
    const bl_table table = table_of(tag);
    const bloop_search_request request = { .kind = BLOOP_SEARCH_QUERY };
    bloop_builder *hash_builder = bloop_builder_new();
    bl_search search = { .request = &request, .table = &table };
    search.plan.hash = text_value(hash_builder, BLOOP_TAG_S, "h", 1);
    for (size_t k = 0; k < BL_COUNT_OF(kinds) - (tag == BLOOP_TAG_N); k++) {
        for (size_t low = 0; low < count; low++) {
            for (size_t high = 0; high < count; high++) {
                search.plan.range = (bl_key_term){ .kind = kinds[k], .low = values[low], .high = values[high] };
                check_term(&search, values, count);
            }
        }
    }
    bloop_builder_free(hash_builder);
}

static void terms_of_bytes(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
    } pool[] = { { "\0", 1 }, { "\0\0", 2 }, { "\0\1", 2 },   { "\1", 1 },       { "\1\1", 2 }, { "\1\2", 2 },
                 { "\2", 1 }, { "a", 1 },    { "a\0", 2 },    { "a\1", 2 },      { "aa", 2 },   { "ab", 2 },
                 { "b", 1 },  { "\xff", 1 }, { "\xff\0", 2 }, { "\xff\xff", 2 }, { "a\xff", 2 } };
    bloop_builder *builders[BL_COUNT_OF(pool)];
    bloop_value values[BL_COUNT_OF(pool)];
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(pool); i++) {
        builders[i] = bloop_builder_new();
        values[i] = text_value(builders[i], BLOOP_TAG_B, pool[i].bytes, pool[i].size);
    }
    check_terms(BLOOP_TAG_B, values, BL_COUNT_OF(pool));
    for (size_t i = 0; i < BL_COUNT_OF(pool); i++)
        bloop_builder_free(builders[i]);
}

static void terms_of_numbers(void **state)
{
    static const char *const pool[] = { "-1E125", "-100",   "-1.01", "-1", "-0.5", "-1E-130",
                                        "0",      "1E-130", "0.5",   "1",  "1.01", "1E125" };
    bloop_builder *builders[BL_COUNT_OF(pool)];
    bloop_value values[BL_COUNT_OF(pool)];
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(pool); i++) {
        bloop_number number;
        builders[i] = bloop_builder_new();
        assert_int_equal(bloop_number_parse(pool[i], strlen(pool[i]), &number), BLOOP_OK);
        bloop_build_number(builders[i], number);
        assert_int_equal(bloop_builder_value(builders[i], &values[i]), BLOOP_OK);
    }
    check_terms(BLOOP_TAG_N, values, BL_COUNT_OF(pool));
    for (size_t i = 0; i < BL_COUNT_OF(pool); i++)
        bloop_builder_free(builders[i]);
}

/* Segments follow each other without a gap, are about as large, and the outer ones are open. */
static void segments_cover_all(void **state)
{
    static const int32_t totals[] = { 1, 2, 3, 10, 4096, 999983, 1000000 };
    const bl_table table = table_of(BLOOP_TAG_S);
    (void)state;
    for (size_t k = 0; k < BL_COUNT_OF(totals); k++) {
        bl_key before = { .size = 0 };
        for (int32_t i = 0; i < totals[k]; i += i == 3 && totals[k] > 8 ? totals[k] - 7 : 1) {
            bl_search_range range;
            const bloop_search_request request = { .kind = BLOOP_SEARCH_SCAN,
                                                   .segment = i,
                                                   .total_segments = totals[k] };
            const bl_search search = { .request = &request, .table = &table };
            assert_int_equal(bl_search_range_of(&search, secret, &range), BLOOP_OK);
            assert_int_equal(range.low.size == 0, i == 0);
            assert_int_equal(range.high.size == 0, i == totals[k] - 1);
            if (i > 0 && (i <= 3 || i > totals[k] - 4))
                assert_int_equal(bl_search_compare(bl_key_bytes(&range.low), bl_key_bytes(&before)), 0);
            if (range.low.size && range.high.size) {
                double low = (double)bl_load_be64(range.low.bytes + 5),
                       high = (double)bl_load_be64(range.high.bytes + 5);
                assert_true((high - low) * totals[k] > 18446744073709551616.0 * 0.99);
                assert_true((high - low) * totals[k] < 18446744073709551616.0 * 1.01);
            }
            before = range.high;
        }
    }
}

/* Damage. */

static bl_env *env_of(bloop_backend *backend)
{
    return ((bl_backend *)backend)->env;
}

static bloop_item sample_item(bloop_builder *builder)
{
    bloop_item item;
    bloop_builder_reset(builder);
    bloop_build_begin(builder, BLOOP_TAG_M);
    bloop_put_string(builder, "id", "a");
    bloop_put_string(builder, "r", "b");
    bloop_put_int64(builder, "w", 3);
    bloop_build_end(builder);
    assert_int_equal(bloop_builder_value(builder, &item), BLOOP_OK);
    return item;
}

/* The key of the only record in a space. */
static bl_key only_key(bl_env *env, bl_space space)
{
    bl_txn txn;
    bl_walk walk;
    bl_key key;
    bool found = false;
    const uint8_t prefix = (uint8_t)space;
    stores_ok(bl_read_begin(env, &txn));
    stores_ok(bl_walk_begin(&txn, (bl_bytes){ &prefix, 1 }, false, &walk));
    stores_ok(bl_walk_next(&walk, &found));
    assert_true(found);
    memcpy(key.bytes, walk.key, walk.key_size);
    key.size = walk.key_size;
    bl_walk_end(&walk);
    bl_read_end(&txn);
    return key;
}

static void write_record(bl_env *env, const bl_key *key, bl_record_kind kind, bl_bytes payload)
{
    bl_txn txn;
    stores_ok(bl_write_begin(env, &txn));
    if (payload.data)
        stores_ok(bl_record_put(&txn, bl_key_bytes(key), kind, payload, (bl_bytes){ NULL, 0 }));
    else
        stores_ok(bl_record_delete(&txn, bl_key_bytes(key), NULL));
    stores_ok(bl_write_commit(&txn));
}

static bloop_backend *given_one_item(void)
{
    bloop_backend *backend = stores_open(&(bloop_store_options){ .path = NULL });
    bloop_builder *builder = bloop_builder_new();
    stores_ok(bloop_create_table(backend, &definition, NULL));
    const bloop_write_request request = { .table = "abc", .item = sample_item(builder) };
    stores_ok(bloop_write_item(backend, &request, NULL));
    bloop_builder_free(builder);
    return backend;
}

static void expect_corrupt(bloop_backend *backend, const bloop_search_request *request, const char *words)
{
    bloop_search_result result;
    stores_fails(bloop_search_page(backend, request, &result), BLOOP_CORRUPT);
    if (!strstr(bloop_last_error()->message, words) || !strstr(bloop_last_error()->message, "table abc"))
        fail_msg("%s", bloop_last_error()->message);
    assert_null(result.memory.blocks);
}

static void entry_without_item(void **state)
{
    bloop_backend *backend = given_one_item();
    bl_key key = only_key(env_of(backend), BL_SPACE_ITEMS);
    (void)state;
    write_record(env_of(backend), &key, BL_RECORD_ITEM, (bl_bytes){ NULL, 0 });
    const bloop_search_request request = {
        .kind = BLOOP_SEARCH_SCAN, .table = "abc", .index = "near", .select = BLOOP_SELECT_ALL
    };
    expect_corrupt(backend, &request, "index near has an entry without an item");
    bloop_backend_close(backend);
}

static void records_of_other_kinds(void **state)
{
    static const uint8_t payload[8] = { 0 };
    bloop_backend *backend = given_one_item();
    bl_key key = only_key(env_of(backend), BL_SPACE_ITEMS);
    (void)state;
    const bloop_search_request request = { .kind = BLOOP_SEARCH_SCAN, .table = "abc" };
    write_record(env_of(backend), &key, BL_RECORD_COUNTERS, (bl_bytes){ payload, sizeof payload });
    expect_corrupt(backend, &request, "of another kind than its place");
    write_record(env_of(backend), &key, BL_RECORD_ITEM, (bl_bytes){ payload, sizeof payload });
    expect_corrupt(backend, &request, "the record holds no item");
    bloop_backend_close(backend);
}

/* As two keys with one hash would look. */
static void items_of_other_keys(void **state)
{
    static const bloop_step step = { .name = { "id", 2 } };
    uint8_t payload[256] = { 100 };
    bloop_backend *backend = given_one_item();
    bl_key key = only_key(env_of(backend), BL_SPACE_ITEMS);
    bloop_builder *builder = bloop_builder_new(), *value_builder = bloop_builder_new();
    bloop_item item = sample_item(builder);
    (void)state;
    memcpy(payload + 4, item.data, item.size);
    bloop_value id = bloop_item_get((bloop_item){ payload + 4, item.size }, "id", 2);
    payload[(size_t)(id.data - payload) + 5] = 'z';
    write_record(env_of(backend), &key, BL_RECORD_ITEM, (bl_bytes){ payload, item.size + 4 });
    const bloop_expr path = { .kind = BLOOP_EXPR_PATH, .path = { &step, 1 } };
    const bloop_expr value = { .kind = BLOOP_EXPR_VALUE, .value = text_value(value_builder, BLOOP_TAG_S, "a", 1) };
    const bloop_expr *args[] = { &path, &value };
    const bloop_expr condition = { .kind = BLOOP_EXPR_EQ, .count = 2, .args = args };
    const bloop_search_request request = { .kind = BLOOP_SEARCH_QUERY, .table = "abc", .key_condition = &condition };
    expect_corrupt(backend, &request, "the item stored under this key has another key");
    bloop_builder_free(builder);
    bloop_builder_free(value_builder);
    bloop_backend_close(backend);
}

/* A table without a range key: a page of its only item has no last key, and nothing starts behind it. */
static void queries_for_one_item(void **state)
{
    (void)state;
    static const bloop_table_definition plain = { .name = "plain",
                                                  .hash_key = "id",
                                                  .attributes = attributes,
                                                  .attribute_count = 1,
                                                  .billing = BLOOP_BILLING_PAY_PER_REQUEST };
    static const bloop_step step = { .name = { "id", 2 } };
    bloop_builder *builder = bloop_builder_new(), *value_builder = bloop_builder_new();
    bloop_backend *backend = stores_open(&(bloop_store_options){ .path = NULL });
    stores_ok(bloop_create_table(backend, &plain, NULL));
    bloop_item item;
    bloop_build_begin(builder, BLOOP_TAG_M);
    bloop_build_name(builder, "id", 2);
    bloop_build_string(builder, "a", 1);
    bloop_build_end(builder);
    assert_int_equal(bloop_builder_value(builder, &item), BLOOP_OK);
    const bloop_write_request put = { .kind = BLOOP_WRITE_PUT, .table = "plain", .item = item };
    bloop_write_result written;
    stores_ok(bloop_write_item(backend, &put, &written));
    bloop_result_free(&written.memory);
    const bloop_expr path = { .kind = BLOOP_EXPR_PATH, .path = { &step, 1 } };
    const bloop_expr value = { .kind = BLOOP_EXPR_VALUE, .value = text_value(value_builder, BLOOP_TAG_S, "a", 1) };
    const bloop_expr *args[] = { &path, &value };
    const bloop_expr condition = { .kind = BLOOP_EXPR_EQ, .count = 2, .args = args };
    bloop_search_request request = {
        .kind = BLOOP_SEARCH_QUERY, .table = "plain", .key_condition = &condition, .limit = 1
    };
    bloop_search_result page;
    stores_ok(bloop_search_page(backend, &request, &page));
    assert_int_equal(page.count, 1);
    assert_null(page.last.data);
    bloop_result_free(&page.memory);
    request.exclusive_start = item;
    stores_fails(bloop_search_page(backend, &request, &page), BLOOP_VALIDATION);
    assert_string_equal(bloop_last_error()->message, "The provided exclusive start key is invalid: ExclusiveStartKey: "
                                                     "{id=AttributeValue: {S:a}}");
    bloop_builder_free(builder);
    bloop_builder_free(value_builder);
    bloop_backend_close(backend);
}

static void searches_after_close(void **state)
{
    bloop_backend *backend = given_one_item();
    bloop_search_result result;
    (void)state;
    const bloop_search_request request = { .kind = BLOOP_SEARCH_SCAN, .table = "abc" };
    stores_ok(bloop_search_page(backend, &request, &result));
    bloop_backend_close(backend);
    /* A page is the caller's own. */
    size_t position = 0;
    bloop_item item;
    assert_true(bloop_page_next(&result, &position, &item));
    assert_int_equal(bloop_value_count(item), 3);
    bloop_result_free(&result.memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms_of_bytes),         cmocka_unit_test(terms_of_numbers),
        cmocka_unit_test(segments_cover_all),     cmocka_unit_test(entry_without_item),
        cmocka_unit_test(records_of_other_kinds), cmocka_unit_test(items_of_other_keys),
        cmocka_unit_test(searches_after_close),   cmocka_unit_test(queries_for_one_item),
    };
    return cmocka_run_group_tests_name("store/search", tests, NULL, NULL);
}
