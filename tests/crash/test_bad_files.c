/* Files that are no stores, stores of later versions, cut and damaged ones, and folders without permission: a status and a
   message each, and never a crash. Whatever may kill the process is opened in a child. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <pthread.h>
#include <cmocka.h>

#include "crash/raw.h"
#include "crash/shelf.h"
#include "support/scratch.h"
#include "support/stores.h"
#include "support/trial.h"

enum { ITEMS = 120, NOBODY = 65534, META_SIZE = 168, MOST_PASSING = 300 };

static scratch folder;
static char sound[PATH_MAX], bad[PATH_MAX];

/* What a child says of a file. */
typedef struct verdict {
    bloop_status opened;
    size_t right, missing, told;
    bool has_message;
} verdict;
static verdict *seen; /* shared */

static void make_sound(void);
static void look(void *context);
static bool looks_right(void);
static void change_header(size_t at, size_t bytes, uint64_t value);
static void expect_refusal(const char *what, bloop_status status, const char *text);
static void add_unknown_records(const char *path);
static void check_unknown_records(const char *path);
static void put_and_remove(bloop_backend *backend, size_t count);
static void as_nobody(void *context);

static void test_files_of_others(void **state)
{
    (void)state;
    static const char text[] = "Dear diary,\n";
    char page[8192] = "SQLite format 3";
    scratch_write(bad, text, sizeof text - 1);
    expect_refusal("text", BLOOP_NOT_A_STORE, "not a store");
    scratch_write(bad, page, sizeof page);
    expect_refusal("a file of SQLite", BLOOP_NOT_A_STORE, "not a store");
    scratch_write(bad, "", 0);
    expect_refusal("an empty file", BLOOP_NOT_A_STORE, "empty");
    scratch_write(bad, page, 1);
    expect_refusal("one byte", BLOOP_NOT_A_STORE, "not a store");
    trial_random random = trial_stream(80);
    for (int i = 0; i < 50; i++) {
        for (size_t at = 0; at < sizeof page; at++)
            page[at] = (char)trial_next(&random);
        scratch_write(bad, page, sizeof page);
        expect_refusal("noise", BLOOP_NOT_A_STORE, "not a store");
    }
    (void)unlink(bad);
    assert_int_equal(mkdir(bad, 0700), 0);
    expect_refusal("a folder", BLOOP_NOT_A_STORE, "folder");
    (void)rmdir(bad);
    assert_int_equal(mkfifo(bad, 0600), 0);
    expect_refusal("a pipe", BLOOP_NOT_A_STORE, "file");
    (void)unlink(bad);
    assert_int_equal(symlink("nowhere/else", bad), 0);
    expect_refusal("a link to nowhere", BLOOP_NOT_FOUND, "");
    (void)unlink(bad);
}

static void test_lmdb_files_of_others(void **state)
{
    (void)state;
    (void)unlink(bad);
    raw_file file = raw_open(bad);
    raw_record record = { .key = "hello", .key_size = 5, .value = (uint8_t *)"world, and more", .size = 15 };
    raw_put_as_is(&file, &record);
    raw_close(&file);
    expect_refusal("an LMDB file of another program", BLOOP_NOT_A_STORE, "LMDB");
    (void)unlink(bad);
    file = raw_open(bad);
    raw_close(&file);
    expect_refusal("an empty LMDB file", BLOOP_NOT_A_STORE, "LMDB");
}

static void test_later_versions(void **state)
{
    (void)state;
    change_header(8, 4, 2);
    expect_refusal("version 2", BLOOP_INCOMPATIBLE, "version 2");
    change_header(8, 4, 0xFFFFFFFF);
    expect_refusal("a far version", BLOOP_INCOMPATIBLE, "version");
    change_header(0, 8, 0x4141414141414141);
    expect_refusal("another magic", BLOOP_NOT_A_STORE, "header");
    for (int bit = 0; bit < 64; bit++) {
        change_header(24, 8, UINT64_C(1) << bit);
        expect_refusal("an incompatible feature", BLOOP_INCOMPATIBLE, "features");
    }
}

/* Compatible features, records in spaces and of names that this version does not know, and a longer header. */
static void test_compatible_additions_survive(void **state)
{
    (void)state;
    scratch_copy(sound, bad);
    add_unknown_records(bad);
    bloop_backend *backend = stores_open(&(bloop_store_options){ .path = bad });
    for (size_t id = 0; id < ITEMS; id++)
        stores_ok(id % 3 ? shelf_put(backend, id, 1000 + id) : shelf_remove(backend, id));
    stores_ok(bloop_delete_table(backend, SHELF, NULL));
    shelf_create(backend);
    stores_ok(shelf_put(backend, 1, 10));
    bloop_backend_close(backend);
    check_unknown_records(bad);
    (void)stores_check(bad);
}

