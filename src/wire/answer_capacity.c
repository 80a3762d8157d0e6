/* Reading ConsumedCapacity and ItemCollectionMetrics. */
#include "wire/answer_private.h"

/* The indexes of a table while they are read. */
typedef struct index_list {
    bloop_index_capacity *items;
    size_t count, capacity;
} index_list;
typedef struct capacity {
    bloop_consumed_capacity told;
    index_list global, local;
} capacity;

static void read_capacity(bl_answer *answer, bloop_consumed_capacity *out);
static void keep_indexes(bl_answer *answer, capacity *read);
static void read_table(bl_answer *answer, void *into);
static void read_local(bl_answer *answer, void *into);
static void read_global(bl_answer *answer, void *into);
static void read_indexes(bl_answer *answer, index_list *list, bool local);
static void read_element(bl_answer *answer, void *into);
static void read_range(bl_answer *answer, void *into);

void bl_answer_capacity(bl_answer *answer, void *into)
{
    bloop_consumed_capacity *room = bl_answer_alloc(answer, 1, sizeof *room);
    if (!room)
        return;
    read_capacity(answer, room);
    *(const bloop_consumed_capacity **)into = room;
}

void bl_answer_capacities(bl_answer *answer, void *into)
{
    *(bl_answer_list *)into = bl_answer_array(answer, sizeof(bloop_consumed_capacity), read_element);
}

void bl_answer_metrics(bl_answer *answer, void *into)
{
    static const bl_answer_member members[] = {
        { "ItemCollectionKey", bl_answer_item, offsetof(bloop_collection_metrics, key) },
        { "SizeEstimateRangeGB", read_range, 0 },
    };
    bl_answer_members(answer, members, BL_COUNT_OF(members), into);
}

static void read_capacity(bl_answer *answer, bloop_consumed_capacity *out)
{
    static const bl_answer_member members[] = {
        { "TableName", bl_answer_text, offsetof(capacity, told.table) },
        { "CapacityUnits", bl_answer_double, offsetof(capacity, told.units) },
        { "Table", read_table, 0 },
        { "LocalSecondaryIndexes", read_local, 0 },
        { "GlobalSecondaryIndexes", read_global, 0 },
    };
    capacity read = { .told = { .table = "" } };
    bl_answer_members(answer, members, BL_COUNT_OF(members), &read);
    keep_indexes(answer, &read);
    bl_free(read.global.items);
    bl_free(read.local.items);
    *out = read.told;
}

/* Global ones first, as the embedded store tells them. */
static void keep_indexes(bl_answer *answer, capacity *read)
{
    size_t count = read->global.count + read->local.count;
    bloop_index_capacity *indexes = count ? bl_answer_alloc(answer, count, sizeof *indexes) : NULL;
    if (!indexes)
        return;
    if (read->global.count > 0)
        memcpy(indexes, read->global.items, read->global.count * sizeof *indexes);
    if (read->local.count > 0)
        memcpy(indexes + read->global.count, read->local.items, read->local.count * sizeof *indexes);
    read->told.indexes = indexes;
    read->told.index_count = count;
    read->told.divided = true;
}

static void read_table(bl_answer *answer, void *into)
{
    static const bl_answer_member members[] = { { "CapacityUnits", bl_answer_double, 0 } };
    capacity *read = into;
    read->told.divided = true;
    bl_answer_members(answer, members, BL_COUNT_OF(members), &read->told.table_units);
}

static void read_local(bl_answer *answer, void *into)
{
    read_indexes(answer, &((capacity *)into)->local, true);
}

static void read_global(bl_answer *answer, void *into)
{
    read_indexes(answer, &((capacity *)into)->global, false);
}

/* Index names are the names of members here. */
static void read_indexes(bl_answer *answer, index_list *list, bool local)
{
    static const bl_answer_member members[] = { { "CapacityUnits", bl_answer_double, 0 } };
    bloop_slice name;
    bloop_json_enter_object(&answer->reader);
    while (bloop_json_next_name(&answer->reader, &name)) {
        char *index = bl_answer_may_add(answer, list->count) ? bl_answer_alloc(answer, name.size + 1, 1) : NULL;
        if (!index)
            return;
        memcpy(index, name.data, name.size);
        if (bl_grow((void **)&list->items, &list->capacity, list->count + 1, sizeof *list->items) != BLOOP_OK) {
            bl_answer_no_memory(answer);
            return;
        }
        bloop_index_capacity *read = &list->items[list->count++];
        *read = (bloop_index_capacity){ .index = index, .local = local };
        bl_answer_members(answer, members, BL_COUNT_OF(members), &read->units);
    }
}

static void read_element(bl_answer *answer, void *into)
{
    read_capacity(answer, into);
}

/* [low, high] */
static void read_range(bl_answer *answer, void *into)
{
    bloop_collection_metrics *metrics = into;
    bl_answer_list range = bl_answer_array(answer, sizeof(double), bl_answer_double);
    if (range.count == 2) {
        metrics->low_gb = ((double *)range.items)[0];
        metrics->high_gb = ((double *)range.items)[1];
    } else {
        bloop_json_refuse(&answer->reader, "an estimate has two ends");
    }
}
