/* Whether types are complete, and their registration with an engine. */
#include "model/type_private.h"

#define DEEPEST 64 /* types within types; those that hold themselves are seen once */

typedef struct path {
    const bloop_type *type;
    const struct path *outer;
    size_t depth;
} path;

typedef bloop_status (*visitor)(const bloop_type *type, void *context);

static bloop_status walk(const bloop_type *type, const path *outer, visitor visit, void *context);
static bool is_open(const bloop_type *type, const path *outer);
static bloop_status check_one(const bloop_type *type, void *context);
static bloop_status check_likeness(const bloop_type *type, const bloop_type *other);
static bloop_status check_collection(const bloop_type *type);
static bloop_status check_keys(const bloop_type *type);
static bloop_status check_argument(const bloop_type *type);
static bloop_status register_one(const bloop_type *type, void *engine);

bloop_status bl_type_check(const bloop_type *type)
{
    return walk(type, NULL, check_one, NULL);
}

bloop_status bl_type_register(const bloop_type *type, struct bloop_engine *engine)
{
    return walk(type, NULL, register_one, engine);
}

/* Inner types first. */
static bloop_status walk(const bloop_type *type, const path *outer, visitor visit, void *context)
{
    path here = { type, outer, outer ? outer->depth + 1 : 0 };
    bloop_status status = BLOOP_OK;
    if (type && is_open(type, outer))
        return BLOOP_OK;
    if (here.depth > DEEPEST)
        return bl_error(BLOOP_INVALID_MODEL, "types nest more than %d levels deep", DEEPEST);
    if (type && bl_type_kind(type) == BLOOP_KIND_ITEMS && bl_type_inner(type))
        status = walk(bl_type_inner(type), &here, visit, context);
    for (size_t i = 0; status == BLOOP_OK && type && type->keys && i < type->key_count; i++) {
        status = walk(type->keys[i].type, &here, visit, context);
        if (status != BLOOP_OK)
            return bl_error_in(".%s", type->keys[i].name ? type->keys[i].name : "?");
    }
    return status == BLOOP_OK ? visit(type, context) : status;
}

static bool is_open(const bloop_type *type, const path *outer)
{
    for (; outer; outer = outer->outer) {
        if (outer->type == type)
            return true;
    }
    return false;
}

static bloop_status check_one(const bloop_type *type, void *context)
{
    char text[BL_TYPE_TEXT_SIZE];
    (void)context;
    if (!type)
        return bl_error(BLOOP_UNKNOWN_TYPE, "there is no type");
    if (!type->name || !type->name[0])
        return bl_error(BLOOP_UNKNOWN_TYPE, "the type has no name");
    bl_type_text(type, text);
    if (type->size == 0)
        return bl_error(BLOOP_UNKNOWN_TYPE, "the type %s does not say the size of its C values", text);
    if (!bl_type_that_loads(type) || !bl_type_that_dumps(type))
        return bl_error(BLOOP_UNKNOWN_TYPE, "the type %s has no function to load or to dump", text);
    if ((unsigned)type->backing >= BLOOP_TAG_COUNT || type->backing == BLOOP_TAG_NULL)
        return bl_error(BLOOP_UNKNOWN_TYPE, "the type %s has a backing type that is none", text);
    bloop_status status = check_likeness(type, bl_type_that_loads(type));
    if (status == BLOOP_OK)
        status = check_likeness(type, bl_type_that_dumps(type));
    if (status == BLOOP_OK)
        status = check_collection(type);
    if (status == BLOOP_OK)
        status = check_keys(type);
    if (status == BLOOP_OK)
        status = check_argument(type);
    if (status != BLOOP_OK || bloop_type_backing(type) != BLOOP_TAG_NONE)
        return status;
    if (bl_type_that_loads(type)->load || bl_type_that_dumps(type)->dump)
        return bl_error(BLOOP_UNKNOWN_TYPE, "the type %s has no backing type", text);
    return BLOOP_OK;
}

