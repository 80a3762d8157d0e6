/* Updates and projections as text. */
#include "expr/text_private.h"

/* An action that was read, and where its path and value are in the text. */
typedef struct action_node {
    bloop_action action;
    uint32_t path_at, value_at;
    struct action_node *next;
} action_node;

typedef struct action_list {
    action_node *first, **end;
    size_t count;
} action_list;

/* Where the parts of an update or a projection are in the text. */
typedef struct positions {
    uint32_t *paths, *values;
} positions;

static bool parse_sections(bl_parser *p, action_list *list);
static bool parse_actions(bl_parser *p, bloop_action_kind kind, action_list *list);
static bool parse_action(bl_parser *p, action_node *node);
static bl_node *parse_set_value(bl_parser *p);
static bl_node *parse_set_group(bl_parser *p);
static bool gather(bl_parser *p, const action_list *list, bloop_update *update, positions *at);
static bloop_status check_update(bl_parser *p, const bloop_update *update, const positions *at);
static bool parse_paths(bl_parser *p, bloop_projection_paths *projection, positions *at);

bloop_status bloop_parse_update(bloop_expr_text *text, bloop_slice expression, bloop_update *out)
{
    bl_parser p;
    bloop_status status = bl_parse_begin(&p, text, "UpdateExpression", expression);
    if (status != BLOOP_OK)
        return status;
    p.update = true;
    action_list list = { .first = NULL };
    list.end = &list.first;
    bloop_update update = { NULL, 0 };
    positions at = { NULL, NULL };
    if (!parse_sections(&p, &list) || !gather(&p, &list, &update, &at))
        return p.status;
    status = check_update(&p, &update, &at);
    if (status == BLOOP_OK)
        *out = update;
    return status;
}

bloop_status bloop_parse_projection(bloop_expr_text *text, bloop_slice expression, bloop_projection_paths *out)
{
    bl_parser p;
    bloop_status status = bl_parse_begin(&p, text, "ProjectionExpression", expression);
    if (status != BLOOP_OK)
        return status;
    bloop_projection_paths projection = { NULL, 0 };
    positions at = { NULL, NULL };
    if (!parse_paths(&p, &projection, &at))
        return p.status;
    status = bl_parse_report(&p, BL_FOUND_RESERVED, BL_FOUND_INDEX);
    if (status != BLOOP_OK)
        return status;
    bl_check check = bl_parse_check(&p);
    check.paths_at = at.paths;
    status = bl_parse_checked(&p, &check, bl_check_projection(&check, &projection));
    if (status == BLOOP_OK)
        *out = projection;
    return status;
}

static bool parse_sections(bl_parser *p, action_list *list)
{
    static const struct {
        bl_token_kind token;
        bloop_action_kind action;
    } sections[] = {
        { BL_TOKEN_SET, BLOOP_ACTION_SET },
        { BL_TOKEN_REMOVE, BLOOP_ACTION_REMOVE },
        { BL_TOKEN_ADD, BLOOP_ACTION_ADD },
        { BL_TOKEN_DELETE, BLOOP_ACTION_DELETE },
    };
    bool seen[BL_COUNT_OF(sections)] = { false };
    do {
        size_t i = 0;
        while (i < BL_COUNT_OF(sections) && sections[i].token != p->token.kind)
            i++;
        if (i == BL_COUNT_OF(sections)) {
            bl_parse_syntax_error(p);
            return false;
        }
        if (seen[i])
            bl_parse_found(p, BL_FOUND_SECTION, p->token);
        seen[i] = true;
        bl_parse_advance(p);
        if (!parse_actions(p, sections[i].action, list))
            return false;
    } while (p->token.kind != BL_TOKEN_END);
    return true;
}

static bool parse_actions(bl_parser *p, bloop_action_kind kind, action_list *list)
{
    do {
        action_node *node = bl_parse_alloc(p, sizeof *node);
        if (!node)
            return false;
        *node = (action_node){ .action = { .kind = kind }, .path_at = p->token.start };
        if (!parse_action(p, node))
            return false;
        *list->end = node;
        list->end = &node->next;
        list->count++;
    } while (bl_parse_take(p, BL_TOKEN_COMMA));
    return true;
}

