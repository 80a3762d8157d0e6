/* Consumed capacity, told. Who counts it are the operations: reads by what they have examined, writes by the larger of old
   and new item, and each index by what changes in it (indexes.c). */
#include "capacity_private.h"

static bloop_status add_table(bl_capacity_sum *sum, const bloop_consumed_capacity *part, bloop_consumed_capacity **out);
static bloop_status add_index(bl_capacity_sum *sum, bloop_consumed_capacity *to, const bloop_index_capacity *part);
static bloop_status divide(bloop_result_memory *memory, const bl_consumption *consumed, bloop_consumed_capacity *out);
static size_t count_used(const bl_consumption *consumed);

const char *bl_result_text(bloop_result_memory *memory, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = bloop_result_alloc(memory, size);
    return copy ? memcpy(copy, text, size) : NULL;
}

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

bloop_status bl_capacity_sum_begin(bl_capacity_sum *sum, bloop_result_memory *memory, size_t requests)
{
    *sum = (bl_capacity_sum){ .memory = memory };
    sum->tables = bloop_result_alloc(memory, requests * sizeof *sum->tables);
    return sum->tables ? BLOOP_OK : BLOOP_NO_MEMORY;
}

bloop_status bl_capacity_add(bl_capacity_sum *sum, const bloop_consumed_capacity *part)
{
    bloop_consumed_capacity *to = NULL;
    for (size_t i = 0; !to && i < sum->count; i++)
        if (strcmp(sum->tables[i].table, part->table) == 0)
            to = &sum->tables[i];
    bloop_status status = to ? BLOOP_OK : add_table(sum, part, &to);
    if (status != BLOOP_OK)
        return status;
    to->units += part->units;
    to->table_units += part->table_units;
    for (size_t i = 0; i < part->index_count; i++) {
        status = add_index(sum, to, &part->indexes[i]);
        if (status != BLOOP_OK)
            return status;
    }
    return BLOOP_OK;
}

static bloop_status add_table(bl_capacity_sum *sum, const bloop_consumed_capacity *part, bloop_consumed_capacity **out)
{
    const char *name = bl_result_text(sum->memory, part->table);
    if (!name)
        return BLOOP_NO_MEMORY;
    *out = &sum->tables[sum->count++];
    **out = (bloop_consumed_capacity){ .table = name, .divided = part->divided };
    return BLOOP_OK;
}

/* The list is made for all indexes that a table can have when the first of them is met. */
static bloop_status add_index(bl_capacity_sum *sum, bloop_consumed_capacity *to, const bloop_index_capacity *part)
{
    bloop_index_capacity *indexes = (bloop_index_capacity *)(uintptr_t)to->indexes;
    if (!indexes)
        to->indexes = indexes = bloop_result_alloc(sum->memory, BL_INDEXES_MAX * sizeof *indexes);
    if (!indexes)
        return BLOOP_NO_MEMORY;
    for (size_t i = 0; i < to->index_count; i++)
        if (strcmp(indexes[i].index, part->index) == 0) {
            indexes[i].units += part->units;
            return BLOOP_OK;
        }
    const char *name = bl_result_text(sum->memory, part->index);
    /* An index that was dropped and another that was made between the writes of a batch may come to more. */
    if (!name || to->index_count == BL_INDEXES_MAX)
        return name ? BLOOP_OK : BLOOP_NO_MEMORY;
    indexes[to->index_count++] = (bloop_index_capacity){ name, part->local, part->units };
    return BLOOP_OK;
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
