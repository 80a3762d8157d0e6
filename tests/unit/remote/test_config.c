/* Shared files and settings: the grammar, which value counts, and what is said of mistakes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "remote/config_private.h"
#include "support/fail_alloc.h"
#include "support/secret_watch.h"
#include "surroundings.h"

static bloop_status parse(bl_config_file *file, bl_config_kind kind, const char *text, size_t size)
{
    *file = (bl_config_file){ .path = bl_copy_text("FILE"), .text = bl_copy_text_of(text, size), .size = size };
    return file->path && file->text ? bl_config_parse(file, kind) : BLOOP_NO_MEMORY;
}

/* Entries as lines: "P" (profile), "S" (services) or "-", section, key with its parent, value, and the line it is on. */
static void dump(const bl_config_file *file, bl_buffer *out)
{
    for (size_t i = 0; i < file->count; i++) {
        const bl_config_entry *e = &file->entries[i];
        const char *kind = e->kind == BL_SECTION_PROFILE ? "P" : e->kind == BL_SECTION_SERVICES ? "S" : "-";
        if (e->key)
            bl_buffer_format(out, "%s %s: %s%s%s=%s (%zu)\n", kind, e->section, e->parent ? e->parent : "",
                             e->parent ? "." : "", e->key, e->value, e->line);
        else
            bl_buffer_format(out, "%s %s (%zu)\n", kind, e->section, e->line);
    }
    bl_buffer_byte(out, 0);
}

typedef struct text_case {
    const char *text, *expected;
} text_case;

static void check_texts(bl_config_kind kind, const text_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bl_config_file file;
        bl_buffer out = { 0 };
        if (parse(&file, kind, cases[i].text, strlen(cases[i].text)) != BLOOP_OK)
            fail_msg("%s\n%s", cases[i].text, bloop_last_error()->message);
        dump(&file, &out);
        assert_string_equal(out.data, cases[i].expected);
        bl_buffer_free(&out);
        bl_config_file_free(&file);
    }
}

static void config_texts(void **state)
{
    (void)state;
    static const text_case cases[] = {
        { "", "" },
        { "\n \n\t\n# only\n; comments\n", "" },
        { "[default]", "P default (1)\n" },
        { "[default]\nregion = us-east-1\n", "P default (1)\nP default: region=us-east-1 (2)\n" },
        { "[profile x]\na=1\n[x]\nb=2\n", "P x (1)\nP x: a=1 (2)\n- x (3)\n- x: b=2 (4)\n" },
        { "[ profile \t x y ]\n", "P x y (1)\n" },
        { "[profile \"x y\"]\n[profile 'z']\n", "P x y (1)\nP z (2)\n" },
        { "[services s]\n[sso-session t]\n[profilex]\n", "S s (1)\n- sso-session t (2)\n- profilex (3)\n" },
        { "[default] # comment\nk = v ; comment\nl = v;none\nm = v#none\nn = # all\n",
          "P default (1)\nP default: k=v (2)\nP default: l=v;none (3)\nP default: m=v#none (4)\nP default: n= (5)\n" },
        { "[default]\nKEY  =\t a = b \t\n", "P default (1)\nP default: key=a = b (2)\n" },
        { "[default]\r\nk = v\r\n\r\nl = w\r\n", "P default (1)\nP default: k=v (2)\nP default: l=w (4)\n" },
        { "\xEF\xBB\xBF[default]\nk=v", "P default (1)\nP default: k=v (2)\n" },
        { "[default]\nk = a\n b # c\n\n\t d\nl = e\n",
          "P default (1)\nP default: k=a\nb # c\nd (2)\nP default: l=e (6)\n" },
        { "[default]\nk = a\n  # comment\n  b\n", "P default (1)\nP default: k=a\nb (2)\n" },
        { "[services s]\ndynamodb =\n  endpoint_url = http://a # c\n  Other=1\nsts =\n  endpoint_url = http://b\n",
          "S s (1)\nS s: dynamodb= (2)\nS s: dynamodb.endpoint_url=http://a (3)\nS s: dynamodb.other=1 (4)\nS s: sts= (5)\n"
          "S s: sts.endpoint_url=http://b (6)\n" },
        { "[default]\n  k = v\n  l = w\n    x\n", "P default (1)\nP default: k=v (2)\nP default: l=w\nx (3)\n" },
        { "  [default]\n  k = v\n  [profile x]\n", "P default (1)\nP default: k=v (2)\nP x (3)\n" },
        { "[default]\na=1\n[profile default]\nb=2\n",
          "- default (1)\n- default: a=1 (2)\nP default (3)\nP default: b=2 (4)\n" },
        { "[default]\nk=1\n[default]\nk=2\n",
          "P default (1)\nP default: k=1 (2)\nP default (3)\nP default: k=2 (4)\n" },
    };
    check_texts(BL_CONFIG_CONFIG, cases, BL_COUNT_OF(cases));
}

