/* The roots of a file's trees, looked at before LMDB follows them: a flipped bit in a root's number leads to any page. There
   are three: of the free pages and of the main database, whose heads stand in the meta page, and of the data, whose head
   is the value of the main database's last key. */
#include "env_state_private.h"

#include <unistd.h>

typedef struct looking {
    int fd;
    size_t page_size, last_page;
} looking;

static const char *judge(const looking *l, const bl_tree_head *tree);
static const char *find_data(const looking *l, const bl_tree_head *tree, bl_tree_head *data, bool *found);
static const char *last_node(const looking *l, size_t number, unsigned kind, off_t *node, size_t *size);
static const char *read_data(const looking *l, off_t node, size_t size, bl_tree_head *data, bool *found);
static bool read_at(const looking *l, off_t at, void *out, size_t size);

const char *bl_file_root_fault(int fd, size_t page_size, size_t last_page, const bl_tree_head trees[2])
{
    bl_tree_head data;
    bool found = false;
    const looking l = { fd, page_size, last_page };
    const char *fault = judge(&l, &trees[0]);
    if (!fault)
        fault = judge(&l, &trees[1]);
    if (!fault)
        fault = find_data(&l, &trees[1], &data, &found);
    /* A file without it is refused by its header. */
    if (fault || !found)
        return fault;
    if (data.flags != 0)
        return "the items' database is of no kind that a store has";
    return judge(&l, &data);
}

/* The root page says what it is. */
static const char *judge(const looking *l, const bl_tree_head *tree)
{
    bl_page_head head;
    if (tree->root != BL_NO_PAGE && (tree->root < 2 || tree->root > l->last_page))
        return "a root is no possible page";
    if (tree->depth > BL_TREE_DEEPEST || (tree->depth == 0) != (tree->root == BL_NO_PAGE))
        return "a depth is no possible one";
    if (tree->root == BL_NO_PAGE)
        return NULL;
    if (!read_at(l, (off_t)(tree->root * l->page_size), &head, sizeof head))
        return "a root can't be read";
    if (head.number != tree->root || (head.flags & BL_PAGE_KINDS) != (tree->depth == 1 ? BL_PAGE_LEAF : BL_PAGE_BRANCH))
        return "a root is no root";
    if (head.lower < sizeof head || head.lower > head.upper || head.upper > l->page_size)
        return "a root has no possible layout";
    return NULL;
}

/* Down the last node of each page; the tree's depth has been judged. */
static const char *find_data(const looking *l, const bl_tree_head *tree, bl_tree_head *data, bool *found)
{
    uint8_t head[BL_NODE_HEAD];
    size_t number = tree->root, size = 0;
    off_t node = 0;
    for (unsigned depth = tree->depth; depth > 0; depth--) {
        const char *fault = last_node(l, number, depth > 1 ? BL_PAGE_BRANCH : BL_PAGE_LEAF, &node, &size);
        if (fault)
            return fault;
        if (!read_at(l, node, head, sizeof head))
            return "a page on the way to the items can't be read";
        number = bl_node_child(head);
    }
    return tree->depth > 0 ? read_data(l, node, size, data, found) : NULL;
}

/* Where in the file the last node of a page stands, and how much of the page is left from there. */
static const char *last_node(const looking *l, size_t number, unsigned kind, off_t *node, size_t *size)
{
    bl_page_head head;
    uint16_t place = 0;
    if (number < 2 || number > l->last_page)
        return "there is no way to the items";
    off_t start = (off_t)(number * l->page_size);
    if (!read_at(l, start, &head, sizeof head))
        return "a page on the way to the items can't be read";
    if (head.number != number || (head.flags & BL_PAGE_KINDS) != kind || head.lower < sizeof head + sizeof place ||
        head.lower > l->page_size || !read_at(l, start + head.lower - (off_t)sizeof place, &place, sizeof place) ||
        place < head.lower || place + (size_t)BL_NODE_HEAD > l->page_size)
        return "a page on the way to the items is none";
    *node = start + place;
    *size = l->page_size - place;
    return NULL;
}

static const char *read_data(const looking *l, off_t node, size_t size, bl_tree_head *data, bool *found)
{
    enum { NAME = sizeof BL_DATA_NAME - 1, NODE = BL_NODE_HEAD + NAME + sizeof(bl_tree_head) };
    uint8_t bytes[NODE];
    bool fits = size >= BL_NODE_HEAD + NAME && read_at(l, node, bytes, BL_NODE_HEAD + NAME);
    if (!fits || bl_page_u16(bytes + BL_NODE_KEY_SIZE) != NAME || memcmp(bytes + BL_NODE_HEAD, BL_DATA_NAME, NAME) != 0)
        return NULL;
    if (size < NODE || !read_at(l, node, bytes, NODE) || bl_node_value_size(bytes) != sizeof *data ||
        bl_page_u16(bytes + BL_NODE_FLAGS) != BL_NODE_TREE)
        return "what says where the items are is damaged";
    memcpy(data, bytes + BL_NODE_HEAD + NAME, sizeof *data);
    *found = true;
    return NULL;
}

static bool read_at(const looking *l, off_t at, void *out, size_t size)
{
    return pread(l->fd, out, size, at) == (ssize_t)size;
}
