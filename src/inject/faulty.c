/* Faults: set, and met by calls. */
#include "inject/faulty_private.h"

static bl_faulty *faulty_of(bloop_backend *backend);
static bloop_status check_fault(const bloop_fault *fault);
static bloop_status copy_faults(const bloop_fault *faults, size_t count, bl_armed_fault **out);
static bool happens(bl_faulty *f, bl_armed_fault *armed, bloop_call_kind kind, bl_concerns concerns,
                    const void *request);
static uint64_t next_random(bl_faulty *f);

bloop_backend *bloop_faulty_backend_new(bloop_backend *inner, uint64_t seed)
{
    if (!inner && bl_error_status() == BLOOP_OK)
        bl_error(BLOOP_INVALID_ARGUMENT, "bloop_faulty_backend_new: inner is NULL");
    if (!inner)
        return NULL;
    bl_faulty *made = bl_alloc_zeroed(1, sizeof *made);
    if (!made) {
        bloop_backend_close(inner);
        return NULL;
    }
    made->base.operations = &bl_faulty_operations;
    made->inner = inner;
    made->random = seed;
    pthread_mutex_init(&made->lock, NULL);
    return &made->base;
}

bloop_status bloop_faults_set(bloop_backend *faulty, const bloop_fault *faults, size_t count)
{
    bl_faulty *f = faulty_of(faulty);
    if (!f || (count && !faults))
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_faults_set: %s",
                        f ? "the faults are NULL" : "the backend is no faulty one");
    bl_armed_fault *armed = NULL;
    bloop_status status = copy_faults(faults, count, &armed);
    if (status != BLOOP_OK)
        return status;
    pthread_mutex_lock(&f->lock);
    bl_armed_fault *old = f->faults;
    size_t old_count = f->count;
    f->faults = armed;
    f->count = count;
    pthread_mutex_unlock(&f->lock);
    bl_faults_free(old, old_count);
    return BLOOP_OK;
}

uint64_t bloop_faults_happened(bloop_backend *faulty)
{
    bl_faulty *f = faulty_of(faulty);
    if (!f)
        return 0;
    pthread_mutex_lock(&f->lock);
    uint64_t happened = f->happened;
    pthread_mutex_unlock(&f->lock);
    return happened;
}

bloop_fault bl_fault_meet(bl_faulty *f, bloop_call_kind kind, bl_concerns concerns, const void *request)
{
    bloop_fault met = { 0 };
    pthread_mutex_lock(&f->lock);
    for (size_t i = 0; i < f->count; i++) {
        if (happens(f, &f->faults[i], kind, concerns, request)) {
            met = f->faults[i].fault;
            f->happened++;
            break;
        }
    }
    pthread_mutex_unlock(&f->lock);
    if (met.delay_ms > 0)
        bl_sleep_ms(met.delay_ms);
    return met;
}

bloop_status bl_fault_status(const bloop_fault *fault)
{
    return fault->status == BLOOP_OK && fault->answer_lost ? BLOOP_UNKNOWN_OUTCOME : fault->status;
}

bloop_status bl_fault_fail(const bloop_fault *fault, bloop_call_kind kind)
{
    bloop_status status = bl_fault_status(fault);
    return bl_error(status, "injected into %s: %s%s", bloop_call_name(kind), bloop_status_text(status),
                    fault->answer_lost ? " (its answer was lost)" : "");
}

void bl_faults_free(bl_armed_fault *faults, size_t count)
{
    for (size_t i = 0; i < count; i++)
        bl_free(faults[i].table);
    bl_free(faults);
}

/* NULL for another backend. */
static bl_faulty *faulty_of(bloop_backend *backend)
{
    return backend && backend->operations == &bl_faulty_operations ? (bl_faulty *)backend : NULL;
}

static bloop_status check_fault(const bloop_fault *fault)
{
    if (fault->on >= BLOOP_ON(BLOOP_CALL_KIND_COUNT))
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_faults_set: .on has kinds of calls that there are not");
    if (fault->percent > 100)
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_faults_set: .percent %u is more than 100",
                        (unsigned)fault->percent);
    if (fault->delay_ms < 0 || fault->page_items < 0)
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_faults_set: %s is negative",
                        fault->delay_ms < 0 ? ".delay_ms" : ".page_items");
    return BLOOP_OK;
}

static bloop_status copy_faults(const bloop_fault *faults, size_t count, bl_armed_fault **out)
{
    bl_armed_fault *armed = bl_alloc_zeroed(count, sizeof *armed);
    if (!armed)
        return BLOOP_NO_MEMORY;
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; status == BLOOP_OK && i < count; i++) {
        status = check_fault(&faults[i]);
        armed[i].fault = faults[i];
        if (status == BLOOP_OK && faults[i].table && !(armed[i].table = bl_copy_text(faults[i].table)))
            status = BLOOP_NO_MEMORY;
        armed[i].fault.table = armed[i].table;
    }
    if (status == BLOOP_OK)
        *out = armed;
    else
        bl_faults_free(armed, count);
    return status;
}

static bool happens(bl_faulty *f, bl_armed_fault *armed, bloop_call_kind kind, bl_concerns concerns,
                    const void *request)
{
    const bloop_fault *fault = &armed->fault;
    if (fault->on && !(fault->on & BLOOP_ON(kind)))
        return false;
    if (fault->table && !concerns(request, fault->table))
        return false;
    if (armed->seen++ < fault->skip || (fault->times && armed->times >= fault->times))
        return false;
    if (fault->percent && next_random(f) % 100 >= fault->percent)
        return false;
    armed->times++;
    return true;
}

/* splitmix64 (Sebastiano Vigna, public domain): the same numbers from one seed everywhere. */
static uint64_t next_random(bl_faulty *f)
{
    uint64_t z = f->random += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}
