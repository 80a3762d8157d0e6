/* Single writes: what they store, what they return, and when they are refused. */
#include "contract.h"

#include <stdio.h>

#define PUT    BLOOP_WRITE_PUT
#define UPDATE BLOOP_WRITE_UPDATE
#define DELETE BLOOP_WRITE_DELETE

static const char failed[] = "The conditional request failed";

/* Each case stands alone: `before` is stored, the write is done, `after` is what is stored then (NULL: nothing). */
typedef struct row {
    const char *before;
    wish write;
    const char *after;
} row;

static void run(contract *c, const row *rows, size_t count)
{
    given_table(c, "things", "id:S", NULL);
    for (size_t i = 0; i < count; i++) {
        erase(c, "{id: \"a\"}");
        if (rows[i].before)
            put(c, rows[i].before);
        contract_expect_write(c, &rows[i].write, (int)i);
        contract_expect_item(c, "{id: \"a\"}", rows[i].after, (int)i);
    }
}

#define KEY    "{id: \"a\"}"
#define OLD    "{id: \"a\", n: 1, s: \"x\"}"
#define NEW    "{id: \"a\", n: 2}"
#define CHANGE "SET n = 5, m = 6 REMOVE s"

static void returns_what_is_asked_for(void **state)
{
    static const row rows[] = {
        { NULL, { PUT, .item = NEW }, NEW },
        { OLD, { PUT, .item = NEW }, NEW },
        { NULL, { PUT, .item = NEW, .returns = BLOOP_RETURN_ALL_OLD }, NEW },
        { OLD, { PUT, .item = NEW, .returns = BLOOP_RETURN_ALL_OLD, .attributes = OLD }, NEW },
        { NULL, { DELETE, .item = KEY, .returns = BLOOP_RETURN_ALL_OLD }, NULL },
        { OLD, { DELETE, .item = KEY }, NULL },
        { OLD, { DELETE, .item = KEY, .returns = BLOOP_RETURN_ALL_OLD, .attributes = OLD }, NULL },
        { NULL, { UPDATE, .item = KEY, .update = "SET n = 5" }, "{id: \"a\", n: 5}" },
        { NULL, { UPDATE, .item = KEY }, KEY },
        { OLD, { UPDATE, .item = KEY }, OLD },
        { NULL, { UPDATE, .item = KEY, .update = "REMOVE s" }, NULL },
        { NULL, { UPDATE, .item = KEY, .update = "SET n = 5", .returns = BLOOP_RETURN_ALL_OLD }, "{id: \"a\", n: 5}" },
        { NULL,
          { UPDATE, .item = KEY, .update = "SET n = 5", .returns = BLOOP_RETURN_ALL_NEW,
            .attributes = "{id: \"a\", n: 5}" },
          "{id: \"a\", n: 5}" },
        { NULL,
          { UPDATE, .item = KEY, .update = "SET n = 5", .returns = BLOOP_RETURN_UPDATED_OLD },
          "{id: \"a\", n: 5}" },
        { NULL,
          { UPDATE, .item = KEY, .update = "SET n = 5", .returns = BLOOP_RETURN_UPDATED_NEW, .attributes = "{n: 5}" },
          "{id: \"a\", n: 5}" },
        { OLD, { UPDATE, .item = KEY, .update = CHANGE }, "{id: \"a\", n: 5, m: 6}" },
        { OLD,
          { UPDATE, .item = KEY, .update = CHANGE, .returns = BLOOP_RETURN_ALL_OLD, .attributes = OLD },
          "{id: \"a\", n: 5, m: 6}" },
        { OLD,
          { UPDATE, .item = KEY, .update = CHANGE, .returns = BLOOP_RETURN_ALL_NEW,
            .attributes = "{id: \"a\", n: 5, m: 6}" },
          "{id: \"a\", n: 5, m: 6}" },
        { OLD,
          { UPDATE, .item = KEY, .update = CHANGE, .returns = BLOOP_RETURN_UPDATED_OLD,
            .attributes = "{n: 1, s: \"x\"}" },
          "{id: \"a\", n: 5, m: 6}" },
        { OLD,
          { UPDATE, .item = KEY, .update = CHANGE, .returns = BLOOP_RETURN_UPDATED_NEW, .attributes = "{n: 5, m: 6}" },
          "{id: \"a\", n: 5, m: 6}" },
        { OLD,
          { UPDATE, .item = KEY, .update = "REMOVE s", .returns = BLOOP_RETURN_UPDATED_NEW },
          "{id: \"a\", n: 1}" },
    };
    run(*state, rows, sizeof rows / sizeof rows[0]);
}

