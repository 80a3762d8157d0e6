/* The interface of area value: the inside of packed values and numbers, for the areas that must be fast.
   The public half, with the encoding, is in bloop/value.h and bloop/number.h. */
#ifndef BL_VALUE_H
#define BL_VALUE_H

#include <bloop/number.h>
#include <bloop/value.h>

#include "base/base.h"

/* The order-preserving form of a number: its memcmp order is numeric order, no form is the beginning of another, and
   equal numbers have one form. At most BL_NUMBER_SIZE bytes. src/value/README.md has the layout. */
#define BL_NUMBER_SIZE 23
/* `number` must be in range (bl_number_check). Returns the size. */
size_t bl_number_encode(bloop_number number, uint8_t out[BL_NUMBER_SIZE]);
bloop_number bl_number_decode(const uint8_t *form, size_t size);
/* The same, to where the number is to be: for those whom a copy of it would cost more than the reading. */
void bl_number_read(const uint8_t *form, size_t size, bloop_number *out);
/* The form as an integer when it is exactly one that fits; the fast path of loading an Integer. */
bool bl_number_decode_int64(const uint8_t *form, size_t size, int64_t *out);
size_t bl_number_encode_int64(int64_t value, uint8_t out[BL_NUMBER_SIZE]);
/* The form of plain decimal text: an optional minus, digits, and perhaps a point with digits behind it, 38 characters in all.
   Returns the size; 0 for any other text, which may be a number all the same. */
size_t bl_number_form_of_digits(const uint8_t *text, size_t size, uint8_t out[BL_NUMBER_SIZE]);
/* The plain decimal text of a form, as bloop_number_format writes it, but without a zero byte. `out` has room for
   BLOOP_NUMBER_TEXT_SIZE. Returns the size. */
size_t bl_number_form_text(const uint8_t *form, size_t size, char *out);
/* Whether `size` bytes are a form that bl_number_encode writes. */
bool bl_number_form_valid(const uint8_t *form, size_t size);
/* BLOOP_INVALID_VALUE, with DynamoDB's message, when digits or exponent are beyond DynamoDB's. Normalizes. */
bloop_status bl_number_check(bloop_number number, bloop_number *normalized);
/* Significant decimal digits, which item sizes count; of 0: 0. */
int bl_number_digits(bloop_number number);

/* The inside of a builder, so that it can stand on a stack and on storage of the caller's. Zeroed is usable. */
typedef struct bl_level {
    size_t start; /* where the container's tag is */
    size_t last;  /* where its last element or entry begins */
    uint32_t count;
    uint32_t named; /* a name waits for its value; not beside `tag`, so that the two are not read as one */
    uint8_t tag;
    bool unsorted; /* an element came out of order: sort at the end */
} bl_level;
struct bloop_builder {
    bl_buffer buffer;
    uint32_t depth;
    bl_level levels[BLOOP_MAX_DEPTH + 2]; /* a set inside the deepest list or map, and the value itself */
    bloop_status status;                  /* of the first failure */
    char message[256];                    /* and its words */
};
void bl_builder_use(bloop_builder *builder, void *storage, size_t size); /* storage may be NULL */
void bl_builder_free(bloop_builder *builder);                            /* the inside, not the struct itself */
/* Fails the builder from outside (a type whose dump function failed). Keeps the thread's last error. */
void bl_builder_fail(bloop_builder *builder, bloop_status status);
/* A name as entries of maps have it (u16 size, name, zero byte), known to be UTF-8 and to come after the one before it in
   the map: for those who have their names packed and sorted beforehand. */
void bl_build_known_name(bloop_builder *builder, const uint8_t *head, size_t size);
/* A number whose order-preserving form is known. */
void bl_build_number_form(bloop_builder *builder, const uint8_t *form, size_t size);
/* A packed value without a check of any kind: the fastest way to copy an attribute. */
void bl_build_packed(bloop_builder *builder, const uint8_t *data, size_t size);

/* Whether bytes are just those of a text that ends in a zero byte. Bytes that are not there are those of none. */
static inline bool bl_slice_is(bloop_slice slice, const char *text)
{
    return slice.data && slice.size == strlen(text) && memcmp(slice.data, text, slice.size) == 0;
}

/* The levels of a value: 1 for one that holds no other, and 1 more for each list or map around its deepest value. What
   is an attribute's value may have BLOOP_MAX_DEPTH of them; an item, which does not count itself, 1 more. */
uint32_t bl_value_depth(bloop_value value);

/* Where things are in packed values that are known to be well-formed; bloop/value.h has the encoding. */
#define BL_BYTES_HEAD     5 /* tag and size of S and B; a zero byte follows the bytes */
#define BL_CONTAINER_HEAD 9 /* tag, size and count of sets, lists and maps */

/* The end of the packed value that begins at `data`. */
static inline const uint8_t *bl_value_end(const uint8_t *data)
{
    switch (data[0]) {
    case BLOOP_TAG_NULL: return data + 1;
    case BLOOP_TAG_BOOL: return data + 2;
    case BLOOP_TAG_N: return data + 2 + data[1];
    case BLOOP_TAG_S:
    case BLOOP_TAG_B: return data + BL_BYTES_HEAD + bl_load_le32(data + 1) + 1;
    default: return data + BL_CONTAINER_HEAD + bl_load_le32(data + 1);
    }
}
static inline bloop_value bl_value_at(const uint8_t *data)
{
    return (bloop_value){ data, (size_t)(bl_value_end(data) - data) };
}

#endif
