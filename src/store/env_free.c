/* The free pages at the end of a file. LMDB never writes a page that a transaction took at the end and gave back before
   its commit: so a sound file may be shorter than its last page. Then all that is missing is in LMDB's tree of free pages,
   which is looked up here without LMDB, since a file that was cut short may lack any page of it. */
#include "env_state_private.h"

#include <unistd.h>

/* Pages as LMDB 0.9 lays them out: a head, then the places of nodes in the page. A node of a branch names a page; one of a
   leaf holds the number of a transaction, and the pages that it freed: how many, and which. */
enum { HEAD = 16, NODE = 8, BRANCH = 0x01, LEAF = 0x02, OVERFLOW = 0x04, KINDS = 0x2F, ELSEWHERE = 0x01, DEEPEST = 32 };

/* A number of 32 bits in a node is two of 16, whose order follows the machine's. */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
enum { LOW = 2, HIGH = 0 };
#else
enum { LOW = 0, HIGH = 2 };
#endif

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
static uint16_t load16(const uint8_t *at);
static size_t load_size(const uint8_t *at);

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
    bool walked = tree->depth > 0 && tree->depth <= DEEPEST && visit_page(&s, tree->root, tree->depth);
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
    bool sound = read_page(s, number, depth > 1 ? BRANCH : LEAF, page);
    size_t lower = sound ? load16(page + 12) : HEAD;
    sound = sound && lower >= HEAD && lower <= s->page_size;
    for (size_t place = HEAD; sound && place + 2 <= lower; place += 2) {
        size_t at = load16(page + place);
        sound = at >= lower && at + NODE <= s->page_size && visit_node(s, page, at, depth);
    }
    bl_free(page);
    return sound;
}

/* A node begins with four numbers of 16 bits: low and high half of a page or size, flags or the page's top, key size. */
static bool visit_node(search *s, const uint8_t *page, size_t at, unsigned depth)
{
    if (depth == 1)
        return visit_leaf(s, page, at);
    size_t child = (size_t)load16(page + at + LOW) | (size_t)load16(page + at + HIGH) << 16;
#if SIZE_MAX > UINT32_MAX
    child |= (size_t)load16(page + at + 4) << 32;
#endif
    return visit_page(s, child, depth - 1);
}

static bool visit_leaf(search *s, const uint8_t *page, size_t at)
{
    size_t size = (size_t)load16(page + at + LOW) | (size_t)load16(page + at + HIGH) << 16;
    bool elsewhere = load16(page + at + 4) & ELSEWHERE;
    size_t data = at + NODE + load16(page + at + 6);
    if (data + (elsewhere ? sizeof(size_t) : size) > s->page_size)
        return false;
    return elsewhere ? visit_overflow(s, load_size(page + data), size) : note_pages(s, page + data, size);
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
    bool sound = read_page(s, number, OVERFLOW, page);
    off_t start = (off_t)(number * s->page_size);
    sound =
        sound && pread(s->fd, page, HEAD + size, start) == (ssize_t)(HEAD + size) && note_pages(s, page + HEAD, size);
    bl_free(page);
    return sound;
}

static bool note_pages(search *s, const uint8_t *list, size_t size)
{
    size_t count = size >= sizeof(size_t) ? load_size(list) : SIZE_MAX;
    if (count > size / sizeof(size_t) - 1)
        return false;
    for (size_t i = 1; i <= count; i++) {
        size_t place = load_size(list + i * sizeof(size_t)) - s->first;
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
           load_size(page) == number && (load16(page + 10) & KINDS) == kind;
}

/* Numbers are in the machine's own order there. */
static uint16_t load16(const uint8_t *at)
{
    uint16_t number;
    memcpy(&number, at, sizeof number);
    return number;
}

static size_t load_size(const uint8_t *at)
{
    size_t number;
    memcpy(&number, at, sizeof number);
    return number;
}
