/* What the service says to requests that are not signed as they should be. Messages are those that architect/dynalite has
   recorded of Amazon DynamoDB (index.js, test/connection.js). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sigv4/sigv4.h"
#include "support/fail_alloc.h"

enum { NOW = 1440938160, MINUTE = 60, MOST_HEADERS = 8 }; /* 2015-08-30T12:36:00Z */

static const char mismatch[] =
    "The request signature we calculated does not match the signature you provided. Check your "
    "AWS Secret Access Key and signing method. Consult the service documentation for details.";

/* A request that is being made, and what a server answered. */
typedef struct exchange {
    bl_sigv4 *sigv4;
    bl_sigv4_header headers[MOST_HEADERS];
    bl_sigv4_request request;
    char authorization[1024];
    bl_sigv4_rules rules;
    const char *token; /* that belongs to the key */
    bl_sigv4_verdict verdict;
    bl_buffer message;
} exchange;

static bool find_key(void *context, bl_sigv4_text access_key, bl_sigv4_secret *out)
{
    const exchange *e = context;
    if (access_key.size != 3 || memcmp(access_key.data, "KEY", 3) != 0)
        return false;
    out->secret = bl_sigv4_text_of("secret");
    out->token = bl_sigv4_text_of(e->token);
    return true;
}

static void begin(exchange *e)
{
    *e = (exchange){ .token = "" };
    assert_int_equal(bl_sigv4_new(&e->sigv4), BLOOP_OK);
    e->headers[0] = (bl_sigv4_header){ bl_sigv4_text_of("Host"), bl_sigv4_text_of("localhost:8000") };
    e->headers[1] = (bl_sigv4_header){ bl_sigv4_text_of("X-Amz-Date"), bl_sigv4_text_of("20150830T123600Z") };
    e->headers[2] =
        (bl_sigv4_header){ bl_sigv4_text_of("X-Amz-Target"), bl_sigv4_text_of("DynamoDB_20120810.GetItem") };
    e->request = (bl_sigv4_request){ .method = bl_sigv4_text_of("POST"),
                                     .path = bl_sigv4_text_of("/"),
                                     .headers = e->headers,
                                     .header_count = 3,
                                     .body = bl_sigv4_text_of("{}") };
    e->rules =
        (bl_sigv4_rules){ .now = NOW, .service = bl_sigv4_text_of("dynamodb"), .lookup = find_key, .context = e };
}

static void add_header(exchange *e, const char *name, const char *value)
{
    assert_true(e->request.header_count < MOST_HEADERS);
    e->headers[e->request.header_count++] = (bl_sigv4_header){ bl_sigv4_text_of(name), bl_sigv4_text_of(value) };
}

static void sign(exchange *e)
{
    bl_sigv4_scope scope = { .time = "20150830T123600Z",
                             .region = bl_sigv4_text_of("us-east-1"),
                             .service = bl_sigv4_text_of("dynamodb") };
    bl_buffer out;
    bl_buffer_use(&out, e->authorization, sizeof e->authorization - 1);
    assert_int_equal(
        bl_sigv4_sign(e->sigv4, bl_sigv4_text_of("KEY"), bl_sigv4_text_of("secret"), &scope, &e->request, &out),
        BLOOP_OK);
    assert_true(out.fixed);
    add_header(e, "Authorization", e->authorization);
}

static void verify(exchange *e)
{
    e->verdict = BL_SIGV4_VERDICT_COUNT;
    bl_buffer_clear(&e->message);
    assert_int_equal(bl_sigv4_verify(e->sigv4, &e->request, &e->rules, &e->verdict, &e->message), BLOOP_OK);
    bl_buffer_byte(&e->message, 0);
}

static void expect(exchange *e, bl_sigv4_verdict verdict, const char *message)
{
    verify(e);
    assert_string_equal(e->message.data, message);
    assert_string_equal(bl_sigv4_verdict_name(e->verdict), bl_sigv4_verdict_name(verdict));
}

static void end(exchange *e)
{
    bl_buffer_free(&e->message);
    bl_sigv4_free(e->sigv4);
}

/* Replaces the first `from` of the header Authorization. */
static void edit(exchange *e, const char *from, const char *to)
{
    char *at = strstr(e->authorization, from), rest[1024];
    assert_non_null(at);
    snprintf(rest, sizeof rest, "%s", at + strlen(from));
    snprintf(at, sizeof e->authorization - (size_t)(at - e->authorization), "%s%s", to, rest);
    e->headers[e->request.header_count - 1].value = bl_sigv4_text_of(e->authorization);
}

