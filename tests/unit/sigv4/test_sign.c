/* Hashes, keys and their cache, paths and queries, times: what AWS's vectors do not reach. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <pthread.h>
#include <cmocka.h>

#include "sigv4/sigv4.h"
#include "sigv4/sigv4_private.h"
#include "support/fail_alloc.h"
#include "support/secret_watch.h"

static bl_sigv4 *setup(void)
{
    bl_sigv4 *sigv4 = NULL;
    assert_int_equal(bl_sigv4_new(&sigv4), BLOOP_OK);
    return sigv4;
}

static bl_sigv4_scope scope_of(const char *day, const char *region)
{
    bl_sigv4_scope scope = { .region = bl_sigv4_text_of(region), .service = bl_sigv4_text_of("dynamodb") };
    snprintf(scope.time, sizeof scope.time, "%.8sT000000Z", day);
    return scope;
}

/* FIPS 180-2, appendix B, and the empty text. */
static void hashes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *hash;
    } cases[] = {
        { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
    };
    bl_sigv4 *sigv4 = setup();
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        char hex[BL_SIGV4_HEX_SIZE];
        assert_int_equal(bl_sigv4_hash(sigv4, bl_sigv4_text_of(cases[i].text), hex), BLOOP_OK);
        assert_string_equal(hex, cases[i].hash);
    }
    bl_sigv4_free(sigv4);
}

