/* What each action of an update comes to against the old item: operands settled, numbers added, types and paths checked.
   The order of the errors is the service's: operands of SET first, then paths and old values (architect/dynalite's
   suite, which was recorded from Amazon DynamoDB, has cases for each). */
#include "expr/update_private.h"

static const char *const wrong_type = "An operand in the update expression has an incorrect data type";
static const char *const no_attribute =
    "The provided expression refers to an attribute that does not exist in the item";
static const char *const too_large =
    "Number overflow. Attempting to store a number with magnitude larger than supported range";
static const char *const bad_path = "The document path provided in the update expression is invalid for update";

static bloop_status prepare_set(const bloop_action *action, bloop_item base, bl_edit *edit);
static bloop_status prepare_sum(const bloop_expr *sum, bloop_item base, bl_edit *edit);
static bloop_status settle_number(const bloop_expr *operand, bloop_item base, bloop_number *number);
static bloop_status check_lists(const bloop_expr *operands, bloop_item base);
static bloop_status check_parent(const bloop_path *path, bloop_item base);
static bloop_status prepare_add(const bloop_action *action, bloop_value old, bl_edit *edit);
static bloop_status prepare_delete(const bloop_action *action, bloop_value old, bl_edit *edit);
static bloop_status keep_number(bl_edit *edit, bloop_status status, bloop_number number);
static bool takes_all(bloop_value old, bloop_value taken);

bloop_status bl_edits_prepare(const bloop_update *update, bloop_item base, bool exists, bl_edit *edits, size_t *count)
{
    for (size_t i = 0; i < update->count; i++) {
        const bloop_action *action = &update->actions[i];
        bloop_status status = action->kind == BLOOP_ACTION_SET ? prepare_set(action, base, &edits[i]) : BLOOP_OK;
        if (status != BLOOP_OK)
            return status;
    }
    size_t kept = 0;
    for (size_t i = 0; i < update->count; i++) {
        const bloop_action *action = &update->actions[i];
        bl_edit *edit = &edits[kept];
        if (action->kind == BLOOP_ACTION_SET)
            *edit = edits[i];
        edit->path = &action->path;
        /* Alternator's suite: REMOVE a.b is an error when the item has no a, and none when there is no item
           (test_nested_attribute_remove_from_missing_item). */
        if (!exists && action->kind == BLOOP_ACTION_REMOVE && action->path.count > 1)
            continue;
        bloop_status status = check_parent(&action->path, base);
        if (status == BLOOP_OK && action->kind == BLOOP_ACTION_ADD)
            status = prepare_add(action, bl_path_find(&action->path, base), edit);
        else if (status == BLOOP_OK && action->kind == BLOOP_ACTION_DELETE)
            status = prepare_delete(action, bl_path_find(&action->path, base), edit);
        else if (action->kind == BLOOP_ACTION_REMOVE)
            edit->outcome = BL_OUTCOME_NOTHING;
        if (status != BLOOP_OK)
            return status;
        kept++;
    }
    *count = kept;
    return BLOOP_OK;
}

const bloop_expr *bl_operand_settle(const bloop_expr *operand, bloop_item base, bloop_value *value)
{
    while (operand->kind == BLOOP_EXPR_IF_NOT_EXISTS) {
        *value = bl_path_find(&operand->args[0]->path, base);
        if (value->data)
            return operand;
        operand = operand->args[1];
    }
    *value = operand->kind == BLOOP_EXPR_VALUE  ? operand->value
             : operand->kind == BLOOP_EXPR_PATH ? bl_path_find(&operand->path, base)
                                                : (bloop_value){ NULL, 0 };
    return operand;
}

static bloop_status prepare_set(const bloop_action *action, bloop_item base, bl_edit *edit)
{
    const bloop_expr *operand = bl_operand_settle(&action->value, base, &edit->value);
    if (edit->value.data) {
        edit->outcome = BL_OUTCOME_VALUE;
        return BLOOP_OK;
    }
    switch (operand->kind) {
    case BLOOP_EXPR_PLUS:
    case BLOOP_EXPR_MINUS: return prepare_sum(operand, base, edit);
    case BLOOP_EXPR_LIST_APPEND:
        edit->outcome = BL_OUTCOME_LIST;
        edit->list = operand;
        return check_lists(operand, base);
    default: return bl_error(BLOOP_VALIDATION, "%s", no_attribute);
    }
}

