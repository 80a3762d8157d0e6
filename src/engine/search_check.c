/* What a search asks for, checked against its model and index before anything is sent. The rules are the reference's
   (Bloop for Python, search.py). */
#include <stdio.h>

#include "engine/search_private.h"

/* The operators that a condition on a range key may have. */
#define RANGE_OPERATORS                                                                                            \
    (1U << BLOOP_EXPR_EQ | 1U << BLOOP_EXPR_LT | 1U << BLOOP_EXPR_LE | 1U << BLOOP_EXPR_GT | 1U << BLOOP_EXPR_GE | \
     1U << BLOOP_EXPR_BETWEEN | 1U << BLOOP_EXPR_BEGINS_WITH)

static bool is_on(const bloop_expr *expr, const bl_column_info *column, uint32_t operators);
static bloop_status check_node(bloop_search *search, const bloop_expr *expr, uint32_t depth);
static bloop_status check_column(bloop_search *search, const bloop_path *path);
static bloop_status note_fetched(bloop_search *search, const bl_column_info *column);
static const bl_column_info *column_of(const bl_model_info *info, const bloop_path *path);
static bloop_status add_column(bloop_search *search, const bl_column_info *found, const char *name);
static bloop_status make_paths(bloop_search *search);

const bl_column_info *bl_search_hash_key(const bloop_search *search)
{
    return search->index ? search->index->hash_key : search->info->hash_key;
}

const bl_column_info *bl_search_range_key(const bloop_search *search)
{
    return search->index ? search->index->range_key : search->info->range_key;
}

const uint64_t *bl_search_available(const bloop_search *search)
{
    return search->index ? search->index->available : search->info->all;
}

const char *bl_search_name(const bloop_search *search, char text[BL_SEARCH_NAME_SIZE])
{
    if (!search->info)
        snprintf(text, BL_SEARCH_NAME_SIZE, "a search");
    else if (search->index)
        snprintf(text, BL_SEARCH_NAME_SIZE, "index %s of model %s", search->index->index->name,
                 search->info->model->name);
    else
        snprintf(text, BL_SEARCH_NAME_SIZE, "model %s", search->info->model->name);
    return text;
}

bloop_status bl_search_check_key(const bloop_search *search, const bloop_expr *key)
{
    const bl_column_info *hash = bl_search_hash_key(search), *range = bl_search_range_key(search);
    char name[BL_SEARCH_NAME_SIZE];
    if (key && is_on(key, hash, 1U << BLOOP_EXPR_EQ))
        return BLOOP_OK;
    if (!range)
        return bl_error(BLOOP_INVALID_KEY_CONDITION,
                        "%s: the key condition must be an equality on the hash key, %s, and nothing else",
                        bl_search_name(search, name), hash->column->name);
    if (key && key->kind == BLOOP_EXPR_AND && key->count == 2) {
        for (int i = 0; i < 2; i++)
            if (is_on(key->args[i], hash, 1U << BLOOP_EXPR_EQ) && is_on(key->args[1 - i], range, RANGE_OPERATORS))
                return BLOOP_OK;
    }
    return bl_error(BLOOP_INVALID_KEY_CONDITION,
                    "%s: the key condition must be an equality on the hash key, %s, and at most one of = < <= > >= "
                    "between begins_with on the range key, %s",
                    bl_search_name(search, name), hash->column->name, range->column->name);
}

bloop_status bl_search_check_filter(bloop_search *search, const bloop_expr *filter)
{
    return filter ? check_node(search, filter, 0) : BLOOP_OK;
}

bloop_status bl_search_project(bloop_search *search, const bloop_column *const *columns, const char *const *names)
{
    const bl_model_info *info = search->info;
    char name[BL_SEARCH_NAME_SIZE];
    if (columns && names)
        return bl_error(BLOOP_INVALID_PROJECTION, "%s: give .projection or .projection_names, not both",
                        bl_search_name(search, name));
    if ((columns && !columns[0]) || (names && !names[0]))
        return bl_error(BLOOP_INVALID_PROJECTION, "%s: the projection is empty", bl_search_name(search, name));
    search->requested = bl_alloc_zeroed(info->words, sizeof *search->requested);
    if (!search->requested)
        return BLOOP_NO_MEMORY;
    if (!columns && !names)
        memcpy(search->requested, search->index ? search->index->included : info->all,
               info->words * sizeof *search->requested);
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; status == BLOOP_OK && columns && columns[i]; i++)
        status = columns[i]->kind == BLOOP_MEMBER_PATH || columns[i]->kind == BLOOP_MEMBER_SIZE
                     ? bl_error(BLOOP_INVALID_PROJECTION, "%s: a projection is of whole columns",
                                bl_search_name(search, name))
                     : add_column(search, bl_model_find_column(info, columns[i]), columns[i]->name);
    for (size_t i = 0; status == BLOOP_OK && names && names[i]; i++)
        status = add_column(search, bl_model_find_named(info, names[i]), names[i]);
    if (status != BLOOP_OK)
        return status;
    /* A row without the keys of its item could be neither saved nor gone on from. */
    bl_bit_set(search->requested, info->hash_key->number);
    if (info->range_key)
        bl_bit_set(search->requested, info->range_key->number);
    return make_paths(search);
}

