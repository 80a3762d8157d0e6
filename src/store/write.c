/* PutItem, UpdateItem and DeleteItem, which differ in how the new item is made and in nothing else. */
#include "write_private.h"

#include "capacity_private.h"
#include "expr/expr.h"
#include "op/op.h"
#include "store_private.h"

/* A write in progress. */
typedef struct write {
    bl_change *change;
    const bloop_write_request *request;
    bloop_write_result *out;
    bl_table *table;
    const bloop_table_definition *definition;
    bl_key key;
    bl_stored old, new;
    double index_units[BL_INDEXES_MAX]; /* when capacity is asked for */
} write;

static bloop_status run(write *w);
static bloop_status check_request(const write *w);
static bloop_status check_condition(write *w);
static bloop_status make(write *w);
static bloop_status make_updated(write *w);
static bloop_status check_nesting(const bloop_update *update, bloop_item item);
static bool nests_deeper(bloop_value value, unsigned levels);
static bloop_status check_size(write *w, const char *message);
static bloop_status give_values(write *w);
static bloop_status give_touched(write *w, bloop_item from);
static bloop_status give(write *w, bloop_item item);
static bloop_status store(write *w);
static bloop_status keep_old(write *w);
static bloop_status tell(write *w);
static bloop_status tell_capacity(write *w);
static const bloop_update *update_of(const write *w);

bloop_status bl_write_run(bl_change *change, const bloop_write_request *request, bloop_write_result *out)
{
    write w;
    w.change = change;
    w.request = request;
    w.out = out;
    if (request->capacity)
        memset(w.index_units, 0, sizeof w.index_units);
    bloop_status status = bl_catalog_find(&change->store->catalog, &change->txn, request->table, &w.table);
    if (BL_UNLIKELY(status != BLOOP_OK))
        return status;
    if (BL_UNLIKELY(!w.table))
        return bl_table_missing();
    w.definition = &w.table->about.definition;
    status = run(&w);
    bl_table_release(w.table);
    return status;
}

static bloop_status run(write *w)
{
    bloop_status status = check_request(w);
    if (status != BLOOP_OK)
        return status;
    status =
        bl_key_of_item(&w->key, bl_env_hash_key(w->change->txn.env), w->table->id, &w->table->key, w->request->item);
    if (status != BLOOP_OK)
        return status;
    status = bl_item_read(&w->change->txn, w->table, &w->key, w->request->item, &w->old);
    if (status != BLOOP_OK)
        return status;
    w->out->existed = w->old.item.data != NULL;
    status = check_condition(w);
    if (status != BLOOP_OK)
        return status;
    status = make(w);
    if (status != BLOOP_OK)
        return status;
    status = give_values(w);
    if (status == BLOOP_OK)
        status = store(w);
    return status == BLOOP_OK ? tell(w) : status;
}

static bloop_status check_request(const write *w)
{
    const bloop_write_request *request = w->request;
    bool put = request->kind == BLOOP_WRITE_PUT, update = request->kind == BLOOP_WRITE_UPDATE && request->update;
    bloop_status status =
        put ? bl_op_check_item_keys(w->definition, request->item) : bl_op_check_key(w->definition, request->item);
    if (status == BLOOP_OK && update)
        status = bl_op_check_update_keys(w->definition, request->update);
    if (status == BLOOP_OK && (update || request->condition))
        status = bl_op_check_written_keys(w->definition, request);
    return status;
}

static bloop_status check_condition(write *w)
{
    const bloop_write_request *request = w->request;
    bool met = true;
    if (!request->condition)
        return BLOOP_OK;
    bloop_status status = bloop_expr_evaluate(request->condition, w->old.item, &met);
    if (status != BLOOP_OK || met)
        return status;
    if (request->return_old_on_failure && w->old.item.data) {
        status = give(w, w->old.item);
        if (status != BLOOP_OK)
            return status;
    }
    return bl_error(BLOOP_CONSTRAINT_VIOLATION, "The conditional request failed");
}

/* The new item, or none. */
static bloop_status make(write *w)
{
    w->new = (bl_stored){ 0 };
    switch (w->request->kind) {
    case BLOOP_WRITE_PUT:
        w->new.item = w->request->item;
        return check_size(w, "Item size has exceeded the maximum allowed size");
    case BLOOP_WRITE_UPDATE: return make_updated(w);
    case BLOOP_WRITE_DELETE: return BLOOP_OK;
    }
    return bl_error(BLOOP_INVALID_ARGUMENT, "%d is no kind of write", (int)w->request->kind);
}

static bloop_status make_updated(write *w)
{
    bloop_builder *builder = &w->change->item;
    const bloop_update *update = update_of(w);
    if (!w->old.item.data && !bl_update_creates(update))
        return BLOOP_OK;
    bloop_builder_reset(builder);
    bloop_status status = bloop_update_apply(update, w->old.item, w->request->item, builder);
    if (status == BLOOP_OK)
        status = bloop_builder_value(builder, &w->new.item);
    if (status == BLOOP_INVALID_VALUE)
        status = bl_error_as(BLOOP_VALIDATION);
    if (status == BLOOP_OK)
        status = check_nesting(update, w->new.item);
    if (status == BLOOP_OK)
        status = bl_op_check_updated_item(w->definition, w->new.item);
    if (status == BLOOP_OK)
        status = check_size(w, "Item size to update has exceeded the maximum allowed size");
    return status;
}

/* Values are put together without a look at their depth. Only one that is set inside another can go too deep: what stands
   at the top was no deeper before. */
