/* The cases, and what a store is compared by. */
#include "oom/store_cases.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/stores.h"
#include "support/trial.h"

enum { ITEMS = 12, BATCH = 10, LONG_KEY = 900, LARGE = 20000 };

static const bloop_attribute_definition attributes[] = {
    { "id", BLOOP_TAG_N }, { "name", BLOOP_TAG_S }, { "color", BLOOP_TAG_S }, { "size", BLOOP_TAG_N }
};
static const char *const include[] = { "size" };
static const bloop_index_definition global[] = {
    { .name = "by_color", .hash_key = "color", .range_key = "id", .projection = BLOOP_PROJECT_ALL },
    { .name = "by_size",
      .hash_key = "size",
      .projection = BLOOP_PROJECT_INCLUDE,
      .include = include,
      .include_count = 1 },
};
static const bloop_index_definition local[] = {
    { .name = "at_size", .hash_key = "id", .range_key = "size", .projection = BLOOP_PROJECT_KEYS_ONLY },
};
static const bloop_table_definition things = { .name = "things",
                                               .hash_key = "id",
                                               .range_key = "name",
                                               .attributes = attributes,
                                               .attribute_count = 4,
                                               .global_indexes = global,
                                               .global_index_count = 1,
                                               .local_indexes = local,
                                               .local_index_count = 1,
                                               .billing = BLOOP_BILLING_PAY_PER_REQUEST };

/* Built once, and released at the end. */
static bloop_builder *builders[64];
static size_t builder_count;
static bloop_item items[ITEMS], keys[ITEMS], other_item, large_item, long_item, new_item, new_key;
static bloop_value red, seven;
static bloop_write_request batch[BATCH];
static bloop_batch_get_key batch_keys[BATCH];

/* SET size = size + :seven, color = :red REMOVE note, if color exists. */
static const bloop_step step_size = { .name = { "size", 4 } }, step_color = { .name = { "color", 5 } },
                        step_note = { .name = { "note", 4 } };
static bloop_expr path_size = { .kind = BLOOP_EXPR_PATH, .path = { &step_size, 1 } };
static bloop_expr path_color = { .kind = BLOOP_EXPR_PATH, .path = { &step_color, 1 } };
static bloop_expr value_seven = { .kind = BLOOP_EXPR_VALUE };
static const bloop_expr *const sum_args[] = { &path_size, &value_seven };
static const bloop_expr *const color_args[] = { &path_color };
static const bloop_expr has_color = { .kind = BLOOP_EXPR_ATTRIBUTE_EXISTS, .count = 1, .args = color_args };
static const bloop_expr has_no_color = { .kind = BLOOP_EXPR_ATTRIBUTE_NOT_EXISTS, .count = 1, .args = color_args };
static bloop_action actions[] = {
    { .kind = BLOOP_ACTION_SET,
      .path = { &step_size, 1 },
      .value = { .kind = BLOOP_EXPR_PLUS, .count = 2, .args = sum_args } },
    { .kind = BLOOP_ACTION_SET, .path = { &step_color, 1 }, .value = { .kind = BLOOP_EXPR_VALUE } },
    { .kind = BLOOP_ACTION_REMOVE, .path = { &step_note, 1 } },
};
static const bloop_update update = { actions, 3 };
static const bloop_path paths[] = { { &step_color, 1 }, { &step_size, 1 } };
static const bloop_projection_paths projection = { paths, 2 };

static bloop_builder *begin(size_t id, const char *name, size_t name_size);
static bloop_item finish(bloop_builder *builder);
static bloop_item build(size_t id, const char *color, size_t note);
static bloop_status write_one(bloop_backend *backend, const bloop_write_request *request);
static bloop_status get_one(bloop_backend *backend, const bloop_get_request *request, bool found);
static bloop_status take(void *context, size_t index, bloop_item item);
static void mix(uint64_t *digest, const void *data, size_t size);
static void mix_table(bloop_backend *backend, const char *name, uint64_t *digest);

