/* Every refusal of expression text: the text, a caret under the place, and the service's words. Sources of words and order:
   nubo-db's conformance suite, architect/dynalite's test/updateItem.js, test/scan.js and test/getItem.js, scylladb's
   test/alternator, and messages of the service that its users quote in public. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "expr/expr.h"
#include "support/fail_alloc.h"
#include "support/notation.h"

#define COUNT        "Incorrect number of operands for operator or function; operator or function: "
#define OPERAND_TYPE "Incorrect operand type for operator or function; operator or function: "
#define DISTINCT \
    "The first operand must be distinct from the remaining operands for this operator or function; operator: "
#define NO_NAME  "An expression attribute name used in the document path is not defined; attribute name: "
#define NO_VALUE "An expression attribute value used in expression is not defined; attribute value: "
#define RESERVED "Attribute name is a reserved keyword; reserved keyword: "
#define MISUSED  "The function is not allowed to be used this way in an expression; function: "
#define NO_PATH  "Operator or function requires a document path; operator or function: "
#define OVERLAP  "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: "
#define CONFLICT "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: "
#define PARENS   "The expression has redundant parentheses;"
#define EMPTY    "The expression can not be empty;"

typedef struct refusal {
    const char *text;
    const char *caret;   /* blanks and a ^ under what is wrong */
    const char *message; /* without "Invalid …Expression: " */
} refusal;

typedef struct request {
    notation n;
    bloop_name_placeholder names[6];
    bloop_value_placeholder values[12];
    bloop_placeholders placeholders;
} request;

static bloop_slice slice(const char *text)
{
    return (bloop_slice){ text, strlen(text) };
}

static void make_request(request *r)
{
    static const char *const names[][2] = { { "#a", "a" },   { "#b", "b" },       { "#c", "c" },
                                            { "#d", "[3]" }, { "#odd", "o d.d" }, { "#COUNT", "COUNT" } };
    static const char *const values[][2] = {
        { ":n", "1" },        { ":s", "\"S\"" },   { ":x", "\"x\"" }, { ":b", "x\"61\"" },
        { ":bool", "true" },  { ":null", "null" }, { ":l", "[]" },    { ":m", "{}" },
        { ":ss", "{\"a\"}" }, { ":ns", "{1}" },    { ":two", "2" },   { ":d", "\"DOG\"" },
    };
    *r = (request){ .n = { .whole = NULL } };
    for (size_t i = 0; i < BL_COUNT_OF(names); i++)
        r->names[i] = (bloop_name_placeholder){ slice(names[i][0]), slice(names[i][1]) };
    for (size_t i = 0; i < BL_COUNT_OF(values); i++)
        r->values[i] = (bloop_value_placeholder){ slice(values[i][0]), notation_value(&r->n, values[i][1]) };
    r->placeholders = (bloop_placeholders){ r->names, BL_COUNT_OF(names), r->values, BL_COUNT_OF(values) };
}

/* What is parsed by what it is called. */
static bloop_status parse(bloop_expr_text *text, const char *parameter, bloop_slice expression)
{
    const bloop_expr *condition = NULL;
    bloop_update update = { NULL, 77 };
    bloop_projection_paths projection = { NULL, 77 };
    bloop_status status;
    if (strcmp(parameter, "UpdateExpression") == 0)
        status = bloop_parse_update(text, expression, &update);
    else if (strcmp(parameter, "ProjectionExpression") == 0)
        status = bloop_parse_projection(text, expression, &projection);
    else
        status = bloop_parse_condition(text, parameter, expression, &condition);
    if (status != BLOOP_OK) {
        assert_null(condition);
        assert_true(update.count == 77 && projection.count == 77);
    }
    return status;
}

/* What is wrong with one refusal is printed, so that a run tells about all of them; returns whether it is right. */
static bool is_refused(const request *r, const char *parameter, const refusal *c)
{
    bloop_expr_text *text = bloop_expr_text_new(&r->placeholders);
    assert_non_null(text);
    char whole[1024];
    snprintf(whole, sizeof whole, "Invalid %s: %s", parameter, c->message);
    bloop_status status = parse(text, parameter, slice(c->text));
    size_t position = bloop_expr_text_position(text);
    bloop_expr_text_free(text);
    const char *message = status == BLOOP_OK ? "(accepted)" : bloop_last_error()->message;
    if (status == BLOOP_VALIDATION && strcmp(message, whole) == 0 && position == strlen(c->caret) - 1)
        return true;
    print_error("%s\n%*s^ (not %s)\n  says %s\n  not  %s\n", c->text, (int)position, "", c->caret, message, whole);
    return false;
}

