/* Single-valued types: what each stores, what it reads back, what it refuses and how it says so. */
#include <math.h>
#include <stdlib.h>

#include "sample.h"

BLOOP_TYPE(BerlinTime, bloop_datetime, BLOOP_ZONED("Europe/Berlin"));
BLOOP_TYPE(Price, bloop_number, BLOOP_ROUNDED(4));

BLOOP_MODEL(Scalars,
    column(String,    id, .hash_key = true),
    column(Text,      text),
    column(Binary,    binary),
    column(Boolean,   boolean),
    column(UUID,      uuid),
    column(Number,    number),
    column(Integer,   integer),
    column(Double,    real),
    column(DateTime,  datetime),
    column(Timestamp, timestamp),
    column(Dynamic,   dynamic),
    column(Named(BerlinTime), berlin),
    column(Named(Price), price));

static const char *stored(const struct Scalars *object, const bloop_column *column)
{
    return sample_text(bloop_object_packed(object, column));
}

/* One attribute, loaded into a new object. */
static struct Scalars *loaded(const char *json)
{
    struct Scalars *object = bloop_new(Scalars);
    if (bl_object_load(&object->bloop_object_, sample_item(json), NULL) != BLOOP_OK)
        fail_msg("%s", bloop_last_error()->message);
    return object;
}

static void refuses(const char *json, const char *message)
{
    struct Scalars *object = bloop_new(Scalars);
    assert_int_equal(bl_object_load(&object->bloop_object_, sample_item(json), NULL), BLOOP_INVALID_VALUE);
    assert_error(BLOOP_INVALID_VALUE, message);
    assert_int_equal(bloop_state(object, id), BLOOP_MISSING);
    bloop_free(object);
}

static void test_string(void **state)
{
    (void)state;
    struct Scalars *object = bloop_new(Scalars);
    char text[] = "h\xc3\xa4us";
    assert_int_equal(bloop_set(object, id, text), BLOOP_OK);
    text[0] = 'H';
    assert_string_equal(object->id, "h\xc3\xa4us");
    assert_string_equal(stored(object, &Scalars.id), "{\"S\":\"h\xc3\xa4us\"}");
    assert_int_equal(bloop_set(object, id, ""), BLOOP_OK);
    assert_string_equal(stored(object, &Scalars.id), "{\"S\":\"\"}");
    assert_int_equal(bloop_set(object, id, "\xff"), BLOOP_INVALID_VALUE);
    assert_error(BLOOP_INVALID_VALUE, "Scalars.id: the string \"\\xff\" is not UTF-8 at byte 0");
    assert_int_equal(bloop_set(object, id, NULL), BLOOP_INVALID_VALUE);
    assert_error(BLOOP_INVALID_VALUE, "Scalars.id: NULL is no String (bloop_unset takes a value away)");
    assert_string_equal(object->id, "");
    bloop_free(object);
    refuses("{\"id\":{\"S\":\"a\\u0000b\"}}",
            "Scalars.id: the stored string \"a\\x00b\" has U+0000 at byte 1, which a const char * can't hold: the "
            "column has to be a Text");
    refuses("{\"id\":{\"N\":\"1\"}}", "Scalars.id: the stored value is of type N, but String is stored as S");
}

static void test_text_and_binary(void **state)
{
    (void)state;
    struct Scalars *object = loaded("{\"text\":{\"S\":\"a\\u0000b\"},\"binary\":{\"B\":\"AAE=\"}}");
    assert_int_equal(object->text.size, 3);
    assert_memory_equal(object->text.data, "a\0b", 4);
    assert_int_equal(object->binary.size, 2);
    assert_memory_equal(object->binary.data, "\0\1", 3);
    assert_int_equal(bloop_set(object, text, { "x\0y", 3 }), BLOOP_OK);
    assert_string_equal(stored(object, &Scalars.text), "{\"S\":\"x\\u0000y\"}");
    assert_int_equal(bloop_set(object, binary, { NULL, 0 }), BLOOP_OK);
    assert_string_equal(stored(object, &Scalars.binary), "{\"B\":\"\"}");
    assert_true(bloop_has(object, binary));
    assert_int_equal(bloop_set(object, binary, { NULL, 2 }), BLOOP_INVALID_VALUE);
    assert_error(BLOOP_INVALID_VALUE, "Scalars.binary: NULL is no Binary (bloop_unset takes a value away)");
    bloop_free(object);
}

