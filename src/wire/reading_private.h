/* What the files that read requests share: the reading, and the steps from text over the C structs of shapes_private.h to
   a request as op takes it. src/wire/README.md tells how they fit. */
#ifndef BL_WIRE_READING_PRIVATE_H
#define BL_WIRE_READING_PRIVATE_H

#include "wire/shapes_private.h"

typedef union bl_in_request {
    bool present;
    bl_in_items items;
    bl_in_batch batch;
    bl_in_table table;
} bl_in_request;

/* The expressions of one table of BatchGetItem. */
typedef struct bl_in_text_link {
    struct bl_in_text_link *next;
    bloop_expr_text text;
} bl_in_text_link;

struct bl_wire_reading {
    bloop_json_reader json;
    bloop_builder builder;
    bl_arena arena;         /* what the request points to */
    size_t list_bytes_left; /* that may still be taken for lists */
    bl_in_request in;
    bool text_begun;
    bloop_expr_text text;         /* the request's expressions, or those of a batch's first table */
    bl_in_text_link *other_texts; /* those of its other tables */
};

/* From text to the C value of a shape, which is zeroed. `element`: of a list or map, not a member. BLOOP_INVALID_SYNTAX
   with what the service says of a value of the wrong type. */
bloop_status bl_in_decode(bl_wire_reading *reading, const bl_shape *shape, void *out, bool element);
/* The same of attribute values and of maps of them. */
bloop_status bl_in_decode_value(bl_wire_reading *reading, const bl_shape *shape, bl_in_value *out, bool element);
/* Pieces of both: a text, or its refusal as one of type `java`; a truth; the refusal of a text that is no JSON. */
bloop_status bl_in_decode_text(bl_wire_reading *reading, const char *java, bloop_slice *out);
bloop_status bl_in_decode_truth(bl_wire_reading *reading, bl_in_truth *out);
bloop_status bl_in_refuse_collection(bl_wire_reading *reading, const bl_shape *shape, bool element);
bloop_status bl_in_refuse_json(bl_wire_reading *reading);

/* The constraints of the service model on what was read; BLOOP_VALIDATION with all that are broken. `alone`: a bad name of
   the table is told without the others. */
bloop_status bl_in_check(const bl_shape *shape, const void *in, bool alone);

/* From the C value to the request. */
bloop_status bl_in_finish_get(bl_wire_reading *reading, bl_wire_request *out);
bloop_status bl_in_finish_write(bl_wire_reading *reading, bl_wire_request *out);
bloop_status bl_in_finish_search(bl_wire_reading *reading, bl_wire_request *out);
bloop_status bl_in_finish_batch_get(bl_wire_reading *reading, bl_wire_request *out);
bloop_status bl_in_finish_batch_write(bl_wire_reading *reading, bl_wire_request *out);
bloop_status bl_in_finish_create_table(bl_wire_reading *reading, bl_wire_request *out);
bloop_status bl_in_finish_update_table(bl_wire_reading *reading, bl_wire_request *out);
bloop_status bl_in_finish_table_name(bl_wire_reading *reading, bl_wire_request *out);
bloop_status bl_in_finish_list_tables(bl_wire_reading *reading, bl_wire_request *out);
bloop_status bl_in_finish_list_tags(bl_wire_reading *reading, bl_wire_request *out);

/* Pieces of these. A slice as text that ends in a zero byte; the name of a table, which may be given as its ARN. */
bloop_status bl_in_c_text(bl_wire_reading *reading, bloop_slice text, const char **out);
bloop_status bl_in_table_name(bl_wire_reading *reading, bloop_slice table, const char **out);
bloop_slice bl_in_name_of_table(bloop_slice table);
/* How many bytes of a text messages print: at most `most`, whole characters. */
size_t bl_in_shown(bloop_slice text, size_t most);
/* BLOOP_VALIDATION with the fault of a value, if it has one. */
bloop_status bl_in_value_fault(const bl_in_value *value);
int bl_in_chosen(bl_in_choice choice, int otherwise);

/* A parameter of a request, for messages about which go together. */
typedef struct bl_in_parameter {
    const char *name;
    bool given;
} bl_in_parameter;
typedef struct bl_in_parameters {
    const bl_in_parameter *expressions, *others; /* others: those from before there were expressions */
    size_t expression_count, other_count;
} bl_in_parameters;
/* Whether expressions and other parameters are mixed, and placeholders given without an expression that could use them. */
bloop_status bl_in_check_parameters(const bl_in_parameters *parameters, const bl_in_list *names,
                                    const bl_in_list *values /* NULL: it takes none */);
/* "1 validation error detected: " before a BLOOP_VALIDATION, as writes of one item have it before some of their words. */
bloop_status bl_in_envelope(bloop_status status);
/* AttributesToGet has no name twice. */
bloop_status bl_in_check_attributes(const bl_in_list *attributes);

/* The expressions of a request; what it does not have stays as it is. */
typedef struct bl_in_expressions {
    bloop_update update;
    bool has_update;
    const bloop_expr *condition, *key_condition, *filter;
    const bloop_projection_paths *projection;
} bl_in_expressions;
bloop_status bl_in_parse(bl_wire_reading *reading, const bl_in_items *in, bl_in_expressions *out);
/* The projection of GetItem, or of one table of BatchGetItem: an expression or AttributesToGet; else *out stays. */
bloop_status bl_in_projection_paths(bl_wire_reading *reading, const bl_in_projection *in,
                                    const bloop_projection_paths **out);

/* What came before expressions, as the trees that expressions become. Checked first, then made. */
bloop_status bl_legacy_check_expected(const bl_in_list *expected);
bloop_status bl_legacy_check_conditions(const bl_in_list *conditions);
bloop_status bl_legacy_check_operator(const bl_in_choice *operator_, const bl_in_list *conditions);
bloop_status bl_legacy_check_updates(const bl_in_list *updates);
/* NULL when the list is empty. */
bloop_status bl_legacy_condition(bl_wire_reading *reading, const bl_in_list *conditions, const bl_in_choice *operator_,
                                 const bloop_expr **out);
bloop_status bl_legacy_key_condition(bl_wire_reading *reading, const bl_in_list *conditions, const bloop_expr **out);
bloop_status bl_legacy_update(bl_wire_reading *reading, const bl_in_list *updates, bloop_update *out);
bloop_status bl_legacy_projection(bl_wire_reading *reading, const bl_in_list *attributes,
                                  const bloop_projection_paths **out);

#endif
