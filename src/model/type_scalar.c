/* The built-in types of single values. */
#include "model/type_private.h"

/* Years 1 to 9999, as bloop_datetime has them. */
#define FIRST_SECOND INT64_C(-62135596800)
#define LAST_SECOND  INT64_C(253402300799)

typedef const bloop_type *type_;

static bloop_status load_string_value(type_ type, bloop_value stored, void *value, bloop_memory *memory);
static bloop_status load_string(type_ type, const bloop_stored *stored, void *value, bloop_memory *memory);
static bloop_status dump_string(type_ type, const void *value, bloop_stored *stored, bloop_memory *memory);
static bloop_status load_text(type_ type, const bloop_stored *stored, void *value, bloop_memory *memory);
static bloop_status dump_text(type_ type, const void *value, bloop_stored *stored, bloop_memory *memory);
static bloop_status load_binary(type_ type, const bloop_stored *stored, void *value, bloop_memory *memory);
static bloop_status dump_binary(type_ type, const void *value, bloop_stored *stored, bloop_memory *memory);
static bloop_status load_boolean_value(type_ type, bloop_value stored, void *value, bloop_memory *memory);
static bloop_status load_boolean(type_ type, const bloop_stored *stored, void *value, bloop_memory *memory);
static bloop_status dump_boolean(type_ type, const void *value, bloop_stored *stored, bloop_memory *memory);
static bloop_status load_uuid_value(type_ type, bloop_value stored, void *value, bloop_memory *memory);
static bloop_status load_uuid(type_ type, const bloop_stored *stored, void *value, bloop_memory *memory);
static bloop_status dump_uuid(type_ type, const void *value, bloop_stored *stored, bloop_memory *memory);
static bloop_status load_number_value(type_ type, bloop_value stored, void *value, bloop_memory *memory);
static bloop_status load_number(type_ type, const bloop_stored *stored, void *value, bloop_memory *memory);
static bloop_status dump_number(type_ type, const void *value, bloop_stored *stored, bloop_memory *memory);
static bloop_status load_integer_value(type_ type, bloop_value stored, void *value, bloop_memory *memory);
static bloop_status load_integer(type_ type, const bloop_stored *stored, void *value, bloop_memory *memory);
static bloop_status dump_integer(type_ type, const void *value, bloop_stored *stored, bloop_memory *memory);
static bloop_status load_double(type_ type, const bloop_stored *stored, void *value, bloop_memory *memory);
static bloop_status dump_double(type_ type, const void *value, bloop_stored *stored, bloop_memory *memory);
static bloop_status load_date_time_value(type_ type, bloop_value stored, void *value, bloop_memory *memory);
static bloop_status load_date_time(type_ type, const bloop_stored *stored, void *value, bloop_memory *memory);
static bloop_status dump_date_time(type_ type, const void *value, bloop_stored *stored, bloop_memory *memory);
static bloop_status load_timestamp(type_ type, const bloop_stored *stored, void *value, bloop_memory *memory);
static bloop_status dump_timestamp(type_ type, const void *value, bloop_stored *stored, bloop_memory *memory);
static bloop_status load_dynamic(type_ type, bloop_value stored, void *value, bloop_memory *memory);
static bloop_status dump_dynamic(type_ type, const void *value, bloop_builder *builder, bloop_memory *memory);
static bool is_absent_dynamic(type_ type, const void *value);

#define SCALAR_(N, TAG, KIND) \
    .name = #N, .backing = BLOOP_TAG_##TAG, .kind = BLOOP_KIND_##KIND, .size = sizeof(BLOOP_C_##N)

/* The wire level saves the loads of the most frequent types a step; all others go by `load`. */
const bloop_type bloop_type_String = { SCALAR_(String, S, STRING), .load = load_string, .dump = dump_string,
                                       .load_value = load_string_value };
const bloop_type bloop_type_Text = { SCALAR_(Text, S, TEXT), .load = load_text, .dump = dump_text };
const bloop_type bloop_type_Binary = { SCALAR_(Binary, B, BYTES), .load = load_binary, .dump = dump_binary };
const bloop_type bloop_type_Boolean = { SCALAR_(Boolean, BOOL, BOOL), .load = load_boolean, .dump = dump_boolean,
                                        .load_value = load_boolean_value };
