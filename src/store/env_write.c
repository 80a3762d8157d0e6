/* Write transactions: one at a time among all processes, their end, and what went wrong. */
#include "env_state_private.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "record_private.h"

/* Dead readers are looked for each time the file has grown by so many pages. */
#define GROWTH 1024
/* A file system, or the file below its size limit, is full when less than this is left. */
#define NEARLY_FULL ((uintmax_t)1 << 20)

static bloop_status commit_error(bl_env *env, int code);
static void clear_dead_readers(bl_env *env);
static bool has_given_up(bl_env *env);
static bool is_full(const bl_env *env);

bloop_status bl_write_begin(bl_env *env, bl_txn *out)
{
    if (bl_env_forked(env))
        return bl_env_forked_error(env);
    if (env->read_only)
        return bl_error(BLOOP_READ_ONLY, "%s is open for reading only", env->path);
    (void)pthread_mutex_lock(&env->write_lock);
    bloop_status status = BLOOP_OK;
    for (unsigned attempt = 0; status == BLOOP_OK; attempt++) {
        MDB_txn *txn = NULL;
        int code = env->lmdb ? mdb_txn_begin(env->lmdb, NULL, 0, &txn) : MDB_PANIC;
        if (code == 0) {
            *out = (bl_txn){ .env = env, .txn = txn, .main = env->main, .data = env->data, .writes = true };
            out->id = mdb_txn_id(txn);
            return BLOOP_OK;
        }
        status = bl_env_mend(env, code, attempt, "beginning a change");
    }
    (void)pthread_mutex_unlock(&env->write_lock);
    return status;
}

bloop_status bl_write_commit(bl_txn *txn)
{
    bl_env *env = txn->env;
    if (bl_env_forked(env))
        return bl_env_forked_error(env);
    bloop_status status = bl_chain_store_next(txn);
    if (status != BLOOP_OK) {
        bl_write_abort(txn);
        return status;
    }
    int code = mdb_txn_commit(txn->txn);
    txn->txn = NULL;
    txn->cursor = NULL;
    txn->map_full = code == MDB_MAP_FULL;
    if (BL_UNLIKELY(code != 0))
        status = commit_error(env, code);
    else
        clear_dead_readers(env);
    (void)pthread_mutex_unlock(&env->write_lock);
    return status;
}

void bl_write_abort(bl_txn *txn)
{
    bl_env *env = txn->env;
    if (bl_env_forked(env))
        return;
    mdb_txn_abort(txn->txn);
    txn->txn = NULL;
    txn->cursor = NULL;
    (void)pthread_mutex_unlock(&env->write_lock);
}

bool bl_txn_map_full(const bl_txn *txn)
{
    return txn->map_full;
}

bloop_status bl_env_grow(bl_env *env)
{
    if (bl_env_forked(env))
        return bl_env_forked_error(env);
    (void)pthread_mutex_lock(&env->write_lock);
    bloop_status status = env->lmdb ? bl_lmdb_remap(env, true) : bl_lmdb_reopen(env);
    (void)pthread_mutex_unlock(&env->write_lock);
    return status;
}

bloop_status bl_env_mend(bl_env *env, int code, unsigned attempt, const char *doing)
{
    if (attempt >= BL_ENV_MENDINGS)
        return bl_env_error(env, code, doing);
    if (code == MDB_PANIC || !env->lmdb)
        return has_given_up(env) ? bl_lmdb_reopen(env) : BLOOP_OK;
    if (code == MDB_MAP_RESIZED)
        return bl_lmdb_remap(env, false);
    return bl_env_error(env, code, doing);
}

bloop_status bl_txn_error(bl_txn *txn, int code, const char *doing)
{
    if (code == MDB_MAP_FULL)
        txn->map_full = true;
    return bl_env_error(txn->env, code, doing);
}

