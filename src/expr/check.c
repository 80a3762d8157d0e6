/* Whether a condition is well-formed: two walks over the tree, as the service makes them. The first looks at shapes
   (what is used where, how many operators), the second at operands (what is not defined, numbers, paths, types). Messages
   and their order are the service's, from public suites recorded against it; what only a tree, and no text, can get wrong
   has words of our own. */
#include "expr/check_private.h"
#include "value/value.h"

static bloop_status check_shape(bl_check *c, const bloop_expr *expr, bl_expr_class wanted, unsigned depth);
static bloop_status check_place(const bl_check *c, const bl_expr_kind_info *info, bl_expr_class wanted);
static bool is_misplaced(const bl_check *c, const bloop_expr *argument);
static bloop_status check_paths_of(bl_check *c, const bloop_expr *expr);
static bloop_status check_count(const bl_check *c, const bloop_expr *expr, const bl_expr_kind_info *info);
static bloop_status check_types(bl_check *c, const bloop_expr *expr);
static bloop_status check_arguments(const bl_check *c, const bloop_expr *expr, const bl_expr_kind_info *info);
static bloop_status check_argument(const bl_check *c, const bloop_expr *expr, uint32_t at);
static bloop_status check_type(const bl_check *c, const bl_expr_kind_info *info, bloop_tag tag);
static bloop_status check_distinct(bl_check *c, const bloop_expr *expr);
static bloop_status check_others(const bl_check *c, const bloop_expr *expr, const bl_expr_kind_info *info);
static bloop_status check_type_name(const bl_check *c, const bloop_expr *name);
static bloop_status check_bounds(const bl_check *c, const bloop_expr *between);
static uint32_t operators_of(const bloop_expr *expr, const bl_expr_kind_info *info);

bloop_status bloop_expr_check(const bloop_expr *condition)
{
    return bl_expr_check(condition, "ConditionExpression");
}

bloop_status bl_expr_check(const bloop_expr *condition, const char *parameter)
{
    if (!condition || condition->kind == BLOOP_EXPR_EMPTY)
        return BLOOP_OK;
    bl_check c = { .parameter = parameter };
    bloop_status status = bl_check_shape(&c, condition);
    return status == BLOOP_OK ? bl_check_meaning(&c, condition) : status;
}

bloop_status bl_check_shape(bl_check *c, const bloop_expr *expr)
{
    return check_shape(c, expr, c->update ? BL_CLASS_SET : BL_CLASS_CONDITION, 1);
}

bloop_status bl_check_meaning(bl_check *c, const bloop_expr *expr)
{
    const bl_expr_kind_info *info = bl_expr_kind(expr->kind);
    if (info->takes_conditions) {
        bl_check_go_to(c, expr);
        bloop_status status = check_count(c, expr, info);
        for (uint32_t i = 0; status == BLOOP_OK && i < expr->count; i++)
            status = bl_check_meaning(c, expr->args[i]);
        return status;
    }
    bloop_status status = c->undefined ? bl_check_defined(c, expr, true, true) : BLOOP_OK;
    if (status == BLOOP_OK)
        status = check_paths_of(c, expr);
    if (status == BLOOP_OK)
        status = bl_check_counts(c, expr);
    if (status == BLOOP_OK)
        status = check_distinct(c, expr);
    return status == BLOOP_OK ? check_types(c, expr) : status;
}

bloop_status bl_check_counts(bl_check *c, const bloop_expr *expr)
{
    const bl_expr_kind_info *info = bl_expr_kind(expr->kind);
    if (info->notation == BL_NOTATION_NONE)
        return BLOOP_OK;
    bloop_status status = BLOOP_OK;
    for (uint32_t i = 0; status == BLOOP_OK && i < expr->count; i++)
        status = bl_check_counts(c, expr->args[i]);
    if (status != BLOOP_OK)
        return status;
    bl_check_go_to(c, expr);
    return check_count(c, expr, info);
}

