/* The engines under test, and the models. */
#include "behaviour.h"

#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "support/program.h"

BLOOP_DEFINE_MODEL(Account, ACCOUNT);
BLOOP_DEFINE_MODEL(Document, DOCUMENT);

static const struct {
    const char *name, *format; /* %s: the scratch folder */
} urls[] = {
    { "memory:", "memory:" },
    { "file:", "file:%s/engine.db?durability=later" },
};

/* What is not run over an endpoint, which is a process of its own. */
static const struct {
    const char *test, *why;
} left_out[] = {
    { "test_no_memory", "a connection that is kept for the next call counts as a leak there" },
};

static const char *url_format;
static bool shared; /* url_format is of an endpoint that other tests have used */
static char folder[64];

bloop_backend *recording, *faulty;

static int run_over(const char *suite, const char *url, const struct CMUnitTest *tests, size_t count);
static int run_over_server(const char *suite, const struct CMUnitTest *tests, size_t count);
static bool is_left_out(const char *test);
static const char *new_url(char *url, size_t size);
static void remove_tables(const char *url);
static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *place);

int run_over_urls(const char *suite, const struct CMUnitTest *tests, size_t count)
{
    int failures = 0;
    const char *endpoint = getenv("BLOOP_BEHAVIOUR_ENDPOINT");
    if (endpoint) {
        shared = true;
        url_format = endpoint;
        return run_over(suite, endpoint, tests, count);
    }
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        url_format = urls[i].format;
        failures += run_over(suite, urls[i].name, tests, count);
    }
    /* Set where the server is built, and the remote backend. */
    return getenv("BLOOP_BEHAVIOUR_SERVED") ? failures + run_over_server(suite, tests, count) : failures;
}

int open_engine(void **state)
{
    char url[256];
    bloop_engine *engine = bloop_open(new_url(url, sizeof url));
    if (!engine)
        fail_msg("%s: %s", url, bloop_last_error()->message);
    expect_ok(bloop_bind(engine, Account));
    expect_ok(bloop_bind(engine, Document));
    *state = engine;
    return 0;
}

int open_faulty_engine(void **state)
{
    char url[256];
    faulty = bloop_faulty_backend_new(bloop_backend_open(new_url(url, sizeof url)), 1);
    recording = bloop_recording_backend_new(faulty);
    bloop_engine *engine = bloop_engine_new_with(.dynamodb = recording);
    if (!engine)
        fail_msg("%s: %s", url, bloop_last_error()->message);
    expect_ok(bloop_bind(engine, Account));
    expect_ok(bloop_bind(engine, Document));
    bloop_recorded_forget(recording);
    *state = engine;
    return 0;
}

int close_engine(void **state)
{
    bloop_close(*state);
    nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    return 0;
}

const char *scratch_file(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

void expect_status_(bloop_status got, bloop_status wanted, const char *words, int line)
{
    const bloop_error *error = bloop_last_error();
    if (got != wanted)
        fail_msg("line %d: %s instead of %s: %s", line, bloop_status_name(got), bloop_status_name(wanted),
                 error->message);
    if (wanted != BLOOP_OK && error->status != wanted)
        fail_msg("line %d: the last error is %s, not %s", line, bloop_status_name(error->status),
                 bloop_status_name(wanted));
    if (words && !strstr(error->message, words))
        fail_msg("line %d: '%s' does not say '%s'", line, error->message, words);
}

bloop_uuid uuid_of(uint8_t number)
{
    bloop_uuid id = { { 0 } };
    id.bytes[15] = number;
    return id;
}

struct Account *new_account(uint8_t number)
{
    struct Account *account = bloop_new(Account);
    assert_non_null(account);
    expect_ok(bloop_set(account, id, uuid_of(number)));
    return account;
}

struct Document *new_document(int64_t id, const char *in_folder)
{
    struct Document *document = bloop_new(Document);
    assert_non_null(document);
    expect_ok(bloop_set(document, id, id));
    expect_ok(bloop_set(document, folder, in_folder));
    return document;
}

struct Document *stored_document(bloop_engine *engine, int64_t id, const char *in_folder)
{
    struct Document *document = new_document(id, in_folder);
    bloop_status status = bloop_load(engine, document);
    if (status == BLOOP_OK)
        return document;
    expect_status(status, BLOOP_MISSING_OBJECTS);
    bloop_free(document);
    return NULL;
}

void somebody_stores(bloop_engine *engine, const char *title, int64_t size)
{
    struct Document *document = new_document(1, "a");
    if (title)
        expect_ok(bloop_set(document, title, title));
    if (size)
        expect_ok(bloop_set(document, size, size));
    expect_ok(bloop_save(engine, document));
    bloop_free(document);
}

void expect_stored(bloop_engine *engine, const char *title, int64_t size)
{
    struct Document *stored = stored_document(engine, 1, "a");
    assert_non_null(stored);
    assert_int_equal(bloop_has(stored, title), title != NULL);
    if (title)
        assert_string_equal(stored->title, title);
    assert_int_equal(stored->size, size);
    bloop_free(stored);
}

static int run_over(const char *suite, const char *url, const struct CMUnitTest *tests, size_t count)
{
    char name[128];
    snprintf(name, sizeof name, "behaviour/%s over %s", suite, url);
    return _cmocka_run_group_tests(name, tests, count, NULL, NULL);
}

/* The whole way: this library's client, HTTP, `bloop serve`, and a store. */
static int run_over_server(const char *suite, const struct CMUnitTest *tests, size_t count)
{
    struct CMUnitTest *chosen = calloc(count, sizeof *chosen);
    program server = program_start((const char *const[]){ "--memory", "--port", "0", NULL });
    size_t chosen_count = 0;
    for (size_t i = 0; chosen && i < count; i++)
        if (!is_left_out(tests[i].name))
            chosen[chosen_count++] = tests[i];
    shared = true;
    url_format = server.url;
    int failures = chosen && server.url[0] ? run_over(suite, "http:", chosen, chosen_count) : 1;
    failures += program_end(&server, SIGTERM, NULL, 0) != 0;
    free(chosen);
    return failures;
}

static bool is_left_out(const char *test)
{
    for (size_t i = 0; i < sizeof left_out / sizeof left_out[0]; i++)
        if (strcmp(left_out[i].test, test) == 0)
            return print_message("left out: %s: %s\n", test, left_out[i].why), true;
    return false;
}

/* Of a store that is not there yet, in a folder of its own; or of an endpoint without tables. */
static const char *new_url(char *url, size_t size)
{
    strcpy(folder, "/tmp/bloop-behaviour-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(url, size, url_format, folder);
    if (shared)
        remove_tables(url);
    return url;
}

/* Deleting takes its time elsewhere. */
static void remove_tables(const char *url)
{
    enum { TRIES = 500, PAUSE_NS = 20000000 };
    size_t left = 1;
    bloop_backend *backend = bloop_backend_open(url);
    for (int i = 0; left > 0 && i < TRIES; i++) {
        bloop_list_tables_result tables;
        expect_ok(bloop_list_tables(backend, NULL, &tables));
        for (size_t k = 0; k < tables.count; k++)
            bloop_delete_table(backend, tables.names[k], NULL); /* refused while it goes on */
        left = tables.count;
        bloop_result_free(&tables.memory);
        if (left > 0)
            nanosleep(&(struct timespec){ .tv_nsec = PAUSE_NS }, NULL);
    }
    bloop_backend_close(backend);
    assert_int_equal(left, 0);
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}
