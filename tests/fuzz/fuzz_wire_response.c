/* Any bytes as a response. The first says which of the functions that read them; each has to read them or refuse them, and
   what it gives has to be well-formed. Arrays are read as pages as well, which must be what their items are one by one. */
#include <stdlib.h>

#include "wire/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef void reader(const char *body, size_t size);

static reader read_description, read_names, read_get, read_write, read_search, read_batch_get, read_batch_write,
    read_error, read_page;

static reader *const readers[] = {
    read_description, read_names,       read_get,   read_write, read_search,
    read_batch_get,   read_batch_write, read_error, read_page,
};

/* Packed {id: "a"}, and the same with b and c. */
static const uint8_t keys[][22] = {
    "\x0A\x0C\0\0\0\x01\0\0\0\x02\0id\0\x04\x01\0\0\0a",
    "\x0A\x0C\0\0\0\x01\0\0\0\x02\0id\0\x04\x01\0\0\0b",
    "\x0A\x0C\0\0\0\x01\0\0\0\x02\0id\0\x04\x01\0\0\0c",
};

static void require(bool holds);
static void require_outcome(bloop_status status, const void *result, size_t size);
static void require_item(bloop_item item);
static void require_capacity(const bloop_consumed_capacity *capacity, size_t count);
static bloop_item key(size_t i);
static bloop_status receive(void *context, size_t index, bloop_item item);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 0)
        readers[(data[0] - (unsigned)'0') % BL_COUNT_OF(readers)]((const char *)data + 1, size - 1);
    return 0;
}

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* A failure is one of the two that there are, and leaves nothing. */
static void require_outcome(bloop_status status, const void *result, size_t size)
{
    const uint8_t *bytes = result;
    require(status == BLOOP_OK || status == BLOOP_NETWORK);
    for (size_t i = 0; status != BLOOP_OK && i < size; i++)
        require(bytes[i] == 0);
}

static void require_item(bloop_item item)
{
    require(!item.data || bloop_value_check(item.data, item.size) == BLOOP_OK);
    require(!item.data || bloop_value_tag(item) == BLOOP_TAG_M);
}

static void require_capacity(const bloop_consumed_capacity *capacity, size_t count)
{
    for (size_t i = 0; capacity && i < count; i++) {
        require(capacity[i].table && capacity[i].units >= 0);
        for (size_t k = 0; k < capacity[i].index_count; k++)
            require(capacity[i].indexes[k].index && capacity[i].indexes[k].units >= 0);
    }
}

static bloop_item key(size_t i)
{
    return (bloop_item){ keys[i], 21 };
}

static bloop_status receive(void *context, size_t index, bloop_item item)
{
    bool *received = context;
    require_item(item);
    require(!received[index]);
    received[index] = true;
    return BLOOP_OK;
}

static void read_description(const char *body, size_t size)
{
    bloop_table_result result;
    require_outcome(bl_wire_read_table(body, size, BL_WIRE_DESCRIBE_TABLE, &result), &result, sizeof result);
    const bloop_table_definition *table = &result.table.definition;
    if (table->name) {
        /* Whatever was read can be told. */
        bl_buffer out = { 0 };
        bl_wire_request request = { .operation = BL_WIRE_DESCRIBE_TABLE };
        bl_wire_write_table(&out, &request, &result.table);
        require(out.status == BLOOP_OK);
        bl_buffer_free(&out);
    }
    bloop_result_free(&result.memory);
}

static void read_names(const char *body, size_t size)
{
    bloop_list_tables_result result;
    size_t length = 0;
    require_outcome(bl_wire_read_table_names(body, size, &result), &result, sizeof result);
    for (size_t i = 0; i < result.count; i++)
        length += strlen(result.names[i]);
    require(length <= size);
    bloop_result_free(&result.memory);
}

static void read_get(const char *body, size_t size)
{
    const bloop_get_request request = { .table = "t", .key = key(0) };
    bloop_get_result result;
    require_outcome(bl_wire_read_item_response(body, size, &request, &result), &result, sizeof result);
    require_item(result.item);
    require_capacity(result.capacity, 1);
    bloop_result_free(&result.memory);
}

