/* New files. A store is built without a name, synced, and then named: so it appears whole or not at all, whoever else
   creates it at the same moment and whenever the power goes. */
#include "env_state_private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static bloop_status build(const char *built_as, const char *path);
static bloop_status create_unnamed(const char *path, int fd);
static bloop_status create_named(const char *path);
static bloop_status sync_file(int fd, const char *path);
static int open_unnamed(const char *path);

bloop_status bl_file_create(const char *path)
{
    int fd = open_unnamed(path);
    bloop_status status = fd >= 0 ? create_unnamed(path, fd) : create_named(path);
    if (fd >= 0)
        (void)close(fd);
    return status == BLOOP_OK ? bl_file_sync_folder(path) : status;
}

bloop_status bl_memory_create(char *folder, size_t size, char *path, size_t path_size)
{
    /* A file system that is memory, unless it is a small one (containers often have 64 MB there). */
    static const char shared_memory[] = "/dev/shm";
    static const uintmax_t enough = (uintmax_t)1 << 30;
    const char *parent = getenv("TMPDIR");
    struct statvfs system;
    if (!parent || !*parent) {
        bool roomy = access(shared_memory, W_OK | X_OK) == 0 && statvfs(shared_memory, &system) == 0 &&
                     (uintmax_t)system.f_bavail * system.f_frsize >= enough;
        parent = roomy ? shared_memory : "/tmp";
    }
    int length = snprintf(folder, size, "%s/bloop-XXXXXX", parent);
    if (length < 0 || (size_t)length >= size)
        return bl_file_error(parent, ENAMETOOLONG, "making a folder for a store in memory");
    if (!mkdtemp(folder))
        return bl_file_error(parent, errno, "making a folder for a store in memory");
    (void)snprintf(path, path_size, "%s/store", folder);
    bloop_status status = build(path, path);
    if (status != BLOOP_OK)
        bl_memory_unlink(folder, path);
    return status;
}

void bl_memory_unlink(const char *folder, const char *path)
{
    char lock[PATH_MAX + 32];
    (void)snprintf(lock, sizeof lock, "%s-lock", path);
    (void)unlink(path);
    (void)unlink(lock);
    (void)rmdir(folder);
}

/* A file without a name in the folder of `path`; -1 where the system has no such thing, or no /proc to name it by. */
static int open_unnamed(const char *path)
{
    char folder[PATH_MAX];
    size_t size = (size_t)(strrchr(path, '/') - path);
    memcpy(folder, path, size);
    memcpy(folder + size, "/", 2);
    if (access("/proc/self/fd", X_OK) != 0)
        return -1;
    return open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
}

static bloop_status create_unnamed(const char *path, int fd)
{
    char name[64];
    (void)snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    bloop_status status = build(name, path);
    if (status == BLOOP_OK)
        status = sync_file(fd, path);
    if (status != BLOOP_OK)
        return status;
    if (linkat(AT_FDCWD, name, AT_FDCWD, path, AT_SYMLINK_FOLLOW) != 0 && errno != EEXIST)
        return bl_file_error(path, errno, "creating it");
    return BLOOP_OK;
}

/* Under a temporary name beside it. Only here something can be left behind, by a process that dies in between. */
static bloop_status create_named(const char *path)
{
    char name[PATH_MAX + 32];
    uint8_t random[8];
    bloop_status status = bl_random(random, sizeof random);
    if (status != BLOOP_OK)
        return status;
    (void)snprintf(name, sizeof name, "%s.new-%016llx", path, (unsigned long long)bl_load_le64(random));
    int fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return bl_file_error(path, errno, "creating it");
    status = build(name, path);
    if (status == BLOOP_OK)
        status = sync_file(fd, path);
    if (status == BLOOP_OK && renameat2(AT_FDCWD, name, AT_FDCWD, path, RENAME_NOREPLACE) != 0 && errno != EEXIST)
        status = bl_file_error(path, errno, "creating it");
    (void)close(fd);
    (void)unlink(name);
    return status;
}

/* Nobody else knows the file yet, so LMDB needs no lock file. */
static bloop_status build(const char *built_as, const char *path)
{
    char name[PATH_MAX];
    (void)snprintf(name, sizeof name, "%s", path);
    bl_env env = { .path = name };
    int code = mdb_env_create(&env.lmdb);
    if (code != 0)
        return bl_env_error(&env, code, "creating it");
    (void)mdb_env_set_maxdbs(env.lmdb, 1);
    code = mdb_env_open(env.lmdb, built_as, MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOTLS | MDB_NOSYNC, 0666);
    bloop_status status = code == 0 ? bl_header_write(&env) : bl_env_error(&env, code, "creating it");
    mdb_env_close(env.lmdb);
    return status;
}

static bloop_status sync_file(int fd, const char *path)
{
    return fsync(fd) == 0 ? BLOOP_OK : bl_file_error(path, errno, "syncing it");
}
