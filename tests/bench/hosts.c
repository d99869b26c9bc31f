/* Many hosts, each of which asks for the head as its timer does:
       bench-hosts CONF HOSTS PERIOD JITTER SECONDS THREADS OBJECT...
   CONF is a fleet.conf with [etcd]. Each host asks once in PERIOD seconds, at a time of its own and
   up to JITTER later; with PERIOD 0 they ask in turn, as fast as THREADS at a time can. A poll has
   an engine of its own, so that it makes a connection of its own, as a process that a timer starts
   does. Where the head has changed, the host asks for the OBJECTs, as users/alice, and reports what
   it has seen, each on a connection of its own too.

   The output is lines of a word and numbers. Times are in milliseconds, but for those of `polls`
   and `seen` in seconds; the latter are CLOCK_MONOTONIC's, when a host first had another first
   OBJECT than at the beginning.
       polls COUNT ERRORS SECONDS CPU
       latency COUNT P50 P99 MOST
       changes COUNT P50 P99 MOST          of hosts that met with another head: all of their asking
       seen TIME...                        */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "engine/engine.h"
#include "store/object-path.h"
#include "tests/bench/median.h"

#define OBJECTS_MAX 8
#define THREADS_MAX 256
#define WORDS_FIXED 7
#define PATIENCE    3000
#define TURN        200000 /* most polls without a pause */

struct host {
    struct engine_version head, objects[OBJECTS_MAX], seen;
    bool behind;    /* it has not got all that was new */
    double changed; /* when its first object was seen to be another one; 0: not yet */
};

/* A poll of the plan, and what came of it. In microseconds. */
struct poll {
    size_t host;
    double at;     /* from the beginning */
    double took;   /* the head alone */
    double change; /* with all that followed, where the head was another one; else 0 */
    bool failed;
};

static struct bench {
    struct site_settings settings;
    char *const *paths;
    size_t path_count, host_count, poll_count;
    struct engine_version first; /* the first object's, at the beginning */
    struct host *hosts;
    struct poll *polls;
    atomic_size_t next;
    atomic_int last_error;
    double start, end;
} bench;

/* Each ask has an engine, and so a connection, of its own. */
static enum hf_error ask(const char *path, struct engine_version *version)
{
    SCOPED(engine) struct engine *engine = NULL;
    SCOPED(engine_object) struct engine_object object = {0};
    TRY(engine_new(&bench.settings.engines[ENGINE_ETCD], NULL, &engine));
    TRY(engine_get(engine, path, version->text[0] != '\0' ? version : NULL, clock_ms() + PATIENCE,
                   &object));
    *version = object.version;
    return HF_OK;
}

static enum hf_error put_seen(const struct host *host, struct engine_version *version)
{
    SCOPED(engine) struct engine *engine = NULL;
    char path[OBJECT_PATH_MAX + 1];
    struct engine_task task = {
        .path = path, .bytes = "1700000000 1700000000\n", .length = 22, .expected = *version};
    TRY(text_format(path, sizeof path, OBJECT_SEEN "%064zx", (size_t)(host - bench.hosts)));
    TRY(engine_new(&bench.settings.engines[ENGINE_ETCD], NULL, &engine));
    engine_put_all(engine, &task, 1, clock_ms() + PATIENCE);
    *version = task.object.version;
    engine_object_clear(&task.object);
    return task.error;
}

static enum hf_error follow(struct host *host)
{
    for (size_t i = 0; i < bench.path_count; i++) {
        const enum hf_error error = ask(bench.paths[i], &host->objects[i]);
        if (error != HF_OK && error != HF_EUNCHANGED)
            return error;
        if (i == 0 && host->changed == 0 && strcmp(host->objects[0].text, bench.first.text) != 0)
            host->changed = bench_now();
    }
    return put_seen(host, &host->seen);
}

static void run_poll(struct poll *poll)
{
    struct host *host = &bench.hosts[poll->host];
    const double start = bench_now();
    enum hf_error error = ask(OBJECT_HEAD, &host->head);
    poll->took = bench_now() - start;
    host->behind |= error == HF_OK;
    if (host->behind && (error == HF_OK || error == HF_EUNCHANGED)) {
        error = follow(host);
        host->behind = error != HF_OK;
        poll->change = bench_now() - start;
    }
    poll->failed = error != HF_OK && error != HF_EUNCHANGED;
    if (poll->failed)
        atomic_store(&bench.last_error, (int)error);
}

static void sleep_until(double at)
{
    const struct timespec time = {.tv_sec = (time_t)(at / 1e6),
                                  .tv_nsec = (long)(at - (double)(time_t)(at / 1e6) * 1e6) * 1000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) != 0)
        continue;
}

static void *run_thread(void *unused)
{
    size_t at;
    (void)unused;
    while ((at = atomic_fetch_add(&bench.next, 1)) < bench.poll_count) {
        sleep_until(bench.start + bench.polls[at].at);
        if (bench_now() >= bench.end) /* without a pause it is time that ends it */
            break;
        run_poll(&bench.polls[at]);
    }
    return NULL;
}

/* ------------------------------------------------------------------------------------------ plan
 */

static double fraction(void)
{
    return (double)random() / (double)RAND_MAX;
}

