/* From where to where a search walks. Keys are made so that a term of the range key is an interval of them. */
#include "search_private.h"

static void begin_prefix(const bl_search *search, const uint8_t secret[16], bl_search_range *out);
static void limit_to_term(const bl_key_term *term, bl_search_range *range);
static void limit_to_segment(int32_t segment, int32_t total, bl_search_range *range);
static bloop_status limit_to_start(const bl_search *search, const uint8_t secret[16], bl_search_range *range);
static void key_of_value(const bl_search_range *range, bloop_value value, bl_key *out);
static void key_of_part(const bl_search_range *range, bloop_value value, bl_key *out);
static void key_of_segment(const bl_search_range *range, int32_t segment, int32_t total, bl_key *out);
static void move_behind(bl_key *key);
static bool outside(const bl_search_range *range, const bl_key *key);

bloop_status bl_search_range_of(const bl_search *search, const uint8_t secret[16], bl_search_range *out)
{
    const bloop_search_request *request = search->request;
    begin_prefix(search, secret, out);
    if (search->plan.range.kind != BLOOP_EXPR_EMPTY)
        limit_to_term(&search->plan.range, out);
    if (request->total_segments > 1)
        limit_to_segment(request->segment, request->total_segments, out);
    return request->exclusive_start.data ? limit_to_start(search, secret, out) : BLOOP_OK;
}

int bl_search_compare(bl_bytes a, bl_bytes b)
{
    int order = memcmp(a.data, b.data, a.size < b.size ? a.size : b.size);
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

static void begin_prefix(const bl_search *search, const uint8_t secret[16], bl_search_range *out)
{
    const bl_index *index = search->index;
    bl_key key;
    bl_key_of_id(&key, index ? BL_SPACE_INDEXES : BL_SPACE_ITEMS, index ? index->id : search->table->id);
    if (search->request->kind == BLOOP_SEARCH_QUERY)
        bl_key_add_hash(&key, secret, search->plan.hash);
    memcpy(out->prefix, key.bytes, key.size);
    out->prefix_size = key.size;
    out->low.size = out->high.size = 0;
}

static void limit_to_term(const bl_key_term *term, bl_search_range *range)
{
    switch (term->kind) {
    case BLOOP_EXPR_LT: key_of_value(range, term->low, &range->high); break;
    case BLOOP_EXPR_LE:
        key_of_value(range, term->low, &range->high);
        move_behind(&range->high);
        break;
    case BLOOP_EXPR_GT:
        key_of_value(range, term->low, &range->low);
        move_behind(&range->low);
        break;
    case BLOOP_EXPR_GE: key_of_value(range, term->low, &range->low); break;
    case BLOOP_EXPR_BEGINS_WITH:
        key_of_part(range, term->low, &range->low);
        key_of_part(range, term->low, &range->high);
        move_behind(&range->high);
        break;
    default: /* EQ and BETWEEN */
        key_of_value(range, term->low, &range->low);
        key_of_value(range, term->kind == BLOOP_EXPR_EQ ? term->low : term->high, &range->high);
        move_behind(&range->high);
    }
}

static void key_of_value(const bl_search_range *range, bloop_value value, bl_key *out)
{
    memcpy(out->bytes, range->prefix, range->prefix_size);
    out->size = range->prefix_size;
    bl_key_add_range(out, value);
}

/* What the keys of all strings begin with that begin with this one: its key without the byte that ends it. */
static void key_of_part(const bl_search_range *range, bloop_value value, bl_key *out)
{
    key_of_value(range, value, out);
    out->size--;
}

/* Makes it the least key that is greater than all that begin with it. Every key starts with a space below 0xFF. */
static void move_behind(bl_key *key)
{
    while (key->bytes[key->size - 1] == 0xFF)
        key->size--;
    key->bytes[key->size - 1]++;
}

/* A part of the 128-bit space of hashes: parts are within one hash of each other in size, and leave none out. */
static void limit_to_segment(int32_t segment, int32_t total, bl_search_range *range)
{
    if (segment > 0)
        key_of_segment(range, segment, total, &range->low);
    if (segment + 1 < total)
        key_of_segment(range, segment + 1, total, &range->high);
}

/* The first hash of a segment: segment x 2^128 / total, by long division. */
static void key_of_segment(const bl_search_range *range, int32_t segment, int32_t total, bl_key *out)
{
    uint64_t rest = (uint64_t)segment;
    memcpy(out->bytes, range->prefix, range->prefix_size);
    out->size = range->prefix_size;
    for (int i = 0; i < 4; i++) {
        rest <<= 32;
        bl_store_be32(out->bytes + out->size, (uint32_t)(rest / (uint64_t)total));
        rest %= (uint64_t)total;
        out->size += 4;
    }
}

/* No key begins another one, so the next that can be is the starting key with a zero byte. */
static bloop_status limit_to_start(const bl_search *search, const uint8_t secret[16], bl_search_range *range)
{
    const bloop_search_request *request = search->request;
    bl_key item, key;
    bloop_status status =
        bl_key_of_item(&item, secret, search->table->id, &search->table->key, request->exclusive_start);
    if (status != BLOOP_OK)
        return status;
    if (search->index)
        bl_key_of_entry(&key, secret, search->index->id, &search->index->key, request->exclusive_start, &item);
    bl_key *start = search->index ? &key : &item;
    if (outside(range, start))
        return bl_error(BLOOP_VALIDATION,
                        "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey "
                        "with correct Segment. TotalSegments: %d Segment: %d",
                        (int)request->total_segments, (int)request->segment);
    bl_key *moved = request->descending ? &range->high : &range->low;
    memcpy(moved->bytes, start->bytes, start->size);
    moved->size = start->size;
    if (!request->descending)
        moved->bytes[moved->size++] = 0;
    return BLOOP_OK;
}

/* Only for segments: a query's starting key was found inside before. */
static bool outside(const bl_search_range *range, const bl_key *key)
{
    return (range->low.size && bl_search_compare(bl_key_bytes(key), bl_key_bytes(&range->low)) < 0) ||
           (range->high.size && bl_search_compare(bl_key_bytes(key), bl_key_bytes(&range->high)) >= 0);
}
