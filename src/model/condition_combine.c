/* Conditions made of conditions. */
#include "model/condition_private.h"

static bloop_condition *combine(bloop_expr_kind kind, bloop_condition *const *conditions, size_t count);
static bloop_status claim_all(bloop_condition *const *conditions, size_t count, bl_condition **parts, size_t *kept);
static bloop_status join(bloop_expr_kind kind, bl_condition *whole, bl_condition *const *parts, size_t count);
static void own(bl_condition *whole, bl_condition *part);
static bloop_status check_depth(const bl_condition *condition);

bloop_condition *bloop_condition_all(bloop_condition *const *conditions, size_t count)
{
    return combine(BLOOP_EXPR_AND, conditions, count);
}

bloop_condition *bloop_condition_any(bloop_condition *const *conditions, size_t count)
{
    return combine(BLOOP_EXPR_OR, conditions, count);
}

bloop_condition *bloop_not(bloop_condition *condition)
{
    bl_condition *part = bl_condition_claim(condition);
    bl_condition *whole = part && part->status != BLOOP_OK ? NULL : bl_condition_make();
    if (part && part->status != BLOOP_OK)
        return bl_condition_give(part);
    if (!part || !whole) {
        if (whole)
            bl_error_consumed(condition);
        bl_condition_discard(part);
        return bl_condition_fail(whole);
    }
    own(whole, part);
    whole->root = part->root.kind == BLOOP_EXPR_NOT ? *part->root.args[0] : part->root;
    whole->depth = part->depth;
    if (part->root.kind == BLOOP_EXPR_EMPTY || part->root.kind == BLOOP_EXPR_NOT)
        return bl_condition_give(whole);
    const bloop_expr **args = bl_memory_take(&whole->memory, sizeof *args);
    if (!args)
        return bl_condition_fail(whole);
    args[0] = &part->root;
    whole->root = (bloop_expr){ .kind = BLOOP_EXPR_NOT, .count = 1, .args = args };
    whole->depth++;
    return check_depth(whole) == BLOOP_OK ? bl_condition_give(whole) : bl_condition_fail(whole);
}

/* All parts are claimed before anything else can fail, so that none is lost and each is consumed. */
static bloop_condition *combine(bloop_expr_kind kind, bloop_condition *const *conditions, size_t count)
{
    bl_condition *few[16], **parts = few;
    size_t kept = 0;
    bl_condition *whole = bl_condition_make();
    if (count > BL_COUNT_OF(few))
        parts = bl_alloc(count * sizeof *parts);
    if (!whole || !parts) {
        for (size_t i = 0; i < count; i++)
            bloop_condition_free(conditions[i]);
        bl_error_no_memory(sizeof *whole);
    } else if (claim_all(conditions, count, parts, &kept) == BLOOP_OK && join(kind, whole, parts, kept) == BLOOP_OK &&
               check_depth(whole) == BLOOP_OK) {
        if (parts != few)
            bl_free(parts);
        return bl_condition_give(whole);
    }
    if (parts != few)
        bl_free(parts);
    return bl_condition_fail(whole);
}

/* The first failure among them is that of the whole; a condition given twice is consumed the second time. */
static bloop_status claim_all(bloop_condition *const *conditions, size_t count, bl_condition **parts, size_t *kept)
{
    bl_error_copy failure;
    failure.status = BLOOP_OK;
    for (size_t i = 0; i < count; i++) {
        bl_condition *part = bl_condition_claim(conditions[i]);
        bloop_status status = part ? part->status : bl_error_consumed(conditions[i]);
        if (part && status != BLOOP_OK)
            bl_error(status, "%s", part->message);
        if (status != BLOOP_OK && failure.status == BLOOP_OK)
            bl_error_save(&failure);
        if (part && status == BLOOP_OK && part->root.kind != BLOOP_EXPR_EMPTY)
            parts[(*kept)++] = part;
        else
            bl_condition_discard(part);
    }
    if (failure.status == BLOOP_OK)
        return BLOOP_OK;
    for (size_t i = 0; i < *kept; i++)
        bl_condition_discard(parts[i]);
    return bl_error_restore(&failure);
}

/* (a AND b) AND c becomes (a AND b AND c). */
static bloop_status join(bloop_expr_kind kind, bl_condition *whole, bl_condition *const *parts, size_t count)
{
    uint32_t total = 0, at = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t added = parts[i]->root.kind == kind ? parts[i]->root.count : 1;
        uint32_t depth = parts[i]->depth + (parts[i]->root.kind != kind && count > 1);
        total += added;
        whole->depth = depth > whole->depth ? depth : whole->depth;
        own(whole, parts[i]);
    }
    if (count <= 1) {
        if (count == 1)
            whole->root = parts[0]->root;
        return BLOOP_OK;
    }
    const bloop_expr **args = bl_memory_take(&whole->memory, total * sizeof *args);
    if (!args)
        return BLOOP_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const bloop_expr *root = &parts[i]->root;
        for (uint32_t j = 0; root->kind == kind && j < root->count; j++)
            args[at++] = root->args[j];
        if (root->kind != kind)
            args[at++] = root;
    }
    whole->root = (bloop_expr){ .kind = kind, .count = total, .args = args };
    return BLOOP_OK;
}

/* The list stays flat, so that no end of a long chain is a deep recursion. */
static void own(bl_condition *whole, bl_condition *part)
{
    bl_condition *last = part->owned ? part->last_owned : part;
    part->next_owned = part->owned;
    part->owned = NULL;
    last->next_owned = whole->owned;
    if (!whole->owned)
        whole->last_owned = last;
    whole->owned = part;
}

static bloop_status check_depth(const bl_condition *condition)
{
    if (condition->depth <= BLOOP_EXPR_MAX_DEPTH)
        return BLOOP_OK;
    return bl_error(BLOOP_INVALID_CONDITION, "the condition nests more than %d levels deep", BLOOP_EXPR_MAX_DEPTH);
}
