/* Types: what they inherit from the types they are like, and conversion by way of packed values. */
#include "model/type_private.h"

#include <stdio.h>

static bloop_status dump_by_stored(const bloop_type *type, const bloop_type *dumper, const bloop_slice *name,
                                   const void *value, bloop_builder *builder, bloop_memory *memory, bool *absent);
static inline void read_stored(bloop_value value, bloop_stored *out);
static bloop_status fail_incomplete(const bloop_type *type, const char *what) BL_COLD;

bloop_status bloop_type_fail(bloop_status status, const char *format, ...)
{
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return bl_error(status == BLOOP_OK ? BLOOP_INVALID_VALUE : status, "%s", message);
}

bloop_status bloop_type_load(const bloop_type *type, const bloop_stored *stored, void *value, bloop_memory *memory)
{
    const bloop_type *loader = bl_type_that_loads(type);
    bloop_tag backing = bloop_type_backing(type);
    if (!loader || !loader->load)
        return fail_incomplete(type, "load");
    if (backing != stored->tag)
        return bl_type_fail_tag(type, stored->tag);
    return loader->load(type, stored, value, memory);
}

bloop_status bloop_type_dump(const bloop_type *type, const void *value, bloop_stored *stored, bloop_memory *memory)
{
    const bloop_type *dumper = bl_type_that_dumps(type);
    if (!dumper || !dumper->dump)
        return fail_incomplete(type, "dump");
    bloop_stored made = { .tag = bloop_type_backing(type) };
    bloop_status status = dumper->dump(type, value, &made, memory);
    if (status == BLOOP_OK)
        *stored = made;
    return status;
}

bloop_tag bloop_type_backing(const bloop_type *type)
{
    const bloop_type *at = type;
    while (at && at->backing == BLOOP_TAG_NONE && at != &bloop_type_Set)
        at = at->like;
    if (at != &bloop_type_Set)
        return at ? at->backing : BLOOP_TAG_NONE;
    const bloop_type *inner = bl_type_inner(type);
    switch (inner ? bloop_type_backing(inner) : BLOOP_TAG_NONE) {
    case BLOOP_TAG_S: return BLOOP_TAG_SS;
    case BLOOP_TAG_N: return BLOOP_TAG_NS;
    case BLOOP_TAG_B: return BLOOP_TAG_BS;
    default: return BLOOP_TAG_NONE;
    }
}

bl_loader bl_type_loader(const bloop_type *type)
{
    const bloop_type *loader = bl_type_that_loads(type);
    return loader && loader->load_value ? loader->load_value : bl_type_load_stored;
}

bloop_status bl_type_load_stored(const bloop_type *type, bloop_value packed, void *value, bloop_memory *memory)
{
    const bloop_type *loader = type->load ? type : bl_type_that_loads(type);
    bloop_stored stored;
    if (BL_UNLIKELY(!loader || !loader->load))
        return fail_incomplete(type, "load");
    read_stored(packed, &stored);
    if (BL_UNLIKELY(stored.tag != type->backing) && stored.tag != bloop_type_backing(type))
        return bl_type_fail_tag(type, stored.tag);
    return loader->load(type, &stored, value, memory);
}

bloop_status bl_type_fail_tag(const bloop_type *type, bloop_tag found)
{
    char text[BL_TYPE_TEXT_SIZE];
    return bl_error(BLOOP_INVALID_VALUE, "the stored value is of type %s, but %s is stored as %s",
                    bloop_tag_name(found), bl_type_text(type, text), bloop_tag_name(bloop_type_backing(type)));
}

bloop_status bl_type_load(const bloop_type *type, bloop_value stored, void *value, bloop_memory *memory)
{
    if (stored.data[0] == BLOOP_TAG_NULL && !bl_type_like(type, &bloop_type_Dynamic))
        return bl_type_fail_tag(type, BLOOP_TAG_NULL);
    return bl_type_loader(type)(type, stored, value, memory);
}

bloop_status bl_type_dump(const bloop_type *type, const bloop_slice *name, const void *value, bloop_builder *builder,
                          bloop_memory *memory, bool *absent)
{
    bool ignored;
    const bloop_type *dumper = bl_type_that_dumps(type);
    if (!dumper)
        return fail_incomplete(type, "dump");
    absent = absent ? absent : &ignored;
    if (!dumper->dump_value)
        return dump_by_stored(type, dumper, name, value, builder, memory, absent);
    *absent = dumper->is_absent && dumper->is_absent(type, value);
    if (*absent)
        return BLOOP_OK;
    if (name)
        bloop_build_name(builder, name->data, name->size);
    bloop_status status = dumper->dump_value(type, value, builder, memory);
    return status == BLOOP_OK ? bl_builder_status(builder) : status;
}

bloop_status bl_stored_build(const bloop_stored *stored, bloop_builder *builder)
{
    switch (stored->tag) {
    case BLOOP_TAG_S: bloop_build_string(builder, stored->as.text.data, stored->as.text.size); break;
    case BLOOP_TAG_B: bloop_build_binary(builder, stored->as.binary.data, stored->as.binary.size); break;
    case BLOOP_TAG_N: bloop_build_number(builder, stored->as.number); break;
    case BLOOP_TAG_BOOL: bloop_build_bool(builder, stored->as.boolean); break;
    default: bloop_build_value(builder, stored->as.packed); break;
    }
    return bl_builder_status(builder);
}

bloop_status bl_builder_status(const bloop_builder *builder)
{
    return BL_LIKELY(builder->status == BLOOP_OK) ? BLOOP_OK : bl_error(builder->status, "%s", builder->message);
}

const bloop_type *bl_type_that_loads(const bloop_type *type)
{
    while (type && !type->load && !type->load_value)
        type = type->like;
    return type;
}

