/* A page of items: each is packed where it stays, behind the one before it. */
#include "wire/answer_private.h"

static bool make_room(bl_answer *answer, bl_page *page, size_t needed);

/* The builder works in the page's free room. An item that needs more goes on in memory of the builder's own, and is copied
   once the page has been made larger. */
void bl_page_read_item(bl_answer *answer, bl_page *page)
{
    bloop_builder *builder = &answer->builder;
    bloop_item item;
    if (!page->data && !make_room(answer, page, (size_t)(answer->reader.end - answer->reader.at)))
        return;
    bl_builder_use(builder, page->data + page->size, page->room - page->size);
    if (bloop_json_read_item(&answer->reader, builder) != BLOOP_OK)
        return;
    if (bloop_builder_value(builder, &item) != BLOOP_OK) {
        bl_answer_no_memory(answer);
        return;
    }
    if (item.data != page->data + page->size) {
        if (!make_room(answer, page, item.size))
            return;
        memcpy(page->data + page->size, item.data, item.size);
    }
    page->size += item.size;
    page->count++;
    bl_builder_free(builder);
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
