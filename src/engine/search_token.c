/* Tokens: where a search stands, as JSON text.

     {"bloop":"search","version":1,"kind":"query","table":"accounts","index":"by_email","check":"9f3c…","start":{"email":{"S":"…"}, …}}

   `start` is the exclusive start key, in the DynamoDB form. `check` is a sum of all the rest and of the search's direction
   and key condition: it tells a token of another search, or one that was changed, from one that can be gone on from. It is
   no signature; the backend checks the start key again. */
#include <stdio.h>

#include "engine/search_private.h"
#include "expr/expr.h"
#include "json/json.h"

#define VERSION 1

/* What a token says. */
typedef struct token_text {
    int64_t version;
    bloop_slice what, kind, table, index, check;
    bloop_builder start;
    bool has_start;
} token_text;

static bloop_item resume_key(bloop_search *search, bloop_builder *builder);
static void add_key(bloop_builder *builder, bloop_item item, const bl_column_info *const *columns, size_t count);
static bloop_status sum_of(const bloop_search *search, bloop_item start, char out[17]);
static uint64_t add_to_sum(uint64_t sum, const void *data, size_t size);
static bloop_status read_text(bloop_json_reader *reader, token_text *out);
static bloop_status check_text(const bloop_search *search, token_text *text, bloop_item *start);
static const char *kind_name(const bloop_search *search);
static char *write_text(const bloop_search *search, bloop_item start);

char *bloop_search_token(bloop_search *search)
{
    if (bloop_search_status(search) != BLOOP_OK)
        return NULL;
    bloop_builder builder;
    bl_builder_use(&builder, NULL, 0);
    bloop_item start = resume_key(search, &builder);
    char *text = NULL;
    if (start.data)
        text = write_text(search, start);
    else if (builder.status == BLOOP_OK)
        bl_error_clear();
    bl_builder_free(&builder);
    return text;
}

void bloop_token_free(char *token)
{
    bloop_json_free(token);
}

bloop_status bl_token_read(const bloop_search *search, const char *token, bl_buffer *start)
{
    bloop_json_reader reader;
    token_text text = { 0 };
    bloop_item key = { NULL, 0 };
    bl_json_reader_use(&reader, token, strlen(token));
    bl_builder_use(&text.start, NULL, 0);
    bloop_status status = read_text(&reader, &text);
    if (status == BLOOP_OK)
        status = check_text(search, &text, &key);
    if (status == BLOOP_OK) {
        bl_buffer_clear(start);
        bl_buffer_append(start, key.data, key.size);
        status = start->status;
    } else if (status != BLOOP_NO_MEMORY) {
        char name[BL_SEARCH_NAME_SIZE];
        bl_error_as(BLOOP_INVALID_POSITION);
        status = bl_error_context("%s: the token can't be used", bl_search_name(search, name));
    }
    bl_builder_free(&text.start);
    bl_json_reader_release(&reader);
    return status;
}

/* The key to go on behind: of the row that was returned last, or of the page before this one. Without data: there is
   nothing left, or the builder has failed. */
static bloop_item resume_key(bloop_search *search, bloop_builder *builder)
{
    bloop_item key = { NULL, 0 };
    if (bloop_search_exhausted(search))
        return key;
    if (search->current.data && search->position < search->page.items_size) {
        const bl_column_info *columns[] = { search->info->hash_key, search->info->range_key, bl_search_hash_key(search),
                                            bl_search_range_key(search) };
        add_key(builder, search->current, columns, BL_COUNT_OF(columns));
        if (bloop_builder_value(builder, &key) != BLOOP_OK)
            key.data = NULL;
        return key;
    }
    if (!search->start.size) {
        /* Nothing has been read yet: an empty key stands for the beginning. */
        bloop_build_begin(builder, BLOOP_TAG_M);
        bloop_build_end(builder);
        if (bloop_builder_value(builder, &key) != BLOOP_OK)
            key.data = NULL;
        return key;
    }
    return (bloop_item){ search->start.data, search->start.size };
}

static void add_key(bloop_builder *builder, bloop_item item, const bl_column_info *const *columns, size_t count)
{
    bloop_build_begin(builder, BLOOP_TAG_M);
    for (size_t i = 0; i < count; i++) {
        bool again = !columns[i];
        for (size_t k = 0; k < i && !again; k++)
            again = columns[k] == columns[i];
        if (again)
            continue;
        bloop_value value = bloop_item_get(item, columns[i]->dynamo_name.data, columns[i]->dynamo_name.size);
        if (!value.data)
            continue;
        bloop_build_name(builder, columns[i]->dynamo_name.data, columns[i]->dynamo_name.size);
        bloop_build_value(builder, value);
    }
    bloop_build_end(builder);
}

