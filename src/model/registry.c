/* Which models derive from which, as far as they are registered; and the hooks of those who listen. */
#include "model/model_private.h"

#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const bloop_model *registered; /* linked by state->next */
static const bl_model_hooks *listener;

static size_t count_descendants(const bloop_model *model);
static int compare_model_names(const void *a, const void *b);

void bloop_model_link(const bloop_model *model)
{
    pthread_mutex_lock(&lock);
    if (!model->state->registered) {
        model->state->registered = 1;
        model->state->next = registered;
        registered = model;
    }
    pthread_mutex_unlock(&lock);
}

bloop_status bloop_model_register(const bloop_model *model)
{
    const bl_model_info *info;
    bloop_status status = bl_model_info_of(model, &info);
    if (status == BLOOP_OK)
        bloop_model_link(model);
    return status;
}

void bl_model_unlink(const bloop_model *model)
{
    pthread_mutex_lock(&lock);
    const bloop_model **at = &registered;
    while (*at && *at != model)
        at = &(*at)->state->next;
    if (*at) {
        *at = model->state->next;
        model->state->registered = 0;
    }
    pthread_mutex_unlock(&lock);
}

/* The list is copied, so that what is visited may derive, bind or register. */
bloop_status bl_model_descendants(const bloop_model *model,
                                  bloop_status (*visit)(void *context, const bloop_model *model), void *context)
{
    size_t count = 0;
    bloop_status status = visit(context, model);
    if (status != BLOOP_OK)
        return status;
    pthread_mutex_lock(&lock);
    size_t room = count_descendants(model);
    const bloop_model **list = room ? bl_alloc(room * sizeof *list) : NULL;
    for (const bloop_model *at = registered; list && at; at = at->state->next) {
        if (at != model && bloop_model_is(at, model))
            list[count++] = at;
    }
    pthread_mutex_unlock(&lock);
    if (!room)
        return BLOOP_OK;
    if (!list)
        return BLOOP_NO_MEMORY;
    qsort(list, count, sizeof *list, compare_model_names);
    for (size_t i = 0; status == BLOOP_OK && i < count; i++)
        status = visit(context, list[i]);
    bl_free(list);
    return status;
}

bloop_status bl_model_register_types(const bl_model_info *info, struct bloop_engine *engine)
{
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; status == BLOOP_OK && i < info->column_count; i++) {
        status = bl_type_register(info->columns[i].type, engine);
        if (status != BLOOP_OK)
            bl_error_in("%s.%s", info->model->name, info->columns[i].column->name);
    }
    return status;
}

void bl_model_set_hooks(const bl_model_hooks *hooks)
{
    __atomic_store_n(&listener, hooks, __ATOMIC_RELEASE);
}

void bl_model_created(const bloop_model *model)
{
    const bl_model_hooks *hooks = __atomic_load_n(&listener, __ATOMIC_ACQUIRE);
    if (hooks && hooks->model_created)
        hooks->model_created(model);
}

void bl_object_modified(bloop_object *object, const bloop_column *column, const void *value)
{
    const bl_model_hooks *hooks = __atomic_load_n(&listener, __ATOMIC_ACQUIRE);
    if (hooks && hooks->object_modified)
        hooks->object_modified(object, column, value);
}

static size_t count_descendants(const bloop_model *model)
{
    size_t count = 0;
    for (const bloop_model *at = registered; at; at = at->state->next)
        count += at != model && bloop_model_is(at, model);
    return count;
}

static int compare_model_names(const void *a, const void *b)
{
    const bloop_model *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}
