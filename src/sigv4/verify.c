/* Judging a signed request: the service's checks, in the service's order, with its words where they are public (those
   that architect/dynalite has recorded of Amazon DynamoDB, in index.js and test/connection.js). */
#include "verify_private.h"

enum { SKEW_SECONDS = 15 * 60, MINUTE = 60, FEW_HEADERS = 32 };

/* Each goes on with the next, or refuses. Failures of ours go into verification.status, and refuse too. */
typedef bool (*check)(bl_sigv4_verification *v);

static void make_utf8(bl_buffer *text, size_t from);
static bool time_is_well_formed(bl_sigv4_verification *v);
static bool time_is_now(bl_sigv4_verification *v);
static bool refuse_time(bl_sigv4_verification *v, const char *rule, int64_t limit, int64_t seconds, char sign);
static bool headers_are_signed(bl_sigv4_verification *v);
static bool algorithm_is_known(bl_sigv4_verification *v);
static bool credential_is_whole(bl_sigv4_verification *v);
static bool scope_is_right(bl_sigv4_verification *v);
static bool key_is_known(bl_sigv4_verification *v);
static bool signature_is_right(bl_sigv4_verification *v);
static bool token_is_right(bl_sigv4_verification *v);
static size_t select_headers(const bl_sigv4_verification *v, bl_sigv4_header *out);
static bloop_status sign_again(bl_sigv4_verification *v, bl_buffer *text, size_t *to_sign, char hex[BL_SIGV4_HEX_SIZE]);
static bool same_secret(bl_sigv4_text a, bl_sigv4_text b);

static const check checks[] = { bl_sigv4_find_signature, time_is_well_formed, time_is_now,    headers_are_signed,
                                algorithm_is_known,      credential_is_whole, scope_is_right, key_is_known,
                                signature_is_right,      token_is_right };

const char *bl_sigv4_verdict_name(bl_sigv4_verdict verdict)
{
    static const char *const names[BL_SIGV4_VERDICT_COUNT] = {
        [BL_SIGV4_ACCEPTED] = "",
        [BL_SIGV4_MISSING_TOKEN] = "MissingAuthenticationTokenException",
        [BL_SIGV4_INCOMPLETE] = "IncompleteSignatureException",
        [BL_SIGV4_UNRECOGNIZED] = "UnrecognizedClientException",
        [BL_SIGV4_INVALID] = "InvalidSignatureException",
    };
    return (size_t)verdict < BL_SIGV4_VERDICT_COUNT ? names[verdict] : "";
}

bloop_status bl_sigv4_verify(bl_sigv4 *sigv4, const bl_sigv4_request *request, const bl_sigv4_rules *rules,
                             bl_sigv4_verdict *verdict, bl_buffer *message)
{
    char room[1024];
    size_t before = message->size;
    bl_sigv4_verification v = { .sigv4 = sigv4, .request = request, .rules = rules, .message = message };
    bl_buffer_use(&v.decoded, room, sizeof room);
    bool passed = true;
    for (size_t i = 0; passed && i < BL_COUNT_OF(checks); i++)
        passed = checks[i](&v);
    bloop_status status = v.status == BLOOP_OK ? message->status : v.status;
    if (status == BLOOP_OK) {
        *verdict = v.verdict;
        make_utf8(message, before);
    }
    bl_buffer_free(&v.decoded);
    return status;
}

bool bl_sigv4_refuse(bl_sigv4_verification *v, bl_sigv4_verdict verdict)
{
    v->verdict = verdict;
    return false;
}

const bl_sigv4_header *bl_sigv4_find_header(const bl_sigv4_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (bl_sigv4_compare_names(request->headers[i].name, bl_sigv4_text_of(name)) == 0)
            return &request->headers[i];
    }
    return NULL;
}

/* A message quotes the request, whose bytes may be anything; an answer is UTF-8. */
static void make_utf8(bl_buffer *text, size_t from)
{
    while (from < text->size) {
        from += bl_utf8_error_at(text->data + from, text->size - from);
        if (from < text->size)
            text->data[from] = '?';
    }
}

static bool time_is_well_formed(bl_sigv4_verification *v)
{
    if (bl_sigv4_parse_time(v->date, &v->signed_at) && bl_sigv4_format_time(v->signed_at, v->scope.time) == BLOOP_OK)
        return true;
    bl_buffer_text(v->message, "Date must be in ISO-8601 'basic format'. Got '");
    bl_sigv4_append(v->message, v->date);
    bl_buffer_text(v->message, "'. See http://en.wikipedia.org/wiki/ISO_8601");
    return bl_sigv4_refuse(v, BL_SIGV4_INCOMPLETE);
}

