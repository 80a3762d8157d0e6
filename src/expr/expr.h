/* The interface of area expr: what other areas need beyond the public half, bloop/expr.h. */
#ifndef BL_EXPR_H
#define BL_EXPR_H

#include <bloop/expr.h>

#include "base/base.h"

/* What a kind of node is, for those who walk trees (checking, printing, rendering to the wire). */
typedef enum bl_expr_class {
    BL_CLASS_CONDITION, /* true or false */
    BL_CLASS_OPERAND,   /* a value, in conditions and in updates */
    BL_CLASS_SET        /* a value, in updates alone */
} bl_expr_class;
typedef enum bl_expr_notation {
    BL_NOTATION_NONE,    /* paths, values and the empty condition */
    BL_NOTATION_INFIX,   /* a < b, a AND b */
    BL_NOTATION_PREFIX,  /* NOT a */
    BL_NOTATION_BETWEEN, /* a BETWEEN b AND c */
    BL_NOTATION_IN,      /* a IN (b, c) */
    BL_NOTATION_FUNCTION /* size(a) */
} bl_expr_notation;
typedef struct bl_expr_kind_info {
    const char *name; /* as expressions spell it: "AND", "<>", "attribute_exists" */
    bl_expr_class class_;
    bl_expr_notation notation;
    uint32_t min_args, max_args;
    uint32_t path_args;     /* a bit for each argument that has to be a path */
    uint32_t any_args;      /* a bit for each argument that may be a value of any type */
    uint32_t value_tags;    /* a bit (1 << bloop_tag) for each type that a value may have as an argument */
    bool takes_conditions;  /* its arguments are conditions, not operands */
    bool needs_other_paths; /* its first argument may not be the same path as another */
} bl_expr_kind_info;
/* NULL for a number that is no kind. A static table's row. */
const bl_expr_kind_info *bl_expr_kind(bloop_expr_kind kind);

/* The comparison that says the same with its operands exchanged: GT for LT. Other kinds stay what they are. */
bloop_expr_kind bl_expr_turned(bloop_expr_kind kind);

/* As bloop_expr_check, with the name of the request's parameter for the messages: "ConditionExpression" (what
   bloop_expr_check says), "FilterExpression", "KeyConditionExpression". */
bloop_status bl_expr_check(const bloop_expr *condition, const char *parameter);

/* A bloop_expr_text that stands on a stack. Small requests then need no memory besides. */
#define BL_EXPR_TEXT_STORAGE 4096
typedef struct bl_sorted_key {
    bloop_slice key;
    size_t index;
} bl_sorted_key;
struct bloop_expr_text {
    bloop_placeholders placeholders;
    bool model;                                  /* not of a request */
    bool *used_names, *used_values;              /* for each placeholder; NULL before the first expression */
    bl_sorted_key *sorted_names, *sorted_values; /* NULL for few */
    size_t position;
    size_t storage_used;
    bl_arena arena; /* when `storage` is full */
    _Alignas(16) uint8_t storage[BL_EXPR_TEXT_STORAGE];
};
/* Begin never fails. `placeholders` may be NULL; the struct is copied, its arrays are borrowed. */
void bl_expr_text_begin(bloop_expr_text *text, const bloop_placeholders *placeholders);
void bl_expr_text_end(bloop_expr_text *text);

/* The text of a model's user: a condition in the same grammar, but that values are written ?, names may begin with _ or stand
   in backquotes, no word is reserved, and there are no placeholders. Names in paths are the text's; the values have no data,
   and their number, counted from 0, as size. `text` is one that was begun with no placeholders. BLOOP_VALIDATION as of
   bloop_parse_condition, of "Invalid condition: …". */
bloop_status bl_parse_model_condition(bloop_expr_text *text, bloop_slice expression, const bloop_expr **out,
                                      uint32_t *value_count);
/* Where a node of a tree that was made of a text begins in the text. */
size_t bl_expr_text_place(const bloop_expr *node);

/* The value at a path; data is NULL when there is none. `item.data` may be NULL. */
bloop_value bl_path_find(const bloop_path *path, bloop_item item);

/* Whether an update makes an item exist that does not. One that only removes does not (as Amazon DynamoDB behaves:
   UpdateItem with nothing but REMOVE or DELETE on a missing item leaves none); one without actions does. */
bool bl_update_creates(const bloop_update *update);

/* Calls `visit` for each document path in a condition that has passed bl_expr_check, in the order of the text; ends with
   the first status that is not BLOOP_OK. NULL is the empty condition. */
typedef bloop_status (*bl_path_visitor)(void *context, const bloop_path *path);
bloop_status bl_expr_each_path(const bloop_expr *condition, bl_path_visitor visit, void *context);

/* Appends a scalar as messages of the service have it: AttributeValue: {S:a}. At most 100 bytes of it. */
void bl_expr_describe_value(bl_buffer *out, bloop_value value);

/* A key condition, taken apart: what it says of each of at most two attributes. One that names more has their number, and
   the terms of the first two. */
#define BL_KEY_TERMS 2
typedef struct bl_key_term {
    bloop_slice name;
    bloop_expr_kind kind;  /* EQ, LT, LE, GT, GE, BETWEEN or BEGINS_WITH; EMPTY: there is none */
    bloop_value low, high; /* what the attribute is compared with; high: of BETWEEN alone */
} bl_key_term;
typedef struct bl_key_condition {
    bl_key_term terms[BL_KEY_TERMS];
    uint32_t count;
} bl_key_condition;
/* The condition must have passed bl_expr_check, and not be empty. BLOOP_VALIDATION with the service's message for what is
   no condition on keys. */
bloop_status bl_key_condition_split(const bloop_expr *condition, bl_key_condition *out);
/* Whether a value meets a term (not EMPTY). */
bool bl_key_term_met(const bl_key_term *term, bloop_value value);

#endif
