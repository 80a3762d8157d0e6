/* The environments of this process: one a file, found by device and inode, shared and counted. LMDB demands it: a
   second environment on one file in a process would drop the first one's locks. */
#include "env_state_private.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>

_Atomic unsigned long bl_env_process = 1;

/* Guards the table, opening, and closing to its end: the same file must not be opened while it is being closed. */
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static bl_env *table;
static pthread_once_t fork_once = PTHREAD_ONCE_INIT;
static int fork_watched;

static void watch_forks(void);
static bloop_status acquire(const bloop_store_options *options, bl_env **out);
static bloop_status acquire_file(const bloop_store_options *options, bl_env **out);
static bloop_status acquire_memory(const bloop_store_options *options, bl_env **out);
static bl_env *find(const struct stat *file);
static bloop_status share(bl_env *env, const bloop_store_options *options, bl_env **out);
static bloop_status refuse_replaced(const char *path);
static bloop_status new_env(const bloop_store_options *options, const char *path, bl_env **out);
static bloop_status open_env(bl_env *env, const char *path, size_t used_bytes);
static void close_env(bl_env *env);
static void free_env(bl_env *env);
static void forget(const bl_env *env);

bloop_status bl_env_acquire(const bloop_store_options *options, bl_env **out)
{
    (void)pthread_once(&fork_once, watch_forks);
    if (fork_watched != 0)
        return bl_error(BLOOP_NO_MEMORY, "out of memory while preparing for forks");
    (void)pthread_mutex_lock(&table_lock);
    bloop_status status = acquire(options, out);
    (void)pthread_mutex_unlock(&table_lock);
    return status;
}

void bl_env_release(bl_env *env)
{
    /* In a forked child everything is a copy of the parent's, caught at any moment: it stays as it is, in the table. */
    if (!env || bl_env_forked(env))
        return;
    (void)pthread_mutex_lock(&table_lock);
    if (--env->users == 0) {
        if (env->unmake)
            env->unmake(env->shared);
        forget(env);
        close_env(env);
        free_env(env);
    }
    (void)pthread_mutex_unlock(&table_lock);
}

const uint8_t *bl_env_hash_key(const bl_env *env)
{
    return env->hash_key;
}

bool bl_env_read_only(const bl_env *env)
{
    return env->read_only;
}

const char *bl_env_path(const bl_env *env)
{
    return env->path;
}

bloop_status bl_env_shared(bl_env *env, bloop_status (*make)(bl_env *env, void **out), void (*unmake)(void *shared),
                           void **out)
{
    if (bl_env_forked(env))
        return bl_env_forked_error(env);
    (void)pthread_mutex_lock(&table_lock);
    bloop_status status = BLOOP_OK;
    if (!env->unmake) {
        status = make(env, &env->shared);
        if (status == BLOOP_OK)
            env->unmake = unmake;
    }
    if (status == BLOOP_OK)
        *out = env->shared;
    (void)pthread_mutex_unlock(&table_lock);
    return status;
}

bloop_status bl_env_forked_error(const bl_env *env)
{
    return bl_error(BLOOP_FORKED, "%s was opened by the parent of this process; a child has to open it itself",
                    env->path);
}

/* The lock is held across a fork, so that a child finds the table whole. */
static void before_fork(void)
{
    (void)pthread_mutex_lock(&table_lock);
}

static void after_fork_in_parent(void)
{
    (void)pthread_mutex_unlock(&table_lock);
}

static void after_fork_in_child(void)
{
    atomic_fetch_add(&bl_env_process, 1);
    (void)pthread_mutex_unlock(&table_lock);
}