static void test_boolean(void **state)
{
    (void)state;
    struct Scalars *object = loaded("{\"boolean\":{\"BOOL\":true}}");
    assert_true(object->boolean);
    assert_int_equal(bloop_set(object, boolean, false), BLOOP_OK);
    assert_string_equal(stored(object, &Scalars.boolean), "{\"BOOL\":false}");
    bloop_free(object);
    refuses("{\"boolean\":{\"S\":\"true\"}}",
            "Scalars.boolean: the stored value is of type S, but Boolean is stored as BOOL");
}

static void test_uuid(void **state)
{
    (void)state;
    const char *text = "6d8b54a2-fa07-47e1-9305-717699459293";
    struct Scalars *object = bloop_new(Scalars);
    assert_int_equal(bloop_set(object, uuid, sample_uuid(text)), BLOOP_OK);
    assert_string_equal(stored(object, &Scalars.uuid), "{\"S\":\"6d8b54a2-fa07-47e1-9305-717699459293\"}");
    assert_int_equal(object->uuid.bytes[0], 0x6d);
    assert_int_equal(object->uuid.bytes[15], 0x93);
    bloop_free(object);
    refuses("{\"uuid\":{\"S\":\"6d8b54a2fa0747e19305717699459293\"}}",
            "Scalars.uuid: \"6d8b54a2fa0747e19305717699459293\" is no UUID: that has 8-4-4-4-12 hexadecimal digits");
    bloop_uuid one, two;
    assert_int_equal(bloop_uuid_random(&one), BLOOP_OK);
    assert_int_equal(bloop_uuid_random(&two), BLOOP_OK);
    assert_memory_not_equal(&one, &two, sizeof one);
    assert_int_equal(one.bytes[6] >> 4, 4);
    assert_int_equal(one.bytes[8] >> 6, 2);
}

static void test_number(void **state)
{
    (void)state;
    struct Scalars *object = bloop_new(Scalars);
    assert_int_equal(bloop_set(object, number, sample_number("-12.50")), BLOOP_OK);
    assert_string_equal(stored(object, &Scalars.number), "{\"N\":\"-12.5\"}");
    assert_int_equal(bloop_number_compare(object->number, sample_number("-12.5")), 0);
    bloop_number large = { .low = 1, .exponent = 126 };
    assert_int_equal(bloop_set(object, number, large), BLOOP_INVALID_VALUE);
    assert_error(
        BLOOP_INVALID_VALUE,
        "Scalars.number: Number overflow. Attempting to store a number with magnitude larger than supported range");
    assert_int_equal(bloop_number_compare(object->number, sample_number("-12.5")), 0);
    bloop_free(object);
}

static void test_rounded_number(void **state)
{
    (void)state;
    struct Scalars *object = loaded("{\"price\":{\"N\":\"1.23456\"}}");
    assert_int_equal(bloop_number_compare(object->price, sample_number("1.235")), 0);
    assert_int_equal(bloop_set(object, price, sample_number("9.99950")), BLOOP_OK);
    assert_string_equal(stored(object, &Scalars.price), "{\"N\":\"10\"}");
    bloop_free(object);
}

