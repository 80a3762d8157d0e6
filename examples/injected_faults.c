/* Tests of your own against a world that fails: an engine on a backend that records what it is asked and fails as it is
   told (bloop/sys/inject.h). Nothing but the constructor of the engine differs from the program proper. */
#include <bloop.h>
#include <bloop/sys/inject.h>
#include <stdio.h>
#include <stdlib.h>

BLOOP_MODEL(Counter,
    column(String,  name,  .hash_key = true),
    column(Integer, value),
    table(.name = "counters"));

static void must(bool ok)
{
    if (ok)
        return;
    fprintf(stderr, "%s\n", bloop_last_error()->message);
    exit(1);
}

/* What is under test: counts up, once, even if the answer of the save got lost. */
static bloop_status count_up(bloop_engine *engine, struct Counter *counter)
{
    int64_t wanted = counter->value + 1;
    must(bloop_set(counter, value, wanted) == BLOOP_OK);
    bloop_status status = bloop_save(engine, counter, .atomic = true);
    if (status == BLOOP_UNKNOWN_OUTCOME) {
        /* The object knows what it knew before, so that the same save is refused if the first one was carried out. */
        status = bloop_save(engine, counter, .atomic = true);
        if (status == BLOOP_CONSTRAINT_VIOLATION && bloop_load(engine, counter) == BLOOP_OK && counter->value == wanted)
            status = BLOOP_OK;
    }
    return status;
}

static void show(const char *what, bloop_status status, bloop_backend *recording)
{
    char text[1024];
    bloop_recorded_print(recording, text, sizeof text);
    bloop_recorded_forget(recording);
    printf("%s: %s\n%s", what, bloop_status_name(status), text);
}

int main(void)
{
    /* The recording one is outside, and sees what fails, too. */
    bloop_backend *faulty = bloop_faulty_backend_new(bloop_backend_open("memory:"), 1);
    bloop_backend *recording = bloop_recording_backend_new(faulty);
    bloop_engine *engine = bloop_engine_new_with(.dynamodb = recording);
    must(engine != NULL);
    must(bloop_bind(engine, Counter) == BLOOP_OK);
    struct Counter *counter = bloop_new(Counter);
    must(counter != NULL);
    must(bloop_set(counter, name, "clicks") == BLOOP_OK);
    must(bloop_save(engine, counter) == BLOOP_OK);
    bloop_recorded_forget(recording);

    show("all is well", count_up(engine, counter), recording);

    must(bloop_inject(faulty, { .on = BLOOP_ON(BLOOP_CALL_WRITE), .times = 1, .answer_lost = true }) == BLOOP_OK);
    show("the answer is lost", count_up(engine, counter), recording);

    must(bloop_inject(faulty, { .on = BLOOP_ON(BLOOP_CALL_WRITE), .times = 1, .status = BLOOP_UNKNOWN_OUTCOME }) ==
         BLOOP_OK);
    show("the request is lost", count_up(engine, counter), recording);

    must(bloop_inject(faulty, { .table = "counters", .status = BLOOP_THROTTLED }) == BLOOP_OK);
    show("the table is throttled", count_up(engine, counter), recording);

    bloop_free(counter);
    bloop_close(engine);
    return 0;
}
