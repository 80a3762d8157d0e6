/* Settings: who decides about each, and the endpoints of regions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "remote/config_private.h"
#include "surroundings.h"

/* A setting by who sets it: the caller, a variable, a file. */
typedef struct setting_case {
    const char *choice, *variables[2], *config;
    const char *expected; /* or the message, where it begins with '!' */
} setting_case;

typedef enum setting { REGION, ENDPOINT, CA_BUNDLE, ATTEMPTS, MODE } setting;

static bloop_status resolve(setting which, const char *choice, char *out, size_t size)
{
    bl_shared_config *config = surroundings_load(NULL);
    bl_remote_choices choices = { .region = which == REGION ? choice : "us-east-1",
                                  .endpoint = which == ENDPOINT ? choice : NULL,
                                  .ca_bundle = which == CA_BUNDLE ? choice : NULL,
                                  .max_attempts = which == ATTEMPTS && choice ? (uint32_t)atoi(choice) : 0 };
    bl_remote_settings settings = { 0 };
    bloop_status status = bl_remote_settings_resolve(config, &choices, &settings);
    if (status == BLOOP_OK) {
        const char *const texts[] = { settings.region, settings.endpoint, settings.ca_bundle };
        if (which <= CA_BUNDLE)
            snprintf(out, size, "%s", texts[which] ? texts[which] : "none");
        else
            snprintf(out, size, "%u", which == ATTEMPTS ? settings.max_attempts : (unsigned)settings.retry_mode);
    }
    bl_remote_settings_clear(&settings);
    bl_shared_config_free(config);
    return status;
}

static void check_settings(setting which, const setting_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        surroundings s = surroundings_new();
        char out[256] = "", expected[2048];
        for (size_t j = 0; j < 2; j++) {
            if (cases[i].variables[j])
                putenv((char *)(uintptr_t)cases[i].variables[j]);
        }
        if (cases[i].config)
            surroundings_config(&s, cases[i].config);
        bloop_status status = resolve(which, cases[i].choice, out, sizeof out);
        if (cases[i].expected[0] == '!') {
            snprintf(expected, sizeof expected, "%s%s", strstr(cases[i].expected, "/.aws") ? s.home.folder : "",
                     cases[i].expected + 1);
            assert_int_equal(status, BLOOP_INVALID_ARGUMENT);
            assert_string_equal(bloop_last_error()->message, expected);
        } else {
            if (status != BLOOP_OK)
                fail_msg("case %zu: %s", i, bloop_last_error()->message);
            snprintf(expected, sizeof expected, "%s%s", strncmp(cases[i].expected, "/.", 2) == 0 ? s.home.folder : "",
                     cases[i].expected);
            assert_string_equal(out, expected);
        }
        surroundings_remove(&s);
    }
}

static void regions(void **state)
{
    (void)state;
    static const setting_case cases[] = {
        { "a", { "AWS_REGION=b", "AWS_DEFAULT_REGION=c" }, "[default]\nregion=d\n", "a" },
        { NULL, { "AWS_REGION=b", "AWS_DEFAULT_REGION=c" }, "[default]\nregion=d\n", "b" },
        { NULL, { "AWS_REGION=", "AWS_DEFAULT_REGION=c" }, "[default]\nregion=d\n", "c" },
        { NULL, { NULL, NULL }, "[default]\nregion=d\n", "d" },
        { NULL,
          { NULL, NULL },
          NULL,
          "!there is no region: not in the URL or the options, AWS_REGION, AWS_DEFAULT_REGION, nor in the profile "
          "\"default\"" },
        { "a.b",
          { NULL, NULL },
          NULL,
          "!the region that was given: a region's name consists of letters, digits and hyphens" },
        { NULL,
          { "AWS_REGION=x/y", NULL },
          NULL,
          "!AWS_REGION: a region's name consists of letters, digits and hyphens" },
        { NULL,
          { NULL, NULL },
          "\n[default]\nregion = -a\n",
          "!/.aws/config, line 3, profile \"default\", region: a region's name consists of letters, digits and hyphens" },
    };
    check_settings(REGION, cases, BL_COUNT_OF(cases));
}

