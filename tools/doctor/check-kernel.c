#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "keyring/session.h"
#include "tools/doctor/doctor.h"
#include "tools/holdings/holdings.h"

/* Containers' filters answer keyctl(2) with ENOSYS or EPERM. */
void check_kernel(struct doctor *doctor)
{
    errno = 0;
    if (session_serial() == 0 && (errno == ENOSYS || errno == EPERM))
        doctor_find(doctor, LEVEL_BAD,
                    "In a container: allow keyctl and add_key in its seccomp profile.",
                    "the kernel's keyrings are out of reach: %s", strerror(errno));
    else if (access("/proc/keys", R_OK) != 0)
        doctor_find(doctor, LEVEL_WARN,
                    "Services of yours without a session may not find the ring.", "/proc/keys: %s",
                    strerror(errno));
    else
        doctor_find(doctor, LEVEL_OK, NULL, "keyrings and /proc/keys are there");
}

/* Users whom the module passes over: pam_hf_token(8). Whether that leaves nothing else to say. */
static bool check_user(struct doctor *doctor, uid_t uid)
{
    if (uid == 0)
        doctor_find(doctor, LEVEL_BAD, "Run hf-token as the user",
                    "no token is ever placed for root");
    else if (uid < ACCOUNT_MINIMUM_UID)
        doctor_find(doctor, LEVEL_WARN, "As root: give the module that option; see pam_hf_token(8)",
                    "the module skips users below its minimum_uid, %d unless that says otherwise",
                    ACCOUNT_MINIMUM_UID);
    return uid == 0;
}

void check_session(struct doctor *doctor)
{
    if (check_user(doctor, doctor->holdings->account.uid))
        return;
    if (session_belongs_to(geteuid()))
        doctor_find(doctor, LEVEL_OK, NULL, "this process has a session keyring of its user");
    else if (doctor->holdings->ring.found)
        doctor_find(doctor, LEVEL_WARN, "The tokens stay until your last session elsewhere ends.",
                    "this process has no session keyring of its user");
    else
        doctor_find(
            doctor, LEVEL_BAD,
            "Log in anew, with pam_keyinit and pam_hf_token in that service's session stack.",
            "this process has no session keyring of its user");
}

void check_ring(struct doctor *doctor)
{
    const struct holdings_ring *ring = &doctor->holdings->ring;
    if (ring->found)
        doctor_find(doctor, LEVEL_OK, NULL, "there is a ring with %zu token%s", ring->name_count,
                    ring->name_count == 1 ? "" : "s");
    else if (doctor->holdings->count == 0)
        doctor_find(doctor, LEVEL_OK, NULL, "there is no ring, and no token is known");
    else
        doctor_find(doctor, LEVEL_BAD,
                    "Log in anew, or hf-token unlock; the auth log says what the last login did.",
                    "there is no ring");
}

struct usage {
    unsigned keys, keys_max, bytes, bytes_max;
};

/* A line of /proc/key-users, keyrings(7): uid, usage, keys/instantiated, keys/maximum,
 * bytes/maximum. */
static bool read_usage(uid_t uid, struct usage *out_usage)
{
    char line[256];
    bool found = false;
    FILE *users = fopen("/proc/key-users", "re");
    if (users == NULL)
        return false;
    while (!found && fgets(line, sizeof line, users) != NULL) {
        struct usage usage;
        uint32_t owner = 0;
        found = sscanf(line, "%" SCNu32 ": %*u %*u/%*u %u/%u %u/%u", &owner, &usage.keys,
                       &usage.keys_max, &usage.bytes, &usage.bytes_max) == 5 &&
                owner == uid;
        if (found)
            *out_usage = usage;
    }
    (void)fclose(users);
    return found;
}

void check_quota(struct doctor *doctor)
{
    struct usage usage;
    const char *const next = "Root raises it: sysctl kernel.keys.maxkeys and kernel.keys.maxbytes";
    if (!read_usage(geteuid(), &usage)) {
        doctor_find(doctor, LEVEL_OK, NULL, "no key is counted for this user");
        return;
    }
    /* A token that does not fit any more is refused: so near the end is too near. */
    bool full = usage.keys + 8 > usage.keys_max || usage.bytes + 2048 > usage.bytes_max;
    bool filling = (uint64_t)usage.keys * 10 > (uint64_t)usage.keys_max * 8 ||
                   (uint64_t)usage.bytes * 10 > (uint64_t)usage.bytes_max * 8;
    doctor_find(doctor,
                full      ? LEVEL_BAD
                : filling ? LEVEL_WARN
                          : LEVEL_OK,
                full || filling ? next : NULL,
                "%u of %u keys and %u of %u bytes of this user's key quota are in use", usage.keys,
                usage.keys_max, usage.bytes, usage.bytes_max);
}
