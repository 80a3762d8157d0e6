/* Bytes that turn over in the middle of values, on the disk or on the way: each get tells, or gives the right value; it
   never dies and never gives a wrong one. BLOOP_FLIPS sets how many. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pthread.h>
#include <cmocka.h>

#include "crash/shelf.h"
#include "support/scratch.h"
#include "support/stores.h"
#include "support/trial.h"

enum { ITEMS = 200 };

typedef struct place {
    off_t start;
    size_t size;
} place;

static bloop_backend *open_filled(const scratch *s, char path[PATH_MAX], place places[ITEMS]);
static size_t body_of(size_t id);
static void find_places(const char *path, place places[ITEMS]);
static void flip_byte(int fd, off_t at, uint8_t mask);

static void test_flips_in_values(void **state)
{
    char path[PATH_MAX];
    place places[ITEMS];
    (void)state;
    scratch s = scratch_new();
    trial_random random = trial_stream(70);
    size_t flips = trial_count("BLOOP_FLIPS", (trial_counts){ 1000, 1000, 100000 }), told = 0, other = 0;
    bloop_backend *backend = open_filled(&s, path, places);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    for (size_t i = 0; i < flips; i++) {
        bool found = false;
        size_t id = trial_below(&random, ITEMS), size = 0;
        off_t at = places[id].start + (off_t)trial_below(&random, places[id].size);
        uint8_t mask =
            (uint8_t)(trial_chance(&random, 50) ? 1U << trial_below(&random, 8) : 1 + trial_below(&random, 255));
        flip_byte(fd, at, mask);
        bloop_status status = shelf_find(backend, id, &found, &size);
        told += status == BLOOP_CORRUPT && *bloop_last_error()->message;
        trial_check(status == BLOOP_CORRUPT || (status == BLOOP_OK && found && size == body_of(id)),
                    "a flip in item %zu gave %s", id, bloop_status_name(status));
        /* Its neighbours are as they were. */
        size_t neighbour = trial_below(&random, ITEMS);
        status = shelf_find(backend, neighbour, &found, &size);
        other += status == BLOOP_OK && found && size == body_of(neighbour);
        trial_check(neighbour == id || (status == BLOOP_OK && found), "a flip in item %zu made item %zu give %s", id,
                    neighbour, bloop_status_name(status));
        flip_byte(fd, at, mask);
    }
    (void)printf("%zu flips, %zu were told\n", flips, told);
    assert_int_equal(told, flips);
    assert_true(other > flips / 2);
    (void)close(fd);
    bloop_backend_close(backend);
    (void)stores_check(path);
    scratch_remove(&s);
}

/* A write over a damaged item, and a delete of it, say so too, and change nothing. */
static void test_writes_over_damage(void **state)
{
    char path[PATH_MAX];
    place places[ITEMS];
    (void)state;
    scratch s = scratch_new();
    bloop_backend *backend = open_filled(&s, path, places);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    flip_byte(fd, places[9].start, 0x04);
    bool found = false;
    stores_fails(shelf_find(backend, 9, &found, NULL), BLOOP_CORRUPT);
    stores_fails(shelf_put(backend, 9, 77), BLOOP_CORRUPT);
    stores_fails(shelf_remove(backend, 9), BLOOP_CORRUPT);
    shelf_check_count(backend, ITEMS);
    flip_byte(fd, places[9].start, 0x04);
    size_t size = 0;
    stores_ok(shelf_find(backend, 9, &found, &size));
    assert_true(found && size == body_of(9));
    (void)close(fd);
    bloop_backend_close(backend);
    (void)stores_check(path);
    scratch_remove(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flips_in_values),
        cmocka_unit_test(test_writes_over_damage),
    };
    (void)trial_seed();
    return cmocka_run_group_tests_name("crash/flips", tests, NULL, NULL);
}

/* A store of all items, opened anew, and where these lie in its file. */
static bloop_backend *open_filled(const scratch *s, char path[PATH_MAX], place places[ITEMS])
{
    const bloop_store_options options = { .path = scratch_path(s, "store", path), .durability = BLOOP_DURABLE_LATER };
    bloop_backend *backend = stores_open(&options);
    shelf_create(backend);
    for (size_t id = 0; id < ITEMS; id++)
        stores_ok(shelf_put(backend, id, body_of(id)));
    bloop_backend_close(backend);
    find_places(path, places);
    return stores_open(&options);
}

/* On a page with others, and on pages of their own. */
static size_t body_of(size_t id)
{
    return id % 10 == 0 ? 5000 + id * 11 : 60 + id;
}

/* Where the newest copy of each item stands: pages that are free now may hold older ones. */
static void find_places(const char *path, place places[ITEMS])
{
    size_t size = 0;
    uint8_t *file = scratch_read(path, &size);
    bloop_builder *builder = bloop_builder_new();
    trial_check(builder, "out of memory");
    for (size_t id = 0; id < ITEMS; id++) {
        bool found = false, right = false;
        bloop_item item = shelf_build(builder, id, body_of(id));
        for (uint8_t *at = file; !right; at++) {
            at = memmem(at, size - (size_t)(at - file), item.data, item.size);
            trial_check(at, "item %zu is not in the file", id);
            places[id] = (place){ at - file, item.size };
            int fd = open(path, O_RDWR | O_CLOEXEC);
            bloop_backend *backend =
                stores_open(&(bloop_store_options){ .path = path, .durability = BLOOP_DURABLE_LATER });
            flip_byte(fd, places[id].start, 0xFF);
            right = shelf_find(backend, id, &found, NULL) == BLOOP_CORRUPT;
            flip_byte(fd, places[id].start, 0xFF);
            bloop_backend_close(backend);
            (void)close(fd);
        }
    }
    bloop_builder_free(builder);
    free(file);
}

static void flip_byte(int fd, off_t at, uint8_t mask)
{
    uint8_t byte = 0;
    trial_check(pread(fd, &byte, 1, at) == 1, "a byte can't be read");
    byte ^= mask;
    trial_check(pwrite(fd, &byte, 1, at) == 1, "a byte can't be written");
}
