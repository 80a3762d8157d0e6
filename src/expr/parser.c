/* What the parsers of all expressions share: tokens, nodes, paths, operands, and rules that are told about at the end. */
#include "expr/text_private.h"

/* The steps of a path that is being read. */
typedef struct step_list {
    bloop_step *steps;
    uint32_t count, capacity;
} step_list;

static void tell_syntax_error(bl_parser *p, bloop_slice token, bloop_slice near);
static bloop_status tell_finding(bl_parser *p, bl_finding_kind kind);
static bloop_slice section_name(bl_token_kind kind);
static bool add_step(bl_parser *p, step_list *list, bloop_step step);
static bool take_step(bl_parser *p, bloop_step *step);
static bool take_index(bl_parser *p, bloop_step *step);
static bl_node *parse_function(bl_parser *p);
static bloop_expr_kind function_kind(bloop_slice name);
static bloop_slice text_of(const bl_parser *p, bl_token token);

/* Paths of more than BLOOP_MAX_DEPTH steps are refused; they are read first, so that the message can tell their number. */
enum { FEW_STEPS = 8 };

bloop_status bl_parse_begin(bl_parser *p, bloop_expr_text *owner, const char *parameter, bloop_slice text)
{
    *p = (bl_parser){ .owner = owner, .parameter = parameter, .text = text, .model = owner->model };
    owner->position = 0;
    /* All but updates tell the size (Alternator's suite, test_limit_expression_len_crash1; DynamoDB Local). */
    bool tells = strcmp(parameter, "UpdateExpression") != 0;
    if (text.size > BL_EXPR_TEXT_MAX_SIZE && tells)
        return bl_error(BLOOP_VALIDATION,
                        "Invalid %s: Expression size has exceeded the maximum allowed size; expression size: %zu",
                        parameter, text.size);
    if (text.size > BL_EXPR_TEXT_MAX_SIZE)
        return bl_error(BLOOP_VALIDATION, "Invalid %s: Expression size has exceeded the maximum allowed size;",
                        parameter);
    if (text.size)
        p->token = bl_token_next(text, 0, p->model);
    if (p->token.kind == BL_TOKEN_END)
        return bl_error(BLOOP_VALIDATION, "Invalid %s: The expression can not be empty;", parameter);
    return bl_expr_text_prepare(owner);
}

void bl_parse_advance(bl_parser *p)
{
    p->previous = p->token;
    p->token = bl_token_next(p->text, p->token.end, p->model);
}

bool bl_parse_take(bl_parser *p, bl_token_kind kind)
{
    if (p->token.kind != kind)
        return false;
    bl_parse_advance(p);
    return true;
}

bool bl_parse_expect(bl_parser *p, bl_token_kind kind)
{
    if (bl_parse_take(p, kind))
        return true;
    bl_parse_syntax_error(p);
    return false;
}

/* "near" goes from the token before to the one after, with what is between them; at the end it is the last token. */
void bl_parse_syntax_error(bl_parser *p)
{
    if (p->status != BLOOP_OK)
        return;
    p->owner->position = p->token.start;
    bool first = p->previous.end == 0;
    if (p->token.kind == BL_TOKEN_END) {
        tell_syntax_error(p, (bloop_slice){ "<EOF>", 5 }, text_of(p, p->previous));
        return;
    }
    bl_token next = bl_token_next(p->text, p->token.end, p->model);
    bl_token near = { BL_TOKEN_UNKNOWN, first ? p->token.start : p->previous.start,
                      next.kind == BL_TOKEN_END ? p->token.end : next.end };
    tell_syntax_error(p, text_of(p, p->token), text_of(p, near));
}

bool bl_parse_enter(bl_parser *p)
{
    if (++p->depth <= BLOOP_EXPR_MAX_DEPTH)
        return true;
    p->owner->position = p->token.start;
    p->status = bl_error(BLOOP_VALIDATION, "Invalid %s: the expression is nested too deeply; maximum depth: %d",
                         p->parameter, BLOOP_EXPR_MAX_DEPTH);
    return false;
}

