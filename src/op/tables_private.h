/* What the checks of CreateTable and UpdateTable share. */
#ifndef BL_OP_TABLES_PRIVATE_H
#define BL_OP_TABLES_PRIVATE_H

#include "op/op.h"

/* Constraints of the service model on the parts of a table. `where` is the place of the part: "globalSecondaryIndexes". */
void bl_violations_of_attributes(bl_violations *v, const bloop_attribute_definition *attributes, size_t count);
void bl_violations_of_throughput(bl_violations *v, bloop_throughput throughput, const char *where);
void bl_violations_of_key(bl_violations *v, const char *hash_key, const char *range_key, const char *where);
void bl_violations_of_index(bl_violations *v, const bloop_index_definition *index, const char *where);
void bl_violation_of_billing(bl_violations *v, bloop_billing_mode billing);
void bl_violation_of_view_type(bl_violations *v, bloop_stream_view_type view);

/* Rules between parts, in the service's words. */
bool bl_throughput_given(bloop_throughput throughput);
/* A key's attributes are defined, two of them differ, and they have the right types. */
bloop_status bl_check_key_schema(const char *hash_key, const char *range_key,
                                 const bloop_attribute_definition *attributes, size_t count,
                                 const bl_key_faults *faults);
bloop_status bl_check_index_projection(const bloop_index_definition *index, const bl_key_faults *faults);
bool bl_attribute_defined(const bloop_attribute_definition *attributes, size_t count, const char *name);

#endif
