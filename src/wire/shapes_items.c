/* The input of the operations on items, as the public service model has it: members in the order in which the service
   reports what is wrong with them (as architect/dynalite's suite recorded it), enumerations in the order in which it
   lists their words. Names of members and types are the service model's. */
#include "wire/shapes_private.h"

static const char *const operator_names[] = { [BL_IN_AND] = "AND", [BL_IN_OR] = "OR" };
static const char *const none_or_size_names[] = { [BL_IN_METRICS_NONE] = "NONE", [BL_IN_METRICS_SIZE] = "SIZE" };
static const char *const none_or_all_old_names[] = {
    [BL_IN_FAILURE_NONE] = "NONE", [BL_IN_FAILURE_ALL_OLD] = "ALL_OLD"
};
static const char *const action_names[] = { [BL_IN_PUT] = "PUT", [BL_IN_ADD] = "ADD", [BL_IN_DELETE] = "DELETE" };
static const char *const comparison_names[] = {
    [BL_IN_EQ] = "EQ",
    [BL_IN_NE] = "NE",
    [BL_IN_LE] = "LE",
    [BL_IN_LT] = "LT",
    [BL_IN_GE] = "GE",
    [BL_IN_GT] = "GT",
    [BL_IN_NOT_NULL] = "NOT_NULL",
    [BL_IN_NULL] = "NULL",
    [BL_IN_CONTAINS] = "CONTAINS",
    [BL_IN_NOT_CONTAINS] = "NOT_CONTAINS",
    [BL_IN_BEGINS_WITH] = "BEGINS_WITH",
    [BL_IN_IN] = "IN",
    [BL_IN_BETWEEN] = "BETWEEN",
};
static const bl_wire_words operators = BL_WORDS(operator_names);
static const bl_wire_words metrics = BL_WORDS(none_or_size_names);
static const bl_wire_words on_failure = BL_WORDS(none_or_all_old_names);
static const bl_wire_words actions = BL_WORDS(action_names);
const bl_wire_words bl_words_comparison = BL_WORDS(comparison_names);

const bl_shape bl_shape_capacity = BL_CHOICE("String", bl_words_capacity, "[INDEXES, TOTAL, NONE]");
static const bl_shape operator_shape = BL_CHOICE("String", operators, "[OR, AND]");
static const bl_shape metrics_shape = BL_CHOICE("String", metrics, "[SIZE, NONE]");
static const bl_shape on_failure_shape = BL_CHOICE("String", on_failure, "[ALL_OLD, NONE]");
static const bl_shape action_shape = BL_CHOICE("String", actions, "[ADD, PUT, DELETE]");
static const bl_shape return_values_shape =
    BL_CHOICE("String", bl_words_return_values, "[ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]");
static const bl_shape select_shape =
    BL_CHOICE("String", bl_words_select, "[SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]");
static const bl_shape comparison_shape =
    BL_CHOICE("String", bl_words_comparison,
              "[IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS]");

const bl_shape bl_shape_text = { .kind = BL_IN_TEXT, .size = sizeof(bloop_slice), .java = "String" };
const bl_shape bl_shape_boolean = { .kind = BL_IN_BOOLEAN, .size = sizeof(bl_in_truth), .java = "Boolean" };
const bl_shape bl_shape_integer = { .kind = BL_IN_INTEGER, .size = sizeof(bl_in_integer), .java = "Integer" };
const bl_shape bl_shape_long = { .kind = BL_IN_INTEGER, .size = sizeof(bl_in_integer), .java = "Long" };
const bl_shape bl_shape_value = { .kind = BL_IN_VALUE,
                                  .size = sizeof(bl_in_value),
                                  .java = BL_JAVA_PACKAGE "AttributeValue" };
const bl_shape bl_shape_item = { .kind = BL_IN_ITEM,
                                 .size = sizeof(bl_in_value),
                                 .java = BL_JAVA_PACKAGE "AttributeValue" };
