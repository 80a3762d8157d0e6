/* Errors, both directions: what a server sends, and what a client makes of that and of anything else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/fail_alloc.h"
#include "support/notation.h"
#include "wire/wire.h"

#define DYNAMODB "com.amazonaws.dynamodb.v20120810#"
#define SERVICE  "com.amazon.coral.service#"

static const bloop_item no_item = { NULL, 0 };

/* Bodies as the service sends them: dynalite's tests and the conformance suite. */
static void writes_the_service_s_errors(void **state)
{
    static const struct {
        bloop_status status;
        const char *message;
        int http_status;
        const char *body;
    } cases[] = {
        { BLOOP_CONSTRAINT_VIOLATION, "The conditional request failed", 400,
          "{\"__type\":\"" DYNAMODB
          "ConditionalCheckFailedException\",\"message\":\"The conditional request failed\"}" },
        { BLOOP_VALIDATION, "a \"b\"", 400,
          "{\"__type\":\"com.amazon.coral.validate#ValidationException\",\"message\":\"a \\\"b\\\"\"}" },
        { BLOOP_INVALID_VALUE, "m", 400,
          "{\"__type\":\"com.amazon.coral.validate#ValidationException\",\"message\":\"m\"}" },
        { BLOOP_INVALID_SYNTAX, "", 400, "{\"__type\":\"" SERVICE "SerializationException\"}" },
        { BLOOP_INVALID_SYNTAX, "Start of list found where not expected", 400,
          "{\"__type\":\"" SERVICE "SerializationException\",\"Message\":\"Start of list found where not expected\"}" },
        { BLOOP_TABLE_NOT_FOUND, "m", 400, "{\"__type\":\"" DYNAMODB "ResourceNotFoundException\",\"message\":\"m\"}" },
        { BLOOP_TABLE_IN_USE, "m", 400, "{\"__type\":\"" DYNAMODB "ResourceInUseException\",\"message\":\"m\"}" },
        { BLOOP_LIMIT_EXCEEDED, "m", 400, "{\"__type\":\"" DYNAMODB "LimitExceededException\",\"message\":\"m\"}" },
        { BLOOP_THROTTLED, "m", 400,
          "{\"__type\":\"" DYNAMODB "ProvisionedThroughputExceededException\",\"message\":\"m\"}" },
        { BLOOP_ACCESS_DENIED, "m", 400, "{\"__type\":\"" SERVICE "AccessDeniedException\",\"Message\":\"m\"}" },
        { BLOOP_READ_ONLY, "m", 400, "{\"__type\":\"" SERVICE "AccessDeniedException\",\"Message\":\"m\"}" },
        { BLOOP_UNSUPPORTED_OPERATION, "", 400, "{\"__type\":\"" SERVICE "UnknownOperationException\"}" },
        { BLOOP_SERVICE, "m", 500, "{\"__type\":\"" DYNAMODB "InternalServerError\",\"message\":\"m\"}" },
        { BLOOP_IO, "m", 500, "{\"__type\":\"" DYNAMODB "InternalServerError\",\"message\":\"m\"}" },
        { BLOOP_UNKNOWN_OUTCOME, "m", 500, "{\"__type\":\"" DYNAMODB "InternalServerError\",\"message\":\"m\"}" },
        { BLOOP_NO_MEMORY, NULL, 500, "{\"__type\":\"" DYNAMODB "InternalServerError\"}" },
    };
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        bl_buffer out = { 0 };
        assert_int_equal(bl_wire_write_error(&out, cases[i].status, cases[i].message, no_item), cases[i].http_status);
        bl_buffer_byte(&out, 0);
        assert_int_equal(out.status, BLOOP_OK);
        assert_string_equal((const char *)out.data, cases[i].body);
        bl_buffer_free(&out);
    }
}

