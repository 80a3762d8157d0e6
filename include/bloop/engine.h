/* The engine: what saves, loads and deletes objects, on any backend.

   Every macro here stands on a function that a binding can call. Options are designated initializers; a zero is the
   documented default: bloop_save(engine, account, .condition = c, .atomic = true). All calls may be made from many
   threads at once; an object must be used by one at a time. */
#ifndef BLOOP_ENGINE_H
#define BLOOP_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bloop/condition.h>
#include <bloop/error.h>
#include <bloop/export.h>
#include <bloop/model.h>
#include <bloop/object.h>
#include <bloop/op.h>

BLOOP_BEGIN_C_

typedef struct bloop_engine bloop_engine;

/* The name that an engine uses for a model's table: writes it, with its zero byte, to `name`, which has room for 256
   bytes. `given` is the name that the model has. Any status but BLOOP_OK fails the bind with it. */
typedef bloop_status (*bloop_table_namer)(void *context, const bloop_model *model, const char *given, char *name);

typedef struct bloop_engine_options {
    size_t size;                    /* of this struct; the macro bloop_engine_new_with fills it in */
    bloop_backend *dynamodb;        /* required; the engine owns it from now on, whether or not the call succeeds */
    bloop_backend *dynamodbstreams; /* for streams; NULL: dynamodb. Owned likewise */
    const char *table_prefix;       /* put before every table name; NULL: none. Copied */
    bloop_table_namer table_namer;  /* instead of a prefix */
    void *table_namer_context;
} bloop_engine_options;

/* Opens an engine on a URL:
     memory:            private, in this process, gone when closed
     file:PATH          embedded and durable; parameters after '?', joined by '&':
                        durability=durable|later, mode=rw|ro, map=BYTES (see bloop/sys/store.h)
     http://HOST:PORT, https://…   a DynamoDB-compatible endpoint
     aws:REGION, aws:   Amazon DynamoDB, in that region or the one that is configured
                        parameters of these: region=TEXT (not of aws:), profile=TEXT, timeout_ms=, connect_timeout_ms=,
                        max_attempts=, in_flight=, max_connections=NUMBER, ca_file=PATH, proxy=URL (see bloop/remote.h).
                        Credentials are no part of a URL. BLOOP_NOT_BUILT when the library was built without this backend
   `prefix=TEXT` in the parameters of any URL is a table prefix. PATH may have %XX escapes. NULL: the URL in the
   environment's BLOOP_URL, unless that is empty, else "file:bloop.db" in the working directory. Close it with bloop_close.
   NULL and the last error: BLOOP_INVALID_URL, BLOOP_NOT_BUILT, and what opening the backend says (bloop/sys/store.h,
   bloop/remote.h). */
BLOOP_API bloop_engine *bloop_open(const char *url);

/* A backend alone, without models, by the same URLs (without prefix=): for bloop/op.h and bloop_engine_new. */
BLOOP_API bloop_backend *bloop_backend_open(const char *url);

/* An engine on backends of the caller's, a test's own among them. NULL and the last error on failure. */
BLOOP_API bloop_engine *bloop_engine_new(const bloop_engine_options *options);
#define bloop_engine_new_with(...) \
    bloop_engine_new(&(bloop_engine_options){ .size = sizeof(bloop_engine_options), __VA_ARGS__ })

/* Closes an engine and its backends. Other threads' calls on it must have ended. Objects may outlive it. NULL is fine. */
BLOOP_API void bloop_close(bloop_engine *engine);

/* The engine's backend, for operations without models; borrowed. */
BLOOP_API bloop_backend *bloop_engine_backend(bloop_engine *engine);

typedef struct bloop_bind_options {
    size_t size;
    bool skip_table_setup; /* neither creates nor verifies the table: for programs that may not describe tables */
    int64_t timeout_ms;    /* how long to wait until the table is ACTIVE; 0: ten minutes */
} bloop_bind_options;