static void test_integer(void **state)
{
    static const struct {
        const char *json;
        int64_t value;
    } cases[] = {
        { "{\"integer\":{\"N\":\"3.14\"}}", 3 },
        { "{\"integer\":{\"N\":\"-3.99\"}}", -3 },
        { "{\"integer\":{\"N\":\"0.5\"}}", 0 },
        { "{\"integer\":{\"N\":\"1e3\"}}", 1000 },
        { "{\"integer\":{\"N\":\"-9223372036854775808\"}}", INT64_MIN },
        { "{\"integer\":{\"N\":\"9223372036854775807.9\"}}", INT64_MAX },
    };
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        struct Scalars *object = loaded(cases[i].json);
        assert_true(object->integer == cases[i].value);
        assert_int_equal(bloop_set(object, integer, cases[i].value), BLOOP_OK);
        assert_true(object->integer == cases[i].value);
        bloop_free(object);
    }
    refuses("{\"integer\":{\"N\":\"9223372036854775808\"}}",
            "Scalars.integer: the stored number 9223372036854775808 does not fit an Integer, which has 64 bits");
    refuses("{\"integer\":{\"BOOL\":true}}",
            "Scalars.integer: the stored value is of type BOOL, but Integer is stored as N");
}

static void test_double(void **state)
{
    (void)state;
    struct Scalars *object = loaded("{\"real\":{\"N\":\"0.1\"}}");
    assert_true(object->real == 0.1);
    assert_int_equal(bloop_set(object, real, 2.5e-7), BLOOP_OK);
    assert_string_equal(stored(object, &Scalars.real), "{\"N\":\"0.00000025\"}");
    assert_int_equal(bloop_set(object, real, (double)NAN), BLOOP_INVALID_VALUE);
    assert_true(strncmp(bloop_last_error()->message, "Scalars.real: ", 14) == 0);
    assert_true(object->real == 2.5e-7);
    bloop_free(object);
}

static void test_datetime(void **state)
{
    (void)state;
    struct Scalars *object = loaded("{\"datetime\":{\"S\":\"2016-08-09T03:16:25+02:00\"}}");
    assert_true(object->datetime.microseconds == INT64_C(1470705385000000));
    bloop_set(object, datetime, sample_datetime("2016-08-08T20:16:25.322849-05:00"));
    assert_string_equal(stored(object, &Scalars.datetime), "{\"S\":\"2016-08-09T01:16:25.322849+00:00\"}");
    assert_true(object->datetime.microseconds == INT64_C(1470705385322849));
    assert_int_equal(bloop_set(object, datetime, { .microseconds = INT64_MAX }), BLOOP_INVALID_VALUE);
    assert_true(strncmp(bloop_last_error()->message, "Scalars.datetime: ", 18) == 0);
    bloop_free(object);
    struct Scalars *other = bloop_new(Scalars);
    assert_int_equal(bl_object_load(&other->bloop_object_, sample_item("{\"datetime\":{\"S\":\"2016-08-09\"}}"), NULL),
                     BLOOP_INVALID_VALUE);
    bloop_free(other);
}

/* The zone is of local values alone. Berlin has +02:00 in August, +01:00 in January. */
static void test_zoned_datetime(void **state)
{
    (void)state;
    struct Scalars *object = loaded("{\"berlin\":{\"S\":\"2016-08-09T01:16:25.322849+00:00\"}}");
    assert_int_equal(object->berlin.utc_offset, 7200);
    assert_true(object->berlin.microseconds == INT64_C(1470705385322849));
    bloop_set(object, berlin, sample_datetime("2016-01-09T01:00:00Z"));
    assert_int_equal(object->berlin.utc_offset, 3600);
    assert_string_equal(stored(object, &Scalars.berlin), "{\"S\":\"2016-01-09T01:00:00.000000+00:00\"}");
    bloop_free(object);
}

static void test_timestamp(void **state)
{
    (void)state;
    struct Scalars *object = loaded("{\"timestamp\":{\"N\":\"1470705385.9\"}}");
    assert_true(object->timestamp.microseconds == INT64_C(1470705385000000));
    bloop_set(object, timestamp, { .microseconds = 1999999 });
    assert_string_equal(stored(object, &Scalars.timestamp), "{\"N\":\"1\"}");
    assert_true(object->timestamp.microseconds == 1000000);
    bloop_set(object, timestamp, { .microseconds = -1999999 });
    assert_string_equal(stored(object, &Scalars.timestamp), "{\"N\":\"-1\"}");
    bloop_free(object);
    refuses("{\"timestamp\":{\"N\":\"253402300800\"}}",
            "Scalars.timestamp: 253402300800 seconds since 1970 are not in the years 1 to 9999");
}

