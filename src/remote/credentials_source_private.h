/* Where credentials come from, one file a kind of source. Private to src/remote. */
#ifndef BL_REMOTE_CREDENTIALS_SOURCE_PRIVATE_H
#define BL_REMOTE_CREDENTIALS_SOURCE_PRIVATE_H

#include "config_private.h"

typedef struct bl_credentials_source bl_credentials_source;

/* Asks the source. *out is zeroed before; its version is not set. */
typedef bloop_status (*bl_credentials_load)(const bl_credentials_source *source, bl_credentials *out);

/* Texts that a source needs; what each means is its own affair. All are wiped. */
enum { BL_SOURCE_TEXTS = 6 };

struct bl_credentials_source {
    bl_credentials_load load; /* NULL: there is no source, and `none` says why */
    const char *name;         /* for messages: "the container's credentials" */
    char *texts[BL_SOURCE_TEXTS];
    char *none;
    bool made_up;                /* for endpoints that want a signature and don't look at it */
    bl_credentials_source *base; /* of what it asks with; NULL: it needs none */
    int64_t timeout_ms;
    bl_fetch fetch;
    void *context;
    int64_t (*now)(void); /* bl_now_microseconds */
};

/* Another clock than the system's, for tests of what takes hours. */
void bl_credentials_set_clock(bl_credentials_provider *provider, int64_t (*now)(void));

/* credentials_chain.c: finds the first source of the standard chain that is configured; or of a profile that another one
   names, BLOOP_INVALID_ARGUMENT when it has none. */
bloop_status bl_credentials_choose(const bl_shared_config *config, const bl_remote_choices *choices, bl_fetch fetch,
                                   void *context, bl_credentials_source *out);
bloop_status bl_credentials_choose_base(const bl_shared_config *view, bl_credentials_source *source);
/* BLOOP_UNSUPPORTED_OPERATION, with the place of the value that needs `what`. */
bloop_status bl_source_unsupported(const bl_shared_config *config, const bl_config_value *value, const char *what);
void bl_credentials_source_clear(bl_credentials_source *source);
/* Sets a text to a copy. BLOOP_NO_MEMORY. */
bloop_status bl_credentials_source_text(bl_credentials_source *source, size_t index, const char *text);

/* Sets the reason for there being none, of which a source's failure may speak. */
bloop_status bl_credentials_source_none(bl_credentials_source *source, const char *reason);

/* Each sets the load function and the texts of its kind of source; BLOOP_OK with source->load NULL when it is not
   configured. */
bloop_status bl_source_environment(const bl_shared_config *config, bl_credentials_source *source);
bloop_status bl_source_role(const bl_shared_config *config, bl_credentials_source *source);
bloop_status bl_source_web_identity(const bl_shared_config *config, bl_credentials_source *source);
bloop_status bl_source_process(const bl_shared_config *config, bl_credentials_source *source);
bloop_status bl_source_container(const bl_shared_config *config, bl_credentials_source *source);
bloop_status bl_source_instance(const bl_shared_config *config, bl_credentials_source *source);

/* credentials_sts.c: what all uses of AWS STS share. */
/* Sets two texts: the URL of the service, and the region to sign for. */
bloop_status bl_sts_place(const bl_shared_config *config, bl_credentials_source *source, size_t url, size_t region);
/* Sets a text to the session's name: as configured, else one of ours. */
bloop_status bl_sts_session(bl_credentials_source *source, size_t index, const char *configured);
void bl_sts_write_field(bl_buffer *form, const char *name, const char *value, size_t size);
/* Reads credentials out of an answer, which is XML. */
bloop_status bl_sts_read_answer(const bl_credentials_source *source, const bl_buffer *xml, bl_credentials *out);

/* credentials_text.c */
typedef struct bl_credentials_texts {
    bl_sigv4_text access_key, secret_key, token; /* token empty: none */
    int64_t expires_at;
} bl_credentials_texts;
/* Makes credentials of texts, in memory of their own. They go into headers: nothing in them may be white space or a
   control character. `source` is for messages. */
bloop_status bl_credentials_make(const char *source, const bl_credentials_texts *texts, bl_credentials *out);
/* Reads them from JSON as programs and metadata services write it. When `versioned`, "Version" has to be 1. */
bloop_status bl_credentials_read_json(const char *source, bl_sigv4_text json, bool versioned, bl_credentials *out);
/* Reads a file that holds a token, without the white space around it. */
bloop_status bl_credentials_read_token(const char *source, const char *path, bl_buffer *out);
/* Gives an empty buffer room for all that a source may write, so that growing leaves no part of it behind. A failure
   is the buffer's. */
void bl_secret_begin(bl_buffer *buffer);
/* Wipes and frees it. */
void bl_secret_end(bl_buffer *buffer);

/* credentials_http.c: one exchange. Any answer but 200 is a failure; its message has the number, nothing of the body.
   Tried three times when `patient`, as long as there is no answer, or one that blames the server. */
bloop_status bl_source_fetch(const bl_credentials_source *source, const bl_fetch_request *request, bool patient,
                             bl_buffer *body);

#endif
