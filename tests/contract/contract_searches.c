/* Query and Scan: what they give, page by page. */
#include "searches.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/fail_alloc.h"

#define I1 "{id: \"a\", rank: 1, group: \"g\", when: 30, note: \"x\", n: 1}"
#define I2 "{id: \"a\", rank: 2, group: \"h\", when: 20, note: \"y\", n: 2}"
#define I3 "{id: \"a\", rank: 3, when: 10, n: 3}"
#define I4 "{id: \"a\", rank: 4, group: \"g\"}"
#define I5 "{id: \"b\", rank: 1, group: \"g\", when: 30, m: {k: [1, 2, 3]}}"

static void given_items(contract *c)
{
    static const char *const items[] = { I1, I2, I3, I4, I5 };
    given_searched(c);
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++)
        put(c, items[i]);
}

static void queries_by_key(void **state)
{
    static const struct {
        const char *key, *items;
    } rows[] = {
        { "id = \"a\"", "[" I1 ", " I2 ", " I3 ", " I4 "]" },
        { "\"a\" = id", "[" I1 ", " I2 ", " I3 ", " I4 "]" },
        { "id = \"b\"", "[" I5 "]" },
        { "id = \"c\"", "[]" },
        { "id = \"a\" AND rank = 2", "[" I2 "]" },
        { "rank = 2 AND id = \"a\"", "[" I2 "]" },
        { "id = \"a\" AND rank = 5", "[]" },
        { "id = \"a\" AND rank < 3", "[" I1 ", " I2 "]" },
        { "id = \"a\" AND 3 > rank", "[" I1 ", " I2 "]" },
        { "id = \"a\" AND rank <= 3", "[" I1 ", " I2 ", " I3 "]" },
        { "id = \"a\" AND rank > 3", "[" I4 "]" },
        { "id = \"a\" AND rank >= 3", "[" I3 ", " I4 "]" },
        { "id = \"a\" AND rank > 2.5", "[" I3 ", " I4 "]" },
        { "id = \"a\" AND rank BETWEEN 2 AND 3", "[" I2 ", " I3 "]" },
        { "id = \"a\" AND rank BETWEEN 2 AND 2", "[" I2 "]" },
    };
    contract *c = *state;
    given_items(c);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect_query(c, .key = rows[i].key, .items = rows[i].items);
    expect_query(c, .key = "id = \"a\"", .descending = true, .items = "[" I4 ", " I3 ", " I2 ", " I1 "]");
    expect_query(c, .key = "id = \"a\" AND rank < 3", .descending = true, .items = "[" I2 ", " I1 "]");
    expect_query(c, .key = "id = \"a\" AND rank >= 3", .descending = true, .items = "[" I4 ", " I3 "]");
    expect_query(c, .key = "id = \"a\"", .consistent = true, .items = "[" I1 ", " I2 ", " I3 ", " I4 "]");
}