static void credentials_texts(void **state)
{
    (void)state;
    static const text_case cases[] = {
        { "[default]\na=1\n[x y]\nb=2\n", "P default (1)\nP default: a=1 (2)\nP x y (3)\nP x y: b=2 (4)\n" },
        { "[profile x]\na=1\n[services s]\n", "- x (1)\n- x: a=1 (2)\n- s (3)\n" },
    };
    check_texts(BL_CONFIG_CREDENTIALS, cases, BL_COUNT_OF(cases));
}

static void bad_texts(void **state)
{
    (void)state;
    static const text_case cases[] = {
        { "key = value\n", "FILE, line 1: a section, such as [default], has to come first" },
        { "[default\nk=secret", "FILE, line 1: the name of a section has to end with \"]\"" },
        { "[default] x", "FILE, line 1: nothing but a comment may follow the name of a section" },
        { "\n[default]\nsecret\n", "FILE, line 3: \"name = value\" is expected" },
        { "[default]\n = secret\n", "FILE, line 2: a name is expected before \"=\"" },
        { "[default]\ns3 =\n  secret\n", "FILE, line 3: \"name = value\" is expected" },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        bl_config_file file;
        assert_int_equal(parse(&file, BL_CONFIG_CONFIG, cases[i].text, strlen(cases[i].text)), BLOOP_INVALID_SYNTAX);
        assert_string_equal(bloop_last_error()->message, cases[i].expected);
        bl_config_file_free(&file);
    }
    static const char with_zero[] = "[default]\nk = a\0b\n";
    bl_config_file file;
    assert_int_equal(parse(&file, BL_CONFIG_CONFIG, with_zero, sizeof with_zero - 1), BLOOP_INVALID_SYNTAX);
    assert_string_equal(bloop_last_error()->message, "FILE, line 2: a zero byte is no text");
    bl_config_file_free(&file);
}

static bl_shared_config *load(const char *profile)
{
    bl_shared_config *config = NULL;
    if (bl_shared_config_load(profile, &config) != BLOOP_OK)
        fail_msg("%s", bloop_last_error()->message);
    return config;
}

static void assert_key(const bl_shared_config *config, const char *key, const char *expected)
{
    bl_config_value value = bl_config_key(config, key);
    if (expected)
        assert_string_equal(value.text, expected);
    else
        assert_null(value.text);
}

static void credentials_come_before_config(void **state)
{
    (void)state;
    surroundings s = surroundings_new();
    surroundings_config(&s, "[profile x]\na = config\nb = config\nc =\nd = 1\nd = 2\n[default]\na = default\n");
    surroundings_credentials(&s, "[x]\na = credentials\nc = credentials\n[default]\n");
    bl_shared_config *config = load("x");
    assert_key(config, "a", "credentials");
    assert_key(config, "b", "config");
    assert_key(config, "c", "credentials");
    assert_key(config, "d", "2");
    assert_key(config, "e", NULL);
    bl_shared_config_free(config);
    surroundings_remove(&s);
}

