/* Items that look alike. An item is read in two steps: first its text is compared with what the last one looked like, and each
   value is found; then the packed item is written in the order of the names, which was sorted once. So nothing is parsed twice,
   and nothing is moved. Items that have just the same attributes differ in the contents of their values alone: what stands
   between two contents is compared in one piece. Else it is compared attribute by attribute, and some may be missing. Whatever
   does not fit is left to the usual way, which also words the failures. */
#include "json/reader_private.h"

enum {
    SLACK = 32,        /* copies of short strings take this much, whatever they need */
    MAX_ELEMENTS = 32, /* of all sets of an item */
    MAX_MISSES = 8,    /* then it is given up */
    MAX_DETOURS = 8,   /* then no longer in one piece */
};

/* An item while it is read. */
typedef struct item_reading {
    bloop_json_reader *reader;
    bl_json_alike *alike;
    bloop_builder *builder;
    bool complete; /* no field is missing */
    size_t element_count;
    bloop_slice elements[MAX_ELEMENTS];
} item_reading;

static bool take_item(item_reading *r);
static void restart(item_reading *r, const uint8_t *item);
static bool take_straight(item_reading *r);
static inline bool same(const uint8_t *a, const uint8_t *b, size_t size);
static bool take_fields(item_reading *r, bl_json_alike_fields fields);
static bl_json_alike_field *find_field(item_reading *r, bl_json_alike_field *at, bl_json_alike_field *end);
static bool take_field(item_reading *r, bl_json_alike_field *field);
static inline const uint8_t *take_content(item_reading *r, bl_json_alike_field *field, const uint8_t *at);
static inline uint32_t foreseen(uint32_t found, uint32_t expected);
static const uint8_t *take_odd_text(item_reading *r, bl_json_alike_field *field, const uint8_t *at);
static const uint8_t *take_flag(item_reading *r, bl_json_alike_field *field, const uint8_t *at);
static const uint8_t *take_strings(item_reading *r, bl_json_alike_field *field, const uint8_t *at);
static inline const uint8_t *take_string(bloop_json_reader *reader, const uint8_t *at);
static const uint8_t *take_other_strings(item_reading *r, bl_json_alike_field *field, const uint8_t *at);
static inline bool insert_element(item_reading *r, size_t first, bloop_slice element);
static inline int compare_elements(bloop_slice a, bloop_slice b);
static const uint8_t *take_other(item_reading *r, bl_json_alike_field *field, const uint8_t *at);
static void start_builder(item_reading *r);
static uint8_t *put_fields(const item_reading *r, uint8_t *to, bl_json_alike_fields fields);
static inline uint8_t *put_lead(uint8_t *to, const bl_json_alike_field *field);
static inline uint8_t *put_content(const item_reading *r, uint8_t *to, const bl_json_alike_field *field);
static inline uint8_t *put_bytes(uint8_t *to, const void *from, size_t size);
static uint8_t *put_strings(const item_reading *r, uint8_t *to, const bl_json_alike_field *field);
static bool learn_fields(bloop_json_reader *reader, bl_json_alike *alike, bool nested, bl_json_alike_fields *out);
static bool learn_field(bloop_json_reader *reader, bl_json_alike *alike, bool nested, bl_json_alike_field *out);
static void prepare_lead(bl_json_alike_field *field);
static bool learn_map(bloop_json_reader *reader, bl_json_alike *alike, bl_json_alike_field *out);
static void sort_names(bl_json_alike *alike, bl_json_alike_fields fields);
static bool comes_after(const bl_json_alike_field *a, const bl_json_alike_field *b);
static void list_steps(bl_json_alike *alike, bl_json_alike_fields fields);

