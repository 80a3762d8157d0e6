/* A peer that executes a request and then loses the answer, for each kind of write: those that can be made twice without a
   difference are sent again, the others are not, and say that nobody knows. */
#include "remote_test.h"

#include <stdatomic.h>

#include "front.h"

/* The first requests of one operation meet this. */
typedef struct fate {
    const char *operation;
    atomic_int left;
    atomic_int seen; /* requests of that operation */
    bool each;       /* instead: the first request of each key, whose values are single letters */
    atomic_uint met; /* a bit for each letter */
    front_fate what;
} fate;

/* Retries of one write may come before the first attempts of others. */
static bool is_first_of_its_key(fate *f, const peer_request *request)
{
    for (unsigned i = 0; i < 26; i++) {
        const char key[] = { '"', 'S', '"', ':', '"', (char)('a' + i), '"' };
        if (memmem(request->body, request->body_size, key, sizeof key))
            return !(atomic_fetch_or(&f->met, 1U << i) >> i & 1);
    }
    return false;
}

static void decide(void *context, const peer_request *request, front_fate *out)
{
    fate *f = context;
    if (strcmp(request->operation, f->operation) != 0)
        return;
    atomic_fetch_add(&f->seen, 1);
    if (f->each ? is_first_of_its_key(f, request) : atomic_fetch_sub(&f->left, 1) > 0)
        *out = f->what;
}

/* How an answer may be lost. */
static const front_fate losses[] = {
    { FRONT_FAILS_AFTER, .fault = PEER_CLOSES },
    { FRONT_FAILS_AFTER, .fault = PEER_RESETS },
    { FRONT_FAILS_AFTER, .fault = PEER_RESETS_MIDWAY },
    { FRONT_FAILS_AFTER, .fault = PEER_TRUNCATES },
    { FRONT_FAILS_AFTER, .fault = PEER_BABBLES },
    { FRONT_FAILS_AFTER, .fault = PEER_STALLS },
    { FRONT_FAILS_AFTER, .status = 500,
      .body = "{\"__type\":\"com.amazonaws.dynamodb.v20120810#InternalServerError\"}" },
    { FRONT_FAILS_AFTER, .status = 502, .body = "<html>Bad Gateway</html>" },
    { FRONT_FAILS_AFTER, .status = 200, .body = "<html>Welcome</html>" },
};

typedef struct lost_case {
    text_write write;
    bool again;         /* it may be sent again */
    const char *stored; /* what is stored in the end; NULL: nothing */
} lost_case;

