/* Copies a store's records, byte for byte, into a raw LMDB environment, in the order in which they were written and as many
   a commit: so both trees have the same shape, and both files the same free pages, which a commit uses up: where they
   stand decides what a sync costs. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dataset.h"

/* A growing run of physical keys, each with its size before it (u16), found by offset. */
typedef struct key_list {
    uint8_t *bytes;
    size_t size, capacity;
} key_list;

#define NO_KEY UINT64_MAX

/* Where everything is in the store's file. */
typedef struct map_of_keys {
    key_list keys;
    uint64_t *items, *entries; /* a number's: offsets in `keys` */
    uint64_t *markers;         /* a prefix id's */
    uint64_t marker_capacity;
    uint64_t key_bytes, value_bytes, counted_bytes, item_count, entry_count;
} map_of_keys;

typedef struct copying {
    dataset *data;
    map_of_keys map;
    MDB_env *from, *to;
    MDB_dbi from_dbi, to_dbi;
    MDB_txn *reader, *writer;
} copying;

static bool read_keys(copying *c);
static bool note_record(copying *c, const MDB_val *key, const MDB_val *value);
static bool note_marker(map_of_keys *map, const MDB_val *value, uint64_t offset);
static uint32_t counted_size(const MDB_val *value);
static bool add_key(key_list *list, const MDB_val *key, uint64_t *offset);
static bool has_all(const copying *c);
static bool copy_records(copying *c);
static bool copy_chain(copying *c, uint64_t offset);
static bool copy_record(copying *c, MDB_val *key);
static bool commit_and_begin(copying *c);
static bool find_chain(const map_of_keys *map, uint64_t offset, raw_chain *out);
static MDB_val key_at(const map_of_keys *map, uint64_t offset);
static bool keep_samples(copying *c);
static size_t chain_bytes(const raw_chain *chain);
static void move_chain(raw_chain *chain, uint8_t **room);

bool store_copy(dataset *data)
{
    copying c = { .data = data };
    size_t bytes = (data->count + 1) * sizeof(uint64_t);
    c.map.items = malloc(bytes);
    c.map.entries = malloc(bytes);
    bool done = c.map.items && c.map.entries ? true : bench_fail("out of memory");
    if (done) {
        memset(c.map.items, 0xFF, bytes);
        memset(c.map.entries, 0xFF, bytes);
    }
    done = done && raw_open(data->store_path, STORE_DATA, MDB_RDONLY, &c.from, &c.from_dbi) &&
           raw_check(mdb_txn_begin(c.from, NULL, MDB_RDONLY, &c.reader), "beginning") && read_keys(&c) && has_all(&c) &&
           raw_open(data->raw_path, NULL, MDB_NOSYNC, &c.to, &c.to_dbi) && copy_records(&c) && keep_samples(&c);
    if (c.reader)
        mdb_txn_abort(c.reader);
    if (c.from)
        mdb_env_close(c.from);
    if (c.to)
        mdb_env_close(c.to);
    free(c.map.keys.bytes);
    free(c.map.items);
    free(c.map.entries);
    free(c.map.markers);
    return done;
}

static bool read_keys(copying *c)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    uint64_t seen = 0;
    if (!raw_check(mdb_cursor_open(c->reader, c->from_dbi, &cursor), "opening a cursor"))
        return false;
    bool done = true;
    int code = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
    for (; done && code == 0; code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
        done = note_record(c, &key, &value);
        if (++seen % 100000 == 0)
            bench_progress("reading the store's keys", seen, c->data->count + seen / 2);
    }
    mdb_cursor_close(cursor);
    return done && (code == MDB_NOTFOUND || raw_check(code, "walking the store's file"));
}

