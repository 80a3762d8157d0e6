/* Environments: creating, sharing and closing them, every kind of file that is no store, reading only, and memory. */
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

static bloop_status try_open(const char *path, bool read_only)
{
    bl_env *env = NULL;
    const bloop_store_options options = { .path = path, .read_only = read_only };
    bloop_status status = bl_env_acquire(&options, &env);
    assert_int_equal(env == NULL, status != BLOOP_OK);
    if (status == BLOOP_OK)
        bl_env_release(env);
    return status;
}

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

/* Files that are no store, each made by a function from a good one of 4 KB pages. */
static void write_at(const char *path, off_t at, const void *data, size_t size)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, data, size, at), (ssize_t)size);
    (void)close(fd);
}

static void flip(const char *path, off_t at)
{
    uint8_t byte = 0;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    (void)close(fd);
    byte ^= 0xFF;
    write_at(path, at, &byte, 1);
}

static void make_text(const char *path)
{
    (void)unlink(path);
    write_at(path, 0, "This is a letter, and no store.\n", 32);
}

static void make_zeros(const char *path)
{
    static const uint8_t zeros[16384];
    (void)unlink(path);
    write_at(path, 0, zeros, sizeof zeros);
}

static void make_empty(const char *path)
{
    assert_int_equal(truncate(path, 0), 0);
}

static void cut_in_first_page(const char *path)
{
    assert_int_equal(truncate(path, 1000), 0);
}

static void cut_in_second_page(const char *path)
{
    assert_int_equal(truncate(path, 5000), 0);
}

static void cut_last_page(const char *path)
{
    struct stat file;
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(truncate(path, file.st_size - 1), 0);
}

static void damage_magic(const char *path)
{
    flip(path, 16);
}

static void damage_second_magic(const char *path)
{
    flip(path, 4096 + 16);
}

static void damage_format(const char *path)
{
    flip(path, 20);
}

static void damage_page_size(const char *path)
{
    flip(path, 40);
}

static void damage_page_flags(const char *path)
{
    flip(path, 10);
}

/* Both pages' fields: only the newer page counts. */
static void damage_root(const char *path)
{
    flip(path, 88 + 40);
    flip(path, 4096 + 88 + 40);
}

static void damage_depth(const char *path)
{
    flip(path, 88 + 6);
    flip(path, 4096 + 88 + 6);
}

static void damage_last_page(const char *path)
{
    flip(path, 136 + 7);
    flip(path, 4096 + 136 + 7);
}

static void damage_transaction(const char *path)
{
    flip(path, 144);
}

static void make_folder(const char *path)
{
    (void)unlink(path);
    assert_int_equal(mkdir(path, 0777), 0);
}

static void make_pipe(const char *path)
{
    (void)unlink(path);
    assert_int_equal(mkfifo(path, 0666), 0);
}

static void make_lmdb_file(const char *path, unsigned flags, const char *key)
{
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;
    MDB_val name = { strlen(key), (void *)(uintptr_t)key }, value = { 8, "12345678" };
    (void)unlink(path);
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_open(env, path, MDB_NOSUBDIR | MDB_NOLOCK, 0666), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, NULL, flags, &dbi), 0);
    assert_int_equal(mdb_put(txn, dbi, &name, &value, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
}

static void make_other_program(const char *path)
{
    make_lmdb_file(path, 0, "something else");
}

static void make_other_order(const char *path)
{
    make_lmdb_file(path, MDB_DUPSORT, "something else");
}

static void make_foreign_header(const char *path)
{
    make_lmdb_file(path, 0, "\001header");
}

static void make_empty_lmdb(const char *path)
{
    MDB_env *env;
    (void)unlink(path);
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_open(env, path, MDB_NOSUBDIR | MDB_NOLOCK, 0666), 0);
    mdb_env_close(env);
}

