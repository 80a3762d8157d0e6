/* Environments: creating, sharing and closing them, places without a file, reading only, memory, and growth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "env_fixture.h"
#include "support/fail_alloc.h"

static void what_is_saved_is_there_after_reopening(void **state)
{
    const env_folder *folder = *state;
    uint8_t key[16];
    bl_env *env = env_open(folder->path, BLOOP_DURABLE);
    memcpy(key, bl_env_hash_key(env), sizeof key);
    assert_false(bl_env_read_only(env));
    assert_false(env_has(env, 1));
    assert_ok(env_save(env, 1, 100));
    assert_true(env_has(env, 1));
    bl_env_release(env);
    env = env_open(folder->path, BLOOP_DURABLE_LATER);
    assert_true(env_has(env, 1));
    assert_memory_equal(bl_env_hash_key(env), key, sizeof key);
    bl_env_release(env);
    /* The file and its lock file, and nothing that creation would have left. */
    assert_int_equal(env_files_in(folder->folder), 2);
}

static void an_aborted_change_is_none(void **state)
{
    const env_folder *folder = *state;
    bl_env *env = env_open(folder->path, BLOOP_DURABLE);
    bl_txn txn;
    assert_ok(bl_write_begin(env, &txn));
    uint64_t number = txn.id;
    assert_ok(env_put(&txn, 1, 100));
    assert_true(env_sees(&txn, 1));
    assert_false(env_has(env, 1));
    bl_write_abort(&txn);
    assert_false(env_has(env, 1));
    assert_ok(env_save(env, 2, 100));
    assert_ok(bl_read_begin(env, &txn));
    assert_int_equal(txn.id, number);
    bl_read_end(&txn);
    bl_env_release(env);
}

static void a_reader_keeps_its_snapshot(void **state)
{
    (void)state;
    bl_env *env = env_open(NULL, BLOOP_DURABLE);
    bl_txn before, after;
    assert_ok(bl_read_begin(env, &before));
    assert_ok(env_save(env, 1, 100));
    assert_ok(bl_read_begin(env, &after));
    assert_true(after.id > before.id);
    assert_false(env_sees(&before, 1));
    assert_true(env_sees(&after, 1));
    bl_read_end(&before);
    bl_read_end(&after);
    bl_env_release(env);
}

static void one_file_is_one_environment(void **state)
{
    const env_folder *folder = *state;
    char other[PATH_MAX];
    bl_env *first = env_open(folder->path, BLOOP_DURABLE), *second = NULL;
    (void)snprintf(other, sizeof other, "%s/symbolic", folder->folder);
    assert_int_equal(symlink(folder->path, other), 0);
    const struct {
        bloop_store_options options;
        bloop_status status;
    } cases[] = {
        { { .path = folder->path }, BLOOP_OK },
        { { .path = other }, BLOOP_OK },
        { { .path = folder->path, .max_readers = 3, .map_bytes = 1 << 20 }, BLOOP_OK },
        { { .path = folder->path, .read_only = true }, BLOOP_BUSY },
        { { .path = other, .durability = BLOOP_DURABLE_LATER }, BLOOP_BUSY },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        assert_int_equal(bl_env_acquire(&cases[i].options, &second), cases[i].status);
        if (cases[i].status == BLOOP_OK) {
            assert_ptr_equal(first, second);
            bl_env_release(second);
        } else {
            assert_non_null(strstr(bloop_last_error()->message, folder->path));
        }
    }
    assert_ok(env_save(first, 1, 10));
    bl_env_release(first);
}

static void a_path_may_be_relative(void **state)
{
    const env_folder *folder = *state;
    char before[PATH_MAX];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(folder->folder), 0);
    bl_env *env = env_open("data", BLOOP_DURABLE);
    bl_env *same = env_open("./data", BLOOP_DURABLE);
    assert_int_equal(chdir(before), 0);
    assert_ptr_equal(env, same);
    assert_string_equal(bl_env_path(env), folder->path);
    assert_ok(env_save(env, 1, 10));
    bl_env_release(same);
    bl_env_release(env);
}

static int made, unmade;

static bloop_status make_shared(bl_env *env, void **out)
{
    if (made < 0)
        return bl_error(BLOOP_LIMIT_EXCEEDED, "not now");
    made++;
    *out = env;
    return BLOOP_OK;
}

