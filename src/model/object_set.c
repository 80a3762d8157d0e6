/* bloop_set, bloop_unset, bloop_append and bloop_state.

   A change inside a column is made in the column's own memory, dumped with the rest of it, and taken back; what was dumped
   then becomes the column's new value. So a failure leaves no trace, and what a set leaves is what a load would. */
#include "model/object_private.h"

/* What a change inside of a column overwrites for a moment. */
typedef struct undo {
    uint64_t words[BLOOP_MAX_DEPTH + 2]; /* of the maps on the way */
    bl_items items;
    void *value; /* the C value at the place */
    uint64_t small[16];
} undo;

static bloop_status replace(bloop_object *object, const bl_column_info *column, const void *value);
static bloop_status load_and_dump(const bl_column_info *column, bloop_value value, bl_column_change *out);
static bloop_status finish(bloop_object *object, const bl_column_info *column, bloop_status status,
                           bl_column_change *change);
static void set_none(bloop_object *object, const bl_column_info *column);
static bloop_status assign_inside(bloop_object *object, bl_place *place, const void *value);
static bloop_status remove_key(bloop_object *object, bl_place *place);
static bloop_status remove_element(bloop_object *object, bl_place *place);
static bloop_status resize_items(bloop_object *object, bl_place *place, bl_items *list, bl_items longer);
static bool all_present(const bloop_object *object, const bl_place *place);
static void mark_present(bl_place *place, undo *saved);
static void unmark_present(bl_place *place, const undo *saved);
static bloop_status find_column(void *object, const bloop_column *column, const bl_column_info **out);

bloop_status bloop_object_assign(bloop_object *object, const void *field, const void *value, size_t size)
{
    bl_place place;
    bloop_status status = bl_object_locate(object, field, size, &place);
    if (status != BLOOP_OK)
        return status;
    return bl_place_is_column(object, &place) ? replace(object, place.column, value)
                                              : assign_inside(object, &place, value);
}

bloop_status bloop_object_remove(bloop_object *object, const void *field, size_t size)
{
    bl_place place;
    bloop_status status = bl_object_locate(object, field, size, &place);
    if (status != BLOOP_OK)
        return status;
    if (bl_place_is_column(object, &place)) {
        set_none(object, place.column);
        return BLOOP_OK;
    }
    if (!all_present(object, &place))
        return BLOOP_OK;
    return place.list ? remove_element(object, &place) : remove_key(object, &place);
}

bloop_status bloop_object_append(bloop_object *object, const void *field, const void *value, size_t size)
{
    bl_place place;
    bloop_status status = bl_object_locate(object, field, sizeof(bl_items), &place);
    if (status != BLOOP_OK)
        return status;
    const bloop_type *inner = bl_type_kind(place.type) == BLOOP_KIND_ITEMS ? bl_type_inner(place.type) : NULL;
    if (!inner || inner->size != size)
        return bl_error(BLOOP_INVALID_ARGUMENT, "%s.%s: the field is no list or set of such elements",
                        object->model->name, place.column->column->name);
    bl_items *list = (bl_items *)(void *)place.at;
    if (list->count >= SIZE_MAX / size - 1)
        return bl_error_no_memory(SIZE_MAX);
    bl_items longer = { bl_alloc((list->count + 1) * size), list->count + 1 };
    if (!longer.items)
        return BLOOP_NO_MEMORY;
    if (list->count)
        memcpy(longer.items, list->items, list->count * size);
    memcpy(longer.items + list->count * size, value, size);
    status = resize_items(object, &place, list, longer);
    bl_free(longer.items);
    return status;
}

bloop_column_state bloop_object_state(const bloop_object *object, const void *field, size_t size)
{
    bl_place place;
    if (bl_object_locate(object, field, size, &place) != BLOOP_OK)
        return BLOOP_MISSING;
    const bl_object_state *state = bl_state_of(object);
    if (!bl_bit(state->touched, place.column->number))
        return BLOOP_MISSING;
    return state->slots[place.column->number].value.data && all_present(object, &place) ? BLOOP_VALUE : BLOOP_NONE;
}

bloop_status bloop_object_set(void *object, const bloop_column *column, const void *value)
{
    const bl_column_info *found;
    bloop_status status = find_column(object, column, &found);
    if (status == BLOOP_OK && !value)
        status = bl_error(BLOOP_INVALID_ARGUMENT, "%s.%s: the value is NULL", found->column->model->name, column->name);
    return status == BLOOP_OK ? replace(object, found, value) : status;
}

bloop_status bloop_object_unset(void *object, const bloop_column *column)
{
    const bl_column_info *found;
    bloop_status status = find_column(object, column, &found);
    if (status == BLOOP_OK)
        set_none(object, found);
    return status;
}

bloop_status bloop_object_set_packed(void *object, const bloop_column *column, bloop_value value)
{
    const bl_column_info *found;
    bl_column_change change;
    bloop_status status = find_column(object, column, &found);
    if (status != BLOOP_OK)
        return status;
    if (value.data)
        status = bloop_value_check(value.data, value.size);
    if (status == BLOOP_OK)
        status = load_and_dump(found, value, &change);
    return finish(object, found, status == BLOOP_CORRUPT ? bl_error_as(BLOOP_INVALID_VALUE) : status, &change);
}

