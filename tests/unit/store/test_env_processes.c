/* Environments used by several processes: creating and growing one file at once, readers and writers that are killed,
   forks, and users without permission. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "env_fixture.h"

/* A child that is done says so with 0. It never returns into cmocka, whose assertions are for one process. */
typedef int (*child_work)(const char *path, uint64_t number);

#define CHILD_FAILED(status) child_failed((status), __LINE__)

static int child_failed(bloop_status status, int line)
{
    print_error("child, line %d: %s: %s\n", line, bloop_status_name(status), bloop_last_error()->message);
    return 1;
}

static pid_t start_child(child_work work, const char *path, uint64_t number)
{
    pid_t child = fork();
    assert_int_not_equal(child, -1);
    if (child == 0)
        _exit(work(path, number));
    return child;
}

static void assert_child_succeeds(pid_t child)
{
    int result = 0;
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_true(WIFEXITED(result));
    assert_int_equal(WEXITSTATUS(result), 0);
}

static void kill_child(pid_t child)
{
    int result = 0;
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_true(WIFSIGNALED(result));
}

static void sleep_ms(long milliseconds)
{
    (void)nanosleep(&(struct timespec){ .tv_nsec = milliseconds * 1000000 }, NULL);
}

static void say(const char *path, const char *what)
{
    char name[PATH_MAX + 16];
    (void)snprintf(name, sizeof name, "%s.%s", path, what);
    int fd = open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0666);
    (void)close(fd);
}

static void wait_for(const char *path, const char *what)
{
    char name[PATH_MAX + 16];
    (void)snprintf(name, sizeof name, "%s.%s", path, what);
    for (int i = 0; i < 30000 && access(name, F_OK) != 0; i++)
        sleep_ms(1);
    assert_int_equal(access(name, F_OK), 0);
}

static size_t size_of(const char *path)
{
    struct stat file;
    assert_int_equal(stat(path, &file), 0);
    return (size_t)file.st_size;
}

static int create_and_save(const char *path, uint64_t number)
{
    bl_env *env = NULL;
    const bloop_store_options options = { .path = path, .durability = BLOOP_DURABLE_LATER };
    bloop_status status = bl_env_acquire(&options, &env);
    if (status != BLOOP_OK)
        return CHILD_FAILED(status);
    status = env_save(env, number, 1000);
    bl_env_release(env);
    return status == BLOOP_OK ? 0 : CHILD_FAILED(status);
}

static void processes_create_one_file_at_once(void **state)
{
    const env_folder *folder = *state;
    enum { ROUNDS = 25, CHILDREN = 6 };
    for (int round = 0; round < ROUNDS; round++) {
        char path[PATH_MAX + 16];
        pid_t children[CHILDREN];
        (void)snprintf(path, sizeof path, "%s%d", folder->path, round);
        for (uint64_t i = 0; i < CHILDREN; i++)
            children[i] = start_child(create_and_save, path, i);
        for (int i = 0; i < CHILDREN; i++)
            assert_child_succeeds(children[i]);
        bl_env *env = env_open(path, BLOOP_DURABLE_LATER);
        assert_int_equal(env_count(env), CHILDREN);
        bl_env_release(env);
    }
}

/* As a service manager may start a program: with no standard streams, whose numbers the next files would get. */
static int print_without_streams(const char *path, uint64_t number)
{
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
        (void)close(stream);
    bl_env *env = NULL;
    bloop_status status = bl_env_acquire(&(bloop_store_options){ .path = path }, &env);
    if (status != BLOOP_OK)
        return 1;
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
        (void)!write(stream, "listening on this and that", 26);
    status = env_save(env, number, 1000);
    bl_env_release(env);
    return status == BLOOP_OK ? 0 : 2;
}

static void what_is_printed_goes_to_no_store(void **state)
{
    const env_folder *folder = *state;
    for (uint64_t i = 0; i < 2; i++)
        assert_child_succeeds(start_child(print_without_streams, folder->path, i));
    bl_env *env = env_open(folder->path, BLOOP_DURABLE);
    assert_int_equal(env_count(env), 2);
    bl_env_release(env);
}