static void endpoints(void **state)
{
    (void)state;
    static const char config[] = "[default]\nendpoint_url = http://profile\nservices = s\n[services s]\ndynamodb =\n"
                                 "  endpoint_url = http://service/\n";
    static const setting_case cases[] = {
        { "http://choice:1/", { "AWS_ENDPOINT_URL_DYNAMODB=http://a", NULL }, config, "http://choice:1" },
        { NULL, { "AWS_ENDPOINT_URL_DYNAMODB=http://a", "AWS_ENDPOINT_URL=http://b" }, config, "http://a" },
        { NULL, { "AWS_ENDPOINT_URL=https://b:8000//", NULL }, config, "https://b:8000" },
        { NULL, { NULL, NULL }, config, "http://service" },
        { NULL, { NULL, NULL }, "[default]\nendpoint_url = http://profile\nservices = gone\n", "http://profile" },
        { NULL,
          { NULL, NULL },
          "[default]\nservices = s\n[services s]\nsts =\n  endpoint_url = http://sts\n",
          "https://dynamodb.us-east-1.amazonaws.com" },
        { NULL,
          { "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=True", "AWS_ENDPOINT_URL=http://b" },
          config,
          "https://dynamodb.us-east-1.amazonaws.com" },
        { NULL,
          { NULL, NULL },
          "[default]\nignore_configured_endpoint_urls = true\nendpoint_url = http://a\n",
          "https://dynamodb.us-east-1.amazonaws.com" },
        { "http://a", { "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true", NULL }, NULL, "http://a" },
        { NULL, { "AWS_USE_FIPS_ENDPOINT=true", NULL }, NULL, "https://dynamodb-fips.us-east-1.amazonaws.com" },
        { NULL,
          { "AWS_USE_FIPS_ENDPOINT=true", "AWS_USE_DUALSTACK_ENDPOINT=true" },
          NULL,
          "https://dynamodb-fips.us-east-1.api.aws" },
        { NULL, { NULL, NULL }, "[default]\nuse_dualstack_endpoint=true\n", "https://dynamodb.us-east-1.api.aws" },
        { "http://[::1]:8000", { NULL, NULL }, NULL, "http://[::1]:8000" },
    };
    check_settings(ENDPOINT, cases, BL_COUNT_OF(cases));
}

static void endpoints_that_are_none(void **state)
{
    (void)state;
    static const setting_case cases[] = {
        { "ftp://a",
          { NULL, NULL },
          NULL,
          "!the endpoint that was given: an URL such as https://host:port is expected" },
        { "http://",
          { NULL, NULL },
          NULL,
          "!the endpoint that was given: an URL such as https://host:port is expected" },
        { "http:///x",
          { NULL, NULL },
          NULL,
          "!the endpoint that was given: an URL such as https://host:port is expected" },
        { "http://u:p@a",
          { NULL, NULL },
          NULL,
          "!the endpoint that was given: an URL such as https://host:port is expected" },
        { NULL,
          { "AWS_ENDPOINT_URL=x", NULL },
          NULL,
          "!AWS_ENDPOINT_URL: an URL such as https://host:port is expected" },
        { NULL,
          { "AWS_USE_FIPS_ENDPOINT=yes", NULL },
          NULL,
          "!AWS_USE_FIPS_ENDPOINT: \"true\" or \"false\" is expected" },
        { NULL,
          { NULL, NULL },
          "[default]\nservices=s\n[services s]\ndynamodb =\n  endpoint_url = secret\n",
          "!/.aws/config, line 5, profile \"default\", endpoint_url: an URL such as https://host:port is expected" },
    };
    check_settings(ENDPOINT, cases, BL_COUNT_OF(cases));
}

