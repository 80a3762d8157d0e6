/* The interface of area sigv4: AWS Signature Version 4 in stages, signing and verifying; no input or output.

   A signature is made in five stages, each a function whose result can be looked at: canonical request, string to sign,
   signing key, signature, Authorization header. bl_sigv4_sign runs them all, bl_sigv4_verify runs them for a server.

   The rules are those of the AWS documentation ("Create a signed AWS API request") for every service but S3: paths are
   normalized and encoded once more, and the payload is always signed. */
#ifndef BL_SIGV4_H
#define BL_SIGV4_H

#include "base/base.h"

/* Text that somebody else owns; without a zero byte. */
typedef struct bl_sigv4_text {
    const char *data;
    size_t size;
} bl_sigv4_text;

static inline bl_sigv4_text bl_sigv4_text_of(const char *text)
{
    return (bl_sigv4_text){ text, strlen(text) };
}

typedef struct bl_sigv4_header {
    bl_sigv4_text name; /* in any case */
    bl_sigv4_text value;
} bl_sigv4_header;

/* A request as it goes over the wire. */
typedef struct bl_sigv4_request {
    bl_sigv4_text method;           /* "POST" */
    bl_sigv4_text path;             /* "/"; empty is the same */
    bl_sigv4_text query;            /* what is between '?' and '#'; percent-encoded */
    const bl_sigv4_header *headers; /* when signing: those to be signed, in any order; when verifying: all of them */
    size_t header_count;
    bl_sigv4_text body;
} bl_sigv4_request;

#define BL_SIGV4_TIME_SIZE 17 /* "20150830T123600Z" and its zero byte */
#define BL_SIGV4_HEX_SIZE  65 /* 32 bytes in lower-case hexadecimal, and a zero byte */
#define BL_SIGV4_KEY_SIZE  32

/* What a signature holds for: a second (and its day), a region and a service. */
typedef struct bl_sigv4_scope {
    char time[BL_SIGV4_TIME_SIZE]; /* the value of the header x-amz-date */
    bl_sigv4_text region;
    bl_sigv4_text service; /* "dynamodb" */
} bl_sigv4_scope;

/* SHA-256, made ready once, and a cache of signing keys for the scopes used last. May be used by many threads at once.
   Keys and secrets are wiped when they leave the cache. BLOOP_INTERNAL when libcrypto has no SHA-256. */
typedef struct bl_sigv4 bl_sigv4;
bloop_status bl_sigv4_new(bl_sigv4 **out);
void bl_sigv4_free(bl_sigv4 *sigv4); /* NULL is fine */

/* Time, in seconds since 1970. BLOOP_INVALID_VALUE outside the years 1 to 9999. */
bloop_status bl_sigv4_format_time(int64_t seconds, char out[BL_SIGV4_TIME_SIZE]);
/* Reads "20150830T123600Z", or an HTTP date ("Sun, 30 Aug 2015 12:36:00 GMT"), as the header Date of an answer has it.
   False, and *out untouched, when it is neither; records no error. */
bool bl_sigv4_parse_time(bl_sigv4_text text, int64_t *out);

/* The stages. Buffers are appended to; a buffer's failure is the status. */

/* The hash of a payload, and of a canonical request. */
bloop_status bl_sigv4_hash(bl_sigv4 *sigv4, bl_sigv4_text data, char hex[BL_SIGV4_HEX_SIZE]);
/* *signed_headers becomes the list of header names ("host;x-amz-date"), inside of `out`: valid until `out` changes. */
bloop_status bl_sigv4_canonical_request(const bl_sigv4_request *request, const char payload_hash[BL_SIGV4_HEX_SIZE],
                                        bl_buffer *out, bl_sigv4_text *signed_headers);
bloop_status bl_sigv4_string_to_sign(const bl_sigv4_scope *scope, const char canonical_hash[BL_SIGV4_HEX_SIZE],
                                     bl_buffer *out);
/* Derives it, with four HMACs; looks into no cache. The caller wipes it. */
bloop_status bl_sigv4_signing_key(bl_sigv4 *sigv4, bl_sigv4_text secret, const bl_sigv4_scope *scope,
                                  uint8_t key[BL_SIGV4_KEY_SIZE]);
