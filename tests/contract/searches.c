/* Searches in tests of the contract. */
#include "searches.h"

#include <stdlib.h>

static const bloop_attribute_definition attributes[] = {
    { "id", BLOOP_TAG_S }, { "rank", BLOOP_TAG_N }, { "group", BLOOP_TAG_S }, { "when", BLOOP_TAG_N }
};
static const char *const note[] = { "note" };
static const bloop_index_definition global_indexes[] = {
    { .name = "all", .hash_key = "group" },
    { .name = "keys", .hash_key = "group", .range_key = "when", .projection = BLOOP_PROJECT_KEYS_ONLY },
    { .name = "some", .hash_key = "when", .projection = BLOOP_PROJECT_INCLUDE, .include = note, .include_count = 1 },
};
static const bloop_index_definition local_indexes[] = {
    { .name = "near", .hash_key = "id", .range_key = "when", .projection = BLOOP_PROJECT_KEYS_ONLY },
    { .name = "noted",
      .hash_key = "id",
      .range_key = "group",
      .projection = BLOOP_PROJECT_INCLUDE,
      .include = note,
      .include_count = 1 },
    { .name = "whole", .hash_key = "id", .range_key = "group" },
};

static void compare_items(contract *c, const hunt *h, const bloop_search_result *result, int line);
static bool take(bloop_value *wanted, size_t count, bool in_order, size_t at, bloop_item item);

void given_searched(contract *c)
{
    const bloop_table_definition table = { .name = "things",
                                           .hash_key = "id",
                                           .range_key = "rank",
                                           .attributes = attributes,
                                           .attribute_count = 4,
                                           .global_indexes = global_indexes,
                                           .global_index_count = 3,
                                           .local_indexes = local_indexes,
                                           .local_index_count = 3,
                                           .billing = BLOOP_BILLING_PAY_PER_REQUEST };
    expect_ok(bloop_create_table(c->backend, &table, NULL));
}

bloop_search_request hunt_request(contract *c, const hunt *h)
{
    return (bloop_search_request){
        .kind = h->kind,
        .table = h->table ? h->table : "things",
        .index = h->index,
        .key_condition = h->key ? notation_condition(&c->n, h->key) : NULL,
        .filter = h->filter ? notation_condition(&c->n, h->filter) : NULL,
        .projection = h->projection ? notation_projection(&c->n, h->projection) : NULL,
        .select = h->select,
        .projection_is_hint = h->hint,
        .consistent = h->consistent,
        .descending = h->descending,
        .limit = h->limit,
        .exclusive_start = h->start ? notation_value(&c->n, h->start) : (bloop_item){ NULL, 0 },
        .segment = h->segment,
        .total_segments = h->total,
    };
}

void contract_expect_search(contract *c, const hunt *h, int line)
{
    bloop_search_result result;
    const bloop_search_request request = hunt_request(c, h);
    contract_expect_fails(bloop_search_page(c->backend, &request, &result), h->status, h->message, line);
    if (h->status != BLOOP_OK) {
        assert_null(result.memory.blocks);
        assert_int_equal(result.items_size, 0);
        return;
    }
    compare_items(c, h, &result, line);
    if (h->last && !result.last.data)
        fail_msg("line %d: nothing is left", line);
    if (h->last)
        same_value(c, result.last, notation_value(&c->n, h->last), "the last key", line);
    else if (result.last.data)
        fail_msg("line %d: something is left behind %s", line, notation_print(&c->n, result.last));
    bloop_result_free(&result.memory);
}

static void compare_items(contract *c, const hunt *h, const bloop_search_result *result, int line)
{
    bloop_value wanted[64];
    size_t count = 0, got = 0, position = 0;
    if (h->items) {
        bloop_walk walk = bloop_value_walk(notation_value(&c->n, h->items));
        for (; bloop_walk_next(&walk) && count < 64; count++)
            wanted[count] = walk.value;
    }
    uint32_t met = h->count ? (uint32_t)h->count : (uint32_t)count;
    uint32_t scanned = h->scanned ? (uint32_t)h->scanned : (uint32_t)count;
    if (result->count != met || result->scanned != scanned)
        fail_msg("line %d: %u of %u, not %u of %u", line, (unsigned)result->count, (unsigned)result->scanned,
                 (unsigned)met, (unsigned)scanned);
    bloop_item item;
    for (; bloop_page_next(result, &position, &item); got++) {
        expect_ok(bloop_value_check(item.data, item.size));
        if (!take(wanted, count, h->kind == BLOOP_SEARCH_QUERY, got, item))
            fail_msg("line %d: item %zu is %s", line, got, notation_print(&c->n, item));
    }
    assert_int_equal(position, result->items_size);
    if (got != count)
        fail_msg("line %d: %zu items, not %zu", line, got, count);
}

/* Takes an item out of those that are expected. */
static bool take(bloop_value *wanted, size_t count, bool in_order, size_t at, bloop_item item)
{
    size_t from = in_order ? at : 0, to = in_order ? at + 1 : count;
    for (size_t i = from; i < to && i < count; i++) {
        if (!wanted[i].data || !bloop_value_equal(wanted[i], item))
            continue;
        wanted[i].data = NULL;
        return true;
    }
    return false;
}