size_t bl_json_read_alike(bloop_json_reader *reader, bl_json_alike *alike, bloop_builder *builder, uint8_t *room,
                          size_t size)
{
    const uint8_t *item = reader->at;
    if (alike->item.count == 0 || alike->misses >= MAX_MISSES || !bl_json_expect_value(reader))
        return 0;
    item_reading r;
    r.reader = reader;
    r.alike = alike;
    r.builder = builder;
    restart(&r, item);
    /* Packed, an item is never twice as large as its text, but for the empty one. */
    if (take_item(&r) && size / 2 > (size_t)(reader->at - item) + SLACK && reader->end - reader->at >= SLACK) {
        room[0] = BLOOP_TAG_M;
        const uint8_t *end = put_fields(&r, room + 1, alike->item);
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
    alike->item.count = alike->used = alike->step_count = alike->detours = 0;
    bl_json_reader_use(&again, (const char *)item, (size_t)(reader->at - item));
    bl_json_skip_space(&again);
    alike->last_end = again.at;
    if (bl_json_accept(&again, '{') && learn_fields(&again, alike, false, &fields)) {
        alike->item = fields;
        list_steps(alike, fields);
        alike->last_size = (uint32_t)(again.at - alike->last_end);
    }
    bl_json_reader_release(&again);
}

/* At once, or attribute by attribute. */
static bool take_item(item_reading *r)
{
    bloop_json_reader *reader = r->reader;
    const uint8_t *item = reader->at;
    if (BL_LIKELY(r->alike->detours < MAX_DETOURS)) {
        if (BL_LIKELY(take_straight(r))) {
            r->alike->detours = 0;
            return true;
        }
        if (reader->status != BLOOP_OK || r->builder->status == BLOOP_NO_MEMORY)
            return false;
        r->alike->detours++;
        restart(r, item);
    }
    return bl_json_accept(reader, '{') && take_fields(r, r->alike->item);
}

static void restart(item_reading *r, const uint8_t *item)
{
    r->reader->at = item;
    r->complete = false;
    r->element_count = 0;
    bloop_builder_reset(r->builder);
}

/* What stands between the contents as it did in the item that was learnt, and nothing missing. */
static bool take_straight(item_reading *r)
{
    bl_json_alike *alike = r->alike;
    const bl_json_alike_step *step = alike->steps, *last = step + alike->step_count;
    bl_json_skip_space(r->reader);
    const uint8_t *at = r->reader->at, *end = r->reader->end;
    for (; step < last; step++) {
        if (BL_UNLIKELY((size_t)(end - at) < step->size || !same(at, step->text, step->size)))
            return false;
        at = take_content(r, step->field, at + step->size);
        if (BL_UNLIKELY(!at))
            return false;
    }
    if ((size_t)(end - at) < alike->last_size || memcmp(at, alike->last_end, alike->last_size) != 0)
        return false;
    r->reader->at = at + alike->last_size;
    r->complete = true;
    return true;
}

/* What leads to a content has 8 bytes or more: "":{"B": */
static inline bool same(const uint8_t *a, const uint8_t *b, size_t size)
{
    uint64_t different =
        (bl_load_le64(a) ^ bl_load_le64(b)) | (bl_load_le64(a + size - 8) ^ bl_load_le64(b + size - 8));
    for (size_t i = 8; i + 8 < size; i += 8)
        different |= bl_load_le64(a + i) ^ bl_load_le64(b + i);
    return different == 0;
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
        if (!take_field(r, field))
            return false;
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
        at->present = at->head_size <= left && same(text, at->head, at->head_size);
        if (BL_LIKELY(at->present))
            return at;
    }
    return NULL;
}

/* The content, and what closes the value. */
static bool take_field(item_reading *r, bl_json_alike_field *field)
{
    bloop_json_reader *reader = r->reader;
    if (field->tag == BLOOP_TAG_M && field->map.count > 0)
        return take_fields(r, field->map) && bl_json_accept(reader, '}');
    const uint8_t *end = take_content(r, field, reader->at);
    if (!end)
        return false;
    reader->at = end;
    switch (field->tag) {
    case BLOOP_TAG_S:
    case BLOOP_TAG_N: return bl_json_accept(reader, '"') && bl_json_accept(reader, '}');
    case BLOOP_TAG_SS: return bl_json_accept(reader, ']') && bl_json_accept(reader, '}');
    case BLOOP_TAG_BOOL: return bl_json_accept(reader, '}');
    default: return true;
    }
}

