/* A page of items: each is packed where it stays, behind the one before it. */
#include "wire/answer_private.h"

static bool read_other(bl_answer *answer, bl_page *page);
static bool make_room(bl_answer *answer, bl_page *page, size_t needed);

/* Items are alike, nearly always, and then go straight to their place. */
void bl_page_read_item(bl_answer *answer, bl_page *page)
{
    bloop_json_reader *reader = &answer->reader;
    if (!page->data && !make_room(answer, page, (size_t)(reader->end - reader->at)))
        return;
    const uint8_t *begin = reader->at;
    size_t size =
        bl_json_read_alike(reader, &page->alike, &answer->builder, page->data + page->size, page->room - page->size);
    if (size > 0) {
        page->size += size;
        page->count++;
    } else if (reader->status == BLOOP_OK && read_other(answer, page)) {
        bl_json_learn_alike(reader, &page->alike, begin);
    }
}

/* The builder works in the page's free room. An item that needs more goes on in memory of the builder's own, and is copied
   once the page has been made larger. */
static bool read_other(bl_answer *answer, bl_page *page)
{
    bloop_builder *builder = &answer->builder;
    bloop_item item;
    bl_builder_free(builder);
    bl_builder_use(builder, page->data + page->size, page->room - page->size);
    if (bloop_json_read_item(&answer->reader, builder) != BLOOP_OK)
        return false;
    if (bloop_builder_value(builder, &item) != BLOOP_OK) {
        bl_answer_no_memory(answer);
        return false;
    }
    if (item.data != page->data + page->size) {
        if (!make_room(answer, page, item.size))
            return false;
        memcpy(page->data + page->size, item.data, item.size);
    }
    page->size += item.size;
    page->count++;
    bl_builder_free(builder);
    return true;
}

static bool make_room(bl_answer *answer, bl_page *page, size_t needed)
{
    size_t room = page->size + needed + page->room / 2;
    uint8_t *data = bl_result_room(&answer->memory, page->data, room);
    if (!data) {
        bl_answer_no_memory(answer);
        return false;
    }
    page->data = data;
    page->room = room;
    return true;
}
