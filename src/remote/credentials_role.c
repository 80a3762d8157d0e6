/* Credentials of a role that a profile assumes with others' (role_arn with source_profile or credential_source): AWS STS
   hands them out for a request that is signed with those (AssumeRole). */
#include "credentials_source_private.h"

#include <strings.h>

/* The texts. */
enum { URL, REGION, ROLE, SESSION, EXTERNAL_ID, DURATION };

enum { TIMEOUT_MS = 5000, AUTHORIZATION_SIZE = 1024, HOST_SIZE = 256 };

#define CONTENT_TYPE "application/x-www-form-urlencoded"

/* An URL, taken apart for signing. */
typedef struct place {
    char host[HOST_SIZE]; /* without the port that goes without saying */
    const char *path;
} place;

static bloop_status choose_base(const bl_shared_config *config, bl_credentials_source *base);
static bloop_status choose_named(const bl_shared_config *config, const bl_config_value *name,
                                 bl_credentials_source *base);
static bloop_status keep_texts(const bl_shared_config *config, bl_credentials_source *source);
static bloop_status load(const bl_credentials_source *source, bl_credentials *out);
static void write_form(const bl_credentials_source *source, bl_buffer *out);
static bloop_status ask(const bl_credentials_source *source, const bl_credentials *base, const bl_buffer *form,
                        bl_buffer *answer);
static bloop_status sign(const bl_credentials_source *source, const bl_credentials *base, const bl_buffer *form,
                         char time[BL_SIGV4_TIME_SIZE], bl_buffer *authorization);
static bool take_apart(const char *url, place *out);

bloop_status bl_source_role(const bl_shared_config *config, bl_credentials_source *source)
{
    bl_config_value role = bl_config_key(config, "role_arn");
    bl_config_value mfa = bl_config_key(config, "mfa_serial");
    bool from_other = bl_config_key(config, "source_profile").text || bl_config_key(config, "credential_source").text;
    if (!role.text || !from_other || bl_config_key(config, "web_identity_token_file").text)
        return BLOOP_OK;
    if (mfa.text)
        return bl_source_unsupported(config, &mfa, "asking for the code of an MFA device");
    source->base = bl_alloc_zeroed(1, sizeof *source->base);
    if (!source->base)
        return BLOOP_NO_MEMORY;
    source->base->fetch = source->fetch;
    source->base->context = source->context;
    source->base->now = source->now;
    bloop_status status = bl_credentials_source_text(source, ROLE, role.text);
    if (status == BLOOP_OK)
        status = keep_texts(config, source);
    if (status == BLOOP_OK)
        status = choose_base(config, source->base);
    source->name = "the role's credentials";
    source->timeout_ms = TIMEOUT_MS;
    source->load = load;
    return status;
}

static bloop_status choose_base(const bl_shared_config *config, bl_credentials_source *base)
{
    bl_config_value profile = bl_config_key(config, "source_profile");
    bl_config_value named = bl_config_key(config, "credential_source");
    if (profile.text && named.text)
        return bl_config_refuse(config, &named, "there is a source_profile too: one of them has to go");
    if (named.text)
        return choose_named(config, &named, base);
    bl_shared_config *view = NULL;
    bloop_status status = bl_config_view(config, profile.text, &view);
    if (status == BLOOP_OK)
        status = bl_credentials_choose_base(view, base);
    bl_shared_config_free(view);
    char where[BL_CONFIG_PLACE_SIZE];
    return status == BLOOP_INVALID_ARGUMENT ? bl_error_context("%s", bl_config_place(config, &profile, where)) : status;
}

static bloop_status choose_named(const bl_shared_config *config, const bl_config_value *name,
                                 bl_credentials_source *base)
{
    static const struct {
        const char *name;
        bloop_status (*choose)(const bl_shared_config *config, bl_credentials_source *source);
    } sources[] = { { "Environment", bl_source_environment },
                    { "EcsContainer", bl_source_container },
                    { "Ec2InstanceMetadata", bl_source_instance } };
    for (size_t i = 0; i < BL_COUNT_OF(sources); i++) {
        if (strcasecmp(name->text, sources[i].name) != 0)
            continue;
        bloop_status status = sources[i].choose(config, base);
        if (status == BLOOP_OK && !base->load)
            status = bl_config_refuse(config, name, "there are no credentials there");
        if (status == BLOOP_OK)
            status = bl_credentials_source_none(base, "there are no credentials for the role");
        return status;
    }
    return bl_config_refuse(config, name, "Environment, EcsContainer or Ec2InstanceMetadata is expected");
}

static bloop_status keep_texts(const bl_shared_config *config, bl_credentials_source *source)
{
    bl_config_value duration = bl_config_key(config, "duration_seconds");
    if (duration.text && duration.text[strspn(duration.text, "0123456789")])
        return bl_config_refuse(config, &duration, "a number of seconds is expected");
    bloop_status status = bl_sts_place(config, source, URL, REGION);
    place parts;
    if (status == BLOOP_OK && !take_apart(source->texts[URL], &parts))
        status = bl_error(BLOOP_INVALID_ARGUMENT, "the endpoint of STS is no URL such as https://host:port");
    if (status == BLOOP_OK)
        status = bl_credentials_source_text(source, DURATION, duration.text);
    if (status == BLOOP_OK)
        status = bl_credentials_source_text(source, EXTERNAL_ID, bl_config_key(config, "external_id").text);
    if (status == BLOOP_OK)
        status = bl_sts_session(source, SESSION, bl_config_key(config, "role_session_name").text);
    return status;
}

