/* URLs, and what is left behind. */
#include "behaviour.h"

#include <stdlib.h>
#include <unistd.h>

static const struct {
    const char *url;
    bloop_status status;
    const char *words;
} bad_urls[] = {
    { "", BLOOP_INVALID_URL, "must begin with" },
    { "nonsense", BLOOP_INVALID_URL, "must begin with" },
    { "ftp://host", BLOOP_INVALID_URL, "'ftp:' is no scheme" },
    { "file:", BLOOP_INVALID_URL, "needs a path" },
    { "memory:here", BLOOP_INVALID_URL, "takes no path" },
    { "memory:?mode=ro", BLOOP_INVALID_URL, "no parameter 'mode': there are map, and prefix" },
    { "file:x?moed=ro", BLOOP_INVALID_URL, "no parameter 'moed': there are durability, mode, map, and prefix" },
    { "file:x?durability=maybe", BLOOP_INVALID_URL, "must be 'durable' or 'later'" },
    { "file:x?mode=rw&mode=ro", BLOOP_INVALID_URL, "given twice" },
    { "file:x?mode", BLOOP_INVALID_URL, "NAME=VALUE" },
    { "file:x?map=12k", BLOOP_INVALID_URL, "number of bytes" },
    { "file:x?map=0", BLOOP_INVALID_URL, "positive" },
    { "file:%zz", BLOOP_INVALID_URL, "two hex digits" },
    { "file:/nowhere/at/all.db", BLOOP_NOT_FOUND, "/nowhere/at/all.db" },
};

static void test_bad_urls(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_urls / sizeof bad_urls[0]; i++) {
        assert_null(bloop_open(bad_urls[i].url));
        expect_status_(bloop_last_error()->status, bad_urls[i].status, bad_urls[i].words, __LINE__);
        assert_null(bloop_backend_open(bad_urls[i].url));
    }
    assert_null(bloop_backend_open(NULL));
    assert_null(bloop_backend_open("memory:?prefix=x"));
    assert_null(bloop_engine_new(NULL));
    assert_null(bloop_engine_new_with(.table_prefix = "x"));
}

#ifndef BLOOP_HAS_REMOTE
/* -DBLOOP_REMOTE=OFF: endpoints are refused, after what is wrong with their URLs. */
static void test_a_client_that_was_not_built(void **state)
{
    (void)state;
    static const char *const good_urls[] = { "http://127.0.0.1:8000", "https://host?timeout_ms=5", "aws:us-east-1",
                                             "aws:" };
    for (size_t i = 0; i < sizeof good_urls / sizeof good_urls[0]; i++) {
        assert_null(bloop_open(good_urls[i]));
        expect_status_(bloop_last_error()->status, BLOOP_NOT_BUILT, "BLOOP_REMOTE=OFF", __LINE__);
        assert_null(bloop_backend_open(good_urls[i]));
    }
    assert_null(bloop_open("http://127.0.0.1:8000?time=5"));
    expect_status_(bloop_last_error()->status, BLOOP_INVALID_URL, "no parameter 'time'", __LINE__);
    assert_null(bloop_remote_open(NULL));
    expect_status_(bloop_last_error()->status, BLOOP_NOT_BUILT, "BLOOP_REMOTE=OFF", __LINE__);
}
#endif

static void test_the_environment_names_the_default(void **state)
{
    (void)state;
    char url[256];
    snprintf(url, sizeof url, "file:%s", scratch_file("from%20environment.db"));
    setenv("BLOOP_URL", url, 1);
    bloop_engine *engine = bloop_open(NULL);
    unsetenv("BLOOP_URL");
    assert_non_null(engine);
    bloop_close(engine);
    assert_int_equal(access(scratch_file("from environment.db"), F_OK), 0);
}

static void test_a_file_lasts(void **state)
{
    (void)state;
    char url[256], read_only[300];
    snprintf(url, sizeof url, "file:%s", scratch_file("lasting.db"));
    snprintf(read_only, sizeof read_only, "%s?mode=ro", url);
    bloop_engine *engine = bloop_open(url);
    expect_ok(bloop_bind(engine, Document));
    struct Document *document = new_document(1, "a");
    expect_ok(bloop_set(document, title, "kept"));
    expect_ok(bloop_save(engine, document));
    bloop_close(engine);
    bloop_free(document);

    engine = bloop_open(read_only);
    assert_non_null(engine);
    expect_ok(bloop_bind(engine, Document));
    document = stored_document(engine, 1, "a");
    assert_string_equal(document->title, "kept");
    expect_status(bloop_save(engine, document), BLOOP_READ_ONLY);
    expect_status(bloop_delete(engine, document), BLOOP_READ_ONLY);
    bloop_close(engine);
    bloop_free(document); /* objects may outlive their engine */
}

static void test_two_engines_share_a_file(void **state)
{
    (void)state;
    char url[256];
    snprintf(url, sizeof url, "file:%s", scratch_file("shared.db"));
    bloop_engine *one = bloop_open(url), *two = bloop_open(url);
    expect_ok(bloop_bind(one, Document));
    expect_ok(bloop_bind(two, Document));
    struct Document *document = new_document(1, "a");
    expect_ok(bloop_save(one, document));
    bloop_close(one);
    struct Document *seen = stored_document(two, 1, "a");
    assert_non_null(seen);
    bloop_free(seen);
    bloop_free(document);
    bloop_close(two);
}

static void test_closing_nothing(void **state)
{
    (void)state;
    bloop_close(NULL);
    bloop_free(NULL);
    bloop_backend_close(NULL);
    bloop_condition_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BEHAVES(test_bad_urls),
        BEHAVES(test_the_environment_names_the_default),
        BEHAVES(test_a_file_lasts),
        BEHAVES(test_two_engines_share_a_file),
        BEHAVES(test_closing_nothing),
#ifndef BLOOP_HAS_REMOTE
        BEHAVES(test_a_client_that_was_not_built),
#endif
    };
    return RUN_OVER_URLS("open", tests);
}
