/* Keys against definitions. Words: nubo-db's conformance suite and nubo-db/dynoxide, architect/dynalite's test/putItem.js,
   test/getItem.js, test/updateItem.js. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "op/op.h"
#include "sample.h"

#define INVALID    "One or more parameter values were invalid: "
#define NOT_VALID  "One or more parameter values are not valid. "
#define SCHEMA     "The provided key element does not match the schema"
#define HASH_SIZE  INVALID "Size of hashkey has exceeded the maximum size limit of2048 bytes"
#define RANGE_SIZE INVALID "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"
#define SCALAR     "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: "
#define EMPTY      NOT_VALID "The AttributeValue for a key attribute cannot contain an empty "

static const bloop_attribute_definition attributes[] = {
    { "id", BLOOP_TAG_S }, { "at", BLOOP_TAG_B }, { "n", BLOOP_TAG_N }, { "g", BLOOP_TAG_S }, { "l", BLOOP_TAG_B },
};
static const bloop_index_definition global_indexes[] = {
    { .name = "by_n", .hash_key = "n", .range_key = "g" },
    { .name = "by_g", .hash_key = "g" },
};
static const bloop_index_definition local_indexes[] = {
    { .name = "a_local", .hash_key = "id", .range_key = "l" },
};
static const bloop_table_definition plain = {
    .name = "plain", .hash_key = "id", .attributes = attributes, .attribute_count = 1
};
static const bloop_table_definition number = {
    .name = "number", .hash_key = "n", .attributes = attributes, .attribute_count = 3
};
static const bloop_table_definition indexed = {
    .name = "indexed",
    .hash_key = "id",
    .range_key = "at",
    .attributes = attributes,
    .attribute_count = 5,
    .global_indexes = global_indexes,
    .global_index_count = 2,
    .local_indexes = local_indexes,
    .local_index_count = 1,
};

typedef struct key_case {
    const bloop_table_definition *table;
    const char *item;
    const char *message; /* NULL: fine */
} key_case;

typedef bloop_status checker(const bloop_table_definition *table, bloop_item item);

static void check_cases(checker *check, const key_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bl_arena memory = { 0 };
        bloop_status status = check(cases[i].table, sample_item(&memory, cases[i].item));
        if (status != (cases[i].message ? BLOOP_VALIDATION : BLOOP_OK))
            fail_msg("%s: %d %s", cases[i].item, (int)status, bloop_last_error()->message);
        if (cases[i].message)
            assert_string_equal(bloop_last_error()->message, cases[i].message);
        bl_arena_free(&memory);
    }
}

static void keys(void **state)
{
    (void)state;
    static const key_case cases[] = {
        { &plain, "id:S:x", NULL },
        { &plain, "", SCHEMA },
        { &plain, "other:S:x", SCHEMA },
        { &plain, "id:S:x more:S:y", SCHEMA },
        { &plain, "id:N:1", SCHEMA },
        { &plain, "id:B:x", SCHEMA },
        { &plain, "id:NULL:", SCHEMA },
        { &plain, "id:S:", EMPTY "string value. Key: id" },
        { &plain, "id:S:*2048", NULL },
        { &plain, "id:S:*2049", HASH_SIZE },
        { &number, "n:N:12", NULL },
        { &number, "n:S:12", SCHEMA },
        { &indexed, "id:S:x at:B:y", NULL },
        { &indexed, "id:S:x", SCHEMA },
        { &indexed, "at:B:y", SCHEMA },
        { &indexed, "id:S:x at:S:y", SCHEMA },
        { &indexed, "id:S:x n:N:1", SCHEMA },
        { &indexed, "id:S:x at:B:", EMPTY "binary value. Key: at" },
        { &indexed, "id:S:x at:B:*1024", NULL },
        { &indexed, "id:S:x at:B:*1025", RANGE_SIZE },
        { &indexed, "id:S:*2049 at:B:*1025", HASH_SIZE },
    };
    check_cases(bl_op_check_key, cases, BL_COUNT_OF(cases));
}

