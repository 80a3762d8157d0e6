/* What is wrong with a request of the parameters from before there were expressions, in the words for those: op and store
   know the trees that they became, and speak of expressions. Words as architect/dynalite's suite recorded them; those of
   AttributesToGet as moto's did. */
#include "wire/wire.h"

const char *bl_wire_legacy_words(const bl_wire_request *request, const char *message)
{
    static const struct {
        bl_wire_operation operation;
        const char *modern, *legacy;
    } words[] = {
        { BL_WIRE_UPDATE_ITEM, "An operand in the update expression has an incorrect data type",
          "Type mismatch for attribute to update" },
        { BL_WIRE_QUERY, "Filter Expression can only contain non-primary key attributes: Primary key attribute: ",
          "QueryFilter can only contain non-primary key attributes: Primary key attribute: " },
        { BL_WIRE_QUERY, "Cannot specify the ProjectionExpression when choosing to get ",
          "Cannot specify the AttributesToGet when choosing to get " },
        { BL_WIRE_SCAN, "Cannot specify the ProjectionExpression when choosing to get ",
          "Cannot specify the AttributesToGet when choosing to get " },
    };
    for (size_t i = 0; request->legacy && i < BL_COUNT_OF(words); i++) {
        size_t size = strlen(words[i].modern);
        if (words[i].operation != request->operation || strncmp(message, words[i].modern, size) != 0)
            continue;
        bl_error(BLOOP_VALIDATION, "%s%s", words[i].legacy, message + size);
        return bloop_last_error()->message;
    }
    return message;
}
