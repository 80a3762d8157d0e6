/* Bytes as a shared file of either kind: it is cut up within its text, or refused with a message that shows none of it. */
#include <stdlib.h>

#include "remote/config_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_entry(const bl_config_file *file, const bl_config_entry *entry);
static void check_text(const bl_config_file *file, const char *text);
static void require(bool holds);

/* The first byte says which kind of file. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    bl_config_kind kind = data[0] % 2 ? BL_CONFIG_CONFIG : BL_CONFIG_CREDENTIALS;
    bl_config_file file = { .path = bl_copy_text("FILE"),
                            .text = bl_copy_text_of((const char *)data + 1, size - 1),
                            .size = size - 1 };
    require(file.path && file.text);
    bloop_status status = bl_config_parse(&file, kind);
    if (status != BLOOP_OK) {
        require(status == BLOOP_INVALID_SYNTAX);
        require(strncmp(bloop_last_error()->message, "FILE, line ", 11) == 0);
    }
    for (size_t i = 0; i < file.count; i++)
        check_entry(&file, &file.entries[i]);
    bl_config_file_free(&file);
    return 0;
}

static void check_entry(const bl_config_file *file, const bl_config_entry *entry)
{
    check_text(file, entry->section);
    require(entry->line > 0 && entry->line <= file->size + 1);
    require(entry->key || (!entry->value && !entry->parent));
    if (!entry->key)
        return;
    check_text(file, entry->key);
    check_text(file, entry->value);
    require(entry->key[0] != '\0' && !strchr(entry->key, '='));
    for (const char *c = entry->key; *c; c++)
        require(*c < 'A' || *c > 'Z');
    if (entry->parent)
        check_text(file, entry->parent);
}

/* Within the file's text, and without white space around it. */
static void check_text(const bl_config_file *file, const char *text)
{
    require(text >= file->text && text <= file->text + file->size);
    size_t size = strlen(text);
    require(text + size <= file->text + file->size);
    require(size == 0 || (!strchr(" \t\n", text[0]) && !strchr(" \t\n", text[size - 1])) || text[-1] == '"' ||
            text[-1] == '\'');
}

static void require(bool holds)
{
    if (!holds)
        abort();
}
