/* The wire: a page of a search's response, decoded into structs, against simdjson reading the same text. */
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "item.h"
#include "json/json.h"
#include "model/model.h"
#include "wire/wire.h"
#include "wire_raw.h"

enum { PAGES = 1000, ATTRIBUTES = 10 };
#define PAGE_BYTES ((size_t)1024 * 1024) /* of items, as DynamoDB counts them: where the service ends a page */

typedef struct page_contest {
    bl_buffer body;
    size_t body_size; /* without padding */
    uint32_t count;
    bloop_object *row;        /* into which one item after the other is loaded, as rows of a search are */
    raw_totals expected, raw; /* what the raw side has to find, and found */
    bloop_search_result result;
} page_contest;

static bool measure_page(const bench_settings *settings, double *ratio);
static bool make_page(page_contest *c);
static bool append_item(page_contest *c, uint32_t number, size_t *bytes);
static bool pack(void *object, bloop_builder *builder, bloop_item *out);
static void append_attributes(page_contest *c, bloop_item item);
static void count_value(bloop_value value, raw_totals *totals);
static bool decode_ours(void *context, size_t batch);
static bool decode_raw(void *context, size_t batch);
static bool check(void *context, size_t batch);

/* The service has an order of its own for attributes, the same in each item: by name, these are their numbers. */
static const uint8_t order[ATTRIBUTES] = { 7, 2, 9, 0, 4, 8, 1, 6, 3, 5 };

static const bench_row rows[] = {
    { .name = "wire-page",
      .budget = 2.0,
      .what = "a 1 MB page decoded into structs / simdjson on-demand unescaping every string and parsing every number",
      .measure = measure_page },
};

int main(int argc, char **argv)
{
    return bench_main(argc, argv, rows, sizeof rows / sizeof rows[0], NULL);
}

static bool measure_page(const bench_settings *settings, double *ratio)
{
    page_contest c = { .count = 0 };
    bench_contest contest = { .batch = 1,
                              .batches = (size_t)(PAGES * settings->effort) + 1,
                              .context = &c,
                              .ours = decode_ours,
                              .raw = decode_raw,
                              .check = check };
    bench_outcome outcome;
    if (!raw_name())
        return bench_fail("built without simdjson (libsimdjson-dev) or a C++ compiler");
    bool done = make_page(&c) && bench_compete(&contest, &outcome);
    if (done) {
        bench_detail("%u items, %zu bytes of JSON; raw side: %s", (unsigned)c.count, c.body_size, raw_name());
        bench_detail("ours  %.0f MB/s   raw  %.0f MB/s", (double)c.body_size / outcome.ours_ns * 1e3,
                     (double)c.body_size / outcome.raw_ns * 1e3);
        bench_show(&contest, &outcome);
        *ratio = outcome.ratio;
    }
    bloop_result_free(&c.result.memory);
    bloop_free(c.row);
    bl_buffer_free(&c.body);
    return done;
}

static bool make_page(page_contest *c)
{
    size_t bytes = 0;
    const bl_model_info *info;
    if (bl_model_info_of(plain_item.model, &info) != BLOOP_OK || !(c->row = bl_object_create(info)))
        return bench_fail("%s", bloop_last_error()->message);
    bl_buffer_text(&c->body, "{\"Items\":[");
    while (bytes < PAGE_BYTES)
        if (!append_item(c, c->count++, &bytes))
            return bench_fail("%s", bloop_last_error()->message);
    bl_buffer_format(&c->body, "],\"Count\":%u,\"ScannedCount\":%u}", (unsigned)c->count, (unsigned)c->count);
    c->expected.strings += 3;
    c->expected.bytes += strlen("Items") + strlen("Count") + strlen("ScannedCount");
    c->expected.numbers += 2;
    c->body_size = c->body.size;
    bl_buffer_extend(&c->body, RAW_PADDING);
    return c->body.status == BLOOP_OK;
}

static bool append_item(page_contest *c, uint32_t number, size_t *bytes)
{
    bloop_item item;
    void *object = bloop_object_new(plain_item.model);
    bloop_builder *builder = bloop_builder_new();
    bool made = object && builder && plain_item.set_keys(object, number) == BLOOP_OK &&
                plain_item.set_rest(object, number) == BLOOP_OK && pack(object, builder, &item);
    if (made) {
        *bytes += bloop_item_size(item);
        if (number > 0)
            bl_buffer_byte(&c->body, ',');
        append_attributes(c, item);
    }
    bloop_builder_free(builder);
    bloop_free(object);
    return made;
}