static void other_settings(void **state)
{
    (void)state;
    static const setting_case bundles[] = {
        { NULL, { NULL, NULL }, NULL, "none" },
        { "a", { "AWS_CA_BUNDLE=b", NULL }, "[default]\nca_bundle=c\n", "a" },
        { NULL, { "AWS_CA_BUNDLE=b", NULL }, "[default]\nca_bundle=c\n", "b" },
        { NULL, { NULL, NULL }, "[default]\nca_bundle=~/.ca\n", "/.ca" },
    };
    static const setting_case attempts[] = {
        { NULL, { NULL, NULL }, NULL, "4" },
        { "7", { "AWS_MAX_ATTEMPTS=5", NULL }, NULL, "7" },
        { NULL, { "AWS_MAX_ATTEMPTS=5", NULL }, "[default]\nmax_attempts=4\n", "5" },
        { NULL, { NULL, NULL }, "[default]\nmax_attempts=1\n", "1" },
        { NULL,
          { "AWS_MAX_ATTEMPTS=0", NULL },
          NULL,
          "!AWS_MAX_ATTEMPTS: a number of attempts from 1 to 1000 is expected" },
        { NULL,
          { "AWS_MAX_ATTEMPTS=-1", NULL },
          NULL,
          "!AWS_MAX_ATTEMPTS: a number of attempts from 1 to 1000 is expected" },
        { NULL,
          { "AWS_MAX_ATTEMPTS=3x", NULL },
          NULL,
          "!AWS_MAX_ATTEMPTS: a number of attempts from 1 to 1000 is expected" },
        { NULL,
          { "AWS_MAX_ATTEMPTS=18446744073709551617", NULL },
          NULL,
          "!AWS_MAX_ATTEMPTS: a number of attempts from 1 to 1000 is expected" },
    };
    static const setting_case modes[] = {
        { NULL, { NULL, NULL }, NULL, "0" },
        { NULL, { "AWS_RETRY_MODE=Adaptive", NULL }, NULL, "1" },
        { NULL, { NULL, NULL }, "[default]\nretry_mode = legacy\n", "2" },
        { NULL,
          { "AWS_RETRY_MODE=x", NULL },
          NULL,
          "!AWS_RETRY_MODE: \"standard\", \"adaptive\" or \"legacy\" is expected" },
    };
    check_settings(CA_BUNDLE, bundles, BL_COUNT_OF(bundles));
    check_settings(ATTEMPTS, attempts, BL_COUNT_OF(attempts));
    check_settings(MODE, modes, BL_COUNT_OF(modes));
}

/* Of botocore's data/partitions.json. */
static void endpoints_of_regions(void **state)
{
    (void)state;
    static const struct {
        const char *region, *endpoint, *dual_stack;
    } cases[] = {
        { "eu-central-1", "https://dynamodb.eu-central-1.amazonaws.com", "https://dynamodb.eu-central-1.api.aws" },
        { "us-gov-west-1", "https://dynamodb.us-gov-west-1.amazonaws.com", "https://dynamodb.us-gov-west-1.api.aws" },
        { "cn-north-1", "https://dynamodb.cn-north-1.amazonaws.com.cn",
          "https://dynamodb.cn-north-1.api.amazonwebservices.com.cn" },
        { "eusc-de-east-1", "https://dynamodb.eusc-de-east-1.amazonaws.eu",
          "https://dynamodb.eusc-de-east-1.api.amazonwebservices.eu" },
        { "us-iso-east-1", "https://dynamodb.us-iso-east-1.c2s.ic.gov",
          "https://dynamodb.us-iso-east-1.api.aws.ic.gov" },
        { "us-isob-east-1", "https://dynamodb.us-isob-east-1.sc2s.sgov.gov",
          "https://dynamodb.us-isob-east-1.api.aws.scloud" },
        { "eu-isoe-west-1", "https://dynamodb.eu-isoe-west-1.cloud.adc-e.uk",
          "https://dynamodb.eu-isoe-west-1.api.cloud-aws.adc-e.uk" },
        { "us-isof-south-1", "https://dynamodb.us-isof-south-1.csp.hci.ic.gov",
          "https://dynamodb.us-isof-south-1.api.aws.hci.ic.gov" },
        { "moon-1", "https://dynamodb.moon-1.amazonaws.com", "https://dynamodb.moon-1.api.aws" },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        char *plain = bl_region_endpoint("dynamodb", cases[i].region, false, false);
        char *dual_stack = bl_region_endpoint("dynamodb", cases[i].region, false, true);
        assert_string_equal(plain, cases[i].endpoint);
        assert_string_equal(dual_stack, cases[i].dual_stack);
        bl_free(plain);
        bl_free(dual_stack);
    }
}

