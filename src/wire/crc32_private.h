/* The portable way to a checksum, for tests that compare it with the fast one. */
#ifndef BL_WIRE_CRC32_PRIVATE_H
#define BL_WIRE_CRC32_PRIVATE_H

#include "wire/wire.h"

uint32_t bl_wire_crc32_tables(const void *body, size_t size);

#endif
