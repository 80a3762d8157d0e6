/* A new store is on the disk, whole, before it has its name; and its name is, before anybody may write to it. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pthread.h>
#include <cmocka.h>

#include "support/redirect.h"
#include "support/scratch.h"
#include "support/stores.h"
#include "support/trial.h"

typedef ssize_t (*pwrite_function)(int fd, const void *data, size_t size, off_t offset);
typedef ssize_t (*write_function)(int fd, const void *data, size_t size);
typedef int (*sync_function)(int fd);
typedef int (*link_function)(int from_folder, const char *from, int to_folder, const char *to, int flags);
typedef int (*rename_function)(int from_folder, const char *from, int to_folder, const char *to, unsigned flags);

static pwrite_function real_pwrite;
static write_function real_write;
static sync_function real_fsync;
static link_function real_linkat;
static rename_function real_renameat2;

/* A letter a call: w write, s sync of a file, n a name is given, f sync of a folder. */
static char calls[4096];
static size_t call_count;
static bool watching;

static void note(char call)
{
    if (watching && call_count < sizeof calls - 1)
        calls[call_count++] = call;
}

static ssize_t seen_pwrite(int fd, const void *data, size_t size, off_t offset)
{
    note('w');
    return real_pwrite(fd, data, size, offset);
}

static ssize_t seen_write(int fd, const void *data, size_t size)
{
    note('w');
    return real_write(fd, data, size);
}

static int seen_fsync(int fd)
{
    struct stat file;
    int result = real_fsync(fd);
    note(fstat(fd, &file) == 0 && S_ISDIR(file.st_mode) ? 'f' : 's');
    return result;
}

static int seen_linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
    note('n');
    return real_linkat(from_folder, from, to_folder, to, flags);
}

static int seen_renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    note('n');
    return real_renameat2(from_folder, from, to_folder, to, flags);
}

static bool watch(void)
{
    if (!redirect_is_possible())
        return false;
    real_pwrite = (pwrite_function)redirect(REDIRECT_LMDB, "pwrite", (redirect_function)seen_pwrite);
    real_write = (write_function)redirect(REDIRECT_LMDB, "write", (redirect_function)seen_write);
    real_fsync = (sync_function)redirect(REDIRECT_PROGRAM, "fsync", (redirect_function)seen_fsync);
    real_linkat = (link_function)redirect(REDIRECT_PROGRAM, "linkat", (redirect_function)seen_linkat);
    real_renameat2 = (rename_function)redirect(REDIRECT_PROGRAM, "renameat2", (redirect_function)seen_renameat2);
    return real_pwrite && real_write && real_fsync && real_linkat && real_renameat2;
}

static void test_synced_then_named_then_synced(void **state)
{
    char path[PATH_MAX];
    (void)state;
    if (!watch())
        skip();
    scratch s = scratch_new();
    watching = true;
    bloop_backend *backend = stores_open(&(bloop_store_options){ .path = scratch_path(&s, "store", path) });
    watching = false;
    bloop_backend_close(backend);
    (void)printf("%s\n", calls);
    const char *name = strchr(calls, 'n');
    assert_non_null(name);
    assert_null(strchr(name + 1, 'n'));
    size_t before = (size_t)(name - calls);
    assert_true(memchr(calls, 'w', before) != NULL);
    assert_int_equal(name[-1], 's');
    assert_non_null(strchr(name, 'f'));
    assert_true(strchr(name, 'w') == NULL || strchr(name, 'f') < strchr(name, 'w'));
    scratch_remove(&s);
}

/* Many at once: one file, the same for all, and nothing beside it. */
static void *create(void *context)
{
    bloop_backend_close(stores_open(&(bloop_store_options){ .path = context }));
    return NULL;
}

static void create_in_child(void *context)
{
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        trial_check(pthread_create(&threads[i], NULL, create, context) == 0, "no thread");
    for (size_t i = 0; i < 4; i++)
        (void)pthread_join(threads[i], NULL);
}

static void test_created_by_many_at_once(void **state)
{
    char path[PATH_MAX];
    pid_t children[6];
    (void)state;
    for (int round = 0; round < 5; round++) {
        scratch s = scratch_new();
        (void)scratch_path(&s, "store", path);
        for (size_t i = 0; i < 6; i++)
            children[i] = trial_fork(create_in_child, path);
        for (size_t i = 0; i < 6; i++)
            trial_join(children[i]);
        assert_int_equal(scratch_count(s.folder, ""), 2);
        assert_int_equal(scratch_count(s.folder, "store"), 2);
        (void)stores_check(path);
        scratch_remove(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_synced_then_named_then_synced),
        cmocka_unit_test(test_created_by_many_at_once),
    };
    (void)trial_seed();
    return cmocka_run_group_tests_name("crash/creation", tests, NULL, NULL);
}