/* A content that begins at `at`; returns its end, as bl_json_alike_field.end has it. NULL: it is not alike, or wrong. The
   opening quote or bracket of S, N and SS belongs to the head, and what digits mean is seen when they are put. */
static inline const uint8_t *take_content(item_reading *r, bl_json_alike_field *field, const uint8_t *at)
{
    const uint8_t *end = r->reader->end, *stop;
    field->packed = false;
    switch (field->tag) {
    case BLOOP_TAG_S:
    case BLOOP_TAG_N:
        stop = bl_json_scan(at, end);
        if (BL_UNLIKELY(stop == end || *stop != '"'))
            return field->tag == BLOOP_TAG_S ? take_odd_text(r, field, at) : NULL;
        field->text = at;
        field->size = foreseen((uint32_t)(stop - at), field->size);
        return at + field->size;
    case BLOOP_TAG_BOOL: return take_flag(r, field, at);
    case BLOOP_TAG_SS: return take_strings(r, field, at);
    default: return take_other(r, field, at);
    }
}

/* `found`, which is most often what the item before lets be expected. A processor that foresees that goes on without waiting for
   what was found: a tenth of the time that items take. To compilers the two would be one value, so asm hides it. */
static inline uint32_t foreseen(uint32_t found, uint32_t expected)
{
    uint32_t hidden = expected;
    __asm__("" : "+r"(hidden));
    if (found != hidden)
        return found;
    __asm__ volatile("");
    return expected;
}

/* One that has more than plain ASCII. What has escapes goes by way of the builder. */
static const uint8_t *take_odd_text(item_reading *r, bl_json_alike_field *field, const uint8_t *at)
{
    bloop_json_reader *reader = r->reader;
    bl_json_token token;
    bloop_slice text;
    reader->at = at - 1;
    if (!bl_json_take_string(reader, &token))
        return NULL;
    field->text = token.data;
    field->size = (uint32_t)token.size;
    if (BL_LIKELY(!token.escaped))
        return reader->at - 1;
    if (!bl_json_borrow_text(reader, &token, &text))
        return NULL;
    start_builder(r);
    field->packed = true;
    field->at = (uint32_t)r->builder->buffer.size;
    bloop_build_string(r->builder, text.data, text.size);
    field->size = (uint32_t)(r->builder->buffer.size - field->at);
    return r->builder->status == BLOOP_OK ? reader->at - 1 : NULL;
}

static const uint8_t *take_flag(item_reading *r, bl_json_alike_field *field, const uint8_t *at)
{
    size_t left = (size_t)(r->reader->end - at);
    field->size = left >= 4 && memcmp(at, "true", 4) == 0;
    if (!field->size && (left < 5 || memcmp(at, "false", 5) != 0))
        return NULL;
    return at + (field->size ? 4 : 5);
}

/* Some strings without escapes; what else a set may be is packed in the usual way. Nothing stands between plain ones, nearly
   always, but a comma. */
static const uint8_t *take_strings(item_reading *r, bl_json_alike_field *field, const uint8_t *at)
{
    const uint8_t *end = r->reader->end, *next = at, *stop;
    size_t first = r->element_count;
    do {
        stop = take_string(r->reader, next);
        if (BL_UNLIKELY(
                !stop || end - stop < 3 ||
                !insert_element(r, first, (bloop_slice){ (const char *)next + 1, (size_t)(stop - next) - 1 }))) {
            r->element_count = first;
            return r->reader->status == BLOOP_OK ? take_other_strings(r, field, at) : NULL;
        }
        next = stop + 2;
    } while (stop[1] == ',');
    field->at = (uint32_t)first;
    field->size = (uint32_t)(r->element_count - first);
    return stop + 1;
}

