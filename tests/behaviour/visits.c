/* See visits.h: the world, and its writes. */
#include "visits.h"

#include <stdlib.h>

BLOOP_DEFINE_MODEL(Visit, VISIT);

const bloop_column *const visit_columns[COLUMNS] = {
    [ROOM] = &Visit.room,     [AT] = &Visit.at,     [KIND] = &Visit.kind,
    [WEIGHT] = &Visit.weight, [NOTE] = &Visit.note, [TAGS] = &Visit.tags,
};

static const char *const rooms[ROOMS] = { "attic", "cellar", "hall", "kitchen", "porch" };
static const char *const kinds[] = { "a", "alpha", "alphabet", "beta", "\xc3\xa9t\xc3\xa9" };
static const char *const notes[] = { "", "n", "note", "note to self", "other" };
static const char *const tags[] = { "blue", "green", "red" };
enum { TAG_COUNT = sizeof tags / sizeof tags[0] };

static void change(world *w, int which);
static void write_visit(world *w, int which, unsigned columns, bool whole);
static void write_changes(world *w, int which);
static void write_many(world *w);
static void remove_visit(world *w, int which);
static struct Visit *object_of(int which);
static void set_cell(struct Visit *object, int column, const cell *value);
static bloop_column_state state_of(const struct Visit *row, int column);
static bool holds(const struct Visit *row, int column, const cell *wanted);
static cell word(trial_random *random, const char *const *words, size_t count);

void world_begin(world *w, bloop_engine *engine, uint64_t stream)
{
    memset(w, 0, sizeof *w);
    w->engine = engine;
    w->random = trial_stream(stream);
    expect_ok(bloop_bind(engine, Visit));
    for (int i = 0; i < VISITS; i++)
        if (trial_chance(&w->random, 70))
            write_visit(w, i, ALL_COLUMNS, true);
    w->change_count = 0;
}

void world_write(world *w)
{
    int which = (int)trial_below(&w->random, VISITS);
    size_t kind = trial_below(&w->random, 10);
    if (kind < 2)
        write_visit(w, which, ALL_COLUMNS, true);
    else if (kind < 5)
        write_visit(w, which, (unsigned)trial_below(&w->random, BIT(COLUMNS)), false);
    else if (kind < 7)
        write_changes(w, which);
    else if (kind < 9)
        remove_visit(w, which);
    else
        write_many(w);
}

cell random_cell(trial_random *random, int column)
{
    switch (column) {
    case ROOM: return word(random, rooms, ROOMS);
    case AT: return (cell){ .there = true, .number = (int64_t)trial_below(random, TIMES) };
    case KIND: return word(random, kinds, sizeof kinds / sizeof kinds[0]);
    case WEIGHT: return (cell){ .there = true, .number = (int64_t)trial_below(random, 9) * 5 - 20 };
    case NOTE: return word(random, notes + 1, sizeof notes / sizeof notes[0] - 1); /* keys are not empty */
    default: return (cell){ .there = true, .tags = 1 + (unsigned)trial_below(random, BIT(TAG_COUNT) - 1) };
    }
}

int compare_cells(const cell *a, const cell *b)
{
    if (a->text)
        return strcmp(a->text, b->text); /* UTF-8 sorts as its code points do */
    return (a->number > b->number) - (a->number < b->number);
}

int visit_of(const struct Visit *row)
{
    for (int i = 0; i < ROOMS; i++)
        if (row->room && strcmp(rooms[i], row->room) == 0 && row->at >= 0 && row->at < TIMES)
            return i * TIMES + (int)row->at;
    return -1;
}

bool is_row_of(const struct Visit *row, const visit *v, unsigned requested)
{
    for (int i = 0; i < COLUMNS; i++) {
        const cell *wanted = &v->cells[i];
        bloop_column_state state = !(requested & BIT(i)) ? BLOOP_MISSING : wanted->there ? BLOOP_VALUE : BLOOP_NONE;
        if (state_of(row, i) != state || (state == BLOOP_VALUE && !holds(row, i, wanted)))
            return false;
    }
    return v->exists;
}

bloop_operand operand_of(const cell *value)
{
    if (value->text)
        return (bloop_operand){ .kind = BLOOP_OPERAND_STRING, .as.text = value->text };
    return (bloop_operand){ .kind = BLOOP_OPERAND_SIGNED, .as.integer = value->number };
}

static void change(world *w, int which)
{
    assert_true(w->change_count < MOST_CHANGES);
    w->changes[w->change_count].which = which;
    w->changes[w->change_count++].before = w->visits[which];
}

