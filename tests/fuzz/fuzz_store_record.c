/* Bytes as the records of a file: what is damaged is refused with a message, what is accepted is written again as it was,
   and the checker gets to the end whatever there is.

   The input is a list of records: u8 kind, the two highest bits of which make it a record as given (checksum and head
   among its bytes) or one under a key filled up to the longest; u8 size of the key; u16 size of the payload; key; payload.
   All are put under their physical keys with a right checksum, in a transaction of a store in memory that then ends; its
   hash has a fixed key, so that items can stand under their own. */
#include <stdlib.h>

#include "store/check_private.h"
#include "store/env_state_private.h"
#include "store/facts_private.h"
#include "store/record_chain_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is walked by itself: each space of the main database, and all of the other one. */
enum { PARTS = BL_FIRST_DATA + 1 };

enum { AS_GIVEN = 0x80, LONG_KEY = 0x40, KIND = 0x3F, INPUT_HEAD = 4, MOST_RECORDS = 200 };

typedef struct input {
    const uint8_t *next, *end;
} input;

/* A record, in memory of its own that ends where it does. */
typedef struct given {
    uint8_t *key, *record;
    size_t key_size, record_size;
} given;

static bl_env *store_in_memory(bl_env **place);
static void put_all(bl_txn *txn, input *in);
static bool take(input *in, given *out);
static void frame(given *record, uint8_t kind);
static void put(bl_txn *txn, const given *record);
static void try_record(bl_txn *txn, const given *record);
static void try_item(bl_txn *txn, bl_bytes payload);
static void try_packed(bl_stored stored);
static void try_table(bl_txn *txn, const given *record, bl_bytes payload);
static void require_kept(bloop_item before, bloop_item after);
static bl_table *finished(const bl_table *table);
static void try_counts(bl_txn *txn, const bl_table *table);
static void try_facts(bl_txn *txn);
static void try_header(const given *record);
static void try_long_key(bl_txn *txn);
static void try_walks(bl_txn *txn);
static void walk_part(bl_txn *txn, int part, bool backward, bl_walk *out);
static bool walk_all(bl_txn *txn, int part, bool backward, size_t *count);
static void try_check(bl_txn *txn);
static void count_report(void *context, const char *text);
static void remove_all(bl_txn *txn);
static void refused(bloop_status status);
static void require(bool holds);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bl_env *env;
    bl_txn txn;
    input in = { data, data + size };
    require(bl_write_begin(store_in_memory(&env), &txn) == BLOOP_OK);
    put_all(&txn, &in);
    try_walks(&txn);
    try_check(&txn);
    try_facts(&txn);
    try_long_key(&txn);
    remove_all(&txn);
    bl_write_abort(&txn);
    return 0;
}

static bl_env *store_in_memory(bl_env **place)
{
    const bloop_store_options options = { .durability = BLOOP_DURABLE_LATER };
    if (!*place) {
        require(bl_env_acquire(&options, place) == BLOOP_OK);
        memset((*place)->hash_key, 0, sizeof(*place)->hash_key);
    }
    return *place;
}

static void put_all(bl_txn *txn, input *in)
{
    given record;
    input again = *in;
    for (int i = 0; i < MOST_RECORDS && take(in, &record); i++) {
        put(txn, &record);
        free(record.key);
        free(record.record);
    }
    for (int i = 0; i < MOST_RECORDS && take(&again, &record); i++) {
        try_record(txn, &record);
        free(record.key);
        free(record.record);
    }
}

static bool take(input *in, given *out)
{
    size_t left = (size_t)(in->end - in->next);
    if (left < INPUT_HEAD)
        return false;
    const uint8_t *head = in->next;
    size_t key_size = head[1], payload_size = bl_load_le16(head + 2);
    left -= INPUT_HEAD;
    key_size = key_size < left ? key_size : left;
    payload_size = payload_size < left - key_size ? payload_size : left - key_size;
    out->key_size = head[0] & LONG_KEY ? BL_PHYSICAL_MAX : key_size;
    size_t framing = head[0] & AS_GIVEN ? 0 : BL_RECORD_HEAD;
    out->record_size = framing + payload_size;
    out->key = malloc(out->key_size + 1);
    out->record = malloc(out->record_size + 1);
    require(out->key && out->record);
    memset(out->key, 'k', out->key_size);
    memcpy(out->key, head + INPUT_HEAD, key_size);
    memcpy(out->record + framing, head + INPUT_HEAD + key_size, payload_size);
    in->next = head + INPUT_HEAD + key_size + payload_size;
    if (framing)
        frame(out, head[0] & KIND);
    return true;
}

static void frame(given *record, uint8_t kind)
{
    bl_store_le32(record->record + 4, kind);
    uint32_t crc = bl_crc32c(0, record->key, record->key_size);
    bl_store_le32(record->record, bl_crc32c(crc, record->record + 4, record->record_size - 4));
}

