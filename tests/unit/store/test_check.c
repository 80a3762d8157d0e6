/* The checker finds what is planted: each fault is put into a sound file below the store, and told by its words. */
#include "store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "store/facts_private.h"
#include "store/item_private.h"
#include "store/maintain_private.h"
#include "store/record_chain_private.h"
#include "support/stores.h"

enum { ITEMS = 50 };

/* The table as the file describes it, and keys of the item "7". */
typedef struct planting {
    bl_txn *txn;
    bl_table *table;
    const uint8_t *secret;
    bl_key key, entry;
    bl_stored item;
} planting;

typedef void (*fault)(planting *p);

static void fill_long_key(bloop_backend *backend);

static void fill(const char *path)
{
    bloop_backend *backend = store_open(path);
    assert_non_null(backend);
    assert_ok(store_make_table(backend, BLOOP_TAG_S));
    for (int i = 0; i < ITEMS; i++) {
        char id[32];
        (void)snprintf(id, sizeof id, "%d", i);
        assert_ok(store_put(backend, id, i, i % 2 ? "odd" : NULL));
    }
    fill_long_key(backend);
    bloop_backend_close(backend);
}

/* A table of pairs, with one whose range key is longer than LMDB's keys. */
static void fill_long_key(bloop_backend *backend)
{
    static char rank[900];
    bloop_builder *builder = bloop_builder_new();
    const bloop_attribute_definition attributes[] = { { "id", BLOOP_TAG_S }, { "rank", BLOOP_TAG_S } };
    const bloop_table_definition table = { .name = "pairs",
                                           .hash_key = "id",
                                           .range_key = "rank",
                                           .attributes = attributes,
                                           .attribute_count = 2,
                                           .billing = BLOOP_BILLING_PAY_PER_REQUEST };
    bloop_write_request request = { .kind = BLOOP_WRITE_PUT, .table = "pairs" };
    assert_ok(bloop_create_table(backend, &table, NULL));
    memset(rank, 'r', sizeof rank - 1);
    bloop_build_begin(builder, BLOOP_TAG_M);
    bloop_put_string(builder, "id", "a");
    bloop_put_string(builder, "rank", rank);
    bloop_build_end(builder);
    assert_ok(bloop_builder_value(builder, &request.item));
    assert_ok(bloop_write_item(backend, &request, NULL));
    bloop_builder_free(builder);
}

/* Opens the file below the store, plants, commits. */
static void plant(const char *path, fault f)
{
    bl_txn txn;
    planting p = { .txn = &txn };
    bl_env *env = env_open(path, BLOOP_DURABLE_LATER);
    bloop_builder *builder = bloop_builder_new();
    assert_ok(bl_write_begin(env, &txn));
    p.secret = bl_env_hash_key(env);
    assert_ok(bl_table_read(&txn, "things", &p.table));
    bloop_item key = store_key(builder, "7");
    assert_ok(bl_key_of_item(&p.key, p.secret, p.table->id, &p.table->key, key));
    assert_ok(bl_item_read(&txn, p.table, &p.key, key, &p.item));
    bl_key_of_entry(&p.entry, p.secret, p.table->indexes[0].id, &p.table->indexes[0].key, p.item.item, &p.key);
    f(&p);
    assert_ok(bl_write_commit(&txn));
    bl_table_release(p.table);
    bloop_builder_free(builder);
    bl_env_release(env);
}

static bl_bytes payload_of(const bl_stored *stored, uint8_t head[4])
{
    bl_store_le32(head, stored->size);
    return (bl_bytes){ stored->item.data, stored->item.size };
}

static void put_as(planting *p, const bl_key *key, bl_record_kind kind, bl_stored stored)
{
    uint8_t head[4], copy[4096];
    bl_bytes rest = payload_of(&stored, head);
    assert_true(rest.size <= sizeof copy);
    memcpy(copy, rest.data, rest.size);
    assert_ok(bl_record_put(p->txn, bl_key_bytes(key), kind, (bl_bytes){ head, 4 }, (bl_bytes){ copy, rest.size }));
}