/* Zero bytes, one bytes and 0xFF in range keys; begins_with of parts that end in them. */
static void queries_by_parts_of_keys(void **state)
{
    static const char *const keys[] = { "x\"00\"",   "x\"0000\"", "x\"0001\"", "x\"01\"",    "x\"0100\"",
                                        "x\"0101\"", "x\"61\"",   "x\"6100\"", "x\"61ff\"",  "x\"62\"",
                                        "x\"ff\"",   "x\"ff00\"", "x\"ffff\"", "x\"ffffff\"" };
    enum { COUNT = sizeof keys / sizeof keys[0] };
    static const struct {
        const char *term;
        int from, to;
    } rows[] = {
        { "begins_with(part, x\"00\")", 0, 3 },
        { "begins_with(part, x\"01\")", 3, 6 },
        { "begins_with(part, x\"61\")", 6, 9 },
        { "begins_with(part, x\"61ff\")", 8, 9 },
        { "begins_with(part, x\"ff\")", 10, 14 },
        { "begins_with(part, x\"ffff\")", 12, 14 },
        { "begins_with(part, x\"63\")", 0, 0 },
        { "part < x\"01\"", 0, 3 },
        { "part <= x\"01\"", 0, 4 },
        { "part > x\"61\"", 7, 14 },
        { "part >= x\"61\"", 6, 14 },
        { "part = x\"00\"", 0, 1 },
        { "part BETWEEN x\"0000\" AND x\"0101\"", 1, 6 },
        { "part > x\"ff\"", 11, 14 },
    };
    contract *c = *state;
    char text[1024], key[128];
    given_table(c, "things", "id:S", "part:B");
    for (int i = 0; i < COUNT; i++) {
        snprintf(text, sizeof text, "{id: \"a\", part: %s}", keys[i]);
        put(c, text);
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int descending = 0; descending < 2; descending++) {
            int length = snprintf(text, sizeof text, "[");
            for (int k = rows[i].from; k < rows[i].to; k++)
                length +=
                    snprintf(text + length, sizeof text - (size_t)length, "%s{id: \"a\", part: %s}",
                             k > rows[i].from ? ", " : "", keys[descending ? rows[i].to - 1 - (k - rows[i].from) : k]);
            snprintf(text + length, sizeof text - (size_t)length, "]");
            snprintf(key, sizeof key, "id = \"a\" AND %s", rows[i].term);
            expect_query(c, .key = key, .descending = descending, .items = text);
        }
    }
}

static void queries_indexes(void **state)
{
    contract *c = *state;
    given_items(c);
    expect_query(c, .index = "all", .key = "group = \"h\"", .items = "[" I2 "]");
    expect_query(c, .index = "all", .key = "group = \"none\"", .items = "[]");
    expect_query(c, .index = "keys", .key = "group = \"h\" AND when < 25",
                 .items = "[{id: \"a\", rank: 2, group: \"h\", when: 20}]");
    expect_query(c, .index = "some", .key = "when = 20", .items = "[{id: \"a\", rank: 2, when: 20, note: \"y\"}]");
    expect_query(c, .index = "some", .key = "when = 10", .items = "[{id: \"a\", rank: 3, when: 10}]");
    expect_query(c, .index = "near", .key = "id = \"a\"", .consistent = true,
                 .items = "[{id: \"a\", rank: 3, when: 10}, {id: \"a\", rank: 2, when: 20}, {id: \"a\", rank: 1, "
                          "when: 30}]");
    expect_query(c, .index = "near", .key = "id = \"a\" AND when >= 20", .descending = true,
                 .items = "[{id: \"a\", rank: 1, when: 30}, {id: \"a\", rank: 2, when: 20}]");
    expect_query(c, .index = "whole", .key = "id = \"a\" AND begins_with(group, \"g\")", .items = "[" I1 ", " I4 "]");
    expect_scan(c, .index = "keys",
                .items = "[{id: \"a\", rank: 1, group: \"g\", when: 30}, {id: \"b\", rank: 1, group: \"g\", when: 30}, "
                         "{id: \"a\", rank: 2, group: \"h\", when: 20}]");
    expect_write(c, .kind = BLOOP_WRITE_UPDATE, .item = "{id: \"a\", rank: 2}", .update = "REMOVE group");
    expect_query(c, .index = "all", .key = "group = \"h\"", .items = "[]");
}

