/* Requests on items that are refused without a look at the table. Words: nubo-db's conformance suite
   (tier3/error-messages, tier3/validation-ordering), architect/dynalite's tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "op/op.h"
#include "sample.h"

#define VIOLATION "1 validation error detected: "
#define PATTERN   "failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
#define NULL_NAME VIOLATION "Value null at 'tableName' failed to satisfy constraint: Member must not be null"

static void expect(bloop_status status, bloop_status expected, const char *message)
{
    if (status != expected)
        fail_msg("status %d, not %d: %s", (int)status, (int)expected, bloop_last_error()->message);
    if (message)
        assert_string_equal(bloop_last_error()->message, message);
}

static const char *long_name(size_t size)
{
    static char name[300];
    memset(name, 'a', sizeof name);
    name[size] = '\0';
    return name;
}

static void table_names(void **state)
{
    (void)state;
    bl_arena memory = { 0 };
    char too_long[512];
    snprintf(too_long, sizeof too_long,
             VIOLATION "Value '%s' at 'tableName' failed to satisfy constraint: Member must have length less than or "
                       "equal to 255",
             long_name(256));
    const struct {
        const char *name, *message;
    } cases[] = {
        { "cats", NULL },
        { "a", NULL },
        { "A-z_0.9", NULL },
        { NULL, NULL_NAME },
        { "", VIOLATION "Value '' at 'tableName' failed to satisfy constraint: Member must have length greater than or "
                        "equal to 1" },
        { "bad table!@#", VIOLATION "Value 'bad table!@#' at 'tableName' " PATTERN },
        { "é", VIOLATION "Value 'é' at 'tableName' " PATTERN },
    };
    bloop_item key = sample_item(&memory, "id:S:x");
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        bloop_status expected = cases[i].message ? BLOOP_VALIDATION : BLOOP_OK;
        bloop_get_request get = { .table = cases[i].name, .key = key };
        expect(bl_op_check_get(&get), expected, cases[i].message);
        for (int kind = BLOOP_WRITE_PUT; kind <= BLOOP_WRITE_DELETE; kind++) {
            bloop_write_request write = { .kind = (bloop_write_kind)kind, .table = cases[i].name, .item = key };
            expect(bl_op_check_write(&write), expected, cases[i].message);
        }
        if (cases[i].name)
            expect(bl_op_check_table_name(cases[i].name), expected, cases[i].message);
    }
    expect(bl_op_check_table_name(long_name(255)), BLOOP_OK, NULL);
    expect(bl_op_check_table_name(long_name(256)), BLOOP_VALIDATION, too_long);
    expect(bl_op_check_table_name(NULL), BLOOP_VALIDATION,
           "The parameter 'TableName' is required but was not present in the request");
    bl_arena_free(&memory);
}

static void documents(void **state)
{
    (void)state;
    bl_arena memory = { 0 };
    bloop_write_request put = { .table = "cats" };
    expect(bl_op_check_write(&put), BLOOP_VALIDATION,
           VIOLATION "Value null at 'item' failed to satisfy constraint: Member must not be null");
    bloop_get_request get = { .table = "cats" };
    expect(bl_op_check_get(&get), BLOOP_VALIDATION,
           VIOLATION "Value null at 'key' failed to satisfy constraint: Member must not be null");
    put.item = bloop_item_get(sample_item(&memory, "id:S:x"), "id", 2);
    expect(bl_op_check_write(&put), BLOOP_INVALID_ARGUMENT, "the item of a request is no map");
    put.item = sample_item(&memory, "id:S:x :S:y");
    expect(bl_op_check_write(&put), BLOOP_VALIDATION, "Empty attribute name");
    bl_arena_free(&memory);
}

/* 400 KB with the name: developer guide, "Item size". */
static void item_sizes(void **state)
{
    (void)state;
    bl_arena memory = { 0 };
    bloop_write_request put = { .table = "cats", .item = sample_item(&memory, "id:S:x v:B:*409596") };
    assert_int_equal(bloop_item_size(put.item), BL_MAX_ITEM_SIZE);
    expect(bl_op_check_write(&put), BLOOP_OK, NULL);
    put.item = sample_item(&memory, "id:S:x v:B:*409597");
    expect(bl_op_check_write(&put), BLOOP_VALIDATION, "Item size has exceeded the maximum allowed size");
    expect(bl_op_check_batch_write(&put, 1), BLOOP_VALIDATION, "Item size has exceeded the maximum allowed size");
    bl_arena_free(&memory);
}

