#include "tools/demand/ledger.h"

#include <poll.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

/* The content of a user's lock file, which does not outlive the machine's uptime. */
struct page {
    int64_t start; /* of the window, clock_ms */
    uint64_t count;
};

void ledger_leave(struct ledger *ledger)
{
    fd_scope_end(&ledger->own);
    fd_scope_end(&ledger->shared);
    fd_scope_end(&ledger->waiting);
    *ledger = LEDGER_NONE;
}

/* Counts this request in; the first one too many of a window is to be told, the others are not. */
static enum hf_error count_in(struct ledger *ledger)
{
    struct page page = {0};
    int64_t now = clock_ms();
    ssize_t length = pread(ledger->own, &page, sizeof page, 0);
    bool over =
        length != (ssize_t)sizeof page || page.start > now || now - page.start >= LEDGER_WINDOW;
    if (over)
        page = (struct page){.start = now};
    page.count++;
    if (pwrite(ledger->own, &page, sizeof page, 0) != (ssize_t)sizeof page)
        return HF_EIO;
    ledger->quiet = page.count > LEDGER_REQUESTS + 1;
    return page.count > LEDGER_REQUESTS ? HF_ETRYAGAIN : HF_OK;
}

/* Nothing is said of those who do not get in: they are not counted, and could be many. */
static enum hf_error wait_in_line(struct ledger *ledger, uid_t uid)
{
    char path[sizeof HF_RUN_FOLDER + 48];
    for (unsigned place = 0; place < LEDGER_WAITING; place++) {
        TRY(text_format(path, sizeof path, HF_RUN_FOLDER "/demand.%lu.%u", (unsigned long)uid,
                        place));
        enum hf_error error = lock_take(path, 0, &ledger->waiting);
        if (error != HF_EDEADLINE)
            return error;
    }
    ledger->quiet = true;
    return HF_ETRYAGAIN;
}

enum hf_error ledger_enter(struct ledger *ledger, uid_t uid, deadline_ms until)
{
    char path[sizeof HF_RUN_FOLDER + 32];
    (void)mkdir(HF_RUN_FOLDER, 0700);
    TRY(text_format(path, sizeof path, HF_RUN_FOLDER "/demand.%lu", (unsigned long)uid));
    TRY(wait_in_line(ledger, uid));
    TRY(lock_take(path, until, &ledger->own));
    return count_in(ledger);
}

enum hf_error ledger_share(struct ledger *ledger, deadline_ms until)
{
    char path[sizeof HF_RUN_FOLDER + 32];
    for (;;) {
        for (unsigned place = 0; place < LEDGER_AT_ONCE; place++) {
            TRY(text_format(path, sizeof path, HF_RUN_FOLDER "/demand-place.%u", place));
            enum hf_error error = lock_take(path, 0, &ledger->shared);
            if (error != HF_EDEADLINE)
                return error;
        }
        if (clock_ms() >= until)
            return HF_EDEADLINE;
        (void)poll(NULL, 0, 10);
    }
}