void bl_parse_found(bl_parser *p, bl_finding_kind kind, bl_token token)
{
    if (!p->findings[kind].found)
        p->findings[kind] = (bl_finding){ true, token };
}

bloop_status bl_parse_report(bl_parser *p, bl_finding_kind from, bl_finding_kind to)
{
    for (unsigned kind = from; kind <= (unsigned)to; kind++) {
        if (p->findings[kind].found)
            return tell_finding(p, (bl_finding_kind)kind);
    }
    return BLOOP_OK;
}

bl_check bl_parse_check(const bl_parser *p)
{
    return (bl_check){ .parameter = p->parameter, .source = p->text, .undefined = p->undefined };
}

bloop_status bl_parse_checked(bl_parser *p, const bl_check *check, bloop_status status)
{
    if (status != BLOOP_OK)
        p->owner->position = check->at;
    return status;
}

bl_node *bl_parse_node(bl_parser *p, bloop_expr_kind kind, uint32_t at)
{
    bl_node *node = bl_parse_alloc(p, sizeof *node);
    if (node)
        *node = (bl_node){ .expr = { .kind = kind }, .at = at };
    return node;
}

bool bl_parse_arguments(bl_parser *p, bl_node *node, bl_node *first, uint32_t count)
{
    const bloop_expr **args = bl_parse_alloc(p, count * sizeof(bloop_expr *));
    if (!args)
        return false;
    uint32_t made = 0;
    for (bl_node *argument = first; made < count; argument = argument->next)
        args[made++] = &argument->expr;
    node->expr.args = args;
    node->expr.count = count;
    return true;
}

bool bl_parse_path(bl_parser *p, bloop_path *path)
{
    *path = (bloop_path){ NULL, 0 };
    return bl_parse_path_rest(p, path);
}

/* With no steps yet, a name comes first. */
bool bl_parse_path_rest(bl_parser *p, bloop_path *path)
{
    bloop_step few[FEW_STEPS];
    step_list list = { .steps = few, .capacity = FEW_STEPS };
    for (uint32_t i = 0; i < path->count; i++) {
        if (!add_step(p, &list, path->steps[i]))
            return false;
    }
    bool first = list.count == 0;
    while (first || p->token.kind == BL_TOKEN_DOT || p->token.kind == BL_TOKEN_OPEN_INDEX) {
        bool index = !first && p->token.kind == BL_TOKEN_OPEN_INDEX;
        if (!first)
            bl_parse_advance(p);
        bloop_step step;
        if (index ? !take_index(p, &step) : !take_step(p, &step))
            return false;
        if (!add_step(p, &list, step))
            return false;
        first = false;
    }
    bloop_step *kept = list.steps == few ? bl_parse_alloc(p, list.count * sizeof *kept) : list.steps;
    if (!kept)
        return false;
    if (list.steps == few)
        memcpy(kept, few, list.count * sizeof *kept);
    *path = (bloop_path){ kept, list.count };
    return true;
}

bl_node *bl_parse_value(bl_parser *p)
{
    bl_token token = p->token;
    if (token.kind != BL_TOKEN_ARGUMENT && token.kind != BL_TOKEN_VALUE) {
        bl_parse_syntax_error(p);
        return NULL;
    }
    bl_node *node = bl_parse_node(p, BLOOP_EXPR_VALUE, token.start);
    if (!node)
        return NULL;
    bl_parse_advance(p);
    if (token.kind == BL_TOKEN_ARGUMENT) {
        node->expr.value = (bloop_value){ NULL, p->arguments++ };
        return node;
    }
    const bloop_value_placeholder *placeholder = bl_expr_text_value(p->owner, text_of(p, token));
    if (placeholder)
        node->expr.value = placeholder->value;
    else
        p->undefined = true;
    return node;
}