bloop_status bl_check_path(bl_check *c, const bloop_path *path)
{
    const char *problem = NULL;
    if (path->count == 0 || !path->steps)
        problem = "The document path has no element(s);";
    else if (!path->steps[0].name.data)
        problem = "The document path does not start with a map element;";
    if (problem)
        return bl_error(BLOOP_VALIDATION, "Invalid %s: %s", c->parameter, problem);
    if (path->count > BLOOP_MAX_DEPTH)
        return bl_error(BLOOP_VALIDATION,
                        "Invalid %s: The document path has too many nesting levels; nesting levels: %lu", c->parameter,
                        (unsigned long)path->count);
    for (uint32_t i = 0; i < path->count; i++) {
        const bloop_step *step = &path->steps[i];
        if (step->name.data && step->name.size == 0)
            return bl_error(BLOOP_VALIDATION, "Empty attribute name");
        if (step->name.data && step->name.size > UINT16_MAX)
            return bl_error(BLOOP_VALIDATION, "Attribute name is too large, must be less than 65536 bytes");
        if (!step->name.data && step->index > INT32_MAX)
            return bl_error(BLOOP_VALIDATION, "Invalid %s: List index is not within the allowable range; index: [%lu]",
                            c->parameter, (unsigned long)step->index);
    }
    return BLOOP_OK;
}

void bl_expr_describe_value(bl_buffer *out, bloop_value value)
{
    enum { SHOWN = 100 };
    bloop_tag tag = bloop_value_tag(value);
    bl_buffer_text(out, "AttributeValue: {");
    bl_buffer_text(out, bloop_tag_name(tag));
    bl_buffer_byte(out, ':');
    bloop_slice bytes = bloop_value_bytes(value);
    char number[BLOOP_NUMBER_TEXT_SIZE];
    size_t size = bytes.size < SHOWN ? bytes.size : SHOWN;
    if (tag == BLOOP_TAG_N)
        size = bloop_number_format(bloop_value_number(value), number);
    if (tag == BLOOP_TAG_B)
        bl_base64_encode(out, bytes.data, size);
    else
        bl_buffer_append(out, tag == BLOOP_TAG_N ? number : bytes.data, size);
    bl_buffer_byte(out, '}');
}

static bloop_status check_shape(bl_check *c, const bloop_expr *expr, bl_expr_class wanted, unsigned depth)
{
    const bl_expr_kind_info *info = expr ? bl_expr_kind(expr->kind) : NULL;
    if (!info)
        return bl_error(BLOOP_VALIDATION, "Invalid %s: the expression has a node of no kind", c->parameter);
    bl_check_go_to(c, expr);
    if (expr->kind == BLOOP_EXPR_EMPTY)
        return bl_error(BLOOP_VALIDATION, "Invalid %s: The expression can not be empty;", c->parameter);
    if (depth > BLOOP_EXPR_MAX_DEPTH)
        return bl_error(BLOOP_VALIDATION, "Invalid %s: the expression is nested too deeply; maximum depth: %d",
                        c->parameter, BLOOP_EXPR_MAX_DEPTH);
    bloop_status status = check_place(c, info, wanted);
    if (status != BLOOP_OK)
        return status;
    bool none = expr->kind == BLOOP_EXPR_VALUE && (!expr->value.data || bloop_value_tag(expr->value) == BLOOP_TAG_NONE);
    if (none && !c->undefined)
        return bl_error(BLOOP_VALIDATION, "Invalid %s: the expression has a value that is none", c->parameter);
    if (expr->kind == BLOOP_EXPR_VALUE || expr->kind == BLOOP_EXPR_PATH)
        return BLOOP_OK;
    c->operators += operators_of(expr, info);
    if (c->operators > BLOOP_EXPR_MAX_OPERATORS)
        return bl_error(BLOOP_VALIDATION, "Invalid %s: The expression contains too many operators; operator count: %d",
                        c->parameter, BLOOP_EXPR_MAX_OPERATORS + 1);
    if (!expr->args)
        return check_count(c, expr, info);
    bl_expr_class inner = info->takes_conditions ? BL_CLASS_CONDITION : c->update ? BL_CLASS_SET : BL_CLASS_OPERAND;
    for (uint32_t i = 0; status == BLOOP_OK && i < expr->count; i++) {
        const bloop_expr *argument = expr->args[i];
        if (argument && is_misplaced(c, argument)) {
            bl_check_go_to(c, argument);
            return bl_error(BLOOP_VALIDATION,
                            "Invalid %s: The function is not allowed to be used this way in an expression; "
                            "function: %s",
                            c->parameter, bl_expr_kind(argument->kind)->name);
        }
        status = check_shape(c, argument, inner, depth + 1);
    }
    return status;
}