static void lose_entry(planting *p)
{
    bool removed = false;
    assert_ok(bl_record_delete(p->txn, bl_key_bytes(&p->entry), &removed));
    assert_true(removed);
}

static void lose_item(planting *p)
{
    assert_ok(bl_record_delete(p->txn, bl_key_bytes(&p->key), NULL));
}

static void plant_other(planting *p, const char *id, int64_t n, const char *group, const bl_key *key,
                        bl_record_kind kind)
{
    bloop_builder *builder = bloop_builder_new();
    bloop_item item = store_item(builder, id, n, group);
    put_as(p, key, kind, (bl_stored){ item, (uint32_t)bloop_item_size(item) });
    bloop_builder_free(builder);
}

static void change_entry(planting *p)
{
    plant_other(p, "7", 8, "odd", &p->entry, BL_RECORD_ENTRY);
}

static void orphan_entry(planting *p)
{
    bl_key key = p->entry;
    key.bytes[key.size - 1] ^= 1;
    plant_other(p, "absent", 7, "odd", &key, BL_RECORD_ENTRY);
}

static void misplace_item(planting *p)
{
    bl_key key = p->key;
    key.bytes[10] ^= 1;
    plant_other(p, "7", 7, "odd", &key, BL_RECORD_ITEM);
}

static void miscount_items(planting *p)
{
    bl_count counts[3];
    assert_ok(bl_counts_read(p->txn, p->table, counts));
    counts[0].items++;
    assert_ok(bl_counts_write(p->txn, p->table, counts));
}

static void miscount_index(planting *p)
{
    bl_count counts[3];
    assert_ok(bl_counts_read(p->txn, p->table, counts));
    counts[1].bytes--;
    assert_ok(bl_counts_write(p->txn, p->table, counts));
}

static void wrong_size(planting *p)
{
    bl_stored item = p->item;
    item.size++;
    put_as(p, &p->key, BL_RECORD_ITEM, item);
}

static void item_of_no_table(planting *p)
{
    bl_key key = p->key;
    bl_store_be32(key.bytes + 1, 999);
    put_as(p, &key, BL_RECORD_ITEM, p->item);
}

static void entry_of_no_index(planting *p)
{
    bl_key key = p->entry;
    bl_store_be32(key.bytes + 1, 999);
    put_as(p, &key, BL_RECORD_ENTRY, p->item);
}

/* The checksum is right, the item is not. */
static void malformed_item(planting *p)
{
    uint8_t payload[] = { 9, 0, 0, 0, BLOOP_TAG_M, 200, 0, 0, 0, 1, 0, 0, 0 };
    assert_ok(bl_record_put(p->txn, bl_key_bytes(&p->key), BL_RECORD_ITEM, (bl_bytes){ payload, sizeof payload },
                            (bl_bytes){ NULL, 0 }));
}

/* Its size is right, too; what is in it is not. */
static void malformed_inside(planting *p)
{
    uint8_t payload[] = { 9, 0, 0, 0, BLOOP_TAG_M, 5, 0, 0, 0, 1, 0, 0, 0, 1, 0, 'n', 0, 99 };
    assert_ok(bl_record_put(p->txn, bl_key_bytes(&p->key), BL_RECORD_ITEM, (bl_bytes){ payload, sizeof payload },
                            (bl_bytes){ NULL, 0 }));
}

static void short_facts(planting *p)
{
    bl_key key;
    static const uint8_t payload[19];
    bl_key_of_id(&key, BL_SPACE_COUNTERS, 0);
    assert_ok(bl_record_put(p->txn, bl_key_bytes(&key), BL_RECORD_COUNTERS, (bl_bytes){ payload, sizeof payload },
                            (bl_bytes){ NULL, 0 }));
}

