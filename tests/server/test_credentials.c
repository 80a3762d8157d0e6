/* Whose requests are answered when there is a file of credentials, and which files are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "sigv4/sigv4.h"
#include "support/http.h"
#include "support/scratch.h"
#include "support/served.h"
#include "support/stores.h"

#define TARGET "DynamoDB_20120810.ListTables"

static const char file_text[] = "\xEF\xBB\xBF# who may come in\n"
                                "[default]\n"
                                "aws_access_key_id = AKIDEXAMPLE\n"
                                "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY\r\n"
                                "region = us-east-1\n"
                                "\n"
                                "[a role]\n"
                                "role_arn = arn:aws:iam::123456789012:role/nobody\n"
                                "[visitor]\n"
                                "\taws_access_key_id=ASIAVISITOR\n"
                                "aws_secret_access_key=another secret=\n"
                                "aws_session_token = the/token==\n"
                                "[annotated] ; names in any case, and comments\n"
                                "AWS_Access_Key_ID = AKIDANNOTATED # whose\n"
                                "aws_secret_access_key = se;cret#1\t; not this\n"
                                "aws_session_token = # none\n";

typedef struct fixture {
    scratch folder;
    served server;
    bl_sigv4 *sigv4;
} fixture;

/* A signature, and what is done to the request after it was signed. */
typedef struct signing {
    const char *key, *secret, *token; /* token NULL: none */
    int64_t age_s;
    const char *service, *signed_body, *sent_body;
} signing;

static bl_sigv4_header header_of(const char *name, const char *value)
{
    return (bl_sigv4_header){ bl_sigv4_text_of(name), bl_sigv4_text_of(value) };
}

/* Sends a request that is signed so; the answer. */
static http_answer ask_signed(const fixture *f, const signing *how)
{
    const char *host = served_url(&f->server) + strlen("http://"), *service = how->service ? how->service : "dynamodb";
    bl_sigv4_scope scope = { .region = bl_sigv4_text_of("eu-north-1"), .service = bl_sigv4_text_of(service) };
    stores_ok(bl_sigv4_format_time((int64_t)time(NULL) - how->age_s, scope.time));
    const bl_sigv4_header headers[] = { header_of("host", host), header_of("x-amz-date", scope.time),
                                        header_of("x-amz-target", TARGET),
                                        header_of("x-amz-security-token", how->token ? how->token : "") };
    const bl_sigv4_request request = { .method = bl_sigv4_text_of("POST"),
                                       .path = bl_sigv4_text_of("/"),
                                       .headers = headers,
                                       .header_count = how->token ? 4 : 3,
                                       .body = bl_sigv4_text_of(how->signed_body ? how->signed_body : "{}") };
    bl_buffer authorization = { 0 };
    stores_ok(bl_sigv4_sign(f->sigv4, bl_sigv4_text_of(how->key), bl_sigv4_text_of(how->secret), &scope, &request,
                            &authorization));
    bl_buffer_byte(&authorization, 0);
    char text[4096], token[256] = "";
    const char *body = how->sent_body ? how->sent_body : "{}";
    if (how->token)
        snprintf(token, sizeof token, "X-Amz-Security-Token: %s\r\n", how->token);
    snprintf(text, sizeof text,
             "POST / HTTP/1.1\r\nHost: %s\r\nX-Amz-Date: %s\r\nX-Amz-Target: " TARGET
             "\r\n%sAuthorization: %s\r\nContent-Length: %zu\r\n\r\n%s",
             host, scope.time, token, (const char *)authorization.data, strlen(body), body);
    bl_buffer_free(&authorization);
    http_answer answer;
    int peer = http_connect(served_url(&f->server));
    http_send_text(peer, text);
    assert_true(http_receive(peer, &answer));
    http_close(peer);
    return answer;
}

