/* The parts of a signature, from the header Authorization or from the query. */
#include "verify_private.h"

enum { WEEK_SECONDS = 7 * 24 * 60 * 60 };

/* A part of a signature: its name in the header or in the query, where it goes, and whether it may be empty. */
typedef struct part {
    const char *name;
    size_t offset; /* of a bl_sigv4_text in bl_sigv4_verification */
    bool may_be_empty;
} part;

static bool read_header(bl_sigv4_verification *v, bl_sigv4_text value);
static bool read_header_parts(bl_sigv4_verification *v, bl_sigv4_text value, bool *present);
static bool refuse_incomplete_header(bl_sigv4_verification *v, bl_sigv4_text value, const bool *present);
static bool read_query(bl_sigv4_verification *v);
static void read_query_parts(bl_sigv4_verification *v);
static bool read_expires(bl_sigv4_verification *v, bl_sigv4_text value);
static bool list_is_short(bl_sigv4_verification *v);
static bl_sigv4_text *place_of(bl_sigv4_verification *v, const part *p);
static bl_sigv4_text cut_at(bl_sigv4_text *rest, const char *separators);

/* In the order in which the service names those that are missing. */
static const part header_parts[] = {
    { "Credential", offsetof(bl_sigv4_verification, credential), false },
    { "Signature", offsetof(bl_sigv4_verification, signature), false },
    { "SignedHeaders", offsetof(bl_sigv4_verification, signed_headers), true },
};

static const part query_parts[] = {
    { "X-Amz-Algorithm", offsetof(bl_sigv4_verification, algorithm), false },
    { "X-Amz-Credential", offsetof(bl_sigv4_verification, credential), false },
    { "X-Amz-Signature", offsetof(bl_sigv4_verification, signature), false },
    { "X-Amz-SignedHeaders", offsetof(bl_sigv4_verification, signed_headers), false },
    { "X-Amz-Date", offsetof(bl_sigv4_verification, date), false },
    { "X-Amz-Security-Token", offsetof(bl_sigv4_verification, token), true },
};

bool bl_sigv4_find_signature(bl_sigv4_verification *v)
{
    const bl_sigv4_header *header = bl_sigv4_find_header(v->request, "authorization");
    size_t before = v->decoded.size;
    v->in_query = bl_sigv4_query_value(v->request->query, bl_sigv4_text_of("X-Amz-Algorithm"), &v->decoded);
    v->decoded.size = before;
    if (header && v->in_query) {
        bl_buffer_text(v->message,
                       "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.");
        return bl_sigv4_refuse(v, BL_SIGV4_INVALID);
    }
    bl_sigv4_text value = header ? bl_sigv4_trim(header->value) : (bl_sigv4_text){ NULL, 0 };
    if (!v->in_query && (value.size < 5 || memcmp(value.data, "AWS4-", 5) != 0)) {
        bl_buffer_text(v->message, "Request is missing Authentication Token");
        return bl_sigv4_refuse(v, BL_SIGV4_MISSING_TOKEN);
    }
    return (v->in_query ? read_query(v) : read_header(v, value)) && list_is_short(v);
}

bool bl_sigv4_split_credential(bl_sigv4_verification *v)
{
    bl_sigv4_text rest = v->credential;
    while (rest.size && rest.data[rest.size - 1] == '/')
        rest.size--;
    bl_sigv4_text *const parts[] = { &v->access_key, &v->day, &v->scope.region, &v->scope.service, &v->terminator };
    for (size_t i = 0; i < BL_COUNT_OF(parts); i++) {
        if (i && rest.size == 0)
            return false;
        *parts[i] = cut_at(&rest, "/");
    }
    return rest.size == 0;
}

bool bl_sigv4_list_has(bl_sigv4_text list, bl_sigv4_text name)
{
    bl_sigv4_text each;
    while (bl_sigv4_next_in_list(&list, &each)) {
        if (bl_sigv4_compare_names(each, name) == 0)
            return true;
    }
    return false;
}

bool bl_sigv4_next_in_list(bl_sigv4_text *list, bl_sigv4_text *name)
{
    while (list->size) {
        *name = cut_at(list, ";");
        if (name->size)
            return true;
    }
    return false;
}

/* "AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…", in any order, with commas or spaces between. */
static bool read_header(bl_sigv4_verification *v, bl_sigv4_text value)
{
    const bl_sigv4_header *date = bl_sigv4_find_header(v->request, "x-amz-date");
    const bl_sigv4_header *token = bl_sigv4_find_header(v->request, "x-amz-security-token");
    if (!date)
        date = bl_sigv4_find_header(v->request, "date");
    if (date)
        v->date = bl_sigv4_trim(date->value);
    if (token)
        v->token = bl_sigv4_trim(token->value);
    bool present[BL_COUNT_OF(header_parts)] = { false };
    if (!read_header_parts(v, value, present))
        return false;
    bool complete = date != NULL;
    for (size_t i = 0; i < BL_COUNT_OF(header_parts); i++)
        complete = complete && present[i];
    return complete || refuse_incomplete_header(v, value, present);
}

