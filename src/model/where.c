/* Conditions as text: the parser of expressions makes a tree of it, and the functions that make any other condition make
   the condition of that, so that names, values and types follow one set of rules. */
#include <stdio.h>

#include "expr/expr.h"
#include "model/condition_private.h"

/* What a text stands for, and what went wrong first. */
typedef struct where {
    const bl_model_info *info;
    const bloop_operand *values;
    bool failed;
    size_t place; /* in the text */
    bl_error_copy error;
} where;

static bloop_condition *read_text(where *w, bloop_slice text, size_t count);
static bloop_condition *fail(where *w, bloop_slice text);
static bloop_condition *make(where *w, const bloop_expr *expr);
static bloop_condition *make_combination(where *w, const bloop_expr *expr);
static bloop_condition *make_leaf(where *w, const bloop_expr *expr);
static bloop_condition *make_comparison(where *w, const bloop_expr *expr);
static bloop_condition *make_between(where *w, const bloop_expr *expr);
static bloop_condition *make_in(where *w, const bloop_expr *expr);
static bloop_condition *make_existence(where *w, const bloop_expr *expr);
static bloop_condition *make_type(where *w, const bloop_expr *expr);
static bool resolve(where *w, const bloop_expr *expr, bloop_column *out);
static bool resolve_operand(where *w, const bloop_expr *expr, bloop_operand *out);
static const bl_column_info *find_column(const where *w, bloop_slice name);
static bloop_tag tag_of(const bloop_operand *operand);
static bloop_condition *refuse(where *w, const bloop_expr *expr, const char *format, ...) BLOOP_PRINTF_(3, 4);
static bloop_condition *checked(where *w, const bloop_expr *expr, bloop_condition *condition);

bloop_condition *bloop_condition_where(const bloop_model *model, const char *text, const bloop_operand *values,
                                       size_t count)
{
    where w = { .values = values };
    bloop_status status = bl_model_info_of(model, &w.info);
    if (status == BLOOP_OK && !text)
        status = bl_error(BLOOP_INVALID_CONDITION, "%s: the text of the condition is NULL", model->name);
    if (status != BLOOP_OK)
        return bl_condition_fail(bl_condition_make());
    bloop_slice whole = { text, strlen(text) };
    bloop_condition *condition = read_text(&w, whole, count);
    return condition ? condition : fail(&w, whole);
}

static bloop_condition *read_text(where *w, bloop_slice text, size_t count)
{
    bloop_expr_text parsed;
    const bloop_expr *tree = NULL;
    uint32_t wanted = 0;
    bloop_condition *condition = NULL;
    bl_expr_text_begin(&parsed, NULL);
    bloop_status status = bl_parse_model_condition(&parsed, text, &tree, &wanted);
    w->place = bloop_expr_text_position(&parsed);
    if (status == BLOOP_OK && wanted != count) {
        w->place = text.size;
        status = bl_error(BLOOP_INVALID_CONDITION, "the text has %lu ?, and %zu values are given",
                          (unsigned long)wanted, count);
    }
    if (status == BLOOP_OK && wanted && !w->values)
        status = bl_error(BLOOP_INVALID_CONDITION, "the values are NULL");
    if (status == BLOOP_OK)
        condition = make(w, tree);
    else
        bl_error_save(&w->error);
    bl_expr_text_end(&parsed);
    return condition;
}

/* A failed condition, with the model, the text and the place before what went wrong. */
static bloop_condition *fail(where *w, bloop_slice text)
{
    static const char prefix[] = "Invalid condition: ";
    char quoted[BL_QUOTE_SIZE];
    const char *message = w->error.message;
    bool syntax = w->error.status == BLOOP_VALIDATION;
    if (syntax && strncmp(message, prefix, sizeof prefix - 1) == 0)
        message += sizeof prefix - 1;
    if (w->error.status == BLOOP_NO_MEMORY)
        bl_error_restore(&w->error);
    else
        bl_error(syntax ? BLOOP_INVALID_CONDITION : w->error.status, "%s, %s at byte %zu: %s", w->info->model->name,
                 bl_quote(quoted, text.data, text.size), w->place, message);
    return bl_condition_fail(bl_condition_make());
}

