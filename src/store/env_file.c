/* Files, seen before LMDB sees them: where they really are, and whether they can be opened safely. LMDB believes what
   a file says of itself, and dies of what is wrong; so the meta pages are judged here first. */
#include "env_state_private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* What LMDB 0.9 writes at the beginning of its first two pages. */
#define LMDB_MAGIC   0xBEEFC0DEU
#define LMDB_VERSION 1

typedef struct meta_page {
    bl_page_head head;
    uint32_t magic, version;
    size_t address, map_size;
    bl_tree_head trees[2]; /* free pages, and the main database */
    size_t last_page, transaction;
} meta_page;

/* A judgement that may be wrong because somebody is writing is made again so many times. */
#define ATTEMPTS 20

static bloop_status resolve_new(const char *path, char *real);
static bloop_status open_to_look(const char *path, bool read_only, int *fd, off_t *size);
static bloop_status judge(const char *path, int fd, off_t size, meta_page metas[2], size_t *used_bytes);
static bloop_status read_metas(const char *path, int fd, off_t size, meta_page metas[2]);
static const char *find_fault(const meta_page metas[2], const meta_page **newest);

bloop_status bl_file_resolve(const char *path, char *real, bool *exists)
{
    if (!*path)
        return bl_error(BLOOP_INVALID_ARGUMENT, "the path of a store is empty");
    *exists = realpath(path, real) != NULL;
    if (*exists)
        return BLOOP_OK;
    if (errno != ENOENT)
        return bl_file_error(path, errno, "finding it");
    return resolve_new(path, real);
}

bloop_status bl_file_check(const char *path, bool read_only, size_t *used_bytes)
{
    int fd = -1;
    off_t size = 0;
    bloop_status status = open_to_look(path, read_only, &fd, &size);
    if (status != BLOOP_OK)
        return status;
    meta_page metas[2], before[2];
    memset(metas, 0, sizeof metas);
    status = judge(path, fd, size, metas, used_bytes);
    for (int i = 0; i < ATTEMPTS && status != BLOOP_OK; i++) {
        memcpy(before, metas, sizeof before);
        (void)nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
        struct stat file;
        if (fstat(fd, &file) == 0)
            size = file.st_size;
        status = judge(path, fd, size, metas, used_bytes);
        if (memcmp(before, metas, sizeof before) == 0)
            break;
    }
    (void)close(fd);
    return status;
}

void bl_file_keep_from_streams(void)
{
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
        if (fcntl(stream, F_GETFD) < 0)
            (void)open("/dev/null", O_RDWR); /* takes the lowest number that is free, and keeps it */
}

bloop_status bl_file_sync_folder(const char *path)
{
    char folder[PATH_MAX];
    (void)strncpy(folder, path, sizeof folder - 1);
    folder[sizeof folder - 1] = '\0';
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = '\0';
    int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return bl_file_error(folder, errno, "opening the folder");
    int failed = fsync(fd);
    int error = errno;
    (void)close(fd);
    /* Some file systems have no sync of folders, and say so. */
    if (failed && error != EINVAL && error != ENOTSUP)
        return bl_file_error(folder, error, "syncing the folder");
    return BLOOP_OK;
}

bloop_status bl_file_error(const char *path, int error, const char *doing)
{
    static const struct {
        int error;
        bloop_status status;
    } statuses[] = {
        { ENOENT, BLOOP_NOT_FOUND },
        { ENOTDIR, BLOOP_NOT_FOUND },
        { EACCES, BLOOP_PERMISSION },
        { EPERM, BLOOP_PERMISSION },
        { EROFS, BLOOP_PERMISSION },
        { ENOSPC, BLOOP_DISK_FULL },
        { EDQUOT, BLOOP_DISK_FULL },
        { EFBIG, BLOOP_DISK_FULL },
        { ENOMEM, BLOOP_NO_MEMORY },
        { EISDIR, BLOOP_NOT_A_STORE },
        { ENAMETOOLONG, BLOOP_INVALID_ARGUMENT },
        { ELOOP, BLOOP_INVALID_ARGUMENT },
        { EBUSY, BLOOP_BUSY },
        { ETXTBSY, BLOOP_BUSY },
    };
    bloop_status status = BLOOP_IO;
    for (size_t i = 0; i < BL_COUNT_OF(statuses); i++)
        if (statuses[i].error == error)
            status = statuses[i].status;
    return bl_error(status, "%s: %s failed: %s", path, doing, strerrordesc_np(error));
}

