/* The standard chain: which source of credentials applies. The order is botocore's (create_credential_resolver). */
#include "credentials_source_private.h"

/* The texts of a source that has the credentials as they are. */
enum { ACCESS_KEY, SECRET_KEY, SESSION_TOKEN };

typedef bloop_status (*choose_source)(const bl_shared_config *config, bl_credentials_source *source);

static bloop_status choose_first(const choose_source *chain, size_t count, const bl_shared_config *config,
                                 bl_credentials_source *source);
static bloop_status choose_chosen(const bl_remote_choices *choices, bl_credentials_source *source);
static bloop_status choose_environment(const bl_shared_config *config, bl_credentials_source *source);
static bloop_status choose_sign_in(const bl_shared_config *config, bl_credentials_source *source);
static bloop_status choose_secret_keys(const bl_shared_config *config, bl_credentials_source *source);
static bloop_status choose_config_keys(const bl_shared_config *config, bl_credentials_source *source);
static bloop_status choose_keys(const bl_shared_config *config, bl_config_kind kind, bl_credentials_source *source);
static bloop_status refuse_bare_role(const bl_shared_config *config, bl_credentials_source *source);
static bloop_status choose_container(const bl_shared_config *config, bl_credentials_source *source);
static bloop_status choose_instance(const bl_shared_config *config, bl_credentials_source *source);
static bloop_status choose_made_up(bl_credentials_source *source);
static bloop_status keep_texts(bl_credentials_source *source, const char *access_key, const char *secret_key,
                               const char *token);
static bloop_status load_texts(const bl_credentials_source *source, bl_credentials *out);
static bloop_status say_none(const bl_shared_config *config, bl_credentials_source *source);
static bloop_status half(const bl_shared_config *config, const bl_config_value *given, const bl_config_value *missing);

bloop_status bl_credentials_choose(const bl_shared_config *config, const bl_remote_choices *choices, bl_fetch fetch,
                                   void *context, bl_credentials_source *out)
{
    static const choose_source configured[] = { choose_environment, bl_source_role,     bl_source_web_identity,
                                                choose_sign_in,     choose_secret_keys, bl_source_process,
                                                choose_config_keys };
    static const choose_source of_the_machine[] = { refuse_bare_role, choose_container, choose_instance };
    const bl_credentials_source empty = { .fetch = fetch, .context = context, .now = bl_now_microseconds };
    bl_credentials_source source = empty;
    bloop_status status = say_none(config, &source);
    if (status == BLOOP_OK)
        status = choose_chosen(choices, &source);
    if (status == BLOOP_OK)
        status = choose_first(configured, BL_COUNT_OF(configured), config, &source);
    bool useless = (status == BLOOP_OK && !source.load) || status == BLOOP_UNSUPPORTED_OPERATION;
    if (useless && choices->any_credentials_do) {
        bl_credentials_source_clear(&source);
        source = empty;
        status = choose_made_up(&source);
    }
    if (status == BLOOP_OK)
        status = choose_first(of_the_machine, BL_COUNT_OF(of_the_machine), config, &source);
    if (status == BLOOP_OK)
        *out = source;
    else
        bl_credentials_source_clear(&source);
    return status;
}

/* A profile with keys needs no role, although it may have one: so a profile can be its own source. */
bloop_status bl_credentials_choose_base(const bl_shared_config *view, bl_credentials_source *source)
{
    static const choose_source chain[] = { choose_secret_keys,     choose_config_keys, bl_source_role,
                                           bl_source_web_identity, choose_sign_in,     bl_source_process };
    bloop_status status = choose_first(chain, BL_COUNT_OF(chain), view, source);
    if (status == BLOOP_OK && !source->load)
        return bl_error(BLOOP_INVALID_ARGUMENT, "the profile \"%s\" has no credentials", bl_config_profile(view));
    return status;
}

