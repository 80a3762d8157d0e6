/* The hook in which every change of an item ends: entries of indexes, counts and bytes. */
#include "capacity_private.h"

/* An item's place in an index. */
typedef struct entry {
    bool exists;
    bl_stored item; /* projected */
    bl_key key;
} entry;

static bloop_status change_index(bl_change *change, const bl_changed *changed, uint32_t place);
static bloop_status find_entry(bl_change *change, const bl_changed *changed, const bl_index *index, bl_stored item,
                               bloop_builder *builder, entry *out);
static bloop_status entry_exists(bl_txn *txn, const bl_key *key, bool *out);
static bloop_status write_entry(bl_txn *txn, const entry *written);
static double units_of(const entry *old, const entry *new, bool stays);
static void count(bl_count *total, const bl_stored *old, const bl_stored *new);
static bool same_item(bloop_item a, bloop_item b);
static int compare_names(bloop_slice a, bloop_slice b);

bloop_status bl_item_changed(bl_change *change, const bl_changed *changed)
{
    bl_tally *tally = changed->tally;
    change->changed = true;
    change->facts.changes++;
    if (changed->old.size != changed->new.size || !changed->old.item.data != !changed->new.item.data) {
        tally->changed = true;
        count(&tally->counts[0], &changed->old, &changed->new);
    }
    for (uint32_t place = 0; place < tally->table->index_count; place++) {
        bloop_status status = change_index(change, changed, place);
        if (status != BLOOP_OK)
            return status;
    }
    return BLOOP_OK;
}

bloop_status bl_index_project(const bl_index *index, bloop_item item, bloop_builder *builder, bloop_item *out)
{
    if (index->projection == BLOOP_PROJECT_ALL) {
        *out = item;
        return BLOOP_OK;
    }
    bloop_builder_reset(builder);
    bloop_build_begin(builder, BLOOP_TAG_M);
    bloop_walk walk = bloop_value_walk(item);
    uint32_t next = 0;
    while (next < index->name_count && bloop_walk_next(&walk)) {
        int order = -1;
        while (next < index->name_count && (order = compare_names(index->names[next], walk.name)) < 0)
            next++;
        if (order != 0)
            continue;
        bloop_build_name(builder, walk.name.data, walk.name.size);
        bl_build_packed(builder, walk.value.data, walk.value.size);
        next++;
    }
    bloop_build_end(builder);
    return bloop_builder_value(builder, out);
}

bloop_status bl_index_backfill(bl_change *change, bl_tally *tally, uint32_t place, const bl_key *key, bl_stored item)
{
    entry made;
    bool exists;
    const bl_index *index = &tally->table->indexes[place];
    const bl_changed added = { .tally = tally, .key = key, .new = item };
    bloop_status status = find_entry(change, &added, index, item, &change->after, &made);
    if (status != BLOOP_OK || !made.exists)
        return status;
    status = entry_exists(&change->txn, &made.key, &exists);
    if (status != BLOOP_OK || exists)
        return status;
    status = write_entry(&change->txn, &made);
    if (status != BLOOP_OK)
        return status;
    change->changed = tally->changed = true;
    count(&tally->counts[1 + place], &(bl_stored){ 0 }, &made.item);
    return BLOOP_OK;
}

/* Writes nothing where old and new item look the same to the index. */
static bloop_status change_index(bl_change *change, const bl_changed *changed, uint32_t place)
{
    entry old, new;
    bl_tally *tally = changed->tally;
    const bl_index *index = &tally->table->indexes[place];
    bloop_status status = find_entry(change, changed, index, changed->old, &change->before, &old);
    if (status == BLOOP_OK && old.exists && index->backfilling)
        status = entry_exists(&change->txn, &old.key, &old.exists);
    if (status == BLOOP_OK)
        status = find_entry(change, changed, index, changed->new, &change->after, &new);
    if (status != BLOOP_OK || (!old.exists && !new.exists))
        return status;
    bool stays = old.exists &&
                 new.exists &&old.key.size == new.key.size &&memcmp(old.key.bytes, new.key.bytes, old.key.size) == 0;
    if (stays && same_item(old.item.item, new.item.item))
        return BLOOP_OK;
    if (changed->index_units)
        changed->index_units[place] = units_of(&old, &new, stays);
    if (old.exists && !stays)
        status = bl_record_delete(&change->txn, bl_key_bytes(&old.key), NULL);
    if (status == BLOOP_OK && new.exists)
        status = write_entry(&change->txn, &new);
    if (status != BLOOP_OK)
        return status;
    tally->changed = true;
    count(&tally->counts[1 + place], old.exists ? &old.item : &(bl_stored){ 0 },
          new.exists ? &new.item : &(bl_stored){ 0 });
    return BLOOP_OK;
}

static bloop_status find_entry(bl_change *change, const bl_changed *changed, const bl_index *index, bl_stored item,
                               bloop_builder *builder, entry *out)
{
    out->exists = bl_key_is_in(&index->key, item.item);
    if (!out->exists)
        return BLOOP_OK;
    bl_key_of_entry(&out->key, bl_env_hash_key(change->txn.env), index->id, &index->key, item.item, changed->key);
    bloop_status status = bl_index_project(index, item.item, builder, &out->item.item);
    if (status != BLOOP_OK)
        return status;
    out->item.size = index->projection == BLOOP_PROJECT_ALL ? item.size : (uint32_t)bloop_item_size(out->item.item);
    return BLOOP_OK;
}

static bloop_status entry_exists(bl_txn *txn, const bl_key *key, bool *out)
{
    bl_bytes payload;
    bloop_status status = bl_record_get(txn, bl_key_bytes(key), BL_RECORD_ENTRY, &payload);
    if (status == BLOOP_OK)
        *out = payload.data != NULL;
    return status;
}

static bloop_status write_entry(bl_txn *txn, const entry *written)
{
    uint8_t head[4];
    bl_store_le32(head, written->item.size);
    return bl_record_put(txn, bl_key_bytes(&written->key), BL_RECORD_ENTRY, (bl_bytes){ head, sizeof head },
                         (bl_bytes){ written->item.item.data, written->item.item.size });
}

/* An entry that is written over costs what the larger one does; one that moves is removed and written (developer guide,
   "Write capacity units" of secondary indexes). */
static double units_of(const entry *old, const entry *new, bool stays)
{
    const uint64_t removed = old->exists ? bl_blocks(old->item.size, BL_WRITE_BLOCK) : 0;
    const uint64_t written = new->exists ? bl_blocks(new->item.size, BL_WRITE_BLOCK) : 0;
    if (stays)
        return (double)(removed > written ? removed : written);
    return (double)(removed + written);
}

static void count(bl_count *total, const bl_stored *old, const bl_stored *new)
{
    total->items += (uint64_t)(new->item.data != NULL) - (uint64_t)(old->item.data != NULL);
    total->bytes += (uint64_t) new->size - (uint64_t)old->size;
}

static bool same_item(bloop_item a, bloop_item b)
{
    return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

static int compare_names(bloop_slice a, bloop_slice b)
{
    int order = memcmp(a.data, b.data, a.size < b.size ? a.size : b.size);
    return order ? order : (a.size > b.size) - (a.size < b.size);
}
