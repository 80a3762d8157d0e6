/* Conditions on one column or path. */
#include "model/condition_private.h"

#define MOST_IN 100 /* operands of IN: developer guide, "Condition and filter expressions" */

static const char *const names[BLOOP_EXPR_KIND_COUNT] = {
    [BLOOP_EXPR_EQ] = "=",
    [BLOOP_EXPR_NE] = "<>",
    [BLOOP_EXPR_LT] = "<",
    [BLOOP_EXPR_LE] = "<=",
    [BLOOP_EXPR_GT] = ">",
    [BLOOP_EXPR_GE] = ">=",
    [BLOOP_EXPR_BETWEEN] = "between",
    [BLOOP_EXPR_IN] = "in",
    [BLOOP_EXPR_BEGINS_WITH] = "begins_with",
    [BLOOP_EXPR_CONTAINS] = "contains",
};

static bloop_condition *build(bloop_expr_kind operation, const bloop_column *subject, const bloop_operand *operands,
                              size_t count);
static bloop_status fill(bl_condition *condition, bloop_expr_kind operation, const bloop_column *subject,
                         const bloop_operand *operands, size_t count);
static bloop_status check_operation(bloop_expr_kind operation, const bloop_type *type, size_t count);
static bloop_status existence(bl_condition *condition, bloop_expr_kind operation, const bloop_expr **args);
static bloop_status fill_type(bl_condition *condition, const bloop_column *subject, bloop_tag tag);
static bloop_status resolve_path(bl_condition *condition, const bloop_column *subject, const bloop_type **type,
                                 const bloop_expr **path);
static bloop_status measure(bl_condition *condition, const bloop_column *subject, const bloop_type **type,
                            const bloop_expr **path);
static bloop_status error_in_subject(const bloop_column *subject);
static void describe_subject(bl_text *text, const bloop_column *subject);
static bloop_status walk_steps(const bloop_column *subject, bloop_step *steps, const bloop_type **type);
static bloop_status walk_step(const bloop_step *step, bloop_step *out, const bloop_type **type);
static bool copy_names(bl_condition *condition, bloop_step *steps, uint32_t count);

bloop_condition *bloop_condition_compare(bloop_expr_kind operation, const bloop_column *subject, bloop_operand operand)
{
    return build(operation, subject, &operand, 1);
}

bloop_condition *bloop_condition_between(const bloop_column *subject, bloop_operand low, bloop_operand high)
{
    const bloop_operand operands[] = { low, high };
    return build(BLOOP_EXPR_BETWEEN, subject, operands, 2);
}

bloop_condition *bloop_condition_in(const bloop_column *subject, const bloop_operand *operands, size_t count)
{
    return build(BLOOP_EXPR_IN, subject, operands, count);
}

bloop_condition *bloop_condition_is_type(const bloop_column *subject, bloop_tag tag)
{
    bl_condition *condition = bl_condition_make();
    if (!condition)
        return bl_condition_give(NULL);
    bloop_status status = fill_type(condition, subject, tag);
    return status == BLOOP_OK ? bl_condition_give(condition) : bl_condition_fail(condition);
}

bloop_status bl_subject_resolve(bl_condition *condition, const bloop_column *subject, const bloop_type **type,
                                const bloop_expr **path)
{
    bloop_status status = resolve_path(condition, subject, type, path);
    if (status != BLOOP_OK || subject->kind != BLOOP_MEMBER_SIZE)
        return status;
    return measure(condition, subject, type, path);
}

/* The path's type is the column's, or that of the key or element that the steps lead to. */
static bloop_status resolve_path(bl_condition *condition, const bloop_column *subject, const bloop_type **type,
                                 const bloop_expr **path)
{
    const bl_model_info *info;
    if (subject && !subject->name && subject->kind == BLOOP_MEMBER_SIZE)
        return bl_error(BLOOP_INVALID_CONDITION, "a size has no size");
    if (subject && !subject->name && subject->step_count)
        return bl_error(BLOOP_INVALID_CONDITION, "a size has neither elements nor keys");
    if (!subject || !subject->name)
        return bl_error(BLOOP_INVALID_CONDITION, "there is no column to compare");
    bloop_status status = bl_model_info_of(subject->model, &info);
    if (status != BLOOP_OK)
        return status;
    const bl_column_info *column = bl_model_find_column(info, subject);
    if (!column)
        return bl_error(BLOOP_INVALID_CONDITION, "%s is no column of %s", subject->name, subject->model->name);
    if (subject->step_count >= BLOOP_MAX_DEPTH)
        return bl_error(BLOOP_INVALID_CONDITION, "a path has at most %d steps", BLOOP_MAX_DEPTH);
    *type = column->type;
    *path = &column->path;
    if (subject->step_count == 0)
        return BLOOP_OK;
    bloop_step *steps = bl_memory_take(&condition->memory, (subject->step_count + 1) * sizeof *steps);
    bloop_expr *expr = steps ? bl_memory_take(&condition->memory, sizeof *expr) : NULL;
    if (!expr)
        return BLOOP_NO_MEMORY;
    steps[0] = column->step;
    status = walk_steps(subject, steps + 1, type);
    if (status != BLOOP_OK)
        return status;
    *expr = (bloop_expr){ .kind = BLOOP_EXPR_PATH, .path = { steps, subject->step_count + 1 } };
    *path = expr;
    return copy_names(condition, steps + 1, subject->step_count) ? BLOOP_OK : BLOOP_NO_MEMORY;
}

