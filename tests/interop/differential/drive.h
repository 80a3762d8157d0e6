/* What the files of the driver share: models, and conditions made of data. */
#ifndef INTEROP_DRIVE_H
#define INTEROP_DRIVE_H

#include <bloop.h>

/* The models of the scenarios, by name; the program ends when there is none. */
const bloop_model *drive_model(const char *name);
const bloop_model *const *drive_models(size_t *count);

/* A condition of the scenarios, such as ["and", ["==", "text", {"S": "a"}], ["is", ["home", "street"], null]]. */
bloop_condition *drive_condition(const bloop_model *model, bloop_value data);

/* An attribute value in the DynamoDB form, {"S": "a"}, that was read as a document. The builder's until it is reset. */
bloop_value drive_typed(bloop_value document, bloop_builder *builder);

/* Text that the scenarios must have here; the program ends when it is none. */
const char *drive_text(bloop_value value, const char *what);

/* Ends the program: the scenarios are not as they should be. */
_Noreturn void drive_fail(const char *what, const char *detail);

#endif