#define RECORDS_A_GROWER 150

static int save_much(const char *path, uint64_t number)
{
    bl_env *env = NULL;
    const bloop_store_options options = { .path = path, .map_bytes = 1 << 20, .durability = BLOOP_DURABLE_LATER };
    bloop_status status = bl_env_acquire(&options, &env);
    if (status != BLOOP_OK)
        return CHILD_FAILED(status);
    for (uint64_t i = 0; i < RECORDS_A_GROWER && status == BLOOP_OK; i++) {
        status = env_save(env, number * RECORDS_A_GROWER + i, 60000);
        bl_txn txn;
        if (status == BLOOP_OK)
            status = bl_read_begin(env, &txn);
        if (status == BLOOP_OK && !env_sees(&txn, number * RECORDS_A_GROWER + i))
            status = bl_error(BLOOP_INTERNAL, "record %d is not there", (int)i);
        if (status == BLOOP_OK)
            bl_read_end(&txn);
    }
    bl_env_release(env);
    return status == BLOOP_OK ? 0 : CHILD_FAILED(status);
}

static void three_processes_grow_one_file(void **state)
{
    const env_folder *folder = *state;
    pid_t children[3];
    bl_env *env = NULL;
    const bloop_store_options options = { .path = folder->path,
                                          .map_bytes = 1 << 20,
                                          .durability = BLOOP_DURABLE_LATER };
    for (uint64_t i = 0; i < 3; i++)
        children[i] = start_child(save_much, folder->path, i);
    for (int i = 0; i < 3; i++)
        assert_child_succeeds(children[i]);
    assert_ok(bl_env_acquire(&options, &env));
    assert_int_equal(env_count(env), 3 * RECORDS_A_GROWER);
    bl_env_release(env);
}

/* A reader, and a writer, whose map is too small for what another process has written meanwhile. */
static void a_map_follows_other_processes(void **state)
{
    const env_folder *folder = *state;
    bl_env *env = NULL;
    const bloop_store_options options = { .path = folder->path,
                                          .map_bytes = 1 << 20,
                                          .durability = BLOOP_DURABLE_LATER };
    for (uint64_t writes = 0; writes < 2; writes++) {
        assert_ok(bl_env_acquire(&options, &env));
        assert_int_equal(env_count(env), writes * RECORDS_A_GROWER + writes);
        assert_child_succeeds(start_child(save_much, folder->path, writes));
        if (writes)
            assert_ok(env_save(env, 1001, 100));
        assert_int_equal(env_count(env), (writes + 1) * RECORDS_A_GROWER + 2 * writes);
        if (!writes)
            assert_ok(env_save(env, 1000, 100));
        bl_env_release(env);
    }
}

/* Opening measures the file, maps that much, and looks inside: another process may have written between the steps. */
static void a_file_that_grows_is_opened(void **state)
{
    const env_folder *folder = *state;
    const bloop_store_options options = {
        .path = folder->path, .map_bytes = 1 << 20, .durability = BLOOP_DURABLE_LATER, .read_only = true
    };
    bl_env_release(env_open(folder->path, BLOOP_DURABLE_LATER));
    pid_t writers[3];
    for (uint64_t i = 0; i < 3; i++)
        writers[i] = start_child(save_much, folder->path, i);
    for (int opened = 0; opened < 300; opened++) {
        bl_env *env = NULL;
        assert_ok(bl_env_acquire(&options, &env));
        bl_env_release(env);
    }
    for (int i = 0; i < 3; i++)
        assert_child_succeeds(writers[i]);
}

static int read_and_hang(const char *path, uint64_t number)
{
    bl_env *env = NULL;
    bl_txn txn;
    const bloop_store_options options = { .path = path, .durability = BLOOP_DURABLE_LATER };
    bloop_status status = bl_env_acquire(&options, &env);
    if (status == BLOOP_OK)
        status = bl_read_begin(env, &txn);
    if (status != BLOOP_OK || !env_sees(&txn, number))
        return CHILD_FAILED(status);
    say(path, "reading");
    for (;;)
        pause();
}

