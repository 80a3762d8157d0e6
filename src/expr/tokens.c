/* Expression text as tokens. What begins a name, that numbers have no leading zeros, and that keywords are keywords in
   every kind of expression is as in the service's grammar, which Amazon publishes with its DAX clients. */
#include "expr/text_private.h"

typedef struct keyword {
    const char *word;
    bl_token_kind kind;
    bool model; /* in a model's text, too */
} keyword;

static bool is_letter(char c);
static bool is_digit(char c);
static bool is_word(char c);
static uint32_t word_end(bloop_slice text, uint32_t from);
static bl_token_kind keyword_of(bloop_slice word, bool model);
static bl_token symbol(bloop_slice text, uint32_t start, bool model);
static bl_token quoted(bloop_slice text, uint32_t start);
static uint32_t character_end(bloop_slice text, uint32_t start);

bl_token bl_token_next(bloop_slice text, uint32_t from, bool model)
{
    const char *s = text.data;
    uint32_t size = (uint32_t)text.size;
    while (from < size && (s[from] == ' ' || s[from] == '\t' || s[from] == '\n' || s[from] == '\r'))
        from++;
    if (from == size)
        return (bl_token){ BL_TOKEN_END, size, size };
    char c = s[from];
    if (is_letter(c) || (model && c == '_')) {
        uint32_t end = word_end(text, from + 1);
        return (bl_token){ keyword_of((bloop_slice){ s + from, end - from }, model), from, end };
    }
    if (c == '0')
        return (bl_token){ BL_TOKEN_INDEX, from, from + 1 };
    if (is_digit(c)) {
        uint32_t end = from + 1;
        while (end < size && is_digit(s[end]))
            end++;
        return (bl_token){ BL_TOKEN_INDEX, from, end };
    }
    if (!model && (c == '#' || c == ':') && from + 1 < size && is_word(s[from + 1]))
        return (bl_token){ c == '#' ? BL_TOKEN_NAME : BL_TOKEN_VALUE, from, word_end(text, from + 1) };
    if (c == '"' || c == '\'' || (model && c == '`'))
        return quoted(text, from);
    return symbol(text, from, model);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return is_letter(c) || is_digit(c) || c == '_';
}

static uint32_t word_end(bloop_slice text, uint32_t from)
{
    while (from < text.size && is_word(text.data[from]))
        from++;
    return from;
}

static bl_token_kind keyword_of(bloop_slice word, bool model)
{
    static const keyword keywords[] = {
        { "AND", BL_TOKEN_AND, true },  { "OR", BL_TOKEN_OR, true },          { "NOT", BL_TOKEN_NOT, true },
        { "IN", BL_TOKEN_IN, true },    { "SET", BL_TOKEN_SET, false },       { "BETWEEN", BL_TOKEN_BETWEEN, true },
        { "ADD", BL_TOKEN_ADD, false }, { "REMOVE", BL_TOKEN_REMOVE, false }, { "DELETE", BL_TOKEN_DELETE, false },
    };
    enum { LONGEST = 7 };
    if (word.size < 2 || word.size > LONGEST)
        return BL_TOKEN_WORD;
    char upper[LONGEST + 1] = { 0 };
    for (size_t i = 0; i < word.size; i++)
        upper[i] = (char)(word.data[i] & ~0x20); /* of letters; what it makes of others is in no keyword */
    for (size_t i = 0; i < BL_COUNT_OF(keywords); i++) {
        if (strcmp(upper, keywords[i].word) == 0)
            return model && !keywords[i].model ? BL_TOKEN_WORD : keywords[i].kind;
    }
    return BL_TOKEN_WORD;
}

static bl_token symbol(bloop_slice text, uint32_t start, bool model)
{
    char c = text.data[start], next = start + 1 < text.size ? text.data[start + 1] : '\0';
    bl_token token = { BL_TOKEN_UNKNOWN, start, start + 1 };
    switch (c) {
    case '=': token.kind = BL_TOKEN_EQ; break;
    case '<': token.kind = next == '>' ? BL_TOKEN_NE : next == '=' ? BL_TOKEN_LE : BL_TOKEN_LT; break;
    case '>': token.kind = next == '=' ? BL_TOKEN_GE : BL_TOKEN_GT; break;
    case '+': token.kind = BL_TOKEN_PLUS; break;
    case '-': token.kind = BL_TOKEN_MINUS; break;
    case '(': token.kind = BL_TOKEN_OPEN; break;
    case ')': token.kind = BL_TOKEN_CLOSE; break;
    case '[': token.kind = BL_TOKEN_OPEN_INDEX; break;
    case ']': token.kind = BL_TOKEN_CLOSE_INDEX; break;
    case ',': token.kind = BL_TOKEN_COMMA; break;
    case '.': token.kind = BL_TOKEN_DOT; break;
    case '?': token.kind = model ? BL_TOKEN_ARGUMENT : BL_TOKEN_UNKNOWN; break;
    default: token.end = character_end(text, start); break;
    }
    if (token.kind == BL_TOKEN_NE || token.kind == BL_TOKEN_LE || token.kind == BL_TOKEN_GE)
        token.end++;
    return token;
}

/* To the same quote again. A quote that is not ended is a character like any other. */
static bl_token quoted(bloop_slice text, uint32_t start)
{
    char quote = text.data[start];
    for (uint32_t i = start + 1; i < text.size; i++) {
        if (text.data[i] == quote)
            return (bl_token){ quote == '`' ? BL_TOKEN_QUOTED : BL_TOKEN_UNKNOWN, start, i + 1 };
        if (text.data[i] == '\\' && quote != '`')
            i++;
    }
    return (bl_token){ BL_TOKEN_UNKNOWN, start, start + 1 };
}

/* A character is told as a whole, so that messages stay UTF-8. */
static uint32_t character_end(bloop_slice text, uint32_t start)
{
    uint32_t end = start + 1;
    while (end < text.size && ((uint8_t)text.data[end] & 0xC0) == 0x80)
        end++;
    return end;
}
