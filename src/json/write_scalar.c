/* How strings, numbers and constants are spelt, and the shorthands for these. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "json/reader_private.h"

static void append_escaped(bl_buffer *out, const uint8_t *at, const uint8_t *end);
static void append_escape(bl_buffer *out, uint8_t byte);
static void spell_point(char *text);

void bl_json_append_string(bl_buffer *out, const char *text, size_t size)
{
    const uint8_t *at = (const uint8_t *)text;
    if (BL_UNLIKELY(!bl_json_plain(at, size))) {
        append_escaped(out, at, at + size);
        return;
    }
    uint8_t *to = bl_buffer_extend(out, size + 2);
    if (!to)
        return;
    to[0] = to[size + 1] = '"';
    if (size)
        memcpy(to + 1, text, size);
}

void bloop_json_write_number(bloop_json_writer *writer, bloop_number value)
{
    char text[BLOOP_NUMBER_TEXT_SIZE];
    if (bl_number_check(value, &value))
        bl_json_writer_fail(writer, BLOOP_INVALID_VALUE, "%s", bloop_last_error()->message);
    else
        bl_json_write_raw(writer, text, bloop_number_format(value, text));
}

void bloop_json_write_number_text(bloop_json_writer *writer, const char *text, size_t size)
{
    bloop_json_reader reader;
    bl_json_token token;
    char quoted[BL_QUOTE_SIZE];
    bl_json_reader_use(&reader, text, size);
    if (bl_json_step(&reader, &token) == BLOOP_JSON_NUMBER && token.size == size)
        bl_json_write_raw(writer, text, size);
    else
        bl_json_writer_fail(writer, BLOOP_INVALID_VALUE, "%s is no number", bl_quote(quoted, text, size));
    bl_json_reader_release(&reader);
}

void bloop_json_write_int64(bloop_json_writer *writer, int64_t value)
{
    char text[24], *at = text + sizeof text;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        *--at = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (value < 0)
        *--at = '-';
    bl_json_write_raw(writer, at, (size_t)(text + sizeof text - at));
}

void bloop_json_write_double(bloop_json_writer *writer, double value)
{
    char text[64];
    int digits = 15;
    if (!isfinite(value)) {
        bl_json_writer_fail(writer, BLOOP_INVALID_VALUE, "JSON has no infinity and no NaN");
        return;
    }
    do
        snprintf(text, sizeof text, "%.*g", digits, value);
    while (digits++ < 17 && strtod(text, NULL) != value);
    spell_point(text);
    bl_json_write_raw(writer, text, strlen(text));
}

void bloop_json_write_bool(bloop_json_writer *writer, bool value)
{
    bl_json_write_raw(writer, value ? "true" : "false", value ? 4 : 5);
}

void bloop_json_write_null(bloop_json_writer *writer)
{
    bl_json_write_raw(writer, "null", 4);
}

void bloop_json_put_string(bloop_json_writer *writer, const char *name, const char *text)
{
    bloop_json_write_name(writer, name, strlen(name));
    bloop_json_write_string(writer, text, strlen(text));
}

void bloop_json_put_int64(bloop_json_writer *writer, const char *name, int64_t value)
{
    bloop_json_write_name(writer, name, strlen(name));
    bloop_json_write_int64(writer, value);
}

void bloop_json_put_bool(bloop_json_writer *writer, const char *name, bool value)
{
    bloop_json_write_name(writer, name, strlen(name));
    bloop_json_write_bool(writer, value);
}

static void append_escaped(bl_buffer *out, const uint8_t *at, const uint8_t *end)
{
    bl_buffer_byte(out, '"');
    for (;;) {
        const uint8_t *stop = bl_json_scan_special(at, end);
        bl_buffer_append(out, at, (size_t)(stop - at));
        if (stop == end)
            break;
        append_escape(out, *stop);
        at = stop + 1;
    }
    bl_buffer_byte(out, '"');
}

static void append_escape(bl_buffer *out, uint8_t byte)
{
    static const char digits[] = "0123456789ABCDEF";
    static const char letters[128] = {
        ['"'] = '"', ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
    };
    char text[6] = { '\\', letters[byte], '0', '0', digits[byte >> 4 & 15], digits[byte & 15] };
    if (!letters[byte])
        text[1] = 'u';
    bl_buffer_append(out, text, letters[byte] ? 2 : 6);
}

/* A point in the place of what the locale puts there, which may be longer. */
static void spell_point(char *text)
{
    char *to = text;
    for (const char *at = text; *at; at++) {
        if (strchr("+-0123456789e", *at))
            *to++ = *at;
        else if (to > text && to[-1] != '.')
            *to++ = '.';
    }
    *to = 0;
}
