/* Folders and files of tests. */
#include "support/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/trial.h"

static int remove_one(const char *path, const struct stat *file, int kind, struct FTW *at);

scratch scratch_new(void)
{
    scratch s;
    const char *parent = getenv("BLOOP_TEST_FOLDER");
    if (!parent || !*parent)
        parent = getenv("TMPDIR");
    if (!parent || !*parent)
        parent = P_tmpdir;
    int length = snprintf(s.folder, sizeof s.folder, "%s/bloop-test-XXXXXX", parent);
    trial_check(length > 0 && (size_t)length < sizeof s.folder, "the name of %s is too long", parent);
    trial_check(mkdtemp(s.folder), "no folder in %s: %s", parent, strerror(errno));
    return s;
}

void scratch_remove(const scratch *s)
{
    (void)nftw(s->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

char *scratch_path(const scratch *s, const char *name, char *out)
{
    (void)snprintf(out, PATH_MAX, "%s/%s", s->folder, name);
    return out;
}

size_t scratch_count(const char *folder, const char *beginning)
{
    size_t count = 0;
    DIR *files = opendir(folder);
    trial_check(files, "%s: %s", folder, strerror(errno));
    for (const struct dirent *file = readdir(files); file; file = readdir(files))
        count += strncmp(file->d_name, beginning, strlen(beginning)) == 0 && strcmp(file->d_name, ".") != 0 &&
                 strcmp(file->d_name, "..") != 0;
    (void)closedir(files);
    return count;
}

void scratch_write(const char *path, const void *data, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    trial_check(fd >= 0, "%s: %s", path, strerror(errno));
    const char *at = data;
    for (ssize_t wrote = 0; size > 0; at += wrote, size -= (size_t)wrote) {
        wrote = write(fd, at, size);
        trial_check(wrote > 0, "%s: %s", path, strerror(errno));
    }
    (void)close(fd);
}

void *scratch_read(const char *path, size_t *size)
{
    struct stat file;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    trial_check(fd >= 0 && fstat(fd, &file) == 0, "%s: %s", path, strerror(errno));
    *size = (size_t)file.st_size;
    char *data = malloc(*size + 1);
    trial_check(data, "out of memory");
    for (size_t done = 0; done < *size;) {
        ssize_t got = read(fd, data + done, *size - done);
        trial_check(got > 0, "%s: %s", path, got < 0 ? strerror(errno) : "it became shorter");
        done += (size_t)got;
    }
    (void)close(fd);
    return data;
}

void scratch_copy(const char *from, const char *to)
{
    size_t size = 0;
    void *data = scratch_read(from, &size);
    scratch_write(to, data, size);
    free(data);
}

static int remove_one(const char *path, const struct stat *file, int kind, struct FTW *at)
{
    (void)file;
    (void)kind;
    (void)at;
    (void)remove(path);
    return 0;
}
