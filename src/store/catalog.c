/* The cache of descriptors: what a name meant at a snapshot, without asking the file. */
#include "catalog_private.h"

#include "facts_private.h"

enum { FIRST_CAPACITY = 64 };

static bool covers(const bl_catalog *catalog, uint64_t snapshot);
static bloop_status refresh(bl_catalog *catalog, bl_txn *txn, uint64_t snapshot);
static bl_table *look_up(const bl_catalog *catalog, const char *name);
static bloop_status remember(bl_catalog *catalog, bl_table *table);
static bloop_status make_room(bl_catalog *catalog);
static void place(bl_table **slots, size_t capacity, bl_table *table);
static void forget_all(bl_catalog *catalog);
static size_t hash_of(const char *name);

bloop_status bl_catalog_init(bl_catalog *catalog)
{
    *catalog = (bl_catalog){ 0 };
    if (pthread_mutex_init(&catalog->lock, NULL) != 0)
        return bl_error_no_memory(sizeof catalog->lock);
    return BLOOP_OK;
}

void bl_catalog_destroy(bl_catalog *catalog)
{
    forget_all(catalog);
    bl_free(catalog->slots);
    pthread_mutex_destroy(&catalog->lock);
}

bloop_status bl_catalog_find(bl_catalog *catalog, bl_txn *txn, const char *name, bl_table **out)
{
    uint64_t snapshot = txn->writes ? txn->id - 1 : txn->id;
    bl_table *found = NULL;
    pthread_mutex_lock(&catalog->lock);
    bool covered = covers(catalog, snapshot);
    if (BL_LIKELY(covered))
        found = look_up(catalog, name);
    pthread_mutex_unlock(&catalog->lock);
    if (BL_LIKELY(found != NULL)) {
        *out = found;
        return BLOOP_OK;
    }
    bloop_status status = covered ? BLOOP_OK : refresh(catalog, txn, snapshot);
    if (status != BLOOP_OK)
        return status;
    status = bl_table_read(txn, name, &found);
    if (status != BLOOP_OK || !found) {
        *out = NULL;
        return status;
    }
    pthread_mutex_lock(&catalog->lock);
    if (covers(catalog, snapshot))
        status = remember(catalog, found);
    pthread_mutex_unlock(&catalog->lock);
    if (status != BLOOP_OK)
        bl_table_release(found);
    else
        *out = found;
    return status;
}

void bl_catalog_committed(bl_catalog *catalog, uint64_t id, bool changed)
{
    pthread_mutex_lock(&catalog->lock);
    if (catalog->upto == id - 1 && !changed)
        catalog->upto = id;
    pthread_mutex_unlock(&catalog->lock);
}

static bool covers(const bl_catalog *catalog, uint64_t snapshot)
{
    return catalog->from <= snapshot && snapshot <= catalog->upto;
}

/* Asks the file for its catalog's version at a snapshot that the cache says nothing about. An older snapshot than the
   cache's, of a reader that began before a table was changed, is served without the cache. */
static bloop_status refresh(bl_catalog *catalog, bl_txn *txn, uint64_t snapshot)
{
    bl_facts facts;
    bloop_status status = bl_facts_read(txn, &facts);
    if (status != BLOOP_OK)
        return status;
    pthread_mutex_lock(&catalog->lock);
    if (catalog->upto == 0 || facts.catalog_version > catalog->version) {
        forget_all(catalog);
        catalog->version = facts.catalog_version;
        catalog->from = catalog->upto = snapshot;
    } else if (facts.catalog_version == catalog->version) {
        if (snapshot > catalog->upto)
            catalog->upto = snapshot;
        if (snapshot < catalog->from)
            catalog->from = snapshot;
    }
    pthread_mutex_unlock(&catalog->lock);
    return BLOOP_OK;
}

/* The table with a reference for the caller, or NULL. The lock is held. */
static bl_table *look_up(const bl_catalog *catalog, const char *name)
{
    if (!catalog->count)
        return NULL;
    size_t mask = catalog->capacity - 1;
    for (size_t i = hash_of(name) & mask; catalog->slots[i]; i = (i + 1) & mask)
        if (strcmp(catalog->slots[i]->about.definition.name, name) == 0)
            return bl_table_keep(catalog->slots[i]);
    return NULL;
}

/* Keeps a table for later, unless another thread was faster. The lock is held. */
static bloop_status remember(bl_catalog *catalog, bl_table *table)
{
    bl_table *known = look_up(catalog, table->about.definition.name);
    if (known) {
        bl_table_release(known);
        return BLOOP_OK;
    }
    bloop_status status = make_room(catalog);
    if (status != BLOOP_OK)
        return status;
    place(catalog->slots, catalog->capacity, bl_table_keep(table));
    catalog->count++;
    return BLOOP_OK;
}

static bloop_status make_room(bl_catalog *catalog)
{
    if (2 * (catalog->count + 1) <= catalog->capacity)
        return BLOOP_OK;
    size_t capacity = catalog->capacity ? 2 * catalog->capacity : FIRST_CAPACITY;
    bl_table **slots = bl_alloc_zeroed(capacity, sizeof *slots);
    if (!slots)
        return BLOOP_NO_MEMORY;
    for (size_t i = 0; i < catalog->capacity; i++)
        if (catalog->slots[i])
            place(slots, capacity, catalog->slots[i]);
    bl_free(catalog->slots);
    catalog->slots = slots;
    catalog->capacity = capacity;
    return BLOOP_OK;
}

static void place(bl_table **slots, size_t capacity, bl_table *table)
{
    size_t i = hash_of(table->about.definition.name) & (capacity - 1);
    while (slots[i])
        i = (i + 1) & (capacity - 1);
    slots[i] = table;
}

static void forget_all(bl_catalog *catalog)
{
    for (size_t i = 0; i < catalog->capacity; i++) {
        bl_table_release(catalog->slots[i]);
        catalog->slots[i] = NULL;
    }
    catalog->count = 0;
}

/* FNV-1a: names are short, and whoever can choose them can do worse than make them collide. */
static size_t hash_of(const char *name)
{
    uint64_t hash = 14695981039346656037u;
    for (; *name; name++)
        hash = (hash ^ (uint8_t)*name) * 1099511628211u;
    return (size_t)(hash ^ hash >> 32);
}
