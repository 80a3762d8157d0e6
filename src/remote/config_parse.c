/* The text of AWS's shared files, cut up in place: sections in brackets, `key = value`, lines that are indented and go
   on with the value above them, comments. The grammar is that of the AWS SDKs and Tools Reference Guide ("Shared config
   and credentials files"), as its SDKs agree on it; a message never shows a line, for it may hold a secret. */
#include "config_private.h"

/* Where in the text the parser is, and in what. */
typedef struct parser {
    bl_config_file *file;
    bl_config_kind kind;
    size_t line;
    bl_config_entry section; /* of the lines that come; key and value are empty */
    bool in_section;
    size_t property;  /* the entry that a continuation goes on with; SIZE_MAX: none */
    ptrdiff_t indent; /* of its line: a line goes on with it when it is indented more */
    char *tail;       /* the end of its value */
} parser;

static bloop_status parse_line(parser *p, char *line, char *end);
static bloop_status parse_section(parser *p, char *text);
static void name_section(parser *p, char *name);
static bool cut_prefix(char **text, const char *prefix);
static char *unquote(char *text);
static bloop_status parse_property(parser *p, char *text, const char *parent);
static bloop_status parse_continuation(parser *p, char *text, const char *end);
static bloop_status add_entry(parser *p, const char *parent, char *key, char *value);
static void prefer_prefixed_default(bl_config_file *file);
static bloop_status fail(const parser *p, const char *rule);
static bool is_space(char c);
static char *trim(char *text);
static void cut_comment(char *value);

bloop_status bl_config_parse(bl_config_file *file, bl_config_kind kind)
{
    parser p = { .file = file, .kind = kind, .property = SIZE_MAX };
    char *at = file->text, *end = file->text + file->size;
    static const char byte_order_mark[] = { '\xEF', '\xBB', '\xBF' };
    if (file->size >= sizeof byte_order_mark && memcmp(at, byte_order_mark, sizeof byte_order_mark) == 0)
        at += sizeof byte_order_mark;
    bloop_status status = BLOOP_OK;
    while (status == BLOOP_OK && at < end) {
        char *line_end = memchr(at, '\n', (size_t)(end - at));
        if (!line_end)
            line_end = end;
        p.line++;
        status = parse_line(&p, at, line_end);
        at = line_end + 1;
    }
    if (status == BLOOP_OK)
        prefer_prefixed_default(file);
    return status;
}

static bloop_status parse_line(parser *p, char *line, char *end)
{
    if (memchr(line, '\0', (size_t)(end - line)))
        return fail(p, "a zero byte is no text");
    *end = '\0';
    char *text = trim(line);
    if (*text == '\0' || *text == '#' || *text == ';')
        return BLOOP_OK;
    if (p->property != SIZE_MAX && text - line > p->indent)
        return parse_continuation(p, text, end);
    p->indent = text - line;
    if (*text == '[')
        return parse_section(p, text + 1);
    if (!p->in_section)
        return fail(p, "a section, such as [default], has to come first");
    return parse_property(p, text, NULL);
}

static bloop_status parse_section(parser *p, char *text)
{
    char *end = strchr(text, ']');
    if (!end)
        return fail(p, "the name of a section has to end with \"]\"");
    char *rest = trim(end + 1);
    if (*rest && *rest != '#' && *rest != ';')
        return fail(p, "nothing but a comment may follow the name of a section");
    *end = '\0';
    name_section(p, trim(text));
    p->in_section = true;
    p->property = SIZE_MAX;
    return add_entry(p, NULL, NULL, NULL);
}

static void name_section(parser *p, char *name)
{
    bool bare_is_profile = p->kind == BL_CONFIG_CREDENTIALS || strcmp(name, "default") == 0;
    bl_config_entry *section = &p->section;
    *section = (bl_config_entry){ .kind = BL_SECTION_OTHER };
    if (cut_prefix(&name, "profile"))
        section->kind = p->kind == BL_CONFIG_CONFIG ? BL_SECTION_PROFILE : BL_SECTION_OTHER;
    else if (cut_prefix(&name, "services"))
        section->kind = p->kind == BL_CONFIG_CONFIG ? BL_SECTION_SERVICES : BL_SECTION_OTHER;
    else if (bare_is_profile)
        section->kind = BL_SECTION_PROFILE;
    section->is_bare_default = bare_is_profile && p->kind == BL_CONFIG_CONFIG;
    section->section = unquote(name);
}

