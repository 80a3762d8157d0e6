/* The responses of operations on tables: what describes a table, as it is. */
#include "wire/response_private.h"

#include <inttypes.h>
#include <stdio.h>

#include "wire/names_private.h"

static void write_description(bloop_json_writer *writer, const bloop_table_description *table);
static void write_farewell(bloop_json_writer *writer, const bloop_table_description *table);
static void write_counts(bloop_json_writer *writer, const bloop_table_description *table);
static void write_billing(bloop_json_writer *writer, const bloop_table_description *table);
static void write_stream(bloop_json_writer *writer, const bloop_table_description *table);
static void write_indexes(bloop_json_writer *writer, const bloop_table_description *table, bool local);
static void write_index(bloop_json_writer *writer, const bloop_table_description *table,
                        const bloop_index_definition *index, const bloop_index_state *state, bool local);
static void write_throughput(bloop_json_writer *writer, bloop_throughput throughput);
static void write_seconds(bloop_json_writer *writer, const char *name, int64_t microseconds);

void bl_wire_write_table(bl_buffer *out, const bl_wire_request *request, const bloop_table_description *table)
{
    bloop_json_writer writer;
    bl_body_begin(&writer, out);
    bloop_json_write_object(&writer);
    bl_body_object(&writer, request->operation == BL_WIRE_DESCRIBE_TABLE ? "Table" : "TableDescription");
    if (request->operation == BL_WIRE_DELETE_TABLE)
        write_farewell(&writer, table);
    else
        write_description(&writer, table);
    bloop_json_write_end(&writer);
    bloop_json_write_end(&writer);
    bl_body_end(&writer, out);
}

void bl_wire_write_table_names(bl_buffer *out, const bloop_list_tables_result *result)
{
    bloop_json_writer writer;
    bl_body_begin(&writer, out);
    bloop_json_write_object(&writer);
    bl_body_array(&writer, "TableNames");
    for (size_t i = 0; i < result->count; i++)
        bloop_json_write_string(&writer, result->names[i], strlen(result->names[i]));
    bloop_json_write_end(&writer);
    if (result->last)
        bl_body_text(&writer, "LastEvaluatedTableName", result->last);
    bloop_json_write_end(&writer);
    bl_body_end(&writer, out);
}

static void write_description(bloop_json_writer *writer, const bloop_table_description *table)
{
    const bloop_table_definition *definition = &table->definition;
    bl_body_attributes(writer, definition->attributes, definition->attribute_count);
    bl_body_text(writer, "TableName", definition->name);
    bl_body_key_schema(writer, definition->hash_key, definition->range_key);
    bl_body_text(writer, "TableStatus", bl_words_table_status.words[table->status]);
    write_seconds(writer, "CreationDateTime", table->created_at_microseconds);
    write_throughput(writer, definition->throughput);
    write_counts(writer, table);
    write_billing(writer, table);
    write_indexes(writer, table, true);
    write_indexes(writer, table, false);
    write_stream(writer, table);
    bl_body_bool(writer, "DeletionProtectionEnabled", definition->deletion_protection);
}

/* Of a table that is deleted the service tells neither its keys and indexes nor when it was made (Alternator's suite,
   test_delete_table_description). */
static void write_farewell(bloop_json_writer *writer, const bloop_table_description *table)
{
    bl_body_text(writer, "TableName", table->definition.name);
    bl_body_text(writer, "TableStatus", bl_words_table_status.words[table->status]);
    write_throughput(writer, table->definition.throughput);
    write_counts(writer, table);
    write_billing(writer, table);
    write_stream(writer, table);
    bl_body_bool(writer, "DeletionProtectionEnabled", table->definition.deletion_protection);
}

static void write_counts(bloop_json_writer *writer, const bloop_table_description *table)
{
    bl_body_int(writer, "TableSizeBytes", (int64_t)table->size_bytes);
    bl_body_int(writer, "ItemCount", (int64_t)table->item_count);
    if (table->arn)
        bl_body_text(writer, "TableArn", table->arn);
    if (table->id)
        bl_body_text(writer, "TableId", table->id);
}

