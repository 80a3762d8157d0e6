/* Expressions of any shape: rendered, read again by the reader of requests, and the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/notation.h"
#include "support/trial.h"
#include "wire/wire.h"

enum { PRINTED = 65536, MAX_DEPTH = 4 };

typedef struct maker {
    trial_random *random;
    bl_buffer text;
    unsigned next_path;
} maker;

static void put(maker *m, const char *text)
{
    bl_buffer_text(&m->text, text);
}

/* The service refuses comparisons of a path with itself, and updates whose paths overlap: each path is another. */
static void put_path(maker *m)
{
    static const char *const names[] = { "a", "size", "`odd name`", "b_1", "`dot.ted`", "`#0`" };
    bl_buffer_format(&m->text, "p%u", m->next_path++);
    for (size_t i = trial_below(m->random, 3); i > 0; i--) {
        if (trial_chance(m->random, 40))
            bl_buffer_format(&m->text, "[%zu]", trial_below(m->random, 20));
        else
            bl_buffer_format(&m->text, ".%s", names[trial_below(m->random, BL_COUNT_OF(names))]);
    }
}

static void put_ordered_value(maker *m)
{
    static const char *const values[] = { "1", "-2.5", "\"x\"", "\"a \\\"quoted\\\" one\"", "x\"6869\"", "\"\"" };
    put(m, values[trial_below(m->random, 4)]);
}

static void put_value(maker *m)
{
    static const char *const values[] = { "true", "null", "[1, {k: \"v\"}]", "{\"a\", \"b\"}", "{}" };
    if (trial_chance(m->random, 60))
        put_ordered_value(m);
    else
        put(m, values[trial_below(m->random, BL_COUNT_OF(values))]);
}

static void put_operand(maker *m)
{
    if (trial_chance(m->random, 20)) {
        put(m, "size(");
        put_path(m);
        put(m, ")");
    } else {
        put_path(m);
    }
}

static void put_leaf(maker *m)
{
    static const char *const comparisons[] = { " = ", " <> ", " < ", " <= ", " > ", " >= " };
    size_t kind = trial_below(m->random, 10);
    if (kind < 4) {
        size_t which = trial_below(m->random, BL_COUNT_OF(comparisons));
        put_operand(m);
        put(m, comparisons[which]);
        if (trial_chance(m->random, 30))
            put_path(m);
        else if (which < 2)
            put_value(m);
        else
            put_ordered_value(m);
        return;
    }
    if (kind < 6) {
        put_operand(m);
        put(m, kind == 4 ? " BETWEEN 1 AND " : " IN (");
        if (kind == 4) {
            put(m, "7");
            return;
        }
        for (size_t i = 0, count = 1 + trial_below(m->random, 5); i < count; i++) {
            put(m, i ? ", " : "");
            put_value(m);
        }
        put(m, ")");
        return;
    }
    put(m, kind == 6 ? "attribute_exists(" : kind == 7 ? "attribute_type(" : kind == 8 ? "begins_with(" : "contains(");
    put_path(m);
    put(m, kind == 6 ? "" : kind == 7 ? ", \"SS\"" : ", \"x\"");
    put(m, ")");
}

/* Never AND directly in AND, or OR in OR: with no parentheses between them they are one. */
static void put_condition(maker *m, unsigned depth, char around)
{
    static const char kinds[] = { 'A', 'O', 'N', 'L' };
    char kind = depth == MAX_DEPTH ? 'L' : kinds[trial_below(m->random, sizeof kinds)];
    if (kind == around && kind != 'N')
        kind = 'L';
    if (kind == 'L') {
        put_leaf(m);
        return;
    }
    put(m, kind == 'N' ? "(NOT " : "(");
    for (size_t i = 0, count = kind == 'N' ? 1 : 2 + trial_below(m->random, 2); i < count; i++) {
        put(m, i == 0 ? "" : kind == 'A' ? " AND " : " OR ");
        put_condition(m, depth + 1, kind);
    }
    put(m, ")");
}