/* Changes the header's payload through LMDB, and its checksum with it. */
static void change_header(const char *path, size_t at, uint8_t byte)
{
    static uint8_t key[] = { BL_SPACE_FILE, 'h', 'e', 'a', 'd', 'e', 'r' };
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;
    MDB_val name = { sizeof key, key }, value;
    uint8_t record[100];
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_open(env, path, MDB_NOSUBDIR | MDB_NOLOCK, 0666), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, NULL, 0, &dbi), 0);
    assert_int_equal(mdb_get(txn, dbi, &name, &value), 0);
    assert_in_range(value.mv_size, 8 + 48, sizeof record);
    memcpy(record, value.mv_data, value.mv_size);
    record[8 + at] = byte;
    uint32_t crc = bl_crc32c(bl_crc32c(0, key, sizeof key), record + 4, value.mv_size - 4);
    bl_store_le32(record, crc);
    value.mv_data = record;
    assert_int_equal(mdb_put(txn, dbi, &name, &value, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
}

static void make_other_magic(const char *path)
{
    change_header(path, 0, 'X');
}

static void make_newer(const char *path)
{
    change_header(path, 8, 2);
}

static void add_incompatible_feature(const char *path)
{
    change_header(path, 24, 1);
}

/* In every page that has it: older ones are still there. */
static void damage_header(const char *path)
{
    static uint8_t bytes[65536];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(bytes, 1, sizeof bytes, file), found = 0;
    (void)fclose(file);
    for (size_t i = 8192; i + 7 < size; i++)
        if (memcmp(bytes + i, "\001header", 7) == 0) {
            flip(path, (off_t)i + 7 + 8 + 33);
            found++;
        }
    assert_int_not_equal(found, 0);
}

static void what_is_no_store(void **state)
{
    static const struct {
        void (*make)(const char *path);
        bloop_status status;
        const char *text;
    } cases[] = {
        { make_text, BLOOP_NOT_A_STORE, "is not a store" },
        { make_zeros, BLOOP_NOT_A_STORE, "is not a store" },
        { make_empty, BLOOP_NOT_A_STORE, "is empty" },
        { cut_in_first_page, BLOOP_CORRUPT, "shorter" },
        { cut_in_second_page, BLOOP_CORRUPT, "shorter" },
        { cut_last_page, BLOOP_CORRUPT, "shorter" },
        { damage_magic, BLOOP_NOT_A_STORE, "is not a store" },
        { damage_second_magic, BLOOP_CORRUPT, "meta" },
        { damage_format, BLOOP_INCOMPATIBLE, "format" },
        { damage_page_size, BLOOP_CORRUPT, "page size" },
        { damage_page_flags, BLOOP_CORRUPT, "no meta page" },
        { damage_root, BLOOP_CORRUPT, "root" },
        { damage_depth, BLOOP_CORRUPT, "depth" },
        { damage_last_page, BLOOP_CORRUPT, "last page" },
        { damage_transaction, BLOOP_CORRUPT, "in turn" },
        { make_folder, BLOOP_NOT_A_STORE, "a folder" },
        { make_pipe, BLOOP_NOT_A_STORE, "no regular file" },
        { make_other_program, BLOOP_NOT_A_STORE, "another program" },
        { make_other_order, BLOOP_NOT_A_STORE, "another program" },
        { make_foreign_header, BLOOP_CORRUPT, "checksum" },
        { make_empty_lmdb, BLOOP_NOT_A_STORE, "another program" },
        { make_other_magic, BLOOP_NOT_A_STORE, "no store's" },
        { make_newer, BLOOP_INCOMPATIBLE, "version 2" },
        { add_incompatible_feature, BLOOP_INCOMPATIBLE, "features" },
        { damage_header, BLOOP_CORRUPT, "checksum" },
    };
    const env_folder *folder = *state;
    char path[PATH_MAX + 16];
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        (void)snprintf(path, sizeof path, "%s%zu", folder->path, i);
        bl_env *env = env_open(path, BLOOP_DURABLE_LATER);
        assert_ok(env_save(env, 1, 20));
        bl_env_release(env);
        cases[i].make(path);
        for (int read_only = 0; read_only < 2; read_only++) {
            assert_fails(try_open(path, read_only), cases[i].status, cases[i].text);
            assert_non_null(strstr(bloop_last_error()->message, path));
        }
    }
}

