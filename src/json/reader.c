/* The pull reader: events, one after the other, and the state between them. */
#include "json/reader_private.h"

static bloop_json_event take_value(bloop_json_reader *reader, bl_json_token *token);
static bloop_json_event take_constant(bloop_json_reader *reader, bloop_json_event event);
static bloop_json_event take_end(bloop_json_reader *reader);
static bloop_json_event open_container(bloop_json_reader *reader, bloop_json_event event);
static void close_container(bloop_json_reader *reader);
static bool skip_to_depth(bloop_json_reader *reader, uint32_t depth);

/* The event that begins with a byte; 0 for a byte that begins none. */
static const uint8_t event_of_byte[256] = {
    ['{'] = BLOOP_JSON_BEGIN_OBJECT, ['['] = BLOOP_JSON_BEGIN_ARRAY, ['"'] = BLOOP_JSON_STRING,
    ['-'] = BLOOP_JSON_NUMBER,       ['0'] = BLOOP_JSON_NUMBER,      ['1'] = BLOOP_JSON_NUMBER,
    ['2'] = BLOOP_JSON_NUMBER,       ['3'] = BLOOP_JSON_NUMBER,      ['4'] = BLOOP_JSON_NUMBER,
    ['5'] = BLOOP_JSON_NUMBER,       ['6'] = BLOOP_JSON_NUMBER,      ['7'] = BLOOP_JSON_NUMBER,
    ['8'] = BLOOP_JSON_NUMBER,       ['9'] = BLOOP_JSON_NUMBER,      ['t'] = BLOOP_JSON_TRUE,
    ['f'] = BLOOP_JSON_FALSE,        ['n'] = BLOOP_JSON_NULL,
};

bloop_json_reader *bloop_json_reader_new(const char *text, size_t size)
{
    bloop_json_reader *reader = bl_alloc(sizeof *reader);
    if (reader)
        bl_json_reader_use(reader, text, size);
    return reader;
}

void bloop_json_reader_free(bloop_json_reader *reader)
{
    if (!reader)
        return;
    bl_json_reader_release(reader);
    bl_free(reader);
}

void bl_json_reader_use(bloop_json_reader *reader, const char *text, size_t size)
{
    *reader = (bloop_json_reader){ .max_depth = BLOOP_JSON_DEFAULT_DEPTH };
    bloop_json_reader_reset(reader, text, size);
}

void bl_json_reader_release(bloop_json_reader *reader)
{
    bl_arena_free(&reader->strings);
    bl_buffer_free(&reader->scratch);
}

void bloop_json_reader_reset(bloop_json_reader *reader, const char *text, size_t size)
{
    static const uint8_t nothing[1] = { 0 };
    const uint8_t *begin = text ? (const uint8_t *)text : nothing;

    bl_arena_reset(&reader->strings);
    bl_buffer_clear(&reader->scratch);
    reader->begin = reader->at = reader->token = begin;
    reader->end = begin + (text ? size : 0);
    reader->text = (bloop_slice){ NULL, 0 };
    reader->state = BL_JSON_AT_VALUE;
    reader->depth = 0;
    reader->status = BLOOP_OK;
}

bloop_status bloop_json_reader_set_depth(bloop_json_reader *reader, uint32_t levels)
{
    if (levels < 1 || levels > BLOOP_JSON_MAX_DEPTH)
        return bl_error(BLOOP_INVALID_ARGUMENT, "the depth of JSON can be 1 to %d levels, not %u", BLOOP_JSON_MAX_DEPTH,
                        (unsigned)levels);
    reader->max_depth = levels;
    return BLOOP_OK;
}

bloop_json_event bloop_json_next(bloop_json_reader *reader)
{
    bl_json_token token = { 0 };
    bloop_json_event event = bl_json_step(reader, &token);
    reader->text = bl_json_token_slice(&token);
    if (BL_UNLIKELY(token.escaped) && !bl_json_keep_text(reader, &token, &reader->text))
        return BLOOP_JSON_ERROR;
    return event;
}

