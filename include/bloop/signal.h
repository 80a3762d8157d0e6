/* Signals: functions of yours that are called when something happens to models, tables and objects.

   The eight signals are the reference's (Bloop for Python, "Signals"). Handlers run on the thread that caused the event
   (of a row of a parallel scan, that which receives it), with no lock of the library held, in the order in which they were connected; they may call anything, connecting and
   disconnecting included. A handler that is disconnected while a signal is delivered is not called again; one that is
   connected meanwhile is first called for the next event. */
#ifndef BLOOP_SIGNAL_H
#define BLOOP_SIGNAL_H

#include <stdint.h>

#include <bloop/error.h>
#include <bloop/export.h>
#include <bloop/model.h>

BLOOP_BEGIN_C_

typedef struct bloop_engine bloop_engine;

typedef enum bloop_signal {
    BLOOP_BEFORE_CREATE_TABLE, /* engine, model, table_name: which the handler may replace (bloop_event_rename_table) */
    BLOOP_OBJECT_LOADED,       /* engine, object: after a load, for each row of a search, and for stream records */
    BLOOP_OBJECT_SAVED,        /* engine, object: after the save is durable */
    BLOOP_OBJECT_DELETED,      /* engine, object: after the delete is durable */
    BLOOP_OBJECT_MODIFIED,     /* object, column, value: after bloop_set, bloop_unset and bloop_append */
    BLOOP_MODEL_BOUND,         /* engine, model: after BLOOP_MODEL_VALIDATED */
    BLOOP_MODEL_CREATED,       /* model: once a model, at its registration or first use */
    BLOOP_MODEL_VALIDATED      /* engine, model: its table exists, is active and matches */
} bloop_signal;
#define BLOOP_SIGNAL_COUNT 8

/* What a handler gets. The members that the signal has no use for are NULL. Valid during the call. */
typedef struct bloop_event {
    bloop_signal signal;
    bloop_engine *engine;
    const bloop_model *model; /* of the object, too */
    void *object;             /* of any model, where no sender limits it: look at `model` before you cast it */
    const bloop_column *column;
    const void *value; /* the column's new C value, of its type; NULL: unset */
    const char *table_name;
} bloop_event;

typedef void (*bloop_handler)(void *context, bloop_event *event);

/* Identifies a connection; never 0, never used again. */
typedef uint64_t bloop_connection;

/* Calls `handler` for each event of a signal; `sender` limits it to the events of one sender: the engine for the six
   signals that have one, the column for BLOOP_OBJECT_MODIFIED (&Account.email), the model for BLOOP_MODEL_CREATED; NULL: all.
   As in the reference a derived model's columns are its own, those it inherits included: bloop_model_column finds them.
   `context` is handed on and must live until the connection is gone. 0 and the last error when out of memory, for a NULL
   handler or a signal that is none. */
BLOOP_API bloop_connection bloop_connect(bloop_signal signal, const void *sender, bloop_handler handler, void *context);

/* Ends a connection. A call of its handler that another thread is in goes on. BLOOP_INVALID_ARGUMENT when there is none. */
BLOOP_API bloop_status bloop_disconnect(bloop_connection connection);

/* Within BLOOP_BEFORE_CREATE_TABLE: the engine's name for the model's table becomes `name` (copied; 3 to 255 characters
   of letters, digits, '_', '-' and '.'). The reference's handlers assign model.Meta.table_name; here a name belongs to
   the engine. BLOOP_INVALID_ARGUMENT elsewhere or for another name, which then stays as it is. */
BLOOP_API bloop_status bloop_event_rename_table(bloop_event *event, const char *name);

/* The name of a signal as the reference spells it: "before_create_table". NULL for a number that is none. */
BLOOP_API const char *bloop_signal_name(bloop_signal signal);

BLOOP_END_C_

#endif
