/* The names of settings in a table's stored form: those of the API reference. */
#ifndef BL_STORE_TABLE_NAMES_PRIVATE_H
#define BL_STORE_TABLE_NAMES_PRIVATE_H

#include <bloop/op.h>

#define BL_TABLE_FORM 1

static const char *const bl_billing_names[] = {
    [BLOOP_BILLING_PROVISIONED] = "PROVISIONED",
    [BLOOP_BILLING_PAY_PER_REQUEST] = "PAY_PER_REQUEST",
};

static const char *const bl_view_names[] = {
    [BLOOP_VIEW_NONE] = "NONE",
    [BLOOP_VIEW_KEYS_ONLY] = "KEYS_ONLY",
    [BLOOP_VIEW_NEW_IMAGE] = "NEW_IMAGE",
    [BLOOP_VIEW_OLD_IMAGE] = "OLD_IMAGE",
    [BLOOP_VIEW_NEW_AND_OLD_IMAGES] = "NEW_AND_OLD_IMAGES",
};

static const char *const bl_projection_names[] = {
    [BLOOP_PROJECT_ALL] = "ALL",
    [BLOOP_PROJECT_KEYS_ONLY] = "KEYS_ONLY",
    [BLOOP_PROJECT_INCLUDE] = "INCLUDE",
};

#endif
