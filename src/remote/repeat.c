/* Which writes may be sent again when it is not known whether they were made: those that leave the same item behind, and
   tell the same, whether they are made once or twice. */
#include "call_private.h"

static bool action_is_repeatable(const bloop_action *action);

bool bl_write_is_repeatable(const bloop_write_request *request)
{
    /* The second time a condition may fail because of the first, and the old values are the new ones. */
    if (request->condition && request->condition->kind != BLOOP_EXPR_EMPTY)
        return false;
    if (request->return_values == BLOOP_RETURN_ALL_OLD || request->return_values == BLOOP_RETURN_UPDATED_OLD)
        return false;
    if (request->kind != BLOOP_WRITE_UPDATE || !request->update)
        return true;
    for (size_t i = 0; i < request->update->count; i++)
        if (!action_is_repeatable(&request->update->actions[i]))
            return false;
    return true;
}

/* SET to a given value, and REMOVE. Not of a list's element: a SET beyond the end appends, a REMOVE moves what follows
   (developer guide, "Update expressions"). */
static bool action_is_repeatable(const bloop_action *action)
{
    bool plain = action->kind == BLOOP_ACTION_REMOVE ||
                 (action->kind == BLOOP_ACTION_SET && action->value.kind == BLOOP_EXPR_VALUE);
    return plain && action->path.count > 0 && action->path.steps[action->path.count - 1].name.data != NULL;
}
