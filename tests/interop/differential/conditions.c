/* Conditions of the scenarios, which are data, made with the functions that the library's macros stand on. */
#include <string.h>

#include "drive.h"

#define MAX_STEPS    8
#define MAX_OPERANDS 8

/* A column or a path into one, with the steps that it points to. */
struct place {
    bloop_column column;
    bloop_step steps[MAX_STEPS];
};

typedef bloop_condition *(*condition_maker)(const bloop_model *model, bloop_value data, bloop_expr_kind kind);

static bloop_condition *comparison(const bloop_model *model, bloop_value data, bloop_expr_kind kind);
static bloop_condition *between(const bloop_model *model, bloop_value data, bloop_expr_kind kind);
static bloop_condition *in(const bloop_model *model, bloop_value data, bloop_expr_kind kind);
static bloop_condition *negation(const bloop_model *model, bloop_value data, bloop_expr_kind kind);
static bloop_condition *combination(const bloop_model *model, bloop_value data, bloop_expr_kind kind);
static void place_of(const bloop_model *model, bloop_value data, struct place *out);
static bloop_operand operand_of(const bloop_model *model, bloop_value data, bloop_builder *builder,
                                struct place *place);

static const struct {
    const char *name;
    condition_maker make;
    bloop_expr_kind kind;
} operators[] = {
    { "==", comparison, BLOOP_EXPR_EQ },
    { "is", comparison, BLOOP_EXPR_EQ },
    { "!=", comparison, BLOOP_EXPR_NE },
    { "is_not", comparison, BLOOP_EXPR_NE },
    { "<", comparison, BLOOP_EXPR_LT },
    { "<=", comparison, BLOOP_EXPR_LE },
    { ">", comparison, BLOOP_EXPR_GT },
    { ">=", comparison, BLOOP_EXPR_GE },
    { "begins_with", comparison, BLOOP_EXPR_BEGINS_WITH },
    { "contains", comparison, BLOOP_EXPR_CONTAINS },
    { "between", between, BLOOP_EXPR_EMPTY },
    { "in", in, BLOOP_EXPR_EMPTY },
    { "not", negation, BLOOP_EXPR_EMPTY },
    { "and", combination, BLOOP_EXPR_AND },
    { "or", combination, BLOOP_EXPR_OR },
};

bloop_condition *drive_condition(const bloop_model *model, bloop_value data)
{
    const char *name = drive_text(bloop_list_get(data, 0), "an operator");
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (strcmp(operators[i].name, name) == 0)
            return operators[i].make(model, data, operators[i].kind);
    drive_fail("there is no operator", name);
}

static bloop_condition *comparison(const bloop_model *model, bloop_value data, bloop_expr_kind kind)
{
    struct place column, other;
    bloop_builder *builder = bloop_builder_new();
    place_of(model, bloop_list_get(data, 1), &column);
    bloop_operand operand = operand_of(model, bloop_list_get(data, 2), builder, &other);
    bloop_condition *condition = bloop_condition_compare(kind, &column.column, operand);
    bloop_builder_free(builder);
    return condition;
}

static bloop_condition *between(const bloop_model *model, bloop_value data, bloop_expr_kind kind)
{
    (void)kind;
    struct place column, others[2];
    bloop_builder *low = bloop_builder_new(), *high = bloop_builder_new();
    place_of(model, bloop_list_get(data, 1), &column);
    bloop_condition *condition =
        bloop_condition_between(&column.column, operand_of(model, bloop_list_get(data, 2), low, &others[0]),
                                operand_of(model, bloop_list_get(data, 3), high, &others[1]));
    bloop_builder_free(low);
    bloop_builder_free(high);
    return condition;
}

static bloop_condition *in(const bloop_model *model, bloop_value data, bloop_expr_kind kind)
{
    (void)kind;
    struct place column, others[MAX_OPERANDS];
    bloop_builder *builders[MAX_OPERANDS];
    bloop_operand operands[MAX_OPERANDS];
    bloop_value values = bloop_list_get(data, 2);
    size_t count = bloop_value_count(values);
    if (count > MAX_OPERANDS)
        drive_fail("too many operands", "in");
    place_of(model, bloop_list_get(data, 1), &column);
    for (size_t i = 0; i < count; i++) {
        builders[i] = bloop_builder_new();
        operands[i] = operand_of(model, bloop_list_get(values, (uint32_t)i), builders[i], &others[i]);
    }
    bloop_condition *condition = bloop_condition_in(&column.column, operands, count);
    for (size_t i = 0; i < count; i++)
        bloop_builder_free(builders[i]);
    return condition;
}

static bloop_condition *negation(const bloop_model *model, bloop_value data, bloop_expr_kind kind)
{
    (void)kind;
    return bloop_not(drive_condition(model, bloop_list_get(data, 1)));
}

static bloop_condition *combination(const bloop_model *model, bloop_value data, bloop_expr_kind kind)
{
    bloop_condition *parts[MAX_OPERANDS];
    size_t count = bloop_value_count(data) - 1;
    if (count > MAX_OPERANDS)
        drive_fail("too many operands", "and, or");
    for (size_t i = 0; i < count; i++)
        parts[i] = drive_condition(model, bloop_list_get(data, (uint32_t)i + 1));
    return kind == BLOOP_EXPR_AND ? bloop_condition_all(parts, count) : bloop_condition_any(parts, count);
}

/* "text", or a path such as ["lines", 0, "name"]. */
static void place_of(const bloop_model *model, bloop_value data, struct place *out)
{
    bool path = bloop_value_tag(data) == BLOOP_TAG_L;
    const char *name = drive_text(path ? bloop_list_get(data, 0) : data, "a column");
    const bloop_column *column = bloop_model_column(model, name);
    if (!column)
        drive_fail("there is no column", name);
    out->column = *column;
    if (!path)
        return;
    out->column.kind = BLOOP_MEMBER_PATH;
    out->column.steps = out->steps;
    out->column.step_count = bloop_value_count(data) - 1;
    if (out->column.step_count > MAX_STEPS)
        drive_fail("too many steps", name);
    for (uint32_t i = 0; i < out->column.step_count; i++) {
        bloop_value step = bloop_list_get(data, i + 1);
        int64_t index = 0;
        if (bloop_value_tag(step) == BLOOP_TAG_N && bloop_number_to_int64(bloop_value_number(step), &index) != BLOOP_OK)
            drive_fail("no index", name);
        out->steps[i] = (bloop_step){ bloop_value_bytes(step), (uint32_t)index };
    }
}

/* null, a typed value, or {"column": …}. */
static bloop_operand operand_of(const bloop_model *model, bloop_value data, bloop_builder *builder, struct place *place)
{
    if (bloop_value_tag(data) == BLOOP_TAG_NULL)
        return (bloop_operand){ .kind = BLOOP_OPERAND_NONE };
    bloop_value column = bloop_item_get(data, "column", 6);
    if (!column.data)
        return (bloop_operand){ .kind = BLOOP_OPERAND_VALUE, .as.value = drive_typed(data, builder) };
    place_of(model, column, place);
    return (bloop_operand){ .kind = BLOOP_OPERAND_COLUMN,
                            .as.column = { .model = place->column.model,
                                           .name = place->column.name,
                                           .steps = place->column.steps,
                                           .step_count = place->column.step_count } };
}
