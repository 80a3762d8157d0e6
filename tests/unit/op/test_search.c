/* Searches at the seam: what is refused before a backend sees it, in the service's words, and pages walked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "op/op.h"
#include "sample.h"
#include "support/fail_alloc.h"

#define ONE "1 validation error detected: "
#define SELECTS \
    "Member must satisfy enum value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]"

static const bloop_step id_step = { .name = { "id", 2 } };
static const uint8_t text_a[] = { BLOOP_TAG_S, 1, 0, 0, 0, 'a', 0 };
static const bloop_expr id_path = { .kind = BLOOP_EXPR_PATH, .path = { &id_step, 1 } };
static const bloop_expr value_a = { .kind = BLOOP_EXPR_VALUE, .value = { text_a, sizeof text_a } };
static const bloop_expr *const id_and_a[] = { &id_path, &value_a };
static const bloop_expr id_is_a = { .kind = BLOOP_EXPR_EQ, .count = 2, .args = id_and_a };
static const bloop_expr id_is_not_a = { .kind = BLOOP_EXPR_NE, .count = 2, .args = id_and_a };
static const bloop_expr nothing = { .kind = BLOOP_EXPR_EMPTY };
static const bloop_expr broken = { .kind = BLOOP_EXPR_EQ, .count = 1, .args = id_and_a };
static const bloop_path id_only = { &id_step, 1 };
static const bloop_projection_paths projection = { &id_only, 1 };
static const bloop_projection_paths no_projection = { &id_only, 0 };

#define QUERY .kind = BLOOP_SEARCH_QUERY, .key_condition = &id_is_a, .table = "abc"
#define SCAN  .kind = BLOOP_SEARCH_SCAN, .table = "abc"

typedef struct refusal {
    bloop_search_request request;
    bloop_status status;
    const char *message;
} refusal;

static void expect_refusals(const refusal *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bloop_status status = bl_op_check_search(&rows[i].request);
        if (status != rows[i].status || strcmp(bloop_last_error()->message, rows[i].message) != 0)
            fail_msg("row %zu: %s: %s", i, bloop_status_name(status), bloop_last_error()->message);
    }
}

static void model(void **state)
{
    static const refusal rows[] = {
        { { .kind = BLOOP_SEARCH_SCAN },
          BLOOP_VALIDATION,
          ONE "Value null at 'tableName' failed to satisfy constraint: Member must not be null" },
        { { QUERY, .index = "a;" },
          BLOOP_VALIDATION,
          "2 validation errors detected: Value 'a;' at 'indexName' failed to satisfy constraint: Member must satisfy "
          "regular expression pattern: [a-zA-Z0-9_.-]+; Value 'a;' at 'indexName' failed to satisfy constraint: "
          "Member must have length greater than or equal to 3" },
        { { SCAN, .select = (bloop_select)9 },
          BLOOP_VALIDATION,
          ONE "Value '?' at 'select' failed to satisfy constraint: " SELECTS },
        { { QUERY, .limit = -1 },
          BLOOP_VALIDATION,
          ONE "Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1" },
        { { SCAN, .limit = -1 },
          BLOOP_VALIDATION,
          ONE "Value '-1' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1" },
        { { SCAN, .total_segments = -1 },
          BLOOP_VALIDATION,
          ONE "Value '-1' at 'totalSegments' failed to satisfy constraint: Member must have value greater than or "
              "equal to 1" },
        { { SCAN, .total_segments = 1000001 },
          BLOOP_VALIDATION,
          ONE "Value '1000001' at 'totalSegments' failed to satisfy constraint: Member must have value less than or "
              "equal to 1000000" },
        { { SCAN, .segment = -1, .total_segments = 2 },
          BLOOP_VALIDATION,
          ONE "Value '-1' at 'segment' failed to satisfy constraint: Member must have value greater than or equal to "
              "0" },
        { { .kind = BLOOP_SEARCH_QUERY, .table = "a;c", .index = "abc;", .select = (bloop_select)9, .limit = -1 },
          BLOOP_VALIDATION,
          "4 validation errors detected: Value '?' at 'select' failed to satisfy constraint: " SELECTS
          "; Value 'abc;' at 'indexName' failed to satisfy constraint: Member must satisfy regular expression pattern: "
          "[a-zA-Z0-9_.-]+; Value 'a;c' at 'tableName' failed to satisfy constraint: Member must satisfy regular "
          "expression pattern: [a-zA-Z0-9_.-]+; Value '-1' at 'limit' failed to satisfy constraint: Member must have "
          "value greater than or equal to 1" },
    };
    (void)state;
    expect_refusals(rows, BL_COUNT_OF(rows));
}

static void parameters(void **state)
{
    static const refusal rows[] = {
        { { SCAN, .segment = 1, .filter = &broken },
          BLOOP_VALIDATION,
          "The TotalSegments parameter is required but was not present in the request when Segment parameter is "
          "present" },
        { { SCAN, .segment = 5, .total_segments = 5 },
          BLOOP_VALIDATION,
          "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 5 is not less "
          "than TotalSegments: 5" },
        { { .kind = BLOOP_SEARCH_QUERY, .table = "abc" },
          BLOOP_VALIDATION,
          "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request." },
        { { .kind = BLOOP_SEARCH_QUERY, .table = "abc", .key_condition = &nothing },
          BLOOP_VALIDATION,
          "Invalid KeyConditionExpression: The expression can not be empty;" },
        { { .kind = BLOOP_SEARCH_QUERY, .table = "abc", .key_condition = &broken },
          BLOOP_VALIDATION,
          "Invalid KeyConditionExpression: Incorrect number of operands for operator or function; operator or "
          "function: =, number of operands: 1" },
        { { .kind = BLOOP_SEARCH_QUERY, .table = "abc", .key_condition = &id_is_not_a },
          BLOOP_VALIDATION,
          "Invalid KeyConditionExpression: Invalid operator used in KeyConditionExpression: <>" },
        { { QUERY, .filter = &broken },
          BLOOP_VALIDATION,
          "Invalid FilterExpression: Incorrect number of operands for operator or function; operator or function: =, "
          "number of operands: 1" },
        { { SCAN, .projection = &no_projection },
          BLOOP_VALIDATION,
          "Invalid ProjectionExpression: The expression can not be empty;" },
        { { QUERY, .select = BLOOP_SELECT_SPECIFIC },
          BLOOP_VALIDATION,
          ONE "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES" },
        { { SCAN, .select = BLOOP_SELECT_SPECIFIC },
          BLOOP_VALIDATION,
          "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES" },
        { { QUERY, .select = BLOOP_SELECT_COUNT, .projection = &projection },
          BLOOP_VALIDATION,
          "Cannot specify the ProjectionExpression when choosing to get only the Count" },
        { { SCAN, .select = BLOOP_SELECT_ALL, .projection = &projection },
          BLOOP_VALIDATION,
          "Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES" },
        { { QUERY, .select = BLOOP_SELECT_PROJECTED },
          BLOOP_VALIDATION,
          "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName" },
    };
    (void)state;
    expect_refusals(rows, BL_COUNT_OF(rows));
}

static void misuse(void **state)
{
    static const refusal rows[] = {
        { { .kind = (bloop_search_kind)5, .table = "abc" },
          BLOOP_INVALID_ARGUMENT,
          "a search has to be a query or a scan" },
        { { SCAN, .key_condition = &id_is_a }, BLOOP_INVALID_ARGUMENT, "a scan has no key condition" },
        { { SCAN, .descending = true }, BLOOP_INVALID_ARGUMENT, "a scan has no order" },
        { { QUERY, .total_segments = 1 }, BLOOP_INVALID_ARGUMENT, "a query has no segments" },
        { { SCAN, .exclusive_start = { text_a, sizeof text_a } },
          BLOOP_INVALID_ARGUMENT,
          "the exclusive start key of a search is no map" },
    };
    (void)state;
    expect_refusals(rows, BL_COUNT_OF(rows));
}

static void lets_pass(void **state)
{
    static const bloop_search_request rows[] = {
        { QUERY },
        { SCAN },
        { SCAN, .filter = &nothing },
        { SCAN, .segment = 999999, .total_segments = 1000000, .limit = INT32_MAX },
        { QUERY, .select = BLOOP_SELECT_SPECIFIC, .projection = &projection },
        { QUERY, .index = "abc", .select = BLOOP_SELECT_PROJECTED },
        { SCAN, .select = BLOOP_SELECT_COUNT, .filter = &id_is_not_a },
    };
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(rows); i++)
        assert_int_equal(bl_op_check_search(&rows[i]), BLOOP_OK);
}

/* A backend that answers with a page of two items. */