static void writes_errors_by_name(void **state)
{
    (void)state;
    bl_buffer out = { 0 };
    assert_int_equal(bl_wire_write_named_error(&out, "InvalidSignatureException", "Signature expired"), 400);
    bl_buffer_byte(&out, 0);
    assert_string_equal((const char *)out.data,
                        "{\"__type\":\"" SERVICE "InvalidSignatureException\",\"message\":\"Signature expired\"}");
    bl_buffer_free(&out);
}

/* An item that failed its condition goes through. */
static void carries_the_item(void **state)
{
    (void)state;
    notation n = { 0 };
    bl_buffer out = { 0 };
    bl_wire_error error;
    bloop_result_memory memory = { 0 };
    bloop_item item = notation_value(&n, "{id: \"a\", n: 1}"), got;
    bl_wire_write_error(&out, BLOOP_CONSTRAINT_VIOLATION, "The conditional request failed", item);
    bl_wire_read_error(400, NULL, (const char *)out.data, out.size, &memory, &got, &error);
    assert_int_equal(error.status, BLOOP_CONSTRAINT_VIOLATION);
    assert_true(bloop_value_equal(item, got));
    bloop_result_free(&memory);
    bl_wire_read_error(400, NULL, (const char *)out.data, out.size, &memory, NULL, &error);
    assert_int_equal(error.status, BLOOP_CONSTRAINT_VIOLATION);
    bl_buffer_free(&out);
    notation_free(&n);
}

enum { THROTTLED = 1, TRANSIENT = 2, SKEWED = 4, NOT_RUN = 8 };

