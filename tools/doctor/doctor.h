/* What `doctor` finds: checks add findings, the command prints them. */
#ifndef HF_TOOLS_DOCTOR_H
#define HF_TOOLS_DOCTOR_H

#include <stddef.h>

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
    const struct holdings *holdings; /* borrowed */
    const char *check;               /* the one that runs */
    struct finding *findings;        /* owned */
    size_t count, room;
};

/* Add a finding; all texts are copied. `file` may be NULL, and so `next`. What does not fit into
 * memory ends the program. */
__attribute__((format(printf, 4, 5))) void doctor_find(struct doctor *doctor, enum level level,
                                                       const char *next, const char *what, ...);
__attribute__((format(printf, 6, 7))) void doctor_find_in(struct doctor *doctor, enum level level,
                                                          const char *file, unsigned line,
                                                          const char *next, const char *what, ...);

/* The checks. */
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

#endif