static bool parse_action(bl_parser *p, action_node *node)
{
    bloop_action_kind kind = node->action.kind;
    if (!bl_parse_path(p, &node->action.path))
        return false;
    node->value_at = node->path_at;
    if (kind == BLOOP_ACTION_REMOVE)
        return true;
    if (kind == BLOOP_ACTION_SET && !bl_parse_expect(p, BL_TOKEN_EQ))
        return false;
    bl_node *value = kind == BLOOP_ACTION_SET ? parse_set_value(p) : bl_parse_value(p);
    if (!value)
        return false;
    node->action.value = value->expr;
    node->value_at = value->at;
    return true;
}

/* An operand or a sum of two, either in parentheses or not. A sum in parentheses is no operand. */
static bl_node *parse_set_value(bl_parser *p)
{
    bl_node *left = p->token.kind == BL_TOKEN_OPEN ? parse_set_group(p) : bl_parse_plain_operand(p);
    bool sum = p->token.kind == BL_TOKEN_PLUS || p->token.kind == BL_TOKEN_MINUS;
    if (!left || !sum || left->expr.kind == BLOOP_EXPR_PLUS || left->expr.kind == BLOOP_EXPR_MINUS)
        return left;
    bloop_expr_kind kind = p->token.kind == BL_TOKEN_PLUS ? BLOOP_EXPR_PLUS : BLOOP_EXPR_MINUS;
    bl_parse_advance(p);
    left->next = bl_parse_operand(p);
    if (!left->next)
        return NULL;
    bl_node *node = bl_parse_node(p, kind, left->at);
    return node && bl_parse_arguments(p, node, left, 2) ? node : NULL;
}

static bl_node *parse_set_group(bl_parser *p)
{
    bl_token open = p->token;
    bl_parse_advance(p);
    bl_node *inner = bl_parse_enter(p) ? parse_set_value(p) : NULL;
    p->depth--;
    return inner && bl_parse_expect(p, BL_TOKEN_CLOSE) && bl_parse_group(p, inner, open) ? inner : NULL;
}

/* The list as an update, with the positions beside it. */
static bool gather(bl_parser *p, const action_list *list, bloop_update *update, positions *at)
{
    bloop_action *actions = bl_parse_alloc(p, list->count * sizeof *actions);
    at->paths = bl_parse_alloc(p, 2 * list->count * sizeof *at->paths);
    if (!actions || !at->paths)
        return false;
    at->values = at->paths + list->count;
    size_t i = 0;
    for (const action_node *node = list->first; node; node = node->next) {
        actions[i] = node->action;
        at->paths[i] = node->path_at;
        at->values[i] = node->value_at;
        i++;
    }
    *update = (bloop_update){ actions, list->count };
    return true;
}

/* In the service's order (dynalite's suite): reserved words, functions, sections; then what the tree's check finds. */
static bloop_status check_update(bl_parser *p, const bloop_update *update, const positions *at)
{
    static const bl_finding_kind order[] = { BL_FOUND_PARENTHESES, BL_FOUND_RESERVED, BL_FOUND_INDEX, BL_FOUND_FUNCTION,
                                             BL_FOUND_SECTION };
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; status == BLOOP_OK && i < BL_COUNT_OF(order); i++)
        status = bl_parse_report(p, order[i], order[i]);
    if (status != BLOOP_OK)
        return status;
    bl_check check = bl_parse_check(p);
    check.update = p->update;
    check.actions = update;
    check.paths_at = at->paths;
    check.values_at = at->values;
    status = bl_check_update_shape(&check, update);
    if (status == BLOOP_OK)
        status = bl_check_update_meaning(&check, update);
    return bl_parse_checked(p, &check, status);
}

static bool parse_paths(bl_parser *p, bloop_projection_paths *projection, positions *at)
{
    size_t capacity = 1;
    for (size_t i = 0; i < p->text.size; i++)
        capacity += p->text.data[i] == ',';
    bloop_path *paths = bl_parse_alloc(p, capacity * sizeof *paths);
    at->paths = bl_parse_alloc(p, capacity * sizeof *at->paths);
    if (!paths || !at->paths)
        return false;
    size_t count = 0;
    do {
        at->paths[count] = p->token.start;
        if (!bl_parse_path(p, &paths[count++]))
            return false;
    } while (bl_parse_take(p, BL_TOKEN_COMMA));
    if (p->token.kind != BL_TOKEN_END) {
        bl_parse_syntax_error(p);
        return false;
    }
    *projection = (bloop_projection_paths){ paths, count };
    return true;
}
