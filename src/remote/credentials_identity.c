/* Credentials for an identity token, such as Kubernetes writes into a file: AWS STS exchanges it, unsigned, for those
   of a role (AssumeRoleWithWebIdentity). Of its answer, which is XML, four elements are read. */
#include "credentials_source_private.h"

/* The texts. */
enum { URL, TOKEN_FILE, ROLE, SESSION };

enum { TIMEOUT_MS = 5000 };

static bl_config_value find(const bl_shared_config *config, bl_variable variable, const char *key);
static bloop_status find_endpoint(const bl_shared_config *config, char **out);
static bloop_status load(const bl_credentials_source *source, bl_credentials *out);
static bloop_status write_form(const bl_credentials_source *source, bl_buffer *out);
static void write_field(bl_buffer *out, const char *name, const char *value, size_t size);
static bloop_status read_answer(const bl_credentials_source *source, bl_sigv4_text xml, bl_credentials *out);
static bl_sigv4_text element(bl_sigv4_text xml, const char *name);

bloop_status bl_source_web_identity(const bl_shared_config *config, bl_credentials_source *source)
{
    bl_config_value file = find(config, BL_AWS_WEB_IDENTITY_TOKEN_FILE, "web_identity_token_file");
    bl_config_value role = find(config, BL_AWS_ROLE_ARN, "role_arn");
    bl_config_value session = find(config, BL_AWS_ROLE_SESSION_NAME, "role_session_name");
    if (!file.text)
        return BLOOP_OK;
    if (!role.text)
        return bl_config_refuse(config, &file, "a role (AWS_ROLE_ARN, role_arn) has to be given with it");
    char own_session[32];
    bl_buffer name;
    bl_buffer_use(&name, own_session, sizeof own_session);
    bl_buffer_format(&name, "bloop-%lld", (long long)(bl_now_microseconds() / 1000000));
    bl_buffer_byte(&name, 0);
    bloop_status status = find_endpoint(config, &source->texts[URL]);
    if (status == BLOOP_OK)
        status = (source->texts[TOKEN_FILE] = bl_config_path(config, file.text)) ? BLOOP_OK : BLOOP_NO_MEMORY;
    if (status == BLOOP_OK)
        status = bl_credentials_source_text(source, ROLE, role.text);
    if (status == BLOOP_OK)
        status = bl_credentials_source_text(source, SESSION, session.text ? session.text : own_session);
    source->name = "the web identity's credentials";
    source->timeout_ms = TIMEOUT_MS;
    source->load = load;
    return status;
}

/* A profile that the caller chose is not overruled by the environment. */
static bl_config_value find(const bl_shared_config *config, bl_variable variable, const char *key)
{
    return bl_config_profile_is_chosen(config) ? bl_config_key(config, key) : bl_config_look_up(config, variable, key);
}

static bloop_status find_endpoint(const bl_shared_config *config, char **out)
{
    bl_config_value url = bl_config_look_up(config, BL_AWS_ENDPOINT_URL_STS, NULL);
    if (!url.text)
        url = bl_config_service_key(config, "sts", "endpoint_url");
    bl_config_value region = bl_config_look_up(config, BL_AWS_REGION, NULL);
    if (!region.text)
        region = bl_config_look_up(config, BL_AWS_DEFAULT_REGION, "region");
    if (url.text)
        *out = bl_copy_text(url.text);
    else if (!region.text)
        *out = bl_copy_text("https://sts.amazonaws.com");
    else if (bl_region_is_valid(region.text))
        *out = bl_region_endpoint("sts", region.text, false, false);
    else
        return bl_config_refuse(config, &region, "a region's name consists of letters, digits and hyphens");
    return *out ? BLOOP_OK : BLOOP_NO_MEMORY;
}