/* What is stored before is {id: "a", n: 1, l: [1, 2], s: {"x"}}. */
static const lost_case cases[] = {
    { { .kind = BLOOP_WRITE_PUT, .item = "{id: \"a\", n: 5}" }, true, "{id: \"a\", n: 5}" },
    { { .kind = BLOOP_WRITE_DELETE, .item = "{id: \"a\"}" }, true, NULL },
    { { .kind = BLOOP_WRITE_UPDATE, .item = "{id: \"a\"}" }, true, "{id: \"a\", n: 1, l: [1, 2], s: {\"x\"}}" },
    { { .kind = BLOOP_WRITE_UPDATE, .item = "{id: \"a\"}", .update = "SET n = 7 REMOVE l" },
      true,
      "{id: \"a\", n: 7, s: {\"x\"}}" },
    { { .kind = BLOOP_WRITE_UPDATE, .item = "{id: \"a\"}", .update = "SET n = 7", .returns = BLOOP_RETURN_ALL_NEW },
      true,
      "{id: \"a\", n: 7, l: [1, 2], s: {\"x\"}}" },
    /* relative */
    { { .kind = BLOOP_WRITE_UPDATE, .item = "{id: \"a\"}", .update = "SET n = n + 1" },
      false,
      "{id: \"a\", n: 2, l: [1, 2], s: {\"x\"}}" },
    { { .kind = BLOOP_WRITE_UPDATE, .item = "{id: \"a\"}", .update = "ADD n 1" },
      false,
      "{id: \"a\", n: 2, l: [1, 2], s: {\"x\"}}" },
    { { .kind = BLOOP_WRITE_UPDATE, .item = "{id: \"a\"}", .update = "ADD s {\"y\"}" },
      false,
      "{id: \"a\", n: 1, l: [1, 2], s: {\"x\", \"y\"}}" },
    { { .kind = BLOOP_WRITE_UPDATE, .item = "{id: \"a\"}", .update = "DELETE s {\"x\"}" },
      false,
      "{id: \"a\", n: 1, l: [1, 2]}" },
    { { .kind = BLOOP_WRITE_UPDATE, .item = "{id: \"a\"}", .update = "SET l = list_append(l, [3])" },
      false,
      "{id: \"a\", n: 1, l: [1, 2, 3], s: {\"x\"}}" },
    { { .kind = BLOOP_WRITE_UPDATE, .item = "{id: \"a\"}", .update = "SET m = if_not_exists(m, 1)" },
      false,
      "{id: \"a\", n: 1, l: [1, 2], s: {\"x\"}, m: 1}" },
    /* list elements: beyond the end SET appends, REMOVE moves up what follows */
    { { .kind = BLOOP_WRITE_UPDATE, .item = "{id: \"a\"}", .update = "SET l[5] = 3" },
      false,
      "{id: \"a\", n: 1, l: [1, 2, 3], s: {\"x\"}}" },
    { { .kind = BLOOP_WRITE_UPDATE, .item = "{id: \"a\"}", .update = "REMOVE l[0]" },
      false,
      "{id: \"a\", n: 1, l: [2], s: {\"x\"}}" },
    /* old values */
    { { .kind = BLOOP_WRITE_PUT, .item = "{id: \"a\", n: 5}", .returns = BLOOP_RETURN_ALL_OLD },
      false,
      "{id: \"a\", n: 5}" },
    { { .kind = BLOOP_WRITE_DELETE, .item = "{id: \"a\"}", .returns = BLOOP_RETURN_ALL_OLD }, false, NULL },
    { { .kind = BLOOP_WRITE_UPDATE, .item = "{id: \"a\"}", .update = "SET n = 7", .returns = BLOOP_RETURN_UPDATED_OLD },
      false,
      "{id: \"a\", n: 7, l: [1, 2], s: {\"x\"}}" },
    /* conditions */
    { { .kind = BLOOP_WRITE_PUT, .item = "{id: \"a\", n: 5}", .condition = "n = 1" }, false, "{id: \"a\", n: 5}" },
    { { .kind = BLOOP_WRITE_DELETE, .item = "{id: \"a\"}", .condition = "n = 1" }, false, NULL },
    { { .kind = BLOOP_WRITE_UPDATE, .item = "{id: \"a\"}", .update = "SET n = 7", .condition = "n = 1" },
      false,
      "{id: \"a\", n: 7, l: [1, 2], s: {\"x\"}}" },
};

static const char *const before = "{id: \"a\", n: 1, l: [1, 2], s: {\"x\"}}";

typedef struct fixture {
    front front;
    fate fate;
    peer *peer;
    bloop_backend *backend;
} fixture;

static int begin(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    front_open(&f->front);
    f->fate.operation = "";
    f->front.decide = decide;
    f->front.context = &f->fate;
    f->peer = peer_start(&(peer_options){ .answer = front_answer, .context = &f->front });
    f->backend = open_at(f->peer);
    *state = f;
    return 0;
}

static int end(void **state)
{
    fixture *f = *state;
    bloop_backend_close(f->backend);
    peer_stop(f->peer);
    front_close(&f->front);
    free(f);
    return 0;
}

static const char *operation_of(bloop_write_kind kind)
{
    static const char *const names[] = { "PutItem", "UpdateItem", "DeleteItem" };
    return names[kind];
}

static void set_fate(fixture *f, const char *operation, front_fate what, int times)
{
    f->fate.what = what;
    f->fate.operation = operation;
    atomic_store(&f->fate.seen, 0);
    atomic_store(&f->fate.left, times);
}

