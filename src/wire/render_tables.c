/* The requests of operations on tables. */
#include "wire/names_private.h"
#include "wire/render_request_private.h"

static void write_indexes(bloop_json_writer *writer, const char *member, const bloop_index_definition *indexes,
                          size_t count, bool local);
static void write_index(bloop_json_writer *writer, const bloop_index_definition *index, bool local);
static void write_throughput(bloop_json_writer *writer, bloop_throughput throughput);
static void write_index_update(bloop_json_writer *writer, const bloop_update_table_request *update);

void bl_render_request_create_table(bloop_json_writer *writer, const bl_wire_request *request)
{
    const bloop_table_definition *table = &request->as.create_table;
    bl_body_text(writer, "TableName", table->name);
    bl_body_attributes(writer, table->attributes, table->attribute_count);
    bl_body_key_schema(writer, table->hash_key, table->range_key);
    write_indexes(writer, "LocalSecondaryIndexes", table->local_indexes, table->local_index_count, true);
    write_indexes(writer, "GlobalSecondaryIndexes", table->global_indexes, table->global_index_count, false);
    bl_body_text(writer, "BillingMode", bl_words_billing.words[table->billing]);
    write_throughput(writer, table->throughput);
    if (table->stream != BLOOP_VIEW_NONE)
        bl_body_stream(writer, table->stream);
    if (table->deletion_protection)
        bl_body_bool(writer, "DeletionProtectionEnabled", true);
}

void bl_render_request_update_table(bloop_json_writer *writer, const bl_wire_request *request)
{
    const bloop_update_table_request *update = &request->as.update_table;
    bl_body_text(writer, "TableName", update->table);
    if (update->attribute_count > 0)
        bl_body_attributes(writer, update->attributes, update->attribute_count);
    if (update->set_billing)
        bl_body_text(writer, "BillingMode", bl_words_billing.words[update->billing]);
    if (update->set_throughput)
        write_throughput(writer, update->throughput);
    if (update->create_index || update->delete_index || update->update_index)
        write_index_update(writer, update);
    if (update->set_stream && update->stream != BLOOP_VIEW_NONE) {
        bl_body_stream(writer, update->stream);
    } else if (update->set_stream) {
        bl_body_object(writer, "StreamSpecification");
        bl_body_bool(writer, "StreamEnabled", false);
        bloop_json_write_end(writer);
    }
    if (update->set_deletion_protection)
        bl_body_bool(writer, "DeletionProtectionEnabled", update->deletion_protection);
}

void bl_render_request_list_tables(bloop_json_writer *writer, const bl_wire_request *request)
{
    const bloop_list_tables_request *list = &request->as.list_tables;
    if (list->exclusive_start)
        bl_body_text(writer, "ExclusiveStartTableName", list->exclusive_start);
    if (list->limit > 0)
        bl_body_int(writer, "Limit", list->limit);
}

static void write_indexes(bloop_json_writer *writer, const char *member, const bloop_index_definition *indexes,
                          size_t count, bool local)
{
    if (count == 0)
        return;
    bl_body_array(writer, member);
    for (size_t i = 0; i < count; i++) {
        bloop_json_write_object(writer);
        write_index(writer, &indexes[i], local);
        bloop_json_write_end(writer);
    }
    bloop_json_write_end(writer);
}

/* Local indexes have their table's throughput. */
static void write_index(bloop_json_writer *writer, const bloop_index_definition *index, bool local)
{
    bl_body_text(writer, "IndexName", index->name);
    bl_body_key_schema(writer, index->hash_key, index->range_key);
    bl_body_projection(writer, index);
    if (!local)
        write_throughput(writer, index->throughput);
}

/* Nothing when none is given, as for tables that are paid by the request. */
static void write_throughput(bloop_json_writer *writer, bloop_throughput throughput)
{
    if (throughput.read_units == 0 && throughput.write_units == 0)
        return;
    bl_body_object(writer, "ProvisionedThroughput");
    bl_body_int(writer, "ReadCapacityUnits", throughput.read_units);
    bl_body_int(writer, "WriteCapacityUnits", throughput.write_units);
    bloop_json_write_end(writer);
}

/* GlobalSecondaryIndexUpdates, of which a request of ours has one. */
static void write_index_update(bloop_json_writer *writer, const bloop_update_table_request *update)
{
    bl_body_array(writer, "GlobalSecondaryIndexUpdates");
    bloop_json_write_object(writer);
    if (update->create_index) {
        bl_body_object(writer, "Create");
        write_index(writer, update->create_index, false);
    } else if (update->delete_index) {
        bl_body_object(writer, "Delete");
        bl_body_text(writer, "IndexName", update->delete_index);
    } else {
        bl_body_object(writer, "Update");
        bl_body_text(writer, "IndexName", update->update_index);
        write_throughput(writer, update->index_throughput);
    }
    bloop_json_write_end(writer);
    bloop_json_write_end(writer);
    bloop_json_write_end(writer);
}
