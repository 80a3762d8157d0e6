/* Reading responses: objects by tables of members, arrays, and how it all ends. */
#include "wire/answer_private.h"

static size_t find(const bl_answer_member *members, size_t count, bloop_slice name);
static void *grow(bl_answer *answer, void **items, size_t *capacity, size_t count, size_t size);

void bl_answer_begin(bl_answer *answer, const char *body, size_t size)
{
    bl_json_reader_use(&answer->reader, body ? body : "", body ? size : 0);
    bl_builder_use(&answer->builder, NULL, 0);
    answer->memory = (bloop_result_memory){ NULL };
    answer->out_of_memory = false;
}

void bl_answer_end(bl_answer *answer)
{
    bl_json_reader_release(&answer->reader);
    bl_builder_free(&answer->builder);
    bloop_result_free(&answer->memory);
}

bloop_status bl_answer_finish(bl_answer *answer, bloop_result_memory *memory)
{
    bloop_status status = bloop_json_finish(&answer->reader);
    if (answer->out_of_memory || status == BLOOP_NO_MEMORY) {
        status = bl_error(BLOOP_NO_MEMORY, "%s", bloop_status_text(BLOOP_NO_MEMORY));
    } else if (status != BLOOP_OK) {
        bl_error_as(BLOOP_NETWORK);
        status = bl_error_context("the endpoint's answer is no sound DynamoDB response");
    } else {
        *memory = answer->memory;
        answer->memory = (bloop_result_memory){ NULL };
    }
    bl_answer_end(answer);
    return status;
}

void bl_answer_no_memory(bl_answer *answer)
{
    answer->out_of_memory = true;
    bloop_json_refuse(&answer->reader, "%s", bloop_status_text(BLOOP_NO_MEMORY));
}

void *bl_answer_alloc(bl_answer *answer, size_t count, size_t size)
{
    void *room = count <= SIZE_MAX / size ? bloop_result_alloc(&answer->memory, count * size) : NULL;
    if (!room)
        bl_answer_no_memory(answer);
    return room;
}

void bl_answer_members(bl_answer *answer, const bl_answer_member *members, size_t count, void *into)
{
    bloop_json_reader *reader = &answer->reader;
    bloop_slice name;
    uint64_t seen = 0;
    bloop_json_enter_object(reader);
    while (bloop_json_next_name(reader, &name)) {
        size_t i = find(members, count, name);
        if (i == count) {
            bloop_json_skip(reader);
        } else if (seen >> i & 1) {
            bloop_json_refuse(reader, "a second %s", members[i].name);
        } else {
            seen |= UINT64_C(1) << i;
            if (bloop_json_peek(reader) == BLOOP_JSON_NULL)
                bloop_json_skip(reader);
            else
                members[i].read(answer, (uint8_t *)into + members[i].offset);
        }
    }
}

bool bl_answer_may_add(bl_answer *answer, size_t count)
{
    if (count < BL_ANSWER_MAX_ELEMENTS)
        return true;
    bloop_json_refuse(&answer->reader, "an array of more than %d elements", BL_ANSWER_MAX_ELEMENTS);
    return false;
}

bl_answer_list bl_answer_array(bl_answer *answer, size_t size, void (*read)(bl_answer *answer, void *into))
{
    bl_answer_list list = { 0 };
    void *items = NULL;
    size_t capacity = 0, count = 0;
    bloop_json_enter_array(&answer->reader);
    while (bloop_json_next_element(&answer->reader)) {
        void *into = grow(answer, &items, &capacity, count, size);
        if (!into)
            break;
        read(answer, into);
        count++;
    }
    if (count > 0 && answer->reader.status == BLOOP_OK)
        list.items = bl_answer_alloc(answer, count, size);
    if (list.items) {
        memcpy(list.items, items, count * size);
        list.count = count;
    }
    bl_free(items);
    return list;
}

static size_t find(const bl_answer_member *members, size_t count, bloop_slice name)
{
    size_t i = 0;
    while (i < count && (strlen(members[i].name) != name.size || memcmp(members[i].name, name.data, name.size) != 0))
        i++;
    return i;
}

/* Zeroed room for one more element. */
static void *grow(bl_answer *answer, void **items, size_t *capacity, size_t count, size_t size)
{
    if (!bl_answer_may_add(answer, count))
        return NULL;
    if (bl_grow(items, capacity, count + 1, size) != BLOOP_OK) {
        bl_answer_no_memory(answer);
        return NULL;
    }
    return memset((uint8_t *)*items + count * size, 0, size);
}