/* A list of NULLs is the item that counts most for its packed size. */
static void size_of_many_small_values(void **state)
{
    (void)state;
    bloop_builder *builder = bloop_builder_new();
    bloop_build_begin(builder, BLOOP_TAG_M);
    bloop_build_name(builder, "l", 1);
    bloop_build_begin(builder, BLOOP_TAG_L);
    for (size_t i = 0; i < BL_MAX_ITEM_SIZE / 2; i++)
        bloop_build_null(builder);
    bloop_build_end(builder);
    bloop_build_end(builder);
    bloop_write_request put = { .table = "cats" };
    assert_int_equal(bloop_builder_value(builder, &put.item), BLOOP_OK);
    assert_true(bloop_item_size(put.item) > BL_MAX_ITEM_SIZE);
    expect(bl_op_check_write(&put), BLOOP_VALIDATION, "Item size has exceeded the maximum allowed size");
    bloop_builder_free(builder);
}

static void return_values(void **state)
{
    (void)state;
    bl_arena memory = { 0 };
    for (int kind = BLOOP_WRITE_PUT; kind <= BLOOP_WRITE_DELETE; kind++) {
        for (int values = BLOOP_RETURN_NONE; values <= BLOOP_RETURN_UPDATED_NEW; values++) {
            bloop_write_request write = { .kind = (bloop_write_kind)kind,
                                          .table = "cats",
                                          .item = sample_item(&memory, "id:S:x"),
                                          .return_values = (bloop_return_values)values };
            bool fine = kind == BLOOP_WRITE_UPDATE || values <= BLOOP_RETURN_ALL_OLD;
            expect(bl_op_check_write(&write), fine ? BLOOP_OK : BLOOP_VALIDATION,
                   fine ? NULL : VIOLATION "ReturnValues can only be ALL_OLD or NONE");
        }
    }
    bl_arena_free(&memory);
}

static void misuse(void **state)
{
    (void)state;
    bl_arena memory = { 0 };
    bloop_update nothing = { 0 };
    bloop_write_request write = { .table = "cats", .item = sample_item(&memory, "id:S:x"), .update = &nothing };
    expect(bl_op_check_write(&write), BLOOP_INVALID_ARGUMENT, "a put or a delete has no update expression");
    write.kind = BLOOP_WRITE_UPDATE;
    expect(bl_op_check_write(&write), BLOOP_OK, NULL);
    write.kind = (bloop_write_kind)9;
    expect(bl_op_check_write(&write), BLOOP_INVALID_ARGUMENT, "a write has to be a put, an update or a delete");
    bl_arena_free(&memory);
}

/* The update is checked before the condition, and both before a backend is asked. */
static bloop_status take_any(void *context, bloop_item item)
{
    (void)context;
    (void)item;
    return BLOOP_OK;
}