const bl_shape bl_shape_texts = BL_LIST("java.util.List", bl_shape_text);
const bl_shape bl_shape_names = BL_MAP("java.lang.String", bl_shape_text);
const bl_shape bl_shape_values = BL_MAP(BL_JAVA_PACKAGE "AttributeValue", bl_shape_value);
static const bl_shape value_list_shape = BL_LIST("java.util.List", bl_shape_value);

static const bl_member condition_members[] = {
    BL_MEMBER(bl_in_condition, values, "AttributeValueList", value_list_shape),
    BL_MEMBER_WITH(bl_in_condition, comparison, "ComparisonOperator", comparison_shape, .required = true),
};
static const bl_shape condition_shape = BL_STRUCT(bl_in_condition, BL_JAVA_PACKAGE "Condition", condition_members);
static const bl_shape conditions_shape = BL_MAP(BL_JAVA_PACKAGE "Condition", condition_shape);

static const bl_member expected_members[] = {
    BL_MEMBER(bl_in_condition, values, "AttributeValueList", value_list_shape),
    BL_MEMBER(bl_in_condition, comparison, "ComparisonOperator", comparison_shape),
    BL_MEMBER(bl_in_condition, exists, "Exists", bl_shape_boolean),
    BL_MEMBER(bl_in_condition, value, "Value", bl_shape_value),
};
static const bl_shape expectation_shape =
    BL_STRUCT(bl_in_condition, BL_JAVA_PACKAGE "ExpectedAttributeValue", expected_members);
static const bl_shape expected_shape = BL_MAP(BL_JAVA_PACKAGE "ExpectedAttributeValue", expectation_shape);

static const bl_member update_members[] = {
    BL_MEMBER(bl_in_update, action, "Action", action_shape),
    BL_MEMBER(bl_in_update, value, "Value", bl_shape_value),
};
static const bl_shape update_shape = BL_STRUCT(bl_in_update, BL_JAVA_PACKAGE "AttributeValueUpdate", update_members);
static const bl_shape updates_shape = BL_MAP(BL_JAVA_PACKAGE "AttributeValueUpdate", update_shape);

#define MEMBER(field, name, shape)    BL_MEMBER(bl_in_items, field, name, shape)
#define MEMBER_WITH(field, name, ...) BL_MEMBER_WITH(bl_in_items, field, name, __VA_ARGS__)
#define CAPACITY                      MEMBER(capacity, "ReturnConsumedCapacity", bl_shape_capacity)
#define TABLE_NAME \
    MEMBER_WITH(table, "TableName", bl_shape_text, .rule = BL_RULE_NAME, .low = BL_NAME_TABLE, .required = true)
#define INDEX_NAME    MEMBER_WITH(index, "IndexName", bl_shape_text, .rule = BL_RULE_NAME, .low = BL_NAME_INDEX)
#define KEY           MEMBER_WITH(item, "Key", bl_shape_item, .required = true)
#define OPERATOR      MEMBER(operator_, "ConditionalOperator", operator_shape)
#define EXPECTED      MEMBER(expected, "Expected", expected_shape)
#define RETURN_VALUES MEMBER(return_values, "ReturnValues", return_values_shape)
#define METRICS       MEMBER(metrics, "ReturnItemCollectionMetrics", metrics_shape)
#define ON_FAILURE    MEMBER(return_on_failure, "ReturnValuesOnConditionCheckFailure", on_failure_shape)
#define CONDITION     MEMBER(condition, "ConditionExpression", bl_shape_text)
#define FILTER        MEMBER(filter, "FilterExpression", bl_shape_text)
#define PROJECTION    MEMBER(projection.expression, "ProjectionExpression", bl_shape_text)
#define NAMES         MEMBER(projection.names, "ExpressionAttributeNames", bl_shape_names)
#define VALUES        MEMBER(values, "ExpressionAttributeValues", bl_shape_values)
#define SELECT        MEMBER(select, "Select", select_shape)
#define CONSISTENT    MEMBER(consistent, "ConsistentRead", bl_shape_boolean)
#define START         MEMBER(start, "ExclusiveStartKey", bl_shape_item)
#define ATTRIBUTES \
    MEMBER_WITH(projection.attributes, "AttributesToGet", bl_shape_texts, .rule = BL_RULE_LENGTH, .low = 1, .high = 255)

