/* What runs refresh each minute. */
#ifndef HF_TOOLS_REFRESH_TIMER_H
#define HF_TOOLS_REFRESH_TIMER_H

#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#define REFRESH_TIMER     "hf-token-refresh.timer"
#define REFRESH_SYSTEMCTL "/usr/bin/systemctl"

/* How: with systemd, and without; the folder of a line of crontab(5) is not always in its PATH. */
#define REFRESH_BY_TIMER "systemctl enable --now " REFRESH_TIMER
#define REFRESH_BY_CRON  "As a line of /etc/crontab: * * * * * root " HF_TOKENCTL " refresh --quiet"

/* Whether systemd runs here, sd_booted(3), and can be told to run it. */
static inline bool refresh_has_timer(void)
{
    struct stat status;
    return lstat("/run/systemd/system", &status) == 0 && access(REFRESH_SYSTEMCTL, X_OK) == 0;
}

#endif
