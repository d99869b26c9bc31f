/* This machine by itself: its key, the account that asks, folders, the timer, and jobs. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/child.h"
#include "store/hostkey.h"
#include "store/seal.h"
#include "tools/doctor/doctor.h"
#include "tools/hf-tokenctl/on-demand.h"
#include "tools/refresh/ask.h"
#include "tools/refresh/timer.h"
#include "tools/say.h"

#define NEXT_INIT  "hf-tokenctl init"
#define NEXT_FLEET "hf-tokenctl init --fleet"

/* Milliseconds: a TPM, and systemctl(1). */
#define KEY_PATIENCE   30000
#define TIMER_PATIENCE 10000

/* Whether both halves of the key belong together. */
static enum hf_error load_key(void)
{
    SCOPED(key_pair) struct key_pair pair = {0};
    uint8_t public_key[KEY_BYTES];
    TRY(hostkey_public(public_key));
    TRY(hostkey_load(clock_ms() + KEY_PATIENCE, &pair));
    return memcmp(public_key, pair.public_key, KEY_BYTES) == 0 ? HF_OK : HF_EALTERED;
}

void check_machine_key(struct doctor *doctor)
{
    static const char *const leaked =
        "chmod 600; where others may have read it, make a new one: hf-token-fleet(7).";
    const enum hf_error error = load_key();
    (void)doctor_check_path(doctor, HF_KEY_FOLDER, 0, 022, NEXT_INIT);
    doctor_check_open(doctor, HF_KEY_FOLDER);
    doctor_check_open(doctor, HF_KEY_FOLDER "/host.pub");
    (void)doctor_check_path(doctor, HF_KEY_FOLDER "/host.key", 0, 077, leaked);
    (void)doctor_check_path(doctor, HF_KEY_FOLDER "/host.cred", 0, 077, leaked);
    if (error == HF_OK)
        doctor_find(doctor, LEVEL_OK, NULL, "this machine has its key");
    else if (doctor_key_is_half())
        doctor_find_in(doctor, LEVEL_BAD, HF_KEY_FOLDER "/host.pub", 0,
                       HALF_KEY_BRING "; then on the administrator's machine: hf-tokenctl key host "
                                      "replace NAME FILE",
                       "the private key to it is gone");
    else if (error == HF_ENOHOSTKEY)
        doctor_find(doctor, LEVEL_BAD, NEXT_INIT, "%s", error_text(error));
    else if (error == HF_EALTERED)
        doctor_find_in(doctor, LEVEL_BAD, HF_KEY_FOLDER "/host.pub", 0,
                       "Remove it, then hf-tokenctl init; and on the administrator's machine: "
                       "hf-tokenctl key host replace NAME FILE",
                       "it is not the private key's");
    else
        doctor_find_in(doctor, LEVEL_BAD, HF_KEY_FOLDER, 0, NEXT_INIT, "%s", error_text(error));
}

void check_machine_account(struct doctor *doctor)
{
    struct account account;
    const enum hf_error error = ask_account(&account);
    if (error == HF_OK)
        doctor_find(doctor, LEVEL_OK, NULL, "sources run as " HF_ACCOUNT ", uid %lu",
                    (unsigned long)account.uid);
    else
        doctor_find(doctor, LEVEL_BAD, NEXT_FLEET, "the account " HF_ACCOUNT ": %s",
                    error == HF_EACCOUNT ? "it is missing, or root by another name"
                                         : error_text(error));
}

/* Nobody else would tell: what cannot be kept stops no login. */
static void check_room(struct doctor *doctor, const char *path, uid_t owner)
{
    struct statvfs room;
    if (statvfs(path, &room) != 0)
        return;
    const bool blocks = room.f_blocks == 0 || (owner == 0 ? room.f_bfree : room.f_bavail) > 0;
    const bool files = room.f_files == 0 || (owner == 0 ? room.f_ffree : room.f_favail) > 0;
    if (!blocks || !files)
        doctor_find_in(doctor, LEVEL_BAD, path, 0, "Make room there, then: hf-tokenctl refresh",
                       "its file system is full, so that nothing new is kept");
}

void check_machine_folders(struct doctor *doctor)
{
    struct account account;
    const size_t before = doctor->count;
    const bool known = ask_account(&account) == HF_OK;
    const struct {
        const char *path;
        uid_t owner;
        mode_t forbidden;
    } folders[] = {
        {HF_POOLS_FOLDER, 0,                       022},
        {HF_SEEN_FOLDER,  known ? account.uid : 0, 077},
        {HF_CACHE_FOLDER, known ? account.uid : 0, 077}
    };
    check_room(doctor, HF_RUN_FOLDER, 0);
    for (size_t i = 0; i < (known ? sizeof folders / sizeof folders[0] : 1); i++) {
        if (!doctor_check_path(doctor, folders[i].path, folders[i].owner, folders[i].forbidden,
                               NEXT_FLEET))
            doctor_find_in(doctor, LEVEL_BAD, folders[i].path, 0, NEXT_FLEET, "it is not there");
        check_room(doctor, folders[i].path, folders[i].owner);
    }
    if (doctor->count == before)
        doctor_find(doctor, LEVEL_OK, NULL, "the folders for pools, generations and the cache");
}

/* systemctl(1)'s word for the timer. */
static bool timer_is(const char *question, char out_word[static 32])
{
    const char *const argv[] = {REFRESH_SYSTEMCTL, question, REFRESH_TIMER, NULL};
    const struct child_plan plan = {
        .path = REFRESH_SYSTEMCTL, .argv = argv, .input = -1, .output = -1};
    size_t length = 0;
    int status = 0;
    out_word[0] = '\0';
    if (child_output(&plan, clock_ms() + TIMER_PATIENCE, out_word, 31, &length, &status) != HF_OK)
        length = 0;
    out_word[length] = '\0';
    out_word[strcspn(out_word, "\n")] = '\0';
    return status == 0 && length > 0;
}

void check_machine_timer(struct doctor *doctor)
{
    char enabled[32], active[32];
    if (!refresh_has_timer()) {
        doctor_find(doctor, LEVEL_WARN, REFRESH_BY_CRON,
                    "systemd does not run here, and so no " REFRESH_TIMER
                    ": without another way to run refresh, live sessions learn of no revocation");
        return;
    }
    const bool is_enabled = timer_is("is-enabled", enabled),
               is_active = timer_is("is-active", active);
    if (is_enabled && is_active)
        doctor_find(doctor, LEVEL_OK, NULL, REFRESH_TIMER " is enabled, and runs");
    else
        doctor_find(doctor, LEVEL_WARN, REFRESH_BY_TIMER,
                    REFRESH_TIMER " is %s, %s: live sessions learn of no revocation",
                    say_clean(enabled[0] != '\0' ? enabled : strcpy(enabled, "not there")),
                    say_clean(active[0] != '\0' ? active : strcpy(active, "not there")));
}

void check_machine_demand(struct doctor *doctor)
{
    char state[NEXT_MAX], next[NEXT_MAX];
    const bool good = on_demand_state(state, next);
    doctor_find(doctor, good ? LEVEL_OK : LEVEL_BAD, next[0] != '\0' ? next : NULL, "%s", state);
}
