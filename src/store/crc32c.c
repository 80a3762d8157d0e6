/* CRC-32C, the checksum of records: reflected polynomial 0x82F63B78, as RFC 3720 (12.1) defines it. The instruction of
   SSE4.2 where the machine has it, else tables (base/crc.c). */
#include "record_private.h"

#include <pthread.h>
#include <stdatomic.h>

typedef uint32_t (*crc_function)(uint32_t crc, const uint8_t *at, size_t size);

static uint32_t choose_and_run(uint32_t crc, const uint8_t *at, size_t size);
static void fill_tables(void);
static uint32_t run_tables(uint32_t crc, const uint8_t *at, size_t size);

/* Every thread that comes first chooses the same. */
static _Atomic(crc_function) run = choose_and_run;

static bl_crc_tables tables;
static pthread_once_t tables_once = PTHREAD_ONCE_INIT;

uint32_t bl_crc32c(uint32_t crc, const void *data, size_t size)
{
    return ~atomic_load_explicit(&run, memory_order_relaxed)(~crc, data, size);
}

uint32_t bl_crc32c_tables(uint32_t crc, const void *data, size_t size)
{
    return ~run_tables(~crc, data, size);
}

#if defined(__x86_64__) && defined(__GNUC__)

#    include <nmmintrin.h>

__attribute__((target("sse4.2"))) static uint32_t run_sse42(uint32_t crc, const uint8_t *at, size_t size)
{
    uint64_t wide = crc;
    for (; size >= 8; size -= 8, at += 8)
        wide = _mm_crc32_u64(wide, bl_load_le64(at));
    crc = (uint32_t)wide;
    if (size >= 4) {
        crc = _mm_crc32_u32(crc, bl_load_le32(at));
        size -= 4;
        at += 4;
    }
    for (; size > 0; size--, at++)
        crc = _mm_crc32_u8(crc, *at);
    return crc;
}

static crc_function choose(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("sse4.2") ? run_sse42 : run_tables;
}

#else

static crc_function choose(void)
{
    return run_tables;
}

#endif

static uint32_t choose_and_run(uint32_t crc, const uint8_t *at, size_t size)
{
    crc_function chosen = choose();
    atomic_store_explicit(&run, chosen, memory_order_relaxed);
    return chosen(crc, at, size);
}

static void fill_tables(void)
{
    bl_crc_fill(&tables, 0x82F63B78U);
}

static uint32_t run_tables(uint32_t crc, const uint8_t *at, size_t size)
{
    (void)pthread_once(&tables_once, fill_tables);
    return bl_crc_run(&tables, crc, at, size);
}