static void keeps_what_a_condition_protects(void **state)
{
    static const row rows[] = {
        { NULL, { PUT, .item = NEW, .condition = "attribute_not_exists(id)" }, NEW },
        { OLD,
          { PUT, .item = NEW, .condition = "attribute_not_exists(id)", .status = BLOOP_CONSTRAINT_VIOLATION,
            .message = failed },
          OLD },
        { OLD,
          { PUT, .item = NEW, .condition = "n > 1", .returns = BLOOP_RETURN_ALL_OLD,
            .status = BLOOP_CONSTRAINT_VIOLATION, .message = failed },
          OLD },
        { OLD,
          { PUT, .item = NEW, .condition = "n > 1", .old_on_failure = true, .status = BLOOP_CONSTRAINT_VIOLATION,
            .message = failed, .attributes = OLD },
          OLD },
        { NULL,
          { PUT, .item = NEW, .condition = "n = 1", .old_on_failure = true, .status = BLOOP_CONSTRAINT_VIOLATION,
            .message = failed },
          NULL },
        { OLD,
          { UPDATE, .item = KEY, .update = "SET n = n + 1", .condition = "n = 1 AND s = \"x\"" },
          "{id: \"a\", n: 2, s: \"x\"}" },
        { OLD,
          { UPDATE, .item = KEY, .update = "SET n = n + 1", .condition = "n = 2", .old_on_failure = true,
            .status = BLOOP_CONSTRAINT_VIOLATION, .message = failed, .attributes = OLD },
          OLD },
        { NULL,
          { UPDATE, .item = KEY, .update = "SET n = 1", .condition = "attribute_exists(id)",
            .status = BLOOP_CONSTRAINT_VIOLATION, .message = failed },
          NULL },
        { OLD, { DELETE, .item = KEY, .condition = "n = 1" }, NULL },
        { OLD,
          { DELETE, .item = KEY, .condition = "NOT n = 1", .status = BLOOP_CONSTRAINT_VIOLATION, .message = failed },
          OLD },
        { NULL,
          { DELETE, .item = KEY, .condition = "attribute_exists(n)", .status = BLOOP_CONSTRAINT_VIOLATION,
            .message = failed },
          NULL },
        { NULL, { DELETE, .item = KEY, .condition = "attribute_not_exists(n)" }, NULL },
    };
    run(*state, rows, sizeof rows / sizeof rows[0]);
}

static void refuses_bad_updates(void **state)
{
    static const char type[] = "An operand in the update expression has an incorrect data type";
    static const char path[] = "The document path provided in the update expression is invalid for update";
    static const char missing[] = "The provided expression refers to an attribute that does not exist in the item";
    static const char key[] =
        "One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key";
    static const char scalar[] =
        "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: id";
    static const row rows[] = {
        { OLD, { UPDATE, .item = KEY, .update = "SET n = s + 1", .status = BLOOP_VALIDATION, .message = type }, OLD },
        { OLD, { UPDATE, .item = KEY, .update = "SET n.a = 1", .status = BLOOP_VALIDATION, .message = path }, OLD },
        { OLD, { UPDATE, .item = KEY, .update = "SET n = zz", .status = BLOOP_VALIDATION, .message = missing }, OLD },
        { OLD, { UPDATE, .item = KEY, .update = "SET id = \"b\"", .status = BLOOP_VALIDATION, .message = key }, OLD },
        { OLD, { UPDATE, .item = KEY, .update = "REMOVE id", .status = BLOOP_VALIDATION, .message = key }, OLD },
        { NULL, { UPDATE, .item = KEY, .update = "SET id = \"a\"", .status = BLOOP_VALIDATION, .message = key }, NULL },
        { OLD, { UPDATE, .item = KEY, .update = "ADD s 1", .status = BLOOP_VALIDATION, .message = type }, OLD },
        { OLD, { UPDATE, .item = KEY, .update = "SET n = id.x", .status = BLOOP_VALIDATION, .message = scalar }, OLD },
    };
    run(*state, rows, sizeof rows / sizeof rows[0]);
}