void bl_credentials_source_clear(bl_credentials_source *source)
{
    for (size_t i = 0; i < BL_SOURCE_TEXTS; i++) {
        if (source->texts[i])
            explicit_bzero(source->texts[i], strlen(source->texts[i]));
        bl_free(source->texts[i]);
    }
    if (source->base)
        bl_credentials_source_clear(source->base);
    bl_free(source->base);
    bl_free(source->none);
    *source = (bl_credentials_source){ 0 };
}

bloop_status bl_credentials_source_text(bl_credentials_source *source, size_t index, const char *text)
{
    source->texts[index] = bl_copy_text(text);
    return text && !source->texts[index] ? BLOOP_NO_MEMORY : BLOOP_OK;
}

bloop_status bl_source_environment(const bl_shared_config *config, bl_credentials_source *source)
{
    bl_config_value access_key = bl_config_look_up(config, BL_AWS_ACCESS_KEY_ID, NULL);
    bl_config_value secret_key = bl_config_look_up(config, BL_AWS_SECRET_ACCESS_KEY, NULL);
    if (!access_key.text)
        return BLOOP_OK;
    if (!secret_key.text)
        return half(config, &access_key, &secret_key);
    source->name = "the environment's credentials";
    return keep_texts(source, access_key.text, secret_key.text, bl_config_variable(config, BL_AWS_SESSION_TOKEN));
}

bloop_status bl_source_unsupported(const bl_shared_config *config, const bl_config_value *value, const char *what)
{
    char place[BL_CONFIG_PLACE_SIZE];
    return bl_error(
        BLOOP_UNSUPPORTED_OPERATION,
        "%s: %s is not supported; a credential_process, such as `aws configure export-credentials`, can do it",
        bl_config_place(config, value, place), what);
}

bloop_status bl_credentials_source_none(bl_credentials_source *source, const char *reason)
{
    source->none = bl_copy_text(reason);
    return source->none ? BLOOP_OK : BLOOP_NO_MEMORY;
}

static bloop_status choose_first(const choose_source *chain, size_t count, const bl_shared_config *config,
                                 bl_credentials_source *source)
{
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; status == BLOOP_OK && !source->load && i < count; i++)
        status = chain[i](config, source);
    return status;
}

static bloop_status choose_chosen(const bl_remote_choices *choices, bl_credentials_source *source)
{
    if (!choices->access_key != !choices->secret_key)
        return bl_error(BLOOP_INVALID_ARGUMENT, "an access key and its secret key have to be given together");
    if (!choices->access_key)
        return choices->session_token
                   ? bl_error(BLOOP_INVALID_ARGUMENT, "a session token is given without an access key")
                   : BLOOP_OK;
    source->name = "the credentials that were given";
    return keep_texts(source, choices->access_key, choices->secret_key, choices->session_token);
}

/* A profile that the caller chose comes before the environment's keys. */
static bloop_status choose_environment(const bl_shared_config *config, bl_credentials_source *source)
{
    return bl_config_profile_is_chosen(config) ? BLOOP_OK : bl_source_environment(config, source);
}

static bloop_status choose_sign_in(const bl_shared_config *config, bl_credentials_source *source)
{
    static const struct {
        const char *key, *what;
    } ways[] = {
        { "sso_session", "signing in with IAM Identity Center (SSO)" },
        { "sso_start_url", "signing in with IAM Identity Center (SSO)" },
        { "login_session", "signing in with `aws login`" },
    };
    (void)source;
    /* One with keys of its own needs no signing in. */
    if (bl_config_key(config, "aws_access_key_id").text || bl_config_key(config, "credential_process").text)
        return BLOOP_OK;
    for (size_t i = 0; i < BL_COUNT_OF(ways); i++) {
        bl_config_value value = bl_config_key(config, ways[i].key);
        if (value.text)
            return bl_source_unsupported(config, &value, ways[i].what);
    }
    return BLOOP_OK;
}

static bloop_status choose_secret_keys(const bl_shared_config *config, bl_credentials_source *source)
{
    return choose_keys(config, BL_CONFIG_CREDENTIALS, source);
}

