/* What goes wrong below LMDB: full disks, file size limits, failed writes and syncs, at every call of a commit in turn. The
   system calls are this program's own, which fail when they are told to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include <cmocka.h>

#include "env_fixture.h"

/* What the next calls do. Of one thread at a time: the writer's. */
static struct {
    _Atomic bool armed;
    uint64_t calls;   /* so far */
    uint64_t fail_at; /* the call that fails, from 0 */
    bool all_after;   /* and those after it */
    bool half;        /* it writes half and succeeds, instead of failing */
    int error;
    bool syncs, metas; /* what kinds of calls failed */
} fault;

/* A meta page's content is written alone, and is shorter than any page. */
#define META_AT_MOST 400

static bool fails(bool *kind)
{
    if (!atomic_load(&fault.armed))
        return false;
    uint64_t call = fault.calls++;
    if (call != fault.fail_at && !(fault.all_after && call > fault.fail_at))
        return false;
    if (kind)
        *kind = true;
    return true;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at)
{
    if (fails(size < META_AT_MOST ? &fault.metas : NULL)) {
        if (fault.half)
            return syscall(SYS_pwrite64, fd, data, size / 2, at);
        errno = fault.error;
        return -1;
    }
    return syscall(SYS_pwrite64, fd, data, size, at);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    if (fails(NULL)) {
        if (fault.half)
            return syscall(SYS_writev, fd, parts, count > 1 ? count / 2 : 0);
        errno = fault.error;
        return -1;
    }
    return syscall(SYS_writev, fd, parts, count);
}

int fdatasync(int fd)
{
    if (!fault.half && fails(&fault.syncs)) {
        errno = fault.error;
        return -1;
    }
    return (int)syscall(SYS_fdatasync, fd);
}

/* A file system that has no files without names. */
static bool names_needed;

int open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    const unsigned mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, unsigned) : 0;
    va_end(rest);
    if (names_needed && (flags & O_TMPFILE) == O_TMPFILE) {
        errno = EOPNOTSUPP;
        return -1;
    }
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static void arm(uint64_t fail_at, int error, bool all_after, bool half)
{
    fault.calls = 0;
    fault.fail_at = fail_at;
    fault.error = error;
    fault.all_after = all_after;
    fault.half = half;
    fault.syncs = fault.metas = false;
    atomic_store(&fault.armed, true);
}

/* Whether the call that was to fail was reached. */
static bool disarm(void)
{
    atomic_store(&fault.armed, false);
    return fault.calls > fault.fail_at;
}

/* A few records of several pages each, far apart, so that a commit makes several calls. */
static bloop_status save_several(bl_env *env, uint64_t number)
{
    bl_txn txn;
    bloop_status status = bl_write_begin(env, &txn);
    if (status != BLOOP_OK)
        return status;
    for (uint64_t i = 0; i < 4 && status == BLOOP_OK; i++)
        status = env_put(&txn, number * 4 + i, 9000 + 3000 * (size_t)i);
    if (status == BLOOP_OK)
        return bl_write_commit(&txn);
    bl_write_abort(&txn);
    return status;
}

static size_t count_several(bl_env *env, uint64_t number)
{
    size_t count = 0;
    for (uint64_t i = 0; i < 4; i++)
        count += env_has(env, number * 4 + i);
    return count;
}

/* Commits differ in their calls, since free pages lie where they lie: so each call is tried a few times. */
enum { ROUNDS = 4 };

/* Group 0 is there. Fails each call of a commit in turn; afterwards everything is as the status says, and the next save succeeds. */
static void fail_each_call(const char *path, bloop_durability durability, int error, bool all_after, bool half)
{
    bl_env *env = env_open(path, durability);
    uint64_t number = 1;
    size_t syncs = 0, metas = 0, passed = 0;
    for (uint64_t round = 0; passed < ROUNDS; round++, number += 2) {
        assert_ok(save_several(env, number));
        arm(round / ROUNDS, error, all_after, half);
        bloop_status status = save_several(env, number + 1);
        if (!disarm()) {
            assert_int_equal(status, BLOOP_OK);
            passed++;
            continue;
        }
        passed = 0;
        bool surely_none = error == ENOSPC && !fault.metas && !half;
        assert_int_equal(status, surely_none ? BLOOP_DISK_FULL : BLOOP_UNKNOWN_OUTCOME);
        assert_non_null(strstr(bloop_last_error()->message, "ommitting a change failed"));
        assert_int_equal(count_several(env, number), 4);
        size_t after = count_several(env, number + 1);
        assert_true(after == 0 || (after == 4 && !surely_none));
        assert_ok(save_several(env, number + 1));
        syncs += fault.syncs;
        metas += fault.metas;
    }
    assert_true(metas > 0 && (durability == BLOOP_DURABLE_LATER || half || syncs > 0));
    assert_int_equal(env_count(env), number * 4);
    bl_env_release(env);
    env = env_open(path, durability);
    assert_int_equal(env_count(env), number * 4);
    bl_env_release(env);
}

