/* The DynamoDB form, written from packed values: compact text is appended in one go, the rest is for indented text.
   Recursion is bounded by the depth of a packed value. */
#include "json/json.h"

static void write_value(bloop_json_writer *writer, bloop_value value);
static void write_scalar(bloop_json_writer *writer, bloop_tag tag, bloop_value value);
static void write_container(bloop_json_writer *writer, bloop_tag tag, bloop_value value);
static void write_set_element(bloop_json_writer *writer, const bloop_walk *walk);
static void write_members(bloop_json_writer *writer, bloop_item map);
static void append_number(bl_buffer *out, bloop_number number);
static void append_base64(bl_buffer *out, bloop_slice bytes);

void bloop_json_write_value(bloop_json_writer *writer, bloop_value value)
{
    if (bloop_value_tag(value) == BLOOP_TAG_NONE)
        bl_json_writer_fail(writer, BLOOP_INVALID_VALUE, "there is no value to write");
    else if (writer->indented)
        write_value(writer, value);
    else if (bl_json_begin_value(writer))
        bl_json_append_value(&writer->buffer, value);
}

void bloop_json_write_item(bloop_json_writer *writer, bloop_item item)
{
    if (bloop_value_tag(item) != BLOOP_TAG_M)
        bl_json_writer_fail(writer, BLOOP_INVALID_VALUE, "an item is a map, not %s",
                            bloop_tag_name(bloop_value_tag(item)));
    else if (writer->indented)
        write_members(writer, item);
    else if (bl_json_begin_value(writer))
        bl_json_append_item(&writer->buffer, item);
}

static void write_value(bloop_json_writer *writer, bloop_value value)
{
    bloop_tag tag = bloop_value_tag(value);
    if (tag >= BLOOP_TAG_SS)
        write_container(writer, tag, value);
    else if (bl_json_begin_value(writer))
        write_scalar(writer, tag, value);
}

/* On one line. */
static void write_scalar(bloop_json_writer *writer, bloop_tag tag, bloop_value value)
{
    static const char heads[][10] = {
        [BLOOP_TAG_NULL] = "{\"NULL\": ", [BLOOP_TAG_BOOL] = "{\"BOOL\": ", [BLOOP_TAG_N] = "{\"N\": ",
        [BLOOP_TAG_S] = "{\"S\": ",       [BLOOP_TAG_B] = "{\"B\": ",
    };
    static const uint8_t sizes[] = {
        [BLOOP_TAG_NULL] = 9, [BLOOP_TAG_BOOL] = 9, [BLOOP_TAG_N] = 6, [BLOOP_TAG_S] = 6, [BLOOP_TAG_B] = 6,
    };
    bl_buffer *out = &writer->buffer;
    bloop_slice bytes = bloop_value_bytes(value);
    bl_buffer_append(out, heads[tag], sizes[tag]);
    if (tag == BLOOP_TAG_S)
        bl_json_append_string(out, bytes.data, bytes.size);
    else if (tag == BLOOP_TAG_N)
        append_number(out, bloop_value_number(value));
    else if (tag == BLOOP_TAG_B)
        append_base64(out, bytes);
    else
        bl_buffer_text(out, tag == BLOOP_TAG_NULL || bloop_value_bool(value) ? "true" : "false");
    bl_buffer_byte(out, '}');
}

static void write_container(bloop_json_writer *writer, bloop_tag tag, bloop_value value)
{
    const char *name = bloop_tag_name(tag);
    bloop_json_write_object(writer);
    bl_json_write_trusted_name(writer, (bloop_slice){ name, strlen(name) });
    if (tag == BLOOP_TAG_M) {
        write_members(writer, value);
    } else {
        bloop_json_write_array(writer);
        for (bloop_walk walk = bloop_value_walk(value); bloop_walk_next(&walk);) {
            if (tag == BLOOP_TAG_L)
                write_value(writer, walk.value);
            else
                write_set_element(writer, &walk);
        }
        bloop_json_write_end(writer);
    }
    bloop_json_write_end(writer);
}

static void write_set_element(bloop_json_writer *writer, const bloop_walk *walk)
{
    if (!bl_json_begin_value(writer))
        return;
    if (walk->tag == BLOOP_TAG_SS)
        bl_json_append_string(&writer->buffer, walk->bytes.data, walk->bytes.size);
    else if (walk->tag == BLOOP_TAG_NS)
        append_number(&writer->buffer, bloop_walk_number(walk));
    else
        append_base64(&writer->buffer, walk->bytes);
}

static void write_members(bloop_json_writer *writer, bloop_item map)
{
    bloop_json_write_object(writer);
    for (bloop_walk walk = bloop_value_walk(map); bloop_walk_next(&walk);) {
        bl_json_write_trusted_name(writer, walk.name);
        write_value(writer, walk.value);
    }
    bloop_json_write_end(writer);
}

static void append_number(bl_buffer *out, bloop_number number)
{
    char text[BLOOP_NUMBER_TEXT_SIZE + 2];
    size_t size = bloop_number_format(number, text + 1);
    text[0] = text[size + 1] = '"';
    bl_buffer_append(out, text, size + 2);
}

static void append_base64(bl_buffer *out, bloop_slice bytes)
{
    bl_buffer_byte(out, '"');
    bl_base64_encode(out, bytes.data, bytes.size);
    bl_buffer_byte(out, '"');
}