bloop_status bl_env_error(bl_env *env, int code, const char *doing)
{
    static const struct {
        int code;
        bloop_status status;
        const char *text;
    } errors[] = {
        { MDB_PAGE_NOTFOUND, BLOOP_CORRUPT, "a page is missing" },
        { MDB_CORRUPTED, BLOOP_CORRUPT, "a page is damaged" },
        { MDB_CURSOR_FULL, BLOOP_CORRUPT, "the tree is too deep" },
        { MDB_PAGE_FULL, BLOOP_CORRUPT, "a page has less room than it says" },
        { MDB_PANIC, BLOOP_IO, "LMDB gave up after an earlier error" },
        { MDB_VERSION_MISMATCH, BLOOP_INCOMPATIBLE, "another version of LMDB is using it" },
        { MDB_INVALID, BLOOP_NOT_A_STORE, "it, or its lock file, is no LMDB file" },
        { MDB_MAP_FULL, BLOOP_DISK_FULL, "its map is full" },
        { MDB_MAP_RESIZED, BLOOP_BUSY, "other processes keep making it larger" },
        { MDB_READERS_FULL, BLOOP_BUSY, "other processes use all places for readers" },
        { MDB_TXN_FULL, BLOOP_LIMIT_EXCEEDED, "the transaction changes too many pages" },
        { MDB_BAD_VALSIZE, BLOOP_LIMIT_EXCEEDED, "a record is too large" },
        { MDB_BAD_RSLOT, BLOOP_IO, "its lock file was changed by something else" },
    };
    if (code > 0)
        return bl_file_error(env->path, code, doing);
    for (size_t i = 0; i < BL_COUNT_OF(errors); i++)
        if (errors[i].code == code)
            return bl_error(errors[i].status, "%s: %s failed: %s", env->path, doing, errors[i].text);
    return bl_error(BLOOP_INTERNAL, "%s: %s failed: %s", env->path, doing, mdb_strerror(code));
}

/* A commit writes pages, syncs them, and then writes the meta page through to the disk. Before that last step nothing
   has happened, as far as LMDB is concerned; when it fails LMDB gives up, since the disk may have the new one or the old
   one. LMDB says "input or output error" for a short write (a full disk) and for a failed sync: only the first is surely
   no change, since a system that failed to sync may have dropped what it was to write. */
static bloop_status commit_error(bl_env *env, int code)
{
    bloop_status status = bl_env_error(env, code, "committing a change");
    if (has_given_up(env)) {
        bl_error_copy cause;
        bl_error_save(&cause);
        if (bl_lmdb_reopen(env) != BLOOP_OK)
            (void)bl_error_context("%s; and then", cause.message);
        else
            (void)bl_error_restore(&cause);
        return bl_error_as(BLOOP_UNKNOWN_OUTCOME);
    }
    if (status != BLOOP_IO)
        return status;
    if (is_full(env))
        return bl_error(BLOOP_DISK_FULL, "%s: committing a change failed: no space is left for it", env->path);
    return bl_error_as(BLOOP_UNKNOWN_OUTCOME);
}

/* A reader that was killed keeps all pages of its snapshot from being used again, so that the file grows. So when the
   file has grown somebody may be dead. */
static void clear_dead_readers(bl_env *env)
{
    MDB_envinfo info;
    int dead = 0;
    if (mdb_env_info(env->lmdb, &info) != 0 || info.me_last_pgno < env->looked_at + GROWTH)
        return;
    env->looked_at = info.me_last_pgno;
    (void)mdb_reader_check(env->lmdb, &dead);
}

/* Whether LMDB refuses to go on, which only a beginning tells. */
static bool has_given_up(bl_env *env)
{
    MDB_txn *txn;
    if (!env->lmdb)
        return true;
    int code = mdb_txn_begin(env->lmdb, NULL, 0, &txn);
    if (code == 0)
        mdb_txn_abort(txn);
    return code == MDB_PANIC;
}

static bool is_full(const bl_env *env)
{
    mdb_filehandle_t fd;
    struct stat file;
    struct statvfs system;
    struct rlimit limit;
    if (mdb_env_get_fd(env->lmdb, &fd) != 0)
        return false;
    if (fstatvfs(fd, &system) == 0 && (uintmax_t)system.f_bavail * system.f_frsize < NEARLY_FULL)
        return true;
    return fstat(fd, &file) == 0 && getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
           (uintmax_t)file.st_size + NEARLY_FULL > limit.rlim_cur;
}
