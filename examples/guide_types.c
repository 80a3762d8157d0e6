/* The programs of the guide: docs/guide/types.md. */
#include <bloop.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

BLOOP_MODEL(Account,
    column(String,    email,      .hash_key = true),
    column(Number,    balance),
    column(Integer,   logins),
    column(Double,    rating),
    column(Binary,    public_key),
    column(Boolean,   verified),
    column(UUID,      device),
    column(DateTime,  created_on),
    column(Timestamp, expires),
    column(Text,      note));

/* Types with an argument get a name. */
BLOOP_TYPE(BerlinTime, bloop_datetime, BLOOP_ZONED("Europe/Berlin"));
BLOOP_TYPE(Price, bloop_number, BLOOP_ROUNDED(6));
BLOOP_MODEL(Ticket,
    column(Integer,           id, .hash_key = true),
    column(Named(BerlinTime), starts),
    column(Named(Price),      price));

/* Collections. A set of answers is one student's; a list of them is a class. */
BLOOP_SET(Scores, Integer);
BLOOP_MODEL(Semester,
    column(Integer,             id, .hash_key = true),
    column(Set(String),         subjects),
    column(List(Named(Scores)), scores));

BLOOP_MAP(Address,
    key(String,  street),
    key(Integer, number, .dynamo_name = "no"),
    key(String,  city));
BLOOP_MODEL(Person,
    column(String,             name, .hash_key = true),
    column(Map(Address),       home),
    column(List(Map(Address)), former));

BLOOP_MODEL(Profile,
    column(String,  name, .hash_key = true),
    column(Dynamic, bio));

/* An enumeration that is stored as its number. The built-in Integer does the work. */
typedef enum weekday { MONDAY, TUESDAY, WEDNESDAY, WEEKDAYS } weekday;

static bloop_status load_weekday(const bloop_type *type, const bloop_stored *stored, void *value, bloop_memory *memory)
{
    int64_t number;
    bloop_status status = bloop_type_load(&bloop_type_Integer, stored, &number, memory);
    if (status != BLOOP_OK)
        return status;
    if (number < 0 || number >= WEEKDAYS)
        return bloop_type_fail(BLOOP_INVALID_VALUE, "%" PRId64 " is no %s", number, type->name);
    *(weekday *)value = (weekday)number;
    return BLOOP_OK;
}

static bloop_status dump_weekday(const bloop_type *type, const void *value, bloop_stored *stored, bloop_memory *memory)
{
    int64_t number = *(const weekday *)value;
    if (number < 0 || number >= WEEKDAYS)
        return bloop_type_fail(BLOOP_INVALID_VALUE, "%" PRId64 " is no %s", number, type->name);
    return bloop_type_dump(&bloop_type_Integer, &number, stored, memory);
}

BLOOP_TYPE(Weekday, weekday, .backing = BLOOP_TAG_N, .load = load_weekday, .dump = dump_weekday);
BLOOP_MODEL(Shift,
    column(String,              name, .hash_key = true),
    column(Named(Weekday),      day),
    column(List(Named(Weekday)), free_days));

static void must(bloop_status status)
{
    if (status == BLOOP_OK)
        return;
    fprintf(stderr, "%s\n", bloop_last_error()->message);
    exit(1);
}

static void print(const void *object)
{
    char text[400];
    bloop_object_print(object, text, sizeof text);
    puts(text);
}

static void use_scalars(void)
{
    struct Account *account = bloop_new(Account);
    bloop_number balance;
    bloop_uuid device;
    must(bloop_number_parse("4100.50", 7, &balance));
    must(bloop_uuid_parse("8b4d2c1e-0f3a-4f6e-9c57-0a1b2c3d4e5f", 36, &device));
    must(bloop_set(account, email, "user@domain.com"));
    must(bloop_set(account, balance, balance));
    must(bloop_set(account, logins, 12));
    must(bloop_set(account, rating, 4.5));
    must(bloop_set(account, public_key, { "\x01\x02\x03", 3 }));
    must(bloop_set(account, verified, false));
    must(bloop_set(account, device, device));
    must(bloop_set(account, created_on, bloop_datetime_of_unix(1470705385)));
    must(bloop_set(account, expires, bloop_datetime_of_unix(1500000000)));
    must(bloop_set(account, note, { "zero \0 byte", 11 }));
    print(account);
    bloop_free(account);
}

