/* Each stage of signing against AWS's published vectors; and all of them at once, by signing and by verifying. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sigv4/sigv4.h"

enum how { HEADER, QUERY };

typedef struct vector {
    const char *name;
    enum how how;
    const char *method, *path, *query;
    const char *headers[16]; /* names and values, then NULL */
    const char *body, *token;
    const char *canonical, *string_to_sign, *signature;
} vector;

#define HEADERS(...) \
    {                \
        __VA_ARGS__  \
    }
#define SIGV4_VECTOR(name, how, method, path, query, headers, ...) \
    { name, how, method, path, query, HEADERS headers, __VA_ARGS__ },
static const vector vectors[] = {
#include "vectors/sigv4_vectors.inc"
};

static const char access_key[] = "AKIDEXAMPLE", secret_key[] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
enum { SIGNED_AT = 1440938160 }; /* 2015-08-30T12:36:00Z */

static bl_sigv4_header headers_of_request[16];

static bl_sigv4_scope scope_of_all(void)
{
    bl_sigv4_scope scope = { .region = bl_sigv4_text_of("us-east-1"), .service = bl_sigv4_text_of("service") };
    assert_int_equal(bl_sigv4_format_time(SIGNED_AT, scope.time), BLOOP_OK);
    return scope;
}

static bl_sigv4_request request_of(const vector *v)
{
    size_t count = 0;
    for (; v->headers[2 * count]; count++) {
        headers_of_request[count].name = bl_sigv4_text_of(v->headers[2 * count]);
        headers_of_request[count].value = bl_sigv4_text_of(v->headers[2 * count + 1]);
    }
    return (bl_sigv4_request){ .method = bl_sigv4_text_of(v->method),
                               .path = bl_sigv4_text_of(v->path),
                               .query = bl_sigv4_text_of(v->query),
                               .headers = headers_of_request,
                               .header_count = count,
                               .body = bl_sigv4_text_of(v->body) };
}

/* The text of a vector's query without the signature, which is there last. */
static bl_sigv4_request unsigned_request_of(const vector *v)
{
    bl_sigv4_request request = request_of(v);
    const char *signature = strstr(v->query, "&X-Amz-Signature=");
    if (signature)
        request.query.size = (size_t)(signature - v->query);
    return request;
}

static void assert_text(const vector *v, bl_sigv4_text text, const char *expected)
{
    if (text.size != strlen(expected) || (text.size && memcmp(text.data, expected, text.size) != 0))
        fail_msg("%s:\n%.*s\nand not\n%s", v->name, (int)text.size, text.data, expected);
}

static bl_sigv4 *setup(void)
{
    bl_sigv4 *sigv4 = NULL;
    assert_int_equal(bl_sigv4_new(&sigv4), BLOOP_OK);
    return sigv4;
}

static void canonical_requests(void **state)
{
    (void)state;
    bl_sigv4 *sigv4 = setup();
    for (size_t i = 0; i < BL_COUNT_OF(vectors); i++) {
        bl_sigv4_request request = unsigned_request_of(&vectors[i]);
        bl_buffer out = { 0 };
        bl_sigv4_text names;
        char hash[BL_SIGV4_HEX_SIZE];
        assert_int_equal(bl_sigv4_hash(sigv4, request.body, hash), BLOOP_OK);
        assert_int_equal(bl_sigv4_canonical_request(&request, hash, &out, &names), BLOOP_OK);
        assert_text(&vectors[i], (bl_sigv4_text){ (const char *)out.data, out.size }, vectors[i].canonical);
        /* The last line but one of the canonical request. */
        assert_ptr_equal(names.data + names.size, (const char *)out.data + out.size - BL_SIGV4_HEX_SIZE);
        assert_int_equal(names.data[-1], '\n');
        bl_buffer_free(&out);
    }
    bl_sigv4_free(sigv4);
}

static void strings_to_sign(void **state)
{
    (void)state;
    bl_sigv4 *sigv4 = setup();
    bl_sigv4_scope scope = scope_of_all();
    for (size_t i = 0; i < BL_COUNT_OF(vectors); i++) {
        bl_buffer out = { 0 };
        char hash[BL_SIGV4_HEX_SIZE];
        assert_int_equal(bl_sigv4_hash(sigv4, bl_sigv4_text_of(vectors[i].canonical), hash), BLOOP_OK);
        assert_int_equal(bl_sigv4_string_to_sign(&scope, hash, &out), BLOOP_OK);
        assert_text(&vectors[i], (bl_sigv4_text){ (const char *)out.data, out.size }, vectors[i].string_to_sign);
        bl_buffer_free(&out);
    }
    bl_sigv4_free(sigv4);
}

static void signatures(void **state)
{
    (void)state;
    bl_sigv4 *sigv4 = setup();
    bl_sigv4_scope scope = scope_of_all();
    uint8_t key[BL_SIGV4_KEY_SIZE];
    assert_int_equal(bl_sigv4_signing_key(sigv4, bl_sigv4_text_of(secret_key), &scope, key), BLOOP_OK);
    for (size_t i = 0; i < BL_COUNT_OF(vectors); i++) {
        char hex[BL_SIGV4_HEX_SIZE];
        bl_sigv4_text text = bl_sigv4_text_of(vectors[i].string_to_sign);
        assert_int_equal(bl_sigv4_signature(sigv4, key, text, hex), BLOOP_OK);
        assert_string_equal(hex, vectors[i].signature);
    }
    bl_sigv4_free(sigv4);
}

