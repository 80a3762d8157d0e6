/* A store that is open for reading: every operation that writes is refused, whatever it would have found, and nothing
   changes; those that read work. */
#include "every_operation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <bloop/sys/check.h>

#include "support/stores.h"
#include "support/trial.h"

static void make_things(const env_folder *folder)
{
    bloop_backend *backend = store_open(folder->path);
    assert_non_null(backend);
    assert_ok(store_make_table(backend, BLOOP_TAG_S));
    assert_ok(store_put(backend, "a", 1, "group"));
    bloop_backend_close(backend);
}

static bloop_backend *open_read_only(const env_folder *folder)
{
    bloop_backend *backend = bloop_store_open(&(bloop_store_options){ .path = folder->path, .read_only = true });
    assert_non_null(backend);
    return backend;
}

static void writes_are_refused_and_reads_work(void **state)
{
    const env_folder *folder = *state;
    make_things(folder);
    bloop_check_counts before = stores_check(folder->path);
    bloop_backend *backend = open_read_only(folder);
    for (size_t i = 0; i < store_operation_count; i++) {
        const store_operation *each = &store_operations[i];
        bloop_status status = each->call(backend);
        if (status != (each->writes ? BLOOP_READ_ONLY : BLOOP_OK))
            fail_msg("%s: %s", each->name, bloop_status_name(status));
        if (each->writes)
            assert_fails(status, BLOOP_READ_ONLY, "is open for reading only");
    }
    assert_int_equal(store_n(backend, "a"), 1);
    bloop_backend_close(backend);
    bloop_check_counts after = stores_check(folder->path);
    assert_memory_equal(&before, &after, sizeof before);
}

static void add_from_elsewhere(void *context)
{
    bloop_backend *writer = store_open(context);
    trial_check(writer, "%s", bloop_last_error()->message);
    trial_check(store_add(writer, "a", 41) == BLOOP_OK, "%s", bloop_last_error()->message);
    bloop_backend_close(writer);
}

static void a_reader_sees_what_another_process_writes(void **state)
{
    env_folder *folder = *state;
    make_things(folder);
    bloop_backend *reader = open_read_only(folder);
    assert_int_equal(store_n(reader, "a"), 1);
    trial_join(trial_fork(add_from_elsewhere, folder->path));
    assert_int_equal(store_n(reader, "a"), 42);
    bloop_backend_close(reader);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, env_folder_make, env_folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = { CASE(writes_are_refused_and_reads_work),
                                        CASE(a_reader_sees_what_another_process_writes) };
    return cmocka_run_group_tests_name("store/read_only", tests, NULL, NULL);
}