/* NULL when it fails, which is then noted. The parser has bounded the depth. */
static bloop_condition *make(where *w, const bloop_expr *expr)
{
    if (expr->kind == BLOOP_EXPR_AND || expr->kind == BLOOP_EXPR_OR)
        return make_combination(w, expr);
    if (expr->kind != BLOOP_EXPR_NOT)
        return checked(w, expr, make_leaf(w, expr));
    bloop_condition *inner = make(w, expr->args[0]);
    return inner ? checked(w, expr, bloop_not(inner)) : NULL;
}

static bloop_condition *make_combination(where *w, const bloop_expr *expr)
{
    bloop_condition **parts = bl_alloc(expr->count * sizeof *parts);
    if (!parts)
        return refuse(w, expr, NULL);
    uint32_t made = 0;
    while (made < expr->count && (parts[made] = make(w, expr->args[made])) != NULL)
        made++;
    bloop_condition *whole = NULL;
    if (made == expr->count)
        whole =
            checked(w, expr, (expr->kind == BLOOP_EXPR_AND ? bloop_condition_all : bloop_condition_any)(parts, made));
    for (uint32_t i = 0; made < expr->count && i < made; i++)
        bloop_condition_free(parts[i]);
    bl_free(parts);
    return whole;
}

static bloop_condition *make_leaf(where *w, const bloop_expr *expr)
{
    switch (expr->kind) {
    case BLOOP_EXPR_BETWEEN: return make_between(w, expr);
    case BLOOP_EXPR_IN: return make_in(w, expr);
    case BLOOP_EXPR_ATTRIBUTE_EXISTS:
    case BLOOP_EXPR_ATTRIBUTE_NOT_EXISTS: return make_existence(w, expr);
    case BLOOP_EXPR_ATTRIBUTE_TYPE: return make_type(w, expr);
    default: return make_comparison(w, expr);
    }
}

/* The comparisons, begins_with and contains. A value that comes first turns a comparison around. */
static bloop_condition *make_comparison(where *w, const bloop_expr *expr)
{
    const bloop_expr *left = expr->args[0], *right = expr->args[1];
    bloop_expr_kind kind = expr->kind;
    bool function = kind == BLOOP_EXPR_BEGINS_WITH || kind == BLOOP_EXPR_CONTAINS;
    if (left->kind == BLOOP_EXPR_VALUE && !function) {
        left = expr->args[1];
        right = expr->args[0];
        kind = bl_expr_turned(kind);
    }
    bloop_column column;
    bloop_operand operand;
    if (!resolve(w, left, &column) || !resolve_operand(w, right, &operand))
        return NULL;
    return bloop_condition_compare(kind, &column, operand);
}

static bloop_condition *make_between(where *w, const bloop_expr *expr)
{
    bloop_column column;
    bloop_operand low, high;
    if (!resolve(w, expr->args[0], &column) || !resolve_operand(w, expr->args[1], &low) ||
        !resolve_operand(w, expr->args[2], &high))
        return NULL;
    return bloop_condition_between(&column, low, high);
}

static bloop_condition *make_in(where *w, const bloop_expr *expr)
{
    bloop_column column;
    bloop_operand *operands = bl_alloc(expr->count * sizeof *operands);
    if (!operands)
        return refuse(w, expr, NULL);
    bool resolved = resolve(w, expr->args[0], &column);
    for (uint32_t i = 1; resolved && i < expr->count; i++)
        resolved = resolve_operand(w, expr->args[i], &operands[i - 1]);
    bloop_condition *condition = resolved ? bloop_condition_in(&column, operands, expr->count - 1) : NULL;
    bl_free(operands);
    return condition;
}

static bloop_condition *make_existence(where *w, const bloop_expr *expr)
{
    bloop_column column;
    if (!resolve(w, expr->args[0], &column))
        return NULL;
    bloop_expr_kind kind = expr->kind == BLOOP_EXPR_ATTRIBUTE_EXISTS ? BLOOP_EXPR_NE : BLOOP_EXPR_EQ;
    return bloop_condition_compare(kind, &column, (bloop_operand){ .kind = BLOOP_OPERAND_NONE });
}

