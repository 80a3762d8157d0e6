/* Where credentials come from, in which order, and what each source is asked and may answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "remote/credentials_source_private.h"
#include "support/fail_alloc.h"
#include "support/secret_watch.h"
#include "surroundings.h"

/* A fake of HTTP: answers the requests in turn, and writes down what was asked. */
typedef struct answer {
    bloop_status status;
    int http_status;
    const char *body;
} answer;

typedef struct service {
    const answer *answers;
    size_t count, asked;
    bl_buffer log; /* "GET url|name: value|…|body (timeout)" a line */
} service;

static bloop_status serve(void *context, const bl_fetch_request *request, int *http_status, bl_buffer *body)
{
    service *s = context;
    bl_buffer_format(&s->log, "%s %s", request->method, request->url);
    for (size_t i = 0; i < request->header_count; i++)
        bl_buffer_format(&s->log, "|%s: %s", request->headers[i].name, request->headers[i].value);
    bl_buffer_format(&s->log, "|%.*s|%lld%s\n", (int)request->body_size, request->body ? request->body : "",
                     (long long)request->timeout_ms, request->direct ? " direct" : "");
    if (s->asked == s->count)
        return bl_error(BLOOP_NETWORK, "no more answers");
    const answer *a = &s->answers[s->asked++];
    if (a->status != BLOOP_OK)
        return bl_error(a->status, "the fake does not answer");
    *http_status = a->http_status;
    bl_buffer_text(body, a->body);
    return body->status;
}

static bl_credentials_provider *provider_of(const char *profile, const bl_remote_choices *choices, service *s)
{
    bl_shared_config *config = NULL;
    bl_credentials_provider *provider = NULL;
    if (bl_shared_config_load(profile, &config) != BLOOP_OK ||
        bl_credentials_provider_new(config, choices, s ? serve : NULL, s, &provider) != BLOOP_OK)
        fail_msg("%s", bloop_last_error()->message);
    bl_shared_config_free(config);
    return provider;
}

/* "access key/secret key/token", or the message of a failure. */
static const char *describe(bl_credentials_provider *provider, char *out, size_t size)
{
    bl_credentials credentials = { 0 };
    if (bl_credentials_get(provider, &credentials) == BLOOP_OK) {
        snprintf(out, size, "%s/%s/%s", credentials.access_key.data, credentials.secret_key.data,
                 credentials.token.data);
        assert_int_equal(credentials.access_key.size, strlen(credentials.access_key.data));
        assert_int_equal(credentials.secret_key.size, strlen(credentials.secret_key.data));
        assert_int_equal(credentials.token.size, strlen(credentials.token.data));
    } else {
        snprintf(out, size, "%s", bloop_last_error()->message);
    }
    bl_credentials_clear(&credentials);
    return out;
}

static void assert_credentials(const char *profile, const bl_remote_choices *choices, service *s, const char *expected)
{
    char out[1024];
    bl_credentials_provider *provider = provider_of(profile, choices, s);
    assert_string_equal(describe(provider, out, sizeof out), expected);
    bl_credentials_provider_free(provider);
}

static void assert_refused(const char *profile, const bl_remote_choices *choices, bloop_status status,
                           const char *expected)
{
    bl_shared_config *config = NULL;
    bl_credentials_provider *provider = NULL;
    assert_int_equal(bl_shared_config_load(profile, &config), BLOOP_OK);
    assert_int_equal(bl_credentials_provider_new(config, choices, NULL, NULL, &provider), status);
    assert_non_null(strstr(bloop_last_error()->message, expected));
    assert_null(provider);
    bl_shared_config_free(config);
}

static const char both_files_config[] = "[default]\naws_access_key_id = CD\naws_secret_access_key = cd\n"
                                        "[profile p]\naws_access_key_id = CP\naws_secret_access_key = cp\n"
                                        "aws_session_token = ct\n";

static void the_first_source_counts(void **state)
{
    (void)state;
    surroundings s = surroundings_new();
    const bl_remote_choices none = { 0 }, some = { .access_key = "O", .secret_key = "o", .session_token = "t" };
    surroundings_config(&s, both_files_config);
    assert_credentials(NULL, &none, NULL, "CD/cd/");
    assert_credentials("p", &none, NULL, "CP/cp/ct");
    surroundings_credentials(&s, "[default]\naws_access_key_id = SD\naws_secret_access_key = sd\n");
    assert_credentials(NULL, &none, NULL, "SD/sd/");
    setenv("AWS_ACCESS_KEY_ID", "E", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "e", 1);
    assert_credentials(NULL, &none, NULL, "E/e/");
    setenv("AWS_SESSION_TOKEN", "et", 1);
    assert_credentials(NULL, &none, NULL, "E/e/et");
    /* A profile of the environment does not come before its keys; one that the caller chose does. */
    setenv("AWS_PROFILE", "p", 1);
    assert_credentials(NULL, &none, NULL, "E/e/et");
    assert_credentials("p", &none, NULL, "CP/cp/ct");
    assert_credentials("p", &some, NULL, "O/o/t");
    surroundings_remove(&s);
}

