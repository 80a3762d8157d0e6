/* Random operations on a store, and on a model of it that is too plain to be wrong. Two processes have the file open and
   take turns; both know the model, since both make the same operations of the same seed. Now and then one of them closes
   and opens the file, everything is compared, and the checker runs.
   BLOOP_MODEL_OPERATIONS sets how many; BLOOP_SEED replays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <pthread.h>
#include <cmocka.h>

#include "model_based/generate.h"
#include "model_based/render.h"
#include "support/scratch.h"
#include "support/stores.h"

enum { TURN_MOST = 400, GROUP_MOST = 8, BATCH_WRITE_MOST = 25, BATCH_GET_MOST = 100, PROCESSES = 2 };

typedef enum kind { PUT, UPDATE, DELETE, GET, BATCH_GET, BATCH_WRITE, GROUP, KINDS } kind;
static const char *const kind_names[KINDS] = { "put", "update", "delete", "get", "batch get", "batch write", "group" };
typedef enum outcome { SUCCEEDED, CONDITION_FAILED, REFUSED, OUTCOMES } outcome;

/* In memory that both processes share. */
typedef struct board {
    char path[PATH_MAX];
    _Atomic size_t turns; /* so many are over */
    size_t operations;
    size_t counts[KINDS][OUTCOMES];
    size_t conditions_met, reopened, compared;
} board;

typedef struct world {
    board *board;
    size_t process; /* which of the two this is */
    bloop_backend *backend;
    bool acts; /* it is this process's turn; else it only keeps its model up to date */
    trial_random random;
    key_pool keys;
    model_table tables[TABLES];
    size_t operation;
} world;

static void run_process(board *b, size_t process, pid_t other);
static void wait_for_turn(const board *b, size_t turn, pid_t other);
static void begin_turn(world *w);
static void toggle_index(world *w);
static void step(world *w);
static model_write generate_write(world *w, bool conditional);
static outcome outcome_of(bloop_status status);
static void note(world *w, kind k, outcome o);
static void do_write(world *w);
static void compare_write(world *w, const model_answer *answer, const bloop_write_result *got);
static void do_get(world *w);
static void do_batch_get(world *w);
static bloop_status receive(void *context, size_t index, bloop_item item);
static void do_batch_write(world *w);
static void do_group(world *w);
static void compare_all(world *w);
static void compare_counts(world *w, const model_table *table);
static void create_tables(world *w);
static void run_other(void *context);

static void test_store_is_as_its_model(void **state)
{
    (void)state;
    scratch s = scratch_new();
    board *b = trial_shared(sizeof *b);
    (void)scratch_path(&s, "store", b->path);
    size_t quick = trial_is_instrumented() ? 8000 : 100000;
    b->operations = trial_count("BLOOP_MODEL_OPERATIONS", (trial_counts){ quick, quick, 1000000 });
    pid_t other = trial_fork(run_other, b);
    run_process(b, 0, other);
    trial_join(other);
    (void)stores_check(b->path);
    size_t total = 0, succeeded = 0;
    for (size_t k = 0; k < KINDS; k++) {
        const size_t *c = b->counts[k];
        (void)printf("%-11s %7zu succeeded, %6zu failed their condition, %6zu were refused\n", kind_names[k],
                     c[SUCCEEDED], c[CONDITION_FAILED], c[REFUSED]);
        total += c[SUCCEEDED] + c[CONDITION_FAILED] + c[REFUSED];
        succeeded += c[SUCCEEDED];
        trial_check(c[SUCCEEDED] * 2 > c[CONDITION_FAILED] + c[REFUSED], "too few of %s succeed", kind_names[k]);
    }
    (void)printf("%zu operations, %zu conditions met, %zu times opened, %zu times compared\n", total, b->conditions_met,
                 b->reopened, b->compared);
    assert_true(total >= b->operations);
    assert_true(succeeded > total / 2);
    assert_true(b->conditions_met > total / 50);
    trial_shared_free(b, sizeof *b);
    scratch_remove(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_store_is_as_its_model),
    };
    (void)trial_seed();
    return cmocka_run_group_tests_name("model_based/store", tests, NULL, NULL);
}

static void run_other(void *context)
{
    run_process(context, 1, 0);
}