static void test_dynamic(void **state)
{
    static const char *const values[] = {
        "{\"S\":\"x\"}",           "{\"N\":\"1.5\"}",
        "{\"BOOL\":false}",        "{\"NULL\":true}",
        "{\"B\":\"AA==\"}",        "{\"SS\":[\"a\",\"b\"]}",
        "{\"L\":[{\"N\":\"1\"}]}", "{\"M\":{\"in\":{\"L\":[{\"BOOL\":true}]}}}",
    };
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(values); i++) {
        struct Scalars *object = bloop_new(Scalars);
        assert_int_equal(bloop_set(object, dynamic, sample_value(values[i])), BLOOP_OK);
        assert_string_equal(sample_text(object->dynamic), values[i]);
        assert_string_equal(stored(object, &Scalars.dynamic), values[i]);
        char json[120];
        snprintf(json, sizeof json, "{\"dynamic\":%s}", values[i]);
        assert_int_equal(bl_object_load(&object->bloop_object_, sample_item(json), NULL), BLOOP_OK);
        assert_string_equal(sample_text(object->dynamic), values[i]);
        bloop_free(object);
    }
    struct Scalars *object = bloop_new(Scalars);
    assert_int_equal(bloop_set(object, dynamic, { (const uint8_t *)"\x7f", 1 }), BLOOP_INVALID_VALUE);
    assert_int_equal(bloop_set(object, dynamic, { NULL, 0 }), BLOOP_OK);
    assert_int_equal(bloop_state(object, dynamic), BLOOP_NONE);
    bloop_free(object);
}

/* Other programs write NULL for what is not there. */
static void test_stored_null_is_none(void **state)
{
    (void)state;
    struct Scalars *object = loaded("{\"id\":{\"NULL\":true},\"integer\":{\"NULL\":true}}");
    assert_int_equal(bloop_state(object, id), BLOOP_NONE);
    assert_int_equal(bloop_state(object, integer), BLOOP_NONE);
    assert_null(object->id);
    bloop_free(object);
}

/* Every byte at every place of a text: a UUID just when it is what the form has there, with the value that strtoul gives. */
static void test_uuid_bytes(void **state)
{
    static const char form[] = "00000000-0000-0000-0000-000000000000";
    (void)state;
    for (size_t at = 0, digit = 0; form[at]; at++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            char text[sizeof form], one[] = { (char)byte, 0 };
            bloop_uuid uuid;
            memcpy(text, form, sizeof form);
            text[at] = (char)byte;
            bool fits = form[at] == '-' ? byte == '-' : byte && strchr("0123456789abcdefABCDEF", (int)byte);
            bloop_status status = bloop_uuid_parse(text, sizeof form - 1, &uuid);
            assert_int_equal(status, fits ? BLOOP_OK : BLOOP_INVALID_VALUE);
            if (!fits || form[at] == '-')
                continue;
            assert_int_equal(uuid.bytes[digit / 2], strtoul(one, NULL, 16) << (digit % 2 ? 0 : 4));
        }
        digit += form[at] != '-';
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_string, sample_free),
        cmocka_unit_test_teardown(test_text_and_binary, sample_free),
        cmocka_unit_test_teardown(test_boolean, sample_free),
        cmocka_unit_test_teardown(test_uuid, sample_free),
        cmocka_unit_test(test_uuid_bytes),
        cmocka_unit_test_teardown(test_number, sample_free),
        cmocka_unit_test_teardown(test_rounded_number, sample_free),
        cmocka_unit_test_teardown(test_integer, sample_free),
        cmocka_unit_test_teardown(test_double, sample_free),
        cmocka_unit_test_teardown(test_datetime, sample_free),
        cmocka_unit_test_teardown(test_zoned_datetime, sample_free),
        cmocka_unit_test_teardown(test_timestamp, sample_free),
        cmocka_unit_test_teardown(test_dynamic, sample_free),
        cmocka_unit_test_teardown(test_stored_null_is_none, sample_free),
    };
    return cmocka_run_group_tests_name("model/type_scalar", tests, NULL, NULL);
}
