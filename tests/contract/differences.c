/* What other backends are known to do otherwise than the suite asks for, and why: the tests that are left out. A row that
   names no test of the suite fails the run, so that the list does not outlive its reasons. */
#include <string.h>

#include "contract.h"

typedef struct difference {
    const char *test, *why;
} difference;

typedef struct differing {
    const char *backend;
    const difference *rows; /* the one without a test ends them */
} differing;

static const differing *find(const char *backend);

/* The embedded store behind its own server. */
static const difference remote[] = {
    { "tells_whether_it_was_there", "the protocol does not tell it" },
    { "survives_failed_allocations", "the store's allocations are made by the server" },
    { NULL, NULL },
};

/* Amazon's DynamoDB Local 2.6.1. */
static const difference dynamodb_local[] = {
    { "tells_whether_it_was_there", "the protocol does not tell it" },
    { "survives_failed_allocations", "what it fails are the store's allocations" },
    { "describes_what_was_created", "gives tables no id" },
    { "refuses_what_is_there_or_is_not", "fails with a 500 where two names differ in case alone" },
    { "lists_in_byte_order", "likewise" },
    { "deletes_with_all_items", "describes the table that it deletes as ACTIVE" },
    { "changes_capacity", "words of its own" },
    { "turns_streams_on_and_off", "words of its own" },
    { "outlives_closing", "counts the bytes of an index as those of the whole items" },
    { "counts_entries", "likewise" },
    { "returns_what_is_asked_for", "an update that only removes makes an item" },
    { "checks_keys", "words of its own" },
    { "refuses_bad_requests", "words of its own" },
    { "refuses_bad_reads", "words of its own" },
    { "refuses_bad_batches", "words of its own" },
    { "writes_many", "words of its own" },
    { "limits_keys", "words of its own" },
    { "limits_nesting", "counts the level of the item itself" },
    { "checks_key_types", "words of its own" },
    { "creates_and_deletes_later", "an index that is made later has the items that it can't take" },
    { "keeps_items_that_no_index_can_take", "likewise" },
    { "fetches_from_the_table", "refuses a filter on what a local index does not project" },
    { "filters", "a scan of an index filters by the whole items" },
    { "ends_pages_by_size", "does not count filtered items to a page" },
    { "whole_pages", "likewise" },
    { "tables_and_indexes", "words of its own" },
    { "key_conditions", "words of its own" },
    { "starting_keys_of_queries", "words of its own" },
    { "starting_keys_of_scans", "words of its own" },
    { "starting_keys_of_other_segments", "words of its own" },
    { "filters_and_projections", "words of its own" },
    { "batches_of_reads_cost_by_table", "counts half a unit less for a key without an item" },
    { "batches_of_writes_cost_by_table", "counts a unit more for an index" },
    { "searches_cost_what_they_examine", "a page without items costs nothing" },
    { "collections_have_sizes", "tells no item collection metrics" },
    { "batches_tell_of_each_collection_once", "likewise" },
    { "keys_snb", "by chance, what a scan of an index filters by" },
    { "keys_nbs", "by chance, what a scan of an index filters by" },
    { "keys_bsn", "by chance, what a scan of an index filters by" },
    { "keys_sss", "by chance, what a scan of an index filters by" },
    { NULL, NULL },
};

/* dynalite 4.0.0. */
static const difference dynalite[] = {
    { "tells_whether_it_was_there", "the protocol does not tell it" },
    { "survives_failed_allocations", "what it fails are the store's allocations" },
    { "describes_what_was_created", "knows no stream view types" },
    { "outlives_closing", "likewise" },
    { "refuses_what_is_there_or_is_not", "says nothing of a table that exists" },
    { "deletes_with_all_items", "does not count items and bytes" },
    { "counts_items_and_bytes", "likewise" },
    { "writes_batches", "likewise" },
    { "limits_items", "likewise" },
    { "limits_keys", "likewise" },
    { "counts_entries", "likewise" },
    { "keeps_odd_keys_apart", "likewise" },
    { "protects_from_deletion", "knows no deletion protection" },
    { "changes_capacity", "leaves updates of tables for later, without looking" },
    { "turns_streams_on_and_off", "knows no streams" },
    { "returns_what_is_asked_for", "an update that only removes makes an item" },
    { "keeps_what_a_condition_protects", "does not return the item that failed a condition" },
    { "writes_many", "likewise" },
    { "leaves_out_what_is_too_much", "leaves out more than it has to" },
    { "limits_index_keys", "does not check keys of indexes" },
    { "checks_key_types", "likewise" },
    { "limits_nesting", "allows one level more" },
    { "creates_and_deletes_later", "wants capacity for an index of an on-demand table" },
    { "keeps_items_that_no_index_can_take", "likewise" },
    { "queries_indexes", "orders equal keys of an index in another way" },
    { "selects", "an item of which nothing is projected is left out" },
    { "fetches_from_the_table", "does not fetch what a local index lacks" },
    { "pages_outgrow_their_room", "ends pages earlier" },
    { "whole_pages", "likewise" },
    { "tables_and_indexes", "accepts what the service refuses" },
    { "key_conditions", "words of its own" },
    { "filters_and_projections", "accepts what the service refuses" },
    { "puts_cost_what_changes", "does not divide capacity" },
    { "deletes_and_updates_cost_what_was_there", "likewise" },
    { "batches_of_writes_cost_by_table", "likewise" },
    { "searches_cost_what_they_examine", "a page without items costs nothing" },
    { "collections_have_sizes", "tells no item collection metrics" },
    { "batches_tell_of_each_collection_once", "likewise" },
    { "keys_snb", "by chance, what searches of indexes find and project" },
    { "keys_nbs", "by chance, what searches of indexes find and project" },
    { "keys_bsn", "by chance, what searches of indexes find and project" },
    { "keys_sss", "by chance, what searches of indexes find and project" },
    { NULL, NULL },
};