static void profiles_are_chosen(void **state)
{
    (void)state;
    static const struct {
        const char *choice, *variable, *old_variable, *expected;
    } cases[] = {
        { NULL, NULL, NULL, "default" }, { NULL, NULL, "c", "c" }, { NULL, "b", "c", "b" },
        { "a", "b", "c", "a" },          { "", "b", NULL, "b" },   { "default", "b", NULL, "default" },
    };
    surroundings s = surroundings_new();
    surroundings_config(&s, "[profile a]\nname=a\n[profile b]\nname=b\n[default]\nname=default\n");
    surroundings_credentials(&s, "[c]\nname=c\n");
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        unsetenv("AWS_PROFILE");
        unsetenv("AWS_DEFAULT_PROFILE");
        if (cases[i].variable)
            setenv("AWS_PROFILE", cases[i].variable, 1);
        if (cases[i].old_variable)
            setenv("AWS_DEFAULT_PROFILE", cases[i].old_variable, 1);
        bl_shared_config *config = load(cases[i].choice);
        assert_string_equal(bl_config_profile(config), cases[i].expected);
        assert_int_equal(bl_config_profile_is_chosen(config), cases[i].choice && *cases[i].choice);
        assert_key(config, "name", cases[i].expected);
        bl_shared_config_free(config);
    }
    surroundings_remove(&s);
}

static void assert_refused(bloop_status status, bloop_status expected, const char *format, const char *home)
{
    char message[1024];
    int size = snprintf(message, sizeof message, format, home, home);
    assert_true(size > 0 && (size_t)size < sizeof message);
    assert_int_equal(status, expected);
    assert_string_equal(bloop_last_error()->message, message);
}

static void named_profiles_have_to_be_there(void **state)
{
    (void)state;
    surroundings s = surroundings_new();
    bl_shared_config *config = NULL;
    static const char message[] = "there is no profile \"gone\" in %s/.aws/config or %s/.aws/credentials";
    surroundings_config(&s, "[gone]\na = 1\n[services gone]\n");
    assert_refused(bl_shared_config_load("gone", &config), BLOOP_INVALID_ARGUMENT, message, s.home.folder);
    setenv("AWS_PROFILE", "gone", 1);
    assert_refused(bl_shared_config_load(NULL, &config), BLOOP_INVALID_ARGUMENT, message, s.home.folder);
    assert_null(config);
    unsetenv("AWS_PROFILE");
    bl_shared_config_free(load(NULL));
    bl_shared_config_free(load("default"));
    surroundings_remove(&s);
}

static void files_may_lie_elsewhere(void **state)
{
    (void)state;
    surroundings s = surroundings_new();
    char path[PATH_MAX];
    surroundings_file(&s, "other", "[default]\na = elsewhere\n", path);
    surroundings_file(&s, "secrets", "[default]\nb = secrets\n", path);
    setenv("AWS_CONFIG_FILE", "~/other", 1);
    setenv("AWS_SHARED_CREDENTIALS_FILE", path, 1);
    bl_shared_config *config = load(NULL);
    assert_key(config, "a", "elsewhere");
    assert_key(config, "b", "secrets");
    bl_shared_config_free(config);
    surroundings_remove(&s);
}

static void unreadable_files_are_named(void **state)
{
    (void)state;
    surroundings s = surroundings_new();
    char path[PATH_MAX];
    bl_shared_config *config = NULL;
    setenv("AWS_CONFIG_FILE", "~/.aws", 1);
    assert_refused(bl_shared_config_load(NULL, &config), BLOOP_IO, "%s/.aws can't be read: Is a directory",
                   s.home.folder);
    unsetenv("AWS_CONFIG_FILE");
    surroundings_config(&s, "\n[default\n");
    assert_refused(bl_shared_config_load(NULL, &config), BLOOP_INVALID_SYNTAX,
                   "%s/.aws/config, line 2: the name of a section has to end with \"]\"", s.home.folder);
    surroundings_config(&s, "[default]\n");
    assert_int_equal(chmod(scratch_path(&s.home, ".aws/config", path), 0), 0);
    if (geteuid() != 0)
        assert_refused(bl_shared_config_load(NULL, &config), BLOOP_PERMISSION,
                       "%s/.aws/config can't be read: Permission denied", s.home.folder);
    assert_null(config);
    surroundings_remove(&s);
}

