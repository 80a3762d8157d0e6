/* Items that look alike. An item is read in two steps: first its text is compared with what the last one looked like, and each
   value is found; then the packed item is written in the order of the names, which was sorted once. So nothing is parsed twice,
   and nothing is moved. Whatever does not fit is left to the usual way, which also words the failures. */
#include "json/reader_private.h"

enum {
    SLACK = 32,            /* copies of short strings take this much, whatever they need */
    MAX_ELEMENTS = 32,     /* of all sets of an item */
    MAX_MISSES = 8,        /* then it is given up */
    CONTAINER_HEAD = 9,    /* tag, size and count: bloop/value.h */
    FIELD_MOST = 3 + 5 + 1 /* what a field takes beside its name and content */
};

/* An item while it is read. */
typedef struct item_reading {
    bloop_json_reader *reader;
    bl_json_alike *alike;
    bloop_builder *builder;
    size_t needed; /* bytes of the packed item, or more */
    size_t element_count;
    bloop_slice elements[MAX_ELEMENTS];
} item_reading;

static bool take_fields(item_reading *r, bl_json_alike_fields fields);
static bl_json_alike_field *find_field(item_reading *r, bl_json_alike_field *at, bl_json_alike_field *end);
static bool take_content(item_reading *r, bl_json_alike_field *field);
static bool take_text(item_reading *r, bl_json_alike_field *field);
static bool take_digits(item_reading *r, bl_json_alike_field *field);
static bool take_flag(item_reading *r, bl_json_alike_field *field);
static bool take_strings(item_reading *r, bl_json_alike_field *field);
static bool insert_element(item_reading *r, size_t first, bloop_slice element);
static bool take_other(item_reading *r, bl_json_alike_field *field);
static void start_builder(item_reading *r);
static uint8_t *put_fields(const item_reading *r, uint8_t *to, bl_json_alike_fields fields);
static uint8_t *put_content(const item_reading *r, uint8_t *to, const bl_json_alike_field *field);
static uint8_t *put_bytes(uint8_t *to, const void *from, size_t size);
static uint8_t *put_strings(const item_reading *r, uint8_t *to, const bl_json_alike_field *field);
static bool learn_fields(bloop_json_reader *reader, bl_json_alike *alike, bool nested, bl_json_alike_fields *out);
static bool learn_field(bloop_json_reader *reader, bl_json_alike *alike, bool nested, bl_json_alike_field *out);
static bool learn_map(bloop_json_reader *reader, bl_json_alike *alike, bl_json_alike_field *out);
static void sort_names(bl_json_alike *alike, bl_json_alike_fields fields);
static bool comes_after(const bl_json_alike_field *a, const bl_json_alike_field *b);

size_t bl_json_read_alike(bloop_json_reader *reader, bl_json_alike *alike, bloop_builder *builder, uint8_t *room,
                          size_t size)
{
    const uint8_t *item = reader->at;
    if (alike->item.count == 0 || alike->misses >= MAX_MISSES || !bl_json_expect_value(reader))
        return 0;
    item_reading r = { .reader = reader, .alike = alike, .builder = builder, .needed = CONTAINER_HEAD + SLACK };
    bloop_builder_reset(builder);
    bool alike_so_far = bl_json_accept(reader, '{') && take_fields(&r, alike->item);
    if (BL_LIKELY(alike_so_far && r.needed <= size && reader->end - reader->at >= SLACK)) {
        const uint8_t *end = put_fields(&r, room, alike->item);
        if (BL_LIKELY(end != NULL)) {
            reader->token = item;
            reader->text = (bloop_slice){ NULL, 0 };
            reader->state = BL_JSON_AFTER;
            alike->misses = 0;
            return (size_t)(end - room);
        }
    }
    if (builder->status == BLOOP_NO_MEMORY)
        bl_json_fail(reader, builder->status, item, "%s", builder->message);
    if (reader->status == BLOOP_OK)
        reader->at = item;
    return 0;
}

void bl_json_learn_alike(const bloop_json_reader *reader, bl_json_alike *alike, const uint8_t *item)
{
    bloop_json_reader again;
    bl_json_alike_fields fields;
    if (alike->misses >= MAX_MISSES || reader->end - reader->at < SLACK || reader->end - item > INT32_MAX)
        return;
    alike->misses++;
    alike->item.count = alike->used = 0;
    bl_json_reader_use(&again, (const char *)item, (size_t)(reader->at - item));
    if (bl_json_accept(&again, '{') && learn_fields(&again, alike, false, &fields))
        alike->item = fields;
    bl_json_reader_release(&again);
}