/* LMDB has no keys of no bytes. */
static void put(bl_txn *txn, const given *record)
{
    MDB_val key = { record->key_size, record->key }, value = { record->record_size, record->record };
    MDB_dbi database = record->key_size ? bl_database_of(txn, record->key) : txn->data;
    int code = mdb_put(txn->txn, database, &key, &value, 0);
    require(code == (key.mv_size ? 0 : MDB_BAD_VALSIZE));
}

/* By the kind that it says it is of, wherever it stands. */
static void try_record(bl_txn *txn, const given *record)
{
    bl_record_kind kind;
    bl_bytes payload;
    uint64_t id;
    uint8_t *exact = malloc(record->record_size ? record->record_size : 1);
    require(exact != NULL);
    memcpy(exact, record->record, record->record_size);
    const MDB_val key = { record->key_size, record->key }, value = { record->record_size, exact };
    bloop_status status = bl_record_open(txn, &key, &value, &kind, &payload);
    if (status != BLOOP_OK) {
        refused(status);
        free(exact);
        return;
    }
    require(payload.size + BL_RECORD_HEAD == record->record_size);
    switch (kind) {
    case BL_RECORD_HEADER: try_header(record); break;
    case BL_RECORD_TABLE: try_table(txn, record, payload); break;
    case BL_RECORD_ITEM:
    case BL_RECORD_ENTRY: try_item(txn, payload); break;
    default:
        status = bl_marker_open(txn, &key, &value, &id);
        if (status != BLOOP_OK)
            refused(status);
        require((status == BLOOP_OK) == (kind == BL_RECORD_MARKER && payload.size == 8));
    }
    free(exact);
}

/* A reader trusts what a checksum vouches for; the checker does not, and stops where bloop_value_check does. */
static void try_item(bl_txn *txn, bl_bytes payload)
{
    static const uint8_t text[] = { BL_SPACE_ITEMS, 0xFF, 0xFF, 0xFF, 0xFF, 'i' };
    bl_stored stored, again;
    bl_key key = { .size = sizeof text };
    bl_bytes written;
    memcpy(key.bytes, text, sizeof text);
    bloop_status status = bl_item_unpack(payload, &stored);
    if (status == BLOOP_OK)
        status = bloop_value_check(stored.item.data, stored.item.size);
    if (status != BLOOP_OK) {
        refused(status);
        return;
    }
    try_packed(stored);
    require(bl_item_write(txn, &key, stored.item, stored.size) == BLOOP_OK);
    require(bl_record_get(txn, bl_key_bytes(&key), BL_RECORD_ITEM, &written) == BLOOP_OK);
    require(written.size == payload.size && memcmp(written.data, payload.data, payload.size) == 0);
    require(bl_item_unpack(written, &again) == BLOOP_OK && again.size == stored.size);
    require(bl_record_delete(txn, bl_key_bytes(&key), NULL) == BLOOP_OK);
}

static void try_packed(bl_stored stored)
{
    size_t size = 0;
    bloop_walk walk = bloop_value_walk(stored.item);
    while (bloop_walk_next(&walk))
        size += walk.name.size + bloop_value_size(walk.value);
    require(size == bloop_item_size(stored.item));
}

/* What is known of a description is kept when it is written again, and then nothing more is lost. */
static void try_table(bl_txn *txn, const given *record, bl_bytes payload)
{
    char name[256] = "";
    bl_table *table;
    size_t size = record->key_size ? record->key_size - 1 : 0;
    memcpy(name, record->key + 1, size < sizeof name ? size : sizeof name - 1);
    bloop_status status = bl_table_unpack((bloop_item){ payload.data, payload.size }, name, &table);
    if (status != BLOOP_OK) {
        refused(status);
        return;
    }
    bl_table *once = finished(table), *twice = finished(once);
    require_kept(table->packed, once->packed);
    require(bloop_value_equal(once->packed, twice->packed));
    require(once->id == table->id && once->index_count == table->index_count);
    for (uint32_t i = 0; i < table->index_count; i++)
        require(once->indexes[i].id == table->indexes[i].id &&
                once->indexes[i].name_count <= table->indexes[i].name_count);
    try_counts(txn, table);
    bl_table_release(twice);
    bl_table_release(once);
    bl_table_release(table);
}

/* Lists apart, in which there may be indexes that were not complete. */
static void require_kept(bloop_item before, bloop_item after)
{
    bloop_walk walk = bloop_value_walk(after);
    while (bloop_walk_next(&walk)) {
        bloop_value was = bloop_item_get(before, walk.name.data, walk.name.size);
        require(!was.data || bloop_value_tag(was) == BLOOP_TAG_L || bloop_value_equal(was, walk.value));
    }
}

static bl_table *finished(const bl_table *table)
{
    bl_table *out;
    require(bl_table_finish(table, &out) == BLOOP_OK);
    return out;
}

static void try_counts(bl_txn *txn, const bl_table *table)
{
    bl_count counts[BL_INDEXES_MAX + 1], again[BL_INDEXES_MAX + 1];
    bloop_status status = bl_counts_read(txn, table, counts);
    if (status != BLOOP_OK) {
        refused(status);
        return;
    }
    require(bl_counts_write(txn, table, counts) == BLOOP_OK);
    require(bl_counts_read(txn, table, again) == BLOOP_OK);
    require(memcmp(counts, again, (table->index_count + 1) * sizeof *counts) == 0);
}

