/* The raw side: what a program would do that used LMDB by itself, on the same records. */
#include <string.h>

#include "dataset.h"

enum { LARGEST_RECORD = 64 * 1024 };

static bool follow(MDB_txn *txn, MDB_dbi dbi, const raw_chain *chain, MDB_val *value);
static bool change(MDB_txn *txn, MDB_dbi dbi, const raw_chain *chain);

bool raw_load(dataset *data, const sample *of, uint64_t *sum)
{
    MDB_val value;
    if (!raw_check(mdb_txn_renew(data->reader), "renewing"))
        return false;
    bool done = follow(data->reader, data->dbi, &of->item, &value);
    if (done)
        *sum += touch_bytes(value.mv_data, value.mv_size);
    mdb_txn_reset(data->reader);
    return done;
}

bool raw_save(dataset *data, const sample *of, size_t count)
{
    MDB_txn *txn;
    if (!raw_check(mdb_txn_begin(data->raw, NULL, 0, &txn), "beginning"))
        return false;
    bool done = true;
    for (size_t i = 0; done && i < count; i++)
        done = change(txn, data->dbi, &of[i].item) && (of[i].entry.depth == 0 || change(txn, data->dbi, &of[i].entry));
    if (done)
        return raw_check(mdb_txn_commit(txn), "committing");
    mdb_txn_abort(txn);
    return false;
}

bool raw_number(dataset *data, const sample *of, uint64_t *number)
{
    MDB_val value;
    if (!raw_check(mdb_txn_renew(data->reader), "renewing"))
        return false;
    bool done = follow(data->reader, data->dbi, &of->item, &value) &&
                (record_number(data->kind, &value, number) || bench_fail("a raw record is damaged"));
    mdb_txn_reset(data->reader);
    return done;
}

/* Every record of the chain is got, the last is what is wanted. */
static bool follow(MDB_txn *txn, MDB_dbi dbi, const raw_chain *chain, MDB_val *value)
{
    for (size_t i = 0; i < chain->depth; i++) {
        MDB_val key = chain->keys[i];
        if (!raw_check(mdb_get(txn, dbi, &key, value), "getting a record"))
            return false;
    }
    return true;
}

/* The record with its last byte changed: of the same size, and no longer the same. */
static bool change(MDB_txn *txn, MDB_dbi dbi, const raw_chain *chain)
{
    uint8_t record[LARGEST_RECORD];
    MDB_val value;
    if (!follow(txn, dbi, chain, &value))
        return false;
    if (value.mv_size > sizeof record)
        return bench_fail("a record of %zu bytes is too large", value.mv_size);
    memcpy(record, value.mv_data, value.mv_size);
    record[value.mv_size - 1]++;
    MDB_val key = chain->keys[chain->depth - 1], new = { value.mv_size, record };
    return raw_check(mdb_put(txn, dbi, &key, &new, 0), "putting a record");
}