/* A size is a number, whatever it is of; but not everything has one. */
static bloop_status measure(bl_condition *condition, const bloop_column *subject, const bloop_type **type,
                            const bloop_expr **path)
{
    char text[BL_TYPE_TEXT_SIZE];
    bloop_tag backing = bloop_type_backing(*type);
    if (backing == BLOOP_TAG_N || backing == BLOOP_TAG_BOOL || backing == BLOOP_TAG_NULL) {
        bl_error(BLOOP_INVALID_COMPARISON_OPERATOR, "%s, which is stored as %s, has no size", bl_type_text(*type, text),
                 bloop_tag_name(backing));
        return error_in_subject(subject);
    }
    const bloop_expr **args = bl_memory_take(&condition->memory, sizeof *args);
    bloop_expr *expr = args ? bl_memory_take(&condition->memory, sizeof *expr) : NULL;
    if (!expr)
        return BLOOP_NO_MEMORY;
    args[0] = *path;
    *expr = (bloop_expr){ .kind = BLOOP_EXPR_SIZE, .count = 1, .args = args };
    *path = expr;
    *type = &bloop_type_Number;
    return BLOOP_OK;
}

static bloop_condition *build(bloop_expr_kind operation, const bloop_column *subject, const bloop_operand *operands,
                              size_t count)
{
    bl_condition *condition = bl_condition_make();
    if (!condition)
        return bl_condition_give(NULL);
    bloop_status status = fill(condition, operation, subject, operands, count);
    return status == BLOOP_OK ? bl_condition_give(condition) : bl_condition_fail(condition);
}

static bloop_status fill(bl_condition *condition, bloop_expr_kind operation, const bloop_column *subject,
                         const bloop_operand *operands, size_t count)
{
    const bloop_type *type;
    const bloop_expr *path;
    bloop_status status = bl_subject_resolve(condition, subject, &type, &path);
    if (status != BLOOP_OK)
        return status;
    status = check_operation(operation, type, count);
    if (status != BLOOP_OK)
        return error_in_subject(subject);
    const bloop_expr **args = bl_memory_take(&condition->memory, (count + 1) * sizeof *args);
    if (!args)
        return BLOOP_NO_MEMORY;
    args[0] = path;
    for (size_t i = 0; i < count; i++) {
        bl_argument argument;
        status = bl_operand_resolve(condition, type, operation, &operands[i], &argument);
        bool equality = operation == BLOOP_EXPR_EQ || operation == BLOOP_EXPR_NE;
        if (status == BLOOP_OK && argument.is_none && subject->kind == BLOOP_MEMBER_SIZE)
            status = bl_error(BLOOP_INVALID_CONDITION, "a size can't be compared with none");
        else if (status == BLOOP_OK && argument.is_none && equality)
            return existence(condition, operation, args);
        else if (status == BLOOP_OK && argument.is_none)
            status = bl_error(BLOOP_INVALID_CONDITION, "the operator %s can't be used with none", names[operation]);
        if (status != BLOOP_OK)
            return error_in_subject(subject);
        args[i + 1] = argument.expr;
    }
    condition->root = (bloop_expr){ .kind = operation, .count = (uint32_t)count + 1, .args = args };
    return BLOOP_OK;
}

static bloop_status check_operation(bloop_expr_kind operation, const bloop_type *type, size_t count)
{
    char text[BL_TYPE_TEXT_SIZE];
    if ((unsigned)operation >= BLOOP_EXPR_KIND_COUNT || !names[operation])
        return bl_error(BLOOP_INVALID_COMPARISON_OPERATOR, "there is no such operator: %d", (int)operation);
    if (!bl_type_supports(type, operation))
        return bl_error(BLOOP_INVALID_COMPARISON_OPERATOR, "%s, which is stored as %s, does not have the operator %s",
                        bl_type_text(type, text), bloop_tag_name(bloop_type_backing(type)), names[operation]);
    if (operation == BLOOP_EXPR_IN && (count < 1 || count > MOST_IN))
        return bl_error(BLOOP_INVALID_CONDITION, "the operator in takes 1 to %d values, not %zu", MOST_IN, count);
    return BLOOP_OK;
}