/* Within 15 minutes; a signature in the query may say for how long it holds. */
static bool time_is_now(bl_sigv4_verification *v)
{
    int64_t age = v->rules->now - v->signed_at, longest = v->expires ? v->expires : SKEW_SECONDS;
    if (age > longest)
        return refuse_time(v, "Signature expired: %s is now earlier than %s (%s %c %lld min.)", v->rules->now - longest,
                           longest, '-');
    if (age < -SKEW_SECONDS)
        return refuse_time(v, "Signature not yet current: %s is still later than %s (%s %c %lld min.)",
                           v->rules->now + SKEW_SECONDS, SKEW_SECONDS, '+');
    return true;
}

static bool refuse_time(bl_sigv4_verification *v, const char *rule, int64_t limit, int64_t seconds, char sign)
{
    char now[BL_SIGV4_TIME_SIZE], bound[BL_SIGV4_TIME_SIZE];
    v->status = bl_sigv4_format_time(v->rules->now, now);
    if (v->status == BLOOP_OK)
        v->status = bl_sigv4_format_time(limit, bound);
    if (v->status == BLOOP_OK)
        bl_buffer_format(v->message, rule, v->scope.time, bound, now, sign, (long long)(seconds / MINUTE));
    return bl_sigv4_refuse(v, BL_SIGV4_INVALID);
}

/* The host has to be among them, by the service's rule; and the operation, without which a signature for one would do
   for another. */
static bool headers_are_signed(bl_sigv4_verification *v)
{
    static const char *const required[] = { "Host", "X-Amz-Target" };
    for (size_t i = 0; i < BL_COUNT_OF(required); i++) {
        if (i && !bl_sigv4_find_header(v->request, required[i]))
            continue;
        if (!bl_sigv4_list_has(v->signed_headers, bl_sigv4_text_of(required[i]))) {
            bl_buffer_format(v->message, "'%s' must be a 'SignedHeader' in the AWS Authorization.", required[i]);
            return bl_sigv4_refuse(v, BL_SIGV4_INVALID);
        }
    }
    return true;
}

static bool algorithm_is_known(bl_sigv4_verification *v)
{
    if (bl_sigv4_same(v->algorithm, bl_sigv4_text_of(BL_SIGV4_ALGORITHM)))
        return true;
    bl_buffer_text(v->message, "Unsupported AWS 'algorithm': '");
    bl_sigv4_append(v->message, v->algorithm);
    bl_buffer_text(v->message, "' (only " BL_SIGV4_ALGORITHM " for now). ");
    return bl_sigv4_refuse(v, BL_SIGV4_INCOMPLETE);
}

static bool credential_is_whole(bl_sigv4_verification *v)
{
    if (bl_sigv4_split_credential(v))
        return true;
    bl_buffer_text(v->message, "Credential must have exactly 5 slash-delimited elements, e.g. "
                               "keyid/date/region/service/term, got '");
    bl_sigv4_append(v->message, v->credential);
    bl_buffer_byte(v->message, '\'');
    return bl_sigv4_refuse(v, BL_SIGV4_INCOMPLETE);
}

/* All that is wrong is told at once. */
static bool scope_is_right(bl_sigv4_verification *v)
{
    const bl_sigv4_rules *rules = v->rules;
    bl_buffer *out = v->message;
    size_t before = out->size;
    bool region_is_valid =
        rules->region.size ? bl_sigv4_same(v->scope.region, rules->region) : v->scope.region.size > 0;
    if (!region_is_valid) {
        bl_buffer_text(out, "Credential should be scoped to a valid region, not '");
        bl_sigv4_append(out, v->scope.region);
        bl_buffer_text(out, "'. ");
    }
    if (!bl_sigv4_same(v->scope.service, rules->service)) {
        bl_buffer_text(out, "Credential should be scoped to correct service: '");
        bl_sigv4_append(out, rules->service);
        bl_buffer_text(out, "'. ");
    }
    if (!bl_sigv4_same(v->terminator, bl_sigv4_text_of(BL_SIGV4_TERMINATOR))) {
        bl_buffer_text(out, "Credential should be scoped with a valid terminator: '" BL_SIGV4_TERMINATOR "', not '");
        bl_sigv4_append(out, v->terminator);
        bl_buffer_text(out, "'. ");
    }
    if (!bl_sigv4_same(v->day, (bl_sigv4_text){ v->scope.time, BL_SIGV4_DAY_SIZE })) {
        bl_buffer_text(out,
                       "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '");
        bl_sigv4_append(out, v->day);
        bl_buffer_format(out, "' != '%.8s', from '%s'. ", v->scope.time, v->scope.time);
    }
    if (out->status != BLOOP_OK)
        return bl_sigv4_refuse(v, BL_SIGV4_INVALID);
    if (out->size == before)
        return true;
    out->size--; /* the space after the last sentence */
    return bl_sigv4_refuse(v, BL_SIGV4_INVALID);
}