static bloop_status check_nesting(const bloop_update *update, bloop_item item)
{
    bool deeper = false;
    for (size_t i = 0; i < update->count; i++)
        deeper |= update->actions[i].kind == BLOOP_ACTION_SET && update->actions[i].path.count > 1;
    if (deeper && nests_deeper(item, BLOOP_MAX_DEPTH + 1))
        return bl_error(BLOOP_VALIDATION, "Nesting Levels have exceeded supported limits: Attributes in the item have "
                                          "nested levels beyond supported limit");
    return BLOOP_OK;
}

/* Whether lists and maps stand more than `levels` deep in a value, itself among them. */
static bool nests_deeper(bloop_value value, unsigned levels)
{
    bloop_tag tag = bloop_value_tag(value);
    if (tag != BLOOP_TAG_L && tag != BLOOP_TAG_M)
        return false;
    if (levels == 0)
        return true;
    bloop_walk walk = bloop_value_walk(value);
    while (bloop_walk_next(&walk))
        if (nests_deeper(walk.value, levels - 1))
            return true;
    return false;
}

static bloop_status check_size(write *w, const char *message)
{
    size_t size = bloop_item_size(w->new.item);
    if (size > BL_MAX_ITEM_SIZE)
        return bl_error(BLOOP_VALIDATION, "%s", message);
    w->new.size = (uint32_t)size;
    return BLOOP_OK;
}

/* Copies what the caller wants to know, before the records move. */
static bloop_status give_values(write *w)
{
    switch (w->request->return_values) {
    case BLOOP_RETURN_NONE: return BLOOP_OK;
    case BLOOP_RETURN_ALL_OLD: return give(w, w->old.item);
    case BLOOP_RETURN_ALL_NEW: return give(w, w->new.item);
    case BLOOP_RETURN_UPDATED_OLD: return give_touched(w, w->old.item);
    case BLOOP_RETURN_UPDATED_NEW: return give_touched(w, w->new.item);
    }
    return bl_error(BLOOP_INVALID_ARGUMENT, "%d is no kind of return values", (int)w->request->return_values);
}

/* The service leaves the attributes out when an update has touched none that is there. */
static bloop_status give_touched(write *w, bloop_item from)
{
    bloop_builder *builder = &w->change->before;
    bloop_item touched;
    if (!from.data)
        return BLOOP_OK;
    bloop_builder_reset(builder);
    bloop_status status = bloop_update_touched(update_of(w), from, builder);
    if (status == BLOOP_OK)
        status = bloop_builder_value(builder, &touched);
    if (status != BLOOP_OK || bloop_value_count(touched) == 0)
        return status;
    return give(w, touched);
}

static bloop_status give(write *w, bloop_item item)
{
    if (!item.data)
        return BLOOP_OK;
    uint8_t *copy = bloop_result_alloc(&w->out->memory, item.size);
    if (!copy)
        return BLOOP_NO_MEMORY;
    memcpy(copy, item.data, item.size);
    w->out->attributes = (bloop_item){ copy, item.size };
    return BLOOP_OK;
}

/* All is decided: from here on, what fails is the machine. An item that stays as it was is not written. */
static bloop_status store(write *w)
{
    bl_change *change = w->change;
    const bloop_item old = w->old.item;
    const bloop_item new = w->new.item;
    if (old.size == new.size && (!old.data || memcmp(old.data, new.data, old.size) == 0))
        return BLOOP_OK;
    bl_changed changed = { .key = &w->key, .who = BL_BY_CALLER };
    if (w->request->capacity)
        changed.index_units = w->index_units;
    bloop_status status = keep_old(w);
    if (status == BLOOP_OK)
        status = bl_change_tally(change, w->table, &changed.tally);
    if (status != BLOOP_OK)
        return status;
    if (new.data)
        status = bl_item_write(&change->txn, &w->key, new, w->new.size);
    else
        status = bl_record_delete(&change->txn, bl_key_bytes(&w->key), NULL);
    if (status != BLOOP_OK)
        return status;
    changed.old = w->old;
    changed.new = w->new;
    return bl_item_changed(change, &changed);
}

/* The old item as the indexes will want it after its record has been overwritten. */
static bloop_status keep_old(write *w)
{
    bl_buffer *buffer = &w->change->old;
    if (!w->old.item.data || w->table->index_count == 0)
        return BLOOP_OK;
    bl_buffer_clear(buffer);
    bl_buffer_append(buffer, w->old.item.data, w->old.item.size);
    w->old.item.data = buffer->data;
    return buffer->status;
}

/* Still before the commit, so that memory that lacks changes nothing. */
static bloop_status tell(write *w)
{
    bl_tally *tally;
    bloop_status status = w->request->capacity ? tell_capacity(w) : BLOOP_OK;
    if (BL_LIKELY(!w->request->collection_metrics) || status != BLOOP_OK)
        return status;
    status = bl_change_tally(w->change, w->table, &tally);
    if (status != BLOOP_OK)
        return status;
    return bl_collection_tell(w->change, tally, w->request->item, &w->out->memory, &w->out->metrics);
}

/* The larger of the old and the new item counts, also when nothing was to be written. */
static bloop_status tell_capacity(write *w)
{
    uint32_t larger = w->old.size > w->new.size ? w->old.size : w->new.size;
    const bl_consumption consumed = { .name = w->request->table,
                                      .table_units = (double)bl_blocks(larger, BL_WRITE_BLOCK),
                                      .table = w->table,
                                      .index_units = w->index_units };
    return bl_capacity_tell(&w->out->memory, w->request->capacity, &consumed, &w->out->capacity);
}

static const bloop_update *update_of(const write *w)
{
    static const bloop_update nothing = { 0 };
    return w->request->update ? w->request->update : &nothing;
}
