/* The one table of the kinds of nodes: what each is called, and what it takes. Sources: developer guide, "Condition
   expressions: operators and functions" and "Update expressions"; where a type is refused in a request though an item's
   attribute of that type would only make the condition false, the service's behaviour as public suites record it. */
#include "expr/expr_private.h"

#define TAG(name) (1u << BLOOP_TAG_##name)

enum {
    ANY_TAG = (1 << BLOOP_TAG_COUNT) - 1,
    ORDERED = TAG(S) | TAG(N) | TAG(B),
    TEXT = TAG(S) | TAG(B),
    SIZED = TAG(S) | TAG(B) | TAG(SS) | TAG(NS) | TAG(BS) | TAG(L) | TAG(M),
    MANY = BLOOP_EXPR_MAX_OPERATORS + 1 /* arguments of AND and OR: each but the first counts as an operator */
};

#define LOGIC(text, how, min, max)                                                                             \
    {                                                                                                          \
        .name = (text), .class_ = BL_CLASS_CONDITION, .notation = (how), .min_args = (min), .max_args = (max), \
        .takes_conditions = true                                                                               \
    }
#define COMPARISON(text, tags)                                                                                     \
    {                                                                                                              \
        .name = (text), .class_ = BL_CLASS_CONDITION, .notation = BL_NOTATION_INFIX, .min_args = 2, .max_args = 2, \
        .value_tags = (tags), .needs_other_paths = true                                                            \
    }
#define FUNCTION(text, what, args, paths, tags, others)                                                             \
    {                                                                                                               \
        .name = (text), .class_ = (what), .notation = BL_NOTATION_FUNCTION, .min_args = (args), .max_args = (args), \
        .path_args = (paths), .value_tags = (tags), .needs_other_paths = (others)                                   \
    }
#define ARITHMETIC(text)                                                                                     \
    {                                                                                                        \
        .name = (text), .class_ = BL_CLASS_SET, .notation = BL_NOTATION_INFIX, .min_args = 2, .max_args = 2, \
        .value_tags = TAG(N)                                                                                 \
    }

static const bl_expr_kind_info kinds[BLOOP_EXPR_KIND_COUNT] = {
    [BLOOP_EXPR_EMPTY] = { .name = "", .class_ = BL_CLASS_CONDITION },
    [BLOOP_EXPR_AND] = LOGIC("AND", BL_NOTATION_INFIX, 2, MANY),
    [BLOOP_EXPR_OR] = LOGIC("OR", BL_NOTATION_INFIX, 2, MANY),
    [BLOOP_EXPR_NOT] = LOGIC("NOT", BL_NOTATION_PREFIX, 1, 1),
    [BLOOP_EXPR_EQ] = COMPARISON("=", ANY_TAG),
    [BLOOP_EXPR_NE] = COMPARISON("<>", ANY_TAG),
    [BLOOP_EXPR_LT] = COMPARISON("<", ORDERED),
    [BLOOP_EXPR_LE] = COMPARISON("<=", ORDERED),
    [BLOOP_EXPR_GT] = COMPARISON(">", ORDERED),
    [BLOOP_EXPR_GE] = COMPARISON(">=", ORDERED),
    [BLOOP_EXPR_BETWEEN] = { .name = "BETWEEN",
                             .class_ = BL_CLASS_CONDITION,
                             .notation = BL_NOTATION_BETWEEN,
                             .min_args = 3,
                             .max_args = 3,
                             .value_tags = ORDERED,
                             .needs_other_paths = true },
    [BLOOP_EXPR_IN] = { .name = "IN",
                        .class_ = BL_CLASS_CONDITION,
                        .notation = BL_NOTATION_IN,
                        .min_args = 2,
                        .max_args = 101,
                        .value_tags = ANY_TAG,
                        .needs_other_paths = true },
    [BLOOP_EXPR_ATTRIBUTE_EXISTS] = FUNCTION("attribute_exists", BL_CLASS_CONDITION, 1, 1, ANY_TAG, false),
    [BLOOP_EXPR_ATTRIBUTE_NOT_EXISTS] = FUNCTION("attribute_not_exists", BL_CLASS_CONDITION, 1, 1, ANY_TAG, false),
    [BLOOP_EXPR_ATTRIBUTE_TYPE] = { .name = "attribute_type",
                                    .class_ = BL_CLASS_CONDITION,
                                    .notation = BL_NOTATION_FUNCTION,
                                    .min_args = 2,
                                    .max_args = 2,
                                    .any_args = 1,
                                    .value_tags = TAG(S),
                                    .needs_other_paths = true },
    [BLOOP_EXPR_BEGINS_WITH] = FUNCTION("begins_with", BL_CLASS_CONDITION, 2, 0, TEXT, true),
    [BLOOP_EXPR_CONTAINS] = FUNCTION("contains", BL_CLASS_CONDITION, 2, 0, ANY_TAG, true),
    [BLOOP_EXPR_PATH] = { .name = "", .class_ = BL_CLASS_OPERAND },
    [BLOOP_EXPR_VALUE] = { .name = "", .class_ = BL_CLASS_OPERAND },
    [BLOOP_EXPR_SIZE] = FUNCTION("size", BL_CLASS_OPERAND, 1, 0, SIZED, false),
    [BLOOP_EXPR_PLUS] = ARITHMETIC("+"),
    [BLOOP_EXPR_MINUS] = ARITHMETIC("-"),
    [BLOOP_EXPR_IF_NOT_EXISTS] = FUNCTION("if_not_exists", BL_CLASS_SET, 2, 1, ANY_TAG, true),
    [BLOOP_EXPR_LIST_APPEND] = FUNCTION("list_append", BL_CLASS_SET, 2, 0, TAG(L), false),
};

const bl_expr_kind_info *bl_expr_kind(bloop_expr_kind kind)
{
    return (unsigned)kind < BLOOP_EXPR_KIND_COUNT ? &kinds[kind] : NULL;
}

bloop_expr_kind bl_expr_turned(bloop_expr_kind kind)
{
    switch (kind) {
    case BLOOP_EXPR_LT: return BLOOP_EXPR_GT;
    case BLOOP_EXPR_LE: return BLOOP_EXPR_GE;
    case BLOOP_EXPR_GT: return BLOOP_EXPR_LT;
    case BLOOP_EXPR_GE: return BLOOP_EXPR_LE;
    default: return kind;
    }
}