static char *write_text(const bloop_search *search, bloop_item start)
{
    char sum[17];
    if (sum_of(search, start, sum) != BLOOP_OK)
        return NULL;
    bloop_json_writer *writer = bloop_json_writer_new(BLOOP_JSON_COMPACT);
    if (!writer)
        return NULL;
    bloop_json_write_object(writer);
    bloop_json_put_string(writer, "bloop", "search");
    bloop_json_put_int64(writer, "version", VERSION);
    bloop_json_put_string(writer, "kind", kind_name(search));
    bloop_json_put_string(writer, "table", search->request.table);
    bloop_json_put_string(writer, "index", search->request.index ? search->request.index : "");
    bloop_json_put_string(writer, "check", sum);
    bloop_json_write_name(writer, "start", strlen("start"));
    bloop_json_write_item(writer, start);
    bloop_json_write_end(writer);
    char *text = bloop_json_writer_take(writer, NULL);
    bloop_json_writer_free(writer);
    return text;
}

/* FNV-1a with 64 bits: quick, and enough against mistakes. */
static bloop_status sum_of(const bloop_search *search, bloop_item start, char out[17])
{
    const bloop_search_request *request = &search->request;
    uint64_t sum = UINT64_C(0xCBF29CE484222325);
    sum = add_to_sum(sum, request->table, strlen(request->table) + 1);
    if (request->index)
        sum = add_to_sum(sum, request->index, strlen(request->index) + 1);
    const uint32_t facts[] = { VERSION, (uint32_t)request->kind, request->descending, (uint32_t)request->segment,
                               (uint32_t)request->total_segments };
    for (size_t i = 0; i < BL_COUNT_OF(facts); i++) {
        uint8_t bytes[4];
        bl_store_le32(bytes, facts[i]);
        sum = add_to_sum(sum, bytes, sizeof bytes);
    }
    if (request->key_condition) {
        size_t size = bloop_expr_print(request->key_condition, NULL, 0) + 1;
        char *text = bl_alloc(size);
        if (!text)
            return BLOOP_NO_MEMORY;
        bloop_expr_print(request->key_condition, text, size);
        sum = add_to_sum(sum, text, size);
        bl_free(text);
    }
    sum = add_to_sum(sum, start.data, start.size);
    snprintf(out, 17, "%016llx", (unsigned long long)sum);
    return BLOOP_OK;
}

static uint64_t add_to_sum(uint64_t sum, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ bytes[i]) * UINT64_C(0x100000001B3);
    return sum;
}

static bloop_status read_text(bloop_json_reader *reader, token_text *out)
{
    const struct {
        const char *name;
        bloop_slice *to;
    } texts[] = {
        { "bloop", &out->what },  { "kind", &out->kind },   { "table", &out->table },
        { "index", &out->index }, { "check", &out->check },
    };
    bloop_json_enter_object(reader);
    for (bloop_slice name; bloop_json_next_name(reader, &name);) {
        size_t i = 0;
        while (i < BL_COUNT_OF(texts) && !bl_slice_is(name, texts[i].name))
            i++;
        if (i < BL_COUNT_OF(texts)) {
            bloop_json_read_string(reader, texts[i].to);
        } else if (bl_slice_is(name, "version")) {
            bloop_json_read_int64(reader, &out->version);
        } else if (bl_slice_is(name, "start") && !out->has_start) {
            out->has_start = bloop_json_read_item(reader, &out->start) == BLOOP_OK;
        } else {
            char quoted[BL_QUOTE_SIZE];
            bloop_json_refuse(reader, "it has no business with %s", bl_quote(quoted, name.data, name.size));
        }
    }
    return bloop_json_finish(reader);
}

static bloop_status check_text(const bloop_search *search, token_text *text, bloop_item *start)
{
    const char *index = search->request.index ? search->request.index : "";
    if (!bl_slice_is(text->what, "search") || !text->has_start)
        return bl_error(BLOOP_INVALID_POSITION, "it is not one of a search");
    if (text->version != VERSION)
        return bl_error(BLOOP_INVALID_POSITION, "it is of version %lld, not %d", (long long)text->version, VERSION);
    if (!bl_slice_is(text->kind, kind_name(search)) || !bl_slice_is(text->table, search->request.table) ||
        !bl_slice_is(text->index, index))
        return bl_error(BLOOP_INVALID_POSITION, "it is of another search");
    bloop_status status = bloop_builder_value(&text->start, start);
    char sum[17];
    if (status == BLOOP_OK)
        status = sum_of(search, *start, sum);
    if (status == BLOOP_OK && !bl_slice_is(text->check, sum))
        status = bl_error(BLOOP_INVALID_POSITION, "it was changed, or is of a search with other keys or options");
    if (status == BLOOP_OK && bloop_value_count(*start) == 0)
        *start = (bloop_item){ NULL, 0 };
    return status;
}

static const char *kind_name(const bloop_search *search)
{
    return search->request.kind == BLOOP_SEARCH_QUERY ? "query" : "scan";
}