/* What comes, and what it is: classes of the SDKs' standard retry mode (SDK reference guide, "Retry behavior"). */
static const struct {
    int http_status;
    const char *header, *body;
    bloop_status status;
    const char *name;
    int flags;
    const char *message;
} error_cases[] = {
    { 400, NULL, "{\"__type\":\"" DYNAMODB "ConditionalCheckFailedException\",\"message\":\"m\"}",
      BLOOP_CONSTRAINT_VIOLATION, "ConditionalCheckFailedException", NOT_RUN, "m" },
    { 400, NULL, "{\"__type\":\"ValidationException\",\"Message\":\"m\"}", BLOOP_VALIDATION, "ValidationException",
      NOT_RUN, "m" },
    { 400, NULL, "{\"Message\":\"m\",\"code\":\"ResourceNotFoundException\"}", BLOOP_TABLE_NOT_FOUND,
      "ResourceNotFoundException", NOT_RUN, "m" },
    { 400, "ResourceInUseException:http://internal.amazon.com/coral/x/", "{\"message\":\"m\"}", BLOOP_TABLE_IN_USE,
      "ResourceInUseException", NOT_RUN, "m" },
    { 400, NULL, "{\"__type\":\"" DYNAMODB "ProvisionedThroughputExceededException\",\"message\":\"m\"}",
      BLOOP_THROTTLED, "ProvisionedThroughputExceededException", THROTTLED | NOT_RUN, "m" },
    { 400, NULL, "{\"__type\":\"com.amazon.coral.availability#ThrottlingException\",\"message\":\"Rate exceeded\"}",
      BLOOP_THROTTLED, "ThrottlingException", THROTTLED | NOT_RUN, "Rate exceeded" },
    { 400, NULL, "{\"__type\":\"" DYNAMODB "RequestLimitExceeded\",\"message\":\"m\"}", BLOOP_THROTTLED,
      "RequestLimitExceeded", THROTTLED | NOT_RUN, "m" },
    { 503, NULL, "{\"__type\":\"SlowDown\",\"message\":\"m\"}", BLOOP_THROTTLED, "SlowDown",
      THROTTLED | TRANSIENT | NOT_RUN, "m" },
    { 400, NULL, "{\"__type\":\"" DYNAMODB "ItemCollectionSizeLimitExceededException\",\"message\":\"m\"}",
      BLOOP_ITEM_COLLECTION_TOO_LARGE, "ItemCollectionSizeLimitExceededException", NOT_RUN, "m" },
    { 400, NULL, "{\"__type\":\"" DYNAMODB "TransactionConflictException\",\"message\":\"m\"}",
      BLOOP_TRANSACTION_CONFLICT, "TransactionConflictException", NOT_RUN, "m" },
    { 400, NULL, "{\"__type\":\"" SERVICE "UnrecognizedClientException\",\"message\":\"m\"}", BLOOP_ACCESS_DENIED,
      "UnrecognizedClientException", NOT_RUN, "m" },
    { 400, NULL,
      "{\"__type\":\"" SERVICE "InvalidSignatureException\",\"message\":\"Signature expired: 20130301T000000Z is now "
      "earlier than 20130301T001000Z\"}",
      BLOOP_ACCESS_DENIED, "InvalidSignatureException", SKEWED | NOT_RUN,
      "Signature expired: 20130301T000000Z is now earlier than 20130301T001000Z" },
    { 400, NULL, "{\"__type\":\"" SERVICE "InvalidSignatureException\",\"message\":\"Signature not yet current: x\"}",
      BLOOP_ACCESS_DENIED, "InvalidSignatureException", SKEWED | NOT_RUN, "Signature not yet current: x" },
    { 400, NULL, "{\"__type\":\"" SERVICE "InvalidSignatureException\",\"message\":\"The request signature differs\"}",
      BLOOP_ACCESS_DENIED, "InvalidSignatureException", NOT_RUN, "The request signature differs" },
    { 403, NULL, "{\"__type\":\"RequestTimeTooSkewed\",\"message\":\"m\"}", BLOOP_ACCESS_DENIED, "RequestTimeTooSkewed",
      SKEWED | NOT_RUN, "m" },
    { 500, NULL, "{\"__type\":\"" DYNAMODB "InternalServerError\",\"message\":\"m\"}", BLOOP_SERVICE,
      "InternalServerError", TRANSIENT, "the endpoint answered HTTP 500, InternalServerError: \"m\"" },
    { 400, NULL, "{\"__type\":\"" DYNAMODB "BrandNewException\",\"message\":\"m\"}", BLOOP_SERVICE, "BrandNewException",
      NOT_RUN, "the endpoint answered HTTP 400, BrandNewException: \"m\"" },
    { 400, NULL, "{\"__type\":\"" SERVICE "SerializationException\"}", BLOOP_INVALID_SYNTAX, "SerializationException",
      NOT_RUN, "the endpoint answered HTTP 400, SerializationException" },
    /* What is none of the service's. */
    { 502, NULL, "<html><body>Bad Gateway</body></html>", BLOOP_SERVICE, "", TRANSIENT,
      "the endpoint answered HTTP 502, which is none of DynamoDB's errors" },
    { 503, NULL, "", BLOOP_SERVICE, "", TRANSIENT,
      "the endpoint answered HTTP 503, which is none of DynamoDB's errors" },
    { 504, NULL, NULL, BLOOP_SERVICE, "", TRANSIENT,
      "the endpoint answered HTTP 504, which is none of DynamoDB's errors" },
    { 501, NULL, "{}", BLOOP_SERVICE, "", 0, "the endpoint answered HTTP 501, which is none of DynamoDB's errors" },
    { 404, NULL, "<html>Not Found</html>", BLOOP_NETWORK, "", NOT_RUN,
      "the endpoint answered HTTP 404, which is none of DynamoDB's errors" },
    { 302, NULL, "", BLOOP_NETWORK, "", 0, "the endpoint answered HTTP 302, which is none of DynamoDB's errors" },
    { 403, NULL, "[1,2]", BLOOP_ACCESS_DENIED, "", NOT_RUN,
      "the endpoint answered HTTP 403, which is none of DynamoDB's errors" },
    { 403, NULL, "{\"message\":\"Missing Authentication Token\"}", BLOOP_ACCESS_DENIED, "", NOT_RUN,
      "the endpoint answered HTTP 403, an error without a name: \"Missing Authentication Token\"" },
    { 408, NULL, "", BLOOP_TIMEOUT, "", NOT_RUN, "the endpoint answered HTTP 408, which is none of DynamoDB's errors" },
    { 429, NULL, "", BLOOP_THROTTLED, "", THROTTLED | NOT_RUN,
      "the endpoint answered HTTP 429, which is none of DynamoDB's errors" },
    /* What breaks off keeps what came before. */
    { 400, NULL, "{\"__type\":\"ValidationException\",\"message\":\"m\",\"x\":", BLOOP_VALIDATION,
      "ValidationException", NOT_RUN, "m" },
    { 400, NULL, "{\"__type\":[1],\"message\":{\"a\":1},\"code\":null}", BLOOP_NETWORK, "", NOT_RUN,
      "the endpoint answered HTTP 400, which is none of DynamoDB's errors" },
    { 400, NULL, "{\"__type\":\"a#b#ValidationException\",\"message\":\"\"}", BLOOP_VALIDATION, "ValidationException",
      NOT_RUN, "the endpoint answered HTTP 400, ValidationException" },
};