const bloop_type bloop_type_UUID = { SCALAR_(UUID, S, UUID), .load = load_uuid, .dump = dump_uuid,
                                     .load_value = load_uuid_value };
const bloop_type bloop_type_Number = { SCALAR_(Number, N, NUMBER), .load = load_number, .dump = dump_number,
                                       .load_value = load_number_value };
const bloop_type bloop_type_Integer = { SCALAR_(Integer, N, SIGNED), .load = load_integer, .dump = dump_integer,
                                        .load_value = load_integer_value };
const bloop_type bloop_type_Double = { SCALAR_(Double, N, DOUBLE), .load = load_double, .dump = dump_double };
const bloop_type bloop_type_DateTime = { SCALAR_(DateTime, S, DATETIME), .load = load_date_time, .dump = dump_date_time,
                                         .load_value = load_date_time_value };
const bloop_type bloop_type_Timestamp = { SCALAR_(Timestamp, N, DATETIME), .load = load_timestamp,
                                          .dump = dump_timestamp };
const bloop_type bloop_type_Dynamic = { SCALAR_(Dynamic, NONE, VALUE), .load_value = load_dynamic,
                                        .dump_value = dump_dynamic, .is_absent = is_absent_dynamic };

static inline bloop_slice text_of(bloop_value stored);
static bloop_status in_zone(type_ type, bloop_datetime *value);
static bloop_status rounded(type_ type, bloop_number number, bloop_number *out);

static bloop_status fail_null(const char *what)
{
    return bl_error(BLOOP_INVALID_VALUE, "NULL is no %s (bloop_unset takes a value away)", what);
}

static bloop_status load_string_value(type_ type, bloop_value stored, void *value, bloop_memory *memory)
{
    if (BL_UNLIKELY(stored.data[0] != BLOOP_TAG_S))
        return bl_type_load_stored(type, stored, value, memory);
    return bl_string_load(text_of(stored), value);
}

static bloop_status load_string(type_ type, const bloop_stored *stored, void *value, bloop_memory *memory)
{
    (void)type, (void)memory;
    return bl_string_load(stored->as.text, value);
}

/* Of a packed S: behind a head of 5 bytes, before a zero byte. */
static inline bloop_slice text_of(bloop_value stored)
{
    return (bloop_slice){ (const char *)stored.data + 5, stored.size - 6 };
}

bloop_status bl_string_fail_zero(bloop_slice text)
{
    char quoted[BL_QUOTE_SIZE];
    return bl_error(BLOOP_INVALID_VALUE,
                    "the stored string %s has U+0000 at byte %zu, which a const char * can't hold: "
                    "the column has to be a Text",
                    bl_quote(quoted, text.data, text.size), strlen(text.data));
}

static bloop_status dump_string(type_ type, const void *value, bloop_stored *stored, bloop_memory *memory)
{
    (void)type, (void)memory;
    const char *text = *(const char *const *)value;
    if (!text)
        return fail_null("String");
    stored->as.text = (bloop_slice){ text, strlen(text) };
    return BLOOP_OK;
}

static bloop_status load_text(type_ type, const bloop_stored *stored, void *value, bloop_memory *memory)
{
    (void)type, (void)memory;
    *(bloop_slice *)value = stored->as.text;
    return BLOOP_OK;
}

static bloop_status dump_text(type_ type, const void *value, bloop_stored *stored, bloop_memory *memory)
{
    (void)type, (void)memory;
    bloop_slice text = *(const bloop_slice *)value;
    if (!text.data && text.size)
        return fail_null("Text");
    stored->as.text = (bloop_slice){ text.data ? text.data : "", text.size };
    return BLOOP_OK;
}

static bloop_status load_binary(type_ type, const bloop_stored *stored, void *value, bloop_memory *memory)
{
    (void)type, (void)memory;
    *(bloop_bytes *)value = stored->as.binary;
    return BLOOP_OK;
}

static bloop_status dump_binary(type_ type, const void *value, bloop_stored *stored, bloop_memory *memory)
{
    (void)type, (void)memory;
    bloop_bytes bytes = *(const bloop_bytes *)value;
    if (!bytes.data && bytes.size)
        return fail_null("Binary");
    stored->as.binary = (bloop_bytes){ bytes.data ? bytes.data : "", bytes.size };
    return BLOOP_OK;
}