/* What is set is what the type would store: a time at some offset becomes one in UTC. */
static bloop_status load_and_dump(const bl_column_info *column, bloop_value value, bl_column_change *out)
{
    bl_column_change loaded;
    bloop_status status = bl_column_change_make(column, value, &loaded);
    if (status != BLOOP_OK || !loaded.packed.data) {
        *out = loaded;
        return status;
    }
    status = bl_column_change_dump(column, loaded.field ? loaded.field : loaded.small, out);
    bl_memory_free(&loaded.memory);
    return status;
}

static bloop_status replace(bloop_object *object, const bl_column_info *column, const void *value)
{
    bl_column_change change;
    return finish(object, column, bl_column_change_dump(column, value, &change), &change);
}

static bloop_status finish(bloop_object *object, const bl_column_info *column, bloop_status status,
                           bl_column_change *change)
{
    if (status != BLOOP_OK)
        return bl_error_in_column(bl_object_info(object), column);
    bl_column_change_commit(object, column, change);
    bl_object_modified(object, column->column, change->packed.data ? bl_field_of(object, column) : NULL);
    return BLOOP_OK;
}

static void set_none(bloop_object *object, const bl_column_info *column)
{
    bl_column_change none = { .packed = { NULL, 0 } };
    finish(object, column, BLOOP_OK, &none);
}

static bloop_status assign_inside(bloop_object *object, bl_place *place, const void *value)
{
    undo saved;
    bl_column_change change;
    size_t size = place->type->size;
    saved.value = size > sizeof saved.small ? bl_alloc(size) : saved.small;
    if (!saved.value)
        return BLOOP_NO_MEMORY;
    mark_present(place, &saved);
    memcpy(saved.value, place->at, size);
    memcpy(place->at, value, size);
    bloop_status status = bl_column_change_dump(place->column, bl_field_of(object, place->column), &change);
    memcpy(place->at, saved.value, size);
    unmark_present(place, &saved);
    if (saved.value != saved.small)
        bl_free(saved.value);
    return finish(object, place->column, status, &change);
}

static bloop_status remove_key(bloop_object *object, bl_place *place)
{
    bl_column_change change;
    bl_presence *key = &place->maps[place->map_count - 1];
    *key->word &= ~key->bit;
    bloop_status status = bl_column_change_dump(place->column, bl_field_of(object, place->column), &change);
    *key->word |= key->bit;
    return finish(object, place->column, status, &change);
}

static bloop_status remove_element(bloop_object *object, bl_place *place)
{
    size_t size = place->type->size;
    bl_items *list = place->list;
    bl_items shorter = { bl_alloc(list->count * size), list->count - 1 };
    if (!shorter.items)
        return BLOOP_NO_MEMORY;
    memcpy(shorter.items, list->items, place->index * size);
    memcpy(shorter.items + place->index * size, list->items + (place->index + 1) * size,
           (shorter.count - place->index) * size);
    bloop_status status = resize_items(object, place, list, shorter);
    bl_free(shorter.items);
    return status;
}

/* The list of the place, or that holds it, has other elements for the time of a dump. */
static bloop_status resize_items(bloop_object *object, bl_place *place, bl_items *list, bl_items longer)
{
    undo saved;
    bl_column_change change;
    mark_present(place, &saved);
    saved.items = *list;
    *list = longer;
    bloop_status status = bl_column_change_dump(place->column, bl_field_of(object, place->column), &change);
    *list = saved.items;
    unmark_present(place, &saved);
    return finish(object, place->column, status, &change);
}

static bool all_present(const bloop_object *object, const bl_place *place)
{
    if (!bl_state_of(object)->slots[place->column->number].value.data)
        return false;
    for (size_t i = 0; i < place->map_count; i++) {
        if (!(*place->maps[i].word & place->maps[i].bit))
            return false;
    }
    return true;
}

static void mark_present(bl_place *place, undo *saved)
{
    for (size_t i = 0; i < place->map_count; i++) {
        saved->words[i] = *place->maps[i].word;
        *place->maps[i].word |= place->maps[i].bit;
    }
}

static void unmark_present(bl_place *place, const undo *saved)
{
    for (size_t i = 0; i < place->map_count; i++)
        *place->maps[i].word = saved->words[i];
}

static bloop_status find_column(void *object, const bloop_column *column, const bl_column_info **out)
{
    const bloop_object *owner = object;
    if (!owner || !column)
        return bl_error(BLOOP_INVALID_ARGUMENT, "the object or the column is NULL");
    *out = bl_model_find_column(bl_object_info(owner), column);
    if (!*out)
        return bl_error(BLOOP_INVALID_ARGUMENT, "%s is no column of %s", column->name ? column->name : "?",
                        owner->model->name);
    return BLOOP_OK;
}
