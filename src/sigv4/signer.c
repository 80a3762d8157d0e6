/* All of a request but its body, prepared once and signed with one body after the other.

   Each text that is hashed stands in a buffer that ends in the hash before it: the canonical request in that of the body, the
   string to sign, after the inner block of its HMAC, in that of the canonical request. So four hashes of whole buffers
   make a signature. */
#include "sigv4_private.h"

#include <openssl/evp.h>

enum { HEX_SIZE = BL_SIGV4_HEX_SIZE - 1 };

static const char no_hash[BL_SIGV4_HEX_SIZE] = "0000000000000000000000000000000000000000000000000000000000000000";

static void forget(bl_sigv4_signer *signer);
static bloop_status set_key(bl_sigv4_signer *signer, bl_sigv4_text secret, const bl_sigv4_scope *scope);
static bloop_status hash(bl_sigv4_signer *signer, bl_sigv4_text text, bl_buffer *next);
static char *last_hash(const bl_buffer *text);
static bl_sigv4_text text_of(const bl_buffer *text);

bl_sigv4_signer *bl_sigv4_signer_new(bl_sigv4 *sigv4)
{
    bl_sigv4_signer *signer = bl_alloc(sizeof *signer);
    if (!signer)
        return NULL;
    bl_sigv4_signer_use(signer, sigv4);
    signer->context = EVP_MD_CTX_new();
    if (signer->context)
        return signer;
    bl_sigv4_signer_free(signer);
    bl_error_no_memory(0);
    return NULL;
}

void bl_sigv4_signer_free(bl_sigv4_signer *signer)
{
    if (!signer)
        return;
    bl_sigv4_signer_end(signer);
    bl_free(signer);
}

void bl_sigv4_signer_use(bl_sigv4_signer *signer, bl_sigv4 *sigv4)
{
    signer->sigv4 = sigv4;
    signer->context = NULL;
    bl_buffer_use(&signer->canonical, signer->canonical_room, sizeof signer->canonical_room);
    bl_buffer_use(&signer->inner, signer->inner_room, sizeof signer->inner_room);
}

void bl_sigv4_signer_end(bl_sigv4_signer *signer)
{
    forget(signer);
    EVP_MD_CTX_free(signer->context);
    bl_buffer_free(&signer->canonical);
    bl_buffer_free(&signer->inner);
    OPENSSL_cleanse(signer->inner_room, sizeof signer->inner_room); /* also what has moved from there to the heap */
    OPENSSL_cleanse(signer->outer, sizeof signer->outer);
}

bloop_status bl_sigv4_prepare(bl_sigv4_signer *signer, bl_sigv4_text access_key, bl_sigv4_text secret,
                              const bl_sigv4_scope *scope, const bl_sigv4_request *request, bl_buffer *authorization)
{
    bl_sigv4_text names = { NULL, 0 };
    forget(signer);
    bloop_status status = bl_sigv4_canonical_request(request, no_hash, &signer->canonical, &names);
    if (status == BLOOP_OK)
        status = set_key(signer, secret, scope);
    if (status == BLOOP_OK)
        status = bl_sigv4_string_to_sign(scope, no_hash, &signer->inner);
    if (status == BLOOP_OK)
        status = bl_sigv4_authorization(access_key, scope, names, no_hash, authorization);
    return status;
}

bloop_status bl_sigv4_sign_body(bl_sigv4_signer *signer, bl_sigv4_text body, char signature[BL_SIGV4_HEX_SIZE])
{
    uint8_t last[BL_SIGV4_HASH_SIZE];
    const bl_sigv4_text outer = { (const char *)signer->outer, sizeof signer->outer };
    bloop_status status = hash(signer, body, &signer->canonical);
    if (status == BLOOP_OK)
        status = hash(signer, text_of(&signer->canonical), &signer->inner);
    if (status == BLOOP_OK)
        status = bl_sigv4_sha256_in(signer->sigv4, signer->context, text_of(&signer->inner),
                                    signer->outer + BL_SIGV4_BLOCK_SIZE);
    if (status == BLOOP_OK)
        status = bl_sigv4_sha256_in(signer->sigv4, signer->context, outer, last);
    if (status == BLOOP_OK)
        bl_sigv4_to_hex(last, signature);
    return status;
}

/* What was prepared; the inner block is as good as the key. */
static void forget(bl_sigv4_signer *signer)
{
    if (signer->inner.size)
        OPENSSL_cleanse(signer->inner.data, signer->inner.size);
    bl_buffer_clear(&signer->canonical);
    bl_buffer_clear(&signer->inner);
}

/* Begins both texts of the HMAC. */
static bloop_status set_key(bl_sigv4_signer *signer, bl_sigv4_text secret, const bl_sigv4_scope *scope)
{
    uint8_t key[BL_SIGV4_KEY_SIZE], block[BL_SIGV4_BLOCK_SIZE];
    bloop_status status = bl_sigv4_cached_key(signer->sigv4, secret, scope, key);
    if (status == BLOOP_OK) {
        const bl_sigv4_text text = { (const char *)key, sizeof key };
        bl_sigv4_hmac_block(text, BL_SIGV4_INNER, block);
        bl_buffer_append(&signer->inner, block, sizeof block);
        bl_sigv4_hmac_block(text, BL_SIGV4_OUTER, signer->outer);
        status = signer->inner.status;
    }
    OPENSSL_cleanse(key, sizeof key);
    OPENSSL_cleanse(block, sizeof block);
    return status;
}

static bloop_status hash(bl_sigv4_signer *signer, bl_sigv4_text text, bl_buffer *next)
{
    uint8_t bytes[BL_SIGV4_HASH_SIZE];
    char hex[BL_SIGV4_HEX_SIZE];
    bloop_status status = bl_sigv4_sha256_in(signer->sigv4, signer->context, text, bytes);
    if (status != BLOOP_OK)
        return status;
    bl_sigv4_to_hex(bytes, hex);
    memcpy(last_hash(next), hex, HEX_SIZE);
    return BLOOP_OK;
}

static char *last_hash(const bl_buffer *text)
{
    return (char *)text->data + text->size - HEX_SIZE;
}

static bl_sigv4_text text_of(const bl_buffer *text)
{
    return (bl_sigv4_text){ (const char *)text->data, text->size };
}