static void expect_refusals(const char *parameter, const refusal *cases, size_t count)
{
    request r;
    make_request(&r);
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++)
        wrong += !is_refused(&r, parameter, &cases[i]);
    notation_free(&r.n);
    assert_int_equal(wrong, 0);
}

static const refusal condition_cases[] = {
    { "", "^", EMPTY },
    { " \t\r\n", "^", EMPTY },
    { "!!", "^", "Syntax error; token: \"!\", near: \"!!\"" },
    { "!", "^", "Syntax error; token: \"!\", near: \"!\"" },
    { "foo", "   ^", "Syntax error; token: \"<EOF>\", near: \"foo\"" },
    { "a =  ", "     ^", "Syntax error; token: \"<EOF>\", near: \"=\"" },
    { "attribute_not_exists(", "                     ^", "Syntax error; token: \"<EOF>\", near: \"(\"" },
    { "attribute_type()", "               ^", "Syntax error; token: \")\", near: \"()\"" },
    { "a = :n AND", "          ^", "Syntax error; token: \"<EOF>\", near: \"AND\"" },
    { "a = :n :s", "       ^", "Syntax error; token: \":s\", near: \":n :s\"" },
    { "a == :n", "   ^", "Syntax error; token: \"=\", near: \"== :n\"" },
    { "a = = :n", "    ^", "Syntax error; token: \"=\", near: \"= = :n\"" },
    { "a != :n", "  ^", "Syntax error; token: \"!\", near: \"a !=\"" },
    { "a >< :n", "   ^", "Syntax error; token: \"<\", near: \">< :n\"" },
    { "a = :n)", "      ^", "Syntax error; token: \")\", near: \":n)\"" },
    { "(a = :n", "       ^", "Syntax error; token: \"<EOF>\", near: \":n\"" },
    { "(a) AND b = :n", "    ^", "Syntax error; token: \"AND\", near: \") AND b\"" },
    { "a OR b = :n", "  ^", "Syntax error; token: \"OR\", near: \"a OR b\"" },
    { "a = :n OR b", "           ^", "Syntax error; token: \"<EOF>\", near: \"b\"" },
    { "NOT a", "     ^", "Syntax error; token: \"<EOF>\", near: \"a\"" },
    { "NOT (a) AND b = :n", "        ^", "Syntax error; token: \"AND\", near: \") AND b\"" },
    { "(a = :n) = :n", "         ^", "Syntax error; token: \"=\", near: \") = :n\"" },
    { "a = :n = b", "       ^", "Syntax error; token: \"=\", near: \":n = b\"" },
    { "things are not gonna be ok", "       ^", "Syntax error; token: \"are\", near: \"things are not\"" },
    { "a > 4", "    ^", "Syntax error; token: \"4\", near: \"> 4\"" },
    { "attribute_exists(Pictures-RearView)", "                         ^",
      "Syntax error; token: \"-\", near: \"Pictures-RearView\"" },
    { "attribute_exists(\"Pictures.RearView\")", "                 ^",
      "Syntax error; token: \"\"Pictures.RearView\"\", near: \"(\"Pictures.RearView\")\"" },
    { "a = 'b", "    ^", "Syntax error; token: \"'\", near: \"= 'b\"" },
    { "attribute_exists(Pictures..RearView)", "                          ^",
      "Syntax error; token: \".\", near: \"..RearView\"" },
    { "attribute_exists(Pi#ctures.RearView)", "                   ^",
      "Syntax error; token: \"#ctures\", near: \"Pi#ctures.\"" },
    { "attribute_exists(asdf[a])", "                      ^", "Syntax error; token: \"a\", near: \"[a]\"" },
    { "b[] > a", "  ^", "Syntax error; token: \"]\", near: \"[] >\"" },
    { "b[01] > a", "   ^", "Syntax error; token: \"1\", near: \"01]\"" },
    { "b[-1] > a", "  ^", "Syntax error; token: \"-\", near: \"[-1\"" },
    { "b[:a] > a", "  ^", "Syntax error; token: \":a\", near: \"[:a]\"" },
    { "b[#_] > a", "  ^", "Syntax error; token: \"#_\", near: \"[#_]\"" },
    { "a in b, c", "     ^", "Syntax error; token: \"b\", near: \"in b,\"" },
    { "a in (b,c,)", "          ^", "Syntax error; token: \")\", near: \",)\"" },
    { "a in ()", "      ^", "Syntax error; token: \")\", near: \"()\"" },
    { "a > between", "    ^", "Syntax error; token: \"between\", near: \"> between\"" },
    { "a between :n :n", "             ^", "Syntax error; token: \":n\", near: \":n :n\"" },
    { "a between :n or :n", "             ^", "Syntax error; token: \"or\", near: \":n or :n\"" },
    { "(a)between(b.(c.d))and(c)", "             ^", "Syntax error; token: \"(\", near: \".(c\"" },
    { "(a)between(b.c.d)and((c)", "                        ^", "Syntax error; token: \"<EOF>\", near: \")\"" },
    { "(a)between(b.c[4.5].#d)and(:a)", "                ^", "Syntax error; token: \".\", near: \"4.5\"" },
    { "#$.b > a", "^", "Syntax error; token: \"#\", near: \"#$\"" },
    { "a > :things.stuff", "           ^", "Syntax error; token: \".\", near: \":things.stuff\"" },
    { "ü > a", "^", "Syntax error; token: \"ü\", near: \"ü >\"" },
    { "a > \xFF\x01", "    ^", "Syntax error; token: \"\\xff\", near: \"> \\xff\\x01\"" },
    { "_a = :n", "^", "Syntax error; token: \"_\", near: \"_a\"" },
    { "a = :n AND __typename = :s", "           ^", "Syntax error; token: \"_\", near: \"AND __\"" },
    { "size(a).b > a", "       ^", "Syntax error; token: \".\", near: \").b\"" },
    { "(size(a))[0] > a", "         ^", "Syntax error; token: \"[\", near: \")[0\"" },
    { "(:n).b > a", "    ^", "Syntax error; token: \".\", near: \").b\"" },
    { "a.:n = :n", "  ^", "Syntax error; token: \":n\", near: \".:n =\"" },
    { "set = :n", "^", "Syntax error; token: \"set\", near: \"set =\"" },
    { "a = b + :n", "      ^", "Syntax error; token: \"+\", near: \"b + :n\"" },
    { "a = ?", "    ^", "Syntax error; token: \"?\", near: \"= ?\"" },
    { "a = `b`", "    ^", "Syntax error; token: \"`\", near: \"= `b\"" },

    { "a = b and a > ((views))", "              ^", PARENS },
    { "((a = :n))", "^", PARENS },
    { "((#COUNT)) = :n", "^", PARENS },
    { "(a)between(((b.c)).d)and(c)", "           ^", PARENS },
    { "a > whatever((:things), ((a)))", "                        ^", PARENS },
    { "a=b AND ((a=b AND a=c)) AND a=d", "        ^", PARENS },
    { "a=b OR ((a=b OR (a=c OR a=d)))", "       ^", PARENS },
    { "NOT ((a = :n))", "    ^", PARENS },

    { "a=a and whatever((:things)) > a", "        ^", "Invalid function name; function: whatever" },
    { "attRIbute_exIsts((views), #a)", "^", "Invalid function name; function: attRIbute_exIsts" },
    { "abort = :n AND Size(a) > :n", "               ^", "Invalid function name; function: Size" },

    { "a=a and attribute_exists((views), (#a)) > b", "        ^", MISUSED "attribute_exists" },
    { "attribute_type(things, :a) > b", "^", MISUSED "attribute_type" },
    { "contains(:things, c) > b", "^", MISUSED "contains" },
    { "size(contains(a, b)) > a", "     ^", MISUSED "contains" },
    { "size(things)", "^", MISUSED "size" },
    { "a = :n AND size(things)", "           ^", MISUSED "size" },
    { "a between b and attribute_exists(things)", "                ^", MISUSED "attribute_exists" },
    { "a in (b, attribute_exists(things))", "         ^", MISUSED "attribute_exists" },
    { "if_not_exists(a, b) = :n", "^",
      "The function is not allowed in a condition expression; function: if_not_exists" },

    { "attribute_exists(views, #zz)", "                 ^", RESERVED "views" },
    { ":zz < abOrT", "      ^", RESERVED "abOrT" },
    { "m.COMMENT = :s", "  ^", RESERVED "COMMENT" },
    { "size = :n", "^", RESERVED "size" },
    { "a[2147483648] = :n", "  ^", "List index is not within the allowable range; index: [2147483648]" },
    { "a[99999999999999999999] = :n", "  ^",
      "List index is not within the allowable range; index: [99999999999999999999]" },

    { "begins_with(:zz, #zz, #b)", "            ^", NO_VALUE ":zz" },
    { "attribute_exists(a.#zz, :zz)", "                   ^", NO_NAME "#zz" },
    { "a = :s AND #a = b AND c > #zz", "                          ^", NO_NAME "#zz" },
    { ":_ > a", "^", NO_VALUE ":_" },
    { "a in (:n, :zz)", "          ^", NO_VALUE ":zz" },
    { "NOT a = :nn", "        ^", NO_VALUE ":nn" },

    { "attribute_exists(things, a) and a=a", "^", COUNT "attribute_exists, number of operands: 2" },
    { "a = :s and attribute_exists(a, b) and c = :zz", "           ^",
      COUNT "attribute_exists, number of operands: 2" },
    { "attribute_type(things)", "^", COUNT "attribute_type, number of operands: 1" },
    { "begins_with(things, size(a), b)", "^", COUNT "begins_with, number of operands: 3" },
    { "size(things, a) > b", "^", COUNT "size, number of operands: 2" },
    { "contains(size(a, b))", "         ^", COUNT "size, number of operands: 2" },

    { "a = a AND #a = b AND :zz > a", "^", DISTINCT "=, first operand: [a]" },
    { "b = :n AND #a <> a", "           ^", DISTINCT "<>, first operand: [a]" },
    { "((a=a) OR (a=a))", "  ^", DISTINCT "=, first operand: [a]" },
    { "contains(ab.bc[1].a, ab.bc[1].#a)", "^", DISTINCT "contains, first operand: [ab, bc, [1], a]" },
    { "a in (:n, a)", "^", DISTINCT "IN, first operand: [a]" },

    { "attribute_type(a, size(a)) and a=a and a=:n", "^", OPERAND_TYPE "attribute_type, operand type: N" },
    { "attribute_type(a, :null)", "^", OPERAND_TYPE "attribute_type, operand type: NULL" },
    { "attribute_type(a, :d)", "^",
      "Invalid attribute type name found; type: DOG, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}" },
    { "begins_with(a, :ss)", "^", OPERAND_TYPE "begins_with, operand type: SS" },
    { "begins_with(:bool, a)", "^", OPERAND_TYPE "begins_with, operand type: BOOL" },
    { "b = :n AND size(size(a)) > :n", "           ^", OPERAND_TYPE "size, operand type: N" },
    { "attribute_not_exists(size(:n))", "                     ^", OPERAND_TYPE "size, operand type: N" },
    { "attribute_exists(:s) and a=a", "^", NO_PATH "attribute_exists" },
    { "attribute_not_exists(size(:s))", "^", NO_PATH "attribute_not_exists" },
    { "a < :l", "^", OPERAND_TYPE "<, operand type: L" },
    { "b = :n AND a BETWEEN :two AND :n", "           ^",
      "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: "
      "AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}" },
    { "a BETWEEN :n AND :s", "^",
      "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: "
      "{N:1}, upper bound operand: AttributeValue: {S:S}" },
};

