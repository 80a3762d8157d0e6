/* Time zones, within the area. */
#ifndef BL_ZONE_PRIVATE_H
#define BL_ZONE_PRIVATE_H

/* Forgets the zones that were read, and frees their memory. Safe at any time. */
void bl_zones_release(void);

#endif