static void halves_are_refused(void **state)
{
    (void)state;
    surroundings s = surroundings_new();
    const bl_remote_choices none = { 0 };
    assert_refused(NULL, &(bl_remote_choices){ .access_key = "a" }, BLOOP_INVALID_ARGUMENT,
                   "an access key and its secret key have to be given together");
    assert_refused(NULL, &(bl_remote_choices){ .secret_key = "a" }, BLOOP_INVALID_ARGUMENT,
                   "an access key and its secret key have to be given together");
    assert_refused(NULL, &(bl_remote_choices){ .session_token = "a" }, BLOOP_INVALID_ARGUMENT,
                   "a session token is given without an access key");
    surroundings_credentials(&s, "[default]\naws_access_key_id = SECRET\n");
    assert_refused(
        NULL, &none, BLOOP_INVALID_ARGUMENT,
        "/.aws/credentials, line 2, profile \"default\", aws_access_key_id: aws_secret_access_key is missing");
    assert_null(strstr(bloop_last_error()->message, "SECRET"));
    setenv("AWS_ACCESS_KEY_ID", "SECRET", 1);
    assert_refused(NULL, &none, BLOOP_INVALID_ARGUMENT, "AWS_ACCESS_KEY_ID: AWS_SECRET_ACCESS_KEY is missing");
    surroundings_remove(&s);
}

static void what_is_not_supported_says_so(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "role_arn = arn\nsource_profile = x\nmfa_serial = m\n[profile x]\naws_access_key_id = a\n",
          "line 4, profile \"default\", mfa_serial: asking for the code of an MFA device" },
        { "role_arn = arn\nsource_profile = x\n[profile x]\nsso_session = s\n",
          "line 5, profile \"x\", sso_session: signing in with IAM Identity Center" },
        { "sso_session = x\n", "line 2, profile \"default\", sso_session: signing in with IAM Identity Center" },
        { "a=1\nsso_start_url = x\n",
          "line 3, profile \"default\", sso_start_url: signing in with IAM Identity Center" },
        { "login_session = x\n", "line 2, profile \"default\", login_session: signing in with `aws login`" },
    };
    const bl_remote_choices none = { 0 }, any = { .any_credentials_do = true };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        surroundings s = surroundings_new();
        char text[256];
        snprintf(text, sizeof text, "[default]\n%s", cases[i][0]);
        surroundings_config(&s, text);
        assert_refused(NULL, &none, BLOOP_UNSUPPORTED_OPERATION, cases[i][1]);
        assert_credentials(NULL, &any, NULL, "bloop/bloop/");
        surroundings_remove(&s);
    }
}

static void none_at_all(void **state)
{
    (void)state;
    surroundings s = surroundings_new();
    service silent = { 0 };
    const bl_remote_choices none = { 0 }, any = { .any_credentials_do = true };
    static const char message[] = "there are no credentials: not in the options, the environment (AWS_ACCESS_KEY_ID), "
                                  "nor in the profile \"default\"";
    assert_credentials(NULL, &none, NULL, message);
    char longer[512];
    snprintf(longer, sizeof longer, "%s; and no instance metadata service answers at http://169.254.169.254", message);
    assert_credentials(NULL, &none, &silent, longer);
    assert_int_equal(bloop_last_error()->status, BLOOP_ACCESS_DENIED);
    bl_buffer_clear(&silent.log);
    setenv("AWS_EC2_METADATA_DISABLED", "TRUE", 1);
    assert_credentials(NULL, &none, &silent, message);
    unsetenv("AWS_EC2_METADATA_DISABLED");
    assert_credentials(NULL, &any, &silent, "bloop/bloop/");
    assert_int_equal(silent.log.size, 0);
    bl_buffer_free(&silent.log);
    surroundings_remove(&s);
}

static void what_can_not_go_into_a_header_is_refused(void **state)
{
    (void)state;
    static const struct {
        bl_remote_choices choices;
        const char *expected;
    } cases[] = {
        { { .access_key = "a\n", .secret_key = "s" },
          "the credentials that were given: the access key has white space or a control character in it" },
        { { .access_key = "a", .secret_key = "s s" },
          "the credentials that were given: the secret key has white space or a control character in it" },
        { { .access_key = "a", .secret_key = "s", .session_token = "t\r\nx: y" },
          "the credentials that were given: the session token has white space or a control character in it" },
        { { .access_key = "", .secret_key = "s" }, "the credentials that were given: there is no access key" },
    };
    surroundings s = surroundings_new();
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++)
        assert_credentials(NULL, &cases[i].choices, NULL, cases[i].expected);
    surroundings_remove(&s);
}

/* What a service is asked, what it answers, and what becomes of that. */
typedef struct service_case {
    const char *variables[3];
    answer answers[4];
    const char *asked;    /* NULL: not compared */
    const char *expected; /* as describe() has it */
} service_case;

