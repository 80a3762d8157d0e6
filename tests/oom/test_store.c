/* Every allocation of the store's own failed in turn, in everything it does: an error each time, nothing lost, nothing
   half done, and the store usable afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <pthread.h>
#include <cmocka.h>

#include "oom/store_cases.h"
#include "support/fail_alloc.h"
#include "support/scratch.h"
#include "support/stores.h"
#include "support/trial.h"

static scratch folder;
static char ready[PATH_MAX], tried[PATH_MAX];

/* What a case makes of the store when nothing fails. */
typedef struct ends {
    uint64_t before, after;
} ends;

static ends try_without_failure(const store_case *c, size_t *allocations);
static void fail_each(const store_case *c, const ends *e, fail_alloc_mode mode, size_t allocations);
static void judge(const store_case *c, const ends *e, size_t number, bloop_status status);

static void test_each_allocation(void **state)
{
    (void)state;
    for (size_t i = 0; i < store_case_count; i++) {
        size_t allocations = 0;
        ends e = try_without_failure(&store_cases[i], &allocations);
        fail_each(&store_cases[i], &e, FAIL_ALLOC_ONE, allocations);
        fail_each(&store_cases[i], &e, FAIL_ALLOC_ALL_AFTER, allocations);
        (void)printf("%-32s %4zu allocations\n", store_cases[i].name, allocations);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_allocation),
    };
    (void)trial_seed();
    folder = scratch_new();
    (void)scratch_path(&folder, "ready", ready);
    (void)scratch_path(&folder, "tried", tried);
    store_cases_prepare(ready);
    int failed = cmocka_run_group_tests_name("oom/store", tests, NULL, NULL);
    store_cases_release();
    scratch_remove(&folder);
    return failed;
}

/* Twice: what is made once in a process is made the first time. */
static ends try_without_failure(const store_case *c, size_t *allocations)
{
    ends e = { .before = store_digest(ready) };
    for (int round = 0; round < 2; round++) {
        scratch_copy(ready, tried);
        fail_alloc_begin(FAIL_ALLOC_NEVER, FAIL_ALLOC_ONE);
        bloop_status status = store_case_run(c, tried);
        fail_alloc_report report = fail_alloc_end();
        trial_check(status == BLOOP_OK, "%s: %s: %s", c->name, bloop_status_name(status), bloop_last_error()->message);
        trial_check(round == 0 || report.leaks == 0, "%s: %zu blocks are left, the first from allocation %zu", c->name,
                    report.leaks, report.first_leak);
        *allocations = report.allocations;
    }
    e.after = store_digest(tried);
    (void)stores_check(tried);
    return e;
}

static void fail_each(const store_case *c, const ends *e, fail_alloc_mode mode, size_t allocations)
{
    bloop_status status = BLOOP_NO_MEMORY;
    for (size_t number = 0; c->flags & CASE_FORKS ? status != BLOOP_OK : number < allocations; number++) {
        scratch_copy(ready, tried);
        fail_alloc_begin(number, mode);
        status = store_case_run(c, tried);
        fail_alloc_report report = fail_alloc_end();
        trial_check(report.failures > 0 || c->flags & CASE_FORKS, "%s: allocation %zu was not asked for", c->name,
                    number);
        trial_check(report.leaks == 0, "%s: when allocation %zu fails, %zu blocks leak, the first from allocation %zu",
                    c->name, number, report.leaks, report.first_leak);
        bool may_succeed = c->flags & (CASE_IS_MANY | CASE_LEAVES_REST) || (c->flags & CASE_FORKS && number > 5);
        trial_check(status == BLOOP_NO_MEMORY || (status == BLOOP_OK && may_succeed),
                    "%s: allocation %zu failed, and the case gave %s: %s", c->name, number, bloop_status_name(status),
                    bloop_last_error()->message);
        judge(c, e, number, status);
    }
}

/* The store is as it was or, when the case succeeded all the same, as it should be. */
static void judge(const store_case *c, const ends *e, size_t number, bloop_status status)
{
    if (c->run == store_cases[1].run)
        return;
    uint64_t digest = store_digest(tried);
    bool is_before = digest == e->before, is_after = digest == e->after;
    bool may_be_either = c->flags & CASE_GOES_ON && status != BLOOP_OK && (is_before || is_after);
    bool may_be_any = c->flags & CASE_IS_MANY && status != BLOOP_OK;
    trial_check((status == BLOOP_OK ? is_after : is_before) || may_be_either || may_be_any,
                "%s: allocation %zu failed, the case gave %s, and the store is otherwise", c->name, number,
                bloop_status_name(status));
    if (number % 16 == 0 || c->flags & CASE_IS_MANY)
        (void)stores_check(tried);
    bloop_status again = store_case_run(c, tried);
    trial_check(again == BLOOP_OK || is_after, "%s: it fails again, with %s: %s", c->name, bloop_status_name(again),
                bloop_last_error()->message);
}
