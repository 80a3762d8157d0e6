/* Items as records: found, verified, written. */
#include "item_private.h"

enum { HEAD = 4, MAP_HEAD = 9 /* tag, size, count */ };

static bloop_status describe(bloop_status status, const bl_table *table, bloop_item key_item);

bloop_status bl_item_read(bl_txn *txn, const bl_table *table, const bl_key *key, bloop_item key_item, bl_stored *out)
{
    bl_bytes payload;
    bloop_status status = bl_record_get(txn, bl_key_bytes(key), BL_RECORD_ITEM, &payload);
    if (BL_UNLIKELY(status != BLOOP_OK))
        return describe(status, table, key_item);
    if (!payload.data) {
        *out = (bl_stored){ 0 };
        return BLOOP_OK;
    }
    status = bl_item_unpack(payload, out);
    if (BL_LIKELY(status == BLOOP_OK) && BL_UNLIKELY(!bl_key_equal(&table->key, out->item, key_item)))
        status = bl_error(BLOOP_CORRUPT, "the item stored under this key has another key");
    return status == BLOOP_OK ? BLOOP_OK : describe(status, table, key_item);
}

bloop_status bl_item_write(bl_txn *txn, const bl_key *key, bloop_item item, uint32_t size)
{
    uint8_t head[HEAD];
    bl_store_le32(head, size);
    return bl_record_put(txn, bl_key_bytes(key), BL_RECORD_ITEM, (bl_bytes){ head, sizeof head },
                         (bl_bytes){ item.data, item.size });
}

/* A look at the outside alone: the checksum is right, and what a forger put inside is not for a read to find out. */
bloop_status bl_item_unpack(bl_bytes payload, bl_stored *out)
{
    const uint8_t *item = payload.data + HEAD;
    if (BL_UNLIKELY(payload.size < HEAD + MAP_HEAD || item[0] != BLOOP_TAG_M ||
                    bl_load_le32(item + 1) != payload.size - HEAD - MAP_HEAD))
        return bl_error(BLOOP_CORRUPT, "the record holds no item");
    *out = (bl_stored){ { item, payload.size - HEAD }, bl_load_le32(payload.data) };
    return BLOOP_OK;
}

/* The words of Amazon DynamoDB for GetItem, PutItem and the like, which do not name the table (dynamodb-conformance,
   tier 3, error messages). */
bloop_status bl_table_missing(void)
{
    return bl_error(BLOOP_TABLE_NOT_FOUND, "Requested resource not found");
}

static bloop_status describe(bloop_status status, const bl_table *table, bloop_item key_item)
{
    char text[512];
    bl_error_context("table %s, item %s", table->about.definition.name,
                     bl_key_describe(&table->key, key_item, text, sizeof text));
    return status;
}