/* Creates the table of a model and of its non-abstract descendants where they do not exist, waits until they are ACTIVE,
   and verifies them. Key schema and key types must be equal; each index of the model must exist with the same keys and at
   least its projection; a stream must have the model's view type if the model has one; units are compared where the model
   gives them. What else a table has is no mismatch. Binding twice is fine.
   BLOOP_INVALID_MODEL, BLOOP_TABLE_MISMATCH (says what differs), BLOOP_TIMEOUT, and the backend's statuses. */
BLOOP_API bloop_status bloop_bind_model(bloop_engine *engine, const bloop_model *model,
                                        const bloop_bind_options *options);
#define bloop_bind(...) BLOOP_BIND_(__VA_ARGS__, )
#define BLOOP_BIND_(engine, Model, ...)             \
    bloop_bind_model(engine, &(Model).bloop_model_, \
                     &(bloop_bind_options){ .size = sizeof(bloop_bind_options), __VA_ARGS__ })

/* The name of a bound model's table, valid until the engine is closed. NULL and BLOOP_UNBOUND_MODEL when it is not bound. */
BLOOP_API const char *bloop_table_name(bloop_engine *engine, const bloop_model *model);

/* Several objects, of any models: bloop_objects(account, document) makes one of a list, bloop_objects_in(array, count) of
   an array of pointers. */
typedef struct bloop_object_list {
    void *const *items;
    size_t count;
} bloop_object_list;
#ifndef __cplusplus
#    define bloop_objects(...) \
        ((bloop_object_list){ (void *const[]){ __VA_ARGS__ }, sizeof((void *const[]){ __VA_ARGS__ }) / sizeof(void *) })
#    define bloop_objects_in(array, count) ((bloop_object_list){ (array), (count) })
#endif

typedef struct bloop_save_options {
    size_t size;
    bloop_condition *condition; /* must hold for each object; consumed */
    bool atomic;                /* the item must still be what this object last knew; see below */
    bool changed_only;          /* sends only what the object does not know to be stored; see below */
    bloop_in_flight in_flight;  /* of many objects: how many requests are under way at once (bloop/op.h) */
    bloop_status *statuses;     /* NULL, or room for each object's own status, in the order of the objects */
} bloop_save_options;
typedef struct bloop_delete_options {
    size_t size;
    bloop_condition *condition;
    bool atomic;
    bloop_in_flight in_flight;
    bloop_status *statuses;
} bloop_delete_options;

/* Saves objects with UpdateItem: a column with a value is set, one that is none is removed, one that is missing is left
   as it is stored. With only the keys set the item is made to exist; an object whose other columns are all none or missing,
   and some none, makes no item that is not there, for an update that only removes creates nothing. An object that is
   given twice is saved once. Every object is tried; each is saved or not by itself. A key that is missing stops the call before anything is sent.
   The status of the first object that failed; bloop_last_error()->objects are those that were not saved.

   With .atomic the item must still be what the object last knew. New or deleted: no column of the model may be stored, the
   keys included. Loaded, or a row of a search: the columns that were asked for must be as they were, those absent still
   absent; others are not compared. Saved: the columns that were set or loaded so far, as saved. With a condition, both must
   hold. A save that is refused leaves what the object knows alone, so that trying again fails again until it is loaded.
   (The reference's "atomic" of 1.0, user guide, "Atomic Conditions".)

   With .changed_only a column is left out when it is as it was loaded or saved last, by value: setting it to an equal one,
   or to another and back, is no change. A column that the last load did not ask for and that was set since is sent; new
   and deleted objects, and those whose key is another now, send all that they have. When nothing has changed the request
   is sent all the same: a condition is checked, and an item that somebody has deleted is made again, with what was sent
   alone. Combine it with .atomic, or a condition, where that must not be.

   Two writes to one key happen in the order of the objects, whatever .in_flight is.

   A write that fails leaves the object, and what it knows to be stored, as they were. That includes BLOOP_UNKNOWN_OUTCOME,
   when the answer was lost on its way and the write may or may not have happened. Then an .atomic save compares with what
   was known before: when the lost write did happen it is refused, and a load tells what is there.

   BLOOP_MISSING_KEY, BLOOP_UNBOUND_MODEL, BLOOP_INVALID_MODEL (abstract), BLOOP_CONSTRAINT_VIOLATION (condition, atomic),
   BLOOP_INVALID_CONDITION and others that a failed condition carries, and the backend's. */