static bloop_status nothing(bloop_backend *backend, const char *path)
{
    (void)backend;
    (void)path;
    return BLOOP_OK;
}

static bloop_status open_new(bloop_backend *backend, const char *path)
{
    (void)backend;
    (void)unlink(path);
    backend = bloop_store_open(&(bloop_store_options){ .path = path, .durability = BLOOP_DURABLE_LATER });
    if (!backend)
        return bloop_last_error()->status;
    bloop_backend_close(backend);
    return BLOOP_OK;
}

static bloop_status open_memory(bloop_backend *backend, const char *path)
{
    (void)path;
    backend = bloop_store_open(&(bloop_store_options){ .path = NULL });
    if (!backend)
        return bloop_last_error()->status;
    bloop_status status = bloop_create_table(backend, &things, NULL);
    bloop_backend_close(backend);
    return status;
}

static bloop_status check(bloop_backend *backend, const char *path)
{
    (void)backend;
    bloop_check_counts counts;
    return bloop_check_file(path, NULL, NULL, &counts);
}

static bloop_status create_table(bloop_backend *backend, const char *path)
{
    (void)path;
    bloop_table_definition more = things;
    bloop_table_result about = { 0 };
    more.name = "more_things";
    more.global_index_count = 2;
    bloop_status status = bloop_create_table(backend, &more, &about);
    bloop_result_free(&about.memory);
    return status;
}

static bloop_status create_table_that_is_there(bloop_backend *backend, const char *path)
{
    (void)path;
    bloop_status status = bloop_create_table(backend, &things, NULL);
    return status == BLOOP_TABLE_IN_USE ? BLOOP_OK : status;
}

static bloop_status describe_table(bloop_backend *backend, const char *path)
{
    (void)path;
    bloop_table_result about = { 0 };
    bloop_status status = bloop_describe_table(backend, "things", &about);
    bloop_result_free(&about.memory);
    return status;
}

static bloop_status list_tables(bloop_backend *backend, const char *path)
{
    (void)path;
    bloop_list_tables_result list = { 0 };
    bloop_status status = bloop_list_tables(backend, &(bloop_list_tables_request){ .limit = 10 }, &list);
    bloop_result_free(&list.memory);
    return status;
}

static bloop_status protect_table(bloop_backend *backend, const char *path)
{
    (void)path;
    return bloop_update_table(backend,
                              &(bloop_update_table_request){
                                  .table = "things", .set_deletion_protection = true, .deletion_protection = true },
                              NULL);
}

static bloop_status create_index(bloop_backend *backend, const char *path)
{
    (void)path;
    return bloop_update_table(
        backend,
        &(bloop_update_table_request){
            .table = "things", .attributes = attributes, .attribute_count = 4, .create_index = &global[1] },
        NULL);
}

static bloop_status delete_index(bloop_backend *backend, const char *path)
{
    (void)path;
    return bloop_update_table(backend, &(bloop_update_table_request){ .table = "things", .delete_index = "by_color" },
                              NULL);
}

static bloop_status delete_table(bloop_backend *backend, const char *path)
{
    (void)path;
    return bloop_delete_table(backend, "things", NULL);
}

static bloop_status put_new(bloop_backend *backend, const char *path)
{
    (void)path;
    return write_one(backend, &(bloop_write_request){ .kind = BLOOP_WRITE_PUT, .table = "things", .item = new_item });
}

static bloop_status put_over(bloop_backend *backend, const char *path)
{
    (void)path;
    return write_one(backend, &(bloop_write_request){ .kind = BLOOP_WRITE_PUT,
                                                      .table = "things",
                                                      .item = other_item,
                                                      .condition = &has_color,
                                                      .return_values = BLOOP_RETURN_ALL_OLD });
}

static bloop_status put_large(bloop_backend *backend, const char *path)
{
    (void)path;
    return write_one(backend, &(bloop_write_request){ .kind = BLOOP_WRITE_PUT, .table = "things", .item = large_item });
}

