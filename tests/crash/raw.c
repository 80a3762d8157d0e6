/* Records, read and written with LMDB alone. */
#include "crash/raw.h"

#include <stdlib.h>
#include <string.h>

#include "support/trial.h"

static MDB_dbi database_of(const raw_file *file, const void *key);
static void expect(int code, const char *doing);
static void copy_record(const MDB_val *key, const MDB_val *value, raw_record *out);
static uint32_t crc32c(uint32_t crc, const uint8_t *data, size_t size);

raw_file raw_open(const char *path)
{
    raw_file file;
    expect(mdb_env_create(&file.env), "creating an environment");
    expect(mdb_env_set_maxdbs(file.env, 1), "setting the number of databases");
    expect(mdb_env_set_mapsize(file.env, (size_t)1 << 28), "setting the size of a map");
    expect(mdb_env_open(file.env, path, MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOSYNC, 0666), "opening a file");
    expect(mdb_txn_begin(file.env, NULL, 0, &file.txn), "beginning");
    expect(mdb_dbi_open(file.txn, NULL, 0, &file.main), "opening a database");
    file.has_data = mdb_dbi_open(file.txn, RAW_DATA_NAME, 0, &file.data) == 0;
    return file;
}

void raw_close(raw_file *file)
{
    expect(mdb_txn_commit(file->txn), "committing");
    mdb_env_close(file->env);
}

bool raw_nth(raw_file *file, uint8_t space, size_t number, raw_record *out)
{
    MDB_cursor *cursor;
    MDB_val key = { 1, &space }, value;
    expect(mdb_cursor_open(file->txn, database_of(file, &space), &cursor), "opening a cursor");
    int code = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    for (size_t i = 0; code == 0 && i < number; i++)
        code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    bool found = code == 0 && *(const uint8_t *)key.mv_data == space;
    if (found)
        copy_record(&key, &value, out);
    mdb_cursor_close(cursor);
    return found;
}

bool raw_get(raw_file *file, const void *key, size_t key_size, raw_record *out)
{
    MDB_val value, where = { key_size, (void *)(uintptr_t)key };
    int code = mdb_get(file->txn, database_of(file, key), &where, &value);
    if (code == MDB_NOTFOUND)
        return false;
    expect(code, "reading");
    copy_record(&where, &value, out);
    return true;
}

void raw_put_as_is(raw_file *file, const raw_record *record)
{
    MDB_val key = { record->key_size, (void *)(uintptr_t)record->key };
    MDB_val value = { record->size, record->value };
    expect(mdb_put(file->txn, database_of(file, record->key), &key, &value, 0), "writing");
}

void raw_put(raw_file *file, raw_record *record)
{
    uint32_t crc = crc32c(0, record->key, record->key_size);
    raw_store(record->value, 4, crc32c(crc, record->value + 4, record->size - 4));
    raw_put_as_is(file, record);
}

void raw_delete(raw_file *file, const raw_record *record)
{
    MDB_val key = { record->key_size, (void *)(uintptr_t)record->key };
    expect(mdb_del(file->txn, database_of(file, record->key), &key, NULL), "removing");
}

void raw_free(raw_record *record)
{
    free(record->value);
    *record = (raw_record){ .size = 0 };
}

uint64_t raw_load(const uint8_t *at, size_t bytes)
{
    uint64_t value = 0;
    while (bytes-- > 0)
        value = value << 8 | at[bytes];
    return value;
}

void raw_store(uint8_t *at, size_t bytes, uint64_t value)
{
    for (; bytes-- > 0; value >>= 8)
        *at++ = (uint8_t)value;
}

static MDB_dbi database_of(const raw_file *file, const void *key)
{
    return file->has_data && *(const uint8_t *)key >= RAW_FIRST_DATA ? file->data : file->main;
}

static void expect(int code, const char *doing)
{
    trial_check(code == 0, "LMDB: %s: %s", doing, mdb_strerror(code));
}

/* With room for what a test adds. */
static void copy_record(const MDB_val *key, const MDB_val *value, raw_record *out)
{
    memcpy(out->key, key->mv_data, key->mv_size);
    out->key_size = key->mv_size;
    out->value = malloc(value->mv_size + 256);
    trial_check(out->value, "out of memory");
    memcpy(out->value, value->mv_data, value->mv_size);
    out->size = value->mv_size;
}

/* CRC-32C (Castagnoli), bit by bit. */
static uint32_t crc32c(uint32_t crc, const uint8_t *data, size_t size)
{
    crc = ~crc;
    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0x82F63B78U : 0);
    }
    return ~crc;
}
