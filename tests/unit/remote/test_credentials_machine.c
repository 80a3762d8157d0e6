/* Credentials of the machine: what an instance's and a container's services are asked, and may answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "credentials_fake.h"
#include "surroundings.h"

#define GOOD                                                                                                                  \
    "{\"Code\": \"Success\", \"AccessKeyId\": \"A\", \"SecretAccessKey\": \"s\", \"Token\": \"t\", \"Expiration\": \"" FUTURE \
    "\", \"More\": {\"x\": [1]}}"

#define PUT_TOKEN \
    "PUT http://169.254.169.254/latest/api/token|x-aws-ec2-metadata-token-ttl-seconds: 21600||1000 direct\n"
#define NONE                                                                                                              \
    "there are no credentials: not in the options, the environment (AWS_ACCESS_KEY_ID), nor in the profile \"default\"; " \
    "and "
#define ROLES "http://169.254.169.254/latest/meta-data/iam/security-credentials/"

static void instances(void **state)
{
    (void)state;
    static const service_case cases[] = {
        { { NULL },
          { { 0, 200, "TOK/EN==" }, { 0, 200, "role\n" }, { 0, 200, GOOD }, { 0, 0, "" } },
          PUT_TOKEN "GET " ROLES "|x-aws-ec2-metadata-token: TOK/EN==||1000 direct\n"
                    "GET " ROLES "role|x-aws-ec2-metadata-token: TOK/EN==||1000 direct\n",
          "A/s/t" },
        { { "AWS_EC2_METADATA_SERVICE_ENDPOINT=http://h:1/", "AWS_METADATA_SERVICE_TIMEOUT=7" },
          { { BLOOP_TIMEOUT, 0, "" } },
          "PUT http://h:1/latest/api/token|x-aws-ec2-metadata-token-ttl-seconds: 21600||7000 direct\n",
          NONE "no instance metadata service answers at http://h:1" },
        { { "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=IPv6" },
          { { 0, 403, "secret" } },
          "PUT http://[fd00:ec2::254]/latest/api/token|x-aws-ec2-metadata-token-ttl-seconds: 21600||1000 direct\n",
          NONE "the instance's credentials: the service answers with HTTP status 403" },
        { { NULL },
          { { 0, 200, "T" }, { 0, 404, "" } },
          NULL,
          NONE "the instance's credentials: the service answers with HTTP status 404" },
        { { NULL }, { { 0, 200, "T" }, { 0, 503, "" }, { 0, 200, "r" }, { 0, 200, GOOD } }, NULL, "A/s/t" },
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

static void instances_that_answer_otherwise(void **state)
{
    (void)state;
    static const service_case cases[] = {
        { { NULL }, { { 0, 200, "a b" } }, NULL, NONE "the instance's credentials: the metadata service has no token" },
        { { NULL }, { { 0, 200, "" } }, NULL, NONE "the instance's credentials: the metadata service has no token" },
        { { NULL },
          { { 0, 200, "T" }, { 0, 200, "../x" } },
          NULL,
          NONE "the instance's credentials: the metadata service has no name of a role" },
        { { NULL },
          { { 0, 200, "T" }, { 0, 200, "r" }, { 0, 200, "<html>secret" } },
          NULL,
          NONE "the instance's credentials: the answer is not JSON with credentials" },
        { { NULL },
          { { 0, 200, "T" },
            { 0, 200, "r" },
            { 0, 200, "{\"Code\": \"NoRole\", \"Message\": \"none is \\\"here\\\"\"}" } },
          NULL,
          NONE "the instance's credentials: the service says \"NoRole\", \"none is \\\"here\\\"\"" },
        { { NULL },
          { { 0, 200, "T" }, { 0, 200, "r" }, { 0, 200, "{\"AccessKeyId\": \"A\", \"Expiration\": \"" FUTURE "\"}" } },
          NULL,
          NONE "the instance's credentials: there is no secret key" },
        { { NULL },
          { { 0, 200, "T" },
            { 0, 200, "r" },
            { 0, 200,
              "{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"s\",\"Token\":\"t\",\"Expiration\":\"tomorrow\"}" } },
          NULL,
          NONE "the instance's credentials: \"Expiration\" is no time in ISO 8601" },
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
        bloop_status status =
            bl_credentials_provider_new(config, &(bl_remote_choices){ 0 }, fake_serve, &fake, &provider);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instances),
        cmocka_unit_test(instances_that_answer_otherwise),
        cmocka_unit_test(containers),
        cmocka_unit_test(containers_are_asked_on_this_machine_only),
        cmocka_unit_test(container_tokens_come_from_a_file),
    };
    return cmocka_run_group_tests_name("remote/credentials_machine", tests, NULL, NULL);
}
