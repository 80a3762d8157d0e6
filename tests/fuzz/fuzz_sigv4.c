/* Bytes as a request. What a client signs of it, a server accepts, unless a byte is changed on the way; and whatever
   stands in its Authorization header, query and date, the verdict comes with words in UTF-8.

   The input is lines: how the request is made (a letter), Authorization, query, path, date, a header's value; the rest is
   the body. */
#include <stdlib.h>

#include "sigv4/sigv4.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW = 1440938160 };

static bl_sigv4_text next_line(bl_sigv4_text *rest);
static bool find_key(void *context, bl_sigv4_text access_key, bl_sigv4_secret *out);
static void judge(bl_sigv4 *sigv4, const bl_sigv4_request *request, bool signed_by_us);
static void sign_and_judge(bl_sigv4 *sigv4, bl_sigv4_request request, bl_sigv4_header *headers);
static void require(bool holds);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bl_sigv4 *sigv4;
    if (!sigv4)
        require(bl_sigv4_new(&sigv4) == BLOOP_OK);
    bl_sigv4_text rest = { (const char *)data, size };
    bl_sigv4_text how = next_line(&rest), authorization = next_line(&rest);
    bl_sigv4_request request = { .method = bl_sigv4_text_of("POST") };
    request.query = next_line(&rest);
    request.path = next_line(&rest);
    bl_sigv4_text date = next_line(&rest), value = next_line(&rest);
    request.body = rest;
    bl_sigv4_header headers[] = { { bl_sigv4_text_of("host"), value },
                                  { bl_sigv4_text_of("X-Amz-Date"), date },
                                  { bl_sigv4_text_of("x-value"), value },
                                  { bl_sigv4_text_of("Authorization"), authorization } };
    request.headers = headers;
    request.header_count = authorization.size ? BL_COUNT_OF(headers) : BL_COUNT_OF(headers) - 1;
    if (how.size && how.data[0] == 's')
        sign_and_judge(sigv4, request, headers);
    else
        judge(sigv4, &request, false);
    return 0;
}

static bl_sigv4_text next_line(bl_sigv4_text *rest)
{
    const char *end = rest->size ? memchr(rest->data, '\n', rest->size) : NULL;
    bl_sigv4_text line = { rest->data, end ? (size_t)(end - rest->data) : rest->size };
    rest->data += line.size + (end != NULL);
    rest->size -= line.size + (end != NULL);
    return line;
}

static bool find_key(void *context, bl_sigv4_text access_key, bl_sigv4_secret *out)
{
    (void)context;
    *out = (bl_sigv4_secret){ .secret = bl_sigv4_text_of("secret") };
    return access_key.size == 3 && memcmp(access_key.data, "KEY", 3) == 0;
}

static void judge(bl_sigv4 *sigv4, const bl_sigv4_request *request, bool signed_by_us)
{
    const bl_sigv4_rules rules = { .now = NOW, .service = bl_sigv4_text_of("dynamodb"), .lookup = find_key };
    bl_sigv4_verdict verdict = BL_SIGV4_VERDICT_COUNT;
    bl_buffer message = { 0 };
    require(bl_sigv4_verify(sigv4, request, &rules, &verdict, &message) == BLOOP_OK);
    require(verdict < BL_SIGV4_VERDICT_COUNT);
    require((verdict == BL_SIGV4_ACCEPTED) == (message.size == 0));
    require(message.size == 0 || bl_utf8_valid(message.data, message.size));
    require((verdict == BL_SIGV4_ACCEPTED) == signed_by_us);
    bl_buffer_free(&message);
}

/* With a date that holds now, and a query that says nothing of signatures. */
static void sign_and_judge(bl_sigv4 *sigv4, bl_sigv4_request request, bl_sigv4_header *headers)
{
    bl_sigv4_scope scope = { .region = bl_sigv4_text_of("here"), .service = bl_sigv4_text_of("dynamodb") };
    require(bl_sigv4_format_time(NOW, scope.time) == BLOOP_OK);
    if (request.query.size && memchr(request.query.data, 'X', request.query.size))
        request.query.size = 0;
    if (request.query.size && memchr(request.query.data, '%', request.query.size))
        request.query.size = 0;
    headers[1].value = (bl_sigv4_text){ scope.time, BL_SIGV4_TIME_SIZE - 1 };
    bl_buffer out = { 0 };
    request.header_count = 3;
    require(bl_sigv4_sign(sigv4, bl_sigv4_text_of("KEY"), bl_sigv4_text_of("secret"), &scope, &request, &out) ==
            BLOOP_OK);
    headers[3] = (bl_sigv4_header){ bl_sigv4_text_of("Authorization"), { (const char *)out.data, out.size } };
    request.header_count = 4;
    judge(sigv4, &request, true);
    out.data[out.size - 1] ^= 1;
    judge(sigv4, &request, false);
    bl_buffer_free(&out);
}

static void require(bool holds)
{
    if (!holds)
        abort();
}
