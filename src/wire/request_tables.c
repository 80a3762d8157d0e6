/* Operations on tables: what only the operation knows and op can't see any more, and the definitions for op. Words as
   architect/dynalite's and nubo-db's suites recorded them. */
#include "wire/reading_private.h"

#define INVALID "One or more parameter values were invalid: "

enum { MAX_PARTS = 256 };

/* A key schema as op has it. */
typedef struct key_names {
    const char *hash, *range;
} key_names;

static bloop_status check_counts(const bl_in_table *in);
static bloop_status make_attributes(bl_wire_reading *reading, const bl_in_list *from,
                                    const bloop_attribute_definition **out);
static bloop_status make_key(bl_wire_reading *reading, const bl_in_list *from, key_names *out, bl_key_faults *faults);
static bloop_status make_indexes(bl_wire_reading *reading, const bl_in_list *from, const bloop_index_definition **out,
                                 const bl_key_faults **faults);
static bloop_status make_index(bl_wire_reading *reading, const bl_in_index *from, bloop_index_definition *out,
                               bl_key_faults *faults);
static bloop_status make_stream(const bl_in_stream *from, bool update, bloop_stream_view_type *out);
static bloop_status make_change(bl_wire_reading *reading, const bl_in_index_change *from,
                                bloop_update_table_request *out, bl_key_faults *faults);
static bloop_status check_changes(const bl_in_list *changes);
static bloop_slice name_of_change(const bl_in_index_change *change);
static bool changes_nothing(const bl_in_table *in);
static const char *wrong_resource(bloop_slice arn);
static bloop_throughput make_throughput(const bl_in_units *from);

bloop_status bl_in_finish_create_table(bl_wire_reading *reading, bl_wire_request *out)
{
    const bl_in_table *in = &reading->in.table;
    bloop_table_definition *table = &out->as.create_table;
    bl_table_faults faults = { .empty_local = in->local.present && in->local.count == 0,
                               .empty_global = in->global.present && in->global.count == 0 };
    key_names key = { NULL, NULL };
    bloop_status status = check_counts(in);
    if (status == BLOOP_OK)
        status = bl_in_table_name(reading, in->name, &table->name);
    if (status == BLOOP_OK)
        status = make_attributes(reading, &in->attributes, &table->attributes);
    if (status == BLOOP_OK)
        status = make_key(reading, &in->key, &key, &faults.table);
    if (status == BLOOP_OK)
        status = make_indexes(reading, &in->local, &table->local_indexes, &faults.local);
    if (status == BLOOP_OK)
        status = make_indexes(reading, &in->global, &table->global_indexes, &faults.global);
    table->hash_key = key.hash;
    table->range_key = key.range;
    table->attribute_count = in->attributes.count;
    table->local_index_count = in->local.count;
    table->global_index_count = in->global.count;
    table->billing = (bloop_billing_mode)bl_in_chosen(in->billing, BLOOP_BILLING_PROVISIONED);
    table->throughput = make_throughput(&in->throughput);
    table->deletion_protection = in->protection == BL_IN_TRUE;
    if (status == BLOOP_OK)
        status = bl_op_check_new_table(table, &faults);
    return status == BLOOP_OK ? make_stream(&in->stream, false, &table->stream) : status;
}

