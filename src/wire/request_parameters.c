/* What the operations on items share behind the constraints of the model: which parameters go together, and the expressions
   with their placeholders. Order and words as architect/dynalite's and the conformance suite recorded them. */
#include <stdio.h>

#include "wire/reading_private.h"

static bloop_status refuse_mix(const bl_in_parameters *parameters);
static bool any_given(const bl_in_parameter *parameters, size_t count);
static void list_given(bl_buffer *out, const bl_in_parameter *parameters, size_t count);
static bloop_status refuse_values(const bl_in_parameters *parameters);
static bool takes_values(const bl_in_parameter *parameter);
static bloop_status make_placeholders(bl_wire_reading *reading, const bl_in_list *names, const bl_in_list *values,
                                      bloop_placeholders *out);
static bloop_status check_values(const bl_in_list *values);
static bloop_status parse_projection(bl_wire_reading *reading, bloop_expr_text *text, bloop_slice expression,
                                     const bloop_projection_paths **out);
static bloop_expr_text *begin_text(bl_wire_reading *reading, const bloop_placeholders *placeholders);

bloop_status bl_in_check_parameters(const bl_in_parameters *parameters, const bl_in_list *names,
                                    const bl_in_list *values)
{
    bool expressions = any_given(parameters->expressions, parameters->expression_count);
    if (expressions && any_given(parameters->others, parameters->other_count))
        return refuse_mix(parameters);
    if (names->present && !expressions)
        return bl_error(BLOOP_VALIDATION, "ExpressionAttributeNames can only be specified when using expressions");
    return values && values->present ? refuse_values(parameters) : BLOOP_OK;
}

bloop_status bl_in_envelope(bloop_status status)
{
    return status == BLOOP_VALIDATION ? bl_error_context("1 validation error detected") : status;
}

bloop_status bl_in_check_attributes(const bl_in_list *attributes)
{
    const bloop_slice *names = attributes->elements;
    for (size_t i = 1; i < attributes->count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (names[i].size == names[j].size && memcmp(names[i].data, names[j].data, names[i].size) == 0)
                return bl_error(BLOOP_VALIDATION,
                                "One or more parameter values were invalid: Duplicate value in attribute name: %.*s",
                                (int)bl_in_shown(names[i], 255), names[i].data);
        }
    }
    return BLOOP_OK;
}

bloop_status bl_in_value_fault(const bl_in_value *value)
{
    return BL_LIKELY(!value->fault) ? BLOOP_OK : bl_error(BLOOP_VALIDATION, "%s", value->fault);
}

bloop_status bl_in_parse(bl_wire_reading *reading, const bl_in_items *in, bl_in_expressions *out)
{
    const bl_in_projection *projection = &in->projection;
    bool any = in->update.data || in->condition.data || in->key_condition.data || in->filter.data ||
               projection->expression.data;
    if (!any)
        return BLOOP_OK;
    /* Conditions, and the placeholders of a condition alone, are refused in the envelope: paritysuite/dynamodb-conformance,
       error-messages of PutItem, DeleteItem and UpdateItem (October 2026). Updates are not: nubo-db's suite. */
    bool alone = in->condition.data && !in->update.data;
    bloop_placeholders placeholders;
    bloop_status status = make_placeholders(reading, &projection->names, &in->values, &placeholders);
    if (status != BLOOP_OK)
        return alone ? bl_in_envelope(status) : status;
    bloop_expr_text *text = begin_text(reading, &placeholders);
    if (!text)
        return bl_error_status();
    if (in->update.data) {
        status = bloop_parse_update(text, in->update, &out->update);
        out->has_update = true;
    }
    if (status == BLOOP_OK && in->condition.data)
        status = bl_in_envelope(bloop_parse_condition(text, "ConditionExpression", in->condition, &out->condition));
    if (status == BLOOP_OK && in->key_condition.data)
        status = bloop_parse_condition(text, "KeyConditionExpression", in->key_condition, &out->key_condition);
    if (status == BLOOP_OK && in->filter.data)
        status = bloop_parse_condition(text, "FilterExpression", in->filter, &out->filter);
    if (status == BLOOP_OK && projection->expression.data)
        status = parse_projection(reading, text, projection->expression, &out->projection);
    if (status != BLOOP_OK)
        return status;
    status = bloop_expr_text_finish(text);
    return alone ? bl_in_envelope(status) : status;
}

bloop_status bl_in_projection_paths(bl_wire_reading *reading, const bl_in_projection *in,
                                    const bloop_projection_paths **out)
{
    static const bl_in_list no_values = { .count = 0 };
    bloop_status status = bl_in_check_attributes(&in->attributes);
    if (status != BLOOP_OK || (!in->expression.data && !in->attributes.present))
        return status;
    if (in->attributes.present)
        return bl_legacy_projection(reading, &in->attributes, out);
    bloop_placeholders placeholders;
    status = make_placeholders(reading, &in->names, &no_values, &placeholders);
    bloop_expr_text *text = status == BLOOP_OK ? begin_text(reading, &placeholders) : NULL;
    if (!text)
        return bl_error_status();
    status = parse_projection(reading, text, in->expression, out);
    return status == BLOOP_OK ? bloop_expr_text_finish(text) : status;
}

