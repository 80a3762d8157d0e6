/* What the tests of environments and records share: a folder of their own, environments in it, and plain records. */
#ifndef BLOOP_TEST_ENV_FIXTURE_H
#define BLOOP_TEST_ENV_FIXTURE_H

#include <limits.h>

#include "store/record_private.h"

/* A new folder, and the path of a file in it that is not there yet. */
typedef struct env_folder {
    char folder[PATH_MAX - 64];
    char path[PATH_MAX];
} env_folder;

/* cmocka set-up and tear-down; *state is an env_folder. The tear-down removes all that is in it. */
int env_folder_make(void **state);
int env_folder_remove(void **state);

/* Fails the test, with the last error, unless the status is BLOOP_OK. */
#define assert_ok(call) env_assert_ok((call), #call, __FILE__, __LINE__)
void env_assert_ok(bloop_status status, const char *call, const char *file, int line);
/* Fails it unless the call fails with the status and a message that has the text in it. */
#define assert_fails(call, status, text) env_assert_fails((call), (status), (text), #call, __FILE__, __LINE__)
void env_assert_fails(bloop_status got, bloop_status wanted, const char *text, const char *call, const char *file,
                      int line);

/* Opens an environment with default options but these. */
bl_env *env_open(const char *path, bloop_durability durability);
/* Opens one and closes it again; what opening it said. */
bloop_status env_try_open(const char *path, bool read_only);

/* A record under [BL_SPACE_ITEMS, number as 8 bytes]; its payload is the number too, and `size` - 8 bytes made from it. */
void env_key(uint64_t number, uint8_t key[9]);
bloop_status env_put(bl_txn *txn, uint64_t number, size_t size);
/* In a transaction of its own, that is run again in a larger map when the map is full. */
bloop_status env_save(bl_env *env, uint64_t number, size_t size);
/* Whether the record is there, in a transaction of its own; fails the test when it is not what env_put wrote. */
bool env_has(bl_env *env, uint64_t number);
bool env_sees(bl_txn *txn, uint64_t number);
/* How many records of the space there are, each checked. */
size_t env_count(bl_env *env);

/* How many files and folders a folder has. */
size_t env_files_in(const char *folder);

#endif
