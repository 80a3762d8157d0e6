/* Reading the values that members have. */
#include "wire/answer_private.h"

#include <math.h>

static bool read_number(bl_answer *answer, double *out);

void bl_answer_text(bl_answer *answer, void *into)
{
    bloop_slice text;
    if (bloop_json_read_string(&answer->reader, &text) != BLOOP_OK)
        return;
    if (memchr(text.data, 0, text.size)) {
        bloop_json_refuse(&answer->reader, "the string has U+0000 in it");
        return;
    }
    char *copy = bl_answer_alloc(answer, text.size + 1, 1);
    if (copy)
        *(const char **)into = memcpy(copy, text.data, text.size);
}

void bl_answer_flag(bl_answer *answer, void *into)
{
    bloop_json_read_bool(&answer->reader, into);
}

void bl_answer_int64(bl_answer *answer, void *into)
{
    bloop_json_read_int64(&answer->reader, into);
}

void bl_answer_uint64(bl_answer *answer, void *into)
{
    int64_t value;
    if (bloop_json_read_int64(&answer->reader, &value) != BLOOP_OK)
        return;
    if (value < 0)
        bloop_json_refuse(&answer->reader, "a count can't be %lld", (long long)value);
    else
        *(uint64_t *)into = (uint64_t)value;
}

void bl_answer_uint32(bl_answer *answer, void *into)
{
    int64_t value;
    if (bloop_json_read_int64(&answer->reader, &value) != BLOOP_OK)
        return;
    if (value < 0 || value > UINT32_MAX)
        bloop_json_refuse(&answer->reader, "a count can't be %lld", (long long)value);
    else
        *(uint32_t *)into = (uint32_t)value;
}

void bl_answer_double(bl_answer *answer, void *into)
{
    double value;
    if (!read_number(answer, &value))
        return;
    if (value < 0)
        bloop_json_refuse(&answer->reader, "a number that can't be negative");
    else
        *(double *)into = value;
}

/* Seconds with a fraction, as the service writes times: 1.492121212123E9 among others. */
void bl_answer_seconds(bl_answer *answer, void *into)
{
    double value;
    if (!read_number(answer, &value))
        return;
    if (fabs(value) > 253402300799.0)
        bloop_json_refuse(&answer->reader, "a time beyond the year 9999");
    else
        *(int64_t *)into = (int64_t)llround(value * 1e6);
}

void bl_answer_item(bl_answer *answer, void *into)
{
    bloop_item read;
    if (!bl_answer_borrow_item(answer, &read))
        return;
    uint8_t *copy = bl_answer_alloc(answer, read.size, 1);
    if (copy)
        *(bloop_item *)into = (bloop_item){ memcpy(copy, read.data, read.size), read.size };
}

bool bl_answer_borrow_item(bl_answer *answer, bloop_item *out)
{
    bloop_builder_reset(&answer->builder);
    if (bloop_json_read_item(&answer->reader, &answer->builder) != BLOOP_OK)
        return false;
    if (bloop_builder_value(&answer->builder, out) == BLOOP_OK)
        return true;
    bl_answer_no_memory(answer);
    return false;
}

bool bl_answer_refuse_table(bl_answer *answer, bloop_slice name)
{
    char quoted[BL_QUOTE_SIZE];
    bloop_json_refuse(&answer->reader, "nothing was asked of table %s", bl_quote(quoted, name.data, name.size));
    return false;
}

bool bl_answer_word(bl_answer *answer, const bl_wire_words *words, int *out)
{
    bloop_slice word;
    char quoted[BL_QUOTE_SIZE];
    if (bloop_json_read_string(&answer->reader, &word) != BLOOP_OK)
        return false;
    *out = bl_words_find(words, word);
    if (*out >= 0)
        return true;
    bloop_json_refuse(&answer->reader, "%s is none of the words that can be here",
                      bl_quote(quoted, word.data, word.size));
    return false;
}

/* Some endpoints write an Infinity or a number of 300 digits where nobody looks at it; here it is looked at. */
static bool read_number(bl_answer *answer, double *out)
{
    bloop_number number;
    if (bloop_json_read_number(&answer->reader, &number) != BLOOP_OK)
        return false;
    *out = bloop_number_to_double(number);
    return true;
}
