/* The compact DynamoDB form, appended to a buffer: what a server and a client spend most of their writing on. Packed values
   are known to be well-formed, so there is nothing to check, and no order of calls to watch. Recursion is bounded by the depth
   of a packed value. */
#include "json/json.h"

static void append_map(bl_buffer *out, bloop_item map);
static void append_number(bl_buffer *out, bloop_number number);
static void append_base64(bl_buffer *out, bloop_slice bytes);
static void append_container(bl_buffer *out, bloop_tag tag, bloop_value value);
static void append_set_element(bl_buffer *out, const bloop_walk *walk);
static void append_name(bl_buffer *out, bloop_slice name);

void bl_json_append_item(bl_buffer *out, bloop_item item)
{
    append_map(out, item);
}

void bl_json_append_value(bl_buffer *out, bloop_value value)
{
    static const char heads[][9] = {
        [BLOOP_TAG_NULL] = "{\"NULL\":", [BLOOP_TAG_BOOL] = "{\"BOOL\":", [BLOOP_TAG_N] = "{\"N\":",
        [BLOOP_TAG_S] = "{\"S\":",       [BLOOP_TAG_B] = "{\"B\":",       [BLOOP_TAG_SS] = "{\"SS\":[",
        [BLOOP_TAG_NS] = "{\"NS\":[",    [BLOOP_TAG_BS] = "{\"BS\":[",    [BLOOP_TAG_L] = "{\"L\":[",
        [BLOOP_TAG_M] = "{\"M\":",
    };
    static const uint8_t sizes[] = {
        [BLOOP_TAG_NULL] = 8, [BLOOP_TAG_BOOL] = 8, [BLOOP_TAG_N] = 5,  [BLOOP_TAG_S] = 5, [BLOOP_TAG_B] = 5,
        [BLOOP_TAG_SS] = 7,   [BLOOP_TAG_NS] = 7,   [BLOOP_TAG_BS] = 7, [BLOOP_TAG_L] = 6, [BLOOP_TAG_M] = 5,
    };
    bloop_tag tag = bloop_value_tag(value);
    bloop_slice bytes = bloop_value_bytes(value);
    bl_buffer_append(out, heads[tag], sizes[tag]);
    switch (tag) {
    case BLOOP_TAG_S: bl_json_append_string(out, bytes.data, bytes.size); break;
    case BLOOP_TAG_N: append_number(out, bloop_value_number(value)); break;
    case BLOOP_TAG_B: append_base64(out, bytes); break;
    case BLOOP_TAG_M: append_map(out, value); break;
    case BLOOP_TAG_NONE: break;
    case BLOOP_TAG_NULL: bl_buffer_append(out, "true", 4); break;
    case BLOOP_TAG_BOOL: bl_buffer_text(out, bloop_value_bool(value) ? "true" : "false"); break;
    case BLOOP_TAG_SS:
    case BLOOP_TAG_NS:
    case BLOOP_TAG_BS:
    case BLOOP_TAG_L: append_container(out, tag, value); break;
    }
    bl_buffer_byte(out, '}');
}

static void append_map(bl_buffer *out, bloop_item map)
{
    bl_buffer_byte(out, '{');
    bool more = false;
    for (bloop_walk walk = bloop_value_walk(map); bloop_walk_next(&walk); more = true) {
        if (more)
            bl_buffer_byte(out, ',');
        append_name(out, walk.name);
        bl_json_append_value(out, walk.value);
    }
    bl_buffer_byte(out, '}');
}

static void append_name(bl_buffer *out, bloop_slice name)
{
    bl_json_append_string(out, name.data, name.size);
    bl_buffer_byte(out, ':');
}

/* The opening bracket has been written. */
static void append_container(bl_buffer *out, bloop_tag tag, bloop_value value)
{
    bool more = false;
    for (bloop_walk walk = bloop_value_walk(value); bloop_walk_next(&walk); more = true) {
        if (more)
            bl_buffer_byte(out, ',');
        if (tag == BLOOP_TAG_L)
            bl_json_append_value(out, walk.value);
        else
            append_set_element(out, &walk);
    }
    bl_buffer_byte(out, ']');
}

static void append_set_element(bl_buffer *out, const bloop_walk *walk)
{
    if (walk->tag == BLOOP_TAG_SS)
        bl_json_append_string(out, walk->bytes.data, walk->bytes.size);
    else if (walk->tag == BLOOP_TAG_NS)
        append_number(out, bloop_walk_number(walk));
    else
        append_base64(out, walk->bytes);
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
