/* Searches that are refused, in the service's words: those that only a backend that has the table can tell. Words and order
   are those of architect/dynalite's suite and of the conformance suite; TOO_MANY of moto's tests that run on the service. */
#include "searches.h"

#define INVALID        "One or more parameter values were invalid: "
#define NOT_VALID      "One or more parameter values are not valid. "
#define BAD_START      "The provided starting key is invalid"
#define MISMATCH       "The provided key element does not match the schema"
#define UNSUPPORTED    "Query key condition not supported"
#define OTHER_TYPE     INVALID "Condition parameter type does not match schema type"
#define MISSED(name)   "Query condition missed key schema element: " name
#define FILTERED(name) "Filter Expression can only contain non-primary key attributes: Primary key attribute: " name
#define TOO_MANY(given, keys) \
    "The number of query conditions (" given ") exceeds the number of key attributes defined in the schema (" keys ")"
#define SCALAR(name) "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: " name

#define QUERY .kind = BLOOP_SEARCH_QUERY
#define SCAN  .kind = BLOOP_SEARCH_SCAN

static void refused(contract *c, const hunt *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        hunt h = rows[i];
        h.status = h.status == BLOOP_OK ? BLOOP_VALIDATION : h.status;
        contract_expect_search(c, &h, (int)i);
    }
}

static void tables_and_indexes(void **state)
{
    static const hunt rows[] = {
        { QUERY, .table = "absent", .key = "id = \"a\"", .status = BLOOP_TABLE_NOT_FOUND,
          .message = "Requested resource not found" },
        { SCAN, .table = "absent", .index = "any", .status = BLOOP_TABLE_NOT_FOUND,
          .message = "Requested resource not found" },
        { QUERY, .index = "absent", .key = "zz = 1", .start = "{}",
          .message = "The table does not have the specified index: absent" },
        { SCAN, .index = "absent", .start = "{}", .message = "The table does not have the specified index: absent" },
        { QUERY, .index = "all", .key = "zz = 1", .start = "{}", .consistent = true,
          .message = "Consistent reads are not supported on global secondary indexes" },
        { SCAN, .index = "some", .consistent = true,
          .message = "Consistent reads are not supported on global secondary indexes" },
    };
    contract *c = *state;
    given_searched(c);
    refused(c, rows, sizeof rows / sizeof rows[0]);
}

static void key_conditions(void **state)
{
    static const hunt rows[] = {
        { QUERY, .key = "rank = 1", .message = MISSED("id") },
        { QUERY, .key = "zz = 1", .message = MISSED("id") },
        { QUERY, .key = "id = \"a\" AND zz = 1", .message = MISSED("rank") },
        { QUERY, .key = "id = \"a\" AND when = 1", .message = MISSED("rank") },
        { QUERY, .key = "rank = 1 AND zz = 1", .message = MISSED("id") },
        { QUERY, .index = "keys", .key = "group = \"a\" AND rank = 1", .message = MISSED("when") },
        { QUERY, .index = "near", .key = "when = 1", .message = MISSED("id") },
        { QUERY, .index = "all", .key = "group = \"a\" AND when = 1", .message = TOO_MANY("2", "1") },
        { QUERY, .index = "all", .key = "zz = \"a\" AND yy = 1", .message = TOO_MANY("2", "1") },
        { QUERY, .key = "id = \"a\" AND rank > 1 AND zz = 1", .message = TOO_MANY("3", "2") },
        { QUERY, .index = "all", .key = "a = 1 AND b = 1 AND c = 1 AND d = 1", .message = TOO_MANY("4", "1") },
        { QUERY, .key = "id > \"a\"", .message = UNSUPPORTED },
        { QUERY, .key = "\"a\" >= id", .message = UNSUPPORTED },
        { QUERY, .key = "begins_with(id, \"a\")", .message = UNSUPPORTED },
        { QUERY, .key = "id BETWEEN \"a\" AND \"b\" AND rank = 1", .message = UNSUPPORTED },
        { QUERY, .key = "id = 1", .message = OTHER_TYPE },
        { QUERY, .key = "id > 1", .message = OTHER_TYPE },
        { QUERY, .key = "id = null", .message = OTHER_TYPE },
        { QUERY, .key = "id = \"a\" AND rank = \"b\"", .message = OTHER_TYPE },
        { QUERY, .key = "id = \"a\" AND begins_with(rank, \"b\")", .message = OTHER_TYPE },
        { QUERY, .key = "id = \"a\" AND rank BETWEEN \"a\" AND \"b\"", .message = OTHER_TYPE },
        { QUERY, .key = "id = \"\"",
          .message = NOT_VALID "The AttributeValue for a key attribute cannot contain an empty string value. Key: id" },
        { QUERY, .index = "whole", .key = "id = \"a\" AND begins_with(group, \"\")",
          .message =
              NOT_VALID "The AttributeValue for a key attribute cannot contain an empty string value. Key: group" },
    };
    contract *c = *state;
    given_searched(c);
    refused(c, rows, sizeof rows / sizeof rows[0]);
}