/* At every page, and anywhere. */
static void test_files_cut_short(void **state)
{
    (void)state;
    size_t size = 0, refused = 0;
    trial_random random = trial_stream(81);
    void *data = scratch_read(sound, &size);
    size_t cuts = trial_count("BLOOP_CUTS", (trial_counts){ 60, 400, 5000 });
    for (size_t i = 0; i < cuts; i++) {
        size_t left = i < size / 4096 && i < cuts / 2 ? i * 4096 : trial_below(&random, size);
        scratch_write(bad, data, left);
        trial_join(trial_fork(look, bad));
        trial_check(seen->opened == BLOOP_OK || seen->has_message, "a file cut to %zu bytes is refused without words",
                    left);
        trial_check(seen->opened != BLOOP_OK || looks_right(), "a file cut to %zu of %zu bytes opens, and lacks %zu",
                    left, size, seen->missing + seen->told);
        refused += seen->opened != BLOOP_OK;
    }
    (void)printf("%zu files cut short, %zu refused\n", cuts, refused);
    assert_true(refused > cuts / 2);
    free(data);
}

/* LMDB's own heads have no checksum: a number that is changed to another possible one leads to an earlier state or to
   pages that are checked; but nothing dies, and no item is wrong (shelf_find sees to that). */
static void test_damaged_meta_pages(void **state)
{
    (void)state;
    size_t size = 0, refused = 0, tried = 0;
    uint8_t *data = scratch_read(sound, &size);
    size_t step = trial_count("BLOOP_META_STEP", (trial_counts){ 5, 2, 1 });
    for (size_t page = 0; page < 2; page++) {
        for (size_t at = 0; at < META_SIZE; at += step) {
            uint8_t *byte = data + page * 4096 + at;
            for (int kind = 0; kind < 3; kind++, tried++) {
                uint8_t before = *byte;
                *byte = kind == 0 ? before ^ 1 : kind == 1 ? before ^ 0x80 : (uint8_t)~before;
                scratch_write(bad, data, size);
                *byte = before;
                trial_join(trial_fork(look, bad));
                refused += seen->opened != BLOOP_OK;
                trial_check(seen->opened == BLOOP_OK || seen->has_message, "byte %zu of page %zu: no words", at, page);
            }
        }
    }
    (void)printf("%zu bytes of meta pages changed, %zu files refused\n", tried, refused);
    assert_true(refused > tried / 10);
    free(data);
}

static void test_damaged_header(void **state)
{
    (void)state;
    for (size_t at = 0; at < RAW_HEAD + 48; at++) {
        raw_record header;
        scratch_copy(sound, bad);
        raw_file file = raw_open(bad);
        assert_true(raw_get(&file, "\1header", 7, &header));
        header.value[at] ^= 0x20;
        raw_put_as_is(&file, &header);
        raw_free(&header);
        raw_close(&file);
        expect_refusal("a damaged header", BLOOP_CORRUPT, "checksum");
    }
}

/* What a transaction takes at the end of the file and gives back before it is committed is never written: the file is then
   shorter than LMDB's last page, and sound. */
static void test_short_files_that_are_sound(void **state)
{
    (void)state;
    static const size_t counts[] = { 1, 2, 3, 5, 8, MOST_PASSING };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        size_t count = counts[i];
        (void)unlink(bad);
        bloop_backend *backend = stores_open(&(bloop_store_options){ .path = bad });
        shelf_create(backend);
        for (size_t id = 1000; id < 1003; id++)
            stores_ok(shelf_put(backend, id, SHELF_BODY_MAX));
        put_and_remove(backend, count);
        bloop_backend_close(backend);
        (void)stores_check(bad);
        bloop_backend_close(stores_open(&(bloop_store_options){ .path = bad, .read_only = true }));
        backend = stores_open(&(bloop_store_options){ .path = bad });
        shelf_check_count(backend, 3);
        stores_ok(shelf_put(backend, 2000, SHELF_BODY_MAX));
        put_and_remove(backend, 1);
        bloop_backend_close(backend);
        (void)stores_check(bad);
    }
}

static void test_without_permission(void **state)
{
    (void)state;
    assert_int_equal(chmod(folder.folder, 0755), 0);
    trial_join(trial_fork(as_nobody, NULL));
}

