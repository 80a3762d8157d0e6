/* Whether an item meets a condition. Never fails but for a tree that is too deep: operands that a condition can't use
   make it false (README.md has the table of what compares with what). */
#include "expr/expr_private.h"
#include "value/value.h"

/* What an operand comes to. The result of size() lies in `number`, as a packed N. */
typedef struct operand {
    bloop_value value; /* data is NULL: no such attribute */
    uint8_t number[2 + BL_NUMBER_SIZE];
} operand;

typedef bool predicate(const bloop_expr *condition, bloop_item item);

static bloop_status evaluate(const bloop_expr *condition, bloop_item item, unsigned depth, bool *met);
static bloop_status evaluate_logic(const bloop_expr *condition, bloop_item item, unsigned depth, bool *met);
static bool equal(const bloop_expr *condition, bloop_item item);
static bool unequal(const bloop_expr *condition, bloop_item item);
static bool less(const bloop_expr *condition, bloop_item item);
static bool less_or_equal(const bloop_expr *condition, bloop_item item);
static bool greater(const bloop_expr *condition, bloop_item item);
static bool greater_or_equal(const bloop_expr *condition, bloop_item item);
static bool between(const bloop_expr *condition, bloop_item item);
static bool in(const bloop_expr *condition, bloop_item item);
static bool exists(const bloop_expr *condition, bloop_item item);
static bool not_exists(const bloop_expr *condition, bloop_item item);
static bool has_type(const bloop_expr *condition, bloop_item item);
static bool begins_with(const bloop_expr *condition, bloop_item item);
static bool contains(const bloop_expr *condition, bloop_item item);
static bool container_has(bloop_value container, bloop_value element);
static bool compare(const bloop_expr *condition, bloop_item item, int *order);
static bloop_value resolve(const bloop_expr *expr, bloop_item item, operand *space);
static bool size_of(bloop_value value, uint64_t *size);
static uint64_t utf16_units(bloop_slice text);

static predicate *const predicates[BLOOP_EXPR_KIND_COUNT] = {
    [BLOOP_EXPR_EQ] = equal,
    [BLOOP_EXPR_NE] = unequal,
    [BLOOP_EXPR_LT] = less,
    [BLOOP_EXPR_LE] = less_or_equal,
    [BLOOP_EXPR_GT] = greater,
    [BLOOP_EXPR_GE] = greater_or_equal,
    [BLOOP_EXPR_BETWEEN] = between,
    [BLOOP_EXPR_IN] = in,
    [BLOOP_EXPR_ATTRIBUTE_EXISTS] = exists,
    [BLOOP_EXPR_ATTRIBUTE_NOT_EXISTS] = not_exists,
    [BLOOP_EXPR_ATTRIBUTE_TYPE] = has_type,
    [BLOOP_EXPR_BEGINS_WITH] = begins_with,
    [BLOOP_EXPR_CONTAINS] = contains,
};

bloop_status bloop_expr_evaluate(const bloop_expr *condition, bloop_item item, bool *met)
{
    if (!condition || condition->kind == BLOOP_EXPR_EMPTY) {
        *met = true;
        return BLOOP_OK;
    }
    bool result = false;
    bloop_status status = evaluate(condition, item, 1, &result);
    if (status == BLOOP_OK)
        *met = result;
    return status;
}

static bloop_status evaluate(const bloop_expr *condition, bloop_item item, unsigned depth, bool *met)
{
    const bl_expr_kind_info *info = bl_expr_kind(condition->kind);
    if (!info || info->class_ != BL_CLASS_CONDITION || depth > BLOOP_EXPR_MAX_DEPTH)
        return bl_error(BLOOP_VALIDATION, "Invalid ConditionExpression: the expression has not been checked");
    if (info->takes_conditions)
        return evaluate_logic(condition, item, depth, met);
    *met = !predicates[condition->kind] || predicates[condition->kind](condition, item);
    return BLOOP_OK;
}