/* A word and white space behind it. */
static bool cut_prefix(char **text, const char *prefix)
{
    size_t size = strlen(prefix);
    if (strncmp(*text, prefix, size) != 0 || !is_space((*text)[size]))
        return false;
    *text = trim(*text + size);
    return true;
}

static char *unquote(char *text)
{
    size_t size = strlen(text);
    if (size < 2 || (*text != '"' && *text != '\'') || text[size - 1] != *text)
        return text;
    text[size - 1] = '\0';
    return text + 1;
}

static bloop_status parse_property(parser *p, char *text, const char *parent)
{
    char *equals = strchr(text, '=');
    if (!equals)
        return fail(p, "\"name = value\" is expected");
    *equals = '\0';
    char *key = trim(text), *value = equals + 1;
    if (*key == '\0')
        return fail(p, "a name is expected before \"=\"");
    for (char *c = key; *c; c++)
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
    cut_comment(value);
    value = trim(value);
    bloop_status status = add_entry(p, parent, key, value);
    if (status == BLOOP_OK && !parent) {
        p->property = p->file->count - 1;
        p->tail = value + strlen(value);
    }
    return status;
}

/* Below a key without a value, a line is a key within that key; below any other it is one more line of the value, which
   moves up to it: there is room, since at least a line's end is between them. */
static bloop_status parse_continuation(parser *p, char *text, const char *end)
{
    const bl_config_entry *above = &p->file->entries[p->property];
    if (*above->value == '\0')
        return parse_property(p, text, above->key);
    size_t size = strnlen(text, (size_t)(end - text));
    *p->tail++ = '\n';
    memmove(p->tail, text, size);
    p->tail += size;
    *p->tail = '\0';
    return BLOOP_OK;
}

static bloop_status add_entry(parser *p, const char *parent, char *key, char *value)
{
    bl_config_file *file = p->file;
    bloop_status status = bl_grow((void **)&file->entries, &file->capacity, file->count + 1, sizeof *file->entries);
    if (status != BLOOP_OK)
        return status;
    bl_config_entry *entry = &file->entries[file->count++];
    *entry = p->section;
    entry->parent = parent;
    entry->key = key;
    entry->value = value;
    entry->line = p->line;
    return BLOOP_OK;
}

/* Where a config file has both [default] and [profile default], the first is as if it were not there. */
static void prefer_prefixed_default(bl_config_file *file)
{
    bool has_prefixed = false;
    for (size_t i = 0; i < file->count; i++) {
        const bl_config_entry *entry = &file->entries[i];
        has_prefixed = has_prefixed || (entry->kind == BL_SECTION_PROFILE && !entry->is_bare_default &&
                                        strcmp(entry->section, "default") == 0);
    }
    for (size_t i = 0; i < file->count; i++) {
        if (has_prefixed && file->entries[i].is_bare_default)
            file->entries[i].kind = BL_SECTION_OTHER;
    }
}

static bloop_status fail(const parser *p, const char *rule)
{
    return bl_error(BLOOP_INVALID_SYNTAX, "%s, line %zu: %s", p->file->path, p->line, rule);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static char *trim(char *text)
{
    while (is_space(*text))
        text++;
    size_t size = strlen(text);
    while (size && is_space(text[size - 1]))
        size--;
    text[size] = '\0';
    return text;
}

/* '#' and ';' begin one when white space stands before them; elsewhere they are part of the value. */
static void cut_comment(char *value)
{
    for (char *c = value; *c; c++) {
        bool begins = (*c == '#' || *c == ';') && c > value && is_space(c[-1]);
        if (begins) {
            *c = '\0';
            return;
        }
    }
}