static void large_files_are_read_whole(void **state)
{
    (void)state;
    surroundings s = surroundings_new();
    bl_buffer text = { 0 };
    for (unsigned i = 0; i < 5000; i++)
        bl_buffer_format(&text, "[profile p%u]\nregion = r%u\n", i, i);
    bl_buffer_byte(&text, 0);
    surroundings_config(&s, (const char *)text.data);
    bl_shared_config *config = load("p4999");
    assert_key(config, "region", "r4999");
    bl_shared_config_free(config);
    bl_buffer_free(&text);
    surroundings_remove(&s);
}

/* A setting by who sets it: the caller, a variable, a file. */
typedef struct setting_case {
    const char *choice, *variables[2], *config;
    const char *expected; /* or the message, where it begins with '!' */
} setting_case;

typedef enum setting { REGION, ENDPOINT, CA_BUNDLE, ATTEMPTS, MODE } setting;

static bloop_status resolve(setting which, const char *choice, char *out, size_t size)
{
    bl_shared_config *config = load(NULL);
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

static void any_credentials_need_no_region(void **state)
{
    (void)state;
    surroundings s = surroundings_new();
    bl_shared_config *config = load(NULL);
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

static bloop_status resolve_all(void *context)
{
    (void)context;
    bl_shared_config *config = NULL;
    bl_remote_settings settings = { 0 };
    bloop_status status = bl_shared_config_load("x", &config);
    if (status == BLOOP_OK)
        status = bl_remote_settings_resolve(config, &(bl_remote_choices){ 0 }, &settings);
    if (status != BLOOP_OK)
        assert_null(settings.region);
    bl_remote_settings_clear(&settings);
    bl_shared_config_free(config);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    surroundings s = surroundings_new();
    surroundings_config(&s, "[profile x]\nregion = us-east-1\nca_bundle = ~/ca\n");
    surroundings_credentials(&s, "[x]\naws_access_key_id = a\naws_secret_access_key = s\n");
    setenv("AWS_MAX_ATTEMPTS", "4", 1);
    assert_true(fail_alloc_every(resolve_all, NULL) > 10);
    setenv("AWS_ENDPOINT_URL", "http://localhost", 1);
    assert_true(fail_alloc_every(resolve_all, NULL) > 10);
    surroundings_remove(&s);
}

/* Files that are larger than their first memory too; and the environment's copy. */
static void secrets_are_wiped(void **state)
{
    (void)state;
    surroundings s = surroundings_new();
    static char text[20000];
    memset(text, '#', sizeof text - 1);
    static const char head[] = "[x]\naws_secret_access_key = TOPSECRET\nregion = us-east-1\n";
    memcpy(text, head, sizeof head - 1);
    surroundings_credentials(&s, text);
    setenv("AWS_SECRET_ACCESS_KEY", "TOPSECRET", 1);
    secret_watch_begin("TOPSECRET");
    bloop_status status = resolve_all(NULL);
    assert_int_equal(secret_watch_end(), 0);
    assert_int_equal(status, BLOOP_OK);
    surroundings_remove(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(config_texts),
        cmocka_unit_test(credentials_texts),
        cmocka_unit_test(bad_texts),
        cmocka_unit_test(credentials_come_before_config),
        cmocka_unit_test(profiles_are_chosen),
        cmocka_unit_test(named_profiles_have_to_be_there),
        cmocka_unit_test(files_may_lie_elsewhere),
        cmocka_unit_test(unreadable_files_are_named),
        cmocka_unit_test(large_files_are_read_whole),
        cmocka_unit_test(regions),
        cmocka_unit_test(endpoints),
        cmocka_unit_test(other_settings),
        cmocka_unit_test(endpoints_of_regions),
        cmocka_unit_test(any_credentials_need_no_region),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(secrets_are_wiped),
    };
    return cmocka_run_group_tests_name("remote/config", tests, NULL, NULL);
}