/* Of its endpoint-rule-set-1.json: GovCloud has no hosts of their own for it, but for dual stack. */
static void fips_endpoints_of_regions(void **state)
{
    (void)state;
    static const struct {
        const char *region;
        bool dual_stack;
        const char *endpoint;
    } cases[] = {
        { "ca-central-1", false, "https://dynamodb-fips.ca-central-1.amazonaws.com" },
        { "us-gov-west-1", false, "https://dynamodb.us-gov-west-1.amazonaws.com" },
        { "us-gov-west-1", true, "https://dynamodb-fips.us-gov-west-1.api.aws" },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        char *url = bl_region_endpoint("dynamodb", cases[i].region, true, cases[i].dual_stack);
        assert_string_equal(url, cases[i].endpoint);
        bl_free(url);
    }
}

static void amazons_hosts_are_known(void **state)
{
    (void)state;
    static const char *const regions[] = { "us-east-1",      "cn-north-1",     "eusc-de-east-1", "us-iso-east-1",
                                           "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1" };
    static const char *const others[] = { "",
                                          "localhost:8000",
                                          "amazonaws.com",
                                          ".amazonaws.com",
                                          "dynamodb.us-east-1.amazonaws.com.example.org",
                                          "myamazonaws.com",
                                          "x:.amazonaws.com" };
    for (size_t i = 0; i < BL_COUNT_OF(regions); i++) {
        for (int dual_stack = 0; dual_stack < 2; dual_stack++) {
            char *url = bl_region_endpoint("dynamodb", regions[i], false, dual_stack);
            assert_true(bl_host_is_amazons(url + strlen("https://")));
            bl_free(url);
        }
    }
    assert_true(bl_host_is_amazons("123456789012.ddb.us-east-1.AmazonAWS.com:443"));
    for (size_t i = 0; i < BL_COUNT_OF(others); i++) {
        if (bl_host_is_amazons(others[i]))
            fail_msg("%s", others[i]);
    }
}

static void any_credentials_need_no_region(void **state)
{
    (void)state;
    surroundings s = surroundings_new();
    bl_shared_config *config = surroundings_load(NULL);
    bl_remote_settings settings = { 0 };
    const bl_remote_choices choices = { .endpoint = "http://127.0.0.1:8000", .any_credentials_do = true };
    assert_int_equal(bl_remote_settings_resolve(config, &choices, &settings), BLOOP_OK);
    assert_string_equal(settings.region, "us-east-1");
    assert_string_equal(settings.endpoint, "http://127.0.0.1:8000");
    assert_true(settings.endpoint_is_configured);
    bl_remote_settings_clear(&settings);
    bl_shared_config_free(config);
    surroundings_remove(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regions),
        cmocka_unit_test(endpoints),
        cmocka_unit_test(endpoints_that_are_none),
        cmocka_unit_test(other_settings),
        cmocka_unit_test(endpoints_of_regions),
        cmocka_unit_test(fips_endpoints_of_regions),
        cmocka_unit_test(amazons_hosts_are_known),
        cmocka_unit_test(any_credentials_need_no_region),
    };
    return cmocka_run_group_tests_name("remote/settings", tests, NULL, NULL);
}
