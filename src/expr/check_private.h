/* Shared by the checks of conditions, updates and projections. */
#ifndef BL_EXPR_CHECK_PRIVATE_H
#define BL_EXPR_CHECK_PRIVATE_H

#include "expr/expr_private.h"

typedef struct bl_check {
    const char *parameter; /* of the request, as messages name it: "ConditionExpression" */
    bool update;           /* operands of SET, not conditions */
    uint32_t operators;    /* so far */
    /* Of trees that were made of a text, whose nodes are all bl_nodes: */
    bloop_slice source;          /* data is NULL for others */
    bool undefined;              /* there are placeholders that are not defined */
    const bloop_update *actions; /* the update; NULL for others */
    const uint32_t *paths_at;    /* where the paths of the actions, or of the projection, are in the text */
    const uint32_t *values_at;   /* and the values of the actions */
    size_t at;                   /* where in the text the check is */
} bl_check;

/* A node that was made of a text. A name that is not defined is the placeholder itself, in the text; a value that is not
   defined has no data. */
typedef struct bl_node {
    bloop_expr expr;
    uint32_t at;          /* where it is in the text */
    bool grouped;         /* it stands in parentheses */
    struct bl_node *next; /* in a list of arguments that is being made */
} bl_node;

/* What is used where, depth, number of operators: of a condition, or of the right-hand side of SET. */
bloop_status bl_check_shape(bl_check *c, const bloop_expr *expr);
/* All else, of a tree whose shape is right. Each comparison or function is checked by itself, in the order of the text:
   what is not defined, then numbers of operands, then operands that have to differ, then their types. */
bloop_status bl_check_meaning(bl_check *c, const bloop_expr *expr);
/* Numbers of operands, the inner ones' first. */
bloop_status bl_check_counts(bl_check *c, const bloop_expr *expr);
/* The steps of a path. */
bloop_status bl_check_path(bl_check *c, const bloop_path *path);
/* Notes that the check has come to a node. */
void bl_check_go_to(bl_check *c, const bloop_expr *expr);
/* Names, values or both that are not defined. */
bloop_status bl_check_defined(bl_check *c, const bloop_expr *expr, bool names, bool values);
bloop_status bl_check_path_defined(bl_check *c, const bloop_path *path);
bloop_status bl_check_update_shape(bl_check *c, const bloop_update *update);
bloop_status bl_check_update_meaning(bl_check *c, const bloop_update *update);
bloop_status bl_check_projection(bl_check *c, const bloop_projection_paths *projection);

/* A path as messages have it, cut to fit. Writes to and returns `out`. */
#define BL_PATH_TEXT_SIZE 320
const char *bl_path_text(char out[BL_PATH_TEXT_SIZE], const bloop_path *path);

#endif
