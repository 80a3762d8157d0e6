/* See visits.h: filters, thrice: as what is true of a visit, as a condition, as text. */
#include "visits.h"

#include <stdlib.h>

typedef enum shape { COMPARE, BETWEEN, AMONG, BEGINS, CONTAINS, IS_NONE, IS_NOT_NONE, ALL_OF, ANY_OF, NOT } shape;

struct filter {
    shape shape;
    int column;
    bloop_expr_kind comparison;
    cell values[2];
    filter *parts[2];
};

enum { DEEPEST = 3, MOST_VALUES = 64 };

/* A text under way, and the values of its question marks. */
typedef struct text {
    char words[2048];
    bloop_operand values[MOST_VALUES];
    size_t count;
} text;

static filter *make(trial_random *random, unsigned columns, int depth);
static bool compares(const filter *f, const cell *value);
static bool contains(const cell *value, const cell *wanted);
static bloop_operand element_of(const filter *f);
static void write(const filter *f, text *out);
static void say(text *out, const char *words);
static void value(text *out, bloop_operand operand);

static const char *const tag_words[] = { "blue", "green", "red" };
static const char *const names[COLUMNS] = { "room", "at", "kind", "weight", "note", "tags" };
static const struct {
    bloop_expr_kind kind;
    const char *sign;
} comparisons[] = {
    { BLOOP_EXPR_EQ, " = " },  { BLOOP_EXPR_NE, " <> " }, { BLOOP_EXPR_LT, " < " },
    { BLOOP_EXPR_LE, " <= " }, { BLOOP_EXPR_GT, " > " },  { BLOOP_EXPR_GE, " >= " },
};
enum { COMPARISONS = sizeof comparisons / sizeof comparisons[0] };

filter *filter_new(trial_random *random, unsigned columns)
{
    return make(random, columns, 0);
}

/* By the developer guide: what is not there is unequal to everything, and else meets no comparison. */
bool filter_holds(const filter *f, const visit *v)
{
    const cell *at = &v->cells[f->column];
    switch (f->shape) {
    case COMPARE: return at->there ? compares(f, at) : f->comparison == BLOOP_EXPR_NE;
    case BETWEEN: return at->there && compare_cells(at, &f->values[0]) >= 0 && compare_cells(at, &f->values[1]) <= 0;
    case AMONG: return at->there && (compare_cells(at, &f->values[0]) == 0 || compare_cells(at, &f->values[1]) == 0);
    case BEGINS: return at->there && strncmp(at->text, f->values[0].text, strlen(f->values[0].text)) == 0;
    case CONTAINS: return at->there && contains(at, &f->values[0]);
    case IS_NONE: return !at->there;
    case IS_NOT_NONE: return at->there;
    case ALL_OF: return filter_holds(f->parts[0], v) && filter_holds(f->parts[1], v);
    case ANY_OF: return filter_holds(f->parts[0], v) || filter_holds(f->parts[1], v);
    default: return !filter_holds(f->parts[0], v);
    }
}

bloop_condition *filter_condition(const filter *f)
{
    const bloop_column *column = visit_columns[f->column];
    const bloop_operand values[] = { operand_of(&f->values[0]), operand_of(&f->values[1]) };
    switch (f->shape) {
    case COMPARE: return bloop_condition_compare(f->comparison, column, values[0]);
    case BETWEEN: return bloop_condition_between(column, values[0], values[1]);
    case AMONG: return bloop_condition_in(column, values, 2);
    case BEGINS: return bloop_begins_with(*column, f->values[0].text);
    case CONTAINS: return bloop_condition_compare(BLOOP_EXPR_CONTAINS, column, element_of(f));
    case IS_NONE: return bloop_is(*column, bloop_none);
    case IS_NOT_NONE: return bloop_is_not(*column, bloop_none);
    case ALL_OF: return bloop_and(filter_condition(f->parts[0]), filter_condition(f->parts[1]));
    case ANY_OF: return bloop_or(filter_condition(f->parts[0]), filter_condition(f->parts[1]));
    default: return bloop_not(filter_condition(f->parts[0]));
    }
}

bloop_condition *filter_where(const filter *f)
{
    text out = { .count = 0 };
    write(f, &out);
    return bloop_condition_where(&Visit.bloop_model_, out.words, out.values, out.count);
}

