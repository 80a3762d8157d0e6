/* Bytes as the text of a condition over a model, with values of all kinds in turn: what is accepted is a tree that can be
   checked, copied and printed; what is refused is a failed condition, whose message names the model. */
#include <stdlib.h>

#include <bloop/condition.h>

#include "model/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

BLOOP_MAP(Inner, key(String, s, .dynamo_name = "S"), key(Integer, n), key(Dynamic, any));
BLOOP_MODEL(Thing,
    column(String,      id, .hash_key = true),
    column(String,      s, .dynamo_name = "stored"),
    column(Integer,     n),
    column(Boolean,     b),
    column(Binary,      bin),
    column(DateTime,    t),
    column(Set(String), ss),
    column(List(Map(Inner)), l),
    column(Map(Inner),  m),
    column(Dynamic,     d),
    column(String,      in));

enum { MAX_VALUES = 64 };

static size_t make_values(const uint8_t *data, size_t size, bloop_operand values[MAX_VALUES]);
static void try_condition(bloop_condition *condition);
static void require(bool holds);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bloop_operand values[MAX_VALUES];
    size_t count = make_values(data, size, values);
    char *text = malloc(size + 1);
    require(text != NULL);
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    try_condition(bloop_condition_where(bloop_model_of(Thing), text, values, count));
    free(text);
    return 0;
}

/* One for each ? that the bytes have; its kind is that of the byte before it, so that a mutation can change it. */
static size_t make_values(const uint8_t *data, size_t size, bloop_operand values[MAX_VALUES])
{
    const bloop_operand kinds[] = {
        BLOOP_OPERAND_("S"),
        BLOOP_OPERAND_(7),
        BLOOP_OPERAND_(true),
        BLOOP_OPERAND_(2.5),
        BLOOP_OPERAND_(bloop_none),
        BLOOP_OPERAND_(((bloop_bytes){ "b", 1 })),
        BLOOP_OPERAND_(((bloop_slice){ "ab", 2 })),
        BLOOP_OPERAND_(bloop_datetime_of_unix(1)),
        BLOOP_OPERAND_(((bloop_set_of_String){ (const char *[]){ "x" }, 1 })),
        BLOOP_OPERAND_(Thing.s),
        BLOOP_OPERAND_(bloop_size(Thing.ss)),
        BLOOP_OPERAND_((const char *)NULL),
    };
    size_t count = 0;
    for (size_t i = 0; i < size && count < MAX_VALUES; i++) {
        if (data[i] == '?')
            values[count++] = kinds[(i ? data[i - 1] % 32 : 0u) % (sizeof kinds / sizeof *kinds)];
    }
    return count;
}

static void try_condition(bloop_condition *condition)
{
    char text[64];
    require(condition != NULL);
    bloop_status status = bloop_condition_status(condition);
    bloop_condition_print(condition, text, sizeof text);
    if (status == BLOOP_OK) {
        bl_taken taken;
        bloop_condition *copy = bloop_condition_copy(condition);
        require(bloop_condition_status(copy) == BLOOP_OK);
        bloop_condition_free(copy);
        require(bl_condition_take(condition, &taken) == BLOOP_OK && taken.expr != NULL);
        status = bloop_expr_check(taken.expr);
        require(status == BLOOP_OK || status == BLOOP_VALIDATION);
        bl_taken_free(&taken);
        return;
    }
    require(status >= 100 && status < 200);
    require(strncmp(bloop_last_error()->message, "Thing", 5) == 0);
    bloop_condition_free(condition);
}

static void require(bool holds)
{
    if (!holds)
        abort();
}