typedef struct paged {
    bloop_backend base;
    bloop_status status;
    unsigned calls;
} paged;

static bloop_status search_page(bloop_backend *backend, const bloop_search_request *request, bloop_search_result *out)
{
    static const uint8_t items[] = { BLOOP_TAG_M, 4, 0, 0, 0, 0, 0, 0, 0, BLOOP_TAG_M, 4, 0, 0, 0, 0, 0, 0, 0 };
    paged *p = (paged *)backend;
    p->calls++;
    assert_int_equal(request->kind, BLOOP_SEARCH_SCAN);
    uint8_t *copy = bloop_result_alloc(&out->memory, sizeof items);
    if (!copy)
        return BLOOP_NO_MEMORY;
    memcpy(copy, items, sizeof items);
    out->items = copy;
    out->items_size = sizeof items;
    out->count = out->scanned = 2;
    return p->status == BLOOP_OK ? BLOOP_OK : bloop_backend_fail(p->status, "as told");
}

static void hands_over(void **state)
{
    static const bloop_backend_operations operations = { .name = "paged", .search_page = search_page };
    paged p = { .base.operations = &operations };
    bloop_search_request request = { SCAN };
    bloop_search_result page;
    bloop_item item;
    size_t position = 0, items = 0;
    (void)state;
    assert_int_equal(bloop_search_page(&p.base, &request, &page), BLOOP_OK);
    while (bloop_page_next(&page, &position, &item)) {
        assert_int_equal(bloop_value_count(item), 0);
        items++;
    }
    assert_int_equal(items, 2);
    assert_false(bloop_page_next(&page, &position, &item));
    bloop_result_free(&page.memory);
    request.limit = -1;
    assert_int_equal(bloop_search_page(&p.base, &request, &page), BLOOP_VALIDATION);
    assert_int_equal(p.calls, 1);
    request.limit = 0;
    p.status = BLOOP_THROTTLED;
    assert_int_equal(bloop_search_page(&p.base, &request, &page), BLOOP_THROTTLED);
    assert_null(page.memory.blocks);
    assert_null(page.items);
    assert_int_equal(bloop_search_page(NULL, &request, &page), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_search_page(&p.base, NULL, &page), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_search_page(&p.base, &request, NULL), BLOOP_INVALID_ARGUMENT);
    sample_backend sample = sample_backend_new();
    assert_int_equal(bloop_search_page(&sample.base, &request, &page), BLOOP_UNSUPPORTED_OPERATION);
}