static void forgotten_ids(planting *p)
{
    bl_facts facts;
    assert_ok(bl_facts_read(p->txn, &facts));
    facts.next_id = p->table->indexes[1].id;
    assert_ok(bl_facts_write(p->txn, &facts));
}

static void forgotten_prefixes(planting *p)
{
    static const uint8_t key[] = { BL_SPACE_FILE, 'p', 'r', 'e', 'f', 'i', 'x' };
    static const uint8_t one[8] = { 1 };
    assert_ok(bl_record_put(p->txn, (bl_bytes){ key, sizeof key }, BL_RECORD_NEXT_PREFIX, (bl_bytes){ one, sizeof one },
                            (bl_bytes){ NULL, 0 }));
}

static void flip_byte(planting *p)
{
    uint8_t copy[4096];
    MDB_val key = { p->key.size, p->key.bytes }, value;
    assert_int_equal(mdb_get(p->txn->txn, p->txn->data, &key, &value), 0);
    memcpy(copy, value.mv_data, value.mv_size);
    copy[value.mv_size - 3] ^= 0x10;
    value.mv_data = copy;
    assert_int_equal(mdb_put(p->txn->txn, p->txn->data, &key, &value, 0), 0);
}

/* Of the long keys: the first marker in key order. */
static void lose_marker(planting *p)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    bool lost = false;
    assert_int_equal(mdb_cursor_open(p->txn->txn, p->txn->data, &cursor), 0);
    for (MDB_cursor_op op = MDB_FIRST; !lost && mdb_cursor_get(cursor, &key, &value, op) == 0; op = MDB_NEXT)
        if (bl_is_marker(&key)) {
            assert_int_equal(mdb_cursor_del(cursor, 0), 0);
            lost = true;
        }
    mdb_cursor_close(cursor);
    assert_true(lost);
}

static void put_astray(planting *p, MDB_dbi database, uint8_t space)
{
    uint8_t key[] = { space, 's' }, value[] = "stray";
    MDB_val physical = { sizeof key, key }, stray = { sizeof value, value };
    assert_int_equal(mdb_put(p->txn->txn, database, &physical, &stray, 0), 0);
}

static void item_in_main(planting *p)
{
    put_astray(p, p->txn->main, BL_SPACE_ITEMS);
}

static void behind_name_of_data(planting *p)
{
    put_astray(p, p->txn->main, 0xF0);
}

/* With a right checksum: the walk of the items meets it. */
static void counters_in_data(planting *p)
{
    uint8_t key[] = { BL_SPACE_COUNTERS, 's' }, record[12] = { 0, 0, 0, 0, BL_RECORD_COUNTERS };
    bl_store_le32(record, bl_crc32c(bl_crc32c(0, key, sizeof key), record + 4, sizeof record - 4));
    MDB_val physical = { sizeof key, key }, value = { sizeof record, record };
    assert_int_equal(mdb_put(p->txn->txn, p->txn->data, &physical, &value, 0), 0);
}

static void long_key_in_main(planting *p)
{
    uint8_t key[BL_PHYSICAL_MAX] = { BL_SPACE_CATALOG };
    MDB_val physical = { sizeof key, key }, value = { sizeof key, key };
    assert_int_equal(mdb_put(p->txn->txn, p->txn->main, &physical, &value, 0), 0);
}

static void broken_description(planting *p)
{
    static const uint8_t name[] = "\x03"
                                  "broken";
    static const uint8_t text[] = "no description";
    assert_ok(bl_record_put(p->txn, (bl_bytes){ name, sizeof name - 1 }, BL_RECORD_TABLE,
                            (bl_bytes){ text, sizeof text }, (bl_bytes){ NULL, 0 }));
}

/* What no version knows is left alone. */
static void unknown_space(planting *p)
{
    static const uint8_t key[] = { 0x42, 1, 2, 3 };
    assert_ok(bl_record_put(p->txn, (bl_bytes){ key, sizeof key }, (bl_record_kind)77, (bl_bytes){ key, sizeof key },
                            (bl_bytes){ NULL, 0 }));
}