bloop_status bl_in_finish_update_table(bl_wire_reading *reading, bl_wire_request *out)
{
    const bl_in_table *in = &reading->in.table;
    const bl_in_index_change *changes = in->changes.elements;
    bloop_update_table_request *update = &out->as.update_table;
    bl_key_faults faults = { .first_not_hash = false };
    bloop_status status = check_counts(in);
    if (status == BLOOP_OK)
        status = bl_in_table_name(reading, in->name, &update->table);
    if (status == BLOOP_OK)
        status = make_attributes(reading, &in->attributes, &update->attributes);
    if (status == BLOOP_OK)
        status = check_changes(&in->changes);
    for (size_t i = 0; status == BLOOP_OK && i < in->changes.count; i++)
        status = make_change(reading, &changes[i], update, &faults);
    update->attribute_count = in->attributes.count;
    update->set_billing = in->billing.text.data != NULL;
    update->billing = (bloop_billing_mode)bl_in_chosen(in->billing, BLOOP_BILLING_PROVISIONED);
    update->set_throughput = in->throughput.present;
    update->throughput = make_throughput(&in->throughput);
    update->set_stream = in->stream.present;
    update->set_deletion_protection = in->protection != BL_IN_ABSENT;
    update->deletion_protection = in->protection == BL_IN_TRUE;
    out->unchanged = changes_nothing(in);
    if (status == BLOOP_OK && !out->unchanged)
        status = bl_op_check_new_index(update, &faults);
    if (status == BLOOP_OK && in->changes.present && in->changes.count == 0)
        status = bl_error(BLOOP_VALIDATION, INVALID "List of GlobalSecondaryIndexUpdates is empty");
    return status == BLOOP_OK ? make_stream(&in->stream, true, &update->stream) : status;
}

bloop_status bl_in_finish_table_name(bl_wire_reading *reading, bl_wire_request *out)
{
    return bl_in_table_name(reading, reading->in.table.name, &out->as.table);
}

bloop_status bl_in_finish_list_tables(bl_wire_reading *reading, bl_wire_request *out)
{
    const bl_in_table *in = &reading->in.table;
    out->as.list_tables.limit = (int32_t)in->limit.value;
    return in->name.data ? bl_in_c_text(reading, in->name, &out->as.list_tables.exclusive_start) : BLOOP_OK;
}

bloop_status bl_in_finish_list_tags(bl_wire_reading *reading, bl_wire_request *out)
{
    const bl_in_table *in = &reading->in.table;
    if (!in->name.data)
        return bl_error(BLOOP_VALIDATION, "Invalid TableArn");
    const char *refusal = wrong_resource(in->name);
    if (refusal)
        return bl_error(BLOOP_VALIDATION, INVALID "%s: %.*s", refusal, (int)bl_in_shown(in->name, 512), in->name.data);
    return bl_in_c_text(reading, in->name, &out->as.arn);
}

bloop_status bl_in_c_text(bl_wire_reading *reading, bloop_slice text, const char **out)
{
    if (memchr(text.data, 0, text.size))
        return bl_error(BLOOP_VALIDATION, INVALID "A name may not contain U+0000");
    const char *copy = bl_arena_text(&reading->arena, text.data, text.size);
    if (!copy)
        return BLOOP_NO_MEMORY;
    *out = copy;
    return BLOOP_OK;
}

bloop_status bl_in_table_name(bl_wire_reading *reading, bloop_slice table, const char **out)
{
    return bl_in_c_text(reading, bl_in_name_of_table(table), out);
}

bloop_slice bl_in_name_of_table(bloop_slice table)
{
    static const char prefix[] = "arn:", resource[] = ":table/";
    if (table.size < sizeof prefix - 1 || memcmp(table.data, prefix, sizeof prefix - 1) != 0)
        return table;
    const char *at = memmem(table.data, table.size, resource, sizeof resource - 1);
    if (!at)
        return table;
    at += sizeof resource - 1;
    return (bloop_slice){ at, (size_t)(table.data + table.size - at) };
}

int bl_in_chosen(bl_in_choice choice, int otherwise)
{
    return choice.text.data ? choice.value : otherwise;
}

/* Parts so many that no table has them: each is compared with each. */
static bloop_status check_counts(const bl_in_table *in)
{
    const struct {
        const char *what;
        size_t count;
    } lists[] = {
        { "AttributeDefinitions", in->attributes.count },
        { "LocalSecondaryIndexes", in->local.count },
        { "GlobalSecondaryIndexes", in->global.count },
        { "GlobalSecondaryIndexUpdates", in->changes.count },
    };
    for (size_t i = 0; i < BL_COUNT_OF(lists); i++) {
        if (lists[i].count > MAX_PARTS)
            return bl_error(BLOOP_VALIDATION, INVALID "%zu %s are more than any table has", lists[i].count,
                            lists[i].what);
    }
    return BLOOP_OK;
}