static void check_services(const service_case *cases, size_t count, const char *home_file, const char *text)
{
    for (size_t i = 0; i < count; i++) {
        surroundings s = surroundings_new();
        char path[PATH_MAX];
        service fake = { .answers = cases[i].answers, .count = BL_COUNT_OF(cases[i].answers) };
        for (size_t j = 0; j < BL_COUNT_OF(cases[i].variables); j++) {
            if (cases[i].variables[j])
                putenv((char *)(uintptr_t)cases[i].variables[j]);
        }
        if (home_file)
            surroundings_file(&s, home_file, text, path);
        assert_credentials(NULL, &(bl_remote_choices){ 0 }, &fake, cases[i].expected);
        bl_buffer_byte(&fake.log, 0);
        if (cases[i].asked)
            assert_string_equal(fake.log.data, cases[i].asked);
        bl_buffer_free(&fake.log);
        surroundings_remove(&s);
    }
}

#define FUTURE "2999-01-02T03:04:05Z"
#define GOOD                                                                                                                  \
    "{\"Code\": \"Success\", \"AccessKeyId\": \"A\", \"SecretAccessKey\": \"s\", \"Token\": \"t\", \"Expiration\": \"" FUTURE \
    "\", \"More\": {\"x\": [1]}}"

static void instances(void **state)
{
    (void)state;
#define PUT_TOKEN \
    "PUT http://169.254.169.254/latest/api/token|x-aws-ec2-metadata-token-ttl-seconds: 21600||1000 direct\n"
#define ROLES "http://169.254.169.254/latest/meta-data/iam/security-credentials/"
    static const service_case cases[] = {
        { { NULL },
          { { 0, 200, "TOK/EN==" }, { 0, 200, "role\n" }, { 0, 200, GOOD }, { 0, 0, "" } },
          PUT_TOKEN "GET " ROLES "|x-aws-ec2-metadata-token: TOK/EN==||1000 direct\n"
                    "GET " ROLES "role|x-aws-ec2-metadata-token: TOK/EN==||1000 direct\n",
          "A/s/t" },
        { { "AWS_EC2_METADATA_SERVICE_ENDPOINT=http://h:1/", "AWS_METADATA_SERVICE_TIMEOUT=7" },
          { { BLOOP_TIMEOUT, 0, "" } },
          "PUT http://h:1/latest/api/token|x-aws-ec2-metadata-token-ttl-seconds: 21600||7000 direct\n",
          "there are no credentials: not in the options, the environment (AWS_ACCESS_KEY_ID), nor in the profile \"default\"; "
          "and no instance metadata service answers at http://h:1" },
        { { "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=IPv6" },
          { { 0, 403, "secret" } },
          "PUT http://[fd00:ec2::254]/latest/api/token|x-aws-ec2-metadata-token-ttl-seconds: 21600||1000 direct\n",
          "the instance's credentials: the service answers with HTTP status 403" },
        { { NULL },
          { { 0, 200, "T" }, { 0, 404, "" } },
          NULL,
          "the instance's credentials: the service answers with HTTP status 404" },
        { { NULL }, { { 0, 200, "T" }, { 0, 503, "" }, { 0, 200, "r" }, { 0, 200, GOOD } }, NULL, "A/s/t" },
        { { NULL }, { { 0, 200, "a b" } }, NULL, "the instance's credentials: the metadata service has no token" },
        { { NULL }, { { 0, 200, "" } }, NULL, "the instance's credentials: the metadata service has no token" },
        { { NULL },
          { { 0, 200, "T" }, { 0, 200, "../x" } },
          NULL,
          "the instance's credentials: the metadata service has no name of a role" },
        { { NULL },
          { { 0, 200, "T" }, { 0, 200, "r" }, { 0, 200, "<html>secret" } },
          NULL,
          "the instance's credentials: the answer is not JSON with credentials" },
        { { NULL },
          { { 0, 200, "T" },
            { 0, 200, "r" },
            { 0, 200, "{\"Code\": \"NoRole\", \"Message\": \"none is \\\"here\\\"\"}" } },
          NULL,
          "the instance's credentials: the service says \"NoRole\", \"none is \\\"here\\\"\"" },
        { { NULL },
          { { 0, 200, "T" }, { 0, 200, "r" }, { 0, 200, "{\"AccessKeyId\": \"A\", \"Expiration\": \"" FUTURE "\"}" } },
          NULL,
          "the instance's credentials: there is no secret key" },
        { { NULL },
          { { 0, 200, "T" },
            { 0, 200, "r" },
            { 0, 200,
              "{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"s\",\"Token\":\"t\",\"Expiration\":\"tomorrow\"}" } },
          NULL,
          "the instance's credentials: \"Expiration\" is no time in ISO 8601" },
        /* Those that the service did not renew are gone on with. */
        { { NULL },
          { { 0, 200, "T" },
            { 0, 200, "r" },
            { 0, 200,
              "{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"s\",\"Token\":\"t\",\"Expiration\":\"2020-01-01T00:00:00Z\"}" } },
          NULL,
          "A/s/t" },
    };
    check_services(cases, BL_COUNT_OF(cases), NULL, NULL);
}

