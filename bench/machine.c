/* What a run was run on. */
#include "bench.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <bloop/version.h>
#include <lmdb.h>

static void print_cpu(void);
static const char *file_system(const char *folder);

bool run_on_processor(int processor)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((size_t)processor, &set);
    return sched_setaffinity(0, sizeof set, &set) == 0 ? true
                                                       : bench_fail("processor %d: %s", processor, strerror(errno));
}

void bench_print_machine(const char *folder)
{
    char day[32];
    struct utsname system;
    time_t now = time(NULL);
    strftime(day, sizeof day, "%Y-%m-%d %H:%M UTC", gmtime(&now));
    uname(&system);
    printf("date      %s\n", day);
    print_cpu();
    printf("memory    %ld MB\n", sysconf(_SC_PHYS_PAGES) / 1024 * (sysconf(_SC_PAGESIZE) / 1024));
    printf("system    %s %s %s, %s\n", system.sysname, system.release, system.machine, file_system(folder));
#if defined(__clang__)
    printf("compiler  %s\n", __VERSION__);
#else
    printf("compiler  gcc %s\n", __VERSION__);
#endif
    printf("versions  bloop %s, %s\n", bloop_version(), mdb_version(NULL, NULL, NULL));
}

/* Others' work disturbs ours: a load above that of this program makes a run worth less. */
void bench_print_load(const char *when)
{
    double load[1];
    if (getloadavg(load, 1) == 1)
        printf("%sload      %.1f %s, on %ld processors\n", strcmp(when, "before") == 0 ? "" : "\n", load[0], when,
               sysconf(_SC_NPROCESSORS_ONLN));
}

static void print_cpu(void)
{
    char line[512];
    FILE *file = fopen("/proc/cpuinfo", "r");
    printf("cpu       ");
    while (file && fgets(line, sizeof line, file)) {
        char *colon = strchr(line, ':');
        if (strncmp(line, "model name", strlen("model name")) != 0 || !colon)
            continue;
        line[strcspn(line, "\n")] = 0;
        printf("%s, ", colon + 2);
        break;
    }
    if (file)
        fclose(file);
    printf("%ld processors\n", sysconf(_SC_NPROCESSORS_ONLN));
}

static const char *file_system(const char *folder)
{
    static const struct {
        unsigned long magic;
        const char *name;
    } known[] = { { 0xEF53, "ext4" },      { 0x58465342, "xfs" },       { 0x9123683E, "btrfs" },
                  { 0x01021994, "tmpfs" }, { 0x794C7630, "overlayfs" }, { 0x2FC12FC1, "zfs" } };
    struct statfs system;
    if (statfs(folder, &system) == 0)
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
            if ((unsigned long)system.f_type == known[i].magic)
                return known[i].name;
    return "another file system";
}
