/* The program from the outside: what its verbs print, and with what they exit. (`serve` at work is in tests/server.) */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include <bloop.h>

#include "support/scratch.h"

BLOOP_MODEL(Note, column(Integer, id, .hash_key = true), column(String, text), table(.name = "notes"));

/* Runs "bloop ARGUMENTS", both outputs in `printed`. The exit code. */
static int run(const char *arguments, char *printed, size_t size)
{
    char command[PATH_MAX + 256];
    const char *program = getenv("BLOOP_PROGRAM");
    assert_non_null(program);
    snprintf(command, sizeof command, "'%s' %s 2>&1", program, arguments);
    FILE *output = popen(command, "r");
    assert_non_null(output);
    size_t length = fread(printed, 1, size - 1, output);
    printed[length] = 0;
    int code = pclose(output);
    assert_true(WIFEXITED(code));
    return WEXITSTATUS(code);
}

static void expect(const char *arguments, int code, const char *words)
{
    char printed[4096];
    int got = run(arguments, printed, sizeof printed);
    if (got != code || !strstr(printed, words))
        fail_msg("bloop %s: exits %d, not %d, and says '%s', not '%s'", arguments, got, code, printed, words);
}

static void test_what_is_asked_about_the_program(void **state)
{
    (void)state;
    expect("--version", 0, "bloop " BLOOP_VERSION "\n");
    expect("--help", 0, "usage: bloop VERB");
    expect("--help", 0, "\n  check      reads a whole store");
    expect("--help", 0, "\n  serve      answers");
    expect("check --help", 0, "usage: bloop check FILE\n");
    expect("serve --help", 0, "usage: bloop serve [--port 8000] [--host 127.0.0.1] (--memory | --file PATH)");
}

static void test_wrong_command_lines_are_told(void **state)
{
    (void)state;
    expect("", 2, "usage: bloop VERB");
    expect("chekc", 2, "there is no verb 'chekc'; bloop --help lists them");
    expect("check", 2, "usage: bloop check FILE\n");
    expect("check a b", 2, "usage: bloop check FILE\n");
}

#ifdef BLOOP_HAS_SERVER
static void test_wrong_arguments_of_serve_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *arguments, *words;
    } cases[] = {
        { "serve", "bloop serve: --memory or --file is needed\nusage: bloop serve [--port" },
        { "serve --memory --file x", "it is --memory or --file, not both" },
        { "serve --memory --prot 1", "'--prot' is no argument" },
        { "serve --memory --port", "'--port' needs a value" },
        { "serve --memory --port 65536", "--port '65536': it must be a number from 0 to 65535" },
        { "serve --memory --threads 0", "--threads '0': it must be a number from 1 to 64" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect(cases[i].arguments, 2, cases[i].words);
}
#else
static void test_a_server_that_was_not_built(void **state)
{
    (void)state;
    expect("serve --memory", 1, "bloop serve: this build has no server: it was made with BLOOP_SERVER=OFF");
}
#endif

static void test_a_store_is_checked(void **state)
{
    (void)state;
    char path[PATH_MAX], url[PATH_MAX + 8], arguments[PATH_MAX + 8];
    scratch s = scratch_new();
    scratch_path(&s, "store", path);
    snprintf(arguments, sizeof arguments, "check '%s'", path);
    expect(arguments, 1, "does not exist");

    snprintf(url, sizeof url, "file:%s", path);
    bloop_engine *engine = bloop_open(url);
    assert_non_null(engine);
    assert_int_equal(bloop_bind(engine, Note), BLOOP_OK);
    struct Note *note = bloop_new(Note);
    assert_int_equal(bloop_set(note, id, 1), BLOOP_OK);
    assert_int_equal(bloop_save(engine, note), BLOOP_OK);
    bloop_free(note);
    bloop_close(engine);
    expect(arguments, 0, "tables         1\nindexes        0\nitems          1\n");
    expect(arguments, 0, "problems       0\n");

    scratch_write(path, "text", 4);
    expect(arguments, 1, "is not a store (NOT_A_STORE)");
    scratch_remove(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_asked_about_the_program),
        cmocka_unit_test(test_wrong_command_lines_are_told),
#ifdef BLOOP_HAS_SERVER
        cmocka_unit_test(test_wrong_arguments_of_serve_are_told),
#else
        cmocka_unit_test(test_a_server_that_was_not_built),
#endif
        cmocka_unit_test(test_a_store_is_checked),
    };
    return cmocka_run_group_tests_name("cli/verbs", tests, NULL, NULL);
}
