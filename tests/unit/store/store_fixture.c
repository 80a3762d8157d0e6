/* See store_fixture.h. */
#include "store_fixture.h"

bloop_backend *store_open(const char *path)
{
    return bloop_store_open(&(bloop_store_options){ .path = path, .durability = BLOOP_DURABLE_LATER });
}

bloop_status store_make_table(bloop_backend *backend, bloop_tag hash)
{
    const bloop_attribute_definition attributes[] = { { "id", hash }, { "group", BLOOP_TAG_S }, { "n", BLOOP_TAG_N } };
    const bloop_index_definition indexes[] = {
        { .name = "by_group", .hash_key = "group" },
        { .name = "by_n", .hash_key = "n", .projection = BLOOP_PROJECT_KEYS_ONLY },
    };
    const bloop_table_definition table = { .name = "things",
                                           .hash_key = "id",
                                           .attributes = attributes,
                                           .attribute_count = 3,
                                           .global_indexes = indexes,
                                           .global_index_count = 2,
                                           .billing = BLOOP_BILLING_PAY_PER_REQUEST };
    return bloop_create_table(backend, &table, NULL);
}

bloop_item store_item(bloop_builder *builder, const char *id, int64_t n, const char *group)
{
    bloop_item item = { NULL, 0 };
    bloop_builder_reset(builder);
    bloop_build_begin(builder, BLOOP_TAG_M);
    bloop_put_string(builder, "id", id);
    bloop_put_int64(builder, "n", n);
    if (group)
        bloop_put_string(builder, "group", group);
    bloop_build_end(builder);
    (void)bloop_builder_value(builder, &item);
    return item;
}

bloop_item store_key(bloop_builder *builder, const char *id)
{
    bloop_item item = { NULL, 0 };
    bloop_builder_reset(builder);
    bloop_build_begin(builder, BLOOP_TAG_M);
    bloop_put_string(builder, "id", id);
    bloop_build_end(builder);
    (void)bloop_builder_value(builder, &item);
    return item;
}

bloop_status store_put(bloop_backend *backend, const char *id, int64_t n, const char *group)
{
    bloop_builder *builder = bloop_builder_new();
    const bloop_write_request request = { .kind = BLOOP_WRITE_PUT,
                                          .table = "things",
                                          .item = store_item(builder, id, n, group) };
    bloop_status status = bloop_write_item(backend, &request, NULL);
    bloop_builder_free(builder);
    return status;
}

bloop_status store_add(bloop_backend *backend, const char *id, int64_t by)
{
    static const bloop_step step = { { "n", 1 }, 0 };
    bloop_builder *key = bloop_builder_new(), *value = bloop_builder_new();
    bloop_action action = { .kind = BLOOP_ACTION_ADD, .path = { &step, 1 }, .value = { .kind = BLOOP_EXPR_VALUE } };
    bloop_build_int64(value, by);
    (void)bloop_builder_value(value, &action.value.value);
    const bloop_update update = { &action, 1 };
    const bloop_write_request request = {
        .kind = BLOOP_WRITE_UPDATE, .table = "things", .item = store_key(key, id), .update = &update
    };
    bloop_status status = bloop_write_item(backend, &request, NULL);
    bloop_builder_free(value);
    bloop_builder_free(key);
    return status;
}

int64_t store_n(bloop_backend *backend, const char *id)
{
    int64_t n = -1;
    bloop_get_result result;
    bloop_builder *builder = bloop_builder_new();
    const bloop_get_request request = { .table = "things", .key = store_key(builder, id) };
    bloop_status status = bloop_get_item(backend, &request, &result);
    if (status == BLOOP_OK && result.found)
        status = bloop_number_to_int64(bloop_value_number(bloop_item_get(result.item, "n", 1)), &n);
    if (status == BLOOP_OK)
        bloop_result_free(&result.memory);
    bloop_builder_free(builder);
    return status == BLOOP_OK ? n : -2;
}
