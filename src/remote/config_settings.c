/* Settings: each from the caller's choice, else the environment, else the profile, else what is usual. */
#include "config_private.h"

#include <stdlib.h>
#include <strings.h>

enum { USUAL_ATTEMPTS = 4, MOST_ATTEMPTS = 1000 }; /* usual: DynamoDB's, in the standard mode; retry.c has the source */

static bl_config_value choose(const bl_shared_config *config, const char *choice, const char *choice_name,
                              bl_variable variable, const char *key);
static bloop_status resolve_region(const bl_shared_config *config, const bl_remote_choices *choices, char **out);
static bloop_status resolve_endpoint(const bl_shared_config *config, const bl_remote_choices *choices,
                                     bl_remote_settings *out);
static bloop_status check_endpoint(const bl_shared_config *config, const bl_config_value *value);
static bloop_status resolve_ca_bundle(const bl_shared_config *config, const bl_remote_choices *choices, char **out);
static bloop_status resolve_attempts(const bl_shared_config *config, const bl_remote_choices *choices, uint32_t *out);
static bloop_status resolve_retry_mode(const bl_shared_config *config, bl_retry_mode *out);

bloop_status bl_remote_settings_resolve(const bl_shared_config *config, const bl_remote_choices *choices,
                                        bl_remote_settings *out)
{
    bl_remote_settings settings = { 0 };
    bloop_status status = resolve_region(config, choices, &settings.region);
    if (status == BLOOP_OK)
        status = resolve_endpoint(config, choices, &settings);
    if (status == BLOOP_OK)
        status = resolve_ca_bundle(config, choices, &settings.ca_bundle);
    if (status == BLOOP_OK)
        status = resolve_attempts(config, choices, &settings.max_attempts);
    if (status == BLOOP_OK)
        status = resolve_retry_mode(config, &settings.retry_mode);
    if (status == BLOOP_OK)
        *out = settings;
    else
        bl_remote_settings_clear(&settings);
    return status;
}

void bl_remote_settings_clear(bl_remote_settings *settings)
{
    bl_free(settings->region);
    bl_free(settings->endpoint);
    bl_free(settings->ca_bundle);
    *settings = (bl_remote_settings){ 0 };
}

/* The order of the reference guide's page "Service-specific endpoints". */
bloop_status bl_config_endpoint(const bl_shared_config *config, const char *choice, bl_variable variable,
                                const char *service, bl_config_value *out)
{
    bool ignored = false;
    bl_config_value url = { .text = choice && *choice ? choice : NULL, .name = "the endpoint that was given" };
    bl_config_value ignore =
        bl_config_look_up(config, BL_AWS_IGNORE_CONFIGURED_ENDPOINT_URLS, "ignore_configured_endpoint_urls");
    bloop_status status = bl_config_bool(config, &ignore, &ignored);
    if (status != BLOOP_OK)
        return status;
    if (!url.text && !ignored)
        url = bl_config_look_up(config, variable, NULL);
    if (!url.text && !ignored)
        url = bl_config_look_up(config, BL_AWS_ENDPOINT_URL, NULL);
    if (!url.text && !ignored)
        url = bl_config_service_key(config, service, "endpoint_url");
    if (!url.text && !ignored)
        url = bl_config_key(config, "endpoint_url");
    if (url.text)
        status = check_endpoint(config, &url);
    if (status == BLOOP_OK)
        *out = url;
    return status;
}

bloop_status bl_config_region_endpoint(const bl_shared_config *config, const char *service, const char *region,
                                       char **out)
{
    bool fips = false, dual_stack = false;
    bl_config_value wants_fips = bl_config_look_up(config, BL_AWS_USE_FIPS_ENDPOINT, "use_fips_endpoint");
    bl_config_value wants_dual = bl_config_look_up(config, BL_AWS_USE_DUALSTACK_ENDPOINT, "use_dualstack_endpoint");
    bloop_status status = bl_config_bool(config, &wants_fips, &fips);
    if (status == BLOOP_OK)
        status = bl_config_bool(config, &wants_dual, &dual_stack);
    if (status != BLOOP_OK)
        return status;
    *out = bl_region_endpoint(service, region, fips, dual_stack);
    return *out ? BLOOP_OK : BLOOP_NO_MEMORY;
}

static bl_config_value choose(const bl_shared_config *config, const char *choice, const char *choice_name,
                              bl_variable variable, const char *key)
{
    if (choice && *choice)
        return (bl_config_value){ .text = choice, .name = choice_name };
    return bl_config_look_up(config, variable, key);
}