/* The item that saving the object would make. */
static bool pack(void *object, bloop_builder *builder, bloop_item *out)
{
    bl_actions actions = { 0 };
    bloop_builder *key = bloop_builder_new();
    bloop_item keys;
    bool made = key && bl_object_key(object, key) == BLOOP_OK && bloop_builder_value(key, &keys) == BLOOP_OK &&
                bl_object_actions(object, BL_SAVE_ALL, &actions) == BLOOP_OK;
    bloop_build_begin(builder, BLOOP_TAG_M);
    for (bloop_walk walk = bloop_value_walk(made ? keys : (bloop_item){ NULL, 0 }); bloop_walk_next(&walk);) {
        bloop_build_name(builder, walk.name.data, walk.name.size);
        bloop_build_value(builder, walk.value);
    }
    for (size_t i = 0; made && i < actions.update.count; i++) {
        bloop_slice name = actions.update.actions[i].path.steps[0].name;
        bloop_build_name(builder, name.data, name.size);
        bloop_build_value(builder, actions.update.actions[i].value.value);
    }
    bloop_build_end(builder);
    bl_actions_free(&actions);
    bloop_builder_free(key);
    return made && bloop_builder_value(builder, out) == BLOOP_OK;
}

static void append_attributes(page_contest *c, bloop_item item)
{
    bloop_slice names[ATTRIBUTES] = { { NULL, 0 } };
    bloop_value values[ATTRIBUTES] = { { NULL, 0 } };
    bloop_walk walk = bloop_value_walk(item);
    for (size_t i = 0; i < ATTRIBUTES && bloop_walk_next(&walk); i++) {
        names[i] = walk.name;
        values[i] = walk.value;
    }
    for (size_t i = 0; i < ATTRIBUTES; i++) {
        bl_buffer_byte(&c->body, i ? ',' : '{');
        bl_json_append_string(&c->body, names[order[i]].data, names[order[i]].size);
        bl_buffer_byte(&c->body, ':');
        bl_json_append_value(&c->body, values[order[i]]);
        c->expected.strings++;
        c->expected.bytes += names[order[i]].size;
        count_value(values[order[i]], &c->expected);
    }
    bl_buffer_byte(&c->body, '}');
}

/* With the name of its type. */
static void count_value(bloop_value value, raw_totals *totals)
{
    bloop_tag tag = bloop_value_tag(value);
    totals->strings++;
    totals->bytes += strlen(bloop_tag_name(tag));
    totals->numbers += tag == BLOOP_TAG_N;
    if (tag == BLOOP_TAG_S) {
        totals->strings++;
        totals->bytes += bloop_value_bytes(value).size;
    }
    for (bloop_walk walk = bloop_value_walk(value); bloop_walk_next(&walk);) {
        totals->strings++;
        totals->bytes += tag == BLOOP_TAG_SS ? walk.bytes.size : walk.name.size;
        if (tag == BLOOP_TAG_M)
            count_value(walk.value, totals);
    }
}

static bool decode_ours(void *context, size_t batch)
{
    page_contest *c = context;
    const bloop_search_request request = { .kind = BLOOP_SEARCH_SCAN, .table = "bench-plain" };
    size_t position = 0;
    bloop_item item;
    (void)batch;
    bloop_result_free(&c->result.memory);
    if (bl_wire_read_search_response((const char *)c->body.data, c->body_size, &request, &c->result) != BLOOP_OK)
        return bench_fail("%s", bloop_last_error()->message);
    while (bloop_page_next(&c->result, &position, &item))
        if (bl_object_load(c->row, item, NULL) != BLOOP_OK)
            return bench_fail("%s", bloop_last_error()->message);
    return true;
}

static bool decode_raw(void *context, size_t batch)
{
    page_contest *c = context;
    (void)batch;
    return raw_walk((const char *)c->body.data, c->body_size, &c->raw) || bench_fail("simdjson refuses the page");
}

/* Every field of every item of the first pages, and of every hundredth. */
static bool check(void *context, size_t batch)
{
    page_contest *c = context;
    size_t position = 0;
    bloop_item item;
    uint32_t number = 0;
    if (c->raw.strings != c->expected.strings || c->raw.bytes != c->expected.bytes ||
        c->raw.numbers != c->expected.numbers)
        return bench_fail("the raw side has not seen all of the page");
    if (batch > 2 && batch % 100 != 0)
        return true;
    for (; bloop_page_next(&c->result, &position, &item); number++)
        if (bl_object_load(c->row, item, NULL) != BLOOP_OK || !plain_item.is_as_made(c->row, number, FIRST_VISITS))
            return bench_fail("item %u of the page is not what was sent", (unsigned)number);
    return number == c->count || bench_fail("%u items instead of %u", (unsigned)number, (unsigned)c->count);
}
