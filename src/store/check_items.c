/* Items and entries of indexes against each other: every item has its entries, every entry its item, and what is counted
   is there. */
#include <stdio.h>

#include "check_private.h"

enum { WHERE_SIZE = 960 };

static bloop_status check_stored(bl_bytes payload, bl_stored *out);
static bloop_status check_item_of(bl_check *check, bl_checked_table *owner, const bl_walk *walk, const char *where);
static bloop_status check_entry_of_item(bl_check *check, bl_checked_table *owner, uint32_t place, const bl_key *key,
                                        bl_stored item, const char *where);
static bloop_status check_item_of_entry(bl_check *check, bl_checked_table *owner, const bl_index *index,
                                        const bl_walk *walk, bl_stored entry, const char *where);
static const char *place_of(const bl_table *table, const bl_index *index, bloop_item item, char *out);
static void compare(bl_check *check, const char *name, const char *index, bl_count recorded, bl_count found);

bloop_status bl_check_item(bl_check *check, const bl_walk *walk)
{
    char where[WHERE_SIZE];
    uint32_t id = walk->key_size > 5 ? bl_load_be32(walk->key + 1) : 0;
    bl_checked_table *owner = bl_check_find_table(check, id);
    if (!owner) {
        if (!bl_check_is_dropped(check, id))
            bl_check_problem(check, "an item of table number %u, which does not exist", id);
        return BLOOP_OK;
    }
    check->counts->items++;
    snprintf(where, sizeof where, "table %s, an item", owner->table->about.definition.name);
    return bl_check_failure(check, check_item_of(check, owner, walk, where), where);
}

bloop_status bl_check_entry(bl_check *check, const bl_walk *walk)
{
    bl_stored entry;
    char where[WHERE_SIZE];
    uint32_t place = 0;
    uint32_t id = walk->key_size > 5 ? bl_load_be32(walk->key + 1) : 0;
    bl_checked_table *owner = bl_check_find_index(check, id, &place);
    if (!owner) {
        if (!bl_check_is_dropped(check, id))
            bl_check_problem(check, "an entry of index number %u, which does not exist", id);
        return BLOOP_OK;
    }
    const bl_index *index = &owner->table->indexes[place];
    check->counts->index_entries++;
    snprintf(where, sizeof where, "table %s, index %s, an entry", owner->table->about.definition.name, index->name);
    bloop_status status = check_stored(walk->payload, &entry);
    if (status != BLOOP_OK)
        return bl_check_failure(check, status, where);
    owner->found[1 + place].items++;
    owner->found[1 + place].bytes += entry.size;
    place_of(owner->table, index, entry.item, where);
    status = check_item_of_entry(check, owner, index, walk, entry, where);
    return bl_check_failure(check, status, where);
}

void bl_check_totals(bl_check *check)
{
    for (size_t i = 0; i < check->table_count; i++) {
        const bl_checked_table *each = &check->tables[i];
        const char *name = each->table->about.definition.name;
        compare(check, name, NULL, each->recorded[0], each->found[0]);
        for (uint32_t k = 0; k < each->table->index_count; k++)
            compare(check, name, each->table->indexes[k].name, each->recorded[1 + k], each->found[1 + k]);
    }
}

/* An item or entry is a sound packed item of the size that its record says. */
static bloop_status check_stored(bl_bytes payload, bl_stored *out)
{
    bloop_status status = bl_item_unpack(payload, out);
    if (status == BLOOP_OK)
        status = bloop_value_check(out->item.data, out->item.size);
    if (status != BLOOP_OK)
        return status;
    size_t size = bloop_item_size(out->item);
    if (size != out->size)
        return bl_error(BLOOP_CORRUPT, "its size is %zu, its record says %u", size, out->size);
    return BLOOP_OK;
}

