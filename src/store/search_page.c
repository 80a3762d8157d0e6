/* A page: items that meet the filter are copied from the file's map into one block, as they are or projected. */
#include "capacity_private.h"
#include "search_private.h"

/* The service examines items until they come to 1 MB; the one that reaches it is the page's last (API reference, Query;
   architect/dynalite's suite, "just over limit"). Packed, they are rarely twice as large. */
#define PAGE_SIZE_LIMIT (1024u * 1024)
/* Moving a page costs more than memory that nothing is written to: one that outgrows a small room gets a whole one. */
#define WHOLE_ROOM    (2 * PAGE_SIZE_LIMIT)
#define SMALL_ROOM    (16u * 1024)
#define ROOM_PER_ITEM 512u
#define WASTE_ALLOWED (16u * 1024)

static bool counts_alone(const bl_page *page);
static uint64_t weight(const bl_page *page);
static size_t first_room(const bloop_search_request *request);
static bloop_status project(bl_page *page, bloop_item *item);
static bloop_status copy_item(bl_page *page, bloop_item item);
static bloop_status make_room(bl_page *page, size_t capacity);
static bloop_status make_last(bl_page *page, bloop_item item);
static void build_keys(bloop_builder *builder, const bl_key_schema *own, const bl_key_schema *other, bloop_item item);
static void build_key(bloop_builder *builder, const bl_key_attribute *attribute, bloop_item item);
static bool is_part(const bl_key_attribute *attribute, const bl_key_schema *schema);

bloop_status bl_page_begin(bl_page *page, const bl_search *search, bloop_search_result *out)
{
    *page = (bl_page){ .search = search, .out = out };
    bl_builder_use(&page->builder, NULL, 0);
    return counts_alone(page) ? BLOOP_OK : make_room(page, first_room(search->request));
}

bloop_status bl_page_add(bl_page *page, bl_stored entry, bl_stored item, bool *full)
{
    const bloop_search_request *request = page->search->request;
    bool met = true;
    page->out->scanned++;
    page->examined += entry.size;
    if (page->search->plan.fetches)
        page->fetched += bl_blocks(item.size, BL_READ_BLOCK);
    *full = weight(page) >= PAGE_SIZE_LIMIT || page->out->scanned == (uint32_t)request->limit;
    if (request->filter) {
        bloop_status status = bloop_expr_evaluate(request->filter, item.item, &met);
        if (status != BLOOP_OK || !met)
            return status;
    }
    page->out->count++;
    if (counts_alone(page))
        return BLOOP_OK;
    if (request->projection && !request->projection_is_hint) {
        bloop_status status = project(page, &item.item);
        if (status != BLOOP_OK)
            return status;
    }
    return copy_item(page, item.item);
}

bloop_status bl_page_end(bl_page *page, bloop_item last)
{
    bloop_status status = BLOOP_OK;
    if (page->capacity - page->size > WASTE_ALLOWED)
        status = make_room(page, page->size);
    if (status == BLOOP_OK && last.data)
        status = make_last(page, last);
    if (status != BLOOP_OK)
        return status;
    page->out->items = page->size ? page->items : NULL;
    page->out->items_size = page->size;
    return BLOOP_OK;
}

/* Of a table or an index by what was examined in it; items that were fetched are the table's, each by itself. */
bloop_status bl_page_tell_capacity(const bl_page *page)
{
    const bl_search *search = page->search;
    bool consistent = search->request->consistent;
    double examined = bl_read_units(bl_blocks(page->examined, BL_READ_BLOCK), consistent);
    double index_units[BL_INDEXES_MAX] = { 0 };
    bl_consumption consumed = { .name = search->request->table, .table = search->table };
    if (search->index) {
        index_units[search->index - search->table->indexes] = examined;
        consumed.index_units = index_units;
        consumed.table_units = bl_read_units(page->fetched, consistent);
    } else {
        consumed.table_units = examined;
    }
    return bl_capacity_tell(&page->out->memory, search->request->capacity, &consumed, &page->out->capacity);
}

