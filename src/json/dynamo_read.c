/* The DynamoDB form, read into a builder in one pass: the bytes of a value go from the text to their packed place, without
   events in between. Recursion is bounded by the builder, which refuses to begin a container below DynamoDB's 32 levels. */
#include "json/reader_private.h"

/* {"?": with any letter in the middle, as bl_load_le64 loads it. */
#define HEAD      UINT64_C(0x3A2200227B)
#define HEAD_MASK UINT64_C(0xFFFF00FFFF)

/* Reads a value's content, after its tag, or an element of a set. */
typedef bool (*element_reader)(bloop_json_reader *reader, bloop_builder *builder);

static bloop_status read_with(bloop_json_reader *reader, bloop_builder *builder, element_reader read);
static bool read_value(bloop_json_reader *reader, bloop_builder *builder);
static bool read_tagged(bloop_json_reader *reader, bloop_builder *builder, const uint8_t *value);
static bool read_tag(bloop_json_reader *reader, const uint8_t *value, bloop_tag *out);
static bool read_null(bloop_json_reader *reader, bloop_builder *builder);
static bool read_bool(bloop_json_reader *reader, bloop_builder *builder);
static bool read_string(bloop_json_reader *reader, bloop_builder *builder);
static bool read_number(bloop_json_reader *reader, bloop_builder *builder);
static bool read_binary(bloop_json_reader *reader, bloop_builder *builder);
static bool read_set(bloop_json_reader *reader, bloop_builder *builder, bloop_tag tag);
static bool read_list(bloop_json_reader *reader, bloop_builder *builder);
static bool read_map(bloop_json_reader *reader, bloop_builder *builder);
static inline bool take_quoted(bloop_json_reader *reader, const char *what, bl_json_token *out);
static bool take_quoted_digits(bloop_json_reader *reader, bloop_builder *builder);
static inline bool open_with(bloop_json_reader *reader, uint8_t byte, const char *what);
static inline bool comma_or(bloop_json_reader *reader, uint8_t close, bool *more);
static inline bool end_container(bloop_json_reader *reader, bloop_builder *builder, const uint8_t *at);
static inline bool builder_fine(bloop_json_reader *reader, bloop_builder *builder, const uint8_t *at);

bloop_status bloop_json_read_value(bloop_json_reader *reader, bloop_builder *builder)
{
    return read_with(reader, builder, read_value);
}

bloop_status bloop_json_read_item(bloop_json_reader *reader, bloop_builder *builder)
{
    return read_with(reader, builder, read_map);
}

static bloop_status read_with(bloop_json_reader *reader, bloop_builder *builder, element_reader read)
{
    if (!bl_json_expect_value(reader))
        goto failed;
    bl_json_skip_space(reader);
    const uint8_t *at = reader->at;
    if (!read(reader, builder) || !builder_fine(reader, builder, at))
        goto failed;
    reader->token = at;
    reader->text = (bloop_slice){ NULL, 0 };
    reader->state = BL_JSON_AFTER;
    return BLOOP_OK;

failed:
    bl_builder_fail(builder, reader->status);
    return reader->status;
}

/* {"S":"…"} with any tag. What nearly every value is comes first: a tag of one letter, and no white space. */
static bool read_value(bloop_json_reader *reader, bloop_builder *builder)
{
    static const uint8_t tags[256] = {
        ['S'] = BLOOP_TAG_S, ['N'] = BLOOP_TAG_N, ['B'] = BLOOP_TAG_B, ['L'] = BLOOP_TAG_L, ['M'] = BLOOP_TAG_M,
    };
    bl_json_skip_space(reader);
    const uint8_t *value = reader->at;
    if (reader->end - value >= 8 && (bl_load_le64(value) & HEAD_MASK) == HEAD && tags[value[2]]) {
        reader->at = value + 5;
        return bl_json_read_payload(reader, builder, (bloop_tag)tags[value[2]]);
    }
    return read_tagged(reader, builder, value);
}

static bool read_tagged(bloop_json_reader *reader, bloop_builder *builder, const uint8_t *value)
{
    bloop_tag tag;
    return read_tag(reader, value, &tag) && bl_json_read_payload(reader, builder, tag);
}

