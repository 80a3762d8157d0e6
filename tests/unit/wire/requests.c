/* Reading requests for tests: see requests.h. */
#include "requests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include <bloop/json.h>

static bloop_status read_body(bl_wire_reading *reading, const request_case *c, bl_buffer *body, bl_wire_request *out);
static bloop_status take_no_item(void *context, size_t index, bloop_item item);
static void tell_table(bl_buffer *out, const bloop_table_definition *table);
static void tell_index(bl_buffer *out, const char *kind, const bloop_index_definition *index);
static void tell_key(bl_buffer *out, const char *hash_key, const char *range_key);
static void tell_update_table(bl_buffer *out, const bloop_update_table_request *update);
static void tell_get(bl_buffer *out, const bloop_get_request *get);
static void tell_batch_get(bl_buffer *out, const bloop_batch_get_request *get);
static void tell_write(bl_buffer *out, const bloop_write_request *write);
static void tell_batch_write(bl_buffer *out, const bloop_batch_write_request *write);
static void tell_search(bl_buffer *out, const bloop_search_request *search);
static void tell_value(bl_buffer *out, const char *name, bloop_value value);
static void tell_condition(bl_buffer *out, const char *name, const bloop_expr *condition);
static void tell_projection(bl_buffer *out, const bloop_projection_paths *projection);
static void tell_flag(bl_buffer *out, const char *name, int64_t value);

void request_body(bl_buffer *out, const char *text)
{
    bl_buffer_clear(out);
    for (const char *at = text; *at; at++) {
        if (at[0] == '\\' && at[1] == '\'')
            bl_buffer_byte(out, (uint8_t) * ++at);
        else
            bl_buffer_byte(out, *at == '\'' ? '"' : (uint8_t)*at);
    }
    assert_int_equal(out->status, BLOOP_OK);
}

void check_refusals(const request_case *cases, size_t count, bloop_status status)
{
    bl_wire_reading *reading = bl_wire_reading_new();
    bl_buffer body = { 0 };
    assert_non_null(reading);
    for (size_t i = 0; i < count; i++) {
        bl_wire_request request;
        bloop_status got = read_body(reading, &cases[i], &body, &request);
        if (got == BLOOP_OK)
            got = request_judge(&request);
        if (got != status || strcmp(bloop_last_error()->message, cases[i].expected) != 0)
            fail_msg("%s %s\n  gives    %d %s\n  expected %d %s", bl_wire_operation_name(cases[i].operation),
                     cases[i].body, (int)got, got ? bloop_last_error()->message : "", (int)status, cases[i].expected);
    }
    bl_buffer_free(&body);
    bl_wire_reading_free(reading);
}

void check_requests(const request_case *cases, size_t count)
{
    bl_wire_reading *reading = bl_wire_reading_new();
    bl_buffer body = { 0 }, text = { 0 };
    assert_non_null(reading);
    for (size_t i = 0; i < count; i++) {
        bl_wire_request request;
        bloop_status got = read_body(reading, &cases[i], &body, &request);
        if (got == BLOOP_OK)
            got = request_judge(&request);
        bl_buffer_clear(&text);
        if (got == BLOOP_OK)
            request_text(&text, &request);
        else
            bl_buffer_format(&text, "refused: %s", bloop_last_error()->message);
        bl_buffer_byte(&text, '\0');
        assert_int_equal(text.status, BLOOP_OK);
        if (strcmp((const char *)text.data, cases[i].expected) != 0)
            fail_msg("%s %s\n  gives    %s\n  expected %s", bl_wire_operation_name(cases[i].operation), cases[i].body,
                     (const char *)text.data, cases[i].expected);
    }
    bl_buffer_free(&text);
    bl_buffer_free(&body);
    bl_wire_reading_free(reading);
}

void request_text(bl_buffer *out, const bl_wire_request *request)
{
    switch (request->operation) {
    case BL_WIRE_CREATE_TABLE: tell_table(out, &request->as.create_table); break;
    case BL_WIRE_UPDATE_TABLE:
        bl_buffer_format(out, "%s%s", request->as.update_table.table, request->unchanged ? " unchanged" : "");
        tell_update_table(out, &request->as.update_table);
        break;
    case BL_WIRE_LIST_TABLES:
        bl_buffer_text(out, "tables");
        if (request->as.list_tables.exclusive_start)
            bl_buffer_format(out, " after=%s", request->as.list_tables.exclusive_start);
        tell_flag(out, "limit", request->as.list_tables.limit);
        break;
    case BL_WIRE_GET_ITEM: tell_get(out, &request->as.get); break;
    case BL_WIRE_BATCH_GET_ITEM: tell_batch_get(out, &request->as.batch_get); break;
    case BL_WIRE_PUT_ITEM:
    case BL_WIRE_UPDATE_ITEM:
    case BL_WIRE_DELETE_ITEM: tell_write(out, &request->as.write); break;
    case BL_WIRE_BATCH_WRITE_ITEM: tell_batch_write(out, &request->as.batch_write); break;
    case BL_WIRE_QUERY:
    case BL_WIRE_SCAN: tell_search(out, &request->as.search); break;
    case BL_WIRE_LIST_TAGS_OF_RESOURCE: bl_buffer_text(out, request->as.arn); break;
    case BL_WIRE_DESCRIBE_LIMITS:
    case BL_WIRE_DESCRIBE_ENDPOINTS: bl_buffer_text(out, "nothing"); break;
    default: bl_buffer_text(out, request->as.table); break;
    }
}