/* The closing quote of a string without escapes whose opening quote is at `at`; NULL: there is none, or it is wrong. */
static inline const uint8_t *take_string(bloop_json_reader *reader, const uint8_t *at)
{
    bl_json_token token;
    if (BL_UNLIKELY(at == reader->end || *at != '"'))
        return NULL;
    const uint8_t *stop = bl_json_scan(at + 1, reader->end);
    if (BL_LIKELY(stop < reader->end && *stop == '"'))
        return stop;
    reader->at = at;
    return bl_json_take_string(reader, &token) && !token.escaped ? reader->at - 1 : NULL;
}

/* From the opening bracket. Reading goes on to the closing brace, and then back: as far as there is no space between. */
static const uint8_t *take_other_strings(item_reading *r, bl_json_alike_field *field, const uint8_t *at)
{
    const uint8_t *end = take_other(r, field, at - 1);
    return end && end[-2] == ']' ? end - 2 : NULL;
}

/* In its place by order. False when there are too many, or it is there already. */
static inline bool insert_element(item_reading *r, size_t first, bloop_slice element)
{
    size_t at = r->element_count;
    if (at == MAX_ELEMENTS)
        return false;
    for (; at > first; at--) {
        int order = compare_elements(r->elements[at - 1], element);
        if (order < 0)
            break;
        if (order == 0)
            return false;
        r->elements[at] = r->elements[at - 1];
    }
    r->elements[at] = element;
    r->element_count++;
    return true;
}