/* The opening brace and the name that is the type. */
static bool read_tag(bloop_json_reader *reader, const uint8_t *value, bloop_tag *out)
{
    bl_json_token token;
    bloop_slice name;
    char quoted[BL_QUOTE_SIZE];
    if (!open_with(reader, '{', "an attribute value, such as {\"S\": \"text\"},"))
        return false;
    bl_json_skip_space(reader);
    const uint8_t *at = reader->at;
    if (at < reader->end && *at == '}') {
        bl_json_fail(reader, BLOOP_INVALID_VALUE, value,
                     "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
        return false;
    }
    if (!bl_json_take_name(reader, &token) || !bl_json_borrow_text(reader, &token, &name))
        return false;
    *out = bloop_tag_of_name(name.data, name.size);
    if (*out != BLOOP_TAG_NONE)
        return true;
    bl_json_fail(reader, BLOOP_INVALID_VALUE, at, "%s is no type: there are S, N, B, BOOL, NULL, SS, NS, BS, L and M",
                 bl_quote(quoted, name.data, name.size));
    return false;
}

/* What follows the tag, and the closing brace. */
bool bl_json_read_payload(bloop_json_reader *reader, bloop_builder *builder, bloop_tag tag)
{
    static const element_reader readers[BLOOP_TAG_COUNT] = {
        [BLOOP_TAG_NULL] = read_null, [BLOOP_TAG_BOOL] = read_bool, [BLOOP_TAG_N] = read_number,
        [BLOOP_TAG_S] = read_string,  [BLOOP_TAG_B] = read_binary,  [BLOOP_TAG_L] = read_list,
        [BLOOP_TAG_M] = read_map,
    };
    bool read = readers[tag] ? readers[tag](reader, builder) : read_set(reader, builder, tag);
    if (!read)
        return false;
    if (BL_LIKELY(bl_json_accept(reader, '}')))
        return true;
    if (bl_json_accept(reader, ','))
        bl_json_fail(
            reader, BLOOP_INVALID_VALUE, reader->at - 1,
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported "
            "datatypes");
    else
        bl_json_fail_expected(reader, reader->at, "'}'");
    return false;
}

static bool read_null(bloop_json_reader *reader, bloop_builder *builder)
{
    bl_json_skip_space(reader);
    if (reader->at < reader->end && *reader->at == 'f') {
        bl_json_fail(
            reader, BLOOP_INVALID_VALUE, reader->at,
            "One or more parameter values were invalid: Null attribute value types must have the value of true");
        return false;
    }
    if (!bl_json_take_literal(reader, "true", 4))
        return false;
    bloop_build_null(builder);
    return true;
}

static bool read_bool(bloop_json_reader *reader, bloop_builder *builder)
{
    bl_json_skip_space(reader);
    bool value = reader->at < reader->end && *reader->at == 't';
    if (!value && (reader->at == reader->end || *reader->at != 'f')) {
        bl_json_fail_expected(reader, reader->at, "true or false");
        return false;
    }
    if (!bl_json_take_literal(reader, value ? "true" : "false", value ? 4 : 5))
        return false;
    bloop_build_bool(builder, value);
    return true;
}

static bool read_string(bloop_json_reader *reader, bloop_builder *builder)
{
    bl_json_token token;
    bloop_slice text;
    if (!take_quoted(reader, "a string", &token) || !bl_json_borrow_text(reader, &token, &text))
        return false;
    bloop_build_string(builder, text.data, text.size);
    return true;
}

static bool read_number(bloop_json_reader *reader, bloop_builder *builder)
{
    bl_json_token token;
    bloop_slice text;
    bloop_number number;
    if (BL_LIKELY(take_quoted_digits(reader, builder)))
        return true;
    if (!take_quoted(reader, "a number in quotes", &token) || !bl_json_borrow_text(reader, &token, &text))
        return false;
    if (bloop_number_parse(text.data, text.size, &number)) {
        bl_json_fail_as_told(reader, token.data);
        return false;
    }
    bloop_build_number(builder, number);
    return true;
}

static bool read_binary(bloop_json_reader *reader, bloop_builder *builder)
{
    bl_json_token token;
    if (!take_quoted(reader, "base64 in quotes", &token))
        return false;
    bloop_slice text = bl_json_token_slice(&token);
    if (token.escaped && !bl_json_keep_text(reader, &token, &text))
        return false;
    bl_buffer_clear(&reader->scratch);
    if (bl_base64_decode(&reader->scratch, text.data, text.size)) {
        bl_json_fail_as_told(reader, token.data);
        return false;
    }
    bloop_build_binary(builder, reader->scratch.data, reader->scratch.size);
    return true;
}

static bool read_set(bloop_json_reader *reader, bloop_builder *builder, bloop_tag tag)
{
    const char *kind = tag == BLOOP_TAG_SS ? "string" : tag == BLOOP_TAG_NS ? "number" : "binary";
    element_reader read = tag == BLOOP_TAG_SS ? read_string : tag == BLOOP_TAG_NS ? read_number : read_binary;
    const uint8_t *at = reader->at;
    bool more = true;
    if (!open_with(reader, '[', "an array"))
        return false;
    if (bl_json_accept(reader, ']')) {
        bl_json_fail(reader, BLOOP_INVALID_VALUE, at,
                     "One or more parameter values were invalid: An %s set  may not be empty", kind);
        return false;
    }
    bloop_build_begin(builder, tag);
    while (more) {
        if (!read(reader, builder) || !comma_or(reader, ']', &more))
            return false;
    }
    return end_container(reader, builder, at);
}

static bool read_list(bloop_json_reader *reader, bloop_builder *builder)
{
    const uint8_t *at = reader->at;
    if (!open_with(reader, '[', "an array"))
        return false;
    bloop_build_begin(builder, BLOOP_TAG_L);
    bool more = builder_fine(reader, builder, at) && !bl_json_accept(reader, ']');
    while (more) {
        if (!read_value(reader, builder) || !comma_or(reader, ']', &more))
            return false;
    }
    return end_container(reader, builder, at);
}

static bool read_map(bloop_json_reader *reader, bloop_builder *builder)
{
    const uint8_t *at = reader->at;
    bl_json_token token;
    bloop_slice name;
    if (!open_with(reader, '{', "an object"))
        return false;
    bloop_build_begin(builder, BLOOP_TAG_M);
    bool more = builder_fine(reader, builder, at) && !bl_json_accept(reader, '}');
    while (more) {
        bl_json_skip_space(reader);
        const uint8_t *name_at = reader->at;
        if (!bl_json_take_name(reader, &token) || !bl_json_borrow_text(reader, &token, &name))
            return false;
        bloop_build_name(builder, name.data, name.size);
        if (!builder_fine(reader, builder, name_at) || !read_value(reader, builder) || !comma_or(reader, '}', &more))
            return false;
    }
    return end_container(reader, builder, at);
}

static inline bool take_quoted(bloop_json_reader *reader, const char *what, bl_json_token *out)
{
    bl_json_skip_space(reader);
    if (BL_LIKELY(reader->at < reader->end && *reader->at == '"'))
        return bl_json_take_string(reader, out);
    bl_json_fail_expected(reader, reader->at, what);
    return false;
}

/* The common numbers: up to 18 digits, with or without a point, no exponent. False, and nothing done, for all others. */
static bool take_quoted_digits(bloop_json_reader *reader, bloop_builder *builder)
{
    const uint8_t *at = reader->at, *end = reader->end, *point = NULL;
    uint64_t value = 0;
    if (end - at < 3 || *at != '"')
        return false;
    bool negative = at[1] == '-';
    const uint8_t *first = at + 1 + negative;
    for (at = first; at < end; at++) {
        unsigned digit = (unsigned)*at - '0';
        if (digit < 10)
            value = value * 10 + digit;
        else if (*at == '.' && !point)
            point = at;
        else
            break;
    }
    ptrdiff_t digits = at - first - (point != NULL);
    if (at == end || *at != '"' || digits < 1 || digits > 18 || point == first || point == at - 1)
        return false;
    if (point)
        bloop_build_number(builder, (bloop_number){ 0, value, (int16_t)(point + 1 - at), negative });
    else
        bloop_build_int64(builder, negative ? -(int64_t)value : (int64_t)value);
    reader->at = at + 1;
    return true;
}

static inline bool open_with(bloop_json_reader *reader, uint8_t byte, const char *what)
{
    if (bl_json_accept(reader, byte))
        return true;
    bl_json_fail_expected(reader, reader->at, what);
    return false;
}

/* What follows an element: a comma, and there is more, or the end of the container. */
static inline bool comma_or(bloop_json_reader *reader, uint8_t close, bool *more)
{
    if (bl_json_accept(reader, ','))
        return true;
    *more = false;
    if (bl_json_accept(reader, close))
        return true;
    bl_json_fail_expected(reader, reader->at, close == ']' ? "a comma or ']'" : "a comma or '}'");
    return false;
}

static inline bool end_container(bloop_json_reader *reader, bloop_builder *builder, const uint8_t *at)
{
    bloop_build_end(builder);
    return builder_fine(reader, builder, at);
}

/* Makes the reader fail where the builder has. */
static inline bool builder_fine(bloop_json_reader *reader, bloop_builder *builder, const uint8_t *at)
{
    if (BL_LIKELY(builder->status == BLOOP_OK))
        return true;
    bl_json_fail(reader, builder->status, at, "%s", builder->message);
    return false;
}
