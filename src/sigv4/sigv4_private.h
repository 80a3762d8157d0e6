/* What the files of sigv4 share: hashing, the cache of keys, and text. */
#ifndef BL_SIGV4_PRIVATE_H
#define BL_SIGV4_PRIVATE_H

#include <openssl/crypto.h>

#include "sigv4/sigv4.h"

#define BL_SIGV4_HASH_SIZE  32
#define BL_SIGV4_BLOCK_SIZE 64 /* of an HMAC's */
#define BL_SIGV4_ALGORITHM  "AWS4-HMAC-SHA256"
#define BL_SIGV4_TERMINATOR "aws4_request"
#define BL_SIGV4_DAY_SIZE   8 /* "20150830", how a time begins */

/* Text on the stack, for what is made and hashed in one call; what is longer goes to the heap. */
#define BL_SIGV4_SCRATCH_SIZE 4096

/* hash.c */
bloop_status bl_sigv4_sha256(bl_sigv4 *sigv4, bl_sigv4_text data, uint8_t out[BL_SIGV4_HASH_SIZE]);
/* In a context that is used again and again; NULL: in one of its own. */
bloop_status bl_sigv4_sha256_in(bl_sigv4 *sigv4, EVP_MD_CTX *context, bl_sigv4_text data,
                                uint8_t out[BL_SIGV4_HASH_SIZE]);
/* `key` of at most 64 bytes is used as it is, a longer one hashed first, as RFC 2104 has it. */
bloop_status bl_sigv4_hmac(bl_sigv4 *sigv4, bl_sigv4_text key, bl_sigv4_text data, uint8_t out[BL_SIGV4_HASH_SIZE]);
/* What an HMAC's inner and outer hash begin with, for a key of at most 64 bytes. */
typedef enum bl_sigv4_pad { BL_SIGV4_INNER = 0x36, BL_SIGV4_OUTER = 0x5C } bl_sigv4_pad;
void bl_sigv4_hmac_block(bl_sigv4_text key, bl_sigv4_pad pad, uint8_t block[BL_SIGV4_BLOCK_SIZE]);
void bl_sigv4_to_hex(const uint8_t hash[BL_SIGV4_HASH_SIZE], char hex[BL_SIGV4_HEX_SIZE]);

/* signer.c */
struct bl_sigv4_signer {
    bl_sigv4 *sigv4;
    EVP_MD_CTX *context;
    bl_buffer canonical, inner;
    uint8_t outer[BL_SIGV4_BLOCK_SIZE + BL_SIGV4_HASH_SIZE]; /* the HMAC's last text */
    char canonical_room[BL_SIGV4_SCRATCH_SIZE];
    char inner_room[512];
};
/* One on the stack, which has no context; its end wipes it. */
void bl_sigv4_signer_use(bl_sigv4_signer *signer, bl_sigv4 *sigv4);
void bl_sigv4_signer_end(bl_sigv4_signer *signer);

/* keys.c: the signing key of a secret and a scope, derived when it is not in the cache. */
typedef struct bl_sigv4_keys bl_sigv4_keys;
bl_sigv4_keys *bl_sigv4_keys_new(void);
void bl_sigv4_keys_free(bl_sigv4_keys *keys);
bl_sigv4_keys *bl_sigv4_keys_of(bl_sigv4 *sigv4);
bloop_status bl_sigv4_cached_key(bl_sigv4 *sigv4, bl_sigv4_text secret, const bl_sigv4_scope *scope,
                                 uint8_t key[BL_SIGV4_KEY_SIZE]);

/* uri.c */
void bl_sigv4_write_path(bl_buffer *out, bl_sigv4_text path);
/* Leaves out the parameter `except` (empty: none). */
bloop_status bl_sigv4_write_query(bl_buffer *out, bl_sigv4_text query, bl_sigv4_text except);
/* Appends the value of a query's first parameter of that name, decoded. False: there is none. */
bool bl_sigv4_query_value(bl_sigv4_text query, bl_sigv4_text name, bl_buffer *out);

/* canonical.c: with the query's parameter `except` left out. */
bloop_status bl_sigv4_canonical_except(const bl_sigv4_request *request, bl_sigv4_text except,
                                       const char payload_hash[BL_SIGV4_HEX_SIZE], bl_buffer *out,
                                       bl_sigv4_text *signed_headers);

/* Text. */
static inline char bl_sigv4_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static inline bool bl_sigv4_is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool bl_sigv4_same(bl_sigv4_text a, bl_sigv4_text b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static inline void bl_sigv4_append(bl_buffer *out, bl_sigv4_text text)
{
    bl_buffer_append(out, text.data, text.size);
}

/* As strcmp, with upper and lower case ASCII the same. */
int bl_sigv4_compare_names(bl_sigv4_text a, bl_sigv4_text b);
bl_sigv4_text bl_sigv4_trim(bl_sigv4_text text);

#endif