static void updates_in_every_way(void **state)
{
    static const row rows[] = {
        { "{id: \"a\", l: [1, 2, 3]}",
          { UPDATE, .item = KEY, .update = "REMOVE l[1] SET l[9] = 4" },
          "{id: \"a\", l: [1, 3, 4]}" },
        { "{id: \"a\", s: {\"x\", \"y\"}}",
          { UPDATE, .item = KEY, .update = "ADD s {\"z\"}" },
          "{id: \"a\", s: {\"x\", \"y\", \"z\"}}" },
        { "{id: \"a\", s: {\"x\"}}", { UPDATE, .item = KEY, .update = "DELETE s {\"x\"}" }, KEY },
        { "{id: \"a\", m: {k: {j: 1}}}",
          { UPDATE, .item = KEY, .update = "SET m.k.i = m.k.j, m.k.j = 2" },
          "{id: \"a\", m: {k: {j: 2, i: 1}}}" },
        { "{id: \"a\"}",
          { UPDATE, .item = KEY, .update = "SET n = if_not_exists(n, 7), l = list_append([1], [2])" },
          "{id: \"a\", n: 7, l: [1, 2]}" },
        { "{id: \"a\", n: 1.5}", { UPDATE, .item = KEY, .update = "ADD n -2.75" }, "{id: \"a\", n: -1.25}" },
    };
    run(*state, rows, sizeof rows / sizeof rows[0]);
}

static void checks_keys(void **state)
{
    static const char schema[] = "The provided key element does not match the schema";
    static const char empty[] =
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
        "contain an empty string value. Key: id";
    static const char scalar[] =
        "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: rank";
    contract *c = *state;
    given_table(c, "things", "id:S", "rank:N");
    static const wish wishes[] = {
        { PUT, .item = "{id: \"a\"}",
          .message = "One or more parameter values were invalid: Missing the key rank in the item" },
        { PUT, .item = "{id: 1, rank: 1}",
          .message = "One or more parameter values were invalid: Type mismatch for key id expected: S actual: N" },
        { PUT, .item = "{id: \"\", rank: 1}", .message = empty },
        { DELETE, .item = "{id: \"a\"}", .message = schema },
        { DELETE, .item = "{id: \"a\", rank: \"1\"}", .message = schema },
        { DELETE, .item = "{id: \"a\", rank: 1, more: 2}", .message = schema },
        { UPDATE, .item = "{id: \"a\", rang: 1}", .update = "SET n = 1", .message = schema },
        { PUT, .item = "{id: \"a\", rank: 1}", .condition = "attribute_not_exists(rank.x)", .message = scalar },
        { DELETE, .item = "{id: \"a\", rank: 1}", .condition = "n = 1 OR rank[0] = 1", .message = scalar },
        { UPDATE, .item = "{id: \"a\", rank: 1}", .update = "SET n = 1", .condition = "NOT rank.x = 1",
          .message = scalar },
    };
    for (size_t i = 0; i < sizeof wishes / sizeof wishes[0]; i++) {
        wish w = wishes[i];
        w.status = BLOOP_VALIDATION;
        contract_expect_write(c, &w, (int)i);
    }
    expect_write(c, .kind = PUT, .table = "absent", .item = "{id: \"a\"}", .status = BLOOP_TABLE_NOT_FOUND,
                 .message = "Requested resource not found");
    expect_counts(c, "things", NULL, 0, 0);
}

