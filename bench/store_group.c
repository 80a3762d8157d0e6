/* Durable saves from many threads at once share commits. */
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <unistd.h>

#include "dataset.h"
#include "store.h"

enum { THREADS = 16, WINDOWS = 7 };

#define WINDOW_NS     UINT64_C(1000000000)
#define RAW_WINDOW_NS UINT64_C(300000000)

typedef struct saver {
    dataset *data;
    sample *of;
    void *object;
    uint64_t end_ns;
    uint64_t saves;
    bloop_status status;
    pthread_t thread;
} saver;

static bool make_savers(dataset *data, saver savers[THREADS]);
static bool run_window(saver *savers, size_t count, double *saves_a_second);
static void *save_until_end(void *context);
static bool measure_raw(dataset *data);
static bool run_raw(dataset *data, size_t puts, double *puts_a_second);
static uint64_t commits_of(const char *path);
static bool check(const saver *savers);

bool measure_save_group(const bench_settings *settings, double *ratio)
{
    dataset *data = dataset_get(settings, &plain_item, BLOOP_DURABLE);
    saver savers[THREADS] = { 0 };
    double one[WINDOWS], many[WINDOWS];
    uint64_t saves = 0, commits = 0;
    bool done = data && make_savers(data, savers);
    for (size_t i = 0; done && i < WINDOWS; i++) {
        done = run_window(savers, 1, &one[i]);
        uint64_t before = commits_of(data->store_path);
        done = done && run_window(savers, THREADS, &many[i]);
        commits += commits_of(data->store_path) - before;
        for (size_t k = 0; k < THREADS; k++)
            saves += savers[k].saves;
    }
    done = done && check(savers);
    for (size_t i = 0; i < THREADS; i++)
        bloop_free(savers[i].object);
    if (!done || !measure_raw(data))
        return false;
    double single = bench_median(one, WINDOWS), together = bench_median(many, WINDOWS);
    bench_detail("%d windows of %.0f s for each, in turn", WINDOWS, WINDOW_NS / 1e9);
    bench_detail(" 1 thread   median %8.0f saves/s   %8.0f to %8.0f", single, one[0], one[WINDOWS - 1]);
    bench_detail("%d threads  median %8.0f saves/s   %8.0f to %8.0f", THREADS, together, many[0], many[WINDOWS - 1]);
    if (commits)
        bench_detail("%d threads: %.1f saves a commit", THREADS, (double)saves / (double)commits);
    *ratio = together / single;
    return true;
}

static bool make_savers(dataset *data, saver savers[THREADS])
{
    if (data->sample_count < THREADS)
        return bench_fail("it takes %d items", THREADS);
    for (size_t i = 0; i < THREADS; i++) {
        saver *each = &savers[i];
        each->data = data;
        each->of = &data->samples[i];
        each->object = bloop_object_new(data->kind->model);
        if (!each->object || data->kind->set_keys(each->object, each->of->number) != BLOOP_OK ||
            bloop_load_objects(data->engine, (bloop_object_list){ &each->object, 1 }, NULL) != BLOOP_OK)
            return bench_fail("%s", bloop_last_error()->message);
    }
    return true;
}

static bool run_window(saver *savers, size_t count, double *saves_a_second)
{
    uint64_t begin = bench_now_ns(), saves = 0;
    size_t started = 0;
    bool done = true;
    for (; started < count; started++) {
        savers[started].end_ns = begin + WINDOW_NS;
        if (pthread_create(&savers[started].thread, NULL, save_until_end, &savers[started]) != 0)
            break;
    }
    for (size_t i = 0; i < started; i++) {
        pthread_join(savers[i].thread, NULL);
        saves += savers[i].saves;
        if (savers[i].status != BLOOP_OK)
            done = bench_fail("a save of %zu threads: status %d", count, (int)savers[i].status);
    }
    *saves_a_second = (double)saves * 1e9 / (double)(bench_now_ns() - begin);
    return started == count ? done : bench_fail("%zu threads can't be started", count);
}

static void *save_until_end(void *context)
{
    saver *s = context;
    s->saves = 0;
    s->status = BLOOP_OK;
    while (s->status == BLOOP_OK && bench_now_ns() < s->end_ns) {
        s->status = s->data->kind->set_visits(s->object, s->of->visits + 1);
        if (s->status == BLOOP_OK)
            s->status = bloop_save_objects(s->data->engine, (bloop_object_list){ &s->object, 1 }, NULL);
        if (s->status == BLOOP_OK) {
            s->of->visits++;
            s->saves++;
        }
    }
    return NULL;
}

/* For orientation: what is to be had at all, by one thread that puts as many records in a commit. */
static bool measure_raw(dataset *data)
{
    double one[WINDOWS], many[WINDOWS];
    for (size_t i = 0; i < WINDOWS; i++)
        if (!run_raw(data, 1, &one[i]) || !run_raw(data, THREADS, &many[i]))
            return false;
    double single = bench_median(one, WINDOWS), together = bench_median(many, WINDOWS);
    bench_detail("raw LMDB, for orientation: 1 put a commit %.0f a second, %d puts a commit %.0f a second: ratio %.2f",
                 single, THREADS, together, together / single);
    return true;
}

static bool run_raw(dataset *data, size_t puts, double *puts_a_second)
{
    uint64_t begin = bench_now_ns(), done = 0;
    for (; bench_now_ns() - begin < RAW_WINDOW_NS; done += puts)
        if (!raw_save(data, data->samples, puts))
            return false;
    *puts_a_second = (double)done * 1e9 / (double)(bench_now_ns() - begin);
    return true;
}

/* The number of the file's last commit, which LMDB keeps at the same place in both meta pages; 0 when it can't be read. */
static uint64_t commits_of(const char *path)
{
    enum { TXNID = 144, META_PAGES = 2 };
    uint64_t last = 0, number;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    for (long i = 0; fd >= 0 && i < META_PAGES; i++)
        if (pread(fd, &number, sizeof number, i * sysconf(_SC_PAGESIZE) + TXNID) == sizeof number && number > last)
            last = number;
    if (fd >= 0)
        close(fd);
    return last;
}

/* Every thread's last save is there. */
static bool check(const saver *savers)
{
    for (size_t i = 0; i < THREADS; i++) {
        const saver *each = &savers[i];
        const bloop_object_list list = { &each->object, 1 };
        if (bloop_load_objects(each->data->engine, list, NULL) != BLOOP_OK)
            return bench_fail("%s", bloop_last_error()->message);
        if (!each->data->kind->is_as_made(each->object, each->of->number, each->of->visits))
            return bench_fail("item %" PRIu64 " is not as it was last saved", each->of->number);
    }
    return true;
}
