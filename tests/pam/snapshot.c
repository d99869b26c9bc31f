#include "tests/pam/snapshot.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GROWTH_KIB  512
#define GROWTH_KEYS 4

extern char **environ;

static long count_lines(const char *path)
{
    FILE *file = fopen(path, "re");
    long lines = 0;
    for (int c; file != NULL && (c = getc(file)) != EOF;)
        lines += c == '\n';
    if (file != NULL)
        fclose(file);
    return lines;
}

/* The kernel lists a process's children with a space after each: proc(5). */
static long count_children(void)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%ld/children", (long)getpid());
    FILE *file = fopen(path, "re");
    long children = 0;
    for (int c; file != NULL && (c = getc(file)) != EOF;)
        children += c == ' ';
    if (file != NULL)
        fclose(file);
    return children;
}

static void take_memory(struct snapshot *snapshot)
{
    FILE *file = fopen("/proc/self/statm", "re");
    long page_kib = sysconf(_SC_PAGESIZE) / 1024;
    if (file != NULL &&
        fscanf(file, "%ld %ld", &snapshot->mapped_kib, &snapshot->resident_kib) == 2) {
        snapshot->mapped_kib *= page_kib;
        snapshot->resident_kib *= page_kib;
    }
    if (file != NULL)
        fclose(file);
}

static void take_signals(struct snapshot *snapshot)
{
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action = {.sa_flags = 0};
        (void)sigaction(number, NULL, &action);
        snapshot->handlers[number] = action.sa_handler;
        snapshot->handler_flags[number] = action.sa_flags;
        snapshot->blocked[number] = sigismember(&mask, number) == 1;
    }
}

static char *join_environment(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    for (char **setting = environ; stream != NULL && *setting != NULL; setting++)
        fprintf(stream, "%s\n", *setting);
    if (stream != NULL)
        fclose(stream);
    return text;
}

/* Keys die a little after their last reference; keyrings(7). What the kernel has not collected
   within two seconds was leaked. */
static long count_keys(void)
{
    long fewest = count_lines("/proc/keys");
    for (int i = 0; i < 20; i++) {
        usleep(100000);
        long now = count_lines("/proc/keys");
        fewest = now < fewest ? now : fewest;
    }
    return fewest;
}

void snapshot_take(struct snapshot *out_snapshot)
{
    struct snapshot *now = out_snapshot;
    *now = (struct snapshot){.environment = join_environment()};
    for (int fd = 0; fd < SNAPSHOT_DESCRIPTORS; fd++)
        now->descriptors[fd] = fcntl(fd, F_GETFD) >= 0;
    take_signals(now);
    getresuid(&now->uids[0], &now->uids[1], &now->uids[2]);
    getresgid(&now->gids[0], &now->gids[1], &now->gids[2]);
    now->groups = getgroups(0, NULL);
    now->mask = umask(0);
    umask(now->mask);
    if (getcwd(now->folder, sizeof now->folder) == NULL)
        now->folder[0] = '\0';
    take_memory(now);
    now->children = count_children();
    now->keys = count_keys();
}

static void compare(const char *what, long before, long after, long growth)
{
    if (growth > 0 ? after > before + growth : after != before)
        printf("told %s: %ld -> %ld\n", what, before, after);
}

static void compare_signals(const struct snapshot *before, const struct snapshot *after)
{
    for (int number = 1; number < NSIG; number++) {
        if (before->handlers[number] != after->handlers[number] ||
            before->handler_flags[number] != after->handler_flags[number])
            printf("told handler of signal %d: another\n", number);
        compare("signal mask", before->blocked[number], after->blocked[number], 0);
    }
}

void snapshot_compare(const struct snapshot *before, const struct snapshot *after)
{
    for (int fd = 0; fd < SNAPSHOT_DESCRIPTORS; fd++)
        if (before->descriptors[fd] != after->descriptors[fd])
            printf("told descriptor %d: %s\n", fd, after->descriptors[fd] ? "left open" : "closed");
    compare_signals(before, after);
    if (memcmp(before->uids, after->uids, sizeof before->uids) != 0 ||
        memcmp(before->gids, after->gids, sizeof before->gids) != 0)
        printf("told user or group ids: others\n");
    compare("groups", before->groups, after->groups, 0);
    compare("umask", before->mask, after->mask, 0);
    if (strcmp(before->folder, after->folder) != 0)
        printf("told folder: %s -> %s\n", before->folder, after->folder);
    if (strcmp(before->environment, after->environment) != 0)
        printf("told environment: another\n");
    compare("children", before->children, after->children, 0);
    compare("keys", before->keys, after->keys, GROWTH_KEYS);
    compare("resident memory in KiB", before->resident_kib, after->resident_kib, GROWTH_KIB);
    compare("mapped memory in KiB", before->mapped_kib, after->mapped_kib, GROWTH_KIB);
}

void snapshot_clear(struct snapshot *snapshot)
{
    free(snapshot->environment);
    snapshot->environment = NULL;
}
