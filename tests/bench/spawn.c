/* Two commands, run in turn: bench-spawn COUNT COMMAND [ARGUMENT]... -- COMMAND [ARGUMENT]...
   Prints the median wall time of each in microseconds. It is small and starts them by
   posix_spawn(3), so that little of the time is its own. The separator is a word `--` of its own;
   one that follows `run` belongs to the command. */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/bench/median.h"

extern char **environ;

static double run(char **command)
{
    pid_t pid;
    int status;
    double start = bench_now();
    if (posix_spawnp(&pid, command[0], NULL, NULL, command, environ) != 0 ||
        waitpid(pid, &status, 0) != pid || status != 0) {
        fprintf(stderr, "bench-spawn: %s failed\n", command[0]);
        exit(1);
    }
    return bench_now() - start;
}

static char **second_command(char **words)
{
    for (char **word = words + 1; *word != NULL; word++) {
        if (strcmp(*word, "--") == 0 && strcmp(word[-1], "run") != 0) {
            *word = NULL;
            return word + 1;
        }
    }
    return NULL;
}

int main(int argc, char **argv)
{
    size_t count = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
    char **first = argv + 2, **second = count > 0 ? second_command(first) : NULL;
    double *times = calloc(count * 2 + 1, sizeof *times);
    if (second == NULL || *second == NULL || times == NULL)
        return 2;
    for (size_t i = 0; i < count / 10 + 1; i++)
        (void)(run(first) + run(second));
    for (size_t i = 0; i < count; i++) {
        times[i] = run(first);
        times[count + i] = run(second);
    }
    printf("%.1f %.1f\n", bench_median(times, count), bench_median(times + count, count));
    free(times);
    return 0;
}