static bloop_status resolve_region(const bl_shared_config *config, const bl_remote_choices *choices, char **out)
{
    bl_config_value region = choose(config, choices->region, "the region that was given", BL_AWS_REGION, NULL);
    if (!region.text)
        region = bl_config_look_up(config, BL_AWS_DEFAULT_REGION, "region");
    if (!region.text && choices->any_credentials_do)
        region.text = "us-east-1";
    if (!region.text)
        return bl_error(BLOOP_INVALID_ARGUMENT,
                        "there is no region: not in the URL or the options, AWS_REGION, AWS_DEFAULT_REGION, nor in the "
                        "profile \"%s\"",
                        bl_config_profile(config));
    if (!bl_region_is_valid(region.text))
        return bl_config_refuse(config, &region, "a region's name consists of letters, digits and hyphens");
    *out = bl_copy_text(region.text);
    return *out ? BLOOP_OK : BLOOP_NO_MEMORY;
}

static bloop_status resolve_endpoint(const bl_shared_config *config, const bl_remote_choices *choices,
                                     bl_remote_settings *out)
{
    bl_config_value url = { 0 };
    bloop_status status = bl_config_endpoint(config, choices->endpoint, BL_AWS_ENDPOINT_URL_DYNAMODB, "dynamodb", &url);
    if (status != BLOOP_OK)
        return status;
    if (!url.text)
        return bl_config_region_endpoint(config, "dynamodb", out->region, &out->endpoint);
    size_t size = strlen(url.text);
    while (url.text[size - 1] == '/')
        size--;
    out->endpoint = bl_copy_text_of(url.text, size);
    out->endpoint_is_configured = true;
    return out->endpoint ? BLOOP_OK : BLOOP_NO_MEMORY;
}

/* What it is, as far as nothing but a host, a port and a path can follow. */
static bloop_status check_endpoint(const bl_shared_config *config, const bl_config_value *value)
{
    static const char *const schemes[] = { "http://", "https://" };
    for (size_t i = 0; i < BL_COUNT_OF(schemes); i++) {
        size_t size = strlen(schemes[i]);
        if (strncasecmp(value->text, schemes[i], size) != 0)
            continue;
        const char *host = value->text + size;
        bool has_host = *host && !strchr("/:?#", *host);
        bool is_plain = true;
        for (const char *c = host; *c; c++)
            is_plain = is_plain && *c > ' ' && *c < 0x7F && !strchr("?#@", *c);
        if (has_host && is_plain)
            return BLOOP_OK;
    }
    return bl_config_refuse(config, value, "an URL such as https://host:port is expected");
}

static bloop_status resolve_ca_bundle(const bl_shared_config *config, const bl_remote_choices *choices, char **out)
{
    bl_config_value path = choose(config, choices->ca_bundle, "the CA file", BL_AWS_CA_BUNDLE, "ca_bundle");
    if (!path.text)
        return BLOOP_OK;
    *out = bl_config_path(config, path.text);
    return *out ? BLOOP_OK : BLOOP_NO_MEMORY;
}

static bloop_status resolve_attempts(const bl_shared_config *config, const bl_remote_choices *choices, uint32_t *out)
{
    *out = choices->max_attempts ? choices->max_attempts : USUAL_ATTEMPTS;
    bl_config_value value = bl_config_look_up(config, BL_AWS_MAX_ATTEMPTS, "max_attempts");
    if (choices->max_attempts || !value.text)
        return BLOOP_OK;
    size_t digits = strspn(value.text, "0123456789");
    unsigned long attempts = strtoul(value.text, NULL, 10);
    if (digits == 0 || value.text[digits] || digits > 9 || attempts == 0 || attempts > MOST_ATTEMPTS)
        return bl_config_refuse(config, &value, "a number of attempts from 1 to 1000 is expected");
    *out = (uint32_t)attempts;
    return BLOOP_OK;
}

static bloop_status resolve_retry_mode(const bl_shared_config *config, bl_retry_mode *out)
{
    static const char *const names[] = {
        [BL_RETRY_STANDARD] = "standard", [BL_RETRY_ADAPTIVE] = "adaptive", [BL_RETRY_LEGACY] = "legacy"
    };
    bl_config_value value = bl_config_look_up(config, BL_AWS_RETRY_MODE, "retry_mode");
    if (!value.text)
        return BLOOP_OK;
    for (size_t i = 0; i < BL_COUNT_OF(names); i++) {
        if (strcasecmp(value.text, names[i]) == 0) {
            *out = (bl_retry_mode)i;
            return BLOOP_OK;
        }
    }
    return bl_config_refuse(config, &value, "\"standard\", \"adaptive\" or \"legacy\" is expected");
}
