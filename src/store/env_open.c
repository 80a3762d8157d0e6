/* LMDB's environment inside ours: opening it with a map as large as makes sense, making the map larger, and opening it
   anew when LMDB has given up on itself. */
#include "env_state_private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SMALLEST_MAP    ((size_t)1 << 20)
#define DEFAULT_READERS 1022 /* with its head, LMDB's reader table is then 64 KB */

/* The bytes of a reader's place in the lock file, and the places that its head has the size of. */
#define LOCK_READER 64
#define LOCK_HEAD   4

/* What one file may have, and what all of this process may have together: address space is finite too, and threads and
   allocators need the rest. The thread sanitizer has shadow for little of it. */
#if defined(__SANITIZE_THREAD__)
#    define HAS_FEW_SHADOWS 1
#elif defined(__has_feature)
#    if __has_feature(thread_sanitizer)
#        define HAS_FEW_SHADOWS 1
#    endif
#endif
#if SIZE_MAX <= UINT32_MAX
#    define MAP_LARGEST ((size_t)1 << 29)
#    define MAP_BUDGET  ((size_t)1 << 30)
#elif defined(HAS_FEW_SHADOWS)
#    define MAP_LARGEST ((size_t)1 << 34)
#    define MAP_BUDGET  ((size_t)1 << 38)
#else
#    define MAP_LARGEST ((size_t)1 << 40)
#    define MAP_BUDGET  ((size_t)1 << 45)
#endif
/* A map is at most this part of what is left of the budget, so that something always is. */
#define MAP_SHARE 8

static _Atomic size_t reserved; /* by all environments of the process */
static _Atomic size_t budget = MAP_BUDGET;

static bloop_status allocate_lock_file(const bl_env *env, const char *path);
static bloop_status open_once(bl_env *env, const char *path, size_t map_bytes);
static bloop_status configure(bl_env *env, size_t map_bytes);
static bloop_status look_inside(bl_env *env);
static bloop_status open_databases(bl_env *env);
static bloop_status begin_looking(bl_env *env, MDB_txn **out);
static bool lock_file_is_refused(int code);
static size_t reservable(const bl_env *env, const char *path, size_t used_bytes);
static size_t share(void);
static bool can_map(int fd, size_t size);
static bloop_status enlarge_map(bl_env *env, bool grow);
static void count_reserved(bl_env *env, size_t size);
static size_t round_up(size_t size);

bloop_status bl_lmdb_open(bl_env *env, const char *path, size_t used_bytes)
{
    size_t map_bytes = reservable(env, path, used_bytes);
    if (map_bytes == 0)
        return bl_error(BLOOP_NO_MEMORY, "%s: the system gives no address space to map its %zu bytes", env->path,
                        used_bytes);
    bloop_status status = allocate_lock_file(env, path);
    if (status == BLOOP_OK)
        status = open_once(env, path, map_bytes);
    if (status != BLOOP_OK)
        bl_lmdb_close(env);
    return status;
}

void bl_lmdb_close(bl_env *env)
{
    /* Whoever syncs later has done so when the file is closed. */
    if (env->lmdb && env->durability == BLOOP_DURABLE_LATER && !env->memory && !env->read_only)
        (void)mdb_env_sync(env->lmdb, 1);
    if (env->lmdb)
        mdb_env_close(env->lmdb);
    env->lmdb = NULL;
    count_reserved(env, 0);
}

bloop_status bl_lmdb_reopen(bl_env *env)
{
    if (env->memory)
        return bl_error(BLOOP_IO, "the store in memory failed for good; its contents are lost");
    bl_readers_shut(env);
    bl_readers_drop(env);
    bl_lmdb_close(env);
    struct stat file;
    size_t used_bytes = 0;
    bloop_status status = bl_file_check(env->path, env->read_only, &used_bytes);
    if (status == BLOOP_OK && (stat(env->path, &file) != 0 || file.st_ino != env->inode || file.st_dev != env->device))
        status = bl_error(BLOOP_IO, "%s was replaced by another file while it was open", env->path);
    if (status == BLOOP_OK)
        status = bl_lmdb_open(env, env->path, used_bytes);
    bl_readers_open(env);
    return status;
}

