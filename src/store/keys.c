/* The keys of records: hashed, escaped and put together. */
#include "keys_private.h"

#include <stdio.h>

#include "value/value.h"

/* The service's limits on key values (developer guide, "Quotas: Partition keys and sort keys"). They bound the length of a
   key: two escaped range keys, two hashes, an id. */
enum { HASH_KEY_MAX = 2048, RANGE_KEY_MAX = 1024, ID_END = 5 /* space and id */ };
_Static_assert(ID_END + 2 * (BL_KEY_HASH_SIZE + 2 * RANGE_KEY_MAX + 1) <= BL_KEY_MAX, "every key fits");

static bloop_value attribute_of(const bl_key_attribute *attribute, bloop_item item);
static bl_bytes encoded(bloop_value value);
static void add_bytes(bl_key *key, const void *data, size_t size);
static bool fits(const bl_key_attribute *attribute, bloop_value value, size_t limit);
static bool has_keys(const bl_key_schema *schema, bloop_value hash, bloop_value range);
static bool same(const bl_key_attribute *attribute, bloop_item a, bloop_item b);
static size_t describe_attribute(const bl_key_attribute *attribute, bloop_item item, char *out, size_t size);

void bl_key_of_id(bl_key *out, bl_space space, uint32_t id)
{
    out->bytes[0] = (uint8_t)space;
    bl_store_be32(out->bytes + 1, id);
    out->size = ID_END;
}

void bl_key_of_name(bl_key *out, bl_space space, const char *name, size_t size)
{
    out->bytes[0] = (uint8_t)space;
    out->size = 1;
    add_bytes(out, name, size);
}

bloop_status bl_key_of_item(bl_key *out, const uint8_t secret[16], uint32_t table, const bl_key_schema *schema,
                            bloop_item item)
{
    bloop_value hash = attribute_of(&schema->hash, item);
    bloop_value range = attribute_of(&schema->range, item);
    if (!has_keys(schema, hash, range))
        return bl_error(BLOOP_CORRUPT, "an item without the key attributes of its table");
    bl_key_of_id(out, BL_SPACE_ITEMS, table);
    bl_key_add_hash(out, secret, hash);
    bl_key_add_range(out, range);
    return BLOOP_OK;
}

bool bl_key_is_in(const bl_key_schema *schema, bloop_item item)
{
    return item.data && has_keys(schema, attribute_of(&schema->hash, item), attribute_of(&schema->range, item));
}

void bl_key_of_entry(bl_key *out, const uint8_t secret[16], uint32_t index, const bl_key_schema *schema,
                     bloop_item item, const bl_key *item_key)
{
    bl_key_of_id(out, BL_SPACE_INDEXES, index);
    bl_key_add_hash(out, secret, attribute_of(&schema->hash, item));
    bl_key_add_range(out, attribute_of(&schema->range, item));
    add_bytes(out, item_key->bytes + ID_END, item_key->size - ID_END);
}

void bl_key_add_hash(bl_key *key, const uint8_t secret[16], bloop_value value)
{
    bl_bytes bytes = encoded(value);
    bl_siphash128(secret, bytes.data, bytes.size, key->bytes + key->size);
    key->size += BL_KEY_HASH_SIZE;
}

/* A number's form ends in itself. Strings and binaries end in a zero byte, for which 0 and 1 inside are written as 1 1 and
   1 2: so a shorter value sorts before all that it begins, and no value's key is the beginning of another's. */
void bl_key_add_range(bl_key *key, bloop_value value)
{
    if (!value.data)
        return;
    bl_bytes bytes = encoded(value);
    if (bloop_value_tag(value) == BLOOP_TAG_N) {
        add_bytes(key, bytes.data, bytes.size);
        return;
    }
    uint8_t *at = key->bytes + key->size;
    for (size_t i = 0; i < bytes.size; i++) {
        uint8_t byte = bytes.data[i];
        if (byte > 1) {
            *at++ = byte;
            continue;
        }
        *at++ = 1;
        *at++ = (uint8_t)(byte + 1);
    }
    *at++ = 0;
    key->size = (size_t)(at - key->bytes);
}

bool bl_key_equal(const bl_key_schema *schema, bloop_item a, bloop_item b)
{
    return same(&schema->hash, a, b) && same(&schema->range, a, b);
}

const char *bl_key_describe(const bl_key_schema *schema, bloop_item item, char *out, size_t size)
{
    size_t length = describe_attribute(&schema->hash, item, out, size);
    if (schema->range.name && length + 2 < size) {
        memcpy(out + length, ", ", 3);
        describe_attribute(&schema->range, item, out + length + 2, size - length - 2);
    }
    return out;
}

static bloop_value attribute_of(const bl_key_attribute *attribute, bloop_item item)
{
    if (!attribute->name)
        return (bloop_value){ NULL, 0 };
    return bloop_item_get(item, attribute->name, attribute->size);
}

static bool has_keys(const bl_key_schema *schema, bloop_value hash, bloop_value range)
{
    return fits(&schema->hash, hash, HASH_KEY_MAX) && fits(&schema->range, range, RANGE_KEY_MAX);
}

/* An item from a damaged file, or one that is older than an index, may have any value there. */
static bool fits(const bl_key_attribute *attribute, bloop_value value, size_t limit)
{
    if (!attribute->name)
        return true;
    if (!value.data || bloop_value_tag(value) != attribute->type)
        return false;
    size_t size = encoded(value).size;
    return size > 0 && size <= limit;
}

/* What stands for a key value: its bytes, or the order-preserving form of a number. */
static bl_bytes encoded(bloop_value value)
{
    if (bloop_value_tag(value) == BLOOP_TAG_N)
        return (bl_bytes){ value.data + 2, value.size - 2 };
    bloop_slice bytes = bloop_value_bytes(value);
    return (bl_bytes){ (const uint8_t *)bytes.data, bytes.size };
}

static void add_bytes(bl_key *key, const void *data, size_t size)
{
    memcpy(key->bytes + key->size, data, size);
    key->size += size;
}

static bool same(const bl_key_attribute *attribute, bloop_item a, bloop_item b)
{
    if (!attribute->name)
        return true;
    bloop_value left = attribute_of(attribute, a);
    bloop_value right = attribute_of(attribute, b);
    return left.data && right.data && left.size == right.size && memcmp(left.data, right.data, left.size) == 0;
}

static size_t describe_attribute(const bl_key_attribute *attribute, bloop_item item, char *out, size_t size)
{
    char text[BL_QUOTE_SIZE > BLOOP_NUMBER_TEXT_SIZE ? BL_QUOTE_SIZE : BLOOP_NUMBER_TEXT_SIZE];
    bloop_value value = attribute_of(attribute, item);
    if (!value.data) {
        snprintf(text, sizeof text, "(none)");
    } else if (bloop_value_tag(value) == BLOOP_TAG_N) {
        bloop_number_format(bloop_value_number(value), text);
    } else {
        bloop_slice bytes = bloop_value_bytes(value);
        bl_quote(text, bytes.data, bytes.size);
    }
    int length = snprintf(out, size, "%s = %s", attribute->name, text);
    if (length < 0)
        return 0;
    return (size_t)length < size ? (size_t)length : size - 1;
}
