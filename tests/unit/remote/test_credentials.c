/* Where credentials come from, in which order; what cannot be had; and that secrets are wiped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "credentials_fake.h"
#include "support/fail_alloc.h"
#include "support/secret_watch.h"
#include "surroundings.h"

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

/* Secret and token are those of the file that the access key is of; and a program comes between the files. */
static void keys_are_of_one_file(void **state)
{
    (void)state;
    surroundings s = surroundings_new();
    const bl_remote_choices none = { 0 };
    surroundings_config(&s, "[default]\naws_access_key_id = C\naws_secret_access_key = c\naws_session_token = ct\n");
    surroundings_credentials(&s, "[default]\naws_access_key_id = S\naws_secret_access_key = s\n");
    assert_credentials(NULL, &none, NULL, "S/s/");
    surroundings_credentials(&s, "[default]\naws_access_key_id =\naws_secret_access_key = s\naws_session_token = st\n");
    assert_credentials(NULL, &none, NULL, "C/c/ct");
    surroundings_credentials(&s, "[default]\naws_access_key_id = S\n");
    assert_refused(NULL, &none, BLOOP_INVALID_ARGUMENT, "aws_access_key_id: aws_secret_access_key is missing");
    surroundings_credentials(&s, "[default]\ncredential_process = echo "
                                 "'{\"Version\":1,\"AccessKeyId\":\"P\",\"SecretAccessKey\":\"p\"}'\n");
    assert_credentials(NULL, &none, NULL, "P/p/");
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

static void missing_programs_are_named(void **state)
{
    (void)state;
    if (getenv("BLOOP_TEST_VALGRIND"))
        skip(); /* it makes posix_spawn a fork, whose failure looks like the program's own */
    surroundings s = surroundings_new();
    surroundings_config(&s, "[default]\ncredential_process = /nowhere/program SECRET\n");
    assert_credentials(NULL, &(bl_remote_choices){ 0 }, NULL,
                       "credential_process: \"/nowhere/program\" can't be run: No such file or directory");
    surroundings_remove(&s);
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
        status = bl_credentials_provider_new(config, &(bl_remote_choices){ 0 }, fake_serve_silently, fake, &provider);
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
    /* With an escape, so that the reader makes a copy. */
    { { "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://localhost/" },
      NULL,
      { { 0, 200,
          "{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"TOP\\u0053ECRET\",\"Token\":\"\\u0054OPSECRET\",\"Expiration\":\"" FUTURE
          "\"}" } } },
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
        status = bl_credentials_provider_new(config, &(bl_remote_choices){ 0 }, fake_serve_silently, fake, &provider);
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
        cmocka_unit_test(keys_are_of_one_file),
        cmocka_unit_test(halves_are_refused),
        cmocka_unit_test(what_is_not_supported_says_so),
        cmocka_unit_test(none_at_all),
        cmocka_unit_test(what_can_not_go_into_a_header_is_refused),
        cmocka_unit_test(processes),
        cmocka_unit_test(missing_programs_are_named),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(secrets_are_wiped),
    };
    return cmocka_run_group_tests_name("remote/credentials", tests, NULL, NULL);
}
