/* DynamoDB's expressions as one syntax tree: conditions, filters, key conditions, updates and projections.

   A tree is plain data that the caller owns: the library reads it during a call and keeps nothing of it. It may be built
   by hand, by the object mapper's conditions, or from the text of a request (bloop_expr_text, at the end). Names and values
   stand in the tree themselves; placeholders are a matter of the text. */
#ifndef BLOOP_EXPR_H
#define BLOOP_EXPR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bloop/error.h>
#include <bloop/export.h>
#include <bloop/value.h>

BLOOP_BEGIN_C_

/* One step of a document path: a name, or (name.data is NULL) the index of a list's element. */
typedef struct bloop_step {
    bloop_slice name;
    uint32_t index;
} bloop_step;

/* A document path such as home.rooms[2].name; the first step is the name of a top-level attribute. */
typedef struct bloop_path {
    const bloop_step *steps;
    uint32_t count;
} bloop_path;

typedef enum bloop_expr_kind {
    BLOOP_EXPR_EMPTY = 0, /* no condition: true */
    /* conditions */
    BLOOP_EXPR_AND, /* 2 or more arguments */
    BLOOP_EXPR_OR,  /* 2 or more */
    BLOOP_EXPR_NOT, /* 1 */
    BLOOP_EXPR_EQ,  /* 2 operands, as the next five */
    BLOOP_EXPR_NE,
    BLOOP_EXPR_LT,
    BLOOP_EXPR_LE,
    BLOOP_EXPR_GT,
    BLOOP_EXPR_GE,
    BLOOP_EXPR_BETWEEN,              /* operand, low, high */
    BLOOP_EXPR_IN,                   /* operand, then 1 to 100 operands */
    BLOOP_EXPR_ATTRIBUTE_EXISTS,     /* path */
    BLOOP_EXPR_ATTRIBUTE_NOT_EXISTS, /* path */
    BLOOP_EXPR_ATTRIBUTE_TYPE,       /* path, value S that names a type */
    BLOOP_EXPR_BEGINS_WITH,          /* operand, operand */
    BLOOP_EXPR_CONTAINS,             /* operand, operand */
    /* operands */
    BLOOP_EXPR_PATH,  /* .path */
    BLOOP_EXPR_VALUE, /* .value */
    BLOOP_EXPR_SIZE,  /* 1 operand: the size() function */
    /* operands of SET alone */
    BLOOP_EXPR_PLUS,          /* 2 operands */
    BLOOP_EXPR_MINUS,         /* 2 */
    BLOOP_EXPR_IF_NOT_EXISTS, /* path, operand */
    BLOOP_EXPR_LIST_APPEND    /* 2 */
} bloop_expr_kind;
#define BLOOP_EXPR_KIND_COUNT 24

/* A node. A path as an argument is a node of kind PATH. Zeroed is the empty condition. */
typedef struct bloop_expr {
    bloop_expr_kind kind;
    uint32_t count; /* of args */
    const struct bloop_expr *const *args;
    bloop_path path;   /* PATH */
    bloop_value value; /* VALUE; data is not NULL */
} bloop_expr;

/* The service's limits (developer guide, "Service quotas: Expression parameters"): operators and functions in an
   expression, and how deep our trees may be. A path has at most 32 steps. */
#define BLOOP_EXPR_MAX_OPERATORS 300
#define BLOOP_EXPR_MAX_DEPTH     320

typedef enum bloop_action_kind {
    BLOOP_ACTION_SET,    /* path = value, an operand of SET */
    BLOOP_ACTION_REMOVE, /* path */
    BLOOP_ACTION_ADD,    /* path value: adds to a number or unites a set; value is of kind VALUE */
    BLOOP_ACTION_DELETE  /* path value: takes the elements of a set away */
} bloop_action_kind;

typedef struct bloop_action {
    bloop_action_kind kind;
    bloop_path path;
    bloop_expr value; /* unused by REMOVE */
} bloop_action;

/* An update expression: actions in any order; none is an update that changes nothing but makes the item exist. */
typedef struct bloop_update {
    const bloop_action *actions;
    size_t count;
} bloop_update;

/* A projection expression: the paths wanted. */
typedef struct bloop_projection_paths {
    const bloop_path *paths;
    size_t count;
} bloop_projection_paths;

/* Whether the tree is well-formed: argument counts and kinds, operand types that no item could satisfy, depth and number
   of operators. BLOOP_VALIDATION with the service's message. NULL is the empty condition. */
BLOOP_API bloop_status bloop_expr_check(const bloop_expr *condition);
/* Likewise for an update: overlapping and conflicting paths, operand types of ADD and DELETE. */
BLOOP_API bloop_status bloop_update_check(const bloop_update *update);
/* Likewise for a projection: overlapping paths. */
BLOOP_API bloop_status bloop_projection_check(const bloop_projection_paths *projection);