static void selects(void **state)
{
    contract *c = *state;
    given_items(c);
    expect_query(c, .key = "id = \"a\" AND rank = 1", .select = BLOOP_SELECT_ALL, .items = "[" I1 "]");
    expect_query(c, .key = "id = \"a\"", .select = BLOOP_SELECT_COUNT, .count = 4, .scanned = 4);
    expect_scan(c, .select = BLOOP_SELECT_COUNT, .filter = "attribute_exists(group)", .count = 4, .scanned = 5);
    expect_query(c, .key = "id = \"a\" AND rank < 3", .projection = "n, id", .select = BLOOP_SELECT_SPECIFIC,
                 .items = "[{id: \"a\", n: 1}, {id: \"a\", n: 2}]");
    expect_query(c, .key = "id = \"b\"", .projection = "m.k[2], m.k[0], zz", .items = "[{m: {k: [1, 3]}}]");
    expect_query(c, .key = "id = \"b\"", .projection = "zz", .items = "[{}]");
    if (c->factory->embedded)
        expect_query(c, .key = "id = \"b\"", .projection = "zz", .hint = true, .items = "[" I5 "]");
    expect_query(c, .index = "all", .key = "group = \"h\"", .select = BLOOP_SELECT_ALL, .items = "[" I2 "]");
    expect_query(c, .index = "some", .key = "when = 20", .select = BLOOP_SELECT_PROJECTED,
                 .items = "[{id: \"a\", rank: 2, when: 20, note: \"y\"}]");
    expect_query(c, .index = "some", .key = "when = 20", .projection = "note, id",
                 .items = "[{id: \"a\", note: \"y\"}]");
    expect_query(c, .index = "some", .key = "when = 20", .select = BLOOP_SELECT_COUNT, .count = 1, .scanned = 1);
}

/* What a local index does not project is read from the table (developer guide, "Local secondary indexes"). */
static void fetches_from_the_table(void **state)
{
    contract *c = *state;
    given_items(c);
    expect_query(c, .index = "near", .key = "id = \"a\" AND when <= 20", .select = BLOOP_SELECT_ALL,
                 .items = "[" I3 ", " I2 "]");
    expect_query(c, .index = "near", .key = "id = \"a\" AND when > 10", .projection = "n", .items = "[{n: 2}, {n: 1}]");
    expect_query(c, .index = "near", .key = "id = \"a\" AND when > 10", .projection = "n", .filter = "note = \"x\"",
                 .items = "[{n: 1}]", .scanned = 2);
    expect_query(c, .index = "noted", .key = "id = \"a\"", .projection = "note",
                 .items = "[{note: \"x\"}, {}, {note: \"y\"}]");
    expect_scan(c, .index = "noted", .select = BLOOP_SELECT_ALL, .items = "[" I1 ", " I2 ", " I4 ", " I5 "]");
    expect_query(c, .index = "near", .key = "id = \"a\"", .select = BLOOP_SELECT_ALL, .limit = 1, .items = "[" I3 "]",
                 .last = "{id: \"a\", rank: 3, when: 10}");
}

static void filters(void **state)
{
    static const struct {
        const char *filter, *items;
    } rows[] = {
        { "n > 1", "[" I2 ", " I3 "]" },       { "attribute_not_exists(n)", "[" I4 ", " I5 "]" },
        { "m.k[1] = 2", "[" I5 "]" },          { "note = \"x\" OR note = \"y\"", "[" I1 ", " I2 "]" },
        { "NOT size(group) > 0", "[" I3 "]" }, { "zz = 1", "[]" },
    };
    contract *c = *state;
    given_items(c);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect_scan(c, .filter = rows[i].filter, .items = rows[i].items, .scanned = 5);
    expect_query(c, .key = "id = \"a\"", .filter = "n <> 2", .projection = "rank",
                 .items = "[{rank: 1}, {rank: 3}, {rank: 4}]", .scanned = 4);
    /* To a scan, what an index does not project is missing. */
    expect_scan(c, .index = "keys", .filter = "attribute_exists(note)", .items = "[]", .scanned = 3);
    expect_scan(c, .index = "near", .filter = "id = \"b\"", .items = "[{id: \"b\", rank: 1, when: 30}]", .scanned = 4);
}

