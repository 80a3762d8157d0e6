/* The interface of area model, for the engine: what is derived from a model, and the way between objects and items.
   The public half is in bloop/{type,model,object,condition}.h. src/model/README.md has the invariants. */
#ifndef BL_MODEL_H
#define BL_MODEL_H

#include <bloop/condition.h>
#include <bloop/model.h>
#include <bloop/object.h>

#include "value/value.h"

/* A set of columns or of bits generally: bit i is column i of bl_model_info.columns. */
#define BL_WORD_BITS 64
static inline bool bl_bit(const uint64_t *bits, size_t i)
{
    return bits[i / BL_WORD_BITS] >> (i % BL_WORD_BITS) & 1;
}
static inline void bl_bit_set(uint64_t *bits, size_t i)
{
    bits[i / BL_WORD_BITS] |= UINT64_C(1) << (i % BL_WORD_BITS);
}
static inline void bl_bit_clear(uint64_t *bits, size_t i)
{
    bits[i / BL_WORD_BITS] &= ~(UINT64_C(1) << (i % BL_WORD_BITS));
}

typedef struct bl_column_info {
    const bloop_column *column; /* its .model is the model, also when it is inherited */
    const bloop_type *type;
    bloop_status (*load)(const bloop_type *type, bloop_value stored, void *value, bloop_memory *memory);
    size_t offset, size; /* of the field */
    bloop_slice dynamo_name;
    uint64_t name_start, name_mask; /* its first 8 bytes as a number, and which bits of it count */
    bloop_tag backing;
    uint32_t number; /* its place in bl_model_info.columns */
    bloop_step step; /* the dynamo name, as a path's only step */
    bloop_expr path; /* that path, as an operand */
    const bloop_expr *path_argument;
    bloop_expr not_exists; /* attribute_not_exists(path) */
} bl_column_info;

typedef struct bl_index_info {
    const bloop_index *index; /* its .model is the model, also when it is inherited */
    const bl_column_info *hash_key;
    const bl_column_info *range_key; /* NULL: none */
    const uint64_t *included;        /* the same as projection.included and .available, as bits */
    const uint64_t *available;
    bloop_projection_info projection;
} bl_index_info;

/* What is derived from a model. Constant once it is there; lives as long as the model. */
typedef struct bl_model_info {
    const bloop_model *model;
    bloop_status status; /* BLOOP_OK, or the rule that the model breaks */
    const char *message;
    size_t column_count;
    const bl_column_info *columns; /* in the order of their dynamo names' bytes, as the attributes of packed items */
    size_t words;                  /* of a bit set of columns */
    const uint64_t *all;           /* the set of all columns */
    const bl_column_info *hash_key, *range_key; /* hash_key is NULL in abstract models that have none */
    size_t index_count;
    const bl_index_info *indexes; /* in the order of their dynamo names */
    size_t global_count, local_count;
    const char *table_name;
    bloop_projection_info projection; /* of the table */
    size_t state_size;                /* of an object, all included */
    const struct bl_model_private *inside;
} bl_model_info;

/* Derives on first use. Fails when the model is NULL or invalid, with its message, or when out of memory. Cheap. */
bloop_status bl_model_info_of(const bloop_model *model, const bl_model_info **out);
/* The column or index in the model that a handle (of the model or of a base) stands for; NULL when there is none. */
const bl_column_info *bl_model_find_column(const bl_model_info *info, const bloop_column *column);
const bl_column_info *bl_model_find_named(const bl_model_info *info, const char *name);
const bl_index_info *bl_model_find_index(const bl_model_info *info, const bloop_index *index);
/* Calls `visit` for the model and each registered descendant, the model first, until one fails. Valid or not, abstract or
   not. No lock is held during the calls. */
bloop_status bl_model_descendants(const bloop_model *model,
                                  bloop_status (*visit)(void *context, const bloop_model *model), void *context);
/* Calls the types' on_register hooks, inner types first. */
bloop_status bl_model_register_types(const bl_model_info *info, struct bloop_engine *engine);

/* How the model area tells of what happens to it. Set once, by the engine area, before its first use; NULL members are not
   called. The calls come on the thread that caused them, with no lock held. */
