/* Descriptors of tables: made of a definition, changed, and read from their record. There is one way to make one, from the
   stored form; so what is stored is what is used. */
#include "catalog_private.h"

#include <bloop/datetime.h>

#include <stdio.h>

#include "table_private.h"
#include "value/value.h"

static bloop_status build(const bl_table_plan *plan, bl_table **out);
static bloop_status stream_label_now(char out[BL_STREAM_LABEL_SIZE]);
static void plan_of(const bl_table *table, const bloop_table_definition *definition, bl_table_plan *out);
static void plan_index(const bl_table *table, const bloop_index_definition *index, uint32_t *next_id,
                       bl_index_plan *out);

bloop_status bl_table_new(const bloop_table_definition *definition, uint32_t *next_id, bl_table **out)
{
    char uuid[37], label[BL_STREAM_LABEL_SIZE];
    uint8_t random[16];
    bl_table_plan plan = { .definition = definition, .id = *next_id, .created_at = bl_now_microseconds() };
    bloop_status status = bl_random(random, sizeof random);
    if (status != BLOOP_OK)
        return status;
    random[6] = (uint8_t)((random[6] & 0x0F) | 0x40);
    random[8] = (uint8_t)((random[8] & 0x3F) | 0x80);
    bl_uuid_format(random, uuid);
    plan.uuid = uuid;
    status = stream_label_now(label);
    if (status != BLOOP_OK)
        return status;
    plan.stream_label = label;
    uint32_t next = *next_id + 1;
    for (size_t i = 0; i < definition->global_index_count; i++)
        plan.global[i] = (bl_index_plan){ .id = next++ };
    for (size_t i = 0; i < definition->local_index_count; i++)
        plan.local[i] = (bl_index_plan){ .id = next++ };
    status = build(&plan, out);
    if (status == BLOOP_OK)
        *next_id = next;
    return status;
}

bloop_status bl_table_change(const bl_table *table, const bloop_table_definition *definition, uint32_t *next_id,
                             bl_table **out)
{
    char label[BL_STREAM_LABEL_SIZE];
    bl_table_plan plan;
    plan_of(table, definition, &plan);
    bloop_status status = stream_label_now(label);
    if (status != BLOOP_OK)
        return status;
    if (definition->stream != table->about.definition.stream || !plan.stream_label)
        plan.stream_label = label;
    uint32_t next = *next_id;
    for (size_t i = 0; i < definition->global_index_count; i++)
        plan_index(table, &definition->global_indexes[i], &next, &plan.global[i]);
    for (size_t i = 0; i < definition->local_index_count; i++)
        plan_index(table, &definition->local_indexes[i], &next, &plan.local[i]);
    status = build(&plan, out);
    if (status == BLOOP_OK)
        *next_id = next;
    return status;
}

bloop_status bl_table_finish(const bl_table *table, bl_table **out)
{
    bl_table_plan plan;
    const bloop_table_definition *definition = &table->about.definition;
    plan_of(table, definition, &plan);
    for (size_t i = 0; i < definition->global_index_count; i++)
        plan.global[i] = (bl_index_plan){ .id = table->indexes[i].id };
    for (size_t i = 0; i < definition->local_index_count; i++)
        plan.local[i] = (bl_index_plan){ .id = table->indexes[definition->global_index_count + i].id };
    return build(&plan, out);
}

bl_table *bl_table_keep(bl_table *table)
{
    atomic_fetch_add_explicit(&table->references, 1, memory_order_relaxed);
    return table;
}

void bl_table_release(bl_table *table)
{
    if (!table || atomic_fetch_sub_explicit(&table->references, 1, memory_order_acq_rel) > 1)
        return;
    bl_arena_free(&table->arena);
    bl_free(table);
}

bloop_status bl_table_read(bl_txn *txn, const char *name, bl_table **out)
{
    bl_key key;
    bl_bytes payload;
    *out = NULL;
    size_t size = strlen(name);
    if (size > BL_TABLE_NAME_MAX)
        return BLOOP_OK;
    bl_key_of_name(&key, BL_SPACE_CATALOG, name, size);
    bloop_status status = bl_record_get(txn, bl_key_bytes(&key), BL_RECORD_TABLE, &payload);
    if (status != BLOOP_OK || !payload.data)
        return status;
    return bl_table_unpack((bloop_item){ payload.data, payload.size }, name, out);
}

bloop_status bl_table_write(bl_txn *txn, const bl_table *table)
{
    bl_key key;
    const char *name = table->about.definition.name;
    bl_key_of_name(&key, BL_SPACE_CATALOG, name, strlen(name));
    return bl_record_put(txn, bl_key_bytes(&key), BL_RECORD_TABLE, (bl_bytes){ table->packed.data, table->packed.size },
                         (bl_bytes){ NULL, 0 });
}

bloop_status bl_table_remove(bl_txn *txn, const bl_table *table)
{
    bl_key key;
    const char *name = table->about.definition.name;
    bl_key_of_name(&key, BL_SPACE_CATALOG, name, strlen(name));
    return bl_record_delete(txn, bl_key_bytes(&key), NULL);
}

static bloop_status build(const bl_table_plan *plan, bl_table **out)
{
    bloop_item packed;
    bloop_builder builder = { 0 };
    bl_builder_use(&builder, NULL, 0);
    bloop_status status = bl_table_pack(plan, &builder, &packed);
    if (status == BLOOP_OK)
        status = bl_table_unpack(packed, plan->definition->name, out);
    bl_builder_free(&builder);
    return status;
}

/* The service's form of a stream's label: the moment at which it was turned on, with milliseconds. */
static bloop_status stream_label_now(char out[BL_STREAM_LABEL_SIZE])
{
    bloop_civil_time civil;
    bloop_datetime now = bloop_datetime_now();
    now.utc_offset = 0;
    bloop_status status = bloop_datetime_to_civil(now, &civil);
    if (status != BLOOP_OK)
        return status;
    snprintf(out, BL_STREAM_LABEL_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d.%03d", (int)civil.year, (int)civil.month,
             (int)civil.day, (int)civil.hour, (int)civil.minute, (int)civil.second, (int)(civil.microsecond / 1000));
    return BLOOP_OK;
}

static void plan_of(const bl_table *table, const bloop_table_definition *definition, bl_table_plan *out)
{
    *out = (bl_table_plan){ .definition = definition,
                            .id = table->id,
                            .uuid = table->about.id,
                            .created_at = table->about.created_at_microseconds,
                            .stream_label = table->about.stream_label };
}

static void plan_index(const bl_table *table, const bloop_index_definition *index, uint32_t *next_id,
                       bl_index_plan *out)
{
    for (uint32_t i = 0; i < table->index_count; i++)
        if (strcmp(table->indexes[i].name, index->name) == 0) {
            *out = (bl_index_plan){ .id = table->indexes[i].id, .backfilling = table->indexes[i].backfilling };
            return;
        }
    *out = (bl_index_plan){ .id = (*next_id)++, .backfilling = true };
}
