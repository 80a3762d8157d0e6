/* Errors as a server sends them. */
#include "wire/body_private.h"
#include "wire/errors_private.h"

static int write_error(bl_buffer *out, const bl_wire_error_row *row, const char *message, bloop_item item);

int bl_wire_write_error(bl_buffer *out, bloop_status status, const char *message, bloop_item item)
{
    return write_error(out, bl_wire_error_of_status(status), message, item);
}

int bl_wire_write_named_error(bl_buffer *out, const char *name, const char *message)
{
    const bl_wire_error_row *row = bl_wire_error_of_name(name);
    return write_error(out, row ? row : bl_wire_error_of_status(BLOOP_SERVICE), message, (bloop_item){ NULL, 0 });
}

/* The service leaves an empty message of its protocol layer out: of a body that is no JSON it says no more than that. */
static int write_error(bl_buffer *out, const bl_wire_error_row *row, const char *message, bloop_item item)
{
    bloop_json_writer writer;
    bl_body_begin(&writer, out);
    bloop_json_write_object(&writer);
    bl_body_name(&writer, "__type");
    bl_body_joined(&writer, row->prefix, "#", row->name);
    if (message && *message)
        bl_body_text(&writer, row->flags & BL_WIRE_CAPITAL_MESSAGE ? "Message" : "message", message);
    if (item.data)
        bl_body_item(&writer, "Item", item);
    bloop_json_write_end(&writer);
    bl_body_end(&writer, out);
    return row->http_status;
}
