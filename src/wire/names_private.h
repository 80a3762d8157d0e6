/* The service's words for the enumerations of op: one table each, for writing and for reading. */
#ifndef BL_WIRE_NAMES_PRIVATE_H
#define BL_WIRE_NAMES_PRIVATE_H

#include "wire/wire.h"

typedef struct bl_wire_words {
    const char *const *words; /* by value; NULL: has no word */
    size_t count;
} bl_wire_words;

extern const bl_wire_words bl_words_projection;    /* bloop_projection_type */
extern const bl_wire_words bl_words_view;          /* bloop_stream_view_type */
extern const bl_wire_words bl_words_billing;       /* bloop_billing_mode */
extern const bl_wire_words bl_words_table_status;  /* bloop_table_status */
extern const bl_wire_words bl_words_return_values; /* bloop_return_values */
extern const bl_wire_words bl_words_capacity;      /* bloop_capacity_detail */
extern const bl_wire_words bl_words_select;        /* bloop_select */

/* The value of a word; -1 when there is none. */
int bl_words_find(const bl_wire_words *words, bloop_slice word);

#endif