BLOOP_API bloop_status bloop_save_objects(bloop_engine *engine, bloop_object_list objects,
                                          const bloop_save_options *options);
#define bloop_save(...) BLOOP_SAVE_(__VA_ARGS__, )
#define BLOOP_SAVE_(engine, object, ...)                                                           \
    bloop_save_objects(engine, (bloop_object_list){ (void *const[]){ BLOOP_OBJECT_(object) }, 1 }, \
                       &(bloop_save_options){ .size = sizeof(bloop_save_options), __VA_ARGS__ })
#define bloop_save_all(...) BLOOP_SAVE_ALL_(__VA_ARGS__, )
#define BLOOP_SAVE_ALL_(engine, objects, ...) \
    bloop_save_objects(engine, objects, &(bloop_save_options){ .size = sizeof(bloop_save_options), __VA_ARGS__ })

/* Deletes the items of objects with DeleteItem; an item that does not exist is no error. The objects keep their values.
   Otherwise as bloop_save_objects. */
BLOOP_API bloop_status bloop_delete_objects(bloop_engine *engine, bloop_object_list objects,
                                            const bloop_delete_options *options);
#define bloop_delete(...) BLOOP_DELETE_(__VA_ARGS__, )
#define BLOOP_DELETE_(engine, object, ...)                                                           \
    bloop_delete_objects(engine, (bloop_object_list){ (void *const[]){ BLOOP_OBJECT_(object) }, 1 }, \
                         &(bloop_delete_options){ .size = sizeof(bloop_delete_options), __VA_ARGS__ })
#define bloop_delete_all(...) BLOOP_DELETE_ALL_(__VA_ARGS__, )
#define BLOOP_DELETE_ALL_(engine, objects, ...) \
    bloop_delete_objects(engine, objects, &(bloop_delete_options){ .size = sizeof(bloop_delete_options), __VA_ARGS__ })

typedef struct bloop_load_options {
    size_t size;
    bool consistent;           /* strongly consistent; the embedded store always is */
    bloop_in_flight in_flight; /* of many objects: how many requests are under way at once (bloop/op.h) */
    bloop_status *statuses;    /* NULL, or room for each object's own status, in the order of the objects */
} bloop_load_options;

/* Loads objects by their keys: every column becomes a value or none, whatever it was. Equal keys are read once and fill
   every object. BLOOP_MISSING_OBJECTS when some were not found: bloop_last_error()->objects are those, which stay as they
   were; the others are loaded. BLOOP_MISSING_KEY, BLOOP_UNBOUND_MODEL, BLOOP_INVALID_MODEL before anything is read; a
   stored attribute that its column's type can't load fails its object with BLOOP_INVALID_VALUE. */
BLOOP_API bloop_status bloop_load_objects(bloop_engine *engine, bloop_object_list objects,
                                          const bloop_load_options *options);
#define bloop_load(...) BLOOP_LOAD_(__VA_ARGS__, )
#define BLOOP_LOAD_(engine, object, ...)                                                           \
    bloop_load_objects(engine, (bloop_object_list){ (void *const[]){ BLOOP_OBJECT_(object) }, 1 }, \
                       &(bloop_load_options){ .size = sizeof(bloop_load_options), __VA_ARGS__ })
#define bloop_load_all(...) BLOOP_LOAD_ALL_(__VA_ARGS__, )
#define BLOOP_LOAD_ALL_(engine, objects, ...) \
    bloop_load_objects(engine, objects, &(bloop_load_options){ .size = sizeof(bloop_load_options), __VA_ARGS__ })

/* The object as the functions above take it; an error by the compiler for what is no object. */
#define BLOOP_OBJECT_(object) (&(object)->bloop_object_)

BLOOP_END_C_

#endif
