/* Expressions and values written as text, for case tables: the notation that bloop_expr_print writes, and a little more.

   values       12  "text"  x"6869"  true  null  [1, "a"]  {"a", "b"} (a set)  {name: 1} (a map)  {} (the empty map)
   paths        home.rooms[2].`odd name`
   conditions   (a = 1 AND NOT size(b) < 3) OR c IN (1, 2) OR begins_with(a, "x") OR a BETWEEN 1 AND 2
   updates      SET a = b + 1, c = list_append(c, [1]) REMOVE d ADD e 1 DELETE f {"x"}
   projections  a, b.c, d[0]

   A text that is none of these fails the running test. What is made lives in the notation's memory until it is freed. */
#ifndef BLOOP_TEST_NOTATION_H
#define BLOOP_TEST_NOTATION_H

#include <bloop/expr.h>

#include "base/base.h"

typedef struct notation {
    bl_arena memory;
    const char *whole, *at;
} notation;

void notation_free(notation *n);

bloop_value notation_value(notation *n, const char *text);
const bloop_expr *notation_condition(notation *n, const char *text);
const bloop_update *notation_update(notation *n, const char *text);
const bloop_projection_paths *notation_projection(notation *n, const char *text);

/* The text of a value, in the same notation; lives in the notation's memory. */
const char *notation_print(notation *n, bloop_value value);

#endif
