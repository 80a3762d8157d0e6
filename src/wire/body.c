/* Writing bodies: what requests and responses have in common. */
#include "wire/body_private.h"
#include "wire/names_private.h"

static bloop_slice slice(const char *text);

void bl_body_begin(bloop_json_writer *writer, bl_buffer *out)
{
    bl_json_writer_use(writer, BLOOP_JSON_COMPACT, NULL, 0);
    writer->buffer = *out;
}

void bl_body_end(bloop_json_writer *writer, bl_buffer *out)
{
    *out = writer->buffer;
    if (out->status == BLOOP_OK && writer->status != BLOOP_OK)
        out->status = bl_error(writer->status, "%s", writer->message);
}

void bl_body_name(bloop_json_writer *writer, const char *name)
{
    bl_json_write_trusted_name(writer, slice(name));
}

void bl_body_object(bloop_json_writer *writer, const char *name)
{
    bl_body_name(writer, name);
    bloop_json_write_object(writer);
}

void bl_body_array(bloop_json_writer *writer, const char *name)
{
    bl_body_name(writer, name);
    bloop_json_write_array(writer);
}

void bl_body_text(bloop_json_writer *writer, const char *name, const char *text)
{
    bl_body_name(writer, name);
    bloop_json_write_string(writer, text, strlen(text));
}

void bl_body_int(bloop_json_writer *writer, const char *name, int64_t value)
{
    bl_body_name(writer, name);
    bloop_json_write_int64(writer, value);
}

void bl_body_bool(bloop_json_writer *writer, const char *name, bool value)
{
    bl_body_name(writer, name);
    bloop_json_write_bool(writer, value);
}

/* With a fraction in any case, as the service writes doubles. Nearly all are whole or end in a half. */
void bl_body_units(bloop_json_writer *writer, const char *name, double units)
{
    bl_body_name(writer, name);
    if (units >= 0 && units < 1e15 && units * 2 == (double)(int64_t)(units * 2)) {
        int64_t halves = (int64_t)(units * 2);
        bloop_json_write_int64(writer, halves / 2);
        bl_buffer_append(&writer->buffer, halves % 2 ? ".5" : ".0", 2);
    } else {
        bloop_json_write_double(writer, units);
    }
}

void bl_body_joined(bloop_json_writer *writer, const char *first, const char *second, const char *third)
{
    if (!bl_json_begin_value(writer))
        return;
    bl_buffer_byte(&writer->buffer, '"');
    bl_buffer_text(&writer->buffer, first);
    bl_buffer_text(&writer->buffer, second);
    bl_buffer_text(&writer->buffer, third);
    bl_buffer_byte(&writer->buffer, '"');
}

void bl_body_item(bloop_json_writer *writer, const char *name, bloop_item item)
{
    bl_body_name(writer, name);
    bloop_json_write_item(writer, item);
}

void bl_body_key_schema(bloop_json_writer *writer, const char *hash_key, const char *range_key)
{
    bl_body_array(writer, "KeySchema");
    for (int i = 0; i < (range_key ? 2 : 1); i++) {
        bloop_json_write_object(writer);
        bl_body_text(writer, "AttributeName", i == 0 ? hash_key : range_key);
        bl_body_text(writer, "KeyType", i == 0 ? "HASH" : "RANGE");
        bloop_json_write_end(writer);
    }
    bloop_json_write_end(writer);
}

void bl_body_attributes(bloop_json_writer *writer, const bloop_attribute_definition *attributes, size_t count)
{
    bl_body_array(writer, "AttributeDefinitions");
    for (size_t i = 0; i < count; i++) {
        bloop_json_write_object(writer);
        bl_body_text(writer, "AttributeName", attributes[i].name);
        bl_body_text(writer, "AttributeType", bloop_tag_name(attributes[i].type));
        bloop_json_write_end(writer);
    }
    bloop_json_write_end(writer);
}

void bl_body_projection(bloop_json_writer *writer, const bloop_index_definition *index)
{
    bl_body_object(writer, "Projection");
    bl_body_text(writer, "ProjectionType", bl_words_projection.words[index->projection]);
    if (index->projection == BLOOP_PROJECT_INCLUDE) {
        bl_body_array(writer, "NonKeyAttributes");
        for (size_t i = 0; i < index->include_count; i++)
            bloop_json_write_string(writer, index->include[i], strlen(index->include[i]));
        bloop_json_write_end(writer);
    }
    bloop_json_write_end(writer);
}

void bl_body_stream(bloop_json_writer *writer, bloop_stream_view_type view)
{
    bl_body_object(writer, "StreamSpecification");
    bl_body_bool(writer, "StreamEnabled", true);
    bl_body_text(writer, "StreamViewType", bl_words_view.words[view]);
    bloop_json_write_end(writer);
}

void bl_body_batch_write(bloop_json_writer *writer, const bloop_write_request *write)
{
    bool put = write->kind == BLOOP_WRITE_PUT;
    bloop_json_write_object(writer);
    bl_body_object(writer, put ? "PutRequest" : "DeleteRequest");
    bl_body_item(writer, put ? "Item" : "Key", write->item);
    bloop_json_write_end(writer);
    bloop_json_write_end(writer);
}

static bloop_slice slice(const char *text)
{
    return (bloop_slice){ text, strlen(text) };
}
