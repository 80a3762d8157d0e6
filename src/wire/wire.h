/* The interface of area wire: requests and results of op as DynamoDB JSON (protocol AWS JSON 1.0), both directions.

   A server reads requests and writes responses; a client writes requests and reads responses. Nothing here does I/O.

     server:  bl_wire_read_request -> op's function -> bl_wire_write_response or bl_wire_write_error
     client:  bl_wire_write_request -> HTTPS -> bl_wire_read_response or bl_wire_read_error

   Failures are statuses with the service's words; of a response that is no sound answer BLOOP_NETWORK. */
#ifndef BL_WIRE_H
#define BL_WIRE_H

#include <bloop/op.h>

#include "base/base.h"
#include "expr/expr.h"
#include "json/json.h"
#include "op/op.h"

/* The operations, by the names of the API reference. Those behind SCAN are calls that clients make beside them. */
typedef enum bl_wire_operation {
    BL_WIRE_CREATE_TABLE,
    BL_WIRE_DESCRIBE_TABLE,
    BL_WIRE_LIST_TABLES,
    BL_WIRE_UPDATE_TABLE,
    BL_WIRE_DELETE_TABLE,
    BL_WIRE_GET_ITEM,
    BL_WIRE_BATCH_GET_ITEM,
    BL_WIRE_PUT_ITEM,
    BL_WIRE_UPDATE_ITEM,
    BL_WIRE_DELETE_ITEM,
    BL_WIRE_BATCH_WRITE_ITEM,
    BL_WIRE_QUERY,
    BL_WIRE_SCAN,
    BL_WIRE_DESCRIBE_LIMITS,
    BL_WIRE_DESCRIBE_ENDPOINTS,
    BL_WIRE_DESCRIBE_TIME_TO_LIVE,
    BL_WIRE_DESCRIBE_CONTINUOUS_BACKUPS,
    BL_WIRE_LIST_TAGS_OF_RESOURCE
} bl_wire_operation;
#define BL_WIRE_OPERATION_COUNT 18

#define BL_WIRE_TARGET_PREFIX "DynamoDB_20120810."
#define BL_WIRE_CONTENT_TYPE  "application/x-amz-json-1.0"

/* "GetItem". */
const char *bl_wire_operation_name(bl_wire_operation operation);
/* The operation of an X-Amz-Target header. False when it names none that is here. */
bool bl_wire_operation_of_target(const char *target, bl_wire_operation *out);

/* A request, as op takes it. Which member of the union counts is the operation's matter. */
typedef struct bl_wire_request {
    bl_wire_operation operation;
    /* UPDATE_TABLE of nothing but parts that tables do not have here: to be answered as a description. */
    bool unchanged;
    bool
        legacy; /* UPDATE_ITEM, QUERY, SCAN: made of AttributeUpdates, of filters or attributes to get, not of expressions */
    union {
        bloop_table_definition create_table;
        const char *table; /* DESCRIBE_TABLE, DELETE_TABLE, DESCRIBE_TIME_TO_LIVE, DESCRIBE_CONTINUOUS_BACKUPS */
        const char *arn;   /* LIST_TAGS_OF_RESOURCE */
        bloop_list_tables_request list_tables;
        bloop_update_table_request update_table;
        bloop_get_request get;
        bloop_batch_get_request batch_get; /* receive and context are the server's to set */
        bloop_write_request write;         /* PUT_ITEM, UPDATE_ITEM, DELETE_ITEM */
        bloop_batch_write_request batch_write;
        bloop_search_request search; /* QUERY, SCAN */
    } as;
} bl_wire_request;

/* Server: reading requests.

   A reading owns what its request points to. It may be used for one request after the other, which then costs no
   allocation for requests of a usual size: bl_wire_reading_reset between them, bl_wire_reading_free in the end. Zeroed is
   ready. Large: one a thread or connection, not on small stacks. */
typedef struct bl_wire_reading bl_wire_reading;
bl_wire_reading *bl_wire_reading_new(void); /* NULL when out of memory */
void bl_wire_reading_reset(bl_wire_reading *reading);
void bl_wire_reading_free(bl_wire_reading *reading);

/* Decodes and validates the body of a request, which must stay as it is as long as the request is used: in the order of
   the service, which is types of members first (BLOOP_INVALID_SYNTAX: its SerializationException), then the constraints
   of the service model, all that are broken in one message, then what only the operation knows, expressions and legacy
   parameters among it (BLOOP_VALIDATION). The op functions check again what a C program could get wrong. */
bloop_status bl_wire_read_request(bl_wire_reading *reading, bl_wire_operation operation, const char *body, size_t size,
                                  bl_wire_request *out);

/* Server: writing responses. Appends the body to `out`, whose status tells how that went. Each takes the request that it
   answers: what was asked for decides what is told. */