static const bl_member get_members[] = {
    CAPACITY, ATTRIBUTES, TABLE_NAME, KEY, CONSISTENT, PROJECTION, NAMES,
};
static const bl_member put_members[] = {
    CAPACITY, TABLE_NAME, MEMBER_WITH(item, "Item", bl_shape_item, .required = true),
    OPERATOR, EXPECTED,   RETURN_VALUES,
    METRICS,  ON_FAILURE, CONDITION,
    VALUES,   NAMES,
};
static const bl_member delete_members[] = {
    CAPACITY, TABLE_NAME, RETURN_VALUES, METRICS, ON_FAILURE, KEY, OPERATOR, EXPECTED, CONDITION, VALUES, NAMES,
};
/* The key behind the operator: paritysuite/dynamodb-conformance, validation-ordering/updateItem (October 2026). */
static const bl_member update_item_members[] = {
    CAPACITY,   TABLE_NAME,
    METRICS,    RETURN_VALUES,
    OPERATOR,   KEY,
    EXPECTED,   MEMBER(updates, "AttributeUpdates", updates_shape),
    CONDITION,  MEMBER(update, "UpdateExpression", bl_shape_text),
    VALUES,     NAMES,
    ON_FAILURE,
};
static const bl_member query_members[] = {
    SELECT,
    INDEX_NAME,
    CAPACITY,
    MEMBER(filters, "QueryFilter", conditions_shape),
    TABLE_NAME,
    OPERATOR,
    ATTRIBUTES,
    MEMBER_WITH(limit, "Limit", bl_shape_integer, .rule = BL_RULE_LIMIT),
    MEMBER(key_conditions, "KeyConditions", conditions_shape),
    START,
    CONSISTENT,
    MEMBER(forward, "ScanIndexForward", bl_shape_boolean),
    MEMBER(key_condition, "KeyConditionExpression", bl_shape_text),
    FILTER,
    PROJECTION,
    VALUES,
    NAMES,
};
static const bl_member scan_members[] = {
    SELECT,
    INDEX_NAME,
    MEMBER_WITH(total_segments, "TotalSegments", bl_shape_integer, .rule = BL_RULE_RANGE, .low = 1, .high = 1000000),
    CAPACITY,
    TABLE_NAME,
    OPERATOR,
    MEMBER(filters, "ScanFilter", conditions_shape),
    MEMBER_WITH(segment, "Segment", bl_shape_integer, .rule = BL_RULE_RANGE, .low = 0, .high = 999999),
    MEMBER_WITH(limit, "Limit", bl_shape_integer, .rule = BL_RULE_RANGE, .low = 1),
    ATTRIBUTES,
    START,
    CONSISTENT,
    FILTER,
    PROJECTION,
    VALUES,
    NAMES,
};

const bl_shape bl_shape_get = BL_STRUCT(bl_in_items, BL_JAVA_PACKAGE "GetItemInput", get_members);
const bl_shape bl_shape_put = BL_STRUCT(bl_in_items, BL_JAVA_PACKAGE "PutItemInput", put_members);
const bl_shape bl_shape_delete = BL_STRUCT(bl_in_items, BL_JAVA_PACKAGE "DeleteItemInput", delete_members);
const bl_shape bl_shape_update = BL_STRUCT(bl_in_items, BL_JAVA_PACKAGE "UpdateItemInput", update_item_members);
const bl_shape bl_shape_query = BL_STRUCT(bl_in_items, BL_JAVA_PACKAGE "QueryInput", query_members);
const bl_shape bl_shape_scan = BL_STRUCT(bl_in_items, BL_JAVA_PACKAGE "ScanInput", scan_members);