/* Both processes go through all operations, and each does those of its turns. */
static void run_process(board *b, size_t process, pid_t other)
{
    world w = { .board = b, .process = process, .random = trial_stream(1) };
    generate_keys(&w.keys, &w.random);
    for (size_t t = 0; t < TABLES; t++)
        w.tables[t].definition = generate_tables()[t];
    for (size_t turn = 0; w.operation < b->operations; turn++) {
        w.acts = trial_below(&w.random, PROCESSES) == process;
        if (w.acts)
            wait_for_turn(b, turn, other);
        if (turn == 0 && w.acts)
            create_tables(&w);
        begin_turn(&w);
        for (size_t i = 1 + trial_below(&w.random, TURN_MOST); i > 0 && w.operation < b->operations; i--)
            step(&w);
        bool compares = trial_chance(&w.random, 10) || w.operation >= b->operations;
        if (w.acts && compares)
            compare_all(&w);
        if (w.acts)
            atomic_store(&b->turns, turn + 1);
    }
    bloop_backend_close(w.backend);
    for (size_t t = 0; t < TABLES; t++)
        model_table_free(&w.tables[t]);
    free_keys(&w.keys);
}

static void wait_for_turn(const board *b, size_t turn, pid_t other)
{
    while (atomic_load(&b->turns) < turn) {
        int status = 0;
        trial_check(!other || waitpid(other, &status, WNOHANG) == 0 || atomic_load(&b->turns) >= turn,
                    "the other process ended with status %#x", (unsigned)status);
        trial_wait(50);
    }
}

/* What is drawn here is drawn by both processes. */
static void begin_turn(world *w)
{
    bool reopens = trial_chance(&w->random, 20), toggles = trial_chance(&w->random, 10);
    if (w->acts && (reopens || !w->backend)) {
        bloop_backend_close(w->backend);
        w->backend = stores_open(
            &(bloop_store_options){ .path = w->board->path, .durability = BLOOP_DURABLE_LATER, .map_bytes = 1 << 20 });
        w->board->reopened++;
    }
    if (toggles)
        toggle_index(w);
}

/* The last global index of the first table goes, or comes and is filled from the items that are there. */
static void toggle_index(world *w)
{
    bloop_table_definition *definition = &w->tables[0].definition;
    size_t most = generate_tables()[0].global_index_count;
    const bloop_index_definition *index = &definition->global_indexes[most - 1];
    bool exists = definition->global_index_count == most;
    const bloop_update_table_request request = { .table = definition->name,
                                                 .attributes = definition->attributes,
                                                 .attribute_count = exists ? 0 : definition->attribute_count,
                                                 .create_index = exists ? NULL : index,
                                                 .delete_index = exists ? index->name : NULL };
    if (w->acts)
        stores_ok(bloop_update_table(w->backend, &request, NULL));
    definition->global_index_count = exists ? most - 1 : most;
}

static void step(world *w)
{
    size_t dice = trial_below(&w->random, 100);
    w->operation++;
    if (dice < 72)
        do_write(w);
    else if (dice < 90)
        do_get(w);
    else if (dice < 92)
        do_batch_get(w);
    else if (dice < 95)
        do_batch_write(w);
    else
        do_group(w);
}

static model_write generate_write(world *w, bool conditional)
{
    size_t table = trial_below(&w->random, TABLES), dice = trial_below(&w->random, 100);
    model_write write;
    if (dice < 40)
        write = generate_put(&w->keys, table, &w->random);
    else if (dice < 82)
        write = generate_update(&w->keys, table, &w->random);
    else
        write = generate_delete(&w->keys, table, &w->random);
    if (conditional && trial_chance(&w->random, 35)) {
        write.condition = generate_condition(model_find(&w->tables[table], write.item), &w->random, 2);
        write.return_old_on_failure = trial_chance(&w->random, 50);
    }
    return write;
}

static outcome outcome_of(bloop_status status)
{
    return status == BLOOP_OK ? SUCCEEDED : status == BLOOP_CONSTRAINT_VIOLATION ? CONDITION_FAILED : REFUSED;
}

static void note(world *w, kind k, outcome o)
{
    if (w->acts)
        w->board->counts[k][o]++;
}

