/* Buffers: growth, fixed storage, failures that stick, and giving the bytes away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/base.h"
#include "support/fail_alloc.h"

static void an_empty_buffer_can_be_used_and_freed(void **state)
{
    (void)state;
    bl_buffer buffer = { 0 };
    bl_buffer_append(&buffer, NULL, 0);
    assert_int_equal(buffer.size, 0);
    assert_int_equal(buffer.status, BLOOP_OK);
    assert_non_null(bl_buffer_extend(&buffer, 0));
    bl_buffer_free(&buffer);
    bl_buffer_free(&buffer);
}

static void reserved_room_is_not_left(void **state)
{
    (void)state;
    bl_buffer buffer = { 0 };
    bl_buffer_byte(&buffer, 'a');
    bl_buffer_reserve(&buffer, 1000);
    assert_int_equal(buffer.size, 1);
    const uint8_t *data = buffer.data;
    for (int i = 0; i < 1000; i++)
        bl_buffer_byte(&buffer, 'b');
    assert_ptr_equal(buffer.data, data);
    bl_buffer_reserve(&buffer, SIZE_MAX);
    assert_int_equal(buffer.status, BLOOP_NO_MEMORY);
    assert_int_equal(buffer.size, 1001);
    bl_buffer_free(&buffer);
}

static void appends_are_kept_in_order(void **state)
{
    (void)state;
    bl_buffer buffer = { 0 };
    for (unsigned i = 0; i < 5000; i++) {
        uint8_t bytes[3] = { (uint8_t)i, (uint8_t)(i >> 8), 0xEE };
        bl_buffer_append(&buffer, bytes, i % 4 == 3 ? 0 : 3);
        bl_buffer_byte(&buffer, 0xDD);
    }
    size_t at = 0;
    for (unsigned i = 0; i < 5000; i++) {
        if (i % 4 != 3) {
            assert_int_equal(buffer.data[at], i & 0xFF);
            assert_int_equal(buffer.data[at + 1], i >> 8);
            assert_int_equal(buffer.data[at + 2], 0xEE);
            at += 3;
        }
        assert_int_equal(buffer.data[at++], 0xDD);
    }
    assert_int_equal(buffer.size, at);
    bl_buffer_free(&buffer);
}

static void fixed_storage_is_left_when_it_is_too_small(void **state)
{
    (void)state;
    uint8_t storage[8];
    bl_buffer buffer;
    bl_buffer_use(&buffer, storage, sizeof storage);
    bl_buffer_text(&buffer, "12345678");
    assert_ptr_equal(buffer.data, storage);
    assert_true(buffer.fixed);
    bl_buffer_byte(&buffer, '9');
    assert_ptr_not_equal(buffer.data, storage);
    assert_false(buffer.fixed);
    assert_int_equal(buffer.size, 9);
    assert_memory_equal(buffer.data, "123456789", 9);
    bl_buffer_free(&buffer);
}

static void taking_adds_a_zero_byte(void **state)
{
    (void)state;
    char storage[4];
    for (size_t length = 0; length < 200; length++) {
        bl_buffer buffer = { 0 };
        if (length % 2)
            bl_buffer_use(&buffer, storage, sizeof storage);
        for (size_t i = 0; i < length; i++)
            bl_buffer_byte(&buffer, 'a');
        size_t size = 999;
        char *text = (char *)bl_buffer_take(&buffer, &size);
        assert_non_null(text);
        assert_ptr_not_equal(text, storage);
        assert_int_equal(size, length);
        assert_int_equal(strlen(text), length);
        assert_null(buffer.data);
        bl_free(text);
    }
}

static void a_failure_sticks(void **state)
{
    (void)state;
    bl_buffer buffer = { 0 };
    bl_buffer_text(&buffer, "before");
    fail_alloc_begin(0, FAIL_ALLOC_ONE);
    assert_null(bl_buffer_extend(&buffer, 1000));
    fail_alloc_end();
    /* Memory is there again, and room for one byte always was; yet nothing is added past the gap. */
    bl_buffer_byte(&buffer, 'x');
    bl_buffer_text(&buffer, "after");
    bl_buffer_format(&buffer, "%d", 5);
    assert_int_equal(buffer.status, BLOOP_NO_MEMORY);
    assert_int_equal(buffer.size, 6);
    bl_error_clear();
    size_t size = 42;
    assert_null(bl_buffer_take(&buffer, &size));
    assert_int_equal(size, 42);
    assert_int_equal(bl_error_status(), BLOOP_NO_MEMORY);
    bl_buffer_clear(&buffer);
    bl_buffer_text(&buffer, "again");
    assert_int_equal(buffer.status, BLOOP_OK);
    assert_memory_equal(buffer.data, "again", 5);
    bl_buffer_free(&buffer);
}

static void a_size_that_overflows_is_a_failure(void **state)
{
    (void)state;
    bl_buffer buffer = { 0 };
    bl_buffer_byte(&buffer, 1);
    assert_null(bl_buffer_extend(&buffer, SIZE_MAX));
    assert_int_equal(buffer.status, BLOOP_NO_MEMORY);
    assert_int_equal(buffer.size, 1);
    bl_buffer_free(&buffer);
}

static void formatted_text_of_any_length_is_whole(void **state)
{
    (void)state;
    static const int widths[] = { 1, 63, 64, 255, 256, 257, 10000 };
    for (size_t i = 0; i < BL_COUNT_OF(widths); i++) {
        bl_buffer buffer = { 0 };
        bl_buffer_format(&buffer, "<%*d>", widths[i], 7);
        assert_int_equal(buffer.size, widths[i] + 2);
        assert_int_equal(buffer.data[0], '<');
        assert_memory_equal(buffer.data + widths[i], "7>", 2);
        bl_buffer_free(&buffer);
    }
}

static bloop_status write_and_take(void *context)
{
    char storage[16];
    bl_buffer buffer;
    bl_buffer_use(&buffer, storage, sizeof storage);
    for (int i = 0; i < 100; i++)
        bl_buffer_format(&buffer, "%d %s,", i, (const char *)context);
    bl_buffer_format(&buffer, "%1000d", 1);
    uint8_t *taken = bl_buffer_take(&buffer, NULL);
    bloop_status status = taken ? BLOOP_OK : bl_error_status();
    bl_free(taken);
    bl_buffer_free(&buffer);
    return status;
}

static bloop_status take_from_fixed(void *context)
{
    char storage[16];
    bl_buffer buffer;
    bl_buffer_use(&buffer, storage, sizeof storage);
    bl_buffer_text(&buffer, context);
    uint8_t *taken = bl_buffer_take(&buffer, NULL);
    bloop_status status = taken ? BLOOP_OK : buffer.status;
    bl_free(taken);
    bl_buffer_free(&buffer);
    return status;
}

static void every_failed_allocation_is_told(void **state)
{
    (void)state;
    assert_true(fail_alloc_every(write_and_take, "text") > 3);
    assert_int_equal(fail_alloc_every(take_from_fixed, "text"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_buffer_can_be_used_and_freed),
        cmocka_unit_test(reserved_room_is_not_left),
        cmocka_unit_test(appends_are_kept_in_order),
        cmocka_unit_test(fixed_storage_is_left_when_it_is_too_small),
        cmocka_unit_test(taking_adds_a_zero_byte),
        cmocka_unit_test(a_failure_sticks),
        cmocka_unit_test(a_size_that_overflows_is_a_failure),
        cmocka_unit_test(formatted_text_of_any_length_is_whole),
        cmocka_unit_test(every_failed_allocation_is_told),
    };
    return cmocka_run_group_tests_name("base/buffer", tests, NULL, NULL);
}
