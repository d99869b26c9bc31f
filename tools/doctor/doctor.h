/* What `doctor` finds: checks add findings, the command prints them. */
#ifndef HF_TOOLS_DOCTOR_H
#define HF_TOOLS_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct holdings;

enum level { LEVEL_OK, LEVEL_WARN, LEVEL_BAD, LEVEL_COUNT };

struct finding {
    const char *check; /* static */
    enum level level;
    char *what;    /* owned */
    char *file;    /* owned; NULL where it is about none */
    unsigned line; /* 0: the file as a whole */
    char *next;    /* owned; NULL where nothing is to be done */
};

struct doctor {
    const struct holdings *holdings; /* borrowed; of hf-token's checks alone */
    const char *user;                /* borrowed; whom it is about, or NULL: the machine */
    const char *check;               /* the one that runs */
    struct finding *findings;        /* owned */
    size_t count, room;
    unsigned unusable; /* a bit for each place in `tokens:` whose source or its files are bad; of
                          the machine's checks */
};

/* Add a finding; all texts are copied. `file` may be NULL, and so `next`. What does not fit into
 * memory ends the program. */
__attribute__((format(printf, 4, 5))) void doctor_find(struct doctor *doctor, enum level level,
                                                       const char *next, const char *what, ...);
__attribute__((format(printf, 6, 7))) void doctor_find_in(struct doctor *doctor, enum level level,
                                                          const char *file, unsigned line,
                                                          const char *next, const char *what, ...);

/* Whether a file or folder is there, and if so, adds what is wrong with its owner and mode. */
bool doctor_check_path(struct doctor *doctor, const char *path, uid_t owner, mode_t forbidden,
                       const char *next);

/* Adds that users cannot read a file, or enter a folder, where its mode is such; none is fine. */
void doctor_check_open(struct doctor *doctor, const char *path);

/* Whether a source's program is installed and can be run; adds what is wrong with it. */
bool doctor_check_source(struct doctor *doctor, const char *source);

size_t doctor_count(const struct doctor *doctor, enum level level);

/* Prints all findings. Gives the exit code: 1 where one is bad, or printing failed, which has been
   said. */
int doctor_print(const struct doctor *doctor, bool json);

void doctor_clear(struct doctor *doctor);
static inline void doctor_scope_end(struct doctor *held)
{
    doctor_clear(held);
}

/* The checks of hf-token doctor; check_programs and check_pam are of both. */
void check_kernel(struct doctor *doctor);
void check_session(struct doctor *doctor);
void check_ring(struct doctor *doctor);
void check_quota(struct doctor *doctor);
void check_hostkey(struct doctor *doctor);
void check_identity(struct doctor *doctor);
void check_documents(struct doctor *doctor);
void check_tokens(struct doctor *doctor);
void check_sources(struct doctor *doctor);
void check_programs(struct doctor *doctor);
void check_pam(struct doctor *doctor);
void check_environment(struct doctor *doctor);
void check_plaintext(struct doctor *doctor);
void check_hub(struct doctor *doctor);

/* Whether the public half of the host's key is there, of which the private one is gone; and what
   brings it right. */
bool doctor_key_is_half(void);
#define HALF_KEY_BRING                                                                             \
    "bring host.key back, or move host.pub out of " HF_KEY_FOLDER ", then hf-tokenctl init"

/* Those of hf-tokenctl doctor, as root. */
void check_machine_key(struct doctor *doctor);
void check_machine_account(struct doctor *doctor);
void check_machine_folders(struct doctor *doctor);
void check_machine_settings(struct doctor *doctor);
void check_machine_signers(struct doctor *doctor);
void check_machine_sources(struct doctor *doctor);
void check_machine_engines(struct doctor *doctor);
void check_machine_pools(struct doctor *doctor);
void check_machine_timer(struct doctor *doctor);
void check_machine_demand(struct doctor *doctor);

#endif