static void conditions(void **state)
{
    (void)state;
    expect_refusals("ConditionExpression", condition_cases, BL_COUNT_OF(condition_cases));
    expect_refusals("FilterExpression", condition_cases, BL_COUNT_OF(condition_cases));
    expect_refusals("KeyConditionExpression", condition_cases, BL_COUNT_OF(condition_cases));
}

static const refusal update_cases[] = {
    { "", "^", EMPTY },
    { "INVALID SYNTAX HERE", "^", "Syntax error; token: \"INVALID\", near: \"INVALID SYNTAX\"" },
    { "ADD hits : incr", "         ^", "Syntax error; token: \":\", near: \"hits : incr\"" },
    { "SET _123 = :n", "    ^", "Syntax error; token: \"_\", near: \"SET _123\"" },
    { "SET", "   ^", "Syntax error; token: \"<EOF>\", near: \"SET\"" },
    { "set a", "     ^", "Syntax error; token: \"<EOF>\", near: \"a\"" },
    { "set a = :n,", "           ^", "Syntax error; token: \"<EOF>\", near: \",\"" },
    { "set a = b +", "           ^", "Syntax error; token: \"<EOF>\", near: \"+\"" },
    { "set numx = numx / :n", "                ^", "Syntax error; token: \"/\", near: \"numx / :n\"" },
    { "set a = if_not_exists(a, 0)", "                         ^", "Syntax error; token: \"0\", near: \", 0)\"" },
    { "SET a = :n, updated = ", "                      ^", "Syntax error; token: \"<EOF>\", near: \"=\"" },
    { "set a=set", "      ^", "Syntax error; token: \"set\", near: \"=set\"" },
    { "remove a = b", "         ^", "Syntax error; token: \"=\", near: \"a = b\"" },
    { "delete a if_not_exist(b)", "         ^", "Syntax error; token: \"if_not_exist\", near: \"a if_not_exist(\"" },
    { "add abort b", "          ^", "Syntax error; token: \"b\", near: \"abort b\"" },
    { "remove a b", "         ^", "Syntax error; token: \"b\", near: \"a b\"" },
    { "remove :n", "       ^", "Syntax error; token: \":n\", near: \"remove :n\"" },
    { "SET if_not_exist(a, b) = a", "                ^", "Syntax error; token: \"(\", near: \"if_not_exist(a\"" },
    { "set (a = (b + c))", "    ^", "Syntax error; token: \"(\", near: \"set (a\"" },
    { "set a = (b.c).d + e", "             ^", "Syntax error; token: \".\", near: \").d\"" },
    { "set a = b + c + d", "              ^", "Syntax error; token: \"+\", near: \"c + d\"" },
    { "set a = (b + c) + d", "                ^", "Syntax error; token: \"+\", near: \") + d\"" },
    { "set a = b + (c + d)", "               ^", "Syntax error; token: \"+\", near: \"c + d\"" },
    { "set a = b = c", "          ^", "Syntax error; token: \"=\", near: \"b = c\"" },
    { "set a = :n AND b = :n", "           ^", "Syntax error; token: \"AND\", near: \":n AND b\"" },
    { "set a = ((b))", "        ^", PARENS },
    { "set a = ((b + c))", "        ^", PARENS },
    { " set #zz = :zz set abOrt = true ", "                   ^", RESERVED "abOrt" },
    { " remove Absolute ", "        ^", RESERVED "Absolute" },
    { "set a = b, b.views = c", "             ^", RESERVED "views" },
    { "remove a[4294967295]", "         ^", "List index is not within the allowable range; index: [4294967295]" },
    { "set #zz = if_not_exist(:zz) set c = d", "          ^", "Invalid function name; function: if_not_exist" },
    { "set a = #zz set c = :zz", "            ^",
      "The \"SET\" section can only be used once in an update expression;" },
    { "remove #zz set a = b remove e", "                     ^",
      "The \"REMOVE\" section can only be used once in an update expression;" },
    { "add #zz :n set a = b add e :n", "                     ^",
      "The \"ADD\" section can only be used once in an update expression;" },
    { "delete #zz :n set a = b delete e :n", "                        ^",
      "The \"DELETE\" section can only be used once in an update expression;" },
    { "set a = size(b)", "        ^", "The function is not allowed in an update expression; function: size" },
    { "set a = b, c = list_append(list_append(a, b), :l)", "                           ^", MISUSED "list_append" },
    { "SET #zz = if_not_exists(:zz)", "    ^", NO_NAME "#zz" },
    { "SET a = :zz, b = #zz", "                 ^", NO_NAME "#zz" },
    { "SET #a = if_not_exists(:zz)", "                       ^", NO_VALUE ":zz" },
    { "ADD a :zz SET a = b", "      ^", NO_VALUE ":zz" },
    { "DELETE a :ss SET b = :n + :zz", "                          ^", NO_VALUE ":zz" },
    { "set #c[3].#d = a, #c[3] = a", "                  ^", OVERLAP "[c, [3], [3]], path two: [c, [3]]" },
    { "set a = b remove c, a.b", "                    ^", OVERLAP "[a], path two: [a, b]" },
    { "set #c[3].#d = a, #c.#d[3] = if_not_exists(a)", "                  ^",
      CONFLICT "[c, [3], [3]], path two: [c, [3], [3]]" },
    { "remove a.#c set a[1] = #d", "                ^", CONFLICT "[a, c], path two: [a, [1]]" },
    { "add a.b :s", "        ^",
      "Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeSet: "
      "ALLOWED_FOR_ADD_OPERAND" },
    { "set c = if_not_exists(d) delete a :n", "                                  ^",
      "Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER, typeSet: "
      "ALLOWED_FOR_DELETE_OPERAND" },
    { "set a = if_not_exists(c)", "        ^", COUNT "if_not_exists, number of operands: 1" },
    { "set a = b, c = list_append(c)", "               ^", COUNT "list_append, number of operands: 1" },
    { "set a = if_not_exists(:n, c)", "        ^", NO_PATH "if_not_exists" },
    { "set a = if_not_exists(if_not_exists(a, b), c)", "        ^", NO_PATH "if_not_exists" },
    { "set a = :s + b", "        ^", OPERAND_TYPE "+, operand type: S" },
    { "set c = :s, a = list_append(:n, b)", "                ^", OPERAND_TYPE "list_append, operand type: N" },
};