static void expressions(void **state)
{
    (void)state;
    bl_arena memory = { 0 };
    bloop_step step = { { "a", 1 }, 0 };
    bloop_path path = { &step, 1 }, twice[2] = { path, path };
    bloop_expr wrong = { .kind = BLOOP_EXPR_PATH, .path = path };
    bloop_action actions[2] = { { .kind = BLOOP_ACTION_REMOVE, .path = path },
                                { .kind = BLOOP_ACTION_REMOVE, .path = path } };
    bloop_update update = { actions, 2 };
    bloop_write_request write = { .kind = BLOOP_WRITE_UPDATE,
                                  .table = "cats",
                                  .item = sample_item(&memory, "id:S:x"),
                                  .update = &update,
                                  .condition = &wrong };
    expect(bl_op_check_write(&write), BLOOP_VALIDATION,
           "Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these "
           "paths; path one: [a], path two: [a]");
    update.count = 1;
    expect(bl_op_check_write(&write), BLOOP_VALIDATION,
           "Invalid ConditionExpression: The function is not allowed to be used this way in an expression; function: "
           "(operand)");
    write.condition = NULL;
    expect(bl_op_check_write(&write), BLOOP_OK, NULL);
    bloop_projection_paths projection = { twice, 2 };
    bloop_get_request get = { .table = "cats", .key = write.item, .projection = &projection };
    expect(bl_op_check_get(&get), BLOOP_VALIDATION,
           "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of "
           "these paths; path one: [a], path two: [a]");
    /* A hint is the caller's own affair, if there is one who takes the item. */
    get.projection_is_hint = true;
    expect(bl_op_check_get(&get), BLOOP_VALIDATION, NULL);
    get.receive = take_any;
    expect(bl_op_check_get(&get), BLOOP_OK, NULL);
    get.projection_is_hint = false;
    expect(bl_op_check_get(&get), BLOOP_VALIDATION, NULL);
    bl_arena_free(&memory);
}

static bloop_status receive_any(void *context, size_t index, bloop_item item)
{
    (void)context;
    (void)index;
    (void)item;
    return BLOOP_OK;
}

static void batch_gets(void **state)
{
    (void)state;
    enum { MANY = BL_MAX_BATCH_GET + 1 };
    bl_arena memory = { 0 };
    bloop_batch_get_key keys[MANY];
    for (int i = 0; i < MANY; i++) {
        char text[32];
        snprintf(text, sizeof text, "id:N:%d", i);
        keys[i] = (bloop_batch_get_key){ "cats", sample_item(&memory, text) };
    }
    bloop_batch_get_request batch = { .keys = keys, .count = BL_MAX_BATCH_GET, .receive = receive_any };
    expect(bl_op_check_batch_get(&batch), BLOOP_OK, NULL);
    batch.count = MANY;
    expect(bl_op_check_batch_get(&batch), BLOOP_VALIDATION,
           VIOLATION "Value at 'RequestItems.cats.member.Keys' failed to satisfy constraint: Member must have length "
                     "less than or equal to 100");
    keys[3].table = "dogs";
    expect(bl_op_check_batch_get(&batch), BLOOP_VALIDATION, "Too many items requested for the BatchGetItem call");
    batch.count = 0;
    expect(bl_op_check_batch_get(&batch), BLOOP_VALIDATION, "The requestItems parameter is required for BatchGetItem");
    batch.count = BL_MAX_BATCH_GET;
    keys[99].key = sample_item(&memory, "id:N:3.0");
    expect(bl_op_check_batch_get(&batch), BLOOP_OK, NULL); /* the other one is of dogs */
    keys[98].key = sample_item(&memory, "id:N:99");
    keys[99].key = sample_item(&memory, "id:N:0");
    expect(bl_op_check_batch_get(&batch), BLOOP_VALIDATION, "Provided list of item keys contains duplicates");
    keys[99].key = (bloop_item){ NULL, 0 };
    expect(bl_op_check_batch_get(&batch), BLOOP_VALIDATION,
           VIOLATION "Value null at 'key' failed to satisfy constraint: Member must not be null");
    keys[99].table = "no!";
    expect(bl_op_check_batch_get(&batch), BLOOP_VALIDATION,
           VIOLATION
           "Value '{no!=…}' at 'requestItems' failed to satisfy constraint: Map keys must satisfy constraint: "
           "[Member must have length less than or equal to 255, Member must have length greater than or equal "
           "to 3, Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]");
    batch.receive = NULL;
    expect(bl_op_check_batch_get(&batch), BLOOP_INVALID_ARGUMENT, "bloop_batch_get_item: receive is NULL");
    bl_arena_free(&memory);
}

