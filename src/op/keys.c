/* Keys and index keys against a table's definition, in the service's words (conformance suite, architect/dynalite's and
   nubo-db/dynoxide's suites; "limit of2048" lacks its space there too). */
#include "op/op.h"
#include "value/value.h"

#define NOT_VALID "One or more parameter values are not valid. "
#define INVALID   "One or more parameter values were invalid: "

/* What the service calls a key attribute that has the wrong type, which depends on the operation. */
typedef enum wording { WORDING_ITEM, WORDING_KEY } wording;

/* A secondary index that an attribute does not suit. */
typedef struct index_fault {
    const bloop_index_definition *index; /* NULL: none */
    const char *attribute;
    bloop_tag expected, actual;
    size_t size;
    bool range;
} index_fault;

static bloop_status check_piece(const bloop_table_definition *table, const char *name, bool range, bloop_value value,
                                wording words);
static bloop_status check_size(size_t size, bool range);
static bool has_room(bloop_value value, bool range);
static bloop_status check_item(const bloop_table_definition *table, bloop_item item, wording words);
static index_fault find_fault(const bloop_table_definition *table, bloop_item item);
static void find_fault_of(const bloop_table_definition *table, const bloop_index_definition *index, bool hash,
                          bloop_item item, index_fault *worst);
static void find_fault_at(const bloop_table_definition *table, const bloop_index_definition *index, bool range,
                          bloop_item item, index_fault *worst);
static bloop_status check_action_on_indexes(const bloop_table_definition *table, const bloop_action *action);
static const bloop_index_definition *index_of_key(const bloop_table_definition *table, bloop_slice name,
                                                  const char **attribute);
static bloop_tag written_type(const bloop_action *action);
static bloop_value get(bloop_item item, const char *name);

bloop_status bl_op_check_key(const bloop_table_definition *table, bloop_item key)
{
    if (bloop_value_count(key) != (table->range_key ? 2u : 1u))
        return bl_error(BLOOP_VALIDATION, "The provided key element does not match the schema");
    bloop_status status = check_piece(table, table->hash_key, false, get(key, table->hash_key), WORDING_KEY);
    if (status == BLOOP_OK && table->range_key)
        status = check_piece(table, table->range_key, true, get(key, table->range_key), WORDING_KEY);
    return status;
}

bloop_status bl_op_check_key_piece(const bloop_table_definition *table, const char *name, bool range, bloop_value value)
{
    return check_piece(table, name, range, value, WORDING_KEY);
}

bloop_status bl_op_check_item_keys(const bloop_table_definition *table, bloop_item item)
{
    return check_item(table, item, WORDING_ITEM);
}

bloop_status bl_op_check_batch_item_keys(const bloop_table_definition *table, bloop_item item)
{
    return check_item(table, item, WORDING_KEY);
}

bloop_status bl_op_check_update_keys(const bloop_table_definition *table, const bloop_update *update)
{
    const char *keys[] = { table->hash_key, table->range_key };
    for (size_t k = 0; update && k < BL_COUNT_OF(keys); k++) {
        for (size_t i = 0; keys[k] && i < update->count; i++) {
            if (bl_slice_is(update->actions[i].path.steps[0].name, keys[k]))
                return bl_error(BLOOP_VALIDATION,
                                INVALID "Cannot update attribute %s. This attribute is part of the key", keys[k]);
        }
    }
    if (!table->global_index_count && !table->local_index_count)
        return BLOOP_OK;
    for (size_t i = 0; update && i < update->count; i++) {
        bloop_status status = check_action_on_indexes(table, &update->actions[i]);
        if (status != BLOOP_OK)
            return status;
    }
    return BLOOP_OK;
}