static bloop_status choose_config_keys(const bl_shared_config *config, bl_credentials_source *source)
{
    return choose_keys(config, BL_CONFIG_CONFIG, source);
}

/* Of one file: a secret or a token of the other belongs to other keys. */
static bloop_status choose_keys(const bl_shared_config *config, bl_config_kind kind, bl_credentials_source *source)
{
    bl_config_value access_key = bl_config_key_of(config, kind, "aws_access_key_id");
    bl_config_value secret_key = bl_config_key_of(config, kind, "aws_secret_access_key");
    if (!access_key.text)
        return BLOOP_OK;
    if (!secret_key.text)
        return half(config, &access_key, &secret_key);
    source->name = "the profile's credentials";
    return keep_texts(source, access_key.text, secret_key.text,
                      bl_config_key_of(config, kind, "aws_session_token").text);
}

/* A profile that wants a role, and does not say with what, does not want the machine's own credentials. */
static bloop_status refuse_bare_role(const bl_shared_config *config, bl_credentials_source *source)
{
    bl_config_value role = bl_config_key(config, "role_arn");
    (void)source;
    return role.text ? bl_config_refuse(config, &role, "source_profile or credential_source is missing") : BLOOP_OK;
}

/* Those of the machine are for who can ask for them. */
static bloop_status choose_container(const bl_shared_config *config, bl_credentials_source *source)
{
    return source->fetch ? bl_source_container(config, source) : BLOOP_OK;
}

static bloop_status choose_instance(const bl_shared_config *config, bl_credentials_source *source)
{
    return source->fetch ? bl_source_instance(config, source) : BLOOP_OK;
}

/* Letters and digits: DynamoDB Local takes no others. */
static bloop_status choose_made_up(bl_credentials_source *source)
{
    source->name = "made-up credentials";
    source->made_up = true;
    return keep_texts(source, "bloop", "bloop", NULL);
}

static bloop_status keep_texts(bl_credentials_source *source, const char *access_key, const char *secret_key,
                               const char *token)
{
    const char *const texts[] = { [ACCESS_KEY] = access_key, [SECRET_KEY] = secret_key, [SESSION_TOKEN] = token };
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; status == BLOOP_OK && i < BL_COUNT_OF(texts); i++)
        status = bl_credentials_source_text(source, i, texts[i] && *texts[i] ? texts[i] : NULL);
    source->load = load_texts;
    return status;
}

static bloop_status load_texts(const bl_credentials_source *source, bl_credentials *out)
{
    bl_credentials_texts texts = { .expires_at = INT64_MAX };
    bl_sigv4_text *const places[] = { &texts.access_key, &texts.secret_key, &texts.token };
    for (size_t i = 0; i < BL_COUNT_OF(places); i++) {
        if (source->texts[i])
            *places[i] = bl_sigv4_text_of(source->texts[i]);
    }
    return bl_credentials_make(source->name, &texts, out);
}

static bloop_status say_none(const bl_shared_config *config, bl_credentials_source *source)
{
    bl_buffer text = { 0 };
    bl_buffer_format(
        &text,
        "there are no credentials: not in the options, the environment (AWS_ACCESS_KEY_ID), nor in the profile \"%s\"",
        bl_config_profile(config));
    source->none = (char *)bl_buffer_take(&text, NULL);
    bl_buffer_free(&text);
    return source->none ? BLOOP_OK : BLOOP_NO_MEMORY;
}

static bloop_status half(const bl_shared_config *config, const bl_config_value *given, const bl_config_value *missing)
{
    char rule[128];
    bl_buffer text;
    bl_buffer_use(&text, rule, sizeof rule);
    bl_buffer_format(&text, "%s is missing", missing->name);
    bl_buffer_byte(&text, 0);
    bloop_status status =
        text.status == BLOOP_OK ? bl_config_refuse(config, given, (const char *)text.data) : text.status;
    bl_buffer_free(&text);
    return status;
}
