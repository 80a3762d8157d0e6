/* Shared files: the grammar, which value counts, and what is said of mistakes. */
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
    bl_shared_config *config = surroundings_load("x");
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
        bl_shared_config *config = surroundings_load(cases[i].choice);
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
    bl_shared_config_free(surroundings_load(NULL));
    bl_shared_config_free(surroundings_load("default"));
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
    bl_shared_config *config = surroundings_load(NULL);
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

/* Of root's home, which a container's user may be given, nothing can be seen. */
static void files_in_closed_folders_are_not_there(void **state)
{
    (void)state;
    surroundings s = surroundings_new();
    char path[PATH_MAX];
    bool is_root = geteuid() == 0;
    surroundings_config(&s, "[default]\na = hidden\n");
    assert_int_equal(chmod(scratch_path(&s.home, ".aws", path), 0), 0);
    if (is_root && seteuid(65534) != 0) {
        surroundings_remove(&s);
        skip();
    }
    bl_shared_config *config = surroundings_load(NULL);
    assert_key(config, "a", NULL);
    bl_shared_config_free(config);
    assert_true(!is_root || seteuid(0) == 0);
    assert_int_equal(chmod(path, 0700), 0);
    config = surroundings_load(NULL);
    assert_key(config, "a", "hidden");
    bl_shared_config_free(config);
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
    bl_shared_config *config = surroundings_load("p4999");
    assert_key(config, "region", "r4999");
    bl_shared_config_free(config);
    bl_buffer_free(&text);
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
        cmocka_unit_test(files_in_closed_folders_are_not_there),
        cmocka_unit_test(large_files_are_read_whole),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(secrets_are_wiped),
    };
    return cmocka_run_group_tests_name("remote/config", tests, NULL, NULL);
}
