/* Conditions from the inside. A bloop_condition * is a number under which a bl_condition is found, until it is consumed. */
#ifndef BL_CONDITION_PRIVATE_H
#define BL_CONDITION_PRIVATE_H

#include "model/type_private.h"

typedef struct bl_condition {
    bloop_status status; /* of a failed one */
    const char *message;
    bloop_expr root;                         /* kind EMPTY: no condition */
    uint32_t depth;                          /* of the tree */
    bloop_memory memory;                     /* of the tree's nodes, names and values; at first `storage` */
    struct bl_condition *owned, *last_owned; /* those that this one is made of: their memory is needed */
    struct bl_condition *next_owned;
    _Alignas(16) uint8_t storage[288];
} bl_condition;

/* An empty condition; NULL when out of memory. */
bl_condition *bl_condition_make(void);
void bl_condition_discard(bl_condition *condition);
/* Makes a failed one of it, with the thread's last error; or, when even that has no memory, of it and of NULL, the
   condition that says so. Returns what the caller is to be given. */
bloop_condition *bl_condition_fail(bl_condition *condition);
/* Gives it a number. Takes it over, also when that fails: then it is the failed condition that has no memory. */
bloop_condition *bl_condition_give(bl_condition *condition);

/* The condition of a number, or NULL when it was consumed; take also ends the number. The one that has no memory is given
   out as often as it is asked for. */
bl_condition *bl_condition_look(const bloop_condition *number);
bl_condition *bl_condition_claim(const bloop_condition *number);
/* What those who meet a consumed one say. */
bloop_status bl_error_consumed(const bloop_condition *condition);

/* The table of numbers. */
bloop_condition *bl_numbers_add(bl_condition *condition); /* NULL when out of memory */
bl_condition *bl_numbers_find(const bloop_condition *number, bool remove);

/* An operand as an argument of the tree. */
typedef struct bl_argument {
    bool is_none; /* "does not exist" */
    const bloop_expr *expr;
} bl_argument;
/* A column or path, found in its model: its type, and the path in the condition's memory. */
bloop_status bl_subject_resolve(bl_condition *condition, const bloop_column *subject, const bloop_type **type,
                                const bloop_expr **path);
/* An operand, converted by a type; `operation` decides about parts of strings and elements of sets. */
bloop_status bl_operand_resolve(bl_condition *condition, const bloop_type *type, bloop_expr_kind operation,
                                const bloop_operand *operand, bl_argument *out);
/* From a plain C value to a packed one, into a builder. */
bloop_status bl_operand_dump(const bloop_type *type, const bloop_operand *operand, bloop_builder *builder,
                             bloop_memory *memory, bool *absent);
void bl_operand_describe(bl_text *text, const bloop_operand *operand);

#endif
