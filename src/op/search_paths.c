/* What expressions may name: keys as scalars alone, a query's own keys not at all in its filter,
   and of an index only what it projects (developer guide, "Global secondary indexes"), but for a local one, for which the
   service reads the table as well. */
#include <stdio.h>

#include "op/search_private.h"
#include "value/value.h"

#define INVALID "One or more parameter values were invalid: "

/* A walk over paths that looks for those of one attribute. */
typedef struct sought {
    const char *name;
    bool nested; /* only those with more than one step */
    bool found;
} sought;

/* A walk that gathers the attributes that an index lacks. */
typedef struct missing {
    const bloop_table_definition *table;
    const bloop_index_definition *index;
    bl_buffer names; /* bloop_slices, each once */
} missing;

/* Where paths stand: in some of these. */
typedef struct places {
    const bloop_expr *condition;
    const bloop_projection_paths *projection;
    const bloop_update *update;
} places;

static bloop_status look_for(void *context, const bloop_path *path);
static bloop_status note_nested(void *context, const bloop_path *path);
static void each_path(const places *in, bl_path_visitor visit, void *context);
static bloop_status each_projected(const bloop_projection_paths *projection, bl_path_visitor visit, void *context);
static bloop_status check_scalars(const bloop_table_definition *table, const places *in);
static bloop_status check_index_scalars(const bloop_index_definition *indexes, size_t count, const places *in);
static bloop_status refuse_nested(const places *in, const char *name, const char *what);
static bloop_status note_missing(void *context, const bloop_path *path);
static bool projects(const missing *m, bloop_slice name);
static bloop_status tell_missing(missing *m, const char *kind, const char *what, bloop_status status);

bloop_status bl_search_check_scalars(const bloop_table_definition *table, const bloop_search_request *request)
{
    bloop_status status = bl_op_check_projected_keys(table, request->projection);
    return status == BLOOP_OK && request->filter ? check_scalars(table, &(places){ .condition = request->filter })
                                                 : status;
}

bloop_status bl_op_check_projected_keys(const bloop_table_definition *table, const bloop_projection_paths *projection)
{
    return projection ? check_scalars(table, &(places){ .projection = projection }) : BLOOP_OK;
}

bloop_status bl_op_check_written_keys(const bloop_table_definition *table, const bloop_write_request *request)
{
    bool update = request->kind == BLOOP_WRITE_UPDATE;
    return check_scalars(table,
                         &(places){ .condition = request->condition, .update = update ? request->update : NULL });
}

bloop_status bl_search_check_filter_keys(const bloop_search_request *request, const bl_search_plan *plan)
{
    const char *keys[] = { plan->hash_key, plan->range_key };
    for (size_t i = 0; i < BL_COUNT_OF(keys) && keys[i]; i++) {
        sought key = { .name = keys[i] };
        (void)bl_expr_each_path(request->filter, look_for, &key);
        if (key.found)
            return bl_error(BLOOP_VALIDATION,
                            "Filter Expression can only contain non-primary key attributes: Primary key attribute: %s",
                            keys[i]);
    }
    return BLOOP_OK;
}

/* A query whose filter names what the index lacks is refused, unless each item is read from the table anyway; to a scan
   such attributes are just missing (nubo-db's captures of the service). */
bloop_status bl_search_check_projected(const bloop_table_definition *table, const bloop_search_request *request,
                                       bl_search_plan *plan)
{
    if (!plan->index || plan->index->projection == BLOOP_PROJECT_ALL)
        return BLOOP_OK;
    bloop_slice few[8];
    missing m = { .table = table, .index = plan->index };
    bl_buffer_use(&m.names, few, sizeof few);
    bloop_status status = each_projected(request->projection, note_missing, &m);
    if (plan->local)
        plan->fetches = request->select == BLOOP_SELECT_ALL || m.names.size > 0;
    else if (m.names.size > 0)
        return tell_missing(&m, "Global secondary", "", status);
    bl_buffer_clear(&m.names);
    if (status == BLOOP_OK && request->kind == BLOOP_SEARCH_QUERY && !plan->fetches)
        status = bl_expr_each_path(request->filter, note_missing, &m);
    if (m.names.size > 0)
        return tell_missing(&m, "Secondary", "one or more filter attributes: ", status);
    bl_buffer_free(&m.names);
    return status;
}