static void rewrite(bl_env *env, int times)
{
    for (int i = 0; i < times; i++)
        assert_ok(env_save(env, 1, 60000));
}

static void a_killed_reader_is_noticed(void **state)
{
    const env_folder *folder = *state;
    bl_env *env = env_open(folder->path, BLOOP_DURABLE_LATER);
    rewrite(env, 30);
    pid_t reader = start_child(read_and_hang, folder->path, 1);
    wait_for(folder->path, "reading");
    size_t before = size_of(folder->path);
    rewrite(env, 200);
    size_t pinned = size_of(folder->path);
    /* While it lives each rewrite takes new pages. */
    assert_true(pinned > before + 150 * 60000);
    kill_child(reader);
    rewrite(env, 400);
    size_t freed = size_of(folder->path);
    rewrite(env, 400);
    assert_int_equal(size_of(folder->path), freed);
    bl_env_release(env);
}

static int write_and_hang(const char *path, uint64_t number)
{
    bl_env *env = NULL;
    bl_txn txn;
    const bloop_store_options options = { .path = path, .durability = BLOOP_DURABLE_LATER };
    bloop_status status = bl_env_acquire(&options, &env);
    if (status == BLOOP_OK)
        status = bl_write_begin(env, &txn);
    if (status == BLOOP_OK)
        status = env_put(&txn, number, 1000);
    if (status != BLOOP_OK)
        return CHILD_FAILED(status);
    say(path, "writing");
    for (;;)
        pause();
}

static void a_killed_writer_holds_nobody(void **state)
{
    const env_folder *folder = *state;
    bl_env *env = env_open(folder->path, BLOOP_DURABLE);
    assert_ok(env_save(env, 1, 100));
    pid_t writer = start_child(write_and_hang, folder->path, 2);
    wait_for(folder->path, "writing");
    kill_child(writer);
    assert_ok(env_save(env, 3, 100));
    assert_true(env_has(env, 1));
    assert_false(env_has(env, 2));
    assert_true(env_has(env, 3));
    bl_env_release(env);
}

static int fill_slots_and_hang(const char *path, uint64_t number)
{
    bl_env *env = NULL;
    bl_txn txn;
    const bloop_store_options options = { .path = path, .durability = BLOOP_DURABLE_LATER };
    bloop_status status = bl_env_acquire(&options, &env);
    for (uint64_t i = 0; i < number && status == BLOOP_OK; i++)
        status = bl_read_begin(env, &txn);
    if (status != BLOOP_OK)
        return CHILD_FAILED(status);
    say(path, "full");
    for (;;)
        pause();
}

/* All places of the reader table belong to a process that dies while another waits for one. */
static void slots_of_dead_processes_are_cleared(void **state)
{
    const env_folder *folder = *state;
    bl_env *env = NULL;
    const bloop_store_options options = { .path = folder->path, .max_readers = 5, .durability = BLOOP_DURABLE_LATER };
    assert_ok(bl_env_acquire(&options, &env));
    assert_ok(env_save(env, 1, 100));
    pid_t reader = start_child(fill_slots_and_hang, folder->path, 5);
    wait_for(folder->path, "full");
    assert_true(kill(reader, 0) == 0);
    pid_t killer = fork();
    if (killer == 0) {
        sleep_ms(50);
        (void)kill(reader, SIGKILL);
        _exit(0);
    }
    /* Waits until the other has died. */
    assert_true(env_has(env, 1));
    (void)waitpid(reader, NULL, 0);
    assert_child_succeeds(killer);
    bl_env_release(env);
}

