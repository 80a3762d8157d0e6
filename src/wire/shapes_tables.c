/* The input of the operations on tables, as shapes_items.c has those on items. */
#include "wire/shapes_private.h"

static const char *const attribute_type_names[] = {
    [BLOOP_TAG_N] = "N",
    [BLOOP_TAG_S] = "S",
    [BLOOP_TAG_B] = "B",
};
static const char *const key_type_names[] = { [BL_IN_HASH] = "HASH", [BL_IN_RANGE] = "RANGE" };
static const char *const encryption_names[] = { "AES256", "KMS" };
static const char *const class_names[] = { "STANDARD", "STANDARD_INFREQUENT_ACCESS" };
static const bl_wire_words attribute_types = BL_WORDS(attribute_type_names);
static const bl_wire_words key_types = BL_WORDS(key_type_names);
static const bl_wire_words encryptions = BL_WORDS(encryption_names);
static const bl_wire_words classes = BL_WORDS(class_names);

static const bl_shape attribute_type_shape = BL_CHOICE("String", attribute_types, "[B, N, S]");
static const bl_shape key_type_shape = BL_CHOICE("String", key_types, "[HASH, RANGE]");
static const bl_shape encryption_type_shape = BL_CHOICE("String", encryptions, "[AES256, KMS]");
static const bl_shape class_shape = BL_CHOICE("String", classes, "[STANDARD, STANDARD_INFREQUENT_ACCESS]");
static const bl_shape billing_shape = BL_CHOICE("String", bl_words_billing, "[PROVISIONED, PAY_PER_REQUEST]");
static const bl_shape projection_type_shape = BL_CHOICE("String", bl_words_projection, "[ALL, INCLUDE, KEYS_ONLY]");
static const bl_shape view_shape =
    BL_CHOICE("String", bl_words_view, "[NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES, KEYS_ONLY]");

#define ATTRIBUTE_NAME(type)                                                                                       \
    BL_MEMBER_WITH(type, name, "AttributeName", bl_shape_text, .rule = BL_RULE_NAME, .low = BL_NAME_KEY_ATTRIBUTE, \
                   .required = true)

static const bl_member attribute_members[] = {
    ATTRIBUTE_NAME(bl_in_attribute),
    BL_MEMBER_WITH(bl_in_attribute, type, "AttributeType", attribute_type_shape, .required = true),
};
static const bl_shape attribute_shape =
    BL_STRUCT(bl_in_attribute, BL_JAVA_PACKAGE "AttributeDefinition", attribute_members);
static const bl_shape attributes_shape = BL_LIST("java.util.List", attribute_shape);

static const bl_member key_members[] = {
    ATTRIBUTE_NAME(bl_in_key),
    BL_MEMBER_WITH(bl_in_key, type, "KeyType", key_type_shape, .required = true),
};
static const bl_shape key_element_shape = BL_STRUCT(bl_in_key, BL_JAVA_PACKAGE "KeySchemaElement", key_members);
static const bl_shape key_shape = BL_LIST("java.util.List", key_element_shape);

static const bl_member throughput_members[] = {
    BL_MEMBER_WITH(bl_in_units, write, "WriteCapacityUnits", bl_shape_long, .rule = BL_RULE_RANGE, .low = 1,
                   .required = true),
    BL_MEMBER_WITH(bl_in_units, read, "ReadCapacityUnits", bl_shape_long, .rule = BL_RULE_RANGE, .low = 1,
                   .required = true),
};
static const bl_member on_demand_members[] = {
    BL_MEMBER(bl_in_units, read, "MaxReadRequestUnits", bl_shape_long),
    BL_MEMBER(bl_in_units, write, "MaxWriteRequestUnits", bl_shape_long),
};
static const bl_member warm_members[] = {
    BL_MEMBER(bl_in_units, read, "ReadUnitsPerSecond", bl_shape_long),
    BL_MEMBER(bl_in_units, write, "WriteUnitsPerSecond", bl_shape_long),
};
static const bl_shape throughput_shape =
    BL_STRUCT(bl_in_units, BL_JAVA_PACKAGE "ProvisionedThroughput", throughput_members);
static const bl_shape on_demand_shape = BL_STRUCT(bl_in_units, BL_JAVA_PACKAGE "OnDemandThroughput", on_demand_members);
static const bl_shape warm_shape = BL_STRUCT(bl_in_units, BL_JAVA_PACKAGE "WarmThroughput", warm_members);

