/* Files that are no store, or a damaged or newer one: each has its own status and a message that names it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "env_fixture.h"
#include "store/env_pages_private.h"

/* Each is made by a function from a good one of 4 KB pages. */
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

/* Changes the database of items as a whole; each is given a transaction, and ends without it. */
static void change_data(const char *path, void (*change)(MDB_txn *txn))
{
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi data;
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 1), 0);
    assert_int_equal(mdb_env_open(env, path, MDB_NOSUBDIR | MDB_NOLOCK, 0666), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, BL_DATA_NAME, 0, &data), 0);
    assert_int_equal(mdb_drop(txn, data, 1), 0);
    if (change)
        change(txn);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
}

static void remove_data(const char *path)
{
    change_data(path, NULL);
}

static void put_data_record(MDB_txn *txn)
{
    MDB_dbi dbi;
    MDB_val name = { sizeof BL_DATA_NAME - 1, BL_DATA_NAME }, value = { 8, "12345678" };
    assert_int_equal(mdb_dbi_open(txn, NULL, 0, &dbi), 0);
    assert_int_equal(mdb_put(txn, dbi, &name, &value, 0), 0);
}

static void replace_data_by_record(const char *path)
{
    change_data(path, put_data_record);
}

static void put_data_of_pairs(MDB_txn *txn)
{
    MDB_dbi dbi;
    assert_int_equal(mdb_dbi_open(txn, BL_DATA_NAME, MDB_CREATE | MDB_DUPSORT, &dbi), 0);
}

static void replace_data_by_other_kind(const char *path)
{
    change_data(path, put_data_of_pairs);
}

/* Where the head of the items' tree stands, in every page that has one: after its name. */
static size_t find_data_heads(const char *path, off_t heads[64])
{
    static uint8_t bytes[1 << 20];
    const size_t name = sizeof BL_DATA_NAME - 1;
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(bytes, 1, sizeof bytes, file), found = 0;
    (void)fclose(file);
    for (size_t i = 8192; i + name + sizeof(bl_tree_head) < size && found < 64; i++)
        if (memcmp(bytes + i, BL_DATA_NAME, name) == 0)
            heads[found++] = (off_t)(i + name);
    assert_in_range(found, 1, 63);
    return found;
}

static void flip_in_data_heads(const char *path, size_t at)
{
    off_t heads[64];
    for (size_t i = find_data_heads(path, heads); i > 0; i--)
        flip(path, heads[i - 1] + (off_t)at);
}

static void damage_data_root(const char *path)
{
    flip_in_data_heads(path, offsetof(bl_tree_head, root));
}

static void damage_data_depth(const char *path)
{
    flip_in_data_heads(path, offsetof(bl_tree_head, depth));
}

static void damage_data_flags(const char *path)
{
    flip_in_data_heads(path, offsetof(bl_tree_head, flags));
}

/* The pages to which the heads lead: their own numbers, and what they are. */
static void flip_in_data_roots(const char *path, size_t at)
{
    off_t heads[64], roots[64];
    size_t count = find_data_heads(path, heads);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    for (size_t i = 0; i < count; i++) {
        size_t root;
        assert_int_equal(pread(fd, &root, sizeof root, heads[i] + (off_t)offsetof(bl_tree_head, root)), sizeof root);
        roots[i] = root == BL_NO_PAGE ? 0 : (off_t)(root * 4096);
        for (size_t k = 0; k < i; k++)
            roots[i] = roots[k] == roots[i] ? 0 : roots[i];
    }
    (void)close(fd);
    for (size_t i = 0; i < count; i++)
        if (roots[i])
            flip(path, roots[i] + (off_t)at);
}

static void damage_number_of_data_root(const char *path)
{
    flip_in_data_roots(path, offsetof(bl_page_head, number));
}

static void damage_kind_of_data_root(const char *path)
{
    flip_in_data_roots(path, offsetof(bl_page_head, flags));
}