static void watch_forks(void)
{
    fork_watched = pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

static bloop_status acquire(const bloop_store_options *options, bl_env **out)
{
    bl_file_keep_from_streams();
    return options->path ? acquire_file(options, out) : acquire_memory(options, out);
}

static bloop_status acquire_file(const bloop_store_options *options, bl_env **out)
{
    char path[PATH_MAX];
    bool exists = false;
    bloop_status status = bl_file_resolve(options->path, path, &exists);
    if (status != BLOOP_OK)
        return status;
    if (!exists && options->read_only)
        return bl_error(BLOOP_NOT_FOUND, "%s does not exist, and a store that is only read is not created", path);
    if (!exists) {
        status = bl_file_create(path);
        if (status != BLOOP_OK)
            return status;
    }
    struct stat file;
    if (stat(path, &file) != 0)
        return bl_file_error(path, errno, "looking at it");
    bl_env *known = find(&file);
    if (known)
        return share(known, options, out);
    size_t used_bytes = 0;
    status = bl_file_check(path, options->read_only, &used_bytes);
    if (status == BLOOP_OK)
        status = refuse_replaced(path);
    bl_env *env = NULL;
    if (status == BLOOP_OK)
        status = new_env(options, path, &env);
    if (status == BLOOP_OK)
        status = open_env(env, path, used_bytes);
    if (status != BLOOP_OK)
        return status;
    if (env->device != file.st_dev || env->inode != file.st_ino) {
        forget(env);
        close_env(env);
        free_env(env);
        return bl_error(BLOOP_BUSY, "%s was replaced by another file while it was being opened", path);
    }
    *out = env;
    return BLOOP_OK;
}

static bloop_status acquire_memory(const bloop_store_options *options, bl_env **out)
{
    char folder[PATH_MAX], path[PATH_MAX + 8];
    if (options->read_only)
        return bl_error(BLOOP_INVALID_ARGUMENT, "a store in memory is always new: it can't be opened for reading only");
    bl_env *env = NULL;
    bloop_status status = new_env(options, "the store in memory", &env);
    if (status != BLOOP_OK)
        return status;
    env->memory = true;
    env->durability = BLOOP_DURABLE_LATER;
    status = bl_memory_create(folder, sizeof folder, path, sizeof path);
    if (status != BLOOP_OK) {
        free_env(env);
        return status;
    }
    status = open_env(env, path, 0);
    bl_memory_unlink(folder, path);
    if (status == BLOOP_OK)
        *out = env;
    return status;
}

static bl_env *find(const struct stat *file)
{
    for (bl_env *env = table; env; env = env->next)
        if (!bl_env_forked(env) && !env->memory && env->device == file->st_dev && env->inode == file->st_ino)
            return env;
    return NULL;
}

static bloop_status share(bl_env *env, const bloop_store_options *options, bl_env **out)
{
    if (env->read_only != options->read_only)
        return bl_error(BLOOP_BUSY, "%s is open in this process %s, and can't be opened %s at the same time", env->path,
                        env->read_only ? "for reading only" : "for writing",
                        env->read_only ? "for writing" : "for reading only");
    if (env->durability != options->durability)
        return bl_error(BLOOP_BUSY, "%s is open in this process with another durability", env->path);
    env->users++;
    *out = env;
    return BLOOP_OK;
}

/* Two files that had this path one after the other would share one lock file, and so each other's readers. */
static bloop_status refuse_replaced(const char *path)
{
    for (const bl_env *env = table; env; env = env->next)
        if (!bl_env_forked(env) && !env->memory && strcmp(env->path, path) == 0)
            return bl_error(BLOOP_BUSY, "%s was replaced by another file while this process has it open", path);
    return BLOOP_OK;
}

static bloop_status new_env(const bloop_store_options *options, const char *path, bl_env **out)
{
    bl_env *env = bl_alloc_zeroed(1, sizeof *env);
    if (!env)
        return BLOOP_NO_MEMORY;
    env->path = bl_copy_text(path);
    if (!env->path) {
        bl_free(env);
        return BLOOP_NO_MEMORY;
    }
    env->read_only = options->read_only;
    env->durability = options->durability;
    env->map_wanted = options->map_bytes;
    env->max_readers = options->max_readers;
    env->generation = atomic_load(&bl_env_process);
    env->users = 1;
    (void)pthread_mutex_init(&env->write_lock, NULL);
    *out = env;
    return BLOOP_OK;
}

/* Opens a new environment and puts it into the table; frees it on failure. */
static bloop_status open_env(bl_env *env, const char *path, size_t used_bytes)
{
    bloop_status status = bl_lmdb_open(env, path, used_bytes);
    if (status == BLOOP_OK)
        status = bl_readers_init(env);
    if (status == BLOOP_OK)
        status = bl_header_read(env);
    if (status != BLOOP_OK) {
        close_env(env);
        free_env(env);
        return status;
    }
    env->next = table;
    table = env;
    return BLOOP_OK;
}

static void close_env(bl_env *env)
{
    bl_readers_free(env);
    bl_lmdb_close(env);
}

static void free_env(bl_env *env)
{
    (void)pthread_mutex_destroy(&env->write_lock);
    bl_free(env->path);
    bl_free(env);
}

static void forget(const bl_env *env)
{
    for (bl_env **at = &table; *at; at = &(*at)->next)
        if (*at == env) {
            *at = env->next;
            return;
        }
}