/* Most differ in their first 8 bytes. */
static inline int compare_elements(bloop_slice a, bloop_slice b)
{
    size_t common = a.size < b.size ? a.size : b.size;
    if (common >= 8) {
        uint64_t left = bl_load_be64(a.data), right = bl_load_be64(b.data);
        if (left != right)
            return left < right ? -1 : 1;
    }
    int order = memcmp(a.data, b.data, common);
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

/* With its closing brace. */
static const uint8_t *take_other(item_reading *r, bl_json_alike_field *field, const uint8_t *at)
{
    start_builder(r);
    field->packed = true;
    field->at = (uint32_t)r->builder->buffer.size;
    r->reader->at = at;
    if (!bl_json_read_payload(r->reader, r->builder, (bloop_tag)field->tag))
        return NULL;
    field->size = (uint32_t)(r->builder->buffer.size - field->at);
    return r->builder->status == BLOOP_OK ? r->reader->at : NULL;
}

/* Values stand in a list there, as deep as they would be in the item. */
static void start_builder(item_reading *r)
{
    if (r->builder->depth == 0)
        bloop_build_begin(r->builder, BLOOP_TAG_L);
}

/* The container that follows its tag. NULL when a number is one that only the usual way reads. */
static uint8_t *put_fields(const item_reading *r, uint8_t *to, bl_json_alike_fields fields)
{
    bl_json_alike_field *const *order = r->alike->order + fields.first, *const *end = order + fields.count;
    const bool complete = r->complete;
    uint8_t *head = to;
    uint32_t present = 0;
    to += BL_CONTAINER_HEAD - 1;
    for (; order < end; order++) {
        const bl_json_alike_field *field = *order;
        if (BL_UNLIKELY(!complete && !field->present))
            continue;
        present++;
        to = put_content(r, put_lead(to, field), field);
        if (BL_UNLIKELY(!to))
            return NULL;
    }
    bl_store_le32(head, (uint32_t)(to - head) - (BL_CONTAINER_HEAD - 1));
    bl_store_le32(head + 4, present);
    return to;
}

/* Name and tag. */
static inline uint8_t *put_lead(uint8_t *to, const bl_json_alike_field *field)
{
    if (BL_LIKELY(field->lead_size > 0)) {
        memcpy(to, field->lead, sizeof field->lead);
        return to + field->lead_size;
    }
    bl_store_le16(to, field->name_size);
    to = put_bytes(to + 2, field->name, field->name_size);
    *to = field->tag;
    return to + 1;
}

/* What follows the tag. */
static inline uint8_t *put_content(const item_reading *r, uint8_t *to, const bl_json_alike_field *field)
{
    size_t size = field->size;
    if (BL_UNLIKELY(field->packed)) {
        memcpy(to, r->builder->buffer.data + field->at + 1, size - 1);
        return to + size - 1;
    }
    switch (field->tag) {
    case BLOOP_TAG_S: bl_store_le32(to, field->size); return put_bytes(to + 4, field->text, size);
    case BLOOP_TAG_N:
        size = bl_number_form_of_digits(field->text, size, to + 1);
        to[0] = (uint8_t)size;
        return size ? to + 1 + size : NULL;
    case BLOOP_TAG_BOOL: to[0] = (uint8_t)size; return to + 1;
    case BLOOP_TAG_SS: return put_strings(r, to, field);
    default: return put_fields(r, to, field->map);
    }
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
    const bloop_slice *element = r->elements + field->at, *end = element + field->size;
    uint8_t *head = to;
    to += BL_CONTAINER_HEAD - 1;
    for (; element < end; element++) {
        bl_store_le32(to, (uint32_t)element->size);
        to = put_bytes(to + 4, element->data, element->size);
    }
    bl_store_le32(head, (uint32_t)(to - head) - (BL_CONTAINER_HEAD - 1));
    bl_store_le32(head + 4, field->size);
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
    prepare_lead(out);
    const uint8_t *content = reader->at;
    bool opened = out->tag == BLOOP_TAG_S || out->tag == BLOOP_TAG_N || out->tag == BLOOP_TAG_SS ||
                  (out->tag == BLOOP_TAG_M && learn_map(reader, alike, out));
    out->head_size = (uint32_t)(content - head) + opened;
    reader->at = content;
    reader->state = BL_JSON_AT_VALUE;
    if (bloop_json_skip(reader) != BLOOP_OK)
        return false;
    out->end = reader->at - opened;
    if (!bl_json_accept(reader, '}'))
        return false;
    if (!opened && out->tag != BLOOP_TAG_BOOL)
        out->end = reader->at;
    return true;
}

/* As put_lead would write it. */
static void prepare_lead(bl_json_alike_field *field)
{
    size_t size = 2 + (size_t)field->name_size + 1 + 1;
    if (size > sizeof field->lead)
        return;
    bl_store_le16(field->lead, field->name_size);
    memcpy(field->lead + 2, field->name, field->name_size);
    field->lead[size - 2] = 0;
    field->lead[size - 1] = field->tag;
    field->lead_size = (uint8_t)size;
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
    bl_json_alike_field **order = alike->order + fields.first;
    for (unsigned i = 0; i < fields.count; i++) {
        unsigned at = i;
        bl_json_alike_field *field = &alike->fields[fields.first + i];
        for (; at > 0 && comes_after(order[at - 1], field); at--)
            order[at] = order[at - 1];
        order[at] = field;
    }
}

static bool comes_after(const bl_json_alike_field *a, const bl_json_alike_field *b)
{
    size_t common = a->name_size < b->name_size ? a->name_size : b->name_size;
    int order = memcmp(a->name, b->name, common);
    return order > 0 || (order == 0 && a->name_size > b->name_size);
}

/* What stands between contents, from alike->last_end on. */
static void list_steps(bl_json_alike *alike, bl_json_alike_fields fields)
{
    for (unsigned i = fields.first; i < (unsigned)fields.first + fields.count; i++) {
        bl_json_alike_field *field = &alike->fields[i];
        const uint8_t *content = field->head + field->head_size;
        if (field->tag == BLOOP_TAG_M && field->map.count > 0) {
            list_steps(alike, field->map);
            continue;
        }
        alike->steps[alike->step_count++] = (bl_json_alike_step){
            .text = alike->last_end,
            .size = (size_t)(content - alike->last_end),
            .field = field,
        };
        alike->last_end = field->end;
    }
}
