/* Expected, QueryFilter, ScanFilter, KeyConditions and AttributesToGet, checked before, as the trees of expressions. */
#include <stdlib.h>

#include "wire/legacy_private.h"

/* Of IN, besides the first. */
#define MAX_OPERANDS 100

static const bloop_expr *translate(bl_wire_reading *reading, const bl_in_named_condition *from);
static const bloop_expr *compare(bl_wire_reading *reading, bloop_slice attribute, int comparison,
                                 const bl_in_value *values, size_t count);
static const bloop_expr *negate(bl_wire_reading *reading, bloop_slice attribute, const bloop_expr *node);
static const bloop_expr *be_among(bl_wire_reading *reading, bloop_slice attribute, const bl_in_value *values,
                                  size_t count);
static int order_of(const void *a, const void *b);
static void add_element(bloop_builder *builder, bloop_value value);
static const bloop_expr *join(bl_wire_reading *reading, const bl_in_list *conditions, bloop_expr_kind kind);

bloop_status bl_legacy_condition(bl_wire_reading *reading, const bl_in_list *conditions, const bl_in_choice *operator_,
                                 const bloop_expr **out)
{
    bool any = bl_in_chosen(*operator_, BL_IN_AND) == BL_IN_OR;
    const bloop_expr *condition = join(reading, conditions, any ? BLOOP_EXPR_OR : BLOOP_EXPR_AND);
    if (!condition)
        return BLOOP_NO_MEMORY;
    *out = condition;
    return BLOOP_OK;
}

bloop_status bl_legacy_key_condition(bl_wire_reading *reading, const bl_in_list *conditions, const bloop_expr **out)
{
    const bl_in_named_condition *all = conditions->elements;
    if (conditions->count < 1 || conditions->count > BL_KEY_TERMS)
        return bl_error(BLOOP_VALIDATION, "Conditions can be of length 1 or 2 only");
    for (size_t i = 0; i < conditions->count; i++) {
        if (!bl_legacy_comparisons[all[i].condition.comparison.value].key)
            return bl_error(BLOOP_VALIDATION, "Attempted conditional constraint is not an indexable operation");
    }
    const bloop_expr *condition = join(reading, conditions, BLOOP_EXPR_AND);
    if (!condition)
        return BLOOP_NO_MEMORY;
    *out = condition;
    return BLOOP_OK;
}

bloop_status bl_legacy_projection(bl_wire_reading *reading, const bl_in_list *attributes,
                                  const bloop_projection_paths **out)
{
    const bloop_slice *names = attributes->elements;
    bloop_projection_paths *projection = bl_arena_alloc(&reading->arena, sizeof *projection);
    bloop_path *paths = bl_arena_alloc(&reading->arena, attributes->count * sizeof *paths);
    if (!projection || !paths)
        return BLOOP_NO_MEMORY;
    for (size_t i = 0; i < attributes->count; i++) {
        if (!bl_legacy_attribute(reading, names[i], &paths[i]))
            return BLOOP_NO_MEMORY;
    }
    *projection = (bloop_projection_paths){ paths, attributes->count };
    *out = projection;
    return BLOOP_OK;
}

bool bl_legacy_attribute(bl_wire_reading *reading, bloop_slice attribute, bloop_path *out)
{
    bloop_step *step = bl_arena_alloc(&reading->arena, sizeof *step);
    if (!step)
        return false;
    *step = (bloop_step){ .name = attribute };
    *out = (bloop_path){ .steps = step, .count = 1 };
    return true;
}

const bloop_expr *bl_legacy_path(bl_wire_reading *reading, bloop_slice attribute)
{
    bloop_expr node = { .kind = BLOOP_EXPR_PATH };
    if (!bl_legacy_attribute(reading, attribute, &node.path))
        return NULL;
    return bl_arena_copy(&reading->arena, &node, sizeof node);
}

const bloop_expr *bl_legacy_value(bl_wire_reading *reading, bloop_value value)
{
    bloop_expr node = { .kind = BLOOP_EXPR_VALUE, .value = value };
    return bl_arena_copy(&reading->arena, &node, sizeof node);
}

const bloop_expr *bl_legacy_node(bl_wire_reading *reading, bloop_expr_kind kind, const bloop_expr *first,
                                 const bloop_expr *second)
{
    const bloop_expr **args = bl_arena_alloc(&reading->arena, 2 * sizeof *args);
    if (!args || !first || !second)
        return NULL;
    args[0] = first;
    args[1] = second;
    return bl_legacy_node_of(reading, kind, args, 2);
}

const bloop_expr *bl_legacy_node_of(bl_wire_reading *reading, bloop_expr_kind kind, const bloop_expr **args,
                                    size_t count)
{
    bloop_expr node = { .kind = kind, .count = (uint32_t)count, .args = args };
    return bl_arena_copy(&reading->arena, &node, sizeof node);
}

