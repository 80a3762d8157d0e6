/* Random searches, page by page, against a naive table of the same items: tables and indexes of all kinds of projections,
   keys of all types with zero bytes and long shared beginnings, writes in between. */
#include "searches.h"

#include <stdio.h>
#include <stdlib.h>

#include "naive.h"
#include "support/trial.h"

enum { POOL = 14, LONG = 700 };

typedef struct bed {
    contract *c;
    trial_random random;
    bloop_attribute_definition attributes[4]; /* id, r, g, w */
    bloop_index_definition global[3], local[3];
    bloop_table_definition definition;
    naive_table naive;
    bl_arena memory; /* of a search */
    size_t queries, scans, pages, found, filtered, segments;
} bed;

static const char *const included[] = { "note" };

/* Values of keys. */

static void bytes_of_pool(size_t which, bool text, char out[LONG + 8], size_t *size)
{
    static const struct {
        char bytes[8];
        size_t size;
    } small[] = { { "a", 1 },  { "a\0", 2 },  { "a\0b", 3 }, { "a\1", 2 }, { "a\1\1", 3 },
                  { "\0", 1 }, { "\0\0", 2 }, { "b", 1 },    { "\1", 1 },  { "\x7f", 1 } };
    if (which < 10) {
        memcpy(out, small[which].bytes, small[which].size);
        *size = small[which].size;
        if (!text && which == 9)
            out[0] = (char)0xFF;
        return;
    }
    memset(out, 'p', LONG);
    static const char *const ends[] = { "", "x", "y", "xy" };
    memcpy(out + LONG, ends[which - 10], strlen(ends[which - 10]));
    *size = LONG + strlen(ends[which - 10]);
}

static bloop_value key_value(bed *b, bloop_tag tag)
{
    static const char *const numbers[POOL] = { "0",   "1",    "-1",    "1.5", "-1.5",   "100", "99",
                                               "101", "1E20", "-1E20", "3",   "1E-100", "-2",  "12345678901234567890" };
    size_t which = trial_below(&b->random, POOL), size = 0;
    char bytes[LONG + 8];
    bloop_builder *builder = bloop_builder_new();
    bloop_value value;
    if (tag == BLOOP_TAG_N) {
        bloop_number number;
        assert_int_equal(bloop_number_parse(numbers[which], strlen(numbers[which]), &number), BLOOP_OK);
        bloop_build_number(builder, number);
    } else {
        bytes_of_pool(which, tag == BLOOP_TAG_S, bytes, &size);
        if (tag == BLOOP_TAG_S)
            bloop_build_string(builder, bytes, size);
        else
            bloop_build_binary(builder, bytes, size);
    }
    assert_int_equal(bloop_builder_value(builder, &value), BLOOP_OK);
    value.data = bl_arena_copy(&b->memory, value.data, value.size);
    bloop_builder_free(builder);
    return value;
}

/* Items. */

static void add_key(bed *b, bloop_builder *builder, size_t which)
{
    const bloop_attribute_definition *attribute = &b->attributes[which];
    bloop_build_name(builder, attribute->name, strlen(attribute->name));
    bloop_build_value(builder, key_value(b, attribute->type));
}