static bloop_status load_boolean_value(type_ type, bloop_value stored, void *value, bloop_memory *memory)
{
    if (BL_UNLIKELY(stored.data[0] != BLOOP_TAG_BOOL))
        return bl_type_load_stored(type, stored, value, memory);
    *(bool *)value = stored.data[1] != 0;
    return BLOOP_OK;
}

static bloop_status load_boolean(type_ type, const bloop_stored *stored, void *value, bloop_memory *memory)
{
    (void)type, (void)memory;
    *(bool *)value = stored->as.boolean;
    return BLOOP_OK;
}

static bloop_status dump_boolean(type_ type, const void *value, bloop_stored *stored, bloop_memory *memory)
{
    (void)type, (void)memory;
    stored->as.boolean = *(const bool *)value;
    return BLOOP_OK;
}

static bloop_status load_uuid_value(type_ type, bloop_value stored, void *value, bloop_memory *memory)
{
    if (BL_UNLIKELY(stored.data[0] != BLOOP_TAG_S))
        return bl_type_load_stored(type, stored, value, memory);
    bloop_slice text = text_of(stored);
    return bloop_uuid_parse(text.data, text.size, value);
}

static bloop_status load_uuid(type_ type, const bloop_stored *stored, void *value, bloop_memory *memory)
{
    (void)type, (void)memory;
    return bloop_uuid_parse(stored->as.text.data, stored->as.text.size, value);
}

static bloop_status dump_uuid(type_ type, const void *value, bloop_stored *stored, bloop_memory *memory)
{
    (void)type;
    char *text = bl_memory_take(memory, BLOOP_UUID_TEXT_SIZE);
    if (!text)
        return BLOOP_NO_MEMORY;
    bloop_uuid_format(*(const bloop_uuid *)value, text);
    stored->as.text = (bloop_slice){ text, BLOOP_UUID_TEXT_SIZE - 1 };
    return BLOOP_OK;
}

/* A type's argument is the number of digits to round to. */
static bloop_status rounded(type_ type, bloop_number number, bloop_number *out)
{
    const int *digits = bl_type_argument(type);
    if (digits)
        return bloop_number_round(number, *digits, out);
    *out = number;
    return BLOOP_OK;
}

static bloop_status load_number_value(type_ type, bloop_value stored, void *value, bloop_memory *memory)
{
    if (BL_UNLIKELY(stored.data[0] != BLOOP_TAG_N))
        return bl_type_load_stored(type, stored, value, memory);
    bl_number_read(stored.data + 2, stored.data[1], value);
    return BL_LIKELY(!bl_type_argument(type)) ? BLOOP_OK : rounded(type, *(bloop_number *)value, value);
}

static bloop_status load_number(type_ type, const bloop_stored *stored, void *value, bloop_memory *memory)
{
    (void)memory;
    return rounded(type, stored->as.number, value);
}

static bloop_status dump_number(type_ type, const void *value, bloop_stored *stored, bloop_memory *memory)
{
    (void)memory;
    bloop_number number;
    bloop_status status = rounded(type, *(const bloop_number *)value, &number);
    return status == BLOOP_OK ? bl_number_check(number, &stored->as.number) : status;
}

static bloop_status load_integer_value(type_ type, bloop_value stored, void *value, bloop_memory *memory)
{
    if (BL_LIKELY(stored.data[0] == BLOOP_TAG_N) && bl_number_decode_int64(stored.data + 2, stored.data[1], value))
        return BLOOP_OK;
    return bl_type_load_stored(type, stored, value, memory);
}

static bloop_status load_integer(type_ type, const bloop_stored *stored, void *value, bloop_memory *memory)
{
    char digits[BLOOP_NUMBER_TEXT_SIZE];
    (void)type, (void)memory;
    if (bloop_number_truncate_to_int64(stored->as.number, value) == BLOOP_OK)
        return BLOOP_OK;
    bloop_number_format(stored->as.number, digits);
    return bl_error(BLOOP_INVALID_VALUE, "the stored number %s does not fit an Integer, which has 64 bits", digits);
}

static bloop_status dump_integer(type_ type, const void *value, bloop_stored *stored, bloop_memory *memory)
{
    (void)type, (void)memory;
    stored->as.number = bloop_number_of_int64(*(const int64_t *)value);
    return BLOOP_OK;
}