static const bl_member projection_members[] = {
    BL_MEMBER(bl_in_index_projection, type, "ProjectionType", projection_type_shape),
    BL_MEMBER_WITH(bl_in_index_projection, include, "NonKeyAttributes", bl_shape_texts, .rule = BL_RULE_LENGTH,
                   .low = 1, .high = BL_MAX_INCLUDED_PER_INDEX),
};
static const bl_shape projection_shape =
    BL_STRUCT(bl_in_index_projection, BL_JAVA_PACKAGE "Projection", projection_members);

#define INDEX_NAME                                                                                            \
    BL_MEMBER_WITH(bl_in_index, name, "IndexName", bl_shape_text, .rule = BL_RULE_NAME, .low = BL_NAME_INDEX, \
                   .required = true)
#define KEY_SCHEMA(type) \
    BL_MEMBER_WITH(type, key, "KeySchema", key_shape, .rule = BL_RULE_LENGTH, .low = 1, .high = 2, .required = true)
#define PROJECTION       BL_MEMBER_WITH(bl_in_index, projection, "Projection", projection_shape, .required = true)
#define THROUGHPUT(type) BL_MEMBER(type, throughput, "ProvisionedThroughput", throughput_shape)
#define ON_DEMAND(type)  BL_MEMBER(type, on_demand, "OnDemandThroughput", on_demand_shape)
#define WARM(type)       BL_MEMBER(type, warm, "WarmThroughput", warm_shape)

static const bl_member local_members[] = {
    INDEX_NAME,
    KEY_SCHEMA(bl_in_index),
    PROJECTION,
};
static const bl_member global_members[] = {
    INDEX_NAME, KEY_SCHEMA(bl_in_index), PROJECTION, THROUGHPUT(bl_in_index), ON_DEMAND(bl_in_index), WARM(bl_in_index),
};
static const bl_member create_index_members[] = {
    PROJECTION, INDEX_NAME, THROUGHPUT(bl_in_index), KEY_SCHEMA(bl_in_index), ON_DEMAND(bl_in_index), WARM(bl_in_index),
};
static const bl_member update_index_members[] = {
    INDEX_NAME,
    THROUGHPUT(bl_in_index),
    ON_DEMAND(bl_in_index),
    WARM(bl_in_index),
};
static const bl_member delete_index_members[] = {
    INDEX_NAME,
};
static const bl_shape local_shape = BL_STRUCT(bl_in_index, BL_JAVA_PACKAGE "LocalSecondaryIndex", local_members);
static const bl_shape global_shape = BL_STRUCT(bl_in_index, BL_JAVA_PACKAGE "GlobalSecondaryIndex", global_members);
static const bl_shape locals_shape = BL_LIST("java.util.List", local_shape);
static const bl_shape globals_shape = BL_LIST("java.util.List", global_shape);
static const bl_shape create_index_shape =
    BL_STRUCT(bl_in_index, BL_JAVA_PACKAGE "CreateGlobalSecondaryIndexAction", create_index_members);
static const bl_shape update_index_shape =
    BL_STRUCT(bl_in_index, BL_JAVA_PACKAGE "UpdateGlobalSecondaryIndexAction", update_index_members);
static const bl_shape delete_index_shape =
    BL_STRUCT(bl_in_index, BL_JAVA_PACKAGE "DeleteGlobalSecondaryIndexAction", delete_index_members);

static const bl_member change_members[] = {
    BL_MEMBER(bl_in_index_change, update, "Update", update_index_shape),
    BL_MEMBER(bl_in_index_change, create, "Create", create_index_shape),
    BL_MEMBER(bl_in_index_change, delete_, "Delete", delete_index_shape),
};
static const bl_shape change_shape =
    BL_STRUCT(bl_in_index_change, BL_JAVA_PACKAGE "GlobalSecondaryIndexUpdate", change_members);
static const bl_shape changes_shape = BL_LIST("java.util.List", change_shape);

