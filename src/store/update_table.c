/* UpdateTable: a new definition from the old one and a request, a new descriptor from that, and what follows from it. */
#include <bloop/sys/backend.h>

#include "commit_private.h"
#include "describe_private.h"
#include "maintain_private.h"
#include "op/op.h"

/* An update under way, which may be attempted more than once. */
typedef struct task {
    const bloop_update_table_request *request;
    bl_table *table; /* what came of it */
    bloop_table_result *out;
} task;

/* The definition as it will be, with room of its own for what may change in it. */
typedef struct draft {
    const bloop_update_table_request *request;
    bloop_table_definition definition;
    bloop_index_definition indexes[BL_INDEXES_MAX + 1];
    bloop_attribute_definition *attributes;
} draft;

static bloop_status run(bl_change *change, void *context);
static bloop_status run_on(bl_change *change, const bl_table *old, task *t);
static bloop_status tell(bl_change *change, task *t);
static bloop_status drop_index(bl_change *change, const bl_table *old, const bl_table *new, const char *name);
static bloop_status make_draft(const bl_table *old, draft *d);
static bloop_status draft_capacity(draft *d);
static bloop_status draft_index_capacity(draft *d);
static bloop_status draft_stream(draft *d);
static bloop_status draft_indexes(draft *d);
static bloop_status check_units(bloop_billing_mode billing, const bloop_index_definition *index);
static bloop_status draft_attributes(draft *d);
static bloop_status refuse_redefinition(const draft *d, const bloop_attribute_definition *attribute);
static bool is_used(const bloop_table_definition *definition, const char *attribute);
static bool index_uses(const bloop_index_definition *indexes, size_t count, const char *attribute);
static bloop_index_definition *find_index(draft *d, const char *name);
static bloop_status no_index(const draft *d, const char *name, const char *verb);
static bool same_throughput(bloop_throughput a, bloop_throughput b);

/* A new index is filled before this returns, in pieces between the writes of others; a deleted one is removed likewise. */
bloop_status bl_update_table(bloop_backend *base, const bloop_update_table_request *request, bloop_table_result *out)
{
    bl_backend *backend = (bl_backend *)base;
    task t = { .request = request, .out = out };
    bloop_status status = bl_call_begin(backend);
    if (status != BLOOP_OK)
        return status;
    status = bl_commit_alone(backend->store, run, &t);
    if (status == BLOOP_OK && request->delete_index)
        bl_sweep_quietly(backend->store);
    if (status == BLOOP_OK && request->create_index)
        status = bl_fill_indexes(backend->store, request->table);
    bl_table_release(t.table);
    bl_call_end(backend);
    return status == BLOOP_OK && request->create_index ? bl_describe_table(base, request->table, out) : status;
}

static bloop_status run(bl_change *change, void *context)
{
    task *t = context;
    bl_table *old;
    bl_table_release(t->table);
    t->table = NULL;
    bloop_status status = bl_table_read(&change->txn, t->request->table, &old);
    if (status != BLOOP_OK)
        return status;
    if (!old)
        return bl_table_not_found(t->request->table);
    status = run_on(change, old, t);
    bl_table_release(old);
    return status;
}

static bloop_status run_on(bl_change *change, const bl_table *old, task *t)
{
    draft *d = bl_alloc_zeroed(1, sizeof *d);
    if (!d)
        return BLOOP_NO_MEMORY;
    d->request = t->request;
    bloop_status status = make_draft(old, d);
    if (status == BLOOP_OK)
        status = bl_table_change(old, &d->definition, &change->facts.next_id, &t->table);
    bl_free(d->attributes);
    bl_free(d);
    if (status != BLOOP_OK)
        return status;
    change->changed = change->catalog_changed = true;
    status = bl_table_write(&change->txn, t->table);
    if (status == BLOOP_OK && t->request->delete_index)
        status = drop_index(change, old, t->table, t->request->delete_index);
    return status == BLOOP_OK && !t->request->create_index ? tell(change, t) : status;
}

