/* Many writes in one call: several requests under way at once, those that concern one item in their order.

   BatchWriteItem is no way to do this: it has no updates, conditions or return values, needs a permission of its own, and
   one item that is refused fails all of its batch. */
#include "crew_private.h"
#include "tables_private.h"

/* One write of the list. The lists in here are of indexes + 1; 0 ends them. */
typedef struct job {
    size_t follower; /* the next write to the same item */
    size_t released; /* the next one that may begin */
    bool follows;    /* another has to end first */
} job;

/* A table that is written to. */
typedef struct table_facts {
    const char *name;
    size_t writes;
    bool has_puts, known;
    bl_key_names keys; /* of tables with puts, when they are known */
} table_facts;

typedef struct write_run {
    bl_remote *remote;
    const bloop_write_request *requests;
    bloop_write_result *results;
    size_t count;
    uint32_t in_flight;
    job *jobs;
    bl_call *calls; /* in_flight of them; those with `read` set are under way */
    table_facts *tables;
    size_t table_count, table_capacity;
    size_t next;     /* the first that was not looked at yet */
    size_t released; /* those that had to wait, and have no more to */
    bl_error_copy first;
    size_t first_index;
} write_run;

static bloop_status write_one(bl_remote *remote, const bloop_write_request *request, bloop_write_result *result);
static bloop_status write_many(write_run *run);
static bloop_status order_jobs(write_run *run);
static bloop_status list_tables(write_run *run);
static void look_up_keys(write_run *run);
static table_facts *find_table(const write_run *run, const char *name);
static uint64_t digest_of(const write_run *run, const bloop_write_request *request);
static bool is_key_name(const bl_key_names *keys, bloop_slice name);
static uint64_t mix(uint64_t digest, const void *data, size_t size);
static bl_call *next_write(void *context);
static void write_done(void *context, bl_call *call);
static void keep_failure(write_run *run, size_t index, bloop_status status);
static void fail_followers(write_run *run, size_t follower);
static void fail_the_rest(write_run *run, bloop_status status);

bloop_status bl_remote_write_items(bloop_backend *base, const bloop_write_request *requests, size_t count,
                                   bloop_in_flight in_flight, bloop_write_result *results)
{
    bl_remote *remote = (bl_remote *)base;
    bloop_status status = bl_remote_begin(remote);
    if (status != BLOOP_OK)
        return status;
    if (count == 1) {
        status = write_one(remote, requests, results);
    } else {
        write_run run = { .remote = remote, .requests = requests, .results = results, .count = count };
        run.in_flight = in_flight ? in_flight : remote->terms.in_flight;
        if (run.in_flight > remote->terms.max_connections)
            run.in_flight = remote->terms.max_connections;
        if (run.in_flight > count)
            run.in_flight = (uint32_t)count;
        status = write_many(&run);
    }
    bl_remote_end(remote);
    return status;
}

void bl_call_keep_failure(bloop_status status, bloop_write_result *result)
{
    bl_error_copy error;
    bl_error_save(&error);
    size_t size = strlen(error.message) + 1;
    char *text = bloop_result_alloc(&result->memory, size);
    if (text)
        memcpy(text, error.message, size);
    result->status = status;
    result->message = text ? text : bloop_status_text(status);
    bl_error_restore(&error);
}

static bloop_status write_one(bl_remote *remote, const bloop_write_request *request, bloop_write_result *result)
{
    bl_call call = bl_call_of_write(request, result);
    bloop_status status = bl_call_run(remote, &call);
    if (status != BLOOP_OK)
        bl_call_keep_failure(status, result);
    return status;
}

static bloop_status write_many(write_run *run)
{
    run->first_index = run->count;
    run->jobs = bl_alloc_zeroed(run->count, sizeof *run->jobs);
    run->calls = bl_alloc_zeroed(run->in_flight, sizeof *run->calls);
    bloop_status status = run->jobs && run->calls ? order_jobs(run) : BLOOP_NO_MEMORY;
    if (status == BLOOP_OK) {
        bl_work work = { .next = next_write, .done = write_done, .context = run };
        status = bl_crew_run(run->remote, run->in_flight, &work);
    }
    if (status != BLOOP_OK)
        fail_the_rest(run, status);
    else if (run->first_index < run->count)
        status = bl_error_restore(&run->first);
    bl_free(run->tables);
    bl_free(run->calls);
    bl_free(run->jobs);
    return status;
}

/* Finds the writes that concern one item, by a digest of its key: two keys with one digest only wait for each other in
   vain. */
static bloop_status order_jobs(write_run *run)
{
    bloop_status status = list_tables(run);
    if (status != BLOOP_OK)
        return status;
    look_up_keys(run);
    size_t slots = 16;
    while (slots / 2 < run->count)
        slots *= 2;
    size_t *last = bl_alloc_zeroed(slots, sizeof *last);
    uint64_t *digests = bl_alloc(run->count * sizeof *digests);
    if (!last || !digests)
        status = BLOOP_NO_MEMORY;
    for (size_t i = 0; status == BLOOP_OK && i < run->count; i++) {
        digests[i] = digest_of(run, &run->requests[i]);
        size_t slot = digests[i] & (slots - 1);
        while (last[slot] && digests[last[slot] - 1] != digests[i])
            slot = (slot + 1) & (slots - 1);
        if (last[slot]) {
            run->jobs[last[slot] - 1].follower = i + 1;
            run->jobs[i].follows = true;
        }
        last[slot] = i + 1;
    }
    bl_free(digests);
    bl_free(last);
    return status;
}