/* A page ends with the item that the limit counts to, filtered or not, and also when it is the last of all. */
static void pages(void **state)
{
    contract *c = *state;
    given_items(c);
    expect_query(c, .key = "id = \"a\"", .limit = 3, .items = "[" I1 ", " I2 ", " I3 "]",
                 .last = "{id: \"a\", rank: 3}");
    expect_query(c, .key = "id = \"a\"", .limit = 3, .start = "{id: \"a\", rank: 3}", .items = "[" I4 "]");
    expect_query(c, .key = "id = \"a\"", .limit = 4, .items = "[" I1 ", " I2 ", " I3 ", " I4 "]",
                 .last = "{id: \"a\", rank: 4}");
    expect_query(c, .key = "id = \"a\"", .start = "{id: \"a\", rank: 4}", .items = "[]");
    expect_query(c, .key = "id = \"a\"", .limit = 5, .items = "[" I1 ", " I2 ", " I3 ", " I4 "]");
    expect_query(c, .key = "id = \"a\"", .limit = 2, .filter = "n = 2", .items = "[" I2 "]", .scanned = 2,
                 .last = "{id: \"a\", rank: 2}");
    expect_query(c, .key = "id = \"a\"", .limit = 1, .filter = "n = 2", .items = "[]", .scanned = 1,
                 .last = "{id: \"a\", rank: 1}");
    expect_query(c, .key = "id = \"a\"", .limit = 2, .select = BLOOP_SELECT_COUNT, .count = 2, .scanned = 2,
                 .last = "{id: \"a\", rank: 2}");
    expect_query(c, .key = "id = \"a\"", .limit = 2, .descending = true, .items = "[" I4 ", " I3 "]",
                 .last = "{id: \"a\", rank: 3}");
    expect_query(c, .key = "id = \"a\"", .descending = true, .start = "{id: \"a\", rank: 3}",
                 .items = "[" I2 ", " I1 "]");
    /* The item of a starting key need not be there. */
    expect_query(c, .key = "id = \"a\"", .start = "{id: \"a\", rank: 2.5}", .items = "[" I3 ", " I4 "]");
    expect_query(c, .key = "id = \"a\" AND rank = 2", .limit = 1, .items = "[" I2 "]", .last = "{id: \"a\", rank: 2}");
    expect_query(c, .key = "id = \"a\" AND rank = 2", .start = "{id: \"a\", rank: 2}", .items = "[]");
    expect_query(c, .index = "keys", .key = "group = \"h\"", .limit = 1, .projection = "when",
                 .start = "{id: \"a\", rank: 0, group: \"h\", when: 1}", .items = "[{when: 20}]",
                 .last = "{id: \"a\", rank: 2, group: \"h\", when: 20}");
    expect_query(c, .index = "near", .key = "id = \"a\"", .limit = 1, .items = "[{id: \"a\", rank: 3, when: 10}]",
                 .last = "{id: \"a\", rank: 3, when: 10}");
}

static void searches_what_is_empty(void **state)
{
    contract *c = *state;
    given_searched(c);
    expect_query(c, .key = "id = \"a\"", .items = "[]");
    expect_query(c, .key = "id = \"a\"", .descending = true, .items = "[]");
    expect_scan(c, .items = "[]");
    expect_scan(c, .index = "near", .limit = 1, .items = "[]");
    expect_scan(c, .segment = 2, .total = 3, .select = BLOOP_SELECT_COUNT);
    expect_scan(c, .segment = 999999, .total = 1000000, .items = "[]");
}

/* Each item is in just one of any number of segments. */
static void scans_segments(void **state)
{
    enum { ITEMS = 40 };
    static const int32_t totals[] = { 1, 2, 3, 64, 1000 };
    contract *c = *state;
    given_table(c, "things", "id:N", NULL);
    for (int i = 0; i < ITEMS; i++) {
        char item[32];
        snprintf(item, sizeof item, "{id: %d}", i);
        put(c, item);
    }
    for (size_t k = 0; k < sizeof totals / sizeof totals[0]; k++) {
        unsigned seen[ITEMS] = { 0 }, largest = 0;
        for (int32_t segment = 0; segment < totals[k]; segment++) {
            bloop_search_result page;
            const bloop_search_request request = {
                .kind = BLOOP_SEARCH_SCAN, .table = "things", .segment = segment, .total_segments = totals[k]
            };
            expect_ok(bloop_search_page(c->backend, &request, &page));
            bloop_item item;
            for (size_t position = 0; bloop_page_next(&page, &position, &item);) {
                int64_t id = 0;
                expect_ok(bloop_number_to_int64(bloop_value_number(bloop_item_get(item, "id", 2)), &id));
                seen[id]++;
            }
            largest = page.count > largest ? page.count : largest;
            bloop_result_free(&page.memory);
        }
        for (int i = 0; i < ITEMS; i++)
            assert_int_equal(seen[i], 1);
        assert_true(totals[k] == 1 || largest < ITEMS);
    }
}

