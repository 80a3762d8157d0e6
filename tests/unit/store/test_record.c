/* Records under keys of any length against a sorted array in memory: random operations on keys that share long prefixes,
   walks both ways from everywhere, and what is left when all is removed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "env_fixture.h"
#include "support/fail_alloc.h"

#define OPERATIONS 100000
#define A_BATCH    200 /* operations a transaction */
#define LONGEST    3000
#define MOST       10000 /* keys in the model */
#define TEMPLATES  6     /* beginnings that keys share */

typedef struct entry {
    uint8_t *key;
    size_t size;
    uint64_t value;
} entry;

static struct {
    entry entries[MOST];
    size_t count;
    uint8_t templates[TEMPLATES][LONGEST];
    uint64_t random;
    size_t put, removed, found, missed, walked, long_keys;
} model;

static uint64_t next_random(void)
{
    model.random ^= model.random << 13;
    model.random ^= model.random >> 7;
    model.random ^= model.random << 17;
    return model.random;
}

static int compare(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size)
{
    size_t common = a_size < b_size ? a_size : b_size;
    int order = common ? memcmp(a, b, common) : 0;
    return order ? order : (a_size > b_size) - (a_size < b_size);
}

/* The first entry whose key is not less; *exact when it is equal. */
static size_t locate(const uint8_t *key, size_t size, bool *exact)
{
    size_t low = 0, high = model.count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (compare(model.entries[middle].key, model.entries[middle].size, key, size) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *exact = low < model.count && compare(model.entries[low].key, model.entries[low].size, key, size) == 0;
    return low;
}

/* Sizes on and around the borders of pieces are as likely as all others together. */
static size_t random_size(void)
{
    static const size_t borders[] = { 1, 2, 510, 511, 512, 1012, 1013, 1014, 1515, 1516, 2017, 2519, LONGEST };
    if (next_random() % 2)
        return borders[next_random() % BL_COUNT_OF(borders)];
    return 1 + next_random() % LONGEST;
}

static size_t random_key(uint8_t *key)
{
    size_t size = random_size();
    if (model.count && next_random() % 2) {
        const entry *old = &model.entries[next_random() % model.count];
        size = old->size;
        memcpy(key, old->key, size);
    } else {
        memcpy(key, model.templates[next_random() % TEMPLATES], size);
    }
    size_t changes = next_random() % 3;
    for (size_t i = 0; i < changes; i++) {
        size_t at = next_random() % 4 ? size - 1 - next_random() % (size < 8 ? size : 8) : next_random() % size;
        if (at > 0)
            key[at] = (uint8_t)next_random();
    }
    return size;
}

/* Mostly a key that is there, else the one that is in `key` already. */
static size_t known_key(uint8_t *key, size_t size)
{
    if (!model.count || next_random() % 4 == 0)
        return size;
    const entry *old = &model.entries[next_random() % model.count];
    memcpy(key, old->key, old->size);
    return old->size;
}

static void put(bl_txn *txn, const uint8_t *key, size_t size)
{
    bool exact;
    size_t at = locate(key, size, &exact);
    if (!exact && model.count == MOST)
        return;
    uint64_t value = next_random();
    assert_ok(bl_record_put(txn, (bl_bytes){ key, size }, BL_RECORD_ITEM, (bl_bytes){ (uint8_t *)&value, 3 },
                            (bl_bytes){ (uint8_t *)&value + 3, 5 }));
    if (!exact) {
        memmove(&model.entries[at + 1], &model.entries[at], (model.count - at) * sizeof(entry));
        model.entries[at] = (entry){ malloc(size), size, 0 };
        memcpy(model.entries[at].key, key, size);
        model.count++;
    }
    model.entries[at].value = value;
    model.put++;
    model.long_keys += size >= 511;
}

static void remove_one(bl_txn *txn, const uint8_t *key, size_t size)
{
    bool exact, removed = false;
    size_t at = locate(key, size, &exact);
    assert_ok(bl_record_delete(txn, (bl_bytes){ key, size }, &removed));
    assert_int_equal(removed, exact);
    if (!exact)
        return;
    free(model.entries[at].key);
    memmove(&model.entries[at], &model.entries[at + 1], (model.count - at - 1) * sizeof(entry));
    model.count--;
    model.removed++;
}

static void get(bl_txn *txn, const uint8_t *key, size_t size)
{
    bool exact;
    bl_bytes payload;
    size_t at = locate(key, size, &exact);
    assert_ok(bl_record_get(txn, (bl_bytes){ key, size }, BL_RECORD_ITEM, &payload));
    assert_int_equal(payload.data != NULL, exact);
    if (payload.data) {
        assert_int_equal(payload.size, 8);
        assert_int_equal(bl_load_le64(payload.data), model.entries[at].value);
    }
    model.found += exact;
    model.missed += !exact;
}

static void assert_walk_at(const bl_walk *walk, const entry *expected)
{
    assert_int_equal(compare(walk->key, walk->key_size, expected->key, expected->size), 0);
    assert_int_equal(walk->kind, BL_RECORD_ITEM);
    assert_int_equal(walk->payload.size, 8);
    assert_int_equal(bl_load_le64(walk->payload.data), expected->value);
}

static bool has_prefix(const entry *of, const uint8_t *prefix, size_t size)
{
    return of->size >= size && (!size || memcmp(of->key, prefix, size) == 0);
}

static bool next_of_model(bl_walk *walk)
{
    bool found = false;
    assert_ok(bl_walk_next(walk, &found));
    return found;
}

/* Walks at most `steps` records below a prefix, from a key when there is one, and compares each. */
static void walk_some(bl_txn *txn, const uint8_t *prefix, size_t prefix_size, const uint8_t *from, size_t from_size,
                      bool backward, size_t steps)
{
    bl_walk walk;
    bool found = true, exact = false;
    assert_ok(bl_walk_begin(txn, (bl_bytes){ prefix, prefix_size }, backward, &walk));
    if (from)
        assert_ok(bl_walk_seek(&walk, (bl_bytes){ from, from_size }));
    size_t low = 0, high = model.count;
    while (low < high && !has_prefix(&model.entries[low], prefix, prefix_size))
        low++;
    while (high > low && !has_prefix(&model.entries[high - 1], prefix, prefix_size))
        high--;
    size_t at = backward ? high : low;
    if (from) {
        size_t place = locate(from, from_size, &exact) + (backward && exact);
        at = place < low ? low : place > high ? high : place;
    }
    for (size_t i = 0; i < steps && found; i++) {
        found = next_of_model(&walk);
        assert_int_equal(found, backward ? at > low : at < high);
        if (found)
            assert_walk_at(&walk, &model.entries[backward ? --at : at++]);
        model.walked += found;
    }
    bl_walk_end(&walk);
}

static void walk_somewhere(bl_txn *txn, const uint8_t *key, size_t size)
{
    uint8_t from[LONGEST];
    size_t prefix_size = next_random() % 2 ? next_random() % (size + 1) : 1;
    bool backward = next_random() % 2;
    if (next_random() % 2) {
        size_t from_size = random_key(from);
        walk_some(txn, key, prefix_size, from, from_size, backward, 20);
    } else {
        walk_some(txn, key, prefix_size, NULL, 0, backward, 20);
    }
}

static void make_templates(void)
{
    for (size_t i = 0; i < TEMPLATES; i++) {
        for (size_t at = 0; at < LONGEST; at++)
            model.templates[i][at] = (uint8_t)next_random();
        /* Two with a long beginning in common, one of 0xFF, one of zeros, two in other spaces than items. */
        model.templates[i][0] = i < 4 ? BL_SPACE_ITEMS : i == 4 ? 0x80 : BL_SPACE_INDEXES;
    }
    memcpy(model.templates[1], model.templates[0], 1400);
    memset(model.templates[2] + 1, 0xFF, LONGEST - 1);
    memset(model.templates[3] + 1, 0, LONGEST - 1);
}

static size_t physical_records(bl_env *env)
{
    bl_txn txn;
    MDB_stat stat;
    assert_ok(bl_read_begin(env, &txn));
    assert_int_equal(mdb_stat(txn.txn, txn.data, &stat), 0);
    bl_read_end(&txn);
    return stat.ms_entries;
}

static void run_batch(bl_env *env)
{
    uint8_t key[LONGEST];
    bl_txn txn;
    assert_ok(bl_write_begin(env, &txn));
    for (size_t i = 0; i < A_BATCH; i++) {
        size_t size = random_key(key);
        uint64_t kind = next_random() % 20;
        if (kind < 1)
            walk_somewhere(&txn, key, size);
        else if (kind < 9)
            put(&txn, key, size);
        else if (kind < 14)
            remove_one(&txn, key, known_key(key, size));
        else
            get(&txn, key, known_key(key, size));
    }
    assert_ok(bl_write_commit(&txn));
    assert_ok(bl_read_begin(env, &txn));
    walk_somewhere(&txn, key, random_key(key));
    bl_read_end(&txn);
}

/* Every second record is removed by a walk forward, the others by one backward; each walk sees what it should. */
static void remove_by_walks(bl_env *env)
{
    for (int backward = 0; backward < 2; backward++) {
        bl_txn txn;
        bl_walk walk;
        assert_ok(bl_write_begin(env, &txn));
        assert_ok(bl_walk_begin(&txn, (bl_bytes){ NULL, 0 }, backward, &walk));
        size_t at = 0, kept = 0, steps = model.count;
        while (next_of_model(&walk)) {
            size_t index = backward ? steps - 1 - at : at;
            assert_walk_at(&walk, &model.entries[index]);
            bool remove = backward || at % 2 == 0;
            if (remove) {
                assert_ok(bl_walk_delete(&walk));
                free(model.entries[index].key);
            } else {
                model.entries[kept++] = model.entries[index];
            }
            at++;
        }
        assert_int_equal(at, steps);
        bl_walk_end(&walk);
        model.count = kept;
        assert_ok(bl_write_commit(&txn));
        assert_ok(bl_read_begin(env, &txn));
        walk_some(&txn, NULL, 0, NULL, 0, false, SIZE_MAX);
        bl_read_end(&txn);
    }
}

static void any_keys_against_a_model(void **state)
{
    (void)state;
    const char *seed = getenv("BLOOP_TEST_SEED");
    model.random = seed ? strtoull(seed, NULL, 10) : 20261122;
    make_templates();
    bl_env *env = env_open(NULL, BLOOP_DURABLE);
    for (size_t i = 0; i < OPERATIONS / A_BATCH; i++)
        run_batch(env);
    bl_txn txn;
    for (int backward = 0; backward < 2; backward++) {
        assert_ok(bl_read_begin(env, &txn));
        walk_some(&txn, NULL, 0, NULL, 0, backward, SIZE_MAX);
        bl_read_end(&txn);
    }
    print_message("%zu put (%zu long), %zu removed, %zu found, %zu missed, %zu walked, %zu left\n", model.put,
                  model.long_keys, model.removed, model.found, model.missed, model.walked, model.count);
    assert_true(model.put > 20000 && model.long_keys > 10000 && model.removed > 5000 && model.found > 5000);
    remove_by_walks(env);
    /* Nothing is left of all the chains. */
    assert_int_equal(physical_records(env), 0);
    bl_env_release(env);
}

/* Walks all records: across chains it asks for levels and for room to put keys together. */
static bloop_status walk_long_keys(void *context)
{
    bl_env *env = context;
    const uint8_t space = BL_SPACE_ITEMS;
    bl_txn txn;
    bl_walk walk;
    bool found = true;
    bloop_status status = bl_read_begin(env, &txn);
    if (status != BLOOP_OK)
        return status;
    status = bl_walk_begin(&txn, (bl_bytes){ &space, 1 }, false, &walk);
    if (status == BLOOP_OK) {
        while (status == BLOOP_OK && found)
            status = bl_walk_next(&walk, &found);
        bl_walk_end(&walk);
    }
    bl_read_end(&txn);
    return status;
}

static bloop_status put_of_size(bl_txn *txn, size_t size, uint64_t value)
{
    uint8_t key[BL_KEY_MAX + 1];
    memset(key, 'k', sizeof key);
    key[0] = BL_SPACE_ITEMS;
    return bl_record_put(txn, (bl_bytes){ key, size }, BL_RECORD_ITEM, (bl_bytes){ (uint8_t *)&value, 8 },
                         (bl_bytes){ NULL, 0 });
}

static void allocations_that_fail(void **state)
{
    (void)state;
    bl_env *env = env_open(NULL, BLOOP_DURABLE);
    bl_txn txn;
    assert_ok(bl_write_begin(env, &txn));
    for (size_t size = 1; size <= BL_KEY_MAX; size += 97)
        assert_ok(put_of_size(&txn, size, size));
    assert_ok(bl_write_commit(&txn));
    assert_true(fail_alloc_every(walk_long_keys, env) >= 2);
    bl_env_release(env);
}

static void keys_of_every_size(void **state)
{
    (void)state;
    bl_env *env = env_open(NULL, BLOOP_DURABLE);
    const uint8_t space = BL_SPACE_ITEMS;
    bl_txn txn;
    bl_walk walk;
    bool found;
    assert_ok(bl_write_begin(env, &txn));
    for (size_t size = 1; size <= BL_KEY_MAX; size++)
        assert_ok(put_of_size(&txn, size, size));
    assert_fails(put_of_size(&txn, BL_KEY_MAX + 1, 0), BLOOP_INTERNAL, "no possible");
    assert_fails(put_of_size(&txn, 0, 0), BLOOP_INTERNAL, "no possible");
    assert_ok(bl_walk_begin(&txn, (bl_bytes){ &space, 1 }, true, &walk));
    for (size_t size = BL_KEY_MAX; size >= 1; size--) {
        assert_ok(bl_walk_next(&walk, &found));
        assert_true(found);
        assert_int_equal(walk.key_size, size);
        assert_int_equal(bl_load_le64(walk.payload.data), size);
    }
    assert_ok(bl_walk_next(&walk, &found));
    assert_false(found);
    bl_walk_end(&walk);
    bl_write_abort(&txn);
    bl_env_release(env);
}

/* Ids of prefixes are counted on by the next transaction, and given back by one that is aborted. */
static void prefix_ids_are_never_used_twice(void **state)
{
    (void)state;
    bl_env *env = env_open(NULL, BLOOP_DURABLE);
    bl_txn txn;
    for (uint64_t round = 0; round < 6; round++) {
        uint8_t key[600];
        memset(key, (int)('a' + round), sizeof key);
        key[0] = BL_SPACE_ITEMS;
        assert_ok(bl_write_begin(env, &txn));
        assert_ok(bl_record_put(&txn, (bl_bytes){ key, sizeof key }, BL_RECORD_ITEM, (bl_bytes){ key, 10 },
                                (bl_bytes){ NULL, 0 }));
        if (round % 2 == 0)
            bl_write_abort(&txn);
        else
            assert_ok(bl_write_commit(&txn));
    }
    const uint8_t space = BL_SPACE_ITEMS;
    bl_walk walk;
    bool found;
    assert_ok(bl_read_begin(env, &txn));
    assert_ok(bl_walk_begin(&txn, (bl_bytes){ &space, 1 }, false, &walk));
    for (uint64_t round = 1; round < 6; round += 2) {
        assert_ok(bl_walk_next(&walk, &found));
        assert_true(found);
        assert_int_equal(walk.key_size, 600);
        assert_int_equal(walk.key[599], 'a' + round);
    }
    assert_ok(bl_walk_next(&walk, &found));
    assert_false(found);
    bl_walk_end(&walk);
    bl_read_end(&txn);
    bl_env_release(env);
}

/* Flips each bit of a record in turn, through LMDB itself. */
static void every_flipped_bit_is_noticed(void **state)
{
    (void)state;
    bl_env *env = env_open(NULL, BLOOP_DURABLE);
    uint8_t key[9], damaged[64];
    bl_txn txn;
    assert_ok(bl_write_begin(env, &txn));
    assert_ok(env_put(&txn, 5, 40));
    env_key(5, key);
    MDB_val physical = { sizeof key, key }, value;
    assert_int_equal(mdb_get(txn.txn, txn.data, &physical, &value), 0);
    size_t size = value.mv_size;
    memcpy(damaged, value.mv_data, size);
    for (size_t bit = 0; bit < size * 8; bit++) {
        bl_bytes payload = { NULL, 1 };
        damaged[bit / 8] ^= (uint8_t)(1 << bit % 8);
        value = (MDB_val){ size, damaged };
        assert_int_equal(mdb_put(txn.txn, txn.data, &physical, &value, 0), 0);
        assert_fails(bl_record_get(&txn, (bl_bytes){ key, sizeof key }, BL_RECORD_ITEM, &payload), BLOOP_CORRUPT,
                     "\"items\" under key 100000000000000005");
        assert_null(payload.data);
        damaged[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    bl_write_abort(&txn);
    bl_env_release(env);
}

static void put_raw(bl_txn *txn, const uint8_t *key, size_t key_size, size_t size)
{
    MDB_val physical = { key_size, (void *)(uintptr_t)key },
            value = { size, (void *)(uintptr_t) "\1\2\3\4\5\6\7\10\11" };
    assert_int_equal(mdb_put(txn->txn, txn->data, &physical, &value, 0), 0);
}

static void records_that_are_none(void **state)
{
    (void)state;
    bl_env *env = env_open(NULL, BLOOP_DURABLE);
    uint8_t key[600] = { BL_SPACE_ITEMS };
    bl_bytes payload;
    bl_txn txn;
    assert_ok(bl_write_begin(env, &txn));
    for (size_t size = 0; size < 8; size++) {
        put_raw(&txn, key, 9, size);
        assert_fails(bl_record_get(&txn, (bl_bytes){ key, 9 }, BL_RECORD_ITEM, &payload), BLOOP_CORRUPT, "too short");
    }
    assert_ok(bl_record_put(&txn, (bl_bytes){ key, 9 }, BL_RECORD_ENTRY, (bl_bytes){ key, 3 }, (bl_bytes){ NULL, 0 }));
    assert_fails(bl_record_get(&txn, (bl_bytes){ key, 9 }, BL_RECORD_ITEM, &payload), BLOOP_CORRUPT, "another kind");
    /* A marker that is none, met by a get, by a put and by a walk. */
    put_raw(&txn, key, 511, 9);
    assert_fails(bl_record_get(&txn, (bl_bytes){ key, 600 }, BL_RECORD_ITEM, &payload), BLOOP_CORRUPT, "checksum");
    assert_fails(
        bl_record_put(&txn, (bl_bytes){ key, 600 }, BL_RECORD_ITEM, (bl_bytes){ key, 3 }, (bl_bytes){ key, 0 }),
        BLOOP_CORRUPT, "checksum");
    bl_walk walk;
    bool found = true;
    assert_ok(bl_walk_begin(&txn, (bl_bytes){ key, 10 }, false, &walk));
    assert_fails(bl_walk_next(&walk, &found), BLOOP_CORRUPT, "checksum");
    assert_false(found);
    assert_ok(bl_walk_next(&walk, &found));
    assert_false(found);
    bl_walk_end(&walk);
    bl_write_abort(&txn);
    bl_env_release(env);
}

/* The space decides in which database a record stands; walks and deletes find it there, and only there. */
static void each_space_has_its_database(void **state)
{
    static const struct {
        uint8_t space;
        bool data;
    } cases[] = { { 0x01, false }, { 0x02, false }, { 0x0F, false }, { 0x10, true }, { 0x7E, true }, { 0xFF, true } };
    (void)state;
    bl_env *env = env_open(NULL, BLOOP_DURABLE);
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        uint8_t key[] = { cases[i].space, 'k', 'e', 'y' };
        const bl_bytes bytes = { key, sizeof key };
        MDB_val physical = { sizeof key, key }, value;
        bool found = false;
        bl_txn txn;
        bl_walk walk;
        assert_ok(bl_write_begin(env, &txn));
        assert_ok(bl_record_put(&txn, bytes, BL_RECORD_ITEM, bytes, (bl_bytes){ NULL, 0 }));
        assert_int_equal(mdb_get(txn.txn, cases[i].data ? txn.data : txn.main, &physical, &value), 0);
        assert_int_equal(mdb_get(txn.txn, cases[i].data ? txn.main : txn.data, &physical, &value), MDB_NOTFOUND);
        for (int backward = 0; backward < 2; backward++) {
            assert_ok(bl_walk_begin(&txn, (bl_bytes){ key, 2 }, backward, &walk));
            assert_ok(bl_walk_next(&walk, &found));
            assert_true(found && walk.key_size == sizeof key && memcmp(walk.key, key, sizeof key) == 0);
            assert_ok(bl_walk_next(&walk, &found));
            assert_false(found);
            bl_walk_end(&walk);
        }
        assert_ok(bl_record_delete(&txn, bytes, &found));
        assert_true(found);
        assert_ok(bl_write_commit(&txn));
    }
    bl_env_release(env);
}

static void long_keys_are_for_data(void **state)
{
    (void)state;
    bl_env *env = env_open(NULL, BLOOP_DURABLE);
    uint8_t key[511] = { BL_SPACE_CATALOG };
    bl_txn txn;
    assert_ok(bl_write_begin(env, &txn));
    assert_ok(bl_record_put(&txn, (bl_bytes){ key, 510 }, BL_RECORD_TABLE, (bl_bytes){ key, 3 }, (bl_bytes){ key, 0 }));
    assert_fails(
        bl_record_put(&txn, (bl_bytes){ key, 511 }, BL_RECORD_TABLE, (bl_bytes){ key, 3 }, (bl_bytes){ key, 0 }),
        BLOOP_INTERNAL, "no possible one");
    bl_write_abort(&txn);
    bl_env_release(env);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_keys_against_a_model),     cmocka_unit_test(keys_of_every_size),
        cmocka_unit_test(allocations_that_fail),        cmocka_unit_test(prefix_ids_are_never_used_twice),
        cmocka_unit_test(every_flipped_bit_is_noticed), cmocka_unit_test(records_that_are_none),
        cmocka_unit_test(each_space_has_its_database),  cmocka_unit_test(long_keys_are_for_data),
    };
    return cmocka_run_group_tests_name("store/record", tests, NULL, NULL);
}
