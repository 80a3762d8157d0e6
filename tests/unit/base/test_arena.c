/* Arenas: alignment, that blocks don't overlap, reuse, sizes, failures. */
#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/base.h"
#include "support/fail_alloc.h"

enum { PIECES = 600 };

/* Sizes from 0 to beyond the largest block, mostly small. */
static size_t piece_size(size_t i)
{
    return i % 97 == 96 ? 300000 : i % 13 == 12 ? 5000 + i : i % 40;
}

static void fill(bl_arena *arena, uint8_t *pieces[PIECES])
{
    for (size_t i = 0; i < PIECES; i++) {
        pieces[i] = bl_arena_alloc(arena, piece_size(i));
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        memset(pieces[i], (int)(i % 251), piece_size(i));
    }
}

static void pieces_are_aligned_and_apart(void **state)
{
    (void)state;
    bl_arena arena = { 0 };
    uint8_t *pieces[PIECES];
    fill(&arena, pieces);
    size_t total = 0;
    for (size_t i = 0; i < PIECES; i++) {
        total += piece_size(i);
        for (size_t j = 0; j < piece_size(i); j++)
            assert_true(pieces[i][j] == i % 251);
    }
    assert_int_equal(bl_arena_size(&arena), total);
    bl_arena_free(&arena);
    assert_int_equal(bl_arena_size(&arena), 0);
}

static void small_pieces_share_blocks(void **state)
{
    (void)state;
    fail_alloc_begin(FAIL_ALLOC_NEVER, FAIL_ALLOC_ONE);
    bl_arena arena = { 0 };
    for (size_t i = 0; i < 100000; i++)
        assert_non_null(bl_arena_alloc(&arena, 16));
    bl_arena_free(&arena);
    fail_alloc_report report = fail_alloc_end();
    assert_in_range(report.allocations, 2, 20);
    assert_int_equal(report.leaks, 0);
}

/* A large piece gets a block of its own; what was left of the current block is still cut from. */
static void a_large_piece_does_not_waste_the_current_block(void **state)
{
    (void)state;
    bl_arena arena = { 0 };
    uint8_t *first = bl_arena_alloc(&arena, 16);
    assert_non_null(bl_arena_alloc(&arena, 1000000));
    uint8_t *second = bl_arena_alloc(&arena, 16);
    assert_ptr_equal(second, first + 16);
    bl_arena_free(&arena);
}

static void a_reset_arena_needs_no_new_memory(void **state)
{
    (void)state;
    bl_arena arena = { 0 };
    bl_arena_reset(&arena);
    for (size_t i = 0; i < 1000; i++)
        assert_non_null(bl_arena_alloc(&arena, 16));
    bl_arena_reset(&arena);
    assert_int_equal(bl_arena_size(&arena), 0);
    fail_alloc_begin(FAIL_ALLOC_NEVER, FAIL_ALLOC_ONE);
    for (size_t round = 0; round < 10; round++) {
        for (size_t i = 0; i < 500; i++)
            assert_non_null(bl_arena_copy(&arena, "0123456789abcde", 16));
        assert_int_equal(bl_arena_size(&arena), 8000);
        bl_arena_reset(&arena);
    }
    assert_int_equal(fail_alloc_end().allocations, 0);
    bl_arena_free(&arena);
}

static void texts_end_in_zero(void **state)
{
    (void)state;
    bl_arena arena = { 0 };
    assert_string_equal(bl_arena_text(&arena, "abcdef", 3), "abc");
    assert_string_equal(bl_arena_text(&arena, NULL, 0), "");
    assert_null(bl_arena_text(&arena, "", SIZE_MAX));
    bl_arena_free(&arena);
}

static void sizes_that_overflow_are_refused(void **state)
{
    (void)state;
    bl_arena arena = { 0 };
    static const size_t sizes[] = { SIZE_MAX, SIZE_MAX - 15, (size_t)PTRDIFF_MAX + 1, PTRDIFF_MAX };
    for (size_t i = 0; i < BL_COUNT_OF(sizes); i++) {
        assert_null(bl_arena_alloc(&arena, sizes[i]));
        assert_int_equal(bl_error_status(), BLOOP_NO_MEMORY);
    }
    assert_non_null(bl_arena_alloc(&arena, 1));
    bl_arena_free(&arena);
}

static bloop_status use(void *unused)
{
    (void)unused;
    bl_arena arena = { 0 };
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; i < PIECES && status == BLOOP_OK; i++) {
        if (!bl_arena_alloc(&arena, piece_size(i)))
            status = bl_error_status();
    }
    bl_arena_free(&arena);
    return status;
}

static void every_failed_allocation_is_told(void **state)
{
    (void)state;
    assert_true(fail_alloc_every(use, NULL) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_aligned_and_apart),
        cmocka_unit_test(small_pieces_share_blocks),
        cmocka_unit_test(a_large_piece_does_not_waste_the_current_block),
        cmocka_unit_test(a_reset_arena_needs_no_new_memory),
        cmocka_unit_test(texts_end_in_zero),
        cmocka_unit_test(sizes_that_overflow_are_refused),
        cmocka_unit_test(every_failed_allocation_is_told),
    };
    return cmocka_run_group_tests_name("base/arena", tests, NULL, NULL);
}
