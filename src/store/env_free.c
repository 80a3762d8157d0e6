/* The free pages at the end of a file. LMDB never writes a page that a transaction took at the end and gave back before
   its commit: so a sound file may be shorter than its last page. Then all that is missing is in LMDB's tree of free pages,
   which is looked up here without LMDB, since a file that was cut short may lack any page of it. */
#include "env_state_private.h"

#include <unistd.h>

enum { HEAD = sizeof(bl_page_head), NODE = BL_NODE_HEAD };

typedef struct search {
    int fd;
    size_t page_size;
    size_t first, count; /* the pages that are missing */
    size_t found;        /* of these, in the tree */
    uint8_t *seen;       /* a bit for each */
    size_t left;         /* pages that may still be read: a sound tree names none twice, a forged one might for ever */
} search;

static bool visit_page(search *s, size_t number, unsigned depth);
static bool visit_node(search *s, const uint8_t *page, size_t at, unsigned depth);
static bool visit_leaf(search *s, const uint8_t *page, size_t at);
static bool visit_overflow(search *s, size_t number, size_t size);
static bool note_pages(search *s, const uint8_t *list, size_t size);
static bool read_page(const search *s, size_t number, unsigned kind, uint8_t *page);

bool bl_file_ends_in_free_pages(int fd, size_t file_size, size_t page_size, const bl_free_tree *tree)
{
    search s = { .fd = fd, .page_size = page_size, .first = file_size / page_size, .left = file_size / page_size };
    /* More than the file could name would be no sound one, and an allocation without bound. */
    if (tree->last_page < s.first || tree->last_page - s.first >= file_size / sizeof(size_t))
        return false;
    s.count = tree->last_page - s.first + 1;
    s.seen = bl_alloc_zeroed(s.count / 8 + 1, 1);
    if (!s.seen)
        return false;
    bool walked = tree->depth > 0 && tree->depth <= BL_TREE_DEEPEST && visit_page(&s, tree->root, tree->depth);
    bl_free(s.seen);
    return walked && s.found == s.count;
}

/* `depth` is 1 for a leaf, so that no tree is walked deeper than it says it is. */
static bool visit_page(search *s, size_t number, unsigned depth)
{
    if (s->left == 0)
        return false;
    s->left--;
    uint8_t *page = bl_alloc(s->page_size);
    if (!page)
        return false;
    bool sound = read_page(s, number, depth > 1 ? BL_PAGE_BRANCH : BL_PAGE_LEAF, page);
    size_t lower = sound ? bl_page_u16(page + 12) : HEAD;
    sound = sound && lower >= HEAD && lower <= s->page_size;
    for (size_t place = HEAD; sound && place + 2 <= lower; place += 2) {
        size_t at = bl_page_u16(page + place);
        sound = at >= lower && at + NODE <= s->page_size && visit_node(s, page, at, depth);
    }
    bl_free(page);
    return sound;
}

static bool visit_node(search *s, const uint8_t *page, size_t at, unsigned depth)
{
    if (depth == 1)
        return visit_leaf(s, page, at);
    return visit_page(s, bl_node_child(page + at), depth - 1);
}

static bool visit_leaf(search *s, const uint8_t *page, size_t at)
{
    size_t size = bl_node_value_size(page + at);
    bool elsewhere = bl_page_u16(page + at + BL_NODE_FLAGS) & BL_NODE_ELSEWHERE;
    size_t data = at + NODE + bl_page_u16(page + at + BL_NODE_KEY_SIZE);
    if (data + (elsewhere ? sizeof(size_t) : size) > s->page_size)
        return false;
    return elsewhere ? visit_overflow(s, bl_page_word(page + data), size) : note_pages(s, page + data, size);
}

/* A long list stands on pages of its own, behind one head. */
static bool visit_overflow(search *s, size_t number, size_t size)
{
    if (size > s->left * s->page_size)
        return false;
    s->left -= size / s->page_size;
    uint8_t *page = bl_alloc(s->page_size > HEAD + size ? s->page_size : HEAD + size);
    if (!page)
        return false;
    bool sound = read_page(s, number, BL_PAGE_OVERFLOW, page);
    off_t start = (off_t)(number * s->page_size);
    sound =
        sound && pread(s->fd, page, HEAD + size, start) == (ssize_t)(HEAD + size) && note_pages(s, page + HEAD, size);
    bl_free(page);
    return sound;
}

static bool note_pages(search *s, const uint8_t *list, size_t size)
{
    size_t count = size >= sizeof(size_t) ? bl_page_word(list) : SIZE_MAX;
    if (count > size / sizeof(size_t) - 1)
        return false;
    for (size_t i = 1; i <= count; i++) {
        size_t place = bl_page_word(list + i * sizeof(size_t)) - s->first;
        uint8_t bit = (uint8_t)(1U << place % 8);
        if (place >= s->count || s->seen[place / 8] & bit)
            continue;
        s->seen[place / 8] |= bit;
        s->found++;
    }
    return true;
}

static bool read_page(const search *s, size_t number, unsigned kind, uint8_t *page)
{
    return number < s->first &&
           pread(s->fd, page, s->page_size, (off_t)(number * s->page_size)) == (ssize_t)s->page_size &&
           bl_page_word(page) == number && (bl_page_u16(page + 10) & BL_PAGE_KINDS) == kind;
}
