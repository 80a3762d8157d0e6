/* Time zones by name. */
#include "base/zone_private.h"

void bl_zones_release(void) {}