static bloop_status make_attributes(bl_wire_reading *reading, const bl_in_list *from,
                                    const bloop_attribute_definition **out)
{
    const bl_in_attribute *all = from->elements;
    bloop_attribute_definition *attributes = bl_arena_alloc(&reading->arena, (from->count + 1) * sizeof *attributes);
    if (!attributes)
        return BLOOP_NO_MEMORY;
    for (size_t i = 0; i < from->count; i++) {
        bloop_status status = bl_in_c_text(reading, all[i].name, &attributes[i].name);
        if (status != BLOOP_OK)
            return status;
        attributes[i].type = (bloop_tag)all[i].type.value;
    }
    *out = attributes;
    return BLOOP_OK;
}

static bloop_status make_key(bl_wire_reading *reading, const bl_in_list *from, key_names *out, bl_key_faults *faults)
{
    const bl_in_key *keys = from->elements;
    faults->first_not_hash = keys[0].type.value != BL_IN_HASH;
    faults->second_not_range = from->count > 1 && keys[1].type.value != BL_IN_RANGE;
    bloop_status status = bl_in_c_text(reading, keys[0].name, &out->hash);
    return status == BLOOP_OK && from->count > 1 ? bl_in_c_text(reading, keys[1].name, &out->range) : status;
}

static bloop_status make_indexes(bl_wire_reading *reading, const bl_in_list *from, const bloop_index_definition **out,
                                 const bl_key_faults **faults)
{
    const bl_in_index *all = from->elements;
    bloop_index_definition *indexes = bl_arena_alloc(&reading->arena, (from->count + 1) * sizeof *indexes);
    bl_key_faults *found = bl_arena_alloc(&reading->arena, (from->count + 1) * sizeof *found);
    if (!indexes || !found)
        return BLOOP_NO_MEMORY;
    for (size_t i = 0; i < from->count; i++) {
        bloop_status status = make_index(reading, &all[i], &indexes[i], &found[i]);
        if (status != BLOOP_OK)
            return status;
    }
    *out = indexes;
    *faults = found;
    return BLOOP_OK;
}

static bloop_status make_index(bl_wire_reading *reading, const bl_in_index *from, bloop_index_definition *out,
                               bl_key_faults *faults)
{
    const bloop_slice *names = from->projection.include.elements;
    size_t count = from->projection.include.count;
    key_names key = { NULL, NULL };
    const char **include = bl_arena_alloc(&reading->arena, (count + 1) * sizeof *include);
    if (!include)
        return BLOOP_NO_MEMORY;
    memset(out, 0, sizeof *out);
    faults->no_projection_type = !from->projection.type.text.data;
    bloop_status status = bl_in_c_text(reading, from->name, &out->name);
    if (status == BLOOP_OK)
        status = make_key(reading, &from->key, &key, faults);
    for (size_t i = 0; status == BLOOP_OK && i < count; i++)
        status = bl_in_c_text(reading, names[i], &include[i]);
    out->hash_key = key.hash;
    out->range_key = key.range;
    out->projection = (bloop_projection_type)from->projection.type.value;
    out->include = include;
    out->include_count = count;
    out->throughput = make_throughput(&from->throughput);
    return status;
}

static bloop_status make_stream(const bl_in_stream *from, bool update, bloop_stream_view_type *out)
{
    bool view = from->view.text.data != NULL, off = from->enabled == BL_IN_FALSE;
    const char *refusal = NULL;
    *out = BLOOP_VIEW_NONE;
    if (!from->present || (off && !view))
        return BLOOP_OK;
    if (off)
        refusal = update ? "If stream is being disabled, then UpdateViewType must not be specified"
                         : "Table is being created with a stream disabled, UpdateViewType should not be specified";
    else if (!view)
        refusal = update ? "If stream is being enabled then UpdateViewType is required"
                         : "Table is being created with a stream enabled, UpdateViewType is required";
    if (refusal)
        return bl_error(BLOOP_VALIDATION, INVALID "%s", refusal);
    *out = (bloop_stream_view_type)from->view.value;
    return BLOOP_OK;
}