bloop_status bl_op_check_updated_item(const bloop_table_definition *table, bloop_item item)
{
    index_fault fault = find_fault(table, item);
    if (fault.index && fault.actual != fault.expected)
        return bl_error(BLOOP_VALIDATION,
                        "The update expression attempted to update the secondary index key to unsupported type");
    if (fault.index && fault.size == 0)
        return bl_error(BLOOP_VALIDATION,
                        NOT_VALID "The update expression attempted to update a secondary index key to a value that is "
                                  "not supported. The AttributeValue for a key attribute cannot contain an empty %s "
                                  "value.",
                        fault.expected == BLOOP_TAG_S ? "string" : "binary");
    if (fault.index)
        return check_size(fault.size, fault.range);
    if (item.size > BL_MAX_ITEM_SIZE / 2 && bloop_item_size(item) > BL_MAX_ITEM_SIZE)
        return bl_error(BLOOP_VALIDATION, "Item size to update has exceeded the maximum allowed size");
    return BLOOP_OK;
}

bloop_status bl_op_check_batch_duplicates(const bloop_write_request *requests, size_t count,
                                          const bloop_table_definition *const *tables)
{
    for (size_t i = 1; i < count; i++) {
        const char *hash = tables[i]->hash_key, *range = tables[i]->range_key;
        for (size_t j = 0; j < i; j++) {
            if (strcmp(requests[i].table, requests[j].table) != 0)
                continue;
            bool same = bloop_value_equal(get(requests[i].item, hash), get(requests[j].item, hash));
            if (same && range)
                same = bloop_value_equal(get(requests[i].item, range), get(requests[j].item, range));
            if (same)
                return bl_error(BLOOP_VALIDATION, "Provided list of item keys contains duplicates");
        }
    }
    return BLOOP_OK;
}

static bloop_status check_item(const bloop_table_definition *table, bloop_item item, wording words)
{
    bloop_status status = check_piece(table, table->hash_key, false, get(item, table->hash_key), words);
    if (status == BLOOP_OK && table->range_key)
        status = check_piece(table, table->range_key, true, get(item, table->range_key), words);
    if (status != BLOOP_OK || (!table->global_index_count && !table->local_index_count))
        return status;
    index_fault fault = find_fault(table, item);
    if (!fault.index)
        return BLOOP_OK;
    if (fault.actual != fault.expected)
        return bl_error(BLOOP_VALIDATION,
                        INVALID "Type mismatch for Index Key %s Expected: %s Actual: %s IndexName: %s", fault.attribute,
                        bloop_tag_name(fault.expected), bloop_tag_name(fault.actual), fault.index->name);
    if (fault.size == 0)
        return bl_error(BLOOP_VALIDATION,
                        NOT_VALID "A value specified for a secondary index key is not supported. The AttributeValue "
                                  "for a key attribute cannot contain an empty %s value. IndexName: %s, IndexKey: %s",
                        fault.expected == BLOOP_TAG_S ? "string" : "binary", fault.index->name, fault.attribute);
    return check_size(fault.size, fault.range);
}

static bloop_status check_piece(const bloop_table_definition *table, const char *name, bool range, bloop_value value,
                                wording words)
{
    bloop_tag expected = bl_op_attribute_type(table, name);
    bloop_tag actual = value.data ? bloop_value_tag(value) : BLOOP_TAG_NONE;
    if (BL_UNLIKELY(actual != expected)) {
        if (words == WORDING_KEY)
            return bl_error(BLOOP_VALIDATION, "The provided key element does not match the schema");
        if (!value.data)
            return bl_error(BLOOP_VALIDATION, INVALID "Missing the key %s in the item", name);
        return bl_error(BLOOP_VALIDATION, INVALID "Type mismatch for key %s expected: %s actual: %s", name,
                        bloop_tag_name(expected), bloop_tag_name(actual));
    }
    if (actual == BLOOP_TAG_N)
        return BLOOP_OK;
    size_t size = bloop_value_bytes(value).size;
    if (size == 0)
        return bl_error(BLOOP_VALIDATION,
                        NOT_VALID "The AttributeValue for a key attribute cannot contain an empty %s value. Key: %s",
                        actual == BLOOP_TAG_S ? "string" : "binary", name);
    return check_size(size, range);
}

