/* CRC-32 (IEEE 802.3, as zlib has it) of responses: reflected polynomial 0xEDB88320. Carry-less multiplication where the machine
   has it ("Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel 2009), of 32 bytes at a time if it
   can (VPCLMULQDQ), else tables (base/crc.c). */
#include "wire/crc32_private.h"

#include <pthread.h>
#include <stdatomic.h>

typedef uint32_t (*crc_function)(uint32_t crc, const uint8_t *at, size_t size);

static uint32_t choose_and_run(uint32_t crc, const uint8_t *at, size_t size);
static crc_function choose(void);
static uint32_t run_tables(uint32_t crc, const uint8_t *at, size_t size);
static void fill_tables(void);

/* Every thread that comes first chooses the same. */
static _Atomic(crc_function) run = choose_and_run;

static bl_crc_tables tables;
static pthread_once_t tables_once = PTHREAD_ONCE_INIT;

uint32_t bl_wire_crc32(const void *body, size_t size)
{
    return ~atomic_load_explicit(&run, memory_order_relaxed)(UINT32_MAX, body, size);
}

uint32_t bl_wire_crc32_tables(const void *body, size_t size)
{
    return ~run_tables(UINT32_MAX, body, size);
}

#if defined(__x86_64__) && defined(__GNUC__)

#    include <immintrin.h>

#    define PCLMUL  __attribute__((target("pclmul")))
#    define VPCLMUL __attribute__((target("avx2,pclmul,vpclmulqdq")))

/* What bytes come to 16, 64 or 128 further on: x^(8 times that, plus 32) and x^(8 times that, minus 32) modulo the polynomial,
   reflected, and shifted by one. */
#    define BY_16  _mm_set_epi64x(0x00CCAA009E, 0x01751997D0)
#    define BY_64  _mm_set_epi64x(0x01C6E41596, 0x0154442BD4)
#    define BY_128 _mm_set_epi64x(0x014A7FE880, 0x01E88EF372)

PCLMUL static inline __m128i fold(__m128i bytes, __m128i onto, __m128i powers)
{
    __m128i low = _mm_clmulepi64_si128(bytes, powers, 0x00), high = _mm_clmulepi64_si128(bytes, powers, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), onto);
}

VPCLMUL static inline __m256i fold_both(__m256i bytes, __m256i onto, __m256i powers)
{
    __m256i low = _mm256_clmulepi64_epi128(bytes, powers, 0x00), high = _mm256_clmulepi64_epi128(bytes, powers, 0x11);
    return _mm256_xor_si256(_mm256_xor_si256(low, high), onto);
}

static inline __m128i load(const uint8_t *at)
{
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

VPCLMUL static inline __m256i load_both(const uint8_t *at)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)at);
}

/* What follows 16 bytes whose checksum is that of all before. */
PCLMUL static uint32_t run_rest(__m128i folded, const uint8_t *at, size_t size)
{
    uint8_t bytes[16];
    for (; size >= 16; at += 16, size -= 16)
        folded = fold(folded, load(at), BY_16);
    _mm_storeu_si128((__m128i *)(void *)bytes, folded);
    return run_tables(run_tables(0, bytes, sizeof bytes), at, size);
}

/* Four lanes of 16 bytes are folded over each other until less than 64 are left, then into one. */
PCLMUL static uint32_t run_pclmul(uint32_t crc, const uint8_t *at, size_t size)
{
    if (size < 64)
        return run_tables(crc, at, size);
    __m128i a = _mm_xor_si128(load(at), _mm_cvtsi32_si128((int)crc));
    __m128i b = load(at + 16), c = load(at + 32), d = load(at + 48);
    for (at += 64, size -= 64; size >= 64; at += 64, size -= 64) {
        a = fold(a, load(at), BY_64);
        b = fold(b, load(at + 16), BY_64);
        c = fold(c, load(at + 32), BY_64);
        d = fold(d, load(at + 48), BY_64);
    }
    return run_rest(fold(fold(fold(a, b, BY_16), c, BY_16), d, BY_16), at, size);
}

/* The same with eight lanes, two to a register. */
VPCLMUL static uint32_t run_vpclmul(uint32_t crc, const uint8_t *at, size_t size)
{
    if (size < 256)
        return run_pclmul(crc, at, size);
    const __m256i by_128 = _mm256_broadcastsi128_si256(BY_128);
    __m256i lanes[4], begin = _mm256_castsi128_si256(_mm_cvtsi32_si128((int)crc));
    for (int i = 0; i < 4; i++)
        lanes[i] = load_both(at + 32 * i);
    lanes[0] = _mm256_xor_si256(lanes[0], _mm256_blend_epi32(_mm256_setzero_si256(), begin, 1));
    for (at += 128, size -= 128; size >= 128; at += 128, size -= 128) {
        for (int i = 0; i < 4; i++)
            lanes[i] = fold_both(lanes[i], load_both(at + 32 * i), by_128);
    }
    __m128i all = _mm256_castsi256_si128(lanes[0]);
    all = fold(all, _mm256_extracti128_si256(lanes[0], 1), BY_16);
    for (int i = 1; i < 4; i++) {
        all = fold(all, _mm256_castsi256_si128(lanes[i]), BY_16);
        all = fold(all, _mm256_extracti128_si256(lanes[i], 1), BY_16);
    }
    return run_rest(all, at, size);
}

static crc_function choose(void)
{
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("vpclmulqdq"))
        return run_vpclmul;
    return __builtin_cpu_supports("pclmul") ? run_pclmul : run_tables;
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
    bl_crc_fill(&tables, 0xEDB88320U);
}

static uint32_t run_tables(uint32_t crc, const uint8_t *at, size_t size)
{
    (void)pthread_once(&tables_once, fill_tables);
    return bl_crc_run(&tables, crc, at, size);
}
