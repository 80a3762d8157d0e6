/* The tokens of JSON text: strings, which are checked for UTF-8 as they are scanned, names, numbers and constants. */
#include "json/reader_private.h"

static const uint8_t *check_escape(bloop_json_reader *reader, const uint8_t *at);
static const uint8_t *check_unicode_escape(bloop_json_reader *reader, const uint8_t *at);
static const uint8_t *check_not_ascii(bloop_json_reader *reader, const uint8_t *at);
static size_t sequence_size(const uint8_t *at, const uint8_t *end);
static int hex_digit(uint8_t byte);
static int hex_unit(const uint8_t *at);
static size_t unescape(uint8_t *out, const bl_json_token *token);
static uint8_t *unescape_unicode(uint8_t *out, const uint8_t **at);
static const uint8_t *take_digits(bloop_json_reader *reader, const uint8_t *at);

/* What an escape of two characters stands for. U+0000 is none of these. */
static const uint8_t escapes[256] = {
    ['"'] = '"', ['\\'] = '\\', ['/'] = '/', ['b'] = '\b', ['f'] = '\f', ['n'] = '\n', ['r'] = '\r', ['t'] = '\t',
};

bool bl_json_take_string_rest(bloop_json_reader *reader, const uint8_t *stop, bl_json_token *out)
{
    const uint8_t *content = reader->at + 1;
    bool escaped = false;
    while (stop && stop < reader->end && *stop != '"') {
        if (*stop == '\\') {
            escaped = true;
            stop = check_escape(reader, stop);
        } else {
            stop = check_not_ascii(reader, stop);
        }
        if (stop)
            stop = bl_json_scan(stop, reader->end);
    }
    if (!stop)
        return false;
    if (stop == reader->end) {
        bl_json_fail(reader, BLOOP_INVALID_SYNTAX, stop, "the text ends inside a string");
        return false;
    }
    *out = (bl_json_token){ content, (size_t)(stop - content), escaped };
    reader->at = stop + 1;
    return true;
}

bool bl_json_take_name_slow(bloop_json_reader *reader, bl_json_token *out)
{
    if (reader->at == reader->end || *reader->at != '"') {
        bl_json_fail_expected(reader, reader->at, "a name in quotes");
        return false;
    }
    if (!bl_json_take_string(reader, out))
        return false;
    if (!bl_json_accept(reader, ':')) {
        bl_json_fail_expected(reader, reader->at, "a colon");
        return false;
    }
    return true;
}

bool bl_json_take_number(bloop_json_reader *reader, bl_json_token *out)
{
    const uint8_t *at = reader->at + (*reader->at == '-');
    const uint8_t *digits = at;
    at = take_digits(reader, at);
    if (at && at - digits > 1 && *digits == '0') {
        bl_json_fail(reader, BLOOP_INVALID_SYNTAX, digits, "a number can't begin with a zero and another digit");
        return false;
    }
    if (at && at < reader->end && *at == '.')
        at = take_digits(reader, at + 1);
    if (at && at < reader->end && (*at | 0x20) == 'e') {
        at++;
        if (at < reader->end && (*at == '+' || *at == '-'))
            at++;
        at = take_digits(reader, at);
    }
    if (!at)
        return false;
    *out = (bl_json_token){ reader->at, (size_t)(at - reader->at), false };
    reader->at = at;
    return true;
}

bool bl_json_take_literal(bloop_json_reader *reader, const char *literal, size_t size)
{
    if ((size_t)(reader->end - reader->at) < size || memcmp(reader->at, literal, size) != 0) {
        bl_json_fail(reader, BLOOP_INVALID_SYNTAX, reader->at, "'%s' is expected here", literal);
        return false;
    }
    reader->at += size;
    return true;
}

bool bl_json_keep_text(bloop_json_reader *reader, const bl_json_token *token, bloop_slice *out)
{
    uint8_t *text = bl_arena_alloc(&reader->strings, token->size);
    if (!text) {
        bl_json_fail_as_told(reader, token->data);
        return false;
    }
    *out = (bloop_slice){ (char *)text, unescape(text, token) };
    return true;
}

bool bl_json_borrow_text_slow(bloop_json_reader *reader, const bl_json_token *token, bloop_slice *out)
{
    bl_buffer_clear(&reader->scratch);
    uint8_t *text = bl_buffer_extend(&reader->scratch, token->size);
    if (!text) {
        bl_json_fail_as_told(reader, token->data);
        return false;
    }
    *out = (bloop_slice){ (char *)text, unescape(text, token) };
    return true;
}

/* Each check returns the place behind what it has checked, or NULL after a failure. */
static const uint8_t *check_escape(bloop_json_reader *reader, const uint8_t *at)
{
    if (reader->end - at < 2) {
        bl_json_fail(reader, BLOOP_INVALID_SYNTAX, reader->end, "the text ends inside a string");
        return NULL;
    }
    if (at[1] == 'u')
        return check_unicode_escape(reader, at);
    if (escapes[at[1]])
        return at + 2;
    bl_json_fail(reader, BLOOP_INVALID_SYNTAX, at, "a backslash can be followed by one of \"\\/bfnrtu only");
    return NULL;
}

