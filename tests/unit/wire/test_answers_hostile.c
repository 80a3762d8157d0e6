/* Responses that are none, or lie: each is BLOOP_NETWORK with the rule and the place, and gives nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "reads.h"
#include "support/fail_alloc.h"

static const char prefix[] = "the endpoint's answer is no sound DynamoDB response: ";

static const read_case *reader_of(const char *name)
{
    for (size_t i = 0; i < read_case_count; i++)
        if (strcmp(read_cases[i].name, name) == 0)
            return &read_cases[i];
    fail_msg("nothing reads %s", name);
    return NULL;
}

static bloop_status read_copy(const read_case *reader, const char *body, size_t size)
{
    /* Of just the size, so that a read beyond it is noticed. */
    char *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, body, size);
    bloop_status status = reader->read(copy, size);
    free(copy);
    return status;
}

static void reads_what_is_sound(void **state)
{
    (void)state;
    for (size_t i = 0; i < read_case_count; i++)
        assert_int_equal(read_copy(&read_cases[i], read_cases[i].body, strlen(read_cases[i].body)), BLOOP_OK);
}

static void refuses_what_is_cut_off(void **state)
{
    (void)state;
    for (size_t i = 0; i < read_case_count; i++)
        for (size_t size = 0; size < strlen(read_cases[i].body); size++) {
            assert_int_equal(read_copy(&read_cases[i], read_cases[i].body, size), BLOOP_NETWORK);
            assert_memory_equal(bloop_last_error()->message, prefix, sizeof prefix - 1);
        }
}

/* Any byte replaced by others: it is read or refused, and nothing else happens. */
static void survives_any_byte(void **state)
{
    static const char bytes[] = {
        '"', '{', '}', '[', ']', ',', ':', '0', '-', '\\', 'n', ' ', 0, (char)0x80, (char)0xFF
    };
    (void)state;
    for (size_t i = 0; i < read_case_count; i++) {
        char *body = strdup(read_cases[i].body);
        size_t size = strlen(body);
        for (size_t at = 0; at < size; at++) {
            char before = body[at];
            for (size_t k = 0; k < sizeof bytes; k++) {
                body[at] = bytes[k];
                bloop_status status = read_cases[i].read(body, size);
                assert_true(status == BLOOP_OK || status == BLOOP_NETWORK);
            }
            body[at] = before;
        }
        free(body);
    }
}

static void passes_over_what_it_does_not_know(void **state)
{
    (void)state;
    for (size_t i = 0; i < read_case_count; i++) {
        char body[4096];
        int size = snprintf(body, sizeof body, "{\"Future\":{\"a\":[1,{\"b\":null}]},%s", read_cases[i].body + 1);
        assert_int_equal(read_copy(&read_cases[i], body, (size_t)size), BLOOP_OK);
    }
}

