/* A shared file, read whole: into memory that is wiped before it is given back. */
#include "config_private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST_SIZE = 4096, MAX_SIZE = 16 << 20 };

static bool is_absent(const char *path, int error);
static bloop_status read_all(bl_config_file *file, int descriptor);
static bloop_status make_room(bl_config_file *file, size_t *capacity);
static bloop_status fail(const char *path, int error);

bloop_status bl_config_read(bl_config_file *file, char *path, bl_config_kind kind)
{
    file->path = path;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return is_absent(path, errno) ? BLOOP_OK : fail(path, errno);
    bloop_status status = read_all(file, descriptor);
    close(descriptor);
    return status == BLOOP_OK ? bl_config_parse(file, kind) : status;
}

void bl_config_file_free(bl_config_file *file)
{
    if (file->text)
        explicit_bzero(file->text, file->size);
    bl_free(file->text);
    bl_free(file->entries);
    bl_free(file->path);
    *file = (bl_config_file){ 0 };
}

/* As far as this process goes: what lies in a folder that is closed to it, such as another user's home, is not there. */
static bool is_absent(const char *path, int error)
{
    struct stat facts;
    return error == ENOENT || error == ENOTDIR || (error == EACCES && stat(path, &facts) != 0 && errno == EACCES);
}

static bloop_status read_all(bl_config_file *file, int descriptor)
{
    size_t capacity = 0;
    for (;;) {
        if (capacity - file->size < 2) { /* a byte more than there is shows the end; one is for the zero */
            bloop_status status = make_room(file, &capacity);
            if (status != BLOOP_OK)
                return status;
        }
        ssize_t count = read(descriptor, file->text + file->size, capacity - file->size - 1);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return fail(file->path, errno);
        file->size += (size_t)count;
        file->text[file->size] = '\0';
        if (count == 0)
            return BLOOP_OK;
    }
}

/* Not by bl_realloc, which would leave a copy behind. */
static bloop_status make_room(bl_config_file *file, size_t *capacity)
{
    size_t wanted = *capacity ? 2 * *capacity : FIRST_SIZE;
    if (wanted > MAX_SIZE)
        return bl_error(BLOOP_INVALID_SYNTAX, "%s is too large for a configuration file", file->path);
    char *text = bl_alloc(wanted);
    if (!text)
        return BLOOP_NO_MEMORY;
    if (file->text) {
        memcpy(text, file->text, file->size);
        explicit_bzero(file->text, file->size);
    }
    bl_free(file->text);
    file->text = text;
    *capacity = wanted;
    return BLOOP_OK;
}

static bloop_status fail(const char *path, int error)
{
    char reason[128];
    const char *text = strerror_r(error, reason, sizeof reason);
    return bl_error(error == EACCES || error == EPERM ? BLOOP_PERMISSION : BLOOP_IO, "%s can't be read: %s", path,
                    text);
}