void bl_wire_write_table(bl_buffer *out, const bl_wire_request *request, const bloop_table_description *table);
void bl_wire_write_table_names(bl_buffer *out, const bloop_list_tables_result *result);
/* GetItem. In two steps, so that the item can be written where it lies, inside the receiver. */
void bl_wire_write_item_response(bl_buffer *out, const bl_wire_request *request, const bloop_get_result *result,
                                 bloop_item item /* data NULL: none */);
/* PutItem, UpdateItem, DeleteItem that succeeded. */
void bl_wire_write_write_response(bl_buffer *out, const bl_wire_request *request, const bloop_write_result *result);
void bl_wire_write_batch_write_response(bl_buffer *out, const bl_wire_request *request,
                                        const bloop_batch_write_result *result);
void bl_wire_write_search_response(bl_buffer *out, const bl_wire_request *request, const bloop_search_result *result);
/* BatchGetItem: items arrive one by one, those of one table not always together; the response groups them. A gatherer
   takes copies as JSON and writes the response in the end. */
typedef struct bl_wire_batch_gatherer bl_wire_batch_gatherer;
bl_wire_batch_gatherer *bl_wire_batch_gatherer_new(const bl_wire_request *request);
bloop_status bl_wire_batch_gather(void *gatherer, size_t index, bloop_item item); /* a bloop_batch_receiver */
void bl_wire_write_batch_get_response(bl_buffer *out, bl_wire_batch_gatherer *gatherer,
                                      const bloop_batch_get_result *result);
void bl_wire_batch_gatherer_free(bl_wire_batch_gatherer *gatherer);
/* The describe calls that are answered from the table's description, or from nothing. */
void bl_wire_write_describe_response(bl_buffer *out, const bl_wire_request *request,
                                     const bloop_table_description *table, const char *host);

/* The message of a failed operation as the service words it for such a request: itself, unless the request is a legacy
   one. Valid until the thread's next call. */
const char *bl_wire_legacy_words(const bl_wire_request *request, const char *message);
/* An error's body, {"__type": …, "message": …}, and the HTTP status that goes with it. `item` is that of a failed
   condition, when the request asked for it; data NULL: none. */
int bl_wire_write_error(bl_buffer *out, bloop_status status, const char *message, bloop_item item);
/* The same for an exception that has no status of its own: "InvalidSignatureException", "UnknownOperationException". */
int bl_wire_write_named_error(bl_buffer *out, const char *name, const char *message);

/* Client: writing requests. Appends the body to `out`. Expressions are rendered with placeholders for all names and
   values, equal ones shared. */
void bl_wire_write_request(bl_buffer *out, const bl_wire_request *request);

/* Client: reading responses. Members that are not known are passed over. What the result points to is its memory's; of a
   page of items, one block. A failure leaves the result empty. */
bloop_status bl_wire_read_table(const char *body, size_t size, bl_wire_operation operation, bloop_table_result *out);
bloop_status bl_wire_read_table_names(const char *body, size_t size, bloop_list_tables_result *out);
/* To the request's receiver, or into the result. */
bloop_status bl_wire_read_item_response(const char *body, size_t size, const bloop_get_request *request,
                                        bloop_get_result *out);
bloop_status bl_wire_read_batch_get_response(const char *body, size_t size, const bloop_batch_get_request *request,
                                             bloop_batch_get_result *out);
bloop_status bl_wire_read_write_response(const char *body, size_t size, const bloop_write_request *request,
                                         bloop_write_result *out);
bloop_status bl_wire_read_batch_write_response(const char *body, size_t size, const bloop_batch_write_request *request,
                                               bloop_batch_write_result *out);
bloop_status bl_wire_read_search_response(const char *body, size_t size, const bloop_search_request *request,
                                          bloop_search_result *out);

/* What a client is to make of an error response. */
typedef struct bl_wire_error {
    bloop_status status; /* never BLOOP_OK; also the thread's last error, with the service's message */
    char name[64];       /* "ConditionalCheckFailedException", without its namespace; "" when there was none */
    bool throttled;      /* retry, with the quota's larger cost */
    bool transient;      /* retry */
    bool clock_skewed;   /* the signature's time was refused: learn the server's time, and retry */
    bool not_run;        /* the operation has certainly not been executed: 4xx and throttles */
} bl_wire_error;
/* `header_type` is the value of x-amzn-ErrorType, which some servers send instead of __type; NULL: none. `item`, when not
   NULL, gets the Item of a ConditionalCheckFailedException, in `memory`. The body may be anything. */
void bl_wire_read_error(int http_status, const char *header_type, const char *body, size_t size,
                        bloop_result_memory *memory, bloop_item *item, bl_wire_error *out);

/* The x-amz-crc32 header: the decimal CRC-32 (IEEE 802.3) of the body's bytes. */
uint32_t bl_wire_crc32(const void *body, size_t size);

#endif
