/* Several objects in one call: an object that is given twice counts once (the reference takes a set). */
#include <stdlib.h>

#include "engine/objects_private.h"
#include "json/json.h"

/* Of a key in a message; some keys are thousands of bytes long. */
#define LONGEST_KEY_TEXT 160

typedef struct given {
    bloop_object *object;
    size_t place; /* in the call */
} given;

static int by_object_then_place(const void *a, const void *b);
static int by_place(const void *a, const void *b);

bloop_status bl_objects_check(const bloop_engine *engine, bloop_object_list objects, const char *call)
{
    if (!engine)
        return bl_error(BLOOP_INVALID_ARGUMENT, "%s: the engine is NULL", call);
    if (objects.count && !objects.items)
        return bl_error(BLOOP_INVALID_ARGUMENT, "%s: the list of objects is NULL", call);
    for (size_t i = 0; i < objects.count; i++)
        if (!objects.items[i])
            return bl_error(BLOOP_INVALID_ARGUMENT, "%s: object %zu of %zu is NULL", call, i + 1, objects.count);
    return BLOOP_OK;
}

bloop_status bl_error_of_object(const char *call, const bloop_object *object)
{
    uint8_t key_storage[256], text_storage[256];
    bl_error_copy error;
    bloop_builder builder;
    bloop_json_writer writer;
    bloop_item key;
    bloop_slice text = { NULL, 0 };
    bl_error_save(&error);
    bl_builder_use(&builder, key_storage, sizeof key_storage);
    bl_json_writer_use(&writer, BLOOP_JSON_COMPACT, text_storage, sizeof text_storage);
    if (bl_object_key(object, &builder) == BLOOP_OK && bloop_builder_value(&builder, &key) == BLOOP_OK) {
        bloop_json_write_document(&writer, key);
        (void)bloop_json_writer_text(&writer, &text);
    }
    bl_error_restore(&error);
    if (text.data)
        bl_error_context("%s: model %s, key %.*s", call, object->model->name, LONGEST_KEY_TEXT, text.data);
    else
        bl_error_context("%s: model %s", call, object->model->name);
    bl_json_writer_release(&writer);
    bl_builder_free(&builder);
    return error.status;
}

bloop_status bl_object_set_make(bloop_object_list objects, bl_object_set *out)
{
    given *sorted = bl_alloc_zeroed(objects.count, sizeof *sorted);
    size_t *first = bl_alloc_zeroed(objects.count, sizeof *first); /* the first place of what stands in each place */
    bl_object_set set = {
        .objects = bl_alloc_zeroed(objects.count, sizeof *set.objects),
        .places = bl_alloc_zeroed(objects.count, sizeof *set.places),
    };
    bloop_status status = sorted && first && set.objects && set.places ? BLOOP_OK : BLOOP_NO_MEMORY;
    if (status != BLOOP_OK)
        goto done;

    for (size_t i = 0; i < objects.count; i++)
        sorted[i] = (given){ objects.items[i], i };
    qsort(sorted, objects.count, sizeof *sorted, by_object_then_place);
    for (size_t i = 0, same = 0; i < objects.count; i++) {
        if (sorted[i].object != sorted[same].object)
            same = i;
        first[sorted[i].place] = sorted[same].place;
    }
    for (size_t i = 0; i < objects.count; i++) {
        if (first[i] == i) {
            set.places[i] = set.count;
            set.objects[set.count++] = objects.items[i];
        } else {
            set.places[i] = set.places[first[i]];
        }
    }
    *out = set;

done:
    if (status != BLOOP_OK)
        bl_object_set_free(&set);
    bl_free(first);
    bl_free(sorted);
    return status;
}

void bl_object_set_free(bl_object_set *set)
{
    bl_free(set->objects);
    bl_free(set->places);
    *set = (bl_object_set){ 0 };
}

static int by_object_then_place(const void *a, const void *b)
{
    const given *left = a, *right = b;
    if (left->object != right->object)
        return (uintptr_t)left->object < (uintptr_t)right->object ? -1 : 1;
    return by_place(a, b);
}

static int by_place(const void *a, const void *b)
{
    const given *left = a, *right = b;
    return (left->place > right->place) - (left->place < right->place);
}