static const uint8_t *check_unicode_escape(bloop_json_reader *reader, const uint8_t *at)
{
    int unit = reader->end - at < 6 ? -1 : hex_unit(at + 2);
    if (unit < 0) {
        bl_json_fail(reader, BLOOP_INVALID_SYNTAX, at, "\\u must be followed by four hexadecimal digits");
        return NULL;
    }
    if (unit < 0xD800 || unit > 0xDFFF)
        return at + 6;
    bool paired = unit < 0xDC00 && reader->end - at >= 12 && at[6] == '\\' && at[7] == 'u';
    int low = paired ? hex_unit(at + 8) : -1;
    if (low < 0xDC00 || low > 0xDFFF) {
        bl_json_fail(reader, BLOOP_INVALID_SYNTAX, at, "\\u%04X is half of a surrogate pair, without the other half",
                     (unsigned)unit);
        return NULL;
    }
    return at + 12;
}

/* A control character, or a run of characters beyond ASCII. */
static const uint8_t *check_not_ascii(bloop_json_reader *reader, const uint8_t *at)
{
    if (*at < 0x20) {
        bl_json_fail(reader, BLOOP_INVALID_SYNTAX, at, "the control character U+%04X must be escaped in a string",
                     (unsigned)*at);
        return NULL;
    }
    while (at < reader->end && *at >= 0x80) {
        size_t size = sequence_size(at, reader->end);
        if (size == 0) {
            bl_json_fail(reader, BLOOP_INVALID_SYNTAX, at, "the byte 0x%02X is not valid UTF-8 here", (unsigned)*at);
            return NULL;
        }
        at += size;
    }
    return at;
}

/* The bytes of the UTF-8 sequence of two to four that begins at `at`; 0 when it is none (RFC 3629: no overlong forms, no
   surrogates, nothing beyond U+10FFFF). */
static size_t sequence_size(const uint8_t *at, const uint8_t *end)
{
    size_t left = (size_t)(end - at);
    uint8_t lead = at[0];
    if (lead < 0xC2 || lead > 0xF4 || left < 2)
        return 0;
    if (lead < 0xE0)
        return (at[1] & 0xC0) == 0x80 ? 2 : 0;
    if (left < 3 || (at[2] & 0xC0) != 0x80)
        return 0;
    if (lead < 0xF0) {
        uint8_t lowest = lead == 0xE0 ? 0xA0 : 0x80;
        uint8_t highest = lead == 0xED ? 0x9F : 0xBF;
        return at[1] >= lowest && at[1] <= highest ? 3 : 0;
    }
    uint8_t lowest = lead == 0xF0 ? 0x90 : 0x80;
    uint8_t highest = lead == 0xF4 ? 0x8F : 0xBF;
    return left >= 4 && at[1] >= lowest && at[1] <= highest && (at[3] & 0xC0) == 0x80 ? 4 : 0;
}

static int hex_digit(uint8_t byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    uint8_t letter = byte | 0x20;
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/* Four hexadecimal digits; -1 when they are not. */
static int hex_unit(const uint8_t *at)
{
    int unit = 0;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(at[i]);
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

/* Writes what a checked token stands for, which is never longer than the token. Returns its size. */
static size_t unescape(uint8_t *out, const bl_json_token *token)
{
    const uint8_t *at = token->data, *end = at + token->size;
    uint8_t *to = out;
    while (at < end) {
        const uint8_t *stop = bl_json_scan_special(at, end);
        memcpy(to, at, (size_t)(stop - at));
        to += stop - at;
        at = stop;
        if (at == end)
            break;
        if (at[1] == 'u') {
            to = unescape_unicode(to, &at);
        } else {
            *to++ = escapes[at[1]];
            at += 2;
        }
    }
    return (size_t)(to - out);
}

/* One \u escape, or a pair of them, as UTF-8. */
static uint8_t *unescape_unicode(uint8_t *out, const uint8_t **at)
{
    uint32_t code = (uint32_t)hex_unit(*at + 2);
    *at += 6;
    if (code >= 0xD800 && code <= 0xDFFF) {
        code = 0x10000 + ((code - 0xD800) << 10) + ((uint32_t)hex_unit(*at + 2) - 0xDC00);
        *at += 6;
    }
    if (code < 0x80) {
        *out++ = (uint8_t)code;
        return out;
    }
    if (code < 0x800) {
        *out++ = (uint8_t)(0xC0 | code >> 6);
    } else {
        if (code < 0x10000) {
            *out++ = (uint8_t)(0xE0 | code >> 12);
        } else {
            *out++ = (uint8_t)(0xF0 | code >> 18);
            *out++ = (uint8_t)(0x80 | (code >> 12 & 0x3F));
        }
        *out++ = (uint8_t)(0x80 | (code >> 6 & 0x3F));
    }
    *out++ = (uint8_t)(0x80 | (code & 0x3F));
    return out;
}

/* One digit or more. */
static const uint8_t *take_digits(bloop_json_reader *reader, const uint8_t *at)
{
    const uint8_t *first = at;
    while (at < reader->end && *at >= '0' && *at <= '9')
        at++;
    if (at > first)
        return at;
    bl_json_fail_expected(reader, at, "a digit");
    return NULL;
}
