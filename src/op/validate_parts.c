/* The parts of a table that CreateTable and UpdateTable both take: attributes, keys, indexes, throughput. Words and order
   as architect/dynalite's suite and the conformance suite recorded them from the service. */
#include <stdio.h>

#include "op/tables_private.h"

#define INVALID "One or more parameter values were invalid: "

/* Beyond this a number of units is refused ("out of bounds"), not a violation of the model. */
#define MAX_UNITS INT64_C(1000000000000)

static void describe_names(bl_buffer *out, const char *const *names, size_t count);

void bl_violations_of_attributes(bl_violations *v, const bloop_attribute_definition *attributes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bloop_tag type = attributes[i].type;
        bl_violation_of_name(v, BL_NAME_KEY_ATTRIBUTE, attributes[i].name,
                             "attributeDefinitions.%zu.member.attributeName", i + 1);
        if (type != BLOOP_TAG_S && type != BLOOP_TAG_N && type != BLOOP_TAG_B)
            bl_violation(v, type == BLOOP_TAG_NONE ? NULL : bloop_tag_name(type),
                         type == BLOOP_TAG_NONE ? "Member must not be null"
                                                : "Member must satisfy enum value set: [B, N, S]",
                         "attributeDefinitions.%zu.member.attributeType", i + 1);
    }
}

void bl_violations_of_throughput(bl_violations *v, bloop_throughput throughput, const char *where)
{
    bl_violation_of_number(v, throughput.write_units, 1, INT64_MAX, "%s.writeCapacityUnits", where);
    bl_violation_of_number(v, throughput.read_units, 1, INT64_MAX, "%s.readCapacityUnits", where);
}

void bl_violations_of_key(bl_violations *v, const char *hash_key, const char *range_key, const char *where)
{
    if (!hash_key) {
        bl_violation(v, "[]", "Member must have length greater than or equal to 1", "%s", where);
        return;
    }
    bl_violation_of_name(v, BL_NAME_KEY_ATTRIBUTE, hash_key, "%s.1.member.attributeName", where);
    if (range_key)
        bl_violation_of_name(v, BL_NAME_KEY_ATTRIBUTE, range_key, "%s.2.member.attributeName", where);
}

void bl_violations_of_index(bl_violations *v, const bloop_index_definition *index, const char *where)
{
    char place[128];
    bl_violation_of_name(v, BL_NAME_INDEX, index->name, "%s.indexName", where);
    snprintf(place, sizeof place, "%s.keySchema", where);
    bl_violations_of_key(v, index->hash_key, index->range_key, place);
    if ((unsigned)index->projection > BLOOP_PROJECT_INCLUDE)
        bl_violation(v, "?", "Member must satisfy enum value set: [ALL, INCLUDE, KEYS_ONLY]",
                     "%s.projection.projectionType", where);
    if (index->include_count > BL_MAX_INCLUDED_PER_INDEX) {
        char space[256];
        bl_buffer names = { 0 };
        bl_buffer_use(&names, space, sizeof space - 1);
        describe_names(&names, index->include, 8);
        bl_buffer_byte(&names, '\0');
        bl_violation(v, names.status == BLOOP_OK ? (const char *)names.data : "[…]",
                     "Member must have length less than or equal to 20", "%s.projection.nonKeyAttributes", where);
        bl_buffer_free(&names);
    }
    for (size_t i = 0; i < index->include_count && i < BL_MAX_INCLUDED_PER_INDEX; i++)
        bl_violation_of_name(v, BL_NAME_INCLUDED, index->include[i], "%s.projection.nonKeyAttributes.%zu.member", where,
                             i + 1);
    if (bl_throughput_given(index->throughput)) {
        snprintf(place, sizeof place, "%s.provisionedThroughput", where);
        bl_violations_of_throughput(v, index->throughput, place);
    }
}

void bl_violation_of_billing(bl_violations *v, bloop_billing_mode billing)
{
    if ((unsigned)billing > BLOOP_BILLING_PAY_PER_REQUEST)
        bl_violation(v, "?", "Member must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]", "billingMode");
}

