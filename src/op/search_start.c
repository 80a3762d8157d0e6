/* Exclusive start keys: the key attributes of the last item that was looked at, those of the index and of the table. */
#include "op/search_private.h"

#define START "The provided starting key "

static bloop_status refuse_restart(const bl_search_plan *plan);
static bool is_key_of(const char *name, const char *hash_key, const char *range_key);

bloop_status bl_search_check_start(const bloop_table_definition *table, const bloop_search_request *request,
                                   const bl_search_plan *plan)
{
    if (!request->exclusive_start.data)
        return BLOOP_OK;
    uint32_t count = table->range_key ? 2 : 1;
    count += plan->index && !is_key_of(plan->hash_key, table->hash_key, table->range_key);
    count += plan->index && plan->range_key && !is_key_of(plan->range_key, table->hash_key, table->range_key);
    if (bloop_value_count(request->exclusive_start) == count)
        return BLOOP_OK;
    bool long_form = request->kind == BLOOP_SEARCH_SCAN && !plan->index;
    return bl_error(BLOOP_VALIDATION, START "is invalid%s",
                    long_form ? ": The provided key element does not match the schema" : "");
}

bloop_status bl_search_check_start_piece(const bloop_table_definition *table, const bloop_search_request *request,
                                         const bl_search_plan *plan, bool range)
{
    const char *name = range ? plan->range_key : plan->hash_key;
    bloop_value value = bl_search_key_value(request->exclusive_start, name);
    if (!value.data)
        return bl_error(BLOOP_VALIDATION, START "is invalid");
    return bl_op_check_key_piece(table, name, range, value);
}

bloop_status bl_search_check_start_table(const bloop_table_definition *table, const bloop_search_request *request)
{
    bloop_item start = request->exclusive_start;
    bloop_status status =
        bl_op_check_key_piece(table, table->hash_key, false, bl_search_key_value(start, table->hash_key));
    if (status == BLOOP_OK && table->range_key)
        status = bl_op_check_key_piece(table, table->range_key, true, bl_search_key_value(start, table->range_key));
    return status == BLOOP_OK ? BLOOP_OK : bl_error_context(START "is invalid");
}

bloop_status bl_search_check_start_bounds(const bloop_search_request *request, const bl_search_plan *plan)
{
    bloop_item start = request->exclusive_start;
    bool hash_met = bloop_value_equal(bl_search_key_value(start, plan->hash_key), plan->hash);
    bool ranged = plan->range.kind != BLOOP_EXPR_EMPTY;
    if (ranged && !bl_key_term_met(&plan->range, bl_search_key_value(start, plan->range_key)))
        return bl_error(BLOOP_VALIDATION, START "does not match the range key predicate");
    if (hash_met)
        return plan->single ? refuse_restart(plan) : BLOOP_OK;
    return ranged ? bl_error(BLOOP_VALIDATION, "The query can return at most one row and cannot be restarted")
                  : bl_error(BLOOP_VALIDATION, START "is outside query boundaries based on provided conditions");
}

/* What a key has no range for has one item at most, so that there is nothing behind it to start at (Alternator's suite,
   test_query_no_sort_key_exclusive_start_key). */
static bloop_status refuse_restart(const bl_search_plan *plan)
{
    char space[512];
    bl_buffer key = { 0 };
    bl_buffer_use(&key, space, sizeof space);
    bl_expr_describe_value(&key, plan->hash);
    bloop_status status = key.status;
    if (status == BLOOP_OK)
        status = bl_error(BLOOP_VALIDATION, "The provided exclusive start key is invalid: ExclusiveStartKey: {%s=%.*s}",
                          plan->hash_key, (int)key.size, (const char *)key.data);
    bl_buffer_free(&key);
    return status;
}

static bool is_key_of(const char *name, const char *hash_key, const char *range_key)
{
    return strcmp(name, hash_key) == 0 || (range_key && strcmp(name, range_key) == 0);
}
