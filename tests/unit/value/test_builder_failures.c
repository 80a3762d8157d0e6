/* What the builder refuses, and how it says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "sample.h"

#define BEGIN(tag)   bloop_build_begin(builder, BLOOP_TAG_##tag)
#define END()        bloop_build_end(builder)
#define NAME(text)   bloop_build_name(builder, text, strlen(text))
#define STRING(text) bloop_build_string(builder, text, strlen(text))

static void nothing(bloop_builder *builder)
{
    (void)builder;
}

static void unfinished(bloop_builder *builder)
{
    BEGIN(M);
    NAME("a");
    BEGIN(L);
}

static void value_without_name(bloop_builder *builder)
{
    BEGIN(M);
    STRING("a");
}

static void two_names(bloop_builder *builder)
{
    BEGIN(M);
    NAME("a");
    NAME("b");
}

static void name_without_value(bloop_builder *builder)
{
    BEGIN(M);
    NAME("a");
    END();
}

static void name_in_list(bloop_builder *builder)
{
    BEGIN(L);
    NAME("a");
}

static void name_outside(bloop_builder *builder)
{
    NAME("a");
}

static void end_of_nothing(bloop_builder *builder)
{
    END();
}

static void second_value(bloop_builder *builder)
{
    STRING("a");
    STRING("b");
}

static void second_container(bloop_builder *builder)
{
    BEGIN(L);
    END();
    BEGIN(L);
}

static void begin_of_a_scalar(bloop_builder *builder)
{
    BEGIN(S);
}

static void empty_string_set(bloop_builder *builder)
{
    BEGIN(SS);
    END();
}

static void empty_nested_set(bloop_builder *builder)
{
    BEGIN(L);
    BEGIN(NS);
    END();
}

static void number_in_string_set(bloop_builder *builder)
{
    BEGIN(SS);
    STRING("a");
    bloop_build_int64(builder, 1);
}

static void string_in_number_set(bloop_builder *builder)
{
    BEGIN(NS);
    STRING("1");
}

static void string_in_binary_set(bloop_builder *builder)
{
    BEGIN(BS);
    STRING("1");
}

static void list_in_set(bloop_builder *builder)
{
    BEGIN(SS);
    BEGIN(L);
}

static void null_in_set(bloop_builder *builder)
{
    BEGIN(SS);
    bloop_build_null(builder);
}

static void value_in_set(bloop_builder *builder)
{
    static const uint8_t packed[] = { BLOOP_TAG_S, 1, 0, 0, 0, 'a', 0 };
    BEGIN(SS);
    bloop_build_value(builder, (bloop_value){ packed, sizeof packed });
}

static void no_value(bloop_builder *builder)
{
    bloop_build_value(builder, (bloop_value){ NULL, 0 });
}

static void same_string_twice(bloop_builder *builder)
{
    BEGIN(SS);
    STRING("x");
    STRING("red");
    STRING("a");
    STRING("red");
    END();
}

static void same_string_in_a_row(bloop_builder *builder)
{
    BEGIN(SS);
    STRING("red");
    STRING("red");
}

static void same_number_twice(bloop_builder *builder)
{
    BEGIN(NS);
    bloop_build_number(builder, sample_number("1.50"));
    bloop_build_int64(builder, 1);
    bloop_build_number(builder, (bloop_number){ 0, 15, -1, false });
    END();
}

static void same_binary_twice(bloop_builder *builder)
{
    BEGIN(BS);
    bloop_build_binary(builder, "\xFF", 1);
    bloop_build_binary(builder, "", 0);
    bloop_build_binary(builder, "\xFF", 1);
    END();
}

static void same_name_twice(bloop_builder *builder)
{
    BEGIN(M);
    bloop_put_int64(builder, "size", 1);
    bloop_put_int64(builder, "color", 1);
    bloop_put_int64(builder, "size", 2);
    END();
}

static void bad_text(bloop_builder *builder)
{
    bloop_build_string(builder, "ab\xFFgh", 5);
}

static void bad_long_text(bloop_builder *builder)
{
    bloop_build_string(builder, "0123456789ABCDE\xC0\x80zzz", 20);
}

static void bad_name(bloop_builder *builder)
{
    BEGIN(M);
    bloop_build_name(builder, "\xED\xA0\x80", 3);
}

static void big_number(bloop_builder *builder)
{
    bloop_build_number(builder, (bloop_number){ 0, 1, 126, false });
}

static void big_number_of_few_digits(bloop_builder *builder)
{
    bloop_build_number(builder, (bloop_number){ 0, 123456789, 118, false });
}

static void small_number(bloop_builder *builder)
{
    bloop_build_number(builder, (bloop_number){ 0, 1, -131, true });
}

static void long_number(bloop_builder *builder)
{
    bloop_build_number(builder, (bloop_number){ UINT64_MAX, UINT64_MAX, 0, false });
}

static void first_of_two_failures(bloop_builder *builder)
{
    BEGIN(M);
    bloop_build_string(builder, "nameless", 8);
    bloop_build_number(builder, (bloop_number){ 0, 1, 126, false });
    END();
    END();
}

static void failures_are_told_at_the_end(void **state)
{
    (void)state;
    static const struct {
        void (*build)(bloop_builder *builder);
        bloop_status status;
        const char *says;
    } rows[] = {
        { nothing, BLOOP_INVALID_ARGUMENT, "without a value" },
        { unfinished, BLOOP_INVALID_ARGUMENT, "2 unfinished" },
        { value_without_name, BLOOP_INVALID_ARGUMENT, "without a name" },
        { two_names, BLOOP_INVALID_ARGUMENT, "name out of place" },
        { name_without_value, BLOOP_INVALID_ARGUMENT, "name without a value" },
        { name_in_list, BLOOP_INVALID_ARGUMENT, "name out of place" },
        { name_outside, BLOOP_INVALID_ARGUMENT, "name out of place" },
        { end_of_nothing, BLOOP_INVALID_ARGUMENT, "no container" },
        { second_value, BLOOP_INVALID_ARGUMENT, "second value" },
        { second_container, BLOOP_INVALID_ARGUMENT, "second value" },
        { begin_of_a_scalar, BLOOP_INVALID_ARGUMENT, "S holds no values" },
        { empty_string_set, BLOOP_INVALID_VALUE, "empty SS" },
        { empty_nested_set, BLOOP_INVALID_VALUE, "empty NS" },
        { number_in_string_set, BLOOP_INVALID_VALUE, "type N in SS" },
        { string_in_number_set, BLOOP_INVALID_VALUE, "type S in NS" },
        { string_in_binary_set, BLOOP_INVALID_VALUE, "type S in BS" },
        { list_in_set, BLOOP_INVALID_VALUE, "type L in SS" },
        { null_in_set, BLOOP_INVALID_VALUE, "type NULL in SS" },
        { value_in_set, BLOOP_INVALID_VALUE, "type S in SS" },
        { no_value, BLOOP_INVALID_ARGUMENT, "no value to copy" },
        { same_string_twice, BLOOP_INVALID_VALUE, "red" },
        { same_string_in_a_row, BLOOP_INVALID_VALUE, "red" },
        { same_number_twice, BLOOP_INVALID_VALUE, "1.5 twice" },
        { same_binary_twice, BLOOP_INVALID_VALUE, "\\xFF" },
        { same_name_twice, BLOOP_INVALID_VALUE, "size" },
        { bad_text, BLOOP_INVALID_VALUE, "not UTF-8 at byte 2" },
        { bad_long_text, BLOOP_INVALID_VALUE, "not UTF-8 at byte 15" },
        { bad_name, BLOOP_INVALID_VALUE, "the name" },
        { big_number, BLOOP_INVALID_VALUE, "Number overflow" },
        { big_number_of_few_digits, BLOOP_INVALID_VALUE, "Number overflow" },
        { small_number, BLOOP_INVALID_VALUE, "Number underflow" },
        { long_number, BLOOP_INVALID_VALUE, "more than 38 significant digits" },
        { first_of_two_failures, BLOOP_INVALID_ARGUMENT, "without a name" },
    };
    for (size_t i = 0; i < BL_COUNT_OF(rows); i++) {
        uint8_t storage[256];
        bloop_builder builder;
        bloop_value out = { storage, 77 };
        bl_builder_use(&builder, storage, sizeof storage);
        rows[i].build(&builder);
        bl_error(BLOOP_INTERNAL, "something else");
        assert_int_equal(bloop_builder_value(&builder, &out), rows[i].status);
        if (!strcasestr(bloop_last_error()->message, rows[i].says))
            fail_msg("\"%s\" does not say \"%s\"", bloop_last_error()->message, rows[i].says);
        assert_int_equal(out.size, 77);
        bloop_builder_reset(&builder);
        bloop_build_null(&builder);
        assert_int_equal(bloop_builder_value(&builder, &out), BLOOP_OK);
        bl_builder_free(&builder);
    }
}

static void a_failure_from_outside_keeps_its_message(void **state)
{
    (void)state;
    char text[2000];
    bloop_value out;
    bloop_builder *builder = bloop_builder_new();
    assert_non_null(builder);
    BEGIN(L);
    bl_error(BLOOP_UNKNOWN_TYPE, "the type %s", "Odd");
    bl_builder_fail(builder, BLOOP_UNKNOWN_TYPE);
    STRING("\xFF");
    END();
    bl_error(BLOOP_INTERNAL, "something else");
    assert_int_equal(bloop_builder_value(builder, &out), BLOOP_UNKNOWN_TYPE);
    assert_string_equal(bloop_last_error()->message, "the type Odd");

    bloop_builder_reset(builder);
    memset(text, 'x', sizeof text);
    for (size_t i = 0; i + 2 < sizeof text; i += 2)
        memcpy(text + i, "\xC3\xA9", 2);
    text[sizeof text - 1] = 0;
    bl_error(BLOOP_UNKNOWN_TYPE, "%s%s", "!", text + 1000);
    bl_builder_fail(builder, BLOOP_UNKNOWN_TYPE);
    assert_int_equal(bloop_builder_value(builder, &out), BLOOP_UNKNOWN_TYPE);
    const char *message = bloop_last_error()->message;
    assert_in_range(strlen(message), 200, sizeof builder->message);
    assert_true(bl_utf8_valid(message, strlen(message)));
    bloop_builder_free(builder);
    bloop_builder_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failures_are_told_at_the_end),
        cmocka_unit_test(a_failure_from_outside_keeps_its_message),
    };
    return cmocka_run_group_tests_name("value/builder_failures", tests, NULL, NULL);
}
