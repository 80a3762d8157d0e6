/* The programs of the guide: docs/guide/patterns.md. */
#include <bloop.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

BLOOP_MODEL(Tweet,
    column(String,      account, .hash_key = true),
    column(Integer,     number,  .range_key = true),
    column(String,      text),
    column(Set(String), tags));

/* Two views of the items of one table. */
BLOOP_MODEL(Employee,
    column(String,  id,    .hash_key = true),
    column(Integer, level),
    column(String,  email),
    table(.name = "employees-uk"));
BLOOP_MODEL(Manager,
    column(String,      id,    .hash_key = true),
    column(Integer,     level),
    column(Set(String), directs),
    table(.name = "employees-uk"));

static void must(bloop_status status)
{
    if (status == BLOOP_OK)
        return;
    fprintf(stderr, "%s\n", bloop_last_error()->message);
    exit(1);
}

/* That the stored item is what this object says, column by column. */
static bloop_condition *as_it_is(const void *object)
{
    size_t count;
    const bloop_column *const *columns = bloop_model_columns(bloop_object_model(object), &count);
    bloop_condition *condition = bloop_condition_new();
    for (size_t i = 0; columns && i < count; i++) {
        bloop_value value = bloop_object_packed(object, columns[i]);
        condition = bloop_and(condition, value.data ? bloop_is(*columns[i], value) : bloop_is(*columns[i], bloop_none));
    }
    return condition;
}

static struct Tweet *tweet(const char *account, int64_t number, const char *text)
{
    struct Tweet *made = bloop_new(Tweet);
    if (!made)
        must(bloop_last_error()->status);
    must(bloop_set(made, account, account));
    must(bloop_set(made, number, number));
    must(bloop_set(made, text, text));
    return made;
}

static void use_a_snapshot(bloop_engine *engine)
{
    struct Tweet *mine = tweet("ada", 1, "hello"), *theirs = tweet("ada", 1, "goodbye");
    must(bloop_save(engine, mine));
    bloop_condition *unchanged = as_it_is(mine); /* before anything is changed */
    must(bloop_set(mine, text, "hello, world"));
    must(bloop_save(engine, theirs));
    printf("%s\n", bloop_status_name(bloop_save(engine, mine, .condition = unchanged)));
    bloop_free(mine);
    bloop_free(theirs);
}

/* Columns as JSON, by their names in the model. */
static void write_json(bloop_json_writer *writer, const void *object)
{
    size_t count;
    const bloop_column *const *columns = bloop_model_columns(bloop_object_model(object), &count);
    bloop_json_write_object(writer);
    for (size_t i = 0; columns && i < count; i++) {
        bloop_value value = bloop_object_packed(object, columns[i]);
        if (!value.data)
            continue;
        bloop_json_write_name(writer, columns[i]->name, strlen(columns[i]->name));
        bloop_json_write_document(writer, value);
    }
    bloop_json_write_end(writer);
}

static void print_json(void)
{
    struct Tweet *told = tweet("ada", 7, "engines");
    must(bloop_set(told, tags, { (const char *[]){ "work", "numbers" }, 2 }));
    bloop_json_writer *writer = bloop_json_writer_new(BLOOP_JSON_INDENTED);
    if (!writer)
        must(bloop_last_error()->status);
    write_json(writer, told);
    bloop_slice text;
    must(bloop_json_writer_text(writer, &text));
    printf("%.*s\n", (int)text.size, text.data);
    bloop_json_writer_free(writer);
    bloop_free(told);
}

static void share_a_table(bloop_engine *engine)
{
    must(bloop_bind(engine, Employee));
    must(bloop_bind(engine, Manager));
    struct Employee *employee = bloop_new(Employee);
    must(bloop_set(employee, id, "e-1"));
    must(bloop_set(employee, level, 3));
    must(bloop_set(employee, email, "grace@example.com"));
    must(bloop_save(engine, employee));

    struct Manager *manager = bloop_new(Manager);
    must(bloop_set(manager, id, "e-1"));
    must(bloop_set(manager, level, 4));
    must(bloop_append(manager, directs, "e-2"));
    must(bloop_save(engine, manager)); /* knows no email, and leaves it alone */

    must(bloop_load(engine, employee));
    printf("level %" PRId64 ", %s\n", employee->level, employee->email);
    bloop_free(employee);
    bloop_free(manager);
}

/* From one engine to another, whatever they are. */
static size_t copy_all(bloop_engine *from, bloop_engine *to)
{
    size_t copied = 0;
    bloop_search *search = bloop_scan(from, Tweet);
    for (struct Tweet *row; (row = bloop_next(search)); copied++)
        must(bloop_save(to, row));
    must(bloop_search_close(search));
    return copied;
}

int main(void)
{
    bloop_engine *engine = bloop_open("memory:"), *other = bloop_open("memory:");
    must(engine ? bloop_bind(engine, Tweet) : bloop_last_error()->status);
    must(other ? bloop_bind(other, Tweet) : bloop_last_error()->status);
    use_a_snapshot(engine);
    print_json();
    share_a_table(engine);
    printf("copied: %zu\n", copy_all(engine, other));
    bloop_close(engine);
    bloop_close(other);
    return 0;
}