static void expect_stored(fixture *f, const char *text, size_t at)
{
    notation n = { 0 };
    bloop_get_request request = { .table = "things", .key = notation_value(&n, "{id: \"a\"}") };
    bloop_get_result result;
    expect_ok(bloop_get_item(f->front.store, &request, &result));
    if (result.found != (text != NULL) || (text && !bloop_value_equal(result.item, notation_value(&n, text))))
        fail_msg("case %zu: stored is %s", at, result.found ? notation_print(&n, result.item) : "nothing");
    bloop_result_free(&result.memory);
    notation_free(&n);
}

static void restore(fixture *f)
{
    set_fate(f, "", (front_fate){ 0 }, 0);
    expect_ok(write_thing(f->front.store, &(text_write){ .kind = BLOOP_WRITE_PUT, .item = before }));
}

/* A stall lasts as long as that: by it both attempts have to be answered, on a machine that is busy with other things too. */
#define STALL_MS 2000

/* `used`: on a connection that has been used before, where libcurl would send again by itself. */
static void lose(fixture *f, const lost_case *c, const front_fate *loss, bool used, size_t at)
{
    restore(f);
    bloop_backend *backend = open_at(f->peer, .request_timeout_ms = loss->fault == PEER_STALLS ? STALL_MS : 0);
    if (used)
        expect_ok(get_thing(backend, "b"));
    set_fate(f, operation_of(c->write.kind), *loss, 1);
    bloop_status status = write_thing(backend, &c->write);
    int seen = atomic_load(&f->fate.seen);
    if (c->again && (status != BLOOP_OK || seen != 2))
        fail_msg("case %zu, %d requests: %s", at, seen, bloop_last_error()->message);
    if (!c->again && (status != BLOOP_UNKNOWN_OUTCOME || seen != 1))
        fail_msg("case %zu, %d requests: %s", at, seen, status ? bloop_last_error()->message : "success");
    bloop_backend_close(backend);
    expect_stored(f, c->stored, at);
}

static void test_each_kind_of_write_and_of_loss(void **state)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (size_t k = 0; k < sizeof losses / sizeof losses[0]; k++)
            /* Each stall takes its time: they are left to a few. */
            if (losses[k].fault != PEER_STALLS || i % 5 == 0)
                lose(*state, &cases[i], &losses[k], (i + k) % 2, i * 100 + k);
}

static void test_a_connection_that_breaks_when_used_again_is_no_licence(void **state)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (size_t k = 0; k < 2; k++)
            lose(*state, &cases[i], &losses[k], true, i * 100 + k);
}

/* All attempts of a write that may be made twice are lost: it was made, and nobody knows. */
static void test_a_write_whose_answers_are_all_lost_has_an_unknown_outcome(void **state)
{
    fixture *f = *state;
    restore(f);
    set_fate(f, "PutItem", losses[0], 4);
    expect_failure(write_thing(f->backend, &cases[0].write), BLOOP_UNKNOWN_OUTCOME, "the last of 4 attempts");
    expect_stored(f, cases[0].stored, 0);
}

/* Once an answer was lost, a later refusal does not tell what became of the first attempt. */
static void test_a_refusal_after_a_lost_answer_does_not_tell(void **state)
{
    fixture *f = *state;
    restore(f);
    bloop_backend *backend = open_at(f->peer, .max_attempts = 2);
    set_fate(f, "PutItem", (front_fate){ FRONT_FAILS_BEFORE, .fault = PEER_CLOSES }, 1);
    expect_ok(write_thing(backend, &cases[0].write));
    expect_ok(bloop_delete_table(f->front.store, "things", NULL));
    set_fate(f, "PutItem", (front_fate){ FRONT_FAILS_BEFORE, .fault = PEER_CLOSES }, 1);
    expect_failure(write_thing(backend, &cases[0].write), BLOOP_UNKNOWN_OUTCOME, "resource not found");
    bloop_backend_close(backend);
}