static void signed_requests_are_accepted(void **state)
{
    (void)state;
    exchange e;
    begin(&e);
    sign(&e);
    expect(&e, BL_SIGV4_ACCEPTED, "");
    /* What is not signed may be added, and the header be laid out in other ways. */
    add_header(&e, "User-Agent", "test");
    expect(&e, BL_SIGV4_ACCEPTED, "");
    e.request.header_count--;
    edit(&e, ", SignedHeaders", ",SignedHeaders");
    edit(&e, ", Signature", "   Signature");
    edit(&e, "aws4_request", "aws4_request///");
    expect(&e, BL_SIGV4_ACCEPTED, "");
    end(&e);
}

typedef struct header_case {
    const char *authorization; /* NULL: there is none */
    const char *date;          /* NULL: there is none */
    bl_sigv4_verdict verdict;
    const char *message;
} header_case;

static const header_case header_cases[] = {
    { NULL, NULL, BL_SIGV4_MISSING_TOKEN, "Request is missing Authentication Token" },
    { "", NULL, BL_SIGV4_MISSING_TOKEN, "Request is missing Authentication Token" },
    { "AWS4", NULL, BL_SIGV4_MISSING_TOKEN, "Request is missing Authentication Token" },
    { "Basic YTpi", "a", BL_SIGV4_MISSING_TOKEN, "Request is missing Authentication Token" },
    { "AWS4-", NULL, BL_SIGV4_INCOMPLETE,
      "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. "
      "Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a "
      "'X-Amz-Date' or a 'Date' header. Authorization=AWS4-" },
    { "AWS4- Signature=b Credential=a", "a", BL_SIGV4_INCOMPLETE,
      "Authorization header requires 'SignedHeaders' parameter. Authorization=AWS4- Signature=b Credential=a" },
    { "AWS4- Signature=b,Credential=a", "a", BL_SIGV4_INCOMPLETE,
      "Authorization header requires 'SignedHeaders' parameter. Authorization=AWS4- Signature=b,Credential=a" },
    { "AWS4- Signature=b, Credential=a", "a", BL_SIGV4_INCOMPLETE,
      "Authorization header requires 'SignedHeaders' parameter. Authorization=AWS4- Signature=b, Credential=a" },
    { "AWS4- Signature=,Credential=a,SignedHeaders=", "a", BL_SIGV4_INCOMPLETE,
      "Authorization header requires 'Signature' parameter. Authorization=AWS4- Signature=,Credential=a,SignedHeaders=" },
    { "AWS4-HMAC-SHA256 Signature=b,    Credential,    SignedHeaders", "a", BL_SIGV4_INCOMPLETE,
      "'Credential' not a valid key=value pair (missing equal-sign) in Authorization header: 'AWS4-HMAC-SHA256 "
      "Signature=b,    Credential,    SignedHeaders'." },
    { "AWS4-HMAC-SHA256 Signature=b,Credential=a,SignedHeaders=c", "201", BL_SIGV4_INCOMPLETE,
      "Date must be in ISO-8601 'basic format'. Got '201'. See http://en.wikipedia.org/wiki/ISO_8601" },
    { "AWS4-HMAC-SHA256 Signature=b,Credential=a,SignedHeaders=c", "20130301T000000Z", BL_SIGV4_INVALID,
      "Signature expired: 20130301T000000Z is now earlier than 20150830T122100Z (20150830T123600Z - 15 min.)" },
    { "AWS4-HMAC-SHA256 Signature=b,Credential=a,SignedHeaders=c", "20150830T125101Z", BL_SIGV4_INVALID,
      "Signature not yet current: 20150830T125101Z is still later than 20150830T125100Z (20150830T123600Z + 15 min.)" },
    { "AWS4-HMAC-SHA256 Signature=b,Credential=a,SignedHeaders=c", "20150830T123600Z", BL_SIGV4_INVALID,
      "'Host' must be a 'SignedHeader' in the AWS Authorization." },
    { "AWS4-HMAC-SHA256 Signature=b,Credential=a,SignedHeaders=", "20150830T123600Z", BL_SIGV4_INVALID,
      "'Host' must be a 'SignedHeader' in the AWS Authorization." },
    { "AWS4-HMAC-SHA25 Signature=b,Credential=a,SignedHeaders=HOST", "Sun, 30 Aug 2015 12:36:00 GMT",
      BL_SIGV4_INCOMPLETE, "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA25' (only AWS4-HMAC-SHA256 for now). " },
    { "AWS4-HMAC-SHA256 Signature=b,Credential=a/b/c/d,SignedHeaders=host", "20150830T123600Z", BL_SIGV4_INCOMPLETE,
      "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b/c/d'" },
    { "AWS4-HMAC-SHA256 Signature=b,Credential=a/b/c/d/e/f,SignedHeaders=host", "20150830T123600Z", BL_SIGV4_INCOMPLETE,
      "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b/c/d/e/f'" },
    { "AWS4-HMAC-SHA256 Signature=b,Credential=a/b//d/e,SignedHeaders=host", "20150830T123600Z", BL_SIGV4_INVALID,
      "Credential should be scoped to a valid region, not ''. Credential should be scoped to correct service: 'dynamodb'. "
      "Credential should be scoped with a valid terminator: 'aws4_request', not 'e'. Date in Credential scope does not "
      "match YYYYMMDD from ISO-8601 version of date from HTTP: 'b' != '20150830', from '20150830T123600Z'." },
    { "AWS4-HMAC-SHA256 Signature=b,Credential=a/20150830/c/dynamodb/aws4_request,SignedHeaders=host",
      "20150830T123600Z", BL_SIGV4_UNRECOGNIZED, "The security token included in the request is invalid." },
};