static int compare(const void *left, const void *right)
{
    const double a = ((const struct poll *)left)->at, b = ((const struct poll *)right)->at;
    return (a > b) - (a < b);
}

static bool plan(double period, double jitter, double length)
{
    const size_t turns = period > 0 ? (size_t)(length / period) + 1 : 1;
    const size_t count = period > 0 ? bench.host_count * turns : TURN;
    bench.polls = calloc(count, sizeof *bench.polls);
    if (bench.polls == NULL)
        return false;
    for (size_t i = 0; period <= 0 && i < count; i++)
        bench.polls[bench.poll_count++].host = i % bench.host_count;
    for (size_t host = 0; period > 0 && host < bench.host_count; host++)
        for (double at = fraction() * period; at < length; at += period) {
            struct poll *poll = &bench.polls[bench.poll_count++];
            *poll = (struct poll){.host = host, .at = at + fraction() * jitter};
            if (poll->at >= length)
                bench.poll_count--;
        }
    qsort(bench.polls, bench.poll_count, sizeof *bench.polls, compare);
    return true;
}

/* All hosts know what there is. */
static enum hf_error warm_up(void)
{
    struct host known = {.changed = 0};
    TRY(ask(OBJECT_HEAD, &known.head));
    for (size_t i = 0; i < bench.path_count; i++)
        TRY(ask(bench.paths[i], &known.objects[i]));
    bench.first = known.objects[0];
    for (size_t i = 0; i < bench.host_count; i++)
        bench.hosts[i] = known;
    return HF_OK;
}

/* ---------------------------------------------------------------------------------------- results
 */

static double cpu_ms(void)
{
    struct rusage use;
    (void)getrusage(RUSAGE_SELF, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1e3 +
           (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e3;
}

static void show_times(const char *word, double *times, size_t count)
{
    const double median = count > 0 ? bench_median(times, count) : 0;
    const double late = count > 0 ? times[(count - 1) * 99 / 100] : 0;
    printf("%s %zu %.2f %.2f %.2f\n", word, count, median / 1e3, late / 1e3,
           count > 0 ? times[count - 1] / 1e3 : 0);
}

static bool show(double cpu)
{
    double *times = calloc(bench.poll_count + 1, sizeof *times);
    double *changes = calloc(bench.poll_count + 1, sizeof *changes);
    size_t count = 0, changed = 0, failed = 0;
    if (times == NULL || changes == NULL)
        return false;
    for (const struct poll *poll = bench.polls; poll < bench.polls + bench.poll_count; poll++) {
        if (poll->took > 0)
            times[count++] = poll->took;
        if (poll->change > 0)
            changes[changed++] = poll->change;
        failed += poll->failed;
    }
    if (failed > 0)
        fprintf(stderr, "bench-hosts: %zu polls failed, one of them: %s\n", failed,
                error_text((enum hf_error)atomic_load(&bench.last_error)));
    printf("polls %zu %zu %.3f %.1f\n", count, failed, (bench_now() - bench.start) / 1e6, cpu);
    show_times("latency", times, count);
    show_times("changes", changes, changed);
    printf("seen");
    for (size_t i = 0; i < bench.host_count; i++)
        if (bench.hosts[i].changed > 0)
            printf(" %.6f", bench.hosts[i].changed / 1e6);
    puts("");
    free(times);
    free(changes);
    return true;
}

static bool run(size_t thread_count)
{
    pthread_t threads[THREADS_MAX];
    size_t started = 0;
    const double before = cpu_ms();
    while (started < thread_count && pthread_create(&threads[started], NULL, run_thread, NULL) == 0)
        started++;
    for (size_t i = 0; i < started; i++)
        (void)pthread_join(threads[i], NULL);
    return started == thread_count && show(cpu_ms() - before);
}

static enum hf_error begin(char **words, int path_count)
{
    struct settings_mistake mistake;
    TRY(settings_read_own(words[0], &bench.settings, &mistake));
    bench.paths = words + WORDS_FIXED - 1;
    bench.path_count = (size_t)path_count;
    bench.host_count = strtoul(words[1], NULL, 10);
    bench.hosts = calloc(bench.host_count, sizeof *bench.hosts);
    if (bench.hosts == NULL)
        return HF_ENOMEM;
    TRY(engine_start());
    return warm_up();
}

int main(int argc, char **argv)
{
    if (argc <= WORDS_FIXED || argc > WORDS_FIXED + OBJECTS_MAX)
        return 2;
    const size_t thread_count = strtoul(argv[6], NULL, 10);
    const double period = strtod(argv[3], NULL) * 1e6, jitter = strtod(argv[4], NULL) * 1e6;
    const double length = strtod(argv[5], NULL) * 1e6;
    (void)signal(SIGPIPE, SIG_IGN);
    const enum hf_error error = begin(argv + 1, argc - WORDS_FIXED);
    if (error != HF_OK)
        fprintf(stderr, "bench-hosts: %s: %s\n", argv[1], error_text(error));
    if (error != HF_OK || thread_count > THREADS_MAX || !plan(period, jitter, length))
        return 1;
    bench.start = bench_now();
    bench.end = period > 0 ? bench.start + 10 * length : bench.start + length;
    if (!run(thread_count))
        return 1;
    free(bench.hosts);
    free(bench.polls);
    return 0;
}