bloop_status request_judge(const bl_wire_request *request)
{
    bloop_batch_get_request batch;
    switch (request->operation) {
    case BL_WIRE_CREATE_TABLE: return bl_op_check_create_table(&request->as.create_table);
    case BL_WIRE_UPDATE_TABLE:
        return request->unchanged ? BLOOP_OK : bl_op_check_update_table(&request->as.update_table);
    case BL_WIRE_LIST_TABLES: return bl_op_check_list_tables(&request->as.list_tables);
    case BL_WIRE_DESCRIBE_TABLE:
    case BL_WIRE_DELETE_TABLE: return bl_op_check_table_name(request->as.table);
    case BL_WIRE_GET_ITEM: return bl_op_check_get(&request->as.get);
    case BL_WIRE_BATCH_GET_ITEM:
        batch = request->as.batch_get;
        batch.receive = take_no_item;
        return bl_op_check_batch_get(&batch);
    case BL_WIRE_PUT_ITEM:
    case BL_WIRE_UPDATE_ITEM:
    case BL_WIRE_DELETE_ITEM: return bl_op_check_write(&request->as.write);
    case BL_WIRE_BATCH_WRITE_ITEM:
        return bl_op_check_batch_write(request->as.batch_write.writes, request->as.batch_write.count);
    case BL_WIRE_QUERY:
    case BL_WIRE_SCAN: return bl_op_check_search(&request->as.search);
    default: return BLOOP_OK;
    }
}

static bloop_status read_body(bl_wire_reading *reading, const request_case *c, bl_buffer *body, bl_wire_request *out)
{
    request_body(body, c->body);
    return bl_wire_read_request(reading, c->operation, (const char *)body->data, body->size, out);
}

static bloop_status take_no_item(void *context, size_t index, bloop_item item)
{
    (void)context, (void)index, (void)item;
    return BLOOP_OK;
}

static void tell_table(bl_buffer *out, const bloop_table_definition *table)
{
    bl_buffer_text(out, table->name);
    tell_key(out, table->hash_key, table->range_key);
    for (size_t i = 0; i < table->attribute_count; i++)
        bl_buffer_format(out, " %s:%s", table->attributes[i].name, bloop_tag_name(table->attributes[i].type));
    for (size_t i = 0; i < table->local_index_count; i++)
        tell_index(out, "local", &table->local_indexes[i]);
    for (size_t i = 0; i < table->global_index_count; i++)
        tell_index(out, "global", &table->global_indexes[i]);
    tell_flag(out, "billing", table->billing);
    tell_flag(out, "read", table->throughput.read_units);
    tell_flag(out, "write", table->throughput.write_units);
    tell_flag(out, "stream", table->stream);
    tell_flag(out, "protected", table->deletion_protection);
}

static void tell_index(bl_buffer *out, const char *kind, const bloop_index_definition *index)
{
    bl_buffer_format(out, " %s %s", kind, index->name);
    tell_key(out, index->hash_key, index->range_key);
    tell_flag(out, "projection", index->projection);
    for (size_t i = 0; i < index->include_count; i++)
        bl_buffer_format(out, " +%s", index->include[i]);
    tell_flag(out, "read", index->throughput.read_units);
    tell_flag(out, "write", index->throughput.write_units);
}

static void tell_key(bl_buffer *out, const char *hash_key, const char *range_key)
{
    bl_buffer_format(out, "(%s%s%s)", hash_key, range_key ? ", " : "", range_key ? range_key : "");
}

static void tell_update_table(bl_buffer *out, const bloop_update_table_request *update)
{
    for (size_t i = 0; i < update->attribute_count; i++)
        bl_buffer_format(out, " %s:%s", update->attributes[i].name, bloop_tag_name(update->attributes[i].type));
    if (update->set_billing)
        bl_buffer_format(out, " billing=%d", (int)update->billing);
    if (update->set_throughput)
        bl_buffer_format(out, " units=%d/%d", (int)update->throughput.read_units, (int)update->throughput.write_units);
    if (update->set_stream)
        bl_buffer_format(out, " stream=%d", (int)update->stream);
    if (update->set_deletion_protection)
        bl_buffer_format(out, " protection=%d", (int)update->deletion_protection);
    if (update->create_index)
        tell_index(out, "create", update->create_index);
    if (update->delete_index)
        bl_buffer_format(out, " delete %s", update->delete_index);
    if (update->update_index)
        bl_buffer_format(out, " update %s units=%d/%d", update->update_index, (int)update->index_throughput.read_units,
                         (int)update->index_throughput.write_units);
}