typedef struct bl_model_hooks {
    /* A model is used (or registered by hand) for the first time, and is valid. */
    void (*model_created)(const bloop_model *model);
    /* bloop_set, bloop_unset or bloop_append changed a column; value is its new C value, NULL for none. */
    void (*object_modified)(bloop_object *object, const bloop_column *column, const void *value);
} bl_model_hooks;
void bl_model_set_hooks(const bl_model_hooks *hooks); /* not copied */

/* An object without defaults, all columns missing: for rows. NULL when out of memory. bloop_free releases it. */
bloop_object *bl_object_create(const bl_model_info *info);
/* Lends an object that stands in *owner: bloop_free and bl_object_keep, by whoever has borrowed it, take it from there. */
void bl_object_lend(bloop_object *object, bloop_object **owner);
/* Makes it the borrower's own; no change when it is not lent. */
void bl_object_keep(bloop_object *object);
/* Makes all columns but some missing. */
void bl_object_forget_others(bloop_object *object, const uint64_t *kept);
/* The info of an object's model. `object` is not NULL. */
const bl_model_info *bl_object_info(const bloop_object *object);

/* Fills the requested columns (NULL: all) from an item: present becomes value, absent none; others stay as they are. The
   item is copied. The snapshot becomes what was requested. On failure (a value that its type refuses: model and column are
   named; out of memory) the object is unchanged. */
bloop_status bl_object_load(bloop_object *object, bloop_item item, const uint64_t *requested);

/* Adds the key columns to a packed map: begins and ends the map itself. BLOOP_MISSING_KEY, naming model and column, when one
   has no value; BLOOP_INVALID_MODEL for an abstract model. */
bloop_status bl_object_key(const bloop_object *object, bloop_builder *builder);

/* What a save changes: SET for each value, REMOVE for each none, keys excluded, in the order of the dynamo names. Of the
   changed ones alone: those that are in the snapshot as they are now are left out (packed values are canonical, so equal
   values are equal bytes; none is a NULL that was loaded, too), unless the object is new or its key was changed: then it knows
   nothing of its item. The actions point into `actions` (zeroed before the first
   use), the object and its model, and are valid until the object changes. */
typedef enum bl_save_scope { BL_SAVE_ALL, BL_SAVE_CHANGED } bl_save_scope;
#define BL_ACTIONS_INLINE 24
typedef struct bl_actions {
    bloop_update update;
    bloop_action *more; /* beyond the inline ones; NULL: none */
    bloop_action some[BL_ACTIONS_INLINE];
} bl_actions;
bloop_status bl_object_actions(const bloop_object *object, bl_save_scope scope, bl_actions *actions);
void bl_actions_free(bl_actions *actions);

/* "The item is still what this object last knew": new or deleted: no column exists, keys included; loaded: each requested
   column as it was loaded, absent ones absent; saved: each column set or loaded so far as it was saved. ANDed with `and_also`
   (may be NULL or empty). *out points into `storage` (zeroed before the first use), the object, its model and `and_also`. */
#define BL_ATOMIC_INLINE 24
typedef struct bl_atomic {
    void *more;
    const bloop_expr *args[BL_ATOMIC_INLINE + 1];
    struct bl_atomic_equal {
        bloop_expr equal, value;
        const bloop_expr *sides[2];
    } equals[BL_ATOMIC_INLINE];
    bloop_expr all;
} bl_atomic;
bloop_status bl_object_atomic(const bloop_object *object, const bloop_expr *and_also, bl_atomic *storage,
                              const bloop_expr **out);
void bl_atomic_free(bl_atomic *storage);

/* Moves the snapshot: what the object knows is now what the item is, or the item is gone. Can't fail. `scope` is what the
   save had sent. */
void bl_object_saved(bloop_object *object, bl_save_scope scope);
void bl_object_deleted(bloop_object *object);

/* A condition on its way into a request. Zeroed is "none". */
typedef struct bl_taken {
    const bloop_expr *expr; /* NULL: no condition, or an empty one */
    void *memory;
} bl_taken;
/* Consumes a condition, also when it fails: with the status and message of a failed one, or BLOOP_INVALID_CONDITION for one
   that was consumed before. NULL is no condition. The tree is valid until bl_taken_free. */
bloop_status bl_condition_take(bloop_condition *condition, bl_taken *out);
void bl_taken_free(bl_taken *taken);

#endif
