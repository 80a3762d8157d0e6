/* Reads and writes of items, as far as they can be judged without the table. Words and order as the conformance suite
   and architect/dynalite's suite recorded them from the service. */
#include <stdio.h>

#include "op/op.h"

static bloop_status check_table_name(const char *table);
static bloop_status check_batch_table_name(const char *table);
static bloop_status check_document(bloop_item item, const char *where);
static bloop_status check_return_values(const bloop_write_request *request);
static bloop_status check_kind(const bloop_write_request *request);
static bloop_status check_item_size(bloop_item item);
static bool one_table(const bloop_batch_get_key *keys, size_t count);
static bloop_status check_duplicate_keys(const bloop_batch_get_key *keys, size_t count);
static uint32_t hash_of(bloop_item key);
static bloop_status check_batch_member(const bloop_write_request *request, size_t index);

bloop_status bl_op_check_table_name(const char *table)
{
    if (!table)
        return bl_error(BLOOP_VALIDATION, "The parameter 'TableName' is required but was not present in the request");
    return check_table_name(table);
}

bloop_status bl_op_check_get(const bloop_get_request *request)
{
    bloop_status status = check_table_name(request->table);
    if (status == BLOOP_OK)
        status = check_document(request->key, "key");
    /* A hint is vouched for. Without a receiver there is nobody to ignore anything, and it is none. */
    bool is_hint = request->projection_is_hint && request->receive;
    return status == BLOOP_OK && request->projection && !is_hint ? bloop_projection_check(request->projection) : status;
}

bloop_status bl_op_check_batch_get(const bloop_batch_get_request *request)
{
    if (!request->receive)
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_batch_get_item: receive is NULL");
    if (request->count == 0 || !request->keys)
        return bl_error(BLOOP_VALIDATION, "The requestItems parameter is required for BatchGetItem");
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; status == BLOOP_OK && i < request->count; i++) {
        status = check_batch_table_name(request->keys[i].table);
        if (status == BLOOP_OK)
            status = check_document(request->keys[i].key, "key");
    }
    if (status != BLOOP_OK)
        return status;
    if (request->count > BL_MAX_BATCH_GET && one_table(request->keys, request->count))
        return bl_error(BLOOP_VALIDATION,
                        "1 validation error detected: Value at 'RequestItems.%s.member.Keys' failed to satisfy "
                        "constraint: Member must have length less than or equal to %d",
                        request->keys[0].table, BL_MAX_BATCH_GET);
    if (request->count > BL_MAX_BATCH_GET)
        return bl_error(BLOOP_VALIDATION, "Too many items requested for the BatchGetItem call");
    for (size_t i = 0; status == BLOOP_OK && i < request->table_count; i++) {
        status = check_batch_table_name(request->tables[i].table);
        if (status == BLOOP_OK && request->tables[i].projection && !request->tables[i].projection_is_hint)
            status = bloop_projection_check(request->tables[i].projection);
    }
    return status == BLOOP_OK ? check_duplicate_keys(request->keys, request->count) : status;
}

bloop_status bl_op_check_write(const bloop_write_request *request)
{
    bloop_status status = check_kind(request);
    if (status == BLOOP_OK)
        status = check_table_name(request->table);
    if (status == BLOOP_OK)
        status = check_document(request->item, request->kind == BLOOP_WRITE_PUT ? "item" : "key");
    if (status == BLOOP_OK)
        status = check_return_values(request);
    if (status == BLOOP_OK && request->kind == BLOOP_WRITE_PUT)
        status = check_item_size(request->item);
    if (status == BLOOP_OK && request->update)
        status = bloop_update_check(request->update);
    if (status == BLOOP_OK && request->condition)
        status = bloop_expr_check(request->condition);
    return status;
}

bloop_status bl_op_check_batch_write(const bloop_write_request *requests, size_t count)
{
    if (count == 0)
        return bl_error(BLOOP_VALIDATION, "The requestItems parameter is required for BatchWriteItem");
    bool alike = true;
    for (size_t i = 0; i < count; i++) {
        bloop_status status = check_batch_table_name(requests[i].table);
        if (status != BLOOP_OK)
            return status;
        alike = alike && strcmp(requests[i].table, requests[0].table) == 0;
    }
    if (count > BL_MAX_BATCH_WRITE && alike) {
        bl_violations v;
        v.count = 0, v.length = 0;
        bl_violation_of_map_value(&v, (bloop_slice){ requests[0].table, strlen(requests[0].table) }, false);
        return bl_violations_end(&v);
    }
    if (count > BL_MAX_BATCH_WRITE)
        return bl_error(BLOOP_VALIDATION, "Too many items requested for the BatchWriteItem call");
    for (size_t i = 0; i < count; i++) {
        bloop_status status = check_batch_member(&requests[i], i);
        if (status != BLOOP_OK)
            return status;
    }
    return BLOOP_OK;
}

static bloop_status check_table_name(const char *table)
{
    bl_violations v;
    v.count = 0, v.length = 0;
    bl_violation_of_name(&v, BL_NAME_TABLE, table, "tableName");
    return bl_violations_end(&v);
}

