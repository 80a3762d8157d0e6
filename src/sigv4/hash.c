/* SHA-256 and HMAC on it, by libcrypto. The algorithm is fetched once: that costs more than hashing a small request. */
#include "sigv4_private.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#define ONES UINT64_C(0x0101010101010101) /* a byte times this is that byte, eight times */

struct bl_sigv4 {
    EVP_MD *sha256;
    bl_sigv4_keys *keys;
};

static bool hash_two(const EVP_MD *sha256, EVP_MD_CTX *context, bl_sigv4_text first, bl_sigv4_text second,
                     uint8_t out[BL_SIGV4_HASH_SIZE]);
static uint64_t spread(uint32_t bytes);
static bloop_status refuse(void);

bloop_status bl_sigv4_new(bl_sigv4 **out)
{
    bl_sigv4 *sigv4 = bl_alloc_zeroed(1, sizeof *sigv4);
    if (!sigv4)
        return BLOOP_NO_MEMORY;
    bloop_status status = BLOOP_NO_MEMORY;
    sigv4->keys = bl_sigv4_keys_new();
    if (!sigv4->keys)
        goto failed;
    sigv4->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (!sigv4->sha256) {
        status = refuse();
        goto failed;
    }
    *out = sigv4;
    return BLOOP_OK;
failed:
    bl_sigv4_free(sigv4);
    return status;
}

void bl_sigv4_free(bl_sigv4 *sigv4)
{
    if (!sigv4)
        return;
    EVP_MD_free(sigv4->sha256);
    bl_sigv4_keys_free(sigv4->keys);
    bl_free(sigv4);
}

bl_sigv4_keys *bl_sigv4_keys_of(bl_sigv4 *sigv4)
{
    return sigv4->keys;
}

bloop_status bl_sigv4_hash(bl_sigv4 *sigv4, bl_sigv4_text data, char hex[BL_SIGV4_HEX_SIZE])
{
    uint8_t hash[BL_SIGV4_HASH_SIZE];
    bloop_status status = bl_sigv4_sha256(sigv4, data, hash);
    if (status == BLOOP_OK)
        bl_sigv4_to_hex(hash, hex);
    return status;
}

bloop_status bl_sigv4_sha256(bl_sigv4 *sigv4, bl_sigv4_text data, uint8_t out[BL_SIGV4_HASH_SIZE])
{
    static const char nothing[1];
    return EVP_Digest(data.size ? data.data : nothing, data.size, out, NULL, sigv4->sha256, NULL) ? BLOOP_OK : refuse();
}

bloop_status bl_sigv4_sha256_in(bl_sigv4 *sigv4, EVP_MD_CTX *context, bl_sigv4_text data,
                                uint8_t out[BL_SIGV4_HASH_SIZE])
{
    if (!context)
        return bl_sigv4_sha256(sigv4, data, out);
    return hash_two(sigv4->sha256, context, data, (bl_sigv4_text){ NULL, 0 }, out) ? BLOOP_OK : refuse();
}

/* RFC 2104, on two plain hashes: libcrypto's own HMAC copies two more contexts for each message. */
bloop_status bl_sigv4_hmac(bl_sigv4 *sigv4, bl_sigv4_text key, bl_sigv4_text data, uint8_t out[BL_SIGV4_HASH_SIZE])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!context)
        return refuse();
    uint8_t block[BL_SIGV4_BLOCK_SIZE], short_key[BL_SIGV4_HASH_SIZE], inner[BL_SIGV4_HASH_SIZE];
    const bl_sigv4_text padded = { (const char *)block, sizeof block }, within = { (const char *)inner, sizeof inner };
    bool done = true;
    if (key.size > sizeof block) {
        done = hash_two(sigv4->sha256, context, key, (bl_sigv4_text){ NULL, 0 }, short_key);
        key = (bl_sigv4_text){ (const char *)short_key, sizeof short_key };
    }
    if (done) {
        bl_sigv4_hmac_block(key, BL_SIGV4_INNER, block);
        done = hash_two(sigv4->sha256, context, padded, data, inner);
    }
    if (done) {
        bl_sigv4_hmac_block(key, BL_SIGV4_OUTER, block);
        done = hash_two(sigv4->sha256, context, padded, within, out);
    }
    OPENSSL_cleanse(block, sizeof block);
    OPENSSL_cleanse(short_key, sizeof short_key);
    OPENSSL_cleanse(inner, sizeof inner);
    EVP_MD_CTX_free(context);
    return done ? BLOOP_OK : refuse();
}

void bl_sigv4_hmac_block(bl_sigv4_text key, bl_sigv4_pad pad, uint8_t block[BL_SIGV4_BLOCK_SIZE])
{
    memset(block, (int)pad, BL_SIGV4_BLOCK_SIZE);
    for (size_t i = 0; i < key.size; i++)
        block[i] ^= (uint8_t)key.data[i];
}

void bl_sigv4_to_hex(const uint8_t hash[BL_SIGV4_HASH_SIZE], char hex[BL_SIGV4_HEX_SIZE])
{
    for (size_t i = 0; i < BL_SIGV4_HASH_SIZE; i += 4) {
        const uint64_t nibbles = spread(bl_load_be32(hash + i)), above_nine = ((nibbles + 6 * ONES) >> 4) & ONES;
        bl_store_be64(hex + 2 * i, nibbles + '0' * ONES + above_nine * ('a' - '0' - 10));
    }
    hex[BL_SIGV4_HEX_SIZE - 1] = '\0';
}

static bool hash_two(const EVP_MD *sha256, EVP_MD_CTX *context, bl_sigv4_text first, bl_sigv4_text second,
                     uint8_t out[BL_SIGV4_HASH_SIZE])
{
    return EVP_DigestInit_ex2(context, sha256, NULL) &&
           (first.size == 0 || EVP_DigestUpdate(context, first.data, first.size)) &&
           (second.size == 0 || EVP_DigestUpdate(context, second.data, second.size)) &&
           EVP_DigestFinal_ex(context, out, NULL);
}

/* Each half byte in a byte of its own, in the same order. */
static uint64_t spread(uint32_t bytes)
{
    uint64_t out = bytes;
    out = (out | out << 16) & UINT64_C(0x0000FFFF0000FFFF);
    out = (out | out << 8) & UINT64_C(0x00FF00FF00FF00FF);
    return (out | out << 4) & UINT64_C(0x0F0F0F0F0F0F0F0F);
}

/* Of what libcrypto refuses, running out of memory is what can be met. */
static bloop_status refuse(void)
{
    unsigned long code = ERR_get_error();
    ERR_clear_error();
    if (code == 0 || ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE)
        return bl_error_no_memory(BL_SIGV4_BLOCK_SIZE);
    char reason[128];
    ERR_error_string_n(code, reason, sizeof reason);
    return bl_error(BLOOP_INTERNAL, "libcrypto can't make a SHA-256: %s", reason);
}