static void read_write(const char *body, size_t size)
{
    const bloop_write_request request = { .kind = BLOOP_WRITE_UPDATE, .table = "t", .item = key(0) };
    bloop_write_result result;
    require_outcome(bl_wire_read_write_response(body, size, &request, &result), &result, sizeof result);
    require_item(result.attributes);
    require_capacity(result.capacity, 1);
    if (result.metrics)
        require_item(result.metrics->key);
    bloop_result_free(&result.memory);
}

static void read_search(const char *body, size_t size)
{
    const bloop_search_request request = { .kind = BLOOP_SEARCH_SCAN, .table = "t" };
    bloop_search_result result;
    bloop_item item;
    size_t position = 0;
    uint32_t count = 0;
    require_outcome(bl_wire_read_search_response(body, size, &request, &result), &result, sizeof result);
    for (; bloop_page_next(&result, &position, &item); count++)
        require_item(item);
    require(count == result.count && position == result.items_size);
    require_item(result.last);
    require_capacity(result.capacity, 1);
    bloop_result_free(&result.memory);
}

static void read_batch_get(const char *body, size_t size)
{
    bool received[4] = { false };
    const bloop_batch_get_key wanted[] = { { "t", key(0) }, { "t", key(1) }, { "u", key(0) }, { "t", key(2) } };
    const bloop_batch_get_request request = { .keys = wanted, .count = 4, .receive = receive, .context = received };
    bloop_batch_get_result result;
    require_outcome(bl_wire_read_batch_get_response(body, size, &request, &result), &result, sizeof result);
    for (size_t i = 0; i < result.unprocessed_count; i++)
        require(receive(received, result.unprocessed[i], wanted[result.unprocessed[i]].key) == BLOOP_OK);
    require_capacity(result.capacity, result.capacity_count);
    bloop_result_free(&result.memory);
}

static void read_batch_write(const char *body, size_t size)
{
    bool left[3] = { false };
    const bloop_write_request writes[] = {
        { .kind = BLOOP_WRITE_PUT, .table = "t", .item = key(0) },
        { .kind = BLOOP_WRITE_DELETE, .table = "t", .item = key(1) },
        { .kind = BLOOP_WRITE_PUT, .table = "u", .item = key(0) },
    };
    const bloop_batch_write_request request = { .writes = writes, .count = 3 };
    bloop_batch_write_result result;
    require_outcome(bl_wire_read_batch_write_response(body, size, &request, &result), &result, sizeof result);
    for (size_t i = 0; i < result.unprocessed_count; i++) {
        require(!left[result.unprocessed[i]]);
        left[result.unprocessed[i]] = true;
    }
    for (size_t i = 0; i < result.metrics_count; i++)
        require_item(result.metrics[i].key);
    require_capacity(result.capacity, result.capacity_count);
    bloop_result_free(&result.memory);
}

static void read_error(const char *body, size_t size)
{
    bl_wire_error error;
    bloop_item item;
    bloop_result_memory memory = { 0 };
    bl_wire_read_error(400, NULL, body, size, &memory, &item, &error);
    require(error.status != BLOOP_OK && error.status == bloop_last_error()->status);
    require(strlen(error.name) < sizeof error.name && error.not_run);
    require_item(item);
    bloop_result_free(&memory);
}

/* Each item by comparing with the one before, where that goes, and in the usual way: both must agree. */
static void read_page(const char *body, size_t size)
{
    static uint8_t room[1 << 16];
    bloop_json_reader reader;
    bl_json_alike alike = { 0 };
    bloop_builder builder, usual;
    bloop_item item;
    bl_builder_use(&builder, NULL, 0);
    bl_builder_use(&usual, NULL, 0);
    bl_json_reader_use(&reader, body, size);
    bloop_json_enter_array(&reader);
    while (bloop_json_next_element(&reader)) {
        const uint8_t *begin = reader.at;
        size_t read = bl_json_read_alike(&reader, &alike, &builder, room, sizeof room);
        if (read > 0) {
            require(bloop_item_of_json((const char *)begin, (size_t)(reader.at - begin), &usual, &item) == BLOOP_OK);
            require(item.size == read && memcmp(item.data, room, read) == 0);
            continue;
        }
        bool failed = reader.status != BLOOP_OK;
        bloop_builder_reset(&usual);
        if (!failed && bloop_json_read_item(&reader, &usual) == BLOOP_OK)
            bl_json_learn_alike(&reader, &alike, begin);
    }
    bl_json_reader_release(&reader);
    bl_builder_free(&builder);
    bl_builder_free(&usual);
}