static void starting_keys_of_queries(void **state)
{
    static const hunt rows[] = {
        { QUERY, .key = "zz = 1", .start = "{}", .message = BAD_START },
        { QUERY, .key = "zz = 1", .start = "{id: \"a\"}", .message = BAD_START },
        { QUERY, .key = "id = \"a\"", .start = "{id: \"a\", zz: 1}", .message = BAD_START },
        { QUERY, .key = "id = \"a\"", .start = "{id: \"a\", rank: 1, zz: 1}", .message = BAD_START },
        { QUERY, .key = "zz = 1", .start = "{id: 1, zz: 1}", .message = MISMATCH },
        { QUERY, .key = "id = \"a\"", .start = "{id: \"a\", rank: \"x\"}", .message = MISMATCH },
        { QUERY, .key = "id = \"a\"", .start = "{id: true, rank: 1}", .message = MISMATCH },
        { QUERY, .key = "zz = 1", .start = "{id: \"a\", zz: 1}", .message = MISSED("id") },
        { QUERY, .key = "id = \"b\"", .start = "{id: \"a\", rank: 1}",
          .message = "The provided starting key is outside query boundaries based on provided conditions" },
        { QUERY, .key = "id = \"a\" AND rank > 1", .start = "{id: \"a\", rank: 1}",
          .message = "The provided starting key does not match the range key predicate" },
        { QUERY, .key = "id = \"b\" AND rank < 3", .start = "{id: \"a\", rank: 1}",
          .message = "The query can return at most one row and cannot be restarted" },
        { QUERY, .index = "near", .key = "id = \"a\"", .start = "{id: \"a\", rank: 1}", .message = BAD_START },
        { QUERY, .index = "near", .key = "id = \"a\"", .start = "{id: \"a\", when: 1, zz: 1}",
          .message = BAD_START ": " MISMATCH },
        { QUERY, .index = "near", .key = "id = \"a\"", .start = "{id: \"a\", when: 1, rank: \"x\"}",
          .message = BAD_START ": " MISMATCH },
        { QUERY, .index = "near", .key = "id = \"a\"", .start = "{id: \"a\", when: \"x\", rank: 1}",
          .message = MISMATCH },
        { QUERY, .index = "keys", .key = "group = \"g\"", .start = "{id: \"a\", rank: 1, when: 1}",
          .message = BAD_START },
        { QUERY, .index = "keys", .key = "group = \"g\"", .start = "{id: 1, rank: 1, when: 1, group: \"g\"}",
          .message = BAD_START ": " MISMATCH },
        { QUERY, .index = "keys", .key = "group = \"h\"", .start = "{id: \"a\", rank: 1, when: 1, group: \"g\"}",
          .message = "The provided starting key is outside query boundaries based on provided conditions" },
    };
    contract *c = *state;
    given_searched(c);
    refused(c, rows, sizeof rows / sizeof rows[0]);
}

static void starting_keys_of_scans(void **state)
{
    static const hunt rows[] = {
        { SCAN, .start = "{}", .message = BAD_START ": " MISMATCH },
        { SCAN, .start = "{id: \"a\"}", .message = BAD_START ": " MISMATCH },
        { SCAN, .start = "{id: \"a\", rank: \"x\"}", .message = BAD_START ": " MISMATCH },
        { SCAN, .start = "{id: \"a\", zz: 1}", .message = BAD_START ": " MISMATCH },
        { SCAN, .index = "near", .start = "{id: \"a\", rank: 1}", .message = BAD_START },
        { SCAN, .index = "near", .start = "{id: \"a\", rank: 1, zz: 1}", .message = BAD_START },
        { SCAN, .index = "near", .start = "{id: \"a\", rank: 1, when: \"x\"}", .message = MISMATCH },
        { SCAN, .index = "near", .start = "{id: \"a\", zz: 1, when: 1}", .message = BAD_START ": " MISMATCH },
        { SCAN, .index = "all", .start = "{id: \"a\", rank: 1, group: 1}", .message = MISMATCH },
    };
    contract *c = *state;
    given_searched(c);
    refused(c, rows, sizeof rows / sizeof rows[0]);
}

