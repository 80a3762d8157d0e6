/* Environment and shared files, loaded once, and looked up. */
#include "config_private.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

/* How many profiles may lead to each other. */
enum { MAX_DEPTH = 8 };

struct bl_shared_config {
    char *variables[BL_VARIABLE_COUNT];
    char *home;
    char *profile;
    bool profile_is_chosen;
    bool is_view;   /* all but the profile is another's */
    unsigned depth; /* how many profiles have led to this one */
    bl_config_file files[BL_CONFIG_KIND_COUNT];
};

/* A file: the variable that names it, and where it is otherwise. */
static const struct {
    bl_variable variable;
    const char *path;
} places[BL_CONFIG_KIND_COUNT] = {
    [BL_CONFIG_CREDENTIALS] = { BL_AWS_SHARED_CREDENTIALS_FILE, "~/.aws/credentials" },
    [BL_CONFIG_CONFIG] = { BL_AWS_CONFIG_FILE, "~/.aws/config" },
};

static bloop_status copy_environment(bl_shared_config *config);
static bloop_status find_home(bl_shared_config *config);
static bloop_status choose_profile(bl_shared_config *config, const char *profile, bool *is_named);
static bloop_status read_files(bl_shared_config *config);
static bool has_profile(const bl_shared_config *config);
static bl_config_value find(const bl_config_file *file, bl_section_kind kind, const char *section, const char *parent,
                            const char *key);
static bool same_text(const char *a, const char *b);

bloop_status bl_shared_config_load(const char *profile, bl_shared_config **out)
{
    bl_shared_config *config = bl_alloc_zeroed(1, sizeof *config);
    if (!config)
        return BLOOP_NO_MEMORY;
    bool is_named = false;
    bloop_status status = copy_environment(config);
    if (status == BLOOP_OK)
        status = find_home(config);
    if (status == BLOOP_OK)
        status = choose_profile(config, profile, &is_named);
    if (status == BLOOP_OK)
        status = read_files(config);
    if (status == BLOOP_OK && is_named && !has_profile(config))
        status = bl_error(BLOOP_INVALID_ARGUMENT, "there is no profile \"%s\" in %s or %s", config->profile,
                          config->files[BL_CONFIG_CONFIG].path, config->files[BL_CONFIG_CREDENTIALS].path);
    if (status == BLOOP_OK)
        *out = config;
    else
        bl_shared_config_free(config);
    return status;
}

void bl_shared_config_free(bl_shared_config *config)
{
    if (!config)
        return;
    for (size_t i = 0; i < BL_VARIABLE_COUNT && !config->is_view; i++) {
        if (config->variables[i])
            explicit_bzero(config->variables[i], strlen(config->variables[i]));
        bl_free(config->variables[i]);
    }
    for (size_t i = 0; i < BL_CONFIG_KIND_COUNT && !config->is_view; i++)
        bl_config_file_free(&config->files[i]);
    if (!config->is_view)
        bl_free(config->home);
    bl_free(config->profile);
    bl_free(config);
}

bloop_status bl_config_view(const bl_shared_config *config, const char *profile, bl_shared_config **out)
{
    bl_shared_config *view = bl_copy(config, sizeof *config);
    if (!view)
        return BLOOP_NO_MEMORY;
    view->is_view = view->profile_is_chosen = true;
    view->depth++;
    view->profile = bl_copy_text(profile);
    bloop_status status = view->profile ? BLOOP_OK : BLOOP_NO_MEMORY;
    if (status == BLOOP_OK && !has_profile(view))
        status = bl_error(BLOOP_INVALID_ARGUMENT, "there is no profile \"%s\"", profile);
    if (status == BLOOP_OK && view->depth > MAX_DEPTH)
        status = bl_error(BLOOP_INVALID_ARGUMENT, "profiles lead to each other in a circle");
    if (status == BLOOP_OK)
        *out = view;
    else
        bl_shared_config_free(view);
    return status;
}

const char *bl_variable_name(bl_variable variable)
{
    static const char *const names[BL_VARIABLE_COUNT] = {
#define BL_VARIABLE_(name) #name,
#include "config_variables_private.h"
#undef BL_VARIABLE_
    };
    return names[variable];
}

const char *bl_config_variable(const bl_shared_config *config, bl_variable variable)
{
    return config->variables[variable];
}

const char *bl_config_profile(const bl_shared_config *config)
{
    return config->profile;
}

bool bl_config_profile_is_chosen(const bl_shared_config *config)
{
    return config->profile_is_chosen;
}

bl_config_value bl_config_key(const bl_shared_config *config, const char *key)
{
    bl_config_value value = { .name = key };
    for (size_t i = 0; i < BL_CONFIG_KIND_COUNT && !value.text; i++)
        value = bl_config_key_of(config, (bl_config_kind)i, key);
    return value;
}

bl_config_value bl_config_key_of(const bl_shared_config *config, bl_config_kind kind, const char *key)
{
    return find(&config->files[kind], BL_SECTION_PROFILE, config->profile, NULL, key);
}