bl_node *bl_parse_operand(bl_parser *p)
{
    if (p->token.kind != BL_TOKEN_OPEN)
        return bl_parse_plain_operand(p);
    bl_token open = p->token;
    bl_parse_advance(p);
    bl_node *inner = bl_parse_enter(p) ? bl_parse_operand(p) : NULL;
    p->depth--;
    return inner && bl_parse_expect(p, BL_TOKEN_CLOSE) && bl_parse_group(p, inner, open) ? inner : NULL;
}

bl_node *bl_parse_plain_operand(bl_parser *p)
{
    if (p->token.kind == BL_TOKEN_VALUE || p->token.kind == BL_TOKEN_ARGUMENT)
        return bl_parse_value(p);
    if (p->token.kind == BL_TOKEN_WORD && bl_token_next(p->text, p->token.end, p->model).kind == BL_TOKEN_OPEN)
        return parse_function(p);
    uint32_t at = p->token.start;
    bloop_path path;
    if (!bl_parse_path(p, &path))
        return NULL;
    bl_node *node = bl_parse_node(p, BLOOP_EXPR_PATH, at);
    if (node)
        node->expr.path = path;
    return node;
}

/* In a condition (a.b).c is a.b.c (dynalite's suite has it); in an update it is nothing. */
bool bl_parse_group(bl_parser *p, bl_node *node, bl_token open)
{
    if (node->grouped)
        bl_parse_found(p, BL_FOUND_PARENTHESES, open);
    bool goes_on = p->token.kind == BL_TOKEN_DOT || p->token.kind == BL_TOKEN_OPEN_INDEX;
    node->grouped = p->update || node->expr.kind != BLOOP_EXPR_PATH || !goes_on;
    return node->grouped || bl_parse_path_rest(p, &node->expr.path);
}

void *bl_parse_alloc(bl_parser *p, size_t size)
{
    void *memory = bl_expr_text_alloc(p->owner, size);
    if (!memory)
        p->status = BLOOP_NO_MEMORY;
    return memory;
}

static void tell_syntax_error(bl_parser *p, bloop_slice token, bloop_slice near)
{
    char space[2][BL_QUOTE_SIZE];
    if (!bl_utf8_valid(near.data, near.size) || !bl_utf8_valid(token.data, token.size))
        p->status = bl_error(BLOOP_VALIDATION, "Invalid %s: Syntax error; token: %s, near: %s", p->parameter,
                             bl_quote(space[0], token.data, token.size), bl_quote(space[1], near.data, near.size));
    else
        p->status = bl_error(BLOOP_VALIDATION, "Invalid %s: Syntax error; token: \"%.*s\", near: \"%.*s\"",
                             p->parameter, (int)token.size, token.data, (int)near.size, near.data);
}

static bloop_status tell_finding(bl_parser *p, bl_finding_kind kind)
{
    static const struct {
        const char *before, *after;
        bool names; /* the token */
    } words[BL_FINDING_COUNT] = {
        [BL_FOUND_PARENTHESES] = { "The expression has redundant parentheses;", "", false },
        [BL_FOUND_FUNCTION] = { "Invalid function name; function: ", "", true },
        [BL_FOUND_RESERVED] = { "Attribute name is a reserved keyword; reserved keyword: ", "", true },
        [BL_FOUND_INDEX] = { "List index is not within the allowable range; index: [", "]", true },
        [BL_FOUND_SECTION] = { "The \"", "\" section can only be used once in an update expression;", true },
    };
    bl_token token = p->findings[kind].token;
    bloop_slice name = words[kind].names ? text_of(p, token) : (bloop_slice){ "", 0 };
    if (kind == BL_FOUND_SECTION)
        name = section_name(token.kind);
    p->owner->position = token.start;
    return bl_error(BLOOP_VALIDATION, "Invalid %s: %s%.*s%s", p->parameter, words[kind].before, (int)name.size,
                    name.data, words[kind].after);
}

/* In capitals, however the text has it. */
static bloop_slice section_name(bl_token_kind kind)
{
    switch (kind) {
    case BL_TOKEN_SET: return (bloop_slice){ "SET", 3 };
    case BL_TOKEN_REMOVE: return (bloop_slice){ "REMOVE", 6 };
    case BL_TOKEN_ADD: return (bloop_slice){ "ADD", 3 };
    default: return (bloop_slice){ "DELETE", 6 };
    }
}