static void each_call_of_a_commit_fails(void **state)
{
    static const struct {
        bloop_durability durability;
        int error;
        bool all_after, half;
    } cases[] = {
        { BLOOP_DURABLE, EIO, false, false },      { BLOOP_DURABLE, EIO, true, false },
        { BLOOP_DURABLE, ENOSPC, false, false },   { BLOOP_DURABLE, ENOSPC, true, false },
        { BLOOP_DURABLE, 0, false, true },         { BLOOP_DURABLE_LATER, EIO, false, false },
        { BLOOP_DURABLE_LATER, EIO, true, false }, { BLOOP_DURABLE_LATER, ENOSPC, false, false },
    };
    const env_folder *folder = *state;
    char path[PATH_MAX + 16];
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        (void)snprintf(path, sizeof path, "%s%zu", folder->path, i);
        bl_env *env = env_open(path, cases[i].durability);
        assert_ok(save_several(env, 0));
        bl_env_release(env);
        fail_each_call(path, cases[i].durability, cases[i].error, cases[i].all_after, cases[i].half);
    }
}

static void memory_that_fails_says_so(void **state)
{
    (void)state;
    bl_env *env = env_open(NULL, BLOOP_DURABLE);
    assert_ok(save_several(env, 1));
    /* A full file system, before anything is committed. */
    arm(0, ENOSPC, false, false);
    assert_int_equal(save_several(env, 2), BLOOP_DISK_FULL);
    assert_true(disarm());
    assert_int_equal(count_several(env, 1), 4);
    assert_int_equal(count_several(env, 2), 0);
    assert_ok(save_several(env, 2));
    bl_env_release(env);
}

/* A fatal error, and the file is gone: every call says so, until it is back. */
static void a_failure_that_can_not_be_mended_at_once(void **state)
{
    const env_folder *folder = *state;
    char aside[PATH_MAX + 16];
    bl_txn txn;
    bl_env *env = env_open(folder->path, BLOOP_DURABLE);
    assert_ok(save_several(env, 1));
    (void)snprintf(aside, sizeof aside, "%s.aside", folder->path);
    assert_int_equal(rename(folder->path, aside), 0);
    uint64_t call = 0;
    for (;; call++) {
        arm(call, EIO, false, false);
        bloop_status status = save_several(env, 2);
        assert_true(disarm());
        assert_int_equal(status, BLOOP_UNKNOWN_OUTCOME);
        if (fault.metas)
            break;
    }
    for (int i = 0; i < 2; i++) {
        assert_fails(bl_read_begin(env, &txn), BLOOP_NOT_FOUND, folder->path);
        assert_fails(bl_write_begin(env, &txn), BLOOP_NOT_FOUND, folder->path);
        assert_fails(bl_env_grow(env), BLOOP_NOT_FOUND, folder->path);
    }
    assert_int_equal(rename(aside, folder->path), 0);
    assert_int_equal(count_several(env, 1), 4);
    assert_ok(save_several(env, 2));
    bl_env_release(env);
}

/* Other threads read while commits fail fatally and LMDB is opened anew. */
typedef struct reading {
    bl_env *env;
    _Atomic bool stop;
    _Atomic uint64_t wrong, reads;
} reading;

static void *keep_reading(void *context)
{
    reading *work = context;
    uint8_t key[9];
    env_key(4, key);
    while (!work->stop) {
        bl_txn txn;
        bl_bytes payload = { NULL, 0 };
        if (bl_read_begin(work->env, &txn) != BLOOP_OK) {
            work->wrong++;
            continue;
        }
        bloop_status status = bl_record_get(&txn, (bl_bytes){ key, sizeof key }, BL_RECORD_ITEM, &payload);
        work->wrong += status != BLOOP_OK || payload.size != 9000;
        bl_read_end(&txn);
        work->reads++;
    }
    return NULL;
}