static bloop_status check_place(const bl_check *c, const bl_expr_kind_info *info, bl_expr_class wanted)
{
    bool leaf = info->notation == BL_NOTATION_NONE;
    const char *problem = NULL;
    if (c->update && (info->class_ == BL_CLASS_CONDITION || (info->class_ == BL_CLASS_OPERAND && !leaf)))
        problem = "The function is not allowed in an update expression";
    else if (!c->update && info->class_ == BL_CLASS_SET)
        problem = "The function is not allowed in a condition expression";
    else if (!c->update && info->class_ != wanted)
        problem = "The function is not allowed to be used this way in an expression";
    if (!problem)
        return BLOOP_OK;
    return bl_error(BLOOP_VALIDATION, "Invalid %s: %s; function: %s", c->parameter, problem,
                    leaf ? "(operand)" : info->name);
}

/* Sums and list_append stand alone in an action (Alternator's suite, test_update_expression_function_nesting and
   …_plus_nesting; DynamoDB Local has the same of list_append in if_not_exists). */
static bool is_misplaced(const bl_check *c, const bloop_expr *argument)
{
    return c->update && (argument->kind == BLOOP_EXPR_PLUS || argument->kind == BLOOP_EXPR_MINUS ||
                         argument->kind == BLOOP_EXPR_LIST_APPEND);
}

static bloop_status check_paths_of(bl_check *c, const bloop_expr *expr)
{
    if (expr->kind == BLOOP_EXPR_PATH) {
        bl_check_go_to(c, expr);
        return bl_check_path(c, &expr->path);
    }
    bloop_status status = BLOOP_OK;
    for (uint32_t i = 0; status == BLOOP_OK && i < expr->count; i++)
        status = check_paths_of(c, expr->args[i]);
    return status;
}

static bloop_status check_count(const bl_check *c, const bloop_expr *expr, const bl_expr_kind_info *info)
{
    if (expr->kind == BLOOP_EXPR_IN && expr->count > info->max_args)
        return bl_error(BLOOP_VALIDATION,
                        "Invalid %s: The IN operator is provided with too many operands; number of operands: %lu",
                        c->parameter, (unsigned long)expr->count - 1);
    if (expr->count < info->min_args || expr->count > info->max_args || !expr->args)
        return bl_error(BLOOP_VALIDATION,
                        "Invalid %s: Incorrect number of operands for operator or function; operator or function: %s, "
                        "number of operands: %lu",
                        c->parameter, info->name, (unsigned long)expr->count);
    return BLOOP_OK;
}

static bloop_status check_types(bl_check *c, const bloop_expr *expr)
{
    const bl_expr_kind_info *info = bl_expr_kind(expr->kind);
    if (info->notation == BL_NOTATION_NONE)
        return BLOOP_OK;
    bloop_status status = BLOOP_OK;
    for (uint32_t i = 0; status == BLOOP_OK && i < expr->count; i++)
        status = check_types(c, expr->args[i]);
    if (status != BLOOP_OK)
        return status;
    bl_check_go_to(c, expr);
    return check_arguments(c, expr, info);
}

static bloop_status check_arguments(const bl_check *c, const bloop_expr *expr, const bl_expr_kind_info *info)
{
    for (uint32_t i = 0; i < expr->count && i < 32; i++) {
        if ((info->path_args >> i & 1) && expr->args[i]->kind != BLOOP_EXPR_PATH)
            return bl_error(BLOOP_VALIDATION,
                            "Invalid %s: Operator or function requires a document path; operator or function: %s",
                            c->parameter, info->name);
    }
    bloop_status status = BLOOP_OK;
    for (uint32_t i = 0; status == BLOOP_OK && i < expr->count; i++)
        status = check_argument(c, expr, i);
    if (status == BLOOP_OK && expr->kind == BLOOP_EXPR_ATTRIBUTE_TYPE)
        status = check_type_name(c, expr->args[1]);
    if (status == BLOOP_OK && expr->kind == BLOOP_EXPR_BETWEEN)
        status = check_bounds(c, expr);
    return status;
}

/* A value, or the number that size() gives, has to be of a type that the operator takes. */
static bloop_status check_argument(const bl_check *c, const bloop_expr *expr, uint32_t at)
{
    const bl_expr_kind_info *info = bl_expr_kind(expr->kind);
    const bloop_expr *argument = expr->args[at];
    if (at < 32 && (info->any_args >> at & 1))
        return BLOOP_OK;
    if (argument->kind == BLOOP_EXPR_VALUE)
        return check_type(c, info, bloop_value_tag(argument->value));
    return argument->kind == BLOOP_EXPR_SIZE ? check_type(c, info, BLOOP_TAG_N) : BLOOP_OK;
}

