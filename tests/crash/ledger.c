/* The workload: what its items are, and how they are written and read. */
#include "crash/ledger.h"

#include <stdio.h>
#include <string.h>

#include "support/stores.h"

#define LEDGER "ledger"
#define PLAIN  "plain"

enum { NAME_SIZE = 1024, BODY_SIZE = 12000, NO_VERSION = 0 };

/* The parts of a write that have to stay while it runs. */
typedef struct part {
    bloop_builder *builder, *values;
    bloop_step steps[4];
    bloop_expr operands[2];
    bloop_action actions[4];
    bloop_update update;
    bloop_expr condition;
    const bloop_expr *condition_args[2];
} part;

static const char *table_of(unsigned slot);
static void build_key(bloop_builder *builder, unsigned lane, unsigned slot);
static void build_content(bloop_builder *builder, unsigned slot, uint64_t version);
static bloop_item finish(bloop_builder *builder);
static void begin(bloop_builder *builder);
static const char *color_of(uint64_t version);
static size_t body_size_of(unsigned slot, uint64_t version);
static ledger_op plan_op(ledger_lane *lane, trial_random *random, uint32_t slot);
static void prepare(part *p, unsigned lane, const ledger_op *op, bloop_write_request *out);
static void prepare_update(part *p, const ledger_op *op);
static void prepare_condition(part *p, const ledger_op *op);
static void set_action(part *p, unsigned at, const char *name, bloop_value value);
static bloop_value value_of(const part *p, const char *name);
static bool slot_is(unsigned lane, unsigned slot, uint64_t version, bloop_item found);
static uint64_t version_of(bloop_item item);

_Thread_local bool ledger_is_calling;

void ledger_create(bloop_backend *backend)
{
    static const bloop_attribute_definition attributes[] = {
        { "owner", BLOOP_TAG_S }, { "name", BLOOP_TAG_S },    { "color", BLOOP_TAG_S },
        { "size", BLOOP_TAG_N },  { "version", BLOOP_TAG_N },
    };
    static const char *const include[] = { "version", "note" };
    static const bloop_index_definition global[] = {
        { .name = "by_color", .hash_key = "color", .range_key = "version", .projection = BLOOP_PROJECT_ALL },
        { .name = "by_version", .hash_key = "version", .projection = BLOOP_PROJECT_KEYS_ONLY },
    };
    static const bloop_index_definition local[] = {
        { .name = "by_size",
          .hash_key = "owner",
          .range_key = "size",
          .projection = BLOOP_PROJECT_INCLUDE,
          .include = include,
          .include_count = 2 },
    };
    const bloop_table_definition tables[] = {
        { .name = LEDGER,
          .hash_key = "owner",
          .range_key = "name",
          .attributes = attributes,
          .attribute_count = 5,
          .global_indexes = global,
          .global_index_count = 2,
          .local_indexes = local,
          .local_index_count = 1,
          .billing = BLOOP_BILLING_PAY_PER_REQUEST },
        { .name = PLAIN,
          .hash_key = "owner",
          .range_key = "name",
          .attributes = attributes,
          .attribute_count = 2,
          .billing = BLOOP_BILLING_PAY_PER_REQUEST },
    };
    for (size_t i = 0; i < 2; i++) {
        bloop_status status = bloop_create_table(backend, &tables[i], NULL);
        trial_check(status == BLOOP_OK || status == BLOOP_TABLE_IN_USE, "creating a table: %s",
                    bloop_last_error()->message);
    }
}

ledger_call ledger_plan(ledger_lane *lane, trial_random *random)
{
    ledger_call call = { .count = 1 };
    bool taken[LEDGER_SLOTS] = { false };
    if (trial_chance(random, 40))
        call.count = 2 + (uint32_t)trial_below(random, LEDGER_GROUP - 1);
    for (uint32_t i = 0; i < call.count; i++) {
        uint32_t slot = (uint32_t)trial_below(random, LEDGER_SLOTS);
        while (taken[slot])
            slot = (slot + 1) % LEDGER_SLOTS;
        taken[slot] = true;
        call.ops[i] = plan_op(lane, random, slot);
    }
    return call;
}

bloop_status ledger_run(bloop_backend *backend, unsigned lane, const ledger_call *call,
                        bloop_status statuses[LEDGER_GROUP])
{
    part parts[LEDGER_GROUP] = { 0 };
    bloop_write_request requests[LEDGER_GROUP] = { 0 };
    bloop_write_result results[LEDGER_GROUP] = { 0 };
    for (uint32_t i = 0; i < call->count; i++)
        prepare(&parts[i], lane, &call->ops[i], &requests[i]);
    bloop_status status;
    ledger_is_calling = true;
    if (call->count == 1)
        status = bloop_write_item(backend, requests, results);
    else
        status = bloop_write_items(backend, requests, call->count, 0, results);
    ledger_is_calling = false;
    for (uint32_t i = 0; i < call->count; i++) {
        statuses[i] = results[i].status;
        if (statuses[i] == BLOOP_OK && requests[i].return_values == BLOOP_RETURN_ALL_OLD)
            trial_check(slot_is(lane, call->ops[i].slot, call->ops[i].before, results[i].attributes),
                        "lane %u, slot %u: version %ju was said to be there before, and was not", lane,
                        call->ops[i].slot, (uintmax_t)call->ops[i].before);
        bloop_result_free(&results[i].memory);
        bloop_builder_free(parts[i].builder);
        bloop_builder_free(parts[i].values);
    }
    return status;
}

