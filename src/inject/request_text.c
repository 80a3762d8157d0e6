/* Requests as text: what they ask, with all values in place. */
#include "inject/request_text_private.h"

#include "expr/expr.h"

static void add_expr(bl_buffer *out, const char *before, const bloop_expr *expr);
static void add_value(bl_buffer *out, const char *before, bloop_value value);
static void add_paths(bl_buffer *out, const bloop_projection_paths *projection);
static void add_key(bl_buffer *out, const bloop_table_definition *table, const char *name);
static void add_index(bl_buffer *out, const bloop_index_definition *index);
static char letter_of(bloop_tag type);

void bl_text_of_table(bl_buffer *out, const bloop_table_definition *table)
{
    bl_buffer_text(out, table->name);
    add_key(out, table, table->hash_key);
    add_key(out, table, table->range_key);
    for (size_t i = 0; i < table->global_index_count; i++)
        add_index(out, &table->global_indexes[i]);
    for (size_t i = 0; i < table->local_index_count; i++)
        add_index(out, &table->local_indexes[i]);
}

void bl_text_of_table_update(bl_buffer *out, const bloop_update_table_request *request)
{
    bl_buffer_text(out, request->table);
    if (request->set_billing)
        bl_buffer_text(out, request->billing == BLOOP_BILLING_PROVISIONED ? ", provisioned" : ", pay per request");
    if (request->set_throughput)
        bl_buffer_format(out, ", %lld read and %lld write units", (long long)request->throughput.read_units,
                         (long long)request->throughput.write_units);
    if (request->set_stream)
        bl_buffer_format(out, ", stream %d", (int)request->stream);
    if (request->set_deletion_protection)
        bl_buffer_text(out, request->deletion_protection ? ", protected" : ", not protected");
    if (request->create_index) {
        bl_buffer_text(out, ", create");
        add_index(out, request->create_index);
    }
    if (request->delete_index)
        bl_buffer_format(out, ", delete index %s", request->delete_index);
    if (request->update_index)
        bl_buffer_format(out, ", update index %s", request->update_index);
}

void bl_text_of_get(bl_buffer *out, const bloop_get_request *request)
{
    bl_buffer_text(out, request->table);
    add_value(out, " ", request->key);
    add_paths(out, request->projection);
    if (request->consistent)
        bl_buffer_text(out, ", consistent");
}

void bl_text_of_batch_get(bl_buffer *out, const bloop_batch_get_request *request)
{
    for (size_t i = 0; i < request->count; i++) {
        bl_buffer_format(out, "%s%s", i ? ", " : "", request->keys[i].table);
        add_value(out, " ", request->keys[i].key);
    }
    for (size_t i = 0; i < request->table_count; i++) {
        const bloop_batch_table *table = &request->tables[i];
        if (table->projection && table->projection->count)
            bl_buffer_format(out, ", %s", table->table);
        add_paths(out, table->projection);
        if (table->consistent)
            bl_buffer_format(out, ", %s consistent", table->table);
    }
}

void bl_text_of_write(bl_buffer *out, const bloop_write_request *request)
{
    static const char *const verbs[] = { "put", "update", "delete" };
    bl_buffer_format(out, "%s %s", verbs[request->kind], request->table);
    add_value(out, " ", request->item);
    if (request->update && request->update->count) {
        size_t size = bloop_update_print(request->update, NULL, 0);
        bl_buffer_text(out, " ");
        char *at = (char *)bl_buffer_extend(out, size + 1);
        if (at) {
            bloop_update_print(request->update, at, size + 1);
            out->size--; /* the zero byte */
        }
    }
    if (request->condition && request->condition->kind != BLOOP_EXPR_EMPTY)
        add_expr(out, " if ", request->condition);
}

void bl_text_of_search(bl_buffer *out, const bloop_search_request *request)
{
    bl_buffer_format(out, "%s %s", request->kind == BLOOP_SEARCH_QUERY ? "query" : "scan", request->table);
    if (request->index)
        bl_buffer_format(out, " %s", request->index);
    if (request->key_condition)
        add_expr(out, " key ", request->key_condition);
    if (request->filter)
        add_expr(out, " filter ", request->filter);
    add_paths(out, request->projection);
    if (request->select == BLOOP_SELECT_COUNT)
        bl_buffer_text(out, ", count");
    if (request->consistent)
        bl_buffer_text(out, ", consistent");
    if (request->descending)
        bl_buffer_text(out, ", descending");
    if (request->limit)
        bl_buffer_format(out, ", limit %d", (int)request->limit);
    if (request->total_segments)
        bl_buffer_format(out, ", segment %d of %d", (int)request->segment, (int)request->total_segments);
    if (request->exclusive_start.data)
        add_value(out, ", after ", request->exclusive_start);
}

static void add_expr(bl_buffer *out, const char *before, const bloop_expr *expr)
{
    size_t size = bloop_expr_print(expr, NULL, 0);
    bl_buffer_text(out, before);
    char *at = (char *)bl_buffer_extend(out, size + 1);
    if (!at)
        return;
    bloop_expr_print(expr, at, size + 1);
    out->size--; /* the zero byte */
}

static void add_value(bl_buffer *out, const char *before, bloop_value value)
{
    add_expr(out, before, &(bloop_expr){ .kind = BLOOP_EXPR_VALUE, .value = value });
}

static void add_paths(bl_buffer *out, const bloop_projection_paths *projection)
{
    for (size_t i = 0; projection && i < projection->count; i++)
        add_expr(out, i ? ", " : " of ", &(bloop_expr){ .kind = BLOOP_EXPR_PATH, .path = projection->paths[i] });
}

static void add_key(bl_buffer *out, const bloop_table_definition *table, const char *name)
{
    if (!name)
        return;
    bl_buffer_format(out, " %s", name);
    for (size_t i = 0; i < table->attribute_count; i++)
        if (strcmp(table->attributes[i].name, name) == 0)
            bl_buffer_format(out, ":%c", letter_of(table->attributes[i].type));
}

static void add_index(bl_buffer *out, const bloop_index_definition *index)
{
    bl_buffer_format(out, ", index %s %s", index->name, index->hash_key);
    if (index->range_key)
        bl_buffer_format(out, " %s", index->range_key);
}

static char letter_of(bloop_tag type)
{
    return type == BLOOP_TAG_S ? 'S' : type == BLOOP_TAG_N ? 'N' : type == BLOOP_TAG_B ? 'B' : '?';
}
