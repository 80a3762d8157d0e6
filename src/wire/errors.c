/* The one table of the service's errors: status, exception, HTTP status, and whether it is worth a retry. Both directions use
   it. Sources: the service model (which exceptions there are, and that all but InternalServerError are the caller's); the
   developer guide, "Error handling with DynamoDB"; the SDK reference guide, "Retry behavior" (standard mode) with botocore's
   lists for it; dynalite's tests, made against the service, for namespaces and for "Message" with a capital. */
#include "wire/errors_private.h"

#define DYNAMODB     "com.amazonaws.dynamodb.v20120810"
#define SERVICE      "com.amazon.coral.service"
#define VALIDATE     "com.amazon.coral.validate"
#define AVAILABILITY "com.amazon.coral.availability"

/* A server writes the first row of a status; a client finds the row of a name. */
static const bl_wire_error_row rows[] = {
    { BLOOP_CONSTRAINT_VIOLATION, DYNAMODB, "ConditionalCheckFailedException", 400, 0 },
    { BLOOP_VALIDATION, VALIDATE, "ValidationException", 400, 0 },
    { BLOOP_INVALID_VALUE, VALIDATE, "ValidationException", 400, 0 },
    { BLOOP_INVALID_SYNTAX, SERVICE, "SerializationException", 400, BL_WIRE_CAPITAL_MESSAGE },
    { BLOOP_TABLE_NOT_FOUND, DYNAMODB, "ResourceNotFoundException", 400, 0 },
    { BLOOP_TABLE_NOT_FOUND, DYNAMODB, "TableNotFoundException", 400, 0 },
    { BLOOP_TABLE_IN_USE, DYNAMODB, "ResourceInUseException", 400, 0 },
    { BLOOP_TABLE_IN_USE, DYNAMODB, "TableAlreadyExistsException", 400, 0 },
    { BLOOP_TABLE_IN_USE, DYNAMODB, "TableInUseException", 400, 0 },
    { BLOOP_LIMIT_EXCEEDED, DYNAMODB, "LimitExceededException", 400, BL_WIRE_THROTTLED },
    { BLOOP_ITEM_COLLECTION_TOO_LARGE, DYNAMODB, "ItemCollectionSizeLimitExceededException", 400, 0 },
    { BLOOP_THROTTLED, DYNAMODB, "ProvisionedThroughputExceededException", 400, BL_WIRE_THROTTLED },
    { BLOOP_THROTTLED, AVAILABILITY, "ThrottlingException", 400, BL_WIRE_THROTTLED },
    { BLOOP_THROTTLED, DYNAMODB, "RequestLimitExceeded", 400, BL_WIRE_THROTTLED },
    { BLOOP_THROTTLED, SERVICE, "Throttling", 400, BL_WIRE_THROTTLED },
    { BLOOP_THROTTLED, SERVICE, "ThrottledException", 400, BL_WIRE_THROTTLED },
    { BLOOP_THROTTLED, SERVICE, "RequestThrottled", 400, BL_WIRE_THROTTLED },
    { BLOOP_THROTTLED, SERVICE, "RequestThrottledException", 400, BL_WIRE_THROTTLED },
    { BLOOP_THROTTLED, SERVICE, "TooManyRequestsException", 429, BL_WIRE_THROTTLED },
    { BLOOP_THROTTLED, SERVICE, "BandwidthLimitExceeded", 400, BL_WIRE_THROTTLED },
    { BLOOP_THROTTLED, SERVICE, "EC2ThrottledException", 400, BL_WIRE_THROTTLED },
    { BLOOP_THROTTLED, SERVICE, "SlowDown", 503, BL_WIRE_THROTTLED },
    { BLOOP_THROTTLED, SERVICE, "PriorRequestNotComplete", 400, BL_WIRE_THROTTLED | BL_WIRE_TRANSIENT },
    { BLOOP_TRANSACTION_CONFLICT, DYNAMODB, "TransactionConflictException", 400, 0 },
    { BLOOP_TRANSACTION_CONFLICT, DYNAMODB, "TransactionInProgressException", 400, BL_WIRE_THROTTLED },
    { BLOOP_TRANSACTION_CONFLICT, DYNAMODB, "ReplicatedWriteConflictException", 400, BL_WIRE_TRANSIENT },
    { BLOOP_TRANSACTION_CANCELED, DYNAMODB, "TransactionCanceledException", 400, 0 },
    { BLOOP_ACCESS_DENIED, SERVICE, "AccessDeniedException", 400, BL_WIRE_CAPITAL_MESSAGE },
    { BLOOP_ACCESS_DENIED, SERVICE, "MissingAuthenticationTokenException", 400, 0 },
    { BLOOP_ACCESS_DENIED, SERVICE, "IncompleteSignatureException", 400, 0 },
    { BLOOP_ACCESS_DENIED, SERVICE, "UnrecognizedClientException", 400, 0 },
    { BLOOP_ACCESS_DENIED, SERVICE, "InvalidSignatureException", 400, BL_WIRE_SKEW_IF_SAID },
    { BLOOP_ACCESS_DENIED, SERVICE, "SignatureDoesNotMatch", 403, BL_WIRE_SKEW_IF_SAID },
    { BLOOP_ACCESS_DENIED, SERVICE, "AuthFailure", 403, BL_WIRE_SKEW_IF_SAID },
    { BLOOP_ACCESS_DENIED, SERVICE, "RequestTimeTooSkewed", 403, BL_WIRE_SKEWED },
    { BLOOP_ACCESS_DENIED, SERVICE, "RequestExpired", 400, BL_WIRE_SKEWED },
    { BLOOP_ACCESS_DENIED, SERVICE, "RequestInTheFuture", 400, BL_WIRE_SKEWED },
    { BLOOP_ACCESS_DENIED, SERVICE, "ExpiredTokenException", 400, 0 },
    { BLOOP_ACCESS_DENIED, SERVICE, "ExpiredToken", 400, 0 },
    { BLOOP_ACCESS_DENIED, SERVICE, "InvalidClientTokenId", 403, 0 },
    { BLOOP_ACCESS_DENIED, SERVICE, "OptInRequired", 403, 0 },
    { BLOOP_ACCESS_DENIED, SERVICE, "NotAuthorized", 400, 0 },
    { BLOOP_READ_ONLY, SERVICE, "AccessDeniedException", 400, BL_WIRE_CAPITAL_MESSAGE },
    { BLOOP_UNSUPPORTED_OPERATION, SERVICE, "UnknownOperationException", 400, 0 },
    { BLOOP_TIMEOUT, SERVICE, "RequestTimeout", 408, BL_WIRE_TRANSIENT },
    { BLOOP_TIMEOUT, SERVICE, "RequestTimeoutException", 408, BL_WIRE_TRANSIENT },
    { BLOOP_SERVICE, DYNAMODB, "InternalServerError", 500, BL_WIRE_TRANSIENT },
    { BLOOP_SERVICE, SERVICE, "InternalFailure", 500, BL_WIRE_TRANSIENT },
    { BLOOP_SERVICE, AVAILABILITY, "ServiceUnavailableException", 503, BL_WIRE_TRANSIENT },
    { BLOOP_SERVICE, AVAILABILITY, "ServiceUnavailable", 503, BL_WIRE_TRANSIENT },
};

const bl_wire_error_row *bl_wire_error_of_status(bloop_status status)
{
    for (size_t i = 0; i < BL_COUNT_OF(rows); i++)
        if (rows[i].status == status)
            return &rows[i];
    return bl_wire_error_of_status(BLOOP_SERVICE);
}

const bl_wire_error_row *bl_wire_error_of_name(const char *name)
{
    for (size_t i = 0; i < BL_COUNT_OF(rows); i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}