/* Names of tables are keys of a map there. */
static bloop_status check_batch_table_name(const char *table)
{
    bloop_slice name = { table, table ? strlen(table) : 0 };
    if (BL_LIKELY(bl_is_name(BL_NAME_NEW_TABLE, name)))
        return BLOOP_OK;
    bl_violations v;
    v.count = 0, v.length = 0;
    bl_violation_of_map_key(&v, table ? name : (bloop_slice){ "null", 4 });
    return bl_violations_end(&v);
}

static bloop_status check_document(bloop_item item, const char *where)
{
    if (BL_LIKELY(item.data && bloop_value_tag(item) == BLOOP_TAG_M)) {
        bloop_walk walk = bloop_value_walk(item);
        /* The empty name is the first in the order of a map. */
        if (bloop_walk_next(&walk) && walk.name.size == 0)
            return bl_error(BLOOP_VALIDATION, "Empty attribute name");
        return BLOOP_OK;
    }
    if (item.data)
        return bl_error(BLOOP_INVALID_ARGUMENT, "the %s of a request is no map", where);
    bl_violations v;
    v.count = 0, v.length = 0;
    bl_violation(&v, NULL, "Member must not be null", "%s", where);
    return bl_violations_end(&v);
}

static bloop_status check_return_values(const bloop_write_request *request)
{
    if ((unsigned)request->return_values > BLOOP_RETURN_UPDATED_NEW) {
        bl_violations v;
        v.count = 0, v.length = 0;
        bl_violation(&v, "?", "Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]",
                     "returnValues");
        return bl_violations_end(&v);
    }
    if (request->kind != BLOOP_WRITE_UPDATE && request->return_values != BLOOP_RETURN_NONE &&
        request->return_values != BLOOP_RETURN_ALL_OLD)
        return bl_error(BLOOP_VALIDATION, "1 validation error detected: ReturnValues can only be ALL_OLD or NONE");
    return BLOOP_OK;
}

static bloop_status check_kind(const bloop_write_request *request)
{
    if ((unsigned)request->kind > BLOOP_WRITE_DELETE)
        return bl_error(BLOOP_INVALID_ARGUMENT, "a write has to be a put, an update or a delete");
    if (request->update && request->kind != BLOOP_WRITE_UPDATE)
        return bl_error(BLOOP_INVALID_ARGUMENT, "a put or a delete has no update expression");
    return BLOOP_OK;
}

static bloop_status check_item_size(bloop_item item)
{
    /* What the service counts is never more than twice the packed size. */
    if (item.size <= BL_MAX_ITEM_SIZE / 2 || bloop_item_size(item) <= BL_MAX_ITEM_SIZE)
        return BLOOP_OK;
    return bl_error(BLOOP_VALIDATION, "Item size has exceeded the maximum allowed size");
}

static bool one_table(const bloop_batch_get_key *keys, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (strcmp(keys[i].table, keys[0].table) != 0)
            return false;
    }
    return true;
}

/* Equal keys have equal bytes; a small open hash table finds them. */
static bloop_status check_duplicate_keys(const bloop_batch_get_key *keys, size_t count)
{
    enum { SLOTS = 256 };
    uint8_t slots[SLOTS] = { 0 }; /* index + 1 of a key; 0: free */
    for (size_t i = 0; i < count && i < BL_MAX_BATCH_GET; i++) {
        size_t slot = hash_of(keys[i].key) % SLOTS;
        for (; slots[slot]; slot = (slot + 1) % SLOTS) {
            const bloop_batch_get_key *other = &keys[slots[slot] - 1];
            if (other->key.size == keys[i].key.size &&
                memcmp(other->key.data, keys[i].key.data, other->key.size) == 0 &&
                strcmp(other->table, keys[i].table) == 0)
                return bl_error(BLOOP_VALIDATION, "Provided list of item keys contains duplicates");
        }
        slots[slot] = (uint8_t)(i + 1);
    }
    return BLOOP_OK;
}

static uint32_t hash_of(bloop_item key)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < key.size; i++)
        hash = (hash ^ key.data[i]) * 16777619u;
    return hash ^ hash >> 15;
}

static bloop_status check_batch_member(const bloop_write_request *request, size_t index)
{
    const char *problem = request->kind != BLOOP_WRITE_PUT && request->kind != BLOOP_WRITE_DELETE ? "an update"
                          : request->update                                                       ? "an update"
                          : request->condition                                                    ? "a condition"
                          : request->return_values != BLOOP_RETURN_NONE || request->return_old_on_failure
                              ? "return values"
                              : NULL;
    if (problem)
        return bl_error(BLOOP_INVALID_ARGUMENT, "BatchWriteItem takes plain puts and deletes: request %zu has %s",
                        index, problem);
    bool put = request->kind == BLOOP_WRITE_PUT;
    bloop_status status = check_document(request->item, put ? "item" : "key");
    return status == BLOOP_OK && put ? check_item_size(request->item) : status;
}
