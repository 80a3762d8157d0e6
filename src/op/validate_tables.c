/* CreateTable, UpdateTable and ListTables: constraints of the service model first, all told at once; then the rules
   between the parts, of which the first broken one is told. Words of UpdateTable, and the order of CreateTable's rules, are
   those that the ack-api-quirks lab recorded from the service in October 2026 where older suites lack them or differ. */
#include <stdio.h>

#include "op/tables_private.h"

#define INVALID "One or more parameter values were invalid: "

/* The two kinds of indexes, for what is alike in them. */
typedef struct index_list {
    const bloop_index_definition *indexes;
    size_t count, max;
    const char *where;    /* in violations */
    const char *too_many; /* the message */
    const char *kind;
    bool local;
} index_list;

typedef bloop_status rule(const bloop_table_definition *table, const bl_table_faults *faults);

static const bl_key_faults no_key_faults;

static bloop_status check_constraints(const bloop_table_definition *table, const bl_table_faults *faults);
static bloop_status check_billing(const bloop_table_definition *table, const bl_table_faults *faults);
static bloop_status check_definitions(const bloop_table_definition *table, const bl_table_faults *faults);
static bloop_status check_key(const bloop_table_definition *table, const bl_table_faults *faults);
static bloop_status check_index_keys(const bloop_table_definition *table, const bl_table_faults *faults);
static bloop_status check_local_indexes(const bloop_table_definition *table, const bl_table_faults *faults);
static bloop_status check_global_indexes(const bloop_table_definition *table, const bl_table_faults *faults);
static bloop_status check_included_total(const bloop_table_definition *table, const bl_table_faults *faults);
static bloop_status check_definitions_used(const bloop_table_definition *table, const bl_table_faults *faults);
static void list_indexes(const bloop_table_definition *table, index_list lists[2]);
static bloop_status check_indexes(const bloop_table_definition *table, const index_list *list,
                                  const bl_key_faults *faults, bool empty);
static const bl_key_faults *fault_of(const bl_key_faults *faults, size_t index);
static bloop_status check_local(const bloop_table_definition *table, const bloop_index_definition *index);
static bloop_status check_global(const bloop_table_definition *table, const bloop_index_definition *index);
static bool named_before(const bloop_table_definition *table, const bloop_index_definition *index);
static bool key_uses(const char *hash_key, const char *range_key, const char *name);
static bool is_used(const bloop_table_definition *table, const char *name);
static void violations_of_update(bl_violations *v, const bloop_update_table_request *r);
static bloop_status check_combination(const bloop_update_table_request *r);
static bloop_status check_index_updates(const bloop_update_table_request *r, const bl_key_faults *faults);

/* In the service's order. */
static rule *const rules[] = {
    check_constraints,   check_billing,        check_definitions,
    check_key,           check_index_keys,     check_definitions_used,
    check_local_indexes, check_global_indexes, check_included_total,
};

bloop_status bl_op_check_create_table(const bloop_table_definition *table)
{
    static const bl_table_faults none;
    return bl_op_check_new_table(table, &none);
}

bloop_status bl_op_check_new_table(const bloop_table_definition *table, const bl_table_faults *faults)
{
    if (!table->name)
        return bl_error(BLOOP_VALIDATION, "The parameter 'TableName' is required but was not present in the request");
    for (size_t i = 0; i < BL_COUNT_OF(rules); i++) {
        bloop_status status = rules[i](table, faults);
        if (status != BLOOP_OK)
            return status;
    }
    return BLOOP_OK;
}

bloop_status bl_op_check_update_table(const bloop_update_table_request *r)
{
    return bl_op_check_new_index(r, &no_key_faults);
}

