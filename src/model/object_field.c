/* What a pointer into an object points to: a column's field, a key of a map, an element of a list. */
#include "model/object_private.h"

static bool find_in(bl_place *place, const bloop_type *type, uint8_t *at, const uint8_t *field, size_t size);
static bool find_in_map(bl_place *place, const bloop_type *type, uint8_t *at, const uint8_t *field, size_t size);
static bool find_in_key(bl_place *place, const bloop_key *key, uint64_t bit, uint8_t *map, const uint8_t *field,
                        size_t size);
static bool find_in_items(bl_place *place, const bloop_type *type, uint8_t *at, const uint8_t *field, size_t size);
static bool find_deeper(bl_place *place, const bloop_type *inner, bl_items *list, const uint8_t *field, size_t size);
static bool holds_places(const bloop_type *type);

bloop_status bl_object_locate(const bloop_object *object, const void *field, size_t size, bl_place *out)
{
    if (!object || !object->state || !field)
        return bl_error(BLOOP_INVALID_ARGUMENT, "the object or the field is NULL");
    const bl_object_state *state = bl_state_of(object);
    const bl_model_info *info = state->info;
    uintptr_t start = (uintptr_t)object, place = (uintptr_t)field;
    out->map_count = 0;
    out->list = NULL;
    out->column = NULL;
    if (place >= start && place - start < info->model->object_size) {
        const bl_column_info *column = bl_model_column_at(info, place - start);
        out->column = column;
        if (column && find_in(out, column->type, bl_field_of(object, column), field, size))
            return BLOOP_OK;
        out->column = NULL;
    }
    for (size_t i = 0; !out->column && i < info->column_count; i++) {
        const bl_column_info *column = &info->columns[i];
        if (!state->slots[i].value.data || !holds_places(column->type))
            continue;
        out->column = column;
        if (find_in(out, column->type, bl_field_of(object, column), field, size))
            return BLOOP_OK;
        out->column = NULL;
    }
    return bl_error(BLOOP_INVALID_ARGUMENT, "the field is no column of this %s, nor a key or element in one",
                    info->model->name);
}

/* What the descent has recorded on its way is taken back when it ends in nothing. Values nest to BLOOP_MAX_DEPTH, and so
   does the descent. */
static bool find_in(bl_place *place, const bloop_type *type, uint8_t *at, const uint8_t *field, size_t size)
{
    if (at == field && size == type->size) {
        place->type = type;
        place->at = at;
        return true;
    }
    switch (bl_type_kind(type)) {
    case BLOOP_KIND_MAP: return find_in_map(place, type, at, field, size);
    case BLOOP_KIND_ITEMS: return find_in_items(place, type, at, field, size);
    default: return false;
    }
}

static bool find_in_map(bl_place *place, const bloop_type *type, uint8_t *at, const uint8_t *field, size_t size)
{
    const bloop_type *map = bl_type_map(type);
    uint64_t present = *(uint64_t *)(void *)at;
    bool inside = field >= at && field < at + type->size;
    if (place->map_count == BL_COUNT_OF(place->maps))
        return false;
    for (size_t i = 0; i < map->key_count; i++) {
        const bloop_key *key = &map->keys[i];
        uint8_t *value = at + key->offset;
        bool is_here = inside && field >= value && field < value + key->type->size;
        bool may_hold = !inside && (present >> i & 1) && holds_places(key->type);
        if ((is_here || may_hold) && find_in_key(place, key, UINT64_C(1) << i, at, field, size))
            return true;
    }
    return false;
}

static bool find_in_key(bl_place *place, const bloop_key *key, uint64_t bit, uint8_t *map, const uint8_t *field,
                        size_t size)
{
    place->maps[place->map_count++] = (bl_presence){ (uint64_t *)(void *)map, bit };
    bl_items *list = place->list;
    place->list = NULL;
    if (find_in(place, key->type, map + key->offset, field, size))
        return true;
    place->list = list;
    place->map_count--;
    return false;
}

static bool find_in_items(bl_place *place, const bloop_type *type, uint8_t *at, const uint8_t *field, size_t size)
{
    const bloop_type *inner = bl_type_inner(type);
    bl_items *list = (bl_items *)(void *)at;
    if (!list->items || list->count == 0)
        return false;
    if (field < list->items || field >= list->items + list->count * inner->size)
        return holds_places(inner) && find_deeper(place, inner, list, field, size);
    bl_items *outer = place->list;
    size_t outer_index = place->index;
    place->list = list;
    place->index = (size_t)(field - list->items) / inner->size;
    if (find_in(place, inner, list->items + place->index * inner->size, field, size))
        return true;
    place->list = outer;
    place->index = outer_index;
    return false;
}

/* The field is in what an element points to. */
static bool find_deeper(bl_place *place, const bloop_type *inner, bl_items *list, const uint8_t *field, size_t size)
{
    for (size_t i = 0; i < list->count; i++) {
        if (find_in(place, inner, list->items + i * inner->size, field, size))
            return true;
    }
    return false;
}

static bool holds_places(const bloop_type *type)
{
    bloop_kind kind = bl_type_kind(type);
    return kind == BLOOP_KIND_MAP || kind == BLOOP_KIND_ITEMS;
}