static bloop_status check_size(size_t size, bool range)
{
    if (!range && size > BL_MAX_HASH_KEY_SIZE)
        return bl_error(BLOOP_VALIDATION, INVALID "Size of hashkey has exceeded the maximum size limit of2048 bytes");
    if (range && size > BL_MAX_RANGE_KEY_SIZE)
        return bl_error(BLOOP_VALIDATION,
                        INVALID "Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
    return BLOOP_OK;
}

static bool has_room(bloop_value value, bool range)
{
    size_t size = bloop_value_bytes(value).size;
    return bloop_value_tag(value) == BLOOP_TAG_N ||
           (size > 0 && size <= (range ? BL_MAX_RANGE_KEY_SIZE : BL_MAX_HASH_KEY_SIZE));
}

/* The index that is first by name among those whose key attributes the item has in a form that they can't take. */
static index_fault find_fault(const bloop_table_definition *table, bloop_item item)
{
    index_fault worst = { 0 };
    for (size_t i = 0; i < table->global_index_count; i++)
        find_fault_of(table, &table->global_indexes[i], true, item, &worst);
    for (size_t i = 0; i < table->local_index_count; i++)
        find_fault_of(table, &table->local_indexes[i], false, item, &worst);
    return worst;
}

static void find_fault_of(const bloop_table_definition *table, const bloop_index_definition *index, bool hash,
                          bloop_item item, index_fault *worst)
{
    if (worst->index && strcmp(worst->index->name, index->name) <= 0)
        return;
    index_fault found = { 0 };
    if (hash)
        find_fault_at(table, index, false, item, &found);
    if (!found.index && index->range_key)
        find_fault_at(table, index, true, item, &found);
    if (found.index)
        *worst = found;
}

static void find_fault_at(const bloop_table_definition *table, const bloop_index_definition *index, bool range,
                          bloop_item item, index_fault *worst)
{
    const char *name = range ? index->range_key : index->hash_key;
    bloop_value value = get(item, name);
    bloop_tag expected = bl_op_attribute_type(table, name);
    if (!value.data || (bloop_value_tag(value) == expected && has_room(value, range)))
        return;
    *worst = (index_fault){ .index = index,
                            .attribute = name,
                            .expected = expected,
                            .actual = bloop_value_tag(value),
                            .size = bloop_value_bytes(value).size,
                            .range = range };
}

static bloop_status check_action_on_indexes(const bloop_table_definition *table, const bloop_action *action)
{
    const char *attribute = NULL;
    const bloop_index_definition *index = index_of_key(table, action->path.steps[0].name, &attribute);
    if (!index || action->path.count > 1)
        return BLOOP_OK;
    bloop_tag expected = bl_op_attribute_type(table, attribute), actual = written_type(action);
    if (actual == BLOOP_TAG_NONE || actual == expected)
        return BLOOP_OK;
    return bl_error(BLOOP_VALIDATION, INVALID "Type mismatch for Index Key %s Expected: %s Actual: %s IndexName: %s",
                    attribute, bloop_tag_name(expected), bloop_tag_name(actual), index->name);
}

static const bloop_index_definition *index_of_key(const bloop_table_definition *table, bloop_slice name,
                                                  const char **attribute)
{
    size_t count = table->global_index_count + table->local_index_count;
    for (size_t i = 0; i < count; i++) {
        const bloop_index_definition *index = i < table->global_index_count
                                                  ? &table->global_indexes[i]
                                                  : &table->local_indexes[i - table->global_index_count];
        const char *keys[] = { index->hash_key, index->range_key };
        for (size_t k = 0; k < BL_COUNT_OF(keys); k++) {
            if (keys[k] && bl_slice_is(name, keys[k])) {
                *attribute = keys[k];
                return index;
            }
        }
    }
    return NULL;
}

/* The type that an action gives its attribute, when that can be told without the item. DELETE gives none. */
static bloop_tag written_type(const bloop_action *action)
{
    if (action->kind != BLOOP_ACTION_SET && action->kind != BLOOP_ACTION_ADD)
        return BLOOP_TAG_NONE;
    switch (action->value.kind) {
    case BLOOP_EXPR_VALUE: return bloop_value_tag(action->value.value);
    case BLOOP_EXPR_PLUS:
    case BLOOP_EXPR_MINUS: return BLOOP_TAG_N;
    case BLOOP_EXPR_LIST_APPEND: return BLOOP_TAG_L;
    default: return BLOOP_TAG_NONE;
    }
}

static bloop_value get(bloop_item item, const char *name)
{
    return bloop_item_get(item, name, strlen(name));
}
