/* Reading what is expected to come: for programs that know the shape of their text. */
#include "json/reader_private.h"

static bool expect(bloop_json_reader *reader, bloop_json_event wanted);
static bool in_container(bloop_json_reader *reader, bool object);
static bool parse_digits(bloop_slice text, int64_t *out);

static const char *const event_words[] = {
    [BLOOP_JSON_BEGIN_OBJECT] = "an object",
    [BLOOP_JSON_BEGIN_ARRAY] = "an array",
    [BLOOP_JSON_STRING] = "a string",
    [BLOOP_JSON_NUMBER] = "a number",
    [BLOOP_JSON_TRUE] = "true",
    [BLOOP_JSON_FALSE] = "false",
    [BLOOP_JSON_NULL] = "null",
};

bloop_status bloop_json_enter_object(bloop_json_reader *reader)
{
    return expect(reader, BLOOP_JSON_BEGIN_OBJECT) ? BLOOP_OK : reader->status;
}

bloop_status bloop_json_enter_array(bloop_json_reader *reader)
{
    return expect(reader, BLOOP_JSON_BEGIN_ARRAY) ? BLOOP_OK : reader->status;
}

bool bloop_json_next_name(bloop_json_reader *reader, bloop_slice *name)
{
    if (!in_container(reader, true) || bloop_json_next(reader) != BLOOP_JSON_NAME)
        return false;
    if (name)
        *name = reader->text;
    return true;
}

bool bloop_json_next_element(bloop_json_reader *reader)
{
    if (!in_container(reader, false) || bl_json_to_element(reader) != BL_JSON_MORE)
        return false;
    reader->text = (bloop_slice){ NULL, 0 };
    return true;
}

bloop_status bloop_json_read_string(bloop_json_reader *reader, bloop_slice *out)
{
    if (!expect(reader, BLOOP_JSON_STRING))
        return reader->status;
    *out = reader->text;
    return BLOOP_OK;
}

const char *bloop_json_read_text(bloop_json_reader *reader)
{
    if (!expect(reader, BLOOP_JSON_STRING))
        return NULL;
    if (memchr(reader->text.data, 0, reader->text.size)) {
        bl_json_fail(reader, BLOOP_INVALID_VALUE, reader->token, "the string has U+0000 in it");
        return NULL;
    }
    const char *text = bl_arena_text(&reader->strings, reader->text.data, reader->text.size);
    if (!text)
        bl_json_fail_as_told(reader, reader->token);
    return text;
}

bloop_status bloop_json_read_number(bloop_json_reader *reader, bloop_number *out)
{
    if (!expect(reader, BLOOP_JSON_NUMBER))
        return reader->status;
    if (bloop_number_parse(reader->text.data, reader->text.size, out))
        return bl_json_fail_as_told(reader, reader->token);
    return BLOOP_OK;
}

bloop_status bloop_json_read_int64(bloop_json_reader *reader, int64_t *out)
{
    bloop_number number;
    if (!expect(reader, BLOOP_JSON_NUMBER))
        return reader->status;
    if (parse_digits(reader->text, out))
        return BLOOP_OK;
    if (bloop_number_parse(reader->text.data, reader->text.size, &number) || bloop_number_to_int64(number, out))
        return bl_json_fail_as_told(reader, reader->token);
    return BLOOP_OK;
}

bloop_status bloop_json_read_bool(bloop_json_reader *reader, bool *out)
{
    bool value = bloop_json_peek(reader) == BLOOP_JSON_TRUE;
    if (!expect(reader, value ? BLOOP_JSON_TRUE : BLOOP_JSON_FALSE))
        return reader->status;
    *out = value;
    return BLOOP_OK;
}

/* Reads one event, which must be the wanted one. */
static bool expect(bloop_json_reader *reader, bloop_json_event wanted)
{
    if (!bl_json_expect_value(reader))
        return false;
    bloop_json_event event = bloop_json_next(reader);
    if (BL_LIKELY(event == wanted))
        return true;
    if (event != BLOOP_JSON_ERROR) {
        const char *words = wanted == BLOOP_JSON_FALSE ? "true or false" : event_words[wanted];
        bl_json_fail(reader, BLOOP_INVALID_VALUE, reader->token, "%s is expected, not %s", words, event_words[event]);
    }
    return false;
}

/* Whether the innermost container is an object, or an array, with no value pending. */
static bool in_container(bloop_json_reader *reader, bool object)
{
    if (reader->state == BL_JSON_FAILED) {
        bl_json_tell(reader);
        return false;
    }
    if (reader->state == BL_JSON_AT_VALUE) {
        bl_json_fail_misuse(reader, "a value comes next: read or skip it first");
        return false;
    }
    if (reader->depth == 0 || bl_json_in_object(&reader->levels, reader->depth) != object) {
        bl_json_fail_misuse(reader, object ? "no object is open here" : "no array is open here");
        return false;
    }
    return true;
}

/* The common integers; those it refuses take the long way. */
static bool parse_digits(bloop_slice text, int64_t *out)
{
    bool negative = text.data[0] == '-';
    size_t digits = text.size - negative;
    int64_t value = 0;
    if (digits > 18)
        return false;
    for (size_t i = negative; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        value = value * 10 + (text.data[i] - '0');
    }
    *out = negative ? -value : value;
    return true;
}