static void sound_file_has_no_problems(void **state)
{
    const env_folder *folder = *state;
    fill(folder->path);
    plant(folder->path, unknown_space);
    bloop_check_counts counts = stores_check(folder->path);
    assert_int_equal(counts.tables, 2);
    assert_int_equal(counts.indexes, 2);
    assert_int_equal(counts.items, ITEMS + 1);
    assert_int_equal(counts.index_entries, ITEMS + ITEMS / 2);
    assert_true(counts.bytes > 0);
}

static void finds_planted_faults(void **state)
{
    static const struct {
        fault plant;
        const char *words;
    } rows[] = {
        { lose_entry, "table things, item id = \"7\": has no entry in index by_group" },
        { lose_item, "index by_n, entry of item id = \"7\": its item does not exist" },
        { change_entry, "item id = \"7\": its entry in index by_group does not look like it" },
        { orphan_entry, "entry of item id = \"absent\": its item does not exist" },
        { misplace_item, "item id = \"7\": stands under the key of another" },
        { miscount_items, "table things: 51 items" },
        { miscount_index, "table things, index by_group: 25 items" },
        { wrong_size, "its record says" },
        { item_of_no_table, "an item of table number 999, which does not exist" },
        { entry_of_no_index, "an entry of index number 999, which does not exist" },
        { malformed_item, "table things, an item: the record holds no item" },
        { malformed_inside, "table things, an item: a packed value is damaged at byte 13: no such tag" },
        { short_facts, "the record of the file's counters is too short" },
        { forgotten_ids, "table things: the id 3 is in use, and the next one to be given is 3" },
        { forgotten_prefixes, "long keys: the id 1 is in use, and the next one to be given is not beyond it" },
        { flip_byte, "wrong checksum" },
        { lose_marker, "to which no marker leads" },
        { broken_description, "table broken" },
        { item_in_main, "a record of space 16 stands in the main database" },
        { behind_name_of_data, "a record of space 240 stands in the main database" },
        { counters_in_data, "a record of space 2 stands in the database of data" },
        { long_key_in_main, "a record of space 3 has a long key, which only data may have" },
    };
    const env_folder *folder = *state;
    for (size_t i = 0; i < BL_COUNT_OF(rows); i++) {
        bloop_status status;
        bloop_check_counts counts;
        (void)unlink(folder->path);
        fill(folder->path);
        (void)stores_check(folder->path);
        plant(folder->path, rows[i].plant);
        char *problems = stores_problems(folder->path, &status, &counts);
        assert_int_equal(status, BLOOP_CORRUPT);
        assert_true(counts.problems > 0);
        if (!strstr(problems, rows[i].words))
            fail_msg("\"%s\" is not among:\n%s", rows[i].words, problems);
        free(problems);
    }
}

/* A read refuses what is no item from the outside, and names it. */
static void reads_refuse_what_holds_no_item(void **state)
{
    const env_folder *folder = *state;
    bloop_get_result result;
    bloop_builder *builder = bloop_builder_new();
    fill(folder->path);
    plant(folder->path, malformed_item);
    bloop_backend *backend = store_open(folder->path);
    assert_non_null(backend);
    const bloop_get_request request = { .table = "things", .key = store_key(builder, "7") };
    assert_fails(bloop_get_item(backend, &request, &result), BLOOP_CORRUPT,
                 "table things, item id = \"7\": the record holds no item");
    assert_fails(store_put(backend, "7", 1, NULL), BLOOP_CORRUPT, "holds no item");
    bloop_backend_close(backend);
    bloop_builder_free(builder);
}

/* One bad record does not hide what comes after it. */
static void goes_on_behind_damage(void **state)
{
    const env_folder *folder = *state;
    bloop_status status;
    fill(folder->path);
    plant(folder->path, miscount_index);
    plant(folder->path, flip_byte);
    bloop_check_counts counts;
    char *problems = stores_problems(folder->path, &status, &counts);
    assert_non_null(strstr(problems, "wrong checksum"));
    assert_non_null(strstr(problems, "index by_group: 25 items"));
    assert_int_equal(counts.items, ITEMS);
    free(problems);
}