bloop_status bl_op_check_new_index(const bloop_update_table_request *r, const bl_key_faults *faults)
{
    if (!r->table)
        return bl_error(BLOOP_VALIDATION, "The parameter 'TableName' is required but was not present in the request");
    bl_violations v;
    v.count = 0, v.length = 0;
    violations_of_update(&v, r);
    bloop_status status = bl_violations_end(&v);
    if (status != BLOOP_OK)
        return status;
    if (!r->set_throughput && !r->set_billing && !r->set_stream && !r->set_deletion_protection && !r->create_index &&
        !r->delete_index && !r->update_index)
        return bl_error(BLOOP_VALIDATION,
                        "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
                        "GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, "
                        "ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, "
                        "WarmThroughput or TableClass is required");
    status = check_combination(r);
    if (status != BLOOP_OK)
        return status;
    if (r->set_billing && r->billing == BLOOP_BILLING_PROVISIONED && !r->set_throughput)
        return bl_error(BLOOP_VALIDATION,
                        INVALID "ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
    if (r->set_billing && r->billing == BLOOP_BILLING_PAY_PER_REQUEST && r->set_throughput)
        return bl_error(BLOOP_VALIDATION, INVALID "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified "
                                                  "when BillingMode is PAY_PER_REQUEST");
    if (r->set_throughput)
        status = bl_op_check_units(r->throughput);
    return status == BLOOP_OK ? check_index_updates(r, faults) : status;
}

bloop_status bl_op_check_list_tables(const bloop_list_tables_request *request)
{
    bl_violations v;
    v.count = 0, v.length = 0;
    if (request->exclusive_start)
        bl_violation_of_name(&v, BL_NAME_START_TABLE, request->exclusive_start, "exclusiveStartTableName");
    if (request->limit)
        bl_violation_of_number(&v, request->limit, 1, 100, "limit");
    return bl_violations_end(&v);
}

static bloop_status check_constraints(const bloop_table_definition *table, const bl_table_faults *faults)
{
    (void)faults;
    bl_violations v;
    v.count = 0, v.length = 0;
    bl_violations_of_attributes(&v, table->attributes, table->attribute_count);
    bl_violation_of_name(&v, BL_NAME_NEW_TABLE, table->name, "tableName");
    bl_violation_of_billing(&v, table->billing);
    if (bl_throughput_given(table->throughput))
        bl_violations_of_throughput(&v, table->throughput, "provisionedThroughput");
    bl_violations_of_key(&v, table->hash_key, table->range_key, "keySchema");
    index_list lists[2];
    list_indexes(table, lists);
    for (size_t i = 0; i < BL_COUNT_OF(lists); i++) {
        for (size_t k = 0; k < lists[i].count; k++) {
            char where[64];
            snprintf(where, sizeof where, "%s.%zu.member", lists[i].where, k + 1);
            bl_violations_of_index(&v, &lists[i].indexes[k], where);
        }
    }
    bl_violation_of_view_type(&v, table->stream);
    return bl_violations_end(&v);
}

static bloop_status check_billing(const bloop_table_definition *table, const bl_table_faults *faults)
{
    (void)faults;
    bool given = bl_throughput_given(table->throughput);
    if (table->billing == BLOOP_BILLING_PAY_PER_REQUEST && given)
        return bl_error(BLOOP_VALIDATION, INVALID "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified "
                                                  "when BillingMode is PAY_PER_REQUEST");
    if (table->billing == BLOOP_BILLING_PROVISIONED && !given)
        return bl_error(BLOOP_VALIDATION, INVALID "ReadCapacityUnits and WriteCapacityUnits must both be specified "
                                                  "when BillingMode is PROVISIONED");
    return bl_op_check_units(table->throughput);
}

static bloop_status check_definitions(const bloop_table_definition *table, const bl_table_faults *faults)
{
    (void)faults;
    for (size_t i = 1; i < table->attribute_count; i++) {
        const char *name = table->attributes[i].name;
        if (bl_attribute_defined(table->attributes, i, name))
            return bl_error(BLOOP_VALIDATION, "Attribute Name is duplicated: %s", name);
    }
    return BLOOP_OK;
}

static bloop_status check_key(const bloop_table_definition *table, const bl_table_faults *faults)
{
    size_t keys = table->range_key ? 2 : 1;
    if (keys > table->attribute_count)
        return bl_error(BLOOP_VALIDATION, "Invalid KeySchema: Some index key attribute have no definition");
    bloop_status status = bl_check_key_schema(table->hash_key, table->range_key, table->attributes,
                                              table->attribute_count, &faults->table);
    if (status != BLOOP_OK)
        return status;
    bool indexed = table->global_index_count || table->local_index_count || faults->empty_local || faults->empty_global;
    if (!indexed && keys != table->attribute_count)
        return bl_error(BLOOP_VALIDATION, INVALID "Number of attributes in KeySchema does not exactly match number of "
                                                  "attributes defined in AttributeDefinitions");
    return BLOOP_OK;
}

static bloop_status check_index_keys(const bloop_table_definition *table, const bl_table_faults *faults)
{
    const bl_key_faults *of_keys[] = { faults->local, faults->global };
    index_list lists[2];
    list_indexes(table, lists);
    if (table->local_index_count && !table->range_key)
        return bl_error(BLOOP_VALIDATION, INVALID "Table KeySchema does not have a range key, which is required when "
                                                  "specifying a LocalSecondaryIndex");
    for (size_t i = 0; i < BL_COUNT_OF(lists); i++) {
        for (size_t k = 0; k < lists[i].count; k++) {
            const bloop_index_definition *index = &lists[i].indexes[k];
            bloop_status status = bl_check_key_schema(index->hash_key, index->range_key, table->attributes,
                                                      table->attribute_count, fault_of(of_keys[i], k));
            if (status != BLOOP_OK)
                return status;
        }
    }
    return BLOOP_OK;
}

static const bl_key_faults *fault_of(const bl_key_faults *faults, size_t index)
{
    return faults ? &faults[index] : &no_key_faults;
}

static bloop_status check_local_indexes(const bloop_table_definition *table, const bl_table_faults *faults)
{
    index_list lists[2];
    list_indexes(table, lists);
    return check_indexes(table, &lists[0], faults->local, faults->empty_local);
}

static bloop_status check_global_indexes(const bloop_table_definition *table, const bl_table_faults *faults)
{
    index_list lists[2];
    list_indexes(table, lists);
    return check_indexes(table, &lists[1], faults->global, faults->empty_global);
}

/* Developer guide, "Service quotas: projected secondary index attributes per table": 100 in all indexes together. */
static bloop_status check_included_total(const bloop_table_definition *table, const bl_table_faults *faults)
{
    (void)faults;
    index_list lists[2];
    list_indexes(table, lists);
    size_t total = 0;
    for (size_t i = 0; i < BL_COUNT_OF(lists); i++) {
        for (size_t k = 0; k < lists[i].count; k++)
            total += lists[i].indexes[k].include_count;
    }
    if (total <= BL_MAX_INCLUDED)
        return BLOOP_OK;
    return bl_error(BLOOP_VALIDATION, INVALID "Number of NonKeyAttributes of all indexes exceeds per-table limit of %d",
                    BL_MAX_INCLUDED);
}

/* Before the rules of indexes but those of their keys, and but for that which an empty list of indexes breaks. */
static bloop_status check_definitions_used(const bloop_table_definition *table, const bl_table_faults *faults)
{
    if (faults->empty_local || faults->empty_global)
        return BLOOP_OK;
    char space[512];
    bl_buffer all = { 0 }, used = { 0 };
    bl_buffer_use(&all, space, sizeof space / 2);
    bl_buffer_use(&used, space + sizeof space / 2, sizeof space / 2);
    bloop_status status = BLOOP_OK;
    bool unused = false;
    for (size_t i = 0; i < table->attribute_count; i++) {
        const char *name = table->attributes[i].name;
        bool is = is_used(table, name);
        unused = unused || !is;
        bl_buffer_format(&all, "%s%.60s", all.size ? ", " : "", name);
        if (is)
            bl_buffer_format(&used, "%s%.60s", used.size ? ", " : "", name);
    }
    if (unused)
        status = all.status != BLOOP_OK || used.status != BLOOP_OK
                     ? BLOOP_NO_MEMORY
                     : bl_error(BLOOP_VALIDATION,
                                INVALID "Some AttributeDefinitions are not used. AttributeDefinitions: [%.*s], keys "
                                        "used: [%.*s]",
                                (int)all.size, (const char *)all.data, (int)used.size, (const char *)used.data);
    bl_buffer_free(&all);
    bl_buffer_free(&used);
    return status;
}

static void list_indexes(const bloop_table_definition *table, index_list lists[2])
{
    lists[0] = (index_list){ .indexes = table->local_indexes,
                             .count = table->local_index_count,
                             .max = BL_MAX_LOCAL_INDEXES,
                             .where = "localSecondaryIndexes",
                             .too_many = "Number of LocalSecondaryIndexes exceeds per-table limit of 5",
                             .kind = "LocalSecondaryIndexes",
                             .local = true };
    lists[1] = (index_list){ .indexes = table->global_indexes,
                             .count = table->global_index_count,
                             .max = BL_MAX_GLOBAL_INDEXES,
                             .where = "globalSecondaryIndexes",
                             .too_many = "GlobalSecondaryIndex count exceeds the per-table limit of 20",
                             .kind = "GlobalSecondaryIndexes" };
}

static bloop_status check_indexes(const bloop_table_definition *table, const index_list *list,
                                  const bl_key_faults *faults, bool empty)
{
    if (empty)
        return bl_error(BLOOP_VALIDATION, INVALID "List of %s is empty", list->kind);
    for (size_t i = 0; i < list->count; i++) {
        const bloop_index_definition *index = &list->indexes[i];
        bloop_status status = list->local ? check_local(table, index) : BLOOP_OK;
        if (status == BLOOP_OK)
            status = bl_check_index_projection(index, fault_of(faults, i));
        if (status == BLOOP_OK && !list->local)
            status = check_global(table, index);
        if (status == BLOOP_OK && named_before(table, index))
            status = bl_error(BLOOP_VALIDATION, INVALID "Duplicate index name: %s", index->name);
        if (status != BLOOP_OK)
            return status;
    }
    if (list->count > list->max)
        return bl_error(BLOOP_VALIDATION, INVALID "%s", list->too_many);
    return BLOOP_OK;
}

static bloop_status check_local(const bloop_table_definition *table, const bloop_index_definition *index)
{
    if (!index->range_key)
        return bl_error(BLOOP_VALIDATION, INVALID "Index KeySchema does not have a range key for index: %s",
                        index->name);
    if (strcmp(index->hash_key, table->hash_key) != 0)
        return bl_error(BLOOP_VALIDATION,
                        INVALID "Index KeySchema does not have the same leading hash key as table KeySchema for "
                                "index: %s. index hash key: %s, table hash key: %s",
                        index->name, index->hash_key, table->hash_key);
    return BLOOP_OK;
}

static bloop_status check_global(const bloop_table_definition *table, const bloop_index_definition *index)
{
    bool given = bl_throughput_given(index->throughput);
    if (table->billing == BLOOP_BILLING_PAY_PER_REQUEST && given)
        return bl_error(BLOOP_VALIDATION,
                        INVALID "ProvisionedThroughput should not be specified for index: %s when BillingMode is "
                                "PAY_PER_REQUEST",
                        index->name);
    if (table->billing == BLOOP_BILLING_PROVISIONED && !given)
        return bl_error(BLOOP_VALIDATION, INVALID "ProvisionedThroughput is not specified for index: %s", index->name);
    return bl_op_check_units(index->throughput);
}

/* Whether an index that is checked earlier has this one's name. */
static bool named_before(const bloop_table_definition *table, const bloop_index_definition *index)
{
    index_list lists[2];
    list_indexes(table, lists);
    for (size_t i = 0; i < BL_COUNT_OF(lists); i++) {
        for (size_t k = 0; k < lists[i].count; k++) {
            if (&lists[i].indexes[k] == index)
                return false;
            if (strcmp(lists[i].indexes[k].name, index->name) == 0)
                return true;
        }
    }
    return false;
}

static bool key_uses(const char *hash_key, const char *range_key, const char *name)
{
    return strcmp(hash_key, name) == 0 || (range_key && strcmp(range_key, name) == 0);
}

static bool is_used(const bloop_table_definition *table, const char *name)
{
    bool used = key_uses(table->hash_key, table->range_key, name);
    index_list lists[2];
    list_indexes(table, lists);
    for (size_t i = 0; i < BL_COUNT_OF(lists); i++) {
        for (size_t k = 0; k < lists[i].count && !used; k++)
            used = key_uses(lists[i].indexes[k].hash_key, lists[i].indexes[k].range_key, name);
    }
    return used;
}

static void violations_of_update(bl_violations *v, const bloop_update_table_request *r)
{
    const char *updates = "globalSecondaryIndexUpdates.1.member";
    char where[96];
    bl_violations_of_attributes(v, r->attributes, r->attribute_count);
    bl_violation_of_name(v, BL_NAME_TABLE, r->table, "tableName");
    if (r->set_billing)
        bl_violation_of_billing(v, r->billing);
    if (r->set_throughput)
        bl_violations_of_throughput(v, r->throughput, "provisionedThroughput");
    if (r->update_index) {
        bl_violation_of_name(v, BL_NAME_INDEX, r->update_index, "%s.update.indexName", updates);
        snprintf(where, sizeof where, "%s.update.provisionedThroughput", updates);
        bl_violations_of_throughput(v, r->index_throughput, where);
    }
    if (r->create_index) {
        snprintf(where, sizeof where, "%s.create", updates);
        bl_violations_of_index(v, r->create_index, where);
    }
    if (r->delete_index)
        bl_violation_of_name(v, BL_NAME_INDEX, r->delete_index, "%s.delete.indexName", updates);
    if (r->set_stream)
        bl_violation_of_view_type(v, r->stream);
}

/* The service changes one thing at a time; only a billing mode goes with others. */
static bloop_status check_combination(const bloop_update_table_request *r)
{
    bool index = r->create_index || r->delete_index;
    bool units = r->set_throughput || (r->set_billing && r->billing == BLOOP_BILLING_PROVISIONED);
    bool others = r->set_billing || units || r->set_stream || index || r->update_index;
    const char *refusal = NULL;
    if (r->set_deletion_protection && others)
        refusal = "DeletionProtection modification must be the only operation in the request";
    else if (units && r->set_stream)
        refusal = "You cannot modify stream status while updating table IOPS";
    else if (r->set_throughput && index)
        refusal = "You cannot create or delete index while updating table IOPS";
    else if (r->set_stream && index)
        refusal = "You cannot create or delete index while changing stream status";
    return refusal ? bl_error(BLOOP_VALIDATION, INVALID "%s", refusal) : BLOOP_OK;
}

static bloop_status check_index_updates(const bloop_update_table_request *r, const bl_key_faults *faults)
{
    const char *names[] = { r->update_index, r->create_index ? r->create_index->name : NULL, r->delete_index };
    for (size_t i = 1; i < BL_COUNT_OF(names); i++) {
        for (size_t j = 0; j < i; j++) {
            if (names[i] && names[j] && strcmp(names[i], names[j]) == 0)
                return bl_error(BLOOP_VALIDATION,
                                INVALID "Only one global secondary index update per index is allowed simultaneously. "
                                        "Index: %s",
                                names[i]);
        }
    }
    if (r->create_index && r->delete_index)
        return bl_error(BLOOP_LIMIT_EXCEEDED, "Subscriber limit exceeded: Only 1 online index can be created or "
                                              "deleted simultaneously per table");
    bloop_status status = BLOOP_OK;
    if (r->create_index && r->attribute_count == 0)
        status = bl_error(BLOOP_VALIDATION, INVALID "AttributeDefinitions is not specified for index: %s",
                          r->create_index->name);
    if (status == BLOOP_OK && r->create_index) {
        status = bl_check_key_schema(r->create_index->hash_key, r->create_index->range_key, r->attributes,
                                     r->attribute_count, faults);
        if (status == BLOOP_OK)
            status = bl_check_index_projection(r->create_index, faults);
        if (status == BLOOP_OK)
            status = bl_op_check_units(r->create_index->throughput);
    }
    return status;
}
