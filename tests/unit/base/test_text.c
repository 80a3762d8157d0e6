/* Quoting for messages, base64, and the text of UUIDs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/base.h"
#include "support/fail_alloc.h"

static void text_is_quoted_for_messages(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t size;
        const char *quoted;
    } cases[] = {
        { "", 0, "\"\"" },
        { "plain", 5, "\"plain\"" },
        { "say \"hi\" \\", 10, "\"say \\\"hi\\\" \\\\\"" },
        { "a\0b", 3, "\"a\\x00b\"" },
        { "\n\x1F\x7F ", 4, "\"\\x0a\\x1f\\x7f \"" },
        { "né€😀", 10, "\"né€😀\"" },
        { "\xFF\xC3", 2, "\"\\xff\\xc3\"" },
        { "\xED\xA0\x80", 3, "\"\\xed\\xa0\\x80\"" },
        { "\xC2\x85\xC2\xA0", 4, "\"\\xc2\\x85\xC2\xA0\"" },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        char out[BL_QUOTE_SIZE];
        assert_ptr_equal(bl_quote(out, cases[i].text, cases[i].size), out);
        assert_string_equal(out, cases[i].quoted);
    }
}

static void check_long_quote(const char *unit, size_t width, size_t count)
{
    char text[1000];
    size_t size = 0;
    for (size_t n = 0; n < count; n++, size += strlen(unit))
        memcpy(text + size, unit, strlen(unit));
    /* A block of just the size, so that the address sanitizer sees a write past the end. */
    char *out = malloc(BL_QUOTE_SIZE);
    assert_non_null(out);
    bl_quote(out, text, size);
    size_t length = strlen(out);
    assert_true(bl_utf8_valid(out, length));
    assert_int_equal(out[0], '"');
    assert_int_equal(out[length - 1], '"');
    if (strstr(out, "…"))
        assert_in_range(length, BL_QUOTE_SIZE - 10, BL_QUOTE_SIZE - 1);
    else
        assert_int_equal(length, 2 + count * width);
    free(out);
}

static void long_text_is_cut_within_the_room(void **state)
{
    (void)state;
    static const struct {
        const char *unit;
        size_t width; /* when quoted */
    } units[] = { { "x", 1 }, { "\n", 4 }, { "\"", 2 },   { "é", 2 },
                  { "€", 3 }, { "😀", 4 },  { "\xFF", 4 }, { "\xC2\x80", 8 } };
    for (size_t i = 0; i < BL_COUNT_OF(units); i++) {
        for (size_t count = 0; count < 200; count++)
            check_long_quote(units[i].unit, units[i].width, count);
    }
}

/* RFC 4648, section 10, and the two characters that its variants change. */
static const struct {
    const char *bytes;
    const char *text;
} base64_vectors[] = {
    { "", "" },
    { "f", "Zg==" },
    { "fo", "Zm8=" },
    { "foo", "Zm9v" },
    { "foob", "Zm9vYg==" },
    { "fooba", "Zm9vYmE=" },
    { "foobar", "Zm9vYmFy" },
    { "\xFB\xFF\xBF", "+/+/" },
};

static void base64_is_as_in_the_standard(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(base64_vectors); i++) {
        const char *bytes = base64_vectors[i].bytes, *text = base64_vectors[i].text;
        bl_buffer encoded = { 0 }, decoded = { 0 };
        bl_base64_encode(&encoded, bytes, strlen(bytes));
        assert_int_equal(encoded.size, strlen(text));
        assert_memory_equal(encoded.data ? (const char *)encoded.data : "", text, strlen(text));
        bl_buffer_byte(&decoded, '>');
        assert_int_equal(bl_base64_decode(&decoded, text, strlen(text)), BLOOP_OK);
        assert_int_equal(decoded.size, 1 + strlen(bytes));
        assert_memory_equal(decoded.data + 1, bytes, strlen(bytes));
        bl_buffer_free(&encoded);
        bl_buffer_free(&decoded);
    }
}

static void base64_brings_all_bytes_back(void **state)
{
    (void)state;
    uint8_t bytes[300] = { 0 };
    for (size_t size = 0; size < sizeof bytes; size++) {
        for (size_t i = 0; i < size; i++)
            bytes[i] = (uint8_t)(i * 89 + size);
        bl_buffer text = { 0 }, back = { 0 };
        bl_base64_encode(&text, bytes, size);
        assert_int_equal(text.size, (size + 2) / 3 * 4);
        assert_int_equal(bl_base64_decode(&back, (const char *)text.data, text.size), BLOOP_OK);
        assert_int_equal(back.size, size);
        if (size)
            assert_memory_equal(back.data, bytes, size);
        bl_buffer_free(&text);
        bl_buffer_free(&back);
    }
}