/* The members of a map, to its closing brace. */
static bool take_fields(item_reading *r, bl_json_alike_fields fields)
{
    bloop_json_reader *reader = r->reader;
    bl_json_alike_field *next = r->alike->fields + fields.first, *end = next + fields.count;
    do {
        bl_json_skip_space(reader);
        bl_json_alike_field *field = find_field(r, next, end);
        if (!field)
            return false;
        next = field + 1;
        reader->at += field->head_size;
        if (!take_content(r, field))
            return false;
        r->needed += FIELD_MOST + field->name_size;
    } while (bl_json_accept(reader, ','));
    for (; next < end; next++)
        next->present = false;
    return bl_json_accept(reader, '}');
}

/* The field whose head comes next in the text; those before it are missing. */
static bl_json_alike_field *find_field(item_reading *r, bl_json_alike_field *at, bl_json_alike_field *end)
{
    const uint8_t *text = r->reader->at;
    size_t left = (size_t)(r->reader->end - text);
    for (; at < end; at++) {
        size_t size = at->head_size;
        at->present = size <= left && bl_load_le64(text) == bl_load_le64(at->head) &&
                      bl_load_le64(text + size - 8) == bl_load_le64(at->head + size - 8) &&
                      (size <= 16 || memcmp(text + 8, at->head + 8, size - 16) == 0);
        if (BL_LIKELY(at->present))
            return at;
    }
    return NULL;
}

/* The content, and the closing brace of the value. */
static bool take_content(item_reading *r, bl_json_alike_field *field)
{
    bool taken;
    field->packed = false;
    switch (field->tag) {
    case BLOOP_TAG_S: taken = take_text(r, field); break;
    case BLOOP_TAG_N: taken = take_digits(r, field); break;
    case BLOOP_TAG_BOOL: taken = take_flag(r, field); break;
    case BLOOP_TAG_SS: return take_strings(r, field);
    case BLOOP_TAG_M:
        if (field->map.count == 0)
            return take_other(r, field);
        taken = take_fields(r, field->map);
        r->needed += CONTAINER_HEAD;
        break;
    default: return take_other(r, field);
    }
    return taken && bl_json_accept(r->reader, '}');
}

/* The opening quote belongs to the head. What has escapes goes by way of the builder. */
static bool take_text(item_reading *r, bl_json_alike_field *field)
{
    bloop_json_reader *reader = r->reader;
    bl_json_token token;
    const uint8_t *content = reader->at, *stop = bl_json_scan(content, reader->end);
    if (BL_LIKELY(stop < reader->end && *stop == '"')) {
        token = (bl_json_token){ content, (size_t)(stop - content), false };
        reader->at = stop + 1;
    } else {
        reader->at = content - 1;
        if (!bl_json_take_string(reader, &token))
            return false;
    }
    field->text = token.data;
    field->size = (uint32_t)token.size;
    r->needed += token.size;
    if (BL_LIKELY(!token.escaped))
        return true;
    bloop_slice text;
    if (!bl_json_borrow_text(reader, &token, &text))
        return false;
    start_builder(r);
    field->packed = true;
    field->at = (uint32_t)r->builder->buffer.size;
    bloop_build_string(r->builder, text.data, text.size);
    field->size = (uint32_t)(r->builder->buffer.size - field->at);
    return r->builder->status == BLOOP_OK;
}

/* What they mean is seen when they are put. */
static bool take_digits(item_reading *r, bl_json_alike_field *field)
{
    const uint8_t *at = r->reader->at, *end = r->reader->end;
    while (at < end && *at != '"')
        at++;
    if (at == end)
        return false;
    field->text = r->reader->at;
    field->size = (uint32_t)(at - field->text);
    r->needed += BL_NUMBER_SIZE;
    r->reader->at = at + 1;
    return true;
}

static bool take_flag(item_reading *r, bl_json_alike_field *field)
{
    const uint8_t *at = r->reader->at;
    size_t left = (size_t)(r->reader->end - at);
    field->size = left >= 4 && memcmp(at, "true", 4) == 0;
    if (!field->size && (left < 5 || memcmp(at, "false", 5) != 0))
        return false;
    r->reader->at += field->size ? 4 : 5;
    return true;
}