/* What is known not to have run is what it is, and may be tried again whatever it is. */
static void test_what_was_refused_did_not_run(void **state)
{
    static const front_fate refusals[] = {
        { FRONT_FAILS_BEFORE, .status = 400, .body = "{\"__type\":\"x#ThrottlingException\",\"message\":\"slow\"}" },
        { FRONT_FAILS_BEFORE, .status = 400, .body = "{\"__type\":\"x#ProvisionedThroughputExceededException\"}" },
    };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (size_t k = 0; k < sizeof refusals / sizeof refusals[0]; k++) {
            restore(f);
            set_fate(f, operation_of(cases[i].write.kind), refusals[k], 2);
            expect_ok(write_thing(f->backend, &cases[i].write));
            assert_int_equal(atomic_load(&f->fate.seen), 3);
            expect_stored(f, cases[i].stored, i);
        }
        restore(f);
        set_fate(f, operation_of(cases[i].write.kind), refusals[0], 4);
        expect_status(write_thing(f->backend, &cases[i].write), BLOOP_THROTTLED);
        expect_stored(f, before, i);
    }
}

static void test_tables_are_not_made_twice(void **state)
{
    static const bloop_attribute_definition attributes[] = { { "id", BLOOP_TAG_S } };
    fixture *f = *state;
    bloop_table_definition table = { .name = "others",
                                     .hash_key = "id",
                                     .attributes = attributes,
                                     .attribute_count = 1,
                                     .billing = BLOOP_BILLING_PAY_PER_REQUEST };
    set_fate(f, "CreateTable", losses[0], 1);
    expect_status(bloop_create_table(f->backend, &table, NULL), BLOOP_UNKNOWN_OUTCOME);
    assert_int_equal(atomic_load(&f->fate.seen), 1);
    expect_ok(bloop_describe_table(f->backend, "others", NULL));
    set_fate(f, "DeleteTable", losses[0], 1);
    expect_status(bloop_delete_table(f->backend, "others", NULL), BLOOP_UNKNOWN_OUTCOME);
    expect_status(bloop_describe_table(f->backend, "others", NULL), BLOOP_TABLE_NOT_FOUND);
}

/* Of several in one call, each for itself. */
static void test_among_many(void **state)
{
    fixture *f = *state;
    notation n = { 0 };
    restore(f);
    bloop_write_request requests[] = {
        { .table = "things",
          .kind = BLOOP_WRITE_UPDATE,
          .item = notation_value(&n, "{id: \"p\"}"),
          .update = notation_update(&n, "SET n = 1") },
        { .table = "things",
          .kind = BLOOP_WRITE_UPDATE,
          .item = notation_value(&n, "{id: \"q\"}"),
          .update = notation_update(&n, "ADD n 1") },
        { .table = "things",
          .kind = BLOOP_WRITE_UPDATE,
          .item = notation_value(&n, "{id: \"r\"}"),
          .update = notation_update(&n, "SET n = 1") },
    };
    bloop_write_result results[3];
    set_fate(f, "UpdateItem", losses[0], 0);
    f->fate.each = true;
    expect_status(bloop_write_items(f->backend, requests, 3, 3, results), BLOOP_UNKNOWN_OUTCOME);
    assert_int_equal(results[0].status, BLOOP_OK);
    assert_int_equal(results[1].status, BLOOP_UNKNOWN_OUTCOME);
    assert_non_null(strstr(results[1].message, "may or may not"));
    assert_int_equal(results[2].status, BLOOP_OK);
    for (size_t i = 0; i < 3; i++)
        bloop_result_free(&results[i].memory);
    notation_free(&n);
}

int main(void)
{
    remote_test_begin();
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(test_each_kind_of_write_and_of_loss),
        TEST(test_a_connection_that_breaks_when_used_again_is_no_licence),
        TEST(test_a_write_whose_answers_are_all_lost_has_an_unknown_outcome),
        TEST(test_a_refusal_after_a_lost_answer_does_not_tell),
        TEST(test_what_was_refused_did_not_run),
        TEST(test_tables_are_not_made_twice),
        TEST(test_among_many),
    };
    return cmocka_run_group_tests_name("remote/lost_answers", tests, NULL, NULL);
}