/* Any byte of the meta pages may be anything: an error or a store that works, and no crash. */
static void random_meta_pages(void **state)
{
    const env_folder *folder = *state;
    uint8_t good[2 * 4096], bad[2 * 4096];
    bl_env *env = env_open(folder->path, BLOOP_DURABLE_LATER);
    for (uint64_t i = 0; i < 300; i++)
        assert_ok(env_save(env, i, 300));
    bl_env_release(env);
    int fd = open(folder->path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(pread(fd, good, sizeof good, 0), sizeof good);
    (void)close(fd);
    size_t opened = 0, refused = 0;
    for (size_t page = 0; page < 2; page++)
        for (size_t at = 0; at < 160; at++) {
            memcpy(bad, good, sizeof bad);
            bad[page * 4096 + at] ^= (uint8_t)(1 << at % 8);
            write_at(folder->path, 0, bad, sizeof bad);
            const bloop_store_options options = { .path = folder->path, .read_only = true };
            bloop_status status = bl_env_acquire(&options, &env);
            opened += status == BLOOP_OK;
            refused += status != BLOOP_OK;
            if (status != BLOOP_OK)
                continue;
            /* One of the two pages may be of the commit before. */
            assert_in_range(env_count(env), 299, 300);
            bl_env_release(env);
        }
    print_message("%zu opened, %zu refused\n", opened, refused);
    assert_true(refused > 40 && opened > 40);
}

static void places_without_a_file(void **state)
{
    const env_folder *folder = *state;
    char path[PATH_MAX + 300];
    char name[280];
    assert_fails(try_open(folder->path, true), BLOOP_NOT_FOUND, folder->path);
    assert_fails(try_open("", false), BLOOP_INVALID_ARGUMENT, "empty");
    (void)snprintf(path, sizeof path, "%s/missing/data", folder->folder);
    assert_fails(try_open(path, false), BLOOP_NOT_FOUND, path);
    (void)snprintf(path, sizeof path, "%s/data/", folder->folder);
    assert_fails(try_open(path, false), BLOOP_NOT_FOUND, path);
    assert_fails(try_open(folder->folder, false), BLOOP_NOT_A_STORE, "folder");
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    (void)snprintf(path, sizeof path, "%s/%s", folder->folder, name);
    assert_fails(try_open(path, false), BLOOP_INVALID_ARGUMENT, "name");
    (void)snprintf(path, sizeof path, "%s/dangling", folder->folder);
    assert_int_equal(symlink("nowhere", path), 0);
    assert_fails(try_open(path, false), BLOOP_NOT_FOUND, "dangling");
    write_at(folder->path, 0, "file", 4);
    (void)snprintf(path, sizeof path, "%s/data", folder->path);
    assert_fails(try_open(path, false), BLOOP_NOT_FOUND, path);
}

static void an_unknown_compatible_feature_is_kept(void **state)
{
    const env_folder *folder = *state;
    const uint8_t header_key[] = { BL_SPACE_FILE, 'h', 'e', 'a', 'd', 'e', 'r' };
    bl_env_release(env_open(folder->path, BLOOP_DURABLE_LATER));
    change_header(folder->path, 23, 0x80);
    for (uint64_t i = 0; i < 3; i++) {
        bl_env *env = env_open(folder->path, BLOOP_DURABLE_LATER);
        assert_ok(env_save(env, i, 20));
        bl_txn txn;
        bl_bytes header;
        assert_ok(bl_read_begin(env, &txn));
        assert_ok(bl_record_get(&txn, (bl_bytes){ header_key, sizeof header_key }, BL_RECORD_HEADER, &header));
        assert_int_equal(header.data[23], 0x80);
        bl_read_end(&txn);
        bl_env_release(env);
    }
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
    assert_fails(try_open(folder->path, false), BLOOP_BUSY, "replaced");
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
        WITH_FOLDER(what_is_no_store),
        WITH_FOLDER(random_meta_pages),
        WITH_FOLDER(places_without_a_file),
        WITH_FOLDER(an_unknown_compatible_feature_is_kept),
        WITH_FOLDER(reading_only),
        WITH_FOLDER(closing_a_file_that_was_removed),
        WITH_FOLDER(memory_is_private_and_leaves_nothing),
        WITH_FOLDER(many_environments_share_the_address_space),
        WITH_FOLDER(the_map_grows),
        WITH_FOLDER(allocations_that_fail),
    };
    return cmocka_run_group_tests_name("store/env", tests, NULL, NULL);
}