static bloop_status use_room(void *context)
{
    bloop_result_memory memory = { NULL };
    (void)context;
    char *text = bloop_result_alloc(&memory, 10);
    char *room = text ? bl_result_room(&memory, NULL, 4) : NULL;
    if (room)
        memcpy(room, "abc", 4);
    char *larger = room ? bl_result_room(&memory, room, 100000) : NULL;
    char *smaller = larger ? bl_result_room(&memory, larger, 4) : NULL;
    bool kept = !smaller || memcmp(smaller, "abc", 4) == 0;
    char *after = smaller ? bloop_result_alloc(&memory, 10) : NULL;
    bloop_result_free(&memory);
    assert_true(kept);
    return after ? BLOOP_OK : BLOOP_NO_MEMORY;
}

static void gives_room(void **state)
{
    bloop_result_memory memory = { NULL };
    (void)state;
    assert_int_equal(fail_alloc_every(use_room, NULL), 5);
    assert_null(bl_result_room(&memory, NULL, SIZE_MAX));
    assert_null(memory.blocks);
}

/* With a local index that lacks what is asked for, and names that are gathered without memory to do so. */
static bloop_status plan(void *context)
{
    static const bloop_attribute_definition attributes[] = { { "id", BLOOP_TAG_S }, { "r", BLOOP_TAG_N } };
    static const bloop_index_definition index = {
        .name = "idx", .hash_key = "id", .range_key = "r", .projection = BLOOP_PROJECT_KEYS_ONLY
    };
    static const bloop_table_definition table = { .name = "abc",
                                                  .hash_key = "id",
                                                  .range_key = "r",
                                                  .attributes = attributes,
                                                  .attribute_count = 2,
                                                  .local_indexes = &index,
                                                  .local_index_count = 1 };
    bl_search_plan made = { .local = false };
    bloop_status status = bl_op_plan_search(&table, context, &made);
    if (status == BLOOP_OK)
        assert_true(made.fetches && made.local && made.index == &index);
    return status;
}

static void gathers_names(void **state)
{
    enum { PATHS = 40 };
    static char names[PATHS][8];
    bloop_step steps[PATHS];
    bloop_path paths[PATHS];
    (void)state;
    for (size_t i = 0; i < PATHS; i++) {
        int size = snprintf(names[i], sizeof names[i], "n%02zu", i);
        steps[i] = (bloop_step){ .name = { names[i], (size_t)size } };
        paths[i] = (bloop_path){ &steps[i], 1 };
    }
    const bloop_projection_paths many = { paths, PATHS };
    bloop_search_request request = { QUERY, .index = "idx", .projection = &many };
    assert_true(fail_alloc_every(plan, &request) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(model),         cmocka_unit_test(parameters), cmocka_unit_test(misuse),
        cmocka_unit_test(lets_pass),     cmocka_unit_test(hands_over), cmocka_unit_test(gives_room),
        cmocka_unit_test(gathers_names),
    };
    return cmocka_run_group_tests_name("op/search", tests, NULL, NULL);
}