void filter_free(filter *f)
{
    if (!f)
        return;
    filter_free(f->parts[0]);
    filter_free(f->parts[1]);
    free(f);
}

static filter *make(trial_random *random, unsigned columns, int depth)
{
    filter *f = calloc(1, sizeof *f);
    assert_non_null(f);
    do
        f->column = (int)trial_below(random, COLUMNS);
    while (!(columns & BIT(f->column)));
    f->shape = (shape)trial_below(random, depth < DEEPEST ? NOT + 1 : ALL_OF);
    if (f->shape >= ALL_OF) {
        f->parts[0] = make(random, columns, depth + 1);
        f->parts[1] = f->shape == NOT ? NULL : make(random, columns, depth + 1);
        return f;
    }
    bool is_text = f->column == ROOM || f->column == KIND || f->column == NOTE;
    if (f->column == TAGS && f->shape < IS_NONE)
        f->shape = CONTAINS;
    else if (!is_text && (f->shape == BEGINS || f->shape == CONTAINS))
        f->shape = BETWEEN;
    f->comparison = comparisons[trial_below(random, COMPARISONS)].kind;
    f->values[0] = random_cell(random, f->column);
    f->values[1] = random_cell(random, f->column);
    if (f->shape == BETWEEN && compare_cells(&f->values[0], &f->values[1]) > 0) {
        cell lower = f->values[1]; /* the service refuses bounds in the wrong order */
        f->values[1] = f->values[0];
        f->values[0] = lower;
    }
    return f;
}

static bool compares(const filter *f, const cell *at)
{
    int order = compare_cells(at, &f->values[0]);
    switch (f->comparison) {
    case BLOOP_EXPR_EQ: return order == 0;
    case BLOOP_EXPR_NE: return order != 0;
    case BLOOP_EXPR_LT: return order < 0;
    case BLOOP_EXPR_LE: return order <= 0;
    case BLOOP_EXPR_GT: return order > 0;
    default: return order >= 0;
    }
}

static bool contains(const cell *at, const cell *wanted)
{
    if (at->text)
        return strstr(at->text, wanted->text) != NULL;
    return at->tags & (wanted->tags & (~wanted->tags + 1)); /* the first of them */
}

/* Of a set of tags, the first. */
static bloop_operand element_of(const filter *f)
{
    const char *word = f->column == TAGS ? tag_words[__builtin_ctz(f->values[0].tags)] : f->values[0].text;
    return (bloop_operand){ .kind = BLOOP_OPERAND_STRING, .as.text = word };
}

static void write(const filter *f, text *out)
{
    static const char *const functions[] = { [BEGINS] = "begins_with(",
                                             [CONTAINS] = "contains(",
                                             [IS_NONE] = "attribute_not_exists(",
                                             [IS_NOT_NONE] = "attribute_exists(" };
    if (f->shape >= ALL_OF) {
        say(out, f->shape == NOT ? "not (" : "(");
        write(f->parts[0], out);
        if (f->parts[1]) {
            say(out, f->shape == ALL_OF ? " and " : " or ");
            write(f->parts[1], out);
        }
        say(out, ")");
        return;
    }
    if (f->shape >= BEGINS)
        say(out, functions[f->shape]);
    say(out, names[f->column]);
    for (size_t i = 0; f->shape == COMPARE && i < COMPARISONS; i++)
        say(out, comparisons[i].kind == f->comparison ? comparisons[i].sign : "");
    if (f->shape == BEGINS || f->shape == CONTAINS)
        say(out, ", ");
    if (f->shape == BETWEEN || f->shape == AMONG)
        say(out, f->shape == BETWEEN ? " between " : " in (");
    if (f->shape < IS_NONE)
        value(out, f->shape == CONTAINS ? element_of(f) : operand_of(&f->values[0]));
    if (f->shape == BETWEEN || f->shape == AMONG) {
        say(out, f->shape == BETWEEN ? " and " : ", ");
        value(out, operand_of(&f->values[1]));
    }
    say(out, f->shape >= AMONG ? ")" : "");
}

static void say(text *out, const char *words)
{
    assert_true(strlen(out->words) + strlen(words) < sizeof out->words);
    strcat(out->words, words);
}

static void value(text *out, bloop_operand operand)
{
    assert_true(out->count < MOST_VALUES);
    out->values[out->count++] = operand;
    say(out, "?");
}