/* Whole pages of garbage: a report or a refusal, and this process lives. */
static void survives_bad_pages(void **state)
{
    const env_folder *folder = *state;
    static uint8_t garbage[4096];
    memset(garbage, 0xA5, sizeof garbage);
    for (off_t page = 2; page < 12; page++) {
        bloop_status status;
        (void)unlink(folder->path);
        fill(folder->path);
        int file = open(folder->path, O_WRONLY | O_CLOEXEC);
        assert_int_equal(pwrite(file, garbage, sizeof garbage, page * 4096), (ssize_t)sizeof garbage);
        (void)close(file);
        bloop_check_counts counts = { 0 };
        char *problems = stores_problems(folder->path, &status, &counts);
        bool unused = status == BLOOP_OK && counts.items == ITEMS + 1;
        if (!unused && status != BLOOP_CORRUPT)
            fail_msg("page %d: %s, %s\n%s", (int)page, bloop_status_name(status), bloop_last_error()->message,
                     problems);
        free(problems);
    }
}

/* What a process left that died while it removed a table is no fault; whoever opens the file next removes it. */
static void dropped(planting *p)
{
    bl_change change = { .txn = *p->txn };
    assert_ok(bl_table_remove(p->txn, p->table));
    assert_ok(bl_counts_remove(p->txn, p->table));
    assert_ok(bl_drop(&change, BL_SPACE_ITEMS, p->table->id));
    assert_ok(bl_drop(&change, BL_SPACE_INDEXES, p->table->indexes[0].id));
    assert_ok(bl_drop(&change, BL_SPACE_INDEXES, p->table->indexes[1].id));
}

static void leftovers_are_removed(void **state)
{
    const env_folder *folder = *state;
    fill(folder->path);
    bloop_check_counts full = stores_check(folder->path);
    plant(folder->path, dropped);
    bloop_check_counts before = stores_check(folder->path);
    assert_int_equal(before.tables, 1);
    assert_true(before.bytes > full.bytes / 2);
    bloop_backend *backend = store_open(folder->path);
    assert_non_null(backend);
    bloop_backend_close(backend);
    assert_true(stores_check(folder->path).bytes < before.bytes / 2);
}

static void refuses_what_is_no_store(void **state)
{
    const env_folder *folder = *state;
    bloop_check_counts counts;
    assert_fails(bloop_check_file(folder->path, NULL, NULL, &counts), BLOOP_NOT_FOUND, "does not exist");
    FILE *file = fopen(folder->path, "w");
    assert_non_null(file);
    for (int i = 0; i < 5000; i++)
        (void)fputs("no store ", file);
    (void)fclose(file);
    assert_fails(bloop_check_file(folder->path, NULL, NULL, &counts), BLOOP_NOT_A_STORE, "");
    assert_fails(bloop_check_file(NULL, NULL, NULL, &counts), BLOOP_INVALID_ARGUMENT, "NULL");
}

/* A file that this process has open, with writers, can be checked. */
static void checks_an_open_file(void **state)
{
    const env_folder *folder = *state;
    fill(folder->path);
    bloop_backend *backend = store_open(folder->path);
    (void)stores_check(folder->path);
    assert_ok(store_put(backend, "more", 1, NULL));
    assert_int_equal(stores_check(folder->path).items, ITEMS + 2);
    bloop_backend_close(backend);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, env_folder_make, env_folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(sound_file_has_no_problems), CASE(finds_planted_faults),
        CASE(goes_on_behind_damage),      CASE(survives_bad_pages),
        CASE(leftovers_are_removed),      CASE(refuses_what_is_no_store),
        CASE(checks_an_open_file),        CASE(reads_refuse_what_holds_no_item),
    };
    return cmocka_run_group_tests_name("store/check", tests, NULL, NULL);
}