static void write_something(bed *b)
{
    static const char *const notes[] = { "x", "xy", "yx", "z" };
    bloop_builder *builder = bloop_builder_new();
    bloop_item item;
    bool put = b->naive.count < NAIVE_MAX - 20 ? trial_chance(&b->random, 75) : false;
    bloop_build_begin(builder, BLOOP_TAG_M);
    add_key(b, builder, 0);
    add_key(b, builder, 1);
    for (size_t i = 2; put && i < 4; i++)
        if (trial_chance(&b->random, 70))
            add_key(b, builder, i);
    if (put && trial_chance(&b->random, 70))
        bloop_put_string(builder, "note", notes[trial_below(&b->random, 4)]);
    if (put && trial_chance(&b->random, 70))
        bloop_put_int64(builder, "n", (int64_t)trial_below(&b->random, 9));
    if (put) {
        bloop_build_name(builder, "m", 1);
        bloop_build_begin(builder, BLOOP_TAG_M);
        bloop_put_int64(builder, "k", (int64_t)trial_below(&b->random, 3));
        bloop_put_string(builder, "j", "deep");
        bloop_build_end(builder);
    }
    bloop_build_end(builder);
    assert_int_equal(bloop_builder_value(builder, &item), BLOOP_OK);
    if (!put && b->naive.count && trial_chance(&b->random, 80)) {
        /* A key that is there. */
        bloop_item there = b->naive.items[trial_below(&b->random, b->naive.count)];
        bloop_value id = naive_get(there, "id"), r = naive_get(there, "r");
        bloop_builder_reset(builder);
        bloop_build_begin(builder, BLOOP_TAG_M);
        bloop_build_name(builder, "id", 2);
        bloop_build_value(builder, id);
        bloop_build_name(builder, "r", 1);
        bloop_build_value(builder, r);
        bloop_build_end(builder);
        assert_int_equal(bloop_builder_value(builder, &item), BLOOP_OK);
    }
    const bloop_write_request request = { .kind = put ? BLOOP_WRITE_PUT : BLOOP_WRITE_DELETE,
                                          .table = "things",
                                          .item = item };
    expect_ok(bloop_write_item(b->c->backend, &request, NULL));
    if (put)
        naive_put(&b->naive, item);
    else
        naive_remove(&b->naive, item);
    bloop_builder_free(builder);
}

/* Requests. */

static void *make(bed *b, size_t size)
{
    void *memory = bl_arena_alloc(&b->memory, size);
    trial_check(memory != NULL, "no memory");
    return memory;
}

static bloop_expr *node(bed *b, bloop_expr_kind kind, uint32_t count, const bloop_expr *one, const bloop_expr *two,
                        const bloop_expr *three)
{
    bloop_expr *made = make(b, sizeof *made);
    const bloop_expr **args = make(b, 3 * sizeof(const bloop_expr *));
    *made = (bloop_expr){ .kind = kind, .count = count, .args = args };
    args[0] = one, args[1] = two, args[2] = three;
    return made;
}

static bloop_expr *path_node(bed *b, const char *name)
{
    bloop_expr *made = node(b, BLOOP_EXPR_PATH, 0, NULL, NULL, NULL);
    bloop_step *step = make(b, sizeof *step);
    *step = (bloop_step){ .name = { name, strlen(name) } };
    made->path = (bloop_path){ step, 1 };
    return made;
}

static bloop_expr *value_node(bed *b, bloop_value value)
{
    bloop_expr *made = node(b, BLOOP_EXPR_VALUE, 0, NULL, NULL, NULL);
    made->value = value;
    return made;
}

static bloop_tag type_of(const bed *b, const char *name)
{
    for (size_t i = 0; i < 4; i++)
        if (strcmp(b->attributes[i].name, name) == 0)
            return b->attributes[i].type;
    return BLOOP_TAG_NONE;
}

static const bloop_expr *range_term(bed *b, const char *name)
{
    static const bloop_expr_kind kinds[] = { BLOOP_EXPR_EQ, BLOOP_EXPR_LT,      BLOOP_EXPR_LE,         BLOOP_EXPR_GT,
                                             BLOOP_EXPR_GE, BLOOP_EXPR_BETWEEN, BLOOP_EXPR_BEGINS_WITH };
    bloop_tag tag = type_of(b, name);
    bloop_expr_kind kind = kinds[trial_below(&b->random, tag == BLOOP_TAG_N ? 6 : 7)];
    bloop_value low = key_value(b, tag), high = key_value(b, tag);
    int order = 0;
    if (kind != BLOOP_EXPR_BETWEEN)
        return node(b, kind, 2, path_node(b, name), value_node(b, low), NULL);
    assert_true(bloop_value_compare(low, high, &order));
    return node(b, kind, 3, path_node(b, name), value_node(b, order > 0 ? high : low),
                value_node(b, order > 0 ? low : high));
}

static const bloop_expr *key_condition(bed *b, const char *hash, const char *range)
{
    bloop_value value = key_value(b, type_of(b, hash));
    /* Mostly a key that is there. */
    if (b->naive.count && trial_chance(&b->random, 80)) {
        bloop_value there = naive_get(b->naive.items[trial_below(&b->random, b->naive.count)], hash);
        if (there.data)
            value = (bloop_value){ bl_arena_copy(&b->memory, there.data, there.size), there.size };
    }
    const bloop_expr *term = node(b, BLOOP_EXPR_EQ, 2, path_node(b, hash), value_node(b, value), NULL);
    if (!range || trial_chance(&b->random, 30))
        return term;
    return node(b, BLOOP_EXPR_AND, 2, term, range_term(b, range), NULL);
}