static void tell_get(bl_buffer *out, const bloop_get_request *get)
{
    bl_buffer_text(out, get->table);
    tell_value(out, "key", get->key);
    tell_projection(out, get->projection);
    tell_flag(out, "consistent", get->consistent);
    tell_flag(out, "capacity", get->capacity);
}

static void tell_batch_get(bl_buffer *out, const bloop_batch_get_request *get)
{
    for (size_t i = 0; i < get->table_count; i++) {
        bl_buffer_format(out, "%s%s", i ? " " : "", get->tables[i].table);
        tell_projection(out, get->tables[i].projection);
        tell_flag(out, "consistent", get->tables[i].consistent);
    }
    for (size_t i = 0; i < get->count; i++)
        tell_value(out, get->keys[i].table, get->keys[i].key);
    tell_flag(out, "capacity", get->capacity);
}

static void tell_write(bl_buffer *out, const bloop_write_request *write)
{
    static const char *const kinds[] = { "put", "update", "delete" };
    char text[1024];
    bl_buffer_format(out, "%s %s", kinds[write->kind], write->table);
    tell_value(out, write->kind == BLOOP_WRITE_PUT ? "item" : "key", write->item);
    if (write->update) {
        bloop_update_print(write->update, text, sizeof text);
        bl_buffer_format(out, " update=%s", text);
    }
    tell_condition(out, "condition", write->condition);
    tell_flag(out, "return", write->return_values);
    tell_flag(out, "on_failure", write->return_old_on_failure);
    tell_flag(out, "capacity", write->capacity);
    tell_flag(out, "metrics", write->collection_metrics);
}

static void tell_batch_write(bl_buffer *out, const bloop_batch_write_request *write)
{
    for (size_t i = 0; i < write->count; i++) {
        bl_buffer_text(out, i ? "; " : "");
        tell_write(out, &write->writes[i]);
    }
    tell_flag(out, "capacity", write->capacity);
    tell_flag(out, "metrics", write->collection_metrics);
}

static void tell_search(bl_buffer *out, const bloop_search_request *search)
{
    bl_buffer_format(out, "%s %s", search->kind == BLOOP_SEARCH_QUERY ? "query" : "scan", search->table);
    if (search->index)
        bl_buffer_format(out, ".%s", search->index);
    tell_condition(out, "key", search->key_condition);
    tell_condition(out, "filter", search->filter);
    tell_projection(out, search->projection);
    tell_value(out, "start", search->exclusive_start);
    tell_flag(out, "select", search->select);
    tell_flag(out, "consistent", search->consistent);
    tell_flag(out, "descending", search->descending);
    tell_flag(out, "limit", search->limit);
    tell_flag(out, "segment", search->segment);
    tell_flag(out, "of", search->total_segments);
    tell_flag(out, "capacity", search->capacity);
}

/* With ' for ", as bodies have it. */
static void tell_value(bl_buffer *out, const char *name, bloop_value value)
{
    if (!value.data)
        return;
    assert_int_equal(bloop_value_check(value.data, value.size), BLOOP_OK);
    size_t size = 0;
    char *text = bloop_item_to_json(value, BLOOP_JSON_COMPACT, &size);
    assert_non_null(text);
    for (size_t i = 0; i < size; i++)
        text[i] = text[i] == '"' ? '\'' : text[i];
    bl_buffer_format(out, " %s=%s", name, text);
    bloop_json_free(text);
}

static void tell_condition(bl_buffer *out, const char *name, const bloop_expr *condition)
{
    char text[1024];
    if (!condition)
        return;
    bloop_expr_print(condition, text, sizeof text);
    bl_buffer_format(out, " %s=%s", name, text);
}

static void tell_projection(bl_buffer *out, const bloop_projection_paths *projection)
{
    char text[256];
    for (size_t i = 0; projection && i < projection->count; i++) {
        const bloop_expr path = { .kind = BLOOP_EXPR_PATH, .path = projection->paths[i] };
        bloop_expr_print(&path, text, sizeof text);
        bl_buffer_format(out, "%s%s", i ? ", " : " [", text);
    }
    if (projection)
        bl_buffer_text(out, "]");
}

static void tell_flag(bl_buffer *out, const char *name, int64_t value)
{
    if (value)
        bl_buffer_format(out, " %s=%d", name, (int)value);
}