static void test_signatures_are_verified(void **state)
{
    static const char good_key[] = "AKIDEXAMPLE", good_secret[] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    static const char unknown[] = "UnrecognizedClientException", invalid[] = "InvalidSignatureException";
    static const struct {
        signing how;
        const char *error; /* NULL: it is answered */
    } cases[] = {
        { { .key = good_key, .secret = good_secret }, NULL },
        { { .key = good_key, .secret = good_secret, .age_s = 120 }, NULL },
        { { .key = good_key, .secret = good_secret, .age_s = 3600 }, invalid },
        { { .key = good_key, .secret = good_secret, .age_s = -3600 }, invalid },
        { { .key = good_key, .secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEy" }, invalid },
        { { .key = good_key, .secret = good_secret, .service = "s3" }, invalid },
        { { .key = good_key, .secret = good_secret, .signed_body = "{}", .sent_body = "{ }" }, invalid },
        { { .key = good_key, .secret = good_secret, .token = "the/token==" }, unknown },
        { { .key = "AKIDEXAMPL", .secret = good_secret }, unknown },
        { { .key = "AKIDEXAMPLE2", .secret = good_secret }, unknown },
        { { .key = "ASIAVISITOR", .secret = "another secret=", .token = "the/token==" }, NULL },
        { { .key = "ASIAVISITOR", .secret = "another secret=", .token = "the/token=" }, unknown },
        { { .key = "ASIAVISITOR", .secret = "another secret=" }, unknown },
        { { .key = "AKIDANNOTATED", .secret = "se;cret#1" }, NULL },
        { { .key = "ASIAVISITOR", .secret = good_secret, .token = "the/token==" }, invalid },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        http_answer answer = ask_signed(*state, &cases[i].how);
        bool good = cases[i].error ? answer.status == 400 && strstr(answer.body, cases[i].error)
                                   : answer.status == 200 && strcmp(answer.body, "{\"TableNames\":[]}") == 0;
        if (!good)
            fail_msg("case %zu: %d %s", i, answer.status, answer.body);
        http_free(&answer);
    }
}

/* What says that it is signed, and is not. */
static void test_claims_are_not_believed(void **state)
{
    static const struct {
        const char *headers;
        const char *error;
    } cases[] = {
        { HTTP_AUTHORIZATION, "Exception" },
        { "Authorization: AWS4-HMAC-SHA256\r\n", "IncompleteSignatureException" },
        { "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE, SignedHeaders=, Signature=\r\n",
          "IncompleteSignatureException" },
        { "", "MissingAuthenticationTokenException" },
    };
    const fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[1024];
        http_answer answer;
        int peer = http_connect(served_url(&f->server));
        snprintf(text, sizeof text,
                 "POST / HTTP/1.1\r\nHost: a\r\nX-Amz-Target: " TARGET "\r\n%sContent-Length: 2\r\n\r\n{}",
                 cases[i].headers);
        http_send_text(peer, text);
        assert_true(http_receive(peer, &answer));
        assert_int_equal(answer.status, 400);
        if (!strstr(answer.body, cases[i].error))
            fail_msg("case %zu: %s", i, answer.body);
        assert_null(strstr(answer.body, "TableNames"));
        http_free(&answer);
        http_close(peer);
    }
}

static void test_files_that_are_none_are_refused(void **state)
{
    static const struct {
        const char *text;
        const char *says;
    } cases[] = {
        { "", "no profile has an access key" },
        { "[default]\nregion = x\n", "no profile has an access key" },
        { "aws_access_key_id = a\n", "line 1" },
        { "[a]\naws_access_key_id = a\naws_secret_access_key = b\nnonsense\n", "line 4" },
        { "[a]\naws_access_key_id = a\n", "only one of access key and secret" },
        { "[a]\naws_secret_access_key = a\n", "only one of access key and secret" },
    };
    fixture *f = *state;
    char path[PATH_MAX];
    scratch_path(&f->folder, "bad", path);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bloop_server *server = NULL;
        scratch_write(path, cases[i].text, strlen(cases[i].text));
        stores_fails(bloop_server_start(f->server.store, &(bloop_server_options){ .credentials = path }, &server),
                     BLOOP_INVALID_SYNTAX);
        assert_non_null(strstr(bloop_last_error()->message, cases[i].says));
        assert_null(server);
    }
}

static int start(void **state)
{
    static fixture f;
    char path[PATH_MAX];
    f.folder = scratch_new();
    scratch_write(scratch_path(&f.folder, "credentials", path), file_text, sizeof file_text - 1);
    f.server = served_start(NULL, &(bloop_server_options){ .threads = 2, .writes_at_once = true, .credentials = path });
    stores_ok(bl_sigv4_new(&f.sigv4));
    *state = &f;
    return 0;
}

static int stop(void **state)
{
    fixture *f = *state;
    served_stop(&f->server);
    bl_sigv4_free(f->sigv4);
    scratch_remove(&f->folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signatures_are_verified),
        cmocka_unit_test(test_claims_are_not_believed),
        cmocka_unit_test(test_files_that_are_none_are_refused),
    };
    return cmocka_run_group_tests_name("server/credentials", tests, start, stop);
}