static bloop_status load(const bl_credentials_source *source, bl_credentials *out)
{
    bl_credentials base = { 0 };
    bl_buffer form = { 0 }, answer = { 0 };
    bloop_status status = source->base->load(source->base, &base);
    if (status != BLOOP_OK)
        return bl_error_context("%s", source->name);
    bl_secret_begin(&answer);
    write_form(source, &form);
    status = form.status == BLOOP_OK ? ask(source, &base, &form, &answer) : form.status;
    if (status == BLOOP_OK)
        status = bl_sts_read_answer(source, &answer, out);
    bl_credentials_clear(&base);
    bl_buffer_free(&form);
    bl_secret_end(&answer);
    return status;
}

static void write_form(const bl_credentials_source *source, bl_buffer *out)
{
    static const struct {
        const char *name;
        size_t text;
    } fields[] = { { "RoleArn", ROLE },
                   { "RoleSessionName", SESSION },
                   { "ExternalId", EXTERNAL_ID },
                   { "DurationSeconds", DURATION } };
    bl_buffer_text(out, "Action=AssumeRole&Version=2011-06-15");
    for (size_t i = 0; i < BL_COUNT_OF(fields); i++) {
        const char *text = source->texts[fields[i].text];
        if (text)
            bl_sts_write_field(out, fields[i].name, text, strlen(text));
    }
}

static bloop_status ask(const bl_credentials_source *source, const bl_credentials *base, const bl_buffer *form,
                        bl_buffer *answer)
{
    char time[BL_SIGV4_TIME_SIZE], room[AUTHORIZATION_SIZE];
    bl_buffer authorization;
    bl_buffer_use(&authorization, room, sizeof room);
    bloop_status status = sign(source, base, form, time, &authorization);
    if (status == BLOOP_OK) {
        const bl_fetch_header headers[] = { { "Content-Type", CONTENT_TYPE },
                                            { "X-Amz-Date", time },
                                            { "Authorization", (const char *)authorization.data },
                                            { "X-Amz-Security-Token", base->token.data } };
        const bl_fetch_request request = { .method = "POST",
                                           .url = source->texts[URL],
                                           .headers = headers,
                                           .header_count = base->token.size ? 4 : 3,
                                           .body = (const char *)form->data,
                                           .body_size = form->size,
                                           .timeout_ms = source->timeout_ms };
        status = bl_source_fetch(source, &request, true, answer);
    }
    bl_buffer_free(&authorization);
    return status;
}

static bloop_status sign(const bl_credentials_source *source, const bl_credentials *base, const bl_buffer *form,
                         char time[BL_SIGV4_TIME_SIZE], bl_buffer *authorization)
{
    bl_sigv4 *sigv4 = NULL;
    place parts;
    bl_sigv4_scope scope = { .region = bl_sigv4_text_of(source->texts[REGION]), .service = bl_sigv4_text_of("sts") };
    bloop_status status = take_apart(source->texts[URL], &parts) ? BLOOP_OK : bl_error(BLOOP_INTERNAL, "no URL");
    if (status == BLOOP_OK)
        status = bl_sigv4_format_time(source->now() / 1000000, scope.time);
    if (status == BLOOP_OK)
        status = bl_sigv4_new(&sigv4);
    if (status != BLOOP_OK)
        return status;
    memcpy(time, scope.time, sizeof scope.time);
    const bl_sigv4_header headers[] = { { bl_sigv4_text_of("content-type"), bl_sigv4_text_of(CONTENT_TYPE) },
                                        { bl_sigv4_text_of("host"), bl_sigv4_text_of(parts.host) },
                                        { bl_sigv4_text_of("x-amz-date"), bl_sigv4_text_of(time) },
                                        { bl_sigv4_text_of("x-amz-security-token"), base->token } };
    const bl_sigv4_request request = { .method = bl_sigv4_text_of("POST"),
                                       .path = bl_sigv4_text_of(parts.path),
                                       .headers = headers,
                                       .header_count = base->token.size ? 4 : 3,
                                       .body = { (const char *)form->data, form->size } };
    status = bl_sigv4_sign(sigv4, base->access_key, base->secret_key, &scope, &request, authorization);
    if (status == BLOOP_OK) {
        bl_buffer_byte(authorization, 0);
        status = authorization->status;
    }
    bl_sigv4_free(sigv4);
    return status;
}

/* The header Host, as HTTP clients write it, leaves out the scheme's own port. */
static bool take_apart(const char *url, place *out)
{
    static const char *const ways[][2] = { { "https://", ":443" }, { "http://", ":80" } };
    for (size_t i = 0; i < BL_COUNT_OF(ways); i++) {
        size_t scheme = strlen(ways[i][0]), port = strlen(ways[i][1]);
        if (strncasecmp(url, ways[i][0], scheme) != 0)
            continue;
        const char *host = url + scheme;
        size_t size = strcspn(host, "/?#");
        out->path = host + size;
        if (size > port && strncmp(host + size - port, ways[i][1], port) == 0)
            size -= port;
        if (size == 0 || size >= HOST_SIZE || strpbrk(host, "?#@"))
            return false;
        memcpy(out->host, host, size);
        out->host[size] = '\0';
        return true;
    }
    return false;
}
