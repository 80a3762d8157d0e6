/* CreateTable, UpdateTable and ListTables: what is refused, and in which order. Words: nubo-db's conformance suite
   (tier3/error-messages/createTable), architect/dynalite's test/createTable.js and test/updateTable.js; "are not used" is in
   aws-cloudformation's and moto's suites. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "op/op.h"
#include "support/fail_alloc.h"

#define INVALID "One or more parameter values were invalid: "
#define ONE     "1 validation error detected: "
#define FAILED  "failed to satisfy constraint: "

typedef bloop_table_definition table;
typedef bloop_index_definition index_definition;

static const bloop_attribute_definition abcd[] = {
    { "a", BLOOP_TAG_S }, { "b", BLOOP_TAG_N }, { "c", BLOOP_TAG_B }, { "d", BLOOP_TAG_S }
};
static const char *const twenty_one[] = { "p00", "p01", "p02", "p03", "p04", "p05", "p06", "p07", "p08", "p09", "p10",
                                          "p11", "p12", "p13", "p14", "p15", "p16", "p17", "p18", "p19", "p20" };

static const char *const p_q_p[] = { "p", "q", "p" };
static const bloop_attribute_definition ill_defined[] = { { NULL, BLOOP_TAG_NONE }, { "b", BLOOP_TAG_SS } };
static const index_definition new_index = { .name = "xyz", .hash_key = "b", .throughput = { 5, 5 } };
static const index_definition bare_index = { .name = "xyz", .hash_key = "b", .projection = BLOOP_PROJECT_INCLUDE };

#define UNITS       .throughput = { 5, 5 }
#define DEFINED(n)  .attributes = abcd, .attribute_count = (n)
#define GLOBAL(...) .global_indexes = (const index_definition[]){ __VA_ARGS__ }, .global_index_count = 1
#define LOCAL(...)  .local_indexes = (const index_definition[]){ __VA_ARGS__ }, .local_index_count = 1

static void expect_create(const table *t, const char *message)
{
    bloop_status status = bl_op_check_create_table(t);
    if (status != (message ? BLOOP_VALIDATION : BLOOP_OK))
        fail_msg("status %d (%s), expected: %s", (int)status, bloop_last_error()->message, message ? message : "none");
    if (message)
        assert_string_equal(bloop_last_error()->message, message);
}

static void well_formed(void **state)
{
    (void)state;
    const table cases[] = {
        { .name = "abc", .hash_key = "a", DEFINED(1), UNITS },
        { .name = "abc", .hash_key = "a", DEFINED(1), .billing = BLOOP_BILLING_PAY_PER_REQUEST },
        { .name = "abc", .hash_key = "a", .range_key = "b", DEFINED(2), .throughput = { 1, INT64_C(1000000000000) } },
        { .name = "abc", .hash_key = "a", DEFINED(2), UNITS, GLOBAL({ .name = "xyz", .hash_key = "b", UNITS }) },
        { .name = "abc",
          .hash_key = "a",
          DEFINED(2),
          .billing = BLOOP_BILLING_PAY_PER_REQUEST,
          GLOBAL({ .name = "xyz",
                   .hash_key = "b",
                   .range_key = "a",
                   .projection = BLOOP_PROJECT_INCLUDE,
                   .include = twenty_one,
                   .include_count = 20 }) },
        { .name = "abc",
          .hash_key = "a",
          .range_key = "b",
          DEFINED(3),
          UNITS,
          LOCAL({ .name = "xyz", .hash_key = "a", .range_key = "c", .projection = BLOOP_PROJECT_KEYS_ONLY }),
          .stream = BLOOP_VIEW_NEW_AND_OLD_IMAGES,
          .deletion_protection = true },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++)
        expect_create(&cases[i], NULL);
}

static const struct {
    table t;
    const char *message;
} broken_constraints[] = {
    { { .hash_key = "a", DEFINED(1), UNITS },
      "The parameter 'TableName' is required but was not present in the request" },
    { { .name = "ab", .hash_key = "a", DEFINED(1), UNITS },
      ONE "Value 'ab' at 'tableName' " FAILED "Member must have length greater than or equal to 3" },
    { { .name = "abc;", .hash_key = "a", DEFINED(1), UNITS },
      ONE "Value 'abc;' at 'tableName' " FAILED "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+" },
    { { .name = "abc", DEFINED(1), UNITS },
      ONE "Value '[]' at 'keySchema' " FAILED "Member must have length greater than or equal to 1" },
    { { .name = "abc", .hash_key = "a", DEFINED(1), .throughput = { -1, -1 } },
      "2 validation errors detected: Value '-1' at 'provisionedThroughput.writeCapacityUnits' " FAILED
      "Member must have value greater than or equal to 1; Value '-1' at "
      "'provisionedThroughput.readCapacityUnits' " FAILED "Member must have value greater than or equal to 1" },
    { { .name = "abc", .hash_key = "a", DEFINED(1), .throughput = { 5, 0 } },
      ONE "Value '0' at 'provisionedThroughput.writeCapacityUnits' " FAILED
          "Member must have value greater than or equal to 1" },
    { { .name = "abc", .hash_key = "a", .attributes = ill_defined, .attribute_count = 2, UNITS },
      "3 validation errors detected: Value null at 'attributeDefinitions.1.member.attributeName' " FAILED
      "Member must not be null; Value null at 'attributeDefinitions.1.member.attributeType' " FAILED
      "Member must not be null; Value 'SS' at 'attributeDefinitions.2.member.attributeType' " FAILED
      "Member must satisfy enum value set: [B, N, S]" },
    { { .name = "abc", .hash_key = "", DEFINED(1), UNITS },
      ONE "Value '' at 'keySchema.1.member.attributeName' " FAILED
          "Member must have length greater than or equal to 1" },
    { { .name = "abc", .hash_key = "a", DEFINED(2), UNITS, GLOBAL({ .name = "x;", .hash_key = "b", UNITS }) },
      "2 validation errors detected: Value 'x;' at 'globalSecondaryIndexes.1.member.indexName' " FAILED
      "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value 'x;' at "
      "'globalSecondaryIndexes.1.member.indexName' " FAILED "Member must have length greater than or equal to 3" },
    { { .name = "abc", .hash_key = "a", DEFINED(2), UNITS, GLOBAL({ .name = "xyz", UNITS }) },
      ONE "Value '[]' at 'globalSecondaryIndexes.1.member.keySchema' " FAILED
          "Member must have length greater than or equal to 1" },
    { { .name = "abc",
        .hash_key = "a",
        DEFINED(2),
        UNITS,
        GLOBAL({ .name = "xyz",
                 .hash_key = "b",
                 .projection = BLOOP_PROJECT_INCLUDE,
                 .include = twenty_one,
                 .include_count = 21,
                 UNITS }) },
      ONE "Value '[p00, p01, p02, p03, p04, p05, p06, p07]' at "
          "'globalSecondaryIndexes.1.member.projection.nonKeyAttributes' " FAILED
          "Member must have length less than or equal to 20" },
    { { .name = "abc", .hash_key = "a", .range_key = "b", DEFINED(2), UNITS, LOCAL({ .range_key = "b" }) },
      "2 validation errors detected: Value null at 'localSecondaryIndexes.1.member.indexName' " FAILED
      "Member must not be null; Value '[]' at 'localSecondaryIndexes.1.member.keySchema' " FAILED
      "Member must have length greater than or equal to 1" },
    { { .name = "abc", .hash_key = "a", DEFINED(1), UNITS, .billing = (bloop_billing_mode)7 },
      ONE "Value '?' at 'billingMode' " FAILED "Member must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]" },
};

static void constraints(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(broken_constraints); i++)
        expect_create(&broken_constraints[i].t, broken_constraints[i].message);
}

static const struct {
    table t;
    const char *message;
} broken_rules[] = {
    { { .name = "abc", .hash_key = "a", DEFINED(1) },
      INVALID "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED" },
    { { .name = "abc", .hash_key = "a", DEFINED(1), UNITS, .billing = BLOOP_BILLING_PAY_PER_REQUEST },
      INVALID "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
              "PAY_PER_REQUEST" },
    { { .name = "abc", .hash_key = "a", DEFINED(1), .throughput = { INT64_C(1000000000001), INT64_C(1000000000001) } },
      "Given value 1000000000001 for ReadCapacityUnits is out of bounds" },
    { { .name = "abc", .hash_key = "a", DEFINED(1), .throughput = { 1, INT64_C(1000000000001) } },
      "Given value 1000000000001 for WriteCapacityUnits is out of bounds" },
    { { .name = "abc", .hash_key = "a", UNITS }, "Invalid KeySchema: Some index key attribute have no definition" },
    { { .name = "abc", .hash_key = "a", .range_key = "a", DEFINED(1), UNITS },
      "Invalid KeySchema: Some index key attribute have no definition" },
    { { .name = "abc", .hash_key = "z", DEFINED(1), UNITS },
      INVALID "Some index key attributes are not defined in AttributeDefinitions. Keys: [z], AttributeDefinitions: "
              "[a]" },
    { { .name = "abc", .hash_key = "a", .range_key = "z", DEFINED(2), UNITS },
      INVALID "Some index key attributes are not defined in AttributeDefinitions. Keys: [a, z], "
              "AttributeDefinitions: [a, b]" },
    { { .name = "abc", .hash_key = "a", .range_key = "a", DEFINED(2), UNITS },
      "Both the Hash Key and the Range Key element in the KeySchema have the same name" },
    { { .name = "abc", .hash_key = "a", DEFINED(2), UNITS },
      INVALID "Number of attributes in KeySchema does not exactly match number of attributes defined in "
              "AttributeDefinitions" },
    { { .name = "abc",
        .hash_key = "a",
        DEFINED(2),
        UNITS,
        LOCAL({ .name = "xyz", .hash_key = "a", .range_key = "b" }) },
      INVALID "Table KeySchema does not have a range key, which is required when specifying a "
              "LocalSecondaryIndex" },
    /* Before what is wrong with the keys of that index; and definitions that are not used before the rest of it. */
    { { .name = "abc",
        .hash_key = "a",
        DEFINED(2),
        UNITS,
        LOCAL({ .name = "xyz", .hash_key = "a", .range_key = "q" }) },
      INVALID "Table KeySchema does not have a range key, which is required when specifying a "
              "LocalSecondaryIndex" },
    { { .name = "abc",
        .hash_key = "a",
        DEFINED(2),
        UNITS,
        GLOBAL({ .name = "xyz", .hash_key = "a", .projection = BLOOP_PROJECT_INCLUDE }) },
      INVALID "Some AttributeDefinitions are not used. AttributeDefinitions: [a, b], keys used: [a]" },
    { { .name = "abc",
        .hash_key = "a",
        .range_key = "b",
        DEFINED(2),
        UNITS,
        LOCAL({ .name = "xyz", .hash_key = "a" }) },
      INVALID "Index KeySchema does not have a range key for index: xyz" },
    { { .name = "abc",
        .hash_key = "a",
        .range_key = "b",
        DEFINED(3),
        UNITS,
        LOCAL({ .name = "xyz", .hash_key = "c", .range_key = "b" }) },
      INVALID "Index KeySchema does not have the same leading hash key as table KeySchema for index: xyz. index "
              "hash key: c, table hash key: a" },
    { { .name = "abc", .hash_key = "a", DEFINED(2), UNITS, GLOBAL({ .name = "xyz", .hash_key = "q", UNITS }) },
      INVALID "Some index key attributes are not defined in AttributeDefinitions. Keys: [q], AttributeDefinitions: "
              "[a, b]" },
    { { .name = "abc",
        .hash_key = "a",
        DEFINED(2),
        UNITS,
        GLOBAL({ .name = "xyz", .hash_key = "b", .range_key = "b", UNITS }) },
      "Both the Hash Key and the Range Key element in the KeySchema have the same name" },
    { { .name = "abc",
        .hash_key = "a",
        DEFINED(2),
        UNITS,
        GLOBAL({ .name = "xyz", .hash_key = "b", .projection = BLOOP_PROJECT_INCLUDE, UNITS }) },
      INVALID "ProjectionType is INCLUDE, but NonKeyAttributes is not specified" },
    { { .name = "abc",
        .hash_key = "a",
        DEFINED(2),
        UNITS,
        GLOBAL({ .name = "xyz", .hash_key = "b", .include = p_q_p, .include_count = 1, UNITS }) },
      INVALID "ProjectionType is ALL, but NonKeyAttributes is specified" },
    { { .name = "abc",
        .hash_key = "a",
        DEFINED(2),
        UNITS,
        GLOBAL({ .name = "xyz",
                 .hash_key = "b",
                 .projection = BLOOP_PROJECT_KEYS_ONLY,
                 .include = p_q_p,
                 .include_count = 1,
                 UNITS }) },
      INVALID "ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified" },
    { { .name = "abc",
        .hash_key = "a",
        DEFINED(2),
        UNITS,
        GLOBAL({ .name = "xyz",
                 .hash_key = "b",
                 .projection = BLOOP_PROJECT_INCLUDE,
                 .include = p_q_p,
                 .include_count = 3,
                 UNITS }) },
      INVALID "Duplicate element in NonKeyAttributes: p" },
    { { .name = "abc", .hash_key = "a", DEFINED(2), UNITS, GLOBAL({ .name = "xyz", .hash_key = "b" }) },
      INVALID "ProvisionedThroughput is not specified for index: xyz" },
    { { .name = "abc",
        .hash_key = "a",
        DEFINED(2),
        .billing = BLOOP_BILLING_PAY_PER_REQUEST,
        GLOBAL({ .name = "xyz", .hash_key = "b", UNITS }) },
      INVALID "ProvisionedThroughput should not be specified for index: xyz when BillingMode is PAY_PER_REQUEST" },
    { { .name = "abc",
        .hash_key = "a",
        .range_key = "b",
        DEFINED(3),
        UNITS,
        LOCAL({ .name = "xyz", .hash_key = "a", .range_key = "c" }),
        GLOBAL({ .name = "xyz", .hash_key = "b", UNITS }) },
      INVALID "Duplicate index name: xyz" },
    { { .name = "abc", .hash_key = "a", DEFINED(4), UNITS, GLOBAL({ .name = "xyz", .hash_key = "c", UNITS }) },
      INVALID "Some AttributeDefinitions are not used. AttributeDefinitions: [a, b, c, d], keys used: [a, c]" },
};

