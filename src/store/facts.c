/* The records of space COUNTERS: the file's under id 0, a table's under the table's id. */
#include "facts_private.h"

enum { FACTS_SIZE = 20, COUNT_SIZE = 20 /* id, items, bytes */ };

static uint32_t id_of(const bl_table *table, uint32_t place);

bloop_status bl_facts_read(bl_txn *txn, bl_facts *out)
{
    bl_key key;
    bl_bytes payload;
    bl_key_of_id(&key, BL_SPACE_COUNTERS, 0);
    bloop_status status = bl_record_get(txn, bl_key_bytes(&key), BL_RECORD_COUNTERS, &payload);
    if (status != BLOOP_OK)
        return status;
    *out = (bl_facts){ .next_id = 1 };
    if (!payload.data)
        return BLOOP_OK;
    if (payload.size < FACTS_SIZE)
        return bl_error(BLOOP_CORRUPT, "the record of the file's counters is too short: %zu bytes", payload.size);
    out->changes = bl_load_le64(payload.data);
    out->catalog_version = bl_load_le64(payload.data + 8);
    out->next_id = bl_load_le32(payload.data + 16);
    return BLOOP_OK;
}

bloop_status bl_facts_write(bl_txn *txn, const bl_facts *facts)
{
    bl_key key;
    uint8_t payload[FACTS_SIZE];
    bl_key_of_id(&key, BL_SPACE_COUNTERS, 0);
    bl_store_le64(payload, facts->changes);
    bl_store_le64(payload + 8, facts->catalog_version);
    bl_store_le32(payload + 16, facts->next_id);
    return bl_record_put(txn, bl_key_bytes(&key), BL_RECORD_COUNTERS, (bl_bytes){ payload, sizeof payload },
                         (bl_bytes){ NULL, 0 });
}

bloop_status bl_counts_read(bl_txn *txn, const bl_table *table, bl_count *counts)
{
    bl_key key;
    bl_bytes payload;
    bl_key_of_id(&key, BL_SPACE_COUNTERS, table->id);
    bloop_status status = bl_record_get(txn, bl_key_bytes(&key), BL_RECORD_COUNTERS, &payload);
    if (status != BLOOP_OK)
        return status;
    if (payload.size % COUNT_SIZE)
        return bl_error(BLOOP_CORRUPT, "the record of the counters of table %s has %zu bytes",
                        table->about.definition.name, payload.size);
    memset(counts, 0, (table->index_count + 1) * sizeof *counts);
    for (size_t at = 0; at < payload.size; at += COUNT_SIZE)
        for (uint32_t place = 0; place <= table->index_count; place++)
            if (bl_load_le32(payload.data + at) == id_of(table, place)) {
                counts[place].items = bl_load_le64(payload.data + at + 4);
                counts[place].bytes = bl_load_le64(payload.data + at + 12);
            }
    return BLOOP_OK;
}

bloop_status bl_counts_write(bl_txn *txn, const bl_table *table, const bl_count *counts)
{
    bl_key key;
    uint8_t payload[(BL_INDEXES_MAX + 1) * COUNT_SIZE];
    bl_key_of_id(&key, BL_SPACE_COUNTERS, table->id);
    size_t size = 0;
    for (uint32_t place = 0; place <= table->index_count && size < sizeof payload; place++, size += COUNT_SIZE) {
        bl_store_le32(payload + size, id_of(table, place));
        bl_store_le64(payload + size + 4, counts[place].items);
        bl_store_le64(payload + size + 12, counts[place].bytes);
    }
    return bl_record_put(txn, bl_key_bytes(&key), BL_RECORD_COUNTERS, (bl_bytes){ payload, size },
                         (bl_bytes){ NULL, 0 });
}

bloop_status bl_counts_remove(bl_txn *txn, const bl_table *table)
{
    bl_key key;
    bl_key_of_id(&key, BL_SPACE_COUNTERS, table->id);
    return bl_record_delete(txn, bl_key_bytes(&key), NULL);
}

static uint32_t id_of(const bl_table *table, uint32_t place)
{
    return place ? table->indexes[place - 1].id : table->id;
}
