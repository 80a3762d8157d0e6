/* The last error: its record, its limits, its objects, and that each thread has its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <pthread.h>
#include <cmocka.h>

#include "base/base.h"
#include "support/fail_alloc.h"

static int forget_error(void **state)
{
    (void)state;
    bl_error_clear();
    return 0;
}

static void *look_at_fresh_record(void *out)
{
    *(bloop_error *)out = *bloop_last_error();
    return bloop_last_error()->message[0] == '\0' ? out : NULL;
}

static void a_thread_starts_without_an_error(void **state)
{
    (void)state;
    bl_error(BLOOP_IO, "of another thread");
    bloop_error seen = { .status = BLOOP_INTERNAL };
    pthread_t thread;
    void *result = NULL;
    assert_int_equal(pthread_create(&thread, NULL, look_at_fresh_record, &seen), 0);
    assert_int_equal(pthread_join(thread, &result), 0);
    assert_ptr_equal(result, &seen);
    assert_int_equal(seen.status, BLOOP_OK);
    assert_non_null(seen.message);
    assert_null(seen.objects);
    assert_int_equal(seen.object_count, 0);
    assert_string_equal(bloop_last_error()->message, "of another thread");
}

static void an_error_is_told(void **state)
{
    (void)state;
    assert_int_equal(bl_error(BLOOP_MISSING_KEY, "model %s, column %d", "Account", 3), BLOOP_MISSING_KEY);
    const bloop_error *error = bloop_last_error();
    assert_int_equal(error->status, BLOOP_MISSING_KEY);
    assert_string_equal(error->message, "model Account, column 3");
    assert_int_equal(bl_error_as(BLOOP_INVALID_CONDITION), BLOOP_INVALID_CONDITION);
    assert_int_equal(bloop_last_error()->status, BLOOP_INVALID_CONDITION);
    assert_string_equal(bloop_last_error()->message, "model Account, column 3");
    bl_error_clear();
    assert_int_equal(bloop_last_error()->status, BLOOP_OK);
    assert_string_equal(bloop_last_error()->message, "");
}

static void context_goes_in_front(void **state)
{
    (void)state;
    assert_int_equal(bl_error_context("nothing"), BLOOP_OK);
    assert_string_equal(bloop_last_error()->message, "");
    int object = 0;
    bl_error(BLOOP_IO, "cause");
    bl_error_add_object(&object);
    assert_int_equal(bl_error_context("while %s", "reading"), BLOOP_IO);
    assert_int_equal(bl_error_context("engine"), BLOOP_IO);
    assert_string_equal(bloop_last_error()->message, "engine: while reading: cause");
    assert_int_equal(bloop_last_error()->object_count, 1);
    assert_ptr_equal(bloop_last_error()->objects[0], &object);
}

static void arguments_may_be_the_message_itself(void **state)
{
    (void)state;
    bl_error(BLOOP_IO, "first");
    bl_error(BLOOP_BUSY, "<%s>", bloop_last_error()->message);
    assert_string_equal(bloop_last_error()->message, "<first>");
    bl_error_context("%s", bloop_last_error()->message);
    assert_string_equal(bloop_last_error()->message, "<first>: <first>");
}

static void check_cut(const char *unit, size_t fill)
{
    char text[2 * BL_ERROR_SIZE];
    memset(text, 'x', fill);
    size_t size = fill;
    while (size + strlen(unit) < sizeof text) {
        memcpy(text + size, unit, strlen(unit));
        size += strlen(unit);
    }
    text[size] = '\0';
    bl_error(BLOOP_IO, "%s", text);
    const char *message = bloop_last_error()->message;
    size_t length = strlen(message);
    assert_in_range(length, BL_ERROR_SIZE - 1 - 3, BL_ERROR_SIZE - 1);
    assert_true(bl_utf8_valid(message, length));
    assert_string_equal(message + length - 3, "…");
    assert_memory_equal(message, text, length - 3);
}

static void a_long_message_is_cut_at_a_character(void **state)
{
    (void)state;
    static const char *const units[] = { "a", "é", "€", "😀" };
    for (size_t i = 0; i < BL_COUNT_OF(units); i++) {
        for (size_t fill = 0; fill < 4; fill++)
            check_cut(units[i], fill);
    }
}

static void a_message_of_just_the_size_is_whole(void **state)
{
    (void)state;
    char text[BL_ERROR_SIZE];
    memset(text, 'm', BL_ERROR_SIZE - 1);
    text[BL_ERROR_SIZE - 1] = '\0';
    bl_error(BLOOP_IO, "%s", text);
    assert_string_equal(bloop_last_error()->message, text);
    bl_error_context("%s", text);
    assert_int_equal(strlen(bloop_last_error()->message), BL_ERROR_SIZE - 1);
}

static void objects_are_kept_in_order(void **state)
{
    (void)state;
    static char objects[1000];
    assert_int_equal(bl_error_reserve_objects(10), BLOOP_OK);
    bl_error(BLOOP_MISSING_OBJECTS, "some");
    for (size_t i = 0; i < 10; i++)
        bl_error_add_object(&objects[i]);
    /* More room is asked for while an error has objects: they stay. */
    assert_int_equal(bl_error_reserve_objects(1000), BLOOP_OK);
    assert_int_equal(bloop_last_error()->object_count, 10);
    for (size_t i = 10; i < 1000; i++)
        bl_error_add_object(&objects[i]);
    const bloop_error *error = bloop_last_error();
    assert_int_equal(error->object_count, 1000);
    for (size_t i = 0; i < 1000; i++)
        assert_ptr_equal(error->objects[i], &objects[i]);
    bl_error(BLOOP_IO, "another");
    assert_int_equal(bloop_last_error()->object_count, 0);
    assert_null(bloop_last_error()->objects);
}

