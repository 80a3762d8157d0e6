/* What a check needs of the text that a tree was made of: where a node is in it, and what placeholders are not defined. */
#include "expr/text_private.h"

static bool is_action_value(const bl_check *c, const bloop_expr *expr);

void bl_check_go_to(bl_check *c, const bloop_expr *expr)
{
    if (!c->source.data)
        return;
    if (is_action_value(c, expr)) {
        const bloop_action *action =
            (const bloop_action *)(const void *)((const char *)expr - offsetof(bloop_action, value));
        c->at = c->values_at[action - c->actions->actions];
        return;
    }
    c->at = ((const bl_node *)(const void *)expr)->at;
}

bloop_status bl_check_defined(bl_check *c, const bloop_expr *expr, bool names, bool values)
{
    if (expr->kind == BLOOP_EXPR_PATH && names)
        return bl_check_path_defined(c, &expr->path);
    if (expr->kind == BLOOP_EXPR_VALUE && values && !expr->value.data) {
        bl_check_go_to(c, expr);
        bl_token token = bl_token_next(c->source, (uint32_t)c->at, false);
        return bl_error(BLOOP_VALIDATION,
                        "Invalid %s: An expression attribute value used in expression is not defined; attribute value: "
                        "%.*s",
                        c->parameter, (int)(token.end - token.start), c->source.data + token.start);
    }
    bloop_status status = BLOOP_OK;
    for (uint32_t i = 0; status == BLOOP_OK && i < expr->count; i++)
        status = bl_check_defined(c, expr->args[i], names, values);
    return status;
}

bloop_status bl_check_path_defined(bl_check *c, const bloop_path *path)
{
    for (uint32_t i = 0; i < path->count; i++) {
        bloop_slice name = path->steps[i].name;
        bool in_text = (uintptr_t)name.data >= (uintptr_t)c->source.data &&
                       (uintptr_t)name.data < (uintptr_t)c->source.data + c->source.size;
        if (!name.data || !in_text || name.data[0] != '#')
            continue;
        c->at = (size_t)(name.data - c->source.data);
        return bl_error(BLOOP_VALIDATION,
                        "Invalid %s: An expression attribute name used in the document path is not defined; attribute "
                        "name: %.*s",
                        c->parameter, (int)name.size, name.data);
    }
    return BLOOP_OK;
}

/* The value of an action is a part of it, and no bl_node. */
static bool is_action_value(const bl_check *c, const bloop_expr *expr)
{
    if (!c->actions)
        return false;
    uintptr_t first = (uintptr_t)c->actions->actions, end = (uintptr_t)(c->actions->actions + c->actions->count);
    return (uintptr_t)expr >= first && (uintptr_t)expr < end;
}