/* The real path of a file that is not there: its folder's, and its name. */
static bloop_status resolve_new(const char *path, char *real)
{
    char folder[PATH_MAX];
    size_t size = strlen(path);
    if (size >= sizeof folder)
        return bl_file_error(path, ENAMETOOLONG, "finding it");
    memcpy(folder, path, size + 1);
    char *slash = strrchr(folder, '/');
    const char *name = slash ? slash + 1 : folder;
    if (!*name)
        return bl_error(BLOOP_NOT_FOUND, "%s: there is no such folder, and a store is a file", path);
    if (!slash) {
        name = path;
        memcpy(folder, ".", 2);
    } else {
        name = path + (name - folder);
        slash[slash == folder] = '\0';
    }
    if (!realpath(folder, real))
        return bl_file_error(path, errno, "finding its folder");
    size_t at = strlen(real);
    if (at + 1 + strlen(name) + sizeof "-lock" > PATH_MAX)
        return bl_file_error(path, ENAMETOOLONG, "finding it");
    if (at > 1)
        real[at++] = '/';
    memcpy(real + at, name, strlen(name) + 1);
    return BLOOP_OK;
}

static bloop_status open_to_look(const char *path, bool read_only, int *fd, off_t *size)
{
    struct stat file;
    if (stat(path, &file) != 0)
        return bl_file_error(path, errno, "looking at it");
    if (!S_ISREG(file.st_mode))
        return bl_error(BLOOP_NOT_A_STORE, "%s is %s; a store is a file", path,
                        S_ISDIR(file.st_mode) ? "a folder" : "no regular file");
    *fd = open(path, (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NONBLOCK);
    if (*fd < 0)
        return bl_file_error(path, errno, read_only ? "opening it for reading" : "opening it for writing");
    *size = file.st_size;
    return BLOOP_OK;
}

static bloop_status judge(const char *path, int fd, off_t size, meta_page metas[2], size_t *used_bytes)
{
    bloop_status status = read_metas(path, fd, size, metas);
    if (status != BLOOP_OK)
        return status;
    const meta_page *newest = NULL;
    const char *fault = find_fault(metas, &newest);
    size_t page_size = metas[0].trees[0].pad;
    if (!fault && newest->last_page >= SIZE_MAX / page_size - 1)
        fault = "the last page is no possible one";
    if (fault)
        return bl_error(BLOOP_CORRUPT, "%s has damaged meta pages: %s", path, fault);
    size_t used = (newest->last_page + 1) * page_size;
    const bl_free_tree free_pages = { newest->trees[0].root, newest->trees[0].depth, newest->last_page };
    if ((uintmax_t)size < used && !bl_file_ends_in_free_pages(fd, (size_t)size, page_size, &free_pages))
        return bl_error(BLOOP_CORRUPT, "%s is shorter than it should be: %jd bytes, and %zu are in use", path,
                        (intmax_t)size, used);
    fault = bl_file_root_fault(fd, page_size, newest->last_page, newest->trees);
    if (fault)
        return bl_error(BLOOP_CORRUPT, "%s is damaged: %s", path, fault);
    *used_bytes = used;
    return BLOOP_OK;
}

static bloop_status read_metas(const char *path, int fd, off_t size, meta_page metas[2])
{
    if (size == 0)
        return bl_error(BLOOP_NOT_A_STORE, "%s is empty: remove it, and it will be created as a store", path);
    ssize_t got = pread(fd, &metas[0], sizeof metas[0], 0);
    if (got < 0)
        return bl_file_error(path, errno, "reading it");
    if ((size_t)got < sizeof metas[0] || metas[0].magic != LMDB_MAGIC)
        return bl_error(BLOOP_NOT_A_STORE, "%s is not a store", path);
    if (metas[0].version != LMDB_VERSION)
        return bl_error(BLOOP_INCOMPATIBLE, "%s is an LMDB file of format %u; this library knows format %d", path,
                        metas[0].version, LMDB_VERSION);
    size_t page_size = metas[0].trees[0].pad;
    if (page_size < 512 || page_size > 65536 || (page_size & (page_size - 1)) != 0)
        return bl_error(BLOOP_CORRUPT, "%s has damaged meta pages: the page size is no possible one", path);
    got = pread(fd, &metas[1], sizeof metas[1], (off_t)page_size);
    if (got < 0)
        return bl_file_error(path, errno, "reading it");
    if ((size_t)got < sizeof metas[1] || (uintmax_t)size < 2 * page_size)
        return bl_error(BLOOP_CORRUPT, "%s is shorter than it should be: it ends in its meta pages", path);
    return BLOOP_OK;
}

/* The rule that the meta pages break; NULL when they break none. LMDB takes the one with the higher number, and expects
   even numbers in the first page and odd ones in the second. */
static const char *find_fault(const meta_page metas[2], const meta_page **newest)
{
    for (int i = 0; i < 2; i++) {
        if (!(metas[i].head.flags & BL_PAGE_META))
            return "a page is no meta page";
        if (metas[i].magic != LMDB_MAGIC || metas[i].version != LMDB_VERSION)
            return "their magic numbers differ";
        if (metas[i].trees[0].pad != metas[0].trees[0].pad)
            return "their page sizes differ";
    }
    const meta_page *meta = &metas[metas[0].transaction < metas[1].transaction];
    if (meta != &metas[meta->transaction & 1])
        return "their transaction numbers are not in turn";
    if (meta->last_page < 1)
        return "the last page is no possible one";
    *newest = meta;
    return NULL;
}
