#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void build_value(bloop_builder *builder, bloop_tag tag, const char *value, size_t size)
{
    static char filler[512 * 1024];
    if (size && value[0] == '*') {
        memset(filler, 'x', sizeof filler);
        size = strtoul(value + 1, NULL, 10);
        assert_true(size <= sizeof filler);
        value = filler;
    }
    bloop_number number;
    switch (tag) {
    case BLOOP_TAG_N:
        assert_int_equal(bloop_number_parse(value, size, &number), BLOOP_OK);
        bloop_build_number(builder, number);
        break;
    case BLOOP_TAG_S: bloop_build_string(builder, value, size); break;
    case BLOOP_TAG_B: bloop_build_binary(builder, value, size); break;
    case BLOOP_TAG_BOOL: bloop_build_bool(builder, true); break;
    case BLOOP_TAG_NULL: bloop_build_null(builder); break;
    default:
        bloop_build_begin(builder, tag);
        if (tag == BLOOP_TAG_SS)
            bloop_build_string(builder, value, size);
        bloop_build_end(builder);
        break;
    }
}

bloop_item sample_item(bl_arena *memory, const char *text)
{
    bloop_item item = { NULL, 0 };
    if (!text)
        return item;
    bloop_builder *builder = bloop_builder_new();
    assert_non_null(builder);
    bloop_build_begin(builder, BLOOP_TAG_M);
    for (const char *at = text; *at;) {
        const char *type = strchr(at, ':') + 1, *value = strchr(type, ':') + 1;
        size_t size = strcspn(value, " ");
        bloop_build_name(builder, at, (size_t)(type - at - 1));
        build_value(builder, bloop_tag_of_name(type, (size_t)(value - type - 1)), value, size);
        at = value + size + (value[size] == ' ');
    }
    bloop_build_end(builder);
    assert_int_equal(bloop_builder_value(builder, &item), BLOOP_OK);
    item.data = bl_arena_copy(memory, item.data, item.size);
    assert_non_null(item.data);
    bloop_builder_free(builder);
    return item;
}

static bloop_status answer(bloop_backend *backend, bloop_result_memory *memory)
{
    sample_backend *sample = (sample_backend *)backend;
    sample->calls++;
    if (!bloop_result_alloc(memory, 100))
        return BLOOP_NO_MEMORY;
    return sample->status == BLOOP_OK ? BLOOP_OK : bloop_backend_fail(sample->status, "as %s", "told");
}

static bloop_status create_table(bloop_backend *backend, const bloop_table_definition *table, bloop_table_result *out)
{
    out->table.definition = *table;
    return answer(backend, &out->memory);
}

static bloop_status describe_table(bloop_backend *backend, const char *table, bloop_table_result *out)
{
    out->table.definition.name = table;
    return answer(backend, &out->memory);
}

static bloop_status list_tables(bloop_backend *backend, const bloop_list_tables_request *request,
                                bloop_list_tables_result *out)
{
    out->count = (size_t)request->limit;
    return answer(backend, &out->memory);
}

static bloop_status update_table(bloop_backend *backend, const bloop_update_table_request *request,
                                 bloop_table_result *out)
{
    out->table.definition.name = request->table;
    return answer(backend, &out->memory);
}

static bloop_status get_item(bloop_backend *backend, const bloop_get_request *request, bloop_get_result *out)
{
    out->found = true;
    out->item = request->key;
    return answer(backend, &out->memory);
}

/* Of batches of one or two: the first is left, and once more. */
static const size_t unprocessed[2];

static bloop_status batch_get_item(bloop_backend *backend, const bloop_batch_get_request *request,
                                   bloop_batch_get_result *out)
{
    out->unprocessed = unprocessed;
    out->unprocessed_count = request->count + ((sample_backend *)backend)->excess;
    return answer(backend, &out->memory);
}

static bloop_status write_items(bloop_backend *backend, const bloop_write_request *requests, size_t count,
                                bloop_in_flight in_flight, bloop_write_result *results)
{
    sample_backend *sample = (sample_backend *)backend;
    sample->calls++;
    sample->in_flight = in_flight;
    sample->writes = count;
    sample->names[0] = '\0';
    bloop_status first = BLOOP_OK;
    for (size_t i = 0; i < count; i++) {
        snprintf(sample->names + strlen(sample->names), sizeof sample->names - strlen(sample->names), "%.8s ",
                 requests[i].table);
        bloop_status status = strcmp(requests[i].table, "bad") == 0 ? BLOOP_TABLE_NOT_FOUND : sample->status;
        if (status == BLOOP_OK || sample->silent)
            continue;
        bloop_backend_fail(status, "as told");
        results[i].status = status;
        results[i].message = "as told";
        first = first == BLOOP_OK ? status : first;
    }
    return sample->silent ? bloop_backend_fail(sample->status, "as told") : first;
}

static bloop_status batch_write_item(bloop_backend *backend, const bloop_batch_write_request *request,
                                     bloop_batch_write_result *out)
{
    out->unprocessed = unprocessed;
    out->unprocessed_count = request->count + ((sample_backend *)backend)->excess;
    return answer(backend, &out->memory);
}

static void close_backend(bloop_backend *backend)
{
    ((sample_backend *)backend)->closed = true;
}

sample_backend sample_backend_new(void)
{
    static const bloop_backend_operations operations = {
        .name = "sample",
        .create_table = create_table,
        .describe_table = describe_table,
        .list_tables = list_tables,
        .update_table = update_table,
        .delete_table = describe_table,
        .get_item = get_item,
        .batch_get_item = batch_get_item,
        .write_items = write_items,
        .batch_write_item = batch_write_item,
        .close = close_backend,
    };
    return (sample_backend){ .base.operations = &operations };
}
