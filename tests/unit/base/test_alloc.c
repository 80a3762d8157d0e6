/* Allocation: the hook, sizes that can't be had, growing, and the failing allocator that other tests stand on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/base.h"
#include "support/fail_alloc.h"

static void a_hook_sees_every_call(void **state)
{
    (void)state;
    fail_alloc_begin(FAIL_ALLOC_NEVER, FAIL_ALLOC_ONE);
    void *kept = bl_alloc(10);
    void *other = bl_copy_text("abc");
    other = bl_realloc(other, 100);
    assert_string_equal(other, "abc");
    bl_free(other);
    fail_alloc_report report = fail_alloc_end();
    assert_int_equal(report.allocations, 3);
    assert_int_equal(report.failures, 0);
    assert_int_equal(report.leaks, 1);
    assert_int_equal(report.leaked_bytes, 10);
    assert_int_equal(report.first_leak, 0);
    bl_free(kept);
}

static void a_hook_without_a_function_is_refused(void **state)
{
    (void)state;
    bloop_allocator half = { 0 };
    assert_int_equal(bloop_set_allocator(&half), BLOOP_INVALID_ARGUMENT);
    void *memory = bl_alloc(1);
    assert_non_null(memory);
    bl_free(memory);
}

static void memory_from_before_the_hook_may_be_freed_under_it(void **state)
{
    (void)state;
    void *freed = bl_alloc(8), *grown = bl_copy_text("before");
    fail_alloc_begin(FAIL_ALLOC_NEVER, FAIL_ALLOC_ONE);
    bl_free(freed);
    grown = bl_realloc(grown, 4000);
    assert_string_equal(grown, "before");
    bl_free(grown);
    assert_int_equal(fail_alloc_end().leaks, 0);
}

static void a_failure_is_recorded_and_changes_nothing(void **state)
{
    (void)state;
    char *text = bl_copy_text("kept");
    fail_alloc_begin(0, FAIL_ALLOC_ALL_AFTER);
    assert_null(bl_alloc(77));
    assert_int_equal(bl_error_status(), BLOOP_NO_MEMORY);
    assert_string_equal(bloop_last_error()->message, "out of memory: 77 bytes");
    assert_null(bl_alloc_zeroed(2, 4));
    assert_null(bl_copy("x", 1));
    assert_null(bl_copy_text("x"));
    assert_null(bl_realloc(text, 1000));
    fail_alloc_report report = fail_alloc_end();
    assert_int_equal(report.failures, 5);
    assert_string_equal(text, "kept");
    bl_free(text);
}

static void sizes_that_overflow_are_refused(void **state)
{
    (void)state;
    fail_alloc_begin(FAIL_ALLOC_NEVER, FAIL_ALLOC_ONE);
    assert_null(bl_alloc(SIZE_MAX));
    assert_null(bl_alloc((size_t)PTRDIFF_MAX + 1));
    assert_null(bl_alloc_zeroed(SIZE_MAX / 2 + 2, 2));
    assert_null(bl_copy_text_of("", SIZE_MAX));
    void *items = NULL;
    size_t capacity = 0;
    assert_int_equal(bl_grow(&items, &capacity, SIZE_MAX / 8, 16), BLOOP_NO_MEMORY);
    assert_null(items);
    assert_int_equal(capacity, 0);
    assert_int_equal(fail_alloc_end().allocations, 0);
}

static void a_size_of_zero_gives_a_block(void **state)
{
    (void)state;
    void *none = bl_alloc(0), *zeroed = bl_alloc_zeroed(0, 8), *copy = bl_copy(NULL, 0);
    assert_non_null(none);
    assert_non_null(zeroed);
    assert_non_null(copy);
    copy = bl_realloc(copy, 0);
    assert_non_null(copy);
    bl_free(none);
    bl_free(zeroed);
    bl_free(copy);
    bl_free(NULL);
}

static void null_text_is_no_error(void **state)
{
    (void)state;
    bl_error_clear();
    assert_null(bl_copy_text(NULL));
    assert_int_equal(bl_error_status(), BLOOP_OK);
    char *part = bl_copy_text_of("abcdef", 3);
    assert_string_equal(part, "abc");
    bl_free(part);
}

static void growing_keeps_elements_and_doubles(void **state)
{
    (void)state;
    void *items = NULL;
    size_t capacity = 0, moves = 0;
    for (size_t i = 0; i < 1000; i++) {
        size_t before = capacity;
        assert_int_equal(bl_grow(&items, &capacity, i + 1, sizeof(size_t)), BLOOP_OK);
        moves += capacity != before;
        ((size_t *)items)[i] = i;
    }
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(((size_t *)items)[i], i);
    assert_in_range(moves, 1, 10);
    bl_free(items);
}

static void growing_that_fails_keeps_what_was_there(void **state)
{
    (void)state;
    void *items = NULL;
    size_t capacity = 0;
    assert_int_equal(bl_grow(&items, &capacity, 3, 4), BLOOP_OK);
    void *before = items;
    size_t capacity_before = capacity;
    fail_alloc_begin(0, FAIL_ALLOC_ONE);
    assert_int_equal(bl_grow(&items, &capacity, 100, 4), BLOOP_NO_MEMORY);
    fail_alloc_end();
    assert_ptr_equal(items, before);
    assert_int_equal(capacity, capacity_before);
    bl_free(items);
}

static bloop_status two_blocks(void *context)
{
    size_t *runs = context;
    ++*runs;
    void *first = bl_alloc(1), *second = first ? bl_alloc(2) : NULL;
    bl_free(first);
    bl_free(second);
    return second ? BLOOP_OK : BLOOP_NO_MEMORY;
}

static void every_allocation_of_a_case_is_failed(void **state)
{
    (void)state;
    size_t runs = 0;
    assert_int_equal(fail_alloc_every(two_blocks, &runs), 2);
    /* Both allocations alone, both with what follows, and a run without a failure after each. */
    assert_int_equal(runs, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hook_sees_every_call),
        cmocka_unit_test(a_hook_without_a_function_is_refused),
        cmocka_unit_test(memory_from_before_the_hook_may_be_freed_under_it),
        cmocka_unit_test(a_failure_is_recorded_and_changes_nothing),
        cmocka_unit_test(sizes_that_overflow_are_refused),
        cmocka_unit_test(a_size_of_zero_gives_a_block),
        cmocka_unit_test(null_text_is_no_error),
        cmocka_unit_test(growing_keeps_elements_and_doubles),
        cmocka_unit_test(growing_that_fails_keeps_what_was_there),
        cmocka_unit_test(every_allocation_of_a_case_is_failed),
    };
    return cmocka_run_group_tests_name("base/alloc", tests, NULL, NULL);
}