static const bloop_expr *translate(bl_wire_reading *reading, const bl_in_named_condition *from)
{
    const bl_in_condition *condition = &from->condition;
    bool compares = condition->comparison.text.data != NULL;
    if (!compares && condition->exists == BL_IN_FALSE)
        return compare(reading, from->name, BL_IN_NULL, NULL, 0);
    if (!compares)
        return compare(reading, from->name, BL_IN_EQ, &condition->value, 1);
    if (condition->value.present)
        return compare(reading, from->name, condition->comparison.value, &condition->value, 1);
    return compare(reading, from->name, condition->comparison.value, condition->values.elements,
                   condition->values.count);
}

/* attribute <comparison> values */
static const bloop_expr *compare(bl_wire_reading *reading, bloop_slice attribute, int comparison,
                                 const bl_in_value *values, size_t count)
{
    const bl_legacy_comparison *how = &bl_legacy_comparisons[comparison];
    if (comparison == BL_IN_IN && count > MAX_OPERANDS)
        return be_among(reading, attribute, values, count);
    const bloop_expr **args = bl_arena_alloc(&reading->arena, (count + 1) * sizeof *args);
    if (!args)
        return NULL;
    args[0] = bl_legacy_path(reading, attribute);
    for (size_t i = 0; i < count; i++)
        args[i + 1] = bl_legacy_value(reading, values[i].value);
    for (size_t i = 0; i <= count; i++) {
        if (!args[i])
            return NULL;
    }
    const bloop_expr *node = bl_legacy_node_of(reading, how->kind, args, count + 1);
    return node && how->negated ? negate(reading, attribute, node) : node;
}

/* attribute_exists(attribute) AND NOT node */
static const bloop_expr *negate(bl_wire_reading *reading, bloop_slice attribute, const bloop_expr *node)
{
    const bloop_expr **inner = bl_arena_copy(&reading->arena, &node, sizeof node);
    if (!inner)
        return NULL;
    return bl_legacy_node(reading, BLOOP_EXPR_AND, compare(reading, attribute, BL_IN_NOT_NULL, NULL, 0),
                          bl_legacy_node_of(reading, BLOOP_EXPR_NOT, inner, 1));
}

/* An IN of more values than expressions take: contains({values}, attribute), a set of them, which are of one type. */
static const bloop_expr *be_among(bl_wire_reading *reading, bloop_slice attribute, const bl_in_value *values,
                                  size_t count)
{
    bloop_value *sorted = bl_arena_alloc(&reading->arena, count * sizeof *sorted), set;
    bloop_tag tag = bloop_value_tag(values[0].value);
    if (!sorted)
        return NULL;
    for (size_t i = 0; i < count; i++)
        sorted[i] = values[i].value;
    qsort(sorted, count, sizeof *sorted, order_of);
    bloop_builder_reset(&reading->builder);
    bloop_build_begin(&reading->builder, tag == BLOOP_TAG_S   ? BLOOP_TAG_SS
                                         : tag == BLOOP_TAG_N ? BLOOP_TAG_NS
                                                              : BLOOP_TAG_BS);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || order_of(&sorted[i - 1], &sorted[i]) != 0)
            add_element(&reading->builder, sorted[i]);
    }
    bloop_build_end(&reading->builder);
    if (bloop_builder_value(&reading->builder, &set))
        return NULL;
    set.data = bl_arena_copy(&reading->arena, set.data, set.size);
    if (!set.data)
        return NULL;
    return bl_legacy_node(reading, BLOOP_EXPR_CONTAINS, bl_legacy_value(reading, set),
                          bl_legacy_path(reading, attribute));
}

static int order_of(const void *a, const void *b)
{
    int order = 0;
    bloop_value_compare(*(const bloop_value *)a, *(const bloop_value *)b, &order);
    return order;
}

static void add_element(bloop_builder *builder, bloop_value value)
{
    bloop_slice bytes = bloop_value_bytes(value);
    switch (bloop_value_tag(value)) {
    case BLOOP_TAG_N: bloop_build_number(builder, bloop_value_number(value)); break;
    case BLOOP_TAG_S: bloop_build_string(builder, bytes.data, bytes.size); break;
    default: bloop_build_binary(builder, bytes.data, bytes.size); break;
    }
}

/* All of at least one condition, joined. */
static const bloop_expr *join(bl_wire_reading *reading, const bl_in_list *conditions, bloop_expr_kind kind)
{
    const bl_in_named_condition *all = conditions->elements;
    const bloop_expr **args = bl_arena_alloc(&reading->arena, conditions->count * sizeof *args);
    if (!args)
        return NULL;
    for (size_t i = 0; i < conditions->count; i++) {
        args[i] = translate(reading, &all[i]);
        if (!args[i])
            return NULL;
    }
    return conditions->count == 1 ? args[0] : bl_legacy_node_of(reading, kind, args, conditions->count);
}
