/* Packed values from whole texts, and as whole texts. */
#include "json/json.h"

typedef bloop_status (*value_reader)(bloop_json_reader *reader, bloop_builder *builder);
typedef void (*value_writer)(bloop_json_writer *writer, bloop_value value);

static bloop_status read_text(const char *text, size_t size, bloop_builder *builder, bloop_value *out,
                              value_reader read);
static char *write_text(bloop_value value, bloop_json_style style, size_t *size, value_writer write);

bloop_status bloop_value_of_json(const char *text, size_t size, bloop_builder *builder, bloop_value *out)
{
    return read_text(text, size, builder, out, bloop_json_read_value);
}

bloop_status bloop_item_of_json(const char *text, size_t size, bloop_builder *builder, bloop_item *out)
{
    return read_text(text, size, builder, out, bloop_json_read_item);
}

bloop_status bloop_document_of_json(const char *text, size_t size, bloop_builder *builder, bloop_value *out)
{
    return read_text(text, size, builder, out, bloop_json_read_document);
}

char *bloop_value_to_json(bloop_value value, bloop_json_style style, size_t *size)
{
    return write_text(value, style, size, bloop_json_write_value);
}

char *bloop_item_to_json(bloop_item item, bloop_json_style style, size_t *size)
{
    return write_text(item, style, size, bloop_json_write_item);
}

char *bloop_document_to_json(bloop_value value, bloop_json_style style, size_t *size)
{
    return write_text(value, style, size, bloop_json_write_document);
}

static bloop_status read_text(const char *text, size_t size, bloop_builder *builder, bloop_value *out,
                              value_reader read)
{
    bloop_json_reader reader;
    bl_json_reader_use(&reader, text, size);
    bloop_builder_reset(builder);
    bloop_status status = read(&reader, builder);
    if (status == BLOOP_OK)
        status = bloop_json_finish(&reader);
    if (status == BLOOP_OK)
        status = bloop_builder_value(builder, out);
    if (status != BLOOP_OK)
        bl_builder_fail(builder, status);
    bl_json_reader_release(&reader);
    return status;
}

static char *write_text(bloop_value value, bloop_json_style style, size_t *size, value_writer write)
{
    bloop_json_writer writer;
    bl_json_writer_use(&writer, style, NULL, 0);
    write(&writer, value);
    char *text = bloop_json_writer_take(&writer, size);
    bl_json_writer_release(&writer);
    return text;
}