static void updates(void **state)
{
    (void)state;
    expect_refusals("UpdateExpression", update_cases, BL_COUNT_OF(update_cases));
}

static const refusal projection_cases[] = {
    { "", "^", EMPTY },
    { "!!!", "^", "Syntax error; token: \"!\", near: \"!!\"" },
    { "a b", "  ^", "Syntax error; token: \"b\", near: \"a b\"" },
    { "a,", "  ^", "Syntax error; token: \"<EOF>\", near: \",\"" },
    { "whatever(stuff)", "        ^", "Syntax error; token: \"(\", near: \"whatever(stuff\"" },
    { ":n", "^", "Syntax error; token: \":n\", near: \":n\"" },
    { "abort,", "      ^", "Syntax error; token: \"<EOF>\", near: \",\"" },
    { "a,,b", "  ^", "Syntax error; token: \",\", near: \",,b\"" },
    { "(a.b).c", "^", "Syntax error; token: \"(\", near: \"(a\"" },
    { "a-b", " ^", "Syntax error; token: \"-\", near: \"a-b\"" },
    { "l[]", "  ^", "Syntax error; token: \"]\", near: \"[]\"" },
    { "l[a]", "  ^", "Syntax error; token: \"a\", near: \"[a]\"" },
    { "a.abORt", "  ^", RESERVED "abORt" },
    { "#zz,ABSoLUTE", "    ^", RESERVED "ABSoLUTE" },
    { "l[999999999999999999999]", "  ^",
      "List index is not within the allowable range; index: [999999999999999999999]" },
    { "a,b,a,#zz", "      ^", NO_NAME "#zz" },
    { "b[1], b.a, #a.b, a", "                 ^", OVERLAP "[a, b], path two: [a]" },
    { "a, #a[1]", "   ^", OVERLAP "[a], path two: [a, [1]]" },
    { "a.b, #a[1], #b", "     ^", CONFLICT "[a, b], path two: [a, [1]]" },
    { "a[3].b, #a.#d.b", "        ^", CONFLICT "[a, [3], b], path two: [a, [3], b]" },
};

