/* The suite: its list, and what its parts share. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "contract.h"

static const contract_factory *current;

static int set_up(void **state);
static int tear_down(void **state);
static size_t gather(struct CMUnitTest *out, size_t *left_out);
static bloop_tag type_of(const char *key);
static const char *name_of(contract *c, const char *key);
static void compare_attributes(contract *c, const wish *w, bloop_item got, int line);
static bool tolerated(contract_tolerance what);

static const contract_part *const parts[] = {
    &contract_tables,  &contract_writes,   &contract_reads,    &contract_batches,         &contract_limits,
    &contract_indexes, &contract_searches, &contract_refusals, &contract_random_searches, &contract_capacity,
};

int contract_run(const contract_factory *factory)
{
    struct CMUnitTest tests[256];
    current = factory;
    size_t left_out = 0, count = gather(tests, &left_out);
    size_t listed = factory->differs_as ? contract_difference_count(factory->differs_as) : 0;
    if (left_out != listed)
        print_error("%s: %zu differences are listed, and %zu of them are tests\n", factory->name, listed, left_out);
    if (left_out)
        print_message("%s: %zu tests are left out as known differences\n", factory->name, left_out);
    return _cmocka_run_group_tests(factory->name, tests, count, NULL, NULL) + (left_out != listed);
}

void contract_reopen(contract *c)
{
    bloop_backend_close(c->backend);
    c->backend = c->factory->open(c->place);
    if (!c->backend)
        fail_msg("%s: %s", c->factory->name, bloop_last_error()->message);
}

void given_table(contract *c, const char *name, const char *hash, const char *range)
{
    const bloop_attribute_definition attributes[] = {
        { name_of(c, hash), type_of(hash) },
        { range ? name_of(c, range) : NULL, range ? type_of(range) : BLOOP_TAG_NONE },
    };
    const bloop_table_definition table = { .name = name,
                                           .hash_key = attributes[0].name,
                                           .range_key = attributes[1].name,
                                           .attributes = attributes,
                                           .attribute_count = range ? 2 : 1,
                                           .billing = BLOOP_BILLING_PAY_PER_REQUEST };
    expect_ok(bloop_create_table(c->backend, &table, NULL));
}

void contract_expect_write(contract *c, const wish *w, int line)
{
    const bloop_write_request request = {
        .kind = w->kind,
        .table = w->table ? w->table : "things",
        .item = notation_value(&c->n, w->item),
        .update = w->update ? notation_update(&c->n, w->update) : NULL,
        .condition = w->condition ? notation_condition(&c->n, w->condition) : NULL,
        .return_values = w->returns,
        .return_old_on_failure = w->old_on_failure,
    };
    bloop_write_result result;
    bloop_status status = bloop_write_item(c->backend, &request, &result);
    contract_expect_fails(status, w->status, w->message, line);
    assert_int_equal(result.status, status);
    if (w->message && !tolerated(CONTRACT_WORDS))
        assert_string_equal(result.message, w->message);
    else if (status == BLOOP_OK)
        assert_null(result.message);
    compare_attributes(c, w, result.attributes, line);
    bloop_result_free(&result.memory);
}

void put_value(contract *c, bloop_item item)
{
    const bloop_write_request request = { .kind = BLOOP_WRITE_PUT, .table = "things", .item = item };
    expect_ok(bloop_write_item(c->backend, &request, NULL));
}

void contract_expect_item(contract *c, const char *key, const char *text, int line)
{
    const bloop_get_request request = { .table = "things", .key = notation_value(&c->n, key), .consistent = true };
    bloop_get_result result;
    contract_expect_fails(bloop_get_item(c->backend, &request, &result), BLOOP_OK, NULL, line);
    if (result.found != (text != NULL))
        fail_msg("line %d: the item %s is %s", line, key, result.found ? "there" : "missing");
    if (text)
        same_value(c, result.item, notation_value(&c->n, text), key, line);
    bloop_result_free(&result.memory);
}

void contract_expect_fails(bloop_status got, bloop_status status, const char *message, int line)
{
    const bloop_error *error = bloop_last_error();
    if (got != status)
        fail_msg("line %d: %s, not %s: %s", line, bloop_status_name(got), bloop_status_name(status),
                 got == BLOOP_OK ? "" : error->message);
    if (status == BLOOP_OK || !message)
        return;
    assert_int_equal(error->status, status);
    if (!tolerated(CONTRACT_WORDS) && strcmp(error->message, message) != 0)
        fail_msg("line %d: \"%s\"\ninstead of \"%s\"", line, error->message, message);
}

void contract_expect_counts(contract *c, const char *table, const char *index, uint64_t items, uint64_t bytes, int line)
{
    bloop_table_result result;
    contract_expect_fails(bloop_describe_table(c->backend, table, &result), BLOOP_OK, NULL, line);
    const bloop_table_description *t = &result.table;
    uint64_t got_items = t->item_count, got_bytes = t->size_bytes;
    bool found = index == NULL;
    for (size_t i = 0; index && i < t->definition.global_index_count; i++)
        if (strcmp(t->definition.global_indexes[i].name, index) == 0) {
            found = true;
            got_items = t->global_states[i].item_count;
            got_bytes = t->global_states[i].size_bytes;
        }
    for (size_t i = 0; index && i < t->definition.local_index_count; i++)
        if (strcmp(t->definition.local_indexes[i].name, index) == 0) {
            found = true;
            got_items = t->local_states[i].item_count;
            got_bytes = t->local_states[i].size_bytes;
        }
    bloop_result_free(&result.memory);
    bool counted = got_items == items && got_bytes == bytes;
    if (!found || (!counted && !tolerated(CONTRACT_COUNTS)))
        fail_msg("line %d: %s %s: %llu items of %llu bytes, not %llu of %llu", line, table, index ? index : "",
                 (unsigned long long)got_items, (unsigned long long)got_bytes, (unsigned long long)items,
                 (unsigned long long)bytes);
}

void same_value(contract *c, bloop_value got, bloop_value wanted, const char *what, int line)
{
    if (!got.data || !bloop_value_equal(got, wanted))
        fail_msg("line %d: %s is %s\ninstead of %s", line, what, got.data ? notation_print(&c->n, got) : "nothing",
                 notation_print(&c->n, wanted));
}

static int set_up(void **state)
{
    contract *c = calloc(1, sizeof *c);
    if (!c)
        return -1;
    const char *base = getenv("TMPDIR");
    snprintf(c->place, sizeof c->place, "%s/bloop-contract-XXXXXX", base && strlen(base) < 64 ? base : "/var/tmp");
    c->factory = current;
    *state = c;
    if (!mkdtemp(c->place))
        return -1;
    c->backend = current->open(c->place);
    return c->backend ? 0 : -1;
}

static int tear_down(void **state)
{
    contract *c = *state;
    char path[256];
    bloop_backend_close(c->backend);
    notation_free(&c->n);
    static const char *const files[] = { "store.bloop", "store.bloop-lock" };
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", c->place, files[i]);
        unlink(path);
    }
    int left = rmdir(c->place);
    free(c);
    return left;
}

static size_t gather(struct CMUnitTest *out, size_t *left_out)
{
    size_t count = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        for (size_t k = 0; k < parts[i]->count; k++) {
            if (current->differs_as && contract_differs(current->differs_as, parts[i]->tests[k].name)) {
                (*left_out)++;
                continue;
            }
            out[count] = parts[i]->tests[k];
            out[count].setup_func = set_up;
            out[count].teardown_func = tear_down;
            count++;
        }
    return count;
}

static bloop_tag type_of(const char *key)
{
    const char *type = strchr(key, ':') + 1;
    return bloop_tag_of_name(type, strlen(type));
}

static const char *name_of(contract *c, const char *key)
{
    return bl_arena_text(&c->n.memory, key, (size_t)(strchr(key, ':') - key));
}

static bool tolerated(contract_tolerance what)
{
    return (current->tolerates & what) != 0;
}

static void compare_attributes(contract *c, const wish *w, bloop_item got, int line)
{
    if (w->attributes)
        same_value(c, got, notation_value(&c->n, w->attributes), "what is returned", line);
    else if (got.data)
        fail_msg("line %d: %s is returned, not nothing", line, notation_print(&c->n, got));
}