static void headers_are_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(header_cases); i++) {
        exchange e;
        begin(&e);
        e.request.header_count = 1;
        if (header_cases[i].authorization)
            add_header(&e, "authorization", header_cases[i].authorization);
        if (header_cases[i].date)
            add_header(&e, i % 2 ? "Date" : "X-Amz-Date", header_cases[i].date);
        expect(&e, header_cases[i].verdict, header_cases[i].message);
        end(&e);
    }
}

static void queries_are_judged(void **state)
{
    (void)state;
    static const struct {
        const char *query;
        bl_sigv4_verdict verdict;
        const char *message;
    } cases[] = {
        { "X-Amz-Algorith", BL_SIGV4_MISSING_TOKEN, "Request is missing Authentication Token" },
        { "X-Amz-Credential=a&X-Amz-Signature=b&X-Amz-SignedHeaders=c&X-Amz-Date=d", BL_SIGV4_MISSING_TOKEN,
          "Request is missing Authentication Token" },
        { "X-Amz-Algorithm", BL_SIGV4_INCOMPLETE,
          "AWS query-string parameters must include 'X-Amz-Algorithm'. AWS query-string parameters must include "
          "'X-Amz-Credential'. AWS query-string parameters must include 'X-Amz-Signature'. AWS query-string parameters "
          "must include 'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Date'. Re-examine the "
          "query-string parameters." },
        { "X-Amz-Algorithm=a&X-Amz-Credential=b&X-Amz-Signature=c&X-Amz-Date=d", BL_SIGV4_INCOMPLETE,
          "AWS query-string parameters must include 'X-Amz-SignedHeaders'. Re-examine the query-string parameters." },
        { "X-Amz-Algorithm=a&X-Amz-Credential=b&X-Amz-Signature=c&X-Amz-Date=d&X-Amz-SignedHeaders=e",
          BL_SIGV4_INCOMPLETE,
          "Date must be in ISO-8601 'basic format'. Got 'd'. See http://en.wikipedia.org/wiki/ISO_8601" },
        { "X-Amz-Algorithm=a&X-Amz-Credential=b&X-Amz-Signature=c&X-Amz-Date=d&X-Amz-SignedHeaders=e&X-Amz-Expires=x",
          BL_SIGV4_INCOMPLETE, "X-Amz-Expires must be a number of seconds from 1 to 604800." },
        { "X-Amz-Algorithm=a&X-Amz-Credential=b&X-Amz-Signature=c&X-Amz-Date=d&X-Amz-SignedHeaders=e&X-Amz-Expires=604801",
          BL_SIGV4_INCOMPLETE, "X-Amz-Expires must be a number of seconds from 1 to 604800." },
        { "X-Amz-Algorithm=a&X-Amz-Credential=b&X-Amz-Signature=c&X-Amz-Date=20150830T113559Z&X-Amz-SignedHeaders=host"
          "&X-Amz-Expires=3600",
          BL_SIGV4_INVALID,
          "Signature expired: 20150830T113559Z is now earlier than 20150830T113600Z (20150830T123600Z - 60 min.)" },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        exchange e;
        begin(&e);
        e.request.query = bl_sigv4_text_of(cases[i].query);
        expect(&e, cases[i].verdict, cases[i].message);
        end(&e);
    }
}

