/* The interface of area base: what every other area stands on. Allocation, errors, buffers, arenas, text, time, random.
   The public half is in bloop/error.h, bloop/datetime.h and bloop/sys/allocator.h. */
#ifndef BL_BASE_H
#define BL_BASE_H

#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <bloop/datetime.h>
#include <bloop/error.h>
#include <bloop/sys/allocator.h>

#define BL_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define BL_LIKELY(x)       __builtin_expect(!!(x), 1)
#define BL_UNLIKELY(x)     __builtin_expect(!!(x), 0)
/* A function that words a failure: kept out of its callers, so that they need no room for its texts. */
#define BL_COLD __attribute__((cold, noinline))

/* Memory. NULL means that it is out, and that the last error says BLOOP_NO_MEMORY. A size of 0 gives a real block. */
void *bl_alloc(size_t size);
void *bl_alloc_zeroed(size_t count, size_t size); /* count x size is checked for overflow */
void *bl_realloc(void *memory, size_t size);      /* on NULL the old block is still the caller's */
void *bl_copy(const void *data, size_t size);
char *bl_copy_text(const char *text);                 /* NULL text gives NULL without an error */
char *bl_copy_text_of(const char *text, size_t size); /* adds the zero byte */
void bl_free(void *memory);                           /* NULL is fine */
/* Makes *items (an array of *capacity elements of `size` bytes) hold at least `needed`, doubling. */
bloop_status bl_grow(void **items, size_t *capacity, size_t needed, size_t size);

/* Errors. Each sets the thread's last error and returns the status, so that a failing function ends in
   `return bl_error(…)`. Messages longer than the record are cut at a character with "…". */
bloop_status bl_error(bloop_status status, const char *format, ...) BLOOP_PRINTF_(2, 3);
bloop_status bl_error_no_memory(size_t size);
/* Puts "<text>: " before the current message; keeps status and objects. Returns the status. */
bloop_status bl_error_context(const char *format, ...) BLOOP_PRINTF_(1, 2);
/* Changes the status alone (as when a text error becomes an invalid condition). */
bloop_status bl_error_as(bloop_status status);
void bl_error_clear(void);          /* status OK, for a NULL that is no error */
bloop_status bl_error_status(void); /* the last status */
/* Reserves room for `count` objects in the thread's record, so that bl_error_add_object can't fail later. */
bloop_status bl_error_reserve_objects(size_t count);
void bl_error_add_object(void *object); /* to the current error; beyond the reserve it is dropped */
/* Takes the error to another thread (a group's leader reports to its members), or past clean-up code. */
#define BL_ERROR_SIZE 4096 /* of a message with its zero byte: the service's longest have some 2,500 characters */
typedef struct bl_error_copy {
    bloop_status status;
    char message[BL_ERROR_SIZE];
} bl_error_copy;
void bl_error_save(bl_error_copy *out);
bloop_status bl_error_restore(const bl_error_copy *copy);

/* A growing array of bytes. An append that fails makes the buffer fail for good (status), and later appends do nothing:
   check once, at the end. `fixed` storage (often on the stack) is used until it is too small. Zeroed is empty. */
typedef struct bl_buffer {
    uint8_t *data;
    size_t size, capacity;
    bool fixed; /* data is not ours to free */
    bloop_status status;
} bl_buffer;
void bl_buffer_use(bl_buffer *buffer, void *storage, size_t capacity);
uint8_t *bl_buffer_extend_slow(bl_buffer *buffer, size_t size);
/* Room for `size` more bytes, or NULL. */
static inline uint8_t *bl_buffer_extend(bl_buffer *buffer, size_t size)
{
    /* "Less", not "at most", so that nothing is added to the NULL of an empty buffer. */
    if (BL_LIKELY(size < buffer->capacity - buffer->size) && BL_LIKELY(buffer->status == BLOOP_OK)) {
        uint8_t *at = buffer->data + buffer->size;
        buffer->size += size;
        return at;
    }
    return bl_buffer_extend_slow(buffer, size);
}
static inline void bl_buffer_append(bl_buffer *buffer, const void *data, size_t size)
{
    uint8_t *at = bl_buffer_extend(buffer, size);
    if (at && size)
        memcpy(at, data, size);
}
static inline void bl_buffer_byte(bl_buffer *buffer, uint8_t byte)
{
    uint8_t *at = bl_buffer_extend(buffer, 1);
    if (at)
        *at = byte;
}
void bl_buffer_text(bl_buffer *buffer, const char *text);
void bl_buffer_format(bl_buffer *buffer, const char *format, ...) BLOOP_PRINTF_(2, 3);
/* Makes room for `size` more bytes at once: for those who know how many will come. */
void bl_buffer_reserve(bl_buffer *buffer, size_t size);
void bl_buffer_clear(bl_buffer *buffer); /* empties it, keeps the memory, forgets a failure */
void bl_buffer_free(bl_buffer *buffer);  /* and leaves it empty and usable */
/* Gives the bytes to the caller (bl_free), with a zero byte after them; NULL and an error when the buffer has failed. */
uint8_t *bl_buffer_take(bl_buffer *buffer, size_t *size);

/* Memory that is freed all at once. Zeroed is empty. Alignment is that of max_align_t. */
typedef struct bl_arena {
    struct bl_arena_block *blocks;
    uint8_t *next;
    size_t left;
} bl_arena;
void *bl_arena_alloc(bl_arena *arena, size_t size); /* NULL and BLOOP_NO_MEMORY */
void *bl_arena_copy(bl_arena *arena, const void *data, size_t size);
char *bl_arena_text(bl_arena *arena, const char *text, size_t size); /* adds the zero byte */
void bl_arena_reset(bl_arena *arena);                                /* frees all but one block, for reuse */
void bl_arena_free(bl_arena *arena);
size_t bl_arena_size(const bl_arena *arena); /* bytes asked for so far */