/* Sets or unsets some columns, and leaves the others alone; a whole visit has none left of what it was. */
static void write_visit(world *w, int which, unsigned columns, bool whole)
{
    struct Visit *object = object_of(which);
    change(w, which);
    visit *v = &w->visits[which];
    bool sets = false;
    for (int i = KIND; i < COLUMNS; i++) {
        if (!(columns & BIT(i)))
            continue;
        cell value = trial_chance(&w->random, 70) ? random_cell(&w->random, i) : (cell){ .there = false };
        sets = sets || value.there;
        v->cells[i] = value;
        set_cell(object, i, &value);
    }
    if (whole && !sets) {
        v->cells[NOTE] = random_cell(&w->random, NOTE);
        set_cell(object, NOTE, &v->cells[NOTE]);
        sets = true;
    }
    /* An update that only removes makes no item. */
    bool only_removes = !sets && columns >> KIND;
    if (!v->exists && !only_removes) {
        v->exists = true;
        v->cells[ROOM] = (cell){ .there = true, .text = rooms[which / TIMES] };
        v->cells[AT] = (cell){ .there = true, .number = which % TIMES };
    } else if (!v->exists) {
        memset(v, 0, sizeof *v);
    }
    expect_ok(bloop_save(w->engine, object));
    bloop_free(object);
}

/* Loads a visit, changes a column and saves that. */
static void write_changes(world *w, int which)
{
    struct Visit *object = object_of(which);
    bloop_status status = bloop_load(w->engine, object);
    expect_status(status, w->visits[which].exists ? BLOOP_OK : BLOOP_MISSING_OBJECTS);
    if (status == BLOOP_OK) {
        int column = KIND + (int)trial_below(&w->random, COLUMNS - KIND);
        cell value = random_cell(&w->random, column);
        change(w, which);
        w->visits[which].cells[column] = value;
        set_cell(object, column, &value);
        expect_ok(bloop_save(w->engine, object, .changed_only = true, .atomic = true));
    }
    bloop_free(object);
}

/* The notes of some neighbours. */
static void write_many(world *w)
{
    void *objects[8];
    size_t count = 1 + trial_below(&w->random, 8);
    int first = (int)trial_below(&w->random, VISITS - 8);
    cell value = random_cell(&w->random, NOTE);
    for (size_t i = 0; i < count; i++) {
        int which = first + (int)i;
        visit *v = &w->visits[which];
        change(w, which);
        objects[i] = object_of(which);
        set_cell(objects[i], NOTE, &value);
        v->exists = true;
        v->cells[ROOM] = (cell){ .there = true, .text = rooms[which / TIMES] };
        v->cells[AT] = (cell){ .there = true, .number = which % TIMES };
        v->cells[NOTE] = value;
    }
    expect_ok(bloop_save_all(w->engine, bloop_objects_in(objects, count)));
    for (size_t i = 0; i < count; i++)
        bloop_free(objects[i]);
}

static void remove_visit(world *w, int which)
{
    struct Visit *object = object_of(which);
    change(w, which);
    memset(&w->visits[which], 0, sizeof w->visits[which]);
    expect_ok(bloop_delete(w->engine, object));
    bloop_free(object);
}

static struct Visit *object_of(int which)
{
    struct Visit *object = bloop_new(Visit);
    assert_non_null(object);
    expect_ok(bloop_set(object, room, rooms[which / TIMES]));
    expect_ok(bloop_set(object, at, which % TIMES));
    return object;
}

static void set_cell(struct Visit *object, int column, const cell *value)
{
    const char *words[TAG_COUNT];
    bloop_set_of_String set = { words, 0 };
    for (size_t i = 0; i < TAG_COUNT; i++)
        if (value->tags & 1U << i)
            words[set.count++] = tags[i];
    const void *from = column == TAGS ? (const void *)&set : value->text ? (const void *)&value->text : &value->number;
    if (value->there)
        expect_ok(bloop_object_set(object, visit_columns[column], from));
    else
        expect_ok(bloop_object_unset(object, visit_columns[column]));
}

static bloop_column_state state_of(const struct Visit *row, int column)
{
    return bloop_object_column_state(row, visit_columns[column]);
}

static bool holds(const struct Visit *row, int column, const cell *wanted)
{
    const void *value = bloop_object_get(row, visit_columns[column]);
    if (column == TAGS) {
        const bloop_set_of_String *set = value;
        unsigned found = 0;
        for (size_t i = 0; i < set->count; i++)
            for (size_t k = 0; k < TAG_COUNT; k++)
                found |= strcmp(set->items[i], tags[k]) == 0 ? 1U << k : 0;
        return found == wanted->tags;
    }
    return wanted->text ? strcmp(*(const char *const *)value, wanted->text) == 0
                        : *(const int64_t *)value == wanted->number;
}

static cell word(trial_random *random, const char *const *words, size_t count)
{
    return (cell){ .there = true, .text = words[trial_below(random, count)] };
}
