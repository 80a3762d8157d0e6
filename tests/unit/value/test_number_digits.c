/* Forms straight from digits: the same as by way of a number, or none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "value/value.h"

static void expect_same_text(bloop_number number)
{
    uint8_t form[BL_NUMBER_SIZE];
    char text[BLOOP_NUMBER_TEXT_SIZE], expected[BLOOP_NUMBER_TEXT_SIZE];
    size_t size = bl_number_form_text(form, bl_number_encode(number, form), text);
    if (size != bloop_number_format(number, expected) || memcmp(text, expected, size) != 0)
        fail_msg("%.*s is the text of %s", (int)size, text, expected);
}

static void expect_same_form(const char *text)
{
    uint8_t form[BL_NUMBER_SIZE], expected[BL_NUMBER_SIZE];
    bloop_number number;
    assert_int_equal(bloop_number_parse(text, strlen(text), &number), BLOOP_OK);
    size_t size = bl_number_form_of_digits((const uint8_t *)text, strlen(text), form);
    if (size == 0 || size != bl_number_encode(number, expected) || memcmp(form, expected, size) != 0)
        fail_msg("%s has another form", text);
    expect_same_text(number);
}

static void makes_the_forms_of_numbers(void **state)
{
    static const char *const texts[] = {
        "0",
        "-0",
        "0.0",
        "-0.00",
        "1",
        "-1",
        "9",
        "10",
        "99",
        "100",
        "101",
        "1000",
        "10000",
        "123456789",
        "0.1",
        "0.01",
        "0.001",
        "0.10",
        "-0.001",
        "1.5",
        "12.5",
        "12.05",
        "123.456",
        "-123.456",
        "100.001",
        "007",
        "00",
        "000.5",
        "99999999999999999999999999999999999999",
        "-9999999999999999999999999999999999999",
        "0.000000000000000000000000000000000001",
        "1.234567890123456789012345678901234567",
        "12345678901234567890123456789012345678",
        "10000000000000000000000000000000000000",
    };
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(texts); i++)
        expect_same_form(texts[i]);
}

static void makes_the_forms_of_random_numbers(void **state)
{
    uint64_t random = 1;
    char text[64];
    (void)state;
    for (int i = 0; i < 200000; i++) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        int whole = (int)(random >> 60), fraction = (int)(random >> 56 & 15), size = 0;
        size += snprintf(text, sizeof text, "%s", random >> 55 & 1 ? "-" : "");
        for (int k = 0; k <= whole + fraction; k++) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            if (k > 0 && k == whole)
                text[size++] = '.';
            text[size++] = (char)('0' + (random >> 62 ? random >> 40 & 7 : 0));
        }
        text[size] = 0;
        if (text[size - 1] == '.')
            text[size - 1] = 0;
        expect_same_form(text);
    }
}

static void writes_texts_of_any_exponent(void **state)
{
    static const char *const digits[] = { "1",   "9",    "10",    "12",
                                          "123", "1234", "90909", "99999999999999999999999999999999999999" };
    char text[80];
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(digits); i++)
        for (int exponent = -130; exponent < 126; exponent++) {
            bloop_number number;
            snprintf(text, sizeof text, "%s%se%d", exponent % 2 ? "-" : "", digits[i], exponent);
            if (bloop_number_parse(text, strlen(text), &number) == BLOOP_OK)
                expect_same_text(number);
        }
}

static void leaves_other_texts(void **state)
{
    static const char *const texts[] = {
        "",    "-",   ".",   "5.",    ".5",  "+5", "1e5",
        "1E5", " 1",  "1 ",  "1.2.3", "--1", "1-", "0x1",
        "NaN", "1,5", "-.5", "-5.",   "1:",  "1/", "123456789012345678901234567890123456789",
    };
    uint8_t form[BL_NUMBER_SIZE];
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(texts); i++)
        assert_int_equal(bl_number_form_of_digits((const uint8_t *)texts[i], strlen(texts[i]), form), 0);
}

/* Every byte at every place: what is a plain number has the form of that, and no other text has one. */
static void takes_digits_only(void **state)
{
    static const char *const texts[] = { "7", "12", "345", "12.3", "4.56", "-789.01" };
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(texts); i++)
        for (size_t at = 0; texts[i][at]; at++)
            for (unsigned byte = 1; byte < 256; byte++) {
                char text[16];
                uint8_t form[BL_NUMBER_SIZE];
                snprintf(text, sizeof text, "%s", texts[i]);
                text[at] = (char)byte;
                const char *digits = text + (text[0] == '-'), *point = strchr(digits, '.');
                bool plain = strspn(digits, "0123456789.") == strlen(digits) && *digits && point != digits &&
                             (!point || (point[1] && !strchr(point + 1, '.')));
                if (plain)
                    expect_same_form(text);
                else
                    assert_int_equal(bl_number_form_of_digits((const uint8_t *)text, strlen(text), form), 0);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_the_forms_of_numbers),
        cmocka_unit_test(makes_the_forms_of_random_numbers),
        cmocka_unit_test(writes_texts_of_any_exponent),
        cmocka_unit_test(leaves_other_texts),
        cmocka_unit_test(takes_digits_only),
    };
    return cmocka_run_group_tests_name("value/number_digits", tests, NULL, NULL);
}