/* Numbers in memory, at any alignment. le: little-endian, as records have them; be: big-endian, as keys have them. */
static inline uint16_t bl_load_le16(const void *at)
{
    const uint8_t *b = at;
    return (uint16_t)(b[0] | (uint16_t)(b[1] << 8));
}
static inline uint32_t bl_load_le32(const void *at)
{
    const uint8_t *b = at;
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}
static inline uint64_t bl_load_le64(const void *at)
{
    return bl_load_le32(at) | (uint64_t)bl_load_le32((const uint8_t *)at + 4) << 32;
}
static inline void bl_store_le16(void *at, uint16_t v)
{
    uint8_t *b = at;
    b[0] = (uint8_t)v;
    b[1] = (uint8_t)(v >> 8);
}
static inline void bl_store_le32(void *at, uint32_t v)
{
    bl_store_le16(at, (uint16_t)v);
    bl_store_le16((uint8_t *)at + 2, (uint16_t)(v >> 16));
}
static inline void bl_store_le64(void *at, uint64_t v)
{
    bl_store_le32(at, (uint32_t)v);
    bl_store_le32((uint8_t *)at + 4, (uint32_t)(v >> 32));
}
static inline uint32_t bl_load_be32(const void *at)
{
    return __builtin_bswap32(bl_load_le32(at));
}
static inline uint64_t bl_load_be64(const void *at)
{
    return __builtin_bswap64(bl_load_le64(at));
}
static inline void bl_store_be32(void *at, uint32_t v)
{
    bl_store_le32(at, __builtin_bswap32(v));
}
static inline void bl_store_be64(void *at, uint64_t v)
{
    bl_store_le64(at, __builtin_bswap64(v));
}

/* Text. */
bool bl_utf8_valid(const void *text, size_t size); /* RFC 3629: no surrogates, no overlong forms */
/* Where the first byte is that starts no character, a truncated one's lead included; `size` when all is valid. */
size_t bl_utf8_error_at(const void *text, size_t size);
/* For messages: `size` bytes quoted and cut to a readable length, control and bad bytes as \xNN. Writes to and returns
   `out`, which has room for BL_QUOTE_SIZE bytes. */
#define BL_QUOTE_SIZE 160
const char *bl_quote(char *out, const void *text, size_t size);
/* Bytes as standard base64 with padding (RFC 4648, 4), and back; strict: canonical padding, no white space. */
void bl_base64_encode(bl_buffer *out, const void *data, size_t size);
bloop_status bl_base64_decode(bl_buffer *out, const char *text, size_t size);

/* Checksums of 32 bits. rows[k][b] is that of byte b followed by k zero bytes. */
typedef struct bl_crc_tables {
    uint32_t rows[8][256];
} bl_crc_tables;
void bl_crc_fill(bl_crc_tables *tables,
                 uint32_t polynomial); /* reflected: the lowest bit stands for the highest power */
/* The state after some more bytes; what it begins with, and is inverted with in the end, is the caller's. */
uint32_t bl_crc_run(const bl_crc_tables *tables, uint32_t crc, const uint8_t *at, size_t size);

/* Time. */
int64_t bl_now_microseconds(void);      /* wall clock since 1970 */
int64_t bl_monotonic_nanoseconds(void); /* for durations */
void bl_sleep_ms(int64_t ms);           /* at least that long, signals or not */

/* What was tried in vain, in a row; zeroed to begin, and whenever something went well. */
#define BL_BACKOFF_TRIES 10
typedef struct bl_backoff {
    int tries;
} bl_backoff;
/* Sleeps before the next try, longer each time. False: it has been tried often enough. */
bool bl_backoff_pause(bl_backoff *backoff);

/* Who does one piece of work for all that have come gives those whom it has just served a moment to come again (gather.c).
   All calls are made under the one lock of its owner, by whom it is also said who has come and is taken. */
typedef struct bl_gathering {
    size_t waiting; /* have come, and were not taken yet: whoever takes some subtracts them */
    size_t expected;
    int64_t moment_ns, due_ns; /* how long, and who begins before that */
    int64_t until_ns;          /* of the work that has begun; 0: nobody is waited for */
    size_t enough;             /* while there is a wait: as many as end it */
    unsigned without;          /* so many times nobody is waited for, since nobody came */
    pthread_cond_t enough_came;
} bl_gathering;
bloop_status bl_gather_init(bl_gathering *gathering);
void bl_gather_destroy(bl_gathering *gathering);
void bl_gather_came(bl_gathering *gathering); /* one more is waiting */
/* Times are of bl_monotonic_nanoseconds. The work begins; once, it waits for those that are missing besides the `have` that
   were taken, and for no more than `most` in all; it ends. */
void bl_gather_begin(bl_gathering *gathering, int64_t now_ns);
void bl_gather_wait(bl_gathering *gathering, pthread_mutex_t *lock, size_t have, size_t most);
void bl_gather_end(bl_gathering *gathering, size_t served, int64_t took_ns, int64_t now_ns);
void bl_gather_cut(bl_gathering *gathering); /* a wait ends as soon as somebody has come */

/* Random bytes from the system. */
bloop_status bl_random(void *out, size_t size);

/* A version 4 UUID's text is 36 characters; the functions are shared by model and others. */
void bl_uuid_format(const uint8_t bytes[16], char out[37]);
bool bl_uuid_parse(const char *text, size_t size, uint8_t bytes[16]); /* 8-4-4-4-12, any case; 32 hex digits too */

#endif