void ledger_apply(ledger_lane *lane, const ledger_call *call)
{
    for (uint32_t i = 0; i < call->count; i++)
        ledger_apply_op(lane, &call->ops[i]);
}

void ledger_apply_op(ledger_lane *lane, const ledger_op *op)
{
    lane->versions[op->slot] = op->after;
}

size_t ledger_compare(bloop_backend *backend, unsigned lane, ledger_lane *expected, const ledger_call *pending,
                      char *what, size_t size)
{
    size_t wrong = 0;
    bloop_builder *builder = bloop_builder_new();
    trial_check(builder, "out of memory");
    for (uint32_t slot = 0; slot < LEDGER_SLOTS; slot++) {
        uint64_t other = expected->versions[slot];
        for (uint32_t i = 0; pending && i < pending->count; i++)
            if (pending->ops[i].slot == slot)
                other = pending->ops[i].after;
        begin(builder);
        build_key(builder, lane, slot);
        bloop_get_result got = { 0 };
        bloop_status status =
            bloop_get_item(backend, &(bloop_get_request){ .table = table_of(slot), .key = finish(builder) }, &got);
        bool is_old = status == BLOOP_OK && slot_is(lane, slot, expected->versions[slot], got.item);
        bool is_new = status == BLOOP_OK && slot_is(lane, slot, other, got.item);
        if (!is_old && !is_new && wrong++ == 0 && what)
            (void)snprintf(what, size, "lane %u, slot %u: expected version %ju or %ju, found %ju (%s)", lane, slot,
                           (uintmax_t)expected->versions[slot], (uintmax_t)other, (uintmax_t)version_of(got.item),
                           status == BLOOP_OK ? "OK" : bloop_last_error()->message);
        expected->versions[slot] = status == BLOOP_OK ? version_of(got.item) : expected->versions[slot];
        bloop_result_free(&got.memory);
    }
    bloop_builder_free(builder);
    return wrong;
}

void ledger_check_counts(bloop_backend *backend, const ledger_lane *lanes, unsigned count)
{
    static const char *const tables[] = { LEDGER, PLAIN };
    for (size_t t = 0; t < 2; t++) {
        uint64_t expected = 0;
        for (unsigned lane = 0; lane < count; lane++)
            for (unsigned slot = 0; slot < LEDGER_SLOTS; slot++)
                expected += strcmp(table_of(slot), tables[t]) == 0 && lanes[lane].versions[slot] != NO_VERSION;
        bloop_table_result about = { 0 };
        stores_ok(bloop_describe_table(backend, tables[t], &about));
        trial_check(about.table.item_count == expected, "table %s counts %ju items, and should have %ju", tables[t],
                    (uintmax_t)about.table.item_count, (uintmax_t)expected);
        bloop_result_free(&about.memory);
    }
}

static const char *table_of(unsigned slot)
{
    return slot % 4 == 3 ? PLAIN : LEDGER;
}

/* Every fifth name is longer than a key of LMDB, and shares its beginning with others. */
static void build_key(bloop_builder *builder, unsigned lane, unsigned slot)
{
    char owner[32], name[NAME_SIZE + 1];
    (void)snprintf(owner, sizeof owner, "lane-%u", lane);
    size_t size = slot % 5 == 4 ? NAME_SIZE - 16 : 8;
    memset(name, 'n', size);
    (void)snprintf(name + size, sizeof name - size, "%u", slot);
    bloop_put_string(builder, "owner", owner);
    bloop_put_string(builder, "name", name);
}

static void build_content(bloop_builder *builder, unsigned slot, uint64_t version)
{
    char body[BODY_SIZE];
    size_t size = body_size_of(slot, version);
    memset(body, (int)('a' + version % 26), size);
    bloop_put_int64(builder, "version", (int64_t)version);
    bloop_put_int64(builder, "size", (int64_t)size);
    bloop_build_name(builder, "body", 4);
    bloop_build_binary(builder, body, size);
    if (color_of(version))
        bloop_put_string(builder, "color", color_of(version));
}

static void begin(bloop_builder *builder)
{
    bloop_builder_reset(builder);
    bloop_build_begin(builder, BLOOP_TAG_M);
}

static bloop_item finish(bloop_builder *builder)
{
    bloop_item item;
    bloop_build_end(builder);
    stores_ok(bloop_builder_value(builder, &item));
    return item;
}

/* NULL: the item is not in the index of colours. */
static const char *color_of(uint64_t version)
{
    static const char *const colors[] = { "red", "green", "blue", NULL, "yellow" };
    return colors[version % 5];
}