/* Whether an item meets a condition, by DynamoDB's rules: values of different types are unequal and never ordered, a
   missing attribute makes a comparison false, but for <>, which it makes true (src/expr/README.md has the table with its
   sources). item.data may be NULL: no item. The tree must have passed bloop_expr_check. */
BLOOP_API bloop_status bloop_expr_evaluate(const bloop_expr *condition, bloop_item item, bool *met);

/* The item after an update. All operands are evaluated against the old item, before any change. `old` may be {NULL, 0};
   `key` (may be {NULL, 0}) are the attributes that a new item starts with. The result is written to `out`, from its
   reset state. BLOOP_VALIDATION with the service's message (an operand of the wrong type, a path whose parent does not
   exist, a number out of range); *out is then unusable, old untouched. The update must have passed bloop_update_check. */
BLOOP_API bloop_status bloop_update_apply(const bloop_update *update, bloop_item old, bloop_item key,
                                          bloop_builder *out);

/* The part of an item that the paths name, written to `out`. Elements of one list keep their order and close up. The
   projection must have passed bloop_projection_check. */
BLOOP_API bloop_status bloop_projection_apply(const bloop_projection_paths *projection, bloop_item item,
                                              bloop_builder *out);

/* The part of an item that an update's paths name: for the return values UPDATED_OLD and UPDATED_NEW. */
BLOOP_API bloop_status bloop_update_touched(const bloop_update *update, bloop_item item, bloop_builder *out);

/* For debugging: the tree as expression text with names and values in place, such as
   `(email = "a@b.c" AND attribute_exists(home.street))`. Writes at most `size` bytes, always ends in a zero byte, and
   returns the length that the whole text has. */
BLOOP_API size_t bloop_expr_print(const bloop_expr *condition, char *text, size_t size);
BLOOP_API size_t bloop_update_print(const bloop_update *update, char *text, size_t size);

/* The placeholders of a request: its ExpressionAttributeNames and ExpressionAttributeValues. */
typedef struct bloop_name_placeholder {
    bloop_slice placeholder; /* "#n", the sign included */
    bloop_slice name;
} bloop_name_placeholder;
typedef struct bloop_value_placeholder {
    bloop_slice placeholder; /* ":v", the sign included */
    bloop_value value;
} bloop_value_placeholder;
typedef struct bloop_placeholders {
    const bloop_name_placeholder *names; /* NULL: the request has none; not NULL and 0 of them: it has an empty map */
    size_t name_count;
    const bloop_value_placeholder *values; /* likewise */
    size_t value_count;
} bloop_placeholders;

/* The expressions of one request as text, and the memory of the trees that are made of them:

     bloop_expr_text *text = bloop_expr_text_new(&placeholders);
     if (bloop_parse_update(text, update_expression, &update) == BLOOP_OK &&
         bloop_parse_condition(text, "ConditionExpression", condition_expression, &condition) == BLOOP_OK &&
         bloop_expr_text_finish(text) == BLOOP_OK) …

   The trees, with the names in them, point into the texts and the placeholders, which have to outlive them; they are valid
   until bloop_expr_text_free. Used by one thread at a time. */
typedef struct bloop_expr_text bloop_expr_text;

/* `placeholders` may be NULL; the arrays are borrowed as long as the result lives. NULL when out of memory. */
BLOOP_API bloop_expr_text *bloop_expr_text_new(const bloop_placeholders *placeholders);
BLOOP_API void bloop_expr_text_free(bloop_expr_text *text);

/* Whether the placeholders themselves are well-formed: no empty map, keys that begin with their sign and go on as a word,
   no empty name. The service checks this before it looks at any expression. BLOOP_VALIDATION with its message. */
BLOOP_API bloop_status bloop_placeholders_check(const bloop_placeholders *placeholders);

/* Parses one expression, and checks it as bloop_expr_check and the others do: BLOOP_VALIDATION with the service's message,
   and where several rules are broken, about the one that the service names. At most 4,096 bytes. `parameter` is the name
   of the request's member for messages, a literal: "ConditionExpression", "FilterExpression" or
   "KeyConditionExpression". The order in which the expressions of a request are parsed is the caller's. */
BLOOP_API bloop_status bloop_parse_condition(bloop_expr_text *text, const char *parameter, bloop_slice expression,
                                             const bloop_expr **out);
BLOOP_API bloop_status bloop_parse_update(bloop_expr_text *text, bloop_slice expression, bloop_update *out);
BLOOP_API bloop_status bloop_parse_projection(bloop_expr_text *text, bloop_slice expression,
                                              bloop_projection_paths *out);

/* To be called when all expressions of the request have been parsed: whether every placeholder was used in one of them.
   BLOOP_VALIDATION with the service's message, which names those that were not. */
BLOOP_API bloop_status bloop_expr_text_finish(bloop_expr_text *text);

/* Where the last expression that a bloop_parse_… function refused is wrong: an offset in bytes, at most its size. 0 when
   none was refused. */
BLOOP_API size_t bloop_expr_text_position(const bloop_expr_text *text);

BLOOP_END_C_

#endif
