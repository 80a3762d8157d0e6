/* The service's limits, each at its edge. */
#include "contract.h"

#include <stdlib.h>

enum { ITEM_MAX = 400 * 1024, HASH_MAX = 2048, RANGE_MAX = 1024 };

/* An item with a hash key of `hash` bytes, a range key of `range` bytes (0: none), and a text of `text` (0: none). */
static bloop_item sized(bloop_builder *builder, size_t hash, size_t range, size_t text, char with)
{
    char *bytes = malloc(ITEM_MAX + 1);
    bloop_item item;
    assert_non_null(bytes);
    memset(bytes, with, ITEM_MAX + 1);
    bloop_builder_reset(builder);
    bloop_build_begin(builder, BLOOP_TAG_M);
    bloop_build_name(builder, "id", 2);
    bloop_build_string(builder, bytes, hash);
    if (range) {
        bloop_build_name(builder, "rank", 4);
        bloop_build_string(builder, bytes, range);
    }
    if (text) {
        bloop_build_name(builder, "text", 4);
        bloop_build_string(builder, bytes, text);
    }
    bloop_build_end(builder);
    expect_ok(bloop_builder_value(builder, &item));
    free(bytes);
    return item;
}

static bloop_status write_to(contract *c, const char *table, bloop_item item, const bloop_update *update)
{
    const bloop_write_request request = {
        .kind = update ? BLOOP_WRITE_UPDATE : BLOOP_WRITE_PUT, .table = table, .item = item, .update = update
    };
    return bloop_write_item(c->backend, &request, NULL);
}

static void limits_items(void **state)
{
    contract *c = *state;
    bloop_builder *builder = bloop_builder_new();
    given_table(c, "things", "id:S", NULL);
    size_t most = ITEM_MAX - (2 + 1) - 4;
    expect_ok(write_to(c, "things", sized(builder, 1, 0, most, 'x'), NULL));
    expect_counts(c, "things", NULL, 1, ITEM_MAX);
    expect_fails(write_to(c, "things", sized(builder, 1, 0, most + 1, 'x'), NULL), BLOOP_VALIDATION,
                 "Item size has exceeded the maximum allowed size");
    bloop_item key = notation_value(&c->n, "{id: \"x\"}");
    expect_fails(write_to(c, "things", key, notation_update(&c->n, "SET n = true")), BLOOP_VALIDATION,
                 "Item size to update has exceeded the maximum allowed size");
    expect_counts(c, "things", NULL, 1, ITEM_MAX);
    expect_ok(write_to(c, "things", key, notation_update(&c->n, "SET n = true REMOVE text")));
    expect_counts(c, "things", NULL, 1, 5);
    bloop_builder_free(builder);
}

static void limits_keys(void **state)
{
    static const char hash[] =
        "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes";
    static const char range[] = "One or more parameter values were invalid: Aggregated size of all range keys has "
                                "exceeded the size limit of 1024 bytes";
    contract *c = *state;
    bloop_builder *builder = bloop_builder_new();
    given_table(c, "pairs", "id:S", "rank:S");
    /* Zero bytes take the most room in a key. */
    static const char bytes[] = { 'x', '\0', '\1', '\x7F' };
    for (size_t i = 0; i < sizeof bytes; i++) {
        bloop_get_result got;
        bloop_item key = sized(builder, HASH_MAX, RANGE_MAX, 0, bytes[i]);
        expect_ok(write_to(c, "pairs", key, NULL));
        expect_ok(bloop_get_item(c->backend, &(bloop_get_request){ .table = "pairs", .key = key }, &got));
        assert_true(got.found);
        assert_true(bloop_value_equal(got.item, key));
        bloop_result_free(&got.memory);
        expect_fails(write_to(c, "pairs", sized(builder, HASH_MAX + 1, RANGE_MAX, 0, bytes[i]), NULL), BLOOP_VALIDATION,
                     hash);
        expect_fails(write_to(c, "pairs", sized(builder, HASH_MAX, RANGE_MAX + 1, 0, bytes[i]), NULL), BLOOP_VALIDATION,
                     range);
        key = sized(builder, HASH_MAX, RANGE_MAX - 1, 0, bytes[i]);
        expect_ok(bloop_get_item(c->backend, &(bloop_get_request){ .table = "pairs", .key = key }, &got));
        assert_false(got.found);
    }
    expect_counts(c, "pairs", NULL, 4, 4 * (HASH_MAX + RANGE_MAX + 6));
    bloop_builder_free(builder);
}