static void items(void **state)
{
    (void)state;
    static const key_case cases[] = {
        { &plain, "id:S:x more:SS:y", NULL },
        { &plain, "", INVALID "Missing the key id in the item" },
        { &plain, "notTheKey:S:x", INVALID "Missing the key id in the item" },
        { &plain, "id:N:1", INVALID "Type mismatch for key id expected: S actual: N" },
        { &plain, "id:L:", INVALID "Type mismatch for key id expected: S actual: L" },
        { &plain, "id:NULL:", INVALID "Type mismatch for key id expected: S actual: NULL" },
        { &plain, "id:S:", EMPTY "string value. Key: id" },
        { &plain, "id:S:*2049", HASH_SIZE },
        { &indexed, "id:S:x", INVALID "Missing the key at in the item" },
        { &indexed, "id:S:x at:SS:y", INVALID "Type mismatch for key at expected: B actual: SS" },
        { &indexed, "id:S:x at:B:y n:N:1 g:S:z l:B:q", NULL },
        { &indexed, "id:S:x at:B:y", NULL },
        { &indexed, "id:S:x at:B:y n:S:1",
          INVALID "Type mismatch for Index Key n Expected: N Actual: S IndexName: by_n" },
        /* g is in two indexes: the first by name is told */
        { &indexed,
          "id:S:x at:B:y g:NULL:", INVALID "Type mismatch for Index Key g Expected: S Actual: NULL IndexName: by_g" },
        { &indexed, "id:S:x at:B:y g:NULL: l:S:x",
          INVALID "Type mismatch for Index Key l Expected: B Actual: S IndexName: a_local" },
        { &indexed, "id:S:x at:B:y g:S:",
          NOT_VALID
          "A value specified for a secondary index key is not supported. The AttributeValue for a key attribute "
          "cannot contain an empty string value. IndexName: by_g, IndexKey: g" },
        { &indexed, "id:S:x at:B:y l:B:",
          NOT_VALID
          "A value specified for a secondary index key is not supported. The AttributeValue for a key attribute "
          "cannot contain an empty binary value. IndexName: a_local, IndexKey: l" },
        { &indexed, "id:S:x at:B:y g:S:*1024", NULL },
        { &indexed, "id:S:x at:B:y g:S:*2049", HASH_SIZE },
        { &indexed, "id:S:x at:B:y l:B:*1025", RANGE_SIZE },
        /* the table's key comes first */
        { &indexed, "id:S:x g:NULL:", INVALID "Missing the key at in the item" },
    };
    check_cases(bl_op_check_item_keys, cases, BL_COUNT_OF(cases));
}

static void items_of_batches(void **state)
{
    (void)state;
    static const key_case cases[] = {
        { &plain, "id:S:x more:SS:y", NULL },
        { &plain, "more:S:x", SCHEMA },
        { &plain, "id:N:1", SCHEMA },
        { &plain, "id:S:", EMPTY "string value. Key: id" },
        { &indexed, "id:S:x at:B:y n:S:1",
          INVALID "Type mismatch for Index Key n Expected: N Actual: S IndexName: by_n" },
    };
    check_cases(bl_op_check_batch_item_keys, cases, BL_COUNT_OF(cases));
}

static void updated_items(void **state)
{
    (void)state;
    static const key_case cases[] = {
        { &indexed, "id:S:x at:B:y n:N:1 g:S:z", NULL },
        { &indexed, "id:S:x at:B:y n:S:1",
          "The update expression attempted to update the secondary index key to unsupported type" },
        { &indexed, "id:S:x at:B:y g:S:",
          NOT_VALID "The update expression attempted to update a secondary index key to a value that is not supported. "
                    "The AttributeValue for a key attribute cannot contain an empty string value." },
        { &indexed, "id:S:x at:B:y l:B:*1025", RANGE_SIZE },
        { &plain, "id:S:x v:B:*409596", NULL },
        { &plain, "id:S:x v:B:*409597", "Item size to update has exceeded the maximum allowed size" },
    };
    check_cases(bl_op_check_updated_item, cases, BL_COUNT_OF(cases));
}

/* One action on the path given, steps separated by dots. */
static bloop_status check_action(const bloop_table_definition *table, const char *path, bloop_action_kind kind,
                                 bloop_expr value)
{
    bloop_step steps[2];
    uint32_t count = 0;
    for (const char *at = path; *at && count < 2;) {
        size_t size = strcspn(at, ".");
        steps[count++] = (bloop_step){ { at, size }, 0 };
        at += size + (at[size] == '.');
    }
    bloop_action actions[] = { { .kind = BLOOP_ACTION_REMOVE, .path = { &(bloop_step){ { "free", 4 }, 0 }, 1 } },
                               { .kind = kind, .path = { steps, count }, .value = value } };
    bloop_write_request request = { .kind = BLOOP_WRITE_UPDATE, .update = &(bloop_update){ actions, 2 } };
    bloop_status status = bl_op_check_update_keys(table, request.update);
    return status == BLOOP_OK ? bl_op_check_written_keys(table, &request) : status;
}