static void unmake_shared(void *shared)
{
    assert_non_null(shared);
    unmade++;
}

static void the_layer_above_has_one_object(void **state)
{
    (void)state;
    void *first = NULL, *second = NULL;
    bl_env *env = env_open(NULL, BLOOP_DURABLE);
    made = -1;
    assert_fails(bl_env_shared(env, make_shared, unmake_shared, &first), BLOOP_LIMIT_EXCEEDED, "not now");
    made = unmade = 0;
    assert_ok(bl_env_shared(env, make_shared, unmake_shared, &first));
    assert_ok(bl_env_shared(env, make_shared, unmake_shared, &second));
    assert_ptr_equal(first, env);
    assert_ptr_equal(second, env);
    assert_int_equal(made, 1);
    assert_int_equal(unmade, 0);
    bl_env_release(env);
    assert_int_equal(unmade, 1);
}

static void write_at(const char *path, off_t at, const void *data, size_t size)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, data, size, at), (ssize_t)size);
    (void)close(fd);
}

static void places_without_a_file(void **state)
{
    const env_folder *folder = *state;
    char path[PATH_MAX + 300];
    char name[280];
    assert_fails(env_try_open(folder->path, true), BLOOP_NOT_FOUND, folder->path);
    assert_fails(env_try_open("", false), BLOOP_INVALID_ARGUMENT, "empty");
    (void)snprintf(path, sizeof path, "%s/missing/data", folder->folder);
    assert_fails(env_try_open(path, false), BLOOP_NOT_FOUND, path);
    (void)snprintf(path, sizeof path, "%s/data/", folder->folder);
    assert_fails(env_try_open(path, false), BLOOP_NOT_FOUND, path);
    assert_fails(env_try_open(folder->folder, false), BLOOP_NOT_A_STORE, "folder");
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    (void)snprintf(path, sizeof path, "%s/%s", folder->folder, name);
    assert_fails(env_try_open(path, false), BLOOP_INVALID_ARGUMENT, "name");
    (void)snprintf(path, sizeof path, "%s/dangling", folder->folder);
    assert_int_equal(symlink("nowhere", path), 0);
    assert_fails(env_try_open(path, false), BLOOP_NOT_FOUND, "dangling");
    write_at(folder->path, 0, "file", 4);
    (void)snprintf(path, sizeof path, "%s/data", folder->path);
    assert_fails(env_try_open(path, false), BLOOP_NOT_FOUND, path);
}

static void reading_only(void **state)
{
    const env_folder *folder = *state;
    const bloop_store_options options = { .path = folder->path, .read_only = true };
    bl_env *env = env_open(folder->path, BLOOP_DURABLE);
    assert_ok(env_save(env, 1, 100));
    bl_env_release(env);
    assert_ok(bl_env_acquire(&options, &env));
    assert_true(bl_env_read_only(env));
    assert_true(env_has(env, 1));
    bl_txn txn;
    assert_fails(bl_write_begin(env, &txn), BLOOP_READ_ONLY, folder->path);
    bl_env_release(env);
}

/* Root may do everything: what a folder without permission does is shown by processes of another user (test_env_process). */

static void closing_a_file_that_was_removed(void **state)
{
    const env_folder *folder = *state;
    char lock[PATH_MAX + 16];
    bl_env *env = env_open(folder->path, BLOOP_DURABLE);
    assert_ok(env_save(env, 1, 100));
    assert_int_equal(unlink(folder->path), 0);
    assert_true(env_has(env, 1));
    /* A new file of that name would share the old one's lock file. */
    assert_fails(env_try_open(folder->path, false), BLOOP_BUSY, "replaced");
    bl_env_release(env);
    (void)snprintf(lock, sizeof lock, "%s-lock", folder->path);
    (void)unlink(folder->path);
    env = env_open(folder->path, BLOOP_DURABLE);
    assert_false(env_has(env, 1));
    bl_env_release(env);
}

