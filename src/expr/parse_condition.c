/* Conditions as text. NOT binds tighter than AND, AND tighter than OR. A parenthesis may hold a condition or an operand;
   which of them is known only behind it: (a) = b, (a = b). */
#include "expr/text_private.h"

static bl_node *parse_whole(bl_parser *p);
static bl_node *parse_chain(bl_parser *p, bl_token_kind joint);
static bl_node *parse_link(bl_parser *p, bl_token_kind joint);
static bl_node *parse_term(bl_parser *p);
static bl_node *parse_negation(bl_parser *p);
static bl_node *parse_parentheses(bl_parser *p);
static bl_node *parse_comparison(bl_parser *p, bl_node *left, bloop_expr_kind kind);
static bl_node *parse_between(bl_parser *p, bl_node *left);
static bl_node *parse_in(bl_parser *p, bl_node *left);
static bl_node *join(bl_parser *p, bloop_expr_kind kind, uint32_t at, bl_node *const *operands, uint32_t count);
static bool is_condition(const bl_node *node);
static bloop_expr_kind comparison_of(bl_token_kind token);

bloop_status bloop_parse_condition(bloop_expr_text *text, const char *parameter, bloop_slice expression,
                                   const bloop_expr **out)
{
    bl_parser p;
    bloop_status status = bl_parse_begin(&p, text, parameter, expression);
    if (status != BLOOP_OK)
        return status;
    bl_node *root = parse_whole(&p);
    if (!root)
        return p.status;
    status = bl_parse_report(&p, BL_FOUND_PARENTHESES, BL_FOUND_FUNCTION);
    if (status != BLOOP_OK)
        return status;
    bl_check check = bl_parse_check(&p);
    status = bl_parse_checked(&p, &check, bl_check_shape(&check, &root->expr));
    if (status == BLOOP_OK)
        status = bl_parse_report(&p, BL_FOUND_RESERVED, BL_FOUND_INDEX);
    if (status == BLOOP_OK)
        status = bl_parse_checked(&p, &check, bl_check_meaning(&check, &root->expr));
    if (status == BLOOP_OK)
        *out = &root->expr;
    return status;
}

bloop_status bl_parse_model_condition(bloop_expr_text *text, bloop_slice expression, const bloop_expr **out,
                                      uint32_t *value_count)
{
    bl_parser p;
    text->model = true;
    bloop_status status = bl_parse_begin(&p, text, "condition", expression);
    if (status != BLOOP_OK)
        return status;
    bl_node *root = parse_whole(&p);
    if (!root)
        return p.status;
    status = bl_parse_report(&p, BL_FOUND_FUNCTION, BL_FOUND_INDEX);
    if (status != BLOOP_OK)
        return status;
    bl_check check = bl_parse_check(&p);
    check.undefined = true;
    status = bl_check_shape(&check, &root->expr);
    if (status == BLOOP_OK)
        status = bl_check_counts(&check, &root->expr);
    if (status != BLOOP_OK)
        return bl_parse_checked(&p, &check, status);
    *out = &root->expr;
    *value_count = p.arguments;
    return BLOOP_OK;
}

size_t bl_expr_text_place(const bloop_expr *node)
{
    return ((const bl_node *)(const void *)node)->at;
}

static bl_node *parse_whole(bl_parser *p)
{
    bl_node *root = parse_chain(p, BL_TOKEN_OR);
    if (root && is_condition(root) && p->token.kind == BL_TOKEN_END)
        return root;
    if (root)
        bl_parse_syntax_error(p);
    return NULL;
}

/* Links with AND or OR between them; one link alone may be an operand. */
static bl_node *parse_chain(bl_parser *p, bl_token_kind joint)
{
    bl_node *first = parse_link(p, joint);
    if (!first || p->token.kind != joint)
        return first;
    bl_node *node = bl_parse_node(p, joint == BL_TOKEN_OR ? BLOOP_EXPR_OR : BLOOP_EXPR_AND, first->at);
    bl_node *last = first;
    uint32_t count = 1;
    while (node && p->token.kind == joint) {
        if (!is_condition(last))
            break;
        bl_parse_advance(p);
        last->next = parse_link(p, joint);
        last = last->next;
        if (!last)
            return NULL;
        count++;
    }
    if (!node)
        return NULL;
    if (!is_condition(last)) {
        bl_parse_syntax_error(p);
        return NULL;
    }
    return bl_parse_arguments(p, node, first, count) ? node : NULL;
}

static bl_node *parse_link(bl_parser *p, bl_token_kind joint)
{
    return joint == BL_TOKEN_OR ? parse_chain(p, BL_TOKEN_AND) : parse_term(p);
}