/* Batches. */
static const bl_shape keys_list_shape = BL_LIST("java.util.List", bl_shape_item);
static const bl_member keys_members[] = {
    BL_MEMBER_WITH(bl_in_keys, keys, "Keys", keys_list_shape, .rule = BL_RULE_KEYS, .required = true),
    BL_MEMBER_WITH(bl_in_keys, projection.attributes, "AttributesToGet", bl_shape_texts, .rule = BL_RULE_LENGTH,
                   .low = 1, .high = 255),
    BL_MEMBER(bl_in_keys, consistent, "ConsistentRead", bl_shape_boolean),
    BL_MEMBER(bl_in_keys, projection.expression, "ProjectionExpression", bl_shape_text),
    BL_MEMBER(bl_in_keys, projection.names, "ExpressionAttributeNames", bl_shape_names),
};
static const bl_shape keys_shape = BL_STRUCT(bl_in_keys, BL_JAVA_PACKAGE "KeysAndAttributes", keys_members);
static const bl_shape tables_of_keys_shape = BL_MAP(BL_JAVA_PACKAGE "KeysAndAttributes", keys_shape);

static const bl_member put_request_members[] = {
    BL_MEMBER_WITH(bl_in_document, item, "Item", bl_shape_item, .required = true),
};
static const bl_member delete_request_members[] = {
    BL_MEMBER_WITH(bl_in_document, item, "Key", bl_shape_item, .required = true),
};
static const bl_shape put_request_shape = BL_STRUCT(bl_in_document, BL_JAVA_PACKAGE "PutRequest", put_request_members);
static const bl_shape delete_request_shape =
    BL_STRUCT(bl_in_document, BL_JAVA_PACKAGE "DeleteRequest", delete_request_members);
static const bl_member write_members[] = {
    BL_MEMBER(bl_in_write, delete_, "DeleteRequest", delete_request_shape),
    BL_MEMBER(bl_in_write, put, "PutRequest", put_request_shape),
};
static const bl_shape write_shape = BL_STRUCT(bl_in_write, BL_JAVA_PACKAGE "WriteRequest", write_members);
static const bl_shape writes_shape = BL_LIST("java.util.List", write_shape);
static const bl_shape tables_of_writes_shape = BL_MAP("java.util.List<" BL_JAVA_PACKAGE "WriteRequest>", writes_shape);

/* Order: paritysuite/dynamodb-conformance, validation-ordering/batchOperations (October 2026). */
static const bl_member batch_get_members[] = {
    BL_MEMBER_WITH(bl_in_batch, tables, "RequestItems", tables_of_keys_shape, .rule = BL_RULE_TABLES, .required = true),
    BL_MEMBER(bl_in_batch, capacity, "ReturnConsumedCapacity", bl_shape_capacity),
};
static const bl_member batch_write_members[] = {
    BL_MEMBER(bl_in_batch, capacity, "ReturnConsumedCapacity", bl_shape_capacity),
    BL_MEMBER(bl_in_batch, metrics, "ReturnItemCollectionMetrics", metrics_shape),
    BL_MEMBER_WITH(bl_in_batch, tables, "RequestItems", tables_of_writes_shape, .rule = BL_RULE_TABLES, .low = 1,
                   .high = 25, .required = true),
};
const bl_shape bl_shape_batch_get = BL_STRUCT(bl_in_batch, BL_JAVA_PACKAGE "BatchGetItemInput", batch_get_members);
const bl_shape bl_shape_batch_write =
    BL_STRUCT(bl_in_batch, BL_JAVA_PACKAGE "BatchWriteItemInput", batch_write_members);
