/* Several objects in one call: checked, and each taken once. */
#ifndef BL_ENGINE_OBJECTS_PRIVATE_H
#define BL_ENGINE_OBJECTS_PRIVATE_H

#include "engine/engine_private.h"

/* The objects of a call, each once, in the order in which they first came. Zeroed is empty. */
typedef struct bl_object_set {
    bloop_object **objects;
    size_t count;
    size_t *places; /* of each object of the call in `objects` */
} bl_object_set;

/* BLOOP_INVALID_ARGUMENT for a NULL engine, list or object. `call` is the function's name, for the message. */
bloop_status bl_objects_check(const bloop_engine *engine, bloop_object_list objects, const char *call);

/* Puts the call, the object's model and its key before the current message. Returns the status. */
bloop_status bl_error_of_object(const char *call, const bloop_object *object);

bloop_status bl_object_set_make(bloop_object_list objects, bl_object_set *out);
void bl_object_set_free(bl_object_set *set);

#endif