const bloop_type *bl_type_that_dumps(const bloop_type *type)
{
    while (type && !type->dump && !type->dump_value)
        type = type->like;
    return type;
}

const void *bl_type_argument(const bloop_type *type)
{
    while (type && !type->argument)
        type = type->like;
    return type ? type->argument : NULL;
}

const bloop_type *bl_type_inner(const bloop_type *type)
{
    while (type && !type->inner)
        type = type->like;
    return type ? type->inner : NULL;
}

const bloop_type *bl_type_map(const bloop_type *type)
{
    while (type->key_count == 0 && type->like)
        type = type->like;
    return type;
}

bloop_kind bl_type_kind(const bloop_type *type)
{
    while (type && type->kind == BLOOP_KIND_OTHER)
        type = type->like;
    return type ? type->kind : BLOOP_KIND_OTHER;
}

bool bl_type_like(const bloop_type *type, const bloop_type *builtin)
{
    while (type && type != builtin)
        type = type->like;
    return type != NULL;
}

const char *bl_key_dynamo_name(const bloop_key *key)
{
    return key->dynamo_name ? key->dynamo_name : key->name;
}

const bloop_key *bl_type_key(const bloop_type *type, bloop_slice name)
{
    const bloop_key *by_dynamo_name = NULL;
    const bloop_type *map = bl_type_map(type);
    for (size_t i = 0; i < map->key_count; i++) {
        const bloop_key *key = &map->keys[i];
        if (bl_slice_is(name, key->name))
            return key;
        if (bl_slice_is(name, bl_key_dynamo_name(key)))
            by_dynamo_name = key;
    }
    return by_dynamo_name;
}

/* Named types are constants of each source file that includes their header, so that addresses tell nothing. */
bool bl_type_equal(const bloop_type *a, const bloop_type *b)
{
    if (a == b)
        return true;
    if (!a || !b || a->size != b->size || a->key_count != b->key_count || !a->name || !b->name ||
        strcmp(a->name, b->name) != 0)
        return false;
    return a->load == b->load && a->load_value == b->load_value && a->dump == b->dump &&
           a->dump_value == b->dump_value && bl_type_equal(a->inner, b->inner) && bl_type_equal(a->like, b->like);
}

/* As the service has it (developer guide, "Condition and filter expressions, operators, and functions"): order for S, N
   and B; begins_with for S and B; contains for these, sets and lists. Equality, IN and existence for all. */
bool bl_type_supports(const bloop_type *type, bloop_expr_kind operation)
{
    const bloop_type *at = type;
    while (at && !at->supports)
        at = at->like;
    if (at)
        return at->supports(type, operation);
    bloop_tag backing = bloop_type_backing(type);
    bool is_text = backing == BLOOP_TAG_S || backing == BLOOP_TAG_B;
    bool is_set = backing >= BLOOP_TAG_SS && backing <= BLOOP_TAG_BS;
    if (backing == BLOOP_TAG_NONE)
        return true;
    switch (operation) {
    case BLOOP_EXPR_LT:
    case BLOOP_EXPR_LE:
    case BLOOP_EXPR_GT:
    case BLOOP_EXPR_GE:
    case BLOOP_EXPR_BETWEEN: return is_text || backing == BLOOP_TAG_N;
    case BLOOP_EXPR_BEGINS_WITH: return is_text;
    case BLOOP_EXPR_CONTAINS: return is_text || is_set || backing == BLOOP_TAG_L;
    default: return true;
    }
}

bloop_status bl_error_in(const char *format, ...)
{
    char place[160], message[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(place, sizeof place, format, arguments);
    va_end(arguments);
    const bloop_error *error = bloop_last_error();
    snprintf(message, sizeof message, "%s", error->message);
    bool continues = message[0] == '[' || message[0] == '.';
    return bl_error(error->status, "%s%s%s", place, continues ? "" : ": ", message);
}

static bloop_status dump_by_stored(const bloop_type *type, const bloop_type *dumper, const bloop_slice *name,
                                   const void *value, bloop_builder *builder, bloop_memory *memory, bool *absent)
{
    bloop_tag backing = bloop_type_backing(type);
    bloop_stored stored = { .tag = backing };
    bloop_status status = dumper->dump(type, value, &stored, memory);
    if (status != BLOOP_OK)
        return status;
    *absent = stored.tag == BLOOP_TAG_NONE;
    if (*absent)
        return BLOOP_OK;
    if (stored.tag != backing)
        return bl_error(BLOOP_INVALID_VALUE, "the type's dump made a value of type %s, but its backing is %s",
                        bloop_tag_name(stored.tag), bloop_tag_name(backing));
    if (name)
        bloop_build_name(builder, name->data, name->size);
    return bl_stored_build(&stored, builder);
}

static inline void read_stored(bloop_value value, bloop_stored *out)
{
    const uint8_t *at = value.data;
    out->tag = (bloop_tag)at[0];
    switch (out->tag) {
    case BLOOP_TAG_S: out->as.text = (bloop_slice){ (const char *)at + 5, bl_load_le32(at + 1) }; break;
    case BLOOP_TAG_B: out->as.binary = (bloop_bytes){ at + 5, bl_load_le32(at + 1) }; break;
    case BLOOP_TAG_N: out->as.number = bl_number_decode(at + 2, at[1]); break;
    case BLOOP_TAG_BOOL: out->as.boolean = at[1] != 0; break;
    default: out->as.packed = value; break;
    }
}

static bloop_status fail_incomplete(const bloop_type *type, const char *what)
{
    char text[BL_TYPE_TEXT_SIZE];
    return bl_error(BLOOP_UNKNOWN_TYPE, "the type %s has no function that can %s it here", bl_type_text(type, text),
                    what);
}