static void a_request_is_signed_once(void **state)
{
    (void)state;
    exchange e;
    begin(&e);
    e.request.query = bl_sigv4_text_of("X-Amz-Algorithm");
    add_header(&e, "Authorization", "X");
    expect(&e, BL_SIGV4_INVALID,
           "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.");
    end(&e);
}

static void the_operation_has_to_be_signed(void **state)
{
    (void)state;
    exchange e;
    begin(&e);
    e.request.header_count = 2;
    sign(&e);
    expect(&e, BL_SIGV4_ACCEPTED, "");
    add_header(&e, "x-amz-target", "DynamoDB_20120810.DeleteTable");
    expect(&e, BL_SIGV4_INVALID, "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.");
    end(&e);
}

/* Whatever of the request is changed after signing, and whichever digit of the signature. */
static void changed_requests_are_refused(void **state)
{
    (void)state;
    for (int change = 0; change < 9; change++) {
        exchange e;
        begin(&e);
        sign(&e);
        bl_sigv4_text *const parts[] = { &e.request.method,   &e.request.path,     &e.request.query,  &e.request.body,
                                         &e.headers[0].value, &e.headers[2].value, &e.headers[0].name };
        if (change < 7)
            *parts[change] = bl_sigv4_text_of("changed");
        else
            edit(&e, change == 7 ? "us-east-1" : "Signature=", change == 7 ? "us-west-1" : "Signature=0");
        verify(&e);
        assert_string_equal(bl_sigv4_verdict_name(e.verdict), "InvalidSignatureException");
        assert_memory_equal(e.message.data, mismatch, sizeof mismatch - 1);
        end(&e);
    }
}

static void every_digit_of_a_signature_counts(void **state)
{
    (void)state;
    exchange e;
    begin(&e);
    sign(&e);
    char *signature = strstr(e.authorization, "Signature=") + 10;
    for (int i = 0; i < 64; i++) {
        char digit = signature[i];
        signature[i] = digit == '0' ? '1' : '0';
        verify(&e);
        assert_int_equal(e.verdict, BL_SIGV4_INVALID);
        signature[i] = digit;
    }
    expect(&e, BL_SIGV4_ACCEPTED, "");
    end(&e);
}

/* The words behind the first sentences: what should have been signed. */
static void a_mismatch_shows_what_was_expected(void **state)
{
    (void)state;
    exchange e;
    begin(&e);
    sign(&e);
    e.request.body = bl_sigv4_text_of("");
    edit(&e, "host;x-amz-date", "host;x-amz-date;x-gone");
    verify(&e);
    assert_string_equal(
        (const char *)e.message.data + sizeof mismatch - 1,
        "\n\nThe Canonical String for this request should have been\n'POST\n/\n\nhost:localhost:8000\nx-amz-date:"
        "20150830T123600Z\nx-amz-target:DynamoDB_20120810.GetItem\nx-gone:\n\nhost;x-amz-date;x-amz-target;x-gone\n"
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'\n\nThe String-to-Sign should have been\n'"
        "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/dynamodb/aws4_request\n"
        "28c60c8cb47563b0922e79845d36f92fdeef708eb5625949e3e6938bf694d3a6'\n");
    end(&e);
}

static void session_tokens_have_to_match(void **state)
{
    (void)state;
    static const struct {
        const char *sent, *expected;
        bool accepted;
    } cases[] = {
        { NULL, "", true },       { "token", "token", true },  { "token", "", false },
        { NULL, "token", false }, { "tokem", "token", false }, { "token2", "token", false },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        for (int sign_first = 0; sign_first < 2; sign_first++) {
            exchange e;
            begin(&e);
            e.token = cases[i].expected;
            if (sign_first)
                sign(&e);
            if (cases[i].sent)
                add_header(&e, "X-Amz-Security-Token", cases[i].sent);
            if (!sign_first)
                sign(&e);
            expect(&e, cases[i].accepted ? BL_SIGV4_ACCEPTED : BL_SIGV4_UNRECOGNIZED,
                   cases[i].accepted ? "" : "The security token included in the request is invalid");
            end(&e);
        }
    }
}

