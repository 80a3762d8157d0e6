/* All document paths of a condition, in the order in which they are written. */
#include "expr/expr.h"

bloop_status bl_expr_each_path(const bloop_expr *condition, bl_path_visitor visit, void *context)
{
    bloop_status status = BLOOP_OK;
    if (!condition)
        return BLOOP_OK;
    if (condition->kind == BLOOP_EXPR_PATH)
        return visit(context, &condition->path);
    for (uint32_t i = 0; status == BLOOP_OK && i < condition->count; i++)
        status = bl_expr_each_path(condition->args[i], visit, context);
    return status;
}
