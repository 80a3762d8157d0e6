/* Types from the inside: finding what converts, and converting with it. */
#ifndef BL_TYPE_PRIVATE_H
#define BL_TYPE_PRIVATE_H

#include "model/model.h"

/* Memory that C values point into: a chain of blocks, the first of them perhaps the caller's storage. Zeroed is empty. */
typedef struct bl_block {
    struct bl_block *next;
    size_t size; /* of what follows the head */
} bl_block;
#define BL_BLOCK_HEAD 16 /* so that what follows is aligned for any type */
struct bloop_memory {
    bl_block *blocks; /* heap blocks, newest first */
    uint8_t *next;
    size_t left;
};
void bl_memory_use(bloop_memory *memory, void *storage, size_t size); /* storage is aligned for any type */
void *bl_memory_take(bloop_memory *memory, size_t size);              /* as bloop_memory_alloc, not zeroed */
/* Empties the memory and makes one block of it with at least `size` bytes, the largest that it has if that is enough. */
bloop_status bl_memory_begin(bloop_memory *memory, size_t size);
void bl_memory_free(bloop_memory *memory); /* and leaves it empty */
void bl_blocks_free(bl_block *block);      /* and those behind it */

typedef bloop_status (*bl_loader)(const bloop_type *type, bloop_value stored, void *value, bloop_memory *memory);

/* What turns packed values into C values of the type: its own load_value, or one that stands on its load. */
bl_loader bl_type_loader(const bloop_type *type);
/* "The stored value is of type …, but … is stored as …". */
bloop_status bl_type_fail_tag(const bloop_type *type, bloop_tag found) BL_COLD;
/* By way of the type's `load`: what types with a load_value of their own leave to it. */
bloop_status bl_type_load_stored(const bloop_type *type, bloop_value packed, void *value, bloop_memory *memory);
/* From a packed value to a zeroed C value. A stored NULL is an error, but for Dynamic. */
bloop_status bl_type_load(const bloop_type *type, bloop_value stored, void *value, bloop_memory *memory);
/* Adds a C value to a builder, under a name if `name` is not NULL; nothing when the value is stored as nothing, which
 *absent tells (may be NULL). */
bloop_status bl_type_dump(const bloop_type *type, const bloop_slice *name, const void *value, bloop_builder *builder,
                          bloop_memory *memory, bool *absent);
/* Adds what a type's `dump` made. In a set it is an element. */
bloop_status bl_stored_build(const bloop_stored *stored, bloop_builder *builder);
/* BLOOP_OK, or the builder's failure as the thread's last error. */
bloop_status bl_builder_status(const bloop_builder *builder);

/* Whether one of some bytes is zero. Most are few, and are looked at by words, the last of which may overlap another. */
static inline bool bl_has_zero(const char *text, size_t size)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
    if (size < 8 || size > 32)
        return size > 0 && memchr(text, 0, size) != NULL;
    uint64_t last = bl_load_le64(text + size - 8), zeros = (last - ones) & ~last;
    for (size_t i = 0; i + 8 < size; i += 8) {
        uint64_t word = bl_load_le64(text + i);
        zeros |= (word - ones) & ~word;
    }
    return (zeros & high) != 0;
}
/* A String of bytes that a zero byte follows. */
bloop_status bl_string_fail_zero(bloop_slice text) BL_COLD;
static inline bloop_status bl_string_load(bloop_slice text, void *value)
{
    if (BL_UNLIKELY(bl_has_zero(text.data, text.size)))
        return bl_string_fail_zero(text);
    *(const char **)value = text.data;
    return BLOOP_OK;
}

/* The type in the chain of `like` that has these; NULL: none. */
const bloop_type *bl_type_that_loads(const bloop_type *type);
const bloop_type *bl_type_that_dumps(const bloop_type *type);
const void *bl_type_argument(const bloop_type *type);
const bloop_type *bl_type_inner(const bloop_type *type);
const bloop_type *bl_type_map(const bloop_type *type); /* that has the keys */
bloop_kind bl_type_kind(const bloop_type *type);
bool bl_type_like(const bloop_type *type, const bloop_type *builtin);
/* The type of a map's key by its name or dynamo name; NULL: none. */
const bloop_key *bl_type_key(const bloop_type *type, bloop_slice name);
const char *bl_key_dynamo_name(const bloop_key *key);
/* Whether two descriptors mean the same. */
bool bl_type_equal(const bloop_type *a, const bloop_type *b);
bool bl_type_supports(const bloop_type *type, bloop_expr_kind operation);
/* Whether a type and those within it are complete: BLOOP_UNKNOWN_TYPE or BLOOP_INVALID_MODEL with the rule. */
bloop_status bl_type_check(const bloop_type *type);
bloop_status bl_type_register(const bloop_type *type, struct bloop_engine *engine);

/* Puts the place of an element or key before the current message: "[0]" before "street: …" makes "[0].street: …". */
bloop_status bl_error_in(const char *format, ...) BLOOP_PRINTF_(1, 2);

/* Text for print-outs, cut at the end of its storage; `length` goes on counting. */
typedef struct bl_text {
    char *at;
    size_t size;
    size_t length;
} bl_text;
void bl_text_begin(bl_text *text, char *storage, size_t size);
void bl_text_add(bl_text *text, const char *format, ...) BLOOP_PRINTF_(2, 3);
void bl_text_value(bl_text *text, bloop_value value); /* as a program would write it: "a", 1, [true], {name: 1} */
void bl_type_describe(bl_text *text, const bloop_type *type);
/* The same, for messages, in storage of this size. */
#define BL_TYPE_TEXT_SIZE 96
const char *bl_type_text(const bloop_type *type, char text[BL_TYPE_TEXT_SIZE]);

#endif
