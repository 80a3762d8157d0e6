/* http:, https: and aws: URLs: parameters to options of the remote backend; and what stands in its place in builds without
   it. */
#include "open/remote_url_private.h"

#include "base/base.h"
#include "remote/remote.h"

static bloop_status options_of(const bl_url *url, bloop_remote_options *options);
static bloop_status parse_number(const bl_url *url, const char *name, uint32_t *out);

bloop_backend *bl_open_endpoint(const bl_url *url)
{
    bl_buffer endpoint = { 0 };
    bl_buffer_format(&endpoint, "%s:%s", url->scheme, url->rest);
    char *text = (char *)bl_buffer_take(&endpoint, NULL);
    bloop_remote_options options = { .size = sizeof options, .endpoint = text };
    bloop_backend *backend = NULL;
    if (text && options_of(url, &options) == BLOOP_OK)
        backend = bloop_remote_open(&options);
    bl_free(text);
    return backend;
}

bloop_backend *bl_open_aws(const bl_url *url)
{
    bloop_remote_options options = { .size = sizeof options, .region = *url->rest ? url->rest : NULL };
    return options_of(url, &options) == BLOOP_OK ? bloop_remote_open(&options) : NULL;
}

static bloop_status options_of(const bl_url *url, bloop_remote_options *options)
{
    const struct {
        const char *name;
        uint32_t *out;
    } numbers[] = {
        { "timeout_ms", &options->request_timeout_ms },   { "connect_timeout_ms", &options->connect_timeout_ms },
        { "max_attempts", &options->max_attempts },       { "in_flight", &options->in_flight },
        { "max_connections", &options->max_connections },
    };
    if (bl_url_parameter_value(url, "region"))
        options->region = bl_url_parameter_value(url, "region");
    options->profile = bl_url_parameter_value(url, "profile");
    options->ca_file = bl_url_parameter_value(url, "ca_file");
    options->proxy = bl_url_parameter_value(url, "proxy");
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; status == BLOOP_OK && i < BL_COUNT_OF(numbers); i++)
        status = parse_number(url, numbers[i].name, numbers[i].out);
    return status;
}

/* A positive decimal number, where the parameter is given. */
static bloop_status parse_number(const bl_url *url, const char *name, uint32_t *out)
{
    const char *text = bl_url_parameter_value(url, name);
    if (!text)
        return BLOOP_OK;
    uint32_t number = 0;
    for (const char *c = text; *c; c++) {
        if (*c < '0' || *c > '9' || __builtin_mul_overflow(number, 10u, &number) ||
            __builtin_add_overflow(number, (uint32_t)(*c - '0'), &number))
            return bl_error(BLOOP_INVALID_URL, "%s=%s: must be a number from 1 to 4294967295", name, text);
    }
    if (number == 0)
        return bl_error(BLOOP_INVALID_URL, "%s=%s: must be a positive number", name, text);
    *out = number;
    return BLOOP_OK;
}

#ifndef BLOOP_HAS_REMOTE
bloop_backend *bloop_remote_open(const bloop_remote_options *options)
{
    (void)options;
    bl_error(
        BLOOP_NOT_BUILT,
        "this build of the library has no backend for http:, https: and aws: URLs: it was made with BLOOP_REMOTE=OFF");
    return NULL;
}
#endif
