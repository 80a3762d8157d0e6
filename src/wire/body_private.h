/* Writing bodies: a JSON writer on the caller's buffer, and shorthands for names that are literals. */
#ifndef BL_WIRE_BODY_PRIVATE_H
#define BL_WIRE_BODY_PRIVATE_H

#include "wire/wire.h"

/* The writer works on the caller's buffer until the end, which hands it back together with the writer's failure. */
void bl_body_begin(bloop_json_writer *writer, bl_buffer *out);
void bl_body_end(bloop_json_writer *writer, bl_buffer *out);

/* `name` is a literal. */
void bl_body_name(bloop_json_writer *writer, const char *name);
void bl_body_object(bloop_json_writer *writer, const char *name);
void bl_body_array(bloop_json_writer *writer, const char *name);
void bl_body_text(bloop_json_writer *writer, const char *name, const char *text);
void bl_body_int(bloop_json_writer *writer, const char *name, int64_t value);
void bl_body_bool(bloop_json_writer *writer, const char *name, bool value);
void bl_body_units(bloop_json_writer *writer, const char *name, double units);
/* A value: three pieces as one string, which need no escapes. */
void bl_body_joined(bloop_json_writer *writer, const char *first, const char *second, const char *third);
void bl_body_item(bloop_json_writer *writer, const char *name, bloop_item item);

/* What is spelt alike in requests and responses. */
void bl_body_key_schema(bloop_json_writer *writer, const char *hash_key, const char *range_key);
void bl_body_attributes(bloop_json_writer *writer, const bloop_attribute_definition *attributes, size_t count);
void bl_body_projection(bloop_json_writer *writer, const bloop_index_definition *index);
void bl_body_stream(bloop_json_writer *writer, bloop_stream_view_type view); /* not for BLOOP_VIEW_NONE */
/* An element of a batch's array: {"PutRequest": …} or {"DeleteRequest": …}. */
void bl_body_batch_write(bloop_json_writer *writer, const bloop_write_request *write);

#endif