static void objects_follow_when_their_room_moves(void **state)
{
    (void)state;
    static char objects[50];
    fail_alloc_begin(FAIL_ALLOC_NEVER, FAIL_ALLOC_ONE);
    assert_int_equal(bl_error_reserve_objects(BL_COUNT_OF(objects)), BLOOP_OK);
    bl_error(BLOOP_MISSING_OBJECTS, "some");
    for (size_t i = 0; i < BL_COUNT_OF(objects); i++)
        bl_error_add_object(&objects[i]);
    assert_int_equal(bl_error_reserve_objects(10000), BLOOP_OK);
    const bloop_error *error = bloop_last_error();
    assert_int_equal(error->object_count, BL_COUNT_OF(objects));
    for (size_t i = 0; i < BL_COUNT_OF(objects); i++)
        assert_ptr_equal(error->objects[i], &objects[i]);
    assert_int_equal(fail_alloc_end().leaks, 0);
    assert_int_equal(bloop_last_error()->object_count, 0);
}

static void *add_more_than_reserved(void *out)
{
    bl_error(BLOOP_MISSING_OBJECTS, "more than there is room for");
    for (size_t i = 0; i < 100000; i++)
        bl_error_add_object(out);
    *(size_t *)out = bloop_last_error()->object_count;
    return NULL;
}

/* In a thread of its own, where nothing was reserved before. */
static void objects_beyond_the_reserve_are_dropped(void **state)
{
    (void)state;
    size_t count = 0;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, add_more_than_reserved, &count), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_in_range(count, 1, 99999);
}

static void *reserve_many(void *out)
{
    *(bloop_status *)out = bl_error_reserve_objects(500);
    bl_error(BLOOP_MISSING_OBJECTS, "many");
    for (size_t i = 0; i < 500; i++)
        bl_error_add_object(out);
    return bloop_last_error()->object_count == 500 ? out : NULL;
}

static void objects_are_freed_with_their_thread(void **state)
{
    (void)state;
    fail_alloc_begin(FAIL_ALLOC_NEVER, FAIL_ALLOC_ONE);
    bloop_status status[4];
    pthread_t threads[BL_COUNT_OF(status)];
    for (size_t i = 0; i < BL_COUNT_OF(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, reserve_many, &status[i]), 0);
    for (size_t i = 0; i < BL_COUNT_OF(threads); i++) {
        void *result = NULL;
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_ptr_equal(result, &status[i]);
        assert_int_equal(status[i], BLOOP_OK);
    }
    fail_alloc_report report = fail_alloc_end();
    assert_int_equal(report.allocations, BL_COUNT_OF(threads));
    assert_int_equal(report.leaks, 0);
}

static bloop_status reserve(void *unused)
{
    (void)unused;
    return bl_error_reserve_objects(5000);
}

static void a_reserve_that_fails_says_so(void **state)
{
    (void)state;
    assert_int_equal(fail_alloc_every(reserve, NULL), 1);
    assert_int_equal(bl_error_reserve_objects(SIZE_MAX), BLOOP_NO_MEMORY);
    assert_int_equal(bl_error_reserve_objects(SIZE_MAX / sizeof(void *) + 1), BLOOP_NO_MEMORY);
}

static void an_error_can_be_carried(void **state)
{
    (void)state;
    bl_error(BLOOP_CORRUPT, "page %d", 7);
    bl_error_copy copy;
    bl_error_save(&copy);
    bl_error(BLOOP_IO, "clean-up failed as well");
    assert_int_equal(bl_error_restore(&copy), BLOOP_CORRUPT);
    assert_int_equal(bloop_last_error()->status, BLOOP_CORRUPT);
    assert_string_equal(bloop_last_error()->message, "page 7");
}

static void every_status_has_a_name_and_a_text(void **state)
{
    (void)state;
    static const struct {
        bloop_status status;
        int number;
        const char *name;
    } all[] = {
#define BLOOP_STATUS_(name, number, text) { BLOOP_##name, number, #name },
#include <bloop/error_list.h>
#undef BLOOP_STATUS_
    };
    for (size_t i = 0; i < BL_COUNT_OF(all); i++) {
        assert_int_equal(all[i].status, all[i].number);
        assert_string_equal(bloop_status_name(all[i].status), all[i].name);
        assert_true(strlen(bloop_status_text(all[i].status)) > 3);
        if (i > 0)
            assert_true(all[i].number > all[i - 1].number);
    }
    assert_string_equal(bloop_status_name((bloop_status)99), "?");
    assert_string_equal(bloop_status_text(BLOOP_CONSTRAINT_VIOLATION), "a condition was not met");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_thread_starts_without_an_error, forget_error),
        cmocka_unit_test_setup(an_error_is_told, forget_error),
        cmocka_unit_test_setup(context_goes_in_front, forget_error),
        cmocka_unit_test_setup(arguments_may_be_the_message_itself, forget_error),
        cmocka_unit_test_setup(a_long_message_is_cut_at_a_character, forget_error),
        cmocka_unit_test_setup(a_message_of_just_the_size_is_whole, forget_error),
        cmocka_unit_test_setup(objects_are_kept_in_order, forget_error),
        cmocka_unit_test_setup(objects_follow_when_their_room_moves, forget_error),
        cmocka_unit_test_setup(objects_beyond_the_reserve_are_dropped, forget_error),
        cmocka_unit_test_setup(objects_are_freed_with_their_thread, forget_error),
        cmocka_unit_test_setup(a_reserve_that_fails_says_so, forget_error),
        cmocka_unit_test_setup(an_error_can_be_carried, forget_error),
        cmocka_unit_test_setup(every_status_has_a_name_and_a_text, forget_error),
    };
    return cmocka_run_group_tests_name("base/error", tests, NULL, NULL);
}