void bl_page_drop(bl_page *page)
{
    bl_builder_free(&page->builder);
}

static bool counts_alone(const bl_page *page)
{
    return page->search->request->select == BLOOP_SELECT_COUNT;
}

/* What counts towards the limit of a page. Fetched items are rounded up (developer guide, "Read capacity units" of local
   secondary indexes). */
static uint64_t weight(const bl_page *page)
{
    if (BL_LIKELY(page->fetched == 0))
        return page->examined;
    return (bl_blocks(page->examined, BL_READ_BLOCK) + page->fetched) * BL_READ_BLOCK;
}

static size_t first_room(const bloop_search_request *request)
{
    size_t limit = (size_t)request->limit;
    if (limit > 0 && limit < SMALL_ROOM / ROOM_PER_ITEM)
        return limit * ROOM_PER_ITEM;
    return limit > 0 || request->kind == BLOOP_SEARCH_QUERY ? SMALL_ROOM : WHOLE_ROOM;
}

static bloop_status project(bl_page *page, bloop_item *item)
{
    bloop_builder_reset(&page->builder);
    bloop_status status = bloop_projection_apply(page->search->request->projection, *item, &page->builder);
    return status == BLOOP_OK ? bloop_builder_value(&page->builder, item) : status;
}

static bloop_status copy_item(bl_page *page, bloop_item item)
{
    if (BL_UNLIKELY(item.size > page->capacity - page->size)) {
        size_t twice = 2 * page->capacity + item.size;
        bloop_status status = make_room(page, twice > WHOLE_ROOM ? twice : WHOLE_ROOM);
        if (status != BLOOP_OK)
            return status;
    }
    memcpy(page->items + page->size, item.data, item.size);
    page->size += item.size;
    return BLOOP_OK;
}

static bloop_status make_room(bl_page *page, size_t capacity)
{
    uint8_t *items = bl_result_room(&page->out->memory, page->items, capacity);
    if (!items)
        return BLOOP_NO_MEMORY;
    page->items = items;
    page->capacity = capacity;
    return BLOOP_OK;
}

/* The key attributes of what is searched, and of the table. */
static bloop_status make_last(bl_page *page, bloop_item item)
{
    const bl_search *search = page->search;
    bloop_item key;
    bloop_builder_reset(&page->builder);
    bloop_build_begin(&page->builder, BLOOP_TAG_M);
    build_keys(&page->builder, &search->table->key, NULL, item);
    if (search->index)
        build_keys(&page->builder, &search->index->key, &search->table->key, item);
    bloop_build_end(&page->builder);
    bloop_status status = bloop_builder_value(&page->builder, &key);
    if (status != BLOOP_OK)
        return status;
    uint8_t *copy = bloop_result_alloc(&page->out->memory, key.size);
    if (!copy)
        return BLOOP_NO_MEMORY;
    memcpy(copy, key.data, key.size);
    page->out->last = (bloop_item){ copy, key.size };
    return BLOOP_OK;
}

/* `other` (may be NULL) has been built before. */
static void build_keys(bloop_builder *builder, const bl_key_schema *own, const bl_key_schema *other, bloop_item item)
{
    if (!is_part(&own->hash, other))
        build_key(builder, &own->hash, item);
    if (own->range.name && !is_part(&own->range, other))
        build_key(builder, &own->range, item);
}

static void build_key(bloop_builder *builder, const bl_key_attribute *attribute, bloop_item item)
{
    bloop_build_name(builder, attribute->name, attribute->size);
    bloop_build_value(builder, bloop_item_get(item, attribute->name, attribute->size));
}

static bool is_part(const bl_key_attribute *attribute, const bl_key_schema *schema)
{
    return schema && (strcmp(attribute->name, schema->hash.name) == 0 ||
                      (schema->range.name && strcmp(attribute->name, schema->range.name) == 0));
}