/* Whether it is `column operator value`, with one of the operators (bits by kind). */
static bool is_on(const bloop_expr *expr, const bl_column_info *column, uint32_t operators)
{
    if (!(operators >> expr->kind & 1) || expr->args[0]->kind != BLOOP_EXPR_PATH)
        return false;
    const bloop_path *path = &expr->args[0]->path;
    if (path->count != 1 || path->steps[0].name.size != column->dynamo_name.size ||
        memcmp(path->steps[0].name.data, column->dynamo_name.data, column->dynamo_name.size) != 0)
        return false;
    for (uint32_t i = 1; i < expr->count; i++)
        if (expr->args[i]->kind != BLOOP_EXPR_VALUE)
            return false;
    return true;
}

static bloop_status check_node(bloop_search *search, const bloop_expr *expr, uint32_t depth)
{
    if (depth > BLOOP_EXPR_MAX_DEPTH)
        return bl_error(BLOOP_INVALID_FILTER_CONDITION, "the filter is nested too deeply");
    if (expr->kind == BLOOP_EXPR_PATH)
        return check_column(search, &expr->path);
    for (uint32_t i = 0; i < expr->count; i++) {
        bloop_status status = check_node(search, expr->args[i], depth + 1);
        if (status != BLOOP_OK)
            return status;
    }
    return BLOOP_OK;
}

static bloop_status check_column(bloop_search *search, const bloop_path *path)
{
    const bl_column_info *column = column_of(search->info, path);
    char name[BL_SEARCH_NAME_SIZE], quoted[BL_QUOTE_SIZE];
    if (!column)
        return bl_error(BLOOP_INVALID_FILTER_CONDITION, "%s: the filter names %s, which is not a column of it",
                        bl_search_name(search, name),
                        bl_quote(quoted, path->steps[0].name.data, path->steps[0].name.size));
    if (!bl_bit(bl_search_available(search), column->number))
        return bl_error(BLOOP_INVALID_FILTER_CONDITION, "%s: the filter names %s, which is not available there",
                        bl_search_name(search, name), column->column->name);
    bool key = column == bl_search_hash_key(search) || column == bl_search_range_key(search);
    if (search->request.kind == BLOOP_SEARCH_QUERY && key)
        return bl_error(BLOOP_INVALID_FILTER_CONDITION,
                        "%s: %s is a key that is queried, and can't be in the filter: put it into the key condition",
                        bl_search_name(search, name), column->column->name);
    return note_fetched(search, column);
}

/* The service reads the table for a lenient local index when it is asked for what that does not project, and not for a
   filter alone: a query is then refused, and to a scan the attribute is missing (src/op/README.md). So it is asked for. */
static bloop_status note_fetched(bloop_search *search, const bl_column_info *column)
{
    if (!search->index || bl_bit(search->index->included, column->number))
        return BLOOP_OK;
    if (!search->fetched)
        search->fetched = bl_alloc_zeroed(search->info->words, sizeof *search->fetched);
    if (!search->fetched)
        return BLOOP_NO_MEMORY;
    bl_bit_set(search->fetched, column->number);
    return BLOOP_OK;
}

static const bl_column_info *column_of(const bl_model_info *info, const bloop_path *path)
{
    for (size_t i = 0; i < info->column_count; i++) {
        const bloop_slice *name = &info->columns[i].dynamo_name;
        if (name->size == path->steps[0].name.size && memcmp(name->data, path->steps[0].name.data, name->size) == 0)
            return &info->columns[i];
    }
    return NULL;
}

static bloop_status add_column(bloop_search *search, const bl_column_info *found, const char *name)
{
    char text[BL_SEARCH_NAME_SIZE];
    if (!found)
        return bl_error(BLOOP_INVALID_PROJECTION, "%s has no column %s", bl_search_name(search, text), name);
    if (!bl_bit(bl_search_available(search), found->number))
        return bl_error(BLOOP_INVALID_PROJECTION, "%s does not project the column %s", bl_search_name(search, text),
                        name);
    bl_bit_set(search->requested, found->number);
    return BLOOP_OK;
}

/* What is asked for: the columns, the keys that a search is by, since a token is made of them, and what the filter needs. */
static bloop_status make_paths(bloop_search *search)
{
    const bl_model_info *info = search->info;
    const bl_column_info *keys[] = { bl_search_hash_key(search), bl_search_range_key(search) };
    search->paths = bl_alloc_zeroed(info->column_count, sizeof *search->paths);
    if (!search->paths)
        return BLOOP_NO_MEMORY;
    size_t count = 0;
    for (size_t i = 0; i < info->column_count; i++) {
        const bl_column_info *column = &info->columns[i];
        bool fetched = search->fetched && bl_bit(search->fetched, i);
        if (bl_bit(search->requested, i) || fetched || column == keys[0] || column == keys[1])
            search->paths[count++] = (bloop_path){ &column->step, 1 };
    }
    search->projection = (bloop_projection_paths){ search->paths, count };
    return BLOOP_OK;
}