static void containers(void **state)
{
    (void)state;
    static const service_case cases[] = {
        { { "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/x?id=1",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://localhost/full" },
          { { 0, 200, GOOD } },
          "GET http://169.254.170.2/v2/x?id=1|Accept: application/json||2000 direct\n",
          "A/s/t" },
        { { "AWS_CONTAINER_CREDENTIALS_FULL_URI=https://host/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN=Basic abc" },
          { { 0, 200, GOOD } },
          "GET https://host/x|Accept: application/json|Authorization: Basic abc||2000 direct\n",
          "A/s/t" },
        { { "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:80/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN=never",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/nowhere/token" },
          { { 0, 200, GOOD } },
          "",
          "the container's credentials: /nowhere/token can't be read: No such file or directory" },
        { { "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://[::1]/x" },
          { { BLOOP_NETWORK, 0, "" }, { 0, 500, "" }, { 0, 200, GOOD } },
          "GET http://[::1]/x|Accept: application/json||2000 direct\nGET http://[::1]/x|Accept: application/json||2000 direct\n"
          "GET http://[::1]/x|Accept: application/json||2000 direct\n",
          "A/s/t" },
        { { "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://169.254.170.23/x" },
          { { BLOOP_NETWORK, 0, "" }, { BLOOP_TIMEOUT, 0, "" }, { BLOOP_NETWORK, 0, "" }, { 0, 200, GOOD } },
          NULL,
          "the container's credentials: the fake does not answer" },
        { { "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://[fd00:ec2::23]/x" },
          { { 0, 400, "secret" }, { 0, 200, GOOD } },
          NULL,
          "the container's credentials: the service answers with HTTP status 400" },
        { { "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://localhost:8080/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN=a\nb" },
          { { 0, 200, GOOD } },
          "",
          "the container's credentials: the authorization token has a control character in it" },
        { { "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://localhost/x" },
          { { 0, 200,
              "{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"s\",\"Token\":\"t\",\"Expiration\":\"2020-01-01T00:00:00Z\"}" } },
          NULL,
          "the container's credentials: the credentials have expired" },
    };
    check_services(cases, BL_COUNT_OF(cases), NULL, NULL);
}

static void containers_are_asked_on_this_machine_only(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "http://example.com/x",
        "http://127.0.0.1.example.com/",
        "http://127.evil/x",
        "http://localhost@evil/x",
        "http://169.254.170.2@evil/x",
        "http://169.254.170.22/x",
        "ftp://localhost/x",
        "localhost",
        "http://[::1]@evil/x",
        "http://[::2]/x",
        "http://",
        "http://u:p@127.0.0.1/x",
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        surroundings s = surroundings_new();
        bl_shared_config *config = NULL;
        bl_credentials_provider *provider = NULL;
        service fake = { 0 };
        setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", cases[i], 1);
        assert_int_equal(bl_shared_config_load(NULL, &config), BLOOP_OK);
        bloop_status status = bl_credentials_provider_new(config, &(bl_remote_choices){ 0 }, serve, &fake, &provider);
        if (status != BLOOP_INVALID_ARGUMENT)
            fail_msg("%s is accepted", cases[i]);
        bl_shared_config_free(config);
        surroundings_remove(&s);
    }
}

static void container_tokens_come_from_a_file(void **state)
{
    (void)state;
    surroundings s = surroundings_new();
    char path[PATH_MAX];
    static const answer answers[] = { { 0, 200, GOOD } };
    service fake = { .answers = answers, .count = 1 };
    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost/", 1);
    setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "never", 1);
    setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", surroundings_file(&s, "token", "from file\n", path), 1);
    assert_credentials(NULL, &(bl_remote_choices){ 0 }, &fake, "A/s/t");
    bl_buffer_byte(&fake.log, 0);
    assert_string_equal(fake.log.data,
                        "GET http://localhost/|Accept: application/json|Authorization: from file||2000 direct\n");
    bl_buffer_free(&fake.log);
    surroundings_remove(&s);
}

#define STS_GOOD                                                                                            \
    "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n"             \
    "<AssumeRoleWithWebIdentityResult><Audience>x</Audience><Credentials><SessionToken>t/+=</SessionToken>" \
    "<SecretAccessKey>s</SecretAccessKey><Expiration>" FUTURE                                               \
    "</Expiration><AccessKeyId>A</AccessKeyId></Credentials>"                                               \
    "</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"
#define STS_FORM                                                                                                    \
    "|Content-Type: application/x-www-form-urlencoded|Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=" \
    "arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&RoleSessionName=me&WebIdentityToken=ey.J-_~%2B|5000\n"