/* RFC 4231: a short key, a key shorter than a block, one longer than a block. */
static void keyed_hashes(void **state)
{
    (void)state;
    char long_key[131];
    memset(long_key, 0xaa, sizeof long_key);
    const struct {
        bl_sigv4_text key, data;
        const char *hash;
    } cases[] = {
        { { "\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b", 20 },
          bl_sigv4_text_of("Hi There"),
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
        { bl_sigv4_text_of("Jefe"), bl_sigv4_text_of("what do ya want for nothing?"),
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
        { { long_key, sizeof long_key },
          bl_sigv4_text_of("Test Using Larger Than Block-Size Key - Hash Key First"),
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
    };
    bl_sigv4 *sigv4 = setup();
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        uint8_t hash[BL_SIGV4_HASH_SIZE];
        char hex[BL_SIGV4_HEX_SIZE];
        assert_int_equal(bl_sigv4_hmac(sigv4, cases[i].key, cases[i].data, hash), BLOOP_OK);
        bl_sigv4_to_hex(hash, hex);
        assert_string_equal(hex, cases[i].hash);
    }
    bl_sigv4_free(sigv4);
}

static void paths(void **state)
{
    (void)state;
    static const struct {
        const char *path, *canonical;
    } cases[] = {
        { "", "/" },
        { "/", "/" },
        { "//", "/" },
        { "/a", "/a" },
        { "/a/", "/a/" },
        { "/a//b", "/a/b" },
        { "/./a/.", "/a" },
        { "/a/b/..", "/a" },
        { "/a/b/../", "/a/" },
        { "/..", "/" },
        { "/../../a", "/a" },
        { "/a/../..", "/" },
        { "/a/../", "/" },
        { "/...", "/..." },
        { "/a b", "/a%20b" },
        { "/%41", "/%2541" },
        { "/a+b", "/a%2Bb" },
        { "/~a-b_c.d", "/~a-b_c.d" },
        { "/\xE1\x88\xB4", "/%E1%88%B4" },
        { "/\xff\x01*", "/%FF%01%2A" },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        bl_buffer out = { 0 };
        bl_buffer_text(&out, "GET\n"); /* what is there already stays */
        bl_sigv4_write_path(&out, bl_sigv4_text_of(cases[i].path));
        bl_buffer_byte(&out, 0);
        assert_memory_equal(out.data, "GET\n", 4);
        assert_string_equal((const char *)out.data + 4, cases[i].canonical);
        bl_buffer_free(&out);
    }
}

static void queries(void **state)
{
    (void)state;
    static const struct {
        const char *query, *except, *canonical;
    } cases[] = {
        { "", "", "" },
        { "a", "", "a=" },
        { "a=", "", "a=" },
        { "b=1&a=2", "", "a=2&b=1" },
        { "a=2&a=1", "", "a=1&a=2" },
        { "a-b=1&a=2", "", "a=2&a-b=1" }, /* the name alone is compared: '-' comes before '=' */
        { "a=1=2", "", "a=1%3D2" },
        { "&&a=1&", "", "a=1" },
        { "=1", "", "=1" },
        { "a=%2f%2F/", "", "a=%2F%2F%2F" },
        { "%61=%7e", "", "a=~" },
        { "a=%&b=%4&c=%zz", "", "a=%25&b=%254&c=%25zz" },
        { "a=b+c", "", "a=b%2Bc" },
        { "a=\xE1\x88\xB4", "", "a=%E1%88%B4" },
        { "X-Amz-Signature=1&b=2", "X-Amz-Signature", "b=2" },
        { "b=2&X-Amz%2DSignature=1&x-amz-signature=3", "X-Amz-Signature", "b=2&x-amz-signature=3" },
        { "q=1&p=1&o=1&n=1&m=1&l=1&k=1&j=1&i=1&h=1&g=1&f=1&e=1&d=1&c=1&b=1&a=1", "",
          "a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1&j=1&k=1&l=1&m=1&n=1&o=1&p=1&q=1" },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        bl_buffer out = { 0 };
        bl_sigv4_text query = bl_sigv4_text_of(cases[i].query), except = bl_sigv4_text_of(cases[i].except);
        assert_int_equal(bl_sigv4_write_query(&out, query, except), BLOOP_OK);
        bl_buffer_byte(&out, 0);
        assert_string_equal(out.data, cases[i].canonical);
        bl_buffer_free(&out);
    }
}

static void values_of_queries(void **state)
{
    (void)state;
    bl_buffer out = { 0 };
    bl_sigv4_text query = bl_sigv4_text_of("a=1&%62=%2F&b=3&c");
    assert_true(bl_sigv4_query_value(query, bl_sigv4_text_of("b"), &out));
    assert_true(bl_sigv4_query_value(query, bl_sigv4_text_of("c"), &out));
    assert_false(bl_sigv4_query_value(query, bl_sigv4_text_of("d"), &out));
    assert_false(bl_sigv4_query_value(bl_sigv4_text_of(""), bl_sigv4_text_of("d"), &out));
    assert_int_equal(out.size, 1);
    assert_int_equal(out.data[0], '/');
    bl_buffer_free(&out);
}

/* White space of any kind and length, on either side of eight bytes. */
static void values_of_headers(void **state)
{
    (void)state;
    static const struct {
        const char *value, *canonical;
    } cases[] = {
        { "", "" },
        { " \t ", "" },
        { "a", "a" },
        { "  a  b\t\tc  ", "a b c" },
        { "1234567 890", "1234567 890" },
        { "12345678  90", "12345678 90" },
        { "123456789 \r\n 1234567812345678 \v\f x", "123456789 1234567812345678 x" },
        { "caf\xC3\xA9  \xC3\xA9t\xC3\xA9", "caf\xC3\xA9 \xC3\xA9t\xC3\xA9" },
        { "a\x01"
          "bcdefghij  k",
          "a\x01"
          "bcdefghij k" },
        { "\"a  b\"", "\"a b\"" },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        bl_sigv4_header header = { bl_sigv4_text_of("H"), bl_sigv4_text_of(cases[i].value) };
        bl_sigv4_request request = { .method = bl_sigv4_text_of("GET"), .headers = &header, .header_count = 1 };
        bl_sigv4_text names;
        char expected[128],
            hash[BL_SIGV4_HEX_SIZE] = "0123456789012345678901234567890123456789012345678901234567890123";
        snprintf(expected, sizeof expected, "GET\n/\n\nh:%s\n\nh\n", cases[i].canonical);
        bl_buffer out = { 0 };
        assert_int_equal(bl_sigv4_canonical_request(&request, hash, &out, &names), BLOOP_OK);
        assert_int_equal(out.size, strlen(expected) + 64);
        assert_memory_equal(out.data, expected, strlen(expected));
        bl_buffer_free(&out);
    }
}

/* Headers that are many: more than lie on the stack, with names that repeat. */
static void many_headers(void **state)
{
    (void)state;
    enum { COUNT = 100 };
    char names[COUNT][4], values[COUNT][16];
    bl_sigv4_header headers[COUNT];
    for (int i = 0; i < COUNT; i++) {
        snprintf(names[i], sizeof names[i], "%c%c", i % 2 ? 'n' : 'N', 'a' + (COUNT - i) % 10);
        snprintf(values[i], sizeof values[i], "%d", i);
        headers[i] = (bl_sigv4_header){ bl_sigv4_text_of(names[i]), bl_sigv4_text_of(values[i]) };
    }
    bl_sigv4_request request = { .method = bl_sigv4_text_of("GET"), .headers = headers, .header_count = COUNT };
    bl_sigv4_text list;
    bl_buffer out = { 0 };
    char hash[BL_SIGV4_HEX_SIZE] = { 0 };
    assert_int_equal(bl_sigv4_canonical_request(&request, hash, &out, &list), BLOOP_OK);
    static const char first[] = "GET\n/\n\nna:0,10,20,30,40,50,60,70,80,90\nnb:9,19,29,39,49,59,69,79,89,99\n";
    assert_memory_equal(out.data, first, sizeof first - 1);
    assert_int_equal(list.size, 29);
    assert_memory_equal(list.data, "na;nb;nc;nd;ne;nf;ng;nh;ni;nj", 29);
    bl_buffer_free(&out);
}

/* Twenty scopes in turn go through a cache of eight, and each key is what deriving it gives. */
static void keys_are_cached(void **state)
{
    (void)state;
    static const char *const secrets[] = { "one", "two", "a secret that is a good deal longer than most of them are" };
    static const char *const days[] = { "20150830", "20150831" };
    static const char *const regions[] = { "us-east-1", "us-west-2", "", "u" };
    bl_sigv4 *sigv4 = setup();
    for (unsigned i = 0; i < 500; i++) {
        unsigned which = i < 100 ? i % 3 : i * 7;
        bl_sigv4_text secret = bl_sigv4_text_of(secrets[which % 3]);
        bl_sigv4_scope scope = scope_of(days[which / 3 % 2], regions[which / 6 % 4]);
        uint8_t cached[BL_SIGV4_KEY_SIZE], derived[BL_SIGV4_KEY_SIZE];
        assert_int_equal(bl_sigv4_cached_key(sigv4, secret, &scope, cached), BLOOP_OK);
        assert_int_equal(bl_sigv4_signing_key(sigv4, secret, &scope, derived), BLOOP_OK);
        assert_memory_equal(cached, derived, sizeof derived);
    }
    bl_sigv4_free(sigv4);
}

/* "ab" + "c" is not "a" + "bc", and what is too long for the cache is derived. */
static void names_of_keys_do_not_run_together(void **state)
{
    (void)state;
    char long_secret[600], longer_secret[601];
    memset(long_secret, 'x', sizeof long_secret);
    memset(longer_secret, 'x', sizeof longer_secret);
    const bl_sigv4_text secrets[] = { bl_sigv4_text_of(""),
                                      bl_sigv4_text_of("a"),
                                      { long_secret, sizeof long_secret },
                                      { longer_secret, sizeof longer_secret } };
    const char *const regions[][2] = { { "ab", "c" }, { "a", "bc" } };
    bl_sigv4 *sigv4 = setup();
    uint8_t keys[8][BL_SIGV4_KEY_SIZE];
    size_t count = 0;
    for (size_t i = 0; i < BL_COUNT_OF(secrets); i++) {
        for (size_t j = 0; j < 2; j++) {
            bl_sigv4_scope scope = scope_of("20150830", regions[j][0]);
            scope.service = bl_sigv4_text_of(regions[j][1]);
            assert_int_equal(bl_sigv4_cached_key(sigv4, secrets[i], &scope, keys[count]), BLOOP_OK);
            uint8_t derived[BL_SIGV4_KEY_SIZE];
            assert_int_equal(bl_sigv4_signing_key(sigv4, secrets[i], &scope, derived), BLOOP_OK);
            assert_memory_equal(keys[count], derived, sizeof derived);
            for (size_t k = 0; k < count; k++)
                assert_memory_not_equal(keys[k], keys[count], sizeof derived);
            count++;
        }
    }
    bl_sigv4_free(sigv4);
}

typedef struct worker {
    pthread_t thread;
    bl_sigv4 *sigv4;
    unsigned number;
    bool failed;
} worker;

static void *derive_in_turn(void *context)
{
    worker *w = context;
    for (unsigned i = 0; i < 300 && !w->failed; i++) {
        char region[16];
        snprintf(region, sizeof region, "region-%u", (i + w->number) % 12);
        bl_sigv4_scope scope = scope_of("20150830", region);
        uint8_t cached[BL_SIGV4_KEY_SIZE], derived[BL_SIGV4_KEY_SIZE];
        w->failed = bl_sigv4_cached_key(w->sigv4, bl_sigv4_text_of("s"), &scope, cached) != BLOOP_OK ||
                    bl_sigv4_signing_key(w->sigv4, bl_sigv4_text_of("s"), &scope, derived) != BLOOP_OK ||
                    memcmp(cached, derived, sizeof derived) != 0;
    }
    return NULL;
}

static void threads_share_the_cache(void **state)
{
    (void)state;
    bl_sigv4 *sigv4 = setup();
    worker workers[4] = { 0 };
    for (unsigned i = 0; i < BL_COUNT_OF(workers); i++) {
        workers[i].sigv4 = sigv4;
        workers[i].number = i;
        assert_int_equal(pthread_create(&workers[i].thread, NULL, derive_in_turn, &workers[i]), 0);
    }
    for (unsigned i = 0; i < BL_COUNT_OF(workers); i++) {
        pthread_join(workers[i].thread, NULL);
        assert_false(workers[i].failed);
    }
    bl_sigv4_free(sigv4);
}

static bloop_status sign_large(void *context)
{
    static char text[9000];
    memset(text, 'a', sizeof text);
    bl_sigv4_header headers[40];
    for (size_t i = 0; i < BL_COUNT_OF(headers); i++)
        headers[i] = (bl_sigv4_header){ { text, i + 1 }, { text, 200 } };
    bl_sigv4_request request = { .method = bl_sigv4_text_of("POST"),
                                 .query = bl_sigv4_text_of("q&p&o&n&m&l&k&j&i&h&g&f&e&d&c&b&a&r"),
                                 .headers = headers,
                                 .header_count = BL_COUNT_OF(headers) };
    bl_sigv4_scope scope = scope_of("20150830", "us-east-1");
    bl_sigv4_text secret = { context, strlen(context) };
    bl_sigv4 *sigv4 = NULL;
    bl_buffer out = { 0 };
    bloop_status status = bl_sigv4_new(&sigv4);
    if (status == BLOOP_OK)
        status = bl_sigv4_sign(sigv4, bl_sigv4_text_of("key"), secret, &scope, &request, &out);
    if (status == BLOOP_OK)
        assert_memory_equal(out.data, "AWS4-HMAC-SHA256 Credential=key/20150830/us-east-1/dynamodb/aws4_request, ", 74);
    bl_buffer_free(&out);
    bl_sigv4_free(sigv4);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    char secret[1000];
    memset(secret, 's', sizeof secret - 1);
    secret[sizeof secret - 1] = '\0';
    assert_true(fail_alloc_every(sign_large, secret) >= 6);
}

/* A request of usual size: what DynamoDB is sent. */
static void usual_requests_allocate_nothing(void **state)
{
    (void)state;
    static char token[1500], room[4096];
    memset(token, 't', sizeof token);
    const bl_sigv4_header headers[] = {
        { bl_sigv4_text_of("host"), bl_sigv4_text_of("dynamodb.us-east-1.amazonaws.com") },
        { bl_sigv4_text_of("content-type"), bl_sigv4_text_of("application/x-amz-json-1.0") },
        { bl_sigv4_text_of("x-amz-date"), bl_sigv4_text_of("20150830T000000Z") },
        { bl_sigv4_text_of("x-amz-target"), bl_sigv4_text_of("DynamoDB_20120810.GetItem") },
        { bl_sigv4_text_of("x-amz-security-token"), { token, sizeof token } },
    };
    bl_sigv4_request request = { .method = bl_sigv4_text_of("POST"),
                                 .path = bl_sigv4_text_of("/"),
                                 .headers = headers,
                                 .header_count = BL_COUNT_OF(headers),
                                 .body = bl_sigv4_text_of("{}") };
    bl_sigv4_scope scope = scope_of("20150830", "us-east-1");
    bl_sigv4 *sigv4 = setup();
    bl_buffer out;
    bl_buffer_use(&out, room, sizeof room);
    fail_alloc_begin(0, FAIL_ALLOC_ALL_AFTER);
    bloop_status status = bl_sigv4_sign(sigv4, bl_sigv4_text_of("key"), bl_sigv4_text_of("s"), &scope, &request, &out);
    fail_alloc_report report = fail_alloc_end();
    assert_int_equal(status, BLOOP_OK);
    assert_int_equal(report.allocations, 0);
    bl_sigv4_free(sigv4);
}

/* One preparation serves bodies of any length, and the next one leaves nothing of it. */
static void prepared_requests(void **state)
{
    (void)state;
    static const char *const secrets[] = { "first", "second", "first" };
    static const char *const bodies[] = { "{\"TableName\":\"t\"}", "", "{}" };
    const bl_sigv4_header headers[] = { { bl_sigv4_text_of("host"), bl_sigv4_text_of("localhost:8000") },
                                        { bl_sigv4_text_of("x-amz-date"), bl_sigv4_text_of("20150830T000000Z") } };
    bl_sigv4 *sigv4 = setup();
    bl_sigv4_signer *signer = bl_sigv4_signer_new(sigv4);
    assert_non_null(signer);
    for (size_t i = 0; i < BL_COUNT_OF(secrets); i++) {
        const bl_sigv4_text key = bl_sigv4_text_of("key"), secret = bl_sigv4_text_of(secrets[i]);
        const bl_sigv4_scope scope = scope_of("20150830", i == 2 ? "eu-west-1" : "us-east-1");
        bl_sigv4_request request = { .method = bl_sigv4_text_of("POST"),
                                     .path = bl_sigv4_text_of("/"),
                                     .headers = headers,
                                     .header_count = BL_COUNT_OF(headers) - i % 2 };
        bl_buffer prepared = { 0 };
        assert_int_equal(bl_sigv4_prepare(signer, key, secret, &scope, &request, &prepared), BLOOP_OK);
        for (size_t b = 0; b < BL_COUNT_OF(bodies); b++) {
            char signature[BL_SIGV4_HEX_SIZE];
            bl_buffer whole = { 0 };
            request.body = bl_sigv4_text_of(bodies[b]);
            assert_int_equal(bl_sigv4_sign_body(signer, request.body, signature), BLOOP_OK);
            assert_int_equal(bl_sigv4_sign(sigv4, key, secret, &scope, &request, &whole), BLOOP_OK);
            assert_int_equal(whole.size, prepared.size);
            assert_memory_equal(whole.data, prepared.data, whole.size - 64);
            assert_memory_equal(whole.data + whole.size - 64, signature, 65 - 1);
            bl_buffer_free(&whole);
        }
        bl_buffer_free(&prepared);
    }
    bl_sigv4_signer_free(signer);
    bl_sigv4_signer_free(NULL);
    bl_sigv4_free(sigv4);
}

static void secrets_are_wiped(void **state)
{
    (void)state;
    static const char usual[] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    char long_one[1000];
    memset(long_one, 's', sizeof long_one - 1);
    long_one[sizeof long_one - 1] = '\0';
    const char *const secrets[] = { usual, long_one };
    for (size_t i = 0; i < BL_COUNT_OF(secrets); i++) {
        secret_watch_begin(secrets[i]);
        char copy[1000];
        snprintf(copy, sizeof copy, "%s", secrets[i]);
        bloop_status status = sign_large(copy);
        assert_int_equal(secret_watch_end(), 0);
        assert_int_equal(status, BLOOP_OK);
    }
}

static void times(void **state)
{
    (void)state;
    static const struct {
        int64_t seconds;
        const char *text, *http;
    } cases[] = {
        { 0, "19700101T000000Z", "Thu, 01 Jan 1970 00:00:00 GMT" },
        { 1440938160, "20150830T123600Z", "Sun, 30 Aug 2015 12:36:00 GMT" },
        { 951782399, "20000228T235959Z", "Mon, 28 Feb 2000 23:59:59 GMT" },
        { 951782400, "20000229T000000Z", "Tue, 29 Feb 2000 00:00:00 GMT" },
        { 4107542400, "21000301T000000Z", "Mon, 01 Mar 2100 00:00:00 GMT" },
        { 253402300799, "99991231T235959Z", "Fri, 31 Dec 9999 23:59:59 GMT" },
        { -62135596800, "00010101T000000Z", "Mon, 01 Jan 0001 00:00:00 GMT" },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        char text[BL_SIGV4_TIME_SIZE];
        int64_t seconds = 1;
        assert_int_equal(bl_sigv4_format_time(cases[i].seconds, text), BLOOP_OK);
        assert_string_equal(text, cases[i].text);
        assert_true(bl_sigv4_parse_time(bl_sigv4_text_of(cases[i].text), &seconds));
        assert_int_equal(seconds, cases[i].seconds);
        seconds = 1;
        assert_true(bl_sigv4_parse_time(bl_sigv4_text_of(cases[i].http), &seconds));
        assert_int_equal(seconds, cases[i].seconds);
    }
    char text[BL_SIGV4_TIME_SIZE] = "untouched";
    assert_int_equal(bl_sigv4_format_time(253402300800, text), BLOOP_INVALID_VALUE);
    assert_int_equal(bl_sigv4_format_time(INT64_MAX, text), BLOOP_INVALID_VALUE);
    assert_string_equal(text, "untouched");
}

static void what_is_no_time(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "20150830",
        "20150830T123600",
        "20150830t123600Z",
        "20150830T123600Z ",
        "2015083 T123600Z",
        "20151330T123600Z",
        "20150230T123600Z",
        "20150001T123600Z",
        "20150830T243600Z",
        "20150830T126000Z",
        "20150830T123660Z",
        "Sun, 30 Aug 2015 12:36:00 UTC",
        "Sun, 30 Oug 2015 12:36:00 GMT",
        "Sun, 31 Feb 2015 12:36:00 GMT",
        "Sunday, 30-Aug-15 12:36:00 GMT",
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        int64_t seconds = 42;
        if (bl_sigv4_parse_time(bl_sigv4_text_of(cases[i]), &seconds))
            fail_msg("\"%s\" is no time", cases[i]);
        assert_int_equal(seconds, 42);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes),
        cmocka_unit_test(keyed_hashes),
        cmocka_unit_test(paths),
        cmocka_unit_test(queries),
        cmocka_unit_test(values_of_queries),
        cmocka_unit_test(values_of_headers),
        cmocka_unit_test(many_headers),
        cmocka_unit_test(keys_are_cached),
        cmocka_unit_test(names_of_keys_do_not_run_together),
        cmocka_unit_test(threads_share_the_cache),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(usual_requests_allocate_nothing),
        cmocka_unit_test(prepared_requests),
        cmocka_unit_test(secrets_are_wiped),
        cmocka_unit_test(times),
        cmocka_unit_test(what_is_no_time),
    };
    return cmocka_run_group_tests_name("sigv4/sign", tests, NULL, NULL);
}
