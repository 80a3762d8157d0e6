/* Operations on tables, and the key attributes of those that were looked up. */
#include "tables_private.h"

#include "call_private.h"

struct bl_table_keys {
    bl_table_keys *next;
    bl_key_names names;
    char table[];
};

static bloop_status run_table_call(bl_remote *remote, bl_call *call);
static bloop_status read_table(bl_call *call, const char *body, size_t size);
static bloop_status read_names(bl_call *call, const char *body, size_t size);
static bl_table_keys *find(bl_remote *remote, const char *table);
static bl_call call_of_describe(const char *table, bloop_table_result *out);
static void remember(bl_remote *remote, const char *table, const bl_key_names *names);

bloop_status bl_remote_create_table(bloop_backend *base, const bloop_table_definition *table, bloop_table_result *out)
{
    bl_call call = {
        .request = { .operation = BL_WIRE_CREATE_TABLE, .as.create_table = *table },
        .table = table->name,
        .read = read_table,
        .out = out,
        .writes = true,
    };
    return run_table_call((bl_remote *)base, &call);
}

bloop_status bl_remote_describe_table(bloop_backend *base, const char *table, bloop_table_result *out)
{
    bl_call call = call_of_describe(table, out);
    return bl_call_make(base, &call);
}

bloop_status bl_remote_list_tables(bloop_backend *base, const bloop_list_tables_request *request,
                                   bloop_list_tables_result *out)
{
    bl_call call = {
        .request = { .operation = BL_WIRE_LIST_TABLES, .as.list_tables = *request },
        .read = read_names,
        .out = out,
    };
    return bl_call_make(base, &call);
}

bloop_status bl_remote_update_table(bloop_backend *base, const bloop_update_table_request *request,
                                    bloop_table_result *out)
{
    bl_call call = {
        .request = { .operation = BL_WIRE_UPDATE_TABLE, .as.update_table = *request },
        .table = request->table,
        .read = read_table,
        .out = out,
        .writes = true,
    };
    return run_table_call((bl_remote *)base, &call);
}

bloop_status bl_remote_delete_table(bloop_backend *base, const char *table, bloop_table_result *out)
{
    bl_call call = {
        .request = { .operation = BL_WIRE_DELETE_TABLE, .as.table = table },
        .table = table,
        .read = read_table,
        .out = out,
        .writes = true,
    };
    return run_table_call((bl_remote *)base, &call);
}

bloop_status bl_tables_key_names(bl_remote *remote, const char *table, bl_key_names *out)
{
    pthread_mutex_lock(&remote->lock);
    const bl_table_keys *known = find(remote, table);
    if (known)
        *out = known->names;
    pthread_mutex_unlock(&remote->lock);
    if (known)
        return BLOOP_OK;
    bloop_table_result described = { 0 };
    bl_call call = call_of_describe(table, &described);
    bloop_status status = bl_call_run(remote, &call);
    const bloop_table_definition *definition = &described.table.definition;
    const char *hash = definition->hash_key ? definition->hash_key : "";
    const char *range = definition->range_key ? definition->range_key : "";
    if (status == BLOOP_OK && (!*hash || strlen(hash) >= sizeof out->hash || strlen(range) >= sizeof out->range))
        status = bl_error(BLOOP_NETWORK, "DescribeTable of %s told of no key that is one", table);
    if (status == BLOOP_OK) {
        memset(out, 0, sizeof *out);
        memcpy(out->hash, hash, strlen(hash));
        memcpy(out->range, range, strlen(range));
        remember(remote, table, out);
    }
    bloop_result_free(&described.memory);
    return status;
}

void bl_tables_forget(bl_remote *remote, const char *table)
{
    pthread_mutex_lock(&remote->lock);
    for (bl_table_keys **at = &remote->tables; *at; at = &(*at)->next) {
        bl_table_keys *known = *at;
        if (strcmp(known->table, table) != 0)
            continue;
        *at = known->next;
        bl_free(known);
        break;
    }
    pthread_mutex_unlock(&remote->lock);
}

void bl_tables_free(bl_remote *remote)
{
    for (bl_table_keys *known = remote->tables, *next; known; known = next) {
        next = known->next;
        bl_free(known);
    }
    remote->tables = NULL;
}

/* Of what changes tables. */
static bloop_status run_table_call(bl_remote *remote, bl_call *call)
{
    bloop_status status = bl_remote_begin(remote);
    if (status != BLOOP_OK)
        return status;
    status = bl_call_run(remote, call);
    bl_tables_forget(remote, call->table);
    bl_remote_end(remote);
    return status;
}

static bl_call call_of_describe(const char *table, bloop_table_result *out)
{
    return (bl_call){
        .request = { .operation = BL_WIRE_DESCRIBE_TABLE, .as.table = table },
        .table = table,
        .read = read_table,
        .out = out,
    };
}

static bloop_status read_table(bl_call *call, const char *body, size_t size)
{
    return bl_wire_read_table(body, size, call->request.operation, call->out);
}

static bloop_status read_names(bl_call *call, const char *body, size_t size)
{
    return bl_wire_read_table_names(body, size, call->out);
}

static bl_table_keys *find(bl_remote *remote, const char *table)
{
    bl_table_keys *known = remote->tables;
    while (known && strcmp(known->table, table) != 0)
        known = known->next;
    return known;
}

/* Without memory for it, it is looked up again. */
static void remember(bl_remote *remote, const char *table, const bl_key_names *names)
{
    bl_error_copy before;
    bl_error_save(&before);
    size_t size = strlen(table) + 1;
    bl_table_keys *known = bl_alloc(sizeof *known + size);
    if (!known) {
        bl_error_restore(&before);
        return;
    }
    known->names = *names;
    memcpy(known->table, table, size);
    pthread_mutex_lock(&remote->lock);
    if (find(remote, table)) {
        bl_free(known);
    } else {
        known->next = remote->tables;
        remote->tables = known;
    }
    pthread_mutex_unlock(&remote->lock);
}
