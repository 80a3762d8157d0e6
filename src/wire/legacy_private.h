/* How trees are made of the parameters from before there were expressions. */
#ifndef BL_WIRE_LEGACY_PRIVATE_H
#define BL_WIRE_LEGACY_PRIVATE_H

#include "wire/reading_private.h"

/* What a comparison takes, and the node that it becomes. */
typedef struct bl_legacy_comparison {
    bloop_expr_kind kind;
    bool negated;
    bool key; /* may stand in KeyConditions */
    uint8_t min_values, max_values;
    uint16_t tags; /* a bit (1 << bloop_tag) for each type that a value may have */
} bl_legacy_comparison;
extern const bl_legacy_comparison bl_legacy_comparisons[BL_IN_COMPARISON_COUNT];

/* Nodes, in the reading's memory; NULL when that is out, or when an argument is NULL. */
const bloop_expr *bl_legacy_path(bl_wire_reading *reading, bloop_slice attribute);
const bloop_expr *bl_legacy_value(bl_wire_reading *reading, bloop_value value);
const bloop_expr *bl_legacy_node(bl_wire_reading *reading, bloop_expr_kind kind, const bloop_expr *first,
                                 const bloop_expr *second);
/* The same of any number of arguments, which belong to the node from then on. */
const bloop_expr *bl_legacy_node_of(bl_wire_reading *reading, bloop_expr_kind kind, const bloop_expr **args,
                                    size_t count);
/* A path of one name. */
bool bl_legacy_attribute(bl_wire_reading *reading, bloop_slice attribute, bloop_path *out);

#endif