static bloop_status load_double(type_ type, const bloop_stored *stored, void *value, bloop_memory *memory)
{
    (void)type, (void)memory;
    *(double *)value = bloop_number_to_double(stored->as.number);
    return BLOOP_OK;
}

static bloop_status dump_double(type_ type, const void *value, bloop_stored *stored, bloop_memory *memory)
{
    (void)type, (void)memory;
    return bloop_number_of_double(*(const double *)value, &stored->as.number);
}

/* A type's argument is the time zone of its local values. */
static bloop_status in_zone(type_ type, bloop_datetime *value)
{
    const char *zone = bl_type_argument(type);
    return zone ? bloop_datetime_in_zone(*value, zone, value) : BLOOP_OK;
}

static bloop_status load_date_time_value(type_ type, bloop_value stored, void *value, bloop_memory *memory)
{
    if (BL_UNLIKELY(stored.data[0] != BLOOP_TAG_S))
        return bl_type_load_stored(type, stored, value, memory);
    bloop_slice text = text_of(stored);
    bloop_status status = bloop_datetime_parse(text.data, text.size, value);
    return BL_LIKELY(status == BLOOP_OK) ? in_zone(type, value) : status;
}

static bloop_status load_date_time(type_ type, const bloop_stored *stored, void *value, bloop_memory *memory)
{
    (void)memory;
    bloop_slice text = stored->as.text;
    bloop_status status = bloop_datetime_parse(text.data, text.size, value);
    return status == BLOOP_OK ? in_zone(type, value) : status;
}

static bloop_status dump_date_time(type_ type, const void *value, bloop_stored *stored, bloop_memory *memory)
{
    (void)type;
    char *text = bl_memory_take(memory, BLOOP_DATETIME_TEXT_SIZE);
    if (!text)
        return BLOOP_NO_MEMORY;
    bloop_status status = bloop_datetime_format_utc(*(const bloop_datetime *)value, text);
    stored->as.text = (bloop_slice){ text, strlen(text) };
    return status;
}

static bloop_status load_timestamp(type_ type, const bloop_stored *stored, void *value, bloop_memory *memory)
{
    char digits[BLOOP_NUMBER_TEXT_SIZE];
    (void)memory;
    int64_t seconds;
    if (bloop_number_truncate_to_int64(stored->as.number, &seconds) != BLOOP_OK || seconds < FIRST_SECOND ||
        seconds > LAST_SECOND) {
        bloop_number_format(stored->as.number, digits);
        return bl_error(BLOOP_INVALID_VALUE, "%s seconds since 1970 are not in the years 1 to 9999", digits);
    }
    *(bloop_datetime *)value = (bloop_datetime){ .microseconds = seconds * 1000000 };
    return in_zone(type, value);
}

/* Fractions of a second are cut off, towards 1970, as in the reference. */
static bloop_status dump_timestamp(type_ type, const void *value, bloop_stored *stored, bloop_memory *memory)
{
    (void)type, (void)memory;
    int64_t microseconds = ((const bloop_datetime *)value)->microseconds;
    int64_t seconds = microseconds / 1000000;
    if (microseconds < FIRST_SECOND * 1000000 || seconds > LAST_SECOND)
        return bl_error(BLOOP_INVALID_VALUE, "%lld microseconds since 1970 are not in the years 1 to 9999",
                        (long long)microseconds);
    stored->as.number = bloop_number_of_int64(seconds);
    return BLOOP_OK;
}

static bloop_status load_dynamic(type_ type, bloop_value stored, void *value, bloop_memory *memory)
{
    (void)type, (void)memory;
    *(bloop_value *)value = stored;
    return BLOOP_OK;
}

static bloop_status dump_dynamic(type_ type, const void *value, bloop_builder *builder, bloop_memory *memory)
{
    (void)type, (void)memory;
    bloop_value packed = *(const bloop_value *)value;
    bloop_status status = bloop_value_check(packed.data, packed.size);
    if (status != BLOOP_OK)
        return bl_error_as(BLOOP_INVALID_VALUE);
    bloop_build_value(builder, packed);
    return bl_builder_status(builder);
}

static bool is_absent_dynamic(type_ type, const void *value)
{
    (void)type;
    return !((const bloop_value *)value)->data;
}