static bool read_header_parts(bl_sigv4_verification *v, bl_sigv4_text value, bool *present)
{
    bl_sigv4_text rest = value;
    v->algorithm = cut_at(&rest, ", ");
    while (rest.size) {
        bl_sigv4_text piece = bl_sigv4_trim(cut_at(&rest, ", "));
        if (piece.size == 0)
            continue;
        if (!memchr(piece.data, '=', piece.size)) {
            bl_buffer_byte(v->message, '\'');
            bl_sigv4_append(v->message, piece);
            bl_buffer_text(v->message, "' not a valid key=value pair (missing equal-sign) in Authorization header: '");
            bl_sigv4_append(v->message, value);
            bl_buffer_text(v->message, "'.");
            return bl_sigv4_refuse(v, BL_SIGV4_INCOMPLETE);
        }
        bl_sigv4_text name = cut_at(&piece, "=");
        for (size_t i = 0; i < BL_COUNT_OF(header_parts); i++) {
            if (bl_sigv4_same(name, bl_sigv4_text_of(header_parts[i].name))) {
                *place_of(v, &header_parts[i]) = piece;
                present[i] = piece.size || header_parts[i].may_be_empty;
            }
        }
    }
    return true;
}

static bool refuse_incomplete_header(bl_sigv4_verification *v, bl_sigv4_text value, const bool *present)
{
    for (size_t i = 0; i < BL_COUNT_OF(header_parts); i++) {
        if (!present[i])
            bl_buffer_format(v->message, "Authorization header requires '%s' parameter. ", header_parts[i].name);
    }
    if (!v->date.data)
        bl_buffer_text(v->message,
                       "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ");
    bl_buffer_text(v->message, "Authorization=");
    bl_sigv4_append(v->message, value);
    return bl_sigv4_refuse(v, BL_SIGV4_INCOMPLETE);
}

static bool read_query(bl_sigv4_verification *v)
{
    char room[32];
    bl_buffer expires;
    bl_buffer_use(&expires, room, sizeof room);
    bool limited = bl_sigv4_query_value(v->request->query, bl_sigv4_text_of("X-Amz-Expires"), &expires);
    read_query_parts(v);
    v->status = v->decoded.status != BLOOP_OK ? v->decoded.status : expires.status;
    bool complete = true;
    for (size_t i = 0; v->status == BLOOP_OK && i < BL_COUNT_OF(query_parts); i++) {
        if (place_of(v, &query_parts[i])->size || query_parts[i].may_be_empty)
            continue;
        bl_buffer_format(v->message, "AWS query-string parameters must include '%s'. ", query_parts[i].name);
        complete = false;
    }
    if (!complete)
        bl_buffer_text(v->message, "Re-examine the query-string parameters.");
    bool passed = complete && v->status == BLOOP_OK;
    if (passed && limited)
        passed = read_expires(v, (bl_sigv4_text){ (const char *)expires.data, expires.size });
    bl_buffer_free(&expires);
    return passed || bl_sigv4_refuse(v, BL_SIGV4_INCOMPLETE);
}

/* The texts are placed when all are decoded: the buffer may move until then. */
static void read_query_parts(bl_sigv4_verification *v)
{
    size_t ends[BL_COUNT_OF(query_parts)], begin = 0;
    for (size_t i = 0; i < BL_COUNT_OF(query_parts); i++) {
        bl_sigv4_query_value(v->request->query, bl_sigv4_text_of(query_parts[i].name), &v->decoded);
        ends[i] = v->decoded.size;
    }
    for (size_t i = 0; v->decoded.status == BLOOP_OK && i < BL_COUNT_OF(query_parts); begin = ends[i++])
        *place_of(v, &query_parts[i]) = (bl_sigv4_text){ (const char *)v->decoded.data + begin, ends[i] - begin };
}

static bool read_expires(bl_sigv4_verification *v, bl_sigv4_text value)
{
    int64_t seconds = 0;
    bool valid = value.size > 0 && value.size <= 6;
    for (size_t i = 0; valid && i < value.size; i++) {
        valid = value.data[i] >= '0' && value.data[i] <= '9';
        seconds = 10 * seconds + (value.data[i] - '0');
    }
    if (valid && seconds > 0 && seconds <= WEEK_SECONDS) {
        v->expires = seconds;
        return true;
    }
    bl_buffer_format(v->message, "X-Amz-Expires must be a number of seconds from 1 to %d.", WEEK_SECONDS);
    return false;
}

static bool list_is_short(bl_sigv4_verification *v)
{
    bl_sigv4_text list = v->signed_headers, name;
    v->signed_count = 0;
    while (v->signed_count <= BL_SIGV4_MAX_SIGNED && bl_sigv4_next_in_list(&list, &name))
        v->signed_count++;
    if (v->signed_count <= BL_SIGV4_MAX_SIGNED)
        return true;
    bl_buffer_format(v->message, "SignedHeaders must not name more than %d headers.", BL_SIGV4_MAX_SIGNED);
    return bl_sigv4_refuse(v, BL_SIGV4_INCOMPLETE);
}

static bl_sigv4_text *place_of(bl_sigv4_verification *v, const part *p)
{
    return (bl_sigv4_text *)(void *)((char *)v + p->offset);
}

/* Cuts off what comes before the first of the separators, one or two, and that. */
static bl_sigv4_text cut_at(bl_sigv4_text *rest, const char *separators)
{
    size_t size = 0;
    if (separators[1] == '\0') {
        const char *end = rest->size ? memchr(rest->data, separators[0], rest->size) : NULL;
        size = end ? (size_t)(end - rest->data) : rest->size;
    }
    while (size < rest->size && rest->data[size] != separators[0] && rest->data[size] != separators[1])
        size++;
    bl_sigv4_text piece = { rest->data, size };
    size_t taken = size < rest->size ? size + 1 : size;
    rest->data += taken;
    rest->size -= taken;
    return piece;
}