/* A condition without AND or OR, or an operand that nothing is compared with. */
static bl_node *parse_term(bl_parser *p)
{
    if (p->token.kind == BL_TOKEN_NOT)
        return parse_negation(p);
    bl_node *left = p->token.kind == BL_TOKEN_OPEN ? parse_parentheses(p) : bl_parse_plain_operand(p);
    if (!left)
        return NULL;
    bloop_expr_kind comparison = comparison_of(p->token.kind);
    bool operand = left->expr.kind == BLOOP_EXPR_PATH || left->expr.kind == BLOOP_EXPR_VALUE ||
                   bl_expr_kind(left->expr.kind)->notation == BL_NOTATION_FUNCTION;
    if (!operand)
        return left;
    if (comparison != BLOOP_EXPR_EMPTY)
        return parse_comparison(p, left, comparison);
    if (p->token.kind == BL_TOKEN_BETWEEN)
        return parse_between(p, left);
    return p->token.kind == BL_TOKEN_IN ? parse_in(p, left) : left;
}

static bl_node *parse_negation(bl_parser *p)
{
    uint32_t at = p->token.start;
    bl_parse_advance(p);
    bl_node *inner = bl_parse_enter(p) ? parse_term(p) : NULL;
    p->depth--;
    if (inner && !is_condition(inner)) {
        bl_parse_syntax_error(p);
        return NULL;
    }
    return inner ? join(p, BLOOP_EXPR_NOT, at, &inner, 1) : NULL;
}

static bl_node *parse_parentheses(bl_parser *p)
{
    bl_token open = p->token;
    bl_parse_advance(p);
    bl_node *inner = bl_parse_enter(p) ? parse_chain(p, BL_TOKEN_OR) : NULL;
    p->depth--;
    return inner && bl_parse_expect(p, BL_TOKEN_CLOSE) && bl_parse_group(p, inner, open) ? inner : NULL;
}

static bl_node *parse_comparison(bl_parser *p, bl_node *left, bloop_expr_kind kind)
{
    bl_parse_advance(p);
    bl_node *both[] = { left, bl_parse_operand(p) };
    return both[1] ? join(p, kind, left->at, both, 2) : NULL;
}

static bl_node *parse_between(bl_parser *p, bl_node *left)
{
    bl_parse_advance(p);
    bl_node *all[] = { left, bl_parse_operand(p), NULL };
    if (!all[1] || !bl_parse_expect(p, BL_TOKEN_AND))
        return NULL;
    all[2] = bl_parse_operand(p);
    return all[2] ? join(p, BLOOP_EXPR_BETWEEN, left->at, all, 3) : NULL;
}

static bl_node *parse_in(bl_parser *p, bl_node *left)
{
    bl_parse_advance(p);
    if (!bl_parse_expect(p, BL_TOKEN_OPEN))
        return NULL;
    uint32_t count = 1;
    bl_node *last = left;
    do {
        last->next = bl_parse_operand(p);
        last = last->next;
        count++;
    } while (last && bl_parse_take(p, BL_TOKEN_COMMA));
    if (!last || !bl_parse_expect(p, BL_TOKEN_CLOSE))
        return NULL;
    bl_node *node = bl_parse_node(p, BLOOP_EXPR_IN, left->at);
    return node && bl_parse_arguments(p, node, left, count) ? node : NULL;
}

static bl_node *join(bl_parser *p, bloop_expr_kind kind, uint32_t at, bl_node *const *operands, uint32_t count)
{
    bl_node *node = bl_parse_node(p, kind, at);
    for (uint32_t i = 1; i < count; i++)
        operands[i - 1]->next = operands[i];
    return node && bl_parse_arguments(p, node, operands[0], count) ? node : NULL;
}

/* A function stands for a condition; whether it may is looked at when the grammar is right. */
static bool is_condition(const bl_node *node)
{
    return node->expr.kind != BLOOP_EXPR_PATH && node->expr.kind != BLOOP_EXPR_VALUE;
}

static bloop_expr_kind comparison_of(bl_token_kind token)
{
    switch (token) {
    case BL_TOKEN_EQ: return BLOOP_EXPR_EQ;
    case BL_TOKEN_NE: return BLOOP_EXPR_NE;
    case BL_TOKEN_LT: return BLOOP_EXPR_LT;
    case BL_TOKEN_LE: return BLOOP_EXPR_LE;
    case BL_TOKEN_GT: return BLOOP_EXPR_GT;
    case BL_TOKEN_GE: return BLOOP_EXPR_GE;
    default: return BLOOP_EXPR_EMPTY;
    }
}
