/* The switch: which sources are asked for a user's documents, in which order, and what their
 * answers lead to. */
#ifndef HF_STORE_SWITCH_H
#define HF_STORE_SWITCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/account.h"
#include "common/error.h"
#include "common/io.h"
#include "common/name.h"
#include "store/source.h"

#define SWITCH_SOURCES_MAX 8
/* Longest id of an OAuth client. */
#define SWITCH_CLIENT_MAX 128

/* A source's answer, and what follows: nsswitch.conf(5), with SUCCESS=merge as the default. */
enum source_status {
    SOURCE_SUCCESS,
    SOURCE_NOTFOUND,
    SOURCE_UNAVAIL,
    SOURCE_TRYAGAIN,
    SOURCE_STATUS_COUNT
};
enum source_action { ACTION_RETURN, ACTION_CONTINUE, ACTION_MERGE };

struct switch_entry {
    char source[SOURCE_NAME_MAX + 1];
    enum source_action actions[SOURCE_STATUS_COUNT];
};

/* The parsed lines `tokens:` and `oauth-client:`. */
struct token_switch {
    struct switch_entry entries[SWITCH_SOURCES_MAX];
    size_t entry_count;
    char oauth_client[SWITCH_CLIENT_MAX + 1]; /* A-Z a-z 0-9 . _ - ; empty: there is no such line */
    /* No line's: what asks an engine asks it even if it was out a moment ago. Of a refresh. */
    bool insists;
};

/* What one source answered. `error` is HF_OK where there is a document; HF_ENOTFOUND; HF_ETRYAGAIN;
   and for UNAVAIL HF_EUNAVAIL, or the reason: what source_exit_error gives besides, HF_EEMPTY,
   HF_ETOOBIG, HF_EDEADLINE, HF_EACCOUNT, HF_ECHILD, HF_EIO, HF_ENOMEM. HF_ELOGIN is of a source
   that a user may not ask, and nothing is wrong with it. */
struct source_answer {
    char source[SOURCE_NAME_MAX + 1];
    enum hf_error error;
    char *bytes; /* owned; NULL where there is no document */
    size_t length;
    char reason[SOURCE_REASON_MAX + 1]; /* why there is none, in its own words; may be empty */
};

struct source_answers {
    struct source_answer answers[SWITCH_SOURCES_MAX];
    size_t count;
};

/* Reads the configuration, root's and not writable by others; where the file is missing, empty or
   without a line for tokens, it is `tokens: user host`. *out_line is the line of a mistake
   (HF_ECONFIG), else 0; it is always written. What file_read gives. */
HF_CHECKED enum hf_error switch_read(const char *path, struct token_switch *out_switch,
                                     unsigned *out_line);

/* The same from text. */
HF_CHECKED enum hf_error switch_parse(const char *text, size_t length,
                                      struct token_switch *out_switch, unsigned *out_line);

/* Asks the sources in turn: SUCCESS=return keeps the answer and ends, merge keeps it and goes on,
   continue drops it and goes on; answers without a document are all kept, for the log. Each source
   runs as a child of its own, as the account (as_user: the caller is root and drops to it; else the
   caller is that user already). One that asks an engine runs as the system account, and where the
   caller is not root not at all: it is HF_ELOGIN, and the next one is asked. Each has an equal part
   of the time that is left, so that one that hangs does not starve those behind it. The caller owns
   the answers (source_answers_clear). */
void switch_run(const struct token_switch *token_switch, const struct account *account,
                bool as_user, deadline_ms until, struct source_answers *out_answers);

void source_answers_clear(struct source_answers *answers);
static inline void source_answers_scope_end(struct source_answers *held)
{
    source_answers_clear(held);
}

#endif