static void rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(broken_rules); i++)
        expect_create(&broken_rules[i].t, broken_rules[i].message);
}

static void repeated_definition(void **state)
{
    (void)state;
    const bloop_attribute_definition twice[] = { { "a", BLOOP_TAG_S }, { "b", BLOOP_TAG_S }, { "a", BLOOP_TAG_N } };
    table t = { .name = "abc",
                .hash_key = "a",
                .attributes = twice,
                .attribute_count = 3,
                UNITS,
                GLOBAL({ .name = "xyz", .hash_key = "b", UNITS }) };
    expect_create(&t, "Attribute Name is duplicated: a");
    t.global_index_count = 0;
    expect_create(&t, "Attribute Name is duplicated: a");
}

static void numbers_of_indexes(void **state)
{
    (void)state;
    enum { MANY = BL_MAX_GLOBAL_INDEXES + 1 };
    index_definition globals[MANY], locals[BL_MAX_LOCAL_INDEXES + 1];
    char names[MANY + BL_MAX_LOCAL_INDEXES + 1][16];
    for (int i = 0; i < MANY + BL_MAX_LOCAL_INDEXES + 1; i++)
        snprintf(names[i], sizeof names[i], "i%03d", i);
    for (int i = 0; i < MANY; i++)
        globals[i] = (index_definition){ .name = names[i], .hash_key = "b" };
    for (int i = 0; i <= BL_MAX_LOCAL_INDEXES; i++)
        locals[i] = (index_definition){ .name = names[MANY + i], .hash_key = "a", .range_key = "c" };
    table t = { .name = "abc",
                .hash_key = "a",
                .range_key = "b",
                DEFINED(3),
                .billing = BLOOP_BILLING_PAY_PER_REQUEST,
                .global_indexes = globals,
                .global_index_count = BL_MAX_GLOBAL_INDEXES,
                .local_indexes = locals,
                .local_index_count = BL_MAX_LOCAL_INDEXES };
    expect_create(&t, NULL);
    t.global_index_count++;
    expect_create(&t, INVALID "GlobalSecondaryIndex count exceeds the per-table limit of 20");
    t.local_index_count++;
    expect_create(&t, INVALID "Number of LocalSecondaryIndexes exceeds per-table limit of 5");
    t.global_index_count--;
    t.local_index_count--;
    for (int i = 0; i < 5; i++) {
        globals[i].projection = BLOOP_PROJECT_INCLUDE;
        globals[i].include = twenty_one;
        globals[i].include_count = 20;
    }
    expect_create(&t, NULL);
    locals[0].projection = BLOOP_PROJECT_INCLUDE;
    locals[0].include = twenty_one;
    locals[0].include_count = 1;
    expect_create(&t, INVALID "Number of NonKeyAttributes of all indexes exceeds per-table limit of 100");
}

