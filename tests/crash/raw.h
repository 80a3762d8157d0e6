/* A store's file, seen as LMDB sees it, to be damaged with care: records are read, written with a checksum that is right,
   and removed behind the store's back. It knows the format by itself, so that a change of it is noticed here.

   A record is: u32 CRC-32C of the key and what follows, u8 kind, u8 flags, u16 zero, payload. */
#ifndef BLOOP_TEST_RAW_H
#define BLOOP_TEST_RAW_H

#include <lmdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RAW_FILE = 0x01,
    RAW_COUNTERS = 0x02,
    RAW_CATALOG = 0x03,
    RAW_FIRST_DATA = 0x10, /* spaces from here on stand in the database RAW_DATA_NAME, the others in the main one */
    RAW_ITEMS = 0x10,
    RAW_INDEXES = 0x11,
    RAW_LONG = 0x7F,
    RAW_HEAD = 8,
    RAW_KEY_MAX = 511
};

#define RAW_DATA_NAME "~data"

typedef struct raw_record {
    uint8_t key[RAW_KEY_MAX];
    size_t key_size;
    uint8_t *value; /* with its head; raw_free */
    size_t size;
} raw_record;

typedef struct raw_file {
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi main, data;
    bool has_data; /* files of other programs have no such database */
} raw_file;

/* Begins and ends a transaction on a file that no store has open. */
raw_file raw_open(const char *path);
void raw_close(raw_file *file);

/* A record of a space: the one with this number, in key order. False when there are not so many. */
bool raw_nth(raw_file *file, uint8_t space, size_t number, raw_record *out);
bool raw_get(raw_file *file, const void *key, size_t key_size, raw_record *out);
/* Writes it as it is, or with its checksum made right. */
void raw_put_as_is(raw_file *file, const raw_record *record);
void raw_put(raw_file *file, raw_record *record);
void raw_delete(raw_file *file, const raw_record *record);
void raw_free(raw_record *record);

/* Little-endian numbers in a record's value. */
uint64_t raw_load(const uint8_t *at, size_t bytes);
void raw_store(uint8_t *at, size_t bytes, uint64_t value);

#endif
