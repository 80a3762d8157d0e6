/* What a search comes to, once its table is known: which key is searched, and what it has to be. The order of the checks is
   the service's, as architect/dynalite's suite recorded it. */
#include "op/search_private.h"
#include "value/value.h"

#define INVALID "One or more parameter values were invalid: "

static bloop_status find_index(const bloop_table_definition *table, const bloop_search_request *request,
                               bl_search_plan *plan);
static bloop_status plan_query(const bloop_table_definition *table, const bloop_search_request *request,
                               bl_search_plan *plan);
static bloop_status plan_scan(const bloop_table_definition *table, const bloop_search_request *request,
                              bl_search_plan *plan);
static bloop_status plan_key(const bloop_table_definition *table, const bl_key_condition *condition, bool range,
                             bl_search_plan *plan);
static bloop_status check_value(const bloop_table_definition *table, const char *name, bool range, bloop_value value);
static bloop_status check_select(const bloop_search_request *request, const bl_search_plan *plan);

bloop_status bl_op_plan_search(const bloop_table_definition *table, const bloop_search_request *request,
                               bl_search_plan *out)
{
    bl_search_plan plan = { .hash_key = table->hash_key, .range_key = table->range_key };
    bloop_status status = find_index(table, request, &plan);
    plan.single = request->kind == BLOOP_SEARCH_QUERY && !plan.index && !table->range_key;
    if (status == BLOOP_OK)
        status = bl_search_check_start(table, request, &plan);
    if (status == BLOOP_OK)
        status =
            request->kind == BLOOP_SEARCH_QUERY ? plan_query(table, request, &plan) : plan_scan(table, request, &plan);
    if (status == BLOOP_OK)
        status = bl_search_check_projected(table, request, &plan);
    if (status == BLOOP_OK)
        *out = plan;
    return status;
}

static bloop_status find_index(const bloop_table_definition *table, const bloop_search_request *request,
                               bl_search_plan *plan)
{
    if (!request->index)
        return BLOOP_OK;
    plan->index = bl_op_find_index(table, request->index);
    if (!plan->index)
        return bl_error(BLOOP_VALIDATION, "The table does not have the specified index: %s", request->index);
    plan->local = true;
    for (size_t i = 0; i < table->global_index_count; i++) {
        if (plan->index == &table->global_indexes[i])
            plan->local = false;
    }
    if (!plan->local && request->consistent)
        return bl_error(BLOOP_VALIDATION, "Consistent reads are not supported on global secondary indexes");
    plan->hash_key = plan->index->hash_key;
    plan->range_key = plan->index->range_key;
    return BLOOP_OK;
}

static bloop_status plan_query(const bloop_table_definition *table, const bloop_search_request *request,
                               bl_search_plan *plan)
{
    bl_key_condition condition;
    bloop_status status = bl_key_condition_split(request->key_condition, &condition);
    for (int range = 0; status == BLOOP_OK && range <= (plan->range_key != NULL); range++) {
        if (request->exclusive_start.data)
            status = bl_search_check_start_piece(table, request, plan, range);
        if (status == BLOOP_OK)
            status = plan_key(table, &condition, range, plan);
    }
    if (status == BLOOP_OK && request->exclusive_start.data)
        status = bl_search_check_start_table(table, request);
    if (status == BLOOP_OK && request->exclusive_start.data)
        status = bl_search_check_start_bounds(request, plan);
    if (status == BLOOP_OK)
        status = bl_search_check_filter_keys(request, plan);
    if (status == BLOOP_OK)
        status = check_select(request, plan);
    return status == BLOOP_OK ? bl_search_check_scalars(table, request) : status;
}

static bloop_status plan_scan(const bloop_table_definition *table, const bloop_search_request *request,
                              bl_search_plan *plan)
{
    bloop_status status = BLOOP_OK;
    bool pieces = request->exclusive_start.data && plan->index;
    for (int range = 0; pieces && status == BLOOP_OK && range <= (plan->range_key != NULL); range++)
        status = bl_search_check_start_piece(table, request, plan, range);
    if (status == BLOOP_OK)
        status = check_select(request, plan);
    if (status == BLOOP_OK && request->exclusive_start.data)
        status = bl_search_check_start_table(table, request);
    return status == BLOOP_OK ? bl_search_check_scalars(table, request) : status;
}

/* The term of a key attribute. */
static bloop_status plan_key(const bloop_table_definition *table, const bl_key_condition *condition, bool range,
                             bl_search_plan *plan)
{
    const char *name = range ? plan->range_key : plan->hash_key;
    const bl_key_term *term = NULL;
    uint32_t keys = plan->range_key ? 2 : 1;
    if (condition->count > keys)
        return bl_error(BLOOP_VALIDATION,
                        "The number of query conditions (%lu) exceeds the number of key attributes defined in the "
                        "schema (%lu)",
                        (unsigned long)condition->count, (unsigned long)keys);
    for (uint32_t i = 0; i < condition->count; i++) {
        if (bl_slice_is(condition->terms[i].name, name))
            term = &condition->terms[i];
    }
    if (!term && (!range || condition->count > 1))
        return bl_error(BLOOP_VALIDATION, "Query condition missed key schema element: %s", name);
    if (!term)
        return BLOOP_OK;
    bloop_status status = check_value(table, name, range, term->low);
    if (status == BLOOP_OK && term->kind == BLOOP_EXPR_BETWEEN)
        status = check_value(table, name, range, term->high);
    if (status != BLOOP_OK)
        return status;
    if (!range && term->kind != BLOOP_EXPR_EQ)
        return bl_error(BLOOP_VALIDATION, "Query key condition not supported");
    if (range)
        plan->range = *term;
    else
        plan->hash = term->low;
    return BLOOP_OK;
}

static bloop_status check_value(const bloop_table_definition *table, const char *name, bool range, bloop_value value)
{
    if (bloop_value_tag(value) != bl_op_attribute_type(table, name))
        return bl_error(BLOOP_VALIDATION, INVALID "Condition parameter type does not match schema type");
    return bl_op_check_key_piece(table, name, range, value);
}

static bloop_status check_select(const bloop_search_request *request, const bl_search_plan *plan)
{
    if (request->select != BLOOP_SELECT_ALL || !plan->index || plan->local ||
        plan->index->projection == BLOOP_PROJECT_ALL)
        return BLOOP_OK;
    return bl_error(BLOOP_VALIDATION,
                    INVALID "Select type ALL_ATTRIBUTES is not supported for global secondary index %s because its "
                            "projection type is not ALL",
                    plan->index->name);
}
