/* Many reads in one call: BatchGetItem in portions of a hundred keys, several under way at once, each asking again for what
   the service leaves unprocessed. */
#include "crew_private.h"

#include "op/op.h"

/* How often in a row the service may leave a whole portion unprocessed. */
#define STALLS_AT_MOST 10

enum { DELIVERED = 1, SETTLED = 2 };

typedef struct get_run get_run;

/* One request under way, and what is left of it. */
typedef struct portion {
    get_run *run;
    bool busy;
    bl_call call;
    bloop_batch_get_result result;
    size_t asked[BL_MAX_BATCH_GET]; /* indexes of keys in the whole request */
    size_t count;
    bloop_batch_get_key keys[BL_MAX_BATCH_GET];
    bloop_batch_table tables[BL_MAX_BATCH_GET];
} portion;

struct get_run {
    bl_remote *remote;
    const bloop_batch_get_request *request;
    uint32_t in_flight;
    portion *portions; /* in_flight of them */
    size_t next;       /* the first key that was not asked for yet */
    uint8_t *flags;    /* of each key */
    bl_capacity_sum consumed;
    bl_error_copy first;
};

static bloop_status get_many(get_run *run, bloop_batch_get_result *out);
static bl_call *next_portion(void *context);
static void ask(portion *p);
static size_t list_tables(const portion *p, bloop_batch_table *tables);
static bloop_status read_portion(bl_call *call, const char *body, size_t size);
static bloop_status take_result(portion *p);
static bloop_status receive(void *context, size_t index, bloop_item item);
static void portion_done(void *context, bl_call *call);
static void name_unanswered(const get_run *run, bloop_batch_get_result *out);

bloop_status bl_remote_get_items(bloop_backend *base, const bloop_batch_get_request *request, bloop_in_flight in_flight,
                                 bloop_batch_get_result *out)
{
    bl_remote *remote = (bl_remote *)base;
    bloop_status status = bl_remote_begin(remote);
    if (status != BLOOP_OK)
        return status;
    size_t portions = (request->count + BL_MAX_BATCH_GET - 1) / BL_MAX_BATCH_GET;
    get_run run = { .remote = remote,
                    .request = request,
                    .consumed.memory = &out->memory,
                    .in_flight = in_flight ? in_flight : remote->terms.in_flight };
    if (run.in_flight > remote->terms.max_connections)
        run.in_flight = remote->terms.max_connections;
    if (run.in_flight > portions)
        run.in_flight = (uint32_t)portions;
    status = get_many(&run, out);
    bl_remote_end(remote);
    return status;
}

static bloop_status get_many(get_run *run, bloop_batch_get_result *out)
{
    run->portions = bl_alloc_zeroed(run->in_flight, sizeof *run->portions);
    run->flags = bl_alloc_zeroed(run->request->count, sizeof *run->flags);
    bloop_status status = run->portions && run->flags ? BLOOP_OK : BLOOP_NO_MEMORY;
    if (status == BLOOP_OK) {
        bl_work work = { .next = next_portion, .done = portion_done, .context = run };
        status = bl_crew_run(run->remote, run->in_flight, &work);
    }
    if (status == BLOOP_OK && run->first.status != BLOOP_OK)
        status = bl_error_restore(&run->first);
    out->capacity = run->consumed.tables;
    out->capacity_count = run->consumed.count;
    if (status != BLOOP_OK && run->flags)
        name_unanswered(run, out);
    bl_free(run->flags);
    bl_free(run->portions);
    return status;
}

/* After a failure no other portion begins. */
static bl_call *next_portion(void *context)
{
    get_run *run = context;
    if (run->next == run->request->count || run->first.status != BLOOP_OK)
        return NULL;
    portion *p = run->portions;
    while (p->busy)
        p++;
    p->run = run;
    p->busy = true;
    for (p->count = 0; p->count < BL_MAX_BATCH_GET && run->next < run->request->count; p->count++)
        p->asked[p->count] = run->next++;
    p->call = (bl_call){ 0 };
    ask(p);
    return &p->call;
}

