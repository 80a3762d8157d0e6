/* Binding: a model's table, and those of its descendants, made and verified. */
#include "engine/engine_private.h"

#define DEFAULT_TIMEOUT_MS (10 * 60 * 1000)
#define FIRST_WAIT_MS      10
#define LONGEST_WAIT_MS    5000

/* The models of one call to bloop_bind_model, in the order of their registration. */
typedef struct binding_list {
    const bloop_model **models;
    char (*names)[BL_TABLE_NAME_SIZE];
    size_t count, model_capacity, name_capacity;
} binding_list;

static bloop_status collect(void *context, const bloop_model *model);
static bloop_status create_tables(bloop_engine *engine, binding_list *list, bool skip_setup);
static bloop_status create_table(bloop_engine *engine, const bloop_model *model, const char *name);
static bloop_status finish(bloop_engine *engine, const bloop_model *model, const char *name,
                           const bloop_bind_options *options);
static bloop_status verify_table(bloop_engine *engine, const bloop_model *model, const char *name, int64_t timeout_ms);
static bloop_status wait_until_active(bloop_engine *engine, const char *name, int64_t timeout_ms,
                                      bloop_table_result *out);
static bool is_active(const bloop_table_description *table);

bloop_status bloop_bind_model(bloop_engine *engine, const bloop_model *model, const bloop_bind_options *options)
{
    static const bloop_bind_options defaults = { .size = sizeof defaults };
    if (!engine || !model)
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_bind: the %s is NULL", engine ? "model" : "engine");
    if (!options)
        options = &defaults;
    if (options->size != sizeof *options || options->timeout_ms < 0)
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_bind: .%s",
                        options->timeout_ms < 0 ? "timeout_ms is negative" : "size must be sizeof(bloop_bind_options)");
    binding_list list = { 0 };
    bloop_status status = bl_model_descendants(model, collect, &list);
    if (status == BLOOP_OK)
        status = create_tables(engine, &list, options->skip_table_setup);
    for (size_t i = 0; status == BLOOP_OK && i < list.count; i++)
        status = finish(engine, list.models[i], list.names[i], options);
    bl_free(list.models);
    bl_free(list.names);
    return status;
}

/* Keeps the models that have a table of their own. */
static bloop_status collect(void *context, const bloop_model *model)
{
    binding_list *list = context;
    bloop_status status = bloop_model_check(model);
    if (status != BLOOP_OK || model->table.abstract)
        return status;
    void *models = list->models, *names = list->names;
    status = bl_grow(&models, &list->model_capacity, list->count + 1, sizeof list->models[0]);
    list->models = models;
    if (status == BLOOP_OK)
        status = bl_grow(&names, &list->name_capacity, list->count + 1, sizeof list->names[0]);
    list->names = names;
    if (status == BLOOP_OK)
        list->models[list->count++] = model;
    return status;
}

/* All tables are asked for before the first is waited for, so that a service makes them side by side. */
static bloop_status create_tables(bloop_engine *engine, binding_list *list, bool skip_setup)
{
    for (size_t i = 0; i < list->count; i++) {
        bloop_status status = bl_table_name_make(engine, list->models[i], list->names[i]);
        if (status == BLOOP_OK && !skip_setup)
            status = create_table(engine, list->models[i], list->names[i]);
        if (status != BLOOP_OK)
            return status;
    }
    return BLOOP_OK;
}

/* A table that exists, or is being made by somebody else, is as good as one that is made here. A store that is open for
   reading has the table or not: verifying tells. */
static bloop_status create_table(bloop_engine *engine, const bloop_model *model, const char *name)
{
    bl_arena arena = { 0 };
    bloop_table_definition table;
    bloop_status status = bl_table_define(model, name, &arena, &table);
    if (status == BLOOP_OK)
        status = bloop_create_table(engine->backend, &table, NULL);
    bl_arena_free(&arena);
    if (status == BLOOP_TABLE_IN_USE || status == BLOOP_READ_ONLY)
        return BLOOP_OK;
    return status == BLOOP_OK ? BLOOP_OK : bl_error_context("model %s, table %s", model->name, name);
}

static bloop_status finish(bloop_engine *engine, const bloop_model *model, const char *name,
                           const bloop_bind_options *options)
{
    const bl_model_info *info;
    bloop_status status = bl_model_info_of(model, &info);
    if (status == BLOOP_OK && !options->skip_table_setup)
        status = verify_table(engine, model, name, options->timeout_ms ? options->timeout_ms : DEFAULT_TIMEOUT_MS);
    if (status != BLOOP_OK)
        return status;
    bl_signal_send_model(BLOOP_MODEL_VALIDATED, engine, model);
    status = bl_model_register_types(info, engine);
    if (status == BLOOP_OK)
        status = bl_binding_set(engine, model, name);
    if (status == BLOOP_OK)
        bl_signal_send_model(BLOOP_MODEL_BOUND, engine, model);
    return status;
}

static bloop_status verify_table(bloop_engine *engine, const bloop_model *model, const char *name, int64_t timeout_ms)
{
    bl_arena arena = { 0 };
    bloop_table_definition expected;
    bloop_table_result actual = { 0 };
    bloop_status status = wait_until_active(engine, name, timeout_ms, &actual);
    if (status != BLOOP_OK)
        return bl_error_context("model %s, table %s", model->name, name);
    status = bl_table_define(model, name, &arena, &expected);
    if (status == BLOOP_OK)
        status = bl_table_compare(model, &expected, &actual.table);
    bloop_result_free(&actual.memory);
    bl_arena_free(&arena);
    return status;
}

static bloop_status wait_until_active(bloop_engine *engine, const char *name, int64_t timeout_ms,
                                      bloop_table_result *out)
{
    int64_t begun = bl_monotonic_nanoseconds();
    for (int64_t wait_ms = FIRST_WAIT_MS;; wait_ms = wait_ms * 2 < LONGEST_WAIT_MS ? wait_ms * 2 : LONGEST_WAIT_MS) {
        bloop_status status = bloop_describe_table(engine->backend, name, out);
        if (status != BLOOP_OK || is_active(&out->table))
            return status;
        bloop_result_free(&out->memory);
        *out = (bloop_table_result){ 0 };
        int64_t left_ms = timeout_ms - (bl_monotonic_nanoseconds() - begun) / 1000000;
        if (left_ms <= 0)
            return bl_error(BLOOP_TIMEOUT, "the table is not ACTIVE after %lld ms", (long long)timeout_ms);
        bl_sleep_ms(wait_ms < left_ms ? wait_ms : left_ms);
    }
}

/* An index that is being built makes its table wait, too: a search of it would fail. */
static bool is_active(const bloop_table_description *table)
{
    if (table->status != BLOOP_TABLE_ACTIVE)
        return false;
    for (size_t i = 0; i < table->definition.global_index_count; i++)
        if (table->global_states[i].status != BLOOP_TABLE_ACTIVE)
            return false;
    return true;
}