static void batch_get_projections(void **state)
{
    (void)state;
    bl_arena memory = { 0 };
    bloop_batch_get_key key = { "cats", sample_item(&memory, "id:N:1") };
    bloop_projection_paths none = { 0 };
    bloop_batch_table tables[] = { { .table = "cats" }, { .table = "dogs", .projection = &none } };
    bloop_batch_get_request batch = {
        .keys = &key, .count = 1, .tables = tables, .table_count = 2, .receive = receive_any
    };
    expect(bl_op_check_batch_get(&batch), BLOOP_VALIDATION,
           "Invalid ProjectionExpression: The expression can not be empty;");
    tables[1].projection_is_hint = true;
    expect(bl_op_check_batch_get(&batch), BLOOP_OK, NULL);
    bl_arena_free(&memory);
}

static void batch_writes(void **state)
{
    (void)state;
    enum { MANY = BL_MAX_BATCH_WRITE + 1 };
    bl_arena memory = { 0 };
    bloop_write_request requests[MANY];
    for (int i = 0; i < MANY; i++)
        requests[i] = (bloop_write_request){ .kind = i % 2 ? BLOOP_WRITE_PUT : BLOOP_WRITE_DELETE,
                                             .table = "cats",
                                             .item = sample_item(&memory, "id:S:x") };
    expect(bl_op_check_batch_write(requests, BL_MAX_BATCH_WRITE), BLOOP_OK, NULL);
    expect(bl_op_check_batch_write(requests, MANY), BLOOP_VALIDATION,
           VIOLATION
           "Value '{cats=[…]}' at 'requestItems' failed to satisfy constraint: Map value must satisfy "
           "constraint: [Member must have length less than or equal to 25, Member must have length greater than "
           "or equal to 1]");
    requests[1].table = "dogs";
    expect(bl_op_check_batch_write(requests, MANY), BLOOP_VALIDATION,
           "Too many items requested for the BatchWriteItem call");
    expect(bl_op_check_batch_write(requests, 0), BLOOP_VALIDATION,
           "The requestItems parameter is required for BatchWriteItem");
    bloop_expr condition = { 0 };
    bloop_update update = { 0 };
    const struct {
        bloop_write_request request;
        const char *message;
    } cases[] = {
        { { .kind = BLOOP_WRITE_UPDATE }, "BatchWriteItem takes plain puts and deletes: request 1 has an update" },
        { { .update = &update }, "BatchWriteItem takes plain puts and deletes: request 1 has an update" },
        { { .condition = &condition }, "BatchWriteItem takes plain puts and deletes: request 1 has a condition" },
        { { .return_values = BLOOP_RETURN_ALL_OLD },
          "BatchWriteItem takes plain puts and deletes: request 1 has return values" },
        { { .return_old_on_failure = true },
          "BatchWriteItem takes plain puts and deletes: request 1 has return values" },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        requests[1] = cases[i].request;
        requests[1].table = "cats";
        requests[1].item = requests[0].item;
        expect(bl_op_check_batch_write(requests, 2), BLOOP_INVALID_ARGUMENT, cases[i].message);
    }
    bl_arena_free(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_names),
        cmocka_unit_test(documents),
        cmocka_unit_test(item_sizes),
        cmocka_unit_test(size_of_many_small_values),
        cmocka_unit_test(return_values),
        cmocka_unit_test(misuse),
        cmocka_unit_test(expressions),
        cmocka_unit_test(batch_gets),
        cmocka_unit_test(batch_get_projections),
        cmocka_unit_test(batch_writes),
    };
    return cmocka_run_group_tests_name("op/items", tests, NULL, NULL);
}