static void tells_whether_it_was_there(void **state)
{
    contract *c = *state;
    bloop_write_result result;
    given_table(c, "things", "id:S", NULL);
    const bloop_write_request request = { .kind = PUT, .table = "things", .item = notation_value(&c->n, KEY) };
    expect_ok(bloop_write_item(c->backend, &request, &result));
    assert_false(result.existed);
    bloop_result_free(&result.memory);
    expect_ok(bloop_write_item(c->backend, &request, &result));
    assert_true(result.existed);
    bloop_result_free(&result.memory);
}

static void counts_items_and_bytes(void **state)
{
    contract *c = *state;
    given_table(c, "things", "id:S", NULL);
    put(c, "{id: \"a\", n: 12}");
    expect_counts(c, "things", NULL, 1, 6);
    put(c, "{id: \"a\", n: 1234}");
    expect_counts(c, "things", NULL, 1, 7);
    put(c, "{id: \"b\"}");
    expect_counts(c, "things", NULL, 2, 10);
    expect_write(c, .kind = UPDATE, .item = KEY, .update = "SET t = \"xyz\" REMOVE n");
    expect_counts(c, "things", NULL, 2, 10);
    expect_write(c, .kind = UPDATE, .item = KEY, .update = "SET t = \"xy\"", .condition = "n = 1",
                 .status = BLOOP_CONSTRAINT_VIOLATION);
    expect_counts(c, "things", NULL, 2, 10);
    erase(c, "{id: \"a\"}");
    erase(c, "{id: \"a\"}");
    expect_counts(c, "things", NULL, 1, 3);
}

/* Keys that differ in a way that an encoding might lose are different items. */
static void keeps_odd_keys_apart(void **state)
{
    static const struct {
        const char *data;
        size_t size;
    } keys[] = { { "\0", 1 },     { "\0\0", 2 },     { "\1", 1 },     { "\0\1", 2 },  { "\1\0", 2 },
                 { "\0\xFF", 2 }, { "\xFF", 1 },     { "\xFF\0", 2 }, { "\1\1", 2 },  { "a", 1 },
                 { "a\0", 2 },    { "\xFF\xFF", 2 }, { "a\0\0", 3 },  { "a\0\1", 3 }, { "a\1", 2 } };
    contract *c = *state;
    given_table(c, "things", "id:B", "rank:B");
    bloop_builder *builder = bloop_builder_new();
    for (size_t round = 0; round < 2; round++)
        for (size_t i = 0; i < 15 * 15; i++) {
            bloop_item item, stored;
            bloop_get_result result;
            bloop_builder_reset(builder);
            bloop_build_begin(builder, BLOOP_TAG_M);
            bloop_build_name(builder, "id", 2);
            bloop_build_binary(builder, keys[i / 15].data, keys[i / 15].size);
            bloop_build_name(builder, "rank", 4);
            bloop_build_binary(builder, keys[i % 15].data, keys[i % 15].size);
            if (round == 0)
                bloop_put_int64(builder, "n", (int64_t)i);
            bloop_build_end(builder);
            expect_ok(bloop_builder_value(builder, &item));
            if (round == 0) {
                put_value(c, item);
                continue;
            }
            expect_ok(bloop_get_item(c->backend, &(bloop_get_request){ .table = "things", .key = item }, &result));
            assert_true(result.found);
            stored = bloop_item_get(result.item, "n", 1);
            int64_t n = -1;
            expect_ok(bloop_number_to_int64(bloop_value_number(stored), &n));
            assert_int_equal(n, i);
            bloop_result_free(&result.memory);
        }
    bloop_builder_free(builder);
    bloop_table_result table;
    expect_ok(bloop_describe_table(c->backend, "things", &table));
    assert_int_equal(table.table.item_count, 225);
    bloop_result_free(&table.memory);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(returns_what_is_asked_for),
    cmocka_unit_test(keeps_what_a_condition_protects),
    cmocka_unit_test(refuses_bad_updates),
    cmocka_unit_test(updates_in_every_way),
    cmocka_unit_test(checks_keys),
    cmocka_unit_test(tells_whether_it_was_there),
    cmocka_unit_test(counts_items_and_bytes),
    cmocka_unit_test(keeps_odd_keys_apart),
};
const contract_part contract_writes = { "writes", tests, sizeof tests / sizeof tests[0] };