static bloop_status refuse_mix(const bl_in_parameters *parameters)
{
    char space[512];
    bl_buffer text = { 0 };
    bl_buffer_use(&text, space, sizeof space);
    bl_buffer_text(&text, "Can not use both expression and non-expression parameters in the same request: "
                          "Non-expression parameters: {");
    list_given(&text, parameters->others, parameters->other_count);
    bl_buffer_text(&text, "} Expression parameters: {");
    list_given(&text, parameters->expressions, parameters->expression_count);
    bl_buffer_byte(&text, '}');
    bloop_status status = text.status;
    if (status == BLOOP_OK)
        status = bl_error(BLOOP_VALIDATION, "%.*s", (int)text.size, (const char *)text.data);
    bl_buffer_free(&text);
    return status;
}

static bool any_given(const bl_in_parameter *parameters, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (parameters[i].given)
            return true;
    }
    return false;
}

static void list_given(bl_buffer *out, const bl_in_parameter *parameters, size_t count)
{
    const char *separator = "";
    for (size_t i = 0; i < count; i++) {
        if (parameters[i].given) {
            bl_buffer_format(out, "%s%s", separator, parameters[i].name);
            separator = ", ";
        }
    }
}

/* Values that no expression could use. */
static bloop_status refuse_values(const bl_in_parameters *parameters)
{
    char names[128];
    size_t length = 0, count = 0;
    for (size_t i = 0; i < parameters->expression_count; i++) {
        const bl_in_parameter *parameter = &parameters->expressions[i];
        if (!takes_values(parameter))
            continue;
        if (parameter->given)
            return BLOOP_OK;
        int added = snprintf(names + length, sizeof names - length, "%s%s", count ? " and " : "", parameter->name);
        length += (size_t)added;
        count++;
    }
    return bl_error(BLOOP_VALIDATION,
                    "ExpressionAttributeValues can only be specified when using expressions: %s %s null", names,
                    count > 1 ? "are" : "is");
}

static bool takes_values(const bl_in_parameter *parameter)
{
    return strcmp(parameter->name, "ProjectionExpression") != 0;
}

/* Placeholders as area expr takes them, checked as they are by the service: all of their names first, then values. */
static bloop_status make_placeholders(bl_wire_reading *reading, const bl_in_list *names, const bl_in_list *values,
                                      bloop_placeholders *out)
{
    static const bloop_name_placeholder no_names[1];
    const bl_in_named_value *from = values->elements;
    bloop_value_placeholder *to = NULL;
    if (values->present) {
        to = bl_arena_alloc(&reading->arena, (values->count + 1) * sizeof *to);
        if (!to)
            return BLOOP_NO_MEMORY;
        for (size_t i = 0; i < values->count; i++)
            to[i] = (bloop_value_placeholder){ from[i].name, from[i].value.value };
    }
    *out = (bloop_placeholders){ .values = to, .value_count = values->count, .name_count = names->count };
    if (names->present)
        out->names = names->elements ? names->elements : no_names;
    bloop_status status = bloop_placeholders_check(out);
    return status == BLOOP_OK ? check_values(values) : status;
}

static bloop_status check_values(const bl_in_list *values)
{
    const bl_in_named_value *all = values->elements;
    for (size_t i = 0; i < values->count; i++) {
        const char *fault = all[i].value.fault;
        if (!all[i].value.present)
            fault = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
        if (BL_UNLIKELY(fault != NULL))
            return bl_error(BLOOP_VALIDATION, "ExpressionAttributeValues contains invalid value: %s for key %.*s",
                            fault, (int)bl_in_shown(all[i].name, 255), all[i].name.data);
    }
    return BLOOP_OK;
}

static bloop_status parse_projection(bl_wire_reading *reading, bloop_expr_text *text, bloop_slice expression,
                                     const bloop_projection_paths **out)
{
    bloop_projection_paths *paths = bl_arena_alloc(&reading->arena, sizeof *paths);
    if (!paths)
        return BLOOP_NO_MEMORY;
    bloop_status status = bloop_parse_projection(text, expression, paths);
    if (status == BLOOP_OK)
        *out = paths;
    return status;
}

/* The reading's own text, which needs no memory, for the first; NULL when out of memory. */
static bloop_expr_text *begin_text(bl_wire_reading *reading, const bloop_placeholders *placeholders)
{
    bloop_expr_text *text = &reading->text;
    if (reading->text_begun) {
        bl_in_text_link *link = bl_arena_alloc(&reading->arena, sizeof *link);
        if (!link)
            return NULL;
        link->next = reading->other_texts;
        reading->other_texts = link;
        text = &link->text;
    }
    reading->text_begun = true;
    bl_expr_text_begin(text, placeholders);
    return text;
}
