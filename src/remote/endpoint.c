/* An endpoint's URL taken apart, by libcurl's own parser: what is signed has to be what is sent. */
#include <curl/curl.h>
#include <stdio.h>

#include "terms_private.h"

/* The parts of an URL that matter here, as libcurl gives them. */
typedef struct parts {
    char *scheme, *user, *host, *port, *path, *query;
} parts;

static bloop_status check(const char *endpoint, const parts *p);
static bloop_status take(const parts *p, bl_remote_terms *out);
static void get_parts(CURLU *url, parts *out);
static void free_parts(parts *p);

bloop_status bl_endpoint_parse(const char *endpoint, bl_remote_terms *out)
{
    char quoted[BL_QUOTE_SIZE];
    parts p = { 0 };
    CURLU *url = curl_url();
    if (!url)
        return bl_error_no_memory(0);
    CURLUcode code = curl_url_set(url, CURLUPART_URL, endpoint, 0);
    bloop_status status = BLOOP_OK;
    if (code == CURLUE_OUT_OF_MEMORY)
        status = bl_error_no_memory(0);
    else if (code != CURLUE_OK)
        status = bl_error(BLOOP_INVALID_URL, "the endpoint %s: %s", bl_quote(quoted, endpoint, strlen(endpoint)),
                          curl_url_strerror(code));
    if (status == BLOOP_OK) {
        get_parts(url, &p);
        status = check(endpoint, &p);
    }
    if (status == BLOOP_OK)
        status = take(&p, out);
    free_parts(&p);
    curl_url_cleanup(url);
    return status;
}

static bloop_status check(const char *endpoint, const parts *p)
{
    char quoted[BL_QUOTE_SIZE];
    /* The URL itself stays out of the message that is about its password. */
    if (p->user)
        return bl_error(BLOOP_INVALID_URL, "an endpoint's URL has no credentials: set access_key and secret_key");
    bl_quote(quoted, endpoint, strlen(endpoint));
    if (!p->scheme || !p->host || !p->path)
        return bl_error_no_memory(0);
    if (strcmp(p->scheme, "http") != 0 && strcmp(p->scheme, "https") != 0)
        return bl_error(BLOOP_INVALID_URL, "the endpoint %s must be http://… or https://…", quoted);
    if (p->query)
        return bl_error(BLOOP_INVALID_URL, "the endpoint %s must not have a query", quoted);
    return BLOOP_OK;
}

static bloop_status take(const parts *p, bl_remote_terms *out)
{
    bl_buffer text = { 0 };
    bl_buffer_format(&text, "%s://%s%s%s%s", p->scheme, p->host, p->port ? ":" : "", p->port ? p->port : "", p->path);
    out->url = (char *)bl_buffer_take(&text, NULL);
    bl_buffer_format(&text, "Host: %s%s%s", p->host, p->port ? ":" : "", p->port ? p->port : "");
    out->host_line = (char *)bl_buffer_take(&text, NULL);
    out->path = bl_copy_text(p->path);
    if (!out->url || !out->host_line || !out->path)
        return BLOOP_NO_MEMORY;
    out->host = out->host_line + strlen("Host: ");
    return BLOOP_OK;
}

/* A part that is not there stays NULL; so does a port that is the scheme's own. */
static void get_parts(CURLU *url, parts *out)
{
    curl_url_get(url, CURLUPART_SCHEME, &out->scheme, 0);
    curl_url_get(url, CURLUPART_USER, &out->user, 0);
    curl_url_get(url, CURLUPART_HOST, &out->host, 0);
    curl_url_get(url, CURLUPART_PORT, &out->port, CURLU_NO_DEFAULT_PORT);
    curl_url_get(url, CURLUPART_PATH, &out->path, 0);
    curl_url_get(url, CURLUPART_QUERY, &out->query, 0);
}

static void free_parts(parts *p)
{
    curl_free(p->scheme);
    curl_free(p->user);
    curl_free(p->host);
    curl_free(p->port);
    curl_free(p->path);
    curl_free(p->query);
}