static void damage_layout_of_data_root(const char *path)
{
    flip_in_data_roots(path, offsetof(bl_page_head, lower) + 1);
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
        { remove_data, BLOOP_INCOMPATIBLE, "no database of items" },
        { replace_data_by_record, BLOOP_CORRUPT, "where the items are" },
        { replace_data_by_other_kind, BLOOP_CORRUPT, "no kind" },
        { damage_data_root, BLOOP_CORRUPT, "root" },
        { damage_data_depth, BLOOP_CORRUPT, "depth" },
        { damage_data_flags, BLOOP_CORRUPT, "no kind" },
        { damage_number_of_data_root, BLOOP_CORRUPT, "no root" },
        { damage_kind_of_data_root, BLOOP_CORRUPT, "no root" },
        { damage_layout_of_data_root, BLOOP_CORRUPT, "layout" },
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
            assert_fails(env_try_open(path, read_only), cases[i].status, cases[i].text);
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
            /* One of the two pages may be of the commit before, and a wrong root that of an older one. */
            assert_in_range(env_count(env), 295, 300);
            bl_env_release(env);
        }
    print_message("%zu opened, %zu refused\n", opened, refused);
    assert_true(refused > 40 && opened > 40);
}

/* The main database may be a tree of several levels; then, too, nothing in the head of the items' tree goes unnoticed that
   leads LMDB astray. */
static void random_heads_of_data(void **state)
{
    const env_folder *folder = *state;
    bl_env *env = env_open(folder->path, BLOOP_DURABLE_LATER);
    for (uint64_t i = 0; i < 100; i++)
        assert_ok(env_save(env, i, 300));
    bl_txn txn;
    assert_ok(bl_write_begin(env, &txn));
    for (uint8_t i = 0; i < 250; i++) {
        uint8_t key[64] = { BL_SPACE_CATALOG, i };
        assert_ok(bl_record_put(&txn, (bl_bytes){ key, sizeof key }, BL_RECORD_TABLE, (bl_bytes){ key, sizeof key },
                                (bl_bytes){ NULL, 0 }));
    }
    MDB_stat stat;
    assert_int_equal(mdb_stat(txn.txn, txn.main, &stat), 0);
    assert_in_range(stat.ms_depth, 2, 4);
    assert_ok(bl_write_commit(&txn));
    bl_env_release(env);
    off_t heads[64];
    size_t opened = 0, refused = 0;
    for (size_t head = find_data_heads(folder->path, heads); head-- > 0;)
        for (size_t bit = 0; bit < 8 * sizeof(bl_tree_head); bit++) {
            uint8_t good, bad;
            off_t at = heads[head] + (off_t)(bit / 8);
            int fd = open(folder->path, O_RDONLY | O_CLOEXEC);
            assert_int_equal(pread(fd, &good, 1, at), 1);
            (void)close(fd);
            bad = good ^ (uint8_t)(1U << bit % 8);
            write_at(folder->path, at, &bad, 1);
            const bloop_store_options options = { .path = folder->path, .read_only = true };
            bloop_status status = bl_env_acquire(&options, &env);
            opened += status == BLOOP_OK;
            refused += status == BLOOP_CORRUPT;
            if (status == BLOOP_OK) {
                assert_in_range(env_count(env), 0, 100);
                bl_env_release(env);
            } else {
                assert_int_equal(status, BLOOP_CORRUPT);
            }
            write_at(folder->path, at, &good, 1);
        }
    print_message("%zu opened, %zu refused\n", opened, refused);
    assert_true(refused > 80 && opened > 80);
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

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, env_folder_make, env_folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(what_is_no_store),
        WITH_FOLDER(random_meta_pages),
        WITH_FOLDER(random_heads_of_data),
        WITH_FOLDER(an_unknown_compatible_feature_is_kept),
    };
    return cmocka_run_group_tests_name("store/env_files", tests, NULL, NULL);
}