static size_t body_size_of(unsigned slot, uint64_t version)
{
    uint64_t mixed = (version * 2654435761U + slot * 40503U) >> 7;
    return mixed % 9 == 0 ? 3000 + mixed % 9000 : mixed % 300;
}

static ledger_op plan_op(ledger_lane *lane, trial_random *random, uint32_t slot)
{
    ledger_op op = { .slot = slot, .before = lane->versions[slot], .conditional = trial_chance(random, 30) };
    unsigned dice = (unsigned)trial_below(random, 100);
    op.kind = dice < 40 ? BLOOP_WRITE_PUT : dice < 80 ? BLOOP_WRITE_UPDATE : BLOOP_WRITE_DELETE;
    op.after = op.kind == BLOOP_WRITE_DELETE ? NO_VERSION : ++lane->last_version;
    return op;
}

static void prepare(part *p, unsigned lane, const ledger_op *op, bloop_write_request *out)
{
    p->builder = bloop_builder_new();
    p->values = bloop_builder_new();
    trial_check(p->builder && p->values, "out of memory");
    begin(p->builder);
    build_key(p->builder, lane, op->slot);
    if (op->kind == BLOOP_WRITE_PUT)
        build_content(p->builder, op->slot, op->after);
    begin(p->values);
    build_content(p->values, op->slot, op->after);
    bloop_put_int64(p->values, "before", (int64_t)op->before);
    bloop_put_int64(p->values, "delta", (int64_t)(op->after - op->before));
    *out = (bloop_write_request){ .kind = op->kind, .table = table_of(op->slot), .item = finish(p->builder) };
    (void)finish(p->values);
    if (op->kind == BLOOP_WRITE_UPDATE) {
        prepare_update(p, op);
        out->update = &p->update;
    }
    if (op->conditional && !op->doomed)
        out->return_values = BLOOP_RETURN_ALL_OLD;
    if (op->conditional || op->doomed) {
        prepare_condition(p, op);
        out->condition = &p->condition;
    }
}

/* The version is added to, so that an update that is done twice is noticed. */
static void prepare_update(part *p, const ledger_op *op)
{
    set_action(p, 0, "body", value_of(p, "body"));
    set_action(p, 1, "size", value_of(p, "size"));
    set_action(p, 2, "color", value_of(p, "color"));
    set_action(p, 3, "version", value_of(p, op->before == NO_VERSION ? "version" : "delta"));
    if (!color_of(op->after))
        p->actions[2].kind = BLOOP_ACTION_REMOVE;
    if (op->before != NO_VERSION)
        p->actions[3].kind = BLOOP_ACTION_ADD;
    p->update = (bloop_update){ p->actions, 4 };
}

static void set_action(part *p, unsigned at, const char *name, bloop_value value)
{
    p->steps[at] = (bloop_step){ .name = { name, strlen(name) } };
    p->actions[at] = (bloop_action){ .kind = BLOOP_ACTION_SET, .path = { &p->steps[at], 1 } };
    p->actions[at].value = (bloop_expr){ .kind = BLOOP_EXPR_VALUE, .value = value };
}

static bloop_value value_of(const part *p, const char *name)
{
    bloop_item values;
    stores_ok(bloop_builder_value(p->values, &values));
    return bloop_item_get(values, name, strlen(name));
}

/* That the item is in the version that it should be in; or that it is not. */
static void prepare_condition(part *p, const ledger_op *op)
{
    static const bloop_step step = { .name = { "version", 7 } };
    p->operands[0] = (bloop_expr){ .kind = BLOOP_EXPR_PATH, .path = { &step, 1 } };
    p->operands[1] = (bloop_expr){ .kind = BLOOP_EXPR_VALUE, .value = value_of(p, "before") };
    p->condition_args[0] = &p->operands[0];
    p->condition_args[1] = &p->operands[1];
    p->condition = (bloop_expr){ .kind = BLOOP_EXPR_EQ, .count = 2, .args = p->condition_args };
    if (op->before == NO_VERSION) {
        p->condition.kind = op->doomed ? BLOOP_EXPR_ATTRIBUTE_EXISTS : BLOOP_EXPR_ATTRIBUTE_NOT_EXISTS;
        p->condition.count = 1;
    } else if (op->doomed) {
        p->condition.kind = BLOOP_EXPR_NE;
    }
}

static bool slot_is(unsigned lane, unsigned slot, uint64_t version, bloop_item found)
{
    if (version == NO_VERSION || !found.data)
        return version == NO_VERSION && !found.data;
    bloop_builder *builder = bloop_builder_new();
    trial_check(builder, "out of memory");
    begin(builder);
    build_key(builder, lane, slot);
    build_content(builder, slot, version);
    bool same = bloop_value_equal(finish(builder), found);
    bloop_builder_free(builder);
    return same;
}

static uint64_t version_of(bloop_item item)
{
    int64_t version = 0;
    if (item.data)
        (void)bloop_number_to_int64(bloop_value_number(bloop_item_get(item, "version", 7)), &version);
    return (uint64_t)version;
}