static const struct {
    bloop_update_table_request r;
    bloop_status status;
    const char *message;
} update_cases[] = {
    { { .table = "abc", .set_throughput = true, .throughput = { 1, 1 } }, BLOOP_OK, NULL },
    { { .table = "abc", .set_stream = true }, BLOOP_OK, NULL },
    { { .table = "abc", .set_deletion_protection = true }, BLOOP_OK, NULL },
    { { .table = "abc", .set_billing = true, .billing = BLOOP_BILLING_PAY_PER_REQUEST }, BLOOP_OK, NULL },
    { { .table = "abc", .create_index = &new_index, DEFINED(2) }, BLOOP_OK, NULL },
    { { .table = "abc", .delete_index = "xyz" }, BLOOP_OK, NULL },
    { { .table = "abc", .update_index = "xyz", .index_throughput = { 1, 1 } }, BLOOP_OK, NULL },
    { { .table = "abc", .update_index = "xyz", .index_throughput = { INT64_C(1000000000001), 1 } }, BLOOP_OK, NULL },
    { { .set_stream = true },
      BLOOP_VALIDATION,
      "The parameter 'TableName' is required but was not present in the request" },
    { { .table = "abc;", .set_stream = true },
      BLOOP_VALIDATION,
      ONE "Value 'abc;' at 'tableName' " FAILED "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+" },
    { { .table = "abc" },
      BLOOP_VALIDATION,
      "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, "
      "SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, "
      "DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required" },
    { { .table = "abc",
        .set_deletion_protection = true,
        .set_billing = true,
        .billing = BLOOP_BILLING_PAY_PER_REQUEST },
      BLOOP_VALIDATION,
      INVALID "DeletionProtection modification must be the only operation in the request" },
    { { .table = "abc", .set_deletion_protection = true, .delete_index = "xyz" },
      BLOOP_VALIDATION,
      INVALID "DeletionProtection modification must be the only operation in the request" },
    { { .table = "abc", .set_stream = true, .set_throughput = true, .throughput = { 1, 1 } },
      BLOOP_VALIDATION,
      INVALID "You cannot modify stream status while updating table IOPS" },
    { { .table = "abc", .set_stream = true, .set_billing = true, .billing = BLOOP_BILLING_PROVISIONED },
      BLOOP_VALIDATION,
      INVALID "You cannot modify stream status while updating table IOPS" },
    { { .table = "abc", .set_stream = true, .set_billing = true, .billing = BLOOP_BILLING_PAY_PER_REQUEST },
      BLOOP_OK,
      NULL },
    { { .table = "abc", .delete_index = "xyz", .set_throughput = true, .throughput = { 1, 1 } },
      BLOOP_VALIDATION,
      INVALID "You cannot create or delete index while updating table IOPS" },
    { { .table = "abc", .delete_index = "xyz", .set_stream = true },
      BLOOP_VALIDATION,
      INVALID "You cannot create or delete index while changing stream status" },
    { { .table = "abc", .delete_index = "xyz", .set_billing = true, .billing = BLOOP_BILLING_PAY_PER_REQUEST },
      BLOOP_OK,
      NULL },
    { { .table = "abc", .set_throughput = true, .throughput = { 0, 5 } },
      BLOOP_VALIDATION,
      ONE "Value '0' at 'provisionedThroughput.readCapacityUnits' " FAILED
          "Member must have value greater than or equal to 1" },
    { { .table = "abc", .set_throughput = true, .throughput = { INT64_C(1000000000001), -1 } },
      BLOOP_VALIDATION,
      ONE "Value '-1' at 'provisionedThroughput.writeCapacityUnits' " FAILED
          "Member must have value greater than or equal to 1" },
    { { .table = "abc", .set_throughput = true, .throughput = { INT64_C(1000000000001), 1 } },
      BLOOP_VALIDATION,
      "Given value 1000000000001 for ReadCapacityUnits is out of bounds" },
    { { .table = "abc", .set_billing = true },
      BLOOP_VALIDATION,
      INVALID "ProvisionedThroughput must be specified when BillingMode is PROVISIONED" },
    { { .table = "abc",
        .set_billing = true,
        .billing = BLOOP_BILLING_PAY_PER_REQUEST,
        .set_throughput = true,
        .throughput = { 1, 1 } },
      BLOOP_VALIDATION,
      INVALID "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
              "PAY_PER_REQUEST" },
    { { .table = "abc", .update_index = "a", .index_throughput = { 1, 0 } },
      BLOOP_VALIDATION,
      "2 validation errors detected: Value 'a' at 'globalSecondaryIndexUpdates.1.member.update.indexName' " FAILED
      "Member must have length greater than or equal to 3; Value '0' at "
      "'globalSecondaryIndexUpdates.1.member.update.provisionedThroughput.writeCapacityUnits' " FAILED
      "Member must have value greater than or equal to 1" },
    { { .table = "abc", .create_index = &new_index, .delete_index = "xyz", DEFINED(2) },
      BLOOP_VALIDATION,
      INVALID "Only one global secondary index update per index is allowed simultaneously. Index: xyz" },
    { { .table = "abc", .create_index = &new_index, .delete_index = "old", DEFINED(2) },
      BLOOP_LIMIT_EXCEEDED,
      "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table" },
    { { .table = "abc", .create_index = &new_index, DEFINED(1) },
      BLOOP_VALIDATION,
      INVALID "Some index key attributes are not defined in AttributeDefinitions. Keys: [b], AttributeDefinitions: "
              "[a]" },
    { { .table = "abc", .create_index = &bare_index, DEFINED(2) },
      BLOOP_VALIDATION,
      INVALID "ProjectionType is INCLUDE, but NonKeyAttributes is not specified" },
};