static void reads_errors(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(error_cases); i++) {
        bl_wire_error e;
        bloop_item item;
        bloop_result_memory memory = { 0 };
        bl_wire_read_error(error_cases[i].http_status, error_cases[i].header, error_cases[i].body,
                           error_cases[i].body ? strlen(error_cases[i].body) : 0, &memory, &item, &e);
        int flags = (e.throttled ? THROTTLED : 0) | (e.transient ? TRANSIENT : 0) | (e.clock_skewed ? SKEWED : 0) |
                    (e.not_run ? NOT_RUN : 0);
        if (e.status != error_cases[i].status || strcmp(e.name, error_cases[i].name) != 0 ||
            flags != error_cases[i].flags || bloop_last_error()->status != error_cases[i].status ||
            strcmp(bloop_last_error()->message, error_cases[i].message) != 0)
            fail_msg("%d %s: %s, \"%s\", %d: %s", error_cases[i].http_status, error_cases[i].body,
                     bloop_status_name(e.status), e.name, flags, bloop_last_error()->message);
        assert_null(item.data);
        assert_null(memory.blocks);
    }
}

/* A name that is far too long is cut, and is then none that is known. */
static void bounds_names(void **state)
{
    char body[512] = "{\"__type\":\"";
    bl_wire_error error;
    (void)state;
    memset(body + 11, 'x', 300);
    strcpy(body + 311, "\"}");
    bl_wire_read_error(400, NULL, body, strlen(body), NULL, NULL, &error);
    assert_int_equal(strlen(error.name), sizeof error.name - 1);
    assert_int_equal(error.status, BLOOP_SERVICE);
}

static bloop_status read_with_item(void *context)
{
    static const char body[] = "{\"__type\":\"ConditionalCheckFailedException\",\"message\":\"\\u0041\","
                               "\"Item\":{\"id\":{\"S\":\"\\u0041\"},\"b\":{\"B\":\"AA==\"}}}";
    bl_wire_error error;
    bloop_item item;
    bloop_result_memory memory = { 0 };
    (void)context;
    bl_wire_read_error(400, NULL, body, sizeof body - 1, &memory, &item, &error);
    assert_true((item.data != NULL) == (error.status == BLOOP_CONSTRAINT_VIOLATION));
    bloop_result_free(&memory);
    return error.status == BLOOP_CONSTRAINT_VIOLATION ? BLOOP_OK : error.status;
}

static void survives_without_memory(void **state)
{
    (void)state;
    assert_true(fail_alloc_every(read_with_item, NULL) > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_the_service_s_errors),
        cmocka_unit_test(writes_errors_by_name),
        cmocka_unit_test(carries_the_item),
        cmocka_unit_test(reads_errors),
        cmocka_unit_test(bounds_names),
        cmocka_unit_test(survives_without_memory),
    };
    return cmocka_run_group_tests_name("wire/errors", tests, NULL, NULL);
}