static bloop_status list_tables(write_run *run)
{
    table_facts *table = NULL;
    for (size_t i = 0; i < run->count; i++) {
        const bloop_write_request *request = &run->requests[i];
        if (!table || strcmp(table->name, request->table) != 0)
            table = find_table(run, request->table);
        if (!table) {
            void *tables = run->tables;
            bloop_status status = bl_grow(&tables, &run->table_capacity, run->table_count + 1, sizeof *run->tables);
            run->tables = tables;
            if (status != BLOOP_OK)
                return status;
            table = &run->tables[run->table_count++];
            *table = (table_facts){ .name = request->table };
        }
        table->writes++;
        table->has_puts = table->has_puts || request->kind == BLOOP_WRITE_PUT;
    }
    return BLOOP_OK;
}

/* Only a put does not show which of its attributes are the key. When the table's key can't be found out, all its writes
   keep their order. */
static void look_up_keys(write_run *run)
{
    bl_error_copy before;
    bl_error_save(&before);
    bool failed = false;
    for (size_t i = 0; i < run->table_count; i++) {
        table_facts *table = &run->tables[i];
        if (!table->has_puts || table->writes < 2)
            continue;
        table->known = bl_tables_key_names(run->remote, table->name, &table->keys) == BLOOP_OK;
        failed = failed || !table->known;
    }
    if (failed)
        bl_error_restore(&before);
}

static table_facts *find_table(const write_run *run, const char *name)
{
    for (size_t i = 0; i < run->table_count; i++)
        if (strcmp(run->tables[i].name, name) == 0)
            return &run->tables[i];
    return NULL;
}

static uint64_t digest_of(const write_run *run, const bloop_write_request *request)
{
    const table_facts *table = find_table(run, request->table);
    uint64_t digest = mix(UINT64_C(0xcbf29ce484222325), request->table, strlen(request->table) + 1);
    if (table->has_puts && !table->known)
        return digest;
    for (bloop_walk walk = bloop_value_walk(request->item); bloop_walk_next(&walk);) {
        if (request->kind == BLOOP_WRITE_PUT && table->known && !is_key_name(&table->keys, walk.name))
            continue;
        digest = mix(digest, walk.name.data, walk.name.size + 1);
        digest = mix(digest, walk.value.data, walk.value.size);
    }
    return digest;
}

static bool is_key_name(const bl_key_names *keys, bloop_slice name)
{
    return bl_slice_is(name, keys->hash) || (name.size > 0 && bl_slice_is(name, keys->range));
}

/* FNV-1a. */
static uint64_t mix(uint64_t digest, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < size; i++)
        digest = (digest ^ bytes[i]) * UINT64_C(0x100000001b3);
    return digest;
}

static bl_call *next_write(void *context)
{
    write_run *run = context;
    size_t index = 0;
    if (run->released) {
        index = run->released - 1;
        run->released = run->jobs[index].released;
    } else {
        while (run->next < run->count && run->jobs[run->next].follows)
            run->next++;
        if (run->next == run->count)
            return NULL;
        index = run->next++;
    }
    bl_call *call = run->calls;
    while (call->read)
        call++;
    *call = bl_call_of_write(&run->requests[index], &run->results[index]);
    call->index = index;
    return call;
}

static void write_done(void *context, bl_call *call)
{
    write_run *run = context;
    size_t index = call->index, follower = run->jobs[index].follower;
    if (call->status != BLOOP_OK)
        keep_failure(run, index, call->status);
    if (call->status == BLOOP_UNKNOWN_OUTCOME) {
        fail_followers(run, follower);
    } else if (follower) {
        run->jobs[follower - 1].released = run->released;
        run->released = follower;
    }
    call->read = NULL;
}

/* Of the thread's last error. */
static void keep_failure(write_run *run, size_t index, bloop_status status)
{
    bl_call_keep_failure(status, &run->results[index]);
    if (index < run->first_index) {
        run->first_index = index;
        bl_error_save(&run->first);
    }
}

/* A write that may still be on its way could be made after those that were to follow it: they are not sent. */
static void fail_followers(write_run *run, size_t follower)
{
    for (; follower; follower = run->jobs[follower - 1].follower)
        keep_failure(
            run, follower - 1,
            bl_error(BLOOP_NETWORK, "not sent: what became of the write before it, to the same item, is not known"));
}

/* Nothing was sent. */
static void fail_the_rest(write_run *run, bloop_status status)
{
    for (size_t i = 0; i < run->count; i++)
        if (run->results[i].status == BLOOP_OK)
            bl_call_keep_failure(status, &run->results[i]);
}