static bloop_condition *make_type(where *w, const bloop_expr *expr)
{
    bloop_column column;
    if (!resolve(w, expr->args[0], &column))
        return NULL;
    const bloop_expr *type = expr->args[1];
    bloop_tag tag = type->kind == BLOOP_EXPR_VALUE ? tag_of(&w->values[type->value.size]) : BLOOP_TAG_NONE;
    if (tag == BLOOP_TAG_NONE)
        return refuse(w, type,
                      "the second argument of attribute_type is a ? for the name of a type, such as \"S\", or a "
                      "bloop_tag");
    return bloop_condition_is_type(&column, tag);
}

/* A path or a size of one as a column; its steps are the text's. */
static bool resolve(where *w, const bloop_expr *expr, bloop_column *out)
{
    const bloop_expr *path = expr->kind == BLOOP_EXPR_SIZE ? expr->args[0] : expr;
    if (path->kind != BLOOP_EXPR_PATH) {
        refuse(w, path, "a column of %s has to stand here", w->info->model->name);
        return false;
    }
    bloop_slice name = path->path.steps[0].name;
    const bl_column_info *column = find_column(w, name);
    if (!column) {
        char quoted[BL_QUOTE_SIZE];
        refuse(w, path, "%s has no column %s", w->info->model->name, bl_quote(quoted, name.data, name.size));
        return false;
    }
    *out = (bloop_column){ .kind = expr->kind == BLOOP_EXPR_SIZE ? BLOOP_MEMBER_SIZE : BLOOP_MEMBER_PATH,
                           .model = w->info->model,
                           .name = column->column->name,
                           .steps = path->path.steps + 1,
                           .step_count = path->path.count - 1 };
    return true;
}

static bool resolve_operand(where *w, const bloop_expr *expr, bloop_operand *out)
{
    if (expr->kind == BLOOP_EXPR_VALUE) {
        *out = w->values[expr->value.size];
        return true;
    }
    bloop_column column;
    if (!resolve(w, expr, &column))
        return false;
    *out = (bloop_operand){ .kind = BLOOP_OPERAND_COLUMN,
                            .as.column = { column.model, column.name, column.steps, column.step_count,
                                           column.kind == BLOOP_MEMBER_SIZE } };
    return true;
}

/* Names in a text have no zero byte at their end. */
static const bl_column_info *find_column(const where *w, bloop_slice name)
{
    for (size_t i = 0; i < w->info->column_count; i++) {
        if (bl_slice_is(name, w->info->columns[i].column->name))
            return &w->info->columns[i];
    }
    return NULL;
}

static bloop_tag tag_of(const bloop_operand *operand)
{
    switch (operand->kind) {
    case BLOOP_OPERAND_STRING:
        return operand->as.text ? bloop_tag_of_name(operand->as.text, strlen(operand->as.text)) : BLOOP_TAG_NONE;
    case BLOOP_OPERAND_TEXT: return bloop_tag_of_name(operand->as.slice.data, operand->as.slice.size);
    case BLOOP_OPERAND_SIGNED:
        return operand->as.integer > 0 && operand->as.integer < BLOOP_TAG_COUNT ? (bloop_tag)operand->as.integer
                                                                                : BLOOP_TAG_NONE;
    case BLOOP_OPERAND_UNSIGNED:
        return operand->as.natural < BLOOP_TAG_COUNT ? (bloop_tag)operand->as.natural : BLOOP_TAG_NONE;
    default: return BLOOP_TAG_NONE;
    }
}

/* Notes what is wrong with a part of the text; without a format, the thread's last error. */
static bloop_condition *refuse(where *w, const bloop_expr *expr, const char *format, ...)
{
    if (w->failed)
        return NULL;
    char message[300];
    if (format) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(message, sizeof message, format, arguments);
        va_end(arguments);
        bl_error(BLOOP_INVALID_CONDITION, "%s", message);
    }
    w->failed = true;
    w->place = bl_expr_text_place(expr);
    bl_error_save(&w->error);
    return NULL;
}

/* A failed condition is told about with its place, and is no longer needed. */
static bloop_condition *checked(where *w, const bloop_expr *expr, bloop_condition *condition)
{
    if (!condition || bloop_condition_status(condition) == BLOOP_OK)
        return condition;
    refuse(w, expr, NULL);
    bloop_condition_free(condition);
    return NULL;
}