static void do_write(world *w)
{
    static const kind kinds[] = {
        [BLOOP_WRITE_PUT] = PUT, [BLOOP_WRITE_UPDATE] = UPDATE, [BLOOP_WRITE_DELETE] = DELETE
    };
    model_write write = generate_write(w, true);
    model_answer answer = model_run(&w->tables[write.table], &write);
    note(w, kinds[write.kind], outcome_of(answer.status));
    if (w->acts) {
        rendered r;
        bloop_write_result got = { 0 };
        render_write(&write, w->tables[write.table].definition.name, &r);
        bloop_status status = bloop_write_item(w->backend, &r.request, &got);
        trial_check(status == got.status, "operation %zu: two statuses", w->operation);
        compare_write(w, &answer, &got);
        w->board->conditions_met += write.condition && status == BLOOP_OK;
        bloop_result_free(&got.memory);
        render_free(&r);
    }
    model_answer_free(&answer);
    model_write_free(&write);
}

static void compare_write(world *w, const model_answer *answer, const bloop_write_result *got)
{
    trial_check(answer->status == got->status, "operation %zu gave %s, not %s: %s", w->operation,
                bloop_status_name(got->status), bloop_status_name(answer->status), got->message ? got->message : "");
    tree *attributes = got->attributes.data ? tree_of(got->attributes) : NULL;
    trial_check(tree_equal(attributes, answer->attributes), "operation %zu returned other attributes", w->operation);
    trial_check(got->status != BLOOP_OK || got->existed == answer->existed, "operation %zu: whether the item existed",
                w->operation);
    trial_check((got->status == BLOOP_OK) == (got->message == NULL), "operation %zu: a message", w->operation);
    tree_free(attributes);
}

static void compare_item(world *w, size_t table, const tree *key, bloop_item found)
{
    tree *got = found.data ? tree_of(found) : NULL;
    const tree *expected = model_find(&w->tables[table], key);
    trial_check(tree_equal(got, expected), "operation %zu: an item of table %s is %s", w->operation,
                w->tables[table].definition.name,
                !got        ? "lost"
                : !expected ? "there, and should not be"
                            : "not as it should be");
    tree_free(got);
}

static void get_and_compare(world *w, size_t table, const tree *key, bool consistent)
{
    bloop_get_result got = { 0 };
    bloop_value packed = render_tree(key);
    stores_ok(bloop_get_item(
        w->backend,
        &(bloop_get_request){ .table = w->tables[table].definition.name, .key = packed, .consistent = consistent },
        &got));
    trial_check(got.found == (got.item.data != NULL), "operation %zu: found, but no item", w->operation);
    compare_item(w, table, key, got.item);
    bloop_result_free(&got.memory);
    free((void *)(uintptr_t)packed.data);
}

static void do_get(world *w)
{
    size_t table = trial_below(&w->random, TABLES);
    tree *key = generate_key(&w->keys, table, &w->random);
    bool consistent = trial_chance(&w->random, 50);
    note(w, GET, SUCCEEDED);
    if (w->acts)
        get_and_compare(w, table, key, consistent);
    tree_free(key);
}

typedef struct batch {
    world *w;
    tree *keys[BATCH_GET_MOST];
    size_t tables[BATCH_GET_MOST];
    bool found[BATCH_GET_MOST];
    size_t places[BATCH_GET_MOST]; /* of the keys in the request: which they are */
    size_t count;
} batch;

/* A key that the batch does not have. */
static bool add_key(batch *b, size_t table, tree *key)
{
    for (size_t i = 0; i < b->count; i++) {
        if (b->tables[i] == table && tree_equal(b->keys[i], key)) {
            tree_free(key);
            return false;
        }
    }
    b->tables[b->count] = table;
    b->keys[b->count++] = key;
    return true;
}

