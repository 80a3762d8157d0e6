/* CRC-32 (IEEE 802.3, as zlib has it) of responses: reflected polynomial 0xEDB88320. Carry-less multiplication where the machine
   has it ("Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel 2009), else eight tables
   ("slicing by eight", Kounavis and Berry 2005). */
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

/* tables[k][b]: the checksum of byte b followed by k zero bytes. */
static uint32_t tables[8][256];
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

#    include <emmintrin.h>
#    include <wmmintrin.h>

/* What 16 bytes come to, further on: x^(distance + 64) and x^distance modulo the polynomial, reflected. */
__attribute__((target("pclmul"))) static inline __m128i fold(__m128i bytes, __m128i onto, __m128i powers)
{
    __m128i low = _mm_clmulepi64_si128(bytes, powers, 0x00), high = _mm_clmulepi64_si128(bytes, powers, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), onto);
}

static inline __m128i load(const uint8_t *at)
{
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

/* Four lanes of 16 bytes are folded over each other until less than 64 are left, then into one, whose checksum is that of all
   before. */
__attribute__((target("pclmul"))) static uint32_t run_pclmul(uint32_t crc, const uint8_t *at, size_t size)
{
    const __m128i by_64 = _mm_set_epi64x(0x01C6E41596, 0x0154442BD4),
                  by_16 = _mm_set_epi64x(0x00CCAA009E, 0x01751997D0);
    uint8_t folded[16];
    if (size < 64)
        return run_tables(crc, at, size);
    __m128i a = _mm_xor_si128(load(at), _mm_cvtsi32_si128((int)crc));
    __m128i b = load(at + 16), c = load(at + 32), d = load(at + 48);
    for (at += 64, size -= 64; size >= 64; at += 64, size -= 64) {
        a = fold(a, load(at), by_64);
        b = fold(b, load(at + 16), by_64);
        c = fold(c, load(at + 32), by_64);
        d = fold(d, load(at + 48), by_64);
    }
    a = fold(fold(fold(a, b, by_16), c, by_16), d, by_16);
    for (; size >= 16; at += 16, size -= 16)
        a = fold(a, load(at), by_16);
    _mm_storeu_si128((__m128i *)(void *)folded, a);
    return run_tables(run_tables(0, folded, sizeof folded), at, size);
}

static crc_function choose(void)
{
    __builtin_cpu_init();
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
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320U : 0);
        tables[0][byte] = crc;
    }
    for (int zeros = 1; zeros < 8; zeros++)
        for (uint32_t byte = 0; byte < 256; byte++) {
            uint32_t before = tables[zeros - 1][byte];
            tables[zeros][byte] = before >> 8 ^ tables[0][before & 0xFF];
        }
}

static uint32_t run_tables(uint32_t crc, const uint8_t *at, size_t size)
{
    (void)pthread_once(&tables_once, fill_tables);
    for (; size >= 8; size -= 8, at += 8) {
        uint32_t low = crc ^ bl_load_le32(at);
        uint32_t high = bl_load_le32(at + 4);
        crc = tables[7][low & 0xFF] ^ tables[6][low >> 8 & 0xFF] ^ tables[5][low >> 16 & 0xFF] ^ tables[4][low >> 24] ^
              tables[3][high & 0xFF] ^ tables[2][high >> 8 & 0xFF] ^ tables[1][high >> 16 & 0xFF] ^
              tables[0][high >> 24];
    }
    for (; size > 0; size--, at++)
        crc = crc >> 8 ^ tables[0][(crc ^ *at) & 0xFF];
    return crc;
}