static bool take_step(bl_parser *p, bloop_step *step)
{
    bl_token token = p->token;
    bloop_slice word = text_of(p, token);
    *step = (bloop_step){ .name = word };
    if (token.kind == BL_TOKEN_NAME) {
        const bloop_name_placeholder *placeholder = bl_expr_text_name(p->owner, word);
        if (placeholder)
            step->name = placeholder->name;
        else
            p->undefined = true;
    } else if (token.kind == BL_TOKEN_QUOTED) {
        step->name = (bloop_slice){ word.data + 1, word.size - 2 };
    } else if (token.kind == BL_TOKEN_WORD) {
        if (!p->model && bl_is_reserved_word(word))
            bl_parse_found(p, BL_FOUND_RESERVED, token);
    } else {
        bl_parse_syntax_error(p);
        return false;
    }
    bl_parse_advance(p);
    return true;
}

/* At first on the caller's stack, then in the tree's memory. */
static bool add_step(bl_parser *p, step_list *list, bloop_step step)
{
    if (list->count == list->capacity) {
        bloop_step *more = bl_parse_alloc(p, 2 * list->capacity * sizeof *more);
        if (!more)
            return false;
        memcpy(more, list->steps, list->count * sizeof *more);
        list->steps = more;
        list->capacity *= 2;
    }
    list->steps[list->count++] = step;
    return true;
}

static bool take_index(bl_parser *p, bloop_step *step)
{
    bl_token token = p->token;
    if (!bl_parse_expect(p, BL_TOKEN_INDEX))
        return false;
    uint64_t index = 0;
    for (uint32_t i = token.start; i < token.end && index <= INT32_MAX; i++)
        index = index * 10 + (uint64_t)(p->text.data[i] - '0');
    if (index > INT32_MAX) {
        bl_parse_found(p, BL_FOUND_INDEX, token);
        index = INT32_MAX;
    }
    *step = (bloop_step){ .index = (uint32_t)index };
    return bl_parse_expect(p, BL_TOKEN_CLOSE_INDEX);
}

static bl_node *parse_function(bl_parser *p)
{
    bl_token name = p->token;
    bloop_expr_kind kind = function_kind(text_of(p, name));
    bl_node *node = bl_parse_node(p, kind == BLOOP_EXPR_EMPTY ? BLOOP_EXPR_SIZE : kind, name.start);
    if (!node || !bl_parse_enter(p))
        return NULL;
    if (kind == BLOOP_EXPR_EMPTY)
        bl_parse_found(p, BL_FOUND_FUNCTION, name);
    bl_parse_advance(p);
    bl_parse_advance(p);
    bl_node *first = NULL, **end = &first;
    uint32_t count = 0;
    do {
        bl_node *argument = bl_parse_operand(p);
        if (!argument)
            return NULL;
        *end = argument;
        end = &argument->next;
        count++;
    } while (bl_parse_take(p, BL_TOKEN_COMMA));
    p->depth--;
    return bl_parse_expect(p, BL_TOKEN_CLOSE) && bl_parse_arguments(p, node, first, count) ? node : NULL;
}

/* EMPTY when there is no such function. */
static bloop_expr_kind function_kind(bloop_slice name)
{
    for (unsigned kind = 1; kind < BLOOP_EXPR_KIND_COUNT; kind++) {
        const bl_expr_kind_info *info = bl_expr_kind((bloop_expr_kind)kind);
        if (info->notation == BL_NOTATION_FUNCTION && strlen(info->name) == name.size &&
            memcmp(info->name, name.data, name.size) == 0)
            return (bloop_expr_kind)kind;
    }
    return BLOOP_EXPR_EMPTY;
}

static bloop_slice text_of(const bl_parser *p, bl_token token)
{
    return (bloop_slice){ p->text.data + token.start, token.end - token.start };
}