/* Asks again for what was left, as callers do. */
static void do_batch_get(world *w)
{
    batch b = { .w = w };
    for (size_t i = 1 + trial_below(&w->random, BATCH_GET_MOST); i > 0; i--) {
        size_t table = trial_below(&w->random, TABLES);
        (void)add_key(&b, table, generate_key(&w->keys, table, &w->random));
    }
    note(w, BATCH_GET, SUCCEEDED);
    bloop_batch_get_key keys[BATCH_GET_MOST] = { 0 };
    for (size_t i = 0; w->acts && i < b.count; i++) {
        keys[i] = (bloop_batch_get_key){ w->tables[b.tables[i]].definition.name, render_tree(b.keys[i]) };
        b.places[i] = i;
    }
    bloop_batch_get_key left[BATCH_GET_MOST];
    memcpy(left, keys, sizeof left);
    for (size_t count = w->acts ? b.count : 0; count > 0;) {
        bloop_batch_get_result got = { 0 };
        stores_ok(bloop_batch_get_item(
            w->backend, &(bloop_batch_get_request){ .keys = left, .count = count, .receive = receive, .context = &b },
            &got));
        trial_check(got.unprocessed_count < count, "a batch makes no progress");
        count = got.unprocessed_count;
        for (size_t i = 0; i < count; i++) {
            b.places[i] = b.places[got.unprocessed[i]];
            left[i] = left[got.unprocessed[i]];
        }
        bloop_result_free(&got.memory);
    }
    for (size_t i = 0; i < b.count; i++) {
        trial_check(!w->acts || b.found[i] == (model_find(&w->tables[b.tables[i]], b.keys[i]) != NULL),
                    "operation %zu: a batch finds too little or too much", w->operation);
        if (w->acts)
            free((void *)(uintptr_t)keys[i].key.data);
        tree_free(b.keys[i]);
    }
}

static bloop_status receive(void *context, size_t index, bloop_item item)
{
    batch *b = context;
    size_t place = b->places[index];
    trial_check(!b->found[place], "an item comes twice");
    b->found[place] = true;
    compare_item(b->w, b->tables[place], b->keys[place], item);
    return BLOOP_OK;
}

/* The keys of an item. */
static tree *key_of(const world *w, size_t table, const tree *item)
{
    tree *key = tree_new(BLOOP_TAG_M);
    const char *names[] = { w->tables[table].definition.hash_key, w->tables[table].definition.range_key };
    for (size_t i = 0; i < 2; i++)
        if (names[i] && tree_get(item, names[i]))
            tree_put(key, names[i], tree_copy(tree_get(item, names[i])));
    return key;
}

/* All of them or, when one is refused, none. */
static void do_batch_write(world *w)
{
    batch b = { .w = w };
    model_write writes[BATCH_WRITE_MOST];
    bool refused = false;
    size_t wanted = 1 + trial_below(&w->random, BATCH_WRITE_MOST);
    for (size_t i = 0; i < wanted; i++) {
        size_t table = trial_below(&w->random, TABLES);
        model_write write = trial_chance(&w->random, 65) ? generate_put(&w->keys, table, &w->random)
                                                         : generate_delete(&w->keys, table, &w->random);
        write.return_values = BLOOP_RETURN_NONE;
        /* One that is refused spoils the batch: that is not to happen to most. */
        bool sound = model_check(&w->tables[table], &write) == BLOOP_OK || trial_chance(&w->random, 20);
        if (!sound || !add_key(&b, table, key_of(w, table, write.item))) {
            model_write_free(&write);
            continue;
        }
        refused = refused || model_check(&w->tables[table], &write) != BLOOP_OK;
        writes[b.count - 1] = write;
    }
    if (b.count)
        note(w, BATCH_WRITE, refused ? REFUSED : SUCCEEDED);
    rendered r[BATCH_WRITE_MOST];
    bloop_write_request requests[BATCH_WRITE_MOST];
    for (size_t i = 0; i < b.count; i++) {
        render_write(&writes[i], w->tables[writes[i].table].definition.name, &r[i]);
        requests[i] = r[i].request;
        if (!refused) {
            model_answer answer = model_run(&w->tables[writes[i].table], &writes[i]);
            trial_check(answer.status == BLOOP_OK, "the model refuses what it said it takes");
            model_answer_free(&answer);
        }
    }
    if (w->acts && b.count) {
        bloop_batch_write_result got = { 0 };
        stores_expect(bloop_batch_write_item(
                          w->backend, &(bloop_batch_write_request){ .writes = requests, .count = b.count }, &got),
                      refused ? BLOOP_VALIDATION : BLOOP_OK, "a batch write", __FILE__, __LINE__);
        trial_check(got.unprocessed_count == 0, "a batch is not done in full");
        bloop_result_free(&got.memory);
    }
    for (size_t i = 0; i < b.count; i++) {
        render_free(&r[i]);
        model_write_free(&writes[i]);
        tree_free(b.keys[i]);
    }
}