static void readers_survive_fatal_errors(void **state)
{
    const env_folder *folder = *state;
    pthread_t threads[8];
    size_t fatal = 0;
    reading work = { .env = env_open(folder->path, BLOOP_DURABLE_LATER) };
    assert_ok(save_several(work.env, 1));
    for (size_t i = 0; i < BL_COUNT_OF(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, keep_reading, &work), 0);
    for (uint64_t i = 0; i < 200; i++) {
        arm(i % 8, EIO, i % 2, false);
        bloop_status status = save_several(work.env, 2 + i);
        (void)disarm();
        assert_true(status == BLOOP_OK || status == BLOOP_UNKNOWN_OUTCOME);
        fatal += fault.metas;
    }
    work.stop = true;
    for (size_t i = 0; i < BL_COUNT_OF(threads); i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(work.wrong, 0);
    assert_true(work.reads > 0 && fatal > 20);
    bl_env_release(work.env);
}

/* A file may grow to a limit, in the middle of a commit; SIGXFSZ would end the process unless it is ignored. */
static void a_file_size_limit(void **state)
{
    const env_folder *folder = *state;
    struct rlimit before, limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    bl_env *env = env_open(folder->path, BLOOP_DURABLE_LATER);
    uint64_t saved = 0;
    for (rlim_t megabytes = 2; megabytes < 6; megabytes++) {
        limit = before;
        limit.rlim_cur = (megabytes << 20) + 12345;
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
        bloop_status status = BLOOP_OK;
        while ((status = save_several(env, saved)) == BLOOP_OK)
            saved++;
        assert_fails(status, BLOOP_DISK_FULL, folder->path);
        assert_int_equal(env_count(env), saved * 4);
        assert_int_equal(count_several(env, saved), 0);
        assert_fails(save_several(env, saved), BLOOP_DISK_FULL, folder->path);
    }
    bl_env_release(env);
    env = env_open(folder->path, BLOOP_DURABLE_LATER);
    assert_int_equal(env_count(env), saved * 4);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_ok(save_several(env, saved));
    assert_int_equal(env_count(env), saved * 4 + 4);
    bl_env_release(env);
    (void)signal(SIGXFSZ, handler);
}

static void create_on_a_full_disk(const env_folder *folder)
{
    bl_env *env = NULL;
    const bloop_store_options options = { .path = folder->path };
    size_t refused = 0;
    for (uint64_t call = 0;; call++) {
        arm(call, ENOSPC, true, false);
        bloop_status status = bl_env_acquire(&options, &env);
        if (!disarm()) {
            assert_ok(status);
            break;
        }
        assert_fails(status, BLOOP_DISK_FULL, folder->path);
        assert_int_equal(env_files_in(folder->folder), 0);
        refused++;
    }
    assert_true(refused >= 2);
    assert_ok(save_several(env, 1));
    bl_env_release(env);
    assert_int_equal(env_files_in(folder->folder), 2);
}

static void creating_on_a_full_disk(void **state)
{
    create_on_a_full_disk(*state);
}

static void creating_under_a_temporary_name(void **state)
{
    const env_folder *folder = *state;
    names_needed = true;
    create_on_a_full_disk(folder);
    names_needed = false;
    bl_env *env = env_open(folder->path, BLOOP_DURABLE);
    assert_int_equal(count_several(env, 1), 4);
    bl_env_release(env);
}

/* A file whose syncs are put off is synced when it is closed; one in memory never is. */
static void closing_syncs(void **state)
{
    const env_folder *folder = *state;
    bl_env *env = env_open(folder->path, BLOOP_DURABLE_LATER);
    arm(0, EIO, true, false);
    bl_env_release(env);
    assert_true(disarm());
    assert_true(fault.syncs);
    env = env_open(NULL, BLOOP_DURABLE_LATER);
    arm(0, EIO, true, false);
    bl_env_release(env);
    assert_false(disarm());
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, env_folder_make, env_folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(each_call_of_a_commit_fails),
        cmocka_unit_test(memory_that_fails_says_so),
        WITH_FOLDER(a_failure_that_can_not_be_mended_at_once),
        WITH_FOLDER(readers_survive_fatal_errors),
        WITH_FOLDER(a_file_size_limit),
        WITH_FOLDER(creating_on_a_full_disk),
        WITH_FOLDER(creating_under_a_temporary_name),
        WITH_FOLDER(closing_syncs),
    };
    return cmocka_run_group_tests_name("store/env_failures", tests, NULL, NULL);
}