static void web_identities(void **state)
{
    (void)state;
    static const service_case cases[] = {
        { { "AWS_WEB_IDENTITY_TOKEN_FILE=~/token", "AWS_ROLE_ARN=arn:aws:iam::1:role/r", "AWS_ROLE_SESSION_NAME=me" },
          { { 0, 200, STS_GOOD } },
          "POST https://sts.amazonaws.com" STS_FORM,
          "A/s/t/+=" },
        { { "AWS_WEB_IDENTITY_TOKEN_FILE=~/token", "AWS_ROLE_ARN=arn", "AWS_REGION=cn-north-1" },
          { { 0, 403, "<Error>secret</Error>" } },
          NULL,
          "the web identity's credentials: the service answers with HTTP status 403" },
        { { "AWS_WEB_IDENTITY_TOKEN_FILE=~/token", "AWS_ROLE_ARN=arn" },
          { { 0, 200, "<Credentials><AccessKeyId>A</AccessKeyId></Credentials>" } },
          NULL,
          "the web identity's credentials: the answer has no time of expiration" },
        { { "AWS_WEB_IDENTITY_TOKEN_FILE=~/token", "AWS_ROLE_ARN=arn" },
          { { 0, 200, "<Credentials><Expiration>" FUTURE "</Expiration><AccessKeyId>A" } },
          NULL,
          "the web identity's credentials: the answer has no time of expiration" },
        { { "AWS_WEB_IDENTITY_TOKEN_FILE=~/token", "AWS_ROLE_ARN=arn" },
          { { 0, 200, "<Credentials><Expiration>" FUTURE "</Expiration><AccessKeyId>A</AccessKeyId></Credentials>" } },
          NULL,
          "the web identity's credentials: there is no secret key" },
    };
    check_services(cases, BL_COUNT_OF(cases), "token", "ey.J-_~+\n");
}

static void web_identities_of_profiles(void **state)
{
    (void)state;
    surroundings s = surroundings_new();
    char path[PATH_MAX];
    static const answer answers[] = { { 0, 200, STS_GOOD } };
    service fake = { .answers = answers, .count = 1 };
    surroundings_file(&s, "token", "ey.J-_~+", path);
    surroundings_config(&s,
                        "[profile w]\nregion = eu-west-1\nrole_arn = arn:aws:iam::1:role/r\nrole_session_name = me\n"
                        "web_identity_token_file = ~/token\nservices = s\n[services s]\nsts =\n  endpoint_url = "
                        "http://sts\n");
    setenv("AWS_ROLE_ARN", "another", 1);
    assert_credentials("w", &(bl_remote_choices){ 0 }, &fake, "A/s/t/+=");
    bl_buffer_byte(&fake.log, 0);
    assert_string_equal(fake.log.data, "POST http://sts" STS_FORM);
    bl_buffer_free(&fake.log);
    surroundings_config(&s, "[profile w]\nweb_identity_token_file = ~/token\n");
    assert_refused("w", &(bl_remote_choices){ 0 }, BLOOP_INVALID_ARGUMENT,
                   "web_identity_token_file: a role (AWS_ROLE_ARN, role_arn) has to be given with it");
    surroundings_remove(&s);
}

/* Whoever the role is assumed with, the request is what botocore would sign: see role_requests_are_signed. */
static void roles(void **state)
{
    (void)state;
    static const struct {
        const char *config, *variable, *expected;
    } cases[] = {
        { "[default]\nrole_arn = arn\nsource_profile = base\n[profile base]\naws_access_key_id = B\n"
          "aws_secret_access_key = b\n",
          NULL, "A/s/t/+=" },
        { "[default]\nrole_arn = arn\nsource_profile = default\naws_access_key_id = B\naws_secret_access_key = b\n",
          NULL, "A/s/t/+=" },
        { "[default]\nrole_arn = arn\ncredential_source = Environment\n", "AWS_SECRET_ACCESS_KEY=e", "A/s/t/+=" },
        { "[default]\nrole_arn = arn\nsource_profile = base\n[profile base]\ncredential_process = echo "
          "'{\"Version\":1,\"AccessKeyId\":\"B\",\"SecretAccessKey\":\"b\"}'\n",
          NULL, "A/s/t/+=" },
        { "[default]\nrole_arn = arn\nsource_profile = base\n[profile base]\ncredential_process = false\n", NULL,
          "the role's credentials: credential_process: the program ended with status 1" },
    };
    static const answer answers[] = { { 0, 200, STS_GOOD } };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        surroundings s = surroundings_new();
        service fake = { .answers = answers, .count = 1 };
        surroundings_config(&s, cases[i].config);
        if (cases[i].variable) {
            setenv("AWS_ACCESS_KEY_ID", "E", 1);
            putenv((char *)(uintptr_t)cases[i].variable);
        }
        /* The environment's keys come first, unless the caller chose the profile. */
        assert_credentials("default", &(bl_remote_choices){ 0 }, &fake, cases[i].expected);
        bl_buffer_free(&fake.log);
        surroundings_remove(&s);
    }
}

