/* What an action comes to against the old item, before anything is written. Shared by edits.c, which finds it out, and
   update.c, which writes it. */
#ifndef BL_EXPR_UPDATE_PRIVATE_H
#define BL_EXPR_UPDATE_PRIVATE_H

#include "expr/expr_private.h"
#include "value/value.h"

typedef enum bl_outcome {
    BL_OUTCOME_NOTHING, /* no value is left at the path */
    BL_OUTCOME_VALUE,   /* `value` */
    BL_OUTCOME_NUMBER,  /* the number whose form is `form` */
    BL_OUTCOME_LIST,    /* the elements of both operands of `list` */
    BL_OUTCOME_MORE,    /* the old set and the elements of `value` */
    BL_OUTCOME_LESS     /* the old set, if there is one, without the elements of `value`; some are left */
} bl_outcome;

/* Begins with its path, for bl_sort_by_path. */
typedef struct bl_edit {
    const bloop_path *path;
    bl_outcome outcome;
    uint8_t form_size;
    uint8_t form[BL_NUMBER_SIZE];
    bloop_value value;
    const bloop_expr *list;
} bl_edit;

/* The edits of an update, in the order of its actions. `base` is what operands are read from: the old item, or the key
   of a new one. Removals below the top of an item that does not `exist` are left out. BLOOP_VALIDATION when an operand
   or a path does not suit the item. */
bloop_status bl_edits_prepare(const bloop_update *update, bloop_item base, bool exists, bl_edit *edits, size_t *count);

/* Follows if_not_exists to what it stands for: returns the last node, and its value when it is a path or a value. */
const bloop_expr *bl_operand_settle(const bloop_expr *operand, bloop_item base, bloop_value *value);

#endif