static bloop_status put_long_key(bloop_backend *backend, const char *path)
{
    (void)path;
    return write_one(backend, &(bloop_write_request){ .kind = BLOOP_WRITE_PUT, .table = "things", .item = long_item });
}

static bloop_status put_refused(bloop_backend *backend, const char *path)
{
    (void)path;
    bloop_status status = write_one(backend, &(bloop_write_request){ .kind = BLOOP_WRITE_PUT,
                                                                     .table = "things",
                                                                     .item = other_item,
                                                                     .condition = &has_no_color,
                                                                     .return_old_on_failure = true });
    return status == BLOOP_CONSTRAINT_VIOLATION ? BLOOP_OK : status;
}

static bloop_status update_item(bloop_backend *backend, const char *path)
{
    (void)path;
    return write_one(backend, &(bloop_write_request){ .kind = BLOOP_WRITE_UPDATE,
                                                      .table = "things",
                                                      .item = keys[3],
                                                      .update = &update,
                                                      .condition = &has_color,
                                                      .return_values = BLOOP_RETURN_ALL_NEW });
}

static bloop_status update_touched(bloop_backend *backend, const char *path)
{
    (void)path;
    return write_one(backend, &(bloop_write_request){ .kind = BLOOP_WRITE_UPDATE,
                                                      .table = "things",
                                                      .item = keys[3],
                                                      .update = &update,
                                                      .return_values = BLOOP_RETURN_UPDATED_OLD });
}

static bloop_status delete_item(bloop_backend *backend, const char *path)
{
    (void)path;
    return write_one(backend, &(bloop_write_request){ .kind = BLOOP_WRITE_DELETE,
                                                      .table = "things",
                                                      .item = keys[4],
                                                      .condition = &has_color,
                                                      .return_values = BLOOP_RETURN_ALL_OLD });
}

static bloop_status get_item(bloop_backend *backend, const char *path)
{
    (void)path;
    return get_one(backend, &(bloop_get_request){ .table = "things", .key = keys[2], .consistent = true }, true);
}

static bloop_status get_projected(bloop_backend *backend, const char *path)
{
    (void)path;
    return get_one(backend, &(bloop_get_request){ .table = "things", .key = keys[2], .projection = &projection }, true);
}

static bloop_status get_missing(bloop_backend *backend, const char *path)
{
    (void)path;
    return get_one(backend, &(bloop_get_request){ .table = "things", .key = new_key }, false);
}

static bloop_status batch_get(bloop_backend *backend, const char *path)
{
    (void)path;
    size_t taken = 0;
    bloop_batch_get_result got = { 0 };
    const bloop_batch_table options = { .table = "things", .projection = &projection };
    bloop_status status = bloop_batch_get_item(backend,
                                               &(bloop_batch_get_request){ .keys = batch_keys,
                                                                           .count = BATCH,
                                                                           .tables = &options,
                                                                           .table_count = 1,
                                                                           .receive = take,
                                                                           .context = &taken },
                                               &got);
    trial_check(status != BLOOP_OK || taken == BATCH, "a batch has %zu items", taken);
    bloop_result_free(&got.memory);
    return status;
}

static bloop_status batch_write(bloop_backend *backend, const char *path)
{
    (void)path;
    bloop_batch_write_result got = { 0 };
    bloop_status status =
        bloop_batch_write_item(backend, &(bloop_batch_write_request){ .writes = batch, .count = BATCH }, &got);
    bloop_result_free(&got.memory);
    return status;
}

static bloop_status write_group(bloop_backend *backend, const char *path)
{
    (void)path;
    bloop_write_result results[BATCH] = { 0 };
    bloop_status status = bloop_write_items(backend, batch, BATCH, 0, results);
    for (size_t i = 0; i < BATCH; i++)
        bloop_result_free(&results[i].memory);
    return status;
}

static bloop_status missing_table(bloop_backend *backend, const char *path)
{
    (void)path;
    bloop_get_result got = { 0 };
    bloop_status status = bloop_get_item(backend, &(bloop_get_request){ .table = "nothings", .key = keys[0] }, &got);
    bloop_result_free(&got.memory);
    return status == BLOOP_TABLE_NOT_FOUND ? BLOOP_OK : status;
}

