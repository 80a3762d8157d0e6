/* The numbered items. */
#include "crash/shelf.h"

#include <string.h>

#include "support/stores.h"
#include "support/trial.h"

static bloop_status write_one(bloop_backend *backend, bloop_write_kind kind, size_t id, size_t body);
static void begin(bloop_builder *builder, size_t id);
static bloop_item finish(bloop_builder *builder);
static bool is_item(bloop_item item, size_t id, size_t *body);
static bloop_builder *new_builder(void);

void shelf_create(bloop_backend *backend)
{
    static const bloop_attribute_definition attributes[] = { { "id", BLOOP_TAG_N }, { "tenth", BLOOP_TAG_N } };
    static const bloop_index_definition index = {
        .name = "by_tenth", .hash_key = "tenth", .range_key = "id", .projection = BLOOP_PROJECT_KEYS_ONLY
    };
    static const bloop_table_definition table = { .name = SHELF,
                                                  .hash_key = "id",
                                                  .attributes = attributes,
                                                  .attribute_count = 2,
                                                  .global_indexes = &index,
                                                  .global_index_count = 1,
                                                  .billing = BLOOP_BILLING_PAY_PER_REQUEST };
    bloop_status status = bloop_create_table(backend, &table, NULL);
    trial_check(status == BLOOP_OK || status == BLOOP_TABLE_IN_USE, "creating a table: %s",
                bloop_last_error()->message);
}

bloop_status shelf_put(bloop_backend *backend, size_t id, size_t body)
{
    return write_one(backend, BLOOP_WRITE_PUT, id, body);
}

bloop_status shelf_remove(bloop_backend *backend, size_t id)
{
    return write_one(backend, BLOOP_WRITE_DELETE, id, 0);
}

bloop_status shelf_find(bloop_backend *backend, size_t id, bool *found, size_t *body)
{
    size_t ignored = 0;
    bloop_get_result got = { 0 };
    bloop_builder *builder = new_builder();
    bloop_status status =
        bloop_get_item(backend, &(bloop_get_request){ .table = SHELF, .key = shelf_build_key(builder, id) }, &got);
    trial_check(!got.found || is_item(got.item, id, body ? body : &ignored), "item %zu is not what was put", id);
    *found = got.found;
    bloop_result_free(&got.memory);
    bloop_builder_free(builder);
    return status;
}

bloop_status shelf_receive(bloop_backend *backend, size_t id, bloop_item_receiver receive, void *context)
{
    bloop_get_result got = { 0 };
    bloop_builder *builder = new_builder();
    bloop_status status = bloop_get_item(
        backend,
        &(bloop_get_request){
            .table = SHELF, .key = shelf_build_key(builder, id), .receive = receive, .context = context },
        &got);
    trial_check(status != BLOOP_OK || got.found, "item %zu is not there", id);
    bloop_builder_free(builder);
    return status;
}

void shelf_check_count(bloop_backend *backend, uint64_t count)
{
    bloop_table_result about = { 0 };
    stores_ok(bloop_describe_table(backend, SHELF, &about));
    trial_check(about.table.item_count == count && about.table.global_states[0].item_count == count,
                "the table counts %ju items and %ju entries, of %ju", (uintmax_t)about.table.item_count,
                (uintmax_t)about.table.global_states[0].item_count, (uintmax_t)count);
    bloop_result_free(&about.memory);
}

bloop_item shelf_build(bloop_builder *builder, size_t id, size_t body)
{
    uint8_t bytes[SHELF_BODY_MAX];
    memset(bytes, (int)(1 + (id * 31 + body) % 250), body);
    begin(builder, id);
    bloop_put_int64(builder, "tenth", (int64_t)(id / 10));
    bloop_build_name(builder, "body", 4);
    bloop_build_binary(builder, bytes, body);
    return finish(builder);
}

bloop_item shelf_build_key(bloop_builder *builder, size_t id)
{
    begin(builder, id);
    return finish(builder);
}

static bloop_status write_one(bloop_backend *backend, bloop_write_kind kind, size_t id, size_t body)
{
    bloop_builder *builder = new_builder();
    bloop_item item = kind == BLOOP_WRITE_PUT ? shelf_build(builder, id, body) : shelf_build_key(builder, id);
    bloop_status status =
        bloop_write_item(backend, &(bloop_write_request){ .kind = kind, .table = SHELF, .item = item }, NULL);
    bloop_builder_free(builder);
    return status;
}

static void begin(bloop_builder *builder, size_t id)
{
    bloop_builder_reset(builder);
    bloop_build_begin(builder, BLOOP_TAG_M);
    bloop_put_int64(builder, "id", (int64_t)id);
}

static bloop_item finish(bloop_builder *builder)
{
    bloop_item item;
    bloop_build_end(builder);
    stores_ok(bloop_builder_value(builder, &item));
    return item;
}

static bool is_item(bloop_item item, size_t id, size_t *body)
{
    *body = bloop_value_bytes(bloop_item_get(item, "body", 4)).size;
    if (*body > SHELF_BODY_MAX)
        return false;
    bloop_builder *builder = new_builder();
    bool same = bloop_value_equal(item, shelf_build(builder, id, *body));
    bloop_builder_free(builder);
    return same;
}

static bloop_builder *new_builder(void)
{
    bloop_builder *builder = bloop_builder_new();
    trial_check(builder, "out of memory");
    return builder;
}