static void the_clock_may_be_off_by_15_minutes(void **state)
{
    (void)state;
    static const struct {
        int64_t now;
        bool accepted;
    } cases[] = { { NOW + 15 * MINUTE, true },
                  { NOW + 15 * MINUTE + 1, false },
                  { NOW - 15 * MINUTE, true },
                  { NOW - 15 * MINUTE - 1, false } };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        exchange e;
        begin(&e);
        sign(&e);
        e.rules.now = cases[i].now;
        verify(&e);
        assert_int_equal(e.verdict, cases[i].accepted ? BL_SIGV4_ACCEPTED : BL_SIGV4_INVALID);
        end(&e);
    }
}

static void a_server_may_insist_on_its_region(void **state)
{
    (void)state;
    exchange e;
    begin(&e);
    sign(&e);
    e.rules.region = bl_sigv4_text_of("us-east-1");
    expect(&e, BL_SIGV4_ACCEPTED, "");
    e.rules.region = bl_sigv4_text_of("eu-west-1");
    expect(&e, BL_SIGV4_INVALID, "Credential should be scoped to a valid region, not 'us-east-1'.");
    end(&e);
}

static void lists_of_headers_are_bounded(void **state)
{
    (void)state;
    char authorization[2048];
    for (int count = 127; count <= 128; count++) {
        exchange e;
        begin(&e);
        int size = snprintf(authorization, sizeof authorization,
                            "AWS4-HMAC-SHA256 Credential=KEY/20150830/r/dynamodb/aws4_request, Signature=0, "
                            "SignedHeaders=host;x-amz-target;");
        for (int i = 0; i < count - 1; i++)
            size += snprintf(authorization + size, sizeof authorization - (size_t)size, "%d;", i);
        add_header(&e, "Authorization", authorization);
        verify(&e);
        assert_int_equal(e.verdict, count == 127 ? BL_SIGV4_INVALID : BL_SIGV4_INCOMPLETE);
        if (count == 128)
            assert_string_equal(e.message.data, "SignedHeaders must not name more than 128 headers.");
        end(&e);
    }
}

/* A message goes into JSON: bytes that are no UTF-8 are not repeated. */
static void messages_are_utf8(void **state)
{
    (void)state;
    exchange e;
    begin(&e);
    add_header(&e, "Authorization", "AWS4-\xff\xC3\xA9\x80 Credential=a");
    expect(
        &e, BL_SIGV4_INCOMPLETE,
        "Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. "
        "Authorization=AWS4-?\xC3\xA9? Credential=a");
    end(&e);
}

static bloop_status verify_both_ways(void *context)
{
    exchange *e = context;
    bl_sigv4_verdict verdict = BL_SIGV4_VERDICT_COUNT;
    bl_buffer message = { 0 };
    bloop_status status = bl_sigv4_verify(e->sigv4, &e->request, &e->rules, &verdict, &message);
    assert_int_equal(verdict, status == BLOOP_OK ? BL_SIGV4_INVALID : BL_SIGV4_VERDICT_COUNT);
    bl_buffer_free(&message);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    exchange e;
    char query[4000] = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=KEY%2F20150830%2Fr%2Fdynamodb%2Faws4_request&"
                       "X-Amz-Signature=0&X-Amz-SignedHeaders=host%3Bx-amz-target&X-Amz-Date=20150830T123600Z&"
                       "X-Amz-Security-Token=";
    memset(query + strlen(query), 't', 3000);
    begin(&e);
    e.request.query = bl_sigv4_text_of(query);
    assert_true(fail_alloc_every(verify_both_ways, &e) >= 4);
    end(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signed_requests_are_accepted),
        cmocka_unit_test(headers_are_judged),
        cmocka_unit_test(queries_are_judged),
        cmocka_unit_test(a_request_is_signed_once),
        cmocka_unit_test(the_operation_has_to_be_signed),
        cmocka_unit_test(changed_requests_are_refused),
        cmocka_unit_test(every_digit_of_a_signature_counts),
        cmocka_unit_test(a_mismatch_shows_what_was_expected),
        cmocka_unit_test(session_tokens_have_to_match),
        cmocka_unit_test(the_clock_may_be_off_by_15_minutes),
        cmocka_unit_test(a_server_may_insist_on_its_region),
        cmocka_unit_test(lists_of_headers_are_bounded),
        cmocka_unit_test(messages_are_utf8),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("sigv4/verify", tests, NULL, NULL);
}