/* Makes the call's request of the keys that are left. */
static void ask(portion *p)
{
    const bloop_batch_get_request *whole = p->run->request;
    for (size_t i = 0; i < p->count; i++)
        p->keys[i] = whole->keys[p->asked[i]];
    p->call.request.operation = BL_WIRE_BATCH_GET_ITEM;
    p->call.request.as.batch_get = (bloop_batch_get_request){
        .keys = p->keys,
        .count = p->count,
        .tables = p->tables,
        .table_count = list_tables(p, p->tables),
        .receive = receive,
        .context = p,
        .capacity = whole->capacity,
    };
    p->call.read = read_portion;
    p->call.out = p;
}

/* The options of the tables that the portion has keys of. */
static size_t list_tables(const portion *p, bloop_batch_table *tables)
{
    const bloop_batch_get_request *whole = p->run->request;
    size_t listed = 0;
    for (size_t i = 0; i < whole->table_count && listed < BL_MAX_BATCH_GET; i++) {
        bool wanted = false;
        for (size_t k = 0; !wanted && k < p->count; k++)
            wanted =
                p->keys[k].table == whole->tables[i].table || strcmp(p->keys[k].table, whole->tables[i].table) == 0;
        if (wanted)
            tables[listed++] = whole->tables[i];
    }
    return listed;
}

static bloop_status read_portion(bl_call *call, const char *body, size_t size)
{
    portion *p = call->out;
    p->result = (bloop_batch_get_result){ 0 };
    bloop_status status = bl_wire_read_batch_get_response(body, size, &call->request.as.batch_get, &p->result);
    call->capacity = bl_capacity_units(p->result.capacity, p->result.capacity_count);
    bool wanted = p->run->request->capacity != BLOOP_CAPACITY_NONE;
    for (size_t i = 0; status == BLOOP_OK && wanted && i < p->result.capacity_count; i++)
        status = bl_capacity_add(&p->run->consumed, &p->result.capacity[i]);
    if (status == BLOOP_OK)
        status = take_result(p);
    bloop_result_free(&p->result.memory);
    return status;
}

/* All keys but the unprocessed ones are settled, found or not; these are asked for next. */
static bloop_status take_result(portion *p)
{
    bool left[BL_MAX_BATCH_GET] = { false };
    size_t before = p->count, after = 0;
    for (size_t i = 0; i < p->result.unprocessed_count; i++)
        if (p->result.unprocessed[i] < before)
            left[p->result.unprocessed[i]] = true;
    for (size_t i = 0; i < before; i++) {
        if (left[i])
            p->asked[after++] = p->asked[i];
        else
            p->run->flags[p->asked[i]] |= SETTLED;
    }
    p->count = after;
    p->call.again = after > 0;
    p->call.stalls = after == before ? p->call.stalls + 1 : 0;
    if (p->call.stalls == STALLS_AT_MOST)
        return bl_op_stalled(after, p->call.stalls);
    if (after > 0)
        ask(p);
    return BLOOP_OK;
}

/* Each item once: an answer may turn out to be damaged after some of it was read, and is then asked for again. */
static bloop_status receive(void *context, size_t index, bloop_item item)
{
    const portion *p = context;
    const bloop_batch_get_request *whole = p->run->request;
    uint8_t *flags = &p->run->flags[p->asked[index]];
    if (*flags & DELIVERED)
        return BLOOP_OK;
    bloop_status status = whole->receive(whole->context, p->asked[index], item);
    if (status == BLOOP_OK)
        *flags |= DELIVERED;
    return status;
}

static void portion_done(void *context, bl_call *call)
{
    get_run *run = context;
    portion *p = call->out;
    if (call->status != BLOOP_OK && run->first.status == BLOOP_OK)
        bl_error_save(&run->first);
    p->busy = false;
}

/* Keeps the thread's last error. */
static void name_unanswered(const get_run *run, bloop_batch_get_result *out)
{
    bl_error_copy error;
    bl_error_save(&error);
    size_t *names = bloop_result_alloc(&out->memory, run->request->count * sizeof *names);
    for (size_t i = 0; names && i < run->request->count; i++)
        if (!(run->flags[i] & SETTLED))
            names[out->unprocessed_count++] = i;
    out->unprocessed = names;
    bl_error_restore(&error);
}