/* moto 5.2.5. */
static const difference moto[] = {
    { "describes_what_was_created", "gives tables no id" },
    { "refuses_what_is_there_or_is_not", "words of its own" },
    { "deletes_with_all_items", "does not count bytes" },
    { "protects_from_deletion", "words of its own" },
    { "lists_in_byte_order", "lists tables in the order of their making" },
    { "changes_capacity", "accepts what the service refuses" },
    { "turns_streams_on_and_off", "accepts what the service refuses" },
    { "outlives_closing", "does not count bytes" },
    { "returns_what_is_asked_for", "fails with a 500 on an update without an expression" },
    { "refuses_bad_updates", "words of its own" },
    { "checks_keys", "words of its own" },
    { "tells_whether_it_was_there", "the protocol does not tell it" },
    { "counts_items_and_bytes", "does not count bytes" },
    { "projects", "refuses names that are used in expressions, or reads them otherwise" },
    { "refuses_bad_requests", "accepts what the service refuses" },
    { "refuses_bad_reads", "accepts what the service refuses" },
    { "writes_batches", "does not count bytes" },
    { "refuses_bad_batches", "accepts what the service refuses" },
    { "writes_many", "does not count bytes" },
    { "limits_items", "refuses the largest item" },
    { "limits_keys", "does not count bytes" },
    { "limits_index_keys", "does not count bytes" },
    { "limits_nesting", "knows no limit" },
    { "counts_entries", "does not count bytes" },
    { "checks_key_types", "accepts what the service refuses" },
    { "creates_and_deletes_later", "deletes indexes otherwise" },
    { "keeps_items_that_no_index_can_take", "accepts what the service refuses" },
    { "refuses_indexes_without_types", "accepts what the service refuses" },
    { "queries_by_key", "refuses a BETWEEN that repeats a name" },
    { "selects", "refuses names that are used in expressions, or reads them otherwise" },
    { "fetches_from_the_table", "does not fetch what a local index lacks" },
    { "filters", "refuses names that are used in expressions, or reads them otherwise" },
    { "pages", "ends without a last key where the limit meets the end" },
    { "ends_pages_by_size", "ends pages earlier" },
    { "pages_outgrow_their_room", "takes more than half a minute for a page" },
    { "whole_pages", "ends pages earlier" },
    { "survives_failed_allocations", "refuses names that are used in expressions, or reads them otherwise" },
    { "tables_and_indexes", "words of its own" },
    { "key_conditions", "words of its own" },
    { "starting_keys_of_queries", "words of its own" },
    { "starting_keys_of_scans", "accepts what the service refuses" },
    { "starting_keys_of_other_segments", "accepts what the service refuses" },
    { "filters_and_projections", "accepts what the service refuses" },
    { "keys_snb", "by chance, where pages end" },
    { "keys_nbs", "by chance, where pages end" },
    { "keys_bsn", "by chance, where pages end" },
    { "keys_sss", "by chance, where pages end" },
    { "puts_cost_what_changes", "counts capacity in another way" },
    { "deletes_and_updates_cost_what_was_there", "counts capacity in another way" },
    { "sizes_are_rounded_up", "counts capacity in another way" },
    { "missing_items_cost_the_least", "counts capacity in another way" },
    { "batches_of_reads_cost_by_table", "counts capacity in another way" },
    { "batches_of_writes_cost_by_table", "counts capacity in another way" },
    { "searches_cost_what_they_examine", "counts capacity in another way" },
    { "collections_have_sizes", "tells no item collection metrics" },
    { "batches_tell_of_each_collection_once", "tells no item collection metrics" },
    { NULL, NULL },
};

static const differing all[] = {
    { "remote", remote },
    { "dynamodb_local", dynamodb_local },
    { "dynalite", dynalite },
    { "moto", moto },
};

bool contract_differs(const char *backend, const char *test)
{
    const differing *of = find(backend);
    for (const difference *row = of ? of->rows : NULL; row && row->test; row++)
        if (strcmp(row->test, test) == 0)
            return true;
    return false;
}

size_t contract_difference_count(const char *backend)
{
    const differing *of = find(backend);
    size_t count = 0;
    while (of && of->rows[count].test)
        count++;
    return count;
}

static const differing *find(const char *backend)
{
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(all[i].backend, backend) == 0)
            return &all[i];
    return NULL;
}
