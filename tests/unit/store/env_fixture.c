/* See env_fixture.h. */
#include "env_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#define LARGEST 65536

static void remove_all(const char *folder);
static uint8_t filler(uint64_t number);

int env_folder_make(void **state)
{
    env_folder *made = calloc(1, sizeof *made);
    const char *parent = getenv("TMPDIR");
    if (!made)
        return -1;
    (void)snprintf(made->folder, sizeof made->folder, "%s/bloop-test-XXXXXX", parent && *parent ? parent : "/tmp");
    if (!mkdtemp(made->folder))
        return -1;
    (void)snprintf(made->path, sizeof made->path, "%s/data", made->folder);
    *state = made;
    return 0;
}

int env_folder_remove(void **state)
{
    env_folder *made = *state;
    remove_all(made->folder);
    free(made);
    return 0;
}

void env_assert_ok(bloop_status status, const char *call, const char *file, int line)
{
    if (status == BLOOP_OK)
        return;
    print_error("%s: %s: %s\n", call, bloop_status_name(status), bloop_last_error()->message);
    _fail(file, line);
}

void env_assert_fails(bloop_status got, bloop_status wanted, const char *text, const char *call, const char *file,
                      int line)
{
    const char *message = got == BLOOP_OK ? "" : bloop_last_error()->message;
    if (got == wanted && strstr(message, text))
        return;
    print_error("%s: %s: %s\n  expected %s and \"%s\"\n", call, bloop_status_name(got), message,
                bloop_status_name(wanted), text);
    _fail(file, line);
}

bl_env *env_open(const char *path, bloop_durability durability)
{
    bl_env *env = NULL;
    const bloop_store_options options = { .path = path, .durability = durability };
    assert_ok(bl_env_acquire(&options, &env));
    return env;
}

bloop_status env_try_open(const char *path, bool read_only)
{
    bl_env *env = NULL;
    const bloop_store_options options = { .path = path, .read_only = read_only };
    bloop_status status = bl_env_acquire(&options, &env);
    assert_int_equal(env == NULL, status != BLOOP_OK);
    if (status == BLOOP_OK)
        bl_env_release(env);
    return status;
}

void env_key(uint64_t number, uint8_t key[9])
{
    key[0] = BL_SPACE_ITEMS;
    bl_store_be64(key + 1, number);
}

bloop_status env_put(bl_txn *txn, uint64_t number, size_t size)
{
    uint8_t key[9], head[8], rest[LARGEST];
    assert_in_range(size, 8, LARGEST);
    env_key(number, key);
    bl_store_le64(head, number);
    memset(rest, filler(number), size - 8);
    return bl_record_put(txn, (bl_bytes){ key, sizeof key }, BL_RECORD_ITEM, (bl_bytes){ head, 8 },
                         (bl_bytes){ rest, size - 8 });
}

bloop_status env_save(bl_env *env, uint64_t number, size_t size)
{
    for (;;) {
        bl_txn txn;
        bloop_status status = bl_write_begin(env, &txn);
        if (status != BLOOP_OK)
            return status;
        status = env_put(&txn, number, size);
        if (status == BLOOP_OK)
            status = bl_write_commit(&txn);
        else
            bl_write_abort(&txn);
        if (status == BLOOP_OK || !bl_txn_map_full(&txn))
            return status;
        status = bl_env_grow(env);
        if (status != BLOOP_OK)
            return status;
    }
}

bool env_has(bl_env *env, uint64_t number)
{
    bl_txn txn;
    assert_ok(bl_read_begin(env, &txn));
    bool there = env_sees(&txn, number);
    bl_read_end(&txn);
    return there;
}

bool env_sees(bl_txn *txn, uint64_t number)
{
    uint8_t key[9];
    bl_bytes payload;
    env_key(number, key);
    assert_ok(bl_record_get(txn, (bl_bytes){ key, sizeof key }, BL_RECORD_ITEM, &payload));
    if (!payload.data)
        return false;
    assert_true(payload.size >= 8);
    assert_int_equal(bl_load_le64(payload.data), number);
    for (size_t i = 8; i < payload.size; i++)
        assert_int_equal(payload.data[i], filler(number));
    return true;
}

size_t env_count(bl_env *env)
{
    const uint8_t space = BL_SPACE_ITEMS;
    bl_txn txn;
    bl_walk walk;
    bool found = false;
    size_t count = 0;
    assert_ok(bl_read_begin(env, &txn));
    assert_ok(bl_walk_begin(&txn, (bl_bytes){ &space, 1 }, false, &walk));
    for (;; count++) {
        assert_ok(bl_walk_next(&walk, &found));
        if (!found)
            break;
        assert_int_equal(bl_load_be64(walk.key + 1), bl_load_le64(walk.payload.data));
    }
    bl_walk_end(&walk);
    bl_read_end(&txn);
    return count;
}

size_t env_files_in(const char *folder)
{
    size_t count = 0;
    DIR *listing = opendir(folder);
    assert_non_null(listing);
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;)
        count += entry->d_name[0] != '.';
    (void)closedir(listing);
    return count;
}

static uint8_t filler(uint64_t number)
{
    return (uint8_t)(number * 37 + 11);
}

static void remove_all(const char *folder)
{
    DIR *listing = opendir(folder);
    char path[PATH_MAX + 300];
    for (struct dirent *entry; listing && (entry = readdir(listing)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        struct stat file;
        if (lstat(path, &file) == 0 && S_ISDIR(file.st_mode)) {
            (void)chmod(path, 0700);
            remove_all(path);
        } else {
            (void)unlink(path);
        }
    }
    if (listing)
        (void)closedir(listing);
    (void)rmdir(folder);
}
