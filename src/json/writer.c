/* The writer: the order of its calls, and what stands between values. */
#include <stdio.h>

#include "json/json.h"

static void begin_container(bloop_json_writer *writer, bool object);
static bool in_object(const bloop_json_writer *writer);
static void separate(bloop_json_writer *writer);
static void new_line(bloop_json_writer *writer);
static bool utf8(bloop_json_writer *writer, const char *text, size_t size, const char *what);

bloop_json_writer *bloop_json_writer_new(bloop_json_style style)
{
    bloop_json_writer *writer = bl_alloc(sizeof *writer);
    if (writer)
        bl_json_writer_use(writer, style, NULL, 0);
    return writer;
}

void bloop_json_writer_free(bloop_json_writer *writer)
{
    if (!writer)
        return;
    bl_json_writer_release(writer);
    bl_free(writer);
}

void bl_json_writer_use(bloop_json_writer *writer, bloop_json_style style, void *storage, size_t size)
{
    *writer = (bloop_json_writer){ .indented = style == BLOOP_JSON_INDENTED, .first = true };
    if (storage)
        bl_buffer_use(&writer->buffer, storage, size);
}

void bl_json_writer_release(bloop_json_writer *writer)
{
    bl_buffer_free(&writer->buffer);
}

void bloop_json_writer_reset(bloop_json_writer *writer)
{
    bl_buffer_clear(&writer->buffer);
    writer->first = true;
    writer->named = false;
    writer->depth = 0;
    writer->status = BLOOP_OK;
}

void bloop_json_write_object(bloop_json_writer *writer)
{
    begin_container(writer, true);
}

void bloop_json_write_array(bloop_json_writer *writer)
{
    begin_container(writer, false);
}

void bloop_json_write_end(bloop_json_writer *writer)
{
    bool object = in_object(writer);
    if (writer->status != BLOOP_OK)
        return;
    if (writer->depth == 0 || writer->named) {
        bl_json_writer_fail(writer, BLOOP_INVALID_ARGUMENT, "%s",
                            writer->named ? "a name without a value" : "no object or array to end");
        return;
    }
    writer->depth--;
    if (writer->indented && !writer->first)
        new_line(writer);
    bl_buffer_byte(&writer->buffer, object ? '}' : ']');
    writer->first = false;
}

void bloop_json_write_name(bloop_json_writer *writer, const char *name, size_t size)
{
    if (utf8(writer, name, size, "name"))
        bl_json_write_trusted_name(writer, (bloop_slice){ name, size });
}

void bl_json_write_trusted_name(bloop_json_writer *writer, bloop_slice name)
{
    if (writer->status != BLOOP_OK)
        return;
    if (!in_object(writer) || writer->named) {
        bl_json_writer_fail(writer, BLOOP_INVALID_ARGUMENT,
                            "a name out of place: names belong to the values of an object");
        return;
    }
    separate(writer);
    bl_json_append_string(&writer->buffer, name.data, name.size);
    bl_buffer_append(&writer->buffer, ": ", writer->indented ? 2 : 1);
    writer->named = true;
    writer->first = false;
}

void bloop_json_write_string(bloop_json_writer *writer, const char *text, size_t size)
{
    if (utf8(writer, text, size, "string"))
        bl_json_write_trusted_string(writer, (bloop_slice){ text, size });
}

void bl_json_write_trusted_string(bloop_json_writer *writer, bloop_slice text)
{
    if (bl_json_begin_value(writer))
        bl_json_append_string(&writer->buffer, text.data, text.size);
}

void bl_json_write_raw(bloop_json_writer *writer, const char *text, size_t size)
{
    if (bl_json_begin_value(writer))
        bl_buffer_append(&writer->buffer, text, size);
}

bool bl_json_begin_value(bloop_json_writer *writer)
{
    const char *misuse = NULL;
    if (writer->status != BLOOP_OK)
        return false;
    if (writer->depth == 0)
        misuse = writer->first ? NULL : "a second value after the first has ended";
    else if (in_object(writer))
        misuse = writer->named ? NULL : "a value without a name in an object";
    else
        separate(writer);
    if (misuse) {
        bl_json_writer_fail(writer, BLOOP_INVALID_ARGUMENT, "%s", misuse);
        return false;
    }
    writer->named = false;
    writer->first = false;
    return true;
}

void bl_json_writer_fail(bloop_json_writer *writer, bloop_status status, const char *format, ...)
{
    va_list arguments;
    if (writer->status != BLOOP_OK)
        return;
    va_start(arguments, format);
    vsnprintf(writer->message, sizeof writer->message, format, arguments);
    va_end(arguments);
    writer->status = status;
}

bloop_status bloop_json_writer_text(bloop_json_writer *writer, bloop_slice *out)
{
    bl_buffer *buffer = &writer->buffer;
    if (writer->status != BLOOP_OK)
        return bl_error(writer->status, "JSON: %s", writer->message);
    if (writer->depth > 0 || writer->first)
        return bl_error(BLOOP_INVALID_ARGUMENT, "JSON: %s",
                        writer->first && writer->depth == 0 ? "no value was written"
                                                            : "an object or array was not ended");
    bl_buffer_byte(buffer, 0);
    if (buffer->status != BLOOP_OK)
        return bl_error(buffer->status, "%s", bloop_status_text(buffer->status));
    buffer->size--;
    *out = (bloop_slice){ (const char *)buffer->data, buffer->size };
    return BLOOP_OK;
}

char *bloop_json_writer_take(bloop_json_writer *writer, size_t *size)
{
    bloop_slice text;
    size_t taken;
    if (bloop_json_writer_text(writer, &text))
        return NULL;
    uint8_t *data = bl_buffer_take(&writer->buffer, &taken);
    if (!data)
        return NULL;
    bloop_json_writer_reset(writer);
    if (size)
        *size = taken;
    return (char *)data;
}

void bloop_json_free(char *text)
{
    bl_free(text);
}

static void begin_container(bloop_json_writer *writer, bool object)
{
    if (writer->depth == BLOOP_JSON_MAX_DEPTH)
        bl_json_writer_fail(writer, BLOOP_INVALID_VALUE, "arrays and objects nest deeper than %d levels",
                            BLOOP_JSON_MAX_DEPTH);
    if (!bl_json_begin_value(writer))
        return;
    bl_buffer_byte(&writer->buffer, object ? '{' : '[');
    bl_json_set_level(&writer->levels, writer->depth++, object);
    writer->first = true;
}

static bool in_object(const bloop_json_writer *writer)
{
    return bl_json_in_object(&writer->levels, writer->depth);
}

/* From the value before, in an object or array. */
static void separate(bloop_json_writer *writer)
{
    if (!writer->first)
        bl_buffer_byte(&writer->buffer, ',');
    if (BL_UNLIKELY(writer->indented))
        new_line(writer);
}

static void new_line(bloop_json_writer *writer)
{
    size_t indent = 2 * (size_t)writer->depth;
    uint8_t *at = bl_buffer_extend(&writer->buffer, 1 + indent);
    if (!at)
        return;
    *at = '\n';
    memset(at + 1, ' ', indent);
}

static bool utf8(bloop_json_writer *writer, const char *text, size_t size, const char *what)
{
    char quoted[BL_QUOTE_SIZE];
    if (BL_LIKELY(bl_utf8_valid(text, size)))
        return true;
    bl_json_writer_fail(writer, BLOOP_INVALID_VALUE, "the %s %s is not UTF-8 at byte %zu", what,
                        bl_quote(quoted, text, size), bl_utf8_error_at(text, size));
    return false;
}
