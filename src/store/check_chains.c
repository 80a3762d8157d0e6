/* Long keys: every prefix id is named by one marker, and every marker's id has records. A marker is always made before
   those below it, so ids grow from the outside in, and one pass in physical order sees each marker before what it leads
   to. */
#include "check_private.h"
#include "record_chain_private.h"

/* A set of ids: open addressing, 0 is an empty place (ids begin at 1). */
typedef struct markers {
    uint64_t *ids;
    size_t count, capacity;
    uint64_t last; /* the greatest */
} markers;

static bloop_status pass(bl_check *check, MDB_cursor *cursor, markers *known);
static bloop_status check_next(bl_check *check, uint64_t last);
static bloop_status look_at(bl_check *check, const MDB_val *key, const MDB_val *value, markers *known, uint64_t *last);
static bloop_status add(bl_check *check, const MDB_val *key, const MDB_val *value, markers *known);
static bool is_known(const markers *known, uint64_t id);
static bloop_status make_room(markers *known);
static uint64_t *place_of(const markers *known, uint64_t id);

bloop_status bl_check_chains(bl_check *check)
{
    markers known = { 0 };
    MDB_cursor *cursor;
    int code = mdb_cursor_open(check->txn.txn, check->txn.data, &cursor);
    if (code != 0)
        return bl_env_error(check->txn.env, code, "reading records");
    bloop_status status = pass(check, cursor, &known);
    mdb_cursor_close(cursor);
    if (status == BLOOP_OK && known.count)
        status = check_next(check, known.last);
    bl_free(known.ids);
    return status;
}

static bloop_status pass(bl_check *check, MDB_cursor *cursor, markers *known)
{
    MDB_val key, value;
    uint64_t last = 0;
    size_t led = 0; /* ids that records were found under */
    int code = 0;
    for (MDB_cursor_op op = MDB_FIRST; (code = mdb_cursor_get(cursor, &key, &value, op)) == 0; op = MDB_NEXT) {
        uint64_t before = last;
        bloop_status status = look_at(check, &key, &value, known, &last);
        if (status != BLOOP_OK)
            return status;
        led += last != before;
    }
    if (code != MDB_NOTFOUND)
        return bl_check_failure(check, bl_env_error(check->txn.env, code, "reading records"), "long keys");
    if (led < known->count)
        bl_check_problem(check, "long keys: %zu markers lead to no record", known->count - led);
    return BLOOP_OK;
}

/* The id that the next marker will name must be of no other. */
static bloop_status check_next(bl_check *check, uint64_t last)
{
    static const uint8_t next_key[] = { BL_SPACE_FILE, 'p', 'r', 'e', 'f', 'i', 'x' };
    bl_bytes payload;
    bloop_status status =
        bl_record_get(&check->txn, (bl_bytes){ next_key, sizeof next_key }, BL_RECORD_NEXT_PREFIX, &payload);
    if (status != BLOOP_OK)
        return bl_check_failure(check, status, "long keys");
    if (!payload.data || payload.size != 8 || bl_load_le64(payload.data) <= last)
        bl_check_problem(check, "long keys: the id %llu is in use, and the next one to be given is not beyond it",
                         (unsigned long long)last);
    return BLOOP_OK;
}

static bloop_status look_at(bl_check *check, const MDB_val *key, const MDB_val *value, markers *known, uint64_t *last)
{
    const uint8_t *bytes = key->mv_data;
    if (key->mv_size >= BL_CHAIN_HEAD && bytes[0] == BL_SPACE_LONG) {
        uint64_t id = bl_load_be64(bytes + 1);
        if (id != *last && !is_known(known, id))
            bl_check_problem(check, "long keys: records under prefix %llu, to which no marker leads",
                             (unsigned long long)id);
        else
            *last = id;
    }
    return bl_is_marker(key) ? add(check, key, value, known) : BLOOP_OK;
}

static bloop_status add(bl_check *check, const MDB_val *key, const MDB_val *value, markers *known)
{
    uint64_t id = 0;
    bloop_status status = bl_marker_open(&check->txn, key, value, &id);
    if (status == BLOOP_OK && (id == 0 || is_known(known, id)))
        status = bl_record_damaged(&check->txn, key, "leads where another leads too");
    if (status != BLOOP_OK)
        return bl_check_failure(check, status, "long keys");
    status = make_room(known);
    if (status != BLOOP_OK)
        return status;
    *place_of(known, id) = id;
    known->count++;
    known->last = id > known->last ? id : known->last;
    return BLOOP_OK;
}

static bool is_known(const markers *known, uint64_t id)
{
    return known->count && *place_of(known, id) == id;
}

static bloop_status make_room(markers *known)
{
    if (2 * (known->count + 1) <= known->capacity)
        return BLOOP_OK;
    markers larger = { .count = known->count,
                       .capacity = known->capacity ? 2 * known->capacity : 1024,
                       .last = known->last };
    larger.ids = bl_alloc_zeroed(larger.capacity, sizeof *larger.ids);
    if (!larger.ids)
        return BLOOP_NO_MEMORY;
    for (size_t i = 0; i < known->capacity; i++)
        if (known->ids[i])
            *place_of(&larger, known->ids[i]) = known->ids[i];
    bl_free(known->ids);
    *known = larger;
    return BLOOP_OK;
}

/* Where an id is, or would be. */
static uint64_t *place_of(const markers *known, uint64_t id)
{
    size_t mask = known->capacity - 1;
    size_t i = (size_t)(id * 0x9E3779B97F4A7C15u >> 20) & mask;
    while (known->ids[i] && known->ids[i] != id)
        i = (i + 1) & mask;
    return &known->ids[i];
}
