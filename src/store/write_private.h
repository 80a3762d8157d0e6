/* The one path of every write to an item. */
#ifndef BL_STORE_WRITE_PRIVATE_H
#define BL_STORE_WRITE_PRIVATE_H

#include "item_private.h"

/* Runs one request in a transaction: finds the old item, decides, makes the new one, checks it in full, and only then
   changes records. On failure, *out may hold the item that the condition did not like. A failure of the machine
   (status 300 and up) may come after a change: the transaction must then be aborted. */
bloop_status bl_write_run(bl_change *change, const bloop_write_request *request, bloop_write_result *out);

#endif
