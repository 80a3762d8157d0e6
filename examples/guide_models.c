/* The programs of the guide: docs/guide/models.md. */
#include <bloop.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

BLOOP_MODEL(User,
    column(UUID,     id,         .hash_key = true),
    column(String,   version,    .range_key = true),
    column(String,   email),
    column(DateTime, created_on),
    column(Boolean,  verified),
    column(String,   profile),
    global_index(by_email, .hash_key = &User.email, .projection = BLOOP_KEYS));

BLOOP_MODEL(Tweet,
    column(Integer, user,  .hash_key = true),
    column(String,  text),
    table(.name = "custom-table-name", .read_units = 200, .write_units = 10));

BLOOP_MODEL(Impression,
    column(String,  referrer, .hash_key = true,  .dynamo_name = "ref"),
    column(Integer, version,  .range_key = true, .dynamo_name = "v"));

/* What a paste starts with: an id, the day after tomorrow, one view, and now and then a present. */
static bloop_column_state two_days_later(const bloop_column *column, void *value)
{
    (void)column;
    bloop_datetime *day = value;
    *day = bloop_datetime_of_unix(1470000000 + 2 * 24 * 3600);
    return BLOOP_VALUE;
}

static bloop_column_state seldom(const bloop_column *column, void *value)
{
    (void)column;
    static int asked = 0;
    if (++asked % 2 == 1)
        return BLOOP_MISSING;
    *(const char **)value = "free drip coffee for a year";
    return BLOOP_VALUE;
}

BLOOP_MODEL(Paste,
    column(UUID,      id,           .hash_key = true, .default_function = bloop_default_uuid),
    column(Timestamp, delete_after, .default_function = two_days_later),
    column(Boolean,   verified,     .default_value = bloop_default(Boolean, false)),
    column(Integer,   views,        .default_value = bloop_default(Integer, 1)),
    column(String,    present,      .default_function = seldom));

BLOOP_MODEL(Game,
    column(String,  player,  .hash_key = true),
    column(Integer, number,  .range_key = true),
    column(String,  title),
    column(Integer, score),
    column(String,  replay),
    global_index(by_title, .hash_key = &Game.title, .range_key = &Game.score,
                 .projection = BLOOP_INCLUDE, .include = bloop_columns(&Game.replay),
                 .read_units = 5, .write_units = 1),
    local_index(by_score, .range_key = &Game.score, .projection = BLOOP_KEYS, .lenient = true));

#define STAMPED column(DateTime, created, .default_function = bloop_default_now), column(DateTime, updated)

BLOOP_MODEL(Notice,
    column(String, to, .hash_key = true),
    column(String, subject),
    STAMPED,
    table(.abstract = true));
BLOOP_DERIVED_MODEL(Mail, Notice, column(String, from), table(.name = "mails"));
BLOOP_DERIVED_MODEL(Ping, Notice, omit(subject), column(Integer, loudness), table(.name = "pings"));

static void must(bloop_status status)
{
    if (status == BLOOP_OK)
        return;
    fprintf(stderr, "%s\n", bloop_last_error()->message);
    exit(1);
}

static void print_handles(void)
{
    char text[100];
    bloop_model_print(bloop_model_of(User), text, sizeof text);
    puts(text);
    bloop_column_print(&User.id, text, sizeof text);
    puts(text);
    bloop_index_print(&User.by_email, text, sizeof text);
    puts(text);
}

static void make_objects(bloop_engine *engine)
{
    struct User *user = bloop_new(User);
    must(bloop_set(user, version, "1"));
    must(bloop_set(user, email, "user@domain.com"));
    printf("%s, %s\n", user->email, bloop_has(user, verified) ? "verified or not" : "nobody knows");

    if (bloop_save(engine, user) == BLOOP_MISSING_KEY)
        puts(bloop_last_error()->message);
    bloop_uuid id;
    must(bloop_uuid_parse("8b4d2c1e-0f3a-4f6e-9c57-0a1b2c3d4e5f", 36, &id));
    must(bloop_set(user, id, id));
    must(bloop_save(engine, user));

    char text[300];
    bloop_object_print(user, text, sizeof text);
    puts(text);
    bloop_free(user);
}

/* What any model has, whichever it is. */
static void describe(const bloop_model *model)
{
    size_t count;
    printf("%s: table %s\n", model->name, bloop_model_table_name(model));
    const bloop_column *const *columns = bloop_model_columns(model, &count);
    for (size_t i = 0; i < count; i++)
        printf("  %s is stored as %s, %s\n", columns[i]->name, bloop_column_dynamo_name(columns[i]),
               columns[i]->type->name);
    const bloop_column *range_key = bloop_model_range_key(model);
    printf("  keys: %s%s%s\n", bloop_model_hash_key(model)->name, range_key ? ", " : "",
           range_key ? range_key->name : "");
    const bloop_index *const *indexes = bloop_model_indexes(model, &count);
    for (size_t i = 0; i < count; i++) {
        bloop_projection_info projection;
        must(bloop_model_projection(model, indexes[i], &projection));
        printf("  %s index %s: %zu columns projected, %zu available\n", indexes[i]->local ? "local" : "global",
               indexes[i]->name, projection.included_count, projection.available_count);
    }
}

static void use_defaults(void)
{
    for (int i = 0; i < 2; i++) {
        struct Paste *paste = bloop_new(Paste);
        printf("%" PRId64 " view, %s, deleted after %" PRId64 ", present: %s\n", paste->views,
               paste->verified ? "verified" : "not verified", paste->delete_after.microseconds / 1000000,
               bloop_has(paste, present) ? paste->present : "none");
        bloop_free(paste);
    }
}

/* Takes any kind of notice. */
static bloop_status address(struct Notice *notice, const char *to)
{
    return bloop_set(notice, to, to);
}

static void derive(bloop_engine *engine)
{
    must(bloop_bind(engine, Notice)); /* makes the tables "mails" and "pings" */
    struct Mail *mail = bloop_new(Mail);
    must(address(&mail->Notice, "ada"));
    must(bloop_set(mail, Notice.subject, "Engines"));
    must(bloop_set(mail, from, "charles"));
    must(bloop_save(engine, mail));
    printf("to %s: %s\n", mail->Notice.to, mail->Notice.subject);
    bloop_free(mail);

    size_t count;
    bloop_model_columns(bloop_model_of(Ping), &count);
    printf("a Ping has %zu columns, and is %s Notice\n", count,
           bloop_model_is(bloop_model_of(Ping), bloop_model_of(Notice)) ? "a" : "no");
}

int main(void)
{
    bloop_engine *engine = bloop_open("memory:");
    must(engine ? bloop_bind(engine, User) : bloop_last_error()->status);
    print_handles();
    make_objects(engine);
    describe(bloop_model_of(User));
    describe(bloop_model_of(Impression));
    describe(bloop_model_of(Game));
    describe(bloop_model_of(Tweet));
    use_defaults();
    derive(engine);
    bloop_close(engine);
    return 0;
}
