/* What the remote backend takes from options, environment and AWS's shared files: settings, and credentials.

   Private to src/remote. In order:

       bl_shared_config *config;             the environment and the files, read once
       bl_shared_config_load(profile, &config);
       bl_remote_settings_resolve(config, &choices, &settings);
       bl_credentials_provider_new(config, &choices, fetch, context, &provider);
       bl_shared_config_free(config);
       …
       bl_credentials mine = { 0 };          one a thread, or one a connection
       bl_credentials_get(provider, &mine);  before each request
       …
       bl_credentials_clear(&mine);

   Names, order and meaning are those of the AWS SDKs and Tools Reference Guide. Messages name the file, line, profile
   and key at fault, or the environment variable, and never a secret. */
#ifndef BL_REMOTE_CREDENTIALS_PRIVATE_H
#define BL_REMOTE_CREDENTIALS_PRIVATE_H

#include "base/base.h"
#include "sigv4/sigv4.h"

/* What the caller of bloop_open chose, which comes before all else. NULL, 0 and false: nothing was chosen. */
typedef struct bl_remote_choices {
    const char *profile;
    const char *region;
    const char *endpoint; /* an URL; else the service's own of the region, or one that is configured */
    const char *access_key, *secret_key;
    const char *session_token;
    const char *ca_bundle; /* a file */
    uint32_t max_attempts;
    /* The endpoint is not Amazon's, and takes any credentials: when neither options, environment nor files have some,
       made-up ones are used, and no metadata service is asked; the region is "us-east-1" when none is configured. */
    bool any_credentials_do;
} bl_remote_choices;

/* The environment and ~/.aws/config, ~/.aws/credentials, as far as they concern one profile. Constant once loaded. */
typedef struct bl_shared_config bl_shared_config;
/* `profile` NULL: AWS_PROFILE, else "default". A file that does not exist is empty. BLOOP_INVALID_ARGUMENT: a profile
   that is named is in neither file; BLOOP_PERMISSION, BLOOP_IO: a file can't be read; BLOOP_INVALID_SYNTAX: its text. */
bloop_status bl_shared_config_load(const char *profile, bl_shared_config **out);
void bl_shared_config_free(bl_shared_config *config); /* wipes it; NULL is fine */

/* Settings, resolved once, when a backend is opened. */
typedef enum bl_retry_mode { BL_RETRY_STANDARD = 0, BL_RETRY_ADAPTIVE, BL_RETRY_LEGACY } bl_retry_mode;

typedef struct bl_remote_settings {
    char *region;
    char *endpoint;        /* an URL without a slash at its end */
    char *ca_bundle;       /* NULL: the TLS library's */
    uint32_t max_attempts; /* at least 1; 4 unless told otherwise */
    bl_retry_mode retry_mode;
    bool endpoint_is_configured; /* by choices, environment or files; else it was made of the region */
} bl_remote_settings;

/* BLOOP_INVALID_ARGUMENT: no region anywhere, or a setting that is none. On failure *out is untouched. */
bloop_status bl_remote_settings_resolve(const bl_shared_config *config, const bl_remote_choices *choices,
                                        bl_remote_settings *out);
void bl_remote_settings_clear(bl_remote_settings *settings);

/* HTTP for the services that hand out credentials. The transport supplies it; a test, a fake. */
typedef struct bl_fetch_header {
    const char *name;
    const char *value;
} bl_fetch_header;

typedef struct bl_fetch_request {
    const char *method; /* "GET", "PUT", "POST" */
    const char *url;
    const bl_fetch_header *headers;
    size_t header_count;
    const char *body; /* NULL: none */
    size_t body_size;
    int64_t timeout_ms; /* for the whole exchange */
    bool direct;        /* through no proxy: the address is the machine's own */
} bl_fetch_request;

#define BL_FETCH_BODY_MAX 65536

/* Does one exchange, without retries and without following redirects. Any answer is BLOOP_OK: sets *http_status, and
   appends the body, of which more than BL_FETCH_BODY_MAX bytes is BLOOP_NETWORK. No answer is BLOOP_NETWORK or
   BLOOP_TIMEOUT. May be called by any thread; never by two at once for one provider. */
typedef bloop_status (*bl_fetch)(void *context, const bl_fetch_request *request, int *http_status, bl_buffer *body);

/* Credentials of one moment. Texts are followed by a zero byte. */
typedef struct bl_credentials {
    bl_sigv4_text access_key;
    bl_sigv4_text secret_key;
    bl_sigv4_text token; /* empty: none */
    int64_t expires_at;  /* microseconds since 1970; INT64_MAX: never */
    uint64_t version;    /* of a provider's credentials; 0: this is empty */
    char *memory;        /* that the texts lie in */
    size_t memory_size;
} bl_credentials;

/* Where credentials come from, refreshed ahead of their expiry. May be used by many threads at once. */
typedef struct bl_credentials_provider bl_credentials_provider;
/* Finds out which of the standard chain's sources applies, and asks it for nothing yet. `fetch` may be NULL: then no
   metadata service is asked. A profile that needs what is not supported is BLOOP_UNSUPPORTED_OPERATION and says so. */
bloop_status bl_credentials_provider_new(const bl_shared_config *config, const bl_remote_choices *choices,
                                         bl_fetch fetch, void *context, bl_credentials_provider **out);
void bl_credentials_provider_free(bl_credentials_provider *provider); /* NULL is fine */

/* Brings *out up to date: zeroed, or what an earlier call with the same provider left there, which stays as it is,
   without an allocation, while it is current. May ask the source, and so take seconds, when they expire soon: one
   thread asks, the others go on with what is still valid. A refresh that fails is no failure while the old ones are
   valid. BLOOP_ACCESS_DENIED: there are none, and why; BLOOP_NETWORK, BLOOP_TIMEOUT: who has them does not answer. */
bloop_status bl_credentials_get(bl_credentials_provider *provider, bl_credentials *out);
/* Whether none are configured, and those that it gives belong to nobody. */
bool bl_credentials_are_made_up(const bl_credentials_provider *provider);
/* The service has called the credentials of this version expired: the next get asks the source for others. */
void bl_credentials_expire(bl_credentials_provider *provider, uint64_t version);
/* Wipes and frees. */
void bl_credentials_clear(bl_credentials *credentials);

#endif