const store_case store_cases[] = {
    { "open", nothing, 0 },
    { "open a new file", open_new, CASE_OPENS },
    { "open memory, create a table", open_memory, CASE_OPENS },
    { "check", check, CASE_OPENS | CASE_FORKS },
    { "create a table", create_table, 0 },
    { "create a table that is there", create_table_that_is_there, 0 },
    { "describe a table", describe_table, 0 },
    { "list tables", list_tables, 0 },
    { "protect a table", protect_table, 0 },
    { "create an index", create_index, CASE_GOES_ON },
    { "delete an index", delete_index, CASE_LEAVES_REST },
    { "delete a table", delete_table, CASE_LEAVES_REST },
    { "put a new item", put_new, 0 },
    { "put over an item", put_over, 0 },
    { "put a large item", put_large, 0 },
    { "put under a long key", put_long_key, 0 },
    { "a put that is refused", put_refused, 0 },
    { "update", update_item, 0 },
    { "update, what was touched", update_touched, 0 },
    { "delete", delete_item, 0 },
    { "get", get_item, 0 },
    { "get a projection", get_projected, 0 },
    { "get what is not there", get_missing, 0 },
    { "get from a missing table", missing_table, 0 },
    { "batch get", batch_get, 0 },
    { "batch write", batch_write, CASE_IS_MANY },
    { "write a group", write_group, CASE_IS_MANY },
};
const size_t store_case_count = sizeof store_cases / sizeof *store_cases;

void store_cases_prepare(const char *path)
{
    bloop_backend *backend = stores_open(&(bloop_store_options){ .path = path, .durability = BLOOP_DURABLE_LATER });
    stores_ok(bloop_create_table(backend, &things, NULL));
    for (size_t i = 0; i < ITEMS; i++) {
        items[i] = build(i, i % 3 ? "green" : "blue", 40 + i);
        keys[i] = finish(begin(i, "x", 1));
        stores_ok(
            write_one(backend, &(bloop_write_request){ .kind = BLOOP_WRITE_PUT, .table = "things", .item = items[i] }));
    }
    bloop_backend_close(backend);
    char name[LONG_KEY];
    memset(name, 'n', sizeof name);
    long_item = finish(begin(70, name, sizeof name));
    large_item = build(71, "large", LARGE);
    new_item = build(72, "new", 10);
    new_key = finish(begin(72, "x", 1));
    other_item = build(1, "yellow", 90);
    red = bloop_item_get(build(0, "red", 0), "color", 5);
    seven = bloop_item_get(build(7, "", 0), "id", 2);
    value_seven.value = seven;
    actions[1].value.value = red;
    for (size_t i = 0; i < BATCH; i++) {
        bool puts = i % 2;
        batch_keys[i] = (bloop_batch_get_key){ "things", keys[i] };
        batch[i] = (bloop_write_request){ .table = "things", .item = puts ? build(40 + i, "pink", i) : keys[i] };
        batch[i].kind = puts ? BLOOP_WRITE_PUT : BLOOP_WRITE_DELETE;
    }
}

void store_cases_release(void)
{
    while (builder_count)
        bloop_builder_free(builders[--builder_count]);
}

bloop_status store_case_run(const store_case *c, const char *path)
{
    if (c->flags & CASE_OPENS)
        return c->run(NULL, path);
    bloop_backend *backend =
        bloop_store_open(&(bloop_store_options){ .path = path, .durability = BLOOP_DURABLE_LATER });
    if (!backend)
        return bloop_last_error()->status;
    bloop_status status = c->run(backend, path);
    bloop_backend_close(backend);
    return status;
}

uint64_t store_digest(const char *path)
{
    uint64_t digest = UINT64_C(0xCBF29CE484222325);
    bloop_list_tables_result list = { 0 };
    bloop_backend *backend = stores_open(&(bloop_store_options){ .path = path, .durability = BLOOP_DURABLE_LATER });
    stores_ok(bloop_list_tables(backend, &(bloop_list_tables_request){ .limit = 10 }, &list));
    for (size_t t = 0; t < list.count; t++)
        mix_table(backend, list.names[t], &digest);
    bloop_result_free(&list.memory);
    bloop_backend_close(backend);
    return digest;
}