static void test_what_is_not_there(void **state)
{
    char path[PATH_MAX];
    (void)state;
    assert_null(bloop_store_open(&(bloop_store_options){ .path = scratch_path(&folder, "no/such/folder", path) }));
    assert_int_equal(bloop_last_error()->status, BLOOP_NOT_FOUND);
    assert_null(
        bloop_store_open(&(bloop_store_options){ .path = scratch_path(&folder, "none", path), .read_only = true }));
    assert_int_equal(bloop_last_error()->status, BLOOP_NOT_FOUND);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_null(bloop_store_open(&(bloop_store_options){ .path = "" }));
    assert_int_equal(bloop_last_error()->status, BLOOP_INVALID_ARGUMENT);
    char *longest = malloc(3 * PATH_MAX);
    assert_non_null(longest);
    memset(longest, 'x', 3 * PATH_MAX - 1);
    longest[3 * PATH_MAX - 1] = '\0';
    assert_null(bloop_store_open(&(bloop_store_options){ .path = longest }));
    assert_true(*bloop_last_error()->message);
    free(longest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files_of_others),    cmocka_unit_test(test_lmdb_files_of_others),
        cmocka_unit_test(test_later_versions),     cmocka_unit_test(test_compatible_additions_survive),
        cmocka_unit_test(test_files_cut_short),    cmocka_unit_test(test_damaged_meta_pages),
        cmocka_unit_test(test_damaged_header),     cmocka_unit_test(test_short_files_that_are_sound),
        cmocka_unit_test(test_without_permission), cmocka_unit_test(test_what_is_not_there),
    };
    (void)trial_seed();
    folder = scratch_new();
    seen = trial_shared(sizeof *seen);
    (void)scratch_path(&folder, "sound", sound);
    (void)scratch_path(&folder, "bad", bad);
    make_sound();
    int failed = cmocka_run_group_tests_name("crash/bad_files", tests, NULL, NULL);
    scratch_remove(&folder);
    trial_shared_free(seen, sizeof *seen);
    return failed;
}

static void make_sound(void)
{
    bloop_backend *backend = stores_open(&(bloop_store_options){ .path = sound, .durability = BLOOP_DURABLE_LATER });
    shelf_create(backend);
    for (size_t id = 0; id < ITEMS; id++)
        stores_ok(shelf_put(backend, id, 500 + id * 10));
    bloop_backend_close(backend);
}

/* Opens a file, reads all items, writes one, and tells how it went. */
static void look(void *context)
{
    *seen = (verdict){ .opened = BLOOP_OK };
    bloop_backend *backend = bloop_store_open(&(bloop_store_options){ .path = context });
    if (!backend) {
        seen->opened = bloop_last_error()->status;
        seen->has_message = *bloop_last_error()->message != '\0';
        return;
    }
    for (size_t id = 0; id < ITEMS; id++) {
        bool found = false;
        bloop_status status = shelf_find(backend, id, &found, NULL);
        seen->told += status != BLOOP_OK;
        seen->missing += status == BLOOP_OK && !found;
        seen->right += status == BLOOP_OK && found;
    }
    bloop_backend_close(backend);
}

static bool looks_right(void)
{
    return seen->right == ITEMS;
}

static void change_header(size_t at, size_t bytes, uint64_t value)
{
    raw_record header;
    scratch_copy(sound, bad);
    raw_file file = raw_open(bad);
    trial_check(raw_get(&file, "\1header", 7, &header), "there is no header");
    raw_store(header.value + RAW_HEAD + at, bytes, value);
    raw_put(&file, &header);
    raw_free(&header);
    raw_close(&file);
}

/* For writing, for reading and by the checker. */
static void expect_refusal(const char *what, bloop_status status, const char *text)
{
    for (int read_only = 0; read_only < 2; read_only++) {
        const bloop_store_options options = { .path = bad, .read_only = read_only };
        bloop_backend *backend = bloop_store_open(&options);
        const bloop_error *error = bloop_last_error();
        trial_check(!backend, "%s is opened as a store", what);
        trial_check(error->status == status, "%s: %s, not %s: %s", what, bloop_status_name(error->status),
                    bloop_status_name(status), error->message);
        trial_check(strstr(error->message, text) && strstr(error->message, "bad"), "%s: \"%s\" does not say \"%s\"",
                    what, error->message, text);
    }
    bloop_status checked = BLOOP_OK;
    free(stores_problems(bad, &checked, NULL));
    trial_check(checked != BLOOP_OK, "%s is clean for the checker", what);
}

