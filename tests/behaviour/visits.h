/* A world of visits, kept twice: by an engine, and in an array that is searched naively. Writes go to both; filters are made
   as conditions, as text, and as what the array is searched with. */
#ifndef BLOOP_TEST_VISITS_H
#define BLOOP_TEST_VISITS_H

#include "behaviour.h"

#include "support/trial.h"

/* clang-format off */
#define VISIT                                                                                                               \
    column(String,      room,   .hash_key = true),                                                                          \
    column(Integer,     at,     .range_key = true),                                                                         \
    column(String,      kind),                                                                                              \
    column(Integer,     weight, .dynamo_name = "w"),                                                                        \
    column(String,      note),                                                                                              \
    column(Set(String), tags),                                                                                              \
    global_index(by_kind, .hash_key = &Visit.kind, .range_key = &Visit.weight, .projection = BLOOP_INCLUDE,                 \
                 .include = bloop_columns(&Visit.note)),                                                                    \
    global_index(by_note, .hash_key = &Visit.note, .projection = BLOOP_KEYS),                                               \
    local_index(by_weight, .range_key = &Visit.weight, .projection = BLOOP_INCLUDE, .include = bloop_columns(&Visit.kind)), \
    local_index(by_kind_here, .range_key = &Visit.kind, .projection = BLOOP_KEYS, .lenient = true),                         \
    table(.name = "visits")
/* clang-format on */
BLOOP_DECLARE_MODEL(Visit, VISIT);

enum { ROOM, AT, KIND, WEIGHT, NOTE, TAGS, COLUMNS };
enum { ROOMS = 5, TIMES = 24, VISITS = ROOMS * TIMES, MOST_CHANGES = 4096 };
#define BIT(column) (1U << (column))
#define ALL_COLUMNS (BIT(COLUMNS) - 1)
extern const bloop_column *const visit_columns[COLUMNS];

/* What a column holds. Words are compared by what they say. */
typedef struct cell {
    bool there;
    const char *text; /* of those that are text, else NULL */
    int64_t number;
    unsigned tags; /* a set of words */
} cell;
typedef struct visit {
    bool exists;
    cell cells[COLUMNS];
} visit;

typedef struct world {
    bloop_engine *engine;
    trial_random random;
    visit visits[VISITS]; /* by room, then time */
    struct {
        int which;
        visit before;
    } changes[MOST_CHANGES]; /* since change_count was set back */
    size_t change_count;
} world;

void world_begin(world *w, bloop_engine *engine, uint64_t stream);
/* One random write: a save of some columns, of all, of what has changed; a delete; many at once. */
void world_write(world *w);
/* A random value that the column may have. */
cell random_cell(trial_random *random, int column);
int compare_cells(const cell *a, const cell *b);
/* Which visit an object is, by its key; -1 for none. */
int visit_of(const struct Visit *row);
/* Whether the row's columns are those of a visit: the requested ones as they are there, absent ones none, others missing. */
bool is_row_of(const struct Visit *row, const visit *v, unsigned requested);

/* A filter on some columns. */
typedef struct filter filter;
filter *filter_new(trial_random *random, unsigned columns);
bool filter_holds(const filter *f, const visit *v);
bloop_condition *filter_condition(const filter *f);
bloop_condition *filter_where(const filter *f); /* the same by way of its text */
void filter_free(filter *f);
bloop_operand operand_of(const cell *value); /* of text and numbers */

#endif