static void put_update(maker *m)
{
    static const char *const clauses[] = { "SET ", "REMOVE ", "ADD ", "DELETE " };
    for (size_t i = 0, count = 1 + trial_below(m->random, 8); i < count; i++) {
        size_t kind = trial_below(m->random, 4);
        put(m, i ? " " : "");
        put(m, clauses[kind]);
        put_path(m);
        if (kind >= 2)
            put(m, kind == 2 ? " 1" : " {\"x\"}");
        if (kind > 0)
            continue;
        put(m, " = ");
        switch (trial_below(m->random, 4)) {
        case 0: put_value(m); break;
        case 1: put_path(m); break;
        case 2:
            put_path(m);
            put(m, trial_chance(m->random, 50) ? " + 5" : " - 5");
            break;
        default:
            put(m, "list_append(if_not_exists(");
            put_path(m);
            put(m, ", []), [1])");
        }
    }
}

static const char *text_of(maker *m)
{
    bl_buffer_byte(&m->text, 0);
    assert_int_equal(m->text.status, BLOOP_OK);
    return (const char *)m->text.data;
}

/* Sends a request through its body. The reading owns what comes of it. */
static bl_wire_reading *send(const bl_wire_request *request, bl_buffer *body, bl_wire_request *out)
{
    bl_wire_reading *reading = bl_wire_reading_new();
    assert_non_null(reading);
    bl_wire_write_request(body, request);
    assert_int_equal(body->status, BLOOP_OK);
    bloop_status status = bl_wire_read_request(reading, request->operation, (const char *)body->data, body->size, out);
    /* Beyond the service's 4 KB it is right to refuse it. */
    if (status != BLOOP_OK && strstr(bloop_last_error()->message, "Expression size has exceeded")) {
        bl_wire_reading_free(reading);
        return NULL;
    }
    if (status != BLOOP_OK)
        fail_msg("%.*s is refused: %s", (int)body->size, (const char *)body->data, bloop_last_error()->message);
    return reading;
}

static void keeps_conditions(void **state)
{
    static char before[PRINTED], after[PRINTED];
    trial_random random = trial_stream(1);
    (void)state;
    for (size_t i = trial_count("BLOOP_RENDERED", (trial_counts){ 500, 2000, 20000 }); i > 0; i--) {
        notation n = { 0 };
        maker m = { .random = &random };
        bl_buffer body = { 0 };
        bl_wire_request read, request = { .operation = BL_WIRE_SCAN };
        put_condition(&m, 0, 0);
        request.as.search = (bloop_search_request){ .kind = BLOOP_SEARCH_SCAN, .table = "tab" };
        request.as.search.filter = notation_condition(&n, text_of(&m));
        bl_wire_reading *reading = send(&request, &body, &read);
        if (reading) {
            assert_true(bloop_expr_print(request.as.search.filter, before, PRINTED) < PRINTED);
            bloop_expr_print(read.as.search.filter, after, PRINTED);
            assert_string_equal(after, before);
        }
        bl_wire_reading_free(reading);
        bl_buffer_free(&body);
        bl_buffer_free(&m.text);
        notation_free(&n);
    }
}

static void keeps_updates(void **state)
{
    static char before[PRINTED], after[PRINTED];
    trial_random random = trial_stream(2);
    (void)state;
    for (size_t i = trial_count("BLOOP_RENDERED", (trial_counts){ 500, 2000, 20000 }); i > 0; i--) {
        notation n = { 0 };
        maker m = { .random = &random }, c = { .random = &random };
        bl_buffer body = { 0 };
        bl_wire_request read, request = { .operation = BL_WIRE_UPDATE_ITEM };
        put_update(&m);
        put_condition(&c, MAX_DEPTH - 1, 0);
        request.as.write = (bloop_write_request){ .kind = BLOOP_WRITE_UPDATE, .table = "tab" };
        request.as.write.item = notation_value(&n, "{id: 1}");
        request.as.write.update = notation_update(&n, text_of(&m));
        request.as.write.condition = notation_condition(&n, text_of(&c));
        bl_wire_reading *reading = send(&request, &body, &read);
        if (reading) {
            assert_true(bloop_update_print(request.as.write.update, before, PRINTED) < PRINTED);
            bloop_update_print(read.as.write.update, after, PRINTED);
            assert_string_equal(after, before);
            bloop_expr_print(request.as.write.condition, before, PRINTED);
            bloop_expr_print(read.as.write.condition, after, PRINTED);
            assert_string_equal(after, before);
        }
        bl_wire_reading_free(reading);
        bl_buffer_free(&body);
        bl_buffer_free(&m.text);
        bl_buffer_free(&c.text);
        notation_free(&n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_conditions),
        cmocka_unit_test(keeps_updates),
    };
    return cmocka_run_group_tests_name("wire/render_random", tests, NULL, NULL);
}