bloop_slice bloop_json_text(const bloop_json_reader *reader)
{
    return reader->text;
}

bool bloop_json_text_is(const bloop_json_reader *reader, const char *text)
{
    size_t size = strlen(text);
    return reader->text.data && reader->text.size == size && memcmp(reader->text.data, text, size) == 0;
}

bloop_json_event bloop_json_peek(const bloop_json_reader *reader)
{
    const uint8_t *at = bl_json_scan_space(reader->at, reader->end);
    if (reader->state != BL_JSON_AT_VALUE || at == reader->end)
        return BLOOP_JSON_ERROR;
    return (bloop_json_event)event_of_byte[*at];
}

bloop_status bloop_json_skip(bloop_json_reader *reader)
{
    if (!bl_json_expect_value(reader) || !skip_to_depth(reader, reader->depth))
        return reader->status;
    return BLOOP_OK;
}

bloop_status bloop_json_leave(bloop_json_reader *reader)
{
    if (reader->state == BL_JSON_FAILED)
        return bl_json_tell(reader);
    if (reader->depth == 0)
        return bl_json_fail_misuse(reader, "no object or array is open that could be left");
    skip_to_depth(reader, reader->depth - 1);
    return reader->status;
}

bloop_status bloop_json_finish(bloop_json_reader *reader)
{
    bl_json_token token;
    if (reader->state == BL_JSON_FAILED)
        return bl_json_tell(reader);
    if (reader->state != BL_JSON_AFTER || reader->depth > 0)
        return bl_json_fail_misuse(reader, "the value was not read to its end");
    bl_json_step(reader, &token);
    return reader->status;
}

bool bl_json_expect_value(bloop_json_reader *reader)
{
    if (BL_LIKELY(reader->state == BL_JSON_AT_VALUE))
        return true;
    if (reader->state == BL_JSON_FAILED)
        bl_json_tell(reader);
    else
        bl_json_fail_misuse(reader, "no value comes next: go to a name or an element first");
    return false;
}

bloop_json_event bl_json_step(bloop_json_reader *reader, bl_json_token *token)
{
    bl_json_found found;
    bool in_object = bl_json_in_object(&reader->levels, reader->depth);
    switch (reader->state) {
    case BL_JSON_AT_VALUE: return take_value(reader, token);
    case BL_JSON_AT_ELEMENT:
    case BL_JSON_AT_NAME:
    case BL_JSON_AFTER:
        if (reader->depth == 0)
            return take_end(reader);
        found = in_object ? bl_json_to_member(reader, token) : bl_json_to_element(reader);
        if (found == BL_JSON_NO_MORE)
            return in_object ? BLOOP_JSON_END_OBJECT : BLOOP_JSON_END_ARRAY;
        if (found == BL_JSON_MORE)
            return in_object ? BLOOP_JSON_NAME : take_value(reader, token);
        return BLOOP_JSON_ERROR;
    case BL_JSON_FAILED: break;
    }
    bl_json_tell(reader);
    return BLOOP_JSON_ERROR;
}

bl_json_found bl_json_to_member(bloop_json_reader *reader, bl_json_token *name)
{
    bl_json_skip_space(reader);
    reader->token = reader->at;
    if (bl_json_accept(reader, '}')) {
        close_container(reader);
        return BL_JSON_NO_MORE;
    }
    if (reader->state == BL_JSON_AFTER && !bl_json_accept(reader, ',')) {
        bl_json_fail_expected(reader, reader->at, "a comma or '}'");
        return BL_JSON_FAILURE;
    }
    bl_json_skip_space(reader);
    reader->token = reader->at;
    if (!bl_json_take_name(reader, name))
        return BL_JSON_FAILURE;
    reader->state = BL_JSON_AT_VALUE;
    return BL_JSON_MORE;
}

