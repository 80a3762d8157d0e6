/* Which models an engine knows, and the names of their tables. Found on every call, changed rarely: the list is read
   without a lock, and a change makes a new one. */
#include "engine/engine_private.h"

static bl_binding *make(const bloop_model *model, const char *table);
static void release(bl_binding *binding);
static const bl_binding *find(const bl_binding_list *list, const bloop_model *model);
static bl_binding_list *list_with(bl_binding_list *old, const bl_binding *binding);
static bloop_status rename_for(bloop_engine *engine, const bloop_model *model, const char *given, char *name);
static bloop_status check_name(const bloop_model *model, const char *name);

const bl_binding *bl_binding_find(bloop_engine *engine, const bloop_model *model)
{
    const bl_binding *found = find(atomic_load_explicit(&engine->bindings, memory_order_acquire), model);
    if (BL_LIKELY(found != NULL))
        return found;
    if (model->table.abstract)
        bl_error(BLOOP_INVALID_MODEL, "model %s is abstract: it has no table", model->name);
    else
        bl_error(BLOOP_UNBOUND_MODEL, "model %s is not bound to this engine: call bloop_bind first", model->name);
    return NULL;
}

bloop_status bl_binding_set(bloop_engine *engine, const bloop_model *model, const char *table)
{
    bl_binding *binding = make(model, table);
    if (!binding)
        return bl_error_status();

    pthread_mutex_lock(&engine->lock);
    bl_binding_list *old = atomic_load_explicit(&engine->bindings, memory_order_relaxed);
    const bl_binding *present = find(old, model);
    bool same = present && strcmp(present->table, table) == 0;
    bl_binding_list *list = same ? NULL : list_with(old, binding);
    if (list) {
        binding->next = engine->made;
        engine->made = binding;
        atomic_store_explicit(&engine->bindings, list, memory_order_release);
    }
    pthread_mutex_unlock(&engine->lock);

    if (!list)
        release(binding);
    return list || same ? BLOOP_OK : BLOOP_NO_MEMORY;
}

void bl_bindings_free(bloop_engine *engine)
{
    for (bl_binding_list *list = atomic_load(&engine->bindings), *previous; list; list = previous) {
        previous = list->previous;
        bl_free(list);
    }
    for (bl_binding *binding = engine->made, *next; binding; binding = next) {
        next = binding->next;
        release(binding);
    }
}

const char *bloop_table_name(bloop_engine *engine, const bloop_model *model)
{
    if (!engine || !model) {
        bl_error(BLOOP_INVALID_ARGUMENT, "bloop_table_name: the %s is NULL", engine ? "model" : "engine");
        return NULL;
    }
    const bl_binding *binding = bl_binding_find(engine, model);
    return binding ? binding->table : NULL;
}

bloop_status bl_table_name_make(bloop_engine *engine, const bloop_model *model, char name[BL_TABLE_NAME_SIZE])
{
    const char *given = bloop_model_table_name(model);
    if (!given)
        return bl_error_status();
    bloop_status status = rename_for(engine, model, given, name);
    if (status == BLOOP_OK)
        status = check_name(model, name);
    if (status != BLOOP_OK)
        return status;
    if (bl_signal_wanted(BLOOP_BEFORE_CREATE_TABLE)) {
        bloop_event event = {
            .signal = BLOOP_BEFORE_CREATE_TABLE, .engine = engine, .model = model, .table_name = name
        };
        bl_signal_send(&event, engine);
    }
    return BLOOP_OK;
}

bloop_status bloop_event_rename_table(bloop_event *event, const char *name)
{
    if (!event || event->signal != BLOOP_BEFORE_CREATE_TABLE || !event->table_name)
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_event_rename_table: only before_create_table names a table");
    if (!name)
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_event_rename_table: the name is NULL");
    if (check_name(event->model, name) != BLOOP_OK)
        return bl_error_as(BLOOP_INVALID_ARGUMENT);
    /* The event's name is the buffer of bl_table_name_make; handlers see it as const. */
    memmove((char *)(uintptr_t)event->table_name, name, strlen(name) + 1);
    return BLOOP_OK;
}

static bl_binding *make(const bloop_model *model, const char *table)
{
    const bl_model_info *info;
    if (bl_model_info_of(model, &info) != BLOOP_OK)
        return NULL;
    bl_binding *made = bl_alloc_zeroed(1, sizeof *made);
    bloop_path *paths = bl_alloc_zeroed(info->column_count, sizeof *paths);
    if (!made || !paths) {
        bl_free(made);
        bl_free(paths);
        return NULL;
    }
    for (size_t i = 0; i < info->column_count; i++)
        paths[i] = (bloop_path){ &info->columns[i].step, 1 };
    made->model = model;
    made->paths = paths;
    made->projection = (bloop_projection_paths){ paths, info->column_count };
    memcpy(made->table, table, strlen(table) + 1);
    return made;
}

static void release(bl_binding *binding)
{
    bl_free(binding->paths);
    bl_free(binding);
}

static const bl_binding *find(const bl_binding_list *list, const bloop_model *model)
{
    for (size_t i = 0; list && i < list->count; i++)
        if (list->items[i]->model == model)
            return list->items[i];
    return NULL;
}

/* A copy of the list in which `binding` stands for its model. */
static bl_binding_list *list_with(bl_binding_list *old, const bl_binding *binding)
{
    size_t count = old ? old->count : 0;
    bl_binding_list *list = bl_alloc(sizeof *list + (count + 1) * sizeof(bl_binding *));
    if (!list)
        return NULL;
    list->previous = old;
    list->count = 0;
    for (size_t i = 0; i < count; i++)
        if (old->items[i]->model != binding->model)
            list->items[list->count++] = old->items[i];
    list->items[list->count++] = binding;
    return list;
}

static bloop_status rename_for(bloop_engine *engine, const bloop_model *model, const char *given, char *name)
{
    if (engine->table_namer) {
        memset(name, 0, BL_TABLE_NAME_SIZE);
        bloop_status status = engine->table_namer(engine->table_namer_context, model, given, name);
        name[BL_TABLE_NAME_SIZE - 1] = 0;
        return status == BLOOP_OK ? BLOOP_OK
                                  : bl_error(status, "model %s: the engine's table_namer failed", model->name);
    }
    const char *prefix = engine->table_prefix ? engine->table_prefix : "";
    size_t prefix_size = strlen(prefix), size = strlen(given);
    if (prefix_size + size >= BL_TABLE_NAME_SIZE)
        return bl_error(BLOOP_INVALID_MODEL, "model %s: the table name %s%s is longer than 255 characters", model->name,
                        prefix, given);
    memcpy(name, prefix, prefix_size);
    memcpy(name + prefix_size, given, size + 1);
    return BLOOP_OK;
}

/* By the API reference, CreateTable: [a-zA-Z0-9_.-]+, 3 to 255 characters. */
static bloop_status check_name(const bloop_model *model, const char *name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    size_t size = strlen(name);
    if (size < 3 || size >= BL_TABLE_NAME_SIZE || strspn(name, allowed) != size)
        return bl_error(BLOOP_INVALID_MODEL,
                        "model %s: the table name '%s' must be 3 to 255 letters, digits, '_', '-' or '.'", model->name,
                        name);
    return BLOOP_OK;
}