static bloop_status fill_type(bl_condition *condition, const bloop_column *subject, bloop_tag tag)
{
    const bloop_type *type;
    const bloop_expr *path;
    bloop_status status = bl_subject_resolve(condition, subject, &type, &path);
    if (status != BLOOP_OK)
        return status;
    const char *name = (unsigned)tag < BLOOP_TAG_COUNT && tag != BLOOP_TAG_NONE ? bloop_tag_name(tag) : NULL;
    if (!name || path->kind != BLOOP_EXPR_PATH) {
        bl_error(BLOOP_INVALID_CONDITION, name ? "a size is no attribute with a type" : "there is no such type: %d",
                 (int)tag);
        return error_in_subject(subject);
    }
    bloop_operand operand = { .kind = BLOOP_OPERAND_STRING, .as.text = name };
    bl_argument argument;
    const bloop_expr **args = bl_memory_take(&condition->memory, 2 * sizeof *args);
    if (!args)
        return BLOOP_NO_MEMORY;
    status = bl_operand_resolve(condition, &bloop_type_String, BLOOP_EXPR_ATTRIBUTE_TYPE, &operand, &argument);
    if (status != BLOOP_OK)
        return status;
    args[0] = path;
    args[1] = argument.expr;
    condition->root = (bloop_expr){ .kind = BLOOP_EXPR_ATTRIBUTE_TYPE, .count = 2, .args = args };
    return BLOOP_OK;
}

/* Equal to none: does not exist. */
static bloop_status existence(bl_condition *condition, bloop_expr_kind operation, const bloop_expr **args)
{
    bool equal = operation == BLOOP_EXPR_EQ;
    condition->root = (bloop_expr){ .kind = equal ? BLOOP_EXPR_ATTRIBUTE_NOT_EXISTS : BLOOP_EXPR_ATTRIBUTE_EXISTS,
                                    .count = 1,
                                    .args = args };
    return BLOOP_OK;
}

/* A value that its type refuses makes an invalid condition. */
static bloop_status error_in_subject(const bloop_column *subject)
{
    char text[160];
    bl_text out;
    if (bl_error_status() == BLOOP_INVALID_VALUE)
        bl_error_as(BLOOP_INVALID_CONDITION);
    bl_text_begin(&out, text, sizeof text);
    describe_subject(&out, subject);
    return bl_error_in("%s", text);
}

static void describe_subject(bl_text *text, const bloop_column *subject)
{
    bl_text_add(text, subject->kind == BLOOP_MEMBER_SIZE ? "size(%s.%s" : "%s.%s", subject->model->name, subject->name);
    for (uint32_t i = 0; i < subject->step_count; i++) {
        const bloop_step *step = &subject->steps[i];
        if (step->name.data)
            bl_text_add(text, ".%.*s", (int)step->name.size, step->name.data);
        else
            bl_text_add(text, "[%u]", step->index);
    }
    if (subject->kind == BLOOP_MEMBER_SIZE)
        bl_text_add(text, ")");
}

static bloop_status walk_steps(const bloop_column *subject, bloop_step *steps, const bloop_type **type)
{
    for (uint32_t i = 0; i < subject->step_count; i++) {
        bloop_column before = *subject;
        before.kind = BLOOP_MEMBER_PATH;
        before.step_count = i;
        if (walk_step(&subject->steps[i], &steps[i], type) != BLOOP_OK)
            return error_in_subject(&before);
    }
    return BLOOP_OK;
}

/* Document paths lead into lists and maps, and anywhere into dynamic values. */
static bloop_status walk_step(const bloop_step *step, bloop_step *out, const bloop_type **type)
{
    char text[BL_TYPE_TEXT_SIZE];
    bloop_tag backing = bloop_type_backing(*type);
    *out = *step;
    if (!step->name.data && step->index == UINT32_MAX)
        return bl_error(BLOOP_INVALID_CONDITION, "the index of an element must be 0 to %lu",
                        (unsigned long)UINT32_MAX - 1);
    if (backing == BLOOP_TAG_NONE)
        return BLOOP_OK;
    if (!step->name.data && backing == BLOOP_TAG_L && bl_type_inner(*type)) {
        *type = bl_type_inner(*type);
        return BLOOP_OK;
    }
    const bloop_key *key = step->name.data && backing == BLOOP_TAG_M ? bl_type_key(*type, step->name) : NULL;
    bl_type_text(*type, text);
    if (!key && step->name.data)
        return bl_error(BLOOP_INVALID_CONDITION, "%s has no key %.*s", text, (int)step->name.size, step->name.data);
    if (!key)
        return bl_error(BLOOP_INVALID_CONDITION, "%s has no elements to take [%u] of", text, step->index);
    const char *name = bl_key_dynamo_name(key);
    *type = key->type;
    out->name = (bloop_slice){ name, strlen(name) };
    return BLOOP_OK;
}

/* Those of keys are constants, but those in dynamic values are the caller's. */
static bool copy_names(bl_condition *condition, bloop_step *steps, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        bloop_slice name = steps[i].name;
        char *copy = name.data ? bl_memory_take(&condition->memory, name.size + 1) : NULL;
        if (!name.data)
            continue;
        if (!copy)
            return false;
        memcpy(copy, name.data, name.size);
        steps[i].name.data = copy;
    }
    return true;
}
