/* What the thread's error record tells the rest of the area. */
#ifndef BL_ERROR_PRIVATE_H
#define BL_ERROR_PRIVATE_H

/* Frees what the calling thread's record holds on the heap, and forgets the objects of its error: nothing of the record
   then belongs to the allocator in force. */
void bl_error_release(void);

#endif
