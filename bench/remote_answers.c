/* Answers rendered before anything is measured: of items that a store in memory was given. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "remote.h"

static bool save_items(bloop_engine *engine, const item_kind *kind, uint64_t count);
static char *render(bloop_engine *engine, const item_kind *kind);
static bool make_answer(canned_answer *out, const char *before, const char *body, const char *after);
static char *rest_of(const char *item);

bool answers_make(canned_answers *out)
{
    *out = (canned_answers){ 0 };
    char *item = NULL, *page = NULL, after[64];
    bloop_engine *plain = bloop_open("memory:"), *grouped = bloop_open("memory:");
    bool done = plain && grouped && save_items(plain, &plain_item, 1) &&
                save_items(grouped, &grouped_item, PAGE_ROWS) && (item = render(plain, &plain_item)) &&
                (page = render(grouped, &grouped_item));
    snprintf(after, sizeof after, "],\"Count\":%d,\"ScannedCount\":%d}", PAGE_ROWS, PAGE_ROWS);
    if (!done)
        bench_note_failure("%s", bloop_last_error()->message);
    done = done && make_answer(&out->get, "{\"Item\":", item, "}") && make_answer(&out->save, "{", "", "}") &&
           make_answer(&out->page, "{\"Items\":[", page, after) && (out->rest = rest_of(item));
    free(item);
    free(page);
    bloop_close(plain);
    bloop_close(grouped);
    if (!done)
        answers_free(out);
    return done;
}

void answers_free(canned_answers *answers)
{
    free(answers->get.text);
    free(answers->save.text);
    free(answers->page.text);
    free(answers->rest);
    *answers = (canned_answers){ 0 };
}

/* A byte at a time: it is no part of what is measured. */
uint32_t answers_crc32(const void *data, size_t size)
{
    const uint8_t *bytes = data;
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xEDB88320) : 0);
    }
    return ~crc;
}

static bool save_items(bloop_engine *engine, const item_kind *kind, uint64_t count)
{
    bloop_status status = bloop_bind_model(engine, kind->model, NULL);
    for (uint64_t i = 0; status == BLOOP_OK && i < count; i++) {
        void *object = bloop_object_new(kind->model);
        if (!object)
            return false;
        status = kind->set_keys(object, i);
        if (status == BLOOP_OK)
            status = kind->set_rest(object, i);
        if (status == BLOOP_OK)
            status = bloop_save_objects(engine, (bloop_object_list){ &object, 1 }, NULL);
        bloop_free(object);
    }
    return status == BLOOP_OK;
}

/* All items of the table, in one page, joined by commas. */
static char *render(bloop_engine *engine, const item_kind *kind)
{
    bloop_search_request request = { .kind = BLOOP_SEARCH_SCAN, .table = bloop_table_name(engine, kind->model) };
    bloop_search_result page;
    bloop_item item;
    size_t position = 0, size = 0;
    char *all = NULL;
    if (bloop_search_page(bloop_engine_backend(engine), &request, &page) != BLOOP_OK)
        return NULL;
    FILE *stream = open_memstream(&all, &size);
    for (bool first = true; stream && bloop_page_next(&page, &position, &item); first = false) {
        char *text = bloop_item_to_json(item, BLOOP_JSON_COMPACT, NULL);
        fprintf(stream, "%s%s", first ? "" : ",", text ? text : "?");
        bloop_json_free(text);
    }
    if (stream)
        fclose(stream);
    bloop_result_free(&page.memory);
    return all;
}

static bool make_answer(canned_answer *out, const char *before, const char *body, const char *after)
{
    size_t size = strlen(before) + strlen(body) + strlen(after);
    char *text = malloc(size + 512), *all = malloc(size + 1);
    if (!text || !all) {
        free(text);
        free(all);
        return bench_fail("out of memory");
    }
    snprintf(all, size + 1, "%s%s%s", before, body, after);
    out->size = (size_t)snprintf(text, size + 512,
                                 "HTTP/1.1 200 OK\r\nServer: Server\r\nDate: Sun, 22 Nov 2026 11:00:00 GMT\r\n"
                                 "Content-Type: application/x-amz-json-1.0\r\nContent-Length: %zu\r\n"
                                 "Connection: keep-alive\r\n"
                                 "x-amzn-RequestId: EXAMPLEEXAMPLEEXAMPLEEXAMPLEVV4KQNSO5AEMVJF66Q9ASUAAJG\r\n"
                                 "x-amz-crc32: %u\r\n\r\n%s",
                                 size, answers_crc32(all, size), all);
    out->text = text;
    out->body_size = size;
    free(all);
    return true;
}

/* `,"name":{…},…}` of an item, whose keys are "entry" and "id". */
static char *rest_of(const char *item)
{
    bloop_builder *whole = bloop_builder_new(), *rest = bloop_builder_new();
    bloop_item parsed, kept;
    char *text = NULL, *out = NULL;
    if (whole && rest && bloop_item_of_json(item, strlen(item), whole, &parsed) == BLOOP_OK) {
        bloop_build_begin(rest, BLOOP_TAG_M);
        for (bloop_walk walk = bloop_value_walk(parsed); bloop_walk_next(&walk);) {
            if (strcmp(walk.name.data, "id") == 0 || strcmp(walk.name.data, "entry") == 0)
                continue;
            bloop_build_name(rest, walk.name.data, walk.name.size);
            bloop_build_value(rest, walk.value);
        }
        bloop_build_end(rest);
        if (bloop_builder_value(rest, &kept) == BLOOP_OK)
            text = bloop_item_to_json(kept, BLOOP_JSON_COMPACT, NULL);
    }
    if (text && (out = strdup(text)) != NULL)
        out[0] = ',';
    bloop_json_free(text);
    bloop_builder_free(whole);
    bloop_builder_free(rest);
    return out;
}
