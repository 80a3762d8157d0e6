/* The shared files and the environment, as credentials and settings look them up. Private to src/remote. */
#ifndef BL_REMOTE_CONFIG_PRIVATE_H
#define BL_REMOTE_CONFIG_PRIVATE_H

#include "credentials_private.h"

/* The two files name their sections in different ways: [profile x] in one, [x] in the other. */
typedef enum bl_config_kind { BL_CONFIG_CREDENTIALS, BL_CONFIG_CONFIG, BL_CONFIG_KIND_COUNT } bl_config_kind;

typedef enum bl_section_kind {
    BL_SECTION_PROFILE,
    BL_SECTION_SERVICES,
    BL_SECTION_OTHER /* of no concern */
} bl_section_kind;

/* `key = value` of a section, or the section's beginning, for one may be empty. */
typedef struct bl_config_entry {
    bl_section_kind kind;
    bool is_bare_default; /* of [default] in a config file, to which [profile default] is preferred */
    const char *section;
    const char *parent; /* the key that this one is nested in ("dynamodb"); NULL: none */
    const char *key;    /* in lower case; NULL: the section's beginning */
    const char *value;
    size_t line;
} bl_config_entry;

/* One file. Entries point into its text, which is cut up for them. */
typedef struct bl_config_file {
    char *path;
    char *text; /* with a zero byte behind it; NULL: there is no file */
    size_t size;
    bl_config_entry *entries;
    size_t count, capacity;
} bl_config_file;

/* Reads a file whole; one that is not there is empty. The path is the file's from then on, whatever happens. */
bloop_status bl_config_read(bl_config_file *file, char *path, bl_config_kind kind);
/* Cuts file->text up. BLOOP_INVALID_SYNTAX names path, line and rule. */
bloop_status bl_config_parse(bl_config_file *file, bl_config_kind kind);
/* Wipes and frees. */
void bl_config_file_free(bl_config_file *file);

/* The variables of the environment that are looked at. */
typedef enum bl_variable {
#define BL_VARIABLE_(name) BL_##name,
#include "config_variables_private.h"
#undef BL_VARIABLE_
    BL_VARIABLE_COUNT
} bl_variable;

/* Its name. */
const char *bl_variable_name(bl_variable variable);
/* What it was when the configuration was loaded; NULL when it was not set, or empty. */
const char *bl_config_variable(const bl_shared_config *config, bl_variable variable);

/* A value and where it was found, for messages. */
typedef struct bl_config_value {
    const char *text; /* NULL: it was not found */
    const char *path; /* of the file; NULL: the environment, or the caller's own choice */
    size_t line;
    const char *name; /* of the key or the variable; or what the caller chose */
} bl_config_value;

/* The profile, and whether the caller chose it (not the environment; nor was it merely the default). */
const char *bl_config_profile(const bl_shared_config *config);
bool bl_config_profile_is_chosen(const bl_shared_config *config);
/* The same configuration with another profile, as if that were chosen; to be freed before this one. BLOOP_INVALID_ARGUMENT:
   there is no such profile, or it is one of very many that lead to each other. */
bloop_status bl_config_view(const bl_shared_config *config, const char *profile, bl_shared_config **out);
/* A key of the profile: in the credentials file, else in the config file. An empty value is none. */
bl_config_value bl_config_key(const bl_shared_config *config, const char *key);
/* The same of one of the files alone. */
bl_config_value bl_config_key_of(const bl_shared_config *config, bl_config_kind kind, const char *key);
/* A key of a service in the section [services …] that the profile names. */
bl_config_value bl_config_service_key(const bl_shared_config *config, const char *service, const char *key);
/* The variable, else the profile's key (NULL: it has none). */
bl_config_value bl_config_look_up(const bl_shared_config *config, bl_variable variable, const char *key);

/* Where a value comes from: "AWS_REGION", or "/home/x/.aws/config, line 3, profile \"x\", region". Returns `out`. */
#define BL_CONFIG_PLACE_SIZE 512
const char *bl_config_place(const bl_shared_config *config, const bl_config_value *value,
                            char out[BL_CONFIG_PLACE_SIZE]);
/* BLOOP_INVALID_ARGUMENT with that place, and the rule. */
bloop_status bl_config_refuse(const bl_shared_config *config, const bl_config_value *value, const char *rule);
/* Reads "true" or "false" in any case; not found is false. */
bloop_status bl_config_bool(const bl_shared_config *config, const bl_config_value *value, bool *out);
/* A path: "~/" at its start is the home directory. NULL and BLOOP_NO_MEMORY. */
char *bl_config_path(const bl_shared_config *config, const char *path);

/* region.c */
bool bl_region_is_valid(const char *region);
/* "https://dynamodb.us-east-1.amazonaws.com", for "dynamodb" */
char *bl_region_endpoint(const char *service, const char *region, bool fips, bool dual_stack);
/* Whether a host, with or without a port, is Amazon's, so that made-up credentials would not do. */
bool bl_host_is_amazons(const char *host);

/* config_settings.c: a service's endpoint, as chosen (NULL: not), else as the variable and the files have it, checked;
   its text is NULL when it is not configured. */
bloop_status bl_config_endpoint(const bl_shared_config *config, const char *choice, bl_variable variable,
                                const char *service, bl_config_value *out);
/* The service's own endpoint of a region, of the kind (FIPS, dual stack) that is configured. */
bloop_status bl_config_region_endpoint(const bl_shared_config *config, const char *service, const char *region,
                                       char **out);

#endif