static bloop_status prepare_sum(const bloop_expr *sum, bloop_item base, bl_edit *edit)
{
    bloop_number a = { 0 }, b = { 0 }, result = { 0 };
    bloop_status status = settle_number(sum->args[0], base, &a);
    if (status == BLOOP_OK)
        status = settle_number(sum->args[1], base, &b);
    if (status != BLOOP_OK)
        return status;
    status = sum->kind == BLOOP_EXPR_PLUS ? bloop_number_add(a, b, &result) : bloop_number_subtract(a, b, &result);
    return keep_number(edit, status, result);
}

static bloop_status settle_number(const bloop_expr *operand, bloop_item base, bloop_number *number)
{
    bloop_value value;
    operand = bl_operand_settle(operand, base, &value);
    if (!value.data)
        return bl_error(BLOOP_VALIDATION, "%s", operand->kind == BLOOP_EXPR_PATH ? no_attribute : wrong_type);
    if (bloop_value_tag(value) != BLOOP_TAG_N)
        return bl_error(BLOOP_VALIDATION, "%s", wrong_type);
    *number = bloop_value_number(value);
    return BLOOP_OK;
}

static bloop_status check_lists(const bloop_expr *operands, bloop_item base)
{
    for (uint32_t i = 0; i < operands->count; i++) {
        bloop_value value;
        const bloop_expr *settled = bl_operand_settle(operands->args[i], base, &value);
        if (!value.data)
            return bl_error(BLOOP_VALIDATION, "%s", settled->kind == BLOOP_EXPR_PATH ? no_attribute : wrong_type);
        if (bloop_value_tag(value) != BLOOP_TAG_L)
            return bl_error(BLOOP_VALIDATION, "%s", wrong_type);
    }
    return BLOOP_OK;
}

static bloop_status check_parent(const bloop_path *path, bloop_item base)
{
    if (path->count == 1)
        return BLOOP_OK;
    bloop_path above = { path->steps, path->count - 1 };
    bloop_value parent = bl_path_find(&above, base);
    bloop_tag needed = path->steps[path->count - 1].name.data ? BLOOP_TAG_M : BLOOP_TAG_L;
    if (!parent.data || bloop_value_tag(parent) != needed)
        return bl_error(BLOOP_VALIDATION, "%s", bad_path);
    return BLOOP_OK;
}

static bloop_status prepare_add(const bloop_action *action, bloop_value old, bl_edit *edit)
{
    edit->value = action->value.value;
    edit->outcome = old.data ? BL_OUTCOME_MORE : BL_OUTCOME_VALUE;
    if (!old.data)
        return BLOOP_OK;
    if (bloop_value_tag(old) != bloop_value_tag(edit->value))
        return bl_error(BLOOP_VALIDATION, "%s", wrong_type);
    if (bloop_value_tag(old) != BLOOP_TAG_N)
        return BLOOP_OK;
    bloop_number result = { 0 };
    bloop_status status = bloop_number_add(bloop_value_number(old), bloop_value_number(edit->value), &result);
    return keep_number(edit, status, result);
}

static bloop_status prepare_delete(const bloop_action *action, bloop_value old, bl_edit *edit)
{
    edit->value = action->value.value;
    edit->outcome = BL_OUTCOME_NOTHING;
    if (!old.data)
        return BLOOP_OK;
    if (bloop_value_tag(old) != bloop_value_tag(edit->value))
        return bl_error(BLOOP_VALIDATION, "%s", wrong_type);
    if (!takes_all(old, edit->value))
        edit->outcome = BL_OUTCOME_LESS;
    return BLOOP_OK;
}

static bloop_status keep_number(bl_edit *edit, bloop_status status, bloop_number number)
{
    /* Sums of more than 38 digits, too, are told as overflow (Alternator's suite, test_update_expression_plus_imprecise). */
    if (status != BLOOP_OK)
        return bl_error(BLOOP_VALIDATION, "%s", too_large);
    edit->outcome = BL_OUTCOME_NUMBER;
    edit->form_size = (uint8_t)bl_number_encode(number, edit->form);
    return BLOOP_OK;
}

/* Whether every element of the set `old` is in the set `taken`. */
static bool takes_all(bloop_value old, bloop_value taken)
{
    bloop_walk a = bloop_value_walk(old), b = bloop_value_walk(taken);
    while (bloop_walk_next(&a)) {
        int order = 1;
        while (order > 0 && bloop_walk_next(&b))
            order = bl_name_compare(a.bytes, b.bytes);
        if (order != 0)
            return false;
    }
    return true;
}
