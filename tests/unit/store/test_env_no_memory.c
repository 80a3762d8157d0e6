/* LMDB's own allocations, failed one after the other, and all from one on: a status each time, and a store that works
   afterwards. (The library's own are failed by fail_alloc.h in other tests.) malloc is this program's, which sanitizers
   don't let it have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <errno.h>
#include <stdio.h>
#include <cmocka.h>

#include "env_fixture.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#    define HAS_OWN_MALLOC 0
#elif defined(__has_feature)
#    if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#        define HAS_OWN_MALLOC 0
#    endif
#endif
#ifndef HAS_OWN_MALLOC
#    define HAS_OWN_MALLOC 1
#endif

static struct {
    bool armed, all_after;
    uint64_t calls, fail_at;
} fault;

#if HAS_OWN_MALLOC

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);

static bool fails(void)
{
    if (!fault.armed)
        return false;
    uint64_t call = fault.calls++;
    if (call != fault.fail_at && !(fault.all_after && call > fault.fail_at))
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    return fails() ? NULL : __libc_realloc(memory, size);
}

#endif

typedef bloop_status (*fault_case)(const char *path, bl_env *env);

/* Long keys and large records in one transaction, and a walk that removes some of what it meets. */
static bloop_status change(bl_txn *txn)
{
    uint8_t key[2000];
    bl_walk walk;
    bool found = true;
    bloop_status status = BLOOP_OK;
    memset(key, 'k', sizeof key);
    key[0] = BL_SPACE_ITEMS;
    for (size_t i = 0; i < 12 && status == BLOOP_OK; i++) {
        key[sizeof key - 1 - i] = (uint8_t)i;
        status = bl_record_put(txn, (bl_bytes){ key, sizeof key - i }, BL_RECORD_ITEM, (bl_bytes){ key, i * 150 },
                               (bl_bytes){ NULL, 0 });
    }
    if (status != BLOOP_OK)
        return status;
    status = bl_walk_begin(txn, (bl_bytes){ key, 1 }, false, &walk);
    if (status != BLOOP_OK)
        return status;
    for (size_t i = 0; found && status == BLOOP_OK; i++) {
        status = bl_walk_next(&walk, &found);
        if (status == BLOOP_OK && found && i % 3 == 1)
            status = bl_walk_delete(&walk);
    }
    bl_walk_end(&walk);
    return status;
}

static bloop_status write_case(const char *path, bl_env *env)
{
    (void)path;
    bl_txn txn;
    bloop_status status = bl_write_begin(env, &txn);
    if (status != BLOOP_OK)
        return status;
    status = change(&txn);
    if (status == BLOOP_OK)
        return bl_write_commit(&txn);
    bl_write_abort(&txn);
    return status;
}

static bloop_status read_case(const char *path, bl_env *env)
{
    (void)path;
    const uint8_t space = BL_SPACE_ITEMS;
    bl_txn first, second;
    bl_walk walk;
    bool found = true;
    bloop_status status = bl_read_begin(env, &first);
    if (status != BLOOP_OK)
        return status;
    /* A second one at the same time needs a transaction of its own. */
    status = bl_read_begin(env, &second);
    if (status == BLOOP_OK) {
        status = bl_walk_begin(&second, (bl_bytes){ &space, 1 }, true, &walk);
        if (status == BLOOP_OK) {
            while (found && status == BLOOP_OK)
                status = bl_walk_next(&walk, &found);
            bl_walk_end(&walk);
        }
        bl_read_end(&second);
    }
    bl_read_end(&first);
    return status;
}

static bloop_status open_case(const char *path, bl_env *env)
{
    (void)env;
    const bloop_store_options options = { .path = path };
    bl_env *opened = NULL;
    bloop_status status = bl_env_acquire(&options, &opened);
    if (status != BLOOP_OK)
        return status;
    status = write_case(path, opened);
    if (status == BLOOP_OK)
        status = read_case(path, opened);
    bl_env_release(opened);
    return status;
}

static bloop_status memory_case(const char *path, bl_env *env)
{
    (void)path;
    return open_case(NULL, env);
}

static uint64_t run_with_faults(fault_case run, const char *path, bl_env *env, bool all_after)
{
    for (uint64_t fail_at = 0;; fail_at++) {
        fault.calls = 0;
        fault.fail_at = fail_at;
        fault.all_after = all_after;
        fault.armed = true;
        bloop_status status = run(path, env);
        fault.armed = false;
        if (fault.calls <= fail_at) {
            assert_ok(status);
            return fail_at;
        }
        /* One that fails may do no harm: LMDB keeps pages that it would give back, and so on. */
        if (status != BLOOP_OK && status != BLOOP_NO_MEMORY)
            assert_ok(status);
    }
}

static void allocations_of_lmdb(void **state)
{
    static const struct {
        const char *name;
        fault_case run;
        uint64_t at_least;
    } cases[] = {
        { "open", open_case, 15 }, { "memory", memory_case, 15 }, { "write", write_case, 8 }, { "read", read_case, 2 }
    };
    const env_folder *folder = *state;
    if (!HAS_OWN_MALLOC)
        skip();
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++)
        for (int all_after = 0; all_after < 2; all_after++) {
            bool needs_env = cases[i].run == write_case || cases[i].run == read_case;
            bl_env *env = needs_env ? env_open(folder->path, BLOOP_DURABLE_LATER) : NULL;
            uint64_t calls = run_with_faults(cases[i].run, folder->path, env, all_after);
            print_message("%s: %d allocations\n", cases[i].name, (int)calls);
            assert_true(calls >= cases[i].at_least);
            if (env) {
                assert_ok(env_save(env, 1, 50000));
                assert_true(env_has(env, 1));
                bl_env_release(env);
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(allocations_of_lmdb, env_folder_make, env_folder_remove),
    };
    return cmocka_run_group_tests_name("store/env_no_memory", tests, NULL, NULL);
}