static void starting_keys_of_other_segments(void **state)
{
    contract *c = *state;
    given_searched(c);
    unsigned refusals = 0;
    for (int segment = 0; segment < 2; segment++) {
        bloop_search_result result;
        const bloop_search_request request = { .kind = BLOOP_SEARCH_SCAN,
                                               .table = "things",
                                               .exclusive_start = notation_value(&c->n, "{id: \"a\", rank: 1}"),
                                               .segment = segment,
                                               .total_segments = 2 };
        bloop_status status = bloop_search_page(c->backend, &request, &result);
        bloop_result_free(&result.memory);
        if (status == BLOOP_OK)
            continue;
        refusals++;
        assert_int_equal(bloop_last_error()->status, BLOOP_VALIDATION);
        assert_string_equal(bloop_last_error()->message,
                            segment ? BAD_START ": Invalid ExclusiveStartKey. Please use ExclusiveStartKey with "
                                                "correct Segment. TotalSegments: 2 Segment: 1"
                                    : BAD_START ": Invalid ExclusiveStartKey. Please use ExclusiveStartKey with "
                                                "correct Segment. TotalSegments: 2 Segment: 0");
    }
    assert_int_equal(refusals, 1);
}

static void filters_and_projections(void **state)
{
    static const hunt rows[] = {
        { QUERY, .key = "id = \"a\"", .filter = "id = \"b\"", .message = FILTERED("id") },
        { QUERY, .key = "id = \"a\"", .filter = "zz = 1 AND attribute_exists(rank)", .message = FILTERED("rank") },
        { QUERY, .key = "id = \"a\"", .filter = "id.x = 1", .message = FILTERED("id") },
        { QUERY, .index = "keys", .key = "group = \"g\"", .filter = "size(group) = 1", .message = FILTERED("group") },
        { QUERY, .key = "id = \"a\"", .filter = "when[1] = 1", .message = SCALAR("IndexKey: when") },
        { QUERY, .key = "id = \"a\"", .projection = "id.x", .message = SCALAR("Key: id") },
        { SCAN, .filter = "attribute_exists(rank[0])", .message = SCALAR("Key: rank") },
        { SCAN, .projection = "zz, group.x", .message = SCALAR("IndexKey: group") },
        { QUERY, .index = "some", .key = "when = 1", .select = BLOOP_SELECT_ALL,
          .message = INVALID "Select type ALL_ATTRIBUTES is not supported for global secondary index some because its "
                             "projection type is not ALL" },
        { SCAN, .index = "keys", .select = BLOOP_SELECT_ALL,
          .message = INVALID "Select type ALL_ATTRIBUTES is not supported for global secondary index keys because its "
                             "projection type is not ALL" },
        { QUERY, .index = "some", .key = "when = 1", .projection = "id, zz.a, note, yy, zz.b",
          .message = INVALID "Global secondary index some does not project [zz, yy]" },
        { SCAN, .index = "keys", .projection = "note",
          .message = INVALID "Global secondary index keys does not project [note]" },
        { QUERY, .index = "some", .key = "when = 1", .filter = "note = 1 OR zz > 1 AND zz < 3",
          .message = INVALID "Secondary index some does not project one or more filter attributes: [zz]" },
        { QUERY, .index = "near", .key = "id = \"a\"", .filter = "note = 1",
          .message = INVALID "Secondary index near does not project one or more filter attributes: [note]" },
    };
    contract *c = *state;
    given_searched(c);
    refused(c, rows, sizeof rows / sizeof rows[0]);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(tables_and_indexes),
    cmocka_unit_test(key_conditions),
    cmocka_unit_test(starting_keys_of_queries),
    cmocka_unit_test(starting_keys_of_scans),
    cmocka_unit_test(starting_keys_of_other_segments),
    cmocka_unit_test(filters_and_projections),
};
const contract_part contract_refusals = { "refusals", tests, sizeof tests / sizeof tests[0] };
