/* Shared by the checks of conditions, updates and projections. */
#ifndef BL_EXPR_CHECK_PRIVATE_H
#define BL_EXPR_CHECK_PRIVATE_H

#include "expr/expr_private.h"

typedef struct bl_check {
    const char *parameter; /* of the request, as messages name it: "ConditionExpression" */
    bool update;           /* operands of SET, not conditions */
    uint32_t operators;    /* so far */
} bl_check;

/* The right-hand side of SET: kinds, counts, depth, number of operators. */
bloop_status bl_check_operand_shape(bl_check *c, const bloop_expr *operand);
/* Paths and types of a tree whose shape is right. */
bloop_status bl_check_operands(const bl_check *c, const bloop_expr *expr);
bloop_status bl_check_path(const bl_check *c, const bloop_path *path);

/* A path as messages have it, cut to fit. Writes to and returns `out`. */
#define BL_PATH_TEXT_SIZE 320
const char *bl_path_text(char out[BL_PATH_TEXT_SIZE], const bloop_path *path);

#endif
