/* Query and Scan: what only the operation knows, in the service's order. */
#include "wire/reading_private.h"

static bloop_status check_query(const bl_in_items *in);
static bloop_status check_scan(const bl_in_items *in);
static bloop_status check_start(const bl_in_value *start);
static bloop_status check_segments(const bl_in_items *in);
static bloop_status make_expressions(bl_wire_reading *reading, bloop_search_request *search);

bloop_status bl_in_finish_search(bl_wire_reading *reading, bl_wire_request *out)
{
    const bl_in_items *in = &reading->in.items;
    bloop_search_request *search = &out->as.search;
    bool query = out->operation == BL_WIRE_QUERY;
    bloop_status status = query ? check_query(in) : check_scan(in);
    if (status == BLOOP_OK)
        status = make_expressions(reading, search);
    if (status == BLOOP_OK)
        status = bl_in_table_name(reading, in->table, &search->table);
    if (status == BLOOP_OK && in->index.data)
        status = bl_in_c_text(reading, in->index, &search->index);
    out->legacy = in->filters.present || in->projection.attributes.present;
    search->kind = query ? BLOOP_SEARCH_QUERY : BLOOP_SEARCH_SCAN;
    search->select = (bloop_select)bl_in_chosen(in->select, BLOOP_SELECT_DEFAULT);
    search->consistent = in->consistent == BL_IN_TRUE;
    search->descending = in->forward == BL_IN_FALSE;
    search->limit = (int32_t)in->limit.value;
    search->exclusive_start = in->start.value;
    search->segment = (int32_t)in->segment.value;
    search->total_segments = (int32_t)in->total_segments.value;
    search->capacity = (bloop_capacity_detail)bl_in_chosen(in->capacity, BLOOP_CAPACITY_NONE);
    return status;
}

static bloop_status check_query(const bl_in_items *in)
{
    const bl_in_parameter expressions[] = {
        { "ProjectionExpression", in->projection.expression.data != NULL },
        { "FilterExpression", in->filter.data != NULL },
        { "KeyConditionExpression", in->key_condition.data != NULL },
    };
    /* KeyConditions goes with the other expressions, but not with its own. */
    const bl_in_parameter others[] = {
        { "AttributesToGet", in->projection.attributes.present },
        { "QueryFilter", in->filters.present },
        { "ConditionalOperator", in->operator_.text.data != NULL },
        { "KeyConditions", in->key_conditions.present && in->key_condition.data },
    };
    const bl_in_parameters parameters = { expressions, others, BL_COUNT_OF(expressions), BL_COUNT_OF(others) };
    bloop_status status = bl_in_check_parameters(&parameters, &in->projection.names, &in->values);
    if (status == BLOOP_OK)
        status = bl_legacy_check_conditions(&in->filters);
    if (status == BLOOP_OK)
        status = bl_in_check_attributes(&in->projection.attributes);
    if (status == BLOOP_OK)
        status = check_start(&in->start);
    if (status == BLOOP_OK && !in->key_conditions.present && !in->key_condition.data)
        status = bl_error(BLOOP_VALIDATION, "Either the KeyConditions or KeyConditionExpression parameter must be "
                                            "specified in the request.");
    return status == BLOOP_OK ? bl_legacy_check_operator(&in->operator_, &in->filters) : status;
}

static bloop_status check_scan(const bl_in_items *in)
{
    const bl_in_parameter expressions[] = {
        { "ProjectionExpression", in->projection.expression.data != NULL },
        { "FilterExpression", in->filter.data != NULL },
    };
    const bl_in_parameter others[] = {
        { "AttributesToGet", in->projection.attributes.present },
        { "ScanFilter", in->filters.present },
        { "ConditionalOperator", in->operator_.text.data != NULL },
    };
    const bl_in_parameters parameters = { expressions, others, BL_COUNT_OF(expressions), BL_COUNT_OF(others) };
    bloop_status status = bl_in_check_parameters(&parameters, &in->projection.names, &in->values);
    if (status == BLOOP_OK)
        status = bl_in_check_attributes(&in->projection.attributes);
    if (status == BLOOP_OK)
        status = bl_legacy_check_conditions(&in->filters);
    if (status == BLOOP_OK)
        status = check_start(&in->start);
    if (status == BLOOP_OK)
        status = check_segments(in);
    return status == BLOOP_OK ? bl_legacy_check_operator(&in->operator_, &in->filters) : status;
}

/* Some faults are told as they are, others of the starting key (architect/dynalite's validations have the list). */
static bloop_status check_start(const bl_in_value *start)
{
    static const char *const as_they_are[] = { "contains duplicates", "number set", "numeric value",
                                               "significant digits", "number with magnitude" };
    bloop_status status = bl_in_value_fault(start);
    for (size_t i = 0; status != BLOOP_OK && i < BL_COUNT_OF(as_they_are); i++) {
        if (strstr(start->fault, as_they_are[i]))
            return status;
    }
    return status == BLOOP_OK ? status : bl_error_context("The provided starting key is invalid");
}

/* What op can't see: whether a segment of 0 was given. */
static bloop_status check_segments(const bl_in_items *in)
{
    if (in->segment.present && !in->total_segments.present)
        return bl_error(BLOOP_VALIDATION, "The TotalSegments parameter is required but was not present in the request "
                                          "when Segment parameter is present");
    if (in->total_segments.present && !in->segment.present)
        return bl_error(BLOOP_VALIDATION, "The Segment parameter is required but was not present in the request when "
                                          "parameter TotalSegments is present");
    if (!in->segment.present)
        return BLOOP_OK;
    return bl_op_check_segment((int32_t)in->segment.value, (int32_t)in->total_segments.value);
}

static bloop_status make_expressions(bl_wire_reading *reading, bloop_search_request *search)
{
    const bl_in_items *in = &reading->in.items;
    bl_in_expressions found = { .has_update = false };
    bloop_status status = bl_in_parse(reading, in, &found);
    if (status == BLOOP_OK && in->key_conditions.present)
        status = bl_legacy_check_conditions(&in->key_conditions);
    if (status == BLOOP_OK && in->key_conditions.present)
        status = bl_legacy_key_condition(reading, &in->key_conditions, &found.key_condition);
    if (status == BLOOP_OK && in->filters.count)
        status = bl_legacy_condition(reading, &in->filters, &in->operator_, &found.filter);
    if (status == BLOOP_OK && in->projection.attributes.present)
        status = bl_legacy_projection(reading, &in->projection.attributes, &found.projection);
    search->key_condition = found.key_condition;
    search->filter = found.filter;
    search->projection = found.projection;
    return status;
}