/* Some strings without escapes, and the closing brace; the opening bracket belongs to the head. */
static bool take_strings(item_reading *r, bl_json_alike_field *field)
{
    bloop_json_reader *reader = r->reader;
    const uint8_t *content = reader->at;
    bl_json_token token;
    field->at = (uint32_t)r->element_count;
    do {
        bl_json_skip_space(reader);
        if (reader->at == reader->end || *reader->at != '"' || !bl_json_take_string(reader, &token) || token.escaped ||
            !insert_element(r, field->at, bl_json_token_slice(&token))) {
            r->element_count = field->at;
            reader->at = content - 1;
            return reader->status == BLOOP_OK && take_other(r, field);
        }
        r->needed += token.size + 5;
    } while (bl_json_accept(reader, ','));
    field->size = (uint32_t)r->element_count - field->at;
    r->needed += CONTAINER_HEAD;
    return bl_json_accept(reader, ']') && bl_json_accept(reader, '}');
}

/* In its place by order. False when there are too many, or it is there already. */
static bool insert_element(item_reading *r, size_t first, bloop_slice element)
{
    size_t at = r->element_count;
    if (at == MAX_ELEMENTS)
        return false;
    for (; at > first; at--) {
        bloop_slice before = r->elements[at - 1];
        size_t common = before.size < element.size ? before.size : element.size;
        int order = memcmp(before.data, element.data, common);
        if (order < 0 || (order == 0 && before.size < element.size))
            break;
        if (order == 0 && before.size == element.size)
            return false;
        r->elements[at] = before;
    }
    r->elements[at] = element;
    r->element_count++;
    return true;
}

/* With its closing brace. */
static bool take_other(item_reading *r, bl_json_alike_field *field)
{
    start_builder(r);
    field->packed = true;
    field->at = (uint32_t)r->builder->buffer.size;
    if (!bl_json_read_payload(r->reader, r->builder, (bloop_tag)field->tag))
        return false;
    field->size = (uint32_t)(r->builder->buffer.size - field->at);
    r->needed += field->size;
    return r->builder->status == BLOOP_OK;
}

/* Values stand in a list there, as deep as they would be in the item. */
static void start_builder(item_reading *r)
{
    if (r->builder->depth == 0)
        bloop_build_begin(r->builder, BLOOP_TAG_L);
}

/* NULL when a number is one that only the usual way reads. */
static uint8_t *put_fields(const item_reading *r, uint8_t *to, bl_json_alike_fields fields)
{
    uint8_t *head = to;
    uint32_t present = 0;
    to += CONTAINER_HEAD;
    for (unsigned i = fields.first; to && i < (unsigned)fields.first + fields.count; i++) {
        const bl_json_alike_field *field = &r->alike->fields[r->alike->order[i]];
        if (!field->present)
            continue;
        present++;
        bl_store_le16(to, field->name_size);
        to = put_bytes(to + 2, field->name, field->name_size);
        to = put_content(r, to, field);
    }
    if (!to)
        return NULL;
    head[0] = BLOOP_TAG_M;
    bl_store_le32(head + 1, (uint32_t)(to - head) - CONTAINER_HEAD);
    bl_store_le32(head + 5, present);
    return to;
}

static uint8_t *put_content(const item_reading *r, uint8_t *to, const bl_json_alike_field *field)
{
    if (field->packed) {
        memcpy(to, r->builder->buffer.data + field->at, field->size);
        return to + field->size;
    }
    if (field->tag == BLOOP_TAG_M)
        return put_fields(r, to, field->map);
    if (field->tag == BLOOP_TAG_SS)
        return put_strings(r, to, field);
    to[0] = field->tag;
    if (field->tag == BLOOP_TAG_BOOL) {
        to[1] = (uint8_t)field->size;
        return to + 2;
    }
    if (field->tag == BLOOP_TAG_S) {
        bl_store_le32(to + 1, field->size);
        return put_bytes(to + 5, field->text, field->size);
    }
    size_t size = bl_number_form_of_digits(field->text, field->size, to + 2);
    to[1] = (uint8_t)size;
    return size ? to + 2 + size : NULL;
}

/* And a zero byte. Both sides have room for a copy of fixed size. */
static inline uint8_t *put_bytes(uint8_t *to, const void *from, size_t size)
{
    if (BL_LIKELY(size <= SLACK))
        memcpy(to, from, SLACK);
    else
        memcpy(to, from, size);
    to[size] = 0;
    return to + size + 1;
}

