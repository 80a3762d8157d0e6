/* The terms of a backend: what the options say, else the environment and the shared files, else the defaults. */
#include <stdlib.h>

#include "config_private.h"
#include "fetch_private.h"
#include "terms_private.h"

#define CONNECT_TIMEOUT_MS 5000
#define REQUEST_TIMEOUT_MS 30000
#define RETRY_BASE_MS      25 /* of DynamoDB, in the SDKs' standard mode: retry.c has the source */
#define THROTTLE_BASE_MS   1000
#define IN_FLIGHT          16
#define MAX_CONNECTIONS    64

static bloop_status check_options(const bloop_remote_options *options);
static bloop_status take_settings(const bl_shared_config *config, bl_remote_choices *choices, bl_remote_terms *out);
static bloop_status take_certificates(const char *chosen, bl_remote_terms *out);
static bloop_status take_proxy(const char *chosen, bl_remote_terms *out);
static bool any_credentials_do(const char *endpoint);
static char *give(char **from);
static uint32_t or_default(uint32_t chosen, uint32_t otherwise);
static const char *environment(const char *name);

bloop_status bl_terms_resolve(const bloop_remote_options *options, bl_remote_terms *out,
                              bl_credentials_provider **credentials)
{
    *out = (bl_remote_terms){
        .connect_timeout_ms = or_default(options->connect_timeout_ms, CONNECT_TIMEOUT_MS),
        .request_timeout_ms = or_default(options->request_timeout_ms, REQUEST_TIMEOUT_MS),
        .retry_base_ms = or_default(options->retry_base_ms, RETRY_BASE_MS),
        .throttle_base_ms = or_default(options->throttle_base_ms, THROTTLE_BASE_MS),
        .in_flight = or_default(options->in_flight, IN_FLIGHT),
        .max_connections = or_default(options->max_connections, MAX_CONNECTIONS),
        .hook = options->hook,
        .hook_context = options->hook_context,
    };
    bl_remote_choices choices = {
        .profile = options->profile,
        .region = options->region,
        .endpoint = options->endpoint,
        .access_key = options->access_key,
        .secret_key = options->secret_key,
        .session_token = options->session_token,
        .ca_bundle = options->ca_file,
        .max_attempts = options->max_attempts,
    };
    bl_shared_config *config = NULL;
    bloop_status status = check_options(options);
    if (status == BLOOP_OK)
        status = take_proxy(options->proxy, out);
    if (status == BLOOP_OK && options->endpoint)
        status = bl_endpoint_parse(options->endpoint, out);
    if (status == BLOOP_OK)
        status = bl_shared_config_load(options->profile, &config);
    if (status == BLOOP_OK)
        status = take_settings(config, &choices, out);
    if (status == BLOOP_OK)
        status = bl_credentials_provider_new(config, &choices, bl_fetch_with_curl, out, credentials);
    bl_shared_config_free(config);
    return status;
}

void bl_terms_clear(bl_remote_terms *terms)
{
    bl_free(terms->url);
    bl_free(terms->host_line);
    bl_free(terms->path);
    bl_free(terms->region);
    bl_free(terms->ca_file);
    bl_free(terms->ca_folder);
    bl_free(terms->proxy);
    *terms = (bl_remote_terms){ 0 };
}

static bloop_status check_options(const bloop_remote_options *options)
{
    if (!options->access_key != !options->secret_key)
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_remote_open: access_key and secret_key go together");
    if (options->session_token && !options->access_key)
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_remote_open: session_token needs access_key and secret_key");
    return BLOOP_OK;
}

/* Takes the endpoint's host into account: whether it is Amazon's decides about credentials. */
static bloop_status take_settings(const bl_shared_config *config, bl_remote_choices *choices, bl_remote_terms *out)
{
    bl_remote_settings settings = { 0 };
    bl_config_value endpoint = { 0 };
    bloop_status status =
        bl_config_endpoint(config, choices->endpoint, BL_AWS_ENDPOINT_URL_DYNAMODB, "dynamodb", &endpoint);
    choices->any_credentials_do = endpoint.text && any_credentials_do(endpoint.text);
    if (status == BLOOP_OK)
        status = bl_remote_settings_resolve(config, choices, &settings);
    if (status != BLOOP_OK)
        return status;
    out->region = give(&settings.region);
    out->max_attempts = settings.max_attempts;
    if (!out->url)
        status = bl_endpoint_parse(settings.endpoint, out);
    if (status == BLOOP_OK)
        status = take_certificates(settings.ca_bundle, out);
    bl_remote_settings_clear(&settings);
    return status;
}

/* The environment as the command curl heeds it. */
static bloop_status take_certificates(const char *chosen, bl_remote_terms *out)
{
    const char *file = chosen, *folder = NULL;
    if (!file)
        file = environment("CURL_CA_BUNDLE");
    if (!file)
        folder = environment("SSL_CERT_DIR");
    if (!file)
        file = environment("SSL_CERT_FILE");
    if (file && !(out->ca_file = bl_copy_text(file)))
        return BLOOP_NO_MEMORY;
    if (folder && !(out->ca_folder = bl_copy_text(folder)))
        return BLOOP_NO_MEMORY;
    return BLOOP_OK;
}

/* Where none of these is set there is no proxy: otherwise libcurl would go through the environment for each request. */
static bloop_status take_proxy(const char *chosen, bl_remote_terms *out)
{
    static const char *const variables[] = { "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" };
    bool any = false;
    for (size_t i = 0; i < BL_COUNT_OF(variables); i++)
        any = any || environment(variables[i]);
    if (!chosen && any)
        return BLOOP_OK;
    out->proxy = bl_copy_text(chosen ? chosen : "");
    return out->proxy ? BLOOP_OK : BLOOP_NO_MEMORY;
}

static bool any_credentials_do(const char *endpoint)
{
    const char *host = strstr(endpoint, "://");
    if (!host)
        return false;
    host += 3;
    char name[256];
    size_t size = strcspn(host, "/?#");
    if (size >= sizeof name)
        return false;
    memcpy(name, host, size);
    name[size] = 0;
    return !bl_host_is_amazons(name);
}

static char *give(char **from)
{
    char *text = *from;
    *from = NULL;
    return text;
}

static uint32_t or_default(uint32_t chosen, uint32_t otherwise)
{
    return chosen ? chosen : otherwise;
}

/* NULL when it is not set, or empty. */
static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}