/* The example of the AWS documentation, "Deriving a signing key". */
static void a_signing_key(void **state)
{
    (void)state;
    static const uint8_t expected[] = { 0xc4, 0xaf, 0xb1, 0xcc, 0x57, 0x71, 0xd8, 0x71, 0x76, 0x3a, 0x39,
                                        0x3e, 0x44, 0xb7, 0x03, 0x57, 0x1b, 0x55, 0xcc, 0x28, 0x42, 0x4d,
                                        0x1a, 0x5e, 0x86, 0xda, 0x6e, 0xd3, 0xc1, 0x54, 0xa4, 0xb9 };
    bl_sigv4 *sigv4 = setup();
    bl_sigv4_scope scope = { .time = "20150830T123600Z",
                             .region = bl_sigv4_text_of("us-east-1"),
                             .service = bl_sigv4_text_of("iam") };
    uint8_t key[BL_SIGV4_KEY_SIZE];
    assert_int_equal(bl_sigv4_signing_key(sigv4, bl_sigv4_text_of(secret_key), &scope, key), BLOOP_OK);
    assert_memory_equal(key, expected, sizeof expected);
    bl_sigv4_free(sigv4);
}

/* The headers of Authorization, made of the vectors' parts as the documentation puts them together. */
static void headers(void **state)
{
    (void)state;
    bl_sigv4 *sigv4 = setup();
    bl_sigv4_scope scope = scope_of_all();
    for (size_t i = 0; i < BL_COUNT_OF(vectors); i++) {
        const vector *v = &vectors[i];
        bl_sigv4_request request = unsigned_request_of(v);
        const char *payload = strrchr(v->canonical, '\n'), *names = payload;
        while (names[-1] != '\n')
            names--;
        char expected[1024];
        snprintf(
            expected, sizeof expected,
            "AWS4-HMAC-SHA256 Credential=%s/20150830/us-east-1/service/aws4_request, SignedHeaders=%.*s, Signature=%s",
            access_key, (int)(payload - names), names, v->signature);
        bl_buffer out = { 0 };
        assert_int_equal(
            bl_sigv4_sign(sigv4, bl_sigv4_text_of(access_key), bl_sigv4_text_of(secret_key), &scope, &request, &out),
            BLOOP_OK);
        assert_text(v, (bl_sigv4_text){ (const char *)out.data, out.size }, expected);
        bl_buffer_free(&out);
    }
    bl_sigv4_free(sigv4);
}

static bool find_key(void *context, bl_sigv4_text key, bl_sigv4_secret *out)
{
    const vector *v = context;
    if (key.size != strlen(access_key) || memcmp(key.data, access_key, key.size) != 0)
        return false;
    out->secret = bl_sigv4_text_of(secret_key);
    /* Tokens that were added after signing are not in the vectors' headers. */
    bool has_token = strstr(v->canonical, "x-amz-security-token") || strstr(v->canonical, "X-Amz-Security-Token");
    out->token = bl_sigv4_text_of(has_token ? v->token : "");
    return true;
}

static void requests_are_verified(void **state)
{
    (void)state;
    bl_sigv4 *sigv4 = setup();
    bl_sigv4_scope scope = scope_of_all();
    for (size_t i = 0; i < BL_COUNT_OF(vectors); i++) {
        const vector *v = &vectors[i];
        bl_sigv4_request request = request_of(v);
        bl_buffer authorization = { 0 }, message = { 0 };
        if (v->how == HEADER) {
            assert_int_equal(bl_sigv4_sign(sigv4, bl_sigv4_text_of(access_key), bl_sigv4_text_of(secret_key), &scope,
                                           &request, &authorization),
                             BLOOP_OK);
            headers_of_request[request.header_count++] =
                (bl_sigv4_header){ bl_sigv4_text_of("Authorization"),
                                   { (const char *)authorization.data, authorization.size } };
        }
        bl_sigv4_rules rules = { .now = SIGNED_AT + 60,
                                 .service = bl_sigv4_text_of("service"),
                                 .region = bl_sigv4_text_of("us-east-1"),
                                 .lookup = find_key,
                                 .context = (void *)(uintptr_t)v };
        bl_sigv4_verdict verdict = BL_SIGV4_VERDICT_COUNT;
        assert_int_equal(bl_sigv4_verify(sigv4, &request, &rules, &verdict, &message), BLOOP_OK);
        assert_text(v, (bl_sigv4_text){ (const char *)message.data, message.size }, "");
        assert_int_equal(verdict, BL_SIGV4_ACCEPTED);
        bl_buffer_free(&authorization);
        bl_buffer_free(&message);
    }
    bl_sigv4_free(sigv4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canonical_requests),
        cmocka_unit_test(strings_to_sign),
        cmocka_unit_test(signatures),
        cmocka_unit_test(a_signing_key),
        cmocka_unit_test(headers),
        cmocka_unit_test(requests_are_verified),
    };
    return cmocka_run_group_tests_name("sigv4/stages", tests, NULL, NULL);
}