/* Of the attributes that are no key: `some` stands for note alone. */
static const bloop_expr *filter_of(bed *b, bool some)
{
    static const char *const on_note[] = { "attribute_exists(note)", "note = \"xy\"", "contains(note, \"x\")",
                                           "NOT begins_with(note, \"x\")" };
    static const char *const on_all[] = { "n < 4",       "n BETWEEN 2 AND 6",        "attribute_not_exists(n)",
                                          "m.k = 1",     "n > 3 OR note = \"z\"",    "size(m) = 2 AND n <> 5",
                                          "n IN (1, 3)", "attribute_type(n, \"N\")", "note < \"y\"" };
    const char *text = some ? on_note[trial_below(&b->random, 4)] : on_all[trial_below(&b->random, 9)];
    return notation_condition(&b->c->n, text);
}

static const bloop_projection_paths *projection_of(bed *b, bool some)
{
    static const char *const on_keys[] = { "id", "r, id", "id, r, zz" };
    static const char *const on_all[] = { "n", "note, id", "m.k", "m.j, n, id", "zz", "w, g, r" };
    return notation_projection(&b->c->n,
                               some ? on_keys[trial_below(&b->random, 2)] : on_all[trial_below(&b->random, 6)]);
}

static void choose_what(bed *b, const bloop_index_definition *index, bool local, bloop_search_request *request)
{
    bool partial = index->projection != BLOOP_PROJECT_ALL;
    bool noted = !partial || index->projection == BLOOP_PROJECT_INCLUDE;
    switch (trial_below(&b->random, 6)) {
    case 0: request->select = BLOOP_SELECT_COUNT; break;
    case 1: request->select = request->index ? BLOOP_SELECT_PROJECTED : BLOOP_SELECT_ALL; break;
    case 2:
    case 3:
        request->projection = projection_of(b, partial && !local);
        request->select = trial_chance(&b->random, 50) ? BLOOP_SELECT_SPECIFIC : BLOOP_SELECT_DEFAULT;
        request->projection_is_hint = trial_chance(&b->random, 20) && b->c->factory->embedded;
        break;
    case 4: request->select = partial && !local ? BLOOP_SELECT_DEFAULT : BLOOP_SELECT_ALL; break;
    default: break;
    }
    if (trial_chance(&b->random, 50))
        return;
    if (request->kind == BLOOP_SEARCH_SCAN || !partial)
        request->filter = filter_of(b, false);
    else if (noted)
        request->filter = filter_of(b, true);
}

static bloop_search_request choose(bed *b)
{
    static const bloop_index_definition none = { .hash_key = "id", .range_key = "r" };
    bloop_search_request request = { .table = "things" };
    size_t which = trial_below(&b->random, 8);
    bool local = which >= 3 && which < 6;
    const bloop_index_definition *index = which < 3 ? &b->global[which] : local ? &b->local[which - 3] : &none;
    request.index = index->name;
    request.kind = trial_chance(&b->random, 70) ? BLOOP_SEARCH_QUERY : BLOOP_SEARCH_SCAN;
    request.consistent = which >= 3 && trial_chance(&b->random, 50);
    if (request.kind == BLOOP_SEARCH_QUERY) {
        request.key_condition = key_condition(b, index->hash_key, index->range_key);
        request.descending = trial_chance(&b->random, 50);
    }
    if (trial_chance(&b->random, 70))
        request.limit = 1 + (int32_t)trial_below(&b->random, 12);
    choose_what(b, index, local, &request);
    return request;
}

/* Answers. */

/* Takes an item out of the answer. */
static void take(bed *b, naive_answer *answer, bloop_item item)
{
    for (size_t i = 0; i < answer->count; i++) {
        if (!bloop_value_equal(answer->found[i], item))
            continue;
        answer->found[i] = answer->found[--answer->count];
        return;
    }
    trial_fail(__FILE__, __LINE__, "unexpected: %s", notation_print(&b->c->n, item));
}