void bl_violation_of_view_type(bl_violations *v, bloop_stream_view_type view)
{
    if ((unsigned)view > BLOOP_VIEW_NEW_AND_OLD_IMAGES)
        bl_violation(v, "?",
                     "Member must satisfy enum value set: [NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES, KEYS_ONLY]",
                     "streamSpecification.streamViewType");
}

bool bl_throughput_given(bloop_throughput throughput)
{
    return throughput.read_units != 0 || throughput.write_units != 0;
}

bloop_status bl_op_check_units(bloop_throughput throughput)
{
    const char *names[] = { "ReadCapacityUnits", "WriteCapacityUnits" };
    int64_t values[] = { throughput.read_units, throughput.write_units };
    for (size_t i = 0; i < BL_COUNT_OF(values); i++) {
        if (values[i] > MAX_UNITS)
            return bl_error(BLOOP_VALIDATION, "Given value %lld for %s is out of bounds", (long long)values[i],
                            names[i]);
    }
    return BLOOP_OK;
}

bloop_status bl_check_key_schema(const char *hash_key, const char *range_key,
                                 const bloop_attribute_definition *attributes, size_t count,
                                 const bl_key_faults *faults)
{
    if (!bl_attribute_defined(attributes, count, hash_key) ||
        (range_key && !bl_attribute_defined(attributes, count, range_key))) {
        char space[512];
        bl_buffer text = { 0 };
        bl_buffer_use(&text, space, sizeof space);
        const char *keys[] = { hash_key, range_key };
        describe_names(&text, keys, range_key ? 2 : 1);
        bl_buffer_text(&text, ", AttributeDefinitions: [");
        for (size_t i = 0; i < count; i++)
            bl_buffer_format(&text, "%s%s", i ? ", " : "", attributes[i].name);
        bl_buffer_byte(&text, ']');
        bloop_status status = text.status;
        if (status == BLOOP_OK)
            status = bl_error(BLOOP_VALIDATION,
                              INVALID "Some index key attributes are not defined in AttributeDefinitions. Keys: %.*s",
                              (int)text.size, (const char *)text.data);
        bl_buffer_free(&text);
        return status;
    }
    if (range_key && strcmp(hash_key, range_key) == 0)
        return bl_error(BLOOP_VALIDATION,
                        "Both the Hash Key and the Range Key element in the KeySchema have the same name");
    if (faults->first_not_hash)
        return bl_error(BLOOP_VALIDATION, "Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
    if (faults->second_not_range)
        return bl_error(BLOOP_VALIDATION, "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
    return BLOOP_OK;
}

bloop_status bl_check_index_projection(const bloop_index_definition *index, const bl_key_faults *faults)
{
    static const char *const names[] = {
        [BLOOP_PROJECT_ALL] = "ALL",
        [BLOOP_PROJECT_KEYS_ONLY] = "KEYS_ONLY",
        [BLOOP_PROJECT_INCLUDE] = "INCLUDE",
    };
    if (faults->no_projection_type)
        return bl_error(BLOOP_VALIDATION, INVALID "Unknown ProjectionType: null");
    bool include = index->projection == BLOOP_PROJECT_INCLUDE;
    if (include && index->include_count == 0)
        return bl_error(BLOOP_VALIDATION, INVALID "ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
    if (!include && index->include_count > 0)
        return bl_error(BLOOP_VALIDATION, INVALID "ProjectionType is %s, but NonKeyAttributes is specified",
                        names[index->projection]);
    for (size_t i = 1; i < index->include_count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(index->include[i], index->include[j]) == 0)
                return bl_error(BLOOP_VALIDATION, INVALID "Duplicate element in NonKeyAttributes: %s",
                                index->include[i]);
        }
    }
    return BLOOP_OK;
}

bool bl_attribute_defined(const bloop_attribute_definition *attributes, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(attributes[i].name, name) == 0)
            return true;
    }
    return false;
}

/* "[a, b]" */
static void describe_names(bl_buffer *out, const char *const *names, size_t count)
{
    bl_buffer_byte(out, '[');
    for (size_t i = 0; i < count; i++)
        bl_buffer_format(out, "%s%.40s", i ? ", " : "", names[i] ? names[i] : "null");
    bl_buffer_byte(out, ']');
}