static bloop_status evaluate_logic(const bloop_expr *condition, bloop_item item, unsigned depth, bool *met)
{
    bool decisive = condition->kind == BLOOP_EXPR_OR; /* the value of an argument that settles the whole */
    for (uint32_t i = 0; i < condition->count; i++) {
        bool argument = false;
        bloop_status status = evaluate(condition->args[i], item, depth + 1, &argument);
        if (status != BLOOP_OK)
            return status;
        if (condition->kind == BLOOP_EXPR_NOT) {
            *met = !argument;
            return BLOOP_OK;
        }
        if (argument == decisive) {
            *met = decisive;
            return BLOOP_OK;
        }
    }
    *met = !decisive;
    return BLOOP_OK;
}

static bool equal(const bloop_expr *condition, bloop_item item)
{
    operand a, b;
    bloop_value left = resolve(condition->args[0], item, &a);
    bloop_value right = resolve(condition->args[1], item, &b);
    return left.data && right.data && bloop_value_equal(left, right);
}

/* A missing attribute is unequal to everything, another missing one included: Alternator's suite, which runs against
   Amazon DynamoDB too, has both cases (test_update_condition_ne, …_ne_two_unset). */
static bool unequal(const bloop_expr *condition, bloop_item item)
{
    return !equal(condition, item);
}

static bool less(const bloop_expr *condition, bloop_item item)
{
    int order = 0;
    return compare(condition, item, &order) && order < 0;
}

static bool less_or_equal(const bloop_expr *condition, bloop_item item)
{
    int order = 0;
    return compare(condition, item, &order) && order <= 0;
}

static bool greater(const bloop_expr *condition, bloop_item item)
{
    int order = 0;
    return compare(condition, item, &order) && order > 0;
}

static bool greater_or_equal(const bloop_expr *condition, bloop_item item)
{
    int order = 0;
    return compare(condition, item, &order) && order >= 0;
}

static bool between(const bloop_expr *condition, bloop_item item)
{
    operand a, b, c;
    bloop_value value = resolve(condition->args[0], item, &a);
    bloop_value low = resolve(condition->args[1], item, &b);
    bloop_value high = resolve(condition->args[2], item, &c);
    int order = 0;
    return value.data && low.data && high.data && bloop_value_compare(low, value, &order) && order <= 0 &&
           bloop_value_compare(value, high, &order) && order <= 0;
}

static bool in(const bloop_expr *condition, bloop_item item)
{
    operand a, b;
    bloop_value value = resolve(condition->args[0], item, &a);
    if (!value.data)
        return false;
    for (uint32_t i = 1; i < condition->count; i++) {
        bloop_value candidate = resolve(condition->args[i], item, &b);
        if (candidate.data && bloop_value_equal(value, candidate))
            return true;
    }
    return false;
}

static bool exists(const bloop_expr *condition, bloop_item item)
{
    operand a;
    return resolve(condition->args[0], item, &a).data != NULL;
}

static bool not_exists(const bloop_expr *condition, bloop_item item)
{
    return !exists(condition, item);
}

static bool has_type(const bloop_expr *condition, bloop_item item)
{
    operand a, b;
    bloop_value value = resolve(condition->args[0], item, &a);
    bloop_slice name = bloop_value_bytes(resolve(condition->args[1], item, &b));
    return value.data && name.data && bloop_value_tag(value) == bloop_tag_of_name(name.data, name.size);
}

static bool begins_with(const bloop_expr *condition, bloop_item item)
{
    operand a, b;
    bloop_value value = resolve(condition->args[0], item, &a);
    bloop_value start = resolve(condition->args[1], item, &b);
    if (!value.data || !start.data || bloop_value_tag(value) != bloop_value_tag(start))
        return false;
    bloop_slice whole = bloop_value_bytes(value), part = bloop_value_bytes(start);
    return whole.data && part.size <= whole.size && memcmp(whole.data, part.data, part.size) == 0;
}

/* A substring of S or B, an element of a set or a list. The developer guide has S and sets; lists, B and operands of
   any type are in Alternator's suite (test_update_condition_contains). */
