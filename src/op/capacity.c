/* Consumed capacity of several requests, added up. */
#include "op/op.h"

/* What a table can have; and room to begin with. */
enum { INDEXES = BL_MAX_GLOBAL_INDEXES + BL_MAX_LOCAL_INDEXES, FEW_TABLES = 4 };

static bloop_status add_table(bl_capacity_sum *sum, const bloop_consumed_capacity *part, bloop_consumed_capacity **out);
static bloop_status make_room(bl_capacity_sum *sum);
static bloop_status add_index(bl_capacity_sum *sum, bloop_consumed_capacity *to, const bloop_index_capacity *part);

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
    bloop_status status = sum->count == sum->room ? make_room(sum) : BLOOP_OK;
    if (status != BLOOP_OK)
        return status;
    *out = &sum->tables[sum->count++];
    **out = (bloop_consumed_capacity){ .table = name, .divided = part->divided };
    return BLOOP_OK;
}

/* What there was before stays in the result's memory too, where it is less than what there is now. */
static bloop_status make_room(bl_capacity_sum *sum)
{
    size_t room = sum->room ? 2 * sum->room : FEW_TABLES;
    bloop_consumed_capacity *tables = bloop_result_alloc(sum->memory, room * sizeof *tables);
    if (!tables)
        return BLOOP_NO_MEMORY;
    if (sum->count)
        memcpy(tables, sum->tables, sum->count * sizeof *tables);
    sum->tables = tables;
    sum->room = room;
    return BLOOP_OK;
}

/* The list is made for all indexes that a table can have when the first of them is met. */
static bloop_status add_index(bl_capacity_sum *sum, bloop_consumed_capacity *to, const bloop_index_capacity *part)
{
    bloop_index_capacity *indexes = (bloop_index_capacity *)(uintptr_t)to->indexes;
    if (!indexes)
        to->indexes = indexes = bloop_result_alloc(sum->memory, INDEXES * sizeof *indexes);
    if (!indexes)
        return BLOOP_NO_MEMORY;
    for (size_t i = 0; i < to->index_count; i++)
        if (strcmp(indexes[i].index, part->index) == 0) {
            indexes[i].units += part->units;
            return BLOOP_OK;
        }
    const char *name = bl_result_text(sum->memory, part->index);
    /* An index that was dropped and another that was made between the writes of a batch may come to more. */
    if (!name || to->index_count == INDEXES)
        return name ? BLOOP_OK : BLOOP_NO_MEMORY;
    indexes[to->index_count++] = (bloop_index_capacity){ name, part->local, part->units };
    return BLOOP_OK;
}
