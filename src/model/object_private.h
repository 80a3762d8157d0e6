/* Objects from the inside. An object is one block: the struct with its fields, then its state.

   A column's value is there twice: packed, in its slot, and as the C value in the field, which points into the packed bytes
   and what was decoded beside them. So a save copies packed values, and never dumps. The bytes belong to the last load
   (state->loaded) or, for a value that was set since, to blocks of the slot's own. They never change while anything knows
   them: the snapshot is made of pointers to them. */
#ifndef BL_OBJECT_PRIVATE_H
#define BL_OBJECT_PRIVATE_H

#include "model/model_private.h"

typedef struct bl_slot {
    bloop_value value; /* .data NULL: none or missing */
    bloop_value
        known;     /* as the item was when last loaded or saved; .data NULL: absent, if the snapshot has the column */
    bl_block *own; /* holds `value`; NULL: `loaded` does */
    bl_block *known_own; /* holds `known`; may be the same */
} bl_slot;

typedef struct bl_object_state {
    const bl_model_info *info;
    bloop_memory loaded; /* the item of the last load, and what was decoded of it */
    bloop_memory spare;  /* for the next load, so that a failed one changes nothing */
    bloop_object **lent; /* where its owner, who lends it, keeps it; NULL: it is the caller's */
    bool synced;         /* loaded or saved, and not deleted since: there is a snapshot */
    uint64_t *touched;   /* columns that are not missing */
    uint64_t *snapshot;  /* columns that the snapshot speaks of */
    bl_slot slots[];     /* one a column; the two sets follow them */
} bl_object_state;

size_t bl_object_total_size(const bl_model_info *info);
static inline bl_object_state *bl_state_of(const bloop_object *object)
{
    return object->state;
}
static inline uint8_t *bl_field_of(const bloop_object *object, const bl_column_info *column)
{
    return (uint8_t *)object + column->offset;
}

/* A new value of a column, ready to be put in its place. */
typedef struct bl_column_change {
    bloop_value packed;  /* .data NULL: none */
    bloop_memory memory; /* holds the packed bytes and what is decoded of them */
    void *field;         /* the C value, in this memory or in `small` */
    uint64_t small[8];
} bl_column_change;
/* Makes a change of a packed value, which is copied. */
bloop_status bl_column_change_make(const bl_column_info *column, bloop_value packed, bl_column_change *out);
/* Makes a change of a C value of the column's type. */
bloop_status bl_column_change_dump(const bl_column_info *column, const void *value, bl_column_change *out);
/* Puts a change in its place. Can't fail. Does not tell of it. */
void bl_column_change_commit(bloop_object *object, const bl_column_info *column, bl_column_change *change);
/* Puts the column's name before the current message. */
bloop_status bl_error_in_column(const bl_model_info *info, const bl_column_info *column);

/* A place in an object: a column's field, or a key or element inside of it. */
typedef struct bl_presence {
    uint64_t *word;
    uint64_t bit;
} bl_presence;
typedef struct bl_items {
    uint8_t *items;
    size_t count;
} bl_items;
typedef struct bl_place {
    const bl_column_info *column;
    const bloop_type *type; /* of the C value there */
    uint8_t *at;
    bl_items *list;   /* that it is an element of; NULL: none */
    size_t index;     /* in it */
    size_t map_count; /* maps on the way to it, outermost first */
    bl_presence maps[BLOOP_MAX_DEPTH + 2];
} bl_place;
bloop_status bl_object_locate(const bloop_object *object, const void *field, size_t size, bl_place *out);
static inline bool bl_place_is_column(const bloop_object *object, const bl_place *place)
{
    return place->at == bl_field_of(object, place->column);
}

#endif