/* The list of changes; op takes one of each kind. */
static bloop_status check_changes(const bl_in_list *changes)
{
    const bl_in_index_change *all = changes->elements;
    size_t made = 0, updated = 0;
    for (size_t i = 0; i < changes->count; i++) {
        int actions = all[i].create.present + all[i].update.present + all[i].delete_.present;
        if (actions > 1)
            return bl_error(BLOOP_VALIDATION, INVALID "Only one global secondary index action is allowed per "
                                                      "GlobalSecondaryIndexUpdate object");
        if (actions == 0)
            return bl_error(BLOOP_VALIDATION,
                            INVALID "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
                                    "GlobalSecondaryIndexUpdate.Delete must not be null");
        for (size_t k = 0; k < i; k++) {
            bloop_slice name = name_of_change(&all[i]), other = name_of_change(&all[k]);
            if (name.size == other.size && memcmp(name.data, other.data, name.size) == 0)
                return bl_error(BLOOP_VALIDATION,
                                INVALID "Only one global secondary index update per index is allowed simultaneously. "
                                        "Index: %.*s",
                                (int)name.size, name.data);
        }
        made += (size_t)all[i].create.present + all[i].delete_.present;
        updated += all[i].update.present;
    }
    if (made > 1)
        return bl_error(BLOOP_LIMIT_EXCEEDED, "Subscriber limit exceeded: Only 1 online index can be created or "
                                              "deleted simultaneously per table");
    if (updated > 1)
        return bl_error(BLOOP_VALIDATION, INVALID "the throughput of one index is changed by a request, not more");
    return BLOOP_OK;
}

static bloop_slice name_of_change(const bl_in_index_change *change)
{
    if (change->update.present)
        return change->update.name;
    return change->create.present ? change->create.name : change->delete_.name;
}

static bloop_status make_change(bl_wire_reading *reading, const bl_in_index_change *from,
                                bloop_update_table_request *out, bl_key_faults *faults)
{
    bloop_status status = BLOOP_OK;
    if (from->create.present) {
        bloop_index_definition *index = bl_arena_alloc(&reading->arena, sizeof *index);
        status = index ? make_index(reading, &from->create, index, faults) : BLOOP_NO_MEMORY;
        out->create_index = index;
    }
    if (status == BLOOP_OK && from->delete_.present)
        status = bl_in_c_text(reading, from->delete_.name, &out->delete_index);
    if (status == BLOOP_OK && from->update.present) {
        status = bl_in_c_text(reading, from->update.name, &out->update_index);
        out->index_throughput = make_throughput(&from->update.throughput);
    }
    return status;
}

/* Whether all that is to change are parts that this library's tables do not have. */
static bool changes_nothing(const bl_in_table *in)
{
    bool known =
        in->billing.text.data || in->throughput.present || in->stream.present || in->protection || in->changes.count;
    return !known && (in->table_class.text.data || in->on_demand.present || in->warm.present || in->encryption.present);
}

/* What is wrong with the ARN of a resource that could have tags; NULL: nothing. Words of ack-api-quirks. */
static const char *wrong_resource(bloop_slice arn)
{
    static const char arns[] = "arn:", service[] = ":dynamodb:";
    if (arn.size < sizeof arns - 1 || memcmp(arn.data, arns, sizeof arns - 1) != 0)
        return "ARNs must start with 'arn:'";
    bloop_slice name = bl_in_name_of_table(arn);
    if (!memmem(arn.data, arn.size, service, sizeof service - 1) || name.data == arn.data)
        return "Provided Arn is not a DynamoDB resource arn";
    if (memchr(name.data, '/', name.size))
        return "Invalid resource arn provided, only table or stream is accepted. Provided resource arn";
    return NULL;
}

static bloop_throughput make_throughput(const bl_in_units *from)
{
    return (bloop_throughput){ .read_units = from->read.value, .write_units = from->write.value };
}