/* A table must not run into its neighbours. */
static void keeps_to_its_table(void **state)
{
    contract *c = *state;
    static const char *const names[] = { "one", "two", "three" };
    for (size_t i = 0; i < 3; i++) {
        given_table(c, names[i], "id:S", NULL);
        expect_write(c, .kind = BLOOP_WRITE_PUT, .table = names[i], .item = i == 1 ? "{id: \"b\"}" : "{id: \"a\"}");
    }
    expect_scan(c, .table = "two", .items = "[{id: \"b\"}]");
    expect_query(c, .table = "two", .key = "id = \"a\"", .items = "[]");
    expect_query(c, .table = "three", .key = "id = \"a\"", .descending = true, .items = "[{id: \"a\"}]");
}

/* 1 MB of items as they are stored, whatever is left of them; the item that reaches it belongs to the page. */
static void ends_pages_by_size(void **state)
{
    enum { ITEMS = 30, TEXT = 60000 - 2 - 1 - 4 - 2 - 1 }; /* {id: "a", rank: n, t: …} comes to 60,000 bytes */
    contract *c = *state;
    given_table(c, "things", "id:S", "rank:N");
    bloop_builder *builder = bloop_builder_new();
    char *text = malloc(TEXT);
    memset(text, 'x', TEXT);
    for (int i = 0; i < ITEMS; i++) {
        bloop_value item;
        bloop_builder_reset(builder);
        bloop_build_begin(builder, BLOOP_TAG_M);
        bloop_put_string(builder, "id", "a");
        bloop_put_int64(builder, "rank", i + 1);
        bloop_build_name(builder, "t", 1);
        bloop_build_string(builder, text, TEXT);
        bloop_build_end(builder);
        expect_ok(bloop_builder_value(builder, &item));
        assert_int_equal(bloop_item_size(item), 60000);
        put_value(c, item);
    }
    free(text);
    bloop_builder_free(builder);
    /* 17 x 60,000 is less than 1,048,576, and 18 x 60,000 is more. */
    expect_query(c, .key = "id = \"a\"", .select = BLOOP_SELECT_COUNT, .count = 18, .scanned = 18,
                 .last = "{id: \"a\", rank: 18}");
    expect_query(c, .key = "id = \"a\"", .filter = "zz = 1", .items = "[]", .scanned = 18,
                 .last = "{id: \"a\", rank: 18}");
    expect_query(c, .key = "id = \"a\"", .projection = "rank", .filter = "size(t) < 1", .items = "[]", .scanned = 18,
                 .last = "{id: \"a\", rank: 18}");
    expect_query(c, .key = "id = \"a\"", .select = BLOOP_SELECT_COUNT, .start = "{id: \"a\", rank: 18}", .count = 12,
                 .scanned = 12);
    bloop_search_result page;
    const bloop_search_request request = { .kind = BLOOP_SEARCH_SCAN, .table = "things" };
    expect_ok(bloop_search_page(c->backend, &request, &page));
    assert_int_equal(page.count, 18);
    assert_true(page.items_size > 18 * 60000);
    bloop_result_free(&page.memory);
}

