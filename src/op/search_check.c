/* Query and Scan, as far as they can be judged without the table. Words and order as the conformance suite,
   architect/dynalite's and nubo-db/dynoxide's suites have them from the service. */
#include "op/op.h"

#define MAX_SEGMENTS 1000000

static bloop_status check_model(const bloop_search_request *request);
static bloop_status check_misuse(const bloop_search_request *request);
static bloop_status check_start(bloop_item start);
static bloop_status check_segments(const bloop_search_request *request);
static bloop_status check_expressions(const bloop_search_request *request);
static bloop_status check_select(const bloop_search_request *request);

bloop_status bl_op_check_search(const bloop_search_request *request)
{
    bloop_status status = check_misuse(request);
    if (status == BLOOP_OK)
        status = check_model(request);
    if (status == BLOOP_OK)
        status = check_start(request->exclusive_start);
    if (status == BLOOP_OK && request->kind == BLOOP_SEARCH_SCAN)
        status = check_segments(request);
    if (status == BLOOP_OK)
        status = check_expressions(request);
    if (status == BLOOP_OK)
        status = check_select(request);
    bl_key_condition terms;
    if (status == BLOOP_OK && request->kind == BLOOP_SEARCH_QUERY)
        status = bl_key_condition_split(request->key_condition, &terms);
    return status;
}

/* What a caller of the C interface can get wrong, and nobody else. */
static bloop_status check_misuse(const bloop_search_request *request)
{
    const char *problem = NULL;
    if ((unsigned)request->kind > BLOOP_SEARCH_SCAN)
        problem = "a search has to be a query or a scan";
    else if (request->kind == BLOOP_SEARCH_SCAN && request->key_condition)
        problem = "a scan has no key condition";
    else if (request->kind == BLOOP_SEARCH_SCAN && request->descending)
        problem = "a scan has no order";
    else if (request->kind == BLOOP_SEARCH_QUERY && (request->segment || request->total_segments))
        problem = "a query has no segments";
    return problem ? bl_error(BLOOP_INVALID_ARGUMENT, "%s", problem) : BLOOP_OK;
}

static bloop_status check_model(const bloop_search_request *request)
{
    bl_violations v;
    v.count = 0, v.length = 0;
    if ((unsigned)request->select > BLOOP_SELECT_COUNT)
        bl_violation(&v, "?",
                     "Member must satisfy enum value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, "
                     "ALL_PROJECTED_ATTRIBUTES]",
                     "select");
    if (request->index)
        bl_violation_of_name(&v, BL_NAME_INDEX, request->index, "indexName");
    if (request->total_segments != 0)
        bl_violation_of_number(&v, request->total_segments, 1, MAX_SEGMENTS, "totalSegments");
    bl_violation_of_name(&v, BL_NAME_TABLE, request->table, "tableName");
    bl_violation_of_number(&v, request->segment, 0, MAX_SEGMENTS - 1, "segment");
    /* A query tells of its limit in other words, when nothing else is wrong. */
    if (request->limit < 0 && request->kind == BLOOP_SEARCH_QUERY && v.count == 0)
        return bl_error(BLOOP_VALIDATION, "1 validation error detected: Value at 'Limit' failed to satisfy constraint: "
                                          "Member must have value greater than or equal to 1");
    if (request->limit < 0)
        bl_violation_of_number(&v, request->limit, 1, INT32_MAX, "limit");
    return bl_violations_end(&v);
}

static bloop_status check_start(bloop_item start)
{
    if (!start.data || bloop_value_tag(start) == BLOOP_TAG_M)
        return BLOOP_OK;
    return bl_error(BLOOP_INVALID_ARGUMENT, "the exclusive start key of a search is no map");
}

static bloop_status check_segments(const bloop_search_request *request)
{
    if (request->segment != 0 && request->total_segments == 0)
        return bl_error(BLOOP_VALIDATION, "The TotalSegments parameter is required but was not present in the request "
                                          "when Segment parameter is present");
    return request->total_segments != 0 ? bl_op_check_segment(request->segment, request->total_segments) : BLOOP_OK;
}

bloop_status bl_op_check_segment(int32_t segment, int32_t total)
{
    if (segment >= total)
        return bl_error(BLOOP_VALIDATION,
                        "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
                        "Segment: %d is not less than TotalSegments: %d",
                        (int)segment, (int)total);
    return BLOOP_OK;
}

static bloop_status check_expressions(const bloop_search_request *request)
{
    bloop_status status = BLOOP_OK;
    if (request->kind == BLOOP_SEARCH_QUERY) {
        if (!request->key_condition)
            return bl_error(BLOOP_VALIDATION, "Either the KeyConditions or KeyConditionExpression parameter must be "
                                              "specified in the request.");
        if (request->key_condition->kind == BLOOP_EXPR_EMPTY)
            return bl_error(BLOOP_VALIDATION, "Invalid KeyConditionExpression: The expression can not be empty;");
        status = bl_expr_check(request->key_condition, "KeyConditionExpression");
    }
    if (status == BLOOP_OK)
        status = bl_expr_check(request->filter, "FilterExpression");
    return status == BLOOP_OK ? bloop_projection_check(request->projection) : status;
}

static bloop_status check_select(const bloop_search_request *request)
{
    static const char *const names[] = {
        [BLOOP_SELECT_ALL] = "ALL_ATTRIBUTES",
        [BLOOP_SELECT_PROJECTED] = "ALL_PROJECTED_ATTRIBUTES",
        [BLOOP_SELECT_COUNT] = "only the Count",
    };
    if (request->select == BLOOP_SELECT_SPECIFIC && !request->projection)
        return bl_error(BLOOP_VALIDATION,
                        "%sMust specify the AttributesToGet or ProjectionExpression when choosing to get "
                        "SPECIFIC_ATTRIBUTES",
                        request->kind == BLOOP_SEARCH_QUERY ? "1 validation error detected: " : "");
    if (request->projection && request->select != BLOOP_SELECT_DEFAULT && request->select != BLOOP_SELECT_SPECIFIC)
        return bl_error(BLOOP_VALIDATION, "Cannot specify the ProjectionExpression when choosing to get %s",
                        names[request->select]);
    if (request->select == BLOOP_SELECT_PROJECTED && !request->index)
        return bl_error(BLOOP_VALIDATION, "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
    return BLOOP_OK;
}
