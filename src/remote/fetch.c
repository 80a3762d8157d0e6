/* One exchange with a service that hands out credentials. It happens about once an hour, so each has a handle of its own. */
#include "fetch_private.h"

/* The answer so far. */
typedef struct answer {
    bl_buffer *body;
    size_t begin; /* of it in the body */
    bool too_large;
} answer;

static CURLcode set_request(CURL *easy, const bl_fetch_request *request);
static bloop_status add_headers(const bl_fetch_request *request, struct curl_slist **out);
static void free_headers(struct curl_slist *headers);
static bloop_status perform(CURL *easy, const bl_fetch_request *request, answer *got, int *http_status);
static size_t take_body(char *data, size_t size, size_t count, void *context);

bloop_status bl_fetch_with_curl(void *context, const bl_fetch_request *request, int *http_status, bl_buffer *body)
{
    struct curl_slist *headers = NULL;
    answer got = { .body = body, .begin = body->size };
    const bl_remote_terms *terms = context;
    CURL *easy = curl_easy_init();
    bloop_status status = easy ? add_headers(request, &headers) : bl_error_no_memory(0);
    if (status == BLOOP_OK && (set_request(easy, request) != CURLE_OK ||
                               bl_fetch_set_way(easy, terms, request->direct ? "" : terms->proxy) != CURLE_OK))
        status = bl_error_no_memory(0);
    if (status == BLOOP_OK) {
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
        curl_easy_setopt(easy, CURLOPT_WRITEDATA, &got);
        status = perform(easy, request, &got, http_status);
    }
    curl_easy_cleanup(easy);
    free_headers(headers);
    return status;
}

CURLcode bl_fetch_set_way(CURL *easy, const bl_remote_terms *terms, const char *proxy)
{
    CURLcode code = CURLE_OK;
    if (terms->ca_file)
        code = curl_easy_setopt(easy, CURLOPT_CAINFO, terms->ca_file);
    if (code == CURLE_OK && terms->ca_folder)
        code = curl_easy_setopt(easy, CURLOPT_CAPATH, terms->ca_folder);
    if (code == CURLE_OK && proxy)
        code = curl_easy_setopt(easy, CURLOPT_PROXY, proxy);
    return code;
}

static CURLcode set_request(CURL *easy, const bl_fetch_request *request)
{
    CURLcode code = curl_easy_setopt(easy, CURLOPT_URL, request->url);
    if (code == CURLE_OK && request->body) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_size);
        code = curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body);
    }
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
    return code;
}

static bloop_status add_headers(const bl_fetch_request *request, struct curl_slist **out)
{
    bl_buffer line = { 0 };
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; status == BLOOP_OK && i < request->header_count; i++) {
        bl_buffer_clear(&line);
        bl_buffer_text(&line, request->headers[i].name);
        bl_buffer_text(&line, ": ");
        bl_buffer_text(&line, request->headers[i].value);
        bl_buffer_byte(&line, 0);
        status = line.status;
        struct curl_slist *longer = status == BLOOP_OK ? curl_slist_append(*out, (const char *)line.data) : NULL;
        if (longer)
            *out = longer;
        else if (status == BLOOP_OK)
            status = bl_error_no_memory(line.size);
    }
    if (line.data)
        explicit_bzero(line.data, line.size);
    bl_buffer_free(&line);
    return status;
}

/* One may be an authorization token. */
static void free_headers(struct curl_slist *headers)
{
    for (struct curl_slist *header = headers; header; header = header->next)
        explicit_bzero(header->data, strlen(header->data));
    curl_slist_free_all(headers);
}

static bloop_status perform(CURL *easy, const bl_fetch_request *request, answer *got, int *http_status)
{
    CURLcode code = curl_easy_perform(easy);
    if (got->body->status != BLOOP_OK)
        return got->body->status;
    if (got->too_large)
        return bl_error(BLOOP_NETWORK, "%s: the answer is larger than %d bytes", request->url, BL_FETCH_BODY_MAX);
    if (code == CURLE_OUT_OF_MEMORY)
        return bl_error_no_memory(0);
    if (code != CURLE_OK)
        return bl_error(code == CURLE_OPERATION_TIMEDOUT ? BLOOP_TIMEOUT : BLOOP_NETWORK, "%s: %s", request->url,
                        curl_easy_strerror(code));
    long number = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &number);
    *http_status = (int)number;
    return BLOOP_OK;
}

/* libcurl's: fewer bytes taken than given end the transfer. */
static size_t take_body(char *data, size_t size, size_t count, void *context)
{
    answer *got = context;
    size_t total = size * count;
    got->too_large = total > BL_FETCH_BODY_MAX - (got->body->size - got->begin);
    if (got->too_large)
        return 0;
    bl_buffer_append(got->body, data, total);
    return got->body->status == BLOOP_OK ? total : 0;
}