static void table_updates(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(update_cases); i++) {
        assert_int_equal(bl_op_check_update_table(&update_cases[i].r), update_cases[i].status);
        if (update_cases[i].message)
            assert_string_equal(bloop_last_error()->message, update_cases[i].message);
    }
}

static void lists(void **state)
{
    (void)state;
    static const struct {
        bloop_list_tables_request r;
        const char *message;
    } cases[] = {
        { { NULL, 0 }, NULL },
        { { "abc", 100 }, NULL },
        { { NULL, -1 }, ONE "Value '-1' at 'limit' " FAILED "Member must have value greater than or equal to 1" },
        { { NULL, 101 }, ONE "Value '101' at 'limit' " FAILED "Member must have value less than or equal to 100" },
        { { "ab", 0 },
          ONE "Value 'ab' at 'exclusiveStartTableName' " FAILED "Member must have length greater than or equal to 3" },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        assert_int_equal(bl_op_check_list_tables(&cases[i].r), cases[i].message ? BLOOP_VALIDATION : BLOOP_OK);
        if (cases[i].message)
            assert_string_equal(bloop_last_error()->message, cases[i].message);
    }
}

/* No more than ten violations are told, as the service does, and no message is longer than the record. */
static void many_violations(void **state)
{
    (void)state;
    bloop_attribute_definition wrong[20];
    for (size_t i = 0; i < 20; i++)
        wrong[i] = (bloop_attribute_definition){ NULL, BLOOP_TAG_S };
    table t = { .name = "abc", .hash_key = "a", .attributes = wrong, .attribute_count = 20, UNITS };
    assert_int_equal(bl_op_check_create_table(&t), BLOOP_VALIDATION);
    const char *message = bloop_last_error()->message;
    assert_int_equal(strncmp(message, "10 validation errors detected: Value null at ", 45), 0);
    assert_null(strstr(message, "attributeDefinitions.11"));
}