static bloop_status check_type(const bl_check *c, const bl_expr_kind_info *info, bloop_tag tag)
{
    if (info->value_tags >> tag & 1)
        return BLOOP_OK;
    return bl_error(BLOOP_VALIDATION,
                    "Invalid %s: Incorrect operand type for operator or function; operator or function: %s, "
                    "operand type: %s",
                    c->parameter, info->name, bloop_tag_name(tag));
}

static bloop_status check_distinct(bl_check *c, const bloop_expr *expr)
{
    const bl_expr_kind_info *info = bl_expr_kind(expr->kind);
    bloop_status status = BLOOP_OK;
    for (uint32_t i = 0; status == BLOOP_OK && i < expr->count; i++)
        status = check_distinct(c, expr->args[i]);
    if (status != BLOOP_OK || !info->needs_other_paths)
        return status;
    bl_check_go_to(c, expr);
    return check_others(c, expr, info);
}

static bloop_status check_others(const bl_check *c, const bloop_expr *expr, const bl_expr_kind_info *info)
{
    const bloop_expr *first = expr->args[0];
    for (uint32_t i = 1; first->kind == BLOOP_EXPR_PATH && i < expr->count; i++) {
        if (expr->args[i]->kind != BLOOP_EXPR_PATH || bl_path_compare(&first->path, &expr->args[i]->path))
            continue;
        char space[BL_PATH_TEXT_SIZE];
        return bl_error(BLOOP_VALIDATION,
                        "Invalid %s: The first operand must be distinct from the remaining operands for this operator "
                        "or function; operator: %s, first operand: %s",
                        c->parameter, info->name, bl_path_text(space, &first->path));
    }
    return BLOOP_OK;
}

static bloop_status check_type_name(const bl_check *c, const bloop_expr *name)
{
    if (name->kind != BLOOP_EXPR_VALUE)
        return bl_error(BLOOP_VALIDATION,
                        "Invalid %s: Incorrect operand type for operator or function; operator or function: "
                        "attribute_type, operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}",
                        c->parameter);
    bloop_slice text = bloop_value_bytes(name->value);
    if (bloop_tag_of_name(text.data, text.size) != BLOOP_TAG_NONE)
        return BLOOP_OK;
    return bl_error(BLOOP_VALIDATION,
                    "Invalid %s: Invalid attribute type name found; type: %.*s, valid types: "
                    "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
                    c->parameter, (int)(text.size < 100 ? text.size : 100), text.data);
}

static bloop_status check_bounds(const bl_check *c, const bloop_expr *between)
{
    const bloop_expr *low = between->args[1], *high = between->args[2];
    if (low->kind != BLOOP_EXPR_VALUE || high->kind != BLOOP_EXPR_VALUE)
        return BLOOP_OK;
    int order = 0;
    bool same = bloop_value_compare(low->value, high->value, &order);
    if (same && order <= 0)
        return BLOOP_OK;
    char space[512];
    bl_buffer bounds = { 0 };
    bl_buffer_use(&bounds, space, sizeof space);
    bl_buffer_text(&bounds, "lower bound operand: ");
    bl_expr_describe_value(&bounds, low->value);
    bl_buffer_text(&bounds, ", upper bound operand: ");
    bl_expr_describe_value(&bounds, high->value);
    return bl_error(BLOOP_VALIDATION, "Invalid %s: The BETWEEN operator requires %s; %.*s", c->parameter,
                    same ? "upper bound to be greater than or equal to lower bound"
                         : "same data type for lower and upper bounds",
                    (int)bounds.size, (const char *)bounds.data);
}

/* Each node is one operator, but for those that stand for several in a text: a AND b AND c has two. */
static uint32_t operators_of(const bloop_expr *expr, const bl_expr_kind_info *info)
{
    bool chain = info->takes_conditions && info->notation == BL_NOTATION_INFIX && expr->count > 1;
    return !chain ? 1 : expr->count > BLOOP_EXPR_MAX_OPERATORS ? BLOOP_EXPR_MAX_OPERATORS + 1 : expr->count - 1;
}
