/* SipHash-2-4 with a 128-bit result (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012, and the 128-bit
   form of their reference code): a hash of hash keys that nobody without the file's key can make collide. */
#include "record_private.h"

typedef struct sip_state {
    uint64_t v0, v1, v2, v3;
} sip_state;

static inline void sip_round(sip_state *s);
static inline void absorb(sip_state *s, uint64_t word);
static inline uint64_t finish(sip_state *s);
static inline uint64_t last_word(const uint8_t *at, size_t size, size_t total);

void bl_siphash128(const uint8_t key[16], const void *data, size_t size, uint8_t out[16])
{
    const uint64_t k0 = bl_load_le64(key), k1 = bl_load_le64(key + 8);
    sip_state s = {
        .v0 = k0 ^ 0x736f6d6570736575U,
        .v1 = k1 ^ 0x646f72616e646f6dU ^ 0xEE, /* 0xEE: a 128-bit result is wanted */
        .v2 = k0 ^ 0x6c7967656e657261U,
        .v3 = k1 ^ 0x7465646279746573U,
    };
    const uint8_t *at = data;
    size_t left = size;
    for (; left >= 8; left -= 8, at += 8)
        absorb(&s, bl_load_le64(at));
    absorb(&s, last_word(at, left, size));
    s.v2 ^= 0xEE;
    bl_store_le64(out, finish(&s));
    s.v1 ^= 0xDD; /* the second half */
    bl_store_le64(out + 8, finish(&s));
}

static inline uint64_t rotate(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static inline void sip_round(sip_state *s)
{
    s->v0 += s->v1;
    s->v1 = rotate(s->v1, 13) ^ s->v0;
    s->v0 = rotate(s->v0, 32);
    s->v2 += s->v3;
    s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 += s->v3;
    s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v2 += s->v1;
    s->v1 = rotate(s->v1, 17) ^ s->v2;
    s->v2 = rotate(s->v2, 32);
}

static inline void absorb(sip_state *s, uint64_t word)
{
    s->v3 ^= word;
    sip_round(s);
    sip_round(s);
    s->v0 ^= word;
}

static inline uint64_t finish(sip_state *s)
{
    for (int i = 0; i < 4; i++)
        sip_round(s);
    return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

/* The up to seven bytes that remain, and in the top byte the size of all. */
static inline uint64_t last_word(const uint8_t *at, size_t size, size_t total)
{
    uint64_t word = (uint64_t)(total & 0xFF) << 56;
    for (size_t i = 0; i < size; i++)
        word |= (uint64_t)at[i] << (8 * i);
    return word;
}