/* A role by which another is assumed. */
static void roles_in_a_row(void **state)
{
    (void)state;
    surroundings s = surroundings_new();
    static const answer answers[] = { { 0, 200, STS_GOOD }, { 0, 503, "" }, { 0, 200, STS_GOOD } };
    service fake = { .answers = answers, .count = 3 };
    surroundings_config(&s,
                        "[default]\nrole_arn = outer\nsource_profile = a\nregion = eu-west-1\nrole_session_name = me\n"
                        "external_id = x/y\nduration_seconds = 900\n[profile a]\nrole_arn = inner\n"
                        "role_session_name = me\nsource_profile = b\n[profile b]\naws_access_key_id = B\n"
                        "aws_secret_access_key = b\n");
    assert_credentials(NULL, &(bl_remote_choices){ 0 }, &fake, "A/s/t/+=");
    bl_buffer_byte(&fake.log, 0);
    const char *log = (const char *)fake.log.data;
    assert_non_null(
        strstr(log, "POST https://sts.amazonaws.com|Content-Type: application/x-www-form-urlencoded|X-Amz-Date: "));
    assert_non_null(strstr(log, "Credential=B/"));
    assert_non_null(strstr(log, "|Action=AssumeRole&Version=2011-06-15&RoleArn=inner&RoleSessionName=me|5000\n"));
    const char *outer = strstr(log, "POST https://sts.eu-west-1.amazonaws.com");
    assert_non_null(outer);
    assert_non_null(strstr(outer, "/eu-west-1/sts/aws4_request, SignedHeaders=content-type;host;x-amz-date;"
                                  "x-amz-security-token, Signature="));
    assert_non_null(strstr(outer, "|X-Amz-Security-Token: t/+=|Action=AssumeRole&Version=2011-06-15&RoleArn=outer&"
                                  "RoleSessionName=me&ExternalId=x%2Fy&DurationSeconds=900|5000\n"));
    bl_buffer_free(&fake.log);
    surroundings_remove(&s);
}

static int64_t noon(void)
{
    return INT64_C(1440938160) * 1000000; /* 2015-08-30T12:36:00Z */
}

static bool find_base(void *context, bl_sigv4_text access_key, bl_sigv4_secret *out)
{
    (void)context;
    *out = (bl_sigv4_secret){ .secret = bl_sigv4_text_of("b"), .token = bl_sigv4_text_of("bt") };
    return access_key.size == 1 && access_key.data[0] == 'B';
}

/* STS in our place: verifies what it is sent. */
static bloop_status verify_and_serve(void *context, const bl_fetch_request *request, int *http_status, bl_buffer *body)
{
    bl_sigv4_header headers[8] = { { bl_sigv4_text_of("Host"), bl_sigv4_text_of((const char *)context) } };
    bl_sigv4 *sigv4 = NULL;
    bl_sigv4_verdict verdict = BL_SIGV4_VERDICT_COUNT;
    bl_buffer message = { 0 };
    for (size_t i = 0; i < request->header_count; i++)
        headers[i + 1] = (bl_sigv4_header){ bl_sigv4_text_of(request->headers[i].name),
                                            bl_sigv4_text_of(request->headers[i].value) };
    const char *path = strchr(strstr(request->url, "://") + 3, '/');
    const bl_sigv4_request received = { .method = bl_sigv4_text_of(request->method),
                                        .path = bl_sigv4_text_of(path ? path : ""),
                                        .headers = headers,
                                        .header_count = request->header_count + 1,
                                        .body = { request->body, request->body_size } };
    const bl_sigv4_rules rules = { .now = noon() / 1000000,
                                   .service = bl_sigv4_text_of("sts"),
                                   .region = bl_sigv4_text_of("us-east-1"),
                                   .lookup = find_base };
    assert_int_equal(bl_sigv4_new(&sigv4), BLOOP_OK);
    assert_int_equal(bl_sigv4_verify(sigv4, &received, &rules, &verdict, &message), BLOOP_OK);
    bl_buffer_byte(&message, 0);
    assert_string_equal(message.data, "");
    assert_int_equal(verdict, BL_SIGV4_ACCEPTED);
    bl_buffer_free(&message);
    bl_sigv4_free(sigv4);
    *http_status = 200;
    bl_buffer_text(body, STS_GOOD);
    return body->status;
}

static void role_requests_are_signed(void **state)
{
    (void)state;
    static char host_of[][2][32] = { { "http://sts:80", "sts" },
                                     { "https://sts:443/", "sts" },
                                     { "http://sts:443", "sts:443" },
                                     { "https://sts:8443/a/b", "sts:8443" } };
    for (size_t i = 0; i < BL_COUNT_OF(host_of); i++) {
        surroundings s = surroundings_new();
        bl_shared_config *config = NULL;
        bl_credentials_provider *provider = NULL;
        char out[64];
        surroundings_config(&s, "[default]\nrole_arn = arn\nsource_profile = b\n[profile b]\naws_access_key_id = B\n"
                                "aws_secret_access_key = b\naws_session_token = bt\n");
        setenv("AWS_ENDPOINT_URL_STS", host_of[i][0], 1);
        assert_int_equal(bl_shared_config_load(NULL, &config), BLOOP_OK);
        assert_int_equal(
            bl_credentials_provider_new(config, &(bl_remote_choices){ 0 }, verify_and_serve, host_of[i][1], &provider),
            BLOOP_OK);
        bl_shared_config_free(config);
        bl_credentials_set_clock(provider, noon);
        assert_string_equal(describe(provider, out, sizeof out), "A/s/t/+=");
        bl_credentials_provider_free(provider);
        surroundings_remove(&s);
    }
}

