/* How a reader fails: where, in which words, and only once. */
#include <stdio.h>

#include "json/reader_private.h"

static bloop_status keep(bloop_json_reader *reader, bloop_status status, const uint8_t *at);
static const char *describe(char *out, size_t size, const bloop_json_reader *reader, const uint8_t *at);

bloop_json_position bloop_json_where(const bloop_json_reader *reader)
{
    bloop_json_position position = { (size_t)(reader->token - reader->begin), 1, 1 };
    for (const uint8_t *at = reader->begin; at < reader->token; at++) {
        if (*at == '\n') {
            position.line++;
            position.column = 1;
        } else if ((*at & 0xC0) != 0x80) {
            position.column++;
        }
    }
    return position;
}

bloop_status bloop_json_refuse(bloop_json_reader *reader, const char *format, ...)
{
    if (reader->state == BL_JSON_FAILED)
        return bl_json_tell(reader);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reader->message, sizeof reader->message, format, arguments);
    va_end(arguments);
    return keep(reader, BLOOP_INVALID_VALUE, reader->token);
}

bloop_status bl_json_fail(bloop_json_reader *reader, bloop_status status, const uint8_t *at, const char *format, ...)
{
    if (reader->state == BL_JSON_FAILED)
        return bl_json_tell(reader);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reader->message, sizeof reader->message, format, arguments);
    va_end(arguments);
    return keep(reader, status, at);
}

bloop_status bl_json_fail_as_told(bloop_json_reader *reader, const uint8_t *at)
{
    const bloop_error *told = bloop_last_error();
    return bl_json_fail(reader, told->status, at, "%s", told->message);
}

bloop_status bl_json_fail_expected(bloop_json_reader *reader, const uint8_t *at, const char *what)
{
    char found[32];
    return bl_json_fail(reader, BLOOP_INVALID_SYNTAX, at, "%s is expected, not %s", what,
                        describe(found, sizeof found, reader, at));
}

bloop_status bl_json_fail_misuse(bloop_json_reader *reader, const char *rule)
{
    return bl_json_fail(reader, BLOOP_INVALID_ARGUMENT, reader->at, "%s", rule);
}

bloop_status bl_json_tell(const bloop_json_reader *reader)
{
    if (reader->status == BLOOP_NO_MEMORY)
        return bl_error(reader->status, "%s", reader->message);
    const bloop_json_position *place = &reader->failed_at;
    return bl_error(reader->status, "JSON, line %zu, column %zu (byte %zu): %s", place->line, place->column,
                    place->offset, reader->message);
}

static bloop_status keep(bloop_json_reader *reader, bloop_status status, const uint8_t *at)
{
    reader->state = BL_JSON_FAILED;
    reader->status = status;
    reader->token = at;
    reader->text = (bloop_slice){ NULL, 0 };
    reader->failed_at = bloop_json_where(reader);
    return bl_json_tell(reader);
}

static const char *describe(char *out, size_t size, const bloop_json_reader *reader, const uint8_t *at)
{
    if (at >= reader->end)
        return "the end of the text";
    if (*at > 0x20 && *at < 0x7F)
        snprintf(out, size, "'%c'", *at);
    else
        snprintf(out, size, "the byte 0x%02X", (unsigned)*at);
    return out;
}