static void use_numbers(void)
{
    struct Account *account = bloop_new(Account);
    bloop_number number = bloop_number_of_int64(3);
    const char *digits = "0.1234567890123456789012345678901234567890";
    if (bloop_number_parse(digits, strlen(digits), &number) != BLOOP_OK)
        puts(bloop_last_error()->message);
    must(bloop_number_of_double(3.14, &number));
    must(bloop_number_add(number, bloop_number_of_int64(1), &number));
    must(bloop_set(account, balance, number));
    char text[BLOOP_NUMBER_TEXT_SIZE];
    bloop_number_format(account->balance, text);
    puts(text);
    bloop_free(account);
}

static void use_time(void)
{
    struct Ticket *ticket = bloop_new(Ticket);
    bloop_civil_time evening = { .year = 2026, .month = 7, .day = 14, .hour = 20, .minute = 15 };
    bloop_datetime starts;
    must(bloop_datetime_of_local(&evening, "Europe/Berlin", &starts));
    must(bloop_set(ticket, starts, starts));

    char text[BLOOP_DATETIME_TEXT_SIZE];
    must(bloop_datetime_format_utc(ticket->starts, text));
    printf("stored as %s\n", text);
    must(bloop_datetime_in_zone(ticket->starts, "America/New_York", &starts));
    must(bloop_datetime_format(starts, text));
    printf("in New York %s\n", text);
    bloop_free(ticket);
}

static void use_collections(void)
{
    struct Semester *semester = bloop_new(Semester);
    const Scores scores[] = {
        { (const int64_t[]){ 95, 98, 64, 32 }, 4 },
        { (const int64_t[]){ 0 }, 1 },
    };
    must(bloop_set(semester, subjects, { (const char *[]){ "logic", "latin" }, 2 }));
    must(bloop_set(semester, scores, { scores, 2 }));
    must(bloop_append(semester, subjects, "music"));
    must(bloop_unset(semester, scores.items[1]));
    print(semester);
    bloop_set_of_String subjects = semester->subjects;
    for (size_t i = 0; i < subjects.count; i++)
        printf("%s%c", subjects.items[i], i + 1 < subjects.count ? ' ' : '\n');
    bloop_free(semester);
}

static void use_maps(void)
{
    struct Person *person = bloop_new(Person);
    must(bloop_set(person, name, "Ada"));
    must(bloop_set(person, home, bloop_map(Address, set(street, "Main Street"), set(number, 7))));
    must(bloop_set(person, home.number, 8));
    must(bloop_append(person, former, bloop_map(Address, set(city, "London"))));
    must(bloop_set(person, former.items[0].street, "St James's Square"));
    print(person);
    printf("%s %" PRId64 ", city known: %s\n", person->home.street, person->home.number,
           bloop_has(person, home.city) ? "yes" : "no");
    bloop_free(person);
}

static void use_dynamic_values(bloop_engine *engine)
{
    static const char bio[] = "{\"likes\": [1, true, \"tea\"], \"in\": {\"j\": \"k\"}}";
    bloop_builder *builder = bloop_builder_new();
    bloop_value value;
    must(builder ? BLOOP_OK : BLOOP_NO_MEMORY);
    must(bloop_document_of_json(bio, sizeof bio - 1, builder, &value));
    struct Profile *profile = bloop_new(Profile);
    must(bloop_set(profile, name, "ada"));
    must(bloop_set(profile, bio, value));
    must(bloop_save(engine, profile));
    bloop_builder_free(builder);

    must(bloop_load(engine, profile));
    char *text = bloop_value_to_json(profile->bio, BLOOP_JSON_COMPACT, NULL);
    must(text ? BLOOP_OK : BLOOP_NO_MEMORY);
    puts(text);
    bloop_json_free(text);
    bloop_free(profile);
}

static void use_enumerations(void)
{
    struct Shift *shift = bloop_new(Shift);
    must(bloop_set(shift, day, TUESDAY));
    must(bloop_append(shift, free_days, WEDNESDAY));
    print(shift);
    if (bloop_set(shift, day, (weekday)9) != BLOOP_OK)
        puts(bloop_last_error()->message);
    bloop_free(shift);
}

int main(void)
{
    bloop_engine *engine = bloop_open("memory:");
    must(engine ? bloop_bind(engine, Profile) : bloop_last_error()->status);
    use_scalars();
    use_numbers();
    use_time();
    use_collections();
    use_maps();
    use_dynamic_values(engine);
    use_enumerations();
    bloop_close(engine);
    return 0;
}