static bool note_record(copying *c, const MDB_val *key, const MDB_val *value)
{
    map_of_keys *map = &c->map;
    uint8_t space = *(const uint8_t *)key->mv_data;
    uint64_t number, offset;
    if (space != SPACE_ITEMS && space != SPACE_INDEXES && space != SPACE_LONG)
        return true;
    if (value->mv_size < RECORD_HEAD || !add_key(&map->keys, key, &offset))
        return bench_fail("out of memory, or a record of the store is too short");
    uint8_t kind = ((const uint8_t *)value->mv_data)[RECORD_KIND];
    if (kind == KIND_MARKER)
        return note_marker(map, value, offset);
    if ((kind != KIND_ITEM && kind != KIND_ENTRY) || !record_number(c->data->kind, value, &number) ||
        number >= c->data->count)
        return bench_fail("a record of the store is none that was saved");
    *(kind == KIND_ITEM ? &map->items[number] : &map->entries[number]) = offset;
    map->item_count += kind == KIND_ITEM;
    map->entry_count += kind == KIND_ENTRY;
    if (kind == KIND_ITEM) {
        map->key_bytes += key->mv_size;
        map->value_bytes += value->mv_size;
        map->counted_bytes += counted_size(value);
    }
    return true;
}

/* A marker names the prefix id (u64, little-endian) under which the rest of its key stands. */
static bool note_marker(map_of_keys *map, const MDB_val *value, uint64_t offset)
{
    uint64_t id;
    if (value->mv_size != RECORD_HEAD + sizeof id)
        return bench_fail("a marker of the store has an unknown form");
    memcpy(&id, (const uint8_t *)value->mv_data + RECORD_HEAD, sizeof id);
    if (id >= map->marker_capacity) {
        uint64_t capacity = 2 * id + 1024;
        uint64_t *markers = realloc(map->markers, capacity * sizeof *markers);
        if (!markers)
            return bench_fail("out of memory");
        memset(markers + map->marker_capacity, 0xFF, (capacity - map->marker_capacity) * sizeof *markers);
        map->markers = markers;
        map->marker_capacity = capacity;
    }
    map->markers[id] = offset;
    return true;
}

/* An item's size as DynamoDB counts it (u32, little-endian) begins the record's payload. */
static uint32_t counted_size(const MDB_val *value)
{
    uint32_t size;
    memcpy(&size, (const uint8_t *)value->mv_data + RECORD_HEAD, sizeof size);
    return size;
}

static bool add_key(key_list *list, const MDB_val *key, uint64_t *offset)
{
    uint16_t size = (uint16_t)key->mv_size;
    if (list->capacity - list->size < sizeof size + size) {
        size_t capacity = list->capacity + list->capacity / 2 + 65536;
        uint8_t *bytes = realloc(list->bytes, capacity);
        if (!bytes)
            return false;
        list->bytes = bytes;
        list->capacity = capacity;
    }
    *offset = list->size;
    memcpy(list->bytes + list->size, &size, sizeof size);
    memcpy(list->bytes + list->size + sizeof size, key->mv_data, size);
    list->size += sizeof size + size;
    return true;
}

static bool has_all(const copying *c)
{
    const map_of_keys *map = &c->map;
    uint64_t count = c->data->count;
    if (map->item_count != count || (map->entry_count != 0 && map->entry_count != count))
        return bench_fail("the store has %" PRIu64 " items and %" PRIu64 " entries after %" PRIu64 " saves",
                          map->item_count, map->entry_count, count);
    const double n = (double)count;
    bench_detail("an item: %.0f bytes as DynamoDB counts, %.0f packed; its record: key %.0f, value %.0f",
                 (double)map->counted_bytes / n, (double)map->value_bytes / n - RECORD_HEAD - RECORD_SIZE_FIELD,
                 (double)map->key_bytes / n, (double)map->value_bytes / n);
    return true;
}

static bool copy_records(copying *c)
{
    if (!raw_check(mdb_txn_begin(c->to, NULL, 0, &c->writer), "beginning"))
        return false;
    bool done = true;
    for (uint64_t number = 0; done && number < c->data->count; number++) {
        done = copy_chain(c, c->map.items[number]);
        if (done && c->map.entry_count)
            done = copy_chain(c, c->map.entries[number]);
        if (done && (number + 1) % SAVES_A_COMMIT == 0)
            done = commit_and_begin(c);
        if (number % 65536 == 0)
            bench_progress("copying to raw LMDB", number, c->data->count);
    }
    bench_progress("", 1, 1);
    if (done)
        return raw_check(mdb_txn_commit(c->writer), "committing");
    if (c->writer)
        mdb_txn_abort(c->writer);
    return false;
}

