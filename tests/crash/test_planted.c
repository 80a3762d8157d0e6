/* The checker finds faults that were planted: records that lack, that are too many, that disagree, that are damaged, some
   below a checksum that was made right again. And what later versions may add is no fault. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pthread.h>
#include <cmocka.h>

#include "crash/ledger.h"
#include "crash/raw.h"
#include "crash/shelf.h"
#include "support/scratch.h"
#include "support/stores.h"

enum { ITEMS = 30, CALLS = 60 };

static scratch folder;
static char sound[PATH_MAX], planted[PATH_MAX];
static ledger_lane lane;

typedef struct plant {
    const char *name;
    void (*make)(raw_file *file);
    const char *found; /* in a problem that is told */
    bool forged;       /* a value that only the checker looks into, since its checksum is right */
} plant;

static void make_sound(void);
static raw_record nth(raw_file *file, uint8_t space, size_t number);
static void flip(raw_file *file, raw_record record, size_t at);
static uint8_t kind_of(const raw_record *record);
static raw_record find_kind(raw_file *file, uint8_t space, uint8_t kind);

static void lacks_entry(raw_file *file)
{
    raw_record entry = nth(file, RAW_INDEXES, 5);
    raw_delete(file, &entry);
    raw_free(&entry);
}

static void lacks_item(raw_file *file)
{
    raw_record item = nth(file, RAW_ITEMS, 5);
    raw_delete(file, &item);
    raw_free(&item);
}

/* The entry of an item that never was: the last byte of its key is part of the item's. */
static void adds_entry(raw_file *file)
{
    raw_record entry = nth(file, RAW_INDEXES, 3);
    entry.key[entry.key_size - 1] ^= 1;
    raw_put(file, &entry);
    raw_free(&entry);
}

/* An entry under another hash: the item is there, and its entry too. */
static void adds_second_entry(raw_file *file)
{
    raw_record entry = nth(file, RAW_INDEXES, 3);
    entry.key[9] ^= 1;
    raw_put(file, &entry);
    raw_free(&entry);
}

static void counts_one_more(raw_file *file)
{
    raw_record counters = nth(file, RAW_COUNTERS, 1);
    raw_store(counters.value + RAW_HEAD + 4, 8, raw_load(counters.value + RAW_HEAD + 4, 8) + 1);
    raw_put(file, &counters);
    raw_free(&counters);
}

static void counts_fewer_bytes(raw_file *file)
{
    raw_record counters = nth(file, RAW_COUNTERS, 1);
    raw_store(counters.value + RAW_HEAD + 12, 8, raw_load(counters.value + RAW_HEAD + 12, 8) - 1);
    raw_put(file, &counters);
    raw_free(&counters);
}

/* The second triple of a table's record is its first index's. */
static void counts_too_many_entries(raw_file *file)
{
    raw_record counters = nth(file, RAW_COUNTERS, 1);
    raw_store(counters.value + RAW_HEAD + 24, 8, raw_load(counters.value + RAW_HEAD + 24, 8) + 1);
    raw_put(file, &counters);
    raw_free(&counters);
}

static void flips_item(raw_file *file)
{
    flip(file, nth(file, RAW_ITEMS, 7), 30);
}

static void flips_entry(raw_file *file)
{
    flip(file, nth(file, RAW_INDEXES, 7), 20);
}

static void flips_counters(raw_file *file)
{
    flip(file, nth(file, RAW_COUNTERS, 1), 13);
}

static void flips_description(raw_file *file)
{
    flip(file, nth(file, RAW_CATALOG, 0), 40);
}

static void flips_checksum(raw_file *file)
{
    flip(file, nth(file, RAW_ITEMS, 2), 1);
}

static void flips_marker(raw_file *file)
{
    flip(file, find_kind(file, RAW_ITEMS, 7), 9);
}

static void says_wrong_size(raw_file *file)
{
    raw_record item = find_kind(file, RAW_ITEMS, 5);
    raw_store(item.value + RAW_HEAD, 4, raw_load(item.value + RAW_HEAD, 4) + 1);
    raw_put(file, &item);
    raw_free(&item);
}

/* A packed item is a tag, a size, a count and entries; a tag that is none. */
static void holds_no_value(raw_file *file)
{
    raw_record item = find_kind(file, RAW_ITEMS, 5);
    item.value[RAW_HEAD + 4] = 99;
    raw_put(file, &item);
    raw_free(&item);
}

static void holds_more_than_it_says(raw_file *file)
{
    raw_record item = find_kind(file, RAW_ITEMS, 5);
    item.value[item.size++] = 0;
    raw_put(file, &item);
    raw_free(&item);
}

/* The last byte of an item is part of its last attribute's value: a zero byte behind text, or a number's end. */
static void holds_damaged_value(raw_file *file)
{
    raw_record item = find_kind(file, RAW_ITEMS, 5);
    item.value[item.size - 1] ^= 0x55;
    raw_put(file, &item);
    raw_free(&item);
}