static bloop_status load(const bl_credentials_source *source, bl_credentials *out)
{
    bl_buffer form = { 0 }, answer = { 0 };
    bl_secret_begin(&form);
    bl_secret_begin(&answer);
    bloop_status status = write_form(source, &form);
    if (status == BLOOP_OK) {
        const bl_fetch_header header = { "Content-Type", "application/x-www-form-urlencoded" };
        const bl_fetch_request request = { .method = "POST",
                                           .url = source->texts[URL],
                                           .headers = &header,
                                           .header_count = 1,
                                           .body = (const char *)form.data,
                                           .body_size = form.size,
                                           .timeout_ms = source->timeout_ms };
        status = bl_source_fetch(source, &request, true, &answer);
    }
    if (status == BLOOP_OK)
        status = read_answer(source, (bl_sigv4_text){ (const char *)answer.data, answer.size }, out);
    bl_secret_end(&form);
    bl_secret_end(&answer);
    return status;
}

/* The token is read each time, since it is replaced before it expires. */
static bloop_status write_form(const bl_credentials_source *source, bl_buffer *out)
{
    bl_buffer token = { 0 };
    bl_secret_begin(&token);
    bloop_status status = bl_credentials_read_token(source->name, source->texts[TOKEN_FILE], &token);
    if (status == BLOOP_OK && token.size == 0)
        status = bl_error(BLOOP_ACCESS_DENIED, "%s: %s is empty", source->name, source->texts[TOKEN_FILE]);
    if (status == BLOOP_OK) {
        bl_buffer_text(out, "Action=AssumeRoleWithWebIdentity&Version=2011-06-15");
        write_field(out, "RoleArn", source->texts[ROLE], strlen(source->texts[ROLE]));
        write_field(out, "RoleSessionName", source->texts[SESSION], strlen(source->texts[SESSION]));
        write_field(out, "WebIdentityToken", (const char *)token.data, token.size);
        status = out->status;
    }
    bl_secret_end(&token);
    return status;
}

static void write_field(bl_buffer *out, const char *name, const char *value, size_t size)
{
    bl_buffer_byte(out, '&');
    bl_buffer_text(out, name);
    bl_buffer_byte(out, '=');
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)value[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                     c == '_' || c == '.' || c == '~';
        if (plain)
            bl_buffer_byte(out, c);
        else
            bl_buffer_format(out, "%%%02X", c);
    }
}

static bloop_status read_answer(const bl_credentials_source *source, bl_sigv4_text xml, bl_credentials *out)
{
    bl_sigv4_text credentials = element(xml, "Credentials"), expiration = element(credentials, "Expiration");
    bl_credentials_texts texts = { .access_key = element(credentials, "AccessKeyId"),
                                   .secret_key = element(credentials, "SecretAccessKey"),
                                   .token = element(credentials, "SessionToken") };
    bloop_datetime instant;
    if (expiration.size == 0 || bloop_datetime_parse(expiration.data, expiration.size, &instant) != BLOOP_OK)
        return bl_error(BLOOP_ACCESS_DENIED, "%s: the answer has no time of expiration", source->name);
    texts.expires_at = instant.microseconds;
    return bl_credentials_make(source->name, &texts, out);
}

/* What is between <name> and </name>. Keys, tokens and times have no character that XML would escape. */
static bl_sigv4_text element(bl_sigv4_text xml, const char *name)
{
    const bl_sigv4_text none = { NULL, 0 };
    char begin[32], end[32];
    size_t name_size = strlen(name);
    if (xml.size == 0 || name_size + 4 > sizeof end)
        return none;
    begin[0] = end[0] = '<';
    end[1] = '/';
    memcpy(begin + 1, name, name_size);
    memcpy(end + 2, name, name_size);
    begin[name_size + 1] = end[name_size + 2] = '>';
    const char *from = memmem(xml.data, xml.size, begin, name_size + 2);
    if (!from)
        return none;
    from += name_size + 2;
    const char *to = memmem(from, xml.size - (size_t)(from - xml.data), end, name_size + 3);
    return to ? (bl_sigv4_text){ from, (size_t)(to - from) } : none;
}
