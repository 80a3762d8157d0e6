/* Stands between the store and the system, and rebuilds files. */
#include "crash/file_log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "support/redirect.h"
#include "support/scratch.h"

enum { SECTOR = 512 };

typedef ssize_t (*pwrite_function)(int fd, const void *data, size_t size, off_t offset);
typedef ssize_t (*write_function)(int fd, const void *data, size_t size);
typedef ssize_t (*writev_function)(int fd, const struct iovec *parts, int count);
typedef int (*sync_function)(int fd);
typedef int (*msync_function)(void *data, size_t size, int flags);
typedef int (*truncate_function)(int fd, off_t size);

static pwrite_function real_pwrite;
static write_function real_write;
static writev_function real_writev;
static sync_function real_fsync, real_fdatasync;
static msync_function real_msync;
static truncate_function real_ftruncate;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static file_log *current; /* the lock's */
static dev_t device;
static ino_t inode;

static bool install(void);
static bool is_watched(int fd);
static size_t log_write(int fd, const struct iovec *parts, int count, off_t offset);
static void log_written(int fd, size_t number);
static size_t append(file_event event);
static uint8_t *copy_of(const void *data, size_t size);
static bool is_durable(const file_log *log, size_t number, size_t cut);
static uint8_t *begin_image(const file_log *log, size_t cut, size_t *size);
static void put(uint8_t *image, const file_event *event);
static void put_torn(uint8_t *image, const file_event *event, trial_random *random);

bool file_log_begin(file_log *log, const char *path)
{
    struct stat file;
    *log = (file_log){ 0 };
    if (!install())
        return false;
    trial_check(stat(path, &file) == 0, "%s: %s", path, strerror(errno));
    log->base = scratch_read(path, &log->base_size);
    (void)pthread_mutex_lock(&lock);
    device = file.st_dev;
    inode = file.st_ino;
    current = log;
    (void)pthread_mutex_unlock(&lock);
    return true;
}

void file_log_note(unsigned note, const void *data, size_t size)
{
    (void)pthread_mutex_lock(&lock);
    if (current)
        (void)append((file_event){ .kind = FILE_NOTE, .note = note, .data = copy_of(data, size), .size = size });
    (void)pthread_mutex_unlock(&lock);
}

void file_log_end(void)
{
    (void)pthread_mutex_lock(&lock);
    current = NULL;
    (void)pthread_mutex_unlock(&lock);
}

void file_log_free(file_log *log)
{
    for (size_t i = 0; i < log->count; i++)
        free(log->events[i].data);
    free(log->events);
    free(log->base);
    *log = (file_log){ 0 };
}

size_t file_log_count_syncs(const file_log *log)
{
    size_t count = 0;
    for (size_t i = 0; i < log->count; i++)
        count += log->events[i].kind == FILE_SYNCED;
    return count;
}

size_t file_log_next_sync(const file_log *log, size_t from)
{
    while (from < log->count && log->events[from].kind != FILE_SYNCED)
        from++;
    return from;
}

uint8_t *file_log_image(const file_log *log, size_t cut, trial_random *random, size_t *size)
{
    uint8_t *image = begin_image(log, cut, size);
    size_t needed = log->base_size;
    for (size_t i = 0; i < cut; i++) {
        if (log->events[i].kind != FILE_WRITE)
            continue;
        if (is_durable(log, i, cut) || trial_chance(random, 40))
            put(image, &log->events[i]);
        else if (trial_chance(random, 50))
            put_torn(image, &log->events[i], random);
        else
            continue;
        if (log->events[i].offset + log->events[i].size > needed)
            needed = log->events[i].offset + log->events[i].size;
    }
    if (trial_chance(random, 50))
        *size = needed;
    return image;
}

uint8_t *file_log_whole(const file_log *log, size_t *size)
{
    uint8_t *image = begin_image(log, log->count, size);
    for (size_t i = 0; i < log->count; i++)
        if (log->events[i].kind == FILE_WRITE)
            put(image, &log->events[i]);
    return image;
}

static ssize_t seen_pwrite(int fd, const void *data, size_t size, off_t offset)
{
    if (!is_watched(fd))
        return real_pwrite(fd, data, size, offset);
    size_t number = log_write(fd, &(struct iovec){ (void *)(uintptr_t)data, size }, 1, offset);
    ssize_t wrote = real_pwrite(fd, data, size, offset);
    log_written(fd, number);
    return wrote;
}

static ssize_t seen_write(int fd, const void *data, size_t size)
{
    if (!is_watched(fd))
        return real_write(fd, data, size);
    size_t number = log_write(fd, &(struct iovec){ (void *)(uintptr_t)data, size }, 1, lseek(fd, 0, SEEK_CUR));
    ssize_t wrote = real_write(fd, data, size);
    log_written(fd, number);
    return wrote;
}

static ssize_t seen_writev(int fd, const struct iovec *parts, int count)
{
    if (!is_watched(fd))
        return real_writev(fd, parts, count);
    size_t number = log_write(fd, parts, count, lseek(fd, 0, SEEK_CUR));
    ssize_t wrote = real_writev(fd, parts, count);
    log_written(fd, number);
    return wrote;
}

/* What is written before the call is synced by it; who writes during it can't count on that. */
static int seen_sync(int fd, sync_function sync)
{
    if (!is_watched(fd))
        return sync(fd);
    (void)pthread_mutex_lock(&lock);
    size_t before = current ? current->count : 0;
    (void)pthread_mutex_unlock(&lock);
    int result = sync(fd);
    (void)pthread_mutex_lock(&lock);
    for (size_t i = before; current && i < current->count; i++)
        trial_check(current->events[i].kind != FILE_WRITE, "the file was written to while it was synced");
    if (result == 0 && current)
        (void)append((file_event){ .kind = FILE_SYNCED, .of = FILE_ALL });
    (void)pthread_mutex_unlock(&lock);
    return result;
}

