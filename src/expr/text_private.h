/* Expression text from the inside: tokens, the state of a parser, and what its files share. */
#ifndef BL_EXPR_TEXT_PRIVATE_H
#define BL_EXPR_TEXT_PRIVATE_H

#include "expr/check_private.h"

#define BL_EXPR_TEXT_MAX_SIZE 4096

typedef enum bl_token_kind {
    BL_TOKEN_END,
    BL_TOKEN_WORD,  /* a name, of an attribute or a function */
    BL_TOKEN_NAME,  /* #n */
    BL_TOKEN_VALUE, /* :v */
    BL_TOKEN_INDEX, /* decimal digits, without leading zeros */
    BL_TOKEN_QUOTED,
    BL_TOKEN_ARGUMENT, /* ? */
    BL_TOKEN_AND,
    BL_TOKEN_OR,
    BL_TOKEN_NOT,
    BL_TOKEN_IN,
    BL_TOKEN_BETWEEN,
    BL_TOKEN_SET,
    BL_TOKEN_REMOVE,
    BL_TOKEN_ADD,
    BL_TOKEN_DELETE,
    BL_TOKEN_EQ,
    BL_TOKEN_NE,
    BL_TOKEN_LT,
    BL_TOKEN_LE,
    BL_TOKEN_GT,
    BL_TOKEN_GE,
    BL_TOKEN_PLUS,
    BL_TOKEN_MINUS,
    BL_TOKEN_OPEN,
    BL_TOKEN_CLOSE,
    BL_TOKEN_OPEN_INDEX,
    BL_TOKEN_CLOSE_INDEX,
    BL_TOKEN_COMMA,
    BL_TOKEN_DOT,
    BL_TOKEN_UNKNOWN /* any other character, or a literal string */
} bl_token_kind;

/* A piece of the text; a quoted name without its quotes is text[start + 1 … end - 1]. */
typedef struct bl_token {
    bl_token_kind kind;
    uint32_t start, end;
} bl_token;

/* The token at or after `from`. `model`: the text of a model's user, with ? for values and no placeholders. */
bl_token bl_token_next(bloop_slice text, uint32_t from, bool model);

/* Rules that are broken, found while the tree is made. The service tells about those of the first kind, whatever comes
   first in the text; a broken grammar goes before them all. */
typedef enum bl_finding_kind {
    BL_FOUND_PARENTHESES,
    BL_FOUND_FUNCTION,
    BL_FOUND_RESERVED,
    BL_FOUND_INDEX,
    BL_FOUND_SECTION
} bl_finding_kind;
#define BL_FINDING_COUNT 5

typedef struct bl_finding {
    bool found;
    bl_token token; /* the first of its kind */
} bl_finding;

typedef struct bl_parser {
    bloop_expr_text *owner;
    const char *parameter;
    bloop_slice text;
    bool model, update;
    bl_token token, previous; /* the next to be taken, and the one that was taken last */
    unsigned depth;
    bool undefined; /* a placeholder was met that is not defined */
    uint32_t arguments;
    bl_finding findings[BL_FINDING_COUNT];
    bloop_status status; /* of what ended the parse */
} bl_parser;

/* Begins with the text's first token, or fails: an empty text, one that is too long. */
bloop_status bl_parse_begin(bl_parser *p, bloop_expr_text *owner, const char *parameter, bloop_slice text);
void bl_parse_advance(bl_parser *p);
/* Takes a token of a kind, or fails. */
bool bl_parse_expect(bl_parser *p, bl_token_kind kind);
bool bl_parse_take(bl_parser *p, bl_token_kind kind);
/* The text can't go on with the next token. */
void bl_parse_syntax_error(bl_parser *p);
/* Counts a level of nesting; false when there are too many. Each is to be left again. */
bool bl_parse_enter(bl_parser *p);
void bl_parse_found(bl_parser *p, bl_finding_kind kind, bl_token token);
/* Fails with the first of some kinds of findings, when there is one. */
bloop_status bl_parse_report(bl_parser *p, bl_finding_kind from, bl_finding_kind to);
/* What a check that follows needs to know of the text. */
bl_check bl_parse_check(const bl_parser *p);
/* Notes where the check stopped; returns its status. */
bloop_status bl_parse_checked(bl_parser *p, const bl_check *check, bloop_status status);

/* The nodes; NULL when the parse has ended. */
bl_node *bl_parse_node(bl_parser *p, bloop_expr_kind kind, uint32_t at);
/* Makes the nodes that begin at `first` the arguments of a node. */
bool bl_parse_arguments(bl_parser *p, bl_node *node, bl_node *first, uint32_t count);
bool bl_parse_path(bl_parser *p, bloop_path *path);
/* Goes on with a path: .name and [index]. */
bool bl_parse_path_rest(bl_parser *p, bloop_path *path);
bl_node *bl_parse_value(bl_parser *p);
bl_node *bl_parse_operand(bl_parser *p);
/* An operand that does not begin with a parenthesis. */
bl_node *bl_parse_plain_operand(bl_parser *p);
/* Marks a node as standing in parentheses, which have been read; finds those that do so twice. */
bool bl_parse_group(bl_parser *p, bl_node *node, bl_token open);

/* Memory of the tree; NULL (and p->status) when there is none. */
void *bl_parse_alloc(bl_parser *p, size_t size);
void *bl_expr_text_alloc(bloop_expr_text *text, size_t size);
/* Makes room to note which placeholders are used. */
bloop_status bl_expr_text_prepare(bloop_expr_text *text);
/* The placeholder of a name or value, noted as used; NULL when there is none. */
const bloop_name_placeholder *bl_expr_text_name(bloop_expr_text *text, bloop_slice placeholder);
const bloop_value_placeholder *bl_expr_text_value(bloop_expr_text *text, bloop_slice placeholder);

/* Whether a name can't be written in an expression, in any case. */
bool bl_is_reserved_word(bloop_slice name);

#endif