bloop_status bl_sigv4_signature(bl_sigv4 *sigv4, const uint8_t key[BL_SIGV4_KEY_SIZE], bl_sigv4_text string_to_sign,
                                char hex[BL_SIGV4_HEX_SIZE]);
/* "AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…" */
bloop_status bl_sigv4_authorization(bl_sigv4_text access_key, const bl_sigv4_scope *scope, bl_sigv4_text signed_headers,
                                    const char signature[BL_SIGV4_HEX_SIZE], bl_buffer *out);

/* All of them: appends the value of the header Authorization. The request has to have the headers "host", "x-amz-date"
   (the scope's time) and, with temporary credentials, "x-amz-security-token" among those to be signed. Nothing is
   allocated for requests of up to 32 headers and 3 KiB of them, when the buffer has room. */
bloop_status bl_sigv4_sign(bl_sigv4 *sigv4, bl_sigv4_text access_key, bl_sigv4_text secret, const bl_sigv4_scope *scope,
                           const bl_sigv4_request *request, bl_buffer *authorization);

/* The same for requests that differ in their bodies only, as many as there are in a second: all that is not the body is
   prepared once. For one thread at a time; what belongs to the key is wiped when another is prepared, and at the end. */
typedef struct bl_sigv4_signer bl_sigv4_signer;
bl_sigv4_signer *bl_sigv4_signer_new(bl_sigv4 *sigv4); /* NULL and the last error on failure */
void bl_sigv4_signer_free(bl_sigv4_signer *signer);    /* NULL is fine */
/* Appends the value of the header Authorization, with zeros in place of the signature, the last 64 characters. The
   request's body does not matter, and nothing of the arguments is kept. After a failure the signer can't sign. */
bloop_status bl_sigv4_prepare(bl_sigv4_signer *signer, bl_sigv4_text access_key, bl_sigv4_text secret,
                              const bl_sigv4_scope *scope, const bl_sigv4_request *request, bl_buffer *authorization);
bloop_status bl_sigv4_sign_body(bl_sigv4_signer *signer, bl_sigv4_text body, char signature[BL_SIGV4_HEX_SIZE]);

/* Verifying. */

/* What the service would answer. */
typedef enum bl_sigv4_verdict {
    BL_SIGV4_ACCEPTED = 0,
    BL_SIGV4_MISSING_TOKEN, /* MissingAuthenticationTokenException: not signed */
    BL_SIGV4_INCOMPLETE,    /* IncompleteSignatureException: a part is missing or malformed */
    BL_SIGV4_UNRECOGNIZED,  /* UnrecognizedClientException: no such access key, or the wrong session token */
    BL_SIGV4_INVALID,       /* InvalidSignatureException: expired, not yet current, wrong scope or signature */
    BL_SIGV4_VERDICT_COUNT
} bl_sigv4_verdict;

/* The exception's name, such as "InvalidSignatureException"; "" for BL_SIGV4_ACCEPTED. */
const char *bl_sigv4_verdict_name(bl_sigv4_verdict verdict);

/* What belongs to an access key. */
typedef struct bl_sigv4_secret {
    bl_sigv4_text secret;
    bl_sigv4_text token; /* empty: a request with a session token is refused */
} bl_sigv4_secret;

/* Finds what belongs to an access key. False: there is no such key. What *out points to has to stay as it is until
   bl_sigv4_verify returns. */
typedef bool (*bl_sigv4_lookup)(void *context, bl_sigv4_text access_key, bl_sigv4_secret *out);

typedef struct bl_sigv4_rules {
    int64_t now;           /* seconds since 1970 */
    bl_sigv4_text service; /* that credentials have to be scoped to */
    bl_sigv4_text region;  /* likewise; empty: any */
    bl_sigv4_lookup lookup;
    void *context;
} bl_sigv4_rules;

/* Judges a request that is signed in its header Authorization or in its query. *verdict says what the service answers,
   and `message` (appended to) has its words, as far as they are public, in UTF-8. The status is for failures of ours
   (BLOOP_NO_MEMORY, BLOOP_INTERNAL); then *verdict is untouched. The body is always hashed: a header that says that it
   is not signed is not believed. */
bloop_status bl_sigv4_verify(bl_sigv4 *sigv4, const bl_sigv4_request *request, const bl_sigv4_rules *rules,
                             bl_sigv4_verdict *verdict, bl_buffer *message);

#endif