static bloop_builder *begin(size_t id, const char *name, size_t name_size)
{
    bloop_builder *builder = builders[builder_count++] = bloop_builder_new();
    trial_check(builder && builder_count < sizeof builders / sizeof *builders, "no more builders");
    bloop_build_begin(builder, BLOOP_TAG_M);
    bloop_put_int64(builder, "id", (int64_t)id);
    bloop_build_name(builder, "name", 4);
    bloop_build_string(builder, name, name_size);
    return builder;
}

static bloop_item finish(bloop_builder *builder)
{
    bloop_item item;
    bloop_build_end(builder);
    stores_ok(bloop_builder_value(builder, &item));
    return item;
}

static bloop_item build(size_t id, const char *color, size_t note)
{
    static const char text[LARGE];
    bloop_builder *builder = begin(id, "x", 1);
    bloop_put_string(builder, "color", color);
    bloop_put_int64(builder, "size", (int64_t)(id * 3));
    bloop_build_name(builder, "note", 4);
    bloop_build_binary(builder, text, note);
    return finish(builder);
}

static bloop_status write_one(bloop_backend *backend, const bloop_write_request *request)
{
    bloop_write_result result = { 0 };
    bloop_status status = bloop_write_item(backend, request, &result);
    trial_check(status != BLOOP_OK || request->return_values == BLOOP_RETURN_NONE || result.attributes.data,
                "a write returns nothing");
    bloop_result_free(&result.memory);
    return status;
}

static bloop_status get_one(bloop_backend *backend, const bloop_get_request *request, bool found)
{
    bloop_get_result got = { 0 };
    bloop_status status = bloop_get_item(backend, request, &got);
    trial_check(status != BLOOP_OK || got.found == found, "a get finds too little or too much");
    bloop_result_free(&got.memory);
    return status;
}

static bloop_status take(void *context, size_t index, bloop_item item)
{
    size_t *taken = context;
    trial_check(index < BATCH && bloop_value_count(item) == 2, "a batch gives something else");
    ++*taken;
    return BLOOP_OK;
}

/* FNV-1a. */
static void mix(uint64_t *digest, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < size; i++)
        *digest = (*digest ^ bytes[i]) * UINT64_C(0x100000001B3);
}

static void mix_table(bloop_backend *backend, const char *name, uint64_t *digest)
{
    bloop_table_result about = { 0 };
    stores_ok(bloop_describe_table(backend, name, &about));
    const bloop_table_description *table = &about.table;
    const bloop_table_definition *definition = &table->definition;
    mix(digest, name, strlen(name));
    mix(digest, &table->item_count, sizeof table->item_count);
    mix(digest, &table->size_bytes, sizeof table->size_bytes);
    mix(digest, &definition->deletion_protection, sizeof definition->deletion_protection);
    for (size_t i = 0; i < definition->global_index_count; i++) {
        mix(digest, definition->global_indexes[i].name, strlen(definition->global_indexes[i].name));
        mix(digest, &table->global_states[i].item_count, sizeof(uint64_t));
        mix(digest, &table->global_states[i].size_bytes, sizeof(uint64_t));
    }
    for (size_t i = 0; i < definition->local_index_count; i++)
        mix(digest, &table->local_states[i].item_count, sizeof(uint64_t));
    const bloop_item asked[] = { keys[0], keys[1], keys[2], keys[3], keys[4], keys[5], keys[6], keys[7], new_key };
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        bloop_get_result got = { 0 };
        stores_ok(bloop_get_item(backend, &(bloop_get_request){ .table = name, .key = asked[i] }, &got));
        mix(digest, got.item.data, got.item.size);
        bloop_result_free(&got.memory);
    }
    bloop_result_free(&about.memory);
}