static int seen_fsync(int fd)
{
    return seen_sync(fd, real_fsync);
}

static int seen_fdatasync(int fd)
{
    return seen_sync(fd, real_fdatasync);
}

/* Of LMDB alone: it would write through its map, unseen. */
static int seen_msync(void *data, size_t size, int flags)
{
    trial_check(!current, "the store syncs a map, whose writes this test does not see");
    return real_msync(data, size, flags);
}

static int seen_ftruncate(int fd, off_t size)
{
    struct stat file;
    if (is_watched(fd))
        trial_check(fstat(fd, &file) == 0 && size >= file.st_size, "the file was made shorter");
    return real_ftruncate(fd, size);
}

static bool install(void)
{
    static bool installed;
    if (!installed && redirect_is_possible()) {
        for (redirect_caller caller = REDIRECT_LMDB; caller <= REDIRECT_PROGRAM; caller++) {
            redirect_function before = redirect(caller, "pwrite", (redirect_function)seen_pwrite);
            real_pwrite = before ? (pwrite_function)before : real_pwrite;
            before = redirect(caller, "write", (redirect_function)seen_write);
            real_write = before ? (write_function)before : real_write;
            before = redirect(caller, "writev", (redirect_function)seen_writev);
            real_writev = before ? (writev_function)before : real_writev;
            before = redirect(caller, "fsync", (redirect_function)seen_fsync);
            real_fsync = before ? (sync_function)before : real_fsync;
            before = redirect(caller, "fdatasync", (redirect_function)seen_fdatasync);
            real_fdatasync = before ? (sync_function)before : real_fdatasync;
            before = redirect(caller, "msync", (redirect_function)seen_msync);
            real_msync = before ? (msync_function)before : real_msync;
            before = redirect(caller, "ftruncate", (redirect_function)seen_ftruncate);
            real_ftruncate = before ? (truncate_function)before : real_ftruncate;
        }
        installed = real_pwrite && real_fdatasync;
    }
    return installed;
}

static bool is_watched(int fd)
{
    struct stat file;
    (void)pthread_mutex_lock(&lock);
    bool watched = current && fstat(fd, &file) == 0 && file.st_dev == device && file.st_ino == inode;
    (void)pthread_mutex_unlock(&lock);
    return watched;
}

static size_t log_write(int fd, const struct iovec *parts, int count, off_t offset)
{
    file_event event = { .kind = FILE_WRITE, .offset = (uint64_t)offset };
    trial_check(offset >= 0 && !(fcntl(fd, F_GETFL) & O_APPEND), "a write at an unknown place");
    for (int i = 0; i < count; i++)
        event.size += parts[i].iov_len;
    event.data = copy_of(NULL, event.size);
    uint8_t *to = event.data;
    for (int i = 0; i < count; to += parts[i].iov_len, i++)
        memcpy(to, parts[i].iov_base, parts[i].iov_len);
    (void)pthread_mutex_lock(&lock);
    size_t number = append(event);
    (void)pthread_mutex_unlock(&lock);
    return number;
}

static void log_written(int fd, size_t number)
{
    if (!(fcntl(fd, F_GETFL) & O_DSYNC))
        return;
    (void)pthread_mutex_lock(&lock);
    if (current)
        (void)append((file_event){ .kind = FILE_SYNCED, .of = number });
    (void)pthread_mutex_unlock(&lock);
}

static size_t append(file_event event)
{
    file_log *log = current;
    if (log->count == log->capacity) {
        log->capacity = log->capacity ? log->capacity * 2 : 1024;
        log->events = realloc(log->events, log->capacity * sizeof *log->events);
        trial_check(log->events, "out of memory");
    }
    log->events[log->count] = event;
    return log->count++;
}

static uint8_t *copy_of(const void *data, size_t size)
{
    uint8_t *copy = malloc(size + 1);
    trial_check(copy, "out of memory");
    if (data)
        memcpy(copy, data, size);
    return copy;
}

static bool is_durable(const file_log *log, size_t number, size_t cut)
{
    for (size_t i = number + 1; i < cut; i++)
        if (log->events[i].kind == FILE_SYNCED && (log->events[i].of == FILE_ALL || log->events[i].of == number))
            return true;
    return false;
}

/* The base in a file that is as long as the writes before the cut make it. */
static uint8_t *begin_image(const file_log *log, size_t cut, size_t *size)
{
    *size = log->base_size;
    for (size_t i = 0; i < cut; i++)
        if (log->events[i].kind == FILE_WRITE && log->events[i].offset + log->events[i].size > *size)
            *size = log->events[i].offset + log->events[i].size;
    uint8_t *image = calloc(1, *size + 1);
    trial_check(image, "out of memory");
    memcpy(image, log->base, log->base_size);
    return image;
}

static void put(uint8_t *image, const file_event *event)
{
    memcpy(image + event->offset, event->data, event->size);
}

static void put_torn(uint8_t *image, const file_event *event, trial_random *random)
{
    size_t at = 0;
    while (at < event->size) {
        size_t end = SECTOR - (event->offset + at) % SECTOR + at;
        if (end > event->size)
            end = event->size;
        if (trial_chance(random, 50))
            memcpy(image + event->offset + at, event->data + at, end - at);
        at = end;
    }
}
