/* From the canonical request to the header Authorization. */
#include "sigv4_private.h"

static void write_scope(bl_buffer *out, const bl_sigv4_scope *scope);

bloop_status bl_sigv4_string_to_sign(const bl_sigv4_scope *scope, const char canonical_hash[BL_SIGV4_HEX_SIZE],
                                     bl_buffer *out)
{
    bl_buffer_text(out, BL_SIGV4_ALGORITHM "\n");
    bl_buffer_append(out, scope->time, BL_SIGV4_TIME_SIZE - 1);
    bl_buffer_byte(out, '\n');
    write_scope(out, scope);
    bl_buffer_byte(out, '\n');
    bl_buffer_append(out, canonical_hash, BL_SIGV4_HEX_SIZE - 1);
    return out->status;
}

bloop_status bl_sigv4_signature(bl_sigv4 *sigv4, const uint8_t key[BL_SIGV4_KEY_SIZE], bl_sigv4_text string_to_sign,
                                char hex[BL_SIGV4_HEX_SIZE])
{
    uint8_t hash[BL_SIGV4_HASH_SIZE];
    bloop_status status =
        bl_sigv4_hmac(sigv4, (bl_sigv4_text){ (const char *)key, BL_SIGV4_KEY_SIZE }, string_to_sign, hash);
    if (status == BLOOP_OK)
        bl_sigv4_to_hex(hash, hex);
    return status;
}

bloop_status bl_sigv4_authorization(bl_sigv4_text access_key, const bl_sigv4_scope *scope, bl_sigv4_text signed_headers,
                                    const char signature[BL_SIGV4_HEX_SIZE], bl_buffer *out)
{
    bl_buffer_text(out, BL_SIGV4_ALGORITHM " Credential=");
    bl_sigv4_append(out, access_key);
    bl_buffer_byte(out, '/');
    write_scope(out, scope);
    bl_buffer_text(out, ", SignedHeaders=");
    bl_sigv4_append(out, signed_headers);
    bl_buffer_text(out, ", Signature=");
    bl_buffer_append(out, signature, BL_SIGV4_HEX_SIZE - 1);
    return out->status;
}

bloop_status bl_sigv4_sign(bl_sigv4 *sigv4, bl_sigv4_text access_key, bl_sigv4_text secret, const bl_sigv4_scope *scope,
                           const bl_sigv4_request *request, bl_buffer *authorization)
{
    bl_sigv4_signer signer;
    char signature[BL_SIGV4_HEX_SIZE];
    bl_sigv4_signer_use(&signer, sigv4);
    bloop_status status = bl_sigv4_prepare(&signer, access_key, secret, scope, request, authorization);
    if (status == BLOOP_OK)
        status = bl_sigv4_sign_body(&signer, request->body, signature);
    if (status == BLOOP_OK)
        memcpy(authorization->data + authorization->size - (BL_SIGV4_HEX_SIZE - 1), signature, BL_SIGV4_HEX_SIZE - 1);
    bl_sigv4_signer_end(&signer);
    return status;
}

static void write_scope(bl_buffer *out, const bl_sigv4_scope *scope)
{
    bl_buffer_append(out, scope->time, BL_SIGV4_DAY_SIZE);
    bl_buffer_byte(out, '/');
    bl_sigv4_append(out, scope->region);
    bl_buffer_byte(out, '/');
    bl_sigv4_append(out, scope->service);
    bl_buffer_text(out, "/" BL_SIGV4_TERMINATOR);
}
