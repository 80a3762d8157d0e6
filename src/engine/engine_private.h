/* What the files of area engine share: the engine's inside, its bindings, the sending of signals. */
#ifndef BL_ENGINE_ENGINE_PRIVATE_H
#define BL_ENGINE_ENGINE_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/base.h"
#include "engine/engine.h"
#include "model/model.h"

/* DynamoDB's limit for table names (API reference, CreateTable), and a zero byte. */
#define BL_TABLE_NAME_SIZE 256

/* A model that the engine knows, and the table that it uses for it. Never changes, and lives as long as the engine. */
typedef struct bl_binding {
    struct bl_binding *next; /* all that were ever made, for the end */
    const bloop_model *model;
    bloop_projection_paths projection; /* all columns: what a load asks for */
    bloop_path *paths;
    char table[BL_TABLE_NAME_SIZE];
} bl_binding;

/* The bindings in force. A change makes a new list; readers take whichever they find, without a lock. */
typedef struct bl_binding_list {
    struct bl_binding_list *previous; /* kept for readers that may still walk it */
    size_t count;
    const bl_binding *items[];
} bl_binding_list;

struct bloop_engine {
    _Atomic unsigned references; /* the caller's, and one of each search */
    _Atomic bool closed;
    bloop_backend *backend, *streams;
    char *table_prefix;
    bloop_table_namer table_namer;
    void *table_namer_context;
    pthread_mutex_t lock; /* for changes of the bindings */
    bl_binding *made;
    _Atomic(bl_binding_list *) bindings;
};

/* A search may outlive its engine: what it refers to is freed with the last of them. Release takes NULL. */
bloop_engine *bl_engine_refer(bloop_engine *engine);
void bl_engine_release(bloop_engine *engine);
bool bl_engine_is_closed(const bloop_engine *engine);

/* The binding of a model; NULL and BLOOP_UNBOUND_MODEL, or BLOOP_INVALID_MODEL for an abstract one. */
const bl_binding *bl_binding_find(bloop_engine *engine, const bloop_model *model);
/* Makes, or replaces, the binding of a model. */
bloop_status bl_binding_set(bloop_engine *engine, const bloop_model *model, const char *table);
void bl_bindings_free(bloop_engine *engine);

/* The engine's name for a model's table: the model's, prefixed or renamed, then offered to the handlers of
   before_create_table. */
bloop_status bl_table_name_make(bloop_engine *engine, const bloop_model *model, char name[BL_TABLE_NAME_SIZE]);

/* The table that a model describes. Memory comes from the arena. */
bloop_status bl_table_define(const bloop_model *model, const char *table, bl_arena *arena, bloop_table_definition *out);
/* Whether a table is what a model expects: BLOOP_TABLE_MISMATCH with the difference. */
bloop_status bl_table_compare(const bloop_model *model, const bloop_table_definition *expected,
                              const bloop_table_description *actual);

/* Whether anybody is connected: a cheap look before an event is put together. */
bool bl_signal_wanted(bloop_signal signal);
/* Connects the model area's hooks to the signals of this one; done once, by the first engine or connection. */
void bl_signals_start(void);
/* Delivers an event to those who are connected for all senders or for this one. No lock may be held. */
void bl_signal_send(bloop_event *event, const void *sender);
void bl_signal_send_object(bloop_signal signal, bloop_engine *engine, void *object);
void bl_signal_send_model(bloop_signal signal, bloop_engine *engine, const bloop_model *model);

#endif