static bloop_status check_unused(void *context)
{
    bloop_status status = bl_op_check_create_table(context);
    return status == BLOOP_VALIDATION ? BLOOP_OK : status;
}

/* Long names make the message outgrow the stack. */
static void every_allocation_fails(void **state)
{
    (void)state;
    enum { MANY = 20 };
    bloop_attribute_definition defined[MANY];
    char names[MANY][64];
    for (int i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof names[i], "%02d_%050d", i, i);
        defined[i] = (bloop_attribute_definition){ names[i], BLOOP_TAG_S };
    }
    table t = { .name = "abc",
                .hash_key = names[0],
                .attributes = defined,
                .attribute_count = MANY,
                UNITS,
                GLOBAL({ .name = "xyz", .hash_key = names[1], UNITS }) };
    assert_true(fail_alloc_every(check_unused, &t) >= 1);
    t.hash_key = "zz";
    assert_true(fail_alloc_every(check_unused, &t) >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_formed),
        cmocka_unit_test(constraints),
        cmocka_unit_test(rules),
        cmocka_unit_test(repeated_definition),
        cmocka_unit_test(numbers_of_indexes),
        cmocka_unit_test(table_updates),
        cmocka_unit_test(lists),
        cmocka_unit_test(many_violations),
        cmocka_unit_test(every_allocation_fails),
    };
    return cmocka_run_group_tests_name("op/tables", tests, NULL, NULL);
}
