/* The service's words for the enumerations of op (API reference). */
#include "wire/names_private.h"

#define WORDS(list)               \
    {                             \
        (list), BL_COUNT_OF(list) \
    }

static const char *const projections[] = {
    [BLOOP_PROJECT_ALL] = "ALL",
    [BLOOP_PROJECT_KEYS_ONLY] = "KEYS_ONLY",
    [BLOOP_PROJECT_INCLUDE] = "INCLUDE",
};
static const char *const views[] = {
    [BLOOP_VIEW_KEYS_ONLY] = "KEYS_ONLY",
    [BLOOP_VIEW_NEW_IMAGE] = "NEW_IMAGE",
    [BLOOP_VIEW_OLD_IMAGE] = "OLD_IMAGE",
    [BLOOP_VIEW_NEW_AND_OLD_IMAGES] = "NEW_AND_OLD_IMAGES",
};
static const char *const billings[] = {
    [BLOOP_BILLING_PROVISIONED] = "PROVISIONED",
    [BLOOP_BILLING_PAY_PER_REQUEST] = "PAY_PER_REQUEST",
};
static const char *const table_statuses[] = {
    [BLOOP_TABLE_CREATING] = "CREATING",
    [BLOOP_TABLE_ACTIVE] = "ACTIVE",
    [BLOOP_TABLE_UPDATING] = "UPDATING",
    [BLOOP_TABLE_DELETING] = "DELETING",
};
static const char *const return_values[] = {
    [BLOOP_RETURN_NONE] = "NONE",
    [BLOOP_RETURN_ALL_OLD] = "ALL_OLD",
    [BLOOP_RETURN_UPDATED_OLD] = "UPDATED_OLD",
    [BLOOP_RETURN_ALL_NEW] = "ALL_NEW",
    [BLOOP_RETURN_UPDATED_NEW] = "UPDATED_NEW",
};
static const char *const capacities[] = {
    [BLOOP_CAPACITY_NONE] = "NONE",
    [BLOOP_CAPACITY_TOTAL] = "TOTAL",
    [BLOOP_CAPACITY_INDEXES] = "INDEXES",
};
static const char *const selects[] = {
    [BLOOP_SELECT_ALL] = "ALL_ATTRIBUTES",
    [BLOOP_SELECT_PROJECTED] = "ALL_PROJECTED_ATTRIBUTES",
    [BLOOP_SELECT_SPECIFIC] = "SPECIFIC_ATTRIBUTES",
    [BLOOP_SELECT_COUNT] = "COUNT",
};

const bl_wire_words bl_words_projection = WORDS(projections);
const bl_wire_words bl_words_view = WORDS(views);
const bl_wire_words bl_words_billing = WORDS(billings);
const bl_wire_words bl_words_table_status = WORDS(table_statuses);
const bl_wire_words bl_words_return_values = WORDS(return_values);
const bl_wire_words bl_words_capacity = WORDS(capacities);
const bl_wire_words bl_words_select = WORDS(selects);

int bl_words_find(const bl_wire_words *words, bloop_slice word)
{
    for (size_t i = 0; i < words->count; i++) {
        const char *candidate = words->words[i];
        if (candidate && bl_slice_is(word, candidate))
            return (int)i;
    }
    return -1;
}
