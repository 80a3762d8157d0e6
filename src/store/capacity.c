/* Consumed capacity, told. Who counts it are the operations: reads by what they have examined, writes by the larger of old
   and new item, and each index by what changes in it (indexes.c). */
#include "capacity_private.h"

static bloop_status divide(bloop_result_memory *memory, const bl_consumption *consumed, bloop_consumed_capacity *out);
static size_t count_used(const bl_consumption *consumed);

bloop_status bl_capacity_tell(bloop_result_memory *memory, bloop_capacity_detail detail, const bl_consumption *consumed,
                              const bloop_consumed_capacity **out)
{
    if (BL_LIKELY(detail == BLOOP_CAPACITY_NONE))
        return BLOOP_OK;
    bloop_consumed_capacity *made = bloop_result_alloc(memory, sizeof *made);
    const char *name = made ? bl_result_text(memory, consumed->name) : NULL;
    if (!name)
        return BLOOP_NO_MEMORY;
    *made = (bloop_consumed_capacity){ .table = name, .units = consumed->table_units };
    for (uint32_t i = 0; consumed->index_units && i < consumed->table->index_count; i++)
        made->units += consumed->index_units[i];
    bloop_status status = detail == BLOOP_CAPACITY_INDEXES ? divide(memory, consumed, made) : BLOOP_OK;
    if (status == BLOOP_OK)
        *out = made;
    return status;
}

/* Between the table and those indexes that were used. */
static bloop_status divide(bloop_result_memory *memory, const bl_consumption *consumed, bloop_consumed_capacity *out)
{
    size_t told = 0, count = count_used(consumed);
    bloop_index_capacity *indexes = count ? bloop_result_alloc(memory, count * sizeof *indexes) : NULL;
    if (count && !indexes)
        return BLOOP_NO_MEMORY;
    for (uint32_t i = 0; told < count; i++) {
        const bl_index *index = &consumed->table->indexes[i];
        if (consumed->index_units[i] == 0)
            continue;
        const char *name = bl_result_text(memory, index->name);
        if (!name)
            return BLOOP_NO_MEMORY;
        indexes[told++] = (bloop_index_capacity){ name, index->local, consumed->index_units[i] };
    }
    out->divided = true;
    out->table_units = consumed->table_units;
    out->indexes = indexes;
    out->index_count = count;
    return BLOOP_OK;
}

static size_t count_used(const bl_consumption *consumed)
{
    size_t count = 0;
    for (uint32_t i = 0; consumed->index_units && i < consumed->table->index_count; i++)
        count += consumed->index_units[i] != 0;
    return count;
}