static void projections(void **state)
{
    (void)state;
    expect_refusals("ProjectionExpression", projection_cases, BL_COUNT_OF(projection_cases));
}

/* A text of `count` times `part`, between two others. */
static char *repeated(const char *before, const char *part, size_t count, const char *after)
{
    size_t part_size = strlen(part), size = strlen(before) + count * part_size + strlen(after) + 1;
    char *text = bl_alloc(size);
    assert_non_null(text);
    char *at = text + snprintf(text, size, "%s", before);
    for (size_t i = 0; i < count; i++, at += part_size)
        memcpy(at, part, part_size);
    snprintf(at, size - (size_t)(at - text), "%s", after);
    return text;
}

typedef struct long_case {
    const char *parameter, *before, *part;
    size_t count;
    const char *after, *message; /* NULL: accepted */
    size_t position;
} long_case;

static const long_case long_cases[] = {
    { "ProjectionExpression", "", "a", 4096, "", NULL, 0 },
    { "ProjectionExpression", "", "a", 4097, "",
      "Expression size has exceeded the maximum allowed size; expression size: 4097", 0 },
    { "FilterExpression", "a = :n", " ", 4091, "",
      "Expression size has exceeded the maximum allowed size; expression size: 4097", 0 },
    { "FilterExpression", "a = :n", " ", 4090, "", NULL, 0 },
    { "ConditionExpression", "a = :n", " ", 4091, "",
      "Expression size has exceeded the maximum allowed size; expression size: 4097", 0 },
    { "UpdateExpression", "SET a = :n", " ", 4087, "", "Expression size has exceeded the maximum allowed size;", 0 },
    { "ProjectionExpression", "a", ".b", 31, "", NULL, 0 },
    { "ProjectionExpression", "c, a", ".b", 32, "", "The document path has too many nesting levels; nesting levels: 33",
      3 },
    { "ProjectionExpression", "a", ".b", 2047, "",
      "The document path has too many nesting levels; nesting levels: 2048", 0 },
    { "ConditionExpression", "c = :n AND a", "[1]", 32, " = :n",
      "The document path has too many nesting levels; nesting levels: 33", 11 },
    { "ConditionExpression", "", "a=:n OR ", 149, "a=:n", NULL, 0 }, /* 150 comparisons and 149 OR */
    { "ConditionExpression", "", "a=:n OR ", 150, "a=:n",
      "The expression contains too many operators; operator count: 301", 1200 },
    { "ConditionExpression", "a IN (:n", ",:n", 99, ")", NULL, 0 },
    { "ConditionExpression", "a IN (:n", ",:n", 100, ")",
      "The IN operator is provided with too many operands; number of operands: 101", 0 },
    { "ConditionExpression", "", "(", 4096, "", "the expression is nested too deeply; maximum depth: 320", 321 },
    { "ConditionExpression", "", "NOT ", 1000, "a = :n", "the expression is nested too deeply; maximum depth: 320",
      321 * 4 },
    { "ConditionExpression", "", "NOT ", 299, "a = :n", NULL, 0 },
    { "ConditionExpression", "", "NOT ", 300, "a = :n",
      "The expression contains too many operators; operator count: 301", 1200 },
    { "ConditionExpression", "a = ", "size(", 800, "", "the expression is nested too deeply; maximum depth: 320", 0 },
    { "UpdateExpression", "SET a = ", "(", 4000, "", "the expression is nested too deeply; maximum depth: 320",
      8 + 321 },
};

static void limits(void **state)
{
    (void)state;
    request r;
    make_request(&r);
    for (size_t i = 0; i < BL_COUNT_OF(long_cases); i++) {
        const long_case *c = &long_cases[i];
        bloop_expr_text *text = bloop_expr_text_new(&r.placeholders);
        assert_non_null(text);
        char *expression = repeated(c->before, c->part, c->count, c->after), whole[256];
        bloop_status status = parse(text, c->parameter, slice(expression));
        if (!c->message && status != BLOOP_OK)
            fail_msg("case %zu: %s", i, bloop_last_error()->message);
        if (c->message) {
            snprintf(whole, sizeof whole, "Invalid %s: %s", c->parameter, c->message);
            assert_int_equal(status, BLOOP_VALIDATION);
            assert_string_equal(bloop_last_error()->message, whole);
            if (c->position)
                assert_int_equal(bloop_expr_text_position(text), c->position);
        }
        bl_free(expression);
        bloop_expr_text_free(text);
    }
    notation_free(&r.n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions),
        cmocka_unit_test(updates),
        cmocka_unit_test(projections),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests_name("expr/parse_errors", tests, NULL, NULL);
}