static bloop_status look_for(void *context, const bloop_path *path)
{
    sought *s = context;
    if (bl_slice_is(path->steps[0].name, s->name) && (!s->nested || path->count > 1))
        s->found = true;
    return BLOOP_OK;
}

static bloop_status note_nested(void *context, const bloop_path *path)
{
    if (path->count > 1)
        *(bool *)context = true;
    return BLOOP_OK;
}

static void each_path(const places *in, bl_path_visitor visit, void *context)
{
    (void)bl_expr_each_path(in->condition, visit, context);
    (void)each_projected(in->projection, visit, context);
    for (size_t i = 0; in->update && i < in->update->count; i++) {
        const bloop_action *action = &in->update->actions[i];
        (void)visit(context, &action->path);
        if (action->kind != BLOOP_ACTION_REMOVE)
            (void)bl_expr_each_path(&action->value, visit, context);
    }
}

static bloop_status each_projected(const bloop_projection_paths *projection, bl_path_visitor visit, void *context)
{
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; projection && status == BLOOP_OK && i < projection->count; i++)
        status = visit(context, &projection->paths[i]);
    return status;
}

static bloop_status check_scalars(const bloop_table_definition *table, const places *in)
{
    bool any = false;
    each_path(in, note_nested, &any);
    if (!any)
        return BLOOP_OK;
    bloop_status status = refuse_nested(in, table->hash_key, "Key");
    if (status == BLOOP_OK && table->range_key)
        status = refuse_nested(in, table->range_key, "Key");
    if (status == BLOOP_OK)
        status = check_index_scalars(table->global_indexes, table->global_index_count, in);
    if (status == BLOOP_OK)
        status = check_index_scalars(table->local_indexes, table->local_index_count, in);
    return status;
}

static bloop_status check_index_scalars(const bloop_index_definition *indexes, size_t count, const places *in)
{
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; status == BLOOP_OK && i < count; i++) {
        status = refuse_nested(in, indexes[i].hash_key, "IndexKey");
        if (status == BLOOP_OK && indexes[i].range_key)
            status = refuse_nested(in, indexes[i].range_key, "IndexKey");
    }
    return status;
}

static bloop_status refuse_nested(const places *in, const char *name, const char *what)
{
    sought key = { .name = name, .nested = true };
    each_path(in, look_for, &key);
    if (!key.found)
        return BLOOP_OK;
    return bl_error(BLOOP_VALIDATION,
                    "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: "
                    "%s: %s",
                    what, name);
}

static bloop_status note_missing(void *context, const bloop_path *path)
{
    missing *m = context;
    bloop_slice name = path->steps[0].name;
    if (projects(m, name))
        return BLOOP_OK;
    for (size_t i = 0; i < m->names.size; i += sizeof name) {
        bloop_slice other;
        memcpy(&other, m->names.data + i, sizeof other);
        if (other.size == name.size && memcmp(other.data, name.data, name.size) == 0)
            return BLOOP_OK;
    }
    bl_buffer_append(&m->names, &name, sizeof name);
    return m->names.status;
}

static bool projects(const missing *m, bloop_slice name)
{
    const char *keys[] = { m->table->hash_key, m->table->range_key, m->index->hash_key, m->index->range_key };
    for (size_t i = 0; i < BL_COUNT_OF(keys); i++) {
        if (keys[i] && bl_slice_is(name, keys[i]))
            return true;
    }
    for (size_t i = 0; i < m->index->include_count; i++) {
        if (bl_slice_is(name, m->index->include[i]))
            return true;
    }
    return false;
}

/* Frees the names, also when the walk that gathered them has failed. */
static bloop_status tell_missing(missing *m, const char *kind, const char *what, bloop_status status)
{
    char text[512];
    size_t length = 0;
    for (size_t i = 0; i < m->names.size && length < sizeof text - 1; i += sizeof(bloop_slice)) {
        bloop_slice name;
        memcpy(&name, m->names.data + i, sizeof name);
        size_t room = sizeof text - length;
        int size = snprintf(text + length, room, "%s%.*s", i ? ", " : "",
                            name.size < sizeof text ? (int)name.size : (int)sizeof text, name.data);
        length += size < 0 ? 0 : (size_t)size < room ? (size_t)size : room - 1;
    }
    bl_buffer_free(&m->names);
    if (status != BLOOP_OK)
        return status;
    return bl_error(BLOOP_VALIDATION, INVALID "%s index %s does not project %s[%.*s]", kind, m->index->name, what,
                    (int)length, text);
}
