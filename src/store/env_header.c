/* The header of a file: a record of its own, that says what the file is and what a reader of it has to understand.

   u64 magic, u32 version, u32 zero, u64 compatible features, u64 incompatible features, 16 bytes key of the hash.
   All little-endian. A later version may add bytes at the end. */
#include "env_state_private.h"
#include "record_private.h"

#define HEADER_MAGIC   0x45524f5453504c42U /* "BLPSTORE" */
#define HEADER_VERSION 1
#define HEADER_SIZE    48

/* The features that this version knows. A file with another compatible one can be read and written all the same; one
   with another incompatible one can't. */
#define KNOWN_INCOMPATIBLE 0U

static const uint8_t header_key[] = { BL_SPACE_FILE, 'h', 'e', 'a', 'd', 'e', 'r' };

static bloop_status put_header(bl_txn *txn);
static bloop_status find_header(const bl_env *env, bl_txn *txn, bl_bytes *out);
static bloop_status refuse_strange_database(const bl_env *env, const bl_txn *txn, MDB_dbi dbi);

bloop_status bl_header_write(bl_env *env)
{
    bl_txn txn = { .env = env, .writes = true };
    int code = mdb_txn_begin(env->lmdb, NULL, 0, &txn.txn);
    if (code != 0)
        return bl_env_error(env, code, "beginning its first transaction");
    bloop_status status = BLOOP_OK;
    code = mdb_dbi_open(txn.txn, NULL, 0, &txn.main);
    if (code == 0)
        code = mdb_dbi_open(txn.txn, BL_DATA_NAME, MDB_CREATE, &txn.data);
    if (code != 0)
        status = bl_env_error(env, code, "creating its databases");
    if (status == BLOOP_OK)
        status = put_header(&txn);
    if (status != BLOOP_OK) {
        mdb_txn_abort(txn.txn);
        return status;
    }
    code = mdb_txn_commit(txn.txn);
    return code == 0 ? BLOOP_OK : bl_env_error(env, code, "committing its first transaction");
}

bloop_status bl_header_read(bl_env *env)
{
    bl_txn txn;
    bloop_status status = bl_read_begin(env, &txn);
    if (status != BLOOP_OK)
        return status;
    bl_bytes header = { NULL, 0 };
    status = find_header(env, &txn, &header);
    if (status == BLOOP_OK)
        status = refuse_strange_database(env, &txn, txn.data);
    if (status == BLOOP_OK) {
        env->compatible = bl_load_le64(header.data + 16);
        memcpy(env->hash_key, header.data + 32, sizeof env->hash_key);
    }
    bl_read_end(&txn);
    return status;
}

bloop_status bl_header_refuse(bl_env *env, MDB_txn *txn)
{
    bl_bytes header;
    bl_txn looking = { .env = env, .txn = txn, .main = env->main };
    bloop_status status = find_header(env, &looking, &header);
    if (status != BLOOP_OK)
        return status;
    return bl_error(BLOOP_INCOMPATIBLE,
                    "%s has no database of items: it is of a form that stores had before their first release",
                    env->path);
}

static bloop_status put_header(bl_txn *txn)
{
    uint8_t header[HEADER_SIZE] = { 0 };
    bl_store_le64(header, HEADER_MAGIC);
    bl_store_le32(header + 8, HEADER_VERSION);
    bloop_status status = bl_random(header + 32, 16);
    if (status != BLOOP_OK)
        return status;
    return bl_record_put(txn, (bl_bytes){ header_key, sizeof header_key }, BL_RECORD_HEADER,
                         (bl_bytes){ header, sizeof header }, (bl_bytes){ NULL, 0 });
}

/* Our databases sort keys as bytes and have one value a key. */
static bloop_status refuse_strange_database(const bl_env *env, const bl_txn *txn, MDB_dbi dbi)
{
    unsigned flags = 0;
    int code = mdb_dbi_flags(txn->txn, dbi, &flags);
    if (code != 0 || flags != 0)
        return bl_error(BLOOP_NOT_A_STORE, "%s is an LMDB file of another program", env->path);
    return BLOOP_OK;
}

/* The header of a store that this version can read. */
static bloop_status find_header(const bl_env *env, bl_txn *txn, bl_bytes *out)
{
    bl_bytes header = { NULL, 0 };
    bloop_status status = refuse_strange_database(env, txn, txn->main);
    if (status == BLOOP_OK)
        status = bl_record_get(txn, (bl_bytes){ header_key, sizeof header_key }, BL_RECORD_HEADER, &header);
    if (status != BLOOP_OK)
        return status;
    if (!header.data)
        return bl_error(BLOOP_NOT_A_STORE, "%s is an LMDB file of another program: it has no store's header",
                        env->path);
    if (header.size < HEADER_SIZE || bl_load_le64(header.data) != HEADER_MAGIC)
        return bl_error(BLOOP_NOT_A_STORE, "%s has a header that is no store's", env->path);
    uint32_t version = bl_load_le32(header.data + 8);
    if (version != HEADER_VERSION)
        return bl_error(BLOOP_INCOMPATIBLE, "%s has format version %u; this library knows version %u", env->path,
                        version, HEADER_VERSION);
    uint64_t unknown = bl_load_le64(header.data + 24) & ~(uint64_t)KNOWN_INCOMPATIBLE;
    if (unknown)
        return bl_error(BLOOP_INCOMPATIBLE, "%s uses features that this library does not know (bits %#llx)", env->path,
                        (unsigned long long)unknown);
    *out = header;
    return BLOOP_OK;
}
