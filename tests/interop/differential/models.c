/* The models of the scenarios; drive.py has the same. */
#include <string.h>

#include "drive.h"

BLOOP_MAP(Address, key(String, street), key(Integer, number));
BLOOP_MAP(Line, key(String, name), key(Number, price));

BLOOP_MODEL(Document, column(String, owner, .hash_key = true),
            column(Integer, number, .range_key = true, .dynamo_name = "n"), column(String, text),
            column(Number, amount), column(Integer, count), column(Boolean, flag), column(UUID, unique),
            column(DateTime, created, .dynamo_name = "c"), column(Timestamp, stamp), column(Binary, blob),
            column(Set(String), tags), column(Set(Integer), codes), column(List(String), words),
            column(Map(Address), home), column(List(Map(Line)), lines),
            global_index(by_text, .hash_key = &Document.text, .range_key = &Document.number),
            global_index(by_count, .hash_key = &Document.count, .projection = BLOOP_KEYS),
            local_index(by_created, .range_key = &Document.created, .projection = BLOOP_INCLUDE,
                        .include = bloop_columns(&Document.text, &Document.flag)),
            local_index(by_amount, .range_key = &Document.amount, .projection = BLOOP_KEYS, .lenient = true,
                        .dynamo_name = "amounts"));

BLOOP_MODEL(Simple, column(Integer, id, .hash_key = true), column(String, a), column(String, b), column(Number, c),
            column(Set(String), s));

static const bloop_model *const models[] = { &Document.bloop_model_, &Simple.bloop_model_ };

const bloop_model *const *drive_models(size_t *count)
{
    *count = sizeof models / sizeof *models;
    return models;
}

const bloop_model *drive_model(const char *name)
{
    for (size_t i = 0; i < sizeof models / sizeof *models; i++)
        if (strcmp(models[i]->name, name) == 0)
            return models[i];
    drive_fail("there is no model", name);
}
