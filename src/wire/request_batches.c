/* BatchGetItem and BatchWriteItem: what only the operation knows, in the service's order. */
#include "wire/reading_private.h"

static size_t count_keys(const bl_in_batch *in);
static size_t count_writes(const bl_in_batch *in);
static bloop_status check_projections(const bl_in_batch *in);
static bloop_status add_keys(bl_wire_reading *reading, const bl_in_table_keys *from, bloop_batch_get_key *keys,
                             bloop_batch_table *table);
static bloop_status add_writes(bl_wire_reading *reading, const bl_in_table_writes *from, bloop_write_request *writes);

bloop_status bl_in_finish_batch_get(bl_wire_reading *reading, bl_wire_request *out)
{
    const bl_in_batch *in = &reading->in.batch;
    const bl_in_table_keys *from = in->tables.elements;
    bloop_batch_get_request *get = &out->as.batch_get;
    size_t count = count_keys(in), at = 0;
    bloop_batch_get_key *keys = bl_arena_alloc(&reading->arena, (count + 1) * sizeof *keys);
    bloop_batch_table *tables = bl_arena_alloc(&reading->arena, (in->tables.count + 1) * sizeof *tables);
    if (!keys || !tables)
        return BLOOP_NO_MEMORY;
    bloop_status status = check_projections(in);
    for (size_t i = 0; status == BLOOP_OK && i < in->tables.count; i++) {
        status = add_keys(reading, &from[i], keys + at, &tables[i]);
        at += from[i].keys.keys.count;
    }
    get->keys = keys;
    get->count = count;
    get->tables = tables;
    get->table_count = in->tables.count;
    get->capacity = (bloop_capacity_detail)bl_in_chosen(in->capacity, BLOOP_CAPACITY_NONE);
    return status;
}

bloop_status bl_in_finish_batch_write(bl_wire_reading *reading, bl_wire_request *out)
{
    const bl_in_batch *in = &reading->in.batch;
    const bl_in_table_writes *from = in->tables.elements;
    bloop_batch_write_request *write = &out->as.batch_write;
    size_t count = count_writes(in), at = 0;
    bloop_write_request *writes = bl_arena_alloc(&reading->arena, (count + 1) * sizeof *writes);
    if (!writes)
        return BLOOP_NO_MEMORY;
    memset(writes, 0, (count + 1) * sizeof *writes);
    for (size_t i = 0; i < in->tables.count; i++) {
        bloop_status status = add_writes(reading, &from[i], writes + at);
        if (status != BLOOP_OK)
            return status;
        at += from[i].writes.count;
    }
    write->writes = writes;
    write->count = count;
    write->capacity = (bloop_capacity_detail)bl_in_chosen(in->capacity, BLOOP_CAPACITY_NONE);
    write->collection_metrics = bl_in_chosen(in->metrics, BL_IN_METRICS_NONE) == BL_IN_METRICS_SIZE;
    return BLOOP_OK;
}

static size_t count_keys(const bl_in_batch *in)
{
    const bl_in_table_keys *tables = in->tables.elements;
    size_t count = 0;
    for (size_t i = 0; i < in->tables.count; i++)
        count += tables[i].keys.keys.count;
    return count;
}

static size_t count_writes(const bl_in_batch *in)
{
    const bl_in_table_writes *tables = in->tables.elements;
    size_t count = 0;
    for (size_t i = 0; i < in->tables.count; i++)
        count += tables[i].writes.count;
    return count;
}

/* The two kinds do not go together in the whole request, either: paritysuite/dynamodb-conformance,
   error-messages/batchGetItem (October 2026), which has no words for it. */
static bloop_status check_projections(const bl_in_batch *in)
{
    static const bl_in_list no_names = { .count = 0 };
    const bl_in_table_keys *tables = in->tables.elements;
    bl_in_parameter expression = { "ProjectionExpression", false }, attributes = { "AttributesToGet", false };
    for (size_t i = 0; i < in->tables.count; i++) {
        expression.given = expression.given || tables[i].keys.projection.expression.data;
        attributes.given = attributes.given || tables[i].keys.projection.attributes.present;
    }
    const bl_in_parameters parameters = { &expression, &attributes, 1, 1 };
    return bl_in_check_parameters(&parameters, &no_names, NULL);
}

static bloop_status add_keys(bl_wire_reading *reading, const bl_in_table_keys *from, bloop_batch_get_key *keys,
                             bloop_batch_table *table)
{
    const bl_in_projection *projection = &from->keys.projection;
    const bl_in_value *values = from->keys.keys.elements;
    const bl_in_parameter expressions[] = { { "ProjectionExpression", projection->expression.data != NULL } };
    const bl_in_parameter others[] = { { "AttributesToGet", projection->attributes.present } };
    const bl_in_parameters parameters = { expressions, others, BL_COUNT_OF(expressions), BL_COUNT_OF(others) };
    memset(table, 0, sizeof *table);
    bloop_status status = bl_in_check_parameters(&parameters, &projection->names, NULL);
    if (status == BLOOP_OK)
        status = bl_in_projection_paths(reading, projection, &table->projection);
    if (status == BLOOP_OK)
        status = bl_in_table_name(reading, from->table, &table->table);
    table->consistent = from->keys.consistent == BL_IN_TRUE;
    for (size_t i = 0; status == BLOOP_OK && i < from->keys.keys.count; i++) {
        status = bl_in_value_fault(&values[i]);
        keys[i] = (bloop_batch_get_key){ .table = table->table, .key = values[i].value };
    }
    return status;
}

static bloop_status add_writes(bl_wire_reading *reading, const bl_in_table_writes *from, bloop_write_request *writes)
{
    const bl_in_write *all = from->writes.elements;
    const char *table = NULL;
    bloop_status status = bl_in_table_name(reading, from->table, &table);
    /* That an empty request has too many types is what the service says. */
    for (size_t i = 0; status == BLOOP_OK && i < from->writes.count; i++) {
        if (all[i].put.present == all[i].delete_.present)
            return bl_error(BLOOP_VALIDATION, "Supplied AttributeValue has more than one datatypes set, must contain "
                                              "exactly one of the supported datatypes");
    }
    for (size_t i = 0; status == BLOOP_OK && i < from->writes.count; i++) {
        bool put = all[i].put.present;
        const bl_in_value *item = put ? &all[i].put.item : &all[i].delete_.item;
        status = bl_in_value_fault(item);
        writes[i].kind = put ? BLOOP_WRITE_PUT : BLOOP_WRITE_DELETE;
        writes[i].table = table;
        writes[i].item = item->value;
    }
    return status;
}