/* Before the commit, so that memory that lacks changes nothing; but a new index has no counts before it is filled. */
static bloop_status tell(bl_change *change, task *t)
{
    bl_count counts[BL_INDEXES_MAX + 1];
    bloop_result_free(&t->out->memory);
    bloop_status status = bl_counts_read(&change->txn, t->table, counts);
    return status == BLOOP_OK ? bl_describe(t->table, counts, BLOOP_TABLE_ACTIVE, t->out) : status;
}

/* What is left of the counts is written anew, so that an id that is gone stands nowhere. */
static bloop_status drop_index(bl_change *change, const bl_table *old, const bl_table *new, const char *name)
{
    bl_count counts[BL_INDEXES_MAX + 1];
    bloop_status status = BLOOP_OK;
    for (uint32_t i = 0; status == BLOOP_OK && i < old->index_count; i++)
        if (strcmp(old->indexes[i].name, name) == 0)
            status = bl_drop(change, BL_SPACE_INDEXES, old->indexes[i].id);
    if (status == BLOOP_OK)
        status = bl_counts_read(&change->txn, new, counts);
    return status == BLOOP_OK ? bl_counts_write(&change->txn, new, counts) : status;
}

static bloop_status make_draft(const bl_table *old, draft *d)
{
    d->definition = old->about.definition;
    memcpy(d->indexes, d->definition.global_indexes, d->definition.global_index_count * sizeof *d->indexes);
    d->definition.global_indexes = d->indexes;
    if (d->request->set_deletion_protection)
        d->definition.deletion_protection = d->request->deletion_protection;
    bloop_status status = draft_capacity(d);
    if (status == BLOOP_OK)
        status = draft_stream(d);
    if (status == BLOOP_OK)
        status = draft_indexes(d);
    if (status == BLOOP_OK)
        status = draft_index_capacity(d);
    return status == BLOOP_OK ? draft_attributes(d) : status;
}

static bloop_status draft_capacity(draft *d)
{
    const bloop_update_table_request *request = d->request;
    bloop_table_definition *definition = &d->definition;
    bloop_billing_mode before = definition->billing;
    if (request->set_billing)
        definition->billing = request->billing;
    if (definition->billing == BLOOP_BILLING_PAY_PER_REQUEST) {
        if (request->set_throughput)
            return bl_error(BLOOP_VALIDATION,
                            "One or more parameter values were invalid: Neither ReadCapacityUnits nor "
                            "WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST");
        definition->throughput = (bloop_throughput){ 0, 0 };
        for (size_t i = 0; i < definition->global_index_count; i++)
            d->indexes[i].throughput = (bloop_throughput){ 0, 0 };
        return BLOOP_OK;
    }
    if (!request->set_throughput)
        return BLOOP_OK;
    const bloop_throughput now = definition->throughput, new = request->throughput;
    if (before == BLOOP_BILLING_PROVISIONED && same_throughput(now, new))
        return bl_error(
            BLOOP_VALIDATION,
            "The provisioned throughput for the table will not change. The requested value equals the "
            "current value. Current ReadCapacityUnits provisioned for the table: %lld. Requested "
            "ReadCapacityUnits: %lld. Current WriteCapacityUnits provisioned for the table: %lld. Requested "
            "WriteCapacityUnits: %lld. Refer to the Amazon DynamoDB Developer Guide for current limits and "
            "how to request higher limits.",
            (long long)now.read_units, (long long)new.read_units, (long long)now.write_units,
            (long long)new.write_units);
    definition->throughput = new;
    /* A request can name one index. The service wants units for every one; the others take the table's. */
    for (size_t i = 0; before != BLOOP_BILLING_PROVISIONED && i < definition->global_index_count; i++)
        d->indexes[i].throughput = new;
    return BLOOP_OK;
}

