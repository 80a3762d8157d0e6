/* The operations by name. */
#include "wire/wire.h"

static const char *const names[BL_WIRE_OPERATION_COUNT] = {
    [BL_WIRE_CREATE_TABLE] = "CreateTable",
    [BL_WIRE_DESCRIBE_TABLE] = "DescribeTable",
    [BL_WIRE_LIST_TABLES] = "ListTables",
    [BL_WIRE_UPDATE_TABLE] = "UpdateTable",
    [BL_WIRE_DELETE_TABLE] = "DeleteTable",
    [BL_WIRE_GET_ITEM] = "GetItem",
    [BL_WIRE_BATCH_GET_ITEM] = "BatchGetItem",
    [BL_WIRE_PUT_ITEM] = "PutItem",
    [BL_WIRE_UPDATE_ITEM] = "UpdateItem",
    [BL_WIRE_DELETE_ITEM] = "DeleteItem",
    [BL_WIRE_BATCH_WRITE_ITEM] = "BatchWriteItem",
    [BL_WIRE_QUERY] = "Query",
    [BL_WIRE_SCAN] = "Scan",
    [BL_WIRE_DESCRIBE_LIMITS] = "DescribeLimits",
    [BL_WIRE_DESCRIBE_ENDPOINTS] = "DescribeEndpoints",
    [BL_WIRE_DESCRIBE_TIME_TO_LIVE] = "DescribeTimeToLive",
    [BL_WIRE_DESCRIBE_CONTINUOUS_BACKUPS] = "DescribeContinuousBackups",
    [BL_WIRE_LIST_TAGS_OF_RESOURCE] = "ListTagsOfResource",
};

const char *bl_wire_operation_name(bl_wire_operation operation)
{
    return (unsigned)operation < BL_WIRE_OPERATION_COUNT ? names[operation] : "?";
}

bool bl_wire_operation_of_target(const char *target, bl_wire_operation *out)
{
    static const char prefix[] = BL_WIRE_TARGET_PREFIX;
    if (strncmp(target, prefix, sizeof prefix - 1) != 0)
        return false;
    for (size_t i = 0; i < BL_COUNT_OF(names); i++) {
        if (strcmp(target + sizeof prefix - 1, names[i]) == 0) {
            *out = (bl_wire_operation)i;
            return true;
        }
    }
    return false;
}