/* Each by itself, in order. */
static void do_group(world *w)
{
    model_write writes[GROUP_MOST];
    model_answer answers[GROUP_MOST];
    rendered r[GROUP_MOST];
    bloop_write_request requests[GROUP_MOST];
    bloop_write_result results[GROUP_MOST] = { 0 };
    bloop_status first = BLOOP_OK;
    size_t count = 2 + trial_below(&w->random, GROUP_MOST - 1);
    for (size_t i = 0; i < count; i++) {
        writes[i] = generate_write(w, true);
        answers[i] = model_run(&w->tables[writes[i].table], &writes[i]);
        render_write(&writes[i], w->tables[writes[i].table].definition.name, &r[i]);
        requests[i] = r[i].request;
        first = first == BLOOP_OK ? answers[i].status : first;
        note(w, GROUP, outcome_of(answers[i].status));
    }
    if (w->acts) {
        bloop_status status = bloop_write_items(w->backend, requests, count, 0, results);
        trial_check(status == first, "operation %zu: a group gave %s, not %s", w->operation, bloop_status_name(status),
                    bloop_status_name(first));
    }
    for (size_t i = 0; i < count; i++) {
        if (w->acts)
            compare_write(w, &answers[i], &results[i]);
        bloop_result_free(&results[i].memory);
        model_answer_free(&answers[i]);
        model_write_free(&writes[i]);
        render_free(&r[i]);
    }
}

/* Every key that there may be, and all counts; now and then the checker too. */
static void compare_all(world *w)
{
    uint64_t items = 0;
    for (size_t t = 0; t < TABLES; t++) {
        size_t ranges = w->tables[t].definition.range_key ? RANGE_KEYS : 1;
        for (size_t i = 0; i < HASH_KEYS * ranges; i++) {
            tree *key = key_at(&w->keys, t, i / ranges, i % ranges);
            get_and_compare(w, t, key, false);
            tree_free(key);
        }
        compare_counts(w, &w->tables[t]);
        items += w->tables[t].count;
    }
    bloop_check_counts counts = stores_check(w->board->path);
    trial_check(counts.items == items, "the checker counts %ju items, of %ju", (uintmax_t)counts.items,
                (uintmax_t)items);
    w->board->compared++;
}

static void compare_count(const char *name, uint64_t items, uint64_t bytes, uint64_t got_items, uint64_t got_bytes)
{
    trial_check(items == got_items && bytes == got_bytes, "%s counts %ju items of %ju bytes, and has %ju of %ju", name,
                (uintmax_t)got_items, (uintmax_t)got_bytes, (uintmax_t)items, (uintmax_t)bytes);
}

static void compare_counts(world *w, const model_table *table)
{
    uint64_t items = 0, bytes = 0;
    bloop_table_result got = { 0 };
    const bloop_table_definition *definition = &table->definition;
    stores_ok(bloop_describe_table(w->backend, definition->name, &got));
    model_count(table, NULL, &items, &bytes);
    compare_count(definition->name, items, bytes, got.table.item_count, got.table.size_bytes);
    trial_check(got.table.definition.global_index_count == definition->global_index_count &&
                    got.table.definition.local_index_count == definition->local_index_count,
                "%s has too many or too few indexes", definition->name);
    for (size_t i = 0; i < definition->global_index_count; i++) {
        const bloop_index_state *state = &got.table.global_states[i];
        trial_check(strcmp(got.table.definition.global_indexes[i].name, definition->global_indexes[i].name) == 0,
                    "the indexes of %s are in another order", definition->name);
        model_count(table, &definition->global_indexes[i], &items, &bytes);
        compare_count(definition->global_indexes[i].name, items, bytes, state->item_count, state->size_bytes);
    }
    for (size_t i = 0; i < definition->local_index_count; i++) {
        const bloop_index_state *state = &got.table.local_states[i];
        model_count(table, &definition->local_indexes[i], &items, &bytes);
        compare_count(definition->local_indexes[i].name, items, bytes, state->item_count, state->size_bytes);
    }
    bloop_result_free(&got.memory);
}

static void create_tables(world *w)
{
    bloop_backend *backend =
        stores_open(&(bloop_store_options){ .path = w->board->path, .durability = BLOOP_DURABLE_LATER });
    for (size_t t = 0; t < TABLES; t++)
        stores_ok(bloop_create_table(backend, &w->tables[t].definition, NULL));
    bloop_backend_close(backend);
}
