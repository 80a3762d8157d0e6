/* Credentials by AWS STS: for web identities, and for roles that are assumed with other credentials. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "credentials_fake.h"
#include "surroundings.h"

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

/* As every service's: AWS SDKs and Tools Reference Guide, "Service-specific endpoints". */
static void the_endpoint_of_sts(void **state)
{
    (void)state;
    static const struct {
        const char *variables[2], *config, *expected;
    } cases[] = {
        { { "AWS_ENDPOINT_URL_STS=http://a", "AWS_ENDPOINT_URL=http://b" }, "", "POST http://a|" },
        { { "AWS_ENDPOINT_URL=http://b" },
          "services = s\n[services s]\nsts =\n  endpoint_url = http://c\n",
          "POST http://b|" },
        { { NULL }, "endpoint_url = http://d\n", "POST http://d|" },
        { { "AWS_ENDPOINT_URL_DYNAMODB=http://e" }, "", "POST https://sts.amazonaws.com|" },
        { { "AWS_USE_FIPS_ENDPOINT=true", "AWS_REGION=us-east-2" },
          "",
          "POST https://sts-fips.us-east-2.amazonaws.com|" },
        { { "AWS_USE_FIPS_ENDPOINT=true" },
          "region = us-gov-east-1\n",
          "POST https://sts.us-gov-east-1.amazonaws.com|" },
        { { "AWS_ENDPOINT_URL=http://b", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true" },
          "region = eu-west-1\n",
          "POST https://sts.eu-west-1.amazonaws.com|" },
    };
    static const answer answers[] = { { 0, 200, STS_GOOD } };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        surroundings s = surroundings_new();
        service fake = { .answers = answers, .count = 1 };
        char path[PATH_MAX], text[256];
        surroundings_file(&s, "token", "t", path);
        snprintf(text, sizeof text, "[default]\nrole_arn = arn\nweb_identity_token_file = ~/token\n%s",
                 cases[i].config);
        surroundings_config(&s, text);
        for (size_t j = 0; j < BL_COUNT_OF(cases[i].variables) && cases[i].variables[j]; j++)
            putenv((char *)(uintptr_t)cases[i].variables[j]);
        assert_credentials(NULL, &(bl_remote_choices){ 0 }, &fake, "A/s/t/+=");
        assert_int_equal(strncmp((const char *)fake.log.data, cases[i].expected, strlen(cases[i].expected)), 0);
        bl_buffer_free(&fake.log);
        surroundings_remove(&s);
    }
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
        assert_string_equal(describe_credentials(provider, out, sizeof out), "A/s/t/+=");
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
        { "region = x\n", "line 2, profile \"default\", role_arn: source_profile or credential_source is missing" },
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(web_identities),          cmocka_unit_test(web_identities_of_profiles),
        cmocka_unit_test(the_endpoint_of_sts),     cmocka_unit_test(roles),
        cmocka_unit_test(roles_in_a_row),          cmocka_unit_test(role_requests_are_signed),
        cmocka_unit_test(roles_that_lead_nowhere),
    };
    return cmocka_run_group_tests_name("remote/credentials_sts", tests, NULL, NULL);
}