static bool copy_chain(copying *c, uint64_t offset)
{
    raw_chain chain;
    if (!find_chain(&c->map, offset, &chain))
        return false;
    for (size_t i = 0; i < chain.depth; i++)
        if (!copy_record(c, &chain.keys[i]))
            return false;
    return true;
}

/* A marker is met as often as there are keys under it. */
static bool copy_record(copying *c, MDB_val *key)
{
    MDB_val value;
    if (!raw_check(mdb_get(c->reader, c->from_dbi, key, &value), "reading the store's file"))
        return false;
    int code = mdb_put(c->writer, c->to_dbi, key, &value, MDB_NOOVERWRITE);
    return code == MDB_KEYEXIST || raw_check(code, "copying a record");
}

static bool commit_and_begin(copying *c)
{
    int code = mdb_txn_commit(c->writer);
    c->writer = NULL;
    return raw_check(code, "committing") && raw_check(mdb_txn_begin(c->to, NULL, 0, &c->writer), "beginning");
}

/* From the record up to the key that the store would look up first. */
static bool find_chain(const map_of_keys *map, uint64_t offset, raw_chain *out)
{
    MDB_val up[MAX_CHAIN];
    size_t depth = 0;
    for (;;) {
        if (depth == MAX_CHAIN || offset == NO_KEY)
            return bench_fail("the chain of a long key is broken");
        up[depth] = key_at(map, offset);
        const uint8_t *key = up[depth++].mv_data;
        if (key[0] != SPACE_LONG)
            break;
        uint64_t id = 0;
        for (size_t i = 1; i <= 8; i++)
            id = id << 8 | key[i];
        offset = id < map->marker_capacity ? map->markers[id] : NO_KEY;
    }
    out->depth = depth;
    for (size_t i = 0; i < depth; i++)
        out->keys[i] = up[depth - 1 - i];
    return true;
}

static MDB_val key_at(const map_of_keys *map, uint64_t offset)
{
    uint16_t size;
    memcpy(&size, map->keys.bytes + offset, sizeof size);
    return (MDB_val){ size, map->keys.bytes + offset + sizeof size };
}

/* The samples' keys get memory of their own; that of all the others goes. */
static bool keep_samples(copying *c)
{
    dataset *data = c->data;
    size_t bytes = 0;
    for (size_t i = 0; i < data->sample_count; i++) {
        sample *each = &data->samples[i];
        if (!find_chain(&c->map, c->map.items[each->number], &each->item) ||
            (c->map.entry_count && !find_chain(&c->map, c->map.entries[each->number], &each->entry)))
            return false;
        bytes += chain_bytes(&each->item) + chain_bytes(&each->entry);
    }
    uint8_t *room = data->keys = malloc(bytes + 1);
    if (!room)
        return bench_fail("out of memory");
    for (size_t i = 0; i < data->sample_count; i++) {
        move_chain(&data->samples[i].item, &room);
        move_chain(&data->samples[i].entry, &room);
    }
    if (data->samples[0].item.depth > 1)
        bench_detail("long keys: %zu records lead to an item and %zu to its entry; raw LMDB follows the same ones",
                     data->samples[0].item.depth, data->samples[0].entry.depth);
    return true;
}

static size_t chain_bytes(const raw_chain *chain)
{
    size_t bytes = 0;
    for (size_t i = 0; i < chain->depth; i++)
        bytes += chain->keys[i].mv_size;
    return bytes;
}

static void move_chain(raw_chain *chain, uint8_t **room)
{
    for (size_t i = 0; i < chain->depth; i++) {
        memcpy(*room, chain->keys[i].mv_data, chain->keys[i].mv_size);
        chain->keys[i].mv_data = *room;
        *room += chain->keys[i].mv_size;
    }
}