static bloop_status check_item_of(bl_check *check, bl_checked_table *owner, const bl_walk *walk, const char *where)
{
    bl_key key;
    bl_stored item;
    char name[WHERE_SIZE];
    const bl_table *table = owner->table;
    bloop_status status = check_stored(walk->payload, &item);
    if (status != BLOOP_OK)
        return bl_check_failure(check, status, where);
    owner->found[0].items++;
    owner->found[0].bytes += item.size;
    status = bl_key_of_item(&key, bl_env_hash_key(check->txn.env), table->id, &table->key, item.item);
    if (status != BLOOP_OK)
        return bl_check_failure(check, status, where);
    place_of(table, NULL, item.item, name);
    if (key.size != walk->key_size || memcmp(key.bytes, walk->key, key.size) != 0) {
        bl_check_problem(check, "%s: stands under the key of another", name);
        return BLOOP_OK;
    }
    for (uint32_t place = 0; place < table->index_count; place++) {
        status = bl_check_failure(check, check_entry_of_item(check, owner, place, &key, item, name), name);
        if (status != BLOOP_OK)
            return status;
    }
    return BLOOP_OK;
}

static bloop_status check_entry_of_item(bl_check *check, bl_checked_table *owner, uint32_t place, const bl_key *key,
                                        bl_stored item, const char *where)
{
    bl_key entry_key;
    bl_bytes payload;
    bl_stored entry;
    bloop_item projected;
    const bl_index *index = &owner->table->indexes[place];
    if (!bl_key_is_in(&index->key, item.item))
        return BLOOP_OK;
    bl_key_of_entry(&entry_key, bl_env_hash_key(check->txn.env), index->id, &index->key, item.item, key);
    bloop_status status = bl_record_get(&check->txn, bl_key_bytes(&entry_key), BL_RECORD_ENTRY, &payload);
    if (status != BLOOP_OK)
        return status;
    if (!payload.data) {
        if (!index->backfilling)
            bl_check_problem(check, "%s: has no entry in index %s", where, index->name);
        return BLOOP_OK;
    }
    status = bl_item_unpack(payload, &entry);
    if (status == BLOOP_OK)
        status = bl_index_project(index, item.item, &check->builder, &projected);
    if (status == BLOOP_OK && !bloop_value_equal(projected, entry.item))
        bl_check_problem(check, "%s: its entry in index %s does not look like it", where, index->name);
    return status;
}

/* The item's own check has compared the two; here it is enough that there is one, and that its entry is this one. */
static bloop_status check_item_of_entry(bl_check *check, bl_checked_table *owner, const bl_index *index,
                                        const bl_walk *walk, bl_stored entry, const char *where)
{
    bl_key key, entry_key;
    bl_bytes payload = { NULL, 0 };
    bl_stored item;
    const uint8_t *secret = bl_env_hash_key(check->txn.env);
    bloop_status status = bl_key_of_item(&key, secret, owner->table->id, &owner->table->key, entry.item);
    if (status == BLOOP_OK)
        status = bl_record_get(&check->txn, bl_key_bytes(&key), BL_RECORD_ITEM, &payload);
    if (status == BLOOP_OK && !payload.data) {
        bl_check_problem(check, "%s: its item does not exist", where);
        return BLOOP_OK;
    }
    if (status == BLOOP_OK)
        status = check_stored(payload, &item);
    if (status != BLOOP_OK)
        return status;
    bool right = bl_key_equal(&owner->table->key, item.item, entry.item) && bl_key_is_in(&index->key, item.item);
    if (right) {
        bl_key_of_entry(&entry_key, secret, index->id, &index->key, item.item, &key);
        right = entry_key.size == walk->key_size && memcmp(entry_key.bytes, walk->key, entry_key.size) == 0;
    }
    if (!right)
        bl_check_problem(check, "%s: its item belongs elsewhere in the index", where);
    return BLOOP_OK;
}

static const char *place_of(const bl_table *table, const bl_index *index, bloop_item item, char *out)
{
    char key[384];
    bl_key_describe(&table->key, item, key, sizeof key);
    snprintf(out, WHERE_SIZE, "table %.255s, %s%.200s%s%s", table->about.definition.name, index ? "index " : "item ",
             index ? index->name : "", index ? ", entry of item " : "", key);
    return out;
}

static void compare(bl_check *check, const char *name, const char *index, bl_count recorded, bl_count found)
{
    if (recorded.items == found.items && recorded.bytes == found.bytes)
        return;
    bl_check_problem(check, "table %s%s%s: %llu items of %llu bytes are counted, %llu of %llu are there", name,
                     index ? ", index " : "", index ? index : "", (unsigned long long)recorded.items,
                     (unsigned long long)recorded.bytes, (unsigned long long)found.items,
                     (unsigned long long)found.bytes);
}
