/* The document form: plain JSON as packed values, and back. */
#include "json/reader_private.h"

static bool read_event(bloop_json_reader *reader, bloop_builder *builder);
static void build_event(bloop_builder *builder, bloop_json_event event, bloop_slice text);
static bool build_number(bloop_json_reader *reader, bloop_builder *builder, bloop_slice text);
static void write_elements(bloop_json_writer *writer, bloop_value container);
static void write_set_element(bloop_json_writer *writer, const bloop_walk *walk);
static void write_base64(bloop_json_writer *writer, bloop_slice bytes);

bloop_status bloop_json_read_document(bloop_json_reader *reader, bloop_builder *builder)
{
    uint32_t depth = reader->depth;
    bool read = bl_json_expect_value(reader);
    while (read) {
        read = read_event(reader, builder);
        if (read && reader->depth == depth && reader->state == BL_JSON_AFTER) {
            reader->text = (bloop_slice){ NULL, 0 };
            return BLOOP_OK;
        }
    }
    bl_builder_fail(builder, reader->status);
    return reader->status;
}

void bloop_json_write_document(bloop_json_writer *writer, bloop_value value)
{
    bloop_tag tag = bloop_value_tag(value);
    switch (tag) {
    case BLOOP_TAG_NONE: bl_json_writer_fail(writer, BLOOP_INVALID_VALUE, "there is no value to write"); return;
    case BLOOP_TAG_NULL: bloop_json_write_null(writer); return;
    case BLOOP_TAG_BOOL: bloop_json_write_bool(writer, bloop_value_bool(value)); return;
    case BLOOP_TAG_N: bloop_json_write_number(writer, bloop_value_number(value)); return;
    case BLOOP_TAG_S: bl_json_write_trusted_string(writer, bloop_value_bytes(value)); return;
    case BLOOP_TAG_B: write_base64(writer, bloop_value_bytes(value)); return;
    default: break;
    }
    if (tag == BLOOP_TAG_M)
        bloop_json_write_object(writer);
    else
        bloop_json_write_array(writer);
    write_elements(writer, value);
    bloop_json_write_end(writer);
}

static bool read_event(bloop_json_reader *reader, bloop_builder *builder)
{
    bl_json_token token = { 0 };
    bloop_slice text;
    bloop_json_event event = bl_json_step(reader, &token);
    const uint8_t *at = reader->token;
    if (event == BLOOP_JSON_ERROR || !bl_json_borrow_text(reader, &token, &text))
        return false;
    if (event == BLOOP_JSON_NUMBER)
        build_number(reader, builder, text);
    else
        build_event(builder, event, text);
    if (reader->state != BL_JSON_FAILED && builder->status != BLOOP_OK)
        bl_json_fail(reader, builder->status, at, "%s", builder->message);
    return reader->state != BL_JSON_FAILED;
}

static void build_event(bloop_builder *builder, bloop_json_event event, bloop_slice text)
{
    switch (event) {
    case BLOOP_JSON_BEGIN_OBJECT: bloop_build_begin(builder, BLOOP_TAG_M); break;
    case BLOOP_JSON_BEGIN_ARRAY: bloop_build_begin(builder, BLOOP_TAG_L); break;
    case BLOOP_JSON_NAME: bloop_build_name(builder, text.data, text.size); break;
    case BLOOP_JSON_STRING: bloop_build_string(builder, text.data, text.size); break;
    case BLOOP_JSON_NULL: bloop_build_null(builder); break;
    case BLOOP_JSON_TRUE:
    case BLOOP_JSON_FALSE: bloop_build_bool(builder, event == BLOOP_JSON_TRUE); break;
    default: bloop_build_end(builder); break;
    }
}

static bool build_number(bloop_json_reader *reader, bloop_builder *builder, bloop_slice text)
{
    bloop_number number;
    if (bloop_number_parse(text.data, text.size, &number)) {
        bl_json_fail_as_told(reader, reader->token);
        return false;
    }
    bloop_build_number(builder, number);
    return true;
}

static void write_elements(bloop_json_writer *writer, bloop_value container)
{
    for (bloop_walk walk = bloop_value_walk(container); bloop_walk_next(&walk);) {
        if (walk.tag == BLOOP_TAG_M)
            bl_json_write_trusted_name(writer, walk.name);
        if (walk.tag == BLOOP_TAG_M || walk.tag == BLOOP_TAG_L)
            bloop_json_write_document(writer, walk.value);
        else
            write_set_element(writer, &walk);
    }
}

static void write_set_element(bloop_json_writer *writer, const bloop_walk *walk)
{
    if (walk->tag == BLOOP_TAG_SS)
        bl_json_write_trusted_string(writer, walk->bytes);
    else if (walk->tag == BLOOP_TAG_NS)
        bloop_json_write_number(writer, bloop_walk_number(walk));
    else
        write_base64(writer, walk->bytes);
}

static void write_base64(bloop_json_writer *writer, bloop_slice bytes)
{
    if (!bl_json_begin_value(writer))
        return;
    bl_buffer_byte(&writer->buffer, '"');
    bl_base64_encode(&writer->buffer, bytes.data, bytes.size);
    bl_buffer_byte(&writer->buffer, '"');
}