/* A table that has always been PROVISIONED has no summary. TableThroughputModeSummary is in no model any more, but the
   service still sends it, as dynalite's tests record. */
static void write_billing(bloop_json_writer *writer, const bloop_table_description *table)
{
    if (table->definition.billing != BLOOP_BILLING_PAY_PER_REQUEST)
        return;
    bl_body_object(writer, "BillingModeSummary");
    bl_body_text(writer, "BillingMode", "PAY_PER_REQUEST");
    write_seconds(writer, "LastUpdateToPayPerRequestDateTime", table->created_at_microseconds);
    bloop_json_write_end(writer);
    bl_body_object(writer, "TableThroughputModeSummary");
    bl_body_text(writer, "TableThroughputMode", "PAY_PER_REQUEST");
    write_seconds(writer, "LastUpdateToPayPerRequestDateTime", table->created_at_microseconds);
    bloop_json_write_end(writer);
}

static void write_stream(bloop_json_writer *writer, const bloop_table_description *table)
{
    if (table->definition.stream != BLOOP_VIEW_NONE)
        bl_body_stream(writer, table->definition.stream);
    if (table->stream_label)
        bl_body_text(writer, "LatestStreamLabel", table->stream_label);
    if (table->stream_arn)
        bl_body_text(writer, "LatestStreamArn", table->stream_arn);
}

static void write_indexes(bloop_json_writer *writer, const bloop_table_description *table, bool local)
{
    const bloop_table_definition *definition = &table->definition;
    const bloop_index_definition *indexes = local ? definition->local_indexes : definition->global_indexes;
    const bloop_index_state *states = local ? table->local_states : table->global_states;
    size_t count = local ? definition->local_index_count : definition->global_index_count;
    if (count == 0)
        return;
    bl_body_array(writer, local ? "LocalSecondaryIndexes" : "GlobalSecondaryIndexes");
    for (size_t i = 0; i < count; i++)
        write_index(writer, table, &indexes[i], &states[i], local);
    bloop_json_write_end(writer);
}

static void write_index(bloop_json_writer *writer, const bloop_table_description *table,
                        const bloop_index_definition *index, const bloop_index_state *state, bool local)
{
    bloop_json_write_object(writer);
    bl_body_text(writer, "IndexName", index->name);
    bl_body_key_schema(writer, index->hash_key, index->range_key);
    bl_body_projection(writer, index);
    if (!local) {
        bl_body_text(writer, "IndexStatus", bl_words_table_status.words[state->status]);
        if (state->status == BLOOP_TABLE_CREATING)
            bl_body_bool(writer, "Backfilling", state->backfilling);
        write_throughput(writer, index->throughput);
    }
    bl_body_int(writer, "IndexSizeBytes", (int64_t)state->size_bytes);
    bl_body_int(writer, "ItemCount", (int64_t)state->item_count);
    if (table->arn) {
        bl_body_name(writer, "IndexArn");
        bl_body_joined(writer, table->arn, "/index/", index->name);
    }
    bloop_json_write_end(writer);
}

/* Also for tables that are paid by the request: both units are 0 then. */
static void write_throughput(bloop_json_writer *writer, bloop_throughput throughput)
{
    bl_body_object(writer, "ProvisionedThroughput");
    bl_body_int(writer, "NumberOfDecreasesToday", 0);
    bl_body_int(writer, "ReadCapacityUnits", throughput.read_units);
    bl_body_int(writer, "WriteCapacityUnits", throughput.write_units);
    bloop_json_write_end(writer);
}

/* Seconds since 1970 with milliseconds, as a number. */
static void write_seconds(bloop_json_writer *writer, const char *name, int64_t microseconds)
{
    char text[40];
    int64_t milliseconds = microseconds / 1000;
    snprintf(text, sizeof text, "%" PRId64 ".%03d", milliseconds / 1000, (int)(milliseconds % 1000));
    bl_body_name(writer, name);
    bl_json_write_raw(writer, text, strlen(text));
}