bloop_status bl_lmdb_remap(bl_env *env, bool grow)
{
    bl_readers_shut(env);
    bloop_status status = enlarge_map(env, grow);
    bl_readers_open(env);
    return status;
}

/* LMDB maps a lock file that is all hole, and a process that writes to a hole of a full disk dies of SIGBUS: so its blocks
   are made sure of beforehand. Its size stays as it is, since that tells other processes how many readers there may be.
   What else is wrong with the file, LMDB says. */
static bloop_status allocate_lock_file(const bl_env *env, const char *path)
{
    char name[PATH_MAX + 8];
    unsigned readers = env->max_readers ? env->max_readers : DEFAULT_READERS;
    (void)snprintf(name, sizeof name, "%s-lock", path);
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0)
        return BLOOP_OK;
    int failed = fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, ((off_t)readers + LOCK_HEAD) * LOCK_READER);
    int error = errno;
    (void)close(fd);
    if (failed && (error == ENOSPC || error == EDQUOT))
        return bl_file_error(env->path, error, "making its lock file");
    return BLOOP_OK;
}

static bloop_status open_once(bl_env *env, const char *path, size_t map_bytes)
{
    /* Read-ahead stays on: a cold scan of a file that fits into memory is five times as fast with it. */
    const unsigned flags = MDB_NOSUBDIR | MDB_NOTLS | (env->read_only ? MDB_RDONLY : 0) |
                           (env->durability == BLOOP_DURABLE_LATER ? MDB_NOSYNC : 0);
    bloop_status status = configure(env, map_bytes);
    if (status != BLOOP_OK)
        return status;
    int code = mdb_env_open(env->lmdb, path, flags, 0666);
    if (code != 0 && env->read_only && lock_file_is_refused(code)) {
        /* Who may not write the lock file can't tell writers what it reads. It reads all the same: nobody may be writing
           then, which docs say; what a writer does to it shows as a checksum that is wrong. */
        mdb_env_close(env->lmdb);
        env->lmdb = NULL;
        status = configure(env, map_bytes);
        if (status != BLOOP_OK)
            return status;
        code = mdb_env_open(env->lmdb, path, flags | MDB_NOLOCK, 0666);
    }
    if (code != 0)
        return bl_env_error(env, code, "opening it");
    count_reserved(env, map_bytes);
    return look_inside(env);
}

static bloop_status configure(bl_env *env, size_t map_bytes)
{
    int code = mdb_env_create(&env->lmdb);
    if (code != 0) {
        env->lmdb = NULL;
        return bl_env_error(env, code, "opening it");
    }
    (void)mdb_env_set_mapsize(env->lmdb, map_bytes);
    (void)mdb_env_set_maxdbs(env->lmdb, 1);
    (void)mdb_env_set_maxreaders(env->lmdb, env->max_readers ? env->max_readers : DEFAULT_READERS);
    return BLOOP_OK;
}

/* What only an open environment tells: the file's identity, the databases' numbers; and who else has died in it. */
static bloop_status look_inside(bl_env *env)
{
    mdb_filehandle_t fd;
    (void)mdb_env_get_fd(env->lmdb, &fd);
    /* LMDB leaves this one open for programs that are executed. */
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    struct stat file;
    if (fstat(fd, &file) != 0)
        return bl_file_error(env->path, errno, "looking at it");
    env->device = file.st_dev;
    env->inode = file.st_ino;
    int dead = 0;
    (void)mdb_reader_check(env->lmdb, &dead);
    return open_databases(env);
}

static bloop_status open_databases(bl_env *env)
{
    MDB_txn *txn = NULL;
    bloop_status status = begin_looking(env, &txn);
    if (status != BLOOP_OK)
        return status;
    int code = mdb_dbi_open(txn, NULL, 0, &env->main);
    if (code == 0)
        code = mdb_dbi_open(txn, BL_DATA_NAME, 0, &env->data);
    /* A commit, though of a transaction that only reads, keeps the numbers. */
    if (code == 0) {
        code = mdb_txn_commit(txn);
        return code == 0 ? BLOOP_OK : bl_env_error(env, code, "opening its databases");
    }
    status = code == MDB_NOTFOUND || code == MDB_INCOMPATIBLE ? bl_header_refuse(env, txn)
                                                              : bl_env_error(env, code, "opening its databases");
    mdb_txn_abort(txn);
    return status;
}

