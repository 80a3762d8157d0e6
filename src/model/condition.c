/* Conditions as wholes: made, copied, printed, consumed. */
#include "model/condition_private.h"

static const bloop_expr *copy_expr(bl_condition *to, const bloop_expr *from);
static bloop_status copy_content(bl_condition *to, bloop_expr *copy, const bloop_expr *from);
static void *copy_bytes(bl_condition *to, const void *data, size_t size);

/* What is given out when there is no memory for anything else. Its address is even, as no number is. */
static uint64_t no_memory_mark;
static bl_condition no_memory = { .status = BLOOP_NO_MEMORY, .message = "out of memory for a condition" };

bloop_condition *bloop_condition_new(void)
{
    return bl_condition_give(bl_condition_make());
}

bool bloop_condition_is_empty(const bloop_condition *condition)
{
    const bl_condition *found = bl_condition_look(condition);
    return found && found->status == BLOOP_OK && found->root.kind == BLOOP_EXPR_EMPTY;
}

bloop_status bloop_condition_status(const bloop_condition *condition)
{
    const bl_condition *found = bl_condition_look(condition);
    if (!found)
        return bl_error_consumed(condition);
    return found->status == BLOOP_OK ? BLOOP_OK : bl_error(found->status, "%s", found->message);
}

bloop_condition *bloop_condition_copy(const bloop_condition *condition)
{
    const bl_condition *found = bl_condition_look(condition);
    bl_condition *copy = bl_condition_make();
    if (!copy)
        return bl_condition_give(copy);
    bloop_status status = found ? found->status : bl_error_consumed(condition);
    if (status != BLOOP_OK) {
        if (found)
            bl_error(status, "%s", found->message);
        return bl_condition_fail(copy);
    }
    copy->depth = found->depth;
    if (copy_content(copy, &copy->root, &found->root) != BLOOP_OK)
        return bl_condition_fail(copy);
    return bl_condition_give(copy);
}

size_t bloop_condition_print(const bloop_condition *condition, char *text, size_t size)
{
    const bl_condition *found = bl_condition_look(condition);
    if (found && found->status == BLOOP_OK)
        return bloop_expr_print(&found->root, text, size);
    bl_text out;
    bl_text_begin(&out, text, size);
    bl_text_add(&out, "<%s>", found ? found->message : "a consumed condition");
    return out.length;
}

void bloop_condition_free(bloop_condition *condition)
{
    bl_condition_discard(bl_condition_claim(condition));
}

bloop_status bl_condition_take(bloop_condition *condition, bl_taken *out)
{
    *out = (bl_taken){ NULL, NULL };
    if (!condition)
        return BLOOP_OK;
    bl_condition *found = bl_condition_claim(condition);
    if (!found)
        return bl_error_consumed(condition);
    if (found->status != BLOOP_OK) {
        bloop_status status = bl_error(found->status, "%s", found->message);
        bl_condition_discard(found);
        return status;
    }
    out->memory = found;
    out->expr = found->root.kind == BLOOP_EXPR_EMPTY ? NULL : &found->root;
    return BLOOP_OK;
}

void bl_taken_free(bl_taken *taken)
{
    bl_condition_discard(taken->memory);
    *taken = (bl_taken){ NULL, NULL };
}

bl_condition *bl_condition_make(void)
{
    bl_condition *condition = bl_alloc(sizeof *condition);
    if (!condition)
        return NULL;
    memset(condition, 0, offsetof(bl_condition, storage));
    bl_memory_use(&condition->memory, condition->storage, sizeof condition->storage);
    condition->depth = 1;
    return condition;
}

void bl_condition_discard(bl_condition *condition)
{
    if (!condition || condition == &no_memory)
        return;
    for (bl_condition *next, *owned = condition->owned; owned; owned = next) {
        next = owned->next_owned;
        bl_memory_free(&owned->memory);
        bl_free(owned);
    }
    bl_memory_free(&condition->memory);
    bl_free(condition);
}

bloop_condition *bl_condition_fail(bl_condition *condition)
{
    const bloop_error *error = bloop_last_error();
    size_t size = strlen(error->message) + 1;
    char *message = condition && error->status != BLOOP_NO_MEMORY ? bl_memory_take(&condition->memory, size) : NULL;
    if (!message) {
        bl_condition_discard(condition);
        return (bloop_condition *)(void *)&no_memory_mark;
    }
    memcpy(message, error->message, size);
    condition->message = message;
    condition->status = error->status;
    return bl_condition_give(condition);
}

bloop_condition *bl_condition_give(bl_condition *condition)
{
    bloop_condition *number = condition ? bl_numbers_add(condition) : NULL;
    if (number)
        return number;
    bl_condition_discard(condition);
    return (bloop_condition *)(void *)&no_memory_mark;
}

bl_condition *bl_condition_look(const bloop_condition *number)
{
    return number == (const bloop_condition *)(const void *)&no_memory_mark ? &no_memory
                                                                            : bl_numbers_find(number, false);
}

bl_condition *bl_condition_claim(const bloop_condition *number)
{
    return number == (const bloop_condition *)(const void *)&no_memory_mark ? &no_memory
                                                                            : bl_numbers_find(number, true);
}

bloop_status bl_error_consumed(const bloop_condition *condition)
{
    if (!condition)
        return bl_error(BLOOP_INVALID_CONDITION, "a condition is NULL");
    return bl_error(BLOOP_INVALID_CONDITION,
                    "a condition is used that a call has consumed before: use bloop_condition_copy first");
}

/* Trees are at most BLOOP_EXPR_MAX_DEPTH deep, which the builders see to. */
static const bloop_expr *copy_expr(bl_condition *to, const bloop_expr *from)
{
    bloop_expr *copy = bl_memory_take(&to->memory, sizeof *copy);
    return copy && copy_content(to, copy, from) == BLOOP_OK ? copy : NULL;
}

static bloop_status copy_content(bl_condition *to, bloop_expr *copy, const bloop_expr *from)
{
    *copy = *from;
    if (from->kind == BLOOP_EXPR_PATH) {
        bloop_step *steps = copy_bytes(to, from->path.steps, from->path.count * sizeof *steps);
        for (uint32_t i = 0; steps && i < from->path.count; i++) {
            if (!steps[i].name.data)
                continue;
            steps[i].name.data = copy_bytes(to, steps[i].name.data, steps[i].name.size);
            if (!steps[i].name.data)
                return BLOOP_NO_MEMORY;
        }
        copy->path.steps = steps;
        return steps ? BLOOP_OK : BLOOP_NO_MEMORY;
    }
    if (from->kind == BLOOP_EXPR_VALUE) {
        copy->value.data = copy_bytes(to, from->value.data, from->value.size);
        return copy->value.data ? BLOOP_OK : BLOOP_NO_MEMORY;
    }
    const bloop_expr **args = bl_memory_take(&to->memory, from->count * sizeof *args);
    for (uint32_t i = 0; args && i < from->count; i++) {
        args[i] = copy_expr(to, from->args[i]);
        if (!args[i])
            return BLOOP_NO_MEMORY;
    }
    copy->args = args;
    return args ? BLOOP_OK : BLOOP_NO_MEMORY;
}

static void *copy_bytes(bl_condition *to, const void *data, size_t size)
{
    void *copy = bl_memory_take(&to->memory, size ? size : 1);
    if (copy && size)
        memcpy(copy, data, size);
    return copy;
}