static bool key_is_known(bl_sigv4_verification *v)
{
    if (v->rules->lookup(v->rules->context, v->access_key, &v->secret))
        return true;
    bl_buffer_text(v->message, "The security token included in the request is invalid.");
    return bl_sigv4_refuse(v, BL_SIGV4_UNRECOGNIZED);
}

static bool signature_is_right(bl_sigv4_verification *v)
{
    char room[BL_SIGV4_SCRATCH_SIZE], hex[BL_SIGV4_HEX_SIZE];
    bl_buffer text;
    bl_buffer_use(&text, room, sizeof room);
    size_t to_sign = 0;
    v->status = sign_again(v, &text, &to_sign, hex);
    bool right = v->status == BLOOP_OK && same_secret(v->signature, (bl_sigv4_text){ hex, BL_SIGV4_HEX_SIZE - 1 });
    if (v->status == BLOOP_OK && !right) {
        bl_buffer_text(v->message,
                       "The request signature we calculated does not match the signature you provided. Check "
                       "your AWS Secret Access Key and signing method. Consult the service documentation for "
                       "details.\n\nThe Canonical String for this request should have been\n'");
        bl_buffer_append(v->message, text.data, to_sign);
        bl_buffer_text(v->message, "'\n\nThe String-to-Sign should have been\n'");
        bl_buffer_append(v->message, text.data + to_sign, text.size - to_sign);
        bl_buffer_text(v->message, "'\n");
    }
    bl_buffer_free(&text);
    return right || bl_sigv4_refuse(v, BL_SIGV4_INVALID);
}

/* It need not be signed: some add it afterwards. */
static bool token_is_right(bl_sigv4_verification *v)
{
    if (same_secret(v->token, v->secret.token))
        return true;
    bl_buffer_text(v->message, "The security token included in the request is invalid");
    return bl_sigv4_refuse(v, BL_SIGV4_UNRECOGNIZED);
}

/* Writes the canonical request and behind it, from *to_sign on, the string to sign; and signs that. */
static bloop_status sign_again(bl_sigv4_verification *v, bl_buffer *text, size_t *to_sign, char hex[BL_SIGV4_HEX_SIZE])
{
    bl_sigv4_header few[FEW_HEADERS], *headers = few;
    size_t most = v->request->header_count + v->signed_count;
    if (most > FEW_HEADERS)
        headers = bl_alloc_zeroed(most, sizeof *headers);
    if (!headers)
        return BLOOP_NO_MEMORY;
    bl_sigv4_request request = *v->request;
    request.headers = headers;
    request.header_count = select_headers(v, headers);
    bl_sigv4_text names, except = v->in_query ? bl_sigv4_text_of("X-Amz-Signature") : (bl_sigv4_text){ NULL, 0 };
    uint8_t key[BL_SIGV4_KEY_SIZE];
    bloop_status status = bl_sigv4_hash(v->sigv4, request.body, hex);
    if (status == BLOOP_OK)
        status = bl_sigv4_canonical_except(&request, except, hex, text, &names);
    *to_sign = text->size;
    if (status == BLOOP_OK)
        status = bl_sigv4_hash(v->sigv4, (bl_sigv4_text){ (const char *)text->data, text->size }, hex);
    if (status == BLOOP_OK)
        status = bl_sigv4_string_to_sign(&v->scope, hex, text);
    if (status == BLOOP_OK)
        status = bl_sigv4_cached_key(v->sigv4, v->secret.secret, &v->scope, key);
    if (status == BLOOP_OK) {
        bl_sigv4_text last = { (const char *)text->data + *to_sign, text->size - *to_sign };
        status = bl_sigv4_signature(v->sigv4, key, last, hex);
    }
    OPENSSL_cleanse(key, sizeof key);
    if (headers != few)
        bl_free(headers);
    return status;
}

/* The headers that the signature names; those that the request does not have are empty ones. */
static size_t select_headers(const bl_sigv4_verification *v, bl_sigv4_header *out)
{
    size_t count = 0;
    for (size_t i = 0; i < v->request->header_count; i++) {
        if (bl_sigv4_list_has(v->signed_headers, v->request->headers[i].name))
            out[count++] = v->request->headers[i];
    }
    size_t present = count;
    bl_sigv4_text list = v->signed_headers, name;
    while (bl_sigv4_next_in_list(&list, &name)) {
        bool found = false;
        for (size_t i = 0; i < present && !found; i++)
            found = bl_sigv4_compare_names(out[i].name, name) == 0;
        if (!found)
            out[count++] = (bl_sigv4_header){ .name = name };
    }
    return count;
}

/* In a time that does not depend on where they differ. */
static bool same_secret(bl_sigv4_text a, bl_sigv4_text b)
{
    return a.size == b.size && (a.size == 0 || CRYPTO_memcmp(a.data, b.data, a.size) == 0);
}