/* What a child may do with an environment of its parent: nothing, and that harmlessly. */
static int use_inherited(bl_env *env, bl_txn *reading, const char *path)
{
    bl_txn txn;
    void *shared = NULL;
    if (bl_read_begin(env, &txn) != BLOOP_FORKED || bl_write_begin(env, &txn) != BLOOP_FORKED ||
        bl_env_grow(env) != BLOOP_FORKED || bl_env_shared(env, NULL, NULL, &shared) != BLOOP_FORKED)
        return 1;
    if (!strstr(bloop_last_error()->message, path))
        return 2;
    bl_read_end(reading);
    bl_env_release(env);
    bl_env *own = NULL;
    const bloop_store_options options = { .path = path, .durability = BLOOP_DURABLE_LATER };
    bloop_status status = bl_env_acquire(&options, &own);
    if (status != BLOOP_OK || own == env)
        return CHILD_FAILED(status);
    status = env_save(own, 2, 100);
    bl_env_release(own);
    return status == BLOOP_OK ? 0 : CHILD_FAILED(status);
}

static void a_forked_child_gets_a_status(void **state)
{
    const env_folder *folder = *state;
    bl_env *env = env_open(folder->path, BLOOP_DURABLE);
    bl_txn reading;
    assert_ok(env_save(env, 1, 100));
    assert_ok(bl_read_begin(env, &reading));
    pid_t child = fork();
    if (child == 0)
        _exit(use_inherited(env, &reading, folder->path));
    assert_child_succeeds(child);
    assert_true(env_sees(&reading, 1));
    assert_false(env_sees(&reading, 2));
    /* The parent's snapshot still keeps its pages. */
    rewrite(env, 50);
    assert_true(env_sees(&reading, 1));
    bl_read_end(&reading);
    assert_true(env_has(env, 2));
    bl_env_release(env);
}

static void a_child_forked_while_writing(void **state)
{
    const env_folder *folder = *state;
    bl_env *env = env_open(folder->path, BLOOP_DURABLE);
    bl_txn txn;
    assert_ok(bl_write_begin(env, &txn));
    assert_ok(env_put(&txn, 1, 100));
    pid_t child = fork();
    if (child == 0)
        _exit(bl_write_commit(&txn) == BLOOP_FORKED ? 0 : 1);
    assert_child_succeeds(child);
    child = fork();
    if (child == 0) {
        bl_write_abort(&txn);
        _exit(0);
    }
    assert_child_succeeds(child);
    assert_false(env_has(env, 1));
    assert_ok(bl_write_commit(&txn));
    assert_true(env_has(env, 1));
    bl_env_release(env);
}

static int open_memory_and_hang(const char *path, uint64_t number)
{
    bl_env *env = NULL;
    const bloop_store_options options = { .path = NULL };
    bloop_status status = bl_env_acquire(&options, &env);
    if (status == BLOOP_OK)
        status = env_save(env, number, 60000);
    if (status != BLOOP_OK)
        return CHILD_FAILED(status);
    say(path, "open");
    for (;;)
        pause();
}

static void killed_memory_leaves_nothing(void **state)
{
    const env_folder *folder = *state;
    char temporary[PATH_MAX + 16];
    (void)snprintf(temporary, sizeof temporary, "%s/temporary", folder->folder);
    assert_int_equal(mkdir(temporary, 0700), 0);
    assert_int_equal(setenv("TMPDIR", temporary, 1), 0);
    pid_t child = start_child(open_memory_and_hang, folder->path, 1);
    wait_for(folder->path, "open");
    kill_child(child);
    assert_int_equal(unsetenv("TMPDIR"), 0);
    assert_int_equal(rmdir(temporary), 0);
}

#define NOBODY 65534

static int become_nobody(void)
{
    return geteuid() != 0 || (setgid(NOBODY) == 0 && setuid(NOBODY) == 0);
}

static int read_as_nobody(const char *path, uint64_t number)
{
    bl_env *env = NULL;
    bl_txn txn;
    const bloop_store_options options = { .path = path, .read_only = true };
    if (!become_nobody())
        return 1;
    bloop_status status = bl_env_acquire(&options, &env);
    if (status == BLOOP_OK)
        status = bl_read_begin(env, &txn);
    if (status != BLOOP_OK)
        return CHILD_FAILED(status);
    bool there = env_sees(&txn, number);
    bl_read_end(&txn);
    bl_env_release(env);
    return there ? 0 : 2;
}