static void memory_is_private_and_leaves_nothing(void **state)
{
    const env_folder *folder = *state;
    assert_int_equal(setenv("TMPDIR", folder->folder, 1), 0);
    bl_env *first = env_open(NULL, BLOOP_DURABLE), *second = env_open(NULL, BLOOP_DURABLE);
    assert_int_equal(env_files_in(folder->folder), 0);
    assert_ptr_not_equal(first, second);
    assert_ok(env_save(first, 1, 60000));
    assert_true(env_has(first, 1));
    assert_false(env_has(second, 1));
    bl_env_release(first);
    assert_ok(env_save(second, 2, 60000));
    bl_env_release(second);
    assert_int_equal(env_files_in(folder->folder), 0);
    const bloop_store_options read_only = { .read_only = true };
    assert_fails(bl_env_acquire(&read_only, &first), BLOOP_INVALID_ARGUMENT, "memory");
    assert_int_equal(setenv("TMPDIR", "/nowhere/at/all", 1), 0);
    const bloop_store_options options = { .path = NULL };
    assert_fails(bl_env_acquire(&options, &first), BLOOP_NOT_FOUND, "/nowhere/at/all");
    assert_int_equal(unsetenv("TMPDIR"), 0);
}

static void many_environments_share_the_address_space(void **state)
{
    const env_folder *folder = *state;
    enum { MANY = 120 };
    bl_env *envs[MANY];
    char path[PATH_MAX + 16];
    for (uint64_t i = 0; i < MANY; i++) {
        (void)snprintf(path, sizeof path, "%s%d", folder->path, (int)i);
        envs[i] = env_open(path, BLOOP_DURABLE_LATER);
        assert_ok(env_save(envs[i], i, 3000));
    }
    void *block = malloc((size_t)1 << 30);
    assert_non_null(block);
    free(block);
    for (uint64_t i = 0; i < MANY; i++) {
        assert_true(env_has(envs[i], i));
        bl_env_release(envs[i]);
    }
}

static void the_map_grows(void **state)
{
    const env_folder *folder = *state;
    bl_env *env = NULL;
    const bloop_store_options options = { .path = folder->path,
                                          .map_bytes = 1 << 20,
                                          .durability = BLOOP_DURABLE_LATER };
    assert_ok(bl_env_acquire(&options, &env));
    bl_txn txn;
    bloop_status status = BLOOP_OK;
    assert_ok(bl_write_begin(env, &txn));
    for (uint64_t i = 0; i < 30 && status == BLOOP_OK; i++)
        status = env_put(&txn, i, 60000);
    assert_fails(status, BLOOP_DISK_FULL, "map is full");
    assert_true(bl_txn_map_full(&txn));
    bl_write_abort(&txn);
    for (uint64_t i = 0; i < 600; i++)
        assert_ok(env_save(env, i, 60000));
    assert_int_equal(env_count(env), 600);
    bl_env_release(env);
    /* Smaller than the file: what is asked for is only where it begins. */
    assert_ok(bl_env_acquire(&options, &env));
    assert_int_equal(env_count(env), 600);
    assert_ok(env_save(env, 600, 60000));
    bl_env_release(env);
}

static bloop_status open_and_close(void *context)
{
    bl_env *env = NULL;
    const bloop_store_options options = { .path = context };
    bloop_status status = bl_env_acquire(&options, &env);
    if (status == BLOOP_OK)
        bl_env_release(env);
    return status;
}

static void allocations_that_fail(void **state)
{
    env_folder *folder = *state;
    assert_true(fail_alloc_every(open_and_close, folder->path) >= 3);
    assert_true(fail_alloc_every(open_and_close, NULL) >= 3);
    assert_int_equal(env_files_in(folder->folder), 2);
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, env_folder_make, env_folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(what_is_saved_is_there_after_reopening),
        WITH_FOLDER(an_aborted_change_is_none),
        cmocka_unit_test(a_reader_keeps_its_snapshot),
        WITH_FOLDER(one_file_is_one_environment),
        WITH_FOLDER(a_path_may_be_relative),
        cmocka_unit_test(the_layer_above_has_one_object),
        WITH_FOLDER(places_without_a_file),
        WITH_FOLDER(reading_only),
        WITH_FOLDER(closing_a_file_that_was_removed),
        WITH_FOLDER(memory_is_private_and_leaves_nothing),
        WITH_FOLDER(many_environments_share_the_address_space),
        WITH_FOLDER(the_map_grows),
        WITH_FOLDER(allocations_that_fail),
    };
    return cmocka_run_group_tests_name("store/env", tests, NULL, NULL);
}
