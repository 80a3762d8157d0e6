/* What verifying a request passes from check to check. */
#ifndef BL_SIGV4_VERIFY_PRIVATE_H
#define BL_SIGV4_VERIFY_PRIVATE_H

#include "sigv4_private.h"

/* How many headers a signature may name; far more than any client signs. */
#define BL_SIGV4_MAX_SIGNED 128

typedef struct bl_sigv4_verification {
    bl_sigv4 *sigv4;
    const bl_sigv4_request *request;
    const bl_sigv4_rules *rules;
    bl_buffer *message;
    bl_sigv4_verdict verdict;
    bloop_status status;

    /* As the request says, in its header or in its query. */
    bool in_query;
    bl_buffer decoded; /* the values of the query */
    bl_sigv4_text algorithm, credential, signature, signed_headers;
    size_t signed_count; /* of the names in signed_headers */
    bl_sigv4_text date, token;
    int64_t expires; /* seconds; 0: not given */

    /* The credential's parts. */
    bl_sigv4_text access_key, day, terminator;
    bl_sigv4_scope scope;
    int64_t signed_at;
    bl_sigv4_secret secret;
} bl_sigv4_verification;

/* Sets the verdict, and returns false. */
bool bl_sigv4_refuse(bl_sigv4_verification *v, bl_sigv4_verdict verdict);
/* The first header of that name, or NULL. */
const bl_sigv4_header *bl_sigv4_find_header(const bl_sigv4_request *request, const char *name);

/* verify_parse.c: finds the signature and reads its parts; false when it is refused. */
bool bl_sigv4_find_signature(bl_sigv4_verification *v);
/* Splits "key/day/region/service/terminator"; false when these are not its parts. */
bool bl_sigv4_split_credential(bl_sigv4_verification *v);
/* Lists such as "host;x-amz-date". */
bool bl_sigv4_list_has(bl_sigv4_text list, bl_sigv4_text name);
bool bl_sigv4_next_in_list(bl_sigv4_text *list, bl_sigv4_text *name);

#endif