static bloop_status draft_index_capacity(draft *d)
{
    const bloop_update_table_request *request = d->request;
    if (!request->update_index)
        return BLOOP_OK;
    bloop_index_definition *index = find_index(d, request->update_index);
    if (!index)
        return no_index(d, request->update_index, "update");
    bloop_status status = bl_op_check_units(request->index_throughput);
    if (status != BLOOP_OK)
        return status;
    const bloop_throughput now = index->throughput, new = request->index_throughput;
    if (d->definition.billing == BLOOP_BILLING_PAY_PER_REQUEST)
        return bl_error(BLOOP_VALIDATION,
                        "One or more parameter values were invalid: The only Updates for index: %s when "
                        "TableThroughputMode is PAY_PER_REQUEST can be to OnDemandThroughput, WarmThroughput",
                        index->name);
    if (!request->set_billing && same_throughput(now, new))
        return bl_error(BLOOP_VALIDATION,
                        "The provisioned throughput for the index %s will not change. The requested value equals the "
                        "current value. Current ReadCapacityUnits provisioned for index %s: %lld. Requested "
                        "ReadCapacityUnits: %lld. Current WriteCapacityUnits provisioned for index %s: %lld. Requested "
                        "WriteCapacityUnits: %lld. Refer to the Amazon DynamoDB Developer Guide for current limits and "
                        "how to request higher limits.",
                        index->name, index->name, (long long)now.read_units, (long long)new.read_units, index->name,
                        (long long)now.write_units, (long long)new.write_units);
    index->throughput = new;
    return BLOOP_OK;
}

/* A stream's view can't be changed, only turned off and on again. */
static bloop_status draft_stream(draft *d)
{
    bloop_stream_view_type before = d->definition.stream;
    if (!d->request->set_stream)
        return BLOOP_OK;
    if (d->request->stream == BLOOP_VIEW_NONE && before == BLOOP_VIEW_NONE)
        return bl_error(BLOOP_VALIDATION, "Table has no stream to disable: TableName: %s", d->definition.name);
    if (d->request->stream != BLOOP_VIEW_NONE && before != BLOOP_VIEW_NONE)
        return bl_error(BLOOP_VALIDATION, "Table already has an enabled stream: TableName: %s", d->definition.name);
    d->definition.stream = d->request->stream;
    return BLOOP_OK;
}

static bloop_status draft_indexes(draft *d)
{
    const bloop_update_table_request *request = d->request;
    bloop_table_definition *definition = &d->definition;
    if (request->delete_index) {
        bloop_index_definition *index = find_index(d, request->delete_index);
        if (!index)
            return no_index(d, request->delete_index, "delete");
        size_t place = (size_t)(index - d->indexes);
        definition->global_index_count--;
        memmove(index, index + 1, (definition->global_index_count - place) * sizeof *index);
    }
    if (!request->create_index)
        return BLOOP_OK;
    if (bl_op_find_index(definition, request->create_index->name))
        return bl_error(BLOOP_VALIDATION, "Attempting to create an index which already exists");
    bloop_status status = check_units(definition->billing, request->create_index);
    if (status != BLOOP_OK)
        return status;
    if (definition->global_index_count >= BL_MAX_GLOBAL_INDEXES)
        return bl_error(BLOOP_LIMIT_EXCEEDED, "GlobalSecondaryIndex count exceeds the per-table limit of %d",
                        BL_MAX_GLOBAL_INDEXES);
    d->indexes[definition->global_index_count++] = *request->create_index;
    return BLOOP_OK;
}

/* Whether a new index has units, as those of a provisioned table have to, and those of another may not. */
static bloop_status check_units(bloop_billing_mode billing, const bloop_index_definition *index)
{
    bool read = index->throughput.read_units != 0, write = index->throughput.write_units != 0;
    if (billing == BLOOP_BILLING_PROVISIONED && !(read && write))
        return bl_error(BLOOP_VALIDATION,
                        "One or more parameter values were invalid: Both ReadCapacityUnits and WriteCapacityUnits must "
                        "be specified for index: %s",
                        index->name);
    if (billing == BLOOP_BILLING_PAY_PER_REQUEST && (read || write))
        return bl_error(BLOOP_VALIDATION,
                        "One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits "
                        "can be specified for index: %s when BillingMode is PAY_PER_REQUEST",
                        index->name);
    return BLOOP_OK;
}

