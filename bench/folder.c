/* The folder for a run's files, which goes when the run does. */
#include "bench.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static void remove_and_die(int number);

/* Files that are open go as well when their names do, once the process has ended. */
static char made[3072];

bool bench_folder_make(const char *parent, char *folder, size_t size)
{
    int length = snprintf(folder, size, "%s/bench-XXXXXX", parent);
    if (length < 0 || (size_t)length >= size || (size_t)length >= sizeof made)
        return bench_fail("the folder's name is too long");
    if (!mkdtemp(folder))
        return bench_fail("%s: %s", folder, strerror(errno));
    memcpy(made, folder, (size_t)length + 1);
    static const int deadly[] = { SIGINT, SIGTERM, SIGHUP };
    for (size_t i = 0; i < sizeof deadly / sizeof deadly[0]; i++)
        sigaction(deadly[i], &(struct sigaction){ .sa_handler = remove_and_die, .sa_flags = (int)SA_RESETHAND }, NULL);
    return true;
}

void bench_folder_remove(void)
{
    DIR *folder = *made ? opendir(made) : NULL;
    if (!folder)
        return;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(dirfd(folder), entry->d_name, 0);
    closedir(folder);
    rmdir(made);
    *made = 0;
}

bool bench_folder_has(const char *folder, uint64_t needed)
{
    struct statvfs system;
    if (statvfs(folder, &system) != 0)
        return bench_fail("%s: %s", folder, strerror(errno));
    uint64_t left = (uint64_t)system.f_bavail * system.f_frsize;
    if (left < needed)
        return bench_fail("%s has %" PRIu64 " MB left, and %" PRIu64 " MB are needed", folder, left >> 20,
                          needed >> 20);
    return true;
}

uint64_t bench_file_size(const char *path)
{
    struct stat file;
    return stat(path, &file) == 0 ? (uint64_t)file.st_size : 0;
}

/* Reading a folder is no call for a handler, but whatever was interrupted will not go on. */
static void remove_and_die(int number)
{
    bench_folder_remove();
    raise(number);
}
