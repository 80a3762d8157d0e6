/* Violations of the service model's constraints, collected as the service reports them: all of a request in one message,
   "2 validation errors detected: Value 'x' at 'tableName' failed to satisfy constraint: …; Value …". */
#ifndef BL_OP_VIOLATIONS_PRIVATE_H
#define BL_OP_VIOLATIONS_PRIVATE_H

#include "op/op.h"

/* What kind of name a member holds; the constraints are a table in violations.c. */
typedef enum bl_name_kind {
    BL_NAME_NEW_TABLE,     /* TableName of CreateTable */
    BL_NAME_TABLE,         /* TableName of all else: shorter ones simply do not exist */
    BL_NAME_START_TABLE,   /* ExclusiveStartTableName */
    BL_NAME_INDEX,         /* IndexName */
    BL_NAME_KEY_ATTRIBUTE, /* AttributeName of a key or a definition */
    BL_NAME_INCLUDED       /* an element of NonKeyAttributes */
} bl_name_kind;

/* Zeroed is empty. */
typedef struct bl_violations {
    unsigned count;
    size_t length;
    char text[960];
} bl_violations;

/* Adds "Value <value> at '<where>' failed to satisfy constraint: <constraint>"; value NULL is null. `where` is printf's
   format, for members of lists. */
void bl_violation(bl_violations *v, const char *value, const char *constraint, const char *where, ...)
    BLOOP_PRINTF_(4, 5);
/* Adds what is wrong with a name. */
void bl_violation_of_name(bl_violations *v, bl_name_kind kind, const char *name, const char *where, ...)
    BLOOP_PRINTF_(4, 5);
/* Adds an error when the value is not from `low` to `high`. */
void bl_violation_of_number(bl_violations *v, int64_t value, int64_t low, int64_t high, const char *where, ...)
    BLOOP_PRINTF_(5, 6);
/* BLOOP_VALIDATION with all of them; BLOOP_OK when there are none. */
bloop_status bl_violations_end(const bl_violations *v);

#endif