static void stands_elsewhere(raw_file *file)
{
    raw_record item = find_kind(file, RAW_ITEMS, 5);
    raw_delete(file, &item);
    item.key[12] ^= 1;
    raw_put(file, &item);
    raw_free(&item);
}

static void looks_otherwise(raw_file *file)
{
    raw_record one = nth(file, RAW_INDEXES, 1), other = nth(file, RAW_INDEXES, 2);
    memcpy(one.key, other.key, other.key_size);
    one.key_size = other.key_size;
    raw_put(file, &one);
    raw_free(&one);
    raw_free(&other);
}

static void is_of_another_kind(raw_file *file)
{
    raw_record item = find_kind(file, RAW_ITEMS, 5);
    item.value[4] = 6;
    raw_put(file, &item);
    raw_free(&item);
}

static void is_too_short(raw_file *file)
{
    raw_record item = find_kind(file, RAW_ITEMS, 5);
    item.size = 5;
    raw_put_as_is(file, &item);
    raw_free(&item);
}

static void is_empty(raw_file *file)
{
    raw_record item = find_kind(file, RAW_ITEMS, 5);
    item.size = RAW_HEAD;
    raw_put(file, &item);
    raw_free(&item);
}

static void lacks_marker(raw_file *file)
{
    raw_record marker = find_kind(file, RAW_ITEMS, 7);
    raw_delete(file, &marker);
    raw_free(&marker);
}

static void lacks_all_below_markers(raw_file *file)
{
    raw_record rest;
    while (raw_nth(file, RAW_LONG, 0, &rest)) {
        raw_delete(file, &rest);
        raw_free(&rest);
    }
}

static void marks_what_is_not_there(raw_file *file)
{
    raw_record marker = find_kind(file, RAW_ITEMS, 7);
    raw_store(marker.value + RAW_HEAD, 8, 1234567);
    raw_put(file, &marker);
    raw_free(&marker);
}

static void lacks_description(raw_file *file)
{
    raw_record description = nth(file, RAW_CATALOG, 0);
    raw_delete(file, &description);
    raw_free(&description);
}

static void lacks_counters(raw_file *file)
{
    raw_record counters = nth(file, RAW_COUNTERS, 1);
    raw_delete(file, &counters);
    raw_free(&counters);
}

static void flips_header(raw_file *file)
{
    raw_record header;
    trial_check(raw_get(file, "\1header", 7, &header), "there is no header");
    flip(file, header, 30);
}

static const plant plants[] = {
    { "a missing index entry", lacks_entry, "index", false },
    { "a missing item", lacks_item, "item", false },
    { "an entry of no item", adds_entry, "item", false },
    { "a second entry", adds_second_entry, "index", false },
    { "one item too many counted", counts_one_more, "count", false },
    { "too few bytes counted", counts_fewer_bytes, "count", false },
    { "one entry too many counted", counts_too_many_entries, "count", false },
    { "a flipped byte in an item", flips_item, "checksum", false },
    { "a flipped byte in an entry", flips_entry, "checksum", false },
    { "a flipped byte in counters", flips_counters, "checksum", false },
    { "a flipped byte in a description", flips_description, "checksum", false },
    { "a flipped byte in a checksum", flips_checksum, "checksum", false },
    { "a flipped byte in a marker", flips_marker, "checksum", false },
    { "a flipped byte in the header", flips_header, "checksum", false },
    { "an item that says a wrong size", says_wrong_size, "size", false },
    { "an item that is no value", holds_no_value, "", true },
    { "an item with more than it says", holds_more_than_it_says, "", true },
    { "an item with a damaged value", holds_damaged_value, "", true },
    { "an item under the key of another", stands_elsewhere, "key", false },
    { "an entry that looks like another item", looks_otherwise, "index", false },
    { "a record of another kind", is_of_another_kind, "kind", false },
    { "a record that is too short", is_too_short, "short", false },
    { "an item's record without an item", is_empty, "", false },
    { "a missing marker", lacks_marker, "prefix", false },
    { "markers of nothing", lacks_all_below_markers, "marker", false },
    { "a marker that leads elsewhere", marks_what_is_not_there, "marker", false },
    { "a table without description", lacks_description, "table", false },
    { "a table without counters", lacks_counters, "count", false },
};

static void test_a_sound_file_is_clean(void **state)
{
    (void)state;
    bloop_check_counts counts = stores_check(sound);
    uint64_t items = ITEMS;
    for (size_t slot = 0; slot < LEDGER_SLOTS; slot++)
        items += lane.versions[slot] != 0;
    assert_int_equal(counts.items, items);
    assert_int_equal(counts.tables, 3);
    assert_int_equal(counts.indexes, 4);
    assert_true(counts.index_entries > ITEMS && counts.bytes > 0);
}

