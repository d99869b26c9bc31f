#include "tools/fleet/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BAR_WIDTH 40

static void draw(struct progress *progress, int percent)
{
    char bar[BAR_WIDTH + 1], line[160];
    const int filled = percent * BAR_WIDTH / 100;
    memset(bar, ' ', BAR_WIDTH);
    memset(bar, '=', (size_t)filled);
    bar[BAR_WIDTH] = '\0';
    const int length = snprintf(line, sizeof line, "\r%s [%s] %zu/%zu %s", progress->what, bar,
                                progress->done, progress->total, progress->unit);
    progress->shown = percent;
    progress->drawn = length > 0 && write(STDERR_FILENO, line, (size_t)length) == length;
}

void progress_begin(struct progress *progress, const char *what, const char *unit, size_t total)
{
    *progress = (struct progress){.what = what, .unit = unit, .total = total};
    if (total > 1 && isatty(STDERR_FILENO) == 1)
        draw(progress, 0);
}

void progress_add(struct progress *progress, size_t count)
{
    progress->done += count;
    if (!progress->drawn)
        return;
    const int percent = (int)(progress->done * 100 / progress->total);
    if (percent != progress->shown)
        draw(progress, percent);
}

/* ECMA-48: EL erases to the end of the line. */
void progress_end(struct progress *progress)
{
    static const char erase[] = "\r\x1b[K";
    if (progress->drawn)
        (void)!write(STDERR_FILENO, erase, sizeof erase - 1);
    progress->drawn = false;
}