/* What converts has to work on the same C values. */
static bloop_status check_likeness(const bloop_type *type, const bloop_type *other)
{
    bloop_kind kind = bl_type_kind(other);
    if (kind == BLOOP_KIND_MAP ||
        (type->size == other->size && (kind == BLOOP_KIND_OTHER || bl_type_kind(type) == kind)))
        return BLOOP_OK;
    return bl_error(BLOOP_UNKNOWN_TYPE, "the type %s has other C values than %s, which it is like", type->name,
                    other->name);
}

static bloop_status check_collection(const bloop_type *type)
{
    char text[BL_TYPE_TEXT_SIZE], inner_text[BL_TYPE_TEXT_SIZE];
    const bloop_type *inner = bl_type_inner(type);
    bool is_set = bl_type_like(type, &bloop_type_Set);
    if (!is_set && !bl_type_like(type, &bloop_type_List))
        return BLOOP_OK;
    bl_type_text(type, text);
    if (!inner)
        return bl_error(BLOOP_UNKNOWN_TYPE, "the type %s has no inner type", text);
    bl_type_text(inner, inner_text);
    if (is_set && bloop_type_backing(type) == BLOOP_TAG_NONE)
        return bl_error(BLOOP_INVALID_MODEL, "there are sets of S, N and B only, but %s is stored as %s", inner_text,
                        bloop_tag_name(bloop_type_backing(inner)));
    if (is_set && (!bl_type_that_loads(inner)->load || !bl_type_that_dumps(inner)->dump))
        return bl_error(BLOOP_UNKNOWN_TYPE, "the type %s has no load and dump, which the elements of sets need",
                        inner_text);
    return BLOOP_OK;
}

static bloop_status check_keys(const bloop_type *type)
{
    if (type->key_count > 64 || (type->key_count > 0 && !type->keys))
        return bl_error(BLOOP_INVALID_MODEL, "the map %s has more than 64 keys, or no table of them", type->name);
    for (size_t i = 0; i < type->key_count; i++) {
        const bloop_key *key = &type->keys[i];
        if (!key->name || !key->name[0] || !bl_key_dynamo_name(key)[0])
            return bl_error(BLOOP_INVALID_MODEL, "the map %s has a key without a name", type->name);
        if (key->offset < sizeof(uint64_t) || key->offset > type->size || key->type->size > type->size - key->offset)
            return bl_error(BLOOP_INVALID_MODEL, "the map %s has a key outside its struct: %s", type->name, key->name);
        for (size_t j = 0; j < i; j++) {
            if (strcmp(bl_key_dynamo_name(key), bl_key_dynamo_name(&type->keys[j])) == 0)
                return bl_error(BLOOP_INVALID_MODEL, "the map %s has two keys with the dynamo name \"%s\": %s and %s",
                                type->name, bl_key_dynamo_name(key), type->keys[j].name, key->name);
        }
    }
    return BLOOP_OK;
}

/* What the library's own types take as an argument. */
static bloop_status check_argument(const bloop_type *type)
{
    const void *argument = bl_type_argument(type);
    const bloop_type *loader = bl_type_that_loads(type);
    bloop_datetime ignored;
    if (!argument)
        return BLOOP_OK;
    if (loader == &bloop_type_Number && (*(const int *)argument < 1 || *(const int *)argument > 38))
        return bl_error(BLOOP_INVALID_MODEL, "the type %s rounds to %d digits, but numbers have 1 to 38", type->name,
                        *(const int *)argument);
    if (loader != &bloop_type_DateTime && loader != &bloop_type_Timestamp)
        return BLOOP_OK;
    if (bloop_datetime_in_zone((bloop_datetime){ 0 }, argument, &ignored) == BLOOP_OK)
        return BLOOP_OK;
    if (bl_error_status() != BLOOP_INVALID_VALUE)
        return bl_error_status();
    bl_error_as(BLOOP_INVALID_MODEL);
    return bl_error_context("the type %s", type->name);
}

static bloop_status register_one(const bloop_type *type, void *engine)
{
    const bloop_type *at = type;
    while (at && !at->on_register)
        at = at->like;
    return at ? at->on_register(type, engine) : BLOOP_OK;
}