static void bad_base64_is_refused_and_adds_nothing(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "Z",     "Zg",   "Zg=",        "Zg===",    "====",
        "=",     "Z===", "Zm9v====",   "Zg==Zg==", "Zm=v",
        "Z=9v",  "=m9v", "Zh==",       "Zm9=",     "Zm9v\n",
        " Zm9v", "Zm 9", "Zm9v\nZm8=", "-_-_",     "Zm9é",
        "Z!==",  "Zm9*", "Zm9v====",   "Zg=a",     "\x80\x80\x80\x80",
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        bl_buffer out = { 0 };
        bl_buffer_text(&out, "old");
        if (bl_base64_decode(&out, cases[i], strlen(cases[i])) != BLOOP_INVALID_VALUE)
            fail_msg("\"%s\" is taken for base64", cases[i]);
        assert_int_equal(out.size, 3);
        assert_int_equal(out.status, BLOOP_OK);
        bl_buffer_free(&out);
    }
}

static void every_character_outside_the_alphabet_is_refused(void **state)
{
    (void)state;
    size_t accepted = 0;
    for (int c = 0; c < 256; c++) {
        for (size_t at = 0; at < 4; at++) {
            char text[] = "AAAAAAAA";
            text[at] = (char)c;
            bl_buffer out = { 0 };
            accepted += bl_base64_decode(&out, text, 8) == BLOOP_OK;
            bl_buffer_free(&out);
        }
    }
    assert_int_equal(accepted, 4 * 64);
}

static bloop_status encode_and_decode(void *context)
{
    bl_buffer text = { 0 }, back = { 0 };
    bl_base64_encode(&text, context, 100);
    bloop_status status = text.status;
    if (status == BLOOP_OK)
        status = bl_base64_decode(&back, (const char *)text.data, text.size);
    bl_buffer_free(&text);
    bl_buffer_free(&back);
    return status;
}

static void base64_tells_that_memory_is_out(void **state)
{
    (void)state;
    uint8_t bytes[100] = { 0 };
    assert_int_equal(fail_alloc_every(encode_and_decode, bytes), 2);
    bl_buffer out = { 0 };
    bl_base64_encode(&out, bytes, SIZE_MAX);
    assert_int_equal(out.status, BLOOP_NO_MEMORY);
    bl_buffer_free(&out);
}

static const uint8_t uuid_bytes[16] = {
    0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0xFE, 0xDC, 0xBA, 0x98, 0x76, 0x54, 0x32, 0x10,
};

static void a_uuid_has_the_usual_text(void **state)
{
    (void)state;
    char text[37];
    bl_uuid_format(uuid_bytes, text);
    assert_string_equal(text, "01234567-89ab-cdef-fedc-ba9876543210");
    static const char *const forms[] = {
        "01234567-89ab-cdef-fedc-ba9876543210",
        "01234567-89AB-CDEF-FEDC-BA9876543210",
        "0123456789abcdefFEDCBA9876543210",
    };
    for (size_t i = 0; i < BL_COUNT_OF(forms); i++) {
        uint8_t bytes[16] = { 0 };
        assert_true(bl_uuid_parse(forms[i], strlen(forms[i]), bytes));
        assert_memory_equal(bytes, uuid_bytes, 16);
    }
}

static void bad_uuids_are_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "01234567-89ab-cdef-fedc-ba987654321",
        "01234567-89ab-cdef-fedc-ba98765432100",
        "{01234567-89ab-cdef-fedc-ba987654321}",
        "01234567089ab-cdef-fedc-ba9876543210",
        "0123456-789ab-cdef-fedc-ba9876543210",
        "01234567-89ab-cdef-fedcb-a9876543210",
        "g1234567-89ab-cdef-fedc-ba9876543210",
        "0123456789abcdeffedcba987654321-",
        "0123456789abcdeffedcba987654321\x10",
        "0123456789abcdeffedcba987654321@",
        "0123456789abcdeffedcba9876543 10",
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        uint8_t bytes[16] = { 7 };
        if (bl_uuid_parse(cases[i], strlen(cases[i]), bytes))
            fail_msg("\"%s\" is taken for a UUID", cases[i]);
        assert_int_equal(bytes[0], 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_quoted_for_messages),
        cmocka_unit_test(long_text_is_cut_within_the_room),
        cmocka_unit_test(base64_is_as_in_the_standard),
        cmocka_unit_test(base64_brings_all_bytes_back),
        cmocka_unit_test(bad_base64_is_refused_and_adds_nothing),
        cmocka_unit_test(every_character_outside_the_alphabet_is_refused),
        cmocka_unit_test(base64_tells_that_memory_is_out),
        cmocka_unit_test(a_uuid_has_the_usual_text),
        cmocka_unit_test(bad_uuids_are_refused),
    };
    return cmocka_run_group_tests_name("base/text", tests, NULL, NULL);
}
