/* What an environment is made of, for the files that make it up: env.c (the table of open files), env_file.c, env_free.c,
   env_roots.c and env_create.c (files), env_open.c (LMDB and its map), env_header.c, env_read.c and env_write.c (transactions). */
#ifndef BL_STORE_ENV_STATE_PRIVATE_H
#define BL_STORE_ENV_STATE_PRIVATE_H

#include "env_pages_private.h"
#include "env_private.h"

#include <sys/types.h>

/* A place for one reader at a time, on a cache line of its own. Who has taken it owns its transaction and cursor. */
typedef struct bl_reader_slot {
    _Atomic uint32_t taken;
    MDB_txn *txn;       /* reset, to be renewed; NULL when there is none yet */
    MDB_cursor *cursor; /* of txn */
    char pad[64 - sizeof(uint64_t) - 2 * sizeof(void *)];
} bl_reader_slot;

typedef struct bl_reader_pool {
    void *memory; /* of slots, which are aligned inside it */
    bl_reader_slot *slots;
    uint32_t count;
    uint32_t kept; /* the first so many keep their transaction, and with it a place in the file's reader table */
    _Atomic uint32_t gate;    /* not 0: no reader may enter, since the map is about to change */
    _Atomic uint32_t wanting; /* threads that wait for a slot */
    pthread_mutex_t lock;     /* for waiting alone: no reader takes it unless somebody waits */
    pthread_cond_t freed;     /* a slot was given back while somebody was wanting one */
    pthread_cond_t drained;   /* a slot was given back while the gate was shut */
    pthread_cond_t opened;    /* the gate was opened */
} bl_reader_pool;

struct bl_env {
    struct bl_env *next; /* in the table of env.c */
    char *path;          /* without symbolic links; for memory: what messages call it */
    bool memory, read_only;
    bloop_durability durability;
    size_t map_wanted;    /* options.map_bytes */
    unsigned max_readers; /* options.max_readers */
    dev_t device;
    ino_t inode;
    unsigned users;
    unsigned long generation; /* of the process that opened it: see bl_env_forked */

    MDB_env *lmdb; /* NULL after a fatal error whose repair failed */
    MDB_dbi main, data;
    size_t reserved; /* address space counted for this map */
    uint8_t hash_key[16];
    uint64_t compatible; /* feature bits of the header */

    size_t looked_at;           /* the last page when dead readers were looked for */
    pthread_mutex_t write_lock; /* this process's one writer, or who changes the map */
    bl_reader_pool readers;

    void *shared;
    void (*unmake)(void *shared);
};

/* env.c */
extern _Atomic unsigned long bl_env_process; /* counts forks: a child's is another than its parent's */
static inline bool bl_env_forked(const bl_env *env)
{
    return BL_UNLIKELY(env->generation != atomic_load_explicit(&bl_env_process, memory_order_relaxed));
}
bloop_status bl_env_forked_error(const bl_env *env);

/* env_file.c. The state of a path: its real name in `real` (PATH_MAX bytes), whether a file is there. A missing file is
   no error here; a missing folder is. */
bloop_status bl_file_resolve(const char *path, char *real, bool *exists);
/* Looks at a file before LMDB does, which believes what it reads: type, size, both meta pages and the roots that they
   lead to. Tells what the file needs of the map. */
bloop_status bl_file_check(const char *path, bool read_only, size_t *used_bytes);
bloop_status bl_file_sync_folder(const char *path); /* of the file `path` */
/* Gives the standard streams that the process was started without to /dev/null: a store's file would else get one of
   their numbers, and whatever is printed would be written into it. */
void bl_file_keep_from_streams(void);
/* The status and message of a failed system call on `path`. */
bloop_status bl_file_error(const char *path, int error, const char *doing);

/* env_free.c. LMDB's tree of free pages, as a meta page tells of it. */
typedef struct bl_free_tree {
    size_t root;
    unsigned depth;
    size_t last_page;
} bl_free_tree;
/* Whether all pages from the end of a file to its last one are free, so that the file lacks nothing. False when that can't
   be told. */
bool bl_file_ends_in_free_pages(int fd, size_t file_size, size_t page_size, const bl_free_tree *tree);

/* env_roots.c. The rule that one of a file's roots breaks; NULL when they break none. `trees` are those of a meta page. */
const char *bl_file_root_fault(int fd, size_t page_size, size_t last_page, const bl_tree_head trees[2]);

/* env_create.c. Makes a complete, synced store appear under a name; a file that is there already is no error. */
bloop_status bl_file_create(const char *path);
/* A store in a new folder, for memory; and its end: LMDB has the files open and needs no names, and without names
   nothing is left behind, however the process ends. */
bloop_status bl_memory_create(char *folder, size_t size, char *path, size_t path_size);
void bl_memory_unlink(const char *folder, const char *path);

/* env_open.c */
bloop_status bl_lmdb_open(bl_env *env, const char *path, size_t used_bytes);
void bl_lmdb_close(bl_env *env);
/* After a fatal error of LMDB: closes and opens it. The write lock is held. */
bloop_status bl_lmdb_reopen(bl_env *env);
/* Makes the map cover what another process wrote (grow: makes it larger too). The write lock is held. */
bloop_status bl_lmdb_remap(bl_env *env, bool grow);

/* env_header.c */
/* Writes the header of a new file, in a transaction of its own; only path and lmdb of `env` are looked at. */
bloop_status bl_header_write(bl_env *env);
bloop_status bl_header_read(bl_env *env);
/* Why a file that has no database of items is no store that can be opened: always a failure. */
bloop_status bl_header_refuse(bl_env *env, MDB_txn *txn);

/* env_read.c */
bloop_status bl_readers_init(bl_env *env);
void bl_readers_free(bl_env *env);
void bl_readers_shut(bl_env *env); /* waits until no reader of this process is inside */
void bl_readers_open(bl_env *env);
void bl_readers_drop(bl_env *env); /* ends the pooled transactions; the gate is shut, or nobody else is there */
/* All places of the file's reader table are taken: clears those of dead processes, or waits a little. BLOOP_BUSY after
   so many attempts. */
bloop_status bl_readers_full(bl_env *env, unsigned attempt);

/* How often a beginning is mended before it is given up: each time is another process growing the file in between. */
#define BL_ENV_MENDINGS 100
/* env_write.c: what both kinds of beginning do about a failure that can be mended. The write lock is held. */
bloop_status bl_env_mend(bl_env *env, int code, unsigned attempt, const char *doing);

#endif