/* Index keys have the limits of keys. */
static void limits_index_keys(void **state)
{
    contract *c = *state;
    bloop_builder *builder = bloop_builder_new();
    const bloop_attribute_definition attributes[] = { { "id", BLOOP_TAG_S }, { "text", BLOOP_TAG_S } };
    const bloop_index_definition index = { .name = "by_text", .hash_key = "text" };
    const bloop_index_definition ranged = { .name = "by_id_text", .hash_key = "id", .range_key = "text" };
    const bloop_index_definition indexes[] = { index, ranged };
    const bloop_table_definition table = { .name = "things",
                                           .hash_key = "id",
                                           .attributes = attributes,
                                           .attribute_count = 2,
                                           .global_indexes = indexes,
                                           .global_index_count = 2,
                                           .billing = BLOOP_BILLING_PAY_PER_REQUEST };
    expect_ok(bloop_create_table(c->backend, &table, NULL));
    expect_ok(write_to(c, "things", sized(builder, 1, 0, RANGE_MAX, '\0'), NULL));
    assert_int_equal(write_to(c, "things", sized(builder, 1, 0, RANGE_MAX + 1, '\0'), NULL), BLOOP_VALIDATION);
    assert_int_equal(write_to(c, "things", sized(builder, 1, 0, HASH_MAX + 1, '\0'), NULL), BLOOP_VALIDATION);
    expect_counts(c, "things", "by_text", 1, RANGE_MAX + 7);
    expect_counts(c, "things", "by_id_text", 1, RANGE_MAX + 7);
    bloop_builder_free(builder);
}

static void limits_nesting(void **state)
{
    contract *c = *state;
    given_table(c, "things", "id:S", NULL);
    /* 31 lists, each in the one before; below one more map they are 32 levels, below two too many. */
    char deep[256] = "{id: \"a\", l: ";
    for (int i = 0; i < 31; i++)
        strcat(deep, "[");
    for (int i = 0; i < 31; i++)
        strcat(deep, "]");
    strcat(deep, "}");
    put(c, deep);
    expect_item(c, "{id: \"a\"}", deep);
    expect_write(c, .kind = BLOOP_WRITE_UPDATE, .item = "{id: \"a\"}", .update = "SET m = {a: 1}");
    expect_write(c, .kind = BLOOP_WRITE_UPDATE, .item = "{id: \"a\"}", .update = "SET m.a = l");
    expect_write(c, .kind = BLOOP_WRITE_UPDATE, .item = "{id: \"a\"}", .update = "SET x = {a: {b: 1}}");
    expect_write(c, .kind = BLOOP_WRITE_UPDATE, .item = "{id: \"a\"}", .update = "SET x.a.b = l",
                 .status = BLOOP_VALIDATION,
                 .message = "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
                            "beyond supported limit");
}

static void accepts_empty_values(void **state)
{
    contract *c = *state;
    given_table(c, "things", "id:S", NULL);
    static const char text[] = "{id: \"a\", s: \"\", b: x\"\", l: [], m: {}, n: null}";
    put(c, text);
    expect_item(c, "{id: \"a\"}", text);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(limits_items),   cmocka_unit_test(limits_keys),          cmocka_unit_test(limits_index_keys),
    cmocka_unit_test(limits_nesting), cmocka_unit_test(accepts_empty_values),
};
const contract_part contract_limits = { "limits", tests, sizeof tests / sizeof tests[0] };
