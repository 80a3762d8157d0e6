/* Signals: who is connected to what, and delivery.

   Connections stand in one list a signal, in the order in which they were made. A delivery walks the list without the
   lock held during a call: it counts a reference on the connection that it is at, so that a connection that ends
   meanwhile keeps its place until the walk has left it. */
#include <pthread.h>
#include <stdatomic.h>

#include "engine/engine_private.h"

typedef struct connection {
    struct connection *next, *previous;
    bloop_connection id;
    bloop_signal signal;
    const void *sender;
    bloop_handler handler;
    void *context;
    unsigned references; /* deliveries that stand here */
    bool ended;
} connection;

typedef struct connection_list {
    connection *first, *last;
    _Atomic unsigned
        count; /* of those that have not ended; read without the lock, so that unwanted events cost nothing */
} connection_list;

static const char *const signal_names[BLOOP_SIGNAL_COUNT] = {
    [BLOOP_BEFORE_CREATE_TABLE] = "before_create_table",
    [BLOOP_OBJECT_LOADED] = "object_loaded",
    [BLOOP_OBJECT_SAVED] = "object_saved",
    [BLOOP_OBJECT_DELETED] = "object_deleted",
    [BLOOP_OBJECT_MODIFIED] = "object_modified",
    [BLOOP_MODEL_BOUND] = "model_bound",
    [BLOOP_MODEL_CREATED] = "model_created",
    [BLOOP_MODEL_VALIDATED] = "model_validated",
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static connection_list lists[BLOOP_SIGNAL_COUNT];
static bloop_connection last_id;

static void set_hooks(void);
static void on_model_created(const bloop_model *model);
static void on_object_modified(bloop_object *object, const bloop_column *column, const void *value);
static bool is_signal(bloop_signal signal);
static connection *find(bloop_connection id);
static connection *step(connection *at, bloop_signal signal, const void *sender, bloop_connection newest);
static void leave(connection *at);

bloop_connection bloop_connect(bloop_signal signal, const void *sender, bloop_handler handler, void *context)
{
    if (!is_signal(signal) || !handler) {
        bl_error(BLOOP_INVALID_ARGUMENT, "bloop_connect: %s",
                 handler ? "there is no such signal" : "the handler is NULL");
        return 0;
    }
    bl_signals_start();
    connection *made = bl_alloc_zeroed(1, sizeof *made);
    if (!made)
        return 0;
    made->signal = signal;
    made->sender = sender;
    made->handler = handler;
    made->context = context;

    pthread_mutex_lock(&lock);
    connection_list *list = &lists[signal];
    bloop_connection id = made->id = ++last_id;
    made->previous = list->last;
    *(list->last ? &list->last->next : &list->first) = made;
    list->last = made;
    atomic_fetch_add(&list->count, 1);
    pthread_mutex_unlock(&lock);
    return id;
}

bloop_status bloop_disconnect(bloop_connection id)
{
    pthread_mutex_lock(&lock);
    connection *found = find(id);
    if (found) {
        found->ended = true;
        atomic_fetch_sub(&lists[found->signal].count, 1);
        found->references++;
        leave(found);
    }
    pthread_mutex_unlock(&lock);
    if (!found)
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_disconnect: there is no connection %llu",
                        (unsigned long long)id);
    return BLOOP_OK;
}

const char *bloop_signal_name(bloop_signal signal)
{
    return is_signal(signal) ? signal_names[signal] : NULL;
}

bool bl_signal_wanted(bloop_signal signal)
{
    return atomic_load_explicit(&lists[signal].count, memory_order_relaxed) > 0;
}

void bl_signal_send(bloop_event *event, const void *sender)
{
    if (!bl_signal_wanted(event->signal))
        return;
    pthread_mutex_lock(&lock);
    bloop_connection newest = last_id;
    connection *at = step(NULL, event->signal, sender, newest);
    while (at) {
        pthread_mutex_unlock(&lock);
        at->handler(at->context, event);
        pthread_mutex_lock(&lock);
        at = step(at, event->signal, sender, newest);
    }
    pthread_mutex_unlock(&lock);
}

void bl_signals_start(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, set_hooks);
}

void bl_signal_send_object(bloop_signal signal, bloop_engine *engine, void *object)
{
    if (!bl_signal_wanted(signal))
        return;
    bloop_event event = { .signal = signal, .engine = engine, .model = bloop_object_model(object), .object = object };
    bl_signal_send(&event, engine);
}

void bl_signal_send_model(bloop_signal signal, bloop_engine *engine, const bloop_model *model)
{
    bloop_event event = { .signal = signal, .engine = engine, .model = model };
    bl_signal_send(&event, engine);
}

static void set_hooks(void)
{
    static const bl_model_hooks hooks = { on_model_created, on_object_modified };
    bl_model_set_hooks(&hooks);
}

static void on_model_created(const bloop_model *model)
{
    bloop_event event = { .signal = BLOOP_MODEL_CREATED, .model = model };
    bl_signal_send(&event, model);
}

static void on_object_modified(bloop_object *object, const bloop_column *column, const void *value)
{
    if (!bl_signal_wanted(BLOOP_OBJECT_MODIFIED))
        return;
    bloop_event event = {
        .signal = BLOOP_OBJECT_MODIFIED, .model = object->model, .object = object, .column = column, .value = value
    };
    bl_signal_send(&event, column);
}

static bool is_signal(bloop_signal signal)
{
    return (unsigned)signal < BLOOP_SIGNAL_COUNT;
}

static connection *find(bloop_connection id)
{
    for (size_t i = 0; i < BLOOP_SIGNAL_COUNT; i++)
        for (connection *at = lists[i].first; at; at = at->next)
            if (at->id == id && !at->ended)
                return at;
    return NULL;
}

/* From one connection (NULL: the beginning) to the next that wants the event, which gets a reference. */
static connection *step(connection *at, bloop_signal signal, const void *sender, bloop_connection newest)
{
    connection *next = at ? at->next : lists[signal].first;
    while (next && (next->ended || next->id > newest || (next->sender && next->sender != sender)))
        next = next->next;
    if (next)
        next->references++;
    if (at)
        leave(at);
    return next;
}

/* Gives a reference back; the last one on an ended connection frees it. */
static void leave(connection *at)
{
    if (--at->references > 0 || !at->ended)
        return;
    connection_list *list = &lists[at->signal];
    *(at->previous ? &at->previous->next : &list->first) = at->next;
    *(at->next ? &at->next->previous : &list->last) = at->previous;
    bl_free(at);
}