static void roles_that_lead_nowhere(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "source_profile = gone\n", "line 3, profile \"default\", source_profile: there is no profile \"gone\"" },
        { "source_profile = default\n", "profiles lead to each other in a circle" },
        { "source_profile = a\n[profile a]\nrole_arn = r\nsource_profile = default\n",
          "profiles lead to each other in a circle" },
        { "source_profile = a\n[profile a]\nregion = x\n", "source_profile: the profile \"a\" has no credentials" },
        { "source_profile = a\n[profile a]\naws_access_key_id = SECRET\n",
          "source_profile: " /* then the other's place */ },
        { "credential_source = Elsewhere\n",
          "credential_source: Environment, EcsContainer or Ec2InstanceMetadata is expected" },
        { "credential_source = Environment\n", "credential_source: there are no credentials there" },
        { "credential_source = Environment\nsource_profile = a\n",
          "credential_source: there is a source_profile too: one of them has to go" },
        { "duration_seconds = 1h\nsource_profile = a\n", "duration_seconds: a number of seconds is expected" },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        surroundings s = surroundings_new();
        char text[256];
        snprintf(text, sizeof text, "[default]\nrole_arn = arn\n%s", cases[i][0]);
        surroundings_config(&s, text);
        assert_refused(NULL, &(bl_remote_choices){ 0 }, BLOOP_INVALID_ARGUMENT, cases[i][1]);
        assert_null(strstr(bloop_last_error()->message, "SECRET"));
        surroundings_remove(&s);
    }
}

/* Programs: echo and sh are everywhere. */
static void processes(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "echo '{\"Version\": 1, \"AccessKeyId\": \"A\", \"SecretAccessKey\": \"s\"}'", "A/s/" },
        { "echo \"{\\\"Version\\\": 1,\" '\"AccessKeyId\": \"A\",\"SecretAccessKey\":\"s\",\"SessionToken\":\"t\"}'",
          "A/s/t" },
        { "echo {\\\"Version\\\":1,\\\"AccessKeyId\\\":\\\"A\\\",\\\"SecretAccessKey\\\":\\\"s\\\",\\\"SessionToken\\\":null}",
          "A/s/" },
        { "echo '{\"Version\": 2, \"AccessKeyId\": \"A\", \"SecretAccessKey\": \"s\"}'",
          "credential_process: \"Version\" has to be 1" },
        { "echo '{\"Version\": 1, \"AccessKeyId\": \"A\"}'", "credential_process: there is no secret key" },
        { "echo SECRET", "credential_process: the answer is not JSON with credentials" },
        { "true", "credential_process: the answer is not JSON with credentials" },
        { "sh -c 'echo SECRET; exit 3'", "credential_process: the program ended with status 3" },
        { "sh -c 'kill -9 $$'", "credential_process: the program was ended by signal 9" },
        { "/nowhere/program SECRET",
          "credential_process: \"/nowhere/program\" can't be run: No such file or directory" },
        { "echo 'SECRET", "credential_process: a quote is not closed" },
        { "sh -c 'yes SECRET | head -c 70000'", "credential_process: the program writes more than credentials" },
        { "echo '{\"Version\": 1, \"AccessKeyId\": \"A\", \"SecretAccessKey\": \"s\", \"Expiration\": "
          "\"2020-01-01T00:00:00+00:00\"}'",
          "credential_process: the credentials have expired" },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        surroundings s = surroundings_new();
        char text[512];
        snprintf(text, sizeof text, "[default]\ncredential_process = %s\n", cases[i][0]);
        surroundings_config(&s, text);
        assert_credentials(NULL, &(bl_remote_choices){ 0 }, NULL, cases[i][1]);
        surroundings_remove(&s);
    }
}

/* Its log takes no memory of the library's, to fail or to be looked into. */
static bloop_status serve_silently(void *context, const bl_fetch_request *request, int *http_status, bl_buffer *body)
{
    service *fake = context;
    bl_buffer log;
    char room[2048];
    bl_buffer_use(&log, room, sizeof room);
    fake->log = log;
    bloop_status status = serve(context, request, http_status, body);
    assert_true(fake->log.fixed);
    fake->log = (bl_buffer){ 0 };
    return status;
}

static bloop_status from_environment(void *context)
{
    bl_shared_config *config = NULL;
    bl_credentials_provider *provider = NULL;
    bl_credentials credentials = { 0 };
    service *fake = context;
    fake->asked = 0;
    bloop_status status = bl_shared_config_load(NULL, &config);
    if (status == BLOOP_OK)
        status = bl_credentials_provider_new(config, &(bl_remote_choices){ 0 }, serve_silently, fake, &provider);
    if (status == BLOOP_OK)
        status = bl_credentials_get(provider, &credentials);
    bl_credentials_clear(&credentials);
    bl_credentials_provider_free(provider);
    bl_shared_config_free(config);
    return status;
}