static void refuses_lies(void **state)
{
    static const struct {
        const char *reader, *body, *message;
    } cases[] = {
        { "get", "[]", "line 1, column 1 (byte 0): an object is expected, not an array" },
        { "get", "{} {}", "line 1, column 4 (byte 3): the end of the text is expected, not '{'" },
        { "get", "{\"Item\":[]}", "an object is expected, not '['" },
        { "get", "{\"Item\":{\"a\":{\"S\":1}}}", "a string is expected, not '1'" },
        { "get", "{\"Item\":{\"a\":{\"S\":\"\xFF\"}}}", "UTF-8" },
        { "get", "{\"Item\":{\"a\":{\"X\":\"\"}}}", "is no type" },
        { "get", "{\"Item\":{\"a\":{\"S\":\"\"},\"a\":{\"S\":\"\"}}}", "a map with two values named" },
        { "get", "{\"Item\":{\"a\":{\"N\":\"1E126\"}}}", "Number overflow" },
        { "get", "{\"Item\":{},\"Item\":{}}", "a second Item" },
        { "get", "{\"ConsumedCapacity\":{\"CapacityUnits\":-1}}", "a number that can't be negative" },
        { "get", "{\"ConsumedCapacity\":{\"CapacityUnits\":1e200}}", "Number overflow" },
        { "get", "{\"ConsumedCapacity\":{\"TableName\":\"a\\u0000b\"}}", "the string has U+0000 in it" },
        { "write", "{\"ItemCollectionMetrics\":{\"SizeEstimateRangeGB\":[1]}}", "an estimate has two ends" },
        { "search", "{\"Items\":[{}],\"Count\":2,\"ScannedCount\":2}", "Count is 2, but there are 1 items" },
        { "search", "{\"Count\":1,\"ScannedCount\":1}", "Count is 1, but there are 0 items" },
        { "search", "{\"Items\":[{}],\"Count\":1,\"ScannedCount\":0}", "Count is 1, but ScannedCount is 0" },
        { "search", "{\"Items\":[],\"Count\":4294967296}", "a count can't be 4294967296" },
        { "search", "{\"Items\":[],\"Count\":-1}", "a count can't be -1" },
        { "search", "{\"Items\":{}}", "an array is expected, not an object" },
        { "table", "{}", "there is no Table" },
        { "table", "{\"Table\":{}}", "the table has no TableName" },
        { "table", "{\"Table\":{\"TableName\":\"t\"}}", "the table has no hash key" },
        { "table", "{\"Table\":{\"KeySchema\":[]}}", "a key schema without a hash key" },
        { "table", "{\"Table\":{\"KeySchema\":[{\"AttributeName\":\"a\",\"KeyType\":\"ROUND\"}]}}", "\"ROUND\"" },
        { "table", "{\"Table\":{\"CreationDateTime\":1e12}}", "a time beyond the year 9999" },
        { "table", "{\"Table\":{\"ItemCount\":-1}}", "a count can't be -1" },
        { "table", "{\"Table\":{\"AttributeDefinitions\":[{\"AttributeName\":\"a\",\"AttributeType\":\"Q\"}]}}",
          "an attribute definition lacks its name or its type" },
        { "batch get", "{\"Responses\":{\"x\":[]}}", "nothing was asked of table \"x\"" },
        { "batch get", "{\"Responses\":{\"t\":[{\"id\":{\"S\":\"z\"}}]}}", "an item that was not asked for" },
        { "batch get", "{\"Responses\":{\"t\":[{\"x\":{\"S\":\"a\"}}]}}", "an item that was not asked for" },
        { "batch get", "{\"Responses\":{\"u\":[{\"id\":{\"S\":\"b\"}}]}}", "an item that was not asked for" },
        { "batch get", "{\"Responses\":{\"t\":[{\"id\":{\"S\":\"a\"}},{\"id\":{\"S\":\"a\"}}]}}", "or comes twice" },
        { "batch get",
          "{\"Responses\":{\"t\":[{\"id\":{\"S\":\"a\"}}]},\"UnprocessedKeys\":{\"t\":{\"Keys\":[{\"id\":{\"S\":\"a\"}}]}}}",
          "or comes twice" },
        { "batch write", "{\"UnprocessedItems\":{\"t\":[{\"PutRequest\":{\"Item\":{\"id\":{\"S\":\"z\"}}}}]}}",
          "a request is unprocessed that was not made" },
        { "batch write", "{\"UnprocessedItems\":{\"t\":[{}]}}", "neither a put nor a delete" },
    };
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        assert_int_equal(read_copy(reader_of(cases[i].reader), cases[i].body, strlen(cases[i].body)), BLOOP_NETWORK);
        const char *message = bloop_last_error()->message;
        if (strncmp(message, prefix, sizeof prefix - 1) != 0 || !strstr(message, cases[i].message))
            fail_msg("%s: \"%s\" is expected in \"%s\"", cases[i].body, cases[i].message, message);
    }
}

static void refuses_what_nests_too_deeply(void **state)
{
    char body[2048] = "{\"Item\":{\"a\":";
    (void)state;
    for (int i = 0; i < 40; i++)
        strcat(body, "{\"L\":[");
    assert_int_equal(read_copy(reader_of("get"), body, strlen(body)), BLOOP_NETWORK);
    assert_non_null(strstr(bloop_last_error()->message, "Nesting Levels have exceeded supported limits"));
    strcpy(body, "{\"Future\":");
    memset(body + strlen(body), '[', 1000);
    assert_int_equal(read_copy(reader_of("get"), body, 1010), BLOOP_NETWORK);
    assert_non_null(strstr(bloop_last_error()->message, "nest deeper than"));
}

/* A few bytes of text could otherwise take a few hundred of memory, as often as they come. */
static void refuses_endless_lists(void **state)
{
    static const struct {
        const char *reader, *begin, *element;
    } cases[] = {
        { "names", "{\"TableNames\":[", "\"\"" },
        { "table", "{\"Table\":{\"AttributeDefinitions\":[", "{\"AttributeName\":\"\",\"AttributeType\":\"S\"}" },
        { "batch get", "{\"ConsumedCapacity\":[", "{}" },
        { "batch write", "{\"ItemCollectionMetrics\":{\"t\":[", "{}" },
    };
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        bl_buffer body = { 0 };
        bl_buffer_text(&body, cases[i].begin);
        for (int k = 0; k < 70000; k++) {
            bl_buffer_text(&body, k ? "," : "");
            bl_buffer_text(&body, cases[i].element);
        }
        assert_int_equal(body.status, BLOOP_OK);
        assert_int_equal(reader_of(cases[i].reader)->read((const char *)body.data, body.size), BLOOP_NETWORK);
        assert_non_null(strstr(bloop_last_error()->message, "an array of more than 65536 elements"));
        bl_buffer_free(&body);
    }
}

static bloop_status run(void *context)
{
    const read_case *reader = context;
    return reader->read(reader->body, strlen(reader->body));
}

static void survives_without_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < read_case_count; i++)
        assert_true(fail_alloc_every(run, (void *)(uintptr_t)&read_cases[i]) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_is_sound),   cmocka_unit_test(refuses_what_is_cut_off),
        cmocka_unit_test(survives_any_byte),     cmocka_unit_test(passes_over_what_it_does_not_know),
        cmocka_unit_test(refuses_lies),          cmocka_unit_test(refuses_what_nests_too_deeply),
        cmocka_unit_test(refuses_endless_lists), cmocka_unit_test(survives_without_memory),
    };
    return cmocka_run_group_tests_name("wire/answers_hostile", tests, NULL, NULL);
}