/* Those that were there, then the request's; without those that no key uses any more. Other types than those that were
   there matter in the key of a new index alone. */
static bloop_status draft_attributes(draft *d)
{
    const bloop_update_table_request *request = d->request;
    bloop_table_definition *definition = &d->definition;
    const bloop_attribute_definition *before = definition->attributes;
    size_t known = definition->attribute_count, count = 0;
    d->attributes = bl_alloc_zeroed(known + request->attribute_count, sizeof *d->attributes);
    if (!d->attributes)
        return BLOOP_NO_MEMORY;
    for (size_t i = 0; i < known + request->attribute_count; i++) {
        const bloop_attribute_definition *each = i < known ? &before[i] : &request->attributes[i - known];
        bloop_tag type = i < known ? BLOOP_TAG_NONE : bl_op_attribute_type(&d->definition, each->name);
        if (type != BLOOP_TAG_NONE && type != each->type && request->create_index &&
            index_uses(request->create_index, 1, each->name))
            return refuse_redefinition(d, each);
        if (type == BLOOP_TAG_NONE && is_used(definition, each->name))
            d->attributes[count++] = *each;
    }
    definition->attributes = d->attributes;
    definition->attribute_count = count;
    const bloop_index_definition *made = request->create_index;
    if (made && (!bl_op_attribute_type(definition, made->hash_key) ||
                 (made->range_key && !bl_op_attribute_type(definition, made->range_key))))
        return bl_error(
            BLOOP_VALIDATION,
            "One or more parameter values were invalid: AttributeDefinitions is not specified for index: %s",
            made->name);
    return BLOOP_OK;
}

static bloop_status refuse_redefinition(const draft *d, const bloop_attribute_definition *attribute)
{
    const bloop_index_definition *made = d->request->create_index;
    const char *kind = strcmp(made->hash_key, attribute->name) == 0 ? "HASH" : "RANGE";
    bloop_tag before = bl_op_attribute_type(&d->definition, attribute->name);
    return bl_error(BLOOP_VALIDATION,
                    "One or more parameter values were invalid: Attributes cannot be redefined. Please check that your "
                    "attribute has the same type as previously defined. Existing schema: Schema:[SchemaElement: "
                    "key{%s:%s:%s}] New schema: Schema:[SchemaElement: key{%s:%s:%s}]",
                    attribute->name, bloop_tag_name(before), kind, attribute->name, bloop_tag_name(attribute->type),
                    kind);
}

static bool is_used(const bloop_table_definition *definition, const char *attribute)
{
    return strcmp(definition->hash_key, attribute) == 0 ||
           (definition->range_key && strcmp(definition->range_key, attribute) == 0) ||
           index_uses(definition->global_indexes, definition->global_index_count, attribute) ||
           index_uses(definition->local_indexes, definition->local_index_count, attribute);
}

static bool index_uses(const bloop_index_definition *indexes, size_t count, const char *attribute)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(indexes[i].hash_key, attribute) == 0 ||
            (indexes[i].range_key && strcmp(indexes[i].range_key, attribute) == 0))
            return true;
    return false;
}

static bloop_index_definition *find_index(draft *d, const char *name)
{
    for (size_t i = 0; i < d->definition.global_index_count; i++)
        if (strcmp(d->indexes[i].name, name) == 0)
            return &d->indexes[i];
    return NULL;
}

static bloop_status no_index(const draft *d, const char *name, const char *verb)
{
    if (bl_op_find_index(&d->definition, name))
        return bl_error(BLOOP_VALIDATION, "Cannot %s an index that is not a GlobalSecondaryIndex: %s", verb, name);
    return bl_error(BLOOP_TABLE_NOT_FOUND, "Requested resource not found: Index %s for table %s", name,
                    d->definition.name);
}

static bool same_throughput(bloop_throughput a, bloop_throughput b)
{
    return a.read_units == b.read_units && a.write_units == b.write_units;
}
