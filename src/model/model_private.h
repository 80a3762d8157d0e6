/* Models from the inside: how what is derived from them comes about. */
#ifndef BL_MODEL_PRIVATE_H
#define BL_MODEL_PRIVATE_H

#include "model/type_private.h"

/* A column or index in effect: one of the model itself, or a copy of an inherited one. */
typedef struct bl_member {
    bloop_member_kind kind;
    const char *name;
    const bloop_column *column; /* COLUMN */
    const bloop_index *index;   /* INDEX */
    const bloop_model *owner;   /* that declares it */
} bl_member;
typedef struct bl_members {
    bl_member *items;
    size_t count, capacity;
} bl_members;

/* The inside of bl_model_info. */
typedef struct bl_model_private {
    bl_arena arena; /* holds what the info and this point to */
    const bl_column_info **by_name;
    const bl_column_info **by_offset;
    const bloop_column **columns; /* for introspection: handles, in the order of the dynamo names */
    const bloop_column *keys[2];
    const bloop_index **indexes, **globals, **locals;
    size_t default_count; /* columns that have a default */
} bl_model_private;

/* The members in effect. The array is bl_alloc'ed; inherited members are copied to the arena. BLOOP_INVALID_MODEL when
   a model's own members contradict each other. */
bloop_status bl_members_gather(const bloop_model *model, bl_arena *arena, bl_members *out);
const char *bl_member_dynamo_name(const bl_member *member);
/* The rules that concern columns, the table and names; those of indexes are checked as these are derived. */
bloop_status bl_model_check_members(const bloop_model *model, const bl_members *members);
/* Fills info->indexes and what belongs to it; the columns are there. */
bloop_status bl_model_derive_indexes(bl_model_info *info, bl_model_private *inside, const bl_members *members,
                                     bl_arena *arena);
/* Memory in an arena, zeroed; NULL when out of memory. */
void *bl_arena_zeroed(bl_arena *arena, size_t count, size_t size);
/* The columns of a set, in order. NULL when out of memory. */
const bloop_column **bl_columns_of_bits(const bl_model_info *info, const uint64_t *bits, bl_arena *arena,
                                        size_t *count);

/* The column whose field holds the byte at `offset` of the object; NULL: none. */
const bl_column_info *bl_model_column_at(const bl_model_info *info, size_t offset);
void bl_model_created(const bloop_model *model);
void bl_object_modified(bloop_object *object, const bloop_column *column, const void *value);

/* For models that are freed: takes one out of the list of descendants; frees what is derived. */
void bl_model_unlink(const bloop_model *model);
void bl_model_forget(const bloop_model *model);

#endif