static void try_facts(bl_txn *txn)
{
    bl_facts facts, again;
    bloop_status status = bl_facts_read(txn, &facts);
    if (status != BLOOP_OK) {
        refused(status);
        return;
    }
    require(bl_facts_write(txn, &facts) == BLOOP_OK && bl_facts_read(txn, &again) == BLOOP_OK);
    require(facts.changes == again.changes && facts.catalog_version == again.catalog_version);
    require(facts.next_id == again.next_id);
}

/* Opening a file reads its header in a transaction of its own: that needs a store whose header may be spoilt. */
static void try_header(const given *record)
{
    static bl_env *spoilt;
    static const uint8_t key[] = { BL_SPACE_FILE, 'h', 'e', 'a', 'd', 'e', 'r' };
    bl_txn txn;
    if (record->key_size != sizeof key || memcmp(record->key, key, sizeof key) != 0)
        return;
    require(bl_write_begin(store_in_memory(&spoilt), &txn) == BLOOP_OK);
    put(&txn, record);
    require(bl_write_commit(&txn) == BLOOP_OK);
    bloop_status status = bl_header_read(spoilt);
    if (status == BLOOP_OK)
        require(memcmp(spoilt->hash_key, record->record + BL_RECORD_HEAD + 32, sizeof spoilt->hash_key) == 0);
    else if (status != BLOOP_NOT_A_STORE)
        refused(status);
}

/* Whatever stands among the markers: what can be written under a long key is found there. */
static void try_long_key(bl_txn *txn)
{
    bl_key key = { .size = 1100 };
    bl_bytes found;
    const bl_bytes written = { (const uint8_t *)"written", 7 };
    memset(key.bytes, 'k', key.size);
    key.bytes[0] = BL_SPACE_ITEMS;
    bloop_status status = bl_record_put(txn, bl_key_bytes(&key), BL_RECORD_ITEM, written, (bl_bytes){ NULL, 0 });
    if (status != BLOOP_OK) {
        refused(status);
        return;
    }
    require(bl_record_get(txn, bl_key_bytes(&key), BL_RECORD_ITEM, &found) == BLOOP_OK);
    require(found.size == written.size && memcmp(found.data, written.data, written.size) == 0);
}

static void try_walks(bl_txn *txn)
{
    for (int part = 0; part < PARTS; part++) {
        size_t forward = 0, backward = 0;
        if (walk_all(txn, part, false, &forward) && walk_all(txn, part, true, &backward))
            require(forward == backward);
    }
}

static void walk_part(bl_txn *txn, int part, bool backward, bl_walk *out)
{
    const uint8_t space = (uint8_t)part;
    const bl_bytes prefix = { &space, part < BL_FIRST_DATA ? 1 : 0 };
    require(bl_walk_begin(txn, prefix, backward, out) == BLOOP_OK);
}

/* In order, however the markers lead. */
static bool walk_all(bl_txn *txn, int part, bool backward, size_t *count)
{
    static bl_key last;
    bl_walk walk;
    bool found = true;
    bloop_status status;
    walk_part(txn, part, backward, &walk);
    while ((status = bl_walk_next(&walk, &found)) == BLOOP_OK && found) {
        size_t shorter = walk.key_size < last.size ? walk.key_size : last.size;
        int order = *count ? memcmp(last.bytes, walk.key, shorter) : 0;
        if (order == 0)
            order = last.size < walk.key_size ? -1 : 1;
        require(!*count || (backward ? order > 0 : order < 0));
        memcpy(last.bytes, walk.key, walk.key_size);
        last.size = walk.key_size;
        ++*count;
    }
    bl_walk_end(&walk);
    if (status != BLOOP_OK)
        refused(status);
    return status == BLOOP_OK;
}

static void try_check(bl_txn *txn)
{
    size_t reported = 0;
    bloop_check_counts counts = { 0 };
    bl_check check = { .txn = *txn, .counts = &counts, .report = count_report, .context = &reported };
    require(bl_check_walk(&check) == BLOOP_OK);
    require(counts.problems == reported);
}

static void count_report(void *context, const char *text)
{
    size_t *reported = context;
    require(text[0] != 0);
    ++*reported;
}

static void remove_all(bl_txn *txn)
{
    for (int part = 0; part < PARTS; part++) {
        bl_walk walk;
        bool found = true;
        bloop_status status = BLOOP_OK;
        walk_part(txn, part, false, &walk);
        while (status == BLOOP_OK && found) {
            status = bl_walk_next(&walk, &found);
            if (status == BLOOP_OK && found)
                status = bl_walk_delete(&walk);
        }
        bl_walk_end(&walk);
        if (status != BLOOP_OK)
            refused(status);
    }
}

static void refused(bloop_status status)
{
    require(status == BLOOP_CORRUPT || status == BLOOP_INCOMPATIBLE);
    require(bloop_last_error()->status == status && bloop_last_error()->message[0] != 0);
}

static void require(bool holds)
{
    if (!holds)
        abort();
}
