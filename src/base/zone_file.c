/* From a zone's name to its file's bytes. A name may come from anywhere, so it must not lead out of the folder of zones. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"
#include "base/zone_private.h"

enum { MOST_NAME = 255, MOST_FILE = 256 * 1024 };

static bool is_name(const char *name);
static bool is_name_character(char c);
static bloop_status open_file(const char *name, int *out);
static bloop_status fail_to_open(const char *name, int why);
static bloop_status read_open_file(int file, const char *name, bl_buffer *out);
static bloop_status fail(bloop_status status, const char *name, const char *why);

bloop_status bl_zone_read_file(const char *name, bl_zone **out)
{
    if (!is_name(name))
        return fail(BLOOP_INVALID_VALUE, name, "not a zone's name");
    int file = -1;
    bloop_status status = open_file(name, &file);
    if (status != BLOOP_OK)
        return status;
    bl_buffer data = { 0 };
    status = read_open_file(file, name, &data);
    if (status == BLOOP_OK)
        status = bl_zone_parse(name, data.data, data.size, out);
    bl_buffer_free(&data);
    close(file);
    return status;
}

/* Parts of letters, digits and _+-. between single slashes, none of them "." or "..". */
static bool is_name(const char *name)
{
    size_t size = strnlen(name, MOST_NAME + 1);
    if (size == 0 || size > MOST_NAME)
        return false;
    for (const char *part = name;;) {
        const char *end = part;
        while (is_name_character(*end))
            end++;
        size_t length = (size_t)(end - part);
        bool only_dots = strspn(part, ".") >= length;
        if (only_dots || (*end != '\0' && *end != '/'))
            return false;
        if (*end == '\0')
            return true;
        part = end + 1;
    }
}

static bool is_name_character(char c)
{
    char lower = (char)(c | 0x20);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '+' || c == '-' || c == '.';
}

static bloop_status open_file(const char *name, int *out)
{
    const char *folder = secure_getenv("TZDIR");
    if (!folder || !*folder)
        folder = "/usr/share/zoneinfo";
    char storage[512];
    bl_buffer path;
    bl_buffer_use(&path, storage, sizeof storage);
    bl_buffer_text(&path, folder);
    bl_buffer_byte(&path, '/');
    bl_buffer_append(&path, name, strlen(name) + 1);
    bloop_status status = path.status;
    if (status == BLOOP_OK) {
        /* Not blocking: should the name be a pipe's, opening it must not wait for a writer. */
        *out = open((const char *)path.data, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (*out < 0)
            status = fail_to_open(name, errno);
    }
    bl_buffer_free(&path);
    return status;
}

static bloop_status fail_to_open(const char *name, int why)
{
    if (why == ENOENT || why == ENOTDIR || why == ENAMETOOLONG)
        return fail(BLOOP_INVALID_VALUE, name, "this system has no such zone");
    return fail(why == EACCES ? BLOOP_PERMISSION : BLOOP_IO, name, strerrordesc_np(why));
}

static bloop_status read_open_file(int file, const char *name, bl_buffer *out)
{
    struct stat about;
    if (fstat(file, &about) != 0)
        return fail(BLOOP_IO, name, strerrordesc_np(errno));
    if (!S_ISREG(about.st_mode))
        return fail(BLOOP_INVALID_VALUE, name, "not a file");
    if (about.st_size > MOST_FILE)
        return fail(BLOOP_INVALID_VALUE, name, "its file is too large for a zone's");
    size_t size = (size_t)about.st_size;
    uint8_t *data = bl_buffer_extend(out, size);
    if (!data)
        return out->status;
    size_t done = 0;
    while (done < size) {
        ssize_t got = read(file, data + done, size - done);
        if (got < 0 && errno != EINTR)
            return fail(BLOOP_IO, name, strerrordesc_np(errno));
        if (got == 0)
            break;
        if (got > 0)
            done += (size_t)got;
    }
    out->size = done;
    return BLOOP_OK;
}

static bloop_status fail(bloop_status status, const char *name, const char *why)
{
    char quoted[BL_QUOTE_SIZE];
    return bl_error(status, "time zone %s: %s", bl_quote(quoted, name, strlen(name)), why);
}