static uint8_t *put_strings(const item_reading *r, uint8_t *to, const bl_json_alike_field *field)
{
    uint8_t *head = to;
    to += CONTAINER_HEAD;
    for (uint32_t i = 0; i < field->size; i++) {
        bloop_slice element = r->elements[field->at + i];
        bl_store_le32(to, (uint32_t)element.size);
        to = put_bytes(to + 4, element.data, element.size);
    }
    head[0] = BLOOP_TAG_SS;
    bl_store_le32(head + 1, (uint32_t)(to - head) - CONTAINER_HEAD);
    bl_store_le32(head + 5, field->size);
    return to;
}

/* The members of a map, to its closing brace. */
static bool learn_fields(bloop_json_reader *reader, bl_json_alike *alike, bool nested, bl_json_alike_fields *out)
{
    bl_json_alike_field read[BL_JSON_ALIKE_FIELDS];
    size_t count = 0;
    do {
        bl_json_skip_space(reader);
        if (count == BL_JSON_ALIKE_FIELDS || !learn_field(reader, alike, nested, &read[count]))
            return false;
        count++;
    } while (bl_json_accept(reader, ','));
    if (count > (size_t)BL_JSON_ALIKE_FIELDS - alike->used || !bl_json_accept(reader, '}'))
        return false;
    *out = (bl_json_alike_fields){ alike->used, (uint8_t)count };
    memcpy(alike->fields + alike->used, read, count * sizeof *read);
    alike->used = (uint8_t)(alike->used + count);
    sort_names(alike, *out);
    return true;
}

static bool learn_field(bloop_json_reader *reader, bl_json_alike *alike, bool nested, bl_json_alike_field *out)
{
    bl_json_token name, tag;
    const uint8_t *head = reader->at;
    if (!bl_json_take_name(reader, &name) || name.escaped || name.size > UINT16_MAX || !bl_json_accept(reader, '{'))
        return false;
    bl_json_skip_space(reader);
    if (!bl_json_take_name(reader, &tag))
        return false;
    bl_json_skip_space(reader);
    *out = (bl_json_alike_field){ .head = head, .name = name.data, .name_size = (uint16_t)name.size };
    out->tag = (uint8_t)bloop_tag_of_name((const char *)tag.data, tag.size);
    if (nested && (out->tag == BLOOP_TAG_L || out->tag == BLOOP_TAG_M))
        return false;
    const uint8_t *content = reader->at;
    bool opened = out->tag == BLOOP_TAG_S || out->tag == BLOOP_TAG_N || out->tag == BLOOP_TAG_SS ||
                  (out->tag == BLOOP_TAG_M && learn_map(reader, alike, out));
    out->head_size = (uint32_t)(content - head) + opened;
    reader->at = content;
    reader->state = BL_JSON_AT_VALUE;
    return bloop_json_skip(reader) == BLOOP_OK && bl_json_accept(reader, '}');
}

/* False for a map that is read in the usual way: it is empty, or has maps or lists inside. */
static bool learn_map(bloop_json_reader *reader, bl_json_alike *alike, bl_json_alike_field *out)
{
    uint8_t used = alike->used;
    if (bl_json_accept(reader, '{') && learn_fields(reader, alike, true, &out->map))
        return true;
    alike->used = used;
    out->map.count = 0;
    bl_json_reader_use(reader, (const char *)reader->begin, (size_t)(reader->end - reader->begin));
    return false;
}

/* As names are in a packed map; by insertion, since there are few. */
static void sort_names(bl_json_alike *alike, bl_json_alike_fields fields)
{
    uint8_t *order = alike->order + fields.first;
    for (unsigned i = 0; i < fields.count; i++) {
        unsigned at = i;
        const bl_json_alike_field *field = &alike->fields[fields.first + i];
        for (; at > 0 && comes_after(&alike->fields[order[at - 1]], field); at--)
            order[at] = order[at - 1];
        order[at] = (uint8_t)(fields.first + i);
    }
}

static bool comes_after(const bl_json_alike_field *a, const bl_json_alike_field *b)
{
    size_t common = a->name_size < b->name_size ? a->name_size : b->name_size;
    int order = memcmp(a->name, b->name, common);
    return order > 0 || (order == 0 && a->name_size > b->name_size);
}