bl_config_value bl_config_service_key(const bl_shared_config *config, const char *service, const char *key)
{
    bl_config_value section = bl_config_key(config, "services");
    if (!section.text)
        return (bl_config_value){ .name = key };
    return find(&config->files[BL_CONFIG_CONFIG], BL_SECTION_SERVICES, section.text, service, key);
}

bl_config_value bl_config_look_up(const bl_shared_config *config, bl_variable variable, const char *key)
{
    if (config->variables[variable] || !key)
        return (bl_config_value){ .text = config->variables[variable], .name = bl_variable_name(variable) };
    return bl_config_key(config, key);
}

const char *bl_config_place(const bl_shared_config *config, const bl_config_value *value,
                            char out[BL_CONFIG_PLACE_SIZE])
{
    int size = value->path ? snprintf(out, BL_CONFIG_PLACE_SIZE, "%s, line %zu, profile \"%s\", %s", value->path,
                                      value->line, config->profile, value->name)
                           : snprintf(out, BL_CONFIG_PLACE_SIZE, "%s", value->name);
    (void)size; /* a path that does not fit is cut */
    return out;
}

bloop_status bl_config_refuse(const bl_shared_config *config, const bl_config_value *value, const char *rule)
{
    char place[BL_CONFIG_PLACE_SIZE];
    return bl_error(BLOOP_INVALID_ARGUMENT, "%s: %s", bl_config_place(config, value, place), rule);
}

bloop_status bl_config_bool(const bl_shared_config *config, const bl_config_value *value, bool *out)
{
    bool is_true = value->text && strcasecmp(value->text, "true") == 0;
    if (value->text && !is_true && strcasecmp(value->text, "false") != 0)
        return bl_config_refuse(config, value, "\"true\" or \"false\" is expected");
    *out = is_true;
    return BLOOP_OK;
}

char *bl_config_path(const bl_shared_config *config, const char *path)
{
    if (path[0] != '~' || (path[1] != '/' && path[1] != '\0') || !config->home)
        return bl_copy_text(path);
    bl_buffer joined = { 0 };
    bl_buffer_text(&joined, config->home);
    bl_buffer_text(&joined, path + 1);
    char *text = (char *)bl_buffer_take(&joined, NULL);
    bl_buffer_free(&joined);
    return text;
}

/* Copied, since the program may change its environment later, and by another thread. */
static bloop_status copy_environment(bl_shared_config *config)
{
    for (size_t i = 0; i < BL_VARIABLE_COUNT; i++) {
        const char *value = getenv(bl_variable_name((bl_variable)i));
        if (!value || !*value)
            continue;
        config->variables[i] = bl_copy_text(value);
        if (!config->variables[i])
            return BLOOP_NO_MEMORY;
    }
    return BLOOP_OK;
}

/* Without one, "~" stays as it is, and names no file. */
static bloop_status find_home(bl_shared_config *config)
{
    char room[4096];
    struct passwd entry, *found = NULL;
    const char *home = config->variables[BL_HOME];
    if (!home && getpwuid_r(getuid(), &entry, room, sizeof room, &found) == 0 && found)
        home = found->pw_dir;
    config->home = bl_copy_text(home);
    return home && !config->home ? BLOOP_NO_MEMORY : BLOOP_OK;
}

/* *is_named: by anybody, so that it has to be there. */
static bloop_status choose_profile(bl_shared_config *config, const char *profile, bool *is_named)
{
    config->profile_is_chosen = profile && *profile;
    const char *named = config->profile_is_chosen ? profile : config->variables[BL_AWS_PROFILE];
    if (!named)
        named = config->variables[BL_AWS_DEFAULT_PROFILE];
    *is_named = named && strcmp(named, "default") != 0;
    config->profile = bl_copy_text(named ? named : "default");
    return config->profile ? BLOOP_OK : BLOOP_NO_MEMORY;
}

static bloop_status read_files(bl_shared_config *config)
{
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; status == BLOOP_OK && i < BL_CONFIG_KIND_COUNT; i++) {
        const char *named = config->variables[places[i].variable];
        char *path = bl_config_path(config, named ? named : places[i].path);
        status = path ? bl_config_read(&config->files[i], path, (bl_config_kind)i) : BLOOP_NO_MEMORY;
    }
    return status;
}

static bool has_profile(const bl_shared_config *config)
{
    for (size_t i = 0; i < BL_CONFIG_KIND_COUNT; i++) {
        const bl_config_file *file = &config->files[i];
        for (size_t j = 0; j < file->count; j++) {
            if (file->entries[j].kind == BL_SECTION_PROFILE && strcmp(file->entries[j].section, config->profile) == 0)
                return true;
        }
    }
    return false;
}

/* The last of several counts. */
static bl_config_value find(const bl_config_file *file, bl_section_kind kind, const char *section, const char *parent,
                            const char *key)
{
    for (size_t i = file->count; i > 0; i--) {
        const bl_config_entry *entry = &file->entries[i - 1];
        if (entry->kind != kind || !same_text(entry->key, key) || !same_text(entry->parent, parent) ||
            strcmp(entry->section, section) != 0)
            continue;
        const char *text = *entry->value ? entry->value : NULL;
        return (bl_config_value){ .text = text, .path = file->path, .line = entry->line, .name = key };
    }
    return (bl_config_value){ .name = key };
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}
