/* What a key condition says of each key: it is taken apart into one term an attribute. Which of them is the hash key only
   the table knows, and how many there may be. Words and order are those of architect/dynalite's suite, which was recorded from the
   service, with the beginning that the service has put before them since (paritysuite/dynamodb-conformance, October 2026, and
   moto's tests that run on the service). */
#include "expr/expr_private.h"

#define INVALID "Invalid KeyConditionExpression: "

static bloop_status take(const bloop_expr *condition, bl_key_condition *out);
static bloop_status check_operator(const bloop_expr *condition);
static bloop_status find_attribute(const bloop_expr *condition, uint32_t *at);
static bloop_status add_term(const bloop_expr *condition, uint32_t at, bl_key_condition *out);

bloop_status bl_key_condition_split(const bloop_expr *condition, bl_key_condition *out)
{
    bl_key_condition split = { .count = 0 };
    bloop_status status = take(condition, &split);
    if (status == BLOOP_OK)
        *out = split;
    return status;
}

bool bl_key_term_met(const bl_key_term *term, bloop_value value)
{
    int low = 0, high = 0;
    if (term->kind == BLOOP_EXPR_BEGINS_WITH) {
        bloop_slice whole = bloop_value_bytes(value), part = bloop_value_bytes(term->low);
        return bloop_value_tag(value) == bloop_value_tag(term->low) && whole.data && part.size <= whole.size &&
               memcmp(whole.data, part.data, part.size) == 0;
    }
    if (!bloop_value_compare(value, term->low, &low))
        return false;
    switch (term->kind) {
    case BLOOP_EXPR_EQ: return low == 0;
    case BLOOP_EXPR_LT: return low < 0;
    case BLOOP_EXPR_LE: return low <= 0;
    case BLOOP_EXPR_GT: return low > 0;
    case BLOOP_EXPR_GE: return low >= 0;
    default: return low >= 0 && bloop_value_compare(value, term->high, &high) && high <= 0;
    }
}

/* As deep as bl_expr_check lets a tree be. */
static bloop_status take(const bloop_expr *condition, bl_key_condition *out)
{
    bloop_status status = check_operator(condition);
    if (status != BLOOP_OK)
        return status;
    if (condition->kind == BLOOP_EXPR_AND) {
        for (uint32_t i = 0; status == BLOOP_OK && i < condition->count; i++)
            status = take(condition->args[i], out);
        return status;
    }
    uint32_t at = 0;
    status = find_attribute(condition, &at);
    return status == BLOOP_OK ? add_term(condition, at, out) : status;
}

static bloop_status check_operator(const bloop_expr *condition)
{
    const char *name = bl_expr_kind(condition->kind)->name;
    switch (condition->kind) {
    case BLOOP_EXPR_AND:
    case BLOOP_EXPR_EQ:
    case BLOOP_EXPR_LT:
    case BLOOP_EXPR_LE:
    case BLOOP_EXPR_GT:
    case BLOOP_EXPR_GE: return BLOOP_OK;
    case BLOOP_EXPR_BETWEEN:
    case BLOOP_EXPR_BEGINS_WITH:
        if (condition->args[0]->kind == BLOOP_EXPR_PATH)
            return BLOOP_OK;
        return bl_error(BLOOP_VALIDATION,
                        INVALID
                        "Invalid condition in KeyConditionExpression: %s operator must have the key attribute as "
                        "its first operand",
                        name);
    default: return bl_error(BLOOP_VALIDATION, INVALID "Invalid operator used in KeyConditionExpression: %s", name);
    }
}

/* The one argument that is a path. */
static bloop_status find_attribute(const bloop_expr *condition, uint32_t *at)
{
    bool found = false;
    for (uint32_t i = 0; i < condition->count; i++) {
        const bloop_expr *argument = condition->args[i];
        if (argument->kind == BLOOP_EXPR_VALUE)
            continue;
        if (argument->kind != BLOOP_EXPR_PATH)
            return bl_error(BLOOP_VALIDATION, INVALID "KeyConditionExpressions cannot contain nested operations");
        if (found)
            return bl_error(BLOOP_VALIDATION,
                            INVALID "Invalid condition in KeyConditionExpression: Multiple attribute names "
                                    "used in one condition");
        if (argument->path.count > 1)
            return bl_error(BLOOP_VALIDATION,
                            INVALID "KeyConditionExpressions cannot have conditions on nested attributes");
        found = true;
        *at = i;
    }
    if (found)
        return BLOOP_OK;
    return bl_error(BLOOP_VALIDATION,
                    INVALID "Invalid condition in KeyConditionExpression: No key attribute specified");
}

/* A value on the left turns the comparison around. Terms beyond the two that a key can have are only counted. */
static bloop_status add_term(const bloop_expr *condition, uint32_t at, bl_key_condition *out)
{
    bl_key_term term = { .name = condition->args[at]->path.steps[0].name,
                         .kind = at == 0 ? condition->kind : bl_expr_turned(condition->kind),
                         .low = condition->args[at == 0]->value };
    if (condition->kind == BLOOP_EXPR_BETWEEN)
        term.high = condition->args[2]->value;
    for (uint32_t i = 0; i < out->count && i < BL_KEY_TERMS; i++) {
        if (bl_name_compare(out->terms[i].name, term.name) == 0)
            return bl_error(BLOOP_VALIDATION,
                            INVALID "KeyConditionExpressions must only contain one condition per key");
    }
    if (out->count < BL_KEY_TERMS)
        out->terms[out->count] = term;
    out->count++;
    return BLOOP_OK;
}
