/* The values in conditions: what a program wrote becomes what the column's type stores. */
#include "model/condition_private.h"

static bloop_status resolve_column(bl_condition *condition, const bloop_operand *operand, bl_argument *out);
static bloop_status keep_packed(bl_condition *condition, bloop_value packed, bl_argument *out);
static const bloop_type *part_type(const bloop_type *type, bloop_expr_kind operation, const bloop_operand *operand);

bloop_status bl_operand_resolve(bl_condition *condition, const bloop_type *type, bloop_expr_kind operation,
                                const bloop_operand *operand, bl_argument *out)
{
    _Alignas(max_align_t) uint64_t scratch[32];
    uint64_t storage[64];
    bloop_builder builder;
    bloop_memory memory;
    bloop_value packed;
    *out = (bl_argument){ .is_none = operand->kind == BLOOP_OPERAND_NONE };
    if (out->is_none)
        return BLOOP_OK;
    if (operand->kind == BLOOP_OPERAND_COLUMN)
        return resolve_column(condition, operand, out);
    bl_builder_use(&builder, storage, sizeof storage);
    bl_memory_use(&memory, scratch, sizeof scratch);
    bloop_status status =
        bl_operand_dump(part_type(type, operation, operand), operand, &builder, &memory, &out->is_none);
    if (status == BLOOP_OK && !out->is_none)
        status = bloop_builder_value(&builder, &packed);
    if (status == BLOOP_OK && !out->is_none)
        status = keep_packed(condition, packed, out);
    bl_builder_free(&builder);
    bl_memory_free(&memory);
    return status;
}

/* Another column: its path, or the size of what is there. Its type may be any, as in the reference. */
static bloop_status resolve_column(bl_condition *condition, const bloop_operand *operand, bl_argument *out)
{
    const bloop_type *type;
    const bloop_column other = { .kind = operand->as.column.size ? BLOOP_MEMBER_SIZE : BLOOP_MEMBER_PATH,
                                 .model = operand->as.column.model,
                                 .name = operand->as.column.name,
                                 .steps = operand->as.column.steps,
                                 .step_count = operand->as.column.step_count };
    return bl_subject_resolve(condition, &other, &type, &out->expr);
}

static bloop_status keep_packed(bl_condition *condition, bloop_value packed, bl_argument *out)
{
    bloop_expr *expr = bl_memory_take(&condition->memory, sizeof *expr);
    uint8_t *copy = expr ? bl_memory_take(&condition->memory, packed.size) : NULL;
    if (!copy)
        return BLOOP_NO_MEMORY;
    memcpy(copy, packed.data, packed.size);
    *expr = (bloop_expr){ .kind = BLOOP_EXPR_VALUE, .value = { copy, packed.size } };
    out->expr = expr;
    return BLOOP_OK;
}

/* What `contains` looks for in a set or list is an element; what it and begins_with look for in a string is a string, also
   where the whole string has a form (half a UUID is no UUID). */
static const bloop_type *part_type(const bloop_type *type, bloop_expr_kind operation, const bloop_operand *operand)
{
    bool is_part = operation == BLOOP_EXPR_CONTAINS || operation == BLOOP_EXPR_BEGINS_WITH;
    bool is_text = operand->kind == BLOOP_OPERAND_STRING || operand->kind == BLOOP_OPERAND_TEXT;
    bloop_kind kind = bl_type_kind(type);
    if (!is_part)
        return type;
    if (operation == BLOOP_EXPR_CONTAINS && kind == BLOOP_KIND_ITEMS)
        return bl_type_inner(type);
    if (is_text && bloop_type_backing(type) == BLOOP_TAG_S && kind != BLOOP_KIND_STRING)
        return &bloop_type_Text;
    return type;
}