/* The first look at an open environment, which no other thread has yet. Other processes may take all places for readers
   meanwhile, or make the file larger than the map that was measured for it. */
static bloop_status begin_looking(bl_env *env, MDB_txn **out)
{
    for (unsigned attempt = 0;; attempt++) {
        bloop_status status = BLOOP_OK;
        int code = mdb_txn_begin(env->lmdb, NULL, MDB_RDONLY, out);
        if (code == 0)
            return BLOOP_OK;
        if (code == MDB_READERS_FULL)
            status = bl_readers_full(env, attempt);
        else if (code == MDB_MAP_RESIZED && attempt < BL_ENV_MENDINGS)
            status = enlarge_map(env, false);
        else
            status = bl_env_error(env, code, "reading it");
        if (status != BLOOP_OK)
            return status;
    }
}

static bool lock_file_is_refused(int code)
{
    return code == EACCES || code == EROFS || code == EPERM;
}

/* The size of a new map: what options ask for, or our share of the address space; halved while the system refuses. What
   it refused is remembered, so that all maps together leave something to threads and allocators under a limit too. */
static size_t reservable(const bl_env *env, const char *path, size_t used_bytes)
{
    size_t smallest = round_up(used_bytes > SMALLEST_MAP ? used_bytes : SMALLEST_MAP);
    size_t wanted = round_up(env->map_wanted ? env->map_wanted : share());
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    size_t size = wanted < smallest ? smallest : wanted;
    while (size > smallest && !can_map(fd, size))
        size = round_up(size / 2) > smallest ? round_up(size / 2) : smallest;
    if (size < wanted && !env->map_wanted) {
        atomic_store(&budget, atomic_load(&reserved) + size);
        size = round_up(share()) > smallest ? round_up(share()) : smallest;
    }
    bool possible = can_map(fd, size);
    (void)close(fd);
    return possible ? size : 0;
}

static size_t share(void)
{
    size_t all = atomic_load(&budget), taken = atomic_load(&reserved);
    size_t part = taken < all ? (all - taken) / MAP_SHARE : 0;
    return part < MAP_LARGEST ? part : MAP_LARGEST;
}

static bool can_map(int fd, size_t size)
{
    void *map = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        return false;
    (void)munmap(map, size);
    return true;
}

/* Makes the map cover the file, and (grow) more than it has: twice what is needed, or as near to that as the system lets.
   No reader of this process is inside. */
static bloop_status enlarge_map(bl_env *env, bool grow)
{
    MDB_envinfo info;
    MDB_stat stat;
    mdb_filehandle_t fd;
    (void)mdb_env_info(env->lmdb, &info);
    (void)mdb_env_stat(env->lmdb, &stat);
    (void)mdb_env_get_fd(env->lmdb, &fd);
    size_t used = (info.me_last_pgno + 1) * stat.ms_psize;
    if (!grow && used <= info.me_mapsize)
        return BLOOP_OK;
    size_t needed = round_up(grow ? info.me_mapsize + stat.ms_psize : used);
    size_t wanted = round_up((used > info.me_mapsize ? used : info.me_mapsize) * 2);
    /* Tried beforehand, beside the old map: LMDB gives that up first, and without any it is lost. */
    while (wanted > needed && !can_map(fd, wanted))
        wanted = round_up(needed + (wanted - needed) / 2) < wanted ? round_up(needed + (wanted - needed) / 2) : needed;
    if (!can_map(fd, wanted))
        return bl_error(BLOOP_DISK_FULL, "%s: the system gives no address space for more than %zu bytes", env->path,
                        info.me_mapsize);
    int code = mdb_env_set_mapsize(env->lmdb, wanted);
    if (code != 0)
        return bl_env_error(env, code, "making its map larger");
    count_reserved(env, wanted);
    return BLOOP_OK;
}

static void count_reserved(bl_env *env, size_t size)
{
    atomic_fetch_add(&reserved, size);
    atomic_fetch_sub(&reserved, env->reserved);
    env->reserved = size;
}

/* To a multiple of the largest page size of any machine. */
static size_t round_up(size_t size)
{
    return size > SIZE_MAX - 65536 ? SIZE_MAX & ~(size_t)65535 : (size + 65535) & ~(size_t)65535;
}
