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
#include <unistd.h>

#include <cmocka.h>

#include <bloop.h>

#include "support/scratch.h"

BLOOP_MODEL(Note, column(Integer, id, .hash_key = true), column(String, text), table(.name = "notes"));

#define MOST_ARGUMENTS 4

/* Runs "bloop ARGUMENTS", which NULL ends, both outputs in `printed`. The exit code. */
static int run(const char *const *arguments, char *printed, size_t size)
{
    const char *command[MOST_ARGUMENTS + 2] = { getenv("BLOOP_PROGRAM") };
    assert_non_null(command[0]);
    for (size_t i = 0; i < MOST_ARGUMENTS && arguments[i]; i++)
        command[i + 1] = arguments[i];
    int ends[2], code;
    assert_int_equal(pipe(ends), 0);
    pid_t process = fork();
    if (process == 0) {
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        execv(command[0], (char *const *)command);
        _exit(127);
    }
    close(ends[1]);
    FILE *output = fdopen(ends[0], "r");
    assert_non_null(output);
    printed[fread(printed, 1, size - 1, output)] = 0;
    fclose(output);
    assert_int_equal(waitpid(process, &code, 0), process);
    assert_true(WIFEXITED(code));
    return WEXITSTATUS(code);
}

static void expect_(const char *const *arguments, int code, const char *words, int line)
{
    char printed[4096];
    int got = run(arguments, printed, sizeof printed);
    if (got != code || !strstr(printed, words))
        fail_msg("line %d: exits %d, not %d, and says '%s', not '%s'", line, got, code, printed, words);
}
/* expect(code, words, arguments …) */
#define expect(code, words, ...) expect_((const char *const[]){ __VA_ARGS__, NULL }, (code), (words), __LINE__)

static void test_what_is_asked_about_the_program(void **state)
{
    (void)state;
    expect(0, "bloop " BLOOP_VERSION "\n", "--version");
    expect(0, "usage: bloop VERB", "--help");
    expect(0, "\n  check      reads a whole store", "--help");
    expect(0, "\n  serve      answers", "--help");
    expect(0, "usage: bloop check FILE\n", "check", "--help");
    expect(0, "usage: bloop serve [--port 8000] [--host 127.0.0.1] (--memory | --file PATH)", "serve", "--help");
}

static void test_wrong_command_lines_are_told(void **state)
{
    (void)state;
    expect(2, "usage: bloop VERB", NULL);
    expect(2, "there is no verb 'chekc'; bloop --help lists them", "chekc");
    expect(2, "usage: bloop check FILE\n", "check");
    expect(2, "usage: bloop check FILE\n", "check", "a", "b");
}

#ifdef BLOOP_HAS_SERVER
static void test_wrong_arguments_of_serve_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *arguments[MOST_ARGUMENTS + 1], *words;
    } cases[] = {
        { { "serve" }, "bloop serve: --memory or --file is needed\nusage: bloop serve [--port" },
        { { "serve", "--memory", "--file", "x" }, "it is --memory or --file, not both" },
        { { "serve", "--memory", "--prot", "1" }, "'--prot' is no argument" },
        { { "serve", "--memory", "--port" }, "'--port' needs a value" },
        { { "serve", "--memory", "--port", "65536" }, "--port '65536': it must be a number from 0 to 65535" },
        { { "serve", "--memory", "--threads", "0" }, "--threads '0': it must be a number from 1 to 64" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_(cases[i].arguments, 2, cases[i].words, __LINE__);
}
#else
static void test_a_server_that_was_not_built(void **state)
{
    (void)state;
    expect(1, "bloop serve: this build has no server: it was made with BLOOP_SERVER=OFF", "serve", "--memory");
}
#endif

static void test_a_store_is_checked(void **state)
{
    (void)state;
    char path[PATH_MAX], url[PATH_MAX + 8];
    scratch s = scratch_new();
    scratch_path(&s, "store", path);
    expect(1, "does not exist", "check", path);

    snprintf(url, sizeof url, "file:%s", path);
    bloop_engine *engine = bloop_open(url);
    assert_non_null(engine);
    assert_int_equal(bloop_bind(engine, Note), BLOOP_OK);
    struct Note *note = bloop_new(Note);
    assert_int_equal(bloop_set(note, id, 1), BLOOP_OK);
    assert_int_equal(bloop_save(engine, note), BLOOP_OK);
    bloop_free(note);
    bloop_close(engine);
    expect(0, "tables         1\nindexes        0\nitems          1\n", "check", path);
    expect(0, "problems       0\n", "check", path);

    scratch_write(path, "text", 4);
    expect(1, "is not a store (NOT_A_STORE)", "check", path);
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