static void check_order(bed *b, const bloop_search_request *request, bloop_item before, bloop_item item)
{
    const char *range = "r";
    for (size_t i = 0; request->index && i < 3; i++) {
        if (strcmp(b->global[i].name, request->index) == 0)
            range = b->global[i].range_key;
        if (strcmp(b->local[i].name, request->index) == 0)
            range = b->local[i].range_key;
    }
    if (request->kind == BLOOP_SEARCH_SCAN || !range || !before.data)
        return;
    bloop_value one = naive_get(before, range), two = naive_get(item, range);
    int order = 0;
    if (one.data && two.data && bloop_value_compare(one, two, &order))
        trial_check(request->descending ? order >= 0 : order <= 0, "items are out of order");
}

/* One page; returns the number of items examined. */
static size_t read_page(bed *b, bloop_search_request *request, naive_answer *answer, bool *more)
{
    bloop_search_result page;
    size_t position = 0, count = 0;
    bloop_item item, before = { NULL, 0 };
    expect_ok(bloop_search_page(b->c->backend, request, &page));
    while (bloop_page_next(&page, &position, &item)) {
        check_order(b, request, before, item);
        take(b, answer, item);
        before = item;
        count++;
    }
    size_t scanned = page.scanned;
    bool full = request->limit > 0 && page.scanned == (uint32_t)request->limit;
    trial_check(request->select == BLOOP_SELECT_COUNT ? count == 0 : count == page.count, "%zu items", count);
    trial_check(full == (page.last.data != NULL), "%zu examined, limit %d, last %d", scanned, (int)request->limit,
                page.last.data != NULL);
    if (request->select == BLOOP_SELECT_COUNT) {
        trial_check(answer->count >= page.count, "too many are counted");
        answer->count -= page.count;
    }
    b->pages++;
    b->found += page.count;
    b->filtered += page.scanned - page.count;
    *more = page.last.data != NULL;
    if (*more)
        request->exclusive_start =
            (bloop_item){ bl_arena_copy(&b->memory, page.last.data, page.last.size), page.last.size };
    bloop_result_free(&page.memory);
    return scanned;
}

/* The item that a page ended with may be gone when the next one is asked for. */
static void remove_last(bed *b, bloop_item last)
{
    bloop_builder *builder = bloop_builder_new();
    bloop_item key;
    bloop_build_begin(builder, BLOOP_TAG_M);
    bloop_build_name(builder, "id", 2);
    bloop_build_value(builder, naive_get(last, "id"));
    bloop_build_name(builder, "r", 1);
    bloop_build_value(builder, naive_get(last, "r"));
    bloop_build_end(builder);
    assert_int_equal(bloop_builder_value(builder, &key), BLOOP_OK);
    const bloop_write_request request = { .kind = BLOOP_WRITE_DELETE, .table = "things", .item = key };
    expect_ok(bloop_write_item(b->c->backend, &request, NULL));
    naive_remove(&b->naive, key);
    bloop_builder_free(builder);
}

static size_t read_all(bed *b, bloop_search_request request, naive_answer *answer)
{
    size_t examined = 0;
    bool more = true;
    request.exclusive_start = (bloop_item){ NULL, 0 };
    for (size_t pages = 0; more; pages++) {
        trial_check(pages <= NAIVE_MAX, "a search does not end");
        examined += read_page(b, &request, answer, &more);
        if (more && trial_chance(&b->random, 10))
            remove_last(b, request.exclusive_start);
    }
    return examined;
}

static void search_and_compare(bed *b)
{
    naive_answer answer = { .count = 0 };
    bloop_search_request request = choose(b);
    naive_search(&b->naive, &request, &answer);
    /* What is removed on the way must not take bytes with it that the answer points to. */
    for (size_t i = 0; i < answer.count; i++)
        answer.found[i].data = bl_arena_copy(&answer.memory, answer.found[i].data, answer.found[i].size);
    size_t examined = 0;
    if (request.kind == BLOOP_SEARCH_SCAN && trial_chance(&b->random, 50)) {
        static const int32_t totals[] = { 1, 2, 3, 7 };
        request.total_segments = totals[trial_below(&b->random, 4)];
        for (request.segment = 0; request.segment < request.total_segments; request.segment++)
            examined += read_all(b, request, &answer);
        b->segments++;
    } else {
        examined = read_all(b, request, &answer);
    }
    trial_check(answer.count == 0, "%zu items were not found", answer.count);
    trial_check(examined == answer.examined, "%zu items were examined, not %zu", examined, answer.examined);
    b->queries += request.kind == BLOOP_SEARCH_QUERY;
    b->scans += request.kind == BLOOP_SEARCH_SCAN;
    bl_arena_free(&answer.memory);
}