/* Short strings take far more room than is counted for them: 7 bytes in a list, and counted as 2. */
static void pages_outgrow_their_room(void **state)
{
    enum { ITEMS = 7, ELEMENTS = 100000 };
    contract *c = *state;
    given_table(c, "things", "id:S", "rank:N");
    bloop_builder *builder = bloop_builder_new();
    for (int i = 0; i < ITEMS; i++) {
        bloop_value item;
        bloop_builder_reset(builder);
        bloop_build_begin(builder, BLOOP_TAG_M);
        bloop_put_string(builder, "id", "a");
        bloop_build_name(builder, "l", 1);
        bloop_build_begin(builder, BLOOP_TAG_L);
        for (int k = 0; k < ELEMENTS; k++)
            bloop_build_string(builder, "x", 1);
        bloop_build_end(builder);
        bloop_put_int64(builder, "rank", i);
        bloop_build_end(builder);
        expect_ok(bloop_builder_value(builder, &item));
        put_value(c, item);
    }
    bloop_builder_free(builder);
    for (int32_t limit = 0; limit <= 6; limit += 6) {
        bloop_search_result page;
        const bloop_search_request request = { .kind = BLOOP_SEARCH_QUERY,
                                               .table = "things",
                                               .key_condition = notation_condition(&c->n, "id = \"a\""),
                                               .limit = limit };
        expect_ok(bloop_search_page(c->backend, &request, &page));
        assert_int_equal(page.count, 6);
        assert_true(page.items_size > 6 * 7 * ELEMENTS);
        bloop_item item;
        int64_t next = 0, rank = 0;
        for (size_t position = 0; bloop_page_next(&page, &position, &item); next++) {
            expect_ok(bloop_value_check(item.data, item.size));
            expect_ok(bloop_number_to_int64(bloop_value_number(bloop_item_get(item, "rank", 4)), &rank));
            assert_int_equal(rank, next);
        }
        assert_int_equal(next, 6);
        same_value(c, page.last, notation_value(&c->n, "{id: \"a\", rank: 5}"), "the last key", __LINE__);
        bloop_result_free(&page.memory);
    }
}

typedef struct attempt {
    bloop_backend *backend;
    bloop_search_request request;
} attempt;

static bloop_status search(void *context)
{
    attempt *a = context;
    bloop_search_result result;
    bloop_status status = bloop_search_page(a->backend, &a->request, &result);
    if (status != BLOOP_OK)
        assert_null(result.memory.blocks);
    bloop_result_free(&result.memory);
    return status;
}

static void survives_failed_allocations(void **state)
{
    static const hunt hunts[] = {
        { .kind = BLOOP_SEARCH_SCAN },
        { .kind = BLOOP_SEARCH_QUERY, .key = "id = \"a\"", .limit = 2 },
        { .kind = BLOOP_SEARCH_QUERY, .key = "id = \"a\"", .projection = "n, m.k[0]", .filter = "n > 0", .limit = 3 },
        { .kind = BLOOP_SEARCH_QUERY, .index = "near", .key = "id = \"a\"", .select = BLOOP_SELECT_ALL, .limit = 1 },
        { .kind = BLOOP_SEARCH_SCAN, .index = "keys", .select = BLOOP_SELECT_COUNT, .limit = 1 },
    };
    contract *c = *state;
    given_items(c);
    for (size_t i = 0; i < sizeof hunts / sizeof hunts[0]; i++) {
        attempt a = { c->backend, hunt_request(c, &hunts[i]) };
        expect_ok(search(&a)); /* what is made once is made now */
        assert_true(fail_alloc_every(search, &a) > 0);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(queries_by_key),
    cmocka_unit_test(queries_by_parts_of_keys),
    cmocka_unit_test(queries_indexes),
    cmocka_unit_test(selects),
    cmocka_unit_test(fetches_from_the_table),
    cmocka_unit_test(filters),
    cmocka_unit_test(pages),
    cmocka_unit_test(searches_what_is_empty),
    cmocka_unit_test(scans_segments),
    cmocka_unit_test(keeps_to_its_table),
    cmocka_unit_test(ends_pages_by_size),
    cmocka_unit_test(pages_outgrow_their_room),
    cmocka_unit_test(survives_failed_allocations),
};
const contract_part contract_searches = { "searches", tests, sizeof tests / sizeof tests[0] };
