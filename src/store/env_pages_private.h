/* Pages as LMDB 0.9 lays them out, in the machine's own byte order and word size, for what looks at a file before LMDB does.

   A page is a head, then the places of nodes in the page (u16 each), then room, then nodes. A node begins with four numbers
   of 16 bits. Of a branch: the halves of a page's number and its top, the key's size, the key. Of a leaf: the halves of the
   value's size, flags, the key's size, the key, the value. */
#ifndef BL_STORE_ENV_PAGES_PRIVATE_H
#define BL_STORE_ENV_PAGES_PRIVATE_H

#include "base/base.h"

enum {
    BL_PAGE_BRANCH = 0x01,
    BL_PAGE_LEAF = 0x02,
    BL_PAGE_OVERFLOW = 0x04,
    BL_PAGE_META = 0x08,
    BL_PAGE_KINDS = 0x2F,
    BL_NODE_HEAD = 8,
    BL_NODE_ELSEWHERE = 0x01, /* the value is the number of the pages that it stands on */
    BL_NODE_TREE = 0x02,      /* the value is the head of another tree */
    BL_TREE_DEEPEST = 32
};

#define BL_NO_PAGE SIZE_MAX

typedef struct bl_page_head {
    size_t number;
    uint16_t pad, flags, lower, upper; /* where the places end, where the nodes begin */
} bl_page_head;

typedef struct bl_tree_head {
    uint32_t pad; /* of the tree of free pages: the page size */
    uint16_t flags, depth;
    size_t branches, leaves, overflows, entries, root;
} bl_tree_head;

/* A number of 32 bits in a node is two of 16, whose order follows the machine's. */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
enum { BL_NODE_LOW = 2, BL_NODE_HIGH = 0 };
#else
enum { BL_NODE_LOW = 0, BL_NODE_HIGH = 2 };
#endif
enum { BL_NODE_FLAGS = 4, BL_NODE_KEY_SIZE = 6 };

static inline uint16_t bl_page_u16(const uint8_t *at)
{
    uint16_t number;
    memcpy(&number, at, sizeof number);
    return number;
}

static inline size_t bl_page_word(const uint8_t *at)
{
    size_t number;
    memcpy(&number, at, sizeof number);
    return number;
}

/* Of a node of a leaf. */
static inline size_t bl_node_value_size(const uint8_t *node)
{
    return (size_t)bl_page_u16(node + BL_NODE_LOW) | (size_t)bl_page_u16(node + BL_NODE_HIGH) << 16;
}

/* Of a node of a branch. */
static inline size_t bl_node_child(const uint8_t *node)
{
    size_t child = bl_node_value_size(node);
#if SIZE_MAX > UINT32_MAX
    child |= (size_t)bl_page_u16(node + BL_NODE_FLAGS) << 32;
#endif
    return child;
}

#endif
