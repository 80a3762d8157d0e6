/* AttributeUpdates, checked and as an update. Words as architect/dynalite's suite recorded them. */
#include "wire/legacy_private.h"

#define INVALID "One or more parameter values were invalid: "

#define SETS (1 << BLOOP_TAG_SS | 1 << BLOOP_TAG_NS | 1 << BLOOP_TAG_BS)

static bloop_status check_update(const bl_in_update *update);
static int action_of(const bl_in_update *update);
static bloop_status translate(bl_wire_reading *reading, const bl_in_named_update *from, bloop_action *out);
static bloop_status append_to_list(bl_wire_reading *reading, bloop_slice attribute, bloop_value value,
                                   bloop_action *out);

bloop_status bl_legacy_check_updates(const bl_in_list *updates)
{
    const bl_in_named_update *all = updates->elements;
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; status == BLOOP_OK && i < updates->count; i++)
        status = check_update(&all[i].update);
    return status;
}

bloop_status bl_legacy_update(bl_wire_reading *reading, const bl_in_list *updates, bloop_update *out)
{
    const bl_in_named_update *all = updates->elements;
    bloop_action *actions = bl_arena_alloc(&reading->arena, updates->count * sizeof *actions);
    if (!actions)
        return BLOOP_NO_MEMORY;
    for (size_t i = 0; i < updates->count; i++) {
        bloop_status status = translate(reading, &all[i], &actions[i]);
        if (status != BLOOP_OK)
            return status;
    }
    *out = (bloop_update){ actions, updates->count };
    return BLOOP_OK;
}

static bloop_status check_update(const bl_in_update *update)
{
    static const struct {
        const char *refusal;
        uint16_t tags;
    } takes[] = {
        [BL_IN_PUT] = { "", 0x7FE },
        [BL_IN_ADD] = { "ADD action is not supported for the type", SETS | 1 << BLOOP_TAG_N | 1 << BLOOP_TAG_L },
        [BL_IN_DELETE] = { "DELETE action with value is not supported for the type", SETS },
    };
    int action = action_of(update);
    bloop_status status = bl_in_value_fault(&update->value);
    if (status != BLOOP_OK || (!update->value.present && action == BL_IN_DELETE))
        return status;
    if (!update->value.present)
        return bl_error(BLOOP_VALIDATION, INVALID "Only DELETE action is allowed when no attribute value is specified");
    bloop_tag tag = bloop_value_tag(update->value.value);
    if (takes[action].tags >> tag & 1)
        return BLOOP_OK;
    return bl_error(BLOOP_VALIDATION, INVALID "%s %s", takes[action].refusal, bloop_tag_name(tag));
}

static int action_of(const bl_in_update *update)
{
    return bl_in_chosen(update->action, BL_IN_PUT);
}

static bloop_status translate(bl_wire_reading *reading, const bl_in_named_update *from, bloop_action *out)
{
    static const bloop_action_kind kinds[] = {
        [BL_IN_PUT] = BLOOP_ACTION_SET,
        [BL_IN_ADD] = BLOOP_ACTION_ADD,
        [BL_IN_DELETE] = BLOOP_ACTION_DELETE,
    };
    const bl_in_update *update = &from->update;
    int action = action_of(update);
    memset(out, 0, sizeof *out);
    if (!bl_legacy_attribute(reading, from->name, &out->path))
        return BLOOP_NO_MEMORY;
    if (action == BL_IN_ADD && bloop_value_tag(update->value.value) == BLOOP_TAG_L)
        return append_to_list(reading, from->name, update->value.value, out);
    out->kind = update->value.present ? kinds[action] : BLOOP_ACTION_REMOVE;
    if (update->value.present)
        out->value = (bloop_expr){ .kind = BLOOP_EXPR_VALUE, .value = update->value.value };
    return BLOOP_OK;
}

/* ADD of a list, which expressions have in SET alone: attribute = list_append(if_not_exists(attribute, []), value). */
static bloop_status append_to_list(bl_wire_reading *reading, bloop_slice attribute, bloop_value value,
                                   bloop_action *out)
{
    static const uint8_t empty[9] = { BLOOP_TAG_L };
    const bloop_value no_elements = { empty, sizeof empty };
    const bloop_expr *old = bl_legacy_node(reading, BLOOP_EXPR_IF_NOT_EXISTS, bl_legacy_path(reading, attribute),
                                           bl_legacy_value(reading, no_elements));
    const bloop_expr *sum = bl_legacy_node(reading, BLOOP_EXPR_LIST_APPEND, old, bl_legacy_value(reading, value));
    if (!sum)
        return BLOOP_NO_MEMORY;
    out->kind = BLOOP_ACTION_SET;
    out->value = *sum;
    return BLOOP_OK;
}