typedef struct source_case {
    const char *variables[3];
    const char *config;
    answer answers[3];
} source_case;

static const source_case sources[] = {
    { { "AWS_ACCESS_KEY_ID=A", "AWS_SECRET_ACCESS_KEY=TOPSECRET", "AWS_SESSION_TOKEN=t" }, NULL, { { 0, 0, "" } } },
    { { NULL }, "[default]\naws_access_key_id=A\naws_secret_access_key=TOPSECRET\n", { { 0, 0, "" } } },
    { { NULL },
      "[default]\ncredential_process = echo '{\"Version\":1,\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"TOPSECRET\"}'\n",
      { { 0, 0, "" } } },
    { { "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://localhost/", "AWS_CONTAINER_AUTHORIZATION_TOKEN=TOPSECRET" },
      NULL,
      { { 0, 200, "{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"TOPSECRET\",\"Expiration\":\"" FUTURE "\"}" } } },
    { { NULL },
      NULL,
      { { 0, 200, "TOPSECRET" },
        { 0, 200, "r" },
        { 0, 200, "{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"TOPSECRET\",\"Expiration\":\"" FUTURE "\"}" } } },
    { { NULL },
      "[default]\nrole_arn = arn\nsource_profile = b\n[profile b]\naws_access_key_id = B\naws_secret_access_key = TOPSECRET\n",
      { { 0, 200,
          "<Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>TOPSECRET</SecretAccessKey><Expiration>" FUTURE
          "</Expiration></Credentials>" } } },
    { { "AWS_WEB_IDENTITY_TOKEN_FILE=~/token", "AWS_ROLE_ARN=arn" },
      NULL,
      { { 0, 200,
          "<Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>TOPSECRET</SecretAccessKey><Expiration>" FUTURE
          "</Expiration></Credentials>" } } },
};

static void with_each_source(void (*run)(const source_case *source, service *fake))
{
    for (size_t i = 0; i < BL_COUNT_OF(sources); i++) {
        surroundings s = surroundings_new();
        char path[PATH_MAX];
        service fake = { .answers = sources[i].answers, .count = BL_COUNT_OF(sources[i].answers) };
        for (size_t j = 0; j < BL_COUNT_OF(sources[i].variables); j++) {
            if (sources[i].variables[j])
                putenv((char *)(uintptr_t)sources[i].variables[j]);
        }
        surroundings_file(&s, "token", "TOPSECRET\n", path);
        if (sources[i].config)
            surroundings_config(&s, sources[i].config);
        run(&sources[i], &fake);
        surroundings_remove(&s);
    }
}

static void fail_each(const source_case *source, service *fake)
{
    (void)source;
    assert_true(fail_alloc_every(from_environment, fake) >= 5);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    with_each_source(fail_each);
}

static void watch(const source_case *source, service *fake)
{
    (void)source;
    bl_shared_config *config = NULL;
    bl_credentials_provider *provider = NULL;
    bl_credentials credentials = { 0 };
    secret_watch_begin("TOPSECRET");
    bloop_status status = bl_shared_config_load(NULL, &config);
    if (status == BLOOP_OK)
        status = bl_credentials_provider_new(config, &(bl_remote_choices){ 0 }, serve_silently, fake, &provider);
    if (status == BLOOP_OK)
        status = bl_credentials_get(provider, &credentials);
    bl_credentials_expire(provider, credentials.version);
    fake->asked = 0;
    if (status == BLOOP_OK)
        status = bl_credentials_get(provider, &credentials);
    bl_credentials_clear(&credentials);
    bl_credentials_provider_free(provider);
    bl_shared_config_free(config);
    size_t found = secret_watch_end();
    assert_int_equal(status, BLOOP_OK);
    assert_int_equal(found, 0);
}

static void secrets_are_wiped(void **state)
{
    (void)state;
    with_each_source(watch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_source_counts),
        cmocka_unit_test(halves_are_refused),
        cmocka_unit_test(what_is_not_supported_says_so),
        cmocka_unit_test(none_at_all),
        cmocka_unit_test(what_can_not_go_into_a_header_is_refused),
        cmocka_unit_test(instances),
        cmocka_unit_test(containers),
        cmocka_unit_test(containers_are_asked_on_this_machine_only),
        cmocka_unit_test(container_tokens_come_from_a_file),
        cmocka_unit_test(web_identities),
        cmocka_unit_test(web_identities_of_profiles),
        cmocka_unit_test(roles),
        cmocka_unit_test(roles_in_a_row),
        cmocka_unit_test(role_requests_are_signed),
        cmocka_unit_test(roles_that_lead_nowhere),
        cmocka_unit_test(processes),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(secrets_are_wiped),
    };
    return cmocka_run_group_tests_name("remote/credentials", tests, NULL, NULL);
}
