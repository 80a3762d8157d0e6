/* ConsumedCapacity and ItemCollectionMetrics, as responses have them. TOTAL has the table's name and units alone; INDEXES
   also what the table and each index took. */
#include "wire/response_private.h"

static void write_capacity(bloop_json_writer *writer, const bloop_consumed_capacity *capacity);
static void write_indexes(bloop_json_writer *writer, const bloop_consumed_capacity *capacity, bool local);

void bl_response_capacity(bloop_json_writer *writer, const bloop_consumed_capacity *capacity)
{
    if (!capacity)
        return;
    bl_body_name(writer, "ConsumedCapacity");
    write_capacity(writer, capacity);
}

void bl_response_capacities(bloop_json_writer *writer, const bloop_consumed_capacity *capacity, size_t count)
{
    if (count == 0)
        return;
    bl_body_array(writer, "ConsumedCapacity");
    for (size_t i = 0; i < count; i++)
        write_capacity(writer, &capacity[i]);
    bloop_json_write_end(writer);
}

void bl_response_metrics(bloop_json_writer *writer, const bloop_collection_metrics *metrics)
{
    bloop_json_write_object(writer);
    bl_body_item(writer, "ItemCollectionKey", metrics->key);
    bl_body_array(writer, "SizeEstimateRangeGB");
    bloop_json_write_double(writer, metrics->low_gb);
    bloop_json_write_double(writer, metrics->high_gb);
    bloop_json_write_end(writer);
    bloop_json_write_end(writer);
}

static void write_capacity(bloop_json_writer *writer, const bloop_consumed_capacity *capacity)
{
    bloop_json_write_object(writer);
    bl_body_text(writer, "TableName", capacity->table);
    bl_body_units(writer, "CapacityUnits", capacity->units);
    if (capacity->divided) {
        bl_body_object(writer, "Table");
        bl_body_units(writer, "CapacityUnits", capacity->table_units);
        bloop_json_write_end(writer);
        write_indexes(writer, capacity, true);
        write_indexes(writer, capacity, false);
    }
    bloop_json_write_end(writer);
}

static void write_indexes(bloop_json_writer *writer, const bloop_consumed_capacity *capacity, bool local)
{
    bool any = false;
    for (size_t i = 0; i < capacity->index_count; i++) {
        const bloop_index_capacity *index = &capacity->indexes[i];
        if (index->local != local)
            continue;
        if (!any)
            bl_body_object(writer, local ? "LocalSecondaryIndexes" : "GlobalSecondaryIndexes");
        any = true;
        bl_body_object(writer, index->index);
        bl_body_units(writer, "CapacityUnits", index->units);
        bloop_json_write_end(writer);
    }
    if (any)
        bloop_json_write_end(writer);
}