static int write_as_nobody(const char *path, uint64_t number)
{
    bl_env *env = NULL;
    const bloop_store_options options = { .path = path };
    (void)number;
    if (!become_nobody())
        return 1;
    bloop_status status = bl_env_acquire(&options, &env);
    return status == BLOOP_PERMISSION && strstr(bloop_last_error()->message, path) ? 0 : CHILD_FAILED(status);
}

static int read_forbidden_as_nobody(const char *path, uint64_t number)
{
    bl_env *env = NULL;
    const bloop_store_options options = { .path = path, .read_only = true };
    (void)number;
    if (!become_nobody())
        return 1;
    bloop_status status = bl_env_acquire(&options, &env);
    return status == BLOOP_PERMISSION && strstr(bloop_last_error()->message, path) ? 0 : CHILD_FAILED(status);
}

static void folders_without_permission(void **state)
{
    const env_folder *folder = *state;
    char path[PATH_MAX + 16];
    bl_env *env = env_open(folder->path, BLOOP_DURABLE);
    assert_ok(env_save(env, 1, 100));
    bl_env_release(env);
    (void)snprintf(path, sizeof path, "%s-lock", folder->path);
    assert_int_equal(chmod(folder->path, 0444), 0);
    assert_int_equal(chmod(folder->folder, 0555), 0);
    /* With a lock file that may not be written, and without any. */
    assert_int_equal(chmod(path, 0444), 0);
    assert_child_succeeds(start_child(read_as_nobody, folder->path, 1));
    assert_int_equal(chmod(folder->folder, 0755), 0); /* root may do without */
    assert_int_equal(unlink(path), 0);
    assert_int_equal(chmod(folder->folder, 0555), 0);
    assert_child_succeeds(start_child(read_as_nobody, folder->path, 1));
    assert_child_succeeds(start_child(write_as_nobody, folder->path, 1));
    (void)snprintf(path, sizeof path, "%s/new", folder->folder);
    assert_child_succeeds(start_child(write_as_nobody, path, 1));
    assert_int_equal(chmod(folder->path, 0000), 0);
    assert_child_succeeds(start_child(read_forbidden_as_nobody, folder->path, 1));
    assert_int_equal(chmod(folder->folder, 0700), 0);
}

static int open_in_little_space(const char *path, uint64_t number)
{
    const struct rlimit limit = { .rlim_cur = (rlim_t)512 << 20, .rlim_max = (rlim_t)512 << 20 };
    if (setrlimit(RLIMIT_AS, &limit) != 0)
        return 1;
    int result = save_much(path, number);
    void *left = malloc((size_t)64 << 20);
    free(left);
    return result ? result : left ? 0 : 2;
}

static void little_address_space(void **state)
{
    const env_folder *folder = *state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    (void)folder;
    skip(); /* sanitizers need terabytes of it */
#elif defined(__has_feature)
#    if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
    (void)folder;
    skip();
#    endif
#endif
    assert_child_succeeds(start_child(open_in_little_space, folder->path, 0));
    assert_child_succeeds(start_child(create_and_save, folder->path, 5000));
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, env_folder_make, env_folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(processes_create_one_file_at_once),   WITH_FOLDER(three_processes_grow_one_file),
        WITH_FOLDER(a_map_follows_other_processes),       WITH_FOLDER(a_file_that_grows_is_opened),
        WITH_FOLDER(a_killed_reader_is_noticed),          WITH_FOLDER(a_killed_writer_holds_nobody),
        WITH_FOLDER(slots_of_dead_processes_are_cleared), WITH_FOLDER(a_forked_child_gets_a_status),
        WITH_FOLDER(a_child_forked_while_writing),        WITH_FOLDER(killed_memory_leaves_nothing),
        WITH_FOLDER(folders_without_permission),          WITH_FOLDER(little_address_space),
        WITH_FOLDER(what_is_printed_goes_to_no_store),
    };
    return cmocka_run_group_tests_name("store/env_processes", tests, NULL, NULL);
}