static void updates(void **state)
{
    (void)state;
    bl_arena memory = { 0 };
    bloop_item some = sample_item(&memory, "n:N:1 s:S:x set:SS:x");
    bloop_expr n = { .kind = BLOOP_EXPR_VALUE, .value = bloop_item_get(some, "n", 1) };
    bloop_expr s = { .kind = BLOOP_EXPR_VALUE, .value = bloop_item_get(some, "s", 1) };
    bloop_expr set = { .kind = BLOOP_EXPR_VALUE, .value = bloop_item_get(some, "set", 3) };
    bloop_expr sum = { .kind = BLOOP_EXPR_PLUS }, append = { .kind = BLOOP_EXPR_LIST_APPEND },
               path = { .kind = BLOOP_EXPR_PATH },
               in_key = { .kind = BLOOP_EXPR_PATH,
                          .path = { (bloop_step[]){ { { "g", 1 }, 0 }, { { "x", 1 }, 0 } }, 2 } },
               none = { 0 };
    const struct {
        const bloop_table_definition *table;
        const char *path;
        bloop_action_kind kind;
        bloop_expr value;
        const char *message;
    } cases[] = {
        { &plain, "v", BLOOP_ACTION_SET, s, NULL },
        { &plain, "i", BLOOP_ACTION_SET, s, NULL },
        { &plain, "idd", BLOOP_ACTION_SET, s, NULL },
        { &plain, "id", BLOOP_ACTION_SET, s, INVALID "Cannot update attribute id. This attribute is part of the key" },
        { &plain, "id", BLOOP_ACTION_REMOVE, none,
          INVALID "Cannot update attribute id. This attribute is part of the key" },
        { &plain, "id.x", BLOOP_ACTION_REMOVE, none,
          INVALID "Cannot update attribute id. This attribute is part of the key" },
        { &indexed, "at", BLOOP_ACTION_DELETE, set,
          INVALID "Cannot update attribute at. This attribute is part of the key" },
        { &indexed, "n", BLOOP_ACTION_SET, n, NULL },
        { &indexed, "n", BLOOP_ACTION_SET, sum, NULL },
        { &indexed, "n", BLOOP_ACTION_ADD, n, NULL },
        { &indexed, "n", BLOOP_ACTION_SET, path, NULL },
        { &indexed, "n", BLOOP_ACTION_REMOVE, none, NULL },
        { &indexed, "n", BLOOP_ACTION_SET, s,
          INVALID "Type mismatch for Index Key n Expected: N Actual: S IndexName: by_n" },
        { &indexed, "n", BLOOP_ACTION_ADD, set,
          INVALID "Type mismatch for Index Key n Expected: N Actual: SS IndexName: by_n" },
        { &indexed, "n", BLOOP_ACTION_SET, append,
          INVALID "Type mismatch for Index Key n Expected: N Actual: L IndexName: by_n" },
        { &indexed, "l", BLOOP_ACTION_SET, sum,
          INVALID "Type mismatch for Index Key l Expected: B Actual: N IndexName: a_local" },
        { &indexed, "n.x", BLOOP_ACTION_SET, s, SCALAR "IndexKey: n" },
        { &indexed, "s", BLOOP_ACTION_SET, in_key, SCALAR "IndexKey: g" },
        { &plain, "s", BLOOP_ACTION_SET, in_key, NULL },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        bloop_status status = check_action(cases[i].table, cases[i].path, cases[i].kind, cases[i].value);
        assert_int_equal(status, cases[i].message ? BLOOP_VALIDATION : BLOOP_OK);
        if (cases[i].message)
            assert_string_equal(bloop_last_error()->message, cases[i].message);
    }
    assert_int_equal(bl_op_check_update_keys(&indexed, NULL), BLOOP_OK);
    bl_arena_free(&memory);
}

static void duplicates(void **state)
{
    (void)state;
    static const struct {
        const bloop_table_definition *table;
        const char *one, *other, *other_table;
        bool twice;
    } cases[] = {
        { &plain, "id:S:x v:N:1", "id:S:x v:N:2", "t", true },
        { &plain, "id:S:x", "id:S:y", "t", false },
        { &plain, "id:S:x", "id:S:x", "u", false },
        { &number, "n:N:1", "n:N:1.0", "t", true },
        { &indexed, "id:S:x at:B:1", "id:S:x at:B:2", "t", false },
        { &indexed, "id:S:x at:B:1", "id:S:x at:B:1 g:S:x", "t", true },
        { &indexed, "id:S:x at:B:1", "id:S:y at:B:1", "t", false },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        bl_arena memory = { 0 };
        const bloop_table_definition *tables[] = { &plain, cases[i].table, cases[i].table };
        bloop_write_request requests[] = {
            { .table = "first", .item = sample_item(&memory, "id:S:x n:N:1") },
            { .table = "t", .item = sample_item(&memory, cases[i].one) },
            { .kind = BLOOP_WRITE_DELETE, .table = cases[i].other_table, .item = sample_item(&memory, cases[i].other) },
        };
        assert_int_equal(bl_op_check_batch_duplicates(requests, 3, tables),
                         cases[i].twice ? BLOOP_VALIDATION : BLOOP_OK);
        if (cases[i].twice)
            assert_string_equal(bloop_last_error()->message, "Provided list of item keys contains duplicates");
        bl_arena_free(&memory);
    }
}

static void look_ups(void **state)
{
    (void)state;
    assert_int_equal(bl_op_attribute_type(&indexed, "l"), BLOOP_TAG_B);
    assert_int_equal(bl_op_attribute_type(&indexed, "zz"), BLOOP_TAG_NONE);
    assert_ptr_equal(bl_op_find_index(&indexed, "by_g"), &global_indexes[1]);
    assert_ptr_equal(bl_op_find_index(&indexed, "a_local"), &local_indexes[0]);
    assert_null(bl_op_find_index(&indexed, "by"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys),          cmocka_unit_test(items),   cmocka_unit_test(items_of_batches),
        cmocka_unit_test(updated_items), cmocka_unit_test(updates), cmocka_unit_test(duplicates),
        cmocka_unit_test(look_ups),
    };
    return cmocka_run_group_tests_name("op/keys", tests, NULL, NULL);
}