static const bl_member stream_members[] = {
    BL_MEMBER_WITH(bl_in_stream, enabled, "StreamEnabled", bl_shape_boolean, .required = true),
    BL_MEMBER(bl_in_stream, view, "StreamViewType", view_shape),
};
static const bl_member encryption_members[] = {
    BL_MEMBER(bl_in_encryption, enabled, "Enabled", bl_shape_boolean),
    BL_MEMBER(bl_in_encryption, type, "SSEType", encryption_type_shape),
    BL_MEMBER(bl_in_encryption, key, "KMSMasterKeyId", bl_shape_text),
};
static const bl_member tag_members[] = {
    BL_MEMBER_WITH(bl_in_tag, key, "Key", bl_shape_text, .rule = BL_RULE_LENGTH, .low = 1, .high = 128,
                   .required = true),
    BL_MEMBER_WITH(bl_in_tag, value, "Value", bl_shape_text, .rule = BL_RULE_LENGTH, .high = 256, .required = true),
};
static const bl_shape stream_shape = BL_STRUCT(bl_in_stream, BL_JAVA_PACKAGE "StreamSpecification", stream_members);
static const bl_shape encryption_shape =
    BL_STRUCT(bl_in_encryption, BL_JAVA_PACKAGE "SSESpecification", encryption_members);
static const bl_shape tag_shape = BL_STRUCT(bl_in_tag, BL_JAVA_PACKAGE "Tag", tag_members);
static const bl_shape tags_shape = BL_LIST("java.util.List", tag_shape);

#define MEMBER(field, name, shape)    BL_MEMBER(bl_in_table, field, name, shape)
#define MEMBER_WITH(field, name, ...) BL_MEMBER_WITH(bl_in_table, field, name, __VA_ARGS__)
#define TABLE_NAME(kind) \
    MEMBER_WITH(name, "TableName", bl_shape_text, .rule = BL_RULE_PARAMETER, .low = (kind), .required = true)
#define BILLING    MEMBER(billing, "BillingMode", billing_shape)
#define STREAM     MEMBER(stream, "StreamSpecification", stream_shape)
#define ENCRYPTION MEMBER(encryption, "SSESpecification", encryption_shape)
#define CLASS      MEMBER(table_class, "TableClass", class_shape)
#define PROTECTION MEMBER(protection, "DeletionProtectionEnabled", bl_shape_boolean)

static const bl_member create_table_members[] = {
    MEMBER_WITH(attributes, "AttributeDefinitions", attributes_shape, .required = true),
    TABLE_NAME(BL_NAME_NEW_TABLE),
    BILLING,
    THROUGHPUT(bl_in_table),
    KEY_SCHEMA(bl_in_table),
    /* paritysuite/dynamodb-conformance, validation-ordering/createTable: global ones first (October 2026) */
    MEMBER(global, "GlobalSecondaryIndexes", globals_shape),
    MEMBER(local, "LocalSecondaryIndexes", locals_shape),
    STREAM,
    ENCRYPTION,
    MEMBER(tags, "Tags", tags_shape),
    CLASS,
    PROTECTION,
    MEMBER(policy, "ResourcePolicy", bl_shape_text),
    ON_DEMAND(bl_in_table),
    WARM(bl_in_table),
};
static const bl_member update_table_members[] = {
    MEMBER(attributes, "AttributeDefinitions", attributes_shape),
    TABLE_NAME(BL_NAME_TABLE),
    THROUGHPUT(bl_in_table),
    BILLING,
    MEMBER(changes, "GlobalSecondaryIndexUpdates", changes_shape),
    STREAM,
    ENCRYPTION,
    CLASS,
    PROTECTION,
    ON_DEMAND(bl_in_table),
    WARM(bl_in_table),
};
static const bl_member table_name_members[] = {
    TABLE_NAME(BL_NAME_TABLE),
};
static const bl_member list_tables_members[] = {
    MEMBER_WITH(limit, "Limit", bl_shape_integer, .rule = BL_RULE_RANGE, .low = 1, .high = 100),
    MEMBER_WITH(name, "ExclusiveStartTableName", bl_shape_text, .rule = BL_RULE_NAME, .low = BL_NAME_START_TABLE),
};
static const bl_member list_tags_members[] = {
    MEMBER(name, "ResourceArn", bl_shape_text),
};

const bl_shape bl_shape_create_table = BL_STRUCT(bl_in_table, BL_JAVA_PACKAGE "CreateTableInput", create_table_members);
const bl_shape bl_shape_update_table = BL_STRUCT(bl_in_table, BL_JAVA_PACKAGE "UpdateTableInput", update_table_members);
const bl_shape bl_shape_table_name = BL_STRUCT(bl_in_table, BL_JAVA_PACKAGE "TableInput", table_name_members);
const bl_shape bl_shape_list_tables = BL_STRUCT(bl_in_table, BL_JAVA_PACKAGE "ListTablesInput", list_tables_members);
const bl_shape bl_shape_list_tags = BL_STRUCT(bl_in_table, BL_JAVA_PACKAGE "ListTagsInput", list_tags_members);