bl_json_found bl_json_to_element(bloop_json_reader *reader)
{
    bl_json_skip_space(reader);
    reader->token = reader->at;
    if (bl_json_accept(reader, ']')) {
        close_container(reader);
        return BL_JSON_NO_MORE;
    }
    if (reader->state == BL_JSON_AFTER && !bl_json_accept(reader, ',')) {
        bl_json_fail_expected(reader, reader->at, "a comma or ']'");
        return BL_JSON_FAILURE;
    }
    reader->state = BL_JSON_AT_VALUE;
    return BL_JSON_MORE;
}

static bloop_json_event take_value(bloop_json_reader *reader, bl_json_token *token)
{
    bl_json_skip_space(reader);
    reader->token = reader->at;
    if (BL_UNLIKELY(reader->at == reader->end)) {
        bl_json_fail_expected(reader, reader->at, "a value");
        return BLOOP_JSON_ERROR;
    }
    bloop_json_event event = (bloop_json_event)event_of_byte[*reader->at];
    switch (event) {
    case BLOOP_JSON_STRING:
        reader->state = BL_JSON_AFTER;
        return bl_json_take_string(reader, token) ? event : BLOOP_JSON_ERROR;
    case BLOOP_JSON_NUMBER:
        reader->state = BL_JSON_AFTER;
        return bl_json_take_number(reader, token) ? event : BLOOP_JSON_ERROR;
    case BLOOP_JSON_BEGIN_OBJECT:
    case BLOOP_JSON_BEGIN_ARRAY: return open_container(reader, event);
    default: return take_constant(reader, event);
    }
}

/* true, false, null, or what is no value at all. */
static bloop_json_event take_constant(bloop_json_reader *reader, bloop_json_event event)
{
    static const struct {
        const char *text;
        size_t size;
    } constants[] = {
        [BLOOP_JSON_TRUE] = { "true", 4 },
        [BLOOP_JSON_FALSE] = { "false", 5 },
        [BLOOP_JSON_NULL] = { "null", 4 },
    };
    if (event == BLOOP_JSON_ERROR) {
        if (reader->at == reader->begin && reader->end - reader->at >= 3 && memcmp(reader->at, "\xEF\xBB\xBF", 3) == 0)
            bl_json_fail(reader, BLOOP_INVALID_SYNTAX, reader->at, "a text can't begin with a byte order mark");
        else
            bl_json_fail_expected(reader, reader->at, "a value");
        return event;
    }
    reader->state = BL_JSON_AFTER;
    return bl_json_take_literal(reader, constants[event].text, constants[event].size) ? event : BLOOP_JSON_ERROR;
}

static bloop_json_event take_end(bloop_json_reader *reader)
{
    bl_json_skip_space(reader);
    reader->token = reader->at;
    if (reader->at == reader->end)
        return BLOOP_JSON_END;
    bl_json_fail_expected(reader, reader->at, "the end of the text");
    return BLOOP_JSON_ERROR;
}

static bloop_json_event open_container(bloop_json_reader *reader, bloop_json_event event)
{
    if (reader->depth >= reader->max_depth) {
        bl_json_fail(reader, BLOOP_INVALID_VALUE, reader->at, "arrays and objects nest deeper than %u levels",
                     (unsigned)reader->max_depth);
        return BLOOP_JSON_ERROR;
    }
    bool object = event == BLOOP_JSON_BEGIN_OBJECT;
    bl_json_set_level(&reader->levels, reader->depth++, object);
    reader->state = object ? BL_JSON_AT_NAME : BL_JSON_AT_ELEMENT;
    reader->at++;
    return event;
}

static void close_container(bloop_json_reader *reader)
{
    reader->depth--;
    reader->state = BL_JSON_AFTER;
    reader->text = (bloop_slice){ NULL, 0 };
}

/* Reads at least one event, and on until no more than `depth` containers are open and no value is pending. */
static bool skip_to_depth(bloop_json_reader *reader, uint32_t depth)
{
    bl_json_token token;
    reader->text = (bloop_slice){ NULL, 0 };
    do {
        if (bl_json_step(reader, &token) == BLOOP_JSON_ERROR)
            return false;
    } while (reader->depth > depth || reader->state != BL_JSON_AFTER);
    return true;
}