static void given_bed(bed *b, contract *c, const bloop_tag types[3], uint64_t stream)
{
    *b = (bed){ .c = c, .random = trial_stream(stream) };
    static const char *const names[] = { "id", "r", "g", "w" };
    for (size_t i = 0; i < 4; i++)
        b->attributes[i] = (bloop_attribute_definition){ names[i], types[i % 3] };
    b->global[0] = (bloop_index_definition){ .name = "g_all", .hash_key = "g", .range_key = "w" };
    b->global[1] = (bloop_index_definition){
        .name = "g_keys", .hash_key = "g", .range_key = "w", .projection = BLOOP_PROJECT_KEYS_ONLY
    };
    b->global[2] = (bloop_index_definition){
        .name = "g_some", .hash_key = "w", .projection = BLOOP_PROJECT_INCLUDE, .include = included, .include_count = 1
    };
    b->local[0] = (bloop_index_definition){ .name = "l_all", .hash_key = "id", .range_key = "w" };
    b->local[1] = (bloop_index_definition){
        .name = "l_keys", .hash_key = "id", .range_key = "g", .projection = BLOOP_PROJECT_KEYS_ONLY
    };
    b->local[2] = (bloop_index_definition){ .name = "l_some",
                                            .hash_key = "id",
                                            .range_key = "w",
                                            .projection = BLOOP_PROJECT_INCLUDE,
                                            .include = included,
                                            .include_count = 1 };
    b->definition = (bloop_table_definition){ .name = "things",
                                              .hash_key = "id",
                                              .range_key = "r",
                                              .attributes = b->attributes,
                                              .attribute_count = 4,
                                              .global_indexes = b->global,
                                              .global_index_count = 3,
                                              .local_indexes = b->local,
                                              .local_index_count = 3,
                                              .billing = BLOOP_BILLING_PAY_PER_REQUEST };
    b->naive.definition = &b->definition;
    expect_ok(bloop_create_table(c->backend, &b->definition, NULL));
}

static void run(contract *c, const bloop_tag types[3], uint64_t stream)
{
    bed b;
    given_bed(&b, c, types, stream);
    size_t rounds = trial_count("BLOOP_SEARCH_ROUNDS", (trial_counts){ 250, 1000, 10000 });
    for (size_t i = 0; i < rounds; i++) {
        for (size_t writes = i == 0 ? 80 : trial_below(&b.random, 4); writes > 0; writes--)
            write_something(&b);
        search_and_compare(&b);
        bl_arena_reset(&b.memory);
        notation_free(&c->n);
        c->n = (notation){ .whole = NULL };
    }
    print_message("%zu queries, %zu scans (%zu in segments), %zu pages: %zu items, %zu filtered\n", b.queries, b.scans,
                  b.segments, b.pages, b.found, b.filtered);
    assert_true(b.found > rounds / 2 && b.filtered > rounds / 4 && b.pages > rounds && b.segments > rounds / 20);
    naive_free(&b.naive);
    bl_arena_free(&b.memory);
}

static void keys_snb(void **state)
{
    run(*state, (const bloop_tag[]){ BLOOP_TAG_S, BLOOP_TAG_N, BLOOP_TAG_B }, 1);
}

static void keys_nbs(void **state)
{
    run(*state, (const bloop_tag[]){ BLOOP_TAG_N, BLOOP_TAG_B, BLOOP_TAG_S }, 2);
}

static void keys_bsn(void **state)
{
    run(*state, (const bloop_tag[]){ BLOOP_TAG_B, BLOOP_TAG_S, BLOOP_TAG_N }, 3);
}

static void keys_sss(void **state)
{
    run(*state, (const bloop_tag[]){ BLOOP_TAG_S, BLOOP_TAG_S, BLOOP_TAG_S }, 4);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(keys_snb),
    cmocka_unit_test(keys_nbs),
    cmocka_unit_test(keys_bsn),
    cmocka_unit_test(keys_sss),
};
const contract_part contract_random_searches = { "random searches", tests, sizeof tests / sizeof tests[0] };