static bool contains(const bloop_expr *condition, bloop_item item)
{
    operand a, b;
    bloop_value container = resolve(condition->args[0], item, &a);
    bloop_value element = resolve(condition->args[1], item, &b);
    if (!container.data || !element.data)
        return false;
    bloop_tag tag = bloop_value_tag(container);
    if (tag != BLOOP_TAG_S && tag != BLOOP_TAG_B)
        return container_has(container, element);
    if (tag != bloop_value_tag(element))
        return false;
    bloop_slice whole = bloop_value_bytes(container), part = bloop_value_bytes(element);
    return part.size == 0 || memmem(whole.data, whole.size, part.data, part.size) != NULL;
}

static bool container_has(bloop_value container, bloop_value element)
{
    static const bloop_tag element_tags[BLOOP_TAG_COUNT] = {
        [BLOOP_TAG_SS] = BLOOP_TAG_S,
        [BLOOP_TAG_NS] = BLOOP_TAG_N,
        [BLOOP_TAG_BS] = BLOOP_TAG_B,
    };
    bloop_tag tag = bloop_value_tag(container);
    if (tag != BLOOP_TAG_L && element_tags[tag] != bloop_value_tag(element))
        return false;
    bloop_slice bytes = bloop_value_bytes(element);
    if (tag == BLOOP_TAG_NS)
        bytes = (bloop_slice){ (const char *)element.data + 2, element.size - 2 };
    bloop_walk walk = bloop_value_walk(container);
    while (bloop_walk_next(&walk)) {
        if (tag == BLOOP_TAG_L ? bloop_value_equal(walk.value, element) : bl_name_compare(walk.bytes, bytes) == 0)
            return true;
    }
    return false;
}

static bool compare(const bloop_expr *condition, bloop_item item, int *order)
{
    operand a, b;
    bloop_value left = resolve(condition->args[0], item, &a);
    bloop_value right = resolve(condition->args[1], item, &b);
    return left.data && right.data && bloop_value_compare(left, right, order);
}

static bloop_value resolve(const bloop_expr *expr, bloop_item item, operand *space)
{
    if (expr->kind == BLOOP_EXPR_VALUE)
        return expr->value;
    if (expr->kind == BLOOP_EXPR_PATH)
        return bl_path_find(&expr->path, item);
    bloop_value none = { NULL, 0 };
    if (expr->kind != BLOOP_EXPR_SIZE || expr->count != 1)
        return none;
    const bloop_expr *argument = expr->args[0];
    bloop_value value = argument->kind == BLOOP_EXPR_VALUE  ? argument->value
                        : argument->kind == BLOOP_EXPR_PATH ? bl_path_find(&argument->path, item)
                                                            : none;
    uint64_t size = 0;
    if (!size_of(value, &size))
        return none;
    size_t form = bl_number_encode_int64((int64_t)size, space->number + 2);
    space->number[0] = BLOOP_TAG_N;
    space->number[1] = (uint8_t)form;
    return (bloop_value){ space->number, form + 2 };
}

/* What size() counts: UTF-16 units of S (the service's strings are Java's), bytes of B, elements of a set, list or map.
   N, BOOL and NULL have no size. */
static bool size_of(bloop_value value, uint64_t *size)
{
    switch (value.data ? bloop_value_tag(value) : BLOOP_TAG_NONE) {
    case BLOOP_TAG_S: *size = utf16_units(bloop_value_bytes(value)); return true;
    case BLOOP_TAG_B: *size = bloop_value_bytes(value).size; return true;
    case BLOOP_TAG_SS:
    case BLOOP_TAG_NS:
    case BLOOP_TAG_BS:
    case BLOOP_TAG_L:
    case BLOOP_TAG_M: *size = bloop_value_count(value); return true;
    default: return false;
    }
}

/* One for each character, two for those beyond U+FFFF, which take four bytes in UTF-8. */
static uint64_t utf16_units(bloop_slice text)
{
    uint64_t units = 0;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = (uint8_t)text.data[i];
        units += (byte & 0xC0) != 0x80;
        units += byte >= 0xF0;
    }
    return units;
}
