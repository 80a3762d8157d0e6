/* Rendering trees of expressions as text with placeholders, and these as the members of a request. */
#ifndef BL_WIRE_RENDER_PRIVATE_H
#define BL_WIRE_RENDER_PRIVATE_H

#include "wire/body_private.h"

/* So many placeholders of a kind need no allocation. */
#define BL_RENDER_FIXED 16

/* The placeholders of one request. Equal names and equal values have one. */
typedef struct bl_render {
    bloop_json_writer *writer;
    bloop_slice *names;
    bloop_value *values;
    size_t name_count, name_room, value_count, value_room;
    bloop_slice fixed_names[BL_RENDER_FIXED];
    bloop_value fixed_values[BL_RENDER_FIXED];
} bl_render;

void bl_render_begin(bl_render *render, bloop_json_writer *writer);
void bl_render_end(bl_render *render);

/* A member of the request whose value is the expression's text. Nothing for NULL, and for what says nothing. */
void bl_render_condition(bl_render *render, const char *member, const bloop_expr *condition);
void bl_render_update(bl_render *render, const bloop_update *update);
void bl_render_projection(bl_render *render, const bloop_projection_paths *projection);
/* The same, with the names of a key added where they are missing; a path into one is left out. */
void bl_render_projection_and_key(bl_render *render, const bloop_projection_paths *projection, bloop_item key);

/* ExpressionAttributeNames and ExpressionAttributeValues, if any were used. To be called last. */
void bl_render_placeholders(bl_render *render);

#endif
