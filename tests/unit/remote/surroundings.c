/* Environment and home of a test. */
#include "surroundings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void forget_variables(void);

surroundings surroundings_new(void)
{
    surroundings s = { .home = scratch_new() };
    char path[PATH_MAX];
    forget_variables();
    setenv("HOME", s.home.folder, 1);
    mkdir(scratch_path(&s.home, ".aws", path), 0700);
    return s;
}

void surroundings_remove(surroundings *s)
{
    forget_variables();
    scratch_remove(&s->home);
}

void surroundings_config(const surroundings *s, const char *text)
{
    char path[PATH_MAX];
    surroundings_file(s, ".aws/config", text, path);
}

void surroundings_credentials(const surroundings *s, const char *text)
{
    char path[PATH_MAX];
    surroundings_file(s, ".aws/credentials", text, path);
}

char *surroundings_file(const surroundings *s, const char *name, const char *text, char *out)
{
    scratch_write(scratch_path(&s->home, name, out), text, strlen(text));
    return out;
}

bl_shared_config *surroundings_load(const char *profile)
{
    bl_shared_config *config = NULL;
    if (bl_shared_config_load(profile, &config) != BLOOP_OK)
        fail_msg("%s", bloop_last_error()->message);
    return config;
}

static void forget_variables(void)
{
    for (char **variable = environ; *variable;) {
        char name[128];
        size_t size = strcspn(*variable, "=");
        if (strncmp(*variable, "AWS_", 4) == 0 && size < sizeof name) {
            memcpy(name, *variable, size);
            name[size] = '\0';
            unsetenv(name);
            variable = environ;
        } else {
            variable++;
        }
    }
}