static void add_unknown_records(const char *path)
{
    raw_record header;
    raw_file file = raw_open(path);
    trial_check(raw_get(&file, "\1header", 7, &header), "there is no header");
    raw_store(header.value + RAW_HEAD + 16, 8, UINT64_C(0x8000000000000004));
    memset(header.value + header.size, 0x77, 16);
    header.size += 16;
    raw_put(&file, &header);
    raw_free(&header);
    for (uint8_t i = 0; i < 100; i++) {
        static const uint8_t spaces[] = { 0x55, 0x12, 0xFE, RAW_FILE };
        uint8_t value[40] = { 0, 0, 0, 0, 200 };
        raw_record record = { .key = { spaces[i % 4], 'x', 'y', i }, .key_size = 4, .value = value, .size = 40 };
        raw_put(&file, &record);
    }
    raw_close(&file);
}

static void check_unknown_records(const char *path)
{
    raw_record record;
    raw_file file = raw_open(path);
    for (uint8_t i = 0; i < 100; i++) {
        static const uint8_t spaces[] = { 0x55, 0x12, 0xFE, RAW_FILE };
        const uint8_t key[] = { spaces[i % 4], 'x', 'y', i };
        trial_check(raw_get(&file, key, 4, &record), "a record of an unknown space is gone");
        trial_check(record.size == 40 && record.value[4] == 200, "a record of an unknown space was changed");
        raw_free(&record);
    }
    trial_check(raw_get(&file, "\1header", 7, &record), "there is no header");
    trial_check(record.size == RAW_HEAD + 64 &&
                    raw_load(record.value + RAW_HEAD + 16, 8) == UINT64_C(0x8000000000000004),
                "the header was changed");
    raw_free(&record);
    raw_close(&file);
}

/* Large items that come and go in one transaction. */
static void put_and_remove(bloop_backend *backend, size_t count)
{
    static bloop_builder *builders[2 * MOST_PASSING];
    static bloop_write_request requests[2 * MOST_PASSING];
    static bloop_write_result results[2 * MOST_PASSING];
    memset(results, 0, sizeof results);
    for (size_t i = 0; i < 2 * count; i++) {
        builders[i] = bloop_builder_new();
        trial_check(builders[i], "out of memory");
        bool puts = i < count;
        requests[i] = (bloop_write_request){ .table = SHELF };
        requests[i].kind = puts ? BLOOP_WRITE_PUT : BLOOP_WRITE_DELETE;
        requests[i].item = puts ? shelf_build(builders[i], i, SHELF_BODY_MAX) : shelf_build_key(builders[i], i - count);
    }
    stores_ok(bloop_write_items(backend, requests, 2 * count, 0, results));
    for (size_t i = 0; i < 2 * count; i++)
        bloop_builder_free(builders[i]);
}

static void refuse(const char *path, bool read_only, bloop_status status)
{
    bloop_backend *backend = bloop_store_open(&(bloop_store_options){ .path = path, .read_only = read_only });
    trial_check(!backend, "%s is opened without permission", path);
    trial_check(bloop_last_error()->status == status, "%s: %s: %s", path, bloop_status_name(bloop_last_error()->status),
                bloop_last_error()->message);
}

/* Root may do everything: so it becomes nobody. */
static void as_nobody(void *context)
{
    (void)context;
    char locked[PATH_MAX], path[PATH_MAX], file[PATH_MAX], hidden[PATH_MAX];
    (void)scratch_path(&folder, "locked", locked);
    (void)scratch_path(&folder, "locked/store", path);
    (void)scratch_path(&folder, "readable", file);
    (void)scratch_path(&folder, "hidden", hidden);
    scratch_copy(sound, file);
    scratch_copy(sound, hidden);
    trial_check(mkdir(locked, 0555) == 0 && chmod(file, 0444) == 0 && chmod(hidden, 0000) == 0, "%s", strerror(errno));
    if (geteuid() == 0)
        trial_check(setgroups(0, NULL) == 0 && setgid(NOBODY) == 0 && setuid(NOBODY) == 0, "%s", strerror(errno));
    refuse(path, false, BLOOP_PERMISSION);
    refuse(file, false, BLOOP_PERMISSION);
    refuse(hidden, false, BLOOP_PERMISSION);
    refuse(hidden, true, BLOOP_PERMISSION);
    bool found = false;
    bloop_backend *backend = stores_open(&(bloop_store_options){ .path = file, .read_only = true });
    stores_ok(shelf_find(backend, 3, &found, NULL));
    trial_check(found, "an item is not there");
    stores_fails(shelf_put(backend, 3, 1), BLOOP_READ_ONLY);
    bloop_backend_close(backend);
}