/* Records that are taken out and put back as they were make no difference: the checksums here are those of the store. */
static void test_rewriting_records_is_no_fault(void **state)
{
    (void)state;
    static const uint8_t spaces[] = { RAW_FILE, RAW_COUNTERS, RAW_CATALOG, RAW_ITEMS, RAW_INDEXES, RAW_LONG };
    scratch_copy(sound, planted);
    raw_file file = raw_open(planted);
    for (size_t i = 0; i < sizeof spaces; i++) {
        raw_record record = nth(&file, spaces[i], 0);
        raw_delete(&file, &record);
        raw_put(&file, &record);
        raw_free(&record);
    }
    raw_close(&file);
    (void)stores_check(planted);
}

static void test_planted_faults_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof plants / sizeof *plants; i++) {
        bloop_status status = BLOOP_OK;
        bloop_check_counts counts = { 0 };
        scratch_copy(sound, planted);
        raw_file file = raw_open(planted);
        plants[i].make(&file);
        raw_close(&file);
        char *problems = stores_problems(planted, &status, &counts);
        trial_check(status == BLOOP_CORRUPT && counts.problems > 0 && *problems, "%s is not found: %s", plants[i].name,
                    bloop_status_name(status));
        trial_check(strstr(problems, plants[i].found), "%s: no \"%s\" in\n%s", plants[i].name, plants[i].found,
                    problems);
        free(problems);
    }
}

/* Nor does the store die of them, or give wrong values. */
static void test_planted_faults_are_survived(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof plants / sizeof *plants; i++) {
        if (plants[i].forged)
            continue;
        scratch_copy(sound, planted);
        raw_file file = raw_open(planted);
        plants[i].make(&file);
        raw_close(&file);
        bloop_backend *backend = bloop_store_open(&(bloop_store_options){ .path = planted });
        if (!backend) {
            assert_int_equal(bloop_last_error()->status, BLOOP_CORRUPT);
            continue;
        }
        for (size_t id = 0; id < ITEMS; id++) {
            bool found = false;
            bloop_status status = shelf_find(backend, id, &found, NULL);
            trial_check(status == BLOOP_OK || status == BLOOP_CORRUPT || status == BLOOP_TABLE_NOT_FOUND, "%s: %s",
                        plants[i].name, bloop_status_name(status));
            status = shelf_put(backend, id, 10 + id);
            trial_check(status == BLOOP_OK || status == BLOOP_CORRUPT || status == BLOOP_TABLE_NOT_FOUND, "%s: %s",
                        plants[i].name, bloop_status_name(status));
        }
        ledger_lane expected = lane;
        (void)ledger_compare(backend, 0, &expected, NULL, NULL, 0);
        bloop_backend_close(backend);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_sound_file_is_clean),
        cmocka_unit_test(test_rewriting_records_is_no_fault),
        cmocka_unit_test(test_planted_faults_are_found),
        cmocka_unit_test(test_planted_faults_are_survived),
    };
    (void)trial_seed();
    folder = scratch_new();
    (void)scratch_path(&folder, "sound", sound);
    (void)scratch_path(&folder, "planted", planted);
    make_sound();
    int failed = cmocka_run_group_tests_name("crash/planted", tests, NULL, NULL);
    scratch_remove(&folder);
    return failed;
}

/* Tables with indexes and long keys. */
static void make_sound(void)
{
    trial_random random = trial_stream(60);
    bloop_backend *backend = stores_open(&(bloop_store_options){ .path = sound, .durability = BLOOP_DURABLE_LATER });
    shelf_create(backend);
    ledger_create(backend);
    for (size_t id = 0; id < ITEMS; id++)
        stores_ok(shelf_put(backend, id, 50 + id));
    for (size_t i = 0; i < CALLS; i++) {
        bloop_status statuses[LEDGER_GROUP];
        ledger_call call = ledger_plan(&lane, &random);
        stores_ok(ledger_run(backend, 0, &call, statuses));
        ledger_apply(&lane, &call);
    }
    /* Every slot, so that long keys are there for sure. */
    for (uint32_t slot = 0; slot < LEDGER_SLOTS; slot++) {
        bloop_status statuses[LEDGER_GROUP];
        ledger_call call = { .count = 1 };
        call.ops[0] = (ledger_op){ .slot = slot, .before = lane.versions[slot], .after = ++lane.last_version };
        stores_ok(ledger_run(backend, 0, &call, statuses));
        ledger_apply(&lane, &call);
    }
    bloop_backend_close(backend);
}

static raw_record nth(raw_file *file, uint8_t space, size_t number)
{
    raw_record record;
    trial_check(raw_nth(file, space, number, &record), "space %d has no record %zu", space, number);
    return record;
}

static void flip(raw_file *file, raw_record record, size_t at)
{
    trial_check(at < record.size, "a record has no byte %zu", at);
    record.value[at] ^= 0x10;
    raw_put_as_is(file, &record);
    raw_free(&record);
}

static uint8_t kind_of(const raw_record *record)
{
    return record->value[4];
}

static raw_record find_kind(raw_file *file, uint8_t space, uint8_t kind)
{
    raw_record record;
    size_t number = 0;
    for (record = nth(file, space, 0); kind_of(&record) != kind; record = nth(file, space, ++number))
        raw_free(&record);
    return record;
}
